//! A write whose outcome is unknown goes again exactly as it went: the stored bytes under the old key, whatever the
//! encoding of today would be (contract of QuickBooks Desktop, 6.2, step 5c).

use std::collections::BTreeMap;

use crate::engine::EngineError;
use crate::engine::core::Core;
use crate::engine::post::{PostRun, ReadyCall, UNSETTLED};
use crate::model::ids::DocumentId;
use crate::model::intent::IntentState;
use crate::store::{ConnectionRow, Intent, NewIntent, Plan, PlanDocument, Postable, StoreError};
use crate::systems::PreparedCall;

/// Whether a look-up found nothing of it and the identical call is to tell.
fn goes_again(i: &Intent) -> bool {
    i.state == IntentState::Planned && i.replay && !i.request_key.is_empty()
}

fn as_it_was(i: &Intent) -> NewIntent {
    NewIntent {
        slot: i.slot.clone(),
        kind: i.kind,
        reference: i.reference.clone(),
        generation: i.generation,
        item_key: i.item_key.clone(),
        lookup: i.lookup.clone(),
        payload_hash: i.payload_hash.clone(),
        date: i.date,
        in_this_call: true,
    }
}

/// A call that goes again: its key, its documents and of each its intents in their order.
type Again<'a> = (String, Vec<(&'a Postable, Vec<&'a Intent>)>);

/// The first of them.
fn first(due: &[Postable]) -> Option<Again<'_>> {
    let key = due.iter().flat_map(|p| &p.intents).find(|i| goes_again(i))?.request_key.clone();
    let of = |p: &'_ Postable| {
        let members = p.intents.iter().filter(|i| goes_again(i) && i.request_key == key);
        members.map(|i| i.id).collect::<Vec<_>>()
    };
    let members = due.iter().filter_map(|p| {
        let ids = of(p);
        let intents: Vec<&Intent> = p.intents.iter().filter(|i| ids.contains(&i.id)).collect();
        (!intents.is_empty()).then_some((p, intents))
    });
    let members = members.collect();
    Some((key, members))
}

impl Core {
    /// Sends again what was in doubt and was not found, one call at a time, before anything else of that ledger. Neither
    /// a check of today nor a person's selection keeps it back: it may be carried out already.
    pub(crate) async fn post_again(&self, row: &ConnectionRow, epoch: u64) -> Result<PostRun, EngineError> {
        let push = self.wires.push(row)?;
        let mut run = PostRun::default();
        let mut refused_before = BTreeMap::new();
        loop {
            let unsettled: Vec<DocumentId> = self.store.unsettled(row.id.clone()).await?;
            if unsettled.is_empty() {
                return Ok(run);
            }
            let due = self.store.going_again(row.id.clone()).await?;
            let (Some((key, members)), Some(facts)) = (first(&due), self.facts(&row.id).await?) else {
                run.paused = Some(UNSETTLED.into());
                return Ok(run);
            };
            let Some(bytes) = self.store.call_bytes(row.id.clone(), key.clone()).await? else {
                run.paused = Some(format!("{UNSETTLED}; the bytes of {key} are not in the store"));
                return Ok(run);
            };
            let order: Vec<String> =
                members.iter().flat_map(|(_, list)| list.iter().map(|i| i.item_key.clone())).collect();
            let documents = members
                .iter()
                .map(|(p, list)| PlanDocument {
                    id: p.id,
                    version: p.version,
                    intents: list.iter().map(|i| as_it_was(i)).collect(),
                })
                .collect();
            let plan = Plan {
                ledger: row.id.clone(),
                request_key: key.clone(),
                bytes: bytes.clone(),
                documents,
                epoch,
            };
            let planned = match self.store.plan(plan, self.now()).await {
                Ok(planned) => planned,
                // a person was faster: the next visit looks at it anew
                Err(
                    e @ (StoreError::Stale { .. } | StoreError::IllegalMove { .. } | StoreError::Refused(_)),
                ) => {
                    run.paused = Some(e.to_string());
                    return Ok(run);
                }
                Err(e) => return Err(e.into()),
            };
            let doubts = run.doubts;
            let call = PreparedCall { request_key: key, bytes };
            let ready = ReadyCall { call: Some(call), planned: Some(planned), order };
            let trouble =
                self.carry(row, push.as_ref(), ready, &facts, &mut run, &mut refused_before).await?;
            let unclear = (run.doubts > doubts).then(|| UNSETTLED.to_string());
            if let Some(why) = trouble.or(unclear) {
                run.paused = Some(why);
                return Ok(run);
            }
        }
    }
}
