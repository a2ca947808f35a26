//! Slot `bill`: what is owed to the employee, with advances applied and personal spend set off.

use jiff::ToSpan;
use rust_decimal::Decimal;

use super::finish::moves_something;
use super::{Draft, Recipe};
use crate::mapping::dates::Dates;
use crate::mapping::party;
use crate::mapping::paying;
use crate::mapping::pieces::{Piece, lines_of, side};
use crate::mapping::work::{Work, tidy, why};
use crate::model::book::WhoPays;
use crate::model::document::AdvanceApplication;
use crate::model::entry::{Dimensions, Line, LineRole, Named, Slot, Why};
use crate::model::finding::{FindingCode, Mend};
use crate::model::ledger::AccountType;
use crate::model::money;

/// The employee's entry; none when nothing out of pocket moves.
pub(super) fn draft(
    w: &mut Work<'_>,
    pieces: &[&Piece<'_>],
    personal: &[&Piece<'_>],
    dates: &Dates,
) -> Option<Draft> {
    let mut lines = lines_of(w, pieces.iter().copied());
    let department = lines.iter().find_map(|l| l.dimensions.department.clone());
    let applied = advances(w, &mut lines, department.as_ref());
    set_off(w, &mut lines, personal);
    let total: Decimal = lines.iter().map(Line::signed).sum();
    if applied && total < Decimal::ZERO {
        let sentence = format!(
            "The advances applied are {} above what was spent out of pocket and returned.",
            money::shown(-total, w.currency())
        );
        w.add(FindingCode::AdvanceExceeds, "", "advance exceeds", sentence, Mend::Reject);
    }
    if lines.is_empty() || (total.is_zero() && !moves_something(&lines)) {
        return None;
    }
    let mut draft = Draft {
        slot: Slot::Bill,
        recipe: Recipe::Journal,
        date: dates.used,
        due: None,
        party: None,
        offset: None,
        lines,
        why: Vec::new(),
    };
    if total.is_zero() {
        draft.why.push(why("offset", "nothing is owed: a journal of the lines alone", None));
        return Some(draft);
    }
    owed(w, &mut draft, pieces, dates);
    Some(draft)
}

/// The side of who pays the employee: a payable, or clearing where somebody else moves the money.
pub(super) fn owed(w: &mut Work<'_>, draft: &mut Draft, pieces: &[&Piece<'_>], dates: &Dates) {
    let who = paying::need(w);
    if let Some(who) = who {
        let method = if w.doc().payroll { "payroll indicator" } else { &w.doc().pay_method };
        draft.why.push(who_pays(who, method));
    }
    match who {
        Some(WhoPays::Concur) => clearing(w, draft, pieces, false),
        Some(WhoPays::Payroll) => clearing(w, draft, pieces, true),
        Some(WhoPays::Ledger) => payable(w, draft, pieces, dates),
        Some(WhoPays::Nobody) | None => {
            draft.recipe = Recipe::Bill;
            draft.party = party::find(w).map(|f| Named::new(&f.vendor.id, &f.vendor.name));
            draft.offset = Some((LineRole::Payable, paying::nobody_chosen(w)));
        }
    }
}

/// The reason that [`crate::mapping::effect_groups`] reads: it begins with the word of who pays.
pub(in crate::mapping) fn who_pays(who: WhoPays, method: &str) -> Why {
    why("who pays", format!("{}: {method}", who.word()), None)
}

fn payable(w: &mut Work<'_>, draft: &mut Draft, pieces: &[&Piece<'_>], dates: &Dates) {
    draft.recipe = Recipe::Bill;
    // a liability without vendor needs none
    if paying::liability(w).is_none() {
        let (party, reason) = party::need(w);
        draft.party = Some(party);
        draft.why.push(reason);
    }
    let codes = pieces.iter().map(|p| paying::liability_code(p.expense));
    let offset = match paying::named_by_source(w, codes, &[AccountType::AccountsPayable]) {
        Some(account) => {
            draft.why.push(why("offset", format!("EMPL → {}, named by {}", account.name, w.source()), None));
            account
        }
        None => {
            let book = w.settings().accounts.employee_payable.get(&w.posting_currency());
            let account = paying::payable(w, book, "employee payable");
            draft.why.push(why("offset", format!("EMPL → {}, who pays: ledger", account.name), None));
            account
        }
    };
    draft.offset = Some((LineRole::Payable, offset));
    let days = w.settings().employee_due_days;
    // a moved posting date does not move the due date
    let due = dates.original.unwrap_or(dates.used).checked_add(i64::from(days).days()).ok();
    draft.due = due.map(|d| d.max(dates.used));
    draft.why.push(why("due", format!("posting date + {days} days"), None));
}

fn clearing(w: &mut Work<'_>, draft: &mut Draft, pieces: &[&Piece<'_>], payroll: bool) {
    let accounts = &w.settings().accounts;
    let of_entries = paying::named_by_source(
        w,
        pieces.iter().map(|p| paying::clearing_code(p.expense).or_else(|| paying::liability_code(p.expense))),
        paying::CLEARING,
    );
    let (source, book, role, story) = if payroll {
        let of_header =
            paying::named_by_source(w, [w.doc().payroll_clearing_account.clone()], paying::CLEARING);
        (
            of_header.or(of_entries),
            accounts.payroll_clearing.as_ref(),
            "payroll clearing",
            "EMPL, paid by payroll",
        )
    } else {
        let book = accounts.expense_pay_clearing.as_ref();
        (of_entries, book, "Expense Pay clearing", "EMPL, paid by Concur")
    };
    let (account, reason) = paying::offset(w, source, book, role, paying::CLEARING, story);
    draft.offset = Some((LineRole::Clearing, account));
    draft.why.push(reason);
    draft.why.push(why("party", "none: nothing is payable by us", None));
}

/// Advances applied, and cash returned. True: there were any.
fn advances(w: &mut Work<'_>, lines: &mut Vec<Line>, department: Option<&Named>) -> bool {
    let doc = w.doc();
    let accounts = &w.settings().accounts;
    for a in doc.advances.iter().filter(|a| !a.amount.is_zero()) {
        known(w, a);
        let account =
            w.role_account(accounts.advances.as_ref(), "employee advances", &[AccountType::CurrentAsset]);
        let text = format!("Advance applied {}", a.id);
        lines.push(plain(w, LineRole::Advance, account, -a.amount.abs(), text, department));
    }
    let returned = doc.advance_returned.abs();
    if !returned.is_zero() {
        let allowed = [AccountType::Bank, AccountType::CurrentAsset, AccountType::CurrentLiability];
        let account = w.role_account(accounts.advance_returns.as_ref(), "returned advances", &allowed);
        lines.push(plain(
            w,
            LineRole::Advance,
            account,
            returned,
            "Advance returned in cash".into(),
            department,
        ));
    }
    doc.advances.iter().any(|a| !a.amount.is_zero())
}

/// An advance is known when it was issued through the store or stands on the opening list, there with its employee,
/// currency and amount.
fn known(w: &mut Work<'_>, a: &AdvanceApplication) {
    let doc = w.doc();
    let opening = w.settings().opening_advances.iter().find(|o| o.id == a.id);
    let trouble = match opening {
        Some(o) if !o.employee.is_empty() && o.employee != doc.payee.code => {
            Some(format!("is on the opening list for {}, not {}", o.employee, doc.payee.code))
        }
        Some(o) if o.currency.is_some_and(|c| c != doc.currency) => {
            Some(format!("is on the opening list in another currency than {}", doc.currency))
        }
        Some(_) => None,
        None if w.i.around.known_advances.contains(&a.id) || w.settings().accept_unlisted_advances => None,
        None => Some("was not issued here and is not on the opening list".to_string()),
    };
    if let Some(trouble) = trouble {
        let sentence = format!("Advance {} {trouble}.", a.id);
        w.add(FindingCode::AdvanceUnknown, &a.id, format!("advance {}", a.id), sentence, Mend::BookPolicy);
        return;
    }
    let open = opening.and_then(|o| o.amount).filter(|open| a.amount.abs() > *open);
    if let Some(open) = open {
        let (applied, open) = (money::shown(a.amount.abs(), doc.currency), money::shown(open, doc.currency));
        let sentence = format!("{applied} of advance {} is applied, but only {open} of it was open.", a.id);
        w.add(FindingCode::AdvanceExceeds, &a.id, "advance exceeds", sentence, Mend::Reject);
    }
}

/// Personal spend against the employee's bill: when the source has done so already, or the book asks for it and the
/// bill stays at zero or above (accounting.md, 1.3).
fn set_off(w: &mut Work<'_>, lines: &mut Vec<Line>, personal: &[&Piece<'_>]) {
    let due: Decimal = personal.iter().filter(|p| !p.expense.offset).map(|p| p.signed).sum();
    let total: Decimal = lines.iter().map(Line::signed).sum();
    let ours = w.settings().personal_offset && !due.is_zero() && total >= due;
    for p in personal.iter().filter(|p| p.expense.offset || ours) {
        let mut line = p.line.clone();
        line.side = side(-p.signed);
        line.text = format!("{}, set off", line.text);
        let because = if p.expense.offset { "netted by the source" } else { "set off by the book's policy" };
        line.why.push(why("account", because, None));
        lines.push(line);
    }
}

fn plain(
    w: &Work<'_>,
    role: LineRole,
    account: Named,
    signed: Decimal,
    text: String,
    department: Option<&Named>,
) -> Line {
    let reason = format!("{}: {}", account.name, role.name());
    Line {
        role,
        side: side(signed),
        account,
        amount: tidy(signed.abs(), w.currency()),
        dimensions: Dimensions { department: department.cloned(), ..Dimensions::default() },
        billable: false,
        tax_code: None,
        party: None,
        text,
        source: None,
        why: vec![why("account", reason, None)],
    }
}
