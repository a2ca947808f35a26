//! Groups with counts, and totals for each currency that equal the rows to the cent.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::model::money::Currency;
use crate::tui::app::Model;
use crate::tui::format::{amount, count};
use crate::tui::text::{ends, right, width};
use crate::tui::theme::Meaning;
use crate::tui::widgets::put;

use super::{Queue, Tab};

/// Draws tabs and totals into the lines of the shape.
pub fn draw(model: &Model, buf: &mut Buffer, area: Rect) {
    let home = model.current_book().map(|b| b.settings.home_currency);
    let currencies = model.queue.currencies(home);
    if model.queue.shape.narrow {
        narrow(model, buf, area, &currencies);
    } else {
        wide(model, buf, area, &currencies);
    }
}

/// Word and count between two columns, which hold brackets on the tab that is shown.
fn label(queue: &Queue, tab: Tab, word: &str) -> String {
    let n = queue.count_of(tab).map_or_else(|| "…".into(), count);
    if tab == queue.tab { format!("[{word} {n}]") } else { format!(" {word} {n} ") }
}

fn style(model: &Model, tab: Tab) -> ratatui::style::Style {
    let on = tab == model.queue.tab;
    model.look.theme.style(if on { Meaning::Focus } else { Meaning::Text })
}

fn wide(model: &Model, buf: &mut Buffer, area: Rect, currencies: &[Currency]) {
    let queue = &model.queue;
    let cell = (usize::from(area.width).saturating_sub(3)) / Tab::ALL.len();
    // what stands on two neighbours' border is a space of both
    let fits = Tab::ALL.iter().all(|t| width(&label(queue, *t, t.word())) <= cell + 1);
    for (i, tab) in Tab::ALL.into_iter().enumerate() {
        let text = label(queue, tab, if fits { tab.word() } else { short(tab) });
        let x = (6 + cell * i) as u16;
        let at = Rect { x: area.x + x.min(area.width), width: area.width.saturating_sub(x), ..area };
        let trimmed = text.trim_start();
        let lead = (width(&text) - width(trimmed)) as u16;
        let label = trimmed.trim_end().to_string();
        // the style of a tab ends where its word ends
        let room = at.width.saturating_sub(lead).min(width(&label) as u16);
        let at = Rect { x: at.x + lead.min(at.width), width: room, ..at };
        put(buf, at, 0, Line::styled(label, style(model, tab)));
    }
    let lines = usize::from(queue.shape.tabs.saturating_sub(1));
    for (i, c) in currencies.iter().take(lines).enumerate() {
        let last = i + 1 == lines && currencies.len() > lines;
        let mut spans = vec![Span::styled(format!("{c}"), model.look.theme.style(Meaning::Muted))];
        for (n, tab) in Tab::ALL.into_iter().enumerate() {
            let text =
                if queue.totals.is_none() { "…".into() } else { amount(queue.sum_of(tab, *c).0, *c) };
            spans.push(Span::styled(right(&text, cell - usize::from(n == 0)), style(model, tab)));
        }
        if last {
            let more = format!(" +{} currencies", currencies.len() - lines);
            spans.push(Span::styled(more, model.look.theme.style(Meaning::Muted)));
        }
        put(buf, area, 1 + i as u16, Line::from(spans));
    }
}

fn narrow(model: &Model, buf: &mut Buffer, area: Rect, currencies: &[Currency]) {
    let queue = &model.queue;
    let w = usize::from(area.width);
    // whole words while they fit, short ones else, and no air at last: no tab is left out
    let sum = |word: fn(Tab) -> &'static str| -> usize {
        Tab::ALL.iter().map(|t| width(&label(queue, *t, word(*t)))).sum()
    };
    let long = sum(Tab::word) <= w + 1;
    let air = long || sum(short) <= w + 1;
    let mut spans = Vec::new();
    for tab in Tab::ALL {
        let mut text = label(queue, tab, if long { tab.word() } else { short(tab) });
        if !air && tab != queue.tab {
            text.remove(0);
        }
        spans.push(Span::styled(text, style(model, tab)));
    }
    put(buf, area, 0, Line::from(spans));
    let mut parts = Vec::new();
    if queue.totals.is_none() {
        parts.push("…".to_string());
    } else {
        for c in currencies {
            let (minor, n) = queue.sum_of(queue.tab, *c);
            parts.push(format!("{c} {} ({})", amount(minor, *c), count(n)));
        }
        let without = queue.without_amount(queue.tab);
        if without > 0 {
            parts.push(format!("without amount {without}"));
        }
    }
    // the groups have their own order and place, on their own rule
    let right = if queue.grouped {
        String::new()
    } else {
        format!("{} · {}", super::view::sorted(queue, false), super::view::position(queue))
    };
    // an amount is never cut: what does not fit is left out whole, and said
    let room = w.saturating_sub(width(&right) + 1);
    let mut shown = String::new();
    for (i, part) in parts.iter().enumerate() {
        let rest = parts.len() - i;
        let gap = if i == 0 { "" } else { "  " };
        let note = if rest > 1 { 4 } else { 0 };
        if width(&shown) + gap.len() + width(part) + note > room {
            shown.push_str(&format!("{}+{rest}", if i == 0 { "" } else { " " }));
            break;
        }
        shown.push_str(gap);
        shown.push_str(part);
    }
    put(buf, area, 1, Line::styled(ends(&shown, &right, w), model.look.theme.style(Meaning::Text)));
}

/// The word on a tab where there is little room.
pub fn short(tab: Tab) -> &'static str {
    use crate::model::state::Group;
    match tab {
        Tab::Open => "Open",
        Tab::Of(Group::Blocked) => "Blck",
        Tab::Of(Group::Ready) => "Rdy",
        Tab::Of(Group::Waiting) => "Wait",
        Tab::Of(Group::Posted) => "Post",
        Tab::Of(Group::Confirmed) => "Conf",
        Tab::Of(Group::Closed) => "Clsd",
    }
}
