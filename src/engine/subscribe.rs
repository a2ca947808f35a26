//! Subscriptions to a source's events: what its catalogue lists and we know is wanted, what is missing is made again.
//! What the source said is kept, so that commands and screens read it without a call.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::engine::core::Core;
use crate::engine::{EngineError, What};
use crate::model::canonical::sha256_hex;
use crate::model::people::Actor;
use crate::store::{ConnectionRow, EventAccount, SubscriptionRow, SubscriptionState};
use crate::systems::{Subscription, Subscriptions};

/// Unused or failing subscriptions are deleted after 30 days (Concur's contract, 7.1): they are checked weekly.
const EVERY: SignedDuration = SignedDuration::from_hours(7 * 24);
/// The most subscriptions that one application may have (Concur's contract, 7.1).
const MOST: usize = 5;
/// All types of events of a topic.
const FILTER: &str = ".*";

/// What is asked about the events of a connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum EventsAct {
    /// Read topics and subscriptions.
    Look,
    /// Subscribe to what is wanted, and keep it so.
    Subscribe,
    /// Make again what is missing or was changed.
    Repair,
    /// End one subscription of ours, or all of them.
    Unsubscribe {
        /// Its id.
        id: Option<String>,
    },
}

/// Whether a topic of a catalogue is one whose events we follow (Concur's contract, 7.2). No topic of invoices is
/// documented; where a tenant has one it is taken.
fn known(topic: &str) -> bool {
    let name = topic.strip_prefix("public.").unwrap_or(topic);
    matches!(name, "concur.expense.report" | "concur.financialintegration")
        || (name.starts_with("concur.invoice")
            && name.replace(['-', '.', '_'], "").contains("paymentrequest"))
}

/// The beginning of the ids of our subscriptions: ids are unique over all customers of the source, and each application
/// has subscriptions of its own. Only lower-case letters, digits, `.` and `-` are allowed.
fn prefix(instance: &str, row: &ConnectionRow) -> String {
    let client = row.settings.get("client_id").and_then(|v| v.as_str()).unwrap_or_default();
    let home: String = instance.chars().filter(char::is_ascii_alphanumeric).take(12).collect();
    let app: String = sha256_hex(client.as_bytes()).chars().take(6).collect();
    format!("tieout.{}-{app}.", home.to_ascii_lowercase())
}

/// The id of our subscription to a topic.
fn id_of(prefix: &str, topic: &str) -> String {
    let plain = |c: char| if c.is_ascii_lowercase() || c.is_ascii_digit() || c == '.' { c } else { '-' };
    let topic: String = topic.to_ascii_lowercase().chars().map(plain).collect();
    format!("{prefix}{topic}")
}

/// What is there beside what is wanted.
fn compare(
    prefix: &str,
    topics: Vec<String>,
    there: Vec<Subscription>,
    endpoint: Option<&str>,
    wanted: bool,
) -> EventAccount {
    let topics: Vec<(String, bool)> = topics
        .into_iter()
        .map(|t| {
            let k = known(&t);
            (t, k)
        })
        .collect();
    let mut rows: Vec<SubscriptionRow> = there
        .into_iter()
        .map(|s| {
            let state = if !s.id.starts_with(prefix) {
                SubscriptionState::Foreign
            } else if id_of(prefix, &s.topic) == s.id
                && s.filter == FILTER
                && endpoint.is_none_or(|e| e == s.endpoint)
            {
                SubscriptionState::InPlace
            } else {
                SubscriptionState::Changed
            };
            SubscriptionRow {
                id: s.id,
                topic: s.topic,
                filter: s.filter,
                endpoint: s.endpoint,
                companies: s.companies,
                state,
            }
        })
        .collect();
    for (topic, _) in topics.iter().filter(|(_, known)| *known) {
        let id = id_of(prefix, topic);
        if rows.iter().all(|r| r.id != id) {
            rows.push(SubscriptionRow {
                id,
                topic: topic.clone(),
                filter: FILTER.into(),
                endpoint: endpoint.unwrap_or_default().into(),
                companies: Vec::new(),
                state: SubscriptionState::Missing,
            });
        }
    }
    EventAccount { wanted, checked_at: None, topics, subscriptions: rows }
}

impl Core {
    /// Does what was asked about the events of a connection, or of each one that has any.
    pub async fn events_of(
        &self,
        only: Option<&crate::model::ids::ConnectionId>,
        act: &EventsAct,
        by: &Actor,
    ) -> Result<String, EngineError> {
        let rows = match only {
            Some(id) => vec![self.connection(id).await?],
            None => {
                let all = self.store.connections().await?;
                all.into_iter().filter(|r| self.wires.subscriptions(r).is_ok()).collect()
            }
        };
        if rows.is_empty() {
            return Err(EngineError::Refused(
                "no connection of this home sends events that can be subscribed to".into(),
            ));
        }
        let mut said = Vec::new();
        for row in &rows {
            said.push(format!("{}: {}", row.id, self.events_act(row, act, by).await?));
        }
        Ok(said.join("; "))
    }

    async fn events_act(
        &self,
        row: &ConnectionRow,
        act: &EventsAct,
        by: &Actor,
    ) -> Result<String, EngineError> {
        let system = self.wires.subscriptions(row)?;
        let before = self.store.event_account(row.id.clone()).await?;
        let wanted = match act {
            EventsAct::Subscribe | EventsAct::Repair => true,
            EventsAct::Unsubscribe { id: None } => false,
            EventsAct::Look | EventsAct::Unsubscribe { .. } => before.wanted,
        };
        let account = self.look_at_events(row, system.as_ref(), wanted).await?;
        let said = match act {
            EventsAct::Look => {
                self.keep_account(row, account.clone(), by).await?;
                return Ok(summary(&account));
            }
            EventsAct::Subscribe | EventsAct::Repair => {
                let n = self.make_missing(row, system.as_ref(), &account).await?;
                format!("{n} subscriptions made or mended")
            }
            EventsAct::Unsubscribe { id } => {
                let n = self.end_ours(row, system.as_ref(), &account, id.as_deref()).await?;
                format!("{n} subscriptions ended")
            }
        };
        let after = self.look_at_events(row, system.as_ref(), wanted).await?;
        self.keep_account(row, after.clone(), by).await?;
        Ok(format!("{said}; {}", summary(&after)))
    }

    /// Makes missing subscriptions again, once a week, where a person asked for them.
    pub(crate) async fn repair_when_due(&self, row: &ConnectionRow) -> Result<(), EngineError> {
        let account = self.store.event_account(row.id.clone()).await?;
        let recent = account.checked_at.is_some_and(|at| self.now().duration_since(at) < EVERY);
        if !account.wanted || recent || self.endpoint(row).is_none() {
            return Ok(());
        }
        let said = self.events_act(row, &EventsAct::Repair, &Actor::engine()).await?;
        self.tell(What::Connection, None, None, format!("{}: {said}", row.id));
        Ok(())
    }

    fn endpoint(&self, row: &ConnectionRow) -> Option<String> {
        self.listener.get().and_then(|l| l.endpoint(&row.system))
    }

    async fn look_at_events(
        &self,
        row: &ConnectionRow,
        system: &dyn Subscriptions,
        wanted: bool,
    ) -> Result<EventAccount, EngineError> {
        let prefix = prefix(&self.store.instance().await?.id, row);
        let topics = system.topics().await.map_err(|e| told(row, e))?;
        let there = system.subscriptions().await.map_err(|e| told(row, e))?;
        let mut account = compare(&prefix, topics, there, self.endpoint(row).as_deref(), wanted);
        account.checked_at = Some(self.now());
        Ok(account)
    }

    async fn keep_account(
        &self,
        row: &ConnectionRow,
        account: EventAccount,
        by: &Actor,
    ) -> Result<(), EngineError> {
        self.store.put_event_account(row.id.clone(), account, by.clone(), self.now()).await?;
        self.touch();
        Ok(())
    }

    async fn make_missing(
        &self,
        row: &ConnectionRow,
        system: &dyn Subscriptions,
        account: &EventAccount,
    ) -> Result<usize, EngineError> {
        let endpoint = self.endpoint(row).ok_or_else(|| {
            EngineError::Refused(
                "config.toml does not say where events reach this machine: set `endpoint` under [listen.events]"
                    .into(),
            )
        })?;
        if !account.topics.iter().any(|(_, known)| *known) {
            return Err(EngineError::Refused(
                "the catalogue lists no topic that tieout follows: give the application the scopes \
                 events.topic.read, FISVC and expense.report.read"
                    .into(),
            ));
        }
        let prefix = prefix(&self.store.instance().await?.id, row);
        let want =
            |s: &&SubscriptionRow| matches!(s.state, SubscriptionState::Missing | SubscriptionState::Changed);
        let there = account.subscriptions.iter().filter(|s| s.state != SubscriptionState::Missing).count();
        let missing = account.subscriptions.iter().filter(|s| s.state == SubscriptionState::Missing).count();
        if there + missing > MOST {
            return Err(EngineError::Refused(format!(
                "the application already has {there} subscriptions and may have {MOST}: end one that is not needed"
            )));
        }
        let mut made = 0;
        for s in account.subscriptions.iter().filter(want) {
            // one of ours whose topic was changed goes back to the topic that its id names
            let topic = account.topics.iter().find(|(t, _)| s.id == id_of(&prefix, t));
            let one = Subscription {
                id: s.id.clone(),
                topic: topic.map_or_else(|| s.topic.clone(), |(t, _)| t.clone()),
                filter: FILTER.into(),
                endpoint: endpoint.clone(),
                companies: Vec::new(),
            };
            system.subscribe(one).await.map_err(|e| told(row, e))?;
            made += 1;
        }
        Ok(made)
    }

    async fn end_ours(
        &self,
        row: &ConnectionRow,
        system: &dyn Subscriptions,
        account: &EventAccount,
        id: Option<&str>,
    ) -> Result<usize, EngineError> {
        let there = account.subscriptions.iter().filter(|s| {
            !matches!(s.state, SubscriptionState::Missing | SubscriptionState::Foreign)
                && id.is_none_or(|id| s.id == id)
        });
        let ids: Vec<String> = there.map(|s| s.id.clone()).collect();
        if let Some(id) = id.filter(|_| ids.is_empty()) {
            return Err(EngineError::Refused(format!(
                "{id} is no subscription of this home: see `tieout events subscriptions`"
            )));
        }
        for id in &ids {
            system.unsubscribe(id.clone()).await.map_err(|e| told(row, e))?;
        }
        Ok(ids.len())
    }
}

/// The events of a connection are no part of its health: documents go on by polling.
fn told(row: &ConnectionRow, error: crate::systems::CallError) -> EngineError {
    EngineError::of_system(row, error)
}

fn summary(a: &EventAccount) -> String {
    let n = |state| a.subscriptions.iter().filter(|s| s.state == state).count();
    format!(
        "{} topics, {} followed; {} subscriptions in place, {} changed, {} missing",
        a.topics.len(),
        a.topics.iter().filter(|(_, known)| *known).count(),
        n(SubscriptionState::InPlace),
        n(SubscriptionState::Changed),
        n(SubscriptionState::Missing),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn there(id: &str, topic: &str, endpoint: &str) -> Subscription {
        Subscription {
            id: id.into(),
            topic: topic.into(),
            filter: ".*".into(),
            endpoint: endpoint.into(),
            companies: Vec::new(),
        }
    }

    #[test]
    fn topics_are_taken_from_the_catalogue() {
        for (topic, follow) in [
            ("public.concur.expense.report", true),
            ("concur.expense.report", true),
            ("public.concur.financialintegration", true),
            ("public.concur.invoice.payment-request", true),
            ("public.concur.invoice.paymentrequest", true),
            ("public.test", false),
            ("public.concur.request", false),
            ("public.concur.user.provisioning", false),
        ] {
            assert_eq!(known(topic), follow, "{topic}");
        }
    }

    #[test]
    fn ids_have_the_allowed_characters_only() {
        let id = id_of("tieout.0a1b.", "public.Concur_Invoice/x");
        assert_eq!(id, "tieout.0a1b.public.concur-invoice-x");
    }

    #[test]
    fn what_is_missing_or_changed_is_seen_and_others_are_left_alone() {
        let p = "tieout.a-1.";
        let topics = ["public.concur.expense.report", "public.concur.financialintegration", "public.test"];
        let list = vec![
            there("tieout.a-1.public.concur.expense.report", topics[0], "https://old.example/concur"),
            there("somebody.else", topics[0], "https://other.example/"),
        ];
        let account =
            compare(p, topics.map(String::from).to_vec(), list, Some("https://new.example/concur"), true);
        let states: Vec<_> = account.subscriptions.iter().map(|s| (s.id.as_str(), s.state)).collect();
        assert_eq!(
            states,
            [
                ("tieout.a-1.public.concur.expense.report", SubscriptionState::Changed),
                ("somebody.else", SubscriptionState::Foreign),
                ("tieout.a-1.public.concur.financialintegration", SubscriptionState::Missing),
            ]
        );
        assert_eq!(account.topics.iter().filter(|(_, k)| *k).count(), 2);
    }
}
