//! The summary that ends a headless run (interface.md, "JSON"), for people and as the last JSON line.

use serde_json::{Map, Value, json};

use crate::cli::exit::ExitCode;
use crate::cli::json;
use crate::cli::out::Out;
use crate::cli::table::{Table, left, right};
use crate::engine::house::{BookSummary, Summary};
use crate::model::book::Book;
use crate::model::ids::{BookId, ConnectionId};
use crate::model::state::State;
use crate::store::Attention;

/// 3 when something needs a person, else 0.
pub fn code(summary: &Summary) -> ExitCode {
    if summary.needs_person() { ExitCode::NeedsPerson } else { ExitCode::Done }
}

/// Prints the summary; `books` say which connection belongs to which book.
pub fn print(out: &mut Out, summary: &Summary, books: &[Book]) -> std::io::Result<()> {
    if out.is_json() { out.json(&value(summary, books)) } else { for_people(out, summary) }
}

/// The last line of `--auto --json`. What remains and connections of no book have no place in a book: they stand
/// beside the books, and only when there are any.
pub fn value(summary: &Summary, books: &[Book]) -> Value {
    let mut homeless: Vec<Value> = Vec::new();
    let mut by_book: Vec<(BookId, Value)> = Vec::new();
    for (id, health, reason) in &summary.connections {
        let users: Vec<&Book> = books.iter().filter(|b| b.source == *id || b.ledger == *id).collect();
        let known = |b: &BookId| summary.books.iter().any(|s| s.book == *b);
        let item = connection(id, health, reason);
        if !users.iter().any(|b| known(&b.id)) {
            homeless.push(item.clone());
        }
        by_book.extend(users.into_iter().map(|b| (b.id.clone(), item.clone())));
    }
    for (book, id, text) in &summary.breaks {
        let item = control_break(*id, text);
        match book {
            Some(book) => by_book.push((book.clone(), item)),
            None => homeless.push(item),
        }
    }
    let one =
        |b: &BookSummary| book(b, by_book.iter().filter(|(id, _)| *id == b.book).map(|(_, v)| v.clone()));
    let mut map = Map::new();
    map.insert("event".into(), "summary".into());
    map.insert("books".into(), summary.books.iter().map(one).collect());
    if !homeless.is_empty() {
        map.insert("attention".into(), Value::Array(homeless));
    }
    if !summary.remains.is_empty() {
        map.insert("remains".into(), json!(summary.remains));
    }
    Value::Object(map)
}

fn book(summary: &BookSummary, connections: impl Iterator<Item = Value>) -> Value {
    let attention: Vec<Value> = summary.attention.iter().map(document).chain(connections).collect();
    json!({
        "book": summary.book,
        "fetched": summary.fetched,
        "posted": summary.posted,
        "confirmed": summary.confirmed,
        "by_state": json::by_state(summary.by_state.iter().copied()),
        "attention": attention,
    })
}

fn document(item: &Attention) -> Value {
    json!({
        "document": item.row.id.to_string(),
        "code": item.code,
        "message": item.message,
        "remedy": item.remedy,
    })
}

fn control_break(id: i64, text: &str) -> Value {
    let remedy = format!("look what differs, then `tieout reconcile close {id} --note TEXT`");
    json!({"control": id, "code": "control_break", "message": text, "remedy": remedy})
}

fn connection(id: &ConnectionId, health: &str, reason: &str) -> Value {
    json!({"connection": id, "code": health, "message": reason, "remedy": remedy(health, id)})
}

/// What a person does about a connection that needs one.
fn remedy(health: &str, id: &ConnectionId) -> String {
    match health {
        "reauthorise" => format!("sign in again to {id}"),
        "wrong_company" => format!("sign in to the company that {id} was connected to"),
        _ => format!("look at it with `tieout connections test {id}`"),
    }
}

fn for_people(out: &mut Out, summary: &Summary) -> std::io::Result<()> {
    let mut figures = Table::new(&[
        left("book"),
        right("fetched"),
        right("posted"),
        right("confirmed"),
        left("documents by state"),
    ]);
    for b in &summary.books {
        let mut states: Vec<(State, u64)> = b.by_state.iter().copied().filter(|(_, n)| *n > 0).collect();
        states.sort_unstable_by_key(|(s, _)| *s);
        let states: Vec<String> = states.iter().map(|(s, n)| format!("{s} {n}")).collect();
        figures.row([
            b.book.to_string(),
            b.fetched.to_string(),
            b.posted.to_string(),
            b.confirmed.to_string(),
            states.join(", "),
        ]);
    }
    out.table(&figures, "No books yet.")?;
    let mut table = Table::new(&[left("needs a person"), left("code"), left("what"), left("remedy")]);
    for (id, health, reason) in &summary.connections {
        table.row([id.to_string(), health.clone(), reason.clone(), remedy(health, id)]);
    }
    for (book, id, text) in &summary.breaks {
        let name = book.as_ref().map_or_else(|| "control totals".into(), ToString::to_string);
        let remedy = format!("tieout reconcile close {id} --note TEXT");
        table.row([name, "control_break".into(), text.clone(), remedy]);
    }
    for item in summary.books.iter().flat_map(|b| &b.attention) {
        // what cannot be read may have no number
        let name = if item.row.number.is_empty() { item.row.id.to_string() } else { item.row.number.clone() };
        table.row([name, item.code.clone(), item.message.clone(), item.remedy.clone()]);
    }
    if !table.is_empty() {
        out.line("")?;
        out.table(&table, "")?;
    }
    if !summary.remains.is_empty() {
        out.line("")?;
        out.line("left for later")?;
        summary.remains.iter().try_for_each(|r| out.line(&format!("  {r}")))?;
    }
    Ok(())
}
