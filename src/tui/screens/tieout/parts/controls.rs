//! Control accounts: opening, by tieout, others, closing, and what explains the balance.

use crate::model::money::Currency;
use crate::tieout::{ControlAccount, ControlRole};
use crate::tui::format::amount;
use crate::tui::screens::tieout::sheet::{Row, Section, Target};
use crate::tui::text::{clean, cut, left, right, width};
use crate::tui::theme::Meaning;

use super::{Made, widest};

/// What is owed stands first: payables and cards, then what has to be cleared, then what others owe.
fn rank(role: ControlRole) -> u8 {
    match role {
        ControlRole::EmployeePayable => 0,
        ControlRole::Card => 1,
        ControlRole::Clearing => 2,
        ControlRole::PaidBySource => 3,
        ControlRole::Advances => 4,
        ControlRole::DueFromEmployees => 5,
    }
}

/// What explains the balance, in a few words.
fn explained(a: &ControlAccount, home: Currency, room: usize) -> (Meaning, String) {
    let whole = a.explained.ok && a.adds_up;
    let text = match (a.role, a.explained.items.as_slice()) {
        (ControlRole::Card, _) if a.not_reported.is_none() && a.closing.is_some() => {
            return (Meaning::Warn, "Enter: statement".into());
        }
        // a statement that has more says itself how much
        (ControlRole::Card, _) if whole && a.not_reported.is_some_and(|m| m != 0) => {
            return (Meaning::Text, clean(&a.explained.text));
        }
        // one document that makes the whole balance: its figure stands beside it already
        (_, [(label, _, minor)]) if whole && Some(*minor) == a.closing => {
            let text = clean(&a.explained.text);
            let figure = format!(" {}", amount(minor.abs(), home));
            let bare = text.strip_suffix(figure.as_str()).filter(|t| width(t) + 2 <= room);
            bare.map_or_else(|| clean(label), String::from)
        }
        _ => clean(&a.explained.text),
    };
    let text = if a.adds_up || a.closing.is_none() { text } else { format!("{text}; does not add up") };
    let (meaning, mark) = if whole { (Meaning::Ok, "✓") } else { (Meaning::Error, "!") };
    // an amount is never cut: the words before it are
    let text = match text.strip_prefix("opening balance ") {
        Some(figure) if width(&text) + 2 > room => format!("opening {figure}"),
        _ => text,
    };
    (meaning, format!("{} {mark}", cut(&text, room.saturating_sub(2))))
}

struct Columns {
    name: usize,
    opening: usize,
    figure: usize,
    /// Opening, debits, credits and others too.
    all: bool,
}

impl Columns {
    fn of(made: &Made<'_>) -> Self {
        let r = &made.done.report;
        let figures = r
            .controls
            .iter()
            .flat_map(|a| [a.opening.unwrap_or(0), a.debits, a.credits, a.others, a.closing.unwrap_or(0)]);
        let figure = widest(figures.map(|m| (m, r.home)), 11) + 2;
        let extra = made.columns.saturating_sub(120) / 3;
        if made.columns < 100 {
            let name = 30.min((made.columns / 2).saturating_sub(2));
            return Self { name, opening: 0, figure: figure.max(13), all: false };
        }
        // names take what the opening balances leave of their column
        let openings = r.controls.iter().map(|a| (a.opening.unwrap_or(0), r.home));
        let opening = widest(openings, 8) + 1;
        let name = 34 + extra.min(16) + figure.saturating_sub(opening);
        Self { name, opening, figure, all: true }
    }

    fn head(&self) -> String {
        let mut out = left("", self.name + 1);
        let words: &[&str] = if self.all {
            &["opening", "by tieout Dr", "by tieout Cr", "others", "closing"]
        } else {
            &["closing"]
        };
        for (i, w) in words.iter().enumerate() {
            out += &right(w, if i == 0 && self.all { self.opening } else { self.figure });
        }
        out + " explained"
    }
}

fn row(made: &Made<'_>, a: &ControlAccount, c: &Columns) -> Row {
    let home = made.done.report.home;
    let known = |m: Option<i64>| m.map_or_else(|| "not read".into(), |m| amount(m, home));
    let mut line = Row::of(Target::Account(a.id.clone())).put(Meaning::Text, " ").left(
        Meaning::Text,
        &clean(&a.account),
        c.name,
    );
    if c.all {
        line = line.right(Meaning::Text, &known(a.opening), c.opening);
        for minor in [a.debits, a.credits, a.others] {
            line = line.right(Meaning::Text, &amount(minor, home), c.figure);
        }
    }
    line = line.right(Meaning::Text, &known(a.closing), c.figure);
    let room = made.columns.saturating_sub(line.width() + 1);
    let (meaning, text) = explained(a, home, room);
    line.put(meaning, format!(" {}", cut(&text, room)))
}

fn ordered<'a>(made: &Made<'a>) -> Vec<&'a ControlAccount> {
    let mut list: Vec<&ControlAccount> = made.done.report.controls.iter().collect();
    list.sort_by(|a, b| (rank(a.role), &a.account).cmp(&(rank(b.role), &b.account)));
    list
}

/// The section below the bridge.
pub fn section(made: &Made<'_>) -> Section {
    let r = &made.done.report;
    let columns = Columns::of(made);
    let mut rows: Vec<Row> = ordered(made).into_iter().map(|a| row(made, a, &columns)).collect();
    let none = rows.is_empty();
    if none {
        let words =
            "The book names no control accounts yet: the screen Connections shows the book's accounts.";
        rows.push(Row::text(Meaning::Muted, words));
    }
    Section {
        title: format!("control accounts at {}, {}", r.span.to, r.home),
        right: if none { String::new() } else { r.controls.len().to_string() },
        counts: !none,
        head: if none { String::new() } else { columns.head() },
        rows,
        least: 4,
    }
}

/// The part of its own: the accounts, what makes their balances, and what others did on them.
pub fn part(made: &Made<'_>) -> Vec<Section> {
    let home = made.done.report.home;
    let accounts = ordered(made);
    let mut top = section(made);
    top.least = top.rows.len();
    let number = |a: &ControlAccount| clean(a.account.split_whitespace().next().unwrap_or_default());
    let room = made.columns.saturating_sub(30).clamp(20, 70);
    let mut open = Vec::new();
    let mut others = Vec::new();
    for a in &accounts {
        for (what, party, minor) in &a.explained.items {
            let text = [clean(what), clean(party)];
            let text = text.iter().filter(|t| !t.is_empty()).cloned().collect::<Vec<_>>().join(" · ");
            let line = Row::of(Target::Explains(a.id.clone(), what.clone()))
                .put(Meaning::Text, " ")
                .left(Meaning::Muted, &number(a), 8)
                .left(Meaning::Text, &text, room)
                .right(Meaning::Text, &amount(*minor, home), 14);
            open.push(line);
        }
        for what in &a.others_are {
            let words = cut(&clean(what), made.columns.saturating_sub(10)).into_owned();
            let line = Row::of(Target::Explains(a.id.clone(), String::new()))
                .put(Meaning::Text, " ")
                .left(Meaning::Muted, &number(a), 8)
                .put(Meaning::Text, words);
            others.push(line);
        }
    }
    let filled = |mut rows: Vec<Row>, words: &str| {
        if rows.is_empty() {
            rows.push(Row::text(Meaning::Muted, words));
        }
        rows
    };
    vec![
        top,
        Section {
            title: "what makes the balances".into(),
            right: open.len().to_string(),
            counts: true,
            rows: filled(open, "Nothing is open on these accounts."),
            least: 5,
            ..Section::default()
        },
        Section {
            title: "others: what tieout did not post".into(),
            right: others.len().to_string(),
            counts: true,
            rows: filled(others, "Nobody else posted on these accounts."),
            least: 3,
            ..Section::default()
        },
    ]
}
