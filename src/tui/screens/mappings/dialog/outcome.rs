//! What an edit of the rules changes, before it is saved: `y` saves, Enter alone does nothing, the focus is on Cancel.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use crate::engine::mapping::{Edit, EditWhat, PastHits, RuleEffect, Touched};
use crate::model::ids::BookId;
use crate::model::money::Currency;
use crate::tui::effect::Effect;
use crate::tui::format::{count, documents, money_of, state_long, sums_words};
use crate::tui::layers::Out;
use crate::tui::layers::confirm::{buttons, plain};
use crate::tui::screens::mappings::effect::MappingEffect;
use crate::tui::text::{clean, cut, left, right, width, wrap};
use crate::tui::theme::{Meaning, Theme};
use crate::tui::widgets::{boxed, put};

use super::{scroll, scrolled};

/// The dialog.
#[derive(Debug, Clone)]
pub struct Outcome {
    book: BookId,
    edit: Edit,
    title: String,
    /// The sentences that always stand.
    head: Vec<String>,
    /// Rules and documents, which scroll: left part and amount.
    rows: Vec<(String, String, Meaning)>,
    read_only: bool,
    top: usize,
}

impl Outcome {
    /// From a dry run.
    pub fn new(
        book: BookId,
        edit: Edit,
        effect: &RuleEffect,
        past: Option<&PastHits>,
        home: Option<Currency>,
        read_only: bool,
    ) -> Self {
        let title = match &edit.what {
            EditWhat::Back(v) => format!("Back to version {v} of the rules"),
            EditWhat::Changes(list) if list.len() == 1 => "Save this change of the rules".into(),
            EditWhat::Changes(list) => format!("Save {} changes of the rules", count(list.len() as u64)),
        };
        let mut head = vec![summary(effect, home)];
        if effect.partial() {
            head.push(format!(
                "Only {} of {} documents that wait were tried: the figures are the least that changes.",
                count(effect.tried),
                count(effect.pending)
            ));
        }
        head.extend(past.map(|p| past_words(p, home)));
        let mut rows: Vec<(String, String, Meaning)> = Vec::new();
        for r in &effect.rules {
            let meaning = if r.starts_with('+') { Meaning::Accent } else { Meaning::Muted };
            rows.push((clean(r), String::new(), meaning));
        }
        if !effect.rules.is_empty() && !effect.touched.is_empty() {
            rows.push((String::new(), String::new(), Meaning::Text));
        }
        for t in &effect.touched {
            rows.extend(of_document(t));
        }
        let listed = effect.touched.len() as u64;
        if listed < effect.changed {
            let words = format!("and {} that are not listed", documents(effect.changed - listed));
            rows.push((words, String::new(), Meaning::Muted));
        }
        Self { book, edit, title, head, rows, read_only, top: 0 }
    }

    /// A key.
    pub fn key(&mut self, key: KeyEvent) -> Out {
        if plain(key, 'y') && !self.read_only {
            let effect = MappingEffect::Save { book: self.book.clone(), edit: Box::new(self.edit.clone()) };
            return Out::CloseAndRun(vec![Effect::MappingRoom(effect)]);
        }
        if key.code == KeyCode::Esc || plain(key, 'n') {
            return Out::Close;
        }
        let n = self.rows.len();
        scroll(&mut self.top, key, n);
        Out::Stay
    }

    /// Draws it.
    pub fn draw(&self, buf: &mut Buffer, area: Rect, theme: &Theme) {
        let w = area.width.saturating_sub(2).min(104);
        let inside = usize::from(w).saturating_sub(4);
        let head: Vec<String> = self.head.iter().flat_map(|l| wrap(l, inside)).collect();
        let lines: Vec<(String, Meaning)> = self.rows.iter().flat_map(|r| shown(r, inside)).collect();
        let h = head.len() as u16 + 1 + lines.len() as u16 + 4;
        let inner = boxed(buf, area, w, h, &self.title, theme, theme.style(Meaning::Focus));
        for (i, l) in head.iter().enumerate() {
            put(buf, inner, i as u16, Line::styled(l.clone(), theme.style(Meaning::Text)));
        }
        scrolled(buf, inner, head.len() as u16 + 1, self.top, &lines, theme);
        let yes = if self.read_only { "this console is read-only" } else { "y save" };
        buttons(buf, inner, theme, yes, "j k scroll   Esc Cancel");
    }
}

/// A row, wrapped; its amount is whole and on the right of the first line.
fn shown((text, amount, meaning): &(String, String, Meaning), w: usize) -> Vec<(String, Meaning)> {
    if amount.is_empty() {
        let indent = if text.starts_with("    ") { "    " } else { "" };
        let lines = wrap(text.trim_start(), w.saturating_sub(indent.len() + 2));
        return lines
            .into_iter()
            .enumerate()
            .map(|(i, l)| (if i == 0 { format!("{indent}{l}") } else { format!("{indent}  {l}") }, *meaning))
            .collect();
    }
    let room = w.saturating_sub(width(amount) + 1);
    vec![(format!("{} {}", left(&cut(text, room), room), right(amount, width(amount))), *meaning)]
}

fn summary(e: &RuleEffect, home: Option<Currency>) -> String {
    let least = if e.partial() { "at least " } else { "" };
    if e.changed == 0 {
        return format!(
            "Changes no pending document{}. What is approved or posted stays as it is.",
            if e.pending > 0 { format!(" of {}", count(e.pending)) } else { String::new() }
        );
    }
    let sums = sums_words(e.sums.iter().copied(), home).join(", ");
    let mut parts = Vec::new();
    if e.ready > 0 {
        parts.push(format!("{} ready then", become_(e.ready)));
    }
    if e.unready > 0 {
        parts.push(format!("{} ready no more", become_(e.unready)));
    }
    let states = if parts.is_empty() { String::new() } else { format!(" {}.", parts.join(", ")) };
    let n = if e.changed == 1 {
        "1 pending document".into()
    } else {
        format!("{} pending documents", count(e.changed))
    };
    format!("Changes {least}{n}, {sums}.{states} What is approved or posted stays as it is.")
}

fn become_(n: u64) -> String {
    if n == 1 { "1 is".into() } else { format!("{} are", count(n)) }
}

/// `Would have hit 14 of 212 documents of 2026-10`
pub fn past_words(p: &PastHits, home: Option<Currency>) -> String {
    let least = if p.partial { "at least " } else { "" };
    if p.of == 0 {
        return format!("There is no document of last month ({}) to test it on.", p.month);
    }
    let sums = sums_words(p.sums.iter().copied(), home).join(", ");
    let sums = if sums.is_empty() { String::new() } else { format!(", {sums}") };
    let first: Vec<String> = p.first.iter().map(|(n, payee)| clean(&format!("{n} {payee}"))).collect();
    let first = if first.is_empty() { String::new() } else { format!(": {}", first.join("; ")) };
    let more = if p.hits > p.first.len() as u64 { " …" } else { "" };
    format!(
        "Would have hit {least}{} of {} of last month ({}){sums}{first}{more}",
        count(p.hits),
        documents(p.of),
        p.month
    )
}

fn of_document(t: &Touched) -> Vec<(String, String, Meaning)> {
    let (was, is) = t.states;
    let states =
        if was == is { state_long(is) } else { format!("{} → {}", state_long(was), state_long(is)) };
    let amount = t.amount.map(|(c, m)| money_of(m, c)).unwrap_or_default();
    let head = format!("{} {}  {states}", left(&clean(&t.number), 12), clean(&t.payee));
    let amount = if amount.is_empty() { "no amount".into() } else { amount };
    let mut out = vec![(head, amount, Meaning::Text)];
    out.extend(t.what.iter().take(6).map(|w| (format!("    {}", clean(w)), String::new(), Meaning::Muted)));
    if t.what.len() > 6 {
        out.push((format!("    and {} more", t.what.len() - 6), String::new(), Meaning::Muted));
    }
    out
}
