//! Recent records of the ledger: what somebody typed by hand is found by them before ours is made (reliability.md, 2.5).
//! They are read page by page, without lines, and of each only what is compared is kept.

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::model::entry::{EntryKind, Named};
use crate::model::ledger::{LedgerFacts, RecentRecord, Vendor};
use crate::systems::{CallError, LedgerRecord};

use super::Client;
use super::call::{PAGE, PAGE_WITH_LINES};
use super::queries;
use super::record::{Currencies, record};

/// How far back they reach (reliability.md, 2.5).
pub const RECENT_DAYS: i64 = 120;

/// The fields that are asked for. A journal has its names, amounts and our marker on its lines.
fn fields(kind: EntryKind) -> &'static [&'static str] {
    match kind {
        EntryKind::Bill => &[
            "TxnID",
            "TimeModified",
            "VendorRef",
            "TxnDate",
            "AmountDue",
            "CurrencyRef",
            "RefNumber",
            "Memo",
        ],
        EntryKind::VendorCredit => &[
            "TxnID",
            "TimeModified",
            "VendorRef",
            "TxnDate",
            "CreditAmount",
            "CurrencyRef",
            "RefNumber",
            "Memo",
        ],
        EntryKind::CardPurchase | EntryKind::CardRefund => &[
            "TxnID",
            "TimeModified",
            "PayeeEntityRef",
            "TxnDate",
            "Amount",
            "CurrencyRef",
            "RefNumber",
            "Memo",
        ],
        EntryKind::Journal => &[
            "TxnID",
            "TimeModified",
            "TxnDate",
            "RefNumber",
            "CurrencyRef",
            "JournalDebitLine",
            "JournalCreditLine",
        ],
    }
}

impl Client {
    /// The records of all kinds that are dated within [`RECENT_DAYS`], and what was seen of older ones before.
    pub(super) async fn read_recent(
        &self,
        before: Option<&LedgerFacts>,
        currencies: &Currencies,
        vendors: &[Vendor],
        now: Timestamp,
    ) -> Result<Vec<RecentRecord>, CallError> {
        let since = oldest(now);
        let vendors: BTreeSet<&str> = vendors.iter().map(|v| v.id.as_str()).collect();
        let vendors = &vendors;
        let mut all: Vec<RecentRecord> = Vec::new();
        for kind in EntryKind::ALL {
            let page = if kind == EntryKind::Journal { PAGE_WITH_LINES } else { PAGE };
            all.extend(
                self.pages(
                    |walk| queries::since(kind, "page", since, fields(kind), walk),
                    page,
                    |element| {
                        // a currency without an ISO code is none that an entry of ours can have
                        if currencies.of(element).is_err() {
                            return Ok(None);
                        }
                        let read = record(kind, element, currencies, false)?;
                        let vendor = match kind {
                            EntryKind::Journal => read
                                .lines
                                .iter()
                                .filter_map(|l| l.party.as_ref())
                                .find(|p| vendors.contains(p.id.as_str())),
                            _ => None,
                        };
                        Ok(Some(recent(&read, vendor)))
                    },
                )
                .await?,
            );
        }
        // a look-up saw older ones by their number: a person may still link one; what was dated anew was read anew
        let read: BTreeSet<(&str, &str)> = all.iter().map(|r| (r.kind.name(), r.id.as_str())).collect();
        let older: Vec<RecentRecord> = before
            .filter(|b| b.company.id == self.link.company)
            .map_or(&[][..], |b| b.recent.as_slice())
            .iter()
            .filter(|r| r.date < since && !read.contains(&(r.kind.name(), r.id.as_str())))
            .cloned()
            .collect();
        all.extend(older);
        Ok(all)
    }
}

fn oldest(now: Timestamp) -> Date {
    let back = now.checked_sub(SignedDuration::from_hours(RECENT_DAYS * 24)).unwrap_or(Timestamp::MIN);
    back.to_zoned(TimeZone::UTC).date()
}

/// What is kept of a record. The names on a journal's lines may be customers: its vendor is `party`, where that is on one.
pub fn recent(record: &LedgerRecord, party: Option<&Named>) -> RecentRecord {
    let vendor = match record.kind {
        EntryKind::Journal => {
            party.filter(|p| record.lines.iter().filter_map(|l| l.party.as_ref()).any(|l| l.id == p.id))
        }
        _ => record.party.as_ref(),
    };
    RecentRecord {
        kind: record.kind,
        id: record.id.clone(),
        vendor: vendor.map(|v| v.id.clone()),
        number: record.number.clone(),
        date: record.date,
        amount: record.total,
        currency: record.currency,
        marker: record.marker.clone(),
    }
}
