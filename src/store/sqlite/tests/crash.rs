//! The process ends at each commit: what was acknowledged is there, the rest is not, and nothing is half.

use std::process::Command;

use super::*;
use crate::store::failpoint::{self, FailPoint};

const CHILD: &str = "store::sqlite::tests::crash::child";
const PLACE: &str = "TIEOUT_CRASH_TEST";

/// The work that is interrupted; runs in a process of its own, started by the test below.
#[test]
#[ignore = "the other test of this file starts it"]
#[allow(clippy::disallowed_methods, reason = "the parent test says where to work and where to end")]
fn child() {
    let Ok(place) = std::env::var(PLACE) else { return };
    let (dir, point) = place.rsplit_once('\n').unwrap();
    let home = Home::within(tempfile::tempdir_in(dir).unwrap());
    failpoint::arm(point).unwrap();
    let id = home.approved("a", &[Slot::Bill, Slot::Card("1".into())]);
    home.record(&home.plan(id, "k1"), vec![done(1), unclear()]);
    home.look(vec![LookedUp::Found { id: "id2".into(), number: "TO2".into() }]);
    home.tell(OutboxKind::Confirm, &Told::Accepted);
}

#[test]
fn a_crash_at_any_commit_leaves_a_whole_store() {
    use FailPoint::*;
    let stands = [
        (BeforeArriveCommit, None),
        (AfterArriveCommit, Some(State::Stored)),
        (BeforeDerivedCommit, Some(State::Stored)),
        (AfterDerivedCommit, Some(State::Ready)),
        (BeforeApproveCommit, Some(State::Ready)),
        (AfterApproveCommit, Some(State::Approved)),
        (BeforePlanCommit, Some(State::Approved)),
        (AfterPlanCommit, Some(State::Posting)),
        (BeforeRecordCommit, Some(State::Posting)),
        (AfterRecordCommit, Some(State::Ambiguous)),
        (BeforeLookedUpCommit, Some(State::Ambiguous)),
        (AfterLookedUpCommit, Some(State::Posted)),
    ];
    for (point, state) in stands {
        let dir = tempfile::tempdir().unwrap();
        let place = format!("{}\n{}", dir.path().display(), point.name());
        let end = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", CHILD, "--ignored", "--test-threads", "1"])
            .env(PLACE, place)
            .output()
            .unwrap();
        assert!(!end.status.success(), "{point:?} was not reached");
        let inner = std::fs::read_dir(dir.path()).unwrap().next().unwrap().unwrap().path();
        let options = Options { executor: Executor::Inline, instance_kind: "demo", now: at(0) };
        let store = SqliteStore::open(inner.join("tieout.db"), options).unwrap();
        let home = Home {
            store,
            dir: tempfile::Builder::new().tempdir_in(dir.path()).unwrap(),
            file: inner.join("tieout.db"),
        };
        let rows = go(home.store.page(Query { limit: 9, ..Query::default() })).unwrap().rows;
        assert_eq!(rows.first().map(|r| r.state), state, "{point:?}");
        assert!(go(home.store.integrity()).unwrap().is_empty());
        home.check();
        let doubts = go(home.store.recover(at(99))).unwrap();
        let sent = matches!(point, AfterPlanCommit | BeforeRecordCommit);
        assert_eq!(doubts, if sent { 2 } else { 0 }, "{point:?}");
        home.check();
    }
}
