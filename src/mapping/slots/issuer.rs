//! Slot `issuer`: individually billed cards that the company pays. The issuer is owed, never the employee.

use rust_decimal::Decimal;

use super::bill::who_pays;
use super::finish::moves_something;
use super::{Draft, Recipe};
use crate::mapping::dates::Dates;
use crate::mapping::pieces::{Piece, lines_of};
use crate::mapping::work::{Work, unknown, why};
use crate::mapping::{party, paying};
use crate::model::book::WhoPays;
use crate::model::entry::{Line, LineRole, Slot};
use crate::model::finding::{FindingCode, Mend};

pub(super) fn draft(w: &mut Work<'_>, pieces: &[&Piece<'_>], dates: &Dates) -> Option<Draft> {
    let lines = lines_of(w, pieces.iter().copied());
    let total: Decimal = lines.iter().map(Line::signed).sum();
    if lines.is_empty() || (total.is_zero() && !moves_something(&lines)) {
        return None;
    }
    let mut draft = Draft {
        slot: Slot::Issuer,
        recipe: Recipe::Journal,
        date: dates.used,
        due: None,
        party: None,
        offset: None,
        lines,
        why: Vec::new(),
    };
    if total.is_zero() {
        return Some(draft);
    }
    let who = w.settings().individual_cards_paid_by;
    draft.why.push(who_pays(who, "individually billed cards"));
    match who {
        WhoPays::Ledger => bill(w, &mut draft, dates),
        WhoPays::Concur => {
            let codes = pieces.iter().map(|p| paying::clearing_code(p.expense));
            let from_source = paying::named_by_source(w, codes, paying::CLEARING);
            let book = w.settings().accounts.expense_pay_clearing.as_ref();
            let story = "IBCP, paid by Concur";
            let (account, reason) =
                paying::offset(w, from_source, book, "Expense Pay clearing", paying::CLEARING, story);
            draft.offset = Some((LineRole::Clearing, account));
            draft.why.push(reason);
        }
        WhoPays::Payroll | WhoPays::Nobody => {
            let sentence = "The book does not say who pays the issuer of individually billed cards.";
            w.add(FindingCode::WhoPaysUnmapped, "IBCP", "who pays IBCP", sentence, Mend::BookPolicy);
            draft.recipe = Recipe::Bill;
            draft.offset = Some((LineRole::Payable, unknown("who pays IBCP")));
        }
    }
    Some(draft)
}

fn bill(w: &mut Work<'_>, draft: &mut Draft, dates: &Dates) {
    draft.recipe = Recipe::Bill;
    let programme = w.settings().individual_cards.as_ref();
    let issuer = party::named_by_book(w, programme.and_then(|p| p.issuer.as_ref()), "card issuer");
    draft.why.push(why("party", format!("{}: issuer of individually billed cards", issuer.name), None));
    draft.party = Some(issuer);
    let currency = w.posting_currency();
    let by_currency = w.settings().accounts.supplier_payable.get(&currency);
    let account = paying::payable(w, by_currency.or(programme.map(|p| &p.account)), "supplier payable");
    draft.why.push(why("offset", format!("IBCP → {}, who pays: ledger", account.name), None));
    draft.offset = Some((LineRole::Payable, account));
    draft.due = Some(dates.used);
    draft.why.push(why("due", "posting date: the issuer's statement decides", None));
}
