//! The end of a sign-in: one exchange, who answers, and only then anything is stored. And the end of a connection.

use std::sync::Arc;

use secrecy::SecretString;

use crate::engine::EngineError;
use crate::engine::books::rest_books;
use crate::engine::connect::{Accounts, Connect, ConnectError, Connected, vault_error};
use crate::engine::connect_desktop::Visitor;
use crate::engine::tokens::{Answered, CLIENT_SECRET, First, Fresh, FreshTokens, ask_once, moved};
use crate::engine::wiring::Connector as _;
use crate::model::ids::{BookId, ConnectionId};
use crate::store::{ConnectionRow, Health, SignInNote};
use crate::systems::{CallError, RemoteCompany};
use crate::transport::{TokenError, redact};
use crate::vault::VaultError;

/// Data centres that a company is followed to.
const HOPS: usize = 3;

/// What became of a connection that was ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disconnected {
    /// Its name.
    pub connection: ConnectionId,
    /// Whether the system took the tokens back; none: it has no call for it.
    pub revoked: Option<Result<(), String>>,
    /// Secrets that were removed here.
    pub secrets: u64,
    /// Books that rest now.
    pub paused: Vec<BookId>,
}

/// A sign-in whose company answered, and of which nothing is stored yet. It does not print: it holds tokens.
pub struct Proved {
    row: ConnectionRow,
    /// None: a system that calls us was asked nothing.
    fresh: Option<Fresh>,
    connected: Connected,
}

impl Proved {
    /// What a person is shown before it is kept.
    pub fn connected(&self) -> &Connected {
        &self.connected
    }
}

impl Connect {
    /// Signs in, asks who answers, stores. Until the company is known to be the right one nothing is stored.
    pub async fn finish(self) -> Result<Connected, ConnectError> {
        let proved = self.prove().await?;
        self.keep(proved).await
    }

    /// Signs in and asks who answers. Nothing is stored; the grant is used up whatever comes of it.
    pub async fn prove(&self) -> Result<Proved, ConnectError> {
        if let Some(visitor) = &self.visitor {
            let (row, connected) = visitor.prove(&self.accounts, &self.row).await?;
            return Ok(Proved { row, fresh: None, connected });
        }
        let (fresh, learned) = self.exchange().await?;
        let row = self.settled(&fresh, &learned);
        let configured = self.accounts.connector.tuning(&row.id).base_url;
        let configured = configured.unwrap_or_else(|| self.entry.base_url.to_string());
        let tokens = Arc::new(FreshTokens::new(&fresh, &configured));
        let answer = self.accounts.connector.who_answers(&row, tokens).await?;
        let mut notes = Vec::new();
        let company = self.same_company(&row, answer, &mut notes)?;
        if self.entry.name == "concur"
            && !fresh.scopes.is_empty()
            && !fresh.scopes.iter().any(|s| s == "FISVC")
        {
            notes.push("Concur granted no FISVC scope: documents cannot be read until it does".into());
        }
        let connected = Connected {
            connection: row.id.clone(),
            system: self.entry.title.into(),
            company_name: company.map(|c| c.name),
            company: row.company.clone(),
            region: host_of(fresh.base_url().unwrap_or(&configured)),
            scopes: fresh.scopes.clone(),
            access_until: Some(fresh.access_until()),
            sign_in_until: Some(fresh.refresh_until()),
            notes,
            handed: None,
        };
        Ok(Proved { row, fresh: Some(fresh), connected })
    }

    /// Stores what was proved.
    pub async fn keep(&self, proved: Proved) -> Result<Connected, ConnectError> {
        let Proved { row, fresh, connected } = proved;
        let Some(fresh) = fresh else {
            let replace = self.visitor.as_ref().is_some_and(Visitor::replaces);
            return self.accounts.keep_visitor(row, connected, replace).await;
        };
        let note = SignInNote {
            connection: row.id.clone(),
            company_name: connected.company_name.clone().unwrap_or_default(),
            region: connected.region.clone(),
            scopes: connected.scopes.clone(),
            signed_in_by: self.accounts.actor.name.clone(),
            signed_in_at: self.accounts.clock.now(),
            sign_in_until: fresh.refresh_until(),
        };
        self.store(row, fresh).await?;
        let (id, now) = (note.connection.clone(), note.signed_in_at);
        self.accounts.store.put_sign_in(note).await?;
        self.accounts.store.put_contact(id, now).await?;
        Ok(connected)
    }

    /// What was proved is not wanted: the system takes its tokens back where it has a call for it. Nothing was stored.
    pub async fn give_back(&self, proved: Proved) {
        let Some(fresh) = &proved.fresh else { return };
        let mut keys = self.keys();
        if let Some(base) = fresh.base_url() {
            keys.token_url = moved(&keys.token_url, base);
        }
        let sign_in = self.entry.sign_in();
        let Some(request) = sign_in.revoke(&keys, &fresh.refresh_token()) else { return };
        match self.accounts.connector.net(&proved.row, self.entry) {
            Ok((net, _)) => {
                let heard = net.exchange(request).await;
                if !sign_in.revoked(&heard) {
                    tracing::warn!(connection = %proved.row.id, "tokens that were not wanted could not be taken back");
                }
            }
            Err(error) => tracing::warn!(%error, "tokens that were not wanted could not be taken back"),
        }
    }

    /// Who answers has to be who was asked for. When the system does not answer right now, a first consent is noted: its
    /// tokens are worth keeping. A token from elsewhere, and a sign-in over tokens that work, prove nothing until it
    /// does.
    pub(super) fn same_company(
        &self,
        row: &ConnectionRow,
        answer: Result<RemoteCompany, CallError>,
        notes: &mut Vec<String>,
    ) -> Result<Option<RemoteCompany>, ConnectError> {
        match answer {
            Ok(company) if company.id.eq_ignore_ascii_case(&row.company) => Ok(Some(company)),
            Ok(company) => Err(self.wrong_company_answers(row, &company.id)),
            Err(CallError::WrongCompany(why)) => {
                Err(ConnectError::WrongCompany(format!("{why}: nothing was stored")))
            }
            Err(CallError::Reauthorise(why) | CallError::Refused(why)) => {
                Err(ConnectError::Refused(format!(
                    "{} took the sign-in and then refused the first call: {why}. Nothing was stored.",
                    self.entry.title
                )))
            }
            Err(e @ (CallError::Throttled(_) | CallError::Offline { .. } | CallError::Shape(_))) => {
                if self.again || self.imported.is_some() {
                    return Err(ConnectError::Later(format!(
                        "which company answers could not be asked ({e}): nothing was stored; try again later"
                    )));
                }
                notes.push(format!(
                    "who answers could not be asked yet ({e}): run `tieout connections test {}` later",
                    row.id
                ));
                Ok(None)
            }
        }
    }

    fn wrong_company_answers(&self, row: &ConnectionRow, other: &str) -> ConnectError {
        if self.again {
            return self.wrong_company(other);
        }
        ConnectError::WrongCompany(format!(
            "company {other} answers, and not {}: nothing was stored",
            row.company
        ))
    }

    /// One exchange, followed from one data centre to another. Its outcome is never repeated: a code is used up by it.
    async fn exchange(&self) -> Result<(Fresh, Vec<String>), ConnectError> {
        let sign_in = self.entry.sign_in();
        let mut keys = self.keys();
        hide(&self.row.id, "client_secret", &keys.client_secret);
        let mut learned: Vec<String> = Vec::new();
        for _ in 0..HOPS {
            let grant = if self.imported.is_some() { None } else { Some(self.grant()?) };
            let first = match (&self.imported, &grant) {
                (Some(token), _) => {
                    hide(&self.row.id, "refresh", token);
                    First::Refresh(token)
                }
                (None, Some(grant)) => {
                    hide_grant(&self.row.id, grant);
                    First::Grant(grant)
                }
                (None, None) => return Err(ConnectError::Answer("a question is still open".into())),
            };
            let (net, base) = self.accounts.connector.net(&self.reached(&learned), self.entry)?;
            let now = self.accounts.clock.now();
            let answered = ask_once(&*net, &*sign_in, first, &keys, now).await.map_err(|e| match e {
                TokenError::Reauthorise(why) => ConnectError::Refused(why),
                TokenError::Later(why) => {
                    ConnectError::Later(format!("{why} Nothing was stored; try again later."))
                }
                TokenError::Broken(why) => ConnectError::Engine(EngineError::Vault(why)),
            })?;
            match answered {
                Answered::Moved(there) => {
                    keys.token_url = moved(&keys.token_url, &there);
                    learn(&mut learned, &base, &there);
                }
                Answered::Fresh(fresh) => {
                    if let Some(there) = fresh.base_url() {
                        learn(&mut learned, &base, there);
                    }
                    return Ok((fresh, learned));
                }
            }
        }
        Err(ConnectError::Refused("the company was sent from one data centre to another and back".into()))
    }

    /// The row with the addresses that were learned so far: a stand-in's data centres are on other ports.
    fn reached(&self, learned: &[String]) -> ConnectionRow {
        let mut row = self.row.clone();
        if let Some(settings) = row.settings.as_object_mut()
            && !learned.is_empty()
        {
            settings.insert("data_centers".into(), serde_json::json!(learned));
        }
        row
    }

    async fn store(&self, mut row: ConnectionRow, fresh: Fresh) -> Result<(), ConnectError> {
        let now = self.accounts.clock.now();
        let ends = fresh.refresh_until();
        let warning = crate::engine::connect::warning(&row.id, ends, now);
        row.health = if warning.is_some() { Health::Expiring } else { Health::Ok };
        row.health_reason = warning.unwrap_or_default();
        row.health_since = now;
        let by = self.accounts.actor.clone();
        self.accounts.store.put_connection(row.clone(), by, now).await?;
        if let Some(secret) = self.client_secret.as_ref().filter(|_| self.new_client_secret) {
            self.accounts.put(&row.id, CLIENT_SECRET, secret).await?;
        }
        let tokens = self.accounts.connector.tokens(&row)?;
        tokens.keep_fresh(fresh).await.map_err(|e| match e {
            TokenError::Later(why) => ConnectError::Later(why),
            TokenError::Reauthorise(why) | TokenError::Broken(why) => {
                ConnectError::Engine(EngineError::Vault(why))
            }
        })
    }
}

impl Accounts {
    pub(super) async fn put(
        &self,
        id: &ConnectionId,
        field: &str,
        secret: &SecretString,
    ) -> Result<(), ConnectError> {
        loop {
            let before = self.vault.get(id, field).await.map_err(vault_error)?.map_or(0, |(_, g)| g);
            match self.vault.put(id, field, before, secret, self.actor.clone(), self.clock.now()).await {
                // another process wrote meanwhile: what a person typed now is the newest
                Err(VaultError::Stale) => {}
                other => return other.map(|_| ()).map_err(|e| vault_error(e).into()),
            }
        }
    }

    /// Ends a connection: the system takes its tokens back where it can, the secrets are removed here, and the books on
    /// it rest. The connection itself stays: documents and audit name it.
    pub async fn disconnect(&self, name: &str) -> Result<Disconnected, ConnectError> {
        let id = ConnectionId::from(name);
        let row = self.row(&id).await?.ok_or_else(|| {
            ConnectError::Answer(format!("there is no connection {name:?}: see `tieout connections`"))
        })?;
        let now = self.clock.now();
        let paused = rest_books(&*self.store, &id, true, (self.actor.clone(), now)).await?;
        let calls_us = crate::engine::visit::calls_us(&row);
        let revoked = if calls_us { None } else { self.take_back(&row).await };
        let secrets = self.store.wipe_secrets(id.clone(), self.actor.clone(), now).await?;
        let what = if calls_us { "make a new password" } else { "sign in again" };
        let why = format!("disconnected: {what} with `tieout connections reauthorise {id}`");
        self.store.set_health(id.clone(), Health::Reauthorise, why, now).await?;
        Ok(Disconnected { connection: id, revoked, secrets, paused })
    }

    async fn take_back(&self, row: &ConnectionRow) -> Option<Result<(), String>> {
        let tokens = match self.connector.tokens(row) {
            Ok(tokens) => tokens,
            Err(e) => return Some(Err(e.to_string())),
        };
        tokens.revoke().await.unwrap_or_else(|e| Some(Err(e.to_string())))
    }
}

/// From now on no line of this process shows it.
pub(super) fn hide(id: &ConnectionId, what: &str, secret: &SecretString) {
    redact::live().register(&format!("{id}/{what}"), secret);
}

fn hide_grant(id: &ConnectionId, grant: &crate::systems::Grant) {
    match grant {
        crate::systems::Grant::Company { request_token, .. } => hide(id, "request_token", request_token),
        crate::systems::Grant::Code { code, .. } => hide(id, "code", code),
    }
}

/// An address on this machine beside a configured one on this machine: a stand-in's further data centre.
fn learn(learned: &mut Vec<String>, base: &str, there: &str) {
    let local = |url: &str| {
        let host = host_of(url);
        matches!(host.rsplit_once(':').map_or(host.as_str(), |(h, _)| h), "localhost" | "127.0.0.1" | "[::1]")
    };
    if local(base) && local(there) && !learned.iter().any(|l| l == there) {
        learned.push(there.to_string());
    }
}

/// `us2.api.concursolutions.com`
fn host_of(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or_default().to_string()
}
