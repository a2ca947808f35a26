//! Opens a home and runs its engine: the one place that puts store, vault, clients and lock together.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::engine::activity::Recorder;
use crate::engine::connect::Accounts;
use crate::engine::core::Core;
use crate::engine::desk::Desk;
use crate::engine::door::Latch;
use crate::engine::hints::{KEEP_EVERY, Listener, Listening};
use crate::engine::house::{BookSummary, House, OpenError, Opening, RunOptions, Summary};
use crate::engine::poll::{Polled, Polls};
use crate::engine::run::{Engine, Posting};
use crate::engine::tell::plus;
use crate::engine::visit::calls_us;
use crate::engine::wiring::{Connector, Wires};
use crate::engine::{EngineError, Office, What, life, watch};
use crate::model::ids::BookId;
use crate::model::people::Actor;
use crate::model::state::State;
use crate::store::sqlite::{Executor, Options, SqliteStore};
use crate::store::{Health, Store};
use crate::transport::Fut;
use crate::transport::filelock::FileLock;
use crate::vault::{Given, Patience, Places, Vault, VaultError, Way};

/// The default of `--wait`.
const DEFAULT_WAIT: Duration = Duration::from_mins(2);

/// An open home.
pub struct Host {
    desk: Arc<Desk>,
    core: Arc<Core>,
    way: String,
    vault: Option<Arc<Vault<dyn Store>>>,
    /// A vault that was not open when the home was.
    latch: Option<Arc<Latch>>,
    _watch: watch::Watch,
}

/// Opens a home: the store, the vault, the clients (built when they are first used).
pub async fn open(opening: Opening) -> Result<Arc<dyn House>, OpenError> {
    open_with(opening, Given::default(), Patience::Start).await
}

/// The same with keys to the vault that whoever started the program handed over.
pub async fn open_with(
    opening: Opening,
    given: Given,
    patience: Patience,
) -> Result<Arc<dyn House>, OpenError> {
    let store = store(&opening)?;
    let places = Places { patience, given, ..life::places(&opening.paths, &store.instance().await?) };
    let vault = unlock(&store, &places).await.map_err(|e| OpenError::Vault(e.to_string()))?;
    furnish(store, Arc::new(vault), opening).await
}

/// Opens a home for a console: a vault that is not made yet, or is locked, does not keep it from showing what the store
/// holds (F26). [`Office::unlock`] and [`Office::make_vault`] open it later.
pub async fn open_attended(
    opening: Opening,
    given: Given,
    patience: Patience,
) -> Result<Arc<dyn House>, OpenError> {
    let store = store(&opening)?;
    let places = Places { patience, given, ..life::places(&opening.paths, &store.instance().await?) };
    match unlock(&store, &places).await {
        Ok(vault) => furnish(store, Arc::new(vault), opening).await,
        Err(VaultError::Store(e)) => Err(e.into()),
        Err(closed) => {
            let opening = acting(&store, opening).await?;
            let latch = Arc::new(Latch::new(store.clone(), places, copy(&opening), closed));
            let mut host = build(store, latch.clone(), opening, String::new(), None, Some(latch.clone()));
            host.latch = Some(latch);
            Ok(Arc::new(host))
        }
    }
}

fn copy(opening: &Opening) -> Opening {
    Opening {
        paths: opening.paths.clone(),
        tunings: opening.tunings.clone(),
        clock: opening.clock.clone(),
        actor: opening.actor.clone(),
        environment: opening.environment.clone(),
    }
}

/// Single-person mode: whoever sits here acts as that person; `via` keeps who that really was.
async fn acting(store: &Arc<dyn Store>, mut opening: Opening) -> Result<Opening, OpenError> {
    if let Some((name, employee)) = store.instance().await?.single_person {
        opening.actor = Actor { name, employee, via: opening.actor.via, single_person: true };
    }
    Ok(opening)
}

/// Opens a home, and makes the store and the vault where there are none, with this one way to it. A store that was left
/// without a vault gets it now; a vault that somebody else makes at the same moment is opened.
pub async fn open_or_create(opening: Opening, way: Way, given: Given) -> Result<Arc<dyn House>, OpenError> {
    let store = store(&opening)?;
    let places = life::places(&opening.paths, &store.instance().await?);
    let places = Places { patience: Patience::Asked, given, ..places };
    let (by, now) = (opening.actor.clone(), opening.clock.now());
    let vault = match Vault::create(store.clone(), way, &places, by, now).await {
        Err(VaultError::Made) => unlock(&store, &places).await,
        made => made,
    };
    furnish(store, Arc::new(vault.map_err(|e| OpenError::Vault(e.to_string()))?), opening).await
}

async fn unlock(store: &Arc<dyn Store>, places: &Places) -> Result<Vault<dyn Store>, VaultError> {
    let vault = Vault::unlock(store.clone(), places).await?;
    for skipped in vault.skipped() {
        tracing::warn!(way = %skipped.way, why = skipped.why, "a way to the vault did not open");
    }
    Ok(vault)
}

/// Whether the store has no way to a vault yet: it was begun, and whoever names a way completes it.
pub async fn lacks_vault(opening: &Opening) -> bool {
    match store(opening) {
        Ok(store) => store.wraps().await.is_ok_and(|ways| ways.is_empty()),
        Err(_) => false,
    }
}

fn store(opening: &Opening) -> Result<Arc<dyn Store>, OpenError> {
    let options = Options { executor: Executor::Thread, instance_kind: "real", now: opening.clock.now() };
    Ok(Arc::new(SqliteStore::open(&opening.paths.database, options)?))
}

async fn furnish(
    store: Arc<dyn Store>,
    vault: Arc<Vault<dyn Store>>,
    opening: Opening,
) -> Result<Arc<dyn House>, OpenError> {
    let way = vault.way().name().to_string();
    let connector = Arc::new(life::LifeConnector::new(vault.clone(), &opening));
    let opening = acting(&store, opening).await?;
    let accounts = Accounts::new(
        store.clone(),
        vault.clone(),
        connector.clone(),
        opening.clock.clone(),
        opening.actor.clone(),
    );
    let mut host = build(store, connector, opening, way, Some(Arc::new(accounts)), None);
    host.vault = Some(vault);
    Ok(Arc::new(host))
}

/// An open home over any store and connector: what tests and simulation use.
pub fn assemble(store: Arc<dyn Store>, connector: Arc<dyn Connector>, opening: Opening, way: String) -> Host {
    build(store, connector, opening, way, None, None)
}

fn build(
    store: Arc<dyn Store>,
    connector: Arc<dyn Connector>,
    opening: Opening,
    way: String,
    accounts: Option<Arc<Accounts>>,
    latch: Option<Arc<Latch>>,
) -> Host {
    let core = Core::new(store, opening.clock.clone(), Wires::new(connector));
    core.ledgering.anchor_beside(&opening.paths.database);
    let watch = watch::Watch::start(&core, &opening.paths.database);
    let desk = Arc::new(Desk {
        core: core.clone(),
        actor: opening.actor,
        environment: opening.environment,
        engine_lock: opening.paths.engine_lock,
        accounts,
        latch,
    });
    Host { desk, core, way, vault: None, latch: None, _watch: watch }
}

impl Host {
    /// The shared parts, for the seeding of demo homes and for tests.
    pub fn core(&self) -> &Arc<Core> {
        &self.core
    }

    async fn take(&self, patience: Duration) -> Result<FileLock, OpenError> {
        let lock = FileLock::acquire_within(&self.desk.engine_lock, patience).await;
        lock.map_err(|e| OpenError::Other(format!("the engine lock cannot be taken: {e}")))?.ok_or_else(
            || {
                let who = self.engine_holder().unwrap_or_else(|| "another process".into());
                OpenError::Held(format!(
                    "{who} holds the engine of this home; it did not become free within {} s",
                    patience.as_secs()
                ))
            },
        )
    }

    async fn once(&self, options: &RunOptions, patience: Duration) -> Result<Summary, OpenError> {
        let _lock = self.take(patience).await?;
        let engine =
            Engine::start(self.core.clone(), format!("{}", std::process::id())).await.map_err(open_error)?;
        self.core.forget_listeners().await?;
        let recorder = Recorder::start(&self.core, &self.desk.actor).await;
        let visits = engine.hold_visits(false).await.map_err(open_error)?;
        // a ledger that calls us can come during this run only if somebody listens
        let listening =
            if self.is_called(&options.books).await? { Some(Listening::start(&self.core)) } else { None };
        let wait = options.wait.unwrap_or(DEFAULT_WAIT);
        let until = plus(self.core.now(), wait);
        let mut remains = loop {
            let fetched = engine.fetch(&options.books).await.map_err(open_error)?;
            let mut remains = engine.settle(&options.books, wait).await.map_err(open_error)?;
            remains.extend(fetched.remains);
            // a list that a passing fault kept from us is read again; what needs a person is not waited for
            match fetched.next {
                Some(at) if at <= until && self.passing().await? => engine.sleep_until(at).await,
                _ => break remains,
            }
        };
        engine.serve_requests().await.map_err(open_error)?;
        // those that are being answered hear the end of their visit before nobody listens any more
        visits.end().await;
        if let Some(listening) = listening {
            listening.end().await;
        }
        recorder.end().await;
        remains.sort();
        remains.dedup();
        self.summary(&options.books, &engine, remains).await
    }

    /// Whether a book of the run has a ledger that calls us.
    async fn is_called(&self, only: &[BookId]) -> Result<bool, OpenError> {
        let books = self.core.store.books().await?;
        let rows = self.core.store.connections().await?;
        let served = |b: &&crate::model::book::Book| !b.paused && (only.is_empty() || only.contains(&b.id));
        Ok(books.iter().filter(served).any(|b| rows.iter().any(|r| r.id == b.ledger && calls_us(r))))
    }

    /// No connection needs a person: what failed may work again by itself.
    async fn passing(&self) -> Result<bool, OpenError> {
        let rows = self.core.store.connections().await?;
        Ok(!rows.iter().any(|c| c.health.needs_person() || c.health == Health::Paused))
    }

    async fn until(&self, options: &RunOptions, stop: CancellationToken) -> Result<Summary, OpenError> {
        // stand by until the engine is free: the kernel frees it at any death of the holder
        let lock = tokio::select! {
            biased;
            () = stop.cancelled() => return Ok(Summary::default()),
            lock = FileLock::acquire(&self.desk.engine_lock) => lock,
        };
        let _lock = lock.map_err(|e| OpenError::Other(format!("the engine lock cannot be taken: {e}")))?;
        let engine =
            Engine::start(self.core.clone(), format!("{}", std::process::id())).await.map_err(open_error)?;
        let mut polls = Polls::new(u64::from(std::process::id()));
        let mut keep_at = self.core.now();
        self.core.forget_listeners().await?;
        let recorder = Recorder::start(&self.core, &self.desk.actor).await;
        let visits = engine.hold_visits(options.attended).await.map_err(open_error)?;
        // whoever holds the engine listens, and nobody else
        let listening = Listening::start(&self.core);
        loop {
            if stop.is_cancelled() {
                break;
            }
            engine.serve_requests().await.map_err(open_error)?;
            // a clock that was set back puts nothing off (F40)
            keep_at = keep_at.min(plus(self.core.now(), KEEP_EVERY));
            // read each time: `books edit` changes the schedule of a running engine
            let polled = Polled::of(&self.core.store.books().await?, &options.books);
            let due = polls.due(&polled, Instant::now());
            if !due.is_empty() {
                engine.fetch_among(&options.books, &|id| due.contains(id)).await.map_err(open_error)?;
                polls.was_read(&due, Instant::now());
            }
            for (id, left) in polls.appointments(&polled, Instant::now()) {
                self.core.scheduled(&id, plus(self.core.now(), left));
            }
            engine.follow(&options.books).await.map_err(open_error)?;
            if self.core.now() >= keep_at {
                engine.keep_events().await.map_err(open_error)?;
                keep_at = plus(self.core.now(), KEEP_EVERY);
            }
            let mut changed = self.core.changed.subscribe();
            let posting = if options.attended { Posting::OnRequest } else { Posting::Unattended };
            let pass = engine.work(&options.books, posting).await.map_err(open_error)?;
            if pass.moved {
                continue;
            }
            let poll_at = polls.wait(&polled, Instant::now()).map(|left| plus(self.core.now(), left));
            let next = [pass.next, pass.glance, self.core.hints.due(), poll_at]
                .into_iter()
                .flatten()
                .fold(keep_at, Ord::min);
            tokio::select! {
                () = stop.cancelled() => break,
                () = engine.sleep_until(next) => {}
                _ = changed.changed() => {}
            }
        }
        visits.end().await;
        listening.end().await;
        recorder.end().await;
        self.summary(&options.books, &engine, Vec::new()).await
    }

    async fn summary(
        &self,
        only: &[BookId],
        engine: &Engine,
        remains: Vec<String>,
    ) -> Result<Summary, OpenError> {
        let store = &self.core.store;
        let tally = engine.tally();
        let mut out = Summary { remains, ..Summary::default() };
        for book in store.books().await? {
            if !only.is_empty() && !only.contains(&book.id) {
                continue;
            }
            let mut by_state: std::collections::BTreeMap<State, u64> = std::collections::BTreeMap::new();
            for t in store.totals(Some(book.id.clone())).await? {
                *by_state.entry(t.state).or_default() += t.count;
            }
            let did = tally.get(&book.id).copied().unwrap_or_default();
            out.books.push(BookSummary {
                attention: store.attention(Some(book.id.clone()), self.core.now(), 10_000).await?,
                book: book.id,
                fetched: did.fetched,
                posted: did.posted,
                confirmed: did.confirmed,
                by_state: by_state.into_iter().filter(|(_, n)| *n > 0).collect(),
            });
        }
        for b in store.control_breaks(None, true).await? {
            out.breaks.push((b.book, b.id, b.text));
        }
        for c in store.connections().await? {
            if matches!(c.health, Health::Reauthorise | Health::WrongCompany) {
                out.connections.push((c.id, c.health.name().into(), c.health_reason));
            }
        }
        Ok(out)
    }
}

/// An engine error that ends a run.
pub(crate) fn open_error(e: EngineError) -> OpenError {
    match e {
        EngineError::Store(s) => OpenError::Store(s),
        EngineError::Vault(v) => OpenError::Vault(v),
        EngineError::Held(h) => OpenError::Held(h),
        other => OpenError::Other(other.to_string()),
    }
}

impl House for Host {
    fn office(&self) -> Arc<dyn Office> {
        self.desk.clone()
    }

    fn run_once(&self, options: RunOptions, patience: Duration) -> Fut<'_, Result<Summary, OpenError>> {
        Box::pin(async move { self.once(&options, patience).await })
    }

    fn run_until(&self, options: RunOptions, stop: CancellationToken) -> Fut<'_, Result<Summary, OpenError>> {
        Box::pin(async move {
            let ended = self.until(&options, stop).await;
            if let Err(e) = &ended {
                // whoever watches must not take silence for work
                self.core.tell(What::Alarm, None, None, format!("the engine stopped: {e}"));
            }
            self.core.tell(What::Stopped, None, None, "engine given back".into());
            ended
        })
    }

    fn attach(&self, listener: Arc<dyn Listener>) {
        // a second one would listen on the same addresses
        drop(self.core.listener.set(listener));
    }

    fn vault_way(&self) -> String {
        self.way.clone()
    }

    fn vault_skipped(&self) -> Vec<String> {
        self.vault.iter().flat_map(|v| v.skipped()).map(crate::vault::Skipped::advice).collect()
    }

    fn vault(&self) -> Option<Arc<Vault<dyn Store>>> {
        self.vault.clone().or_else(|| self.latch.as_ref().and_then(|l| l.vault()))
    }

    fn unlocked(&self) -> Fut<'_, ()> {
        Box::pin(async move {
            if let Some(latch) = &self.latch {
                latch.opened().await;
            }
        })
    }

    fn engine_holder(&self) -> Option<String> {
        let held = matches!(FileLock::try_acquire(&self.desk.engine_lock), Ok(None));
        held.then(|| {
            FileLock::holder(&self.desk.engine_lock)
                .map_or_else(|| "unknown".into(), |p| format!("process {p}"))
        })
    }
}
