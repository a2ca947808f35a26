//! Messages above the footer, at most three, newest below.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::{Clear, Widget};

use crate::tui::app::{Level, Model};
use crate::tui::keys::ActionId;
use crate::tui::text::{cut, left, width, wrap};
use crate::tui::theme::Meaning;
use crate::tui::widgets::put;

/// An error is read whole: it may take so many lines.
const ERROR_LINES: usize = 4;

/// Where the messages stand on the whole screen: above the footer, and above the progress of running work.
fn place(model: &Model, screen: Rect) -> Rect {
    let below = 1 + u16::from(model.working().is_some());
    let head = 2.min(screen.height);
    Rect { y: screen.y + head, height: screen.height.saturating_sub(head + below), ..screen }
}

/// The lines of the messages, each with its place and meaning, from the bottom upwards.
fn laid(model: &Model, screen: Rect) -> Vec<(Rect, String, Meaning)> {
    let area = place(model, screen);
    let shown: Vec<_> = model.toasts.shown().collect();
    let max = usize::from(area.width).saturating_sub(2);
    let mut out = Vec::new();
    let mut up = 0;
    for t in shown.iter().rev() {
        let (sign, meaning) = match t.level {
            Level::Info => ("·", Meaning::Info),
            Level::Warning => ("!", Meaning::Warn),
            Level::Error => ("!", Meaning::Error),
        };
        let text = format!("{sign} {}", t.text);
        let mut lines = if t.level == Level::Error {
            let hint = format!("   {} read", model.key(ActionId::Back));
            let mut lines = wrap(&text, max.saturating_sub(width(&hint)));
            if lines.len() > ERROR_LINES {
                lines.truncate(ERROR_LINES - 1);
                lines.push(format!("… {} shows it whole", model.key(ActionId::Messages)));
            }
            if let Some(last) = lines.last_mut() {
                last.push_str(&hint);
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
                return out;
            }
            let at = Rect { x: area.x + area.width - w, y: area.y + area.height - up, width: w, height: 1 };
            out.push((at, left(&format!(" {line} "), usize::from(w)), meaning));
        }
    }
    out
}

/// Draws the messages over the screen.
pub fn toasts(model: &Model, buf: &mut Buffer, screen: Rect) {
    for (at, line, meaning) in laid(model, screen) {
        Clear.render(at.intersection(buf.area), buf);
        put(buf, at, 0, Line::styled(line, model.look.theme.style(meaning)));
    }
}

/// Whether a message stands at this place.
pub fn toast_at(model: &Model, screen: Rect, x: u16, y: u16) -> bool {
    laid(model, screen).iter().any(|(at, ..)| at.contains((x, y).into()))
}
