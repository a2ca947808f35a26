//! When a document of the sample firm reaches Concur's list, is changed there, or is called back.

use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;

use super::facts::utc;
use super::tables::Document;

/// Something that happens to a document at Concur.
#[derive(Debug, Clone, PartialEq)]
pub struct Happening {
    /// When.
    pub at: Timestamp,
    /// What.
    pub kind: HappeningKind,
}

/// What happens.
#[derive(Debug, Clone, PartialEq)]
pub enum HappeningKind {
    /// The document is listed as ready; an earlier form of the same document is replaced and its acknowledgement
    /// forgotten.
    Ready(Box<Document>),
    /// The processor takes the document with this id back, unless it was posted.
    Recall(String),
}

/// Everything that happens to these documents, in the order of time.
///
/// D01 to D12 come in three batches of October, D59 once and is called back, the rest comes during the close. D14
/// comes with a dinner of 58.60 and is put right an hour later under the same id.
#[must_use]
pub fn schedule(documents: &[Document]) -> Vec<Happening> {
    let mut all = Vec::with_capacity(documents.len() + 3);
    let close = utc(date(2026, 10, 30), 20, 0);
    let mut late: i64 = 0;
    for document in documents {
        let ready = |at: Timestamp, document: Document| Happening {
            at,
            kind: HappeningKind::Ready(Box::new(document)),
        };
        match document.id.as_str() {
            "D01" | "D02" | "D03" | "D04" | "D05" => {
                all.push(ready(utc(date(2026, 10, 9), 16, 0), document.clone()));
            }
            "D06" | "D07" | "D08" | "D09" => {
                all.push(ready(utc(date(2026, 10, 16), 16, 0), document.clone()));
            }
            "D10" | "D11" | "D12" => all.push(ready(utc(date(2026, 10, 23), 16, 0), document.clone())),
            "D14" => {
                all.push(ready(utc(date(2026, 11, 4), 13, 0), first_form(document)));
                all.push(ready(utc(date(2026, 11, 4), 14, 0), document.clone()));
            }
            "D32" => all.push(ready(utc(date(2026, 11, 2), 16, 0), document.clone())),
            "D59" => {
                all.push(ready(utc(date(2026, 10, 30), 16, 0), document.clone()));
                all.push(Happening { at: close, kind: HappeningKind::Recall(document.id.clone()) });
            }
            _ => {
                let wait = SignedDuration::from_mins(100 * late);
                all.push(ready(close.checked_add(wait).unwrap_or(close), document.clone()));
                late += 1;
            }
        }
    }
    all.sort_by_key(|happening| happening.at);
    all
}

/// D14 as it was approved first: the dinner ten higher.
fn first_form(document: &Document) -> Document {
    let ten = Decimal::TEN;
    let mut first = document.clone();
    first.approved += ten;
    if let Some(dinner) = first.lines.iter_mut().find(|line| line.expense_type == "MEALS") {
        dinner.gross += ten;
    }
    first
}
