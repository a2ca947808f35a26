//! Tax outside the US (contract 7.9; accounting.md, 2.2): lines go out net with a tax code, and the exact tax of each
//! code goes out as an override for each rate, so that QuickBooks books what was approved and not its own figure.
//!
//! An entry balances with its tax lines in it. Those that an override stands for (role tax, with a tax code that
//! `Entry::taxes` lists) are not sent as lines.

use std::collections::BTreeMap;

use rust_decimal::{Decimal, RoundingStrategy};

use crate::model::entry::{Entry, EntryKind, Line, LineRole, Side};
use crate::model::ledger::{LedgerFacts, TaxCode};
use crate::model::money;

/// The override for one rate: signed like the record's own amounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateTotal<'a> {
    /// The rate's id.
    pub rate: &'a str,
    /// Tax.
    pub amount: Decimal,
    /// What it is computed on.
    pub net: Decimal,
}

/// A line that the override of its tax code stands for.
pub fn is_override(entry: &Entry, line: &Line) -> bool {
    let listed = |code: &String| entry.taxes.iter().any(|t| t.code == *code);
    line.role == LineRole::Tax && line.tax_code.as_ref().is_some_and(listed)
}

/// The lines that are sent as lines of the record: of a journal all but overridden tax, else without the header's own.
pub fn sent(entry: &Entry) -> impl Iterator<Item = &Line> {
    let journal = entry.kind == EntryKind::Journal;
    entry.lines.iter().filter(move |l| (journal || !l.is_offset()) && !is_override(entry, l))
}

/// The side on which an amount of the record is positive.
pub fn positive_side(kind: EntryKind) -> Side {
    match kind {
        EntryKind::VendorCredit | EntryKind::CardRefund => Side::Credit,
        _ => Side::Debit,
    }
}

/// Σ debits of a journal as QuickBooks gives its lines back.
pub fn sent_debits(entry: &Entry) -> Decimal {
    sent(entry).filter(|l| l.side == Side::Debit).map(|l| l.amount).sum()
}

/// Whether lines of this entry carry tax codes that QuickBooks computes with.
pub fn computed(entry: &Entry, facts: &LedgerFacts) -> bool {
    facts.company.country != "US" && entry.lines.iter().any(|l| l.tax_code.is_some())
}

/// The overrides, one for each rate: of a group code one for each of its rates, by weight, the last one rounded.
pub fn overrides<'a>(entry: &Entry, facts: &'a LedgerFacts) -> Result<Vec<RateTotal<'a>>, String> {
    let turn = if positive_side(entry.kind) == Side::Debit { Decimal::ONE } else { -Decimal::ONE };
    let mut by_rate: BTreeMap<&str, (Decimal, Decimal)> = BTreeMap::new();
    for total in &entry.taxes {
        let code = usable(&total.code, facts)?;
        let weights: Vec<Decimal> =
            code.purchase.iter().map(|r| r.percent.unwrap_or_default().abs()).collect();
        let parts = split(total.amount * turn, &weights, entry.currency.exponent().min(2))
            .ok_or_else(|| format!("the tax code {} has no rate that its tax could be of", code.name))?;
        for (rate, part) in code.purchase.iter().zip(parts) {
            let sum = by_rate.entry(rate.id.as_str()).or_default();
            sum.0 += part;
            sum.1 += total.net * turn;
        }
    }
    Ok(by_rate.into_iter().map(|(rate, (amount, net))| RateTotal { rate, amount, net }).collect())
}

/// The tax of one line of a journal: its share of the tax of its code (contract 7.9: each taxed line carries its own).
pub fn of_line(entry: &Entry, line: &Line) -> Option<Decimal> {
    let code = line.tax_code.as_ref()?;
    let total = entry.taxes.iter().find(|t| t.code == *code)?;
    let same: Vec<&Line> = sent(entry).filter(|l| l.tax_code.as_ref() == Some(code)).collect();
    let weights: Vec<Decimal> = same.iter().map(|l| l.signed()).collect();
    let parts = split(total.amount, &weights, entry.currency.exponent().min(2))?;
    let at = same.iter().position(|l| std::ptr::eq(*l, line))?;
    parts.get(at).map(Decimal::abs)
}

/// `amount` in parts by weight, exact in sum. None: there is an amount and no weight.
fn split(amount: Decimal, weights: &[Decimal], decimals: u32) -> Option<Vec<Decimal>> {
    let all: Decimal = weights.iter().copied().sum();
    let last = weights.len().checked_sub(1)?;
    if all.is_zero() && last > 0 && !amount.is_zero() {
        return None;
    }
    let mut left = amount;
    let mut parts = Vec::with_capacity(weights.len());
    for (n, weight) in weights.iter().enumerate() {
        let exact =
            if all.is_zero() { Decimal::ZERO } else { amount.checked_mul(*weight)?.checked_div(all)? };
        let rounded = exact.round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero);
        let part = if n == last { left } else { rounded };
        left -= part;
        parts.push(part);
    }
    Some(parts)
}

fn usable<'a>(id: &str, facts: &'a LedgerFacts) -> Result<&'a TaxCode, String> {
    let code = facts.tax_code(id).ok_or_else(|| format!("QuickBooks has no tax code {id}"))?;
    if !code.active {
        return Err(format!("the tax code {} is inactive in QuickBooks", code.name));
    }
    if code.purchase.is_empty() {
        return Err(format!("the tax code {} is not for purchases in QuickBooks", code.name));
    }
    Ok(code)
}

/// Sentences about the tax of an entry, where QuickBooks computes it.
pub fn check(entry: &Entry, facts: &LedgerFacts, said: &mut Vec<String>) {
    if !computed(entry, facts) {
        if !entry.taxes.is_empty() {
            said.push(
                "QuickBooks in the US takes no tax of its own on purchases: tax belongs into cost".into(),
            );
        }
        return;
    }
    let shown = |d: Decimal| money::shown(d, entry.currency);
    for line in sent(entry) {
        match &line.tax_code {
            None if entry.kind != EntryKind::Journal => said.push(format!(
                "the line {:?} has no tax code; outside the US QuickBooks needs one on every line",
                line.text
            )),
            None => {}
            Some(code) => {
                if let Err(why) = usable(code, facts) {
                    said.push(why);
                }
                if !entry.taxes.iter().any(|t| t.code == *code) {
                    said.push(format!("the exact tax of the tax code {code} is missing"));
                }
            }
        }
    }
    for total in &entry.taxes {
        let of_code = sent(entry).filter(|l| l.tax_code.as_deref() == Some(total.code.as_str()));
        let net: Decimal = of_code.map(Line::signed).sum();
        if net != total.net {
            said.push(format!(
                "the lines of the tax code {} add up to {}, its tax is said to be of {}",
                total.code,
                shown(net),
                shown(total.net)
            ));
        }
    }
    if let Err(why) = overrides(entry, facts) {
        said.push(why);
    }
    let offset: Decimal = entry.lines.iter().filter(|l| l.is_offset()).map(Line::signed).sum();
    let lines: Decimal = sent(entry).filter(|l| !l.is_offset()).map(Line::signed).sum();
    let tax: Decimal = entry.taxes.iter().map(|t| t.amount).sum();
    if lines + tax + offset != Decimal::ZERO {
        said.push(format!(
            "lines of {} and tax of {} do not make up the total of {}",
            shown(lines),
            shown(tax),
            shown(-offset)
        ));
    }
}
