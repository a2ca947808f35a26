//! Reconciling items: what needs action first, then by amount.

use crate::tieout::{BridgeLine, Category, ReconcilingItem};
use crate::tui::format::amount;
use crate::tui::screens::tieout::sheet::{Row, Section, Target};
use crate::tui::text::{clean, cut, left, right, width};
use crate::tui::theme::Meaning;

use super::Made;

/// Widths of the columns; what to do takes the rest.
struct Columns {
    category: usize,
    number: usize,
    party: usize,
    amount: usize,
    days: bool,
}

impl Columns {
    fn of(made: &Made<'_>, list: &[&ReconcilingItem]) -> Self {
        let shown = list.iter().map(|i| width(&shown(i)));
        let amount = shown.fold(if made.wide() { 10 } else { 9 }, usize::max) + 1;
        let number = list.iter().map(|i| width(&clean(&i.number)) + 1).max().unwrap_or(0);
        match made.columns {
            0..70 => Self { category: 17, number: number.clamp(9, 13), party: 0, amount, days: false },
            70..100 => Self { category: 18, number: number.clamp(9, 13), party: 0, amount, days: true },
            c => {
                let extra = c.saturating_sub(120) / 4;
                let number = number.clamp(13, 13 + extra.min(12));
                Self { category: 26, number, party: 23 + extra.min(20), amount, days: true }
            }
        }
    }

    fn head(&self) -> String {
        let mut out = format!("  {}{}", left("category", self.category), left("document", self.number));
        out += &left(if self.party > 0 { "party" } else { "" }, self.party);
        out += "ccy";
        out += &right("amount", self.amount);
        if self.days {
            out += &right("days", 5);
        }
        out + " what to do"
    }
}

/// What waits or will not come shows what was approved; a difference shows itself.
fn shown(i: &ReconcilingItem) -> String {
    let Some(c) = i.currency else { return "unknown".into() };
    let taken = matches!(
        i.category,
        Category::Ready
            | Category::Blocked
            | Category::Held
            | Category::Approved
            | Category::Failed
            | Category::InDoubt
            | Category::Unreadable
            | Category::NotOurs
            | Category::Rejected
            | Category::BeforeCutover
            | Category::OutOfScope
            | Category::LaterPeriod
            | Category::NotFinal
    );
    amount(if taken { -i.minor } else { i.minor }, c)
}

fn row(made: &Made<'_>, i: &ReconcilingItem, c: &Columns, open: bool, sum: &str) -> Row {
    let meaning = match (open, i.category.forbids_signing()) {
        (true, true) => Meaning::Error,
        (true, false) if i.category == Category::EditedInLedger => Meaning::Warn,
        (true, false) => Meaning::Text,
        (false, _) => Meaning::Muted,
    };
    let mut line = Row::of(Target::Item(i.item.clone()))
        .put(Meaning::Text, "  ")
        .left(meaning, i.category.name(), c.category - 1)
        .put(Meaning::Text, " ")
        .left(meaning, &clean(&i.number), c.number - 1)
        .put(Meaning::Text, " ");
    if c.party > 0 {
        line = line.left(meaning, &clean(&i.party), c.party - 1).put(Meaning::Text, " ");
    }
    line = line.left(meaning, i.currency.map_or("", |c| c.code()), 3).right(meaning, sum, c.amount);
    if c.days {
        line = line.right(meaning, &i.days.to_string(), 5);
    }
    let what = match i.comment.trim() {
        "" => clean(&i.what),
        said => format!("✓ {}", clean(said)),
    };
    let room = made.columns.saturating_sub(line.width() + 1);
    line.put(if i.comment.is_empty() { meaning } else { Meaning::Ok }, format!(" {}", cut(&what, room)))
}

/// The items in the order of the screen.
fn ordered<'a>(made: &Made<'a>) -> Vec<&'a ReconcilingItem> {
    let mut list: Vec<&ReconcilingItem> = made.done.report.bridge.items.iter().collect();
    list.sort_by_key(|i| !open(i));
    list
}

/// Needs a comment or an action.
pub fn open(i: &ReconcilingItem) -> bool {
    i.needs_action && i.comment.is_empty()
}

/// The section below the bridge.
pub fn section(made: &Made<'_>) -> Section {
    let list = ordered(made);
    let columns = Columns::of(made, &list);
    let mut rows: Vec<Row> = list.iter().map(|i| row(made, i, &columns, open(i), &shown(i))).collect();
    let waiting = list.iter().filter(|i| open(i)).count();
    let oldest = list.iter().filter(|i| open(i)).map(|i| i.days).max().unwrap_or(0);
    let right = match (waiting, list.is_empty()) {
        (0, true) => String::new(),
        (0, false) => "each has its comment or needs none".into(),
        (1, _) => format!("1 needs action · {oldest} days old"),
        (n, _) => format!("{n} need action · oldest {oldest} days"),
    };
    if rows.is_empty() {
        let words = "Nothing stands between the two sides.";
        rows.push(Row::text(Meaning::Muted, words));
    }
    Section {
        title: format!("reconciling items · {}", list.len()),
        right,
        head: if list.is_empty() { String::new() } else { columns.head() },
        rows,
        least: 4,
        ..Section::default()
    }
}

/// What is open of earlier periods: told, and none of this one.
pub fn earlier(made: &Made<'_>) -> Option<Section> {
    let list: Vec<&ReconcilingItem> = made.done.report.bridge.earlier_open.iter().collect();
    if list.is_empty() {
        return None;
    }
    let columns = Columns::of(made, &list);
    let rows: Vec<Row> = list
        .iter()
        .map(|i| {
            // what was approved then, not a difference of this month
            let sum = i.currency.map_or_else(|| "unknown".into(), |c| amount(i.minor, c));
            Row { target: Target::Number(i.document.clone()), ..row(made, i, &columns, true, &sum) }
        })
        .collect();
    Some(Section {
        title: format!("earlier periods, still open · {}", list.len()),
        rows,
        least: 0,
        ..Section::default()
    })
}

/// The categories of a line that names no documents of its own.
pub fn on(line: BridgeLine, i: &ReconcilingItem) -> bool {
    use BridgeLine as L;
    use Category as C;
    matches!(
        (line, i.category),
        (L::UnknownInLedger, C::UnknownInLedger)
            | (L::NotFinal, C::NotFinal)
            | (L::Fx, C::Fx)
            | (L::TaxCent, C::TaxCent)
            | (L::Rounding, C::Rounding)
            | (L::InDoubt, C::InDoubt)
            | (L::NotOurs, C::NotOurs)
            | (L::BeforeCutover, C::BeforeCutover)
            | (L::OutOfScope, C::OutOfScope)
            | (L::Rejected, C::Rejected)
            | (L::Ready, C::Ready)
            | (L::Blocked, C::Blocked)
            | (L::Held, C::Held)
            | (L::Approved, C::Approved)
            | (L::Failed, C::Failed)
            | (L::Unreadable, C::Unreadable)
            | (L::DateSplit, C::DateSplit)
            | (L::Corrections, C::Correction)
            | (L::EditedInLedger, C::EditedInLedger)
            | (L::DeletedInLedger, C::DeletedInLedger)
            | (L::AdoptedDifference, C::AdoptedDifference)
            | (L::LaterPeriod, C::LaterPeriod)
            | (L::EarlierPeriod, C::EarlierPeriod)
            | (L::Unexplained, C::Unexplained)
    )
}
