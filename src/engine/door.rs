//! A home whose vault is not made yet, or is locked: everything is shown, nothing that needs a secret is done, and the
//! vault is opened later without starting again (reliability.md, F26).

use std::sync::{Arc, PoisonError, RwLock};

use jiff::Timestamp;
use secrecy::SecretString;
use tokio::sync::watch;

use crate::engine::EngineError;
use crate::engine::connect::Accounts;
use crate::engine::house::Opening;
use crate::engine::life::LifeConnector;
use crate::engine::wiring::{Connector, Tuning};
use crate::model::ids::ConnectionId;
use crate::model::people::Actor;
use crate::store::{ConnectionRow, Store};
use crate::systems::{Lists, Push, Source, Subscriptions};
use crate::transport::Fut;
use crate::transport::mailbox::Mailbox;
use crate::transport::pace::PaceHealth;
use crate::vault::{Passphrase, Patience, Places, Vault, VaultError};

pub use crate::vault::{SHORTEST as SHORTEST_PASSPHRASE, Way as VaultWay};

/// A way to a new vault that can be chosen here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WayOffer {
    /// Which.
    pub way: VaultWay,
    /// What people call it.
    pub title: &'static str,
    /// What choosing it means.
    pub help: &'static str,
}

/// Whether the vault of a home is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Door {
    /// Open.
    Open,
    /// There is none yet: one of these ways makes it.
    NotMade(Vec<WayOffer>),
    /// None of the recorded ways opened.
    Locked {
        /// Why, with what to do, as sentences.
        why: String,
        /// A passphrase would open it.
        passphrase: bool,
    },
}

/// What an open vault brings.
struct Opened {
    vault: Arc<Vault<dyn Store>>,
    connector: Arc<LifeConnector>,
    accounts: Arc<Accounts>,
}

enum State {
    NotMade,
    Locked { why: String, passphrase: bool },
    Opened(Opened),
}

/// The vault of a home that was opened without it. It stands in for the clients until then.
pub struct Latch {
    store: Arc<dyn Store>,
    places: Places,
    opening: Opening,
    state: RwLock<State>,
    told: watch::Sender<bool>,
}

impl Latch {
    /// Closed, for the reason that `closed` says.
    pub(crate) fn new(store: Arc<dyn Store>, places: Places, opening: Opening, closed: VaultError) -> Self {
        Self { store, places, opening, state: RwLock::new(state_of(closed)), told: watch::channel(false).0 }
    }

    /// Whether it is open now, and what can be done about it.
    pub fn door(&self) -> Door {
        match &*self.state.read().unwrap_or_else(PoisonError::into_inner) {
            State::NotMade => Door::NotMade(self.offers()),
            State::Locked { why, passphrase } => Door::Locked { why: why.clone(), passphrase: *passphrase },
            State::Opened(_) => Door::Open,
        }
    }

    /// What this process could make a vault with.
    fn offers(&self) -> Vec<WayOffer> {
        let mut all = vec![
            WayOffer {
                way: VaultWay::Keyring,
                title: "this computer's keyring",
                help: "Opens by itself while you are logged in to your desktop. The best choice at a desk.",
            },
            WayOffer {
                way: VaultWay::Passphrase,
                title: "a passphrase",
                help: "You type it whenever tieout starts. Nothing on the disk opens the vault without it; nobody \
                       can recover it.",
            },
            WayOffer {
                way: VaultWay::KeyFile,
                title: "a key file",
                help: "A file in tieout's folder for your user alone. It opens by itself; whoever can read your \
                       files can open the vault.",
            },
        ];
        if self.places.given.credential.is_some() {
            all.push(WayOffer {
                way: VaultWay::Credential,
                title: "the service's credential",
                help: "The key that the service manager handed over at the start.",
            });
        }
        if self.places.given.descriptor.is_some() {
            all.push(WayOffer {
                way: VaultWay::Descriptor,
                title: "the key that was handed over",
                help: "The key on the descriptor that was named with --vault-key-fd.",
            });
        }
        all
    }

    /// The accounts, once the vault is open.
    pub fn accounts(&self) -> Result<Arc<Accounts>, EngineError> {
        self.with(|o| Ok(o.accounts.clone()))
    }

    /// The vault, once it is open.
    pub fn vault(&self) -> Option<Arc<Vault<dyn Store>>> {
        self.with(|o| Ok(o.vault.clone())).ok()
    }

    /// Ends once the vault is open.
    pub async fn opened(&self) {
        let mut told = self.told.subscribe();
        // the sender lives as long as this
        let _open = told.wait_for(|open| *open).await;
    }

    /// Makes the vault; one that somebody else made meanwhile is opened.
    pub async fn make(&self, way: VaultWay, passphrase: Option<SecretString>) -> Result<(), EngineError> {
        let places = self.places(passphrase);
        let (by, now) = (self.opening.actor.clone(), self.opening.clock.now());
        let made = match Vault::create(self.store.clone(), way, &places, by, now).await {
            Err(VaultError::Made) => Vault::unlock(self.store.clone(), &places).await,
            made => made,
        };
        self.take(made)
    }

    /// Tries the recorded ways once more, with a passphrase where a person gave one.
    pub async fn unlock(&self, passphrase: Option<SecretString>) -> Result<(), EngineError> {
        self.take(Vault::unlock(self.store.clone(), &self.places(passphrase)).await)
    }

    /// A person waits: a keyring may take as long as a password needs.
    fn places(&self, passphrase: Option<SecretString>) -> Places {
        let mut places = Places { patience: Patience::Asked, ..self.places.clone() };
        if let Some(passphrase) = passphrase {
            places.given.passphrase = Passphrase::Told(passphrase);
        }
        places
    }

    fn take(&self, opened: Result<Vault<dyn Store>, VaultError>) -> Result<(), EngineError> {
        match opened {
            Ok(vault) => {
                let vault = Arc::new(vault);
                let connector = Arc::new(LifeConnector::new(vault.clone(), &self.opening));
                let accounts = Arc::new(Accounts::new(
                    self.store.clone(),
                    vault.clone(),
                    connector.clone(),
                    self.opening.clock.clone(),
                    self.opening.actor.clone(),
                ));
                let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
                if !matches!(*state, State::Opened(_)) {
                    *state = State::Opened(Opened { vault, connector, accounts });
                }
                drop(state);
                self.told.send_replace(true);
                Ok(())
            }
            Err(VaultError::Store(e)) => Err(e.into()),
            Err(closed) => {
                let said = EngineError::Vault(sentence(&closed));
                // a way that cannot be used leaves things as they were
                if matches!(closed, VaultError::Locked(_)) {
                    let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
                    if !matches!(*state, State::Opened(_)) {
                        *state = state_of(closed);
                    }
                }
                Err(said)
            }
        }
    }

    fn with<T>(&self, use_it: impl FnOnce(&Opened) -> Result<T, EngineError>) -> Result<T, EngineError> {
        match &*self.state.read().unwrap_or_else(PoisonError::into_inner) {
            State::Opened(opened) => use_it(opened),
            State::NotMade => Err(EngineError::Vault(
                "nothing is connected yet: there is no vault for the secrets; n on the connections screen makes it"
                    .into(),
            )),
            State::Locked { why, .. } => Err(EngineError::Vault(why.clone())),
        }
    }
}

/// Why a person's try did not open it: a passphrase that was typed and does not fit says just that.
fn sentence(closed: &VaultError) -> String {
    match closed {
        VaultError::Locked(skipped) => match skipped.iter().find(|s| s.way == VaultWay::Passphrase) {
            Some(passphrase) => passphrase.why.clone(),
            None => closed.to_string(),
        },
        // the screen offers the other ways beside it
        VaultError::Way { way: VaultWay::Passphrase, why } => why.clone(),
        VaultError::Way { way, why } => format!("The {way} cannot be used: {why}."),
        other => other.to_string(),
    }
}

fn state_of(closed: VaultError) -> State {
    match closed {
        VaultError::NotMade => State::NotMade,
        VaultError::Locked(skipped) => {
            let passphrase = skipped.iter().any(|s| s.way == VaultWay::Passphrase);
            let why: Vec<String> = skipped
                .iter()
                .map(|s| match s.way {
                    // it is asked for on the screen itself
                    VaultWay::Passphrase => "Its passphrase opens it.".into(),
                    way => format!("The {way}: {}. To do: {}.", s.why, way.remedy()),
                })
                .collect();
            State::Locked { why: format!("The vault is locked. {}", why.join(" ")), passphrase }
        }
        other => State::Locked { why: other.to_string(), passphrase: false },
    }
}

impl Connector for Latch {
    fn source(&self, row: &ConnectionRow) -> Result<Arc<dyn Source>, EngineError> {
        self.with(|o| o.connector.source(row))
    }

    fn push(&self, row: &ConnectionRow) -> Result<Arc<dyn Push>, EngineError> {
        self.with(|o| o.connector.push(row))
    }

    fn lists(&self, row: &ConnectionRow) -> Result<Arc<dyn Lists>, EngineError> {
        self.with(|o| o.connector.lists(row))
    }

    fn subscriptions(&self, row: &ConnectionRow) -> Result<Arc<dyn Subscriptions>, EngineError> {
        self.with(|o| o.connector.subscriptions(row))
    }

    fn secret(
        &self,
        id: &ConnectionId,
        field: &'static str,
    ) -> Fut<'_, Result<Option<SecretString>, EngineError>> {
        let (id, connector) = (id.clone(), self.with(|o| Ok(o.connector.clone())));
        Box::pin(async move { connector?.secret(&id, field).await })
    }

    fn replace_secret(
        &self,
        id: &ConnectionId,
        field: &'static str,
        before: &'static str,
        secret: SecretString,
        by: Actor,
    ) -> Fut<'_, Result<(), EngineError>> {
        let (id, connector) = (id.clone(), self.with(|o| Ok(o.connector.clone())));
        Box::pin(async move { connector?.replace_secret(&id, field, before, secret, by).await })
    }

    fn mailbox(&self, id: &ConnectionId) -> Option<Arc<Mailbox>> {
        self.with(|o| Ok(o.connector.mailbox(id))).ok().flatten()
    }

    fn tuning(&self, id: &ConnectionId) -> Tuning {
        self.opening.tunings.get(id).cloned().unwrap_or_default()
    }

    fn sign_in_ends(&self, id: &ConnectionId) -> Option<Timestamp> {
        self.with(|o| Ok(o.connector.sign_in_ends(id))).ok().flatten()
    }

    fn breaker_open(&self, id: &ConnectionId) -> bool {
        self.with(|o| Ok(o.connector.breaker_open(id))).unwrap_or(false)
    }

    fn pace(&self, id: &ConnectionId) -> Option<PaceHealth> {
        self.with(|o| Ok(o.connector.pace(id))).ok().flatten()
    }
}
