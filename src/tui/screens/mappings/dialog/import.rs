//! The differences that a file brings, and its mistakes by line and column. Nothing is saved while there is a mistake,
//! unless the person leaves these lines out.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use crate::engine::mapping::csv::ImportPlan;
use crate::engine::mapping::{Edit, EditWhat};
use crate::model::ids::BookId;
use crate::tui::effect::Effect;
use crate::tui::format::count;
use crate::tui::layers::Out;
use crate::tui::layers::confirm::{buttons, plain};
use crate::tui::screens::mappings::effect::MappingEffect;
use crate::tui::text::{clean, wrap};
use crate::tui::theme::{Meaning, Theme};
use crate::tui::widgets::{boxed, put};

use super::{scroll, scrolled};

/// The dialog.
#[derive(Debug, Clone)]
pub struct Import {
    book: BookId,
    plan: ImportPlan,
    remove: bool,
    excluded: bool,
    said: Option<&'static str>,
    top: usize,
}

impl Import {
    /// Over a plan; `remove`: rules that the file lacks go.
    pub fn new(book: BookId, plan: ImportPlan, remove: bool) -> Self {
        Self { book, plan, remove, excluded: false, said: None, top: 0 }
    }

    fn rows(&self) -> Vec<(String, Meaning)> {
        let p = &self.plan;
        let mut out = Vec::new();
        for m in &p.mistakes {
            let column = if m.column.is_empty() { String::new() } else { format!(", {}", clean(&m.column)) };
            out.push((format!("! line {}{column}: {}", m.line, clean(&m.why)), Meaning::Error));
        }
        if p.wrong > p.mistakes.len() as u64 {
            let more = p.wrong - p.mistakes.len() as u64;
            out.push((format!("! and {} more mistakes", count(more)), Meaning::Error));
        }
        out.extend(p.added.iter().map(|t| (format!("+ {}", clean(t)), Meaning::Accent)));
        for (before, after) in &p.changed {
            out.push((format!("− {}", clean(before)), Meaning::Muted));
            out.push((format!("+ {}", clean(after)), Meaning::Accent));
        }
        if self.remove {
            out.extend(p.removed.iter().map(|t| (format!("− {}", clean(t)), Meaning::Warn)));
        }
        out
    }

    /// A key.
    pub fn key(&mut self, key: KeyEvent) -> Out {
        if key.code == KeyCode::Esc || plain(key, 'n') {
            return Out::Close;
        }
        if plain(key, 'x') && self.plan.wrong > 0 {
            self.excluded = !self.excluded;
            self.said = None;
            return Out::Stay;
        }
        if plain(key, 'y') {
            return self.go();
        }
        let n = self.rows().len();
        scroll(&mut self.top, key, n);
        Out::Stay
    }

    fn go(&mut self) -> Out {
        if self.plan.wrong > 0 && !self.excluded {
            self.said = Some("Mend the file, or press x to leave the wrong lines out.");
            return Out::Stay;
        }
        let mut changes = Vec::new();
        // what goes makes room for what comes
        if self.remove && self.plan.wrong == 0 {
            changes.extend(self.plan.removals.iter().cloned());
        }
        changes.extend(self.plan.changes.iter().cloned());
        if changes.is_empty() {
            self.said = Some("There is nothing to change: the rules are as the file has them.");
            return Out::Stay;
        }
        let edit = Edit { expected: self.plan.version, what: EditWhat::Changes(changes) };
        let effect = MappingEffect::Try { book: self.book.clone(), edit: Box::new(edit), guard: None };
        Out::CloseAndRun(vec![Effect::MappingRoom(effect)])
    }

    fn head(&self) -> Vec<(String, Meaning)> {
        let p = &self.plan;
        let removed = match (self.remove, p.removed.len()) {
            (_, 0) => String::new(),
            (true, n) => format!(", {n} removed"),
            (false, n) => format!(", {n} of these kinds are not in the file and stay"),
        };
        let mut out = vec![(
            format!(
                "{} lines: {} added, {} changed, {} unchanged{removed}.",
                count(p.lines),
                p.added.len(),
                p.changed.len(),
                count(p.unchanged)
            ),
            Meaning::Text,
        )];
        if p.wrong > 0 {
            let n =
                if p.wrong == 1 { "1 mistake".to_string() } else { format!("{} mistakes", count(p.wrong)) };
            let words = if self.excluded {
                format!("{n}: these lines are left out, and no rule is removed. x takes that back.")
            } else {
                format!("{n}: nothing can be saved. Mend the file, or x leaves these lines out.")
            };
            out.push((words, if self.excluded { Meaning::Warn } else { Meaning::Error }));
        }
        out.extend(self.said.map(|s| (s.to_string(), Meaning::Warn)));
        out
    }

    /// Draws it.
    pub fn draw(&self, buf: &mut Buffer, area: Rect, theme: &Theme) {
        let w = area.width.saturating_sub(2).min(104);
        let inside = usize::from(w).saturating_sub(4);
        let wrapped = |list: Vec<(String, Meaning)>| -> Vec<(String, Meaning)> {
            list.into_iter().flat_map(|(t, m)| wrap(&t, inside).into_iter().map(move |l| (l, m))).collect()
        };
        let (head, rows) = (wrapped(self.head()), wrapped(self.rows()));
        let h = head.len() as u16 + 1 + rows.len() as u16 + 4;
        let inner = boxed(buf, area, w, h, "What the file changes", theme, theme.style(Meaning::Focus));
        for (i, (l, m)) in head.iter().enumerate() {
            put(buf, inner, i as u16, Line::styled(l.clone(), theme.style(*m)));
        }
        scrolled(buf, inner, head.len() as u16 + 1, self.top, &rows, theme);
        buttons(buf, inner, theme, "y what it does to documents", "j k scroll   Esc Cancel");
    }
}
