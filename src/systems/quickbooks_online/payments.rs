//! Payments of bills (contract 7.6, and 8 "status feedback"): made, changed, voided and deleted ones since an instant.
//!
//! One call for changes; where they cannot be had or are full, paged queries by the time of the last change, and the
//! changes of the last 29 days for what was deleted.

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::Value;

use crate::model::clock::calendar_date;
use crate::model::entry::EntryKind;
use crate::model::money::{Currency, Money};
use crate::systems::{CallError, LedgerPayment};

use super::query::{Entity, Query};
use super::wire::{Ref, text};
use super::wire_full::changed_at;
use super::wire_lists::{currency, id_of, is_deleted, missing, typed};
use super::{Client, company};

/// Changes reach back 30 days (contract 3.2).
const CHANGES_REACH: SignedDuration = SignedDuration::from_hours(29 * 24);

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Payment {
    #[serde(default, deserialize_with = "text")]
    doc_number: Option<String>,
    #[serde(default, deserialize_with = "text")]
    txn_date: Option<String>,
    #[serde(default, deserialize_with = "text")]
    pay_type: Option<String>,
    #[serde(default, deserialize_with = "text")]
    private_note: Option<String>,
    total_amt: Option<Decimal>,
    currency_ref: Option<Ref>,
    line: Option<Vec<PaidLine>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PaidLine {
    amount: Option<Decimal>,
    linked_txn: Option<Vec<Linked>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Linked {
    #[serde(default, deserialize_with = "text")]
    txn_id: Option<String>,
    #[serde(default, deserialize_with = "text")]
    txn_type: Option<String>,
}

impl Client {
    pub(super) async fn payments_since(&self, since: Timestamp) -> Result<Vec<LedgerPayment>, CallError> {
        let mut rows = match self.changes_since(&[Entity::BillPayment], since).await {
            Ok(changed) if !changed.incomplete() => changed.rows(Entity::BillPayment),
            Ok(changed) => {
                let (mut rows, _) = self.changed_payments(since).await?;
                rows.extend(changed.rows(Entity::BillPayment));
                rows
            }
            // too long ago: what was deleted before the last 29 days is not told by anybody
            Err(CallError::Refused(why)) => {
                tracing::info!(why, "changes cannot be had; payments are read by query");
                let (mut rows, now) = self.changed_payments(since).await?;
                let from = now.and_then(|n| n.checked_sub(CHANGES_REACH).ok()).unwrap_or(since).max(since);
                let recent = self.changes_since(&[Entity::BillPayment], from).await?;
                rows.extend(recent.rows(Entity::BillPayment).into_iter().filter(is_deleted));
                rows
            }
            Err(e) => return Err(e),
        };
        // the newest state of a payment wins: a stub of what is gone over the row from before
        rows.sort_by_key(|r| !is_deleted(r));
        let mut seen = BTreeSet::new();
        let mut home = None;
        let mut out = Vec::new();
        for row in rows {
            let id = id_of(Entity::BillPayment, &row)?;
            if !seen.insert(id.clone()) {
                continue;
            }
            if is_deleted(&row) {
                out.push(deleted(id, &row, since));
                continue;
            }
            let payment: Payment = typed(Entity::BillPayment, &row)?;
            let code = match currency(Entity::BillPayment, &id, payment.currency_ref.as_ref())? {
                Some(code) => code,
                None => match home {
                    Some(home) => home,
                    None => *home.insert(company::home_currency(&self.preferences().await?)?),
                },
            };
            out.push(read(id, payment, code)?);
        }
        out.sort_by(|a, b| (a.date, &a.id).cmp(&(b.date, &b.id)));
        Ok(out)
    }

    async fn changed_payments(&self, since: Timestamp) -> Result<(Vec<Value>, Option<Timestamp>), CallError> {
        let since = since.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        let found = self.read_all(vec![Query::changed(Entity::BillPayment, &since)]).await?;
        Ok((found.lists.into_iter().flat_map(|l| l.rows).collect(), found.time))
    }
}

/// A payment that was deleted: its stub says neither amounts nor date, so its date is the day of its end.
fn deleted(id: String, row: &Value, since: Timestamp) -> LedgerPayment {
    let day: Date = changed_at(row).unwrap_or(since).to_zoned(TimeZone::UTC).date();
    LedgerPayment { id, number: String::new(), date: day, cheque: false, of: Vec::new(), void: true }
}

fn read(id: String, payment: Payment, currency: Currency) -> Result<LedgerPayment, CallError> {
    let need = |field: &str| missing(Entity::BillPayment, &id, field);
    let date = payment.txn_date.as_deref().and_then(calendar_date).ok_or_else(|| need("TxnDate"))?;
    let mut of = Vec::new();
    for line in payment.line.iter().flatten() {
        let amount = line.amount.ok_or_else(|| need("Line.Amount"))?;
        for linked in line.linked_txn.iter().flatten() {
            let kind = match linked.txn_type.as_deref().unwrap_or_default().to_ascii_lowercase().as_str() {
                "bill" => EntryKind::Bill,
                "vendorcredit" => EntryKind::VendorCredit,
                "journalentry" => EntryKind::Journal,
                // a deposit, a cheque: no record of ours
                _ => continue,
            };
            let record =
                linked.txn_id.clone().filter(|i| !i.is_empty()).ok_or_else(|| need("LinkedTxn.TxnId"))?;
            of.push((kind, record, Money::new(amount, currency)));
        }
    }
    // voiding sets amounts to zero and puts the word before the memo; a credit set off against a bill is zero, too
    let void = payment.total_amt.is_some_and(|t| t.is_zero())
        && payment.private_note.as_deref().is_some_and(|n| n.trim_start().starts_with("Voided"));
    Ok(LedgerPayment {
        number: payment.doc_number.unwrap_or_default(),
        date,
        cheque: payment.pay_type.as_deref().is_some_and(|p| p.eq_ignore_ascii_case("check")),
        of,
        void,
        id,
    })
}
