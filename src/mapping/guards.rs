//! Rules about whole documents: which of them a document meets, and what they say of it. The first that hits decides.

use rust_decimal::Decimal;

use crate::mapping::Inputs;
use crate::mapping::derive::approved;
use crate::mapping::rules::decided;
use crate::mapping::work::Work;
use crate::model::document::{Coded, Document};
use crate::model::finding::{FindingCode, Mend};
use crate::model::guard::{Condition, Guard, Subject, Test, Then};
use crate::model::rule::{Rule, RuleKind};

/// Whether every condition of a guard holds for a document.
pub fn hits(guard: &Guard, doc: &Document) -> bool {
    !guard.conditions.is_empty() && guard.conditions.iter().all(|c| holds(c, doc))
}

/// The guard that leaves a document out, if one does: such a document is not acknowledged.
pub fn left_out<'a>(guards: &'a [Guard], doc: &Document) -> Option<&'a Guard> {
    guards.iter().find(|g| g.then == Then::Skip && hits(g, doc))
}

fn holds(c: &Condition, doc: &Document) -> bool {
    if c.subject == Subject::Amount {
        let Ok(limit) = c.value.parse::<Decimal>() else { return false };
        let amount = approved(doc);
        return match c.test {
            Test::Above => amount > limit,
            Test::Below => amount < limit,
            Test::Is | Test::Not | Test::Contains => false,
        };
    }
    let wanted = c.value.to_lowercase();
    let values = values(&c.subject, doc);
    let mut values = values.iter().map(|v| v.to_lowercase());
    match c.test {
        Test::Is => values.any(|v| v == wanted),
        Test::Not => !values.any(|v| v == wanted),
        Test::Contains => values.any(|v| v.contains(&wanted)),
        Test::Above | Test::Below => false,
    }
}

/// All values of a document for a subject; of lines, each one's.
fn values(subject: &Subject, doc: &Document) -> Vec<String> {
    let one = |s: &str| vec![s.to_string()];
    let lines = doc.expenses.iter();
    match subject {
        Subject::Kind => one(doc.kind.name()),
        Subject::Payee => one(&doc.payee.code),
        Subject::Name => vec![doc.payee.name.clone(), doc.payee.spoken_name.clone()],
        Subject::Number => one(&doc.number),
        Subject::Title => one(&doc.title),
        Subject::Currency => one(doc.currency.code()),
        Subject::Method => one(&doc.pay_method),
        Subject::Policy => one(&doc.policy),
        Subject::ExpenseType => lines.flat_map(|e| [e.type_code.clone(), e.type_name.clone()]).collect(),
        Subject::Merchant => lines.map(|e| e.merchant.clone()).collect(),
        Subject::AccountCode => doc.journals().map(|(.., j)| j.account_code.clone()).collect(),
        Subject::Field(name) => {
            let both = |c: &Coded| [c.code.clone(), c.value.clone()];
            let header = doc.fields.get(name).into_iter().flat_map(both);
            let of_lines = lines.flat_map(|e| {
                let own = e.fields.get(name).into_iter().flat_map(both);
                let split = e.allocations.iter().filter_map(|a| a.fields.get(name)).flat_map(both);
                own.chain(split).collect::<Vec<_>>()
            });
            header.chain(of_lines).filter(|v| !v.is_empty()).collect()
        }
        Subject::Amount => Vec::new(),
    }
}

/// Adds what leaves the document out. True: it is derived no further.
pub(super) fn skip(w: &mut Work<'_>) -> bool {
    let Some(guard) = left_out(&w.i.rules.guards, w.doc()) else { return false };
    if let Some(rule) = decided(w.i, FindingCode::OutOfScope.name()) {
        w.take(rule);
        return false;
    }
    let why = if guard.reason.is_empty() { String::new() } else { format!(" {}", guard.reason) };
    let sentence = format!("Rule {} of {} leaves it out: {}.{why}", guard.id, guard.author, guard.condition());
    let mend = Mend::Decide {
        about: FindingCode::OutOfScope.name().into(),
        words: "take it over: post it here all the same".into(),
    };
    w.add(FindingCode::OutOfScope, &guard.id.to_string(), format!("left out, rule {}", guard.id), sentence, mend);
    true
}

/// Adds what every guard that hits wants to wait for.
pub(super) fn hold(w: &mut Work<'_>) {
    let i = w.i;
    for guard in i.rules.guards.iter().filter(|g| g.then == Then::Hold && hits(g, i.document)) {
        let about = format!("{}:{}", FindingCode::HoldRule.name(), guard.id);
        if let Some(rule) = decided(i, &about) {
            w.take(rule);
            continue;
        }
        let why = if guard.reason.is_empty() { String::new() } else { format!(" {}", guard.reason) };
        let sentence = format!("Rule {} of {} holds it: {}.{why}", guard.id, guard.author, guard.condition());
        let mend = Mend::Decide { about, words: "release it: this one need not wait".into() };
        let brief = format!("held by rule {}", guard.id);
        w.add(FindingCode::HoldRule, &guard.id.to_string(), brief, sentence, mend);
    }
}

/// The first default of a kind for this document.
pub(super) fn default_of<'a>(i: &'a Inputs<'a>, kind: RuleKind) -> Option<&'a Rule> {
    let guards = i.rules.guards.iter().filter(|g| hits(g, i.document));
    guards.filter_map(Guard::default_rule).find(|r| r.kind == kind)
}
