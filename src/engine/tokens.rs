//! Access tokens over vault and store: durable before use, refreshed once however many processes ask (reliability.md,
//! section 11, OAuth; F23 to F25).

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use crate::model::Clock;
use crate::model::ids::ConnectionId;
use crate::model::people::Actor;
use crate::store::Store;
use crate::systems::{ClientKeys, Grant, SignIn, SignedIn};
use crate::transport::filelock::FileLock;
use crate::transport::redact;
use crate::transport::{Bearer, Fut, Net, Request, TokenError, Tokens};
use crate::vault::{Vault, VaultError};

/// The vault's field of a connection's tokens.
const FIELD: &str = "tokens";
/// The vault's field of the application's secret.
pub const CLIENT_SECRET: &str = "client_secret";
/// A token with less than this left is refreshed first.
const MARGIN: SignedDuration = SignedDuration::from_secs(300);
/// How long another process may take with its refresh.
const LOCK_PATIENCE: Duration = Duration::from_mins(1);
/// The previous refresh token is tried once while it is younger than this (QuickBooks contract, 1.4).
const PREVIOUS_FOR: SignedDuration = SignedDuration::from_hours(24);

/// The tokens of one connection as the vault seals them. It has no `Debug`: nothing of it is ever printed.
#[derive(Clone, Serialize, Deserialize)]
struct Kept {
    access: String,
    access_until: Timestamp,
    refresh: String,
    refresh_until: Timestamp,
    base_url: Option<String>,
    previous: Option<(String, Timestamp)>,
}

/// Tokens of one connection.
pub struct ConnectionTokens {
    connection: ConnectionId,
    vault: Arc<Vault<dyn Store>>,
    net: Arc<dyn Net>,
    sign_in: Arc<dyn SignIn>,
    keys: ClientKeys,
    client_secret_field: String,
    clock: Arc<dyn Clock>,
    lock: PathBuf,
    configured_base: String,
    held: Mutex<Option<(Kept, u64)>>,
    one_at_a_time: tokio::sync::Mutex<()>,
}

/// What tokens of a connection are made from.
pub struct TokensOf {
    /// The connection.
    pub connection: ConnectionId,
    /// The vault.
    pub vault: Arc<Vault<dyn Store>>,
    /// The exchange.
    pub net: Arc<dyn Net>,
    /// The system's sign-in.
    pub sign_in: Arc<dyn SignIn>,
    /// The application's keys; its secret is read from the vault when it is needed.
    pub keys: ClientKeys,
    /// The vault's field of the application's secret.
    pub client_secret_field: String,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The lock file of this connection's refresh.
    pub lock: PathBuf,
    /// The configured base address.
    pub base_url: String,
}

impl ConnectionTokens {
    /// The tokens of one connection.
    pub fn new(of: TokensOf) -> Self {
        Self {
            connection: of.connection,
            vault: of.vault,
            net: of.net,
            sign_in: of.sign_in,
            keys: of.keys,
            client_secret_field: of.client_secret_field,
            clock: of.clock,
            lock: of.lock,
            configured_base: of.base_url,
            held: Mutex::new(None),
            one_at_a_time: tokio::sync::Mutex::new(()),
        }
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn held(&self) -> Option<(Kept, u64)> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn hold(&self, kept: Kept, generation: u64) -> Bearer {
        self.hide("access", &kept.access);
        self.hide("refresh", &kept.refresh);
        let token = SecretString::from(kept.access.clone());
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = Some((kept, generation));
        Bearer { token, generation }
    }

    fn fresh(&self, kept: &Kept) -> bool {
        self.now().checked_add(MARGIN).is_ok_and(|soon| soon < kept.access_until)
    }

    /// From now on no log line, error or screen of this process shows it.
    fn hide(&self, what: &str, secret: &str) {
        redact::live().register(&format!("{}/{what}", self.connection), &SecretString::from(secret));
    }

    async fn keys(&self) -> Result<ClientKeys, TokenError> {
        let mut keys = self.keys.clone();
        if let Some((secret, _)) =
            self.vault.get(&self.connection, &self.client_secret_field).await.map_err(broken)?
        {
            self.hide("client_secret", secret.expose_secret());
            keys.client_secret = secret;
        }
        Ok(keys)
    }

    async fn stored(&self) -> Result<Option<(Kept, u64)>, TokenError> {
        let Some((secret, generation)) = self.vault.get(&self.connection, FIELD).await.map_err(broken)?
        else {
            return Ok(None);
        };
        let kept = serde_json::from_str(secret.expose_secret()).map_err(|_| {
            TokenError::Broken(format!("the sealed tokens of {} cannot be read", self.connection))
        })?;
        Ok(Some((kept, generation)))
    }

    /// Signs in for the first time and keeps what came, before anything uses it.
    pub async fn sign_in(&self, grant: &Grant) -> Result<(), TokenError> {
        let _one = self.one_at_a_time.lock().await;
        match grant {
            Grant::Company { request_token, .. } => self.hide("request_token", request_token.expose_secret()),
            Grant::Code { code, .. } => self.hide("code", code.expose_secret()),
        }
        let before = self.stored().await?.map_or(0, |(_, g)| g);
        let mut keys = self.keys().await?;
        for _ in 0..2 {
            match self.call(self.sign_in.first(&keys, grant)).await {
                SignedIn::Moved(base) => keys.token_url = moved(&keys.token_url, &base),
                SignedIn::Tokens { access, access_until, refresh, refresh_until, base_url } => {
                    let kept = Kept {
                        access: access.expose_secret().to_string(),
                        access_until,
                        refresh: refresh.expose_secret().to_string(),
                        refresh_until,
                        base_url,
                        previous: None,
                    };
                    return self.keep(kept, before).await.map(|_| ());
                }
                SignedIn::Reauthorise(why) | SignedIn::Stale(why) => {
                    return Err(TokenError::Reauthorise(why));
                }
                SignedIn::Later(why) => return Err(TokenError::Later(why)),
            }
        }
        Err(TokenError::Reauthorise("the company was sent from one data centre to another and back".into()))
    }

    /// Takes over a refresh token that was obtained elsewhere (a stand-in's, an imported one).
    pub async fn adopt_refresh_token(&self, refresh: &SecretString) -> Result<(), TokenError> {
        let _one = self.one_at_a_time.lock().await;
        let now = self.now();
        let kept = Kept {
            access: String::new(),
            access_until: now,
            refresh: refresh.expose_secret().to_string(),
            refresh_until: now,
            base_url: None,
            previous: None,
        };
        let before = self.stored().await?.map_or(0, |(_, g)| g);
        self.keep(kept, before).await.map(|_| ())
    }

    async fn call(&self, request: Request) -> SignedIn {
        let heard = self.net.exchange(request).await;
        self.sign_in.read(heard, self.now())
    }

    /// Durable before use. When another process was first, its tokens are used.
    async fn keep(&self, kept: Kept, generation: u64) -> Result<Bearer, TokenError> {
        let text = serde_json::to_string(&kept).map_err(|e| TokenError::Broken(e.to_string()))?;
        let sealed = SecretString::from(text);
        match self.vault.put(&self.connection, FIELD, generation, &sealed, Actor::engine(), self.now()).await
        {
            Ok(_) => Ok(self.hold(kept, generation + 1)),
            Err(VaultError::Stale) => match self.stored().await? {
                Some((theirs, g)) => Ok(self.hold(theirs, g)),
                None => Err(TokenError::Broken("the tokens vanished while they were kept".into())),
            },
            Err(e) => Err(broken(e)),
        }
    }

    /// One refresh on the wire: a mutex in this process, a file lock across processes, and the stored generation.
    async fn refresh(&self, refused: Option<u64>) -> Result<Bearer, TokenError> {
        let _one = self.one_at_a_time.lock().await;
        let lock = FileLock::acquire_within(&self.lock, LOCK_PATIENCE)
            .await
            .map_err(|e| TokenError::Broken(e.to_string()))?;
        let Some(_lock) = lock else {
            return Err(TokenError::Later(format!(
                "another process is refreshing the tokens of {}",
                self.connection
            )));
        };
        let Some((kept, generation)) = self.stored().await? else {
            return Err(TokenError::Reauthorise(format!("{} was never signed in", self.connection)));
        };
        // somebody else was first: theirs is newer than the refused one, or fresh enough
        if refused.is_none_or(|r| generation > r) && self.fresh(&kept) {
            return Ok(self.hold(kept, generation));
        }
        let mut tried: Vec<String> = vec![kept.refresh.clone()];
        let (mut kept, mut generation) = (kept, generation);
        loop {
            let token = SecretString::from(tried.last().cloned().unwrap_or_default());
            match self.refresh_call(&kept, &token).await? {
                Called::New(new) => return self.keep(*new, generation).await,
                Called::Stale(why) => {
                    // the store may hold a newer one than the one that was sent
                    if let Some((again, g)) = self.stored().await?
                        && !tried.contains(&again.refresh)
                    {
                        tried.push(again.refresh.clone());
                        (kept, generation) = (again, g);
                        continue;
                    }
                    let young = |at: &Timestamp| self.now().duration_since(*at) < PREVIOUS_FOR;
                    match &kept.previous {
                        Some((before, at)) if young(at) && !tried.contains(before) => {
                            tried.push(before.clone());
                        }
                        _ => return Err(TokenError::Reauthorise(why)),
                    }
                }
            }
        }
    }

    async fn refresh_call(&self, kept: &Kept, token: &SecretString) -> Result<Called, TokenError> {
        let mut keys = self.keys().await?;
        if let Some(base) = &kept.base_url {
            keys.token_url = moved(&keys.token_url, base);
        }
        for _ in 0..2 {
            match self.call(self.sign_in.refresh(&keys, token)).await {
                SignedIn::Moved(base) => keys.token_url = moved(&keys.token_url, &base),
                SignedIn::Tokens { access, access_until, refresh, refresh_until, base_url } => {
                    return Ok(Called::New(Box::new(Kept {
                        access: access.expose_secret().to_string(),
                        access_until,
                        refresh: refresh.expose_secret().to_string(),
                        refresh_until,
                        base_url: base_url.or_else(|| kept.base_url.clone()),
                        previous: Some((token.expose_secret().to_string(), self.now())),
                    })));
                }
                SignedIn::Stale(why) => return Ok(Called::Stale(why)),
                SignedIn::Reauthorise(why) => return Err(TokenError::Reauthorise(why)),
                SignedIn::Later(why) => return Err(TokenError::Later(why)),
            }
        }
        Err(TokenError::Later("the company was sent from one data centre to another and back".into()))
    }
}

enum Called {
    New(Box<Kept>),
    Stale(String),
}

/// The token address at another data centre: its scheme, host and port, our path.
pub(crate) fn moved(token_url: &str, base: &str) -> String {
    let path = token_url.split_once("://").and_then(|(_, rest)| rest.split_once('/')).map_or("", |(_, p)| p);
    format!("{}/{path}", base.trim_end_matches('/'))
}

fn broken(e: VaultError) -> TokenError {
    TokenError::Broken(e.to_string())
}

impl Tokens for ConnectionTokens {
    fn bearer(&self) -> Fut<'_, Result<Bearer, TokenError>> {
        Box::pin(async move {
            if let Some((kept, generation)) = self.held().filter(|(k, _)| self.fresh(k)) {
                return Ok(self.hold(kept, generation));
            }
            self.refresh(None).await
        })
    }

    fn after_refusal(&self, stale: &Bearer) -> Fut<'_, Result<Bearer, TokenError>> {
        let generation = stale.generation;
        Box::pin(async move {
            if let Some((kept, g)) = self.held().filter(|(k, g)| *g > generation && self.fresh(k)) {
                return Ok(self.hold(kept, g));
            }
            self.refresh(Some(generation)).await
        })
    }

    fn base_url(&self) -> String {
        self.held().and_then(|(k, _)| k.base_url).unwrap_or_else(|| self.configured_base.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moved_company_keeps_the_path() {
        assert_eq!(
            moved("http://127.0.0.1:1/oauth2/v0/token", "http://127.0.0.1:2"),
            "http://127.0.0.1:2/oauth2/v0/token"
        );
        assert_eq!(moved("https://a.example/x", "https://b.example/"), "https://b.example/x");
    }
}
