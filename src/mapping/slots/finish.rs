//! From a draft to an entry: offsetting line, location, kind, number, memo, rate.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::{Draft, Recipe};
use crate::mapping::dates::{self, Dates};
use crate::mapping::pieces::side;
use crate::mapping::rules::Asked;
use crate::mapping::work::{Work, tidy, why};
use crate::mapping::{grouping, number, tax, text};
use crate::model::book::Flow;
use crate::model::entry::{Dimensions, Entry, EntryKind, EntrySet, Line, LineRole, Named, Slot, TaxTotal};
use crate::model::finding::{FindingCode, Mend};
use crate::model::ledger::AccountType;
use crate::model::reference::{Reference, ReferenceParts};

/// Lines that do not cancel per account, dimension and tax (accounting.md, 1.6).
pub(super) fn moves_something(lines: &[Line]) -> bool {
    let id = |n: &Option<Named>| n.as_ref().map(|n| n.id.clone());
    let mut sums: BTreeMap<_, Decimal> = BTreeMap::new();
    for l in lines {
        let d = &l.dimensions;
        // an account that is not known yet has no id: its name tells it apart
        let account = (&l.account.id, if l.account.id.is_empty() { l.account.name.as_str() } else { "" });
        let key = (account, id(&d.class), id(&d.customer), id(&d.department), &l.tax_code, l.billable);
        *sums.entry(key).or_default() += l.signed();
    }
    sums.values().any(|s| !s.is_zero())
}

pub(super) fn finish(w: &mut Work<'_>, draft: Draft, dates: &Dates, before: &EntrySet) -> Entry {
    let Draft { slot, recipe, date, due, mut party, offset, lines, why: mut reasons } = draft;
    let total: Decimal = lines.iter().map(Line::signed).sum();
    let negative = total < Decimal::ZERO;
    let flow = w.settings().flows.get(&w.doc().kind);
    let journal = flow.is_some_and(|f| f.recipe == Flow::JOURNAL);
    let kind = match recipe {
        _ if journal || offset.is_none() => EntryKind::Journal,
        Recipe::Bill if negative => EntryKind::VendorCredit,
        Recipe::Bill => EntryKind::Bill,
        Recipe::Card if negative => EntryKind::CardRefund,
        Recipe::Card => EntryKind::CardPurchase,
        Recipe::Journal => EntryKind::Journal,
    };
    let (mut lines, tax_lines): (Vec<Line>, Vec<Line>) =
        lines.into_iter().partition(|l| l.role != LineRole::Tax || l.tax_code.is_none());
    lines = grouping::grouped(w, lines);
    let taxes = exact_taxes(&lines, &tax_lines);
    tax::compare(w, &taxes);
    let location = location(w, &mut lines, kind);
    // a payable account needs its vendor on the line; another liability, a card or clearing has none
    let payable = offset.as_ref().is_some_and(|(role, account)| {
        let known = w.facts().account(&account.id).map(|a| a.kind);
        *role == LineRole::Payable && known.is_none_or(|k| k == AccountType::AccountsPayable)
    });
    if kind == EntryKind::Journal && !payable {
        party = None;
    }
    let reference = reference(w, &slot, before);
    if let Some((role, account)) = &offset {
        let reason = reasons.iter().filter(|r| r.what == "offset" || r.what == "party").cloned().collect();
        let line_party = party.clone().filter(|_| kind == EntryKind::Journal);
        let department = lines.iter().find_map(|l| l.dimensions.department.clone());
        lines.push(Line {
            role: *role,
            side: side(total).flipped(),
            account: account.clone(),
            amount: tidy(total.abs(), w.currency()),
            dimensions: Dimensions {
                department: department
                    .filter(|d| lines.iter().all(|l| l.dimensions.department.as_ref() == Some(d))),
                ..Dimensions::default()
            },
            billable: false,
            tax_code: None,
            party: line_party,
            text: offset_text(w, *role, party.as_ref()),
            source: None,
            why: reason,
        });
    }
    let (number, replaced) = number::choose(w, &slot, kind, party.as_ref(), &reference);
    let memo = text::memo(w, dates, &reference, replaced);
    let (rate, rate_why) = dates::rate(w, date);
    if !reasons.iter().any(|r| r.what == "date") {
        reasons.push(dates.why.clone());
    }
    reasons.push(rate_why);
    reasons.push(match text::of_rule(w, Asked::default(), false) {
        Some((_, because)) => because,
        None => why("memo", memo.clone(), None),
    });
    Entry {
        slot,
        kind,
        date,
        due: due.filter(|_| kind == EntryKind::Bill),
        currency: w.currency(),
        rate,
        party,
        offset_account: offset.map(|(_, account)| account),
        location,
        number,
        reference,
        memo,
        lines,
        taxes,
        why: reasons,
    }
}

/// The exact tax of each ledger tax code: what the lines with it hold, and what is claimed back.
fn exact_taxes(lines: &[Line], tax_lines: &[Line]) -> Vec<TaxTotal> {
    let mut out: Vec<TaxTotal> = Vec::new();
    for l in lines.iter().chain(tax_lines) {
        let Some(code) = &l.tax_code else { continue };
        let at = out.iter().position(|t| t.code == *code).unwrap_or_else(|| {
            out.push(TaxTotal { code: code.clone(), net: Decimal::ZERO, amount: Decimal::ZERO });
            out.len() - 1
        });
        let Some(total) = out.get_mut(at) else { continue };
        if l.role == LineRole::Tax {
            total.amount += l.signed();
        } else {
            total.net += l.signed();
        }
    }
    out
}

/// What the offsetting line of a journal says; bills and purchases have it in their header.
fn offset_text(w: &mut Work<'_>, role: LineRole, party: Option<&Named>) -> String {
    let doc = w.doc();
    let who = match (role, party) {
        (LineRole::Payable, Some(p)) => p.name.clone(),
        _ => doc.payee.name.clone(),
    };
    text::fitted(w, &format!("{} {who}", doc.number), text::LIMIT)
}

/// Journals have the location on their lines, everything else has it in its header, where it can be one only.
fn location(w: &mut Work<'_>, lines: &mut [Line], kind: EntryKind) -> Option<Named> {
    if kind == EntryKind::Journal {
        return None;
    }
    let mut all: Vec<Named> = lines.iter_mut().filter_map(|l| l.dimensions.department.take()).collect();
    all.sort();
    all.dedup();
    match all.as_slice() {
        [] => None,
        [one] => Some(one.clone()),
        many => {
            let names = many.iter().map(|n| n.name.as_str()).collect::<Vec<_>>().join(", ");
            let sentence = format!("{} holds one location a record; this one has {names}.", w.ledger());
            w.add(FindingCode::DimensionDropped, "location", "several locations", sentence, Mend::Accept);
            None
        }
    }
}

/// The reference of the slot; the next draw when another document of this ledger, or another slot, has it already.
fn reference(w: &Work<'_>, slot: &Slot, before: &EntrySet) -> Reference {
    let (doc, id) = (w.doc(), w.i.identity);
    let of = |draw| {
        Reference::of(&ReferenceParts {
            source_system: &id.source_system,
            source_company: &id.source_company,
            kind: doc.kind.name(),
            source_id: &doc.source_id,
            target_system: &id.target_system,
            target_company: &id.target_company,
            slot,
            draw,
        })
    };
    let taken = |r: &Reference| {
        w.i.around.used_references.contains(r.as_str()) || before.entries.iter().any(|e| e.reference == *r)
    };
    let mut draw = 0;
    let mut reference = of(draw);
    while taken(&reference) {
        draw += 1;
        reference = of(draw);
    }
    reference
}
