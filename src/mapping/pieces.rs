//! Journal lines with their direction, account, dimensions and tax: what the slots are built from.
//!
//! Direction comes from the pair of parties, magnitude is the absolute amount, and the sign is checked against the
//! pair and applied once (accounting.md, 1.2; contract of Concur, 2.6).

use rust_decimal::Decimal;

use crate::mapping::rules::Asked;
use crate::mapping::tax::Reclaim;
use crate::mapping::work::{Work, tidy, why};
use crate::mapping::{accounts, dimensions, tax, text};
use crate::model::book::IntercompanyPolicy;
use crate::model::document::{DocumentKind, Expense, Journal, Party};
use crate::model::entry::{Dimensions, Line, LineRole, LineSource, Named, Side};
use crate::model::finding::{FindingCode, Mend};
use crate::model::ledger::AccountType;
use crate::model::money;

/// The party beside the company.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counter {
    Employee,
    CompanyPaid,
    CompanyCard,
    IndividualCard,
    Supplier,
}

/// One journal line, resolved.
pub(super) struct Piece<'a> {
    pub expense: &'a Expense,
    pub counter: Counter,
    /// Positive: the company owes it.
    pub signed: Decimal,
    /// Cost, or what the personal part is due from.
    pub line: Line,
    pub reclaims: Vec<Reclaim>,
    pub personal: bool,
}

/// Every journal line of the document that can be placed; what cannot is a finding.
pub(super) fn pieces<'a>(w: &mut Work<'a>) -> Vec<Piece<'a>> {
    let doc = w.doc();
    let mut out = Vec::new();
    for (i, k, n, expense, allocation, journal) in doc.journals() {
        let at = LineSource { expense: i, allocation: k, journal: n };
        let asked =
            Asked { expense: Some(expense), allocation: Some(allocation), journal: Some(journal), tax: None };
        let Some(counter) = direction(w, expense, journal) else { continue };
        if journal.gross.is_zero() {
            continue;
        }
        exact(w, journal.gross);
        if expense.personal {
            // of the pair only the card's side is posted: the employee's side is the receivable itself
            if counter != Counter::Employee {
                out.push(personal(w, at, asked, expense, counter, journal.gross));
            }
            continue;
        }
        out.push(business(w, at, asked, expense, counter, journal.gross));
    }
    out
}

/// The party beside the company, when pair and sign agree.
fn direction(w: &mut Work<'_>, e: &Expense, j: &Journal) -> Option<Counter> {
    let (other, positive) = match (&j.payer, &j.payee) {
        (Party::Comp, other) => (other, true),
        (other, Party::Comp) => (other, false),
        _ => (&Party::Comp, true),
    };
    let invoice = w.doc().kind == DocumentKind::Invoice;
    let counter = match other {
        _ if invoice && !matches!(other, Party::Other(_)) => None,
        Party::Empl => Some(Counter::Employee),
        Party::Copd => Some(Counter::CompanyPaid),
        Party::Cbcp => Some(Counter::CompanyCard),
        Party::Ibcp => Some(Counter::IndividualCard),
        Party::Other(code) if invoice && code == Party::SUPPLIER => Some(Counter::Supplier),
        Party::Comp | Party::Other(_) => None,
    };
    let sign_agrees = j.gross.is_zero() || positive == j.gross.is_sign_positive();
    if counter.is_none() || !sign_agrees {
        let pair = format!("{}>{}", j.payer.code(), j.payee.code());
        let amount = money::shown(j.gross, w.currency());
        let sentence = if counter.is_none() {
            format!("{amount} of {} goes from {pair}: no such pair of parties is known.", e.type_code)
        } else {
            format!("{amount} of {} contradicts its parties {pair}.", e.type_code)
        };
        w.add(FindingCode::PartiesUnknown, &pair, format!("parties {pair}"), sentence, Mend::Reject);
        return None;
    }
    counter
}

/// An amount with more decimals than its currency cannot be posted, and is never rounded.
fn exact(w: &mut Work<'_>, gross: Decimal) {
    if let Err(e) = money::to_minor(gross, w.currency()) {
        let sentence = format!("A journal line cannot be posted: {e}.");
        w.add(
            FindingCode::TotalMismatch,
            &gross.normalize().to_string(),
            "not exact",
            sentence,
            Mend::Reject,
        );
    }
}

fn business<'a>(
    w: &mut Work<'a>,
    at: LineSource,
    asked: Asked<'_>,
    expense: &'a Expense,
    counter: Counter,
    gross: Decimal,
) -> Piece<'a> {
    let taxes = tax::of_journal(w, asked);
    let (reclaims, tax_whys) = tax::reclaims(w, asked, &taxes);
    for r in &reclaims {
        exact(w, r.amount);
    }
    let tax_code = tax::code_of(w, asked, &reclaims);
    let cost = gross - reclaims.iter().map(|r| r.amount).sum::<Decimal>();
    let chosen = accounts::choose(w, asked);
    let resolved = dimensions::resolve(w, asked, chosen.profit_and_loss);
    let (mut account, mut role, mut reasons) = (chosen.account, chosen.role, vec![chosen.why]);
    if let Some((code, book)) = &resolved.other_book
        && let Some(due_from) = other_company(w, code, book)
    {
        reasons = vec![why("account", format!("{code} belongs to {book}: due from affiliates"), None)];
        account = due_from;
        role = LineRole::Intercompany;
    }
    reasons.extend(resolved.why);
    reasons.extend(tax_whys);
    let mut text = text::line(w, expense);
    if let Some((own, because)) = text::of_rule(w, asked, true) {
        text = text::fitted(w, &own, text::LIMIT);
        reasons.push(because);
    }
    if let (LineRole::Intercompany, Some((_, book))) = (role, &resolved.other_book) {
        text = text::fitted(w, &format!("{text}, for {book}"), text::LIMIT);
    }
    // a report's line says by itself that it is billable; an invoice's cannot, so the project's rule says it
    let billable = match w.doc().kind {
        DocumentKind::Invoice => resolved.may_be_billed,
        _ => expense.billable,
    };
    let billable = billable && resolved.dims.customer.is_some() && w.facts().company.billable;
    let line = Line {
        role,
        side: side(cost),
        account,
        amount: tidy(cost.abs(), w.currency()),
        dimensions: resolved.dims,
        billable,
        tax_code,
        party: None,
        text,
        source: Some(at),
        why: reasons,
    };
    Piece { expense, counter, signed: gross, line, reclaims, personal: false }
}

/// What belongs to another company of the group: blocks, or the account it is due from (accounting.md, 1.7).
fn other_company(w: &mut Work<'_>, code: &str, book: &str) -> Option<Named> {
    if w.settings().intercompany == IntercompanyPolicy::DueFrom {
        let named = w.settings().accounts.due_from_affiliates.as_ref();
        return Some(w.role_account(named, "due from affiliates", &[AccountType::CurrentAsset]));
    }
    let sentence = format!("{code} belongs to {book}; the book's policy blocks intercompany cost.");
    w.add(FindingCode::Intercompany, code, format!("{code}: {book}"), sentence, Mend::BookPolicy);
    None
}

fn personal<'a>(
    w: &mut Work<'a>,
    at: LineSource,
    asked: Asked<'_>,
    expense: &'a Expense,
    counter: Counter,
    gross: Decimal,
) -> Piece<'a> {
    let named = w.settings().accounts.due_from_employees.as_ref();
    let account = w.role_account(named, "due from employees", &[AccountType::CurrentAsset]);
    let dims = Dimensions {
        department: dimensions::resolve(w, asked, false).dims.department,
        ..Dimensions::default()
    };
    let reason = format!("{}: personal spend, never cost", account.name);
    let text = format!("{}, personal", text::line(w, expense));
    let line = Line {
        role: LineRole::Receivable,
        side: side(gross),
        account,
        amount: tidy(gross.abs(), w.currency()),
        dimensions: dims,
        billable: false,
        tax_code: None,
        party: None,
        text,
        source: Some(at),
        why: vec![why("account", reason, None)],
    };
    Piece { expense, counter, signed: gross, line, reclaims: Vec::new(), personal: true }
}

/// Debit for what is owed by us, credit for what comes back.
pub(super) fn side(signed: Decimal) -> Side {
    if signed.is_sign_negative() && !signed.is_zero() { Side::Credit } else { Side::Debit }
}

/// The lines of an entry that stem from these pieces: one a journal line, then one tax line for each reclaim account,
/// and one for each tax code, which [`super::slots`] turns into the entry's exact tax.
pub(super) fn lines_of<'a>(w: &Work<'_>, pieces: impl IntoIterator<Item = &'a Piece<'a>>) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut taxes: Vec<(Named, Decimal, Vec<String>, Line)> = Vec::new();
    for p in pieces {
        if !p.line.amount.is_zero() {
            lines.push(p.line.clone());
        }
        for r in &p.reclaims {
            let of_code = |line: &Line| line.tax_code.as_ref() == r.code.as_ref().map(|c| &c.id);
            let sum = match taxes.iter_mut().find(|(a, .., line)| *a == r.account && of_code(line)) {
                Some(sum) => sum,
                None => {
                    taxes.push((r.account.clone(), Decimal::ZERO, Vec::new(), tax_line(r, p)));
                    let Some(last) = taxes.last_mut() else { continue };
                    last
                }
            };
            sum.1 += r.amount;
            if !sum.2.contains(&r.key) {
                sum.2.push(r.key.clone());
            }
            if !sum.3.why.contains(&r.why) {
                sum.3.why.push(r.why.clone());
            }
        }
    }
    for (_, amount, keys, mut line) in taxes {
        if amount.is_zero() && line.tax_code.is_none() {
            continue;
        }
        line.side = side(amount);
        line.amount = tidy(amount.abs(), w.currency());
        line.text = format!("Recoverable tax {}", keys.join(", "));
        lines.push(line);
    }
    lines
}

fn tax_line(r: &Reclaim, p: &Piece<'_>) -> Line {
    let department = p.line.dimensions.department.clone();
    Line {
        role: LineRole::Tax,
        side: Side::Debit,
        account: r.account.clone(),
        amount: Decimal::ZERO,
        dimensions: Dimensions { department, ..Dimensions::default() },
        billable: false,
        tax_code: r.code.as_ref().map(|c| c.id.clone()),
        party: None,
        text: String::new(),
        // several lines may feed it: the first one marks it on the screen
        source: p.line.source,
        why: Vec::new(),
    }
}
