//! The tie-out of a month: the lines of `tieout reconcile`, read when a person asks.

pub mod effect;
pub mod room;

use jiff::ToSpan as _;
use jiff::tz::TimeZone;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use crate::model::ids::BookId;
use crate::tieout::Period;
use crate::tui::app::Model;
use crate::tui::effect::Effect;
use crate::tui::format::header_time_short;
use crate::tui::keys::ActionId;
use crate::tui::msg::{Now, Said, TieoutLines};
use crate::tui::text::{clean, cut, width, wrap};
use crate::tui::theme::Meaning;
use crate::tui::widgets::{Cursor, put, rule};

/// The tie-out that is shown.
#[derive(Debug, Clone, Default)]
pub struct TieoutScreen {
    /// Month; none: the one before the current one.
    pub period: Option<Period>,
    /// What was read, of which book, and when.
    pub read: Option<(BookId, TieoutLines, Option<jiff::Timestamp>)>,
    /// It is being read.
    pub reading: bool,
    /// Why it could not be read.
    pub error: Option<String>,
    /// First visible line.
    pub top: usize,
    asked: u64,
}

/// The month of a day, moved by so many months.
fn month(day: jiff::civil::Date, by: i32) -> Option<Period> {
    let from = day.first_of_month().checked_add(by.months()).ok()?;
    Some(Period { from, to: from.last_of_month() })
}

impl TieoutScreen {
    /// The month that is shown: the last whole one unless another was chosen.
    pub fn month(&self, now: Now, zone: &TimeZone) -> Option<Period> {
        self.period.or_else(|| month(now.at?.to_zoned(zone.clone()).date(), -1))
    }

    /// Another month; what was read belongs to the one before.
    pub fn turn(&mut self, by: i32, now: Now, zone: &TimeZone) {
        let Some(next) = self.month(now, zone).and_then(|p| month(p.from, by)) else { return };
        *self = Self { period: Some(next), asked: self.asked, ..Self::default() };
    }

    /// Reads both sides.
    pub fn ask(&mut self, generation: u64, book: BookId, now: Now, zone: &TimeZone) -> Option<Effect> {
        let period = self.month(now, zone)?;
        (self.period, self.asked, self.reading, self.error) = (Some(period), generation, true, None);
        Some(Effect::Tieout { generation, book, period })
    }

    /// It was read.
    pub fn arrived(&mut self, generation: u64, book: Option<BookId>, at: Now, answer: Said<TieoutLines>) {
        if generation != self.asked || !self.reading {
            return;
        }
        self.reading = false;
        match (answer, book) {
            (Ok(lines), Some(book)) => {
                self.read = Some((book, lines, at.at));
                self.top = 0;
            }
            (Ok(_), None) => {}
            (Err(why), _) => self.error = Some(why),
        }
    }

    /// Scrolls.
    pub fn scroll(&mut self, id: ActionId, columns: u16, rows: usize) {
        let n = self.lines(columns).map_or(0, |(l, _)| l.len());
        let last = n.saturating_sub(rows);
        let mut c = Cursor { at: self.top, top: self.top };
        if c.act(id, n, rows) {
            self.top = c.at.min(last);
        }
    }

    /// The lines for so many columns: with the kinds of documents where they fit. And how many columns they need.
    fn lines(&self, columns: u16) -> Option<(&[String], usize)> {
        let widest = |l: &[String]| l.iter().map(|l| width(l)).max().unwrap_or(0);
        let (_, lines, _) = self.read.as_ref()?;
        let fits = widest(&lines.wide) <= usize::from(columns);
        let lines = if fits { &lines.wide } else { &lines.narrow };
        Some((lines, widest(lines)))
    }

    /// Another book is on the screen.
    pub fn forget(&mut self) {
        *self = Self { period: self.period, asked: self.asked, ..Self::default() };
    }
}

/// Draws it.
pub fn draw(model: &Model, buf: &mut Buffer, area: Rect) {
    let theme = &model.look.theme;
    let screen = &model.tieout;
    let w = usize::from(area.width);
    let month = screen.month(model.now, &model.zone).map(|p| p.to_string()).unwrap_or_default();
    let (lines, needed) = screen.lines(area.width).unzip();
    let rows = usize::from(area.height.saturating_sub(1));
    let n = lines.map_or(0, <[String]>::len);
    let top = screen.top.min(n.saturating_sub(rows));
    let at = screen
        .read
        .as_ref()
        .and_then(|(_, _, at)| *at)
        .map(|t| format!("read {}", header_time_short(t, &model.zone)));
    let right = match (screen.reading, n > rows) {
        (true, _) => "reading both sides…".into(),
        (false, true) => {
            let where_ = format!("{}–{} of {n}", top + 1, (top + rows).min(n));
            [at, Some(where_)].into_iter().flatten().collect::<Vec<_>>().join(" · ")
        }
        (false, false) => at.unwrap_or_default(),
    };
    // amounts that do not fit are never shown as if they did
    let right = match needed.filter(|n| *n > w) {
        Some(n) => format!("cut: it needs {n} columns"),
        None => right,
    };
    rule(buf, area, 0, &format!("tie-out {month}"), &right, theme);
    if let Some(why) = &screen.error {
        let why = format!("It could not be read: {}. Enter reads again.", clean(why).trim_end_matches('.'));
        for (i, line) in wrap(&why, w.saturating_sub(4)).into_iter().enumerate() {
            put(buf, area, 2 + i as u16, Line::styled(format!("  {line}"), theme.style(Meaning::Error)));
        }
        return;
    }
    let Some(lines) = lines else {
        let words = if screen.reading {
            "Concur's lists and the ledger's records are being read; nothing is written there."
        } else {
            "The tie-out proves, for a month, that what Concur approved is what the ledger holds, to the cent. \
             Enter reads both sides now; ← → choose the month."
        };
        for (i, line) in wrap(words, w.saturating_sub(4).min(80)).into_iter().enumerate() {
            put(buf, area, 2 + i as u16, Line::styled(format!("  {line}"), theme.style(Meaning::Text)));
        }
        return;
    };
    for (i, l) in lines.iter().skip(top).take(rows).enumerate() {
        let meaning = if l.starts_with("── ") { Meaning::Title } else { Meaning::Text };
        put(buf, area, 1 + i as u16, Line::styled(cut(l, w).into_owned(), theme.style(meaning)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::tests::sample;

    #[test]
    fn months_turn_over_the_year_and_begin_with_the_last_whole_one() {
        let mut s = TieoutScreen::default();
        let now = Now { at: Some(sample::now()), ..Now::default() };
        let shown = |s: &TieoutScreen| s.month(now, &TimeZone::UTC).map(|p| p.to_string());
        assert_eq!(shown(&s).as_deref(), Some("2026-10"));
        s.turn(3, now, &TimeZone::UTC);
        assert_eq!(shown(&s).as_deref(), Some("2027-01"));
        s.turn(-1, now, &TimeZone::UTC);
        assert_eq!(shown(&s).as_deref(), Some("2026-12"));
    }
}
