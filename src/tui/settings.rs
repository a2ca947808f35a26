//! Files that people write: `keys.toml` and themes. What is wrong in one is told by file, line and key; the rest loads.

use std::fmt;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::tui::text::clean;

/// What is wrong at one place of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file, as people call it: `keys.toml`.
    pub file: String,
    /// The line, from 1; 0: the file as a whole.
    pub line: usize,
    /// The key with the tables it stands in; empty: the line is no TOML.
    pub key: String,
    /// What is wrong, and what would be right.
    pub what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if self.line > 0 {
            write!(f, " line {}", self.line)?;
        }
        if !self.key.is_empty() {
            write!(f, ", {}", self.key)?;
        }
        write!(f, ": {}", self.what)
    }
}

/// A file that is read, and the problems found so far.
pub struct Source<'a> {
    file: &'a str,
    text: &'a str,
    /// What is wrong.
    pub problems: Vec<Problem>,
}

/// A value with the place of its key.
pub type Entry<'a> = (&'a str, Range<usize>, &'a Spanned<DeValue<'a>>);

impl<'a> Source<'a> {
    /// A file of this name with this text.
    pub fn new(file: &'a str, text: &'a str) -> Self {
        Self { file, text, problems: Vec::new() }
    }

    /// Its tables. Lines that are no TOML are problems; what stands around them is kept.
    pub fn read(&mut self) -> Spanned<DeTable<'a>> {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        for e in errors {
            let at = e.span().unwrap_or(0..0);
            let what = e.message().replace('\n', " ");
            self.say(&at, "", if what.is_empty() { "this is no TOML".into() } else { what });
        }
        table
    }

    /// Notes a problem at a place.
    pub fn say(&mut self, at: &Range<usize>, key: &str, what: String) {
        let line = self.line(at);
        if self.problems.iter().any(|p| p.line == line && p.key.is_empty()) {
            // what follows from a torn line is no news
            return;
        }
        self.problems.push(Problem { file: self.file.into(), line, key: clean(key), what: clean(&what) });
    }

    /// The line of a place, from 1.
    pub fn line(&self, at: &Range<usize>) -> usize {
        self.text.get(..at.start).map_or(1, |before| before.matches('\n').count() + 1)
    }
}

/// The entries of a table in the order of the file.
pub fn entries<'a>(table: &'a DeTable<'a>) -> Vec<Entry<'a>> {
    let mut all: Vec<Entry<'a>> = table.iter().map(|(k, v)| (k.get_ref().as_ref(), k.span(), v)).collect();
    all.sort_by_key(|(_, at, _)| at.start);
    all
}
