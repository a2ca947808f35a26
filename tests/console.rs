//! The real binary in a pseudo-terminal on the demo, walked by keys alone: look, open, fix, mark, approve, post, audit.
//! The ledger's ground truth agrees to the cent.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test or benchmark fails by panicking and reports by printing"
)]

mod terminal;

use std::time::Duration;

use terminal::{Screen, get_json};

/// The number in front of each tab of the queue.
fn tab(screen: &str, name: &str) -> Option<u64> {
    let at = screen.find(&format!("{name} "))? + name.len() + 1;
    let digits: String = screen[at..].chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

#[test]
fn an_accountant_fixes_approves_posts_and_reads_the_ledgers_number() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("demo");
    let mut s = Screen::start(&["demo", "--home", home.to_str().unwrap()], 120, 34, &[]);
    // the first frame comes before the store is opened
    s.wait("tieout");
    s.wait("Open 47");
    let first = s.text();
    assert!(first.contains("DEMO") && first.contains("single person: Theo Okonkwo"), "{first}");
    assert_eq!((tab(&first, "Ready"), tab(&first, "Confirmed")), (Some(27), Some(12)), "{first}");

    // the unmapped cost centre
    s.press("/");
    s.type_text("K8CN1X");
    s.press("\r");
    s.wait_row("K8CN1X");
    s.press("\r");
    s.wait("Cost centre CC450 Sustainability has no class");
    s.press("f");
    s.wait("A class for CC450");
    s.type_text("200 Oper");
    s.wait("> 200 Operations");
    s.press("\r");
    s.wait("ready now");
    s.wait("○ ready");
    s.press("\x1b");
    s.wait("sorted by");

    // select two and approve them
    s.press("\x1b");
    s.wait("no filter");
    s.press("/");
    s.type_text("B4Q7TN");
    s.press("\r");
    s.wait_row("B4Q7TN");
    s.press(" ");
    s.wait("1 marked");
    s.press("/");
    s.clear_line();
    s.type_text("K8CN1X");
    s.press("\r");
    s.wait_row("K8CN1X");
    s.press(" ");
    s.wait("2 marked");
    s.press("a");
    s.wait("documents (2 in USD)");
    s.wait("1,608.15");
    // Enter alone does nothing: the focus is on Cancel
    s.press("y");
    s.wait("2 documents approved");
    s.press("p");
    s.wait("y post them");
    s.press("y");
    s.wait("4 ledger records posted");
    s.until("fourteen confirmed", |t| tab(t, "Confirmed") == Some(14));

    // the ledger's number on the screen
    s.press("\x1b");
    s.press("4");
    s.wait("what happened");
    // the newest event of this kind has its number, uncut, below the list
    s.press("/");
    s.type_text("action:posted");
    s.press("\r");
    let numbers = |t: &str| -> Option<String> {
        let mut words = t.split(|c: char| !c.is_ascii_alphanumeric());
        words.find(|w| w.len() == 11 && w.starts_with("TO")).map(String::from)
    };
    s.until("the number of the ledger", |t| numbers(t).is_some());
    let number = numbers(&s.text()).unwrap();

    let control = std::fs::read_to_string(home.join("stand-ins.json")).unwrap();
    let control: serde_json::Value = serde_json::from_str(&control).unwrap();
    let truth = get_json(&format!("{}/truth/quickbooks_online", control["control"].as_str().unwrap()));
    let records: Vec<&serde_json::Value> =
        truth["records"].as_array().unwrap().iter().filter_map(|r| r.as_object()?.values().next()).collect();
    assert!(records.iter().any(|r| r["DocNumber"] == number.as_str()), "{number} is not in the ledger");
    let total = |memo: &str| -> Vec<String> {
        let mine = records.iter().filter(|r| r["PrivateNote"].as_str().is_some_and(|n| n.starts_with(memo)));
        let mut amounts: Vec<String> =
            mine.map(|r| format!("{:.2}", r["TotalAmt"].to_string().parse::<f64>().unwrap())).collect();
        amounts.sort();
        amounts
    };
    assert_eq!(total("B4Q7TN"), ["127.75", "538.00", "624.40"]);
    assert_eq!(total("K8CN1X"), ["318.00"]);

    s.press("\x1b");
    s.press("1");
    s.wait("sorted by");
    s.press("q");
    let (status, tail) = s.end(Duration::from_secs(20));
    assert!(status.success(), "{status:?}");
    assert!(tail.contains("\x1b[?1049l") && tail.contains("\x1b[?25h"), "the terminal was not given back");
}

#[test]
fn no_color_keeps_the_cursor_row_reversed() {
    let mut s = Screen::start(&["demo"], 80, 24, &[("NO_COLOR", "1")]);
    s.wait("Open 47");
    s.until("the cursor row is there", |t| t.contains("\n>"));
    assert!(s.cursor_row_is_reversed(), "{}", s.text());
    s.press("q");
    assert!(s.end(Duration::from_secs(20)).0.success());
}

#[cfg(target_os = "linux")]
#[test]
fn an_idle_console_sleeps() {
    let mut s = Screen::start(&["demo"], 120, 34, &[]);
    s.wait("Open 47");
    s.until("the engine has read", |t| t.contains("read just now") || t.contains("min ago"));
    // nothing is asked for: what remains is the clock of the stand-ins, five times a second. An engine that wakes itself
    // makes many thousands
    let since = std::time::Instant::now();
    let mut least = u64::MAX;
    while since.elapsed() < Duration::from_secs(20) && least > 200 {
        let before = s.voluntary_switches();
        let window = std::time::Instant::now();
        while window.elapsed() < Duration::from_secs(2) {
            std::thread::park_timeout(Duration::from_millis(200));
        }
        least = least.min(s.voluntary_switches() - before);
    }
    assert!(least <= 200, "{least} wake-ups in two idle seconds");
    s.press("q");
    assert!(s.end(Duration::from_secs(20)).0.success());
}
