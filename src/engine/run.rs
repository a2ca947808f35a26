//! The engine at work: one pass over the books, and the loop that repeats it when something is due.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

use crate::engine::core::Core;
use crate::engine::lookup::Early;
use crate::engine::tell::plus;
use crate::engine::visit::{Hold, Holding, calls_us};
use crate::engine::{EngineError, Progress, What};
use crate::model::State;
use crate::model::book::Book;
use crate::model::ids::{BookId, ConnectionId, DocumentId};
use crate::store::{ConnectionRow, Doing, Health};

/// The rest after a lost call of which nothing is found.
const REST: Duration = Duration::from_secs(2);
/// While somebody may come for whom something waits, a run that ends by itself looks again this often at least.
const MEANWHILE: Duration = Duration::from_secs(1);

/// What people call a system.
pub(crate) fn title(system: &str) -> &str {
    crate::systems::registry::named(system).map_or(system, |e| e.title)
}

/// The engine, held by one process of a store at a time.
pub struct Engine {
    pub(crate) core: Arc<Core>,
    epoch: u64,
    pub(crate) early: Early,
    backoff: Mutex<BTreeMap<ConnectionId, (u32, Timestamp)>>,
    /// Ledgers of which the last call was lost: nothing is sent before a look-up, nor until this instant after one that
    /// found nothing.
    doubted: Mutex<BTreeMap<ConnectionId, Option<Timestamp>>>,
    tally: Mutex<BTreeMap<BookId, Tally>>,
}

/// Who lets documents go out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Posting<'a> {
    /// A person sits before it: nothing is approved by policy and nothing is posted until it is asked for.
    OnRequest,
    /// `--auto`: policy approves, and what is approved is posted.
    Unattended,
    /// A person asked for these (none named: all that is approved).
    These(&'a [DocumentId]),
}

/// What this run did for a book.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// New documents and revisions.
    pub fetched: u64,
    /// Records made or found.
    pub posted: u64,
    /// Documents confirmed.
    pub confirmed: u64,
}

/// What a pass did and when the next is due.
#[derive(Debug, Clone, Default)]
pub struct Pass {
    /// Something moved: look again at once.
    pub moved: bool,
    /// When something falls due.
    pub next: Option<Timestamp>,
    /// When a further look is worth it although nothing waits for it: a run that ends by itself does not stay for it.
    pub glance: Option<Timestamp>,
    /// A ledger that calls us, and for which something waits, may come at any moment.
    pub may_come: bool,
    /// A person asked posting to stop.
    pub stopped: bool,
    /// Sentences about what remains.
    pub remains: Vec<String>,
}

impl Pass {
    fn due(&mut self, at: Timestamp) {
        self.next = Some(self.next.map_or(at, |n| n.min(at)));
    }
}

impl Engine {
    /// Takes over: the fencing token rises, and calls whose outcome was never recorded become doubts.
    pub async fn start(core: Arc<Core>, holder: String) -> Result<Self, EngineError> {
        let now = core.now();
        let epoch = core.store.raise_epoch(holder, now).await?;
        core.forget_facts();
        let doubts = core.store.recover(now).await?;
        core.stop.store(false, Ordering::Release);
        let text = if doubts > 0 {
            format!("the engine works in this process now; {doubts} records in doubt are looked up first")
        } else {
            "the engine works in this process now".into()
        };
        core.tell(What::Started, None, None, text);
        Ok(Self {
            core,
            epoch,
            early: Early::default(),
            backoff: Mutex::default(),
            doubted: Mutex::default(),
            tally: Mutex::default(),
        })
    }

    /// What this run did, by book.
    pub fn tally(&self) -> BTreeMap<BookId, Tally> {
        let mut tally = self.tally.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for (book, made) in self.core.visiting.made() {
            tally.entry(book).or_default().posted += made;
        }
        tally
    }

    /// Visits of ledgers that call us may do something as long as the answer lives.
    pub(crate) async fn hold_visits(&self, attended: bool) -> Result<Holding, EngineError> {
        Ok(self.core.hold_visits(Hold { epoch: self.epoch, attended }).await?)
    }

    async fn books(&self, only: &[BookId]) -> Result<Vec<Book>, EngineError> {
        let books = self.core.store.books().await?;
        Ok(books.into_iter().filter(|b| !b.paused && (only.is_empty() || only.contains(&b.id))).collect())
    }

    /// Reads ledgers and sources of the books. A connection's trouble is its own: the others go on.
    pub async fn fetch(&self, only: &[BookId]) -> Result<Pass, EngineError> {
        self.fetch_among(only, &|_| true).await
    }

    /// The same for some of their connections.
    pub(crate) async fn fetch_among(
        &self,
        only: &[BookId],
        among: &(dyn Fn(&ConnectionId) -> bool + Sync),
    ) -> Result<Pass, EngineError> {
        let mut pass = Pass::default();
        let started = self.core.now();
        let books = self.books(only).await?;
        let ledgers: BTreeSet<_> = books.iter().map(|b| b.ledger.clone()).filter(|c| among(c)).collect();
        for id in ledgers {
            let row = self.core.connection(&id).await?;
            if calls_us(&row) {
                // it is read when it comes
                continue;
            }
            let _busy = self.core.doing(&id, Doing::ReadLedger);
            match self.core.read_ledger(&row).await {
                Ok(true) => {
                    for b in books.iter().filter(|b| b.ledger == id) {
                        pass.moved |= !self.core.derive_due(Some(&b.id), true).await?.is_empty();
                    }
                }
                Ok(false) => {}
                Err(e) => {
                    self.trouble(&id, e, &mut pass)?;
                    continue;
                }
            }
            // without a payment to tell this makes no call
            match self.core.read_payments(&row, &books).await {
                Ok(n) => pass.moved |= n > 0,
                Err(e) => self.trouble(&id, e, &mut pass)?,
            }
        }
        let sources: BTreeSet<_> = books.iter().map(|b| b.source.clone()).filter(|c| among(c)).collect();
        for id in sources {
            let row = self.core.connection(&id).await?;
            let _busy = self.core.doing(&id, Doing::Fetch);
            match self.core.fetch(&row).await {
                Ok(f) => {
                    pass.moved |= f.new + f.revised > 0;
                    if let Some(b) = books.iter().find(|b| b.source == id) {
                        self.count(&b.id, |t| t.fetched += f.new + f.revised);
                    }
                }
                Err(e) => self.trouble(&id, e, &mut pass)?,
            }
        }
        self.core.end_run("fetch", started).await?;
        self.core.touch();
        Ok(pass)
    }

    /// Everything that can be done without reading the sources again.
    pub async fn work(&self, only: &[BookId], posting: Posting<'_>) -> Result<Pass, EngineError> {
        let mut pass = Pass::default();
        let started = self.core.now();
        pass.moved |= !self.core.derive_due(None, false).await?.is_empty();
        let books = self.books(only).await?;
        if posting == Posting::Unattended {
            for b in &books {
                pass.moved |= self.core.approve_by_policy(b).await? > 0;
            }
        }
        let sources: BTreeSet<_> = books.iter().map(|b| b.source.clone()).collect();
        for id in &sources {
            let row = self.core.connection(id).await?;
            if wrong_company(&row, &mut pass) {
                continue;
            }
            let _busy = self.core.doing(id, Doing::Acknowledge);
            match self.core.acknowledge(&row).await {
                Ok(n) => pass.moved |= n > 0,
                Err(e) => self.trouble(id, e, &mut pass)?,
            }
        }
        let ledgers: BTreeSet<_> = books.iter().map(|b| b.ledger.clone()).collect();
        for id in &ledgers {
            let row = self.core.connection(id).await?;
            if wrong_company(&row, &mut pass) {
                continue;
            }
            if calls_us(&row) {
                self.core.await_visit(&row, posting, &mut pass).await?;
            } else {
                self.serve_ledger(&row, posting, &mut pass).await?;
            }
        }
        for id in &sources {
            let row = self.core.connection(id).await?;
            if wrong_company(&row, &mut pass) {
                continue;
            }
            let busy = self.core.doing(id, Doing::Confirm);
            match self.core.confirm(&row).await {
                Ok(told) => {
                    pass.moved |= told.sent > 0;
                    for (book, n) in told.confirmed {
                        self.count(&book, |t| t.confirmed += n);
                    }
                }
                Err(e) => self.trouble(id, e, &mut pass)?,
            }
            drop(busy);
            let _busy = self.core.doing(id, Doing::Papers);
            self.papers(&row, &mut pass).await?;
        }
        // what is overdue was just tried, or waits for a book that this run does not serve: it wakes nobody
        if let Some(at) = self.core.store.next_due().await?.filter(|at| *at > self.core.now()) {
            pass.due(at);
        }
        if let Some(at) = self.core.papers_due().await?.filter(|at| *at > self.core.now()) {
            pass.due(at);
        }
        if pass.moved {
            self.core.end_run("post", started).await?;
            self.core.touch();
        }
        Ok(pass)
    }

    /// Payment state and receipts come last: no posting waits for them.
    async fn papers(&self, row: &ConnectionRow, pass: &mut Pass) -> Result<(), EngineError> {
        match self.core.tell_payments(row).await {
            Ok(n) => pass.moved |= n > 0,
            Err(e) => self.trouble(&row.id, e, pass)?,
        }
        let run = self.core.attach_receipts(row).await?;
        pass.moved |= run.attached > 0 || run.more;
        if let Some(why) = run.paused {
            pass.remains.push(format!("receipts wait: {why}"));
        }
        Ok(())
    }

    async fn serve_ledger(
        &self,
        row: &ConnectionRow,
        posting: Posting<'_>,
        pass: &mut Pass,
    ) -> Result<(), EngineError> {
        // doubts too wait until the connection is tried again: a look-up that failed is not repeated at once
        if let Some(at) = self.backing_off(&row.id) {
            pass.due(at);
            return Ok(());
        }
        let busy = self.core.doing(&row.id, Doing::LookUp);
        let looked = self.core.look_up(row, &self.early, false).await;
        drop(busy);
        match looked {
            Ok(run) => {
                pass.moved |= run.found + run.absent + run.different > 0;
                self.posted(row, run.found).await?;
                if let Some(at) = run.next {
                    pass.due(at);
                }
                if let Some(at) = self.rests(&row.id, run.found + run.absent > 0) {
                    // nothing of the lost call is there yet: look-ups go on, but nothing else is sent for a moment
                    pass.due(at);
                    return Ok(());
                }
            }
            // a look-up that failed proves nothing, and nothing is sent while this is not settled
            Err(e) => return self.trouble(&row.id, e, pass),
        }
        if let Some(why) = self.core.posting_pause(&row.id) {
            pass.remains.push(format!("{} is paused: {why}", row.id));
            return Ok(());
        }
        if self.core.stopping() {
            pass.stopped = posting != Posting::OnRequest;
            return Ok(());
        }
        let documents = match posting {
            Posting::OnRequest => return Ok(()),
            Posting::Unattended => &[],
            Posting::These(documents) => documents,
        };
        let waiting = self.core.store.postable(row.id.clone(), documents.to_vec(), 1).await?;
        if waiting.is_empty() {
            return Ok(());
        }
        if self.had_trouble(&row.id) {
            // a half-open breaker lets one harmless read through; a write is never the probe
            let push = self.core.wires.push(row)?;
            if let Err(e) = self.core.heard(row, push.company().await).await {
                return self.trouble(&row.id, e, pass);
            }
        }
        let of = self.waiting(row, documents).await?;
        self.core.progress.send_replace(Progress {
            what: format!("Posting to {}", title(&row.system)),
            of,
            running: true,
            ..Progress::default()
        });
        let busy = self.core.doing(&row.id, Doing::Post);
        let run = self.core.post(row, documents, self.epoch).await;
        drop(busy);
        self.core.progress.send_modify(|p| p.running = false);
        let run = run?;
        self.posted(row, run.made).await?;
        pass.moved |= run.calls + run.held > 0;
        if run.stopped {
            pass.stopped = true;
            pass.moved = false;
            pass.remains.push("posting was stopped by a person; what is approved waits".into());
        } else if let Some(why) = &run.paused {
            // after any trouble the connection rests; a doubt is looked up meanwhile
            if run.made > 0 {
                // calls went through before: this trouble is the first of its kind
                self.calm(&row.id);
            }
            if run.doubts > 0 {
                // a doubt is looked up at once: that is a read, and tells whether the connection works
                self.doubted.lock().unwrap_or_else(PoisonError::into_inner).insert(row.id.clone(), None);
            } else {
                pass.remains.push(format!("{}: {why}", row.id));
                let until = self.back_off(&row.id);
                self.core.rests(&row.id, until, why.clone());
                pass.due(until);
            }
            pass.moved = run.made + run.doubts > 0;
        } else {
            self.calm(&row.id);
        }
        Ok(())
    }

    /// How many documents wait to go out: those that were asked for, or all that are approved.
    async fn waiting(&self, row: &ConnectionRow, documents: &[DocumentId]) -> Result<u64, EngineError> {
        if !documents.is_empty() {
            return Ok(documents.len() as u64);
        }
        let mut sum = 0;
        for book in self.core.books_of(&row.id).await? {
            let totals = self.core.store.totals(Some(book)).await?;
            let out = totals.iter().filter(|t| matches!(t.state, State::Approved | State::Posting));
            sum += out.map(|t| t.count).sum::<u64>();
        }
        Ok(sum)
    }

    async fn posted(&self, row: &ConnectionRow, n: u64) -> Result<(), EngineError> {
        if n > 0
            && let Some(b) = self.core.books_of(&row.id).await?.first()
        {
            self.count(b, |t| t.posted += n);
        }
        Ok(())
    }

    fn count(&self, book: &BookId, with: impl FnOnce(&mut Tally)) {
        with(self.tally.lock().unwrap_or_else(PoisonError::into_inner).entry(book.clone()).or_default());
    }

    /// A connection's trouble moves no document and stops no other connection; the store's trouble ends everything.
    fn trouble(&self, id: &ConnectionId, error: EngineError, pass: &mut Pass) -> Result<(), EngineError> {
        match error {
            EngineError::System { error, .. } => {
                let until = self.back_off(id);
                self.core.rests(id, until, error.to_string());
                pass.due(until);
                pass.remains.push(format!("{id}: {error}"));
                Ok(())
            }
            other => Err(other),
        }
    }

    /// Equal jitter: half of a base that doubles from 2 s to 15 min, and as much again by chance (reliability.md, 5).
    fn back_off(&self, id: &ConnectionId) -> Timestamp {
        let now = self.core.now();
        let mut held = self.backoff.lock().unwrap_or_else(PoisonError::into_inner);
        let (n, until) = held.entry(id.clone()).or_insert((0, now));
        if *until <= now {
            *n += 1;
            let half = 2_u64.saturating_pow((*n).min(10)).min(900).saturating_mul(500);
            let seed = self.epoch.wrapping_mul(31).wrapping_add(u64::from(*n));
            let chance = fastrand::Rng::with_seed(seed).u64(0..=half);
            *until = plus(now, Duration::from_millis(half + chance));
        }
        *until
    }

    fn backing_off(&self, id: &ConnectionId) -> Option<Timestamp> {
        let now = self.core.now();
        let held = self.backoff.lock().unwrap_or_else(PoisonError::into_inner);
        held.get(id).map(|(_, until)| *until).filter(|until| *until > now)
    }

    /// Until when nothing is sent after a lost call; `known`: the look-up shows what became of it.
    fn rests(&self, id: &ConnectionId, known: bool) -> Option<Timestamp> {
        let now = self.core.now();
        let mut held = self.doubted.lock().unwrap_or_else(PoisonError::into_inner);
        let until = held.get(id).copied()?.unwrap_or_else(|| plus(now, REST));
        if known || until <= now {
            held.remove(id);
            return None;
        }
        held.insert(id.clone(), Some(until));
        Some(until)
    }

    fn had_trouble(&self, id: &ConnectionId) -> bool {
        self.backoff.lock().unwrap_or_else(PoisonError::into_inner).contains_key(id)
    }

    fn calm(&self, id: &ConnectionId) {
        self.backoff.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
    }

    /// Works until nothing can be done now and nothing falls due within `wait`. What remains is named.
    pub async fn settle(&self, only: &[BookId], wait: Duration) -> Result<Vec<String>, EngineError> {
        // by both clocks: one that stands still, or jumps, holds nobody up
        let (until, started) = (plus(self.core.now(), wait), tokio::time::Instant::now());
        loop {
            let pass = self.work(only, Posting::Unattended).await?;
            if pass.stopped {
                return Ok(pass.remains);
            }
            if pass.moved {
                continue;
            }
            let now = self.core.now();
            if pass.may_come && now < until && started.elapsed() < wait {
                let again = until.min(plus(now, MEANWHILE));
                self.sleep_until(pass.next.map_or(again, |at| at.min(again))).await;
                continue;
            }
            match pass.next {
                Some(at) if at <= plus(now, wait) => self.sleep_until(at).await,
                Some(at) => {
                    let later = format!("the next thing falls due at {at}, after this run's waiting time");
                    return Ok(pass.remains.into_iter().chain([later]).collect());
                }
                None => return Ok(pass.remains),
            }
        }
    }

    /// Sleeps until the business clock shows `at`.
    pub(crate) async fn sleep_until(&self, at: Timestamp) {
        let left = at.duration_since(self.core.now());
        let left = Duration::try_from(left).unwrap_or_default().max(Duration::from_millis(10));
        tokio::select! {
            () = tokio::time::sleep(left) => {}
            () = self.core.wake.notified() => {}
        }
    }
}

/// Where another company answered, nothing is told, posted or looked up until the right one was read again: what
/// is absent there proves nothing.
fn wrong_company(row: &ConnectionRow, pass: &mut Pass) -> bool {
    let wrong = row.health == Health::WrongCompany;
    if wrong {
        pass.remains.push(format!("{}: {}", row.id, row.health_reason));
    }
    wrong
}
