//! What the answer to a posting means (contract 5, 6.1 and 6.2).
//!
//! What QuickBooks says it did is believed: a record with its id exists, whatever else the answer says. Nothing else is
//! ever taken for success.

use crate::model::intent::Outcome;
use crate::model::ledger::LedgerFacts;
use crate::systems::SendError;
use crate::transport::{NetError, Reply};

use super::answer::{Answer, Response};
use super::hresult::{self, Trouble};
use super::read_back::DIFFERS;
use super::status::{self, Class};

/// Characters of a reference, with which each item key begins.
const REFERENCE: usize = 11;

/// The record that a response made.
pub struct Made {
    /// `TxnID`
    pub id: String,
    /// `RefNumber`; none where QuickBooks only remembers that it made it.
    pub number: Option<String>,
}

/// The header of a reply, where it is there and not empty.
pub fn header<'a>(reply: &'a Reply, name: &str) -> Option<&'a str> {
    let found = reply.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name));
    found.map(|(_, v)| v.trim()).filter(|v| !v.is_empty())
}

/// The record that a response made: in full, or as QuickBooks remembers it (contract 6.1).
pub fn made(response: &Response) -> Option<Made> {
    let record = response.records.iter().find(|r| r.text("TxnID").is_some())?;
    let id = record.text("TxnID")?.to_string();
    Some(Made { id, number: record.text("RefNumber").map(Into::into) })
}

/// One outcome for each item key.
pub fn outcomes(
    keys: &[String],
    heard: &Result<Reply, SendError>,
    facts: Option<&LedgerFacts>,
) -> Vec<Outcome> {
    let all = |outcome: Outcome| vec![outcome; keys.len()];
    let reply = match heard {
        Ok(reply) => reply,
        Err(SendError::NoToken(why)) => return all(Outcome::NotSent { reason: why.to_string() }),
        Err(SendError::Net(NetError::NotSent(reason))) => {
            return all(Outcome::NotSent { reason: reason.clone() });
        }
        Err(SendError::Net(NetError::MaybeSent { reason, .. })) => {
            return all(Outcome::Ambiguous { reason: reason.clone() });
        }
    };
    if let Some(raised) = header(reply, "hresult") {
        let reason = hresult::advice(raised, header(reply, "message").unwrap_or_default());
        let nothing_ran = hresult::known(raised).is_some_and(|r| r.trouble == Trouble::NothingRan);
        return all(if nothing_ran {
            Outcome::Refused { code: raised.to_string(), message: reason, closed_period: false }
        } else {
            Outcome::Ambiguous { reason }
        });
    }
    let answer = match Answer::read(&reply.body) {
        Ok(answer) => answer,
        Err(error) => return all(Outcome::Ambiguous { reason: error.to_string() }),
    };
    keys.iter()
        .map(|key| match answer.to(key) {
            Some(response) => one(key, response, header(reply, DIFFERS), facts),
            None => without_response(&answer),
        })
        .collect()
}

/// The set says what became of it, or nothing does.
fn without_response(answer: &Answer) -> Outcome {
    match answer.set.status {
        Some(code) if code != 0 => Outcome::Lost {
            reason: format!("{} (message set status {code})", status::sentence(code, "", None)),
        },
        _ => Outcome::Ambiguous { reason: "QuickBooks' answer does not speak of this record".into() },
    }
}

fn one(key: &str, response: &Response, differs: Option<&str>, facts: Option<&LedgerFacts>) -> Outcome {
    let head = &response.head;
    let Some(code) = head.status else {
        return Outcome::Ambiguous { reason: "QuickBooks' answer has no status".into() };
    };
    let class = status::class(code, &head.message);
    let sentence = || status::sentence(code, &head.message, facts);
    let refused =
        |closed_period| Outcome::Refused { code: code.to_string(), message: sentence(), closed_period };
    match class {
        Class::Success | Class::Empty | Class::Partial | Class::Warning | Class::DataLost => {
            let Some(made) = made(response) else {
                return Outcome::Ambiguous { reason: "QuickBooks names no record in its answer".into() };
            };
            if class != Class::Success {
                tracing::warn!(
                    key,
                    code,
                    id = made.id,
                    "QuickBooks made the record with a remark: {}",
                    sentence()
                );
            }
            if let Some(what) = differs {
                // it exists: the look-up compares it with what was approved and leaves it to a person
                return Outcome::Ambiguous {
                    reason: format!("QuickBooks made the record, but {what} ({})", sentence()),
                };
            }
            let reference = || key.chars().take(REFERENCE).collect();
            Outcome::Done { id: made.id, number: made.number.unwrap_or_else(reference) }
        }
        Class::Busy | Class::Later | Class::NotRun => Outcome::Busy { reason: sentence() },
        Class::ClosedPeriod => refused(true),
        Class::SetLost | Class::Internal => {
            Outcome::Lost { reason: format!("{} (status {code})", sentence()) }
        }
        Class::ByText
        | Class::Configuration
        | Class::Stale
        | Class::NameTaken
        | Class::OutOfDate
        | Class::IteratorGone
        | Class::Bug
        | Class::Permanent => refused(false),
    }
}
