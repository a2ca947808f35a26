//! Subscriptions to events (contract of Concur, 7.1). The token is one of the application, and each data centre has its
//! own subscriptions.

use serde::Deserialize;
use serde_json::json;

use super::call::{Call, encoded};
use super::lenient::Text;
use super::shapes::{Many, One};
use super::{Concur, errors};
use crate::systems::{CallError, Subscription, Subscriptions};
use crate::transport::{Fut, Method};

/// Where events are managed.
const PREFIX: &str = "/events/v4";

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Wire {
    id: Text,
    topic: Text,
    filter: Text,
    company_ids: Many<Text>,
    web_hook_config: One<Hook>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Hook {
    endpoint: Text,
}

impl Concur {
    async fn get_topics(&self) -> Result<Vec<String>, CallError> {
        let reply = self.call(Call::get("events", format!("{PREFIX}/topics"))).await?;
        let topics: Vec<Text> = serde_json::from_slice(&reply.body)
            .map_err(|e| CallError::Shape(format!("the topics of events: {e}")))?;
        Ok(topics.into_iter().filter_map(|t| t.some()).collect())
    }

    async fn read_subscriptions(
        &self,
        path: String,
        may_be_absent: bool,
    ) -> Result<Vec<Subscription>, CallError> {
        let mut call = Call::get("events", path);
        call.may_be_absent = may_be_absent;
        let reply = self.call(call).await?;
        if reply.status == 404 {
            return Ok(Vec::new());
        }
        // an array, or one object
        let all: Many<Wire> = serde_json::from_slice(&reply.body)
            .map_err(|e| CallError::Shape(format!("the subscriptions: {e}")))?;
        if all.0.iter().any(|w| w.id.0.is_empty()) {
            return Err(CallError::Shape("a subscription without an id".into()));
        }
        Ok(all.0.into_iter().map(subscription).collect())
    }

    async fn put_subscription(&self, one: Subscription) -> Result<(), CallError> {
        valid(&one)?;
        let body = json!({
            "id": one.id,
            "filter": one.filter,
            "topic": one.topic,
            "webHookConfig": { "endpoint": one.endpoint },
        });
        let path = format!("{PREFIX}/subscriptions/webhook");
        self.call(Call::send("events_write", Method::Put, path, &body)).await.map(drop)
    }

    async fn delete_subscription(&self, id: &str) -> Result<(), CallError> {
        let path = format!("{PREFIX}/subscriptions/{}", encoded(id));
        let call = Call { method: Method::Delete, may_be_absent: true, ..Call::get("events_write", path) };
        self.call(call).await.map(drop)
    }
}

impl Subscriptions for Concur {
    fn topics(&self) -> Fut<'_, Result<Vec<String>, CallError>> {
        Box::pin(self.get_topics())
    }

    fn subscriptions(&self) -> Fut<'_, Result<Vec<Subscription>, CallError>> {
        Box::pin(self.read_subscriptions(format!("{PREFIX}/subscriptions"), false))
    }

    fn subscription(&self, id: String) -> Fut<'_, Result<Option<Subscription>, CallError>> {
        Box::pin(async move {
            let found =
                self.read_subscriptions(format!("{PREFIX}/subscriptions/{}", encoded(&id)), true).await?;
            Ok(found.into_iter().find(|s| s.id == id))
        })
    }

    fn subscribe(&self, one: Subscription) -> Fut<'_, Result<(), CallError>> {
        Box::pin(self.put_subscription(one))
    }

    fn unsubscribe(&self, id: String) -> Fut<'_, Result<(), CallError>> {
        Box::pin(async move { self.delete_subscription(&id).await })
    }
}

fn subscription(w: Wire) -> Subscription {
    Subscription {
        id: w.id.0,
        topic: w.topic.0,
        filter: w.filter.0,
        endpoint: w.web_hook_config.0.unwrap_or_default().endpoint.0,
        companies: w.company_ids.0.into_iter().filter_map(|c| c.some()).collect(),
    }
}

/// What Concur would refuse, or deliver to nobody.
fn valid(one: &Subscription) -> Result<(), CallError> {
    let refuse = |why: String| Err(CallError::Refused(why));
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-');
    if one.id.is_empty() || !one.id.chars().all(plain) {
        return refuse(format!(
            "{:?} is no id of a subscription: lower-case letters, digits, '.' and '-' only",
            errors::short(&one.id)
        ));
    }
    if one.topic.is_empty() {
        return refuse("a subscription needs a topic".into());
    }
    if !one.endpoint.starts_with("https://") {
        return refuse(format!(
            "events are delivered to a public https address, and {:?} is none",
            errors::short(&one.endpoint)
        ));
    }
    Ok(())
}

#[cfg(test)]
#[path = "events_tests.rs"]
mod tests;
