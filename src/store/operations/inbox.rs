//! Events that were delivered to us: durable before they are answered (reliability.md, I3). And what a source said last
//! of its topics and of our subscriptions, for commands and screens of every process.

use jiff::Timestamp;

use crate::model::document::DocumentKind;
use crate::model::ids::{ConnectionId, DocumentId};
use crate::model::people::Actor;
use crate::store::operations::Answer;
use crate::store::types::StoreError;

/// One verified delivery, to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The system it comes from: `concur`.
    pub source: String,
    /// The event's id, or the digest of a delivery that has none.
    pub event_id: String,
    /// The body, byte for byte.
    pub raw: Vec<u8>,
    /// What proved the sender: `certificate webhook.api.concursolutions.com`, `signature`.
    pub verified_by: String,
    /// What it says, in few words, for people.
    pub says: String,
    /// When it came.
    pub received_at: Timestamp,
}

/// A delivery as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptDelivery {
    /// Row.
    pub id: i64,
    /// What came.
    pub delivery: Delivery,
    /// How often it came again.
    pub repeats: u64,
}

/// Deliveries that were turned away, by reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The system or listener: `concur`, `events`.
    pub source: String,
    /// Why, from a fixed list of words.
    pub reason: String,
    /// How many.
    pub count: u64,
    /// The first.
    pub first_at: Timestamp,
    /// The last.
    pub last_at: Timestamp,
    /// Where the last came from.
    pub last_peer: String,
}

/// What a listener does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListenerState {
    /// It takes connections.
    Listening,
    /// The process that listened has ended it.
    Closed,
    /// It cannot listen, or turns everything away.
    Failed,
}

impl ListenerState {
    /// The word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Listening => "listening",
            Self::Closed => "closed",
            Self::Failed => "failed",
        }
    }
}

/// What the process that listens last said of one listener.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListenerRow {
    /// `events`, `webhooks` or `web connector`.
    pub name: String,
    /// Where.
    pub address: String,
    /// What it does.
    pub state: ListenerState,
    /// A sentence: what is wrong, or empty.
    pub detail: String,
    /// When its own certificate ends.
    pub certificate_until: Option<Timestamp>,
    /// Since when it says so.
    pub changed_at: Timestamp,
}

/// How a subscription stands against what we want.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubscriptionState {
    /// Ours, as it should be.
    InPlace,
    /// Ours, but with another topic, filter or address.
    Changed,
    /// We want it and the source does not have it.
    Missing,
    /// Not ours: never touched.
    Foreign,
}

impl SubscriptionState {
    /// The word.
    pub fn name(self) -> &'static str {
        match self {
            Self::InPlace => "in_place",
            Self::Changed => "changed",
            Self::Missing => "missing",
            Self::Foreign => "foreign",
        }
    }
}

/// One subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubscriptionRow {
    /// Its id at the source.
    pub id: String,
    /// Topic.
    pub topic: String,
    /// Regular expression on the type of an event.
    pub filter: String,
    /// Where events are delivered.
    pub endpoint: String,
    /// Companies, as far as the source tells.
    pub companies: Vec<String>,
    /// How it stands.
    pub state: SubscriptionState,
}

/// What a source said last of its events.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventAccount {
    /// A person asked for subscriptions: missing ones are made again.
    pub wanted: bool,
    /// When the source was asked last.
    pub checked_at: Option<Timestamp>,
    /// Topics that its catalogue lists, and whether we want each.
    pub topics: Vec<(String, bool)>,
    /// Subscriptions.
    pub subscriptions: Vec<SubscriptionRow>,
}

/// Events that were delivered to us.
pub trait Inbox: Send + Sync {
    /// Keeps deliveries, all in one commit. For each: whether it is new; one that is known is only counted.
    fn deliver(&self, deliveries: Vec<Delivery>, now: Timestamp) -> Answer<'_, Vec<bool>> {
        let _ = (deliveries, now);
        unusable()
    }
    /// The newest deliveries.
    fn deliveries(&self, limit: u32) -> Answer<'_, Vec<KeptDelivery>> {
        let _ = limit;
        unusable()
    }
    /// How many deliveries are kept, and when the last came, by source.
    fn delivered(&self) -> Answer<'_, Vec<(String, u64, Timestamp)>> {
        unusable()
    }
    /// Forgets deliveries that came before `before`; how many.
    fn purge_deliveries(&self, before: Timestamp, now: Timestamp) -> Answer<'_, u64> {
        let _ = (before, now);
        unusable()
    }
    /// Adds to the counts of what was turned away, with one audit event for each reason.
    fn refused_deliveries(&self, refusals: Vec<Refusal>, now: Timestamp) -> Answer<'_, ()> {
        let _ = (refusals, now);
        unusable()
    }
    /// What was turned away, by source and reason.
    fn refusals(&self) -> Answer<'_, Vec<Refusal>> {
        unusable()
    }
    /// Keeps what a listener says of itself.
    fn put_listener(&self, row: ListenerRow) -> Answer<'_, ()> {
        let _ = row;
        unusable()
    }
    /// What the listeners last said.
    fn listeners(&self) -> Answer<'_, Vec<ListenerRow>> {
        unusable()
    }
    /// Keeps what a source said of its events; audited when whether we want events, or a subscription of ours, changed.
    fn put_event_account(
        &self,
        connection: ConnectionId,
        account: EventAccount,
        by: Actor,
        now: Timestamp,
    ) -> Answer<'_, ()> {
        let _ = (connection, account, by, now);
        unusable()
    }
    /// The document that a source knows by this id, whatever its state.
    fn document_of(
        &self,
        connection: ConnectionId,
        kind: DocumentKind,
        source_id: String,
    ) -> Answer<'_, Option<DocumentId>> {
        let _ = (connection, kind, source_id);
        unusable()
    }
    /// What a source said last of its events.
    fn event_account(&self, connection: ConnectionId) -> Answer<'_, EventAccount> {
        let _ = connection;
        unusable()
    }
}

fn unusable<'a, T: Send + 'a>() -> Answer<'a, T> {
    Box::pin(async { Err(StoreError::Unusable("this store keeps no deliveries".into())) })
}
