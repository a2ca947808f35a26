//! The tie-out of a month: the bridge from what the source approved to what the ledger holds, and what proves it
//! (screens.md, sections 5, 5.1 and 5.2; accounting.md, sections 11 to 13).
//!
//! Both sides are read when a person asks. The rows of a part are formatted once, when the figures arrive or the
//! terminal gets another size; the view draws a window of them.

mod dialogs;
pub mod effect;
pub mod list;
pub mod parts;
pub mod room;
mod sheet;
mod view;

use jiff::ToSpan as _;
use jiff::tz::TimeZone;

use crate::engine::accruals::Accrued;
use crate::engine::reconcile::{ReadingStep, Reconciled};
use crate::model::ids::BookId;
use crate::model::money::Currency;
use crate::tieout::{Period, ReconcilingItem};
use crate::tui::msg::{Now, Said};

pub use list::DocumentList;
pub use parts::Part;
pub use sheet::{Place, Row, Section, Sheet, Target};
pub use view::{draw, hints, parts_line, word};

use effect::TieoutEffect;

/// The tie-out that is shown.
#[derive(Debug, Clone, Default)]
pub struct TieoutScreen {
    /// Month; none: the one before the current one.
    pub period: Option<Period>,
    /// What was read, and of which book.
    pub read: Option<(BookId, Box<Reconciled>)>,
    /// It is being read: the step, once one was told.
    pub reading: Option<Option<ReadingStep>>,
    /// Why it could not be read.
    pub error: Option<String>,
    /// The part that is shown.
    pub part: Part,
    /// The first of the other currencies that is shown.
    pub page: usize,
    /// The currency that is split by kind; none: the home currency.
    pub split: Option<Currency>,
    /// What accrual journals would be.
    pub plan: Option<Said<Accrued>>,
    /// The part as rows.
    pub sheet: Sheet,
    /// Where the cursor stands in each part.
    pub places: [Place; 7],
    /// Documents of a row, over the part.
    pub list: Option<DocumentList>,
    /// What is being done: `signing`.
    pub busy: Option<&'static str>,
    /// Columns and rows of the terminal that the rows are made for.
    pub size: (u16, u16),
    asked: u64,
    planned: u64,
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

    /// Another month; what was read, and an answer that is still on its way, belong to the one before.
    pub fn turn(&mut self, by: i32, now: Now, zone: &TimeZone) {
        let Some(next) = self.month(now, zone).and_then(|p| month(p.from, by)) else { return };
        self.begin_again(Some(next));
    }

    /// Another book is on the screen.
    pub fn forget(&mut self) {
        self.begin_again(self.period);
    }

    fn begin_again(&mut self, period: Option<Period>) {
        *self = Self { period, asked: self.asked, part: self.part, size: self.size, ..Self::default() };
    }

    /// Reads both sides.
    fn ask(
        &mut self,
        generation: u64,
        book: BookId,
        keep: bool,
        now: Now,
        zone: &TimeZone,
    ) -> Option<TieoutEffect> {
        let period = self.month(now, zone)?;
        (self.period, self.asked) = (Some(period), generation);
        (self.reading, self.error, self.list, self.plan) = (Some(None), None, None, None);
        Some(TieoutEffect::Read { generation, book, period, keep })
    }

    /// What is shown now: not while both sides are being read again.
    pub fn shown(&self) -> Option<&Reconciled> {
        self.read.as_ref().filter(|_| self.reading.is_none()).map(|(_, done)| &**done)
    }

    /// The place of the part that is shown.
    fn place(&self) -> &Place {
        self.places.get(self.part as usize).unwrap_or(&NOWHERE)
    }

    /// What the cursor is on.
    pub fn target(&self) -> Option<&Target> {
        self.sheet.row(self.place()).map(|r| &r.target)
    }

    /// The item under the cursor.
    pub fn item(&self) -> Option<&ReconcilingItem> {
        let Some(Target::Item(name)) = self.target() else { return None };
        self.shown()?.report.bridge.items.iter().find(|i| i.item == *name)
    }

    /// Lines for the sections: header, the line of the parts and the footer taken away.
    fn lines(&self) -> usize {
        usize::from(self.size.1.saturating_sub(3))
    }

    /// Formats the rows of the part again; the cursor stays on what it was on.
    fn rebuild(&mut self, zone: &TimeZone, single: bool) {
        let before = self.target().cloned();
        let sections = match self.shown() {
            None => Vec::new(),
            Some(done) => {
                let made = parts::Made {
                    done,
                    columns: usize::from(self.size.0),
                    zone,
                    page: self.page,
                    split: self.split,
                    plan: self.plan.as_ref(),
                    single,
                };
                parts::sections(self.part, &made)
            }
        };
        self.sheet = Sheet::of(sections);
        let lines = self.lines();
        let first = self.first();
        let Some(place) = self.places.get_mut(self.part as usize) else { return };
        match before.and_then(|t| self.sheet.find(&t)) {
            Some(at) if place.moved => place.at = at,
            _ if !place.moved => place.at = first,
            _ => {}
        }
        self.sheet.fit(lines, place);
    }

    /// As [`Self::rebuild`]; the cursor stays on its line of the screen, whatever stands there now.
    fn stay(&mut self, zone: &TimeZone, single: bool) {
        let at = self.place().at;
        self.rebuild(zone, single);
        let lines = self.lines();
        if let Some(place) = self.places.get_mut(self.part as usize) {
            place.at = at;
            self.sheet.fit(lines, place);
        }
    }

    /// Where the cursor stands first: on the first thing that needs a person.
    fn first(&self) -> usize {
        if self.part != Part::Bridge {
            return 0;
        }
        let is = |(s, _): &(usize, usize)| *s == 1;
        self.sheet.stops.iter().position(is).unwrap_or(0)
    }
}

static NOWHERE: Place = Place { at: 0, tops: Vec::new(), moved: false };

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
