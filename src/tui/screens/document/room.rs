//! The part of the document screen that the root calls: actions, keys, answers, forms.

use crossterm::event::KeyEvent;

use crate::mapping::beside;
use crate::model::book::ReceiptPolicy;
use crate::model::document::DocumentKind;
use crate::model::state::State;
use crate::tui::app::{Level, Model, Screen, mend};
use crate::tui::effect::Effect;
use crate::tui::format::minute;
use crate::tui::keys::ActionId;
use crate::tui::layers::{Answers, Comparing, Layer, Reader};
use crate::tui::msg::{Said, Sheet};
use crate::tui::text::clean;
use crate::tui::widgets::difference::Comparison;

use super::effect::{DocumentEffect, DocumentForm, DocumentMsg};
use super::items::Mends;
use super::ledger::{Look, postable};
use super::{Part, is_frozen, overrides, receipts, why};

/// Does an action of this screen; none: it is not one.
pub fn act(model: &mut Model, id: ActionId) -> Option<Vec<Effect>> {
    Some(match id {
        ActionId::Override => overrides::open(model),
        ActionId::Receipts => {
            let sheet = model.document.sheet.as_deref()?;
            let attaches = model.current_book().is_some_and(|b| b.settings.receipts == ReceiptPolicy::Attach);
            let text = receipts::text(sheet, attaches, &model.zone);
            let title = format!("Receipts of {}", clean(&sheet.card.row.number));
            model.layers.push(Layer::Reader(Reader::of(title, &text)));
            Vec::new()
        }
        ActionId::Look => {
            let id = model.document.id?;
            model.document.look = Some(Look::Asked);
            rebuild(model);
            vec![Effect::DocumentRoom(DocumentEffect::Look { id })]
        }
        ActionId::Differences => {
            let id = model.document.id?;
            vec![Effect::DocumentRoom(DocumentEffect::Compare { id })]
        }
        ActionId::NextDocument => step(model, ActionId::Down),
        ActionId::PreviousDocument => step(model, ActionId::Up),
        ActionId::Fix => return mend_item(model, false),
        ActionId::Open if model.document.part == Part::Checks => return mend_item(model, true),
        ActionId::Open => {
            read_line(model);
            Vec::new()
        }
        _ => return None,
    })
}

/// Whether an action of this screen is possible now; none: it is not one.
pub fn possible(model: &Model, id: ActionId) -> Option<Result<(), String>> {
    let reading = || Err("the document is still being read".to_string());
    let Some(sheet) = model.document.sheet.as_deref() else {
        let mine = matches!(
            id,
            ActionId::Override | ActionId::Receipts | ActionId::Look | ActionId::Differences | ActionId::Open
        );
        return mine.then(reading);
    };
    Some(match id {
        ActionId::Override => overrides::possible(model),
        ActionId::Receipts if sheet.card.row.kind == DocumentKind::Correction => {
            Err("a correction has no receipts; those of the document that it corrects stay with it".into())
        }
        ActionId::Receipts => Ok(()),
        ActionId::Look if matches!(model.document.look, Some(Look::Asked)) => {
            Err("the ledger is being asked".into())
        }
        ActionId::Look if sheet.card.row.book.is_none() => Err("it belongs to no book".into()),
        ActionId::Look if !postable(sheet) => Err("nothing of it would stand in the ledger".into()),
        ActionId::Look => Ok(()),
        ActionId::Differences if sheet.card.approval.is_none() => {
            Err("it was not approved yet: the entries here are today's".into())
        }
        ActionId::Differences => Ok(()),
        ActionId::NextDocument | ActionId::PreviousDocument => beside_in_queue(model, id),
        ActionId::Fix if model.document.items.is_empty() => Err("it has no finding".into()),
        ActionId::Fix => Ok(()),
        ActionId::Open if model.document.part == Part::Checks && model.document.items.is_empty() => {
            Err("there is no finding to mend".into())
        }
        ActionId::Open => Ok(()),
        _ => return None,
    })
}

/// The hints of this document, most useful first.
pub fn hints(model: &Model) -> Option<Vec<ActionId>> {
    use ActionId::*;
    let sheet = model.document.sheet.as_deref()?;
    let blocked = model.document.items.iter().any(|i| i.blocks);
    Some(match sheet.card.row.state {
        State::Ready if sheet.card.row.kind == DocumentKind::Correction => {
            vec![Approve, Hold, Reject, Look, Request, Back]
        }
        State::Ready => vec![Approve, Hold, Reject, Override, Receipts, Request, Back],
        State::Unreadable => vec![Close, Raw, Trail, Back],
        State::Blocked | State::Held if blocked => {
            vec![Fix, Approve, Hold, Reject, Request, Raw, Back]
        }
        State::Held => vec![Hold, Fix, Reject, Override, Request, Back],
        State::Approved if !model.document.changed.is_empty() => {
            vec![Post, Withdraw, Differences, Hold, Request, Back]
        }
        State::Approved => vec![Post, Withdraw, Hold, Look, Request, Back],
        State::Failed => vec![Retry, Reject, Request, Trail, Back],
        _ => return None,
    })
}

/// A key for a field of this screen; none: no field has the focus.
pub fn key(_model: &mut Model, _key: KeyEvent) -> Option<Vec<Effect>> {
    None
}

/// A paste for a field of this screen; none: no field has the focus.
pub fn paste(_model: &mut Model, _text: &str) -> Option<Vec<Effect>> {
    None
}

/// Its card arrived: what stands beside it is asked for.
pub fn card_arrived(model: &mut Model, generation: u64, answer: Said<Box<Sheet>>) -> Vec<Effect> {
    model.document.zone = Some(model.zone.clone());
    if !model.document.arrived(generation, answer) {
        return Vec::new();
    }
    let screen = &mut model.document;
    let Some(sheet) = screen.sheet.as_deref() else { return Vec::new() };
    let card = &sheet.card;
    let Some(book) = card.row.book.clone() else { return Vec::new() };
    let ledger = model.books.iter().find(|b| b.id == book).map(|b| b.ledger.clone());
    screen.counter += 1;
    screen.extras_asked = screen.counter;
    vec![Effect::DocumentRoom(DocumentEffect::Extras {
        generation: screen.extras_asked,
        id: card.row.id,
        book,
        ledger,
        approver: sheet.source.as_ref().and_then(|d| d.approver.clone()),
        compare: is_frozen(sheet),
        links: card.intents.iter().any(|i| !i.remote_id.is_empty()),
    })]
}

/// An answer.
pub fn arrive(model: &mut Model, msg: DocumentMsg) -> Vec<Effect> {
    match msg {
        DocumentMsg::Extras(generation, extras) => {
            if generation == model.document.extras_asked {
                model.document.extras = *extras;
                rebuild(model);
            }
        }
        DocumentMsg::Looked(id, answer) if Some(id) == model.document.id => {
            model.document.look = Some(Look::Done(answer));
            rebuild(model);
        }
        DocumentMsg::Compared(id, answer) if Some(id) == model.document.id => compared(model, answer),
        // another document is on the screen meanwhile
        DocumentMsg::Looked(..) | DocumentMsg::Compared(..) => {}
        DocumentMsg::Tried(id, book, rule, answer) => match answer {
            Err(why) => model.say(Level::Error, format!("The rule cannot be made: {why}")),
            Ok(tried) if Some(id) == model.document.id && model.layers.is_empty() => {
                overrides::tried(model, book, *rule, &tried);
            }
            Ok(_) => model.say(Level::Info, "The effect of the rule is known; o asks for it again."),
        },
        DocumentMsg::Removed(Ok(freed)) => {
            let text = format!("The rule is taken back: version {} of the rules.", freed.version);
            model.say(Level::Info, text);
            return model.document.refresh().into_iter().collect();
        }
        DocumentMsg::Removed(Err(why)) => {
            model.say(Level::Error, format!("The rule was not taken back: {why}"));
        }
    }
    Vec::new()
}

/// A form was filled in; it stays until it is closed ([`Model::close_form`]) or told what is wrong
/// ([`Model::refuse_form`]).
pub fn submit(model: &mut Model, form: DocumentForm, answers: &Answers) -> Vec<Effect> {
    overrides::submit(model, form, answers)
}

fn rebuild(model: &mut Model) {
    model.document.zone = Some(model.zone.clone());
    model.document.rebuild();
    model.document.fit();
}

/// Both sets side by side.
fn compared(model: &mut Model, answer: Said<Box<crate::engine::inspect::Compared>>) {
    let c = match answer {
        Ok(c) => c,
        Err(why) => {
            model.say(Level::Error, format!("Today's entries could not be derived: {why}"));
            return;
        }
    };
    let Some(sheet) = model.document.sheet.as_deref() else { return };
    let before = match &sheet.card.approval {
        Some(a) => format!("as approved by {} {}", a.by, minute(a.at, &model.zone)),
        None => "as derived before".into(),
    };
    let after = format!("as mappings version {} make it today", c.version);
    let comparison = Comparison::of(before, after, &beside(&c.frozen, &c.today));
    let number = clean(&sheet.card.row.number);
    let title = match comparison.differing() {
        0 => format!("{number}: today's entries are the same"),
        1 => format!("{number}: 1 place differs; what was approved is what is posted"),
        n => format!("{number}: {n} places differ; what was approved is what is posted"),
    };
    model.layers.push(Layer::Comparing(Box::new(Comparing { title, comparison })));
}

/// Does what mends the finding: the selected one while findings have the keys, else the first.
fn mend_item(model: &mut Model, chosen: bool) -> Option<Vec<Effect>> {
    let at = if chosen || model.document.part == Part::Checks { model.document.item } else { 0 };
    let item = model.document.items.get(at)?.clone();
    let sheet = model.document.sheet.clone()?;
    Some(match item.mends {
        Mends::Finding(f) => mend(model, &sheet, &f),
        Mends::Difference => {
            let id = sheet.card.row.id;
            vec![Effect::DocumentRoom(DocumentEffect::Compare { id })]
        }
        Mends::Close => crate::tui::app::act(model, ActionId::Close),
        Mends::Act(id) => crate::tui::app::act(model, id),
        Mends::Nothing => {
            model.say(Level::Info, "There is nothing to mend here: read it.");
            Vec::new()
        }
    })
}

/// Everything about the selected line, whole.
fn read_line(model: &mut Model) {
    let Some((e, l, line)) = model.document.selected() else {
        model.say(Level::Info, "No line is selected.");
        return;
    };
    let Some(entry) = model.document.set().and_then(|s| s.entries.get(e)) else { return };
    let side = if line.side == crate::model::entry::Side::Debit { "debit" } else { "credit" };
    let amount = crate::model::money::shown(line.amount, entry.currency);
    let d = &line.dimensions;
    let mut out =
        vec![format!("{} · {amount} {} {side} · {}", line.account.name, entry.currency, line.role.name())];
    let axes =
        [("class", &d.class), ("location", &d.department), ("project", &d.customer), ("party", &line.party)];
    out.extend(axes.into_iter().filter_map(|(w, n)| n.as_ref().map(|n| format!("{w:<9}{}", n.name))));
    out.push(format!("text     {}", line.text));
    out.push(String::new());
    out.push("Why".into());
    out.extend(why::reasons(entry, line).into_iter().map(|(label, text)| format!("{label:<9}{text}")));
    out.push(String::new());
    out.push("The record".into());
    out.push(format!("{} {} · dated {}", entry.kind.words(), entry.reference, entry.date));
    out.push(format!("number   {}", entry.number));
    out.push(format!("memo     {}", entry.memo));
    let title = format!("Line {} of entry {}", l + 1, e + 1);
    model.layers.push(Layer::Reader(Reader::of(title, &out.join("\n"))));
}

/// Whether the queue has another document on that side.
fn beside_in_queue(model: &Model, id: ActionId) -> Result<(), String> {
    let queue = &model.queue;
    if queue.grouped || queue.current().map(|r| r.row.id) != model.document.id {
        return Err("it was not opened from the queue: Esc, then choose it there".into());
    }
    let at = queue.cursor.at;
    let there = match id {
        ActionId::NextDocument => at + 1 < queue.rows.len(),
        _ => at > 0,
    };
    match (there, id) {
        (true, _) => Ok(()),
        (false, ActionId::NextDocument) if queue.after => Err("the next rows are being read".into()),
        (false, ActionId::NextDocument) => Err("it is the last document of the list".into()),
        (false, _) if queue.before => Err("the rows before are being read".into()),
        (false, _) => Err("it is the first document of the list".into()),
    }
}

/// Opens the neighbour; the queue's cursor goes with it.
fn step(model: &mut Model, by: ActionId) -> Vec<Effect> {
    let mut effects = model.queue.act(by).unwrap_or_default();
    let Some(id) = model.queue.current().map(|r| r.row.id) else { return effects };
    let part = model.document.part;
    effects.push(model.document.open(id, None));
    model.document.part = part;
    debug_assert_eq!(model.screen, Screen::Document);
    effects
}
