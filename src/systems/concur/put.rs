//! Writes of reference data: what became of one.
//!
//! An error is returned only where the write was turned away as a whole; whatever leaves a doubt is [`Put::Unknown`].

use super::call::{Call, Reached};
use super::{Concur, errors};
use crate::systems::{CallError, Put};
use crate::transport::Reply;

/// A write that was answered, or what became of it instead.
pub enum Written {
    /// The answer.
    Answered(Reply),
    /// The end of it.
    Ended(Put),
}

impl Concur {
    /// Writes once.
    pub(super) async fn write(&self, call: Call) -> Result<Written, CallError> {
        let trouble = match self.attempt(call).await {
            Ok(reply) => return Ok(Written::Answered(reply)),
            Err(trouble) => trouble,
        };
        match trouble.reached {
            Reached::TurnedAway => Err(trouble.error),
            Reached::NotSent => Ok(Written::Ended(Put::NotSent(trouble.error.to_string()))),
            Reached::Perhaps => Ok(Written::Ended(Put::Unknown(trouble.error.to_string()))),
            Reached::Refused { code, message } => Ok(Written::Ended(Put::Refused { code, message })),
        }
    }
}

/// A refusal of ours, before anything is sent.
pub fn not_offered(message: impl Into<String>) -> Put {
    Put::Refused { code: "not_offered".into(), message: message.into() }
}

/// An answer to a write that cannot be read: the write may have been done.
pub fn unreadable(what: &str, why: &serde_json::Error) -> Put {
    Put::Unknown(errors::short(&format!("the answer about {what} cannot be read: {why}")))
}
