//! What people read inside the ledger: header memo and line texts.

use crate::mapping::dates::Dates;
use crate::mapping::rules::{Asked, best, told};
use crate::mapping::work::{Work, why};
use crate::model::document::{Document, DocumentKind, Expense};
use crate::model::entry::Why;
use crate::model::finding::{FindingCode, Mend};
use crate::model::latin::{Spelled, latin_1};
use crate::model::money;
use crate::model::reference::Reference;
use crate::model::rule::{Gives, Key, RuleKind};
use crate::model::system;

/// Memo and line description of QuickBooks Online (contract of QuickBooks Online, 7.2), in characters. Lines of all
/// ledgers: QuickBooks Desktop has 4095, of which a journal's line needs some for the marker (its contract, 7.5 and 7.7).
pub(super) const LIMIT: usize = 4000;
/// Memo of QuickBooks Desktop (its contract, 7.7), in characters.
const DESKTOP_LIMIT: usize = 4095;
const DESKTOP: &str = system::QUICKBOOKS_DESKTOP;
/// Characters of a text that a finding repeats.
const SHOWN: usize = 300;

/// How many characters a header memo has in this ledger.
pub(super) fn memo_limit(system: &str) -> usize {
    if system == DESKTOP { DESKTOP_LIMIT } else { LIMIT }
}

/// The template where a book has none.
const MEMO: &str = "{number} {name}, {title}";
/// The template of invoices: a supplier's name may hold a comma.
const INVOICE_MEMO: &str = "{number} {full_name}, {title}";

/// The header memo: what people know it by, the date it is for when it was moved, and the marker at its end.
///
/// An invoice whose number the record cannot have starts with that number in any case.
pub(super) fn memo(w: &mut Work<'_>, dates: &Dates, reference: &Reference, replaced: bool) -> String {
    let doc = w.doc();
    let own = w.settings().flows.get(&doc.kind).and_then(|f| f.memo.as_deref());
    let template = match (own, doc.kind) {
        (Some(own), _) => own,
        (None, DocumentKind::Invoice) => INVOICE_MEMO,
        (None, _) if w.settings().memo.is_empty() => MEMO,
        (None, _) => &w.settings().memo,
    };
    let surname = doc.payee.name.split(',').next().unwrap_or_default().trim();
    let mut head = match of_rule(w, Asked::default(), false) {
        Some((text, _)) => text,
        None => filled(template, doc, surname),
    };
    if replaced && !head.starts_with(&doc.number) {
        head = format!("{} {head}", doc.number);
    }
    if let (true, Some(original)) = (dates.moved(), dates.original) {
        head = format!("{head}, for {original}");
    }
    let tail = format!(" · {}", reference.marker());
    let limit = memo_limit(&w.i.identity.target_system);
    let head = fitted(w, &head, limit.saturating_sub(tail.chars().count()));
    format!("{head}{tail}")
}

/// The text that a rule for this document gives to it, or with `line` to one of its lines, and why.
pub(super) fn of_rule(w: &mut Work<'_>, asked: Asked<'_>, line: bool) -> Option<(String, Why)> {
    let rule = best(w.i, RuleKind::Text, asked, |r| {
        r.document.is_some() && r.keys.contains_key(&Key::Line) == line
    })?;
    let Gives::Text(text) = &rule.gives else { return None };
    w.take(rule);
    Some((text.clone(), why("memo", told(rule), Some(rule.id))))
}

/// The words of a template, and what each stands for.
pub const MEMO_WORDS: [(&str, &str); 5] = [
    ("{number}", "the document's number"),
    ("{name}", "the payee's last name"),
    ("{full_name}", "the payee's whole name"),
    ("{code}", "employee number or vendor code"),
    ("{title}", "the document's title"),
];

/// How many characters each ledger keeps of a memo: its title and the limit.
pub fn limits() -> [(&'static str, usize); 2] {
    [(system::ONLINE_TITLE, LIMIT), (system::DESKTOP_TITLE, DESKTOP_LIMIT)]
}

/// A memo as a ledger would keep it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Memo {
    /// What it keeps, with the marker at its end.
    pub kept: String,
    /// What is cut off before the marker; empty: nothing.
    pub cut: String,
    /// Characters that it keeps, and those that it could.
    pub used: (usize, usize),
}

/// What a template makes of a document: the same as deriving does, but for a moved date. An empty template is the
/// standard one of its kind.
pub fn memo_of(template: &str, doc: &Document, marker: &str, limit: usize) -> Memo {
    let template = match (template.trim().is_empty(), doc.kind) {
        (false, _) => template,
        (true, DocumentKind::Invoice) => INVOICE_MEMO,
        (true, _) => MEMO,
    };
    let surname = doc.payee.name.split(',').next().unwrap_or_default().trim();
    let head = filled(template, doc, surname);
    let plain = head.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>();
    let plain = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    let tail = format!(" · {marker}");
    let room = limit.saturating_sub(tail.chars().count());
    let kept: String = plain.chars().take(room).collect();
    let cut: String = plain.chars().skip(room).collect();
    let kept = format!("{kept}{tail}");
    let used = (kept.chars().count(), limit);
    Memo { kept, cut, used }
}

/// Words in braces that no template knows: they would stand in the ledger as they are.
pub fn unknown_words(template: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut rest = template;
    while let Some((_, after)) = rest.split_once('{') {
        let Some((name, next)) = after.split_once('}') else {
            out.push(format!("{{{}", after.chars().take(20).collect::<String>()));
            break;
        };
        let word = format!("{{{name}}}");
        if !MEMO_WORDS.iter().any(|(w, _)| *w == word) {
            out.push(word);
        }
        rest = next;
    }
    out
}

/// One pass over the template, so that a title holding `{name}` stays what it is.
fn filled(template: &str, doc: &Document, surname: &str) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, next)) = after.split_once('}') else {
            out.push('{');
            rest = after;
            break;
        };
        match name {
            "number" => out.push_str(&doc.number),
            "name" => out.push_str(surname),
            "full_name" => out.push_str(&doc.payee.name),
            "code" => out.push_str(&doc.payee.code),
            // a title that says no more than number and payee is not said twice
            "title" if doc.title == format!("{} {}", doc.payee.name, doc.number) => {}
            "title" => out.push_str(&doc.title),
            other => out.push_str(&format!("{{{other}}}")),
        }
        rest = next;
    }
    out.push_str(rest);
    out.trim().trim_end_matches([',', ':', '-']).trim_end().to_string()
}

/// `2026-10-20 Air fare BOS-DEN, Globe Air, Boston, CT-9101, GBP 212.40 at 1.31502`
pub(super) fn line(w: &mut Work<'_>, e: &Expense) -> String {
    let what = if e.description.trim().is_empty() { &e.type_name } else { &e.description };
    let mut out = match e.date {
        Some(d) => format!("{d} {what}"),
        None => what.clone(),
    };
    let card = e.card.as_ref().map(|c| c.transaction.as_str()).unwrap_or_default();
    // the merchant of an invoice is its supplier, which the record names
    let merchant = if w.doc().kind == DocumentKind::Invoice { "" } else { e.merchant.trim() };
    for part in [merchant, e.place.trim(), card] {
        append(&mut out, part);
    }
    if let Some(spend) = e.spend.filter(|s| s.currency != w.currency()) {
        let amount = format!("{} {}", spend.currency, money::plain(spend.amount, spend.currency));
        if !out.contains(&amount) {
            append(&mut out, &e.rate.as_ref().map_or(amount.clone(), |r| format!("{amount} at {r}")));
        }
    }
    fitted(w, &out, LIMIT)
}

fn append(out: &mut String, part: &str) {
    if !part.is_empty() && !out.contains(part) {
        out.push_str(", ");
        out.push_str(part);
    }
}

/// The text as the ledger will show it: control characters as blanks, what it cannot hold transliterated, not too long.
pub(super) fn fitted(w: &mut Work<'_>, text: &str, limit: usize) -> String {
    let plain = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>();
    let plain = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    let spelled = if latin_only(w) { latin_1(&plain) } else { Spelled { text: plain, ..Spelled::default() } };
    // what had no shape leaves its blanks behind
    let mut out = spelled.text.split_whitespace().collect::<Vec<_>>().join(" ");
    if spelled.changed {
        let mut shown: String = out.chars().take(SHOWN).collect();
        if shown.len() < out.len() {
            shown.push_str(" and so on");
        }
        let coded =
            if spelled.coded { " (what it cannot spell stands as code points in brackets)" } else { "" };
        let sentence =
            format!("This {} company holds Latin-1 only{coded}; it will show: {shown}", w.ledger());
        w.add(FindingCode::TextSubstituted, "", "text transliterated", sentence, Mend::Accept);
    }
    if out.chars().count() > limit {
        let sentence = format!("A text of {} characters is cut to {limit}.", out.chars().count());
        w.add(FindingCode::TextCut, "", "text cut", sentence, Mend::Accept);
        out = out.chars().take(limit).collect();
    }
    out
}

/// A company that holds Latin-1 only: QuickBooks Online in the US, QuickBooks Desktop wherever it stands (its contract,
/// 4.2).
fn latin_only(w: &Work<'_>) -> bool {
    match w.i.identity.target_system.as_str() {
        DESKTOP => true,
        system => {
            system.starts_with("quickbooks") && w.facts().company.country.to_uppercase().starts_with("US")
        }
    }
}

/// Whether the ledger would show another text.
pub(super) fn substituted(w: &Work<'_>, text: &str) -> bool {
    latin_only(w) && latin_1(text).changed
}
