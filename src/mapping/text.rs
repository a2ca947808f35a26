//! What people read inside the ledger: header memo and line texts.

use crate::mapping::dates::Dates;
use crate::mapping::rules::{Asked, best, told};
use crate::mapping::work::{Work, why};
use crate::model::document::{Document, DocumentKind, Expense};
use crate::model::entry::Why;
use crate::model::finding::{FindingCode, Mend};
use crate::model::money;
use crate::model::reference::Reference;
use crate::model::rule::{Gives, Key, RuleKind};

/// Memo and line description of QuickBooks Online (contract of QuickBooks Online, 7.2), in characters.
pub(super) const LIMIT: usize = 4000;

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
    let head = fitted(w, &head, LIMIT - tail.chars().count());
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
pub fn limits() -> [(&'static str, usize); 1] {
    [("QuickBooks Online", LIMIT)]
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
    let (mut out, changed) = if latin_only(w) { fold(&plain, 0xff) } else { (plain, false) };
    if changed {
        let sentence = format!("This {} company holds Latin-1 only; it will show: {out}", w.ledger());
        w.add(FindingCode::TextSubstituted, "", "text transliterated", sentence, Mend::Accept);
    }
    if out.chars().count() > limit {
        let sentence = format!("A text of {} characters is cut to {limit}.", out.chars().count());
        w.add(FindingCode::TextCut, "", "text cut", sentence, Mend::Accept);
        out = out.chars().take(limit).collect();
    }
    out
}

/// A company that holds Latin-1 only.
fn latin_only(w: &Work<'_>) -> bool {
    w.i.identity.target_system.starts_with("quickbooks")
        && w.facts().company.country.to_uppercase().starts_with("US")
}

/// Whether the ledger would show another text.
pub(super) fn substituted(w: &Work<'_>, text: &str) -> bool {
    latin_only(w) && fold(text, 0xff).1
}

/// Replaces characters above `highest` by their nearest plain spelling, `?` where there is none. True: something
/// changed.
pub(super) fn fold(text: &str, highest: u32) -> (String, bool) {
    let mut out = String::with_capacity(text.len());
    let mut changed = false;
    for c in text.chars() {
        if u32::from(c) <= highest {
            out.push(c);
        } else {
            changed = true;
            out.push_str(plain(c));
        }
    }
    (out, changed)
}

/// Latin letters of Europe and typographic signs; anything else is `?`, which says that something stood there.
fn plain(c: char) -> &'static str {
    match c {
        'À'..='Å' | 'Ā' | 'Ă' | 'Ą' => "A",
        'à'..='å' | 'ā' | 'ă' | 'ą' => "a",
        'Æ' => "AE",
        'æ' => "ae",
        'Ç' | 'Ć' | 'Ĉ' | 'Ċ' | 'Č' => "C",
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => "c",
        'Ď' | 'Đ' | 'Ð' => "D",
        'ď' | 'đ' | 'ð' => "d",
        'È'..='Ë' | 'Ē' | 'Ĕ' | 'Ė' | 'Ę' | 'Ě' => "E",
        'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => "e",
        'Ĝ' | 'Ğ' | 'Ġ' | 'Ģ' => "G",
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => "g",
        'Ĥ' | 'Ħ' => "H",
        'ĥ' | 'ħ' => "h",
        'Ì'..='Ï' | 'Ĩ' | 'Ī' | 'Ĭ' | 'Į' | 'İ' => "I",
        'ì'..='ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' => "i",
        'Ĵ' => "J",
        'ĵ' => "j",
        'Ķ' => "K",
        'ķ' => "k",
        'Ĺ' | 'Ļ' | 'Ľ' | 'Ŀ' | 'Ł' => "L",
        'ĺ' | 'ļ' | 'ľ' | 'ŀ' | 'ł' => "l",
        'Ñ' | 'Ń' | 'Ņ' | 'Ň' => "N",
        'ñ' | 'ń' | 'ņ' | 'ň' => "n",
        'Ò'..='Ö' | 'Ø' | 'Ō' | 'Ŏ' | 'Ő' => "O",
        'ò'..='ö' | 'ø' | 'ō' | 'ŏ' | 'ő' => "o",
        'Œ' => "OE",
        'œ' => "oe",
        'Ŕ' | 'Ŗ' | 'Ř' => "R",
        'ŕ' | 'ŗ' | 'ř' => "r",
        'Ś' | 'Ŝ' | 'Ş' | 'Š' | 'Ș' => "S",
        'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => "s",
        'ß' => "ss",
        'ẞ' => "SS",
        'Ţ' | 'Ť' | 'Ŧ' | 'Ț' => "T",
        'ţ' | 'ť' | 'ŧ' | 'ț' => "t",
        'Ù'..='Ü' | 'Ũ' | 'Ū' | 'Ŭ' | 'Ů' | 'Ű' | 'Ų' => "U",
        'ù'..='ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' => "u",
        'Ŵ' => "W",
        'ŵ' => "w",
        'Ý' | 'Ŷ' | 'Ÿ' => "Y",
        'ý' | 'ŷ' | 'ÿ' => "y",
        'Ź' | 'Ż' | 'Ž' => "Z",
        'ź' | 'ż' | 'ž' => "z",
        '\u{2010}'..='\u{2015}' | '\u{2212}' => "-",
        '\u{2018}' | '\u{2019}' | '\u{201b}' => "'",
        '\u{201a}' => ",",
        '\u{201c}'..='\u{201f}' => "\"",
        '\u{2022}' => "*",
        '\u{2026}' => "...",
        '\u{2192}' => "->",
        '\u{20ac}' => "EUR",
        '\u{2002}'..='\u{200a}' | '\u{202f}' => " ",
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' => "",
        // combining marks: the letter before them stands
        '\u{300}'..='\u{36f}' => "",
        _ => "?",
    }
}
