//! The audit trail as a file: CSV that a spreadsheet may open, or JSON lines; oldest first, of everything or of what a
//! search has. The last line says how many events there are and what all lines above it hash to.

use std::io::{self, Write as _};

use sha2::{Digest as _, Sha256};

use crate::audit;
use crate::engine::outfile::OutFile;
use crate::engine::{EngineError, Office};
use crate::model::canonical::hex;
use crate::store::{AuditQuery, StoreError};

/// Events of one read.
const PAGE: u64 = 1_000;

/// As what it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A table.
    Csv,
    /// One object a line.
    Json,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// Events.
    pub events: u64,
    /// SHA-256 of all lines but the last, hex.
    pub sha256: String,
    /// Where.
    pub to: String,
}

/// What stops an export.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The file.
    #[error("{0}")]
    File(#[from] io::Error),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The engine.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

struct Target<'a> {
    put: &'a mut (dyn FnMut(&[u8]) -> io::Result<()> + Send),
    hash: Sha256,
}

impl Target<'_> {
    fn line(&mut self, line: &str) -> io::Result<()> {
        self.hash.update(line.as_bytes());
        (self.put)(line.as_bytes())
    }
}

/// Writes what a search has (its position and limit do not count) through `put`, and leaves an audit event that names
/// the file, the search and the figures. Events that are noted meanwhile are not in it.
pub async fn export(
    office: &dyn Office,
    query: AuditQuery,
    filter: &str,
    format: Format,
    to: String,
    put: &mut (dyn FnMut(&[u8]) -> io::Result<()> + Send),
) -> Result<Exported, ExportError> {
    let (events, sha256) = lines(office, query, format, put).await?;
    noted(office, filter, Exported { events, sha256, to }).await
}

/// The lines: how many events, and what all lines but the last hash to.
async fn lines(
    office: &dyn Office,
    query: AuditQuery,
    format: Format,
    put: &mut (dyn FnMut(&[u8]) -> io::Result<()> + Send),
) -> Result<(u64, String), ExportError> {
    let store = office.store();
    let newest = store.audit(AuditQuery { limit: 1, ..AuditQuery::default() }).await?;
    let last = newest.first().map_or(0, |r| r.seq);
    let mut target = Target { put, hash: Sha256::new() };
    if format == Format::Csv {
        target.line(audit::CSV_HEADER)?;
    }
    let (mut from, mut events) = (0, 0);
    while from < last {
        let page = AuditQuery {
            after: Some(from),
            before: Some(last.saturating_add(1)),
            forward: true,
            limit: u32::try_from(PAGE).unwrap_or(u32::MAX),
            ..query.clone()
        };
        let rows = store.audit(page).await?;
        let Some(newest) = rows.first().map(|r| r.seq) else { break };
        for row in rows.iter().rev() {
            let event = row.event();
            target.line(&match format {
                Format::Csv => audit::csv_line(&event, &row.hash),
                Format::Json => audit::json_line(&event, &row.hash),
            })?;
            events += 1;
        }
        from = newest;
    }
    let sha256 = hex(&target.hash.finalize());
    let end = match format {
        Format::Csv => audit::csv_end(events, &sha256),
        Format::Json => audit::json_end(events, &sha256),
    };
    (target.put)(end.as_bytes())?;
    Ok((events, sha256))
}

/// What was written is an event.
async fn noted(office: &dyn Office, filter: &str, done: Exported) -> Result<Exported, ExportError> {
    let mut fields = vec![("file".to_string(), done.to.clone()), ("events".into(), done.events.to_string())];
    if !filter.trim().is_empty() {
        fields.push(("filter".into(), filter.trim().into()));
    }
    fields.push(("sha256".into(), done.sha256.clone()));
    let store = office.store();
    store.note("exported".into(), "audit".into(), fields, office.actor(), office.now()).await?;
    Ok(done)
}

/// The same into a new file of 0600; one that is there already is an error, and nothing is written. The event comes after
/// the file is on the disk; without both the file is taken away again.
pub async fn export_to(
    office: &dyn Office,
    query: AuditQuery,
    filter: &str,
    format: Format,
    path: &std::path::Path,
) -> Result<Exported, ExportError> {
    let to = std::path::absolute(path)?.display().to_string();
    let mut file = OutFile::new(path)?;
    let (events, sha256) = lines(office, query, format, &mut |bytes| file.write_all(bytes)).await?;
    let file = file.finish()?;
    let done = noted(office, filter, Exported { events, sha256, to }).await;
    if done.is_err() {
        file.withdrawn();
    }
    done
}
