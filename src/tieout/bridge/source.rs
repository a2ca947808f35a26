//! The upper half: each document on the line that its state and dates give it.

use crate::model::document::DocumentKind;
use crate::model::intent::IntentState;
use crate::model::state::State;
use crate::tieout::bridge::{BridgeLine, Draft};
use crate::tieout::category::{Category, ReconcilingItem};
use crate::tieout::input::{Held, PeriodDocument, Slotted};
use crate::tieout::side;

/// What a done slot contributes to the approved amount.
pub(super) fn part(d: &PeriodDocument, s: &Slotted) -> i64 {
    let known = |x: &Slotted| x.entry.as_ref().map(side::own);
    let own = known(s).unwrap_or(0);
    // linked by hand without an entry of ours: the first such record stands for what the others leave
    let done = || d.slots.iter().filter(|x| x.state == IntentState::Done);
    let bare = |x: &&Slotted| x.adopted && x.entry.is_none();
    if d.slots.is_empty() || done().find(bare).is_none_or(|first| first.slot != s.slot) {
        return own;
    }
    d.minor - done().filter_map(known).sum::<i64>()
}

/// The intent that is in doubt was found in the ledger by its marker.
pub(super) fn doubt_found<'h>(s: &Slotted, held: Option<&'h Held>) -> Option<&'h crate::tieout::Record> {
    let doubtful = matches!(s.state, IntentState::InDoubt | IntentState::Sent);
    held.filter(|_| doubtful)?.records.iter().find(|r| r.marker.as_deref() == Some(s.reference.as_str()))
}

fn waiting(d: &PeriodDocument) -> (BridgeLine, Category) {
    use BridgeLine as L;
    use Category as C;
    let unknown = |s: &&Slotted| matches!(s.state, IntentState::InDoubt | IntentState::Sent);
    let nobody = matches!(d.finding.as_str(), "test_document" | "other_ledger" | "no_book");
    match d.state {
        State::Rejected | State::Recalled => (L::Rejected, C::Rejected),
        State::Closed | State::Blocked | State::Stored => match d.finding.as_str() {
            "before_cutover" => (L::BeforeCutover, C::BeforeCutover),
            "out_of_scope" => (L::OutOfScope, C::OutOfScope),
            _ if nobody || d.state == State::Closed => (L::NotOurs, C::NotOurs),
            _ => (L::Blocked, C::Blocked),
        },
        State::Ready => (L::Ready, C::Ready),
        State::Held => (L::Held, C::Held),
        State::Failed => (L::Failed, C::Failed),
        State::Unreadable => (L::Unreadable, C::Unreadable),
        State::Ambiguous | State::NeedsHuman => (L::InDoubt, C::InDoubt),
        State::Posting if d.slots.iter().any(|s| unknown(&s)) => (L::InDoubt, C::InDoubt),
        State::Approved | State::Posting => (L::Approved, C::Approved),
        State::Posted | State::ConfirmFailed | State::Confirmed | State::Reversed => (L::InDoubt, C::InDoubt),
    }
}

/// In the ledger for good: what its slots leave of the approved amount is not explained by waiting.
fn settled(d: &PeriodDocument) -> bool {
    matches!(d.state, State::Posted | State::ConfirmFailed | State::Confirmed | State::Reversed)
        || (d.state == State::Closed && d.slots.iter().any(|s| s.state == IntentState::Done))
}

pub(super) fn place(
    b: &mut Draft<'_>,
    d: &PeriodDocument,
    held: Option<&Held>,
    earlier_open: &mut Vec<ReconcilingItem>,
) {
    if d.state == State::Recalled {
        return;
    }
    if d.kind == DocumentKind::Correction {
        return correction(b, d, held);
    }
    let here = b.period.has(d.original);
    let done: Vec<&Slotted> = d.slots.iter().filter(|s| s.state == IntentState::Done).collect();
    let open = !settled(d);
    let (line, category) = waiting(d);
    let ended = matches!(d.state, State::Rejected | State::Closed);
    if !here && d.original < b.period.from && open && done.is_empty() && !ended {
        let mut item = b.item(category, Some(d), "", d.minor);
        item.what.clone_from(&d.brief);
        item.needs_action = false;
        earlier_open.push(item);
        if category != Category::InDoubt || !d.slots.iter().any(|s| b.period.has(s.date)) {
            return;
        }
    }
    let Some(currency) = d.currency else {
        if here {
            let mut item = b.item(category, Some(d), "", 0);
            item.what = "the amount is not known: it is in no list of Concur".into();
            b.items.push(item);
        }
        return;
    };
    let kind = Some(d.kind);
    let within: Vec<&&Slotted> = done.iter().filter(|s| b.period.has(s.date)).collect();
    let found: i64 = d
        .slots
        .iter()
        .filter(|s| b.period.has(s.date) && doubt_found(s, held).is_some())
        .map(|s| s.entry.as_ref().map_or(0, side::own))
        .sum();
    let inside: i64 = within.iter().map(|s| part(d, s)).sum::<i64>();
    if here {
        b.put(BridgeLine::SourceApproved, currency, kind, 1, d.minor);
        b.name(BridgeLine::SourceApproved, &d.id);
    }
    // what waits, will not come, or is in doubt
    if open && (here || category == Category::InDoubt) {
        let gone: i64 = done.iter().map(|s| part(d, s)).sum();
        let rest = d.minor - gone - found;
        let partial = !within.is_empty();
        if rest != 0 || !partial {
            let mut item = b.item(category, Some(d), "", -rest);
            item.what = what(d, category);
            b.items.push(item);
            if here {
                b.put(line, currency, kind, i64::from(!partial && found == 0), -rest);
                let cause = match category {
                    Category::NotOurs => d.finding.replace('_', " "),
                    Category::Rejected => d.finding.split('_').next().unwrap_or_default().into(),
                    _ => String::new(),
                };
                b.causes.entry(line).or_default().push(cause);
                b.name(line, &d.id);
            }
        }
        if found != 0 && here {
            b.put(BridgeLine::Posted, currency, kind, i64::from(!partial), found);
        }
    }
    // partly in the ledger, then reversed or closed: the rest never got there, and nothing will bring it any more
    if here && matches!(d.state, State::Reversed | State::Closed) && !done.is_empty() {
        let rest = d.minor - done.iter().map(|s| part(d, s)).sum::<i64>();
        if rest != 0 {
            b.put(BridgeLine::Rejected, currency, kind, 0, -rest);
            b.name(BridgeLine::Rejected, &d.id);
            b.causes.entry(BridgeLine::Rejected).or_default().push(String::new());
            let mut item = b.item(Category::Rejected, Some(d), "", -rest);
            item.what = format!("{}: this part never reached the ledger", d.state);
            b.items.push(item);
        }
    }
    // dates: entries outside the period of a document of it, and entries in it of another period's document
    let outside: Vec<&&Slotted> = done.iter().filter(|s| !b.period.has(s.date)).collect();
    if here && !outside.is_empty() {
        let sum: i64 = outside.iter().map(|s| part(d, s)).sum();
        let later = !b.period.has(d.posting) && d.posting > b.period.to;
        let (line, category) = if later {
            (BridgeLine::LaterPeriod, Category::LaterPeriod)
        } else {
            (BridgeLine::DateSplit, Category::DateSplit)
        };
        b.put(line, currency, kind, i64::from(later && within.is_empty()), -sum);
        b.name(line, &d.id);
        let mut item = b.item(category, Some(d), "", -sum);
        item.what = format!("dated {}, in the ledger under {}", d.original, outside[0].date);
        b.items.push(item);
    }
    if !here && !within.is_empty() {
        let moved = d.original < b.period.from && b.period.has(d.posting);
        let (line, category) = if moved {
            (BridgeLine::EarlierPeriod, Category::EarlierPeriod)
        } else {
            (BridgeLine::DateSplit, Category::DateSplit)
        };
        b.put(line, currency, kind, i64::from(moved), inside);
        b.name(line, &d.id);
        let mut item = b.item(category, Some(d), "", inside);
        item.what = format!("dated {}, in the ledger under {}", d.original, within[0].date);
        b.items.push(item);
    }
    if !within.is_empty() {
        let adopted: i64 = within.iter().filter(|s| s.adopted).map(|s| part(d, s)).sum();
        let all = within.iter().all(|s| s.adopted);
        if all || adopted != 0 {
            b.put(BridgeLine::Adopted, currency, kind, i64::from(all), adopted);
            b.name(BridgeLine::Adopted, &d.id);
        }
        if !all {
            b.put(BridgeLine::Posted, currency, kind, 1, inside - adopted);
            b.name(BridgeLine::Posted, &d.id);
        }
    }
}

fn what(d: &PeriodDocument, category: Category) -> String {
    // what an approval accepted asks nothing of anybody any more
    if !d.brief.is_empty() && category != Category::Approved {
        return d.brief.clone();
    }
    match category {
        Category::Ready => "waits for approval".into(),
        Category::Approved => "approved: waits to be sent".into(),
        Category::InDoubt => "the outcome of a call is unknown: look it up, or decide".into(),
        Category::Failed => "mend what the ledger refused, then retry".into(),
        _ => String::new(),
    }
}

/// What was made here: a reversal takes back what its document brought, in the period of the reversal's own date. No
/// source approved it, so it has a line of its own between what was approved and what is expected.
fn correction(b: &mut Draft<'_>, d: &PeriodDocument, held: Option<&Held>) {
    let Some(currency) = d.currency else { return };
    let within = || d.slots.iter().filter(|s| b.period.has(s.date));
    let found =
        within().filter(|s| doubt_found(s, held).is_some()).map(|s| s.entry.as_ref().map_or(0, side::own));
    let found: Vec<i64> = found.collect();
    let own: Vec<i64> = within().filter(|s| s.state == IntentState::Done).map(|s| part(d, s)).collect();
    let open = within().any(|s| matches!(s.state, IntentState::InDoubt | IntentState::Sent));
    if open || (d.state == State::NeedsHuman && !d.slots.is_empty()) {
        let mut item = b.item(Category::InDoubt, Some(d), "", 0);
        item.what = what(d, Category::InDoubt);
        b.items.push(item);
    }
    if own.is_empty() && found.is_empty() {
        return;
    }
    let sum = own.iter().chain(&found).sum();
    for line in [BridgeLine::Corrections, BridgeLine::Posted] {
        b.put(line, currency, Some(d.kind), 0, sum);
        b.name(line, &d.id);
    }
    let mut item = b.item(Category::Correction, Some(d), "", sum);
    let accrual = d.slots.iter().any(|s| s.slot.starts_with("accrual:"));
    item.what = if accrual {
        "an accrual made here, taken back on the first day of the next period".into()
    } else {
        "a correction made here".into()
    };
    b.items.push(item);
}
