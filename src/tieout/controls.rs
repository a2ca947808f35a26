//! Control accounts: opening, by tieout, others, closing, and what explains the balance (accounting.md, section 12).

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::model::intent::IntentState;
use crate::model::money::{Currency, from_minor, shown};
use crate::tieout::input::{
    ControlInput, ControlRole, Movement, OpenItem, Period, PeriodDocument, Statement,
};

/// What explains a closing balance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    /// The balance is explained to the last unit.
    pub ok: bool,
    /// In words: `open items`, `Y5MQ8F 1,128.40`, `statement +375.65`.
    pub text: String,
    /// The items that make it up: what, party, amount.
    pub items: Vec<(String, String, i64)>,
}

/// A row of the control accounts, home currency, debit positive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ControlAccount {
    /// Account id.
    pub id: String,
    /// `2010 Employee Payables USD`
    pub account: String,
    /// What it is for.
    pub role: ControlRole,
    /// Balance before the period; none when it was not read.
    pub opening: Option<i64>,
    /// Debits by tieout.
    pub debits: i64,
    /// Credits by tieout, negative.
    pub credits: i64,
    /// All else.
    pub others: i64,
    /// What they are.
    pub others_are: Vec<String>,
    /// Balance after the period.
    pub closing: Option<i64>,
    /// What explains it.
    pub explained: Explanation,
    /// Statement less balance, for cards: not reported yet.
    pub not_reported: Option<i64>,
    /// Opening, tieout and others make the closing balance.
    pub adds_up: bool,
}

/// Effects of our own records on an account: document, party, signed.
struct Own<'a> {
    number: &'a str,
    party: &'a str,
    minor: i64,
}

/// The rows, in the order given.
pub fn controls(
    period: Period,
    home: Currency,
    accounts: &[ControlInput],
    documents: &[PeriodDocument],
    movements: &[Movement],
    open_items: &[OpenItem],
    statements: &[Statement],
) -> Vec<ControlAccount> {
    let mut ours: BTreeSet<&str> = BTreeSet::new();
    for d in documents {
        for s in d.slots.iter().filter(|s| s.state == IntentState::Done && !s.adopted) {
            ours.insert(s.remote_id.as_str());
        }
    }
    accounts
        .iter()
        .map(|a| {
            let mut own: Vec<Own<'_>> = Vec::new();
            let (mut debits, mut credits) = (0, 0);
            for d in documents {
                let made = |s: &&crate::tieout::Slotted| {
                    s.state == IntentState::Done && !s.adopted && period.has(s.date)
                };
                for e in d.slots.iter().filter(made).filter_map(|s| s.entry.as_ref()) {
                    if e.currency != home {
                        continue;
                    }
                    let lines = e.lines.iter().filter(|l| l.account.id == a.account.id);
                    let by: i64 = lines.map(|l| l.minor).sum();
                    if by > 0 {
                        debits += by;
                    } else {
                        credits += by;
                    }
                    if by != 0 {
                        own.push(Own { number: &d.number, party: &d.party, minor: by });
                    }
                }
            }
            let on = |m: &&Movement| m.account == a.account.id && period.has(m.date);
            let foreign: Vec<&Movement> = movements
                .iter()
                .filter(on)
                .filter(|m| m.id.is_empty() || !ours.contains(m.id.as_str()))
                .collect();
            let all: i64 = movements.iter().filter(on).map(|m| m.minor).sum();
            // what the ledger shows beside what was frozen: by hand, and what was edited of ours
            let others = all - debits - credits;
            let adds_up = match (a.opening, a.closing) {
                (Some(o), Some(c)) => o + all == c,
                _ => false,
            };
            let statement = statements.iter().rfind(|s| {
                s.date == period.to && (s.account == a.account.id || numbered(&a.account.name, &s.account))
            });
            let closing = a.closing.unwrap_or(0);
            let not_reported = statement.map(|s| s.minor + closing);
            let explained = match a.role {
                _ if a.closing.is_none() => {
                    Explanation { ok: false, text: "not read".into(), items: Vec::new() }
                }
                ControlRole::Card => by_statement(statement, closing, home),
                ControlRole::EmployeePayable => by_open_items(period.to, a, open_items, closing, home),
                _ => by_documents(a.opening.unwrap_or(0), &own, &foreign, closing, home, a.role),
            };
            ControlAccount {
                id: a.account.id.clone(),
                account: a.account.name.clone(),
                role: a.role,
                opening: a.opening,
                debits,
                credits,
                others,
                others_are: foreign.iter().map(|m| described(m, home)).collect(),
                closing: a.closing,
                explained,
                not_reported: not_reported.filter(|_| a.role == ControlRole::Card),
                adds_up,
            }
        })
        .collect()
}

/// `2110 Corporate Visa` has the number `2110`.
fn numbered(label: &str, number: &str) -> bool {
    label.split_whitespace().next().is_some_and(|n| n == number)
}

fn described(m: &Movement, home: Currency) -> String {
    let parts = [m.word.as_str(), m.number.as_str(), m.party.as_str()];
    let words: Vec<&str> = parts.into_iter().filter(|p| !p.is_empty()).collect();
    format!("{} {} {}", m.date, words.join(" "), shown(from_minor(m.minor, home), home))
}

fn by_statement(statement: Option<&Statement>, closing: i64, home: Currency) -> Explanation {
    let Some(s) = statement else {
        return Explanation { ok: false, text: "enter the statement's figure".into(), items: Vec::new() };
    };
    let rest = s.minor + closing;
    let sign = if rest >= 0 { "+" } else { "" };
    let text = if rest == 0 {
        "statement".into()
    } else {
        format!("statement {sign}{}", shown(from_minor(rest, home), home))
    };
    // charges that nobody has reported yet are what a statement has more
    Explanation {
        ok: rest >= 0,
        text,
        items: vec![(format!("statement {}", s.date), s.by.clone(), -s.minor)],
    }
}

fn by_open_items(
    until: Date,
    a: &ControlInput,
    open: &[OpenItem],
    closing: i64,
    home: Currency,
) -> Explanation {
    let mine = open.iter().filter(|o| o.account == a.account.id && o.date <= until);
    let items: Vec<(String, String, i64)> =
        mine.map(|o| (o.number.clone(), o.party.clone(), o.minor)).collect();
    let sum: i64 = items.iter().map(|i| i.2).sum();
    let ok = sum == closing;
    let text = if ok {
        "open items".into()
    } else {
        let by = shown(from_minor(closing - sum, home), home);
        format!("open items differ by {by} (open now, not on the last day)")
    };
    Explanation { ok, text, items }
}

/// Cancels what was settled: exact opposites, then small groups; what remains are the open documents.
fn by_documents(
    opening: i64,
    own: &[Own<'_>],
    foreign: &[&Movement],
    closing: i64,
    home: Currency,
    role: ControlRole,
) -> Explanation {
    struct Part {
        label: String,
        party: String,
        minor: i64,
        ours: bool,
    }
    let mut parts: Vec<Part> = Vec::new();
    if opening != 0 {
        parts.push(Part {
            label: "opening balance".into(),
            party: String::new(),
            minor: opening,
            ours: false,
        });
    }
    for m in foreign {
        let label = if m.number.is_empty() { m.word.clone() } else { m.number.clone() };
        parts.push(Part { label, party: m.party.clone(), minor: m.minor, ours: false });
    }
    for o in own {
        parts.push(Part { label: o.number.into(), party: o.party.into(), minor: o.minor, ours: true });
    }
    for size in 1..=3 {
        let mut i = 0;
        while i < parts.len() {
            let rest: Vec<i64> = parts.iter().map(|p| p.minor).collect();
            match group(&rest, i, size) {
                Some(mut gone) => {
                    gone.push(i);
                    gone.sort_unstable();
                    for k in gone.into_iter().rev() {
                        parts.remove(k);
                    }
                    i = 0;
                }
                None => i += 1,
            }
        }
    }
    let sum: i64 = parts.iter().map(|p| p.minor).sum();
    let ok = sum == closing && parts.iter().all(|p| p.ours);
    let one = |p: &Part| {
        let amount = shown(from_minor(p.minor.abs(), home), home);
        match role {
            ControlRole::Advances | ControlRole::DueFromEmployees if !p.party.is_empty() => {
                format!("{} of {} {amount}", p.label, p.party)
            }
            _ => format!("{} {amount}", p.label),
        }
    };
    let text = match parts.len() {
        0 => "nothing open".into(),
        1..=2 => parts.iter().map(one).collect::<Vec<_>>().join(", "),
        n => format!("{n} documents"),
    };
    let text = if sum == closing { text } else { format!("{text}; movements do not make the balance") };
    Explanation { ok, text, items: parts.into_iter().map(|p| (p.label, p.party, p.minor)).collect() }
}

/// `size` others of the opposite sign that cancel the one at `at`, the first found in order.
fn group(minors: &[i64], at: usize, size: usize) -> Option<Vec<usize>> {
    // a busy account is explained by pairs alone: groups would cost the cube of its movements
    if size > 1 && minors.len() > 60 {
        return None;
    }
    let want = -*minors.get(at)?;
    let fits: Vec<usize> = (0..minors.len())
        .filter(|k| {
            *k != at && minors.get(*k).is_some_and(|m| m.signum() == want.signum() && m.abs() <= want.abs())
        })
        .collect();
    let value = |k: &usize| minors.get(*k).copied().unwrap_or(0);
    match size {
        1 => fits.iter().find(|k| value(k) == want).map(|k| vec![*k]),
        2 => fits.iter().enumerate().find_map(|(n, a)| {
            fits.iter().skip(n + 1).find(|b| value(a) + value(b) == want).map(|b| vec![*a, *b])
        }),
        _ => fits.iter().enumerate().find_map(|(n, a)| {
            fits.iter().enumerate().skip(n + 1).find_map(|(m, b)| {
                let rest = want - value(a) - value(b);
                fits.iter().skip(m + 1).find(|c| value(c) == rest).map(|c| vec![*a, *b, *c])
            })
        }),
    }
}
