//! A number that is taken (code 6140; contract 4.3 step 4): who holds it is read right away and laid beside the fault, so
//! that the outcome does not depend on a look-up that asks another kind of record and would never find it.
//!
//! A holder with our marker leaves the item in doubt: the look-up verifies it. A foreign one is a refusal that names it.

use serde_json::{Map, Value, json};

use crate::model::reference::Reference;
use crate::systems::{CallError, PreparedCall, SendError};
use crate::transport::{Method, Reply};

use super::Client;
use super::faults::Fault;
use super::lookup::REFERENCES_MAX;
use super::query::{Entity, Query};
use super::wire::Answer;
use super::wire_records::Transaction;

/// Where the holder stands in an item of the answer, beside its fault.
pub const HOLDER: &str = "tieout:holder";

/// An item whose number is taken.
struct Taken {
    key: String,
    number: String,
    named: Option<(Entity, String)>,
}

/// Who holds a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// `Bill 151`; empty: nobody was found.
    pub record: String,
    /// Its date, where it has one.
    pub date: String,
    /// Our reference in its memo, whosesoever document it is.
    pub marker: Option<Reference>,
}

impl Holder {
    fn of(entity: Entity, record: &Transaction) -> Self {
        Self {
            record: format!("{} {}", entity.name(), record.id),
            date: record.date().map(|d| d.to_string()).unwrap_or_default(),
            marker: record.marker(),
        }
    }

    fn to_json(&self) -> Value {
        json!({"record": self.record, "date": self.date, "marker": self.marker.as_ref().map(Reference::as_str)})
    }

    /// The holder that was laid beside a fault.
    pub fn beside(item: &Map<String, Value>) -> Option<Self> {
        let value = item.get(HOLDER)?;
        let text = |name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default().to_string();
        Some(Self {
            record: text("record"),
            date: text("date"),
            marker: value.get("marker").and_then(Value::as_str).and_then(|m| m.parse().ok()),
        })
    }
}

impl Client {
    /// Sends a posting call once. What its answer says about taken numbers is completed by one more call, that reads.
    pub(super) async fn send_call(&self, call: PreparedCall) -> Result<Reply, SendError> {
        let more = [("requestid", call.request_key.as_str())];
        let mut reply =
            self.exchange("batch", Method::Post, "batch", &more, Some(call.bytes.clone())).await?;
        let Ok(mut answer) = Answer::parse(&reply.body) else { return Ok(reply) };
        let items = answer.items().unwrap_or_default();
        if items.iter().filter_map(|i| i.fault.as_ref()).any(|f| f.has(&[2290])) {
            self.learn_no_negative_lines();
        }
        let taken: Vec<Taken> = items
            .iter()
            .filter_map(|i| Some((i, i.fault.as_ref().filter(|f| f.has(&[6140]))?)))
            .filter_map(|(i, fault)| taken(&call.bytes, &i.key, fault))
            .collect();
        if taken.is_empty() {
            return Ok(reply);
        }
        match self.holders(&taken).await {
            Ok(holders) => {
                lay_beside(&mut answer, &holders);
                if let Ok(body) = serde_json::to_vec(&answer.body) {
                    reply.body = body;
                }
            }
            // without the holder the item stays in doubt, and the look-up comes next
            Err(error) => tracing::warn!(%error, "who holds a taken number could not be read"),
        }
        Ok(reply)
    }

    async fn holders(&self, taken: &[Taken]) -> Result<Vec<(String, Holder)>, CallError> {
        let mut queries = Vec::new();
        for entity in Entity::POSTED {
            for chunk in taken.chunks(REFERENCES_MAX) {
                let numbers: Vec<&str> = chunk.iter().map(|t| t.number.as_str()).collect();
                queries.push(Query::numbered(entity, &numbers));
            }
            let ids: Vec<&str> = taken
                .iter()
                .filter_map(|t| t.named.as_ref())
                .filter(|n| n.0 == entity)
                .map(|n| n.1.as_str())
                .collect();
            if !ids.is_empty() {
                queries.push(Query::by_ids(entity, &ids));
            }
        }
        let asked: Vec<Entity> = queries.iter().map(|q| q.entity).collect();
        let reading = self.read_all(queries).await?;
        let mut records: Vec<(Entity, Transaction)> = Vec::new();
        for (entity, found) in asked.iter().zip(&reading.lists) {
            for row in &found.rows {
                records.push((*entity, Transaction::read(*entity, row)?));
            }
        }
        Ok(taken.iter().map(|t| (t.key.clone(), t.holder(&records))).collect())
    }
}

impl Taken {
    /// Our own record before the one that the fault names, and that before any other with the number.
    fn holder(&self, records: &[(Entity, Transaction)]) -> Holder {
        let ours = |t: &Transaction| t.marker().is_some_and(|m| m.item_id() == self.key);
        let named = |e: Entity, t: &Transaction| {
            self.named.as_ref().is_some_and(|(entity, id)| *entity == e && *id == t.id)
        };
        let numbered = |t: &Transaction| t.number().is_some_and(|n| same_number(n, &self.number));
        let pick = |test: &dyn Fn(Entity, &Transaction) -> bool| {
            records.iter().find(|(e, t)| test(*e, t)).map(|(e, t)| Holder::of(*e, t))
        };
        pick(&|_, t| ours(t))
            .or_else(|| pick(&named))
            .or_else(|| pick(&|_, t| numbered(t)))
            .unwrap_or(Holder { record: String::new(), date: String::new(), marker: None })
    }
}

/// Numbers are equal without regard to case (contract 3.1).
pub fn same_number(a: &str, b: &str) -> bool {
    a.trim().to_uppercase() == b.trim().to_uppercase()
}

/// The number that an item of the call was sent with, and the holder that the fault names.
fn taken(sent: &[u8], key: &str, fault: &Fault) -> Option<Taken> {
    let sent: Value = serde_json::from_slice(sent).ok()?;
    let items = sent.get("BatchItemRequest")?.as_array()?;
    let item = items.iter().find(|i| i.get("bId").and_then(Value::as_str) == Some(key))?;
    let record = Entity::POSTED.iter().find_map(|e| item.get(e.name()))?;
    let number = record.get("DocNumber")?.as_str()?.to_string();
    let named = fault.holder().and_then(|(kind, id)| Some((entity(&kind)?, id)));
    Some(Taken { key: key.into(), number, named })
}

/// The kind of record that a fault names in its own words: `Bill`, `Vendor Credit`, `Check`.
fn entity(word: &str) -> Option<Entity> {
    let letters: String = word.chars().filter(char::is_ascii_alphabetic).collect();
    Some(match letters.to_ascii_lowercase().as_str() {
        "bill" => Entity::Bill,
        "vendorcredit" => Entity::VendorCredit,
        "journal" | "journalentry" => Entity::JournalEntry,
        "purchase" | "check" | "expense" | "cashpurchase" | "creditcardcharge" | "creditcardexpense"
        | "creditcardcredit" => Entity::Purchase,
        _ => return None,
    })
}

fn lay_beside(answer: &mut Answer, holders: &[(String, Holder)]) {
    let list = answer.body.get_mut("BatchItemResponse").and_then(Value::as_array_mut);
    for item in list.into_iter().flatten().filter_map(Value::as_object_mut) {
        // what a server puts there under this name is not ours
        item.remove(HOLDER);
        let key = match item.get("bId") {
            Some(Value::String(s)) => s.clone(),
            Some(Value::Number(n)) => n.to_string(),
            _ => continue,
        };
        if let Some((_, holder)) = holders.iter().find(|(k, _)| *k == key) {
            item.insert(HOLDER.into(), holder.to_json());
        }
    }
}
