//! The real program is ended at every fail point around each commit and send while 200 documents are being posted, and
//! at random moments with SIGKILL. Restarted at once, it ends with each slot of each approved document exactly once in
//! the ledger and each document confirmed once (reliability.md, F01 to F04, and section 10).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test or benchmark fails by panicking and reports by printing"
)]

#[path = "common/oracle.rs"]
mod oracle;
#[path = "common/process.rs"]
mod process;

use std::time::Instant;

use oracle::assert_settled;
use process::{Ended, Served};
use serde_json::json;
use tieout::store::failpoint::FailPoint;

/// Documents of one walk.
const DOCUMENTS: u64 = 200;

/// Where in a run a point lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// From the source to the approval.
    Arriving,
    /// Intent, call, outcome.
    Posting,
    /// What the source is told.
    Telling,
    /// Look-ups: they happen only where something is in doubt.
    Doubting,
    /// Every commit, whatever it writes.
    Anywhere,
    /// Only where the ledger calls us: no ledger of these walks does.
    Visiting,
}

/// A new point has to be given its place here, and is walked.
fn part(point: FailPoint) -> Part {
    use FailPoint::*;
    match point {
        BeforeArriveCommit | AfterArriveCommit | BeforeDerivedCommit | AfterDerivedCommit
        | BeforeApproveCommit | AfterApproveCommit => Part::Arriving,
        BeforePlanCommit | AfterPlanCommit | BeforeRecordCommit | AfterRecordCommit | BeforeSend
        | AfterSend => Part::Posting,
        BeforeToldCommit | AfterToldCommit | BeforeConfirmSend | AfterConfirmSend | BeforeAckSend
        | AfterAckSend => Part::Telling,
        BeforeLookedUpCommit | AfterLookedUpCommit | BeforeLookupSend | AfterLookupSend => Part::Doubting,
        BeforeCommit | AfterCommit => Part::Anywhere,
        BeforeHandOut | AfterHandOut | BeforeRecordVisit | AfterRecordVisit => Part::Visiting,
    }
}

fn points(of: Part) -> impl Iterator<Item = FailPoint> {
    FailPoint::ALL.iter().copied().filter(move |p| part(*p) == of)
}

/// Runs it once more, and everything is confirmed.
fn settle(served: &Served, documents: u64, run: &str) {
    let ended = served.run(None);
    let settled = ended.status.code() == Some(0) && ended.states() == json!({ "confirmed": documents });
    assert!(settled, "{run}: not settled: {ended:?}");
    assert_settled(served, documents, run);
}

/// Ends the program at the first, second, third … hit of a point, each time in a home of its own, until a run does not
/// reach it that often any more; gives the number of kills.
fn walk(point: FailPoint, documents: u64, seed: u64, prepare: impl Fn(&Served, &str)) -> u64 {
    let mut kills = 0;
    loop {
        let at = format!("{}:{}", point.name(), kills + 1);
        let run = format!("{at}, seed {seed}");
        let served = Served::generated(documents, seed);
        prepare(&served, &run);
        let ended = served.run(Some(&at));
        if ended.aborted() {
            kills += 1;
        } else {
            // what was not reached has to have gone well
            assert_eq!(ended.status.code(), Some(0), "{run}: {ended:?}");
        }
        settle(&served, documents, &run);
        if !ended.aborted() {
            assert!(kills > 0, "{run}: no run ends there");
            return kills;
        }
    }
}

fn walk_all(of: Part, seed: u64, at_least: u64) {
    let began = Instant::now();
    let mut sum = 0;
    for point in points(of) {
        let kills = walk(point, DOCUMENTS, seed, |_, _| {});
        assert!(kills >= at_least, "{}: only {kills} kills with seed {seed}", point.name());
        sum += kills;
    }
    println!("{of:?}: {sum} kills in {:?}", began.elapsed());
}

#[test]
fn killed_while_documents_arrive() {
    walk_all(Part::Arriving, 11, 1);
}

#[test]
fn killed_while_documents_are_posted() {
    // 200 documents are seven calls of at most 30
    walk_all(Part::Posting, 12, 7);
}

#[test]
fn killed_while_concur_is_told() {
    walk_all(Part::Telling, 13, 2);
}

#[test]
fn killed_while_lost_replies_are_looked_up() {
    let lost = json!({
        "system": "quickbooks_online", "operation": "batch", "what": "drop_reply", "when": "after", "count": 3,
    });
    for point in points(Part::Doubting) {
        let kills = walk(point, DOCUMENTS, 14, |served, _| {
            served.post("/faults", &lost);
        });
        assert!(kills >= 3, "{}: only {kills} kills", point.name());
    }
}

#[test]
fn killed_again_while_it_recovers() {
    for (first, seed) in [("before_send:3", 15), ("after_send:3", 16)] {
        for point in points(Part::Doubting) {
            walk(point, DOCUMENTS, seed, |served, run| {
                let ended = served.run(Some(first));
                assert!(ended.aborted(), "{run} after {first}: {ended:?}");
            });
        }
    }
}

#[test]
fn killed_after_every_commit() {
    // two calls of the ledger; what is committed around a call of 30 is the same for the seventh as for the second
    let kills = walk(FailPoint::AfterCommit, 60, 17, |_, _| {});
    println!("{kills} commits");
    assert!(kills >= 20, "only {kills} commits");
}

#[test]
fn killed_before_ever_later_commits_of_one_home() {
    let (seed, served) = (18, Served::generated(DOCUMENTS, 18));
    for kills in 0.. {
        let run = format!("{}:1 to :{}, seed {seed}", FailPoint::BeforeCommit.name(), kills + 1);
        let ended = served.run(Some(&format!("{}:{}", FailPoint::BeforeCommit.name(), kills + 1)));
        if !ended.aborted() {
            assert_eq!(ended.status.code(), Some(0), "{run}: {ended:?}");
            assert!(kills >= 10, "{run}: only {kills} kills");
            settle(&served, DOCUMENTS, &run);
            println!("{kills} kills of one home");
            return;
        }
    }
}

#[test]
fn killed_at_every_point_while_replies_are_lost() {
    let (mut kills, mut fired) = (0, 0);
    let reached = FailPoint::ALL.iter().filter(|p| part(**p) != Part::Visiting);
    for (at, point) in reached.enumerate() {
        let seed = 100 + at as u64;
        let served = Served::generated(DOCUMENTS, seed);
        let lossy = [("quickbooks_online", "*"), ("concur", "confirm"), ("concur", "acknowledge")];
        for (dice, (system, operation)) in (seed * 10..).zip(lossy) {
            let fault = json!({
                "system": system, "operation": operation, "what": "drop_reply", "when": "after",
                "rate": 0.2, "seed": dice,
            });
            served.post("/faults", &fault);
        }
        let mut here = 0;
        for hit in [1, 2, 1, 4] {
            let ended = served.run(Some(&format!("{}:{hit}", point.name())));
            let fine = ended.aborted() || ended.status.code() == Some(0);
            assert!(fine, "{}:{hit}, seed {seed}, 20 % of replies lost: {ended:?}", point.name());
            here += u64::from(ended.aborted());
        }
        let run = format!("{}:1, :2, :1 and :4, seed {seed}, 20 % of replies lost", point.name());
        assert!(here > 0 || part(*point) == Part::Doubting, "{run}: no run ended there");
        // what Concur did not answer is due again after a while that doubles each time
        for _ in 0..6 {
            let ended = served.start("40s", None).end();
            assert_eq!(ended.status.code(), Some(0), "{run}: {ended:?}");
            if ended.states() == json!({ "confirmed": DOCUMENTS }) {
                break;
            }
        }
        assert_settled(&served, DOCUMENTS, &run);
        kills += here;
        fired += served.fired();
    }
    println!("{kills} kills, {fired} replies lost");
    assert!(fired >= 30, "only {fired} replies were lost");
}

/// What a random kill waits for.
fn let_it_come(served: &Served, dice: &mut fastrand::Rng) -> (Ended, String) {
    let mut run = served.start("5s", None);
    if dice.bool() {
        let lines = dice.usize(0..40);
        for _ in 0..lines {
            if !run.hear() {
                break;
            }
        }
        (run.kill(), format!("after {lines} lines"))
    } else {
        let calls = served.calls() + dice.u64(1..12);
        while served.calls() < calls && !run.is_over() {}
        (run.kill(), format!("after call {calls}"))
    }
}

#[test]
fn killed_at_random_moments() {
    for seed in [21, 22, 23] {
        let mut dice = fastrand::Rng::with_seed(seed);
        let mut documents = DOCUMENTS;
        let served = Served::generated(documents, seed);
        // a kill hits a call on its way more often when calls take a while
        for when in ["before", "after"] {
            let slow = json!({
                "system": "quickbooks_online", "operation": "batch", "what": "delay", "when": when,
                "delay_ms": 15, "rate": 1.0,
            });
            served.post("/faults", &slow);
        }
        let mut moments = Vec::new();
        let mut kills = 0;
        while kills < 10 {
            let (ended, moment) = let_it_come(&served, &mut dice);
            let run = format!("kills at random, seed {seed}, {moments:?}, {moment}");
            if ended.killed() {
                kills += 1;
                moments.push(moment);
            } else {
                assert_eq!(ended.status.code(), Some(0), "{run}: {ended:?}");
                settle(&served, documents, &run);
                served.post("/documents", &json!({ "documents": 60, "seed": seed }));
                documents += 60;
            }
        }
        settle(&served, documents, &format!("kills at random, seed {seed}, {moments:?}"));
        println!("seed {seed}: {documents} documents, {moments:?}");
    }
}

/// Where the sample firm ends: twenty-one records for sixteen documents are new.
fn sample_end() -> serde_json::Value {
    json!({ "blocked": 17, "confirmed": 28, "held": 2, "ready": 11, "recalled": 1, "unreadable": 1 })
}

#[test]
fn killed_while_sets_of_several_slots_are_posted() {
    let mut kills = 0;
    let telling = [
        FailPoint::BeforeToldCommit,
        FailPoint::AfterToldCommit,
        FailPoint::BeforeConfirmSend,
        FailPoint::AfterConfirmSend,
    ];
    for point in points(Part::Posting).chain(telling).chain(points(Part::Doubting)) {
        for hit in 1.. {
            let at = format!("{}:{hit}", point.name());
            let run = format!("{at}, sample firm");
            let served = Served::with(&["--auto-approve", "clean"]);
            if part(point) == Part::Doubting {
                let lost = json!({
                    "system": "quickbooks_online", "operation": "batch", "what": "drop_reply", "when": "after",
                });
                served.post("/faults", &lost);
            }
            let ended = served.run(Some(&at));
            let aborted = ended.aborted();
            let last = if aborted { served.run(None) } else { ended };
            assert_eq!((last.status.code(), last.states()), (Some(3), sample_end()), "{run}: {last:?}");
            let records = oracle::assert_sets(&served, &run);
            assert_eq!((records.confirmed, records.edited), (28, 1), "{run}");
            assert!(records.several > 0, "{run}: no set has several slots");
            oracle::assert_chain(&served, &run);
            if !aborted {
                assert!(hit > 1, "{run}: no run ends there");
                break;
            }
            kills += 1;
        }
    }
    println!("sample firm: {kills} kills");
}

#[test]
fn killed_between_a_resubmitted_report_and_its_older_version() {
    for point in ["after_arrive_commit:1", "before_derived_commit:1"] {
        let run = format!("{point}, seed 31");
        let served = Served::with(&["--documents", "20", "--seed", "31", "--auto-approve", "off"]);
        let ended = served.run(None);
        assert_eq!(ended.states(), json!({ "ready": 20 }), "{run}: {ended:?}");
        let truth = served.get("/truth/concur");
        for record in truth["records"].as_array().unwrap() {
            // recalled, changed and submitted again: a new document of the same report
            served.post("/switches/concur", &json!({ "change": record["id"] }));
        }
        let ended = served.run(Some(point));
        assert!(ended.aborted(), "{run}: {ended:?}");
        let ended = served.run(None);
        assert_eq!(ended.states(), json!({ "ready": 20, "recalled": 20 }), "{run}: {ended:?}");
        assert_eq!(oracle::marked(&served, &run).len(), 0, "{run}");
        oracle::assert_chain(&served, &run);
    }
}
