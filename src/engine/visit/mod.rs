//! Visits of a ledger that calls us (QuickBooks Desktop): what the room `inbound` asks of the engine, call by call.
//!
//! A visit is driven by a task of its own while this process holds the engine: who answers is checked, doubts are
//! settled, lists that are due are read, what was wanted is read, what is approved goes out, one set at a time, and what
//! the ledger remembers of the last one is cleared (contract 9.4). The same operations of the store are used as for
//! ledgers that are called; the exchange is a [`crate::transport::mailbox::Mailbox`].

mod brought;
mod driver;
mod file;
mod greet;
mod notes;
pub mod password;
mod state;
#[cfg(test)]
mod tests;
pub mod ticket;
mod waiting;

pub(crate) use notes::{caller as caller_name, calls_us};
pub use state::{Hold, Holding, Visiting};

use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;

use crate::engine::EngineError;
use crate::engine::core::Core;
use crate::store::failpoint::{self, FailPoint};
use crate::store::{ConnectionRow, Health};
use crate::systems::Greeting;
use crate::transport::mailbox::{Mailbox, Next};
use crate::transport::{NetError, Reply};

/// The vault's field of what the caller's password is compared with: salt and hash, never the password.
pub const CALLER_PASSWORD: &str = "web_connector_password";

/// How long the first call of a visit waits for the first request.
const FIRST: Duration = Duration::from_secs(3);
/// How long a driver whose visit is over is waited for before the next one begins.
const LAST_STEP: Duration = Duration::from_secs(10);

/// Who may come under a user name.
pub struct Caller {
    /// The connection.
    pub row: ConnectionRow,
    /// What the password is compared with, as [`CALLER_PASSWORD`] holds it; none: nobody may come.
    pub password: Option<SecretString>,
}

/// What became of somebody who came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Admission {
    /// There is nothing to do.
    Nothing,
    /// There is work: the visit has this number.
    Work(u64),
    /// Another visit is open and was heard of a moment ago.
    Busy,
}

/// What a visitor does next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Take this message set to QuickBooks.
    Ask(Vec<u8>),
    /// The engine still works: come again in a moment.
    Wait,
    /// Nothing is left.
    Done,
    /// The visit is over; the sentence says why, for the person at that machine.
    Stop(String),
}

/// What a visitor brings back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brought {
    /// The ledger's answer; empty where it raised an error.
    pub answer: Vec<u8>,
    /// The error's number, as it came; empty: none.
    pub hresult: String,
    /// The error's text.
    pub message: String,
}

impl Brought {
    /// As a client reads it: an error has headers and no body.
    fn reply(&self) -> Reply {
        if self.hresult.is_empty() {
            return Reply { status: 200, headers: Vec::new(), body: self.answer.clone() };
        }
        let headers =
            vec![("hresult".into(), self.hresult.clone()), ("message".into(), self.message.clone())];
        Reply { status: 200, headers, body: Vec::new() }
    }
}

impl Core {
    /// Who may come under this user name, among the connections whose systems call us.
    pub async fn caller(&self, user: &str) -> Result<Option<Caller>, EngineError> {
        for row in self.store.connections().await? {
            let named = row.settings.get("user").and_then(|v| v.as_str()) == Some(user);
            if calls_us(&row) && named {
                let password = self.wires.secret(&row.id, CALLER_PASSWORD).await?;
                return Ok(Some(Caller { row, password }));
            }
        }
        Ok(None)
    }

    /// Whose ticket this is ([`ticket`]), among the connections whose systems call us; none: it is not ours.
    pub async fn whose(&self, ticket: &str) -> Result<Option<ConnectionRow>, EngineError> {
        if !ticket::looks_like_one(ticket) {
            return Ok(None);
        }
        for row in self.store.connections().await?.into_iter().filter(calls_us) {
            let stored = self.wires.secret(&row.id, CALLER_PASSWORD).await?;
            if stored.is_some_and(|s| ticket::is_of(ticket, &s, &row.id)) {
                return Ok(Some(row));
            }
        }
        Ok(None)
    }

    /// Somebody came whose password was right (`authenticate`): noted, and told whether there is work. `connector`: the
    /// caller's own version, where it said so. A visit that was open and silent is over with it.
    pub async fn arrived(
        self: &Arc<Self>,
        row: &ConnectionRow,
        connector: &str,
    ) -> Result<Admission, EngineError> {
        let row = self.connection(&row.id).await?;
        let now = self.now();
        let mut note = self.visit_note(&row.id).await?;
        notes::came(&row, &mut note, connector, now);
        self.store.put_visit(row.id.clone(), note.clone(), now).await?;
        self.store.put_contact(row.id.clone(), now).await?;
        // that it comes says nothing about whether QuickBooks can be opened there
        if row.health == Health::Offline && note.trouble.is_empty() {
            self.store.set_health(row.id.clone(), Health::Ok, String::new(), now).await?;
        }
        self.explain(&row).await?;
        self.touch();
        let (Some(hold), Some(mailbox)) = (self.visiting.hold(), self.wires.mailbox(&row.id)) else {
            return Ok(Admission::Nothing);
        };
        if let Some(open) = mailbox.visit() {
            if self.visiting.lately(&row.id, open) {
                return Ok(Admission::Busy);
            }
            mailbox.close(open, "a new visit began before the answer came");
        }
        // its driver records what became of its last call before anything of the new visit can go out
        if !self.visiting.ended(&row.id, LAST_STEP).await {
            return Ok(Admission::Busy);
        }
        if !self.has_work(&row, hold, &note).await? {
            self.explain(&row).await?;
            return Ok(Admission::Nothing);
        }
        let visit = mailbox.open();
        self.visiting.begin(&row.id, visit);
        Ok(Admission::Work(visit))
    }

    /// The first call of a visit brings who answers; the work begins. Waits a moment for the first request.
    pub async fn greeted(self: &Arc<Self>, row: &ConnectionRow, visit: u64, greeting: Greeting) -> Step {
        self.visiting.heard_of(&row.id, visit);
        match self.welcome(row, visit, &greeting).await {
            Ok(()) => self.next_step(row, visit, FIRST).await,
            Err(why) => {
                self.visiting.stop(&row.id, visit, &why);
                // nothing that waits may go out to this company
                if let Some(mailbox) = self.wires.mailbox(&row.id) {
                    mailbox.close(visit, &why);
                }
                Step::Stop(why)
            }
        }
    }

    /// The visitor asks for the next message set; waits for it at most that long.
    pub async fn next_step(&self, row: &ConnectionRow, visit: u64, within: Duration) -> Step {
        self.visiting.heard_of(&row.id, visit);
        if let Some(why) = self.visiting.why_stopped(&row.id, visit) {
            return Step::Stop(why);
        }
        let Some(mailbox) = self.wires.mailbox(&row.id) else { return Step::Done };
        if mailbox.is_out(visit) {
            // the answer to the last one got lost on its way (contract 6.2, step 4)
            let reason = "the next set was asked for before the answer to this one came".to_string();
            mailbox.deliver(visit, Err(NetError::MaybeSent { reason, timed_out: false }));
        }
        match mailbox.next(visit, within).await {
            Next::Request(request) => {
                failpoint::hit(FailPoint::BeforeHandOut);
                let step = Step::Ask(request.body);
                failpoint::hit(FailPoint::AfterHandOut);
                step
            }
            Next::Nothing => Step::Wait,
            Next::Finished => match self.visiting.why_stopped(&row.id, visit) {
                Some(why) => Step::Stop(why),
                None => Step::Done,
            },
            Next::Closed => {
                Step::Stop(self.visiting.why_stopped(&row.id, visit).unwrap_or_else(|| {
                    "this update was ended before it was complete: run it again".to_string()
                }))
            }
        }
    }

    /// QuickBooks could not be opened (`connectionError`), as the caller's message says: the connection's reason.
    pub async fn could_not_open(&self, row: &ConnectionRow, visit: u64, why: String) {
        self.visiting.stop(&row.id, visit, &why);
        if let Err(error) = self.note_trouble(row, &why, Health::Offline).await {
            tracing::error!(connection = %row.id, %error, "why QuickBooks could not be opened was not kept");
        }
        if let Some(mailbox) = self.wires.mailbox(&row.id) {
            mailbox.close(visit, &why);
        }
        self.touch();
        self.wake.notify_one();
    }

    /// The visit is over: closed by the caller, superseded or expired. What was out is a doubt. Gives the sentence for its
    /// status column: `tieout: 12 posted, 1 needs attention`.
    pub async fn left(&self, row: &ConnectionRow, visit: u64, why: &str) -> String {
        let mailbox: Option<Arc<Mailbox>> = self.wires.mailbox(&row.id);
        if let Some(mailbox) = mailbox.filter(|m| m.visit() == Some(visit)) {
            mailbox.close(visit, why);
            if !self.visiting.ended(&row.id, LAST_STEP).await {
                tracing::warn!(connection = %row.id, "a visit goes on after its end");
            }
            if let Err(error) = self.explain(row).await {
                tracing::error!(connection = %row.id, %error, "the last visit could not be read");
            }
        }
        self.touch();
        self.wake.notify_one();
        let (posted, attention) = self.visiting.counts(&row.id, visit);
        let stopped = self.visiting.why_stopped(&row.id, visit).map(|w| format!("; {w}")).unwrap_or_default();
        let needs = if attention == 1 { "needs" } else { "need" };
        match attention {
            0 => format!("tieout: {posted} posted{stopped}"),
            n => format!("tieout: {posted} posted, {n} {needs} attention{stopped}"),
        }
    }

    /// Why a visit ended early, for `getLastError`; none: it is still waiting for us.
    pub fn why_stopped(&self, row: &ConnectionRow, visit: u64) -> Option<String> {
        self.visiting.why_stopped(&row.id, visit)
    }
}
