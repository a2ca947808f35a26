//! The document screen on the demo firm and the real engine: the pictures of the plan, column for column, and what the
//! keys do there.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod common;
mod console_common;

use console_common::Demo;
use tieout::tui::Headless;

/// Opens a document from the queue.
async fn open(console: &mut Headless, number: &str) {
    console.press("/");
    console.type_text(number);
    console.press("enter");
    console.settle().await.unwrap();
    console.walk("enter").await.unwrap();
    console.wait_for("WHY").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures() {
    let demo = Demo::first_look().await;
    for number in ["B4Q7TN", "K8CN1X", "T7XN5B", "P9ZD2C"] {
        let mut console = demo.console(120, 34).await.unwrap();
        open(&mut console, number).await;
        println!("{}", console.screen());
    }
}
