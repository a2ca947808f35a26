//! The same two sides by cost centre and account, and by party.

use std::collections::BTreeMap;

use crate::model::money::Currency;
use crate::tieout::Cut;
use crate::tui::format::amount;
use crate::tui::screens::tieout::sheet::{Row, Section, Target};
use crate::tui::text::{clean, left, right};
use crate::tui::theme::Meaning;

use super::{Made, widest};

/// Cells of a bar.
const BAR: usize = 20;

struct Columns {
    name: usize,
    figure: usize,
    bar: bool,
}

impl Columns {
    fn of(made: &Made<'_>, sums: &[(i64, Currency)]) -> Self {
        let figure = widest(sums.iter().copied(), 13) + 2;
        let bar = made.columns >= 100;
        let fixed = 5 + figure * 3 + 2 + if bar { BAR + 8 } else { 0 };
        let name = made.columns.saturating_sub(fixed + 2).clamp(12, 60);
        Self { name, figure, bar }
    }

    fn head(&self, name: &str, share: &str) -> String {
        let mut out = left(&format!(" {name}"), self.name + 1);
        out += " ccy";
        for w in ["by tieout", "in the ledger", "difference"] {
            out += &right(w, self.figure);
        }
        if self.bar { out + "    share of " + share } else { out }
    }

    fn row(&self, row: Row, c: &Cut, share: Option<(i64, i64)>, meaning: Meaning) -> Row {
        let by = c.ledger - c.store;
        let mut row = row
            .put(meaning, format!(" {}", c.currency.code()))
            .right(meaning, &amount(c.store, c.currency), self.figure)
            .right(meaning, &amount(c.ledger, c.currency), self.figure)
            .right(if by == 0 { meaning } else { Meaning::Error }, &amount(by, c.currency), self.figure)
            .put(if by == 0 { Meaning::Ok } else { Meaning::Error }, if by == 0 { " ✓" } else { " !" });
        if let Some((part, whole)) = share.filter(|_| self.bar) {
            row = row.put(Meaning::Border, format!("  {}", bar(part, whole)));
        }
        row
    }
}

/// A bar with its share: `██████                30 %`.
fn bar(part: i64, whole: i64) -> String {
    let (part, whole) = (u128::from(part.unsigned_abs()), u128::from(whole.unsigned_abs()).max(1));
    let cells = BAR as u128;
    let n = ((part * cells + whole / 2) / whole).min(cells);
    let n = usize::try_from(if part > 0 { n.max(1) } else { 0 }).unwrap_or(BAR);
    let percent = (part * 100 + whole / 2) / whole;
    format!("{}{}{percent:>4} %", "█".repeat(n), " ".repeat(BAR - n))
}

/// Σ of the sizes in each currency: what a share is a share of.
fn sizes<'a>(cuts: impl IntoIterator<Item = &'a Cut>) -> BTreeMap<Currency, i64> {
    let mut out: BTreeMap<Currency, i64> = BTreeMap::new();
    for c in cuts {
        let sum = out.entry(c.currency).or_default();
        *sum = sum.saturating_add(c.ledger.saturating_abs());
    }
    out
}

fn told(differ: usize, n: usize, what: &str) -> String {
    match differ {
        0 => format!("{n} {what}, all agree ✓"),
        d => format!("{d} of {n} {what} differ !"),
    }
}

fn empty(made: &Made<'_>) -> Row {
    let words = if made.done.report.bridge.compared {
        "Nothing of this month is in the ledger yet."
    } else {
        "The ledger was not read: read both sides again."
    };
    Row::text(Meaning::Muted, words)
}

/// By class, with its accounts below.
pub fn by_cost_centre(made: &Made<'_>) -> Section {
    let r = &made.done.report;
    let mut groups: BTreeMap<(bool, Currency, String), Vec<&Cut>> = BTreeMap::new();
    for c in &r.by_cost_centre {
        groups.entry((c.currency != r.home, c.currency, c.key.clone())).or_default().push(c);
    }
    let whole = |key: &str, cuts: &[&Cut], currency: Currency| Cut {
        account: String::new(),
        key: key.into(),
        currency,
        store: cuts.iter().map(|c| c.store).sum(),
        ledger: cuts.iter().map(|c| c.ledger).sum(),
    };
    let mut sums: Vec<(Cut, Vec<&Cut>)> =
        groups.into_iter().map(|((_, c, key), cuts)| (whole(&key, &cuts, c), cuts)).collect();
    // what has no class (the other side of journals, tax) stands last of its currency
    sums.sort_by_key(|(s, _)| (s.currency != r.home, s.currency, s.key.is_empty(), s.key.clone()));
    let widths: Vec<(i64, Currency)> =
        sums.iter().flat_map(|(s, _)| [(s.store, s.currency), (s.ledger, s.currency)]).collect();
    let columns = Columns::of(made, &widths);
    let of = sizes(sums.iter().filter(|(s, _)| !s.key.is_empty()).map(|(s, _)| s));
    let mut rows = Vec::new();
    for (sum, cuts) in &sums {
        let share = of.get(&sum.currency).filter(|_| !sum.key.is_empty()).map(|w| (sum.ledger, *w));
        let name = if sum.key.is_empty() { "no cost centre".into() } else { clean(&sum.key) };
        let row = Row::of(Target::Centre(sum.key.clone(), None, sum.currency));
        let row = row.left(Meaning::Accent, &format!(" {name}"), columns.name + 1);
        rows.push(columns.row(row, sum, share, Meaning::Accent));
        for c in cuts {
            let row = Row::of(Target::Centre(c.key.clone(), Some(c.account.clone()), c.currency));
            let row = row.left(Meaning::Text, &format!("   {}", clean(&c.account)), columns.name + 1);
            rows.push(columns.row(row, c, None, Meaning::Text));
        }
    }
    let differ = r.by_cost_centre.iter().filter(|c| c.store != c.ledger).count();
    let right = told(differ, r.by_cost_centre.len(), "accounts");
    finish(
        made,
        "by cost centre and account, as posted and as the ledger holds it",
        right,
        columns,
        rows,
        "cost centre and account",
        "cost centres",
    )
}

/// By party, the largest first.
pub fn by_party(made: &Made<'_>) -> Section {
    let r = &made.done.report;
    let mut list: Vec<&Cut> = r.by_party.iter().collect();
    list.sort_by_key(|c| {
        (c.currency != r.home, c.currency, std::cmp::Reverse(c.ledger.unsigned_abs()), c.key.clone())
    });
    let widths: Vec<(i64, Currency)> =
        list.iter().flat_map(|c| [(c.store, c.currency), (c.ledger, c.currency)]).collect();
    let columns = Columns::of(made, &widths);
    let of = sizes(list.iter().copied());
    let rows = list.iter().map(|c| {
        let row = Row::of(Target::Party(c.key.clone(), c.currency));
        let row = row.left(Meaning::Text, &format!(" {}", clean(&c.key)), columns.name + 1);
        columns.row(row, c, of.get(&c.currency).map(|w| (c.ledger, *w)), Meaning::Text)
    });
    let rows: Vec<Row> = rows.collect();
    let differ = list.iter().filter(|c| c.store != c.ledger).count();
    let right = told(differ, list.len(), "parties");
    finish(
        made,
        "by party, as posted and as the ledger holds it",
        right,
        columns,
        rows,
        "party",
        "all parties",
    )
}

fn finish(
    made: &Made<'_>,
    title: &str,
    right: String,
    columns: Columns,
    mut rows: Vec<Row>,
    name: &str,
    share: &str,
) -> Section {
    let none = rows.is_empty();
    if none {
        rows.push(empty(made));
    }
    let title = if made.columns >= 100 { title } else { title.split(',').next().unwrap_or(title) };
    Section {
        title: title.into(),
        right: if none { String::new() } else { right },
        head: if none { String::new() } else { columns.head(name, share) },
        least: rows.len(),
        rows,
        ..Section::default()
    }
}

#[cfg(test)]
mod tests {
    use super::bar;

    #[test]
    fn a_bar_never_hides_a_part_and_never_leaves_its_cells() {
        assert_eq!(bar(0, 100), format!("{}   0 %", " ".repeat(20)));
        assert_eq!(bar(1, 1_000_000), format!("█{}   0 %", " ".repeat(19)));
        assert_eq!(bar(-50, 100), format!("{}{}  50 %", "█".repeat(10), " ".repeat(10)));
        assert_eq!(bar(i64::MIN, i64::MAX), format!("{} 100 %", "█".repeat(20)));
        assert_eq!(bar(5, 0).chars().filter(|c| *c == '█').count(), 20);
    }
}
