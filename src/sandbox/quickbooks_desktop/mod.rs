//! Stand-in of QuickBooks Desktop with one company file: what the Web Connector talks to on the Windows machine.
//!
//! It is built from the contract of QuickBooks Desktop alone (sections 3 to 8 and 10) and shares no code with the
//! client. A request comes in as the text of one qbXML message set; the answer is the text of the response or an
//! HRESULT, as the request processor gives it.

pub mod company;
pub mod fq_tax;
mod texts;
pub mod xml;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde_json::Value;

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

struct State {
    seed: CompanyFile,
    now: Timestamp,
    calls: BTreeMap<String, u64>,
}

impl QuickBooks {
    /// Opens a company file.
    pub fn new(company: CompanyFile, now: Timestamp) -> Self {
        Self { state: Arc::new(Mutex::new(State { seed: company, now, calls: BTreeMap::new() })) }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The answer to the host, company and preferences queries that the Web Connector sends first (contract, 3).
    pub fn hcp(&self) -> String {
        String::new()
    }

    /// The path of the company file that is open.
    pub fn path(&self) -> String {
        self.lock().seed.path.clone()
    }

    /// The edition's country.
    pub fn country(&self) -> &'static str {
        "US"
    }

    /// The highest version of qbXML, as `qbXMLMajorVers` and `qbXMLMinorVers` tell it.
    pub fn version(&self) -> (u32, u32) {
        self.lock().seed.qbxml
    }

    /// BeginSession of an application named `tieout`; [`QuickBooks::begin_as`] for another.
    pub fn begin(&self) -> Result<Session, Raised> {
        self.begin_as("tieout")
    }

    /// BeginSession. An earlier session ends, its iterators with it. Errors as the contract's section 5.3 says.
    pub fn begin_as(&self, application: &str) -> Result<Session, Raised> {
        Ok(Session { id: 0, application: application.to_owned() })
    }

    /// EndSession: iterators end with it.
    pub fn end(&self, session: Session) {
        drop(session);
    }

    /// ProcessRequest: the response text, or what QuickBooks raised.
    pub fn process(&self, _session: &Session, _request: &str) -> Result<String, Raised> {
        Err(texts::unparsable())
    }

    /// The `.qwc` file was added: stamps its FileID into the company as private data of the owner. A FileID that is
    /// stamped already is refused with `QBWC1039` (contract, 2).
    pub fn stamp(&self, _owner: &str, _file_id: &str) -> Result<(), Raised> {
        Ok(())
    }

    /// Every transaction of the company file as it would be answered, with `kind`, oldest first.
    pub fn records(&self) -> Vec<Value> {
        Vec::new()
    }

    /// How many requests of each kind came in, sets under `ProcessRequest`, sessions under `BeginSession`.
    pub fn calls(&self) -> BTreeMap<String, u64> {
        self.lock().calls.clone()
    }

    /// Sets a switch; the names and their values are in [`switches`](self). An unknown one is an error sentence.
    pub fn switch(&self, name: &str, _value: &Value) -> Result<(), String> {
        Err(format!("there is no switch {name}"))
    }

    /// Moves the clock.
    pub fn set_clock(&self, now: Timestamp) {
        self.lock().now = now;
    }

    /// Back to the start: lists and transactions of the seed, no switch set. Stamps stay.
    pub fn reset(&self) {
        self.lock().calls.clear();
    }
}
