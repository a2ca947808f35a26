//! The real program as processes: stand-ins that serve a home, runs over it, the ground truth behind them.
#![allow(dead_code, reason = "each test uses its part")]

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use serde_json::Value;

/// No process of these tests takes that long; one that does hangs.
const PATIENCE: Duration = Duration::from_mins(2);

const PROGRAM: &str = env!("CARGO_BIN_EXE_tieout");

/// `tieout sandbox`, serving a home of its own. Ends with SIGTERM when it is dropped.
pub struct Served {
    dir: tempfile::TempDir,
    child: Child,
    control: String,
}

impl Served {
    /// Generated documents of one entry each, approved by policy.
    pub fn generated(documents: u64, seed: u64) -> Self {
        Self::with(&[
            "--documents",
            &documents.to_string(),
            "--seed",
            &seed.to_string(),
            "--auto-approve",
            "clean",
        ])
    }

    /// Any options of `tieout sandbox` but the home. Where no ledger is named it is QuickBooks Online alone, whose figures
    /// most tests are about.
    pub fn with(options: &[&str]) -> Self {
        let ledger: &[&str] =
            if options.contains(&"--ledger") { &[] } else { &["--ledger", "quickbooks_online"] };
        let dir = tempfile::tempdir().unwrap();
        let mut child = Command::new(PROGRAM)
            .args(["sandbox", "--home"])
            .arg(dir.path().join("home"))
            .args(options)
            .args(ledger)
            .env_remove("TIEOUT_HOME")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::create(dir.path().join("sandbox.err")).unwrap())
            .spawn()
            .unwrap();
        let lines = lines_of(&mut child);
        let Ok(line) = lines.recv_timeout(PATIENCE) else {
            drop(child.kill());
            panic!("no stand-ins: {}", said(&dir.path().join("sandbox.err")));
        };
        let ready: Value = serde_json::from_str(&line).unwrap();
        let control = ready["control"].as_str().unwrap().to_owned();
        Self { dir, child, control }
    }

    /// The home.
    pub fn home(&self) -> PathBuf {
        self.dir.path().join("home")
    }

    /// `GET` under the control address.
    pub fn get(&self, path: &str) -> Value {
        http(&self.control, "GET", path, "")
    }

    /// `POST` under the control address.
    pub fn post(&self, path: &str, body: &Value) -> Value {
        http(&self.control, "POST", path, &body.to_string())
    }

    /// How often the armed faults struck.
    pub fn fired(&self) -> u64 {
        self.get("/faults")["fired"].as_object().unwrap().values().filter_map(Value::as_u64).sum()
    }

    /// HTTP requests that both systems answered so far, without token calls.
    pub fn calls(&self) -> u64 {
        ["concur", "quickbooks_online"]
            .map(|system| self.get(&format!("/truth/{system}"))["calls"]["api"].as_u64().unwrap_or(0))
            .iter()
            .sum()
    }

    /// A headless run, started. `wait`: what falls due within this time is waited for.
    pub fn start(&self, wait: &str, fail_at: Option<&str>) -> Run {
        let mut args = vec!["--auto", "--once", "--wait", wait, "--json"];
        if let Some(point) = fail_at {
            args.extend(["--fail-at", point]);
        }
        self.spawn(&args)
    }

    /// A headless run to its end, whatever that is.
    pub fn run(&self, fail_at: Option<&str>) -> Ended {
        self.start("5s", fail_at).end()
    }

    /// A command to its end.
    pub fn command(&self, args: &[&str]) -> Ended {
        self.spawn(args).end()
    }

    /// Any run, started.
    pub fn spawn(&self, args: &[&str]) -> Run {
        let errors = self.dir.path().join("run.err");
        let mut child = Command::new(PROGRAM)
            .arg("--home")
            .arg(self.home())
            .args(args)
            .env_remove("TIEOUT_HOME")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::create(&errors).unwrap())
            .spawn()
            .unwrap();
        let lines = lines_of(&mut child);
        Run { child, lines, heard: Vec::new(), errors }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let asked = i32::try_from(self.child.id())
            .ok()
            .and_then(rustix::process::Pid::from_raw)
            .map(|pid| rustix::process::kill_process(pid, rustix::process::Signal::TERM));
        if !matches!(asked, Some(Ok(()))) {
            drop(self.child.kill());
        }
        let ended = self.child.wait();
        if !std::thread::panicking() {
            assert_eq!(ended.unwrap().code(), Some(0), "the stand-ins end in order");
        }
    }
}

/// A process that runs.
pub struct Run {
    child: Child,
    lines: Receiver<String>,
    heard: Vec<String>,
    errors: PathBuf,
}

impl Run {
    /// SIGKILL.
    pub fn kill(mut self) -> Ended {
        // it may have ended by itself meanwhile; the status tells
        self.child.kill().unwrap();
        self.end()
    }

    /// Whether it has ended by itself.
    pub fn is_over(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Waits until it has said one more line; false when it has ended.
    pub fn hear(&mut self) -> bool {
        match self.lines.recv_timeout(PATIENCE) {
            Ok(line) => {
                self.heard.push(line);
                true
            }
            Err(RecvTimeoutError::Disconnected) => false,
            Err(RecvTimeoutError::Timeout) => self.hangs(),
        }
    }

    /// Waits until it has ended.
    pub fn end(mut self) -> Ended {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self.lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(line) => self.heard.push(line),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => self.hangs(),
            }
        }
        let status = self.child.wait().unwrap();
        Ended { status, lines: self.heard, errors: said(&self.errors) }
    }

    fn hangs(&mut self) -> ! {
        drop(self.child.kill());
        drop(self.child.wait());
        panic!("the run hangs after {:?}: {}", self.heard.last(), said(&self.errors));
    }
}

/// A process that has ended.
#[derive(Debug)]
pub struct Ended {
    /// How.
    pub status: ExitStatus,
    /// What it printed.
    pub lines: Vec<String>,
    /// What it printed to stderr.
    pub errors: String,
}

impl Ended {
    /// It ended by itself at a fail point.
    pub fn aborted(&self) -> bool {
        self.status.signal() == Some(6)
    }

    /// It was killed with SIGKILL.
    pub fn killed(&self) -> bool {
        self.status.signal() == Some(9)
    }

    /// The last line as JSON.
    pub fn last(&self) -> Value {
        self.lines.last().and_then(|l| serde_json::from_str(l).ok()).unwrap_or_default()
    }

    /// Documents by state, of the first book of a headless run's summary.
    pub fn states(&self) -> Value {
        self.last().pointer("/books/0/by_state").cloned().unwrap_or_default()
    }
}

fn lines_of(child: &mut Child) -> Receiver<String> {
    let (to, lines) = channel();
    let out = BufReader::new(child.stdout.take().unwrap());
    std::thread::spawn(move || {
        // a line that is cut off by the end of the process is none
        for line in out.lines().map_while(Result::ok) {
            if to.send(line).is_err() {
                break;
            }
        }
    });
    lines
}

fn said(errors: &Path) -> String {
    std::fs::read_to_string(errors).unwrap_or_default()
}

fn http(base: &str, method: &str, path: &str, body: &str) -> Value {
    let host = base.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200"), "{method} {path}: {head} {body}");
    serde_json::from_str(body).unwrap()
}
