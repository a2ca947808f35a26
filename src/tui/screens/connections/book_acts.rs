//! What the keys do to books.

use crate::engine::Tried;
use crate::engine::books::BookChange;
use crate::engine::connect_book::differences;
use crate::model::Mode;
use crate::model::book::{AutoApproval, Book, BookSettings, Policy};
use crate::model::clock;
use crate::model::ids::BookId;
use crate::tui::app::{Level, Model};
use crate::tui::effect::Effect;
use crate::tui::format::{count, documents};
use crate::tui::keys::ActionId;
use crate::tui::layers::{Confirm, Form, Layer};
use crate::tui::msg::Said;
use crate::tui::text::clean;

use super::book_forms;
use super::books::policy_words;
use super::effect::ConnectionEffect;

/// The book under the cursor.
pub fn book(model: &Model) -> Option<&Book> {
    model.books.get(model.connection_list.book_cursor.at)
}

fn push(model: &mut Model, form: Form) -> Vec<Effect> {
    model.layers.push(Layer::Form(Box::new(form)));
    Vec::new()
}

fn change(book: &BookId, change: BookChange) -> Effect {
    Effect::ConnectionRoom(ConnectionEffect::Change { book: book.clone(), change })
}

/// The policy in force, as far as it was read.
pub fn policy_of(model: &Model, id: &BookId) -> Policy {
    let none = Policy { version: 0, auto: AutoApproval::Off, signed_off_by: String::new(), limit: None };
    model.connection_list.book_look_of(id).map_or(none, |l| l.policy.clone())
}

/// Does an action of the books; none: it is not one.
pub fn act(model: &mut Model, id: ActionId) -> Option<Vec<Effect>> {
    use ActionId::*;
    if id == PairBook {
        model.connection_list.part = super::Part::Books;
        let form = book_forms::pair(model);
        return Some(push(model, form));
    }
    if !matches!(
        id,
        EditBook | FlowBook | PolicyBook | LockBook | LiveBook | PreviewBook | RestBook | TrialBook
    ) {
        return None;
    }
    let Some(b) = book(model).cloned() else { return Some(Vec::new()) };
    match id {
        EditBook => Some(push(model, book_forms::edit(&b))),
        FlowBook => Some(push(model, book_forms::flow_kind(&b))),
        LockBook => Some(push(model, book_forms::lock(&b))),
        PolicyBook => {
            let policy = policy_of(model, &b.id);
            Some(push(model, book_forms::policy(&b, &policy)))
        }
        LiveBook => {
            let look = model.connection_list.book_look_of(&b.id);
            let states = look.map(|l| {
                let all =
                    l.states.iter().map(|(s, n)| format!("{} {}", count(*n), s.name().replace('_', " ")));
                all.collect::<Vec<_>>().join(", ")
            });
            let states = states.filter(|s| !s.is_empty()).unwrap_or_else(|| "none yet".into());
            let form = book_forms::live(&b, &model.environment, &states);
            Some(push(model, form))
        }
        TrialBook => {
            let zone = clock::zone(&b.settings.time_zone).unwrap_or(jiff::tz::TimeZone::UTC);
            let today = model.now.at.map(|at| at.to_zoned(zone).date());
            Some(push(model, book_forms::trial(&b, today)))
        }
        PreviewBook => {
            model.layers.push(Layer::Confirm(Confirm {
                question: 0,
                title: "Preview again".into(),
                lines: vec![
                    format!(
                        "{} reads and shows from now on; it neither acknowledges nor posts.",
                        clean(b.id.as_str())
                    ),
                    "What is on the wire is finished. What is approved stays approved and waits.".into(),
                ],
                yes: "make it a preview".into(),
                effects: vec![change(&b.id, BookChange::Preview)],
            }));
            Some(Vec::new())
        }
        _ => {
            let what = if b.paused { BookChange::Resume } else { BookChange::Pause };
            Some(vec![change(&b.id, what)])
        }
    }
}

/// Whether an action of the books is possible now; none: it is not one.
pub fn possible(model: &Model, id: ActionId) -> Option<Result<(), String>> {
    use ActionId::*;
    if id == PairBook {
        return Some(super::room::pairable(model));
    }
    if !matches!(
        id,
        EditBook | FlowBook | PolicyBook | LockBook | LiveBook | PreviewBook | RestBook | TrialBook
    ) {
        return None;
    }
    let Some(b) = book(model) else {
        return Some(Err(format!("there is no book yet: {} makes one", model.key(PairBook))));
    };
    Some(match id {
        LiveBook if b.mode == Mode::Live => Err(format!("{} is live already", clean(b.id.as_str()))),
        PreviewBook if b.mode == Mode::Preview => {
            Err(format!("{} is a preview already", clean(b.id.as_str())))
        }
        LiveBook if b.settings.ledger_codes.is_empty() => Err(format!(
            "no ledger code is named, so no document would belong to it: {} names them",
            model.key(EditBook)
        )),
        PolicyBook if model.connection_list.book_look_of(&b.id).is_none() => {
            Err("the policy in force is still being read".into())
        }
        _ => Ok(()),
    })
}

/// Shows what differs before it is saved, and asks what it would make of the documents that wait.
pub fn compare(model: &mut Model, id: &BookId, seen: &BookSettings, after: BookSettings) -> Vec<Effect> {
    let all = match differences(seen, &after) {
        Ok(all) => all,
        Err(e) => {
            model.refuse_form("", e.to_string());
            return Vec::new();
        }
    };
    if all.is_empty() {
        model.refuse_form("", "nothing differs from what is saved");
        return Vec::new();
    }
    let Some(before) = model.books.iter().find(|b| b.id == *id).cloned() else {
        model.refuse_form("", format!("there is no book {id} any more"));
        return Vec::new();
    };
    model.close_form();
    let question = model.next_question();
    let mut lines: Vec<String> = all.iter().map(book_forms::difference).collect();
    lines.push(String::new());
    lines.push(COUNTING.into());
    let settings = BookChange::Settings { seen: Box::new(seen.clone()), after: Box::new(after.clone()) };
    model.layers.push(Layer::Confirm(Confirm {
        question,
        title: format!("Save this in {}?", clean(id.as_str())),
        lines,
        yes: "save it".into(),
        effects: vec![change(id, settings)],
    }));
    let book = Box::new(Book { settings: after, ..before });
    vec![Effect::ConnectionRoom(ConnectionEffect::Try { question, book })]
}

const COUNTING: &str = "… counting what it would make of the documents that wait";

/// What the settings would make of the documents that wait.
pub fn tried(model: &mut Model, question: u64, tried: Said<Tried>) {
    let words = match tried {
        Err(why) => format!("What it makes of the documents that wait is not known: {why}"),
        Ok(t) if t.documents == 0 => "No document waits: nothing is derived again.".into(),
        Ok(t) => {
            let more = if t.capped { " There are more; these were tried." } else { "" };
            format!(
                "Of {} that wait, {} come out otherwise. Ledger records {} → {}, their lines {} → {}, ready documents {} → {}.{more}",
                documents(t.documents),
                count(t.changed),
                count(t.records.0),
                count(t.records.1),
                count(t.lines.0),
                count(t.lines.1),
                count(t.ready.0),
                count(t.ready.1)
            )
        }
    };
    for layer in &mut model.layers {
        if let Layer::Confirm(c) = layer
            && c.question == question
            && let Some(last) = c.lines.last_mut()
        {
            *last = words;
            return;
        }
    }
}

/// Shows what differs in the policy before it is saved.
pub fn compare_policy(
    model: &mut Model,
    id: &BookId,
    auto: AutoApproval,
    limit: Option<rust_decimal::Decimal>,
) {
    let Some(b) = model.books.iter().find(|b| b.id == *id).cloned() else { return };
    let before = policy_of(model, id);
    if before.auto == auto && before.limit == limit {
        model.refuse_form("", "nothing differs from the policy in force");
        return;
    }
    let who = model.actor.as_ref().map(|a| a.name.clone()).unwrap_or_default();
    let after = Policy { version: before.version + 1, auto, limit, signed_off_by: who };
    model.close_form();
    let lines = vec![
        format!("Until now: {}.", policy_words(&before, &b)),
        format!("From now on: {}.", policy_words(&after, &b)),
    ];
    model.layers.push(Layer::Confirm(Confirm {
        question: 0,
        title: format!("Save the policy of {}?", clean(id.as_str())),
        lines,
        yes: "sign it off".into(),
        effects: vec![Effect::ConnectionRoom(ConnectionEffect::Policy { book: id.clone(), auto, limit })],
    }));
}

/// A book was made: it is shown.
pub fn made(model: &mut Model, book: Said<Box<Book>>) -> Vec<Effect> {
    match book {
        Err(why) => {
            let field = if why.contains("time zone") {
                "time_zone"
            } else if why.contains("name") || why.contains("already") {
                "name"
            } else {
                ""
            };
            model.refuse_form(field, why);
            Vec::new()
        }
        Ok(b) => {
            model.close_form();
            let text = format!(
                "{} is a preview: {} in {}. Next: its accounts and mappings ({}), then {} reads Concur.",
                clean(b.id.as_str()),
                clean(&b.settings.company),
                b.settings.home_currency,
                model.key(ActionId::ScreenMappings),
                model.key(ActionId::Fetch)
            );
            model.say(Level::Info, text);
            let look = super::room::look(model);
            vec![Effect::Facts, look]
        }
    }
}
