//! Arriving: who comes, whether the password is right, whether there is work, and one visit of a connection at a time
//! (contract 1.3, 9.1 and 9.8).

use std::net::IpAddr;
use std::sync::Arc;

use secrecy::SecretString;
use tokio::sync::oneshot;

use crate::engine::visit::{Admission, Caller, password};
use crate::inbound::web_connector::envelope::{Fault, Outcome};
use crate::inbound::web_connector::operations::{Answer, STEP, heard, trouble};
use crate::inbound::web_connector::service::{NAME, Service};
use crate::inbound::web_connector::tickets::{Found, Session};
use crate::inbound::web_connector::visited::Visited;
use crate::model::text::harmless;

impl<V: Visited> Service<V> {
    /// Who comes, whether the password is right, and whether there is work.
    pub async fn authenticate(self: &Arc<Self>, peer: IpAddr, user: String, typed: SecretString) -> Answer {
        let said = |ticket: &str, word: &str| Ok(Outcome::Texts(vec![ticket.into(), word.into()]));
        let found = match tokio::time::timeout(STEP, self.visited.caller(&user)).await {
            Ok(Ok(found)) => found,
            Ok(Err(error)) => {
                tracing::error!(%error, "who calls could not be looked up");
                return trouble("tieout cannot look up who calls: its log says more");
            }
            Err(_) => return trouble("tieout cannot look up who calls just now: run the update again"),
        };
        let (now, id) = (self.now(), found.as_ref().map(|c| c.row.id.clone()));
        if !self.guard.open(peer, id.as_ref(), now) {
            self.refusals.count(NAME, "too many wrong passwords", peer);
            return said("", "nvu");
        }
        // compared for users that do not exist, too
        let stored = found.as_ref().and_then(|c| c.password.as_ref());
        let fits = password::fits(stored, &typed);
        let Some(caller) = found.filter(|_| fits) else {
            self.guard.wrong(peer, id.as_ref(), now);
            self.refusals.count(NAME, "a wrong user or password", peer);
            return said("", "nvu");
        };
        let connector = self.versions.of(peer);
        let (back, waiting) = oneshot::channel();
        let service = self.clone();
        tokio::spawn(async move {
            let admission = match service.admit(&caller, &connector).await {
                Ok((admission, ticket)) => {
                    let file = service.visited.company_file(&caller.row).await.unwrap_or_else(|error| {
                        tracing::error!(%error, "the path of the company file could not be looked up");
                        String::new()
                    });
                    Ok((admission, ticket, file))
                }
                Err(fault) => Err(fault),
            };
            if let Err(Ok((Admission::Work(visit), ticket, _))) = back.send(admission) {
                // nobody heard the ticket
                if let Found::Open(session) | Found::Over(session) =
                    service.tickets.find(&ticket, service.now())
                {
                    session.end(service.now());
                }
                service.visited.left(&caller.row, visit, "the Web Connector did not wait").await;
            }
        });
        let Ok(admission) = heard(waiting).await else {
            // the visit before this one still ends
            return said("", "busy");
        };
        match admission? {
            (Admission::Nothing, ..) => said("", "none"),
            (Admission::Busy, ..) => said("", "busy"),
            // the file that was served last, so that it is opened though nobody has; "": the one that is open. Which one it
            // is, is checked before anything is written
            (Admission::Work(_), ticket, file) => said(&ticket, &file),
        }
    }

    /// One visit of a connection at a time (contract 9.8).
    async fn admit(&self, caller: &Caller, connector: &str) -> Result<(Admission, String), Fault> {
        let row = &caller.row;
        let _one = self.admission.lock().await;
        let now = self.now();
        let open = self.tickets.of(&row.id);
        if open.iter().any(|s| s.is_busy(now)) {
            return Ok((Admission::Busy, String::new()));
        }
        for old in open {
            self.end(&old, "another update began before this one ended").await;
        }
        let admission = match self.visited.arrived(row, connector).await {
            Ok(admission) => admission,
            Err(error) => {
                tracing::error!(%error, connection = %row.id, "whether there is work could not be found out");
                return trouble("tieout cannot find out whether there is work: its log says more");
            }
        };
        let Admission::Work(visit) = admission else { return Ok((admission, String::new())) };
        // whoever has no password was not let in
        let stored = caller.password.clone().unwrap_or_default();
        match self.tickets.issue(row.clone(), &stored, visit, now) {
            Ok(ticket) => Ok((admission, ticket)),
            Err(error) => {
                tracing::error!(%error, "a ticket could not be made");
                self.visited.left(row, visit, "no ticket could be made").await;
                trouble("tieout cannot make a ticket: its log says more")
            }
        }
    }

    /// Ends a visit, once.
    pub async fn end(&self, session: &Session, why: &str) {
        if session.end(self.now()) {
            let farewell = self.visited.left(&session.row, session.visit, why).await;
            session.set_farewell(harmless(&farewell).into_owned());
        }
    }
}
