//! Doubt: look up, never send again (reliability.md, 4.4). Absence is proved by two negative look-ups that are far
//! enough from the last byte sent and from each other.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use jiff::Timestamp;

use crate::engine::core::Core;
use crate::engine::tell::plus;
use crate::engine::{EngineError, What};
use crate::store::failpoint::{self, FailPoint};
use crate::store::{ConnectionRow, Intent, LookedUp};
use crate::systems::{Limits, Proof, Seen, Wanted};

/// Doubts of one pass.
const AT_ONCE: u32 = 300;

/// Remembers which doubts were looked up once right away: an early look-up can find, it never proves absence.
#[derive(Debug, Default)]
pub struct Early(Mutex<HashMap<(i64, Option<Timestamp>), Seconds>>);

/// Monotonic instants of one doubt in this process: the wall clock can jump, a proof of absence must not follow it.
#[derive(Debug, Clone, Copy)]
struct Seconds {
    first: Instant,
    negative: Option<Instant>,
}

impl Early {
    /// Whether this process meets the doubt for the first time.
    fn first_time(&self, intent: &Intent) -> bool {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (intent.id, intent.sent_at);
        let new = !held.contains_key(&key);
        held.entry(key).or_insert_with(|| Seconds { first: Instant::now(), negative: None });
        new
    }

    /// Whether settle time and gap have passed by the monotonic clock of this process, too.
    fn passed(&self, intent: &Intent, limits: &Limits) -> bool {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.get(&(intent.id, intent.sent_at)).is_some_and(|s| {
            s.first.elapsed() >= limits.settle && s.negative.is_none_or(|n| n.elapsed() >= limits.lookup_gap)
        })
    }

    fn negative(&self, intent: &Intent) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(s) = held.get_mut(&(intent.id, intent.sent_at)) {
            s.negative = Some(Instant::now());
        }
    }

    fn settled(&self, intents: &[Intent]) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.retain(|(id, _), _| intents.iter().any(|i| i.id == *id));
    }
}

/// What a pass over the doubts of a ledger left.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LookupRun {
    /// Found and recorded.
    pub found: u64,
    /// Proved absent: they may go again.
    pub absent: u64,
    /// Left to a person.
    pub different: u64,
    /// Still in doubt.
    pub waiting: u64,
    /// When the next look-up may be made.
    pub next: Option<Timestamp>,
}

impl Core {
    /// Looks up the doubts of one ledger that may be looked up now.
    pub async fn look_up(
        &self,
        row: &ConnectionRow,
        early: &Early,
        at_once: bool,
    ) -> Result<LookupRun, EngineError> {
        let doubts = self.store.in_doubt(row.id.clone(), AT_ONCE).await?;
        let mut run = LookupRun::default();
        if doubts.is_empty() {
            return Ok(run);
        }
        let push = self.wires.push(row)?;
        let limits = self.wires.limits(&row.id, push.as_ref());
        let replays = push.proof() == Proof::Replay;
        let now = self.now();
        let mut wanted = Vec::new();
        let mut intents = Vec::new();
        let open: Vec<Intent> = doubts.iter().map(|(i, _)| i.clone()).collect();
        early.settled(&open);
        for (intent, entry) in doubts {
            let due = proof_due(&intent, &limits, now);
            let new = early.first_time(&intent);
            if due <= now || at_once || new {
                // an empty answer counts only when both clocks say that it was waited long enough
                let counts = due <= now && early.passed(&intent, &limits);
                wanted.push(Wanted {
                    handle: intent.id,
                    slot: intent.slot.clone(),
                    kind: intent.kind,
                    reference: intent.reference.clone(),
                    lookup: intent.lookup.clone(),
                    entry,
                });
                intents.push((intent, due, counts));
            } else {
                run.waiting += 1;
                run.next = Some(run.next.map_or(due, |n: Timestamp| n.min(due)));
            }
        }
        if wanted.is_empty() {
            return Ok(run);
        }
        failpoint::hit(FailPoint::BeforeLookupSend);
        let answer = push.look_up(wanted).await;
        failpoint::hit(FailPoint::AfterLookupSend);
        // a look-up that failed proves nothing: the documents stay in doubt with the connection's reason
        let seen = self.heard(row, answer).await?;
        let after = self.now();
        let mut results = Vec::new();
        let mut there = Vec::new();
        for (intent, due, counts) in &intents {
            let saw = seen.iter().find(|(h, _)| *h == intent.id).map(|(_, s)| s);
            let result = match saw {
                Some(Seen::Found { id, number }) => {
                    run.found += 1;
                    Some(LookedUp::Found { id: id.clone(), number: number.clone() })
                }
                Some(Seen::Different { why, records }) => {
                    run.different += 1;
                    there.extend(records.iter().cloned());
                    self.tell(
                        What::Alarm,
                        None,
                        Some((intent.document, intent.reference.as_str())),
                        why.clone(),
                    );
                    Some(LookedUp::Different { why: why.clone() })
                }
                // one complete look-up; the identical call tells the rest
                Some(Seen::Absent) if replays => {
                    run.absent += u64::from(!intent.lost);
                    if intent.lost {
                        run.different += 1;
                        let why = format!("{}; it is not there either: a person decides", intent.detail);
                        self.alarm_once(intent.document, why);
                    }
                    Some(LookedUp::Replay)
                }
                // before the settle time an empty answer says nothing
                Some(Seen::Absent) if *counts => {
                    early.negative(intent);
                    let proved = intent.negatives >= 1;
                    run.absent += u64::from(proved);
                    Some(LookedUp::Absent { proved })
                }
                Some(Seen::Absent) | None => None,
            };
            match result {
                Some(r) => {
                    let again = matches!(r, LookedUp::Absent { proved: false });
                    results.push((intent.id, r));
                    if again {
                        run.waiting += 1;
                        let next = plus(after, limits.lookup_gap);
                        run.next = Some(run.next.map_or(next, |n| n.min(next)));
                    }
                }
                None => {
                    run.waiting += 1;
                    let next = (*due).max(plus(after, limits.lookup_gap));
                    run.next = Some(run.next.map_or(next, |n| n.min(next)));
                }
            }
        }
        self.remember(row, there).await?;
        self.store.looked_up(results, after).await?;
        if run.found + run.absent > 0 {
            let text = format!("{} found in {}, {} proved absent", run.found, row.id, run.absent);
            self.tell(What::Doubt, None, None, text);
        }
        Ok(run)
    }
}

/// When the next look-up of an intent counts towards the proof of absence.
fn proof_due(intent: &Intent, limits: &Limits, now: Timestamp) -> Timestamp {
    // unknown (a crash before the answer): the last byte may have been sent just before the recovery set the time
    let settled = plus(intent.sent_at.unwrap_or(now), limits.settle);
    intent.negative_at.map_or(settled, |n| settled.max(plus(n, limits.lookup_gap)))
}
