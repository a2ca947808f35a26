//! References of a request: `{"value": id}` to something that is there, active and usable.

use serde_json::Value;

use super::books::Row;
use super::fault::ApiFault;
use super::kind::Kind;
use super::state::State;
use super::wire::{self, Object};

/// The id that a reference property carries. Without `value` it is 2020, with another shape 2010.
pub fn id_of(body: &Object, key: &str) -> Result<Option<String>, ApiFault> {
    match body.get(key) {
        None => Ok(None),
        Some(zero) if wire::is_zero(zero) => Ok(None),
        Some(Value::Object(reference)) => match wire::text(reference, "value")? {
            Some(id) => Ok(Some(id)),
            None => Err(ApiFault::missing(&format!("{key}.value"))),
        },
        Some(_) => Err(ApiFault::unsupported(key)),
    }
}

/// The active entity behind an id, else 2500.
pub fn active<'a>(state: &'a State, kind: Kind, id: &str) -> Result<&'a Row, ApiFault> {
    state
        .books
        .get(kind, id)
        .filter(|row| row.is_active())
        .ok_or_else(|| ApiFault::reference(kind.table(), id))
}

/// The active entity that a reference property names, if it is given.
pub fn optional<'a>(
    state: &'a State,
    body: &Object,
    key: &str,
    kind: Kind,
) -> Result<Option<&'a Row>, ApiFault> {
    id_of(body, key)?.map(|id| active(state, kind, &id)).transpose()
}

/// The active entity that a reference property names; not given is 2020.
pub fn required<'a>(state: &'a State, body: &Object, key: &str, kind: Kind) -> Result<&'a Row, ApiFault> {
    optional(state, body, key, kind)?.ok_or_else(|| ApiFault::missing(key))
}

/// `{"value", "name"}` of an entity.
pub fn to(row: &Row) -> Value {
    let name = ["FullyQualifiedName", "DisplayName", "Name"].into_iter().map(|key| row.text(key));
    wire::reference(&row.id, name.into_iter().find(|name| !name.is_empty()).unwrap_or_default())
}

/// A class or location: 5030 when tracking is off, or left out when the switch says so.
pub fn dimension(state: &State, body: &Object, key: &str, kind: Kind) -> Result<Option<Value>, ApiFault> {
    let tracked = match kind {
        Kind::Class => state.company.class_tracking,
        _ => state.company.location_tracking,
    };
    if !tracked {
        if id_of(body, key)?.is_none() || state.switches.tracking_off_ignored {
            return Ok(None);
        }
        return Err(ApiFault::feature(&format!("{} tracking is not turned on", kind.name()), key));
    }
    Ok(optional(state, body, key, kind)?.map(to))
}

/// The currency of a vendor, customer or account.
pub fn currency_of<'a>(state: &'a State, row: &'a Row) -> &'a str {
    row.reference("CurrencyRef").unwrap_or(&state.company.home_currency)
}
