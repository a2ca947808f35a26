//! The tie-out of October after a day's work, through the engine against the stand-ins (demo-firm.md, sections 7 and 9).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test or benchmark fails by panicking and reports by printing"
)]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::Made;
use common::october::{a_days_work, book, october};
use serde_json::{Value, json};
use tieout::cli::args::Part;
use tieout::cli::reconcile::{lines, value};
use tieout::engine::Ask;
use tieout::engine::reconcile::SignAsk;
use tieout::model::State;
use tieout::model::book::AutoApproval;
use tieout::sandbox::stand_in::StandIn as _;
use tieout::store::{Act, ApproveOne, Health};

/// line | n | reports | invoices | advances | USD total | n EUR | EUR total
const TABLE: &str = "\
source_approved|49|13311.31|77952.05|600.00|91863.36|7|6445.00
not_ours|1|-10.00|0.00|0.00|-10.00|0|0.00
rejected|1|0.00|-4750.00|0.00|-4750.00|0|0.00
ready|2|-187.30|-26400.00|0.00|-26587.30|0|0.00
blocked|8|-1386.40|-4747.50|0.00|-6133.90|2|-2277.20
held|0|0.00|0.00|0.00|0.00|0|0.00
unreadable|1|-57.80|0.00|0.00|-57.80|0|0.00
earlier_period|1|174.30|0.00|0.00|174.30|0|0.00
later_period|0|0.00|0.00|0.00|0.00|0|0.00
expected|37|11844.11|42054.55|600.00|54498.66|5|4167.80
posted|35|11697.91|38154.55|600.00|50452.46|5|4167.80
adopted|2|146.20|3900.00|0.00|4046.20|0|0.00
edited_in_ledger|1|0.00|27.00|0.00|27.00|0|0.00
ledger_now|37|11844.11|42081.55|600.00|54525.66|5|4167.80
unexplained|0|0.00|0.00|0.00|0.00|0|0.00";

/// account | opening | debits | credits | others | closing | explained by
const CONTROLS: &str = "\
1250|800.00|600.00|-800.00|0.00|600.00|CA-0117 of Lindqvist, Chloé 600.00
1260|0.00|300.00|0.00|0.00|300.00|T7XN5B of Okafor, Amara 300.00
2010|-1640.25|84.00|-3818.46|2268.30|-3106.41|open items
2020|0.00|0.00|-1245.00|0.00|-1245.00|OC-771 1,245.00
2110|-3902.18|218.00|-4804.05|3902.18|-4586.05|statement +375.65
2130|0.00|742.80|-1871.20|0.00|-1128.40|Y5MQ8F 1,128.40
2140|-221.10|0.00|-972.00|607.55|-585.55|4VHX7D 585.55
2150|-64.00|0.00|0.00|64.00|0.00|nothing open";

fn line<'a>(v: &'a Value, name: &str) -> &'a Value {
    let lines = v["bridge"]["lines"].as_array().unwrap();
    lines.iter().find(|l| l["line"] == name).unwrap_or_else(|| panic!("no line {name}: {lines:#?}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn october_ties_out_with_nothing_unexplained() {
    let made = Made::sample(AutoApproval::Off).await;
    a_days_work(&made).await;
    let office = made.house.office();
    let done = office.reconcile(book(), october()).await.unwrap();
    let v = value(&done, None);
    println!("{}", serde_json::to_string_pretty(&v["checked"]).unwrap());
    println!("{}", serde_json::to_string_pretty(&v["bridge"]["items"]).unwrap());
    for row in TABLE.lines() {
        let f: Vec<&str> = row.split('|').collect();
        let usd = &line(&v, f[0])["amounts"]["USD"];
        let got =
            ["reports", "invoices", "advances", "total"].map(|k| usd[k].as_str().unwrap_or("").to_string());
        assert_eq!(
            (usd["n"].to_string(), got),
            (f[1].into(), [f[2], f[3], f[4], f[5]].map(String::from)),
            "{row}"
        );
        let eur = &line(&v, f[0])["amounts"]["EUR"];
        assert_eq!((eur["n"].to_string(), eur["total"].as_str().unwrap()), (f[6].into(), f[7]), "{row}");
    }
    assert_eq!(v["bridge"]["lines"].as_array().unwrap().len(), TABLE.lines().count());
    assert_eq!(v["checked"]["text"], "checked line by line");
    assert_eq!(v["forbids"], json!([]));
    assert_eq!(v["bridge"]["records"], json!({"store": 49, "ledger": 49}));
    let items = v["bridge"]["items"].as_array().unwrap();
    assert_eq!(items.len(), 17);
    assert_eq!(items.iter().filter(|i| i["needs_action"] == true).count(), 14);
    assert_eq!(
        (
            &items[0]["category"],
            &items[0]["field"],
            &items[0]["before"],
            &items[0]["after"],
            &items[0]["transposed"]
        ),
        (
            &json!("edited_in_ledger"),
            &json!("line 2 amount"),
            &json!("936.00"),
            &json!("963.00"),
            &json!(true)
        )
    );
    let earlier = v["bridge"]["earlier_open"].as_array().unwrap();
    assert_eq!(
        (earlier.len(), &earlier[0]["number"], &earlier[0]["amount"]),
        (1, &json!("FP-3390"), &json!("1086.00"))
    );

    let controls = v["controls"].as_array().unwrap();
    assert_eq!(controls.len(), CONTROLS.lines().count());
    for row in CONTROLS.lines() {
        let f: Vec<&str> = row.split('|').collect();
        let is = |c: &&Value| c["account"].as_str().unwrap().starts_with(f[0]);
        let c = controls.iter().find(is).unwrap_or_else(|| panic!("no account {}", f[0]));
        let got = ["opening", "debits", "credits", "others", "closing", "explained_by"];
        assert_eq!(
            got.map(|k| c[k].as_str().unwrap_or("none").to_string()),
            [f[1], f[2], f[3], f[4], f[5], f[6]].map(String::from),
            "{row}"
        );
        assert_eq!((&c["adds_up"], &c["explained"]), (&json!(true), &json!(true)), "{row}");
    }

    let sums: BTreeMap<String, Value> = v["accruals"]
        .as_array()
        .unwrap()
        .iter()
        .map(|a| (a["part"].as_str().unwrap().to_string(), a["sums"].clone()))
        .collect();
    let of = |n: u64, amount: &str| json!({"n": n, "amount": amount});
    assert_eq!(sums["approved_not_posted"], json!({"USD": of(11, "32779.00"), "EUR": of(2, "2277.20")}));
    assert_eq!(sums["spent_before"], json!({"USD": of(1, "288.40")}));
    assert_eq!(sums["submitted"], json!({"USD": of(4, "2064.90"), "EUR": of(1, "176.00")}));
    assert_eq!(sums["card_not_reported"], json!({"USD": of(1, "375.65")}));

    let c = &v["completeness"];
    println!("{}", serde_json::to_string_pretty(&c["rows"]).unwrap());
    let want = [
        ("expense_report", json!(38), json!({"USD": of(33, "13311.31"), "EUR": of(5, "1095.00")}), 39),
        ("invoice", json!(16), json!({"USD": of(14, "77952.05"), "EUR": of(2, "5350.00")}), 16),
        ("cash_advance", Value::Null, json!({}), 1),
    ];
    for (row, (kind, listed, by, stored)) in c["rows"].as_array().unwrap().iter().zip(want) {
        assert_eq!(
            (&row["kind"], &row["listed"], &row["listed_by_currency"], &row["stored"]),
            (&json!(kind), &listed, &by, &json!(stored))
        );
    }
    assert_eq!(c["agrees"], true);
    assert_eq!(c["apart"][0], json!({"what": "payroll documents", "n": 1}));
    assert!(c["equations"].as_array().unwrap().iter().all(|e| e["holds"] == true), "{:#?}", c["equations"]);

    for (wide, room) in [(true, 120), (false, 80)] {
        let text = lines(&done, None, wide);
        println!("{}", text.join("\n"));
        let longest = text.iter().map(|l| l.chars().count()).max().unwrap();
        assert!(longest <= room, "{longest} cells in {room}");
    }
    println!("{}", lines(&done, Some(Part::Completeness), true).join("\n"));
    println!("{}", lines(&done, Some(Part::Accruals), true).join("\n"));
    sign_and_change(&made).await;
    evidence(&made).await;
    not_checked(&made).await;
}

/// A side that was not read: nothing looks explained, and the look leaves the connection's health alone.
async fn not_checked(made: &Made) {
    let office = made.house.office();
    let source = made.store().books().await.unwrap()[0].source.clone();
    let at: jiff::Timestamp = "2026-11-05T09:00:00Z".parse().unwrap();
    for (health, ok) in [(Health::Paused, true), (Health::WrongCompany, false)] {
        let why = "another company answers".to_string();
        made.store().set_health(source.clone(), health, why, at).await.unwrap();
        let done = office.reconcile(book(), october()).await.unwrap();
        let rows = made.store().connections().await.unwrap();
        assert_eq!(rows.iter().find(|c| c.id == source).unwrap().health, health);
        let (v, text) = (value(&done, None), lines(&done, None, true).join("\n"));
        let csv = tieout::engine::evidence::bridge(&done.report).csv();
        let said = "not checked: Concur's lists were not read (another company answers)";
        assert_eq!(v["bridge"]["explained"], json!(ok));
        assert_eq!(line(&v, "unexplained")["amounts"]["USD"].is_null(), !ok);
        assert_eq!(text.contains(&format!("unexplained: {said}")), !ok, "{text}");
        let row = csv.lines().find(|l| l.starts_with("unexplained,") && l.contains("USD")).unwrap();
        assert_eq!((row.contains(said), row.contains("0.00")), (!ok, ok), "{row}");
    }
}

/// Preparer, reviewer, a change afterwards, reopening.
async fn sign_and_change(made: &Made) {
    let office = made.house.office();
    let plain = office.sign(book(), october(), SignAsk::default()).await.unwrap_err().to_string();
    assert!(plain.starts_with("14 items need a comment"), "{plain}");
    let done = office.reconcile(book(), october()).await.unwrap();
    let comments: BTreeMap<String, String> =
        done.report.open_items().map(|i| (i.item.clone(), "known, followed up in November".into())).collect();
    assert_eq!(comments.len(), 14);
    let early = SignAsk { reviewer: true, comments: comments.clone(), lock: false, seen: None };
    assert!(office.sign(book(), october(), early).await.unwrap_err().to_string().contains("no preparer"));
    let others = SignAsk { comments: comments.clone(), seen: Some("00".repeat(32)), ..SignAsk::default() };
    let refused = office.sign(book(), october(), others).await.unwrap_err().to_string();
    assert!(refused.contains("changed since you read them"), "{refused}");
    let ask = SignAsk { reviewer: false, comments, lock: false, seen: Some(done.hash.clone()) };
    let (done, seq) = office.sign(book(), october(), ask.clone()).await.unwrap();
    assert_eq!(done.signed.text, "prepared by Theo Okonkwo, not reviewed");
    assert!(seq > 0 && office.sign(book(), october(), ask).await.is_err(), "it is signed already");
    let review =
        SignAsk { reviewer: true, comments: BTreeMap::new(), lock: true, seen: Some(done.hash.clone()) };
    let (done, _) = office.sign(book(), october(), review).await.unwrap();
    assert_eq!(done.signed.text, "signed by one person: Theo Okonkwo");
    let lock = made.store().books().await.unwrap()[0].settings.lock_date;
    assert_eq!(lock.unwrap().to_string(), "2026-10-31");
    // the ledger is changed by hand afterwards
    let bill = find(made, "Bill", |b| b["DocNumber"] == "BW-88477");
    made.stage
        .ledger
        .by_hand("delete", "Bill", &json!({"Id": bill["Id"], "SyncToken": bill["SyncToken"]}))
        .unwrap();
    let done = office.reconcile(book(), october()).await.unwrap();
    assert!(done.signed.text.ends_with("changed since sign-off"), "{}", done.signed.text);
    assert!(!done.signed.changed.is_empty());
    let gone = done.report.bridge.items.iter().find(|i| i.category.name() == "deleted_in_ledger").unwrap();
    assert_eq!((gone.number.as_str(), gone.minor), ("BW-88477", -234_000));
    assert!(done.report.bridge.explained());
    assert!(office.reopen(book(), october(), " ".into()).await.is_err());
    assert_eq!(office.reopen(book(), october(), "a bill was deleted".into()).await.unwrap(), 2);
    let done = office.reconcile(book(), october()).await.unwrap();
    assert_eq!(done.signed.text, "not signed");
    // a record with our marker that nobody made
    let mut copy = find(made, "Bill", |b| b["DocNumber"] == "DOI-7719").as_object().unwrap().clone();
    for key in ["Id", "SyncToken", "MetaData", "Balance", "TotalAmt", "domain", "sparse", "LinkedTxn"] {
        copy.remove(key);
    }
    copy.insert("DocNumber".into(), json!("AGAIN"));
    made.stage.ledger.by_hand("create", "Bill", &Value::Object(copy)).unwrap();
    let refused = office.sign(book(), october(), SignAsk::default()).await.unwrap_err().to_string();
    assert!(refused.contains("records in the ledger carry our marker"), "{refused}");
    let done = office.reconcile(book(), october()).await.unwrap();
    let item = done.report.bridge.items.iter().find(|i| i.category.name() == "unknown_in_ledger").unwrap();
    assert!(item.what.contains("a second record of DOI-7719") && item.minor == 317_875, "{item:?}");
    assert!(done.report.bridge.explained());
}

fn find(made: &Made, entity: &str, is: impl Fn(&Value) -> bool) -> Value {
    let records = made.stage.ledger.records();
    let found = records.iter().filter_map(|r| r.get(entity)).find(|b| is(b));
    found.unwrap_or_else(|| panic!("no such {entity}")).clone()
}

/// The folder: every file with the hash that the list says, and the same bytes from the same state.
async fn evidence(made: &Made) {
    let office = made.house.office();
    let one = office.evidence(book(), october()).await.unwrap();
    let two = office.evidence(book(), october()).await.unwrap();
    let names: BTreeSet<&str> = one.files.iter().map(|f| f.0.as_str()).collect();
    for name in [
        "control_totals.csv",
        "exceptions.csv",
        "approvals.csv",
        "changes.csv",
        "manual_acts.csv",
        "access.csv",
        "bridge.csv",
        "reconciling_items.csv",
        "control_accounts.csv",
        "completeness.csv",
        "accruals.csv",
        "signoffs.csv",
        "audit_chain.csv",
        "contents.json",
        "anchor.json",
    ] {
        assert!(names.contains(name), "{name} is missing");
    }
    for (a, b) in one.contents.iter().zip(&two.contents) {
        assert_eq!((&a.file, &a.sha256), (&b.file, &b.sha256));
        let bytes = &one.files.iter().find(|f| f.0 == a.file).unwrap().1;
        assert_eq!(a.sha256, tieout::model::canonical::sha256_hex(bytes));
        assert_eq!(
            a.rows + 1,
            csv::ReaderBuilder::new()
                .has_headers(false)
                .from_reader(bytes.as_slice())
                .records()
                .map(Result::unwrap)
                .count(),
            "{}",
            a.file
        );
    }
    assert!(one.verified.is_ok() && one.chain.1 > one.chain.0);
    let approvals = one.contents.iter().find(|a| a.file == "approvals.csv").unwrap();
    assert!(approvals.rows > 40, "{approvals:?}");
    office.evidence_written(book(), one, "/tmp/x".into()).await.unwrap();
    assert_eq!(made.store().verify_audit().await.unwrap().map(|n| n > 100), Ok(true));
    assert!(!made.store().anchors().await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_accrual_of_october_is_two_journals_and_comes_once() {
    let made = Made::sample(AutoApproval::Off).await;
    a_days_work(&made).await;
    let office = made.house.office();
    let november = tieout::tieout::Period::parse("2026-11").unwrap();
    let early = office.accrual_plan(book(), november).await.unwrap_err().to_string();
    assert!(early.contains("2026-11 is not over"), "{early}");
    assert!(office.accrue(book(), november).await.unwrap_err().to_string().contains("is not over"));
    let done = office.accrue(book(), october()).await.unwrap();
    for l in &done.left_out {
        println!("left out: {} {}: {}", l.number, l.amount, l.why);
    }
    // what is made and what is left out is the accrual list: (a) 32,779.00 and (b) 288.40; (a) 2,277.20 EUR
    let mut sums: BTreeMap<String, rust_decimal::Decimal> = BTreeMap::new();
    for m in done.made.iter().map(|m| &m.amount).chain(done.left_out.iter().map(|l| &l.amount)) {
        *sums.entry(m.currency.to_string()).or_default() += m.amount;
    }
    let sums: Vec<String> = sums.iter().map(|(c, a)| format!("{a} {c}")).collect();
    assert_eq!(sums, ["2277.20 EUR", "33067.40 USD"]);
    assert!(done.left_out.iter().any(|l| l.number == "B9VT2G" && l.why.contains("cannot be read")));
    let usd = done.made.iter().find(|m| m.number == "ACCR-2026-10-USD").unwrap();
    let late = made.store().card(usd.document).await.unwrap();
    let set = late.derived.as_ref().unwrap().set.clone();
    let slots: Vec<String> = set.entries.iter().map(|e| format!("{} {}", e.slot, e.date)).collect();
    assert_eq!(slots, ["accrual:2026-10 2026-10-31", "accrual:2026-10-reversal 2026-11-01"]);
    assert_eq!(usd.amount.to_string(), "32,859.60 USD");
    let whole = |e: &tieout::model::Entry| e.lines.last().unwrap().amount;
    assert!(set.entries.iter().all(|e| whole(e) == usd.amount.amount && e.balanced()), "{set:?}");
    // once for each period and book, until it is turned down
    let again = office.accrue(book(), october()).await.unwrap_err().to_string();
    assert!(again.contains("is there already"), "{again}");
    let reject = Act::Reject { reason: "a bill is missing".into() };
    office.act(usd.document, 0, reject).await.unwrap();
    let second = office.accrue(book(), october()).await.unwrap();
    assert_eq!((second.made.len(), second.made[0].amount), (1, usd.amount));
    assert_ne!(second.made[0].document, usd.document);
    // approved and posted like any document
    let before = made.marked().len();
    let card = made.store().card(second.made[0].document).await.unwrap();
    assert_eq!(card.row.state, State::Ready, "{:?}", card.derived.map(|d| d.findings));
    let one = ApproveOne {
        id: card.row.id,
        version: card.row.version,
        digest: card.derived.unwrap().digest,
        as_delta: false,
    };
    // one person alone in this firm: the rule that somebody else approves is waived, and the header says so
    office.approve(vec![one]).await.unwrap().remove(0).1.unwrap();
    office.ask(Ask::Post { documents: vec![card.row.id], book: None }).await.unwrap();
    let card = made.store().card(card.row.id).await.unwrap();
    assert_eq!((card.row.state, made.marked().len() - before), (State::Confirmed, 2));
    // the tie-out knows them: neither approved by Concur nor unknown, and the list is what it was
    let done = office.reconcile(book(), october()).await.unwrap();
    let v = value(&done, None);
    assert_eq!(line(&v, "source_approved")["amounts"]["USD"]["total"], "91863.36");
    assert_eq!(line(&v, "source_approved")["amounts"]["USD"]["n"], 49);
    assert!(done.report.bridge.explained());
    assert!(done.report.bridge.items.iter().all(|i| i.category.name() != "unknown_in_ledger"));
    assert!(done.report.bridge.items.iter().any(|i| i.what.starts_with("an accrual made here")));
    let a = &v["accruals"][0]["sums"];
    assert_eq!((&a["USD"]["amount"], &a["EUR"]["amount"]), (&json!("32779.00"), &json!("2277.20")));
}
