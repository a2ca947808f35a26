//! Rules for this document only: another account, class, project, text, vendor or posting date, with a reason. What a
//! rule changes is shown before it is saved; each can be taken back (accounting.md, section 9).

use std::collections::BTreeMap;

use crate::engine::inspect::Tried;
use crate::mapping::{SetDifference, differences};
use crate::model::document::DocumentKind;
use crate::model::entry::LineRole;
use crate::model::finding::Mend;
use crate::model::ids::{BookId, DocumentId};
use crate::model::rule::{DimensionKind, Gives, Key, Rule, RuleKind, line_key};
use crate::model::state::{State, open_states};
use crate::tui::app::{Level, Model};
use crate::tui::effect::Effect;
use crate::tui::layers::picker::PickThen;
use crate::tui::layers::{Answers, Choice, Decide, Field, Form, FormFor, Layer, Picker};
use crate::tui::text::clean;
use crate::tui::widgets::{Cursor, Input};

use super::effect::{DocumentEffect, DocumentForm};

/// Choices of one dialog: they have the keys 1 to 9.
const CHOICES: usize = 9;

/// Whether a rule for this document can be made now.
pub fn possible(model: &Model) -> Result<(), String> {
    let Some(sheet) = &model.document.sheet else { return Err("the document is still being read".into()) };
    let card = &sheet.card;
    if card.row.kind == DocumentKind::Correction {
        return Err("a correction is the opposite of what was posted: no rule changes it".into());
    }
    match card.row.state {
        State::Approved => Err("it is approved: w withdraws the approval first".into()),
        s if !open_states().contains(&s) || card.held_approved => {
            Err(format!("it is {}: only what is not approved yet can be changed", s.name().replace('_', " ")))
        }
        _ if card.row.book.is_none() => Err("it belongs to no book".into()),
        _ if card.derived.is_none() => Err("it has not been derived yet".into()),
        _ => Ok(()),
    }
}

/// The selected line in words, and the key that means it alone.
fn line(model: &Model) -> Option<(String, String)> {
    let (_, _, line) = model.document.selected()?;
    let place = line.source.filter(|_| matches!(line.role, LineRole::Cost | LineRole::Clearing))?;
    let source = model.document.sheet.as_ref()?.source.as_ref()?;
    let expense = source.expenses.get(place.expense)?;
    let allocation = expense.allocations.get(place.allocation)?;
    let amount = crate::model::money::shown(line.amount, source.currency);
    Some((clean(&format!("{} {amount} · {}", line.account.name, line.text)), line_key(expense, allocation)))
}

/// `o`: what is to be changed, or which rule is to be taken back.
pub fn open(model: &mut Model) -> Vec<Effect> {
    let Some(sheet) = model.document.sheet.as_deref() else { return Vec::new() };
    let Some(book) = sheet.card.row.book.clone() else { return Vec::new() };
    let id = sheet.card.row.id;
    let code = sheet.card.row.payee_code.clone();
    let overrides = model.document.extras.overrides.clone();
    let rule = |kind, key: Option<&String>| Rule {
        id: 0,
        kind,
        document: Some(id),
        party: None,
        keys: key.map(|k| (Key::Line, k.clone())).into_iter().collect::<BTreeMap<_, _>>(),
        gives: Gives::Nothing,
        author: model.actor.as_ref().map(|a| a.name.clone()).unwrap_or_default(),
        reason: None,
        billable: false,
    };
    let dimension = |dimension| Mend::MapDimension {
        dimension,
        field: String::new(),
        code: String::new(),
        value: String::new(),
    };
    let mut lines = Vec::new();
    // what a person may choose: words, what mends it, the rule, and whether it may be left empty
    let mut picks: Vec<(String, Mend, Rule, bool)> = Vec::new();
    let mut forms: Vec<(String, Rule)> = Vec::new();
    if let Some((words, key)) = line(model) {
        lines.push(words);
        let key = Some(&key);
        let account = Mend::MapAccount { code: String::new(), expense_type: String::new() };
        picks.push(("another account for this line".into(), account, rule(RuleKind::Account, key), false));
        for (word, of) in [("class", DimensionKind::Class), ("project", DimensionKind::Customer)] {
            let text = format!("another {word} for this line");
            picks.push((text, dimension(of), rule(of.rule_kind(), key), true));
        }
        forms.push(("another text on this line".into(), rule(RuleKind::Text, key)));
    } else {
        lines.push("The selected line has no cost of its own: choose a line of cost to change account, class or project.".into());
    }
    let vendor = Mend::MapParty { code, suggestion: None };
    picks.push(("another vendor".into(), vendor, rule(RuleKind::Party, None), false));
    forms.push(("another posting date".into(), rule(RuleKind::PostingDate, None)));
    forms.push(("another memo of the record".into(), rule(RuleKind::Text, None)));
    lines.push("For this document only, with a reason. What it changes is shown before it is saved.".into());
    let mut options = Vec::new();
    for (words, mend, rule, may_be_none) in picks {
        let extra = if may_be_none { vec![("none".to_string(), Gives::Nothing)] } else { Vec::new() };
        let picker = Picker {
            serial: model.next_question(),
            book: book.clone(),
            mend,
            then: PickThen::Save,
            title: format!("Override: {words}"),
            lines: vec![lines.first().cloned().unwrap_or_default()],
            input: Input::default(),
            rule,
            extra,
            candidates: None,
            error: None,
            cursor: Cursor::default(),
        };
        let ask = vec![picker.ask(false)];
        options.push((words, Choice::ThenRun(Box::new(Layer::Picker(Box::new(picker))), ask)));
    }
    for (words, rule) in forms {
        options.push((words.clone(), Choice::Then(Box::new(value_form(model, id, &book, &words, rule)))));
    }
    let place = CHOICES.saturating_sub(options.len());
    options.extend(taking_back(&book, &overrides, place));
    model.layers.push(Layer::Decide(Box::new(Decide { title: "Override".into(), lines, options })));
    Vec::new()
}

fn value_form(model: &Model, id: DocumentId, book: &BookId, words: &str, rule: Rule) -> Layer {
    let d = model.document.sheet.as_ref().and_then(|s| s.card.derived.as_ref());
    let (label, text, help) = if rule.kind == RuleKind::PostingDate {
        let date = d.and_then(|d| d.posting_date).map(|d| d.to_string()).unwrap_or_default();
        ("Posting date", date, "As 2026-10-28; never earlier than the source's own date, in an open period.")
    } else if rule.keys.is_empty() {
        ("Memo", String::new(), "The reference is added to it at its end.")
    } else {
        let text = model.document.selected().map(|(.., l)| clean(&l.text)).unwrap_or_default();
        ("Text", text, "What people read on this line in the ledger.")
    };
    let field = Field::text("value", label, &text).help(help).needed();
    let form = FormFor::Document(DocumentForm::Value(id, book.clone(), Box::new(rule)));
    Layer::Form(Box::new(Form::new(
        form,
        format!("Override: {words}"),
        Vec::new(),
        vec![field],
        "show the effect",
    )))
}

/// Rules of this document that can be taken back, in so many places: what has none stands behind the last one.
fn taking_back(book: &BookId, rules: &[Rule], places: usize) -> Vec<(String, Choice)> {
    let all = rules.len() <= places;
    let (here, rest) = rules.split_at(if all { rules.len() } else { places.saturating_sub(1) });
    let mut options = Vec::new();
    for r in here {
        let reason = r.reason.as_deref().unwrap_or("no reason given");
        let kind = r.kind.name().replace('_', " ");
        let words = format!("take back rule {} ({kind} → {}) of {}: {reason}", r.id, r.gives, r.author);
        let remove = DocumentEffect::Remove { book: book.clone(), rule: r.id };
        options.push((clean(&words), Choice::Run(vec![Effect::DocumentRoom(remove)])));
    }
    if !rest.is_empty() {
        let lines = vec!["Each of these rules is for this document only.".to_string()];
        let more =
            Decide { title: "Override: take back".into(), lines, options: taking_back(book, rest, CHOICES) };
        let words = format!("take back one of {} more…", rest.len());
        options.push((words, Choice::Then(Box::new(Layer::Decide(Box::new(more))))));
    }
    options
}

/// A form was filled in.
pub fn submit(model: &mut Model, form: DocumentForm, answers: &Answers) -> Vec<Effect> {
    match form {
        DocumentForm::Value(id, book, mut rule) => {
            let typed = answers.text("value");
            rule.gives = if rule.kind == RuleKind::PostingDate {
                match typed.parse() {
                    Ok(date) => Gives::Date(date),
                    Err(_) => {
                        model.refuse_form("value", "no date: write it as 2026-10-28");
                        return Vec::new();
                    }
                }
            } else {
                Gives::Text(typed.to_string())
            };
            model.close_form();
            vec![Effect::DocumentRoom(DocumentEffect::Try { id, book, rule })]
        }
        DocumentForm::Reason(book, mut rule) => {
            rule.reason = Some(answers.text("reason").to_string());
            model.close_form();
            vec![Effect::SetRule { book, rule }]
        }
    }
}

/// What the rule would do is known: it is shown, and a reason is asked for.
pub fn tried(model: &mut Model, book: BookId, rule: Rule, tried: &Tried) {
    let changes = differences(&tried.before, &tried.after);
    if changes.is_empty() {
        model.say(Level::Warning, "This would change nothing, so nothing is saved.");
        return;
    }
    const MOST: usize = 6;
    let n = changes.len();
    let mut lines =
        vec![if n == 1 { "It changes 1 place:".to_string() } else { format!("It changes {n} places:") }];
    lines.extend(changes.iter().take(MOST).map(|d| clean(&SetDifference::words(d))));
    if n > MOST {
        lines.push(format!("and {} more", n - MOST));
    }
    let word = |s: State| s.name().replace('_', " ");
    lines.push(if tried.state == tried.was {
        format!("The document stays {}.", word(tried.was))
    } else {
        format!("The document is {} now and would be {}.", word(tried.was), word(tried.state))
    });
    let stops = tried.findings.iter().filter(|f| f.blocks());
    lines.extend(stops.map(|f| clean(&format!("! {}: {}", f.code, f.sentence))));
    let single = model.actor.as_ref().is_some_and(|a| a.single_person);
    lines.push(if single {
        "It will carry the warning override_used. In single-person mode you may approve it yourself.".into()
    } else {
        "It will carry the warning override_used, and somebody else has to approve it.".into()
    });
    let field = Field::text("reason", "Reason", "").help("The approver and the auditor read it.").needed();
    let form = FormFor::Document(DocumentForm::Reason(book, Box::new(rule)));
    let form = Form::new(form, "Override: what it changes", lines, vec![field], "save the rule");
    model.layers.push(Layer::Form(Box::new(form)));
}
