//! Corrections against the stand-ins: reversals, reposts, and the rest of half-posted sets.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test ends where something is not there"
)]

#[path = "common/extra.rs"]
mod extra;

use std::collections::BTreeMap;
use std::str::FromStr as _;
use std::sync::Arc;
use std::time::Duration;

use extra::{Home, QBO, fault, post_all};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use tieout::cli::seed::{self, BOOK};
use tieout::engine::house::{House, Opening};
use tieout::engine::reconcile::Reconciled;
use tieout::engine::{Office, host};
use tieout::model::document::DocumentKind;
use tieout::model::entry::{EntryKind, Named};
use tieout::model::people::Actor;
use tieout::model::rule::{Gives, Key, Rule, RuleKind};
use tieout::model::{BookId, Clock as _, State};
use tieout::sandbox::faults::{What, When};
use tieout::store::sqlite::{Executor, Options, SqliteStore};
use tieout::store::{Act, ApproveOne, Card};
use tieout::tieout::Period;

const SHORT: Duration = Duration::from_secs(1);
/// A bill and two card purchases.
const THREE: &str = "B4Q7TN";
/// One bill.
const ONE: &str = "F4LV8Y";

fn book() -> BookId {
    BookId::from(BOOK)
}

/// Approved, posted and confirmed.
async fn posted(home: &Home, number: &str) -> Card {
    home.approve(&[number]).await;
    home.post().await;
    let card = home.card(number).await;
    assert_eq!(card.row.state, State::Confirmed, "{}", card.row.reason);
    card
}

async fn house_of(home: &Home, actor: Actor) -> Arc<dyn House> {
    let opening = Opening {
        paths: home.paths.clone(),
        tunings: home.tunings.clone(),
        clock: home.clock.clone(),
        actor,
        environment: "DEMO".into(),
    };
    host::open(opening).await.unwrap()
}

/// Single-person mode ends.
async fn two_people(home: &Home) {
    let options = Options { executor: Executor::Thread, instance_kind: "demo", now: home.clock.now() };
    let store = SqliteStore::open(&home.paths.database, options).unwrap();
    store.set_single_person(None, seed::theo(), home.clock.now()).await.unwrap();
}

async fn try_approve(office: &Arc<dyn Office>, card: &Card) -> Result<(), String> {
    let digest = card.derived.as_ref().unwrap().digest.clone();
    let one = ApproveOne { id: card.row.id, version: card.row.version, digest, as_delta: false };
    office.approve(vec![one]).await.unwrap().remove(0).1.map(drop).map_err(|e| e.to_string())
}

fn exact(v: &Value) -> Decimal {
    Decimal::from_str(&v.to_string().replace('"', "")).unwrap()
}

/// Debit-positive sums by account of the ledger's own records of some documents.
fn by_account(home: &Home, cards: &[&Card]) -> BTreeMap<String, Decimal> {
    let mut sums: BTreeMap<String, Decimal> = BTreeMap::new();
    for intent in cards.iter().flat_map(|c| &c.intents) {
        let kind = match intent.kind {
            EntryKind::Bill => "Bill",
            EntryKind::VendorCredit => "VendorCredit",
            EntryKind::Journal => "JournalEntry",
            _ => "Purchase",
        };
        let body = home.record(kind, &intent.remote_id);
        let back = kind == "VendorCredit" || body["Credit"] == true;
        let sign = if back { -Decimal::ONE } else { Decimal::ONE };
        for line in body["Line"].as_array().unwrap() {
            let amount = exact(&line["Amount"]);
            if let Some(d) = line.get("JournalEntryLineDetail") {
                let sign = if d["PostingType"] == "Debit" { Decimal::ONE } else { -Decimal::ONE };
                *sums.entry(d["AccountRef"]["value"].as_str().unwrap().into()).or_default() += sign * amount;
            } else {
                let account = line["AccountBasedExpenseLineDetail"]["AccountRef"]["value"].as_str().unwrap();
                *sums.entry(account.into()).or_default() += sign * amount;
            }
        }
        let header = if kind == "Purchase" { &body["AccountRef"] } else { &body["APAccountRef"] };
        if let Some(account) = header["value"].as_str() {
            *sums.entry(account.into()).or_default() -= sign * exact(&body["TotalAmt"]);
        }
    }
    sums
}

fn all_zero(sums: &BTreeMap<String, Decimal>) -> bool {
    sums.values().all(Decimal::is_zero)
}

async fn october(home: &Home) -> Reconciled {
    home.office().reconcile(book(), Period::parse("2026-10").unwrap()).await.unwrap()
}

/// A line of the bridge in home currency: count and total.
fn line(done: &Reconciled, name: &str) -> (i64, i64) {
    let home = tieout::model::Currency::USD;
    let is = |r: &&tieout::tieout::BridgeRow| serde_json::to_value(r.line).unwrap() == json!(name);
    let found = done.report.bridge.rows.iter().find(is).map(|r| r.of(home)).unwrap_or_default();
    (found.n, found.total())
}

fn ties_out(done: &Reconciled) {
    let b = &done.report.bridge;
    assert!(b.compared && b.explained(), "{:#?}", b.rows);
    assert_eq!(done.report.checked.text, "checked line by line");
    let strange = b.items.iter().filter(|i| i.category.forbids_signing()).collect::<Vec<_>>();
    assert!(strange.is_empty(), "{strange:#?}");
}

async fn nothing_is_broken(home: &Home) {
    let breaks = home.store().control_breaks(Some(book()), true).await.unwrap();
    assert!(breaks.is_empty(), "{breaks:?}");
    assert_eq!(home.store().verify_audit().await.unwrap().map(|n| n > 100), Ok(true));
    assert!(home.marked().values().all(|n| *n == 1), "a reference stands twice: {:?}", home.marked());
}

/// A person at the ledger pays a bill.
fn pay(home: &Home, bill: &str, amount: &str) -> Value {
    let b = home.record("Bill", bill);
    let amount: Value = serde_json::from_str(amount).unwrap();
    let body = json!({
        "VendorRef": b["VendorRef"], "TxnDate": "2026-11-03", "CurrencyRef": b["CurrencyRef"], "PayType": "Check",
        "DocNumber": "4711", "TotalAmt": amount, "CheckPayment": {"BankAccountRef": {"name": "1010"}},
        "Line": [{"Amount": amount, "LinkedTxn": [{"TxnId": bill, "TxnType": "Bill"}]}],
    });
    home.stage.ledger.by_hand("create", "BillPayment", &body).unwrap()["BillPayment"].clone()
}

fn of_kind(card: &Card, kind: EntryKind) -> tieout::store::Intent {
    card.intents.iter().find(|i| i.kind == kind).unwrap().clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_records_are_reversed_and_every_account_is_zero() {
    let home = Home::sample().await;
    let before = october(&home).await;
    ties_out(&before);
    let card = posted(&home, THREE).await;
    assert_eq!(card.intents.len(), 3);
    let middle = october(&home).await;
    ties_out(&middle);
    let heard = (home.concur_calls("confirm"), home.concur_calls("acknowledge"));
    let office = home.office();
    assert!(office.reverse(card.row.id, None, "  ".into()).await.is_err(), "a reason is needed");
    let id = office.reverse(card.row.id, None, "claimed twice".into()).await.unwrap();
    let made = home.store().card(id).await.unwrap();
    assert_eq!(
        (made.row.kind, made.row.state),
        (DocumentKind::Correction, State::Ready),
        "{}",
        made.row.reason
    );
    assert_eq!(made.row.number, format!("{THREE}-REV"));
    assert_eq!(home.state(THREE).await, State::Confirmed, "until the reversal is posted");
    let again = office.reverse(card.row.id, None, "claimed twice".into()).await.unwrap_err().to_string();
    assert!(again.contains("corrects"), "{again}");
    let set = &made.derived.as_ref().unwrap().set;
    let mut slots: Vec<String> = set.entries.iter().map(|e| e.slot.to_string()).collect();
    slots.sort();
    assert_eq!(slots[0], "reversal:bill");
    assert_eq!(slots.len(), 3);
    for (e, of) in set.entries.iter().zip(&card.intents) {
        assert!(e.memo.starts_with(&format!("reverses {}", of.number)), "{}", e.memo);
        assert_eq!(e.date, of.date, "October is open: the original day");
    }
    home.approve(&[&made.row.number]).await;
    home.post().await;
    let made = home.store().card(id).await.unwrap();
    assert_eq!(made.row.state, State::Confirmed, "{}", made.row.reason);
    let card = home.card(THREE).await;
    assert_eq!(card.row.state, State::Reversed);
    let sums = by_account(&home, &[&card, &made]);
    assert!(sums.len() > 4 && all_zero(&sums), "{sums:?}");
    assert_eq!(
        (home.concur_calls("confirm"), home.concur_calls("acknowledge")),
        heard,
        "Concur hears nothing"
    );
    // a person's task in Concur
    let tasks = home.store().corrections(None).await.unwrap();
    assert_eq!(tasks.len(), 1);
    assert_eq!((tasks[0].of_number.as_str(), tasks[0].task), (THREE, true));
    assert!(office.tick_correction(id, " ".into()).await.is_err());
    office.tick_correction(id, "report sent back".into()).await.unwrap();
    assert!(home.store().corrections(None).await.unwrap().is_empty());
    assert!(office.tick_correction(id, "again".into()).await.is_err());
    let after = october(&home).await;
    ties_out(&after);
    for name in ["source_approved", "edited_in_ledger", "unknown_in_ledger", "deleted_in_ledger", "ready"] {
        assert_eq!(line(&after, name), line(&middle, name), "{name}");
    }
    assert_eq!(line(&middle, "ledger_now").1 - line(&after, "ledger_now").1, 129_015);
    assert_eq!(line(&after, "corrections").1, -129_015);
    assert_eq!(line(&after, "rejected"), line(&middle, "rejected"), "Concur turned nothing down");
    home.run(SHORT).await;
    nothing_is_broken(&home).await;
    // once more with today's rules
    let id = office.repost(card.row.id, "it was right after all".into()).await.unwrap();
    let made = home.store().card(id).await.unwrap();
    assert_eq!(made.row.state, State::Ready, "{}", made.row.reason);
    home.approve(&[&made.row.number]).await;
    home.post().await;
    let made = home.store().card(id).await.unwrap();
    assert_eq!((made.row.state, made.intents.len()), (State::Confirmed, 3), "{}", made.row.reason);
    let done = october(&home).await;
    ties_out(&done);
    assert_eq!(line(&done, "ledger_now").1, line(&middle, "ledger_now").1);
    assert_eq!(line(&done, "corrections").1, 0);
    home.run(SHORT).await;
    nothing_is_broken(&home).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_made_a_reversal_does_not_approve_it_where_there_are_two() {
    let home = Home::sample().await;
    let card = posted(&home, ONE).await;
    two_people(&home).await;
    let theo = house_of(&home, Actor { single_person: false, ..seed::theo() }).await.office();
    let id = theo.reverse(card.row.id, None, "not ours".into()).await.unwrap();
    let made = home.store().card(id).await.unwrap();
    let refused = try_approve(&theo, &made).await.unwrap_err();
    assert!(refused.contains("you made"), "{refused}");
    let payee = card.row.payee_code.clone();
    let payee =
        Actor { name: "Joy Lin".into(), employee: Some(payee), via: "demo".into(), single_person: false };
    let payee = house_of(&home, payee).await.office();
    assert!(try_approve(&payee, &made).await.unwrap_err().contains("paid to you"));
    let joy = house_of(&home, seed::joy()).await.office();
    try_approve(&joy, &made).await.unwrap();
    home.post().await;
    assert_eq!(home.store().card(id).await.unwrap().row.state, State::Confirmed);
    assert_eq!(home.state(ONE).await, State::Reversed);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_paid_bill_is_reversed_by_a_journal_with_its_vendor() {
    let home = Home::sample().await;
    let card = posted(&home, ONE).await;
    let bill = of_kind(&card, EntryKind::Bill);
    pay(&home, &bill.remote_id, "40.40");
    let id = home.office().reverse(card.row.id, None, "claimed twice".into()).await.unwrap();
    let made = home.store().card(id).await.unwrap();
    assert_eq!(made.row.state, State::Ready, "{}", made.row.reason);
    assert_eq!(made.derived.as_ref().unwrap().set.entries[0].kind, EntryKind::Journal);
    home.approve(&[&made.row.number]).await;
    home.post().await;
    let made = home.store().card(id).await.unwrap();
    assert_eq!(made.row.state, State::Confirmed, "{}", made.row.reason);
    let journal = home.record("JournalEntry", &made.intents[0].remote_id);
    let b = home.record("Bill", &bill.remote_id);
    let payable = journal["Line"]
        .as_array()
        .unwrap()
        .iter()
        .find(|l| l["JournalEntryLineDetail"]["AccountRef"]["value"] == b["APAccountRef"]["value"]);
    let entity = &payable.unwrap()["JournalEntryLineDetail"]["Entity"];
    assert_eq!(
        (&entity["Type"], &entity["EntityRef"]["value"]),
        (&json!("Vendor"), &b["VendorRef"]["value"])
    );
    let sums = by_account(&home, &[&home.card(ONE).await, &made]);
    assert!(all_zero(&sums), "{sums:?}");
    ties_out(&october(&home).await);
    home.run(SHORT).await;
    nothing_is_broken(&home).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_gone_is_posted_again_and_what_was_edited_is_put_right_first() {
    let home = Home::sample().await;
    let card = posted(&home, ONE).await;
    let bill = of_kind(&card, EntryKind::Bill);
    let office = home.office();
    let mut lines = home.record("Bill", &bill.remote_id)["Line"].clone();
    let was = lines[0]["Amount"].clone();
    lines[0]["Amount"] = serde_json::from_str("1.00").unwrap();
    home.edit("Bill", &bill.remote_id, json!({"Line": lines}));
    let now = home.record("Bill", &bill.remote_id)["TotalAmt"].to_string();
    let refused = office.reverse(card.row.id, None, "x".into()).await.unwrap_err().to_string();
    assert!(refused.contains(&now) && refused.contains("140.40"), "{refused}");
    let refused = office.repost(card.row.id, "x".into()).await.unwrap_err().to_string();
    assert!(refused.contains("only after its reversal"), "{refused}");
    lines[0]["Amount"] = was;
    home.edit("Bill", &bill.remote_id, json!({"Line": lines}));
    let token = home.record("Bill", &bill.remote_id)["SyncToken"].clone();
    let gone = json!({"Id": bill.remote_id, "SyncToken": token});
    home.stage.ledger.by_hand("delete", "Bill", &gone).unwrap();
    let refused = office.reverse(card.row.id, None, "x".into()).await.unwrap_err().to_string();
    assert!(refused.contains("gone from the ledger") && refused.contains("repost"), "{refused}");
    let id = office.repost(card.row.id, "deleted by mistake".into()).await.unwrap();
    let made = home.store().card(id).await.unwrap();
    assert_eq!(made.row.state, State::Ready, "{} {:?}", made.row.reason, made.derived.map(|d| d.findings));
    let twice = office.repost(card.row.id, "again".into()).await.unwrap_err().to_string();
    assert!(twice.contains("corrects"), "{twice}");
    home.approve(&[&made.row.number]).await;
    home.post().await;
    let made = home.store().card(id).await.unwrap();
    assert_eq!(made.row.state, State::Confirmed, "{}", made.row.reason);
    assert_eq!(home.record("Bill", &made.intents[0].remote_id)["TotalAmt"].to_string(), "140.40");
    assert_eq!(home.state(ONE).await, State::Confirmed, "it stands, in another record");
    assert_eq!(home.at_concur(&card.row.source_id)["confirmations"], 1);
    ties_out(&october(&home).await);
    home.run(SHORT).await;
    nothing_is_broken(&home).await;
}

/// Two of three records are in the ledger; the account that the third one uses alone is named.
async fn half(home: &Home) -> (Card, Named) {
    home.approve(&[THREE]).await;
    let set = home.card(THREE).await.approval.unwrap().set;
    let used = |e: &tieout::model::Entry| e.lines.iter().map(|l| l.account.clone()).collect::<Vec<_>>();
    let alone = |a: &Named| set.entries.iter().filter(|e| used(e).contains(a)).count() == 1;
    let account = set.entries[1..].iter().flat_map(used).find(alone).unwrap();
    home.edit("Account", &account.id, json!({"Active": false}));
    home.post().await;
    let card = home.card(THREE).await;
    assert_eq!(card.row.state, State::NeedsHuman, "{}", card.row.reason);
    (card, account)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_rest_of_a_half_posted_set_follows_the_mended_mapping() {
    let home = Home::sample().await;
    let marked = home.marked().len();
    let (card, account) = half(&home).await;
    assert_eq!(home.marked().len(), marked + 2);
    let office = home.office();
    let refused = office.approve_rest(card.row.id, "mended".into()).await;
    assert!(refused.is_err(), "the account is still inactive: {refused:?}");
    // the code of that account goes to another one from now on
    let code = account.name.split_whitespace().next().unwrap().to_string();
    let other = home.records().into_iter().find(|(k, v)| k == "Account" && v["AcctNum"] == "5990");
    let other =
        other.or_else(|| home.records().into_iter().find(|(k, v)| k == "Account" && v["AcctNum"] == "5030"));
    let (_, other) = other.unwrap();
    let other = Named::new(other["Id"].as_str().unwrap(), other["FullyQualifiedName"].as_str().unwrap());
    let rule = Rule {
        id: 0,
        kind: RuleKind::Account,
        document: None,
        party: None,
        keys: BTreeMap::from([(Key::AccountCode, code)]),
        gives: Gives::Record(other.clone()),
        author: String::new(),
        reason: None,
        billable: false,
    };
    office.set_rule(book(), rule).await.unwrap();
    assert!(office.approve_rest(card.row.id, " ".into()).await.is_err(), "a note is needed");
    let state = office.approve_rest(card.row.id, "goes to another account now".into()).await.unwrap();
    assert_eq!(state, State::Approved);
    home.run(SHORT).await;
    let after = home.card(THREE).await;
    assert_eq!(after.row.state, State::Confirmed, "{}", after.row.reason);
    assert_eq!(home.marked().len(), marked + 3);
    for intent in &card.intents {
        if !intent.remote_id.is_empty() {
            assert!(after.intents.iter().any(|i| i.remote_id == intent.remote_id), "what was there stays");
        }
    }
    let posted: Vec<String> = after
        .approval
        .as_ref()
        .unwrap()
        .set
        .entries
        .iter()
        .flat_map(|e| e.lines.iter().map(|l| l.account.id.clone()))
        .collect();
    assert!(posted.contains(&other.id) && !posted.contains(&account.id));
    assert_eq!(home.at_concur(&card.row.source_id)["confirmations"], 1);
    ties_out(&october(&home).await);
    nothing_is_broken(&home).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_half_posted_set_left_in_the_ledger_is_reversed() {
    let home = Home::sample().await;
    let (card, account) = half(&home).await;
    let id = home.office().reverse(card.row.id, None, "start over".into()).await.unwrap();
    let made = home.store().card(id).await.unwrap();
    assert_eq!(made.row.state, State::Ready, "{}", made.row.reason);
    assert_eq!(made.derived.as_ref().unwrap().set.entries.len(), 2);
    home.approve(&[&made.row.number]).await;
    home.post().await;
    let made = home.store().card(id).await.unwrap();
    assert_eq!(made.row.state, State::Confirmed, "{}", made.row.reason);
    let mut card = home.card(THREE).await;
    assert_eq!(card.row.state, State::Reversed);
    card.intents.retain(|i| !i.remote_id.is_empty());
    let sums = by_account(&home, &[&card, &made]);
    assert!(all_zero(&sums), "{sums:?}");
    home.edit("Account", &account.id, json!({"Active": true}));
    ties_out(&october(&home).await);
    home.run(SHORT).await;
    nothing_is_broken(&home).await;
    assert_eq!(home.at_concur(&card.row.source_id)["confirmations"], 0);
    // and the whole is posted again
    let id = home.office().repost(card.row.id, "the account is active again".into()).await.unwrap();
    let made = home.store().card(id).await.unwrap();
    assert_eq!(
        (made.row.state, made.derived.as_ref().unwrap().set.entries.len()),
        (State::Ready, 3),
        "{}",
        made.row.reason
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reversal_whose_answer_is_lost_is_there_once() {
    let home = Home::sample().await;
    let card = posted(&home, THREE).await;
    let id = home.office().reverse(card.row.id, None, "claimed twice".into()).await.unwrap();
    let number = home.store().card(id).await.unwrap().row.number;
    home.approve(&[&number]).await;
    let before = home.marked().len();
    home.arm(fault(QBO, "batch", What::DropReply, When::After, 1));
    home.post().await;
    assert_eq!(home.fired("quickbooks_online/batch/drop_reply"), 1);
    home.later(60);
    home.run(SHORT).await;
    let made = home.store().card(id).await.unwrap();
    assert_eq!(made.row.state, State::Confirmed, "{}", made.row.reason);
    assert_eq!(home.marked().len(), before + 3);
    let sums = by_account(&home, &[&home.card(THREE).await, &made]);
    assert!(all_zero(&sums), "{sums:?}");
    nothing_is_broken(&home).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_ends_while_it_reverses_leaves_it_to_the_next() {
    let home = Home::sample().await;
    let card = posted(&home, THREE).await;
    let id = home.office().reverse(card.row.id, None, "claimed twice".into()).await.unwrap();
    let number = home.store().card(id).await.unwrap().row.number;
    home.approve(&[&number]).await;
    let before = home.marked().len();
    // the write goes out and the process hears nothing more of it
    let house = home.twisted(|_, _| Err(extra::lost())).await;
    drop(house.office().ask(post_all()).await);
    drop(house);
    home.later(120);
    home.run(SHORT).await;
    let made = home.store().card(id).await.unwrap();
    assert_eq!(made.row.state, State::Confirmed, "{}", made.row.reason);
    assert_eq!(home.marked().len(), before + 3);
    nothing_is_broken(&home).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_closed_month_moves_a_reversal_to_the_first_open_day() {
    let home = Home::sample().await;
    let card = posted(&home, ONE).await;
    let other = posted(&home, "P9ZD2C").await;
    home.book(|b| b.settings.lock_date = "2026-10-31".parse().ok()).await;
    let id = home.office().reverse(card.row.id, None, "claimed twice".into()).await.unwrap();
    let made = home.store().card(id).await.unwrap();
    let entry = &made.derived.as_ref().unwrap().set.entries[0];
    assert_eq!(entry.date.to_string(), "2026-11-01");
    home.approve(&[&made.row.number]).await;
    home.post().await;
    assert_eq!(home.state(ONE).await, State::Reversed);
    for month in ["2026-10", "2026-11"] {
        let done = home.office().reconcile(book(), Period::parse(month).unwrap()).await.unwrap();
        assert!(done.report.bridge.explained(), "{month}: {:#?}", done.report.bridge.rows);
    }
    nothing_is_broken(&home).await;
    // turned down: another one may be made
    let id = home.office().reverse(other.row.id, None, "no".into()).await.unwrap();
    home.office().act(id, 0, Act::Reject { reason: "not needed".into() }).await.unwrap();
    assert_eq!(home.store().card(id).await.unwrap().row.state, State::Rejected);
    let next = home.office().reverse(other.row.id, None, "after all".into()).await.unwrap();
    assert_eq!(home.store().card(next).await.unwrap().row.state, State::Ready);
    home.run(SHORT).await;
    nothing_is_broken(&home).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_report_of_the_history_is_reversed_where_its_bill_was_paid_meanwhile() {
    let home = Home::sample().await;
    let before = october(&home).await;
    let card = home.card("M7PV3C").await;
    assert_eq!((card.row.state, card.intents.len()), (State::Confirmed, 3));
    let id =
        home.office().reverse(card.row.id, None, "the trip was charged to the client".into()).await.unwrap();
    let made = home.store().card(id).await.unwrap();
    home.approve(&[&made.row.number]).await;
    // paid between approval and posting: what was approved would be wrong now
    let bill = of_kind(&card, EntryKind::Bill).remote_id;
    pay(&home, &bill, "27.50");
    home.post().await;
    let waits = home.store().card(id).await.unwrap();
    assert_ne!(waits.row.state, State::Confirmed);
    assert!(waits.row.reason.contains("paid"), "{}", waits.row.reason);
    assert!(waits.intents.iter().all(|i| i.remote_id.is_empty()), "nothing of it is in the ledger");
    home.office().act(id, 0, Act::Reject { reason: "the bill was paid".into() }).await.unwrap();
    let id =
        home.office().reverse(card.row.id, None, "the trip was charged to the client".into()).await.unwrap();
    let made = home.store().card(id).await.unwrap();
    let kinds: Vec<EntryKind> = made.derived.as_ref().unwrap().set.entries.iter().map(|e| e.kind).collect();
    assert!(kinds.contains(&EntryKind::Journal), "{kinds:?}");
    home.approve(&[&made.row.number]).await;
    home.post().await;
    let made = home.store().card(id).await.unwrap();
    assert_eq!(made.row.state, State::Confirmed, "{}", made.row.reason);
    let sums = by_account(&home, &[&home.card("M7PV3C").await, &made]);
    assert!(all_zero(&sums), "{sums:?}");
    let after = october(&home).await;
    ties_out(&after);
    assert_eq!(line(&after, "source_approved"), line(&before, "source_approved"));
    assert_eq!(line(&after, "corrections").1, -83_245);
    home.run(SHORT).await;
    nothing_is_broken(&home).await;
}
