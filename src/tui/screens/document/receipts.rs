//! The receipts of the document: what the source has of each expense, and what the ledger has of it.

use crate::model::document::{DocumentKind, Expense};
use crate::model::money::shown;
use crate::store::{ReceiptKind, ReceiptRow, ReceiptState};
use crate::tui::format::minute;
use crate::tui::msg::Sheet;
use crate::tui::text::{clean, left, right};

/// The list as text, for reading.
pub fn text(sheet: &Sheet, attaches: bool, zone: &jiff::tz::TimeZone) -> String {
    let mut out = vec!["At the source".to_string()];
    let source = sheet.source.as_ref();
    let of_report = source.filter(|d| d.kind == DocumentKind::ExpenseReport);
    match (of_report, source) {
        (Some(d), _) => {
            let mut expenses: Vec<&Expense> = d.expenses.iter().collect();
            expenses.sort_by_key(|e| e.date);
            for e in expenses {
                let date = e.date.map(|x| x.to_string()).unwrap_or_default();
                let what = if e.description.is_empty() { &e.type_name } else { &e.description };
                let amount = e.approved.map(|a| shown(a, d.currency)).unwrap_or_default();
                let kind = match e.receipt_type.as_str() {
                    "T" => "tax receipt",
                    "R" => "receipt",
                    "N" => "no receipt",
                    _ => "not said",
                };
                let image = match (e.receipt.is_some(), e.personal) {
                    (_, true) => "personal: none needed",
                    (true, _) => "image",
                    (false, _) => "no image",
                };
                out.push(format!(
                    "  {}  {} {}  {}  {image}",
                    left(&date, 10),
                    left(&clean(what), 24),
                    right(&amount, 10),
                    left(kind, 11)
                ));
            }
        }
        (None, Some(d)) if d.kind == DocumentKind::Invoice => {
            out.push("  The image of an invoice belongs to the whole invoice.".into());
        }
        _ => out.push("  None: this kind of document has no receipts.".into()),
    }
    out.push(String::new());
    out.push("In the ledger".into());
    if sheet.receipts.is_empty() {
        out.push(if attaches {
            "  None yet: they are attached once the records are in the ledger.\n  Posting never waits for them.".into()
        } else {
            "  This book attaches no receipts: they stay at the source.".to_string()
        });
    }
    for r in &sheet.receipts {
        out.extend(row(r, zone));
    }
    out.join("\n")
}

fn row(r: &ReceiptRow, zone: &jiff::tz::TimeZone) -> Vec<String> {
    let kind = match r.kind {
        ReceiptKind::Receipt => "receipt",
        ReceiptKind::Report => "whole report",
        ReceiptKind::Invoice => "invoice image",
    };
    let state = match r.state {
        ReceiptState::Attached => "✓ attached",
        ReceiptState::Wanted => "… to be attached",
        ReceiptState::Missing => "? no image at the source yet; looked for again",
        ReceiptState::Refused => "! refused",
    };
    let size = if r.size > 0 { format!("{} kB", r.size.div_ceil(1024)) } else { "size not known".into() };
    let to = match &r.record {
        Some((kind, id)) => format!("{} {id} ({})", kind.words(), r.slot),
        None => format!("{} is not in the ledger yet", r.slot),
    };
    let mut out = vec![clean(&format!("  {} · {kind} · {size} · {state} · {to}", r.name))];
    if let Some(at) = r.attached_at {
        let hash: String = r.sha256.chars().take(12).collect();
        out.push(clean(&format!(
            "      {} as attachment {} · SHA-256 {hash}…",
            minute(at, zone),
            r.attachment
        )));
    }
    if !r.detail.is_empty() {
        out.push(clean(&format!("      {}", r.detail)));
    }
    out
}
