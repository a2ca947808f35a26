//! Two consoles and one `--auto` on one store. Each sees what the others change, by a watch on the store's file; each
//! decides while another process holds the engine, and after that process was killed; of two people who approve the
//! same document one wins, and the other is told.
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
use terminal::Screen;

const PATIENCE: Duration = Duration::from_mins(1);

/// A console on the stand-ins' home, under a person's login.
fn console(served: &Served, login: &str) -> Screen {
    let home = served.home();
    let mut s =
        Screen::start(&["--home", home.to_str().unwrap()], 120, 34, &[("SUDO_USER", login)]);
    s.wait("tieout");
    s
}

/// Finds a document by its number and puts the cursor on it, in a tab that holds it.
fn look_for(s: &mut Screen, number: &str) {
    s.press("/");
    s.clear_line();
    s.type_text(number);
    s.press("\r");
    s.wait_row(number);
}

fn leave(s: Screen) {
    let mut s = s;
    // out of whatever is open
    for _ in 0..4 {
        s.press("\x1b");
    }
    s.press("1");
    s.press("q");
    assert!(s.end(PATIENCE).0.success());
}

#[test]
fn each_sees_what_the_others_change() {
    let served = Served::with(&[]);
    let auto = served.spawn(&["--auto", "--json"]);
    let (mut a, mut b) = (console(&served, "grace"), console(&served, "henry"));
    a.wait("Open 47");
    b.wait("Open 47");

    // an approval, while --auto holds the engine: it posts what people approve
    look_for(&mut a, "B4Q7TN");
    a.press("\r");
    a.wait("HISTORY");
    a.press("a");
    a.wait("y approve");
    a.press("y");
    b.wait("Open 46");
    b.wait("Confirmed 13");
    a.wait("✓ confirmed");
    a.press("\x1b");
    a.wait("sorted by");

    // a hold: the row changes under the other's eyes
    look_for(&mut a, "DOI-7719");
    look_for(&mut b, "DOI-7719");
    b.press("H");
    b.wait("eason");
    b.type_text("the second page is missing");
    b.press("\r");
    a.until("the row is held", |t| t.lines().any(|l| l.contains("= held") && l.contains("DOI-7719")));

    // a mapping edit: the class is given in one console, and the document is ready in the other
    look_for(&mut a, "K8CN1X");
    look_for(&mut b, "K8CN1X");
    a.press("\r");
    a.wait("has no class");
    b.press("f");
    b.wait("A class for CC450");
    b.type_text("200 Oper");
    b.wait("> 200 Operations");
    b.press("\r");
    a.wait("○ ready");
    a.press("\x1b");
    a.wait("sorted by");

    // --auto is killed: decisions go on, and a console has taken the engine when it posts
    assert!(auto.kill().killed());
    look_for(&mut a, "X3GW8V");
    look_for(&mut b, "X3GW8V");
    for s in [&mut a, &mut b] {
        s.press("\r");
        s.wait("HISTORY");
    }
    a.press("a");
    a.wait("y approve");
    a.press("y");
    b.wait("● approved");
    b.press("p");
    b.wait("y post");
    b.press("y");
    b.wait("✓ confirmed");
    a.wait("✓ confirmed");
    leave(a);
    leave(b);
}

#[test]
fn of_two_who_approve_the_same_document_one_wins_and_the_other_is_told() {
    let served = Served::with(&[]);
    let (mut a, mut b) = (console(&served, "grace"), console(&served, "henry"));
    for s in [&mut a, &mut b] {
        s.wait("Open 47");
        look_for(s, "B4Q7TN");
        s.press("\r");
        s.wait("HISTORY");
        s.press("a");
        s.wait("y approve");
    }
    a.press("y");
    a.wait("● approved");
    b.press("y");
    b.until("the other is told", |t| !t.contains("y approve"));
    b.wait("B4Q7TN");
    println!("{}", b.text());
    b.until("why", |t| t.contains("changed meanwhile") || t.contains("approved already") || t.contains("not approved"));
    b.wait("● approved");
    leave(a);
    leave(b);
}

#[cfg(target_os = "linux")]
#[test]
fn an_idle_console_reads_nothing_and_is_told_by_the_file() {
    let served = Served::with(&[]);
    let (mut a, mut b) = (console(&served, "grace"), console(&served, "henry"));
    a.wait("Open 47");
    b.wait("Open 47");
    // the holder of the engine has looked at everything: nothing is left to do
    let mut least = [u64::MAX; 2];
    for _ in 0..10 {
        let before = [a.voluntary_switches(), b.voluntary_switches()];
        let window = std::time::Instant::now();
        while window.elapsed() < Duration::from_secs(3) {
            std::thread::park_timeout(Duration::from_millis(200));
        }
        for (i, s) in [&a, &b].into_iter().enumerate() {
            least[i] = least[i].min(s.voluntary_switches() - before[i]);
        }
        if least.iter().all(|n| *n <= 2) {
            break;
        }
    }
    println!("wake-ups in three idle seconds: {least:?}");
    assert!(least.iter().all(|n| *n <= 2), "{least:?} wake-ups in three idle seconds");
    // and yet a change is there at once
    look_for(&mut a, "B4Q7TN");
    a.press("\r");
    a.wait("HISTORY");
    a.press("a");
    a.wait("y approve");
    a.press("y");
    b.wait("Open 46");
    leave(a);
    leave(b);
}
