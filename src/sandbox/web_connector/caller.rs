//! One Web Connector with one application: what it was told, what it remembers, and its updates.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::Response;
use jiff::Timestamp;

use super::application::{Application, NotAdded};
use super::desktop::Desktop;
use super::envelope::Operation;
use super::log::LogLine;
use super::mishap::{Armed, Mishap};
use super::stand_in::NAME;
use super::visit::{End, Report, Visit};
use super::wire::{Got, Sent, Wire};
use crate::sandbox::faults::{Faults, What, When};

/// Lines of the log that are kept.
const KEPT: usize = 2_000;
/// The Web Connector's own version.
pub const VERSION: &str = "34.0.10007.97";

/// How fast its time goes.
#[derive(Debug, Clone, Copy)]
pub struct Tempo {
    /// What one of its seconds takes: of the pause of `NoOp`, of postponements and of the schedule.
    pub second: Duration,
    /// Pauses of `NoOp` in a row after which the update is given up.
    pub pauses: u32,
}

impl Default for Tempo {
    fn default() -> Self {
        Self { second: Duration::from_secs(1), pauses: 10_000 }
    }
}

impl Tempo {
    /// Real time of so many of its seconds.
    pub fn scaled(&self, own: Duration) -> Duration {
        self.second.saturating_mul(u32::try_from(own.as_secs()).unwrap_or(u32::MAX))
    }
}

/// A `receiveResponseXML` that is yet to come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Brought {
    pub ticket: String,
    pub response: String,
    pub hresult: String,
    pub message: String,
}

#[derive(Default)]
struct State {
    application: Option<Application>,
    /// A file that is added at the next update, and its password.
    wanted: Option<(String, String)>,
    password: Option<String>,
    away: bool,
    armed: Armed,
    late: Option<Brought>,
    ticket: String,
    log: Vec<LogLine>,
    calls: BTreeMap<String, u64>,
    now: Timestamp,
}

/// A Web Connector.
pub struct Caller {
    pub(super) desktop: Arc<dyn Desktop>,
    wire: Arc<dyn Wire>,
    faults: Faults,
    tempo: Tempo,
    state: Mutex<State>,
    running: tokio::sync::Mutex<()>,
}

impl Caller {
    /// On a PC with this QuickBooks, with this way to the service and these faults.
    pub fn new(
        desktop: Arc<dyn Desktop>,
        wire: Arc<dyn Wire>,
        faults: Faults,
        tempo: Tempo,
        now: Timestamp,
    ) -> Arc<Self> {
        let state = Mutex::new(State { now, ..State::default() });
        Arc::new(Self { desktop, wire, faults, tempo, state, running: tokio::sync::Mutex::default() })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How fast its time goes.
    pub fn tempo(&self) -> Tempo {
        self.tempo
    }

    /// Adds an application and stores its password: the file keeps the rules, its support page answers, and the
    /// company file takes its FileID.
    ///
    /// # Errors
    /// The Web Connector's number and text, which also stand in the log.
    pub async fn add(&self, qwc: &str, password: &str) -> Result<(), NotAdded> {
        let added = self.try_to_add(qwc, password).await;
        if let Err(not) = &added {
            self.keep(LogLine::new(self.now(), not.code, &not.text));
        }
        added
    }

    async fn try_to_add(&self, qwc: &str, password: &str) -> Result<(), NotAdded> {
        let application = Application::read(qwc)?;
        let not = |code, text: String| NotAdded { code: Some(code), text };
        match self.wire.get(application.support.clone()).await {
            Ok(200 | 202) => {}
            Ok(status) => return Err(not(1004, format!("AppSupport answers {status}"))),
            Err(error) => return Err(not(1003, format!("AppSupport cannot be reached: {error}"))),
        }
        self.desktop.pair(&application.owner_id, &application.file_id).map_err(|e| not(1039, e))?;
        let mut state = self.state();
        state.application = Some(application);
        state.password = Some(password.to_owned());
        Ok(())
    }

    /// Adds an application at the next update.
    pub fn add_later(&self, qwc: &str, password: &str) {
        self.state().wanted = Some((qwc.to_owned(), password.to_owned()));
    }

    /// Stores another password; none: nobody typed one.
    pub fn store_password(&self, password: Option<String>) {
        self.state().password = password;
    }

    /// The application, where one was added.
    pub fn application(&self) -> Option<Application> {
        self.state().application.clone()
    }

    /// The PC is switched off, or on again. An update that runs ends in the middle.
    pub fn set_away(&self, away: bool) {
        self.state().away = away;
    }

    /// Whether the PC is switched off.
    pub fn is_away(&self) -> bool {
        self.state().away
    }

    /// Arms a mishap that lets `pass` chances go by first.
    pub fn arm(&self, mishap: Mishap, pass: u32) {
        self.state().armed.arm(mishap, pass);
    }

    /// Disarms all mishaps.
    pub fn disarm(&self) {
        self.state().armed.clear();
    }

    /// One update, as when somebody presses the button. The lines of the log that it wrote.
    pub async fn update(&self) -> Vec<LogLine> {
        self.visit().await.lines
    }

    /// One update: how it ended, and its lines of the log.
    pub async fn visit(&self) -> Report {
        // the update lock: one application at a time on a PC (contract, section 1)
        let _one = self.running.lock().await;
        let wanted = self.state().wanted.take();
        if let Some((qwc, password)) = wanted
            && let Err(not) = self.add(&qwc, &password).await
        {
            let line = LogLine::new(self.now(), not.code, &not.text);
            return Report { end: End::Failed, lines: vec![line], postponed: None, at_least: None };
        }
        let given = self.state().application.clone();
        match given {
            Some(application) => Visit::of(self, application).run_once().await,
            None => Report { end: End::Nothing, lines: Vec::new(), postponed: None, at_least: None },
        }
    }

    /// The whole log that is kept, the oldest line first.
    pub fn log(&self) -> Vec<LogLine> {
        self.state().log.clone()
    }

    /// SOAP calls by kind, and `round_trips`: message sets that QuickBooks was given.
    pub fn calls(&self) -> BTreeMap<String, u64> {
        self.state().calls.clone()
    }

    /// Forgets calls, log, mishaps and what was to come late; the application stays.
    pub fn reset(&self, now: Timestamp) {
        let mut state = self.state();
        let (application, password) = (state.application.take(), state.password.take());
        *state = State { application, password, now, ..State::default() };
    }

    /// Moves its clock.
    pub fn set_clock(&self, now: Timestamp) {
        self.state().now = now;
    }

    /// Its clock.
    pub fn now(&self) -> Timestamp {
        self.state().now
    }

    pub(super) fn keep(&self, line: LogLine) {
        let mut state = self.state();
        if state.log.len() == KEPT {
            state.log.remove(0);
        }
        state.log.push(line);
    }

    pub(super) fn count(&self, what: &str) {
        *self.state().calls.entry(what.to_owned()).or_default() += 1;
    }

    pub(super) fn strikes(&self, mishap: Mishap) -> bool {
        self.state().armed.strikes(mishap)
    }

    /// Whether the fault plan cuts a message set off before or after QuickBooks had it.
    pub(super) fn cut_at_process(&self, when: When) -> bool {
        self.faults.fires(NAME, PROCESS, What::Reset, when).is_some()
            || (when == When::After && self.faults.fires(NAME, PROCESS, What::DropReply, when).is_some())
    }

    pub(super) fn password(&self) -> Option<String> {
        self.state().password.clone()
    }

    pub(super) fn last_ticket(&self) -> String {
        self.state().ticket.clone()
    }

    pub(super) fn signed_in(&self, ticket: &str) {
        ticket.clone_into(&mut self.state().ticket);
    }

    pub(super) fn bring_later(&self, brought: Brought) {
        self.state().late = Some(brought);
    }

    pub(super) fn late(&self) -> Option<Brought> {
        self.state().late.take()
    }

    /// Carries a call, with the fault plan around it.
    pub(super) async fn post(&self, url: &str, operation: Operation, body: String) -> Result<Got, String> {
        let sent = Sent { url: url.to_owned(), operation, body };
        let failure = Mutex::new(None);
        let handle = async {
            match self.wire.post(sent).await {
                Ok(got) => response(got),
                Err(error) => {
                    *failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                    Response::new(Body::empty())
                }
            }
        };
        let answer = self.faults.apply(NAME, operation.name(), handle).await;
        if let Some(error) = failure.into_inner().unwrap_or_else(PoisonError::into_inner) {
            return Err(error);
        }
        let status = answer.status().as_u16();
        let kind = answer.headers().get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let content_type = kind.to_owned();
        let body = to_bytes(answer.into_body(), usize::MAX)
            .await
            .map_err(|_| {
                "The underlying connection was closed: An unexpected error occurred on a receive.".to_owned()
            })?
            .to_vec();
        Ok(Got { status, content_type, body })
    }
}

/// The name in the fault plan of handing a message set to QuickBooks.
pub(super) const PROCESS: &str = "ProcessRequest";

fn response(got: Got) -> Response {
    let mut response = Response::new(Body::from(got.body));
    *response.status_mut() = StatusCode::from_u16(got.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if let Ok(kind) = got.content_type.parse() {
        response.headers_mut().insert(CONTENT_TYPE, kind);
    }
    response
}
