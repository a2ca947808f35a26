//! The part of the queue that the root calls: actions, keys, answers, forms.

use crossterm::event::KeyEvent;

use crate::tui::app::{Level, Model};
use crate::tui::effect::Effect;
use crate::tui::format::documents;
use crate::tui::keys::ActionId;
use crate::tui::layers::{Answers, Field, Form, FormFor, Layer};

use super::effect::{QueueEffect, QueueForm, QueueMsg};
use super::{run, undo, views};

/// Does an action of this screen; none: it is not one.
pub fn act(model: &mut Model, id: ActionId) -> Option<Vec<Effect>> {
    Some(match id {
        ActionId::QueueViews => views::open(model),
        ActionId::QueueSaveView => views::ask_name(model),
        ActionId::QueueUndo => undo::undo(model),
        ActionId::QueueExport => ask_file(model),
        _ => return None,
    })
}

/// Whether an action of this screen is possible now; none: it is not one.
pub fn possible(model: &Model, id: ActionId) -> Option<Result<(), String>> {
    let need = |fine: bool, why: &str| if fine { Ok(()) } else { Err(why.to_string()) };
    Some(match id {
        ActionId::QueueViews => Ok(()),
        ActionId::QueueSaveView => need(
            model.queue.finding.is_none(),
            "a list of one finding is not kept; write finding: into the filter",
        ),
        ActionId::QueueUndo => need(!model.queue.undo.is_empty(), "there is nothing to undo"),
        ActionId::QueueExport => need(!model.queue.rows.is_empty(), "the list is empty"),
        _ => return None,
    })
}

/// A key for a field of this screen; none: no field has the focus.
pub fn key(model: &mut Model, key: KeyEvent) -> Option<Vec<Effect>> {
    model.queue.filter_key(key)
}

/// A paste for a field of this screen; none: no field has the focus.
pub fn paste(model: &mut Model, text: &str) -> Option<Vec<Effect>> {
    model.queue.filter_paste(text)
}

/// An answer.
pub fn arrive(model: &mut Model, msg: QueueMsg) -> Vec<Effect> {
    match msg {
        QueueMsg::Views(answer) => views::arrived(model, answer),
        QueueMsg::Kept(answer) => views::kept(model, answer),
        QueueMsg::Dropped(answer) => views::dropped(model, answer),
        QueueMsg::Outcome(answer) => run::outcome(model, answer),
        QueueMsg::Exported(Ok(done)) => {
            model.close_form();
            let text = format!("{} written to {}", rows(done.rows), done.file);
            if done.changed {
                let why = "the queue changed meanwhile, write it again for the rows of one moment";
                model.say(Level::Warning, format!("{text}; {why}"));
            } else {
                model.say(Level::Info, text);
            }
        }
        QueueMsg::Exported(Err(why)) => match model.layers.last_mut() {
            Some(Layer::Form(form)) => {
                form.busy = None;
                model.refuse_form("file", why);
            }
            _ => model.say(Level::Error, format!("Nothing was exported: {why}")),
        },
    }
    Vec::new()
}

fn rows(n: u64) -> String {
    if n == 1 { "1 row".into() } else { format!("{} rows", crate::tui::format::count(n)) }
}

/// A form was filled in; it stays until it is closed ([`Model::close_form`]) or told what is wrong
/// ([`Model::refuse_form`]).
pub fn submit(model: &mut Model, form: QueueForm, answers: &Answers) -> Vec<Effect> {
    match form {
        QueueForm::SaveView => views::save(model, answers),
        QueueForm::ShowView(view) => views::show(model, *view),
        QueueForm::DropView(name) => views::drop(model, name),
        QueueForm::Export => {
            let mut query = model.queue.query();
            query.limit = 0;
            let about = format!("{} · {}", model.queue.tab.word(), model.queue.search.trim());
            let path = answers.text("file").to_string();
            busy(model);
            vec![Effect::QueueRoom(QueueEffect::Export { query: Box::new(query), path, about })]
        }
        QueueForm::AskTable(rows) => {
            if model.look.read_only {
                model.say(Level::Warning, "export: this console is read-only");
                return Vec::new();
            }
            let lines = vec![format!("The effect by account, {} accounts.", rows.len().saturating_sub(1))];
            file_form(model, QueueForm::ExportTable(rows), "batch", lines);
            Vec::new()
        }
        QueueForm::ExportTable(rows) => {
            let path = answers.text("file").to_string();
            busy(model);
            vec![Effect::QueueRoom(QueueEffect::ExportTable { rows, path })]
        }
    }
}

fn busy(model: &mut Model) {
    if let Some(Layer::Form(form)) = model.layers.last_mut() {
        form.busy = Some("writing…".into());
    }
}

fn ask_file(model: &mut Model) -> Vec<Effect> {
    let queue = &model.queue;
    let n = queue.total_rows().map_or_else(|| "All documents".to_string(), documents);
    let filter = queue.search.trim();
    let of = if filter.is_empty() { "no filter".to_string() } else { filter.to_string() };
    let lines = vec![
        format!("{n} of {} · {of}", queue.tab.word()),
        "A table for a spreadsheet (CSV), with a line of totals for each currency.".into(),
    ];
    file_form(model, QueueForm::Export, "queue", lines);
    Vec::new()
}

fn file_form(model: &mut Model, purpose: QueueForm, word: &str, lines: Vec<String>) {
    let book = model.book.as_ref().map_or("all", |b| b.as_str());
    let day = model.now.at.map(|at| at.to_zoned(model.zone.clone()).date().to_string()).unwrap_or_default();
    let book: String =
        book.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '-' }).collect();
    let name = format!("tieout-{word}-{book}-{day}.csv");
    let field = Field::text("file", "File", &name)
        .needed()
        .help("A name in the present folder, or a whole path. No file is overwritten.");
    let form = Form::new(FormFor::Queue(purpose), "Export", lines, vec![field], "write the file");
    model.layers.push(Layer::Form(Box::new(form)));
}
