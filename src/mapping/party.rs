//! Who is paid, as a vendor of the ledger (accounting.md, section 4): rule, code, e-mail, exact name; never a guess.

use crate::mapping::rules::{Asked, best};
use crate::mapping::suggest::suggest_party;
use crate::mapping::work::{Work, unknown, why};
use crate::model::entry::{Named, Why};
use crate::model::finding::{FindingCode, Mend};
use crate::model::ledger::{Vendor, normal_name};
use crate::model::rule::{Gives, Rule, RuleKind};

/// A vendor that was found, and how.
pub(super) struct Found<'a> {
    pub vendor: &'a Vendor,
    rule: Option<&'a Rule>,
    how: String,
}

/// From this score a supplier without a vendor is told to be nearly one that is there.
const NEAR_DUPLICATE: u8 = 80;

/// Looks the payee up without saying anything about a miss.
pub(super) fn find<'a>(w: &Work<'a>) -> Option<Found<'a>> {
    let (facts, payee) = (w.facts(), &w.doc().payee);
    if let Some(rule) = party_rule(w) {
        // a rule decides alone: where its vendor cannot be used, nothing weaker takes its place
        let Gives::Record(n) = &rule.gives else { return None };
        let vendor = facts.vendor(&n.id).filter(|v| v.active)?;
        let how = format!("{}: rule {}, {}", vendor.name, rule.id, rule.condition());
        return Some(Found { vendor, rule: Some(rule), how });
    }
    let code = if payee.code.is_empty() { Vec::new() } else { facts.vendors_coded(&payee.code) };
    let mail = payee.email.as_ref().map(|e| facts.vendors_mailed(e)).unwrap_or_default();
    let mut names = facts.vendors_named(&payee.name);
    for v in facts.vendors_named(&payee.spoken_name) {
        if !names.iter().any(|n| n.id == v.id) {
            names.push(v);
        }
    }
    let steps = [
        (code, format!("code {}, exact", payee.code)),
        (mail, format!("e-mail {}, exact", payee.email.as_deref().unwrap_or_default())),
        (names, "name, exact".to_string()),
    ];
    for (candidates, how) in steps {
        if let Some(vendor) = only(w, &candidates) {
            return Some(Found { vendor, rule: None, how: format!("{}: {how}", vendor.name) });
        }
    }
    None
}

/// A rule that names somebody: for this document, or for this payee. A rule for everybody would be a catch-all.
fn party_rule<'a>(w: &Work<'a>) -> Option<&'a Rule> {
    best(w.i, RuleKind::Party, Asked::default(), |r| r.document.is_some() || r.party.is_some())
}

/// The only active one; of several, the only one in the document's currency.
fn only<'a>(w: &Work<'a>, candidates: &[&'a Vendor]) -> Option<&'a Vendor> {
    let active: Vec<&'a Vendor> = candidates.iter().copied().filter(|v| v.active).collect();
    match active.as_slice() {
        [one] => Some(one),
        many => {
            let mut same = many.iter().filter(|v| v.currency == Some(w.posting_currency()));
            same.next().filter(|_| same.next().is_none()).copied()
        }
    }
}

/// The payee's vendor for an entry that needs one; a miss blocks, with the best suggestion.
pub(super) fn need(w: &mut Work<'_>) -> (Named, Why) {
    match find(w) {
        Some(found) => {
            if let Some(rule) = found.rule {
                w.take(rule);
            }
            currency_of(w, found.vendor);
            let reason = why("party", found.how, found.rule.map(|r| r.id));
            (Named::new(&found.vendor.id, &found.vendor.name), reason)
        }
        None => {
            unmapped(w);
            clash(w);
            let payee = &w.doc().payee;
            (unknown(&payee.name), why("party", format!("none: no vendor for {}", payee.code), None))
        }
    }
}

fn unmapped(w: &mut Work<'_>) {
    let doc = w.doc();
    let payee = &doc.payee;
    let what = if payee.employee { "employee" } else { "supplier" };
    let suggestion = suggest_party(doc, w.facts());
    let hint = match &suggestion {
        Some(s) => format!(" Nearest: {} ({}).", s.record.name, s.because),
        None => String::new(),
    };
    let inactive = w.facts().vendors_coded(&payee.code).iter().any(|v| !v.active && !payee.code.is_empty());
    let rule = party_rule(w).map(|r| format!(" Rule {} names {}, which cannot be used.", r.id, r.gives));
    let gone = if inactive { " The vendor with this code is inactive." } else { "" };
    let gone = rule.as_deref().unwrap_or(gone);
    let sentence = format!(
        "No active vendor of {} is {what} {} ({}).{gone}{hint}",
        w.ledger(),
        payee.spoken_name,
        payee.code
    );
    if let Some(s) = suggestion.as_ref().filter(|s| !payee.employee && s.score >= NEAR_DUPLICATE) {
        let sentence = format!(
            "{} is nearly {} ({}): a new vendor would be the same one twice.",
            payee.spoken_name, s.record.name, s.because
        );
        let brief = format!("nearly {}", s.record.name);
        w.add(FindingCode::VendorNearDuplicate, &payee.code, brief, sentence, Mend::Accept);
    }
    let mend = Mend::MapParty { code: payee.code.clone(), suggestion };
    w.add(FindingCode::PartyUnmapped, &payee.code, format!("{} has no vendor", payee.code), sentence, mend);
}

/// The payee's name is taken by a customer or employee: a vendor needs another name (QuickBooks keeps one list).
fn clash(w: &mut Work<'_>) {
    let payee = &w.doc().payee;
    let names = [normal_name(&payee.name), normal_name(&payee.spoken_name)];
    let taken = |n: &str| names.contains(&normal_name(n));
    let facts = w.facts();
    let kind = if facts.customers.iter().any(|c| taken(&c.name)) {
        "customer"
    } else if facts.employees.iter().any(|e| taken(e)) {
        "employee"
    } else {
        return;
    };
    let proposed = format!("{} ({})", payee.spoken_name, payee.code);
    let sentence = format!(
        "A {kind} of {} is named {} already; a new vendor would be named {proposed}.",
        w.ledger(),
        payee.spoken_name
    );
    w.add(FindingCode::NameClash, &payee.code, format!("name taken by a {kind}"), sentence, Mend::Accept);
}

/// A vendor has exactly one currency, and it must be the entry's.
fn currency_of(w: &mut Work<'_>, vendor: &Vendor) {
    let has = vendor.currency.unwrap_or(w.facts().company.home_currency);
    let needs = w.posting_currency();
    if has != needs {
        let sentence = format!("Vendor {} is kept in {has}; this entry is in {needs}.", vendor.name);
        let mend = Mend::MapParty { code: w.doc().payee.code.clone(), suggestion: None };
        w.add(FindingCode::PartyCurrency, &vendor.id, format!("vendor is in {has}"), sentence, mend);
    }
}

/// A vendor that the book names: fallback payee of card purchases, issuer of a card.
pub(super) fn named_by_book(w: &mut Work<'_>, named: Option<&Named>, role: &str) -> Named {
    let Some(named) = named else {
        let sentence = format!("The book names no vendor as {role}.");
        w.add(FindingCode::PartyUnmapped, role, format!("no {role}"), sentence, Mend::BookPolicy);
        return unknown(role);
    };
    match w.facts().vendor(&named.id) {
        Some(v) if v.active => {
            currency_of(w, v);
            Named::new(&v.id, &v.name)
        }
        other => {
            let trouble = if other.is_some() { "inactive" } else { "gone" };
            let sentence = format!("Vendor {}, named as {role}, is {trouble} in {}.", named.name, w.ledger());
            w.add(
                FindingCode::PartyUnmapped,
                role,
                format!("{role} is {trouble}"),
                sentence,
                Mend::BookPolicy,
            );
            named.clone()
        }
    }
}
