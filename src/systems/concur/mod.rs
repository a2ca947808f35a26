//! SAP Concur: approved reports, invoices and advances out of the Financial Integration Service (FIS) v4, and what it is
//! told about them.
//!
//! What a contract says about the wire stays in this folder: documents leave it as [`crate::model::document::Document`],
//! answers as [`Heard`]. Facts are those of the contract of Concur; section numbers refer to it.
//!
//! Settings of a connection that this folder reads: `page_limit` (documents a page, 1 to 100), `ack_chunk` (documents
//! an acknowledgement or confirmation, 1 to 100), `doc_types` (which lists are scanned), `company_name`, `data_centers`
//! (further addresses that a link to an image may lead to, beside a stand-in).

mod call;
mod codes;
mod digests;
mod errors;
mod events;
mod fis_confirm;
mod fis_list;
mod fis_tell;
mod images;
mod lenient;
mod listed;
mod lists;
mod material;
mod paid;
mod paid_invoice;
mod people;
mod put;
mod read;
mod read_advance;
mod read_expense;
mod read_invoice;
mod reports;
mod shapes;
mod sign_in;
mod spend;
mod vendors;
mod wire_advance;
mod wire_expense;
mod wire_invoice;
mod xml;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests_hostile;
#[cfg(test)]
mod tests_kinds;
#[cfg(test)]
mod tests_pitfalls;
#[cfg(test)]
mod tests_pitfalls_calls;
#[cfg(test)]
mod tests_read;
#[cfg(test)]
mod tests_rules;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

pub use codes::{escaped as escaped_code, unescaped as unescaped_code};
pub use people::Employee;
pub use read_invoice::SUPPLIER;
pub use sign_in::ConcurSignIn;
pub use spend::SpendProfile;

use crate::model::document::{Document, DocumentKind};
use crate::systems::{
    CallError, Change, Changes, Heard, Incoming, ItemRecord, Link, ListAsk, ListHead, ListedReport, Listing,
    Lists, PaidDocument, Paper, Put, ReceiptHandle, RemoteCompany, ReversedPayment, SignIn, Source,
    Subscriptions, System, Unread, VendorRecord, Verdict,
};
use crate::transport::Fut;

/// Hosts that a connection may reach besides its configured base address (section 1.1).
pub const HOSTS: &[&str] = &[".api.concursolutions.com", ".concurcdc.cn"];

/// Kinds of calls, as pace knows them, that change something: none of them probes a half-open breaker.
pub const WRITES: &[&str] = &["fis_write", "invoice_write", "vendors_write", "lists_write", "events_write"];

/// Business ids that are remembered between a scan and an acknowledgement.
const REMEMBERED: usize = 50_000;

/// The meaning of a document's bytes; pure, without a connection.
pub fn read_document(kind: DocumentKind, source_id: &str, bytes: &[u8]) -> Result<Document, Unread> {
    read::read(kind, source_id, bytes)
}

/// The client over a link, as a source.
pub fn connect(link: Link) -> Arc<dyn Source> {
    Arc::new(Concur::new(link))
}

/// Its vendors and lists.
pub fn lists(link: Link) -> Arc<dyn Lists> {
    Arc::new(Concur::new(link))
}

/// Its events. The link's tokens are those of the application.
pub fn subscriptions(link: Link) -> Arc<dyn Subscriptions> {
    Arc::new(Concur::new(link))
}

/// Concur's sign-in.
pub fn sign_in() -> Arc<dyn SignIn> {
    Arc::new(ConcurSignIn)
}

/// The client. It keeps nothing that a restart may not lose.
pub struct Concur {
    link: Link,
    settings: Settings,
    /// Business ids by FIS id, for the re-read that an acknowledgement may need.
    families: Mutex<HashMap<String, String>>,
}

struct Settings {
    page_limit: usize,
    ack_chunk: usize,
    doc_types: Vec<String>,
    company_name: Option<String>,
}

impl Settings {
    fn of(settings: &serde_json::Value) -> Self {
        let number = |key: &str| {
            let asked =
                settings.get(key).and_then(serde_json::Value::as_u64).and_then(|n| usize::try_from(n).ok());
            asked.unwrap_or(100).clamp(1, 100)
        };
        let named = settings.get("doc_types").and_then(serde_json::Value::as_array).map(|a| {
            a.iter().filter_map(|v| v.as_str()).map(|s| s.trim().to_ascii_lowercase()).collect::<Vec<_>>()
        });
        let usual = || fis_list::DOC_TYPES.iter().map(|s| (*s).to_owned()).collect();
        let company = settings.get("company_name").and_then(|v| v.as_str()).map(|s| s.trim().to_owned());
        Self {
            page_limit: number("page_limit"),
            ack_chunk: number("ack_chunk"),
            doc_types: named.filter(|n| !n.is_empty()).unwrap_or_else(usual),
            company_name: company.filter(|s| !s.is_empty()),
        }
    }
}

impl Concur {
    /// A client over `link`.
    pub fn new(link: Link) -> Self {
        let settings = Settings::of(&link.settings);
        Self { link, settings, families: Mutex::new(HashMap::new()) }
    }

    fn remember(&self, id: &str, family: String) {
        let mut known = self.families.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(id.to_owned(), family);
    }

    fn family_of(&self, id: &str) -> Option<String> {
        self.families.lock().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }
}

impl System for Concur {
    fn name(&self) -> &'static str {
        "concur"
    }

    fn company(&self) -> Fut<'_, Result<RemoteCompany, CallError>> {
        Box::pin(self.who_answers())
    }
}

impl Source for Concur {
    fn changes(&self, cursor: Option<String>) -> Fut<'_, Result<Changes, CallError>> {
        Box::pin(self.page(cursor))
    }

    fn fetch(&self, kind: DocumentKind, family: String) -> Fut<'_, Result<Option<Incoming>, CallError>> {
        Box::pin(async move { self.one(kind, &family).await })
    }

    fn read(&self, kind: DocumentKind, source_id: &str, bytes: &[u8]) -> Result<Document, Unread> {
        read::read(kind, source_id, bytes)
    }

    fn material(&self, _kind: DocumentKind, bytes: &[u8]) -> String {
        material::material(bytes)
    }

    fn acknowledge_chunk(&self) -> usize {
        self.settings.ack_chunk
    }

    fn acknowledge(
        &self,
        kind: DocumentKind,
        ids: Vec<String>,
    ) -> Fut<'_, Result<Vec<(String, Heard)>, CallError>> {
        Box::pin(async move { self.acknowledge_all(kind, &ids).await })
    }

    fn confirm(&self, verdicts: Vec<Verdict>) -> Fut<'_, Result<Vec<(String, Heard)>, CallError>> {
        Box::pin(self.tell_verdicts(verdicts, fis_confirm::Word::Success))
    }

    fn refuse(&self, verdicts: Vec<Verdict>) -> Fut<'_, Result<Vec<(String, Heard)>, CallError>> {
        Box::pin(self.tell_verdicts(verdicts, fis_confirm::Word::Error))
    }

    fn reports(&self, since: jiff::civil::Date) -> Fut<'_, Result<Vec<ListedReport>, CallError>> {
        Box::pin(self.processed_since(since))
    }

    fn listed(&self, ask: ListAsk) -> Fut<'_, Result<Listing, CallError>> {
        Box::pin(self.listing(ask))
    }

    fn receipt(&self, handle: ReceiptHandle) -> Fut<'_, Result<Option<Paper>, CallError>> {
        Box::pin(async move { self.image(&handle).await })
    }

    fn paid(&self, payments: Vec<PaidDocument>) -> Fut<'_, Result<Vec<(String, Heard)>, CallError>> {
        Box::pin(self.tell_paid(payments))
    }

    fn payment_reversed(
        &self,
        payments: Vec<ReversedPayment>,
    ) -> Fut<'_, Result<Vec<(String, Heard)>, CallError>> {
        Box::pin(self.tell_reversed(payments))
    }
}

impl Lists for Concur {
    fn vendors(&self) -> Fut<'_, Result<Vec<VendorRecord>, CallError>> {
        Box::pin(self.read_vendors())
    }

    // Concur takes no key with a write: a doubt is settled by reading the list again
    fn put_vendor(&self, change: Change<VendorRecord>, _key: String) -> Fut<'_, Result<Put, CallError>> {
        Box::pin(self.write_vendor(change))
    }

    fn lists(&self) -> Fut<'_, Result<Vec<ListHead>, CallError>> {
        Box::pin(self.read_lists())
    }

    fn items(&self, list: String) -> Fut<'_, Result<Vec<ItemRecord>, CallError>> {
        Box::pin(async move { self.read_items(&list).await })
    }

    fn put_item(&self, change: Change<ItemRecord>, _key: String) -> Fut<'_, Result<Put, CallError>> {
        Box::pin(self.write_item(change))
    }
}
