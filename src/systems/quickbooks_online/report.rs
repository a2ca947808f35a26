//! The report GeneralLedger as Intuit publishes its shape: columns are found by their `ColKey` and never by position.
//!
//! The contract is silent on reports but for their limit. What is settled here from Intuit's public reference and from
//! published answers:
//! - `Header` names report, period, basis and currency; a report of another period, basis or currency is none.
//! - `Columns.Column[].MetaData[]` holds `ColKey`. Companies with several currencies have the columns in home currency
//!   under `subt_nat_home_amount` and `rbal_nat_home_amount`; both spellings are asked for there and these win.
//! - `Rows.Row[]` are sections, one an account, whose `Header.ColData[0].id` is the account's id. A section without
//!   header holds the own rows of the account above it; a named group without id belongs to no account. An account
//!   without balance and movement has no section.
//! - The first row of an account is its balance before the period (`Beginning Balance`, or that in the company's
//!   language): it has no date. Its figure may be blank; then the first running balance less its movement is it.
//! - Amounts are signed by the account's normal side: positive raises a liability on its credit side.
//! - A report ends at 400,000 cells, with status 200 and a row that says so; the caller asks for a shorter period.
//!
//! Running balances and sums are computed again: a report that does not add up is an error and never "no movements".

use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::Value;

use crate::model::clock::calendar_date;
use crate::model::ledger::AccountType;
use crate::model::money::Currency;
use crate::systems::Movement;

use super::wire::Answer;

/// The sentence of a report that was cut.
const CUT: &str = "unable to display more data";

/// What was asked for.
#[derive(Debug, Clone)]
pub struct Asked<'a> {
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
    /// Home currency.
    pub home: Currency,
    /// The wanted accounts and their kinds.
    pub accounts: &'a BTreeMap<String, AccountType>,
}

/// Why a report is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unusable {
    /// Cut at the limit of cells.
    Cut,
    /// Not of the published shape, of another period, or it does not add up.
    Shape(String),
}

/// One account, debit positive.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AccountLedger {
    /// Before the first day.
    pub opening: Decimal,
    /// After the last day.
    pub closing: Decimal,
    /// In the report's order.
    pub movements: Vec<Movement>,
}

/// Accounts whose balance is positive on the debit side.
fn debit_normal(kind: AccountType) -> bool {
    use AccountType::*;
    matches!(
        kind,
        Bank | AccountsReceivable | CurrentAsset | FixedAsset | Expense | CostOfSales | OtherExpense
    )
}

/// Positions of the columns.
struct Columns {
    date: usize,
    kind: usize,
    number: Option<usize>,
    name: Option<usize>,
    memo: Option<usize>,
    amount: usize,
    balance: usize,
}

/// One account while it is read, in the report's own signs.
#[derive(Default)]
struct Running {
    began: bool,
    opening: Option<Decimal>,
    sum: Decimal,
    rows: usize,
    movements: Vec<Movement>,
}

struct Reader<'a> {
    asked: &'a Asked<'a>,
    columns: Columns,
    accounts: BTreeMap<String, Running>,
}

fn shape<T>(what: impl Into<String>) -> Result<T, Unusable> {
    Err(Unusable::Shape(format!("GeneralLedger: {}", what.into())))
}

/// Every wanted account as the report tells it.
pub fn read(answer: &Answer, asked: &Asked<'_>) -> Result<BTreeMap<String, AccountLedger>, Unusable> {
    let body = Value::Object(answer.body.clone());
    let empty = header(&body, asked)?;
    let columns = columns(&body)?;
    let rows = match body.get("Rows") {
        Some(Value::Object(rows)) => match rows.get("Row") {
            Some(Value::Array(list)) => list.clone(),
            None | Some(Value::Null) => Vec::new(),
            Some(_) => return shape("Rows.Row is no list"),
        },
        None | Some(Value::Null) if empty == Some(true) => Vec::new(),
        _ => return shape("Rows is missing"),
    };
    if rows.is_empty() && empty == Some(false) {
        return shape("it says that there is data and has no row");
    }
    let mut reader = Reader { asked, columns, accounts: BTreeMap::new() };
    reader.rows(&rows, None)?;
    reader.finish()
}

/// Whether the report says that it holds no data.
fn header(body: &Value, asked: &Asked<'_>) -> Result<Option<bool>, Unusable> {
    let Some(header) = body.get("Header").filter(|h| h.is_object()) else {
        return shape("Header is missing");
    };
    let text = |name: &str| header.get(name).and_then(Value::as_str).unwrap_or_default();
    if !text("ReportName").eq_ignore_ascii_case("GeneralLedger") {
        return shape(format!("another report came: {:?}", text("ReportName")));
    }
    let (start, end) = (text("StartPeriod"), text("EndPeriod"));
    if calendar_date(start) != Some(asked.from) || calendar_date(end) != Some(asked.to) {
        return shape(format!("it covers {start} to {end}, asked was {} to {}", asked.from, asked.to));
    }
    match text("ReportBasis") {
        "" => {}
        basis if basis.eq_ignore_ascii_case("accrual") => {}
        basis => return shape(format!("its basis is {basis}")),
    }
    match text("Currency") {
        "" => {}
        code if code == asked.home.code() => {}
        code => return shape(format!("its currency is {code}")),
    }
    let options = header.get("Option").and_then(Value::as_array).into_iter().flatten();
    let said = |o: &Value, name: &str| o.get(name).and_then(Value::as_str).map(str::to_ascii_lowercase);
    Ok(options
        .filter(|o| said(o, "Name").as_deref() == Some("noreportdata"))
        .find_map(|o| said(o, "Value"))
        .map(|v| v == "true"))
}

fn columns(body: &Value) -> Result<Columns, Unusable> {
    let Some(list) = body.pointer("/Columns/Column").and_then(Value::as_array) else {
        return shape("Columns.Column is missing");
    };
    let key = |column: &Value| {
        let data = column.get("MetaData").and_then(Value::as_array).into_iter().flatten();
        let mut keys = data.filter(|m| m.get("Name").and_then(Value::as_str) == Some("ColKey"));
        let key = keys.find_map(|m| m.get("Value").and_then(Value::as_str));
        key.or_else(|| column.get("ColType").and_then(Value::as_str)).unwrap_or_default().to_string()
    };
    let keys: Vec<String> = list.iter().map(key).collect();
    let at = |name: &str| keys.iter().position(|k| k == name);
    let need = |name: &str| {
        at(name).ok_or_else(|| Unusable::Shape(format!("GeneralLedger: column {name} is missing")))
    };
    let home = at("subt_nat_home_amount").zip(at("rbal_nat_home_amount"));
    let (amount, balance) = match home {
        Some(both) => both,
        None => (need("subt_nat_amount")?, need("rbal_nat_amount")?),
    };
    Ok(Columns {
        date: need("tx_date")?,
        kind: need("txn_type")?,
        number: at("doc_num"),
        name: at("name"),
        memo: at("memo"),
        amount,
        balance,
    })
}

fn cell(row: &Value, at: usize) -> &str {
    let value = row.get("ColData").and_then(|c| c.get(at)).and_then(|c| c.get("value"));
    value.and_then(Value::as_str).unwrap_or_default()
}

fn cell_id(row: &Value, at: usize) -> &str {
    let id = row.get("ColData").and_then(|c| c.get(at)).and_then(|c| c.get("id"));
    id.and_then(Value::as_str).unwrap_or_default()
}

/// A figure: blank is none; thousands may be set apart, a negative one may stand in brackets.
fn figure(text: &str) -> Result<Option<Decimal>, Unusable> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let (text, negative) = match text.strip_prefix('(').and_then(|t| t.strip_suffix(')')) {
        Some(inner) => (inner, true),
        None => (text, false),
    };
    match text.replace(',', "").parse::<Decimal>() {
        Ok(value) => Ok(Some(if negative { -value } else { value })),
        Err(_) => shape(format!("{text:?} is no amount")),
    }
}

impl Reader<'_> {
    fn rows(&mut self, rows: &[Value], account: Option<&str>) -> Result<(), Unusable> {
        for row in rows {
            let section =
                ["Header", "Rows", "Summary"].iter().any(|k| row.get(*k).is_some_and(Value::is_object));
            if section {
                self.section(row, account)?;
            } else if row.get("ColData").is_some_and(Value::is_array) {
                self.data(row, account)?;
            } else {
                return shape("a row is neither section nor data");
            }
        }
        Ok(())
    }

    fn section(&mut self, row: &Value, above: Option<&str>) -> Result<(), Unusable> {
        let head = row.get("Header").filter(|h| h.is_object());
        let id = match head {
            // the own rows of the account above
            None => above.map(str::to_string),
            Some(head) => Some(cell_id(head, 0).to_string()).filter(|id| !id.is_empty()),
        };
        let inner = row.pointer("/Rows/Row").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let before = id.as_ref().and_then(|i| self.accounts.get(i)).map_or(Decimal::ZERO, |r| r.sum);
        if let Some(id) = id.as_deref().filter(|i| head.is_some() && self.asked.accounts.contains_key(*i)) {
            self.accounts.entry(id.to_string()).or_default();
        }
        self.rows(inner, id.as_deref())?;
        // the sum of an account that has others below it holds theirs too
        let leaf = inner.iter().all(|r| r.get("Rows").is_none());
        let sum = row.get("Summary").map(|s| figure(cell(s, self.columns.amount))).transpose()?.flatten();
        let running = id.as_ref().and_then(|i| self.accounts.get(i));
        match (sum, running) {
            (Some(sum), Some(running)) if leaf && running.sum - before != sum => {
                shape(format!("account {}: the rows do not add up to {sum}", id.unwrap_or_default()))
            }
            _ => Ok(()),
        }
    }

    fn data(&mut self, row: &Value, account: Option<&str>) -> Result<(), Unusable> {
        let date = calendar_date(cell(row, self.columns.date));
        let cells = row.get("ColData").and_then(Value::as_array).into_iter().flatten();
        let mut texts = cells.filter_map(|c| c.get("value").and_then(Value::as_str));
        if date.is_none() && texts.any(|t| t.to_ascii_lowercase().contains(CUT)) {
            return Err(Unusable::Cut);
        }
        let Some(account) = account else { return shape("a row belongs to no account") };
        let Some(kind) = self.asked.accounts.get(account).copied() else { return Ok(()) };
        let amount = figure(cell(row, self.columns.amount))?;
        let balance = figure(cell(row, self.columns.balance))?;
        let wrong = |what: &str| shape(format!("account {account}: {what}"));
        let running = self.accounts.entry(account.to_string()).or_default();
        let Some(date) = date else {
            // the balance before the first day; nothing else has no date
            if running.began || running.rows > 0 || amount.is_some_and(|a| !a.is_zero()) {
                return wrong("a row has no date");
            }
            running.began = true;
            running.opening = balance;
            return Ok(());
        };
        if date < self.asked.from || date > self.asked.to {
            return wrong(&format!("a row is dated {date}"));
        }
        let amount = amount.unwrap_or_default();
        running.rows += 1;
        running.sum += amount;
        match (balance, running.opening) {
            (Some(balance), None) => running.opening = Some(balance - running.sum),
            (Some(balance), Some(opening)) if opening + running.sum != balance => {
                return wrong(&format!(
                    "the running balance {balance} on {date} does not follow from its rows"
                ));
            }
            _ => {}
        }
        let text = |at: Option<usize>| at.map(|at| cell(row, at).to_string()).unwrap_or_default();
        let id = Some(cell_id(row, self.columns.kind)).filter(|i| !i.is_empty());
        running.movements.push(Movement {
            account: account.into(),
            date,
            word: cell(row, self.columns.kind).into(),
            id: id.unwrap_or_else(|| cell_id(row, self.columns.date)).into(),
            number: text(self.columns.number),
            party: text(self.columns.name),
            memo: text(self.columns.memo),
            amount: if debit_normal(kind) { amount } else { -amount },
        });
        Ok(())
    }

    fn finish(self) -> Result<BTreeMap<String, AccountLedger>, Unusable> {
        let mut out = BTreeMap::new();
        let mut read = self.accounts;
        for (id, kind) in self.asked.accounts {
            // an account without balance and movement has no section
            let Some(running) = read.remove(id) else {
                out.insert(id.clone(), AccountLedger::default());
                continue;
            };
            let Some(opening) = running.opening else {
                return shape(format!("account {id}: its balance is missing"));
            };
            let turn = if debit_normal(*kind) { Decimal::ONE } else { -Decimal::ONE };
            out.insert(
                id.clone(),
                AccountLedger {
                    opening: opening * turn,
                    closing: (opening + running.sum) * turn,
                    movements: running.movements,
                },
            );
        }
        Ok(out)
    }
}
