//! Answers and facts from outside.

use crate::engine::What;
use crate::model::ids::BookId;
use crate::store::Act;
use crate::tui::effect::{CardFor, Effect, PreviewFor, Target};
use crate::tui::format::documents;
use crate::tui::keys::ActionId;
use crate::tui::layers::{Layer, Reader};
use crate::tui::msg::{Msg, Said, Sheet};
use crate::tui::screens::queue::Undo;
use crate::tui::screens::{connections, queue};
use crate::tui::text::clean;

use super::{Level, Model, Phase, Screen, fix};

/// Takes an answer or a fact.
pub fn arrive(model: &mut Model, msg: Msg) -> Vec<Effect> {
    match msg {
        Msg::Opened(o) => {
            model.phase = Phase::Open;
            model.environment = clean(&o.environment);
            model.actor = Some(o.actor);
            let look = connections::room::look(model);
            return vec![Effect::Facts, look];
        }
        Msg::Facts(answer) => return facts(model, answer),
        Msg::Changed => return changed(model),
        Msg::Progress(p) => queue::run::progress(model, p),
        Msg::Event(e) => {
            if e.event == What::Fetched {
                model.read_at = Some(e.time);
            }
            if e.event == What::Alarm {
                model.say(Level::Error, clean(&e.text));
            }
            model.activity.push(*e);
        }
        Msg::Window(generation, answer) => return model.queue.arrived(generation, answer),
        Msg::Missed(n) => {
            model.say(
                Level::Info,
                format!("{n} events came too fast to be listed; the audit trail has them."),
            );
        }
        Msg::Preview(_, PreviewFor::Pane, Err(why)) => {
            model.say(Level::Warning, format!("The marked documents cannot be added up: {why}"));
        }
        Msg::Count(_, Err(why)) => model.say(Level::Warning, format!("The rows cannot be counted: {why}")),
        Msg::Count(generation, answer) => model.queue.count_arrived(generation, answer),
        Msg::Totals(generation, answer) => model.queue.totals_arrived(generation, answer),
        Msg::Groups(generation, answer) => {
            model.queue.groups_arrived(generation, answer);
        }
        Msg::Card(generation, CardFor::Pane, answer) => model.queue.sheet_arrived(generation, answer),
        Msg::Card(generation, CardFor::Document, answer) => {
            return crate::tui::screens::document::room::card_arrived(model, generation, answer);
        }
        Msg::Card(generation, CardFor::Fix(code, value), answer) => {
            if generation != model.queue.fixing {
                return Vec::new();
            }
            return fix_arrived(model, code, &value, answer);
        }
        Msg::Preview(generation, PreviewFor::Pane, answer) => model.queue.batch_arrived(generation, answer),
        Msg::Preview(generation, PreviewFor::Approve, answer) => {
            for l in &mut model.layers {
                if let Layer::Approve(a) = l {
                    a.arrived(generation, answer);
                    break;
                }
            }
        }
        Msg::Preview(generation, PreviewFor::Post, answer) => {
            super::decide::post_figures(model, generation, answer);
        }
        Msg::MarkedAll(generation, Ok((rows, capped))) => {
            if capped {
                let text = format!("Only the first {} are marked.", documents(rows.len() as u64));
                model.say(Level::Warning, text);
            }
            return model.queue.mark_all_arrived(generation, &rows);
        }
        Msg::MarkedAll(_, Err(why)) => model.say(Level::Error, why),
        Msg::Approved(answer) => return queue::run::approved(model, answer),
        Msg::Acted(act, answers) => return acted(model, act, answers),
        Msg::Corrected(of, answer) => return super::correct::corrected(model, of, answer),
        Msg::RuleSet(Ok(freed)) => {
            let text = format!(
                "Saved as version {} of the rules: {} derived again, {} ready now.",
                freed.version,
                documents(freed.derived),
                freed.ready.len()
            );
            model.say(Level::Info, text);
            return changed(model);
        }
        Msg::RuleSet(Err(why)) => model.say(Level::Error, format!("The rule was not saved: {why}")),
        Msg::Candidates(serial, typed, answer) => {
            if let Some(Layer::Picker(p)) = model.layers.last_mut() {
                p.arrived(serial, &typed, answer);
            }
        }
        Msg::Text(title, Ok(body)) => model.layers.push(Layer::Reader(Reader::of(clean(&title), &body))),
        Msg::Text(_, Err(why)) => model.say(Level::Error, why),
        Msg::Answered(Ok(text)) => {
            model.say(Level::Info, clean(&text));
            let ended = queue::run::answered(model);
            return changed(model).into_iter().chain(ended).collect();
        }
        Msg::Answered(Err(why)) => {
            model.say(Level::Error, why);
            return queue::run::answered(model).into_iter().collect();
        }
        Msg::Audit(generation, _, answer) => {
            return crate::tui::screens::audit::room::page_arrived(model, generation, answer);
        }
        Msg::Rules(generation, answer) => {
            model.mappings.arrived(generation, answer);
            if let (Screen::Mappings, Some(book)) = (model.screen, model.book.clone()) {
                return vec![model.mappings.ask_board(book)];
            }
        }
        Msg::MappingRoom(msg) => return crate::tui::screens::mappings::room::arrive(model, msg),
        Msg::ConnectionRoom(msg) => return crate::tui::screens::connections::room::arrive(model, msg),
        Msg::AuditRoom(msg) => return crate::tui::screens::audit::room::arrive(model, msg),
        Msg::TieoutRoom(msg) => return crate::tui::screens::tieout::room::arrive(model, msg),
        Msg::ActivityRoom(msg) => return crate::tui::screens::activity::room::arrive(model, msg),
        Msg::QueueRoom(msg) => return queue::room::arrive(model, msg),
        Msg::DocumentRoom(msg) => return crate::tui::screens::document::room::arrive(model, msg),
        Msg::LookRoom(m) => return crate::tui::look::room::arrive(model, m),
        Msg::Copied(Ok(text)) => model.say(Level::Info, text),
        Msg::Copied(Err(why)) => model.say(Level::Warning, why),
        Msg::NoJobControl => model.say(Level::Warning, "There is no shell to go back to from here."),
        Msg::Key(_) | Msg::Paste(_) | Msg::Mouse(_) | Msg::Resize(..) | Msg::Tick | Msg::Ending => {}
    }
    Vec::new()
}

impl Model {
    /// Says something.
    pub fn say(&mut self, level: Level, text: impl Into<String>) {
        let text = self.worded(&clean(&text.into()));
        self.toasts.say(level, text, self.now.since);
        self.toasts.stamp(self.now.at);
    }

    /// Shows another book from its beginning.
    pub fn choose_book(&mut self, book: BookId) -> Vec<Effect> {
        self.book = Some(book.clone());
        self.tieout.forget();
        self.take_zone();
        self.queue = self.queue.of_book(book.clone());
        let mut effects = self.queue.restart(false);
        effects.push(self.queue.ask_totals());
        effects.push(self.queue.ask_groups());
        effects.push(self.mappings.ask(book));
        effects
    }
}

fn facts(model: &mut Model, answer: Said<crate::tui::msg::Facts>) -> Vec<Effect> {
    match answer {
        Err(why) => {
            model.say(
                Level::Error,
                format!("The books cannot be read: {why}. {} reads again.", model.key(ActionId::Refresh)),
            );
            Vec::new()
        }
        Ok(f) => {
            model.books = f.books;
            model.connections = f.connections;
            connections::room::facts(model);
            crate::tui::screens::activity::room::gather(model);
            let gone = model.current_book().is_none();
            let opens = model.books.iter().find(|b| Some(&b.id) == model.opens.as_ref());
            match (gone, opens.or(model.books.first()).map(|b| b.id.clone())) {
                (true, Some(first)) => model.choose_book(first),
                (true, None) => {
                    model.queue.loaded = true;
                    Vec::new()
                }
                (false, _) => {
                    model.take_zone();
                    Vec::new()
                }
            }
        }
    }
}

/// Somebody changed the store: what is on the screen is read again.
pub fn changed(model: &mut Model) -> Vec<Effect> {
    if model.book.is_none() {
        let look = connections::room::look(model);
        let mut effects = vec![Effect::Facts, look];
        match model.screen {
            Screen::Activity => effects.extend(crate::tui::screens::activity::room::changed(model)),
            Screen::Audit => effects.extend(crate::tui::screens::audit::room::changed(model)),
            _ => {}
        }
        return effects;
    }
    let mut effects = model.queue.refresh();
    if model.screen == Screen::Connections {
        let look = connections::room::look(model);
        effects.push(look);
    }
    match model.screen {
        Screen::Document => effects.extend(model.document.refresh()),
        Screen::Activity => effects.extend(crate::tui::screens::activity::room::changed(model)),
        Screen::Audit => effects.extend(crate::tui::screens::audit::room::changed(model)),
        _ => {}
    }
    effects.push(Effect::Facts);
    if let Some(book) = model.book.clone() {
        effects.push(model.mappings.ask(book));
    }
    effects
}

fn fix_arrived(
    model: &mut Model,
    code: crate::model::FindingCode,
    value: &str,
    answer: Said<Box<Sheet>>,
) -> Vec<Effect> {
    match answer {
        Err(why) => {
            model.say(Level::Error, why);
            Vec::new()
        }
        Ok(sheet) => {
            let findings = sheet.card.derived.as_ref().map(|d| d.findings.clone()).unwrap_or_default();
            match findings.into_iter().find(|f| f.code == code && f.value == value) {
                Some(f) => fix::mend(model, &sheet, &f),
                None => {
                    model.say(Level::Info, "No document has this finding any more.");
                    Vec::new()
                }
            }
        }
    }
}

fn acted(model: &mut Model, act: Option<Act>, answers: Vec<(Target, Said<String>)>) -> Vec<Effect> {
    let all: Vec<Target> = answers.iter().map(|(t, _)| t.clone()).collect();
    let (mut done, mut first) = (Vec::new(), String::new());
    for (target, answer) in answers {
        match answer {
            Ok(state) => {
                first = format!("{} is {} now.", target.number, state.replace('_', " "));
                done.push(target);
            }
            Err(why) => model.say(Level::Error, format!("{}: {why}", target.number)),
        }
    }
    // whose version is not known is taken back by hand
    let known: Vec<Target> = done.iter().filter(|t| t.version != 0).cloned().collect();
    let taken_back = act.and_then(|act| Undo::answered(&mut model.queue, &act, &all, &known));
    match (taken_back, done.len() as u64) {
        (Some(words), _) => model.say(Level::Info, words),
        (None, 0) => {}
        (None, 1) => model.say(Level::Info, first),
        (None, n) => model.say(Level::Info, format!("{} done.", documents(n))),
    }
    changed(model)
}
