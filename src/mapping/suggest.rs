//! A proposal for a payee without a vendor: by the words of the name. Only ever a suggestion.

use std::collections::BTreeSet;

use crate::model::document::Document;
use crate::model::entry::Named;
use crate::model::finding::Suggestion;
use crate::model::latin::plain_letters;
use crate::model::ledger::{LedgerFacts, Vendor};

/// Below this score a suggestion would mislead.
const WORTH_SHOWING: u32 = 60;

/// The active vendor whose name is most like the payee's; none when no name is near. Of equal ones the first by name.
pub fn suggest_party(document: &Document, facts: &LedgerFacts) -> Option<Suggestion> {
    let wanted = words(&document.payee.spoken_name);
    let best = facts.vendors.iter().filter(|v| v.active).map(|v| (score(&wanted, &words(&v.name)), v));
    let (score, vendor): (u32, &Vendor) =
        best.max_by(|(a, x), (b, y)| a.cmp(b).then_with(|| y.name.cmp(&x.name)))?;
    (score >= WORTH_SHOWING).then(|| Suggestion {
        record: Named::new(&vendor.id, &vendor.name),
        score: u8::try_from(score).unwrap_or(100),
        because: because(&wanted, &words(&vendor.name)),
    })
}

/// Words that say nothing of who it is.
const LEGAL: [&str; 14] =
    ["llc", "inc", "ltd", "co", "corp", "gmbh", "plc", "llp", "limited", "the", "ag", "sa", "bv", "company"];

const NUMBERS: [&str; 11] =
    ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];

/// Lower case, without accents, number words as digits, without legal forms; sorted.
fn words(name: &str) -> Vec<String> {
    let plain = plain_letters(&name.to_lowercase()).to_lowercase();
    let mut out: Vec<String> = plain
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty() && !LEGAL.contains(w))
        .map(|w| NUMBERS.iter().position(|n| *n == w).map_or_else(|| w.to_string(), |n| n.to_string()))
        .collect();
    out.sort();
    out.dedup();
    out
}

/// How alike two names are, 0 to 100.
pub(super) fn likeness(a: &str, b: &str) -> u8 {
    u8::try_from(score(&words(a), &words(b))).unwrap_or(100)
}

/// 0 to 100: how much of the longer name is matched by words of the other.
fn score(a: &[String], b: &[String]) -> u32 {
    let longest = a.len().max(b.len());
    if longest == 0 {
        return 0;
    }
    let sum: u32 = a.iter().map(|x| b.iter().map(|y| alike(x, y)).max().unwrap_or(0)).sum();
    sum / u32::try_from(longest).unwrap_or(u32::MAX)
}

/// 100 for equal words, the share of common letter pairs for longer ones, else 0.
fn alike(a: &str, b: &str) -> u32 {
    if a == b {
        return 100;
    }
    let pairs = |s: &str| -> BTreeSet<(char, char)> { s.chars().zip(s.chars().skip(1)).collect() };
    let (x, y) = (pairs(a), pairs(b));
    if x.len() < 3 || y.len() < 3 {
        return 0;
    }
    let share = 200 * x.intersection(&y).count() / (x.len() + y.len());
    if share < 60 { 0 } else { u32::try_from(share).unwrap_or(100).min(99) }
}

/// How alike a source value and a record of the ledger are, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Likeness {
    /// 0 to 100; below 60 it would mislead.
    pub score: u8,
    /// Why, for people.
    pub because: String,
}

/// Compares a code and its name at the source with a record's name, which may begin with a number: `CC450`,
/// `Sustainability` with `450 Sustainability`.
pub fn like(code: &str, name: &str, record: &str) -> Likeness {
    let digits = |s: &str| -> String { s.chars().filter(char::is_ascii_digit).collect() };
    let (number, rest) = match record.split_once(' ') {
        Some((first, rest)) if !digits(first).is_empty() && digits(first).len() * 2 >= first.len() => {
            (digits(first), rest)
        }
        _ => (String::new(), record),
    };
    let (wanted, there) = (words(name), words(rest));
    let alike = if wanted.is_empty() { 0 } else { score(&wanted, &there) };
    let same_number = !number.is_empty() && number == digits(code);
    let (points, because) = match (same_number, alike) {
        (true, 60..) => (100, format!("same number, {}", because(&wanted, &there))),
        (true, _) => (80, format!("same number {number}")),
        (false, 60..) => (alike.min(95), because(&wanted, &there)),
        (false, _) => {
            let whole = if code.is_empty() { 0 } else { score(&words(code), &words(record)) };
            if whole >= 60 { (whole.min(95), "the code is in its name".into()) } else { (0, String::new()) }
        }
    };
    Likeness { score: u8::try_from(points).unwrap_or(100), because }
}

fn because(a: &[String], b: &[String]) -> String {
    let equal = a.iter().filter(|w| b.contains(w)).count();
    let all = a.len().max(b.len());
    if equal == all { "the same words".into() } else { format!("{equal} of {all} words equal") }
}
