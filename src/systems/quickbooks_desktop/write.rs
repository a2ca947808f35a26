//! A request as text: a small tree of elements, held against the tables of [`super::order`], compact and escaped.
//!
//! Errors are sentences. They mean that nothing was written at all.

use super::order::{Content, Order, Part, Times, order, refused};
use super::values;

/// The two processing lines that every message begins with (contract 4).
pub const PROLOGUE: &str = r#"<?xml version="1.0" encoding="utf-8"?><?qbxml version="13.0"?>"#;
/// Characters of a `requestID`, at most (contract 4).
const REQUEST_ID_MAX: usize = 50;

/// An element of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    /// Name.
    pub name: &'static str,
    /// Attributes, in the order in which they are written.
    pub attributes: Vec<(&'static str, String)>,
    /// What it holds.
    pub body: Body,
}

/// What an element holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// Text.
    Text(String),
    /// Elements.
    Children(Vec<Element>),
}

/// An element with text.
pub fn text(name: &'static str, value: impl Into<String>) -> Element {
    Element { name, attributes: Vec::new(), body: Body::Text(value.into()) }
}

/// An element with elements.
pub fn group(name: &'static str, children: Vec<Element>) -> Element {
    Element { name, attributes: Vec::new(), body: Body::Children(children) }
}

/// `<VendorRef><ListID>…</ListID></VendorRef>`: references are always made by id (contract 8).
pub fn reference(name: &'static str, list_id: &str) -> Element {
    group(name, vec![text("ListID", list_id)])
}

/// `true` or `false`.
pub fn flag(name: &'static str, value: bool) -> Element {
    text(name, if value { "true" } else { "false" })
}

/// A request: the element that stands in a message set, with its `requestID`.
pub fn request(name: &'static str, id: &str, children: Vec<Element>) -> Element {
    Element { name, attributes: vec![("requestID", id.into())], body: Body::Children(children) }
}

/// The text of a request, after it was held against its table.
///
/// # Errors
/// A sentence: what does not stand in the table, or cannot be written.
pub fn written(request: &Element) -> Result<String, String> {
    let Some(order) = order(request.name) else {
        return Err(format!("{} is no request that tieout makes", request.name));
    };
    let Body::Children(children) = &request.body else {
        return Err(format!("{} holds no text", request.name));
    };
    attributes(request, children, order)?;
    group_holds(request.name, children, order.parts)?;
    let mut out = String::with_capacity(1024);
    put(request, &mut out);
    Ok(out)
}

/// `requestID` always; `iterator` and `iteratorID` where the request can be read in pages (contract 4.3).
fn attributes(request: &Element, children: &[Element], order: &Order) -> Result<(), String> {
    let of = |name: &str| request.attributes.iter().find(|(n, _)| *n == name).map(|(_, v)| v.as_str());
    if let Some((name, _)) =
        request.attributes.iter().find(|(n, _)| !["requestID", "iterator", "iteratorID"].contains(n))
    {
        return Err(format!("{} has no attribute {name}", request.name));
    }
    match of("requestID") {
        Some(id)
            if !id.is_empty() && id.len() <= REQUEST_ID_MAX && id.bytes().all(|b| b.is_ascii_graphic()) => {}
        Some(id) => {
            return Err(format!("{id:?} cannot be a requestID: 1 to {REQUEST_ID_MAX} plain characters"));
        }
        None => return Err(format!("{} has no requestID", request.name)),
    }
    let (step, id) = (of("iterator"), of("iteratorID"));
    let Some(step) = step else {
        return if id.is_some() { Err("an iteratorID needs an iterator".into()) } else { Ok(()) };
    };
    if !order.pages {
        return Err(format!("{} cannot be read in pages", request.name));
    }
    match (step, id) {
        ("Start", None) | ("Continue" | "Stop", Some(_)) => {}
        _ => return Err(format!("the iterator {step:?} and its id do not fit together")),
    }
    if !children.iter().any(|c| c.name == "MaxReturned") {
        return Err(format!("{} in pages needs MaxReturned", request.name));
    }
    id.map_or(Ok(()), |id| values::guid(id).map_err(|why| format!("iteratorID: {why}")))
}

/// Whether these elements stand in this order.
fn group_holds(parent: &str, children: &[Element], parts: &[Part]) -> Result<(), String> {
    if let Some(child) = children.iter().find(|c| refused(parent, c.name)) {
        return Err(format!("{parent}/{} is not held by QuickBooks Desktop in the US", child.name));
    }
    let end = run_holds(parent, children, parts, 0)?;
    match children.get(end) {
        None => Ok(()),
        Some(child) if parts.iter().any(|p| p.knows(child.name)) => Err(misplaced(parent, child.name)),
        Some(child) => Err(format!("{parent} holds no {}", child.name)),
    }
}

fn misplaced(parent: &str, name: &str) -> String {
    format!("{parent}/{name} is out of its place, or stands more often than it may")
}

/// Follows a run from `at`; the position after it.
fn run_holds(parent: &str, children: &[Element], parts: &[Part], at: usize) -> Result<usize, String> {
    let mut at = at;
    for part in parts {
        at = part_holds(parent, children, part, at)?;
    }
    Ok(at)
}

fn part_holds(parent: &str, children: &[Element], part: &Part, at: usize) -> Result<usize, String> {
    let next = |at: usize| children.get(at).map(|c| c.name);
    let missing = |what: &str| {
        let found = next(at).map_or_else(String::new, |name| format!(", where {name} stands"));
        format!("{parent}/{what} is missing{found}")
    };
    match part {
        Part::Element(name, times, content) => {
            let end = repeated(parent, children, (name, *times, content), at)?;
            if end - at < times.least { Err(missing(name)) } else { Ok(end) }
        }
        Part::Run(run) => run_holds(parent, children, run, at),
        Part::Choice(runs) => {
            let chosen =
                next(at).and_then(|name| runs.iter().find(|run| super::order::run_starts_with(run, name)));
            match chosen {
                Some(run) => run_holds(parent, children, run, at),
                None if part.may_be_absent() => Ok(at),
                None => Err(missing("its selector")),
            }
        }
        Part::Mixed(parts) => {
            let mut end = at;
            while let Some(found) = next(end).and_then(|name| parts.iter().find(|p| p.starts_with(name))) {
                end = part_holds(parent, children, found, end)?;
            }
            if end == at { Err(missing("a line")) } else { Ok(end) }
        }
    }
}

fn repeated(
    parent: &str,
    children: &[Element],
    (name, times, content): (&str, Times, &Content),
    at: usize,
) -> Result<usize, String> {
    let mut end = at;
    while let Some(child) = children.get(end).filter(|c| c.name == name && end - at < times.most) {
        if let Some((attribute, _)) = child.attributes.first() {
            return Err(format!("{parent}/{name} has no attribute {attribute}"));
        }
        holds(parent, child, content)?;
        end += 1;
    }
    Ok(end)
}

fn holds(parent: &str, element: &Element, content: &Content) -> Result<(), String> {
    let name = element.name;
    match (content, &element.body) {
        (Content::Group(parts), Body::Children(children)) => {
            if children.is_empty() {
                return Err(format!("{parent}/{name} is empty"));
            }
            group_holds(name, children, parts)
        }
        (Content::Reference(most), Body::Children(children)) => match children.as_slice() {
            [one] if one.name == "ListID" => holds(name, one, &Content::Id),
            [one] if one.name == "FullName" => holds(name, one, &Content::Text(*most)),
            _ => Err(format!("{parent}/{name} takes exactly one of ListID and FullName")),
        },
        (Content::Group(_) | Content::Reference(_), Body::Text(_)) => {
            Err(format!("{parent}/{name} holds elements, not text"))
        }
        (_, Body::Children(_)) => Err(format!("{parent}/{name} holds text, not elements")),
        (content, Body::Text(value)) => {
            values::fits(value, content).map_err(|why| format!("{parent}/{name}: {why}"))
        }
    }
}

fn put(element: &Element, out: &mut String) {
    out.push('<');
    out.push_str(element.name);
    for (name, value) in &element.attributes {
        out.push(' ');
        out.push_str(name);
        out.push_str("=\"");
        escape(value, out);
        out.push('"');
    }
    out.push('>');
    match &element.body {
        Body::Text(value) => escape(value, out),
        Body::Children(children) => children.iter().for_each(|c| put(c, out)),
    }
    out.push_str("</");
    out.push_str(element.name);
    out.push('>');
}

/// `& < > "` as entities, everything above 127 as the decimal reference of its code point (contract 4.2).
pub fn escape(value: &str, out: &mut String) {
    for c in value.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if c.is_ascii() => out.push(c),
            c => out.push_str(&format!("&#{};", u32::from(c))),
        }
    }
}
