//! Approval: what was seen is frozen, if the rules of the firm allow it (reliability.md, 2.2, 2.3 and S19).

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, params};

use crate::model::book::{AutoApproval, DatePolicy};
use crate::model::document::DocumentKind;
use crate::model::finding::{Finding, FindingCode};
use crate::model::ids::DocumentId;
use crate::model::money::to_minor;
use crate::model::people::Actor;
use crate::model::state::State;
use crate::store::sqlite::convert::{instant, json, micros, named};
use crate::store::sqlite::derive::derivation;
use crate::store::sqlite::doc::{Doc, hold};
use crate::store::sqlite::fail::{Done, refused};
use crate::store::sqlite::setup;
use crate::store::sqlite::transition::{Move, set_derive_due, transition, withdraw_approval};
use crate::store::sqlite::tx::{Tx, fields};
use crate::store::types::{Approval, ApproveOne, Derived, StoreError};

/// The approval in force.
pub fn in_force(c: &Connection, id: DocumentId) -> Done<Option<Approval>> {
    let sql = "SELECT id, document, revision, entry_set, digest, approved_by, approved_at FROM approval
               WHERE document = ? AND withdrawn_at IS NULL";
    Ok(c.prepare_cached(sql)?
        .query_row([id.to_string()], |r| {
            Ok(Approval {
                id: r.get(0)?,
                document: named(r, 1)?,
                revision: r.get(2)?,
                set: json(r, 3)?,
                digest: r.get(4)?,
                by: r.get(5)?,
                at: instant(r, 6)?,
            })
        })
        .optional()?)
}

/// Approves each document for itself.
pub fn approve(
    tx: &Tx<'_>,
    ones: Vec<ApproveOne>,
    by: &Actor,
) -> Done<Vec<(DocumentId, Result<(), StoreError>)>> {
    let mut out = Vec::with_capacity(ones.len());
    for one in ones {
        // the inner result is a refusal that leaves something behind: the first of two approvals
        let result = tx.one(|| approve_one(tx, &one, by))?;
        out.push((one.id, result.and_then(|r| r)));
    }
    Ok(out)
}

fn approve_one(tx: &Tx<'_>, one: &ApproveOne, by: &Actor) -> Done<Result<(), StoreError>> {
    let mut doc = Doc::expect(tx, one.id, one.version)?;
    match doc.state {
        State::Ready => {}
        State::Blocked => return refused(format!("{} has a finding that blocks; mend it first", doc.number)),
        State::Held => return refused(format!("{} is held; release it first", doc.number)),
        from => {
            let what = [("from", from.to_string()), ("to", State::Approved.to_string())];
            tx.refuse_move(by, &doc.key(), fields(what));
            return Err(StoreError::IllegalMove { from, to: State::Approved }.into());
        }
    }
    let Some(d) = derivation(tx.c, doc.id)?.filter(|d| d.revision == doc.revision && !doc.derive_due) else {
        return Err(doc.stale(StoreError::UNCHECKED));
    };
    if d.digest.is_empty() || d.digest != one.digest {
        return Err(doc.stale(&format!("the entries as they were shown (digest {})", one.digest)));
    }
    if let Some(f) = d.findings.iter().find(|f| f.blocks()) {
        return refused(format!("{} is blocked: {}", doc.number, f.sentence));
    }
    if !d.set.balanced() {
        return refused(format!("the entries of {} do not balance; it cannot be approved", doc.number));
    }
    if by.via.starts_with("policy") {
        policy_allows(tx, &doc, &d, one)?;
    }
    family_allows(tx, &doc, one)?;
    if stale_day(tx, &doc, &d)? {
        // its posting date is the day of the approval: derived again for today
        set_derive_due(tx, &mut doc, true)?;
        return Ok(Err(StoreError::Stale {
            expected: format!("{}: {}", doc.number, StoreError::UNCHECKED),
            found: "its posting date is the day of the approval; it is derived again for today".into(),
        }));
    }
    if let Some(first) = duties(tx, &doc, &d, by)? {
        return Ok(Err(first));
    }
    freeze(tx, &mut doc, &d, by, one.as_delta)?;
    if let Some(b) = &doc.book {
        let ledger = setup::book(tx.c, b)?.ledger;
        crate::store::sqlite::proposals::used(tx, &ledger, &vendors(&d))?;
    }
    Ok(Ok(()))
}

pub fn not_the_payee(doc: &Doc, by: &Actor) -> Done<()> {
    if doc.payee_is_employee && by.employee.as_deref().is_some_and(|e| e == doc.payee_code) {
        return refused(format!(
            "{} is paid to you ({}); somebody else must approve it",
            doc.number, doc.payee_code
        ));
    }
    Ok(())
}

fn vendors(d: &Derived) -> Vec<String> {
    d.set.entries.iter().filter_map(|e| e.party.as_ref().map(|p| p.id.clone())).collect()
}

/// Who may approve these entries (accounting.md, section 10): not the payee, not the maker of a vendor or of the
/// correction, not the author of a rule that it uses or that is for it alone; two people above the limit and for a prior
/// fiscal year. An answer: the first of two approvals was kept.
pub fn duties(tx: &Tx<'_>, doc: &Doc, d: &Derived, by: &Actor) -> Done<Option<StoreError>> {
    not_the_payee(doc, by)?;
    if by.single_person {
        return Ok(None);
    }
    if let Some(b) = &doc.book {
        let ledger = setup::book(tx.c, b)?.ledger;
        crate::store::sqlite::proposals::not_the_maker(tx, &ledger, &vendors(d), by, &doc.number)?;
    }
    if !by.via.starts_with("policy") {
        crate::store::sqlite::corrections::not_the_maker(tx, doc, by)?;
        not_the_author(tx, doc, d, by)?;
    }
    if d.findings.iter().any(|f| matches!(f.code, FindingCode::OverLimit | FindingCode::PriorYear)) {
        return first_of_two(tx, doc, d, by);
    }
    Ok(None)
}

/// The flow posts on the day of the approval, and the entries were derived on another day.
fn stale_day(tx: &Tx<'_>, doc: &Doc, d: &Derived) -> Done<bool> {
    let Some(b) = &doc.book else { return Ok(false) };
    let settings = setup::book(tx.c, b)?.settings;
    if settings.flows.get(&doc.kind).is_none_or(|f| f.date != DatePolicy::PostingDay) {
        return Ok(false);
    }
    let Ok(zone) = crate::model::clock::zone(&settings.time_zone) else { return Ok(false) };
    let today = tx.now.to_zoned(zone).date();
    Ok(d.original_date.is_some_and(|day| day != today))
}

fn not_the_author(tx: &Tx<'_>, doc: &Doc, d: &Derived, by: &Actor) -> Done<()> {
    let Some(book) = &doc.book else { return Ok(()) };
    if let Some(version) = crate::store::sqlite::editors::version_of(tx.c, doc, &by.name)? {
        return refused(format!(
            "you removed or reordered rules (version {version}), which changed {}; somebody else must approve it",
            doc.number
        ));
    }
    let used: BTreeSet<u32> = d
        .set
        .entries
        .iter()
        .flat_map(|e| e.why.iter().chain(e.lines.iter().flat_map(|l| &l.why)))
        .filter_map(|w| w.rule)
        .collect();
    // decisions and dates of one document leave no trace on a line: they count by their scope
    let Some(set) = setup::rules_version(tx.c, book, d.rules_version)? else { return Ok(()) };
    let concerns = |r: &crate::model::rule::Rule| used.contains(&r.id) || r.document == Some(doc.id);
    match set.every_rule().find(|r| concerns(r) && r.author == by.name) {
        Some(rule) => refused(format!(
            "you made the {} rule {} that {} uses; somebody else must approve it",
            rule.kind.name(),
            rule.condition(),
            doc.number
        )),
        None => Ok(()),
    }
}

fn policy_allows(tx: &Tx<'_>, doc: &Doc, d: &Derived, one: &ApproveOne) -> Done<()> {
    let Some(book) = &doc.book else {
        return refused(format!("{} belongs to no book; a policy cannot approve it", doc.number));
    };
    if doc.kind == DocumentKind::Correction {
        return refused(format!("{} is a correction; a person approves it", doc.number));
    }
    let policy = setup::policy(tx.c, book)?;
    if policy.auto != AutoApproval::Clean {
        return refused(format!("the policy of {book} is off; a person approves"));
    }
    if let Some(f) = d.findings.first() {
        return refused(format!("{} has a finding ({}); a person approves it", doc.number, f.brief));
    }
    if one.as_delta {
        return refused(format!("{} is a delta; a person accepts it by name", doc.number));
    }
    let home = setup::book(tx.c, book)?.settings.home_currency;
    if let (Some(limit), Some(currency)) = (policy.limit, doc.currency)
        && currency == home
        && to_minor(limit, home).is_ok_and(|l| doc.minor.saturating_abs() > l)
    {
        return refused(format!(
            "{} is above the policy's limit of {limit} {home}; a person approves it",
            doc.number
        ));
    }
    Ok(())
}

fn family_allows(tx: &Tx<'_>, doc: &Doc, one: &ApproveOne) -> Done<()> {
    // a correction was judged when it was made: it stands beside the document that it corrects
    if one.as_delta || doc.kind == DocumentKind::Correction {
        return Ok(());
    }
    for other in doc.family(tx)? {
        let claims = other.state.claims_ledger()
            || (other.state == State::Held && in_force(tx.c, other.id)?.is_some())
            || crate::store::sqlite::intents::in_ledger(tx.c, other.id)?;
        if claims {
            let what = match doc.kind {
                DocumentKind::ExpenseReport => "report",
                _ => "document",
            };
            return refused(format!(
                "{} of the same {what} is {}; approve {} as a delta by name, or reject it",
                other.number, other.state, doc.number
            ));
        }
    }
    Ok(())
}

/// Above the limit two people approve the same entries: the first one is remembered.
fn first_of_two(tx: &Tx<'_>, doc: &Doc, d: &Derived, by: &Actor) -> Done<Option<StoreError>> {
    let others: i64 = tx
        .c
        .prepare_cached("SELECT count(*) FROM endorsement WHERE document = ? AND digest = ? AND person <> ?")?
        .query_row(params![doc.key(), d.digest, by.name], |r| r.get(0))?;
    if others > 0 {
        return Ok(None);
    }
    let new =
        tx.c.prepare_cached(
            "INSERT OR IGNORE INTO endorsement(document, digest, person, endorsed_at) VALUES (?,?,?,?)",
        )?
        .execute(params![doc.key(), d.digest, by.name, micros(tx.now)])?;
    if new > 0 {
        tx.note(by, "endorsed", &doc.key(), fields([("digest", d.digest.clone())]))?;
    }
    Ok(Some(StoreError::Refused(format!(
        "{} is above the limit: your approval is kept as the first of two; a second approver must approve it too",
        doc.number
    ))))
}

/// The frozen entries, with who approved them.
pub fn keep_approval(tx: &Tx<'_>, doc: &Doc, d: &Derived, by: &Actor) -> Done<()> {
    tx.c.prepare_cached(
        "INSERT INTO approval(document, revision, entry_set, digest, approved_by, approved_at) VALUES (?,?,?,?,?,?)",
    )?
    .execute(params![
        doc.key(),
        d.revision,
        serde_json::to_vec(&d.set)?,
        d.digest,
        by.name,
        micros(tx.now)
    ])?;
    Ok(())
}

fn freeze(tx: &Tx<'_>, doc: &mut Doc, d: &Derived, by: &Actor, as_delta: bool) -> Done<()> {
    // an approval that fell with a failure or a hold is not in force any more
    withdraw_approval(tx, doc)?;
    keep_approval(tx, doc, d, by)?;
    // intents of an earlier approval that made nothing wait for the next plan
    tx.c.prepare_cached(
        "UPDATE intent SET state = 'withdrawn' WHERE document = ? AND state IN ('planned','refused')",
    )?
    .execute([doc.key()])?;
    let what = [
        ("records", d.set.entries.len().to_string()),
        ("minor", doc.minor.to_string()),
        ("currency", doc.code().to_string()),
        ("digest", d.digest.clone()),
        ("revision", d.revision.clone()),
        ("rules_version", d.rules_version.to_string()),
        ("single_person", by.single_person.to_string()),
        ("delta", as_delta.to_string()),
        ("warnings", d.findings.iter().map(|f| f.code.name()).collect::<Vec<_>>().join(" ")),
    ];
    transition(tx, doc, State::Approved, Move::new("approved", by).with(fields(what)))
}

/// approved -> held with what the check right before posting found; the approval stands.
pub fn hold_before_posting(tx: &Tx<'_>, id: DocumentId, version: u64, found: &[Finding]) -> Done<()> {
    let mut doc = Doc::expect(tx, id, version)?;
    let why =
        found.first().map_or_else(|| "the ledger changed since the approval".into(), |f| f.sentence.clone());
    let codes = found.iter().map(|f| f.code.name()).collect::<Vec<_>>().join(" ");
    let engine = Actor::engine();
    let m = Move::new("held", &engine).because(why).held_by(hold::CHECK).with(fields([("findings", codes)]));
    transition(tx, &mut doc, State::Held, m)?;
    for f in found {
        crate::store::sqlite::findings::add(tx, &mut doc, f)?;
    }
    Ok(())
}
