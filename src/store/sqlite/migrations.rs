//! Forward-only steps. A step that was released never changes; a newer schema is refused by an older program.

use rusqlite::{Connection, Transaction};
use rusqlite_migration::{M, Migrations};

use crate::store::sqlite::filter;
use crate::store::types::StoreError;

fn steps() -> Vec<M<'static>> {
    vec![
        M::up(include_str!("schema.sql")),
        M::up(include_str!("002_runs.sql")),
        M::up(include_str!("003_inbox.sql")),
        M::up(include_str!("004_documents.sql")),
        M::up(include_str!("005_papers.sql")),
        M::up(include_str!("006_corrections.sql")),
        M::up(include_str!("007_proposals.sql")),
        M::up_with_hook(include_str!("008_queue.sql"), |tx: &Transaction<'_>| {
            // SQLite's own lower case knows no letter beyond ASCII
            filter::add_functions(tx)?;
            tx.execute_batch(include_str!("008_queue_fill.sql"))?;
            Ok(())
        }),
        M::up(include_str!("009_audit.sql")),
        M::up(include_str!("010_mappings.sql")),
        M::up(include_str!("011_accounts.sql")),
        M::up(include_str!("012_tieout.sql")),
        M::up(include_str!("013_visits.sql")),
        M::up(include_str!("014_paused.sql")),
    ]
}

/// Brings the schema to this program's version.
pub fn migrate(c: &mut Connection) -> Result<(), StoreError> {
    let found: i64 = c
        .pragma_query_value(None, "user_version", |r| r.get(0))
        .map_err(|e| StoreError::Unusable(format!("it is no store: {e}")))?;
    let steps = steps();
    let known = i64::try_from(steps.len()).unwrap_or(i64::MAX);
    if found > known {
        return Err(StoreError::Unusable(format!(
            "a newer version of tieout wrote it (schema {found}, this one knows {known}); use that version"
        )));
    }
    Migrations::new(steps)
        .to_latest(c)
        .map_err(|e| StoreError::Unusable(format!("the schema cannot be brought up to date: {e}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_steps_are_valid_and_a_newer_schema_is_refused() {
        Migrations::new(steps()).validate().unwrap();
        let mut c = Connection::open_in_memory().unwrap();
        migrate(&mut c).unwrap();
        c.pragma_update(None, "user_version", 99).unwrap();
        assert!(matches!(migrate(&mut c), Err(StoreError::Unusable(why)) if why.contains("newer")));
    }

    #[test]
    fn documents_of_an_older_program_are_found_by_what_they_were_derived_to() {
        let mut c = Connection::open_in_memory().unwrap();
        c.pragma_update(None, "foreign_keys", false).unwrap();
        let all = steps();
        Migrations::new(all).to_version(&mut c, 7).unwrap();
        c.execute_batch(
            "INSERT INTO document(id, connection, kind, source_id, family, revision, source_status, state, reason, number,
               title, payee, payee_code, payee_is_employee, currency, minor, cost_centres, blocked_reason, arrived_at, changed_at,
               search_base, search)
             VALUES ('D1', 'concur', 'expense_report', 's1', 'f1', 'r1', 'READY', 'ready', 'Wait', 'N-1', 'Trip',
               'Ökonomische Übung AG', 'E1', 1, 'USD', 100, 'CCÄ100', 'you', 0, 0, 'n-1', 'n-1' || char(10) || 'ready');
             INSERT INTO derivation(document, revision, rules_version, digest, content, derived_at)
             VALUES ('D1', 'r1', 1, 'd', '{\"set\":{\"entries\":[{\"reference\":\"TO123456789\"}]}}', 0);",
        )
        .unwrap();
        migrate(&mut c).unwrap();
        for text in ["übu", "öko", "ccä", "n-1", "wai"] {
            let sql = "SELECT count(*) FROM document_text t JOIN document d ON d.n = t.rowid
                       WHERE document_text MATCH ?1 AND instr(d.search, ?2) > 0";
            let found: i64 = c.query_row(sql, [format!("\"{text}\""), text.into()], |r| r.get(0)).unwrap();
            assert_eq!(found, 1, "{text}");
        }
        let reference: String = c.query_row("SELECT reference FROM document", [], |r| r.get(0)).unwrap();
        assert_eq!(reference, "TO123456789");
    }
}
