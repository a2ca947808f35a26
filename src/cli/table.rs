//! Tables for people: aligned columns without borders, amounts to the right, nothing from outside that could command a
//! terminal. With `--plain` each record is one line of `name: value`.

use std::borrow::Cow;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::model::text::harmless;

/// Text columns are not cut below this many cells.
const NARROWEST: usize = 8;

/// A column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Its title.
    pub title: &'static str,
    /// Aligned to the right: figures.
    pub right: bool,
}

/// Text, aligned to the left.
pub const fn left(title: &'static str) -> Column {
    Column { title, right: false }
}

/// Figures, aligned to the right.
pub const fn right(title: &'static str) -> Column {
    Column { title, right: true }
}

/// A table that is printed whole.
#[derive(Debug, Clone, Default)]
pub struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// Of these columns.
    pub fn new(columns: &[Column]) -> Self {
        Self { columns: columns.to_vec(), rows: Vec::new() }
    }

    /// Adds a record; what is from outside is made harmless here.
    pub fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(cells.iter().map(|c| harmless(c).into_owned()).collect());
    }

    /// Without records.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Lines of aligned columns with their titles; columns without any value are left out.
    pub fn aligned(&self) -> Vec<String> {
        self.within(usize::MAX)
    }

    /// The same, at most `room` cells wide where text can be cut: the widest texts give way, figures never.
    pub fn within(&self, room: usize) -> Vec<String> {
        let used = |i: usize| self.rows.iter().any(|r| r.get(i).is_some_and(|c| !c.is_empty()));
        let shown: Vec<(usize, Column)> =
            self.columns.iter().copied().enumerate().filter(|(i, _)| used(*i)).collect();
        let mut widths: Vec<usize> = shown
            .iter()
            .map(|(i, c)| {
                let cells = self.rows.iter().filter_map(|r| r.get(*i)).map(|t| t.width());
                cells.chain([c.title.width()]).max().unwrap_or(0)
            })
            .collect();
        narrow(&mut widths, &shown, room);
        let line = |cell: &dyn Fn(usize, Column) -> String| -> String {
            let cells = shown.iter().zip(&widths).map(|((i, c), w)| padded(&cell(*i, *c), *w, c.right));
            cells.collect::<Vec<_>>().join("  ").trim_end().to_string()
        };
        let titles = line(&|_, c| c.title.to_string());
        let rows = self.rows.iter().map(|r| line(&|i, _| r.get(i).cloned().unwrap_or_default()));
        std::iter::once(titles).chain(rows).collect()
    }

    /// One record a line.
    pub fn plain(&self) -> Vec<String> {
        let record = |row: &Vec<String>| {
            let pairs = self.columns.iter().zip(row).filter(|(_, cell)| !cell.is_empty());
            pairs.map(|(c, cell)| format!("{}: {cell}", c.title)).collect::<Vec<_>>().join("; ")
        };
        self.rows.iter().map(record).collect()
    }
}

fn padded(text: &str, width: usize, right: bool) -> String {
    let text = cut(text, width);
    let space = " ".repeat(width.saturating_sub(text.width()));
    if right { space + &text } else { text.into_owned() + &space }
}

/// Takes what is too much from the widest text columns, one cell at a time; none gets narrower than a word.
fn narrow(widths: &mut [usize], shown: &[(usize, Column)], room: usize) {
    let between = 2 * widths.len().saturating_sub(1);
    let mut over = (widths.iter().sum::<usize>() + between).saturating_sub(room);
    while over > 0 {
        let texts =
            widths.iter_mut().zip(shown).filter(|(w, (_, c))| !c.right && c.title != "id" && **w > NARROWEST);
        let Some((widest, _)) = texts.max_by_key(|(w, _)| **w) else { return };
        *widest -= 1;
        over -= 1;
    }
}

/// A text that fits; what is missing shows as `…`.
fn cut(text: &str, width: usize) -> Cow<'_, str> {
    if text.width() <= width {
        return text.into();
    }
    let mut out = String::new();
    for c in text.chars() {
        if out.width() + c.width().unwrap_or(0) >= width {
            break;
        }
        out.push(c);
    }
    (out + "…").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut t = Table::new(&[left("state"), left("payee"), left("note"), right("approved")]);
        t.row(["ready".into(), "Lindqvist, Chloé".into(), String::new(), "1,290.15".into()]);
        t.row(["blocked".into(), "東京\u{1b}[2J".into(), String::new(), "-0.50".into()]);
        t
    }

    #[test]
    fn figures_stand_under_each_other_and_nothing_commands_the_terminal() {
        assert_eq!(
            table().aligned(),
            [
                "state    payee             approved",
                "ready    Lindqvist, Chloé  1,290.15",
                "blocked  東京␛[2J             -0.50",
            ]
        );
    }

    #[test]
    fn the_widest_text_gives_way_to_the_terminal_and_figures_stay() {
        assert_eq!(
            table().within(28),
            ["state    payee      approved", "ready    Lindqvis…  1,290.15", "blocked  東京␛[2J      -0.50"]
        );
    }

    #[test]
    fn plain_is_one_record_a_line() {
        assert_eq!(
            table().plain(),
            [
                "state: ready; payee: Lindqvist, Chloé; approved: 1,290.15",
                "state: blocked; payee: 東京␛[2J; approved: -0.50",
            ]
        );
    }
}
