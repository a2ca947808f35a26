//! Events of the event subscription service (contract section 7.2): what is told, and what waits to be delivered.

use std::collections::VecDeque;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::filter::Filter;
use super::record::{Record, Status};
use super::state::State;

/// Topic of documents that are ready.
pub(super) const INTEGRATION: &str = "public.concur.financialintegration";
/// Topic of expense reports.
pub(super) const REPORTS: &str = "public.concur.expense.report";
/// Most deliveries that are remembered for the ground truth.
const REMEMBERED: usize = 1_000;

/// One subscription and what waits for it.
#[derive(Debug, Clone)]
pub(super) struct Subscription {
    pub(super) id: String,
    pub(super) expression: String,
    pub(super) filter: Filter,
    pub(super) topic: String,
    pub(super) endpoint: String,
    pub(super) scope: String,
    pub(super) waiting: VecDeque<Waiting>,
    /// Whether the first of those waiting is being sent.
    pub(super) sending: bool,
}

impl Subscription {
    /// Whether it takes this event.
    pub(super) fn takes(&self, event: &Value) -> bool {
        event["topic"] == self.topic.as_str()
            && self.filter.fits(event["eventType"].as_str().unwrap_or_default())
    }
}

/// An event that is to be delivered.
#[derive(Debug, Clone)]
pub(super) struct Waiting {
    pub(super) event: Value,
    pub(super) made: Timestamp,
    pub(super) attempts: u32,
    pub(super) due: Timestamp,
}

/// All subscriptions, and what became of the last deliveries.
#[derive(Debug, Default)]
pub(super) struct Events {
    pub(super) subscriptions: Vec<Subscription>,
    pub(super) log: VecDeque<Value>,
    made: u64,
}

impl Events {
    /// Remembers a delivery.
    pub(super) fn remember(&mut self, delivery: Value) {
        if self.log.len() == REMEMBERED {
            self.log.pop_front();
        }
        self.log.push_back(delivery);
    }

    pub(super) fn find(&mut self, id: &str) -> Option<&mut Subscription> {
        self.subscriptions.iter_mut().find(|one| one.id == id)
    }

    /// Ground truth: subscriptions with the ids that wait, and the last deliveries.
    pub(super) fn truth(&self) -> Value {
        let one = |s: &Subscription| {
            let waiting: Vec<&Value> = s.waiting.iter().map(|w| &w.event["id"]).collect();
            json!({ "id": s.id, "topic": s.topic, "endpoint": s.endpoint, "waiting": waiting })
        };
        let subscriptions: Vec<Value> = self.subscriptions.iter().map(one).collect();
        json!({ "subscriptions": subscriptions, "deliveries": self.log })
    }
}

/// A document became ready.
pub(super) fn ready(state: &mut State, index: usize) {
    if state.events.subscriptions.is_empty() {
        return;
    }
    if let Some(event) = ready_event(state, index) {
        announce(state, &event);
    }
}

/// A document moved from one status to another.
pub(super) fn moved(state: &mut State, index: usize, before: &Status) {
    if state.events.subscriptions.is_empty() {
        return;
    }
    let Some(record) = state.records.get(index).filter(|record| record.doc_type == "expense") else { return };
    let told = match (&record.status, before) {
        (Status::Recalled, _) => true,
        (now, before) => now.posted() && !before.posted(),
    };
    if told && let Some(event) = report_event(state, index, "statusChanged") {
        announce(state, &event);
    }
}

/// Puts an event before every subscription that takes it.
fn announce(state: &mut State, event: &Value) {
    let (now, twice, swap) = (state.now, state.switches.duplicate_events, state.switches.reorder_events);
    for subscription in state.events.subscriptions.iter_mut().filter(|one| one.takes(event)) {
        for _ in 0..=u8::from(twice) {
            let waiting = Waiting { event: event.clone(), made: now, attempts: 0, due: now };
            subscription.waiting.push_back(waiting);
        }
        let last = subscription.waiting.len() - 1;
        // the one that is being sent keeps its place
        if swap && last > usize::from(subscription.sending) {
            subscription.waiting.swap(last - 1, last);
        }
    }
}

fn envelope(state: &mut State, topic: &str, event_type: &str, stamp: String, facts: Value) -> Value {
    state.events.made += 1;
    let number = state.events.made.to_string();
    json!({
        "id": state.ids.uuid("event", &number), "correlationId": state.ids.uuid("event-correlation", &number),
        "eventType": event_type, "topic": topic, "subtopic": "p0000000fq01", "timeStamp": stamp,
        "route": "stable", "data": null, "facts": facts,
    })
}

fn address(state: &State, record: &Record) -> String {
    format!(
        "{}/financialintegration/fi/v4/companies/transactiontypes/{}/transactions?docId={}",
        state.url(state.switches.home),
        record.doc_type,
        record.business
    )
}

/// `expense.readyForIntegration` and its like. The document id is the business id.
pub(super) fn ready_event(state: &mut State, index: usize) -> Option<Value> {
    let record = state.records.get(index)?;
    let kind = match record.doc_type {
        "requestobligation" => "requestObligation",
        "reportobligation" => "reportObligation",
        other => other,
    };
    let event_type = format!("{kind}.readyForIntegration");
    let facts = json!({
        "companyId": state.company(), "documentId": record.business, "entityId": "p0000000fq01",
        "href": address(state, record),
    });
    // an offset without a colon, as the service writes it here
    let stamp = state.now.strftime("%Y-%m-%dT%H:%M:%S.%3f+0000").to_string();
    Some(envelope(state, INTEGRATION, &event_type, stamp, facts))
}

/// An event of an expense report; `reportDeleted` has no address.
pub(super) fn report_event(state: &mut State, index: usize, event_type: &str) -> Option<Value> {
    let record = state.records.get(index).filter(|record| record.doc_type == "expense")?;
    let (step, approvals, payments) = match &record.status {
        Status::Recalled => ("RECALL", ["A_APPR", "A_RESU"], ["P_PROC", "P_NOTP"]),
        status if status.posted() => ("PAIDREPORT", ["A_APPR", "A_APPR"], ["P_PROC", "P_PAID"]),
        _ => ("EXTVAL", ["A_PEND", "A_APPR"], ["P_NOTP", "P_PROC"]),
    };
    let owner = record.source.as_ref().and_then(|d| d.employee()).map(|e| state.ids.uuid("employee", e.id));
    let base = state.url(state.switches.home);
    let mut facts = json!({
        "companyId": state.company(), "userId": owner, "actingUserId": null, "reportId": record.business,
        "reportType": "Regular", "lastModifiedDate": record.changed.to_string(),
    });
    if event_type == "statusChanged" {
        let [before, now] = approvals;
        let [unpaid, paid] = payments;
        facts["stepCode"] = step.into();
        facts["previousApprovalStatus"] = before.into();
        facts["currentApprovalStatus"] = now.into();
        facts["previousPaymentStatus"] = unpaid.into();
        facts["currentPaymentStatus"] = paid.into();
        facts["processId"] = state.ids.uuid("process", &record.business).into();
        facts["startingStep"] = json!({ "roleCode": null, "stepInstances": [] });
    }
    if event_type != "reportDeleted" {
        facts["href"] = format!("{base}/expensereports/v4/reports/{}", record.business).into();
    }
    let stamp = state.now.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string();
    Some(envelope(state, REPORTS, event_type, stamp, facts))
}
