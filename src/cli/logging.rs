//! The log: one JSON line an event in a file of the day, and with `-v` lines on stderr. Nothing of it ever reaches the
//! screen, and every line passes the redaction first.

use std::borrow::Cow;
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use tracing_appender::non_blocking::WorkerGuard;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

use crate::cli::config::LogLevel;

/// Days that are kept.
const DAYS: usize = 14;

/// Takes secrets out of a line.
pub type Redaction = for<'a> fn(&'a str) -> Cow<'a, str>;

/// What every line of the log passes: no secret that this process holds, and nothing that commands a terminal.
pub const REDACTION: Redaction = clean;

fn clean(line: &str) -> Cow<'_, str> {
    Cow::Owned(visible(&crate::transport::redact::live().redact(line)).into_owned())
}

/// Control characters of a line, made visible; the line's own end stays.
fn visible(line: &str) -> Cow<'_, str> {
    let (text, end) = line.strip_suffix('\n').map_or((line, ""), |t| (t, "\n"));
    match crate::model::text::harmless(text) {
        Cow::Borrowed(_) => Cow::Borrowed(line),
        Cow::Owned(t) => Cow::Owned(t + end),
    }
}

/// A writer that lets lines through a redaction. The subscriber writes one event in one call.
#[derive(Clone)]
pub struct Redacting<M> {
    inner: M,
    redaction: Redaction,
}

impl<M> Redacting<M> {
    /// Around another maker of writers.
    pub fn new(inner: M, redaction: Redaction) -> Self {
        Self { inner, redaction }
    }
}

impl<'a, M: MakeWriter<'a>> MakeWriter<'a> for Redacting<M> {
    type Writer = RedactingWriter<M::Writer>;

    fn make_writer(&'a self) -> Self::Writer {
        RedactingWriter { inner: self.inner.make_writer(), redaction: self.redaction }
    }
}

/// See [`Redacting`].
pub struct RedactingWriter<W> {
    inner: W,
    redaction: Redaction,
}

impl<W: Write> Write for RedactingWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        self.inner.write_all((self.redaction)(&text).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
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
        .with_writer(Redacting::new(writer, REDACTION))
        .with_filter(filter(level.name()));
    let stderr = (to_stderr > 0).then(|| {
        tracing_subscriber::fmt::layer()
            .with_writer(Redacting::new(io::stderr, REDACTION))
            .with_ansi(false)
            .with_filter(filter(if to_stderr > 1 { "debug" } else { "info" }))
    });
    if tracing_subscriber::registry().with(file).with(stderr).try_init().is_ok() {
        *GUARD.lock().unwrap_or_else(PoisonError::into_inner) = Some(guard);
    }
    Ok(())
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
    use std::sync::Arc;

    use super::*;

    #[derive(Clone, Default)]
    struct Sink(Arc<Mutex<Vec<u8>>>);

    impl Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn every_line_passes_the_redaction() {
        fn hide(line: &str) -> Cow<'_, str> {
            Cow::Owned(line.replace("s3cret", "[redacted]"))
        }
        let sink = Sink::default();
        let inner = sink.clone();
        let layer =
            tracing_subscriber::fmt::layer().json().with_writer(Redacting::new(move || inner.clone(), hide));
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), || {
            tracing::info!(token = "s3cret", "signed in with s3cret");
        });
        let text = String::from_utf8(sink.0.lock().unwrap().clone()).unwrap();
        assert!(!text.contains("s3cret") && text.matches("[redacted]").count() == 2, "{text}");
        assert!(text.ends_with("}\n") && text.lines().count() == 1);
    }

    #[test]
    fn no_line_commands_a_terminal() {
        assert_eq!(visible("a\u{1b}[2Jb\n"), "a␛[2Jb\n");
        assert_eq!(visible("plain\n"), "plain\n");
    }
}
