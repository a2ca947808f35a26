//! Change data capture: what an answer holds, and how it is merged into what was read before (contract 3.2). Merging the
//! same changes twice gives the same lists.

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value;

use crate::model::entry::EntryKind;
use crate::model::ledger::{Company, DimensionValue, LedgerFacts};
use crate::systems::CallError;

use super::facts::RECENT;
use super::faults::Fault;
use super::query::Entity;
use super::wire::{Answer, rows};
use super::wire_lists::{account, dimension, id_of, is_deleted, term, vendor};
use super::wire_records::Transaction;

/// Objects of one answer over all kinds; at this many something may be missing (contract 3.2).
const LIMIT: usize = 1000;

/// The changed rows by kind.
#[derive(Debug, Default)]
pub struct Changed {
    parts: Vec<Value>,
}

impl Changed {
    /// From the answer. A fault in a part is an error: an incomplete answer is none.
    pub fn read(answer: &Answer) -> Result<Self, CallError> {
        let responses = answer.body.get("CDCResponse").and_then(Value::as_array);
        let responses = responses.ok_or_else(|| CallError::Shape("CDCResponse is missing".into()))?;
        let mut parts = Vec::new();
        for response in responses {
            fault_of(response)?;
            match response.get("QueryResponse") {
                Some(Value::Array(list)) => parts.extend(list.iter().cloned()),
                Some(one @ Value::Object(_)) => parts.push(one.clone()),
                _ => {}
            }
        }
        parts.iter().try_for_each(fault_of)?;
        Ok(Self { parts })
    }

    /// The changed rows of one kind; what is gone is a stub.
    pub fn rows(&self, entity: Entity) -> Vec<Value> {
        self.parts.iter().flat_map(|p| rows(p, entity.name())).collect()
    }

    /// Whether anything of this kind changed.
    pub fn touches(&self, entity: Entity) -> bool {
        self.parts.iter().any(|p| !rows(p, entity.name()).is_empty())
    }

    /// The answer is full, so that there may be more.
    pub fn incomplete(&self) -> bool {
        let in_part = |p: &Value| -> usize {
            p.as_object().map_or(0, |o| o.values().filter_map(Value::as_array).map(Vec::len).sum())
        };
        self.parts.iter().map(in_part).sum::<usize>() >= LIMIT
    }
}

fn fault_of(part: &Value) -> Result<(), CallError> {
    match part.get("Fault").or_else(|| part.get("fault")).and_then(Fault::from_value) {
        Some(fault) => Err(fault.as_call_error(None)),
        None => Ok(()),
    }
}

/// `before` with the changes in it. Rows that are gone are removed; rows that were made inactive stay, as inactive.
pub fn merge(
    before: LedgerFacts,
    changed: &Changed,
    company: Company,
    oldest_recent: Date,
    read_at: Timestamp,
) -> Result<LedgerFacts, CallError> {
    let mut facts = before;
    for row in changed.rows(Entity::Account) {
        let new = if is_deleted(&row) { None } else { account(&row)? };
        upsert(&mut facts.accounts, &id_of(Entity::Account, &row)?, new, |a| a.id.as_str());
    }
    for row in changed.rows(Entity::Vendor) {
        let new = if is_deleted(&row) { None } else { Some(vendor(&row)?) };
        upsert(&mut facts.vendors, &id_of(Entity::Vendor, &row)?, new, |v| v.id.as_str());
    }
    for row in changed.rows(Entity::Term) {
        let new = if is_deleted(&row) { None } else { term(&row)? };
        upsert(&mut facts.terms, &id_of(Entity::Term, &row)?, new, |t| t.id.as_str());
    }
    for entity in [Entity::Class, Entity::Department, Entity::Customer] {
        let list: &mut Vec<DimensionValue> = match entity {
            Entity::Class => &mut facts.classes,
            Entity::Department => &mut facts.departments,
            _ => &mut facts.customers,
        };
        for row in changed.rows(entity) {
            let new = if is_deleted(&row) { None } else { Some(dimension(entity, &row)?) };
            upsert(list, &id_of(entity, &row)?, new, |d| d.id.as_str());
        }
    }
    for entity in RECENT {
        for row in changed.rows(entity) {
            let id = id_of(entity, &row)?;
            facts.recent.retain(|r| r.id != id || !made_as(entity, r.kind));
            if !is_deleted(&row) {
                facts.recent.extend(Transaction::read(entity, &row)?.recent(entity, company.home_currency)?);
            }
        }
    }
    facts.recent.retain(|r| r.date >= oldest_recent);
    facts.company = company;
    facts.read_at = read_at;
    Ok(facts)
}

/// Ids are unique within one kind of record only (contract 2).
fn made_as(entity: Entity, kind: EntryKind) -> bool {
    super::entity_of(kind) == entity
}

fn upsert<T>(list: &mut Vec<T>, id: &str, new: Option<T>, id_of: impl Fn(&T) -> &str) {
    let at = list.iter().position(|t| id_of(t) == id);
    match (at, new) {
        (Some(at), Some(new)) => {
            if let Some(slot) = list.get_mut(at) {
                *slot = new;
            }
        }
        (Some(at), None) => {
            list.remove(at);
        }
        (None, Some(new)) => list.push(new),
        (None, None) => {}
    }
}
