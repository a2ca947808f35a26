//! One exchange that reads: a message set of queries that the Web Connector takes along, and its answer. Reads may be
//! repeated, so a lost answer is a connection's trouble and nothing else.

use crate::systems::CallError;
use crate::transport::{Method, NetError, Reply, Request};

use super::answer::{Head, Part, walk};
use super::classify::header;
use super::hresult::{self, Trouble};
use super::queries::Walk;
use super::status::{self, Class};
use super::xml::Element;
use super::{Client, assemble};

/// Records of one page: some hundred kilobytes of answer.
pub const PAGE: u32 = 500;
/// Transactions of one page, with their lines.
pub const PAGE_WITH_LINES: u32 = 100;

/// A query with the id under which its answer comes.
#[derive(Debug, Clone)]
pub struct Query {
    /// `requestID`
    pub id: String,
    /// The request element.
    pub xml: String,
    /// What its answer may be besides success, an empty list and remarks.
    pub lenient: &'static [Class],
}

impl Query {
    /// A query whose answer has to be complete.
    ///
    /// # Errors
    /// The request cannot be written.
    pub fn new(id: &str, xml: Result<String, String>) -> Result<Self, CallError> {
        Ok(Self { id: id.into(), xml: xml.map_err(CallError::Refused)?, lenient: &[] })
    }

    /// Accepts these answers as well.
    #[must_use]
    pub fn or(mut self, lenient: &'static [Class]) -> Self {
        self.lenient = lenient;
        self
    }
}

impl Client {
    /// Puts a message set where the Web Connector finds it, and gives its answer.
    pub(super) async fn carried(&self, bytes: Vec<u8>) -> Result<Reply, NetError> {
        let request = Request {
            method: Method::Post,
            url: String::new(),
            headers: Vec::new(),
            body: bytes,
            timeout: self.link.request_timeout,
        };
        self.link.net.exchange(request).await
    }

    /// The answer to queries that go together; `each` gets their records one at a time. Gives the heads in the order
    /// of the queries.
    pub(super) async fn ask<F>(&self, queries: &[Query], mut each: F) -> Result<Vec<Head>, CallError>
    where
        F: FnMut(usize, Element) -> Result<(), CallError> + Send,
    {
        let requests: Vec<String> = queries.iter().map(|q| q.xml.clone()).collect();
        let reply = self.carried(assemble::reads(&requests)).await.map_err(not_read)?;
        drop(requests);
        raised(&reply)?;
        let place = |request: &str| queries.iter().position(|q| q.id == request);
        let mut heads: Vec<Option<Head>> = vec![None; queries.len()];
        walk(&reply.body, |part| match part {
            Part::Response(head) => {
                let Some(at) = place(&head.request) else { return Ok(()) };
                judge(head, queries.get(at).map_or(&[], |q| q.lenient))?;
                if let Some(slot) = heads.get_mut(at) {
                    *slot = Some(head.clone());
                }
                Ok(())
            }
            Part::Record(head, record) => match place(&head.request) {
                Some(at) => each(at, record),
                None => Ok(()),
            },
        })?;
        let missing = |at: usize| {
            let id = queries.get(at).map_or("", |q| q.id.as_str());
            CallError::Shape(format!("QuickBooks' answer does not speak of the request {id}"))
        };
        heads.into_iter().enumerate().map(|(at, head)| head.ok_or_else(|| missing(at))).collect()
    }

    /// All of a list, page by page. What `read` makes of an element is kept, the page is not. An iterator that is gone,
    /// because another visit began in the middle, starts again once.
    pub(super) async fn pages<T: Send>(
        &self,
        make: impl Fn(Walk<'_>) -> Result<String, String> + Send + Sync,
        page: u32,
        read: impl Fn(&Element) -> Result<Option<T>, CallError> + Send + Sync,
    ) -> Result<Vec<T>, CallError> {
        let mut restarted = false;
        'start: loop {
            let mut out: Vec<T> = Vec::new();
            let mut iterator: Option<String> = None;
            let mut before: Option<u64> = None;
            loop {
                let walk = iterator.as_deref().map_or(Walk::Start(page), |i| Walk::Continue(page, i));
                let query = Query::new("page", make(walk))?.or(&[Class::IteratorGone]);
                let heads = self
                    .ask(&[query], |_, element| {
                        out.extend(read(&element)?);
                        Ok(())
                    })
                    .await?;
                let Some(head) = heads.into_iter().next() else { return Ok(out) };
                match head.status.map(|c| status::class(c, &head.message)) {
                    Some(Class::Empty) => return Ok(out),
                    Some(Class::IteratorGone) if !restarted && iterator.is_some() => {
                        restarted = true;
                        continue 'start;
                    }
                    Some(Class::IteratorGone) => {
                        let reason = status::sentence(head.status.unwrap_or_default(), &head.message, None);
                        return Err(CallError::Offline { reason, timed_out: false });
                    }
                    _ => {}
                }
                let remaining = head.remaining.ok_or_else(|| {
                    CallError::Shape(format!("{}: iteratorRemainingCount is missing", head.name))
                })?;
                if remaining == 0 {
                    return Ok(out);
                }
                if before.is_some_and(|b| remaining >= b) {
                    return Err(CallError::Shape(format!("{}: the pages do not come to an end", head.name)));
                }
                before = Some(remaining);
                iterator = head.iterator.or(iterator);
                if iterator.is_none() {
                    return Err(CallError::Shape(format!("{}: iteratorID is missing", head.name)));
                }
            }
        }
    }
}

/// Why nothing could be read.
pub fn not_read(error: NetError) -> CallError {
    match error {
        NetError::NotSent(reason) => CallError::Offline { reason, timed_out: false },
        NetError::MaybeSent { reason, timed_out } => CallError::Offline { reason, timed_out },
    }
}

/// QuickBooks raised an error in place of an answer.
pub fn raised(reply: &Reply) -> Result<(), CallError> {
    if let Some(raised) = header(reply, "hresult") {
        let reason = hresult::advice(raised, header(reply, "message").unwrap_or_default());
        return Err(match hresult::known(raised).map(|r| r.trouble) {
            Some(Trouble::NothingRan) => CallError::Refused(reason),
            _ => CallError::Offline { reason, timed_out: false },
        });
    }
    if reply.status == 200 {
        return Ok(());
    }
    Err(CallError::Shape(format!("the answer has the status {}", reply.status)))
}

/// Whether a response may be used.
fn judge(head: &Head, lenient: &[Class]) -> Result<(), CallError> {
    let Some(code) = head.status else {
        return Err(CallError::Shape(format!("{}: statusCode is missing", head.name)));
    };
    let class = status::class(code, &head.message);
    if lenient.contains(&class) {
        return Ok(());
    }
    let sentence = || format!("{} (status {code})", status::sentence(code, &head.message, None));
    match class {
        Class::Success | Class::Empty | Class::Warning => Ok(()),
        Class::Busy | Class::Later | Class::Internal | Class::NotRun | Class::IteratorGone => {
            Err(CallError::Offline { reason: sentence(), timed_out: false })
        }
        _ => Err(CallError::Refused(sentence())),
    }
}
