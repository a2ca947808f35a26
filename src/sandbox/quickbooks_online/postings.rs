//! What a transaction posts: one signed amount for each account line. Beside the contract, which leaves the general
//! ledger to QuickBooks: these are the rules of double entry for its documents.
//!
//! A bill credits its payable account and debits its lines, a vendor credit the other way round; a purchase credits the
//! bank or card account, a refund debits it; a payment debits the payable account of each bill it pays at the bill's
//! rate and credits bank or card at its own, and the difference goes to the account of exchange gains. Tax that the
//! document carries goes to the account of the tax agency.

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::Value;

use super::books::Row;
use super::kind::Kind;
use super::refs;
use super::state::State;
use super::tax;
use super::wire::{self, Object};

/// One amount on one account.
#[derive(Debug, Clone)]
pub struct Posting {
    /// The account's `Id`.
    pub account: String,
    /// In the transaction's currency, debits positive.
    pub amount: Decimal,
    /// In home currency, debits positive.
    pub home: Decimal,
    /// Id and name of the vendor, customer or employee.
    pub name: Option<(String, String)>,
    /// The line's text, or the note of the transaction.
    pub memo: String,
}

/// Collects postings whose home amounts must balance.
struct Sheet<'a> {
    rate: Decimal,
    note: &'a str,
    name: Option<(String, String)>,
    postings: Vec<Posting>,
}

impl Sheet<'_> {
    fn post(&mut self, account: &str, amount: Decimal, memo: Option<&str>) {
        let home = wire::cents(amount * self.rate);
        self.postings.push(Posting {
            account: account.to_owned(),
            amount,
            home,
            name: self.name.clone(),
            memo: memo.unwrap_or(self.note).to_owned(),
        });
    }

    /// Puts a cent that rounding left over on the last line.
    fn balanced(mut self) -> Vec<Posting> {
        let over: Decimal = self.postings.iter().map(|one| one.home).sum();
        if let Some(last) = self.postings.last_mut() {
            last.home -= over;
        }
        self.postings
    }
}

/// The postings of a transaction; none for anything else.
pub fn of(state: &State, kind: Kind, value: &Object) -> Vec<Posting> {
    let rate = value.get("ExchangeRate").and_then(wire::decimal).unwrap_or(Decimal::ONE);
    let name = named(value.get("VendorRef").or_else(|| value.get("EntityRef")));
    let note = text(value, "PrivateNote");
    let mut sheet = Sheet { rate, note, name, postings: Vec::new() };
    match kind {
        Kind::Bill => expense(state, &mut sheet, value, "APAccountRef", Decimal::ONE),
        Kind::VendorCredit => expense(state, &mut sheet, value, "APAccountRef", -Decimal::ONE),
        Kind::Purchase => {
            let refund = value.get("Credit").and_then(Value::as_bool) == Some(true);
            let side = if refund { -Decimal::ONE } else { Decimal::ONE };
            expense(state, &mut sheet, value, "AccountRef", side);
        }
        Kind::JournalEntry => journal(state, &mut sheet, value),
        Kind::BillPayment => return payment(state, sheet, value),
        _ => return Vec::new(),
    }
    sheet.balanced()
}

/// What reports call the transaction's type.
pub fn type_name(kind: Kind, value: &Object, uk: bool) -> &'static str {
    let cheque = |us, other| if uk { other } else { us };
    match kind {
        Kind::Bill => "Bill",
        Kind::VendorCredit => "Vendor Credit",
        Kind::JournalEntry => "Journal Entry",
        Kind::BillPayment if text(value, "PayType") == "Check" => {
            cheque("Bill Payment (Check)", "Bill Payment (Cheque)")
        }
        Kind::BillPayment => "Bill Payment (Credit Card)",
        Kind::Purchase if value.get("Credit").and_then(Value::as_bool) == Some(true) => "Credit Card Credit",
        Kind::Purchase if text(value, "PaymentType") == "Check" => cheque("Check", "Cheque"),
        _ => "Expense",
    }
}

/// The date of a transaction.
pub fn date(value: &Object) -> Option<Date> {
    text(value, "TxnDate").parse().ok()
}

fn text<'a>(value: &'a Object, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn named(reference: Option<&Value>) -> Option<(String, String)> {
    let text = |key| reference.and_then(|one| one.get(key)).and_then(Value::as_str);
    Some((text("value")?.to_owned(), text("name").unwrap_or_default().to_owned()))
}

fn id<'a>(of: &'a Object, key: &str) -> &'a str {
    of.get(key).and_then(|one| one.get("value")).and_then(Value::as_str).unwrap_or_default()
}

fn lines(value: &Object) -> impl Iterator<Item = (Decimal, &Object, Option<&str>)> {
    let lines = value.get("Line").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    lines.iter().filter_map(|line| {
        let amount = wire::decimal(line.get("Amount")?)?;
        let detail = line.get(line.get("DetailType")?.as_str()?)?.as_object()?;
        Some((amount, detail, line.get("Description").and_then(Value::as_str)))
    })
}

/// A document with expense lines. `side` is 1 where the lines are debited.
fn expense(state: &State, sheet: &mut Sheet<'_>, value: &Object, control: &str, side: Decimal) {
    let total = value.get("TotalAmt").and_then(wire::decimal).unwrap_or_default();
    sheet.post(id(value, control), -side * total, None);
    for (amount, detail, memo) in lines(value) {
        sheet.post(id(detail, "AccountRef"), side * amount, memo);
    }
    let tax = tax::total(value);
    if !tax.is_zero() {
        sheet.post(&tax::account(state), side * tax, None);
    }
}

fn journal(state: &State, sheet: &mut Sheet<'_>, value: &Object) {
    for (amount, detail, memo) in lines(value) {
        let side = if text(detail, "PostingType") == "Debit" { Decimal::ONE } else { -Decimal::ONE };
        sheet.name = named(detail.get("Entity").and_then(|entity| entity.get("EntityRef")));
        sheet.post(id(detail, "AccountRef"), side * amount, memo);
        let tax = detail.get("TaxAmount").and_then(wire::decimal).unwrap_or_default();
        if !tax.is_zero() {
            sheet.post(&tax::account(state), side * tax, memo);
        }
    }
}

/// Each bill is relieved at its own rate; the difference to the payment's rate is a gain or loss.
fn payment(state: &State, mut sheet: Sheet<'_>, value: &Object) -> Vec<Posting> {
    let total = value.get("TotalAmt").and_then(wire::decimal).unwrap_or_default();
    let from =
        ["CheckPayment", "CreditCardPayment"].into_iter().filter_map(|key| value.get(key)?.as_object());
    let from = from.flat_map(|group| [id(group, "BankAccountRef"), id(group, "CCAccountRef")]);
    sheet.post(from.into_iter().find(|id| !id.is_empty()).unwrap_or_default(), -total, None);
    let own = sheet.rate;
    let mut left = total;
    for line in value.get("Line").and_then(Value::as_array).into_iter().flatten() {
        let Some((kind, row, amount)) = linked(state, line) else { continue };
        sheet.rate = row.value.get("ExchangeRate").and_then(wire::decimal).unwrap_or(Decimal::ONE);
        let amount = if kind == Kind::Bill { amount } else { -amount };
        left -= amount;
        sheet.post(id(&row.value, "APAccountRef"), amount, None);
    }
    sheet.rate = own;
    if !left.is_zero() {
        let default = default_payable(state, value);
        sheet.post(&default, left, None);
    }
    let gain: Decimal = sheet.postings.iter().map(|one| one.home).sum();
    if !gain.is_zero() {
        let account = subtyped(state, "ExchangeGainOrLoss").unwrap_or_default();
        let (name, memo) = (sheet.name.clone(), sheet.note.to_owned());
        sheet.postings.push(Posting { account, amount: Decimal::ZERO, home: -gain, name, memo });
    }
    sheet.postings
}

fn linked<'a>(state: &'a State, line: &Value) -> Option<(Kind, &'a Row, Decimal)> {
    let link = line.get("LinkedTxn")?.get(0)?;
    let kind = Kind::parse(link.get("TxnType")?.as_str()?)?;
    let row = state.books.get(kind, link.get("TxnId")?.as_str()?)?;
    Some((kind, row, wire::decimal(line.get("Amount")?)?))
}

/// The payable account of a payment for what it does not apply.
fn default_payable(state: &State, value: &Object) -> String {
    let own = id(value, "APAccountRef");
    if !own.is_empty() {
        return own.to_owned();
    }
    let currency = id(value, "CurrencyRef");
    let accounts = state.books.table(Kind::Account).into_iter().flat_map(|table| table.rows());
    let fits = |row: &&Row| {
        row.text("AccountType") == "Accounts Payable"
            && (currency.is_empty() || refs::currency_of(state, row) == currency)
    };
    accounts.into_iter().find(fits).map(|row| row.id.clone()).unwrap_or_default()
}

/// The first account of a sub-type.
pub fn subtyped(state: &State, subtype: &str) -> Option<String> {
    let accounts = state.books.table(Kind::Account).into_iter().flat_map(|table| table.rows());
    accounts.into_iter().find(|row| row.text("AccountSubType") == subtype).map(|row| row.id.clone())
}
