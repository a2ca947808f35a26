//! Before a first sending the ledger is asked whether something stands under the number already: somebody may have typed
//! it by hand, or the store was restored (contract of QuickBooks Desktop, 6.2, step 7). Many are asked for together.

use crate::engine::core::Core;
use crate::engine::post::{PostRun, new_intent};
use crate::engine::{EngineError, What};
use crate::model::LedgerFacts;
use crate::model::canonical::sha256_hex;
use crate::model::entry::Entry;
use crate::model::finding::{Finding, FindingCode, Mend};
use crate::model::ids::DocumentId;
use crate::model::intent::{IntentState, Outcome};
use crate::model::ledger::RecentRecord;
use crate::model::people::Actor;
use crate::model::rule::{Key, RuleKind};
use crate::store::{Act, ConnectionRow, ItemOutcome, Plan, PlanDocument, Postable, StoreError};
use crate::systems::{ItemKey, Prepared, Push, Seen, Wanted};

/// What follows from looking first.
pub(crate) enum First {
    /// Nothing stands in the way.
    Go,
    /// Something moved: choose anew.
    Again,
    /// It could not be looked up completely: nothing goes out.
    Stop(String),
}

/// Whether an entry is to be sent for the first time, as far as it was not looked up in this run.
fn unseen(p: &Postable, entry: &Entry, run: &PostRun) -> bool {
    let intent = p.intents.iter().find(|i| i.slot == entry.slot);
    let open = intent.is_none_or(|i| {
        !matches!(i.state, IntentState::Done | IntentState::Sent | IntentState::InDoubt) && !i.replay
    });
    open && !run.looked.contains(entry.reference.as_str())
}

fn prepared(
    p: &Postable,
    entry: &Entry,
    push: &dyn Push,
    facts: &LedgerFacts,
) -> Option<(ItemKey, Prepared)> {
    let generation = p.intents.iter().find(|i| i.slot == entry.slot).map_or(1, |i| i.generation);
    let key = ItemKey { reference: entry.reference.clone(), generation };
    // what cannot be written down is said by the step after this one
    push.encode(entry, &key, facts).ok().map(|prepared| (key, prepared))
}

impl Core {
    /// Looks up the references of what is due, together with those that follow it, unless that was done in this run.
    #[allow(clippy::too_many_arguments, reason = "one step of a posting run")]
    pub(crate) async fn look_first(
        &self,
        row: &ConnectionRow,
        push: &dyn Push,
        only: &[DocumentId],
        due: &[Postable],
        facts: &LedgerFacts,
        epoch: u64,
        run: &mut PostRun,
    ) -> Result<First, EngineError> {
        let together = push.preflight();
        let new = |p: &Postable| p.approval.set.entries.iter().any(|e| unseen(p, e, run));
        if together == 0 || !due.iter().any(new) {
            return Ok(First::Go);
        }
        let limit = u32::try_from(together + run.skip.len()).unwrap_or(u32::MAX);
        let mut next = self.store.postable(row.id.clone(), only.to_vec(), limit).await?;
        next.retain(|p| !run.skip.contains(&p.id));
        let mut of: Vec<(usize, &Entry)> = Vec::new();
        let mut wanted: Vec<Wanted> = Vec::new();
        for (at, p) in next.iter().enumerate() {
            let entries: Vec<&Entry> = p.approval.set.entries.iter().filter(|e| unseen(p, e, run)).collect();
            if !wanted.is_empty() && wanted.len() + entries.len() > together {
                break;
            }
            for entry in entries {
                let Some((_, prepared)) = prepared(p, entry, push, facts) else { continue };
                wanted.push(Wanted {
                    handle: i64::try_from(of.len()).unwrap_or(i64::MAX),
                    slot: entry.slot.clone(),
                    kind: entry.kind,
                    reference: entry.reference.clone(),
                    lookup: prepared.lookup,
                    entry: entry.clone(),
                });
                of.push((at, entry));
            }
        }
        if wanted.is_empty() {
            return Ok(First::Go);
        }
        let seen = self.heard(row, push.look_up(wanted).await).await?;
        let there = seen.iter().filter_map(|(_, s)| match s {
            Seen::Different { records, .. } => Some(records.iter().cloned()),
            _ => None,
        });
        self.remember(row, there.flatten().collect()).await?;
        let mut moved = false;
        for (handle, (at, entry)) in of.iter().enumerate() {
            let Some(p) = next.get(*at) else { continue };
            let handle = i64::try_from(handle).unwrap_or(i64::MAX);
            match seen.iter().find(|(h, _)| *h == handle).map(|(_, s)| s) {
                Some(Seen::Absent) => {
                    run.looked.insert(entry.reference.to_string());
                }
                Some(Seen::Found { id, number }) if number == entry.reference.as_str() => {
                    self.ours_already(row, push, p, entry, (id, number), facts, epoch, run).await?;
                    moved = true;
                }
                Some(Seen::Found { id, number }) => {
                    let why = format!("the ledger holds {} {number} (id {id}) already", entry.kind.words());
                    let records = vec![equal(entry, id, number)];
                    self.remember(row, records.clone()).await?;
                    moved |= self.stands_there(p, entry, why, &records, run).await?;
                }
                Some(Seen::Different { why, records }) => {
                    moved |= self.stands_there(p, entry, why.clone(), records, run).await?;
                }
                None => {
                    return Ok(First::Stop(format!(
                        "{} could not be looked up before posting: nothing was sent",
                        entry.reference
                    )));
                }
            }
        }
        Ok(if moved { First::Again } else { First::Go })
    }

    /// Our own record is there although this store never sent it: the store was restored. It is recorded as made, on the
    /// same way as any other, without a call.
    #[allow(clippy::too_many_arguments, reason = "one step of a posting run")]
    async fn ours_already(
        &self,
        row: &ConnectionRow,
        push: &dyn Push,
        p: &Postable,
        entry: &Entry,
        (id, number): (&str, &str),
        facts: &LedgerFacts,
        epoch: u64,
        run: &mut PostRun,
    ) -> Result<(), EngineError> {
        // an earlier entry of the same document may have moved it: its version is another one then
        if !run.looked.insert(entry.reference.to_string()) {
            return Ok(());
        }
        let Some((key, one)) = prepared(p, entry, push, facts) else { return Ok(()) };
        let mut intents = Vec::new();
        for e in &p.approval.set.entries {
            if let Some((_, other)) = prepared(p, e, push, facts) {
                let hash = sha256_hex(&other.bytes);
                let generation = p.intents.iter().find(|i| i.slot == e.slot).map_or(1, |i| i.generation);
                let mut new = new_intent(e, generation, &other, hash);
                new.in_this_call = e.slot == entry.slot;
                intents.push(new);
            }
        }
        let call = push.assemble(std::slice::from_ref(&one), std::slice::from_ref(&key), None);
        let plan = Plan {
            ledger: row.id.clone(),
            request_key: call.request_key,
            bytes: call.bytes,
            documents: vec![PlanDocument { id: p.id, version: p.version, intents }],
            epoch,
        };
        let planned = match self.store.plan(plan, self.now()).await {
            Ok(planned) => planned,
            Err(StoreError::Stale { .. } | StoreError::IllegalMove { .. } | StoreError::Refused(_)) => {
                // looked at anew with what it is now
                run.looked.remove(entry.reference.as_str());
                run.again += 1;
                if run.again > 50 {
                    run.skip.insert(p.id);
                }
                return Ok(());
            }
            Err(e) => return Err(e.into()),
        };
        let done = Outcome::Done { id: id.to_string(), number: number.to_string() };
        let items =
            planned.intents.iter().map(|i| ItemOutcome { intent: i.id, outcome: done.clone() }).collect();
        self.store.record(planned.batch, items, self.now(), self.now()).await?;
        run.made += 1;
        self.visiting.carried(&row.id, 1, 1, 0);
        let text =
            format!("{} {number} stood in the ledger already, id {id}: linked, not made", entry.kind.words());
        self.tell(What::Posted, Some(&p.book), Some((p.id, entry.reference.as_str())), text);
        Ok(())
    }

    /// Something else is there, or may be the same: a person looks. What a person called another one goes on. True: the
    /// document is out of this run.
    async fn stands_there(
        &self,
        p: &Postable,
        entry: &Entry,
        why: String,
        records: &[RecentRecord],
        run: &mut PostRun,
    ) -> Result<bool, EngineError> {
        if run.skip.contains(&p.id) {
            return Ok(true);
        }
        let open = self.not_called_another(p, records).await?;
        if open.is_empty() && !records.is_empty() {
            run.looked.insert(entry.reference.to_string());
            return Ok(false);
        }
        let why = format!("{why}: adopt it, or say that it is another one. Nothing was sent.");
        let started = p.intents.iter().any(|i| i.state == IntentState::Done);
        if started {
            self.alarm_once(p.id, format!("the rest of it waits: {why}"));
            run.skip.insert(p.id);
            return Ok(true);
        }
        let held = if open.is_empty() {
            let hold = Act::Hold { reason: why.clone() };
            self.store.act(p.id, p.version, hold, Actor::engine(), self.now()).await.map(|_| ())
        } else {
            let findings = open.iter().map(|r| maybe(r, &why)).collect();
            self.store.hold_before_posting(p.id, p.version, findings, self.now()).await
        };
        self.stopped_one(held, p, why, run)?;
        // held for one entry: its others are not judged again
        run.skip.insert(p.id);
        Ok(true)
    }

    /// Those of which no person said that they are another one.
    async fn not_called_another<'a>(
        &self,
        p: &Postable,
        records: &'a [RecentRecord],
    ) -> Result<Vec<&'a RecentRecord>, EngineError> {
        let rules = self.store.rules(p.book.clone()).await?;
        let said = |id: &str| {
            let about = format!("{}:{id}", FindingCode::MaybeInLedger.name());
            rules.rules.iter().any(|r| {
                r.kind == RuleKind::Decision
                    && r.document == Some(p.id)
                    && r.keys.get(&Key::About) == Some(&about)
            })
        };
        Ok(records.iter().filter(|r| !said(&r.id)).collect())
    }
}

/// The finding that a person answers: adopt the record, or say that it is another one.
fn maybe(record: &RecentRecord, why: &str) -> Finding {
    let shown = if record.number.is_empty() { format!("of {}", record.date) } else { record.number.clone() };
    let mend = Mend::Adopt { kind: record.kind, id: record.id.clone(), number: record.number.clone() };
    Finding::new(FindingCode::MaybeInLedger, &record.id, format!("in ledger: {shown}"), why, mend)
}

/// A record that a look-up found to be as this entry.
fn equal(entry: &Entry, id: &str, number: &str) -> RecentRecord {
    RecentRecord {
        kind: entry.kind,
        id: id.into(),
        vendor: entry.party.as_ref().map(|p| p.id.clone()),
        number: number.into(),
        date: entry.date,
        amount: entry.total(),
        currency: entry.currency,
        marker: Some(entry.reference.to_string()),
    }
}
