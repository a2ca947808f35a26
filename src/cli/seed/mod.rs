//! Makes a ready home for the demo and for `tieout sandbox`: connections, the books `fq-us` and `fq-tax`, their rules, and
//! the history of October, which the engine itself plays on an earlier clock. What the stage serves is what is made.

pub mod desktop;
mod fq_tax;
mod fq_us;
mod history;

use std::sync::Arc;

use jiff::Timestamp;
use rust_decimal::Decimal;
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::engine::clock::ScenarioClock;
use crate::engine::core::Core;
use crate::engine::house::{Opening, Paths};
use crate::engine::life::LifeConnector;
use crate::engine::tokens::CLIENT_SECRET;
use crate::engine::wiring::{Tuning, Wires};
use crate::model::book::{AutoApproval, OpeningAdvance, Policy, ReceiptPolicy};
use crate::model::people::Actor;
use crate::model::{BookId, Clock, ConnectionId};
use crate::sandbox::assembly::Stage;
use crate::sandbox::firm::Firm;
use crate::store::sqlite::{Executor, Options, SqliteStore};
use crate::store::{ConnectionRow, Health, Store};
use crate::systems::Grant;
use crate::vault::{Vault, Way};

/// The demo's fixed instant (09:30 in Boston, during the October close).
pub const START: &str = "2026-11-04T14:30:00Z";
/// The Concur connection's name.
pub const CONCUR: &str = "concur";
/// The ledger connection's name.
pub const LEDGER: &str = "quickbooks-online";
/// The book's name.
pub const BOOK: &str = "fq-us";
/// The connection to QuickBooks Desktop.
pub const DESKTOP: &str = "quickbooks-desktop";
/// The name of its book.
pub const TAX_BOOK: &str = "fq-tax";

/// Why a home could not be made.
#[derive(Debug, thiserror::Error)]
#[error("the home could not be made: {0}")]
pub struct SeedError(pub String);

impl SeedError {
    fn of(e: impl std::fmt::Display) -> Self {
        Self(e.to_string())
    }
}

/// What a home is made from.
pub struct Seed<'a> {
    /// Where it is.
    pub paths: Paths,
    /// `demo` or `sandbox`.
    pub kind: &'static str,
    /// The served stand-ins.
    pub stage: &'a Stage,
    /// The business clock of the engine, moved along with the stand-ins'.
    pub clock: Arc<ScenarioClock>,
    /// Tunings that the home's configuration holds.
    pub tunings: std::collections::HashMap<ConnectionId, Tuning>,
    /// The policy that stands at the end.
    pub auto: AutoApproval,
    /// Play the history of October (the sample firm), or leave the book empty.
    pub history: bool,
}

/// The person of the demo's single-person mode.
pub fn theo() -> Actor {
    Actor {
        name: "Theo Okonkwo".into(),
        employee: Some("E1009".into()),
        via: "demo".into(),
        single_person: true,
    }
}

/// The second approver of what is above the limit.
pub fn joy() -> Actor {
    Actor { name: "Joy Lin".into(), employee: None, via: "demo".into(), single_person: false }
}

/// The first instant of a made home: the history's first day, or the start.
pub fn begins(history: bool) -> Timestamp {
    let text = if history { history::FIRST } else { START };
    text.parse().unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Makes the home. At the end the clocks stand at [`START`].
pub async fn make(seed: Seed<'_>) -> Result<(), SeedError> {
    let now = seed.clock.now();
    let options = Options { executor: Executor::Thread, instance_kind: seed.kind, now };
    let sqlite = SqliteStore::open(&seed.paths.database, options).map_err(SeedError::of)?;
    sqlite
        .set_single_person(Some(("Theo Okonkwo".into(), Some("E1009".into()))), theo(), now)
        .await
        .map_err(SeedError::of)?;
    let store: Arc<dyn Store> = Arc::new(sqlite);
    let places = crate::engine::life::places(&seed.paths, &store.instance().await.map_err(SeedError::of)?);
    let vault = Arc::new(
        Vault::create(store.clone(), Way::KeyFile, &places, theo(), now).await.map_err(SeedError::of)?,
    );
    let rows = connections(&seed, now)?;
    let opening = Opening {
        paths: seed.paths.clone(),
        tunings: seed.tunings.clone(),
        clock: seed.clock.clone(),
        actor: theo(),
        environment: String::new(),
    };
    let connector = Arc::new(LifeConnector::new(vault.clone(), &opening));
    sign_in(&seed, &vault, &connector, &store, &rows, now).await?;
    let core = Core::new(store.clone(), seed.clock.clone(), Wires::new(connector.clone()));
    if let Some(row) = rows.iter().find(|r| r.id.as_str() == LEDGER) {
        online_book(&seed, &core, row, now).await?;
    }
    if let Some(pc) = &seed.stage.desktop {
        desktop::connect(pc, &vault, &store, now).await?;
        desktop::first_visit(&seed, pc, &core).await?;
    }
    history::play(&seed, &core).await?;
    if let Some(pc) = &seed.stage.desktop {
        desktop::last_visit(&seed, pc, &core).await?;
    }
    let start: Timestamp = START.parse().map_err(SeedError::of)?;
    seed.stage.set_clock(start);
    seed.clock.set(start);
    for book in store.books().await.map_err(SeedError::of)? {
        let policy =
            Policy { version: 0, auto: seed.auto, signed_off_by: "Theo Okonkwo".into(), limit: None };
        store.put_policy(book.id, policy, theo(), start).await.map_err(SeedError::of)?;
    }
    Ok(())
}

/// The book over QuickBooks Online, with its rules.
async fn online_book(
    seed: &Seed<'_>,
    core: &Arc<Core>,
    ledger: &ConnectionRow,
    now: Timestamp,
) -> Result<(), SeedError> {
    core.read_ledger(ledger).await.map_err(SeedError::of)?;
    let facts = core
        .facts(&ledger.id)
        .await
        .map_err(SeedError::of)?
        .ok_or_else(|| SeedError("the ledger gave no lists".into()))?;
    let mut book = fq_us::book(&facts, opening_advances(&seed.stage.firm)).map_err(SeedError)?;
    if seed.history {
        // generated documents alone stay without, so that measured calls are those of posting
        book.settings.receipts = ReceiptPolicy::Attach;
    }
    let rules = fq_us::rules(&facts).map_err(SeedError)?;
    core.store.put_book(book, theo(), now).await.map_err(SeedError::of)?;
    core.store.put_rules(BookId::from(BOOK), 0, rules, theo(), now).await.map(drop).map_err(SeedError::of)
}

fn connections(seed: &Seed<'_>, now: Timestamp) -> Result<Vec<ConnectionRow>, SeedError> {
    let systems = seed.stage.sandbox.systems();
    let concur = systems.get("concur").ok_or_else(|| SeedError("Concur is not served".into()))?;
    let row = |id: &str, system: &str, company: &str, settings: Value| ConnectionRow {
        id: ConnectionId::from(id),
        system: system.into(),
        company: company.into(),
        fingerprint: company.into(),
        system_id: "TIEOUT".into(),
        settings,
        health: Health::Ok,
        health_reason: String::new(),
        health_since: now,
    };
    let concur_settings =
        json!({ "client_id": text(concur, "client_id"), "data_centers": concur.get("data_centers") });
    let mut rows = vec![row(CONCUR, "concur", &text(concur, "company_uuid"), concur_settings)];
    if let Some(ledger) = systems.get("quickbooks_online") {
        let settings = json!({ "client_id": text(ledger, "client_id") });
        rows.push(row(LEDGER, "quickbooks_online", &text(ledger, "realm_id"), settings));
    }
    Ok(rows)
}

async fn sign_in(
    seed: &Seed<'_>,
    vault: &Vault<dyn Store>,
    connector: &LifeConnector,
    store: &Arc<dyn Store>,
    rows: &[ConnectionRow],
    now: Timestamp,
) -> Result<(), SeedError> {
    let systems = seed.stage.sandbox.systems();
    for row in rows {
        store.put_connection(row.clone(), theo(), now).await.map_err(SeedError::of)?;
        let given =
            systems.get(&row.system).ok_or_else(|| SeedError(format!("{} is not served", row.system)))?;
        let secret = SecretString::from(text(given, "client_secret"));
        vault.put(&row.id, CLIENT_SECRET, 0, &secret, theo(), now).await.map_err(SeedError::of)?;
        let tokens = connector.tokens(row).map_err(SeedError::of)?;
        if row.system == "concur" {
            let request_token = SecretString::from(text(given, "request_token"));
            let grant = Grant::Company { company: row.company.clone(), request_token };
            tokens.sign_in(&grant).await.map_err(SeedError::of)?;
        } else {
            let refresh = SecretString::from(text(given, "refresh_token"));
            tokens.adopt_refresh_token(&refresh).await.map_err(SeedError::of)?;
        }
    }
    Ok(())
}

/// The advances that were open at cut-over: what reports apply of advances that were issued before go-live.
fn opening_advances(firm: &Firm) -> Vec<OpeningAdvance> {
    let mut open = Vec::new();
    for document in &firm.documents {
        let payload = firm.payload(document);
        let applied = payload.get("cashAdvanceApplication").and_then(Value::as_array);
        for a in applied.into_iter().flatten() {
            let amount = a.get("cashAdvanceApplicationAmount").map(ToString::to_string).unwrap_or_default();
            open.push(OpeningAdvance {
                id: text(a, "cashAdvanceId"),
                employee: document.employee().map(|e| e.id.to_string()).unwrap_or_default(),
                amount: amount.parse::<Decimal>().ok().map(|a| a.abs().normalize()),
                currency: document.currency.parse().ok(),
            });
        }
    }
    open
}

fn text(value: &Value, key: &str) -> String {
    value.get(key).and_then(Value::as_str).unwrap_or_default().to_string()
}
