//! Reads for people: one document, totals, groups of findings, what needs a person.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, params};

use crate::model::finding::{Finding, FindingCode, Mend};
use crate::model::ids::{BookId, ConnectionId, DocumentId};
use crate::model::state::State;
use crate::store::sqlite::approve::in_force;
use crate::store::sqlite::convert::{count, micros, named, named_or_none};
use crate::store::sqlite::derive::derivation;
use crate::store::sqlite::doc::ack;
use crate::store::sqlite::fail::{Done, Fail};
use crate::store::sqlite::intents;
use crate::store::sqlite::outbox;
use crate::store::sqlite::queries::books_of;
use crate::store::sqlite::rows;
use crate::store::types::{
    Acknowledged, Attention, Card, FindingGroup, OutboxKind, Row, StoreError, Total, Unreadable,
};

/// All that is known of one document.
pub fn card(c: &Connection, id: DocumentId) -> Done<Card> {
    let key = id.to_string();
    let Some(row) = rows::get(c, &key)? else {
        return Err(Fail::Store(StoreError::Missing(format!("document {id}"))));
    };
    let (connection, revision, acked, path, message): (String, String, i64, String, String) = c
        .prepare_cached(
            "SELECT connection, revision, ack, unreadable_path, unreadable_message FROM document WHERE id = ?",
        )?
        .query_row([&key], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?, r.get(4)?)))?;
    let (bytes, sha256) = c
        .prepare_cached("SELECT bytes, sha256 FROM source_doc WHERE document = ? AND revision = ?")?
        .query_row(params![key, revision], |r| Ok((r.get(0)?, r.get(1)?)))
        .optional()?
        .unwrap_or_default();
    let approval = in_force(c, id)?;
    let outbox = outbox::of(c, id)?;
    let acknowledged = match acked {
        ack::ASKED => Acknowledged::Asked,
        ack::ACCEPTED => Acknowledged::Accepted,
        ack::REFUSED => {
            let last = outbox.iter().rev().find(|o| o.kind == OutboxKind::Acknowledge);
            Acknowledged::Refused(last.map(|o| o.detail.clone()).unwrap_or_default())
        }
        _ => Acknowledged::No,
    };
    let unreadable = (!message.is_empty() || !path.is_empty()).then(|| Unreadable {
        path,
        message,
        number: row.number.clone(),
    });
    Ok(Card {
        connection: ConnectionId(connection),
        revision,
        bytes,
        sha256,
        unreadable,
        derived: derivation(c, id)?,
        held_approved: row.state == State::Held && approval.is_some(),
        approval,
        intents: intents::of(c, id)?,
        acknowledged,
        outbox,
        row,
    })
}

/// Documents by prefix of the id (4 characters or more), number, ledger number or reference; at most 50.
pub fn find(c: &Connection, text: &str) -> Done<Vec<Row>> {
    let text = text.trim();
    let upper = text.to_uppercase();
    let mut ids: Vec<String> = Vec::new();
    let mut collect = |sql: &str, a: &str, b: &str| -> Done<()> {
        let mut s = c.prepare_cached(sql)?;
        let found = s.query_map([a, b], |r| r.get::<_, String>(0))?;
        for id in found {
            let id = id?;
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        Ok(())
    };
    collect("SELECT id FROM document WHERE number IN (?1, ?2) ORDER BY id DESC LIMIT 50", text, &upper)?;
    collect("SELECT document FROM intent WHERE reference IN (?1, ?2) ORDER BY id LIMIT 50", text, &upper)?;
    if text.len() >= 4 && text.bytes().all(|b| b.is_ascii_alphanumeric()) {
        let end = format!("{upper}~");
        collect("SELECT id FROM document WHERE id >= ?1 AND id < ?2 ORDER BY id LIMIT 50", &upper, &end)?;
    }
    let mut out = Vec::with_capacity(ids.len());
    for id in ids {
        out.extend(rows::get(c, &id)?);
    }
    Ok(out)
}

/// The table of totals; empty ones left out.
pub fn totals(c: &Connection, book: Option<&BookId>) -> Done<Vec<Total>> {
    let mut s = c.prepare_cached(
        "SELECT book, state, currency, count, minor FROM total WHERE count > 0 AND (?1 IS NULL OR book = ?1)
         ORDER BY book, state, currency",
    )?;
    let rows = s.query_map([book.map(|b| b.as_str())], |r| {
        let book: String = r.get(0)?;
        Ok(Total {
            book: (!book.is_empty()).then_some(BookId(book)),
            state: named(r, 1)?,
            currency: named_or_none(r, 2)?,
            count: count(r.get(3)?),
            minor: r.get(4)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Findings of blocked, held and ready documents by code and value, the most frequent first.
pub fn finding_groups(c: &Connection, book: Option<&BookId>) -> Done<Vec<FindingGroup>> {
    let only = if book.is_some() { "AND f.book = ?1" } else { "AND ?1 IS NULL" };
    // a document that has one finding on several lines counts once
    let sql = format!(
        "SELECT g.code, g.value, min(g.brief), d.currency, count(*), sum(d.minor) FROM (
           SELECT f.code, f.value, min(f.brief) AS brief, f.document FROM finding f WHERE f.open = 1 {only}
           GROUP BY f.code, f.value, f.document) g
         JOIN document d ON d.id = g.document
         GROUP BY g.code, g.value, d.currency ORDER BY g.code, g.value, d.currency"
    );
    let mut s = c.prepare_cached(&sql)?;
    let mut found = s.query([book.map(|b| b.as_str())])?;
    let mut out: Vec<FindingGroup> = Vec::new();
    while let Some(r) = found.next()? {
        let (code, value): (FindingCode, String) = (named(r, 0)?, r.get(1)?);
        let n = count(r.get(4)?);
        let sum = named_or_none(r, 3)?.map(|cur| Ok::<_, rusqlite::Error>((cur, r.get(5)?))).transpose()?;
        match out.last_mut() {
            Some(g) if g.code == code && g.value == value => {
                g.count += n;
                g.sums.extend(sum);
            }
            _ => out.push(FindingGroup {
                code,
                value,
                brief: r.get(2)?,
                count: n,
                sums: sum.into_iter().collect(),
            }),
        }
    }
    out.sort_by(|a, b| b.count.cmp(&a.count).then(a.code.cmp(&b.code)).then(a.value.cmp(&b.value)));
    Ok(out)
}

/// How long a confirmation may fail before a person is called.
const ALARM: SignedDuration = SignedDuration::from_mins(15);

/// Documents that need a person (interface.md, "Exit codes").
pub fn attention(c: &Connection, book: Option<&BookId>, now: Timestamp, limit: u32) -> Done<Vec<Attention>> {
    use State::*;
    let late = micros(now.checked_sub(ALARM).unwrap_or(now));
    let mut ids: Vec<(String, String)> = Vec::new();
    {
        let mut by_state = c.prepare_cached(
            "SELECT id FROM document INDEXED BY document_by_arrival
             WHERE book IS ? AND state = ? AND changed_at <= ? ORDER BY arrived_at, id LIMIT ?",
        )?;
        for book in books_of(c, book)? {
            for state in [Unreadable, Blocked, Failed, NeedsHuman, Posted, ConfirmFailed] {
                let before = if matches!(state, Posted | ConfirmFailed) { late } else { i64::MAX };
                for id in by_state.query_map(params![book, state.name(), before, limit], |r| r.get(0))? {
                    ids.push((id?, String::new()));
                }
            }
        }
        let mut told = c.prepare_cached(
            "SELECT d.id, o.kind FROM outbox o JOIN document d ON d.id = o.document
             WHERE (?1 IS NULL OR d.book = ?1) AND o.state = 'open' AND o.kind = 'refuse'
             UNION ALL
             SELECT d.id, o.kind FROM outbox o JOIN document d ON d.id = o.document
             WHERE (?1 IS NULL OR d.book = ?1) AND o.state = 'refused'
               AND (o.kind = 'refuse' OR (o.kind = 'confirm' AND d.state = 'closed') OR o.kind <> 'confirm' AND d.state NOT IN ('rejected','recalled','closed','reversed','blocked'))
             LIMIT ?2",
        )?;
        for row in told.query_map(params![book.map(|b| b.as_str()), limit], |r| Ok((r.get(0)?, r.get(1)?)))? {
            ids.push(row?);
        }
    }
    ids.sort_unstable();
    ids.truncate(limit as usize);
    let mut out = Vec::with_capacity(ids.len());
    for (id, told) in ids {
        if let Some(row) = rows::get(c, &id)? {
            out.push(explain(c, row, &told)?);
        }
    }
    Ok(out)
}

fn explain(c: &Connection, row: Row, told: &str) -> Done<Attention> {
    let item = |code: &str, message: String, remedy: &str| {
        Ok(Attention { row: row.clone(), code: code.into(), message, remedy: remedy.into() })
    };
    match told {
        "refuse" => {
            return item(
                "refusal_unsent",
                "Concur has not taken the refusal".into(),
                "it is tried again; look at the connection if it stays",
            );
        }
        "acknowledge" => {
            return item(
                "acknowledge_refused",
                row.reason.clone(),
                "look at the document in Concur, then reject or close it",
            );
        }
        _ => {}
    }
    match row.state {
        State::Blocked => {
            let first = derivation(c, row.id)?.and_then(|d| d.findings.into_iter().find(Finding::blocks));
            match first {
                Some(f) => item(f.code.name(), f.sentence.clone(), remedy(&f.mend)),
                None => item("blocked", row.reason.clone(), "check it again"),
            }
        }
        State::Unreadable => {
            item("unreadable", row.reason.clone(), "close it, or replay it with a version that reads it")
        }
        State::Failed => item("failed", row.reason.clone(), "mend what the ledger refused, then retry"),
        State::NeedsHuman => item("needs_human", row.reason.clone(), "look in the ledger, then decide"),
        State::ConfirmFailed => {
            item("confirm_failed", row.reason.clone(), "retry the confirmation, or close it with a note")
        }
        State::Posted => item(
            "confirmation_late",
            "it is in the ledger, and Concur does not know it for more than 15 minutes".into(),
            "look at the Concur connection",
        ),
        other => item(other.name(), row.reason.clone(), ""),
    }
}

fn remedy(mend: &Mend) -> &'static str {
    match mend {
        Mend::MapParty { .. } => "choose a vendor",
        Mend::MapAccount { .. } => "choose an account",
        Mend::MapDimension { .. } => "choose a class, location or project",
        Mend::MapTax { .. } => "make a tax rule",
        Mend::ChooseWhoPays { .. } => "say who pays",
        Mend::Adopt { .. } => "link it to the record in the ledger, or say that it is another one",
        Mend::Period { .. } => "wait, post on the next open day, or reject it",
        Mend::Decide { .. } => "say by name that it is to be posted, or close or reject it",
        Mend::AcceptDelta => "accept the differences by name, or reject it",
        Mend::Close => "close it with a note",
        Mend::InLedger => "put it right in the ledger, then read it again",
        Mend::Reject => "reject it, so that it is corrected in Concur",
        Mend::BookPolicy => {
            "the book's settings decide it (tieout books edit); close it with a note if it is nobody's debt"
        }
        Mend::Accept => "read and accept it",
    }
}
