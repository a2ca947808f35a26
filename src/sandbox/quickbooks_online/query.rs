//! Runs queries: filterable properties alone, active rows of lists unless asked, pages (contract section 3.1).

use std::cmp::Ordering;
use std::collections::HashSet;
use std::str::FromStr;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::api::Answer;
use super::books::{Row, Table};
use super::fault::ApiFault;
use super::filters::Shape;
use super::kind::Kind;
use super::query_parser::{Columns, Filter, Operator, Statement, parse};
use super::rates;
use super::state::State;
use super::wire::{self, Object};

const PAGE: u64 = 100;
const MOST: u64 = 1000;

fn invalid(what: &str) -> ApiFault {
    ApiFault::of("4001", format!("QueryValidationError: {what}"), "")
}

/// The object under `QueryResponse`.
pub fn run(state: &State, statement: &str, lag: SignedDuration) -> Answer {
    let statement = parse(statement)?;
    // two entities of one row each, that no table holds
    if let Some((name, row)) = single(state, &statement.entity) {
        return Ok(json!({name: [row], "startPosition": 1, "maxResults": 1}));
    }
    let kind = Kind::parse(&statement.entity)
        .ok_or_else(|| invalid(&format!("Metadata not found for Entity: {}", statement.entity)))?;
    let tests = statement.filters.iter().map(|one| Test::new(kind, one)).collect::<Result<Vec<_>, _>>()?;
    let order = statement
        .order
        .iter()
        .map(|(name, descending)| Ok((property(kind, name)?, *descending)))
        .collect::<Result<Vec<_>, ApiFault>>()?;
    let (start, most) = window(state, &statement)?;
    let wants_inactive = tests.iter().any(|test| test.property == "Active");
    let rates = if kind == Kind::ExchangeRate { rates_of(state, &tests)? } else { Vec::new() };
    let table = state.books.table(kind);
    let rows = table.map(|table| candidates(table, &tests)).unwrap_or_default().into_iter();
    let mut found: Vec<&Object> = rows
        .filter(|row| !kind.is_list() || wants_inactive || row.is_active())
        .filter_map(|row| row.seen(state.now, lag))
        .chain(&rates)
        .filter(|value| tests.iter().all(|test| test.holds(value)))
        .collect();
    if statement.columns == Columns::Count {
        return Ok(json!({"totalCount": found.len()}));
    }
    for ((name, shape), descending) in order.iter().rev() {
        found.sort_by(|one, other| {
            let by = compare(&at(one, name), &at(other, name), *shape);
            if *descending { by.reverse() } else { by }
        });
    }
    let skip = usize::try_from(start - 1).unwrap_or(usize::MAX);
    let take = usize::try_from(most).unwrap_or(usize::MAX);
    let page = found.into_iter().skip(skip).take(take);
    let rows: Vec<Value> = page.map(|value| project(value, &statement.columns)).collect();
    if rows.is_empty() {
        return Ok(json!({}));
    }
    let count = rows.len();
    Ok(json!({kind.name(): rows, "startPosition": start, "maxResults": count}))
}

fn single(state: &State, entity: &str) -> Option<(&'static str, Value)> {
    if entity.eq_ignore_ascii_case("CompanyInfo") {
        return Some(("CompanyInfo", rates::company_info(state)));
    }
    entity.eq_ignore_ascii_case("Preferences").then(|| ("Preferences", rates::preferences(state)))
}

fn window(state: &State, statement: &Statement) -> Result<(u64, u64), ApiFault> {
    let start = statement.start.unwrap_or(1);
    if start == 0 {
        return Err(invalid("STARTPOSITION must be 1 or more"));
    }
    let most = statement.most.unwrap_or(PAGE);
    if most > MOST && !state.switches.maxresults_cap {
        return Err(invalid(&format!("MAXRESULTS must not be above {MOST}")));
    }
    Ok((start, most.min(MOST)))
}

/// The exchange rates of the dates that are asked for by `=` or `IN`, else of today.
fn rates_of(state: &State, tests: &[Test]) -> Result<Vec<Object>, ApiFault> {
    let mut dates = Vec::new();
    for test in tests.iter().filter(|test| test.property == "AsOfDate") {
        if !matches!(test.operator, Operator::Equal | Operator::In) {
            return Err(invalid("AsOfDate can be used with = and IN alone"));
        }
        dates.extend(test.values.iter().filter_map(|value| Date::from_str(value).ok()));
    }
    Ok(rates::rows(state, &dates))
}

/// The rows that an index narrows the search to.
fn candidates<'a>(table: &'a Table, tests: &[Test]) -> Vec<&'a Row> {
    let exact = tests.iter().find(|test| {
        matches!(test.property, "Id" | "DocNumber") && matches!(test.operator, Operator::Equal | Operator::In)
    });
    let Some(test) = exact else { return table.rows().collect() };
    let mut seen = HashSet::new();
    let rows = test.values.iter().flat_map(|value| match test.property {
        "Id" => table.get(value).into_iter().collect::<Vec<_>>(),
        _ => table.numbered(value).collect(),
    });
    rows.filter(|row| seen.insert(row.id.as_str())).collect()
}

fn property(kind: Kind, name: &str) -> Result<(&'static str, Shape), ApiFault> {
    kind.filter(name).ok_or_else(|| invalid(&format!("Property {name} not found for Entity {}", kind.name())))
}

/// A condition that was checked against the entity.
struct Test {
    property: &'static str,
    shape: Shape,
    operator: Operator,
    values: Vec<String>,
}

impl Test {
    fn new(kind: Kind, filter: &Filter) -> Result<Self, ApiFault> {
        let (property, shape) = property(kind, &filter.property)?;
        let allowed = match filter.operator {
            Operator::Equal | Operator::In => true,
            Operator::Like => shape == Shape::Text,
            _ => !matches!(shape, Shape::Id | Shape::Bool | Shape::Reference),
        };
        if !allowed {
            return Err(invalid(&format!("the operator cannot be used with {property}")));
        }
        for value in &filter.values {
            let readable = match shape {
                Shape::Bool => value.eq_ignore_ascii_case("true") || value.eq_ignore_ascii_case("false"),
                Shape::Number => Decimal::from_str(value).is_ok(),
                Shape::Date => Date::from_str(value).is_ok(),
                Shape::Instant => wire::parse_instant(value).is_some(),
                Shape::Id | Shape::Text | Shape::Reference => true,
            };
            if !readable {
                return Err(invalid(&format!("{value} is no value for {property}")));
            }
        }
        Ok(Self { property, shape, operator: filter.operator, values: filter.values.clone() })
    }

    fn holds(&self, value: &Object) -> bool {
        match self.property.strip_prefix("AttachableRef.EntityRef.") {
            Some(key) => linked(value, key).iter().any(|have| self.fits(have)),
            None => self.fits(&at(value, self.property)),
        }
    }

    fn fits(&self, have: &str) -> bool {
        let by = |wanted: &String| {
            if have.is_empty() && !wanted.is_empty() { None } else { Some(compare(have, wanted, self.shape)) }
        };
        let first = self.values.first().and_then(by);
        match self.operator {
            Operator::Equal => first == Some(Ordering::Equal),
            Operator::In => self.values.iter().any(|wanted| by(wanted) == Some(Ordering::Equal)),
            Operator::Less => first == Some(Ordering::Less),
            Operator::Greater => first == Some(Ordering::Greater),
            Operator::AtMost => matches!(first, Some(Ordering::Less | Ordering::Equal)),
            Operator::AtLeast => matches!(first, Some(Ordering::Greater | Ordering::Equal)),
            Operator::Like => {
                self.values.iter().any(|wanted| like(&have.to_lowercase(), &wanted.to_lowercase()))
            }
        }
    }
}

/// Types or ids of what an attachment is linked to.
fn linked(value: &Object, key: &str) -> Vec<String> {
    let links = value.get("AttachableRef").and_then(Value::as_array).into_iter().flatten();
    let found = links.filter_map(|link| link.get("EntityRef")?.get(key.to_lowercase())?.as_str());
    found.map(str::to_owned).collect()
}

/// A property as text, empty where absent.
fn at(value: &Object, property: &str) -> String {
    let found = match property.split_once('.') {
        Some((outer, inner)) => value.get(outer).and_then(|outer| outer.get(inner)),
        None => value.get(property),
    };
    match found {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Object(reference)) => {
            reference.get("value").and_then(Value::as_str).unwrap_or_default().to_owned()
        }
        Some(other) => other.to_string(),
        None => String::new(),
    }
}

fn compare(one: &str, other: &str, shape: Shape) -> Ordering {
    match shape {
        Shape::Id => match (one.parse::<u128>(), other.parse::<u128>()) {
            (Ok(one), Ok(other)) => one.cmp(&other),
            _ => one.cmp(other),
        },
        Shape::Number => Decimal::from_str(one).ok().cmp(&Decimal::from_str(other).ok()),
        Shape::Instant => {
            let instant = |text: &str| wire::parse_instant(text).unwrap_or(Timestamp::MIN);
            instant(one).cmp(&instant(other))
        }
        Shape::Text | Shape::Bool => one.to_lowercase().cmp(&other.to_lowercase()),
        Shape::Date | Shape::Reference => one.cmp(other),
    }
}

/// `%` stands for any run of characters.
fn like(text: &str, pattern: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('%') else { return text == pattern };
    let Some(mut left) = text.strip_prefix(head) else { return false };
    let parts: Vec<&str> = rest.split('%').collect();
    let Some((last, middle)) = parts.split_last() else { return true };
    for part in middle {
        let Some(found) = left.find(part) else { return false };
        left = left.get(found + part.len()..).unwrap_or_default();
    }
    left.ends_with(last)
}

fn project(value: &Object, columns: &Columns) -> Value {
    let Columns::Some(names) = columns else { return json!(value) };
    let mut picked = Map::new();
    for name in names.iter().map(String::as_str).chain(["Id", "domain", "sparse"]) {
        let outer = name.split('.').next().unwrap_or(name);
        if let Some((key, one)) = value.iter().find(|(key, _)| key.eq_ignore_ascii_case(outer)) {
            picked.insert(key.clone(), one.clone());
        }
    }
    Value::Object(picked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_stands_for_any_run() {
        for (text, pattern, fits) in [
            ("okafor, amara", "okafor%", true),
            ("okafor, amara", "%amara", true),
            ("okafor, amara", "%for%ama%", true),
            ("okafor, amara", "%ama%for%", false),
            ("okafor", "okafor", true),
            ("okafor", "oka", false),
            ("okafor", "%", true),
        ] {
            assert_eq!(like(text, pattern), fits, "{text} like {pattern}");
        }
    }
}
