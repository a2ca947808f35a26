//! The pure half: what a posting looks like and what an answer means.

use std::time::Duration;

use crate::model::entry::Entry;
use crate::model::intent::Outcome;
use crate::model::ledger::LedgerFacts;
use crate::systems::{ItemKey, Limits, Prepared, PreparedCall, Proof, SendError, Target};
use crate::transport::Reply;

use super::queries::KEYS_MAX;
use super::{Client, MEMO_MAX, NUMBER_MAX, assemble, check, classify, encode};

impl Target for Client {
    fn limits(&self) -> Limits {
        Limits {
            // one posting a message set (contract 6.2)
            batch: 1,
            lookup: KEYS_MAX,
            settle: Duration::ZERO,
            lookup_gap: Duration::ZERO,
            number: NUMBER_MAX,
            memo: MEMO_MAX,
        }
    }

    fn proof(&self) -> Proof {
        Proof::Replay
    }

    fn preflight(&self) -> usize {
        KEYS_MAX
    }

    fn check(&self, entry: &Entry, facts: &LedgerFacts) -> Vec<String> {
        check::check(entry, facts)
    }

    fn encode(&self, entry: &Entry, key: &ItemKey, facts: &LedgerFacts) -> Result<Prepared, String> {
        encode::encode(entry, key, facts)
    }

    fn assemble(&self, items: &[Prepared], keys: &[ItemKey], request_key: Option<&str>) -> PreparedCall {
        let recorded = self.known().recorded.clone();
        assemble::posting(items, keys, request_key, recorded.as_deref())
    }

    fn classify(
        &self,
        keys: &[String],
        heard: &Result<Reply, SendError>,
        facts: &LedgerFacts,
    ) -> Vec<Outcome> {
        classify::outcomes(keys, heard, Some(facts))
    }
}
