//! One update from `serverVersion` to `closeConnection` (contract, section 1).

use std::time::Duration;

use super::application::Application;
use super::caller::{Brought, Caller, VERSION};
use super::desktop::{Greeting, Raised};
use super::envelope::{self, Answer, Operation};
use super::log::LogLine;
use super::mishap::{Mishap, Side};
use crate::sandbox::fault::When;

/// The pause of `NoOp`, in the Web Connector's own seconds.
const NO_OP: Duration = Duration::from_secs(5);
/// Company paths that are tried before the update is given up.
const PATHS: u32 = 20;

/// How an update ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// Everything was done: the service said 100.
    Finished,
    /// There was nothing to do, or the service said `busy`.
    Nothing,
    /// The service ended it with this sentence.
    Stopped(String),
    /// A call failed, the password was wrong, or QuickBooks could not be opened.
    Failed,
    /// The PC died, or was switched off.
    Died,
}

/// An update that is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// How it ended.
    pub end: End,
    /// What it wrote into the log.
    pub lines: Vec<LogLine>,
    /// The service wants to be left alone for so many of the Web Connector's seconds.
    pub postponed: Option<Duration>,
    /// The service wants at least so many seconds between two updates.
    pub at_least: Option<Duration>,
}

/// Why it does not go on.
enum Cut {
    Failed,
    Died,
}

type Step<T> = Result<T, Cut>;

/// What the sign-in led to.
enum Admitted {
    /// Work, with the company file at this path.
    Work(String),
    Not(End),
}

/// One update.
pub struct Visit<'a> {
    caller: &'a Caller,
    application: Application,
    ticket: String,
    open: bool,
    lines: Vec<LogLine>,
    postponed: Option<Duration>,
    at_least: Option<Duration>,
}

impl<'a> Visit<'a> {
    /// Of this application.
    pub fn of(caller: &'a Caller, application: Application) -> Self {
        let (ticket, lines) = (String::new(), Vec::new());
        Self { caller, application, ticket, open: false, lines, postponed: None, at_least: None }
    }

    /// Runs to its end.
    pub async fn run_once(mut self) -> Report {
        let end = match self.run().await {
            Ok(end) => end,
            Err(Cut::Died) => End::Died,
            Err(Cut::Failed) => {
                self.line(Some(1031), "Finished QBWebConnector session with error(s)");
                End::Failed
            }
        };
        self.shut();
        Report { end, lines: self.lines, postponed: self.postponed, at_least: self.at_least }
    }

    async fn run(&mut self) -> Step<End> {
        let Some(password) = self.caller.password() else {
            self.line(Some(1030), "There is no password stored for this application");
            return Err(Cut::Failed);
        };
        let old = self.caller.last_ticket();
        let path = if !old.is_empty() && self.caller.strikes(Mishap::ReuseTicket) {
            self.ticket = old;
            String::new()
        } else {
            match self.sign_in(&password).await? {
                Admitted::Work(path) => path,
                Admitted::Not(end) => {
                    self.close().await?;
                    return Ok(end);
                }
            }
        };
        if let Some(brought) = self.caller.late() {
            self.receive(&brought).await?;
        }
        let Some(greeting) = self.open(path).await? else {
            return Err(Cut::Failed);
        };
        self.rounds(greeting).await
    }

    async fn sign_in(&mut self, password: &str) -> Step<Admitted> {
        match self.call(Operation::ServerVersion, &[]).await? {
            Ok(Answer::Text(version)) => self.line(None, &format!("serverVersion: {version}")),
            Ok(_) => {}
            // logged, and it goes on (contract, section 1)
            Err(why) => self.line(None, &format!("serverVersion failed: {why}")),
        }
        let said = match self.call(Operation::ClientVersion, &[("strVersion", VERSION)]).await? {
            Ok(Answer::Text(said)) => said,
            Ok(_) => String::new(),
            // a service without it is accepted
            Err(why) if why.contains("did not recognize the value of HTTP Header SOAPAction") => {
                String::new()
            }
            Err(why) => return Err(self.failed(Operation::ClientVersion, &why)),
        };
        match said.get(..2).map(str::to_ascii_uppercase).as_deref() {
            // nobody is there who could cancel
            Some("W:") => self.line(None, &format!("clientVersion: {said}")),
            Some("E:" | "O:") => {
                self.line(None, &format!("clientVersion: {said}. Update cancelled"));
                return Err(Cut::Failed);
            }
            _ => {}
        }
        let credentials =
            [("strUserName", self.application.user.clone()), ("strPassword", password.to_owned())];
        let credentials = credentials.each_ref().map(|(k, v)| (*k, v.as_str()));
        let answer = match self.call(Operation::Authenticate, &credentials).await? {
            Ok(Answer::Texts(answer)) => answer,
            Ok(_) => return Err(Cut::Failed),
            Err(why) => return Err(self.failed(Operation::Authenticate, &why)),
        };
        let at = |n: usize| answer.get(n).cloned().unwrap_or_default();
        let seconds = |n: usize| at(n).trim().parse().ok().filter(|s| *s > 0).map(Duration::from_secs);
        self.ticket = at(0);
        (self.postponed, self.at_least) = (seconds(2), seconds(3));
        let told = at(1);
        Ok(match told.trim().to_ascii_lowercase().as_str() {
            "nvu" => {
                self.line(Some(1040), "Authentication failed: the user name or the password is not valid");
                self.close().await?;
                return Err(Cut::Failed);
            }
            "none" => {
                self.line(None, "No data exchange required");
                Admitted::Not(End::Nothing)
            }
            "busy" => {
                self.line(None, "The service is busy");
                Admitted::Not(End::Nothing)
            }
            _ if self.postponed.is_some() => {
                self.line(None, "Update postponed by application");
                Admitted::Not(End::Nothing)
            }
            _ => {
                self.caller.signed_in(&self.ticket);
                Admitted::Work(told)
            }
        })
    }

    /// Opens QuickBooks. Where that fails, the service says `done` or another company path to try.
    async fn open(&mut self, mut path: String) -> Step<Option<Greeting>> {
        for _ in 0..PATHS {
            let raised = match self.caller.desktop.open(&path) {
                Err(raised) => {
                    self.line(Some(1013), &format!("Error connecting to QuickBooks: {}", raised.message));
                    raised
                }
                Ok(()) => {
                    self.open = true;
                    match self.caller.desktop.greeting(&self.application.owner_id) {
                        Ok(greeting) => return Ok(Some(greeting)),
                        Err(raised) => {
                            self.line(Some(1014), &format!("No HCP data: {}", raised.message));
                            self.shut();
                            raised
                        }
                    }
                }
            };
            let Some(next) = self.cannot_open(&raised).await? else { return Ok(None) };
            path = next;
        }
        self.line(Some(1013), "Every company file that the application named was tried");
        Ok(None)
    }

    async fn cannot_open(&mut self, raised: &Raised) -> Step<Option<String>> {
        let ticket = self.ticket.clone();
        let parameters =
            [("ticket", ticket.as_str()), ("hresult", &raised.hresult), ("message", &raised.message)];
        let said = match self.call(Operation::ConnectionError, &parameters).await? {
            Ok(Answer::Text(said)) => said,
            Ok(_) => return Err(Cut::Failed),
            Err(why) => return Err(self.failed(Operation::ConnectionError, &why)),
        };
        if said.trim().eq_ignore_ascii_case("done") {
            self.close().await?;
            return Ok(None);
        }
        Ok(Some(said))
    }

    async fn rounds(&mut self, greeting: Greeting) -> Step<End> {
        let mut greeting = Some(greeting);
        let mut held: Option<Brought> = None;
        let mut pauses = 0;
        loop {
            let request = self.send(greeting.take()).await?;
            if let Some(brought) = held.take() {
                let percent = self.receive(&brought).await?;
                self.line(None, &format!("receiveResponseXML of the set before: {percent}"));
            }
            if request.is_empty() {
                match self.last_error().await? {
                    said if said.eq_ignore_ascii_case("NoOp") => {
                        pauses += 1;
                        if pauses > self.caller.tempo().pauses {
                            self.line(None, "The service did not stop asking for pauses");
                            self.close().await?;
                            return Err(Cut::Failed);
                        }
                        tokio::time::sleep(self.caller.tempo().scaled(NO_OP)).await;
                    }
                    said if said.eq_ignore_ascii_case("Interactive mode") => {
                        self.interactive().await?;
                        self.close().await?;
                        return Ok(End::Stopped(said));
                    }
                    said => {
                        self.line(None, &format!("The service says: {said}"));
                        self.close().await?;
                        return Ok(End::Stopped(said));
                    }
                }
                continue;
            }
            pauses = 0;
            let brought = self.process(&request)?;
            if self.caller.strikes(Mishap::DropReceive) {
                self.line(None, "receiveResponseXML was lost");
                continue;
            }
            if self.caller.strikes(Mishap::ReceiveAfterSend) {
                held = Some(brought);
                continue;
            }
            if self.caller.strikes(Mishap::ReceiveAfterAuthenticate) {
                self.caller.bring_later(brought);
                return Err(Cut::Died);
            }
            let percent = self.receive(&brought).await?;
            if self.caller.strikes(Mishap::ReceiveAgainAfterSend) {
                held = Some(brought.clone());
            }
            if self.caller.strikes(Mishap::ReceiveTwice) {
                let again = self.receive(&brought).await?;
                self.line(None, &format!("receiveResponseXML again: {percent}, then {again}"));
            }
            match percent {
                ..0 => {
                    let said = self.last_error().await?;
                    self.line(None, &format!("The service says: {said}"));
                    self.close().await?;
                    return Ok(End::Stopped(said));
                }
                0..100 => {}
                _ => {
                    self.close().await?;
                    return Ok(End::Finished);
                }
            }
        }
    }

    async fn send(&mut self, greeting: Option<Greeting>) -> Step<String> {
        let first = greeting.unwrap_or_else(|| Greeting {
            answer: String::new(),
            company_file: String::new(),
            country: "US".to_owned(),
            version: (0, 0),
        });
        let (major, minor) = (first.version.0.to_string(), first.version.1.to_string());
        let ticket = self.ticket.clone();
        let parameters = [
            ("ticket", ticket.as_str()),
            ("strHCPResponse", &first.answer),
            ("strCompanyFileName", &first.company_file),
            ("qbXMLCountry", &first.country),
            ("qbXMLMajorVers", &major),
            ("qbXMLMinorVers", &minor),
        ];
        match self.call(Operation::SendRequest, &parameters).await? {
            Ok(Answer::Text(request)) => Ok(request),
            Ok(_) => Err(Cut::Failed),
            Err(why) => Err(self.failed(Operation::SendRequest, &why)),
        }
    }

    /// QuickBooks carries a message set out.
    fn process(&mut self, request: &str) -> Step<Brought> {
        let caller = self.caller;
        if request.contains("iterator=\"Continue\"") && caller.strikes(Mishap::DieInIterator) {
            return Err(Cut::Died);
        }
        if caller.strikes(Mishap::DieAtProcess(Side::Before)) || caller.cut_at_process(When::Before) {
            return Err(Cut::Died);
        }
        caller.count("round_trips");
        let answer = caller.desktop.process(request);
        if caller.strikes(Mishap::DieAtProcess(Side::After)) || caller.cut_at_process(When::After) {
            return Err(Cut::Died);
        }
        let (response, hresult, message) = match answer {
            Ok(response) => (response, String::new(), String::new()),
            Err(raised) if raised.hresult.is_empty() => return Err(Cut::Died),
            Err(raised) => {
                self.line(None, &format!("QuickBooks raised {}: {}", raised.hresult, raised.message));
                (String::new(), raised.hresult, raised.message)
            }
        };
        Ok(Brought { ticket: self.ticket.clone(), response, hresult, message })
    }

    async fn receive(&mut self, brought: &Brought) -> Step<i64> {
        let parameters = [
            ("ticket", brought.ticket.as_str()),
            ("response", &brought.response),
            ("hresult", &brought.hresult),
            ("message", &brought.message),
        ];
        match self.call(Operation::ReceiveResponse, &parameters).await? {
            Ok(Answer::Number(percent)) => Ok(percent),
            Ok(_) => Err(Cut::Failed),
            Err(why) => Err(self.failed(Operation::ReceiveResponse, &why)),
        }
    }

    async fn last_error(&mut self) -> Step<String> {
        let ticket = self.ticket.clone();
        match self.call(Operation::GetLastError, &[("ticket", &ticket)]).await? {
            Ok(Answer::Text(said)) => Ok(said),
            Ok(_) => Err(Cut::Failed),
            Err(why) => Err(self.failed(Operation::GetLastError, &why)),
        }
    }

    /// Nobody sits at the PC: the service is told so.
    async fn interactive(&mut self) -> Step<()> {
        let ticket = self.ticket.clone();
        for (operation, parameters) in [
            (Operation::InteractiveUrl, [("wcTicket", ticket.as_str()), ("sessionID", "")]),
            (Operation::InteractiveRejected, [("wcTicket", ticket.as_str()), ("reason", "Nobody is here")]),
        ] {
            if let Err(why) = self.call(operation, &parameters).await? {
                return Err(self.failed(operation, &why));
            }
        }
        Ok(())
    }

    /// QuickBooks is closed first, which also takes the lock out of the company file; then the service is told.
    async fn close(&mut self) -> Step<()> {
        self.shut();
        let ticket = self.ticket.clone();
        match self.call(Operation::CloseConnection, &[("ticket", &ticket)]).await? {
            Ok(Answer::Text(said)) => {
                self.line(None, &format!("closeConnection: {said}"));
                Ok(())
            }
            Ok(_) => Err(Cut::Failed),
            Err(why) => Err(self.failed(Operation::CloseConnection, &why)),
        }
    }

    fn shut(&mut self) {
        if std::mem::take(&mut self.open) {
            self.caller.desktop.close();
        }
    }

    /// One call; the inner error is what the log will say of it.
    async fn call(
        &mut self,
        operation: Operation,
        parameters: &[(&str, &str)],
    ) -> Step<Result<Answer, String>> {
        if self.caller.is_away() || self.caller.strikes(Mishap::DieAt(operation, Side::Before)) {
            return Err(Cut::Died);
        }
        self.caller.count(operation.name());
        let body = envelope::write(operation, parameters);
        let got = self.caller.post(&self.application.url, operation, body).await;
        if self.caller.strikes(Mishap::DieAt(operation, Side::After)) {
            return Err(Cut::Died);
        }
        if self.caller.strikes(Mishap::TimeOut(operation)) {
            return Ok(Err("The operation has timed out".to_owned()));
        }
        Ok(got.and_then(|got| envelope::read(operation, got.status, &got.content_type, &got.body)))
    }

    fn failed(&mut self, operation: Operation, why: &str) -> Cut {
        let text = format!("{} failed due to following error message. {why}", operation.name());
        self.line(Some(operation.failure()), &text);
        Cut::Failed
    }

    fn line(&mut self, code: Option<u16>, text: &str) {
        let line = LogLine::new(self.caller.now(), code, text);
        self.caller.keep(line.clone());
        self.lines.push(line);
    }
}
