//! Completeness, the part before the bridge is trusted (screens.md, section 5.1).

use std::collections::BTreeMap;

use crate::model::document::DocumentKind;
use crate::model::money::Currency;
use crate::model::state::State;
use crate::tieout::{ArrivalDay, Equation, ListedRow, PeriodDocument};
use crate::tui::format::{amount, count};
use crate::tui::screens::tieout::sheet::{Row, Section, Target};
use crate::tui::text::{clean, left, right, width, wrap};
use crate::tui::theme::Meaning;

use super::{Made, widest};

/// The three sections.
pub fn sections(made: &Made<'_>) -> Vec<Section> {
    vec![lists(made), arrivals(made), equations(made)]
}

fn kinds(kind: DocumentKind) -> String {
    format!("{}s", kind.words())
}

/// Home first, then by code.
fn currencies(made: &Made<'_>) -> Vec<Currency> {
    let r = &made.done.report;
    let rows = r.completeness.rows.iter();
    let mut all: Vec<Currency> =
        rows.flat_map(|x| x.listed_by.keys().chain(x.stored_by.keys()).copied()).collect();
    all.sort_unstable_by_key(|c| (*c != r.home, *c));
    all.dedup();
    all
}

fn difference(row: &ListedRow) -> (Meaning, String) {
    let parts = row.difference.iter();
    let parts: Vec<String> = parts.map(|(c, m)| format!("{} {c}", amount(*m, *c))).collect();
    match (row.listed.is_some(), parts.is_empty(), row.agrees()) {
        (false, ..) => (Meaning::Muted, "no list at Concur".into()),
        (true, true, true) => (Meaning::Ok, "0.00 ✓".into()),
        (true, true, false) => (Meaning::Error, "0.00 !".into()),
        (true, false, _) => (Meaning::Error, format!("{} !", parts.join(", "))),
    }
}

/// Listed and stored beside each other, a column for each currency.
fn across(made: &Made<'_>, all: &[Currency]) -> Option<(String, Vec<Row>)> {
    let r = &made.done.report;
    let of = |m: &BTreeMap<Currency, (u64, i64)>, c: Currency| m.get(&c).map_or(0, |s| s.1);
    let figure = |c: Currency| {
        let rows = r.completeness.rows.iter();
        let both = rows.flat_map(|x| [of(&x.listed_by, c), of(&x.stored_by, c)]);
        widest(both.map(|m| (m, c)), if c == r.home { 12 } else { 10 }) + 2
    };
    let widths: Vec<usize> = all.iter().map(|c| figure(*c)).collect();
    let sum: usize = widths.iter().sum();
    if 34 + sum * 2 + 8 + 23 > made.columns {
        return None;
    }
    let by = |mut row: Row, m: &BTreeMap<Currency, (u64, i64)>, none: bool| {
        for (c, w) in all.iter().zip(&widths) {
            let text = if none { String::new() } else { amount(of(m, *c), *c) };
            row = row.right(Meaning::Text, &text, *w);
        }
        row
    };
    let codes: String = all.iter().zip(&widths).map(|(c, w)| right(c.code(), *w)).collect();
    let head = format!("{}{codes}{}{codes}   difference", right("listed", 34), right("stored", 8));
    let rows = r.completeness.rows.iter().map(|x| {
        let none = x.listed.is_none();
        let listed = x.listed.map_or_else(|| "none".into(), count);
        let mut row = Row::of(Target::Kind(x.kind))
            .left(Meaning::Text, &format!(" {}", kinds(x.kind)), 27)
            .right(Meaning::Text, &listed, 7);
        row = by(row, &x.listed_by, none);
        row = row.right(Meaning::Text, &count(x.stored), 8);
        row = by(row, &x.stored_by, false);
        let (meaning, text) = difference(x);
        let w = if none { 23 } else { 13 };
        row.right(meaning, &text, w)
    });
    Some((head, rows.collect()))
}

/// A row for each kind and currency, where the columns do not fit.
fn down(made: &Made<'_>) -> (String, Vec<Row>) {
    let r = &made.done.report;
    let mut rows = Vec::new();
    for x in &r.completeness.rows {
        let mut all: Vec<Currency> = x.listed_by.keys().chain(x.stored_by.keys()).copied().collect();
        all.sort_unstable_by_key(|c| (*c != r.home, *c));
        all.dedup();
        for (i, c) in all.into_iter().enumerate() {
            let (listed, stored) = (x.listed_by.get(&c), x.stored_by.get(&c));
            let cell = |s: Option<&(u64, i64)>, f: fn(&(u64, i64)) -> String| s.map_or_else(String::new, f);
            let by = x.difference.get(&c).copied().unwrap_or(0);
            let (meaning, text) = match (x.listed.is_some(), by) {
                (false, _) => (Meaning::Muted, "no list".to_string()),
                (true, 0) if x.agrees() => (Meaning::Ok, "0.00 ✓".into()),
                (true, by) => (Meaning::Error, format!("{} !", amount(by, c))),
            };
            let name = if i == 0 { kinds(x.kind) } else { String::new() };
            let of = |s: Option<&(u64, i64)>| s.map_or_else(String::new, |s| amount(s.1, c));
            rows.push(
                Row::of(Target::Kind(x.kind))
                    .left(Meaning::Text, &format!(" {name}"), 17)
                    .left(Meaning::Text, c.code(), 4)
                    .right(Meaning::Text, &cell(listed, |s| s.0.to_string()), 6)
                    .right(Meaning::Text, &of(listed), 13)
                    .right(Meaning::Text, &cell(stored, |s| s.0.to_string()), 7)
                    .right(Meaning::Text, &of(stored), 13)
                    .right(meaning, &text, 13),
            );
        }
    }
    let head = format!(
        "{}{}{}{}{}{}{}",
        left("", 17),
        left("ccy", 4),
        right("listed", 6),
        right("amount", 13),
        right("stored", 7),
        right("amount", 13),
        right("difference", 13)
    );
    (head, rows)
}

fn lists(made: &Made<'_>) -> Section {
    let r = &made.done.report;
    let c = &r.completeness;
    let mut rows = Vec::new();
    let mut head = String::new();
    if !c.read {
        let words =
            format!("Concur's own lists were not read, so nothing is proved: {}", clean(&r.checked.text));
        let lines = wrap(&words, made.columns.saturating_sub(3));
        rows.extend(lines.into_iter().map(|l| Row::text(Meaning::Error, l)));
    } else {
        let all = currencies(made);
        (head, rows) = across(made, &all).unwrap_or_else(|| down(made));
    }
    let mut say = |meaning: Meaning, text: &str| {
        let lines = wrap(text, made.columns.saturating_sub(2));
        rows.extend(lines.into_iter().map(|l| Row::text(meaning, l)));
    };
    for row in &c.rows {
        for (what, numbers) in [
            ("missing here", &row.missing),
            ("not in the list", &row.surplus),
            ("another amount in the list", &row.differing),
        ] {
            if !numbers.is_empty() {
                say(Meaning::Error, &format!("! {} {what}: {}", kinds(row.kind), clean(&numbers.join(", "))));
            }
        }
    }
    if !c.notes.is_empty() {
        say(Meaning::Text, &clean(&c.notes.join(" ")));
    }
    let apart = c.apart.iter().map(|(what, n)| match n {
        Some(n) => format!("{what} {n}"),
        None => format!("{what} is not listed by Concur's API"),
    });
    say(Meaning::Muted, &format!("Counted apart: {}.", apart.collect::<Vec<_>>().join(" · ")));
    let least = rows.len();
    Section {
        title: format!("against Concur's own lists · processed in {}", r.span.month()),
        head,
        rows,
        least,
        ..Section::default()
    }
}

/// Documents that arrived from the period's first day on: those that the table counts.
pub fn arrived(made: &crate::engine::reconcile::Reconciled) -> impl Iterator<Item = &PeriodDocument> {
    let from = made.report.span.from;
    made.population.values().filter(move |d| d.arrived >= from)
}

/// Widths: stored, recorded and open have amounts always; adopted, rejected and recalled where there is room.
struct Arrivals {
    day: usize,
    first: usize,
    main: usize,
    some: Option<[usize; 3]>,
}

impl Arrivals {
    fn of(made: &Made<'_>) -> Self {
        let days = &made.done.report.completeness.arrivals;
        let sums = total(days);
        let all = || days.iter().chain(&sums);
        let amounts =
            |f: fn(&ArrivalDay) -> i64, least: usize| widest(all().map(move |d| (f(d), d.currency)), least);
        let main = amounts(|d| d.stored.1, 9).max(amounts(|d| d.recorded.1, 9)).max(amounts(|d| d.open.1, 9));
        if !made.wide() {
            return Self { day: 7, first: 3, main: main + 1, some: None };
        }
        let some = [
            amounts(|d| d.adopted.1, 8) + 2,
            amounts(|d| d.rejected.1, 8) + 2,
            amounts(|d| d.recalled.1, 6) + 2,
        ];
        Self { day: 13, first: 8, main: main + 3, some: Some(some) }
    }

    fn head(&self) -> String {
        let wide = self.some.is_some();
        let [a, b, _] = self.some.unwrap_or([0, 0, 0]);
        let mut out = format!("{}{}", left(" day", self.day), left("ccy", 3));
        // where the count is narrow the word stands over count and amount together
        out += &if wide {
            right("stored", self.first.max(6)) + &left("", self.main)
        } else {
            right("stored", self.first + self.main)
        };
        out += &right("ackd", if wide { 6 } else { 5 });
        out += &right("recd", if wide { 6 } else { 5 });
        out += &left("", self.main);
        out += &right("adpt", 5);
        out += &left("", a);
        out += &right("rej", if wide { 5 } else { 4 });
        out += &left("", b);
        out += &right("rcl", if wide { 5 } else { 4 });
        out += &left("", self.some.map_or(0, |s| s[2]));
        out + &right("open", 5)
    }

    fn row(&self, of: &ArrivalDay, day: &str, target: Target, meaning: Meaning) -> Row {
        let wide = self.some.is_some();
        let counted = |n: u64| if n == 0 { "·".to_string() } else { count(n) };
        let money = |cell: (u64, i64)| if cell.0 == 0 { String::new() } else { amount(cell.1, of.currency) };
        let widths = self.some.unwrap_or([0, 0, 0]);
        let (two, three) = if wide { (6, 5) } else { (5, 4) };
        let mut row = Row::of(target)
            .left(meaning, &format!(" {day}"), self.day)
            .left(meaning, of.currency.code(), 3)
            .right(meaning, &counted(of.stored.0), self.first)
            .right(meaning, &money(of.stored), self.main)
            .right(meaning, &counted(of.acknowledged), two)
            .right(meaning, &counted(of.recorded.0), two)
            .right(meaning, &money(of.recorded), self.main);
        let cells = [(of.adopted, 5), (of.rejected, three), (of.recalled, three)];
        for ((cell, w), room) in cells.into_iter().zip(widths) {
            row = row.right(meaning, &counted(cell.0), w);
            if wide {
                row = row.right(meaning, &money(cell), room);
            }
        }
        let last = if wide { self.main - 1 } else { self.main };
        row.right(meaning, &counted(of.open.0), 5).right(meaning, &money(of.open), last)
    }
}

/// All days, by currency.
fn total(days: &[ArrivalDay]) -> Vec<ArrivalDay> {
    let mut sums: BTreeMap<Currency, ArrivalDay> = BTreeMap::new();
    for d in days {
        let Some(sum) = sums.get_mut(&d.currency) else {
            sums.insert(d.currency, d.clone());
            continue;
        };
        let add =
            |cell: &mut (u64, i64), by: (u64, i64)| *cell = (cell.0 + by.0, cell.1.saturating_add(by.1));
        add(&mut sum.stored, d.stored);
        sum.acknowledged += d.acknowledged;
        add(&mut sum.recorded, d.recorded);
        add(&mut sum.adopted, d.adopted);
        add(&mut sum.rejected, d.rejected);
        add(&mut sum.recalled, d.recalled);
        add(&mut sum.open, d.open);
    }
    sums.into_values().collect()
}

fn arrivals(made: &Made<'_>) -> Section {
    let home = made.done.report.home;
    let columns = Arrivals::of(made);
    let mut days: Vec<&ArrivalDay> = made.done.report.completeness.arrivals.iter().collect();
    days.sort_by_key(|d| (d.day, d.currency != home, d.currency));
    let mut rows = Vec::new();
    let mut last = None;
    for d in days {
        let shown = d.day.to_string();
        let shown = if made.wide() { shown.as_str() } else { shown.get(5..).unwrap_or(&shown) };
        let day = if last == Some(d.day) { "" } else { shown };
        last = Some(d.day);
        rows.push(columns.row(d, day, Target::Day(Some(d.day), d.currency), Meaning::Text));
    }
    let mut sums = total(&made.done.report.completeness.arrivals);
    sums.sort_by_key(|d| (d.currency != home, d.currency));
    for (i, d) in sums.iter().enumerate() {
        let day = if i == 0 { "all" } else { "" };
        rows.push(columns.row(d, day, Target::Day(None, d.currency), Meaning::Accent));
    }
    let none = rows.is_empty();
    if none {
        rows.push(Row::text(Meaning::Muted, "No document arrived in this month or since."));
    } else {
        let lines = wrap(&told(made), made.columns.saturating_sub(2));
        rows.extend(lines.into_iter().map(|l| Row::text(Meaning::Text, l)));
    }
    Section {
        title: "documents by day of arrival, and what became of them".into(),
        right: if made.wide() { "each row adds across".into() } else { String::new() },
        head: if none { String::new() } else { columns.head() },
        rows,
        least: 4,
        ..Section::default()
    }
}

/// Who was not acknowledged, and how many the source knows as recorded.
fn told(made: &Made<'_>) -> String {
    let of = |d: &&PeriodDocument| d.kind != DocumentKind::Correction;
    let why = |d: &PeriodDocument| match (d.state, d.finding.as_str()) {
        (State::Unreadable, _) => " (unreadable, no amount)".to_string(),
        (_, "") => String::new(),
        (_, f) => format!(" ({})", clean(f.trim_end_matches("_document")).replace('_', " ")),
    };
    let mut missing: Vec<String> = arrived(made.done)
        .filter(of)
        .filter(|d| !d.acknowledged)
        .map(|d| format!("{}{}", clean(&d.number), why(d)))
        .collect();
    missing.sort_unstable_by_key(|m| (m.contains("unreadable"), m.clone()));
    let more = missing.len().saturating_sub(12);
    missing.truncate(12);
    if more > 0 {
        missing.push(format!("and {more} more"));
    }
    let there =
        |s: State| matches!(s, State::Posted | State::ConfirmFailed | State::Confirmed | State::Reversed);
    let recorded = arrived(made.done).filter(of).filter(|d| there(d.state)).count();
    let confirmed = arrived(made.done).filter(of).filter(|d| d.state == State::Confirmed).count();
    let named = if missing.is_empty() {
        "Everything was acknowledged".into()
    } else {
        format!("Not acknowledged: {}", missing.join(", "))
    };
    format!("{named} · recorded or adopted {recorded} · confirmed to Concur {confirmed}")
}

fn equation(e: &Equation) -> (bool, String) {
    if e.holds() {
        return (true, format!("✓ {}", clean(&e.text)));
    }
    let side = |(n, minor): (i64, i64)| format!("{n} documents, {minor} minor units");
    let (l, r) = (side(e.left), side(e.right));
    (false, format!("! control_break: {} does not hold: {l} against {r}", clean(&e.text)))
}

fn equations(made: &Made<'_>) -> Section {
    let r = &made.done.report;
    let mut all: Vec<(bool, String)> = r.equations.iter().map(equation).collect();
    let (store, ledger) = r.bridge.records;
    if r.bridge.compared {
        let words = "recorded in store = found in the ledger by reference";
        all.push(if store == ledger {
            (true, format!("✓ {words} ({store} records)"))
        } else {
            (false, format!("! {words}: {store} records against {ledger}"))
        });
    }
    all.extend(r.breaks.iter().map(|b| (false, format!("! control_break: {}", clean(b)))));
    // what is broken stands first, each on its own lines
    let (good, bad): (Vec<_>, Vec<_>) = all.into_iter().partition(|(ok, _)| *ok);
    let room = made.columns.saturating_sub(2);
    let mut rows: Vec<Row> = Vec::new();
    for (_, text) in bad {
        rows.extend(wrap(&text, room).into_iter().map(|l| Row::text(Meaning::Error, l)));
    }
    let mut line = String::new();
    for (_, text) in good {
        let more = if line.is_empty() { text.clone() } else { format!("{line}     {text}") };
        if width(&more) > room && !line.is_empty() {
            rows.push(Row::text(Meaning::Ok, std::mem::replace(&mut line, text)));
        } else {
            line = more;
        }
    }
    if !line.is_empty() {
        rows.push(Row::text(Meaning::Ok, line));
    }
    if rows.is_empty() {
        rows.push(Row::text(Meaning::Muted, "No run has been counted yet: the first reading of Concur is."));
    }
    let least = rows.len();
    let right = made.done.last_run.map(|(id, at)| {
        let at = at.to_zoned(made.zone.clone()).strftime("%H:%M").to_string();
        format!("last run {at}, run {id}")
    });
    Section { title: "equations".into(), right: right.unwrap_or_default(), rows, least, ..Section::default() }
}
