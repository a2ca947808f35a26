//! QuickBooks Online: the client of Intuit's Accounting API v3 (contract: quickbooks-online.md).
//!
//! Documents are posted and reference data is read through batches, because calls are what the ledger's quota counts.
//! The pure half (encode, check, assemble, classify, verify, merge) is apart from the half that calls.
//!
//! Settings of a connection that only this folder understands (`Link::settings`, all optional):
//! `batch` = items of one posting call, 1 to 30; `rate_days` = for how many days back exchange rates are read where
//! they cannot be queried and each day costs a call of its own (1 = today only); `negative_lines` = false where the
//! company is known to refuse negative lines (code 2290).

mod attach;
mod batch;
mod cdc;
mod check;
mod classify;
mod company;
mod encode;
mod facts;
mod faults;
mod holder;
mod lists;
mod lists_put;
mod lookup;
mod names;
mod payments;
mod query;
mod rates;
mod reading;
mod reads;
mod report;
mod send;
mod sign_in;
mod tax;
pub mod webhook;
mod wire;
mod wire_full;
mod wire_lists;
mod wire_records;
mod wire_sent;
mod wire_tax;
mod write;

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::Timestamp;

use crate::model::entry::{Entry, EntryKind};
use crate::model::intent::Outcome;
use crate::model::ledger::LedgerFacts;
use crate::systems::{
    AttachedPaper, CallError, Change, ItemKey, ItemRecord, LedgerPayment, Limits, Link, ListHead, Lists,
    Paper, Prepared, PreparedCall, Push, Put, Reading, ReadingAsk, RemoteCompany, Seen, SendError, SignIn,
    System, Target, VendorRecord, Wanted,
};
use crate::transport::{Fut, Method, Reply};

/// The system's name.
pub const NAME: &str = crate::model::system::QUICKBOOKS_ONLINE;
/// Hosts of the API and of the sign-in (contract 1.1 and 2).
pub const HOSTS: &[&str] = &[
    "quickbooks.api.intuit.com",
    "sandbox-quickbooks.api.intuit.com",
    "oauth.platform.intuit.com",
    "developer.api.intuit.com",
];
/// Kinds of calls, as pace knows them, that change something: none of them probes a half-open breaker. (Batches read
/// too; which of them does cannot be told by kind.)
pub const WRITES: &[&str] = &["batch", "write"];
/// Where codes and refresh tokens become access tokens (contract 1.1).
pub const TOKEN_URL: &str = "https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer";
/// The scope that is asked for: the only accounting scope (contract 1.2).
pub const SCOPE: &str = "com.intuit.quickbooks.accounting";

/// The minor version that every call names (contract 2).
const MINOR_VERSION: u32 = 75;
/// Items of one batch call, at most (contract 3.3).
const BATCH_MAX: usize = 30;
/// Characters of `DocNumber` (contract 7.2).
const NUMBER_MAX: usize = 21;
/// Characters of `PrivateNote` and of a line's description (contract 7.2).
const MEMO_MAX: usize = 4000;

/// The client of one company.
struct Client {
    link: Link,
    /// The company refused a negative line (code 2290): told with the next reference data.
    refuses_negative: AtomicBool,
}

/// A client of the company that `link` names.
pub fn connect(link: Link) -> Arc<dyn Push> {
    Arc::new(Client::new(link))
}

/// The reference data of the company that `link` names, to be read in full and written.
pub fn connect_lists(link: Link) -> Arc<dyn Lists> {
    Arc::new(Client::new(link))
}

/// How this system signs in.
pub fn sign_in() -> Arc<dyn SignIn> {
    Arc::new(sign_in::Intuit)
}

/// The API's name of the record that an entry becomes (contract 8).
fn entity_of(kind: EntryKind) -> query::Entity {
    match kind {
        EntryKind::Bill => query::Entity::Bill,
        EntryKind::VendorCredit => query::Entity::VendorCredit,
        EntryKind::CardPurchase | EntryKind::CardRefund => query::Entity::Purchase,
        EntryKind::Journal => query::Entity::JournalEntry,
    }
}

impl Client {
    fn new(link: Link) -> Self {
        Self { link, refuses_negative: AtomicBool::new(false) }
    }

    fn learn_no_negative_lines(&self) {
        if !self.refuses_negative.swap(true, Ordering::Relaxed) {
            tracing::warn!("this QuickBooks company takes no negative lines");
        }
    }

    /// Whether bills and purchases of this company may have negative lines (contract 8): as the connection says, and
    /// until the company refuses one.
    fn takes_negative_lines(&self) -> bool {
        let said = self.link.settings.get("negative_lines").and_then(serde_json::Value::as_bool);
        said.unwrap_or(true) && !self.refuses_negative.load(Ordering::Relaxed)
    }

    /// A whole number among the connection's settings.
    fn setting(&self, name: &str) -> Option<u64> {
        self.link.settings.get(name).and_then(serde_json::Value::as_u64)
    }
}

impl System for Client {
    fn name(&self) -> &'static str {
        NAME
    }

    fn company(&self) -> Fut<'_, Result<RemoteCompany, CallError>> {
        Box::pin(async move {
            let path = format!("companyinfo/{}", self.link.company);
            let answer = self.read("request", Method::Get, &path, &[], None).await?;
            company::remote_company(&answer, &self.link.company)
        })
    }
}

impl Target for Client {
    fn limits(&self) -> Limits {
        let asked = self.setting("batch").and_then(|n| usize::try_from(n).ok()).unwrap_or(BATCH_MAX);
        Limits {
            batch: asked.clamp(1, BATCH_MAX),
            lookup: lookup::REFERENCES_MAX,
            settle: Duration::from_secs(130),
            lookup_gap: Duration::from_secs(30),
            number: NUMBER_MAX,
            memo: MEMO_MAX,
        }
    }

    fn check(&self, entry: &Entry, facts: &LedgerFacts) -> Vec<String> {
        check::check(entry, facts)
    }

    fn encode(&self, entry: &Entry, key: &ItemKey, facts: &LedgerFacts) -> Result<Prepared, String> {
        encode::encode(entry, key, facts)
    }

    fn assemble(&self, items: &[Prepared], keys: &[ItemKey], request_key: Option<&str>) -> PreparedCall {
        batch::assemble(&self.link.company, items, keys, request_key)
    }

    fn classify(
        &self,
        item_keys: &[String],
        heard: &Result<Reply, SendError>,
        facts: &LedgerFacts,
    ) -> Vec<Outcome> {
        classify::classify(item_keys, heard, facts)
    }
}

impl Push for Client {
    fn send(&self, call: PreparedCall) -> Fut<'_, Result<Reply, SendError>> {
        Box::pin(self.send_call(call))
    }

    fn look_up(&self, wanted: Vec<Wanted>) -> Fut<'_, Result<Vec<(i64, Seen)>, CallError>> {
        Box::pin(self.look_up_all(wanted))
    }

    fn facts(&self, before: Option<LedgerFacts>, now: Timestamp) -> Fut<'_, Result<LedgerFacts, CallError>> {
        Box::pin(self.read_facts(before, now))
    }

    fn reading(&self, ask: ReadingAsk) -> Fut<'_, Result<Reading, CallError>> {
        Box::pin(self.read_span(ask))
    }

    fn attach(&self, kind: EntryKind, id: String, paper: Paper) -> Fut<'_, Result<Put, CallError>> {
        Box::pin(self.upload(kind, id, paper))
    }

    fn attached(&self, kind: EntryKind, id: String) -> Fut<'_, Result<Vec<AttachedPaper>, CallError>> {
        Box::pin(self.papers_of(kind, id))
    }

    fn payments(&self, since: Timestamp) -> Fut<'_, Result<Vec<LedgerPayment>, CallError>> {
        Box::pin(self.payments_since(since))
    }

    fn deep_link(&self, kind: EntryKind, id: &str) -> Option<String> {
        deep_link(&self.link.tokens.base_url(), kind, id)
    }
}

impl Lists for Client {
    fn vendors(&self) -> Fut<'_, Result<Vec<VendorRecord>, CallError>> {
        Box::pin(self.all_vendors())
    }

    fn put_vendor(&self, change: Change<VendorRecord>, key: String) -> Fut<'_, Result<Put, CallError>> {
        Box::pin(self.change_vendor(change, key))
    }

    fn lists(&self) -> Fut<'_, Result<Vec<ListHead>, CallError>> {
        Box::pin(self.list_heads())
    }

    fn items(&self, list: String) -> Fut<'_, Result<Vec<ItemRecord>, CallError>> {
        Box::pin(self.list_items(list))
    }

    fn put_item(&self, change: Change<ItemRecord>, key: String) -> Fut<'_, Result<Put, CallError>> {
        Box::pin(self.change_item(change, key))
    }
}

/// The page of a record in QuickBooks (contract 2). A company behind another address (a stand-in, a proxy of unknown
/// kind) has no such page.
fn deep_link(base: &str, kind: EntryKind, id: &str) -> Option<String> {
    let host = base.split_once("://").map_or(base, |(_, rest)| rest).split(['/', ':']).next()?;
    let app = match host {
        "quickbooks.api.intuit.com" => "app.qbo.intuit.com",
        "sandbox-quickbooks.api.intuit.com" => "app.sandbox.qbo.intuit.com",
        _ => return None,
    };
    let page = match kind {
        EntryKind::Bill => "bill",
        EntryKind::VendorCredit => "vendorcredit",
        EntryKind::CardPurchase | EntryKind::CardRefund => "expense",
        EntryKind::Journal => "journal",
    };
    Some(format!("https://{app}/app/{page}?txnId={}", query::percent(id)))
}
