//! Words, signs and figures as every screen shows them. Rows are formatted once, when they arrive.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::model::finding::FindingCode;
use crate::model::money::{self, Currency};
use crate::model::state::State;
use crate::store::Row;
use crate::tui::text::clean;
use crate::tui::theme::Meaning;

/// An amount of minor units: `1,290.15`.
pub fn amount(minor: i64, currency: Currency) -> String {
    money::shown(money::from_minor(minor, currency), currency)
}

/// Amount with its currency: `1,290.15 USD`.
pub fn money_of(minor: i64, currency: Currency) -> String {
    format!("{} {currency}", amount(minor, currency))
}

/// Sums by currency in words, the home currency first.
pub fn sums_words(sums: impl IntoIterator<Item = (Currency, i64)>, home: Option<Currency>) -> Vec<String> {
    let mut sums: Vec<(Currency, i64)> = sums.into_iter().collect();
    sums.sort_by_key(|(c, _)| (Some(*c) != home, *c));
    sums.into_iter().map(|(c, m)| money_of(m, c)).collect()
}

/// A count with thousands separators.
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

/// `1 document`, `28 documents`.
pub fn documents(n: u64) -> String {
    if n == 1 { "1 document".into() } else { format!("{} documents", count(n)) }
}

/// The sign that stands beside a state's word.
pub fn sign(state: State) -> &'static str {
    use State::*;
    match state {
        Stored | Posting => "…",
        Unreadable | Blocked | Failed | NeedsHuman | ConfirmFailed => "!",
        Ready => "○",
        Held => "=",
        Approved => "●",
        Ambiguous => "?",
        Posted | Confirmed => "✓",
        Rejected | Recalled | Closed | Reversed => "x",
    }
}

/// The state in words: `! needs human`.
pub fn state_long(state: State) -> String {
    format!("{} {}", sign(state), state.name().replace('_', " "))
}

/// The state in seven columns: `! block`.
pub fn state_short(state: State) -> String {
    use State::*;
    let word = match state {
        Stored => "store",
        Unreadable => "unrd",
        Blocked => "block",
        Ready => "ready",
        Held => "held",
        Approved => "appr",
        Posting => "post",
        Ambiguous => "ambig",
        Posted => "postd",
        ConfirmFailed => "conf?",
        Failed => "fail",
        NeedsHuman => "human",
        Confirmed => "conf",
        Rejected => "rej",
        Recalled => "recal",
        Closed => "close",
        Reversed => "rev",
    };
    format!("{} {word}", sign(state))
}

/// What a state means to the eye.
pub fn state_meaning(state: State) -> Meaning {
    use State::*;
    match state {
        Unreadable | Blocked | Failed | NeedsHuman | ConfirmFailed => Meaning::Error,
        Held | Ambiguous => Meaning::Warn,
        Ready => Meaning::Text,
        Approved => Meaning::Accent,
        Stored | Posting => Meaning::Busy,
        Posted | Confirmed => Meaning::Ok,
        Rejected | Recalled | Closed | Reversed => Meaning::Muted,
    }
}

/// `2026-11-04 09:29` in the book's zone.
pub fn minute(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string()
}

/// `Wed 2026-11-04 09:30` in the book's zone.
pub fn header_time(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%a %Y-%m-%d %H:%M").to_string()
}

/// `11-04 09:30`
pub fn header_time_short(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%m-%d %H:%M").to_string()
}

/// `09:12`, with the day where it was another one: `2026-11-03 09:12`.
pub fn since(at: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    let local = at.to_zoned(zone.clone());
    let today = now.to_zoned(zone.clone()).date() == local.date();
    local.strftime(if today { "%H:%M" } else { "%Y-%m-%d %H:%M" }).to_string()
}

/// `just now`, `2 min ago`, `3 h ago`, `5 d ago`.
pub fn ago(then: Timestamp, now: Timestamp) -> String {
    let s = now.duration_since(then).as_secs().max(0);
    match s {
        0..=59 => "just now".into(),
        60..=3599 => format!("{} min ago", s / 60),
        3600..=86_399 => format!("{} h ago", s / 3600),
        _ => format!("{} d ago", s / 86_400),
    }
}

/// A row of the queue, formatted.
#[derive(Debug, Clone, PartialEq)]
pub struct ShownRow {
    /// The row as it came: for decisions, never for the screen.
    pub row: Row,
    /// `○ ready`
    pub state: String,
    /// `! block`
    pub state_short: String,
    /// `2026-10-28`
    pub date: String,
    /// Payee.
    pub payee: String,
    /// Number.
    pub number: String,
    /// Title.
    pub title: String,
    /// `bill + 2 card`
    pub will_post: String,
    /// The sentence of the list, with `+2` for further findings.
    pub finding: String,
    /// The short label.
    pub label: String,
    /// `USD`
    pub currency: &'static str,
    /// `1,290.15`
    pub amount: String,
    /// Cost centres.
    pub cost_centres: String,
    /// `3/4`
    pub receipts: String,
    /// Who approved it in the source.
    pub approver: String,
    /// The reference of its first entry.
    pub reference: String,
}

impl ShownRow {
    /// Formats a row.
    pub fn of(row: Row) -> Self {
        let more = if row.findings > 1 { format!(" +{}", row.findings - 1) } else { String::new() };
        let reason = clean(&row.reason);
        let (finding, label) = match row.finding {
            _ if row.state == State::Unreadable => {
                (unreadable_label(&row.reason).to_string(), FindingCode::Unreadable.label().to_string())
            }
            Some(code) => {
                let brief = if row.finding_brief.is_empty() { code.label() } else { &row.finding_brief };
                (format!("{}{more}", clean(brief)), code.label().to_string())
            }
            None if !row.ledger_number.is_empty() => {
                let number = clean(&row.ledger_number);
                (format!("in ledger: {number}"), number)
            }
            None => (reason.clone(), reason),
        };
        Self {
            state: state_long(row.state),
            state_short: state_short(row.state),
            date: row.posting_date.map(|d| d.to_string()).unwrap_or_default(),
            payee: clean(&row.payee),
            number: clean(&row.number),
            title: clean(&row.title),
            will_post: clean(&row.will_post),
            finding,
            label,
            currency: row.currency.map_or("", Currency::code),
            amount: match (row.minor, row.currency) {
                (Some(m), Some(c)) => amount(m, c),
                _ => "—".into(),
            },
            cost_centres: clean(&row.cost_centres),
            receipts: if row.receipts.1 == 0 {
                String::new()
            } else {
                format!("{}/{}", row.receipts.0, row.receipts.1)
            },
            approver: clean(&row.approver),
            reference: clean(&row.reference),
            row,
        }
    }
}

/// What of an unreadable document the list says, from `expenses[0].amountGross: "12,5O" is not a number`.
fn unreadable_label(reason: &str) -> &'static str {
    let path = reason.split_once(": ").map_or(reason, |(path, _)| path);
    let field = path.rsplit('.').next().unwrap_or(path).to_lowercase();
    if !path.contains(' ') && field.contains("amount") { "amount unreadable" } else { "unreadable" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_has_a_sign_and_a_word_and_no_two_look_alike() {
        let mut long: Vec<_> = State::ALL.into_iter().map(state_long).collect();
        let mut short: Vec<_> = State::ALL.into_iter().map(state_short).collect();
        assert!(short.iter().all(|s| crate::tui::text::width(s) <= 7), "{short:?}");
        assert!(long.iter().all(|s| crate::tui::text::width(s) <= 16));
        long.sort();
        long.dedup();
        short.sort();
        short.dedup();
        assert_eq!((long.len(), short.len()), (17, 17));
    }

    #[test]
    fn ages_and_counts_read_well() {
        let t: Timestamp = "2026-11-04T14:30:00Z".parse().unwrap();
        let back = |s| t - jiff::SignedDuration::from_secs(s);
        assert_eq!(ago(back(10), t), "just now");
        assert_eq!(ago(back(125), t), "2 min ago");
        assert_eq!(ago(back(3 * 3600), t), "3 h ago");
        assert_eq!(ago(back(-50), t), "just now");
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(documents(1), "1 document");
    }
}
