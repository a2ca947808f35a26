//! Reclaimed tax (accounting.md, 2.2): cost is gross less reclaim, and what is reclaimed goes where the tax rule says.

use rust_decimal::{Decimal, RoundingStrategy};

use crate::mapping::rules::{Asked, best, told};
use crate::mapping::work::{Work, unknown, why};
use crate::model::document::{DocumentKind, Tax};
use crate::model::entry::{Named, TaxTotal, Why};
use crate::model::finding::{FindingCode, Mend};
use crate::model::ledger::AccountType;
use crate::model::money;
use crate::model::rule::{Gives, RuleKind};

/// A part of a journal line that is claimed back.
pub(super) struct Reclaim {
    /// Where it goes: an account, or nothing where the ledger posts it by the tax code of the line.
    pub account: Named,
    /// The ledger's tax code that stands on the line.
    pub code: Option<Named>,
    /// Signed like the journal line.
    pub amount: Decimal,
    /// `DE-7/R`
    pub key: String,
    pub why: Why,
}

/// The taxes that belong to one journal line of an allocation: those that it links to, each once. A tax that nobody
/// links to belongs to the only line; with several lines it cannot be placed.
pub(super) fn of_journal<'a>(w: &mut Work<'_>, asked: Asked<'a>) -> Vec<&'a Tax> {
    let (Some(a), Some(j)) = (asked.allocation, asked.journal) else { return Vec::new() };
    let mut mine = Vec::new();
    for tax in &a.taxes {
        let linked = |t: &str| !t.is_empty() && t == tax.id;
        let first = a.journals.iter().find(|k| k.taxes.iter().any(|t| linked(t)));
        let alone = first.is_none() && a.journals.len() == 1;
        if alone || first.is_some_and(|k| std::ptr::eq(k, j)) {
            mine.push(tax);
        } else if first.is_none() && !tax.reclaim.is_zero() {
            let key = key(tax);
            let sentence = format!(
                "Tax {key} belongs to no journal line, so its reclaim of {} has no place.",
                tax.reclaim
            );
            w.add(FindingCode::TaxDifference, &key, format!("{key} has no line"), sentence, Mend::Reject);
        }
    }
    mine
}

/// What is claimed back of these taxes, and the reasons for the line.
pub(super) fn reclaims(w: &mut Work<'_>, asked: Asked<'_>, taxes: &[&Tax]) -> (Vec<Reclaim>, Vec<Why>) {
    let (mut out, mut reasons) = (Vec::new(), Vec::new());
    for tax in taxes.iter().filter(|t| !t.amount.is_zero() || !t.reclaim.is_zero()) {
        let key = key(tax);
        let reclaim = reclaimable(w, tax);
        let rule = best(w.i, RuleKind::Tax, Asked { tax: Some(tax), ..asked }, |_| true);
        let Some(rule) = rule else {
            let mend = Mend::MapTax {
                country: tax.country.clone(),
                code: tax.code.clone(),
                reclaim_code: tax.reclaim_code.clone(),
            };
            let sentence =
                format!("Tax {key} ({}) has no rule: an account to claim it on, or cost.", place(tax));
            w.add(FindingCode::TaxUnmapped, &key, format!("{key} has no tax rule"), sentence, mend);
            let reason = why("tax", format!("{key}: no rule"), None);
            reasons.push(reason.clone());
            if !tax.reclaim.is_zero() {
                out.push(Reclaim {
                    account: unknown(&key),
                    code: None,
                    amount: tax.reclaim,
                    key,
                    why: reason,
                });
            }
            continue;
        };
        w.take(rule);
        if let Some(code) = code_given(w, &rule.gives) {
            let said = money::shown(reclaim, w.currency());
            let because = format!("{key}: {said} reclaimed by the ledger, {}", told(rule));
            let reason = why("tax", because, Some(rule.id));
            reasons.push(reason.clone());
            if !reclaim.is_zero() {
                receipt(w, asked, &key);
            }
            let code = Some(held(w, code, &key));
            out.push(Reclaim { account: Named::new("", ""), code, amount: reclaim, key, why: reason });
            continue;
        }
        let account = match &rule.gives {
            Gives::Record(n) if !reclaim.is_zero() => n,
            _ => {
                let told = told(rule);
                reasons.push(why(
                    "tax",
                    format!("{key}: {} stays in cost, {told}", money::shown(tax.amount, w.currency())),
                    Some(rule.id),
                ));
                continue;
            }
        };
        let reason = why(
            "tax",
            format!("{key}: {} reclaimed, {}", money::shown(reclaim, w.currency()), told(rule)),
            Some(rule.id),
        );
        reasons.push(reason.clone());
        let account = usable(w, account, &key);
        receipt(w, asked, &key);
        out.push(Reclaim { account, code: None, amount: reclaim, key, why: reason });
    }
    (out, reasons)
}

/// The tax code of a line: of its taxes, else of the rule for what has no tax (tax code empty), where the ledger wants
/// a code on every line. One line holds one code.
pub(super) fn code_of(w: &mut Work<'_>, asked: Asked<'_>, reclaims: &[Reclaim]) -> Option<String> {
    let mut codes = reclaims.iter().filter_map(|r| r.code.as_ref());
    if let Some(first) = codes.next() {
        if let Some(second) = codes.find(|c| c.id != first.id) {
            let sentence = format!(
                "One line has the tax codes {} and {}; {} holds one a line.",
                first.name,
                second.name,
                w.ledger()
            );
            w.add(FindingCode::TaxDifference, &first.id, "two tax codes", sentence, Mend::BookPolicy);
        }
        return Some(first.id.clone());
    }
    if w.facts().tax_codes.is_empty() || !reclaims.is_empty() {
        return None;
    }
    let rule = best(w.i, RuleKind::Tax, asked, |r| code_given(w, &r.gives).is_some())?;
    let code = code_given(w, &rule.gives)?;
    w.take(rule);
    Some(held(w, code, "no tax").id)
}

/// The tax code that a rule gives; a record that was picked among the ledger's tax codes is one, too.
fn code_given<'a>(w: &Work<'_>, gives: &'a Gives) -> Option<&'a Named> {
    match gives {
        Gives::TaxCode(code) => Some(code),
        Gives::Record(n) => w.facts().tax_codes.iter().any(|c| c.id == n.id && c.name == n.name).then_some(n),
        _ => None,
    }
}

/// A tax code as the ledger has it now.
fn held(w: &mut Work<'_>, code: &Named, key: &str) -> Named {
    let trouble = match w.facts().tax_codes.iter().find(|c| c.id == code.id) {
        Some(c) if c.active && !c.purchase.is_empty() => return Named::new(&c.id, &c.name),
        Some(c) if c.active => "has no rate for purchases",
        Some(_) => "is inactive",
        None => "is gone",
    };
    let sentence = format!("Tax {key} goes to tax code {}, which {trouble} in {}.", code.name, w.ledger());
    w.add(FindingCode::TaxUnmapped, key, format!("tax code {trouble}"), sentence, Mend::InLedger);
    code.clone()
}

/// The exact tax of each code against what the ledger would compute (accounting.md, 2.2): up to 0.02 for each rate is
/// told, more blocks.
pub(super) fn compare(w: &mut Work<'_>, taxes: &[TaxTotal]) {
    for t in taxes {
        let Some(code) = w.facts().tax_codes.iter().find(|c| c.id == t.code) else { continue };
        let exponent = w.currency().exponent();
        let by_rate = |rate: &Decimal| {
            let tax = t.net.checked_mul(*rate)?.checked_div(Decimal::ONE_HUNDRED)?;
            Some(tax.round_dp_with_strategy(exponent, RoundingStrategy::MidpointAwayFromZero))
        };
        let theirs: Option<Decimal> =
            code.purchase.iter().map(|r| r.percent.unwrap_or_default()).map(|r| by_rate(&r)).sum();
        let Some(theirs) = theirs.filter(|theirs| *theirs != t.amount) else { continue };
        let most = Decimal::new(2, 2) * Decimal::from(code.purchase.len());
        let (ours, ledger) = (money::shown(t.amount, w.currency()), money::shown(theirs, w.currency()));
        let sentence = format!(
            "Tax code {}: {ours} as it was approved, {ledger} as {} computes.",
            code.name,
            w.ledger()
        );
        let (finding, brief, mend) = if (theirs - t.amount).abs() <= most {
            (FindingCode::TaxCent, format!("tax {ours}, there {ledger}"), Mend::Accept)
        } else {
            (FindingCode::TaxDifference, format!("tax {ours}, there {ledger}"), Mend::Reject)
        };
        w.add(finding, &code.id, brief, sentence, mend);
    }
}

/// What is claimed back where a rule says where. The source gives no reclaim for invoices, so there the rule alone
/// decides, about the whole tax.
fn reclaimable(w: &Work<'_>, tax: &Tax) -> Decimal {
    match w.doc().kind {
        DocumentKind::Invoice if tax.reclaim.is_zero() => tax.amount,
        _ => tax.reclaim,
    }
}

/// Tax is claimed back on a tax receipt (`T`) only; anything else warns.
fn receipt(w: &mut Work<'_>, asked: Asked<'_>, key: &str) {
    // an invoice is the tax document itself
    let report = w.doc().kind != DocumentKind::Invoice;
    let Some(e) = asked.expense.filter(|e| report && e.receipt_type != "T") else { return };
    let sentence = format!(
        "{} reclaims {key} on receipt type {:?}; a tax receipt (T) is needed to claim it.",
        if e.description.is_empty() { &e.type_name } else { &e.description },
        e.receipt_type
    );
    w.add(FindingCode::TaxReceiptMissing, &e.id, "no tax receipt", sentence, Mend::Accept);
}

fn usable(w: &mut Work<'_>, named: &Named, key: &str) -> Named {
    use AccountType::{CostOfSales, CurrentAsset, CurrentLiability, Expense, FixedAsset, OtherExpense};
    let allowed = [CurrentAsset, FixedAsset, CurrentLiability, Expense, CostOfSales, OtherExpense];
    w.role_account(Some(named), &format!("tax {key}"), &allowed)
}

/// `DE-7/R`
fn key(tax: &Tax) -> String {
    if tax.reclaim_code.is_empty() { tax.code.clone() } else { format!("{}/{}", tax.code, tax.reclaim_code) }
}

fn place(tax: &Tax) -> String {
    [tax.country.as_str(), tax.authority.as_str()]
        .iter()
        .filter(|s| !s.is_empty())
        .copied()
        .collect::<Vec<_>>()
        .join(", ")
}
