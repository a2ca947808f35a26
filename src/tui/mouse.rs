//! The mouse as an extra: a click selects, a second one opens, the wheel scrolls. Nothing exists by mouse alone: every
//! click becomes an action of the table, or keys. Where things stand is asked of the same pure functions that draw
//! them.

use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, MouseButton, MouseEvent, MouseEventKind};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;

use crate::store::Sort;
use crate::tui::app::{Model, Screen, act, press};
use crate::tui::effect::Effect;
use crate::tui::keys::ActionId;
use crate::tui::layers::Layer;
use crate::tui::screens::queue::{Tab, tabs};
use crate::tui::text::width;
use crate::tui::view;
use crate::tui::widgets::chrome;

/// Two clicks on one place within this time open it.
const DOUBLE: Duration = Duration::from_millis(400);
/// Lines of one step of the wheel.
const STEP: usize = 3;

/// Takes an event of the mouse.
pub fn mouse(model: &mut Model, event: MouseEvent) -> Vec<Effect> {
    let (w, h) = model.size;
    if !model.look.mouse || w < view::SMALLEST.0 || h < view::SMALLEST.1 {
        return Vec::new();
    }
    match event.kind {
        MouseEventKind::ScrollDown => steps(model, STEP, true),
        MouseEventKind::ScrollUp => steps(model, STEP, false),
        MouseEventKind::Down(MouseButton::Left) => {
            let at = (event.column, event.row);
            let again = model
                .clicked
                .is_some_and(|(place, then)| place == at && model.now.since.saturating_sub(then) <= DOUBLE);
            model.clicked = (!again).then_some((at, model.now.since));
            click(model, at.0, at.1, again)
        }
        _ => Vec::new(),
    }
}

/// So many lines down or up, of the dialog on top or of the screen.
fn steps(model: &mut Model, n: usize, down: bool) -> Vec<Effect> {
    let mut effects = Vec::new();
    for _ in 0..n {
        if model.layers.is_empty() {
            effects.extend(act(model, if down { ActionId::Down } else { ActionId::Up }));
        } else {
            effects.extend(press(model, KeyEvent::from(if down { KeyCode::Down } else { KeyCode::Up })));
        }
    }
    effects
}

fn click(model: &mut Model, x: u16, y: u16, again: bool) -> Vec<Effect> {
    let (w, h) = model.size;
    let area = Rect::new(0, 0, w, h);
    if chrome::toast_at(model, area, x, y) {
        model.toasts.dismiss_all();
        return Vec::new();
    }
    let mut drawn = Buffer::empty(area);
    view::draw(model, &mut drawn, area);
    if let Some(layer) = model.layers.last() {
        // only lists: what decides something is decided by keys
        let list = matches!(layer, Layer::Finder(_) | Layer::Chooser(_) | Layer::Picker(_));
        let opens = matches!(layer, Layer::Finder(_) | Layer::Chooser(_));
        if !list {
            return Vec::new();
        }
        return match rows_from_cursor(&drawn, x, y) {
            Some(0) if again && opens => press(model, KeyEvent::from(KeyCode::Enter)),
            Some(by) => steps(model, by.unsigned_abs(), by > 0),
            None => Vec::new(),
        };
    }
    if y + 1 == h {
        return chrome::hint_at(model, w, x).map(|id| act(model, id)).unwrap_or_default();
    }
    if y == 1 && !matches!(model.screen, Screen::Document | Screen::Tieout) {
        return chrome::tab_at(model, w, x).map(|id| act(model, id)).unwrap_or_default();
    }
    if model.screen == Screen::Queue
        && let Some(effects) = queue(model, &drawn, x, y)
    {
        return effects;
    }
    match rows_from_cursor(&drawn, x, y) {
        Some(0) if again => act(model, ActionId::Open),
        Some(by) => steps(model, by.unsigned_abs(), by > 0),
        None => Vec::new(),
    }
}

/// The tabs and the head of the queue.
fn queue(model: &mut Model, drawn: &Buffer, x: u16, y: u16) -> Option<Vec<Effect>> {
    let shape = model.queue.shape;
    let tabs = 2 + u16::from(!shape.narrow);
    let head = tabs + shape.tabs + 1;
    if y == tabs {
        let at = tab_of(drawn, x, y)?;
        let from = Tab::ALL.iter().position(|t| *t == model.queue.tab)?;
        let id = if at > from { ActionId::NextPart } else { ActionId::PreviousPart };
        return Some((0..at.abs_diff(from)).flat_map(|_| act(model, id)).collect());
    }
    if y == head && !model.queue.grouped {
        let word = word_at(drawn, x, y)?;
        let sort = match word.as_str() {
            "state" => Sort::State,
            "post." | "date" => Sort::PostingDate,
            "kind" | "knd" => Sort::Kind,
            "payee" => Sort::Payee,
            "number" => Sort::Number,
            "will" | "post" => Sort::WillPost,
            "finding" => Sort::Finding,
            "ccy" => Sort::Currency,
            "approved" => Sort::Amount,
            "cost" | "centres" => Sort::CostCentres,
            "days" | "age" => Sort::Arrived,
            "approver" => Sort::Approver,
            _ => return None,
        };
        let sorts = model.queue.sorts();
        let wanted = sorts.iter().position(|s| *s == sort)?;
        let from = sorts.iter().position(|s| *s == model.queue.sort)?;
        if wanted == from {
            return Some(act(model, ActionId::SortTurn));
        }
        let id = if wanted > from { ActionId::SortRight } else { ActionId::SortLeft };
        return Some((0..wanted.abs_diff(from)).flat_map(|_| act(model, id)).collect());
    }
    None
}

/// The tab of the queue whose word or figure is under the pointer, whichever of its words is drawn.
fn tab_of(drawn: &Buffer, x: u16, y: u16) -> Option<usize> {
    let named = |word: &str| {
        let word = word.trim_start_matches('[');
        Tab::ALL.iter().position(|t| t.word() == word || tabs::short(*t) == word)
    };
    let word = word_at(drawn, x, y)?;
    named(&word).or_else(|| {
        // a figure belongs to the word before it
        let before: String = line(drawn, y).into_iter().take(usize::from(x) + 1).collect();
        before.split_whitespace().rev().nth(1).and_then(named)
    })
}

fn line(drawn: &Buffer, y: u16) -> Vec<&str> {
    (0..drawn.area.width).filter_map(|x| drawn.cell((x, y)).map(|c| c.symbol())).collect()
}

/// The word under the pointer, as it is drawn.
fn word_at(drawn: &Buffer, x: u16, y: u16) -> Option<String> {
    let cells = line(drawn, y);
    let x = usize::from(x);
    if cells.get(x).is_none_or(|c| c.trim().is_empty()) {
        return None;
    }
    let start = cells.iter().take(x).rposition(|c| c.trim().is_empty()).map_or(0, |i| i + 1);
    Some(cells.iter().skip(start).take_while(|c| !c.trim().is_empty()).copied().collect())
}

/// How many rows below the cursor's row the pointer is, within the same list; none: it is not on a row of it. The
/// cursor's row is the one with `>` before it, reversed; the list goes on as far as lines have words and no frame.
fn rows_from_cursor(drawn: &Buffer, x: u16, y: u16) -> Option<isize> {
    let is_cursor = |x: u16, y: u16| {
        drawn.cell((x, y)).is_some_and(|c| c.symbol() == ">" && c.modifier.contains(Modifier::REVERSED))
    };
    let area = drawn.area;
    let (cx, cy) = (0..area.height)
        .flat_map(|y| (0..area.width).map(move |x| (x, y)))
        .find(|(x, y)| is_cursor(*x, *y))?;
    // the row is as wide as it is reversed
    let ends = (cx..area.width)
        .take_while(|x| drawn.cell((*x, cy)).is_some_and(|c| c.modifier.contains(Modifier::REVERSED)))
        .last()?;
    if x < cx || x > ends {
        return None;
    }
    let is_row = |y: u16| {
        let text: String = (cx..=ends).filter_map(|x| drawn.cell((x, y)).map(|c| c.symbol())).collect();
        !text.trim().is_empty() && !text.contains("──") && !text.starts_with("──") && width(&text) > 0
    };
    let (from, to) = (cy.min(y), cy.max(y));
    (from..=to).all(is_row).then(|| isize::try_from(i32::from(y) - i32::from(cy)).unwrap_or(0))
}
