//! What a payment request must hold (contract section 4.1).

use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::call::Reply;
use super::list_store::{CENTERS, JOBS, Lists};
use super::requests::Posted;
use super::vendors::{Vendors, field};
use crate::sandbox::firm::{BOOKS, EMPLOYEES, Employee, Ids};

const LOCATORS: [&str; 6] = [
    "LedgerCode",
    "EmployeeLoginId",
    "EmployeeId",
    "EmployeeEmailAddress",
    "PurchaseOrderNumber",
    "ExternalPolicyId",
];
const HEADER_DATES: [&str; 3] = ["InvoiceDate", "PaymentDueDate", "InvoiceReceivedDate"];
const HEADER_AMOUNTS: [&str; 4] = ["InvoiceAmount", "TaxAmount", "ShippingAmount", "AmountWithoutVat"];
const LINE_AMOUNTS: [&str; 4] = ["Quantity", "UnitPrice", "TotalPrice", "Tax"];

fn refuse(message: &str) -> Reply {
    Reply::refuse(400, message)
}

/// A field as text, when there is one.
pub(super) fn text<'a>(fields: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    fields.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
}

/// Brings the spelling of the interface description (`Custom01`, `OrgUnit01`, `PurchaseOrderId`) to that of the text.
pub(super) fn spelled(fields: Map<String, Value>) -> Map<String, Value> {
    let short = |name: String| {
        for stem in ["Custom", "OrgUnit"] {
            if let Some(number) = name.strip_prefix(stem).and_then(|n| n.strip_prefix('0')) {
                return format!("{stem}{number}");
            }
        }
        if name == "PurchaseOrderId" { "PurchaseOrderNumber".to_owned() } else { name }
    };
    fields
        .into_iter()
        .map(|(name, value)| {
            let value = match value {
                Value::Object(inner) => Value::Object(spelled(inner)),
                Value::Array(all) => all
                    .into_iter()
                    .map(|one| match one {
                        Value::Object(inner) => Value::Object(spelled(inner)),
                        other => other,
                    })
                    .collect(),
                other => other,
            };
            (short(name), value)
        })
        .collect()
}

/// The elements of a list; the wrapping of XML (`{"LineItem": […]}`) counts as the list itself.
pub(super) fn list(value: Option<Value>, inner: &str) -> Vec<Value> {
    match value {
        Some(Value::Array(all)) => all,
        Some(Value::Object(mut wrapped)) => match wrapped.remove(inner) {
            Some(Value::Array(all)) => all,
            Some(one @ Value::Object(_)) => vec![one],
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// Required fields, texts only, amounts and dates that can be read.
pub(super) fn header(fields: &Map<String, Value>) -> Result<(), Reply> {
    for name in ["Name", "InvoiceAmount", "CountryCode"] {
        if text(fields, name).is_none() {
            return Err(refuse(&format!("{name} is required.")));
        }
    }
    if !fields.get("VendorRemitToIdentifier").is_some_and(Value::is_object) {
        return Err(refuse("VendorRemitToIdentifier is required."));
    }
    if !LOCATORS.iter().any(|name| text(fields, name).is_some()) {
        return Err(refuse("An employee, ledger, purchase order or policy is required."));
    }
    texts_only(fields)?;
    amounts(fields, &HEADER_AMOUNTS)?;
    for name in HEADER_DATES {
        if text(fields, name).is_some_and(|day| day.len() != 10 || day.parse::<jiff::civil::Date>().is_err())
        {
            return Err(refuse(&format!("{name} must be YYYY-MM-DD.")));
        }
    }
    let ledger = text(fields, "LedgerCode");
    if ledger.is_some_and(|code| code != "DEFAULT" && !BOOKS.iter().any(|b| b.ledger_code == code)) {
        return Err(refuse("LedgerCode is not known."));
    }
    Ok(())
}

fn texts_only(fields: &Map<String, Value>) -> Result<(), Reply> {
    match fields.iter().find(|(_, value)| value.is_number() || value.is_boolean()) {
        Some((name, _)) => Err(refuse(&format!("{name} must be a text."))),
        None => Ok(()),
    }
}

fn amounts(fields: &Map<String, Value>, names: &[&str]) -> Result<(), Reply> {
    for name in names {
        if text(fields, name).is_some_and(|amount| amount.parse::<Decimal>().is_err()) {
            return Err(refuse(&format!("{name} is not an amount.")));
        }
    }
    Ok(())
}

/// The owner: login before number before address; nobody when none was named.
pub(super) fn owner(fields: &Map<String, Value>) -> Result<Option<&'static Employee>, Reply> {
    let login = |wanted: &str| EMPLOYEES.iter().find(|e| e.login().eq_ignore_ascii_case(wanted));
    let found = if let Some(wanted) = text(fields, "EmployeeLoginId") {
        login(wanted)
    } else if let Some(wanted) = text(fields, "EmployeeId") {
        EMPLOYEES.iter().find(|e| e.id == wanted)
    } else if let Some(wanted) = text(fields, "EmployeeEmailAddress") {
        login(wanted)
    } else {
        return Ok(None);
    };
    found.map(Some).ok_or_else(|| refuse("The employee was not found."))
}

/// The one supplier that the identifier names.
pub(super) fn vendor<'a>(
    vendors: &'a Vendors,
    fields: &Map<String, Value>,
) -> Result<&'a Map<String, Value>, Reply> {
    let empty = Map::new();
    let wanted = fields.get("VendorRemitToIdentifier").and_then(Value::as_object).unwrap_or(&empty);
    let names: &[&str] = match (text(wanted, "VendorCode"), text(wanted, "AddressCode")) {
        (Some(_), Some(_)) => &["VendorCode", "AddressCode"],
        (Some(_), None) => &["VendorCode"],
        _ => &["VendorName", "Address1", "PostalCode"],
    };
    let sent = |name: &str| text(wanted, if name == "VendorName" { "Name" } else { name });
    if names.iter().any(|name| sent(name).is_none()) {
        return Err(refuse("VendorCode, or Name with Address1 and PostalCode, is required."));
    }
    let mut found = vendors.all.iter().filter(|v| names.iter().all(|n| sent(n) == Some(field(v, n))));
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(one),
        (Some(_), Some(_)) => Err(refuse("More than one vendor matches.")),
        (None, _) => Err(refuse("The vendor was not found.")),
    }
}

/// Cost centre and project must be codes of their lists.
pub(super) fn list_codes(lists: &Lists, fields: &Map<String, Value>) -> Result<(), Reply> {
    for (name, list) in [("Custom1", CENTERS), ("Custom2", JOBS)] {
        if let Some(code) = text(fields, name)
            && !lists.holds(list, code)
        {
            return Err(refuse(&format!("{name} {code} is not an item of the list {list}.")));
        }
    }
    Ok(())
}

/// A line: texts, amounts, list codes, and allocations that make exactly a hundred.
pub(super) fn line(lists: &Lists, line: &Value) -> Result<(), Reply> {
    let fields = line.as_object().ok_or_else(|| refuse("A line must be an object."))?;
    texts_only(fields)?;
    amounts(fields, &LINE_AMOUNTS)?;
    list_codes(lists, fields)?;
    let parts = list(fields.get("Allocations").cloned(), "Allocation");
    if parts.is_empty() {
        return Ok(());
    }
    let mut total = Decimal::ZERO;
    for part in &parts {
        let part = part.as_object().ok_or_else(|| refuse("An allocation must be an object."))?;
        texts_only(part)?;
        list_codes(lists, part)?;
        let share = text(part, "Percentage").and_then(|share| share.parse::<Decimal>().ok());
        total += share.ok_or_else(|| refuse("Percentage of an allocation is required."))?;
    }
    if total == Decimal::ONE_HUNDRED {
        Ok(())
    } else {
        Err(refuse("The percentages of the allocations do not make 100."))
    }
}

fn line_id(ids: &Ids, request: &str, at: usize) -> String {
    ids.hex("posted-line", &format!("{request}/{at}"), 20).to_uppercase()
}

/// A line with an id of its own.
pub(super) fn numbered(ids: &Ids, request: &str, at: usize, line: Value) -> Value {
    let Value::Object(mut fields) = line else { return line };
    fields.remove("Action");
    let id = line_id(ids, request, at);
    fields.entry("LineItemID").or_insert_with(|| id.into());
    Value::Object(fields)
}

/// The lines after a change; lines name what is done to them by `Action`.
pub(super) fn changed_lines(ids: &Ids, old: &Posted, changes: Option<Value>) -> Result<Vec<Value>, Reply> {
    let mut lines = old.lines.clone();
    for change in list(changes, "LineItem") {
        let id = change.get("LineItemID").and_then(Value::as_str).map(str::to_owned);
        let action = change.get("Action").and_then(Value::as_str).unwrap_or("");
        let place = id.and_then(|id| lines.iter().position(|line| line["LineItemID"] == json!(id)));
        match (action.to_uppercase().as_str(), place) {
            ("INSERT" | "ADD" | "", None) => {
                // a deleted line leaves a gap in the count
                let taken = |at: &usize| {
                    let id = line_id(ids, &old.id, *at);
                    lines.iter().any(|line| line["LineItemID"] == id.as_str())
                };
                let at = (lines.len()..lines.len() * 2 + 1_000).find(|at| !taken(at)).unwrap_or(lines.len());
                lines.push(numbered(ids, &old.id, at, change));
            }
            ("UPDATE" | "MODIFY" | "", Some(at)) => {
                if let (Some(Value::Object(line)), Value::Object(mut fields)) = (lines.get_mut(at), change) {
                    fields.remove("Action");
                    line.extend(fields);
                }
            }
            ("DELETE" | "REMOVE", Some(at)) => {
                lines.remove(at);
            }
            _ => return Err(refuse("A line to change was not found, or its Action is not known.")),
        }
    }
    Ok(lines)
}
