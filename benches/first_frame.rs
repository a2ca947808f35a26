//! Time from starting the program to the first drawn screen, on a pseudo-terminal: `tieout demo` with a fresh home each
//! time. The budget is 50 ms (style.md, section 7).
//!
//! `cargo bench --bench first_frame`. The time ends when the bytes that came so far, read by a terminal emulator, show
//! the word in the first row. Without cargo's `--bench` argument it looks once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test or benchmark fails by panicking and reports by printing"
)]

use std::error::Error;
use std::io::Read as _;
use std::num::NonZeroU16;
use std::process::ExitCode;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use portable_pty::{CommandBuilder, PtySize, native_pty_system};

/// The word that the first row of a drawn screen holds.
const WORD: &str = "tieout";
/// When a run without a screen is given up.
const PATIENCE: Duration = Duration::from_secs(10);
const ROWS: NonZeroU16 = NonZeroU16::new(40).unwrap();
const COLUMNS: NonZeroU16 = NonZeroU16::new(120).unwrap();

/// How a start ended.
enum Start {
    /// The screen was drawn after this long.
    Drawn(Duration),
    /// It ended, or was given up, without one; what it said.
    Bare(String),
}

fn start() -> Result<Start, Box<dyn Error>> {
    let home = tempfile::tempdir()?;
    let size = PtySize { rows: ROWS.get(), cols: COLUMNS.get(), pixel_width: 0, pixel_height: 0 };
    let pty = native_pty_system().openpty(size)?;
    let mut reader = pty.master.try_clone_reader()?;
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_tieout"));
    command.arg("--home");
    command.arg(home.path().join("home"));
    command.arg("demo");
    command.env("TERM", "xterm-256color");
    let (bytes, heard) = mpsc::channel();
    let reading = std::thread::spawn(move || {
        let mut buffer = vec![0; 64 * 1024];
        // the end of a pseudo-terminal is an error on Linux
        while let Ok(n) = reader.read(&mut buffer) {
            let Some(part) = buffer.get(..n).filter(|p| !p.is_empty()) else { break };
            if bytes.send((Instant::now(), part.to_vec())).is_err() {
                break;
            }
        }
    });
    let mut screen = vt100::Parser::new(ROWS, COLUMNS, 0);
    let began = Instant::now();
    let mut child = pty.slave.spawn_command(command)?;
    drop(pty.slave);
    let mut end = None;
    while let Ok((at, part)) = heard.recv_timeout(PATIENCE.saturating_sub(began.elapsed())) {
        screen.process(&part);
        let drawn = screen.screen().alternate_screen();
        if drawn && screen.screen().rows(0, COLUMNS.get()).next().is_some_and(|row| row.contains(WORD)) {
            end = Some(at.duration_since(began));
            break;
        }
    }
    // it may have ended by itself
    let _ = child.kill();
    child.wait()?;
    drop(heard);
    drop(pty.master);
    let _ = reading.join();
    Ok(end.map_or_else(|| Start::Bare(screen.screen().contents().trim().to_owned()), Start::Drawn))
}

#[allow(clippy::print_stdout, reason = "a benchmark prints")]
fn main() -> Result<ExitCode, Box<dyn Error>> {
    let runs = if std::env::args().any(|a| a == "--bench") { 20 } else { 1 };
    let mut times = Vec::with_capacity(runs);
    for _ in 0..runs {
        match start()? {
            Start::Drawn(took) => times.push(took),
            Start::Bare(said) if said.contains("has no console") => {
                println!("first frame: skipped, this build has no console");
                return Ok(ExitCode::SUCCESS);
            }
            Start::Bare(said) => return Err(format!("no screen was drawn: {said}").into()),
        }
    }
    times.sort_unstable();
    let at = |share: usize| times.get((times.len() - 1) * share / 100).copied().unwrap_or_default();
    println!("first frame: `tieout demo` on a terminal of {COLUMNS}x{ROWS}, {runs} starts");
    println!("median {:.1?}, least {:.1?}, most {:.1?} (budget 50 ms)", at(50), at(0), at(100));
    Ok(ExitCode::SUCCESS)
}
