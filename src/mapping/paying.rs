//! Who moves the money to the employee, and the accounts of the offsetting side.

use crate::mapping::work::{Work, unknown, why};
use crate::model::book::{Flow, WhoPays};
use crate::model::document::{DocumentKind, Expense};
use crate::model::entry::{Named, Why};
use crate::model::finding::{FindingCode, Mend};
use crate::model::ledger::AccountType;

/// The pay method of invoices that our payment run pays; by any other the source does (accounting.md, 1.5).
const CLIENT: &str = "CLIENT";

/// What the book says about the reimbursement method; none where nothing was chosen. Nobody pays out-of-pocket spend is
/// no answer: the employee would never see the money.
pub(super) fn chosen(w: &Work<'_>) -> Option<WhoPays> {
    if w.doc().kind == DocumentKind::Invoice {
        return Some(if w.doc().pay_method == CLIENT { WhoPays::Ledger } else { WhoPays::Concur });
    }
    if w.doc().payroll {
        return Some(WhoPays::Payroll);
    }
    w.settings().who_pays.get(&w.doc().pay_method).copied().filter(|p| *p != WhoPays::Nobody)
}

/// Like [`chosen`]; nothing chosen blocks.
pub(super) fn need(w: &mut Work<'_>) -> Option<WhoPays> {
    let who = chosen(w);
    if who.is_none() {
        let method = w.doc().pay_method.clone();
        let shown = if method.is_empty() { "(none)" } else { &method };
        let sentence = format!("The book does not say who pays reimbursement method {shown}.");
        let mend = Mend::ChooseWhoPays { method: method.clone() };
        w.add(FindingCode::WhoPaysUnmapped, &method, format!("who pays {shown}"), sentence, mend);
    }
    who
}

/// An account that the source's entries name, when all name the same and it is exactly a usable account of the right
/// type and currency; it wins over the book's (accounting.md, 1.1).
pub(super) fn named_by_source(
    w: &Work<'_>,
    codes: impl IntoIterator<Item = Option<String>>,
    allowed: &[AccountType],
) -> Option<Named> {
    if allowed == [AccountType::AccountsPayable] && liability(w).is_some() {
        return None;
    }
    let mut codes = codes.into_iter();
    let first = codes.next().flatten().filter(|c| !c.is_empty())?;
    if codes.any(|c| c.as_ref() != Some(&first)) {
        return None;
    }
    let account = w.facts().account_numbered(&first)?;
    let usable = account.active
        && allowed.contains(&account.kind)
        && account.currency.is_none_or(|c| c == w.posting_currency());
    usable.then(|| account.named())
}

/// Clearing account that an expense names.
pub(super) fn clearing_code(e: &Expense) -> Option<String> {
    e.clearing_account.clone()
}

/// Liability account that an expense names.
pub(super) fn liability_code(e: &Expense) -> Option<String> {
    e.liability_account.clone()
}

/// Account types that a clearing account may have.
pub(super) const CLEARING: &[AccountType] = &[AccountType::CurrentLiability, AccountType::CurrentAsset];

/// The offset account: the source's, else the book's; and the sentence that says which.
pub(super) fn offset(
    w: &mut Work<'_>,
    from_source: Option<Named>,
    book: Option<&Named>,
    role: &str,
    allowed: &[AccountType],
    story: &str,
) -> (Named, Why) {
    if let Some(account) = from_source {
        let source = w.source();
        let who = story.split(", ").next().unwrap_or(story);
        let because = format!("{who} → {}, named by {source}", account.name);
        return (account, why("offset", because, None));
    }
    let account = w.role_account(book, role, allowed);
    // `CBCP → 2110 Corporate Visa, policy card_account`
    let because = match story.split_once(", ") {
        Some((who, how)) => format!("{who} → {}, {how}", account.name),
        None => format!("{story} → {}", account.name),
    };
    (account, why("offset", because, None))
}

/// The liability account without vendor that carries what is owed, where a flow of journals has one.
pub(super) fn liability<'a>(w: &Work<'a>) -> Option<&'a Named> {
    let flow = w.settings().flows.get(&w.doc().kind).filter(|f| f.recipe == Flow::JOURNAL)?;
    flow.liability.as_ref()
}

/// The account of what our payment run owes: the flow's liability account, else the payable account.
pub(super) fn payable(w: &mut Work<'_>, book: Option<&Named>, role: &str) -> Named {
    if let Some(named) = liability(w) {
        let allowed = [AccountType::CurrentLiability, AccountType::LongTermLiability];
        return w.role_account(Some(named), &format!("{role}, without vendor"), &allowed);
    }
    own_payable(w, book, role)
}

/// The payable account of the document's currency; a payable of another currency is none.
pub(super) fn own_payable(w: &mut Work<'_>, book: Option<&Named>, role: &str) -> Named {
    let currency = w.posting_currency();
    let account = w.role_account(book, &format!("{role} in {currency}"), &[AccountType::AccountsPayable]);
    let has = w.facts().account(&account.id).and_then(|a| a.currency);
    if let Some(has) = has.filter(|c| *c != currency) {
        let sentence = format!("{} is kept in {has} and cannot be the {role} in {currency}.", account.name);
        let value = format!("{role} in {currency}");
        w.add(
            FindingCode::PayableUnmapped,
            &value,
            format!("no {currency} payable"),
            sentence,
            Mend::BookPolicy,
        );
    }
    account
}

/// Shown where who pays is not chosen.
pub(super) fn nobody_chosen(w: &Work<'_>) -> Named {
    unknown(&format!("who pays {}", w.doc().pay_method))
}
