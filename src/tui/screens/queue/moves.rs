//! Actions that stay within the queue: moving, tabs, marks, filter, sort, groups.

use crossterm::event::{KeyCode, KeyEvent};

use crate::store::FindingGroup;
use crate::tui::app::Chosen;
use crate::tui::effect::{Effect, Part};
use crate::tui::keys::ActionId;
use crate::tui::widgets::Input;

use super::{Queue, Tab};

/// Moves that wait for rows, at most: far more than anybody types before a page is there.
const MOST_WAITING: usize = 10_000;

/// A move by lines or pages from where the cursor stands.
fn is_step(action: ActionId) -> bool {
    use ActionId::{Down, HalfDown, HalfUp, PageDown, PageUp, Up};
    matches!(action, Down | Up | PageDown | PageUp | HalfDown | HalfUp)
}

impl Queue {
    /// Does an action of the queue; none when it is not one.
    pub fn act(&mut self, action: ActionId) -> Option<Vec<Effect>> {
        if self.grouped {
            return self.act_on_groups(action);
        }
        Some(match action {
            ActionId::Top if self.before => self.restart(false),
            ActionId::Bottom if self.after => {
                self.waiting.clear();
                vec![self.ask(Part::End(self.page() * 2), false)]
            }
            ActionId::NextPart | ActionId::Right => self.turn_to(self.tab.moved(1)),
            ActionId::PreviousPart | ActionId::Left => self.turn_to(self.tab.moved(Tab::ALL.len() - 1)),
            // where the cursor is going, not where it still stands
            ActionId::Mark if !self.waiting.is_empty() => {
                if self.waiting.len() < MOST_WAITING {
                    self.waiting.push_back(ActionId::Mark);
                }
                Vec::new()
            }
            ActionId::Mark => self.mark(),
            ActionId::Range => self.mark_range(),
            ActionId::MarkAll => {
                let generation = self.asked.next();
                self.asked.mark_all = generation;
                vec![Effect::MarkAll { generation, query: Box::new(self.query()) }]
            }
            ActionId::Filter => {
                self.remember_list();
                self.filter_error = None;
                self.typing = Some(Input::with(&self.search));
                Vec::new()
            }
            ActionId::SortLeft => self.sort_by(false),
            ActionId::SortRight => self.sort_by(true),
            ActionId::SortTurn => {
                self.descending = !self.descending;
                self.restart(false)
            }
            ActionId::Group => {
                self.grouped = true;
                vec![self.ask_groups()]
            }
            _ => {
                if !self.moved(action) {
                    return None;
                }
                let mut effects = self.look();
                effects.extend(self.prefetch());
                effects
            }
        })
    }

    /// Moves the cursor; what would pass the rows at hand while there are more waits for them. False: it is no move.
    fn moved(&mut self, action: ActionId) -> bool {
        if !is_step(action) {
            self.waiting.clear();
            return self.cursor.act(action, self.rows.len(), self.shape.rows);
        }
        if self.waiting.is_empty() && !self.passes(action) {
            return self.cursor.act(action, self.rows.len(), self.shape.rows);
        }
        if self.waiting.len() < MOST_WAITING {
            self.waiting.push_back(action);
        }
        true
    }

    /// Whether a move goes past the rows at hand on a side where there are more.
    fn passes(&self, action: ActionId) -> bool {
        let page = self.shape.rows.max(1);
        let half = (page / 2).max(1);
        let down = |by: usize| self.after && self.cursor.at.saturating_add(by) >= self.rows.len();
        let up = |by: usize| self.before && self.cursor.at < by;
        match action {
            ActionId::Down => down(1),
            ActionId::PageDown => down(page),
            ActionId::HalfDown => down(half),
            ActionId::Up => up(1),
            ActionId::PageUp => up(page),
            ActionId::HalfUp => up(half),
            _ => false,
        }
    }

    /// Makes the moves that waited, as far as the rows reach now, in the order of the keys.
    pub(super) fn make_waiting(&mut self) -> Vec<Effect> {
        let mut effects = Vec::new();
        while let Some(action) = self.waiting.front().copied() {
            if self.rows.is_empty() || self.passes(action) {
                break;
            }
            self.waiting.pop_front();
            if action == ActionId::Mark {
                effects.extend(self.mark());
            } else {
                self.cursor.act(action, self.rows.len(), self.shape.rows);
            }
        }
        effects
    }

    fn act_on_groups(&mut self, action: ActionId) -> Option<Vec<Effect>> {
        let n = self.groups.as_ref().map_or(0, Vec::len);
        match action {
            ActionId::Group => self.grouped = false,
            ActionId::Open => {
                let group = self.current_group()?.clone();
                self.remember_list();
                self.grouped = false;
                self.tab = Tab::Open;
                self.finding = Some((group.code, group.value.clone(), group.brief.clone()));
                return Some(self.restart(false));
            }
            _ => {
                if !self.group_cursor.act(action, n, self.shape.rows) {
                    return None;
                }
            }
        }
        Some(Vec::new())
    }

    /// The group under the cursor.
    pub fn current_group(&self) -> Option<&FindingGroup> {
        self.groups.as_ref()?.get(self.group_cursor.at)
    }

    /// Shows another tab.
    pub fn turn_to(&mut self, tab: Tab) -> Vec<Effect> {
        self.tab = tab;
        self.restart(false)
    }

    /// The next sort column among those that are shown; one that is not shown gives way to the first or last of them.
    fn sort_by(&mut self, right: bool) -> Vec<Effect> {
        let shown = self.sorts();
        let n = shown.len().max(1);
        let at = shown.iter().position(|s| *s == self.sort);
        let next = match (at, right) {
            (Some(at), true) => (at + 1) % n,
            (Some(at), false) => (at + n - 1) % n,
            (None, true) => 0,
            (None, false) => n - 1,
        };
        if let Some(sort) = shown.get(next) {
            self.sort = *sort;
        }
        self.restart(false)
    }

    fn mark(&mut self) -> Vec<Effect> {
        let Some(chosen) = self.current().map(|r| Chosen::of(&r.row)) else { return Vec::new() };
        self.remember_marks();
        if self.marks.remove(&chosen.id).is_none() {
            self.marks.insert(chosen.id, chosen);
        }
        // in front of the moves that wait already: it belongs to this mark
        if self.passes(ActionId::Down) {
            self.waiting.push_front(ActionId::Down);
        } else {
            self.cursor.act(ActionId::Down, self.rows.len(), self.shape.rows);
        }
        let mut effects = self.look_at_marks();
        effects.extend(self.prefetch());
        effects
    }

    fn mark_range(&mut self) -> Vec<Effect> {
        let Some(here) = self.current().map(|r| r.row.id) else { return Vec::new() };
        let Some(start) = self.range.take() else {
            self.range = Some(here);
            return Vec::new();
        };
        let Some(at) = self.rows.iter().position(|r| r.row.id == start) else { return Vec::new() };
        self.remember_marks();
        let (from, to) = (at.min(self.cursor.at), at.max(self.cursor.at));
        for r in self.rows.iter().take(to + 1).skip(from) {
            self.marks.insert(r.row.id, Chosen::of(&r.row));
        }
        self.look_at_marks()
    }

    /// A key for the filter field. None: it is closed.
    pub fn filter_key(&mut self, key: KeyEvent) -> Option<Vec<Effect>> {
        let input = self.typing.as_mut()?;
        match key.code {
            // a filter that cannot be read keeps its field, so that it is seen why
            KeyCode::Enter | KeyCode::Down | KeyCode::Up | KeyCode::Tab if self.filter_error.is_some() => {
                Some(Vec::new())
            }
            KeyCode::Enter | KeyCode::Down | KeyCode::Up | KeyCode::Tab => {
                self.typing = None;
                Some(self.settle())
            }
            KeyCode::Esc => {
                self.typing = None;
                self.stale = false;
                self.set_search("");
                Some(self.restart(false))
            }
            _ => {
                if !input.key(key) {
                    return Some(Vec::new());
                }
                let text = input.text().to_string();
                Some(self.typed(&text))
            }
        }
    }

    /// The field is left: what does not match goes.
    fn settle(&mut self) -> Vec<Effect> {
        if !std::mem::take(&mut self.stale) {
            return Vec::new();
        }
        self.rows.clear();
        (self.before, self.after) = (false, false);
        self.cursor = crate::tui::widgets::Cursor::default();
        self.look()
    }

    fn typed(&mut self, text: &str) -> Vec<Effect> {
        if self.set_search(text) { self.restart(true) } else { Vec::new() }
    }

    /// A paste into the filter field. None: it is closed.
    pub fn filter_paste(&mut self, text: &str) -> Option<Vec<Effect>> {
        let input = self.typing.as_mut()?;
        input.paste(text);
        let text = input.text().to_string();
        Some(self.typed(&text))
    }

    /// Esc: leaves range, marks, filter, finding, groups, one at a time. None: there was nothing to leave.
    pub fn back(&mut self) -> Option<Vec<Effect>> {
        if self.range.take().is_some() {
            Some(Vec::new())
        } else if self.grouped {
            self.grouped = false;
            Some(Vec::new())
        } else if !self.marks.is_empty() {
            self.remember_marks();
            self.marks.clear();
            Some(self.look_at_marks())
        } else if self.filtered() {
            self.remember_list();
            self.set_search("");
            self.finding = None;
            Some(self.restart(false))
        } else {
            None
        }
    }

    /// Takes a new size of the terminal.
    pub fn resize(&mut self, shape: super::Shape) -> Option<Effect> {
        self.shape = shape;
        self.cursor.fit(self.rows.len(), shape.rows);
        self.group_cursor.fit(self.groups.as_ref().map_or(0, Vec::len), shape.rows);
        self.prefetch()
    }
}
