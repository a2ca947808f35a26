//! Lists as files for a spreadsheet: every cell is made harmless, nothing is overwritten, the trail knows of it.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;

use crate::engine::Office;
use crate::model::money::{from_minor, plain};
use crate::model::text::{csv_cell, harmless};
use crate::store::{Query, Row, StoreError};

/// Rows of one read.
const PAGE: u32 = 500;

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

/// A file that is taken away again when it was not finished.
struct Sheet {
    path: PathBuf,
    csv: Option<csv::Writer<BufWriter<File>>>,
}

impl Sheet {
    fn create(path: &str) -> Result<Self, ExportError> {
        let path = PathBuf::from(path);
        let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
        let file = made.map_err(|e| {
            let why = match e.kind() {
                std::io::ErrorKind::AlreadyExists => {
                    "there is such a file already; give another name".to_string()
                }
                std::io::ErrorKind::NotFound => "there is no such folder".to_string(),
                std::io::ErrorKind::PermissionDenied => "it may not be written there".to_string(),
                _ => e.to_string(),
            };
            ExportError::File { path: path.display().to_string(), why }
        })?;
        Ok(Self {
            path,
            csv: Some(csv::WriterBuilder::new().flexible(true).from_writer(BufWriter::new(file))),
        })
    }

    fn fail(&self, e: impl std::fmt::Display) -> ExportError {
        ExportError::File { path: self.path.display().to_string(), why: e.to_string() }
    }

    fn row(&mut self, cells: &[String]) -> Result<(), ExportError> {
        let done = match &mut self.csv {
            Some(csv) => csv.write_record(cells).map_err(|e| e.to_string()),
            None => Err("it is closed".into()),
        };
        done.map_err(|e| self.fail(e))
    }

    /// What was written is on the disk.
    fn finish(mut self) -> Result<String, ExportError> {
        let Some(mut csv) = self.csv.take() else { return Err(self.fail("it is closed")) };
        let done = csv.flush().map_err(|e| e.to_string()).and_then(|()| {
            let mut buffer = csv.into_inner().map_err(|e| e.to_string())?;
            buffer.flush().map_err(|e| e.to_string())?;
            buffer.get_ref().sync_all().map_err(|e| e.to_string())
        });
        let shown = self.path.display().to_string();
        match done {
            Ok(()) => {
                self.path = PathBuf::new();
                Ok(shown)
            }
            Err(e) => Err(self.fail(e)),
        }
    }
}

impl Drop for Sheet {
    fn drop(&mut self) {
        if !self.path.as_os_str().is_empty() {
            // half a list must not be taken for a whole one
            let _gone = std::fs::remove_file(&self.path);
        }
    }
}

/// A cell of text from outside.
fn cell(text: &str) -> String {
    csv_cell(&harmless(text)).into_owned()
}

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

/// Writes every row of a query, then a line of totals for each currency. Gives how many rows, and the file.
pub async fn queue(
    office: &dyn Office,
    query: Query,
    path: &str,
    about: String,
) -> Result<(u64, String), ExportError> {
    let store = office.store();
    let mut sheet = Sheet::create(path)?;
    sheet.row(&HEAD.map(String::from))?;
    let mut sums: BTreeMap<Option<crate::model::Currency>, (u64, i128)> = BTreeMap::new();
    let mut n = 0;
    let mut from = None;
    loop {
        let page = store.page(Query { from, limit: PAGE, ..query.clone() }).await?;
        for r in &page.rows {
            n += 1;
            let sum = sums.entry(r.currency).or_default();
            sum.0 += 1;
            sum.1 += i128::from(r.minor.unwrap_or(0));
            sheet.row(&cells(r))?;
        }
        from = page.rows.last().map(|r| r.id);
        if !page.more || from.is_none() {
            break;
        }
    }
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
    let file = sheet.finish()?;
    note(office, about, n, &file).await?;
    Ok((n, file))
}

/// Writes a table: head and rows.
pub async fn table(
    office: &dyn Office,
    rows: Vec<Vec<String>>,
    path: &str,
) -> Result<(u64, String), ExportError> {
    let n = (rows.len() as u64).saturating_sub(1);
    let mut sheet = Sheet::create(path)?;
    for row in rows {
        sheet.row(&row.iter().map(|c| if is_amount(c) { c.clone() } else { cell(c) }).collect::<Vec<_>>())?;
    }
    let file = sheet.finish()?;
    note(office, "debits and credits of a batch".into(), n, &file).await?;
    Ok((n, file))
}

/// A negative amount is no formula.
fn is_amount(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit() || c == '.')
}

async fn note(office: &dyn Office, about: String, rows: u64, file: &str) -> Result<(), StoreError> {
    let fields =
        vec![("what".into(), about), ("rows".into(), rows.to_string()), ("file".into(), file.to_string())];
    office.store().note("exported".into(), "queue".into(), fields, office.actor(), office.now()).await
}
