//! Saved views as rows.

use jiff::Timestamp;
use rusqlite::params;

use crate::store::operations::{Answer, Views};
use crate::store::sqlite::SqliteStore;
use crate::store::sqlite::convert::{micros, named};
use crate::store::types::{SavedView, StoreError};

impl Views for SqliteStore {
    fn views(&self, person: String) -> Answer<'_, Vec<SavedView>> {
        self.read(move |c| {
            let sql =
                "SELECT name, tab, filter, sort, descending FROM saved_view WHERE person = ? ORDER BY name";
            let mut s = c.prepare_cached(sql)?;
            let rows = s.query_map([person], |r| {
                Ok(SavedView {
                    name: r.get(0)?,
                    tab: r.get(1)?,
                    filter: r.get(2)?,
                    sort: named(r, 3)?,
                    descending: r.get(4)?,
                })
            })?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }

    fn keep_view(&self, person: String, view: SavedView, now: Timestamp) -> Answer<'_, ()> {
        self.write(now, None, move |tx| {
            tx.c.prepare_cached(
                "INSERT INTO saved_view(person, name, tab, filter, sort, descending, saved_at) VALUES (?,?,?,?,?,?,?)
                 ON CONFLICT(person, name) DO UPDATE SET tab = excluded.tab, filter = excluded.filter,
                   sort = excluded.sort, descending = excluded.descending, saved_at = excluded.saved_at",
            )?
            .execute(params![
                person,
                view.name,
                view.tab,
                view.filter,
                view.sort.name(),
                view.descending,
                micros(tx.now)
            ])?;
            Ok(())
        })
    }

    fn drop_view(&self, person: String, name: String, now: Timestamp) -> Answer<'_, ()> {
        self.write(now, None, move |tx| {
            let n =
                tx.c.prepare_cached("DELETE FROM saved_view WHERE person = ? AND name = ?")?
                    .execute(params![person, name])?;
            if n == 0 { Err(StoreError::Missing(format!("view {name}")).into()) } else { Ok(()) }
        })
    }
}
