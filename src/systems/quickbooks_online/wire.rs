//! Shapes that all answers share, read tolerantly: unknown fields are ignored, absent and null are the same, numbers
//! may come as text (contract 2).

use jiff::Timestamp;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::faults::Fault;

/// `{"value":"56","name":"…"}`
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Ref {
    #[serde(default, deserialize_with = "text")]
    pub value: Option<String>,
    #[serde(default, deserialize_with = "text")]
    pub name: Option<String>,
}

impl Ref {
    /// The id, where there is one.
    pub fn id(this: Option<&Self>) -> Option<&str> {
        this.and_then(|r| r.value.as_deref()).filter(|v| !v.is_empty())
    }
}

/// Text that may come as a number or a truth value; null and absent are none.
pub fn text<'de, D: Deserializer<'de>>(d: D) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(d)? {
        Value::String(s) => Some(s),
        Value::Number(n) => Some(n.to_string()),
        Value::Bool(b) => Some(b.to_string()),
        _ => None,
    })
}

/// A truth value that may come as text.
pub fn truth<'de, D: Deserializer<'de>>(d: D) -> Result<Option<bool>, D::Error> {
    Ok(match Value::deserialize(d)? {
        Value::Bool(b) => Some(b),
        Value::String(s) => Some(s.eq_ignore_ascii_case("true")),
        _ => None,
    })
}

/// One item of a batch's answer.
#[derive(Debug, Clone)]
pub struct Item {
    /// The key of the item.
    pub key: String,
    /// What went wrong with it.
    pub fault: Option<Fault>,
    /// Everything else: `Bill`, `QueryResponse` …
    pub rest: serde_json::Map<String, Value>,
}

/// An answer that could be read as JSON.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The object.
    pub body: serde_json::Map<String, Value>,
}

impl Answer {
    /// Reads an answer; HTML, an empty body or cut JSON is an error (contract 5).
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        match serde_json::from_slice::<Value>(bytes) {
            Ok(Value::Object(body)) => Ok(Self { body }),
            Ok(_) => Err("the answer is no JSON object".into()),
            Err(_) if bytes.iter().all(u8::is_ascii_whitespace) => Err("the answer is empty".into()),
            Err(e) => Err(format!("the answer is no JSON (line {}, column {})", e.line(), e.column())),
        }
    }

    /// The fault of the whole answer; with any status (contract 5).
    pub fn fault(&self) -> Option<Fault> {
        ["Fault", "fault"].iter().find_map(|k| self.body.get(*k)).and_then(Fault::from_value)
    }

    /// The instant that the server gives: ISO text, or milliseconds since 1970 (contract 1.6).
    pub fn time(&self) -> Option<Timestamp> {
        match self.body.get("time")? {
            Value::String(s) => s.parse().ok(),
            Value::Number(n) => n.as_i64().and_then(|ms| Timestamp::from_millisecond(ms).ok()),
            _ => None,
        }
    }

    /// The items of a batch's answer; none: this is no answer to a batch.
    pub fn items(&self) -> Option<Vec<Item>> {
        let list = self.body.get("BatchItemResponse")?.as_array()?;
        Some(list.iter().filter_map(item).collect())
    }
}

fn item(value: &Value) -> Option<Item> {
    let mut rest = value.as_object()?.clone();
    let key = match rest.remove("bId")? {
        Value::String(s) => s,
        Value::Number(n) => n.to_string(),
        _ => return None,
    };
    let fault = ["Fault", "fault"].iter().find_map(|k| rest.remove(*k)).filter(|f| !f.is_null());
    // a fault that cannot be read is still a fault
    let fault = fault.map(|f| Fault::from_value(&f).unwrap_or_default());
    Some(Item { key, fault, rest })
}

/// The rows of one entity in a `QueryResponse`; the key is absent when there are none (contract 3.1).
pub fn rows(response: &Value, entity: &str) -> Vec<Value> {
    match response.get(entity) {
        Some(Value::Array(rows)) => rows.clone(),
        Some(Value::Object(one)) => vec![Value::Object(one.clone())],
        _ => Vec::new(),
    }
}
