//! Tables for people: aligned columns without borders, amounts to the right, nothing from outside that could command a
//! terminal. With `--plain` each record is one line of `name: value`.

use unicode_width::UnicodeWidthStr;

use crate::model::text::harmless;

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
        let used = |i: usize| self.rows.iter().any(|r| r.get(i).is_some_and(|c| !c.is_empty()));
        let shown: Vec<(usize, Column)> =
            self.columns.iter().copied().enumerate().filter(|(i, _)| used(*i)).collect();
        let widths: Vec<usize> = shown
            .iter()
            .map(|(i, c)| {
                let cells = self.rows.iter().filter_map(|r| r.get(*i)).map(|t| t.width());
                cells.chain([c.title.width()]).max().unwrap_or(0)
            })
            .collect();
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
    let space = " ".repeat(width.saturating_sub(text.width()));
    if right { space + text } else { text.to_string() + &space }
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
