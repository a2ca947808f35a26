//! Slot `bill` of an invoice: what is owed to the supplier, or what it owes us (accounting.md, 1.5).

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::bill::who_pays;
use super::finish::moves_something;
use super::{Draft, Recipe};
use crate::mapping::dates::Dates;
use crate::mapping::pieces::{Piece, lines_of};
use crate::mapping::rules::decided;
use crate::mapping::work::{Work, why};
use crate::mapping::{party, paying};
use crate::model::book::{Flow, OrderPolicy, WhoPays};
use crate::model::document::DocumentKind;
use crate::model::entry::{Line, LineRole, Slot, Why};
use crate::model::finding::{FindingCode, Mend};
use crate::model::ledger::AccountType;
use crate::model::money::{self, Money};

/// The supplier's entry; none when every line cancels.
pub(super) fn draft(w: &mut Work<'_>, pieces: &[&Piece<'_>], dates: &Dates) -> Option<Draft> {
    if w.doc().kind != DocumentKind::Invoice {
        return None;
    }
    order(w);
    let lines = lines_of(w, pieces.iter().copied());
    let total: Decimal = lines.iter().map(Line::signed).sum();
    if lines.is_empty() || (total.is_zero() && !moves_something(&lines)) {
        return None;
    }
    let mut draft = Draft {
        slot: Slot::Bill,
        recipe: Recipe::Bill,
        date: dates.used,
        due: None,
        party: None,
        offset: None,
        lines,
        why: Vec::new(),
    };
    let concur = paying::chosen(w) == Some(WhoPays::Concur);
    // a liability without vendor needs none
    let supplier = if concur || paying::liability(w).is_none() {
        let (supplier, reason) = party::need(w);
        draft.why.push(reason);
        Some(supplier)
    } else {
        None
    };
    self_assessed(w);
    if total.is_zero() {
        draft.recipe = Recipe::Journal;
        draft.why.push(why("offset", "nothing is owed: a journal of the lines alone", None));
        return Some(draft);
    }
    let (due, because) = due(w, supplier.as_ref().map_or("", |s| &s.id), dates);
    draft.due = Some(due);
    draft.why.push(because);
    let who = if concur { WhoPays::Concur } else { WhoPays::Ledger };
    draft.why.push(who_pays(who, &format!("pay method {}", w.doc().pay_method)));
    let account = if concur { paid_by_concur(w, total) } else { payable(w, pieces, &mut draft) };
    draft.why.push(why("offset", format!("SUPP → {}, who pays: {}", account.name, who.word()), None));
    draft.party = supplier;
    draft.offset = Some((LineRole::Payable, account));
    Some(draft)
}

fn payable(w: &mut Work<'_>, pieces: &[&Piece<'_>], draft: &mut Draft) -> crate::model::entry::Named {
    let codes =
        pieces.iter().map(|p| paying::liability_code(p.expense).or_else(|| paying::clearing_code(p.expense)));
    if let Some(account) = paying::named_by_source(w, codes, &[AccountType::AccountsPayable]) {
        draft.why.push(why("offset", format!("{} names {}", w.source(), account.name), None));
        return account;
    }
    let book = w.settings().accounts.supplier_payable.get(&w.posting_currency());
    paying::payable(w, book, "supplier payable")
}

/// Kept apart from what our payment run takes. Confirming the document lets Concur pay.
fn paid_by_concur(w: &mut Work<'_>, total: Decimal) -> crate::model::entry::Named {
    let method = w.doc().pay_method.clone();
    let shown = if method.is_empty() { "(none)" } else { &method };
    let sentence = if total > Decimal::ZERO {
        format!(
            "Pay method {shown}: Concur pays {} to the supplier once it hears that this is posted.",
            Money::new(total, w.currency())
        )
    } else {
        format!("Pay method {shown}: Concur settles this credit of {}.", money::shown(-total, w.currency()))
    };
    w.add(FindingCode::PaidByConcur, &method, "Concur pays it", sentence, Mend::Accept);
    let book = w.settings().accounts.paid_by_concur.get(&w.posting_currency());
    paying::own_payable(w, book, "payable that Concur pays")
}

/// An order that stays open in the ledger would double the cost.
fn order(w: &mut Work<'_>) {
    let Some(order) = w.doc().purchase_order.clone() else { return };
    let flow: Option<&Flow> = w.settings().flows.get(&DocumentKind::Invoice);
    if flow.is_some_and(|f| f.orders == OrderPolicy::ByAccount) {
        return;
    }
    let about = "purchase_order";
    if let Some(rule) = decided(w.i, about) {
        w.take(rule);
        return;
    }
    let sentence = format!(
        "It carries purchase order {order}. If that order is open in {}, posting by account would leave it open and double the cost.",
        w.ledger()
    );
    let mend =
        Mend::Decide { about: about.into(), words: "the order lives in Concur only: post by account".into() };
    w.add(FindingCode::PurchaseOrder, &order, format!("order {order}"), sentence, mend);
}

/// Reverse charge and use tax are not computed here: the vendors that are marked for them are told.
fn self_assessed(w: &mut Work<'_>) {
    let marked = &w.settings().invoices.self_assessed;
    let Some(found) = party::find(w).filter(|f| marked.iter().any(|m| m.id == f.vendor.id)) else { return };
    let name = found.vendor.name.clone();
    let sentence = format!("{name} is marked for tax that the firm owes by itself; it is not computed here.");
    w.add(FindingCode::SelfAssessedTax, &name, "self-assessed tax", sentence, Mend::Accept);
}

/// The due date is always sent: the source's, else the vendor's terms from the invoice date. A moved posting date does
/// not move it.
fn due(w: &Work<'_>, vendor: &str, dates: &Dates) -> (Date, Why) {
    let doc = w.doc();
    if let Some(due) = doc.due_date {
        return (due, why("due", format!("{due}: stated by {}", w.source()), None));
    }
    let from = doc.invoice_date.or(dates.original).unwrap_or(dates.used);
    let facts = w.facts();
    match facts.vendor(vendor).and_then(|v| facts.term_of(v)) {
        Some(term) => {
            let due = term.due(from);
            (due, why("due", format!("{due}: terms {} from {from}", term.name), None))
        }
        None => (from, why("due", format!("{from}: no due date and no terms are known, due at once"), None)),
    }
}
