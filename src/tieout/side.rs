//! What a record holds of its document: the part that the approved amount is made of.

use std::collections::BTreeSet;

use crate::model::entry::EntryKind;
use crate::tieout::input::{Record, RecordLine};

/// Σ lines that stem from the document.
pub fn own(record: &Record) -> i64 {
    record.lines.iter().filter(|l| l.own).map(|l| l.minor).sum()
}

/// Σ rounding lines.
pub fn rounding(record: &Record) -> i64 {
    record.lines.iter().filter(|l| l.rounding).map(|l| l.minor).sum()
}

/// What the ledger's record holds of the document now, told by the frozen entry which accounts are the other side:
/// an account that the entry uses for that side alone (payable, advance applied, due from employees) is left out.
pub fn held(frozen: &Record, now: &Record) -> i64 {
    let document = |l: &&RecordLine| l.own || l.rounding;
    let ours: BTreeSet<&str> = frozen.lines.iter().filter(document).map(|l| l.account.id.as_str()).collect();
    let other: BTreeSet<&str> = frozen
        .lines
        .iter()
        .filter(|l| !document(l))
        .map(|l| l.account.id.as_str())
        .filter(|a| !ours.contains(a))
        .collect();
    let journal = frozen.kind == EntryKind::Journal;
    let counted = |l: &&RecordLine| !other.contains(l.account.id.as_str());
    let mine: i64 =
        frozen.lines.iter().filter(|l| journal || !l.offset).filter(counted).map(|l| l.minor).sum();
    let theirs: i64 = now.lines.iter().filter(counted).map(|l| l.minor).sum();
    own(frozen) + rounding(frozen) + theirs - mine
}

/// The size of a record that nothing is known of: its lines, or the debits of a journal.
pub fn whole(record: &Record) -> i64 {
    let lines = || record.lines.iter().filter(|l| !l.offset).map(|l| l.minor);
    if record.kind == EntryKind::Journal { lines().filter(|m| *m > 0).sum() } else { lines().sum() }
}
