//! What stands where in the queue: screens.md, sections 1 and 2.

/// Lines of each part.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Shape {
    /// Columns.
    pub width: u16,
    /// Rows of the terminal.
    pub height: u16,
    /// One line of tabs and one of totals instead of a block.
    pub narrow: bool,
    /// Lines of tabs and totals together.
    pub tabs: u16,
    /// Lines of the lower pane, without its rule.
    pub pane: u16,
    /// Rows of the table.
    pub rows: usize,
    /// An empty line above the footer.
    pub air: bool,
}

impl Shape {
    /// For a terminal of this size with so many currencies.
    pub fn of(width: u16, height: u16, currencies: usize) -> Self {
        let narrow = width < 100;
        let tabs = if narrow { 2 } else { 1 + currencies.clamp(1, 4) as u16 };
        let pane = match (height, width) {
            (50.., 106..) => 14,
            (30.., 106..) => 8,
            (20.., _) => 2,
            _ => 0,
        };
        let air = height >= 30;
        // two lines of header; rules: above the tabs (wide only), above the table; the table's head; the pane's rule
        let rules = if narrow { 1 } else { 2 };
        let used = 2 + rules + tabs + 1 + pane + u16::from(pane > 0) + u16::from(air) + 1;
        Self { width, height, narrow, tabs, pane, rows: usize::from(height.saturating_sub(used)), air }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shape_is_that_of_the_plan() {
        let s = Shape::of(120, 34, 2);
        assert_eq!((s.tabs, s.pane, s.rows, s.air), (3, 8, 15, true));
        let s = Shape::of(80, 24, 2);
        assert_eq!((s.tabs, s.pane, s.rows, s.air), (2, 2, 14, false));
        assert!(Shape::of(60, 16, 2).rows >= 8);
        assert_eq!(Shape::of(1, 1, 3).rows, 0);
    }
}
