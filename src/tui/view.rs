//! The whole screen from the model: header, screen, footer, layers, messages. Nothing is computed here that grows with
//! the data.

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use crate::tui::app::{Model, Screen};
use crate::tui::screens::{activity, audit, connections, document, mappings, queue, tieout};
use crate::tui::theme::Meaning;
use crate::tui::widgets::{chrome, put};

/// The smallest terminal that shows anything but a line.
pub const SMALLEST: (u16, u16) = (60, 16);

/// Draws the model.
pub fn view(model: &Model, frame: &mut Frame<'_>) {
    let area = frame.area();
    let buf = frame.buffer_mut();
    draw(model, buf, area);
    if model.look.ascii {
        to_ascii(buf);
    }
    if let Some(at) = cursor(model, area) {
        frame.set_cursor_position(at);
    }
}

/// Draws the model into a buffer, without the terminal's cursor and with all signs.
pub fn draw(model: &Model, buf: &mut Buffer, area: Rect) {
    if area.width < SMALLEST.0 || area.height < SMALLEST.1 {
        let words = format!(
            "Terminal too small: {}×{}, need {}×{}.",
            area.width, area.height, SMALLEST.0, SMALLEST.1
        );
        put(buf, area, 0, Line::styled(words, model.look.theme.style(Meaning::Warn)));
        return;
    }
    buf.set_style(area, model.look.theme.style(Meaning::Text));
    let head = chrome::header(model, buf, area);
    let body = Rect { y: area.y + head, height: area.height.saturating_sub(head + 1), ..area };
    match model.screen {
        screen if connections::welcome::points(model, screen) => {
            connections::welcome::pointer(model, buf, body);
        }
        Screen::Queue => queue::draw(model, buf, body),
        Screen::Document => document::draw(model, buf, body),
        Screen::Mappings => mappings::draw(model, buf, body),
        Screen::Connections => connections::draw(model, buf, body),
        Screen::Audit => audit::draw(model, buf, body),
        Screen::Tieout => tieout::draw(model, buf, body),
        Screen::Activity => activity::draw(model, buf, body),
    }
    let last = Rect { y: area.y + area.height - 1, height: 1, ..area };
    chrome::footer(model, buf, last);
    chrome::progress(model, buf, Rect { y: last.y - 1, ..last });
    queue::summary(model, buf, body);
    for layer in &model.layers {
        layer.draw(buf, body, &model.look.theme);
    }
    chrome::toasts(model, buf, area);
}

/// The real cursor sits on the selected row, so that readers and magnifiers follow it.
fn cursor(model: &Model, area: Rect) -> Option<(u16, u16)> {
    if !model.layers.is_empty() || model.screen != Screen::Queue || model.queue.grouped {
        return None;
    }
    model.queue.current()?;
    let shape = model.queue.shape;
    let above = 2 + u16::from(!shape.narrow) + shape.tabs + 1 + 1;
    let y = above + model.queue.cursor.at.saturating_sub(model.queue.cursor.top) as u16;
    (y < area.height && area.width >= SMALLEST.0 && area.height >= SMALLEST.1).then_some((0, y))
}

/// Signs and frames for a terminal that shows ASCII only; anything else becomes `?`.
fn to_ascii(buf: &mut Buffer) {
    for cell in &mut buf.content {
        let symbol = cell.symbol();
        if symbol.is_ascii() {
            continue;
        }
        let ascii = match symbol {
            "─" | "–" | "—" | "−" => "-",
            "│" | "║" => "|",
            "┌" | "┐" | "└" | "┘" | "┬" | "┴" | "├" | "┤" | "┼" => "+",
            "○" => "o",
            "●" => "@",
            "…" => "~",
            "✓" => "+",
            "▲" | "↑" => "^",
            "▼" | "↓" => "v",
            "→" | "›" => ">",
            "←" => "<",
            "·" => "-",
            "×" => "x",
            "█" | "▓" => "#",
            "▒" | "░" => ".",
            other => {
                // a letter without its accent is still a name
                let mut bytes = [0; 4];
                let plain = plain_letter(other).map_or("?", |c| &*c.encode_utf8(&mut bytes));
                cell.set_symbol(plain);
                continue;
            }
        };
        cell.set_symbol(ascii);
    }
}

/// The letter without accents, where there is one in ASCII: `é` is `e`.
fn plain_letter(symbol: &str) -> Option<char> {
    let first = symbol.chars().next()?;
    Some(nucleo_matcher::chars::normalize(first)).filter(char::is_ascii)
}
