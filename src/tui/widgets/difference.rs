//! Two entry sets side by side: as they were frozen, and as the mappings make them today. Used for documents whose
//! mappings changed since approval, and for the replay of what is posted.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::mapping::{SetChange, SetDifference, SetPlace};
use crate::model::entry::Side;
use crate::model::money::shown;
use crate::tui::text::{clean, left, right, width, wrap};
use crate::tui::theme::{Meaning, Theme};
use crate::tui::widgets::put;

/// From this width on both stand beside each other; below, the frozen line stands above today's.
const BESIDE: u16 = 96;

/// One line of one side.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Cell {
    /// The head of an entry.
    head: bool,
    text: String,
    debit: String,
    credit: String,
}

/// A place with both sides.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Pair {
    change: SetChange,
    before: Option<Cell>,
    after: Option<Cell>,
    /// `class: 100 Strategy → 200 Operations`, one for each thing that differs.
    words: Vec<String>,
}

/// Both sets, formatted once, with the scroll offset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// Above the frozen side: `as approved by Maya Wells 2026-11-04`.
    pub before: String,
    /// Above today's: `as the mappings, version 9, make it today`.
    pub after: String,
    pairs: Vec<Pair>,
    differing: usize,
    amounts: usize,
    /// First visible line.
    pub top: usize,
}

impl Comparison {
    /// Formats what [`crate::mapping::beside`] or [`crate::mapping::differences`] answered.
    pub fn of(before: impl Into<String>, after: impl Into<String>, all: &[SetDifference]) -> Self {
        let pairs: Vec<Pair> = all.iter().map(pair).collect();
        let cells = || pairs.iter().flat_map(|p| [&p.before, &p.after]).flatten();
        let amounts = cells().map(|c| width(&c.debit).max(width(&c.credit))).max().unwrap_or(0).max(10);
        let differing = all.iter().filter(|d| d.kind() != SetChange::Same).count();
        let (before, after) = (clean(&before.into()), clean(&after.into()));
        Self { before, after, pairs, differing, amounts, top: 0 }
    }

    /// How many places differ.
    pub fn differing(&self) -> usize {
        self.differing
    }

    /// Lines that it takes in this width, the heading included.
    pub fn lines(&self, w: u16) -> usize {
        1 + self.pairs.iter().map(|p| p.lines(w)).sum::<usize>()
    }

    /// Scrolls; `rows` of them are visible.
    pub fn scroll(&mut self, to: usize, w: u16, rows: usize) {
        self.top = to.min(self.lines(w).saturating_sub(rows));
    }

    /// Draws what is visible.
    pub fn draw(&self, buf: &mut Buffer, area: Rect, theme: &Theme) {
        if area.height == 0 {
            return;
        }
        self.heading(buf, area, theme);
        let body = Rect { y: area.y + 1, height: area.height - 1, ..area };
        let top = self.top.min(self.lines(area.width).saturating_sub(usize::from(area.height)));
        let mut y = 0usize;
        for p in &self.pairs {
            let n = p.lines(area.width);
            if y + n > top {
                p.draw(buf, body, (y as isize) - (top as isize), self.amounts, theme);
            }
            y += n;
            if y >= top + usize::from(body.height) {
                break;
            }
        }
    }

    fn heading(&self, buf: &mut Buffer, area: Rect, theme: &Theme) {
        let title = theme.style(Meaning::Title);
        if area.width >= BESIDE {
            let (l, r) = halves(area);
            put(buf, l, 0, Line::styled(left(&format!("  {}", self.before), usize::from(l.width)), title));
            put(buf, r, 0, Line::styled(left(&format!("  {}", self.after), usize::from(r.width)), title));
            return;
        }
        let text = format!("- {}   + {}", self.before, self.after);
        put(buf, area, 0, Line::styled(left(&text, usize::from(area.width)), title));
    }
}

fn halves(area: Rect) -> (Rect, Rect) {
    let w = area.width.saturating_sub(1) / 2;
    (Rect { width: w, ..area }, Rect { x: area.x + w + 1, width: area.width - w - 1, ..area })
}

fn pair(d: &SetDifference) -> Pair {
    let words = d.fields.iter().map(|f| clean(&format!("{}: {} → {}", f.field, f.before, f.after))).collect();
    let slot = d.slot.to_string();
    let cell = |p: &SetPlace| cell(&slot, p);
    Pair { change: d.kind(), before: d.before.as_ref().map(cell), after: d.after.as_ref().map(cell), words }
}

fn cell(slot: &str, p: &SetPlace) -> Cell {
    let amount = shown(p.amount, p.currency);
    let about = if p.about.is_empty() { String::new() } else { format!(" · {}", p.about) };
    let (debit, credit) = match p.side {
        Some(Side::Debit) => (amount, String::new()),
        Some(Side::Credit) => (String::new(), amount),
        None => (String::new(), String::new()),
    };
    // a bill in its own slot is a bill; elsewhere the slot is said too
    let text = match (p.side, slot == p.account) {
        (None, false) => format!("{slot} · {}{about}", p.account),
        _ => format!("{}{about}", p.account),
    };
    Cell { head: p.side.is_none(), text: clean(&text), debit, credit }
}

impl Cell {
    fn line(&self, sign: &str, w: usize, amounts: usize) -> String {
        if self.head {
            return left(&format!("{sign} {}", self.text), w);
        }
        let text = w.saturating_sub(2 + 2 * (amounts + 1));
        format!(
            "{sign} {}{}{}",
            left(&self.text, text),
            right(&self.debit, amounts + 1),
            right(&self.credit, amounts + 1)
        )
    }
}

impl Pair {
    /// Sign and meaning of each side.
    fn signs(&self) -> (&'static str, &'static str, Meaning) {
        match self.change {
            SetChange::Same => (" ", " ", Meaning::Muted),
            SetChange::Added => (" ", "+", Meaning::Warn),
            SetChange::Removed => ("-", " ", Meaning::Warn),
            SetChange::Changed => ("-", "+", Meaning::Warn),
        }
    }

    fn words(&self, w: u16) -> Vec<String> {
        let room = usize::from(w).saturating_sub(4);
        self.words.iter().flat_map(|t| wrap(t, room)).map(|t| format!("    {t}")).collect()
    }

    fn lines(&self, w: u16) -> usize {
        let sides = if w >= BESIDE || self.change != SetChange::Changed { 1 } else { 2 };
        sides + self.words(w).len()
    }

    /// Draws it at a row that may lie above the area.
    fn draw(&self, buf: &mut Buffer, area: Rect, at: isize, amounts: usize, theme: &Theme) {
        let mut at = at;
        let mut line = |area: Rect, line: Line<'_>, step: bool| {
            if let Ok(row) = u16::try_from(at) {
                put(buf, area, row, line);
            }
            at += isize::from(step);
        };
        let (minus, plus, meaning) = self.signs();
        let style = match (&self.before, &self.after) {
            (Some(c), _) | (None, Some(c)) if c.head && self.change == SetChange::Same => {
                theme.style(Meaning::Accent)
            }
            _ => theme.style(meaning),
        };
        let text = |c: Option<&Cell>, sign: &str, w: u16| {
            c.map_or_else(|| left("", usize::from(w)), |c| c.line(sign, usize::from(w), amounts))
        };
        if area.width >= BESIDE {
            let (l, r) = halves(area);
            let bar = Rect { x: area.x + l.width, width: 1, ..area };
            line(l, Line::styled(text(self.before.as_ref(), minus, l.width), style), false);
            line(bar, Line::styled("│", theme.style(Meaning::Border)), false);
            line(r, Line::styled(text(self.after.as_ref(), plus, r.width), style), true);
        } else {
            if let Some(c) = &self.before {
                line(area, Line::styled(text(Some(c), minus, area.width), style), true);
            }
            if let Some(c) = self.after.as_ref().filter(|_| self.change != SetChange::Same) {
                line(area, Line::styled(text(Some(c), plus, area.width), style), true);
            }
        }
        for t in self.words(area.width) {
            line(area, Line::from(Span::styled(t, theme.style(Meaning::Text))), true);
        }
    }
}

#[cfg(test)]
mod tests {
    use ratatui::Terminal;
    use ratatui::backend::TestBackend;

    use super::*;
    use crate::mapping::{beside, differences};
    use crate::model::entry::Named;
    use crate::tui::tests::sample;

    fn comparison(all: bool) -> Comparison {
        let row = sample::rows().into_iter().find(|r| r.number == "B4Q7TN").unwrap();
        let frozen = sample::sheet(&row).card.derived.unwrap().set;
        let mut today = frozen.clone();
        today.entries[0].lines[1].dimensions.class = Some(Named::new("300", "300 Research"));
        today.entries[1].lines[0].account = Named::new("x", "6010 Airfare");
        today.entries[1].lines[0].amount = "370.00".parse().unwrap();
        today.entries.pop();
        let found = if all { beside(&frozen, &today) } else { differences(&frozen, &today) };
        Comparison::of("as approved", "as the mappings make it today", &found)
    }

    fn text(c: &Comparison, w: u16, h: u16) -> String {
        let mut t = Terminal::new(TestBackend::new(w, h)).unwrap();
        t.draw(|f| c.draw(f.buffer_mut(), Rect::new(0, 0, w, h), &Theme::mono())).unwrap();
        t.backend().to_string()
    }

    #[test]
    fn both_sets_stand_beside_each_other() {
        insta::assert_snapshot!("difference_beside_120", text(&comparison(true), 120, 18));
        insta::assert_snapshot!("difference_only_76", text(&comparison(false), 76, 18));
    }

    #[test]
    fn it_scrolls_to_its_last_line_and_never_panics() {
        let mut c = comparison(true);
        for (w, h) in [(1, 1), (40, 3), (96, 5), (200, 60)] {
            c.scroll(usize::MAX, w, usize::from(h));
            text(&c, w, h);
        }
        c.scroll(usize::MAX, 120, 5);
        assert!(text(&c, 120, 5).contains("2110 Corporate Visa"), "{}", text(&c, 120, 5));
        assert_eq!(c.differing(), 2 + 3);
    }
}
