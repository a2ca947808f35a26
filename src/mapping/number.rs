//! The visible number of a record: the supplier's own where the ledger can hold it, else our reference (accounting.md,
//! section 6).

use crate::mapping::text;
use crate::mapping::work::Work;
use crate::model::document::DocumentKind;
use crate::model::entry::{EntryKind, Named, Slot};
use crate::model::finding::{FindingCode, Mend};
use crate::model::reference::Reference;

/// How many characters a bill number has at most (QuickBooks Online: its contract, 7.2; the others as narrow as the
/// narrowest).
fn limit(system: &str) -> usize {
    if system == crate::model::system::QUICKBOOKS_DESKTOP { 20 } else { 21 }
}

/// The number, and whether the supplier's own had to give way: then the memo starts with it.
pub(super) fn choose(
    w: &mut Work<'_>,
    slot: &Slot,
    kind: EntryKind,
    party: Option<&Named>,
    reference: &Reference,
) -> (String, bool) {
    let own = w.doc().number.trim().to_string();
    let bill = matches!(kind, EntryKind::Bill | EntryKind::VendorCredit);
    if w.doc().kind == DocumentKind::Invoice && matches!(slot, Slot::Split(_)) && bill {
        // two records of one vendor never share a number; the memo says which invoice it is of
        return (reference.to_string(), true);
    }
    if w.doc().kind != DocumentKind::Invoice || *slot != Slot::Bill || !bill || own.is_empty() {
        return (reference.to_string(), false);
    }
    let most = limit(&w.i.identity.target_system);
    let why = if own.chars().count() > most {
        format!("has more than {most} characters")
    } else if own.chars().any(char::is_control) || text::substituted(w, &own) {
        "has characters that the ledger does not hold".into()
    } else if taken(w, kind, &own, party, reference) {
        "is taken by another record of the ledger".into()
    } else {
        return (own, false);
    };
    let sentence = format!(
        "The supplier's number {own} {why}: the record is numbered {reference}, and its memo starts with {own}."
    );
    w.add(FindingCode::NumberReplaced, &own, "number replaced", sentence, Mend::Accept);
    (reference.to_string(), true)
}

fn taken(w: &Work<'_>, kind: EntryKind, own: &str, party: Option<&Named>, reference: &Reference) -> bool {
    let everybody = w.settings().invoices.unique_numbers;
    w.facts().recent_numbered(own).any(|r| {
        let same_vendor = party.is_some_and(|p| r.vendor.as_ref() == Some(&p.id));
        let bill = matches!(r.kind, EntryKind::Bill | EntryKind::VendorCredit);
        bill && (same_vendor || (everybody && r.kind == kind))
            && r.marker.as_deref() != Some(reference.as_str())
    })
}
