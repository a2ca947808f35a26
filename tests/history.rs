//! The sample firm's home: its history is played by the engine itself, and the control figures come out.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test or benchmark fails by panicking and reports by printing"
)]

mod common;

use std::collections::BTreeMap;

use common::{Made, states};
use rust_decimal::Decimal;
use tieout::cli::seed::BOOK;
use tieout::mapping;
use tieout::model::book::AutoApproval;
use tieout::model::{BookId, Currency, Entry, EntrySet};
use tieout::sandbox::stand_in::StandIn as _;
use tieout::store::{Card, Query};

/// The table of documents: what each becomes, where it stands at the first look, and what is found.
const DOCUMENTS: &str = include_str!("../src/sandbox/firm/documents.csv");

/// Columns: account, ready USD, ready EUR, history USD, history EUR (debits positive).
const EFFECT: &str = "\
1250|-200.00|||
1260|300.00|||
1310||37.00||46.00
2000|-32312.95||-26350.80|
2005||-3200.00||
2010|-2640.71||-889.85|
2015||-703.50||-264.30
2020|-1245.00|||
2110|-3734.20||-586.95|
2130|-1128.40|||
2140|-585.55||-386.45|
2150|-187.30|||
5010|1752.80||742.80|
5020|1856.31|350.00|711.05|
5030|183.50|70.00|126.40|
5040|309.25|40.00|116.10|
5100||3200.00||
6010|428.20||286.20|
6020|2193.50||318.75|
6030|225.10|22.00|218.75|18.30
6110|294.75|||
6120|148.20|184.50||
6210|||59.00|
6220|2340.00||2340.00|
6310|3278.75|||
6320|18.75|||
6330|-240.00|||
6410|||18500.00|
6420|||45.00|
6510|||4750.00|
6530|26550.00|||200.00
6710|2395.00|||
";

async fn cards(made: &Made) -> Vec<Card> {
    let query = Query { book: Some(BookId::from(BOOK)), limit: 500, ..Query::default() };
    let mut cards = Vec::new();
    for row in made.store().page(query).await.unwrap().rows {
        cards.push(made.store().card(row.id).await.unwrap());
    }
    cards
}

/// The set that was approved, else the one that would be.
fn set(card: &Card) -> Option<&EntrySet> {
    card.approval.as_ref().map(|a| &a.set).or(card.derived.as_ref().map(|d| &d.set))
}

/// `card purchase CT-9101 2110 624.40`, as the table writes it.
fn shown(e: &Entry) -> String {
    let slot = e.slot.to_string();
    let transaction = slot.strip_prefix("card:").map(|t| format!("{t} ")).unwrap_or_default();
    let issuer = if slot == "issuer" { "V2015 " } else { "" };
    let offset = e.offset_account.as_ref().map_or("none", |a| a.name.split(' ').next().unwrap());
    format!("{} {transaction}{issuer}{offset} {:.2}", e.kind.words(), e.total())
}

/// What the table says of documents whose set it tells in words.
fn in_words(id: &str) -> Option<&'static str> {
    match id {
        "D25" => Some("journal none 500.00"),
        "D29" => Some("journal none 120.00"),
        "D57" => Some("bill 2010 560.00"),
        "D56" => Some("bill 2000 4420.00"),
        _ => None,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_document_stands_where_the_tables_put_it() {
    let made = Made::sample(AutoApproval::Off).await;
    let cards = cards(&made).await;
    let mut wrong = Vec::new();
    let mut rows = csv::Reader::from_reader(DOCUMENTS.as_bytes());
    for row in rows.records().map(Result::unwrap).filter(|r| &r[1] == BOOK) {
        let (id, number, expected, state) = (&row[0], &row[5], &row[11], &row[12]);
        let fits = |c: &&Card| {
            // two pairs share their number: a delta and a replaced report
            c.row.number == number
                && (c.row.state.name() == state || !["D01", "D54", "D32", "D59"].contains(&id))
        };
        let Some(card) = cards.iter().find(fits) else {
            wrong.push(format!("{id}: no document {number} is {state}"));
            continue;
        };
        let derived = card.derived.as_ref();
        let mut found: Vec<&str> = derived.iter().flat_map(|d| &d.findings).map(|f| f.code.name()).collect();
        found.sort_unstable();
        let mut findings: Vec<&str> = row[13].split_whitespace().collect();
        findings.sort_unstable();
        // what warned is history once it is approved; an unreadable one is never derived
        let settled = ["confirmed", "recalled", "unreadable"].contains(&state);
        if card.row.state.name() != state || (!settled && found != findings) {
            wrong.push(format!("{id}: {} {found:?}, expected {state} {findings:?}", card.row.state));
        }
        if expected.starts_with("none") {
            continue;
        }
        let mut is: Vec<String> = set(card).iter().flat_map(|s| &s.entries).map(shown).collect();
        is.sort();
        let mut wanted: Vec<String> = match in_words(id) {
            Some(words) => vec![words.into()],
            None => expected.replace(',', "").split("; ").map(str::to_string).collect(),
        };
        wanted.sort();
        if is != wanted {
            wrong.push(format!("{id}: {is:?}, expected {wanted:?}"));
        }
        let date = card.derived.as_ref().and_then(|d| d.posting_date).map(|d| d.to_string());
        if date.as_deref() != Some(&row[4]) {
            wrong.push(format!("{id}: dated {date:?}, expected {}", &row[4]));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let effect = |history: bool| {
        let state = if history { "confirmed" } else { "ready" };
        let sets: Vec<&EntrySet> =
            cards.iter().filter(|c| c.row.state.name() == state).filter_map(set).collect();
        let mut sums: BTreeMap<(String, Currency), Decimal> = BTreeMap::new();
        for (currency, accounts) in mapping::effect(&sets) {
            for a in accounts {
                let number = a.account.name.split(' ').next().unwrap().to_string();
                *sums.entry((number, currency)).or_default() += a.debit - a.credit;
            }
        }
        sums.retain(|_, s| !s.is_zero());
        let mut kinds: BTreeMap<String, (u64, Decimal)> = BTreeMap::new();
        for e in sets.iter().flat_map(|s| &s.entries) {
            let sum = kinds.entry(format!("{} {}", e.kind.words(), e.currency)).or_default();
            sum.0 += 1;
            // a journal of lines alone owes nothing to anybody
            let offsets = e.lines.iter().filter(|l| l.is_offset());
            sum.1 += offsets.map(tieout::model::Line::signed).sum::<Decimal>().abs();
        }
        let kinds: Vec<String> = kinds.into_iter().map(|(k, (n, s))| format!("{k} {n} {s}")).collect();
        (sums, kinds)
    };
    let expected = |columns: [usize; 2]| {
        let mut sums: BTreeMap<(String, Currency), Decimal> = BTreeMap::new();
        for row in EFFECT.lines() {
            let c: Vec<&str> = row.split('|').collect();
            for (column, currency) in columns.into_iter().zip([Currency::USD, Currency::EUR]) {
                if !c[column].is_empty() {
                    sums.insert((c[0].into(), currency), c[column].parse().unwrap());
                }
            }
        }
        sums
    };
    let (ready, records) = effect(false);
    assert_eq!(ready, expected([1, 2]));
    assert_eq!(
        records,
        [
            "bill EUR 4 3903.50",
            "bill USD 16 36522.66",
            "card purchase USD 5 3734.20",
            "journal USD 5 1901.25",
            "vendor credit USD 2 324.00"
        ]
    );
    let (history, records) = effect(true);
    assert_eq!(history, expected([3, 4]));
    assert_eq!(
        records,
        [
            "bill EUR 1 264.30",
            "bill USD 10 27240.65",
            "card purchase USD 2 804.95",
            "card refund USD 1 218.00",
            "journal USD 2 1129.25"
        ]
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_ledger_holds_the_history_and_the_bill_that_somebody_typed_over() {
    let made = Made::sample(AutoApproval::Off).await;
    assert_eq!(made.marked().len(), 16, "records of the history");
    let bills: Vec<serde_json::Value> =
        made.stage.ledger.records().into_iter().filter_map(|r| r.get("Bill").cloned()).collect();
    let bill = |number: &str| bills.iter().find(|b| b["DocNumber"] == number).unwrap();
    let d06 = bill("BW-88213");
    assert_eq!(d06["Line"][1]["Amount"].to_string(), "963.00");
    assert_eq!(d06["TotalAmt"].to_string(), "2367.00");
    let changed = d06["MetaData"]["LastUpdatedTime"].as_str().unwrap();
    assert!(changed.starts_with("2026-10-28"), "{changed}");
    // the supplier's terms from the invoice date, whatever the posting date is
    assert_eq!(bill("KT-5531")["DueDate"], "2026-10-28");
    assert_eq!(bill("HPT-2026-10")["DueDate"], "2026-10-01");
    let rent = made.store().find("HPT-2026-10".into()).await.unwrap().remove(0);
    let card = made.store().card(rent.id).await.unwrap();
    let approval = card.approval.unwrap();
    assert_eq!(approval.by, "Joy Lin");
    let audit =
        tieout::store::AuditQuery { subject: Some(rent.id.to_string()), limit: 50, ..Default::default() };
    let trail = made.store().audit(audit).await.unwrap();
    let endorsed = trail.iter().find(|e| e.action == "endorsed").unwrap();
    assert_eq!(endorsed.actor, "Theo Okonkwo");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_look_and_the_clean_run_show_the_control_figures() {
    let made = Made::sample(AutoApproval::Clean).await;
    assert_eq!(
        made.states().await,
        states(&[
            ("confirmed", 12),
            ("blocked", 17),
            ("ready", 27),
            ("held", 2),
            ("recalled", 1),
            ("unreadable", 1)
        ])
    );
    let mut money: BTreeMap<(String, String), i64> = BTreeMap::new();
    for t in made.store().totals(Some(BookId::from(BOOK))).await.unwrap() {
        if let Some(c) = t.currency {
            *money.entry((t.state.to_string(), c.to_string())).or_default() += t.minor;
        }
    }
    let sum = |s: &str, c: &str| money.get(&(s.to_string(), c.to_string())).copied().unwrap_or(0);
    for (state, usd, eur) in [
        ("confirmed", 2_895_685, 26_430),
        ("blocked", 2_080_300, 227_720),
        ("ready", 4_233_411, 390_350),
        ("held", 126_030, 0),
        ("recalled", 31_200, 0),
    ] {
        assert_eq!((sum(state, "USD"), sum(state, "EUR")), (usd, eur), "{state}");
    }
    let marked_before = made.marked().len();
    let book = made.once().await;
    assert_eq!(
        made.states().await,
        states(&[
            ("confirmed", 28),
            ("blocked", 17),
            ("ready", 11),
            ("held", 2),
            ("recalled", 1),
            ("unreadable", 1)
        ])
    );
    assert_eq!(book.posted, 21);
    let marked = made.marked();
    assert_eq!(marked.len() - marked_before, 21);
    assert!(marked.values().all(|n| *n == 1));
    assert!(!book.attention.is_empty(), "the sample always holds documents that need a person");
    assert_eq!(made.store().verify_audit().await.unwrap().map(|n| n > 100), Ok(true));
}
