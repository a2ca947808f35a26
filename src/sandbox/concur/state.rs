//! Everything that the stand-in holds, and how documents come into it.

use std::collections::{BTreeMap, HashMap, VecDeque};

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::events::{self, Events};
use super::images::Images;
use super::list_store::Lists;
use super::quick::Quick;
use super::record::{Record, Status};
use super::requests::Requests;
use super::secrets;
use super::switches::Switches;
use super::token::{self, Tokens};
use super::vendors::Vendors;
use crate::sandbox::firm::{self, Document, Happening, HappeningKind, Ids};

pub(super) const DOC_TYPES: [&str; 6] =
    ["expense", "invoice", "cashadvance", "payroll", "requestobligation", "reportobligation"];

/// The state behind the lock of the stand-in.
pub(super) struct State {
    pub(super) now: Timestamp,
    pub(super) ids: Ids,
    pub(super) records: Vec<Record>,
    by_id: HashMap<String, usize>,
    by_business: HashMap<String, Vec<usize>>,
    /// Ready documents by type, in the order of arrival.
    ready: HashMap<&'static str, BTreeMap<u64, usize>>,
    pub(super) next_place: u64,
    /// What has not happened yet.
    pub(super) ahead: VecDeque<Happening>,
    /// Places used up in the rows of made-up documents, by seed.
    pub(super) made: HashMap<u64, u64>,
    pub(super) calls: BTreeMap<String, u64>,
    pub(super) urls: Vec<String>,
    pub(super) tokens: Tokens,
    pub(super) switches: Switches,
    /// FIS id of the document that a `paymentRef` was used for.
    pub(super) payment_references: HashMap<String, String>,
    pub(super) vendors: Vendors,
    pub(super) lists: Lists,
    pub(super) requests: Requests,
    pub(super) quick: Quick,
    pub(super) images: Images,
    pub(super) events: Events,
    answers: u64,
}

impl State {
    pub(super) fn new(firm: &firm::Firm, now: Timestamp) -> Self {
        let mut all = firm.documents.clone();
        all.extend(firm.out_of_scope.iter().cloned());
        let mut state = Self {
            now,
            ids: firm.ids.clone(),
            records: Vec::new(),
            by_id: HashMap::new(),
            by_business: HashMap::new(),
            ready: HashMap::new(),
            next_place: 0,
            ahead: firm::schedule(&all).into(),
            made: HashMap::new(),
            calls: BTreeMap::new(),
            urls: Vec::new(),
            tokens: Tokens::new(now),
            switches: Switches::default(),
            payment_references: HashMap::new(),
            vendors: Vendors::new(),
            lists: Lists::new(&firm.ids),
            requests: Requests::default(),
            quick: Quick::default(),
            images: Images::default(),
            events: Events::default(),
            answers: 0,
        };
        state.set_clock(now);
        state
    }

    pub(super) fn bind(&mut self, urls: &[String]) -> Value {
        self.urls = urls.iter().map(|url| url.trim_end_matches('/').to_owned()).collect();
        self.tokens.request_issued = self.now;
        let base = self.url(0).to_owned();
        let mut found = secrets::credentials(&self.ids);
        for (name, value) in [
            ("base_url", json!(base)),
            ("token_url", json!(format!("{base}{}", token::PATH))),
            ("geolocation", json!(self.url(self.switches.home))),
            ("data_centers", json!(self.urls)),
        ] {
            found.insert(name.to_owned(), value);
        }
        Value::Object(found)
    }

    /// Address of a data centre.
    pub(super) fn url(&self, center: usize) -> &str {
        self.urls.get(center).map_or("http://127.0.0.1", String::as_str)
    }

    pub(super) fn company(&self) -> String {
        self.ids.uuid("company", "fernhill-quay")
    }

    pub(super) fn count(&mut self, kind: &str) {
        *self.calls.entry(kind.to_owned()).or_default() += 1;
    }

    /// Whether the next confirmation of a document fails for an unknown reason, by switch.
    pub(super) fn takes_server_error(&mut self) -> bool {
        take_one(&mut self.switches.server_errors)
    }

    /// A correlation id for an answer.
    pub(super) fn correlation(&mut self) -> String {
        self.answers += 1;
        self.ids.uuid("correlation", &self.answers.to_string())
    }

    pub(super) fn set_clock(&mut self, now: Timestamp) {
        self.now = now;
        while let Some(next) = self.ahead.pop_front_if(|happening| happening.at <= now) {
            match next.kind {
                HappeningKind::Ready(document) => self.make_ready(*document, next.at),
                HappeningKind::Recall(id) => {
                    let found = self
                        .records
                        .iter()
                        .position(|r| r.source.as_ref().is_some_and(|document| document.id == id));
                    if let Some(at) = found {
                        // a document that was posted in the meantime stays posted
                        self.recall(at, next.at);
                    }
                }
            }
        }
    }

    /// A document of the firm becomes ready, or ready again in another form.
    pub(super) fn make_ready(&mut self, document: Document, at: Timestamp) {
        let Some(doc_type) = document.kind.doc_type() else { return };
        let id = self.ids.document(&document);
        let payload = firm::payload(&self.ids, &document);
        if let Some(&known) = self.by_id.get(&id) {
            self.replace(known, payload, Some(document), at);
            return;
        }
        let business = self.ids.business(&document);
        let number = document.number.clone();
        self.insert(id, doc_type, business, number, payload, Some(document), at);
    }

    pub(super) fn replace(&mut self, known: usize, payload: Value, source: Option<Document>, at: Timestamp) {
        self.next_place += 1;
        let place = self.next_place;
        let Some(record) = self.records.get_mut(known) else { return };
        if record.status.posted() {
            return;
        }
        let ready = self.ready.entry(record.doc_type).or_default();
        ready.remove(&record.place);
        ready.insert(place, known);
        record.place = place;
        record.document = payload;
        record.source = source;
        record.status = Status::Ready;
        record.system = None;
        record.changed = at;
        events::ready(self, known);
    }

    pub(super) fn insert(
        &mut self,
        id: String,
        doc_type: &'static str,
        business: String,
        number: String,
        document: Value,
        source: Option<Document>,
        at: Timestamp,
    ) {
        self.next_place += 1;
        let place = self.next_place;
        let index = self.records.len();
        self.by_id.insert(id.clone(), index);
        self.by_business.entry(business.clone()).or_default().push(index);
        self.ready.entry(doc_type).or_default().insert(place, index);
        self.records.push(Record {
            id,
            doc_type,
            business,
            number,
            status: Status::Ready,
            system: None,
            acknowledgements: 0,
            confirmation: None,
            confirmations: 0,
            payments: Vec::new(),
            document,
            source,
            place,
            changed: at,
        });
        events::ready(self, index);
    }

    /// Index of the record with this FIS id.
    pub(super) fn index(&self, id: &str) -> Option<usize> {
        self.by_id.get(id).copied()
    }

    /// Ready documents of a type in the order of arrival.
    pub(super) fn ready(&self, doc_type: &str) -> impl Iterator<Item = &Record> {
        self.ready
            .get(doc_type)
            .into_iter()
            .flat_map(|places| places.values())
            .filter_map(|&index| self.records.get(index))
    }

    /// How many documents of a type are ready.
    pub(super) fn ready_count(&self, doc_type: &str) -> usize {
        self.ready.get(doc_type).map_or(0, BTreeMap::len)
    }

    /// The members of a family, first arrival first.
    pub(super) fn family(&self, business: &str) -> impl DoubleEndedIterator<Item = &Record> {
        self.by_business
            .get(business)
            .map(Vec::as_slice)
            .unwrap_or_default()
            .iter()
            .filter_map(|&index| self.records.get(index))
    }

    /// Moves a record to another status and keeps the list of ready documents in step.
    pub(super) fn set_status(&mut self, index: usize, status: Status, at: Timestamp) {
        let Some(record) = self.records.get_mut(index) else { return };
        let ready = self.ready.entry(record.doc_type).or_default();
        if status == Status::Ready {
            ready.insert(record.place, index);
        } else {
            ready.remove(&record.place);
        }
        let before = std::mem::replace(&mut record.status, status);
        record.changed = at;
        events::moved(self, index, &before);
    }

    /// The processor takes a document back; `false` when it was posted or taken back already.
    pub(super) fn recall(&mut self, index: usize, at: Timestamp) -> bool {
        let open = self.records.get(index).is_some_and(|record| {
            matches!(record.status, Status::Ready | Status::Acknowledged | Status::PostedFailure)
        });
        if open {
            self.set_status(index, Status::Recalled, at);
        }
        open
    }

    /// Index by FIS id, or of the last document with this number or this name in the firm's table.
    pub(super) fn named(&self, name: &str) -> Option<usize> {
        let called = |record: &Record| {
            record.number == name || record.source.as_ref().is_some_and(|document| document.id == name)
        };
        self.index(name).or_else(|| self.records.iter().rposition(called))
    }

    /// Hands a recalled report in again with `more` on its last line: a new FIS id, the same report.
    pub(super) fn resubmit(&mut self, index: usize, more: Decimal) -> Result<String, String> {
        let record = self.records.get(index).ok_or("there is no such document")?;
        if record.status != Status::Recalled {
            return Err(format!("{} was not recalled", record.number));
        }
        let mut document = record
            .source
            .clone()
            .ok_or_else(|| format!("{} was given in full: give it again", record.number))?;
        let line = document.lines.last_mut().ok_or("the document has no line")?;
        line.gross += more;
        document.approved += more;
        document.id = format!("{}+", document.id);
        document.processed = self.now;
        let id = self.ids.document(&document);
        self.make_ready(document, self.now);
        Ok(id)
    }
}

/// Takes one from a number of times, if there is one.
pub(super) fn take_one(times: &mut u64) -> bool {
    let left = times.checked_sub(1);
    *times = left.unwrap_or(0);
    left.is_some()
}
