//! Lists as files for a spreadsheet: every cell is made harmless, nothing is overwritten, the trail knows of it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::engine::Office;
use crate::engine::outfile::{self, Finished, OutFile};
use crate::model::money::{from_minor, plain};
use crate::model::text::{csv_cell, harmless};
use crate::store::{Query, Row, StoreError};
use crate::tui::screens::queue::effect::Exported;

use super::walk::Walk;

/// Why a file could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The file.
    #[error("{path}: {why}")]
    File {
        /// Which.
        path: String,
        /// Why.
        why: String,
    },
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A table that is being written.
struct Sheet {
    path: PathBuf,
    csv: csv::Writer<OutFile>,
}

impl Sheet {
    fn create(path: &str) -> Result<Self, ExportError> {
        let path = outfile::path_of(path);
        let made = OutFile::new(&path);
        let file =
            made.map_err(|e| ExportError::File { path: path.display().to_string(), why: outfile::why(&e) })?;
        Ok(Self { path, csv: csv::WriterBuilder::new().flexible(true).from_writer(file) })
    }

    fn row(&mut self, cells: &[String]) -> Result<(), ExportError> {
        let done = self.csv.write_record(cells);
        done.map_err(|e| ExportError::File { path: self.path.display().to_string(), why: e.to_string() })
    }

    /// What was written is on the disk.
    fn finish(self) -> Result<Finished, ExportError> {
        let path = self.path.display().to_string();
        let told = |why: String| ExportError::File { path, why };
        match self.csv.into_inner() {
            Ok(file) => file.finish().map_err(|e| told(e.to_string())),
            Err(e) => Err(told(e.to_string())),
        }
    }
}

/// A cell of text from outside.
fn cell(text: &str) -> String {
    csv_cell(&harmless(text)).into_owned()
}

/// What a list says at its end that is not of one moment.
const CHANGED: &str = "the queue changed while this was written";

const HEAD: [&str; 18] = [
    "state",
    "posting date",
    "kind",
    "payee",
    "payee code",
    "number",
    "title",
    "will post",
    "finding",
    "findings",
    "currency",
    "approved",
    "cost centres",
    "receipts",
    "arrived",
    "approver",
    "reference",
    "id",
];

fn cells(r: &Row) -> Vec<String> {
    let receipts =
        if r.receipts.1 == 0 { String::new() } else { format!("{} of {}", r.receipts.0, r.receipts.1) };
    let finding = if r.finding_brief.is_empty() { &r.reason } else { &r.finding_brief };
    vec![
        r.state.name().into(),
        r.posting_date.map(|d| d.to_string()).unwrap_or_default(),
        r.kind.words().into(),
        cell(&r.payee),
        cell(&r.payee_code),
        cell(&r.number),
        cell(&r.title),
        cell(&r.will_post),
        cell(finding),
        r.findings.to_string(),
        r.currency.map(|c| c.to_string()).unwrap_or_default(),
        match (r.minor, r.currency) {
            (Some(m), Some(c)) => plain(from_minor(m, c), c),
            _ => String::new(),
        },
        cell(&r.cost_centres),
        receipts,
        r.arrived_at.to_string(),
        cell(&r.approver),
        cell(&r.reference),
        r.id.to_string(),
    ]
}

/// Writes every row of a query, then a line of totals for each currency.
pub async fn queue(
    office: &dyn Office,
    query: Query,
    path: &str,
    about: String,
) -> Result<Exported, ExportError> {
    let store = office.store();
    let mut sheet = Sheet::create(path)?;
    sheet.row(&HEAD.map(String::from))?;
    let mut sums: BTreeMap<Option<crate::model::Currency>, (u64, i128)> = BTreeMap::new();
    let mut n = 0;
    let mut walk = Walk::begin(&*store, query).await?;
    while let Some(rows) = walk.next().await? {
        for r in &rows {
            n += 1;
            let sum = sums.entry(r.currency).or_default();
            sum.0 += 1;
            sum.1 += i128::from(r.minor.unwrap_or(0));
            sheet.row(&cells(r))?;
        }
    }
    let changed = walk.changed().await?;
    for (currency, (count, minor)) in sums {
        let mut line = vec![String::new(); HEAD.len()];
        let amount = currency.map(|c| {
            let minor = i64::try_from(minor).unwrap_or(i64::MAX);
            (c.to_string(), plain(from_minor(minor, c), c))
        });
        let (currency, amount) = amount.unwrap_or_default();
        for (at, text) in [
            (0, "total".to_string()),
            (
                3,
                if currency.is_empty() {
                    format!("{count} without an amount")
                } else {
                    format!("{count} documents")
                },
            ),
            (10, currency),
            (11, amount),
        ] {
            if let Some(slot) = line.get_mut(at) {
                *slot = text;
            }
        }
        sheet.row(&line)?;
    }
    if changed {
        let mut line = vec![String::new(); HEAD.len()];
        line[0] = "changed".into();
        line[3] = CHANGED.into();
        sheet.row(&line)?;
    }
    let about = if changed { format!("{about}; {CHANGED}") } else { about };
    let file = note(office, "queue", about, n, sheet.finish()?).await?;
    Ok(Exported { rows: n, file, changed })
}

/// Writes a table: head and rows.
pub async fn table(office: &dyn Office, rows: Vec<Vec<String>>, path: &str) -> Result<Exported, ExportError> {
    let n = (rows.len() as u64).saturating_sub(1);
    let mut sheet = Sheet::create(path)?;
    for row in rows {
        sheet.row(&row.iter().map(|c| if is_amount(c) { c.clone() } else { cell(c) }).collect::<Vec<_>>())?;
    }
    let about = "debits and credits of a batch".into();
    let file = note(office, "queue", about, n, sheet.finish()?).await?;
    Ok(Exported { rows: n, file, changed: false })
}

/// A negative amount is no formula.
fn is_amount(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit() || c == '.')
}

/// The trail knows of a file that is whole; without that there is none. Gives its name.
pub async fn note(
    office: &dyn Office,
    subject: &str,
    about: String,
    rows: u64,
    file: Finished,
) -> Result<String, StoreError> {
    let name = file.path().display().to_string();
    let fields =
        vec![("what".into(), about), ("rows".into(), rows.to_string()), ("file".into(), name.clone())];
    let noted =
        office.store().note("exported".into(), subject.into(), fields, office.actor(), office.now()).await;
    if noted.is_err() {
        file.withdrawn();
    }
    noted.map(|()| name)
}
