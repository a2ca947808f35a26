//! Create, update (full and sparse) and delete of any entity (contract sections 2 and 4.1).

use serde_json::{Value, json};

use super::api::Answer;
use super::books::Row;
use super::fault::ApiFault;
use super::kind::Kind;
use super::state::State;
use super::wire::{self, Object};
use super::{attachments, bill_payment, header, journal, lists, names, payables, purchases};

/// Creates an entity and answers it under its name.
pub fn create(state: &mut State, kind: Kind, body: &Object) -> Answer {
    let body = prepared(kind, body)?;
    if body.contains_key("Id") {
        return Err(ApiFault::unsupported("Id"));
    }
    let value = build(state, kind, &body, None)?;
    let (now, zone) = (state.now, state.zone.clone());
    let value = state.books.insert(kind, value, now, &zone);
    note(state, kind, &value);
    if kind == Kind::BillPayment {
        bill_payment::link(state, &value)?;
    }
    Ok(json!({kind.name(): value}))
}

/// Updates an entity and answers it under its name.
pub fn update(state: &mut State, kind: Kind, body: &Object) -> Answer {
    let body = prepared(kind, body)?;
    let old = known(state, kind, &body)?.clone();
    let sparse = wire::boolean(&body, "sparse")?.unwrap_or(false);
    let body = if sparse { merged(&old, &body) } else { body };
    let mut value = build(state, kind, &body, Some(&old))?;
    if kind == Kind::BillPayment {
        bill_payment::unlink(state, &old.value)?;
    } else {
        keep_line_ids(&old, &body, &mut value);
    }
    let (now, zone) = (state.now, state.zone.clone());
    let value = state.books.replace(kind, &old.id, value, now, &zone)?;
    note(state, kind, &value);
    if kind == Kind::BillPayment {
        bill_payment::link(state, &value)?;
    }
    Ok(json!({kind.name(): value}))
}

/// Deletes a transaction. Entities of lists are made inactive instead (fault 500).
pub fn delete(state: &mut State, kind: Kind, body: &Object) -> Answer {
    if !kind.is_transaction() && kind != Kind::Attachable {
        return Err(ApiFault::of("500", "Operation Delete is not supported.", ""));
    }
    let body = wire::clean_object(body);
    let old = known(state, kind, &body)?.clone();
    let id = old.id.clone();
    header::open_books(state, old.text("TxnDate").parse().ok())?;
    if matches!(kind, Kind::Bill | Kind::VendorCredit) && !bill_payment::paid(Some(&old)).is_zero() {
        let detail =
            "Dependent transactions exist : unlink the payments of this transaction before it is deleted";
        return Err(ApiFault::of("800", detail, ""));
    }
    if kind == Kind::BillPayment {
        bill_payment::unlink(state, &old.value)?;
    }
    let now = state.now;
    state.books.delete(kind, &id, now)?;
    state.files.remove(&id);
    Ok(json!({kind.name(): {"status": "Deleted", "domain": "QBO", "Id": id}}))
}

/// Voids a bill payment: it pays nothing any more. Nothing else can be voided (fault 500).
pub fn void(state: &mut State, kind: Kind, body: &Object) -> Answer {
    if kind != Kind::BillPayment {
        return Err(ApiFault::of("500", "Operation Void is not supported.", ""));
    }
    let body = wire::clean_object(body);
    let old = known(state, kind, &body)?.clone();
    header::open_books(state, old.text("TxnDate").parse().ok())?;
    bill_payment::unlink(state, &old.value)?;
    let value = bill_payment::voided(&old);
    let (now, zone) = (state.now, state.zone.clone());
    let value = state.books.replace(kind, &old.id, value, now, &zone)?;
    Ok(json!({kind.name(): value}))
}

/// The request without what means "not given". Unknown properties are 2010; so is a wrapped body.
fn prepared(kind: Kind, body: &Object) -> Result<Object, ApiFault> {
    if let Some(unknown) = body.keys().find(|key| !kind.knows(key)) {
        return Err(ApiFault::unsupported(unknown));
    }
    Ok(wire::clean_object(body))
}

/// The entity that a request with `Id` and `SyncToken` is about.
fn known<'a>(state: &'a State, kind: Kind, body: &Object) -> Result<&'a Row, ApiFault> {
    let id = wire::text(body, "Id")?.ok_or_else(|| ApiFault::missing("Id"))?;
    let token = wire::text(body, "SyncToken")?.ok_or_else(|| ApiFault::missing("SyncToken"))?;
    let row = state.books.get(kind, &id).ok_or_else(ApiFault::not_found)?;
    if row.text("SyncToken") != token {
        let detail = "Stale Object Error : You and another user were working on this at the same time. The other user \
                      finished before you did, so your work was not saved.";
        return Err(ApiFault::of("5010", detail, ""));
    }
    Ok(row)
}

/// A sparse update laid over the entity. Lines are replaced as a list; one with a known `Id` keeps what it does not say.
fn merged(old: &Row, body: &Object) -> Object {
    let mut whole = old.value.clone();
    let lines = |of: &Object| of.get("Line").and_then(Value::as_array).cloned().unwrap_or_default();
    let kept = lines(&whole);
    for (key, value) in body {
        whole.insert(key.clone(), value.clone());
    }
    if body.contains_key("Line") {
        let merged = lines(body).into_iter().map(|line| {
            let known = line.get("Id").and_then(|id| kept.iter().find(|one| one.get("Id") == Some(id)));
            match (known.and_then(Value::as_object), line.as_object()) {
                (Some(known), Some(line)) => {
                    let both = known.iter().chain(line).map(|(key, value)| (key.clone(), value.clone()));
                    Value::Object(both.collect())
                }
                _ => line,
            }
        });
        whole.insert("Line".to_owned(), merged.collect());
    }
    // Tax that QuickBooks computed, or somebody gave, for other lines goes with them.
    if body.contains_key("Line") && !body.contains_key("TxnTaxDetail") {
        whole.remove("TxnTaxDetail");
    }
    // A rate that QuickBooks found for another date or currency does not outlive a change of either.
    if !body.contains_key("ExchangeRate")
        && (body.contains_key("TxnDate") || body.contains_key("CurrencyRef"))
    {
        whole.remove("ExchangeRate");
    }
    whole
}

/// Lines that were there keep their `Id`; new ones get ids that were never used in this version.
fn keep_line_ids(old: &Row, body: &Object, value: &mut Object) {
    let lines = |of: &Object| of.get("Line").and_then(Value::as_array).cloned().unwrap_or_default();
    let known: Vec<Value> =
        lines(&old.value).into_iter().filter_map(|line| line.get("Id").cloned()).collect();
    let number = |id: &Value| id.as_str().and_then(|id| id.parse::<u64>().ok()).unwrap_or_default();
    let mut last = known.iter().map(number).max().unwrap_or_default();
    let mut taken: Vec<Value> = Vec::new();
    let Some(built) = value.get_mut("Line").and_then(Value::as_array_mut) else { return };
    for (line, asked) in built.iter_mut().zip(lines(body)) {
        let kept = asked.get("Id").filter(|id| known.contains(id) && !taken.contains(id)).cloned();
        let id = kept.unwrap_or_else(|| {
            last += 1;
            json!(last.to_string())
        });
        if let Some(line) = line.as_object_mut() {
            line.insert("Id".to_owned(), id.clone());
        }
        taken.push(id);
    }
}

fn build(state: &State, kind: Kind, body: &Object, old: Option<&Row>) -> Result<Object, ApiFault> {
    match kind {
        Kind::Bill | Kind::VendorCredit => payables::payable(state, kind, body, old),
        Kind::Purchase => purchases::purchase(state, body, old),
        Kind::JournalEntry => journal::entry(state, body, old),
        Kind::BillPayment => bill_payment::payment(state, body, old),
        Kind::Vendor | Kind::Customer | Kind::Employee => names::name(state, kind, body, old),
        Kind::Account => lists::account(state, body, old),
        Kind::Class | Kind::Department => lists::dimension(state, kind, body, old),
        Kind::Term => lists::term(state, body, old),
        Kind::CompanyCurrency => lists::currency(state, body, old),
        Kind::Attachable => attachments::attachable(state, body, old),
        _ => Err(ApiFault::of("500", "Operation is not supported.", "")),
    }
}

/// Notes what others look up: the name that is taken, the currency that is in use.
fn note(state: &mut State, kind: Kind, value: &Object) {
    let text = |key| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    if kind == Kind::CompanyCurrency {
        let currencies = &mut state.company.currencies;
        currencies.retain(|(code, _)| *code != text("Code"));
        if value.get("Active") == Some(&json!(true)) {
            currencies.push((text("Code"), text("Name")));
        }
    }
    if let (Some(name), Some(id)) = (lists::unique_name(kind, value), value.get("Id").and_then(Value::as_str))
    {
        let id = id.to_owned();
        state.books.take_name(kind, &id, &name);
    }
}
