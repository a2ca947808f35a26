//! Payments of bills, from the links of bills that changed since an instant (contract 7.4). That paying a bill changes
//! its time is assumed; a payment that was deleted is no link any more, so voided and deleted payments are not told.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::model::clock::calendar_date;
use crate::model::entry::EntryKind;
use crate::model::money::Money;
use crate::systems::{CallError, LedgerPayment};

use super::Client;
use super::call::PAGE;
use super::facts::need;
use super::queries::{self, Depth, Walk, Which};
use super::record::amount;
use super::xml::Element;

/// Local times differ from ours, and their offset may be an hour wrong (contract 4.1): a day more is asked for.
const OVERLAP: SignedDuration = SignedDuration::from_hours(26);

/// A payment and what it pays.
struct Link {
    payment: LedgerPayment,
}

impl Client {
    pub(super) async fn payments_since(&self, since: Timestamp) -> Result<Vec<LedgerPayment>, CallError> {
        let currencies = self.currencies().await?;
        let since = since.checked_sub(OVERLAP).unwrap_or(Timestamp::MIN);
        let since = since.strftime("%Y-%m-%dT%H:%M:%S").to_string();
        let page = |walk: Walk<'_>| {
            let depth = Depth { lines: false, linked: true };
            queries::records(EntryKind::Bill, "page", Which::ChangedSince(&since), depth, walk)
        };
        let read = |bill: &Element| {
            let currency = currencies.of(bill)?;
            let id = need(bill, "TxnID")?;
            let links = bill.all("LinkedTxn").filter(|l| paid_by(l).is_some());
            let read = links.map(|l| link(l, id, currency)).collect::<Result<Vec<_>, _>>()?;
            Ok(Some(read).filter(|l| !l.is_empty()))
        };
        let mut payments: BTreeMap<String, LedgerPayment> = BTreeMap::new();
        for link in self.pages(page, PAGE, read).await?.into_iter().flatten() {
            match payments.get_mut(&link.payment.id) {
                Some(known) => known.of.extend(link.payment.of),
                None => {
                    payments.insert(link.payment.id.clone(), link.payment);
                }
            }
        }
        let mut out: Vec<LedgerPayment> = payments.into_values().collect();
        out.sort_by(|a, b| (a.date, &a.id).cmp(&(b.date, &b.id)));
        Ok(out)
    }
}

/// Whether a link is a payment, and by cheque.
fn paid_by(link: &Element) -> Option<bool> {
    match link.text("TxnType")? {
        "BillPaymentCheck" => Some(true),
        "BillPaymentCreditCard" => Some(false),
        // a credit that was set off, a purchase order
        _ => None,
    }
}

fn link(link: &Element, bill: &str, currency: crate::model::money::Currency) -> Result<Link, CallError> {
    let missing = |field: &str| CallError::Shape(format!("BillRet {bill}: LinkedTxn.{field} is missing"));
    let paid = amount(link, "Amount")?.ok_or_else(|| missing("Amount"))?.abs();
    Ok(Link {
        payment: LedgerPayment {
            id: link.text("TxnID").ok_or_else(|| missing("TxnID"))?.into(),
            number: link.text("RefNumber").unwrap_or_default().into(),
            date: link.text("TxnDate").and_then(calendar_date).ok_or_else(|| missing("TxnDate"))?,
            cheque: paid_by(link).unwrap_or(false),
            of: vec![(EntryKind::Bill, bill.into(), Money::new(paid, currency))],
            void: false,
        },
    })
}
