//! The pure half: what a posting looks like and what an answer means.

use std::time::Duration;

use crate::model::entry::Entry;
use crate::model::intent::Outcome;
use crate::model::ledger::LedgerFacts;
use crate::systems::{ItemKey, Limits, Prepared, PreparedCall, Proof, SendError, Target};
use crate::transport::Reply;

use super::Client;

impl Target for Client {
    fn limits(&self) -> Limits {
        Limits {
            // one posting a message set (contract 6.2)
            batch: 1,
            lookup: 100,
            settle: Duration::ZERO,
            lookup_gap: Duration::ZERO,
            number: 20,
            memo: 4095,
        }
    }

    fn proof(&self) -> Proof {
        Proof::Replay
    }

    fn preflight(&self) -> usize {
        100
    }

    fn check(&self, _: &Entry, _: &LedgerFacts) -> Vec<String> {
        vec!["QuickBooks Desktop is not written yet".into()]
    }

    fn encode(&self, _: &Entry, _: &ItemKey, _: &LedgerFacts) -> Result<Prepared, String> {
        Err("QuickBooks Desktop is not written yet".into())
    }

    fn assemble(&self, _: &[Prepared], _: &[ItemKey], request_key: Option<&str>) -> PreparedCall {
        PreparedCall { request_key: request_key.unwrap_or_default().to_string(), bytes: Vec::new() }
    }

    fn classify(&self, keys: &[String], _: &Result<Reply, SendError>, _: &LedgerFacts) -> Vec<Outcome> {
        keys.iter().map(|_| Outcome::Ambiguous { reason: "the answer cannot be read".into() }).collect()
    }
}
