//! Drawing the mappings: parts, list, pane.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line as TextLine, Span};
use ratatui::widgets::Widget;

use crate::model::rule::RuleKind;
use crate::tui::app::Model;
use crate::tui::format::{count, documents};
use crate::tui::text::{left, right, width, wrap};
use crate::tui::theme::Meaning;
use crate::tui::widgets::{put, rule};

use super::rows::{Line, Source, What, detail};
use super::{Documents, Part};

/// Draws the screen.
pub fn draw(model: &Model, buf: &mut Buffer, area: Rect) {
    let theme = &model.look.theme;
    parts(model, buf, area);
    let m = &model.mappings;
    if let Some(docs) = &m.documents {
        return of_rule(model, docs, buf, area);
    }
    let n = m.lines.len();
    let at = format!("{} of {}", if n == 0 { 0 } else { m.cursor.at + 1 }, count(n as u64));
    rule(buf, area, 1, &title(model), &at, theme);
    if let Some(input) = &m.typing {
        let field = Rect { x: area.x + 3, y: area.y + 1, width: area.width.min(60), height: 1 };
        put(
            buf,
            Rect { width: area.width.min(64), ..area },
            1,
            TextLine::styled(format!(" / {}", " ".repeat(60)), theme.style(Meaning::Focus)),
        );
        input.widget(theme.style(Meaning::Text)).render(field.intersection(buf.area), buf);
    }
    let widths = Widths::of(usize::from(area.width), m.part, m.suggesting);
    put(buf, area, 2, TextLine::styled(widths.head(m.part, m.suggesting), theme.style(Meaning::Muted)));
    let message = message(model);
    if let Some((text, meaning)) = message {
        for (i, l) in
            wrap(&model.worded(&text), usize::from(area.width).saturating_sub(4)).into_iter().enumerate()
        {
            put(buf, area, 4 + i as u16, TextLine::styled(format!("  {l}"), theme.style(meaning)));
        }
    }
    let page = model.mapping_page();
    for (i, line) in m.lines.iter().enumerate().skip(m.cursor.top).take(page) {
        let here = i == m.cursor.at;
        let style = theme.style(if here { Meaning::Selection } else { line.meaning });
        let text = widths.line(line, here, m.suggesting);
        put(buf, area, 3 + (i - m.cursor.top) as u16, TextLine::styled(text, style));
    }
    pane(model, buf, area);
}

/// The parts, each with what has no mapping in it.
fn parts(model: &Model, buf: &mut Buffer, area: Rect) {
    let theme = &model.look.theme;
    let wide = area.width >= 100;
    let mut spans = Vec::new();
    for part in Part::ALL {
        let here = part == model.mappings.part;
        let open = model.unmapped_in(part).count();
        let counter = if open > 0 { format!(" {open}!") } else { String::new() };
        let word = part.word(wide);
        let (text, meaning) = match (here, open) {
            (true, _) => (format!("[{word}{counter}]"), Meaning::Focus),
            (false, 0) => (format!(" {word} "), Meaning::Text),
            (false, _) => (format!(" {word}{counter} "), Meaning::Error),
        };
        spans.push(Span::styled(text, theme.style(meaning)));
    }
    put(buf, area, 0, TextLine::from(spans));
}

fn title(model: &Model) -> String {
    let m = &model.mappings;
    let mut parts = Vec::new();
    if m.suggesting {
        parts.push(format!("suggestions for {}", m.part.word(true).to_lowercase()));
    } else {
        parts.push(m.part.word(true).to_string());
    }
    if let Some(v) = m.version() {
        parts.push(format!("version {v} of the rules"));
    }
    if let Some(b) = &m.board {
        let defaults: usize = b
            .rules
            .rules
            .iter()
            .filter(|r| r.rank() == crate::model::rule::Rank::Book && Part::of_kind(r.kind) == m.part)
            .count();
        if defaults > 0 {
            parts.push(format!("{defaults} default of the book"));
        }
        if b.more_unmapped > 0 {
            parts.push(format!("{} more values are not listed", count(b.more_unmapped)));
        }
    }
    if !m.filter.is_empty() {
        parts.push(format!("filter {}", m.filter));
    }
    if m.trying {
        parts.push("working out what it changes…".into());
    }
    parts.join(" · ")
}

/// What stands in place of lines.
fn message(model: &Model) -> Option<(String, Meaning)> {
    let m = &model.mappings;
    if let Some(why) = &m.error {
        return Some((
            format!("The rules cannot be read: {why}. {{key:refresh}} reads them again."),
            Meaning::Error,
        ));
    }
    if model.book.is_none() {
        return Some((
            "There is no book yet. {key:connections} shows the connections.".into(),
            Meaning::Text,
        ));
    }
    let Some(board) = &m.board else { return Some(("reading…".into(), Meaning::Busy)) };
    if m.part == Part::Lists && m.proposals.is_none() {
        return Some(("reading…".into(), Meaning::Busy));
    }
    if !m.lines.is_empty() {
        return None;
    }
    if !m.filter.is_empty() {
        return Some(("No line holds these words. Esc shows them all.".into(), Meaning::Text));
    }
    if m.suggesting {
        return Some((
            "Nothing that is not mapped here looks like a record of the ledger. {key:suggest} shows the rules.".into(),
            Meaning::Text,
        ));
    }
    if board.unread_ledger && m.part.has_records() {
        let words = "The ledger has not been read yet, so there is nothing to choose from. {key:fetch} reads Concur and the ledger.";
        return Some((words.into(), Meaning::Warn));
    }
    let empty = match board.ledger.lacks(RuleKind::Department) {
        Some(_) if m.part == Part::Dimensions => m
            .part
            .empty()
            .replace("class, location or project", &format!("class or {}", board.ledger.customer)),
        _ => m.part.empty().into(),
    };
    Some((empty, Meaning::Text))
}

/// Widths of the columns; 0: not shown.
struct Widths {
    when: usize,
    gives: usize,
    scope: usize,
    used: usize,
    by: usize,
    since: usize,
}

impl Widths {
    fn of(w: usize, part: Part, suggesting: bool) -> Self {
        let used = 6;
        let (scope, by, since) = match w {
            _ if suggesting => (0, 0, 0),
            120.. => (14, 18, 10),
            100.. => (12, 0, 10),
            _ => (0, 0, 0),
        };
        // a version says who and when in its first column
        let (by, since) = if part == Part::Changes { (0, 0) } else { (by, since) };
        let fixed = 2 + 5 + 1 + used + 1;
        let gaps = [scope, by, since].iter().filter(|n| **n > 0).count();
        let rest = w.saturating_sub(fixed + scope + by + since + gaps + 1);
        let share = match part {
            Part::Rules => 55,
            Part::Changes if w < 100 => 45,
            Part::Changes => 32,
            Part::Memo | Part::Payment => 32,
            Part::Lists => 40,
            _ => 45,
        };
        let when = rest * share / 100;
        Self { when, gives: rest - when, scope, used, by, since }
    }

    fn text(&self, mark: &str, number: &str, cells: [&str; 6]) -> String {
        let [when, gives, scope, used, by, since] = cells;
        let mut out =
            format!("{mark} {} {} {}", right(number, 5), left(when, self.when), left(gives, self.gives));
        for (cell, w) in [(scope, self.scope)] {
            if w > 0 {
                out.push_str(&format!(" {}", left(cell, w)));
            }
        }
        out.push_str(&format!(" {}", right(used, self.used)));
        for (cell, w) in [(by, self.by), (since, self.since)] {
            if w > 0 {
                out.push_str(&format!(" {}", left(cell, w)));
            }
        }
        out
    }

    fn head(&self, part: Part, suggesting: bool) -> String {
        if suggesting {
            return self.text(" ", "score", ["when", "suggested record, and why", "", "docs", "", ""]);
        }
        let (when, gives, scope, used) = match part {
            Part::Payment => ("reimbursed by", "who pays", "scope", "wait"),
            Part::Memo => ("memo of", "template", "scope", ""),
            Part::Rules => ("when a document has", "then", "order", "docs"),
            Part::Changes => ("when, and who", "what changed", "", "rules"),
            Part::Lists => ("proposal", "why", "list", ""),
            _ => ("when Concur says", "the ledger gets", "scope", "docs"),
        };
        let number = match part {
            Part::Changes => "vers.",
            Part::Payment | Part::Memo | Part::Lists => "",
            _ => "rule",
        };
        let by = if part == Part::Lists { "state" } else { "by" };
        self.text(" ", number, [when, gives, scope, used, by, "since"])
    }

    fn line(&self, l: &Line, here: bool, suggesting: bool) -> String {
        let mark = if here { ">" } else { " " };
        if let (true, Some((score, name, why))) = (suggesting, &l.near) {
            let gives = format!("{name} · {why}");
            return self.text(mark, &format!("{score} %"), [&l.when, &gives, "", &l.used, "", ""]);
        }
        // sums are shown whole or not at all; the pane has both
        let waits = matches!(l.what, What::Unmapped(_) | What::Method(_)) && !l.sums.is_empty();
        let whole = |words: &str| {
            let room = self.gives.saturating_sub(width(words) + 2);
            (waits && width(&l.sums) <= room).then(|| format!("{words}  {}", right(&l.sums, room)))
        };
        let short = l.gives.split(" · ").next().unwrap_or_default();
        let gives = whole(&l.gives).or_else(|| whole(short)).unwrap_or_else(|| l.gives.clone());
        // two rules for one value are told apart also where there is no column for it
        let narrow = self.scope == 0 && (l.scope.starts_with("only") || l.scope == "one document");
        let when = if narrow { format!("{}: {}", l.scope, l.when) } else { l.when.clone() };
        self.text(mark, &l.number, [&when, &gives, &l.scope, &l.used, &l.by, &l.since])
    }
}

/// What is known of the line under the cursor.
fn pane(model: &Model, buf: &mut Buffer, area: Rect) {
    let theme = &model.look.theme;
    let h = model.mapping_pane() as u16;
    let top = area.height.saturating_sub(h + 1);
    let m = &model.mappings;
    let Some((line, board)) = m.here().zip(m.board.as_ref()) else {
        rule(buf, area, top, "", "", theme);
        return;
    };
    let title = match &line.what {
        What::Rule(n) | What::Guard(n) => format!("rule {n}"),
        What::Unmapped(_) => "not mapped".into(),
        What::Version(n) => format!("version {n}"),
        _ => line.when.clone(),
    };
    rule(buf, area, top, &title, "", theme);
    let source = Source {
        board,
        settings: model.current_book().map(|b| &b.settings),
        proposals: m.proposals.as_deref().unwrap_or_default(),
        home: model.home(),
        zone: &model.zone,
    };
    let w = usize::from(area.width).saturating_sub(3);
    let mut lines: Vec<String> = detail(&source, line).iter().map(|l| model.worded(l)).collect();
    // what to do next stands last and is never cut away
    let last = lines.pop();
    let room = usize::from(h).saturating_sub(usize::from(last.is_some()));
    let wrapped: Vec<String> = lines.iter().flat_map(|l| wrap(l, w)).collect();
    let mut shown: Vec<(String, Meaning)> =
        wrapped.into_iter().take(room).map(|l| (l, Meaning::Text)).collect();
    shown.extend(last.map(|l| (l, Meaning::Muted)));
    for (i, (l, meaning)) in shown.into_iter().enumerate() {
        let line = TextLine::styled(format!(" {}", left(&l, w)), theme.style(meaning));
        put(buf, area, top + 1 + i as u16, line);
    }
}

/// The documents of a rule.
fn of_rule(model: &Model, docs: &Documents, buf: &mut Buffer, area: Rect) {
    let theme = &model.look.theme;
    let rows = docs.rows.as_deref().unwrap_or_default();
    let at = format!("{} of {}", if rows.is_empty() { 0 } else { docs.cursor.at + 1 }, rows.len());
    rule(buf, area, 1, &format!("documents of {}", docs.title), &at, theme);
    let w = usize::from(area.width);
    let amount_w = rows.iter().map(|r| width(&r.amount)).max().unwrap_or(0).max(8);
    let title_w = if w >= 110 { w.saturating_sub(2 + 15 + 11 + 27 + 14 + 4 + amount_w + 2) } else { 0 };
    let payee_w = if w >= 110 { 26 } else { w.saturating_sub(2 + 9 + 11 + 13 + 4 + amount_w + 3) };
    let state_w = if w >= 110 { 14 } else { 8 };
    let text = |mark: &str, c: [&str; 7]| {
        let mut out = format!(
            "{mark} {} {} {} {}",
            left(c[0], state_w),
            left(c[1], 10),
            left(c[2], payee_w),
            left(c[3], 13)
        );
        if title_w > 0 {
            out.push_str(&format!(" {}", left(c[4], title_w)));
        }
        out.push_str(&format!(" {} {}", left(c[5], 3), right(c[6], amount_w)));
        out
    };
    let head = text(" ", ["state", "post. date", "payee", "number", "title", "ccy", "approved"]);
    put(buf, area, 2, TextLine::styled(head, theme.style(Meaning::Muted)));
    let say = |buf: &mut Buffer, words: &str, meaning| {
        put(buf, area, 4, TextLine::styled(format!("  {words}"), theme.style(meaning)));
    };
    match (&docs.error, &docs.rows) {
        (Some(why), _) => say(buf, &format!("They cannot be read: {why}. Esc goes back."), Meaning::Error),
        (None, None) => say(buf, "reading…", Meaning::Busy),
        (None, Some(r)) if r.is_empty() => {
            say(buf, "No document uses this rule. Esc goes back, x there removes the rule.", Meaning::Text);
        }
        _ => {}
    }
    let page = usize::from(area.height).saturating_sub(4).max(1);
    for (i, r) in rows.iter().enumerate().skip(docs.cursor.top).take(page) {
        let here = i == docs.cursor.at;
        let state = if state_w > 8 { &r.state } else { &r.state_short };
        let cells = [state, &r.date, &r.payee, &r.number, &r.title, r.currency, &r.amount];
        let style = theme.style(if here { Meaning::Selection } else { Meaning::Text });
        let line = TextLine::styled(text(if here { ">" } else { " " }, cells), style);
        put(buf, area, 3 + (i - docs.cursor.top) as u16, line);
    }
    let foot = if docs.more {
        format!("the newest {} are listed · Enter opens one · Esc back", documents(rows.len() as u64))
    } else {
        "Enter opens one · Esc back".to_string()
    };
    put(
        buf,
        area,
        area.height.saturating_sub(1),
        TextLine::styled(format!(" {foot}"), theme.style(Meaning::Muted)),
    );
}
