//! The documents of a row, in a box over the part: Enter opens one, Esc comes back to the row.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::engine::reconcile::Reconciled;
use crate::model::ids::DocumentId;
use crate::model::intent::IntentState;
use crate::model::money::Currency;
use crate::model::state::State;
use crate::tieout::{BridgeLine, PeriodDocument};
use crate::tui::app::sums;
use crate::tui::format::{amount, documents, state_long, state_meaning, sums_words};
use crate::tui::text::{clean, cut, left, right, width};
use crate::tui::theme::{Meaning, Theme};
use crate::tui::widgets::{Cursor, boxed, put};

use super::Target;
use super::parts::{completeness, items};

/// One document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Id; none: it is not in the store.
    pub id: Option<DocumentId>,
    /// Number.
    pub number: String,
    /// Party.
    pub party: String,
    /// Currency.
    pub currency: Option<Currency>,
    /// Approved amount.
    pub minor: i64,
    /// Posting date.
    pub date: String,
    /// State; none: a record without a document.
    pub state: Option<State>,
    /// Numbers in the ledger.
    pub ledger: String,
}

impl Listed {
    fn of(d: &PeriodDocument) -> Self {
        let records: Vec<String> =
            d.slots.iter().filter(|s| s.state == IntentState::Done).map(|s| clean(&s.number)).collect();
        Self {
            id: d.id.parse().ok(),
            number: clean(&d.number),
            party: clean(&d.party),
            currency: d.currency,
            minor: d.minor,
            date: d.posting.to_string(),
            state: Some(d.state),
            ledger: records.join(" "),
        }
    }
}

/// The list.
#[derive(Debug, Clone, Default)]
pub struct DocumentList {
    /// Whose documents.
    pub title: String,
    /// Documents.
    pub rows: Vec<Listed>,
    /// The row that has the keys.
    pub cursor: Cursor,
}

/// Rows of the list in a terminal of so many.
pub fn page(rows: u16) -> usize {
    usize::from(rows.saturating_sub(10)).max(3)
}

impl DocumentList {
    fn new(title: String, mut rows: Vec<Listed>) -> Self {
        rows.sort_by(|a, b| (&a.currency, &a.date, &a.number).cmp(&(&b.currency, &b.date, &b.number)));
        Self { title, rows, cursor: Cursor::default() }
    }

    /// The one under the cursor.
    pub fn current(&self) -> Option<&Listed> {
        self.rows.get(self.cursor.at)
    }

    /// The documents of what the cursor is on; none: it has none.
    pub fn of(done: &Reconciled, target: &Target) -> Option<Self> {
        let r = &done.report;
        let all = || done.population.values();
        let (title, rows): (String, Vec<Listed>) = match target {
            Target::Line(line) => return of_line(done, *line),
            Target::Account(id) => {
                let name = r.controls.iter().find(|a| a.id == *id).map(|a| clean(&a.account))?;
                let on = |d: &&PeriodDocument| {
                    d.slots
                        .iter()
                        .filter(|s| s.state == IntentState::Done && !s.adopted && r.span.has(s.date))
                        .any(|s| {
                            s.entry.as_ref().is_some_and(|e| e.lines.iter().any(|l| l.account.id == *id))
                        })
                };
                (format!("posted to {name}"), all().filter(on).map(Listed::of).collect())
            }
            Target::Kind(kind) => {
                let here = |d: &&PeriodDocument| {
                    d.kind == *kind && r.span.has(d.original) && d.state != State::Recalled
                };
                (format!("{}s stored", kind.words()), all().filter(here).map(Listed::of).collect())
            }
            Target::Day(day, currency) => {
                let here = |d: &&PeriodDocument| {
                    d.currency == Some(*currency) && day.is_none_or(|day| d.arrived == day)
                };
                let when = day.map_or_else(|| "since the month began".into(), |d| d.to_string());
                let rows = completeness::arrived(done).filter(here).map(Listed::of).collect();
                (format!("arrived {when}, {currency}"), rows)
            }
            Target::Centre(class, account, currency) => {
                let fits = |l: &crate::tieout::RecordLine| {
                    let object = l.class.as_ref().map_or("", |c| c.name.as_str());
                    object == class && account.as_ref().is_none_or(|a| l.account.name == *a)
                };
                let on = |d: &&PeriodDocument| in_period(done, d, *currency, &|s| s.lines.iter().any(fits));
                let class = if class.is_empty() { "no cost centre".into() } else { clean(class) };
                let of =
                    account.as_ref().map_or_else(|| class.clone(), |a| format!("{class} · {}", clean(a)));
                (of, all().filter(on).map(Listed::of).collect())
            }
            Target::Party(party, currency) => {
                let on = |d: &&PeriodDocument| {
                    in_period(done, d, *currency, &|e| {
                        e.party.as_ref().map_or(d.party == *party, |p| p.name == *party)
                    })
                };
                (clean(party), all().filter(on).map(Listed::of).collect())
            }
            Target::Accrual(part) => {
                let a = r.accruals.iter().find(|a| a.part == *part)?;
                let named = |d: &&PeriodDocument| a.lines.iter().any(|l| l.number == d.number);
                (clean(&a.label), all().filter(named).map(Listed::of).collect())
            }
            _ => return None,
        };
        (!rows.is_empty()).then(|| Self::new(title, rows))
    }

    /// Draws it.
    pub fn draw(&self, buf: &mut Buffer, area: Rect, theme: &Theme, home: Option<Currency>) {
        let w = area.width.saturating_sub(4).min(116);
        let rows = page(area.height + 2).min(self.rows.len().max(1));
        let title = format!("{} · {}", self.title, documents(self.rows.len() as u64));
        let inner = boxed(buf, area, w, rows as u16 + 5, &title, theme, theme.style(Meaning::Focus));
        let columns = usize::from(inner.width);
        let figure = self.rows.iter().filter_map(|l| Some(width(&amount(l.minor, l.currency?))));
        let figure = figure.fold(10, usize::max) + 1;
        let wide = columns >= 96;
        // cursor, number, date, state, currency and amount stand always
        let fixed = 2 + 15 + 11 + 17 + 4 + figure;
        let party = columns.saturating_sub(fixed + if wide { 18 } else { 0 }).min(34);
        let head = format!(
            "  {}{}{}{}ccy{}{}",
            left("document", 15),
            left("party", party),
            left("dated", 11),
            left("state", 17),
            right("approved", figure + 1),
            if wide { "  in the ledger" } else { "" }
        );
        put(buf, inner, 0, Line::styled(cut(&head, columns).into_owned(), theme.style(Meaning::Muted)));
        let top = self.cursor.top.min(self.rows.len().saturating_sub(rows));
        let top = if self.cursor.at >= top + rows { self.cursor.at + 1 - rows } else { top };
        for (y, (i, l)) in self.rows.iter().enumerate().skip(top).take(rows).enumerate() {
            let here = i == self.cursor.at;
            let base = if here { Meaning::Selection } else { Meaning::Text };
            let state = l.state.map_or_else(|| "only there".into(), state_long);
            let tone = if here { Meaning::Selection } else { l.state.map_or(Meaning::Error, state_meaning) };
            let sum = l.currency.map_or_else(|| "unknown".into(), |c| amount(l.minor, c));
            let mut line = vec![
                Span::styled(if here { "> " } else { "  " }, theme.style(base)),
                Span::styled(left(&l.number, 14) + " ", theme.style(base)),
                Span::styled(left(&l.party, party.saturating_sub(1)) + " ", theme.style(base)),
                Span::styled(left(&l.date, 11), theme.style(base)),
                Span::styled(left(&state, 17), theme.style(tone)),
                Span::styled(left(l.currency.map_or("", |c| c.code()), 4), theme.style(base)),
                Span::styled(right(&sum, figure), theme.style(base)),
            ];
            if wide {
                let used: usize = line.iter().map(|s| width(&s.content)).sum();
                let rest = columns.saturating_sub(used + 2);
                line.push(Span::styled(format!("  {}", left(&l.ledger, rest)), theme.style(base)));
            }
            put(buf, inner, 1 + y as u16, Line::from(line));
        }
        let all = sums(self.rows.iter().filter_map(|l| Some((l.minor, l.currency?))));
        let last = inner.height.saturating_sub(1);
        let told = format!("approved in all: {}", sums_words(all, home).join(", "));
        put(buf, inner, last.saturating_sub(1), Line::styled(told, theme.style(Meaning::Accent)));
        let hint = if self.rows.len() > rows { " · j k and page keys scroll" } else { "" };
        let words = format!("Enter opens the document   Esc back to the row{hint}");
        put(buf, inner, last, Line::styled(words, theme.style(Meaning::Muted)));
    }
}

/// A record of the document in the period, in this currency, of which something holds.
fn in_period(
    done: &Reconciled,
    d: &PeriodDocument,
    currency: Currency,
    holds: &dyn Fn(&crate::tieout::Record) -> bool,
) -> bool {
    let span = done.report.span;
    let done_in = |s: &&crate::tieout::Slotted| s.state == IntentState::Done && span.has(s.date);
    d.slots
        .iter()
        .filter(done_in)
        .filter_map(|s| s.entry.as_ref())
        .any(|e| e.currency == currency && holds(e))
}

fn of_line(done: &Reconciled, line: BridgeLine) -> Option<DocumentList> {
    let b = &done.report.bridge;
    let row = b.rows.iter().find(|r| r.line == line)?;
    let named = |lines: &[BridgeLine]| -> Vec<&str> {
        let rows = b.rows.iter().filter(|r| lines.contains(&r.line));
        let mut ids: Vec<&str> = rows.flat_map(|r| r.documents.iter().map(String::as_str)).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    };
    let ids = match line {
        BridgeLine::Expected => named(&[BridgeLine::Posted, BridgeLine::Adopted]),
        _ => named(&[line]),
    };
    let mut rows: Vec<Listed> =
        ids.iter().filter_map(|id| done.population.get(*id)).map(Listed::of).collect();
    for i in b.items.iter().filter(|i| items::on(line, i)) {
        let known = |l: &Listed| l.number == clean(&i.number);
        match done.population.get(&i.document) {
            Some(d) if !rows.iter().any(known) => rows.push(Listed::of(d)),
            Some(_) => {}
            // a record that no document here owns
            None => rows.push(Listed {
                id: None,
                number: clean(&i.number),
                party: clean(&i.party),
                currency: i.currency,
                minor: i.minor,
                date: String::new(),
                state: None,
                ledger: clean(&i.record),
            }),
        }
    }
    (!rows.is_empty()).then(|| DocumentList::new(clean(&row.label), rows))
}
