//! Comments on reconciling items, and the equations as they stand now.

use std::collections::BTreeMap;

use rusqlite::{Connection, params};

use crate::model::ids::BookId;
use crate::model::people::Actor;
use crate::store::sqlite::convert::{instant, micros};
use crate::store::sqlite::fail::{Done, refused};
use crate::store::sqlite::tx::{Tx, fields};
use crate::store::sqlite::{runs, setup};
use crate::store::types::{ItemComment, NewItemComment};
use crate::tieout::{Equation, equations};

/// Keeps a comment, with its audit event.
pub fn put(tx: &Tx<'_>, c: &NewItemComment, by: &Actor) -> Done<ItemComment> {
    let text = c.text.trim();
    if text.is_empty() {
        return refused("a comment needs a text");
    }
    setup::book(tx.c, &c.book)?;
    tx.c.prepare_cached(
        "INSERT INTO item_comment(book, period, item, figures, text, person, said_at) VALUES (?,?,?,?,?,?,?)",
    )?
    .execute(params![c.book.as_str(), c.period, c.item, c.figures, text, by.name, micros(tx.now)])?;
    let what = [
        ("period", c.period.clone()),
        ("item", c.item.clone()),
        ("figures", c.figures.clone()),
        ("note", text.to_string()),
    ];
    tx.note(by, "item_commented", c.book.as_str(), fields(what))?;
    Ok(ItemComment {
        item: c.item.clone(),
        figures: c.figures.clone(),
        text: text.to_string(),
        person: by.name.clone(),
        at: tx.now,
    })
}

/// The newest comment of each item of a period.
pub fn list(c: &Connection, book: &BookId, period: &str) -> Done<Vec<ItemComment>> {
    let mut s = c.prepare_cached(
        "SELECT item, figures, text, person, said_at FROM item_comment WHERE id IN (
           SELECT max(id) FROM item_comment WHERE book = ? AND period = ? GROUP BY item)
         ORDER BY item",
    )?;
    let rows = s.query_map(params![book.as_str(), period], |r| {
        Ok(ItemComment {
            item: r.get(0)?,
            figures: r.get(1)?,
            text: r.get(2)?,
            person: r.get(3)?,
            at: instant(r, 4)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The equations of a book over its currencies: one each that holds in all of them, and each broken one by itself.
pub fn standing(c: &Connection, book: &BookId) -> Done<Vec<Equation>> {
    let mut sums: BTreeMap<String, Equation> = BTreeMap::new();
    let mut order: Vec<String> = Vec::new();
    let mut broken = Vec::new();
    for ((of, currency), totals) in runs::by_book(c)? {
        if of != book.as_str() {
            continue;
        }
        for e in equations(&totals) {
            if !e.holds() {
                let text = [currency.as_str(), e.text.as_str()];
                let text = text.into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join(": ");
                broken.push(Equation { text, ..e });
                continue;
            }
            // amounts of several currencies are never added: the counts speak for the sum
            let zero = || Equation { text: e.text.clone(), left: (0, 0), right: (0, 0) };
            let sum = sums.entry(e.text.clone()).or_insert_with(|| {
                order.push(e.text.clone());
                zero()
            });
            sum.left.0 += e.left.0;
            sum.right.0 += e.right.0;
        }
    }
    broken.extend(order.iter().filter_map(|text| sums.remove(text)));
    Ok(broken)
}
