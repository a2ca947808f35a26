//! The list of financial documents (contract section 2.1).

use serde_json::{Value, json};

use super::call::{Call, Reply};
use super::record::{Record, Status};
use super::state::{DOC_TYPES, State};
use super::switches::{Format, PageStyle};

/// Longest `systemId`, in characters.
const LONGEST_SYSTEM: usize = 50;

/// The document type of the path.
pub(super) fn doc_type(call: &Call) -> Result<&'static str, Reply> {
    let wanted = call.path("docType");
    DOC_TYPES
        .iter()
        .find(|known| **known == wanted)
        .copied()
        .ok_or_else(|| Reply::refuse(400, &format!("Invalid transaction type: {wanted}")))
}

/// A system's name, checked; `None` when it is absent, null or empty.
pub(super) fn system(text: Option<&str>) -> Result<Option<String>, Reply> {
    match text {
        Some(name) if name.chars().count() > LONGEST_SYSTEM => {
            Err(Reply::refuse(400, "systemId is longer than 50 characters."))
        }
        Some("") | None => Ok(None),
        Some(name) => Ok(Some(name.to_owned())),
    }
}

/// `GET …/transactions`.
pub(super) fn list(state: &mut State, call: &Call) -> Result<Reply, Reply> {
    let doc_type = doc_type(call)?;
    system(call.query("systemId"))?;
    let page = call.count("page", 0, 0)?;
    let limit = call.count("limit", 25, 1)?;
    let text = match state.switches.document_format {
        Some(format) => format == Format::Text,
        None => call.header("documentformatas").is_some_and(|form| form.eq_ignore_ascii_case("text")),
    };
    let (chosen, total): (Vec<&Record>, usize) = if let Some(business) = call.query("docId") {
        let any_status = call.query("ignoreDocumentStatus").is_some_and(|v| v.eq_ignore_ascii_case("yes"));
        let found = one_of_family(state, doc_type, business, any_status);
        (found.into_iter().collect(), usize::from(found.is_some()))
    } else {
        let total = state.ready_count(doc_type);
        let from = page.saturating_mul(limit);
        (state.ready(doc_type).skip(from).take(limit).collect(), total)
    };
    let (company, shape) = (state.company(), state.switches.shape);
    let content: Vec<Value> = chosen.iter().map(|record| record.envelope(&company, text, shape)).collect();
    Ok(Reply::ok(match state.switches.page_style {
        PageStyle::Links => page_of_links(doc_type, &content, page, limit, total),
        PageStyle::Old => old_page(doc_type, &content, page, limit, total),
    }))
}

/// At most one document of a business id: a ready one if there is any, else, when status does not matter, the last.
fn one_of_family<'a>(
    state: &'a State,
    doc_type: &str,
    business: &str,
    any_status: bool,
) -> Option<&'a Record> {
    let mut members = state.family(business).rev().filter(|record| record.doc_type == doc_type);
    let newest = members.next()?;
    let ready = std::iter::once(newest).chain(members).find(|record| record.status == Status::Ready);
    ready.or_else(|| any_status.then_some(newest))
}

/// The links name an internal host that does not answer, as Concur's do.
fn link(doc_type: &str, page: usize, limit: usize) -> String {
    format!(
        "https://fis.internal.example/fi/v4/companies/transactiontypes/{doc_type}/transactions\
         ?limit={limit}&page={page}&size={limit}"
    )
}

fn page_of_links(doc_type: &str, content: &[Value], page: usize, limit: usize, total: usize) -> Value {
    let pages = total.div_ceil(limit);
    let mut links = vec![json!({"rel": "self", "href": link(doc_type, page, limit)})];
    if page + 1 < pages {
        links.push(json!({"rel": "next", "href": link(doc_type, page + 1, limit)}));
    }
    json!({
        "links": links,
        "content": content,
        "page": {"size": limit, "totalElements": total, "totalPages": pages, "number": page},
    })
}

fn old_page(doc_type: &str, content: &[Value], page: usize, limit: usize, total: usize) -> Value {
    let more = page.saturating_add(1).saturating_mul(limit) < total;
    json!({
        "fIDocuments": content,
        "numberReturned": content.len(),
        "offset": page.saturating_mul(limit),
        "nextPage": more.then(|| link(doc_type, page + 1, limit)),
    })
}
