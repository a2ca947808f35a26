//! Which rule wins: the precedence of design.md. Equal ranks with different results are refused at saving.

use crate::mapping::Inputs;
use crate::model::document::{Allocation, DocumentKind, Expense, Journal, Tax};
use crate::model::rule::{Key, Rule, RuleKind, line_key};

/// The place in the document that a rule is asked for.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Asked<'a> {
    pub expense: Option<&'a Expense>,
    pub allocation: Option<&'a Allocation>,
    pub journal: Option<&'a Journal>,
    pub tax: Option<&'a Tax>,
}

/// The rule of highest rank of a kind that matches here and that `allowed` lets through.
pub(super) fn best<'a>(
    i: &'a Inputs<'a>,
    kind: RuleKind,
    asked: Asked<'_>,
    allowed: impl Fn(&Rule) -> bool,
) -> Option<&'a Rule> {
    i.rules
        .rules
        .iter()
        .filter(|r| r.kind == kind && allowed(r) && matches(i, r, asked))
        .max_by_key(|r| (r.rank(), r.id))
        // below the book's own default nothing decides but a default of the documents that a guard names
        .or_else(|| super::guards::default_of(i, kind).filter(|r| allowed(r)))
}

fn matches(i: &Inputs<'_>, rule: &Rule, asked: Asked<'_>) -> bool {
    rule.document.is_none_or(|d| d == i.id)
        && rule.party.as_ref().is_none_or(|p| !p.is_empty() && *p == i.document.payee.code)
        && rule.keys.iter().all(|(k, v)| match k {
            Key::Line => asked.expense.zip(asked.allocation).is_some_and(|(e, a)| line_key(e, a) == *v),
            _ => value(i, k, asked).is_some_and(|is| is == v),
        })
}

/// The source's field that holds what the book calls `field`: invoices may carry the same codes in another one.
pub(super) fn field_of<'a>(i: &'a Inputs<'_>, field: &'a str) -> &'a str {
    if i.document.kind != DocumentKind::Invoice {
        return field;
    }
    let settings = i.book.settings.dimensions.iter().find(|s| s.field == field);
    settings.and_then(|s| s.invoice_field.as_deref()).unwrap_or(field)
}

/// The document's value for a key; a code that was not sent is no value.
fn value<'a>(i: &'a Inputs<'_>, key: &'a Key, asked: Asked<'a>) -> Option<&'a str> {
    let doc = i.document;
    let text = match key {
        Key::AccountCode => asked.journal.map(|j| j.account_code.as_str()),
        Key::ExpenseType => asked.expense.map(|e| e.type_code.as_str()),
        // an empty code asks for what has no tax
        Key::TaxCode => Some(asked.tax.map_or("", |t| t.code.as_str())),
        Key::ReclaimCode => asked.tax.map(|t| t.reclaim_code.as_str()),
        Key::Country => asked.tax.map(|t| t.country.as_str()),
        Key::Authority => asked.tax.map(|t| t.authority.as_str()),
        Key::Field(f) => {
            let f = field_of(i, f);
            match (asked.expense, asked.allocation) {
                (Some(e), Some(a)) => doc.cost_object(e, a, f).map(|c| c.code.as_str()),
                _ => doc.fields.get(f).map(|c| c.code.as_str()),
            }
        }
        Key::About | Key::Line => None,
    };
    text.filter(|t| !t.is_empty() || matches!(key, Key::ReclaimCode | Key::TaxCode))
}

/// A person's decision about this document: `reopened_delta`, `maybe_in_ledger:151`.
pub(super) fn decided<'a>(i: &'a Inputs<'a>, about: &str) -> Option<&'a Rule> {
    i.rules.rules.iter().find(|r| {
        r.kind == RuleKind::Decision
            && r.document == Some(i.id)
            && r.keys.get(&Key::About).is_some_and(|a| a == about)
    })
}

/// `rule 12: CC200 → 200 Operations`; for one document `rule 40, override by Theo Okonkwo: wrong client → 200 Operations`
pub(super) fn told(rule: &Rule) -> String {
    match &rule.document {
        Some(_) => {
            let reason = rule.reason.as_deref().unwrap_or("no reason given");
            format!("rule {}, override by {}: {reason} → {}", rule.id, rule.author, rule.gives)
        }
        None => format!("rule {}: {} → {}", rule.id, rule.condition(), rule.gives),
    }
}
