//! The figures of an approval: what is written, by currency, and what must not be overlooked.

use std::collections::BTreeSet;

use crate::engine::BatchPreview;
use crate::model::money::Currency;
use crate::tui::format::{amount, count, documents};
use crate::tui::text::{clean, left, right, width, wrap};
use crate::tui::theme::Meaning;

use super::Shown;

/// Words narrower than this beside the amounts say nothing: the currencies that have no room stand below.
const WORDS: usize = 24;

/// All of it in lines of `w` columns. What must not be overlooked is said last, beside the question; where `rows` lines
/// do not hold all, it comes first.
pub(super) fn lines(p: &BatchPreview, environment: &str, unread: bool, w: usize, rows: usize) -> Vec<Shown> {
    let empty = || (String::new(), Meaning::Text);
    let all: u64 = p.counts.iter().sum();
    let mut out =
        vec![(format!("{} → {} · {environment}", documents(all), clean(&p.ledger)), Meaning::Title)];
    let (table, notices) = (table(p, w), notices(p, unread, w));
    let short = out.len() + table.len() + notices.len() + 2 > rows;
    let (first, last) = if short { (notices, table) } else { (table, notices) };
    for part in [first, last] {
        if short && out.len() == 1 {
            out.extend(part);
        } else if !part.is_empty() {
            out.push(empty());
            out.extend(part);
        }
    }
    out
}

fn table(p: &BatchPreview, w: usize) -> Vec<Shown> {
    let rows = std::iter::once(&p.totals).chain(p.lines.iter().map(|l| &l.amounts));
    let cell = rows
        .flat_map(|row| row.iter().zip(&p.currencies).map(|(m, c)| width(&amount(*m, *c))))
        .max()
        .unwrap_or(8)
        .max(11)
        + 2;
    let at_once = (w.saturating_sub(WORDS) / cell).max(1);
    let columns: Vec<usize> = (0..p.currencies.len().max(1)).collect();
    let mut out = Vec::new();
    for part in columns.chunks(at_once) {
        if !out.is_empty() {
            out.push((String::new(), Meaning::Text));
        }
        out.extend(some(p, part, w, cell, columns.len() > at_once));
    }
    out
}

/// The columns of these currencies.
fn some(p: &BatchPreview, columns: &[usize], w: usize, cell: usize, of_more: bool) -> Vec<Shown> {
    let text_w = w.saturating_sub(cell * columns.len());
    let of = |i: &usize| p.currencies.get(*i).copied();
    let number = |all: &[u64], i: &usize| all.get(*i).copied().unwrap_or(0);
    // how many stands before the first column of amounts
    let counted = |text: &str, n: u64| {
        let n = count(n);
        format!("{}{n}", left(text, text_w.saturating_sub(width(&n) + 1)))
    };
    let row = |text: &str, cells: Vec<String>| {
        let mut s = left(text, text_w);
        for c in cells {
            s.push_str(&right(&c, cell));
        }
        s
    };
    let money = |amounts: &[i64], blank: bool| -> Vec<String> {
        let one = |i: &usize| {
            let (m, c): (i64, Currency) = (amounts.get(*i).copied()?, of(i)?);
            Some(if blank && m == 0 { String::new() } else { amount(m, c) })
        };
        columns.iter().filter_map(one).collect()
    };
    let codes = columns.iter().filter_map(of).map(|c| c.to_string()).collect();
    let all: u64 = columns.iter().map(|i| number(&p.counts, i)).sum();
    let split = columns
        .iter()
        .filter(|i| number(&p.counts, i) > 0)
        .filter_map(|i| Some(format!("{} in {}", count(number(&p.counts, i)), of(i)?)))
        .collect::<Vec<_>>()
        .join(", ");
    let records: u64 = columns.iter().map(|i| number(&p.records, i)).sum();
    let by_currency = columns.iter().filter(|i| **i < p.records.len()).map(|i| count(number(&p.records, i)));
    let mut out = vec![
        (row("", codes), Meaning::Muted),
        (row(&counted(&format!("documents ({split})"), all), money(&p.totals, false)), Meaning::Text),
        (row(&counted("ledger records", records), by_currency.collect()), Meaning::Text),
        (String::new(), Meaning::Text),
    ];
    for l in &p.lines {
        if of_more && columns.iter().all(|i| l.amounts.get(*i).is_none_or(|m| *m == 0)) {
            continue;
        }
        let side = if l.side.is_empty() { String::new() } else { left(l.side, 8) };
        out.push((row(&format!("{side}{}", clean(&l.words)), money(&l.amounts, true)), Meaning::Text));
    }
    while out.last().is_some_and(|(text, _)| text.is_empty()) {
        out.pop();
    }
    out
}

/// What is left out, and warnings that nobody has read.
fn notices(p: &BatchPreview, unread: bool, w: usize) -> Vec<Shown> {
    let mut out = Vec::new();
    if !p.left_out.is_empty() {
        let names = |(n, why): &(String, String)| format!("{} ({})", clean(n), clean(why));
        let shown: Vec<String> = p.left_out.iter().take(4).map(names).collect();
        let more = p.left_out.len().saturating_sub(4);
        let more = if more > 0 { format!(" and {more} more: l") } else { String::new() };
        let text = format!("Left out: {}{more}", shown.join(", "));
        out.extend(wrap(&text, w).into_iter().map(|t| (t, Meaning::Warn)));
    }
    if !p.warnings.is_empty() && unread {
        let numbers: BTreeSet<&str> = p.warnings.iter().map(|(n, _)| n.as_str()).collect();
        let text = match (numbers.len(), p.warnings.len()) {
            (1, 1) => "1 carries a warning you have not read: w shows it".to_string(),
            (1, _) => "1 carries warnings you have not read: w shows them".to_string(),
            (n, _) => format!("{n} carry warnings you have not read: w shows them"),
        };
        out.extend(wrap(&text, w).into_iter().map(|t| (t, Meaning::Warn)));
    }
    out
}
