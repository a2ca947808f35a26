//! The tie-out: its place is kept, and says what there is instead.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use crate::tui::app::Model;
use crate::tui::text::wrap;
use crate::tui::theme::Meaning;
use crate::tui::widgets::{put, rule};

/// Draws the words.
pub fn draw(model: &Model, buf: &mut Buffer, area: Rect) {
    let theme = &model.look.theme;
    rule(buf, area, 0, "tie-out", "", theme);
    let words = "The tie-out proves, for a period, that what Concur approved is what the ledger holds, to the cent. \
                 It comes with the tie-out report, which this version does not have yet.";
    let mut y = 2;
    for line in wrap(words, usize::from(area.width).saturating_sub(4).min(80)) {
        put(buf, area, y, Line::styled(format!("  {line}"), theme.style(Meaning::Text)));
        y += 1;
    }
    let until =
        "Until then: the totals of the queue equal its rows (1), and the audit trail names every record (4).";
    for line in wrap(until, usize::from(area.width).saturating_sub(4).min(80)) {
        y += 1;
        put(buf, area, y, Line::styled(format!("  {line}"), theme.style(Meaning::Muted)));
    }
}
