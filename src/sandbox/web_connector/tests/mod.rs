//! The Web Connector against a scripted service and a scripted QuickBooks: each branch of an update.

mod branches;
mod envelopes;
mod mishaps;
mod rules;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::future::BoxFuture;

use super::*;
use crate::sandbox::faults::Faults;

/// The answer of a scripted service.
#[derive(Debug, Clone)]
enum Says {
    Text(&'static str),
    Texts(&'static [&'static str]),
    Number(i32),
    Body(u16, &'static str, String),
    Down(&'static str),
}

fn envelope_of(operation: Operation, inner: &str) -> String {
    let name = operation.name();
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><soap:Envelope \
         xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body><{name}Response \
         xmlns=\"http://developer.intuit.com/\"><{name}Result>{inner}</{name}Result></{name}Response></soap:Body>\
         </soap:Envelope>"
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

/// A service that answers from a script, one entry a call; a call of another kind than the script expects is kept.
struct Service {
    script: Mutex<VecDeque<(Operation, Says)>>,
    heard: Mutex<Vec<(Operation, String)>>,
    support: Mutex<u16>,
}

impl Wire for Service {
    fn post(&self, sent: Sent) -> BoxFuture<'_, Result<Got, String>> {
        self.heard.lock().unwrap().push((sent.operation, sent.body));
        let next = self.script.lock().unwrap().pop_front();
        let (expected, says) = next.unwrap_or_else(|| panic!("{} was not expected", sent.operation.name()));
        assert_eq!(expected, sent.operation);
        let fine = |inner: String| Got {
            status: 200,
            content_type: "text/xml; charset=utf-8".into(),
            body: envelope_of(sent.operation, &inner).into_bytes(),
        };
        let answer = match says {
            Says::Text(text) => Ok(fine(escaped(text))),
            Says::Number(n) => Ok(fine(n.to_string())),
            Says::Texts(texts) => {
                let strings: Vec<String> =
                    texts.iter().map(|t| format!("<string>{}</string>", escaped(t))).collect();
                Ok(fine(strings.concat()))
            }
            Says::Body(status, kind, body) => {
                Ok(Got { status, content_type: kind.into(), body: body.into_bytes() })
            }
            Says::Down(why) => Err(why.to_owned()),
        };
        Box::pin(async move { answer })
    }

    fn get(&self, _url: String) -> BoxFuture<'_, Result<u16, String>> {
        let status = *self.support.lock().unwrap();
        Box::pin(async move { if status == 0 { Err("refused".into()) } else { Ok(status) } })
    }
}

/// A QuickBooks that answers each message set with its number.
#[derive(Default)]
struct Office {
    cannot_open: Mutex<VecDeque<Raised>>,
    raises: Mutex<VecDeque<Raised>>,
    paths: Mutex<Vec<String>>,
    sets: Mutex<Vec<String>>,
    stamped: Mutex<Option<String>>,
    open: Mutex<i32>,
}

impl Desktop for Office {
    fn open(&self, path: &str) -> Result<(), Raised> {
        self.paths.lock().unwrap().push(path.to_owned());
        if let Some(raised) = self.cannot_open.lock().unwrap().pop_front() {
            return Err(raised);
        }
        *self.open.lock().unwrap() += 1;
        Ok(())
    }

    fn pair(&self, _owner_id: &str, file_id: &str) -> Result<(), String> {
        let mut stamped = self.stamped.lock().unwrap();
        match stamped.as_deref() {
            Some(old) if old != file_id => Err("Unique OwnerID/FileID pair value required".into()),
            _ => {
                *stamped = Some(file_id.to_owned());
                Ok(())
            }
        }
    }

    fn greeting(&self, owner_id: &str) -> Result<Greeting, Raised> {
        let answer = format!("<?xml version=\"1.0\" ?><QBXML>{owner_id}</QBXML>");
        let company_file = "C:\\QB\\Fernhill & Quay.qbw".to_owned();
        Ok(Greeting { answer, company_file, country: "US".into(), version: (16, 0) })
    }

    fn process(&self, request: &str) -> Result<String, Raised> {
        let mut sets = self.sets.lock().unwrap();
        sets.push(request.to_owned());
        match self.raises.lock().unwrap().pop_front() {
            Some(raised) => Err(raised),
            None => Ok(format!("<?xml version=\"1.0\" ?><QBXML>{}</QBXML>", sets.len())),
        }
    }

    fn close(&self) {
        *self.open.lock().unwrap() -= 1;
    }
}

fn raised(hresult: &str) -> Raised {
    Raised { hresult: hresult.into(), message: format!("the text of {hresult}") }
}

const QWC: &str = "<?xml version=\"1.0\"?><QBWCXML><AppName>tieout</AppName><AppID></AppID>\
    <AppURL>http://localhost:8077/qbwc</AppURL><AppDescription>Concur to QuickBooks sync</AppDescription>\
    <AppSupport>http://localhost:8077/support</AppSupport><UserName>tieout-northwind</UserName>\
    <OwnerID>{2B1E0C52-6E7B-4B62-9D6A-5C6C3E0B7A11}</OwnerID><FileID>{A4C1D9F0-1B2C-4D3E-8F90-123456789ABC}</FileID>\
    <QBType>QBFS</QBType><Scheduler><RunEveryNMinutes>5</RunEveryNMinutes></Scheduler>\
    <IsReadOnly>false</IsReadOnly></QBWCXML>";

/// A Web Connector, what it talks to, and what it was told.
struct Desk {
    caller: Arc<Caller>,
    service: Arc<Service>,
    office: Arc<Office>,
    faults: Faults,
}

impl Desk {
    async fn new() -> Self {
        let desk = Self::bare();
        desk.caller.add(QWC, "the password").await.unwrap();
        desk
    }

    fn bare() -> Self {
        let service =
            Arc::new(Service { script: Mutex::default(), heard: Mutex::default(), support: Mutex::new(200) });
        let office = Arc::new(Office::default());
        let faults = Faults::new();
        let tempo = Tempo { second: Duration::ZERO, pauses: 3 };
        let now = "2026-11-04T14:30:00Z".parse().unwrap();
        let caller = Caller::new(office.clone(), service.clone(), faults.clone(), tempo, now);
        Self { caller, service, office, faults }
    }

    /// The script of the next update, after the two versions.
    fn script(&self, entries: impl IntoIterator<Item = (Operation, Says)>) {
        let mut script = self.service.script.lock().unwrap();
        script.push_back((Operation::ServerVersion, Says::Text("tieout 0.1.0")));
        script.push_back((Operation::ClientVersion, Says::Text("")));
        script.extend(entries);
    }

    fn bare_script(&self, entries: impl IntoIterator<Item = (Operation, Says)>) {
        self.service.script.lock().unwrap().extend(entries);
    }

    /// Runs an update, which must have used up its script and closed QuickBooks.
    async fn update(&self) -> Report {
        let report = self.caller.visit().await;
        assert!(self.service.script.lock().unwrap().is_empty(), "{report:?}");
        assert_eq!(*self.office.open.lock().unwrap(), 0, "QuickBooks stays open");
        report
    }

    fn heard(&self) -> Vec<&'static str> {
        self.service.heard.lock().unwrap().iter().map(|(o, _)| o.name()).collect()
    }

    fn body(&self, nth: usize) -> String {
        self.service.heard.lock().unwrap()[nth].1.clone()
    }

    fn sets(&self) -> usize {
        self.office.sets.lock().unwrap().len()
    }
}

/// The number of the last line that has one.
fn last_code(report: &Report) -> Option<u16> {
    report.lines.iter().rev().find_map(|l| l.code)
}

/// The numbers of all lines that have one.
fn codes(report: &Report) -> Vec<u16> {
    report.lines.iter().filter_map(|l| l.code).collect()
}

const SIGNED_IN: (Operation, Says) = (Operation::Authenticate, Says::Texts(&["{T}", ""]));
const CLOSED: (Operation, Says) = (Operation::CloseConnection, Says::Text("tieout: 1 posted"));
const SET: &str = "<?xml version=\"1.0\"?><QBXML><a>1 & 2</a></QBXML>";

fn send(text: &'static str) -> (Operation, Says) {
    (Operation::SendRequest, Says::Text(text))
}

fn receive(percent: i32) -> (Operation, Says) {
    (Operation::ReceiveResponse, Says::Number(percent))
}

fn error(text: &'static str) -> (Operation, Says) {
    (Operation::GetLastError, Says::Text(text))
}
