//! The store's operations. Each is one transaction; a second engine can stand behind the trait.

mod accounts;
mod corrections;
mod inbox;
mod mappings;
mod papers;
mod proposals;
mod runs;
mod trail;
mod views;
mod visits;

pub use accounts::AccountNotes;
pub use corrections::Corrections;
pub use inbox::{
    Delivery, EventAccount, Inbox, KeptDelivery, ListenerRow, ListenerState, Refusal, SubscriptionRow,
    SubscriptionState,
};
pub use mappings::Mappings;
pub use papers::Papers;
pub use proposals::Proposals;
pub use runs::Runs;
pub use trail::{Told as VerifyTold, Trail};
pub use views::Views;
pub use visits::Visits;

use std::future::Future;
use std::pin::Pin;

use jiff::Timestamp;

use crate::model::book::{Book, Policy};
use crate::model::ids::{BookId, ConnectionId, DocumentId};
use crate::model::ledger::LedgerFacts;
use crate::model::people::Actor;
use crate::model::rule::RuleSet;
use crate::model::state::State;
use crate::store::types::*;

/// What an operation answers.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// The operations. Those that change something take who did it and when.
pub trait Store:
    Runs
    + Inbox
    + Papers
    + Corrections
    + Proposals
    + Trail
    + Views
    + AccountNotes
    + Mappings
    + Visits
    + Send
    + Sync
{
    // ---- set-up ------------------------------------------------------------------------------------------------
    /// The store's own facts.
    fn instance(&self) -> Answer<'_, Instance>;
    /// Makes or changes a connection. The fingerprint of an existing one never changes: refused as wrong company.
    fn put_connection(&self, row: ConnectionRow, by: Actor, now: Timestamp) -> Answer<'_, ()>;
    /// All connections.
    fn connections(&self) -> Answer<'_, Vec<ConnectionRow>>;
    /// Sets a connection's health; audited when it changes.
    fn set_health(&self, id: ConnectionId, health: Health, reason: String, now: Timestamp) -> Answer<'_, ()>;
    /// Makes or changes a book, with before and after in the audit event.
    fn put_book(&self, book: Book, by: Actor, now: Timestamp) -> Answer<'_, ()>;
    /// All books.
    fn books(&self) -> Answer<'_, Vec<Book>>;
    /// The current rules of a book (version 0 and empty before the first change).
    fn rules(&self, book: BookId) -> Answer<'_, RuleSet>;
    /// The next version of a book's rules; refused when `expected` is not the current version or rules clash.
    fn put_rules(
        &self,
        book: BookId,
        expected: u32,
        rules: RuleSet,
        by: Actor,
        now: Timestamp,
    ) -> Answer<'_, u32>;
    /// The policy in force; `off` before the first.
    fn policy(&self, book: BookId) -> Answer<'_, Policy>;
    /// The next policy version.
    fn put_policy(&self, book: BookId, policy: Policy, by: Actor, now: Timestamp) -> Answer<'_, u32>;
    /// Replaces the cached reference data of a ledger; only changed rows are written.
    fn put_facts(&self, ledger: ConnectionId, facts: LedgerFacts) -> Answer<'_, ()>;
    /// The cached reference data (indexed), if it was ever read.
    fn facts(&self, ledger: ConnectionId) -> Answer<'_, Option<LedgerFacts>>;

    // ---- documents ---------------------------------------------------------------------------------------------
    /// Stores what arrived, verbatim: a page in one transaction. New documents of live books that are routed, real and
    /// readable get an `acknowledge` row when `acknowledge` says so for them (same order as `arrivals`).
    fn arrive(
        &self,
        arrivals: Vec<Arrival>,
        acknowledge: Vec<bool>,
        now: Timestamp,
    ) -> Answer<'_, Vec<Arrived>>;
    /// Documents to derive: `stored`, and all blocked, ready and held ones of a book when `all`.
    fn to_derive(&self, book: Option<BookId>, all: bool, limit: u32) -> Answer<'_, Vec<DocumentId>>;
    /// What the store knows around a document.
    fn around(&self, id: DocumentId, references: Vec<String>, keys: Vec<String>) -> Answer<'_, Around>;
    /// Records derivations, many in one transaction; each moves its document (stored, blocked, ready, held, failed) to
    /// the derived state. Stale versions are skipped and named in the answer.
    fn derived(
        &self,
        results: Vec<(DocumentId, u64, Derived)>,
        now: Timestamp,
    ) -> Answer<'_, Vec<DocumentId>>;
    /// Freezes and approves: one transaction; each document answers for itself. Refuses: stale version or digest, a
    /// blocking finding, approver = payee, rule author (unless single person), another family member in the ledger
    /// (unless a delta accepted by name), `over_limit` without a second person.
    fn approve(
        &self,
        ones: Vec<ApproveOne>,
        by: Actor,
        now: Timestamp,
    ) -> Answer<'_, Vec<(DocumentId, Result<(), StoreError>)>>;
    /// Any other act on one document; version 0 = whatever it is now. Returns the new state.
    fn act(&self, id: DocumentId, version: u64, act: Act, by: Actor, now: Timestamp) -> Answer<'_, State>;
    /// approved -> held with the findings of the check right before posting; the approval stands.
    fn hold_before_posting(
        &self,
        id: DocumentId,
        version: u64,
        findings: Vec<crate::model::Finding>,
        now: Timestamp,
    ) -> Answer<'_, ()>;
    /// The source says that a document is gone before posting: recalled; after: recorded, no change.
    fn recalled(&self, connection: ConnectionId, source_id: String, now: Timestamp) -> Answer<'_, ()>;

    // ---- posting protocol (reliability.md, section 4) ------------------------------------------------------------
    /// Documents for the next calls to a ledger: approved with an accepted acknowledgement (or posting with intents
    /// left), of live, unpaused books, oldest first; among `only` when it is not empty.
    fn postable(&self, ledger: ConnectionId, only: Vec<DocumentId>, limit: u32) -> Answer<'_, Vec<Postable>>;
    /// Intents, batch, attempts, `approved -> posting`, audit: one commit, before the first byte.
    fn plan(&self, plan: Plan, now: Timestamp) -> Answer<'_, Planned>;
    /// The outcomes of a call: attempts closed, intents and documents moved, confirmations enqueued: one commit.
    fn record(
        &self,
        batch: i64,
        outcomes: Vec<ItemOutcome>,
        sent_at: Timestamp,
        now: Timestamp,
    ) -> Answer<'_, ()>;
    /// After a crash: calls without recorded outcomes become doubts. Returns how many intents.
    fn recover(&self, now: Timestamp) -> Answer<'_, u64>;
    /// Intents in doubt of a ledger, oldest first.
    fn in_doubt(&self, ledger: ConnectionId, limit: u32) -> Answer<'_, Vec<(Intent, crate::model::Entry)>>;
    /// The results of look-ups.
    fn looked_up(&self, results: Vec<(i64, LookedUp)>, now: Timestamp) -> Answer<'_, ()>;
    /// The records that belong to intents of a ledger, as `kind:id` (`bill:151`).
    fn ours(&self, ledger: ConnectionId) -> Answer<'_, std::collections::BTreeSet<String>>;

    // ---- telling the source --------------------------------------------------------------------------------------
    /// Rows that are due.
    fn outbox(
        &self,
        connection: ConnectionId,
        kind: OutboxKind,
        now: Timestamp,
        limit: u32,
    ) -> Answer<'_, Vec<OutboxRow>>;
    /// These rows go on the wire now: durable before the call, so that "you have told me already" can be believed.
    fn telling(&self, rows: Vec<i64>, now: Timestamp) -> Answer<'_, ()>;
    /// The source's answers; moves the documents (posted -> confirmed, confirm_failed; recalled; blocked).
    fn told(&self, results: Vec<(i64, Told)>, now: Timestamp) -> Answer<'_, ()>;
    /// When the next outbox row falls due, if any. Look-ups are the engine's to time.
    fn next_due(&self) -> Answer<'_, Option<Timestamp>>;

    // ---- requests, locks, secrets --------------------------------------------------------------------------------
    /// Leaves a request for the holder.
    fn ask(&self, kind: String, args: serde_json::Value, by: Actor, now: Timestamp) -> Answer<'_, i64>;
    /// The oldest unanswered request.
    fn next_request(&self) -> Answer<'_, Option<RequestRow>>;
    /// The oldest unanswered request of one kind.
    fn pending_request(&self, kind: String) -> Answer<'_, Option<RequestRow>>;
    /// Answers a request.
    fn answer(&self, id: i64, answer: serde_json::Value, now: Timestamp) -> Answer<'_, ()>;
    /// A request with its answer.
    fn request(&self, id: i64) -> Answer<'_, Option<RequestRow>>;
    /// The engine lock was taken: the fencing token rises.
    fn raise_epoch(&self, holder: String, now: Timestamp) -> Answer<'_, u64>;
    /// A secret.
    fn secret(&self, connection: ConnectionId, field: String) -> Answer<'_, Option<Sealed>>;
    /// Compare-and-set on the generation, with its audit event: `Stale` when another process was first.
    fn rotate_secret(
        &self,
        connection: ConnectionId,
        field: String,
        expected: u64,
        sealed: Sealed,
        by: Actor,
        now: Timestamp,
    ) -> Answer<'_, ()>;
    /// The wraps of the data key.
    fn wraps(&self) -> Answer<'_, Vec<Wrap>>;
    /// Adds or replaces a wrap.
    fn put_wrap(&self, wrap: Wrap, by: Actor, now: Timestamp) -> Answer<'_, ()>;
    /// Every secret: connection, field, ciphertext.
    fn secrets(&self) -> Answer<'_, Vec<(ConnectionId, String, Sealed)>> {
        Box::pin(async { Err(StoreError::Unusable("this store does not list secrets".into())) })
    }
    /// A new data key: all secrets and all wraps replaced in one transaction with its audit event; `Stale` when a
    /// secret or a wrap is another one than was read. With no wraps expected: the first ones, if there are none yet.
    fn rekey(&self, step: Rekey, by: Actor, now: Timestamp) -> Answer<'_, ()> {
        let _ = (step, by, now);
        Box::pin(async { Err(StoreError::Unusable("this store cannot change its data key".into())) })
    }
    /// Removes every secret of a connection, with its audit event; how many there were.
    fn wipe_secrets(&self, connection: ConnectionId, by: Actor, now: Timestamp) -> Answer<'_, u64> {
        let _ = (connection, by, now);
        Box::pin(async { Err(StoreError::Unusable("this store cannot remove secrets".into())) })
    }

    // ---- reads for people ------------------------------------------------------------------------------------------
    /// Totals by book, state and currency.
    fn totals(&self, book: Option<BookId>) -> Answer<'_, Vec<Total>>;
    /// A page of the queue.
    fn page(&self, query: Query) -> Answer<'_, Page>;
    /// How many documents a query has (counted in the background).
    fn count(&self, query: Query) -> Answer<'_, u64>;
    /// All that is known of one document.
    fn card(&self, id: DocumentId) -> Answer<'_, Card>;
    /// Documents by unique prefix of the id (4 characters or more), number, or reference.
    fn find(&self, text: String) -> Answer<'_, Vec<Row>>;
    /// Findings grouped by code and value over blocked, held and ready documents.
    fn finding_groups(&self, book: Option<BookId>) -> Answer<'_, Vec<FindingGroup>>;
    /// What needs a person.
    fn attention(&self, book: Option<BookId>, now: Timestamp, limit: u32) -> Answer<'_, Vec<Attention>>;
    /// A page of the audit trail, newest first.
    fn audit(&self, query: AuditQuery) -> Answer<'_, Vec<AuditRow>>;
    /// Verifies the chain; the number of rows, or the first bad seq with what is wrong.
    fn verify_audit(&self) -> Answer<'_, Result<u64, (u64, String)>>;
    /// Appends an event that belongs to no other operation (a start, an export).
    fn note(
        &self,
        action: String,
        subject: String,
        fields: Vec<(String, String)>,
        by: Actor,
        now: Timestamp,
    ) -> Answer<'_, ()>;
    /// Rises when any process changed the store.
    fn data_version(&self) -> Answer<'_, u64>;
}
