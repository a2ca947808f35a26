//! What goes wrong at the Web Connector's PC, armed beforehand and spent when it strikes.

use serde_json::Value;

use super::envelope::Operation;

/// Before or after a call reached the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The service never hears of it.
    Before,
    /// The service did its work; its answer is never read.
    After,
}

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mishap {
    /// The PC dies around a message set: before QuickBooks has it, or after QuickBooks carried it out.
    DieAtProcess(Side),
    /// The PC dies around a call of this kind.
    DieAt(Operation, Side),
    /// QuickBooks' session is killed when it should go on with an iterator.
    DieInIterator,
    /// `receiveResponseXML` is not sent; the next call is `sendRequestXML`.
    DropReceive,
    /// `receiveResponseXML` is sent twice.
    ReceiveTwice,
    /// `receiveResponseXML` is sent, and once more after the next `sendRequestXML`.
    ReceiveAgainAfterSend,
    /// `receiveResponseXML` comes after the next `sendRequestXML`.
    ReceiveAfterSend,
    /// The update is cut off; `receiveResponseXML` comes under its old ticket after the next `authenticate`.
    ReceiveAfterAuthenticate,
    /// The next update goes on with the ticket of the one before, without a sign-in.
    ReuseTicket,
    /// A call of this kind reaches the service, and its answer comes too late.
    TimeOut(Operation),
}

/// Those that wait, each with how many chances it lets pass.
#[derive(Debug, Default)]
pub struct Armed(Vec<(Mishap, u32)>);

impl Armed {
    /// One more, which lets `pass` chances go by first.
    pub fn arm(&mut self, mishap: Mishap, pass: u32) {
        self.0.push((mishap, pass));
    }

    /// Forgets all of them.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Whether it strikes now; then it is spent.
    pub fn strikes(&mut self, mishap: Mishap) -> bool {
        let Some(at) = self.0.iter().position(|(m, _)| *m == mishap) else { return false };
        match self.0.get_mut(at) {
            Some((_, 0)) => {
                self.0.remove(at);
                true
            }
            Some((_, pass)) => {
                *pass -= 1;
                false
            }
            None => false,
        }
    }
}

/// The switches' names.
pub const SWITCHES: [&str; 4] = ["die", "receive", "ticket", "time_out"];

/// A mishap from a switch: `{"die": "after_process"}`, `{"receive": "twice"}`, `{"ticket": "reuse"}`,
/// `{"time_out": "sendRequestXML"}`; or with how many chances go by first:
/// `{"die": {"at": "before_receiveResponseXML", "pass": 3}}`. None: `off`.
///
/// # Errors
/// A sentence.
pub fn of_switch(name: &str, value: &Value) -> Result<Option<(Mishap, u32)>, String> {
    let refuse = || format!("switch {name} does not take {value}");
    let (word, pass) = match value {
        Value::String(word) => (word.as_str(), 0),
        Value::Null => return Ok(None),
        Value::Object(fields) => {
            let word = fields.get("at").and_then(Value::as_str).ok_or_else(refuse)?;
            let pass = fields.get("pass").map_or(Some(0), Value::as_u64).ok_or_else(refuse)?;
            (word, u32::try_from(pass).map_err(|_| refuse())?)
        }
        _ => return Err(refuse()),
    };
    if word == "off" {
        return Ok(None);
    }
    let mishap = match (name, word) {
        ("die", "in_iterator") => Mishap::DieInIterator,
        ("die", _) => {
            let (side, at) = match (word.strip_prefix("before_"), word.strip_prefix("after_")) {
                (Some(at), _) => (Side::Before, at),
                (_, Some(at)) => (Side::After, at),
                _ => return Err(refuse()),
            };
            if at == "process" {
                Mishap::DieAtProcess(side)
            } else {
                Mishap::DieAt(operation(at).ok_or_else(refuse)?, side)
            }
        }
        ("receive", "drop") => Mishap::DropReceive,
        ("receive", "twice") => Mishap::ReceiveTwice,
        ("receive", "again") => Mishap::ReceiveAgainAfterSend,
        ("receive", "late") => Mishap::ReceiveAfterSend,
        ("receive", "after_authenticate") => Mishap::ReceiveAfterAuthenticate,
        ("ticket", "reuse") => Mishap::ReuseTicket,
        ("time_out", at) => Mishap::TimeOut(operation(at).ok_or_else(refuse)?),
        _ => return Err(refuse()),
    };
    Ok(Some((mishap, pass)))
}

fn operation(name: &str) -> Option<Operation> {
    Operation::ALL.into_iter().find(|o| o.name() == name)
}
