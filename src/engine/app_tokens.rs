//! Tokens of the application itself (Concur's contract, 7.1: `client_credentials`), for its event subscriptions. They
//! stand in memory only: whoever needs one asks for it, and one request goes on the wire however many ask.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};

use crate::engine::tokens::{CLIENT_SECRET, moved};
use crate::model::Clock;
use crate::model::ids::ConnectionId;
use crate::store::Store;
use crate::systems::{ClientKeys, SignIn, SignedIn};
use crate::transport::redact;
use crate::transport::{Bearer, Fut, Net, TokenError, Tokens};
use crate::vault::Vault;

/// A token with less than this left is asked for anew.
const MARGIN: SignedDuration = SignedDuration::from_secs(300);

#[derive(Clone)]
struct Held {
    access: SecretString,
    until: Timestamp,
    base_url: Option<String>,
    generation: u64,
}

/// What they are made from.
pub struct ApplicationTokensOf {
    /// The connection whose application it is.
    pub connection: ConnectionId,
    /// The vault, for the application's secret.
    pub vault: Arc<Vault<dyn Store>>,
    /// The exchange.
    pub net: Arc<dyn Net>,
    /// The system's sign-in.
    pub sign_in: Arc<dyn SignIn>,
    /// The application's keys; the secret is read from the vault when it is needed.
    pub keys: ClientKeys,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The company's own tokens: they know in which data centre it lives.
    pub company: Arc<dyn Tokens>,
    /// The configured address of tokens: the company's data centre replaces its host.
    pub configured_base: String,
}

/// Tokens of the application.
pub struct ApplicationTokens {
    of: ApplicationTokensOf,
    held: Mutex<Option<Held>>,
    one_at_a_time: tokio::sync::Mutex<()>,
}

impl ApplicationTokens {
    /// Nothing is asked for yet.
    pub fn new(of: ApplicationTokensOf) -> Self {
        Self { of, held: Mutex::default(), one_at_a_time: tokio::sync::Mutex::new(()) }
    }

    /// The token in memory, when it is fresh and newer than the refused one.
    fn usable(&self, refused: Option<u64>) -> Option<Bearer> {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let h = held.as_ref()?;
        let fresh = self.of.clock.now().checked_add(MARGIN).is_ok_and(|soon| soon < h.until);
        (fresh && refused.is_none_or(|r| h.generation > r))
            .then(|| Bearer { token: h.access.clone(), generation: h.generation })
    }

    async fn ask(&self, refused: Option<u64>) -> Result<Bearer, TokenError> {
        let _one = self.one_at_a_time.lock().await;
        if let Some(bearer) = self.usable(refused) {
            return Ok(bearer);
        }
        let mut keys = self.of.keys.clone();
        let secret = self.of.vault.get(&self.of.connection, CLIENT_SECRET).await;
        if let Some((secret, _)) = secret.map_err(|e| TokenError::Broken(e.to_string()))? {
            self.hide("client_secret", &secret);
            keys.client_secret = secret;
        }
        // the company's token tells its data centre, and makes the company known to the application's events
        self.of.company.bearer().await?;
        let base = self.of.company.base_url();
        if base != self.of.configured_base {
            keys.token_url = moved(&keys.token_url, &base);
        }
        for _ in 0..2 {
            let Some(request) = self.of.sign_in.application(&keys) else {
                return Err(TokenError::Broken(format!(
                    "{}: this system gives no tokens to an application",
                    self.of.connection
                )));
            };
            let heard = self.of.net.exchange(request).await;
            match self.of.sign_in.read_application(heard, self.of.clock.now()) {
                SignedIn::Moved(base) => keys.token_url = moved(&keys.token_url, &base),
                SignedIn::Tokens { access, access_until, base_url, .. } => {
                    self.hide("application", &access);
                    return Ok(self.hold(access, access_until, base_url));
                }
                SignedIn::Reauthorise(why) | SignedIn::Stale(why) => {
                    return Err(TokenError::Reauthorise(why));
                }
                SignedIn::Later(why) => return Err(TokenError::Later(why)),
            }
        }
        Err(TokenError::Later("the application was sent from one data centre to another and back".into()))
    }

    fn hold(&self, access: SecretString, until: Timestamp, base_url: Option<String>) -> Bearer {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let generation = held.as_ref().map_or(0, |h| h.generation) + 1;
        *held = Some(Held { access: access.clone(), until, base_url, generation });
        Bearer { token: access, generation }
    }

    /// From now on no log line, error or screen of this process shows it.
    fn hide(&self, what: &str, secret: &SecretString) {
        let secret = SecretString::from(secret.expose_secret());
        redact::live().register(&format!("{}/{what}", self.of.connection), &secret);
    }
}

impl Tokens for ApplicationTokens {
    fn bearer(&self) -> Fut<'_, Result<Bearer, TokenError>> {
        Box::pin(async move {
            match self.usable(None) {
                Some(bearer) => Ok(bearer),
                None => self.ask(None).await,
            }
        })
    }

    fn after_refusal(&self, stale: &Bearer) -> Fut<'_, Result<Bearer, TokenError>> {
        let refused = Some(stale.generation);
        Box::pin(async move {
            match self.usable(refused) {
                Some(bearer) => Ok(bearer),
                None => self.ask(refused).await,
            }
        })
    }

    fn base_url(&self) -> String {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner).clone();
        held.and_then(|h| h.base_url).unwrap_or_else(|| self.of.company.base_url())
    }
}
