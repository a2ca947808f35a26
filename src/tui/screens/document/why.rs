//! Why the selected line is as it is: each choice with the rule that made it.

use crate::model::entry::{Entry, Line};
use crate::model::money::shown;
use crate::tui::text::clean;

/// One reason: a label and its sentence.
pub type Reason = (&'static str, String);

/// What a reason is called on the screen, and its place among the others.
fn label(what: &str) -> (usize, &'static str) {
    match what {
        "account" => (0, "account"),
        "class" => (1, "class"),
        "project" => (2, "project"),
        // who is on the other side of the entry
        "offset" => (3, "party"),
        "memo" => (4, "memo"),
        "rate" => (5, "rate"),
        "tax" => (6, "tax"),
        "location" => (7, "location"),
        // who is paid
        "party" => (8, "payee"),
        "who pays" => (9, "who pays"),
        "date" => (10, "date"),
        "due" => (11, "due"),
        "kind" => (12, "kind"),
        _ => (13, "also"),
    }
}

/// The reasons of a line in the order of the screen, those of its entry among them.
pub fn reasons(entry: &Entry, line: &Line) -> Vec<Reason> {
    let mut all: Vec<(usize, Reason)> = Vec::new();
    let mut add = |what: &str, text: String| {
        let (place, label) = label(what);
        let reason = (label, clean(&text));
        if !all.iter().any(|(_, r)| *r == reason) {
            all.push((place, reason));
        }
    };
    for w in &line.why {
        add(&w.what, short(&w.because, entry));
    }
    if !line.why.iter().any(|w| w.what == "account") {
        add("account", format!("{}: the offsetting side", line.account.name));
    }
    for w in entry.why.iter().filter(|w| w.what != "memo") {
        add(&w.what, short(&w.because, entry));
    }
    if !line.why.iter().any(|w| w.what == "memo") {
        let text = if line.text.is_empty() { &entry.memo } else { &line.text };
        add("memo", text.clone());
    }
    if !entry.taxes.is_empty() {
        let taxes: Vec<String> =
            entry.taxes.iter().map(|t| format!("{} {}", t.code, shown(t.amount, entry.currency))).collect();
        add("tax", taxes.join(", "));
    }
    if let Some(own) = entry.why.iter().find(|w| w.what == "memo" && w.rule.is_some()) {
        add("memo", format!("of the record: {}", own.because));
    }
    all.sort_by_key(|(place, _)| *place);
    all.into_iter().map(|(_, r)| r).collect()
}

/// The account by its number: its name stands in the entry.
fn short(because: &str, entry: &Entry) -> String {
    let Some(account) = &entry.offset_account else { return because.to_string() };
    match account.name.split_once(' ') {
        Some((number, _)) if number.chars().all(|c| c.is_ascii_digit()) => {
            because.replace(&account.name, number)
        }
        _ => because.to_string(),
    }
}
