//! Canary secrets: distinct values in every secret field, every kind of command over them, and then every place that
//! text ends up in is searched for them, raw, in base64 and URL-encoded.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod vault_common;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Child;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use tieout::engine::house::Paths;
use tieout::engine::life;
use tieout::engine::tokens::{CLIENT_SECRET, TOKENS};
use tieout::model::{Actor, ConnectionId};
use tieout::store::Store;
use tieout::store::sqlite::{Executor, Options, SqliteStore};
use tieout::vault::Vault;
use vault_common::{Ended, Place, QBO, Systems, aside, connect_concur, get, machine_now};

const WORDS: &str = "canary-passphrase of some length";
const VERIFIER: &str = "canary-verifier-token-0123456789";
const WRONG: &str = "canary-wrong-passphrase-typed";
const TAX: &str = "98-7654321-canary";
const BANK: &str = "canary-bank-account-55511122";

/// What has to stay hidden, by what it is.
#[derive(Default)]
struct Canaries(BTreeMap<String, String>);

impl Canaries {
    fn add(&mut self, what: &str, value: &str) {
        assert!(value.len() >= 12, "{what} is too short to be searched for");
        self.0.insert(what.into(), value.into());
    }

    /// Every spelling of every canary that `bytes` holds.
    fn found(&self, bytes: &[u8]) -> Vec<String> {
        let mut found = Vec::new();
        for (what, value) in &self.0 {
            let encoded: String = value
                .bytes()
                .map(
                    |b| if b.is_ascii_alphanumeric() { (b as char).to_string() } else { format!("%{b:02X}") },
                )
                .collect();
            // the middle of the base64 at each of the three alignments, whatever stands around it
            let mut spellings = vec![value.clone(), encoded];
            for before in 0..3 {
                let text = STANDARD.encode([&vec![b'x'; before][..], value.as_bytes()].concat());
                spellings.push(text[4..text.len() - 4].to_string());
            }
            if spellings.iter().any(|s| bytes.windows(s.len()).any(|w| w == s.as_bytes())) {
                found.push(what.clone());
            }
        }
        found
    }

    fn clean(&self, place: &str, bytes: &[u8]) {
        let found = self.found(bytes);
        assert!(found.is_empty(), "{place} holds {found:?}");
    }

    fn clean_end(&self, what: &str, ended: &Ended) {
        self.clean(&format!("stdout of {what}"), ended.out.as_bytes());
        self.clean(&format!("stderr of {what}"), ended.err.as_bytes());
    }
}

fn paths(home: &Path) -> Paths {
    Paths {
        database: home.join("tieout.db"),
        engine_lock: home.join("engine.lock"),
        key_file: home.join("vault.key"),
        locks: home.join("locks"),
    }
}

/// The vault of the home, opened beside the program, to learn what it sealed and to seal what no command does yet.
async fn vault(place: &Place) -> Vault<dyn Store> {
    let options = Options { executor: Executor::Thread, instance_kind: "real", now: machine_now() };
    let paths = paths(&place.home());
    let store: Arc<dyn Store> = Arc::new(SqliteStore::open(&paths.database, options).unwrap());
    let places = life::places(&paths, &store.instance().await.unwrap());
    Vault::unlock(store, &places).await.unwrap()
}

async fn sealed(place: &Place, canaries: &mut Canaries) {
    let vault = vault(place).await;
    for connection in ["concur", "qbo"] {
        let id = ConnectionId::from(connection);
        let (tokens, _) = vault.get(&id, TOKENS).await.unwrap().unwrap();
        let tokens: Value = serde_json::from_str(tokens.expose_secret()).unwrap();
        for field in ["access", "refresh"] {
            canaries.add(&format!("{connection} {field} token"), tokens[field].as_str().unwrap());
        }
        let (secret, _) = vault.get(&id, CLIENT_SECRET).await.unwrap().unwrap();
        canaries.add(&format!("{connection} client secret"), secret.expose_secret());
    }
    let now = machine_now();
    let qbo = ConnectionId::from("qbo");
    if vault.get(&qbo, "webhook_verifier").await.unwrap().is_none() {
        vault.put(&qbo, "webhook_verifier", 0, &VERIFIER.into(), Actor::engine(), now).await.unwrap();
    }
}

/// What the system tells of a running process.
fn look_at(child: &Child, canaries: &Canaries) {
    let read = |name: &str| std::fs::read(format!("/proc/{}/{name}", child.id())).unwrap();
    canaries.clean("the command line", &read("cmdline"));
    canaries.clean("the environment", &read("environ"));
    let limits = String::from_utf8(read("limits")).unwrap();
    let core = limits.lines().find(|l| l.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().nth(4), Some("0"), "core dumps are on: {core}");
}

/// Signs the ledger in by the loopback page, and keeps the code that went through it.
fn connect_by_page(place: &Place, systems: &Systems, canaries: &mut Canaries) {
    let secret = place.file("ledger-secret", &systems.of(QBO, "client_secret"));
    let id = systems.of(QBO, "client_id");
    let args = [
        "connect",
        "quickbooks-online",
        "--name",
        "qbo",
        "--client-id",
        &id,
        "--client-secret-fd",
        "3",
        "--redirect",
        "loopback",
        "-vv",
    ];
    let mut child = place.start(&args, &[(3, &secret)]);
    let page = place.hear(&mut child, "http://");
    place.hear(&mut child, "Waiting");
    look_at(&child, canaries);
    let (_, back) = get(&page);
    let back = back.unwrap();
    let code = back.split(['?', '&']).find_map(|p| p.strip_prefix("code=")).unwrap();
    canaries.add("authorisation code", code);
    get(&back.replace("http://localhost:", "http://127.0.0.1:"));
    let ended = place.end(child).ok();
    canaries.clean_end("connect quickbooks-online", &ended);
}

/// A vendor of the ledger with a tax number and a bank account.
fn vendor_with_bank(systems: &Systems) {
    let body = json!({"DisplayName": "Canary Supplies", "TaxIdentifier": TAX, "VendorPaymentBankDetail": {
        "BankAccountNumber": BANK, "BankAccountName": "Canary"}});
    // a stand-in that does not take the bank's fields takes the tax number alone
    let plain = json!({"DisplayName": "Canary Supplies", "TaxIdentifier": TAX});
    let ledger = &systems.0.ledger;
    ledger
        .by_hand("create", "Vendor", &body)
        .or_else(|_| ledger.by_hand("create", "Vendor", &plain))
        .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_secret_leaves_by_any_text() {
    let (place, systems) = (Place::new(), Systems::open().await);
    systems.settings(&place, &[("concur", "concur"), ("qbo", QBO)]);
    let (words, wrong) = (place.file("words", WORDS), place.file("wrong", WRONG));
    let mut canaries = Canaries::default();
    canaries.add("passphrase", WORDS);
    canaries.add("wrong passphrase", WRONG);
    canaries.add("webhook verifier token", VERIFIER);
    canaries.add("tax number", TAX);
    canaries.add("bank account", BANK);
    canaries.add("request token", &systems.of("concur", "request_token"));
    canaries.add("concur client secret", &systems.of("concur", "client_secret"));
    canaries.add("qbo client secret", &systems.of(QBO, "client_secret"));
    vendor_with_bank(&systems);
    aside(|| {
        canaries.clean_end(
            "connect",
            &connect_concur(&place, &systems, &["--vault", "key-file", "-vv"], &[]).ok(),
        );
        connect_by_page(&place, &systems, &mut canaries);
    })
    .await;
    let key = std::fs::read_to_string(place.home().join("vault.key")).unwrap();
    canaries.add("key file", key.trim());
    sealed(&place, &mut canaries).await;
    let sheet = place.path().join("trail.csv");
    let sheet = sheet.to_str().unwrap().to_string();
    let lines = place.path().join("trail.jsonl");
    let lines = lines.to_str().unwrap().to_string();
    aside(|| every_command(&place, &systems, &canaries, &sheet, &lines, &words, &wrong)).await;
    // tokens have been refreshed meanwhile
    sealed(&place, &mut canaries).await;
    for file in [&sheet, &lines] {
        canaries.clean(file, &std::fs::read(file).unwrap());
    }
    let mut logs = 0;
    for (path, bytes) in place.everything() {
        if path.file_name().is_some_and(|n| n == "vault.key") {
            continue;
        }
        logs += usize::from(path.extension().is_some_and(|e| e == "log") && !bytes.is_empty());
        canaries.clean(&path.display().to_string(), &bytes);
    }
    assert!(logs > 0, "there is a log");
    // the search itself finds what is there
    assert_eq!(
        canaries.found(format!("x{}y", STANDARD.encode(format!("a{WORDS}b"))).as_bytes()),
        ["passphrase"]
    );
}

fn every_command(
    place: &Place,
    systems: &Systems,
    canaries: &Canaries,
    sheet: &str,
    lines: &str,
    words: &Path,
    wrong: &Path,
) {
    let run = |args: &[&str], fds: &[(u32, &Path)]| {
        let ended = place.run(&[args, &["-vv"]].concat(), fds);
        canaries.clean_end(&args.join(" "), &ended);
        ended
    };
    run(
        &[
            "books",
            "add",
            "fq",
            "--source",
            "concur",
            "--ledger",
            "qbo",
            "--time-zone",
            "UTC",
            "--ledger-code",
            "FQUS",
        ],
        &[],
    )
    .ok();
    run(&["books", "live", "fq", "--confirm", "qbo"], &[]).ok();
    run(&["policy", "set", "fq", "--auto", "clean"], &[]).ok();
    run(&["--auto", "--once", "--wait", "1s", "--json"], &[]);
    systems.expire(&mut 0);
    run(&["--auto", "--once", "--wait", "1s"], &[]);
    for test in ["concur", "qbo"] {
        run(&["connections", "test", test], &[]).ok();
    }
    run(&["status"], &[]).ok();
    run(&["status", "--json"], &[]).ok();
    let queue = run(&["queue", "--json"], &[]).ok().json();
    let first = queue["documents"][0]["id"]
        .as_str()
        .unwrap_or_else(|| panic!("nothing was read: {queue}"))
        .to_string();
    for part in ["--entry", "--source", "--request"] {
        run(&["show", &first, part], &[]);
    }
    run(&["audit", "export", sheet, "--format", "csv"], &[]).ok();
    run(&["audit", "export", lines, "--format", "json"], &[]).ok();
    run(&["vault", "rekey", "--add", "passphrase", "--new-passphrase-fd", "8"], &[(8, words)]).ok();
    // errors: a wrong passphrase, a dead token, a wrong secret, a system that answers garbage
    let locked = place.home().join("vault.key");
    let aside = place.path().join("away.key");
    std::fs::rename(&locked, &aside).unwrap();
    assert_eq!(run(&["status", "--passphrase-fd", "8"], &[(8, wrong)]).code, Some(4));
    run(&["status", "--passphrase-fd", "8"], &[(8, words)]).ok();
    std::fs::rename(&aside, &locked).unwrap();
    let dead = run(&["connections", "reauthorise", "qbo", "--refresh-token-fd", "9"], &[(9, words)]);
    assert_ne!(dead.code, Some(0), "{dead:?}");
    let refused = run(&["connections", "reauthorise", "concur", "--request-token-fd", "9"], &[(9, words)]);
    assert_ne!(refused.code, Some(0), "{refused:?}");
}
