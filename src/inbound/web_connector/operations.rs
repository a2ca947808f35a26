//! What each call does (contract 1.3 and 9). The engine is asked in tasks of their own: a caller that goes away while it
//! waits takes nothing with it.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use tokio::sync::{OwnedSemaphorePermit, oneshot};

use crate::engine::visit::{Brought, Step};
use crate::inbound::web_connector::envelope::{Fault, Outcome, Whose};
use crate::inbound::web_connector::service::{NAME, Service};
use crate::inbound::web_connector::soap::{Call, Operation};
use crate::inbound::web_connector::tickets::{Found, Session, Talk};
use crate::inbound::web_connector::visited::Visited;
use crate::model::text::harmless;
use crate::store::ConnectionRow;
use crate::systems::Greeting;
use crate::systems::quickbooks_desktop::hresult;

/// What the engine may take for one step.
pub const STEP: Duration = Duration::from_secs(4);
/// When a caller is answered although the engine still works (contract 1.4: every answer within 5 s).
const ANSWER: Duration = Duration::from_millis(4500);
/// How long a caller may be told to wait in one visit: QuickBooks stays open and locked meanwhile.
const WAITS: Duration = Duration::from_mins(10);
/// How long the caller waits by itself after `NoOp`.
const PAUSE: Duration = Duration::from_secs(5);
/// How often QuickBooks is tried again when another file is open.
const TRIES: u8 = 2;
/// "Ask again" to the caller.
const NO_OP: &str = "NoOp";
/// What a caller hears whose ticket is not known.
const EXPIRED: &str = "the session expired: run the update again";

/// What a call is answered with.
pub type Answer = Result<Outcome, Fault>;

fn text(text: impl Into<String>) -> Outcome {
    Outcome::Text(text.into())
}

/// A fault of ours.
pub fn trouble<T>(text: &str) -> Result<T, Fault> {
    Err(Fault { whose: Whose::Server, text: text.into() })
}

/// Waits for work that goes on when nobody waits any more.
pub async fn heard<T>(back: oneshot::Receiver<T>) -> Result<T, Fault> {
    match tokio::time::timeout(ANSWER, back).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(_)) => trouble("tieout had a fault of its own: its log says more"),
        Err(_) => trouble("tieout needs longer than usual: run the update again in a moment"),
    }
}

impl<V: Visited> Service<V> {
    /// Answers one call. `weight`: what a long one holds while it is worked on.
    pub async fn call(
        self: &Arc<Self>,
        peer: IpAddr,
        mut call: Call,
        weight: Option<OwnedSemaphorePermit>,
    ) -> Answer {
        let operation = call.operation;
        let mut take = |name: &str| call.take(name);
        match operation {
            Operation::ServerVersion => Ok(text(concat!("tieout ", env!("CARGO_PKG_VERSION")))),
            Operation::ClientVersion => {
                self.versions.note(peer, &take("strVersion"));
                Ok(text(""))
            }
            Operation::Authenticate => {
                let (user, password) = (take("strUserName"), SecretString::from(take("strPassword")));
                self.authenticate(peer, user, password).await
            }
            Operation::SendRequest => {
                let greeting = Greeting {
                    answer: take("strHCPResponse"),
                    company_file: take("strCompanyFileName"),
                    country: take("qbXMLCountry"),
                    version: (number(&take("qbXMLMajorVers")), number(&take("qbXMLMinorVers"))),
                };
                self.send_request(peer, &take("ticket"), greeting).await
            }
            Operation::ReceiveResponse => {
                let brought = Brought {
                    answer: take("response").into_bytes(),
                    hresult: take("hresult"),
                    message: take("message"),
                };
                self.receive_response(peer, &take("ticket"), brought, weight).await
            }
            Operation::ConnectionError => {
                let (ticket, hresult, message) = (take("ticket"), take("hresult"), take("message"));
                self.connection_error(peer, &ticket, &hresult, &message).await
            }
            Operation::GetLastError => Ok(text(self.last_error(peer, &take("ticket")))),
            Operation::CloseConnection => self.close_connection(peer, &take("ticket")).await,
            Operation::GetInteractiveUrl | Operation::InteractiveRejected | Operation::InteractiveDone => {
                Ok(text(""))
            }
        }
    }

    async fn send_request(self: &Arc<Self>, peer: IpAddr, ticket: &str, greeting: Greeting) -> Answer {
        let Found::Open(session) = self.find(peer, ticket) else { return Ok(text("")) };
        let begun = self.now();
        let (back, mut waiting) = oneshot::channel();
        let (service, own) = (self.clone(), session.clone());
        tokio::spawn(async move {
            let mut talk = own.talk.clone().lock_owned().await;
            let step = service.step(&own, &mut talk, greeting).await;
            if let Err(Some(bytes)) = back.send(step) {
                talk.kept = Some(bytes);
            }
        });
        let sent = match tokio::time::timeout(ANSWER, &mut waiting).await {
            Ok(Ok(sent)) => sent,
            Ok(Err(_)) => return trouble("tieout had a fault of its own: its log says more"),
            Err(_) => {
                session.set_error(NO_OP);
                waiting.close();
                // it may have come at the last moment
                waiting.try_recv().unwrap_or_default()
            }
        };
        let Some(bytes) = sent else {
            let waited = self.now().saturating_duration_since(begun) + PAUSE;
            if session.error() == NO_OP && session.waits(waited) > WAITS {
                session.set_error("tieout: it still works; what is left goes with the next update");
            }
            return Ok(text(""));
        };
        String::from_utf8(bytes).map(Outcome::Text).or_else(|_| {
            tracing::error!(connection = %session.row.id, "a message set is no text");
            trouble("tieout wrote a message set that is no text: its log says more")
        })
    }

    /// The next message set; none: `getLastError` says why.
    async fn step(&self, session: &Session, talk: &mut Talk, greeting: Greeting) -> Option<Vec<u8>> {
        if let Some(bytes) = talk.kept.take() {
            return Some(bytes);
        }
        let (row, visit) = (&session.row, session.visit);
        // asked again before the answer came: the engine makes a doubt of what is out, before anything else goes out
        talk.out = false;
        let step = if talk.greeted {
            self.visited.next_step(row, visit, STEP).await
        } else {
            talk.greeted = true;
            self.visited.greeted(row, visit, greeting).await
        };
        match step {
            Step::Ask(bytes) => {
                (talk.out, talk.asked) = (true, true);
                return Some(bytes);
            }
            Step::Wait => session.set_error(NO_OP),
            Step::Done if talk.asked => session.set_error("tieout: everything is done"),
            Step::Done => session.set_error("tieout: nothing to do"),
            Step::Stop(why) => session.set_error(sentence(&why)),
        }
        None
    }

    async fn receive_response(
        self: &Arc<Self>,
        peer: IpAddr,
        ticket: &str,
        brought: Brought,
        weight: Option<OwnedSemaphorePermit>,
    ) -> Answer {
        let found = self.find(peer, ticket);
        let (back, waiting) = oneshot::channel();
        let (service, ticket) = (self.clone(), ticket.trim().to_string());
        tokio::spawn(async move {
            let number = match found {
                Found::Open(session) => {
                    let mut talk = session.talk.clone().lock_owned().await;
                    service.take(&session, &mut talk, brought).await
                }
                Found::Over(session) => {
                    service.late(&session.row, brought).await;
                    -1
                }
                Found::Unknown => {
                    // of another process of ours, or of nobody: then it is not looked at
                    if let Some(row) = service.whose(&ticket).await {
                        service.late(&row, brought).await;
                    }
                    -1
                }
            };
            drop(weight);
            if back.send(number).is_err() {
                tracing::debug!("the Web Connector did not wait for the percentage");
            }
        });
        heard(waiting).await.map(Outcome::Number)
    }

    async fn take(&self, session: &Session, talk: &mut Talk, brought: Brought) -> i32 {
        if !talk.out || talk.kept.is_some() {
            // brought twice: the same answer again, and nothing else
            if talk.last.is_none() {
                self.late(&session.row, brought).await;
                session.set_error("tieout: it did not wait for an answer: run the update again");
            }
            return talk.last.unwrap_or(-1);
        }
        talk.out = false;
        let heard = self.visited.brought(&session.row, session.visit, brought, STEP).await;
        let number = match heard {
            Ok(None) => {
                // another set's, brought twice or late: answered as before, and what is out stays out
                talk.out = true;
                return talk.last.unwrap_or(i32::from(talk.percent));
            }
            Ok(Some(100..)) => 100,
            Ok(Some(percent)) => {
                talk.percent = talk.percent.max(percent).min(99);
                i32::from(talk.percent)
            }
            Err(why) => {
                session.set_error(sentence(&why));
                -1
            }
        };
        talk.last = Some(number);
        number
    }

    /// The connection of a ticket that this process does not know; none: it is not ours.
    pub(super) async fn whose(&self, ticket: &str) -> Option<ConnectionRow> {
        match tokio::time::timeout(STEP, self.visited.whose(ticket.trim())).await {
            Ok(Ok(row)) => row,
            Ok(Err(error)) => {
                tracing::error!(%error, "whose ticket it is could not be looked up");
                None
            }
            Err(_) => {
                tracing::error!("whose ticket it is could not be looked up in time");
                None
            }
        }
    }

    async fn late(&self, row: &ConnectionRow, brought: Brought) {
        if let Err(error) = self.visited.brought_late(row, brought).await {
            tracing::error!(%error, "an answer that came late could not be recorded");
        }
    }

    async fn connection_error(
        self: &Arc<Self>,
        peer: IpAddr,
        ticket: &str,
        raised: &str,
        message: &str,
    ) -> Answer {
        let Found::Open(session) = self.find(peer, ticket) else { return Ok(text("done")) };
        let why = hresult::not_opened(raised, message);
        if hresult::number(raised) == Some(hresult::ANOTHER_FILE) && session.tries() < TRIES {
            // once more with the file that is open: who answers is checked before anything is written
            session.try_again();
            return Ok(text(""));
        }
        session.set_error(&why);
        let (back, waiting) = oneshot::channel();
        let service = self.clone();
        tokio::spawn(async move {
            service.visited.could_not_open(&session.row, session.visit, why.clone()).await;
            service.end(&session, &why).await;
            if back.send(()).is_err() {
                tracing::debug!("the Web Connector did not wait after an error");
            }
        });
        if heard(waiting).await.is_err() {
            tracing::warn!("a visit that could not begin takes long to end");
        }
        Ok(text("done"))
    }

    fn last_error(&self, peer: IpAddr, ticket: &str) -> String {
        let (session, over) = match self.find(peer, ticket) {
            Found::Open(session) => (session, false),
            Found::Over(session) => (session, true),
            Found::Unknown => return EXPIRED.into(),
        };
        let error = session.error();
        if over && (error.is_empty() || error == NO_OP) {
            return EXPIRED.into();
        }
        if !error.is_empty() && error != NO_OP {
            return error;
        }
        match self.visited.why_stopped(&session.row, session.visit) {
            Some(why) => sentence(&why),
            None if error == NO_OP => error,
            None => "tieout: no error is known: run the update again".into(),
        }
    }

    async fn close_connection(self: &Arc<Self>, peer: IpAddr, ticket: &str) -> Answer {
        if ticket.trim().is_empty() {
            // the end of an update that got no ticket, as there was nothing to do or the password was wrong: the
            // contract's own course (3), and no stranger
            return Ok(text(goodbye_text("")));
        }
        let session = match self.find(peer, ticket) {
            Found::Open(session) => session,
            Found::Over(session) => return Ok(text(goodbye(&session))),
            Found::Unknown => return Ok(text(goodbye_text(""))),
        };
        let (back, waiting) = oneshot::channel();
        let (service, own) = (self.clone(), session.clone());
        tokio::spawn(async move {
            service.end(&own, "the Web Connector ended its visit").await;
            if back.send(()).is_err() {
                tracing::debug!("the Web Connector did not wait for the farewell");
            }
        });
        if heard(waiting).await.is_err() {
            tracing::warn!("a visit takes long to end");
        }
        Ok(text(goodbye(&session)))
    }

    /// What stands behind a ticket; tickets that are not known are counted.
    fn find(&self, peer: IpAddr, ticket: &str) -> Found {
        let found = self.tickets.find(ticket, self.now());
        if matches!(found, Found::Unknown) {
            self.refusals.count(NAME, "a ticket that is not known", peer);
        }
        found
    }
}

fn goodbye(session: &Session) -> String {
    goodbye_text(&session.farewell())
}

fn goodbye_text(farewell: &str) -> String {
    if farewell.is_empty() { "tieout: the update has ended".into() } else { farewell.into() }
}

/// A sentence of the engine for `getLastError`: never empty, and never taken for an order to wait.
fn sentence(why: &str) -> String {
    let why = harmless(why.trim()).into_owned();
    match why.as_str() {
        "" => "tieout: the update ended early; the console says more".into(),
        w if w.eq_ignore_ascii_case(NO_OP) || w.eq_ignore_ascii_case("Interactive mode") => {
            format!("tieout: {w}")
        }
        _ => why,
    }
}

fn number(text: &str) -> u32 {
    text.trim().parse().unwrap_or(0)
}
