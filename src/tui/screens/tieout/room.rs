//! The part of the tie-out that the root calls: actions, keys, answers, forms.

use crossterm::event::KeyEvent;

use crate::model::ids::BookId;
use crate::model::money;
use crate::tieout::Period;
use crate::tui::app::{Level, Model, Screen, go};
use crate::tui::effect::Effect;
use crate::tui::format::count;
use crate::tui::keys::ActionId;
use crate::tui::layers::{Answers, Layer, Reader};
use crate::tui::msg::Said;
use crate::tui::text::clean;

use super::effect::{ExportAsk, TieoutEffect, TieoutForm, TieoutMsg};
use super::list::page;
use super::view::is_card;
use super::{DocumentList, Part, Target, dialogs};

/// Whoever looks at it acts alone.
fn single(model: &Model) -> bool {
    model.actor.as_ref().is_some_and(|a| a.single_person)
}

/// Formats the rows again.
fn rebuild(model: &mut Model) {
    let single = single(model);
    model.tieout.rebuild(&model.zone, single);
}

/// The terminal has another size.
pub fn resize(model: &mut Model) {
    model.tieout.size = model.size;
    rebuild(model);
}

/// Reads both sides of the month.
pub fn read(model: &mut Model) -> Vec<Effect> {
    let Some(book) = model.book.clone() else { return Vec::new() };
    let generation = model.next_question();
    let effect = model.tieout.ask(generation, book, !model.look.read_only, model.now, &model.zone);
    effect.map(Effect::TieoutRoom).into_iter().collect()
}

/// Does an action of this screen; none: it is not one.
pub fn act(model: &mut Model, id: ActionId) -> Option<Vec<Effect>> {
    use ActionId::*;
    if let Some(list) = &mut model.tieout.list {
        match id {
            Back => model.tieout.list = None,
            TieoutOpen => return Some(open_listed(model)),
            _ if list.cursor.act(id, list.rows.len(), page(model.size.1)) => {}
            NextPart | PreviousPart | PreviousPeriod | NextPeriod | Refresh => {
                model.tieout.list = None;
                return act(model, id);
            }
            _ => return None,
        }
        return Some(Vec::new());
    }
    match id {
        TieoutOpen if model.tieout.shown().is_none() => return Some(read(model)),
        TieoutOpen => return Some(open(model)),
        Refresh => return Some(read(model)),
        NextPart | PreviousPart => {
            let all = Part::ALL;
            let by = if id == NextPart { 1 } else { all.len() - 1 };
            let at = (model.tieout.part as usize + by) % all.len();
            model.tieout.part = all.get(at).copied().unwrap_or_default();
            rebuild(model);
        }
        PreviousPeriod | NextPeriod => {
            let by = if id == NextPeriod { 1 } else { -1 };
            model.tieout.turn(by, model.now, &model.zone);
            rebuild(model);
        }
        TieoutCurrencyBefore => {
            model.tieout.page = model.tieout.page.saturating_sub(1);
            rebuild(model);
        }
        TieoutCurrencyNext => {
            model.tieout.page += 1;
            rebuild(model);
        }
        TieoutSplit => split(model),
        TieoutHome => {}
        TieoutComment => dialogs::comment(model),
        TieoutExport => return Some(vec![Effect::TieoutRoom(TieoutEffect::ExportFolder)]),
        TieoutSign => dialogs::sign(model, false),
        TieoutReview => dialogs::sign(model, true),
        TieoutReopen => dialogs::reopen(model),
        TieoutLock => dialogs::lock(model),
        TieoutAccrue => return Some(plan(model)),
        _ => {
            let screen = &mut model.tieout;
            let lines = screen.lines();
            let place = screen.places.get_mut(screen.part as usize)?;
            return screen.sheet.act(id, lines, place).then(Vec::new);
        }
    }
    Some(Vec::new())
}

/// The next currency is split by kind, and in sight.
fn split(model: &mut Model) {
    let Some(done) = model.tieout.shown() else { return };
    let all = &done.report.bridge.currencies;
    let now = model.tieout.split.unwrap_or(done.report.home);
    let at = all.iter().position(|c| *c == now).unwrap_or(0);
    let next = (at + 1) % all.len().max(1);
    let chosen = all.get(next).copied().filter(|c| *c != done.report.home);
    model.tieout.split = chosen;
    model.tieout.page = next.saturating_sub(1);
    rebuild(model);
}

fn plan(model: &mut Model) -> Vec<Effect> {
    let (Some(book), Some(period)) = (model.book.clone(), model.tieout.period) else { return Vec::new() };
    let generation = model.next_question();
    model.tieout.planned = generation;
    model.tieout.busy = Some("working the accruals out");
    vec![Effect::TieoutRoom(TieoutEffect::Plan { generation, book, period })]
}

/// Enter on a row: its document, its documents, its statement, or what it says.
fn open(model: &mut Model) -> Vec<Effect> {
    let Some(target) = model.tieout.target().cloned() else { return Vec::new() };
    let Some(done) = model.tieout.shown() else { return Vec::new() };
    let by_number =
        |number: &str| done.population.values().find(|d| d.number == number).map(|d| d.id.clone());
    match target {
        Target::Item(name) => {
            let item = done.report.bridge.items.iter().find(|i| i.item == name).cloned();
            let Some(item) = item else { return Vec::new() };
            if item.document.parse::<crate::model::DocumentId>().is_ok() {
                return document(model, &item.document);
            }
            let text = dialogs::facts_of(&item).join("\n");
            model.layers.push(Layer::Reader(Reader::of(format!("Item {}", clean(&item.item)), &text)));
        }
        Target::Number(number) => {
            let id =
                if done.population.contains_key(&number) { Some(number.clone()) } else { by_number(&number) };
            match id {
                Some(id) => return document(model, &id),
                None => model.say(Level::Info, format!("{} is not in the store yet.", clean(&number))),
            }
        }
        Target::Explains(_, number) => match by_number(&number) {
            Some(id) => return document(model, &id),
            None => model.say(Level::Info, "No document of tieout's stands behind it."),
        },
        Target::Account(id) if is_card(&model.tieout, &id) => dialogs::statement(model, &id),
        Target::None | Target::Text => {}
        other => match DocumentList::of(done, &other) {
            Some(list) => model.tieout.list = Some(list),
            None => model.say(Level::Info, "No document stands on this line."),
        },
    }
    Vec::new()
}

fn open_listed(model: &mut Model) -> Vec<Effect> {
    let current = model.tieout.list.as_ref().and_then(DocumentList::current).cloned();
    match current.and_then(|l| l.id) {
        Some(id) => document(model, &id.to_string()),
        None => {
            model.say(Level::Info, "It is in the ledger alone: no document of tieout's stands behind it.");
            Vec::new()
        }
    }
}

fn document(model: &mut Model, id: &str) -> Vec<Effect> {
    let Ok(id) = id.parse() else {
        model.say(Level::Warning, "This row names no document.");
        return Vec::new();
    };
    let mut effects = vec![model.document.open(id, None)];
    effects.extend(go(model, Screen::Document));
    effects
}

/// Whether an action of this screen is possible now; none: it is not one.
pub fn possible(model: &Model, id: ActionId) -> Option<Result<(), String>> {
    use ActionId::*;
    let screen = &model.tieout;
    let mine = matches!(
        id,
        TieoutOpen
            | PreviousPeriod
            | NextPeriod
            | TieoutCurrencyBefore
            | TieoutCurrencyNext
            | TieoutSplit
            | TieoutHome
            | TieoutComment
            | TieoutExport
            | TieoutSign
            | TieoutReview
            | TieoutReopen
            | TieoutLock
            | TieoutAccrue
            | Refresh
    );
    if !mine {
        return None;
    }
    if model.book.is_none() {
        return Some(Err("there is no book yet: 3 connections begins one".into()));
    }
    if screen.reading.is_some() && !matches!(id, PreviousPeriod | NextPeriod) {
        return Some(Err("both sides are being read".into()));
    }
    if let Some(busy) = screen.busy.filter(|_| id == Refresh) {
        return Some(Err(format!("{busy} is not done yet")));
    }
    if matches!(id, PreviousPeriod | NextPeriod | Refresh) {
        return Some(Ok(()));
    }
    let Some(done) = screen.shown() else {
        return Some(if id == TieoutOpen { Ok(()) } else { Err("read both sides first: Enter".into()) });
    };
    let currencies = done.report.bridge.currencies.len();
    let pages = super::parts::bridge::pages(usize::from(screen.size.0), currencies);
    Some(match id {
        _ if screen.busy.is_some() && id != TieoutOpen => {
            Err(format!("{} is not done yet", screen.busy.unwrap_or_default()))
        }
        TieoutCurrencyBefore | TieoutCurrencyNext | TieoutSplit if screen.part != Part::Bridge => {
            Err("currencies stand beside each other on the bridge".into())
        }
        TieoutCurrencyBefore if screen.page == 0 => Err("this is the first currency".into()),
        TieoutCurrencyNext if screen.page + 1 >= pages => Err("there is no further currency".into()),
        TieoutSplit if currencies < 2 => Err("there is only one currency".into()),
        TieoutSplit if usize::from(screen.size.0) < super::parts::WIDE => {
            Err(format!("the kinds need {} columns", super::parts::WIDE))
        }
        TieoutHome => Err("this report has no amounts at posting rates".into()),
        TieoutComment => match screen.item() {
            None => Err("put the cursor on a reconciling item of the bridge".into()),
            Some(i) if i.category.forbids_signing() => {
                Err(format!("{} has to be put right: a comment does not settle it", i.category.name()))
            }
            Some(_) => Ok(()),
        },
        TieoutSign => dialogs::may_sign(model, done, false),
        TieoutReview => dialogs::may_sign(model, done, true),
        TieoutReopen => dialogs::may_reopen(done),
        TieoutLock => dialogs::may_lock(done),
        TieoutAccrue if !done.report.ended => Err(format!(
            "{} is not over: accruals are made after {}",
            done.report.period, done.report.span.to
        )),
        _ => Ok(()),
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

/// Whether this book and month are on the screen.
fn shows(model: &Model, book: &BookId, period: Period) -> bool {
    model.book.as_ref() == Some(book) && model.tieout.period == Some(period)
}

/// Signing, reopening, moving the lock date, making journals: the screen waits from the moment on in which it leaves.
pub fn leaving(model: &mut Model, effects: &[Effect]) {
    for effect in effects {
        let Effect::TieoutRoom(effect) = effect else { continue };
        model.tieout.busy = match effect {
            TieoutEffect::Sign { .. } => Some("signing"),
            TieoutEffect::Reopen { .. } => Some("reopening"),
            TieoutEffect::Lock { .. } => Some("moving the lock date"),
            TieoutEffect::Accrue { .. } => Some("making the accrual journals"),
            _ => continue,
        };
    }
}

/// Says why not.
fn failed<T>(model: &mut Model, what: &str, answer: Said<T>) -> Option<T> {
    failed_there(model, true, what, answer)
}

/// As [`failed`]; what the screen waits for is over only when the answer belongs to what it shows.
fn failed_there<T>(model: &mut Model, here: bool, what: &str, answer: Said<T>) -> Option<T> {
    if here {
        model.tieout.busy = None;
    }
    match answer {
        Ok(value) => Some(value),
        Err(why) => {
            model.say(Level::Error, format!("{what}: {why}"));
            None
        }
    }
}

/// An answer.
pub fn arrive(model: &mut Model, msg: TieoutMsg) -> Vec<Effect> {
    match msg {
        TieoutMsg::Step(generation, step) => {
            if generation == model.tieout.asked && model.tieout.reading.is_some() {
                model.tieout.reading = Some(Some(step));
            }
        }
        TieoutMsg::Read(generation, answer) => {
            if generation != model.tieout.asked || model.tieout.reading.is_none() {
                return Vec::new();
            }
            model.tieout.reading = None;
            match (answer, model.book.clone()) {
                (Ok(done), Some(book)) => model.tieout.read = Some((book, done)),
                (Ok(_), None) => {}
                (Err(why), _) => {
                    model.tieout.read = None;
                    model.tieout.error = Some(why);
                }
            }
            rebuild(model);
        }
        TieoutMsg::Commented(answer) => {
            let Some(c) = failed(model, "The comment was not kept", answer) else { return Vec::new() };
            if let Some((_, done)) = &mut model.tieout.read {
                for i in done.report.bridge.items.iter_mut().filter(|i| i.item == c.item) {
                    i.comment.clone_from(&c.text);
                }
                done.comments.insert(c.item.clone(), c);
            }
            // the item goes to the end of the list: the cursor stays on its line, which is the next one now
            let single = single(model);
            model.tieout.stay(&model.zone, single);
            // how many are left stands above the items
            if model.tieout.shown().is_some_and(|d| d.report.open_items().next().is_none()) {
                model.say(
                    Level::Info,
                    "No item needs a comment or an action any more: {key:tieout_sign} signs.",
                );
            }
        }
        TieoutMsg::Stated(answer) => {
            if failed(model, "The figure was not kept", answer).is_some() {
                // what it explains is seen in the accounts
                return read(model);
            }
        }
        TieoutMsg::Signed(book, period, answer) => {
            let what = format!("{period} of {book} was not signed");
            let here = shows(model, &book, period);
            let Some((done, seq)) = failed_there(model, here, &what, answer) else { return Vec::new() };
            model.say(
                Level::Info,
                format!("{}: {} (audit event {}).", done.report.period, done.signed.text, count(seq)),
            );
            if !here {
                return Vec::new();
            }
            model.tieout.part = Part::SignOff;
            if model.tieout.reading.is_some() {
                // a reading that began before the signature does not have it
                return read(model);
            }
            if let Some((_, shown)) = &mut model.tieout.read {
                *shown = done;
            }
            rebuild(model);
        }
        TieoutMsg::Reopened(answer) => {
            if let Some(n) = failed(model, "It was not reopened", answer) {
                model.say(Level::Info, format!("It is open again: {n} signatures were taken back."));
                return read(model);
            }
        }
        TieoutMsg::Locked(book, period, answer) => {
            let what = format!("The lock date of {book} was not moved");
            let here = shows(model, &book, period);
            let Some(day) = failed_there(model, here, &what, answer) else { return Vec::new() };
            if let Some((_, done)) = model.tieout.read.as_mut().filter(|_| here) {
                done.lock.0 = Some(day);
                rebuild(model);
            }
            model.say(Level::Info, format!("{book} is closed through {day}."));
            return vec![Effect::Facts];
        }
        TieoutMsg::Planned(generation, book, period, answer) => {
            if generation != model.tieout.planned || !shows(model, &book, period) {
                return Vec::new();
            }
            model.tieout.busy = None;
            model.tieout.plan = Some(answer);
            rebuild(model);
            if model.screen == Screen::Tieout && model.layers.is_empty() {
                dialogs::accrue(model);
            } else {
                // no question under the typing hand
                let text =
                    format!("The accruals of {period} are worked out: ask for them again on 5 tie-out.");
                model.say(Level::Info, text);
            }
        }
        TieoutMsg::Accrued(answer) => {
            let Some(done) = failed(model, "No accrual was made", answer) else { return Vec::new() };
            let made: Vec<String> = done.made.iter().map(|m| format!("{} {}", m.number, m.amount)).collect();
            model
                .say(Level::Info, format!("Made: {}. They wait for approval in the queue.", made.join(", ")));
            model.tieout.plan = Some(Ok(done));
            rebuild(model);
        }
        TieoutMsg::ExportFolder(folder) => dialogs::export(model, &folder),
        TieoutMsg::Exported(answer) => {
            if let Some(to) = failed(model, "It was not written", answer) {
                model.say(Level::Info, format!("Written to {to}"));
            }
        }
    }
    Vec::new()
}

/// A form was filled in; it stays until it is closed ([`Model::close_form`]) or told what is wrong
/// ([`Model::refuse_form`]).
pub fn submit(model: &mut Model, form: TieoutForm, answers: &Answers) -> Vec<Effect> {
    let (Some(book), Some(period)) = (model.book.clone(), model.tieout.period) else {
        model.close_form();
        return Vec::new();
    };
    match form {
        TieoutForm::Comment(item) => {
            model.close_form();
            let text = answers.text("comment").to_string();
            vec![Effect::TieoutRoom(TieoutEffect::Comment { book, period, item, text })]
        }
        TieoutForm::Statement(account, _) => match money::typed(answers.text("amount")) {
            Ok(amount) => {
                model.close_form();
                vec![Effect::TieoutRoom(TieoutEffect::Statement { book, period, account, amount })]
            }
            Err(why) => {
                model.refuse_form("amount", why.to_string());
                Vec::new()
            }
        },
        TieoutForm::Reopen => {
            model.close_form();
            dialogs::reopen_for(model, answers.text("reason"));
            Vec::new()
        }
        TieoutForm::Export => {
            let ask = ExportAsk {
                folder: answers.text("folder").to_string(),
                csv: answers.ticked("csv"),
                json: answers.ticked("json"),
                text: answers.ticked("text"),
            };
            if !(ask.csv || ask.json || ask.text) {
                model.refuse_form("csv", "choose at least one");
                return Vec::new();
            }
            let Some(done) = model.tieout.shown().cloned().map(Box::new) else { return Vec::new() };
            model.close_form();
            model.tieout.busy = Some("writing");
            vec![Effect::TieoutRoom(TieoutEffect::Export {
                book,
                period,
                done,
                ask,
                zone: model.zone.clone(),
            })]
        }
    }
}
