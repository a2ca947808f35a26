//! Answers to the queue's questions.

use crate::engine::BatchPreview;
use crate::model::ids::DocumentId;
use crate::store::{FindingGroup, Row, Total};
use crate::tui::app::Chosen;
use crate::tui::effect::{CardFor, Effect, Part, PreviewFor};
use crate::tui::format::ShownRow;
use crate::tui::msg::{Said, Sheet, WindowPage};
use crate::tui::widgets::Cursor;

use super::{Pane, Queue};

impl Queue {
    /// A part of the queue arrived.
    pub fn arrived(&mut self, generation: u64, answer: Said<WindowPage>) -> Vec<Effect> {
        if generation != self.asked.window {
            return Vec::new();
        }
        self.asked.fetching = false;
        match answer {
            Err(why) => {
                self.error = Some(why);
                self.waiting.clear();
            }
            Ok(page) => {
                self.error = None;
                self.loaded = true;
                let fresh = !matches!(page.part, Part::After(..) | Part::Before(..));
                // who types reads the last list that was one, not a blank page between two letters
                self.stale = fresh && page.rows.is_empty() && self.typing.is_some() && !self.rows.is_empty();
                if !self.stale {
                    self.take(page);
                }
            }
        }
        let mut effects = self.make_waiting();
        effects.extend(self.look());
        effects.extend(self.prefetch());
        if std::mem::take(&mut self.count_due) {
            effects.extend(self.ask_count());
        }
        effects
    }

    fn take(&mut self, page: WindowPage) {
        let anchor = self.current().map(|r| r.row.id);
        let line = self.cursor.at.saturating_sub(self.cursor.top);
        let rows: Vec<ShownRow> = page.rows.into_iter().map(ShownRow::of).collect();
        let fresh = rows.len() as u64;
        match page.part {
            Part::Start(_) => {
                self.offset = Some(0);
                self.rows = rows;
                self.before = false;
                self.after = page.after;
            }
            Part::End(_) => {
                self.offset = self.total_rows().map(|n| n.saturating_sub(fresh));
                self.rows = rows;
                self.before = page.before;
                self.after = false;
                self.cursor.at = self.rows.len().saturating_sub(1);
            }
            Part::After(..) => {
                self.rows.extend(rows);
                self.after = page.after;
            }
            Part::Before(..) => {
                let n = rows.len();
                self.rows.splice(0..0, rows);
                self.before = page.before;
                self.offset =
                    if page.before { self.offset.map(|o| o.saturating_sub(fresh)) } else { Some(0) };
                self.cursor.at += n;
                self.cursor.top += n;
            }
            Part::Around(..) => {
                // rows above may have come or gone: the place is known again at the first row
                self.offset = if page.before { None } else { Some(0) };
                self.rows = rows;
                self.before = page.before;
                self.after = page.after;
                // what was asked for begins after the old first row
                self.cursor.at = (self.cursor.at + page.split).saturating_sub(1);
                self.cursor.top = self.cursor.at.saturating_sub(line);
            }
        }
        if !matches!(page.part, Part::End(_))
            && let Some(at) = anchor.and_then(|id| self.rows.iter().position(|r| r.row.id == id))
        {
            // the cursor stays on its document, on the same line of the screen
            self.cursor = Cursor { at, top: at.saturating_sub(line) };
        }
        self.trim();
        self.cursor.fit(self.rows.len(), self.shape.rows);
        // what is marked follows its document: a version that was seen is the one that is acted on
        for r in &self.rows {
            if let Some(mark) = self.marks.get_mut(&r.row.id) {
                *mark = Chosen::of(&r.row);
            }
        }
    }

    /// Keeps four pages around the cursor.
    fn trim(&mut self) {
        let page = self.page() as usize;
        let keep = page * 2;
        if self.rows.len() <= keep * 2 + page {
            return;
        }
        if self.rows.len() - self.cursor.at > keep {
            self.rows.truncate(self.cursor.at + keep);
            self.after = true;
        }
        if self.cursor.at > keep {
            let n = self.cursor.at - keep;
            self.rows.drain(..n);
            self.cursor.at -= n;
            self.cursor.top = self.cursor.top.saturating_sub(n);
            self.before = true;
            self.offset = self.offset.map(|o| o + n as u64);
        }
    }

    /// Asks for the next rows while the cursor comes near an edge.
    pub(super) fn prefetch(&mut self) -> Option<Effect> {
        if self.asked.fetching || self.stale {
            return None;
        }
        let page = self.page();
        let near = page as usize;
        if self.after && self.cursor.at + near >= self.rows.len() {
            let last = self.rows.last()?.row.id;
            return Some(self.ask(Part::After(last, page * 2), false));
        }
        if self.before && self.cursor.at < near {
            let first = self.rows.first()?.row.id;
            return Some(self.ask(Part::Before(first, page * 2), false));
        }
        None
    }

    /// What the lower pane needs: the document under the cursor, or the effect of the marks.
    pub(super) fn look(&mut self) -> Vec<Effect> {
        if !self.marks.is_empty() {
            return Vec::new();
        }
        let Some((id, version)) = self.current().map(|r| (r.row.id, r.row.version)) else {
            self.pane = None;
            self.sheet = None;
            return Vec::new();
        };
        let shown = self.sheet.as_ref().is_some_and(|s| s.card.row.id == id && s.card.row.version == version);
        if shown || (self.asked.card_of == Some(id) && self.asked.card != 0) {
            return Vec::new();
        }
        let generation = self.asked.next();
        self.asked.card = generation;
        self.asked.card_of = Some(id);
        vec![Effect::Card { generation, id, purpose: CardFor::Pane }]
    }

    /// The marks changed: the pane shows what they come to.
    pub(super) fn look_at_marks(&mut self) -> Vec<Effect> {
        if self.marks.is_empty() {
            self.batch = None;
            self.asked.card_of = None;
            return self.look();
        }
        let generation = self.asked.next();
        self.asked.batch = generation;
        let ids: Vec<DocumentId> = self.marks.keys().copied().collect();
        vec![Effect::Preview { generation, ids, purpose: PreviewFor::Pane }]
    }

    /// The document under the cursor arrived.
    pub fn sheet_arrived(&mut self, generation: u64, answer: Said<Box<Sheet>>) {
        if generation != self.asked.card {
            return;
        }
        self.asked.card = 0;
        match answer {
            Ok(sheet) => {
                self.pane = Some(Pane::of(&sheet));
                self.sheet = Some(sheet);
            }
            Err(why) => {
                self.pane = Some(Pane::failed(why));
                self.sheet = None;
            }
        }
    }

    /// The figures of the marks arrived.
    pub fn batch_arrived(&mut self, generation: u64, answer: Said<Box<BatchPreview>>) {
        if generation == self.asked.batch {
            self.batch = answer.ok().map(|b| *b);
        }
    }

    /// Totals arrived.
    pub fn totals_arrived(&mut self, generation: u64, answer: Said<Vec<Total>>) {
        if generation == self.asked.totals {
            match answer {
                Ok(t) => self.totals = Some(t),
                Err(why) => self.error = Some(why),
            }
        }
    }

    /// The number of rows arrived.
    pub fn count_arrived(&mut self, generation: u64, answer: Said<u64>) {
        if generation == self.asked.count {
            self.counted = answer.ok();
        }
    }

    /// Groups arrived.
    pub fn groups_arrived(&mut self, generation: u64, answer: Said<Vec<FindingGroup>>) {
        if generation != self.asked.groups {
            return;
        }
        match answer {
            Ok(groups) => {
                // the cursor stays on its finding
                let on = self.current_group().map(|g| (g.code, g.value.clone()));
                self.groups = Some(groups);
                if let Some(at) = on
                    .and_then(|(c, v)| self.groups.iter().flatten().position(|g| g.code == c && g.value == v))
                {
                    self.group_cursor.at = at;
                }
                let n = self.groups.as_ref().map_or(0, Vec::len);
                self.group_cursor.fit(n, self.shape.rows);
            }
            Err(why) => self.error = Some(why),
        }
    }

    /// Everything that the query has arrived to be marked. Returns how many.
    pub fn mark_all_arrived(&mut self, generation: u64, rows: &[Row]) -> Vec<Effect> {
        if generation != self.asked.mark_all {
            return Vec::new();
        }
        self.remember_marks();
        self.marks = rows.iter().map(|r| (r.id, Chosen::of(r))).collect();
        self.look_at_marks()
    }

    /// Marks whose documents have moved on are taken away.
    pub fn unmark(&mut self, ids: &[DocumentId]) -> Vec<Effect> {
        let n = self.marks.len();
        for id in ids {
            self.marks.remove(id);
        }
        if n == self.marks.len() { Vec::new() } else { self.look_at_marks() }
    }
}
