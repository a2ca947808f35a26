//! Status codes: what each means for us, as data (contract 5.1), with the sentence for people.

use crate::model::ledger::LedgerFacts;
use crate::model::text::harmless;

/// What a status code means for tieout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Done as asked.
    Success,
    /// A query found nothing.
    Empty,
    /// Some of what was asked for by id or name was not found; the rest is there.
    Partial,
    /// Done, with a remark.
    Warning,
    /// Done, but QuickBooks did not take a part of it: data is lost.
    DataLost,
    /// Something was in use; nothing was written.
    Busy,
    /// The text decides: in use, or a closed period, or for good.
    ByText,
    /// The books are closed for its date.
    ClosedPeriod,
    /// A setting, feature or permission of QuickBooks stands against it.
    Configuration,
    /// Something that the request names is gone, inactive or called otherwise.
    Stale,
    /// The name is taken.
    NameTaken,
    /// The edit sequence is out of date.
    OutOfDate,
    /// It was not carried out, because an earlier one of the same set failed.
    NotRun,
    /// The iterator does not exist any more.
    IteratorGone,
    /// QuickBooks was not able to; later.
    Later,
    /// QuickBooks failed inside: whether it wrote is not told.
    Internal,
    /// What QuickBooks remembers of the message set is lost or contradicts.
    SetLost,
    /// The request is wrong: our fault.
    Bug,
    /// Refused for good.
    Permanent,
}

/// A row of the table.
pub struct Row {
    /// `statusCode`
    pub code: i32,
    /// What it means.
    pub class: Class,
    /// What it says and what to do, without a full stop; empty: QuickBooks' own words suffice.
    pub advice: &'static str,
}

const fn row(code: i32, class: Class, advice: &'static str) -> Row {
    Row { code, class, advice }
}

const OURS: &str = "tieout wrote this request wrongly; please report it with the support bundle";
const MAPPING: &str = "something that the entry names is inactive, renamed or gone in QuickBooks: read the lists again and mend the mapping";
const TOO_LONG: &str = "a text is longer than QuickBooks takes: shorten it";
const CLOSED: &str = "the books are closed for this date in QuickBooks";
const IN_USE: &str = "somebody is working with it in QuickBooks; it goes again by itself";
const NOT_POSSIBLE: &str = "QuickBooks does not allow it";

/// The table of contract 5.1.
pub const TABLE: &[Row] = &[
    row(0, Class::Success, ""),
    row(1, Class::Empty, ""),
    row(500, Class::Partial, ""),
    row(501, Class::Warning, ""),
    row(510, Class::Warning, ""),
    row(530, Class::DataLost, "this edition of QuickBooks did not take a field"),
    row(531, Class::DataLost, "this edition of QuickBooks did not take a value"),
    row(550, Class::Warning, ""),
    row(560, Class::Warning, ""),
    row(570, Class::Warning, ""),
    row(600, Class::SetLost, "QuickBooks remembers nothing of this request"),
    row(1000, Class::Internal, "QuickBooks failed inside"),
    row(1010, Class::Later, "QuickBooks was not able to work; it goes again by itself"),
    row(1030, Class::Bug, OURS),
    row(1060, Class::Bug, OURS),
    row(3000, Class::Permanent, "a record that the request names is not one of this company"),
    row(3010, Class::Bug, OURS),
    row(3020, Class::Bug, OURS),
    row(3030, Class::Bug, OURS),
    row(3031, Class::Bug, OURS),
    row(3035, Class::Bug, OURS),
    row(3040, Class::Bug, OURS),
    row(3045, Class::Bug, OURS),
    row(3050, Class::Bug, OURS),
    row(3060, Class::Bug, OURS),
    row(3065, Class::Bug, OURS),
    row(3070, Class::Permanent, TOO_LONG),
    row(3080, Class::Permanent, "QuickBooks does not take a character of a text: change it"),
    row(3085, Class::Permanent, "QuickBooks does not take a number as it is written"),
    row(
        3090,
        Class::Permanent,
        "QuickBooks does not take a name as it is written: a colon is not allowed in it",
    ),
    row(
        3100,
        Class::NameTaken,
        "the name is in use already, perhaps by a customer, an employee or an inactive record",
    ),
    row(3110, Class::Bug, OURS),
    row(3120, Class::Stale, MAPPING),
    row(3130, Class::Stale, MAPPING),
    row(3140, Class::Stale, MAPPING),
    row(3150, Class::Bug, OURS),
    row(3151, Class::Bug, OURS),
    row(3152, Class::Bug, OURS),
    row(3153, Class::Bug, OURS),
    row(3160, Class::Permanent, "it is in use in QuickBooks and cannot be deleted"),
    row(3161, Class::ClosedPeriod, CLOSED),
    row(
        3162,
        Class::Configuration,
        "QuickBooks needs single-user mode for this: switch to it there, then try again",
    ),
    row(3170, Class::ByText, ""),
    row(3171, Class::ClosedPeriod, CLOSED),
    row(3175, Class::Busy, IN_USE),
    row(3176, Class::Busy, IN_USE),
    row(3177, Class::Permanent, NOT_POSSIBLE),
    row(3180, Class::ByText, ""),
    row(3185, Class::Permanent, NOT_POSSIBLE),
    row(3190, Class::Permanent, NOT_POSSIBLE),
    row(3200, Class::OutOfDate, "somebody changed it in QuickBooks meanwhile: read it again"),
    row(3205, Class::Permanent, NOT_POSSIBLE),
    row(3210, Class::Permanent, "a value breaks a rule of QuickBooks"),
    row(3220, Class::Permanent, NOT_POSSIBLE),
    row(3230, Class::Permanent, NOT_POSSIBLE),
    row(
        3231,
        Class::NotRun,
        "QuickBooks did not carry it out because something before it failed; it goes again by itself",
    ),
    row(3240, Class::Permanent, NOT_POSSIBLE),
    row(
        3250,
        Class::Configuration,
        "a feature is switched off in QuickBooks, or this edition has none: switch it on there, or map without it",
    ),
    row(
        3260,
        Class::Configuration,
        "the QuickBooks user may not do this: give that user the right in QuickBooks (Company, Users)",
    ),
    row(
        3261,
        Class::Configuration,
        "tieout may not do this in QuickBooks: allow it there (Edit, Preferences, Integrated Applications)",
    ),
    row(
        3262,
        Class::Configuration,
        "tieout may not do this in QuickBooks: allow it there (Edit, Preferences, Integrated Applications)",
    ),
    row(
        3263,
        Class::Configuration,
        "tieout is registered as read-only in QuickBooks: add the .qwc file again and allow it to write",
    ),
    row(3270, Class::Configuration, "an item or record has no posting account in QuickBooks: set it there"),
    row(3280, Class::Configuration, "an item has the wrong type in QuickBooks"),
    row(3350, Class::IteratorGone, "the list has to be read again from its beginning"),
    row(9001, Class::SetLost, "QuickBooks remembers another request under this key"),
    row(9002, Class::SetLost, "QuickBooks remembers no answer to this request"),
    row(9003, Class::SetLost, "QuickBooks does not say what became of this request"),
    row(9004, Class::SetLost, "QuickBooks does not take the key of this request"),
    row(9005, Class::SetLost, "QuickBooks was not able to keep its answer to this request"),
    row(9006, Class::SetLost, "QuickBooks does not say what became of this request"),
];

/// Texts with which 3170, 3175, 3176 and 3180 say that something was in use (contract 5.1).
const LOCKS: [&str; 5] = [
    "list has been modified by another user",
    "internals could not be locked",
    "failed to acquire the lock",
    "list element is in use",
    "transaction could not be locked. it is in use by another user",
];

/// The text with which 3170 and 3180 say that the books are closed.
const CLOSING: &str = "on or before the closing date of the company";

fn known(code: i32) -> Option<&'static Row> {
    TABLE.iter().find(|r| r.code == code)
}

/// What a status means. An unknown code is refused for good, unless it lies in the ranges of remarks and warnings.
pub fn class(code: i32, message: &str) -> Class {
    let class = known(code).map(|r| r.class);
    let message = message.to_lowercase();
    match class {
        Some(Class::ByText) if LOCKS.iter().any(|t| message.contains(t)) => Class::Busy,
        Some(Class::ByText) if message.contains(CLOSING) => Class::ClosedPeriod,
        Some(Class::ByText) => Class::Permanent,
        Some(class) => class,
        None if (0..1000).contains(&code) => Class::Warning,
        None => Class::Permanent,
    }
}

/// The sentence for people: what it means and QuickBooks' own words, with names in place of ids.
pub fn sentence(code: i32, message: &str, facts: Option<&LedgerFacts>) -> String {
    let said = harmless(message.trim());
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    let said = facts.map_or(said.clone(), |f| named(&said, f));
    let advice = match class(code, message) {
        Class::Busy => IN_USE,
        Class::ClosedPeriod => CLOSED,
        _ => known(code).map_or("", |r| r.advice),
    };
    let text = match (advice.is_empty(), said.is_empty()) {
        (true, true) => format!("QuickBooks refused it without a reason (status {code})"),
        (true, false) => said,
        (false, true) => advice.to_string(),
        (false, false) => format!("{advice}. QuickBooks said: {said}"),
    };
    text.chars().take(600).collect()
}

/// Puts the names of accounts, vendors, classes and customers in the place of their ids.
fn named(said: &str, facts: &LedgerFacts) -> String {
    let mut out = said.to_string();
    for quoted in said.split('"').skip(1).step_by(2).filter(|q| !q.is_empty()) {
        let dimension = |list: &[crate::model::ledger::DimensionValue]| {
            list.iter().find(|d| d.id == quoted).map(|d| d.name.clone())
        };
        let name = (facts.account(quoted).map(|a| a.label()))
            .or_else(|| facts.vendor(quoted).map(|v| v.name.clone()))
            .or_else(|| dimension(&facts.classes))
            .or_else(|| dimension(&facts.customers));
        if let Some(name) = name {
            out = out.replace(&format!("\"{quoted}\""), &format!("\"{name}\""));
        }
    }
    out
}
