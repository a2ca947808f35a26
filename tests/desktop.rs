//! The sample firm's book over QuickBooks Desktop, from end to end: what is approved waits for the Web Connector, and goes
//! out by itself when it is back.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test or benchmark fails by panicking and reports by printing"
)]

mod common;

use std::collections::{BTreeMap, HashMap};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::Value;
use tieout::cli::seed::{self, CONCUR, DESKTOP, Seed, TAX_BOOK};
use tieout::engine::clock::ScenarioClock;
use tieout::engine::house::{House, Opening, Paths, RunOptions};
use tieout::engine::wiring::Tuning;
use tieout::inbound::{Inbound, Limits, Port, Settings};
use tieout::model::book::AutoApproval;
use tieout::model::{BookId, ConnectionId, State};
use tieout::sandbox::assembly::{Cast, Pc, Stage};
use tieout::sandbox::firm::Firm;
use tieout::sandbox::quickbooks_desktop::fq_tax;
use tieout::sandbox::stand_in::StandIn as _;
use tieout::sandbox::web_connector::{QuickBooksDesktop, Tempo};
use tieout::store::{AuditQuery, Card, Query, Store};
use tokio_util::sync::CancellationToken;

/// What does not come in this time does not come.
const PATIENCE: Duration = Duration::from_secs(90);

struct Home {
    _dir: tempfile::TempDir,
    stage: Stage,
    house: Arc<dyn House>,
}

impl Home {
    /// The book `fq-tax` alone; its PC is off.
    async fn new(auto: AutoApproval) -> Self {
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
        let begins = seed::begins(true);
        let address =
            TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).unwrap().local_addr().unwrap();
        let enrolment = seed::desktop::enrolment(address.port(), 1).unwrap();
        let tempo = Tempo { second: Duration::from_millis(5), ..Tempo::default() };
        let cast = Cast { online: false, pc: Some(Pc { company: fq_tax::company(), enrolment, tempo }) };
        let firm = Firm::of_book(TAX_BOOK).unwrap();
        let stage = Stage::open_with(firm, IpAddr::V4(Ipv4Addr::LOCALHOST), begins, cast).await.unwrap();
        let clock = Arc::new(ScenarioClock::new(begins));
        let given = &stage.sandbox.systems()["concur"];
        let text = |k: &str| given.get(k).and_then(|v| v.as_str()).map(str::to_string);
        let tuning = Tuning {
            base_url: text("base_url"),
            token_url: text("token_url"),
            pace: Some(None),
            timeout_pause: Some(Duration::ZERO),
            ..Tuning::default()
        };
        let tunings: HashMap<_, _> = [(ConnectionId::from(CONCUR), tuning)].into();
        seed::make(Seed {
            paths: paths.clone(),
            kind: "demo",
            stage: &stage,
            clock: clock.clone(),
            tunings: tunings.clone(),
            auto,
            history: true,
        })
        .await
        .unwrap();
        let opening = Opening { paths, tunings, clock, actor: seed::theo(), environment: "DEMO".into() };
        let house = tieout::engine::host::open(opening).await.unwrap();
        let port = Port { address, tls: None, endpoint: None, limits: Limits::web_connector() };
        let settings =
            Settings { web_connector: Some(port), spool: Some(dir.path().into()), ..Settings::default() };
        house.attach(Inbound::new(settings).unwrap());
        let home = Self { _dir: dir, stage, house };
        home.pc().begin(false, None);
        home
    }

    fn pc(&self) -> &Arc<QuickBooksDesktop> {
        self.stage.desktop.as_ref().unwrap()
    }

    fn store(&self) -> Arc<dyn Store> {
        self.house.office().store()
    }

    /// Runs the engine as `tieout --auto` does until `ready` says so.
    async fn run_until(&self, what: &str, ready: impl AsyncFn(&Self) -> bool) {
        let stop = CancellationToken::new();
        let run = self.house.run_until(RunOptions::default(), stop.clone());
        let watch = async {
            let since = Instant::now();
            while !ready(self).await {
                if since.elapsed() > PATIENCE {
                    let (log, states) = (self.pc().caller().log(), self.states().await);
                    let lines: Vec<String> = log.iter().rev().take(40).map(|l| l.text.clone()).collect();
                    let refused = self.pc().quickbooks().why_refused();
                    panic!("not in time: {what}; {states:?}; refused: {refused:?}\n{}", lines.join("\n"));
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            stop.cancel();
        };
        let (ended, ()) = tokio::join!(run, watch);
        ended.unwrap();
    }

    async fn cards(&self) -> BTreeMap<String, Card> {
        let query = Query { book: Some(BookId::from(TAX_BOOK)), limit: 100, ..Query::default() };
        let mut cards = BTreeMap::new();
        for row in self.store().page(query).await.unwrap().rows {
            cards.insert(row.number.clone(), self.store().card(row.id).await.unwrap());
        }
        cards
    }

    async fn states(&self) -> BTreeMap<String, State> {
        self.cards().await.into_iter().map(|(number, card)| (number, card.row.state)).collect()
    }

    /// Kind and amount of every record in the company file, sorted.
    fn records(&self) -> Vec<String> {
        let mut records: Vec<String> = self.pc().records().iter().map(shown).collect();
        records.sort();
        records
    }
}

/// `Bill 198.40`
fn shown(record: &Value) -> String {
    let text = |pointer: &str| record.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    let amount = ["/AmountDue", "/Amount", "/CreditAmount", "/JournalDebitLine/0/Amount"]
        .into_iter()
        .find_map(text)
        .unwrap_or_else(|| panic!("no amount: {record}"));
    format!("{} {amount}", text("/kind").unwrap())
}

fn of(list: &[(&str, State)]) -> BTreeMap<String, State> {
    list.iter().map(|(number, state)| ((*number).to_owned(), *state)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_four_documents_stand_where_the_table_puts_them() {
    let home = Home::new(AutoApproval::Off).await;
    let cards = home.cards().await;
    let mut rows = csv::Reader::from_reader(include_str!("../src/sandbox/firm/documents.csv").as_bytes());
    let mut seen = 0;
    for row in rows.records().map(Result::unwrap).filter(|r| &r[1] == TAX_BOOK) {
        let card = cards.get(&row[5]).unwrap_or_else(|| panic!("no document {}", &row[5]));
        let derived = card.derived.as_ref().unwrap();
        let findings: Vec<String> =
            derived.findings.iter().map(|f| format!("{}: {}", f.code.name(), f.brief)).collect();
        let codes: Vec<&str> = derived.findings.iter().map(|f| f.code.name()).collect();
        assert_eq!(card.row.state.name(), &row[12], "{}: {findings:?}", &row[0]);
        assert_eq!(codes.join(" "), row[13], "{}: {findings:?}", &row[0]);
        let mut entries: Vec<String> =
            derived.set.entries.iter().map(|e| format!("{} {:.2}", e.kind.words(), e.total())).collect();
        let mut expected: Vec<String> = row[11].replace(',', "").split("; ").map(str::to_owned).collect();
        entries.sort();
        expected.sort();
        // the ledger's word for a refund on the card is another one than the table's
        let expected: Vec<String> =
            expected.into_iter().map(|e| e.replace("credit card credit", "card refund")).collect();
        assert_eq!(entries, expected, "{}", &row[0]);
        seen += 1;
    }
    assert_eq!((seen, cards.len()), (4, 4));
    let lexham = &cards["LX-5540"];
    let lines = format!("{:?}", lexham.derived.as_ref().unwrap().set);
    assert!(lines.contains("Lodz edition") || lines.contains("Łódź edition"), "{lines}");
    assert!(home.records().is_empty(), "{:?}", home.records());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_approved_waits_for_the_pc_and_goes_out_by_itself_when_it_is_back() {
    let home = Home::new(AutoApproval::Clean).await;
    let waiting = of(&[
        ("T1QW6C", State::Approved),
        ("LX-5540", State::Ready),
        ("H5NB2V", State::Ready),
        ("Z3KD8M", State::Approved),
    ]);
    home.run_until("approved", async |h| h.states().await == waiting).await;
    assert!(home.records().is_empty(), "nothing can leave: {:?}", home.records());
    let before = home.pc().calls()["authenticate"];
    // a run that ends says what waits, and for whom
    let options = RunOptions { wait: Some(Duration::from_millis(200)), ..RunOptions::default() };
    let summary = home.house.run_once(options, PATIENCE).await.unwrap();
    let said = summary.remains.join("; ");
    assert!(said.contains("2 documents wait for QuickBooks") && said.contains("last came"), "{said}");
    assert_eq!(home.pc().calls()["authenticate"], before, "it was off");

    home.pc().set_away(false);
    let done = of(&[
        ("T1QW6C", State::Confirmed),
        ("LX-5540", State::Ready),
        ("H5NB2V", State::Ready),
        ("Z3KD8M", State::Confirmed),
    ]);
    home.run_until("confirmed", async |h| h.states().await == done).await;
    assert_eq!(
        home.records(),
        ["Bill 198.40", "Bill 31.75", "CreditCardCharge 243.10", "JournalEntry 402.60"]
    );
    for record in home.pc().records() {
        assert!(record.to_string().contains("tieout:"), "no marker: {record}");
    }
    let confirmed: Vec<Value> = home
        .stage
        .concur
        .records()
        .into_iter()
        .filter(|r| r.get("confirmations").and_then(Value::as_u64).unwrap_or(0) > 0)
        .collect();
    assert_eq!(confirmed.len(), 2, "each once: {confirmed:?}");
    assert!(confirmed.iter().all(|r| r["confirmations"] == 1), "{confirmed:?}");

    let card = &home.cards().await["T1QW6C"];
    let query = AuditQuery { subject: Some(card.row.id.to_string()), limit: 50, ..Default::default() };
    let trail: Vec<String> =
        home.store().audit(query).await.unwrap().iter().map(|r| format!("{r:?}")).collect();
    let at = |word: &str| trail.iter().position(|l| l.contains(word));
    assert!(at("approve").is_some() && at("post").is_some(), "{trail:#?}");
    let visits = home.store().visits().await.unwrap();
    let note = &visits.iter().find(|(id, _)| id.as_str() == DESKTOP).unwrap().1;
    assert_eq!(note.company, "Fernhill Quay Tax LLC");
    assert_eq!(note.trouble, "");
    // what QuickBooks remembered of the last set is cleared
    assert!(home.pc().quickbooks().remembered("tieout").is_empty());
}
