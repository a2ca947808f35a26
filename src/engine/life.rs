//! Clients for real addresses: HTTP exchange, tokens from the vault, pace from the published limits.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use secrecy::ExposeSecret as _;

use crate::engine::EngineError;
use crate::engine::app_tokens::{ApplicationTokens, ApplicationTokensOf};
use crate::engine::house::Opening;
use crate::engine::tokens::{CLIENT_SECRET, ConnectionTokens, TokensOf};
use crate::engine::wiring::{Connector, Tuning};
use crate::model::Clock;
use crate::model::ids::ConnectionId;
use crate::model::people::Actor;
use crate::store::{ConnectionRow, Store};
use crate::systems::registry::{self, Entry};
use crate::systems::{CallError, ClientKeys, Link, Lists, Push, RemoteCompany, Source, Subscriptions};
use crate::transport::allow::Allow;
use crate::transport::breaker::BreakerState;
use crate::transport::http::HttpNet;
use crate::transport::mailbox::{Mailbox, Mailboxes};
use crate::transport::pace::{PaceConfig, PaceHealth, Pacer};
use crate::transport::ticks::RuntimeTicks;
use crate::transport::{Fut, Net, Tokens};
use crate::vault::{Given, Patience, Places, Vault};

/// A write's request time-out is never below the server's own limit (reliability.md, 4.4).
const REQUEST_TIMEOUT: Duration = Duration::from_secs(130);

/// A ledger that calls us may work on one request for minutes (QuickBooks Desktop: contract 1.4).
const VISIT_TIMEOUT: Duration = Duration::from_mins(30);

/// Builds clients for life.
pub struct LifeConnector {
    vault: Arc<Vault<dyn Store>>,
    clock: Arc<dyn Clock>,
    tunings: HashMap<ConnectionId, Tuning>,
    locks: PathBuf,
    parts: Mutex<HashMap<ConnectionId, Parts>>,
    /// Where requests to systems that call us wait.
    mailboxes: Mailboxes,
}

/// What all clients of one connection share in this process.
#[derive(Clone)]
struct Parts {
    /// The settings that they were made from.
    settings: serde_json::Value,
    net: Arc<dyn Net>,
    tokens: Arc<ConnectionTokens>,
    pace: Arc<Pacer>,
}

impl LifeConnector {
    /// From what a home was opened with.
    pub fn new(vault: Arc<Vault<dyn Store>>, opening: &Opening) -> Self {
        Self {
            vault,
            clock: opening.clock.clone(),
            tunings: opening.tunings.clone(),
            locks: opening.paths.locks.clone(),
            parts: Mutex::default(),
            mailboxes: Mailboxes::default(),
        }
    }

    /// The tokens of a connection, for signing in.
    pub fn tokens(&self, row: &ConnectionRow) -> Result<Arc<ConnectionTokens>, EngineError> {
        Ok(self.parts(row, entry(row)?)?.tokens)
    }

    fn parts(&self, row: &ConnectionRow, entry: &Entry) -> Result<Parts, EngineError> {
        let mut all = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(parts) = all.get(&row.id).filter(|p| p.settings == row.settings) {
            return Ok(parts.clone());
        }
        let (net, base) = self.net(row, entry)?;
        let tokens = self.tokens_over(row, entry, net.clone(), base);
        let pace = Arc::new(self.pacer(row, entry));
        let parts = Parts { settings: row.settings.clone(), net, tokens, pace };
        all.insert(row.id.clone(), parts.clone());
        Ok(parts)
    }

    fn pacer(&self, row: &ConnectionRow, entry: &Entry) -> Pacer {
        let tuning = self.tuning(&row.id);
        let mut pace = PaceConfig::new(entry.title);
        pace.concurrency = entry.concurrency;
        pace.writes = entry.writes.to_vec();
        match tuning.pace {
            Some(None) => {}
            share => {
                pace.buckets = entry.limits.to_vec();
                pace.share = share.flatten().map_or(97, u32::from);
            }
        }
        Pacer::new(pace, Arc::new(RuntimeTicks::start()))
    }

    /// The exchange of a connection and its base address, as configured.
    pub(crate) fn net(
        &self,
        row: &ConnectionRow,
        entry: &Entry,
    ) -> Result<(Arc<dyn Net>, String), EngineError> {
        if entry.calls_us() {
            return Ok((self.mailboxes.of(&row.id), String::new()));
        }
        let tuning = self.tuning(&row.id);
        let base = tuning.base_url.unwrap_or_else(|| entry.base_url.to_string());
        let token_url = tuning.token_url.unwrap_or_else(|| entry.token_url.to_string());
        let refused = |e: crate::transport::allow::Refused| EngineError::Refused(format!("{}: {e}", row.id));
        let mut allow =
            Allow::new(&base, entry.hosts).map_err(refused)?.with_origin(&token_url).map_err(refused)?;
        // further data centres of a stand-in, learned at sign-in
        for more in row.settings.get("data_centers").and_then(|v| v.as_array()).into_iter().flatten() {
            if let Some(url) = more.as_str() {
                allow = allow.with_origin(url).map_err(refused)?;
            }
        }
        Ok((Arc::new(HttpNet::new(allow)), base))
    }

    fn tokens_over(
        &self,
        row: &ConnectionRow,
        entry: &Entry,
        net: Arc<dyn Net>,
        base_url: String,
    ) -> Arc<ConnectionTokens> {
        Arc::new(ConnectionTokens::new(TokensOf {
            connection: row.id.clone(),
            vault: self.vault.clone(),
            net,
            sign_in: entry.sign_in(),
            keys: self.keys(row, entry),
            client_secret_field: CLIENT_SECRET.into(),
            clock: self.clock.clone(),
            lock: self.locks.join(format!("token-{}.lock", row.id)),
            base_url,
        }))
    }

    /// The application's keys, without its secret.
    fn keys(&self, row: &ConnectionRow, entry: &Entry) -> ClientKeys {
        let client_id = row.settings.get("client_id").and_then(|v| v.as_str()).unwrap_or_default();
        ClientKeys {
            token_url: self.tuning(&row.id).token_url.unwrap_or_else(|| entry.token_url.to_string()),
            client_id: client_id.to_string(),
            client_secret: secrecy::SecretString::default(),
        }
    }

    fn application_tokens(&self, row: &ConnectionRow, entry: &Entry, link: &Link) -> Arc<ApplicationTokens> {
        let base = self.tuning(&row.id).base_url.unwrap_or_else(|| entry.base_url.to_string());
        Arc::new(ApplicationTokens::new(ApplicationTokensOf {
            connection: row.id.clone(),
            vault: self.vault.clone(),
            net: link.net.clone(),
            sign_in: entry.sign_in(),
            keys: self.keys(row, entry),
            clock: self.clock.clone(),
            company: link.tokens.clone(),
            configured_base: base,
        }))
    }

    fn link(&self, row: &ConnectionRow) -> Result<(Link, &'static Entry), EngineError> {
        let entry = entry(row)?;
        let parts = self.parts(row, entry)?;
        let tokens: Arc<dyn Tokens> = parts.tokens.clone();
        Ok((self.link_over(row, &parts, tokens), entry))
    }

    fn link_over(&self, row: &ConnectionRow, parts: &Parts, tokens: Arc<dyn Tokens>) -> Link {
        Link {
            net: parts.net.clone(),
            tokens,
            pace: parts.pace.clone(),
            company: row.company.clone(),
            system_id: row.system_id.clone(),
            request_timeout: self.tuning(&row.id).request_timeout.unwrap_or_else(|| {
                let calls_us = registry::named(&row.system).is_some_and(Entry::calls_us);
                if calls_us { VISIT_TIMEOUT } else { REQUEST_TIMEOUT }
            }),
            settings: row.settings.clone(),
        }
    }

    /// Asks who answers with tokens that are not stored yet.
    pub(crate) async fn who_answers(
        &self,
        row: &ConnectionRow,
        tokens: Arc<dyn Tokens>,
    ) -> Result<Result<RemoteCompany, CallError>, EngineError> {
        let entry = entry(row)?;
        let link = self.link_over(row, &self.parts(row, entry)?, tokens);
        match (entry.source, entry.push) {
            (Some(make), _) => Ok(make(link).company().await),
            (None, Some(make)) => Ok(make(link).company().await),
            (None, None) => Err(EngineError::Refused(format!("{} has no client", entry.title))),
        }
    }
}

/// Where the keys of a home's vault are looked for.
pub fn places(paths: &crate::engine::house::Paths, instance: &crate::store::Instance) -> Places {
    Places {
        key_file: paths.key_file.clone(),
        account: instance.id.clone(),
        patience: Patience::Start,
        given: Given::default(),
    }
}

pub(crate) fn entry(row: &ConnectionRow) -> Result<&'static Entry, EngineError> {
    registry::named(&row.system).ok_or_else(|| {
        EngineError::Refused(format!("{}: this version does not know the system {}", row.id, row.system))
    })
}

impl Connector for LifeConnector {
    fn source(&self, row: &ConnectionRow) -> Result<Arc<dyn Source>, EngineError> {
        let (link, entry) = self.link(row)?;
        let make = entry
            .source
            .ok_or_else(|| EngineError::Refused(format!("{} is no source of documents", entry.title)))?;
        Ok(make(link))
    }

    fn push(&self, row: &ConnectionRow) -> Result<Arc<dyn Push>, EngineError> {
        let (link, entry) = self.link(row)?;
        let make = entry.push.ok_or_else(|| {
            EngineError::Refused(format!("{} is no ledger that can be called", entry.title))
        })?;
        Ok(make(link))
    }

    fn lists(&self, row: &ConnectionRow) -> Result<Arc<dyn Lists>, EngineError> {
        let (link, entry) = self.link(row)?;
        let make = entry.lists.ok_or_else(|| {
            EngineError::Refused(format!("{} has no lists that can be written", entry.title))
        })?;
        Ok(make(link))
    }

    fn subscriptions(&self, row: &ConnectionRow) -> Result<Arc<dyn Subscriptions>, EngineError> {
        let (mut link, entry) = self.link(row)?;
        let make = entry.subscriptions.ok_or_else(|| {
            EngineError::Refused(format!("{} sends no events that can be subscribed to", entry.title))
        })?;
        link.tokens = self.application_tokens(row, entry, &link);
        Ok(make(link))
    }

    fn secret(
        &self,
        id: &ConnectionId,
        field: &'static str,
    ) -> Fut<'_, Result<Option<secrecy::SecretString>, EngineError>> {
        let id = id.clone();
        Box::pin(async move {
            let found = self.vault.get(&id, field).await;
            Ok(found.map_err(|e| EngineError::Vault(e.to_string()))?.map(|(secret, _)| secret))
        })
    }

    fn replace_secret(
        &self,
        id: &ConnectionId,
        field: &'static str,
        before: &'static str,
        secret: secrecy::SecretString,
        by: Actor,
    ) -> Fut<'_, Result<(), EngineError>> {
        let id = id.clone();
        Box::pin(async move {
            let refused = |e: crate::vault::VaultError| EngineError::Vault(e.to_string());
            let now = self.clock.now();
            let current = self.vault.get(&id, field).await.map_err(refused)?;
            if let Some((old, _)) = &current {
                // given once more: the one before is still in use
                if old.expose_secret() == secret.expose_secret() {
                    return Ok(());
                }
                let generation = self.vault.get(&id, before).await.map_err(refused)?.map_or(0, |(_, g)| g);
                self.vault.put(&id, before, generation, old, by.clone(), now).await.map_err(refused)?;
            }
            let generation = current.map_or(0, |(_, g)| g);
            self.vault.put(&id, field, generation, &secret, by, now).await.map_err(refused)?;
            Ok(())
        })
    }

    fn mailbox(&self, id: &ConnectionId) -> Option<Arc<Mailbox>> {
        Some(self.mailboxes.of(id))
    }

    fn tuning(&self, id: &ConnectionId) -> Tuning {
        self.tunings.get(id).cloned().unwrap_or_default()
    }

    fn sign_in_ends(&self, id: &ConnectionId) -> Option<Timestamp> {
        let all = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(id).and_then(|p| p.tokens.refresh_until())
    }

    fn pace(&self, id: &ConnectionId) -> Option<PaceHealth> {
        let all = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(id).map(|p| p.pace.health())
    }

    fn breaker_open(&self, id: &ConnectionId) -> bool {
        let all = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(id).is_some_and(|p| p.pace.health().breaker != BreakerState::Closed)
    }
}
