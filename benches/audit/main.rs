//! The audit trail at 1,000 and at 1,000,000 events, interleaved in one run: the first page of a search, a page anywhere,
//! and the frame that shows it cost what a page costs, not what the trail is long (style.md, section 7).
//!
//! `cargo bench --bench audit` writes the two trails under `target/bench-data` the first time (some 1.5 GB) and keeps
//! them. It ends with status 1 when the ratio of the medians, a page or a frame is above its limit. Without cargo's `--bench` argument it
//! runs small.
#![allow(clippy::print_stdout, reason = "a benchmark prints")]

mod data;

use std::error::Error;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use data::{Done, at, now, number};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use tieout::model::people::Actor;
use tieout::store::{AuditQuery, SqliteStore, Store, Trail};
use tieout::tui::app::{Look, Model, Screen, update};
use tieout::tui::effect::Effect;
use tieout::tui::msg::{Msg, Now, Opened};
use tieout::tui::view;

/// Most that a page may cost at 1,000,000 events, as a multiple of its cost at 1,000.
const LIMIT: f64 = 1.3;
/// The most that the first page of a search may take at 1,000,000 events.
const SEARCH: Duration = Duration::from_millis(20);
/// The most that a frame may take.
const FRAME: Duration = Duration::from_millis(8);
/// Events of a page.
const PAGE: u32 = 40;

/// A question, for a trail of so many events in this round.
type Ask = fn(u64, u64) -> Done<AuditQuery>;

/// A name, whether its ratio counts, and the question. Within the events of a common word the index has to find the place
/// first, which costs a little more the longer its list is.
type Line = (&'static str, bool, Ask);

fn words(text: &str) -> AuditQuery {
    AuditQuery { search: text.split(' ').map(String::from).collect(), limit: PAGE, ..AuditQuery::default() }
}

const ASKS: [Line; 10] = [
    ("newest", true, |_, _| Ok(AuditQuery { limit: PAGE, ..AuditQuery::default() })),
    ("page anywhere", true, |n, r| {
        Ok(AuditQuery { before: Some(n / 4 + n / 2 * (r % 100) / 100), limit: PAGE, ..AuditQuery::default() })
    }),
    ("a common word", true, |_, _| Ok(words("posted"))),
    ("its beginning, typed", true, |_, _| Ok(words("po"))),
    ("a long common word", true, |_, _| Ok(words("acknowledged"))),
    ("two words", true, |_, _| Ok(words("theo approved"))),
    ("a person", true, |_, _| {
        Ok(AuditQuery { who: vec!["Maya Wells".into()], limit: PAGE, ..AuditQuery::default() })
    }),
    ("a common word, anywhere", false, |n, r| {
        Ok(AuditQuery { before: Some(n / 2 + n / 4 * (r % 100) / 100), ..words("approved") })
    }),
    ("words within days", true, |n, _| {
        Ok(AuditQuery { from: Some(at(n / 4)?), to: Some(at(n / 4 * 3)?), ..words("posted") })
    }),
    ("a number that is not there", true, |_, _| Ok(words("LD9999999"))),
];

struct Side {
    store: SqliteStore,
    model: Model,
    terminal: Terminal<TestBackend>,
    events: u64,
}

impl Side {
    fn of(events: u64) -> Done<Self> {
        let store = data::store(events)?;
        let look = Look::default();
        let mut model = Model::new(look, "SANDBOX".into(), (200, 60));
        let actor = Actor {
            name: "Theo Okonkwo".into(),
            employee: None,
            via: "console".into(),
            single_person: false,
        };
        for msg in [Msg::Resize(200, 60), Msg::Opened(Opened { environment: "SANDBOX".into(), actor })] {
            let _ = update(&mut model, msg, Now::default());
        }
        Ok(Self { store, model, terminal: Terminal::new(TestBackend::new(200, 60))?, events })
    }

    fn page(&self, ask: Ask, round: u64) -> Done<Duration> {
        let query = ask(self.events, round)?;
        let missing = query.search.first().is_some_and(|w| w.starts_with("LD9"));
        let began = Instant::now();
        let rows = now(self.store.audit(query))?;
        let took = began.elapsed();
        let want = if missing { 0 } else { PAGE as usize };
        if rows.len() == want { Ok(took) } else { Err(format!("{} rows, not {want}", rows.len()).into()) }
    }

    /// One document's events: 4 of them, whatever the length of the trail.
    fn number(&self, round: u64) -> Done<Duration> {
        let i = data::mix(round) % self.events;
        let began = Instant::now();
        let rows = now(self.store.audit(words(&number(i))))?;
        let took = began.elapsed();
        if rows.len() == 4 { Ok(took) } else { Err(format!("{} rows of {}", rows.len(), number(i)).into()) }
    }

    /// The screen from the question to the frame: the page arrives and is drawn.
    fn frame(&mut self) -> Done<(Duration, Duration)> {
        self.model.screen = Screen::Audit;
        let began = Instant::now();
        let effect = self.model.audit.open(None);
        let Effect::Audit { generation, query, .. } = effect else { return Err("no question".into()) };
        let rows = now(self.store.audit(query))?;
        let _ = update(&mut self.model, Msg::Audit(generation, false, Ok(rows)), Now::default());
        let read = began.elapsed();
        let began = Instant::now();
        let model = &self.model;
        self.terminal.draw(|frame| view(model, frame))?;
        let drawn = began.elapsed();
        let newest = self.model.audit.rows.first().map_or(0, |r| r.seq);
        if newest > self.events {
            Ok((read + drawn, drawn))
        } else {
            Err("the newest event is missing".into())
        }
    }
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// Prints a line; the ratio, and the median at the large size.
fn line(name: &str, sides: &mut [Vec<Duration>; 2]) -> (f64, Duration) {
    let [a, b] = sides.each_mut().map(|t| median(t));
    let ratio = b.as_secs_f64() / a.as_secs_f64().max(f64::EPSILON);
    println!("{name:<32}{a:>10.1?}{b:>12.1?}{ratio:>8.2}");
    (ratio, b)
}

/// What the limits are held against, each the worst of its lines.
struct Worst {
    ratio: f64,
    page: Duration,
    frame: Duration,
}

fn measure(small: u64, large: u64, rounds: u64) -> Done<Worst> {
    let mut sides = [Side::of(small)?, Side::of(large)?];
    let mut pages: Vec<[Vec<Duration>; 2]> = ASKS.iter().map(|_| [Vec::new(), Vec::new()]).collect();
    let (mut numbers, mut whole, mut drawn) = <([Vec<_>; 2], [Vec<_>; 2], [Vec<_>; 2])>::default();
    // the first round of each is not counted: what is measured is the program's work, not the disk's
    for round in 0..=rounds {
        for turn in 0..2 {
            let at = if round % 2 == 1 { 1 - turn } else { turn };
            let (Some(side), Some(numbers), Some(whole), Some(drawn)) =
                (sides.get_mut(at), numbers.get_mut(at), whole.get_mut(at), drawn.get_mut(at))
            else {
                continue;
            };
            for ((_, _, ask), times) in ASKS.iter().zip(&mut pages) {
                let took = side.page(*ask, round)?;
                if let Some(times) = times.get_mut(at).filter(|_| round > 0) {
                    times.push(took);
                }
            }
            let number = side.number(round)?;
            let (all, draw) = side.frame()?;
            if round > 0 {
                numbers.push(number);
                whole.push(all);
                drawn.push(draw);
            }
        }
    }
    println!("audit: a page of {PAGE} events; {rounds} rounds, medians");
    println!("{:<32}{small:>10}{large:>12}{:>8}", "events", "ratio");
    let mut worst = Worst { ratio: 0.0, page: Duration::ZERO, frame: Duration::ZERO };
    for ((name, counts, _), times) in ASKS.iter().zip(&mut pages) {
        let (ratio, page) = line(name, times);
        if *counts {
            worst.ratio = worst.ratio.max(ratio);
        }
        worst.page = worst.page.max(page);
    }
    let (_, page) = line("a document's number (4 events)", &mut numbers);
    worst.page = worst.page.max(page);
    let (ratio, _) = line("screen: page, update, frame", &mut whole);
    worst.ratio = worst.ratio.max(ratio);
    let (ratio, frame) = line("screen: frame at 200x60", &mut drawn);
    (worst.ratio, worst.frame) = (worst.ratio.max(ratio), frame);
    for side in &sides {
        let began = Instant::now();
        let n = now(side.store.audit_count(words("posted")))?;
        println!("in the background: {n} events counted in {:.1?}", began.elapsed());
    }
    println!(
        "limits: ratio {LIMIT}, page {SEARCH:.0?}, frame {FRAME:.0?}; the worst are {:.2} (without pages within a common word), \
         {:.1?}, {:.1?}",
        worst.ratio, worst.page, worst.frame
    );
    Ok(worst)
}

#[allow(clippy::print_stderr, reason = "a benchmark prints")]
fn main() -> Result<ExitCode, Box<dyn Error>> {
    let full = std::env::args().any(|a| a == "--bench");
    if !full {
        // the sizes say nothing about time: only that every page is found and drawn
        measure(1_000, 4_000, 3)?;
        return Ok(ExitCode::SUCCESS);
    }
    let worst = measure(1_000, 1_000_000, 200)?;
    if worst.page > SEARCH || worst.frame > FRAME {
        eprintln!("a page takes {:.1?} or a frame {:.1?}, which is above its limit", worst.page, worst.frame);
        return Ok(ExitCode::FAILURE);
    }
    if worst.ratio > LIMIT {
        eprintln!("a page costs {:.2} times as much at 1,000,000 events; the limit is {LIMIT}", worst.ratio);
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}
