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
use crate::tui::format::{amount, count, documents};
use crate::tui::msg::Said;
use crate::tui::screens::queue::effect::QueueForm;
use crate::tui::text::{clean, left, right, width, wrap};
use crate::tui::theme::{Meaning, Theme};
use crate::tui::widgets::{Input, boxed, put};

use super::confirm::{buttons, plain};
use super::{Answers, FormFor, Out};

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
    /// What the person chose: number and amount.
    pub chosen: BTreeMap<DocumentId, String>,
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
    /// First line of a page that is a list.
    pub top: usize,
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

    /// A key.
    pub fn key(&mut self, key: KeyEvent) -> Out {
        if key.code == KeyCode::Esc {
            if self.page == Page::Figures {
                return Out::Close;
            }
            self.page = Page::Figures;
            return Out::Stay;
        }
        let Some(preview) = &self.preview else { return Out::Stay };
        let lines = self.lines_of(self.page).len();
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
            KeyCode::Down => self.top = (self.top + 1).min(lines.saturating_sub(1)),
            KeyCode::Up => self.top = self.top.saturating_sub(1),
            KeyCode::PageDown => self.top = (self.top + 10).min(lines.saturating_sub(1)),
            KeyCode::PageUp => self.top = self.top.saturating_sub(10),
            _ => {}
        }
        if self.page != Page::Figures || preview.documents.is_empty() {
            return Out::Stay;
        }
        if !preview.type_total {
            return if plain(key, 'y') { self.go() } else { Out::Stay };
        }
        match key.code {
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
        let columns = self.preview.as_ref().map_or(1, |p| p.currencies.len().max(1));
        let w = area.width.min((52 + 13 * columns as u16).max(78));
        let inner_w = usize::from(w).saturating_sub(4);
        let lines = match (&self.preview, &self.error) {
            (_, Some(why)) => wrap(why, inner_w).into_iter().map(|t| (t, Meaning::Error)).collect(),
            (None, None) => {
                vec![(self.first.clone(), Meaning::Text), ("adding up…".to_string(), Meaning::Busy)]
            }
            (Some(p), None) => match self.page {
                Page::Figures => self.figures(p, inner_w),
                page => self.lines_of(page),
            },
        };
        let h = (lines.len() as u16 + 5).min(area.height);
        let title = match self.page {
            Page::Figures => "Approve",
            Page::List => "Approve · documents",
            Page::Warnings => "Approve · warnings",
            Page::Accounts => "Approve · debits and credits",
        };
        let inner = boxed(buf, area, w, h, title, theme, theme.style(Meaning::Danger));
        let rows = usize::from(inner.height.saturating_sub(2));
        let top = if self.page == Page::Figures {
            // what is at the end, the question, must be seen
            0
        } else {
            self.top.min(lines.len().saturating_sub(rows))
        };
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
        put(buf, inner, last, Line::styled(hints, theme.style(Meaning::Muted)));
        let question = Rect { height: last, width: inner.width.saturating_sub(2), ..inner };
        if p.documents.is_empty() {
            return buttons(buf, question, theme, "nothing to approve", "");
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

    fn figures(&self, p: &BatchPreview, w: usize) -> Vec<(String, Meaning)> {
        let mut out = Vec::new();
        let all: u64 = p.counts.iter().sum();
        out.push((
            format!("{} → {} · {}", documents(all), clean(&p.ledger), self.environment),
            Meaning::Title,
        ));
        out.push((String::new(), Meaning::Text));
        let columns = p.currencies.len().max(1);
        let amounts: Vec<Vec<i64>> =
            std::iter::once(p.totals.clone()).chain(p.lines.iter().map(|l| l.amounts.clone())).collect();
        let cell = amounts
            .iter()
            .flat_map(|row| row.iter().zip(&p.currencies).map(|(m, c)| width(&amount(*m, *c))))
            .max()
            .unwrap_or(8)
            .max(11)
            + 2;
        let text_w = w.saturating_sub(cell * columns);
        // how many stands before the first column of amounts
        let counted = |text: &str, n: u64| {
            let n = count(n);
            format!("{}{n}", left(text, text_w.saturating_sub(width(&n) + 1)))
        };
        let row = |text: &str, cells: Vec<String>| {
            let mut s = left(text, text_w);
            for c in cells {
                s.push_str(&right(&c, cell));
            }
            s
        };
        out.push((row("", p.currencies.iter().map(|c| c.to_string()).collect()), Meaning::Muted));
        let split = p
            .currencies
            .iter()
            .zip(&p.counts)
            .filter(|(_, n)| **n > 0)
            .map(|(c, n)| format!("{} in {c}", count(*n)))
            .collect::<Vec<_>>()
            .join(", ");
        let money_row = |amounts: &[i64], blank: bool| -> Vec<String> {
            let cell = |(m, c): (&i64, &crate::model::Currency)| {
                if blank && *m == 0 { String::new() } else { amount(*m, *c) }
            };
            amounts.iter().zip(&p.currencies).map(cell).collect()
        };
        let text = counted(&format!("documents ({split})"), all);
        out.push((row(&text, money_row(&p.totals, false)), Meaning::Text));
        let records: u64 = p.records.iter().sum();
        let of = p.records.iter().map(|n| count(*n)).collect();
        out.push((row(&counted("ledger records", records), of), Meaning::Text));
        out.push((String::new(), Meaning::Text));
        for l in &p.lines {
            let side = if l.side.is_empty() { String::new() } else { left(l.side, 8) };
            out.push((
                row(&format!("{side}{}", clean(&l.words)), money_row(&l.amounts, true)),
                Meaning::Text,
            ));
        }
        out.push((String::new(), Meaning::Text));
        if !p.left_out.is_empty() {
            let names = |(n, why): &(String, String)| format!("{} ({})", clean(n), clean(why));
            let shown: Vec<String> = p.left_out.iter().take(4).map(names).collect();
            let more = p.left_out.len().saturating_sub(4);
            let more = if more > 0 { format!(" and {more} more: l") } else { String::new() };
            let text = format!("Left out: {}{more}", shown.join(", "));
            out.extend(wrap(&text, w).into_iter().map(|t| (t, Meaning::Warn)));
        }
        if !p.warnings.is_empty() && !self.warnings_read {
            let numbers: BTreeSet<&str> = p.warnings.iter().map(|(n, _)| n.as_str()).collect();
            let text = match (numbers.len(), p.warnings.len()) {
                (1, 1) => "1 carries a warning you have not read: w shows it".to_string(),
                (1, _) => "1 carries warnings you have not read: w shows them".to_string(),
                (n, _) => format!("{n} carry warnings you have not read: w shows them"),
            };
            out.push((text, Meaning::Warn));
        }
        while out.last().is_some_and(|(text, _)| text.is_empty()) {
            out.pop();
        }
        out
    }

    fn lines_of(&self, page: Page) -> Vec<(String, Meaning)> {
        let Some(p) = &self.preview else { return Vec::new() };
        let empty = |text: &str| vec![(text.to_string(), Meaning::Text)];
        match page {
            Page::Figures => Vec::new(),
            Page::List => {
                let mut out: Vec<_> = p
                    .documents
                    .iter()
                    .map(|(id, ..)| {
                        (self.chosen.get(id).cloned().unwrap_or_else(|| id.to_string()), Meaning::Text)
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
                let line = |(n, why): &(String, String)| {
                    (format!("{}  {}", left(&clean(n), 12), clean(why)), Meaning::Text)
                };
                p.warnings.iter().map(line).collect()
            }
            Page::Accounts => {
                if p.effect.is_empty() {
                    return empty("No account is touched.");
                }
                let line = |(i, account, debit, credit): &(usize, String, i64, i64)| {
                    let Some(c) = p.currencies.get(*i) else { return (clean(account), Meaning::Text) };
                    let part = |m: i64| if m == 0 { String::new() } else { amount(m, *c) };
                    let text = format!(
                        "{c} {} {} {}",
                        left(&clean(account), 36),
                        right(&part(*debit), 14),
                        right(&part(*credit), 14)
                    );
                    (text, Meaning::Text)
                };
                p.effect.iter().map(line).collect()
            }
        }
    }
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
