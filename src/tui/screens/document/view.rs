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
use super::{Part, lower};

/// Rows of source and entries, however few lines they have.
const FEWEST: u16 = 4;
/// Rows of why, checks and findings, however much room there is.
const MOST_BELOW: u16 = 14;
/// Columns of the left side at 120, and at most.
const LEFT: (u16, u16) = (44, 70);

/// Lines of each part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Source and entries side by side.
    pub both: bool,
    /// Rows of source and entries.
    pub body: u16,
    /// Rows of why, checks and findings; 0: they are a part of their own.
    pub lower: u16,
    /// Why stands beside checks and findings.
    pub why: bool,
    /// Rows of history.
    pub history: u16,
}

impl Shape {
    /// For a terminal of this size: history goes first when the height shrinks, then why, never what stops.
    pub fn of((w, h): (u16, u16)) -> Self {
        let history = match h {
            50.. => 6,
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
        Self { both: w >= 100, body: h.saturating_sub(used), lower, why: h >= 22, history }
    }

    /// Rows that source and entries do not need go to history and to why, checks and findings.
    pub fn for_lines(self, lines: usize, steps: usize) -> Self {
        if self.lower == 0 {
            return self;
        }
        let needed = u16::try_from(lines).unwrap_or(u16::MAX).max(FEWEST);
        let spare = self.body.saturating_sub(needed);
        let steps = u16::try_from(steps).unwrap_or(u16::MAX);
        let back = if self.history > 0 { steps.saturating_sub(self.history).min(spare / 3) } else { 0 };
        let more = (spare - back).min(MOST_BELOW.saturating_sub(self.lower));
        Self { body: self.body - more - back, lower: self.lower + more, history: self.history + back, ..self }
    }
}

/// Columns of the left side.
fn left_width(w: u16) -> u16 {
    if w < 100 { w / 2 } else { (LEFT.0 + w.saturating_sub(120) / 3).min(LEFT.1) }
}

/// Draws the document below the first line of header and above the footer.
pub fn draw(model: &Model, buf: &mut Buffer, area: Rect) {
    let screen = &model.document;
    let theme = &model.look.theme;
    let w = usize::from(area.width);
    let shape = screen.shape();
    let Some(sheet) = &screen.sheet else {
        let (text, meaning) = match &screen.error {
            Some(why) => (
                model.worded(&format!("The document cannot be read: {why}. {{key:refresh}} reads again.")),
                Meaning::Error,
            ),
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
        // some ledgers keep the number in the name, where names are unique
        (false, false) if row.payee.ends_with(&format!("({})", row.payee_code)) => String::new(),
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
    put(buf, area, 1, Line::styled(ends(&second(model), &position, w), theme.style(Meaning::Muted)));
    let body = Rect { y: area.y + 2, height: (shape.body + 1).min(area.height.saturating_sub(2)), ..area };
    body_of(model, buf, body, shape);
    let below = |y: u16| Rect { y: area.y + y, height: area.height.saturating_sub(y), ..area };
    let mut y = 2 + shape.body + 1;
    if y >= area.height {
        return;
    }
    if shape.lower > 0 {
        let lower = Rect { height: (shape.lower + 1).min(area.height - y), ..below(y) };
        lower::draw(model, buf, lower, left_width(area.width), shape.why);
        y += shape.lower + 1;
    } else {
        lower::blocking_line(model, buf, below(y));
        y += 1;
    }
    if shape.history > 0 && y < area.height {
        lower::draw_history(
            model,
            buf,
            Rect { height: (shape.history + 1).min(area.height - y), ..below(y) },
        );
        y += shape.history + 1;
        rule(buf, area, y, "", "", theme);
    }
}

/// `posting date 2026-10-28 (approved in Concur 11:00 by Romero, Lucia) · October open · who pays: ledger`
fn second(model: &Model) -> String {
    let screen = &model.document;
    let Some(sheet) = &screen.sheet else { return String::new() };
    let card = &sheet.card;
    let mut parts = Vec::new();
    if let Some(d) = &card.derived {
        if let Some(date) = d.posting_date {
            let moved = d.original_date.filter(|o| *o != date).map(|o| format!(" (moved from {o})"));
            parts.push(format!("posting date {date}{}", moved.or(approved(model, date)).unwrap_or_default()));
            let lock = model.current_book().and_then(|b| b.settings.lock_date);
            let closed = d.findings.iter().any(|f| f.code == crate::model::FindingCode::PeriodClosed)
                || lock.is_some_and(|l| date <= l);
            parts.push(format!("{} {}", date.strftime("%B"), if closed { "closed" } else { "open" }));
        }
        if !d.who_pays.is_empty() {
            parts.push(format!("who pays: {}", clean(&d.who_pays)));
        }
    }
    if let Some(a) = &card.approval {
        let at = crate::tui::format::minute(a.at, &model.zone);
        parts.push(format!("approved here by {} {at}", clean(&a.by)));
    }
    if !sheet.receipts.is_empty() {
        parts.push(receipts(&sheet.receipts));
    }
    if card.bytes.is_empty() {
        parts.push("source purged".into());
    }
    parts.join(" · ")
}

/// What made it that day, where the approval at the source did.
fn approved(model: &Model, date: jiff::civil::Date) -> Option<String> {
    let screen = &model.document;
    let source = screen.sheet.as_ref()?.source.as_ref()?;
    let at = source.processed_at?.to_zoned(model.zone.clone());
    if at.date() != date || source.kind == DocumentKind::Correction {
        return None;
    }
    let who = screen.extras.approver.as_deref().or(source.approver.as_deref());
    let by = who.map_or_else(|| ", by whom Concur does not say".into(), |w| format!(" by {}", clean(w)));
    Some(format!(" (approved in Concur {}{by})", at.strftime("%H:%M")))
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
    let source_title = if correction {
        "SOURCE · made here, not by Concur"
    } else {
        match screen.sheet.as_ref().map(|s| s.card.row.kind) {
            Some(DocumentKind::Invoice) => "SOURCE · Concur payment request",
            _ => "SOURCE · Concur financial document",
        }
    };
    let titled = |part: Part, text: &str| {
        if screen.part == part && part != Part::Entries { format!("[{text}]") } else { text.to_string() }
    };
    let source_title = titled(Part::Source, source_title);
    let inner = |a: Rect| Rect { y: a.y + 1, height: a.height.saturating_sub(1), ..a };
    if shape.both {
        let left_w = left_width(area.width);
        let l = Rect { width: left_w, ..area };
        let r = Rect { x: area.x + left_w + 1, width: area.width.saturating_sub(left_w + 1), ..area };
        rule(
            buf,
            l,
            0,
            &source_title,
            &more(screen.source.len(), screen.source_cursor.top, shape.body),
            theme,
        );
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
    let narrow = shape.lower == 0;
    if narrow {
        tabs.push(tab(Part::Checks, "Why and checks"));
    }
    tabs.push(Span::styled(format!(" {}", records_words(records)), theme.style(Meaning::Muted)));
    let below = match screen.part {
        Part::Source => more(screen.source.len(), screen.source_cursor.top, shape.body),
        Part::Entries => more(screen.entries.len(), screen.cursor.top, shape.body),
        Part::Checks => String::new(),
    };
    if !below.is_empty() {
        tabs.push(Span::styled(format!(" · {below}"), theme.style(Meaning::Muted)));
    }
    put(buf, area, 0, Line::from(tabs));
    match screen.part {
        Part::Source => draw_source(model, buf, inner(area)),
        Part::Checks if narrow => lower::tab(model, buf, inner(area)),
        // findings and checks have the keys below; the entries stay in sight
        Part::Entries | Part::Checks => draw_entries(model, buf, inner(area)),
    }
}

fn records_words(n: usize) -> String {
    match n {
        0 => "nothing would be posted".into(),
        1 => "1 ledger record".into(),
        n => format!("{n} ledger records, posted together"),
    }
}

/// The sign of a selected line stands in its first blank.
fn signed(text: String, here: bool) -> String {
    if here { text.replacen(' ', ">", 1) } else { text }
}

/// The line with the keys in reverse, what belongs to it on the other side marked.
fn meaning_of(here: bool, keys: bool, else_: Meaning) -> Meaning {
    match (here, keys) {
        (true, true) => Meaning::Selection,
        (true, false) => Meaning::Marked,
        (false, _) => else_,
    }
}

fn draw_source(model: &Model, buf: &mut Buffer, area: Rect) {
    let screen = &model.document;
    let theme = &model.look.theme;
    let w = usize::from(area.width);
    let selected = screen.selected_source();
    let keys = screen.part == Part::Source;
    let rows = usize::from(area.height);
    let widest = screen.source.iter().map(|r| width(&r.amount)).max().unwrap_or(0);
    let amount_w = (widest + 1).max(9);
    let top = screen.source_cursor.top;
    for (i, r) in screen.source.iter().enumerate().skip(top).take(rows) {
        let cursor = keys && i == screen.source_cursor.at && r.is_line();
        let here = cursor || (!keys && selected.is_some_and(|s| r.stems(s)));
        let amount = right(&r.amount, if r.amount.is_empty() { 0 } else { amount_w });
        let party = if r.party.is_empty() { String::new() } else { format!("  {:<4}", r.party) };
        let text_w = w.saturating_sub(width(&amount) + width(&party));
        let words = model.worded(&r.text);
        let text = if r.sum && w >= 40 { format!("{:10}{words}", "") } else { words };
        let line = signed(format!("{}{party}{amount}", left(&text, text_w)), here);
        let plain = if r.sum { Meaning::Muted } else { Meaning::Text };
        let line = Line::styled(line, theme.style(meaning_of(here, cursor, plain)));
        put(buf, area, (i - top) as u16, line);
    }
}

/// With its tail where both fit whole.
fn whole_or_less(text: &str, tail: &str, w: usize) -> String {
    let both = format!("{text} · {tail}");
    if tail.is_empty() || width(&both) > w { text.to_string() } else { both }
}

/// Columns of the right side.
struct Columns {
    text: usize,
    class: usize,
    amount: usize,
}

impl Columns {
    fn of(w: usize, rows: &[super::EntryRow]) -> Self {
        let amount = rows.iter().map(|r| width(&r.debit).max(width(&r.credit))).max().unwrap_or(0).max(12);
        let amounts = 2 * amount + 1;
        let class = match w.saturating_sub(amounts) {
            47.. => (15 + w.saturating_sub(75) / 6).min(26),
            40..=46 => 15,
            _ => 0,
        };
        let longest = rows.iter().filter(|r| r.is_line()).map(|r| width(&r.text)).max().unwrap_or(0);
        let whole = w.saturating_sub(1 + class + amounts);
        // air on the right, unless a name needs it
        let margin = if w >= 75 && longest < whole.saturating_sub(3) { 3 } else { 0 };
        Self { text: whole - margin, class, amount }
    }

    fn line(&self, text: &str, class: &str, debit: &str, credit: &str) -> String {
        // a class that fills its column does not touch the amount
        let class = if self.class > 0 { left(class, self.class - 1) + " " } else { String::new() };
        let text = left(text, self.text.saturating_sub(1)) + " ";
        format!("{text}{class}{} {}", right(debit, self.amount), right(credit, self.amount))
    }
}

fn draw_entries(model: &Model, buf: &mut Buffer, area: Rect) {
    let screen = &model.document;
    let theme = &model.look.theme;
    let w = usize::from(area.width);
    let c = Columns::of(w, &screen.entries);
    let keys = screen.part == Part::Entries;
    let rows = usize::from(area.height);
    let first = screen.entries.iter().position(|r| r.kind == RowKind::Head);
    let shown = screen.shown_entries(rows);
    for (y, (i, r)) in shown.into_iter().filter_map(|i| Some((i, screen.entries.get(i)?))).enumerate() {
        let here = screen.belongs(i, r);
        let cursor = i == screen.cursor.at && r.is_line();
        let lead = if here { ">" } else { " " };
        let line = match r.kind {
            RowKind::Head if Some(i) == first && screen.set().is_some() => {
                // the words stand above their columns where the head leaves them room
                let whole = c.text + c.class + c.amount - "debit".len();
                let heads = format!("debit {}", right("credit", c.amount));
                let text = whole_or_less(&r.text, &r.class, whole.saturating_sub(1));
                if width(&text) < whole {
                    format!("{lead}{}{heads}", left(&text, whole))
                } else {
                    let room = w.saturating_sub(1);
                    format!("{lead}{}", left(&whole_or_less(&r.text, &r.class, room), room))
                }
            }
            RowKind::Head => {
                let room = w.saturating_sub(1);
                format!("{lead}{}", left(&whole_or_less(&r.text, &r.class, room), room))
            }
            RowKind::Note | RowKind::Good | RowKind::Bad => {
                format!("{lead}{}", left(&model.worded(&r.text), w.saturating_sub(1)))
            }
            RowKind::Rule => {
                let dashes = "─".repeat(c.amount);
                format!("{lead}{}", c.line("", "", &dashes, &dashes))
            }
            RowKind::Balanced | RowKind::Unbalanced if c.class == 0 => {
                format!("{lead}{}", c.line(&r.class, "", &r.debit, &r.credit))
            }
            _ => format!("{lead}{}", c.line(&r.text, &r.class, &r.debit, &r.credit)),
        };
        let plain = match r.kind {
            RowKind::Head => Meaning::Accent,
            RowKind::Line => Meaning::Text,
            RowKind::Rule => Meaning::Border,
            RowKind::Balanced | RowKind::Good => Meaning::Ok,
            RowKind::Unbalanced | RowKind::Bad => Meaning::Error,
            RowKind::Note => Meaning::Muted,
        };
        let meaning = meaning_of(here, keys && cursor, plain);
        put(buf, area, y as u16, Line::styled(line, theme.style(meaning)));
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
