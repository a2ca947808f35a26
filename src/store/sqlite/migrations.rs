//! Forward-only steps. A step that was released never changes; a newer schema is refused by an older program.

use rusqlite::Connection;
use rusqlite_migration::{M, Migrations};

use crate::store::types::StoreError;

const STEPS: &[M<'_>] = &[
    M::up(include_str!("schema.sql")),
    M::up(include_str!("002_runs.sql")),
    M::up(include_str!("003_inbox.sql")),
    M::up(include_str!("004_documents.sql")),
    M::up(include_str!("005_papers.sql")),
    M::up(include_str!("006_corrections.sql")),
    M::up(include_str!("007_proposals.sql")),
    M::up(include_str!("008_queue.sql")),
    M::up(include_str!("009_audit.sql")),
    M::up(include_str!("010_mappings.sql")),
    M::up(include_str!("011_accounts.sql")),
    M::up(include_str!("012_tieout.sql")),
];

/// Brings the schema to this program's version.
pub fn migrate(c: &mut Connection) -> Result<(), StoreError> {
    let found: i64 = c
        .pragma_query_value(None, "user_version", |r| r.get(0))
        .map_err(|e| StoreError::Unusable(format!("it is no store: {e}")))?;
    let known = i64::try_from(STEPS.len()).unwrap_or(i64::MAX);
    if found > known {
        return Err(StoreError::Unusable(format!(
            "a newer version of tieout wrote it (schema {found}, this one knows {known}); use that version"
        )));
    }
    Migrations::from_slice(STEPS)
        .to_latest(c)
        .map_err(|e| StoreError::Unusable(format!("the schema cannot be brought up to date: {e}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_steps_are_valid_and_a_newer_schema_is_refused() {
        Migrations::from_slice(STEPS).validate().unwrap();
        let mut c = Connection::open_in_memory().unwrap();
        migrate(&mut c).unwrap();
        c.pragma_update(None, "user_version", 99).unwrap();
        assert!(matches!(migrate(&mut c), Err(StoreError::Unusable(why)) if why.contains("newer")));
    }
}
