//! The real binary on a pseudo-terminal, its bytes on an emulated screen.
#![allow(dead_code, reason = "each test uses its part")]

mod bytes;
mod link;

use std::ffi::OsString;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::num::NonZeroU16;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};

#[allow(unused_imports, reason = "each test uses its part")]
pub use bytes::{colours, frames, strange};
pub use link::Link;

/// How long a word may take to appear. Generous: what is tested is order, not speed.
const PATIENCE: Duration = Duration::from_mins(1);

struct Seen {
    parser: vt100::Parser,
    raw: Vec<u8>,
    ended: bool,
}

/// A running program and what its terminal shows.
pub struct Screen {
    master: Box<dyn MasterPty + Send>,
    child: Box<dyn Child + Send + Sync>,
    input: link::Input,
    seen: Arc<Mutex<Seen>>,
    stalled: Arc<AtomicBool>,
    _home: tempfile::TempDir,
}

/// The one place that makes a parser: odd sizes panic in it.
fn parser(columns: u16, rows: u16) -> vt100::Parser {
    let size = |n: u16| NonZeroU16::new(n.max(2)).unwrap();
    vt100::Parser::new(size(rows), size(columns), 0)
}

/// What is to be started.
pub struct Start<'a> {
    pub program: &'a Path,
    pub args: Vec<OsString>,
    pub columns: u16,
    pub rows: u16,
    /// Beside a private `HOME`, a UTF-8 locale and `TERM=xterm-256color`.
    pub env: &'a [(&'a str, &'a str)],
    pub link: Link,
}

impl Start<'_> {
    /// The program under test.
    pub fn tieout(args: &[&str], columns: u16, rows: u16) -> Self {
        Self {
            program: Path::new(env!("CARGO_BIN_EXE_tieout")),
            args: args.iter().map(OsString::from).collect(),
            columns,
            rows,
            env: &[],
            link: Link::default(),
        }
    }
}

impl Screen {
    /// Starts the program with a private home.
    pub fn start(args: &[&str], columns: u16, rows: u16, env: &[(&str, &str)]) -> Self {
        Self::of(Start { env, ..Start::tieout(args, columns, rows) })
    }

    /// Starts anything.
    pub fn of(start: Start<'_>) -> Self {
        let Start { columns, rows, .. } = start;
        let home = tempfile::tempdir().unwrap();
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(start.program);
        command.args(&start.args);
        command.env_clear();
        for (name, value) in
            [("TERM", "xterm-256color"), ("LANG", "C.UTF-8"), ("TZ", "UTC"), ("PATH", "/usr/bin:/bin")]
        {
            command.env(name, value);
        }
        command.env("HOME", home.path());
        command.env("TMPDIR", home.path());
        for (name, value) in start.env {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let seen =
            Arc::new(Mutex::new(Seen { parser: parser(columns, rows), raw: Vec::new(), ended: false }));
        let output: Box<dyn Read + Send> = pair.master.try_clone_reader().unwrap();
        let stalled = Arc::new(AtomicBool::new(false));
        let (written, shown) = (seen.clone(), seen.clone());
        start.link.follow(
            output,
            stalled.clone(),
            move |bytes| written.lock().unwrap().raw.extend_from_slice(bytes),
            move |bytes| {
                let mut seen = shown.lock().unwrap();
                match bytes {
                    Some(bytes) => seen.parser.process(bytes),
                    None => seen.ended = true,
                }
            },
        );
        let input = start.link.input(pair.master.take_writer().unwrap());
        Self { master: pair.master, child, input, seen, stalled, _home: home }
    }

    /// What the screen shows.
    pub fn text(&self) -> String {
        self.seen.lock().unwrap().parser.screen().contents()
    }

    /// Waits for a text on the screen.
    pub fn wait(&mut self, wanted: &str) {
        self.until(wanted, |t| t.contains(wanted));
    }

    /// Waits until the cursor stands on the row with this text.
    pub fn wait_row(&mut self, wanted: &str) {
        self.until(wanted, |t| t.lines().any(|l| l.starts_with('>') && l.contains(wanted)));
    }

    /// Waits for a condition on the screen's text.
    pub fn until(&mut self, what: &str, holds: impl Fn(&str) -> bool) {
        let there = self.within(PATIENCE, |s| holds(&s.text()));
        let ended = self.seen.lock().unwrap().ended;
        assert!(there || !ended, "the program ended while {what:?} was waited for:\n{}", self.text());
        assert!(there, "{what:?} did not come:\n{}", self.text());
    }

    /// Waits for a condition; false: it did not hold in time, or the program ended before.
    pub fn within(&mut self, patience: Duration, holds: impl Fn(&Self) -> bool) -> bool {
        let since = Instant::now();
        loop {
            let ended = self.seen.lock().unwrap().ended;
            if holds(self) {
                return true;
            }
            if ended || since.elapsed() > patience {
                return false;
            }
            thread::park_timeout(Duration::from_millis(5));
        }
    }

    /// The row of the terminal's cursor.
    pub fn cursor_line(&self) -> String {
        let seen = self.seen.lock().unwrap();
        let screen = seen.parser.screen();
        let (row, _) = screen.cursor_position();
        screen.rows(0, screen.size().1.get()).nth(usize::from(row)).unwrap_or_default()
    }

    /// The rows, each as wide as the terminal.
    pub fn rows(&self) -> Vec<String> {
        let seen = self.seen.lock().unwrap();
        let screen = seen.parser.screen();
        screen.rows(0, screen.size().1.get()).collect()
    }

    /// For each row that holds `what`: the column after its last sign, in the terminal's own cells.
    pub fn edges(&self, what: &str) -> Vec<(String, usize)> {
        let seen = self.seen.lock().unwrap();
        let screen = seen.parser.screen();
        let (rows, columns) = (screen.size().0.get(), screen.size().1.get());
        let mut found = Vec::new();
        for row in 0..rows {
            // the text, and where in it each cell ends
            let (mut text, mut ends) = (String::new(), Vec::new());
            for column in 0..columns {
                let Some(cell) = screen.cell(row, column).filter(|c| !c.is_wide_continuation()) else {
                    continue;
                };
                text.push_str(if cell.has_contents() { cell.contents() } else { " " });
                ends.push((text.len(), usize::from(column) + 1));
            }
            if let Some(at) = text.rfind(what) {
                let end = at + what.len();
                let column = ends.iter().find(|(e, _)| *e >= end).map_or(0, |(_, c)| *c);
                found.push((text, column));
            }
        }
        found
    }

    /// Whether the program's screen is shown, not the shell's.
    pub fn is_alternate(&self) -> bool {
        self.seen.lock().unwrap().parser.screen().alternate_screen()
    }

    /// Everything that was written so far.
    pub fn raw(&self) -> Vec<u8> {
        self.seen.lock().unwrap().raw.clone()
    }

    /// Forgets what was written so far; the screen stays.
    pub fn forget(&self) {
        self.seen.lock().unwrap().raw.clear();
    }

    /// Waits until nothing was written for so long, and gives the number of bytes that were written since the last
    /// [`Screen::forget`].
    pub fn quiet(&mut self, still: Duration) -> usize {
        let (mut last, mut since) = (usize::MAX, Instant::now());
        let began = Instant::now();
        loop {
            let now = self.seen.lock().unwrap().raw.len();
            if now != last {
                (last, since) = (now, Instant::now());
            }
            if since.elapsed() >= still {
                return now;
            }
            assert!(began.elapsed() < PATIENCE, "it is never quiet:\n{}", self.text());
            thread::park_timeout(Duration::from_millis(5));
        }
    }

    /// Whether the terminal reads nothing for now.
    pub fn stall(&self, stalled: bool) {
        self.stalled.store(stalled, Ordering::Release);
    }

    /// Waits until the program has ended, whatever its terminal does; false: it did not.
    pub fn is_over(&mut self, within: Duration) -> bool {
        let since = Instant::now();
        while since.elapsed() < within {
            if self.child.try_wait().unwrap().is_some() {
                return true;
            }
            thread::park_timeout(Duration::from_millis(5));
        }
        false
    }

    /// A signal to the program.
    pub fn signal(&self, signal: rustix::process::Signal) {
        let id = self.process();
        rustix::process::kill_process(id, signal).unwrap();
    }

    /// The process that was started.
    pub fn process(&self) -> rustix::process::Pid {
        let id = self.child.process_id().and_then(|id| i32::try_from(id).ok());
        id.and_then(rustix::process::Pid::from_raw).unwrap()
    }

    /// Pastes a text as terminals do it for programs that asked for it.
    pub fn paste(&mut self, text: &str) {
        self.input.send(format!("\x1b[200~{text}\x1b[201~").as_bytes());
    }

    /// Sends a key.
    pub fn press(&mut self, key: &str) {
        self.input.send(key.as_bytes());
        if key == "\x1b" {
            // a lone Escape is told from the start of a sequence by what follows it
            thread::park_timeout(Duration::from_millis(60));
        }
    }

    /// Types a text.
    pub fn type_text(&mut self, text: &str) {
        for c in text.chars() {
            self.press(&c.to_string());
        }
    }

    /// Empties an input line.
    pub fn clear_line(&mut self) {
        for _ in 0..40 {
            self.press("\x7f");
        }
    }

    /// Changes the size of the terminal.
    pub fn resize(&mut self, columns: u16, rows: u16) {
        *self.seen.lock().unwrap() = Seen { parser: parser(columns, rows), raw: Vec::new(), ended: false };
        self.master.resize(PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }).unwrap();
    }

    /// Whether the row that starts with `>` is in reverse video.
    pub fn cursor_row_is_reversed(&self) -> bool {
        let seen = self.seen.lock().unwrap();
        let screen = seen.parser.screen();
        let rows = screen.size().0.get();
        (0..rows).any(|row| {
            let cell = |column: u16| screen.cell(row, column);
            cell(0).is_some_and(|c| c.contents() == ">") && cell(4).is_some_and(vt100::Cell::inverse)
        })
    }

    /// How often the threads of the program gave the processor away by themselves, so far.
    #[cfg(target_os = "linux")]
    pub fn voluntary_switches(&self) -> u64 {
        let tasks = format!("/proc/{}/task", self.child.process_id().unwrap());
        let mut sum = 0;
        for task in std::fs::read_dir(tasks).unwrap().flatten() {
            // a thread may end while it is read
            let status = std::fs::read_to_string(task.path().join("status")).unwrap_or_default();
            let line = status.lines().find_map(|l| l.strip_prefix("voluntary_ctxt_switches:"));
            sum += line.and_then(|n| n.trim().parse::<u64>().ok()).unwrap_or(0);
        }
        sum
    }

    /// Waits for the end of the program: its status and everything it wrote.
    pub fn end(mut self, within: Duration) -> (ExitStatus, String) {
        let since = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                while !self.seen.lock().unwrap().ended && since.elapsed() < within {
                    thread::park_timeout(Duration::from_millis(5));
                }
                let raw = String::from_utf8_lossy(&self.seen.lock().unwrap().raw).into_owned();
                return (status, raw);
            }
            assert!(since.elapsed() < within, "the program does not end:\n{}", self.text());
            thread::park_timeout(Duration::from_millis(5));
        }
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        // a failed test must not leave its program behind; one that has ended cannot be killed, which is fine
        let _ = self.child.kill();
    }
}

/// A small GET over loopback.
pub fn get_json(url: &str) -> serde_json::Value {
    let rest = url.strip_prefix("http://").unwrap();
    let (host, path) = rest.split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    write!(stream, "GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    let (head, body) = reply.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    let chunked = head.to_lowercase().contains("transfer-encoding: chunked");
    let body = if chunked { unchunk(body) } else { body.to_string() };
    serde_json::from_str(&body).unwrap()
}

fn unchunk(mut body: &str) -> String {
    let mut out = String::new();
    while let Some((size, rest)) = body.split_once("\r\n") {
        let n = usize::from_str_radix(size.trim(), 16).unwrap();
        if n == 0 {
            break;
        }
        out.push_str(&rest[..n]);
        body = &rest[n + 2..];
    }
    out
}
