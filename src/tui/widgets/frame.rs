//! Lines, rules and boxes, clipped to where they stand.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Clear, Widget};

use crate::tui::text::{cut, width};
use crate::tui::theme::{Meaning, Theme};

/// Draws a line at a row of the area; rows outside are not drawn.
pub fn put<'a>(buf: &mut Buffer, area: Rect, row: u16, line: impl Into<Line<'a>>) {
    if row < area.height {
        let at = Rect { x: area.x, y: area.y + row, width: area.width, height: 1 };
        let (at, line) = (at.intersection(buf.area), line.into());
        buf.set_style(at, line.style);
        // grapheme by grapheme: the library's own way places each span by a width in which letters may have joined
        buf.set_line(at.x, at.y, &line, at.width);
    }
}

/// A rule across the area: `── title ─────── right ──`.
pub fn rule(buf: &mut Buffer, area: Rect, row: u16, title: &str, right: &str, theme: &Theme) {
    let w = usize::from(area.width);
    let border = theme.style(Meaning::Border);
    if title.is_empty() && right.is_empty() {
        put(buf, area, row, Line::styled("─".repeat(w), border));
        return;
    }
    let right = if right.is_empty() {
        String::new()
    } else {
        format!(" {} ──", cut(right, w.saturating_sub(width(title).min(w / 2) + 12)))
    };
    let room = w.saturating_sub(width(&right) + 4);
    let title = cut(title, room).into_owned();
    let lead = if title.is_empty() { String::new() } else { "── ".to_string() };
    let gap = if title.is_empty() { "" } else { " " };
    let fill = w.saturating_sub(width(&lead) + width(&title) + width(gap) + width(&right));
    put(
        buf,
        area,
        row,
        Line::from(vec![
            Span::styled(lead, border),
            Span::styled(title, theme.style(Meaning::Title)),
            Span::styled(format!("{gap}{}", "─".repeat(fill)), border),
            Span::styled(right, border),
        ]),
    );
}

/// Takes away the rest of words and figures that would stick out beside a place that is drawn over: half an amount is
/// another amount. To be called before that place is cleared.
pub fn whole_words(buf: &mut Buffer, at: Rect) {
    let at = at.intersection(buf.area);
    let is_word = |buf: &Buffer, x: u16, y: u16| {
        buf.cell((x, y))
            .and_then(|c| c.symbol().chars().next())
            .is_some_and(|c| !c.is_whitespace() && !('\u{2500}'..='\u{257f}').contains(&c))
    };
    let blank = |buf: &mut Buffer, x: u16, y: u16| {
        if let Some(c) = buf.cell_mut((x, y)) {
            c.set_symbol(" ");
        }
    };
    for y in at.top()..at.bottom() {
        if is_word(buf, at.left(), y) {
            let mut x = at.left();
            while x > buf.area.left() && is_word(buf, x - 1, y) {
                x -= 1;
                blank(buf, x, y);
            }
        }
        if at.width > 0 && is_word(buf, at.right() - 1, y) {
            let mut x = at.right();
            while x < buf.area.right() && is_word(buf, x, y) {
                blank(buf, x, y);
                x += 1;
            }
        }
    }
}

/// A box in the middle of the area, with its inside cleared; returns the inside.
pub fn boxed(buf: &mut Buffer, area: Rect, w: u16, h: u16, title: &str, theme: &Theme, style: Style) -> Rect {
    let (w, h) = (w.min(area.width), h.min(area.height));
    let outer =
        Rect { x: area.x + (area.width - w) / 2, y: area.y + (area.height - h) / 2, width: w, height: h }
            .intersection(buf.area);
    whole_words(buf, outer);
    Clear.render(outer, buf);
    let title = format!(" {} ", cut(title, usize::from(w).saturating_sub(6)));
    let block = Block::bordered()
        .border_type(BorderType::Plain)
        // lines are drawn with strokes: an underline would cross them
        .border_style(style.remove_modifier(Modifier::UNDERLINED))
        .title(Span::styled(title, theme.style(Meaning::Title)))
        .style(theme.style(Meaning::Text));
    let mut inner = block.inner(outer);
    block.render(outer, buf);
    // one column of air on each side
    if inner.width > 2 {
        inner.x += 1;
        inner.width -= 2;
    }
    inner
}
