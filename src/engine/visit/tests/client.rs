//! A company file of a few lines, and a client of it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;

use super::COMPANY;
use crate::model::entry::{Entry, EntryKind};
use crate::model::intent::Outcome;
use crate::model::ledger::*;
use crate::model::money::Currency;
use crate::store::sqlite::tests::at;
use crate::systems::*;
use crate::transport::mailbox::Mailbox;
use crate::transport::{Fut, Method, NetError, Reply, Request};

/// A company file: what is in it, what it remembers of sets, and what was asked of it.
#[derive(Default)]
pub struct File {
    /// Records by number: id and whether they are as ours would be.
    pub records: BTreeMap<String, (String, bool)>,
    /// Outcomes of sets by their id, with the bytes.
    pub sets: BTreeMap<String, (String, String)>,
    /// What was asked, in its order.
    pub log: Vec<String>,
    /// Answers that the next sets get instead of being carried out, by reference.
    pub instead: BTreeMap<String, String>,
    made: u32,
}

impl File {
    /// What QuickBooks does with one request.
    pub fn answer(&mut self, body: &str) -> String {
        self.log.push(body.to_string());
        let mut words = body.split_whitespace();
        match words.next() {
            Some("lookup") => words
                .map(|number| match self.records.get(number) {
                    None => format!("{number} absent\n"),
                    Some((id, true)) => format!("{number} found {id}\n"),
                    Some((id, false)) => format!("{number} different {id}\n"),
                })
                .collect(),
            Some("set") => {
                let (key, reference) = (words.next().unwrap().to_string(), words.next().unwrap().to_string());
                if let Some(other) = self.instead.remove(&reference) {
                    return format!("{key} {other}");
                }
                if let Some((bytes, said)) = self.sets.get(&key) {
                    return if bytes == body { said.clone() } else { format!("{key} refused 9001") };
                }
                self.made += 1;
                let said = format!("{key} done id{}", self.made);
                self.records.insert(reference, (format!("id{}", self.made), true));
                self.sets.insert(key, (body.to_string(), said.clone()));
                said
            }
            _ => "ok".into(),
        }
    }

    pub fn made(&self) -> u32 {
        self.made
    }
}

/// What a test can change about the client.
#[derive(Default)]
pub struct Dials {
    pub close_date: Option<Date>,
    pub company: Option<String>,
    pub unusable: Option<String>,
    /// When a backup was restored last.
    pub restored: Option<String>,
    /// Part of the encoding of today.
    pub encoding: String,
    /// What the client was told to be recorded.
    pub recorded: Vec<Option<String>>,
    /// What the ledger paid.
    pub payments: Vec<LedgerPayment>,
    /// Recent records of the ledger.
    pub recent: Vec<RecentRecord>,
    /// References of each look-up.
    pub looked: Vec<usize>,
}

/// A client of few words.
pub struct Client {
    pub net: Arc<Mailbox>,
    pub dials: Mutex<Dials>,
}

impl Client {
    async fn ask(&self, body: String) -> Result<String, CallError> {
        let request = Request {
            method: Method::Post,
            url: String::new(),
            headers: Vec::new(),
            body: body.into_bytes(),
            timeout: Duration::from_mins(30),
        };
        match crate::transport::Net::exchange(&*self.net, request).await {
            Ok(reply) if reply.headers.is_empty() => Ok(String::from_utf8(reply.body).unwrap()),
            Ok(reply) => Err(CallError::Shape(format!("{:?}", reply.headers))),
            Err(NetError::NotSent(reason)) => Err(CallError::Offline { reason, timed_out: false }),
            Err(NetError::MaybeSent { reason, timed_out }) => Err(CallError::Offline { reason, timed_out }),
        }
    }
}

impl System for Client {
    fn name(&self) -> &'static str {
        "quickbooks_desktop"
    }
    fn company(&self) -> Fut<'_, Result<RemoteCompany, CallError>> {
        Box::pin(async { Err(CallError::Refused("not asked here".into())) })
    }
}

impl Target for Client {
    fn limits(&self) -> Limits {
        Limits {
            batch: 1,
            lookup: 100,
            settle: Duration::ZERO,
            lookup_gap: Duration::ZERO,
            number: 20,
            memo: 100,
        }
    }
    fn proof(&self) -> Proof {
        Proof::Replay
    }
    fn preflight(&self) -> usize {
        100
    }
    fn check(&self, _: &Entry, _: &LedgerFacts) -> Vec<String> {
        Vec::new()
    }
    fn encode(&self, entry: &Entry, key: &ItemKey, _: &LedgerFacts) -> Result<Prepared, String> {
        let item_key = format!("{}{:03}", key.reference, key.generation);
        let encoding = self.dials.lock().unwrap().encoding.clone();
        let bytes = format!("set {item_key} {} {} {encoding}", entry.number, entry.slot).into_bytes();
        Ok(Prepared { item_key, bytes, lookup: serde_json::json!({ "number": entry.number }) })
    }
    fn assemble(&self, items: &[Prepared], _: &[ItemKey], key: Option<&str>) -> PreparedCall {
        let item = &items[0];
        let recorded = self.dials.lock().unwrap().recorded.last().cloned().flatten().unwrap_or_default();
        let bytes = [item.bytes.clone(), format!(" old={recorded}").into_bytes()].concat();
        PreparedCall { request_key: key.unwrap_or(&item.item_key).to_string(), bytes }
    }
    fn classify(&self, keys: &[String], heard: &Result<Reply, SendError>, _: &LedgerFacts) -> Vec<Outcome> {
        let one = match heard {
            Err(SendError::Net(NetError::NotSent(reason))) => Outcome::NotSent { reason: reason.clone() },
            Err(e) => Outcome::Ambiguous { reason: e.to_string() },
            Ok(r) if !r.headers.is_empty() => Outcome::Ambiguous { reason: format!("{:?}", r.headers) },
            Ok(r) => {
                let text = String::from_utf8_lossy(&r.body).into_owned();
                let words: Vec<&str> = text.split_whitespace().collect();
                match words[..] {
                    [key, "done", id] if key == keys[0] => {
                        Outcome::Done { id: id.into(), number: key[..11].into() }
                    }
                    [_, "refused", code] => {
                        Outcome::Refused { code: code.into(), message: "no".into(), closed_period: false }
                    }
                    [_, "busy"] => Outcome::Busy { reason: "the list is in use".into() },
                    [_, "lost"] => Outcome::Lost { reason: "no stored response (9002)".into() },
                    _ => Outcome::Ambiguous { reason: "unreadable".into() },
                }
            }
        };
        keys.iter().map(|_| one.clone()).collect()
    }
}

impl Push for Client {
    fn send(&self, call: PreparedCall) -> Fut<'_, Result<Reply, SendError>> {
        let request = Request {
            method: Method::Post,
            url: String::new(),
            headers: Vec::new(),
            body: call.bytes,
            timeout: Duration::from_mins(30),
        };
        Box::pin(async move { Ok(crate::transport::Net::exchange(&*self.net, request).await?) })
    }
    fn look_up(&self, wanted: Vec<Wanted>) -> Fut<'_, Result<Vec<(i64, Seen)>, CallError>> {
        Box::pin(async move {
            self.dials.lock().unwrap().looked.push(wanted.len());
            let number = |w: &Wanted| w.lookup["number"].as_str().unwrap().to_string();
            let numbers: Vec<String> = wanted.iter().map(number).collect();
            let text = self.ask(format!("lookup {}", numbers.join(" "))).await?;
            let seen = wanted.iter().filter_map(|w| {
                let line = text.lines().find(|l| l.split(' ').next() == Some(number(w).as_str()))?;
                let words: Vec<&str> = line.split(' ').collect();
                Some(match words[..] {
                    [n, "found", id] => (w.handle, Seen::Found { id: id.into(), number: n.into() }),
                    [n, "different", id] => {
                        let records = id.split(',').map(|id| typed(&w.entry, id)).collect();
                        (w.handle, Seen::Different { why: format!("bill {n} (id {id}) is there"), records })
                    }
                    _ => (w.handle, Seen::Absent),
                })
            });
            Ok(seen.collect())
        })
    }
    fn facts(&self, _: Option<LedgerFacts>, now: Timestamp) -> Fut<'_, Result<LedgerFacts, CallError>> {
        Box::pin(async move {
            self.ask("facts".into()).await?;
            let mut facts = facts(self.dials.lock().unwrap().close_date);
            facts.read_at = now;
            facts.recent = self.dials.lock().unwrap().recent.clone();
            Ok(facts.indexed())
        })
    }
    fn greeted(&self, greeting: &Greeting) -> Result<Answering, CallError> {
        let dials = self.dials.lock().unwrap();
        let id = dials.company.clone().unwrap_or_else(|| greeting.answer.clone());
        Ok(Answering {
            company: RemoteCompany { id: id.clone(), name: format!("Company {id}"), fingerprint: id },
            product: "QuickBooks Enterprise".into(),
            language: "16.0".into(),
            file_mode: "MultiUser".into(),
            close_date: dials.close_date,
            unusable: dials.unusable.clone(),
        })
    }
    fn restored(&self) -> Fut<'_, Result<Option<String>, CallError>> {
        Box::pin(async { Ok(self.dials.lock().unwrap().restored.clone()) })
    }
    fn recorded(&self, request_key: Option<String>) {
        self.dials.lock().unwrap().recorded.push(request_key);
    }
    fn wind_up(&self) -> Fut<'_, Result<Option<String>, CallError>> {
        Box::pin(async move {
            let last = self.dials.lock().unwrap().recorded.last().cloned().flatten();
            let Some(key) = last else { return Ok(None) };
            self.ask(format!("clear {key}")).await?;
            Ok(Some(key))
        })
    }
    /// Sets by their key, look-ups and the rest by none.
    fn answers(&self, asked: &[u8], answer: &[u8]) -> bool {
        let word =
            |of: &[u8], n: usize| String::from_utf8_lossy(of).split_whitespace().nth(n).map(str::to_string);
        let set = asked.starts_with(b"set ").then(|| word(asked, 1)).flatten();
        let of = word(answer, 0).filter(|k| k.len() == 14);
        set == of || (set.is_some() && of.is_none())
    }
    fn late(&self, wanted: &[Wanted], answer: &[u8]) -> Vec<(i64, Seen)> {
        let text = String::from_utf8_lossy(answer).into_owned();
        let words: Vec<&str> = text.split_whitespace().collect();
        let [key, "done", id] = words[..] else { return Vec::new() };
        let of = wanted.iter().filter(|w| key.starts_with(w.reference.as_str()));
        of.map(|w| (w.handle, Seen::Found { id: id.into(), number: key[..11].into() })).collect()
    }
    fn payments(&self, _: Timestamp) -> Fut<'_, Result<Vec<LedgerPayment>, CallError>> {
        Box::pin(async move {
            self.ask("payments".into()).await?;
            Ok(self.dials.lock().unwrap().payments.clone())
        })
    }
    fn deep_link(&self, _: EntryKind, _: &str) -> Option<String> {
        None
    }
    fn reading(&self, _: ReadingAsk) -> Fut<'_, Result<Reading, CallError>> {
        Box::pin(async move {
            self.ask("reading".into()).await?;
            Ok(Reading {
                read_at: at(0),
                records: Vec::new(),
                gone: Vec::new(),
                opening: BTreeMap::new(),
                closing: BTreeMap::new(),
                movements: Vec::new(),
                open_items: Vec::new(),
            })
        })
    }
}

/// What somebody typed in: as our entry, under its number.
pub fn typed(entry: &Entry, id: &str) -> RecentRecord {
    RecentRecord {
        kind: entry.kind,
        id: id.into(),
        vendor: entry.party.as_ref().map(|p| p.id.clone()),
        number: entry.number.clone(),
        date: entry.date,
        amount: entry.total(),
        currency: entry.currency,
        marker: None,
    }
}

pub fn facts(close_date: Option<Date>) -> LedgerFacts {
    let vendor = Vendor {
        id: "56".into(),
        code: "E1001".into(),
        name: "Okafor, Amara".into(),
        email: None,
        currency: None,
        active: true,
        term: None,
    };
    let account = Account {
        id: "58".into(),
        number: "5010".into(),
        name: "Airfare".into(),
        kind: AccountType::Expense,
        currency: None,
        active: true,
    };
    LedgerFacts {
        company: Company {
            id: COMPANY.into(),
            name: "Fennel & Quince Tax".into(),
            country: "US".into(),
            home_currency: Currency::USD,
            multicurrency: false,
            currencies: vec![Currency::USD],
            classes: true,
            class_per_record: false,
            departments: false,
            billable: false,
            customers_on_lines: true,
            negative_lines: true,
            close_date,
            fiscal_year_start: 1,
        },
        accounts: vec![account],
        vendors: vec![vendor],
        classes: Vec::new(),
        departments: Vec::new(),
        customers: Vec::new(),
        employees: Vec::new(),
        tax_codes: Vec::new(),
        rates: BTreeMap::new(),
        terms: Vec::new(),
        recent: Vec::new(),
        read_at: at(0),
        index: Index::default(),
    }
    .indexed()
}
