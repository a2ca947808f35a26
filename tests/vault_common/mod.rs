//! The real program with secrets on descriptors, over stand-ins that this process serves.
#![allow(dead_code, reason = "each test uses its part")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where something is not there")]

use std::fs::{File, Permissions};
use std::io::{Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::{Value, json};
use tieout::sandbox::assembly::Stage;
use tieout::sandbox::firm::Firm;
use tieout::sandbox::stand_in::StandIn as _;

/// No process of these tests takes that long; one that does hangs.
pub const PATIENCE: Duration = Duration::from_mins(2);
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_tieout");

/// A process that has ended.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Ended {
    pub fn json(&self) -> Value {
        let line = self.out.lines().last().unwrap_or_else(|| panic!("no line: {self:?}"));
        serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {self:?}"))
    }

    pub fn ok(self) -> Self {
        assert_eq!(self.code, Some(0), "{self:?}");
        self
    }
}

/// A folder with a home to be, and the files that secrets are read from.
pub struct Place {
    dir: tempfile::TempDir,
    /// Variables of every process; nothing else is inherited.
    pub env: Vec<(String, String)>,
}

impl Place {
    pub fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::set_permissions(dir.path(), Permissions::from_mode(0o700)).unwrap();
        Self { dir, env: Vec::new() }
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    pub fn home(&self) -> PathBuf {
        self.dir.path().join("home")
    }

    /// A file with a secret, for its owner alone.
    pub fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        path
    }

    /// Starts the program; `fds`: descriptor and the file behind it.
    pub fn start(&self, args: &[&str], fds: &[(u32, &Path)]) -> Child {
        // a shell opens the descriptors, then becomes the program
        let opens: Vec<String> = fds.iter().map(|(n, p)| format!(" {n}<'{}'", p.display())).collect();
        let opens = opens.concat();
        let mut command = Command::new("/bin/bash");
        command
            .arg("-c")
            .arg(format!("exec \"$0\" \"$@\"{opens}"))
            .arg(PROGRAM)
            .arg("--home")
            .arg(self.home());
        command.args(args).env_clear().env("PATH", "/usr/bin:/bin").env("LANG", "C.UTF-8");
        command.env("HOME", self.dir.path()).envs(self.env.iter().map(|(k, v)| (k, v)));
        let to = |name: &str| File::create(self.dir.path().join(name)).unwrap();
        command.stdin(Stdio::null()).stdout(to("out")).stderr(to("err")).spawn().unwrap()
    }

    /// What a started process wrote to stderr so far.
    pub fn said(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("err")).unwrap_or_default()
    }

    /// Waits for the end of a started process.
    pub fn end(&self, mut child: Child) -> Ended {
        let since = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            if since.elapsed() > PATIENCE {
                child.kill().unwrap();
                panic!("it hangs: {}", self.said());
            }
            std::thread::sleep(Duration::from_millis(10));
        };
        let read = |name: &str| std::fs::read_to_string(self.dir.path().join(name)).unwrap_or_default();
        Ended { code: status.code(), out: read("out"), err: read("err") }
    }

    /// Runs the program to its end.
    pub fn run(&self, args: &[&str], fds: &[(u32, &Path)]) -> Ended {
        let child = self.start(args, fds);
        self.end(child)
    }

    /// Waits until stderr holds a line that begins so; its rest.
    pub fn hear(&self, child: &mut Child, beginning: &str) -> String {
        let since = Instant::now();
        loop {
            let said = self.said();
            let mut whole = said.lines().filter(|_| said.ends_with('\n'));
            if let Some(line) = whole.rfind(|l| l.starts_with(beginning)) {
                return line.to_string();
            }
            assert!(child.try_wait().unwrap().is_none(), "it ended: {said}");
            assert!(since.elapsed() < PATIENCE, "never said {beginning:?}: {said}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Every byte of every file below the home, as text.
    pub fn everything(&self) -> Vec<(PathBuf, Vec<u8>)> {
        fn walk(dir: &Path, out: &mut Vec<(PathBuf, Vec<u8>)>) {
            for entry in std::fs::read_dir(dir).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    walk(&path, out);
                } else if path.is_file() {
                    let mut bytes = Vec::new();
                    File::open(&path).unwrap().read_to_end(&mut bytes).unwrap();
                    out.push((path, bytes));
                }
            }
        }
        let mut out = Vec::new();
        walk(&self.home(), &mut out);
        out
    }
}

/// The stand-ins on the machine's own clock, as a real home meets them.
pub struct Systems(pub Stage);

impl Systems {
    pub async fn open() -> Self {
        let now = machine_now();
        let stage = Stage::open(Firm::sample().unwrap(), IpAddr::V4(Ipv4Addr::LOCALHOST), now).await.unwrap();
        stage.set_clock(now);
        stage.concur.switch("issue_request_token", &json!(true)).unwrap();
        Self(stage)
    }

    pub fn of(&self, system: &str, key: &str) -> String {
        self.0.sandbox.systems()[system][key].as_str().unwrap_or_else(|| panic!("{system} {key}")).to_string()
    }

    /// Writes the settings of a home whose connections point here: connection and system.
    pub fn settings(&self, place: &Place, connections: &[(&str, &str)]) {
        let mut text = String::new();
        for (name, system) in connections {
            text += &format!(
                "[connections.{name}]\nbase_url = \"{}\"\ntoken_url = \"{}\"\npace = \"off\"\n",
                self.of(system, "base_url"),
                self.of(system, "token_url")
            );
        }
        std::fs::create_dir_all(place.home()).unwrap();
        std::fs::set_permissions(place.home(), Permissions::from_mode(0o700)).unwrap();
        let path = place.home().join("config.toml");
        File::create(&path).unwrap().write_all(text.as_bytes()).unwrap();
        std::fs::set_permissions(path, Permissions::from_mode(0o600)).unwrap();
    }
}

/// The machine's clock: a real home has no other.
#[allow(clippy::disallowed_methods, reason = "the program under test reads the machine's clock")]
pub fn machine_now() -> Timestamp {
    Timestamp::now()
}

/// Blocking work beside the stand-ins that this runtime serves.
pub async fn aside<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    tokio::task::block_in_place(work)
}

/// Connects Concur in a home, with any further options.
pub fn connect_concur(place: &Place, systems: &Systems, more: &[&str], fds: &[(u32, &Path)]) -> Ended {
    let secret = place.file("client-secret", &systems.of("concur", "client_secret"));
    let token = place.file("request-token", &systems.of("concur", "request_token"));
    let (id, company) = (systems.of("concur", "client_id"), systems.of("concur", "company_uuid"));
    let mut args = vec![
        "connect",
        "concur",
        "--client-id",
        &id,
        "--company",
        &company,
        "--client-secret-fd",
        "3",
        "--request-token-fd",
        "4",
        "--json",
    ];
    args.extend(more);
    let mut all: Vec<(u32, &Path)> = vec![(3, &secret), (4, &token)];
    all.extend(fds);
    place.run(&args, &all)
}

/// Connects the ledger by a refresh token that was obtained elsewhere.
pub fn connect_ledger(place: &Place, systems: &Systems, args: &[&str]) -> Ended {
    let secret = place.file("ledger-secret", &systems.of(QBO, "client_secret"));
    // the token of the moment, not that of the start
    let bound = systems.0.ledger.bound(&[systems.of(QBO, "base_url")]);
    let token = place.file("ledger-token", bound["refresh_token"].as_str().unwrap());
    let (id, company) = (systems.of(QBO, "client_id"), systems.of(QBO, "realm_id"));
    let given =
        ["--client-id", &id, "--company", &company, "--client-secret-fd", "3", "--refresh-token-fd", "4"];
    place.run(&[args, &given, &["--json"]].concat(), &[(3, &secret), (4, &token)])
}

/// The ledger's name in the fault plan.
pub const QBO: &str = "quickbooks_online";

impl Systems {
    /// Every access token of both systems ends: their clock moves on.
    pub fn expire(&self, place: &mut i64) {
        *place += 2;
        let at = machine_now().checked_add(jiff::SignedDuration::from_hours(*place)).unwrap();
        self.0.set_clock(at);
    }

    /// Token calls of the ledger so far.
    pub fn refreshes(&self) -> u64 {
        self.0.ledger.calls().get("token").copied().unwrap_or(0)
    }
}

/// One GET without following anything: status line and `Location`.
pub fn get(url: &str) -> (String, Option<String>) {
    let rest = url.strip_prefix("http://").unwrap();
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let mut stream = std::net::TcpStream::connect(host).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    write!(stream, "GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let to = answer.lines().find(|l| l.to_ascii_lowercase().starts_with("location:"));
    let to = to.and_then(|l| l.split_once(':')).map(|(_, v)| v.trim().to_string());
    (answer.lines().next().unwrap_or_default().to_string(), to)
}
