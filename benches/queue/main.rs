//! The queue's work for one frame, at 1,000 and at 1,000,000 documents, interleaved in one run: what a frame costs may
//! depend on the length of a page, not on that of the table (reliability.md, section 12; style.md, section 7).
//!
//! Then the first page of filters of every kind, which has a limit of its own.
//!
//! `cargo bench --bench queue` builds the two databases under `target/bench-data` the first time (some 7 GB, tens of
//! minutes) and keeps them. It ends with status 1 when the ratio of the medians is above [`LIMIT`]. Without cargo's
//! `--bench` argument it runs small.
#![allow(clippy::print_stdout, reason = "a benchmark prints")]

mod data;
mod screen;

use std::error::Error;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use data::{BOOK, Done, now};
use screen::Screen;
use tieout::model::filter::Filter;
use tieout::model::ids::{BookId, DocumentId};
use tieout::model::state::open_states;
use tieout::store::{AuditQuery, Query, Row, Sort, SqliteStore, Store, Total};
use tieout::tui::msg::Sheet;

/// Most that a frame may cost at 1,000,000 documents, as a multiple of its cost at 1,000.
const LIMIT: f64 = 1.3;
/// Rows of a window: what the console asks for when it nears the edge of its rows, two pages of a tall terminal.
const WINDOW: u32 = 80;

/// A database that is measured.
struct Side {
    store: SqliteStore,
    screen: Screen,
    documents: u64,
}

/// Where in the list the frame stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// The first page.
    First,
    /// The page after a row in the middle half of the list, another one each round.
    Middle,
    /// The page before such a row.
    Back,
    /// The page after a row in the last fifth.
    End,
    /// The last page.
    Last,
}

/// The most that the first page of a filter may cost at 1,000,000 documents.
const FILTERED: Duration = Duration::from_millis(20);
/// Filters that keep nearly nothing, a few in a thousand, or nearly everything.
const FILTERS: [&str; 14] = [
    "number:LD0000471",
    "ld0000471",
    "vendor:\"payee 123\"",
    "\"client visit 7\"",
    "\"client visit 771\"",
    "visit -payee",
    "amount>4990",
    "amount>4999.50",
    "cost:CC450",
    "ccy:EUR",
    "kind:adv",
    "finding:period_closed",
    "date:2024-02 amount<100",
    "state:blocked vendor:payee",
];

const PLACES: [(Place, &str); 5] = [
    (Place::First, "first page"),
    (Place::Middle, "next page, middle"),
    (Place::Back, "page before, middle"),
    (Place::End, "next page, near the end"),
    (Place::Last, "last page"),
];

/// What the store gives for one frame: a window of rows, the totals, the selected document with its history.
struct Read {
    rows: Vec<Row>,
    totals: Vec<Total>,
    sheet: Sheet,
}

/// How long one frame took.
#[derive(Debug, Clone, Copy)]
struct Took {
    store: Duration,
    whole: Duration,
}

impl Side {
    fn of(documents: u64) -> Done<Self> {
        let store = data::store(documents)?;
        let screen = Screen::open(&store)?;
        Ok(Self { store, screen, documents })
    }

    /// The row from which the page of a round goes on.
    fn anchor(&self, place: Place, round: u64, rounds: u64) -> Done<Option<DocumentId>> {
        let n = self.documents;
        let i = match place {
            Place::First | Place::Last => return Ok(None),
            Place::Middle | Place::Back => n / 4 + n / 2 * round / rounds.max(1),
            // dates stray by three weeks of three years: a page and more stands after it
            Place::End => n - n / 8 - n / 16 * round / rounds.max(1),
        };
        let found = now(self.store.find(data::number(i)))?;
        Ok(Some(found.first().ok_or("a generated document is missing")?.id))
    }

    fn read(&self, place: Place, from: Option<DocumentId>) -> Done<Read> {
        let query = Query {
            book: Some(BookId::from(BOOK)),
            states: open_states(),
            sort: Sort::PostingDate,
            from,
            backwards: matches!(place, Place::Back | Place::Last),
            limit: WINDOW,
            ..Query::default()
        };
        let rows = now(self.store.page(query))?.rows;
        let totals = now(self.store.totals(Some(BookId::from(BOOK))))?;
        let selected = rows.first().ok_or("the page is empty")?.id;
        let card = now(self.store.card(selected))?;
        let about = AuditQuery { subject: Some(selected.to_string()), limit: 100, ..AuditQuery::default() };
        let history = now(self.store.audit(about))?;
        Ok(Read { rows, totals, sheet: Sheet { card, source: None, history, receipts: Default::default() } })
    }

    /// The first page of a filter.
    fn filtered(&self, filter: &str) -> Done<(Duration, usize)> {
        let query = Query {
            book: Some(BookId::from(BOOK)),
            states: open_states(),
            filter: Filter::read(filter)?,
            limit: WINDOW,
            ..Query::default()
        };
        let began = Instant::now();
        let rows = now(self.store.page(query))?.rows.len();
        Ok((began.elapsed(), rows))
    }

    /// The groups of findings, which no frame waits for.
    fn groups(&self) -> Done<Duration> {
        let began = Instant::now();
        let groups = now(self.store.finding_groups(Some(BookId::from(BOOK))))?;
        let took = began.elapsed();
        if groups.is_empty() { Err("no findings".into()) } else { Ok(took) }
    }

    fn frame(&mut self, place: Place, from: Option<DocumentId>) -> Done<Took> {
        let began = Instant::now();
        let read = self.read(place, from)?;
        let store = began.elapsed();
        let (rows, selected) = (read.rows.len(), read.sheet.card.row.number.clone());
        self.screen.draw(read.rows, read.totals, read.sheet)?;
        let whole = began.elapsed();
        if rows != WINDOW as usize || !self.screen.text().contains(&selected) {
            return Err(format!("{place:?}: {rows} rows, or {selected} is not on the screen").into());
        }
        Ok(Took { store, whole })
    }
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// One line of the table; returns the ratio.
#[allow(clippy::print_stdout, reason = "a benchmark prints")]
fn line(name: &str, small: &[Took], large: &[Took], part: fn(&Took) -> Duration) -> f64 {
    let of = |times: &[Took]| median(&mut times.iter().map(part).collect::<Vec<_>>());
    let (a, b) = (of(small), of(large));
    let ratio = b.as_secs_f64() / a.as_secs_f64().max(f64::EPSILON);
    println!("{name:<32}{a:>10.1?}{b:>12.1?}{ratio:>8.2}");
    ratio
}

#[allow(clippy::print_stdout, reason = "a benchmark prints")]
fn measure(small: u64, large: u64, rounds: u64) -> Done<(f64, bool)> {
    let mut sides = [Side::of(small)?, Side::of(large)?];
    // what is measured is the program's work, not the disk's: every place was visited before
    for side in &mut sides {
        for (round, (place, _)) in (0..rounds).flat_map(|r| PLACES.map(|p| (r, p))) {
            let from = side.anchor(place, round, rounds)?;
            side.frame(place, from)?;
        }
    }
    let mut times: Vec<[Vec<Took>; 2]> = PLACES.iter().map(|_| [Vec::new(), Vec::new()]).collect();
    for round in 0..rounds {
        for ((place, _), times) in PLACES.iter().zip(&mut times) {
            let mut turn: Vec<_> = sides.iter_mut().zip(times.iter_mut()).collect();
            if round % 2 == 1 {
                turn.reverse();
            }
            for (side, times) in turn {
                let from = side.anchor(*place, round, rounds)?;
                times.push(side.frame(*place, from)?);
            }
        }
    }
    println!(
        "queue: one frame = {WINDOW} rows, totals, one document with history, drawn; {rounds} rounds, medians"
    );
    println!("{:<32}{small:>10}{large:>12}{:>8}", "documents", "ratio");
    let mut all = [Vec::new(), Vec::new()];
    for ((_, name), [a, b]) in PLACES.iter().zip(&times) {
        line(name, a, b, |t| t.whole);
        all[0].extend_from_slice(a);
        all[1].extend_from_slice(b);
    }
    line("all, the store's part", &all[0], &all[1], |t| t.store);
    let ratio = line("all", &all[0], &all[1], |t| t.whole);
    println!("limit of the last ratio: {LIMIT}");
    println!("first page of a filter, rows beside it; limit {FILTERED:.0?}");
    let mut slow = false;
    for filter in FILTERS {
        let mut shown = Vec::new();
        for side in &sides {
            let mut times = Vec::new();
            let mut rows = 0;
            for _ in 0..rounds.min(20) {
                let (took, n) = side.filtered(filter)?;
                times.push(took);
                rows = n;
            }
            shown.push((median(&mut times), rows));
        }
        let cells: Vec<String> = shown.iter().map(|(t, n)| format!("{t:>9.1?} {n:>3}")).collect();
        println!("{filter:<32}{}", cells.join("  "));
        slow |= shown.last().is_some_and(|(t, _)| *t > FILTERED);
    }
    let [small, large] = &sides;
    println!(
        "in the background, beside the frame and growing with what is open: groups of findings {:.1?} and {:.1?}",
        small.groups()?,
        large.groups()?
    );
    Ok((ratio, slow))
}

#[allow(clippy::print_stderr, reason = "a benchmark prints")]
fn main() -> Result<ExitCode, Box<dyn Error>> {
    let full = std::env::args().any(|a| a == "--bench");
    if !full {
        // the sizes say nothing about time: only that every page is found and drawn
        measure(1_000, 4_000, 4)?;
        return Ok(ExitCode::SUCCESS);
    }
    let (ratio, slow) = measure(1_000, data::large(), 200)?;
    if slow {
        eprintln!("the first page of a filter took longer than {FILTERED:.0?}");
        return Ok(ExitCode::FAILURE);
    }
    if ratio > LIMIT {
        eprintln!("a frame costs {ratio:.2} times as much at 1,000,000 documents; the limit is {LIMIT}");
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}
