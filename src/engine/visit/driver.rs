//! Drives one visit through its work, in the order of the contract (9.4): doubts, lists that are due, readings that were
//! wanted, postings one by one, and at last what the ledger remembers of the last one is cleared.
//!
//! It sends nothing once its visit or this process's hold on the engine is over, and nothing is written while the outcome
//! of an earlier write is unknown (contract 6.2, step 4).

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::civil::Date;

use crate::engine::core::Core;
use crate::engine::lookup::Early;
use crate::engine::post::PostRun;
use crate::engine::reconcile::gather::records_of;
use crate::engine::run::title;
use crate::engine::visit::file::{later, was_restored};
use crate::engine::visit::notes::caller;
use crate::engine::visit::state::Hold;
use crate::engine::visit::waiting::{LISTS, waits};
use crate::engine::{EngineError, Progress, What};
use crate::model::ids::DocumentId;
use crate::store::{ConnectionRow, Doing, Health};
use crate::systems::{CallError, Push, ReadingAsk};
use crate::transport::mailbox::Mailbox;

/// How often doubts are looked up and sent again within one visit before it ends.
const MOST_TRIES: u32 = 3;

/// One visit being driven.
pub(super) struct Drive {
    core: Arc<Core>,
    row: ConnectionRow,
    visit: u64,
    hold: Hold,
    mailbox: Arc<Mailbox>,
    push: Arc<dyn Push>,
    close_date: Option<Date>,
    /// What the ledger told at the beginning is another thing than what was read last.
    changed: bool,
    /// The lists were read in this visit.
    read: bool,
    /// Payments were read in this visit.
    paid: bool,
    /// When a backup was restored last was asked in this visit.
    asked_restored: bool,
    /// Readings that were tried in this visit.
    tried: BTreeSet<String>,
    /// Documents that are left alone until the next visit.
    skip: BTreeSet<DocumentId>,
}

/// What a step of the work came to.
enum Step {
    /// There was nothing to do.
    Nothing,
    /// Something was done: look at everything again.
    Moved,
    /// The visit ends, for this reason.
    Stop(String),
}

impl Drive {
    pub(super) fn new(
        core: Arc<Core>,
        row: ConnectionRow,
        visit: u64,
        hold: Hold,
        mailbox: Arc<Mailbox>,
        push: Arc<dyn Push>,
        close_date: Option<Date>,
    ) -> Self {
        Self {
            core,
            row,
            visit,
            hold,
            mailbox,
            push,
            close_date,
            changed: false,
            read: false,
            paid: false,
            asked_restored: false,
            tried: BTreeSet::new(),
            skip: BTreeSet::new(),
        }
    }

    /// Works until nothing is left or the visit is over.
    pub(super) async fn run(mut self) {
        let ended = self.all().await;
        let why = match ended {
            Ok(None) => None,
            Ok(Some(why)) => Some(why),
            Err(EngineError::System { error, .. }) => Some(error.to_string()),
            Err(e) => {
                let text = format!("{}: the update stopped: {e}", self.row.id);
                self.core.tell(What::Alarm, None, None, text);
                Some(format!("tieout could not go on: {e}"))
            }
        };
        if let Some(why) = why {
            // a visitor that went away needs no reason, and its going is none
            if self.here() {
                self.note(&why).await;
            }
            self.core.visiting.stop(&self.row.id, self.visit, &why);
        }
        let (posted, attention) = self.core.visiting.counts(&self.row.id, self.visit);
        if posted + attention > 0 {
            let text = format!("{} came: {posted} posted, {attention} need attention", caller(&self.row));
            self.core.tell(What::Connection, None, None, text);
        }
        self.mailbox.finish(self.visit);
        self.core.touch();
        self.core.wake.notify_one();
    }

    async fn note(&self, why: &str) {
        let noted = async {
            let mut note = self.core.visit_note(&self.row.id).await?;
            note.trouble = why.to_string();
            let now = self.core.now();
            note.trouble_since.get_or_insert(now);
            self.core.store.put_visit(self.row.id.clone(), note, now).await
        };
        if let Err(error) = noted.await {
            tracing::error!(connection = %self.row.id, %error, "why a visit ended was not kept");
        }
    }

    fn here(&self) -> bool {
        self.mailbox.visit() == Some(self.visit)
    }

    /// The visit and the hold are the ones that this began with.
    fn goes_on(&self) -> bool {
        self.here() && self.core.visiting.hold() == Some(self.hold)
    }

    async fn all(&mut self) -> Result<Option<String>, EngineError> {
        self.closing_date().await?;
        self.remembered().await?;
        loop {
            if !self.goes_on() {
                return Ok(Some("the update ended before everything was done".into()));
            }
            if let Some(why) = self.restored().await? {
                return Ok(Some(why));
            }
            match self.doubts().await? {
                Step::Stop(why) => return Ok(Some(why)),
                Step::Moved => continue,
                Step::Nothing => {}
            }
            if self.lists().await? || self.wanted().await? {
                continue;
            }
            match self.postings().await? {
                Step::Stop(why) => return Ok(Some(why)),
                Step::Moved => continue,
                Step::Nothing => {}
            }
            self.payments().await?;
            // what came up while the last set was cleared goes along, too
            if !self.wind_up().await? {
                return Ok(None);
            }
        }
    }

    /// Asked once, before the first write of a visit: whether the company was restored from a backup since the last time.
    /// Nothing is written then until a person has looked.
    async fn restored(&mut self) -> Result<Option<String>, EngineError> {
        if self.asked_restored
            || (self.core.store.unsettled(self.row.id.clone()).await?.is_empty()
                && self.core.may_go_out(&self.row, self.hold, &self.skip).await?.is_none())
        {
            return Ok(None);
        }
        let told = self.core.heard(&self.row, self.push.restored().await).await?.unwrap_or_default();
        self.asked_restored = true;
        let mut note = self.core.visit_note(&self.row.id).await?;
        if let Some(noted) = &note.restored {
            if !later(&told, noted) {
                return Ok(None);
            }
            let why = was_restored(&self.row, &told);
            note.other_restored = Some(told);
            self.core.store.put_visit(self.row.id.clone(), note, self.core.now()).await?;
            self.core.note_trouble(&self.row, &why, Health::Paused).await?;
            return Ok(Some(why));
        }
        note.restored = Some(told);
        self.core.store.put_visit(self.row.id.clone(), note, self.core.now()).await?;
        Ok(None)
    }

    /// A closing date that moved is believed at once: what is dated on or before it is held, and not sent.
    async fn closing_date(&mut self) -> Result<(), EngineError> {
        let Some(facts) = self.core.facts(&self.row.id).await? else { return Ok(()) };
        if facts.company.close_date == self.close_date {
            return Ok(());
        }
        let mut facts = (*facts).clone();
        facts.company.close_date = self.close_date;
        self.core.keep_facts(&self.row, facts).await?;
        self.changed = true;
        self.derive().await
    }

    async fn derive(&self) -> Result<(), EngineError> {
        for book in self.core.books_of(&self.row.id).await? {
            self.core.derive_due(Some(&book), true).await?;
        }
        self.core.touch();
        Ok(())
    }

    /// The last call whose outcomes are all recorded may be cleared with the next one; any other must not be.
    async fn remembered(&self) -> Result<(), EngineError> {
        self.push.recorded(self.uncleared().await?);
        Ok(())
    }

    async fn uncleared(&self) -> Result<Option<String>, EngineError> {
        let note = self.core.visit_note(&self.row.id).await?;
        let last = self.core.store.last_call(self.row.id.clone()).await?;
        Ok(last.filter(|l| l.settled && l.request_key != note.cleared).map(|l| l.request_key))
    }

    /// Contract 6.2, step 5: looked up, then the identical set. Nothing else is written while one is unsettled.
    async fn doubts(&mut self) -> Result<Step, EngineError> {
        if self.core.store.unsettled(self.row.id.clone()).await?.is_empty() {
            return Ok(Step::Nothing);
        }
        if self.core.facts(&self.row.id).await?.is_none() {
            self.read_lists().await?;
        }
        for _ in 0..MOST_TRIES {
            let busy = self.core.doing(&self.row.id, Doing::LookUp);
            let looked = self.core.look_up(&self.row, &Early::default(), true).await?;
            drop(busy);
            self.count(looked.found).await?;
            self.core.visiting.carried(&self.row.id, 0, looked.found, looked.different);
            if !self.core.store.in_doubt(self.row.id.clone(), 1).await?.is_empty() {
                return Ok(Step::Stop(self.still_in_doubt()));
            }
            let run = self.core.post_again(&self.row, self.hold.epoch).await?;
            self.count(run.made).await?;
            // "no stored response" is looked up once more, and then it is a person's (contract 6.2, step 5c)
            let lost = run.lost > 0 && run.lost == run.doubts;
            if let Some(why) = run.paused.filter(|_| !lost) {
                return Ok(Step::Stop(why));
            }
            if self.core.store.unsettled(self.row.id.clone()).await?.is_empty() {
                return Ok(Step::Moved);
            }
            if !self.goes_on() {
                break;
            }
        }
        Ok(Step::Stop(self.still_in_doubt()))
    }

    fn still_in_doubt(&self) -> String {
        format!(
            "what became of the last posting is not known yet: nothing else goes to {} before that is settled",
            caller(&self.row)
        )
    }

    /// Reads the lists when they are due.
    async fn lists(&mut self) -> Result<bool, EngineError> {
        let asked = self.core.lists_asked(&self.row).await?;
        if !asked && (self.read || !(self.changed || self.core.lists_due(&self.row).await?)) {
            return Ok(false);
        }
        self.read_lists().await?;
        Ok(true)
    }

    async fn read_lists(&mut self) -> Result<(), EngineError> {
        let wants = self.core.store.readings(self.row.id.clone()).await?;
        let asked = wants.into_iter().find(|w| w.ask == LISTS).map(|w| w.asked_at);
        // asked for before a clock was set back: it is answered all the same
        let began = self.core.now().max(asked.unwrap_or(jiff::Timestamp::MIN));
        let busy = self.core.doing(&self.row.id, Doing::ReadLedger);
        let changed = self.core.read_ledger(&self.row).await?;
        drop(busy);
        // asked for again meanwhile: they are read again
        let id = self.row.id.clone();
        self.core.store.put_wanted_reading(id, LISTS.into(), Ok(String::new()), began).await?;
        (self.read, self.changed) = (true, false);
        if changed {
            self.derive().await?;
        }
        if !self.hold.attended {
            for id in self.core.books_of(&self.row.id).await? {
                let book = self.core.book(&id).await?;
                if !book.paused {
                    self.core.approve_by_policy(&book).await?;
                }
            }
        }
        Ok(())
    }

    /// What the tie-out wants to know of a period.
    async fn wanted(&mut self) -> Result<bool, EngineError> {
        for want in self.core.store.readings(self.row.id.clone()).await? {
            if want.ask == LISTS || !waits(&want) || !self.tried.insert(want.ask.clone()) {
                continue;
            }
            let began = self.core.now().max(want.asked_at);
            let brought = match serde_json::from_str::<ReadingAsk>(&want.ask) {
                Ok(ask) => match self.push.reading(records_of(&self.core, &self.row, ask).await?).await {
                    Ok(reading) => serde_json::to_string(&reading).map_err(|e| e.to_string()),
                    // it went away: this waits for the next visit
                    Err(e @ CallError::Offline { .. }) => {
                        return Err(EngineError::of_system(&self.row, e));
                    }
                    Err(e) => Err(e.to_string()),
                },
                Err(e) => Err(format!("this version does not understand what was asked for: {e}")),
            };
            self.core.store.put_wanted_reading(self.row.id.clone(), want.ask, brought, began).await?;
            self.core.touch();
            return Ok(true);
        }
        Ok(false)
    }

    /// Sends what may go out: all that is approved, or what a person asked for.
    async fn postings(&mut self) -> Result<Step, EngineError> {
        let Some(documents) = self.core.may_go_out(&self.row, self.hold, &self.skip).await? else {
            return Ok(Step::Nothing);
        };
        let of = if documents.is_empty() {
            self.core.approved_for(&self.row).await?
        } else {
            documents.len() as u64
        };
        self.core.visiting.expect(&self.row.id, of);
        self.core.progress.send_replace(Progress {
            what: format!("Posting to {}", title(&self.row.system)),
            of,
            running: true,
            ..Progress::default()
        });
        let busy = self.core.doing(&self.row.id, Doing::Post);
        let run =
            self.core.post_but(&self.row, &documents, self.hold.epoch, std::mem::take(&mut self.skip)).await;
        drop(busy);
        self.core.progress.send_modify(|p| p.running = false);
        let run: PostRun = run?;
        self.skip = run.skip;
        self.count(run.made).await?;
        if run.held > 0 {
            self.core.visiting.carried(&self.row.id, run.held, 0, run.held);
        }
        if run.stopped {
            return Ok(Step::Nothing);
        }
        match run.paused {
            Some(_) if run.lost > 0 && run.lost == run.doubts => Ok(Step::Moved),
            Some(why) => Ok(Step::Stop(why)),
            None if run.calls + run.held + run.made > 0 => Ok(Step::Moved),
            None => Ok(Step::Nothing),
        }
    }

    /// Reads what was paid, once in a visit; without a payment to tell this makes no call.
    async fn payments(&mut self) -> Result<(), EngineError> {
        if std::mem::replace(&mut self.paid, true) {
            return Ok(());
        }
        let mut books = self.core.store.books().await?;
        books.retain(|b| b.ledger == self.row.id && !b.paused);
        match self.core.read_payments(&self.row, &books).await {
            Ok(_) => Ok(()),
            // it went away
            Err(e @ EngineError::System { error: CallError::Offline { .. }, .. }) => Err(e),
            Err(EngineError::System { error, .. }) => {
                let text = format!("{}: payments were not read: {error}", self.row.id);
                self.core.tell(What::Alarm, None, None, text);
                Ok(())
            }
            Err(e) => Err(e),
        }
    }

    async fn count(&self, made: u64) -> Result<(), EngineError> {
        if made > 0
            && let Some(book) = self.core.books_of(&self.row.id).await?.first()
        {
            self.core.visiting.count_made(book, made);
        }
        Ok(())
    }

    /// Clears what the ledger remembers of the last recorded set, once nothing follows it. True: it did something.
    async fn wind_up(&self) -> Result<bool, EngineError> {
        let Some(key) = self.uncleared().await? else { return Ok(false) };
        self.push.recorded(Some(key.clone()));
        self.core.heard(&self.row, self.push.wind_up().await).await?;
        let mut note = self.core.visit_note(&self.row.id).await?;
        note.cleared = key;
        self.core.store.put_visit(self.row.id.clone(), note, self.core.now()).await?;
        self.push.recorded(None);
        Ok(true)
    }
}
