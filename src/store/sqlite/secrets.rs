//! All secrets at once: a new data key, or a connection that ends.

use rusqlite::{Connection, params};

use crate::model::ids::ConnectionId;
use crate::model::people::Actor;
use crate::store::sqlite::convert::{count, int};
use crate::store::sqlite::fail::Done;
use crate::store::sqlite::requests;
use crate::store::sqlite::tx::{Tx, fields};
use crate::store::types::{Rekey, Sealed, StoreError};

/// Every secret, in a fixed order.
pub fn all(c: &Connection) -> Done<Vec<(ConnectionId, String, Sealed)>> {
    let sql =
        "SELECT connection, field, generation, nonce, ciphertext FROM secret ORDER BY connection, field";
    let mut s = c.prepare_cached(sql)?;
    let rows = s.query_map([], |r| {
        let sealed = Sealed { generation: count(r.get(2)?), nonce: r.get(3)?, ciphertext: r.get(4)? };
        Ok((ConnectionId(r.get(0)?), r.get(1)?, sealed))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Replaces all secrets and wraps, if they are still those that were read: a secret under the old key would be lost. With
/// no wraps expected these are the first ones.
pub fn rekey(tx: &Tx<'_>, step: &Rekey, by: &Actor) -> Done<()> {
    let stale =
        |what: &str| StoreError::Stale { expected: format!("the {what} as read"), found: "others".into() };
    let mut expected = step.expected.clone();
    expected.sort_by(|a, b| a.way.cmp(&b.way));
    if requests::wraps(tx.c)? != expected {
        return Err(stale("wraps of the vault").into());
    }
    let stands: Vec<_> = all(tx.c)?.into_iter().map(|(c, f, s)| (c, f, s.generation)).collect();
    let mut read: Vec<_> =
        step.secrets.iter().map(|s| (s.connection.clone(), s.field.clone(), s.expected)).collect();
    read.sort_by(|a, b| (a.0.as_str(), &a.1).cmp(&(b.0.as_str(), &b.1)));
    if stands != read {
        return Err(stale("secrets").into());
    }
    for one in &step.secrets {
        tx.c.prepare_cached(
            "UPDATE secret SET generation = ?, nonce = ?, ciphertext = ? WHERE connection = ? AND field = ?",
        )?
        .execute(params![
            int(one.sealed.generation),
            one.sealed.nonce,
            one.sealed.ciphertext,
            one.connection.as_str(),
            one.field
        ])?;
    }
    tx.c.execute("DELETE FROM wrap", [])?;
    for wrap in &step.wraps {
        tx.c.execute(
            "INSERT INTO wrap(way, nonce, ciphertext) VALUES (?,?,?)",
            params![wrap.way, wrap.nonce, wrap.ciphertext],
        )?;
    }
    if expected.is_empty() {
        for wrap in &step.wraps {
            tx.note(by, "vault_key_wrapped", &wrap.way, Vec::new())?;
        }
        return Ok(());
    }
    let ways = |wraps: &[crate::store::types::Wrap]| {
        wraps.iter().map(|w| w.way.as_str()).collect::<Vec<_>>().join(", ")
    };
    let what = [
        ("secrets", step.secrets.len().to_string()),
        ("before", ways(&expected)),
        ("after", ways(&step.wraps)),
    ];
    tx.note(by, "vault_rekeyed", "vault", fields(what))
}

/// Removes every secret of a connection.
pub fn wipe(tx: &Tx<'_>, connection: &ConnectionId, by: &Actor) -> Done<u64> {
    let gone = tx.c.execute("DELETE FROM secret WHERE connection = ?", [connection.as_str()])?;
    let gone = u64::try_from(gone).unwrap_or(u64::MAX);
    if gone > 0 {
        tx.note(by, "secrets_removed", connection.as_str(), fields([("count", gone.to_string())]))?;
    }
    Ok(gone)
}
