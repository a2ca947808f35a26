//! Webhooks (contract section 9): what changed, in the old or the new format, signed with the verifier token.
//!
//! `deliver` takes
//! `{"url": …, "format": "classic" | "cloudevents", "events": [{"entity", "id", "operation", "deleted_id"?, "realm"?,
//! "at"?}], "times": n, "signature": "right" | "wrong" | "none", "ca": PEM}`.
//! Only `url` is needed: without `events` everything that changed since the last delivery is told (nothing changed: an
//! error). `operation` is a word of the old format: `Create`, `Update`, `Delete`, `Merge`, `Void`, `Emailed`. `times`
//! sends the same delivery again, with the same ids. `ca` is trusted for this delivery alone. The faults
//! `duplicate_event` and `lose_event` on the operation `deliver` double or lose a delivery.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::kind::Kind;
use super::state::State;

/// The token that signs; it is the one of the contract's vectors.
pub const VERIFIER_TOKEN: &str = "made-up-verifier-token";

/// Longest wait for the receiver.
const PATIENCE: Duration = Duration::from_secs(30);

/// Two entities that were merged.
#[derive(Debug, Clone)]
pub struct Merged {
    /// Their type.
    pub kind: Kind,
    /// The id that disappeared.
    pub loser: String,
    /// The id that stayed.
    pub winner: String,
    /// When.
    pub at: Timestamp,
}

/// One thing that happened.
#[derive(Debug, Clone)]
struct Event {
    realm: String,
    entity: String,
    id: String,
    operation: String,
    deleted_id: Option<String>,
    at: Timestamp,
}

/// A delivery, ready to be sent.
#[derive(Debug)]
pub struct Delivery {
    url: String,
    headers: Vec<(&'static str, String)>,
    body: String,
    times: u64,
    ca: Option<String>,
}

/// The signature of a body: HMAC-SHA256 in base64.
pub fn sign(token: &str, body: &[u8]) -> String {
    const BLOCK: usize = 64;
    let mut key = token.as_bytes().to_vec();
    if key.len() > BLOCK {
        key = Sha256::digest(&key).to_vec();
    }
    key.resize(BLOCK, 0);
    let pad = |with: u8| key.iter().map(|byte| byte ^ with).collect::<Vec<u8>>();
    let inner = Sha256::new().chain_update(pad(0x36)).chain_update(body).finalize();
    STANDARD.encode(Sha256::new().chain_update(pad(0x5c)).chain_update(inner).finalize())
}

/// Writes a delivery. A sentence says what it lacks.
pub fn prepare(state: &mut State, order: &Value) -> Result<Delivery, String> {
    let url = text(order, "url").ok_or("say the url that is delivered to")?.to_owned();
    let events = match order.get("events") {
        None | Some(Value::Null) => changed(state),
        Some(Value::Array(events)) => events.iter().map(|one| event(state, one)).collect::<Result<_, _>>()?,
        Some(_) => return Err("events must be a list".to_owned()),
    };
    if events.is_empty() {
        return Err("nothing changed since the last delivery; say the events".to_owned());
    }
    let times = match order.get("times") {
        None | Some(Value::Null) => 1,
        Some(times) => times.as_u64().ok_or("times must be a whole number")?,
    };
    state.delivered = state.now;
    state.deliveries += 1;
    let (body, schema) = match text(order, "format").unwrap_or("classic") {
        "classic" => (classic(&events), "0.1"),
        "cloudevents" => (cloud_events(state.deliveries, &events), "1.0"),
        other => return Err(format!("there is no format {other}; take classic or cloudevents")),
    };
    let body = body.to_string();
    let mut headers = vec![
        ("content-type", "application/json".to_owned()),
        ("intuit-created-time", state.now.to_string()),
        ("intuit-t-id", state.next_tid()),
        ("intuit-notification-schema-version", schema.to_owned()),
    ];
    match text(order, "signature").unwrap_or("right") {
        "right" => headers.push(("intuit-signature", sign(VERIFIER_TOKEN, body.as_bytes()))),
        "wrong" => headers.push(("intuit-signature", sign("another-token", body.as_bytes()))),
        "none" => {}
        other => return Err(format!("there is no signature {other}; take right, wrong or none")),
    }
    Ok(Delivery { url, headers, body, times, ca: text(order, "ca").map(str::to_owned) })
}

/// Sends a delivery as often as it is to be sent and tells the status of each time.
pub async fn send(delivery: &Delivery) -> Result<Value, String> {
    let mut client = reqwest::Client::builder().timeout(PATIENCE).no_proxy().retry(reqwest::retry::never());
    if let Some(ca) = &delivery.ca {
        let certificates = reqwest::Certificate::from_pem_bundle(ca.as_bytes())
            .map_err(|error| format!("the certificates in ca cannot be read: {error}"))?;
        if certificates.is_empty() {
            return Err("there is no certificate in ca".to_owned());
        }
        for certificate in certificates {
            client = client.add_root_certificate(certificate);
        }
    }
    let client = client.build().map_err(|error| format!("nothing can be delivered: {error}"))?;
    let mut statuses = Vec::new();
    for _ in 0..delivery.times {
        let mut request = client.post(&delivery.url).body(delivery.body.clone());
        for (name, value) in &delivery.headers {
            request = request.header(*name, value);
        }
        let answer =
            request.send().await.map_err(|error| format!("{} was not reached: {error}", delivery.url))?;
        statuses.push(answer.status().as_u16());
    }
    Ok(json!({"delivered": statuses, "body": delivery.body}))
}

impl Delivery {
    /// Sends it that often more, or not at all.
    pub fn times(&mut self, by: impl Fn(u64) -> u64) {
        self.times = by(self.times);
    }
}

fn text<'a>(of: &'a Value, key: &str) -> Option<&'a str> {
    of.get(key).and_then(Value::as_str)
}

fn event(state: &State, one: &Value) -> Result<Event, String> {
    let entity = text(one, "entity").ok_or("an event needs an entity")?;
    let at = match text(one, "at") {
        Some(at) => at.parse().map_err(|_| format!("{at} is no instant"))?,
        None => state.now,
    };
    Ok(Event {
        realm: text(one, "realm").unwrap_or(&state.company.realm).to_owned(),
        entity: Kind::parse(entity).map_or_else(|| entity.to_owned(), |kind| kind.name().to_owned()),
        id: text(one, "id").ok_or("an event needs an id")?.to_owned(),
        operation: text(one, "operation").unwrap_or("Update").to_owned(),
        deleted_id: text(one, "deleted_id").map(str::to_owned),
        at,
    })
}

/// Whether a kind can be subscribed to.
fn told(kind: Kind) -> bool {
    use Kind::{Attachable, CompanyCurrency, ExchangeRate, TaxCode, TaxRate};
    !matches!(kind, Attachable | CompanyCurrency | ExchangeRate | TaxCode | TaxRate)
}

/// What changed since the last delivery, in the order of instants.
fn changed(state: &State) -> Vec<Event> {
    let since = state.delivered;
    let event = |kind: Kind, id: &str, operation: &str, deleted: Option<&str>, at| Event {
        realm: state.company.realm.clone(),
        entity: kind.name().to_owned(),
        id: id.to_owned(),
        operation: operation.to_owned(),
        deleted_id: deleted.map(str::to_owned),
        at,
    };
    let mut events = Vec::new();
    for (kind, table) in state.books.tables().filter(|(kind, _)| told(*kind)) {
        for row in table.rows().filter(|row| row.updated > since) {
            let operation = match kind {
                _ if row.created > since => "Create",
                Kind::BillPayment if row.text("PrivateNote").starts_with("Voided") => "Void",
                _ => "Update",
            };
            events.push(event(kind, &row.id, operation, None, row.updated));
        }
    }
    for gone in state.books.gone().iter().filter(|gone| gone.at > since && told(gone.kind)) {
        events.push(event(gone.kind, &gone.id, "Delete", None, gone.at));
    }
    for one in state.merges.iter().filter(|one| one.at > since) {
        events.push(event(one.kind, &one.winner, "Merge", Some(&one.loser), one.at));
    }
    events.sort_by_key(|event| event.at);
    events
}

/// `eventNotifications`, one for each realm.
fn classic(events: &[Event]) -> Value {
    let mut realms: Vec<&str> = Vec::new();
    for event in events {
        if !realms.contains(&event.realm.as_str()) {
            realms.push(&event.realm);
        }
    }
    let notifications = realms.into_iter().map(|realm| {
        let entities = events.iter().filter(|event| event.realm == realm).map(|event| {
            let mut entity = json!({"name": event.entity, "id": event.id, "operation": event.operation,
                                    "lastUpdated": seconds(event.at)});
            if let (Some(entity), Some(deleted)) = (entity.as_object_mut(), &event.deleted_id) {
                entity.insert("deletedId".to_owned(), json!(deleted));
            }
            entity
        });
        json!({"realmId": realm, "dataChangeEvent": {"entities": entities.collect::<Vec<_>>()}})
    });
    json!({"eventNotifications": notifications.collect::<Vec<_>>()})
}

fn seconds(at: Timestamp) -> String {
    format!("{at:.0}")
}

/// An array of CloudEvents. Their ids follow from the number of the delivery.
fn cloud_events(delivery: u64, events: &[Event]) -> Value {
    let each = events.iter().enumerate().map(|(at, event)| {
        let mut data = json!({});
        if let (Some(data), Some(deleted)) = (data.as_object_mut(), &event.deleted_id) {
            data.insert("deletedid".to_owned(), json!(deleted));
        }
        json!({
            "specversion": "1.0", "id": unique(delivery, at), "source": "intuit.c2FuZGJveA==",
            "type": format!("qbo.{}.{}.v1", event.entity.to_lowercase(), past(&event.operation)),
            "datacontenttype": "application/json", "time": format!("{:.6}", event.at),
            "intuitentityid": event.id, "intuitaccountid": event.realm, "data": data,
        })
    });
    each.collect()
}

fn past(operation: &str) -> String {
    match operation.to_lowercase().as_str() {
        "void" => "voided".to_owned(),
        "emailed" => "emailed".to_owned(),
        other => format!("{other}d"),
    }
}

/// Looks like a UUID, and is another for each event.
fn unique(delivery: u64, at: usize) -> String {
    let digest = Sha256::digest(format!("event {delivery} {at}").as_bytes());
    let mut text = String::new();
    for (at, byte) in digest.iter().take(16).enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text.push_str(&format!("{byte:02x}"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_those_of_the_contract() {
        let old = r#"{"eventNotifications":[{"realmId":"4620816365000001","dataChangeEvent":{"entities":[{"name":"Vendor","id":"56","operation":"Update","lastUpdated":"2026-03-02T17:05:11Z"}]}}]}"#;
        assert_eq!(sign(VERIFIER_TOKEN, old.as_bytes()), "mRxdxvUxpusDLtkbOgQpJ4tVia5Dys5w5gfuFaUpZfs=");
        let new = r#"[{"specversion":"1.0","id":"3f0c7a52-1d7e-4a43-9d0b-2b6c6a4f8e11","source":"intuit.a1b2","type":"qbo.vendor.updated.v1","datacontenttype":"application/json","time":"2026-03-02T17:05:11.004512Z","intuitentityid":"56","intuitaccountid":"4620816365000001","data":{}}]"#;
        assert_eq!(sign(VERIFIER_TOKEN, new.as_bytes()), "26wzGuMyJ/BgiFdOXzzYmJO6X8FgzRq4XNQoZgG8g/M=");
    }
}
