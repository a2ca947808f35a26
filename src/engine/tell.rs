//! What the source is told: acknowledgements, confirmations, refusals. Confirmation is posting too
//! (reliability.md, 4.7).

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;

use crate::engine::core::Core;
use crate::engine::{EngineError, What};
use crate::model::book::Book;
use crate::model::ids::BookId;
use crate::store::failpoint::{self, FailPoint};
use crate::store::{Card, ConnectionRow, OutboxKind, OutboxRow, Told};
use crate::systems::{CallError, ConfirmedRecord, Heard, Verdict};

/// How many documents one confirmation carries.
const CHUNK: u32 = 100;
/// A refusal for a passing reason is repeated after this, doubled with each attempt, up to 15 minutes.
const FIRST_DELAY: Duration = Duration::from_secs(2);
const LONGEST_DELAY: Duration = Duration::from_mins(15);
/// How far apart the rows of a refused body come again.
const APART: Duration = Duration::from_secs(3);

/// A record as the outbox row of a confirmation names it.
#[derive(Debug, Deserialize)]
struct Recorded {
    kind: crate::model::EntryKind,
    number: String,
    remote_id: String,
    date: jiff::civil::Date,
}

#[derive(Debug, Deserialize)]
struct ConfirmPayload {
    #[serde(default)]
    records: Vec<Recorded>,
    #[serde(default)]
    message: Option<String>,
    #[serde(default)]
    reason: Option<String>,
    /// Every line cancels: the reference stands for the number, and the message says so.
    #[serde(default)]
    nothing_to_post: bool,
    #[serde(default)]
    reference: String,
}

/// What was told to a source.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ToldRun {
    /// Confirmations and refusals that were sent.
    pub sent: u64,
    /// Confirmations that were accepted, by book.
    pub confirmed: BTreeMap<BookId, u64>,
}

impl Core {
    /// Sends the confirmations and refusals that are due to one source connection.
    pub async fn confirm(&self, row: &ConnectionRow) -> Result<ToldRun, EngineError> {
        let mut run = ToldRun::default();
        for kind in [OutboxKind::Confirm, OutboxKind::Refuse] {
            self.tell_all(row, kind, &mut run).await?;
        }
        Ok(run)
    }

    async fn tell_all(
        &self,
        row: &ConnectionRow,
        kind: OutboxKind,
        run: &mut ToldRun,
    ) -> Result<(), EngineError> {
        let source = self.wires.source(row)?;
        let books = self.store.books().await?;
        loop {
            let due = self.store.outbox(row.id.clone(), kind, self.now(), CHUNK).await?;
            let Some(of) = due.first().map(|r| r.document_kind) else { return Ok(()) };
            // what was in a body that Concur refused as a whole goes alone from then on
            let alone = due.first().is_some_and(|r| self.memory.goes_alone(r.id));
            let rows: Vec<_> = if alone {
                due.into_iter().take(1).collect()
            } else {
                let together = |r: &OutboxRow| r.document_kind == of && !self.memory.goes_alone(r.id);
                due.into_iter().filter(together).collect()
            };
            let mut verdicts = Vec::with_capacity(rows.len());
            let mut of_book = BTreeMap::new();
            for r in &rows {
                let card = self.store.card(r.document).await?;
                of_book.extend(card.row.book.clone().map(|book| (r.id, book)));
                verdicts.push(self.verdict(r, &card, &books).await?);
            }
            self.store.telling(rows.iter().map(|r| r.id).collect(), self.now()).await?;
            failpoint::hit(FailPoint::BeforeConfirmSend);
            let answer = match kind {
                OutboxKind::Refuse => source.refuse(verdicts).await,
                _ => source.confirm(verdicts).await,
            };
            failpoint::hit(FailPoint::AfterConfirmSend);
            let heard = self.heard_of_source(row, answer, &rows).await?;
            let taken: Vec<i64> =
                heard.iter().filter(|(_, t)| *t == Told::Accepted).map(|(id, _)| *id).collect();
            let accepted = taken.len() as u64;
            self.store.told(heard, self.now()).await?;
            run.sent += rows.len() as u64;
            for book in taken.iter().filter(|_| kind == OutboxKind::Confirm).filter_map(|id| of_book.get(id))
            {
                *run.confirmed.entry(book.clone()).or_default() += 1;
            }
            if accepted > 0 {
                let what = if kind == OutboxKind::Confirm { "confirmed to" } else { "turned down to" };
                let n =
                    if accepted == 1 { "1 document".to_string() } else { format!("{accepted} documents") };
                self.tell(What::Confirmed, None, None, format!("{n} {what} {}", row.id));
            }
        }
    }

    async fn verdict(&self, row: &OutboxRow, card: &Card, books: &[Book]) -> Result<Verdict, EngineError> {
        let bad = |e: serde_json::Error| {
            EngineError::Refused(format!("the outbox row of {} is damaged: {e}", row.document))
        };
        let payload: ConfirmPayload = serde_json::from_value(row.payload.clone()).map_err(bad)?;
        let book = card.row.book.as_ref().and_then(|id| books.iter().find(|b| b.id == *id));
        let mut records = Vec::new();
        if let Some(book) = book {
            let ledger = self.connection(&book.ledger).await?;
            for r in payload.records {
                records.push(ConfirmedRecord {
                    company: ledger.company.clone(),
                    fiscal_year: book.settings.fiscal_year(r.date),
                    date: r.date,
                    internal: format!("{} {}", r.kind.words(), r.remote_id),
                    number: r.number,
                });
            }
        }
        let mut message = payload.message.or(payload.reason);
        if payload.nothing_to_post {
            let date =
                card.row.posting_date.unwrap_or_else(|| self.now().to_zoned(jiff::tz::TimeZone::UTC).date());
            let company = match book {
                Some(book) => self.connection(&book.ledger).await?.company,
                None => String::new(),
            };
            records.push(ConfirmedRecord {
                company,
                number: payload.reference,
                fiscal_year: book.map_or(date.year(), |b| b.settings.fiscal_year(date)),
                date,
                internal: "nothing to post".into(),
            });
            message = Some("nothing to post".into());
        }
        Ok(Verdict { kind: row.document_kind, source_id: row.source_id.clone(), records, message })
    }

    /// The body of these rows was refused as a whole; true: it is the sixth time for one that went alone. An
    /// acknowledgement is never given up: the source offers its document until it is taken.
    fn given_up(&self, rows: &[OutboxRow]) -> bool {
        let told =
            rows.iter().filter(|r| r.kind != OutboxKind::Acknowledge).map(|r| r.id).collect::<Vec<_>>();
        self.memory.refused(&told)
    }

    /// The source's answers as the store keeps them. A failed call is due again later: it says nothing of a document.
    pub(crate) async fn heard_of_source(
        &self,
        row: &ConnectionRow,
        answer: Result<Vec<(String, Heard)>, CallError>,
        rows: &[OutboxRow],
    ) -> Result<Vec<(i64, Told)>, EngineError> {
        let now = self.now();
        match answer {
            Ok(heard) => {
                self.memory.answered(&rows.iter().map(|r| r.id).collect::<Vec<_>>());
                let one = |r: &OutboxRow| {
                    let said = heard.iter().find(|(id, _)| *id == r.source_id).map(|(_, h)| h);
                    (r.id, told(said, r, later(now, r.attempts)))
                };
                Ok(rows.iter().map(one).collect())
            }
            Err(CallError::Refused(why)) if self.given_up(rows) => {
                let why = format!(
                    "Concur refuses the whole message each time, though nothing else is in it: {why}"
                );
                Ok(rows.iter().map(|r| (r.id, Told::Refused { why: why.clone() })).collect())
            }
            Err(error) => {
                let pause = match &error {
                    CallError::Offline { timed_out: true, .. } => self.wires.timeout_pause(&row.id),
                    _ => delay(rows.iter().map(|r| r.attempts).max().unwrap_or(0)),
                };
                // a body that is refused as a whole may hold one bad element: the rows come again apart, so that it keeps
                // nobody waiting but itself
                let whole = matches!(error, CallError::Refused(_) | CallError::Shape(_));
                let told = rows
                    .iter()
                    .zip(0_u32..)
                    .map(|(r, n)| {
                        let apart = if whole { APART.saturating_mul(n) } else { Duration::ZERO };
                        let at = plus(now, pause.saturating_add(apart));
                        (r.id, Told::Later { at, why: error.to_string() })
                    })
                    .collect();
                self.store.told(told, now).await?;
                self.heard::<()>(row, Err(error)).await.map(|()| Vec::new())
            }
        }
    }
}

fn told(said: Option<&Heard>, row: &OutboxRow, later: jiff::Timestamp) -> Told {
    match said {
        Some(Heard::Accepted) => Told::Accepted,
        // our journal shows that this very row was on the wire before: a crash between sending and recording
        Some(Heard::AlreadyFromUs) if row.attempts > 0 => Told::Accepted,
        Some(Heard::AlreadyFromUs) => Told::Refused {
            why: "Concur has had this under our name already, but this store never sent it".into(),
        },
        Some(Heard::Taken(by)) => Told::Taken { by: by.clone() },
        Some(Heard::Recalled) => Told::Recalled,
        Some(Heard::Later(why)) => Told::Later { at: later, why: why.clone() },
        Some(Heard::Refused(why)) => Told::Refused { why: why.clone() },
        None => Told::Later { at: later, why: format!("the answer does not name {}", row.source_id) },
    }
}

fn delay(attempts: u32) -> Duration {
    FIRST_DELAY.saturating_mul(1u32 << attempts.min(9)).min(LONGEST_DELAY)
}

fn later(now: jiff::Timestamp, attempts: u32) -> jiff::Timestamp {
    plus(now, delay(attempts))
}

/// `now` and a while; saturates.
pub(crate) fn plus(now: jiff::Timestamp, while_: Duration) -> jiff::Timestamp {
    jiff::SignedDuration::try_from(while_)
        .ok()
        .and_then(|d| now.checked_add(d).ok())
        .unwrap_or(jiff::Timestamp::MAX)
}
