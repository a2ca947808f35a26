//! Commands from the line that was typed to what is printed and the exit code, over a fake house.

mod exported;
mod firm;

use clap::Parser;

use super::*;
use crate::cli::fake::Fake;
use crate::cli::out::Form;
use crate::cli::signals::{Ending, Endings};
use crate::engine::house::{BookSummary, RunOptions, Summary};
use crate::model::state::State;
use crate::transport::Fut;
use firm::{ID_B, cards};

/// What a command line did: exit code, stdout, stderr, what was asked of the engine.
struct Did {
    code: u8,
    out: String,
    err: String,
    asked: Vec<String>,
}

async fn over(fake: &Fake, line: &str) -> Did {
    let words = line.split(' ').map(|w| w.replace('_', " "));
    let cli = Cli::try_parse_from(std::iter::once("tieout".to_string()).chain(words)).unwrap();
    let (mut ctx, out, err) = fake.context(Form::of(&cli.globals));
    let done = match cli.command {
        Some(command) => one(&mut ctx, command).await,
        None => auto::run(&mut ctx, cli.auto).await,
    };
    let (code, message) = match done {
        Ok(code) => (code, String::new()),
        Err(e) => (e.code(), e.to_string()),
    };
    Did { code: code.number(), out: out.text(), err: err.text() + &message, asked: fake.asked() }
}

async fn did(line: &str) -> Did {
    over(&Fake::new(cards()), line).await
}

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap()
}

#[tokio::test]
async fn the_queue_for_people_and_for_programs() {
    let people = did("queue").await;
    insta::assert_snapshot!(people.out);
    assert_eq!((people.code, people.err.as_str()), (0, "3 of 3 documents; 3 wait for a person\n"));
    let blocked = did("queue --state Blocked --plain").await;
    insta::assert_snapshot!(blocked.out);
    let value = json(&did("queue --json").await.out);
    assert_eq!(value["count"], 3);
    insta::assert_snapshot!(serde_json::to_string_pretty(&value["documents"][0]).unwrap());
    insta::assert_snapshot!(value["totals"]);
    assert_eq!(did("queue --state blockd").await.code, 2);
    assert_eq!(did("queue --book nowhere").await.code, 2);
}

#[tokio::test]
async fn status_tells_what_the_home_is() {
    let people = did("status").await;
    insta::assert_snapshot!(people.out);
    assert_eq!(people.code, 0);
    let value = json(&did("status --json").await.out);
    insta::assert_snapshot!(serde_json::to_string_pretty(&value).unwrap());
}

#[tokio::test]
async fn a_document_with_its_debits_and_credits() {
    let people = did("show B4Q7TN").await;
    insta::assert_snapshot!(people.out);
    let value = json(&did("show B4Q7TN --entry --json").await.out);
    assert_eq!(value["entries"][0]["lines"][0]["amount"], "86.25");
    assert_eq!(value["entries"][0]["balanced"], true);
    assert_eq!(value["findings"][0]["code"], "paid_by_concur");
    let source = did("show B4Q7TN --source").await;
    assert!(source.out.contains("\"reportId\": \"R1\""), "{}", source.out);
    assert!(did("show B4Q7TN --request").await.out.contains("POST /v3/company/1/batch\n"));
    assert!(did("show BAD1 --source").await.err.contains("no longer kept"));
}

#[tokio::test]
async fn ids_mean_one_document_or_the_choice_is_listed() {
    assert_eq!(did(&format!("show {}", &ID_B[..26])).await.code, 0);
    let several = did(&format!("show {}", &ID_B[..10])).await;
    assert_eq!(several.code, 2);
    assert!(several.err.contains("means 3 documents") && several.err.contains("X3GW8V"), "{}", several.err);
    assert_eq!(did("show NOSUCH").await.code, 1);
}

#[tokio::test]
async fn approving_takes_what_is_shown_and_each_document_answers() {
    let all = did("approve --ready --json").await;
    assert_eq!(all.code, 0);
    assert_eq!(all.asked, [format!("approve {ID_B} v4 digest-1 false")]);
    let mut cards = cards();
    cards.refuse = Some(ID_B.parse().unwrap());
    let refused = over(&Fake::new(cards), "approve B4Q7TN --as-delta").await;
    assert_eq!(refused.code, 1);
    assert!(refused.err.contains("B4Q7TN  Okafor, Amara: blocked"), "{}", refused.err);
    assert!(refused.asked[0].ends_with("true"));
}

#[tokio::test]
async fn decisions_reach_the_engine_as_they_were_typed() {
    for (line, act) in [
        ("hold B4Q7TN --reason ask_Amara", r#"{"act":"hold","reason":"ask Amara"}"#),
        ("withdraw B4Q7TN", r#"{"act":"withdraw"}"#),
        ("release B4Q7TN", r#"{"act":"release"}"#),
        ("reject B4Q7TN --reason no", r#"{"act":"reject","reason":"no"}"#),
        ("close B4Q7TN --note settled", r#"{"act":"close","note":"settled"}"#),
    ] {
        let did = did(line).await;
        assert_eq!(did.asked, [format!("{ID_B} v4 {act}")], "{line}");
        assert_eq!((did.code, did.out.as_str()), (0, "B4Q7TN  Okafor, Amara  held\n"));
    }
    assert_eq!(did("adopt B4Q7TN --record 151").await.code, 0);
    assert_eq!(did("adopt B4Q7TN --record 9").await.code, 1);
    let one_fails = {
        let mut cards = cards();
        cards.refuse = Some(ID_B.parse().unwrap());
        over(&Fake::new(cards), "hold B4Q7TN X3GW8V --reason r").await
    };
    assert_eq!((one_fails.code, one_fails.asked.len()), (1, 2));
    assert!(one_fails.out.contains("X3GW8V") && one_fails.err.contains("it is confirmed"));
}

#[tokio::test]
async fn asking_the_holder_ends_with_3_when_a_person_is_needed() {
    let fine = did("post B4Q7TN").await;
    assert_eq!(fine.code, 0);
    assert_eq!(fine.asked, [format!(r#"{{"ask":"post","documents":["{ID_B}"],"book":null}}"#)]);
    let blocked = did("retry X3GW8V").await;
    assert_eq!(blocked.code, 3);
    assert!(blocked.out.contains("1 document posted\nX3GW8V  Haddad, Farid  blocked: CC450 has no class"));
    assert_eq!(did("fetch --book fq-us").await.asked, [r#"{"ask":"fetch","book":"fq-us"}"#]);
    assert_eq!(did("connections test qbo-us").await.code, 3);
    assert_eq!(did("connections test concur").await.code, 0);
    assert_eq!(did("connections test nobody").await.code, 2);
}

#[tokio::test]
async fn a_book_goes_live_by_its_ledgers_name_alone() {
    for (line, code, live) in [
        ("books live fq-us --confirm Fernhill_Quay_Advisory,_Inc.", 0, true),
        ("books live fq-us --confirm qbo-us", 0, true),
        ("books live fq-us --confirm yes", 2, false),
        ("books live nowhere --confirm qbo-us", 2, false),
    ] {
        let fake = Fake::new(cards());
        let did = over(&fake, line).await;
        assert_eq!(did.code, code, "{line}: {}", did.err);
        let mode = json(&over(&fake, "books --json").await.out)["books"][0]["mode"].clone();
        assert_eq!(mode == "live", live, "{line}");
    }
    let fake = Fake::new(cards());
    for (line, key, want) in [
        ("books lock 2026-10-31", "lock_date", serde_json::json!("2026-10-31")),
        ("books lock fq-us none", "lock_date", serde_json::Value::Null),
        ("books pause fq-us", "paused", true.into()),
        ("books resume fq-us", "paused", false.into()),
    ] {
        assert_eq!(over(&fake, line).await.code, 0, "{line}");
        assert_eq!(json(&over(&fake, "books list --json").await.out)["books"][0][key], want, "{line}");
    }
    assert_eq!(over(&fake, "books lock fq-us tomorrow").await.code, 2);
}

#[tokio::test]
async fn policies_and_rules() {
    let fake = Fake::new(cards());
    let set = json(&over(&fake, "policy set fq-us --auto clean --limit 500 --json").await.out);
    assert_eq!(set["policies"][0]["limit"], "500.00");
    assert_eq!(set["policies"][0]["signed_off_by"], "Theo Okonkwo");
    assert_eq!(over(&fake, "policy set fq-us --auto clean --limit 0.005").await.code, 2);
    let did = over(&fake, "mapping set class custom1=CC450 --to 450_Research").await;
    assert_eq!(did.code, 0, "{}", did.err);
    assert_eq!(did.asked.last().unwrap(), "rule class CC450 450 Research");
    assert_eq!(over(&fake, "mapping set class custom1=CC450 --to none").await.code, 0);
    assert_eq!(fake.asked().last().unwrap(), "rule class CC450 none");
    assert_eq!(over(&fake, "mapping set class --to none").await.code, 2);
    assert_eq!(over(&fake, "mapping remove 99").await.code, 1);
}

#[tokio::test]
async fn the_trail_is_listed_exported_and_verified() {
    let fake = Fake::new(cards());
    assert_eq!(over(&fake, "audit verify").await.code, 0);
    let list = json(&over(&fake, "audit list --limit 2 --json").await.out);
    assert_eq!((list["events"].as_array().unwrap().len(), &list["more"]), (2, &true.into()));
    assert_eq!(list["events"][0]["seq"], 3);
    assert!(over(&fake, "audit show 2").await.out.contains("reason  because 2"));
    assert_eq!(over(&fake, "audit show 9").await.code, 1);
    let csv = over(&fake, "audit export").await;
    let seqs: Vec<&str> = csv.out.lines().filter_map(|l| l.split(',').next()).collect();
    assert_eq!(seqs, ["seq", "1", "2", "3", ""], "the last line counts and hashes");
    let end = csv.out.rfind("\n,").unwrap() + 1;
    let hash = crate::model::canonical::sha256_hex(&csv.out.as_bytes()[..end]);
    assert!(csv.out.ends_with(&format!("3 events; SHA-256 of all lines above: {hash},,\r\n")), "{}", csv.out);
    let asked = csv.asked.last().unwrap();
    let note = format!(r#"exported audit [("file", "stdout"), ("events", "3"), ("sha256", "{hash}")]"#);
    assert_eq!(*asked, note);
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("trail.json");
    let line = format!("audit export {} --format json", file.display());
    assert_eq!(over(&fake, &line).await.code, 0);
    let text = std::fs::read_to_string(&file).unwrap();
    assert_eq!(text.lines().count(), 4);
    assert_eq!(json(text.lines().last().unwrap())["events"], 3);
    assert_eq!(over(&fake, &line).await.code, 1, "a file is never overwritten");
    let mut broken = cards();
    broken.chain = Err((17, "the hash does not follow".into()));
    let did = over(&Fake::new(broken), "audit verify --json").await;
    assert_eq!(did.code, 7);
    assert_eq!(json(&did.out)["first_bad"], 17);
}

#[tokio::test]
async fn a_headless_run_streams_events_and_ends_with_the_summary() {
    let mut firm = cards();
    firm.summary = Ok(Summary {
        breaks: vec![],
        books: vec![BookSummary {
            book: "fq-us".into(),
            fetched: 60,
            posted: 19,
            confirmed: 14,
            by_state: vec![(State::Confirmed, 22), (State::Ready, 6), (State::Blocked, 29)],
            attention: firm.attention.clone(),
        }],
        connections: vec![("qbo-us".into(), "reauthorise".into(), "the refresh token has ended".into())],
        remains: Vec::new(),
    });
    let fake = Fake::new(firm);
    let did = over(&fake, "--auto --once --wait 5s --book fq-us --json").await;
    assert_eq!(did.code, 3);
    assert_eq!(did.asked, [r#"run [BookId("fq-us")] Some(5s) 10s"#]);
    let lines: Vec<&str> = did.out.lines().collect();
    assert_eq!(json(lines[0])["event"], "fetched");
    assert_eq!(json(lines[0])["time"], "2026-11-04T14:30:00Z");
    insta::assert_snapshot!(serde_json::to_string_pretty(&json(lines[1])).unwrap());
    let people = over(&fake, "--auto --once").await;
    insta::assert_snapshot!(people.out);
    assert_eq!(people.err, "14:30:00Z 60 documents read\n");
}

#[tokio::test]
async fn a_run_that_cannot_have_the_engine_ends_with_6_and_a_quiet_one_with_0() {
    let mut held = cards();
    held.summary = Err("process 4711 holds the engine".into());
    let did = over(&Fake::new(held), "--auto --once").await;
    assert_eq!((did.code, did.err.contains("process 4711")), (6, true));
    assert_eq!(over(&Fake::new(cards()), "--auto --once").await.code, 0);
}

/// Signals in the order of a script; then none.
struct Script(Vec<Ending>);

impl Endings for Script {
    fn next(&mut self) -> Fut<'_, Ending> {
        // like a signal, an ending that nobody waited for is not lost
        Box::pin(async { if self.0.is_empty() { std::future::pending().await } else { self.0.remove(0) } })
    }
}

#[tokio::test]
async fn a_run_that_is_told_to_stop_ends_in_order() {
    for (ending, code) in [(Ending::Terminated, 0), (Ending::Interrupted, 130)] {
        let fake = Fake::new(cards());
        let (mut ctx, out, _) = fake.context(Form::Json);
        let done =
            auto::until_told(&mut ctx, RunOptions::default(), &mut Script(vec![ending])).await.unwrap();
        assert_eq!(done.number(), code);
        assert_eq!(json(out.text().lines().last().unwrap())["event"], "summary");
    }
    let fake = Fake::new(cards());
    fake.never_ends();
    let (mut ctx, out, _) = fake.context(Form::Json);
    let mut once = Script(vec![Ending::Terminated]);
    let done = auto::once_unless_told(&mut ctx, RunOptions::default(), &mut once).await.unwrap();
    assert_eq!(done.number(), 0);
    assert_eq!(fake.asked().last().unwrap(), r#"{"ask":"stop"}"#);
    assert_eq!(json(out.text().lines().last().unwrap())["event"], "summary");
    // what is on the wire is waited for, but not against a second signal
    fake.posting();
    let (mut ctx, out, err) = fake.context(Form::Json);
    let mut twice = Script(vec![Ending::Interrupted, Ending::Interrupted]);
    let done = auto::once_unless_told(&mut ctx, RunOptions::default(), &mut twice).await.unwrap();
    assert_eq!((done.number(), out.text().contains("summary")), (130, false));
    assert!(err.text().contains("Stopped before the run had ended"));
}
