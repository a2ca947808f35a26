//! A small tree of XML elements, read strictly.

use quick_xml::NsReader;
use quick_xml::events::Event;
use quick_xml::name::ResolveResult;

/// Elements may not stand deeper: answers of a service are flat.
const DEEPEST: usize = 16;

/// One element.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Node {
    /// Its namespace; empty: none.
    pub namespace: String,
    /// Its name without a prefix.
    pub name: String,
    /// Its text, with entities resolved.
    pub text: String,
    /// Its elements.
    pub children: Vec<Node>,
}

impl Node {
    /// Whether it is this element of this namespace.
    pub fn is(&self, namespace: &str, name: &str) -> bool {
        self.namespace == namespace && self.name == name
    }

    /// The text of a child by its name, trimmed; empty where it is missing.
    pub fn said(&self, name: &str) -> String {
        self.children.iter().find(|c| c.name == name).map(|c| c.text.trim().to_owned()).unwrap_or_default()
    }
}

/// The root of a document. White space between elements is refused.
///
/// # Errors
/// A sentence of the kind that .NET writes.
pub fn tree(text: &str) -> Result<Node, String> {
    read(text, true)
}

/// [`tree`], where white space between elements does not matter.
///
/// # Errors
/// A sentence of the kind that .NET writes.
pub fn indented_tree(text: &str) -> Result<Node, String> {
    read(text, false)
}

fn wrong(detail: impl std::fmt::Display) -> String {
    format!("There is an error in XML document: {detail}.")
}

fn read(text: &str, compact: bool) -> Result<Node, String> {
    let mut reader = NsReader::from_str(text);
    let mut open: Vec<Node> = Vec::new();
    let mut root = None;
    loop {
        let (namespace, event) = reader.read_resolved_event().map_err(wrong)?;
        let namespace = match namespace {
            ResolveResult::Bound(found) => found.into_inner().to_owned(),
            ResolveResult::Unbound => String::new(),
            ResolveResult::Unknown(prefix) => return Err(wrong(format!("undeclared prefix {prefix:?}"))),
        };
        match event {
            Event::Start(start) => {
                if open.len() == DEEPEST || root.is_some() {
                    return Err(wrong("too deep, or a second root"));
                }
                let name = start.local_name().as_ref().to_owned();
                open.push(Node { namespace, name, ..Node::default() });
            }
            Event::Empty(start) => {
                let name = start.local_name().as_ref().to_owned();
                place(Node { namespace, name, ..Node::default() }, &mut open, &mut root)?;
            }
            Event::End(_) => {
                let done = open.pop().ok_or_else(|| wrong("an end without a beginning"))?;
                if compact && !done.children.is_empty() && !done.text.is_empty() {
                    return Err(wrong("text stands between elements"));
                }
                place(done, &mut open, &mut root)?;
            }
            Event::Text(found) => push(&mut open, &found.xml10_content(), compact)?,
            Event::CData(found) => push(&mut open, &found.xml10_content(), compact)?,
            Event::GeneralRef(entity) => {
                let resolved = match entity.resolve_char_ref().map_err(wrong)? {
                    Some(c) => c.to_string(),
                    None => quick_xml::escape::resolve_predefined_entity(&entity.xml10_content())
                        .ok_or_else(|| wrong("an entity that is not declared"))?
                        .to_owned(),
                };
                push(&mut open, &resolved, compact)?;
            }
            Event::DocType(_) => return Err(wrong("a document type stands in it")),
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
            Event::Eof => break,
        }
    }
    if open.is_empty() { root.ok_or_else(|| wrong("no element")) } else { Err(wrong("it ends too early")) }
}

fn push(open: &mut [Node], text: &str, compact: bool) -> Result<(), String> {
    match open.last_mut() {
        Some(node) => node.text.push_str(text),
        None if text.trim().is_empty() && !compact => {}
        None if text.is_empty() => {}
        None => return Err(wrong("text stands outside the root")),
    }
    Ok(())
}

fn place(node: Node, open: &mut [Node], root: &mut Option<Node>) -> Result<(), String> {
    match open.last_mut() {
        Some(parent) => parent.children.push(node),
        None if root.is_none() => *root = Some(node),
        None => return Err(wrong("a second root")),
    }
    Ok(())
}
