//! The console without a terminal, on the demo firm and the real engine.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod common;
mod console_common;

use std::time::Duration;

use console_common::Demo;
use ratatui::style::Modifier;

#[tokio::test(flavor = "multi_thread")]
async fn the_first_look_is_the_queue_of_the_plan() {
    let demo = Demo::first_look().await;
    let mut console = demo.console(120, 34).await.unwrap();
    let screen = console.screen();
    for words in [
        "tieout · fq-us · Fernhill Quay Advisory",
        "[Open 47]",
        "Blocked 18",
        "Ready 27",
        "Confirmed 12",
        "64,397.41",
        "6,180.70",
    ] {
        assert!(screen.contains(words), "{words} is missing:\n{screen}");
    }
    assert!(screen.lines().count() == 34 && screen.lines().all(|l| !l.ends_with(' ')));
    // the cursor row is told by its sign and by reverse video
    let (_, row) = cursor_row(&screen).unwrap();
    assert!(console.style_at(4, row).unwrap().add_modifier.contains(Modifier::REVERSED));

    // quick typing: nothing settles between the keys
    console.press("/");
    console.type_text("B4Q7TN");
    console.press("enter");
    console.settle().await.unwrap();
    assert!(
        console.screen().contains("1 of 1") || console.screen().contains("B4Q7TN"),
        "{}",
        console.screen()
    );
    console.walk("enter").await.unwrap();
    console.wait_for("HISTORY").await.unwrap();
    console.resize(40, 10);
    assert!(console.screen().starts_with("Terminal too small: 40×10"), "{}", console.screen());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_is_on_the_screen_when_the_console_has_settled() {
    let mut demo = Demo::first_look().await;
    let mut console = demo.console(120, 34).await.unwrap();
    console.press("/");
    console.type_text("B4Q7TN");
    console.walk("enter enter a").await.unwrap();
    console.wait_for("y approve").await.unwrap();
    console.walk("y").await.unwrap();
    assert!(console.screen().contains("● approved"), "{}", console.screen());
    demo.start_engine();
    console.walk("p").await.unwrap();
    console.wait_for("y post").await.unwrap();
    console.press("y");
    console.wait_for("✓ confirmed").await.unwrap();
    demo.stop_engine().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_never_comes_is_told_with_the_screen() {
    let demo = Demo::first_look().await;
    let mut console = demo.console(80, 24).await.unwrap().with_patience(Duration::from_millis(50));
    let stuck = console.wait_for("a word that nobody says").await.unwrap_err();
    assert!(format!("{stuck:?}").contains("a word that nobody says") && stuck.screen.contains("Open 47"));
}

/// The row that starts with the sign of the cursor.
fn cursor_row(screen: &str) -> Option<(u16, u16)> {
    let at = screen.lines().position(|l| l.starts_with("> "))?;
    Some((0, u16::try_from(at).ok()?))
}
