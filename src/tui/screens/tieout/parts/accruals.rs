//! The accrual list at the month's end, and what the accrual journals would be.

use std::collections::BTreeSet;

use crate::model::money::{Currency, shown};
use crate::tui::format::amount;
use crate::tui::screens::tieout::sheet::{Row, Section, Target};
use crate::tui::text::{clean, left, right, wrap};
use crate::tui::theme::Meaning;

use super::{Made, widest};

/// A part in one word, beside its lines.
fn short(part: &str) -> &str {
    match part {
        "approved_not_posted" => "not posted",
        "spent_before" => "spent before",
        "submitted" => "submitted",
        "card_not_reported" => "card",
        other => other,
    }
}

/// The sections.
pub fn sections(made: &Made<'_>) -> Vec<Section> {
    vec![sums(made), plan(made), lines(made)]
}

fn sums(made: &Made<'_>) -> Section {
    let r = &made.done.report;
    let all: BTreeSet<(bool, Currency)> =
        r.accruals.iter().flat_map(|a| a.sums.keys().map(|c| (*c != r.home, *c))).collect();
    let all: Vec<Currency> = all.into_iter().map(|(_, c)| c).collect();
    let room = made.columns.saturating_sub(1);
    let width = |c: &Currency| {
        let of = r.accruals.iter().filter_map(|a| a.sums.get(c)).map(|s| (s.1, *c));
        widest(of, 11) + 2
    };
    let fixed: usize = all.iter().map(|c| 5 + width(c)).sum();
    let label = room.saturating_sub(fixed).clamp(20, 64);
    let mut head = left("", label);
    for c in &all {
        head += &right("n", 5);
        head += &right(c.code(), width(c));
    }
    let rows = r.accruals.iter().map(|a| {
        let mut row = Row::of(Target::Accrual(a.part.clone())).left(
            Meaning::Text,
            &format!(" {}", clean(&a.label)),
            label,
        );
        if !a.read {
            let card = a.part == "card_not_reported";
            let words = if card { "no statement figure yet" } else { "not read" };
            return row.put(Meaning::Warn, format!("  {words}"));
        }
        for c in &all {
            let (n, m) = a
                .sums
                .get(c)
                .map_or((String::new(), String::new()), |(n, m)| (n.to_string(), amount(*m, *c)));
            row = row.right(Meaning::Text, &n, 5).right(Meaning::Text, &m, width(c));
        }
        row
    });
    let rows: Vec<Row> = rows.collect();
    Section {
        title: format!("accrual list at {}", r.span.to),
        right: "nothing on it posts by itself".into(),
        head,
        least: rows.len(),
        rows,
        ..Section::default()
    }
}

/// What the key would make: known once it was asked for.
fn plan(made: &Made<'_>) -> Section {
    let room = made.columns.saturating_sub(2);
    let mut rows = Vec::new();
    let mut say = |meaning: Meaning, text: String| {
        rows.extend(wrap(&clean(&text), room).into_iter().map(|l| Row::text(meaning, l)));
    };
    match made.plan {
        None => say(
            Meaning::Muted,
            "A works out the accrual journals of the first two parts and shows them; they are made only when you \
             say so, and then wait for approval like any document."
                .into(),
        ),
        Some(Err(why)) => say(Meaning::Error, format!("They cannot be worked out: {why}")),
        Some(Ok(plan)) => {
            for (number, sum, documents) in &plan.planned {
                let amount = shown(sum.amount, sum.currency);
                say(
                    Meaning::Text,
                    format!(
                        "{number} accrues {amount} {} of {documents} documents on {}, and takes it back on the first \
                         day of the next month.",
                        sum.currency, made.done.report.span.to
                    ),
                );
            }
            for made in &plan.made {
                say(Meaning::Ok, format!("✓ {} is made: {}. It waits for approval in the queue.", made.number, made.amount));
            }
            for (number, state) in &plan.there {
                say(Meaning::Muted, format!("{number} is there already and is {}.", state.name().replace('_', " ")));
            }
            for l in &plan.left_out {
                say(Meaning::Warn, format!("Left out: {} {}: {}.", l.number, l.amount, l.why));
            }
            if plan.planned.is_empty() && plan.made.is_empty() && plan.there.is_empty() {
                say(Meaning::Muted, "Nothing of this month can be accrued.".into());
            }
        }
    }
    Section {
        title: "what the accrual journals would be".into(),
        least: rows.len().min(6),
        rows,
        ..Section::default()
    }
}

fn lines(made: &Made<'_>) -> Section {
    let r = &made.done.report;
    let all = || r.accruals.iter().flat_map(|a| a.lines.iter().map(move |l| (a, l)));
    let figure = widest(all().map(|(_, l)| (l.minor, l.currency)), 10) + 1;
    let wide = made.wide();
    let rest = made.columns.saturating_sub(14 + 14 + 5 + figure + 2);
    let (party, account, object) = if wide {
        (24, rest.saturating_sub(24) * 6 / 10, rest.saturating_sub(24) * 4 / 10)
    } else {
        (rest.min(24), 0, 0)
    };
    let mut rows: Vec<Row> = all()
        .map(|(a, l)| {
            let mut row = Row::of(Target::Number(l.number.clone()))
                .left(Meaning::Muted, &format!(" {}", short(&a.part)), 14)
                .left(Meaning::Text, &clean(&l.number), 13)
                .put(Meaning::Text, " ")
                .left(Meaning::Text, &clean(&l.party), party);
            if wide {
                let text = |t: &str| if t.is_empty() { "—".to_string() } else { clean(t) };
                row = row
                    .put(Meaning::Text, " ")
                    .left(Meaning::Text, &text(&l.account), account)
                    .put(Meaning::Text, " ")
                    .left(Meaning::Text, &text(&l.object), object);
            }
            row.put(Meaning::Text, format!(" {}", l.currency.code())).right(
                Meaning::Text,
                &amount(l.minor, l.currency),
                figure,
            )
        })
        .collect();
    let none = rows.is_empty();
    let mut head = format!("{}{}{}", left(" part", 14), left("document", 14), left("party", party));
    if wide {
        head += &format!(" {} {}", left("account", account), left("cost object", object));
    }
    head += &format!(" ccy{}", right("amount", figure));
    if none {
        rows.push(Row::text(Meaning::Muted, "Nothing is to be accrued at this month's end."));
    }
    let n = if none { 0 } else { rows.len() };
    Section {
        title: "by document, account and cost object".into(),
        right: n.to_string(),
        counts: true,
        head: if none { String::new() } else { head },
        rows,
        least: 3,
    }
}
