//! Rows of the queue.

use jiff::civil::Date;
use rusqlite::{Connection, OptionalExtension};

use crate::model::finding::FindingCode;
use crate::model::ids::BookId;
use crate::model::money::Currency;
use crate::model::state::State;
use crate::store::sqlite::convert::{count, instant, named, named_or_none, small};
use crate::store::sqlite::fail::Done;
use crate::store::types::Row;

/// Columns for [`read`], of the table `document d`.
pub const COLUMNS: &str = "d.id, d.version, d.book, d.kind, d.state, d.source_id, d.family, d.number, d.title, \
    d.payee, d.payee_code, d.posting_date, d.currency, d.minor, d.will_post, d.finding, d.finding_brief, d.findings, \
    d.reason, d.revisions, d.cost_centres, d.receipts_have, d.receipts_of, d.arrived_at, d.changed_at, \
    d.ledger_number, d.concur_pays, d.approver, d.reference";

/// One row.
pub fn read(r: &rusqlite::Row<'_>) -> rusqlite::Result<Row> {
    let currency: Option<Currency> = named_or_none(r, 12)?;
    Ok(Row {
        id: named(r, 0)?,
        version: count(r.get(1)?),
        book: r.get::<_, Option<String>>(2)?.map(BookId),
        kind: named(r, 3)?,
        state: named::<State>(r, 4)?,
        source_id: r.get(5)?,
        family: r.get(6)?,
        number: r.get(7)?,
        title: r.get(8)?,
        payee: r.get(9)?,
        payee_code: r.get(10)?,
        posting_date: date_or_none(r, 11)?,
        currency,
        minor: currency.map(|_| r.get(13)).transpose()?,
        will_post: r.get(14)?,
        finding: named_or_none::<FindingCode>(r, 15)?,
        finding_brief: r.get(16)?,
        findings: small(r.get(17)?),
        reason: r.get(18)?,
        revisions: small(r.get(19)?),
        cost_centres: r.get(20)?,
        receipts: (r.get(21)?, r.get(22)?),
        arrived_at: instant(r, 23)?,
        changed_at: instant(r, 24)?,
        ledger_number: r.get(25)?,
        concur_pays: r.get(26)?,
        approver: r.get(27)?,
        reference: r.get(28)?,
    })
}

/// One, by id.
pub fn get(c: &Connection, id: &str) -> Done<Option<Row>> {
    let sql = format!("SELECT {COLUMNS} FROM document d WHERE d.id = ?");
    Ok(c.prepare_cached(&sql)?.query_row([id], read).optional()?)
}

/// One, by the table's own key.
pub fn at(c: &Connection, n: i64) -> Done<Option<Row>> {
    let sql = format!("SELECT {COLUMNS} FROM document d WHERE d.n = ?");
    Ok(c.prepare_cached(&sql)?.query_row([n], read).optional()?)
}

/// A posting date; `~` stands for none.
fn date_or_none(r: &rusqlite::Row<'_>, i: usize) -> rusqlite::Result<Option<Date>> {
    if r.get_ref(i)?.as_str().is_ok_and(|t| t == "~") { Ok(None) } else { named_or_none(r, i) }
}
