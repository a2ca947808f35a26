//! What is ready for us: the pages of the Financial Integration Service (contract of Concur, 2.1).
//!
//! Pages are asked for by number, since the links of an answer name internal hosts. A cursor is `docType:page`. Each
//! element of a page is parsed by itself, so that one that cannot be read takes no other with it, and the bytes of each
//! `document` are kept as they came.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::call::{Call, encoded};
use super::lenient::{Text, Whole};
use super::shapes::One;
use super::{Concur, errors};
use crate::model::document::DocumentKind;
use crate::systems::{CallError, Changes, Incoming, RemoteCompany};
use crate::transport::Reply;
use crate::transport::receive::is_too_much;

/// What is scanned unless a setting says otherwise. `payroll` has no flow and is only counted.
pub const DOC_TYPES: [&str; 4] = ["expense", "invoice", "cashadvance", "payroll"];
/// The path of a list, up to its kind.
pub const PREFIX: &str = "/financialintegration/fi/v4/companies/transactiontypes";
/// A page number beyond this is no answer to work with.
const LAST_PAGE: u32 = 100_000;
/// Stands for an element that has not even an id: it is counted.
const UNREADABLE: &str = "unreadable";

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Envelope<'a> {
    #[serde(borrow)]
    content: Option<&'a RawValue>,
    #[serde(borrow, rename = "fIDocuments")]
    documents: Option<&'a RawValue>,
    #[serde(borrow)]
    page: Option<&'a RawValue>,
    #[serde(borrow)]
    links: Option<&'a RawValue>,
    #[serde(borrow, rename = "numberReturned")]
    returned: Option<&'a RawValue>,
    #[serde(rename = "nextPage")]
    next_page: Option<serde_json::Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Totals {
    total_elements: Whole,
    total_pages: Whole,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Element<'a> {
    id: Text,
    doc_type: Text,
    company_uuid: Text,
    erp_system_id: Text,
    doc_status: Text,
    #[serde(borrow)]
    document: Option<&'a RawValue>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Business {
    report: One<BusinessIds>,
    request_header: One<BusinessIds>,
    cash_advance_data: One<BusinessIds>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct BusinessIds {
    report_id: Text,
    request_id: serde_json::Value,
    cash_advance_id: Text,
}

/// One page, read.
struct Page {
    items: Vec<Incoming>,
    /// How many elements there were.
    returned: usize,
    listed: Option<u64>,
    pages: Option<u32>,
    /// What the older envelope says of a next page.
    more: Option<bool>,
}

/// The word of a kind in addresses.
pub fn doc_type(kind: DocumentKind) -> Result<&'static str, CallError> {
    match kind {
        DocumentKind::ExpenseReport => Ok("expense"),
        DocumentKind::Invoice => Ok("invoice"),
        DocumentKind::CashAdvance => Ok("cashadvance"),
        other => Err(CallError::Refused(format!("Concur holds no {}", other.words()))),
    }
}

fn kind_of(word: &str) -> Result<DocumentKind, String> {
    match word.to_ascii_lowercase().as_str() {
        "expense" => Ok(DocumentKind::ExpenseReport),
        "invoice" => Ok(DocumentKind::Invoice),
        "cashadvance" => Ok(DocumentKind::CashAdvance),
        other => Err(other.to_owned()),
    }
}

impl Concur {
    /// One page of what is ready, and where to go on.
    pub(super) async fn page(&self, cursor: Option<String>) -> Result<Changes, CallError> {
        let types = &self.settings.doc_types;
        let (at, number) = match &cursor {
            None => (0, 0),
            Some(c) => {
                let (word, page) = c.split_once(':').unwrap_or((c, ""));
                let at = types.iter().position(|t| t == word);
                at.zip(page.parse::<u32>().ok())
                    .ok_or_else(|| CallError::Shape(format!("no such cursor: {c:?}")))?
            }
        };
        let word = types.get(at).ok_or_else(|| CallError::Shape("there is no list to scan".into()))?;
        let next_list = types.get(at + 1).map(|t| format!("{t}:0"));
        let limit = self.settings.page_limit;
        let page = match self.page_of(word, number, limit).await {
            Ok(page) => page,
            Err(CallError::Refused(why)) if kind_of(word).is_err() => {
                tracing::warn!(list = word.as_str(), %why, "a list without a flow is not to be had, it is left out");
                return Ok(Changes { next: next_list, ..Changes::default() });
            }
            Err(e) => return Err(e),
        };
        let further = page.returned > 0
            && number < LAST_PAGE
            && match (page.pages, page.more) {
                (Some(pages), _) => number + 1 < pages,
                (None, Some(more)) => more,
                (None, None) => page.returned >= limit,
            };
        let (ours, others): (Vec<_>, Vec<_>) = page.items.into_iter().partition(is_ready);
        for other in others {
            tracing::info!(id = %errors::short(&other.source_id), status = %errors::short(&other.status), "not ready, left alone");
        }
        for item in &ours {
            if let Some(family) = business_id(&item.bytes) {
                self.remember(&item.source_id, family);
            }
        }
        let next = if further { Some(format!("{word}:{}", number + 1)) } else { next_list };
        Ok(Changes { items: ours, next, listed: page.listed })
    }

    /// One document by business id, whatever its status.
    pub(super) async fn one(&self, kind: DocumentKind, family: &str) -> Result<Option<Incoming>, CallError> {
        let mut items = self.family(kind, family).await?;
        let at = items.iter().position(is_ready).unwrap_or_default();
        Ok((at < items.len()).then(|| items.swap_remove(at)))
    }

    /// What Concur has under a business id, whatever its status: one at most, by contract.
    pub(super) async fn family(&self, kind: DocumentKind, family: &str) -> Result<Vec<Incoming>, CallError> {
        let query = format!("docId={}&ignoreDocumentStatus=yes", encoded(family));
        let page = self.list(doc_type(kind)?, &query, "json", true).await?;
        Ok(page.items.into_iter().filter(|i| !i.source_id.is_empty()).collect())
    }

    /// Who answers: there is no such question in Concur, so the first list is asked for one document, and its company
    /// compared with the one that the token was made for.
    pub(super) async fn who_answers(&self) -> Result<RemoteCompany, CallError> {
        let word = self.settings.doc_types.first().map_or("expense", String::as_str);
        let page = self.page_of(word, 0, 1).await?;
        let told = page.items.into_iter().find_map(|i| i.company);
        let ours = self.link.company.trim();
        let id = match told {
            Some(other) if !ours.is_empty() && !other.eq_ignore_ascii_case(ours) => {
                return Err(CallError::WrongCompany(format!(
                    "Concur answers for company {}, and this connection is for {ours}",
                    errors::short(&other)
                )));
            }
            Some(same) => same,
            None if !ours.is_empty() => ours.to_owned(),
            None => return Err(CallError::Shape("Concur did not say which company answers".into())),
        };
        let id = id.to_ascii_lowercase();
        let name = self.settings.company_name.clone().unwrap_or_else(|| format!("Concur company {id}"));
        Ok(RemoteCompany { fingerprint: id.clone(), name, id })
    }

    /// One page. Where one document is too deep for an answer, the page is asked for with its documents as text; where
    /// that is too long, one document at a time. What is too long even alone is left in the list and told; the others go on.
    async fn page_of(&self, word: &str, number: u32, limit: usize) -> Result<Page, CallError> {
        let query = format!("page={number}&limit={limit}");
        for format in ["json", "text"] {
            match self.list(word, &query, format, false).await {
                Err(e) if too_much(&e) => tracing::warn!(list = word, number, format, "{e}"),
                answer => return answer,
            }
        }
        let mut page = Page { items: Vec::new(), returned: 0, listed: None, pages: None, more: None };
        let first = usize::try_from(number).unwrap_or(usize::MAX).saturating_mul(limit);
        for at in first..first.saturating_add(limit) {
            match self.list(word, &format!("page={at}&limit=1"), "text", false).await {
                Ok(one) if one.returned == 0 => break,
                Ok(one) => {
                    page.returned += one.returned;
                    page.listed = one.listed;
                    page.items.extend(one.items);
                }
                Err(e) if too_much(&e) => {
                    tracing::error!(
                        list = word,
                        at,
                        "a document is too long to be read and stays in the list: {e}"
                    );
                    page.returned += 1;
                }
                Err(e) => return Err(e),
            }
        }
        Ok(page)
    }

    async fn list(
        &self,
        word: &str,
        query: &str,
        format: &'static str,
        may_be_absent: bool,
    ) -> Result<Page, CallError> {
        let system = encoded(&self.link.system_id);
        let path = format!("{PREFIX}/{}/transactions?{query}&systemId={system}", encoded(word));
        let mut call = Call::get("fis", path);
        call.headers.push(("DocumentFormatAs", format));
        call.may_be_absent = may_be_absent;
        let reply = self.call(call).await?;
        if reply.status == 404 {
            return Ok(Page { items: Vec::new(), returned: 0, listed: None, pages: None, more: None });
        }
        read_page(&reply, word)
    }
}

/// The answer came and cannot be taken as a whole.
fn too_much(error: &CallError) -> bool {
    matches!(error, CallError::Offline { reason, timed_out: false } if is_too_much(reason))
}

fn is_ready(item: &Incoming) -> bool {
    item.status.is_empty() || item.status.eq_ignore_ascii_case("READY")
}

/// Envelopes: a page of `content`, or the older one of `fIDocuments`.
fn read_page(reply: &Reply, word: &str) -> Result<Page, CallError> {
    let shape = |e: serde_json::Error| CallError::Shape(format!("the list of {word}: {e}"));
    // one byte that is no text must not take the page with it
    let text = String::from_utf8_lossy(&reply.body);
    let damaged = matches!(text, Cow::Owned(_));
    let body: Envelope<'_> = serde_json::from_str(&text).map_err(shape)?;
    let known = [body.content, body.documents, body.page, body.links, body.returned];
    if known.iter().all(Option::is_none) {
        return Err(CallError::Shape(format!("the list of {word} has neither content nor page")));
    }
    let mut items = Vec::new();
    for list in [body.content, body.documents].into_iter().flatten() {
        if list.get() == "\"\"" {
            continue;
        }
        let elements: Vec<&RawValue> = serde_json::from_str(list.get()).map_err(shape)?;
        items.extend(elements.into_iter().map(|e| incoming(e.get(), word)));
        if damaged {
            items.iter_mut().for_each(mark_damaged);
        }
    }
    let totals = body.page.map(|p| serde_json::from_str::<Totals>(p.get())).transpose().map_err(shape)?;
    let (listed, pages) = totals.map_or((None, None), |t| (t.total_elements.0, t.total_pages.0));
    let more = body.documents.map(|_| !matches!(&body.next_page, None | Some(serde_json::Value::Null))).map(
        |more| more && body.next_page.as_ref().and_then(|v| v.as_str()).is_none_or(|s| !s.trim().is_empty()),
    );
    Ok(Page { returned: items.len(), items, listed: listed.map(u64::from), pages, more })
}

/// On a page with bytes that are no text: where they were replaced, the document stays unreadable. A name with a sign
/// that nobody wrote is not posted.
fn mark_damaged(item: &mut Incoming) {
    let replaced = "\u{fffd}".as_bytes();
    while let Some(at) = item.bytes.windows(replaced.len()).position(|w| w == replaced) {
        item.bytes.splice(at..at + replaced.len(), [0xff]);
    }
}

/// One element. What cannot be read as an element keeps its id and its whole bytes, so that it is stored as unreadable.
fn incoming(element: &str, word: &str) -> Incoming {
    let text = |t: Text| (!t.0.is_empty()).then_some(t.0);
    match serde_json::from_str::<Element<'_>>(element) {
        Ok(e) if !e.id.0.is_empty() => Incoming {
            kind: kind_of(if e.doc_type.0.is_empty() { word } else { &e.doc_type.0 }),
            source_id: e.id.0,
            bytes: document(e.document.map_or("null", RawValue::get)),
            status: e.doc_status.0,
            company: text(e.company_uuid),
            taken_by: text(e.erp_system_id),
        },
        _ => {
            let id = serde_json::from_str::<serde_json::Value>(element).ok();
            let id = id.as_ref().and_then(|v| v.get("id")?.as_str()).unwrap_or_default().trim().to_owned();
            tracing::warn!(list = word, id = %errors::short(&id), "an element of a list cannot be read");
            Incoming {
                kind: if id.is_empty() { Err(UNREADABLE.into()) } else { kind_of(word) },
                source_id: id,
                bytes: element.as_bytes().to_vec(),
                status: String::new(),
                company: None,
                taken_by: None,
            }
        }
    }
}

/// The bytes of a document: verbatim, or the text inside when it came as text.
fn document(raw: &str) -> Vec<u8> {
    if raw.starts_with('"')
        && let Ok(inside) = serde_json::from_str::<String>(raw)
    {
        return inside.into_bytes();
    }
    raw.as_bytes().to_vec()
}

/// The business id inside a document, when it can be read.
fn business_id(bytes: &[u8]) -> Option<String> {
    let d: Business = serde_json::from_slice(bytes).ok()?;
    let report = d.report.0.and_then(|r| r.report_id.some());
    let request = d.request_header.0.and_then(|r| r.request_id.as_str().map(|s| s.trim().to_owned()));
    report.or(request).or_else(|| d.cash_advance_data.0.and_then(|c| c.cash_advance_id.some()))
}

#[cfg(test)]
#[path = "fis_list_tests.rs"]
mod tests;
