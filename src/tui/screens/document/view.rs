//! The document on the screen: screens.md, section 3.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::model::document::DocumentKind;
use crate::store::{ReceiptRow, ReceiptState};
use crate::tui::app::Model;
use crate::tui::format::{money_of, state_long, state_meaning};
use crate::tui::text::{clean, ends, left, right, width};
use crate::tui::theme::Meaning;
use crate::tui::widgets::{put, rule};

use super::entries::RowKind;
use super::{DocumentScreen, Part, lower};

/// Rows of source and entries, however few lines they have.
const FEWEST: u16 = 4;
/// Rows of why, checks and findings, however much room there is.
const MOST_BELOW: u16 = 14;

/// Lines of each part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Source and entries side by side.
    pub both: bool,
    /// Rows of source and entries.
    pub body: u16,
    /// Rows of why, checks and findings; 0: they are a part of their own.
    pub lower: u16,
    /// Rows of history.
    pub history: u16,
}

impl Shape {
    /// For a terminal of this size.
    pub fn of((w, h): (u16, u16)) -> Self {
        let history = match h {
            50.. => 8,
            32.. => 3,
            _ => 0,
        };
        let lower = match (w, h) {
            (80.., 50..) => 12,
            (80.., 30..) => 6,
            (80.., 22..) => 5,
            (80.., 18..) => 3,
            _ => 0,
        };
        // header, two lines of the document, rule; rules of the parts; a line for findings; footer
        let rules = u16::from(lower > 0) + 2 * u16::from(history > 0) + u16::from(lower == 0);
        let air = u16::from(h >= 34);
        let used = 1 + 2 + 1 + lower + history + rules + air + 1;
        Self { both: w >= 100, body: h.saturating_sub(used), lower, history }
    }

    /// Rows that source and entries do not need go to why, checks and findings.
    pub fn for_lines(self, lines: usize) -> Self {
        if self.lower == 0 {
            return self;
        }
        let needed = u16::try_from(lines).unwrap_or(u16::MAX).max(FEWEST);
        let more = self.body.saturating_sub(needed).min(MOST_BELOW.saturating_sub(self.lower));
        Self { body: self.body - more, lower: self.lower + more, ..self }
    }
}

/// Draws the document below the first line of header and above the footer.
pub fn draw(model: &Model, buf: &mut Buffer, area: Rect) {
    let screen = &model.document;
    let theme = &model.look.theme;
    let w = usize::from(area.width);
    let shape = screen.shape();
    let Some(sheet) = &screen.sheet else {
        let (text, meaning) = match &screen.error {
            Some(why) => (format!("The document cannot be read: {why}. r reads again."), Meaning::Error),
            None => ("reading…".into(), Meaning::Busy),
        };
        put(buf, area, 1, Line::styled(text, theme.style(meaning)));
        return;
    };
    let row = &sheet.card.row;
    let amount = row.minor.zip(row.currency).map_or_else(|| "no amount".into(), |(m, c)| money_of(m, c));
    let number = if row.number.is_empty() { row.id.to_string() } else { clean(&row.number) };
    let code = match (row.payee.is_empty(), row.payee_code.is_empty()) {
        (_, true) => String::new(),
        (true, false) => clean(&row.payee_code),
        (false, false) => format!(" ({})", clean(&row.payee_code)),
    };
    // an invoice's title is often its supplier and number once more
    let repeated = row.title == format!("{} {}", row.payee, row.number);
    let parts = [
        // the state stands before it, in its own colour
        String::new(),
        format!("{} {number} revision {}", row.kind.words(), row.revisions),
        format!("{}{code}", clean(&row.payee)),
        if repeated { String::new() } else { clean(&row.title) },
    ];
    let parts: Vec<&str> =
        parts.iter().enumerate().filter(|(i, p)| *i == 0 || !p.is_empty()).map(|(_, p)| p.as_str()).collect();
    let head = parts.join(" · ");
    let state = state_long(row.state);
    let rest = ends(&head, &amount, w.saturating_sub(width(&state)));
    put(
        buf,
        area,
        0,
        Line::from(vec![
            Span::styled(state, theme.style(state_meaning(row.state))),
            Span::styled(rest, theme.style(Meaning::Title)),
        ]),
    );
    let position = super::super::queue::position_of(model);
    put(buf, area, 1, Line::styled(ends(&second(screen), &position, w), theme.style(Meaning::Muted)));
    let body = Rect { y: area.y + 2, height: (shape.body + 1).min(area.height.saturating_sub(2)), ..area };
    body_of(model, buf, body, shape);
    let below = |y: u16| Rect { y: area.y + y, height: area.height.saturating_sub(y), ..area };
    let mut y = 2 + shape.body + 1;
    if y >= area.height {
        return;
    }
    if shape.lower > 0 {
        lower::draw(model, buf, Rect { height: (shape.lower + 1).min(area.height - y), ..below(y) });
        y += shape.lower + 1;
    } else {
        lower::blocking_line(model, buf, below(y));
        y += 1;
    }
    if shape.history > 0 && y < area.height {
        lower::history(model, buf, Rect { height: (shape.history + 1).min(area.height - y), ..below(y) });
        y += shape.history + 1;
        rule(buf, area, y, "", "", theme);
    }
}

fn second(screen: &DocumentScreen) -> String {
    let Some(sheet) = &screen.sheet else { return String::new() };
    let card = &sheet.card;
    let mut parts = Vec::new();
    if let Some(d) = &card.derived {
        if let Some(date) = d.posting_date {
            let moved = d.original_date.filter(|o| *o != date).map(|o| format!(" (moved from {o})"));
            parts.push(format!("posting date {date}{}", moved.unwrap_or_default()));
        }
        if !d.who_pays.is_empty() {
            parts.push(format!("who pays: {}", clean(&d.who_pays)));
        }
    }
    if !sheet.receipts.is_empty() {
        parts.push(receipts(&sheet.receipts));
    }
    if let Some(d) = &card.derived {
        parts.push(format!("mappings version {}", d.rules_version));
    }
    if let Some(a) = &card.approval {
        parts.push(format!("approved by {}", clean(&a.by)));
    }
    if !card.row.reason.is_empty() {
        parts.push(clean(&card.row.reason));
    }
    if card.bytes.is_empty() {
        parts.push("source purged".into());
    }
    parts.join(" · ")
}

/// `3 of 3 receipts attached`, and what a person has to read of the others.
fn receipts(rows: &[ReceiptRow]) -> String {
    let attached = rows.iter().filter(|r| r.state == ReceiptState::Attached).count();
    let words = if rows.len() == 1 { "receipt" } else { "receipts" };
    let mut text = format!("{attached} of {} {words} attached", rows.len());
    if let Some(r) = rows.iter().find(|r| r.state == ReceiptState::Refused) {
        text.push_str(&format!(", one refused: {}", clean(&r.detail)));
    }
    text
}

fn body_of(model: &Model, buf: &mut Buffer, area: Rect, shape: Shape) {
    let screen = &model.document;
    let theme = &model.look.theme;
    let records = screen.set().map_or(0, |s| s.entries.len());
    let entries_title = match records {
        0 => "ENTRIES".to_string(),
        1 => "ENTRIES · 1 ledger record".into(),
        n => format!("ENTRIES · {n} ledger records, approved and posted together"),
    };
    let correction = screen.sheet.as_ref().is_some_and(|s| s.card.row.kind == DocumentKind::Correction);
    let source_title =
        if correction { "SOURCE · made here, not by Concur" } else { "SOURCE · as Concur sent it" };
    let inner = |a: Rect| Rect { y: a.y + 1, height: a.height.saturating_sub(1), ..a };
    if shape.both {
        let left_w = (area.width * 2 / 5).clamp(44, 70);
        let l = Rect { width: left_w, ..area };
        let r = Rect { x: area.x + left_w + 1, width: area.width.saturating_sub(left_w + 1), ..area };
        rule(buf, l, 0, source_title, &more(screen.source.len(), screen.source_top, shape.body), theme);
        rule(buf, r, 0, &entries_title, &more(screen.entries.len(), screen.cursor.top, shape.body), theme);
        let border = theme.style(Meaning::Border);
        let bar = Rect { x: area.x + left_w, width: 1, ..area };
        put(buf, bar, 0, Line::styled("┬", border));
        for y in 1..area.height {
            put(buf, bar, y, Line::styled("│", border));
        }
        draw_source(model, buf, inner(l));
        draw_entries(model, buf, inner(r));
        return;
    }
    let tab = |part: Part, word: &str| {
        let on = screen.part == part;
        let text = if on { format!("[{word}]") } else { format!(" {word} ") };
        Span::styled(text, theme.style(if on { Meaning::Focus } else { Meaning::Muted }))
    };
    let mut tabs = vec![tab(Part::Source, "Source"), tab(Part::Entries, "Entries")];
    if screen.parts().contains(&Part::Checks) {
        tabs.push(tab(Part::Checks, "Why and checks"));
    }
    tabs.push(Span::styled(format!(" {}", records_words(records)), theme.style(Meaning::Muted)));
    let below = match screen.part {
        Part::Source => more(screen.source.len(), screen.source_top, shape.body),
        Part::Entries => more(screen.entries.len(), screen.cursor.top, shape.body),
        Part::Checks => String::new(),
    };
    if !below.is_empty() {
        tabs.push(Span::styled(format!(" · {below}"), theme.style(Meaning::Muted)));
    }
    put(buf, area, 0, Line::from(tabs));
    match screen.part {
        Part::Source => draw_source(model, buf, inner(area)),
        Part::Entries => draw_entries(model, buf, inner(area)),
        Part::Checks => lower::tab(model, buf, inner(area)),
    }
}

fn records_words(n: usize) -> String {
    match n {
        0 => "nothing would be posted".into(),
        1 => "1 ledger record".into(),
        n => format!("{n} ledger records, posted together"),
    }
}

fn draw_source(model: &Model, buf: &mut Buffer, area: Rect) {
    let screen = &model.document;
    let theme = &model.look.theme;
    let w = usize::from(area.width);
    let selected = screen.selected_source();
    let rows = usize::from(area.height);
    for (i, r) in screen.source.iter().skip(screen.source_top).take(rows).enumerate() {
        let here = selected.is_some_and(|s| r.stems(s));
        let amount_w = if r.amount.is_empty() { 0 } else { width(&r.amount).max(12) };
        let party_w = if r.party.is_empty() { 0 } else { width(&r.party) + 1 };
        let text_w = w.saturating_sub(amount_w + party_w + 1);
        let text = if r.sum {
            right(&r.text, text_w.min(32)) + &" ".repeat(text_w.saturating_sub(32))
        } else {
            left(&r.text, text_w)
        };
        let line = format!(
            "{}{text}{}{}",
            if here { ">" } else { " " },
            if party_w > 0 { format!(" {}", r.party) } else { String::new() },
            right(&r.amount, amount_w)
        );
        let meaning = match (here, r.sum) {
            (true, _) => Meaning::Selection,
            (false, true) => Meaning::Muted,
            (false, false) => Meaning::Text,
        };
        put(buf, area, i as u16, Line::styled(line, theme.style(meaning)));
    }
}

fn draw_entries(model: &Model, buf: &mut Buffer, area: Rect) {
    let screen = &model.document;
    let theme = &model.look.theme;
    let w = usize::from(area.width);
    let amount_w =
        screen.entries.iter().map(|r| width(&r.debit).max(width(&r.credit))).max().unwrap_or(0).max(10) + 1;
    let class_w = match w {
        70.. => 18,
        64.. => 16,
        _ => 0,
    };
    let text_w = w.saturating_sub(1 + class_w + 2 * amount_w);
    let rows = usize::from(area.height);
    for (i, r) in screen.entries.iter().enumerate().skip(screen.cursor.top).take(rows) {
        let here = i == screen.cursor.at && r.is_line();
        let lead = if here { ">" } else { " " };
        let line = match r.kind {
            RowKind::Head | RowKind::Note => format!("{lead}{}", left(&r.text, w.saturating_sub(1))),
            _ => format!(
                "{lead}{}{}{}{}",
                left(&r.text, text_w),
                left(&r.class, class_w),
                right(&r.debit, amount_w),
                right(&r.credit, amount_w)
            ),
        };
        let meaning = match r.kind {
            _ if here => Meaning::Selection,
            RowKind::Head => Meaning::Accent,
            RowKind::Line => Meaning::Text,
            RowKind::Balanced => Meaning::Ok,
            RowKind::Unbalanced => Meaning::Error,
            RowKind::Note => Meaning::Muted,
        };
        put(buf, area, (i - screen.cursor.top) as u16, Line::styled(line, theme.style(meaning)));
    }
}

/// `↓ 3 more`, for the rule above a part that does not fit.
fn more(len: usize, top: usize, rows: u16) -> String {
    match len.saturating_sub(top + usize::from(rows)) {
        0 if top > 0 => "↑".into(),
        0 => String::new(),
        n => format!("↓ {n} more"),
    }
}
