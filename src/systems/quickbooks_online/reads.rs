//! Reading through batches: many queries in one call, page after page until fewer come (contract 3.1 and 3.3).

use std::collections::HashSet;

use jiff::Timestamp;
use serde_json::Value;

use crate::systems::{CallError, SendError};
use crate::transport::{Method, NetError};

use super::faults::Fault;
use super::query::{Entity, PAGE, Query};
use super::send::{answer, from_send};
use super::wire::{Item, rows};
use super::{BATCH_MAX, Client};

/// Codes of a query that the API does not take: unsupported operation, property, entity or position.
const NOT_QUERIED: [u32; 5] = [500, 2010, 4000, 4001, 4002];
/// Codes of a feature that this company or plan does not have (contract 7.10).
const NOT_OFFERED: [u32; 2] = [5020, 5030];

/// What one query brought.
#[derive(Debug, Clone, Default)]
pub struct Rows {
    /// Its rows, each id once.
    pub rows: Vec<Value>,
    /// The API does not take this query.
    pub not_queried: bool,
}

/// What several queries brought, in their order.
#[derive(Debug, Clone)]
pub struct Reading {
    /// One for each query.
    pub lists: Vec<Rows>,
    /// The server's clock at the first answer.
    pub time: Option<Timestamp>,
}

struct Progress {
    query: Query,
    found: Rows,
    seen: HashSet<String>,
    /// 1-based position of the next page; none: complete.
    next: Option<usize>,
}

impl Client {
    /// Reads every query to its end. An answer that is not complete is an error, never a shorter list.
    pub(super) async fn read_all(&self, queries: Vec<Query>) -> Result<Reading, CallError> {
        let mut all: Vec<Progress> = queries
            .into_iter()
            .map(|query| Progress { query, found: Rows::default(), seen: HashSet::new(), next: Some(1) })
            .collect();
        let mut time = None;
        let mut first = true;
        loop {
            let pages = pages_of(&all, first);
            if pages.is_empty() {
                break;
            }
            first = false;
            for chunk in pages.chunks(BATCH_MAX) {
                let texts: Vec<String> =
                    chunk.iter().filter_map(|(n, start)| all.get(*n).map(|p| p.query.text(*start))).collect();
                let (items, at) = self.read_batch(&texts).await?;
                time = time.or(at);
                for ((n, _), item) in chunk.iter().zip(items) {
                    if let Some(progress) = all.get_mut(*n) {
                        take(progress, &item)?;
                    }
                }
            }
        }
        Ok(Reading { lists: all.into_iter().map(|p| p.found).collect(), time })
    }

    /// One batch of statements, its items in their order. Many full pages can be more than an answer may hold, so a
    /// call that broke off is asked again once, in smaller parts: reading twice harms nothing.
    async fn read_batch(&self, texts: &[String]) -> Result<(Vec<Item>, Option<Timestamp>), CallError> {
        match self.read_part(texts).await {
            Ok(done) => Ok(done),
            Err(SendError::Net(NetError::MaybeSent { timed_out: false, .. })) if texts.len() > 1 => {
                let mut items = Vec::with_capacity(texts.len());
                let mut time = None;
                for part in texts.chunks(texts.len().div_ceil(4)) {
                    let (more, at) = self.read_part(part).await.map_err(from_send)?;
                    items.extend(more);
                    time = time.or(at);
                }
                Ok((items, time))
            }
            Err(e) => Err(from_send(e)),
        }
    }

    async fn read_part(&self, texts: &[String]) -> Result<(Vec<Item>, Option<Timestamp>), SendError> {
        let requests: Vec<Value> = texts
            .iter()
            .enumerate()
            .map(|(n, text)| serde_json::json!({ "bId": format!("q{n}"), "Query": text }))
            .collect();
        let body = serde_json::json!({ "BatchItemRequest": requests }).to_string().into_bytes();
        let reply = self.exchange("batch", Method::Post, "batch", &[], Some(body)).await?;
        let answer = answer(&reply).map_err(SendError::NoToken)?;
        let mut heard = answer.items().ok_or_else(|| shape("BatchItemResponse is missing"))?;
        let mut items = Vec::with_capacity(texts.len());
        for n in 0..texts.len() {
            let key = format!("q{n}");
            let at = heard.iter().position(|i| i.key == key);
            let at = at.ok_or_else(|| shape(&format!("BatchItemResponse has no item {key}")))?;
            items.push(heard.swap_remove(at));
        }
        Ok((items, answer.time()))
    }
}

fn shape(what: &str) -> SendError {
    SendError::NoToken(CallError::Shape(what.into()))
}

/// The pages to ask for next. A list that did not fit into its first page gets several at once.
fn pages_of(all: &[Progress], first: bool) -> Vec<(usize, usize)> {
    let open: Vec<(usize, usize)> =
        all.iter().enumerate().filter_map(|(n, p)| p.next.map(|at| (n, at))).collect();
    let ahead = if first { 1 } else { (BATCH_MAX / open.len().max(1)).clamp(1, 8) };
    open.into_iter().flat_map(|(n, at)| (0..ahead).map(move |k| (n, at + k * PAGE))).collect()
}

fn take(progress: &mut Progress, item: &Item) -> Result<(), CallError> {
    // pages asked for ahead, behind the end
    if progress.next.is_none() {
        return Ok(());
    }
    let entity = progress.query.entity;
    if let Some(fault) = &item.fault {
        progress.next = None;
        return refused(progress, fault);
    }
    let Some(response) = item.rest.get("QueryResponse") else {
        return Err(CallError::Shape(format!("{}: QueryResponse is missing", entity.name())));
    };
    let page = rows(response, entity.name());
    let count = page.len();
    for row in page {
        let id = row.get("Id").and_then(Value::as_str).map(str::to_string);
        if progress.query.paged && !id.is_none_or(|id| progress.seen.insert(id)) {
            continue;
        }
        progress.found.rows.push(row);
    }
    progress.next = progress.next.filter(|_| progress.query.paged && count >= PAGE).map(|start| start + PAGE);
    Ok(())
}

fn refused(progress: &mut Progress, fault: &Fault) -> Result<(), CallError> {
    let entity = progress.query.entity;
    let optional = matches!(entity, Entity::Class | Entity::Department | Entity::CompanyCurrency);
    let lenient = progress.query.lenient && entity != Entity::CompanyCurrency;
    if lenient && fault.has(&NOT_QUERIED) {
        progress.found.not_queried = true;
        return Ok(());
    }
    if (optional || lenient) && fault.has(&NOT_OFFERED) {
        tracing::info!(entity = entity.name(), "QuickBooks does not offer this list to this company");
        return Ok(());
    }
    Err(match fault.as_call_error(None) {
        CallError::Refused(why) => CallError::Refused(format!("{}: {why}", entity.name())),
        other => other,
    })
}
