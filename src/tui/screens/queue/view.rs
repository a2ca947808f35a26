//! The queue on the screen.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::{Clear, Widget};

use crate::model::money::Currency;
use crate::tui::app::{Model, sums};
use crate::tui::format::{count, sums_words};
use crate::tui::theme::Meaning;
use crate::tui::widgets::{put, rule};

use super::{Queue, groups, pane, sort_word, table, tabs};

/// Draws the queue below the two lines of header and above the footer.
pub fn draw(model: &Model, buf: &mut Buffer, area: Rect) {
    let queue = &model.queue;
    let theme = &model.look.theme;
    let shape = queue.shape;
    let mut y = 0;
    let below = |y: u16, h: u16| Rect {
        x: area.x,
        y: area.y.saturating_add(y),
        width: area.width,
        height: h.min(area.height.saturating_sub(y)),
    };
    if !shape.narrow {
        rule(buf, area, y, "", "", theme);
        y += 1;
    }
    tabs::draw(model, buf, below(y, shape.tabs));
    y += shape.tabs;
    filter_rule(model, buf, below(y, 1));
    y += 1;
    let rows = shape.rows as u16 + 1;
    if queue.grouped {
        groups::draw(model, buf, below(y, rows));
    } else {
        // what is wrong with a filter stands over the head of the table, never over its rows
        let lines = filter_error_lines(model, usize::from(area.width));
        let over = (lines.len() as u16).saturating_sub(1).min(rows.saturating_sub(2));
        table::draw(model, buf, below(y + over, rows - over));
        filter_error(model, buf, below(y, rows), &lines);
    }
    y += rows;
    if shape.pane > 0 {
        pane::draw(model, buf, below(y, shape.pane + 1));
    }
}

/// The rule above the table: view, sort, chips of the filter, what is not in the totals, position. While somebody types:
/// the field.
fn filter_rule(model: &Model, buf: &mut Buffer, area: Rect) {
    let queue = &model.queue;
    let theme = &model.look.theme;
    if let Some(input) = &queue.typing {
        put(buf, area, 0, Line::styled("/", theme.style(Meaning::Focus)));
        let (right, meaning) = match &queue.filter_error {
            Some(_) => (" cannot be read · Esc clears".to_string(), Meaning::Warn),
            None if queue.stale => {
                let all = queue.count_of(queue.tab).map_or_else(|| "…".into(), count);
                (format!(" none of {all} matches · Esc clears"), Meaning::Warn)
            }
            None => (format!(" {} · Enter keeps · Esc clears", shown_of(queue)), Meaning::Muted),
        };
        let w = (crate::tui::text::width(&right) as u16).min(area.width / 2);
        let field = Rect { x: area.x + 1, width: area.width.saturating_sub(w + 1), ..area };
        input.widget(theme.style(Meaning::Text)).render(field.intersection(buf.area), buf);
        let at = Rect { x: area.x + area.width - w, width: w, ..area };
        put(buf, at, 0, Line::styled(right, theme.style(meaning)));
        return;
    }
    if queue.grouped {
        let n = queue.groups.as_ref().map_or(0, Vec::len);
        let at = format!("{} of {n}", if n == 0 { 0 } else { queue.group_cursor.at + 1 });
        rule(buf, area, 0, "grouped by finding", &at, theme);
        return;
    }
    if let Some(why) = queue.error.as_ref().filter(|_| !queue.rows.is_empty()) {
        let text = format!(
            "! cannot be read again: {} · {} tries again",
            crate::tui::text::clean(why),
            model.key(crate::tui::keys::ActionId::Refresh)
        );
        rule(buf, area, 0, &text, "", theme);
        return;
    }
    let mut parts = Vec::new();
    if let Some(name) = queue.view_name() {
        parts.push(format!("view: {name}"));
    }
    if !queue.shape.narrow {
        parts.push(sorted(queue, true));
    }
    if let Some((_, _, brief)) = &queue.finding {
        parts.push(format!("finding: {}", crate::tui::text::clean(brief)));
    }
    if !queue.filter.is_empty() {
        parts.push(chips(queue));
    }
    if queue.filtered() {
        parts.push("Esc clears".into());
    } else if !queue.shape.narrow {
        parts.push("no filter".into());
        let without = queue.without_amount(queue.tab);
        if without > 0 {
            let is = if without == 1 { "is" } else { "are" };
            parts.push(format!("{without} without an amount {is} not in the totals"));
        }
    }
    let right = match (queue.shape.narrow, queue.filtered()) {
        (false, false) => position(queue),
        (_, true) => format!("{} · {}", at_of(queue), shown_of(queue)),
        (true, false) => String::new(),
    };
    rule(buf, area, 0, &parts.join(" · "), &right, theme);
}

/// `[vendor:candor] [amount>500]`: every condition by itself.
fn chips(queue: &Queue) -> String {
    let chip = |t: &crate::model::filter::Term| format!("[{}]", crate::tui::text::clean(&t.typed));
    queue.filter.terms.iter().map(chip).collect::<Vec<_>>().join(" ")
}

/// `37 of 12,408`: how many of the group match.
fn shown_of(queue: &Queue) -> String {
    let shown = queue.total_rows().map_or_else(|| "…".into(), count);
    let all = queue.count_of(queue.tab).map_or_else(|| "…".into(), count);
    format!("{shown} of {all}")
}

/// `line 12`
fn at_of(queue: &Queue) -> String {
    match queue.offset {
        _ if queue.rows.is_empty() => "none".into(),
        Some(o) => format!("line {}", count(o + queue.cursor.at as u64 + 1)),
        None => "line …".into(),
    }
}

/// Why the filter in the field cannot be read, in lines of at most `w` columns.
fn filter_error_lines(model: &Model, w: usize) -> Vec<String> {
    let queue = &model.queue;
    let (Some(why), Some(_)) = (&queue.filter_error, &queue.typing) else { return Vec::new() };
    crate::tui::text::wrap(why, w.saturating_sub(4)).into_iter().take(3).collect()
}

/// Draws them over the head of the table.
fn filter_error(model: &Model, buf: &mut Buffer, area: Rect, lines: &[String]) {
    for (i, text) in lines.iter().enumerate() {
        let at = Rect { y: area.y + i as u16, height: 1, ..area };
        if i as u16 >= area.height {
            return;
        }
        Clear.render(at.intersection(buf.area), buf);
        let sign = if i == 0 { "!" } else { " " };
        put(buf, at, 0, Line::styled(format!("{sign} {text}"), model.look.theme.style(Meaning::Warn)));
    }
}

/// What came of the last batch, above the footer until Esc.
pub fn summary(model: &Model, buf: &mut Buffer, area: Rect) {
    let Some(s) = &model.queue.summary else { return };
    let theme = &model.look.theme;
    let h = (s.lines.len() as u16 + 2).min(area.height);
    let top = area.y + area.height - h;
    let at = Rect { y: top, height: h, ..area };
    Clear.render(at.intersection(buf.area), buf);
    rule(buf, at, 0, &s.title, "Esc read", theme);
    for (i, (text, meaning)) in s.lines.iter().enumerate() {
        let text = crate::tui::text::left(&format!(" {text}"), usize::from(area.width));
        put(buf, at, 1 + i as u16, Line::styled(text, theme.style(*meaning)));
    }
    rule(buf, at, h.saturating_sub(1), "", "", theme);
}

/// `sorted by posting date ▲`
pub fn sorted(queue: &Queue, long: bool) -> String {
    let word = sort_word(queue.sort);
    let sign = if queue.descending { "▼" } else { "▲" };
    if long { format!("sorted by {word} {sign}") } else { format!("{word} {sign}") }
}

/// `12 of 47`
pub fn position(queue: &Queue) -> String {
    let of = queue.total_rows().map_or_else(|| "…".into(), count);
    if queue.rows.is_empty() || queue.stale {
        return if queue.loaded { "0 of 0".into() } else { format!("… of {of}") };
    }
    let at = queue.offset.map_or_else(|| "…".into(), |o| count(o + queue.cursor.at as u64 + 1));
    format!("{at} of {of}")
}

/// `12 marked, 4,310.20 USD, 336.50 EUR`
pub fn marked(queue: &Queue, home: Option<Currency>) -> String {
    let mut parts = vec![format!("{} marked", count(queue.marks.len() as u64))];
    parts.extend(sums_words(sums(queue.marks.values().filter_map(|m| m.amount)), home));
    parts.join(", ")
}

/// `12 of 47`, for the document that was opened from the list.
pub fn position_of(model: &Model) -> String {
    let same = model.queue.current().map(|r| r.row.id) == model.document.id;
    if same { position(&model.queue) } else { String::new() }
}
