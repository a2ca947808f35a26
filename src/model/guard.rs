//! Rules about whole documents: leave them out, hold them, or give their lines a default. They stand in an order.

use std::fmt;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::model::rule::Rule;

/// What of a document a condition looks at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// Its kind: `invoice`, `expense_report`, `cash_advance`.
    Kind,
    /// Employee number or vendor code.
    Payee,
    /// The payee's name.
    Name,
    /// Number.
    Number,
    /// Title.
    Title,
    /// Currency.
    Currency,
    /// Approved amount, in the document's currency.
    Amount,
    /// How it is reimbursed or paid.
    Method,
    /// The source's policy.
    Policy,
    /// The expense type of any line.
    ExpenseType,
    /// The merchant of any line.
    Merchant,
    /// The account code of any line.
    AccountCode,
    /// A cost object of the header or of any line: `custom1`.
    Field(String),
}

impl Subject {
    /// The names that people write, and what they stand for.
    const NAMES: [(&'static str, Subject); 12] = [
        ("kind", Subject::Kind),
        ("payee", Subject::Payee),
        ("name", Subject::Name),
        ("number", Subject::Number),
        ("title", Subject::Title),
        ("currency", Subject::Currency),
        ("amount", Subject::Amount),
        ("method", Subject::Method),
        ("policy", Subject::Policy),
        ("expense_type", Subject::ExpenseType),
        ("merchant", Subject::Merchant),
        ("account_code", Subject::AccountCode),
    ];

    fn parse(word: &str) -> Result<Self, String> {
        let known = Self::NAMES.into_iter().find(|(n, _)| n.eq_ignore_ascii_case(word));
        if let Some((_, subject)) = known {
            return Ok(subject);
        }
        // the source's fields end in their number: anything else is a slip of the pen
        let field = word.chars().all(|c| c.is_ascii_alphanumeric())
            && word.chars().next().is_some_and(|c| c.is_ascii_alphabetic())
            && word.chars().last().is_some_and(|c| c.is_ascii_digit());
        if field {
            return Ok(Subject::Field(word.into()));
        }
        let names: Vec<&str> = Self::NAMES.iter().map(|(n, _)| *n).collect();
        Err(format!("{word:?} is nothing of a document: {} or a field such as custom1", names.join(", ")))
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Subject::Field(name) => f.write_str(name),
            other => {
                let name = Self::NAMES.iter().find(|(_, s)| s == other).map_or("", |(n, _)| n);
                f.write_str(name)
            }
        }
    }
}

/// How a value is compared; texts without regard to case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Test {
    /// It is this.
    Is,
    /// It is not this.
    Not,
    /// It holds these words.
    Contains,
    /// The amount is above this.
    Above,
    /// The amount is below this.
    Below,
}

/// One condition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// What it looks at.
    pub subject: Subject,
    /// How.
    pub test: Test,
    /// With what.
    pub value: String,
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let test = match self.test {
            Test::Is => "is",
            Test::Not => "is not",
            Test::Contains => "contains",
            Test::Above => "above",
            Test::Below => "below",
        };
        let plain = !self.value.is_empty()
            && !self.value.contains(|c: char| c.is_whitespace() || c == '"' || c == '\'')
            && !self.value.eq_ignore_ascii_case("not");
        if plain {
            write!(f, "{} {test} {}", self.subject, self.value)
        } else {
            write!(f, "{} {test} \"{}\"", self.subject, self.value.replace('"', "\"\""))
        }
    }
}

/// Reads `kind is invoice and title contains "Year end" and amount above 500`; every condition must hold. A quotation
/// mark inside quotation marks is written twice.
pub fn parse(text: &str) -> Result<Vec<Condition>, String> {
    let mut words = words(text)?.into_iter().peekable();
    let mut out = Vec::new();
    while words.peek().is_some() {
        if !out.is_empty() {
            match words.next() {
                Some((w, false)) if w.eq_ignore_ascii_case("and") => {}
                Some((w, _)) => return Err(format!("write \"and\" before {w:?}")),
                None => break,
            }
        }
        let Some((subject, _)) = words.next() else { return Err("something must follow \"and\"".into()) };
        let subject = Subject::parse(&subject)?;
        let test = words.next().map(|(w, _)| w.to_lowercase());
        let mut test = match test.as_deref() {
            Some("is") => Test::Is,
            Some("contains") => Test::Contains,
            Some("above") => Test::Above,
            Some("below") => Test::Below,
            _ => return Err(format!("after {subject} write is, is not, contains, above or below")),
        };
        let negated = test == Test::Is
            && words.peek().is_some_and(|(w, quoted)| !quoted && w.eq_ignore_ascii_case("not"));
        if negated {
            words.next();
            test = Test::Not;
        }
        let Some((value, _)) = words.next().filter(|(v, _)| !v.trim().is_empty()) else {
            return Err(format!("after {subject} a value is missing"));
        };
        let amount = subject == Subject::Amount;
        if amount != matches!(test, Test::Above | Test::Below) {
            let why =
                if amount { "amount is above or below a figure" } else { "only amount is above or below" };
            return Err(why.into());
        }
        if amount && value.parse::<Decimal>().is_err() {
            return Err(format!("{value:?} is no amount: write 1234.50"));
        }
        out.push(Condition { subject, test, value });
    }
    if out.is_empty() {
        return Err("a condition is missing: title contains TRAINING".into());
    }
    Ok(out)
}

/// Words, and whether they stood in quotes.
fn words(text: &str) -> Result<Vec<(String, bool)>, String> {
    let mut out = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        if let Some(quoted) = rest.strip_prefix('"') {
            let mut word = String::new();
            let mut left = quoted;
            loop {
                let Some((part, after)) = left.split_once('"') else {
                    return Err("a quotation mark is not closed".into());
                };
                word.push_str(part);
                left = after;
                match after.strip_prefix('"') {
                    // two of them are one that belongs to the value
                    Some(further) => {
                        word.push('"');
                        left = further;
                    }
                    None => break,
                }
            }
            out.push((word, true));
            rest = left.trim_start();
        } else {
            let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
            let (word, after) = rest.split_at(end);
            out.push((word.to_string(), false));
            rest = after.trim_start();
        }
    }
    Ok(out)
}

/// What happens to a document that a guard hits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Then {
    /// It is not posted: `out_of_scope`, until a person closes it or takes it over.
    Skip,
    /// It waits for a person: `hold_rule`.
    Hold,
    /// Lines of it that nothing else decides get this; it warns (`default_used`).
    Default(Box<Rule>),
}

impl Then {
    /// The word in lists.
    pub fn word(&self) -> &'static str {
        match self {
            Then::Skip => "skip",
            Then::Hold => "hold",
            Then::Default(_) => "default",
        }
    }
}

/// A rule about whole documents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guard {
    /// A number among those of the rules, unique within the book for ever.
    pub id: u32,
    /// What must hold, all of it.
    pub conditions: Vec<Condition>,
    /// What happens then.
    pub then: Then,
    /// Why, for people.
    pub reason: String,
    /// Who made it.
    pub author: String,
}

impl Guard {
    /// The conditions as people write them.
    pub fn condition(&self) -> String {
        self.conditions.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ")
    }

    /// The rule that gives the default, where it gives one.
    pub fn default_rule(&self) -> Option<&Rule> {
        match &self.then {
            Then::Default(rule) => Some(rule),
            Then::Skip | Then::Hold => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_read_as_they_are_written() {
        for text in [
            "title contains TRAINING",
            "kind is invoice and amount above 500.00",
            "payee is not E1001 and custom1 is CC450",
            "merchant contains \"Globe Air\" and amount below -1",
        ] {
            let read = parse(text).unwrap();
            let said = read.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ");
            assert_eq!(said, text);
        }
    }

    #[test]
    fn a_value_stays_what_it_is_when_it_is_shown_and_read_again() {
        for value in
            ["15\" screen", "\"", "\"\"quoted\"\"", "O'Brien", "a\u{a0}b", "not", "and", "plain", "a\tb"]
        {
            let one = Condition { subject: Subject::Title, test: Test::Is, value: value.into() };
            let two = Condition { subject: Subject::Name, test: Test::Contains, value: value.into() };
            let all = vec![one, two];
            let said = all.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ");
            assert_eq!(parse(&said), Ok(all), "{said}");
        }
    }

    #[test]
    fn what_cannot_be_meant_is_refused_in_words() {
        for (text, part) in [
            ("", "missing"),
            ("titel contains x", "nothing of a document"),
            ("title like x", "is, is not, contains"),
            ("title contains", "value is missing"),
            ("title above 5", "only amount"),
            ("amount is 5", "above or below"),
            ("amount above five", "no amount"),
            ("title contains \"x", "not closed"),
            ("title contains a b", "write \"and\""),
            ("title contains a and", "follow"),
        ] {
            let why = parse(text).unwrap_err();
            assert!(why.contains(part), "{text}: {why}");
        }
    }
}
