//! Journal entries (contract section 7.4).

use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::books::Row;
use super::expenses::foreign_account;
use super::fault::ApiFault;
use super::header::{self, Header};
use super::kind::Kind;
use super::refs;
use super::state::State;
use super::tax::{self, Mode};
use super::wire::{self, Object};

const DETAIL: &str = "JournalEntryLineDetail";
const DETAIL_PROPERTIES: &[&str] = &[
    "PostingType",
    "AccountRef",
    "Entity",
    "ClassRef",
    "DepartmentRef",
    "TaxCodeRef",
    "TaxApplicableOn",
    "TaxAmount",
    "TaxInclusiveAmt",
    "BillableStatus",
    "JournalCodeRef",
];

/// Sums and counts over the lines of one entry.
#[derive(Default)]
struct Sums {
    debit: Decimal,
    credit: Decimal,
    debits: usize,
    credits: usize,
    control: usize,
    /// Tax of debits less tax of credits.
    tax: Decimal,
}

/// A journal entry out of a request.
pub fn entry(state: &State, body: &Object, old: Option<&Row>) -> Result<Object, ApiFault> {
    let mut out = Map::new();
    let head = header::read(state, body, old, &mut out)?;
    let mode = tax::mode(state, body, false, &mut out)?;
    let given = body.get("Line").ok_or_else(|| ApiFault::missing("Line"))?;
    let given = given.as_array().ok_or_else(|| ApiFault::unsupported("Line"))?;
    if given.is_empty() {
        return Err(ApiFault::of("2250", "The transaction has no line", "Line"));
    }
    let mut sums = Sums::default();
    let mut lines = Vec::with_capacity(given.len());
    for (at, line) in given.iter().enumerate() {
        let line = line.as_object().ok_or_else(|| ApiFault::unsupported("Line"))?;
        lines.push(journal_line(state, line, &head, at, mode, &mut sums)?);
    }
    if sums.debit != sums.credit || sums.debits == 0 || sums.credits == 0 {
        let detail = format!("Debits {} and credits {} are not equal", sums.debit, sums.credit);
        return Err(ApiFault::of("2300", detail, "Line"));
    }
    tax::agrees(body, sums.tax)?;
    if sums.control > 1 {
        return Err(ApiFault::business(
            "A journal entry can have one accounts receivable or accounts payable line only.",
        ));
    }
    out.insert("Line".to_owned(), Value::Array(lines));
    out.insert("Adjustment".to_owned(), json!(wire::boolean(body, "Adjustment")?.unwrap_or(false)));
    // Documented as always 0.
    out.insert("TotalAmt".to_owned(), json!(0));
    Ok(out)
}

fn journal_line(
    state: &State,
    line: &Object,
    head: &Header,
    at: usize,
    mode: Mode,
    sums: &mut Sums,
) -> Result<Value, ApiFault> {
    let amount = wire::amount(line.get("Amount").ok_or_else(|| ApiFault::missing("Line.Amount"))?, "Amount")?;
    if amount < Decimal::ZERO {
        return Err(ApiFault::of("2290", "Negative amount is not supported on a line", "Amount"));
    }
    if wire::text(line, "DetailType")?.ok_or_else(|| ApiFault::missing("Line.DetailType"))? != DETAIL {
        return Err(ApiFault::of("2170", "Invalid Enumeration : DetailType", "DetailType"));
    }
    let detail = line
        .get(DETAIL)
        .and_then(Value::as_object)
        .ok_or_else(|| ApiFault::missing(&format!("Line.{DETAIL}")))?;
    if let Some(unknown) = detail.keys().find(|key| !DETAIL_PROPERTIES.contains(&key.as_str())) {
        return Err(ApiFault::unsupported(unknown));
    }
    let mut kept = Map::new();
    let side = wire::text(detail, "PostingType")?
        .ok_or_else(|| ApiFault::of("2260", "A line has no PostingType", "PostingType"))?;
    match side.as_str() {
        "Debit" => {
            sums.debit += amount;
            sums.debits += 1;
        }
        "Credit" => {
            sums.credit += amount;
            sums.credits += 1;
        }
        other => return Err(ApiFault::of("2170", format!("Invalid Enumeration : {other}"), "PostingType")),
    }
    kept.insert("PostingType".to_owned(), json!(side));
    let account = refs::required(state, detail, "AccountRef", Kind::Account)?;
    foreign_account(state, account, head)?;
    kept.insert("AccountRef".to_owned(), refs::to(account));
    if let Some(entity) = name(state, detail, account, head, sums)? {
        kept.insert("Entity".to_owned(), entity);
    }
    for (key, kind) in [("ClassRef", Kind::Class), ("DepartmentRef", Kind::Department)] {
        if let Some(dimension) = refs::dimension(state, detail, key, kind)? {
            kept.insert(key.to_owned(), dimension);
        }
    }
    if let Some(billable) = wire::text(detail, "BillableStatus")? {
        if billable == "Billable"
            && !kept.get("Entity").is_some_and(|entity| entity.get("Type") == Some(&json!("Customer")))
        {
            return Err(ApiFault::of("6310", "A billable line needs a customer", "Entity"));
        }
        kept.insert("BillableStatus".to_owned(), json!(billable));
    }
    let tax = line_tax(state, mode, detail, &mut kept)?;
    if side == "Debit" {
        sums.debit += tax;
        sums.tax += tax;
    } else {
        sums.credit += tax;
        sums.tax -= tax;
    }
    let mut answer = Map::from_iter([
        ("Id".to_owned(), json!(at.to_string())),
        ("LineNum".to_owned(), json!(at + 1)),
        ("Amount".to_owned(), wire::money(amount)),
        ("DetailType".to_owned(), json!(DETAIL)),
        (DETAIL.to_owned(), Value::Object(kept)),
    ]);
    if let Some(text) = wire::text_within(line, "Description", 0, 4000)? {
        answer.insert("Description".to_owned(), json!(wire::latin(&text)));
    }
    Ok(Value::Object(answer))
}

/// The name on a line. A payable account needs a vendor, a receivable one a customer.
fn name(
    state: &State,
    detail: &Object,
    account: &Row,
    head: &Header,
    sums: &mut Sums,
) -> Result<Option<Value>, ApiFault> {
    let needed = match account.text("AccountType") {
        "Accounts Payable" => Some(Kind::Vendor),
        "Accounts Receivable" => Some(Kind::Customer),
        _ => None,
    };
    sums.control += usize::from(needed.is_some());
    let missing = |kind: Kind| {
        ApiFault::business(&format!(
            "When you use {}, you must choose a {} in the Name field.",
            account.text("AccountType"),
            kind.name().to_lowercase()
        ))
    };
    let Some(entity) = detail.get("Entity") else {
        return needed.map_or(Ok(None), |kind| Err(missing(kind)));
    };
    let entity = entity.as_object().ok_or_else(|| ApiFault::unsupported("Entity"))?;
    let kind = wire::text(entity, "Type")?.ok_or_else(|| ApiFault::missing("Entity.Type"))?;
    let Some(kind @ (Kind::Vendor | Kind::Customer | Kind::Employee)) = Kind::parse(&kind) else {
        return Err(ApiFault::of("2170", format!("Invalid Enumeration : {kind}"), "Entity"));
    };
    if let Some(needed) = needed.filter(|needed| *needed != kind) {
        return Err(missing(needed));
    }
    let row = refs::required(state, entity, "EntityRef", kind)?;
    if needed == Some(Kind::Vendor) && refs::currency_of(state, row) != head.currency {
        return Err(ApiFault::business(
            "The currency of the transaction is different from the currency of the vendor.",
        ));
    }
    Ok(Some(json!({"Type": kind.name(), "EntityRef": refs::to(row)})))
}

/// The tax of a line, which posts beside its amount. A taxed line says on what and how much (2270, 2280).
fn line_tax(state: &State, mode: Mode, detail: &Object, kept: &mut Object) -> Result<Decimal, ApiFault> {
    if refs::id_of(detail, "TaxCodeRef")?.is_none() {
        return Ok(Decimal::ZERO);
    }
    let Some((code, row)) = tax::code(state, mode, detail)? else { return Ok(Decimal::ZERO) };
    let on = wire::text(detail, "TaxApplicableOn")?
        .ok_or_else(|| ApiFault::of("2270", "A taxed line has no TaxApplicableOn", "TaxApplicableOn"))?;
    if !["Purchase", "Sales"].contains(&on.as_str()) {
        return Err(ApiFault::of("2170", format!("Invalid Enumeration : {on}"), "TaxApplicableOn"));
    }
    let amount = detail
        .get("TaxAmount")
        .ok_or_else(|| ApiFault::of("2280", "A taxed line has no TaxAmount", "TaxAmount"))?;
    let amount = wire::amount(amount, "TaxAmount")?;
    if amount < Decimal::ZERO {
        return Err(ApiFault::of("2290", "Negative amount is not supported on a line", "TaxAmount"));
    }
    if !amount.is_zero() && mode != Mode::Taxed {
        return Err(ApiFault::of("6170", "Tax needs a GlobalTaxCalculation that has tax.", "TaxAmount"));
    }
    if !amount.is_zero() && !tax::is_taxed(state, row) {
        let detail = "Invalid tax reference : the tax code has no rate that could give a tax amount.";
        return Err(ApiFault::of("6160", detail, "TaxAmount"));
    }
    kept.insert("TaxCodeRef".to_owned(), code);
    kept.insert("TaxApplicableOn".to_owned(), json!(on));
    kept.insert("TaxAmount".to_owned(), wire::money(amount));
    if let Some(gross) = detail.get("TaxInclusiveAmt") {
        kept.insert("TaxInclusiveAmt".to_owned(), wire::money(wire::amount(gross, "TaxInclusiveAmt")?));
    }
    Ok(amount)
}
