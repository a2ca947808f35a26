//! Slots `card:<transaction>` and `card`: company-billed cards, by the programme's policy (accounting.md, 1.2).

use rust_decimal::Decimal;

use super::finish::moves_something;
use super::{Draft, Recipe};
use crate::mapping::dates::Dates;
use crate::mapping::pieces::{Piece, lines_of};
use crate::mapping::work::{Work, unknown, why};
use crate::mapping::{party, paying};
use crate::model::book::{CardPolicy, CardProgramme};
use crate::model::entry::{Line, LineRole, Named, Slot, Why};
use crate::model::finding::{FindingCode, Mend};
use crate::model::ledger::AccountType;
use crate::model::money;

/// The code of the programme that a piece belongs to; empty when not sent.
fn programme_code<'a>(p: &'a Piece<'_>) -> &'a str {
    p.expense.card.as_ref().map_or("", |c| c.programme.as_str())
}

/// The transaction; a charge without one stands by its expense.
fn transaction<'a>(p: &'a Piece<'_>) -> &'a str {
    p.expense.card.as_ref().map(|c| c.transaction.as_str()).filter(|t| !t.is_empty()).unwrap_or(&p.expense.id)
}

/// Groups in order of first appearance.
fn grouped<'p, 'a, 'k>(
    pieces: &[&'p Piece<'a>],
    key: impl Fn(&'p Piece<'a>) -> &'k str,
) -> Vec<(&'k str, Vec<&'p Piece<'a>>)> {
    let mut out: Vec<(&str, Vec<&Piece<'_>>)> = Vec::new();
    for p in pieces {
        let k = key(p);
        match out.iter_mut().find(|(is, _)| *is == k) {
            Some((_, group)) => group.push(p),
            None => out.push((k, vec![p])),
        }
    }
    out
}

/// The entries of all company-billed card spend.
pub(super) fn drafts(w: &mut Work<'_>, pieces: &[&Piece<'_>], dates: &Dates) -> Vec<Draft> {
    for (id, group) in grouped(pieces, |p| transaction(p)) {
        complete(w, id, &group);
    }
    let programmes = grouped(pieces, |p| programme_code(p));
    let several = programmes.len() > 1;
    let mut out = Vec::new();
    for (code, group) in &programmes {
        let all = &w.settings().card_programmes;
        let programme = all.get(*code).or_else(|| all.get("*"));
        let Some(programme) = programme else {
            let shown = if code.is_empty() { "(none)" } else { code };
            let sentence = format!("The book has no policy for card programme {shown}.");
            let value = format!("card programme {shown}");
            w.add(
                FindingCode::PayableUnmapped,
                &value,
                format!("card programme {shown}"),
                sentence,
                Mend::BookPolicy,
            );
            out.extend(purchases(w, group, None, dates));
            continue;
        };
        match programme.policy {
            CardPolicy::CardAccount => out.extend(purchases(w, group, Some(programme), dates)),
            policy => {
                // one entry a document; a second programme cannot share its slot
                let slot =
                    if several { Slot::Card(format!("programme {code}")) } else { Slot::CardProgramme };
                out.extend(whole(w, group, programme, policy, slot, dates));
            }
        }
    }
    out
}

/// One card purchase or refund for each transaction, decided on the sum.
fn purchases(
    w: &mut Work<'_>,
    pieces: &[&Piece<'_>],
    programme: Option<&CardProgramme>,
    dates: &Dates,
) -> Vec<Draft> {
    let mut out = Vec::new();
    for (id, group) in grouped(pieces, |p| transaction(p)) {
        let lines = lines_of(w, group.iter().copied());
        let total: Decimal = lines.iter().map(Line::signed).sum();
        if total.is_zero() && !moves_something(&lines) {
            continue;
        }
        let codes = group.iter().map(|p| paying::liability_code(p.expense));
        let from_source = paying::named_by_source(w, codes, &[AccountType::CreditCard]);
        let (account, reason) = match programme {
            Some(p) => {
                let book = Some(&p.account);
                let story = "CBCP, policy card_account";
                paying::offset(w, from_source, book, "card account", &[AccountType::CreditCard], story)
            }
            None => {
                (unknown("card programme"), why("offset", "none: no policy for the card programme", None))
            }
        };
        card_currency(w, &account);
        let spent = group.iter().filter_map(|p| p.expense.date).min();
        let date = dates.of_card(w, spent);
        let (payee, from) = payee(w, &group);
        out.push(Draft {
            slot: Slot::Card(id.to_string()),
            recipe: if total.is_zero() { Recipe::Journal } else { Recipe::Card },
            date,
            due: None,
            party: payee.filter(|_| !total.is_zero()),
            offset: (!total.is_zero()).then_some((LineRole::Card, account)),
            lines,
            why: vec![from, reason, why("date", format!("{date}: day of the expense"), None)],
        });
    }
    out
}

/// A vendor of exactly the merchant's name where the book allows it, else the fallback payee.
fn payee(w: &mut Work<'_>, group: &[&Piece<'_>]) -> (Option<Named>, Why) {
    if w.settings().match_merchants {
        let merchant =
            group.iter().map(|p| p.expense.merchant.as_str()).find(|m| !m.is_empty()).unwrap_or_default();
        let named = w.facts().vendors_named(merchant);
        let mut usable = named.iter().filter(|v| v.active && v.currency.is_none_or(|c| c == w.currency()));
        if let (Some(v), None) = (usable.next(), usable.next()) {
            return (
                Some(Named::new(&v.id, &v.name)),
                why("party", format!("{}: merchant, exact name", v.name), None),
            );
        }
    }
    match w.settings().card_payee.as_ref() {
        None => (None, why("party", "none: the book names no payee of card purchases", None)),
        named => {
            let payee = party::named_by_book(w, named, "payee of card purchases");
            let because = format!("{}: the book's payee of card purchases", payee.name);
            (Some(payee), why("party", because, None))
        }
    }
}

/// A card account holds one currency.
fn card_currency(w: &mut Work<'_>, account: &Named) {
    let Some(a) = w.facts().account(&account.id) else { return };
    let has = a.currency.unwrap_or(w.facts().company.home_currency);
    if has != w.posting_currency() {
        let sentence =
            format!("Card account {} is kept in {has}; the charge is in {}.", a.label(), w.currency());
        w.add(FindingCode::CardCurrency, &a.number, format!("card is in {has}"), sentence, Mend::Reject);
    }
}

/// One journal against clearing, or one bill to the issuer, for the whole document.
fn whole(
    w: &mut Work<'_>,
    pieces: &[&Piece<'_>],
    programme: &CardProgramme,
    policy: CardPolicy,
    slot: Slot,
    dates: &Dates,
) -> Option<Draft> {
    let lines = lines_of(w, pieces.iter().copied());
    let total: Decimal = lines.iter().map(Line::signed).sum();
    if total.is_zero() && !moves_something(&lines) {
        return None;
    }
    let story = format!("CBCP, policy {}", policy.name());
    let mut draft = Draft {
        slot,
        recipe: Recipe::Journal,
        date: dates.used,
        due: None,
        party: None,
        offset: None,
        lines,
        why: Vec::new(),
    };
    if total.is_zero() {
        return Some(draft);
    }
    if policy == CardPolicy::IssuerBill {
        draft.recipe = Recipe::Bill;
        let issuer = party::named_by_book(w, programme.issuer.as_ref(), "card issuer");
        draft.why.push(why("party", format!("{}: issuer of the card programme", issuer.name), None));
        draft.party = Some(issuer);
        let account = paying::payable(w, Some(&programme.account), "payable to the card issuer");
        draft.why.push(why("offset", format!("CBCP → {}, policy {}", account.name, policy.name()), None));
        draft.offset = Some((LineRole::Payable, account));
        draft.due = Some(dates.used);
        draft.why.push(why("due", "posting date: the issuer's statement decides", None));
        return Some(draft);
    }
    let allowed = [AccountType::CurrentLiability, AccountType::CurrentAsset, AccountType::CreditCard];
    let codes =
        pieces.iter().map(|p| paying::clearing_code(p.expense).or_else(|| paying::liability_code(p.expense)));
    let from_source = paying::named_by_source(w, codes, &allowed);
    let (account, reason) =
        paying::offset(w, from_source, Some(&programme.account), "card clearing", &allowed, &story);
    if w.facts().account(&account.id).is_some_and(|a| a.currency.is_some()) {
        card_currency(w, &account);
    }
    draft.offset = Some((LineRole::Clearing, account));
    draft.why.push(reason);
    Some(draft)
}

/// The journals of a transaction against the whole charge: the rest is on another report. Amounts come from the
/// journals alone, the charge repeats on every entry.
fn complete(w: &mut Work<'_>, id: &str, group: &[&Piece<'_>]) {
    let charge = group.iter().find_map(|p| p.expense.card.as_ref().and_then(|c| c.charge));
    let Some(charge) = charge.filter(|c| c.currency == w.currency()) else { return };
    let sum: Decimal = group.iter().map(|p| p.signed).sum();
    if sum.abs() != charge.amount.abs() {
        let (part, all) = (money::shown(sum, w.currency()), money::shown(charge.amount, w.currency()));
        let sentence =
            format!("{part} of card charge {id} over {all} is on this report; the rest is on another one.");
        w.add(FindingCode::CardIncomplete, id, format!("{id}: part of {all}"), sentence, Mend::Accept);
    }
}
