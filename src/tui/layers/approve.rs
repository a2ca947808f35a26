//! Approving: the figures that will be written, what is left out and why, the warnings.

use std::collections::{BTreeMap, BTreeSet};

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Widget;

use crate::engine::BatchPreview;
use crate::model::ids::DocumentId;
use crate::model::money;
use crate::store::ApproveOne;
use crate::tui::effect::Effect;
use crate::tui::format::amount;
use crate::tui::msg::Said;
use crate::tui::screens::queue::effect::QueueForm;
use crate::tui::text::{clean, left, right, width, wrap};
use crate::tui::theme::{Meaning, Theme};
use crate::tui::widgets::{Input, boxed, put};

use super::confirm::{buttons, plain};
use super::{Answers, FormFor, Out};

mod figures;

/// A line of text and how it is shown.
type Shown = (String, Meaning);

/// Which page of the dialog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Page {
    /// The figures.
    #[default]
    Figures,
    /// Every document.
    List,
    /// Every warning.
    Warnings,
    /// Debits and credits by account.
    Accounts,
}

/// The dialog.
#[derive(Debug, Clone, Default)]
pub struct Approve {
    /// Its question: answers to others are dropped.
    pub generation: u64,
    /// What the person chose: number, payee, amount.
    pub chosen: BTreeMap<DocumentId, [String; 3]>,
    /// Deltas that were accepted by name.
    pub deltas: BTreeSet<DocumentId>,
    /// How many, how much, and what of it is not ready: while the figures are added up.
    pub first: String,
    /// The label of the surroundings.
    pub environment: String,
    /// The figures, once they are there.
    pub preview: Option<BatchPreview>,
    /// What went wrong.
    pub error: Option<String>,
    /// The page.
    pub page: Page,
    /// First line of the page.
    pub top: usize,
    /// The last line of the figures was on the screen: before, nothing is approved.
    pub seen: bool,
    /// Columns and rows that it may take.
    pub size: (u16, u16),
    /// The typed total.
    pub input: Input,
    /// The typed total is not the total.
    pub wrong: bool,
    /// The warnings were shown.
    pub warnings_read: bool,
}

impl Approve {
    /// The figures arrived.
    pub fn arrived(&mut self, generation: u64, answer: Said<Box<BatchPreview>>) {
        if generation != self.generation {
            return;
        }
        match answer {
            Ok(p) => self.preview = Some(*p),
            Err(why) => self.error = Some(why),
        }
    }

    /// The screen has this size. What it shows of the figures is seen.
    pub fn fit(&mut self, size: (u16, u16)) {
        // the lines of the header and of the footer are not its own
        self.size = (size.0, size.1.saturating_sub(3));
        if self.preview.is_none() || self.page != Page::Figures {
            return;
        }
        let (lines, rows) = (self.lines(self.size).len(), body(self.size));
        self.top = self.top.min(lines.saturating_sub(rows));
        self.seen |= self.top + rows >= lines;
    }

    fn columns(&self) -> usize {
        self.preview.as_ref().map_or(1, |p| p.currencies.len().max(1))
    }

    /// Columns of the box on a screen of so many.
    fn outer(&self, width: u16) -> u16 {
        width.min((52 + 13 * self.columns() as u16).max(78))
    }

    /// What the page shows in so much room.
    fn lines(&self, size: (u16, u16)) -> Vec<Shown> {
        let w = usize::from(self.outer(size.0)).saturating_sub(4);
        match (&self.preview, &self.error) {
            (_, Some(why)) => wrap(why, w).into_iter().map(|t| (t, Meaning::Error)).collect(),
            (None, None) => {
                vec![(self.first.clone(), Meaning::Text), ("adding up…".to_string(), Meaning::Busy)]
            }
            (Some(p), None) if self.page == Page::Figures => {
                figures::lines(p, &self.environment, !self.warnings_read, w, body(size))
            }
            (Some(p), None) => self.lines_of(p, w),
        }
    }

    /// A key.
    pub fn key(&mut self, key: KeyEvent) -> Out {
        if key.code == KeyCode::Esc {
            if self.page == Page::Figures {
                return Out::Close;
            }
            (self.page, self.top) = (Page::Figures, 0);
            return Out::Stay;
        }
        let (last, page) = (self.lines(self.size).len().saturating_sub(body(self.size)), body(self.size));
        let Some(preview) = &self.preview else { return Out::Stay };
        for (c, page) in [('l', Page::List), ('w', Page::Warnings), ('p', Page::Accounts)] {
            if plain(key, c) {
                self.page = if self.page == page { Page::Figures } else { page };
                self.top = 0;
                self.warnings_read |= page == Page::Warnings;
                return Out::Stay;
            }
        }
        if self.page == Page::Accounts && plain(key, 'e') {
            return Out::Submit(FormFor::Queue(QueueForm::AskTable(table_of(preview))), Answers::default());
        }
        match key.code {
            KeyCode::Down => self.top = (self.top + 1).min(last),
            KeyCode::Up => self.top = self.top.saturating_sub(1),
            KeyCode::PageDown => self.top = (self.top + page.saturating_sub(1).max(1)).min(last),
            KeyCode::PageUp => self.top = self.top.saturating_sub(page.saturating_sub(1).max(1)),
            _ => {}
        }
        if self.page != Page::Figures || preview.documents.is_empty() {
            return Out::Stay;
        }
        if !preview.type_total {
            return if plain(key, 'y') && self.seen { self.go() } else { Out::Stay };
        }
        match key.code {
            KeyCode::Enter if !self.seen => {}
            KeyCode::Enter if self.total_typed() => return self.go(),
            KeyCode::Enter => self.wrong = !self.input.text().is_empty(),
            KeyCode::Char(c) if c.is_alphabetic() => {}
            _ => {
                if self.input.key(key) {
                    self.wrong = false;
                }
            }
        }
        Out::Stay
    }

    /// A paste goes into the field and never confirms.
    pub fn paste(&mut self, text: &str) -> Out {
        if self.page == Page::Figures && self.preview.as_ref().is_some_and(|p| p.type_total) {
            self.input.paste(text);
        }
        Out::Stay
    }

    /// Whether the home currency's total stands in the field, with or without separators.
    fn total_typed(&self) -> bool {
        let Some((total, currency)) =
            self.preview.as_ref().and_then(|p| Some((*p.totals.first()?, *p.currencies.first()?)))
        else {
            return false;
        };
        let typed: String = self.input.text().chars().filter(|c| !matches!(c, ',' | ' ')).collect();
        typed == money::plain(money::from_minor(total, currency), currency)
    }

    fn go(&self) -> Out {
        let Some(p) = &self.preview else { return Out::Stay };
        let ones = p
            .documents
            .iter()
            .map(|(id, version, digest)| ApproveOne {
                id: *id,
                version: *version,
                digest: digest.clone(),
                as_delta: self.deltas.contains(id),
            })
            .collect();
        Out::CloseAndRun(vec![Effect::Approve(ones)])
    }

    /// Draws it.
    pub fn draw(&self, buf: &mut Buffer, area: Rect, theme: &Theme) {
        let lines = self.lines((area.width, area.height));
        let w = self.outer(area.width);
        let inner_w = usize::from(w).saturating_sub(4);
        let h = (lines.len() as u16 + 5).min(area.height);
        let title = match self.page {
            Page::Figures => "Approve",
            Page::List => "Approve · documents",
            Page::Warnings => "Approve · warnings",
            Page::Accounts => "Approve · debits and credits",
        };
        let inner = boxed(buf, area, w, h, title, theme, theme.style(Meaning::Danger));
        let rows = usize::from(inner.height.saturating_sub(2));
        let top = self.top.min(lines.len().saturating_sub(rows));
        for (i, (text, meaning)) in lines.iter().skip(top).take(rows).enumerate() {
            put(buf, inner, i as u16, Line::styled(left(text, inner_w), theme.style(*meaning)));
        }
        self.bottom(buf, inner, theme);
    }

    fn bottom(&self, buf: &mut Buffer, inner: Rect, theme: &Theme) {
        let Some(p) = &self.preview else {
            return buttons(buf, inner, theme, "", "Esc Cancel");
        };
        let last = inner.height.saturating_sub(1);
        if self.page != Page::Figures {
            let export = if self.page == Page::Accounts { "   e export to a file" } else { "" };
            let hints = format!("Esc back   ↑ ↓ scroll{export}");
            put(buf, inner, last, Line::styled(hints, theme.style(Meaning::Muted)));
            return;
        }
        let hints = "Esc Cancel   l list   w warnings   p print the batch's debits and credits";
        let short = "Esc Cancel   l list   w warnings   p debits and credits";
        let hints = if width(hints) <= usize::from(inner.width) { hints } else { short };
        put(buf, inner, last, Line::styled(hints, theme.style(Meaning::Muted)));
        let question = Rect { height: last, width: inner.width.saturating_sub(2), ..inner };
        if p.documents.is_empty() {
            return buttons(buf, question, theme, "nothing to approve", "");
        }
        if !self.seen {
            return buttons(buf, question, theme, "↓ shows the rest; only then it is asked", "");
        }
        if !p.type_total {
            return buttons(buf, question, theme, "y approve", "");
        }
        let code = p.currencies.first().map_or("", |c| c.code());
        let label = if self.wrong {
            format!("That is not the {code} total:  ")
        } else {
            format!("Type the {code} total to go on:  ")
        };
        let typed = self.input.text();
        buttons(
            buf,
            question,
            theme,
            &format!("{label}{}", if typed.is_empty() { "__________" } else { "" }),
            "",
        );
        let lw = width(&label) as u16;
        if !typed.is_empty() && lw < inner.width && last > 0 {
            let room = inner.width.saturating_sub(lw + 12);
            let field = Rect { x: inner.x + lw, y: inner.y + last - 1, width: room.min(20), height: 1 };
            self.input.widget(theme.style(Meaning::Text)).render(field.intersection(buf.area), buf);
        }
    }

    fn lines_of(&self, p: &BatchPreview, w: usize) -> Vec<Shown> {
        let empty = |text: &str| vec![(text.to_string(), Meaning::Text)];
        match self.page {
            Page::Figures => Vec::new(),
            Page::List => {
                let mut out: Vec<_> = p
                    .documents
                    .iter()
                    .map(|(id, ..)| {
                        let Some([number, payee, amount]) = self.chosen.get(id) else {
                            return (id.to_string(), Meaning::Text);
                        };
                        let amount = right(amount, 22);
                        // the payee gives way, the amount never
                        let payee = left(payee, w.saturating_sub(width(&amount) + 16).min(34));
                        (format!("{} {payee} {amount}", left(number, 14)), Meaning::Text)
                    })
                    .collect();
                out.extend(
                    p.left_out
                        .iter()
                        .map(|(n, why)| (format!("left out: {} ({})", clean(n), clean(why)), Meaning::Warn)),
                );
                if out.is_empty() { empty("No document.") } else { out }
            }
            Page::Warnings => {
                if p.warnings.is_empty() {
                    return empty("No document carries a warning.");
                }
                let lines = |(n, why): &(String, String)| -> Vec<Shown> {
                    let parts = wrap(&clean(why), w.saturating_sub(14));
                    let named = |(i, part): (usize, String)| {
                        let name = if i == 0 { clean(n) } else { String::new() };
                        (format!("{}  {part}", left(&name, 12)), Meaning::Text)
                    };
                    parts.into_iter().enumerate().map(named).collect()
                };
                p.warnings.iter().flat_map(lines).collect()
            }
            Page::Accounts => {
                if p.effect.is_empty() {
                    return empty("No account is touched.");
                }
                let part = |m: i64, c| if m == 0 { String::new() } else { amount(m, c) };
                let widest = |(i, _, debit, credit): &(usize, String, i64, i64)| {
                    let c = *p.currencies.get(*i)?;
                    Some(width(&part(*debit, c)).max(width(&part(*credit, c))))
                };
                let cell = p.effect.iter().filter_map(widest).max().unwrap_or(0).max(14);
                let name = w.saturating_sub(2 * cell + 6).min(36);
                let line = |(i, account, debit, credit): &(usize, String, i64, i64)| {
                    let Some(c) = p.currencies.get(*i) else { return (clean(account), Meaning::Text) };
                    let text = format!(
                        "{c} {} {} {}",
                        left(&clean(account), name),
                        right(&part(*debit, *c), cell),
                        right(&part(*credit, *c), cell)
                    );
                    (text, Meaning::Text)
                };
                p.effect.iter().map(line).collect()
            }
        }
    }
}

/// Lines of a page in a box of at most this size: the frame, the hints and the question take the rest.
fn body(size: (u16, u16)) -> usize {
    usize::from(size.1.saturating_sub(4))
}

/// The batch's debits and credits as a table for a spreadsheet.
fn table_of(p: &BatchPreview) -> Vec<Vec<String>> {
    let head = ["currency", "account", "debit", "credit"];
    let mut out = vec![head.map(String::from).to_vec()];
    let mut totals: BTreeMap<usize, (i64, i64)> = BTreeMap::new();
    let mut line = |i: usize, account: &str, debit: i64, credit: i64| {
        let Some(c) = p.currencies.get(i) else { return };
        let plain = |m: i64| money::plain(money::from_minor(m, *c), *c);
        out.push(vec![c.to_string(), account.to_string(), plain(debit), plain(credit)]);
    };
    for (i, account, debit, credit) in &p.effect {
        let sum = totals.entry(*i).or_default();
        sum.0 = sum.0.saturating_add(*debit);
        sum.1 = sum.1.saturating_add(*credit);
        line(*i, account, *debit, *credit);
    }
    for (i, (debit, credit)) in totals {
        line(i, "total", debit, credit);
    }
    out
}
