//! The stand-in `quickbooks_desktop`: a PC with QuickBooks, one company file, and the Web Connector that calls us.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::caller::{Caller, Tempo};
use super::desktop::{Desktop, Greeting, Raised};
use super::mishap;
use super::schedule::Schedule;
use super::wire::Wire;
use crate::sandbox::faults::Faults;
use crate::sandbox::quickbooks_desktop::{CompanyFile, QuickBooks, Session};
use crate::sandbox::stand_in::StandIn;

/// The system's name.
pub const NAME: &str = "quickbooks_desktop";

/// What a fault's `operation` may name: the calls of the service, and handing a message set to QuickBooks, where
/// `reset` before or after cuts the update off.
const OPERATIONS: &[&str] = &[
    "serverVersion",
    "clientVersion",
    "authenticate",
    "sendRequestXML",
    "receiveResponseXML",
    "connectionError",
    "getLastError",
    "closeConnection",
    "getInteractiveURL",
    "interactiveRejected",
    super::caller::PROCESS,
];

/// What the firm's administrator arranges on both sides: who comes, from which company file, and where to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolment {
    /// Address of our service.
    pub app_url: String,
    /// The user.
    pub user: String,
    /// The password, made up.
    pub password: String,
    /// Whose private data.
    pub owner_id: String,
    /// Which company file.
    pub file_id: String,
    /// How often it comes, in the Web Connector's own minutes.
    pub minutes: u32,
}

/// QuickBooks and its open session, as the Web Connector holds them.
struct Pc {
    quickbooks: QuickBooks,
    /// The session, and for whom the company file is locked.
    session: Mutex<(Option<Session>, String)>,
}

/// What `AppLock` says while an update runs.
const LOCKED: &str = "LOCKED:FRONT-DESK:638980000000000000";

impl Pc {
    fn session(&self) -> MutexGuard<'_, (Option<Session>, String)> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn raised(from: crate::sandbox::quickbooks_desktop::Raised) -> Raised {
    Raised { hresult: from.hresult.to_owned(), message: from.message }
}

impl Desktop for Pc {
    fn open(&self, path: &str) -> Result<(), Raised> {
        let own = self.quickbooks.path();
        if !path.is_empty() && !path.eq_ignore_ascii_case(&own) {
            return Err(Raised {
                hresult: "0x8004040A".to_owned(),
                message: "A QuickBooks company data file is already open and it is different from the one requested."
                    .to_owned(),
            });
        }
        let session = self.quickbooks.begin().map_err(raised)?;
        self.session().0 = Some(session);
        Ok(())
    }

    fn pair(&self, owner_id: &str, file_id: &str) -> Result<(), String> {
        self.quickbooks
            .stamp(owner_id, file_id)
            .map_err(|e| e.message.trim_start_matches("QBWC1039: ").to_owned())
    }

    fn greeting(&self, owner_id: &str) -> Result<Greeting, Raised> {
        self.quickbooks.lock_for(owner_id, Some(LOCKED));
        owner_id.clone_into(&mut self.session().1);
        Ok(Greeting {
            answer: self.quickbooks.hcp(),
            company_file: self.quickbooks.path(),
            country: self.quickbooks.country().to_owned(),
            version: self.quickbooks.version(),
        })
    }

    fn process(&self, request: &str) -> Result<String, Raised> {
        let session = self.session();
        let Some(open) = session.0.as_ref() else {
            return Err(Raised {
                hresult: "0x8004040D".to_owned(),
                message: "The session ticket is not valid.".to_owned(),
            });
        };
        self.quickbooks.process(open, request).map_err(raised)
    }

    fn close(&self) {
        let (session, owner) = std::mem::take(&mut *self.session());
        if !owner.is_empty() {
            self.quickbooks.lock_for(&owner, None);
        }
        if let Some(session) = session {
            self.quickbooks.end(&session);
        }
    }
}

/// The stand-in.
pub struct QuickBooksDesktop {
    quickbooks: QuickBooks,
    caller: Arc<Caller>,
    enrolment: Enrolment,
    schedule: Mutex<Option<Arc<Schedule>>>,
}

impl QuickBooksDesktop {
    /// A PC with this company file. It comes when [`QuickBooksDesktop::begin`] was called, or when a test says so.
    pub fn new(
        company: CompanyFile,
        enrolment: Enrolment,
        wire: Arc<dyn Wire>,
        faults: Faults,
        tempo: Tempo,
        now: Timestamp,
    ) -> Arc<Self> {
        let quickbooks = QuickBooks::new(company, now);
        let pc = Arc::new(Pc { quickbooks: quickbooks.clone(), session: Mutex::default() });
        let caller = Caller::new(pc, wire, faults, tempo, now);
        Arc::new(Self { quickbooks, caller, enrolment, schedule: Mutex::default() })
    }

    /// QuickBooks.
    pub fn quickbooks(&self) -> &QuickBooks {
        &self.quickbooks
    }

    /// The Web Connector.
    pub fn caller(&self) -> &Arc<Caller> {
        &self.caller
    }

    /// What was arranged.
    pub fn enrolment(&self) -> &Enrolment {
        &self.enrolment
    }

    /// The schedule begins. `on`: whether the PC is; where it is not, it comes back after `returns` of real time.
    pub fn begin(&self, on: bool, returns: Option<Duration>) {
        let schedule = Schedule::begin(self.caller.clone(), on);
        if let (false, Some(wait)) = (on, returns) {
            schedule.return_after(wait);
        }
        *self.schedule() = Some(schedule);
    }

    /// The PC is switched on or off.
    pub fn set_away(&self, away: bool) {
        match self.schedule().as_ref() {
            Some(schedule) => schedule.switch(!away),
            None => self.caller.set_away(away),
        }
    }

    fn schedule(&self) -> MutexGuard<'_, Option<Arc<Schedule>>> {
        self.schedule.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn away(&self, value: &Value) -> Result<(), String> {
        if let Some(away) = value.as_bool() {
            self.set_away(away);
            return Ok(());
        }
        let seconds = value.get("for_seconds").and_then(Value::as_u64);
        let seconds = seconds.ok_or_else(|| format!("switch away does not take {value}"))?;
        self.set_away(true);
        let schedule = self.schedule();
        let schedule = schedule.as_ref().ok_or("nothing comes by itself yet")?;
        schedule.return_after(Duration::from_secs(seconds));
        Ok(())
    }
}

impl StandIn for QuickBooksDesktop {
    fn name(&self) -> &'static str {
        NAME
    }

    /// Nobody can call it.
    fn routers(&self) -> Vec<(String, Router)> {
        Vec::new()
    }

    fn bound(&self, _urls: &[String]) -> Value {
        let one = &self.enrolment;
        json!({
            "base_url": "", "app_url": one.app_url, "user": one.user, "password": one.password,
            "owner_id": one.owner_id, "file_id": one.file_id, "company_file": self.quickbooks.path(),
        })
    }

    fn records(&self) -> Vec<Value> {
        self.quickbooks.records()
    }

    /// SOAP calls and `round_trips`, and what QuickBooks was asked.
    fn calls(&self) -> BTreeMap<String, u64> {
        let mut calls = self.quickbooks.calls();
        calls.extend(self.caller.calls());
        calls
    }

    fn operations(&self) -> &'static [&'static str] {
        OPERATIONS
    }

    /// `away`: `true`, `false` or `{"for_seconds": n}`; `application`: `{"qwc": text, "password": text}`, added at the
    /// next update; `password`: a text, or null for none; `die`, `receive`, `ticket` and `time_out` as
    /// [`super::Mishap`] names them; everything else is QuickBooks' own.
    fn switch(&self, name: &str, value: &Value) -> Result<(), String> {
        let refuse = || format!("switch {name} does not take {value}");
        match name {
            "away" => self.away(value),
            "application" => {
                let text = |key: &str| value.get(key).and_then(Value::as_str).ok_or_else(refuse);
                self.caller.add_later(text("qwc")?, text("password")?);
                Ok(())
            }
            "password" => {
                let password = match value {
                    Value::Null => None,
                    Value::String(password) => Some(password.clone()),
                    _ => return Err(refuse()),
                };
                self.caller.store_password(password);
                Ok(())
            }
            _ if mishap::SWITCHES.contains(&name) => {
                match mishap::of_switch(name, value)? {
                    Some((mishap, pass)) => self.caller.arm(mishap, pass),
                    None => self.caller.disarm(),
                }
                Ok(())
            }
            _ => self.quickbooks.switch(name, value),
        }
    }

    fn set_clock(&self, now: Timestamp) {
        self.quickbooks.set_clock(now);
        self.caller.set_clock(now);
    }

    fn reset(&self) {
        self.quickbooks.reset();
        self.caller.reset(self.caller.now());
    }

    /// The Web Connector's log, whether its PC is on, why the last set was refused as a whole, and what stands in the
    /// company file of somebody else.
    fn more_records(&self) -> Value {
        json!({
            "log": self.caller.log(), "away": self.caller.is_away(),
            "refused": self.quickbooks.why_refused(), "strange": self.quickbooks.strange_records(),
        })
    }
}
