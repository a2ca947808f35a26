//! The log: one JSON line an event in a file of the day, the last ones in memory for the activity screen, and with `-v`
//! lines on stderr. Every line passes the redaction first.

use std::io::{self, Write};
use std::path::Path;
use std::sync::{Mutex, Once, PoisonError};

use tracing_appender::non_blocking::WorkerGuard;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

use crate::cli::config::LogLevel;
use crate::transport::Redacting;
use crate::transport::redact::live;

/// Days that are kept.
const DAYS: usize = 14;

/// A panic of a command says what it has to say without secrets and without commands to a terminal, on stderr and in
/// the log. The console puts its own hook before this one.
fn hide_in_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        std::panic::set_hook(Box::new(|info| {
            let text = panic_text(&info.to_string());
            tracing::error!(panic = text, "the program panicked");
            // without stderr there is nowhere left to say it
            drop(writeln!(io::stderr(), "tieout: {text}"));
        }));
    });
}

fn panic_text(text: &str) -> String {
    let clean = live().redact(text);
    clean.lines().map(|l| crate::model::text::harmless(l).into_owned()).collect::<Vec<_>>().join("\n")
}

/// What is still to be written, until [`finish`].
static GUARD: Mutex<Option<WorkerGuard>> = Mutex::new(None);

/// Starts the log; a second start in one process (the demo opens homes) keeps the first.
/// `to_stderr`: how often `-v` was given, in commands that own no screen.
pub fn start(folder: &Path, level: LogLevel, to_stderr: u8) -> Result<(), String> {
    let appender = tracing_appender::rolling::Builder::new()
        .rotation(tracing_appender::rolling::Rotation::DAILY)
        .filename_prefix("tieout")
        .filename_suffix("log")
        .max_log_files(DAYS)
        .build(folder)
        .map_err(|e| format!("{}: the log cannot be written: {e}", folder.display()))?;
    let (writer, guard) = tracing_appender::non_blocking(appender);
    let file = tracing_subscriber::fmt::layer()
        .json()
        .with_writer(Redacting::new(writer, live().clone()))
        .with_filter(filter(level.name()));
    let recent = recent();
    let stderr = (to_stderr > 0).then(|| {
        tracing_subscriber::fmt::layer()
            .with_writer(Redacting::new(io::stderr, live().clone()))
            .with_ansi(false)
            .with_filter(filter(if to_stderr > 1 { "debug" } else { "info" }))
    });
    if tracing_subscriber::registry().with(file).with(recent).with(stderr).try_init().is_ok() {
        *GUARD.lock().unwrap_or_else(PoisonError::into_inner) = Some(guard);
        if !cfg!(test) {
            hide_in_panics();
        }
    }
    Ok(())
}

/// The last lines in memory, for the activity screen.
fn recent<S>() -> impl Layer<S>
where
    S: tracing::Subscriber + for<'a> tracing_subscriber::registry::LookupSpan<'a>,
{
    tracing_subscriber::fmt::layer()
        .json()
        .with_writer(Redacting::new(crate::transport::log::recent(), live().clone()))
        .with_filter(filter("debug"))
}

/// Starts the log in memory alone: the demo's console writes no file.
pub fn start_in_memory() {
    // where a log was started already, that one has these lines too
    drop(tracing_subscriber::registry().with(recent()).try_init());
}

/// Writes what is left; the last thing that a program does.
pub fn finish() {
    drop(GUARD.lock().unwrap_or_else(PoisonError::into_inner).take());
}

/// Our own lines at `level`, those of libraries from warnings up: they may name addresses and headers.
fn filter(level: &str) -> EnvFilter {
    EnvFilter::new(format!("warn,tieout={level}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_says_no_secret_and_commands_no_terminal() {
        live().register("panic/test", &secrecy::SecretString::from("canary-of-the-panic"));
        let text =
            panic_text("panicked at x.rs:1:\nopened canary-of-the-panic \u{1b}[2J with password=hunter22");
        assert!(
            !text.contains("canary-of") && !text.contains("hunter22") && !text.contains('\u{1b}'),
            "{text}"
        );
        assert!(text.starts_with("panicked at x.rs:1:\nopened "), "{text}");
    }
}
