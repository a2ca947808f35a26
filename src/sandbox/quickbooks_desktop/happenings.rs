//! What happens in the company file besides requests: switches that change it (see `switches`).

use jiff::civil::Date;
use serde_json::Value;

use super::books::Books;
use super::lists::ListKind;
use super::ret::cents;
use super::state::State;
use super::switches::flag;
use super::transactions::Link;

/// Sets any switch.
pub fn switch(state: &mut State, name: &str, value: &Value) -> Result<(), String> {
    if state.switches.set(name, value)? {
        if name == "closed" && value != &Value::Bool(false) {
            state.end();
        }
        if name == "closing_code" {
            let code = state.switches.closing_code;
            state.own_mut().closing_code = code;
        }
        return Ok(());
    }
    match name {
        "kill_session" => {
            if flag(value)? {
                state.end();
            }
        }
        "other_company" => match value.as_str() {
            Some("refuses") => state.switches.refuse(name, Some("0x8004040A"), u64::MAX),
            Some(other) => return Err(format!("other_company cannot be {other}")),
            None => {
                state.switches.refuse(name, None, 0);
                state.other_company(flag(value)?);
            }
        },
        "backup" => {
            if flag(value)? {
                state.backup = Some(Box::new(state.own().clone()));
            }
        }
        "restored_backup" => {
            if flag(value)? {
                state.restore();
            }
        }
        _ => return in_books(state.own_mut(), name, value),
    }
    Ok(())
}

fn in_books(books: &mut Books, name: &str, value: &Value) -> Result<(), String> {
    match name {
        "closing_date" => books.file.closing_date = date(value)?,
        "dividing_date" => books.file.dividing_date = date(value)?,
        "class_tracking" => books.file.class_tracking = flag(value)?,
        "wrong_dst" => books.local.wrong = flag(value)?,
        "memory_lost" => match (value.as_u64(), value.as_str()) {
            (Some(code @ (9002 | 9005)), _) => books.memory.lose(Some(code as u32)),
            (_, Some("forgotten")) => books.memory.lose(None),
            _ => return Err(format!("memory_lost cannot be {value}")),
        },
        "rename" => {
            let at = element(books, value, "from")?;
            let to = value["to"].as_str().ok_or("rename needs the new name in `to`")?;
            let now = books.now;
            books.lists.rename(at, to, now).map_err(|status| status.message)?;
        }
        "inactivate" | "activate" => {
            let at = element(books, value, "name")?;
            let now = books.now;
            books.lists.all[at].active = name == "activate";
            books.lists.all[at].touch(now);
        }
        "edit" => edit(books, value)?,
        "delete" => {
            let at = transaction(books, value)?;
            let txn = books.txns.all[at].clone();
            let node = super::xml::Node {
                children: [("TxnDelType", txn.kind.word().to_owned()), ("TxnID", txn.id.clone())]
                    .into_iter()
                    .map(|(name, text)| super::xml::Node {
                        name: name.to_owned(),
                        text,
                        ..Default::default()
                    })
                    .collect(),
                ..Default::default()
            };
            // A user may give the closing password.
            let closed = books.file.closing_date.take();
            let done = super::removal::delete(books, &node);
            books.file.closing_date = closed;
            done.map_err(|status| status.message)?;
        }
        "pay" => {
            let at = transaction(books, value)?;
            let mut txn = books.txns.all[at].clone();
            let id = books.txns.new_id(books.now);
            txn.links.push(Link { id, date: books.today(), number: String::new(), amount: txn.open() });
            books.amend(at, txn);
        }
        _ => return Err(format!("there is no switch {name}")),
    }
    Ok(())
}

fn date(value: &Value) -> Result<Option<Date>, String> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => text.parse().map(Some).map_err(|_| format!("{text} is no date")),
        _ => Err(format!("{value} is no date")),
    }
}

fn element(books: &Books, value: &Value, field: &str) -> Result<usize, String> {
    let word = value["list"].as_str().unwrap_or_default();
    let kind = ListKind::of(word).ok_or_else(|| format!("there is no list {word}"))?;
    let name = value[field].as_str().unwrap_or_default();
    books.lists.by_name(&[kind], name).ok_or_else(|| format!("there is no {word} {name}"))
}

fn transaction(books: &Books, value: &Value) -> Result<usize, String> {
    let id = value["TxnID"].as_str().and_then(|id| books.txns.by_id(id));
    let number = value["RefNumber"].as_str().and_then(|number| books.txns.by_number(number).last().copied());
    id.or(number).ok_or_else(|| format!("there is no transaction {value}"))
}

fn edit(books: &mut Books, value: &Value) -> Result<(), String> {
    let at = transaction(books, value)?;
    let mut txn = books.txns.all[at].clone();
    if let Some(memo) = value["memo"].as_str() {
        txn.memo = memo.to_owned();
    }
    if let Some(text) = value["amount"].as_str() {
        let amount = cents(text).ok_or_else(|| format!("{text} is no amount"))?;
        let line = value["line"].as_u64().unwrap_or(0) as usize;
        txn.lines.get_mut(line).ok_or("there is no such line")?.amount = amount;
    }
    books.amend(at, txn);
    Ok(())
}
