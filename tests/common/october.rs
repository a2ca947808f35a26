//! The five steps of demo-firm.md section 9 that lead to its tie-out of October.
#![allow(clippy::panic, reason = "a test fails by panicking")]

use std::sync::Arc;

use serde_json::json;
use tieout::cli::seed::BOOK;
use tieout::engine::{Ask, Office};
use tieout::model::entry::Named;
use tieout::model::rule::{Gives, Key, Rule, RuleKind};
use tieout::model::{BookId, State};
use tieout::store::{Act, ApproveOne, Query, Row};
use tieout::tieout::Period;

use crate::common::Made;

pub fn book() -> BookId {
    BookId::from(BOOK)
}

pub fn october() -> Period {
    Period::parse("2026-10").unwrap()
}

async fn rows(made: &Made, states: Vec<State>) -> Vec<Row> {
    let query = Query { book: Some(book()), states, limit: 500, ..Query::default() };
    made.store().page(query).await.unwrap().rows
}

async fn numbered(made: &Made, number: &str) -> Row {
    let found = rows(made, Vec::new()).await;
    found.into_iter().find(|r| r.number == number).unwrap_or_else(|| panic!("there is no {number}"))
}

fn rule(kind: RuleKind, keys: &[(Key, &str)], gives: Gives) -> Rule {
    Rule {
        id: 0,
        kind,
        document: None,
        party: None,
        keys: keys.iter().map(|(k, v)| (k.clone(), (*v).to_string())).collect(),
        gives,
        author: String::new(),
        reason: None,
        billable: false,
    }
}

/// The five steps, and the statement's figure.
pub async fn a_days_work(made: &Made) {
    five_steps(made).await;
    let amount = "4961.70".parse().unwrap();
    let date = "2026-10-31".parse().unwrap();
    made.house.office().statement(book(), "2110".into(), date, amount).await.unwrap();
}

/// The same, before anybody entered the card's statement.
pub async fn five_steps(made: &Made) {
    let office: Arc<dyn Office> = made.house.office();
    let class = made.stage.ledger.by_hand("create", "Class", &json!({"Name": "450 Sustainability"})).unwrap();
    let id = class["Class"]["Id"].as_str().unwrap().to_string();
    office.ask(Ask::ReadLedger { book: book() }).await.unwrap();
    let key = Key::Field("custom1".into());
    let gives = Gives::Record(Named::new(id, "450 Sustainability"));
    let freed = office.set_rule(book(), rule(RuleKind::Class, &[(key, "CC450")], gives)).await.unwrap();
    assert_eq!(freed.ready.len(), 3, "D40 to D42");
    for (number, record) in [("CL-2217", "CL 2217"), ("E5TW8R", "OKAFOR OCT")] {
        let row = numbered(made, number).await;
        office.adopt(row.id, record.into()).await.unwrap();
    }
    let twice = numbered(made, "CL2188").await;
    let reject = Act::Reject { reason: "the same invoice as CL-2188, scanned twice".into() };
    office.act(twice.id, 0, reject).await.unwrap();
    let late = numbered(made, "D8MS6K").await;
    let day = "2026-10-01".parse().unwrap();
    let mut moved = rule(RuleKind::PostingDate, &[], Gives::Date(day));
    moved.document = Some(late.id);
    moved.reason = Some("September is closed".into());
    office.set_rule(book(), moved).await.unwrap();
    let mut ones = Vec::new();
    for row in rows(made, vec![State::Ready]).await {
        if matches!(row.number.as_str(), "MT-3051" | "Q9BK2L") {
            continue;
        }
        let digest = made.store().card(row.id).await.unwrap().derived.unwrap().digest;
        ones.push(ApproveOne { id: row.id, version: row.version, digest, as_delta: false });
    }
    for (id, answer) in office.approve(ones).await.unwrap() {
        answer.unwrap_or_else(|e| panic!("{id}: {e}"));
    }
    office.ask(Ask::Post { documents: Vec::new(), book: None }).await.unwrap();
}
