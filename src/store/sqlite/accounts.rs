//! Notes of connections.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use crate::model::ids::{BookId, ConnectionId};
use crate::store::operations::{AccountNotes, Answer};
use crate::store::sqlite::SqliteStore;
use crate::store::sqlite::convert::{instant, instant_or_none, json, micros};
use crate::store::sqlite::fail::Done;
use crate::store::types::{AccountNote, SignInNote};

fn notes(c: &Connection) -> Done<Vec<AccountNote>> {
    let sql =
        "SELECT k.id, s.company_name, s.region, s.scopes, s.signed_in_by, s.signed_in_at, s.sign_in_until,
                      n.answered_at
               FROM connection k LEFT JOIN sign_in_note s ON s.connection = k.id
               LEFT JOIN contact_note n ON n.connection = k.id ORDER BY k.id";
    let mut statement = c.prepare_cached(sql)?;
    let rows = statement.query_map([], |r| {
        let connection = ConnectionId(r.get(0)?);
        let sign_in = match r.get::<_, Option<String>>(1)? {
            None => None,
            Some(company_name) => Some(SignInNote {
                connection: connection.clone(),
                company_name,
                region: r.get(2)?,
                scopes: json(r, 3)?,
                signed_in_by: r.get(4)?,
                signed_in_at: instant(r, 5)?,
                sign_in_until: instant(r, 6)?,
            }),
        };
        Ok(AccountNote { connection, sign_in, answered_at: instant_or_none(r, 7)? })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

impl AccountNotes for SqliteStore {
    fn rested(&self) -> Answer<'_, Vec<(BookId, ConnectionId)>> {
        self.read(|c| {
            let mut s = c.prepare_cached("SELECT book, connection FROM rested ORDER BY book, connection")?;
            let rows = s.query_map([], |r| Ok((BookId(r.get(0)?), ConnectionId(r.get(1)?))))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }

    fn put_rested(
        &self,
        connection: ConnectionId,
        books: Vec<BookId>,
        resting: bool,
        now: Timestamp,
    ) -> Answer<'_, ()> {
        self.write(now, None, move |tx| {
            let sql = if resting {
                "INSERT OR IGNORE INTO rested(book, connection) VALUES (?, ?)"
            } else {
                "DELETE FROM rested WHERE book = ? AND connection = ?"
            };
            let mut s = tx.c.prepare_cached(sql)?;
            for book in &books {
                s.execute([book.as_str(), connection.as_str()])?;
            }
            Ok(())
        })
    }

    fn put_sign_in(&self, note: SignInNote) -> Answer<'_, ()> {
        self.write(note.signed_in_at, None, move |tx| {
            let scopes = serde_json::to_string(&note.scopes)?;
            tx.c.prepare_cached(
                "INSERT OR REPLACE INTO sign_in_note(connection, company_name, region, scopes, signed_in_by,
                   signed_in_at, sign_in_until) VALUES (?,?,?,?,?,?,?)",
            )?
            .execute(params![
                note.connection.as_str(),
                note.company_name,
                note.region,
                scopes,
                note.signed_in_by,
                micros(note.signed_in_at),
                micros(note.sign_in_until)
            ])?;
            Ok(())
        })
    }

    fn put_contact(&self, connection: ConnectionId, now: Timestamp) -> Answer<'_, ()> {
        self.write(now, None, move |tx| {
            tx.c.prepare_cached("INSERT OR REPLACE INTO contact_note(connection, answered_at) VALUES (?,?)")?
                .execute(params![connection.as_str(), micros(now)])?;
            Ok(())
        })
    }

    fn account_notes(&self) -> Answer<'_, Vec<AccountNote>> {
        self.look(notes)
    }
}
