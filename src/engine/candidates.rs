//! Records of the ledger that could mend a finding: never applied without consent, except exact ones by code or e-mail.

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

use crate::engine::Candidate;
use crate::mapping;
use crate::model::LedgerFacts;
use crate::model::book::Book;
use crate::model::entry::Named;
use crate::model::finding::Mend;

/// At most this many are offered; typing narrows them.
const MOST: usize = 200;

/// The candidates for a mend, best first.
pub fn of(mend: &Mend, typed: &str, facts: &LedgerFacts, book: &Book) -> Vec<Candidate> {
    let mut list = filtered(all(mend, facts, book), typed);
    list.sort_by(|a, b| b.score.cmp(&a.score).then_with(|| a.record.name.cmp(&b.record.name)));
    list.truncate(MOST);
    list
}

/// Every record that could mend it, in the ledger's order.
pub(crate) fn all(mend: &Mend, facts: &LedgerFacts, book: &Book) -> Vec<Candidate> {
    match mend {
        Mend::MapParty { suggestion, .. } => {
            let suggested = suggestion.as_ref().map(|s| s.record.id.clone());
            let mut list: Vec<Candidate> = facts
                .vendors
                .iter()
                .filter(|v| v.active)
                .map(|v| {
                    candidate(
                        Named::new(&v.id, &v.name),
                        v.currency.map(|c| c.code().to_string()).unwrap_or_default(),
                    )
                })
                .collect();
            if let Some(s) = suggestion
                && let Some(c) = list.iter_mut().find(|c| Some(&c.record.id) == suggested.as_ref())
            {
                c.score = s.score;
                c.note = format!("suggested: {}", s.because);
            }
            list
        }
        Mend::MapAccount { .. } => facts
            .accounts
            .iter()
            .filter(|a| {
                a.active
                    && (a.kind.takes_cost()
                        || book.settings.accounts.also_allowed.iter().any(|n| n.id == a.id))
            })
            .map(|a| candidate(a.named(), a.kind.words().to_string()))
            .collect(),
        Mend::MapDimension { dimension, code, value, .. } => facts
            .dimension_list(*dimension)
            .iter()
            .filter(|d| d.active)
            .map(|d| {
                let mut c = candidate(Named::new(&d.id, &d.name), dimension.word().to_string());
                let near = mapping::like(code, value, &d.name);
                if near.score > 0 {
                    c.score = near.score;
                    c.note = near.because;
                }
                c
            })
            .collect(),
        // a ledger that computes tax takes its own codes
        Mend::MapTax { .. } if !facts.tax_codes.is_empty() => facts
            .tax_codes
            .iter()
            .filter(|c| c.active && !c.purchase.is_empty())
            .map(|c| {
                let rates: Vec<String> = c
                    .purchase
                    .iter()
                    .filter_map(|r| r.percent)
                    .map(|r| format!("{} %", r.normalize()))
                    .collect();
                candidate(Named::new(&c.id, &c.name), format!("tax code, {}", rates.join(" + ")))
            })
            .collect(),
        Mend::MapTax { .. } => facts
            .accounts
            .iter()
            .filter(|a| a.active && !a.kind.is_profit_and_loss() && a.kind.words().contains("current"))
            .map(|a| candidate(a.named(), a.kind.words().to_string()))
            .collect(),
        Mend::Adopt { id, .. } => facts
            .recent
            .iter()
            .filter(|r| r.id == *id)
            .map(|r| {
                let money = crate::model::Money::new(r.amount, r.currency);
                candidate(Named::new(&r.id, &r.number), format!("{} of {}, {money}", r.kind.words(), r.date))
            })
            .collect(),
        _ => Vec::new(),
    }
}

fn candidate(record: Named, note: String) -> Candidate {
    Candidate { record, score: 0, note }
}

fn filtered(list: Vec<Candidate>, typed: &str) -> Vec<Candidate> {
    if typed.trim().is_empty() {
        return list;
    }
    let mut matcher = Matcher::new(Config::DEFAULT);
    let pattern = Pattern::parse(typed, CaseMatching::Ignore, Normalization::Smart);
    let mut buffer = Vec::new();
    list.into_iter()
        .filter_map(|mut c| {
            let text = Utf32Str::new(&c.record.name, &mut buffer);
            let score = pattern.score(text, &mut matcher)?;
            c.score = u8::try_from(score.min(100)).unwrap_or(100);
            Some(c)
        })
        .collect()
}
