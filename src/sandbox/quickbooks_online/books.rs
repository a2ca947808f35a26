//! Tables of entities with the indexes that keep look-ups cheap: by id, by document number, by name.

use std::collections::{BTreeMap, HashMap};

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::fault::ApiFault;
use super::kind::Kind;
use super::wire::{self, Object};

/// One entity.
#[derive(Debug, Clone)]
pub struct Row {
    /// `Id`.
    pub id: String,
    /// The entity as it is answered.
    pub value: Object,
    /// When it came to be.
    pub created: Timestamp,
    /// When it last changed.
    pub updated: Timestamp,
    /// What it was before the last change, for reads that lag.
    before: Option<Object>,
}

impl Row {
    /// A text property, empty where absent.
    pub fn text(&self, key: &str) -> &str {
        self.value.get(key).and_then(Value::as_str).unwrap_or_default()
    }

    /// The `value` of a reference.
    pub fn reference(&self, key: &str) -> Option<&str> {
        self.value.get(key)?.get("value")?.as_str()
    }

    /// `Active`; transactions have none and count as active.
    pub fn is_active(&self) -> bool {
        self.value.get("Active").and_then(Value::as_bool).unwrap_or(true)
    }

    /// The entity as a read that lags sees it, if it sees it at all.
    pub fn seen(&self, now: Timestamp, lag: SignedDuration) -> Option<&Object> {
        let horizon = wire::before(now, lag);
        if lag.is_zero() || self.updated <= horizon {
            Some(&self.value)
        } else if self.created <= horizon {
            Some(self.before.as_ref().unwrap_or(&self.value))
        } else {
            None
        }
    }
}

/// All entities of one type.
#[derive(Debug, Clone, Default)]
pub struct Table {
    rows: Vec<Option<Row>>,
    by_id: HashMap<String, usize>,
    by_number: HashMap<String, Vec<usize>>,
}

impl Table {
    /// In the order of creation.
    pub fn rows(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().flatten()
    }

    /// By `Id`.
    pub fn get(&self, id: &str) -> Option<&Row> {
        self.rows.get(*self.by_id.get(id)?)?.as_ref()
    }

    /// By `DocNumber`, ignoring case.
    pub fn numbered(&self, number: &str) -> impl Iterator<Item = &Row> {
        let at = self.by_number.get(&number.to_lowercase()).map(Vec::as_slice).unwrap_or_default();
        at.iter().filter_map(|at| self.rows.get(*at)?.as_ref())
    }

    fn put(&mut self, row: Row) {
        let number = row.text("DocNumber").to_lowercase();
        let at = match self.by_id.get(&row.id) {
            Some(at) => *at,
            None => {
                self.by_id.insert(row.id.clone(), self.rows.len());
                self.rows.push(None);
                self.rows.len() - 1
            }
        };
        self.forget_number(at);
        if !number.is_empty() {
            self.by_number.entry(number).or_default().push(at);
        }
        if let Some(slot) = self.rows.get_mut(at) {
            *slot = Some(row);
        }
    }

    fn forget_number(&mut self, at: usize) {
        let Some(old) = self.rows.get(at).and_then(Option::as_ref) else { return };
        let number = old.text("DocNumber").to_lowercase();
        if let Some(list) = self.by_number.get_mut(&number) {
            list.retain(|one| *one != at);
        }
    }

    fn remove(&mut self, id: &str) -> Option<Row> {
        let at = *self.by_id.get(id)?;
        self.forget_number(at);
        self.by_id.remove(id);
        self.rows.get_mut(at)?.take()
    }
}

/// A transaction that was deleted, for change data capture.
#[derive(Debug, Clone)]
pub struct Gone {
    /// Its type.
    pub kind: Kind,
    /// Its `Id`.
    pub id: String,
    /// When it was deleted.
    pub at: Timestamp,
}

/// All tables.
#[derive(Debug, Clone, Default)]
pub struct Books {
    tables: BTreeMap<Kind, Table>,
    names: HashMap<(&'static str, String), (Kind, String)>,
    held: HashMap<(Kind, String), String>,
    gone: Vec<Gone>,
    last: BTreeMap<&'static str, u64>,
}

impl Books {
    /// Every table that holds something.
    pub fn tables(&self) -> impl Iterator<Item = (Kind, &Table)> {
        self.tables.iter().map(|(kind, table)| (*kind, table))
    }

    /// One table.
    pub fn table(&self, kind: Kind) -> Option<&Table> {
        self.tables.get(&kind)
    }

    /// One entity.
    pub fn get(&self, kind: Kind, id: &str) -> Option<&Row> {
        self.tables.get(&kind)?.get(id)
    }

    /// Deleted transactions in the order of deletion.
    pub fn gone(&self) -> &[Gone] {
        &self.gone
    }

    /// Who holds a name in the space of that type: vendors, customers and employees share one.
    pub fn named(&self, kind: Kind, name: &str) -> Option<&(Kind, String)> {
        self.names.get(&(pool(kind), name.to_lowercase()))
    }

    /// Notes that a name is taken, and frees the one the entity had.
    pub fn take_name(&mut self, kind: Kind, id: &str, name: &str) {
        let name = name.to_lowercase();
        if let Some(old) = self.held.insert((kind, id.to_owned()), name.clone()) {
            self.names.remove(&(pool(kind), old));
        }
        self.names.insert((pool(kind), name), (kind, id.to_owned()));
    }

    /// A new entity: gives it `Id`, `SyncToken` and `MetaData` and returns it complete.
    pub fn insert(&mut self, kind: Kind, mut value: Object, now: Timestamp, zone: &TimeZone) -> Object {
        let last = self.last.entry(pool(kind)).or_insert_with(|| first_id(kind));
        *last += 1;
        let id = match value.get("Id").and_then(Value::as_str) {
            Some(fixed) => fixed.to_owned(),
            None => last.to_string(),
        };
        stamp(&mut value, &id, 0, now, now, zone);
        let row = Row { id, value: value.clone(), created: now, updated: now, before: None };
        self.tables.entry(kind).or_default().put(row);
        value
    }

    /// Replaces an entity, raises its `SyncToken` and returns it complete. Not there is 610.
    pub fn replace(
        &mut self,
        kind: Kind,
        id: &str,
        mut value: Object,
        now: Timestamp,
        zone: &TimeZone,
    ) -> Result<Object, ApiFault> {
        let old = self.get(kind, id).ok_or_else(ApiFault::not_found)?.clone();
        let token = old.text("SyncToken").parse::<u64>().unwrap_or_default() + 1;
        stamp(&mut value, id, token, old.created, now, zone);
        let row = Row {
            id: id.to_owned(),
            value: value.clone(),
            created: old.created,
            updated: now,
            before: Some(old.value),
        };
        self.tables.entry(kind).or_default().put(row);
        Ok(value)
    }

    /// Writes an entity as it is, without a new `SyncToken`, and returns it.
    pub fn amend(&mut self, kind: Kind, id: &str, value: Object) -> Object {
        if let Some(old) = self.get(kind, id).cloned() {
            let row = Row { value: value.clone(), ..old };
            self.tables.entry(kind).or_default().put(row);
        }
        value
    }

    /// Lets an entity disappear without a trace, and its name with it.
    pub fn forget(&mut self, kind: Kind, id: &str) {
        if let Some(table) = self.tables.get_mut(&kind) {
            table.remove(id);
        }
        if let Some(name) = self.held.remove(&(kind, id.to_owned())) {
            self.names.remove(&(pool(kind), name));
        }
    }

    /// Forgets all entities of a type.
    pub fn clear(&mut self, kind: Kind) {
        self.tables.remove(&kind);
    }

    /// Deletes a transaction. Not there is 610.
    pub fn delete(&mut self, kind: Kind, id: &str, now: Timestamp) -> Result<(), ApiFault> {
        let table = self.tables.get_mut(&kind).ok_or_else(ApiFault::not_found)?;
        table.remove(id).ok_or_else(ApiFault::not_found)?;
        self.gone.push(Gone { kind, id: id.to_owned(), at: now });
        Ok(())
    }
}

fn stamp(value: &mut Object, id: &str, token: u64, created: Timestamp, now: Timestamp, zone: &TimeZone) {
    value.insert("Id".to_owned(), json!(id));
    value.insert("SyncToken".to_owned(), json!(token.to_string()));
    value.insert("domain".to_owned(), json!("QBO"));
    value.insert("sparse".to_owned(), json!(false));
    let times =
        json!({"CreateTime": wire::instant(created, zone), "LastUpdatedTime": wire::instant(now, zone)});
    value.insert("MetaData".to_owned(), times);
}

/// Types that share ids and names are in one pool.
fn pool(kind: Kind) -> &'static str {
    match kind {
        Kind::Vendor | Kind::Customer | Kind::Employee => "Names",
        _ if kind.is_transaction() => "Txns",
        _ => kind.name(),
    }
}

fn first_id(kind: Kind) -> u64 {
    match pool(kind) {
        "Class" | "Attachable" => 5_000_000_000_000_142_239,
        "Names" => 50,
        "Txns" => 144,
        "Account" => 30,
        _ => 0,
    }
}
