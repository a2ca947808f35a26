//! Looking without a change: what the ledger holds under a document's references now and whether every check of posting
//! passes with the ledger as it is (expectations.md, row 3); today's entries beside the frozen ones; and what a rule for
//! one document would do before it is saved.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::engine::core::Core;
use crate::engine::derive::{Bench, derived};
use crate::engine::{EngineError, Freed};
use crate::mapping;
use crate::model::document::DocumentKind;
use crate::model::entry::{EntryKind, EntrySet};
use crate::model::finding::Finding;
use crate::model::ids::{BookId, DocumentId};
use crate::model::intent::IntentState;
use crate::model::people::Actor;
use crate::model::rule::Rule;
use crate::model::state::State;
use crate::store::{Card, ConnectionRow, Derived};
use crate::systems::{ItemKey, Push, Seen, Wanted};

/// What the ledger has under one reference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum UnderReference {
    /// Nothing.
    Nothing,
    /// The record that the store knows of.
    Ours {
        /// Id at the ledger.
        id: String,
        /// Its number there.
        number: String,
    },
    /// A record with our marker that the store does not know of: posting would make it twice.
    Unknown {
        /// Id at the ledger.
        id: String,
        /// Its number there.
        number: String,
    },
    /// Something else.
    Different {
        /// What differs, with the ids.
        why: String,
    },
    /// A record that the store knows of is not there any more.
    Gone {
        /// Its number as it was recorded.
        number: String,
    },
}

/// One slot of a document, looked up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LookedSlot {
    /// `bill`, `card:CT-9101`.
    pub slot: String,
    /// Kind of record.
    pub kind: EntryKind,
    /// Our reference.
    pub reference: String,
    /// What is there.
    pub there: UnderReference,
}

/// What a look at the ledger said about one document. Nothing was written there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Looked {
    /// When the answer was complete.
    pub at: Timestamp,
    /// What was looked up, slot by slot.
    pub slots: Vec<LookedSlot>,
    /// Findings of every check that posting makes, with the ledger as it is now, and of deriving anew where the document
    /// is not approved.
    pub findings: Vec<Finding>,
    /// What was verified with it.
    pub checks: Vec<(bool, String)>,
    /// What this ledger cannot hold, or what cannot be written down exactly: sentences.
    pub refusals: Vec<String>,
}

impl Looked {
    /// Nothing stands under the references.
    pub fn nothing(&self) -> bool {
        self.slots.iter().all(|s| s.there == UnderReference::Nothing)
    }

    /// Posting would go through, as far as it can be known without writing.
    pub fn would_post(&self) -> bool {
        let free = |s: &LookedSlot| matches!(s.there, UnderReference::Nothing | UnderReference::Ours { .. });
        self.slots.iter().all(free) && self.refusals.is_empty() && !self.findings.iter().any(Finding::blocks)
    }
}

/// A frozen set beside what today's mappings make of the document.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// As approved; where nothing was approved, as derived last.
    pub frozen: EntrySet,
    /// As derived now. Nothing is kept of it.
    pub today: EntrySet,
    /// The version of the rules now.
    pub version: u32,
    /// The version of the rules of the stored derivation.
    pub was: u32,
}

/// What a rule would do to one document.
#[derive(Debug, Clone, PartialEq)]
pub struct Tried {
    /// As it is derived without the rule.
    pub before: EntrySet,
    /// As it would be derived with it.
    pub after: EntrySet,
    /// Its state now.
    pub was: State,
    /// The state that it would have.
    pub state: State,
    /// Findings that it would have.
    pub findings: Vec<Finding>,
}

impl Core {
    /// Reads the ledger and says what it has under the document's references, and what every check of posting says. No
    /// call writes to the ledger.
    pub(crate) async fn look(&self, id: DocumentId) -> Result<Looked, EngineError> {
        let card = self.store.card(id).await?;
        let refuse = |why: &str| EngineError::Refused(why.to_string());
        let book = card.row.book.clone().ok_or_else(|| refuse("no book owns this document"))?;
        let book = self.book(&book).await?;
        let row = self.connection(&book.ledger).await?;
        self.must_be_here(&row).await?;
        self.read_ledger(&row).await?;
        let facts = self.facts(&row.id).await?.ok_or_else(|| refuse("the ledger has not been read yet"))?;
        let frozen = card.approval.as_ref().map(|a| a.set.clone()).filter(|_| after_approval(card.row.state));
        let (set, mut findings, checks) = match frozen {
            Some(set) => {
                let done = |e: &crate::model::Entry| {
                    card.intents.iter().any(|i| i.slot == e.slot && i.state == IntentState::Done)
                };
                let left = EntrySet { entries: set.entries.iter().filter(|e| !done(e)).cloned().collect() };
                let findings = mapping::recheck(&left, &facts, &book, self.now());
                (set, findings, Vec::new())
            }
            None => {
                let again = self.derive_one(&card).await?;
                (again.set, again.findings, again.checks)
            }
        };
        findings.sort_by_key(|f| (!f.blocks(), f.code));
        let push = self.wires.push(&row)?;
        let mut refusals = Vec::new();
        if card.row.kind == DocumentKind::Correction
            && !card.intents.iter().any(|i| i.state == IntentState::Done)
        {
            refusals.extend(self.reversal_outdated(id).await?);
        }
        let mut wanted = Vec::new();
        for (handle, entry) in (0_i64..).zip(&set.entries) {
            let intent = card.intents.iter().find(|i| i.slot == entry.slot);
            if intent.is_none_or(|i| i.state != IntentState::Done) {
                refusals
                    .extend(push.check(entry, &facts).into_iter().map(|t| format!("{}: {t}", entry.slot)));
            }
            let key = ItemKey {
                reference: entry.reference.clone(),
                generation: intent.map_or(1, |i| i.generation),
            };
            match push.encode(entry, &key, &facts) {
                Ok(prepared) => wanted.push(Wanted {
                    handle,
                    slot: entry.slot.clone(),
                    kind: entry.kind,
                    reference: entry.reference.clone(),
                    lookup: intent.map_or(prepared.lookup, |i| i.lookup.clone()),
                    entry: entry.clone(),
                }),
                Err(why) => refusals.push(format!("{}: {why}", entry.slot)),
            }
        }
        let slots = self.under_references(&card, &row, push.as_ref(), wanted).await?;
        Ok(Looked { at: self.now(), slots, findings, checks, refusals })
    }

    async fn under_references(
        &self,
        card: &Card,
        row: &ConnectionRow,
        push: &dyn Push,
        wanted: Vec<Wanted>,
    ) -> Result<Vec<LookedSlot>, EngineError> {
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let seen = self.heard(row, push.look_up(wanted.clone()).await).await?;
        let mut slots = Vec::with_capacity(wanted.len());
        for w in wanted {
            let Some((_, saw)) = seen.iter().find(|(h, _)| *h == w.handle) else {
                return Err(EngineError::Refused(format!("the ledger gave no answer about {}", w.reference)));
            };
            let known = card.intents.iter().find(|i| i.slot == w.slot && !i.remote_id.is_empty());
            let there = match (saw, known) {
                // adopted records do not carry our marker: that they are not found under it says nothing
                (_, Some(i)) if i.adopted => {
                    UnderReference::Ours { id: i.remote_id.clone(), number: i.number.clone() }
                }
                (Seen::Found { id, number }, Some(i)) if i.remote_id == *id => {
                    UnderReference::Ours { id: id.clone(), number: number.clone() }
                }
                (Seen::Found { id, number }, _) => {
                    UnderReference::Unknown { id: id.clone(), number: number.clone() }
                }
                (Seen::Different { why, .. }, _) => UnderReference::Different { why: why.clone() },
                (Seen::Absent, Some(i)) => UnderReference::Gone { number: i.number.clone() },
                (Seen::Absent, None) => UnderReference::Nothing,
            };
            let (slot, reference) = (w.slot.to_string(), w.reference.to_string());
            slots.push(LookedSlot { slot, kind: w.kind, reference, there });
        }
        Ok(slots)
    }

    /// The frozen set beside today's derivation.
    pub(crate) async fn compared(&self, id: DocumentId) -> Result<Compared, EngineError> {
        let card = self.store.card(id).await?;
        if card.bytes.is_empty() {
            return Err(EngineError::Refused("the payload of this document was purged".into()));
        }
        // another process may have read the ledger since
        self.forget_facts();
        let again = self.derive_one(&card).await?;
        let frozen = card.approval.map(|a| a.set).or(card.derived.as_ref().map(|d| d.set.clone()));
        Ok(Compared {
            frozen: frozen.unwrap_or_default(),
            today: again.set,
            version: again.rules_version,
            was: card.derived.map_or(0, |d| d.rules_version),
        })
    }

    /// What a rule for this document would do, without saving it.
    pub(crate) async fn tried(&self, id: DocumentId, mut rule: Rule) -> Result<Tried, EngineError> {
        let card = self.store.card(id).await?;
        let refuse = |why: &str| EngineError::Refused(why.to_string());
        if after_approval(card.row.state) {
            return Err(refuse("it is approved: withdraw the approval first, then change it"));
        }
        let book = card.row.book.clone().ok_or_else(|| refuse("no book owns this document"))?;
        self.forget_facts();
        let bench = self.bench(&book).await?.ok_or_else(|| refuse("the ledger has not been read yet"))?;
        rule.document = Some(id);
        if let Some(other) = bench.rules.clash(&rule) {
            return Err(EngineError::Refused(format!(
                "rule {} says something else of the same rank",
                other.id
            )));
        }
        let before = self.with_rules(&card, &bench).await?;
        let mut rules = bench.rules.clone();
        rules.set(rule);
        let after = self.with_rules(&card, &Bench { rules, ..bench }).await?;
        Ok(Tried {
            before: before.set,
            after: after.set,
            was: card.row.state,
            state: after.state,
            findings: after.findings,
        })
    }

    async fn with_rules(&self, card: &Card, bench: &Bench) -> Result<Derived, EngineError> {
        if card.row.kind == DocumentKind::Correction {
            return Err(EngineError::Refused(
                "a correction is the opposite of what was posted, or the same once more: no rule changes it"
                    .into(),
            ));
        }
        let source = self.wires.source(&bench.source)?;
        let document = source.read(card.row.kind, &card.row.source_id, &card.bytes).map_err(|u| {
            EngineError::Refused(format!("the payload cannot be read at {}: {}", u.path, u.message))
        })?;
        let derivation = self.derivation(card, &document, bench).await?;
        Ok(derived(card, bench, derivation))
    }

    /// Addresses of the document's records in the ledger, by slot.
    pub(crate) async fn links(&self, id: DocumentId) -> Result<Vec<(String, String)>, EngineError> {
        let card = self.store.card(id).await?;
        let Some(book) = &card.row.book else { return Ok(Vec::new()) };
        let book = self.book(book).await?;
        let row = self.connection(&book.ledger).await?;
        let push = self.wires.push(&row)?;
        let known = card.intents.iter().filter(|i| !i.remote_id.is_empty());
        let linked = known.filter_map(|i| Some((i.slot.to_string(), push.deep_link(i.kind, &i.remote_id)?)));
        Ok(linked.collect())
    }

    /// Takes a rule of one document away again and derives what it concerns.
    pub(crate) async fn without_rule(&self, book: BookId, id: u32, by: Actor) -> Result<Freed, EngineError> {
        let mut rules = self.store.rules(book.clone()).await?;
        let expected = rules.version;
        match rules.rules.iter().find(|r| r.id == id) {
            Some(r) if r.document.is_some() => {}
            Some(_) => {
                let why = "this rule is not for one document: remove it among the mappings";
                return Err(EngineError::Refused(why.into()));
            }
            None => return Err(EngineError::Refused(format!("there is no rule {id} any more"))),
        }
        rules.rules.retain(|r| r.id != id);
        let version = self.store.put_rules(book.clone(), expected, rules, by, self.now()).await?;
        self.forget_facts();
        let moved = self.derive_due(Some(&book), true).await?;
        let mut ready = Vec::new();
        for id in &moved {
            if self.store.card(*id).await?.row.state == State::Ready {
                ready.push(*id);
            }
        }
        self.touch();
        Ok(Freed { version, derived: moved.len() as u64, ready })
    }
}

/// States in which the frozen set counts.
fn after_approval(state: State) -> bool {
    use State::{Ambiguous, Approved, ConfirmFailed, Confirmed, NeedsHuman, Posted, Posting, Reversed};
    matches!(
        state,
        Approved | Posting | Ambiguous | Posted | ConfirmFailed | Confirmed | NeedsHuman | Reversed
    )
}
