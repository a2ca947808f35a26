//! One outcome per item from the answer to a posting call (contract 4.3 and 5; reliability.md, 4.3). When in doubt:
//! ambiguous, and a look-up decides.

use serde_json::Value;

use crate::model::intent::Outcome;
use crate::model::ledger::LedgerFacts;
use crate::model::reference::Reference;
use crate::systems::{CallError, SendError};
use crate::transport::{NetError, Reply};

use super::faults::{Fault, Meaning};
use super::holder::Holder;
use super::wire::{Answer, Item};

/// One outcome for each of `item_keys`, in their order.
pub fn classify(item_keys: &[String], heard: &Result<Reply, SendError>, facts: &LedgerFacts) -> Vec<Outcome> {
    let all = |outcome: Outcome| vec![outcome; item_keys.len()];
    let reply = match heard {
        Ok(reply) => reply,
        Err(e) => return all(unanswered(e)),
    };
    let answer = Answer::parse(&reply.body);
    match reply.status {
        429 => return all(Outcome::Throttled { retry_after: reply.retry_after() }),
        401 => return all(not_sent("QuickBooks refuses the access token: sign in again")),
        // 409: the first call of this key still runs (contract 4.2)
        409 => return all(ambiguous("QuickBooks is still working on an earlier call with the same key")),
        200..=299 | 400..=499 => {}
        // even a fault with 5xx may come from a gateway while the server goes on working
        status => return all(ambiguous(&format!("QuickBooks answered {status}"))),
    }
    let answer = match answer {
        Ok(answer) => answer,
        Err(why) if matches!(reply.status, 404 | 413) => {
            return all(rejected_unread(reply.status, &why));
        }
        Err(why) => return all(ambiguous(&format!("QuickBooks answered {}: {why}", reply.status))),
    };
    match (reply.status, answer.items().filter(|items| !items.is_empty()), answer.fault()) {
        (200..=299, Some(items), _) => {
            item_keys.iter().map(|key| of_item(key, &items, facts, reply.retry_after())).collect()
        }
        (_, _, Some(fault)) => all(of_fault(&fault, facts, reply.retry_after())),
        (404, ..) => all(rejected_unread(404, "no reason given")),
        (status, ..) => all(ambiguous(&format!("QuickBooks answered {status} without results"))),
    }
}

fn unanswered(error: &SendError) -> Outcome {
    match error {
        SendError::Net(NetError::NotSent(reason)) => not_sent(reason),
        SendError::Net(NetError::MaybeSent { reason, .. }) => ambiguous(reason),
        SendError::NoToken(CallError::Throttled(retry_after)) => {
            Outcome::Throttled { retry_after: *retry_after }
        }
        SendError::NoToken(e) => not_sent(&e.to_string()),
    }
}

/// 404 and 413 come from the door: nothing behind it saw the request.
fn rejected_unread(status: u16, why: &str) -> Outcome {
    match status {
        413 => Outcome::Refused {
            code: "413".into(),
            message: "the request is too large for QuickBooks: make the batches of this connection smaller"
                .into(),
            closed_period: false,
        },
        _ => not_sent(&format!("QuickBooks does not know the address of the company ({status}: {why})")),
    }
}

fn of_fault(fault: &Fault, facts: &LedgerFacts, retry_after: Option<u64>) -> Outcome {
    let sentence = fault.sentence(Some(facts));
    match fault.meaning() {
        Meaning::Throttled => Outcome::Throttled { retry_after },
        Meaning::InDoubt => ambiguous(&sentence),
        Meaning::SignIn => not_sent(&fault.token_mends().err().unwrap_or(sentence)),
        Meaning::CompanyPaused => not_sent(&sentence),
        meaning @ (Meaning::Refused | Meaning::ClosedPeriod) => Outcome::Refused {
            code: fault.code(),
            message: sentence,
            closed_period: meaning == Meaning::ClosedPeriod,
        },
    }
}

fn of_item(key: &str, items: &[Item], facts: &LedgerFacts, retry_after: Option<u64>) -> Outcome {
    let mut mine = items.iter().filter(|i| i.key == key);
    let Some(item) = mine.next() else {
        return ambiguous("QuickBooks did not answer for this item");
    };
    if mine.next().is_some() {
        return ambiguous("QuickBooks answered twice for this item");
    }
    match &item.fault {
        Some(fault) if fault.has(&[6140]) && fault.meaning() == Meaning::InDoubt => {
            number_taken(item, fault, facts)
        }
        Some(fault) => of_fault(fault, facts, retry_after),
        None => made(item),
    }
}

/// A number that is taken. By our own record: verified by the look-up. By another one, of whatever kind: refused, and
/// nothing is ever overwritten (contract 4.3). Nobody read who holds it: in doubt.
fn number_taken(item: &Item, fault: &Fault, facts: &LedgerFacts) -> Outcome {
    let said = fault.sentence(Some(facts));
    let Some(holder) = Holder::beside(&item.rest) else { return ambiguous(&said) };
    let message = match &holder.marker {
        Some(m) if m.item_id() == item.key => {
            return ambiguous(&format!(
                "the number is held by our own record {}: it is verified next",
                holder.record
            ));
        }
        Some(other) => format!(
            "{said}; {} holds it for another document of ours ({other}): look at that one first",
            holder.record
        ),
        None if holder.record.is_empty() => {
            format!("{said}; the record that holds it was not found: give this one another number")
        }
        None => format!(
            "{said}; {} of {} holds it and is not ours: adopt it if it is the same document, else give this one \
             another number",
            holder.record, holder.date
        ),
    };
    Outcome::Refused { code: fault.code(), message, closed_period: false }
}

/// The record in a successful item. It has to be ours: a key that was used before brings back what was made then
/// (contract 4.2).
fn made(item: &Item) -> Outcome {
    let record = ["Bill", "VendorCredit", "Purchase", "JournalEntry"]
        .iter()
        .find_map(|name| item.rest.get(*name).map(|record| (*name, record)));
    let Some((entity, record)) = record else {
        return ambiguous("QuickBooks answered without a record");
    };
    let text = |name: &str| match record.get(name) {
        Some(Value::String(s)) => s.clone(),
        Some(Value::Number(n)) => n.to_string(),
        _ => String::new(),
    };
    let (id, number) = (text("Id"), text("DocNumber"));
    let marker = Reference::in_memo(&text("PrivateNote"));
    if id.is_empty() {
        return ambiguous("QuickBooks answered with a record without id");
    }
    match marker {
        Some(r) if r.item_id() != item.key => {
            ambiguous(&format!("QuickBooks answered with the record of another document ({r})"))
        }
        // a company may refuse numbers of ours; people then find it by kind and id
        Some(_) if number.is_empty() => Outcome::Done { number: format!("{entity} {id}"), id },
        None if number.is_empty() => ambiguous("QuickBooks answered with a record without number or marker"),
        _ => Outcome::Done { id, number },
    }
}

fn ambiguous(reason: &str) -> Outcome {
    Outcome::Ambiguous { reason: reason.into() }
}

fn not_sent(reason: &str) -> Outcome {
    Outcome::NotSent { reason: reason.into() }
}
