//! The connections and their health.

pub mod effect;
pub mod room;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::store::Health;
use crate::tui::app::{Model, system_title};
use crate::tui::format::minute;
use crate::tui::text::{clean, left, wrap};
use crate::tui::theme::Meaning;
use crate::tui::widgets::{Cursor, put, rule};

/// The list's cursor; the rows are those of the root.
#[derive(Debug, Clone, Default)]
pub struct Connections {
    /// Cursor.
    pub cursor: Cursor,
}

/// Draws the list and the connection under the cursor.
pub fn draw(model: &Model, buf: &mut Buffer, area: Rect) {
    let theme = &model.look.theme;
    let rows = &model.connections;
    let cursor = model.connection_list.cursor;
    let w = usize::from(area.width);
    rule(buf, area, 0, "connections", &format!("{}", rows.len()), theme);
    let (name_w, system_w, health_w) = (17, 18, 15);
    let rest = w.saturating_sub(2 + name_w + system_w + health_w + 3);
    let line = |lead: &str, a: &str, b: &str, d: &str| {
        format!("{lead}{} {} {} ", left(a, name_w), left(b, system_w), left(d, rest))
    };
    let head = line("  ", "name", "system", "company");
    put(
        buf,
        area,
        1,
        Line::styled(format!("{head}{}", left("health", health_w)), theme.style(Meaning::Muted)),
    );
    if rows.is_empty() {
        let words = "  No connection yet. tieout connect SYSTEM makes one.";
        put(buf, area, 3, Line::styled(words, theme.style(Meaning::Text)));
        return;
    }
    for (i, c) in rows.iter().enumerate() {
        let here = i == cursor.at;
        let base = theme.style(if here { Meaning::Selection } else { Meaning::Text });
        let text = line(
            if here { "> " } else { "  " },
            &clean(&c.id.0),
            &system_title(&c.system),
            &clean(&c.company),
        );
        let health = if here { base } else { theme.style(health_meaning(c.health)) };
        let sign = if c.health == Health::Ok { "✓" } else { "!" };
        let word = c.health.name().replace('_', " ");
        put(
            buf,
            area,
            2 + i as u16,
            Line::from(vec![
                Span::styled(text, base),
                Span::styled(left(&format!("{sign} {word}"), health_w), health),
            ]),
        );
    }
    let Some(c) = rows.get(cursor.at) else { return };
    let mut y = 3 + rows.len() as u16;
    rule(buf, area, y, c.id.as_str(), "", theme);
    let since =
        format!("{} since {}", c.health.name().replace('_', " "), minute(c.health_since, &model.zone));
    put(buf, area, y + 1, Line::styled(format!(" {since}"), theme.style(health_meaning(c.health))));
    if !c.health_reason.is_empty() {
        let meaning = if c.health == Health::Expiring { Meaning::Warn } else { Meaning::Text };
        // the date of an end stands in the sentence: it is never cut
        for line in wrap(&clean(&c.health_reason), w.saturating_sub(2)) {
            put(buf, area, y + 2, Line::styled(format!(" {line}"), theme.style(meaning)));
            y += 1;
        }
        y -= 1;
    }
    let known = format!(" company {} · known there as {}", clean(&c.company), clean(&c.system_id));
    put(buf, area, y + 3, Line::styled(left(&known, w), theme.style(Meaning::Muted)));
    let remedy = match c.health {
        Health::Reauthorise => " tieout connections reauthorise signs in again; T asks once more",
        Health::WrongCompany => " Another company answers: check what was connected, then T",
        Health::Paused => " tieout connections resume goes on",
        Health::Expiring => " Sign in again before that day: tieout connections reauthorise",
        _ => " T asks who answers",
    };
    put(buf, area, y + 4, Line::styled(remedy, theme.style(Meaning::Muted)));
}

fn health_meaning(h: Health) -> Meaning {
    match h {
        Health::Ok => Meaning::Ok,
        Health::Expiring | Health::Throttled | Health::Paused => Meaning::Warn,
        _ => Meaning::Error,
    }
}
