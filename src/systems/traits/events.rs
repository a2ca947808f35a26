//! Subscriptions to a source's events. An event is a hint: what it says is fetched again before it is believed.

use crate::systems::{CallError, System};
use crate::transport::Fut;

/// A subscription as the source has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// Its id: lower-case letters, digits, `.` and `-`.
    pub id: String,
    /// Topic.
    pub topic: String,
    /// Regular expression on the type of an event.
    pub filter: String,
    /// Where events are delivered.
    pub endpoint: String,
    /// Companies whose events it brings, as far as the source tells.
    pub companies: Vec<String>,
}

/// A source that tells its news.
pub trait Subscriptions: System {
    /// Topics that the tenant's catalogue lists.
    fn topics(&self) -> Fut<'_, Result<Vec<String>, CallError>>;
    /// The application's subscriptions.
    fn subscriptions(&self) -> Fut<'_, Result<Vec<Subscription>, CallError>>;
    /// One of them; none when there is no such one.
    fn subscription(&self, id: String) -> Fut<'_, Result<Option<Subscription>, CallError>> {
        Box::pin(async move { Ok(self.subscriptions().await?.into_iter().find(|s| s.id == id)) })
    }
    /// Creates a subscription, or changes the one of the same id.
    fn subscribe(&self, one: Subscription) -> Fut<'_, Result<(), CallError>>;
    /// Ends one.
    fn unsubscribe(&self, id: String) -> Fut<'_, Result<(), CallError>>;
}
