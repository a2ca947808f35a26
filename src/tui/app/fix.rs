//! Mending a finding: each kind of mend opens its dialog, and the dialog makes the rule or the act.

use std::collections::{BTreeMap, BTreeSet};

use crate::engine::Ask;
use crate::model::finding::{Finding, Mend};
use crate::model::ids::{BookId, DocumentId};
use crate::model::rule::{Gives, Key, Rule, RuleKind};
use crate::tui::effect::{Effect, Target};
use crate::tui::format::{documents, sums_words};
use crate::tui::layers::{Choice, Decide, Layer, Picker, Purpose, Reason};
use crate::tui::msg::Sheet;
use crate::tui::text::clean;
use crate::tui::widgets::{Cursor, Input};

use super::decide::about;
use super::{Chosen, Level, Model, Screen};

/// The keys that mend, in a line below the finding.
pub fn mend_words(mend: &Mend) -> &'static str {
    match mend {
        Mend::MapParty { .. } => "{key:fix} choose a vendor   {key:hold} hold   {key:reject} reject",
        Mend::MapAccount { .. } => "{key:fix} choose an account   {key:hold} hold   {key:reject} reject",
        Mend::MapDimension { .. } => "{key:fix} choose a record   {key:hold} hold   {key:reject} reject",
        Mend::MapTax { .. } => "{key:fix} make a tax rule   {key:hold} hold   {key:reject} reject",
        Mend::ChooseWhoPays { .. } | Mend::BookPolicy => {
            "{key:fix} what to set in the book   {key:hold} hold"
        }
        Mend::Adopt { .. } => "{key:fix} adopt, or it is another one   {key:hold} hold",
        Mend::Period { .. } => "{key:fix} wait, next open day, or reject",
        Mend::AcceptDelta => "{key:fix} accept the delta, or reject",
        Mend::Decide { .. } => "{key:fix} decide by name   {key:close} close   {key:reject} reject",
        Mend::Close => "{key:close} close with a note",
        Mend::InLedger => "{key:fix} read the ledger again, once it is put right there",
        Mend::Reject => "{key:reject} reject, so that it is corrected",
        Mend::Accept => "approving accepts it",
    }
}

/// `f`: the first blocking finding of the document, or the group under the cursor.
pub fn fix(model: &mut Model) -> Vec<Effect> {
    let in_groups = model.screen == Screen::Queue && model.queue.grouped;
    if in_groups || model.screen == Screen::Mappings {
        let group = if in_groups { model.queue.current_group() } else { model.unmapped_here() };
        let Some(g) = group else { return Vec::new() };
        let (code, value) = (g.code, g.value.clone());
        let generation = model.next_question();
        model.queue.fixing = generation;
        return vec![Effect::FixGroup { generation, book: model.book.clone(), code, value }];
    }
    let Some(sheet) = model.sheet().cloned() else { return Vec::new() };
    let findings = sheet.card.derived.as_ref().map(|d| d.findings.clone()).unwrap_or_default();
    match findings.into_iter().min_by_key(|f| !f.blocks()) {
        Some(f) => mend(model, &sheet, &f),
        None => {
            // unreadable: nothing but an end with a note
            let chosen = Chosen::of(&sheet.card.row);
            let lines = about(std::slice::from_ref(&chosen), None);
            model.layers.push(Reason::layer("Close", lines, Purpose::Close(vec![chosen.target()])));
            Vec::new()
        }
    }
}

/// Opens the dialog that mends a finding of a document.
pub fn mend(model: &mut Model, sheet: &Sheet, f: &Finding) -> Vec<Effect> {
    let Some(book) = sheet.card.row.book.clone().or_else(|| model.book.clone()) else {
        model.say(Level::Warning, "The document belongs to no book.");
        return Vec::new();
    };
    let chosen = Chosen::of(&sheet.card.row);
    let rule = |kind, document, party: Option<String>, keys: Vec<(Key, String)>, gives| Rule {
        id: 0,
        kind,
        document,
        party,
        keys: keys.into_iter().collect::<BTreeMap<_, _>>(),
        gives,
        author: model.actor.as_ref().map(|a| a.name.clone()).unwrap_or_default(),
        reason: None,
        billable: false,
    };
    match &f.mend {
        Mend::MapParty { code, .. } => {
            let r = rule(RuleKind::Party, None, Some(code.clone()), Vec::new(), Gives::Nothing);
            pick(model, book, f, format!("Vendor for {}", clean(code)), r, Vec::new())
        }
        Mend::MapAccount { code, expense_type } => {
            let (key, value) = if code.is_empty() {
                (Key::ExpenseType, expense_type.clone())
            } else {
                (Key::AccountCode, code.clone())
            };
            let title = format!("Account for {}", clean(&value));
            let r = rule(RuleKind::Account, None, None, vec![(key, value)], Gives::Nothing);
            pick(model, book, f, title, r, Vec::new())
        }
        Mend::MapDimension { dimension, field, code, value } => {
            let keys = vec![(Key::Field(field.clone()), code.clone())];
            let r = rule(dimension.rule_kind(), None, None, keys, Gives::Nothing);
            let word = dimension.word();
            let name =
                if value.is_empty() { clean(code) } else { format!("{} {}", clean(code), clean(value)) };
            let none = (format!("none: {} has no {word}", clean(code)), Gives::Nothing);
            pick(model, book, f, format!("A {word} for {name}"), r, vec![none])
        }
        Mend::MapTax { country, code, reclaim_code } => {
            let keys = [(Key::Country, country), (Key::TaxCode, code), (Key::ReclaimCode, reclaim_code)];
            let keys = keys.into_iter().filter(|(_, v)| !v.is_empty()).map(|(k, v)| (k, v.clone())).collect();
            let r = rule(RuleKind::Tax, None, None, keys, Gives::Nothing);
            let title = format!("Tax {} {}", clean(country), clean(code));
            pick(model, book, f, title, r, vec![("the tax stays in cost".into(), Gives::Cost)])
        }
        Mend::Adopt { kind, id, number } => {
            let keys = vec![(Key::About, format!("{}:{id}", f.code.name()))];
            let another = rule(RuleKind::Decision, Some(chosen.id), None, keys, Gives::Accepted);
            let record = if number.is_empty() { id } else { number };
            let link = Layer::Confirm(crate::tui::layers::Confirm {
                question: 0,
                title: "Adopt".into(),
                lines: vec![
                    about(std::slice::from_ref(&chosen), None).join(" "),
                    format!(
                        "Link to {} {}. Party, amount and currency are compared first; nothing is written.",
                        kind.words(),
                        clean(record)
                    ),
                ],
                yes: "adopt".into(),
                effects: vec![Effect::Adopt { target: chosen.target(), record: id.clone() }],
            });
            let why = decision(book, &chosen, another, "It is another one");
            decide(
                model,
                f,
                &chosen,
                vec![
                    (
                        format!("adopt {} {}: it is the same", kind.words(), clean(record)),
                        Choice::Then(Box::new(link)),
                    ),
                    ("it is another one: post ours as well".into(), Choice::Then(Box::new(why))),
                ],
            )
        }
        Mend::Period { next_open } => {
            let moved =
                rule(RuleKind::PostingDate, Some(chosen.id), None, Vec::new(), Gives::Date(*next_open));
            let why = decision(book, &chosen, moved, "Post on the next open day");
            let options = vec![
                ("wait until the period is open again".into(), Choice::Leave),
                (format!("post on the next open day, {next_open}"), Choice::Then(Box::new(why))),
                reject(&chosen),
            ];
            decide(model, f, &chosen, options)
        }
        Mend::AcceptDelta => {
            let keys = vec![(Key::About, f.code.name().to_string())];
            let accepted = rule(RuleKind::Decision, Some(chosen.id), None, keys, Gives::Accepted);
            let why = decision(book, &chosen, accepted, "Accept the delta");
            let options = vec![
                (
                    "accept the delta by name: it is posted beside what is there".into(),
                    Choice::Then(Box::new(why)),
                ),
                reject(&chosen),
            ];
            decide(model, f, &chosen, options)
        }
        Mend::Decide { about: subject, words } => {
            let keys = vec![(Key::About, subject.clone())];
            let accepted = rule(RuleKind::Decision, Some(chosen.id), None, keys, Gives::Accepted);
            let why = decision(book, &chosen, accepted, "Decide by name");
            let close = Reason::layer(
                "Close",
                about(std::slice::from_ref(&chosen), None),
                Purpose::Close(vec![chosen.target()]),
            );
            let options = vec![
                (clean(words), Choice::Then(Box::new(why))),
                ("close with a note".into(), Choice::Then(Box::new(close))),
                reject(&chosen),
            ];
            decide(model, f, &chosen, options)
        }
        Mend::Close => {
            let close = Reason::layer(
                "Close",
                about(std::slice::from_ref(&chosen), None),
                Purpose::Close(vec![chosen.target()]),
            );
            decide(model, f, &chosen, vec![("close with a note".into(), Choice::Then(Box::new(close)))])
        }
        Mend::InLedger => {
            let read = Effect::Ask(Ask::ReadLedger { book });
            let options = vec![
                ("it is put right in the ledger: read the ledger again".into(), Choice::Run(vec![read])),
                reject(&chosen),
            ];
            decide(model, f, &chosen, options)
        }
        Mend::Reject => {
            let option = reject(&chosen);
            decide(model, f, &chosen, vec![option])
        }
        Mend::ChooseWhoPays { .. } | Mend::BookPolicy => {
            let words = "The book's settings decide: tieout books edit".to_string();
            decide(model, f, &chosen, vec![(words, Choice::Leave)])
        }
        Mend::Accept => decide(model, f, &chosen, vec![("read: approving accepts it".into(), Choice::Leave)]),
    }
}

fn decision(book: BookId, chosen: &Chosen, rule: Rule, title: &str) -> Layer {
    Reason::layer(title, about(std::slice::from_ref(chosen), None), Purpose::Decision(book, Box::new(rule)))
}

fn reject(chosen: &Chosen) -> (String, Choice) {
    let layer = Reason::layer(
        "Reject to Concur",
        about(std::slice::from_ref(chosen), None),
        Purpose::Reject(vec![chosen.target()]),
    );
    ("reject to Concur, with a reason".into(), Choice::Then(Box::new(layer)))
}

fn decide(model: &mut Model, f: &Finding, chosen: &Chosen, options: Vec<(String, Choice)>) -> Vec<Effect> {
    let lines = vec![clean(&f.sentence), about(std::slice::from_ref(chosen), None).join(" ")];
    model.layers.push(Layer::Decide(Box::new(Decide { title: f.code.label().into(), lines, options })));
    Vec::new()
}

fn pick(
    model: &mut Model,
    book: BookId,
    f: &Finding,
    title: String,
    rule: Rule,
    extra: Vec<(String, Gives)>,
) -> Vec<Effect> {
    let affected =
        model.queue.groups.iter().flatten().find(|g| g.code == f.code && g.value == f.value).map(|g| {
            let sums = sums_words(g.sums.iter().copied(), model.home());
            format!("Affects {}, {}", documents(g.count), sums.join(", "))
        });
    let mut lines = vec![clean(&f.sentence)];
    lines.extend(affected);
    if let Mend::MapParty { suggestion: Some(s), .. } = &f.mend {
        lines.push(format!("Suggested: {} ({} %, {})", clean(&s.record.name), s.score, clean(&s.because)));
    }
    let picker = Picker {
        serial: model.next_question(),
        book,
        mend: f.mend.clone(),
        title,
        lines,
        input: Input::default(),
        rule,
        extra,
        candidates: None,
        error: None,
        cursor: Cursor::default(),
        then: crate::tui::layers::picker::PickThen::Save,
    };
    let ask = picker.ask(false);
    model.layers.push(Layer::Picker(Box::new(picker)));
    vec![ask]
}

/// `A`: the record that the finding names, or one that is typed.
pub fn adopt(model: &mut Model) -> Vec<Effect> {
    let found = model.sheet().and_then(|s| {
        let findings = &s.card.derived.as_ref()?.findings;
        findings.iter().find(|f| matches!(f.mend, Mend::Adopt { .. })).map(|f| (s.clone(), f.clone()))
    });
    if let Some((sheet, finding)) = found {
        return mend(model, &sheet, &finding);
    }
    let Some(c) = model.here() else { return Vec::new() };
    let target: Target = c.target();
    let mut lines = about(std::slice::from_ref(&c), None);
    lines.push("The number or id of the record in the ledger.".into());
    model.layers.push(Reason::layer("Adopt", lines, Purpose::Adopt(target)));
    Vec::new()
}

/// Documents among these whose delta a person accepted by name, as far as the rules say.
pub fn accepted_deltas(model: &Model, ids: &[DocumentId]) -> BTreeSet<DocumentId> {
    let about = crate::model::FindingCode::ReopenedDelta.name();
    let rules = model.mappings.rules.iter().flat_map(|r| &r.rules);
    rules
        .filter(|r| {
            r.kind == RuleKind::Decision && r.keys.get(&Key::About).is_some_and(|v| v.starts_with(about))
        })
        .filter_map(|r| r.document.filter(|d| ids.contains(d)))
        .collect()
}
