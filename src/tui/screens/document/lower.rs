//! Below source and entries: why, checks, findings, history.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use crate::model::entry::Why;
use crate::model::state::open_states;
use crate::tui::app::Model;
use crate::tui::findings::about;
use crate::tui::format::{documents, minute, sums_words};
use crate::tui::text::{clean, left, width, wrap};
use crate::tui::theme::Meaning;
use crate::tui::widgets::{put, rule};

type Lines = Vec<(String, Meaning)>;

/// Why on the left, checks and findings on the right.
pub fn draw(model: &Model, buf: &mut Buffer, area: Rect) {
    let theme = &model.look.theme;
    let left_w = if area.width >= 100 { (area.width * 2 / 5).clamp(44, 70) } else { area.width / 2 };
    let l = Rect { width: left_w, ..area };
    let r = Rect { x: area.x + left_w + 1, width: area.width.saturating_sub(left_w + 1), ..area };
    rule(buf, l, 0, &why_title(model), "", theme);
    rule(buf, r, 0, &checks_title(model), "", theme);
    let border = theme.style(Meaning::Border);
    let bar = Rect { x: area.x + left_w, width: 1, ..area };
    put(buf, bar, 0, Line::styled(if area.width >= 100 { "┴" } else { "─" }, border));
    for y in 1..area.height {
        put(buf, bar, y, Line::styled("│", border));
    }
    show(
        model,
        buf,
        Rect { y: l.y + 1, height: l.height.saturating_sub(1), ..l },
        &why(model, usize::from(l.width)),
    );
    let right = checks(model, usize::from(r.width).saturating_sub(1));
    show(
        model,
        buf,
        Rect { x: r.x + 1, y: r.y + 1, width: r.width.saturating_sub(1), height: r.height.saturating_sub(1) },
        &right,
    );
}

/// Both under each other, as a part of a very narrow screen.
pub fn tab(model: &Model, buf: &mut Buffer, area: Rect) {
    let w = usize::from(area.width);
    let mut lines = checks(model, w);
    lines.push((why_title(model), Meaning::Title));
    lines.extend(why(model, w));
    show(model, buf, area, &lines);
}

/// One line with what blocks, where there is no room for more.
pub fn blocking_line(model: &Model, buf: &mut Buffer, area: Rect) {
    let Some(sheet) = &model.document.sheet else { return };
    let findings = sheet.card.derived.as_ref().map(|d| d.findings.as_slice()).unwrap_or_default();
    let Some(f) = findings.first() else { return };
    let (sign, meaning) = if f.blocks() { ("!", Meaning::Error) } else { ("·", Meaning::Warn) };
    let text = left(&format!("{sign} {}", clean(&f.sentence)), usize::from(area.width));
    put(buf, area, 0, Line::styled(text, model.look.theme.style(meaning)));
}

/// What happened to it, oldest first; the newest lines when there is not room for all.
pub fn history(model: &Model, buf: &mut Buffer, area: Rect) {
    let theme = &model.look.theme;
    rule(buf, area, 0, "HISTORY", "t shows all", theme);
    let Some(sheet) = &model.document.sheet else { return };
    let rows = usize::from(area.height.saturating_sub(1));
    let before = at_source(model);
    let room = rows - usize::from(before.is_some() && rows > 0);
    let events = sheet.history.iter().take(room).rev();
    let events =
        events.map(|e| format!("{}  {} · {}", minute(e.at, &model.zone), clean(&e.text), clean(&e.actor)));
    for (i, text) in before.into_iter().chain(events).enumerate() {
        put(
            buf,
            area,
            1 + i as u16,
            Line::styled(left(&text, usize::from(area.width)), theme.style(Meaning::Text)),
        );
    }
}

/// What happened to it in Concur, in one line.
fn at_source(model: &Model) -> Option<String> {
    let source = model.document.sheet.as_ref()?.source.as_ref()?;
    let mut parts = Vec::new();
    if let Some(at) = source.submitted_at {
        // a supplier is paid, and submits nothing
        let by =
            if source.payee.employee { format!(" by {}", clean(&source.payee.name)) } else { String::new() };
        parts.push(format!("{}  submitted{by}", minute(at, &model.zone)));
    }
    if let Some(at) = source.processed_at {
        let by = source.approver.as_ref().map(|a| format!(" by {}", clean(a))).unwrap_or_default();
        parts.push(format!("{}  approved in Concur{by}", minute(at, &model.zone)));
    }
    if parts.is_empty() { None } else { Some(parts.join(" · ")) }
}

fn show(model: &Model, buf: &mut Buffer, area: Rect, lines: &Lines) {
    let rows = usize::from(area.height);
    for (i, (text, meaning)) in lines.iter().take(rows).enumerate() {
        let last = i + 1 == rows && lines.len() > rows;
        let text = if last { format!("… {} more lines", lines.len() - rows + 1) } else { text.clone() };
        let text = left(&text, usize::from(area.width));
        let meaning = if last { Meaning::Muted } else { *meaning };
        put(buf, area, i as u16, Line::styled(text, model.look.theme.style(meaning)));
    }
}

fn why_title(model: &Model) -> String {
    match model.document.selected() {
        Some((e, l, _)) => {
            let many = model.document.set().is_some_and(|s| s.entries.len() > 1);
            let of = if many { format!(" of entry {}", e + 1) } else { String::new() };
            format!("WHY · line {}{of}", l + 1)
        }
        None => "WHY".into(),
    }
}

fn why(model: &Model, w: usize) -> Lines {
    let Some((e, _, line)) = model.document.selected() else {
        return vec![("No line is selected.".into(), Meaning::Muted)];
    };
    let entry = model.document.set().and_then(|s| s.entries.get(e));
    let mut out = Lines::new();
    let all = line.why.iter().chain(entry.into_iter().flat_map(|e| &e.why));
    for Why { what, because, .. } in all {
        for (i, part) in wrap(&clean(because), w.saturating_sub(9)).into_iter().enumerate() {
            let head = if i == 0 { clean(what) } else { String::new() };
            out.push((format!("{}{part}", left(&head, 9)), Meaning::Text));
        }
    }
    if out.is_empty() {
        out.push(("The offsetting side of the entry.".into(), Meaning::Muted));
    }
    out
}

fn checks_title(model: &Model) -> String {
    let Some(d) = model.document.sheet.as_ref().and_then(|s| s.card.derived.as_ref()) else {
        return "CHECKS".into();
    };
    let blocks = d.findings.iter().filter(|f| f.blocks()).count();
    let warns = d.findings.len() - blocks;
    match (blocks, warns) {
        (0, 0) => "CHECKS".into(),
        (0, n) => format!("FINDINGS · {n} {}", if n == 1 { "warning" } else { "warnings" }),
        (n, 0) => format!("FINDINGS · {n} {}", if n == 1 { "blocks" } else { "block" }),
        (n, m) => format!("FINDINGS · {n} {}, {m} warn", if n == 1 { "blocks" } else { "block" }),
    }
}

/// `affects 3 documents, 5,862.90 USD`, when one mend frees more than this document; broken between sums only.
fn affects(model: &Model, f: &crate::model::Finding, w: usize) -> Vec<String> {
    let open = model.document.sheet.as_ref().is_some_and(|s| open_states().contains(&s.card.row.state));
    if !f.blocks() || !open {
        return Vec::new();
    }
    let mut groups = model.queue.groups.iter().flatten();
    let Some(g) = groups.find(|g| g.code == f.code && g.value == f.value && g.count > 1) else {
        return Vec::new();
    };
    let mut lines = Vec::new();
    let mut line = format!("affects {}", documents(g.count));
    for sum in sums_words(g.sums.iter().copied(), model.home()) {
        line.push(',');
        if width(&line) + 2 + width(&sum) > w {
            lines.push(std::mem::take(&mut line));
        } else {
            line.push(' ');
        }
        line.push_str(&sum);
    }
    lines.push(line);
    lines
}

fn checks(model: &Model, w: usize) -> Lines {
    let Some(sheet) = &model.document.sheet else { return Lines::new() };
    let mut out = Lines::new();
    if let Some(u) = &sheet.card.unreadable {
        out.push((format!("! unreadable at {}", clean(&u.path)), Meaning::Error));
        out.extend(wrap(&clean(&u.message), w).into_iter().map(|t| (t, Meaning::Text)));
        out.push(("c close with a note · d what Concur sent".into(), Meaning::Muted));
    }
    let Some(d) = &sheet.card.derived else { return out };
    for f in &d.findings {
        let meaning = if f.blocks() { Meaning::Error } else { Meaning::Warn };
        let sign = if f.blocks() { "!" } else { "·" };
        let word = if f.blocks() { "blocks" } else { "warns" };
        let about = about(f);
        let about = if about.is_empty() { about } else { format!(" · {about}") };
        out.push((format!("{sign} {} · {word}{about}", f.code), meaning));
        out.extend(
            wrap(&clean(&f.sentence), w.saturating_sub(2))
                .into_iter()
                .map(|t| (format!("  {t}"), Meaning::Text)),
        );
        let more = affects(model, f, w.saturating_sub(2));
        out.extend(more.into_iter().map(|t| (format!("  {t}"), Meaning::Text)));
        if f.blocks() {
            out.push((format!("  {}", crate::tui::app::mend_words(&f.mend)), Meaning::Muted));
        }
    }
    // what failed is explained among the findings, and must not look like what was verified
    for (_, text) in d.checks.iter().filter(|(fine, _)| !fine) {
        out.push((format!("! not met: {}", clean(text)), Meaning::Warn));
    }
    // what was verified is packed into lines
    let mut line = String::new();
    for (_, text) in d.checks.iter().filter(|(fine, _)| *fine) {
        let item = format!("✓ {}", clean(text));
        if !line.is_empty() && width(&line) + 3 + width(&item) > w {
            out.push((std::mem::take(&mut line), Meaning::Ok));
        }
        if !line.is_empty() {
            line.push_str("   ");
        }
        line.push_str(&item);
    }
    if !line.is_empty() {
        out.push((line, Meaning::Ok));
    }
    out
}
