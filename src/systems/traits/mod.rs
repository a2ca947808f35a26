//! What a system offers.

mod events;
mod lists;
mod papers;
mod reading;
mod visit;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use secrecy::SecretString;

use crate::model::document::{Document, DocumentKind};
use crate::model::entry::{Entry, EntryKind, Slot};
use crate::model::intent::Outcome;
use crate::model::ledger::{LedgerFacts, RecentRecord};
use crate::model::reference::Reference;
pub use events::*;
pub use lists::*;
pub use papers::*;
pub use reading::*;
pub use visit::*;

use crate::transport::{Fut, Net, NetError, Pace, Reply, Request, Tokens};

/// What a client is built from.
#[derive(Clone)]
pub struct Link {
    /// The exchange.
    pub net: Arc<dyn Net>,
    /// Access tokens and the base address.
    pub tokens: Arc<dyn Tokens>,
    /// Pace and breaker.
    pub pace: Arc<dyn Pace>,
    /// Remote company id (company UUID, realm).
    pub company: String,
    /// The name that we carry at the source.
    pub system_id: String,
    /// How long one request may take; never below the contract's for writes.
    pub request_timeout: Duration,
    /// Settings of the connection that only this folder understands.
    pub settings: serde_json::Value,
}

/// Why a call brought no result. A connection's trouble moves no document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// Sign in again.
    #[error("{0}")]
    Reauthorise(String),
    /// Another company answered.
    #[error("{0}")]
    WrongCompany(String),
    /// The quota answered; seconds where told.
    #[error("the quota of the system is used up for now")]
    Throttled(Option<u64>),
    /// Offline, maintenance, breaker: later.
    #[error("{reason}")]
    Offline {
        /// What happened.
        reason: String,
        /// It was a real time-out.
        timed_out: bool,
    },
    /// The answer was not what the contract says: field path and what was there.
    #[error("unexpected answer: {0}")]
    Shape(String),
    /// The system refused the call: code and text.
    #[error("refused: {0}")]
    Refused(String),
}

/// The company at the other end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteCompany {
    /// Its id.
    pub id: String,
    /// Its name, as people know it.
    pub name: String,
    /// What tells it apart from any other: compared at every connect.
    pub fingerprint: String,
}

/// The base of every system.
pub trait System: Send + Sync {
    /// `concur`, `quickbooks_online` …
    fn name(&self) -> &'static str;
    /// Asks who answers.
    fn company(&self) -> Fut<'_, Result<RemoteCompany, CallError>>;
}

/// A document as it came: one element of a page, verbatim.
#[derive(Debug, Clone)]
pub struct Incoming {
    /// Its kind; `Err` holds the source's word for a kind that has no flow at all (`payroll`): counted, not stored.
    pub kind: Result<DocumentKind, String>,
    /// The source's id.
    pub source_id: String,
    /// The bytes of the document.
    pub bytes: Vec<u8>,
    /// The source's word for its status.
    pub status: String,
    /// The company it says it belongs to, when it does.
    pub company: Option<String>,
    /// Who has acknowledged it, when the source tells.
    pub taken_by: Option<String>,
}

/// One page of a scan.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    /// What came.
    pub items: Vec<Incoming>,
    /// Continue here; none: the scan is complete.
    pub next: Option<String>,
    /// How many the source says there are.
    pub listed: Option<u64>,
}

/// Where and why a payload cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// Path of the field.
    pub path: String,
    /// What was wrong, for people.
    pub message: String,
    /// The number for people, when it could be read.
    pub number: String,
    /// The ledger that the source routes it to, when that could be read.
    pub ledger_code: String,
}

/// The source's answer about one document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// Accepted (or it had the same from us already and `same` says that our journal must agree).
    Accepted,
    /// It says that it has one already (101 by our system id, 113): fine only if our journal shows that we sent the same.
    AlreadyFromUs,
    /// Another consumer has it.
    Taken(String),
    /// Recalled.
    Recalled,
    /// Not now: passing fault.
    Later(String),
    /// Refused for good.
    Refused(String),
}

/// A record to be named in a confirmation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfirmedRecord {
    /// The ledger's company id.
    pub company: String,
    /// The number that a person sees in the ledger.
    pub number: String,
    /// The ledger's fiscal year.
    pub fiscal_year: i16,
    /// Posting date.
    pub date: jiff::civil::Date,
    /// `Bill 151`: kind and internal id, for the system message.
    pub internal: String,
}

/// What the source is told about one document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Kind.
    pub kind: DocumentKind,
    /// The source's id.
    pub source_id: String,
    /// The records: empty for a refusal.
    pub records: Vec<ConfirmedRecord>,
    /// The reason of a refusal, or "nothing to post".
    pub message: Option<String>,
}

/// A report's header from the source's list, for titles, completeness and accruals.
#[derive(Debug, Clone, PartialEq)]
pub struct ListedReport {
    /// Business id.
    pub id: String,
    /// Title.
    pub name: String,
    /// Owner's name.
    pub owner: String,
    /// Owner's login.
    pub owner_login: String,
    /// Approval status code.
    pub approval: String,
    /// Payment status code.
    pub payment: String,
    /// Total approved, and its currency.
    pub approved: Option<crate::model::Money>,
    /// When it was processed.
    pub processed: Option<String>,
}

/// A source of documents. One that takes no acknowledgement answers [`Heard::Accepted`] without a call.
pub trait Source: System {
    /// One page of what is ready for us, from `cursor` (none: the start).
    fn changes(&self, cursor: Option<String>) -> Fut<'_, Result<Changes, CallError>>;
    /// One document by business id, whatever its status.
    fn fetch(&self, kind: DocumentKind, family: String) -> Fut<'_, Result<Option<Incoming>, CallError>>;
    /// Pure: the meaning of the bytes.
    fn read(&self, kind: DocumentKind, source_id: &str, bytes: &[u8]) -> Result<Document, Unread>;
    /// Pure: the hash of what is material (reliability.md, section 1).
    fn material(&self, kind: DocumentKind, bytes: &[u8]) -> String;
    /// How many documents one acknowledgement takes.
    fn acknowledge_chunk(&self) -> usize;
    /// Says that we have these.
    fn acknowledge(
        &self,
        kind: DocumentKind,
        ids: Vec<String>,
    ) -> Fut<'_, Result<Vec<(String, Heard)>, CallError>>;
    /// Says that these are in the ledger, one element per record.
    fn confirm(&self, verdicts: Vec<Verdict>) -> Fut<'_, Result<Vec<(String, Heard)>, CallError>>;
    /// Says that these were turned down by a person.
    fn refuse(&self, verdicts: Vec<Verdict>) -> Fut<'_, Result<Vec<(String, Heard)>, CallError>>;
    /// The source's own list of reports processed since a day (`yyyy-MM-dd`).
    fn reports(&self, since: jiff::civil::Date) -> Fut<'_, Result<Vec<ListedReport>, CallError>>;
    /// The source's own list for one span, of every kind it has such a list for: the completeness check compares it
    /// with the store, and the accrual list takes what is submitted and not approved from it.
    fn listed(&self, ask: ListAsk) -> Fut<'_, Result<Listing, CallError>> {
        let _ = ask;
        not_offered(self.name(), "a list of its own documents")
    }
    /// The image of a receipt. None: the source has none under this handle.
    fn receipt(&self, handle: ReceiptHandle) -> Fut<'_, Result<Option<Paper>, CallError>> {
        let _ = handle;
        not_offered(self.name(), "receipt images")
    }
    /// Says that these documents were paid by the ledger, wholly or in part. One answer per payment key.
    fn paid(&self, payments: Vec<PaidDocument>) -> Fut<'_, Result<Vec<(String, Heard)>, CallError>> {
        let _ = payments;
        not_offered(self.name(), "payment confirmations")
    }
    /// Says that payments which were told do not stand any more. One answer per payment key.
    fn payment_reversed(
        &self,
        payments: Vec<ReversedPayment>,
    ) -> Fut<'_, Result<Vec<(String, Heard)>, CallError>> {
        let _ = payments;
        not_offered(self.name(), "reversals of payments")
    }
}

/// Limits of a ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Items of one posting call.
    pub batch: usize,
    /// References of one look-up query.
    pub lookup: usize,
    /// How long after the last byte sent a look-up may prove absence.
    pub settle: Duration,
    /// Time between two such look-ups.
    pub lookup_gap: Duration,
    /// Characters of the visible number.
    pub number: usize,
    /// Characters of the memo.
    pub memo: usize,
}

/// One item, ready for a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared {
    /// Key of the item within the call.
    pub item_key: String,
    /// Exact bytes.
    pub bytes: Vec<u8>,
    /// Terms of its look-up.
    pub lookup: serde_json::Value,
}

/// A posting call, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreparedCall {
    /// Key of the call.
    pub request_key: String,
    /// Exact bytes of its body.
    pub bytes: Vec<u8>,
}

/// A key of one item: reference and generation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemKey {
    /// Reference.
    pub reference: Reference,
    /// Generation.
    pub generation: u32,
}

/// What has to be looked up.
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted {
    /// The caller's handle (intent id).
    pub handle: i64,
    /// Slot.
    pub slot: Slot,
    /// Kind of record.
    pub kind: EntryKind,
    /// Reference.
    pub reference: Reference,
    /// Terms.
    pub lookup: serde_json::Value,
    /// The frozen entry to compare with.
    pub entry: Entry,
}

/// What a look-up saw of one wanted record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// It is there and equal.
    Found {
        /// Id.
        id: String,
        /// Number.
        number: String,
    },
    /// Something is there that is not what we sent, or there are two.
    Different {
        /// What differs, with the ids.
        why: String,
        /// Every record that stands in the way, so that a person can link one or call each another one; empty where
        /// the reading of facts knows them.
        records: Vec<RecentRecord>,
    },
    /// A complete look-up did not find it.
    Absent,
}

/// A ledger, pure half.
pub trait Target: System {
    /// Limits.
    fn limits(&self) -> Limits;
    /// How a doubt about this ledger is settled.
    fn proof(&self) -> Proof {
        Proof::TwoLookUps
    }
    /// How many references are looked up together before their first sending; 0: none, because what was read before
    /// answers the question.
    fn preflight(&self) -> usize {
        0
    }
    /// Checks one entry against what the ledger can hold. Sentences, empty when it can.
    fn check(&self, entry: &Entry, facts: &LedgerFacts) -> Vec<String>;
    /// The exact bytes of one item.
    fn encode(&self, entry: &Entry, key: &ItemKey, facts: &LedgerFacts) -> Result<Prepared, String>;
    /// A call of these items. With `request_key` the key of an earlier call is kept (items proved absent go again
    /// under the same key).
    fn assemble(&self, items: &[Prepared], keys: &[ItemKey], request_key: Option<&str>) -> PreparedCall;
    /// One outcome per item key, from the answer to a posting call. Missing or unparsable: ambiguous.
    fn classify(
        &self,
        item_keys: &[String],
        heard: &Result<Reply, SendError>,
        facts: &LedgerFacts,
    ) -> Vec<Outcome>;
}

/// Why a posting call has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// The exchange failed.
    #[error(transparent)]
    Net(#[from] NetError),
    /// No token, so nothing was sent.
    #[error("{0}")]
    NoToken(CallError),
}

/// A ledger that is called (as opposed to one that calls us).
pub trait Push: Target {
    /// Sends a prepared call, exactly once: no repeat behind the caller's back except after a 401, which rejects the
    /// whole request before any processing.
    fn send(&self, call: PreparedCall) -> Fut<'_, Result<Reply, SendError>>;
    /// Looks records up by reference, in as few calls as possible. One answer per wanted record.
    fn look_up(&self, wanted: Vec<Wanted>) -> Fut<'_, Result<Vec<(i64, Seen)>, CallError>>;
    /// Reads the reference data; with what was read before, only what changed.
    fn facts(&self, before: Option<LedgerFacts>, now: Timestamp) -> Fut<'_, Result<LedgerFacts, CallError>>;
    /// What a ledger that calls us told when it came: kept for what follows. Nothing is sent for it.
    fn greeted(&self, greeting: &Greeting) -> Result<Answering, CallError> {
        let _ = greeting;
        Err(CallError::Refused(format!("{} does not call", self.name())))
    }
    /// When a backup of the company was restored last, as the ledger tells it (RFC 3339, with or without an offset); none:
    /// never, or it does not tell.
    fn restored(&self) -> Fut<'_, Result<Option<String>, CallError>> {
        Box::pin(async { Ok(None) })
    }
    /// The last posting call whose outcomes are all recorded: what the ledger remembers of it may be cleared with the
    /// next one. None: there is no such call.
    fn recorded(&self, request_key: Option<String>) {
        let _ = request_key;
    }
    /// Clears what the ledger remembers of the last recorded call, where it remembers any; its key.
    fn wind_up(&self) -> Fut<'_, Result<Option<String>, CallError>> {
        Box::pin(async { Ok(None) })
    }
    /// Whether an answer that is brought can be the one to what was handed out, by the ids in both. False: it is another
    /// one's, brought twice or late. What has no ids at all cannot be told apart, and counts as one.
    fn answers(&self, asked: &[u8], answer: &[u8]) -> bool {
        let _ = (asked, answer);
        true
    }
    /// What an answer that came too late says of these, by item key: what the ledger did is believed whenever it is told.
    fn late(&self, wanted: &[Wanted], answer: &[u8]) -> Vec<(i64, Seen)> {
        let _ = (wanted, answer);
        Vec::new()
    }
    /// A link that opens the record in the ledger.
    fn deep_link(&self, kind: EntryKind, id: &str) -> Option<String>;
    /// What the ledger holds now for one span: the tie-out's other side.
    fn reading(&self, ask: ReadingAsk) -> Fut<'_, Result<Reading, CallError>> {
        let _ = ask;
        not_offered(self.name(), "a reading of a period")
    }
    /// Attaches a paper to a record. A lost answer is settled by [`Push::attached`], never by sending again.
    fn attach(&self, kind: EntryKind, id: String, paper: Paper) -> Fut<'_, Result<Put, CallError>> {
        let _ = (kind, id, paper);
        not_offered(self.name(), "attachments")
    }
    /// The papers that a record has.
    fn attached(&self, kind: EntryKind, id: String) -> Fut<'_, Result<Vec<AttachedPaper>, CallError>> {
        let _ = (kind, id);
        not_offered(self.name(), "attachments")
    }
    /// Payments of bills, as far as they were made or changed since an instant.
    fn payments(&self, since: Timestamp) -> Fut<'_, Result<Vec<LedgerPayment>, CallError>> {
        let _ = since;
        not_offered(self.name(), "payments of bills")
    }
}

/// What a trait's default answers where a system has no such thing.
fn not_offered<'a, T: Send + 'a>(system: &str, what: &str) -> Fut<'a, Result<T, CallError>> {
    let why = format!("{system} does not offer {what}");
    Box::pin(async move { Err(CallError::Refused(why)) })
}

/// How a system signs in and refreshes: the wire format only; the engine keeps the tokens.
pub trait SignIn: Send + Sync {
    /// The request that turns a refresh token into an access token.
    fn refresh(&self, client: &ClientKeys, refresh_token: &SecretString) -> Request;
    /// The request of the first sign-in (Concur: company id and request token; QuickBooks: code and redirect address).
    fn first(&self, client: &ClientKeys, grant: &Grant) -> Request;
    /// What the answer says.
    fn read(&self, heard: Result<Reply, NetError>, now: Timestamp) -> SignedIn;
    /// What the answer to [`SignIn::first`] says. Where a grant works once only, an answer that was lost is no reason to
    /// send it again: a person consents again.
    fn read_first(&self, heard: Result<Reply, NetError>, now: Timestamp) -> SignedIn {
        self.read(heard, now)
    }
    /// Whether the answer to [`SignIn::revoke`] says that the token is dead.
    fn revoked(&self, heard: &Result<Reply, NetError>) -> bool {
        matches!(heard, Ok(reply) if (200..300).contains(&reply.status))
    }
    /// What the address says to which a person came back from [`SignIn::consent_url`], for the `state` that went out.
    fn came_back(&self, address: &str, state: &str) -> Result<CameBack, String> {
        let _ = (address, state);
        Err("this system has no consent page".into())
    }
    /// The request of a token of the application itself, where the system has one (Concur: for event subscriptions).
    fn application(&self, client: &ClientKeys) -> Option<Request> {
        let _ = client;
        None
    }
    /// What the answer to [`SignIn::application`] says. A token of an application has no refresh token: that field is
    /// empty and ends with the access token; it is never kept as a connection's.
    fn read_application(&self, heard: Result<Reply, NetError>, now: Timestamp) -> SignedIn {
        self.read(heard, now)
    }
    /// Where a person consents, where the system has such a page (QuickBooks).
    fn consent_url(&self, client: &ClientKeys, ask: &ConsentAsk) -> Option<String> {
        let _ = (client, ask);
        None
    }
    /// The request that takes a refresh token back, where the system has one.
    fn revoke(&self, client: &ClientKeys, refresh_token: &SecretString) -> Option<Request> {
        let _ = (client, refresh_token);
        None
    }
}

/// What a consent page is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentAsk {
    /// The exact redirect address.
    pub redirect: String,
    /// Single use, at least 128 bits.
    pub state: String,
}

/// What came back from a consent page.
#[derive(Clone)]
pub struct CameBack {
    /// The code, for [`Grant::Code`].
    pub code: SecretString,
    /// The company that was chosen. A connection that is repaired must have the same one.
    pub company: String,
}

/// The application's keys at a system.
#[derive(Clone)]
pub struct ClientKeys {
    /// Token address.
    pub token_url: String,
    /// Client id.
    pub client_id: String,
    /// Client secret.
    pub client_secret: SecretString,
}

/// What a first sign-in is made from.
#[derive(Clone)]
pub enum Grant {
    /// Concur: company UUID and company request token (24 hours).
    Company {
        /// UUID.
        company: String,
        /// Token.
        request_token: SecretString,
    },
    /// An authorisation code with its redirect address.
    Code {
        /// Code.
        code: SecretString,
        /// Address.
        redirect: String,
    },
}

/// The answer of a token address.
pub enum SignedIn {
    /// New tokens.
    Tokens {
        /// Access token.
        access: SecretString,
        /// Ends at.
        access_until: Timestamp,
        /// Refresh token.
        refresh: SecretString,
        /// Ends at, where told; estimated otherwise.
        refresh_until: Timestamp,
        /// The base address from now on (Concur's geolocation), where told.
        base_url: Option<String>,
    },
    /// The company lives elsewhere: repeat once there (Concur code 16).
    Moved(String),
    /// A person has to act; the sentence says what.
    Reauthorise(String),
    /// The stored token may be stale: read the store again, and use it if it differs (invalid_grant).
    Stale(String),
    /// Try later.
    Later(String),
}
