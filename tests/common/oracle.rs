//! What must be true at the end, read from the stand-ins' ground truth and not from our store alone.
#![allow(dead_code, reason = "each test uses its part")]

use std::collections::BTreeMap;
use std::str::FromStr as _;

use rust_decimal::Decimal;
use serde_json::{Value, json};
use tieout::model::entry::{Entry, EntryKind, Line, LineRole};
use tieout::model::intent::IntentState;
use tieout::model::state::State;
use tieout::store::sqlite::{Executor, Options, SqliteStore};
use tieout::store::{Card, Query, Store as _};

use super::process::Served;

/// A record of the ledger that carries our marker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marked {
    /// `Bill`, `Purchase` …
    pub kind: String,
    /// Its id at the ledger.
    pub id: String,
    /// Its total.
    pub total: Decimal,
    /// The note without the marker.
    pub memo: String,
    /// Somebody changed it in the ledger.
    pub edited: bool,
}

/// An amount, exactly as it was written.
pub fn exact(amount: &Value) -> Decimal {
    Decimal::from_str(&amount.to_string().replace('"', "")).unwrap()
}

fn debits(journal: &Value) -> Decimal {
    let lines = journal["Line"].as_array().unwrap().iter();
    lines
        .filter(|l| l.pointer("/JournalEntryLineDetail/PostingType") == Some(&json!("Debit")))
        .map(|l| exact(&l["Amount"]))
        .sum()
}

/// All records with our marker by reference. A reference that stands twice, or whose number differs, is a violation.
pub fn marked(served: &Served, run: &str) -> BTreeMap<String, Marked> {
    let mut found: BTreeMap<String, Marked> = BTreeMap::new();
    for record in served.get("/truth/quickbooks_online")["records"].as_array().unwrap() {
        let Some((kind, body)) = record.as_object().and_then(|o| o.iter().next()) else { continue };
        let note = body["PrivateNote"].as_str().unwrap_or_default();
        let Some((memo, reference)) = note.rsplit_once("tieout:") else { continue };
        // an invoice has its supplier's number, with which its memo starts
        let number = body["DocNumber"].as_str().unwrap();
        assert!(number == reference || memo.starts_with(number), "{run}: number and marker differ in {body}");
        // a journal says no total of its own
        let total = if kind == "JournalEntry" { debits(body) } else { exact(&body["TotalAmt"]) };
        let id = body["Id"].as_str().unwrap().to_owned();
        let edited = body["SyncToken"] != "0";
        let one = Marked { kind: kind.clone(), id, total, memo: memo.to_owned(), edited };
        let twice = found.insert(reference.to_owned(), one);
        assert_eq!(twice, None, "{run}: {reference} stands twice in the ledger");
    }
    found
}

/// Everything about `documents` generated documents that reached the end: each one once in the ledger with its amount,
/// confirmed once under the number and id of that record, seen so by the queue, and an unbroken audit chain.
pub fn assert_settled(served: &Served, documents: u64, run: &str) {
    let mut ledger = marked(served, run);
    let mut by_source: BTreeMap<String, (String, Decimal)> = BTreeMap::new();
    let truth = served.get("/truth/concur");
    let records = truth["records"].as_array().unwrap();
    assert_eq!(records.len() as u64, documents, "{run}: documents at Concur");
    for record in records {
        let (id, number) = (&record["id"], record.pointer("/document/report/reportNumber").unwrap());
        let approved = exact(record.pointer("/document/report/totalApprovedAmount").unwrap());
        assert_eq!(record["docStatus"], "POSTING_CONFIRMED_SUCCESS", "{run}: {number} {id}");
        assert_eq!(record["confirmations"], 1, "{run}: {number} is confirmed that often");
        assert_eq!(record["acknowledgements"], 1, "{run}: {number} is acknowledged that often");
        let said = &record["postingConfirmation"];
        let posted = said["postingDocs"].as_array().unwrap();
        assert_eq!(posted.len(), 1, "{run}: {number} was confirmed with {said}");
        let reference = posted[0]["documentNumber"].as_str().unwrap();
        let Some(one) = ledger.remove(reference) else {
            panic!(
                "{run}: {number} was confirmed as {reference}, which is not in the ledger or of another document"
            );
        };
        assert_eq!((one.kind.as_str(), one.total), ("Bill", approved), "{run}: {number} as {reference}");
        assert!(
            one.memo.starts_with(number.as_str().unwrap()),
            "{run}: {number} got the note {:?}",
            one.memo
        );
        let named = said.pointer("/systemMessages/0/messageLongText").unwrap();
        assert_eq!(named, &json!(format!("bill {}", one.id)), "{run}: the id told for {number}");
        by_source.insert(id.as_str().unwrap().to_owned(), (reference.to_owned(), approved));
    }
    assert!(ledger.is_empty(), "{run}: in the ledger and confirmed by nobody: {ledger:?}");
    assert_queue(served, by_source, run);
    assert_chain(served, run);
}

fn assert_queue(served: &Served, mut by_source: BTreeMap<String, (String, Decimal)>, run: &str) {
    let queue = served.command(&["queue", "--json"]);
    assert!(queue.status.success(), "{run}: {queue:?}");
    for document in queue.last()["documents"].as_array().unwrap() {
        let number = &document["number"];
        assert_eq!(document["state"], "confirmed", "{run}: {number}");
        let known = by_source.remove(document["source_id"].as_str().unwrap());
        let ours =
            (document["ledger_number"].as_str().unwrap_or_default().to_owned(), exact(&document["amount"]));
        assert_eq!(known, Some(ours), "{run}: {number}, truth against queue");
    }
    assert!(by_source.is_empty(), "{run}: not in the queue: {by_source:?}");
}

/// What [`assert_sets`] looked at.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sets {
    /// Confirmed documents.
    pub confirmed: u64,
    /// Of them with entries in several slots.
    pub several: u64,
    /// Records that somebody changed in the ledger.
    pub edited: u64,
}

/// Each slot of each confirmed document stands exactly once in the ledger with the kind and total of its approved entry,
/// the document is confirmed once with just these records, and nothing else in the ledger is ours.
pub fn assert_sets(served: &Served, run: &str) -> Sets {
    let mut ledger = marked(served, run);
    let truth = served.get("/truth/concur");
    let mut sets = Sets::default();
    for card in cards(served) {
        let number = &card.row.number;
        let record =
            truth["records"].as_array().unwrap().iter().find(|r| r["id"] == card.row.source_id.as_str());
        let record = record.unwrap();
        if card.row.state != State::Confirmed {
            assert_eq!(record["confirmations"], 0, "{run}: {number} is {}", card.row.state);
            continue;
        }
        let entries = card.approval.unwrap().set.entries;
        sets.confirmed += 1;
        sets.several += u64::from(entries.len() > 1);
        let mut ours = Vec::new();
        for entry in &entries {
            let reference = entry.reference.to_string();
            let place = format!("{run}: {number}, slot {}, {reference}", entry.slot);
            let one = ledger.remove(&reference).unwrap_or_else(|| panic!("{place} is not in the ledger"));
            let (kind, total) = expected(entry);
            // the history holds one bill that somebody typed over
            assert!(
                one.kind == kind && (one.total == total || one.edited),
                "{place}: {one:?}, not {kind} {total}"
            );
            // a payment changes a bill, too, but not what it says
            sets.edited += u64::from(one.total != total);
            let intent = card.intents.iter().find(|i| i.slot == entry.slot).unwrap();
            assert_eq!((intent.state, &intent.remote_id), (IntentState::Done, &one.id), "{place}");
            ours.push(entry.number.clone());
        }
        assert_eq!(card.intents.len(), entries.len(), "{run}: intents of {number}");
        assert_eq!(record["confirmations"], 1, "{run}: {number}");
        let posted = record.pointer("/postingConfirmation/postingDocs").and_then(Value::as_array).unwrap();
        let mut told: Vec<&str> = posted.iter().map(|p| p["documentNumber"].as_str().unwrap()).collect();
        told.sort_unstable();
        ours.sort_unstable();
        assert_eq!(told, ours, "{run}: the records confirmed for {number}");
    }
    assert!(ledger.is_empty(), "{run}: in the ledger and of no document: {ledger:?}");
    sets
}

/// The kind and total that an entry has in the ledger.
fn expected(entry: &Entry) -> (&'static str, Decimal) {
    let of = |role| entry.lines.iter().filter(|l| l.role == role).map(Line::signed).sum::<Decimal>().abs();
    match entry.kind {
        EntryKind::Bill => ("Bill", of(LineRole::Payable)),
        EntryKind::VendorCredit => ("VendorCredit", of(LineRole::Payable)),
        EntryKind::CardPurchase | EntryKind::CardRefund => ("Purchase", of(LineRole::Card)),
        EntryKind::Journal => ("JournalEntry", entry.debits()),
    }
}

/// Everything the store knows, document by document.
fn cards(served: &Served) -> Vec<Card> {
    let options =
        Options { executor: Executor::Inline, instance_kind: "sandbox", now: jiff::Timestamp::UNIX_EPOCH };
    let store = SqliteStore::open(served.home().join("tieout.db"), options).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let rows = store.page(Query { limit: 500, ..Query::default() }).await.unwrap().rows;
        let mut cards = Vec::new();
        for row in rows {
            cards.push(store.card(row.id).await.unwrap());
        }
        cards
    })
}

/// The audit chain holds.
pub fn assert_chain(served: &Served, run: &str) {
    let chain = served.command(&["audit", "verify"]);
    assert_eq!(chain.status.code(), Some(0), "{run}: {chain:?}");
}
