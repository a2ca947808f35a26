//! The whole derivation, in the order in which things depend on each other. All findings are found at once.

use rust_decimal::Decimal;

use crate::mapping::dates::{self, Dates};
use crate::mapping::effect::paid_by;
use crate::mapping::rules::field_of;
use crate::mapping::work::Work;
use crate::mapping::{
    Derivation, Inputs, Summary, checks, duplicates, guards, home, party, paying, pieces, scope, slots, vendors,
};
use crate::model::book::WhoPays;
use crate::model::document::{Document, Party};
use crate::model::entry::{EntrySet, Line, LineRole};
use crate::model::finding::{FindingCode, Level};
use crate::model::money::Money;
use crate::model::rule::DimensionKind;
use crate::model::state::State;

/// Derives a document. The same inputs give the same result, digest included.
pub fn derive(inputs: &Inputs<'_>) -> Derivation {
    let mut w = Work::new(inputs);
    let dates = dates::dates(&mut w);
    let mut set = EntrySet::default();
    let out = scope::out(&mut w, &dates);
    if out {
        w.findings.retain(|f| f.code != FindingCode::Unreadable);
    } else {
        checks::totals(&mut w);
        let pieces = pieces::pieces(&mut w);
        set = slots::entries(&mut w, &pieces, &dates);
        checks::set(&mut w, &set);
        home::convert(&mut w, &mut set);
        dates::judge(&mut w, &dates, &set);
        scope::family(&mut w);
        guards::hold(&mut w);
        duplicates::ledger(&mut w, &set);
        duplicates::documents(&mut w);
        vendors::judge(&mut w);
        checks::whole(&mut w, &set, &dates);
    }
    let summary = summary(&w, &set);
    let checks = if out { Vec::new() } else { checks::list(&w, &set) };
    let mut findings = std::mem::take(&mut w.findings);
    findings.sort_by_key(|f| (f.code.level() != Level::Blocks, f.code));
    let state = state(&findings);
    let Dates { posting, original, .. } = dates;
    Derivation {
        set,
        findings,
        checks,
        posting_date: posting,
        original_date: original,
        approved: Money::new(approved(inputs.document), inputs.document.currency),
        state,
        summary,
    }
}

/// A source without journal lines (an invoice's header) states its total.
pub(super) fn approved(doc: &Document) -> Decimal {
    if !scope::countable(doc) {
        return Decimal::ZERO;
    }
    if doc.journals().next().is_none() { doc.stated_total.unwrap_or_default() } else { doc.approved() }
}

/// Only a closed period or a rule that says so holds; anything else that blocks blocks.
pub(super) fn state(findings: &[crate::model::finding::Finding]) -> State {
    let mut blocking = findings.iter().filter(|f| f.blocks()).peekable();
    if blocking.peek().is_none() {
        State::Ready
    } else if blocking.all(|f| matches!(f.code, FindingCode::PeriodClosed | FindingCode::HoldRule)) {
        State::Held
    } else {
        State::Blocked
    }
}

fn summary(w: &Work<'_>, set: &EntrySet) -> Summary {
    let doc = w.doc();
    let will_post = if w.has(FindingCode::MaybeInLedger) { "adopt".into() } else { set.will_post() };
    Summary {
        payee: party::find(w).map_or_else(|| doc.payee.name.clone(), |f| f.vendor.name.clone()),
        number: doc.number.clone(),
        will_post,
        cost_centres: cost_centres(w),
        receipts: checks::receipts(doc),
        who_pays: who_pays(w),
        concur_pays: concur_pays(set),
        approver: approver(w),
    }
}

/// The source sends the approver's employee number only.
fn approver(w: &Work<'_>) -> String {
    let Some(code) = w.doc().approver.as_deref().filter(|c| !c.is_empty()) else { return String::new() };
    match w.i.facts.vendors_coded(code).as_slice() {
        [one] => one.name.clone(),
        _ => code.to_string(),
    }
}

fn cost_centres(w: &Work<'_>) -> Vec<String> {
    let doc = w.doc();
    let class = w.settings().dimensions.iter().find(|d| d.dimension == DimensionKind::Class);
    let Some(field) = class.map(|d| field_of(w.i, &d.field)) else { return Vec::new() };
    let mut out: Vec<String> = Vec::new();
    for (.., e, a, _) in doc.journals() {
        let code = doc.cost_object(e, a, field).map(|c| c.code.clone());
        out.extend(code.filter(|c| !out.contains(c)));
    }
    out
}

/// Who pays what is owed to the employee; of card spend alone nobody pays a document.
fn who_pays(w: &Work<'_>) -> String {
    let doc = w.doc();
    let owed =
        doc.journals().any(|(.., e, _, j)| !e.personal && (j.payer == Party::Empl || j.payee == Party::Empl));
    let issuer = doc.journals().any(|(.., j)| j.payer == Party::Ibcp || j.payee == Party::Ibcp);
    match paying::chosen(w) {
        Some(who) if owed || !doc.payee.employee => who.word().into(),
        None if owed => format!("not chosen ({})", doc.pay_method),
        _ if issuer => w.settings().individual_cards_paid_by.word().into(),
        _ => WhoPays::Nobody.word().into(),
    }
}

/// What Concur pays once it hears success: the clearing side of entries that it pays.
fn concur_pays(set: &EntrySet) -> Decimal {
    let entries = set.entries.iter().filter(|e| paid_by(e, WhoPays::Concur));
    let offsets = entries.flat_map(|e| &e.lines).filter(|l| l.is_offset() && l.role != LineRole::Card);
    let owed: Decimal = offsets.map(Line::signed).sum();
    (-owed).max(Decimal::ZERO)
}
