//! QuickBooks Online: the client of Intuit's Accounting API v3 (contract: quickbooks-online.md).
//!
//! Documents are posted and reference data is read through batches, because calls are what the ledger's quota counts.
//! The pure half (encode, check, assemble, classify, verify, merge) is apart from the half that calls.
//!
//! Settings of a connection that only this folder understands (`Link::settings`, all optional):
//! `batch` = items of one posting call, 1 to 30; `rate_days` = for how many days back exchange rates are read where
//! they cannot be queried and each day costs a call of its own (1 = today only).

mod batch;
mod cdc;
mod check;
mod classify;
mod company;
mod encode;
mod facts;
mod faults;
mod lookup;
mod query;
mod rates;
mod reads;
mod send;
mod sign_in;
mod wire;
mod wire_lists;
mod wire_records;

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use crate::model::entry::{Entry, EntryKind};
use crate::model::intent::Outcome;
use crate::model::ledger::LedgerFacts;
use crate::systems::{
    CallError, ItemKey, Limits, Link, Prepared, PreparedCall, Push, RemoteCompany, Seen, SendError, SignIn,
    System, Target, Wanted,
};
use crate::transport::{Fut, Method, Reply};

/// The system's name.
pub const NAME: &str = "quickbooks_online";
/// Hosts of the API and of the sign-in (contract 1.1 and 2).
pub const HOSTS: &[&str] = &[
    "quickbooks.api.intuit.com",
    "sandbox-quickbooks.api.intuit.com",
    "oauth.platform.intuit.com",
    "developer.api.intuit.com",
];
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
}

/// A client of the company that `link` names.
pub fn connect(link: Link) -> Arc<dyn Push> {
    Arc::new(Client { link })
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
        Box::pin(async move {
            let more = [("requestid", call.request_key.as_str())];
            self.exchange("batch", Method::Post, "batch", &more, Some(call.bytes.clone())).await
        })
    }

    fn look_up(&self, wanted: Vec<Wanted>) -> Fut<'_, Result<Vec<(i64, Seen)>, CallError>> {
        Box::pin(self.look_up_all(wanted))
    }

    fn facts(&self, before: Option<LedgerFacts>, now: Timestamp) -> Fut<'_, Result<LedgerFacts, CallError>> {
        Box::pin(self.read_facts(before, now))
    }

    fn deep_link(&self, kind: EntryKind, id: &str) -> Option<String> {
        deep_link(&self.link.tokens.base_url(), kind, id)
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
