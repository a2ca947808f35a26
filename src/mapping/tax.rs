//! Reclaimed tax (accounting.md, 2.2): cost is gross less reclaim, and what is reclaimed goes where the tax rule says.

use rust_decimal::Decimal;

use crate::mapping::rules::{Asked, best, told};
use crate::mapping::work::{Work, unknown, why};
use crate::model::document::{DocumentKind, Tax};
use crate::model::entry::{Named, Why};
use crate::model::finding::{FindingCode, Mend};
use crate::model::ledger::AccountType;
use crate::model::money;
use crate::model::rule::{Gives, RuleKind};

/// A part of a journal line that is claimed back.
pub(super) struct Reclaim {
    pub account: Named,
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
                out.push(Reclaim { account: unknown(&key), amount: tax.reclaim, key, why: reason });
            }
            continue;
        };
        w.take(rule);
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
        out.push(Reclaim { account, amount: reclaim, key, why: reason });
    }
    (out, reasons)
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
