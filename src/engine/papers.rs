//! Receipts: fetched from the source and attached to the record once it is in the ledger. A posting never waits for one
//! and never fails by one (accounting.md, section 15; contract of QuickBooks Online, 7.11).

use std::time::Duration;

use jiff::Timestamp;

use crate::engine::core::Core;
use crate::engine::tell::plus;
use crate::engine::{EngineError, What};
use crate::model::canonical::sha256_hex;
use crate::model::document::{Document, DocumentKind};
use crate::model::entry::{EntryKind, EntrySet, Slot};
use crate::model::text::harmless;
use crate::store::{Card, ConnectionRow, NewReceipt, ReceiptKind, ReceiptResult, ReceiptRow};
use crate::systems::{CallError, Paper, Push, Put, ReceiptHandle};

/// Receipts of one pass.
const CHUNK: u32 = 50;
/// Chunks of one pass.
const CHUNKS: u32 = 4;
/// A receipt that the source does not have is looked for again after this.
const MISSING_AGAIN: Duration = Duration::from_hours(24);
/// First delay after a failure; doubles to [`LONGEST`].
const FIRST: Duration = Duration::from_secs(30);
/// Longest delay.
const LONGEST: Duration = Duration::from_hours(6);

/// What a pass over receipts did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PapersRun {
    /// Attached now.
    pub attached: u64,
    /// Not there yet at the source.
    pub missing: u64,
    /// Turned down by the ledger.
    pub refused: u64,
    /// More are due.
    pub more: bool,
    /// Why the pass ended early.
    pub paused: Option<String>,
}

impl Core {
    /// Lists the receipts of what was posted, and attaches those that are due.
    pub async fn attach_receipts(&self, row: &ConnectionRow) -> Result<PapersRun, EngineError> {
        self.list_receipts().await?;
        let mut run = PapersRun::default();
        // what waits to be posted comes first: a pass takes so many, and the next one goes on
        for _ in 0..CHUNKS {
            let due = self.store.receipts_due(row.id.clone(), self.now(), CHUNK).await?;
            if due.is_empty() {
                return Ok(run);
            }
            for receipt in due {
                let result = match self.one_receipt(row, &receipt).await? {
                    Ok(result) => result,
                    Err(why) => {
                        // the connection has trouble: the rest of them would have the same
                        let at = plus(self.now(), delay(receipt.attempts));
                        let later = ReceiptResult::Later { at, why: why.clone() };
                        self.store.receipt_result(receipt.id, later, self.now()).await?;
                        run.paused = Some(why);
                        return Ok(run);
                    }
                };
                match &result {
                    ReceiptResult::Attached { .. } => run.attached += 1,
                    ReceiptResult::Missing { .. } => run.missing += 1,
                    ReceiptResult::Refused { why } => {
                        run.refused += 1;
                        let text = format!("the receipt {} could not be attached: {why}", receipt.name);
                        self.tell(What::Alarm, None, Some((receipt.document, "")), text);
                    }
                    ReceiptResult::Later { .. } => {}
                }
                self.store.receipt_result(receipt.id, result, self.now()).await?;
            }
        }
        run.more = true;
        Ok(run)
    }

    async fn list_receipts(&self) -> Result<(), EngineError> {
        loop {
            let ids = self.store.receipts_to_plan(CHUNK).await?;
            if ids.is_empty() {
                return Ok(());
            }
            for id in ids {
                let card = self.store.card(id).await?;
                let row = self.connection(&card.connection).await?;
                let source = self.wires.source(&row)?;
                // what was posted was readable; should it not be any more, there is nothing to list
                let list = if self.takes_no_papers(&card).await? {
                    Vec::new()
                } else {
                    source
                        .read(card.row.kind, &card.row.source_id, &card.bytes)
                        .map(|d| wanted(&card, &d))
                        .unwrap_or_default()
                };
                self.store.plan_receipts(id, list, self.now()).await?;
            }
        }
    }

    /// A ledger that calls us has no way to attach anything.
    async fn takes_no_papers(&self, card: &Card) -> Result<bool, EngineError> {
        let Some(book) = &card.row.book else { return Ok(false) };
        let ledger = self.book(book).await?.ledger;
        Ok(crate::engine::visit::calls_us(&self.connection(&ledger).await?))
    }

    /// One receipt. The outer error is the store's; the inner one is the connection's trouble.
    async fn one_receipt(
        &self,
        source_row: &ConnectionRow,
        receipt: &ReceiptRow,
    ) -> Result<Result<ReceiptResult, String>, EngineError> {
        let Some((kind, record)) = receipt.record.clone() else {
            let at = plus(self.now(), LONGEST);
            return Ok(Ok(ReceiptResult::Later { at, why: "its record is not in the ledger yet".into() }));
        };
        let handle = match receipt.kind {
            ReceiptKind::Receipt => ReceiptHandle::Receipt(receipt.handle.clone()),
            ReceiptKind::Report => ReceiptHandle::Report(receipt.handle.clone()),
            ReceiptKind::Invoice => ReceiptHandle::Invoice(receipt.handle.clone()),
        };
        let source = self.wires.source(source_row)?;
        let mut paper = match source.receipt(handle).await {
            Ok(Some(paper)) => paper,
            Ok(None) => return Ok(Ok(ReceiptResult::Missing { at: plus(self.now(), MISSING_AGAIN) })),
            Err(e) => return self.trouble_of(source_row, receipt, e).await,
        };
        paper.name = format!("{}.{}", receipt.name, extension(&paper.content_type));
        let ledger = self.ledger_of(receipt).await?;
        if ledger.health == crate::store::Health::WrongCompany {
            return Ok(Err(format!("{}: {}", ledger.id, ledger.health_reason)));
        }
        let push = self.wires.push(&ledger)?;
        if receipt.attempts > 0 {
            // an upload was begun before: what is there already is not sent again
            match already(push.as_ref(), kind, &record, &paper).await {
                Ok(Some(result)) => return Ok(Ok(result)),
                Ok(None) => {}
                Err(e) => return self.trouble_of(&ledger, receipt, e).await,
            }
        }
        self.store.receipt_trying(receipt.id, self.now()).await?;
        let sha256 = sha256_hex(&paper.bytes);
        let size = paper.bytes.len() as u64;
        Ok(match push.attach(kind, record, paper).await {
            Ok(Put::Done { id }) => Ok(ReceiptResult::Attached { id, sha256, size }),
            Ok(Put::Refused { code, message }) => {
                Ok(ReceiptResult::Refused { why: harmless(&format!("{message} ({code})")).into_owned() })
            }
            Ok(Put::NotSent(why)) => Err(why),
            Ok(Put::Unknown(why)) => {
                Ok(ReceiptResult::Later { at: plus(self.now(), delay(receipt.attempts)), why })
            }
            Err(e) => return self.trouble_of(&ledger, receipt, e).await,
        })
    }

    /// A refusal concerns this receipt alone; anything else is the connection's trouble.
    async fn trouble_of(
        &self,
        row: &ConnectionRow,
        receipt: &ReceiptRow,
        error: CallError,
    ) -> Result<Result<ReceiptResult, String>, EngineError> {
        match error {
            CallError::Refused(why) | CallError::Shape(why) => {
                let last = receipt.attempts > 6;
                let why = harmless(&why).into_owned();
                let at = plus(self.now(), delay(receipt.attempts));
                if last {
                    return Ok(Ok(ReceiptResult::Refused { why }));
                }
                // counts as an attempt, so that it ends one day
                self.store.receipt_trying(receipt.id, self.now()).await?;
                Ok(Ok(ReceiptResult::Later { at, why }))
            }
            other => {
                let why = other.to_string();
                match self.heard::<()>(row, Err(other)).await {
                    Err(EngineError::Store(e)) => Err(e.into()),
                    _ => Ok(Err(why)),
                }
            }
        }
    }

    async fn ledger_of(&self, receipt: &ReceiptRow) -> Result<ConnectionRow, EngineError> {
        let card = self.store.card(receipt.document).await?;
        let Some(book) = card.row.book else {
            return Err(EngineError::Refused(format!("{} belongs to no book", card.row.number)));
        };
        let book = self.book(&book).await?;
        self.connection(&book.ledger).await
    }

    /// When the next receipt or payment falls due.
    pub async fn papers_due(&self) -> Result<Option<Timestamp>, EngineError> {
        Ok(self.store.papers_due().await?)
    }
}

async fn already(
    push: &dyn Push,
    kind: EntryKind,
    record: &str,
    paper: &Paper,
) -> Result<Option<ReceiptResult>, CallError> {
    let there = push.attached(kind, record.to_string()).await?;
    let size = paper.bytes.len() as u64;
    let same = there.into_iter().find(|a| a.name == paper.name && a.size == size);
    Ok(same.map(|a| ReceiptResult::Attached { id: a.id, sha256: sha256_hex(&paper.bytes), size }))
}

fn delay(attempts: u32) -> Duration {
    FIRST.saturating_mul(1u32 << attempts.min(10)).min(LONGEST)
}

fn extension(content_type: &str) -> &'static str {
    match content_type {
        "application/pdf" => "pdf",
        "image/png" => "png",
        "image/jpeg" => "jpg",
        "image/tiff" => "tif",
        _ => "bin",
    }
}

/// The receipts of a document and the records that they belong to.
fn wanted(card: &Card, document: &Document) -> Vec<NewReceipt> {
    let empty = EntrySet::default();
    let set = match (&card.approval, &card.derived) {
        (Some(a), _) => &a.set,
        (None, Some(d)) => &d.set,
        (None, None) => &empty,
    };
    let stem: String = document
        .number
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' })
        .take(60)
        .collect();
    let mut out: Vec<NewReceipt> = Vec::new();
    let mut add = |kind, handle: &str, slot: &Slot| {
        if !out.iter().any(|r| r.kind == kind && r.handle == handle && r.slot == *slot) {
            let name = format!("{stem}-{}", out.len() + 1);
            out.push(NewReceipt { kind, handle: handle.into(), slot: slot.clone(), name });
        }
    };
    if document.kind == DocumentKind::Invoice {
        if let Some(entry) = set.entries.first() {
            add(ReceiptKind::Invoice, &document.family, &entry.slot);
        }
        return out;
    }
    for (n, expense) in document.expenses.iter().enumerate() {
        let Some(handle) = expense.receipt.as_deref().filter(|h| !h.is_empty()) else { continue };
        let mut found = false;
        for entry in &set.entries {
            if entry.lines.iter().any(|l| l.source.is_some_and(|s| s.expense == n)) {
                add(ReceiptKind::Receipt, handle, &entry.slot);
                found = true;
            }
        }
        if !found {
            // lines that were brought together name one of their expenses: the others belong to the same record
            let card = expense.card.as_ref().map(|c| Slot::Card(c.transaction.clone()));
            let of_card = set.entries.iter().find(|e| card.as_ref() == Some(&e.slot));
            if let Some(entry) = of_card.or(set.entries.first()) {
                add(ReceiptKind::Receipt, handle, &entry.slot);
            }
        }
    }
    out
}
