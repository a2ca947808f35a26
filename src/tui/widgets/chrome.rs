//! What stands around every screen: two lines of header, progress, messages, footer.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::tui::app::{Model, Screen};
use crate::tui::format::{ago, header_time, header_time_short};
use crate::tui::keys::ActionId;
use crate::tui::screens::connections;
use crate::tui::text::{clean, cut, width};
use crate::tui::theme::Meaning;

use super::put;

mod footer;
mod progress;
mod toasts;

pub use footer::{footer, hint_at};
pub use progress::{TURN, progress};
pub use toasts::{toast_at, toasts};

/// Whether the screens' names stand in the second line: they do but where a screen needs it itself.
pub fn has_tabs(model: &Model) -> bool {
    !matches!(model.screen, Screen::Document | Screen::Tieout)
        || connections::welcome::points(model, model.screen)
}

/// Draws the header; returns how many lines it took.
pub fn header(model: &Model, buf: &mut Buffer, area: Rect) -> u16 {
    let theme = &model.look.theme;
    let w = usize::from(area.width);
    let wide = w >= 100;
    let (environment, rest) = who(model, wide);
    let marks = [if model.look.read_only { "READ-ONLY" } else { "" }, &environment];
    let mark = marks.iter().filter(|m| !m.is_empty()).copied().collect::<Vec<_>>().join(" · ");
    let rest = if mark.is_empty() { rest.trim_start_matches(" · ").to_string() } else { rest };
    let right_w = width(&mark) + width(&rest);
    let room = w.saturating_sub(right_w + 1);
    let place = cut(&place(model, wide), room).into_owned();
    let gap = w.saturating_sub(width(&place) + right_w);
    put(
        buf,
        area,
        0,
        Line::from(vec![
            Span::styled(place, theme.style(Meaning::Title)),
            Span::raw(" ".repeat(gap)),
            Span::styled(mark, theme.style(Meaning::Environment)),
            Span::styled(rest, theme.style(Meaning::Text)),
        ]),
    );
    if !has_tabs(model) {
        return 1;
    }
    let mut spans = Vec::new();
    let mut used = 0;
    for tab in tabs(model, w) {
        spans.push(Span::raw(" ".repeat(tab.x - used)));
        used = tab.x + width(&tab.text);
        let meaning = if tab.screen == model.screen { Meaning::Focus } else { Meaning::Text };
        spans.push(Span::styled(tab.text, theme.style(meaning)));
    }
    let facts = facts(model, wide, w.saturating_sub(used + 1));
    spans.push(Span::raw(" ".repeat(w.saturating_sub(used + width(&facts)))));
    spans.push(Span::styled(facts, theme.style(Meaning::Muted)));
    put(buf, area, 1, Line::from(spans));
    2
}

/// A screen's name in the second line: where it begins and what it says.
struct ScreenTab {
    x: usize,
    text: String,
    screen: Screen,
    id: ActionId,
}

/// The names of the screens with their counters and keys, from the left.
fn tabs(model: &Model, w: usize) -> Vec<ScreenTab> {
    let wide = w >= 100;
    let unmapped = model.unmapped_count();
    let mut x = 0;
    let tab = |(id, screen, long, short): (ActionId, Screen, &str, &str)| {
        let word = if wide { long } else { short };
        let counter =
            if screen == Screen::Mappings && unmapped > 0 { format!(" {unmapped}!") } else { String::new() };
        let key = model.look.keys.key(model.context(), id).map(|k| format!("{k} ")).unwrap_or_default();
        let text = format!("{key}{word}{counter}");
        let tab = ScreenTab { x, text, screen, id };
        x += width(&tab.text) + if wide { 2 } else { 1 };
        tab
    };
    SCREENS.into_iter().map(tab).collect()
}

/// The screen whose name stands in this column of the second line.
pub fn tab_at(model: &Model, w: u16, x: u16) -> Option<ActionId> {
    let x = usize::from(x);
    let here = |t: &ScreenTab| (t.x..t.x + width(&t.text)).contains(&x);
    tabs(model, usize::from(w)).into_iter().find(here).map(|t| t.id)
}

const SCREENS: [(ActionId, Screen, &str, &str); 6] = [
    (ActionId::ScreenQueue, Screen::Queue, "Queue", "Queue"),
    (ActionId::ScreenMappings, Screen::Mappings, "Mappings", "Map"),
    (ActionId::ScreenConnections, Screen::Connections, "Connections", "Conn"),
    (ActionId::ScreenAudit, Screen::Audit, "Audit", "Audit"),
    (ActionId::ScreenTieout, Screen::Tieout, "Tie-out", "Tie"),
    (ActionId::ScreenActivity, Screen::Activity, "Activity", "Act"),
];

/// Book and its two ends, or the way to the document.
fn place(model: &Model, wide: bool) -> String {
    let Some(book) = model.current_book() else { return "tieout".into() };
    let id = clean(book.id.as_str());
    if model.screen == Screen::Document {
        let number = model.here().map(|c| c.number).unwrap_or_default();
        return format!("tieout · {id} · Queue › {} › {number}", model.queue.tab.word());
    }
    if model.screen == Screen::Tieout {
        let month = model.tieout.month(model.now, &model.zone).map(|p| p.to_string()).unwrap_or_default();
        return format!("tieout · {id} · Tie-out › {month}");
    }
    let ledger = model.ledger_title();
    if wide {
        format!("tieout · {id} · {} → {ledger}", clean(&book.settings.company))
    } else {
        format!("tieout · {id} → {ledger}")
    }
}

/// The label of the surroundings; then person, mode and date.
fn who(model: &Model, wide: bool) -> (String, String) {
    let mut rest = String::new();
    if let Some(a) = &model.actor {
        let name = clean(&a.name);
        if wide {
            let mode = if a.single_person { "single person: " } else { "" };
            rest.push_str(&format!(" · {mode}{name}"));
        } else {
            rest.push_str(&format!(" · {}", initials(&name)));
        }
    }
    if let Some(at) = model.now.at {
        let time = if wide { header_time(at, &model.zone) } else { header_time_short(at, &model.zone) };
        rest.push_str(&format!(" · {time}"));
    }
    (model.environment.clone(), rest)
}

/// `T. Okonkwo`
fn initials(name: &str) -> String {
    match name.split_once(' ') {
        Some((first, last)) => {
            format!("{}. {last}", first.chars().next().map(String::from).unwrap_or_default())
        }
        None => name.to_string(),
    }
}

/// Period, lock date, age of the data, and what else there is room for: what does not fit is left out whole, the least
/// important first.
fn facts(model: &Model, wide: bool, room: usize) -> String {
    if model.connection_list.closed() {
        return connections::closed_words(model);
    }
    let Some(book) = model.current_book() else {
        return match model.phase {
            crate::tui::app::Phase::Opening => "opening…".into(),
            crate::tui::app::Phase::Open => String::new(),
        };
    };
    // in the order of the line, with how much each matters
    let mut parts: Vec<(u8, String)> = Vec::new();
    if book.mode == crate::model::Mode::Preview {
        parts.push((0, if wide { "PREVIEW: posts nothing" } else { "PREVIEW" }.to_string()));
    }
    if book.paused {
        parts.push((1, "paused".into()));
    }
    if let Some(lock) = book.settings.lock_date {
        if let Some(period) = closing(model, lock).filter(|_| wide) {
            parts.push((4, period));
        }
        parts.push((2, format!("lock {lock}")));
    }
    if let (Some(then), Some(now)) = (model.read_at, model.now.at) {
        let age = ago(then, now);
        parts.push((3, if wide { format!("read {age}") } else { age }));
    }
    if model.books.len() > 1 && wide {
        parts.push((5, format!("{} next of {} books", model.key(ActionId::NextBook), model.books.len())));
    }
    loop {
        let line = parts.iter().map(|(_, p)| p.as_str()).collect::<Vec<_>>().join(" · ");
        let least = parts.iter().enumerate().max_by_key(|(_, (rank, _))| *rank).map(|(i, _)| i);
        match least {
            Some(i) if width(&line) > room => parts.remove(i),
            _ => return line,
        };
    }
}

/// `October closing`: the month after the lock date while it is over, `November open` while it runs.
fn closing(model: &Model, lock: jiff::civil::Date) -> Option<String> {
    let first = lock.tomorrow().ok()?.first_of_month();
    let today = model.now.at?.to_zoned(model.zone.clone()).date();
    let word = if first.last_of_month() < today { "closing" } else { "open" };
    Some(format!("{} {word}", first.strftime("%B")))
}
