//! The posting protocol (reliability.md, section 4): intents durable, then the call, then the outcomes durable. An
//! answer that leaves doubt is looked up first; a record is made again only when it is proved absent.

use std::collections::{BTreeMap, BTreeSet};

use crate::engine::core::Core;
use crate::engine::post_first::First;
use crate::engine::{EngineError, What};
use crate::mapping;
use crate::model::LedgerFacts;
use crate::model::canonical::sha256_hex;
use crate::model::entry::{Entry, EntrySet};
use crate::model::ids::{BookId, ConnectionId, DocumentId};
use crate::model::intent::{IntentState, Outcome};
use crate::store::failpoint::{self, FailPoint};
use crate::store::{
    ConnectionRow, Intent, ItemOutcome, NewIntent, Plan, PlanDocument, Planned, Postable, StoreError,
};
use crate::systems::{CallError, ItemKey, Prepared, PreparedCall, Proof, Push, SendError};
use crate::transport::{NetError, Reply};

/// How often a call is planned anew in one run because something changed meanwhile.
const MOST_AGAIN: u32 = 50;

/// Why nothing follows a write whose outcome is unknown (contract of QuickBooks Desktop, 6.2, step 4).
pub(crate) const UNSETTLED: &str =
    "what became of the last posting is not known: it is looked up before anything else goes out";

/// What a posting run did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PostRun {
    /// Calls sent.
    pub calls: u64,
    /// Records made.
    pub made: u64,
    /// Items refused.
    pub refused: u64,
    /// Items in doubt.
    pub doubts: u64,
    /// Of them those whose identical call cannot tell either.
    pub lost: u64,
    /// References that were looked up in this run before their first sending.
    pub looked: BTreeSet<String>,
    /// Documents held right before posting.
    pub held: u64,
    /// A person asked for the end of the run.
    pub stopped: bool,
    /// How often something changed between reading and planning.
    pub again: u32,
    /// Documents that could not be stopped and must not be sent in this run.
    pub skip: BTreeSet<DocumentId>,
    /// Why the run ended early: the connection's reason; documents stay approved.
    pub paused: Option<String>,
}

/// One item of the next call.
struct Item {
    document: usize,
    new: NewIntent,
    key: ItemKey,
    prepared: Prepared,
    /// The key of the call that carried it before: it goes again under that key.
    again: Option<String>,
}

/// What is wanted of one entry of a document.
enum Wish {
    /// To be sent now.
    Send(Box<Item>),
    /// Done, in doubt or withdrawn: kept as it is.
    Keep(NewIntent),
}

impl Core {
    /// Posts what is approved for one ledger, among `only` when that is not empty, until nothing is left that can go
    /// out, the connection has trouble, or a stop is asked for.
    pub async fn post(
        &self,
        row: &ConnectionRow,
        only: &[DocumentId],
        epoch: u64,
    ) -> Result<PostRun, EngineError> {
        self.post_but(row, only, epoch, BTreeSet::new()).await
    }

    /// The same without the documents of `skip`.
    pub(crate) async fn post_but(
        &self,
        row: &ConnectionRow,
        only: &[DocumentId],
        epoch: u64,
        skip: BTreeSet<DocumentId>,
    ) -> Result<PostRun, EngineError> {
        let push = self.wires.push(row)?;
        let batch = push.limits().batch.max(1);
        let replays = push.proof() == Proof::Replay;
        let mut run = PostRun { skip, ..PostRun::default() };
        let mut refused_before: BTreeMap<String, u32> = BTreeMap::new();
        loop {
            if self.stopping() || self.stop_asked().await? {
                run.stopped = true;
                break;
            }
            if replays && !self.store.unsettled(row.id.clone()).await?.is_empty() {
                run.paused = Some(UNSETTLED.into());
                break;
            }
            let due = self
                .store
                .postable(row.id.clone(), only.to_vec(), u32::try_from(batch + run.skip.len()).unwrap_or(30))
                .await?;
            let due: Vec<Postable> = due.into_iter().filter(|p| !run.skip.contains(&p.id)).collect();
            if due.is_empty() {
                break;
            }
            let Some(facts) = self.facts(&row.id).await? else {
                run.paused = Some(format!("{} has not been read yet", row.id));
                break;
            };
            let due = self.hold_what_changed(due, &facts, &mut run).await?;
            if due.is_empty() {
                continue;
            }
            match self.look_first(row, push.as_ref(), only, &due, &facts, epoch, &mut run).await? {
                First::Go => {}
                First::Again => continue,
                First::Stop(why) => {
                    run.paused = Some(why);
                    break;
                }
            }
            let Some(call) = self.next_call(row, push.as_ref(), &due, &facts, batch, epoch, &mut run).await?
            else {
                break;
            };
            let doubts = run.doubts;
            let trouble = self.carry(row, push.as_ref(), call, &facts, &mut run, &mut refused_before).await?;
            if let Some(why) = trouble {
                run.paused = Some(why);
                break;
            }
            if replays && run.doubts > doubts {
                run.paused = Some(UNSETTLED.into());
                break;
            }
        }
        Ok(run)
    }

    /// Another process asked for a stop: answered here, where something is being posted.
    async fn stop_asked(&self) -> Result<bool, EngineError> {
        let Some(row) = self.store.pending_request("stop".into()).await? else { return Ok(false) };
        self.stop.store(true, std::sync::atomic::Ordering::Release);
        let answer = serde_json::json!({ "text": "posting stops after what was on the wire" });
        self.store.answer(row.id, answer, self.now()).await?;
        Ok(true)
    }

    /// Right before the intent the frozen set is checked against today's reference data (reliability.md, 2.3).
    async fn hold_what_changed(
        &self,
        due: Vec<Postable>,
        facts: &LedgerFacts,
        run: &mut PostRun,
    ) -> Result<Vec<Postable>, EngineError> {
        let mut fit = Vec::with_capacity(due.len());
        for p in due {
            let done = |e: &Entry| p.intents.iter().any(|i| i.slot == e.slot && i.state == IntentState::Done);
            let started = p.approval.set.entries.iter().any(done);
            let book = self.book(&p.book).await?;
            // what is in the ledger already is not judged again
            let left =
                EntrySet { entries: p.approval.set.entries.iter().filter(|e| !done(e)).cloned().collect() };
            if p.kind == crate::model::DocumentKind::Correction && !started {
                match self.reversal_outdated(p.id).await {
                    Ok(None) => {}
                    Ok(Some(why)) => {
                        let why = format!("{why}: reject this and make it again");
                        let hold = crate::store::Act::Hold { reason: why.clone() };
                        let by = crate::model::Actor::engine();
                        let held = self.store.act(p.id, p.version, hold, by, self.now()).await.map(|_| ());
                        self.stopped_one(held, &p, why, run)?;
                        continue;
                    }
                    Err(EngineError::Store(e)) => return Err(e.into()),
                    // it could not be looked at: it waits for the next run
                    Err(_) => {
                        run.skip.insert(p.id);
                        continue;
                    }
                }
            }
            let findings = mapping::recheck(&left, facts, &book, self.now());
            if findings.is_empty() {
                fit.push(p);
            } else if started {
                // partly in the ledger, it cannot be held; the rest waits, and a person reads why
                let text = findings.iter().map(|f| f.sentence.clone()).collect::<Vec<_>>().join(" ");
                self.alarm_once(p.id, format!("the rest of it waits: {text}"));
                run.skip.insert(p.id);
            } else {
                let text = findings.iter().map(|f| f.sentence.clone()).collect::<Vec<_>>().join(" ");
                let held = self.store.hold_before_posting(p.id, p.version, findings, self.now()).await;
                self.stopped_one(held, &p, text, run)?;
            }
        }
        Ok(fit)
    }

    /// One document was stopped, or could not be: it is out of this run, and the others go on.
    pub(crate) fn stopped_one(
        &self,
        held: Result<(), StoreError>,
        p: &Postable,
        why: String,
        run: &mut PostRun,
    ) -> Result<(), EngineError> {
        match held {
            Ok(()) => {
                self.tell(What::Held, Some(&p.book), Some((p.id, "")), why);
                run.held += 1;
            }
            Err(e @ (StoreError::Stale { .. } | StoreError::IllegalMove { .. } | StoreError::Refused(_))) => {
                self.tell(What::Alarm, Some(&p.book), Some((p.id, "")), format!("{why} {e}"));
                run.skip.insert(p.id);
            }
            Err(e) => return Err(e.into()),
        }
        Ok(())
    }

    /// Encodes the next items and commits the call before its first byte.
    async fn next_call(
        &self,
        row: &ConnectionRow,
        push: &dyn Push,
        due: &[Postable],
        facts: &LedgerFacts,
        batch: usize,
        epoch: u64,
        run: &mut PostRun,
    ) -> Result<Option<ReadyCall>, EngineError> {
        let mut items: Vec<Item> = Vec::new();
        let mut kept: BTreeMap<usize, Vec<NewIntent>> = BTreeMap::new();
        for (at, p) in due.iter().enumerate() {
            let mut wishes = Vec::new();
            let mut fault = None;
            for entry in &p.approval.set.entries {
                match wish(at, entry, p, push, facts) {
                    Ok(w) => wishes.push(w),
                    Err(why) => fault = Some(why),
                }
            }
            if let Some(why) = fault {
                // what cannot be written down exactly is no ledger's refusal: a person has to look before anything goes
                let held = crate::store::Act::Hold { reason: why.clone() };
                let by = crate::model::Actor::engine();
                let held = self.store.act(p.id, p.version, held, by, self.now()).await.map(|_| ());
                self.stopped_one(held, p, why, run)?;
                continue;
            }
            for w in wishes {
                match w {
                    Wish::Send(item) => items.push(*item),
                    Wish::Keep(new) => kept.entry(at).or_default().push(new),
                }
            }
        }
        // items that went out before go again under their key, in a call that holds only members of that one
        let again = items.iter().find_map(|i| i.again.clone());
        let (mut chosen, rest): (Vec<Item>, Vec<Item>) = items.into_iter().partition(|i| i.again == again);
        let mut later: Vec<Item> = rest;
        if chosen.len() > batch {
            later.extend(chosen.split_off(batch));
        }
        if chosen.is_empty() {
            return Ok(None);
        }
        let prepared: Vec<Prepared> = chosen.iter().map(|i| i.prepared.clone()).collect();
        let keys: Vec<ItemKey> = chosen.iter().map(|i| i.key.clone()).collect();
        let call = push.assemble(&prepared, &keys, again.as_deref());
        let mut documents: BTreeMap<usize, Vec<NewIntent>> = BTreeMap::new();
        for i in &chosen {
            documents.entry(i.document).or_default().push(NewIntent { in_this_call: true, ..i.new.clone() });
        }
        for (at, list) in &mut documents {
            let waiting = later.iter().filter(|i| i.document == *at);
            list.extend(waiting.map(|i| NewIntent { in_this_call: false, ..i.new.clone() }));
            list.extend(kept.remove(at).unwrap_or_default());
        }
        let documents: Vec<PlanDocument> = documents
            .into_iter()
            .filter_map(|(at, intents)| {
                due.get(at).map(|p| PlanDocument { id: p.id, version: p.version, intents })
            })
            .collect();
        let plan = Plan {
            ledger: row.id.clone(),
            request_key: call.request_key.clone(),
            bytes: call.bytes.clone(),
            documents,
            epoch,
        };
        let planned = match self.store.plan(plan, self.now()).await {
            Ok(p) => p,
            // a person withdrew or held one of them meanwhile: look again
            Err(e @ (StoreError::Stale { .. } | StoreError::IllegalMove { .. } | StoreError::Refused(_))) => {
                run.again += 1;
                if run.again > MOST_AGAIN {
                    // no document may end the work of the others: the run rests, and a person reads why
                    self.tell(What::Alarm, None, None, format!("{} waits: {e}", row.id));
                    run.paused = Some(e.to_string());
                    return Ok(None);
                }
                return Ok(Some(ReadyCall::again()));
            }
            Err(e) => return Err(e.into()),
        };
        Ok(Some(ReadyCall {
            call: Some(call),
            planned: Some(planned),
            order: chosen.iter().map(|i| i.prepared.item_key.clone()).collect(),
        }))
    }

    /// Sends one planned call and records its outcomes. Returns the connection's reason when the run has to end.
    pub(crate) async fn carry(
        &self,
        row: &ConnectionRow,
        push: &dyn Push,
        ready: ReadyCall,
        facts: &LedgerFacts,
        run: &mut PostRun,
        refused_before: &mut BTreeMap<String, u32>,
    ) -> Result<Option<String>, EngineError> {
        let (Some(call), Some(planned)) = (ready.call, ready.planned) else { return Ok(None) };
        let key = call.request_key.clone();
        failpoint::hit(FailPoint::BeforeSend);
        let heard = push.send(call).await;
        let sent_at = self.now();
        failpoint::hit(FailPoint::AfterSend);
        run.calls += 1;
        let outcomes = push.classify(&ready.order, &heard, facts);
        let mut items = match_items(&planned.intents, &ready.order, outcomes);
        for item in &mut items {
            let again = planned.intents.iter().any(|i| i.id == item.intent && i.replay);
            // after a first sending the identical call can still tell
            if let (false, Outcome::Lost { reason }) = (again, &item.outcome) {
                item.outcome = Outcome::Ambiguous { reason: reason.clone() };
            }
        }
        for item in &items {
            match &item.outcome {
                Outcome::Done { .. } => run.made += 1,
                Outcome::Refused { code, .. } => {
                    run.refused += 1;
                    *refused_before.entry(code.clone()).or_default() += 1;
                }
                Outcome::Ambiguous { .. } => run.doubts += 1,
                Outcome::Lost { .. } => {
                    run.doubts += 1;
                    run.lost += 1;
                }
                Outcome::Busy { .. } => {
                    let of = planned.intents.iter().find(|i| i.id == item.intent);
                    run.skip.extend(of.map(|i| i.document));
                }
                Outcome::NotSent { .. } | Outcome::Throttled { .. } => {}
            }
        }
        if items.iter().any(|i| matches!(i.outcome, Outcome::Done { .. })) {
            // in a row: one that went through begins a new row
            refused_before.clear();
        }
        self.store.record(planned.batch, items.clone(), sent_at, self.now()).await?;
        // what the ledger remembers of a call may go once all its outcomes are recorded here, and not before
        let settled = |i: &ItemOutcome| matches!(i.outcome, Outcome::Done { .. } | Outcome::Refused { .. });
        push.recorded(items.iter().all(settled).then_some(key));
        let documents: BTreeSet<DocumentId> = planned.intents.iter().map(|i| i.document).collect();
        let made = items.iter().filter(|i| matches!(i.outcome, Outcome::Done { .. })).count() as u64;
        let attention = |i: &&ItemOutcome| {
            matches!(i.outcome, Outcome::Refused { .. } | Outcome::Ambiguous { .. } | Outcome::Lost { .. })
        };
        let attention = items.iter().filter(attention).count() as u64;
        self.visiting.carried(&row.id, documents.len() as u64, made, attention);
        self.progress.send_modify(|p| p.done = (p.done + documents.len() as u64).min(p.of.max(1)));
        self.report(&planned.intents, &items);
        self.trouble(row, &heard, &items, refused_before).await
    }

    fn report(&self, intents: &[Intent], items: &[ItemOutcome]) {
        for item in items {
            let Some(intent) = intents.iter().find(|i| i.id == item.intent) else { continue };
            let (what, text) = match &item.outcome {
                Outcome::Done { number, id } => {
                    (What::Posted, format!("{} {number} posted, id {id}", intent.kind.words()))
                }
                Outcome::Refused { message, .. } => (What::Refused, message.clone()),
                Outcome::Ambiguous { reason } | Outcome::Lost { reason } => (
                    What::Doubt,
                    format!("{} {}: {reason}; looking it up", intent.kind.words(), intent.reference),
                ),
                Outcome::NotSent { .. } | Outcome::Throttled { .. } | Outcome::Busy { .. } => continue,
            };
            self.tell(what, None, Some((intent.document, intent.reference.as_str())), text);
        }
    }

    /// A connection's trouble ends the run and moves no document.
    async fn trouble(
        &self,
        row: &ConnectionRow,
        heard: &Result<Reply, SendError>,
        items: &[ItemOutcome],
        refused_before: &BTreeMap<String, u32>,
    ) -> Result<Option<String>, EngineError> {
        if let Some((code, n)) = refused_before.iter().find(|(_, n)| **n > 20) {
            let why = format!("{n} refusals in a row with code {code}");
            self.store
                .set_health(row.id.clone(), crate::store::Health::Paused, why.clone(), self.now())
                .await?;
            self.pause_posting(&row.id, why.clone());
            self.tell(What::Alarm, None, None, format!("{} is paused: {why}", row.id));
            return Ok(Some(why));
        }
        let error = match heard {
            Err(SendError::NoToken(e)) => Some(e.clone()),
            Err(SendError::Net(NetError::NotSent(why))) => {
                Some(CallError::Offline { reason: why.clone(), timed_out: false })
            }
            Err(SendError::Net(NetError::MaybeSent { reason, timed_out })) => {
                Some(CallError::Offline { reason: reason.clone(), timed_out: *timed_out })
            }
            Ok(_) => items.iter().find_map(|i| match &i.outcome {
                Outcome::Throttled { retry_after } => Some(CallError::Throttled(*retry_after)),
                Outcome::NotSent { reason } => {
                    Some(CallError::Offline { reason: reason.clone(), timed_out: false })
                }
                _ => None,
            }),
        };
        match error {
            None => {
                self.store
                    .set_health(row.id.clone(), crate::store::Health::Ok, String::new(), self.now())
                    .await?;
                Ok(None)
            }
            Some(e) => {
                let why = e.to_string();
                // health and the reason on screen; the error itself is the reason that this run returns
                let _ = self.heard::<()>(row, Err(e)).await;
                Ok(Some(why))
            }
        }
    }

    /// The books that post to a ledger connection, for events and progress.
    pub async fn books_of(&self, ledger: &ConnectionId) -> Result<Vec<BookId>, EngineError> {
        Ok(self.store.books().await?.into_iter().filter(|b| b.ledger == *ledger).map(|b| b.id).collect())
    }
}

/// A call that is committed and may be sent. Without a call: something changed meanwhile, look again.
pub(crate) struct ReadyCall {
    pub(crate) call: Option<PreparedCall>,
    pub(crate) planned: Option<Planned>,
    pub(crate) order: Vec<String>,
}

impl ReadyCall {
    fn again() -> Self {
        Self { call: None, planned: None, order: Vec::new() }
    }
}

/// Outcomes by item key onto intents; an item that the answer does not know stays in doubt.
fn match_items(intents: &[Intent], order: &[String], outcomes: Vec<Outcome>) -> Vec<ItemOutcome> {
    let by_key: BTreeMap<&str, Outcome> = order.iter().map(String::as_str).zip(outcomes).collect();
    intents
        .iter()
        .map(|i| ItemOutcome {
            intent: i.id,
            outcome: by_key.get(i.item_key.as_str()).cloned().unwrap_or_else(|| Outcome::Ambiguous {
                reason: "the answer does not name this item".into(),
            }),
        })
        .collect()
}

fn wish(
    at: usize,
    entry: &Entry,
    p: &Postable,
    push: &dyn Push,
    facts: &LedgerFacts,
) -> Result<Wish, String> {
    let existing = p.intents.iter().find(|i| i.slot == entry.slot);
    let mut generation = existing.map_or(1, |i| i.generation);
    let mut prepared =
        push.encode(entry, &ItemKey { reference: entry.reference.clone(), generation }, facts)?;
    let mut hash = sha256_hex(&prepared.bytes);
    let mut again = None;
    if let Some(i) = existing
        && matches!(i.state, IntentState::Done | IntentState::InDoubt | IntentState::Sent)
    {
        return Ok(Wish::Keep(new_intent(entry, i.generation, &prepared, i.payload_hash.clone())));
    }
    // what this ledger cannot hold is said before any call
    let said = push.check(entry, facts);
    if !said.is_empty() {
        return Err(format!("{}: {}", entry.slot, said.join("; ")));
    }
    if let Some(i) = existing {
        if i.payload_hash == hash && i.state == IntentState::Planned {
            again = (!i.request_key.is_empty()).then(|| i.request_key.clone());
        } else {
            // another payload, or one that the ledger refused: a new generation, never a new reference
            generation += 1;
            prepared =
                push.encode(entry, &ItemKey { reference: entry.reference.clone(), generation }, facts)?;
            hash = sha256_hex(&prepared.bytes);
        }
    }
    Ok(Wish::Send(Box::new(Item {
        document: at,
        new: new_intent(entry, generation, &prepared, hash),
        key: ItemKey { reference: entry.reference.clone(), generation },
        prepared,
        again,
    })))
}

pub(crate) fn new_intent(
    entry: &Entry,
    generation: u32,
    prepared: &Prepared,
    payload_hash: String,
) -> NewIntent {
    NewIntent {
        slot: entry.slot.clone(),
        kind: entry.kind,
        reference: entry.reference.clone(),
        generation,
        item_key: prepared.item_key.clone(),
        lookup: prepared.lookup.clone(),
        payload_hash,
        date: entry.date,
        in_this_call: false,
    }
}
