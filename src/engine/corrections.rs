//! Corrections of what is in the ledger: reversals, reposts, and the rest of half-posted sets (accounting.md, section 9;
//! reliability.md, 2.1 and 4.11). Nothing posted is ever edited or deleted here.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::civil::Date;

use crate::engine::EngineError;
use crate::engine::core::Core;
use crate::engine::derive::{Bench, blocked, derived, references};
use crate::mapping::{self, Correcting};
use crate::model::canonical;
use crate::model::correction::{Correction, Origin, PostedEntry};
use crate::model::document::DocumentKind;
use crate::model::entry::{Entry, EntryKind, EntrySet};
use crate::model::finding::{Finding, FindingCode, Mend};
use crate::model::ids::DocumentId;
use crate::model::intent::IntentState;
use crate::model::money::{self, Money};
use crate::model::people::Actor;
use crate::model::state::State;
use crate::store::{ArrivalHeader, Card, Derived, NewCorrection};
use crate::systems::{LedgerRecord, ReadingAsk};

/// Reads of the ledger's records of one document, as they stand now.
struct Standing {
    found: Vec<LedgerRecord>,
    gone: Vec<(EntryKind, String)>,
}

impl Core {
    /// Derives a correction from its own bytes.
    pub(crate) async fn derive_correction(&self, card: &Card, bench: &Bench) -> Result<Derived, EngineError> {
        let correction = match Correction::read(&card.bytes) {
            Ok(c) => c,
            Err(e) => {
                let sentence = format!("The correction cannot be read: {e}");
                let finding = Finding::new(FindingCode::Unreadable, "", "unreadable", sentence, Mend::Close);
                return Ok(blocked(card, 0, finding));
            }
        };
        let mut used: BTreeSet<String> = BTreeSet::new();
        let mut derivation = match self.corrected(card, &correction, bench, &used).await {
            Ok(d) => d,
            // it can never be derived again as it is: it blocks, and everything else goes on
            Err(EngineError::Refused(why)) => {
                let finding = Finding::new(FindingCode::Unreadable, "", "outdated", why, Mend::Reject);
                return Ok(blocked(card, 0, finding));
            }
            Err(e) => return Err(e),
        };
        let taken = self.store.around(card.row.id, references(&derivation.set), Vec::new()).await?;
        if !taken.used_references.is_empty() {
            used.extend(taken.used_references);
            derivation = self.corrected(card, &correction, bench, &used).await?;
        }
        Ok(derived(card, bench, derivation))
    }

    async fn corrected(
        &self,
        card: &Card,
        correction: &Correction,
        bench: &Bench,
        used: &BTreeSet<String>,
    ) -> Result<mapping::Derivation, EngineError> {
        let inputs = Correcting {
            correction,
            book: &bench.book,
            facts: &bench.facts,
            identity: &bench.identity,
            used,
            now: self.now(),
        };
        let Correction::Repost { of, .. } = correction else { return Ok(mapping::correct(&inputs)) };
        let original = self.store.card(of.document).await?;
        if let Correction::Repost { revision, .. } = correction
            && original.revision != *revision
        {
            return Err(EngineError::Refused(format!(
                "{} was changed in the source since this was made: reject it and post again.",
                of.number
            )));
        }
        let source = self.wires.source(&bench.source)?;
        let document =
            source.read(original.row.kind, &original.row.source_id, &original.bytes).map_err(|u| {
                EngineError::Refused(format!(
                    "{} cannot be read any more at {}: {}",
                    of.number, u.path, u.message
                ))
            })?;
        // rules for one document are those of the repost: its own period, its own overrides
        let card = Card { row: crate::store::Row { id: card.row.id, ..original.row.clone() }, ..original };
        let derivation = self.derivation(&card, &document, bench).await?;
        Ok(mapping::renamed(&inputs, derivation))
    }

    async fn standing(&self, card: &Card) -> Result<Standing, EngineError> {
        let Some(book) = &card.row.book else {
            return Err(EngineError::Refused("no book owns this document".into()));
        };
        let book = self.book(book).await?;
        let row = self.connection(&book.ledger).await?;
        let done: Vec<_> = card.intents.iter().filter(|i| i.state == IntentState::Done).collect();
        let Some(first) = done.iter().map(|i| i.date).min() else {
            return Ok(Standing { found: Vec::new(), gone: Vec::new() });
        };
        let ask = ReadingAsk {
            from: first,
            to: first,
            accounts: Vec::new(),
            records: done.iter().map(|i| (i.kind, i.remote_id.clone())).collect(),
        };
        self.must_be_here(&row).await?;
        let reading = self.wires.push(&row)?.reading(ask).await;
        let reading = self.heard(&row, reading).await?;
        let mine = |kind: EntryKind, id: &str| done.iter().any(|i| i.kind == kind && i.remote_id == id);
        Ok(Standing {
            found: reading.records.into_iter().filter(|r| mine(r.kind, &r.id)).collect(),
            gone: reading.gone.into_iter().map(|(k, id, _)| (k, id)).filter(|(k, id)| mine(*k, id)).collect(),
        })
    }

    /// Makes the reversal of all that the ledger holds of a document. Refused where a record is gone or was changed
    /// there: a person puts that right first.
    pub async fn reverse(
        &self,
        id: DocumentId,
        on: Option<Date>,
        reason: String,
        by: Actor,
    ) -> Result<DocumentId, EngineError> {
        if reason.trim().is_empty() {
            return Err(EngineError::Refused("a reversal needs a reason: the auditor reads it".into()));
        }
        let card = self.store.card(id).await?;
        let standing = self.standing(&card).await?;
        if let Some((kind, remote)) = standing.gone.first() {
            return Err(EngineError::Refused(format!(
                "The {} {remote} of {} is gone from the ledger: there is nothing to reverse. Post it again with `tieout repost`, or leave it.",
                kind.words(),
                card.row.number
            )));
        }
        let Some(approval) = &card.approval else {
            return Err(EngineError::Refused(format!(
                "{} was linked by hand, not posted: correct it in the ledger.",
                card.row.number
            )));
        };
        let mut records = Vec::new();
        for intent in card.intents.iter().filter(|i| i.state == IntentState::Done) {
            let entry = approval.set.entries.iter().find(|e| e.slot == intent.slot);
            let now = standing.found.iter().find(|r| r.kind == intent.kind && r.id == intent.remote_id);
            let (Some(entry), Some(now)) = (entry, now) else {
                return Err(EngineError::Refused(format!(
                    "The {} {} of {} could not be read in the ledger; try again.",
                    intent.kind.words(),
                    intent.number,
                    card.row.number
                )));
            };
            if let Some(what) = changed(entry, now) {
                return Err(EngineError::Refused(format!(
                    "The {} {} was changed in the ledger ({what}): put it right there, then reverse it.",
                    intent.kind.words(),
                    intent.number
                )));
            }
            records.push(PostedEntry {
                entry: entry.clone(),
                remote_id: intent.remote_id.clone(),
                number: intent.number.clone(),
                settled: now.open.is_some_and(|o| o != now.total),
            });
        }
        let of = origin(&card)?;
        let earlier = self.store.corrections(Some(id)).await?;
        let before = earlier.iter().filter(|c| c.what == "reversal").count();
        let attempt = u32::try_from(before).unwrap_or(u32::MAX - 1) + 1;
        self.make(&card, Correction::Reversal { of, records, on, attempt, reason }, false, by).await
    }

    /// The last look before a reversal goes out: what it reverses must still be as it was when it was made. None: it is.
    pub(crate) async fn reversal_outdated(&self, id: DocumentId) -> Result<Option<String>, EngineError> {
        let card = self.store.card(id).await?;
        let Ok(Correction::Reversal { of, records, .. }) = Correction::read(&card.bytes) else {
            return Ok(None);
        };
        let original = self.store.card(of.document).await?;
        let done = original.intents.iter().filter(|i| i.state == IntentState::Done).count();
        if done != records.len() {
            return Ok(Some(format!("more of {} is in the ledger than this reverses", of.number)));
        }
        let standing = self.standing(&original).await?;
        for r in &records {
            let now = standing.found.iter().find(|f| f.id == r.remote_id && f.kind == r.entry.kind);
            let Some(now) = now else {
                return Ok(Some(format!("{} is not in the ledger any more", r.number)));
            };
            if let Some(what) = changed(&r.entry, now) {
                return Ok(Some(format!("{} was changed in the ledger since: {what}", r.number)));
            }
            if now.open.is_some_and(|o| o != now.total) != r.settled {
                return Ok(Some(format!("{} was paid, or its payment was taken back, since", r.number)));
            }
        }
        Ok(None)
    }

    /// Makes the document once more, derived with today's rules: after a reversal, or where its records are gone from
    /// the ledger.
    pub async fn repost(&self, id: DocumentId, reason: String, by: Actor) -> Result<DocumentId, EngineError> {
        if reason.trim().is_empty() {
            return Err(EngineError::Refused("posting again needs a reason: the auditor reads it".into()));
        }
        let card = self.store.card(id).await?;
        let gone = if card.row.state == State::Reversed {
            false
        } else {
            let standing = self.standing(&card).await?;
            standing.found.is_empty() && !standing.gone.is_empty()
        };
        let earlier = self.store.corrections(Some(id)).await?;
        let mut n = 1;
        for c in earlier.iter().filter(|c| c.what == "repost") {
            let set = self.store.card(c.document).await?.derived.map(|d| d.set.entries.len()).unwrap_or(1);
            n += u32::try_from(set.max(1)).unwrap_or(1);
        }
        let of = origin(&card)?;
        let revision = card.revision.clone();
        self.make(&card, Correction::Repost { of, n, revision, reason }, gone, by).await
    }

    /// Stores a correction of a document and derives it at once.
    async fn make(
        &self,
        card: &Card,
        correction: Correction,
        gone: bool,
        by: Actor,
    ) -> Result<DocumentId, EngineError> {
        let Some(book) = card.row.book.clone() else {
            return Err(EngineError::Refused("no book owns this document".into()));
        };
        let of = Some((card.row.id, card.row.version));
        let new = new_correction(&correction, card.connection.clone(), book.clone(), of, gone)?;
        let id = self.store.correct(new, by, self.now()).await?;
        self.derive_due(Some(&book), false).await?;
        self.touch();
        Ok(id)
    }

    /// Half-posted sets: what the ledger refused is derived again with today's rules and approved beside what is there.
    pub async fn approve_rest(
        self: &Arc<Self>,
        id: DocumentId,
        note: String,
        by: Actor,
    ) -> Result<State, EngineError> {
        let card = self.store.card(id).await?;
        let (State::NeedsHuman, Some(approval)) = (card.row.state, &card.approval) else {
            return Err(EngineError::Refused(format!(
                "{} is {}: only a document that is partly in the ledger has a rest to approve.",
                card.row.number, card.row.state
            )));
        };
        let Some(book) = card.row.book.clone() else {
            return Err(EngineError::Refused("no book owns this document".into()));
        };
        // the ledger refused something: what it says now counts, not what it said before
        let ledger = self.connection(&self.book(&book).await?.ledger).await?;
        if self.read_ledger(&ledger).await? {
            self.derive_books_of(&ledger.id).await?;
        }
        let now = self.derive_one(&card).await?;
        if let Some(f) = now.findings.iter().find(|f| f.blocks() && !about_itself(f)) {
            return Err(EngineError::Refused(format!("{} cannot go on: {}", card.row.number, f.sentence)));
        }
        if let Some(new) =
            now.set.entries.iter().find(|e| !approval.set.entries.iter().any(|o| o.slot == e.slot))
        {
            return Err(EngineError::Refused(format!(
                "With today's rules {} has a further record, {}: reverse what is in the ledger instead.",
                card.row.number, new.slot
            )));
        }
        let done = |e: &Entry| card.intents.iter().any(|i| i.slot == e.slot && i.state == IntentState::Done);
        let mut entries = Vec::new();
        for old in &approval.set.entries {
            match now.set.entries.iter().find(|e| e.slot == old.slot) {
                _ if done(old) => entries.push(old.clone()),
                Some(new) => entries.push(new.clone()),
                None => {
                    return Err(EngineError::Refused(format!(
                        "With today's rules {} has no {} any more: reverse what is in the ledger instead.",
                        card.row.number, old.slot
                    )));
                }
            }
        }
        let set = EntrySet { entries };
        let Some(bench) = self.bench(&book).await? else {
            return Err(EngineError::Refused("the ledger has not been read yet".into()));
        };
        let digest = canonical::digest(&set, &bench.ledger_identity())
            .map_err(|e| EngineError::Refused(format!("an amount cannot be posted exactly: {e}")))?;
        let rest = Derived { set, digest, ..now };
        let state = self.store.approve_rest(id, card.row.version, rest, note, by, self.now()).await?;
        self.wake.notify_one();
        self.touch();
        Ok(state)
    }
}

/// Findings that say no more than that part of the document is in the ledger already.
fn about_itself(f: &Finding) -> bool {
    matches!(f.code, FindingCode::ReopenedDelta)
}

/// A correction as the store takes it.
pub(crate) fn new_correction(
    correction: &Correction,
    connection: crate::model::ids::ConnectionId,
    book: crate::model::ids::BookId,
    of: Option<(DocumentId, u64)>,
    gone: bool,
) -> Result<NewCorrection, EngineError> {
    let broken =
        |e: serde_json::Error| EngineError::Refused(format!("the correction cannot be written: {e}"));
    let money = Money::new(correction.amount(), correction.currency());
    let minor = money::to_minor(money.amount, money.currency)
        .map_err(|e| EngineError::Refused(format!("its amount cannot be kept exactly: {e}")))?;
    let origin = correction.origin();
    Ok(NewCorrection {
        connection,
        book,
        of,
        what: correction.word().into(),
        source_id: correction.source_id(),
        bytes: correction.bytes().map_err(broken)?,
        revision: correction.revision().map_err(broken)?,
        header: ArrivalHeader {
            family: origin.map(|o| o.family.clone()).unwrap_or_default(),
            number: correction.number(),
            title: correction.title(),
            payee_code: origin.map(|o| o.payee_code.clone()).unwrap_or_default(),
            payee_is_employee: origin.is_some_and(|o| o.payee_is_employee),
            payee: origin.map_or_else(|| "accruals".into(), |o| o.payee.clone()),
            currency: correction.currency(),
            minor,
            duplicate_keys: Vec::new(),
            delta: false,
        },
        gone,
    })
}

fn origin(card: &Card) -> Result<Origin, EngineError> {
    let row = &card.row;
    let (Some(currency), Some(minor)) = (row.currency, row.minor) else {
        return Err(EngineError::Refused(format!("{} has no amount", row.number)));
    };
    if row.kind == DocumentKind::Correction {
        return Err(EngineError::Refused(format!(
            "{} is a correction itself: reverse it in the ledger's own way, or make the opposite correction.",
            row.number
        )));
    }
    let employee = matches!(row.kind, DocumentKind::ExpenseReport | DocumentKind::CashAdvance);
    Ok(Origin {
        document: row.id,
        kind: row.kind,
        source_id: row.source_id.clone(),
        family: row.family.clone(),
        number: row.number.clone(),
        title: row.title.clone(),
        payee_code: row.payee_code.clone(),
        payee: row.payee.clone(),
        payee_is_employee: employee,
        currency,
        approved: money::from_minor(minor, currency),
    })
}

/// What of a record differs from the entry that it was posted from, where a reversal would then be wrong.
fn changed(entry: &Entry, now: &LedgerRecord) -> Option<String> {
    if now.date != entry.date {
        return Some(format!("dated {} in place of {}", now.date, entry.date));
    }
    if entry.kind != EntryKind::Journal {
        let (here, there) = (&entry.party, &now.party);
        if here.as_ref().map(|p| &p.id) != there.as_ref().map(|p| &p.id) {
            let name = |p: &Option<crate::model::Named>| p.as_ref().map_or("none".into(), |p| p.name.clone());
            return Some(format!("vendor {} in place of {}", name(there), name(here)));
        }
        if now.total != entry.total() {
            let money = |a| Money::new(a, entry.currency);
            return Some(format!("{} in place of {}", money(now.total), money(entry.total())));
        }
    }
    let mut sums: std::collections::BTreeMap<&str, (rust_decimal::Decimal, &str)> = Default::default();
    let journal = entry.kind == EntryKind::Journal;
    for l in entry.lines.iter().filter(|l| journal || !l.is_offset()) {
        sums.entry(&l.account.id).or_insert((rust_decimal::Decimal::ZERO, &l.account.name)).0 += l.signed();
    }
    for l in now.lines.iter().filter(|l| !l.account.id.is_empty()) {
        let signed = if l.side == crate::model::Side::Debit { l.amount } else { -l.amount };
        sums.entry(&l.account.id).or_insert((rust_decimal::Decimal::ZERO, &l.account.name)).0 -= signed;
    }
    let (_, name) = sums.values().find(|(left, _)| !left.is_zero())?;
    Some(format!("other amounts on {name}"))
}
