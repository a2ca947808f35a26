//! A form: several fields, one below the other. Connecting, rules, books and views are filled in here.
//!
//! A form knows nothing of what it is for: Enter on the last field hands the answers to the room that opened it, which
//! closes the form or says what is wrong. What is secret is shown as dots and never printed.

mod draw;
mod field;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::tui::screens::activity::effect::ActivityForm;
use crate::tui::screens::audit::effect::AuditForm;
use crate::tui::screens::connections::effect::ConnectionForm;
use crate::tui::screens::document::effect::DocumentForm;
use crate::tui::screens::mappings::effect::MappingForm;
use crate::tui::screens::queue::effect::QueueForm;
use crate::tui::screens::tieout::effect::TieoutForm;

use super::Out;

pub use field::{Answer, Field, Value};

/// What a form is for: the room that takes its answers.
#[derive(Debug, Clone)]
pub enum FormFor {
    /// Of the mappings screen.
    Mappings(MappingForm),
    /// Of the connections screen.
    Connections(ConnectionForm),
    /// Of the audit screen.
    Audit(AuditForm),
    /// Of the tieout screen.
    Tieout(TieoutForm),
    /// Of the activity screen.
    Activity(ActivityForm),
    /// Of the queue screen.
    Queue(QueueForm),
    /// Of the document screen.
    Document(DocumentForm),
    /// Of a test.
    #[cfg(test)]
    Test,
}

/// The answers of a form, by the names of its fields.
#[derive(Debug, Clone, Default)]
pub struct Answers(Vec<(&'static str, Answer)>);

impl Answers {
    /// The answer to a field.
    pub fn get(&self, name: &str) -> Option<&Answer> {
        self.0.iter().find(|(n, _)| *n == name).map(|(_, a)| a)
    }

    /// The text of a field or the key of its choice, without spaces around; empty when there is none.
    pub fn text(&self, name: &str) -> &str {
        match self.get(name) {
            Some(Answer::Text(t) | Answer::Choice(t)) => t.trim(),
            _ => "",
        }
    }

    /// Whether a field is ticked.
    pub fn ticked(&self, name: &str) -> bool {
        matches!(self.get(name), Some(Answer::Ticked(true)))
    }

    /// What was typed into a secret field.
    pub fn secret(&self, name: &str) -> Option<&secrecy::SecretString> {
        match self.get(name) {
            Some(Answer::Secret(s)) => Some(s),
            _ => None,
        }
    }
}

/// A form.
#[derive(Debug, Clone)]
pub struct Form {
    /// What it is for.
    pub purpose: FormFor,
    /// Title.
    pub title: String,
    /// What a person should know first.
    pub lines: Vec<String>,
    /// Fields, top down.
    pub fields: Vec<Field>,
    /// The field that has the keys.
    pub at: usize,
    /// The word of what Enter on the last field does: `connect`, `save`.
    pub done: &'static str,
    /// What is wrong with the whole.
    pub error: Option<String>,
    /// It was handed over and is being worked on: this is what is being done.
    pub busy: Option<String>,
}

impl Form {
    /// A form with its first field in focus.
    pub fn new(
        purpose: FormFor,
        title: impl Into<String>,
        lines: Vec<String>,
        fields: Vec<Field>,
        done: &'static str,
    ) -> Self {
        let title = title.into();
        Self { purpose, title, lines, fields, at: 0, done, error: None, busy: None }
    }

    /// Says what is wrong, at the field of this name where there is one, and gives it the keys.
    pub fn refuse(&mut self, field: &str, why: String) {
        self.busy = None;
        self.error = None;
        for f in &mut self.fields {
            f.error = None;
        }
        match self.fields.iter().position(|f| f.name == field) {
            Some(at) => {
                self.at = at;
                if let Some(f) = self.fields.get_mut(at) {
                    f.error = Some(why);
                }
            }
            None => self.error = Some(why),
        }
    }

    /// A key: Tab and arrows choose the field, Enter goes on, Esc leaves.
    pub fn key(&mut self, key: KeyEvent) -> Out {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Esc => return Out::Close,
            _ if self.busy.is_some() => return Out::Stay,
            KeyCode::Tab | KeyCode::Down => self.at = (self.at + 1).min(self.fields.len().saturating_sub(1)),
            KeyCode::BackTab | KeyCode::Up => self.at = self.at.saturating_sub(1),
            KeyCode::Char('s') if control => return self.submit(),
            KeyCode::Enter if self.at + 1 < self.fields.len() => self.at += 1,
            KeyCode::Enter => return self.submit(),
            _ => {
                if let Some(f) = self.fields.get_mut(self.at)
                    && f.value.key(key)
                {
                    f.error = None;
                    self.error = None;
                }
            }
        }
        Out::Stay
    }

    /// A paste goes into the field that has the keys, as one step.
    pub fn paste(&mut self, text: &str) -> Out {
        if self.busy.is_none()
            && let Some(f) = self.fields.get_mut(self.at)
        {
            f.value.paste(text);
            f.error = None;
        }
        Out::Stay
    }

    fn submit(&mut self) -> Out {
        let missing = self.fields.iter().find(|f| f.required && f.value.is_empty()).map(|f| f.name);
        if let Some(name) = missing {
            self.refuse(name, "needed".into());
            return Out::Stay;
        }
        let answers = self.answers();
        Out::Submit(self.purpose.clone(), answers)
    }

    /// What stands in the fields.
    pub fn answers(&self) -> Answers {
        Answers(self.fields.iter().map(|f| (f.name, f.value.answer())).collect())
    }
}

#[cfg(test)]
mod tests;
