//! Time and allocations of deriving one entry set: the mixed report of the sample firm (two card transactions, cash
//! lines, splits between cost centres), with the firm's own book, rules and ledger lists.
//!
//! `cargo bench --bench derive`. The counts of allocations are the same in every run; the times are this machine's.

#[allow(clippy::unwrap_used, clippy::print_stdout, reason = "made for tests")]
#[path = "../tests/common/mod.rs"]
mod common;

use std::error::Error;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use common::Made;
use divan::{AllocProfiler, Bencher, black_box};
use jiff::Timestamp;
use tieout::cli::seed::{BOOK, LEDGER};
use tieout::mapping::{self, Derivation, Identity, Inputs, Surroundings};
use tieout::model::book::{AutoApproval, Book};
use tieout::model::canonical;
use tieout::model::document::{Document, DocumentKind};
use tieout::model::ids::{BookId, ConnectionId, DocumentId};
use tieout::model::ledger::LedgerFacts;
use tieout::model::rule::RuleSet;
use tieout::systems::{Link, Source, concur};
use tieout::transport::{
    Bearer, Fut, Heard, Net, NetError, Pace, PaceError, Reply, Request, TokenError, Tokens,
};

#[global_allocator]
static COUNTED: AllocProfiler = AllocProfiler::system();

/// The number of the mixed report.
const NUMBER: &str = "B4Q7TN";

static DESK: OnceLock<Desk> = OnceLock::new();

/// All that decides the entry set, read once from a made home.
struct Desk {
    source: Arc<dyn Source>,
    source_id: String,
    bytes: Vec<u8>,
    id: DocumentId,
    document: Document,
    book: Book,
    rules: RuleSet,
    facts: LedgerFacts,
    identity: Identity,
    around: Surroundings,
    now: Timestamp,
}

impl Desk {
    async fn read() -> Result<Self, Box<dyn Error>> {
        let made = Made::sample(AutoApproval::Off).await;
        let store = made.store();
        let row = store.find(NUMBER.into()).await?.into_iter().next().ok_or("the report is missing")?;
        let card = store.card(row.id).await?;
        let book = store.books().await?.into_iter().find(|b| b.id.as_str() == BOOK).ok_or("no book")?;
        let connections = store.connections().await?;
        let company = |system: &str| {
            connections.iter().find(|c| c.system == system).map(|c| c.company.clone()).unwrap_or_default()
        };
        let identity = Identity {
            source_system: "concur".into(),
            source_company: company("concur"),
            target_system: "quickbooks_online".into(),
            target_company: company("quickbooks_online"),
        };
        let source = reader();
        let document = source
            .read(card.row.kind, &card.row.source_id, &card.bytes)
            .map_err(|u| format!("{}: {}", u.path, u.message))?;
        let facts = store.facts(ConnectionId::from(LEDGER)).await?.ok_or("no lists")?;
        Ok(Self {
            source,
            source_id: card.row.source_id,
            bytes: card.bytes,
            id: card.row.id,
            document,
            rules: store.rules(BookId::from(BOOK)).await?,
            facts,
            book,
            identity,
            around: Surroundings {
                acting: store.instance().await?.single_person,
                our_records: store.ours(ConnectionId::from(LEDGER)).await?,
                ..Surroundings::default()
            },
            now: made.house.office().now(),
        })
    }

    fn derive(&self) -> Derivation {
        mapping::derive(&Inputs {
            id: self.id,
            document: black_box(&self.document),
            book: &self.book,
            rules: &self.rules,
            facts: &self.facts,
            identity: &self.identity,
            around: &self.around,
            now: self.now,
        })
    }
}

/// A source that is never called: it gives bytes their meaning.
fn reader() -> Arc<dyn Source> {
    concur::connect(Link {
        net: Arc::new(Offline),
        tokens: Arc::new(Offline),
        pace: Arc::new(Offline),
        company: String::new(),
        system_id: "TIEOUT".into(),
        request_timeout: Duration::from_secs(1),
        settings: serde_json::json!({}),
    })
}

struct Offline;

impl Net for Offline {
    fn exchange(&self, _: Request) -> Fut<'_, Result<Reply, NetError>> {
        Box::pin(async { Err(NetError::NotSent("nothing is sent here".into())) })
    }
}

impl Tokens for Offline {
    fn bearer(&self) -> Fut<'_, Result<Bearer, TokenError>> {
        Box::pin(async { Err(TokenError::Later("nothing is sent here".into())) })
    }
    fn after_refusal(&self, _: &Bearer) -> Fut<'_, Result<Bearer, TokenError>> {
        self.bearer()
    }
    fn base_url(&self) -> String {
        String::new()
    }
}

impl Pace for Offline {
    fn acquire(&self, _: &'static str) -> Fut<'_, Result<(), PaceError>> {
        Box::pin(async { Ok(()) })
    }
    fn report(&self, _: &'static str, _: Heard) {}
}

/// Document, rules and lists become entries and findings.
#[divan::bench]
fn derive_mixed_report(bencher: Bencher<'_, '_>) {
    if let Some(desk) = DESK.get() {
        bencher.bench(|| desk.derive());
    }
}

/// The digest that an approval freezes.
#[divan::bench]
fn digest_of_the_set(bencher: Bencher<'_, '_>) {
    if let Some(desk) = DESK.get() {
        let set = desk.derive().set;
        bencher.bench(|| canonical::digest(black_box(&set), "quickbooks_online:realm"));
    }
}

/// The stored bytes become a document.
#[divan::bench]
fn read_the_payload(bencher: Bencher<'_, '_>) {
    if let Some(desk) = DESK.get() {
        bencher
            .bench(|| desk.source.read(DocumentKind::ExpenseReport, &desk.source_id, black_box(&desk.bytes)));
    }
}

#[allow(clippy::print_stdout, reason = "a benchmark prints")]
fn main() -> Result<(), Box<dyn Error>> {
    let desk = tokio::runtime::Runtime::new()?.block_on(Desk::read())?;
    let derivation = desk.derive();
    let entries = &derivation.set.entries;
    let lines: usize = entries.iter().map(|e| e.lines.len()).sum();
    if entries.len() != 3 || derivation.state.name() != "ready" {
        return Err(format!("{NUMBER} became {} entries, {}", entries.len(), derivation.state).into());
    }
    println!(
        "derive: {NUMBER}, {} entries of {lines} lines, {} rules",
        entries.len(),
        desk.rules.rules.len()
    );
    let _ = DESK.set(desk);
    divan::main();
    Ok(())
}
