//! A cursor over lines that are all there, with the scroll offset that the view needs.

use crate::tui::keys::ActionId;

/// Cursor and first visible line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cursor {
    /// The line.
    pub at: usize,
    /// The first visible line.
    pub top: usize,
}

impl Cursor {
    /// Moves by an action of the list kind. True when it was one.
    pub fn act(&mut self, action: ActionId, len: usize, page: usize) -> bool {
        let page = page.max(1);
        let half = (page / 2).max(1);
        let last = len.saturating_sub(1);
        self.at = match action {
            ActionId::Down => self.at.saturating_add(1),
            ActionId::Up => self.at.saturating_sub(1),
            ActionId::PageDown => self.at.saturating_add(page),
            ActionId::PageUp => self.at.saturating_sub(page),
            ActionId::HalfDown => self.at.saturating_add(half),
            ActionId::HalfUp => self.at.saturating_sub(half),
            ActionId::Top => 0,
            ActionId::Bottom => last,
            _ => return false,
        };
        self.fit(len, page);
        true
    }

    /// Keeps cursor and offset within `len` lines, `page` of them visible.
    pub fn fit(&mut self, len: usize, page: usize) {
        let page = page.max(1);
        self.at = self.at.min(len.saturating_sub(1));
        self.top = self.top.min(len.saturating_sub(page.min(len)));
        if self.at < self.top {
            self.top = self.at;
        } else if self.at >= self.top + page {
            self.top = self.at + 1 - page;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cursor_stays_in_sight() {
        let mut c = Cursor::default();
        c.act(ActionId::Bottom, 100, 10);
        assert_eq!(c, Cursor { at: 99, top: 90 });
        c.act(ActionId::PageUp, 100, 10);
        assert_eq!(c, Cursor { at: 89, top: 89 });
        c.act(ActionId::Top, 100, 10);
        assert_eq!(c, Cursor { at: 0, top: 0 });
        c.act(ActionId::Up, 0, 0);
        assert_eq!(c, Cursor::default());
        assert!(!c.act(ActionId::Quit, 5, 5));
    }
}
