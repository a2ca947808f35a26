//! `demo.tape`, the script of the README's picture, played against the real binary: every chapter shows what it should.
//!
//! The screens are in `tests/snapshots`. A chapter that has none yet is written when `INSTA_UPDATE` says so.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a test fails by panicking and reports by printing"
)]

mod tape;
mod terminal;

use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use tape::{Command, mask, parse, play};

/// A screen that is recorded anew has not changed for so long: every message has left.
const STILL: Duration = Duration::from_secs(10);

/// The screen that a chapter is expected to show.
fn expected(name: &str) -> Option<String> {
    if std::env::var("INSTA_UPDATE").is_ok_and(|how| how == "always") {
        return None;
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/snapshots/demo_tape__{name}.snap"));
    let file = std::fs::read_to_string(path).ok()?;
    let body = file.splitn(3, "---\n").nth(2)?;
    Some(body.trim_end().to_string())
}

#[test]
fn the_tape_plays_and_every_chapter_shows_what_it_should() {
    let text = include_str!("../demo.tape");
    let lines = parse(text).unwrap_or_else(|wrong| panic!("demo.tape: {}", wrong.join("\n")));
    let set = |n: &str, v: &str| lines.iter().any(|l| l.command == Command::Set(n.into(), v.into()));
    assert!(set("Columns", "120") && set("Rows", "34"), "the snapshots are of 120x34");
    let last: Mutex<(String, Instant)> = Mutex::new((String::new(), Instant::now()));
    let is_right = |name: &str, screen: &str| {
        let screen = mask(screen);
        match expected(name) {
            Some(wanted) => screen.trim_end() == wanted,
            None => {
                let mut last = last.lock().unwrap();
                if last.0 != screen {
                    *last = (screen, Instant::now());
                }
                last.1.elapsed() > STILL
            }
        }
    };
    let shots = play(&lines, is_right).unwrap_or_else(|why| panic!("demo.tape: {why}"));
    for shot in shots {
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(format!("demo_tape__{}", shot.name), mask(&shot.text));
        });
    }
}

#[test]
fn a_tape_that_starts_something_else_is_refused() {
    let lines = parse("Type \"ls\"\nEnter").unwrap();
    let Err(why) = play(&lines, |_, _| true) else { panic!("it was played") };
    assert!(why.starts_with("line 2: ") && why.contains("no tieout"), "{why}");
    let lines = parse("Screenshot a.png").unwrap();
    let Err(why) = play(&lines, |_, _| true) else { panic!("it was played") };
    assert!(why.starts_with("line 1: "), "{why}");
}
