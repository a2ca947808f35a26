//! The part of the mapping screen that the root calls: actions, keys, answers, forms.

use crossterm::event::{KeyCode, KeyEvent};

use crate::engine::mapping::{Edit, EditWhat, mend_of};
use crate::mapping::Change;
use crate::model::finding::Mend;
use crate::model::guard::{Guard, Then};
use crate::model::rule::{Gives, Rule, RuleKind};
use crate::tui::app::{Level, Model, Screen, go};
use crate::tui::effect::Effect;
use crate::tui::format::{ShownRow, documents};
use crate::tui::keys::ActionId;
use crate::tui::layers::picker::{Make, PickThen};
use crate::tui::layers::{Answers, Confirm, FormFor, Layer, Picker, Reader};
use crate::tui::text::clean;
use crate::tui::widgets::{Cursor, Input};

use super::dialog::{Dialog, Import, MemoEditor, Outcome, Threshold};
use super::effect::{MappingEffect, MappingForm, MappingMsg};
use super::forms::{self, Asked};
use super::rows::{What, changes_of, when};
use super::{Documents, Part};

mod possible;

pub use possible::possible;

/// Does an action of this screen; none: it is not one.
pub fn act(model: &mut Model, id: ActionId) -> Option<Vec<Effect>> {
    use ActionId::*;
    if model.mappings.documents.is_some() && matches!(id, Open | Back | Refresh) {
        return in_documents(model, id);
    }
    Some(match id {
        NextPart | Right => turn(model, 1),
        PreviousPart | Left => turn(model, -1),
        Filter => {
            model.mappings.typing = Some(Input::with(&model.mappings.filter));
            Vec::new()
        }
        Back if model.mappings.suggesting => {
            model.mappings.suggesting = false;
            model.mapping_lines();
            Vec::new()
        }
        Back if !model.mappings.filter.is_empty() => {
            model.mappings.filter.clear();
            model.mapping_lines();
            Vec::new()
        }
        Down | Up | PageDown | PageUp | HalfDown | HalfUp | Top | Bottom => {
            let page = model.mapping_page();
            match &mut model.mappings.documents {
                Some(d) => {
                    let n = d.rows.as_ref().map_or(0, Vec::len);
                    d.cursor.act(id, n, usize::from(model.size.1).saturating_sub(7).max(1));
                }
                None => {
                    let n = model.mappings.lines.len();
                    model.mappings.cursor.act(id, n, page);
                }
            }
            Vec::new()
        }
        Open => open(model),
        Fix => fix(model),
        Suggest => {
            model.mappings.suggesting = !model.mappings.suggesting;
            model.mapping_lines();
            Vec::new()
        }
        Accept => accept(model),
        AcceptAll => accept_all(model),
        AddRule => add(model),
        EditRule => edit(model),
        RemoveRule => remove(model),
        RuleUp | RuleDown => match model.mappings.here().map(|l| l.what.clone()) {
            Some(What::Guard(n)) => {
                try_changes(model, vec![Change::MoveGuard { id: n, up: id == RuleUp }], None)
            }
            _ => Vec::new(),
        },
        UndoRules => {
            let Some(version) = model.mappings.version() else { return Some(Vec::new()) };
            try_edit(model, EditWhat::Back(version.saturating_sub(1)), None)
        }
        BackTo => match model.mappings.here().map(|l| l.what.clone()) {
            Some(What::Version(v)) => try_edit(model, EditWhat::Back(v), None),
            _ => Vec::new(),
        },
        ImportRules => {
            model.layers.push(Layer::Form(Box::new(forms::import())));
            Vec::new()
        }
        ExportRules => {
            let book = model.book.as_ref().map(|b| b.to_string()).unwrap_or_default();
            model.layers.push(Layer::Form(Box::new(forms::export(&book))));
            Vec::new()
        }
        CompareLists => {
            model.book.clone().map(|book| room(MappingEffect::Compare { book })).into_iter().collect()
        }
        _ => return None,
    })
}

fn room(effect: MappingEffect) -> Effect {
    Effect::MappingRoom(effect)
}

fn turn(model: &mut Model, by: isize) -> Vec<Effect> {
    let m = &mut model.mappings;
    m.part = m.part.turned(by);
    m.suggesting = false;
    m.documents = None;
    m.cursor = Cursor::default();
    m.lines.clear();
    model.mapping_lines();
    match (model.mappings.part, model.book.clone()) {
        (Part::Lists, Some(book)) => vec![model.mappings.ask_proposals(book)],
        _ => Vec::new(),
    }
}

fn in_documents(model: &mut Model, id: ActionId) -> Option<Vec<Effect>> {
    if id == ActionId::Back {
        model.mappings.documents = None;
        return Some(Vec::new());
    }
    if id == ActionId::Refresh {
        model.mappings.documents = None;
        return None;
    }
    let docs = model.mappings.documents.as_ref()?;
    let row = docs.rows.as_ref().and_then(|r| r.get(docs.cursor.at)).map(|r| r.row.id);
    let Some(id) = row else { return Some(Vec::new()) };
    let effect = model.document.open(id, None);
    let mut effects = go(model, Screen::Document);
    effects.push(effect);
    Some(effects)
}

/// Enter: what the line is about.
fn open(model: &mut Model) -> Vec<Effect> {
    let Some(line) = model.mappings.here().cloned() else { return Vec::new() };
    let (Some(book), Some(board)) = (model.book.clone(), model.mappings.board.as_ref()) else {
        return Vec::new();
    };
    match line.what {
        What::Unmapped(_) => fix(model),
        What::Rule(rule) => {
            let generation = model.next_question();
            let title = format!("rule {rule}: {} → {}", line.when, line.gives);
            model.mappings.documents = Some(Documents { title, generation, ..Documents::default() });
            vec![room(MappingEffect::Documents { generation, book, rule })]
        }
        What::Guard(id) => {
            let guard = board.rules.guards.iter().find(|g| g.id == id).cloned();
            let guard = guard.map(|g| room(MappingEffect::Hits { book, guard: Box::new(g) }));
            guard.into_iter().collect()
        }
        What::Method(_) => edit(model),
        What::Memo(kind) => {
            let settings = model.current_book().map(|b| &b.settings);
            let template = match kind {
                None => settings.map(|s| s.memo.clone()),
                Some(k) => settings.and_then(|s| s.flows.get(&k)).and_then(|f| f.memo.clone()),
            };
            let version = board.rules.version;
            let editor = MemoEditor::new(book.clone(), version, kind, &template.unwrap_or_default());
            let editor = editor.kept_by(model.ledger_title());
            model.layers.push(Layer::Mapping(Box::new(Dialog::Memo(Box::new(editor)))));
            vec![room(MappingEffect::Sample { book, kind })]
        }
        What::Version(v) => {
            let at = board.versions.iter().position(|x| x.version == v).unwrap_or(0);
            let mut text = match changes_of(board, at) {
                Some(list) if list.is_empty() => "It changed nothing.".to_string(),
                Some(list) => list.join("\n"),
                None => model.worded("What it changed is in the audit trail ({key:audit})."),
            };
            if let Some(v) = board.versions.get(at) {
                let rules: Vec<String> =
                    v.rules.rules.iter().map(crate::engine::mapping::rule_words).collect();
                let guards = v.rules.guards.iter().map(crate::engine::mapping::guard_words);
                let all: Vec<String> = rules.into_iter().chain(guards).collect();
                text = format!(
                    "Changed:\n{text}\n\nAll {} rules of this version:\n{}",
                    all.len(),
                    all.join("\n")
                );
            }
            let title = format!("Version {v} of the rules, {}", line.when);
            model.layers.push(Layer::Reader(Reader::of(title, &text)));
            Vec::new()
        }
        What::Proposal(id) => {
            let list = model.mappings.proposals.as_deref().unwrap_or_default();
            let Some(p) = list.iter().find(|p| p.id == id) else { return Vec::new() };
            let mut text = vec![line.when.clone(), line.gives.clone(), String::new()];
            text.extend(p.proposal.fields.iter().map(|(f, b, a)| format!("{f}: {b} → {a}")));
            text.extend(p.proposal.caution.iter().map(|c| format!("Careful: {c}")));
            model.layers.push(Layer::Reader(Reader::of("Proposal", &text.join("\n"))));
            Vec::new()
        }
    }
}

/// The picker of records for what has no mapping.
fn fix(model: &mut Model) -> Vec<Effect> {
    let Some(u) = model.mappings.open_here().cloned() else {
        // elsewhere the line is edited
        return edit(model);
    };
    let replaces = model.mappings.board.as_ref().and_then(|b| b.rules.same(&u.rule)).map(|r| r.id);
    let mut lines = vec![clean(&u.sentence)];
    let sums = crate::tui::format::sums_words(u.group.sums.iter().copied(), model.home()).join(", ");
    lines.push(format!("Affects {}, {sums}", documents(u.group.count)));
    if let Some(c) = u.near.first() {
        lines.push(format!("Suggested: {} ({} %, {})", clean(&c.record.name), c.score, clean(&c.note)));
    }
    pick(model, u.mend.clone(), u.rule, lines, Make::Rule { replaces })
}

/// Opens the picker; what is chosen is tried before it is saved.
fn pick(model: &mut Model, mend: Mend, rule: Rule, lines: Vec<String>, make: Make) -> Vec<Effect> {
    let (Some(book), Some(expected)) = (model.book.clone(), model.mappings.version()) else {
        return Vec::new();
    };
    let ledger = model.mappings.board.as_ref().map(|b| b.ledger.clone()).unwrap_or_default();
    let mut extra = Vec::new();
    match (&make, rule.kind) {
        (Make::Default { .. }, _) => {}
        (_, RuleKind::Class | RuleKind::Department | RuleKind::Customer) => {
            extra.push(("none, on purpose".to_string(), Gives::Nothing));
        }
        (_, RuleKind::Tax) => extra.push(("the tax stays in cost".to_string(), Gives::Cost)),
        _ => {}
    }
    let picker = Picker {
        serial: model.next_question(),
        book,
        mend,
        title: format!("Choose for {}", when(&rule, "", &ledger)),
        lines,
        input: Input::default(),
        rule,
        extra,
        candidates: None,
        error: None,
        cursor: Cursor::default(),
        then: PickThen::Try { expected, make },
    };
    let ask = picker.ask(false);
    model.layers.push(Layer::Picker(Box::new(picker)));
    vec![ask]
}

fn accept(model: &mut Model) -> Vec<Effect> {
    if let Some(What::Proposal(id)) = model.mappings.here().map(|l| l.what.clone()) {
        return apply_proposal(model, id);
    }
    let Some(u) = model.mappings.open_here().cloned() else { return Vec::new() };
    let Some(best) = u.near.first() else { return Vec::new() };
    let rule = Rule { gives: Gives::Record(best.record.clone()), ..u.rule };
    let replaces = model.mappings.board.as_ref().and_then(|b| b.rules.same(&rule)).map(|r| r.id);
    try_changes(model, vec![Change::Set { rule: Box::new(rule), replaces }], None)
}

fn accept_all(model: &mut Model) -> Vec<Effect> {
    let (Some(book), Some(board)) = (model.book.clone(), model.mappings.board.as_ref()) else {
        return Vec::new();
    };
    let part = model.mappings.part;
    let mut offers = Vec::new();
    for u in board.unmapped.iter().filter(|u| Part::of_finding(u.group.code) == Some(part)) {
        let Some(best) = u.near.first() else { continue };
        let rule = Rule { gives: Gives::Record(best.record.clone()), ..u.rule.clone() };
        let replaces = board.rules.same(&rule).map(|r| r.id);
        offers.push(super::dialog::Offer {
            score: best.score,
            words: clean(&format!(
                "{} → {} · {}",
                when(&u.rule, &u.name, &board.ledger),
                best.record.name,
                best.note
            )),
            documents: u.group.count,
            change: Change::Set { rule: Box::new(rule), replaces },
        });
    }
    let dialog = Threshold::new(book, board.rules.version, offers);
    model.layers.push(Layer::Mapping(Box::new(Dialog::Threshold(Box::new(dialog)))));
    Vec::new()
}

fn apply_proposal(model: &mut Model, id: i64) -> Vec<Effect> {
    let list = model.mappings.proposals.as_deref().unwrap_or_default();
    let (Some(p), Some(book)) = (list.iter().find(|p| p.id == id), model.book.clone()) else {
        return Vec::new();
    };
    let of = &p.proposal;
    let mut lines = vec![clean(&format!("{} {} in the {}.", of.action.name(), of.subject, of.end.name()))];
    let field = |(f, b, a): &(String, String, String)| {
        clean(&format!("{f}: {} → {a}", if b.is_empty() { "none" } else { b }))
    };
    lines.extend(of.fields.iter().take(8).map(field));
    lines.extend(of.caution.iter().map(|c| clean(&format!("Careful: {c}"))));
    lines.push(format!("It is written there at once. {}", clean(&model.environment)));
    model.layers.push(Layer::Confirm(Confirm {
        question: 0,
        title: "Write into the other system".into(),
        lines,
        yes: of.action.name().into(),
        effects: vec![room(MappingEffect::Apply { book, id })],
    }));
    Vec::new()
}

fn add(model: &mut Model) -> Vec<Effect> {
    let settings = model.current_book().map(|b| &b.settings);
    let ledger = model.mappings.board.as_ref().map(|b| b.ledger.clone()).unwrap_or_default();
    let form = match model.mappings.part {
        Part::Rules => forms::guard(&ledger, None),
        part => forms::rule(part, settings, &ledger, None),
    };
    model.layers.push(Layer::Form(Box::new(form)));
    Vec::new()
}

fn edit(model: &mut Model) -> Vec<Effect> {
    let Some(line) = model.mappings.here().cloned() else { return Vec::new() };
    let Some(board) = model.mappings.board.as_ref() else { return Vec::new() };
    let settings = model.current_book().map(|b| &b.settings);
    let form = match line.what {
        What::Unmapped(_) => return fix(model),
        What::Memo(_) | What::Version(_) | What::Proposal(_) => return open(model),
        What::Rule(id) => {
            board.rules.rule(id).map(|r| forms::rule(Part::of_kind(r.kind), settings, &board.ledger, Some(r)))
        }
        What::Guard(id) => {
            board.rules.guards.iter().find(|g| g.id == id).map(|g| forms::guard(&board.ledger, Some(g)))
        }
        What::Method(code) => {
            let version = board.rules.version;
            board.methods.iter().find(|m| m.code == code).map(|m| forms::method(&m.code, m.who, version))
        }
    };
    model.layers.extend(form.map(|f| Layer::Form(Box::new(f))));
    Vec::new()
}

fn remove(model: &mut Model) -> Vec<Effect> {
    match model.mappings.here().map(|l| l.what.clone()) {
        Some(What::Rule(id)) => try_changes(model, vec![Change::Remove(id)], None),
        Some(What::Guard(id)) => try_changes(model, vec![Change::RemoveGuard(id)], None),
        Some(What::Proposal(id)) => vec![room(MappingEffect::Decline { id })],
        _ => Vec::new(),
    }
}

fn try_changes(model: &mut Model, changes: Vec<Change>, guard: Option<Guard>) -> Vec<Effect> {
    try_edit(model, EditWhat::Changes(changes), guard)
}

/// Asks what an edit would change; the answer opens the dialog that saves it.
fn try_edit(model: &mut Model, what: EditWhat, guard: Option<Guard>) -> Vec<Effect> {
    let (Some(book), Some(expected)) = (model.book.clone(), model.mappings.version()) else {
        return Vec::new();
    };
    let edit = Box::new(Edit { expected, what });
    vec![room(MappingEffect::Try { book, edit, guard: guard.map(Box::new) })]
}

/// A key for a field of this screen; none: no field has the focus.
pub fn key(model: &mut Model, key: KeyEvent) -> Option<Vec<Effect>> {
    let input = model.mappings.typing.as_mut()?;
    match key.code {
        KeyCode::Enter => model.mappings.typing = None,
        KeyCode::Esc => {
            model.mappings.typing = None;
            model.mappings.filter.clear();
        }
        _ => {
            if input.key(key) {
                model.mappings.filter = input.text().trim().to_string();
            }
        }
    }
    model.mapping_lines();
    Some(Vec::new())
}

/// A paste for a field of this screen; none: no field has the focus.
pub fn paste(model: &mut Model, text: &str) -> Option<Vec<Effect>> {
    let input = model.mappings.typing.as_mut()?;
    input.paste(text);
    model.mappings.filter = input.text().trim().to_string();
    model.mapping_lines();
    Some(Vec::new())
}

/// An answer.
pub fn arrive(model: &mut Model, msg: MappingMsg) -> Vec<Effect> {
    match msg {
        MappingMsg::Board(generation, answer) => {
            if generation != model.mappings.board_counter {
                return Vec::new();
            }
            match answer {
                Ok(board) => {
                    model.mappings.board = Some(*board);
                    model.mappings.error = None;
                }
                Err(why) => model.mappings.error = Some(why),
            }
            model.mapping_lines();
        }
        MappingMsg::Trying => model.mappings.trying = true,
        MappingMsg::Tried(book, edit, answer) => {
            model.mappings.trying = false;
            let asked = model.mappings.awaited.take_if(|(awaited, _)| *awaited == *edit);
            let Some((_, from_form)) = asked else { return Vec::new() };
            let on_top = awaits(model);
            hold(model, None);
            if model.book.as_ref() != Some(&book) || model.screen != Screen::Mappings {
                return Vec::new();
            }
            // no dialog with a y under the typing hand
            let free = model.layers.is_empty() && model.mappings.typing.is_none() && model.waiting.is_none();
            let place = if from_form { on_top } else { free };
            match answer {
                Ok(_) if !place => model.say(
                    Level::Warning,
                    "What the change of the rules does was worked out while something else was open. Nothing is saved: ask \
                     for it again.",
                ),
                Ok(tried) => {
                    let (effect, past) = *tried;
                    let (home, read_only) = (model.home(), model.look.read_only);
                    let dialog = Outcome::new(book, *edit, &effect, past.as_ref(), home, read_only);
                    model.layers.push(Layer::Mapping(Box::new(Dialog::Outcome(Box::new(dialog)))));
                }
                Err(why) if from_form && on_top && matches!(model.layers.last(), Some(Layer::Form(_))) => {
                    model.refuse_form("", why);
                }
                Err(why) => model.say(Level::Error, why),
            }
        }
        MappingMsg::Saved(edit, Ok(freed)) => {
            // the form or editor that it came from is done
            while awaits(model) {
                model.layers.pop();
            }
            let derived = documents(freed.derived);
            let text = match edit.what {
                EditWhat::Back(v) => {
                    format!(
                        "The rules are those of version {v} again: {derived} derived again. {{key:undo_rules}} takes it back."
                    )
                }
                // a template or who pays: the book's settings, which have no versions
                EditWhat::Changes(_) if freed.version == edit.expected => {
                    format!("Saved in the book: {derived} derived again. {{key:edit_rule}} changes it again.")
                }
                EditWhat::Changes(_) => {
                    format!(
                        "Saved: version {}, {derived} derived again. {{key:undo_rules}} takes it back.",
                        freed.version
                    )
                }
            };
            model.say(Level::Info, text);
            return crate::tui::app::changed(model);
        }
        MappingMsg::Saved(_, Err(why)) => {
            hold(model, None);
            model.say(Level::Error, format!("Nothing was saved. {why}"));
            return crate::tui::app::changed(model);
        }
        MappingMsg::Documents(generation, answer) => {
            let Some(d) = model.mappings.documents.as_mut().filter(|d| d.generation == generation) else {
                return Vec::new();
            };
            match answer {
                Ok(found) => {
                    d.more = found.more;
                    d.rows = Some(found.rows.into_iter().map(ShownRow::of).collect());
                }
                Err(why) => d.error = Some(why),
            }
        }
        MappingMsg::Hits(guard, answer) => match answer {
            Ok(past) => {
                let words = super::dialog::past_words(&past, model.home());
                let title = format!("Rule {} on last month", guard.id);
                let text =
                    format!("{}\n\n{}", guard.condition(), words.replace(": ", ":\n").replace("; ", "\n"));
                model.layers.push(Layer::Reader(Reader::of(title, &text)));
            }
            Err(why) => model.say(Level::Error, why),
        },
        MappingMsg::Sample(answer) => {
            if let Some(Layer::Mapping(d)) = model.layers.last_mut()
                && let Dialog::Memo(editor) = d.as_mut()
            {
                editor.arrived(answer);
            }
        }
        MappingMsg::Planned(remove, answer) => {
            let Some(Layer::Form(form)) = model.layers.last_mut() else { return Vec::new() };
            form.busy = None;
            match (answer, model.book.clone()) {
                (Ok(plan), Some(book)) => {
                    let dialog = Import::new(book, *plan, remove);
                    model.layers.push(Layer::Mapping(Box::new(Dialog::Import(Box::new(dialog)))));
                }
                (Ok(_), None) => {}
                (Err(why), _) => model.refuse_form("path", why),
            }
        }
        MappingMsg::Exported(answer) => match answer {
            Ok(text) => {
                model.close_form();
                model.say(Level::Info, text);
            }
            Err(why) => model.refuse_form("path", why),
        },
        MappingMsg::Proposals(generation, answer) => {
            if generation != model.mappings.list_counter {
                return Vec::new();
            }
            match answer {
                Ok(rows) => model.mappings.proposals = Some(rows),
                Err(why) => {
                    model.mappings.proposals = Some(Vec::new());
                    model.say(Level::Error, why);
                }
            }
            model.mapping_lines();
        }
        MappingMsg::Listed(answer) => {
            match answer {
                Ok(text) => model.say(Level::Info, text),
                Err(why) => model.say(Level::Error, why),
            }
            return model.book.clone().map(|b| model.mappings.ask_proposals(b)).into_iter().collect();
        }
    }
    Vec::new()
}

/// A form was filled in; it stays until it is closed ([`Model::close_form`]) or told what is wrong
/// ([`Model::refuse_form`]).
pub fn submit(model: &mut Model, form: MappingForm, answers: &Answers) -> Vec<Effect> {
    match form {
        MappingForm::Rule(old) => {
            let (rule, asked) = match forms::read_rule(old.as_deref(), answers) {
                Ok(read) => read,
                Err((field, why)) => return refuse(model, field, why),
            };
            let replaces = old.as_ref().map(|r| r.id);
            match asked {
                Asked::Gives(gives) => {
                    let rule = Box::new(Rule { gives, ..rule });
                    busy(model, "working out what it changes");
                    try_changes(model, vec![Change::Set { rule, replaces }], None)
                }
                Asked::Choose => {
                    let mend = mend_of(&rule);
                    let lines = vec!["What it changes is shown before it is saved.".into()];
                    pick(model, mend, rule, lines, Make::Rule { replaces })
                }
            }
        }
        MappingForm::Guard(old) => {
            let (guard, choose) = match forms::read_guard(old.as_deref(), answers) {
                Ok(read) => read,
                Err((field, why)) => return refuse(model, field, why),
            };
            let replaces = old.as_ref().map(|g| g.id);
            match &guard.then {
                Then::Default(rule) if choose => {
                    let (mend, rule) = (mend_of(rule), (**rule).clone());
                    let lines = vec![format!("For lines without one, when {}", clean(&guard.condition()))];
                    pick(model, mend, rule, lines, Make::Default { guard: Box::new(guard), replaces })
                }
                _ => {
                    busy(model, "testing it on last month");
                    let test = guard.clone();
                    try_changes(model, vec![Change::Guard { guard: Box::new(guard), replaces }], Some(test))
                }
            }
        }
        MappingForm::Method { method, before, version } => {
            let Some(book) = model.book.clone() else { return Vec::new() };
            let after = forms::read_method(answers);
            if before == after {
                return refuse(model, "who", "it is so already".into());
            }
            busy(model, "working out what it changes");
            // against what the person saw: what somebody else chose meanwhile is refused, and not written over
            let what = EditWhat::Changes(vec![Change::WhoPays { method, before, after }]);
            let edit = Box::new(Edit { expected: version, what });
            vec![room(MappingEffect::Try { book, edit, guard: None })]
        }
        MappingForm::Import => {
            let Some(book) = model.book.clone() else { return Vec::new() };
            busy(model, "reading the file");
            let (path, remove) = (answers.text("path").to_string(), answers.ticked("remove"));
            vec![room(MappingEffect::Plan { book, path, remove })]
        }
        MappingForm::Export => {
            let Some(book) = model.book.clone() else { return Vec::new() };
            busy(model, "writing the file");
            let (path, replace) = (answers.text("path").to_string(), answers.ticked("replace"));
            vec![room(MappingEffect::Export { book, path, replace })]
        }
    }
}

fn refuse(model: &mut Model, field: &'static str, why: String) -> Vec<Effect> {
    model.refuse_form(field, why);
    Vec::new()
}

/// What leaves: the form or editor that asked waits for it, and takes no text meanwhile.
pub fn leaving(model: &mut Model, effects: &[Effect]) {
    for effect in effects {
        match effect {
            Effect::MappingRoom(MappingEffect::Try { edit, .. }) => {
                let asks = hold(model, Some("working out what it changes"));
                model.mappings.awaited = Some(((**edit).clone(), asks));
            }
            Effect::MappingRoom(MappingEffect::Save { .. }) => {
                hold(model, Some("saving"));
            }
            _ => {}
        }
    }
}

/// The form or editor of this screen that is on top waits, or no longer. True: there is one.
fn hold(model: &mut Model, what: Option<&'static str>) -> bool {
    match model.layers.last_mut() {
        Some(Layer::Form(form)) if matches!(form.purpose, FormFor::Mappings(_)) => {
            if what.is_some() {
                form.error = None;
            }
            form.busy = what.map(Into::into);
            true
        }
        Some(Layer::Mapping(dialog)) => match dialog.as_mut() {
            Dialog::Memo(editor) => {
                editor.wait(what);
                true
            }
            _ => false,
        },
        _ => false,
    }
}

/// Whether the form or editor that asked is on top and waits.
fn awaits(model: &Model) -> bool {
    match model.layers.last() {
        Some(Layer::Form(form)) => matches!(form.purpose, FormFor::Mappings(_)) && form.busy.is_some(),
        Some(Layer::Mapping(dialog)) => matches!(dialog.as_ref(), Dialog::Memo(editor) if editor.waits()),
        _ => false,
    }
}

/// The form on top waits.
fn busy(model: &mut Model, what: &str) {
    if let Some(Layer::Form(form)) = model.layers.last_mut()
        && matches!(form.purpose, FormFor::Mappings(_))
    {
        form.error = None;
        form.busy = Some(what.into());
    }
}
