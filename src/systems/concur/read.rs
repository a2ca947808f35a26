//! From bytes to a document: the limits of a payload, the path of what cannot be read, and what the kinds share.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;

use super::codes::from_concur;
use super::errors::short;
use super::wire_expense::{Employee, Rest};
use super::{lenient, read_advance, read_expense, read_invoice};
use crate::model::document::{Coded, Document, DocumentKind, Payee};
use crate::systems::Unread;

/// Largest payload that is read (reliability.md, S12).
const LARGEST: usize = 16 * 1024 * 1024;
/// Deepest nesting that is read.
const DEEPEST: usize = 64;

/// The meaning of the bytes of one document.
pub fn read(kind: DocumentKind, source_id: &str, bytes: &[u8]) -> Result<Document, Unread> {
    limits(bytes)?;
    match kind {
        DocumentKind::ExpenseReport => read_expense::read(source_id, bytes),
        DocumentKind::Invoice => read_invoice::read(source_id, bytes),
        DocumentKind::CashAdvance => read_advance::read(source_id, bytes),
        other => Err(unread("", format!("Concur has no {} to read.", other.words()))),
    }
    .map_err(|u| Unread {
        path: short(&u.path),
        message: short(&u.message),
        number: first_of(kind, bytes, number),
        ledger_code: first_of(kind, bytes, ledger_code),
    })
}

/// Why something cannot be read, without number and ledger, which are added at the end.
pub fn unread(path: impl Into<String>, message: impl Into<String>) -> Unread {
    let (number, ledger_code) = (String::new(), String::new());
    Unread { path: path.into(), message: message.into(), number, ledger_code }
}

/// Parses wire types; what cannot be parsed has its path.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Unread> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let read = serde_path_to_error::deserialize(&mut json).map_err(|e| {
        let path = e.path().to_string();
        unread(if path == "." { String::new() } else { path }, e.into_inner().to_string())
    })?;
    json.end().map_err(|e| unread("", e.to_string()))?;
    Ok(read)
}

fn limits(bytes: &[u8]) -> Result<(), Unread> {
    if bytes.len() > LARGEST {
        return Err(unread("", format!("the document has {} bytes; the limit is {LARGEST}", bytes.len())));
    }
    if deeper_than(bytes, DEEPEST) {
        return Err(unread("", format!("the document is nested deeper than {DEEPEST} levels")));
    }
    Ok(())
}

/// True when brackets outside of text are nested deeper than `most`.
pub fn deeper_than(bytes: &[u8], most: usize) -> bool {
    let (mut depth, mut text, mut escaped) = (0_usize, false, false);
    for b in bytes {
        match (text, b) {
            (true, _) if escaped => escaped = false,
            (true, b'\\') => escaped = true,
            (true, b'"') => text = false,
            (true, _) => {}
            (false, b'"') => text = true,
            (false, b'{' | b'[') => depth += 1,
            (false, b'}' | b']') => depth = depth.saturating_sub(1),
            (false, _) => {}
        }
        if depth > most {
            return true;
        }
    }
    false
}

/// Where the number for people stands.
fn number(kind: DocumentKind) -> &'static [&'static str] {
    match kind {
        DocumentKind::ExpenseReport => &["/report/reportNumber", "/report/reportId"],
        DocumentKind::Invoice => &["/requestHeader/vendorInvoiceNumber", "/requestHeader/requestId"],
        _ => &["/cashAdvanceData/name", "/cashAdvanceData/cashAdvanceId"],
    }
}

/// Where the ledger stands.
fn ledger_code(kind: DocumentKind) -> &'static [&'static str] {
    match kind {
        DocumentKind::ExpenseReport => &["/report/ledgerCode"],
        DocumentKind::Invoice => &["/requestHeader/ledgerCode"],
        _ => &["/cashAdvanceData/ledgerCode"],
    }
}

/// The first text that stands at one of the places, out of a payload that cannot be read; empty when there is none.
fn first_of(kind: DocumentKind, bytes: &[u8], places: fn(DocumentKind) -> &'static [&'static str]) -> String {
    if bytes.len() > LARGEST || deeper_than(bytes, DEEPEST) {
        return String::new();
    }
    let Ok(value) = serde_json::from_slice::<serde_json::Value>(bytes) else { return String::new() };
    let pointers = places(kind);
    let found = pointers.iter().filter_map(|p| value.pointer(p)).filter_map(|v| lenient::text_of(v).ok());
    found.filter(|s| !s.is_empty()).map(|s| lenient::shortened(&s)).next().unwrap_or_default()
}

/// Moves numbered pairs such as `reportCustom3Code` and `reportCustom3Value` to `custom3`. Codes are the ledger's: those that were
/// escaped when tieout made the list item come back as they were (contract of Concur, 5.1).
pub fn coded(rest: &Rest, from: &str, to: &str, into: &mut BTreeMap<String, Coded>) {
    for (key, value) in rest {
        let Some(tail) = key.strip_prefix(from) else { continue };
        let (digits, code) = match (tail.strip_suffix("Code"), tail.strip_suffix("Value")) {
            (Some(d), _) => (d, true),
            (None, Some(d)) => (d, false),
            (None, None) => continue,
        };
        if digits.is_empty() || digits.len() > 3 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            continue;
        }
        let Ok(text) = lenient::text_of(value) else { continue };
        if text.is_empty() {
            continue;
        }
        let field = into.entry(format!("{to}{digits}")).or_default();
        // codes come from lists, where ours are escaped; a value is what people read
        if code {
            field.code = from_concur(&text);
        } else {
            field.value = text;
        }
    }
}

/// The payee that an employee is.
pub fn employee(e: &Employee) -> Payee {
    let (first, last) = (e.employee_first_name.0.as_str(), e.employee_last_name.0.as_str());
    let join = |a: &str, by: &str, b: &str| match (a.is_empty(), b.is_empty()) {
        (false, false) => format!("{a}{by}{b}"),
        _ => format!("{a}{b}"),
    };
    Payee {
        employee: true,
        code: e.employee_id.0.clone(),
        name: join(last, ", ", first),
        spoken_name: join(first, " ", last),
        email: e.email_address.or(&e.login_id).some().map(|m| m.to_lowercase()),
    }
}

/// Organisation units and customs of a person.
pub fn employee_fields(e: &Employee, into: &mut BTreeMap<String, Coded>) {
    coded(&e.rest, "employeeOrgUnit", "employeeOrgUnit", into);
    coded(&e.rest, "employeeCustom", "employeeCustom", into);
}
