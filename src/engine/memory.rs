//! What a process remembers so that it says or does the same thing once. Nothing here outlives it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::model::ids::DocumentId;

/// How often a body with this row alone is refused before the row is given to a person.
const ALONE_MOST: u32 = 6;

/// Alarms that were given, and confirmations that were refused as a whole.
#[derive(Debug, Default)]
pub struct Memory {
    alarms: Mutex<BTreeSet<(DocumentId, String)>>,
    refused: Mutex<BTreeMap<i64, u32>>,
}

fn held<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Memory {
    /// True the first time that a document alarms for this reason.
    pub fn alarms(&self, document: DocumentId, why: &str) -> bool {
        held(&self.alarms).insert((document, why.to_string()))
    }

    /// The row was in a body that was refused as a whole: from now on it goes alone, so that the one bad element is
    /// found and keeps nobody else waiting.
    pub fn goes_alone(&self, row: i64) -> bool {
        held(&self.refused).contains_key(&row)
    }

    /// A body of these rows was refused as a whole. True: the only row of it was refused so often that waiting longer
    /// mends nothing.
    pub fn refused(&self, rows: &[i64]) -> bool {
        let mut all = held(&self.refused);
        let [one] = rows else {
            for row in rows {
                all.entry(*row).or_insert(0);
            }
            return false;
        };
        let n = all.entry(*one).or_insert(0);
        *n += 1;
        if *n < ALONE_MOST {
            return false;
        }
        all.remove(one);
        true
    }

    /// These were answered: nothing is remembered of them.
    pub fn answered(&self, rows: &[i64]) {
        let mut all = held(&self.refused);
        for row in rows {
            all.remove(row);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_alarms_once_for_each_reason() {
        let memory = Memory::default();
        let id = |n| DocumentId(ulid::Ulid::from_parts(n, 1));
        assert!(memory.alarms(id(1), "somebody else must approve it"));
        assert!(!memory.alarms(id(1), "somebody else must approve it"));
        assert!(memory.alarms(id(1), "another reason") && memory.alarms(id(2), "another reason"));
    }

    #[test]
    fn six_refusals_alone_are_enough_and_those_in_company_do_not_count() {
        let memory = Memory::default();
        for _ in 0..10 {
            assert!(!memory.refused(&[1, 2]));
        }
        assert!(memory.goes_alone(1) && memory.goes_alone(2) && !memory.goes_alone(3));
        memory.answered(&[2]);
        assert!(!memory.goes_alone(2));
        let ends: Vec<bool> = (0..7).map(|_| memory.refused(&[1])).collect();
        assert_eq!(ends, [false, false, false, false, false, true, false]);
    }
}
