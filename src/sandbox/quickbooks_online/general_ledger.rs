//! `GET /reports/GeneralLedger`: what moved on the accounts (the contract names reports by their rate limit alone).
//!
//! Settled from public documents and recorded answers: the answer is not wrapped; `Header` has the period, the basis,
//! the home currency and the option `NoReportData`; a column is known by the `ColKey` of its `MetaData`, its title is
//! for people; each account with data is a `Section` with the account's id in the first cell of its `Header`, a first
//! row `Beginning Balance` where it is an account of the balance sheet, a `Data` row for each posting whose cell
//! `txn_type` carries the transaction's id, and a `Summary`. Accounts without data are left out. Amounts are texts and
//! follow the account's normal side: a credit to a liability is positive.
//! `subt_nat_amount` and `rbal_nat_amount` are in the currency that the account is kept in, `subt_nat_home_amount` and
//! `rbal_nat_home_amount` in home currency; some programs saw the first pair left out without a word in a company with
//! several currencies, which the switch `report_amounts` plays (`answer` / `drop`). Parameters: `start_date`,
//! `end_date` (default: the current month so far), `account` (ids), `columns`; others are accepted and ignored.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::api::Answer;
use super::books::Row;
use super::fault::ApiFault;
use super::kind::Kind;
use super::postings::{self, Posting};
use super::refs;
use super::server::Call;
use super::state::State;
use super::wire::{self, Object};

/// Key, title and type of each column, in the order of the answer.
const COLUMNS: &[(&str, &str, &str)] = &[
    ("tx_date", "Date", "Date"),
    ("txn_type", "Transaction Type", "String"),
    ("doc_num", "Num", "String"),
    ("name", "Name", "String"),
    ("memo", "Memo/Description", "String"),
    ("split_acc", "Split", "String"),
    ("account_name", "Account", "String"),
    ("debt_amt", "Debit", "Money"),
    ("credit_amt", "Credit", "Money"),
    ("debt_home_amt", "Debit", "Money"),
    ("credit_home_amt", "Credit", "Money"),
    ("subt_nat_amount", "Amount", "Money"),
    ("subt_nat_home_amount", "Amount", "Money"),
    ("rbal_nat_amount", "Balance", "Money"),
    ("rbal_nat_home_amount", "Balance", "Money"),
];

/// What is shown when nothing else is asked for.
const DEFAULT: &[&str] =
    &["tx_date", "txn_type", "doc_num", "name", "memo", "split_acc", "subt_nat_amount", "rbal_nat_amount"];

/// Amounts that a company with several currencies may leave out.
const NATURAL: &[&str] = &["subt_nat_amount", "rbal_nat_amount", "debt_amt", "credit_amt"];

/// One posting with its transaction.
struct Entry<'a> {
    date: Date,
    kind: Kind,
    row: &'a Object,
    posting: Posting,
    split: Option<String>,
}

/// Two amounts of one thing: in the account's currency and at home.
#[derive(Clone, Copy, Default)]
struct Sum {
    own: Decimal,
    home: Decimal,
}

/// Answers a report. There is this one alone; another is fault 500.
pub fn report(state: &State, call: &Call, lag: SignedDuration) -> Answer {
    if !call.part(4).eq_ignore_ascii_case("GeneralLedger") {
        return Err(ApiFault::of("500", format!("Report {} is not supported.", call.part(4)), ""));
    }
    let today = state.now.to_zoned(state.zone.clone()).date();
    let start = parameter(call, "start_date")?.unwrap_or(today.first_of_month());
    let end = parameter(call, "end_date")?.unwrap_or(today);
    if end < start {
        return Err(ApiFault::of("2060", "Invalid Date : the report ends before it starts", "end_date"));
    }
    let columns = columns(state, call);
    let wanted: Option<Vec<&str>> = call
        .param("account")
        .filter(|ids| !ids.is_empty())
        .map(|ids| ids.split(',').map(str::trim).collect());
    let mut by_account = entries(state, end, lag);
    let mut rows = Vec::new();
    for account in state.books.table(Kind::Account).into_iter().flat_map(|table| table.rows()) {
        if wanted.as_ref().is_some_and(|ids| !ids.contains(&account.id.as_str())) {
            continue;
        }
        let entries = by_account.remove(account.id.as_str()).unwrap_or_default();
        rows.extend(section(state, account, entries, start, &columns));
    }
    let header = json!({
        "Time": wire::instant(state.now, &state.zone), "ReportName": "GeneralLedger", "ReportBasis": "Accrual",
        "StartPeriod": start.to_string(), "EndPeriod": end.to_string(),
        "Currency": state.company.home_currency,
        "Option": [{"Name": "NoReportData", "Value": rows.is_empty().to_string()}],
    });
    let columns = columns.iter().map(|(key, title, kind)| {
        json!({"ColTitle": title, "ColType": kind, "MetaData": [{"Name": "ColKey", "Value": key}]})
    });
    let columns: Vec<Value> = columns.collect();
    let rows = if rows.is_empty() { json!({}) } else { json!({"Row": rows}) };
    Ok(json!({"Header": header, "Columns": {"Column": columns}, "Rows": rows}))
}

fn parameter(call: &Call, key: &str) -> Result<Option<Date>, ApiFault> {
    let Some(text) = call.param(key).filter(|text| !text.is_empty()) else { return Ok(None) };
    text.parse().map(Some).map_err(|_| ApiFault::of("2060", format!("Invalid Date : {text}"), key))
}

type Column = (&'static str, &'static str, &'static str);

/// The columns asked for; one that is not known is left out, as in the real report.
fn columns(state: &State, call: &Call) -> Vec<Column> {
    let asked = call.param("columns").filter(|keys| !keys.is_empty());
    let asked = asked.map_or_else(|| DEFAULT.to_vec(), |keys| keys.split(',').map(str::trim).collect());
    let dropped = |key: &str| {
        state.company.multicurrency && state.switches.report_drops_natural && NATURAL.contains(&key)
    };
    COLUMNS.iter().copied().filter(|(key, _, _)| asked.contains(key) && !dropped(key)).collect()
}

/// All postings up to a date by account, in the order of date and creation.
fn entries(state: &State, end: Date, lag: SignedDuration) -> BTreeMap<String, Vec<Entry<'_>>> {
    let mut found: BTreeMap<String, Vec<Entry<'_>>> = BTreeMap::new();
    for (kind, table) in state.books.tables().filter(|(kind, _)| kind.is_transaction()) {
        for row in table.rows().filter_map(|row| row.seen(state.now, lag)) {
            let Some(date) = postings::date(row).filter(|date| *date <= end) else { continue };
            let all = postings::of(state, kind, row);
            let accounts: Vec<String> = all.iter().map(|one| one.account.clone()).collect();
            for (at, posting) in all.into_iter().enumerate() {
                let split = match accounts.as_slice() {
                    [first, second] => Some(if at == 0 { second } else { first }.clone()),
                    _ => None,
                };
                found.entry(posting.account.clone()).or_default().push(Entry {
                    date,
                    kind,
                    row,
                    posting,
                    split,
                });
            }
        }
    }
    for entries in found.values_mut() {
        entries.sort_by_key(|entry| entry.date);
    }
    found
}

/// The section of one account, if it has data.
fn section(
    state: &State,
    account: &Row,
    entries: Vec<Entry<'_>>,
    start: Date,
    columns: &[Column],
) -> Option<Value> {
    let class = account.text("Classification");
    let side = if matches!(class, "Liability" | "Equity" | "Revenue") { -Decimal::ONE } else { Decimal::ONE };
    let foreign = refs::currency_of(state, account) != state.company.home_currency;
    let signed = |posting: &Posting| Sum {
        own: side * if foreign { posting.amount } else { posting.home },
        home: side * posting.home,
    };
    let stays = matches!(class, "Asset" | "Liability" | "Equity");
    let (before, within): (Vec<_>, Vec<_>) = entries.into_iter().partition(|entry| entry.date < start);
    let mut balance = Sum::default();
    for entry in before.iter().filter(|_| stays) {
        balance = balance.plus(signed(&entry.posting));
    }
    if within.is_empty() && balance.home.is_zero() && balance.own.is_zero() {
        return None;
    }
    let title = [account.text("AcctNum"), account.text("Name")].join(" ").trim().to_owned();
    let mut rows = Vec::new();
    if stays {
        rows.push(json!({"type": "Data", "ColData": cells(columns, |key| match key {
            "rbal_nat_amount" => (shown(balance.own), None),
            "rbal_nat_home_amount" => (shown(balance.home), None),
            _ => (String::new(), None),
        }, "Beginning Balance")}));
    }
    let mut moved = Sum::default();
    for entry in &within {
        let amount = signed(&entry.posting);
        moved = moved.plus(amount);
        balance = balance.plus(amount);
        rows.push(json!({"type": "Data",
            "ColData": cells(columns, |key| cell(state, entry, key, amount, balance, side, &title), "")}));
    }
    let total = format!("Total for {title}");
    let summary = cells(
        columns,
        |key| match key {
            "subt_nat_amount" => (shown(moved.own), None),
            "subt_nat_home_amount" => (shown(moved.home), None),
            _ => (String::new(), None),
        },
        &total,
    );
    let mut header = vec![json!({"value": title, "id": account.id})];
    header.extend(columns.iter().skip(1).map(|_| json!({"value": ""})));
    Some(json!({"type": "Section", "Header": {"ColData": header}, "Rows": {"Row": rows},
                "Summary": {"ColData": summary}}))
}

impl Sum {
    fn plus(self, other: Self) -> Self {
        Self { own: self.own + other.own, home: self.home + other.home }
    }
}

fn shown(amount: Decimal) -> String {
    let mut amount = wire::cents(amount);
    amount.rescale(2);
    amount.to_string()
}

/// One cell for each column; a text given for the first one stands there.
fn cells(columns: &[Column], of: impl Fn(&str) -> (String, Option<String>), first: &str) -> Vec<Value> {
    let each = columns.iter().enumerate().map(|(at, (key, _, _))| {
        let (value, id) = if at == 0 && !first.is_empty() { (first.to_owned(), None) } else { of(key) };
        match id {
            Some(id) => json!({"value": value, "id": id}),
            None => json!({"value": value}),
        }
    });
    each.collect()
}

fn cell(
    state: &State,
    entry: &Entry<'_>,
    key: &str,
    amount: Sum,
    balance: Sum,
    side: Decimal,
    title: &str,
) -> (String, Option<String>) {
    let text = |key: &str| entry.row.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    // debit and credit show the amount on its side alone
    let only = |amount: Decimal| if amount > Decimal::ZERO { shown(amount) } else { String::new() };
    match key {
        "tx_date" => (entry.date.to_string(), None),
        "txn_type" => {
            let name = postings::type_name(entry.kind, entry.row, !state.is_us());
            (name.to_owned(), Some(text("Id")))
        }
        "doc_num" => (text("DocNumber"), None),
        "name" => match &entry.posting.name {
            Some((id, name)) => (name.clone(), Some(id.clone())),
            None => (String::new(), None),
        },
        "memo" => (entry.posting.memo.clone(), None),
        "split_acc" => match entry.split.as_ref().and_then(|id| state.books.get(Kind::Account, id)) {
            Some(other) => {
                let name = [other.text("AcctNum"), other.text("Name")].join(" ");
                (name.trim().to_owned(), Some(other.id.clone()))
            }
            None => ("-Split-".to_owned(), None),
        },
        "account_name" => (title.to_owned(), Some(entry.posting.account.clone())),
        "debt_amt" => (only(side * amount.own), None),
        "credit_amt" => (only(-side * amount.own), None),
        "debt_home_amt" => (only(side * amount.home), None),
        "credit_home_amt" => (only(-side * amount.home), None),
        "subt_nat_amount" => (shown(amount.own), None),
        "subt_nat_home_amount" => (shown(amount.home), None),
        "rbal_nat_amount" => (shown(balance.own), None),
        "rbal_nat_home_amount" => (shown(balance.home), None),
        _ => (String::new(), None),
    }
}
