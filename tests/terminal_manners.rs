//! What a console owes its terminal: it says when it is too small, goes and comes back, ends when it is told to, gives
//! everything back whatever happens, and writes no colour and no sign that the terminal cannot show.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a test fails by panicking and reports by printing"
)]

mod terminal;

use std::path::Path;
use std::time::Duration;

use rustix::process::Signal;
use terminal::{Screen, Start, colours, strange};

const PATIENCE: Duration = Duration::from_mins(1);

/// What a program must have written when it gave the terminal back.
fn given_back(raw: &str) {
    let last = |what: &str| raw.rfind(what).unwrap_or_else(|| panic!("{what:?} was never written"));
    assert!(last("\x1b[?1049l") > last("\x1b[?1049h"), "the screen of the shell is not back");
    assert!(last("\x1b[?25h") > raw.rfind("\x1b[?25l").unwrap_or(0), "the cursor is hidden");
    assert!(last("\x1b[?2004l") > last("\x1b[?2004h"), "pastes are still marked");
    for mode in ["1000", "1002", "1003", "1006", "1004"] {
        if let Some(on) = raw.rfind(&format!("\x1b[?{mode}h")) {
            assert!(last(&format!("\x1b[?{mode}l")) > on, "mode {mode} is still on");
        }
    }
}

#[test]
fn the_engine_runs_while_the_terminal_is_too_small() {
    let mut s = Screen::start(&["demo"], 40, 10, &[]);
    s.wait("Terminal too small: 40×10, need 60×16.");
    // the demo's history was made and the source was read behind the line
    s.resize(120, 34);
    s.wait("Open 47");
    s.resize(40, 10);
    s.wait("Terminal too small: 40×10");
    assert_eq!(s.text().trim(), "Terminal too small: 40×10, need 60×16.");
    s.resize(200, 60);
    s.wait("Open 47");
    assert_eq!(s.rows().len(), 60);
    s.press("q");
    assert!(s.end(PATIENCE).0.success());
}

#[test]
fn every_size_is_survived() {
    let mut s = Screen::start(&["demo"], 80, 24, &[]);
    s.wait("Open 47");
    for (columns, rows) in [(2, 2), (300, 3), (3, 100), (60, 16), (59, 16), (400, 120), (80, 24)] {
        s.resize(columns, rows);
        s.until("something", |t| !t.trim().is_empty());
    }
    s.wait("Open 47");
    s.press("q");
    assert!(s.end(PATIENCE).0.success());
}

#[test]
fn it_goes_to_the_shell_and_comes_back() {
    let script = format!(
        "{} demo\necho stopped with $?\nread word\nfg\necho ended with $?\n",
        env!("CARGO_BIN_EXE_tieout")
    );
    let mut s = Screen::of(Start {
        program: Path::new("/bin/sh"),
        args: ["-mc", &script].map(Into::into).into(),
        ..Start::tieout(&[], 120, 34)
    });
    s.wait("Open 47");
    s.press("\x1a");
    s.wait("stopped with");
    assert!(!s.is_alternate(), "the shell's screen is not back");
    given_back(&String::from_utf8_lossy(&s.raw()));
    s.press("go\r");
    s.wait("Open 47");
    assert!(s.is_alternate());
    // it takes keys again
    s.press("4");
    s.wait("audit trail");
    s.press("1");
    s.wait("sorted by");
    s.press("q");
    s.wait("ended with 0");
    let (status, raw) = s.end(PATIENCE);
    assert!(status.success());
    given_back(&raw);
}

#[test]
fn it_is_stopped_and_continued_from_outside() {
    let mut s = Screen::start(&["demo"], 120, 34, &[]);
    s.wait("Open 47");
    s.signal(Signal::STOP);
    s.forget();
    s.signal(Signal::CONT);
    // everything is drawn again
    assert!(s.within(PATIENCE, |s| String::from_utf8_lossy(&s.raw()).contains("Open 47")), "{}", s.text());
    s.press("4");
    s.wait("audit trail");
    s.press("1");
    s.wait("sorted by");
    s.press("q");
    assert!(s.end(PATIENCE).0.success());
}

#[test]
fn a_signal_ends_it_in_order() {
    for signal in [Signal::TERM, Signal::HUP, Signal::INT] {
        let mut s = Screen::start(&["demo"], 80, 24, &[]);
        s.wait("Open 47");
        s.signal(signal);
        let (_, raw) = s.end(PATIENCE);
        given_back(&raw);
        assert!(!raw.contains("panicked"), "{signal:?}: {raw}");
    }
}

/// Runs only as a child of the next test, in the terminal that the test made.
#[test]
#[ignore = "a child of another test"]
fn child_that_panics() {
    if std::env::var("PANICS").is_err() {
        return;
    }
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let ended = runtime.block_on(async {
        let boot = async { panic!("a wheel came off") };
        tieout::tui::run::<std::io::Error>(tieout::tui::Options::default(), boot).await
    });
    println!("the console ended: {}", ended.unwrap_err());
}

#[test]
fn a_panic_is_readable_and_the_terminal_is_given_back() {
    let mut s = Screen::of(Start {
        program: &std::env::current_exe().unwrap(),
        args: ["--ignored", "--exact", "--nocapture", "child_that_panics"].map(Into::into).into(),
        env: &[("PANICS", "1")],
        ..Start::tieout(&[], 80, 24)
    });
    s.wait("the console ended: ");
    assert!(!s.is_alternate());
    assert!(s.text().contains("a wheel came off"), "{}", s.text());
    let (_, raw) = s.end(PATIENCE);
    given_back(&raw);
    let left = raw.rfind("\x1b[?1049l").unwrap();
    assert!(
        raw.rfind("a wheel came off").unwrap() > raw.find("\x1b[?1049l").unwrap(),
        "printed under the screen"
    );
    assert!(raw[left..].len() < raw.len());
}

/// Looks at every screen and leaves; everything that was written.
fn tour(columns: u16, rows: u16, env: &[(&str, &str)]) -> Vec<u8> {
    let mut s = Screen::start(&["demo"], columns, rows, env);
    s.wait("Open 47");
    s.press("j");
    s.press("\r");
    s.wait("who pays");
    s.press("\x1b");
    for (key, words) in
        [("2", "endors"), ("3", "oncur"), ("4", "audit trail"), ("5", "ie-out"), ("6", "Alarms")]
    {
        s.press(key);
        s.wait(words);
    }
    s.press("?");
    s.wait("Enter does it");
    s.press("\x1b");
    s.press("1");
    s.wait("Open 47");
    let mut before = s.raw();
    s.press("q");
    assert!(s.end(PATIENCE).0.success());
    // what was read may end within a frame: whole ones count
    let mark = b"\x1b[?2026l";
    let whole = before.windows(mark.len()).rposition(|w| w == mark).expect("a whole frame");
    before.truncate(whole + mark.len());
    before
}

#[test]
fn no_color_writes_no_colour() {
    let raw = tour(120, 34, &[("NO_COLOR", "1"), ("COLORTERM", "truecolor")]);
    assert_eq!(colours(&raw), [""; 0]);
    // the counter-proof: without it there are many
    assert!(colours(&tour(80, 24, &[("COLORTERM", "truecolor")])).len() > 20);
}

#[test]
fn the_kernels_console_gets_ascii_alone() {
    let raw = tour(120, 34, &[("TERM", "linux")]);
    let text = String::from_utf8_lossy(&raw);
    let odd: Vec<char> = text.chars().filter(|c| !c.is_ascii()).collect();
    assert!(odd.is_empty(), "{odd:?}");
    // a locale without UTF-8 is the same
    let raw = tour(80, 24, &[("LANG", "C")]);
    assert!(raw.is_ascii());
}

#[test]
fn the_program_writes_no_sequence_of_another_kind() {
    let raw = tour(200, 60, &[("COLORTERM", "truecolor")]);
    assert_eq!(strange(&raw), [""; 0]);
}

#[test]
fn a_paste_that_looks_like_keys_does_nothing() {
    let mut s = Screen::start(&["demo"], 120, 34, &[]);
    s.wait("Open 47");
    s.press("/");
    s.type_text("B4Q7TN");
    s.press("\r");
    s.wait_row("B4Q7TN");
    for text in ["a", "ay\ry\r", "y\r\ny\r\n", "aypy", "\x1bq", ":q\r", "q"] {
        s.paste(text);
    }
    // what comes after the pastes was handled after them
    s.press("\r");
    s.wait("HISTORY");
    assert!(s.text().contains("○ ready"), "{}", s.text());
    // in the dialog of approval too
    s.press("a");
    s.wait("y approve");
    s.paste("y\r");
    s.paste("yes\r\n");
    s.press("\x1b");
    s.until("the dialog has gone", |t| !t.contains("y approve"));
    assert!(s.text().contains("○ ready"), "{}", s.text());
    s.press("\x1b");
    s.wait("sorted by");
    s.press("q");
    assert!(s.end(PATIENCE).0.success());
}
