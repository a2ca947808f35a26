//! QuickBooks Desktop of the sample firm: its connection, and visits of its Web Connector while the home is made. What is
//! known of the company file comes through the real protocol, as in any other home.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::cli::seed::{DESKTOP, Seed, SeedError, TAX_BOOK, fq_tax, theo};
use crate::engine::core::Core;
use crate::engine::hints::Listener as _;
use crate::engine::qwc::Qwc;
use crate::engine::run::Engine;
use crate::engine::visit::CALLER_PASSWORD;
use crate::engine::visit::password;
use crate::inbound::{Inbound, Limits, Port, Settings};
use crate::model::{BookId, Clock as _, ConnectionId};
use crate::sandbox::web_connector::{End, Enrolment, NAME, QuickBooksDesktop};
use crate::store::{ConnectionRow, Health, Store};
use crate::systems::quickbooks_desktop::OWNER_ID;
use crate::vault::Vault;

/// How long the listener may take to begin.
const BEGIN: Duration = Duration::from_secs(20);
/// When it came last: shortly before the demo begins.
const LAST: &str = "2026-11-04T14:29:40Z";
/// The made-up company's name.
const COMPANY: &str = "Fernhill Quay Tax LLC";

/// Who comes to the listener on this port of this machine, how often in the Web Connector's own minutes, and under which
/// password; fails when the system gives no randomness.
pub fn enrolment(port: u16, minutes: u32) -> Result<Enrolment, SeedError> {
    let made = password::make().map_err(SeedError::of)?;
    Ok(Enrolment {
        app_url: format!("http://localhost:{port}/qbwc"),
        user: "tieout-fernhill-quay-tax".into(),
        password: made.password.expose_secret().to_string(),
        owner_id: OWNER_ID.into(),
        file_id: "{3B5F0C0E-6C1A-4B7D-9E52-FA0F51D2C8A6}".into(),
        minutes,
    })
}

/// The connection.
pub(super) fn row(desktop: &QuickBooksDesktop, now: Timestamp) -> ConnectionRow {
    let one = desktop.enrolment();
    ConnectionRow {
        id: ConnectionId::from(DESKTOP),
        system: NAME.into(),
        company: one.file_id.clone(),
        fingerprint: one.file_id.clone(),
        system_id: "TIEOUT".into(),
        settings: json!({
            "user": one.user, "company_name": COMPANY, "owner_id": one.owner_id, "file_id": one.file_id,
            "url": one.app_url, "minutes": one.minutes,
        }),
        health: Health::Ok,
        health_reason: String::new(),
        health_since: now,
    }
}

/// Makes the connection and what its caller's password is compared with.
pub(super) async fn connect(
    desktop: &QuickBooksDesktop,
    vault: &Vault<dyn Store>,
    store: &Arc<dyn Store>,
    now: Timestamp,
) -> Result<(), SeedError> {
    let row = row(desktop, now);
    store.put_connection(row.clone(), theo(), now).await.map_err(SeedError::of)?;
    let typed = SecretString::from(desktop.enrolment().password.clone());
    let stored = password::stored(&typed).map_err(SeedError::of)?;
    vault.put(&row.id, CALLER_PASSWORD, 0, &stored, theo(), now).await.map(drop).map_err(SeedError::of)
}

/// The first visit brings the lists; then the book is made.
pub(super) async fn first_visit(
    seed: &Seed<'_>,
    desktop: &QuickBooksDesktop,
    core: &Arc<Core>,
) -> Result<(), SeedError> {
    let id = ConnectionId::from(DESKTOP);
    let engine = Engine::start(core.clone(), "seed".into()).await.map_err(SeedError::of)?;
    visit(desktop, core, &engine).await?;
    let facts = core.facts(&id).await.map_err(SeedError::of)?;
    let facts = facts.ok_or_else(|| SeedError("QuickBooks came and brought no lists".into()))?;
    let now = seed.clock.now();
    let book = fq_tax::book(&facts).map_err(SeedError)?;
    let rules = fq_tax::rules(&facts).map_err(SeedError)?;
    core.store.put_book(book, theo(), now).await.map_err(SeedError::of)?;
    core.store.put_rules(BookId::from(TAX_BOOK), 0, rules, theo(), now).await.map(drop).map_err(SeedError::of)
}

/// The last visit before the home is handed over.
pub(super) async fn last_visit(
    seed: &Seed<'_>,
    desktop: &QuickBooksDesktop,
    core: &Arc<Core>,
) -> Result<(), SeedError> {
    let at: Timestamp = LAST.parse().map_err(SeedError::of)?;
    if seed.history {
        seed.stage.set_clock(at);
        seed.clock.set(at);
    }
    let engine = Engine::start(core.clone(), "seed".into()).await.map_err(SeedError::of)?;
    visit(desktop, core, &engine).await
}

/// One visit: the listener is there as long as it takes.
pub(super) async fn visit(
    desktop: &QuickBooksDesktop,
    core: &Arc<Core>,
    engine: &Engine,
) -> Result<(), SeedError> {
    let inbound = Inbound::new(listener(&desktop.enrolment().app_url)?).map_err(SeedError::of)?;
    let visits = engine.hold_visits(false).await.map_err(SeedError::of)?;
    let stop = CancellationToken::new();
    let mut bound = inbound.bound();
    let listening = {
        let (inbound, core, stop) = (inbound.clone(), core.clone(), stop.clone());
        tokio::spawn(async move { inbound.listen(core, stop).await })
    };
    let waited = tokio::time::timeout(BEGIN, bound.wait_for(|b| b.web_connector.is_some()));
    let listens = matches!(waited.await, Ok(Ok(_)));
    let came = if listens {
        came(desktop).await
    } else {
        Err(SeedError(format!("nothing can listen at {}", desktop.enrolment().app_url)))
    };
    visits.end().await;
    stop.cancel();
    listening.await.map_err(SeedError::of)?;
    came
}

/// What the Web Connector does. The first time its application is added.
async fn came(desktop: &QuickBooksDesktop) -> Result<(), SeedError> {
    let (caller, one) = (desktop.caller(), desktop.enrolment());
    if caller.application().is_none() {
        let file = Qwc {
            connection: DESKTOP,
            company: COMPANY,
            url: &one.app_url,
            user: &one.user,
            owner_id: &one.owner_id,
            file_id: &one.file_id,
            minutes: one.minutes,
        };
        let bytes = file.bytes().map_err(SeedError::of)?;
        let text = String::from_utf8(bytes).map_err(SeedError::of)?;
        caller.add(&text, &one.password).await.map_err(|not| SeedError(not.text))?;
    }
    let report = caller.visit().await;
    match report.end {
        End::Finished | End::Nothing => Ok(()),
        _ => {
            let said: Vec<String> = report.lines.into_iter().map(|l| l.text).collect();
            Err(SeedError(format!("the Web Connector came in vain: {}", said.join("; "))))
        }
    }
}

/// The listener of a home whose Web Connector calls this address.
fn listener(app_url: &str) -> Result<Settings, SeedError> {
    let port = reqwest::Url::parse(app_url).map_err(SeedError::of)?.port();
    let port = port.ok_or_else(|| SeedError(format!("{app_url} has no port")))?;
    let address = ([127, 0, 0, 1], port).into();
    let port = Port { address, tls: None, endpoint: None, limits: Limits::web_connector() };
    Ok(Settings { web_connector: Some(port), ..Settings::default() })
}
