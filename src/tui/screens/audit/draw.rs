//! Draws the trail: where the chain stands, what is searched, the events, and the event under the cursor.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use crate::store::AuditRow;
use crate::tui::app::Model;
use crate::tui::format::{ago, count, header_time_short, minute};
use crate::tui::keys::ActionId;
use crate::tui::text::{clean, cut, ends, left, right, width, wrap};
use crate::tui::theme::Meaning;
use crate::tui::widgets::{put, rule};

use super::detail::{subject_words, who_and_how};
use super::room::verdict;
use super::{AuditScreen, Replay};

/// From this width on the event stands beside the list.
const BESIDE: u16 = 160;

/// Lines above the list: rule, chain, chips when there are any, heads.
fn above(screen: &AuditScreen) -> u16 {
    3 + u16::from(screen.typing.is_some() || !screen.chips.is_empty() || screen.problem.is_some())
}

/// Lines of the event below the list, its rule included.
fn below(w: u16, h: u16) -> u16 {
    match h {
        _ if w >= BESIDE => 0,
        0..=17 => 0,
        18..=26 => 6,
        _ => 11,
    }
}

/// Height of the body in a terminal of this size.
fn body(model: &Model) -> u16 {
    model.size.1.saturating_sub(3)
}

/// Rows of the list.
pub fn rows(model: &Model) -> usize {
    let h = body(model);
    usize::from(h.saturating_sub(above(&model.audit) + below(model.size.0, h))).max(1)
}

/// Rows of a replay.
pub fn replay_rows(model: &Model) -> usize {
    usize::from(body(model).saturating_sub(4)).max(1)
}

/// Draws it.
pub fn draw(model: &Model, buf: &mut Buffer, area: Rect) {
    if let Some(replay) = &model.audit.replay {
        draw_replay(model, replay, buf, area);
        return;
    }
    let theme = &model.look.theme;
    let screen = &model.audit;
    let title = match &screen.subject {
        Some((_, number)) => format!("audit trail of {}", clean(number)),
        None => "audit trail, newest first".into(),
    };
    rule(buf, area, 0, &title, &figures(screen), theme);
    let (chain, meaning) = chain(model, usize::from(area.width));
    put(buf, area, 1, Line::styled(left(&chain, usize::from(area.width)), theme.style(meaning)));
    let mut y = 2;
    if above(screen) == 4 {
        searched(model, buf, Rect { y: area.y + 2, height: area.height.saturating_sub(2).min(1), ..area });
        y += 1;
    }
    let h = area.height;
    let pane_h = below(area.width, h);
    let beside = area.width >= BESIDE;
    let list_w = if beside { area.width - area.width * 2 / 5 } else { area.width };
    let list = Rect { y: area.y + y, width: list_w, height: h.saturating_sub(y + pane_h), ..area };
    draw_list(model, buf, list);
    let pane = if beside {
        Rect {
            x: area.x + list_w + 1,
            y: area.y + y,
            width: area.width - list_w - 1,
            height: h.saturating_sub(y),
        }
    } else {
        Rect { y: area.y + h.saturating_sub(pane_h), height: pane_h, ..area }
    };
    draw_pane(model, buf, pane);
}

/// `60 of 1,204 events`, `60 of … events` while they are counted.
fn figures(screen: &AuditScreen) -> String {
    if !screen.loaded {
        return "reading…".into();
    }
    let n = screen.rows.len() as u64;
    match screen.total {
        Some(total) if total == n && !screen.more && !screen.newer => {
            if n == 1 {
                "1 event".into()
            } else {
                format!("{} events", count(n))
            }
        }
        Some(total) => format!("{} of {} events", count(n), count(total.max(n))),
        None => format!("{} of … events", count(n)),
    }
}

/// Where the chain stands, in one line.
fn chain(model: &Model, w: usize) -> (String, Meaning) {
    let chain = &model.audit.chain;
    if let Some((done, of)) = model.audit.verifying {
        let bar = bar(done, of, 20);
        let text = format!(" verifying {bar} {} of {} events", count(done), count(of));
        return (text, Meaning::Busy);
    }
    let age = |at| model.now.at.map_or_else(String::new, |now| format!(", verified {}", ago(at, now)));
    let anchored = match chain.anchors.last() {
        Some((seq, ..)) => format!("anchored to event {}", count(*seq)),
        None => "no anchor yet".into(),
    };
    match &chain.check {
        None => {
            let text =
                format!(" the chain was not verified yet · {} verifies it", model.key(ActionId::AuditVerify));
            (ends(&text, &anchored, w), Meaning::Warn)
        }
        Some(check) => match &check.broken {
            Some((seq, why)) => (
                format!(" ! chain broken at event {}: {}{}", count(*seq), clean(why), age(check.at)),
                Meaning::Error,
            ),
            None => {
                let since = chain.head.saturating_sub(check.rows);
                let later = match since {
                    0 => String::new(),
                    1 => " · 1 event since".into(),
                    n => format!(" · {} events since", count(n)),
                };
                let text = format!(" ✓ chain whole to event {}{}{later}", count(check.rows), age(check.at));
                (ends(&text, &anchored, w), Meaning::Ok)
            }
        },
    }
}

fn bar(done: u64, of: u64, w: u64) -> String {
    let filled = (done.min(of) * w).checked_div(of).unwrap_or(0);
    let filled = usize::try_from(filled).unwrap_or(0);
    let w = usize::try_from(w).unwrap_or(0);
    format!("[{}{}]", "=".repeat(filled), " ".repeat(w.saturating_sub(filled)))
}

/// The search line, or what is in force.
fn searched(model: &Model, buf: &mut Buffer, area: Rect) {
    let theme = &model.look.theme;
    let screen = &model.audit;
    if let Some(input) = &screen.typing {
        put(buf, area, 0, Line::styled("/", theme.style(Meaning::Focus)));
        let w = area.width.saturating_sub(1);
        let hint = "who: doc: action: conn: from: to:";
        let hint_w = if usize::from(w) >= width(hint) + 40 { width(hint) as u16 + 2 } else { 0 };
        let field = Rect { x: area.x + 1, width: w.saturating_sub(hint_w), ..area };
        input.widget(theme.style(Meaning::Text)).render(field.intersection(buf.area), buf);
        if hint_w > 0 {
            let at = Rect { x: area.x + area.width - hint_w + 1, width: hint_w, ..area };
            put(buf, at, 0, Line::styled(hint, theme.style(Meaning::Muted)));
        }
        return;
    }
    let mut spans = vec![Span::raw(" ")];
    if let Some(problem) = &screen.problem {
        spans.push(Span::styled(format!("! {problem}   "), theme.style(Meaning::Warn)));
    }
    for chip in &screen.chips {
        spans.push(Span::styled(format!("[{}]", cut(chip, 40)), theme.style(Meaning::Marked)));
        spans.push(Span::raw(" "));
    }
    let hint = format!(
        " {} clears · {} changes · {} by field",
        model.key(ActionId::Back),
        model.key(ActionId::Filter),
        model.key(ActionId::AuditFields)
    );
    spans.push(Span::styled(hint, theme.style(Meaning::Muted)));
    put(buf, area, 0, Line::from(spans));
}

/// Widths of number, time, person, action and subject; 0: not shown.
fn columns(w: usize) -> [usize; 5] {
    match w {
        0..=95 => [7, 11, 0, 0, 11],
        96..=139 => [8, 16, 15, 16, 12],
        _ => [9, 16, 18, 20, 14],
    }
}

fn draw_list(model: &Model, buf: &mut Buffer, area: Rect) {
    let theme = &model.look.theme;
    let screen = &model.audit;
    let w = usize::from(area.width);
    let c = columns(w);
    let line = |cells: [&str; 5], text: &str| {
        let mut out = String::from(" ");
        for (i, (cell, n)) in cells.into_iter().zip(c).enumerate() {
            if n > 0 {
                out.push(' ');
                out.push_str(&if i == 0 { right(cell, n) } else { left(cell, n) });
                if i == 0 {
                    out.push(' ');
                }
            }
        }
        let rest = w.saturating_sub(width(&out) + 1);
        format!("{out} {}", left(text, rest))
    };
    let head = line(["event", "when", "who", "what", "on"], "what happened");
    put(buf, area, 0, Line::styled(head, theme.style(Meaning::Muted)));
    let say = |buf: &mut Buffer, words: &str, meaning| {
        for (i, l) in wrap(words, w.saturating_sub(4)).iter().enumerate() {
            put(buf, area, 2 + i as u16, Line::styled(format!("  {l}"), theme.style(meaning)));
        }
    };
    if let Some(why) = &screen.error {
        say(
            buf,
            &format!("The trail cannot be read: {why}. {} reads again.", model.key(ActionId::Refresh)),
            Meaning::Error,
        );
        return;
    }
    if screen.rows.is_empty() {
        let words = match (screen.loaded, screen.search.trim().is_empty()) {
            (false, _) => "reading…".to_string(),
            (true, true) => {
                "Nothing is recorded here yet. What people and the program do is written here by itself."
                    .into()
            }
            (true, false) => format!(
                "No event matches. Words are looked for from their beginning, and all of them have to be there. \
                 {} clears the filter, {} shows it field by field.",
                model.key(ActionId::Back),
                model.key(ActionId::AuditFields)
            ),
        };
        say(buf, &words, Meaning::Text);
        return;
    }
    let rows = usize::from(area.height.saturating_sub(1)).max(1);
    let at = screen.cursor.at;
    let top = screen.cursor.top.min(at).max((at + 1).saturating_sub(rows));
    for (i, r) in screen.rows.iter().enumerate().skip(top).take(rows) {
        let here = i == at;
        let seq = count(r.seq);
        let when = if c[1] < 16 { header_time_short(r.at, &model.zone) } else { minute(r.at, &model.zone) };
        let (who, what, on) = (clean(&r.actor), clean(&r.action.replace('_', " ")), subject_words(r));
        let text = if c[2] > 0 { clean(&r.text) } else { clean(&who_and_how(r)) };
        let mut text = line([&seq, &when, &who, &what, &on], &text);
        if here {
            text.replace_range(0..1, ">");
        }
        let style = theme.style(if here { Meaning::Selection } else { Meaning::Text });
        put(buf, area, 1 + (i - top) as u16, Line::styled(text, style));
    }
}

/// The event under the cursor: its sentence, what it changed, the rest.
fn draw_pane(model: &Model, buf: &mut Buffer, area: Rect) {
    let Some(r) = model.audit.current() else { return };
    if area.height == 0 {
        return;
    }
    let theme = &model.look.theme;
    let w = usize::from(area.width);
    let title = format!("event {} · {}", count(r.seq), subject_words(r));
    let when = r.at.to_zoned(model.zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string();
    rule(buf, area, 0, &title, &when, theme);
    let lines = pane_lines(model, r, w);
    let room = usize::from(area.height - 1);
    let more = lines.len() > room;
    for (i, (text, meaning)) in lines.iter().take(room).enumerate() {
        let last = more && i + 1 == room;
        let text = if last {
            format!(" … {} more lines: {}", lines.len() - i, model.key(ActionId::Open))
        } else {
            text.clone()
        };
        let meaning = if last { Meaning::Muted } else { *meaning };
        put(buf, area, 1 + i as u16, Line::styled(left(&text, w), theme.style(meaning)));
    }
}

fn pane_lines(model: &Model, r: &AuditRow, w: usize) -> Vec<(String, Meaning)> {
    let pane = &model.audit.pane;
    let mut out: Vec<(String, Meaning)> = Vec::new();
    let said = clean(&r.text);
    out.extend(wrap(&said, w.saturating_sub(2)).into_iter().map(|l| (format!(" {l}"), Meaning::Text)));
    let via = if r.via.is_empty() { String::new() } else { format!(" by {}", clean(&r.via)) };
    out.push((format!(" {}{via} · {}", clean(&r.actor), clean(&r.action.replace('_', " "))), Meaning::Muted));
    if !pane.changes.is_empty() {
        let names = pane.changes.iter().map(|c| width(&c.field)).max().unwrap_or(0).clamp(7, (w / 3).max(7));
        let side = w.saturating_sub(names + 8) / 2;
        out.push((
            format!(" {}  {}   {}", left("changed", names), left("before", side), "after"),
            Meaning::Muted,
        ));
        for c in &pane.changes {
            let or = |v: &str| if v.is_empty() { "—".to_string() } else { v.to_string() };
            let text = format!(
                " {}  {} → {}",
                left(&c.field, names),
                left(&or(&c.before), side),
                cut(&or(&c.after), side + 2)
            );
            out.push((text, Meaning::Text));
        }
    }
    // short facts share lines
    let mut line = String::new();
    for (k, v) in &pane.rest {
        let fact = format!("{k}: {v}");
        if !line.is_empty() && width(&line) + width(&fact) + 5 > w {
            out.push((format!(" {line}"), Meaning::Muted));
            line.clear();
        }
        if !line.is_empty() {
            line.push_str(" · ");
        }
        line.push_str(&fact);
    }
    if !line.is_empty() {
        out.extend(wrap(&line, w.saturating_sub(2)).into_iter().map(|l| (format!(" {l}"), Meaning::Muted)));
    }
    out
}

/// Today's entries beside the posted ones.
fn draw_replay(model: &Model, replay: &Replay, buf: &mut Buffer, area: Rect) {
    let theme = &model.look.theme;
    let w = usize::from(area.width);
    let (title, figures) = match &replay.compared {
        Some(Ok((_, c))) => {
            let n = c.differing();
            let words = match n {
                0 => "nothing differs".to_string(),
                1 => "1 place differs".into(),
                n => format!("{n} places differ"),
            };
            let hint = format!(
                "{} back · {} the document",
                model.key(ActionId::Back),
                model.key(ActionId::AuditDocument)
            );
            (format!("replay of {}: {words}", clean(&replay.number)), hint)
        }
        _ => (format!("replay of {}", clean(&replay.number)), format!("{} back", model.key(ActionId::Back))),
    };
    rule(buf, area, 0, &title, &figures, theme);
    let (text, wrong) = verdict(model, replay);
    let meaning = if wrong { Meaning::Warn } else { Meaning::Text };
    let sign = if wrong { "! " } else { "" };
    let said = wrap(&format!("{sign}{text}"), w.saturating_sub(2));
    for (i, l) in said.iter().take(3).enumerate() {
        put(buf, area, 1 + i as u16, Line::styled(format!(" {l}"), theme.style(meaning)));
    }
    let rest = Rect { y: area.y + 4, height: area.height.saturating_sub(4), ..area };
    match &replay.compared {
        None => put(buf, rest, 0, Line::styled(" deriving…", theme.style(Meaning::Busy))),
        Some(Err(why)) => {
            for (i, l) in wrap(&format!("! {}", clean(why)), w.saturating_sub(2)).iter().enumerate() {
                put(buf, rest, i as u16, Line::styled(format!(" {l}"), theme.style(Meaning::Error)));
            }
        }
        Some(Ok((_, comparison))) => comparison.draw(buf, rest, theme),
    }
}
