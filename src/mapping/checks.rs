//! Findings about the document as a whole, and the list of what was verified, ticks before findings (screens.md, 3).

use rust_decimal::Decimal;

use crate::mapping::Check;
use crate::mapping::dates::{Dates, known_rate};
use crate::mapping::work::Work;
use crate::model::document::{Document, DocumentKind, Expense};
use crate::model::entry::{EntrySet, LineRole};
use crate::model::finding::{FindingCode, Mend};
use crate::model::money;
use crate::model::rule::{Rank, RuleKind};

/// From this amount an expense without a receipt warns: the amount from which US tax law asks for documentary evidence
/// of travel and meals (26 CFR 1.274-5(c)(2)(iii)), taken in document currency.
const RECEIPT_FROM: Decimal = Decimal::from_parts(7500, 0, 0, false, 2);

/// Does the document add up (accounting.md, 1.3)?
pub(super) fn totals(w: &mut Work<'_>) {
    let doc = w.doc();
    let sum = doc.journal_total();
    let say = |d: Decimal| money::shown(d, doc.currency);
    if let Some(stated) = doc.stated_total.filter(|s| *s != sum) {
        let sentence =
            format!("{} approved {}, but its journal lines add up to {}.", w.source(), say(stated), say(sum));
        w.add(FindingCode::TotalMismatch, "", "does not add up", sentence, Mend::Reject);
    }
    for e in &doc.expenses {
        let own = gross(e);
        let (wanted, what) = if e.personal {
            (Decimal::ZERO, "personal parts")
        } else {
            (e.approved.unwrap_or(own), "approved amount")
        };
        let one_sided = e.personal && own != Decimal::ZERO;
        if one_sided || (!e.personal && own != wanted) {
            let sentence = format!(
                "{}: the journal lines add up to {}, the {what} to {}.",
                e.type_code,
                say(own),
                say(wanted)
            );
            w.add(FindingCode::TotalMismatch, &e.id, "does not add up", sentence, Mend::Reject);
        }
        payment_type(w, e);
    }
}

fn gross(e: &Expense) -> Decimal {
    e.allocations.iter().flat_map(|a| &a.journals).map(|j| j.gross).sum()
}

/// The payment type never decides, but where it names a party that none of the lines has, the document contradicts
/// itself (accounting.md, 1.1). Expenses that the source netted have other parties by design.
fn payment_type(w: &mut Work<'_>, e: &Expense) {
    let named = match e.payment_type.as_str() {
        "CASH" => "EMPL",
        "CBCP" | "IBCP" | "COPD" => e.payment_type.as_str(),
        _ => return,
    };
    let mut journals = e.allocations.iter().flat_map(|a| &a.journals).peekable();
    if e.offset
        || journals.peek().is_none()
        || journals.any(|j| j.payer.code() == named || j.payee.code() == named)
    {
        return;
    }
    let sentence = format!(
        "Payment type {} of {} contradicts the parties of its journal lines.",
        e.payment_type, e.type_code
    );
    w.add(FindingCode::PartiesUnknown, &e.id, "parties contradict", sentence, Mend::Reject);
}

/// Balance of each entry, Σ of the lines that stem from the document, empty sets.
pub(super) fn set(w: &mut Work<'_>, set: &EntrySet) {
    for e in set.entries.iter().filter(|e| !e.balanced()) {
        let sentence = format!("{} has debits {} and credits {}.", e.slot, e.debits(), e.credits());
        w.add(FindingCode::Unbalanced, &e.slot.to_string(), "unbalanced", sentence, Mend::Reject);
    }
    let broken = w.has(FindingCode::PartiesUnknown) || w.has(FindingCode::TaxDifference);
    if set.entries.is_empty() && !broken {
        let sentence = "Every line cancels: there is nothing to record.";
        w.add(FindingCode::NoEffect, "", "every line cancels", sentence, Mend::Close);
        return;
    }
    let stems = stemming(set);
    let approved = w.doc().journal_total();
    // an entry of which every line cancels is left out of the set, and adds nothing to either side
    if stems != approved && !broken {
        let sentence =
            format!("The lines of the entries add up to {stems}, the approved amount is {approved}.");
        w.add(FindingCode::TotalMismatch, "lines", "does not add up", sentence, Mend::Reject);
    }
}

/// Σ of the lines that stem from the document.
pub(super) fn stemming(set: &EntrySet) -> Decimal {
    let lines = set.entries.iter().flat_map(|e| &e.lines);
    let taxes: Decimal = set.entries.iter().flat_map(|e| &e.taxes).map(|t| t.amount).sum();
    let of_lines: Decimal = lines
        .filter(|l| match l.role {
            LineRole::Cost | LineRole::Tax | LineRole::Intercompany => true,
            LineRole::Clearing | LineRole::Advance => l.source.is_some(),
            LineRole::Payable | LineRole::Card | LineRole::Receivable | LineRole::Rounding => false,
        })
        .map(|l| l.signed())
        .sum();
    of_lines + taxes
}

/// Warnings about the document: receipts, negative, limit, own, rules used; and the currency.
pub(super) fn whole(w: &mut Work<'_>, set: &EntrySet, dates: &Dates) {
    currency(w);
    let doc = w.doc();
    for e in doc.expenses.iter().filter(|e| !e.personal && e.receipt_type == "N" && gross(e) >= RECEIPT_FROM)
    {
        let what = if e.description.is_empty() { &e.type_name } else { &e.description };
        let amount = money::shown(gross(e), doc.currency);
        let sentence = format!("{what} over {amount} has no receipt; one is asked for from 75.00.");
        w.add(FindingCode::ReceiptMissing, &e.id, "no receipt", sentence, Mend::Accept);
    }
    let approved = doc.approved();
    if approved <= Decimal::ZERO {
        let sentence = format!("The approved amount is {}.", money::shown(approved, doc.currency));
        w.add(
            FindingCode::NegativeDocument,
            "",
            if approved.is_zero() { "zero" } else { "negative" },
            sentence,
            Mend::Accept,
        );
    }
    limit(w, set, dates);
    if is_own(w) {
        let sentence = format!(
            "{} is the payee and the only approver; somebody else must approve.",
            doc.payee.spoken_name
        );
        w.add(FindingCode::OwnDocument, "", "you are the payee", sentence, Mend::Accept);
    }
    rules(w);
}

fn currency(w: &mut Work<'_>) {
    let (c, company) = (w.posting_currency(), &w.facts().company);
    if c != company.home_currency && !(company.multicurrency && company.currencies.contains(&c)) {
        let sentence = format!("{c} is not enabled in {}.", company.name);
        w.add(
            FindingCode::CurrencyNotEnabled,
            c.code(),
            format!("{c} not enabled"),
            sentence,
            Mend::InLedger,
        );
    }
}

/// The larger of total debits and credits, in home currency: at the rate of the date, else at the nearest later one.
/// Without any rate nobody can say that it is below.
fn limit(w: &mut Work<'_>, set: &EntrySet, dates: &Dates) {
    let Some(limit) = w.settings().second_approver_above else { return };
    let amount = set.debits().max(set.credits());
    let home = w.facts().company.home_currency;
    let later = || w.facts().rates.get(&w.currency()).and_then(|m| m.values().next()).copied();
    let rate = if w.posting_currency() == home {
        Some(Decimal::ONE)
    } else {
        known_rate(w, w.currency(), dates.used).or_else(later)
    };
    let sentence = match rate.and_then(|r| r.checked_mul(amount)) {
        Some(value) if value <= limit => return,
        Some(value) => format!(
            "{} {home} is above {}: a second approver is needed.",
            money::shown(value.round_dp(home.exponent()), home),
            money::shown(limit, home)
        ),
        None if amount.is_zero() => return,
        None => {
            format!("No rate of {} is known, so the limit of {limit} {home} cannot be judged.", w.currency())
        }
    };
    w.add(FindingCode::OverLimit, "", "second approver", sentence, Mend::Accept);
}

fn is_own(w: &Work<'_>) -> bool {
    let payee = &w.doc().payee;
    let acting = w.i.around.acting.as_ref().and_then(|(_, number)| number.as_ref());
    payee.employee && acting.is_some_and(|n| !n.is_empty() && *n == payee.code)
}

/// Rules of the lowest rank, and rules for this document only, are named.
fn rules(w: &mut Work<'_>) {
    for rule in w.won.clone() {
        let id = rule.id.to_string();
        let kind = rule.kind.name();
        if rule.rank() == Rank::Book {
            let sentence = format!("Rule {id} ({kind}) is the book's default: {}.", rule.gives);
            w.add(FindingCode::DefaultUsed, &id, "book default", sentence, Mend::Accept);
        }
        // a moved date says so itself: date_moved
        if rule.document.is_some() && rule.kind != RuleKind::PostingDate {
            let reason = rule.reason.as_deref().unwrap_or("no reason given");
            let sentence =
                format!("Rule {id} ({kind}) of {} is for this document only: {reason}.", rule.author);
            w.add(FindingCode::OverrideUsed, &id, "rule for this document", sentence, Mend::Accept);
        }
    }
}

/// Receipts that are there, and business expenses.
pub(super) fn receipts(doc: &Document) -> (usize, usize) {
    // the image of an invoice belongs to the whole, and an advance has none
    if doc.kind != DocumentKind::ExpenseReport {
        return (0, 0);
    }
    let business = doc.expenses.iter().filter(|e| !e.personal);
    (business.clone().filter(|e| e.receipt.is_some()).count(), business.count())
}

/// What was verified, in the order of the screen.
pub(super) fn list(w: &Work<'_>, set: &EntrySet) -> Vec<Check> {
    use FindingCode as F;
    let has = |codes: &[F]| codes.iter().any(|c| w.has(*c));
    let mut accounts: Vec<&str> =
        set.entries.iter().flat_map(|e| &e.lines).map(|l| l.account.id.as_str()).collect();
    accounts.sort_unstable();
    accounts.dedup();
    let (have, of) = receipts(w.doc());
    let currency = w.currency();
    let limit = w.settings().second_approver_above;
    let limit = limit.map_or("no limit set".to_string(), |l| {
        let home = w.facts().company.home_currency;
        format!("within your limit of {} {home}", money::shown(l, home))
    });
    let any_party = set.entries.iter().any(|e| e.party.is_some());
    let any_project = set.entries.iter().any(|e| e.lines.iter().any(|l| l.dimensions.customer.is_some()));
    let any_card = set.entries.iter().any(|e| e.lines.iter().any(|l| l.role == LineRole::Card));
    let rows: [(bool, bool, String); 14] = [
        (true, !set.entries.is_empty() && set.balanced(), "balanced".into()),
        (true, !has(&[F::TotalMismatch, F::PartiesUnknown]), "lines = approved amount".into()),
        (true, !has(&[F::PeriodClosed]), "period open".into()),
        (any_party, !has(&[F::PartyUnmapped]), "vendor active".into()),
        (
            true,
            !has(&[
                F::AccountMissing,
                F::AccountUnmapped,
                F::AccountInactive,
                F::AccountType,
                F::PayableUnmapped,
            ]),
            match accounts.len() {
                1 => "1 account active".into(),
                n => format!("{n} accounts active"),
            },
        ),
        (true, !has(&[F::CostObjectUnmapped, F::DimensionRequired]), "class on every line".into()),
        (
            true,
            !has(&[F::DimensionInactive]),
            if any_project { "project open".into() } else { "dimensions open".into() },
        ),
        (true, !has(&[F::TaxUnmapped, F::TaxDifference]), "tax rules".into()),
        (
            any_party,
            !has(&[F::PartyCurrency, F::CurrencyNotEnabled]),
            format!("currency {currency} = vendor"),
        ),
        (any_card, !has(&[F::CardIncomplete, F::CardCurrency]), "card total = card transactions".into()),
        (
            true,
            !has(&[F::MaybeInLedger, F::PossibleDuplicate, F::DuplicateInvoice]),
            "no duplicate found".into(),
        ),
        (of > 0, have >= of && !has(&[F::ReceiptMissing]), format!("receipts {have} of {of}")),
        (true, !has(&[F::OverLimit]), limit),
        (true, !has(&[F::TextCut, F::TextSubstituted]), "text uncut, unchanged".into()),
    ];
    let mut out: Vec<Check> =
        rows.into_iter().filter(|(shown, ..)| *shown).map(|(_, ok, text)| Check { ok, text }).collect();
    if w.i.around.acting.is_some() {
        out.push(Check { ok: !is_own(w), text: "you are not the payee".into() });
    }
    out.sort_by_key(|c| !c.ok);
    out
}
