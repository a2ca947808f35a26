//! The last line: at most six hints, as the width allows, and `? more`.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::tui::app::{Model, Screen, possible};
use crate::tui::keys::{ActionId, action, hints, shown_key};
use crate::tui::screens::tieout;
use crate::tui::text::width;
use crate::tui::theme::Meaning;
use crate::tui::widgets::put;

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
    if model.screen == Screen::Document
        && let Some(hints) = crate::tui::screens::document::room::hints(model)
    {
        return hints;
    }
    let recorded = |id: &ActionId| *id == ActionId::Back || possible(model, *id).is_ok();
    match model.screen {
        Screen::Document if possible(model, ActionId::Reverse).is_ok() => {
            RECORDED.iter().copied().filter(recorded).take(6).collect()
        }
        Screen::Tieout => tieout::hints(model),
        _ => hints(model.context()).to_vec(),
    }
}

/// The word of a hint: a screen may say it in its own way.
fn word(model: &Model, id: ActionId) -> &'static str {
    tieout::word(model, id).unwrap_or(action(id).word)
}

/// The most hints beside `? more`: the document shows seven, every other screen six.
const MOST: usize = 7;

/// A hint: where it begins, its key and its word.
struct Hint {
    x: usize,
    id: ActionId,
    key: String,
}

/// The hints that fit, from the left, with `? more` at the end.
fn laid(model: &Model, w: usize) -> Vec<Hint> {
    let (lead, gap) = if w >= 100 { (1, 3) } else { (0, 2) };
    let context = model.context();
    let size = |id: ActionId, key: &str| width(key) + 1 + width(word(model, id));
    let more = model.look.keys.key(context, ActionId::Help).unwrap_or_else(|| "?".into());
    let end = size(ActionId::Help, &more);
    let mut x = lead;
    let mut out = Vec::new();
    for id in hints_of(model) {
        // the key as it is pressed; an action without one is found by the palette
        let Some(key) = model.look.keys.key(context, id) else { continue };
        let size = size(id, &key);
        if out.len() == MOST || x + size + gap + end > w {
            continue;
        }
        out.push(Hint { x, id, key });
        x += size + gap;
    }
    out.push(Hint { x, id: ActionId::Help, key: more });
    out
}

/// The action whose hint stands in this column of the last line.
pub fn hint_at(model: &Model, w: u16, x: u16) -> Option<ActionId> {
    if model.waiting.is_some() {
        return None;
    }
    let x = usize::from(x);
    let here = |h: &Hint| (h.x..h.x + width(&h.key) + 1 + width(word(model, h.id))).contains(&x);
    laid(model, usize::from(w)).into_iter().find(here).map(|h| h.id)
}

/// Draws the last line: at most six hints, or what may follow a key; `? more` stays.
pub fn footer(model: &Model, buf: &mut Buffer, area: Rect) {
    let theme = &model.look.theme;
    let w = usize::from(area.width);
    let (key_style, text) = (theme.style(Meaning::Key), theme.style(Meaning::Text));
    let dim = theme.style(Meaning::Disabled);
    let mut spans = Vec::new();
    if let Some(waiting) = &model.waiting {
        let (lead, gap) = if w >= 100 { (" ", "   ") } else { ("", "  ") };
        spans.push(Span::styled(format!("{lead}{} …  ", shown_key(waiting)), key_style));
        for (key, word) in model.look.keys.continuations(model.context(), waiting) {
            spans.push(Span::styled(format!("{key} "), key_style));
            spans.push(Span::styled(format!("{word}{gap}"), text));
        }
        spans.push(Span::styled("Esc leave", theme.style(Meaning::Muted)));
        put(buf, area, 0, Line::from(spans));
        return;
    }
    let mut used = 0;
    for hint in laid(model, w) {
        let word = word(model, hint.id);
        let can = hint.id == ActionId::Help || possible(model, hint.id).is_ok();
        spans.push(Span::raw(" ".repeat(hint.x.saturating_sub(used))));
        used = hint.x + width(&hint.key) + 1 + width(word);
        spans.push(Span::styled(format!("{} ", hint.key), if can { key_style } else { dim }));
        spans.push(Span::styled(word, if can { text } else { dim }));
    }
    put(buf, area, 0, Line::from(spans));
}
