//! What stands around every screen: two lines of header, progress, messages, footer.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Widget};

use crate::tui::app::{Level, Model, Screen, possible};
use crate::tui::format::{ago, header_time, header_time_short};
use crate::tui::keys::{ActionId, Context, action, hints, shown_key};
use crate::tui::screens::tieout;
use crate::tui::text::{clean, cut, left, width, wrap};
use crate::tui::theme::Meaning;

use super::put;

/// Draws the header; returns how many lines it took.
pub fn header(model: &Model, buf: &mut Buffer, area: Rect) -> u16 {
    let theme = &model.look.theme;
    let w = usize::from(area.width);
    let wide = w >= 100;
    let (environment, rest) = who(model, wide);
    let mark = if model.look.read_only { format!("READ-ONLY · {environment}") } else { environment };
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
    if matches!(model.screen, Screen::Document | Screen::Tieout) {
        return 1;
    }
    let mut spans = Vec::new();
    let mut used = 0;
    let unmapped = unmapped(model);
    for (key, screen, long, short) in SCREENS {
        let word = if wide { long } else { short };
        let counter =
            if screen == Screen::Mappings && unmapped > 0 { format!(" {unmapped}!") } else { String::new() };
        let gap = if wide { "  " } else { " " };
        let text = format!("{key} {word}{counter}");
        used += width(&text) + gap.len();
        let meaning = if screen == model.screen { Meaning::Focus } else { Meaning::Text };
        spans.push(Span::styled(text, theme.style(meaning)));
        spans.push(Span::raw(gap));
    }
    let facts = cut(&facts(model, wide), w.saturating_sub(used)).into_owned();
    spans.push(Span::raw(" ".repeat(w.saturating_sub(used + width(&facts)))));
    spans.push(Span::styled(facts, theme.style(Meaning::Muted)));
    put(buf, area, 1, Line::from(spans));
    2
}

const SCREENS: [(char, Screen, &str, &str); 6] = [
    ('1', Screen::Queue, "Queue", "Queue"),
    ('2', Screen::Mappings, "Mappings", "Map"),
    ('3', Screen::Connections, "Connections", "Conn"),
    ('4', Screen::Audit, "Audit", "Audit"),
    ('5', Screen::Tieout, "Tie-out", "Tie"),
    ('6', Screen::Activity, "Activity", "Act"),
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

/// Things without a mapping, over all documents.
fn unmapped(model: &Model) -> usize {
    use crate::model::FindingCode::*;
    let groups = model.queue.groups.iter().flatten();
    groups
        .filter(|g| {
            matches!(
                g.code,
                PartyUnmapped
                    | AccountUnmapped
                    | AccountMissing
                    | CostObjectUnmapped
                    | TaxUnmapped
                    | WhoPaysUnmapped
            )
        })
        .count()
}

fn facts(model: &Model, wide: bool) -> String {
    let Some(book) = model.current_book() else {
        return match model.phase {
            crate::tui::app::Phase::Opening => "opening…".into(),
            crate::tui::app::Phase::Open => String::new(),
        };
    };
    let mut parts = Vec::new();
    if book.mode == crate::model::Mode::Preview {
        parts.push("PREVIEW: posts nothing".to_string());
    }
    if book.paused {
        parts.push("paused".into());
    }
    if let Some(lock) = book.settings.lock_date {
        parts.push(format!("lock {lock}"));
    }
    if let (Some(then), Some(now)) = (model.read_at, model.now.at) {
        let age = ago(then, now);
        parts.push(if wide { format!("read {age}") } else { age });
    }
    if model.books.len() > 1 && wide {
        parts.push(format!("{} next of {} books", model.key(ActionId::NextBook), model.books.len()));
    }
    parts.join(" · ")
}

/// What is in the ledger is corrected, not approved.
const RECORDED: &[ActionId] = &[
    ActionId::ApproveRest,
    ActionId::Reverse,
    ActionId::Repost,
    ActionId::Retry,
    ActionId::Close,
    ActionId::Trail,
    ActionId::Back,
];

fn hints_of(model: &Model) -> Vec<ActionId> {
    let recorded = |id: &ActionId| *id == ActionId::Back || possible(model, *id).is_ok();
    match model.screen {
        Screen::Document if possible(model, ActionId::Reverse).is_ok() => {
            RECORDED.iter().copied().filter(recorded).take(6).collect()
        }
        Screen::Tieout => tieout::hints(model),
        _ => hints(model.context()).to_vec(),
    }
}

/// Draws the last line: at most six hints, or what may follow a key; `? more` stays.
pub fn footer(model: &Model, buf: &mut Buffer, area: Rect) {
    let theme = &model.look.theme;
    let w = usize::from(area.width);
    let key_style = theme.style(Meaning::Accent);
    let text = theme.style(Meaning::Text);
    let dim = theme.style(Meaning::Muted);
    let lead = if area.width >= 100 { " " } else { "" };
    let gap = if area.width >= 100 { "   " } else { "  " };
    let mut spans = vec![Span::raw(lead)];
    if let Some(waiting) = &model.waiting {
        spans.push(Span::styled(format!("{} …  ", shown_key(waiting)), key_style));
        for (key, word) in model.look.keys.continuations(model.context(), waiting) {
            spans.push(Span::styled(format!("{key} "), key_style));
            spans.push(Span::styled(format!("{word}{gap}"), text));
        }
        spans.push(Span::styled("Esc leave", dim));
        put(buf, area, 0, Line::from(spans));
        return;
    }
    let more = "? more";
    let mut used = lead.len() + more.len();
    for id in hints_of(model) {
        let a = action(id);
        // the key as it is pressed: a sequence with its first key
        let Some(key) = model.look.keys.key(model.context(), id) else { continue };
        let word = tieout::word(model, id).unwrap_or(a.word);
        let size = width(&key) + 1 + width(word) + gap.len();
        if used + size > w {
            continue;
        }
        used += size;
        let can = possible(model, id).is_ok();
        spans.push(Span::styled(format!("{key} "), if can { key_style } else { dim }));
        spans.push(Span::styled(format!("{word}{gap}"), if can { text } else { dim }));
    }
    spans.push(Span::styled("? ", key_style));
    spans.push(Span::styled("more", text));
    put(buf, area, 0, Line::from(spans));
}

/// Progress of the running work in one line: what, how far, how to stop.
pub fn progress(model: &Model, buf: &mut Buffer, area: Rect) {
    let p = &model.progress;
    if !p.running {
        return;
    }
    let theme = &model.look.theme;
    let w = usize::from(area.width);
    let what = clean(&p.what);
    let stop = if p.stopping {
        "stopping: what is on the wire is finished first".to_string()
    } else {
        format!("{} stop · Ctrl-c", model.look.keys.says(Context::Running, ActionId::StopRunning))
    };
    let figures = if p.of > 0 { format!("{} of {}", p.done, p.of) } else { "…".into() };
    let fixed = width(&what) + width(&figures) + width(&stop) + 8;
    let bar_w = w.saturating_sub(fixed).min(40);
    let filled = (bar_w as u64 * p.done.min(p.of)).checked_div(p.of).unwrap_or(0) as usize;
    let bar = if bar_w >= 6 {
        format!(" [{}{}]", "=".repeat(filled), " ".repeat(bar_w - filled))
    } else {
        String::new()
    };
    Clear.render(area.intersection(buf.area), buf);
    put(
        buf,
        area,
        0,
        Line::from(vec![
            Span::styled(format!("… {what}{bar} {figures}"), theme.style(Meaning::Busy)),
            Span::styled(format!("  {stop}"), theme.style(Meaning::Muted)),
        ]),
    );
}

/// An error is read whole: it may take so many lines.
const ERROR_LINES: usize = 4;

/// Messages above the footer, at most three, newest below.
pub fn toasts(model: &Model, buf: &mut Buffer, area: Rect) {
    let theme = &model.look.theme;
    let shown: Vec<_> = model.toasts.shown().collect();
    let max = usize::from(area.width).saturating_sub(2);
    let mut up = 0;
    for t in shown.iter().rev() {
        let (sign, meaning) = match t.level {
            Level::Info => ("·", Meaning::Ok),
            Level::Warning => ("!", Meaning::Warn),
            Level::Error => ("!", Meaning::Error),
        };
        let text = format!("{sign} {}", t.text);
        let mut lines = if t.level == Level::Error {
            let hint = "   Esc read";
            let mut lines = wrap(&text, max.saturating_sub(hint.len()));
            if lines.len() > ERROR_LINES {
                lines.truncate(ERROR_LINES - 1);
                lines.push(format!("… {} shows it whole", model.key(ActionId::Messages)));
            }
            if let Some(last) = lines.last_mut() {
                last.push_str(hint);
            }
            lines
        } else {
            vec![cut(&text, max).into_owned()]
        };
        let widest = lines.iter().map(|l| width(l)).max().unwrap_or(0);
        let w = (widest + 2).min(usize::from(area.width)) as u16;
        while let Some(line) = lines.pop() {
            up += 1;
            if up > area.height {
                return;
            }
            let at = Rect { x: area.x + area.width - w, y: area.y + area.height - up, width: w, height: 1 };
            Clear.render(at.intersection(buf.area), buf);
            put(buf, at, 0, Line::styled(left(&format!(" {line} "), usize::from(w)), theme.style(meaning)));
        }
    }
}
