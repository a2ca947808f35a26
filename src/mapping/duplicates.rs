//! Look-alikes: in the ledger (reliability.md, 2.5) and among the store's documents (accounting.md, section 6).

use jiff::ToSpan;
use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::mapping::dates::days_between;
use crate::mapping::rules::decided;
use crate::mapping::scope::countable;
use crate::mapping::work::Work;
use crate::mapping::{SameExpense, party};
use crate::model::document::{Document, DocumentKind, Expense};
use crate::model::entry::{Entry, EntryKind, EntrySet, Slot};
use crate::model::finding::{FindingCode, Mend};
use crate::model::ledger::{RecentRecord, normal_name};
use crate::model::money::{self, Currency};

/// Days between a look-alike's date and ours.
const NEAR: i32 = 10;
/// Days between two invoices of one supplier over one amount.
const SAME_AMOUNT: i32 = 35;

/// How a ledger record is named in [`crate::mapping::Surroundings::our_records`]: `bill:151`.
pub fn record_key(kind: EntryKind, id: &str) -> String {
    format!("{}:{id}", kind.name())
}

/// Stands between the first and the last key of a question that asks for a range.
pub const RANGE: char = '\u{1f}';

/// The keys under which a document is found by others: for each expense of a report employee, date, spend amount and
/// currency, expense type; its merchants with amount and date; of an invoice its normalised number, its amount, and
/// its supplier as a merchant, each with vendor and date. What has no date or amount has no key.
pub fn duplicate_keys(document: &Document) -> Vec<String> {
    if !countable(document) {
        return Vec::new();
    }
    let mut keys = match document.kind {
        DocumentKind::ExpenseReport => {
            let mut keys = expense_keys(document);
            keys.extend(spends(document).filter_map(|s| s.key("merchant", s.date)));
            keys
        }
        DocumentKind::Invoice => {
            let total = total(document);
            let own = vendor_code(document);
            [
                number_key(document),
                total.as_ref().and_then(|t| Spend { who: own, ..t.clone() }.key("amount", t.date)),
                total.as_ref().and_then(|t| t.key("supplier", t.date)),
            ]
            .into_iter()
            .flatten()
            .collect()
        }
        _ => Vec::new(),
    };
    keys.sort();
    keys.dedup();
    keys
}

/// The keys that a look-alike of the document would have; a range of keys is its first and last with [`RANGE`] between.
pub fn duplicate_questions(document: &Document) -> Vec<String> {
    if !countable(document) {
        return Vec::new();
    }
    let mut keys = match document.kind {
        DocumentKind::ExpenseReport => {
            let mut keys = expense_keys(document);
            keys.extend(spends(document).filter_map(|s| s.range("supplier", NEAR)));
            keys
        }
        DocumentKind::Invoice => {
            let total = total(document);
            let own = vendor_code(document);
            [
                number_key(document),
                total.as_ref().and_then(|t| Spend { who: own, ..t.clone() }.range("amount", SAME_AMOUNT)),
                total.as_ref().and_then(|t| t.range("merchant", NEAR)),
            ]
            .into_iter()
            .flatten()
            .collect()
        }
        _ => Vec::new(),
    };
    keys.sort();
    keys.dedup();
    keys
}

/// An amount that somebody got on a day.
#[derive(Clone)]
struct Spend {
    who: String,
    amount: Decimal,
    currency: Currency,
    date: Date,
}

impl Spend {
    /// Dates stand at the end, so that keys of one amount are in the order of their dates.
    fn key(&self, kind: &str, date: Date) -> Option<String> {
        let amount = money::plain(self.amount, self.currency);
        (!self.who.is_empty() && !self.amount.is_zero())
            .then(|| format!("{kind}|{}|{amount}|{}|{date}", self.who, self.currency))
    }

    fn range(&self, kind: &str, days: i32) -> Option<String> {
        let first = self.date.checked_sub(days.days()).ok()?;
        let last = self.date.checked_add(days.days()).ok()?;
        Some(format!("{}{RANGE}{}", self.key(kind, first)?, self.key(kind, last)?))
    }
}

fn expense_amount(document: &Document, e: &Expense) -> (Decimal, Currency) {
    let approved = || {
        let gross = e.allocations.iter().flat_map(|a| &a.journals).map(|j| j.gross).sum();
        e.approved.unwrap_or(gross)
    };
    e.spend.map_or_else(|| (approved(), document.currency), |s| (s.amount, s.currency))
}

fn expense_keys(document: &Document) -> Vec<String> {
    let business = document.expenses.iter().filter(|e| !e.personal);
    let keys = business.filter_map(|e| {
        let (amount, currency) = expense_amount(document, e);
        let date = e.date.filter(|_| !amount.is_zero())?;
        let amount = money::plain(amount, currency);
        Some(format!("{}|{date}|{amount}|{currency}|{}", document.payee.code, e.type_code))
    });
    keys.collect()
}

/// What a report says it spent at a merchant.
fn spends(document: &Document) -> impl Iterator<Item = Spend> {
    document.expenses.iter().filter(|e| !e.personal).filter_map(|e| {
        let (amount, currency) = expense_amount(document, e);
        Some(Spend { who: normal_name(&e.merchant), amount, currency, date: e.date? })
    })
}

/// What an invoice charges, by its supplier's name.
fn total(document: &Document) -> Option<Spend> {
    let date = document.invoice_date.or(document.posting_date)?;
    let who = normal_name(&document.payee.name);
    Some(Spend { who, amount: document.approved(), currency: document.currency, date })
}

/// The vendor's code at the source; where it has none, its name.
fn vendor_code(document: &Document) -> String {
    let payee = &document.payee;
    if payee.code.is_empty() { normal_name(&payee.name) } else { payee.code.trim().to_uppercase() }
}

fn number_key(document: &Document) -> Option<String> {
    let number = normal_number(&document.number);
    (!number.is_empty()).then(|| format!("invoice|{}|{number}", vendor_code(document)))
}

/// An invoice number as it is compared: case, blanks, punctuation and leading zeros aside (accounting.md, section 6).
pub(super) fn normal_number(number: &str) -> String {
    let mut out = String::with_capacity(number.len());
    let mut zeros = 0;
    let mut digit_before = false;
    for c in number.chars().filter(|c| c.is_alphanumeric() || !c.is_whitespace()) {
        if c == '0' && !digit_before {
            // a run of digits begins: zeros count only when nothing else follows in it
            zeros += 1;
            continue;
        }
        if zeros > 0 && !c.is_ascii_digit() {
            out.push('0');
        }
        zeros = 0;
        digit_before = c.is_ascii_digit();
        if c.is_alphanumeric() {
            out.extend(c.to_uppercase());
        }
    }
    if zeros > 0 {
        out.push('0');
    }
    out
}

/// The same invoice or expense among the live documents of the store.
pub(super) fn documents(w: &mut Work<'_>) {
    let around = w.i.around;
    for same in around.same_expense.iter().filter(|s| s.other_id != w.i.id) {
        let mut parts = same.key.split('|');
        match parts.next() {
            Some("invoice") if w.doc().kind == DocumentKind::Invoice => {
                let sentence = format!("Invoice {} of the same supplier has the same number.", same.other);
                duplicate_invoice(w, &same.other, sentence);
            }
            Some("amount") if w.doc().kind == DocumentKind::Invoice => {
                if w.findings.iter().any(|f| f.code == FindingCode::DuplicateInvoice && f.value == same.other)
                {
                    continue;
                }
                let amount = money::Money::new(w.doc().approved(), w.currency());
                let sentence = format!(
                    "Invoice {} of the same supplier is over {amount}, too, within {SAME_AMOUNT} days.",
                    same.other
                );
                look_alike(w, &same.other, format!("same amount as {}", same.other), sentence);
            }
            Some(kind @ ("supplier" | "merchant")) => {
                let rest: Vec<&str> = parts.collect();
                let [who, amount, currency, date] = rest.as_slice() else { continue };
                let what = if kind == "supplier" { "Invoice" } else { "Report" };
                let sentence = format!(
                    "{what} {} holds {amount} {currency} of {who} on {date}: it may be the same spend.",
                    same.other
                );
                look_alike(w, &same.other, format!("same as on {}", same.other), sentence);
            }
            _ => expense(w, same),
        }
    }
}

/// The same expense on another report of the employee.
fn expense(w: &mut Work<'_>, same: &SameExpense) {
    if w.doc().kind != DocumentKind::ExpenseReport || !expense_keys(w.doc()).contains(&same.key) {
        return;
    }
    let mut parts = same.key.split('|').skip(1);
    let date = parts.next().unwrap_or_default();
    let amount = parts.next().unwrap_or_default();
    let sentence =
        format!("Report {} of the same employee holds an expense of {date} over {amount}, too.", same.other);
    look_alike(w, &same.other, format!("same as on {}", same.other), sentence);
}

fn look_alike(w: &mut Work<'_>, other: &str, brief: String, sentence: String) {
    w.add(FindingCode::PossibleDuplicate, other, brief, sentence, Mend::Accept);
}

fn duplicate_invoice(w: &mut Work<'_>, other: &str, sentence: String) {
    let about = format!("duplicate_invoice:{other}");
    if let Some(rule) = decided(w.i, &about) {
        w.take(rule);
        return;
    }
    let mend = Mend::Decide { about, words: "it is another invoice: post it as well".into() };
    w.add(FindingCode::DuplicateInvoice, other, format!("same as {other}"), sentence, mend);
}

/// Records of the ledger that look like the payee's entry: same vendor, amount and currency within ten days, or the
/// number that people know. Ours, those with our reference, and those that a person called another one are left out.
pub(super) fn ledger(w: &mut Work<'_>, set: &EntrySet) {
    let facts = w.facts();
    let number = w.doc().number.trim().to_string();
    let bill = set.entries.iter().find(|e| matches!(e.slot, Slot::Bill | Slot::Advance));
    let vendor = party::find(w).map(|f| f.vendor.id.clone());
    let mut alike: Vec<&RecentRecord> = Vec::new();
    if let Some((entry, party)) = bill.and_then(|e| e.party.as_ref().map(|p| (e, p))) {
        alike.extend(facts.recent_of(&party.id).filter(|r| like(r, entry)));
    }
    if !number.is_empty() {
        // a number is unique to its vendor; a record without one (a journal) may be anybody's
        let same = facts.recent_numbered(&number);
        alike.extend(same.filter(|r| r.vendor.is_none() || vendor.is_none() || r.vendor == vendor));
    }
    // under our own reference stands what lost our marker, or what somebody typed under it
    for entry in &set.entries {
        for r in facts.recent_numbered(entry.reference.as_str()).filter(|r| r.kind == entry.kind) {
            if !alike.iter().any(|a| (a.kind, &a.id) == (r.kind, &r.id)) {
                alike.push(r);
            }
        }
    }
    for r in alike {
        let ours = w.i.around.our_records.contains(&record_key(r.kind, &r.id));
        // a marker says whose it is: this document's (the program adopts it) or another one's
        let marked = r.marker.as_ref().is_some_and(|m| {
            w.i.around.used_references.contains(m) || set.entries.iter().any(|e| e.reference.as_str() == m)
        });
        if ours || marked {
            continue;
        }
        if let Some(rule) = decided(w.i, &format!("maybe_in_ledger:{}", r.id)) {
            w.take(rule);
            continue;
        }
        let shown = if r.number.is_empty() { format!("of {}", r.date) } else { r.number.clone() };
        let sentence = format!(
            "{} holds {} {shown} of {}, {}: adopt it, or say that it is another one.",
            w.ledger(),
            r.kind.words(),
            r.date,
            money::Money::new(r.amount, r.currency)
        );
        let mend = Mend::Adopt { kind: r.kind, id: r.id.clone(), number: r.number.clone() };
        w.add(FindingCode::MaybeInLedger, &r.id, format!("in ledger: {shown}"), sentence, mend);
    }
    if let (DocumentKind::Invoice, Some(entry)) = (w.doc().kind, bill) {
        invoices(w, entry);
    }
}

/// Bills and credits of the supplier in the ledger with the same number, written in another way, or with the same amount
/// not long ago. What is named as the same record already is not named again.
fn invoices(w: &mut Work<'_>, entry: &Entry) {
    let Some(party) = &entry.party else { return };
    let facts = w.facts();
    let number = normal_number(&w.doc().number);
    for r in facts.recent_of(&party.id) {
        let named = w.findings.iter().any(|f| f.code == FindingCode::MaybeInLedger && f.value == r.id);
        let own = r.marker.as_deref() == Some(entry.reference.as_str());
        let bill = matches!(r.kind, EntryKind::Bill | EntryKind::VendorCredit);
        if named || own || !bill || decided(w.i, &format!("maybe_in_ledger:{}", r.id)).is_some() {
            continue;
        }
        let ours = w.i.around.our_records.contains(&record_key(r.kind, &r.id));
        if !number.is_empty() && normal_number(&r.number) == number {
            let sentence = format!(
                "{} holds {} {} of {} with the same number of this vendor.",
                w.ledger(),
                r.kind.words(),
                r.number,
                r.date
            );
            duplicate_invoice(w, &r.number, sentence);
        } else if !ours && alike_within(r, entry, SAME_AMOUNT) {
            let amount = money::Money::new(r.amount, r.currency);
            let sentence = format!(
                "{} holds {} {} of {} over {amount} for the same vendor, within {SAME_AMOUNT} days.",
                w.ledger(),
                r.kind.words(),
                r.number,
                r.date
            );
            look_alike(w, &r.id, format!("same amount as {}", r.number), sentence);
        }
    }
}

fn like(r: &RecentRecord, entry: &Entry) -> bool {
    alike_within(r, entry, NEAR)
}

fn alike_within(r: &RecentRecord, entry: &Entry, days: i32) -> bool {
    let opposite = |k| matches!(k, EntryKind::VendorCredit | EntryKind::CardRefund);
    r.amount.abs() == entry.total()
        && r.currency == entry.currency
        && opposite(r.kind) == opposite(entry.kind)
        && days_between(r.date, entry.date).abs() <= days
}
