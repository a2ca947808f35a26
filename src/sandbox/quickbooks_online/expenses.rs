//! Bills, vendor credits and purchases: everything with expense lines (contract sections 7.2, 7.3, 7.5).

use jiff::civil::Date;
use jiff::{Span, ToSpan};
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::bill_payment;
use super::books::Row;
use super::fault::ApiFault;
use super::header::{self, Header};
use super::kind::Kind;
use super::refs;
use super::state::State;
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

/// A bill or vendor credit out of a request.
pub fn payable(state: &State, kind: Kind, body: &Object, old: Option<&Row>) -> Result<Object, ApiFault> {
    let mut out = Map::new();
    let vendor = refs::required(state, body, "VendorRef", Kind::Vendor)?;
    out.insert("VendorRef".to_owned(), refs::to(vendor));
    let head = header::read(state, body, old, &mut out)?;
    header::tax(state, body, &mut out)?;
    header::links(body, old, &mut out)?;
    if refs::currency_of(state, vendor) != head.currency {
        return Err(ApiFault::business(
            "The currency of the transaction is different from the currency of the vendor.",
        ));
    }
    let account = payable_account(state, body, &head)?;
    out.insert("APAccountRef".to_owned(), refs::to(account));
    if let Some(place) = refs::dimension(state, body, "DepartmentRef", Kind::Department)? {
        out.insert("DepartmentRef".to_owned(), place);
    }
    let total = lines(state, body, &head, &mut out)?;
    if kind == Kind::Bill {
        due(state, body, vendor, &head, &mut out)?;
        if !state.switches.duplicate_bill_number {
            free_number(state, kind, &out, old, "Bill", |_| true)?;
        }
    }
    totals(state, &head, total, Some(bill_payment::paid(old)), &mut out)?;
    Ok(out)
}

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
    header::tax(state, body, &mut out)?;
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
    let total = lines(state, body, &head, &mut out)?;
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

/// The payable account that a request names, else the first one in its currency.
pub fn payable_account<'a>(state: &'a State, body: &Object, head: &Header) -> Result<&'a Row, ApiFault> {
    if let Some(account) = refs::optional(state, body, "APAccountRef", Kind::Account)? {
        if account.text("AccountType") != "Accounts Payable" {
            let detail = "Invalid account type used : APAccountRef needs an account of type Accounts Payable";
            return Err(ApiFault::of("6430", detail, "APAccountRef"));
        }
        if refs::currency_of(state, account) != head.currency {
            return Err(ApiFault::business(
                "The currency of the accounts payable account is different from that of the transaction.",
            ));
        }
        return Ok(account);
    }
    let accounts = state.books.table(Kind::Account).into_iter().flat_map(|table| table.rows());
    accounts
        .filter(|row| row.is_active() && row.text("AccountType") == "Accounts Payable")
        .find(|row| refs::currency_of(state, row) == head.currency)
        .ok_or_else(|| {
            ApiFault::of("6440", "There is no accounts payable account in this currency", "APAccountRef")
        })
}

/// Checks and writes the expense lines and returns their sum.
fn lines(state: &State, body: &Object, head: &Header, out: &mut Object) -> Result<Decimal, ApiFault> {
    let given = body.get("Line").ok_or_else(|| ApiFault::missing("Line"))?;
    let given = given.as_array().ok_or_else(|| ApiFault::unsupported("Line"))?;
    if given.is_empty() {
        return Err(ApiFault::of("2250", "The transaction has no line", "Line"));
    }
    if given.len() > 10_000 {
        return Err(ApiFault::business("A transaction can have 10,000 lines at most."));
    }
    let mut total = Decimal::ZERO;
    let mut lines = Vec::with_capacity(given.len());
    for (at, line) in given.iter().enumerate() {
        let line = line.as_object().ok_or_else(|| ApiFault::unsupported("Line"))?;
        let (amount, line) = expense_line(state, line, head, at + 1)?;
        total += amount;
        lines.push(line);
    }
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
    kept.insert("TaxCodeRef".to_owned(), header::tax_code(state, detail)?);
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

fn due(state: &State, body: &Object, vendor: &Row, head: &Header, out: &mut Object) -> Result<(), ApiFault> {
    let own = refs::optional(state, body, "SalesTermRef", Kind::Term)?;
    let term = own.or_else(|| state.books.get(Kind::Term, vendor.reference("TermRef")?));
    if let Some(term) = term {
        out.insert("SalesTermRef".to_owned(), refs::to(term));
    }
    let due = match wire::date(body, "DueDate")? {
        Some(due) => due,
        None => term.and_then(|term| due_by(term, head.date)).unwrap_or(head.date),
    };
    out.insert("DueDate".to_owned(), json!(due.to_string()));
    Ok(())
}

/// The due date by a term: so many days later, or the next such day of a month.
fn due_by(term: &Row, date: Date) -> Option<Date> {
    if let Some(days) = term.value.get("DueDays").and_then(Value::as_i64) {
        return date.checked_add(Span::new().try_days(days).ok()?).ok();
    }
    let day = i8::try_from(term.value.get("DayOfMonthDue").and_then(Value::as_i64)?).ok()?;
    let in_month = |of: Date| of.with().day(day.min(of.days_in_month())).build().ok();
    let this = in_month(date)?;
    if this >= date { Some(this) } else { in_month(date.first_of_month().checked_add(1.month()).ok()?) }
}

fn free_number(
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
fn totals(
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
