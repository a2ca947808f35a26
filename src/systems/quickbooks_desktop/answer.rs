//! The answer to a message set: one response for each request, found by its id and never by its place (contract 4).
//!
//! Answers may be many megabytes, so records are handed over one at a time as they are read.

use crate::systems::CallError;

use super::xml::{Element, Pull, Refused, Step, Tag};

/// What the whole set says (contract 6.1).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SetHead {
    /// `messageSetStatusCode`; none where the set had no ids.
    pub status: Option<i32>,
    /// `newMessageSetID`
    pub id: Option<String>,
}

/// The head of one response.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Head {
    /// `BillAddRs`
    pub name: String,
    /// The id of its request.
    pub request: String,
    /// `statusCode`; none where it is absent or no number: then nothing is known.
    pub status: Option<i32>,
    /// `Info`, `Warn` or `Error`.
    pub severity: String,
    /// `statusMessage`
    pub message: String,
    /// `iteratorID`
    pub iterator: Option<String>,
    /// `iteratorRemainingCount`
    pub remaining: Option<u64>,
}

/// A response with its records, for answers that are small.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Response {
    /// Its head.
    pub head: Head,
    /// Its children: `BillRet`, `ErrorRecovery`.
    pub records: Vec<Element>,
}

/// A small answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// The set.
    pub set: SetHead,
    /// The responses in the order in which they came.
    pub responses: Vec<Response>,
}

impl Answer {
    /// Reads a small answer as a whole.
    ///
    /// # Errors
    /// [`CallError::Shape`]: it is no answer.
    pub fn read(body: &[u8]) -> Result<Self, CallError> {
        let mut responses: Vec<Response> = Vec::new();
        let set = walk(body, |part| {
            match part {
                Part::Response(head) => {
                    responses.push(Response { head: head.clone(), records: Vec::new() });
                }
                Part::Record(_, record) => {
                    if let Some(last) = responses.last_mut() {
                        last.records.push(record);
                    }
                }
            }
            Ok(())
        })?;
        Ok(Self { set, responses })
    }

    /// The response to a request.
    pub fn to(&self, request: &str) -> Option<&Response> {
        self.responses.iter().find(|r| r.head.request == request)
    }
}

/// A part of an answer, in the order in which it comes.
pub enum Part<'a> {
    /// A response begins.
    Response(&'a Head),
    /// One of its records.
    Record(&'a Head, Element),
}

/// Goes through an answer; no more than one record is held at a time.
///
/// # Errors
/// [`CallError::Shape`]: it is no answer, or `each` says so.
pub fn walk(
    body: &[u8],
    mut each: impl FnMut(Part<'_>) -> Result<(), CallError>,
) -> Result<SetHead, CallError> {
    let text = std::str::from_utf8(body).map_err(|_| shape("it is not UTF-8"))?;
    let mut pull = Pull::new(text).map_err(refused)?;
    opened(&mut pull, "QBXML")?;
    let set = opened(&mut pull, "QBXMLMsgsRs")?;
    let status = set.attribute("messageSetStatusCode").map(|c| c.parse::<i32>());
    let status = status.transpose().map_err(|_| shape("messageSetStatusCode is no number"))?;
    let head = SetHead { status, id: set.attribute("newMessageSetID").map(Into::into) };
    while let Step::Open(tag) = pull.next().map_err(refused)? {
        let response = response(&tag);
        each(Part::Response(&response))?;
        while let Step::Open(tag) = pull.next().map_err(refused)? {
            let record = pull.element(tag).map_err(refused)?;
            each(Part::Record(&response, record))?;
        }
    }
    // the rest of the document has to be there and in order, or it was cut off
    while pull.next().map_err(refused)? != Step::End {}
    Ok(head)
}

fn opened(pull: &mut Pull<'_>, name: &str) -> Result<Tag, CallError> {
    match pull.next().map_err(refused)? {
        Step::Open(tag) if tag.name == name => Ok(tag),
        _ => Err(shape(&format!("{name} is missing"))),
    }
}

fn response(tag: &Tag) -> Head {
    Head {
        name: tag.name.clone(),
        request: tag.attribute("requestID").unwrap_or_default().into(),
        status: tag.attribute("statusCode").and_then(|c| c.parse().ok()),
        severity: tag.attribute("statusSeverity").unwrap_or_default().into(),
        message: tag.attribute("statusMessage").unwrap_or_default().into(),
        iterator: tag.attribute("iteratorID").map(Into::into),
        remaining: tag.attribute("iteratorRemainingCount").and_then(|c| c.parse().ok()),
    }
}

fn refused(why: Refused) -> CallError {
    shape(&why.to_string())
}

fn shape(why: &str) -> CallError {
    CallError::Shape(format!("QuickBooks' answer: {why}"))
}
