//! The queue's work for one frame, at 1,000 and at 1,000,000 documents, interleaved in one run: what a frame costs may
//! depend on the length of a page, not on that of the table (reliability.md, section 12; style.md, section 7).
//!
//! `cargo bench --bench queue` builds the two databases under `target/bench-data` the first time and keeps them. It ends
//! with status 1 when the ratio of the medians is above [`LIMIT`]. Without cargo's `--bench` argument it runs small.

mod data;

use std::error::Error;
use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use data::{BOOK, Done, now};
use tieout::model::ids::{BookId, DocumentId};
use tieout::model::state::open_states;
use tieout::store::{Query, Row, Sort, SqliteStore, Store};

/// Most that a frame may cost at 1,000,000 documents, as a multiple of its cost at 1,000.
const LIMIT: f64 = 1.3;
/// Rows of a window: two pages of a tall terminal.
const WINDOW: u32 = 80;

/// A database that is measured.
struct Side {
    store: SqliteStore,
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

const PLACES: [(Place, &str); 5] = [
    (Place::First, "first page"),
    (Place::Middle, "next page, middle"),
    (Place::Back, "page before, middle"),
    (Place::End, "next page, near the end"),
    (Place::Last, "last page"),
];

impl Side {
    fn of(documents: u64) -> Done<Self> {
        Ok(Self { store: data::store(documents)?, documents })
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

    /// All that one frame asks of the store: a window of rows, the totals, the card of the selected row.
    fn frame(&self, place: Place, from: Option<DocumentId>) -> Done<Vec<Row>> {
        let query = Query {
            book: Some(BookId::from(BOOK)),
            states: open_states(),
            sort: Sort::PostingDate,
            from,
            backwards: matches!(place, Place::Back | Place::Last),
            limit: WINDOW,
            ..Query::default()
        };
        let page = now(self.store.page(query))?;
        black_box(now(self.store.totals(Some(BookId::from(BOOK))))?);
        let selected = page.rows.first().ok_or("the page is empty")?;
        black_box(now(self.store.card(selected.id))?);
        Ok(page.rows)
    }

    fn timed(&self, place: Place, from: Option<DocumentId>) -> Done<Duration> {
        let began = Instant::now();
        let rows = self.frame(place, from)?;
        let took = began.elapsed();
        if rows.len() != WINDOW as usize {
            return Err(format!("{place:?}: a page of {} rows", rows.len()).into());
        }
        Ok(took)
    }
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn ratio(small: Duration, large: Duration) -> f64 {
    large.as_secs_f64() / small.as_secs_f64().max(f64::EPSILON)
}

#[allow(clippy::print_stdout, reason = "a benchmark prints")]
fn measure(small: u64, large: u64, rounds: u64) -> Done<f64> {
    let sides = [Side::of(small)?, Side::of(large)?];
    // what is measured is the store's work, not the disk's: every place was visited before
    for side in &sides {
        for (round, (place, _)) in (0..rounds).flat_map(|r| PLACES.map(|p| (r, p))) {
            side.timed(place, side.anchor(place, round, rounds)?)?;
        }
    }
    let mut times: Vec<[Vec<Duration>; 2]> = PLACES.iter().map(|_| [Vec::new(), Vec::new()]).collect();
    for round in 0..rounds {
        for ((place, _), times) in PLACES.iter().zip(&mut times) {
            let mut turn: Vec<_> = sides.iter().zip(times.iter_mut()).collect();
            if round % 2 == 1 {
                turn.reverse();
            }
            for (side, times) in turn {
                let from = side.anchor(*place, round, rounds)?;
                times.push(side.timed(*place, from)?);
            }
        }
    }
    println!("queue: one frame = a window of {WINDOW} rows, totals, one card; {rounds} rounds, medians");
    println!("{:<26}{small:>12}{large:>12}{:>8}", "", "ratio");
    let mut all = [Vec::new(), Vec::new()];
    for ((_, name), [a, b]) in PLACES.iter().zip(&mut times) {
        all[0].extend_from_slice(a);
        all[1].extend_from_slice(b);
        let (a, b) = (median(a), median(b));
        println!("{name:<26}{a:>12.1?}{b:>12.1?}{:>8.2}", ratio(a, b));
    }
    let [a, b] = &mut all;
    let (a, b) = (median(a), median(b));
    println!("{:<26}{a:>12.1?}{b:>12.1?}{:>8.2}  limit {LIMIT}", "all frames", ratio(a, b));
    Ok(ratio(a, b))
}

#[allow(clippy::print_stderr, reason = "a benchmark prints")]
fn main() -> Result<ExitCode, Box<dyn Error>> {
    let full = std::env::args().any(|a| a == "--bench");
    if !full {
        // the sizes say nothing about time: only that every page is found
        measure(1_000, 4_000, 4)?;
        return Ok(ExitCode::SUCCESS);
    }
    let ratio = measure(1_000, 1_000_000, 200)?;
    if ratio > LIMIT {
        eprintln!("a frame costs {ratio:.2} times as much at 1,000,000 documents; the limit is {LIMIT}");
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}
