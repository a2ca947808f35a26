//! A ledger's client whose posting answers are twisted before they are read.
#![allow(clippy::unwrap_used, reason = "a test ends where something is not there")]

use std::sync::{Arc, Mutex};

use tieout::engine::EngineError;
use tieout::engine::life::LifeConnector;
use tieout::engine::wiring::{Connector, Tuning};
use tieout::model::intent::Outcome;
use tieout::model::ledger::LedgerFacts;
use tieout::model::{ConnectionId, Entry, EntryKind};
use tieout::store::ConnectionRow;
use tieout::systems::{
    CallError, ItemKey, Limits, Prepared, PreparedCall, Push, RemoteCompany, Seen, SendError, Source, System,
    Target, Wanted,
};
use tieout::transport::{Fut, Reply};

/// What is put between an answer and its reading.
pub type Twist = Arc<dyn Fn(&PreparedCall, Reply) -> Result<Reply, SendError> + Send + Sync>;

/// Builds the real clients, and twists those of ledgers.
pub struct Twisting {
    pub real: LifeConnector,
    pub twist: Twist,
    pub company: Arc<Mutex<Option<String>>>,
}

impl Connector for Twisting {
    fn source(&self, row: &ConnectionRow) -> Result<Arc<dyn Source>, EngineError> {
        self.real.source(row)
    }
    fn push(&self, row: &ConnectionRow) -> Result<Arc<dyn Push>, EngineError> {
        let (twist, company) = (self.twist.clone(), self.company.clone());
        Ok(Arc::new(Twisted { real: self.real.push(row)?, twist, company }))
    }
    fn tuning(&self, id: &ConnectionId) -> Tuning {
        self.real.tuning(id)
    }
}

/// The real client with its posting answers twisted.
struct Twisted {
    real: Arc<dyn Push>,
    twist: Twist,
    company: Arc<Mutex<Option<String>>>,
}

impl System for Twisted {
    fn name(&self) -> &'static str {
        self.real.name()
    }
    fn company(&self) -> Fut<'_, Result<RemoteCompany, CallError>> {
        self.real.company()
    }
}

impl Target for Twisted {
    fn limits(&self) -> Limits {
        self.real.limits()
    }
    fn check(&self, entry: &Entry, facts: &LedgerFacts) -> Vec<String> {
        self.real.check(entry, facts)
    }
    fn encode(&self, entry: &Entry, key: &ItemKey, facts: &LedgerFacts) -> Result<Prepared, String> {
        self.real.encode(entry, key, facts)
    }
    fn assemble(&self, items: &[Prepared], keys: &[ItemKey], request_key: Option<&str>) -> PreparedCall {
        self.real.assemble(items, keys, request_key)
    }
    fn classify(
        &self,
        item_keys: &[String],
        heard: &Result<Reply, SendError>,
        facts: &LedgerFacts,
    ) -> Vec<Outcome> {
        self.real.classify(item_keys, heard, facts)
    }
}

impl Push for Twisted {
    fn send(&self, call: PreparedCall) -> Fut<'_, Result<Reply, SendError>> {
        Box::pin(async move {
            let reply = self.real.send(call.clone()).await?;
            (self.twist)(&call, reply)
        })
    }
    fn look_up(&self, wanted: Vec<Wanted>) -> Fut<'_, Result<Vec<(i64, Seen)>, CallError>> {
        self.real.look_up(wanted)
    }
    fn facts(
        &self,
        before: Option<LedgerFacts>,
        now: jiff::Timestamp,
    ) -> Fut<'_, Result<LedgerFacts, CallError>> {
        Box::pin(async move {
            let mut facts = self.real.facts(before, now).await?;
            if let Some(other) = self.company.lock().unwrap().clone() {
                facts.company.id = other;
            }
            Ok(facts)
        })
    }
    fn deep_link(&self, kind: EntryKind, id: &str) -> Option<String> {
        self.real.deep_link(kind, id)
    }
}
