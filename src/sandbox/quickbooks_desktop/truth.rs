//! What the company file holds, as JSON, for tests and the control address.

use serde_json::{Map, Value};

use super::books::Books;
use super::lists::ListKind;
use super::xml::{Node, read};
use super::{list_ret, txn_ret};

/// Elements that are lists even when there is only one of them.
const MANY: &[&str] = &["ExpenseLineRet", "JournalDebitLine", "JournalCreditLine", "LinkedTxn"];

/// Every transaction with its lines and payments, oldest first.
pub fn transactions(books: &Books) -> Vec<Value> {
    books
        .txns
        .live()
        .map(|at| {
            let mut record = object(&txn_ret::ret(books, at, true, true).whole());
            record.insert("kind".to_owned(), Value::from(books.txns.all[at].kind.word()));
            Value::Object(record)
        })
        .collect()
}

/// Every element of a list.
pub fn list(books: &Books, kind: ListKind) -> Vec<Value> {
    (0..books.lists.all.len())
        .filter(|at| books.lists.get(*at).kind == kind)
        .map(|at| Value::Object(object(&list_ret::ret(books, at).whole())))
        .collect()
}

fn object(xml: &str) -> Map<String, Value> {
    read(&format!("<?xml version=\"1.0\"?>{xml}")).map(|document| members(&document.root)).unwrap_or_default()
}

fn members(node: &Node) -> Map<String, Value> {
    let mut map = Map::new();
    for child in &node.children {
        let value = if child.children.is_empty() {
            Value::from(child.text.clone())
        } else {
            Value::Object(members(child))
        };
        match map.get_mut(&child.name) {
            Some(Value::Array(list)) => list.push(value),
            Some(first) => *first = Value::Array(vec![first.take(), value]),
            None if MANY.contains(&child.name.as_str()) => {
                map.insert(child.name.clone(), Value::Array(vec![value]));
            }
            None => {
                map.insert(child.name.clone(), value);
            }
        }
    }
    map
}
