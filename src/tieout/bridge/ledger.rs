//! The lower half: every record that the ledger holds now, against what was frozen.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::document::DocumentKind;
use crate::model::entry::EntryKind;
use crate::model::intent::IntentState;
use crate::tieout::bridge::{BridgeLine, Draft, source};
use crate::tieout::category::{Category, ReconcilingItem};
use crate::tieout::compare::{Difference, compare};
use crate::tieout::input::{Held, PeriodDocument, Record, Slotted};
use crate::tieout::side;

/// A cent of tax is what the ledger may compute differently, for each rate (accounting.md, 2.2).
const TAX_CENTS: i64 = 2;

pub(super) fn read(b: &mut Draft<'_>, held: &Held) {
    let by_id: BTreeMap<(EntryKind, &str), &Record> =
        held.records.iter().map(|r| ((r.kind, r.id.as_str()), r)).collect();
    let mut known: BTreeSet<(EntryKind, &str)> = BTreeSet::new();
    let mut doubted: BTreeSet<&str> = BTreeSet::new();
    for d in b.all {
        let Some(currency) = d.currency else { continue };
        let mut there = false;
        for s in &d.slots {
            if let Some(r) = source::doubt_found(s, Some(held)) {
                doubted.insert(r.id.as_str());
                if b.period.has(r.date) {
                    let now = s.entry.as_ref().map_or_else(|| side::whole(r), |e| side::held(e, r));
                    b.put(BridgeLine::LedgerNow, currency, Some(d.kind), 0, now);
                    there = true;
                }
            }
            if s.state != IntentState::Done {
                continue;
            }
            known.insert((s.kind, s.remote_id.as_str()));
            there |= slot(b, d, s, by_id.get(&(s.kind, s.remote_id.as_str())).copied(), held);
        }
        if there && d.kind != DocumentKind::Correction {
            b.put(BridgeLine::LedgerNow, currency, None, 1, 0);
            b.name(BridgeLine::LedgerNow, &d.id);
        }
    }
    let references: BTreeMap<&str, &PeriodDocument> =
        b.all.iter().flat_map(|d| d.slots.iter().map(move |s| (s.reference.as_str(), d))).collect();
    for r in &held.records {
        let Some(marker) = r.marker.as_deref() else { continue };
        if known.contains(&(r.kind, r.id.as_str()))
            || doubted.contains(r.id.as_str())
            || !b.period.has(r.date)
        {
            continue;
        }
        let whole = side::whole(r);
        b.put(BridgeLine::UnknownInLedger, r.currency, None, 1, whole);
        b.put(BridgeLine::LedgerNow, r.currency, None, 1, whole);
        let document = references.get(marker).copied();
        let mut item = b.item(Category::UnknownInLedger, None, &r.number, whole);
        item.record = format!("{} {}", r.kind.words(), r.id);
        item.currency = Some(r.currency);
        item.party = r.party.as_ref().map(|p| p.name.clone()).unwrap_or_default();
        item.days = super::days(r.date, b.today);
        item.document = document.map(|d| d.id.clone()).unwrap_or_default();
        item.what = match document {
            Some(d) => format!("a second record of {}: it carries {marker}", d.number),
            None => format!("it carries our marker {marker}, and this store never made it"),
        };
        b.items.push(item);
    }
}

/// One record of ours. Whether it stands in the period now.
#[allow(
    clippy::many_single_char_names,
    reason = "draft, document, slot, record, entry, as in the whole file"
)]
fn slot(b: &mut Draft<'_>, d: &PeriodDocument, s: &Slotted, now: Option<&Record>, held: &Held) -> bool {
    let Some(currency) = d.currency else { return false };
    let kind = Some(d.kind);
    let due = b.period.has(s.date);
    let made = due && !s.adopted;
    b.records.0 += u64::from(made);
    let frozen = source::part(d, s);
    let (adopted_or_edited, line) = if s.adopted {
        (Category::AdoptedDifference, BridgeLine::AdoptedDifference)
    } else {
        (Category::EditedInLedger, BridgeLine::EditedInLedger)
    };
    let Some(r) = now else {
        if due {
            let when =
                held.gone.iter().find(|(k, id, _)| *k == s.kind && *id == s.remote_id).and_then(|g| g.2);
            b.put(BridgeLine::DeletedInLedger, currency, kind, 1, -frozen);
            b.name(BridgeLine::DeletedInLedger, &d.id);
            let mut item = named(b, Category::DeletedInLedger, d, s, -frozen);
            item.when = when.map(|t| t.to_string()).unwrap_or_default();
            item.what = format!("{} {} is gone from the ledger", s.kind.words(), s.number);
            b.items.push(item);
        }
        return false;
    };
    let stands = b.period.has(r.date);
    b.records.1 += u64::from(made && stands && (r.marker.is_some() || s.entry.is_some()));
    let rounding = if s.adopted { 0 } else { s.entry.as_ref().map_or(0, side::rounding) };
    let holds = match &s.entry {
        Some(e) => side::held(e, r),
        None => side::whole(r),
    };
    if let Some(why) = r.not_final.as_ref().filter(|_| due) {
        b.put(BridgeLine::NotFinal, currency, kind, 1, -frozen);
        b.name(BridgeLine::NotFinal, &d.id);
        let mut item = named(b, Category::NotFinal, d, s, -frozen);
        item.what = format!("not in the ledger's books yet: {why}");
        b.items.push(item);
        return false;
    }
    if due != stands {
        // somebody gave it a date of another period
        let by = if stands { holds } else { -frozen };
        b.put(line, currency, kind, 1, by);
        b.name(line, &d.id);
        let mut item = named(b, adopted_or_edited, d, s, by);
        item.field = "date".into();
        (item.before, item.after) = (s.date.to_string(), r.date.to_string());
        item.when = r.changed_at.map(|t| t.to_string()).unwrap_or_default();
        item.what = format!("date {} → {}", s.date, r.date);
        b.items.push(item);
        if stands {
            b.put(BridgeLine::LedgerNow, currency, kind, 0, holds);
        }
        return stands;
    }
    if !due {
        return false;
    }
    b.put(BridgeLine::LedgerNow, currency, kind, 0, holds);
    if rounding != 0 {
        b.put(BridgeLine::Rounding, currency, kind, 1, rounding);
        let mut item = named(b, Category::Rounding, d, s, rounding);
        item.what = "a visible rounding line".into();
        b.items.push(item);
    }
    let found = s.entry.as_ref().map(|e| compare(e, r, s.adopted)).unwrap_or_default();
    let by = holds - frozen - rounding;
    let fx: Vec<&Difference> = found.iter().filter(|f| f.fx).collect();
    if let Some(f) = fx.first() {
        b.put(BridgeLine::Fx, currency, kind, 1, 0);
        let mut item = named(b, Category::Fx, d, s, 0);
        (item.field, item.before, item.after) = (f.field.clone(), f.before.clone(), f.after.clone());
        item.what = format!("rate {} → {}", f.before, f.after);
        b.items.push(item);
    }
    let rest: Vec<&Difference> = found.iter().filter(|f| !f.fx).collect();
    if by == 0 && rest.is_empty() {
        return true;
    }
    let cents = !rest.is_empty() && rest.iter().all(|f| f.tax && f.minor.abs() <= TAX_CENTS);
    let (category, line) =
        if cents { (Category::TaxCent, BridgeLine::TaxCent) } else { (adopted_or_edited, line) };
    b.put(line, currency, kind, 1, by);
    b.name(line, &d.id);
    let mut item = named(b, category, d, s, by);
    if let Some(f) = rest.first() {
        (item.field, item.before, item.after) = (f.field.clone(), f.before.clone(), f.after.clone());
    }
    item.transposed = rest.iter().any(|f| f.transposed());
    item.when = r.changed_at.map(|t| t.to_string()).unwrap_or_default();
    let all =
        rest.iter().map(|f| format!("{} {} → {}", f.field.trim_end_matches(" amount"), f.before, f.after));
    item.what = all.collect::<Vec<_>>().join("; ");
    if item.transposed {
        item.what.push_str(", transposed?");
    }
    b.items.push(item);
    true
}

fn named(b: &mut Draft<'_>, c: Category, d: &PeriodDocument, s: &Slotted, minor: i64) -> ReconcilingItem {
    let mut item = b.item(c, Some(d), "", minor);
    item.record = format!("{} {}", s.kind.words(), s.remote_id);
    item
}
