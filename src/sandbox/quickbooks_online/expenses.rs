//! Expense lines and totals, which bills, vendor credits and purchases share (contract section 7.2).

use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::books::Row;
use super::fault::ApiFault;
use super::header::{self, Header};
use super::kind::Kind;
use super::refs;
use super::state::State;
use super::tax::{self, Mode, Nets};
use super::wire::{self, Object};

const DETAIL: &str = "AccountBasedExpenseLineDetail";
const DETAIL_PROPERTIES: &[&str] = &[
    "AccountRef",
    "ClassRef",
    "CustomerRef",
    "BillableStatus",
    "TaxCodeRef",
    "TaxAmount",
    "TaxInclusiveAmt",
    "MarkupInfo",
];

/// Checks and writes the expense lines and the tax, and returns the total.
pub fn lines(
    state: &State,
    body: &Object,
    head: &Header,
    mode: Mode,
    out: &mut Object,
) -> Result<Decimal, ApiFault> {
    let given = body.get("Line").ok_or_else(|| ApiFault::missing("Line"))?;
    let given = given.as_array().ok_or_else(|| ApiFault::unsupported("Line"))?;
    if given.is_empty() {
        return Err(ApiFault::of("2250", "The transaction has no line", "Line"));
    }
    if given.len() > 10_000 {
        return Err(ApiFault::business("A transaction can have 10,000 lines at most."));
    }
    let mut total = Decimal::ZERO;
    let mut nets = Nets::default();
    let mut lines = Vec::with_capacity(given.len());
    for (at, line) in given.iter().enumerate() {
        let line = line.as_object().ok_or_else(|| ApiFault::unsupported("Line"))?;
        let (amount, line) = expense_line(state, line, head, at + 1, mode, &mut nets)?;
        total += amount;
        lines.push(line);
    }
    total += tax::detail(state, mode, body, &nets, out)?;
    if total < Decimal::ZERO {
        return Err(ApiFault::business("Transaction amount must be 0 or greater."));
    }
    out.insert("Line".to_owned(), Value::Array(lines));
    Ok(total)
}

fn expense_line(
    state: &State,
    line: &Object,
    head: &Header,
    number: usize,
    mode: Mode,
    nets: &mut Nets,
) -> Result<(Decimal, Value), ApiFault> {
    let amount = wire::amount(line.get("Amount").ok_or_else(|| ApiFault::missing("Line.Amount"))?, "Amount")?;
    if amount < Decimal::ZERO && !state.switches.negative_lines {
        return Err(ApiFault::of("2290", "Negative amount is not supported on a line", "Amount"));
    }
    let detail_type = wire::text(line, "DetailType")?.ok_or_else(|| ApiFault::missing("Line.DetailType"))?;
    if detail_type == "ItemBasedExpenseLineDetail" {
        return Err(ApiFault::reference("Items", "of the line"));
    }
    if detail_type != DETAIL {
        return Err(ApiFault::of("2170", format!("Invalid Enumeration : {detail_type}"), "DetailType"));
    }
    let detail = line
        .get(DETAIL)
        .and_then(Value::as_object)
        .ok_or_else(|| ApiFault::missing(&format!("Line.{DETAIL}")))?;
    if let Some(unknown) = detail.keys().find(|key| !DETAIL_PROPERTIES.contains(&key.as_str())) {
        return Err(ApiFault::unsupported(unknown));
    }
    let mut kept = Map::new();
    let account = refs::required(state, detail, "AccountRef", Kind::Account)?;
    if matches!(account.text("AccountType"), "Accounts Payable" | "Accounts Receivable") {
        let detail =
            "Invalid account type used : a payable or receivable account cannot be on an expense line";
        return Err(ApiFault::of("6430", detail, "AccountRef"));
    }
    foreign_account(state, account, head)?;
    kept.insert("AccountRef".to_owned(), refs::to(account));
    if let Some(class) = refs::dimension(state, detail, "ClassRef", Kind::Class)? {
        kept.insert("ClassRef".to_owned(), class);
    }
    let customer = refs::optional(state, detail, "CustomerRef", Kind::Customer)?;
    let billable = wire::text(detail, "BillableStatus")?.unwrap_or_else(|| "NotBillable".to_owned());
    if !["Billable", "NotBillable", "HasBeenBilled"].contains(&billable.as_str()) {
        return Err(ApiFault::of("2170", format!("Invalid Enumeration : {billable}"), "BillableStatus"));
    }
    if billable != "NotBillable" && customer.is_none() {
        return Err(ApiFault::of("6310", "A billable line needs a customer", "CustomerRef"));
    }
    kept.insert("BillableStatus".to_owned(), json!(billable));
    if let Some(customer) = customer {
        kept.insert("CustomerRef".to_owned(), refs::to(customer));
    }
    if let Some((code, row)) = tax::code(state, mode, detail)? {
        kept.insert("TaxCodeRef".to_owned(), code);
        nets.add(row, amount);
    }
    for key in ["TaxAmount", "TaxInclusiveAmt"] {
        if let Some(value) = detail.get(key).filter(|_| mode == Mode::Taxed) {
            kept.insert(key.to_owned(), wire::money(wire::amount(value, key)?));
        }
    }
    let mut answer = Map::from_iter([
        ("Id".to_owned(), json!(number.to_string())),
        ("LineNum".to_owned(), json!(number)),
        ("Amount".to_owned(), wire::money(amount)),
        ("LinkedTxn".to_owned(), json!([])),
        ("DetailType".to_owned(), json!(DETAIL)),
        (DETAIL.to_owned(), Value::Object(kept)),
    ]);
    if let Some(text) = wire::text_within(line, "Description", 0, 4000)? {
        answer.insert("Description".to_owned(), json!(wire::latin(&text)));
    }
    Ok((amount, Value::Object(answer)))
}

/// An account kept in a currency takes that currency and the home currency alone (6000).
pub fn foreign_account(state: &State, account: &Row, head: &Header) -> Result<(), ApiFault> {
    let bound = ["Accounts Payable", "Accounts Receivable", "Bank", "Credit Card"];
    let currency = refs::currency_of(state, account);
    if bound.contains(&account.text("AccountType"))
        && currency != state.company.home_currency
        && currency != head.currency
    {
        return Err(ApiFault::business(
            "The transaction uses an account that is kept in another foreign currency.",
        ));
    }
    Ok(())
}

/// 6140 when another transaction that counts has the number.
pub fn free_number(
    state: &State,
    kind: Kind,
    out: &Object,
    old: Option<&Row>,
    type_name: &str,
    counts: impl Fn(&Row) -> bool,
) -> Result<(), ApiFault> {
    let Some(number) = out.get("DocNumber").and_then(Value::as_str) else { return Ok(()) };
    let own = old.map(|row| row.id.as_str());
    let taken = state
        .books
        .table(kind)
        .and_then(|table| table.numbered(number).find(|row| Some(row.id.as_str()) != own && counts(row)));
    header::free_number(taken, number, type_name)
}

/// Writes the totals; with what is paid already also what is left. Less than was paid is 6000.
pub fn totals(
    state: &State,
    head: &Header,
    total: Decimal,
    paid: Option<Decimal>,
    out: &mut Object,
) -> Result<(), ApiFault> {
    let left = paid.map(|paid| total - paid);
    if left.is_some_and(|left| left < Decimal::ZERO) {
        return Err(ApiFault::business("The amount of the transaction is below what was paid of it."));
    }
    let mut put = |key: &str, amount| out.insert(key.to_owned(), wire::money(amount));
    put("TotalAmt", total);
    if let Some(left) = left {
        put("Balance", left);
    }
    if state.company.multicurrency {
        put("HomeTotalAmt", head.home(total));
        if let Some(left) = left {
            put("HomeBalance", head.home(left));
        }
    }
    Ok(())
}
