//! What people do in the product itself as the business clock goes on: the firm's bookkeeper pays bills and the card
//! statement, draws funding, types bills by hand and corrects one (see [`Deed`]).
//!
//! A deed is done when the clock is set to its instant or past it, under that instant as `CreateTime` and
//! `LastUpdatedTime`, in the order of instants. A deed about a bill needs the bill to be there by then: one that was
//! posted later was not on the bookkeeper's desk, and the deed is left out for good. A caller that makes its history on
//! another clock does such deeds with `QuickBooksOnline::october_payments` and `october_edit`. The books' close date
//! does not stop a deed: it was closed afterwards. Setting the clock back undoes nothing; a reset starts the diary anew.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::books::Row;
use super::company::{Deed, Event};
use super::kind::Kind;
use super::seed::{self, SeedError};
use super::state::State;
use super::wire;
use super::write;

/// Does everything that is due. The first deed that breaks a rule is the error; the others are done.
pub fn play(state: &mut State) -> Result<(), SeedError> {
    let (now, closed) = (state.now, state.company.book_close_date.take());
    let mut outcome = Ok(());
    while state.diary.front().is_some_and(|event| event.at <= now) {
        let Some(Event { at, deed }) = state.diary.pop_front() else { break };
        state.now = at;
        if let Err(error) = perform(state, &deed, true) {
            outcome = outcome.and(Err(error));
        }
    }
    state.now = now;
    state.company.book_close_date = closed;
    outcome
}

/// Does a deed now and answers what came of it: nothing when there is no bill for it. `dated` is false when the
/// instant of the deed has nothing to do with the clock.
pub fn perform(state: &mut State, deed: &Deed, dated: bool) -> Result<Option<Value>, SeedError> {
    match deed {
        Deed::Enter(transaction) => {
            let unknown = || SeedError::Unknown { kind: "entity", name: transaction.kind.clone() };
            let kind = Kind::parse(&transaction.kind).ok_or_else(unknown)?;
            let body = seed::resolved(state, "", &transaction.body)?;
            seed::create(state, kind, body, &transaction.kind).map(Some)
        }
        Deed::Pay { vendor, amount, on, from, number } => {
            let Some(bill) = open_bill(state, vendor, *amount, dated) else { return Ok(None) };
            let mut body = json!({
                "VendorRef": bill.value.get("VendorRef"), "TxnDate": on.to_string(), "DocNumber": number,
                "PayType": "Check", "CheckPayment": {"BankAccountRef": {"name": from}},
                "TotalAmt": wire::money(*amount),
                "Line": [{"Amount": wire::money(*amount), "LinkedTxn": [{"TxnId": bill.id, "TxnType": "Bill"}]}],
            });
            if let (Some(body), Some(currency)) = (body.as_object_mut(), bill.value.get("CurrencyRef")) {
                body.insert("CurrencyRef".to_owned(), currency.clone());
            }
            let body = seed::resolved(state, "", &body)?;
            seed::create(state, Kind::BillPayment, body, number).map(Some)
        }
        Deed::Retype { vendor, total, from, to } => {
            let Some(bill) = open_bill(state, vendor, *total, dated) else { return Ok(None) };
            let mut lines = bill.value.get("Line").cloned().unwrap_or_default();
            let amount = |line: &Value| line.get("Amount").and_then(wire::decimal);
            let mut each = lines.as_array_mut().into_iter().flatten();
            let Some(line) = each.find(|line| amount(line) == Some(*from)) else { return Ok(None) };
            if let Some(line) = line.as_object_mut() {
                line.insert("Amount".to_owned(), wire::money(*to));
            }
            let id = bill.id.clone();
            let body = json!({"Id": id, "SyncToken": bill.text("SyncToken"), "sparse": true, "Line": lines});
            let refused = |fault| seed::refused(format!("Bill {id}"), fault);
            let body = body.as_object().cloned().unwrap_or_default();
            write::update(state, Kind::Bill, &body).map(Some).map_err(refused)
        }
    }
}

/// The first bill of a vendor over that total of which nothing is paid; with `dated` one that is there by now.
fn open_bill<'a>(state: &'a State, vendor: &str, total: Decimal, dated: bool) -> Option<&'a Row> {
    let amount = |row: &Row, key| row.value.get(key).and_then(wire::decimal);
    let named =
        |row: &Row| row.value.get("VendorRef").and_then(|one| one.get("name")).is_some_and(|n| n == vendor);
    state.books.table(Kind::Bill)?.rows().find(|row| {
        named(row)
            && amount(row, "TotalAmt") == Some(total)
            && amount(row, "Balance") == Some(total)
            && (!dated || row.created <= state.now)
    })
}
