//! Looking records up by our reference and verifying what is there (contract 4.3; reliability.md, 4.4). A number alone
//! proves nothing: the marker in the memo does, and then party, amount, currency and date have to agree.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::model::entry::{Entry, EntryKind};
use crate::model::money;
use crate::systems::{CallError, Seen, Wanted};

use super::Client;
use super::holder::same_number;
use super::query::{Entity, Query};
use super::wire_records::Transaction;

/// References of one query, at most (contract 4.3).
pub const REFERENCES_MAX: usize = 30;

impl Client {
    /// One answer for each wanted record, from as few calls as possible.
    pub(super) async fn look_up_all(&self, wanted: Vec<Wanted>) -> Result<Vec<(i64, Seen)>, CallError> {
        let mut by_entity: BTreeMap<&'static str, Vec<&Wanted>> = BTreeMap::new();
        for w in &wanted {
            by_entity.entry(terms(w)?.0.name()).or_default().push(w);
        }
        let mut queries = Vec::new();
        let mut asked: Vec<(Entity, &[&Wanted])> = Vec::new();
        for (name, list) in &by_entity {
            let Some(entity) = Entity::posted(name) else { continue };
            for chunk in list.chunks(REFERENCES_MAX) {
                let numbers = chunk.iter().map(|w| Ok(terms(w)?.1)).collect::<Result<Vec<_>, CallError>>()?;
                queries.push(Query::numbered(entity, &numbers));
                asked.push((entity, chunk));
            }
        }
        if queries.is_empty() {
            return Ok(Vec::new());
        }
        let reading = self.read_all(queries).await?;
        let mut seen = Vec::with_capacity(wanted.len());
        for ((entity, chunk), found) in asked.iter().zip(&reading.lists) {
            let records = found
                .rows
                .iter()
                .map(|row| Transaction::read(*entity, row))
                .collect::<Result<Vec<_>, _>>()?;
            for w in *chunk {
                seen.push((w.handle, verify(w, &records)?));
            }
        }
        Ok(seen)
    }
}

/// The record type and the number by which an intent is looked up: the terms that were kept before it was sent.
fn terms(wanted: &Wanted) -> Result<(Entity, &str), CallError> {
    let text = |name: &str| wanted.lookup.get(name).and_then(serde_json::Value::as_str);
    let entity = text("entity").and_then(Entity::posted);
    match (entity, text("doc_number").filter(|n| !n.is_empty())) {
        (Some(entity), Some(number)) => Ok((entity, number)),
        _ => Err(CallError::Shape(format!("the look-up terms of {} cannot be read", wanted.reference))),
    }
}

/// What the records say about one wanted record. Those with another number are others' affairs.
pub fn verify(wanted: &Wanted, records: &[Transaction]) -> Result<Seen, CallError> {
    let (entity, number) = terms(wanted)?;
    // a supplier's number is another vendor's affair too: only the same vendor's record stands in the way
    let own_number = same_number(number, wanted.reference.as_str());
    let vendor = wanted.entry.party.as_ref().map(|p| p.id.as_str());
    let numbered = |t: &&Transaction| {
        t.number().is_some_and(|n| same_number(n, number))
            && (own_number || t.party(entity) == vendor || vendor.is_none())
    };
    let ours = |t: &&Transaction| t.marker().as_ref() == Some(&wanted.reference);
    let with_marker: Vec<&Transaction> = records.iter().filter(ours).collect();
    let named = |t: &Transaction| format!("{} {}", entity.name(), t.id);
    Ok(match with_marker.as_slice() {
        [one] => match difference(wanted, one) {
            None => Seen::Found { id: one.id.clone(), number: one.number().unwrap_or_default().into() },
            Some(what) => Seen::Different {
                why: format!("{} carries our reference but {what}", named(one)),
                records: Vec::new(),
            },
        },
        [] => {
            // never adopted on the number alone, and no proof of absence either: where the ledger wants numbers to
            // be unique, making the record again would be refused for ever
            match records.iter().find(numbered) {
                None => Seen::Absent,
                Some(t) => Seen::Different {
                    why: format!(
                        "{} has the number {number} but not our marker: made or changed by somebody else",
                        named(t)
                    ),
                    records: Vec::new(),
                },
            }
        }
        several => Seen::Different {
            why: format!(
                "{} carry our reference {}",
                several.iter().map(|t| named(t)).collect::<Vec<_>>().join(" and "),
                wanted.reference
            ),
            records: Vec::new(),
        },
    })
}

/// What differs between the frozen entry and the record.
fn difference(wanted: &Wanted, record: &Transaction) -> Option<String> {
    let entry = &wanted.entry;
    if let Some(what) = date_and_currency(entry, record) {
        return Some(what);
    }
    // tax that QuickBooks books beside the lines of a journal is no line of it
    let (total, ours) = match entry.kind {
        EntryKind::Journal => (record.debits(), super::tax::sent_debits(entry)),
        _ => (record.total(), entry.total()),
    };
    let minor = |d: Decimal| money::to_minor(d, entry.currency).ok();
    let agrees = total.and_then(minor).is_some_and(|t| Some(t) == minor(ours));
    if !agrees {
        let there = total.map_or_else(|| "unknown".into(), |t| money::shown(t, entry.currency));
        let here = money::shown(ours, entry.currency);
        return Some(format!("its amount is {there}, ours {here}"));
    }
    let party = record.party(super::entity_of(entry.kind));
    // a journal names vendors on its lines, and only where it has a payable one or the line asks for it
    let on_lines = || entry.lines.iter().filter_map(|l| l.party.as_ref());
    let expected = match entry.kind {
        EntryKind::Journal => on_lines().next().or(entry.party.as_ref()),
        _ => entry.party.as_ref(),
    };
    let same = |p: &str| expected.is_some_and(|e| e.id == p) || on_lines().any(|n| n.id == p);
    let agrees = party.map_or(expected.is_none() || entry.kind == EntryKind::Journal, same);
    if !agrees {
        return Some(format!(
            "its vendor is {}, ours {}",
            party.unwrap_or("none"),
            expected.map_or("none", |p| p.name.as_str())
        ));
    }
    if record.is_credit() != (entry.kind == EntryKind::CardRefund) {
        return Some("a charge stands for a refund, or the other way round".into());
    }
    None
}

fn date_and_currency(entry: &Entry, record: &Transaction) -> Option<String> {
    let shown = |d: Option<Date>| d.map_or_else(|| "unknown".to_string(), |d| d.to_string());
    if record.date() != Some(entry.date) {
        return Some(format!("its date is {}, ours {}", shown(record.date()), entry.date));
    }
    // without several currencies the field is absent
    let other = record.currency_code().filter(|c| *c != entry.currency.code())?;
    Some(format!("its currency is {other}, ours {}", entry.currency))
}
