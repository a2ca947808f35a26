//! A writer that lets only redacted and harmless lines through: what the log goes through on its way to the file.

use std::borrow::Cow;
use std::io::{self, Write};

use tracing_subscriber::fmt::MakeWriter;

use super::Redactor;

/// A line longer than this is redacted and written in parts.
const LONGEST_LINE: usize = 1024 * 1024;

/// Collects text until a line is whole, so that no secret slips through cut in two, and writes it redacted.
pub struct RedactingWriter<W: Write> {
    inner: W,
    redactor: Redactor,
    line: Vec<u8>,
}

impl<W: Write> RedactingWriter<W> {
    /// Redacts what goes to `inner`.
    pub fn new(inner: W, redactor: Redactor) -> Self {
        Self { inner, redactor, line: Vec::new() }
    }

    fn release(&mut self, upto: usize) -> io::Result<()> {
        let rest = self.line.split_off(upto.min(self.line.len()));
        let whole = std::mem::replace(&mut self.line, rest);
        if whole.is_empty() {
            return Ok(());
        }
        let clean = self.redactor.redact(&String::from_utf8_lossy(&whole));
        let lines: String = clean.split_inclusive('\n').map(visible).collect();
        self.inner.write_all(lines.as_bytes())
    }
}

impl<W: Write> Write for RedactingWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.line.extend_from_slice(bytes);
        if let Some(end) = self.line.iter().rposition(|b| *b == b'\n') {
            self.release(end + 1)?;
        }
        if self.line.len() > LONGEST_LINE {
            self.release(usize::MAX)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.release(usize::MAX)?;
        self.inner.flush()
    }
}

impl<W: Write> Drop for RedactingWriter<W> {
    fn drop(&mut self) {
        // A log that cannot be written to has nobody left to tell.
        self.flush().ok();
    }
}

/// Control characters of a line, made visible, so that none commands a terminal; the line's own end stays.
fn visible(line: &str) -> Cow<'_, str> {
    let (text, end) = line.strip_suffix('\n').map_or((line, ""), |t| (t, "\n"));
    match crate::model::text::harmless(text) {
        Cow::Borrowed(_) => Cow::Borrowed(line),
        Cow::Owned(t) => Cow::Owned(t + end),
    }
}

/// Makes redacting writers, one an event: `fmt::layer().with_writer(Redacting::new(non_blocking, redactor))`.
#[derive(Clone)]
pub struct Redacting<M> {
    inner: M,
    redactor: Redactor,
}

impl<M> Redacting<M> {
    /// Redacts what goes to the writers of `inner`.
    pub fn new(inner: M, redactor: Redactor) -> Self {
        Self { inner, redactor }
    }
}

impl<'a, M: MakeWriter<'a>> MakeWriter<'a> for Redacting<M> {
    type Writer = RedactingWriter<M::Writer>;

    fn make_writer(&'a self) -> Self::Writer {
        RedactingWriter::new(self.inner.make_writer(), self.redactor.clone())
    }

    fn make_writer_for(&'a self, meta: &tracing::Metadata<'_>) -> Self::Writer {
        RedactingWriter::new(self.inner.make_writer_for(meta), self.redactor.clone())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use secrecy::SecretString;
    use tracing_subscriber::layer::SubscriberExt;

    use super::*;

    #[derive(Clone, Default)]
    struct Sink(Arc<Mutex<Vec<u8>>>);

    impl Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Sink {
        fn text(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
        }
    }

    fn redactor() -> Redactor {
        let redactor = Redactor::new();
        redactor.register("x", &SecretString::from("live-secret-1"));
        redactor
    }

    #[test]
    fn a_secret_cut_in_two_is_still_found() {
        let sink = Sink::default();
        let mut writer = RedactingWriter::new(sink.clone(), redactor());
        for part in ["one live-se", "cret-1 two\nthree live-", "secret-1"] {
            writer.write_all(part.as_bytes()).unwrap();
        }
        assert_eq!(sink.text(), "one [redacted] two\n");
        drop(writer);
        assert_eq!(sink.text(), "one [redacted] two\nthree [redacted]");
    }

    #[test]
    fn no_line_commands_a_terminal() {
        let sink = Sink::default();
        RedactingWriter::new(sink.clone(), redactor()).write_all(b"a\x1b[2Jb\nplain\n").unwrap();
        assert_eq!(sink.text(), "a\u{241b}[2Jb\nplain\n");
    }

    #[test]
    fn the_log_holds_no_secret() {
        let sink = Sink::default();
        let (kept, redactor) = (sink.clone(), redactor());
        let (writer, guard) = tracing_appender::non_blocking(kept);
        let layer = tracing_subscriber::fmt::layer().json().with_writer(Redacting::new(writer, redactor));
        let subscriber = tracing_subscriber::registry().with(layer);
        tracing::subscriber::with_default(subscriber, || {
            tracing::info!(token = "unregistered", body = %"{\"password\":\"hunter\"}", "got live-secret-1");
        });
        drop(guard);
        let text = sink.text();
        for secret in ["unregistered", "hunter", "live-secret"] {
            assert!(!text.contains(secret), "{text}");
        }
        let line: serde_json::Value = serde_json::from_str(text.trim()).unwrap();
        assert_eq!(line["fields"]["message"], "got [redacted]");
    }
}
