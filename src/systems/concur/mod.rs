//! SAP Concur: approved reports, invoices and advances out of the Financial Integration Service (FIS) v4, and what it is
//! told about them.
//!
//! What a contract says about the wire stays in this folder: documents leave it as [`crate::model::document::Document`],
//! answers as [`Heard`]. Facts are those of the contract of Concur; section numbers refer to it.
//!
//! Settings of a connection that this folder reads: `page_limit` (documents a page, 1 to 100), `ack_chunk` (documents
//! an acknowledgement or confirmation, 1 to 100), `doc_types` (which lists are scanned), `company_name`.

mod call;
mod errors;
mod fis_confirm;
mod fis_list;
mod fis_tell;
mod lenient;
mod lists;
mod material;
mod people;
mod read;
mod read_advance;
mod read_expense;
mod read_invoice;
mod reports;
mod shapes;
mod sign_in;
mod wire_advance;
mod wire_expense;
mod wire_invoice;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests_hostile;
#[cfg(test)]
mod tests_kinds;
#[cfg(test)]
mod tests_read;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

pub use lists::{ListItem, Vendor};
pub use people::Employee;
pub use read_invoice::SUPPLIER;
pub use sign_in::ConcurSignIn;

use crate::model::document::{Document, DocumentKind};
use crate::systems::{
    CallError, Changes, Heard, Incoming, Link, ListedReport, RemoteCompany, SignIn, Source, System, Unread,
    Verdict,
};
use crate::transport::Fut;

/// Hosts that a connection may reach besides its configured base address (section 1.1).
pub const HOSTS: &[&str] = &[".api.concursolutions.com", ".concurcdc.cn"];

/// Kinds of calls, as pace knows them, that change something: none of them probes a half-open breaker.
pub const WRITES: &[&str] = &["fis_write"];

/// Business ids that are remembered between a scan and an acknowledgement.
const REMEMBERED: usize = 50_000;

/// A client of Concur over `link`, as a source.
/// The meaning of a document's bytes; pure, without a connection.
pub fn read_document(kind: DocumentKind, source_id: &str, bytes: &[u8]) -> Result<Document, Unread> {
    read::read(kind, source_id, bytes)
}

/// The client over a link.
pub fn connect(link: Link) -> Arc<dyn Source> {
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
}
