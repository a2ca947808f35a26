//! A made home over served stand-ins, for tests that drive the library.
#![allow(dead_code, reason = "each test uses its part")]

pub mod october;

use std::collections::{BTreeMap, HashMap};
use std::net::{IpAddr, Ipv4Addr};
use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tieout::cli::seed::{self, BOOK, CONCUR, LEDGER, Seed};
use tieout::engine::clock::ScenarioClock;
use tieout::engine::house::{BookSummary, House, Opening, Paths, RunOptions};
use tieout::engine::wiring::Tuning;
use tieout::model::book::AutoApproval;
use tieout::model::{BookId, ConnectionId};
use tieout::sandbox::assembly::Stage;
use tieout::sandbox::firm::Firm;
use tieout::sandbox::stand_in::StandIn;
use tieout::store::Store;

/// A home, its stand-ins and its clock.
pub struct Made {
    dir: tempfile::TempDir,
    pub stage: Stage,
    pub house: Arc<dyn House>,
    pub clock: Arc<ScenarioClock>,
}

fn tuning(given: &Value) -> Tuning {
    let text = |k: &str| given.get(k).and_then(|v| v.as_str()).map(str::to_string);
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

impl Made {
    /// The sample firm with its history.
    pub async fn sample(auto: AutoApproval) -> Self {
        Self::of(Firm::sample().unwrap(), auto, true).await
    }

    /// `n` generated documents of one entry each, and no history.
    pub async fn generated(n: u64, auto: AutoApproval) -> Self {
        let made = Self::of(Firm::empty(), auto, false).await;
        if n > 0 {
            made.stage.concur.add_documents(&serde_json::json!({ "documents": n, "seed": 7 })).unwrap();
        }
        made
    }

    async fn of(firm: Firm, auto: AutoApproval, history: bool) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let at = dir.path().join("home");
        let paths = Paths {
            database: at.join("tieout.db"),
            engine_lock: at.join("engine.lock"),
            key_file: at.join("vault.key"),
            locks: at.join("locks"),
        };
        for d in [&at, &paths.locks] {
            std::fs::create_dir_all(d).unwrap();
            std::fs::set_permissions(d, std::fs::Permissions::from_mode(0o700)).unwrap();
        }
        let begins = seed::begins(history);
        let stage = Stage::open(firm, IpAddr::V4(Ipv4Addr::LOCALHOST), begins).await.unwrap();
        let clock = Arc::new(ScenarioClock::new(begins));
        let tunings: HashMap<_, _> = [(CONCUR, "concur"), (LEDGER, "quickbooks_online")]
            .map(|(id, system)| (ConnectionId::from(id), tuning(&stage.sandbox.systems()[system])))
            .into();
        let seeding = seed::make(Seed {
            paths: paths.clone(),
            kind: "demo",
            stage: &stage,
            clock: clock.clone(),
            tunings: tunings.clone(),
            auto,
            history,
        });
        seeding.await.unwrap();
        let opening =
            Opening { paths, tunings, clock: clock.clone(), actor: seed::theo(), environment: "DEMO".into() };
        let house = tieout::engine::host::open(opening).await.unwrap();
        Self { dir, stage, house, clock }
    }

    pub fn store(&self) -> Arc<dyn Store> {
        self.house.office().store()
    }

    /// One headless run; what remains is printed when a test fails.
    pub async fn once(&self) -> BookSummary {
        let options = RunOptions { wait: Some(Duration::from_secs(20)), ..RunOptions::default() };
        let summary = self.house.run_once(options, Duration::from_secs(10)).await.unwrap();
        println!("remains: {:?}", summary.remains);
        summary.books.into_iter().next().unwrap()
    }

    /// Documents by state.
    pub async fn states(&self) -> BTreeMap<String, u64> {
        let mut states: BTreeMap<String, u64> = BTreeMap::new();
        for t in self.store().totals(Some(BookId::from(BOOK))).await.unwrap() {
            *states.entry(t.state.to_string()).or_default() += t.count;
        }
        states.retain(|_, n| *n > 0);
        states
    }

    /// The transactions in the ledger that carry our marker, by reference: how many records have it.
    pub fn marked(&self) -> BTreeMap<String, u64> {
        let mut found = BTreeMap::new();
        for record in self.stage.ledger.records() {
            let Some((_, body)) = record.as_object().and_then(|o| o.iter().next()) else { continue };
            let memo = body.get("PrivateNote").and_then(Value::as_str).unwrap_or_default();
            if let Some((_, reference)) = memo.rsplit_once("tieout:") {
                *found.entry(reference.to_string()).or_default() += 1;
            }
        }
        found
    }

    /// Calls to the ledger's API so far.
    pub fn ledger_calls(&self) -> BTreeMap<String, u64> {
        self.stage.ledger.calls()
    }

    /// How often each document was confirmed, at Concur.
    pub fn confirmations(&self) -> Vec<u64> {
        let records = self.stage.concur.records();
        records.iter().map(|r| r.get("confirmations").and_then(Value::as_u64).unwrap_or(0)).collect()
    }
}

/// A map of states for comparison.
pub fn states(list: &[(&str, u64)]) -> BTreeMap<String, u64> {
    list.iter().map(|(s, n)| ((*s).to_string(), *n)).collect()
}
