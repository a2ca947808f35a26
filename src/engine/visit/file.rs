//! Which company file answers. The identity that the pairing left is inside the file, so every copy of it has the same
//! one: a test copy, a year-end copy and a restored backup answer like the company itself. A file at another path, or a
//! backup restored since, gets nothing until a person has confirmed it.

use jiff::Timestamp;
use jiff::civil::DateTime;

use crate::engine::EngineError;
use crate::engine::core::Core;
use crate::engine::visit::notes::{caller, calls_us};
use crate::model::people::Actor;
use crate::model::text::harmless;
use crate::store::{ConnectionRow, Health, VisitNote};

/// Whether two paths of Windows name one file, as far as their letters tell.
fn same_path(a: &str, b: &str) -> bool {
    let plain = |p: &str| p.trim().replace('/', "\\").to_lowercase();
    plain(a) == plain(b)
}

/// Whether a restoration is a later one. QuickBooks shifts its clock or its offset with the summer time: only what is
/// later by both is another one.
pub(super) fn later(told: &str, noted: &str) -> bool {
    if noted.is_empty() || told.is_empty() {
        return !told.is_empty();
    }
    let local = |t: &str| t.get(..19).and_then(|t| t.parse::<DateTime>().ok());
    let instant = |t: &str| t.parse::<Timestamp>().ok();
    let by_clock = match (local(told), local(noted)) {
        (Some(told), Some(noted)) => told > noted,
        // what cannot be compared is another one as soon as it is not the same
        _ => told != noted,
    };
    let by_instant = instant(told).zip(instant(noted)).is_none_or(|(told, noted)| told > noted);
    by_clock && by_instant
}

fn confirm(row: &ConnectionRow) -> String {
    format!("`tieout connections test {} --accept-file`", row.id)
}

/// Why a visit with this file ends before anything is written; none: it is the file that was served last. Notes it.
pub(super) fn another_file(row: &ConnectionRow, note: &mut VisitNote, file: &str) -> Option<String> {
    note.other_file.clear();
    if note.company_file.trim().is_empty() || file.trim().is_empty() || same_path(&note.company_file, file) {
        return None;
    }
    note.other_file = file.to_string();
    let (who, new, old) = (caller(row), harmless(file.trim()), harmless(note.company_file.trim()));
    Some(format!(
        "{who} has {new} open, and the company file was {old} until now: it may be a copy or a restored backup. Nothing \
         was written: open {old} there. If {new} is the right one from now on, confirm it with {}",
        confirm(row)
    ))
}

/// Why nothing is written to a company that was restored.
pub(super) fn was_restored(row: &ConnectionRow, at: &str) -> String {
    let at = at.get(..16).unwrap_or(at).replace('T', " ");
    format!(
        "the company was restored from a backup at {} by its own clock: postings after that backup may be missing. Nothing \
         was written: check the last postings in {}, then accept it with {}",
        harmless(&at),
        caller(row),
        confirm(row)
    )
}

impl Core {
    /// A person confirms the file, or the restored backup, that stopped the last visit. The sentence says which.
    pub(crate) async fn accept_file(&self, row: &ConnectionRow, by: Actor) -> Result<String, EngineError> {
        if !calls_us(row) {
            let why = format!("{} has no company file: this is for QuickBooks Desktop alone", row.id);
            return Err(EngineError::Refused(why));
        }
        let now = self.now();
        let Some(was) = self.store.accept_company_file(row.id.clone(), by, now).await? else {
            let why = format!("no company file of {} waits to be confirmed: nothing was changed", row.id);
            return Err(EngineError::Refused(why));
        };
        if row.health == Health::Paused && self.posting_pause(&row.id).is_none() {
            self.store.set_health(row.id.clone(), Health::Ok, String::new(), now).await?;
        }
        self.touch();
        let mut said = Vec::new();
        if !was.other_file.is_empty() {
            said.push(format!("the company file is {} from now on", harmless(was.other_file.trim())));
        }
        if let Some(at) = &was.other_restored {
            said.push(format!("the backup restored at {} is accepted", harmless(at)));
        }
        Ok(format!("{}: the next visit goes on", said.join("; ")))
    }

    /// The path with which a caller is to open the company by itself: the file that was served last. Empty: the one that
    /// is open.
    pub async fn company_file(&self, row: &ConnectionRow) -> Result<String, EngineError> {
        let note = self.visit_note(&row.id).await?;
        let file = note.company_file.trim();
        // a path that would not be printed as it is cannot be the one of a file
        let known = note.served_at.is_some() && harmless(file) == file;
        Ok(if known { file.to_string() } else { String::new() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_windows_do_not_tell_letters_apart() {
        assert!(same_path(r"C:\QB\Firm.qbw", r" c:/qb/FIRM.QBW "));
        assert!(!same_path(r"C:\QB\Firm.qbw", r"C:\QB\copy\Firm.qbw"));
    }

    #[test]
    fn a_restoration_is_another_one_when_it_is_later_by_clock_and_instant() {
        let first = "2026-10-30T09:30:00-04:00";
        assert!(later(first, "") && !later("", first) && !later("", "") && !later(first, first));
        assert!(later("2026-11-04T09:30:00-05:00", first));
        for shifted in ["2026-10-30T08:30:00-05:00", "2026-10-30T09:30:00-05:00", "2026-10-30T10:30:00-03:00"]
        {
            assert!(!later(shifted, first), "{shifted}");
        }
        assert!(later("2026-10-30T09:30:01", "2026-10-30T09:30:00"));
    }
}
