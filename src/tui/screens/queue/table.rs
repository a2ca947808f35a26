//! The rows of the queue.

use jiff::Timestamp;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::tui::app::Model;
use crate::tui::format::{ShownRow, state_meaning};
use crate::tui::keys::ActionId;
use crate::tui::layout::{Column, Columns, columns, widest_amount};
use crate::tui::text::{cut, left, right, width};
use crate::tui::theme::{Meaning, Theme};
use crate::tui::widgets::put;

use super::Queue;

/// Draws head and rows; the area is one line of head and the visible rows.
pub fn draw(model: &Model, buf: &mut Buffer, area: Rect) {
    let queue = &model.queue;
    let theme = &model.look.theme;
    let columns = columns(usize::from(area.width), widest_amount(&queue.rows));
    put(buf, area, 0, Line::styled(head(&columns), theme.style(Meaning::Muted)));
    if queue.rows.is_empty() {
        for (i, (text, meaning)) in empty(model).into_iter().enumerate() {
            put(buf, area, 2 + i as u16, Line::styled(format!("  {text}"), theme.style(meaning)));
        }
        return;
    }
    let range = queue.range.and_then(|id| queue.rows.iter().position(|r| r.row.id == id));
    let visible = queue.rows.iter().enumerate().skip(queue.cursor.top).take(queue.shape.rows);
    for (line, (i, r)) in visible.enumerate() {
        let in_range =
            range.is_some_and(|at| (at.min(queue.cursor.at)..=at.max(queue.cursor.at)).contains(&i));
        let marked = queue.marks.contains_key(&r.row.id) || in_range;
        let here = i == queue.cursor.at && !queue.stale;
        let waits = model.waits_for(&r.row).zip(model.waits_briefly(&r.row));
        let line_of = row(r, &columns, theme, here, marked, model.now.at, waits);
        // what does not match what is typed steps back
        let line_of = if queue.stale { line_of.patch_style(theme.style(Meaning::Muted)) } else { line_of };
        put(buf, area, 1 + line as u16, line_of);
    }
}

fn head(columns: &Columns) -> String {
    let mut s = String::from("  ");
    for (i, (c, w)) in columns.iter().enumerate() {
        if i > 0 {
            s.push(' ');
        }
        let word = match c {
            Column::State | Column::StateShort => "state",
            Column::Date => "post. date",
            Column::DateShort => "date",
            Column::Kind if *w < 4 => "knd",
            Column::Kind => "kind",
            Column::Payee => "payee",
            Column::Number => "number",
            Column::WillPost => "will post",
            Column::Finding | Column::Label => "finding",
            Column::Currency => "ccy",
            Column::Amount => "approved",
            Column::CostCentres => "cost centres",
            Column::Receipts => "receipts",
            Column::Age => "days",
            Column::Approver => "approver",
            Column::Reference => "reference",
        };
        s.push_str(&if matches!(c, Column::Amount | Column::Age) { right(word, *w) } else { left(word, *w) });
    }
    s
}

fn row(
    r: &ShownRow,
    columns: &Columns,
    theme: &Theme,
    here: bool,
    marked: bool,
    now: Option<Timestamp>,
    waits: Option<(String, String)>,
) -> Line<'static> {
    let base = if here {
        theme.style(Meaning::Selection)
    } else if marked {
        theme.style(Meaning::Marked)
    } else {
        theme.style(Meaning::Text)
    };
    let lead = match (here, marked) {
        (true, true) => ">*",
        (true, false) => "> ",
        (false, true) => " *",
        (false, false) => "  ",
    };
    let mut spans = vec![Span::styled(lead, base)];
    for (i, (c, w)) in columns.iter().enumerate() {
        if i > 0 {
            spans.push(Span::styled(" ", base));
        }
        let text = match c {
            Column::State => left(&r.state, *w),
            Column::StateShort => left(&r.state_short, *w),
            Column::Date => left(&r.date, *w),
            Column::DateShort => left(r.date.get(5..).unwrap_or_default(), *w),
            Column::Kind => left(r.row.kind.short(), *w),
            Column::Payee => left(&r.payee, *w),
            Column::Number => left(&r.number, *w),
            Column::WillPost => left(&tighter(&r.will_post, *w), *w),
            Column::Finding => left(&tighter(waiting(&r.finding, waits.as_ref(), *w), *w), *w),
            Column::Label => left(waiting(&r.label, waits.as_ref(), *w), *w),
            Column::Currency => left(r.currency, *w),
            Column::Amount => right(&r.amount, *w),
            Column::CostCentres => left(&r.cost_centres, *w),
            Column::Receipts => left(&r.receipts, *w),
            Column::Age => right(&age(r.row.arrived_at, now), *w),
            Column::Approver => left(&r.approver, *w),
            Column::Reference => left(&r.reference, *w),
        };
        let style = match c {
            Column::State | Column::StateShort if !here => theme.style(state_meaning(r.row.state)),
            Column::Finding | Column::Label if !here && !marked => theme.style(finding_meaning(r)),
            _ => base,
        };
        spans.push(Span::styled(text, style));
    }
    Line::from(spans).style(base)
}

/// Why it waits, whole where there is room; else what there is to say of the document.
fn waiting<'a>(other: &'a str, waits: Option<&'a (String, String)>, w: usize) -> &'a str {
    match waits {
        Some((whole, _)) if width(whole) <= w => whole,
        Some((_, brief)) => brief,
        None => other,
    }
}

/// The same in fewer columns, only where it does not fit: `bill, journal`, `ledger: TO269DS8KQ1`, `V2114: no vendor +1`;
/// how many more findings there are is never cut.
fn tighter(text: &str, w: usize) -> String {
    let mut out = text.to_string();
    for (long, short) in [(" + ", ", "), ("in ledger: ", "ledger: "), (" has no ", ": no ")] {
        if width(&out) <= w {
            return out;
        }
        out = out.replacen(long, short, 1);
    }
    match out.rsplit_once(" +") {
        Some((head, n)) if width(&out) > w && !n.is_empty() && n.chars().all(|c| c.is_ascii_digit()) => {
            format!("{} +{n}", cut(head, w.saturating_sub(width(n) + 2)))
        }
        _ => out,
    }
}

fn finding_meaning(r: &ShownRow) -> Meaning {
    use crate::model::Level;
    match r.row.finding.map(|c| c.level()) {
        Some(Level::Blocks) => Meaning::Warn,
        Some(Level::Warns) => Meaning::Muted,
        None => Meaning::Busy,
    }
}

fn age(arrived: Timestamp, now: Option<Timestamp>) -> String {
    now.map(|n| (n.duration_since(arrived).as_secs().max(0) / 86_400).to_string()).unwrap_or_default()
}

/// Words instead of rows: never a blank box.
fn empty(model: &Model) -> Vec<(String, Meaning)> {
    let queue: &Queue = &model.queue;
    if let Some(why) = &queue.error {
        return vec![
            (format!("The queue cannot be read: {why}"), Meaning::Error),
            (format!("{} reads again.", model.key(ActionId::Refresh)), Meaning::Muted),
        ];
    }
    if model.phase == crate::tui::app::Phase::Opening {
        return vec![("opening…".into(), Meaning::Busy)];
    }
    if !queue.loaded {
        return vec![("reading…".into(), Meaning::Busy)];
    }
    if queue.filtered() {
        let mut lines = vec![("No document matches. Esc clears the filter.".into(), Meaning::Text)];
        let elsewhere = queue.filter.states(&[]);
        if queue.filter.states(&queue.tab.states()).is_empty() && !elsewhere.is_empty() {
            let word = queue.tab.word();
            let text = format!("The group {word} has no document in this state. ← → choose another group.");
            lines.push((text, Meaning::Muted));
        }
        return lines;
    }
    let book = model.book.as_ref().map_or("this book", |b| b.as_str());
    let read = match (model.read_at, model.now.at) {
        (Some(then), Some(now)) => format!(" Last read {}.", crate::tui::format::ago(then, now)),
        _ => String::new(),
    };
    let what = match queue.tab {
        super::Tab::Open => format!("Nothing waits for you in {book}.{read}"),
        super::Tab::Of(g) => format!("No document of {book} stands under {}.{read}", g.word()),
    };
    let next =
        format!("{} read now · {} activity", model.key(ActionId::Fetch), model.key(ActionId::ScreenActivity));
    let line = format!("{what} {next}");
    if crate::tui::text::width(&line) + 4 <= usize::from(model.size.0) {
        return vec![(line, Meaning::Text)];
    }
    vec![(what, Meaning::Text), (next, Meaning::Muted)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_said_in_fewer_columns_first() {
        assert_eq!(tighter("bill + 2 card", 13), "bill + 2 card");
        assert_eq!(tighter("bill + journal", 13), "bill, journal");
        assert_eq!(tighter("in ledger: TO269DS8KQ1", 20), "ledger: TO269DS8KQ1");
        assert_eq!(tighter("V2114 has no vendor +1", 20), "V2114: no vendor +1");
        assert_eq!(tighter("a very long finding of a person +12", 20), "a very long fin… +12");
    }
}
