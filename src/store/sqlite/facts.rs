//! The cached reference data of a ledger: one row for each record of a list, so that only changed rows are written.

use std::collections::{BTreeMap, HashMap};

use rusqlite::{Connection, params};
use serde_json::{Map, Value};

use crate::model::canonical::sha256_hex;
use crate::model::ids::ConnectionId;
use crate::model::ledger::LedgerFacts;
use crate::store::sqlite::convert::micros;
use crate::store::sqlite::fail::{Done, Fail};
use crate::store::sqlite::setup;
use crate::store::sqlite::tx::Tx;
use crate::store::types::StoreError;

/// The row id of a value that is no list of records.
const WHOLE: &str = "";
/// Marks a list, so that an empty one is not missing when it is read again.
const LIST: &str = "\u{0}list";

type Rows = BTreeMap<(String, String), (i64, Value)>;

fn split(facts: &LedgerFacts) -> Done<Rows> {
    let Value::Object(all) = serde_json::to_value(facts)? else {
        return Err(Fail::Unreadable("reference data is no object".into()));
    };
    let mut rows = Rows::new();
    for (list, value) in all {
        match records(&value) {
            Some(records) => {
                rows.insert((list.clone(), LIST.into()), (-1, Value::Null));
                for (i, (id, record)) in (0i64..).zip(records) {
                    rows.insert((list.clone(), id), (i, record.clone()));
                }
            }
            None => {
                rows.insert((list, WHOLE.into()), (0, value));
            }
        }
    }
    Ok(rows)
}

/// The records of a list with unique ids; none when it is another kind of value.
fn records(value: &Value) -> Option<Vec<(String, &Value)>> {
    let list = value.as_array()?;
    let mut seen = std::collections::HashSet::new();
    list.iter()
        .map(|record| {
            let id = record.get("id")?.as_str()?;
            // ids are unique within a kind of record only
            let kind = record.get("kind").and_then(Value::as_str).unwrap_or_default();
            let key = format!("{kind}:{id}");
            seen.insert(key.clone()).then_some((key, record))
        })
        .collect()
}

/// Writes what differs.
pub fn put(tx: &Tx<'_>, ledger: &ConnectionId, facts: &LedgerFacts) -> Done<()> {
    if setup::connection(tx.c, ledger)?.is_none() {
        return Err(StoreError::Missing(format!("connection {ledger}")).into());
    }
    let wanted = split(facts)?;
    let mut there: HashMap<(String, String), (i64, String)> = HashMap::new();
    {
        let mut s =
            tx.c.prepare_cached("SELECT list, id, position, hash FROM reference WHERE connection = ?")?;
        let mut rows = s.query([ledger.as_str()])?;
        while let Some(r) = rows.next()? {
            there.insert((r.get(0)?, r.get(1)?), (r.get(2)?, r.get(3)?));
        }
    }
    let mut put = tx.c.prepare_cached(
        "INSERT INTO reference(connection, list, id, position, name, active, content, hash, seen_at)
         VALUES (?,?,?,?,?,?,?,?,?)
         ON CONFLICT(connection, list, id) DO UPDATE SET position = excluded.position, name = excluded.name,
           active = excluded.active, content = excluded.content, hash = excluded.hash, seen_at = excluded.seen_at",
    )?;
    for ((list, id), (position, value)) in wanted {
        let content = serde_json::to_string(&value)?;
        let hash = sha256_hex(content.as_bytes());
        let key = (list, id);
        if there.remove(&key).is_some_and(|(p, h)| p == position && h == hash) {
            continue;
        }
        let name = value.get("name").and_then(Value::as_str).unwrap_or_default();
        let active = value.get("active").and_then(Value::as_bool).unwrap_or(true);
        put.execute(params![
            ledger.as_str(),
            key.0,
            key.1,
            position,
            name,
            active,
            content,
            hash,
            micros(tx.now)
        ])?;
    }
    let mut gone =
        tx.c.prepare_cached("DELETE FROM reference WHERE connection = ? AND list = ? AND id = ?")?;
    for (list, id) in there.into_keys() {
        gone.execute(params![ledger.as_str(), list, id])?;
    }
    Ok(())
}

/// Puts the rows together again.
pub fn get(c: &Connection, ledger: &ConnectionId) -> Done<Option<LedgerFacts>> {
    let mut s = c.prepare_cached(
        "SELECT list, id, content FROM reference WHERE connection = ? ORDER BY list, position, id",
    )?;
    let mut rows = s.query([ledger.as_str()])?;
    let mut all = Map::new();
    while let Some(r) = rows.next()? {
        let (list, id, content): (String, String, String) = (r.get(0)?, r.get(1)?, r.get(2)?);
        match id.as_str() {
            WHOLE => {
                all.insert(list, serde_json::from_str(&content)?);
            }
            LIST => {
                all.entry(list).or_insert_with(|| Value::Array(Vec::new()));
            }
            _ => {
                if let Value::Array(records) = all.entry(list).or_insert_with(|| Value::Array(Vec::new())) {
                    records.push(serde_json::from_str(&content)?);
                }
            }
        }
    }
    if all.is_empty() {
        return Ok(None);
    }
    let facts: LedgerFacts = serde_json::from_value(Value::Object(all))?;
    Ok(Some(facts.indexed()))
}
