//! The words by which the queue is filtered: `vendor:candor amount>500 -state:held "legal fees"`. Reading them is pure;
//! what cannot be read is said in a sentence that names what to write in its place.

mod read;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::document::DocumentKind;
use super::finding::FindingCode;
use super::money::Currency;
use super::state::State;

/// At most so many words.
pub const MOST_WORDS: usize = 24;
/// At most so many characters.
pub const MOST_CHARACTERS: usize = 500;

/// What every document of the list must fulfil.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// All of them.
    pub terms: Vec<Term>,
}

/// One condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// As it was typed, for the chip.
    pub typed: String,
    /// It must not hold.
    pub not: bool,
    /// What must hold.
    pub want: Want,
}

/// How a value is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compare {
    /// `<`
    Below,
    /// `<=`
    AtMost,
    /// `=`
    Equal,
    /// `>=`
    AtLeast,
    /// `>`
    Above,
}

impl Compare {
    /// As it is written, also in a query of the store.
    pub fn sign(self) -> &'static str {
        match self {
            Compare::Below => "<",
            Compare::AtMost => "<=",
            Compare::Equal => "=",
            Compare::AtLeast => ">=",
            Compare::Above => ">",
        }
    }

    /// Whether `a` stands so to `b`.
    pub fn holds<T: PartialOrd>(self, a: &T, b: &T) -> bool {
        match self {
            Compare::Below => a < b,
            Compare::AtMost => a <= b,
            Compare::Equal => a == b,
            Compare::AtLeast => a >= b,
            Compare::Above => a > b,
        }
    }
}

/// What a condition is about. Texts are in lower case and are looked for anywhere in the field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Want {
    /// Payee, number, title, state, finding or reason has this text.
    Text(String),
    /// Payee or its code has this text.
    Payee(String),
    /// The number has this text.
    Number(String),
    /// The approved amount, in the document's own currency.
    Amount(Compare, Decimal),
    /// One of these states.
    State(Vec<State>),
    /// A line is on a cost centre that begins with this text.
    Cost(String),
    /// One of these kinds.
    Kind(Vec<DocumentKind>),
    /// This currency.
    Currency(Currency),
    /// The posting date.
    Date(Compare, Date),
    /// A posting date from the first to the last of these days.
    Between(Date, Date),
    /// One of these findings.
    Finding(Vec<FindingCode>),
}

/// Why a filter cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FilterError {
    /// No such field.
    #[error("{field}: is not a field of the filter. {hint}")]
    UnknownField {
        /// What was typed.
        field: String,
        /// What it may have been, or what there is.
        hint: String,
    },
    /// Nothing stands behind it.
    #[error("{field} needs {what} behind it, such as {example}.")]
    Missing {
        /// The field with its sign.
        field: String,
        /// What is needed.
        what: &'static str,
        /// An example.
        example: &'static str,
    },
    /// Not an amount.
    #[error("\"{0}\" is not an amount. Write it with digits, such as amount>500 or amount>=1,250.50.")]
    BadAmount(String),
    /// Not a day or month.
    #[error(
        "\"{0}\" is not a date. Write year-month-day, such as date>2026-10-01, or a month: date:2026-10."
    )]
    BadDate(String),
    /// No such value.
    #[error("There is no {what} \"{typed}\". {hint}")]
    NoSuch {
        /// What is meant.
        what: &'static str,
        /// What was typed.
        typed: String,
        /// What it may have been, or what there is.
        hint: String,
    },
    /// The sign does not fit the field.
    #[error("{field} takes a colon: write {field}:… in place of {field}{sign}…")]
    NeedsColon {
        /// The field.
        field: &'static str,
        /// What was typed.
        sign: &'static str,
    },
    /// A quotation mark is open.
    #[error("A quotation mark is open: put another one behind the words that belong together.")]
    OpenQuote,
    /// A minus without a word.
    #[error("A minus needs a word right behind it, such as -state:held.")]
    LoneMinus,
    /// Too much.
    #[error("A filter has at most {MOST_WORDS} words and {MOST_CHARACTERS} characters.")]
    TooLong,
}

impl Filter {
    /// Reads a filter. Empty text is the filter that keeps everything.
    pub fn read(text: &str) -> Result<Self, FilterError> {
        read::filter(text)
    }

    /// It keeps everything.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// The states that pass, of these; empty `of` stands for all of them.
    pub fn states(&self, of: &[State]) -> Vec<State> {
        State::ALL
            .into_iter()
            .filter(|s| of.is_empty() || of.contains(s))
            .filter(|s| {
                self.terms.iter().all(|t| match &t.want {
                    Want::State(states) => states.contains(s) != t.not,
                    _ => true,
                })
            })
            .collect()
    }
}

#[cfg(test)]
#[path = "filter/tests.rs"]
mod tests;
