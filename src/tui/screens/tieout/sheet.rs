//! A part of the tie-out as sections of rows, formatted once when the figures arrive. The view draws a window of them.

use jiff::civil::Date;

use crate::model::document::DocumentKind;
use crate::model::money::Currency;
use crate::tieout::BridgeLine;
use crate::tui::keys::ActionId;
use crate::tui::text::{cut, left, right, width};
use crate::tui::theme::Meaning;

/// What a row is about: where Enter leads, and where the cursor finds its row again after another reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Nothing: the cursor passes over it.
    None,
    /// Something to read and no more.
    Text,
    /// A line of the bridge.
    Line(BridgeLine),
    /// A reconciling item.
    Item(String),
    /// A control account, by its id.
    Account(String),
    /// What explains a balance, or another movement: account and number.
    Explains(String, String),
    /// A kind of documents against the source's list.
    Kind(DocumentKind),
    /// A day of arrival (none: all days) in one currency.
    Day(Option<Date>, Currency),
    /// A cost centre with an account (none: all of them).
    Centre(String, Option<String>, Currency),
    /// A party.
    Party(String, Currency),
    /// A part of the accrual list.
    Accrual(String),
    /// A document, by its number.
    Number(String),
}

/// One line of the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Pieces of text with what they mean.
    pub pieces: Vec<(Meaning, String)>,
    /// What it is about.
    pub target: Target,
}

impl Row {
    /// An empty row.
    pub fn of(target: Target) -> Self {
        Self { pieces: Vec::new(), target }
    }

    /// A sentence.
    pub fn text(meaning: Meaning, text: impl Into<String>) -> Self {
        Self { pieces: vec![(meaning, format!(" {}", text.into()))], target: Target::None }
    }

    /// More text, as it is.
    #[must_use]
    pub fn put(mut self, meaning: Meaning, text: impl Into<String>) -> Self {
        self.pieces.push((meaning, text.into()));
        self
    }

    /// Exactly so many columns, text on the left.
    #[must_use]
    pub fn left(self, meaning: Meaning, text: &str, w: usize) -> Self {
        self.put(meaning, left(text, w))
    }

    /// So many columns, text on the right, never cut: for figures.
    #[must_use]
    pub fn right(self, meaning: Meaning, text: &str, w: usize) -> Self {
        self.put(meaning, right(text, w))
    }

    /// Columns that it takes.
    pub fn width(&self) -> usize {
        self.pieces.iter().map(|(_, t)| width(t)).sum()
    }

    /// Blanks up to a column.
    #[must_use]
    pub fn to(self, column: usize) -> Self {
        let missing = column.saturating_sub(self.width());
        self.put(Meaning::Text, " ".repeat(missing))
    }

    /// Nothing beyond so many columns.
    #[must_use]
    pub fn within(mut self, columns: usize) -> Self {
        let mut used = 0;
        for (_, t) in &mut self.pieces {
            let room = columns.saturating_sub(used);
            *t = cut(t, room).into_owned();
            used += width(t);
        }
        self
    }
}

/// Rows under a rule with a title.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Section {
    /// Title in the rule.
    pub title: String,
    /// What stands at the right end of the rule.
    pub right: String,
    /// How many of the rows are in sight stands there instead, when it is not all.
    pub counts: bool,
    /// Head of the columns; empty: none.
    pub head: String,
    /// Rows.
    pub rows: Vec<Row>,
    /// So many rows it has before a section below gets any; 0: it comes when all others have theirs.
    pub least: usize,
}

impl Section {
    /// Lines beside its rows.
    pub fn frame(&self) -> usize {
        1 + usize::from(!self.head.is_empty())
    }
}

/// Sections one below the other, and the rows where the cursor can stand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sheet {
    /// Top down.
    pub sections: Vec<Section>,
    /// Section and row.
    pub stops: Vec<(usize, usize)>,
}

/// Where the cursor stands on a sheet, and how far each section is scrolled.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// Which of the stops.
    pub at: usize,
    /// First visible row of each section.
    pub tops: Vec<usize>,
    /// Somebody moved it: it stays where it is.
    pub moved: bool,
}

impl Sheet {
    /// A sheet of sections.
    pub fn of(sections: Vec<Section>) -> Self {
        let mut stops = Vec::new();
        for (s, section) in sections.iter().enumerate() {
            let rows = section.rows.iter().enumerate().filter(|(_, r)| r.target != Target::None);
            stops.extend(rows.map(|(r, _)| (s, r)));
        }
        Self { sections, stops }
    }

    /// The row under the cursor.
    pub fn row(&self, place: &Place) -> Option<&Row> {
        let (s, r) = *self.stops.get(place.at)?;
        self.sections.get(s)?.rows.get(r)
    }

    /// The first stop that is about this.
    pub fn find(&self, target: &Target) -> Option<usize> {
        let is = |(s, r): &(usize, usize)| {
            self.sections.get(*s).and_then(|x| x.rows.get(*r)).is_some_and(|row| row.target == *target)
        };
        self.stops.iter().position(is)
    }

    /// Rows in sight of each section in so many lines. A section without any is not shown at all.
    ///
    /// The one with the cursor is always there; then each gets the least that it needs in their order, then all it has.
    pub fn heights(&self, lines: usize, place: &Place) -> Vec<usize> {
        let whole: usize = self.sections.iter().map(|s| s.frame() + s.rows.len()).sum();
        if whole <= lines {
            return self.sections.iter().map(|s| s.rows.len()).collect();
        }
        let focus = self.stops.get(place.at).map_or(0, |s| s.0);
        let mut rows = vec![0; self.sections.len()];
        let mut left = lines;
        let order = || std::iter::once(focus).chain((0..self.sections.len()).filter(move |i| *i != focus));
        for i in order() {
            let Some(s) = self.sections.get(i) else { continue };
            // the one with the cursor does not push the others out
            let least = match (i == focus, focus) {
                (true, 0) => s.least.max(2),
                (true, _) => 2,
                (false, _) => s.least,
            };
            let want = least.min(s.rows.len());
            let room = left.saturating_sub(s.frame());
            if room == 0 || want == 0 {
                continue;
            }
            let got = want.min(room);
            if let Some(slot) = rows.get_mut(i) {
                *slot = got;
            }
            left -= s.frame() + got;
        }
        for (slot, s) in rows.iter_mut().zip(&self.sections) {
            let frame = if *slot > 0 { 0 } else { s.frame() };
            let more = (s.rows.len() - *slot).min(left.saturating_sub(frame));
            if more > 0 {
                *slot += more;
                left -= more + frame;
            }
        }
        rows
    }

    /// Keeps the cursor on the sheet and in sight.
    pub fn fit(&self, lines: usize, place: &mut Place) {
        place.at = place.at.min(self.stops.len().saturating_sub(1));
        place.tops.resize(self.sections.len(), 0);
        let heights = self.heights(lines, place);
        let focus = self.stops.get(place.at).copied();
        for (i, (section, top)) in self.sections.iter().zip(&mut place.tops).enumerate() {
            let h = heights.get(i).copied().unwrap_or(0).max(1);
            if let Some((_, r)) = focus.filter(|(s, _)| *s == i) {
                if r < *top {
                    *top = r;
                } else if r >= *top + h {
                    *top = r + 1 - h;
                }
            }
            *top = (*top).min(section.rows.len().saturating_sub(h));
        }
    }

    /// Moves the cursor. True when it was a move.
    pub fn act(&self, id: ActionId, lines: usize, place: &mut Place) -> bool {
        let focus = self.stops.get(place.at).map_or(0, |s| s.0);
        let page = self.heights(lines, place).get(focus).copied().unwrap_or(1).max(1);
        let last = self.stops.len().saturating_sub(1);
        let half = (page / 2).max(1);
        place.at = match id {
            ActionId::Down => place.at.saturating_add(1),
            ActionId::Up => place.at.saturating_sub(1),
            ActionId::PageDown => place.at.saturating_add(page),
            ActionId::PageUp => place.at.saturating_sub(page),
            ActionId::HalfDown => place.at.saturating_add(half),
            ActionId::HalfUp => place.at.saturating_sub(half),
            ActionId::Top => 0,
            ActionId::Bottom => last,
            _ => return false,
        }
        .min(last);
        place.moved = true;
        self.fit(lines, place);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(rows: usize, least: usize) -> Section {
        let row = |n: usize| Row::of(Target::Number(n.to_string())).put(Meaning::Text, n.to_string());
        Section { head: "head".into(), rows: (0..rows).map(row).collect(), least, ..Section::default() }
    }

    /// Bridge of 15 lines, 17 items, 8 accounts: what screens.md shows, and what gives way when it gets low.
    #[test]
    fn accounts_go_before_items_and_items_before_the_bridge() {
        let sheet = Sheet::of(vec![section(15, 15), section(17, 4), section(8, 4)]);
        let on = |at: usize| Place { at, ..Place::default() };
        assert_eq!(sheet.heights(57, &on(15)), [15, 17, 8]);
        assert_eq!(sheet.heights(31, &on(15)), [15, 6, 4]);
        assert_eq!(sheet.heights(21, &on(0)), [15, 2, 0]);
        assert_eq!(sheet.heights(21, &on(15)), [15, 2, 0]);
        assert_eq!(sheet.heights(21, &on(39)), [15, 0, 2]);
        assert_eq!(sheet.heights(12, &on(0)), [10, 0, 0]);
        // the one with the cursor is in sight, whatever gives way
        assert_eq!(sheet.heights(12, &on(15)), [6, 2, 0]);
        assert_eq!(sheet.heights(12, &on(39)), [6, 0, 2]);
        for lines in 0..60 {
            for at in [0, 15, 39] {
                let shown = sheet.heights(lines, &on(at));
                let used: usize = shown.iter().map(|h| if *h > 0 { h + 2 } else { 0 }).sum();
                assert!(used <= lines, "{lines}: {shown:?}");
            }
        }
    }

    #[test]
    fn the_cursor_walks_over_every_line_and_stays_in_sight() {
        let sheet = Sheet::of(vec![section(15, 15), section(17, 4), section(8, 4)]);
        let mut place = Place::default();
        for n in 0..39 {
            assert_eq!(place.at, n);
            let (s, r) = sheet.stops[place.at];
            let h = sheet.heights(31, &place)[s];
            assert!(h > 0 && (place.tops.is_empty() || r >= place.tops[s] && r < place.tops[s] + h), "{n}");
            assert!(sheet.act(ActionId::Down, 31, &mut place));
        }
        assert!(sheet.act(ActionId::Top, 31, &mut place) && place.at == 0);
        assert!(!sheet.act(ActionId::Quit, 31, &mut place));
    }
}
