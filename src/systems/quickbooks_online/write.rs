//! Single calls that write, sorted by what is known of their outcome, and reading one record by its id.

use serde_json::Value;

use crate::model::canonical::sha256_hex;
use crate::systems::{CallError, Put, SendError};
use crate::transport::{Method, NetError, Reply};

use super::Client;
use super::faults::{Fault, Meaning};
use super::query::{Entity, percent};
use super::send::{Body, from_send};
use super::wire::Answer;
use super::wire_lists::is_deleted;

/// What is known of a single write.
pub enum Written {
    /// It answered with what it made.
    Made(Answer),
    /// It refused.
    Fault(Fault),
    /// Anything else: provably nothing was written, or it is not known.
    Put(Put),
}

/// The outcome from the answer to one call.
fn written(heard: Result<Reply, SendError>) -> Result<Written, CallError> {
    let unknown = |why: String| Ok(Written::Put(Put::Unknown(why)));
    let reply = match heard {
        Ok(reply) => reply,
        Err(SendError::NoToken(e)) => return Err(e),
        Err(SendError::Net(NetError::NotSent(why))) => return Ok(Written::Put(Put::NotSent(why))),
        Err(SendError::Net(NetError::MaybeSent { reason, .. })) => return unknown(reason),
    };
    let status = reply.status;
    match status {
        429 => return Err(CallError::Throttled(reply.retry_after())),
        413 => {
            let message = "the file or record is larger than QuickBooks takes".into();
            return Ok(Written::Put(Put::Refused { code: "413".into(), message }));
        }
        409 | 500.. => return unknown(format!("QuickBooks Online answered {status}")),
        _ => {}
    }
    let answer = match Answer::parse(&reply.body) {
        Ok(answer) => answer,
        Err(why) if status == 404 => {
            return Ok(Written::Put(Put::NotSent(format!("QuickBooks does not know the address ({why})"))));
        }
        Err(why) => return unknown(format!("QuickBooks Online answered {status}: {why}")),
    };
    match answer.fault() {
        Some(fault) => of_fault(fault, reply.retry_after()),
        None if (200..300).contains(&status) => Ok(Written::Made(answer)),
        None => unknown(format!("QuickBooks Online answered {status} without a reason")),
    }
}

/// A fault of a single write.
pub fn of_fault(fault: Fault, retry_after: Option<u64>) -> Result<Written, CallError> {
    Ok(match fault.meaning() {
        Meaning::Throttled | Meaning::SignIn => return Err(fault.as_call_error(retry_after)),
        Meaning::CompanyPaused => Written::Put(Put::NotSent(fault.sentence(None))),
        Meaning::InDoubt => Written::Put(Put::Unknown(fault.sentence(None))),
        Meaning::Refused | Meaning::ClosedPeriod => Written::Fault(fault),
    })
}

/// A refusal with its code and sentence.
pub fn refusal(fault: &Fault) -> Put {
    Put::Refused { code: fault.code(), message: fault.sentence(None) }
}

impl Client {
    /// One write of a record: exactly one call.
    pub(super) async fn write(
        &self,
        path: &str,
        parameters: &[(&str, &str)],
        body: Body,
    ) -> Result<Written, CallError> {
        written(self.exchange_as("write", Method::Post, path, parameters, Some(body)).await)
    }

    /// The key of a single call: `t-` and 34 hex digits (contract 4.2). A changed payload needs another one.
    pub(super) fn request_id(&self, key: &str, payload: &str) -> String {
        let hex = sha256_hex(format!("{}|{key}|{payload}", self.link.company).as_bytes());
        format!("t-{}", hex.get(..34).unwrap_or(&hex))
    }

    /// One record by its id: a call by id sees a write at once. None: it is gone (code 610).
    pub(super) async fn by_id(&self, entity: Entity, id: &str) -> Result<Option<Value>, CallError> {
        let path = format!("{}/{}", entity.path(), percent(id));
        let reply = self.exchange("request", Method::Get, &path, &[], None).await.map_err(from_send)?;
        let fault = Answer::parse(&reply.body).ok().and_then(|a| a.fault());
        if reply.status < 500 && fault.is_some_and(|f| f.has(&[610])) {
            return Ok(None);
        }
        let mut answer = super::send::answer(&reply)?;
        let row = answer.body.remove(entity.name());
        let row = row.ok_or_else(|| CallError::Shape(format!("{} is missing", entity.name())))?;
        Ok(Some(row).filter(|r| !is_deleted(r)))
    }
}
