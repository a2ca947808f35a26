//! Purchases: card charges, refunds, cash and cheques (contract section 7.5).

use serde_json::{Map, Value, json};

use super::books::Row;
use super::expenses::{free_number, lines, totals};
use super::fault::ApiFault;
use super::header::{self, Header};
use super::kind::Kind;
use super::refs;
use super::state::State;
use super::tax;
use super::wire::{self, Object};

/// A purchase out of a request.
pub fn purchase(state: &State, body: &Object, old: Option<&Row>) -> Result<Object, ApiFault> {
    let mut out = Map::new();
    let payment = wire::text(body, "PaymentType")?.ok_or_else(|| ApiFault::missing("PaymentType"))?;
    let wanted = match payment.as_str() {
        "Cash" | "Check" => "Bank",
        "CreditCard" => "Credit Card",
        other => return Err(ApiFault::of("2170", format!("Invalid Enumeration : {other}"), "PaymentType")),
    };
    out.insert("PaymentType".to_owned(), json!(payment));
    let account = refs::required(state, body, "AccountRef", Kind::Account)?;
    if account.text("AccountType") != wanted {
        let detail = format!("Invalid account type used : {payment} needs an account of type {wanted}");
        return Err(ApiFault::of("6430", detail, "AccountRef"));
    }
    out.insert("AccountRef".to_owned(), refs::to(account));
    let head = header::read(state, body, old, &mut out)?;
    let mode = tax::mode(state, body, true, &mut out)?;
    header::links(body, old, &mut out)?;
    if head.currency != state.company.home_currency && refs::currency_of(state, account) != head.currency {
        return Err(ApiFault::business(
            "The currency of the transaction must be that of the account or of the company.",
        ));
    }
    if head.currency == state.company.home_currency && refs::currency_of(state, account) != head.currency {
        return Err(ApiFault::business("The account is kept in another currency than the transaction."));
    }
    payee(state, body, &head, &mut out)?;
    let credit = wire::boolean(body, "Credit")?.unwrap_or(false);
    if credit && payment != "CreditCard" {
        return Err(ApiFault::business("Only a credit card purchase can be a credit."));
    }
    out.insert("Credit".to_owned(), json!(credit));
    if let Some(place) = refs::dimension(state, body, "DepartmentRef", Kind::Department)? {
        out.insert("DepartmentRef".to_owned(), place);
    }
    if payment == "Check" {
        let print = wire::text(body, "PrintStatus")?.unwrap_or_else(|| "NotSet".to_owned());
        if !["NotSet", "NeedToPrint", "PrintComplete"].contains(&print.as_str()) {
            return Err(ApiFault::of("2170", format!("Invalid Enumeration : {print}"), "PrintStatus"));
        }
        out.insert("PrintStatus".to_owned(), json!(print));
        free_number(state, Kind::Purchase, &out, old, "Check", |row| row.text("PaymentType") == "Check")?;
    }
    let total = lines(state, body, &head, mode, &mut out)?;
    totals(state, &head, total, None, &mut out)?;
    Ok(out)
}

fn payee(state: &State, body: &Object, head: &Header, out: &mut Object) -> Result<(), ApiFault> {
    let Some(id) = refs::id_of(body, "EntityRef")? else { return Ok(()) };
    let type_name = body.get("EntityRef").and_then(|entity| entity.get("type")).and_then(Value::as_str);
    let kind = match type_name.map(Kind::parse) {
        None => ["Vendor", "Customer", "Employee"]
            .into_iter()
            .filter_map(Kind::parse)
            .find(|kind| state.books.get(*kind, &id).is_some())
            .unwrap_or(Kind::Vendor),
        Some(Some(kind @ (Kind::Vendor | Kind::Customer | Kind::Employee))) => kind,
        Some(_) => return Err(ApiFault::of("2170", "Invalid Enumeration : EntityRef.type", "EntityRef")),
    };
    let row = refs::active(state, kind, &id)?;
    if kind == Kind::Vendor && refs::currency_of(state, row) != head.currency {
        return Err(ApiFault::business(
            "The currency of the transaction is different from the currency of the vendor.",
        ));
    }
    let mut entity = refs::to(row);
    if let Some(entity) = entity.as_object_mut() {
        entity.insert("type".to_owned(), json!(kind.name()));
    }
    out.insert("EntityRef".to_owned(), entity);
    Ok(())
}
