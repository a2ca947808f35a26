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

#[test]
fn idle_passes_leave_no_runs_and_what_stands_is_written_when_it_changed() {
    let home = Home::new();
    let put = |pass, seen, t| {
        go(home.store.put_run(NewRun { pass, started_at: at(t), seen }, at(t))).unwrap();
        go(home.store.runs(at(0), at(10_000), 100)).unwrap()
    };
    let standing = |r: &crate::store::Run| r.totals.iter().filter(|t| t.book.is_some()).count();
    assert!(put("fetch", Vec::new(), 1).is_empty(), "nothing was read and nothing stands");
    home.arrive(vec![arrival("A", 100)]);
    let runs = put("fetch", vec![listed(1, Stage::Listed), listed(1, Stage::Stored)], 2);
    assert!(runs.len() == 1 && standing(&runs[0]) > 0, "{runs:?}");
    assert_eq!(put("fetch", Vec::new(), 3).len(), 1, "a hint that brought nothing");
    let runs = put("fetch", vec![listed(1, Stage::Listed), listed(1, Stage::Known)], 4);
    assert_eq!(
        (runs.len(), standing(&runs[1]), runs[1].totals.len()),
        (2, 0, 2),
        "a fetch that found nothing new"
    );
    home.arrive(vec![arrival("B", 100)]);
    let runs = put("post", Vec::new(), 5);
    assert!(runs.len() == 3 && standing(&runs[2]) > 0, "{runs:?}");
}

#[test]
fn a_business_id_is_known_with_its_books() {
    let home = Home::new();
    let family = "family A".to_string();
    home.arrive(vec![arrival("A", 100)]);
    let found =
        go(home.store.books_of_families("concur".into(), vec![family.clone(), "unheard of".into()])).unwrap();
    assert_eq!(found.len(), 1);
    assert!(found[&family].contains(&crate::model::ids::BookId::from(BOOK)));
    let elsewhere = go(home.store.books_of_families("other".into(), vec![family])).unwrap();
    assert!(elsewhere.is_empty());
}
