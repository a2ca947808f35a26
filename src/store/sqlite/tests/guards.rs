//! What the database itself refuses, and how the store ends when it fails.

use super::*;

fn denied(home: &Home, sql: &str) {
    let e = home.raw().execute_batch(sql).expect_err(sql);
    assert_eq!(e.sqlite_error_code(), Some(rusqlite::ErrorCode::ConstraintViolation), "{sql}: {e}");
}

#[test]
fn evidence_is_append_only() {
    let home = Home::new();
    let rules = crate::model::rule::RuleSet::default();
    go(home.store.put_rules(BOOK.into(), 0, rules, theo(), at(1))).unwrap();
    let policy = Policy { version: 0, auto: AutoApproval::Off, signed_off_by: "Joy".into(), limit: None };
    go(home.store.put_policy(BOOK.into(), policy, theo(), at(1))).unwrap();
    let hash = home.raw().query_row("SELECT hash FROM audit WHERE seq = 1", [], |r| r.get(0)).unwrap();
    go(home.store.put_anchor(1, hash, vec![2], "mail".into(), at(1))).unwrap();
    let id = home.approved("a", &[Slot::Bill]);
    home.record(&home.plan(id, "k"), vec![done(1)]);
    for sql in [
        "UPDATE audit SET actor = 'x'",
        "DELETE FROM audit",
        "UPDATE source_doc SET bytes = x'00'",
        "DELETE FROM source_doc",
        "UPDATE policy SET content = '{}'",
        "DELETE FROM policy",
        "UPDATE mapping_version SET content = '{}'",
        "DELETE FROM mapping_version",
        "UPDATE anchor SET hash = x'00'",
        "DELETE FROM anchor",
        "UPDATE approval SET digest = 'x'",
        "UPDATE approval SET approved_by = 'x', withdrawn_at = 1",
        "DELETE FROM approval",
        "UPDATE intent SET remote_id = 'other'",
        "UPDATE intent SET state = 'planned', remote_id = ''",
        "UPDATE intent SET reference = 'TO000000000'",
        "DELETE FROM intent",
        "UPDATE batch SET members = '[]'",
        "UPDATE attempt SET class = 'refused'",
        "UPDATE document SET source_id = 'x'",
        "UPDATE document SET state = 'done'",
        "UPDATE document SET next_action_at = NULL, blocked_reason = '' WHERE state = 'posted'",
        "DELETE FROM document",
        "UPDATE connection SET fingerprint = 'x'",
        "UPDATE connection SET health = 'fine'",
        "INSERT INTO approval(document, revision, entry_set, digest, approved_by, approved_at)
           SELECT document, revision, entry_set, digest, approved_by, approved_at FROM approval",
    ] {
        denied(&home, sql);
    }
    home.check();
}

#[test]
fn every_move_that_the_table_does_not_have_is_refused_and_audited() {
    use crate::store::sqlite::doc::Doc;
    use crate::store::sqlite::transition::{Move, transition};
    let home = Home::new();
    let id = home.ready("a", &[Slot::Bill]);
    let raw = home.raw();
    let mut refused = 0;
    for from in State::ALL {
        raw.execute("UPDATE document SET state = ?, next_action_at = 1", [from.name()]).unwrap();
        raw.execute("DELETE FROM total", []).unwrap();
        raw.execute(
            "INSERT INTO total SELECT coalesce(book,''), state, currency, 1, minor FROM document",
            [],
        )
        .unwrap();
        for to in State::ALL {
            let before = home.card(id).row;
            let result = go(home.store.write(at(9), None, move |tx| {
                let mut doc = Doc::load(tx, id)?;
                transition(tx, &mut doc, to, Move::new("tried", &Actor::engine()))?;
                // legal: undone again
                Err::<(), _>(StoreError::Missing("nothing".into()).into())
            }));
            let illegal = matches!(result, Err(StoreError::IllegalMove { .. }));
            assert_eq!(illegal, !from.may_become(to), "{from} {to} {result:?}");
            refused += usize::from(illegal);
            assert_eq!(home.card(id).row, before, "untouched");
        }
    }
    let query = AuditQuery { search: vec!["refused_move".into()], limit: 1_000, ..Default::default() };
    let log = go(home.store.audit(query)).unwrap();
    assert_eq!(log.len(), refused);
    assert!(refused > 200);
}

#[test]
fn compare_and_set_on_the_version() {
    use crate::store::sqlite::doc::Doc;
    use crate::store::sqlite::transition::{Move, transition};
    let home = Home::new();
    let id = home.ready("a", &[Slot::Bill]);
    let result = go(home.store.write(at(9), None, move |tx| {
        let mut doc = Doc::load(tx, id)?;
        doc.version -= 1;
        transition(tx, &mut doc, State::Held, Move::new("held", &Actor::engine()).because("x"))
    }));
    assert!(matches!(result, Err(StoreError::Stale { .. })));
    assert_eq!(home.state(id), State::Ready);
    home.check();
}

#[test]
fn a_full_disk_is_fatal_for_good() {
    let home = Home::new();
    go(home.store.look(|c| {
        let pages: i64 = c.pragma_query_value(None, "page_count", |r| r.get(0))?;
        c.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))?;
        Ok(())
    }))
    .unwrap();
    let before = go(home.store.totals(None)).unwrap();
    let mut big = arrival("big", 5);
    big.bytes = vec![7; 1 << 20];
    let full = go(home.store.arrive(vec![big], vec![true], at(1)));
    assert!(matches!(full, Err(StoreError::Fatal(_))), "{full:?}");
    assert!(matches!(go(home.store.books()), Err(StoreError::Fatal(_))));
    assert!(matches!(go(home.store.totals(None)), Err(StoreError::Fatal(_))));
    // the next process finds no half of it
    let again = open(&home.dir).unwrap();
    assert_eq!(go(again.totals(None)).unwrap(), before);
    assert!(go(again.verify_audit()).unwrap().is_ok());
    assert!(go(again.integrity()).unwrap().is_empty());
}

#[test]
fn a_newer_schema_is_refused_and_a_reopened_store_is_the_same() {
    let home = Home::new();
    let id = home.approved("a", &[Slot::Bill]);
    let before = go(home.store.instance()).unwrap();
    let Home { store, dir, .. } = home;
    drop(store);
    let store = open(&dir).unwrap();
    assert_eq!(go(store.instance()).unwrap(), before);
    assert_eq!(go(store.card(id)).unwrap().row.state, State::Approved);
    assert!(go(store.verify_audit()).unwrap().is_ok());
    drop(store);
    let c = Connection::open(dir.path().join("tieout.db")).unwrap();
    c.pragma_update(None, "user_version", 99).unwrap();
    drop(c);
    assert!(matches!(open(&dir), Err(StoreError::Unusable(_))));
}

#[test]
fn a_log_left_behind_is_checked_before_use() {
    let home = Home::new();
    home.ready("a", &[Slot::Bill]);
    // as after a kill: the files as they stand while the store is open
    let dir = tempfile::tempdir().unwrap();
    for name in ["tieout.db", "tieout.db-wal"] {
        std::fs::copy(home.dir.path().join(name), dir.path().join(name)).unwrap();
    }
    let presence = crate::store::sqlite::open::Presence::take(&dir.path().join("tieout.db")).unwrap();
    assert!(presence.unclean);
    drop(presence);
    let store = open(&dir).unwrap();
    assert_eq!(go(store.totals(None)).unwrap(), go(home.store.totals(None)).unwrap());
    // a second opener beside the first is no unclean end
    let second = crate::store::sqlite::open::Presence::take(&dir.path().join("tieout.db")).unwrap();
    assert!(!second.unclean);
}

#[test]
fn an_edited_trail_is_found() {
    let home = Home::new();
    home.ready("a", &[Slot::Bill]);
    let c = home.raw();
    c.execute_batch("DROP TRIGGER audit_update; DROP TRIGGER audit_delete").unwrap();
    let verify = || go(home.store.verify_audit()).unwrap();
    let last = verify().unwrap();
    c.execute("UPDATE audit SET actor = 'Nobody' WHERE seq = 3", []).unwrap();
    assert_eq!(verify().unwrap_err().0, 3);
    c.execute("UPDATE audit SET actor = 'Theo Okonkwo' WHERE seq = 3", []).unwrap();
    // a rewritten head does not hide a missing tail from an anchor
    let hash = c.query_row("SELECT hash FROM audit WHERE seq = ?", [last as i64], |r| r.get(0)).unwrap();
    go(home.store.put_anchor(last, hash, vec![], "mail".into(), at(9))).unwrap();
    c.execute("DELETE FROM audit WHERE seq = ?", [last as i64]).unwrap();
    c.execute("UPDATE instance SET audit_seq = ?", [last as i64 - 1]).unwrap();
    c.execute("UPDATE instance SET audit_hash = (SELECT hash FROM audit WHERE seq = audit_seq)", []).unwrap();
    let (seq, why) = verify().unwrap_err();
    assert_eq!(seq, last);
    assert!(why.contains("truncated"), "{why}");
}
