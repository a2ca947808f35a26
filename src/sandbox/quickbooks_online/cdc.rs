//! Change data capture (contract section 3.2).

use jiff::SignedDuration;
use serde_json::{Map, Value, json};

use super::api::Answer;
use super::fault::ApiFault;
use super::kind::Kind;
use super::server::Call;
use super::state::State;
use super::wire;

const LOOK_BACK: SignedDuration = SignedDuration::from_hours(30 * 24);
const MOST: usize = 1000;

/// `GET /cdc?entities=…&changedSince=…`.
pub fn changes(state: &State, call: &Call, lag: SignedDuration) -> Answer {
    let entities = call.param("entities").ok_or_else(|| ApiFault::missing("entities"))?;
    let since = call.param("changedSince").ok_or_else(|| ApiFault::missing("changedSince"))?;
    let since = wire::parse_instant(since)
        .ok_or_else(|| ApiFault::of("2060", format!("Invalid Date : {since}"), "changedSince"))?;
    if since < wire::before(state.now, LOOK_BACK) {
        return Err(ApiFault::of("4001", "changedSince lies more than 30 days back", "changedSince"));
    }
    let mut kinds = Vec::new();
    for name in entities.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        let kind = Kind::parse(name).ok_or_else(|| {
            ApiFault::of("4001", format!("Metadata not found for Entity: {name}"), "entities")
        })?;
        if !kind.in_cdc() {
            return Err(ApiFault::of(
                "4002",
                format!("Change data capture does not report {name}"),
                "entities",
            ));
        }
        kinds.push(kind);
    }
    let mut left = MOST;
    let mut answers: Vec<Value> = Vec::new();
    for kind in kinds {
        let mut rows: Vec<Value> = Vec::new();
        if let Some(table) = state.books.table(kind) {
            let fresh = table.rows().filter(|row| row.updated >= since);
            rows.extend(fresh.filter_map(|row| Some(json!(row.seen(state.now, lag)?))).take(left));
        }
        let horizon = wire::before(state.now, lag);
        let gone = state.books.gone().iter().filter(|gone| gone.kind == kind && gone.at >= since);
        let stubs = gone.filter(|gone| gone.at <= horizon).map(|gone| {
            json!({"Id": gone.id, "domain": "QBO", "status": "Deleted",
                   "MetaData": {"LastUpdatedTime": wire::instant(gone.at, &state.zone)}})
        });
        rows.extend(stubs.take(left - rows.len()));
        left -= rows.len();
        answers.push(answer(kind, rows));
    }
    if answers.iter().all(|answer| answer.as_object().is_none_or(Map::is_empty)) {
        answers = vec![json!({})];
    }
    Ok(json!({"CDCResponse": [{"QueryResponse": answers}]}))
}

fn answer(kind: Kind, rows: Vec<Value>) -> Value {
    if rows.is_empty() {
        return json!({});
    }
    let found = rows.len();
    json!({kind.name(): rows, "startPosition": 1, "maxResults": found})
}
