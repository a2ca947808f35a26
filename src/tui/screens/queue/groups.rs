//! One row for each finding and value: what one mend would free.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::tui::app::Model;
use crate::tui::findings::words;
use crate::tui::format::{documents, sums_words};
use crate::tui::text::{left, right, width};
use crate::tui::theme::Meaning;
use crate::tui::widgets::put;

/// Draws head and groups.
pub fn draw(model: &Model, buf: &mut Buffer, area: Rect) {
    let queue = &model.queue;
    let theme = &model.look.theme;
    let w = usize::from(area.width);
    let Some(groups) = &queue.groups else {
        put(buf, area, 2, Line::styled("  reading…", theme.style(Meaning::Busy)));
        return;
    };
    if groups.is_empty() {
        put(
            buf,
            area,
            2,
            Line::styled("  No document has a finding. Esc shows them all.", theme.style(Meaning::Text)),
        );
        return;
    }
    let code_w = if w >= 100 { 22 } else { 0 };
    let sums_of = |i: usize| {
        let sums = groups.get(i).map(|g| g.sums.as_slice()).unwrap_or_default();
        sums_words(sums.iter().copied(), model.home()).join(", ")
    };
    let sums_w = (0..groups.len()).map(|i| width(&sums_of(i))).max().unwrap_or(0).max(6);
    let brief_w = w.saturating_sub(3 + code_w + 1 + 13 + 1 + sums_w + 1);
    let head = format!(
        "   {}{} {} {}",
        left(if code_w > 0 { "code" } else { "" }, code_w),
        left("finding", brief_w),
        right("", 13),
        right("approved", sums_w)
    );
    put(buf, area, 0, Line::styled(head, theme.style(Meaning::Muted)));
    let visible = groups.iter().enumerate().skip(queue.group_cursor.top).take(queue.shape.rows);
    for (line, (i, g)) in visible.enumerate() {
        let here = i == queue.group_cursor.at;
        let blocks = g.code.level() == crate::model::Level::Blocks;
        let base = theme.style(if here { Meaning::Selection } else { Meaning::Text });
        let sign = match (blocks, here) {
            (_, true) => base,
            (true, false) => theme.style(Meaning::Error),
            (false, false) => theme.style(Meaning::Warn),
        };
        let brief = words(g, groups);
        put(
            buf,
            area,
            1 + line as u16,
            Line::from(vec![
                Span::styled(if here { ">" } else { " " }, base),
                Span::styled(if blocks { "! " } else { "· " }, sign),
                Span::styled(left(g.code.name(), code_w), base),
                Span::styled(left(&brief, brief_w), base),
                Span::styled(format!(" {} ", right(&documents(g.count), 13)), base),
                Span::styled(right(&sums_of(i), sums_w), base),
            ])
            .style(base),
        );
    }
}
