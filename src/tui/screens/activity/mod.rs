//! What happened in this session, newest first, and what is running.

pub mod effect;
pub mod room;

use std::collections::VecDeque;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::engine::{Event, What};
use crate::tui::app::Model;
use crate::tui::format::minute;
use crate::tui::text::{clean, left};
use crate::tui::theme::Meaning;
use crate::tui::widgets::{Cursor, put, rule};

const KEPT: usize = 1000;

/// The events.
#[derive(Debug, Clone, Default)]
pub struct Activity {
    /// Newest first.
    pub events: VecDeque<Event>,
    /// Cursor.
    pub cursor: Cursor,
    /// How many were dropped.
    pub dropped: u64,
}

impl Activity {
    /// Something happened.
    pub fn push(&mut self, event: Event) {
        if self.cursor.at > 0 {
            // whoever reads keeps their place
            self.cursor.at += 1;
            self.cursor.top += 1;
        }
        self.events.push_front(event);
        while self.events.len() > KEPT {
            self.events.pop_back();
            self.dropped += 1;
        }
    }
}

/// Draws the list.
pub fn draw(model: &Model, buf: &mut Buffer, area: Rect) {
    let theme = &model.look.theme;
    let screen = &model.activity;
    let capped = if screen.dropped > 0 {
        format!("the last {KEPT}, {} more before", screen.dropped)
    } else {
        String::new()
    };
    rule(buf, area, 0, "activity of this session, newest first", &capped, theme);
    if screen.events.is_empty() {
        let words = "  Nothing happened yet. F reads Concur now · 4 the audit trail of all sessions";
        put(buf, area, 2, Line::styled(words, theme.style(Meaning::Text)));
        return;
    }
    let rows = usize::from(area.height.saturating_sub(1));
    for (i, e) in screen.events.iter().enumerate().skip(screen.cursor.top).take(rows) {
        let here = i == screen.cursor.at;
        let base = theme.style(if here { Meaning::Selection } else { Meaning::Text });
        let (sign, meaning) = sign(e.event);
        let number = if e.number.is_empty() { String::new() } else { format!("{} · ", clean(&e.number)) };
        let text = format!(" {}  {number}{}", minute(e.time, &model.zone), clean(&e.text));
        put(
            buf,
            area,
            1 + (i - screen.cursor.top) as u16,
            Line::from(vec![
                Span::styled(if here { ">" } else { " " }, base),
                Span::styled(sign, if here { base } else { theme.style(meaning) }),
                Span::styled(left(&text, usize::from(area.width).saturating_sub(2)), base),
            ]),
        );
    }
}

fn sign(what: What) -> (&'static str, Meaning) {
    match what {
        What::Posted | What::Confirmed => ("✓", Meaning::Ok),
        What::Approved => ("●", Meaning::Accent),
        What::Refused | What::Alarm => ("!", Meaning::Error),
        What::Doubt => ("?", Meaning::Warn),
        What::Held => ("=", Meaning::Warn),
        What::Connection => ("!", Meaning::Warn),
        What::Fetched | What::Derived | What::Acknowledged => ("·", Meaning::Text),
        What::Started | What::Stopped => ("·", Meaning::Muted),
    }
}
