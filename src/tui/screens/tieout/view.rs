//! The tie-out on the screen.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::tui::app::Model;
use crate::tui::keys::ActionId;
use crate::tui::text::{clean, cut, left, width, wrap};
use crate::tui::theme::{Meaning, Theme};
use crate::tui::widgets::{put, rule};

use super::parts::bridge;
use super::{Part, Section, Target, TieoutScreen};

/// Draws it: the line of the parts, then the sections.
pub fn draw(model: &Model, buf: &mut Buffer, area: Rect) {
    let theme = &model.look.theme;
    let screen = &model.tieout;
    parts_line(model, buf, area);
    let body = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    if let Some(step) = &screen.reading {
        return reading(model, *step, buf, body);
    }
    if let Some(why) = &screen.error {
        let why = format!("It could not be read: {}.", clean(why).trim_end_matches('.'));
        let now = model.worded("Nothing was changed. {key:refresh} reads both sides again; {key:connections} shows the connections.");
        return words(buf, body, theme, &[(Meaning::Error, why), (Meaning::Text, now)]);
    }
    if screen.shown().is_none() {
        let month = screen.month(model.now, &model.zone).map(|p| p.to_string()).unwrap_or_default();
        let none = match model.book {
            None => "There is no book yet: 3 connections begins one.".to_string(),
            Some(_) => format!(
                "The tie-out proves, for a month, that what Concur approved is what the ledger holds, to the cent. \
                 Enter reads both sides of {month} now; ← → choose another month. Nothing is written in either \
                 system."
            ),
        };
        return words(buf, body, theme, &[(Meaning::Text, none)]);
    }
    sections(screen, buf, body, theme);
    if let Some(list) = &screen.list {
        list.draw(buf, body, theme, model.home());
    }
}

/// The parts, the present one in brackets, and when both sides were read.
pub fn parts_line(model: &Model, buf: &mut Buffer, area: Rect) {
    let theme = &model.look.theme;
    let screen = &model.tieout;
    let wide = area.width >= 100;
    let mut spans = Vec::new();
    let (mut used, mut tight) = (0, false);
    for part in Part::ALL {
        let mark = screen.shown().and_then(|d| part.mark(&d.report));
        let name = part.name(wide);
        let here = part == screen.part;
        let name = mark.map_or_else(|| name.to_string(), |m| format!("{name} {m}"));
        let text = match (here, mark.is_some()) {
            (true, _) if tight => format!(" [{name}]"),
            (true, _) => format!("[{name}]"),
            (false, true) => format!(" {name}"),
            (false, false) => format!(" {name} "),
        };
        tight = !here && mark.is_some();
        used += width(&text);
        let meaning = match (here, mark) {
            (_, Some("!")) => Meaning::Error,
            (true, _) => Meaning::Focus,
            (false, _) => Meaning::Text,
        };
        spans.push(Span::styled(text, theme.style(meaning)));
    }
    let right = right(model, wide);
    let room = usize::from(area.width).saturating_sub(used);
    if width(&right) < room {
        spans.push(Span::raw(" ".repeat(room - width(&right))));
        spans.push(Span::styled(right, theme.style(Meaning::Muted)));
    }
    put(buf, area, 0, Line::from(spans));
}

fn right(model: &Model, wide: bool) -> String {
    let screen = &model.tieout;
    if let Some(busy) = screen.busy {
        return format!("{busy}…");
    }
    if screen.reading.is_some() {
        return "reading…".into();
    }
    let Some(done) = screen.shown() else { return String::new() };
    let today = model.now.at.map(|t| t.to_zoned(model.zone.clone()).date());
    let at = |t: Option<jiff::Timestamp>| match t.map(|t| t.to_zoned(model.zone.clone())) {
        None => "not read".to_string(),
        Some(z) if Some(z.date()) == today && wide => format!("read {}", z.strftime("%H:%M")),
        Some(z) if Some(z.date()) == today => z.strftime("%H:%M").to_string(),
        Some(z) => format!("read {}", z.strftime("%m-%d %H:%M")),
    };
    let c = &done.report.checked;
    if wide {
        return format!("Concur {} · ledger {}", at(c.source_read), at(c.ledger_read));
    }
    // the older of both: nothing shown is younger
    match (c.source_read, c.ledger_read) {
        (Some(a), Some(b)) => format!("read {}", at(Some(a.min(b))).trim_start_matches("read ")),
        _ => "not read".into(),
    }
}

fn words(buf: &mut Buffer, area: Rect, theme: &Theme, said: &[(Meaning, String)]) {
    let w = usize::from(area.width).saturating_sub(4).min(84);
    let mut y = 2;
    for (meaning, text) in said {
        for line in wrap(text, w) {
            put(buf, area, y, Line::styled(format!("  {line}"), theme.style(*meaning)));
            y += 1;
        }
        y += 1;
    }
}

fn reading(model: &Model, step: Option<crate::engine::reconcile::ReadingStep>, buf: &mut Buffer, area: Rect) {
    let theme = &model.look.theme;
    let Some(period) = model.tieout.month(model.now, &model.zone) else { return };
    let section = bridge::reading(period, model.home(), usize::from(area.width), step);
    let h = section.rows.len();
    let below = section.frame() + h;
    draw_section(&section, h, 0, None, buf, area, theme);
    let rest = Rect { y: area.y + below as u16, height: area.height.saturating_sub(below as u16), ..area };
    let said = "Concur's lists and the ledger's records are being read; nothing is written there. \
                Figures are shown when both sides are whole.";
    if rest.height > 3 {
        words(buf, Rect { y: rest.y.saturating_sub(1), ..rest }, theme, &[(Meaning::Muted, said.into())]);
    }
}

fn sections(screen: &TieoutScreen, buf: &mut Buffer, area: Rect, theme: &Theme) {
    let place = screen.place();
    let heights = screen.sheet.heights(usize::from(area.height), place);
    let focus = screen.sheet.stops.get(place.at).copied();
    let mut y = 0u16;
    for (i, (section, h)) in screen.sheet.sections.iter().zip(heights).enumerate() {
        if h == 0 {
            continue;
        }
        let top = place.tops.get(i).copied().unwrap_or(0).min(section.rows.len().saturating_sub(h));
        let here = focus.filter(|(s, _)| *s == i).map(|(_, r)| r);
        let room = Rect { y: area.y + y, height: area.height.saturating_sub(y), ..area };
        draw_section(section, h, top, here, buf, room, theme);
        y += (section.frame() + h) as u16;
    }
    if y < area.height && screen.part == Part::Completeness {
        let room = Rect { y: area.y + y, height: 1, ..area };
        rule(buf, room, 0, "", "", theme);
    }
}

fn draw_section(
    section: &Section,
    h: usize,
    top: usize,
    here: Option<usize>,
    buf: &mut Buffer,
    area: Rect,
    theme: &Theme,
) {
    let n = section.rows.len();
    let right = match (section.counts, h < n) {
        (true, true) => format!("{h} of {n}"),
        (true, false) => section.right.clone(),
        (false, true) if section.right.is_empty() => format!("{}–{} of {n}", top + 1, top + h),
        (false, _) => section.right.clone(),
    };
    rule(buf, area, 0, &section.title, &right, theme);
    let mut y = 1;
    if !section.head.is_empty() {
        let head = cut(&section.head, usize::from(area.width)).into_owned();
        put(buf, area, y, Line::styled(head, theme.style(Meaning::Muted)));
        y += 1;
    }
    for (i, row) in section.rows.iter().enumerate().skip(top).take(h) {
        let selected = here == Some(i);
        let mut spans: Vec<Span<'_>> = Vec::with_capacity(row.pieces.len() + 1);
        for (k, (meaning, text)) in row.pieces.iter().enumerate() {
            let meaning = if selected { Meaning::Selection } else { *meaning };
            // the sign of the cursor takes the blank at the beginning
            match (selected && k == 0).then(|| text.strip_prefix(' ')).flatten() {
                Some(rest) => spans.push(Span::styled(format!(">{rest}"), theme.style(meaning))),
                None => spans.push(Span::styled(text.as_str(), theme.style(meaning))),
            }
        }
        if selected {
            let used = row.width();
            let w = usize::from(area.width);
            spans.push(Span::styled(left("", w.saturating_sub(used)), theme.style(Meaning::Selection)));
        }
        put(buf, area, y, Line::from(spans));
        y += 1;
    }
}

/// The hints of the footer.
pub fn hints(model: &Model) -> Vec<ActionId> {
    use ActionId::*;
    let screen = &model.tieout;
    if screen.list.is_some() {
        return vec![TieoutOpen, Back];
    }
    if screen.shown().is_none() {
        return vec![TieoutOpen, PreviousPeriod, NextPeriod, ScreenQueue];
    }
    match screen.part {
        Part::Bridge => vec![TieoutOpen, NextPart, TieoutExport, TieoutComment, TieoutSign],
        Part::Accruals => vec![TieoutOpen, NextPart, TieoutAccrue, TieoutExport],
        Part::SignOff => {
            vec![NextPart, TieoutSign, TieoutReview, TieoutReopen, TieoutLock, TieoutExport]
        }
        _ => vec![TieoutOpen, NextPart, TieoutExport],
    }
}

/// What an action is called here, where it depends on what the cursor is on.
pub fn word(model: &Model, id: ActionId) -> Option<&'static str> {
    let screen = &model.tieout;
    if model.screen != crate::tui::app::Screen::Tieout || id != ActionId::TieoutOpen {
        return None;
    }
    if screen.shown().is_none() {
        return Some("read both sides now");
    }
    if screen.list.is_some() {
        return Some("go to document");
    }
    Some(match screen.target()? {
        Target::Item(_) | Target::Number(_) | Target::Explains(..) => "go to document",
        Target::Line(_) => "documents of the line",
        Target::Account(id) if is_card(screen, id) => "statement figure",
        Target::Account(_) | Target::Kind(_) | Target::Day(..) | Target::Centre(..) | Target::Party(..) => {
            "documents of the row"
        }
        Target::Accrual(_) => "documents of the row",
        Target::Text | Target::None => return None,
    })
}

/// A card account asks for the statement's figure.
pub(super) fn is_card(screen: &TieoutScreen, id: &str) -> bool {
    let of = |a: &&crate::tieout::ControlAccount| a.id == id;
    screen
        .shown()
        .and_then(|d| d.report.controls.iter().find(of))
        .is_some_and(|a| a.role == crate::tieout::ControlRole::Card)
}
