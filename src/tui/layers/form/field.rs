//! The fields of a form.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use secrecy::{ExposeSecret as _, SecretString};

use crate::tui::widgets::Input;

/// A field.
#[derive(Debug, Clone)]
pub struct Field {
    /// Its name in the answers.
    pub name: &'static str,
    /// Its name for people.
    pub label: String,
    /// What belongs into it, shown while it has the keys.
    pub help: String,
    /// It may not stay empty.
    pub required: bool,
    /// What stands in it.
    pub value: Value,
    /// What is wrong with it.
    pub error: Option<String>,
}

/// What a field holds.
#[derive(Debug, Clone)]
pub enum Value {
    /// One line of text.
    Text(Box<Input>),
    /// What nobody may read over the shoulder.
    Secret(SecretString),
    /// One of several: keys with words. Left and right choose.
    Choice {
        /// Key and word of each.
        options: Vec<(String, String)>,
        /// The chosen one.
        at: usize,
    },
    /// Yes or no. Space turns it.
    Tick(bool),
}

/// The answer to a field.
#[derive(Debug, Clone)]
pub enum Answer {
    /// Text.
    Text(String),
    /// A secret.
    Secret(SecretString),
    /// The key of a choice.
    Choice(String),
    /// A tick.
    Ticked(bool),
}

impl Field {
    fn new(name: &'static str, label: impl Into<String>, value: Value) -> Self {
        Self { name, label: label.into(), help: String::new(), required: false, value, error: None }
    }

    /// One line of text.
    pub fn text(name: &'static str, label: impl Into<String>, text: &str) -> Self {
        Self::new(name, label, Value::Text(Box::new(Input::with(text))))
    }

    /// A secret, empty to begin with.
    pub fn secret(name: &'static str, label: impl Into<String>) -> Self {
        Self::new(name, label, Value::Secret(SecretString::default()))
    }

    /// One of several, by key; the first when `chosen` is not among them.
    pub fn choice(
        name: &'static str,
        label: impl Into<String>,
        options: Vec<(String, String)>,
        chosen: &str,
    ) -> Self {
        let at = options.iter().position(|(k, _)| k == chosen).unwrap_or(0);
        Self::new(name, label, Value::Choice { options, at })
    }

    /// Yes or no.
    pub fn tick(name: &'static str, label: impl Into<String>, on: bool) -> Self {
        Self::new(name, label, Value::Tick(on))
    }

    /// It may not stay empty.
    #[must_use]
    pub fn needed(mut self) -> Self {
        self.required = true;
        self
    }

    /// What belongs into it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }
}

impl Value {
    /// Takes a key; true when the value changed.
    pub fn key(&mut self, key: KeyEvent) -> bool {
        let control = key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT);
        match self {
            Value::Text(input) => input.key(key),
            Value::Secret(secret) => {
                let mut text = zeroize::Zeroizing::new(secret.expose_secret().to_string());
                match key.code {
                    KeyCode::Char('u') if control => text.clear(),
                    KeyCode::Char(c) if !control && !c.is_control() => text.push(c),
                    KeyCode::Backspace => {
                        text.pop();
                    }
                    _ => return false,
                }
                *secret = SecretString::from(text.as_str());
                true
            }
            Value::Choice { options, at } => {
                let n = options.len().max(1);
                let next = match key.code {
                    KeyCode::Right | KeyCode::Char(' ' | 'l') => (*at + 1) % n,
                    KeyCode::Left | KeyCode::Char('h') => (*at + n - 1) % n,
                    _ => return false,
                };
                let changed = next != *at;
                *at = next;
                changed
            }
            Value::Tick(on) => match key.code {
                KeyCode::Char(' ') | KeyCode::Left | KeyCode::Right => {
                    *on = !*on;
                    true
                }
                _ => false,
            },
        }
    }

    /// Takes a paste: text and secrets do.
    pub fn paste(&mut self, text: &str) {
        match self {
            Value::Text(input) => {
                input.paste(text);
            }
            Value::Secret(secret) => {
                let kept: zeroize::Zeroizing<String> = zeroize::Zeroizing::new(
                    secret
                        .expose_secret()
                        .chars()
                        .chain(text.trim().chars().filter(|c| !c.is_control()))
                        .collect(),
                );
                *secret = SecretString::from(kept.as_str());
            }
            Value::Choice { .. } | Value::Tick(_) => {}
        }
    }

    /// Nothing stands in it.
    pub fn is_empty(&self) -> bool {
        match self {
            Value::Text(input) => input.text().trim().is_empty(),
            Value::Secret(s) => s.expose_secret().is_empty(),
            Value::Choice { options, .. } => options.is_empty(),
            Value::Tick(_) => false,
        }
    }

    /// What stands in it.
    pub fn answer(&self) -> Answer {
        match self {
            Value::Text(input) => Answer::Text(input.text().to_string()),
            Value::Secret(s) => Answer::Secret(s.clone()),
            Value::Choice { options, at } => {
                Answer::Choice(options.get(*at).map(|(k, _)| k.clone()).unwrap_or_default())
            }
            Value::Tick(on) => Answer::Ticked(*on),
        }
    }
}
