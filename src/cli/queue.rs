//! `tieout queue`: the queue as a table, or page by page as records and JSON.

use serde_json::json;

use crate::cli::args::QueueArgs;
use crate::cli::context::{Context, Waits};
use crate::cli::error::CliError;
use crate::cli::exit::ExitCode;
use crate::cli::json;
use crate::cli::table::{Table, left, right};
use crate::model::filter::Filter;
use crate::model::money::{from_minor, shown};
use crate::model::state::{open_states, states_of};
use crate::store::{Query, Row, Total};

/// Rows of one read.
const PAGE: u32 = 500;

/// Runs it.
pub async fn run(ctx: &mut Context, args: QueueArgs) -> Result<ExitCode, CliError> {
    let states = match args.state.as_deref() {
        None => Vec::new(),
        Some(word) => states_of(word).map_err(|e| {
            let groups = "Open, Blocked, Ready, Waiting, Posted, Confirmed, Closed";
            CliError::Usage(format!("{e}: give a state of the queue, or a group: {groups}"))
        })?,
    };
    let book = ctx.book_id(args.book.as_deref()).await?;
    let filter = Filter::read(args.search.as_deref().unwrap_or_default());
    let filter = filter.map_err(|e| CliError::Usage(format!("--search cannot be read: {e}")))?;
    let query = Query { book: book.clone(), states, filter, limit: PAGE, ..Query::default() };
    let rows = all(ctx, query).await?;
    let totals = ctx.store.totals(book).await?;
    let waits = ctx.waits().await?;
    if ctx.out.is_json() {
        let documents: Vec<_> = rows.iter().map(|r| json::waiting_row(r, &waits)).collect();
        ctx.out.json(&json!({
            "documents": documents,
            "count": documents.len(),
            "totals": json::totals(&totals),
        }))?;
    } else {
        ctx.out.list(&table(&rows, &waits), "No documents here.")?;
        ctx.out.note(&summary(&rows, &totals))?;
    }
    Ok(ExitCode::Done)
}

/// Every row of a query, page after page.
pub async fn all(ctx: &Context, mut query: Query) -> Result<Vec<Row>, CliError> {
    let mut rows: Vec<Row> = Vec::new();
    loop {
        let page = ctx.store.page(query.clone()).await?;
        let last = page.rows.last().map(|r| r.id);
        rows.extend(page.rows);
        match last {
            Some(id) if page.more => query.from = Some(id),
            _ => return Ok(rows),
        }
    }
}

fn table(rows: &[Row], waits: &Waits) -> Table {
    let mut table = Table::new(&[
        left("state"),
        left("post. date"),
        left("kind"),
        left("payee"),
        left("number"),
        left("will post"),
        left("finding"),
        left("ccy"),
        right("approved"),
        left("id"),
    ]);
    for row in rows {
        let more = if row.findings > 1 { format!(" +{}", row.findings - 1) } else { String::new() };
        let finding = if let Some(waits) = waits.of(row) {
            waits.to_string()
        } else if row.finding_brief.is_empty() {
            row.reason.clone()
        } else {
            row.finding_brief.clone() + &more
        };
        table.row([
            row.state.to_string(),
            row.posting_date.map(|d| d.to_string()).unwrap_or_default(),
            row.kind.short().into(),
            row.payee.clone(),
            row.number.clone(),
            row.will_post.clone(),
            finding,
            row.currency.map(|c| c.to_string()).unwrap_or_default(),
            amount(row),
            row.id.to_string(),
        ]);
    }
    table
}

/// The approved amount for people: `1,290.15`.
pub fn amount(row: &Row) -> String {
    match (row.minor, row.currency) {
        (Some(m), Some(c)) => shown(from_minor(m, c), c),
        _ => String::new(),
    }
}

/// One line under the table: how many are shown, and what waits for a person in all.
fn summary(rows: &[Row], totals: &[Total]) -> String {
    let open = open_states();
    let waiting: u64 = totals.iter().filter(|t| open.contains(&t.state)).map(|t| t.count).sum();
    let all: u64 = totals.iter().map(|t| t.count).sum();
    format!("{} of {all} documents; {waiting} wait for a person", rows.len())
}
