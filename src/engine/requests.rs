//! Requests of consoles and commands to the holder of the engine (reliability.md, 4.9): each is a row, executed here
//! only, and the asker reads the answer there.

use serde_json::json;

use crate::engine::core::Core;
use crate::engine::run::{Engine, Posting};
use crate::engine::visit::{caller_name, calls_us};
use crate::engine::{Ask, EngineError, visit_look};
use crate::model::ids::{BookId, DocumentId};
use crate::model::state::State;
use crate::store::{Act, ConnectionRow, RequestRow};

/// A request to post is executed within this time, or not at all.
const POST_EXPIRES: jiff::SignedDuration = jiff::SignedDuration::from_mins(10);

impl Core {
    /// A ledger that calls us cannot be asked: what its visits told is said.
    async fn test_visitor(&self, row: &ConnectionRow) -> Result<String, EngineError> {
        let look = visit_look::looks(&*self.store).await?.into_iter().find(|(id, _)| *id == row.id);
        let look = look.map(|(_, look)| look).unwrap_or_default();
        Ok(visit_look::test_words(row, &look, self.now()))
    }
}

impl Engine {
    /// Executes what was asked, oldest first. True when there was anything.
    pub async fn serve_requests(&self) -> Result<bool, EngineError> {
        let mut any = false;
        while let Some(row) = self.core.store.next_request().await? {
            any = true;
            self.execute(&row).await?;
        }
        Ok(any)
    }

    /// Executes this request alone, unless it has its answer: whoever took the engine only to look leaves what others
    /// asked to those who hold it for work.
    pub async fn serve_request(&self, id: i64) -> Result<(), EngineError> {
        match self.core.store.request(id).await? {
            Some(row) if row.answer.is_none() => self.execute(&row).await,
            _ => Ok(()),
        }
    }

    async fn execute(&self, row: &RequestRow) -> Result<(), EngineError> {
        let answer = match self.serve_in_time(row).await {
            Ok(text) => json!({ "text": text }),
            // the store's own failure ends the process; everything else is an answer
            Err(EngineError::Store(crate::store::StoreError::Fatal(e))) => {
                return Err(crate::store::StoreError::Fatal(e).into());
            }
            Err(e) => json!({ "error": e.to_string() }),
        };
        self.core.store.answer(row.id, answer, self.core.now()).await?;
        self.core.touch();
        Ok(())
    }

    /// A request to post is a person's word of that moment: whoever takes the engine over later must not post on it.
    async fn serve_in_time(&self, row: &RequestRow) -> Result<String, EngineError> {
        let age = self.core.now().duration_since(row.asked_at);
        if row.kind == "post" && age > POST_EXPIRES {
            return Err(EngineError::Refused(format!(
                "the request to post of {} has expired and nothing was posted on it: ask again",
                row.asked_by
            )));
        }
        self.serve(row).await
    }

    async fn serve(&self, row: &RequestRow) -> Result<String, EngineError> {
        let ask: Ask = serde_json::from_value(row.args.clone())
            .map_err(|e| EngineError::Refused(format!("this request is not understood here: {e}")))?;
        match ask {
            Ask::Fetch { book } => {
                let only: Vec<BookId> = book.into_iter().collect();
                let called = self.ask_reads(&only).await?;
                let before = self.tally();
                let mut pass = self.fetch(&only).await?;
                let worked = self.work(&only, Posting::OnRequest).await?;
                pass.remains.extend(called);
                pass.remains.extend(worked.remains);
                let new: u64 = self
                    .tally()
                    .iter()
                    .map(|(b, t)| t.fetched - before.get(b).map_or(0, |x| x.fetched))
                    .sum();
                Ok(sentence(format!("{new} new or changed documents read"), &pass.remains))
            }
            Ask::Post { documents, book } => {
                let only: Vec<BookId> = book.into_iter().collect();
                let before: u64 = self.tally().values().map(|t| t.posted).sum();
                let mut remains = Vec::new();
                // a person wants posting: an earlier stop or pause is over
                self.core.resume_posting(None);
                self.core.stop.store(false, std::sync::atomic::Ordering::Release);
                let by = crate::model::Actor { name: row.asked_by.clone(), ..crate::model::Actor::engine() };
                let (kept, others) = self.core.keep_asked(&documents, only.first(), &by).await?;
                // no document left over is not the same as none named: that would post everything
                if others.is_empty() && (!documents.is_empty() || self.all_called(&only).await?) {
                    let nothing = "nothing of this is approved: nothing was posted".to_string();
                    return Ok(if kept.is_empty() { nothing } else { kept.join("; ") });
                }
                let documents = others;
                loop {
                    let pass = self.work(&only, Posting::These(&documents)).await?;
                    remains = if pass.remains.is_empty() { remains } else { pass.remains };
                    if !pass.moved || pass.stopped {
                        break;
                    }
                }
                let made = self.tally().values().map(|t| t.posted).sum::<u64>() - before;
                remains.extend(kept);
                Ok(sentence(format!("{made} ledger records posted"), &remains))
            }
            // whoever posts hears a stop before its next call; here nothing is being posted any more
            Ask::Stop => Ok("nothing is being posted now".into()),
            Ask::Retry { document } => self.retry(document).await,
            Ask::ReadLedger { book } => {
                let book = self.core.book(&book).await?;
                let row = self.core.connection(&book.ledger).await?;
                if calls_us(&row) {
                    let said = self.ask_reads(std::slice::from_ref(&book.id)).await?;
                    return Ok(said.join("; "));
                }
                let changed = self.core.read_ledger(&row).await?;
                let n = self.core.derive_due(Some(&book.id), true).await?.len();
                Ok(if changed {
                    format!("the ledger changed; {n} documents moved")
                } else {
                    "the ledger is as it was".into()
                })
            }
            Ask::Events { connection, what } => {
                let by = crate::model::Actor { name: row.asked_by.clone(), ..crate::model::Actor::engine() };
                self.core.events_of(connection.as_ref(), &what, &by).await
            }
            Ask::Look { document } => {
                let looked = self.core.look(document).await?;
                serde_json::to_string(&looked).map_err(|e| EngineError::Refused(e.to_string()))
            }
            Ask::AcceptFile { connection } => {
                let by = crate::model::Actor { name: row.asked_by.clone(), ..crate::model::Actor::engine() };
                let row = self.core.connection(&connection).await?;
                self.core.accept_file(&row, by).await
            }
            Ask::Test { connection } => {
                let row = self.core.connection(&connection).await?;
                if calls_us(&row) {
                    return self.core.test_visitor(&row).await;
                }
                let source = self.core.wires.source(&row);
                let answer = match source {
                    Ok(s) => s.company().await,
                    Err(_) => self.core.wires.push(&row)?.company().await,
                };
                let company = self.core.heard(&row, answer).await?;
                self.core.is_company(&row, &company.id).await?;
                Ok(format!("{connection} answers as {} ({})", company.name, company.id))
            }
        }
    }

    /// Lists of ledgers that call us are read when they come; says so.
    async fn ask_reads(&self, only: &[BookId]) -> Result<Vec<String>, EngineError> {
        let mut said = Vec::new();
        let books = self.core.store.books().await?;
        for row in self.core.store.connections().await?.into_iter().filter(calls_us) {
            let of = |b: &&crate::model::book::Book| {
                b.ledger == row.id && !b.paused && (only.is_empty() || only.contains(&b.id))
            };
            if !books.iter().any(|b| of(&b)) {
                continue;
            }
            self.core.ask_lists(&row).await?;
            let came = self.core.last_came(&row).await?;
            said.push(format!(
                "the lists of {} are read when {} next comes; {came}",
                row.id,
                caller_name(&row)
            ));
        }
        Ok(said)
    }

    /// Whether nothing but ledgers that call us is concerned by a request to post.
    async fn all_called(&self, only: &[BookId]) -> Result<bool, EngineError> {
        let books = self.core.store.books().await?;
        let rows = self.core.store.connections().await?;
        let called = |b: &crate::model::book::Book| rows.iter().any(|r| r.id == b.ledger && calls_us(r));
        let mut of = books.iter().filter(|b| only.is_empty() || only.contains(&b.id)).peekable();
        Ok(of.peek().is_some() && of.all(called))
    }

    /// `retry` by state (interface.md): failed is derived again, ambiguous is looked up now, confirm_failed sent now.
    async fn retry(&self, id: DocumentId) -> Result<String, EngineError> {
        let card = self.core.store.card(id).await?;
        match card.row.state {
            State::Failed => {
                // a refusal says that our picture of the ledger is old: it is read anew before anything is derived
                let mut all = false;
                if let Some(book) = &card.row.book {
                    let book = self.core.book(book).await?;
                    let row = self.core.connection(&book.ledger).await?;
                    let read = match self.core.away(&row).await? {
                        None => self.core.read_ledger(&row).await,
                        Some(_) => self.core.ask_lists(&row).await.map(|()| false),
                    };
                    all = match read {
                        Ok(changed) => changed,
                        // the connection's health shows it; the document is derived with what is known
                        Err(EngineError::System { .. }) => false,
                        Err(e) => return Err(e),
                    };
                }
                let by = crate::model::Actor::engine();
                let to = self.core.store.act(id, card.row.version, Act::Retry, by, self.core.now()).await?;
                self.core.derive_due(None, false).await?;
                if all {
                    self.core.derive_due(card.row.book.as_ref(), true).await?;
                }
                let now = self.core.store.card(id).await?.row.state;
                Ok(format!("{} derived again: {}", card.row.number, if now == to { to } else { now }))
            }
            State::Ambiguous => {
                let Some(book) = &card.row.book else {
                    return Err(EngineError::Refused("this document has no book".into()));
                };
                let book = self.core.book(book).await?;
                let row = self.core.connection(&book.ledger).await?;
                if calls_us(&row) {
                    // the visit itself settles it, in the order that its contract asks for
                    let came = self.core.last_came(&row).await?;
                    let who = caller_name(&row);
                    return Ok(format!("it is looked up first thing when {who} comes; {came}"));
                }
                let run = self.core.look_up(&row, &self.early, true).await?;
                Ok(format!("{} found, {} not found, {} still in doubt", run.found, run.absent, run.waiting))
            }
            State::ConfirmFailed | State::Posted => {
                if card.row.state == State::ConfirmFailed {
                    // what was refused is not due again by itself: a person says so, here
                    let by = crate::model::Actor::engine();
                    self.core.store.act(id, card.row.version, Act::Retry, by, self.core.now()).await?;
                }
                let row = self.core.connection(&card.connection).await?;
                let n = self.core.confirm(&row).await?.sent;
                let now = self.core.store.card(id).await?.row.state;
                Ok(format!("{n} confirmations sent; {} is {now}", card.row.number))
            }
            other => Err(EngineError::Refused(format!(
                "{} is {other}: only what failed, is in doubt or could not be confirmed can be tried again",
                card.row.number
            ))),
        }
    }
}

fn sentence(done: String, remains: &[String]) -> String {
    if remains.is_empty() { done } else { format!("{done}; {}", remains.join("; ")) }
}
