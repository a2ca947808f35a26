//! What the console writes to the wire, in bytes: nothing when nothing happens, little when one row changes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test fails by panicking and reports by printing"
)]

#[path = "common/process.rs"]
mod process;
mod terminal;

use std::time::Duration;

use process::Served;
use terminal::{Screen, frames};

/// What one move of the cursor may write, in bytes (style.md, section 7).
const MOVE: usize = 2_048;

/// Bytes and frames that keys make.
fn written(s: &mut Screen, keys: &str) -> (usize, usize) {
    s.forget();
    s.press(keys);
    let bytes = s.quiet(Duration::from_millis(500));
    (bytes, frames(&s.raw()))
}

#[test]
fn a_move_of_the_cursor_writes_little_and_an_idle_console_nothing() {
    let served = Served::with(&[]);
    let home = served.home();
    let env = [("COLORTERM", "truecolor")];
    let mut s = Screen::start(&["--home", home.to_str().unwrap()], 200, 60, &env);
    s.wait("Open 47");
    s.wait("read just now");
    s.quiet(Duration::from_secs(1));
    let moves: Vec<_> = (0..12)
        .map(|_| {
            let (all, _) = written(&mut s, "j");
            // the cursor's own frame comes before the store was asked; the lower pane follows with the other document
            let raw = s.raw();
            let second = raw.windows(8).skip(1).position(|w| w == b"\x1b[?2026h").map_or(all, |at| at + 1);
            (second, all)
        })
        .collect();
    let page = written(&mut s, "\x1b[6~");
    let end = written(&mut s, "G");
    println!(
        "a move at 200x60: {moves:?} bytes (its frame, with the pane); a page: {page:?}; to the end: {end:?} (bytes, frames)"
    );
    let median = |part: fn(&(usize, usize)) -> usize| {
        let mut all: Vec<_> = moves.iter().map(part).collect();
        all.sort_unstable();
        all[all.len() / 2]
    };
    let (frame, whole) = (median(|m| m.0), median(|m| m.1));
    assert!(frame > 0 && frame < MOVE, "a move of the cursor writes {frame} bytes");
    assert!(whole < MOVE, "a move with its pane writes {whole} bytes");
    assert!(moves.iter().all(|m| m.0 < MOVE && m.1 - m.0 < MOVE), "a frame of a move is too long: {moves:?}");
    // nothing happens: nothing is written. The header's clock may turn once within three windows
    let mut idle = Vec::new();
    for _ in 0..3 {
        s.forget();
        s.within(Duration::from_secs(3), |_| false);
        idle.push(s.raw().len());
    }
    println!("idle: {idle:?} bytes in windows of 3 s");
    assert!(idle.iter().filter(|n| **n == 0).count() >= 2, "{idle:?}");
    s.press("q");
    assert!(s.end(Duration::from_mins(1)).0.success());
}
