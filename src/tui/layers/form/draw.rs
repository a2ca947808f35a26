//! A form on the screen.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;
use secrecy::ExposeSecret as _;

use crate::tui::text::{left, width, wrap};
use crate::tui::theme::{Meaning, Theme};
use crate::tui::widgets::{boxed, put};

use super::{Field, Form, Value};

impl Form {
    /// Draws it. What does not fit in height is scrolled so that the field with the keys is in sight.
    pub fn draw(&self, buf: &mut Buffer, area: Rect, theme: &Theme) {
        let w = area.width.min(86);
        let inside = usize::from(w).saturating_sub(4);
        let label_w = self.fields.iter().map(|f| width(&f.label)).max().unwrap_or(0).min(inside / 2);
        let mut lines: Vec<Line<'static>> = Vec::new();
        for l in &self.lines {
            lines.extend(wrap(l, inside).into_iter().map(|l| Line::styled(l, theme.style(Meaning::Text))));
        }
        if !self.lines.is_empty() {
            lines.push(Line::default());
        }
        let (mut focus, mut fields) = (0, Vec::new());
        for (i, f) in self.fields.iter().enumerate() {
            if i == self.at {
                focus = lines.len();
            }
            fields.push((lines.len(), i));
            lines.push(field_line(f, i == self.at && self.busy.is_none(), label_w, inside, theme));
            let below = match (&f.error, i == self.at && !f.help.is_empty()) {
                (Some(why), _) => Some((format!("! {why}"), Meaning::Error)),
                (None, true) => Some((f.help.clone(), Meaning::Muted)),
                (None, false) => None,
            };
            for l in below.iter().flat_map(|(t, _)| wrap(t, inside.saturating_sub(2))) {
                let meaning = below.as_ref().map_or(Meaning::Muted, |(_, m)| *m);
                lines.push(Line::styled(format!("  {l}"), theme.style(meaning)));
            }
        }
        if let Some(why) = &self.error {
            lines.push(Line::default());
            let why = wrap(&format!("! {why}"), inside);
            lines.extend(why.into_iter().map(|l| Line::styled(l, theme.style(Meaning::Error))));
            focus = lines.len().saturating_sub(1).max(focus);
        }
        let h = (lines.len() as u16 + 4).min(area.height);
        let inner = boxed(buf, area, w, h, &self.title, theme, theme.style(Meaning::Focus));
        let rows = usize::from(inner.height.saturating_sub(2)).max(1);
        // the help below the field belongs to it
        let top = (focus + 2).saturating_sub(rows).min(lines.len().saturating_sub(rows));
        for (y, line) in lines.into_iter().skip(top).take(rows).enumerate() {
            put(buf, inner, y as u16, line);
        }
        for (line, i) in fields {
            let Some(f) = self.fields.get(i).filter(|_| line >= top && line < top + rows) else { continue };
            if let (Value::Text(input), true) = (&f.value, i == self.at && self.busy.is_none()) {
                let x = (label_w + 4).min(usize::from(inner.width)) as u16;
                let field = Rect {
                    x: inner.x + x,
                    y: inner.y + (line - top) as u16,
                    width: inner.width - x,
                    height: 1,
                };
                input.widget(theme.style(Meaning::Text)).render(field.intersection(buf.area), buf);
            }
            if let (Value::Secret(s), true) = (&f.value, i == self.at && self.busy.is_none()) {
                // where the next character goes
                let typed = s.expose_secret().chars().count() as u16;
                let x = (label_w as u16 + 4).saturating_add(typed).min(inner.width.saturating_sub(1));
                let here = Rect { x: inner.x + x, y: inner.y + (line - top) as u16, width: 1, height: 1 };
                buf.set_style(here.intersection(buf.area), Style::new().add_modifier(Modifier::REVERSED));
            }
        }
        let hint = match &self.busy {
            Some(what) => (format!("{what}…   Esc leaves"), Meaning::Busy),
            None => {
                let key = if self.at + 1 < self.fields.len() { "Enter next · Ctrl-s" } else { "Enter" };
                (format!("{key} {}   Tab and ↑ ↓ choose   Esc Cancel", self.done), Meaning::Muted)
            }
        };
        put(buf, inner, inner.height.saturating_sub(1), Line::styled(hint.0, theme.style(hint.1)));
    }
}

fn field_line(f: &Field, here: bool, label_w: usize, w: usize, theme: &Theme) -> Line<'static> {
    let label = format!("{} {}", if here { ">" } else { " " }, left(&f.label, label_w));
    let room = w.saturating_sub(label_w + 4);
    let value = match &f.value {
        Value::Text(input) => left(input.text(), room),
        Value::Secret(s) => left(&"•".repeat(s.expose_secret().chars().count().min(room)), room),
        Value::Choice { options, at } => {
            let word = options.get(*at).map(|(_, w)| w.as_str()).unwrap_or("none");
            left(&if here { format!("‹ {word} ›") } else { word.to_string() }, room)
        }
        Value::Tick(on) => left(if *on { "[x] yes" } else { "[ ] no" }, room),
    };
    let missing = f.required && f.value.is_empty();
    let value = if missing && !here { left("needed", room) } else { value };
    let meaning = match (here, missing) {
        (true, _) => Meaning::Focus,
        (false, true) => Meaning::Muted,
        (false, false) => Meaning::Text,
    };
    Line::from(vec![
        Span::styled(label, theme.style(if here { Meaning::Focus } else { Meaning::Muted })),
        Span::raw("  "),
        Span::styled(value, theme.style(meaning)),
    ])
}
