//! The connections: one row each, and all that is known of the one under the cursor.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::engine::visit_look;
use crate::tui::app::{Model, system_title};
use crate::tui::keys::ActionId;
use crate::tui::text::{clean, left};
use crate::tui::theme::Meaning;
use crate::tui::widgets::{put, rule};

use super::{detail, health_meaning, health_words};

/// Rows that a list may take: half of what there is.
pub fn room(area: Rect, rows: usize) -> usize {
    rows.min(usize::from(area.height / 2).max(3))
}

/// Draws it.
pub fn draw(model: &Model, buf: &mut Buffer, area: Rect) {
    let theme = &model.look.theme;
    let rows = &model.connections;
    let cursor = model.connection_list.cursor;
    let w = usize::from(area.width);
    let right =
        format!("{} · {}: books {}", rows.len(), model.key(ActionId::AccountsPart), model.books.len());
    rule(buf, area, 0, "connections", &right, theme);
    if rows.is_empty() {
        let new = model.key(ActionId::NewConnection);
        let words = format!("  No connection yet. {new} connects SAP Concur or a ledger, step by step.");
        put(buf, area, 2, Line::styled(words, theme.style(Meaning::Text)));
        return;
    }
    let (name_w, system_w, health_w) = (if w >= 110 { 24 } else { 17 }, 18, 16);
    let rest = w.saturating_sub(2 + name_w + system_w + health_w + 3);
    let line = |lead: &str, a: &str, b: &str, d: &str| {
        format!("{lead}{} {} {} ", left(a, name_w), left(b, system_w), left(d, rest))
    };
    let head = line("  ", "name", "system", "company");
    let head = format!("{head}{}", left("health", health_w));
    put(buf, area, 1, Line::styled(head, theme.style(Meaning::Muted)));
    let shown = room(area, rows.len());
    let top = cursor.at.saturating_sub(shown.saturating_sub(1)).min(rows.len().saturating_sub(shown));
    for (i, c) in rows.iter().enumerate().skip(top).take(shown) {
        let here = i == cursor.at;
        let base = theme.style(if here { Meaning::Selection } else { Meaning::Text });
        let look = model.connection_list.look_of(&c.id);
        let named = look.and_then(|l| l.sign_in.as_ref()).map(|s| clean(&s.company_name));
        let named = named.or_else(|| Some(clean(visit_look::asked_company(c))));
        let company = named.filter(|n| !n.is_empty()).unwrap_or_else(|| clean(&c.company));
        let lead = if here { "> " } else { "  " };
        let text = line(lead, &clean(&c.id.0), &system_title(&c.system), &company);
        let health = if here { base } else { theme.style(health_meaning(c.health)) };
        let spans =
            vec![Span::styled(text, base), Span::styled(left(&health_words(c.health), health_w), health)];
        put(buf, area, 2 + (i - top) as u16, Line::from(spans));
    }
    let Some(c) = rows.get(cursor.at) else { return };
    let y = 2 + shown as u16;
    if y + 1 >= area.height {
        return;
    }
    let below = Rect { y: area.y + y, height: area.height - y, ..area };
    let hidden = rows.len() - shown;
    let more = if hidden > 0 { format!("{hidden} more in the list") } else { String::new() };
    rule(buf, below, 0, &clean(c.id.as_str()), &more, theme);
    super::facts(model, buf, below, detail::lines(model, c, w));
}
