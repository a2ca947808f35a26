//! A key and its frame, `update` and `view` at 200x60, on the queue and on the audit trail: with 1,000 documents beside
//! 1,000,000, within one run.
//!
//! `cargo bench --bench console`. The databases are those of the benchmark `queue`. The time of a frame is that of a key
//! that is handled and drawn as bytes; what the store answers afterwards is `queue`'s part. Without cargo's `--bench`
//! argument the sizes are small and only the walk is checked.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    dead_code,
    reason = "a test or benchmark fails by panicking and reports by printing"
)]

#[path = "../queue/data.rs"]
mod data;
mod office;

use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ratatui::backend::CrosstermBackend;
use ratatui::layout::Rect;
use ratatui::{Terminal, TerminalOptions, Viewport};
use tieout::tui::{Headless, Look, Readers, view};

const SIZE: (u16, u16) = (200, 60);
/// What a frame may take (the targets of the console).
const FRAME: Duration = Duration::from_millis(8);
/// What a frame at the large size may take in frames at the small one.
const RATIO: f64 = 1.3;
/// What the terminal is sent for one move of the cursor: its frame, and that of the lower pane which follows.
const MOVE: usize = 2_048;

/// Counts what is written.
#[derive(Default)]
struct Count(Arc<std::sync::atomic::AtomicUsize>);

impl Write for Count {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.fetch_add(bytes.len(), std::sync::atomic::Ordering::Relaxed);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

struct Side {
    console: Headless,
    terminal: Terminal<CrosstermBackend<Count>>,
    bytes: Arc<std::sync::atomic::AtomicUsize>,
}

impl Side {
    async fn of(documents: u64, screen: &str) -> Self {
        let store = Arc::new(data::store(documents).unwrap());
        let look = Look::default();
        let office = Arc::new(office::Reading::of(store));
        let mut console = Headless::open(office, Readers::default(), look, SIZE).await.unwrap();
        console.walk(screen).await.unwrap();
        let bytes = Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let backend = CrosstermBackend::new(Count(bytes.clone()));
        let viewport = Viewport::Fixed(Rect::new(0, 0, SIZE.0, SIZE.1));
        let terminal = Terminal::with_options(backend, TerminalOptions { viewport }).unwrap();
        Self { console, terminal, bytes }
    }

    /// A key, its frame, and then whatever it asked for. The time and the bytes of the first frame, and the bytes of all.
    async fn key(&mut self, key: &str) -> (Duration, usize, usize) {
        let before = self.bytes.load(std::sync::atomic::Ordering::Relaxed);
        let began = Instant::now();
        self.console.press(key);
        let model = self.console.model();
        self.terminal.draw(|frame| view(model, frame)).unwrap();
        let took = began.elapsed();
        let bytes = self.bytes.load(std::sync::atomic::Ordering::Relaxed) - before;
        self.console.settle().await.unwrap();
        let model = self.console.model();
        self.terminal.draw(|frame| view(model, frame)).unwrap();
        let whole = self.bytes.load(std::sync::atomic::Ordering::Relaxed) - before;
        (took, bytes, whole)
    }
}

fn median<T: Ord + Copy>(mut all: Vec<T>) -> T {
    all.sort_unstable();
    all[all.len() / 2]
}

/// Ratio and slowest median of one screen, and the bytes of a move.
async fn measure(title: &str, screen: &str, small: u64, large: u64, rounds: usize) -> (f64, Duration, usize) {
    let mut sides = [Side::of(small, screen).await, Side::of(large, screen).await];
    let mut worst = (0.0_f64, Duration::ZERO, 0);
    for (name, key) in [("a row", "j"), ("a page", "pgdn"), ("back", "pgup"), ("redrawn", "ctrl-l")] {
        let mut times = [Vec::new(), Vec::new()];
        let mut bytes = Vec::new();
        let mut wholes = Vec::new();
        for round in 0..rounds + 4 {
            for (i, side) in sides.iter_mut().enumerate() {
                let (took, written, whole) = side.key(key).await;
                // the first ones warm up
                if round >= 4 {
                    times[i].push(took);
                    if i == 1 {
                        bytes.push(written);
                        wholes.push(whole);
                    }
                }
            }
        }
        let [a, b] = times.map(median);
        let (written, whole) = (median(bytes), median(wholes));
        let ratio = b.as_secs_f64() / a.as_secs_f64().max(f64::EPSILON);
        println!("{title:<8}{name:<10}{a:>10.1?}{b:>12.1?}{ratio:>8.2}{written:>10}{whole:>10} bytes");
        worst.0 = worst.0.max(ratio);
        worst.1 = worst.1.max(b);
        if key == "j" {
            worst.2 = whole;
        }
    }
    worst
}

fn main() -> ExitCode {
    let full = std::env::args().any(|a| a == "--bench");
    let (small, large, rounds) = if full { (1_000, 1_000_000, 100) } else { (1_000, 4_000, 3) };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    println!("console: a key handled and drawn at {}x{}, {rounds} rounds, medians", SIZE.0, SIZE.1);
    println!("{:<18}{small:>10}{large:>12}   ratio     frame  with pane", "documents");
    let (queue, audit) = runtime.block_on(async {
        let queue = measure("queue", "g g", small, large, rounds).await;
        (queue, measure("audit", "4", small, large, rounds).await)
    });
    if !full {
        return ExitCode::SUCCESS;
    }
    let mut good = true;
    for (name, (ratio, slowest, bytes)) in [("queue", queue), ("audit", audit)] {
        if ratio > RATIO || slowest > FRAME || bytes > MOVE {
            eprintln!(
                "{name}: ratio {ratio:.2} (limit {RATIO}), {slowest:.1?} (limit {FRAME:?}), {bytes} bytes a move (limit {MOVE})"
            );
            good = false;
        }
    }
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
