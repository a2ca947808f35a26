//! A sign-in that a console leads, step by step. What was typed stays here and not in the screen's model: a screen holds
//! the number of the sign-in, and hears what comes next.

use secrecy::{ExposeSecret as _, SecretString};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

use crate::engine::connect::{Accounts, Connect, ConnectError, Connected, Consent, Field, Question, Step};
use crate::engine::connect_loopback::Loopback;
use crate::engine::connect_sign_in::Proved;

/// One sign-in under way. It does not print: it holds what was typed.
pub struct Leading {
    serial: u64,
    connect: Arc<Connect>,
    page: Option<Loopback>,
    proved: Option<Proved>,
    /// Ends the waiting for the browser.
    left: CancellationToken,
}

impl Drop for Leading {
    fn drop(&mut self) {
        self.left.cancel();
    }
}

/// What is to be done next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// These are asked.
    Ask(Vec<Question>),
    /// A person consents on this page.
    Consent {
        /// The page.
        consent: Consent,
        /// It leads back to a page of this machine, which is waited for with [`Accounts::lead_listen`].
        listens: bool,
    },
    /// Everything is there: [`Accounts::lead_prove`].
    Ready,
}

/// Why a step did not go on: at which question, and what a person can do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct Stuck {
    /// The question that has to be answered otherwise.
    pub field: Option<Field>,
    /// A sentence.
    pub why: String,
    /// What is to be done again; none: the same step.
    pub next: Option<Next>,
}

fn stuck(e: impl std::fmt::Display) -> Stuck {
    Stuck { field: None, why: e.to_string(), next: None }
}

fn gone() -> Stuck {
    stuck("this sign-in was left: begin again")
}

impl Accounts {
    /// Begins to connect an account of `system` as `name`; an unfinished sign-in before it is left.
    pub async fn lead(
        self: &Arc<Self>,
        serial: u64,
        system: &str,
        name: &str,
    ) -> Result<(&'static str, Next), Stuck> {
        let connect = self.begin(system, name).await.map_err(stuck)?;
        self.led(serial, connect).await
    }

    /// Begins to sign in again to a connection that is there.
    pub async fn lead_again(
        self: &Arc<Self>,
        serial: u64,
        name: &str,
    ) -> Result<(&'static str, Next), Stuck> {
        let connect = self.again(name).await.map_err(stuck)?;
        self.led(serial, connect).await
    }

    async fn led(&self, serial: u64, connect: Connect) -> Result<(&'static str, Next), Stuck> {
        let title = connect.title();
        let left = CancellationToken::new();
        let mut leading = Leading { serial, connect: Arc::new(connect), page: None, proved: None, left };
        let next = leading.next().await?;
        let before = self.leading.lock().await.replace(leading);
        if let Some(before) = before {
            before.given_back().await;
        }
        Ok((title, next))
    }

    /// Answers questions; what was answered before is replaced.
    pub async fn lead_answer(&self, serial: u64, answers: Vec<(Field, SecretString)>) -> Result<Next, Stuck> {
        let mut held = self.leading.lock().await;
        let leading = of(&mut held, serial)?;
        for (field, answer) in answers {
            leading.answer(field, &answer).await.map_err(|e| Stuck { field: Some(field), ..stuck(e) })?;
        }
        leading.next().await
    }

    /// Waits until the browser comes back to the page of this machine, or the sign-in is left (none).
    pub async fn lead_listen(&self, serial: u64) -> Option<Result<Next, Stuck>> {
        let (page, awaited, left) = {
            let mut held = self.leading.lock().await;
            let leading = of(&mut held, serial).ok()?;
            (leading.page.take()?, leading.connect.awaited(), leading.left.clone())
        };
        let heard = tokio::select! {
            heard = page.returned(awaited) => heard,
            () = left.cancelled() => return None,
        };
        Some(match heard {
            Ok(address) => self.lead_return(serial, &address).await,
            Err(e) => Err(stuck(format!(
                "the page of this machine cannot be listened on ({e}): paste the address instead"
            ))),
        })
    }

    /// Takes the address that the consent came back to, from the page of this machine or pasted.
    pub async fn lead_return(&self, serial: u64, address: &SecretString) -> Result<Next, Stuck> {
        let mut held = self.leading.lock().await;
        let leading = of(&mut held, serial)?;
        let returned = leading.connect()?.returned(address);
        match returned {
            Ok(()) => leading.next().await,
            // the state is used up, whatever the address said: a new page has to be opened
            Err(e) => {
                leading.connect()?.grant_is_used();
                leading.stop_listening();
                let next = leading.next().await?;
                Err(Stuck { next: Some(next), ..stuck(e) })
            }
        }
    }

    /// Signs in and asks who answers. Nothing is stored; [`Accounts::lead_keep`] does.
    pub async fn lead_prove(&self, serial: u64) -> Result<Connected, Stuck> {
        let connect = {
            let mut held = self.leading.lock().await;
            let leading = of(&mut held, serial)?;
            leading.stop_listening();
            leading.connect.clone()
        };
        let proved = connect.prove().await;
        let mut held = self.leading.lock().await;
        let Ok(leading) = of(&mut held, serial) else {
            // it was left meanwhile: nobody keeps these tokens
            drop(held);
            if let Ok(proved) = proved {
                connect.give_back(proved).await;
            }
            return Err(gone());
        };
        drop(connect);
        match proved {
            Ok(proved) => {
                let connected = proved.connected().clone();
                leading.proved = Some(proved);
                Ok(connected)
            }
            Err(e) => {
                let asks_token = !leading.connect.consents();
                leading.connect()?.grant_is_used();
                let field = match &e {
                    ConnectError::Refused(_) if asks_token => Some(Field::RequestToken),
                    ConnectError::WrongCompany(_) if asks_token => Some(Field::Company),
                    _ => None,
                };
                let next = leading.next().await?;
                Err(Stuck { field, why: e.to_string(), next: Some(next) })
            }
        }
    }

    /// Stores what was proved: a person has seen whose company it is.
    pub async fn lead_keep(&self, serial: u64) -> Result<Connected, Stuck> {
        let mut held = self.leading.lock().await;
        let leading = of(&mut held, serial)?;
        let proved = leading.proved.take().ok_or_else(gone)?;
        let connected = leading.connect.keep(proved).await.map_err(stuck)?;
        *held = None;
        Ok(connected)
    }

    /// Leaves the sign-in: nothing is stored, and tokens that came already are given back.
    pub async fn lead_leave(&self, serial: u64) {
        let left = {
            let mut held = self.leading.lock().await;
            if held.as_ref().is_none_or(|l| l.serial != serial) {
                return;
            }
            held.take()
        };
        if let Some(left) = left {
            left.given_back().await;
        }
    }
}

fn of(held: &mut Option<Leading>, serial: u64) -> Result<&mut Leading, Stuck> {
    held.as_mut().filter(|l| l.serial == serial).ok_or_else(gone)
}

impl Leading {
    /// It is over: tokens that came are given back.
    async fn given_back(mut self) {
        if let Some(proved) = self.proved.take() {
            self.connect.give_back(proved).await;
        }
    }

    /// The sign-in, to be changed: nobody else holds it between two steps.
    fn connect(&mut self) -> Result<&mut Connect, Stuck> {
        Arc::get_mut(&mut self.connect).ok_or_else(|| stuck("the sign-in is still being tried: wait for it"))
    }

    fn stop_listening(&mut self) {
        self.left.cancel();
        self.left = CancellationToken::new();
        self.page = None;
    }

    async fn answer(&mut self, field: Field, answer: &SecretString) -> Result<(), ConnectError> {
        let text = answer.expose_secret().trim().to_owned();
        let busy = || ConnectError::Answer("the sign-in is still being tried: wait for it".into());
        if field != Field::Redirect || !(text == "loopback" || text.starts_with("loopback:")) {
            return Arc::get_mut(&mut self.connect).ok_or_else(busy)?.answer(field, answer);
        }
        let port = match text.split_once(':') {
            None => 0,
            Some((_, port)) => port.trim().parse().map_err(|_| {
                ConnectError::Answer(format!("{port:?} is no port: write for instance loopback:8765"))
            })?,
        };
        self.open_page(port).await
    }

    async fn open_page(&mut self, port: u16) -> Result<(), ConnectError> {
        self.stop_listening();
        let page = Loopback::open(port).await.map_err(|e| {
            ConnectError::Answer(format!("a page of this machine cannot be opened ({e}): give another port"))
        })?;
        let address = page.redirect();
        self.page = Some(page);
        let connect = Arc::get_mut(&mut self.connect)
            .ok_or_else(|| ConnectError::Answer("the sign-in is still being tried: wait for it".into()))?;
        connect.answer(Field::Redirect, &address.into())
    }

    async fn next(&mut self) -> Result<Next, Stuck> {
        let open = self.connect.questions();
        if !open.is_empty() {
            return Ok(Next::Ask(open));
        }
        if self.connect.leads_here() && self.page.is_none() && !self.connect.came_back() {
            // the page before is used up: the same address once more, or any where that port is taken
            let port = self.connect.port();
            if self.open_page(port).await.is_err() {
                self.open_page(0).await.map_err(stuck)?;
            }
        }
        match self.connect()?.step().map_err(stuck)? {
            Step::Ask(question) => Ok(Next::Ask(vec![question])),
            Step::Ready => Ok(Next::Ready),
            Step::Consent(consent) => Ok(Next::Consent { consent, listens: self.page.is_some() }),
        }
    }
}
