//! Looking at the ledger for one document: every check of posting, and not one call that writes.
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

use common::Made;
use tieout::engine::inspect::UnderReference;
use tieout::engine::{Ask, Office};
use tieout::model::book::AutoApproval;
use tieout::model::rule::{Gives, Key, Rule, RuleKind, line_key};
use tieout::model::{DocumentId, Named, State};
use tieout::sandbox::stand_in::StandIn;
use tieout::store::ApproveOne;

async fn id(office: &dyn Office, number: &str) -> DocumentId {
    let rows = office.store().find(number.to_string()).await.unwrap();
    rows.into_iter().find(|r| r.number == number && r.revisions > 0).unwrap().id
}

/// Calls since then, by kind.
fn since(made: &Made, before: &BTreeMap<String, u64>) -> BTreeMap<String, u64> {
    let mut now = made.ledger_calls();
    for (kind, n) in before {
        if let Some(m) = now.get_mut(kind) {
            *m -= n;
        }
    }
    now.retain(|_, n| *n > 0);
    now
}

/// All that the ledger holds, papers and versions of records included: a write of any kind shows in it.
fn truth(made: &Made) -> String {
    format!("{:?}\n{}", made.stage.ledger.records(), made.stage.ledger.more_records())
}

/// Kinds of calls that read. A batch carries look-ups here; that it carried nothing else is what [`truth`] proves.
const READS: [&str; 8] =
    ["api", "batch", "query", "cdc", "companyinfo", "preferences", "exchangerate", "reports"];

#[tokio::test(flavor = "multi_thread")]
async fn a_look_makes_every_check_of_posting_and_writes_nothing() {
    let made = Made::sample(AutoApproval::Off).await;
    made.once().await;
    let office = made.house.office();
    let ready = id(&*office, "B4Q7TN").await;
    let there = truth(&made);
    let before = made.ledger_calls();
    let looked = office.look(ready).await.unwrap();
    let calls = since(&made, &before);
    println!("{calls:?}");
    assert!(calls.get("api").is_some_and(|n| *n > 0), "the ledger was asked: {calls:?}");
    assert!(calls.keys().all(|k| READS.contains(&k.as_str())), "{calls:?}");
    assert_eq!(truth(&made), there, "zero writes");
    assert!(office.store().card(ready).await.unwrap().intents.is_empty(), "nothing was planned");
    assert!(looked.nothing() && looked.would_post(), "{looked:?}");
    assert_eq!(looked.slots.len(), 3);
    assert_eq!(looked.checks, office.store().card(ready).await.unwrap().derived.unwrap().checks);

    // what blocks is told by the look as by the checks, and what is recorded is found
    let blocked = id(&*office, "K8CN1X").await;
    let looked = office.look(blocked).await.unwrap();
    assert!(!looked.would_post());
    assert!(looked.findings.iter().any(|f| f.code.name() == "cost_object_unmapped"));
    let confirmed = id(&*office, "M7PV3C").await;
    let looked = office.look(confirmed).await.unwrap();
    assert_eq!(looked.slots.len(), 3);
    assert!(looked.slots.iter().all(|s| matches!(s.there, UnderReference::Ours { .. })), "{looked:?}");
    assert_eq!(truth(&made), there);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_look_sees_what_posting_would_have_stopped_at() {
    let made = Made::sample(AutoApproval::Off).await;
    made.once().await;
    let office = made.house.office();
    let document = id(&*office, "N2HF5R").await;
    let card = office.store().card(document).await.unwrap();
    let digest = card.derived.as_ref().unwrap().digest.clone();
    let one = ApproveOne { id: document, version: card.row.version, digest, as_delta: false };
    office.approve(vec![one]).await.unwrap().remove(0).1.unwrap();
    assert!(office.look(document).await.unwrap().would_post());
    // the books are closed in the ledger meanwhile
    made.stage.ledger.switch("book_close_date", &serde_json::json!("2026-10-31")).unwrap();
    let looked = office.look(document).await.unwrap();
    assert!(looked.findings.iter().any(|f| f.code.name() == "period_closed"), "{looked:?}");
    assert!(!looked.would_post());
    // nothing moved: the look is not the posting
    assert_eq!(office.store().card(document).await.unwrap().row.state, State::Approved);
    let said = office.ask(Ask::Post { documents: vec![document], book: None }).await.unwrap();
    assert!(said.starts_with("0 ledger records posted"), "{said}");
    assert_eq!(office.store().card(document).await.unwrap().row.state, State::Held);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_for_one_line_is_tried_saved_told_and_taken_away() {
    let made = Made::sample(AutoApproval::Off).await;
    made.once().await;
    let office = made.house.office();
    let document = id(&*office, "B4Q7TN").await;
    let card = office.store().card(document).await.unwrap();
    let book = card.row.book.clone().unwrap();
    let mut readers = tieout::systems::registry::all().iter().filter_map(|e| e.read);
    let read = readers.find_map(|read| read(card.row.kind, &card.row.source_id, &card.bytes).ok()).unwrap();
    let set = card.derived.as_ref().unwrap().set.clone();
    let line =
        set.entries.iter().flat_map(|e| &e.lines).find(|l| l.account.name.starts_with("5040")).unwrap();
    let at = line.source.unwrap();
    let expense = &read.expenses[at.expense];
    let key = line_key(expense, &expense.allocations[at.allocation]);
    let account = |set: &tieout::model::EntrySet, name: &str| {
        set.entries.iter().flat_map(|e| &e.lines).filter(|l| l.account.name.starts_with(name)).count()
    };
    let other =
        set.entries.iter().flat_map(|e| &e.lines).find(|l| l.account.name.starts_with("5030")).unwrap();
    let rule = Rule {
        id: 0,
        kind: RuleKind::Account,
        document: Some(document),
        party: None,
        keys: [(Key::Line, key)].into(),
        gives: Gives::Record(Named::new(&other.account.id, &other.account.name)),
        author: "somebody".into(),
        reason: Some("it was the ride home".into()),
        billable: false,
    };
    let tried = office.tried(document, rule.clone()).await.unwrap();
    assert_eq!((account(&tried.before, "5040"), account(&tried.after, "5040")), (1, 0));
    assert_eq!(tieout::mapping::differences(&tried.before, &tried.after).len(), 1);
    assert_eq!(tried.state, State::Ready);
    assert!(tried.findings.iter().any(|f| f.code.name() == "override_used"));
    // nothing was saved
    let now = office.store().card(document).await.unwrap();
    assert_eq!(now.derived.unwrap().set, set);

    office.set_rule(book.clone(), rule).await.unwrap();
    let now = office.store().card(document).await.unwrap().derived.unwrap();
    assert_eq!(now.set, tried.after);
    let why: Vec<&str> = now
        .set
        .entries
        .iter()
        .flat_map(|e| &e.lines)
        .flat_map(|l| &l.why)
        .map(|w| w.because.as_str())
        .collect();
    assert!(why.iter().any(|w| w.contains("override by Theo Okonkwo: it was the ride home")), "{why:?}");
    let rules = office.store().rules(book.clone()).await.unwrap();
    let mine = rules.rules.iter().find(|r| r.document == Some(document)).unwrap();
    // a rule of the book is none of this
    let general = rules.rules.iter().find(|r| r.document.is_none()).unwrap().id;
    office.without_rule(book.clone(), general).await.unwrap_err();
    office.without_rule(book, mine.id).await.unwrap();
    assert_eq!(office.store().card(document).await.unwrap().derived.unwrap().set, set);
}

#[tokio::test(flavor = "multi_thread")]
async fn mappings_that_changed_after_approval_are_told_line_by_line() {
    let made = Made::sample(AutoApproval::Off).await;
    made.once().await;
    let office = made.house.office();
    let document = id(&*office, "N2HF5R").await;
    let card = office.store().card(document).await.unwrap();
    let derived = card.derived.unwrap();
    let digest = derived.digest.clone();
    let one = ApproveOne { id: document, version: card.row.version, digest, as_delta: false };
    office.approve(vec![one]).await.unwrap().remove(0).1.unwrap();
    let same = office.compared(document).await.unwrap();
    assert!(tieout::mapping::differences(&same.frozen, &same.today).is_empty());
    let book = card.row.book.unwrap();
    let rules = office.store().rules(book.clone()).await.unwrap();
    let mut rule = rules
        .rules
        .iter()
        .find(|r| r.kind == RuleKind::Class && r.keys.values().any(|v| v == "CC200"))
        .unwrap()
        .clone();
    let Gives::Record(strategy) = &rules
        .rules
        .iter()
        .find(|r| r.kind == RuleKind::Class && r.keys.values().any(|v| v == "CC100"))
        .unwrap()
        .gives
    else {
        panic!("CC100 has no class")
    };
    rule.gives = Gives::Record(strategy.clone());
    office.set_rule(book, rule).await.unwrap();
    let compared = office.compared(document).await.unwrap();
    let differs = tieout::mapping::differences(&compared.frozen, &compared.today);
    assert_eq!(compared.frozen, derived.set, "what was approved is what is posted");
    assert_eq!(differs.len(), 3, "{differs:?}");
    assert!(differs.iter().all(|d| d.words().contains("class 200 Operations → 100 Strategy")), "{differs:?}");
    assert!(compared.version > compared.was);
    assert_eq!(office.store().card(document).await.unwrap().row.state, State::Approved);
}
