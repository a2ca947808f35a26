//! Putting lines of one entry together, by expense or by day, always inside one document (accounting.md, section 1).

use rust_decimal::Decimal;

use crate::mapping::pieces::side;
use crate::mapping::text;
use crate::mapping::work::{Work, tidy};
use crate::model::book::Grouping;
use crate::model::entry::{Line, LineRole};

/// The lines as the flow wants them. Only lines with the same account, dimensions, tax code and role come together, so
/// that nothing is lost but the texts, which are joined.
pub(super) fn grouped(w: &mut Work<'_>, lines: Vec<Line>) -> Vec<Line> {
    let by = w.settings().flows.get(&w.doc().kind).map_or(Grouping::DocumentLine, |f| f.grouping);
    if by == Grouping::DocumentLine {
        return lines;
    }
    let mut out: Vec<(Line, Decimal, Vec<String>)> = Vec::new();
    for line in lines {
        let signed = line.signed();
        let alike = out.iter_mut().find(|(first, ..)| together(w, by, first, &line));
        match alike {
            Some((first, sum, texts)) => {
                *sum += signed;
                if !texts.contains(&line.text) {
                    texts.push(line.text);
                }
                for reason in line.why {
                    if !first.why.contains(&reason) {
                        first.why.push(reason);
                    }
                }
            }
            None => {
                let texts = vec![line.text.clone()];
                out.push((line, signed, texts));
            }
        }
    }
    // lines that cancel each other move nothing
    out.retain(|(_, sum, _)| !sum.is_zero());
    let mut lines = Vec::with_capacity(out.len());
    for (mut line, sum, texts) in out {
        line.side = side(sum);
        line.amount = tidy(sum.abs(), w.currency());
        if texts.len() > 1 {
            line.text = text::fitted(w, &texts.join("; "), text::LIMIT);
        }
        lines.push(line);
    }
    lines
}

fn together(w: &Work<'_>, by: Grouping, a: &Line, b: &Line) -> bool {
    let (Some(x), Some(y)) = (a.source, b.source) else { return false };
    let expense = |n: usize| w.doc().expenses.get(n);
    let place = match by {
        Grouping::DocumentLine => false,
        Grouping::Expense => x.expense == y.expense,
        Grouping::Day => expense(x.expense).and_then(|e| e.date) == expense(y.expense).and_then(|e| e.date),
    };
    // what is due from employees or affiliates stays as it was spent
    let role = a.role == b.role && matches!(a.role, LineRole::Cost | LineRole::Clearing);
    let known = !a.account.id.is_empty();
    place
        && role
        && known
        && a.account.id == b.account.id
        && a.dimensions == b.dimensions
        && a.tax_code == b.tax_code
        && a.billable == b.billable
}
