//! A console at the end of a long or narrow line: frames never queue behind each other, and a terminal that reads
//! nothing any more holds nobody up.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test fails by panicking and reports by printing"
)]

mod terminal;

use std::time::Duration;

use rustix::process::Signal;
use terminal::{Link, Screen, Start, frames};

const PATIENCE: Duration = Duration::from_mins(1);
const KEYS: usize = 200;

fn console(link: Link, columns: u16, rows: u16) -> Screen {
    let mut s = Screen::of(Start { link, ..Start::tieout(&["demo"], columns, rows) });
    s.wait("Open 47");
    s.wait("read just now");
    s.quiet(Duration::from_secs(1));
    s.forget();
    s
}

/// 200 keys up and down that end on the eleventh row, within what is loaded at first.
fn keys() -> String {
    ("j".repeat(21) + &"k".repeat(19)).repeat(KEYS / 40)
}

#[test]
fn two_hundred_keys_over_a_far_line_make_a_few_frames() {
    let mut s = console(Link::FAR, 120, 34);
    s.press(&keys());
    s.wait(" 11 of 47 ");
    let written = s.quiet(Duration::from_secs(1));
    let drawn = frames(&s.raw());
    println!("far: {KEYS} keys, {drawn} frames, {written} bytes");
    assert!((1..=KEYS / 4).contains(&drawn), "{drawn} frames for {KEYS} keys");
    assert!(s.text().contains(" 11 of 47 "), "{}", s.text());
    s.press("q");
    assert!(s.end(PATIENCE).0.success());
}

#[test]
fn a_narrow_line_gets_the_newest_frame_and_none_between() {
    // whole screens at 4 kB a second: each would take seconds
    let mut s = console(Link { delay: Duration::from_millis(150), rate: Some(20_000) }, 200, 60);
    s.forget();
    for _ in 0..20 {
        s.press(&"\x0c".repeat(KEYS / 20));
    }
    s.press(&keys());
    s.wait(" 11 of 47 ");
    let written = s.quiet(Duration::from_secs(2));
    let drawn = frames(&s.raw());
    println!("narrow: {KEYS} redraws and {KEYS} keys, {drawn} frames, {written} bytes");
    assert!((1..=KEYS / 4).contains(&drawn), "{drawn} frames for {KEYS} redraws");
    assert!(s.text().contains(" 11 of 47 "), "{}", s.text());
    s.press("q");
    assert!(s.end(PATIENCE).0.success());
}

#[test]
fn a_terminal_that_reads_nothing_any_more_does_not_keep_the_program() {
    let mut s = console(Link::default(), 200, 60);
    s.stall(true);
    // more than the pseudo-terminal holds
    for _ in 0..50 {
        s.press("\x0c");
        std::thread::park_timeout(Duration::from_millis(20));
    }
    s.signal(Signal::TERM);
    assert!(s.is_over(PATIENCE), "it waits for a terminal that does not read");
    s.stall(false);
}

#[test]
fn a_terminal_that_reads_again_is_right_again() {
    let mut s = console(Link::default(), 200, 60);
    s.stall(true);
    for _ in 0..50 {
        s.press("\x0c");
        std::thread::park_timeout(Duration::from_millis(20));
    }
    s.press(&keys());
    s.stall(false);
    s.wait(" 11 of 47 ");
    s.quiet(Duration::from_secs(1));
    let drawn = frames(&s.raw());
    println!("stalled: {drawn} frames");
    // what was in the pipe, the one that was being written, and what came after
    assert!(drawn <= 25, "{drawn} frames were queued");
    s.press("q");
    let (status, raw) = s.end(PATIENCE);
    assert!(status.success() && raw.contains("\x1b[?1049l"), "the terminal was not given back");
}
