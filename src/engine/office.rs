//! What a console or a command may ask: local operations, each one transaction where the person acts, and requests to
//! the process that holds the engine. Queries go to the store's reads through [`Office::store`].

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::sync::{broadcast, watch};

use crate::engine::evidence::Folder;
use crate::engine::reconcile::{Reconciled, SignAsk};
use crate::model::entry::Named;
use crate::model::finding::Mend;
use crate::model::ids::{BookId, DocumentId};
use crate::model::money::Currency;
use crate::model::people::Actor;
use crate::model::rule::Rule;
use crate::model::state::State;
use crate::store::{Act, ApproveOne, Store, StoreError};
use crate::systems::CallError;
use crate::tieout::Period;
use crate::transport::Fut;

/// What can go wrong when something is asked of the engine.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A system.
    #[error("{system}: {error}")]
    System {
        /// Its title.
        system: String,
        /// What it said.
        error: CallError,
    },
    /// Another process holds the engine and did not answer in time.
    #[error("another process holds the engine: {0}")]
    Held(String),
    /// A sentence for the person.
    #[error("{0}")]
    Refused(String),
    /// The vault cannot be opened here.
    #[error("{0}")]
    Vault(String),
}

impl EngineError {
    /// What a connection's system said, under the title that people know the system by.
    pub(crate) fn of_system(row: &crate::store::ConnectionRow, error: CallError) -> Self {
        EngineError::System { system: crate::engine::run::title(&row.system).to_string(), error }
    }
}

/// What happened, for the activity list and `--auto --json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// When.
    pub time: Timestamp,
    /// What.
    pub event: What,
    /// Book.
    pub book: Option<BookId>,
    /// Document.
    pub document: Option<DocumentId>,
    /// The document's number, for people.
    pub number: String,
    /// A sentence.
    pub text: String,
}

/// Kinds of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// The engine was taken.
    Started,
    /// A scan ended.
    Fetched,
    /// Documents were derived.
    Derived,
    /// Acknowledged by the source.
    Acknowledged,
    /// Approved, by a policy.
    Approved,
    /// In the ledger.
    Posted,
    /// The ledger refused.
    Refused,
    /// An outcome is unknown: looking up.
    Doubt,
    /// The source knows.
    Confirmed,
    /// Held before posting.
    Held,
    /// A connection's health changed.
    Connection,
    /// A person has to look at something.
    Alarm,
    /// The engine stopped.
    Stopped,
}

/// Progress of a posting run; the latest wins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Progress {
    /// Something is running: `Posting to QuickBooks Online`, `Reading Concur`.
    pub what: String,
    /// Documents settled so far, and of how many.
    pub done: u64,
    /// Of how many.
    pub of: u64,
    /// A stop was asked for: what is on the wire is finished first.
    pub stopping: bool,
    /// Running now.
    pub running: bool,
}

/// What is asked of the holder of the engine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
pub enum Ask {
    /// Read the sources of a book (or all) now.
    Fetch {
        /// Book.
        book: Option<BookId>,
    },
    /// Post what is approved: these, or all.
    Post {
        /// Documents.
        documents: Vec<DocumentId>,
        /// Book.
        book: Option<BookId>,
    },
    /// Stop posting after what is on the wire.
    Stop,
    /// Try one document again, by its state (interface.md, "retry by state").
    Retry {
        /// Document.
        document: DocumentId,
    },
    /// Read the ledger's reference data again.
    ReadLedger {
        /// Book.
        book: BookId,
    },
    /// Topics and subscriptions of a source's events.
    Events {
        /// Connection; none: each one that has events.
        connection: Option<crate::model::ids::ConnectionId>,
        /// What.
        what: crate::engine::EventsAct,
    },
    /// Look a document's references up in the ledger and make every check of posting, without writing there.
    Look {
        /// Document.
        document: DocumentId,
    },
    /// Confirm the company file, or the restored backup, that stopped the last visit of a ledger that calls us.
    AcceptFile {
        /// Connection.
        connection: crate::model::ids::ConnectionId,
    },
    /// Ask a connection who answers.
    Test {
        /// Connection.
        connection: crate::model::ids::ConnectionId,
    },
}

/// A record that could mend a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The record.
    pub record: Named,
    /// 0 to 100; 100 = exact.
    pub score: u8,
    /// Why it is offered, or its kind and number.
    pub note: String,
}

/// What a rule mended.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Freed {
    /// The version of the rules that now holds.
    pub version: u32,
    /// Documents derived again.
    pub derived: u64,
    /// Of them, those that are ready now and were not.
    pub ready: Vec<DocumentId>,
}

/// One line of the approve dialog (screens.md, section 4), amounts by currency in minor units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviewLine {
    /// `debit`, `credit` or empty.
    pub side: &'static str,
    /// `payable by us: employees`.
    pub words: String,
    /// Amounts in the order of [`BatchPreview::currencies`].
    pub amounts: Vec<i64>,
}

/// The facts that the approve dialog repeats.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BatchPreview {
    /// Ledger's title and company: `QuickBooks Online · Fernhill Quay Advisory, Inc.`
    pub ledger: String,
    /// Currencies, home first.
    pub currencies: Vec<Currency>,
    /// Documents that would be approved, with the version and digest that were shown.
    pub documents: Vec<(DocumentId, u64, String)>,
    /// Documents by currency, and their approved totals in minor units.
    pub counts: Vec<u64>,
    /// Approved totals.
    pub totals: Vec<i64>,
    /// Ledger records by currency.
    pub records: Vec<u64>,
    /// Ledger effect by account group.
    pub lines: Vec<PreviewLine>,
    /// What is left out, and why: number and reason.
    pub left_out: Vec<(String, String)>,
    /// Warnings: number and sentence.
    pub warnings: Vec<(String, String)>,
    /// The effect by account: account, debit, credit, per currency index.
    pub effect: Vec<(usize, String, i64, i64)>,
    /// Above the person's limit: the home-currency total has to be typed.
    pub type_total: bool,
}

fn no_tieout<'a, T: Send + 'a>() -> Fut<'a, Result<T, EngineError>> {
    Box::pin(async { Err(EngineError::Refused("this office has no tie-out".into())) })
}

/// What became of approving one document.
pub type Approved = (DocumentId, Result<(), StoreError>);

/// What consoles and commands hold. Every call is safe beside any number of other processes.
pub trait Office: Send + Sync {
    /// The store, for queries. The screen writes nothing through it.
    fn store(&self) -> Arc<dyn Store>;
    /// The business clock.
    fn now(&self) -> Timestamp;
    /// Who acts.
    fn actor(&self) -> Actor;
    /// Freezes and approves; each document answers for itself.
    fn approve(&self, ones: Vec<ApproveOne>) -> Fut<'_, Result<Vec<Approved>, EngineError>>;
    /// Withdraw, hold, release, reject, close, adopt, decide. Version 0: as it is now.
    fn act(&self, id: DocumentId, version: u64, act: Act) -> Fut<'_, Result<State, EngineError>>;
    /// Adds a mapping rule and derives again what it concerns, in the same step.
    fn set_rule(&self, book: BookId, rule: Rule) -> Fut<'_, Result<Freed, EngineError>>;
    /// Candidates that could mend a finding, best first, filtered by what was typed.
    fn candidates(
        &self,
        book: BookId,
        mend: Mend,
        typed: String,
    ) -> Fut<'_, Result<Vec<Candidate>, EngineError>>;
    /// The figures of approving these.
    fn preview(&self, ids: Vec<DocumentId>) -> Fut<'_, Result<BatchPreview, EngineError>>;
    /// Adopts a record of the ledger for a document (verified: same party, amount, currency).
    fn adopt(&self, id: DocumentId, record: String) -> Fut<'_, Result<State, EngineError>>;
    /// The exact request that posting this document would send, redacted and laid out for people.
    fn request_text(&self, id: DocumentId) -> Fut<'_, Result<String, EngineError>>;
    /// Derives again and compares, without a change when `dry`.
    fn replay(&self, id: DocumentId, dry: bool) -> Fut<'_, Result<String, EngineError>>;
    /// What the ledger holds under the document's references now, and what every check of posting says with the ledger
    /// as it is. Read by the holder of the engine; nothing is written to the ledger.
    fn look(&self, id: DocumentId) -> Fut<'_, Result<crate::engine::inspect::Looked, EngineError>> {
        let _ = id;
        not_here()
    }
    /// The frozen set beside what today's mappings make of the document. Nothing changes.
    fn compared(&self, id: DocumentId) -> Fut<'_, Result<crate::engine::inspect::Compared, EngineError>> {
        let _ = id;
        not_here()
    }
    /// What a rule for this document would do to it, before it is saved.
    fn tried(
        &self,
        id: DocumentId,
        rule: Rule,
    ) -> Fut<'_, Result<crate::engine::inspect::Tried, EngineError>> {
        let _ = (id, rule);
        not_here()
    }
    /// Takes a rule of one document away again.
    fn without_rule(&self, book: BookId, rule: u32) -> Fut<'_, Result<Freed, EngineError>> {
        let _ = (book, rule);
        not_here()
    }
    /// Links that open the document's records in the ledger, where it has such pages: slot and address.
    fn links(&self, id: DocumentId) -> Fut<'_, Result<Vec<(String, String)>, EngineError>> {
        let _ = id;
        not_here()
    }
    /// Makes the reversal of all that the ledger holds of a document, to be approved like any document. Gives its id.
    fn reverse(
        &self,
        id: DocumentId,
        on: Option<jiff::civil::Date>,
        reason: String,
    ) -> Fut<'_, Result<DocumentId, EngineError>> {
        let _ = (id, on, reason);
        not_here()
    }
    /// Makes the accrual journals of a period, with their reversals, to be approved like any document.
    fn accrue(
        &self,
        book: BookId,
        period: Period,
    ) -> Fut<'_, Result<crate::engine::accruals::Accrued, EngineError>> {
        let _ = (book, period);
        not_here()
    }
    /// Makes the document once more, after a reversal or where its records are gone from the ledger. Gives its id.
    fn repost(&self, id: DocumentId, reason: String) -> Fut<'_, Result<DocumentId, EngineError>> {
        let _ = (id, reason);
        not_here()
    }
    /// Half-posted sets: derives again what the ledger refused and approves it beside what is there.
    fn approve_rest(&self, id: DocumentId, note: String) -> Fut<'_, Result<State, EngineError>> {
        let _ = (id, note);
        not_here()
    }
    /// What a book would post between two days, beside what people posted by hand.
    fn trial(
        &self,
        book: BookId,
        from: jiff::civil::Date,
        to: jiff::civil::Date,
    ) -> Fut<'_, Result<crate::mapping::Trial, EngineError>> {
        let _ = (book, from, to);
        not_here()
    }
    /// Compares the vendor and cost lists of a book's two systems. Gives how many proposals there are, and how many are
    /// new.
    fn compare_lists(&self, book: BookId) -> Fut<'_, Result<(usize, u64), EngineError>> {
        let _ = book;
        not_here()
    }
    /// Makes what was proposed. Each answers for itself.
    fn apply_proposals(
        &self,
        book: BookId,
        ids: Vec<i64>,
    ) -> Fut<'_, Result<crate::engine::lists::Applied, EngineError>> {
        let _ = (book, ids);
        not_here()
    }
    /// All that the mappings screen shows of a book.
    fn board(&self, book: BookId) -> Fut<'_, Result<crate::engine::mapping::Board, EngineError>> {
        let _ = book;
        not_here()
    }
    /// What an edit of the rules would do to the documents that are not approved, without storing anything.
    fn try_rules(
        &self,
        book: BookId,
        edit: crate::engine::mapping::Edit,
    ) -> Fut<'_, Result<crate::engine::mapping::RuleEffect, EngineError>> {
        let _ = (book, edit);
        not_here()
    }
    /// Saves an edit of the rules as a new version and derives again. A stale one is refused with who was first.
    fn put_rules(
        &self,
        book: BookId,
        edit: crate::engine::mapping::Edit,
    ) -> Fut<'_, Result<Freed, EngineError>> {
        let _ = (book, edit);
        not_here()
    }
    /// What a rule about documents would have hit last month.
    fn past_hits(
        &self,
        book: BookId,
        guard: crate::model::guard::Guard,
    ) -> Fut<'_, Result<crate::engine::mapping::PastHits, EngineError>> {
        let _ = (book, guard);
        not_here()
    }
    /// A document to show a memo template with.
    fn memo_sample(
        &self,
        book: BookId,
        kind: Option<crate::model::DocumentKind>,
    ) -> Fut<'_, Result<Option<crate::engine::mapping::Sample>, EngineError>> {
        let _ = (book, kind);
        not_here()
    }
    /// What a CSV file would change in the rules.
    fn plan_import(
        &self,
        book: BookId,
        bytes: Vec<u8>,
    ) -> Fut<'_, Result<crate::engine::mapping::csv::ImportPlan, EngineError>> {
        let _ = (book, bytes);
        not_here()
    }
    /// A person decides about a proposal without a call.
    fn proposal_step(&self, id: i64, step: crate::store::ProposalStep) -> Fut<'_, Result<(), EngineError>> {
        let _ = (id, step);
        not_here()
    }
    /// A person did what a reversal left to be done in the source.
    fn tick_correction(&self, id: DocumentId, note: String) -> Fut<'_, Result<(), EngineError>> {
        let _ = (id, note);
        not_here()
    }
    /// Asks the holder; the answer is a sentence with figures.
    fn ask(&self, ask: Ask) -> Fut<'_, Result<String, EngineError>>;
    /// Keeps the key that signs a connection's webhooks; the one before it stays valid beside it.
    fn webhook_key(
        &self,
        connection: crate::model::ids::ConnectionId,
        key: secrecy::SecretString,
    ) -> Fut<'_, Result<(), EngineError>> {
        let _ = (connection, key);
        Box::pin(async { Err(EngineError::Refused("keys cannot be changed here".into())) })
    }
    /// The tie-out of a period: both sides are read now, whoever holds the engine.
    fn reconcile(&self, book: BookId, period: Period) -> Fut<'_, Result<Reconciled, EngineError>> {
        let _ = (book, period);
        no_tieout()
    }
    /// As [`Office::reconcile`]; each step is told through the channel. Without `keep` nothing is written: the store does
    /// not say afterwards that both sides were read.
    fn reconcile_telling(
        &self,
        book: BookId,
        period: Period,
        keep: bool,
        tell: tokio::sync::mpsc::UnboundedSender<crate::engine::reconcile::ReadingStep>,
    ) -> Fut<'_, Result<Reconciled, EngineError>> {
        let _ = (tell, keep);
        self.reconcile(book, period)
    }
    /// Keeps a comment on an item of a tie-out.
    fn comment_item(
        &self,
        book: BookId,
        period: Period,
        item: crate::tieout::ReconcilingItem,
        text: String,
    ) -> Fut<'_, Result<crate::store::ItemComment, EngineError>> {
        let _ = (book, period, item, text);
        no_tieout()
    }
    /// Moves the book's lock date to the end of a period that is signed and reviewed; answers the date.
    fn move_lock(&self, book: BookId, period: Period) -> Fut<'_, Result<jiff::civil::Date, EngineError>> {
        let _ = (book, period);
        no_tieout()
    }
    /// The tie-out of this hash was written to a folder: an audit event.
    fn tieout_exported(
        &self,
        book: BookId,
        period: Period,
        hash: String,
        to: String,
    ) -> Fut<'_, Result<(), EngineError>> {
        let _ = (book, period, hash, to);
        no_tieout()
    }
    /// What [`Office::accrue`] would make; nothing is kept.
    fn accrual_plan(
        &self,
        book: BookId,
        period: Period,
    ) -> Fut<'_, Result<crate::engine::accruals::Accrued, EngineError>> {
        let _ = (book, period);
        no_tieout()
    }
    /// Reads both sides again and signs what they show; answers the audit event's number too.
    fn sign(
        &self,
        book: BookId,
        period: Period,
        ask: SignAsk,
    ) -> Fut<'_, Result<(Reconciled, u64), EngineError>> {
        let _ = (book, period, ask);
        no_tieout()
    }
    /// Takes the sign-offs of a period back, for a reason.
    fn reopen(&self, book: BookId, period: Period, reason: String) -> Fut<'_, Result<u64, EngineError>> {
        let _ = (book, period, reason);
        no_tieout()
    }
    /// Enters what a statement says is owed on an account, in home currency.
    fn statement(
        &self,
        book: BookId,
        account: String,
        date: jiff::civil::Date,
        amount: rust_decimal::Decimal,
    ) -> Fut<'_, Result<(), EngineError>> {
        let _ = (book, account, date, amount);
        no_tieout()
    }
    /// The contents of an auditor's folder; [`Office::evidence_written`] after they were written.
    fn evidence(&self, book: BookId, period: Period) -> Fut<'_, Result<Folder, EngineError>> {
        let _ = (book, period);
        no_tieout()
    }
    /// The folder was written to `to`: an audit event, and an anchor.
    fn evidence_written(&self, book: BookId, folder: Folder, to: String) -> Fut<'_, Result<(), EngineError>> {
        let _ = (book, folder, to);
        no_tieout()
    }
    /// What happens, as it happens (in this process, or what the store shows of others).
    fn events(&self) -> broadcast::Receiver<Event>;
    /// Progress of the running work.
    fn progress(&self) -> watch::Receiver<Progress>;
    /// Rises when the store changed, by whichever process.
    fn changed(&self) -> watch::Receiver<u64>;
    /// The accounts with other systems: connect, sign in again, disconnect.
    fn accounts(&self) -> Result<Arc<crate::engine::connect::Accounts>, EngineError> {
        Err(EngineError::Refused("connections cannot be changed here".into()))
    }
    /// Whether the vault is open.
    fn door(&self) -> crate::engine::Door {
        crate::engine::Door::Open
    }
    /// Makes the vault of a home that has none, with this one way to it, and opens it.
    fn make_vault(
        &self,
        way: crate::engine::VaultWay,
        passphrase: Option<secrecy::SecretString>,
    ) -> Fut<'_, Result<(), EngineError>> {
        let _ = (way, passphrase);
        not_here()
    }
    /// Tries once more to open a vault that is locked.
    fn unlock(&self, passphrase: Option<secrecy::SecretString>) -> Fut<'_, Result<(), EngineError>> {
        let _ = passphrase;
        not_here()
    }
    /// What is known of connections beside their rows: what the store keeps, and what this process knows.
    fn connection_looks(
        &self,
    ) -> Fut<'_, Result<Vec<crate::engine::connect_look::ConnectionLook>, EngineError>> {
        not_here()
    }
    /// What other settings would make of a book's documents that are not approved. Nothing is written.
    fn try_settings(
        &self,
        book: crate::model::book::Book,
    ) -> Fut<'_, Result<crate::engine::Tried, EngineError>> {
        let _ = book;
        not_here()
    }
    /// The process that holds the engine now, if any does.
    fn holder_pid(&self) -> Option<u32> {
        None
    }
    /// The name of the surroundings for the header: `DEMO`, `SANDBOX` or the company.
    fn environment(&self) -> String;
}

/// What an office that has no engine behind it answers.
fn not_here<'a, T: Send + 'a>() -> Fut<'a, Result<T, EngineError>> {
    Box::pin(async { Err(EngineError::Refused("this is not possible here".into())) })
}
