//! Suppliers v3.1, writing (contract section 4.3): HTTP 200 with a status list for each row.

use serde_json::{Map, Value, json};

use super::call::{Call, Reply};
use super::state::State;
use super::vendors::field;

const REQUIRED: [&str; 4] = ["VendorCode", "AddressCode", "CountryCode", "CurrencyCode"];
const METHODS: [&str; 7] = ["ACH", "CLIENT", "CHECK", "PAYPVD", "WIRE", "CARD", "VCHER"];
/// Fields that are known beside `Custom1` to `Custom20`.
const KNOWN: [&str; 33] = [
    "VendorCode",
    "VendorName",
    "AddressCode",
    "Address1",
    "Address2",
    "Address3",
    "City",
    "State",
    "PostalCode",
    "CountryCode",
    "CurrencyCode",
    "TaxID",
    "TaxType",
    "PaymentTerms",
    "PaymentMethodType",
    "AccountNumber",
    "Approved",
    "ContactFirstName",
    "ContactLastName",
    "ContactEmail",
    "ContactPhoneNumber",
    "DefaultEmployeeID",
    "DefaultExpenseTypeName",
    "VendorFormName",
    "VendorGroupList",
    "VendorBankList",
    "StatusList",
    "PurchaseOrderContactEmail",
    "BuyerAccountNumber",
    "DiscountPercentage",
    "DiscountTermsDays",
    "IsVisibleForContentExtraction",
    "ShippingTerms",
];

/// `POST /api/v3.1/invoice/vendors`.
pub(super) fn create(state: &mut State, call: &Call) -> Result<Reply, Reply> {
    write(state, call, false)
}

/// `PUT /api/v3.1/invoice/vendors`.
pub(super) fn update(state: &mut State, call: &Call) -> Result<Reply, Reply> {
    write(state, call, true)
}

/// `DELETE /api/v3.1/invoice/vendors?vendorCode=&addressCode=`.
pub(super) fn delete(state: &mut State, call: &Call) -> Result<Reply, Reply> {
    let missing = |name: &str| Reply::refuse(400, &format!("{name} is required."));
    let code = call.query("vendorCode").ok_or_else(|| missing("vendorCode"))?;
    let address = call.query("addressCode").ok_or_else(|| missing("addressCode"))?;
    let place =
        state.vendors.place(code, address).ok_or_else(|| Reply::refuse(404, "The vendor was not found."))?;
    let gone = state.vendors.all.remove(place);
    Ok(Reply::ok(answer(vec![Value::Object(gone)])))
}

fn write(state: &mut State, call: &Call, known: bool) -> Result<Reply, Reply> {
    let body = call.json()?;
    let rows = body
        .get("Vendor")
        .and_then(Value::as_array)
        .filter(|rows| !rows.is_empty())
        .ok_or_else(|| Reply::refuse(400, "Vendor must be a list of vendors."))?;
    let written = rows.iter().enumerate().map(|(at, row)| one(state, at + 1, row, known)).collect();
    Ok(Reply::ok(answer(written)))
}

fn answer(rows: Vec<Value>) -> Value {
    let failed = rows
        .iter()
        .filter(|row| {
            row["StatusList"].as_array().is_some_and(|all| all.iter().any(|status| status["Type"] == "error"))
        })
        .count();
    json!({
        "TotalCount": rows.len(), "NextPage": null,
        "RequestRunSummary": { "RecordsSucceeded": rows.len() - failed, "RecordsFailed": failed },
        "Vendor": rows,
    })
}

/// Writes one row unless something is wrong with it, and answers it with its status list.
fn one(state: &mut State, number: usize, row: &Value, known: bool) -> Value {
    let Value::Object(fields) = row else {
        let status = status(number, "error", "1000", "The vendor cannot be read.");
        return json!({ "StatusList": [status] });
    };
    let mut list = errors(state, number, fields, known);
    let failed = !list.is_empty();
    list.extend(warnings(number, fields));
    let mut answer = fields.clone();
    if !failed {
        let place = state.vendors.place(field(fields, "VendorCode"), field(fields, "AddressCode"));
        let mut kept = place.and_then(|at| state.vendors.all.get(at)).cloned().unwrap_or_default();
        kept.extend(fields.iter().filter(|(name, _)| is_known(name)).map(|(n, v)| (n.clone(), v.clone())));
        kept.entry("Approved").or_insert_with(|| "true".into());
        kept.insert("StatusList".to_owned(), json!([]));
        match place.and_then(|at| state.vendors.all.get_mut(at)) {
            Some(old) => old.clone_from(&kept),
            None => state.vendors.all.push(kept.clone()),
        }
        answer = kept;
    }
    answer.insert("StatusList".to_owned(), list.into());
    Value::Object(answer)
}

fn status(number: usize, kind: &str, code: &str, message: &str) -> Value {
    json!({ "Code": code, "Message": message, "RecordNumber": number.to_string(), "Type": kind })
}

fn is_known(name: &str) -> bool {
    KNOWN.contains(&name)
        || name
            .strip_prefix("Custom")
            .and_then(|n| n.parse::<u8>().ok())
            .is_some_and(|n| (1..=20).contains(&n))
}

fn errors(state: &State, number: usize, fields: &Map<String, Value>, known: bool) -> Vec<Value> {
    let mut found = Vec::new();
    let mut error = |code: &str, message: String| found.push(status(number, "error", code, &message));
    for name in REQUIRED {
        if field(fields, name).trim().is_empty() {
            error("2000", format!("{name} is required."));
        }
    }
    let (code, address) = (field(fields, "VendorCode"), field(fields, "AddressCode"));
    let place = state.vendors.place(code, address);
    if !known && place.is_some() {
        error("2001", format!("Vendor {code} with address {address} exists already."));
    }
    if known && place.is_none() {
        error("2002", format!("Vendor {code} with address {address} does not exist."));
    }
    let letters = |name: &str, count: usize| {
        let text = field(fields, name);
        text.is_empty() || text.len() == count && text.bytes().all(|b| b.is_ascii_uppercase())
    };
    if !letters("CountryCode", 2) {
        error("2003", "CountryCode is not a country.".to_owned());
    }
    if !letters("CurrencyCode", 3) {
        error("2004", "CurrencyCode is not a currency.".to_owned());
    }
    if matches!(field(fields, "CountryCode"), "US" | "CA") && !letters("State", 2) {
        error("2005", "State is not a state of the country.".to_owned());
    }
    let terms = match fields.get("PaymentTerms") {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(text.parse::<u16>().unwrap_or(0)),
        Some(other) => Some(other.to_string().parse::<u16>().unwrap_or(0)),
    };
    if terms.is_some_and(|days| !(1..=999).contains(&days)) {
        error("2006", "PaymentTerms must be from 1 to 999.".to_owned());
    }
    if fields.get("VendorName").is_some_and(|name| name.as_str().is_none_or(|t| t.chars().count() > 255)) {
        error("2007", "VendorName is not a text of at most 255 signs.".to_owned());
    }
    found
}

fn warnings(number: usize, fields: &Map<String, Value>) -> Vec<Value> {
    let mut found = Vec::new();
    let mut warning = |code: &str, message: String| found.push(status(number, "warning", code, &message));
    if field(fields, "VendorName").is_empty() {
        warning("3000", "VendorName is empty.".to_owned());
    }
    let method = field(fields, "PaymentMethodType");
    if !method.is_empty() && !METHODS.contains(&method) {
        warning("3001", format!("PaymentMethodType {method} is not known."));
    }
    for name in fields.keys().filter(|name| !is_known(name)) {
        warning("3002", format!("{name} is not known and was left out."));
    }
    found
}
