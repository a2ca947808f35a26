//! The exchange with a system that calls us: a client puts one request in, the caller takes it along on its next visit
//! and brings the answer. Requests go one at a time, and none goes out twice.
//!
//! What is known of a request is what is known of any exchange: it was provably not handed out, it may have been
//! carried out, or this is its answer (reliability.md, 4.3).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Mutex as Turn, Notify};

use crate::model::ids::ConnectionId;
use crate::transport::exchange::{Fut, Net, NetError, Reply, Request};

/// What a visitor hears when it asks for the next request.
pub enum Next {
    /// Take this along. From now on it may be carried out.
    Request(Request),
    /// Nothing yet; whoever works on our side is not finished.
    Nothing,
    /// Our side said that nothing is left.
    Finished,
    /// The visit is over: another one began, or it was closed.
    Closed,
}

/// Where the one request in turn stands.
#[derive(Default)]
enum Slot {
    /// No request.
    #[default]
    Empty,
    /// Waits to be taken along.
    Waiting(Request),
    /// Taken along by this visit: these bytes.
    Out(u64, Vec<u8>),
    /// Answered, or given up.
    Back(Result<Reply, NetError>),
}

struct State {
    /// The open visit.
    visit: Option<u64>,
    /// The number of the last visit.
    last: u64,
    /// Our side has nothing left for this visit.
    finished: bool,
    /// Why there is no visit, for whoever wants to send.
    why: String,
    slot: Slot,
}

/// The box of one connection.
pub struct Mailbox {
    state: Mutex<State>,
    /// Something changed: both sides look again.
    news: Notify,
    turn: Turn<()>,
}

impl Default for Mailbox {
    fn default() -> Self {
        Self::new()
    }
}

impl Mailbox {
    /// Nobody has come yet.
    pub fn new() -> Self {
        let why = "it has not come yet".to_string();
        let state = State { visit: None, last: 0, finished: false, why, slot: Slot::Empty };
        Self { state: Mutex::new(state), news: Notify::new(), turn: Turn::new(()) }
    }

    fn with<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let out = change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner));
        self.news.notify_waiters();
        out
    }

    /// A visit begins. One that was open is over: what it took along may have been carried out.
    pub fn open(&self) -> u64 {
        self.with(|s| {
            s.give_up("a new visit began before the answer came");
            s.last += 1;
            s.visit = Some(s.last);
            s.finished = false;
            s.last
        })
    }

    /// The visit ends. `why` is what the next caller hears until another one begins.
    pub fn close(&self, visit: u64, why: &str) {
        self.with(|s| {
            if s.visit != Some(visit) {
                return;
            }
            s.visit = None;
            s.why = why.to_string();
            s.give_up(why);
        });
    }

    /// What a caller hears while there is no visit.
    pub fn explain(&self, why: &str) {
        self.with(|s| s.why = why.to_string());
    }

    /// The open visit.
    pub fn visit(&self) -> Option<u64> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).visit
    }

    /// Whether a request of this visit is out.
    pub fn is_out(&self, visit: u64) -> bool {
        matches!(self.state.lock().unwrap_or_else(PoisonError::into_inner).slot, Slot::Out(v, _) if v == visit)
    }

    /// The bytes of the request of this visit that is out, to hold an answer against.
    pub fn out(&self, visit: u64) -> Option<Vec<u8>> {
        match &self.state.lock().unwrap_or_else(PoisonError::into_inner).slot {
            Slot::Out(v, bytes) if *v == visit => Some(bytes.clone()),
            _ => None,
        }
    }

    /// Our side has nothing left for this visit.
    pub fn finish(&self, visit: u64) {
        self.with(|s| s.finished |= s.visit == Some(visit));
    }

    /// The next request of a visit; waits for it at most that long.
    pub async fn next(&self, visit: u64, within: Duration) -> Next {
        let end = tokio::time::Instant::now() + within;
        loop {
            let news = self.news.notified();
            tokio::pin!(news);
            news.as_mut().enable();
            if let Some(next) = self.take(visit) {
                return next;
            }
            if tokio::time::timeout_at(end, news).await.is_err() {
                return self.take(visit).unwrap_or(Next::Nothing);
            }
        }
    }

    /// Waits, at most that long, until there is something to take along or nothing is left; takes nothing. False: our
    /// side still works.
    pub async fn settled(&self, visit: u64, within: Duration) -> bool {
        let end = tokio::time::Instant::now() + within;
        loop {
            let news = self.news.notified();
            tokio::pin!(news);
            news.as_mut().enable();
            {
                let s = self.state.lock().unwrap_or_else(PoisonError::into_inner);
                if s.visit != Some(visit) || s.finished || matches!(s.slot, Slot::Waiting(_)) {
                    return true;
                }
            }
            if tokio::time::timeout_at(end, news).await.is_err() {
                return false;
            }
        }
    }

    /// Whether our side said that nothing is left for this visit.
    pub fn is_finished(&self, visit: u64) -> bool {
        let s = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        s.visit != Some(visit) || (s.finished && matches!(s.slot, Slot::Empty))
    }

    fn take(&self, visit: u64) -> Option<Next> {
        let mut s = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if s.visit != Some(visit) {
            return Some(Next::Closed);
        }
        match std::mem::take(&mut s.slot) {
            Slot::Waiting(request) => {
                s.slot = Slot::Out(visit, request.body.clone());
                return Some(Next::Request(request));
            }
            other => s.slot = other,
        }
        s.finished.then_some(Next::Finished)
    }

    /// The visit brings the answer to what it took along. False: nobody waits for it (brought twice, or too late).
    pub fn deliver(&self, visit: u64, answer: Result<Reply, NetError>) -> bool {
        self.with(|s| {
            let waited = matches!(s.slot, Slot::Out(v, _) if v == visit);
            if waited {
                s.slot = Slot::Back(answer);
            }
            waited
        })
    }

    fn put(&self, request: Request) -> Result<(), NetError> {
        self.with(|s| {
            if s.visit.is_none() {
                return Err(NetError::NotSent(s.why.clone()));
            }
            s.slot = Slot::Waiting(request);
            Ok(())
        })
    }

    /// Nobody waits for the slot any more.
    fn withdraw(&self, limit: Option<Duration>) -> Result<Reply, NetError> {
        self.with(|s| match std::mem::take(&mut s.slot) {
            Slot::Back(answer) => answer,
            Slot::Empty | Slot::Waiting(_) => Err(NetError::NotSent("it was not handed out in time".into())),
            Slot::Out(..) => Err(NetError::MaybeSent {
                reason: limit.map_or_else(
                    || "nobody waits for the answer any more".into(),
                    |l| format!("no answer came within {} s", l.as_secs()),
                ),
                timed_out: limit.is_some(),
            }),
        })
    }
}

impl State {
    fn give_up(&mut self, why: &str) {
        self.slot = match std::mem::take(&mut self.slot) {
            Slot::Waiting(_) => Slot::Back(Err(NetError::NotSent(why.into()))),
            Slot::Out(..) => Slot::Back(Err(NetError::MaybeSent { reason: why.into(), timed_out: false })),
            other => other,
        };
    }
}

/// Leaves the box clean when a caller is dropped while it waits.
struct Held<'a> {
    mailbox: &'a Mailbox,
    done: bool,
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        if !self.done {
            drop(self.mailbox.withdraw(None));
        }
    }
}

impl Net for Mailbox {
    /// Waits for its turn, then for the answer. Without a visit it is refused at once: provably not sent.
    fn exchange(&self, request: Request) -> Fut<'_, Result<Reply, NetError>> {
        Box::pin(async move {
            let _turn = self.turn.lock().await;
            let limit = request.timeout;
            self.put(request)?;
            let mut held = Held { mailbox: self, done: false };
            let end = tokio::time::Instant::now() + limit;
            loop {
                let news = self.news.notified();
                tokio::pin!(news);
                news.as_mut().enable();
                let back = {
                    let s = self.state.lock().unwrap_or_else(PoisonError::into_inner);
                    matches!(s.slot, Slot::Back(_))
                };
                let out_of_time = !back && tokio::time::timeout_at(end, news).await.is_err();
                if back || out_of_time {
                    held.done = true;
                    return self.withdraw(Some(limit));
                }
            }
        })
    }
}

/// The boxes of one process, by connection.
#[derive(Default)]
pub struct Mailboxes(Mutex<HashMap<ConnectionId, Arc<Mailbox>>>);

impl Mailboxes {
    /// The box of a connection.
    pub fn of(&self, id: &ConnectionId) -> Arc<Mailbox> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(id.clone()).or_default().clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::exchange::Method;

    const SOON: Duration = Duration::from_millis(20);
    const LONG: Duration = Duration::from_secs(30);

    fn request(body: &str, timeout: Duration) -> Request {
        Request { method: Method::Post, url: String::new(), headers: Vec::new(), body: body.into(), timeout }
    }

    fn reply(body: &str) -> Reply {
        Reply { status: 200, headers: Vec::new(), body: body.into() }
    }

    async fn body(b: &Mailbox, visit: u64) -> Option<String> {
        match b.next(visit, LONG).await {
            Next::Request(r) => String::from_utf8(r.body).ok(),
            _ => None,
        }
    }

    #[tokio::test]
    async fn a_request_is_taken_along_once_and_its_answer_comes_back() {
        let b = Arc::new(Mailbox::new());
        let visit = b.open();
        let asking = tokio::spawn({
            let b = b.clone();
            async move { b.exchange(request("one", LONG)).await }
        });
        assert_eq!(body(&b, visit).await.as_deref(), Some("one"));
        assert!(b.is_out(visit));
        assert!(matches!(b.next(visit, SOON).await, Next::Nothing), "it is not handed out twice");
        assert!(b.deliver(visit, Ok(reply("yes"))));
        assert_eq!(asking.await.unwrap().unwrap().body, b"yes");
        assert!(!b.deliver(visit, Ok(reply("again"))), "brought twice");
        b.finish(visit);
        assert!(matches!(b.next(visit, SOON).await, Next::Finished));
    }

    #[tokio::test]
    async fn without_a_visit_nothing_is_sent_and_the_reason_is_told() {
        let b = Mailbox::new();
        b.explain("QuickBooks last came 3 h ago");
        let heard = b.exchange(request("x", LONG)).await;
        assert_eq!(heard.unwrap_err(), NetError::NotSent("QuickBooks last came 3 h ago".into()));
        let visit = b.open();
        b.close(visit, "it went away");
        let heard = b.exchange(request("x", LONG)).await;
        assert_eq!(heard.unwrap_err(), NetError::NotSent("it went away".into()));
    }

    #[tokio::test]
    async fn what_was_taken_along_and_not_answered_is_a_doubt() {
        let b = Arc::new(Mailbox::new());
        let first = b.open();
        let ask = |limit| {
            let b = b.clone();
            tokio::spawn(async move { b.exchange(request("w", limit)).await })
        };
        let lost = ask(LONG);
        assert!(body(&b, first).await.is_some());
        let second = b.open();
        assert!(matches!(lost.await.unwrap(), Err(NetError::MaybeSent { timed_out: false, .. })));
        assert!(!b.deliver(first, Ok(reply("late"))));
        assert!(matches!(b.next(first, SOON).await, Next::Closed));
        // not taken along: provably not sent
        let waiting = ask(LONG);
        while !b.settled(second, LONG).await {}
        b.close(second, "closed");
        assert!(matches!(waiting.await.unwrap(), Err(NetError::NotSent(_))));
        // no answer in time
        let third = b.open();
        let slow = ask(SOON);
        assert!(body(&b, third).await.is_some());
        assert!(matches!(slow.await.unwrap(), Err(NetError::MaybeSent { timed_out: true, .. })));
        assert!(!b.deliver(third, Ok(reply("late"))));
    }

    #[tokio::test]
    async fn a_caller_that_gives_up_leaves_the_box_clean() {
        let b = Arc::new(Mailbox::new());
        let visit = b.open();
        let gone = tokio::spawn({
            let b = b.clone();
            async move { b.exchange(request("a", LONG)).await }
        });
        while !b.settled(visit, LONG).await {}
        gone.abort();
        assert!(gone.await.is_err());
        assert!(matches!(b.next(visit, SOON).await, Next::Nothing));
        let next = tokio::spawn({
            let b = b.clone();
            async move { b.exchange(request("b", LONG)).await }
        });
        assert_eq!(body(&b, visit).await.as_deref(), Some("b"));
        b.deliver(visit, Ok(reply("ok")));
        assert!(next.await.unwrap().is_ok());
    }
}
