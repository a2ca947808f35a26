//! What becomes of a form that was filled in.

use crate::engine::books::BookChange;
use crate::model::book::AutoApproval;
use crate::model::document::DocumentKind;
use crate::model::ids::ConnectionId;
use crate::model::money;
use crate::tui::app::Model;
use crate::tui::effect::Effect;
use crate::tui::layers::{Answers, Layer};
use crate::tui::text::clean;

use super::effect::{ConnectionEffect, ConnectionForm};
use super::{book_acts, book_forms};

fn busy(model: &mut Model, what: &str) {
    if let Some(Layer::Form(form)) = model.layers.last_mut() {
        form.busy = Some(what.into());
    }
}

fn refuse(model: &mut Model, wrong: (&'static str, String)) -> Vec<Effect> {
    model.refuse_form(wrong.0, wrong.1);
    Vec::new()
}

/// Takes the answers.
pub fn submit(model: &mut Model, form: ConnectionForm, answers: &Answers) -> Vec<Effect> {
    let effect = match form {
        // the wizard takes its own
        ConnectionForm::Wizard => return Vec::new(),
        ConnectionForm::Unlock => {
            busy(model, "opening the vault");
            ConnectionEffect::Unlock { passphrase: answers.secret("passphrase").cloned() }
        }
        ConnectionForm::Disconnect(connection) => {
            if answers.text("name") != connection.as_str() {
                let why = format!("that is not {}: nothing was done", clean(connection.as_str()));
                return refuse(model, ("name", why));
            }
            model.close_form();
            ConnectionEffect::Disconnect { connection }
        }
        ConnectionForm::Qwc(connection) => {
            busy(model, "writing it");
            let file = answers.text("file").to_string();
            ConnectionEffect::Qwc { connection, file, replace: answers.ticked("replace") }
        }
        ConnectionForm::Pair => match book_forms::given(answers) {
            Err(wrong) => return refuse(model, wrong),
            Ok(given) => {
                busy(model, "reading the ledger's company and lists");
                ConnectionEffect::NewBook {
                    name: answers.text("name").into(),
                    source: ConnectionId::from(answers.text("source")),
                    ledger: ConnectionId::from(answers.text("ledger")),
                    given,
                }
            }
        },
        ConnectionForm::Live(book) => {
            busy(model, "taking it live");
            let typed = answers.text("name").to_string();
            ConnectionEffect::Change { book, change: BookChange::Live { typed } }
        }
        ConnectionForm::Settings(book, seen) => match book_forms::edited(&seen, answers) {
            Err(wrong) => return refuse(model, wrong),
            Ok(after) => return book_acts::compare(model, &book, &seen, after),
        },
        ConnectionForm::FlowKind(id) => {
            let kind = DocumentKind::ALL.into_iter().find(|k| k.name() == answers.text("kind"));
            let book = model.books.iter().find(|b| b.id == id).cloned();
            if let (Some(kind), Some(book)) = (kind, book) {
                model.close_form();
                model.layers.push(Layer::Form(Box::new(book_forms::flow(&book, kind))));
            }
            return Vec::new();
        }
        ConnectionForm::Flow(book, kind, seen) => match book_forms::with_flow(&seen, kind, answers) {
            Err(wrong) => return refuse(model, wrong),
            Ok(after) => return book_acts::compare(model, &book, &seen, after),
        },
        ConnectionForm::Policy(book) => {
            let auto = if answers.text("auto") == "clean" { AutoApproval::Clean } else { AutoApproval::Off };
            let limit = match answers.text("limit") {
                "" => None,
                text => match money::typed(text) {
                    Ok(limit) => Some(limit),
                    Err(_) => {
                        return refuse(
                            model,
                            ("limit", format!("{text:?} is no amount: write for instance 500.00")),
                        );
                    }
                },
            };
            book_acts::compare_policy(model, &book, auto, limit);
            return Vec::new();
        }
        ConnectionForm::Trial(book) => match book_forms::trial_days(answers) {
            Err(wrong) => return refuse(model, wrong),
            Ok((from, to)) => {
                busy(model, "comparing");
                ConnectionEffect::Trial { book, from, to }
            }
        },
    };
    vec![Effect::ConnectionRoom(effect)]
}
