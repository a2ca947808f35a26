//! What waits for a ledger that calls us, and what is said and done about it until it comes.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::engine::EngineError;
use crate::engine::core::Core;
use crate::engine::run::{Pass, Posting};
use crate::engine::tell::plus;
use crate::engine::visit::notes::{ago, caller, calls_us, overdue_at};
use crate::engine::visit::state::Hold;
use crate::model::ids::{BookId, DocumentId};
use crate::model::people::Actor;
use crate::model::state::State;
use crate::store::{ConnectionRow, Health, ReadingWant, StoreError, VisitNote};

/// Documents of one look at what waits.
const MANY: u32 = 10_000;
/// While a visit is open, whoever waits for its end looks again this often at least.
const MEANWHILE: std::time::Duration = std::time::Duration::from_secs(1);

/// What is wanted when the lists are to be read, whatever their age.
pub(super) const LISTS: &str = "lists";

/// Whether a reading that was asked for is still to be made.
pub(super) fn waits(want: &ReadingWant) -> bool {
    want.trouble.is_empty() && want.read_at.is_none_or(|at| at < want.asked_at)
}

/// `1 document`, `2 documents`
fn documents(n: usize) -> String {
    if n == 1 { "1 document".into() } else { format!("{n} documents") }
}

impl Core {
    /// Whether a visit would have something to do: what is unsettled comes first (contract 1.3).
    pub(super) async fn has_work(
        &self,
        row: &ConnectionRow,
        hold: Hold,
        note: &VisitNote,
    ) -> Result<bool, EngineError> {
        if !self.store.unsettled(row.id.clone()).await?.is_empty() {
            return Ok(true);
        }
        if self.may_go_out(row, hold, &BTreeSet::new()).await?.is_some() {
            return Ok(true);
        }
        if self.lists_due(row).await? {
            return Ok(true);
        }
        if self.store.readings(row.id.clone()).await?.iter().any(waits) {
            return Ok(true);
        }
        let last = self.store.last_call(row.id.clone()).await?;
        Ok(last.is_some_and(|l| l.settled && l.request_key != note.cleared))
    }

    /// The lists of a ledger that calls us are read when it comes next.
    pub(crate) async fn ask_lists(&self, row: &ConnectionRow) -> Result<(), EngineError> {
        Ok(self.store.want_reading(row.id.clone(), LISTS.into(), self.now()).await?)
    }

    /// Whether somebody asked for that and it was not done since.
    pub(super) async fn lists_asked(&self, row: &ConnectionRow) -> Result<bool, EngineError> {
        Ok(self.store.readings(row.id.clone()).await?.iter().any(|w| w.ask == LISTS && waits(w)))
    }

    /// Whether the lists of a ledger were never read, which no book can be made without, or are older than its books want
    /// them. What was read once is not read again as long as no book is served.
    pub(super) async fn lists_due(&self, row: &ConnectionRow) -> Result<bool, EngineError> {
        let Some(facts) = self.facts(&row.id).await? else { return Ok(true) };
        let books = self.store.books().await?;
        let minutes =
            books.iter().filter(|b| b.ledger == row.id && !b.paused).map(|b| b.settings.poll_minutes);
        let Some(minutes) = minutes.min() else { return Ok(false) };
        let age = self.now().duration_since(facts.read_at);
        // a clock that was set back puts nothing off
        Ok(age.is_negative() || age >= jiff::SignedDuration::from_mins(i64::from(minutes.max(1))))
    }

    /// What may go out with a visit, without `skip`: none: nothing; empty: all that is approved.
    pub(super) async fn may_go_out(
        &self,
        row: &ConnectionRow,
        hold: Hold,
        skip: &BTreeSet<DocumentId>,
    ) -> Result<Option<Vec<DocumentId>>, EngineError> {
        if self.stopping() || self.posting_pause(&row.id).is_some() {
            return Ok(None);
        }
        let asked = if hold.attended {
            let mut asked = self.store.asked_postings(row.id.clone()).await?;
            asked.retain(|id| !skip.contains(id));
            if asked.is_empty() {
                return Ok(None);
            }
            asked
        } else {
            Vec::new()
        };
        let limit = u32::try_from(skip.len() + 1).unwrap_or(MANY);
        let found = self.store.postable(row.id.clone(), asked.clone(), limit).await?;
        Ok(found.iter().any(|p| !skip.contains(&p.id)).then_some(asked))
    }

    /// How many documents are approved for a ledger.
    pub(crate) async fn approved_for(&self, row: &ConnectionRow) -> Result<u64, EngineError> {
        let mut sum = 0;
        for book in self.books_of(&row.id).await? {
            let totals = self.store.totals(Some(book)).await?;
            let out = totals.iter().filter(|t| matches!(t.state, State::Approved | State::Posting));
            sum += out.map(|t| t.count).sum::<u64>();
        }
        Ok(sum)
    }

    /// What a pass of the engine does for a ledger that calls us: it never calls it. What waits is named, and when it is
    /// overdue the connection says so, once.
    pub(crate) async fn await_visit(
        &self,
        row: &ConnectionRow,
        posting: Posting<'_>,
        pass: &mut Pass,
    ) -> Result<(), EngineError> {
        let unattended = posting == Posting::Unattended;
        let note = self.visit_note(&row.id).await?;
        let now = self.now();
        let here = self.is_here(row);
        let late = if here { None } else { self.overdue(row, &note).await? };
        if let Some(why) = &late
            && row.health == Health::Ok
        {
            self.store.set_health(row.id.clone(), Health::Offline, why.clone(), now).await?;
            self.tell(crate::engine::What::Connection, None, None, format!("{}: {why}", row.id));
            self.touch();
        }
        let overdue = overdue_at(row, &note, self.visiting.since()).filter(|at| !here && *at > now);
        pass.glance = pass.glance.into_iter().chain(overdue).min();
        let mut due = |at: Timestamp| {
            if at > now {
                pass.next = Some(pass.next.map_or(at, |n| n.min(at)));
            }
        };
        if let Some(why) = self.posting_pause(&row.id) {
            pass.remains.push(format!("{} is paused: {why}", row.id));
        }
        let hold = Hold { epoch: 0, attended: !unattended };
        let waits = self.may_go_out(row, hold, &BTreeSet::new()).await?.is_some();
        let doubts = !self.store.unsettled(row.id.clone()).await?.is_empty();
        if !waits && !doubts {
            return Ok(());
        }
        if unattended && here {
            due(plus(now, MEANWHILE));
        } else if unattended && late.is_none() {
            note.expected_at.into_iter().for_each(&mut due);
            // it may come at any moment, sooner than expected or later
            pass.may_come |= note.came_at.is_some();
        }
        if matches!(posting, Posting::These(_)) {
            // whoever asks for these hears it in words of its own
            return Ok(());
        }
        let n = self.waiting_now(row, unattended).await?;
        let came = self.which_came(row, &note).await?;
        for (book, n) in n {
            pass.remains.push(format!("{book}: {} for {}, which {came}", wait_words(n), caller(row)));
        }
        Ok(())
    }

    /// `last came at 09:12`
    async fn which_came(&self, row: &ConnectionRow, note: &VisitNote) -> Result<String, StoreError> {
        Ok(match note.came_at {
            Some(at) => format!("last came at {}", self.clock_words(row, at).await?),
            None => "has not come yet".into(),
        })
    }

    /// How many documents of each book wait for a ledger that calls us.
    async fn waiting_now(&self, row: &ConnectionRow, all: bool) -> Result<Vec<(BookId, usize)>, EngineError> {
        let mut count: std::collections::BTreeMap<BookId, BTreeSet<DocumentId>> = Default::default();
        let asked = if all { Vec::new() } else { self.store.asked_postings(row.id.clone()).await? };
        if all || !asked.is_empty() {
            for p in self.store.postable(row.id.clone(), asked, MANY).await? {
                count.entry(p.book).or_default().insert(p.id);
            }
        }
        for id in self.store.unsettled(row.id.clone()).await? {
            if let Some(book) = self.store.card(id).await?.row.book {
                count.entry(book).or_default().insert(id);
            }
        }
        Ok(count.into_iter().map(|(b, ids)| (b, ids.len())).collect())
    }

    /// A person asks that these are posted (none named: all that are approved, of one book or of all): those of ledgers
    /// that call us are kept for their next visit. Gives the sentences, and the documents that are left for others.
    pub(crate) async fn keep_asked(
        &self,
        wanted: &[DocumentId],
        book: Option<&BookId>,
        by: &Actor,
    ) -> Result<(Vec<String>, Vec<DocumentId>), EngineError> {
        let mut said = Vec::new();
        let mut rest: Vec<DocumentId> = wanted.to_vec();
        let books = self.store.books().await?;
        for row in self.store.connections().await?.into_iter().filter(calls_us) {
            let mut ids = Vec::new();
            if wanted.is_empty() {
                let of = |b: &BookId| book.is_none_or(|wanted| wanted == b);
                let found = self.store.postable(row.id.clone(), Vec::new(), MANY).await?;
                ids.extend(found.into_iter().filter(|p| of(&p.book)).map(|p| p.id));
            } else {
                for id in wanted {
                    let of = self.store.card(*id).await?.row.book;
                    if books.iter().any(|b| Some(&b.id) == of.as_ref() && b.ledger == row.id) {
                        ids.push(*id);
                    }
                }
            }
            rest.retain(|id| !ids.contains(id));
            if ids.is_empty() {
                continue;
            }
            self.store.ask_posting(ids.clone(), by.clone(), self.now()).await?;
            let kept: BTreeSet<DocumentId> =
                self.store.asked_postings(row.id.clone()).await?.into_iter().collect();
            let n = ids.iter().filter(|id| kept.contains(id)).count();
            if n > 0 {
                said.push(self.posted_when(&row, n).await?);
            }
            self.touch();
        }
        Ok((said, rest))
    }

    /// `2 documents are posted when QuickBooks next comes; it last came 3 h ago`
    async fn posted_when(&self, row: &ConnectionRow, n: usize) -> Result<String, EngineError> {
        let (who, are) = (caller(row), if n == 1 { "is" } else { "are" });
        if self.is_here(row) {
            return Ok(format!("{} {are} posted now or with the next visit: {who} is here", documents(n)));
        }
        let came = match self.visit_note(&row.id).await?.came_at {
            Some(at) => format!("it last came {}", ago(self.now(), at)),
            None => "it has not come yet".into(),
        };
        Ok(format!("{} {are} posted when {who} next comes; {came}", documents(n)))
    }
}

fn wait_words(n: usize) -> String {
    if n == 1 { "1 document waits".into() } else { format!("{n} documents wait") }
}
