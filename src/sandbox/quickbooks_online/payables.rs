//! Bills and vendor credits (contract sections 7.2, 7.3).

use jiff::civil::Date;
use jiff::{Span, ToSpan};
use serde_json::{Map, Value, json};

use super::bill_payment;
use super::books::Row;
use super::expenses::{free_number, lines, totals};
use super::fault::ApiFault;
use super::header::{self, Header};
use super::kind::Kind;
use super::refs;
use super::state::State;
use super::tax;
use super::wire::{self, Object};

/// A bill or vendor credit out of a request.
pub fn payable(state: &State, kind: Kind, body: &Object, old: Option<&Row>) -> Result<Object, ApiFault> {
    let mut out = Map::new();
    let vendor = refs::required(state, body, "VendorRef", Kind::Vendor)?;
    out.insert("VendorRef".to_owned(), refs::to(vendor));
    let head = header::read(state, body, old, &mut out)?;
    let mode = tax::mode(state, body, true, &mut out)?;
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
    let total = lines(state, body, &head, mode, &mut out)?;
    if kind == Kind::Bill {
        due(state, body, vendor, &head, &mut out)?;
        if !state.switches.duplicate_bill_number {
            free_number(state, kind, &out, old, "Bill", |_| true)?;
        }
    }
    totals(state, &head, total, Some(bill_payment::paid(old)), &mut out)?;
    Ok(out)
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
