//! Merging two entities of a list, which a person does in the product (contract section 7.1): the loser's id disappears
//! and everything that named it names the winner.

use serde_json::{Value, json};

use super::api::Answer;
use super::fault::ApiFault;
use super::kind::Kind;
use super::refs;
use super::state::State;
use super::webhooks::Merged;
use super::wire::{self, Object};

/// Merges `{"Id": loser, "Into": winner}` and answers the winner.
pub fn merge(state: &mut State, kind: Kind, body: &Object) -> Answer {
    if !matches!(kind, Kind::Vendor | Kind::Customer | Kind::Account | Kind::Class | Kind::Department) {
        return Err(ApiFault::of("500", "Operation Merge is not supported.", ""));
    }
    let id = |key| wire::text(body, key)?.ok_or_else(|| ApiFault::missing(key));
    let (loser, winner): (String, String) = (id("Id")?, id("Into")?);
    let old = state.books.get(kind, &loser).ok_or_else(ApiFault::not_found)?;
    let row = refs::active(state, kind, &winner)?;
    if loser == winner || refs::currency_of(state, old) != refs::currency_of(state, row) {
        return Err(ApiFault::business("Two that are merged must differ and have one currency."));
    }
    let to = refs::to(row);
    let (now, zone) = (state.now, state.zone.clone());
    let mut changed = Vec::new();
    for (of, table) in state.books.tables() {
        for row in table.rows() {
            let mut value = Value::Object(row.value.clone());
            if renamed(&mut value, keys(kind), &loser, &to)
                && let Value::Object(value) = value
            {
                changed.push((of, row.id.clone(), value));
            }
        }
    }
    for (of, id, value) in changed {
        state.books.replace(of, &id, value, now, &zone)?;
    }
    state.books.forget(kind, &loser);
    state.merges.push(Merged { kind, loser, winner: winner.clone(), at: now });
    let row = state.books.get(kind, &winner).ok_or_else(ApiFault::not_found)?;
    Ok(json!({kind.name(): row.value}))
}

/// The properties that refer to a kind. Names share one id space, so `EntityRef` cannot mean another kind.
fn keys(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Account => &["AccountRef", "APAccountRef", "BankAccountRef", "CCAccountRef", "ParentRef"],
        Kind::Class => &["ClassRef", "ParentRef"],
        Kind::Department => &["DepartmentRef", "ParentRef"],
        _ => &["VendorRef", "CustomerRef", "EntityRef", "ParentRef"],
    }
}

fn renamed(value: &mut Value, keys: &[&str], loser: &str, to: &Value) -> bool {
    match value {
        // each item is looked at, also after one that was changed
        Value::Array(items) => {
            items.iter_mut().filter_map(|item| renamed(item, keys, loser, to).then_some(())).count() > 0
        }
        Value::Object(object) => {
            let mut any = false;
            for (key, inner) in object.iter_mut() {
                let hit = keys.contains(&key.as_str()) && inner.get("value").is_some_and(|id| id == loser);
                match (hit, inner.as_object_mut(), to.as_object()) {
                    (true, Some(reference), Some(to)) => reference.extend(to.clone()),
                    _ => any |= renamed(inner, keys, loser, to),
                }
                any |= hit;
            }
            any
        }
        _ => false,
    }
}
