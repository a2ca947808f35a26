//! Control breaks and sign-offs: kept, closed with a note, never forgotten.

use super::*;
use crate::store::{NewRun, NewSignOff, RunTotal, Runs as _};
use crate::tieout::Stage;

fn listed(count: i64, stage: Stage) -> RunTotal {
    let connection = "concur".into();
    RunTotal { book: None, connection, kind: None, currency: None, stage, count, minor: 0 }
}

fn sign(reviewer: bool, hash: &str) -> NewSignOff {
    NewSignOff {
        book: BOOK.into(),
        period: "2026-10".into(),
        reviewer,
        documents_hash: "d".into(),
        ledger_hash: "l".into(),
        report_hash: hash.into(),
        documents: [("id".to_string(), "B4Q7TN confirmed".to_string())].into(),
        comments: [("ready:X".to_string(), "waits".to_string())].into(),
    }
}

#[test]
fn a_break_stands_until_it_is_closed_with_a_note_and_forbids_signing() {
    let home = Home::new();
    let run = || NewRun {
        pass: "fetch",
        started_at: at(1),
        seen: vec![listed(3, Stage::Listed), listed(2, Stage::Known)],
    };
    let found = go(home.store.put_run(run(), at(2))).unwrap();
    assert_eq!(found.len(), 1);
    assert!(found[0].text.contains("listed = already known + stored"), "{}", found[0].text);
    assert!(go(home.store.put_run(run(), at(3))).unwrap().is_empty(), "told once while it is open");
    let refused = go(home.store.sign(sign(false, "r"), theo(), at(4))).unwrap_err().to_string();
    assert!(refused.contains("control break"), "{refused}");
    assert!(go(home.store.close_break(found[0].id, " ".into(), theo(), at(5))).is_err());
    go(home.store.close_break(found[0].id, "one was recalled meanwhile".into(), theo(), at(5))).unwrap();
    assert!(go(home.store.control_breaks(Some(BOOK.into()), true)).unwrap().is_empty());
    let all = go(home.store.control_breaks(None, false)).unwrap();
    assert_eq!(all[0].closed.as_ref().unwrap().2, "one was recalled meanwhile");
}

#[test]
fn another_person_reviews_the_same_figures() {
    let home = Home::new();
    let two = |name: &str| Actor { name: name.into(), single_person: false, ..theo() };
    assert!(go(home.store.sign(sign(true, "r"), two("Joy Lin"), at(1))).is_err(), "nobody prepared it");
    go(home.store.sign(sign(false, "r"), two("Maya Wells"), at(2))).unwrap();
    assert!(go(home.store.sign(sign(true, "r"), two("Maya Wells"), at(3))).is_err(), "the same person");
    assert!(go(home.store.sign(sign(true, "other"), two("Joy Lin"), at(3))).is_err(), "other figures");
    let seq = go(home.store.sign(sign(true, "r"), two("Joy Lin"), at(4))).unwrap();
    let list = go(home.store.signoffs(BOOK.into(), "2026-10".into())).unwrap();
    assert_eq!((list.len(), list[1].audit_seq, list[1].role.as_str()), (2, seq, "reviewer"));
    assert_eq!(list[0].comments["ready:X"], "waits");
    assert!(go(home.store.reopen(BOOK.into(), "2026-10".into(), String::new(), theo(), at(5))).is_err());
    let n =
        go(home.store.reopen(BOOK.into(), "2026-10".into(), "late charge".into(), theo(), at(5))).unwrap();
    assert_eq!(n, 2);
    go(home.store.sign(sign(false, "r2"), two("Maya Wells"), at(6))).unwrap();
}
