//! The stand-in of QuickBooks Online: token endpoint, Accounting API v3 and the switches of its contract's section 12.
//!
//! One company (realm) with its lists, transactions, request memory and clock sits behind one lock; a request is
//! handled whole under it, so that callers race as they do at the real system.
//!
//! One port serves `/.well-known/openid_configuration` and `…_sandbox_…`, `/connect/oauth2`, `/oauth2/v1/tokens/bearer`,
//! `/v2/oauth2/tokens/revoke`, `/op/v1/jwks`, `/v1/openid_connect/userinfo`, the signed addresses `/files/{id}`, and
//! `/v3/company/{realm}/…`: the entities, `query`, `cdc`, `batch`, `upload`, `download/{id}`, `companyinfo/{realm}`,
//! `preferences`, `exchangerate` and `reports/GeneralLedger`. What people do in the product is [`QuickBooksOnline::by_hand`]
//! and the diary of the [`Company`]; webhooks are sent by [`QuickBooksOnline::deliver`].

mod access;
mod api;
mod attachments;
mod batch;
mod bill_payment;
mod books;
mod cdc;
pub mod company;
mod diary;
mod expenses;
mod fault;
mod filters;
pub mod fq_us;
mod fq_us_diary;
mod general_ledger;
mod header;
mod journal;
mod kind;
mod lists;
mod memory;
mod merge;
mod multipart;
mod names;
mod oauth;
mod payables;
mod postings;
mod properties;
mod purchases;
mod query;
mod query_parser;
mod rates;
mod refs;
mod reply;
mod seed;
mod server;
mod state;
mod switches;
mod tax;
mod tax_lists;
mod webhooks;
mod wire;
mod write;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use jiff::Timestamp;
use serde_json::{Value, json};

pub use company::Company;
pub use seed::SeedError;

use super::faults::{Faults, What, When};
use super::stand_in::StandIn;
use kind::Kind;
use memory::InFlight;
use state::State;

/// The system's name.
pub const NAME: &str = "quickbooks_online";

/// What a fault's `operation` may name, which are also the kinds of calls.
const OPERATIONS: &[&str] = &[
    "token",
    "revoke",
    "authorize",
    "query",
    "cdc",
    "batch",
    "companyinfo",
    "preferences",
    "exchangerate",
    "account",
    "attachable",
    "bill",
    "billpayment",
    "class",
    "companycurrency",
    "customer",
    "deliver",
    "department",
    "download",
    "employee",
    "journalentry",
    "purchase",
    "reports",
    "term",
    "upload",
    "vendor",
    "vendorcredit",
    "other",
];

/// A QuickBooks Online company on loopback.
pub struct QuickBooksOnline {
    realm: Arc<Realm>,
}

/// What the handlers share.
struct Realm {
    seed: State,
    state: Mutex<State>,
    in_flight: InFlight,
    faults: Faults,
}

impl Realm {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl QuickBooksOnline {
    /// A company as the seed describes it, at the given time. Fails when the seed contradicts itself.
    pub fn new(seed: Company, faults: Faults, now: Timestamp) -> Result<Arc<Self>, SeedError> {
        let seed = seed::open(seed, now)?;
        let state = Mutex::new(seed.clone());
        Ok(Arc::new(Self { realm: Arc::new(Realm { seed, state, in_flight: InFlight::default(), faults }) }))
    }

    /// What a person does in the product itself: `create`, `update`, `delete`, `void` of an entity, or `merge`
    /// (`{"Id": loser, "Into": winner}`), under the same rules but beside the API, so that it is not counted and needs no token; `LastUpdatedTime` is the clock's now.
    /// References may carry `name` instead of `value`, as in [`company::Transaction`]. Answers the entity under its
    /// name, or says in a sentence why not.
    pub fn by_hand(&self, operation: &str, entity: &str, body: &Value) -> Result<Value, String> {
        let mut state = self.realm.state();
        let kind = Kind::parse(entity).ok_or_else(|| format!("there is no entity {entity}"))?;
        let body = seed::resolved(&state, "", body).map_err(|error| error.to_string())?;
        let body = body.as_object().ok_or("the entity must be an object")?;
        let done = match operation {
            "create" => write::create(&mut state, kind, body),
            "update" => write::update(&mut state, kind, body),
            "delete" => write::delete(&mut state, kind, body),
            "void" => write::void(&mut state, kind, body),
            "merge" => merge::merge(&mut state, kind, body),
            other => return Err(format!("there is no operation {other}")),
        };
        done.map_err(|fault| format!("{} {}", fault.code, fault.detail))
    }

    /// Pays now, dated as in the diary, the bills of the sample firm's D01, D02 and D04 that are in the books and not
    /// paid yet, and answers the payments. The diary makes them by itself when the clock passes 2026-10-20 and the bills
    /// are there; this is for a history that was made on another clock. Doing it again does nothing.
    pub fn october_payments(&self) -> Result<Vec<Value>, String> {
        self.deeds(|deed| matches!(deed, company::Deed::Pay { .. }))
    }

    /// Retypes now the second line of the sample firm's D06 (936.00 becomes 963.00), if its bill is in the books and
    /// was not retyped yet, and answers the bill. The diary does it by itself when the clock passes 2026-10-28 and the
    /// bill is there.
    pub fn october_edit(&self) -> Result<Vec<Value>, String> {
        self.deeds(|deed| matches!(deed, company::Deed::Retype { .. }))
    }

    /// Sends a webhook now, as the module `webhooks` describes the order, and answers the statuses that the receiver
    /// gave and the body that was sent. A sentence says why nothing could be delivered.
    pub async fn deliver(&self, order: &Value) -> Result<Value, String> {
        let mut delivery = webhooks::prepare(&mut self.realm.state(), order)?;
        let fires = |what| self.realm.faults.fires(NAME, "deliver", what, When::Before).is_some();
        if fires(What::DuplicateEvent) {
            delivery.times(|times| times * 2);
        }
        if fires(What::LoseEvent) {
            delivery.times(|_| 0);
        }
        webhooks::send(&delivery).await
    }

    fn deeds(&self, which: impl Fn(&company::Deed) -> bool) -> Result<Vec<Value>, String> {
        let mut state = self.realm.state();
        let events = state.company.diary.clone();
        let done = events
            .iter()
            .filter(|event| which(&event.deed))
            .map(|event| diary::perform(&mut state, &event.deed, false).map_err(|error| error.to_string()));
        done.filter_map(Result::transpose).collect()
    }
}

impl StandIn for QuickBooksOnline {
    fn name(&self) -> &'static str {
        NAME
    }

    fn routers(&self) -> Vec<(String, Router)> {
        vec![("base".to_owned(), server::router(self.realm.clone()))]
    }

    fn bound(&self, urls: &[String]) -> Value {
        let base = urls.first().cloned().unwrap_or_default();
        let mut state = self.realm.state();
        state.base_url.clone_from(&base);
        json!({
            "base_url": base,
            "token_url": format!("{base}/oauth2/v1/tokens/bearer"),
            "client_id": state.access.client_id,
            "client_secret": state.access.client_secret,
            "realm_id": state.company.realm,
            "refresh_token": state.access.refresh_token(),
            "webhook_verifier_token": webhooks::VERIFIER_TOKEN,
        })
    }

    /// Each record is wrapped in the name of its type, as a read of it alone answers: `{"Bill": {…}}`.
    fn records(&self) -> Vec<Value> {
        let state = self.realm.state();
        let rows = state.books.tables().flat_map(|(kind, table)| table.rows().map(move |row| (kind, row)));
        rows.map(|(kind, row)| json!({kind.name(): row.value})).collect()
    }

    fn calls(&self) -> BTreeMap<String, u64> {
        self.realm.state().calls.clone()
    }

    fn operations(&self) -> &'static [&'static str] {
        OPERATIONS
    }

    fn switch(&self, name: &str, value: &Value) -> Result<(), String> {
        switches::set(&mut self.realm.state(), name, value)
    }

    fn set_clock(&self, now: Timestamp) {
        let mut state = self.realm.state();
        state.now = now;
        if let Err(error) = diary::play(&mut state) {
            tracing::warn!(%error, "a deed of the sample company's diary could not be done");
        }
    }

    fn reset(&self) {
        let mut state = self.realm.state();
        let (base_url, era) = (state.base_url.clone(), state.access.era() + 1);
        *state = self.realm.seed.clone();
        state.base_url = base_url;
        state.access.begin_era(era);
    }
}
