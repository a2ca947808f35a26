//! Access tokens over vault and store: durable before use, refreshed once however many processes ask (reliability.md,
//! section 11, OAuth; F23 to F25).

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use serde::Deserialize;

use crate::engine::token_record::{Kept, Previous, same};
use crate::engine::whole;
use crate::model::Clock;
use crate::model::ids::ConnectionId;
use crate::model::people::Actor;
use crate::store::Store;
use crate::systems::{ClientKeys, Grant, SignIn, SignedIn};
use crate::transport::filelock::FileLock;
use crate::transport::redact;
use crate::transport::{Bearer, Fut, Net, TokenError, Tokens};
use crate::vault::{Vault, VaultError};

/// The vault's field of a connection's tokens.
pub const TOKENS: &str = FIELD;
const FIELD: &str = "tokens";
/// The vault's field of the application's secret.
pub const CLIENT_SECRET: &str = "client_secret";
/// A token with less than this left is refreshed first.
const MARGIN: SignedDuration = SignedDuration::from_secs(300);
/// How long another process may take with its refresh.
const LOCK_PATIENCE: Duration = Duration::from_mins(1);
/// The previous refresh token is tried once while it is younger than this (QuickBooks contract, 1.4).
const PREVIOUS_FOR: SignedDuration = SignedDuration::from_hours(24);
/// How often a change by another process is followed before giving up.
const ATTEMPTS: usize = 8;

/// Tokens that came and are not stored yet. They do not print.
pub struct Fresh {
    kept: Kept,
    /// What the system granted, where it says so (RFC 6749, 5.1).
    pub scopes: Vec<String>,
}

impl Fresh {
    /// When the access token ends.
    pub fn access_until(&self) -> Timestamp {
        self.kept.access_until
    }

    /// When the refresh token ends: a person has to sign in again before.
    pub fn refresh_until(&self) -> Timestamp {
        self.kept.refresh_until
    }

    /// The address that the company is reached at, where the system says so.
    pub fn base_url(&self) -> Option<&str> {
        self.kept.base_url.as_deref()
    }

    /// The refresh token, to be taken back when it is not wanted.
    pub fn refresh_token(&self) -> SecretString {
        self.kept.refresh.clone()
    }
}

/// What a sign-in's answer came to.
pub enum Answered {
    /// Tokens.
    Fresh(Fresh),
    /// The company lives elsewhere: the same once more there.
    Moved(String),
}

/// What a first sign-in is made from: a grant, or a refresh token that was obtained elsewhere.
#[derive(Clone, Copy)]
pub enum First<'a> {
    /// A grant.
    Grant(&'a Grant),
    /// A refresh token.
    Refresh(&'a SecretString),
}

/// One call of a first sign-in. Nothing is stored.
pub async fn ask_once(
    net: &dyn Net,
    sign_in: &dyn SignIn,
    first: First<'_>,
    keys: &ClientKeys,
    now: Timestamp,
) -> Result<Answered, TokenError> {
    let request = match &first {
        First::Grant(grant) => sign_in.first(keys, grant),
        First::Refresh(token) => sign_in.refresh(keys, token),
    };
    let heard = net.exchange(request).await;
    let scopes = heard.as_ref().map(|reply| scopes_of(&reply.body)).unwrap_or_default();
    let said = match first {
        First::Grant(_) => sign_in.read_first(heard, now),
        First::Refresh(_) => sign_in.read(heard, now),
    };
    match said {
        SignedIn::Moved(base) => Ok(Answered::Moved(base)),
        SignedIn::Tokens { access, access_until, refresh, refresh_until, base_url } => {
            let kept = Kept { access, access_until, refresh, refresh_until, base_url, previous: None };
            Ok(Answered::Fresh(Fresh { kept, scopes }))
        }
        SignedIn::Reauthorise(why) | SignedIn::Stale(why) => Err(TokenError::Reauthorise(why)),
        SignedIn::Later(why) => Err(TokenError::Later(why)),
    }
}

fn scopes_of(body: &[u8]) -> Vec<String> {
    #[derive(Deserialize)]
    struct Granted {
        scope: Option<String>,
    }
    let granted = serde_json::from_slice::<Granted>(body).ok().and_then(|g| g.scope).unwrap_or_default();
    granted.split_whitespace().map(str::to_string).collect()
}

/// Tokens that are tried before they are stored: used as they came, never refreshed.
pub struct FreshTokens {
    access: SecretString,
    base_url: String,
}

impl FreshTokens {
    /// Of what came; `configured` where the answer names no address.
    pub fn new(fresh: &Fresh, configured: &str) -> Self {
        let base_url = fresh.base_url().unwrap_or(configured).to_string();
        Self { access: fresh.kept.access.clone(), base_url }
    }
}

impl Tokens for FreshTokens {
    fn bearer(&self) -> Fut<'_, Result<Bearer, TokenError>> {
        Box::pin(async { Ok(Bearer { token: self.access.clone(), generation: 0 }) })
    }

    fn after_refusal(&self, _: &Bearer) -> Fut<'_, Result<Bearer, TokenError>> {
        Box::pin(async { Err(TokenError::Reauthorise("the new access token was refused".into())) })
    }

    fn base_url(&self) -> String {
        self.base_url.clone()
    }
}

/// Tokens of one connection.
pub struct ConnectionTokens(Arc<Shared>);

struct Shared {
    of: TokensOf,
    held: Mutex<Option<(Kept, u64)>>,
    one_at_a_time: Arc<tokio::sync::Mutex<()>>,
}

/// Whose turn it is to change the tokens: in this process, and across processes.
struct Turn {
    _one: tokio::sync::OwnedMutexGuard<()>,
    _lock: FileLock,
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
        Self(Arc::new(Shared { of, held: Mutex::new(None), one_at_a_time: Arc::default() }))
    }

    /// Signs in for the first time and keeps what came, before anything uses it.
    pub async fn sign_in(&self, grant: &Grant) -> Result<(), TokenError> {
        let shared = &self.0;
        let _one = shared.one_at_a_time.lock().await;
        match grant {
            Grant::Company { request_token, .. } => shared.hide("request_token", request_token),
            Grant::Code { code, .. } => shared.hide("code", code),
        }
        let before = shared.stored().await?.map_or(0, |(_, g)| g);
        let mut keys = shared.keys().await?;
        for _ in 0..2 {
            let first = First::Grant(grant);
            match ask_once(&*shared.of.net, &*shared.of.sign_in, first, &keys, shared.now()).await? {
                Answered::Moved(base) => keys.token_url = moved(&keys.token_url, &base),
                Answered::Fresh(fresh) => return shared.keep(fresh.kept, before, None).await.map(|_| ()),
            }
        }
        Err(TokenError::Reauthorise("the company was sent from one data centre to another and back".into()))
    }

    /// Stores what came from a first sign-in, in place of whatever is stored.
    pub async fn keep_fresh(&self, fresh: Fresh) -> Result<(), TokenError> {
        let turn = self.0.turn().await?;
        let shared = self.0.clone();
        in_one_piece(async move {
            let _turn = turn;
            let before = shared.stored().await?.map_or(0, |(_, g)| g);
            shared.keep(fresh.kept, before, None).await.map(|_| ())
        })
        .await
    }

    /// When the refresh token ends, as far as this process knows.
    pub fn refresh_until(&self) -> Option<Timestamp> {
        self.0.held().map(|(kept, _)| kept.refresh_until)
    }

    /// The stored refresh token, to be taken back.
    pub async fn refresh_token(&self) -> Result<Option<SecretString>, TokenError> {
        Ok(self.0.stored().await?.map(|(kept, _)| kept.refresh))
    }

    /// The lifetimes of what is stored: access token, refresh token.
    pub async fn lifetimes(&self) -> Result<Option<(Timestamp, Timestamp)>, TokenError> {
        Ok(self.0.stored().await?.map(|(kept, _)| (kept.access_until, kept.refresh_until)))
    }

    /// The request that takes the stored refresh token back, at the address that the tokens belong to, where the system
    /// has one.
    pub async fn revoke(&self) -> Result<Option<Result<(), String>>, TokenError> {
        let shared = &self.0;
        let Some((kept, _)) = shared.stored().await? else { return Ok(None) };
        let mut keys = shared.keys().await?;
        if let Some(base) = &kept.base_url {
            keys.token_url = moved(&keys.token_url, base);
        }
        let Some(request) = shared.of.sign_in.revoke(&keys, &kept.refresh) else {
            return Ok(None);
        };
        let heard = shared.of.net.exchange(request).await;
        if shared.of.sign_in.revoked(&heard) {
            return Ok(Some(Ok(())));
        }
        let why = heard.map_or_else(|e| e.to_string(), |r| format!("the system answered {}", r.status));
        Ok(Some(Err(why)))
    }

    /// Takes over a refresh token that was obtained elsewhere (a stand-in's, an imported one).
    pub async fn adopt_refresh_token(&self, refresh: &SecretString) -> Result<(), TokenError> {
        let shared = &self.0;
        let _one = shared.one_at_a_time.lock().await;
        let now = shared.now();
        let kept = Kept {
            access: SecretString::default(),
            access_until: now,
            refresh: refresh.clone(),
            refresh_until: now,
            base_url: None,
            previous: None,
        };
        let before = shared.stored().await?.map_or(0, |(_, g)| g);
        shared.keep(kept, before, None).await.map(|_| ())
    }

    /// One refresh on the wire: a mutex in this process, a file lock across processes, and the stored tokens. From the
    /// call to the store it is one piece: whoever waits may go, the rotated token is kept all the same.
    async fn refresh(&self, refused: Option<SecretString>) -> Result<Bearer, TokenError> {
        let turn = self.0.turn().await?;
        let shared = self.0.clone();
        in_one_piece(async move {
            let _turn = turn;
            shared.refresh(refused.as_ref()).await
        })
        .await
    }
}

async fn in_one_piece<T: Send + 'static>(
    work: impl Future<Output = Result<T, TokenError>> + Send + 'static,
) -> Result<T, TokenError> {
    let ended = whole::to_its_end(work).await;
    ended.unwrap_or_else(|| {
        Err(TokenError::Broken("the refresh of the tokens ended by a fault of its own".into()))
    })
}

impl Shared {
    fn now(&self) -> Timestamp {
        self.of.clock.now()
    }

    fn held(&self) -> Option<(Kept, u64)> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn hold(&self, kept: Kept, generation: u64) -> Bearer {
        self.hide("access", &kept.access);
        self.hide("refresh", &kept.refresh);
        let token = kept.access.clone();
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = Some((kept, generation));
        Bearer { token, generation }
    }

    fn fresh(&self, kept: &Kept) -> bool {
        self.now().checked_add(MARGIN).is_ok_and(|soon| soon < kept.access_until)
    }

    /// Whether these may be used: fresh, and not the very token that was refused. A generation alone says nothing: a new
    /// key of the vault raises it and keeps the token.
    fn usable(&self, kept: &Kept, refused: Option<&SecretString>) -> bool {
        self.fresh(kept) && refused.is_none_or(|r| !same(r, &kept.access))
    }

    /// From now on no log line, error or screen of this process shows it.
    fn hide(&self, what: &str, secret: &SecretString) {
        redact::live().register(&format!("{}/{what}", self.of.connection), secret);
    }

    async fn turn(&self) -> Result<Turn, TokenError> {
        let one = self.one_at_a_time.clone().lock_owned().await;
        let lock = FileLock::acquire_within(&self.of.lock, LOCK_PATIENCE)
            .await
            .map_err(|e| TokenError::Broken(e.to_string()))?;
        let lock = lock.ok_or_else(|| {
            TokenError::Later(format!("another process is refreshing the tokens of {}", self.of.connection))
        })?;
        Ok(Turn { _one: one, _lock: lock })
    }

    async fn keys(&self) -> Result<ClientKeys, TokenError> {
        let mut keys = self.of.keys.clone();
        let field = &self.of.client_secret_field;
        if let Some((secret, _)) = self.of.vault.get(&self.of.connection, field).await.map_err(broken)? {
            self.hide("client_secret", &secret);
            keys.client_secret = secret;
        }
        Ok(keys)
    }

    async fn stored(&self) -> Result<Option<(Kept, u64)>, TokenError> {
        let found = self.of.vault.get(&self.of.connection, FIELD).await.map_err(broken)?;
        let Some((secret, generation)) = found else { return Ok(None) };
        let kept = Kept::read(&secret).map_err(|_| {
            TokenError::Broken(format!("the sealed tokens of {} cannot be read", self.of.connection))
        })?;
        Ok(Some((kept, generation)))
    }

    /// Durable before use. `instead_of`: the stored refresh token that these came for. When it is another one by now,
    /// another process was first and its tokens are used; when it is the same under another generation, the vault got a
    /// new key meanwhile and these are put again. None: these are put in place of whatever is stored.
    async fn keep(
        &self,
        kept: Kept,
        mut generation: u64,
        instead_of: Option<&SecretString>,
    ) -> Result<Bearer, TokenError> {
        let sealed = kept.text().map_err(|e| TokenError::Broken(e.to_string()))?;
        for _ in 0..ATTEMPTS {
            let put = self.of.vault.put(
                &self.of.connection,
                FIELD,
                generation,
                &sealed,
                Actor::engine(),
                self.now(),
            );
            match put.await {
                Ok(new) => return Ok(self.hold(kept, new)),
                Err(VaultError::Stale) => {}
                Err(e) => return Err(broken(e)),
            }
            generation = match (self.stored().await?, instead_of) {
                (Some((theirs, g)), Some(old)) if !same(old, &theirs.refresh) => {
                    return Ok(self.hold(theirs, g));
                }
                (Some((_, g)), _) => g,
                (None, None) => 0,
                (None, Some(_)) => {
                    return Err(TokenError::Broken("the tokens vanished while they were kept".into()));
                }
            };
        }
        Err(TokenError::Later(format!("the stored tokens of {} keep changing", self.of.connection)))
    }

    async fn refresh(&self, refused: Option<&SecretString>) -> Result<Bearer, TokenError> {
        let Some((mut kept, mut generation)) = self.stored().await? else {
            return Err(TokenError::Reauthorise(format!("{} was never signed in", self.of.connection)));
        };
        // somebody else was first: theirs is another than the refused one, or fresh enough
        if self.usable(&kept, refused) {
            return Ok(self.hold(kept, generation));
        }
        let mut token = kept.refresh.clone();
        let mut tried = vec![token.clone()];
        loop {
            let why = match self.refresh_call(&kept, &token).await? {
                Called::New(new) => return self.keep(*new, generation, Some(&kept.refresh)).await,
                Called::Stale(why) => why,
            };
            let untried = |one: &SecretString| !tried.iter().any(|t| same(t, one));
            // the store may hold a newer one than the one that was sent
            match self.stored().await? {
                Some((again, g)) if untried(&again.refresh) => {
                    token = again.refresh.clone();
                    (kept, generation) = (again, g);
                }
                _ => {
                    let young = |at: Timestamp| self.now().duration_since(at) < PREVIOUS_FOR;
                    match &kept.previous {
                        Some(Previous(before, at)) if young(*at) && untried(before) => token = before.clone(),
                        _ => return Err(TokenError::Reauthorise(why)),
                    }
                }
            }
            tried.push(token.clone());
        }
    }

    async fn refresh_call(&self, kept: &Kept, token: &SecretString) -> Result<Called, TokenError> {
        let mut keys = self.keys().await?;
        if let Some(base) = &kept.base_url {
            keys.token_url = moved(&keys.token_url, base);
        }
        for _ in 0..2 {
            let heard = self.of.net.exchange(self.of.sign_in.refresh(&keys, token)).await;
            match self.of.sign_in.read(heard, self.now()) {
                SignedIn::Moved(base) => keys.token_url = moved(&keys.token_url, &base),
                SignedIn::Tokens { access, access_until, refresh, refresh_until, base_url } => {
                    return Ok(Called::New(Box::new(Kept {
                        access,
                        access_until,
                        refresh,
                        refresh_until,
                        base_url: base_url.or_else(|| kept.base_url.clone()),
                        previous: Some(Previous(token.clone(), self.now())),
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
            match self.0.held().filter(|(k, _)| self.0.fresh(k)) {
                Some((kept, generation)) => Ok(self.0.hold(kept, generation)),
                None => self.refresh(None).await,
            }
        })
    }

    fn after_refusal(&self, stale: &Bearer) -> Fut<'_, Result<Bearer, TokenError>> {
        let refused = stale.token.clone();
        Box::pin(async move {
            match self.0.held().filter(|(k, _)| self.0.usable(k, Some(&refused))) {
                Some((kept, generation)) => Ok(self.0.hold(kept, generation)),
                None => self.refresh(Some(refused)).await,
            }
        })
    }

    fn base_url(&self) -> String {
        self.0.held().and_then(|(k, _)| k.base_url).unwrap_or_else(|| self.0.of.base_url.clone())
    }
}

#[cfg(test)]
#[path = "tokens_tests.rs"]
mod kept_tests;

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
