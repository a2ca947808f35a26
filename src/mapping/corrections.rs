//! Corrections: the opposite of posted entries, and accruals with their reversal (accounting.md, sections 3 and 9). A
//! repost is derived like any document and renamed here.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::mapping::dates::{book_zone, lock_date};
use crate::mapping::derive::state;
use crate::mapping::recheck::recheck;
use crate::mapping::work::{short_date, why};
use crate::mapping::{Check, Derivation, Identity, Summary};
use crate::model::book::Book;
use crate::model::correction::{AccrualLine, Correction, Origin, PostedEntry};
use crate::model::entry::{
    Dimensions, Entry, EntryKind, EntrySet, Line, LineRole, Named, Side, Slot, TaxTotal,
};
use crate::model::finding::{Finding, FindingCode, Level, Mend};
use crate::model::ledger::LedgerFacts;
use crate::model::money::{Currency, Money};
use crate::model::reference::{Reference, ReferenceParts};

/// What decides the entries of a reversal or an accrual.
#[derive(Debug, Clone, Copy)]
pub struct Correcting<'a> {
    /// What it is.
    pub correction: &'a Correction,
    /// The book.
    pub book: &'a Book,
    /// The ledger's reference data.
    pub facts: &'a LedgerFacts,
    /// The two ends.
    pub identity: &'a Identity,
    /// References that other documents have taken in this ledger.
    pub used: &'a BTreeSet<String>,
    /// The present instant.
    pub now: Timestamp,
}

/// Derives a reversal or an accrual. Nothing of it depends on mapping rules: accounts are those that were posted. A
/// repost has no entries here; see [`renamed`].
pub fn correct(i: &Correcting<'_>) -> Derivation {
    let mut findings = Vec::new();
    let mut set = EntrySet::default();
    let mut original = None;
    match i.correction {
        Correction::Reversal { of, records, on, .. } => {
            original = records.first().map(|r| r.entry.date);
            for record in records {
                let slot = if records.len() == 1 {
                    Slot::Reversal
                } else {
                    Slot::ReversalOf(record.entry.slot.to_string())
                };
                let date = open_day(i, on.unwrap_or(record.entry.date).max(record.entry.date), &mut findings);
                let entry = opposite(i, of, record, slot, date, &set);
                set.entries.push(entry);
            }
        }
        Correction::Accrual { period, last, currency, account, lines, .. } => {
            original = Some(*last);
            let next = last.tomorrow().unwrap_or(*last);
            let first = accrual(i, Slot::Accrual(period.clone()), *last, *currency, account, lines, &set);
            let slot = Slot::Accrual(format!("{period}-reversal"));
            let swapped: Vec<AccrualLine> =
                lines.iter().map(|l| AccrualLine { amount: -l.amount, ..l.clone() }).collect();
            set.entries.push(first);
            let second = accrual(i, slot, next, *currency, account, &swapped, &set);
            set.entries.push(second);
        }
        Correction::Repost { .. } => {}
    }
    findings.extend(recheck(&set, i.facts, i.book, i.now));
    second_approver(i, &set, &mut findings);
    finished(i, set, findings, original)
}

/// The entries of a repost: derived with today's rules, in slots and under references of their own.
pub fn renamed(i: &Correcting<'_>, mut derived: Derivation) -> Derivation {
    let Correction::Repost { of, n, .. } = i.correction else { return derived };
    let mut set = EntrySet::default();
    for (k, mut entry) in derived.set.entries.drain(..).enumerate() {
        let slot = Slot::Repost(n + u32::try_from(k).unwrap_or(u32::MAX - n));
        let reference = reference(i, &slot, &set);
        let was = entry.reference.clone();
        entry.memo = memo(&format!("{}, posted again", head(&entry.memo)), &reference);
        if entry.number == was.as_str() {
            entry.number = reference.to_string();
        }
        entry.reference = reference;
        entry.slot = slot;
        set.entries.push(entry);
    }
    // that the document itself is (or was) in the ledger is why it is posted again
    let itself = |f: &Finding| f.code == FindingCode::DuplicateInvoice && f.value == of.number;
    derived.findings.retain(|f| f.code != FindingCode::ReopenedDelta && !itself(f));
    derived.state = state(&derived.findings);
    derived.summary.number = i.correction.number();
    derived.summary.will_post = set.will_post();
    derived.checks.push(Check { ok: true, text: format!("posts {} again", of.number) });
    derived.set = set;
    derived
}

/// Above the limit, or in a prior fiscal year, two people approve a correction like anything else (accounting.md, 3 and
/// 10).
fn second_approver(i: &Correcting<'_>, set: &EntrySet, findings: &mut Vec<Finding>) {
    let settings = &i.book.settings;
    let home = i.facts.company.home_currency;
    let value = |e: &Entry| {
        let rate = if e.currency == home {
            Some(Decimal::ONE)
        } else {
            e.rate.or_else(|| i.facts.rate(e.currency, e.date))
        };
        rate.and_then(|r| e.debits().max(e.credits()).checked_mul(r))
    };
    if let Some(limit) = settings.second_approver_above {
        let all: Option<Decimal> = set.entries.iter().map(value).sum();
        if all.is_none_or(|sum| sum > limit) {
            let sentence = format!(
                "It moves more than {limit} {home}, or its value is not known: a second approver is needed."
            );
            findings.push(Finding::new(
                FindingCode::OverLimit,
                "",
                "second approver",
                sentence,
                Mend::Accept,
            ));
        }
    }
    let today = book_zone(i.book).map(|z| i.now.to_zoned(z).date());
    let Ok(today) = today else { return };
    let year = settings.fiscal_year(today);
    if let Some(d) = set.entries.iter().map(|e| e.date).min().filter(|d| settings.fiscal_year(*d) < year) {
        let sentence = format!("{d} belongs to fiscal year {}; it is {year} now.", settings.fiscal_year(d));
        findings.push(Finding::new(FindingCode::PriorYear, "", "prior fiscal year", sentence, Mend::Accept));
    }
}

fn finished(
    i: &Correcting<'_>,
    set: EntrySet,
    mut findings: Vec<Finding>,
    original: Option<Date>,
) -> Derivation {
    findings.sort_by_key(|f| (f.code.level() != Level::Blocks, f.code));
    let currency = i.correction.currency();
    let payee = i.correction.origin().map_or_else(|| "accruals".to_string(), |o| o.payee.clone());
    let balanced = set.balanced();
    Derivation {
        posting_date: set.entries.first().map(|e| e.date),
        original_date: original,
        approved: Money::new(i.correction.amount(), currency),
        state: state(&findings),
        checks: vec![
            Check { ok: balanced, text: "debits equal credits".into() },
            Check {
                ok: !findings.iter().any(|f| f.code == FindingCode::PeriodClosed),
                text: "period open".into(),
            },
        ],
        summary: Summary {
            payee,
            number: i.correction.number(),
            will_post: set.will_post(),
            cost_centres: Vec::new(),
            receipts: (0, 0),
            who_pays: "nobody".into(),
            concur_pays: Decimal::ZERO,
            approver: String::new(),
        },
        findings,
        set,
    }
}

/// The day itself while its period is open, else the first open day, with both dates in the finding.
fn open_day(i: &Correcting<'_>, wanted: Date, findings: &mut Vec<Finding>) -> Date {
    let lock = lock_date(i.book, i.facts);
    let date = match lock {
        Some(l) if wanted <= l => l.tomorrow().unwrap_or(wanted),
        _ => wanted,
    };
    if date != wanted && !findings.iter().any(|f| f.code == FindingCode::DateMoved) {
        findings.push(Finding::new(
            FindingCode::DateMoved,
            "",
            format!("for {}", short_date(wanted)),
            format!("Posted on {date}, the first open day, in place of {wanted}."),
            Mend::Accept,
        ));
    }
    let today = book_zone(i.book).map(|z| i.now.to_zoned(z).date()).unwrap_or(date);
    if date > today && !findings.iter().any(|f| f.code == FindingCode::FutureDate) {
        findings.push(Finding::new(
            FindingCode::FutureDate,
            "",
            format!("future: {}", short_date(date)),
            format!("Dated {date}, which is after today, {today}."),
            Mend::Accept,
        ));
    }
    date
}

/// The opposite of a posted entry: same accounts, amounts, cost objects and rate, the other side.
fn opposite(
    i: &Correcting<'_>,
    of: &Origin,
    record: &PostedEntry,
    slot: Slot,
    date: Date,
    before: &EntrySet,
) -> Entry {
    let posted = &record.entry;
    let kind = match posted.kind {
        // what was paid or applied stays as it is: a journal corrects it
        _ if record.settled => EntryKind::Journal,
        EntryKind::Bill => EntryKind::VendorCredit,
        EntryKind::VendorCredit => EntryKind::Bill,
        EntryKind::CardPurchase => EntryKind::CardRefund,
        EntryKind::CardRefund => EntryKind::CardPurchase,
        EntryKind::Journal => EntryKind::Journal,
    };
    let to_journal = kind == EntryKind::Journal && posted.kind != EntryKind::Journal;
    let mut lines: Vec<Line> = posted
        .lines
        .iter()
        .map(|l| Line { side: l.side.flipped(), text: reversed_text(&l.text), ..l.clone() })
        .collect();
    if to_journal {
        for l in &mut lines {
            if l.dimensions.department.is_none() {
                l.dimensions.department.clone_from(&posted.location);
            }
            if l.role == LineRole::Payable && l.party.is_none() {
                l.party.clone_from(&posted.party);
            }
        }
    }
    let reference = reference(i, &slot, before);
    let said = format!("reverses {}: {}", record.number, head(&posted.memo));
    let mut reasons = vec![
        why("kind", format!("the opposite of {} {}", posted.kind.words(), record.number), None),
        why("offset", "the accounts that were posted".to_string(), None),
        why("date", format!("{date}: {} was posted on {}", of.number, posted.date), None),
    ];
    if record.settled {
        let because = format!("{} was paid or applied: a journal corrects it", record.number);
        reasons.push(why("kind", because, None));
    }
    Entry {
        slot,
        kind,
        date,
        due: (kind == EntryKind::Bill).then_some(date),
        location: if to_journal { None } else { posted.location.clone() },
        party: if to_journal { None } else { posted.party.clone() },
        offset_account: if to_journal { None } else { posted.offset_account.clone() },
        number: reference.to_string(),
        memo: memo(&said, &reference),
        reference,
        lines,
        taxes: posted
            .taxes
            .iter()
            .map(|t| TaxTotal { code: t.code.clone(), net: -t.net, amount: -t.amount })
            .collect(),
        why: reasons,
        ..posted.clone()
    }
}

fn accrual(
    i: &Correcting<'_>,
    slot: Slot,
    date: Date,
    currency: Currency,
    account: &Named,
    costs: &[AccrualLine],
    before: &EntrySet,
) -> Entry {
    let line = |role, signed: Decimal, account: &Named, dimensions: &Dimensions, text: &str| Line {
        role,
        side: if signed < Decimal::ZERO { Side::Credit } else { Side::Debit },
        account: account.clone(),
        party: None,
        amount: signed.abs(),
        dimensions: dimensions.clone(),
        billable: false,
        tax_code: None,
        text: text.into(),
        source: None,
        why: Vec::new(),
    };
    let mut lines: Vec<Line> = costs
        .iter()
        .filter(|c| !c.amount.is_zero())
        .map(|c| line(LineRole::Cost, c.amount, &c.account, &c.dimensions, &c.text))
        .collect();
    let total: Decimal = costs.iter().map(|c| c.amount).sum();
    if !total.is_zero() {
        let text = format!("accrual {date}");
        lines.push(line(LineRole::Clearing, -total, account, &Dimensions::default(), &text));
    }
    let reference = reference(i, &slot, before);
    let said = match &slot {
        Slot::Accrual(p) if p.ends_with("-reversal") => {
            format!("reverses the accrual of {}", p.trim_end_matches("-reversal"))
        }
        other => format!("{other}, not in the ledger at {date}"),
    };
    Entry {
        slot,
        kind: EntryKind::Journal,
        date,
        due: None,
        currency,
        rate: None,
        party: None,
        offset_account: None,
        location: None,
        number: reference.to_string(),
        memo: memo(&said, &reference),
        reference,
        lines,
        taxes: Vec::new(),
        why: vec![why("date", format!("{date}: the accrual's own day"), None)],
    }
}

/// What a memo says before its marker.
fn head(memo: &str) -> &str {
    memo.rsplit_once("tieout:").map_or(memo, |(h, _)| h).trim_end().trim_end_matches('·').trim_end()
}

fn memo(head: &str, reference: &Reference) -> String {
    let tail = format!(" · {}", reference.marker());
    let room = super::text::LIMIT.saturating_sub(tail.chars().count());
    let head: String = head.chars().take(room).collect();
    format!("{head}{tail}")
}

fn reversed_text(text: &str) -> String {
    if text.is_empty() { "reversal".into() } else { format!("reversal: {text}") }
}

fn reference(i: &Correcting<'_>, slot: &Slot, before: &EntrySet) -> Reference {
    let source_id = i.correction.source_id();
    let of = |draw| {
        Reference::of(&ReferenceParts {
            source_system: &i.identity.source_system,
            source_company: &i.identity.source_company,
            kind: "correction",
            source_id: &source_id,
            target_system: &i.identity.target_system,
            target_company: &i.identity.target_company,
            slot,
            draw,
        })
    };
    let taken =
        |r: &Reference| i.used.contains(r.as_str()) || before.entries.iter().any(|e| e.reference == *r);
    let mut draw = 0;
    let mut reference = of(draw);
    while taken(&reference) {
        draw += 1;
        reference = of(draw);
    }
    reference
}
