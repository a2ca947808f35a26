//! Bills of mixed signs where the ledger takes no negative lines: a bill and a vendor credit, both in the set
//! (accounting.md, 1.6; contract of QuickBooks Online, section 8).

use rust_decimal::Decimal;

use super::{Draft, Recipe};
use crate::mapping::work::{Work, why};
use crate::model::book::Flow;
use crate::model::entry::{Line, Slot};

/// The draft as it is, or its two halves. The half with the sign of the total keeps the slot. Journals hold both sides
/// anyway; a card charge stays one record, since it has to equal the bank's line.
pub(super) fn split(w: &Work<'_>, draft: Draft) -> Vec<Draft> {
    let journal = w.settings().flows.get(&w.doc().kind).is_some_and(|f| f.recipe == Flow::JOURNAL);
    let whole = w.facts().company.negative_lines || journal;
    if whole || draft.recipe != Recipe::Bill || draft.offset.is_none() {
        return vec![draft];
    }
    let total: Decimal = draft.lines.iter().map(Line::signed).sum();
    let opposite = |l: &Line| {
        if total < Decimal::ZERO { l.signed() > Decimal::ZERO } else { l.signed() < Decimal::ZERO }
    };
    if !draft.lines.iter().any(opposite) {
        return vec![draft];
    }
    let Draft { slot, recipe, date, due, party, offset, lines, why: mut reasons } = draft;
    let (rest, lines): (Vec<Line>, Vec<Line>) = lines.into_iter().partition(opposite);
    let because = format!("{} takes no negative lines: a bill and a vendor credit", w.ledger());
    reasons.push(why("kind", because, None));
    let other = Draft {
        slot: Slot::Split(slot.to_string()),
        recipe,
        date,
        due,
        party: party.clone(),
        offset: offset.clone(),
        lines: rest,
        why: reasons.clone(),
    };
    vec![Draft { slot, recipe, date, due, party, offset, lines, why: reasons }, other]
}
