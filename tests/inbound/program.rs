//! The real program: it listens while it holds the engine, keeps what it answered, and takes a new key.

use std::io::Write as _;
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::kit::{
    Authority, PATIENCE, connector, event, notification, plain, post, server_names, signed, tls,
};
use crate::process::Served;

/// Stand-ins, a home that points at them, and what listens over it.
struct Program {
    served: Option<Served>,
    child: Option<Child>,
    authority: Authority,
    _dir: tempfile::TempDir,
    events: SocketAddr,
    webhooks: SocketAddr,
}

fn free() -> SocketAddr {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

impl Program {
    async fn start() -> Self {
        let served = tokio::task::spawn_blocking(|| Served::with(&[])).await.unwrap();
        let authority = Authority::new("Events Test Authority");
        let dir = tempfile::tempdir().unwrap();
        let server = authority.leaf(|p| p.subject_alt_names = server_names());
        let (certificate, key) = server.write(dir.path(), "server");
        let bundle = dir.path().join("authority.pem");
        std::fs::write(&bundle, &authority.pem).unwrap();
        let (events, webhooks) = (free(), free());
        let file = served.home().join("config.toml");
        let listen = format!(
            "\n[listen.events]\naddress = \"{events}\"\ncertificate = \"{}\"\nkey = \"{}\"\nauthority = \"{}\"\n\
             [listen.webhooks]\naddress = \"{webhooks}\"\n",
            certificate.display(),
            key.display(),
            bundle.display()
        );
        let text = std::fs::read_to_string(&file).unwrap() + &listen;
        std::fs::write(&file, text).unwrap();
        let mut one = Self { served: Some(served), child: None, authority, _dir: dir, events, webhooks };
        one.child = Some(one.command(&["--auto", "--json"]).stdin(Stdio::null()).spawn().unwrap());
        one
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tieout"));
        command.arg("--home").arg(self.served.as_ref().unwrap().home()).args(args).env_remove("TIEOUT_HOME");
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    /// Gives a key to the ledger's connection, as a person does.
    fn key(&self, name: &str, key: &str) {
        let mut child = self.command(&["events", "key", name]).stdin(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(format!("{key}\n").as_bytes()).unwrap();
        assert!(child.wait().unwrap().success());
    }

    fn status(&self) -> Value {
        let out = self.command(&["events", "status", "--json"]).stdout(Stdio::piped()).output().unwrap();
        serde_json::from_slice(&out.stdout).unwrap()
    }

    fn client(&self) -> tokio_rustls::TlsConnector {
        connector(&self.authority.pem, Some(&self.authority.leaf(|_| {})))
    }

    fn alive(&mut self) -> bool {
        self.child.as_mut().unwrap().try_wait().unwrap().is_none()
    }

    fn kill(&mut self) {
        let child = self.child.as_mut().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    async fn end(mut self) {
        self.kill();
        let served = self.served.take();
        tokio::task::spawn_blocking(move || drop(served)).await.unwrap();
    }
}

/// Until it is so; what never is fails.
async fn until(program: &mut Program, mut so: impl AsyncFnMut() -> bool) {
    let begun = Instant::now();
    while !so().await {
        assert!(begun.elapsed() < PATIENCE && program.alive(), "it never is");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_answered_survives_a_kill() {
    let mut program = Program::start().await;
    let (at, client) = (program.events, program.client());
    let request = post("/concur", &[], &event("killed", "nobody"));
    until(&mut program, async || tls(at, &client, &request).await.status() == Some(200)).await;
    program.kill();
    let file = program.served.as_ref().unwrap().home().join("tieout.db");
    let store = rusqlite::Connection::open(file).unwrap();
    let sql = "SELECT count(*) FROM inbox_event WHERE event_id = 'killed'";
    let n: i64 = store.query_row(sql, [], |r| r.get(0)).unwrap();
    assert_eq!(n, 1);
    drop(store);
    let status = program.status();
    let listeners = status["listeners"].as_array().unwrap();
    assert!(listeners.iter().all(|l| l["state"] == "not_running") && listeners.len() == 2, "{status}");
    program.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_key_counts_beside_the_one_before_and_the_status_tells() {
    let mut program = Program::start().await;
    let at = program.webhooks;
    let send = |key: &str, realm: &str| signed(key, &notification(&[realm]));
    let no_key = send("first", "1");
    until(&mut program, async || plain(at, &no_key).await.status() == Some(503)).await;
    let home = rusqlite::Connection::open(program.served.as_ref().unwrap().home().join("tieout.db")).unwrap();
    let sql = "SELECT id FROM connection WHERE system = 'quickbooks_online'";
    let name: String = home.query_row(sql, [], |r| r.get(0)).unwrap();
    drop(home);
    program.key(&name, "first");
    until(&mut program, async || plain(at, &no_key).await.status() == Some(200)).await;
    program.key(&name, "second");
    program.key(&name, "second");
    let (second, first) = (send("second", "2"), send("first", "3"));
    until(&mut program, async || plain(at, &second).await.status() == Some(200)).await;
    assert_eq!(plain(at, &first).await.status(), Some(200), "the one before is still valid");
    program.key(&name, "third");
    let third = send("third", "4");
    until(&mut program, async || plain(at, &third).await.status() == Some(200)).await;
    assert_eq!(plain(at, &send("first", "5")).await.status(), Some(401), "the one before that is not");
    let status = program.status();
    assert_eq!(status["delivered"][0]["count"], 4, "{status}");
    let listeners = status["listeners"].as_array().unwrap();
    assert!(listeners.iter().all(|l| l["state"] == "listening") && listeners.len() == 2, "{status}");
    program.end().await;
}
