//! Columns of the queue by width: what gives way, and in which order (screens.md, section 2).

use crate::tui::format::ShownRow;
use crate::tui::text::width;

/// A column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// Sign and word.
    State,
    /// Sign and short word.
    StateShort,
    /// With the year.
    Date,
    /// Without.
    DateShort,
    /// Three letters.
    Kind,
    /// Payee.
    Payee,
    /// Number.
    Number,
    /// What would be posted.
    WillPost,
    /// The sentence.
    Finding,
    /// The short label.
    Label,
    /// Currency.
    Currency,
    /// Amount: never cut.
    Amount,
    /// Cost centres.
    CostCentres,
    /// Receipts.
    Receipts,
    /// Days since arrival.
    Age,
    /// Who approved it in the source.
    Approver,
    /// The reference of its first entry.
    Reference,
}

/// Columns with their widths; two columns of cursor and mark stand before them, one space between them.
pub type Columns = Vec<(Column, usize)>;

/// The columns that fit into `w` with one column of air behind them, for amounts of at most `amount` columns.
pub fn columns(w: usize, amount: usize) -> Columns {
    use Column::*;
    let w = w.saturating_sub(1);
    let mut c: Columns = vec![
        (State, 16),
        (Date, 10),
        (Kind, 4),
        (Payee, 21),
        (Number, 12),
        (WillPost, 13),
        (Finding, 20),
        (Currency, 3),
        (Amount, amount.max(10)),
    ];
    let fits = |c: &Columns| total(c) <= w;
    if !fits(&c) {
        c.retain(|(k, _)| *k != WillPost);
    }
    if !fits(&c) {
        change(&mut c, Finding, (Label, 14));
    }
    if !fits(&c) {
        change(&mut c, State, (StateShort, 8));
    }
    if !fits(&c) {
        change(&mut c, Date, (DateShort, 5));
        change(&mut c, Kind, (Kind, 3));
        change(&mut c, Number, (Number, 11));
        change(&mut c, Amount, (Amount, amount.max(9)));
    }
    if !fits(&c) {
        let over = total(&c) - w;
        change(&mut c, Payee, (Payee, 21usize.saturating_sub(over).max(12)));
    }
    for gone in [Label, Number, Kind] {
        if !fits(&c) {
            c.retain(|(k, _)| *k != gone);
            // what became free goes to the payee first
            let free = w.saturating_sub(total(&c));
            widen(&mut c, Payee, free, 21);
        }
    }
    if w >= 140 {
        for (extra, size) in [(CostCentres, 14), (Receipts, 8), (Age, 4), (Approver, 18), (Reference, 11)] {
            if total(&c) + 1 + size > w {
                break;
            }
            let at = c.len().saturating_sub(2);
            c.insert(at, (extra, size));
        }
    }
    for (column, most) in [(Payee, 34), (Finding, 60)] {
        let free = w.saturating_sub(total(&c));
        widen(&mut c, column, free, most);
    }
    c
}

fn total(c: &Columns) -> usize {
    2 + c.iter().map(|(_, w)| w + 1).sum::<usize>().saturating_sub(1)
}

fn change(c: &mut Columns, from: Column, to: (Column, usize)) {
    if let Some(slot) = c.iter_mut().find(|(k, _)| *k == from) {
        *slot = to;
    }
}

fn widen(c: &mut Columns, column: Column, free: usize, most: usize) {
    if let Some((_, w)) = c.iter_mut().find(|(k, _)| *k == column) {
        *w = (*w + free).min(most.max(*w));
    }
}

/// The widest amount of the window.
pub fn widest_amount(rows: &[ShownRow]) -> usize {
    rows.iter().map(|r| width(&r.amount)).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has(c: &Columns, k: Column) -> bool {
        c.iter().any(|(x, _)| *x == k)
    }

    #[test]
    fn columns_give_way_in_the_order_of_the_plan() {
        let at = |w| columns(w, 10);
        assert!(has(&at(120), Column::WillPost) && has(&at(120), Column::Finding));
        assert!(!has(&at(119), Column::WillPost) && has(&at(119), Column::Finding));
        assert!(has(&at(100), Column::Label) && has(&at(100), Column::State));
        assert!(has(&at(92), Column::StateShort) && has(&at(92), Column::Date));
        assert!(has(&at(91), Column::DateShort) && has(&at(84), Column::DateShort));
        assert!(has(&at(80), Column::DateShort) && has(&at(80), Column::Label));
        assert!(!has(&at(66), Column::Label) && has(&at(66), Column::Number));
        assert!(has(&at(160), Column::CostCentres) && has(&at(160), Column::Age));
        assert!(!has(&at(160), Column::Approver) && has(&at(200), Column::Reference));
        assert!(!has(&at(140), Column::CostCentres) && has(&at(141), Column::CostCentres));
    }

    #[test]
    fn whatever_happens_the_line_fits_and_the_amount_is_whole() {
        for w in 60..240 {
            for amount in [4, 10, 18] {
                let c = columns(w, amount);
                assert!(total(&c) <= w, "{w} {amount}: {c:?}");
                assert!(c.contains(&(Column::Currency, 3)));
                let given = c.iter().find(|(k, _)| *k == Column::Amount).unwrap().1;
                assert!(given >= amount.max(9));
                let payee = c.iter().find(|(k, _)| *k == Column::Payee).unwrap().1;
                assert!(payee >= 12, "{w} {amount}: {c:?}");
            }
        }
    }
}
