//! Payment state: what the ledger paid is told to the source, per document, amount and date, partial as partial
//! (accounting.md, section 14). Off unless the book says otherwise.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::engine::core::Core;
use crate::engine::tell::plus;
use crate::engine::{EngineError, What};
use crate::model::book::{Book, WhoPays};
use crate::model::entry::{EntryKind, LineRole, Slot};
use crate::model::intent::IntentState;
use crate::model::money::{Money, to_minor};
use crate::store::{Card, ConnectionRow, NewPayment, PaymentRow, Told};
use crate::systems::{CallError, Heard, PaidDocument};

/// Payments are read again this far back: the ledger's clock is not ours.
const OVERLAP: SignedDuration = SignedDuration::from_hours(24);
/// Where nothing was read before.
const FIRST_READ: SignedDuration = SignedDuration::from_hours(24 * 29);
/// Payments of one call.
const CHUNK: u32 = 50;

impl Core {
    /// Reads the payments of a ledger's bills and keeps those of our records. Gives how many are new.
    pub async fn read_payments(&self, row: &ConnectionRow, books: &[Book]) -> Result<u64, EngineError> {
        let wants: Vec<&Book> =
            books.iter().filter(|b| b.ledger == row.id && b.settings.payments_to_source).collect();
        if wants.is_empty() {
            return Ok(0);
        }
        let now = self.now();
        let before = self.store.payments_read_until(row.id.clone()).await?;
        let since = before.map_or_else(|| back(now, FIRST_READ), |at| back(at, OVERLAP));
        let read = self.wires.push(row)?.payments(since).await;
        let payments = self.heard(row, read).await?;
        let mut keep = Vec::new();
        for p in payments {
            let mut of_document: BTreeMap<_, Money> = BTreeMap::new();
            for (kind, id, amount) in &p.of {
                let Some(document) = self.store.owner(row.id.clone(), *kind, id.clone()).await? else {
                    continue;
                };
                let card = self.store.card(document).await?;
                let ours = card.row.book.as_ref().is_some_and(|b| wants.iter().any(|w| w.id == *b));
                // the issuer's bill of a card, and what Concur pays itself, is nobody's payment of this document
                let slot =
                    card.intents.iter().find(|i| i.kind == *kind && i.remote_id == *id).map(|i| &i.slot);
                let owed = payable(&card).is_some_and(|total| total.currency == amount.currency);
                if !ours || slot != Some(&Slot::Bill) || !owed {
                    continue;
                }
                of_document.entry(document).and_modify(|m| m.amount += amount.amount).or_insert(*amount);
            }
            if p.void {
                // amounts and links are gone with it: what was kept of it says whose it was
                for row in self.store.payments_under(row.id.clone(), p.id.clone()).await? {
                    of_document.insert(row.payment.document, row.payment.amount);
                }
            }
            for (document, amount) in of_document {
                keep.push(NewPayment {
                    payment: p.id.clone(),
                    document,
                    number: p.number.clone(),
                    date: p.date,
                    cheque: p.cheque,
                    amount,
                    void: p.void,
                });
            }
        }
        let (new, voided) = self.store.keep_payments(row.id.clone(), keep, now, now).await?;
        for id in voided {
            let text = "a payment that the source was told is void or another one in the ledger now: correct it in the source";
            self.tell(What::Alarm, None, Some((id, "")), text.into());
        }
        Ok(new)
    }

    /// Tells a source what was paid. Gives how many it took.
    pub async fn tell_payments(&self, row: &ConnectionRow) -> Result<u64, EngineError> {
        let mut taken = 0;
        loop {
            let due = self.store.payments_due(row.id.clone(), self.now(), CHUNK).await?;
            if due.is_empty() {
                return Ok(taken);
            }
            let mut asked = Vec::with_capacity(due.len());
            for p in &due {
                asked.push(self.paid_document(p).await?);
            }
            self.store.payments_telling(due.iter().map(|p| p.id).collect(), self.now()).await?;
            let source = self.wires.source(row)?;
            let answer = source.paid(asked.clone()).await;
            let results = match answer {
                Ok(heard) => due
                    .iter()
                    .zip(&asked)
                    .map(|(p, a)| {
                        let said = heard.iter().find(|(key, _)| *key == a.key).map(|(_, h)| h);
                        (p.id, self.of_payment(said, p))
                    })
                    .collect::<Vec<_>>(),
                Err(error) => {
                    let pause = match &error {
                        // the other side may still be at it
                        CallError::Offline { timed_out: true, .. } => self.wires.timeout_pause(&row.id),
                        _ => later(due.iter().map(|p| p.attempts).max().unwrap_or(0)),
                    };
                    let at = plus(self.now(), pause);
                    let results =
                        due.iter().map(|p| (p.id, Told::Later { at, why: error.to_string() })).collect();
                    self.store.payments_told(results, self.now()).await?;
                    // a body that was refused says nothing of the connection
                    if let CallError::Refused(_) | CallError::Shape(_) = &error {
                        return Ok(taken);
                    }
                    return self.heard::<()>(row, Err(error)).await.map(|()| taken);
                }
            };
            for (p, (_, told)) in due.iter().zip(&results) {
                if let Told::Refused { why } = told {
                    let text = format!("the source does not take the payment {}: {why}", p.payment.number);
                    self.alarm_once(p.payment.document, text);
                }
            }
            taken += results.iter().filter(|(_, t)| *t == Told::Accepted).count() as u64;
            self.store.payments_told(results, self.now()).await?;
        }
    }

    fn of_payment(&self, said: Option<&Heard>, p: &PaymentRow) -> Told {
        let at = plus(self.now(), later(p.attempts));
        match said {
            Some(Heard::Accepted) => Told::Accepted,
            Some(Heard::AlreadyFromUs) if p.attempts > 0 => Told::Accepted,
            Some(Heard::AlreadyFromUs) => Told::Refused {
                why: "the source has a payment under this number that this store never sent".into(),
            },
            Some(Heard::Taken(by)) => Told::Taken { by: by.clone() },
            Some(Heard::Recalled) => Told::Recalled,
            Some(Heard::Later(why)) => Told::Later { at, why: why.clone() },
            Some(Heard::Refused(why)) => Told::Refused { why: why.clone() },
            None => Told::Later { at, why: "the answer does not name this payment".into() },
        }
    }

    async fn paid_document(&self, p: &PaymentRow) -> Result<PaidDocument, EngineError> {
        let card = self.store.card(p.payment.document).await?;
        // kept only where something is owed; should that have changed since, nothing is called complete
        let owed = payable(&card);
        let total = owed.unwrap_or(p.payment.amount);
        let complete = owed.is_some_and(|t| to_minor(t.amount, t.currency).is_ok_and(|t| p.sum_minor >= t));
        let book = match &card.row.book {
            Some(b) => Some(self.book(b).await?),
            None => None,
        };
        let ledger = self.connection(&p.ledger).await?;
        let record = card.intents.iter().find(|i| i.state == IntentState::Done);
        let (number, date) = record.map_or((String::new(), p.payment.date), |i| (i.number.clone(), i.date));
        let year = book.map_or_else(|| date.year(), |b| b.settings.fiscal_year(date));
        Ok(PaidDocument {
            key: format!("{}-{}", p.payment.payment, card.row.source_id.chars().take(12).collect::<String>()),
            kind: card.row.kind,
            source_id: card.row.source_id.clone(),
            family: card.row.family.clone(),
            amount: p.payment.amount,
            total,
            complete,
            date: p.payment.date,
            number: p.payment.number.clone(),
            cheque: p.payment.cheque,
            payee: (card.row.payee_code.clone(), card.row.payee.clone()),
            employee: card.row.kind != crate::model::DocumentKind::Invoice,
            record: (ledger.company, number, year),
        })
    }
}

/// What our payment run owes of a document: its bill, or the payable of its journal. None: nothing, or somebody else pays.
fn payable(card: &Card) -> Option<Money> {
    let who = card.derived.as_ref().map(|d| d.who_pays.as_str());
    if who != Some(WhoPays::Ledger.word()) {
        return None;
    }
    let set = card.approval.as_ref().map(|a| &a.set).or(card.derived.as_ref().map(|d| &d.set))?;
    let entry = set.entries.iter().find(|e| e.slot == Slot::Bill)?;
    let owed = match entry.kind {
        EntryKind::Bill => entry.total(),
        EntryKind::Journal => {
            let lines = entry.lines.iter().filter(|l| l.role == LineRole::Payable);
            -lines.map(crate::model::Line::signed).sum::<rust_decimal::Decimal>()
        }
        _ => return None,
    };
    (owed > rust_decimal::Decimal::ZERO).then(|| Money::new(owed, entry.currency))
}

fn later(attempts: u32) -> Duration {
    Duration::from_mins(1).saturating_mul(1u32 << attempts.min(8)).min(Duration::from_hours(6))
}

fn back(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_sub(by).unwrap_or(Timestamp::UNIX_EPOCH)
}
