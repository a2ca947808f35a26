//! Stand-in of QuickBooks Desktop with one company file: what the Web Connector talks to on the Windows machine.
//!
//! It is built from the contract of QuickBooks Desktop alone (sections 3 to 8 and 10) and shares no code with the
//! client. A request comes in as the text of one qbXML message set; the answer is the text of the response or an
//! HRESULT, as the request processor gives it.

mod books;
pub mod company;
pub mod fq_tax;
mod happenings;
mod hcp;
mod iterators;
mod journal;
mod list_queries;
mod list_ret;
mod lists;
mod message_sets;
mod overview;
mod process;
mod refs;
mod removal;
mod ret;
mod spending;
mod state;
pub mod switches;
#[cfg(test)]
mod tests;
mod texts;
mod time;
mod transactions;
mod truth;
mod txn_queries;
mod txn_ret;
mod validate;
mod vendors;
mod volume;
mod xml;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde_json::Value;

use books::Stamp;
use state::State;

pub use company::CompanyFile;

/// An error that QuickBooks raises in place of an answer (contract, 5.3).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{hresult}: {message}")]
pub struct Raised {
    /// The code, as `0x80040400`. Empty when QuickBooks took its caller down with it: nothing is delivered at all.
    pub hresult: &'static str,
    /// The sentence that comes with it.
    pub message: String,
}

/// A session of one application with the company file, as BeginSession opens it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    id: u64,
    application: String,
}

/// A QuickBooks program with one company file. Copies share it.
#[derive(Clone)]
pub struct QuickBooks {
    state: Arc<Mutex<State>>,
}

impl QuickBooks {
    /// Opens a company file.
    pub fn new(company: CompanyFile, now: Timestamp) -> Self {
        Self { state: Arc::new(Mutex::new(State::new(company, now))) }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The answer to the host, company and preferences queries that the Web Connector sends first (contract, 3).
    pub fn hcp(&self) -> String {
        let state = self.lock();
        hcp::first(&state.open.books, &state.switches)
    }

    /// The path of the company file that is open.
    pub fn path(&self) -> String {
        self.lock().open.books.file.path.clone()
    }

    /// The edition's country.
    pub fn country(&self) -> &'static str {
        "US"
    }

    /// The highest version of qbXML, as `qbXMLMajorVers` and `qbXMLMinorVers` tell it.
    pub fn version(&self) -> (u32, u32) {
        let state = self.lock();
        let numbers = |text: &String| {
            let (major, minor) = text.split_once('.')?;
            Some((major.parse().ok()?, minor.parse().ok()?))
        };
        hcp::versions(&state.open.books, &state.switches).iter().filter_map(numbers).max().unwrap_or((0, 0))
    }

    /// BeginSession of an application named `tieout`; [`QuickBooks::begin_as`] for another.
    pub fn begin(&self) -> Result<Session, Raised> {
        self.begin_as("tieout")
    }

    /// BeginSession. An earlier session ends, its iterators with it. Errors as the contract's section 5.3 says.
    pub fn begin_as(&self, application: &str) -> Result<Session, Raised> {
        self.lock().begin(application)
    }

    /// EndSession: iterators end with it. A session that is over already is let be.
    pub fn end(&self, session: &Session) {
        let mut state = self.lock();
        if state.alive(session) {
            state.end();
        }
    }

    /// ProcessRequest: the response text, or what QuickBooks raised.
    pub fn process(&self, session: &Session, request: &str) -> Result<String, Raised> {
        process::process(&mut self.lock(), session, request)
    }

    /// Why the last set was refused with 0x80040400, for the messages of tests; QuickBooks itself never tells.
    pub fn why_refused(&self) -> Option<String> {
        self.lock().refused.clone()
    }

    /// The `.qwc` file was added: stamps its FileID into the file that is open, as private data of the owner. An owner
    /// that has one already is refused with `QBWC1039` (contract, 2).
    pub fn stamp(&self, owner: &str, file_id: &str) -> Result<(), Raised> {
        self.lock().stamp(owner, file_id)
    }

    /// The Web Connector's lock while a session runs, told as `AppLock` of the owner; none takes it away.
    pub fn lock_for(&self, owner: &str, value: Option<&str>) {
        let stamps = &mut self.lock().open.books.stamps;
        stamps.retain(|stamp| stamp.name != "AppLock" || !stamp.owner.eq_ignore_ascii_case(owner));
        stamps.extend(value.map(|value| Stamp {
            owner: owner.to_owned(),
            name: "AppLock",
            value: value.to_owned(),
        }));
    }

    /// Every transaction of the own company file as it would be answered, with `kind`, oldest first.
    pub fn records(&self) -> Vec<Value> {
        truth::transactions(self.lock().own())
    }

    /// Every transaction of the other company while the switch `other_company` is on: nothing of ours may be there.
    pub fn strange_records(&self) -> Vec<Value> {
        let state = self.lock();
        if state.aside.is_some() { truth::transactions(&state.open.books) } else { Vec::new() }
    }

    /// Every element of a list of the own company file, `Vendor` for instance; an unknown list is empty.
    pub fn list(&self, name: &str) -> Vec<Value> {
        lists::ListKind::of(name).map(|kind| truth::list(self.lock().own(), kind)).unwrap_or_default()
    }

    /// Ids of the message sets whose outcome the own company file keeps for an application.
    pub fn remembered(&self, application: &str) -> Vec<String> {
        self.lock().own().memory.ids(application)
    }

    /// How many requests of each kind came in, sets under `ProcessRequest`, sessions under `BeginSession`.
    pub fn calls(&self) -> BTreeMap<String, u64> {
        self.lock().calls.clone()
    }

    /// Sets a switch; names and values are listed in [`switches`]. An unknown one is an error sentence.
    pub fn switch(&self, name: &str, value: &Value) -> Result<(), String> {
        happenings::switch(&mut self.lock(), name, value)
    }

    /// Moves the clock.
    pub fn set_clock(&self, now: Timestamp) {
        let mut state = self.lock();
        state.open.books.now = now;
        if let Some(own) = &mut state.aside {
            own.now = now;
        }
    }

    /// Back to the start: lists and transactions of the seed, no switch set, no call counted. The application stays
    /// registered: its private fields stay.
    pub fn reset(&self) {
        self.lock().reset();
    }
}
