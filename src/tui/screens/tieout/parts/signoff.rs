//! Sign-off: what may be signed, what is still open, who signed, what changed afterwards (screens.md, section 5.2).

use crate::model::state::State;
use crate::store::SignOff;
use crate::tieout::{BridgeLine, Category, Report};
use crate::tui::format::{count, documents, minute};
use crate::tui::screens::tieout::sheet::{Row, Section, Target};
use crate::tui::text::{clean, cut, left, width, wrap};
use crate::tui::theme::Meaning;

use super::Made;

/// Where the words begin.
const WORDS: usize = 20;

/// A line with its name.
fn line(name: &str) -> Row {
    Row::of(Target::Text).left(Meaning::Muted, &format!(" {name}"), WORDS)
}

/// Pieces beside each other, on a new line where one does not fit.
fn flow(name: &str, pieces: Vec<(Meaning, String)>, columns: usize) -> Vec<Row> {
    let mut rows = vec![line(name)];
    for (meaning, text) in pieces {
        let here = rows.last().map_or(0, Row::width);
        let gap = if here > WORDS { 3 } else { 0 };
        if here + gap + width(&text) > columns && here > WORDS {
            rows.push(Row::of(Target::None).left(Meaning::Muted, "", WORDS).put(meaning, text));
        } else if let Some(row) = rows.pop() {
            rows.push(row.put(Meaning::Text, " ".repeat(gap)).put(meaning, text));
        }
    }
    rows
}

fn count_of(r: &Report, c: Category) -> usize {
    r.bridge.items.iter().filter(|i| i.category == c).count()
}

/// The four things that forbid a signature, each with its figure.
fn conditions(r: &Report) -> Vec<(Meaning, String)> {
    let mark = |ok: bool, text: String| {
        if ok { (Meaning::Ok, format!("{text} ✓")) } else { (Meaning::Error, format!("{text} !")) }
    };
    let unexplained = match (r.checked.ok, r.bridge.explained()) {
        (true, true) => mark(true, "unexplained 0.00".into()),
        (true, false) => {
            let of = |c: &crate::model::money::Currency| {
                let rest = r.bridge.at(BridgeLine::Unexplained, *c).total();
                crate::tui::format::money_of(rest, *c)
            };
            let all: Vec<String> = r.bridge.currencies.iter().map(of).collect();
            mark(false, format!("unexplained {}", all.join(", ")))
        }
        (false, _) => mark(false, "unexplained not checked".into()),
    };
    let of = |c: Category| count_of(r, c);
    let breaks = r.breaks.len();
    vec![
        unexplained,
        mark(of(Category::InDoubt) == 0, format!("in doubt {}", of(Category::InDoubt))),
        mark(
            of(Category::UnknownInLedger) == 0,
            format!("unknown in ledger {}", of(Category::UnknownInLedger)),
        ),
        mark(breaks == 0, format!("control breaks {breaks}")),
    ]
}

/// `91c4…07be`
pub fn short_hash(hash: &str) -> String {
    let (Some(a), Some(b)) = (hash.get(..4), hash.len().checked_sub(4).and_then(|n| hash.get(n..))) else {
        return hash.to_string();
    };
    format!("{a}…{b}")
}

/// `56 documents, 1 from September`: those dated in the month, and those that an earlier one left for it.
pub fn population(made: &Made<'_>) -> String {
    let r = &made.done.report;
    let n = |line: BridgeLine| -> i64 { r.bridge.currencies.iter().map(|c| r.bridge.at(line, *c).n).sum() };
    let all = u64::try_from(n(BridgeLine::SourceApproved)).unwrap_or(0);
    let mut text = documents(all);
    let mut months: Vec<(String, usize)> = Vec::new();
    let moved = made.done.population.values().filter(|d| {
        d.original < r.span.from && r.span.has(d.posting) && d.slots.iter().any(|s| r.span.has(s.date))
    });
    let mut moved: Vec<_> = moved.filter(|d| d.state != State::Recalled).collect();
    moved.sort_by_key(|d| d.original);
    for d in moved {
        let year = if d.original.year() == r.span.from.year() { "%B" } else { "%B %Y" };
        let month = d.original.strftime(year).to_string();
        match months.last_mut().filter(|(m, _)| *m == month) {
            Some((_, n)) => *n += 1,
            None => months.push((month, 1)),
        }
    }
    for (month, n) in months {
        text.push_str(&format!(", {n} from {month}"));
    }
    text
}

fn in_force<'a>(made: &Made<'a>, role: &str) -> Option<&'a SignOff> {
    made.done.signoffs.iter().rev().find(|s| s.reopened.is_none() && s.role == role)
}

fn signed(s: &SignOff, made: &Made<'_>) -> String {
    let at = minute(s.signed_at, made.zone);
    format!("{}, {at}, audit event {}", clean(&s.person), count(s.audit_seq))
}

/// The sections.
pub fn sections(made: &Made<'_>) -> Vec<Section> {
    let done = made.done;
    let r = &done.report;
    let w = made.columns;
    let mut rows = flow("may be signed", conditions(r), w);
    if !r.ended {
        let words = format!("{} is not over: it can be signed after {} !", r.period, r.span.to);
        rows.push(Row::of(Target::None).left(Meaning::Muted, "", WORDS).put(Meaning::Warn, words));
    }
    if !r.checked.ok {
        for l in wrap(&clean(&r.checked.text), w.saturating_sub(WORDS + 1)) {
            rows.push(Row::of(Target::None).left(Meaning::Muted, "", WORDS).put(Meaning::Error, l));
        }
    }
    for b in &r.breaks {
        for l in wrap(&format!("control_break: {}", clean(b)), w.saturating_sub(WORDS + 1)) {
            rows.push(Row::of(Target::None).left(Meaning::Muted, "", WORDS).put(Meaning::Error, l));
        }
    }
    let needing = r.bridge.items.iter().filter(|i| i.needs_action).count();
    let open = r.open_items().count();
    let said = format!("{} of {needing} commented", needing - open);
    let words = match open {
        0 => "no item needs a comment or an action any more ✓".to_string(),
        1 => "1 item needs a comment or an action".into(),
        n => format!("{n} items need a comment or an action"),
    };
    let meaning = if open == 0 { Meaning::Ok } else { Meaning::Warn };
    let row = line("still open").put(meaning, words);
    let fits = row.width() + width(&said) + 2 <= w;
    let row =
        if fits { row.to(w.saturating_sub(width(&said))).put(Meaning::Muted, said.clone()) } else { row };
    rows.push(row);
    if !fits {
        rows.push(Row::of(Target::None).left(Meaning::Muted, "", WORDS).put(Meaning::Muted, said));
    }
    let read = r
        .checked
        .ledger_read
        .map_or_else(|| "ledger not read".into(), |t| format!("ledger read {}", minute(t, made.zone)));
    let facts = [
        population(made),
        read,
        format!("report {}", short_hash(&done.hash)),
        format!("audit event {}", count(done.audit_seq)),
    ];
    for (i, l) in dotted(&facts, w.saturating_sub(WORDS)).into_iter().enumerate() {
        let row = if i == 0 {
            line("state signed for")
        } else {
            Row::of(Target::None).left(Meaning::Muted, "", WORDS)
        };
        rows.push(row.put(Meaning::Text, l));
    }
    let (prepared, reviewed) = (in_force(made, "preparer"), in_force(made, "reviewer"));
    let first = prepared.map_or_else(|| "—".into(), |s| signed(s, made));
    let hint = match (prepared, made.single) {
        (Some(_), true) => "— (R: you act alone, so it says \"signed by one person\")",
        _ => "— (another person than the preparer)",
    };
    let second = reviewed.map_or_else(|| hint.into(), |s| signed(s, made));
    let row = line("prepared by").put(Meaning::Text, first);
    if w >= 100 && row.width() + 2 <= 67 && 81 + width(&second) <= w {
        rows.push(row.to(67).left(Meaning::Muted, "reviewed by", 14).put(Meaning::Text, second));
    } else {
        rows.push(row);
        rows.push(line("reviewed by").put(Meaning::Text, cut(&second, w.saturating_sub(WORDS)).into_owned()));
    }
    if prepared.is_some() && reviewed.is_some() {
        rows.push(line("").put(Meaning::Ok, clean(&done.signed.text)));
    }
    let (lock, to) = done.lock;
    let words = match lock {
        Some(d) if d >= to => {
            format!("tieout's lock date is {d}: nothing is posted into {} any more", r.period)
        }
        Some(d) => format!("tieout's lock date can move from {d} to {to}"),
        None => format!("tieout has no lock date; it can be set to {to}"),
    };
    let ready = reviewed.is_some() && lock.is_none_or(|d| d < to);
    let words = if ready { format!("{words} (L)") } else { words };
    rows.push(line("afterwards").put(Meaning::Text, words));
    let least = rows.len();
    let mut out = vec![Section {
        title: format!("sign-off of {} · {}", r.period, clean(&r.book)),
        rows,
        least,
        ..Section::default()
    }];
    out.extend(changes(made));
    out.extend(history(made));
    out
}

/// Facts with dots between them, broken between two facts.
fn dotted(facts: &[String], room: usize) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for f in facts {
        match out.last_mut().filter(|l| width(l) + 3 + width(f) <= room) {
            Some(l) => l.push_str(&format!(" · {f}")),
            None => out.push(f.clone()),
        }
    }
    out
}

fn changes(made: &Made<'_>) -> Option<Section> {
    let changed = &made.done.signed.changed;
    if changed.is_empty() {
        return None;
    }
    let room = made.columns.saturating_sub(3);
    let rows: Vec<Row> = changed
        .iter()
        .flat_map(|c| wrap(&clean(c), room))
        .map(|l| Row::of(Target::Text).put(Meaning::Error, format!(" {l}")))
        .collect();
    Some(Section {
        title: format!("changed since sign-off · {}", changed.len()),
        right: "O reopens it with a reason".into(),
        least: 4,
        rows,
        ..Section::default()
    })
}

fn history(made: &Made<'_>) -> Option<Section> {
    let all = &made.done.signoffs;
    if all.is_empty() {
        return None;
    }
    let rows: Vec<Row> = all
        .iter()
        .map(|s| {
            let alone = if s.single_person { ", acting alone" } else { "" };
            let comments = format!("{} comments", s.comments.len());
            let mut text = format!("{} as {}{alone} · {comments}", signed(s, made), s.role);
            if let Some((at, by, why)) = &s.reopened {
                let at = minute(*at, made.zone);
                text.push_str(&format!(" · reopened {at} by {}: {}", clean(by), clean(why)));
            }
            let meaning = if s.reopened.is_some() { Meaning::Muted } else { Meaning::Text };
            let room = made.columns.saturating_sub(2);
            Row::of(Target::Text).put(meaning, left(&format!(" {}", cut(&text, room)), room))
        })
        .collect();
    Some(Section { title: "signatures of this month".into(), least: 2, rows, ..Section::default() })
}
