//! Reading the words of a filter.

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::{Compare, Filter, FilterError, MOST_CHARACTERS, MOST_WORDS, Term, Want};
use crate::model::document::DocumentKind;
use crate::model::finding::FindingCode;
use crate::model::money::{self, Currency};
use crate::model::state::{Group, State, states_of};

/// The fields, as hints name them.
const FIELDS: [&str; 10] =
    ["vendor", "payee", "number", "amount", "state", "cost", "kind", "ccy", "date", "finding"];

pub fn filter(text: &str) -> Result<Filter, FilterError> {
    if text.chars().count() > MOST_CHARACTERS {
        return Err(FilterError::TooLong);
    }
    let words = words(text)?;
    if words.len() > MOST_WORDS {
        return Err(FilterError::TooLong);
    }
    let terms = words.iter().map(term).collect::<Result<Vec<_>, _>>()?;
    Ok(Filter { terms })
}

/// A word: what stands before the first quotation mark, and the whole without quotation marks.
#[derive(Debug, Default)]
struct Word {
    /// As it was typed.
    typed: String,
    /// Without quotation marks.
    text: String,
    /// So many bytes of `text` stood before the first quotation mark; the rest is text, whatever it looks like.
    plain: usize,
}

fn words(text: &str) -> Result<Vec<Word>, FilterError> {
    let mut out = Vec::new();
    let mut word: Option<Word> = None;
    let mut quoted = false;
    for c in text.chars() {
        if c == '"' {
            let w = word.get_or_insert_with(Word::default);
            if !w.typed.contains('"') {
                w.plain = w.text.len();
            }
            w.typed.push(c);
            quoted = !quoted;
        } else if c.is_whitespace() && !quoted {
            out.extend(word.take());
        } else {
            let w = word.get_or_insert_with(Word::default);
            w.typed.push(c);
            w.text.push(c);
        }
    }
    if quoted {
        return Err(FilterError::OpenQuote);
    }
    out.extend(word.take());
    for w in &mut out {
        if !w.typed.contains('"') {
            w.plain = w.text.len();
        }
    }
    Ok(out)
}

fn term(word: &Word) -> Result<Term, FilterError> {
    let (not, text, plain) = match word.text.strip_prefix('-') {
        Some(rest) if word.plain > 0 => (true, rest, word.plain - 1),
        _ => (false, word.text.as_str(), word.plain),
    };
    if text.trim().is_empty() {
        return Err(if not { FilterError::LoneMinus } else { FilterError::OpenQuote });
    }
    let want = match field_of(text, plain) {
        Some((field, sign, value)) => about(field, sign, value)?,
        None => Want::Text(text.to_lowercase()),
    };
    Ok(Term { typed: word.typed.clone(), not, want })
}

/// Field, sign and value, where the part without quotation marks has them.
fn field_of(text: &str, plain: usize) -> Option<(&str, &str, &str)> {
    let head = text.get(..plain)?;
    let at = head.find([':', '<', '>', '='])?;
    let (field, rest) = text.split_at(at);
    // what does not look like the name of a field is text: a time, an address of the web behind its name
    if field.is_empty() || !field.chars().all(|c| c.is_ascii_alphabetic() || c == '_') {
        return None;
    }
    let sign = ["<=", ">=", "<", ">", "=", ":"].into_iter().find(|s| rest.starts_with(s))?;
    Some((field, sign, rest.get(sign.len()..)?.trim()))
}

fn about(field: &str, sign: &str, value: &str) -> Result<Want, FilterError> {
    let name = field.to_ascii_lowercase();
    let text = |name: &'static str, what, example| {
        colon(name, sign)?;
        some(name, sign, value, what, example).map(str::to_lowercase)
    };
    Ok(match name.as_str() {
        "vendor" | "payee" => {
            let name = if name == "vendor" { "vendor" } else { "payee" };
            Want::Payee(text(name, "a name", "vendor:candor")?)
        }
        "number" => Want::Number(text("number", "a number of a document", "number:CL-2217")?),
        "cost" => Want::Cost(text("cost", "a cost centre", "cost:CC450")?),
        "amount" => {
            let value = some("amount", sign, value, "an amount", "amount>500")?;
            Want::Amount(compare(sign), amount(value)?)
        }
        "date" => date(sign, some("date", sign, value, "a date", "date>2026-10-01")?)?,
        "state" => {
            colon("state", sign)?;
            Want::State(states(some("state", sign, value, "a state or a group", "state:blocked")?)?)
        }
        "kind" => {
            colon("kind", sign)?;
            Want::Kind(kinds(some("kind", sign, value, "a kind", "kind:inv")?)?)
        }
        "ccy" | "currency" => {
            colon("ccy", sign)?;
            Want::Currency(currency(some("ccy", sign, value, "a currency", "ccy:EUR")?)?)
        }
        "finding" => {
            colon("finding", sign)?;
            let value = some("finding", sign, value, "a finding", "finding:duplicate_invoice")?;
            Want::Finding(findings(value)?)
        }
        _ => {
            let hint = match nearest(&name, FIELDS) {
                Some(field) => format!("Did you mean {field}: ?"),
                None => format!(
                    "There are {}. Put it into quotation marks to look for it as text.",
                    FIELDS.join(", ")
                ),
            };
            return Err(FilterError::UnknownField { field: field.into(), hint });
        }
    })
}

fn colon(field: &'static str, sign: &str) -> Result<(), FilterError> {
    match sign {
        ":" | "=" => Ok(()),
        "<" => Err(FilterError::NeedsColon { field, sign: "<" }),
        ">" => Err(FilterError::NeedsColon { field, sign: ">" }),
        "<=" => Err(FilterError::NeedsColon { field, sign: "<=" }),
        _ => Err(FilterError::NeedsColon { field, sign: ">=" }),
    }
}

fn some<'a>(
    field: &str,
    sign: &str,
    value: &'a str,
    what: &'static str,
    example: &'static str,
) -> Result<&'a str, FilterError> {
    if value.is_empty() {
        return Err(FilterError::Missing { field: format!("{field}{sign}"), what, example });
    }
    Ok(value)
}

fn compare(sign: &str) -> Compare {
    match sign {
        "<" => Compare::Below,
        "<=" => Compare::AtMost,
        ">=" => Compare::AtLeast,
        ">" => Compare::Above,
        _ => Compare::Equal,
    }
}

fn amount(text: &str) -> Result<Decimal, FilterError> {
    money::typed(text).map_err(|_| FilterError::BadAmount(text.chars().take(40).collect()))
}

fn date(sign: &str, text: &str) -> Result<Want, FilterError> {
    let bad = || FilterError::BadDate(text.chars().take(40).collect());
    let (first, last) = if let Some(day) = day(text) {
        (day, day)
    } else {
        let first = day(&format!("{text}-01")).ok_or_else(bad)?;
        (first, first.last_of_month())
    };
    Ok(match compare(sign) {
        Compare::Below => Want::Date(Compare::Below, first),
        Compare::AtMost => Want::Date(Compare::AtMost, last),
        Compare::Above => Want::Date(Compare::Above, last),
        Compare::AtLeast => Want::Date(Compare::AtLeast, first),
        Compare::Equal if first == last => Want::Date(Compare::Equal, first),
        Compare::Equal => Want::Between(first, last),
    })
}

/// `2026-10-01`, and nothing that only begins so.
fn day(text: &str) -> Option<Date> {
    let fits = text.len() == 10
        && text
            .bytes()
            .enumerate()
            .all(|(i, b)| if i == 4 || i == 7 { b == b'-' } else { b.is_ascii_digit() });
    if fits { text.parse().ok() } else { None }
}

fn states(text: &str) -> Result<Vec<State>, FilterError> {
    let exact = text.replace('-', "_");
    if let Ok(states) = states_of(&exact) {
        return Ok(states);
    }
    let names =
        State::ALL.iter().map(|s| s.name()).chain(Group::ALL.iter().map(|g| g.word())).chain(["Open"]);
    let hint = match nearest(&exact, names) {
        Some(name) => format!("Did you mean state:{name} ?"),
        None => "States are blocked, ready, held, approved, posted …; groups begin with a capital letter: Blocked, \
                 Ready, Waiting, Posted, Confirmed, Closed."
            .into(),
    };
    Err(FilterError::NoSuch { what: "state", typed: text.chars().take(40).collect(), hint })
}

fn kinds(text: &str) -> Result<Vec<DocumentKind>, FilterError> {
    let typed = text.to_lowercase().replace([' ', '-'], "_");
    let fits = |k: &DocumentKind| k.short().eq_ignore_ascii_case(&typed) || k.name() == typed;
    let kinds: Vec<_> = DocumentKind::ALL.into_iter().filter(fits).collect();
    if !kinds.is_empty() {
        return Ok(kinds);
    }
    let hint = "Kinds are inv (invoice), exp (expense report), adv (cash advance), cor (correction).".into();
    Err(FilterError::NoSuch { what: "kind", typed: text.chars().take(40).collect(), hint })
}

fn currency(text: &str) -> Result<Currency, FilterError> {
    text.to_ascii_uppercase().parse().map_err(|_| FilterError::NoSuch {
        what: "currency",
        typed: text.chars().take(40).collect(),
        hint: "Write its three letters, such as ccy:EUR.".into(),
    })
}

/// The finding of this name, or all whose name begins so.
fn findings(text: &str) -> Result<Vec<FindingCode>, FilterError> {
    let typed = text.to_lowercase().replace([' ', '-'], "_");
    if let Ok(code) = typed.parse() {
        return Ok(vec![code]);
    }
    let codes: Vec<_> = FindingCode::ALL.iter().copied().filter(|c| c.name().starts_with(&typed)).collect();
    if !codes.is_empty() {
        return Ok(codes);
    }
    let hint = match nearest(&typed, FindingCode::ALL.iter().map(|c| c.name())) {
        Some(name) => format!("Did you mean finding:{name} ?"),
        None => "The groups by finding name them: leave the filter and press g f.".into(),
    };
    Err(FilterError::NoSuch { what: "finding", typed: text.chars().take(40).collect(), hint })
}

/// The name that differs least, where it differs in few letters.
fn nearest<'a>(typed: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let most = (typed.chars().count() / 3).max(1);
    let typed = typed.to_lowercase();
    names
        .into_iter()
        .map(|n| (distance(&typed, &n.to_lowercase()), n))
        .filter(|(d, n)| *d <= most || (typed.len() >= 3 && n.to_lowercase().starts_with(&typed)))
        .min_by_key(|(d, _)| *d)
        .map(|(_, n)| n)
}

/// How many letters have to be changed, added or taken away.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut before = i;
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
        for (j, y) in b.iter().enumerate() {
            let (up, left) = (row.get(j + 1).copied().unwrap_or(0), row.get(j).copied().unwrap_or(0));
            let cost = (before + usize::from(x != *y)).min(up + 1).min(left + 1);
            before = up;
            if let Some(slot) = row.get_mut(j + 1) {
                *slot = cost;
            }
        }
    }
    row.last().copied().unwrap_or(0)
}
