//! The last look before a write: a frozen entry set against today's reference data (reliability.md, 2.3).

use jiff::Timestamp;

use crate::mapping::dates::lock_date;
use crate::mapping::work::short_date;
use crate::model::book::Book;
use crate::model::entry::{Entry, EntryKind, EntrySet, LineRole, Named};
use crate::model::finding::{Finding, FindingCode, Mend};
use crate::model::ledger::LedgerFacts;
use crate::model::rule::DimensionKind;

/// What became wrong since the set was approved: inactive or vanished accounts, vendors and dimensions, a closed
/// period, another currency. Empty: it may be posted. Nothing in the set changes by this.
pub fn recheck(set: &EntrySet, facts: &LedgerFacts, book: &Book, now: Timestamp) -> Vec<Finding> {
    let mut out: Vec<Finding> = Vec::new();
    let mut add = |f: Finding| {
        if !out.iter().any(|o| o.code == f.code && o.value == f.value) {
            out.push(f);
        }
    };
    for entry in &set.entries {
        period(entry, facts, book, &mut add);
        currency(entry, facts, &mut add);
        vendor(entry, entry.party.as_ref(), facts, now, &mut add);
        for line in &entry.lines {
            account(&line.account, facts, &mut add);
            if line.party != entry.party {
                vendor(entry, line.party.as_ref(), facts, now, &mut add);
            }
            tax_code(line.tax_code.as_deref(), facts, &mut add);
            let d = &line.dimensions;
            dimension(DimensionKind::Class, d.class.as_ref(), facts, &mut add);
            dimension(DimensionKind::Department, d.department.as_ref(), facts, &mut add);
            dimension(DimensionKind::Customer, d.customer.as_ref(), facts, &mut add);
        }
        dimension(DimensionKind::Department, entry.location.as_ref(), facts, &mut add);
        card(entry, facts, &mut add);
    }
    out
}

fn period(entry: &Entry, facts: &LedgerFacts, book: &Book, add: &mut impl FnMut(Finding)) {
    let Some(lock) = lock_date(book, facts).filter(|l| entry.date <= *l) else { return };
    add(Finding::new(
        FindingCode::PeriodClosed,
        &lock.to_string(),
        format!("closed through {}", short_date(lock)),
        format!("The books are closed through {lock}; {} is dated {}.", entry.slot, entry.date),
        Mend::Period { next_open: lock.tomorrow().unwrap_or(lock) },
    ));
}

fn currency(entry: &Entry, facts: &LedgerFacts, add: &mut impl FnMut(Finding)) {
    let c = entry.currency;
    let company = &facts.company;
    if c != company.home_currency && !(company.multicurrency && company.currencies.contains(&c)) {
        let sentence = format!("{c} is no longer enabled in {}.", company.name);
        add(Finding::new(
            FindingCode::CurrencyNotEnabled,
            c.code(),
            format!("{c} not enabled"),
            sentence,
            Mend::InLedger,
        ));
    }
}

fn tax_code(code: Option<&str>, facts: &LedgerFacts, add: &mut impl FnMut(Finding)) {
    // a ledger that computes no tax lists no codes
    let Some(code) = code.filter(|_| !facts.tax_codes.is_empty()) else { return };
    if facts.tax_codes.iter().any(|c| c.id == code && c.active) {
        return;
    }
    let sentence = format!("Tax code {code} is inactive or gone in the ledger since the approval.");
    add(Finding::new(FindingCode::TaxUnmapped, code, "tax code inactive", sentence, Mend::InLedger));
}

fn vendor(
    entry: &Entry,
    party: Option<&Named>,
    facts: &LedgerFacts,
    now: Timestamp,
    add: &mut impl FnMut(Finding),
) {
    let Some(party) = party else { return };
    let mend = Mend::InLedger;
    match facts.vendor(&party.id) {
        Some(v) if v.active => {
            let has = v.currency.unwrap_or(facts.company.home_currency);
            if has != entry.currency {
                let sentence =
                    format!("Vendor {} is kept in {has}; {} is in {}.", v.name, entry.slot, entry.currency);
                add(Finding::new(
                    FindingCode::PartyCurrency,
                    &v.id,
                    format!("vendor is in {has}"),
                    sentence,
                    mend,
                ));
            }
        }
        found => {
            let trouble = if found.is_some() { "inactive" } else { "gone" };
            let sentence = format!(
                "Vendor {} is {trouble} in the ledger, read {}, looked at {now}.",
                party.name, facts.read_at
            );
            add(Finding::new(
                FindingCode::PartyUnmapped,
                &party.id,
                format!("vendor {trouble}"),
                sentence,
                mend,
            ));
        }
    }
}

fn account(named: &Named, facts: &LedgerFacts, add: &mut impl FnMut(Finding)) {
    let trouble = match facts.account(&named.id) {
        Some(a) if a.active => return,
        Some(_) => "inactive",
        None => "gone",
    };
    let code = if trouble == "gone" { FindingCode::AccountUnmapped } else { FindingCode::AccountInactive };
    let sentence = format!("Account {} is {trouble} in the ledger since the approval.", named.name);
    add(Finding::new(code, &named.id, format!("{} {trouble}", named.name), sentence, Mend::InLedger));
}

fn dimension(kind: DimensionKind, named: Option<&Named>, facts: &LedgerFacts, add: &mut impl FnMut(Finding)) {
    let Some(named) = named else { return };
    let trouble = match facts.dimension(kind, &named.id) {
        Some(v) if v.active => return,
        Some(_) => "inactive",
        None => "gone",
    };
    let sentence =
        format!("The {} {} is {trouble} in the ledger since the approval.", kind.word(), named.name);
    let brief = format!("{} {trouble}", kind.word());
    add(Finding::new(FindingCode::DimensionInactive, &named.id, brief, sentence, Mend::InLedger));
}

fn card(entry: &Entry, facts: &LedgerFacts, add: &mut impl FnMut(Finding)) {
    if !matches!(entry.kind, EntryKind::CardPurchase | EntryKind::CardRefund) {
        return;
    }
    let account = entry.lines.iter().find(|l| l.role == LineRole::Card && l.is_offset());
    let Some(a) = account.and_then(|l| facts.account(&l.account.id)) else { return };
    let has = a.currency.unwrap_or(facts.company.home_currency);
    if has != entry.currency {
        let sentence =
            format!("Card account {} is kept in {has}; {} is in {}.", a.label(), entry.slot, entry.currency);
        add(Finding::new(
            FindingCode::CardCurrency,
            &a.id,
            format!("card is in {has}"),
            sentence,
            Mend::Reject,
        ));
    }
}
