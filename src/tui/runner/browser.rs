//! Opening a page in the person's browser: the one place that starts another program.

use std::process::{Command, Stdio};

/// Hands the page to the system's opener, without waiting for it.
pub fn open(url: &str) -> Result<(), String> {
    // an address of a sign-in is plain ASCII; anything else would be somebody else's text in a command
    if !url.starts_with("https://") && !url.starts_with("http://") || !url.is_ascii() {
        return Err("This is no address of a page.".into());
    }
    let openers: &[&str] = if cfg!(target_os = "macos") { &["open"] } else { &["xdg-open", "gio"] };
    for opener in openers {
        let mut command = Command::new(opener);
        if *opener == "gio" {
            command.arg("open");
        }
        command.arg(url).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        if let Ok(mut child) = command.spawn() {
            // it ends by itself, and is waited for so that nothing of it is left
            let waiting = std::thread::Builder::new().name("browser".into());
            let waited = waiting.spawn(move || drop(child.wait()));
            return waited
                .map(|_| ())
                .map_err(|e| format!("The browser was started, and is not waited for: {e}."));
        }
    }
    Err("No browser could be opened.".into())
}
