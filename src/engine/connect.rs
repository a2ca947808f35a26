//! Connecting an account with another system, step by step: what to ask, the address where a person consents, the test
//! of who answers. Terminal and console only put the questions.

use std::sync::{Arc, PoisonError};

use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use crate::engine::EngineError;
use crate::engine::connect_ask::question;
use crate::engine::connect_callback::{Refusal, carries, leads_to};
use crate::engine::connect_desktop::{Handed, Visitor};
use crate::engine::life::LifeConnector;
use crate::engine::tokens::{CLIENT_SECRET, Fresh};
use crate::engine::wiring::Connector as _;
use crate::model::Clock;
use crate::model::ids::ConnectionId;
use crate::model::people::Actor;
use crate::store::{ConnectionRow, Health, Store};
use crate::systems::registry::{self, Entry};
use crate::systems::{CameBack, ClientKeys, ConsentAsk, Grant};
use crate::vault::Vault;

pub use crate::engine::connect_ask::{Field, Question};

/// Warnings begin this long before a sign-in ends (contracts: 30 days, and again 7).
const AHEAD: SignedDuration = SignedDuration::from_hours(30 * 24);
const SOON: SignedDuration = SignedDuration::from_hours(7 * 24);
/// A consent has to come back within this (S14).
pub const CONSENT_FOR: SignedDuration = SignedDuration::from_mins(10);
/// Random bytes of a state: 256 bits.
const STATE_BYTES: usize = 32;

/// What a person sees of a sign-in that ends soon, or has ended.
pub fn warning(id: &ConnectionId, ends: Timestamp, now: Timestamp) -> Option<String> {
    let left = ends.duration_since(now);
    if left > AHEAD {
        return None;
    }
    let day = ends.strftime("%Y-%m-%d");
    let urgent = if left <= SOON { "this week" } else { "before" };
    Some(format!(
        "the sign-in ends on {day}: sign in again {urgent} with `tieout connections reauthorise {id}`"
    ))
}

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Ask this.
    Ask(Question),
    /// A person opens this address and consents; what comes back goes to [`Connect::returned`].
    Consent(Consent),
    /// Everything is there: [`Connect::finish`].
    Ready,
}

/// A consent that is waited for. It holds no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// The page to open.
    pub url: String,
    /// Where it leads back to.
    pub redirect: String,
    /// Until then.
    pub until: Timestamp,
}

/// Why a step did not go on.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// An answer cannot be used; ask again.
    #[error("{0}")]
    Answer(String),
    /// The consent that came back cannot be used.
    #[error(transparent)]
    Consent(#[from] Refusal),
    /// The system refused: the sentence says what a person can do. Nothing was stored.
    #[error("{0}")]
    Refused(String),
    /// Another company than the connection's answered. Nothing was stored.
    #[error("{0}")]
    WrongCompany(String),
    /// Not now: maintenance, network. Nothing was stored.
    #[error("{0}")]
    Later(String),
    /// Store, vault, settings.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

impl From<crate::store::StoreError> for ConnectError {
    fn from(e: crate::store::StoreError) -> Self {
        ConnectError::Engine(e.into())
    }
}

/// A connection that works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connected {
    /// The connection's name.
    pub connection: ConnectionId,
    /// What the system is called.
    pub system: String,
    /// The company's name, where it answered.
    pub company_name: Option<String>,
    /// The company's id.
    pub company: String,
    /// Where the company is reached: the host that the system named, else the configured one.
    pub region: String,
    /// What was granted, where the system says so.
    pub scopes: Vec<String>,
    /// The access token ends; it is renewed by itself. None: a system that calls us has none.
    pub access_until: Option<Timestamp>,
    /// A person has to sign in again before this; none: never.
    pub sign_in_until: Option<Timestamp>,
    /// What to know beside: a test that did not answer, a scope that is missing.
    pub notes: Vec<String>,
    /// What is done on the other machine, for a system that calls us.
    pub handed: Option<Box<Handed>>,
}

/// The accounts with other systems.
pub struct Accounts {
    pub(super) store: Arc<dyn Store>,
    pub(super) vault: Arc<Vault<dyn Store>>,
    pub(super) connector: Arc<LifeConnector>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) actor: Actor,
    /// Where a system that calls us reaches this machine, as the listeners are configured.
    reached_at: std::sync::Mutex<Option<String>>,
    /// The sign-in that a console leads.
    pub(super) leading: tokio::sync::Mutex<Option<crate::engine::connect_lead::Leading>>,
}

impl Accounts {
    /// Over an open home.
    pub fn new(
        store: Arc<dyn Store>,
        vault: Arc<Vault<dyn Store>>,
        connector: Arc<LifeConnector>,
        clock: Arc<dyn Clock>,
        actor: Actor,
    ) -> Self {
        let (reached_at, leading) = (std::sync::Mutex::default(), tokio::sync::Mutex::default());
        Self { store, vault, connector, clock, actor, reached_at, leading }
    }

    /// Says where systems that call us reach this machine; none: nothing listens for them.
    pub fn reached_at(&self, address: Option<String>) {
        *self.reached_at.lock().unwrap_or_else(PoisonError::into_inner) = address;
    }

    /// See [`Accounts::reached_at`].
    pub(super) fn address(&self) -> Option<String> {
        self.reached_at.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Begins to connect an account of `system`, under a new name.
    pub async fn begin(self: &Arc<Self>, system: &str, name: &str) -> Result<Connect, ConnectError> {
        let entry = registry::named(system).ok_or_else(|| {
            let all: Vec<_> = registry::all().iter().map(|e| e.name.replace('_', "-")).collect();
            ConnectError::Answer(format!("there is no system {system:?}: there is {}", all.join(", ")))
        })?;
        let id = name_of(name)?;
        if self.row(&id).await?.is_some() {
            return Err(ConnectError::Answer(format!(
                "there is a connection {id} already: sign in again with `tieout connections reauthorise {id}`, or \
                 give another name with --name"
            )));
        }
        let row = ConnectionRow {
            id,
            system: entry.name.into(),
            company: String::new(),
            fingerprint: String::new(),
            system_id: String::new(),
            settings: json!({}),
            health: Health::Ok,
            health_reason: String::new(),
            health_since: self.clock.now(),
        };
        let mut connect = Connect::new(self.clone(), entry, row, false, None);
        if entry.calls_us() {
            connect.visitor = Some(Visitor::new(self, &connect.row).await?);
        }
        Ok(connect)
    }

    /// Begins to sign in again to a connection that is there. Client id and secret are those that are stored.
    pub async fn again(self: &Arc<Self>, name: &str) -> Result<Connect, ConnectError> {
        let id = ConnectionId::from(name);
        let row = self.row(&id).await?.ok_or_else(|| {
            ConnectError::Answer(format!("there is no connection {name:?}: see `tieout connections`"))
        })?;
        let entry = crate::engine::life::entry(&row)?;
        let secret = self.vault.get(&row.id, CLIENT_SECRET).await.map_err(vault_error)?;
        let mut connect = Connect::new(self.clone(), entry, row, true, secret.map(|(s, _)| s));
        if entry.calls_us() {
            connect.visitor = Some(Visitor::again(self, &connect.row)?);
        }
        Ok(connect)
    }

    pub(super) async fn row(&self, id: &ConnectionId) -> Result<Option<ConnectionRow>, ConnectError> {
        Ok(self.store.connections().await?.into_iter().find(|r| r.id == *id))
    }
}

pub(super) fn vault_error(e: crate::vault::VaultError) -> EngineError {
    match e {
        crate::vault::VaultError::Store(e) => EngineError::Store(e),
        other => EngineError::Vault(other.to_string()),
    }
}

fn name_of(text: &str) -> Result<ConnectionId, ConnectError> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
    if text.is_empty() || text.len() > 40 || !text.chars().all(fits) {
        return Err(ConnectError::Answer(format!(
            "{text:?} cannot be a connection's name: lower-case letters, digits and hyphens, 40 at most"
        )));
    }
    Ok(ConnectionId::from(text))
}

/// One sign-in under way. It does not print: it may hold secrets.
pub struct Connect {
    pub(super) accounts: Arc<Accounts>,
    pub(super) entry: &'static Entry,
    pub(super) row: ConnectionRow,
    pub(super) again: bool,
    pub(super) client_id: Option<String>,
    pub(super) client_secret: Option<SecretString>,
    pub(super) new_client_secret: bool,
    company: Option<String>,
    request_token: Option<SecretString>,
    redirect: Option<String>,
    state: Option<(SecretString, Timestamp)>,
    callback: Option<CameBack>,
    pub(super) imported: Option<SecretString>,
    /// In place of a sign-in, for a system that calls us.
    pub(super) visitor: Option<Visitor>,
}

impl Connect {
    fn new(
        accounts: Arc<Accounts>,
        entry: &'static Entry,
        row: ConnectionRow,
        again: bool,
        client_secret: Option<SecretString>,
    ) -> Self {
        let client_id = row.settings.get("client_id").and_then(|v| v.as_str()).map(str::to_string);
        let redirect = row.settings.get("redirect").and_then(|v| v.as_str()).map(str::to_string);
        let company = again.then(|| row.company.clone());
        Self {
            accounts,
            entry,
            row,
            again,
            client_id,
            client_secret,
            new_client_secret: false,
            company,
            request_token: None,
            redirect,
            state: None,
            callback: None,
            imported: None,
            visitor: None,
        }
    }

    /// The connection's name.
    pub fn name(&self) -> &ConnectionId {
        &self.row.id
    }

    /// What people call the system.
    pub fn title(&self) -> &'static str {
        self.entry.title
    }

    /// Whether a person consents on a page of the system, rather than typing a token.
    pub fn consents(&self) -> bool {
        let ask = ConsentAsk { redirect: "https://localhost/".into(), state: "-".repeat(STATE_BYTES) };
        self.entry.sign_in().consent_url(&self.keys(), &ask).is_some()
    }

    pub(super) fn keys(&self) -> ClientKeys {
        let tuning = self.accounts.connector.tuning(&self.row.id);
        ClientKeys {
            token_url: tuning.token_url.unwrap_or_else(|| self.entry.token_url.to_string()),
            client_id: self.client_id.clone().unwrap_or_default(),
            client_secret: self.client_secret.clone().unwrap_or_default(),
        }
    }

    /// What is still asked, in order.
    pub fn questions(&self) -> Vec<Question> {
        if let Some(visitor) = &self.visitor {
            return visitor.questions();
        }
        let mut open = Vec::new();
        let mut want = |missing: bool, field| {
            if missing {
                open.push(question(field));
            }
        };
        want(self.client_id.is_none(), Field::ClientId);
        want(self.client_secret.is_none(), Field::ClientSecret);
        if self.consents() || self.imported.is_some() {
            want(self.redirect.is_none() && self.imported.is_none(), Field::Redirect);
            want(self.company.is_none() && self.imported.is_some(), Field::Company);
        } else {
            want(self.company.is_none(), Field::Company);
            want(self.request_token.is_none(), Field::RequestToken);
            want(self.row.system_id.is_empty(), Field::SystemId);
        }
        open
    }

    /// Answers one question.
    pub fn answer(&mut self, field: Field, answer: &SecretString) -> Result<(), ConnectError> {
        let text = answer.expose_secret().trim();
        let empty = || ConnectError::Answer(format!("{} is needed", question(field).label));
        if text.is_empty() {
            return Err(empty());
        }
        if text.len() > 4096 || text.chars().any(char::is_control) {
            return Err(ConnectError::Answer(format!("{} cannot be that", question(field).label)));
        }
        if let Some(visitor) = &mut self.visitor {
            return visitor.answer(field, text);
        }
        let secret = || SecretString::from(text);
        match field {
            Field::Company if self.again && !text.eq_ignore_ascii_case(&self.row.company) => {
                return Err(self.wrong_company(text));
            }
            Field::Company => self.company = Some(text.to_string()),
            Field::ClientId => self.client_id = Some(text.to_string()),
            Field::ClientSecret => {
                self.client_secret = Some(secret());
                self.new_client_secret = true;
            }
            Field::RequestToken => self.request_token = Some(secret()),
            Field::SystemId if self.again && !self.row.system_id.is_empty() => {
                return Err(ConnectError::Answer(format!(
                    "this connection is {} at its source, for good",
                    self.row.system_id
                )));
            }
            Field::SystemId => {
                let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
                if text.len() > 32 || !text.chars().all(fits) {
                    return Err(ConnectError::Answer(
                        "the system id has letters, digits, - and _ only, 32 at most".into(),
                    ));
                }
                self.row.system_id = text.to_string();
            }
            Field::Redirect => {
                let loopback = text.starts_with("http://localhost:") || text.starts_with("http://127.0.0.1:");
                if !text.starts_with("https://") && !loopback {
                    return Err(ConnectError::Answer(
                        "the redirect address begins with https:// (production keys) or is `loopback` (development \
                         keys)"
                            .into(),
                    ));
                }
                self.redirect = Some(text.to_string());
                self.state = None;
            }
            Field::CompanyName | Field::User | Field::Minutes | Field::File | Field::Replace => {
                return Err(ConnectError::Answer(format!(
                    "{} is not asked for {}",
                    question(field).option,
                    self.entry.title
                )));
            }
        }
        Ok(())
    }

    /// Takes a refresh token that was obtained elsewhere, in place of a consent.
    pub fn import(&mut self, refresh_token: SecretString) -> Result<(), ConnectError> {
        if self.visitor.is_some() {
            let why = format!("{} has no token: its Web Connector signs in with us", self.entry.title);
            return Err(ConnectError::Answer(why));
        }
        self.imported = Some(refresh_token);
        Ok(())
    }

    pub(super) fn wrong_company(&self, other: &str) -> ConnectError {
        ConnectError::WrongCompany(format!(
            "{} belongs to company {}, and this sign-in is for {other}: nothing was changed. For another company make \
             another connection with `tieout connect`.",
            self.row.id, self.row.company
        ))
    }

    /// What to do next. A consent gets a state of its own, for ten minutes and one use.
    pub fn step(&mut self) -> Result<Step, ConnectError> {
        if let Some(next) = self.questions().into_iter().next() {
            return Ok(Step::Ask(next));
        }
        if self.imported.is_some() || self.callback.is_some() || !self.consents() {
            return Ok(Step::Ready);
        }
        let now = self.accounts.clock.now();
        let state = match &self.state {
            Some((state, until)) if now < *until => (state.clone(), *until),
            _ => (new_state()?, now.checked_add(CONSENT_FOR).unwrap_or(now)),
        };
        let redirect = self.redirect.clone().unwrap_or_default();
        let ask = ConsentAsk { redirect: redirect.clone(), state: state.0.expose_secret().to_string() };
        let url = self.entry.sign_in().consent_url(&self.keys(), &ask);
        let url = url.ok_or_else(|| ConnectError::Answer("this system has no consent page".into()))?;
        let until = state.1;
        self.state = Some(state);
        Ok(Step::Consent(Consent { url, redirect, until }))
    }

    /// Tells the address that answers the consent under way from whatever else calls a page of this machine.
    pub fn awaited(&self) -> impl Fn(&SecretString) -> bool + Send + Sync + use<> {
        let state = self.state.as_ref().map(|(state, _)| state.clone());
        move |address| state.as_ref().is_some_and(|s| carries(address, s))
    }

    /// The grant was used up without success: what is used once is asked for again, what was typed stays.
    pub(super) fn grant_is_used(&mut self) {
        self.request_token = None;
        self.callback = None;
        self.state = None;
    }

    /// The consent came back and is not used up.
    pub(super) fn came_back(&self) -> bool {
        self.callback.is_some()
    }

    /// The port of this machine that the consent leads back to; 0: any.
    pub(super) fn port(&self) -> u16 {
        let rest = self.redirect.as_deref().and_then(|r| r.strip_prefix("http://localhost:"));
        let digits = rest.and_then(|r| r.split('/').next());
        digits.and_then(|d| d.parse().ok()).unwrap_or(0)
    }

    /// Whether the consent leads back to a page of this machine.
    pub(super) fn leads_here(&self) -> bool {
        self.redirect.as_deref().is_some_and(|r| r.starts_with("http://"))
    }

    /// Takes the address that the consent came back to. The state is used up by it, whatever it says.
    pub fn returned(&mut self, address: &SecretString) -> Result<(), ConnectError> {
        let Some((state, until)) = self.state.take() else { return Err(Refusal::NotAsked.into()) };
        if self.accounts.clock.now() >= until {
            return Err(Refusal::TooLate.into());
        }
        let redirect = self.redirect.as_deref().unwrap_or_default();
        if !leads_to(address, redirect) {
            return Err(Refusal::NotOurs.into());
        }
        let callback = self.entry.sign_in().came_back(address.expose_secret(), state.expose_secret());
        let callback = callback.map_err(Refusal::Said)?;
        if self.again && callback.company != self.row.company {
            return Err(self.wrong_company(&callback.company));
        }
        self.company = Some(callback.company.clone());
        self.callback = Some(callback);
        Ok(())
    }

    pub(super) fn company(&self) -> String {
        self.company.clone().unwrap_or_default()
    }

    /// What signs in, from the answers.
    pub(super) fn grant(&self) -> Result<Grant, ConnectError> {
        if let Some(callback) = &self.callback {
            let redirect = self.redirect.clone().unwrap_or_default();
            return Ok(Grant::Code { code: callback.code.clone(), redirect });
        }
        let request_token = self.request_token.clone();
        let request_token =
            request_token.ok_or_else(|| ConnectError::Answer("a question is still open".into()))?;
        Ok(Grant::Company { company: self.company(), request_token })
    }

    /// The row as it is stored: addresses and ids, no secret.
    pub(super) fn settled(&self, fresh: &Fresh, learned: &[String]) -> ConnectionRow {
        let mut row = self.row.clone();
        if !self.again {
            row.company = self.company();
            row.fingerprint.clone_from(&row.company);
            if row.system_id.is_empty() {
                row.system_id = DEFAULT_SYSTEM_ID.into();
            }
        }
        let mut settings = row.settings.as_object().cloned().unwrap_or_default();
        settings.insert("client_id".into(), json!(self.client_id));
        if let Some(redirect) = &self.redirect {
            // an ephemeral port is another one next time
            let kept = redirect.starts_with("https://").then(|| redirect.clone());
            kept.map(|r| settings.insert("redirect".into(), json!(r)));
        }
        if let Some(base) = fresh.base_url() {
            settings.insert("region".into(), json!(base));
        }
        if !learned.is_empty() {
            settings.insert("data_centers".into(), json!(learned));
        }
        row.settings = settings.into();
        row
    }
}

/// The system id when nobody chose another.
pub const DEFAULT_SYSTEM_ID: &str = "TIEOUT";

fn new_state() -> Result<SecretString, ConnectError> {
    crate::vault::random_text(STATE_BYTES)
        .map_err(|e| ConnectError::Engine(EngineError::Vault(e.to_string())))
}

#[cfg(test)]
#[path = "connect_tests.rs"]
mod tests;
