//! From resolved journal lines to entries: one for each debt (accounting.md, section 1.1).

mod advance;
mod bill;
mod card;
mod company_paid;
mod finish;
mod issuer;
mod split;
mod supplier;

use jiff::civil::Date;

use crate::mapping::dates::Dates;
use crate::mapping::pieces::{Counter, Piece};
use crate::mapping::work::Work;
use crate::model::document::DocumentKind;
use crate::model::entry::{EntrySet, Line, LineRole, Named, Slot, Why};

/// What an entry becomes, by its own total.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Recipe {
    /// Above zero a bill, below a vendor credit.
    Bill,
    /// Above zero a card purchase, below a card refund.
    Card,
    /// Always a journal.
    Journal,
}

/// An entry before its offsetting line, number and memo.
pub(super) struct Draft {
    pub slot: Slot,
    pub recipe: Recipe,
    pub date: Date,
    pub due: Option<Date>,
    pub party: Option<Named>,
    /// None where the total is zero: nothing is owed, and no offsetting line is needed.
    pub offset: Option<(LineRole, Named)>,
    pub lines: Vec<Line>,
    pub why: Vec<Why>,
}

/// The entry set of the document.
pub(super) fn entries(w: &mut Work<'_>, pieces: &[Piece<'_>], dates: &Dates) -> EntrySet {
    let of = |c: Counter| pieces.iter().filter(move |p| p.counter == c);
    let employee: Vec<&Piece<'_>> = of(Counter::Employee).collect();
    let cards: Vec<&Piece<'_>> = of(Counter::CompanyCard).collect();
    let individual: Vec<&Piece<'_>> = of(Counter::IndividualCard).collect();
    let company_paid: Vec<&Piece<'_>> = of(Counter::CompanyPaid).collect();
    let supplier: Vec<&Piece<'_>> = of(Counter::Supplier).collect();
    let personal: Vec<&Piece<'_>> = pieces.iter().filter(|p| p.personal).collect();

    let mut drafts = Vec::new();
    match w.doc().kind {
        DocumentKind::Invoice => drafts.extend(supplier::draft(w, &supplier, dates)),
        DocumentKind::CashAdvance => drafts.extend(advance::draft(w, &employee, dates)),
        _ => drafts.extend(bill::draft(w, &employee, &personal, dates)),
    }
    drafts.extend(card::drafts(w, &cards, dates));
    drafts.extend(issuer::draft(w, &individual, dates));
    drafts.extend(company_paid::draft(w, &company_paid, dates));

    let mut set = EntrySet::default();
    for draft in drafts.into_iter().flat_map(|d| split::split(w, d)).collect::<Vec<_>>() {
        let entry = finish::finish(w, draft, dates, &set);
        set.entries.push(entry);
    }
    set
}
