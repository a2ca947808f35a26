//! Reports for any period, and the folder of them for an auditor (accounting.md, section 11). Who ran a report and when
//! stands beside its CSV, so that the same parameters on the same state give the same bytes.

mod sheets;

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Serialize;

use crate::engine::EngineError;
use crate::engine::core::Core;
use crate::engine::reconcile::{Reconciled, instants, reconcile};
use crate::model::canonical::{hex, sha256_hex};
use crate::model::ids::BookId;
use crate::model::people::Actor;
use crate::model::text::{csv_cell, harmless};
use crate::tieout::Period;

pub use sheets::{accruals, bridge, by_cost_centre, by_party, completeness, controls, items, signoffs};

/// Audit events of one evidence folder at most: more are a matter for `audit export`.
const MOST_EVENTS: u32 = 1_000_000;
/// Runs of one folder at most, the newest.
const MOST_RUNS: u32 = 100_000;

/// A cell of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Text, made harmless and defused for spreadsheets.
    Text(String),
    /// A figure or date of ours, written as it is.
    Figure(String),
}

/// Text.
pub fn text(t: impl Into<String>) -> Cell {
    Cell::Text(t.into())
}

/// A figure.
pub fn figure(t: impl ToString) -> Cell {
    Cell::Figure(t.to_string())
}

/// One report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// File name without its ending.
    pub name: &'static str,
    /// Title.
    pub title: &'static str,
    /// Columns.
    pub columns: Vec<&'static str>,
    /// Rows.
    pub rows: Vec<Vec<Cell>>,
    /// Totals in words.
    pub totals: String,
}

impl Sheet {
    /// An empty one.
    pub fn new(name: &'static str, title: &'static str, columns: &[&'static str]) -> Self {
        Self { name, title, columns: columns.to_vec(), rows: Vec::new(), totals: String::new() }
    }

    /// CSV (RFC 4180), lines end with CR LF, text cells defused.
    pub fn csv(&self) -> String {
        let mut out = String::new();
        let line = |cells: &mut dyn Iterator<Item = String>| {
            let all: Vec<String> = cells.collect();
            format!("{}\r\n", all.join(","))
        };
        out.push_str(&line(&mut self.columns.iter().map(|c| quoted(c))));
        for row in &self.rows {
            out.push_str(&line(&mut row.iter().map(|c| match c {
                Cell::Text(t) => quoted(&csv_cell(&harmless(t))),
                Cell::Figure(f) => quoted(f),
            })));
        }
        out
    }
}

fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\r', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.into()
    }
}

/// What stands beside a report's CSV.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct About {
    /// File.
    pub file: String,
    /// Title.
    pub title: String,
    /// Book.
    pub book: String,
    /// Parameters.
    pub parameters: String,
    /// Who ran it.
    pub ran_by: String,
    /// When, UTC.
    pub ran_at: String,
    /// When, in the book's zone.
    pub ran_at_book: String,
    /// Version of the program.
    pub program: String,
    /// Rows.
    pub rows: usize,
    /// Totals in words.
    pub totals: String,
    /// SHA-256 of the CSV.
    pub sha256: String,
}

/// The folder's files: name and bytes, the list of contents last.
#[derive(Debug, Clone)]
pub struct Folder {
    /// Files.
    pub files: Vec<(String, Vec<u8>)>,
    /// What each holds.
    pub contents: Vec<About>,
    /// First and last audit event that it covers.
    pub chain: (u64, u64),
    /// The chain's end: event and hash.
    pub head: (u64, String),
    /// The chain holds, or where it is broken.
    pub verified: Result<u64, String>,
    /// The tie-out inside.
    pub reconciled: Reconciled,
}

/// Makes the folder's contents. The caller writes them, then calls [`exported`].
pub async fn evidence(core: &Core, book: &BookId, period: Period, by: &Actor) -> Result<Folder, EngineError> {
    let row = core.book(book).await?;
    let done = reconcile(core, book, period).await?;
    let (from, _) = instants(period.from, period.to, &row.settings.time_zone)?;
    let head = core.store.audit_head().await?;
    let verified = core.store.verify_audit().await?.map_err(|(seq, why)| format!("event {seq}: {why}"));
    let events = core.store.events(from, Timestamp::MAX, Vec::new(), MOST_EVENTS).await?;
    let chain = (events.first().map_or(head.seq, |e| e.seq), head.seq);
    let runs = core.store.runs(from, Timestamp::MAX, MOST_RUNS).await?;
    let rows = core.store.period(ask(&row, period, from)).await?;
    // recalled, unreadable and carried-over ones stand on no line of the bridge
    let mut documents: BTreeSet<String> = rows.iter().map(|r| r.row.id.to_string()).collect();
    documents.extend(done.report.bridge.rows.iter().flat_map(|r| r.documents.iter().cloned()));
    let mine = |e: &&crate::store::AuditRow| {
        e.subject == book.as_str() || documents.contains(&e.subject) || e.number().is_none()
    };
    let events: Vec<_> = events.iter().filter(mine).collect();
    let people = core.store.people_seen().await?;
    let instance = core.store.instance().await?;
    let anchors = core.store.anchors().await?;
    let policies = core.store.policy(book.clone()).await?;
    let zone = crate::model::clock::zone(&row.settings.time_zone).map_err(EngineError::Refused)?;
    let now = core.now();
    let sheets = vec![
        sheets::control_totals(&runs, book, &zone),
        sheets::exceptions(&rows, now),
        sheets::approvals(&events, policies.version),
        sheets::changes(&events),
        sheets::vendors(&events),
        sheets::manual_acts(&events),
        sheets::reversals(&events),
        sheets::access(&row, &instance, &people),
        bridge(&done.report),
        items(&done.report),
        completeness(&done.report),
        controls(&done.report),
        accruals(&done.report),
        by_cost_centre(&done.report),
        by_party(&done.report),
        signoffs(&done.signoffs, &done.hash, &done.signed),
        sheets::chain(chain, &head, &verified, &anchors),
    ];
    let mut files = Vec::new();
    let mut contents = Vec::new();
    for s in &sheets {
        let bytes = s.csv().into_bytes();
        contents.push(About {
            file: format!("{}.csv", s.name),
            title: s.title.into(),
            book: book.to_string(),
            parameters: format!("period {period}, audit events {} to {}", chain.0, chain.1),
            ran_by: by.name.clone(),
            ran_at: now.to_string(),
            ran_at_book: now.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M %Z").to_string(),
            program: format!("tieout {}", env!("CARGO_PKG_VERSION")),
            rows: s.rows.len(),
            totals: s.totals.clone(),
            sha256: sha256_hex(&bytes),
        });
        files.push((format!("{}.csv", s.name), bytes));
    }
    let anchor = crate::engine::totals::anchor_line(head.seq, &head.hash, now);
    files.push(("anchor.json".into(), anchor.into_bytes()));
    let hash = hex(&head.hash);
    let list = serde_json::json!({
        "book": book, "company": row.settings.company, "period": period.to_string(),
        "report": done.hash, "checked": done.report.checked.text, "signed": done.signed.text,
        "audit_chain": {
            "first": chain.0, "last": chain.1, "hash": hash,
            "verified": verified.as_ref().map_or_else(Clone::clone, |n| format!("{n} events hold")),
            "signature": "none: anchors are hashes; keep one where nobody can change it",
        },
        "files": contents,
    });
    let pretty = serde_json::to_vec_pretty(&list).map_err(|e| EngineError::Refused(e.to_string()))?;
    files.push(("contents.json".into(), pretty));
    Ok(Folder { files, contents, chain, head: (head.seq, hash), verified, reconciled: done })
}

fn ask(book: &crate::model::book::Book, period: Period, from: Timestamp) -> crate::store::PeriodAsk {
    crate::store::PeriodAsk {
        book: book.id.clone(),
        ledger: book.ledger.clone(),
        from: period.from,
        to: period.to,
        arrived_from: from,
    }
}

/// After the folder was written: the export is an event, and the chain's end an anchor that stands in the folder.
pub async fn exported(
    core: &Core,
    book: &BookId,
    folder: &Folder,
    to: String,
    by: Actor,
) -> Result<(), EngineError> {
    let fields = vec![
        ("period".to_string(), folder.reconciled.report.period.clone()),
        ("to".into(), to.clone()),
        ("files".into(), folder.files.len().to_string()),
        ("report".into(), folder.reconciled.hash.clone()),
    ];
    let now = core.now();
    let head = core.store.audit_head().await?;
    if head.seq == folder.head.0 {
        core.store.anchor(head.seq, head.hash, to, now).await?;
    }
    Ok(core.store.note("evidence_exported".into(), book.to_string(), fields, by, now).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spreadsheet_reads_text_as_text_and_figures_as_figures() {
        let mut s = Sheet::new("x", "X", &["a", "b"]);
        s.rows.push(vec![text("=1+1, \"x\""), figure("-12.50")]);
        assert_eq!(s.csv(), "a,b\r\n\"'=1+1, \"\"x\"\"\",-12.50\r\n");
    }

    #[test]
    fn text_from_outside_commands_no_terminal_and_breaks_no_line() {
        let mut s = Sheet::new("x", "X", &["a"]);
        s.rows.push(vec![text("Candor\u{1b}[2J\u{202e}\r\nforged,1.00")]);
        let csv = s.csv();
        assert!(!csv.contains(['\u{1b}', '\u{202e}']), "{csv:?}");
        assert_eq!(csv.matches('\n').count(), 2, "{csv:?}");
    }
}
