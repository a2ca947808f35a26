//! Where a command's result goes: stdout, as a table, as plain records or as JSON. Progress goes to stderr.

use std::borrow::Cow;
use std::io::{self, IsTerminal, Write};

use serde_json::Value;

use crate::cli::args::Globals;
use crate::cli::table::Table;
use crate::model::text::harmless;

/// How results are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// For people.
    Table,
    /// For people without eyes on columns.
    Plain,
    /// For programs.
    Json,
}

/// The result of a command.
pub struct Out {
    form: Form,
    result: Box<dyn Write + Send>,
    notes: Box<dyn Write + Send>,
    /// Cells of the terminal, where the result goes to one.
    room: Option<usize>,
}

impl Out {
    /// Of this process.
    pub fn of(globals: &Globals) -> Self {
        let room = io::stdout().is_terminal().then(|| crossterm::terminal::size().ok()).flatten();
        let out = Self::to(Form::of(globals), Box::new(io::stdout()), Box::new(io::stderr()));
        Self { room: room.map(|(cells, _)| usize::from(cells)), ..out }
    }

    /// To any pair of writers.
    pub fn to(form: Form, result: Box<dyn Write + Send>, notes: Box<dyn Write + Send>) -> Self {
        Self { form, result, notes, room: None }
    }

    /// The form that was asked for.
    pub fn form(&self) -> Form {
        self.form
    }

    /// Whether JSON was asked for.
    pub fn is_json(&self) -> bool {
        self.form == Form::Json
    }

    /// Cells of the terminal, where the result goes to one.
    pub fn room(&self) -> Option<usize> {
        self.room
    }

    /// A line of the result for people.
    pub fn line(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.result, "{}", harmless(text))
    }

    /// Text of several lines; each is made harmless by itself.
    pub fn text(&mut self, text: &str) -> io::Result<()> {
        text.lines().try_for_each(|l| self.line(l))
    }

    /// A table for people; `empty` is said when it has no records.
    pub fn table(&mut self, table: &Table, empty: &str) -> io::Result<()> {
        if table.is_empty() {
            return self.line(empty);
        }
        let lines = if self.form == Form::Plain { table.plain() } else { table.aligned() };
        lines.iter().try_for_each(|l| writeln!(self.result, "{l}"))
    }

    /// A table of a list: cut to the terminal where there is one; `--plain`, `--json` and `show` have all of it.
    pub fn list(&mut self, table: &Table, empty: &str) -> io::Result<()> {
        match self.room {
            Some(room) if self.form == Form::Table && !table.is_empty() => {
                table.within(room).iter().try_for_each(|l| writeln!(self.result, "{l}"))
            }
            _ => self.table(table, empty),
        }
    }

    /// One JSON value on one line.
    pub fn json(&mut self, value: &Value) -> io::Result<()> {
        writeln!(self.result, "{}", escaped(&value.to_string()))?;
        self.result.flush()
    }

    /// Bytes as they are: exports.
    pub fn raw(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.result.write_all(bytes)
    }

    /// Progress, for people, beside the result.
    pub fn note(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.notes, "{}", harmless(text))
    }
}

impl Form {
    /// What the options ask for; JSON before plain.
    pub fn of(globals: &Globals) -> Self {
        match (globals.json, globals.plain) {
            (true, _) => Form::Json,
            (false, true) => Form::Plain,
            (false, false) => Form::Table,
        }
    }
}

/// JSON text whose strings cannot command a terminal: what `harmless` would mark is written as `\uXXXX`
/// (reliability.md, S16). Such characters stand in strings only, so that the value stays the same.
fn escaped(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        let mut bytes = [0u8; 4];
        if matches!(harmless(c.encode_utf8(&mut bytes)), Cow::Borrowed(_)) {
            out.push(c);
        } else {
            let mut units = [0u16; 2];
            for unit in c.encode_utf16(&mut units) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    out
}

#[cfg(test)]
pub mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    /// What a command wrote, for tests.
    #[derive(Clone, Default)]
    pub struct Sink(pub Arc<Mutex<Vec<u8>>>);

    impl Sink {
        /// What was written so far.
        pub fn text(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
        }
    }

    impl Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn json_strings_are_harmless_and_unchanged_in_value() {
        let value = serde_json::json!({"payee": "a\u{9b}31m \u{202e}b é 東 \u{1b}[2J\n"});
        let text = escaped(&value.to_string());
        assert!(text.is_ascii() || text.chars().all(|c| harmless(&c.to_string()) == c.to_string()));
        assert!(text.contains("\\u009b31m \\u202eb é 東 \\u001b[2J\\n"), "{text}");
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
    }
}
