//! 2xx is a promise: the delivery stands in the store. Where it cannot stand there, the answer is 503 and never a 4xx.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tieout::inbound::Limits;

use crate::kit::{
    COMPANY, PATIENCE, REALM, Rig, TOKEN, connector, event, notification, post, server_names, signed, tls,
};
use crate::process::Served;

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_is_down_is_503_and_the_sender_s_next_try_counts() {
    let rig = Rig::new().await;
    let beside = rusqlite::Connection::open(&rig.database).unwrap();
    beside.execute_batch("ALTER TABLE inbox_event RENAME TO away").unwrap();
    let hook = signed(TOKEN, &notification(&[REALM]));
    assert_eq!(rig.event(&post("/concur", &[], &event("d-1", COMPANY))).await.status(), Some(503));
    assert_eq!(rig.webhook(&hook).await.status(), Some(503));
    assert_eq!(rig.core.hints.due(), None, "what is not kept hints nothing");
    beside.execute_batch("ALTER TABLE away RENAME TO inbox_event").unwrap();
    assert_eq!(rig.event(&post("/concur", &[], &event("d-1", COMPANY))).await.status(), Some(200));
    assert_eq!(rig.webhook(&hook).await.status(), Some(200));
    assert_eq!(rig.kept().await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_is_slow_is_503_in_time_and_the_repeat_is_a_duplicate() {
    let rig = Rig::limited(Limits { insert: Duration::from_millis(100), ..Limits::default() }).await;
    let beside = rusqlite::Connection::open(&rig.database).unwrap();
    beside.execute_batch("BEGIN IMMEDIATE").unwrap();
    let request = post("/concur", &[], &event("d-2", COMPANY));
    assert_eq!(rig.event(&request).await.status(), Some(503));
    beside.execute_batch("COMMIT").unwrap();
    let again = async {
        while rig.event(&request).await.status() != Some(200) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, again).await.unwrap();
    assert_eq!(rig.kept().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_are_not_there_are_our_fault() {
    let rig = Rig::new().await;
    // before the first signature is looked at nothing is kept of the keys
    let row = rig.core.store.connections().await.unwrap().into_iter().find(|r| r.id.as_str() == "qbo-us").unwrap();
    let other = tieout::store::ConnectionRow { system: "freshbooks".into(), ..row };
    rig.core.store.put_connection(other, tieout::model::Actor::engine(), rig.core.now()).await.unwrap();
    assert_eq!(rig.webhook(&signed(TOKEN, &notification(&[REALM]))).await.status(), Some(503));
}

#[tokio::test(flavor = "multi_thread")]
async fn ids_are_remembered_for_a_month_and_then_forgotten() {
    let rig = Rig::new().await;
    assert_eq!(rig.event(&post("/concur", &[], &event("m-1", COMPANY))).await.status(), Some(200));
    let days = |n: i64| rig.core.now().checked_sub(jiff::SignedDuration::from_hours(24 * n)).unwrap();
    rig.clock.advance(Duration::from_secs(30 * 24 * 3600));
    assert_eq!(rig.core.store.purge_deliveries(days(31), rig.core.now()).await.unwrap(), 0);
    rig.clock.advance(Duration::from_secs(2 * 24 * 3600));
    assert_eq!(rig.core.store.purge_deliveries(days(31), rig.core.now()).await.unwrap(), 1);
    assert!(rig.kept().await.is_empty());
}

/// The real program is killed in the moment of its answer.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_answered_survives_a_kill() {
    let served = tokio::task::spawn_blocking(|| Served::with(&[])).await.unwrap();
    let authority = crate::kit::Authority::new("Events Test Authority");
    let dir = tempfile::tempdir().unwrap();
    let (certificate, key) = authority.leaf(|p| p.subject_alt_names = server_names()).write(dir.path(), "server");
    std::fs::write(dir.path().join("authority.pem"), &authority.pem).unwrap();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let file = served.home().join("config.toml");
    let listen = format!(
        "\n[listen.events]\naddress = \"{address}\"\ncertificate = \"{}\"\nkey = \"{}\"\nauthority = \"{}\"\n",
        certificate.display(),
        key.display(),
        dir.path().join("authority.pem").display()
    );
    let text = std::fs::read_to_string(&file).unwrap() + &listen;
    std::fs::write(&file, text).unwrap();
    let mut program = Command::new(env!("CARGO_BIN_EXE_tieout"))
        .arg("--home")
        .arg(served.home())
        .args(["--auto", "--json"])
        .env_remove("TIEOUT_HOME")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let client = connector(&authority.pem, Some(&authority.leaf(|_| {})));
    let request = post("/concur", &[], &event("killed", "nobody"));
    let begun = Instant::now();
    while tls(address, &client, &request).await.status() != Some(200) {
        assert!(begun.elapsed() < PATIENCE && program.try_wait().unwrap().is_none(), "nothing listens");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    program.kill().unwrap();
    program.wait().unwrap();
    let store = rusqlite::Connection::open(served.home().join("tieout.db")).unwrap();
    let n: i64 =
        store.query_row("SELECT count(*) FROM inbox_event WHERE event_id = 'killed'", [], |r| r.get(0)).unwrap();
    assert_eq!(n, 1);
    drop(store);
    tokio::task::spawn_blocking(move || drop(served)).await.unwrap();
}
