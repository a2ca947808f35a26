//! The sample firm's home: its history is played by the engine itself, and the control figures come out.

use std::collections::{BTreeMap, HashMap};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use tieout::cli::seed::{self, BOOK, CONCUR, LEDGER, Seed};
use tieout::engine::clock::ScenarioClock;
use tieout::engine::house::{House, Opening, Paths, RunOptions};
use tieout::engine::wiring::Tuning;
use tieout::model::book::AutoApproval;
use tieout::model::{BookId, ConnectionId};
use tieout::sandbox::assembly::Stage;
use tieout::sandbox::firm::Firm;

struct Made {
    _dir: tempfile::TempDir,
    stage: Stage,
    house: Arc<dyn House>,
}

fn tuning(url: &serde_json::Value) -> Tuning {
    let text = |k: &str| url.get(k).and_then(|v| v.as_str()).map(str::to_string);
    Tuning {
        base_url: text("base_url"),
        token_url: text("token_url"),
        pace: Some(None),
        settle: Some(Duration::ZERO),
        lookup_gap: Some(Duration::from_millis(50)),
        timeout_pause: Some(Duration::ZERO),
        request_timeout: None,
    }
}

async fn made(auto: AutoApproval) -> Made {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path().join("home");
    std::fs::create_dir_all(at.join("locks")).unwrap();
    let paths = Paths {
        database: at.join("tieout.db"),
        engine_lock: at.join("engine.lock"),
        key_file: at.join("vault.key"),
        locks: at.join("locks"),
    };
    for d in [&at, &at.join("locks")] {
        std::fs::set_permissions(d, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    }
    let begins = seed::begins(true);
    let stage = Stage::open(Firm::sample().unwrap(), IpAddr::V4(Ipv4Addr::LOCALHOST), begins).await.unwrap();
    let clock = Arc::new(ScenarioClock::new(begins));
    let tunings: HashMap<_, _> = [(CONCUR, "concur"), (LEDGER, "quickbooks_online")]
        .map(|(id, system)| (ConnectionId::from(id), tuning(&stage.sandbox.systems()[system])))
        .into();
    let made = seed::make(Seed {
        paths: paths.clone(),
        kind: "demo",
        stage: &stage,
        clock: clock.clone(),
        tunings: tunings.clone(),
        auto,
        history: true,
    });
    made.await.unwrap();
    let opening = Opening { paths, tunings, clock, actor: seed::theo(), environment: "DEMO".into() };
    let house = tieout::engine::host::open(opening).await.unwrap();
    Made { _dir: dir, stage, house }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_look_and_the_clean_run_show_the_control_figures() {
    let made = made(AutoApproval::Clean).await;
    let store = made.house.office().store();
    let mut states: BTreeMap<String, u64> = BTreeMap::new();
    let mut money: BTreeMap<(String, String), i64> = BTreeMap::new();
    for t in store.totals(Some(BookId::from(BOOK))).await.unwrap() {
        *states.entry(t.state.to_string()).or_default() += t.count;
        if let Some(c) = t.currency {
            *money.entry((t.state.to_string(), c.to_string())).or_default() += t.minor;
        }
    }
    states.retain(|_, n| *n > 0);
    println!("{states:?}\n{money:?}");
    let want = |list: &[(&str, u64)]| -> BTreeMap<String, u64> { list.iter().map(|(s, n)| ((*s).to_string(), *n)).collect() };
    assert_eq!(
        states,
        want(&[("confirmed", 8), ("blocked", 29), ("ready", 20), ("held", 1), ("recalled", 1), ("unreadable", 1)])
    );
    let summary = made.house.run_once(RunOptions { wait: Some(Duration::from_secs(5)), ..RunOptions::default() }, Duration::from_secs(10)).await.unwrap();
    let book = &summary.books[0];
    println!("{:?} posted {} fetched {} confirmed {} remains {:?}", book.by_state, book.posted, book.fetched, book.confirmed, summary.remains);
    let after: BTreeMap<String, u64> = book.by_state.iter().map(|(s, n)| (s.to_string(), *n)).collect();
    assert_eq!(
        after,
        want(&[("confirmed", 22), ("blocked", 29), ("ready", 6), ("held", 1), ("recalled", 1), ("unreadable", 1)])
    );
    assert_eq!(book.posted, 19);
    assert!(summary.needs_person());
    drop(made.stage);
}
