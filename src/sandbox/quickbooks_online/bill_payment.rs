//! Bill payments (contract section 7.6): what they pay, and the traces they leave on bills and vendor credits
//! (`Balance`, `LinkedTxn`, section 7.2). Linking raises the `SyncToken` of what is paid, as an edit does.

use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::books::Row;

use super::fault::ApiFault;
use super::header::{self, Header};
use super::kind::Kind;
use super::payables::payable_account;
use super::refs;
use super::state::State;
use super::wire::{self, Object};

/// What a bill or credit has had applied to it so far: its total less its balance.
pub fn paid(row: Option<&Row>) -> Decimal {
    let amount = |key| row.and_then(|row| wire::decimal(row.value.get(key)?)).unwrap_or_default();
    amount("TotalAmt") - amount("Balance")
}

/// One line of a payment: what it links and how much of it.
struct Applied<'a> {
    kind: Kind,
    id: &'a str,
    amount: Decimal,
}

/// The links of a payment as it is stored or asked for.
fn applied(payment: &Object) -> Result<Vec<Applied<'_>>, ApiFault> {
    let lines = payment.get("Line").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    lines.iter().map(applied_line).collect()
}

fn applied_line(line: &Value) -> Result<Applied<'_>, ApiFault> {
    let amount = line.get("Amount").ok_or_else(|| ApiFault::missing("Line.Amount"))?;
    let amount = wire::amount(amount, "Amount")?;
    if amount < Decimal::ZERO {
        return Err(ApiFault::of("2290", "Negative amount is not supported on a line", "Amount"));
    }
    let linked = line.get("LinkedTxn").and_then(Value::as_array);
    let Some([linked]) = linked.map(Vec::as_slice) else {
        return Err(ApiFault::missing("Line.LinkedTxn"));
    };
    let text = |key| linked.get(key).and_then(Value::as_str);
    let id = text("TxnId").ok_or_else(|| ApiFault::missing("Line.LinkedTxn.TxnId"))?;
    let Some(kind @ (Kind::Bill | Kind::VendorCredit)) = text("TxnType").and_then(Kind::parse) else {
        let detail = "Transaction cannot be linked : a payment links bills and vendor credits alone";
        return Err(ApiFault::of("620", detail, "LinkedTxn"));
    };
    Ok(Applied { kind, id, amount })
}

/// A bill payment out of a request.
pub fn payment(state: &State, body: &Object, old: Option<&Row>) -> Result<Object, ApiFault> {
    let mut out = Map::new();
    let vendor = refs::required(state, body, "VendorRef", Kind::Vendor)?;
    out.insert("VendorRef".to_owned(), refs::to(vendor));
    let head = header::read(state, body, old, &mut out)?;
    if refs::currency_of(state, vendor) != head.currency {
        return Err(ApiFault::business(
            "The currency of the transaction is different from the currency of the vendor.",
        ));
    }
    pay_type(state, body, &head, &mut out)?;
    if body.contains_key("APAccountRef") {
        out.insert("APAccountRef".to_owned(), refs::to(payable_account(state, body, &head)?));
    }
    if let Some(place) = refs::dimension(state, body, "DepartmentRef", Kind::Department)? {
        out.insert("DepartmentRef".to_owned(), place);
    }
    let given = body.get("Line").ok_or_else(|| ApiFault::missing("Line"))?;
    if given.as_array().ok_or_else(|| ApiFault::unsupported("Line"))?.is_empty() {
        return Err(ApiFault::of("2250", "The transaction has no line", "Line"));
    }
    let total = body.get("TotalAmt").ok_or_else(|| ApiFault::missing("TotalAmt"))?;
    let total = wire::amount(total, "TotalAmt")?;
    let links = applied(body)?;
    let net = check(state, &links, vendor, &head, old)?;
    if total < Decimal::ZERO || net > total {
        return Err(ApiFault::business(
            "The amounts that are applied must not be above the amount of the payment.",
        ));
    }
    let lines = links.iter().map(|one| {
        json!({"Amount": wire::money(one.amount),
               "LinkedTxn": [{"TxnId": one.id, "TxnType": one.kind.name()}]})
    });
    out.insert("Line".to_owned(), lines.collect());
    out.insert("TotalAmt".to_owned(), wire::money(total));
    Ok(out)
}

/// `CheckPayment` from a bank account, or `CreditCardPayment` from a card account.
fn pay_type(state: &State, body: &Object, head: &Header, out: &mut Object) -> Result<(), ApiFault> {
    let kind = wire::text(body, "PayType")?.ok_or_else(|| ApiFault::missing("PayType"))?;
    let (group, key, wanted) = match kind.as_str() {
        "Check" => ("CheckPayment", "BankAccountRef", "Bank"),
        "CreditCard" => ("CreditCardPayment", "CCAccountRef", "Credit Card"),
        other => return Err(ApiFault::of("2170", format!("Invalid Enumeration : {other}"), "PayType")),
    };
    let details = body.get(group).and_then(Value::as_object).ok_or_else(|| ApiFault::missing(group))?;
    let account = refs::required(state, details, key, Kind::Account)?;
    if account.text("AccountType") != wanted {
        let detail = format!("Invalid account type used : {kind} needs an account of type {wanted}");
        return Err(ApiFault::of("6430", detail, key));
    }
    let currency = refs::currency_of(state, account);
    if currency != head.currency && currency != state.company.home_currency {
        return Err(ApiFault::business("The account is kept in another currency than the transaction."));
    }
    out.insert("PayType".to_owned(), json!(kind));
    out.insert(group.to_owned(), json!({key: refs::to(account)}));
    Ok(())
}

/// Checks each link and returns bills less credits. What the old form of the payment applies is free again.
fn check(
    state: &State,
    links: &[Applied<'_>],
    vendor: &Row,
    head: &Header,
    old: Option<&Row>,
) -> Result<Decimal, ApiFault> {
    let before = old.map(|old| applied(&old.value)).transpose()?.unwrap_or_default();
    let mut net = Decimal::ZERO;
    for (at, one) in links.iter().enumerate() {
        let row = state.books.get(one.kind, one.id).ok_or_else(|| {
            let detail = format!("Transaction cannot be linked : there is no {} {}", one.kind.name(), one.id);
            ApiFault::of("620", detail, "LinkedTxn")
        })?;
        if row.reference("VendorRef") != Some(vendor.id.as_str()) {
            return Err(ApiFault::business("A payment pays the bills of one vendor."));
        }
        if refs::currency_of(state, row) != head.currency {
            return Err(ApiFault::business("A payment and what it pays have one currency."));
        }
        if links.iter().take(at).any(|other| (other.kind, other.id) == (one.kind, one.id)) {
            return Err(ApiFault::of(
                "620",
                "Transaction cannot be linked : it is linked twice",
                "LinkedTxn",
            ));
        }
        let again = before.iter().filter(|other| (other.kind, other.id) == (one.kind, one.id));
        let open = row.value.get("Balance").and_then(wire::decimal).unwrap_or_default()
            + again.map(|other| other.amount).sum::<Decimal>();
        if one.amount > open {
            return Err(ApiFault::business("The amount that is applied is above what is open."));
        }
        net += if one.kind == Kind::Bill { one.amount } else { -one.amount };
    }
    Ok(net)
}

/// Writes a payment's traces on what it pays.
pub fn link(state: &mut State, payment: &Object) -> Result<(), ApiFault> {
    trace(state, payment, true)
}

/// Takes a payment's traces back.
pub fn unlink(state: &mut State, payment: &Object) -> Result<(), ApiFault> {
    trace(state, payment, false)
}

fn trace(state: &mut State, payment: &Object, pays: bool) -> Result<(), ApiFault> {
    let id = payment.get("Id").and_then(Value::as_str).unwrap_or_default();
    let check = payment.get("PayType") == Some(&json!("Check"));
    let mark =
        json!({"TxnId": id, "TxnType": if check { "BillPaymentCheck" } else { "BillPaymentCreditCard" }});
    for one in applied(payment)? {
        let row = state.books.get(one.kind, one.id).ok_or_else(ApiFault::not_found)?;
        let mut value = row.value.clone();
        let change = if pays { -one.amount } else { one.amount };
        let left = value.get("Balance").and_then(wire::decimal).unwrap_or_default() + change;
        value.insert("Balance".to_owned(), wire::money(left));
        if value.contains_key("HomeBalance") {
            let rate = value.get("ExchangeRate").and_then(wire::decimal).unwrap_or(Decimal::ONE);
            value.insert("HomeBalance".to_owned(), wire::money(left * rate));
        }
        if let Some(links) = value.entry("LinkedTxn").or_insert_with(|| json!([])).as_array_mut() {
            links.retain(|link| link.get("TxnId") != mark.get("TxnId"));
            if pays {
                links.push(mark.clone());
            }
        }
        let (now, zone) = (state.now, state.zone.clone());
        state.books.replace(one.kind, one.id, value, now, &zone)?;
    }
    Ok(())
}

/// A payment that pays nothing any more.
pub fn voided(old: &Row) -> Object {
    let mut value = old.value.clone();
    value.insert("TotalAmt".to_owned(), wire::money(Decimal::ZERO));
    value.insert("Line".to_owned(), json!([]));
    let note = [old.text("PrivateNote"), "Voided"];
    let note = if note[0].is_empty() { note[1].to_owned() } else { format!("Voided - {}", note[0]) };
    value.insert("PrivateNote".to_owned(), json!(note));
    value
}
