//! Control totals of runs, and the documents of a period.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use rusqlite::{Connection, params};

use crate::model::entry::EntryKind;
use crate::model::ids::{BookId, ConnectionId, DocumentId};
use crate::model::people::Actor;
use crate::store::sqlite::approve::in_force;
use crate::store::sqlite::convert::{instant, instant_or_none, micros, named, named_or_none};
use crate::store::sqlite::derive::derivation;
use crate::store::sqlite::doc::ack;
use crate::store::sqlite::fail::{Done, refused};
use crate::store::sqlite::intents;
use crate::store::sqlite::rows;
use crate::store::sqlite::tx::{Tx, fields};
use crate::store::types::{ControlBreak, NewRun, PeriodAsk, PeriodRow, Run, RunTotal, StoreError};
use crate::tieout::{Equation, Stage, Totals, equations};

fn keep(tx: &Tx<'_>, run: i64, t: &RunTotal) -> Done<()> {
    tx.c.prepare_cached(
        "INSERT INTO run_total(run, book, connection, kind, currency, stage, count, minor) VALUES (?,?,?,?,?,?,?,?)",
    )?
    .execute(params![
        run,
        t.book.as_ref().map_or("", |b| b.as_str()),
        t.connection.as_str(),
        t.kind.map_or("", |k| k.name()),
        t.currency.map_or("", |c| c.code()),
        t.stage.name(),
        t.count,
        t.minor
    ])?;
    Ok(())
}

/// Checks the equations, and writes a run with what it saw and what stands now. What stands is written when it changed
/// since it was written last; a pass that saw no source and changed nothing is no run.
pub fn put(tx: &Tx<'_>, run: &NewRun) -> Done<Vec<ControlBreak>> {
    let mut wrong: Vec<(String, String, Equation)> = Vec::new();
    let mut seen: BTreeMap<&str, Totals> = BTreeMap::new();
    for t in &run.seen {
        let sum = seen.entry(t.connection.as_str()).or_default().entry(t.stage).or_default();
        *sum = (sum.0 + t.count, sum.1 + t.minor);
    }
    for (connection, totals) in seen {
        let broken = equations(&totals).into_iter().filter(|e| !e.holds());
        wrong.extend(broken.map(|e| {
            (String::new(), String::new(), Equation { text: format!("{connection}: {}", e.text), ..e })
        }));
    }
    for ((book, currency), totals) in by_book(tx.c)? {
        let broken = equations(&totals).into_iter().filter(|e| !e.holds());
        wrong.extend(broken.map(|e| (book.clone(), currency.clone(), e)));
    }
    let mut now: Vec<RunTotal> = standing(tx.c)?;
    // of what nobody's book has, a run tells what it stored itself
    now.retain(|t| t.book.is_some() || t.stage != Stage::Stored);
    let changed = now != written(tx.c)?;
    let mut untold = false;
    for (book, currency, e) in &wrong {
        untold |= !told(tx.c, book, currency, e)?;
    }
    if run.seen.is_empty() && !changed && !untold {
        return Ok(Vec::new());
    }
    tx.c.prepare_cached("INSERT INTO run(pass, started_at, ended_at) VALUES (?,?,?)")?.execute(params![
        run.pass,
        micros(run.started_at),
        micros(tx.now)
    ])?;
    let id = tx.c.last_insert_rowid();
    // under no book a fetch says what it saw of its source itself
    let said = |t: &RunTotal| {
        let same = |s: &&RunTotal| {
            (&s.connection, s.kind, s.currency, s.stage) == (&t.connection, t.kind, t.currency, t.stage)
        };
        t.book.is_none() && run.seen.iter().find(same).is_some()
    };
    for t in run.seen.iter().chain(now.iter().filter(|t| changed && !said(t))) {
        keep(tx, id, t)?;
    }
    let mut new = Vec::new();
    for (book, currency, e) in wrong {
        let text = sentence(&book, &currency, &e);
        let n =
            tx.c.prepare_cached(
                "INSERT OR IGNORE INTO control_break(run, book, currency, equation, text, opened_at)
                 VALUES (?,?,?,?,?,?)",
            )?
            .execute(params![id, book, currency, e.text, text, micros(tx.now)])?;
        if n == 0 {
            continue;
        }
        let row = tx.c.last_insert_rowid();
        tx.note(
            &Actor::engine(),
            "control_break",
            if book.is_empty() { "control" } else { &book },
            fields([("why", text.clone()), ("run", id.to_string())]),
        )?;
        let book = (!book.is_empty()).then_some(BookId(book));
        new.push(ControlBreak { id: row, run: id, book, text, opened_at: tx.now, closed: None });
    }
    Ok(new)
}

/// The break is open already.
fn told(c: &Connection, book: &str, currency: &str, e: &Equation) -> Done<bool> {
    let open = "SELECT EXISTS (SELECT 1 FROM control_break
                WHERE book = ? AND currency = ? AND equation = ? AND closed_at IS NULL)";
    Ok(c.prepare_cached(open)?.query_row(params![book, currency, e.text], |r| r.get(0))?)
}

/// What stood when it was written last.
fn written(c: &Connection) -> Done<Vec<RunTotal>> {
    let mut s = c.prepare_cached(
        "SELECT book, connection, kind, currency, stage, count, minor FROM run_total
         WHERE run = (SELECT run FROM run_total WHERE book <> '' ORDER BY run DESC LIMIT 1)
           AND NOT (book = '' AND stage IN ('listed','known','out_of_scope','stored','unreadable'))
         ORDER BY book, connection, kind, currency, stage",
    )?;
    let rows = s.query_map([], read_total)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn sentence(book: &str, currency: &str, e: &Equation) -> String {
    let side = |s: (i64, i64)| format!("{} documents, {} minor units", s.0, s.1);
    let of = [book, currency].into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join(" ");
    let of = if of.is_empty() { String::new() } else { format!("{of}: ") };
    format!("{of}{} does not hold: {} against {}", e.text, side(e.left), side(e.right))
}

/// The tally by another hand, as it stands.
fn standing(c: &Connection) -> Done<Vec<RunTotal>> {
    let mut s = c.prepare_cached(
        "SELECT book, connection, kind, currency, stage, count, minor FROM tally WHERE count <> 0 OR minor <> 0
         ORDER BY book, connection, kind, currency, stage",
    )?;
    let rows = s.query_map([], read_total)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn read_total(r: &rusqlite::Row<'_>) -> rusqlite::Result<RunTotal> {
    let book: String = r.get(0)?;
    Ok(RunTotal {
        book: (!book.is_empty()).then_some(BookId(book)),
        connection: ConnectionId(r.get(1)?),
        kind: named_or_none(r, 2)?,
        currency: named_or_none(r, 3)?,
        stage: named(r, 4)?,
        count: r.get(5)?,
        minor: r.get(6)?,
    })
}

/// Both hands by book and currency: what the triggers counted, and what the states hold.
pub fn by_book(c: &Connection) -> Done<BTreeMap<(String, String), Totals>> {
    let mut out: BTreeMap<(String, String), Totals> = BTreeMap::new();
    let mut add = |book: String, currency: String, stage: Stage, count: i64, minor: i64| {
        let sum = out.entry((book, currency)).or_default().entry(stage).or_default();
        *sum = (sum.0 + count, sum.1 + minor);
    };
    for t in standing(c)? {
        let book = t.book.map(|b| b.0).unwrap_or_default();
        add(book, t.currency.map_or("", |c| c.code()).to_string(), t.stage, t.count, t.minor);
    }
    let mut s = c.prepare_cached(
        "SELECT book, currency, state, count, minor FROM total WHERE count <> 0 OR minor <> 0",
    )?;
    let mut rows = s.query([])?;
    while let Some(r) = rows.next()? {
        let (book, currency, state): (String, String, String) = (r.get(0)?, r.get(1)?, r.get(2)?);
        let (count, minor) = (r.get(3)?, r.get(4)?);
        if matches!(state.as_str(), "posted" | "confirm_failed") {
            add(book.clone(), currency.clone(), Stage::ToConfirm, count, minor);
        }
        add(book, currency, Stage::Standing, count, minor);
    }
    // what is approved and not in the ledger yet: few, found by state
    let mut s = c.prepare_cached(
        "SELECT coalesce(d.book,''), d.currency, d.state, count(*), sum(d.minor)
           FROM document d INDEXED BY document_by_date JOIN approval a ON a.document = d.id AND a.withdrawn_at IS NULL
         WHERE d.book IS ? AND d.state = ? GROUP BY 1, 2, 3",
    )?;
    for book in crate::store::sqlite::queries::books_of(c, None)? {
        for state in ["approved", "posting", "held", "failed", "ambiguous", "needs_human"] {
            let doubt = matches!(state, "ambiguous" | "needs_human");
            let stage = if doubt { Stage::InDoubt } else { Stage::Waiting };
            let mut rows = s.query(params![book, state])?;
            while let Some(r) = rows.next()? {
                add(r.get(0)?, r.get(1)?, stage, r.get(3)?, r.get(4)?);
            }
        }
    }
    Ok(out)
}

/// Runs that ended in a span.
pub fn runs(c: &Connection, from: Timestamp, to: Timestamp, limit: u32) -> Done<Vec<Run>> {
    let mut s = c.prepare_cached(
        "SELECT id, pass, started_at, ended_at FROM (SELECT * FROM run WHERE ended_at >= ? AND ended_at < ?
         ORDER BY ended_at DESC, id DESC LIMIT ?) ORDER BY ended_at, id",
    )?;
    let rows = s.query_map(params![micros(from), micros(to), limit], |r| {
        Ok(Run {
            id: r.get(0)?,
            pass: r.get(1)?,
            started_at: instant(r, 2)?,
            ended_at: instant(r, 3)?,
            totals: Vec::new(),
        })
    })?;
    let mut runs: Vec<Run> = rows.collect::<rusqlite::Result<_>>()?;
    let mut s = c.prepare_cached(
        "SELECT book, connection, kind, currency, stage, count, minor FROM run_total WHERE run = ?
         ORDER BY book, connection, kind, currency, stage",
    )?;
    for run in &mut runs {
        run.totals = s.query_map([run.id], read_total)?.collect::<rusqlite::Result<_>>()?;
    }
    Ok(runs)
}

/// Control breaks; those of nobody's book belong to every book.
pub fn breaks(c: &Connection, book: Option<&BookId>, open: bool) -> Done<Vec<ControlBreak>> {
    let mut s = c.prepare_cached(
        "SELECT id, run, book, text, opened_at, closed_at, closed_by, note FROM control_break
         WHERE (?1 IS NULL OR book IN (?1, '')) AND (?2 = 0 OR closed_at IS NULL) ORDER BY id",
    )?;
    let rows = s.query_map(params![book.map(|b| b.as_str()), open], |r| {
        let book: String = r.get(2)?;
        let closed: Option<Timestamp> = instant_or_none(r, 5)?;
        Ok(ControlBreak {
            id: r.get(0)?,
            run: r.get(1)?,
            book: (!book.is_empty()).then_some(BookId(book)),
            text: r.get(3)?,
            opened_at: instant(r, 4)?,
            closed: closed.map(|at| Ok::<_, rusqlite::Error>((at, r.get(6)?, r.get(7)?))).transpose()?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Closes a break with a note.
pub fn close_break(tx: &Tx<'_>, id: i64, note: &str, by: &Actor) -> Done<()> {
    if note.trim().is_empty() {
        return refused("a control break is closed with a note that says what was found");
    }
    let n = tx
        .c
        .prepare_cached("UPDATE control_break SET closed_at = ?, closed_by = ?, note = ? WHERE id = ? AND closed_at IS NULL")?
        .execute(params![micros(tx.now), by.name, note, id])?;
    if n == 0 {
        return Err(StoreError::Missing(format!("open control break {id}")).into());
    }
    tx.note(by, "control_break_closed", &id.to_string(), fields([("note", note.to_string())]))
}

/// Documents that a period concerns, each once, by id.
pub fn period(c: &Connection, ask: &PeriodAsk) -> Done<Vec<PeriodRow>> {
    let mut ids: BTreeSet<String> = BTreeSet::new();
    let (from, to) = (ask.from.to_string(), ask.to.to_string());
    let book = ask.book.as_str();
    // what was spent in the period is approved within two months
    let later = ask.to.saturating_add(jiff::Span::new().days(62));
    let arrived_to = later.at(0, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC);
    let arrived_to = arrived_to.map_or(i64::MAX, |z| micros(z.timestamp()));
    let later = later.to_string();
    {
        let mut span = c.prepare_cached(
            "SELECT id FROM document INDEXED BY document_by_date
             WHERE book = ? AND state = ? AND posting_date >= ? AND posting_date <= ?",
        )?;
        let mut arrived = c.prepare_cached(
            "SELECT id FROM document INDEXED BY document_by_arrival
             WHERE book = ? AND state = ? AND arrived_at >= ? AND arrived_at < ?",
        )?;
        for state in crate::model::state::State::ALL {
            use crate::model::state::State::*;
            let open = !matches!(
                state,
                Posted | ConfirmFailed | Confirmed | Rejected | Recalled | Closed | Reversed
            );
            let first = if open { "" } else { from.as_str() };
            for id in span.query_map(params![book, state.name(), first, later], |r| r.get(0))? {
                ids.insert(id?);
            }
            if matches!(state, Blocked | Unreadable | Stored) {
                for id in span.query_map(params![book, state.name(), "~", "~"], |r| r.get(0))? {
                    ids.insert(id?);
                }
            }
            let span = params![book, state.name(), micros(ask.arrived_from), arrived_to];
            for id in arrived.query_map(span, |r| r.get(0))? {
                ids.insert(id?);
            }
        }
        let mut moved = c.prepare_cached(
            "SELECT d.id FROM derivation v JOIN document d ON d.id = v.document
             WHERE json_extract(v.content, '$.original_date') IS NOT json_extract(v.content, '$.posting_date')
               AND json_extract(v.content, '$.original_date') BETWEEN ? AND ? AND d.book = ?",
        )?;
        for id in moved.query_map(params![from, to, book], |r| r.get(0))? {
            ids.insert(id?);
        }
        let mut dated = c.prepare_cached(
            "SELECT DISTINCT i.document FROM intent i JOIN document d ON d.id = i.document
             WHERE i.ledger = ? AND i.posting_date BETWEEN ? AND ? AND d.book = ?",
        )?;
        for id in dated.query_map(params![ask.ledger.as_str(), from, to, book], |r| r.get(0))? {
            ids.insert(id?);
        }
    }
    // the other documents of a reopened report, of whatever period: the source lists them as one
    let mut alike = c.prepare_cached(
        "SELECT o.id FROM document d JOIN document o
           ON o.connection = d.connection AND o.family = d.family AND o.book = d.book
         WHERE d.id = ? AND d.family <> '' AND o.id <> d.id",
    )?;
    let mut more: Vec<String> = Vec::new();
    for id in &ids {
        for other in alike.query_map([id], |r| r.get(0))? {
            more.push(other?);
        }
    }
    ids.extend(more);
    ids.iter().map(|id| one(c, id)).filter_map(Result::transpose).collect()
}

/// Documents that own these records.
pub fn owners(
    c: &Connection,
    ledger: &ConnectionId,
    records: &[(EntryKind, String)],
) -> Done<Vec<PeriodRow>> {
    let mut ids: BTreeSet<String> = BTreeSet::new();
    let mut s = c.prepare_cached(
        "SELECT document FROM intent WHERE ledger = ? AND kind = ? AND remote_id = ? AND remote_id <> ''",
    )?;
    for (kind, id) in records {
        for document in s.query_map(params![ledger.as_str(), kind.name(), id], |r| r.get(0))? {
            ids.insert(document?);
        }
    }
    ids.iter().map(|id| one(c, id)).filter_map(Result::transpose).collect()
}

/// Books by business id of what a source brought and did not take back.
pub fn books_of_families(
    c: &Connection,
    source: &ConnectionId,
    families: &[String],
) -> Done<BTreeMap<String, BTreeSet<BookId>>> {
    let mut out: BTreeMap<String, BTreeSet<BookId>> = BTreeMap::new();
    let mut s = c.prepare_cached(
        "SELECT book FROM document WHERE connection = ? AND family = ? AND book IS NOT NULL AND state <> 'recalled'",
    )?;
    for family in families.iter().filter(|f| !f.is_empty()) {
        for book in s.query_map(params![source.as_str(), family], |r| r.get(0))? {
            out.entry(family.clone()).or_default().insert(BookId(book?));
        }
    }
    Ok(out)
}

fn one(c: &Connection, key: &str) -> Done<Option<PeriodRow>> {
    let Some(row) = rows::get(c, key)? else { return Ok(None) };
    let id: DocumentId = row.id;
    let derived = derivation(c, id)?;
    let acked: i64 =
        c.prepare_cached("SELECT ack FROM document WHERE id = ?")?.query_row([key], |r| r.get(0))?;
    let finding = derived
        .as_ref()
        .and_then(|d| d.findings.iter().find(|f| f.blocks()).or_else(|| d.findings.first()))
        .map(|f| f.code.name().to_string())
        .unwrap_or_default();
    let original = derived.as_ref().and_then(|d| d.original_date).or(row.posting_date);
    let set = match in_force(c, id)? {
        Some(a) => a.set,
        None => derived.map(|d| d.set).unwrap_or_default(),
    };
    let intents = intents::of(c, id)?;
    Ok(Some(PeriodRow { row, original, set, intents, acknowledged: acked == ack::ACCEPTED, finding }))
}
