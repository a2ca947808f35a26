//! Below source and entries: why on the left, checks and findings on the right, history.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use crate::model::state::{State, open_states};
use crate::tui::app::Model;
use crate::tui::format::{documents, sums_words};
use crate::tui::text::{clean, left, width, wrap};
use crate::tui::theme::Meaning;
use crate::tui::widgets::{put, rule};

use super::items::{Item, Mends};
use super::ledger::Look;
use super::{Part, history, why};

/// A line, what it means, and the finding that it belongs to.
type Lines = Vec<(String, Meaning, Option<usize>)>;

/// The checks in the order of the screen; the others follow.
const ORDER: [&str; 13] = [
    "period",
    "vendor",
    "accounts",
    "class",
    "project",
    "dimensions",
    "currency",
    "card",
    "no duplicate",
    "tax",
    "receipts",
    "within",
    "text",
];
/// What leads where something blocks.
const LEADING: [&str; 6] = ["period", "vendor", "currency", "receipts", "no duplicate", "within"];

/// The place of a check in an order: by its first word, a number before it left out.
fn place(text: &str, order: &[&str]) -> usize {
    let word = text.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ');
    let word = if word.starts_with("account ") { "accounts" } else { word };
    order.iter().position(|k| word.starts_with(k)).unwrap_or(order.len())
}

/// Why on the left, checks and findings on the right; without room for both, the latter alone.
pub fn draw(model: &Model, buf: &mut Buffer, area: Rect, left_w: u16, beside: bool) {
    let theme = &model.look.theme;
    let inside = |a: Rect| Rect { y: a.y + 1, height: a.height.saturating_sub(1), ..a };
    let title =
        |part: Part, text: String| if model.document.part == part { format!("[{text}]") } else { text };
    let checks_title = title(Part::Checks, checks_title(model));
    let wide = area.width >= 100;
    if !beside {
        rule(buf, area, 0, &checks_title, "", theme);
        show(
            model,
            buf,
            inside(area),
            &checks(model, usize::from(area.width), usize::from(area.height.saturating_sub(1))),
            true,
        );
        return;
    }
    let l = Rect { width: left_w, ..area };
    let r = Rect { x: area.x + left_w + 1, width: area.width.saturating_sub(left_w + 1), ..area };
    let rows = usize::from(area.height.saturating_sub(1));
    let why = reasons(model, usize::from(l.width), rows);
    // the rest is a key away, and said where it costs no line
    let more = if why.len() > rows { "Enter all" } else { "" };
    rule(buf, l, 0, &why_title(model), more, theme);
    rule(buf, r, 0, &checks_title, "", theme);
    let border = theme.style(Meaning::Border);
    let bar = Rect { x: area.x + left_w, width: 1, ..area };
    put(buf, bar, 0, Line::styled(if wide { "┴" } else { "┬" }, border));
    for y in 1..area.height {
        put(buf, bar, y, Line::styled("│", border));
    }
    show(model, buf, inside(l), &why, false);
    let r = inside(Rect { x: r.x + 1, width: r.width.saturating_sub(1), ..r });
    show(model, buf, r, &checks(model, usize::from(r.width), rows), true);
}

/// Both under each other, as a part of a very narrow screen.
pub fn tab(model: &Model, buf: &mut Buffer, area: Rect) {
    let w = usize::from(area.width);
    let mut lines = checks(model, w, usize::from(area.height));
    lines.push((why_title(model), Meaning::Title, None));
    lines.extend(reasons(model, w, usize::MAX));
    show(model, buf, area, &lines, true);
}

/// One line with what blocks, where there is no room for more.
pub fn blocking_line(model: &Model, buf: &mut Buffer, area: Rect) {
    let Some(i) = model.document.items.first() else { return };
    let meaning = if i.blocks { Meaning::Error } else { Meaning::Warn };
    let first = i.text.first().unwrap_or(&i.head);
    let more = match model.document.items.len() {
        0 | 1 => String::new(),
        n => format!(" · {} more", n - 1),
    };
    let w = usize::from(area.width);
    let text = format!("{}{more}", left(&format!("! {first}"), w.saturating_sub(width(&more))));
    put(buf, area, 0, Line::styled(text, model.look.theme.style(meaning)));
}

/// What happened to it, oldest first.
pub fn draw_history(model: &Model, buf: &mut Buffer, area: Rect) {
    let theme = &model.look.theme;
    let Some(sheet) = &model.document.sheet else { return };
    let steps = history::steps(sheet, &model.document.extras, &model.zone);
    let rows = usize::from(area.height.saturating_sub(1));
    let w = usize::from(area.width);
    let lines = history::lines(&steps, rows, w);
    let all = steps.len() <= lines.len() * if w >= 100 { 2 } else { 1 };
    rule(
        buf,
        area,
        0,
        "HISTORY",
        &if all { String::new() } else { model.worded("{key:trail} shows all") },
        theme,
    );
    for (i, text) in lines.iter().enumerate() {
        put(buf, area, 1 + i as u16, Line::styled(left(text, w), theme.style(Meaning::Text)));
    }
}

/// Draws lines; with `follow`, the finding under the cursor is in sight and marked while that part has the keys.
fn show(model: &Model, buf: &mut Buffer, area: Rect, lines: &Lines, follow: bool) {
    let rows = usize::from(area.height);
    let here = model.document.item;
    let focus = follow && model.document.part == Part::Checks;
    let mut top = 0;
    if focus {
        let of = |l: &(String, Meaning, Option<usize>)| l.2 == Some(here);
        let first = lines.iter().position(of).unwrap_or(0);
        let last = lines.iter().rposition(of).unwrap_or(first);
        // the whole finding, and what was verified before it as far as there is room
        top = (last + 1).saturating_sub(rows).min(first) + model.document.below;
        top = top.min(lines.len().saturating_sub(rows));
    }
    let theme = &model.look.theme;
    for (i, (text, meaning, item)) in lines.iter().skip(top).take(rows).enumerate() {
        let hidden = lines.len().saturating_sub(top + rows);
        let last = follow && i + 1 == rows && hidden > 0;
        let marked = focus && *item == Some(here);
        let (text, meaning) = match (last, marked) {
            (true, false) => (format!("… {} more lines · Tab, then ↓", hidden + 1), Meaning::Muted),
            (_, true) => {
                (text.replacen(['!', '·'], ">", usize::from(!text.starts_with(' '))), Meaning::Selection)
            }
            _ => (text.clone(), *meaning),
        };
        put(buf, area, i as u16, Line::styled(left(&text, usize::from(area.width)), theme.style(meaning)));
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

/// A line for each reason; where there is room, the whole of it.
fn reasons(model: &Model, w: usize, rows: usize) -> Lines {
    let selected = model.document.selected();
    let entry = selected.and_then(|(e, ..)| model.document.set().and_then(|s| s.entries.get(e)));
    let Some((entry, (_, _, line))) = entry.zip(selected) else {
        return vec![("No line is selected.".into(), Meaning::Muted, None)];
    };
    let all = why::reasons(entry, line);
    let room = w.saturating_sub(9);
    let wrapped: Vec<(&str, Vec<String>)> = all.iter().map(|(l, t)| (*l, wrap(t, room))).collect();
    let whole = wrapped.iter().map(|(_, t)| t.len()).sum::<usize>() <= rows;
    let mut out = Lines::new();
    for ((label, text), (_, parts)) in all.iter().zip(&wrapped) {
        if !whole {
            out.push((format!("{label:<8} {text}"), Meaning::Text, None));
            continue;
        }
        for (i, t) in parts.iter().enumerate() {
            let label = if i == 0 { label } else { "" };
            out.push((format!("{label:<8} {t}"), Meaning::Text, None));
        }
    }
    out
}

fn checks_title(model: &Model) -> String {
    let items = &model.document.items;
    let blocks = items.iter().filter(|i| i.blocks).count();
    let warns = items.len() - blocks;
    let warning = if warns == 1 { "warning" } else { "warnings" };
    match (blocks, warns) {
        (0, 0) => "CHECKS".into(),
        (0, n) => format!("CHECKS · {n} {warning}"),
        (n, 0) => format!("FINDINGS · {n} {}", if n == 1 { "blocks" } else { "block" }),
        (n, m) => format!("FINDINGS · {n} {}, {m} {warning}", if n == 1 { "blocks" } else { "block" }),
    }
}

/// `affects 3 documents, 5,862.90 USD`, when one mend frees more than this document.
fn affects(model: &Model, i: &Item) -> Option<String> {
    let open = model.document.sheet.as_ref().is_some_and(|s| open_states().contains(&s.card.row.state));
    let Mends::Finding(f) = &i.mends else { return None };
    if !f.blocks() || !open {
        return None;
    }
    let mut groups = model.queue.groups.iter().flatten();
    let g = groups.find(|g| g.code == f.code && g.value == f.value && g.count > 1)?;
    let sums = sums_words(g.sums.iter().copied(), model.home());
    Some(format!("affects {}, {}", documents(g.count), sums.join(", ")))
}

fn items(model: &Model, w: usize) -> Lines {
    let mut out = Lines::new();
    let waits = model.document.sheet.as_ref().and_then(|s| model.waits_for(&s.card.row));
    if let Some(waits) = waits {
        out.extend(wrap(&format!("… {waits}"), w).into_iter().map(|t| (t, Meaning::Busy, None)));
    }
    for (n, i) in model.document.items.iter().enumerate() {
        let (sign, meaning) = if i.blocks { ("!", Meaning::Error) } else { ("·", Meaning::Warn) };
        let affects = affects(model, i);
        let head = format!("{sign} {}", i.head);
        let fits = affects.as_ref().is_some_and(|a| width(&head) + 3 + width(a) <= w);
        match &affects {
            Some(a) if fits => out.push((format!("{head} · {a}"), meaning, Some(n))),
            _ => out.extend(
                wrap(&head, w)
                    .into_iter()
                    .enumerate()
                    .map(|(k, t)| (if k == 0 { t } else { format!("  {t}") }, meaning, Some(n))),
            ),
        }
        let own = affects.filter(|_| !fits);
        for t in i.text.iter().chain(&own) {
            let lines = wrap(t, w.saturating_sub(2));
            out.extend(lines.into_iter().map(|t| (format!("  {t}"), Meaning::Text, Some(n))));
        }
        if !i.keys.is_empty() && (i.blocks || i.mends != Mends::Nothing) {
            out.push((format!("  {}", model.worded(&i.keys)), Meaning::Muted, Some(n)));
        }
    }
    out
}

/// What was verified, packed into lines, and what failed.
fn verified(model: &Model, w: usize, blocked: bool) -> Lines {
    let screen = &model.document;
    let Some(sheet) = &screen.sheet else { return Lines::new() };
    let looked = match &screen.look {
        Some(Look::Done(Ok(l))) => Some(l),
        _ => None,
    };
    let derived = sheet.card.derived.as_ref().map(|d| d.checks.as_slice()).unwrap_or_default();
    let all = looked.map(|l| l.checks.as_slice()).filter(|c| !c.is_empty()).unwrap_or(derived);
    let of = |ok: bool| all.iter().filter(move |(fine, _)| *fine == ok).map(|(_, t)| t.as_str());
    let (mut fine, wrong): (Vec<&str>, Vec<&str>) = (of(true).collect(), of(false).collect());
    fine.sort_by_key(|t| if blocked { place(t, &LEADING) } else { place(t, &ORDER) });
    let mut texts: Vec<String> = fine.iter().map(|t| clean(t)).collect();
    if blocked {
        // what stops has the room
        for t in texts.iter_mut().filter(|t| t.starts_with("within your limit")) {
            t.truncate("within your limit".len());
        }
    }
    // two ways to say that left and right agree
    if let (Some(a), true) =
        (texts.iter().position(|t| t == "balanced"), texts.iter().any(|t| t == "lines = approved amount"))
    {
        texts.remove(a);
        texts.retain(|t| t != "lines = approved amount");
        texts.push("balanced = approved".into());
    }
    let mut out = Lines::new();
    let mut line = String::new();
    for t in texts {
        let item = format!("✓ {t}");
        if !line.is_empty() && width(&line) + 3 + width(&item) > w {
            out.push((std::mem::take(&mut line), Meaning::Ok, None));
        }
        if !line.is_empty() {
            line.push_str("   ");
        }
        line.push_str(&item);
    }
    if !line.is_empty() {
        out.push((line, Meaning::Ok, None));
    }
    out.extend(wrong.iter().map(|t| (format!("! not met: {}", clean(t)), Meaning::Warn, None)));
    let open = open_states().contains(&sheet.card.row.state) || sheet.card.row.state == State::Approved;
    if open && !blocked && model.actor.as_ref().is_some_and(|a| a.single_person) {
        let text = "! single person: preparer and approver not separated";
        out.push((text.into(), Meaning::Warn, None));
    }
    out
}

/// What stops leads; else what was verified comes first and warnings follow, if there is room for both.
fn checks(model: &Model, w: usize, rows: usize) -> Lines {
    let blocked = model.document.items.iter().any(|i| i.blocks);
    let (items, verified) = (items(model, w), verified(model, w, blocked));
    let empty = Lines::new();
    let gap = vec![(String::new(), Meaning::Text, None)];
    let lead = blocked || items.len() + verified.len() > rows;
    let gap = if blocked && !verified.is_empty() { &gap } else { &empty };
    let parts = if lead { [&items, gap, &verified] } else { [&verified, gap, &items] };
    parts.into_iter().flatten().cloned().collect()
}
