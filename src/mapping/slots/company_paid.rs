//! Slot `company_paid`: an agency or supplier invoices it. Never a bill, or the debt would stand twice.

use rust_decimal::Decimal;

use super::finish::moves_something;
use super::{Draft, Recipe};
use crate::mapping::dates::Dates;
use crate::mapping::paying;
use crate::mapping::pieces::{Piece, lines_of};
use crate::mapping::work::Work;
use crate::model::entry::{Line, LineRole, Slot};

pub(super) fn draft(w: &mut Work<'_>, pieces: &[&Piece<'_>], dates: &Dates) -> Option<Draft> {
    let lines = lines_of(w, pieces.iter().copied());
    let total: Decimal = lines.iter().map(Line::signed).sum();
    if lines.is_empty() || (total.is_zero() && !moves_something(&lines)) {
        return None;
    }
    let mut draft = Draft {
        slot: Slot::CompanyPaid,
        recipe: Recipe::Journal,
        date: dates.used,
        due: None,
        party: None,
        offset: None,
        lines,
        why: Vec::new(),
    };
    if !total.is_zero() {
        let codes = pieces.iter().map(|p| paying::clearing_code(p.expense));
        let from_source = paying::named_by_source(w, codes, paying::CLEARING);
        let book = w.settings().accounts.company_paid_clearing.as_ref();
        let story = "COPD, invoiced by the agency or supplier";
        let (account, reason) =
            paying::offset(w, from_source, book, "company-paid clearing", paying::CLEARING, story);
        draft.offset = Some((LineRole::Clearing, account));
        draft.why.push(reason);
    }
    Some(draft)
}
