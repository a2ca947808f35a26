//! Visits of a ledger that calls us (QuickBooks Desktop): what the room `inbound` asks of the engine, call by call.
//!
//! A visit is driven by a task of its own while this process holds the engine: who answers is checked, doubts are
//! settled, lists that are due are read, what was wanted is read, what is approved goes out, one set at a time, and what
//! the ledger remembers of the last one is cleared (contract 9.4). The same operations of the store are used as for
//! ledgers that are called; the exchange is a [`crate::transport::mailbox::Mailbox`].

pub mod password;

use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;

use crate::engine::EngineError;
use crate::engine::core::Core;
use crate::store::ConnectionRow;
use crate::systems::Greeting;

/// The vault's field of what the caller's password is compared with: salt and hash, never the password.
pub const CALLER_PASSWORD: &str = "web_connector_password";

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

impl Core {
    /// Who may come under this user name, among the connections whose systems call us.
    pub async fn caller(&self, user: &str) -> Result<Option<Caller>, EngineError> {
        for row in self.store.connections().await? {
            let calls = crate::systems::registry::named(&row.system).is_some_and(|e| e.calls_us());
            let named = row.settings.get("user").and_then(|v| v.as_str()) == Some(user);
            if calls && named {
                let password = self.wires.secret(&row.id, CALLER_PASSWORD).await?;
                return Ok(Some(Caller { row, password }));
            }
        }
        Ok(None)
    }

    /// Somebody came whose password was right (`authenticate`): noted, and told whether there is work. `connector`: the
    /// caller's own version, where it said so.
    pub async fn arrived(
        self: &Arc<Self>,
        row: &ConnectionRow,
        connector: &str,
    ) -> Result<Admission, EngineError> {
        let _ = (row, connector);
        Ok(Admission::Nothing)
    }

    /// The first call of a visit brings who answers; the work begins.
    pub async fn greeted(self: &Arc<Self>, row: &ConnectionRow, visit: u64, greeting: Greeting) -> Step {
        let _ = (row, visit, greeting);
        Step::Done
    }

    /// The visitor asks for the next message set; waits for it at most that long.
    pub async fn next_step(&self, row: &ConnectionRow, visit: u64, within: Duration) -> Step {
        let _ = (row, visit, within);
        Step::Done
    }

    /// The visitor brings an answer. Everything that follows from it is durable when this returns; the percentage that
    /// is done (100: nothing is left), or the sentence with which the visit ends. Bringing it twice changes nothing.
    pub async fn brought(
        &self,
        row: &ConnectionRow,
        visit: u64,
        brought: Brought,
        within: Duration,
    ) -> Result<u8, String> {
        let _ = (row, visit, brought, within);
        Ok(100)
    }

    /// An answer without an open visit: of an expired ticket, or after a restart. What it proves is recorded.
    pub async fn brought_late(&self, brought: Brought) -> Result<(), EngineError> {
        let _ = brought;
        Ok(())
    }

    /// QuickBooks could not be opened (`connectionError`), as the caller's message says: the connection's reason.
    pub async fn could_not_open(&self, row: &ConnectionRow, visit: u64, why: String) {
        let _ = (row, visit, why);
    }

    /// The visit is over: closed by the caller, superseded or expired. Gives the sentence for its status column:
    /// `tieout: 12 posted, 1 needs attention`.
    pub async fn left(&self, row: &ConnectionRow, visit: u64, why: &str) -> String {
        let _ = (row, visit, why);
        String::new()
    }

    /// Why a visit ended early, for `getLastError`; none: it is still waiting for us.
    pub fn why_stopped(&self, row: &ConnectionRow, visit: u64) -> Option<String> {
        let _ = (row, visit);
        None
    }
}
