//! Both sides of the QuickBooks Web Connector are ended at every step of a visit: the real program at its fail points and
//! with SIGKILL, the other machine around every call and around QuickBooks itself. Afterwards visits go on, and each
//! entry of each approved document stands exactly once in the company file (reliability.md, F54; contract 6.2).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test or benchmark fails by panicking and reports by printing"
)]

#[path = "common/desktop.rs"]
mod desktop;

use std::time::{Duration, Instant};

use desktop::*;
use serde_json::json;
use tieout::sandbox::web_connector::{End, Mishap, Operation, Side};
use tieout::store::failpoint::FailPoint;

/// What one walk did.
#[derive(Debug, Default)]
struct Did {
    rounds: u64,
    /// The program ended at a fail point or by SIGKILL.
    ours: u64,
    /// Visits that did not come to their end.
    theirs: u64,
    /// Sets that were sent again, byte by byte.
    again: u64,
    /// Documents with several entries.
    several: u64,
}

impl Did {
    fn add(&mut self, other: &Did) {
        self.ours += other.ours;
        self.theirs += other.theirs;
        self.again += other.again;
        self.several = other.several;
    }
}

/// Waits until so many documents are in the ledger and confirmed, and every other one is approved at least: a person
/// approves what looks like another one. False: the program ended before.
async fn reached(office: &Office, program: &Program, confirmed: u64) -> bool {
    let until = Instant::now() + PATIENCE;
    loop {
        let now = office.approved_by_now().await;
        let of = |s: &str| now.get(s).copied().unwrap_or(0);
        let early: u64 = ["stored", "ready", "blocked"].into_iter().map(of).sum();
        if of("confirmed") >= confirmed && early == 0 && now.values().sum::<u64>() == office.made {
            return true;
        }
        if program.ended().is_some() {
            return false;
        }
        assert!(Instant::now() < until, "{now:?}: {}", program.said());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Nothing fails any more: visits until everything is confirmed.
async fn settle(office: &Office, run: &str) -> u64 {
    office.hook(None);
    office.caller.disarm();
    for crash in ["crash_before_commit", "crash_after_commit", "busy"] {
        office.switch(crash, json!(0));
    }
    let program = office.program(None);
    assert!(program.listens().await, "{run}: {}", program.said());
    let until = Instant::now() + PATIENCE;
    let all = states(&[("confirmed", office.made)]);
    let mut ends = Vec::new();
    loop {
        // what arrived is approved first
        let now = office.approved_by_now().await;
        let waits = |s: &str| now.get(s).copied().unwrap_or(0);
        if now == all {
            break;
        }
        if waits("approved") + waits("posting") + waits("ambiguous") > 0 {
            ends.push(office.visit().await.end);
        }
        if Instant::now() >= until {
            let stand: Vec<String> = office
                .cards()
                .await
                .iter()
                .filter(|c| c.row.state != tieout::model::State::Confirmed)
                .map(|c| format!("{} {}: {}", c.row.number, c.row.state, c.row.reason))
                .collect();
            panic!("{run}: not settled: {now:?} {stand:#?}, visits {ends:?}, {}", program.said());
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let status = program.end().await;
    assert_eq!(status.code(), Some(0), "{run}: {}", program.said());
    assert_settled(office, run).await
}

/// Two plain reports and one of two entries.
fn arrive(office: &mut Office, round: u64, seed: u64) -> u64 {
    office.more(2, seed);
    let like = if round.is_multiple_of(2) { "D64" } else { "D61" };
    office.like(like, &format!("K{seed:02}{round:03}"));
    3
}

/// Ends the program at the first, second, third … hit of each of these points during a visit, as often as one is
/// reached, at most so often.
async fn walk(points: &[FailPoint], seed: u64, most: u64) {
    let mut office = Office::empty().await;
    let mut did = Did::default();
    let mut confirmed = 0;
    for point in points {
        for hit in 1..=most {
            let at = format!("{}:{hit}", point.name());
            office.journal.clear();
            let new = arrive(&mut office, did.rounds, seed);
            let program = office.program(Some(&at));
            assert!(program.listens().await, "{at}: {}", program.said());
            let alive = reached(&office, &program, confirmed).await;
            if alive {
                let end = office.visit().await.end;
                did.theirs += u64::from(end != End::Finished);
                // what is told to the source comes after the visit
                reached(&office, &program, confirmed + new).await;
            }
            let status = program.end().await;
            let ended = aborted(status);
            assert!(ended || status.code() == Some(0), "{at}: {status:?} {}", program.said());
            did.several = settle(&office, &at).await;
            did.again += assert_one_at_a_time(&office.journal, &at);
            confirmed += new;
            did.rounds += 1;
            did.ours += u64::from(ended);
            if !ended {
                assert!(hit > 1, "{at}: no run ends there");
                break;
            }
        }
    }
    println!("{did:?}");
    assert!(did.several >= did.rounds, "{did:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_around_each_plan_and_each_record() {
    use FailPoint::*;
    walk(&[BeforePlanCommit, AfterPlanCommit, BeforeRecordCommit, AfterRecordCommit], 11, 3).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_around_each_hand_out_and_each_answer() {
    use FailPoint::*;
    walk(&[BeforeHandOut, AfterHandOut, BeforeRecordVisit, AfterRecordVisit], 12, 3).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_around_each_send_and_while_the_source_is_told() {
    use FailPoint::*;
    walk(&[BeforeSend, AfterSend, BeforeToldCommit, BeforeConfirmSend, AfterConfirmSend], 13, 2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_a_doubt_is_looked_up() {
    use FailPoint::*;
    let mut office = Office::empty().await;
    let mut did = Did::default();
    for (round, point) in
        (0..).zip([BeforeLookupSend, AfterLookupSend, BeforeLookedUpCommit, AfterLookedUpCommit])
    {
        for side in [Side::Before, Side::After] {
            let run = format!("{} after the other machine died {side:?} QuickBooks", point.name());
            office.journal.clear();
            arrive(&mut office, did.rounds, 14 + round);
            let program = office.program(None);
            assert!(program.listens().await && reached(&office, &program, 0).await, "{run}");
            office.caller.arm(Mishap::DieAtProcess(side), 2);
            assert_eq!(office.visit().await.end, End::Died, "{run}");
            program.kill();
            let program = office.program(Some(&format!("{}:1", point.name())));
            assert!(program.listens().await, "{run}: {}", program.said());
            let end = office.visit().await.end;
            assert_ne!(end, End::Finished, "{run}");
            let status = program.end().await;
            assert!(aborted(status), "{run}: {status:?} {}", program.said());
            did.ours += 2;
            settle(&office, &run).await;
            did.again += assert_one_at_a_time(&office.journal, &run);
            did.rounds += 1;
        }
    }
    println!("{did:?}");
    assert!(did.again > 0, "nothing was sent again: {did:?}");
}

/// What happens at the other machine.
fn theirs(dice: &mut fastrand::Rng) -> (Mishap, u32) {
    let at = [Operation::SendRequest, Operation::ReceiveResponse][dice.usize(0..2)];
    let mishap = match dice.usize(0..13) {
        0 => Mishap::DieAtProcess(Side::Before),
        1 | 2 => Mishap::DieAtProcess(Side::After),
        3 => Mishap::DieAt(at, Side::Before),
        4 => Mishap::DieAt(at, Side::After),
        5 => Mishap::DieAt(Operation::Authenticate, Side::After),
        6 => Mishap::DieAt(Operation::CloseConnection, Side::Before),
        7 => Mishap::DropReceive,
        8 => Mishap::ReceiveTwice,
        9 => Mishap::ReceiveAfterSend,
        10 => Mishap::ReceiveAfterAuthenticate,
        11 => Mishap::ReuseTicket,
        _ => Mishap::TimeOut(at),
    };
    (mishap, dice.u32(0..6))
}

fn ours(dice: &mut fastrand::Rng) -> String {
    use FailPoint::*;
    const POINTS: [FailPoint; 20] = [
        BeforePlanCommit,
        AfterPlanCommit,
        BeforeRecordCommit,
        AfterRecordCommit,
        BeforeSend,
        AfterSend,
        BeforeHandOut,
        AfterHandOut,
        BeforeRecordVisit,
        AfterRecordVisit,
        BeforeLookedUpCommit,
        AfterLookedUpCommit,
        BeforeLookupSend,
        AfterLookupSend,
        BeforeToldCommit,
        AfterToldCommit,
        BeforeConfirmSend,
        AfterConfirmSend,
        BeforeCommit,
        AfterCommit,
    ];
    let point = POINTS[dice.usize(0..POINTS.len())];
    let most = if matches!(point, BeforeCommit | AfterCommit) { 40 } else { 4 };
    format!("{}:{}", point.name(), dice.u64(1..=most))
}

/// One seed: some documents, a few troubled runs, and then peace.
async fn seed(office: &mut Office, seed: u64, confirmed: &mut u64) -> Did {
    let mut dice = fastrand::Rng::with_seed(seed);
    let mut did = Did { rounds: 1, ..Did::default() };
    let mut story = vec![format!("seed {seed}")];
    office.journal.clear();
    let plain = dice.u64(1..=3);
    office.more(plain, 1000 + seed);
    let mut new = plain;
    if dice.bool() {
        office.like(["D61", "D64"][dice.usize(0..2)], &format!("S{seed:05}"));
        new += 1;
    }
    for _ in 0..dice.u32(1..=2) {
        let fail_at = dice.bool().then(|| ours(&mut dice));
        let program = office.program(fail_at.as_deref());
        story.push(format!("ours {fail_at:?}"));
        if program.listens().await && reached(office, &program, *confirmed).await {
            if dice.u32(0..10) < 7 {
                let (mishap, pass) = theirs(&mut dice);
                office.caller.arm(mishap, pass);
                story.push(format!("theirs {mishap:?} after {pass}"));
            }
            match dice.u32(0..10) {
                0 => office.switch("crash_before_commit", json!(1)),
                1 => office.switch("crash_after_commit", json!(1)),
                2 => office.switch("crash_after_commit", json!({"times": 1, "hresult": "lost"})),
                3 => office.switch("busy", json!(1)),
                4 | 5 => {
                    let (mut calls, victim) = (dice.u32(0..24), program.clone());
                    story.push(format!("SIGKILL at half-call {calls}"));
                    office.hook(Some(Box::new(move |_, _| {
                        if calls == 0 {
                            victim.kill();
                        }
                        calls = calls.wrapping_sub(1);
                    })));
                }
                _ => {}
            }
            for _ in 0..dice.u32(1..=2) {
                let end = office.visit().await.end;
                did.theirs += u64::from(!matches!(end, End::Finished | End::Nothing));
                story.push(format!("visit {end:?}"));
            }
            office.hook(None);
            office.caller.disarm();
        }
        if dice.bool() {
            program.kill();
        }
        let status = program.end().await;
        did.ours += u64::from(status.code().is_none());
        story.push(format!("{status}"));
        assert!(
            status.code().is_none_or(|c| c == 0 || c == 3),
            "{}: {status} {}",
            story.join(", "),
            program.said()
        );
    }
    let run = story.join(", ");
    did.several = settle(office, &run).await;
    did.again = assert_one_at_a_time(&office.journal, &run);
    *confirmed += new;
    did
}

async fn seeds(from: u64, to: u64) {
    let began = Instant::now();
    let mut office = Office::empty().await;
    let mut did = Did::default();
    let mut confirmed = 0;
    for one in from..to {
        let here = seed(&mut office, one, &mut confirmed).await;
        did.add(&here);
        did.rounds += 1;
    }
    println!("seeds {from} to {to}: {did:?} in {:?}", began.elapsed());
    assert!(did.ours >= 5 && did.theirs >= 5 && did.again >= 1, "hardly anything happened: {did:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_on_both_sides_seeds_0_to_25() {
    seeds(0, 25).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_on_both_sides_seeds_25_to_50() {
    seeds(25, 50).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_on_both_sides_seeds_50_to_75() {
    seeds(50, 75).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_on_both_sides_seeds_75_to_100() {
    seeds(75, 100).await;
}

/// Ours goes on all the time: the other machine dies, and comes again when nobody waits for it any more.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_other_machine_dies_and_comes_back_to_the_same_program() {
    let deaths = [
        Mishap::DieAtProcess(Side::Before),
        Mishap::DieAtProcess(Side::After),
        Mishap::DieAt(Operation::ReceiveResponse, Side::Before),
        Mishap::DieAt(Operation::ReceiveResponse, Side::After),
        Mishap::ReceiveAfterAuthenticate,
    ];
    let alive = [Mishap::DropReceive, Mishap::ReceiveTwice, Mishap::ReceiveAfterSend];
    let each = deaths.map(|m| (m, true)).into_iter().chain(alive.map(|m| (m, false))).map(
        |(mishap, dies)| async move {
            let run = format!("{mishap:?}");
            let mut office = Office::empty().await;
            office.more(3, 15);
            let here = office.here().await;
            office.until(&run, |s| s.get("approved") == Some(&3)).await;
            // the second of three postings
            office.caller.arm(mishap, 2);
            let end = office.visit().await.end;
            assert_eq!(end == End::Died, dies, "{run}: {end:?}");
            let until = Instant::now() + PATIENCE;
            while office.states().await != states(&[("confirmed", 3)]) {
                assert!(Instant::now() < until, "{run}: {:?}", office.states().await);
                // as its schedule does
                tokio::time::sleep(Duration::from_millis(200)).await;
                office.visit().await;
            }
            here.end().await;
            assert_settled(&office, &run).await;
            assert_one_at_a_time(&office.journal, &run);
        },
    );
    futures::future::join_all(each).await;
}
