//! The client against bodies composed from the contract, through a scripted exchange. No network.
#![allow(clippy::unnecessary_wraps, reason = "answers of a script are results")]

mod changes;
mod encode;
mod facts;
mod fault_table;
mod holder;
mod lists;
mod look_up;
mod outcomes;
mod papers;
mod payments;
mod pitfalls;
mod posting;
mod reading;
mod report;
mod sign_in;
mod webhook;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

use crate::model::entry::{Dimensions, Entry, EntryKind, Line, LineRole, LineSource, Named, Side, Slot};
use crate::model::ledger::{Account, AccountType, Company, DimensionValue, LedgerFacts, Vendor};
use crate::model::money::Currency;
use crate::model::reference::Reference;
use crate::systems::{ItemKey, Link, Lists, Push};
use crate::transport::{
    Bearer, Fut, Heard, Method, Net, NetError, Pace, PaceError, Reply, Request, TokenError, Tokens,
};

pub const REALM: &str = "4620816365000001";

pub fn reference() -> Reference {
    "TO7F3A91C2K".parse().unwrap()
}

pub fn key() -> ItemKey {
    ItemKey { reference: reference(), generation: 1 }
}

fn account(id: &str, number: &str, name: &str, kind: AccountType, currency: Currency) -> Account {
    Account {
        id: id.into(),
        number: number.into(),
        name: name.into(),
        kind,
        currency: Some(currency),
        active: true,
    }
}

fn value(id: &str, name: &str, active: bool) -> DimensionValue {
    DimensionValue { id: id.into(), name: name.into(), active }
}

/// A US company with two currencies, classes, locations and billable expenses.
pub fn facts() -> LedgerFacts {
    use AccountType::*;
    let vendor = |id: &str, name: &str, currency| Vendor {
        id: id.into(),
        code: format!("E{id}"),
        name: name.into(),
        email: None,
        currency: Some(currency),
        active: true,
        term: None,
    };
    LedgerFacts {
        company: Company {
            id: REALM.into(),
            name: "Fernhill Quay Advisory, Inc.".into(),
            country: "US".into(),
            home_currency: Currency::USD,
            multicurrency: true,
            currencies: vec![Currency::USD, Currency::EUR],
            classes: true,
            class_per_record: false,
            departments: true,
            billable: true,
            customers_on_lines: true,
            negative_lines: true,
            close_date: None,
            fiscal_year_start: 1,
        },
        accounts: vec![
            account("58", "5010", "Client Airfare", Expense, Currency::USD),
            account("33", "2010", "Employee Payables", AccountsPayable, Currency::USD),
            account("34", "2015", "Employee Payables EUR", AccountsPayable, Currency::EUR),
            account("41", "2110", "Corporate Visa", CreditCard, Currency::USD),
            account("60", "1350", "Employee Advances", CurrentAsset, Currency::USD),
        ],
        vendors: vec![
            vendor("56", "Okafor, Amara", Currency::USD),
            vendor("57", "Müller, Grace", Currency::EUR),
        ],
        classes: vec![value("5000000000000142240", "200 Operations", true), value("7", "Old", false)],
        departments: vec![value("2", "Boston", true)],
        customers: vec![value("26", "Aldgate Bank:Core review", true)],
        employees: vec![],
        tax_codes: vec![],
        rates: Default::default(),
        terms: Vec::new(),
        recent: vec![],
        read_at: "2026-11-02T09:00:00Z".parse().unwrap(),
        index: Default::default(),
    }
    .indexed()
}

pub fn line(side: Side, account: &str, amount: &str) -> Line {
    Line {
        role: LineRole::Cost,
        side,
        account: Named::new(account, format!("account {account}")),
        amount: amount.parse().unwrap(),
        dimensions: Dimensions::default(),
        billable: false,
        tax_code: None,
        party: None,
        text: "Hotel, 2026-10-24".into(),
        source: Some(LineSource { expense: 0, allocation: 0, journal: 0 }),
        why: vec![],
    }
}

pub fn offset(side: Side, role: LineRole, account: &str, amount: &str) -> Line {
    Line { role, source: None, text: "Okafor, Amara".into(), ..line(side, account, amount) }
}

/// A bill of two lines, 184.20 in all, to vendor 56.
pub fn bill() -> Entry {
    let mut hotel = line(Side::Debit, "58", "200.00");
    hotel.dimensions.class = Some(Named::new("5000000000000142240", "200 Operations"));
    hotel.dimensions.customer = Some(Named::new("26", "Aldgate Bank"));
    hotel.billable = true;
    let advance = Line { text: "Advance".into(), ..line(Side::Credit, "60", "15.8") };
    Entry {
        slot: Slot::Bill,
        kind: EntryKind::Bill,
        date: "2026-10-28".parse().unwrap(),
        due: Some("2026-11-04".parse().unwrap()),
        currency: Currency::USD,
        rate: None,
        party: Some(Named::new("56", "Okafor, Amara")),
        offset_account: Some(Named::new("33", "2010 Employee Payables")),
        location: Some(Named::new("2", "Boston")),
        number: reference().to_string(),
        memo: format!("B4Q7TN Okafor, \"Rollout\" · {}", reference().marker()),
        reference: reference(),
        lines: vec![hotel, advance, offset(Side::Credit, LineRole::Payable, "33", "184.20")],
        taxes: vec![],
        why: vec![],
    }
}

/// A script: what the exchange answers, in order; and what it was asked.
#[derive(Default)]
pub struct Script {
    answers: Mutex<VecDeque<Result<Reply, NetError>>>,
    pub asked: Mutex<Vec<Request>>,
    pub refreshed: Mutex<u64>,
    pub reported: Mutex<Vec<(&'static str, Heard)>>,
    pub closed: Mutex<Option<PaceError>>,
}

impl Script {
    pub fn new(answers: Vec<Result<Reply, NetError>>) -> Arc<Self> {
        Arc::new(Self { answers: Mutex::new(answers.into()), ..Self::default() })
    }

    pub fn calls(&self) -> usize {
        self.asked.lock().unwrap().len()
    }

    pub fn url(&self, n: usize) -> String {
        self.asked.lock().unwrap()[n].url.clone()
    }

    pub fn body(&self, n: usize) -> Value {
        serde_json::from_slice(&self.asked.lock().unwrap()[n].body).unwrap()
    }

    /// The statements of the n-th call.
    pub fn queries(&self, n: usize) -> Vec<String> {
        let items = self.body(n)["BatchItemRequest"].as_array().unwrap().clone();
        items.iter().map(|i| i["Query"].as_str().unwrap().to_string()).collect()
    }
}

impl Net for Script {
    fn exchange(&self, request: Request) -> Fut<'_, Result<Reply, NetError>> {
        self.asked.lock().unwrap().push(request);
        let answer = self.answers.lock().unwrap().pop_front().expect("a call that the script does not have");
        Box::pin(std::future::ready(answer))
    }
}

impl Tokens for Script {
    fn bearer(&self) -> Fut<'_, Result<Bearer, TokenError>> {
        Box::pin(std::future::ready(Ok(Bearer { token: "first".to_string().into(), generation: 1 })))
    }
    fn after_refusal(&self, stale: &Bearer) -> Fut<'_, Result<Bearer, TokenError>> {
        *self.refreshed.lock().unwrap() += 1;
        let generation = stale.generation + 1;
        Box::pin(std::future::ready(Ok(Bearer { token: "second".to_string().into(), generation })))
    }
    fn base_url(&self) -> String {
        "http://127.0.0.1:9/".into()
    }
}

impl Pace for Script {
    fn acquire(&self, _: &'static str) -> Fut<'_, Result<(), PaceError>> {
        let said = self.closed.lock().unwrap().clone().map_or(Ok(()), Err);
        Box::pin(std::future::ready(said))
    }
    fn report(&self, kind: &'static str, heard: Heard) {
        self.reported.lock().unwrap().push((kind, heard));
    }
}

pub fn client_with(script: &Arc<Script>, settings: Value) -> Arc<dyn Push> {
    super::connect(Link {
        net: script.clone(),
        tokens: script.clone(),
        pace: script.clone(),
        company: REALM.into(),
        system_id: "TIEOUT".into(),
        request_timeout: Duration::from_secs(130),
        settings,
    })
}

pub fn client(script: &Arc<Script>) -> Arc<dyn Push> {
    client_with(script, Value::Null)
}

pub fn lists_of(script: &Arc<Script>) -> Arc<dyn Lists> {
    super::connect_lists(Link {
        net: script.clone(),
        tokens: script.clone(),
        pace: script.clone(),
        company: REALM.into(),
        system_id: "TIEOUT".into(),
        request_timeout: Duration::from_secs(130),
        settings: Value::Null,
    })
}

pub fn reply(status: u16, body: &str) -> Reply {
    Reply { status, headers: vec![("intuit_tid".into(), "1-abc".into())], body: body.as_bytes().to_vec() }
}

/// An answer for the script.
#[allow(clippy::unnecessary_wraps)]
pub fn ok(body: &Value) -> Result<Reply, NetError> {
    Ok(reply(200, &body.to_string()))
}

/// A fault in the normal shape.
pub fn fault(code: &str, kind: &str, message: &str, detail: &str) -> Value {
    json!({"Error": [{"Message": message, "Detail": detail, "code": code, "element": ""}], "type": kind})
}

/// The 401 envelope in lower case.
pub fn unauthorised(message: &str, code: &str) -> Reply {
    let body = json!({"warnings": null, "intuitObject": null,
        "fault": {"error": [{"message": message, "detail": "Token expired", "code": code, "element": null}],
                  "type": "AUTHENTICATION"},
        "report": null, "queryResponse": null, "batchItemResponse": [], "time": 1_772_471_000_123_i64});
    reply(401, &body.to_string())
}

/// An answer to a batch of queries: one list of rows per statement, found by the entity's name.
pub fn batch_answer(lists: &[(&str, Value)]) -> Value {
    let items: Vec<Value> = lists
        .iter()
        .enumerate()
        .map(|(n, (entity, rows))| {
            let response = match rows {
                Value::Array(r) if r.is_empty() => json!({}),
                Value::Object(o) if o.contains_key("Error") => {
                    return json!({"bId": format!("q{n}"), "Fault": rows});
                }
                _ => json!({*entity: rows, "startPosition": 1}),
            };
            json!({"bId": format!("q{n}"), "QueryResponse": response})
        })
        .collect();
    json!({"BatchItemResponse": items, "time": "2026-11-02T01:00:00.214-08:00"})
}

#[test]
fn links_open_the_right_page_and_stand_ins_have_none() {
    let base = "https://sandbox-quickbooks.api.intuit.com/";
    assert_eq!(
        super::deep_link(base, EntryKind::CardRefund, "151").unwrap(),
        "https://app.sandbox.qbo.intuit.com/app/expense?txnId=151"
    );
    assert_eq!(
        super::deep_link("https://quickbooks.api.intuit.com", EntryKind::Journal, "9").unwrap(),
        "https://app.qbo.intuit.com/app/journal?txnId=9"
    );
    assert_eq!(super::deep_link("http://127.0.0.1:4301", EntryKind::Bill, "151"), None);
    assert_eq!(
        super::deep_link("https://quickbooks.api.intuit.com.example.test", EntryKind::Bill, "1"),
        None
    );
}

#[test]
fn limits_are_the_contracts_and_batches_can_be_smaller() {
    let script = Script::new(vec![]);
    let limits = client(&script).limits();
    assert_eq!((limits.batch, limits.lookup, limits.number, limits.memo), (30, 30, 21, 4000));
    assert_eq!((limits.settle.as_secs(), limits.lookup_gap.as_secs()), (130, 30));
    assert_eq!(client_with(&script, json!({"batch": 10})).limits().batch, 10);
    assert_eq!(client_with(&script, json!({"batch": 99})).limits().batch, 30);
    assert_eq!(client_with(&script, json!({"batch": 0})).limits().batch, 1);
}

fn method_is(request: &Request, method: Method) -> bool {
    request.method == method
}
