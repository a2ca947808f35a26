//! Subscriptions are made, mended and ended at the source, by what its catalogue lists.

use std::sync::{Arc, Mutex};

use tieout::engine::EngineError;
use tieout::engine::EventsAct;
use tieout::engine::core::Core;
use tieout::engine::hints::Listener;
use tieout::engine::wiring::{Connector, Tuning, Wires};
use tieout::model::clock::ManualClock;
use tieout::model::{Actor, ConnectionId};
use tieout::store::sqlite::{Executor, Options, SqliteStore};
use tieout::store::{ConnectionRow, Store, SubscriptionState};
use tieout::systems::{CallError, Push, RemoteCompany, Source, Subscription, Subscriptions, System};
use tieout::transport::Fut;
use tokio_util::sync::CancellationToken;

use crate::kit::{COMPANY, connection, start};

/// A source whose subscriptions are here.
#[derive(Default)]
struct There {
    topics: Mutex<Vec<String>>,
    list: Mutex<Vec<Subscription>>,
    calls: Mutex<Vec<String>>,
}

impl System for There {
    fn name(&self) -> &'static str {
        "concur"
    }
    fn company(&self) -> Fut<'_, Result<RemoteCompany, CallError>> {
        Box::pin(async { Err(CallError::Refused("not asked here".into())) })
    }
}

impl Subscriptions for There {
    fn topics(&self) -> Fut<'_, Result<Vec<String>, CallError>> {
        let topics = self.topics.lock().unwrap().clone();
        Box::pin(async move { Ok(topics) })
    }
    fn subscriptions(&self) -> Fut<'_, Result<Vec<Subscription>, CallError>> {
        let list = self.list.lock().unwrap().clone();
        Box::pin(async move { Ok(list) })
    }
    fn subscribe(&self, one: Subscription) -> Fut<'_, Result<(), CallError>> {
        self.calls.lock().unwrap().push(format!("put {}", one.id));
        let mut list = self.list.lock().unwrap();
        list.retain(|s| s.id != one.id);
        list.push(one);
        Box::pin(async { Ok(()) })
    }
    fn unsubscribe(&self, id: String) -> Fut<'_, Result<(), CallError>> {
        self.calls.lock().unwrap().push(format!("delete {id}"));
        self.list.lock().unwrap().retain(|s| s.id != id);
        Box::pin(async { Ok(()) })
    }
}

struct Wired(Arc<There>);

impl Connector for Wired {
    fn source(&self, row: &ConnectionRow) -> Result<Arc<dyn Source>, EngineError> {
        Err(EngineError::Refused(format!("{} is not reached here", row.id)))
    }
    fn push(&self, row: &ConnectionRow) -> Result<Arc<dyn Push>, EngineError> {
        Err(EngineError::Refused(format!("{} is not reached here", row.id)))
    }
    fn subscriptions(&self, row: &ConnectionRow) -> Result<Arc<dyn Subscriptions>, EngineError> {
        if row.system == "concur" {
            Ok(self.0.clone())
        } else {
            Err(EngineError::Refused("no events".into()))
        }
    }
    fn tuning(&self, _: &ConnectionId) -> Tuning {
        Tuning::default()
    }
}

struct At(&'static str);

impl Listener for At {
    fn listen(&self, _: Arc<Core>, _: CancellationToken) -> Fut<'_, ()> {
        Box::pin(async {})
    }
    fn endpoint(&self, system: &str) -> Option<String> {
        (system == "concur").then(|| self.0.to_string())
    }
}

async fn office(
    there: &Arc<There>,
    listener: Option<At>,
) -> (tempfile::TempDir, Arc<Core>, Arc<ManualClock>) {
    let dir = tempfile::tempdir().unwrap();
    let options = Options { executor: Executor::Thread, instance_kind: "demo", now: start() };
    let store: Arc<dyn Store> = Arc::new(SqliteStore::open(dir.path().join("s/tieout.db"), options).unwrap());
    for row in [connection("concur-us", "concur", COMPANY), connection("qbo-us", "quickbooks_online", "1")] {
        store.put_connection(row, Actor::engine(), start()).await.unwrap();
    }
    let clock = Arc::new(ManualClock::new(start()));
    let core = Core::new(store, clock.clone(), Wires::new(Arc::new(Wired(there.clone()))));
    if let Some(at) = listener {
        drop(core.listener.set(Arc::new(at)));
    }
    (dir, core, clock)
}

fn there() -> Arc<There> {
    let topics = ["public.concur.expense.report", "public.concur.financialintegration", "public.test"];
    let there = There::default();
    *there.topics.lock().unwrap() = topics.map(String::from).to_vec();
    Arc::new(there)
}

fn foreign(n: usize) -> Subscription {
    Subscription {
        id: format!("somebody.else.{n}"),
        topic: "public.concur.expense.report".into(),
        filter: ".*".into(),
        endpoint: "https://else.example/".into(),
        companies: Vec::new(),
    }
}

#[tokio::test]
async fn what_the_catalogue_lists_is_subscribed_and_repaired_and_ended() {
    let there = there();
    there.list.lock().unwrap().push(foreign(1));
    let (_dir, core, _) = office(&there, Some(At("https://hooks.example.com/concur"))).await;
    let by = Actor { name: "Ines Marchetti".into(), ..Actor::engine() };
    let said = core.events_of(None, &EventsAct::Subscribe, &by).await.unwrap();
    assert!(
        said.starts_with(
            "concur-us: 2 subscriptions made or mended; 3 topics, 2 followed; 2 subscriptions in place"
        ),
        "{said}"
    );
    let ids: Vec<_> = there.list.lock().unwrap().iter().map(|s| s.id.clone()).collect();
    assert!(ids[1].starts_with("tieout.") && ids[1].ends_with(".public.concur.expense.report"), "{ids:?}");
    assert!(
        ids[1].chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-".contains(c)),
        "{ids:?}"
    );
    let account = core.store.event_account("concur-us".into()).await.unwrap();
    assert!(account.wanted);
    assert_eq!(account.subscriptions.iter().filter(|s| s.state == SubscriptionState::InPlace).count(), 2);

    // again: nothing to do
    there.calls.lock().unwrap().clear();
    core.events_of(None, &EventsAct::Repair, &by).await.unwrap();
    assert!(there.calls.lock().unwrap().is_empty());

    // one was deleted, the other points elsewhere
    {
        let mut list = there.list.lock().unwrap();
        list.remove(2);
        list[1].endpoint = "https://old.example/".into();
    }
    core.events_of(None, &EventsAct::Look, &by).await.unwrap();
    let seen = core.store.event_account("concur-us".into()).await.unwrap();
    let states: Vec<_> = seen.subscriptions.iter().map(|s| s.state).collect();
    assert!(
        states.contains(&SubscriptionState::Missing) && states.contains(&SubscriptionState::Changed),
        "{states:?}"
    );
    core.events_of(None, &EventsAct::Repair, &by).await.unwrap();
    assert_eq!(there.calls.lock().unwrap().len(), 2);

    let refused =
        core.events_of(None, &EventsAct::Unsubscribe { id: Some("somebody.else.1".into()) }, &by).await;
    assert!(refused.unwrap_err().to_string().contains("is no subscription of this home"));
    core.events_of(None, &EventsAct::Unsubscribe { id: None }, &by).await.unwrap();
    assert_eq!(*there.list.lock().unwrap(), [foreign(1)], "what is not ours stays");
    assert!(!core.store.event_account("concur-us".into()).await.unwrap().wanted);
    let rows =
        core.store.audit(tieout::store::AuditQuery { limit: 100, ..Default::default() }).await.unwrap();
    assert!(rows.iter().any(|r| r.action == "subscriptions_changed" && r.actor == "Ines Marchetti"));
}

#[tokio::test]
async fn what_cannot_be_subscribed_is_said() {
    let there = there();
    let (_dir, core, _) = office(&there, None).await;
    let by = Actor::engine();
    let said = core.events_of(None, &EventsAct::Subscribe, &by).await.unwrap_err().to_string();
    assert!(said.contains("endpoint"), "{said}");
    let (_dir, core, _) = office(&there, Some(At("https://hooks.example.com/concur"))).await;
    there.list.lock().unwrap().extend((0..4).map(foreign));
    let said = core.events_of(None, &EventsAct::Subscribe, &by).await.unwrap_err().to_string();
    assert!(said.contains("may have 5"), "{said}");
    *there.topics.lock().unwrap() = vec!["public.test".into()];
    let said = core.events_of(None, &EventsAct::Subscribe, &by).await.unwrap_err().to_string();
    assert!(said.contains("scopes"), "{said}");
    let said = core.events_of(Some(&"qbo-us".into()), &EventsAct::Look, &by).await.unwrap_err().to_string();
    assert!(said.contains("no events"), "{said}");
}

#[tokio::test]
async fn the_running_engine_repairs_weekly_and_only_where_a_person_subscribed() {
    let there = there();
    let (_dir, core, clock) = office(&there, Some(At("https://hooks.example.com/concur"))).await;
    let engine = tieout::engine::run::Engine::start(core.clone(), "test".into()).await.unwrap();
    engine.keep_events().await.unwrap();
    assert!(there.calls.lock().unwrap().is_empty(), "nobody asked for subscriptions");
    core.events_of(None, &EventsAct::Subscribe, &Actor::engine()).await.unwrap();
    there.list.lock().unwrap().clear();
    there.calls.lock().unwrap().clear();
    engine.keep_events().await.unwrap();
    assert!(there.calls.lock().unwrap().is_empty(), "it was looked at today");
    clock.advance(std::time::Duration::from_hours(7 * 24));
    engine.keep_events().await.unwrap();
    assert_eq!(there.calls.lock().unwrap().len(), 2, "made again after a week");
}
