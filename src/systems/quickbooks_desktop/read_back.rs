//! What came back beside what was sent (contract 5.1: 530 and 531 are lost data, to be verified by reading back). Only an
//! answer with such a remark is compared; a difference leaves the record in doubt, and the look-up names it.

use std::collections::BTreeMap;

use crate::transport::Reply;

use super::answer::Answer;
use super::status::{self, Class};
use super::xml::{Element, Pull, Step};

/// The header with which a difference is laid beside the reply: what differs, as a clause.
pub const DIFFERS: &str = "tieout-differs";

/// Lays what differs beside a reply that says that data was lost.
pub fn lay_beside(sent: &[u8], reply: &mut Reply) {
    let Ok(answer) = Answer::read(&reply.body) else { return };
    let lost = answer.responses.iter().find(|r| {
        r.head.status.is_some_and(|c| {
            matches!(status::class(c, &r.head.message), Class::Warning | Class::DataLost | Class::Partial)
        })
    });
    let Some(response) = lost else { return };
    // QuickBooks only remembers that it made it: there is nothing to compare
    let Some(made) = response.records.iter().find(|r| r.name.ends_with("Ret")) else { return };
    if let Some(what) = request(sent, &response.head.request).and_then(|asked| difference(&asked, made)) {
        reply.headers.push((DIFFERS.into(), what));
    }
}

/// The record of a request in a message set.
fn request(sent: &[u8], id: &str) -> Option<Element> {
    let mut pull = Pull::new(std::str::from_utf8(sent).ok()?).ok()?;
    loop {
        match pull.next().ok()? {
            Step::Open(tag) if tag.attribute("requestID") == Some(id) => {
                return pull.element(tag).ok()?.children().first().cloned();
            }
            Step::Open(_) | Step::Close => {}
            Step::End => return None,
        }
    }
}

/// A field that was sent and did not come back as it was.
fn difference(sent: &Element, made: &Element) -> Option<String> {
    for field in sent.children() {
        let line = field.name.contains("Line");
        if line {
            continue;
        }
        if field.children().is_empty() {
            let there = made.text(&field.name);
            if !field.own_text().is_empty() && !same(field.own_text(), there) {
                return Some(format!("its {} is {}", field.name, there.unwrap_or("empty")));
            }
        } else if !same_reference(field, made.child(&field.name)) {
            return Some(format!("its {} is another one or none", field.name));
        }
    }
    (lines(sent) != lines(made)).then(|| "its lines are not what was sent".to_string())
}

fn same(sent: &str, there: Option<&str>) -> bool {
    let number = |t: &str| t.parse::<rust_decimal::Decimal>().ok().map(|d| d.normalize());
    match there {
        Some(there) if number(sent).is_some() => number(sent) == number(there),
        Some(there) => sent.eq_ignore_ascii_case(there),
        None => false,
    }
}

fn same_reference(sent: &Element, there: Option<&Element>) -> bool {
    let Some(there) = there else { return false };
    match sent.text("ListID") {
        Some(id) => there.text("ListID") == Some(id),
        // an address: QuickBooks lays it out in its own way
        None => sent.text("FullName").is_none_or(|n| same(n, there.text("FullName"))),
    }
}

/// The lines by what has money in it, each with how often it is there.
fn lines(record: &Element) -> BTreeMap<[String; 5], usize> {
    let mut out = BTreeMap::new();
    for line in record.children().iter().filter(|c| c.name.contains("Line")) {
        let side = if line.name.contains("Credit") && line.name.contains("Journal") { "credit" } else { "" };
        let reference = |name: &str| {
            let r = line.child(name);
            r.and_then(|r| r.text("ListID").or_else(|| r.text("FullName"))).unwrap_or_default().to_string()
        };
        let amount = line.text("Amount").and_then(|a| a.parse::<rust_decimal::Decimal>().ok());
        let amount = amount.map(|a| a.normalize().to_string()).unwrap_or_default();
        let name = if line.child("EntityRef").is_some() { "EntityRef" } else { "CustomerRef" };
        let key = [side.to_string(), reference("AccountRef"), amount, reference("ClassRef"), reference(name)];
        *out.entry(key).or_insert(0) += 1;
    }
    out
}
