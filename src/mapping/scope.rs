//! Whether the document is the book's business at all: test users, other ledgers, missing flows, cut-over, families.

use rust_decimal::Decimal;

use crate::mapping::dates::Dates;
use crate::mapping::rules::decided;
use crate::mapping::work::Work;
use crate::model::book::Flow;
use crate::model::document::{Document, DocumentKind};
use crate::model::finding::{FindingCode, Mend};
use crate::model::state::State;

/// Above this no ledger holds an amount, and sums could leave the range of decimals.
const LARGEST: Decimal = Decimal::from_parts(0xa4c6_8000, 0x0003_8d7e, 0, false, 0);

/// Whether every amount of the document is of a size that can be summed.
pub(super) fn countable(doc: &Document) -> bool {
    let journals = doc.journals().map(|(.., j)| j.gross);
    let taxes = doc.expenses.iter().flat_map(|e| &e.allocations).flat_map(|a| &a.taxes);
    let header = doc.stated_total.into_iter().chain([doc.advance_returned]);
    journals
        .chain(taxes.flat_map(|t| [t.amount, t.reclaim]))
        .chain(doc.advances.iter().map(|a| a.amount))
        .chain(doc.expenses.iter().filter_map(|e| e.approved))
        .chain(header)
        .all(|a| a.abs() <= LARGEST)
}

/// Adds what keeps the document out. True: it is derived no further.
pub(super) fn out(w: &mut Work<'_>, dates: &Dates) -> bool {
    let doc = w.doc();
    if doc.is_test {
        let sentence = format!("{} marks this as the document of a test user.", w.source());
        w.findings.clear();
        w.add(FindingCode::TestDocument, "", "test user", sentence, Mend::Close);
        return true;
    }
    if !countable(doc) {
        let sentence = "An amount is above 1,000,000,000,000,000: no ledger holds it.";
        w.add(FindingCode::TotalMismatch, "amount", "amount too large", sentence, Mend::Reject);
        return true;
    }
    let codes = &w.settings().ledger_codes;
    if !codes.contains(&doc.ledger_code) {
        let sentence =
            format!("It belongs to ledger {:?}; this book takes {}.", doc.ledger_code, codes.join(", "));
        w.add(
            FindingCode::OtherLedger,
            &doc.ledger_code,
            format!("ledger {}", doc.ledger_code),
            sentence,
            Mend::Close,
        );
        return true;
    }
    let kinds = [DocumentKind::ExpenseReport, DocumentKind::Invoice, DocumentKind::CashAdvance];
    let built =
        |f: &&Flow| kinds.contains(&doc.kind) && [Flow::BILL, Flow::JOURNAL].contains(&f.recipe.as_str());
    if super::guards::skip(w) {
        return true;
    }
    let Some(flow) = w.settings().flows.get(&doc.kind).filter(built) else {
        let sentence = format!("The book has no flow for this kind: {}.", doc.kind.words());
        let value = doc.kind.name();
        w.add(FindingCode::FlowMissing, value, "no flow", sentence, Mend::BookPolicy);
        return true;
    };
    match (flow.cut_over, dates.original) {
        (Some(cut), Some(d)) if d < cut => match decided(w.i, "before_cutover") {
            Some(rule) => {
                w.take(rule);
                false
            }
            None => {
                let sentence =
                    format!("Dated {d}, before the cut-over on {cut}: it belongs to the old process.");
                let mend = Mend::Decide {
                    about: "before_cutover".into(),
                    words: "take it over: post it here".into(),
                };
                w.add(FindingCode::BeforeCutover, &cut.to_string(), "before cut-over", sentence, mend);
                true
            }
        },
        _ => false,
    }
}

/// A delta after re-opening, or a sibling that is under way or in the ledger, needs a person by name
/// (reliability.md, 2.2).
pub(super) fn family(w: &mut Work<'_>) {
    use State::{Ambiguous, Approved, ConfirmFailed, Confirmed, NeedsHuman, Posted, Posting};
    let doc = w.doc();
    let sibling = w.i.around.family.iter().find(|m| {
        m.same_family
            && m.id != w.i.id
            && matches!(
                m.state,
                Approved | Posting | Ambiguous | Posted | ConfirmFailed | Confirmed | NeedsHuman
            )
    });
    let revision = doc.revision_number;
    if revision <= 1 && sibling.is_none() {
        return;
    }
    if let Some(rule) = decided(w.i, "reopened_delta") {
        w.take(rule);
        return;
    }
    let sentence = match (sibling, revision) {
        (Some(s), 0 | 1) => format!("Another document of report {} is {}.", s.number, s.state),
        (Some(s), r) => {
            format!(
                "Revision {r} of report {}, holding differences only; revision {} is {}.",
                doc.number, s.revision_number, s.state
            )
        }
        (None, r) => format!("Revision {r} of report {}: it holds differences only.", doc.number),
    };
    let brief = if revision > 1 { "reopened: delta" } else { "sibling in the ledger" };
    w.add(FindingCode::ReopenedDelta, "", brief, sentence, Mend::AcceptDelta);
}
