//! The envelope of a message set: processing lines, attributes, requests (contract, 4).

use super::grammar::{Misfit, fits};
use super::{Shape, shape};
use crate::sandbox::quickbooks_desktop::xml::{self, Node};

/// A message set that fits the schema.
#[derive(Debug)]
pub struct MessageSet {
    /// Whether requests after one that failed are left undone.
    pub stops: bool,
    /// `newMessageSetID`.
    pub new_id: Option<String>,
    /// `oldMessageSetID`.
    pub old_id: Option<String>,
    /// Whether answers come without what they found or made.
    pub bare: bool,
    /// The requests.
    pub requests: Vec<Request>,
}

/// How a query uses an iterator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Iterate {
    /// From the start.
    Start,
    /// Go on with the iterator of this id.
    Continue(String),
    /// Give it up.
    Stop(String),
}

/// One request.
#[derive(Debug)]
pub struct Request {
    /// Its kind.
    pub shape: &'static Shape,
    /// `requestID`.
    pub id: Option<String>,
    /// The iterator, when it uses one.
    pub iterate: Option<Iterate>,
    /// Whether the count is told.
    pub counted: bool,
    /// Whether only the count is told.
    pub count_only: bool,
    /// The request element.
    pub node: Node,
}

/// Why a set is refused.
#[derive(Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It does not fit the schema; the reason is for logs of tests alone.
    Schema(Misfit),
    /// The version is not known.
    Version(String),
}

impl From<Misfit> for Refusal {
    fn from(misfit: Misfit) -> Self {
        Self::Schema(misfit)
    }
}

/// Reads a set. `knows` tells whether a version of qbXML is supported, `raw` whether characters above U+00FF may stand
/// in the text as they are (contract, 4.2).
pub fn read(text: &str, knows: impl Fn(&str) -> bool, raw: bool) -> Result<MessageSet, Refusal> {
    if !raw && text.chars().any(|c| c > '\u{FF}') {
        return Err(Refusal::Schema("a character above U+00FF stands in the text as it is".to_owned()));
    }
    let document = xml::read(text).ok_or_else(|| "not well-formed".to_owned())?;
    let [declaration, qbxml] = document.instructions.as_slice() else {
        return Err(Refusal::Schema("the two processing lines are not there".to_owned()));
    };
    if declaration.0 != "xml" || qbxml.0 != "qbxml" || document.apart {
        return Err(Refusal::Schema("the line qbxml does not follow the XML declaration".to_owned()));
    }
    let version = qbxml
        .1
        .strip_prefix("version=")
        .and_then(|rest| {
            rest.strip_prefix('"')
                .and_then(|r| r.strip_suffix('"'))
                .or_else(|| rest.strip_prefix('\'').and_then(|r| r.strip_suffix('\'')))
        })
        .ok_or_else(|| "the line qbxml has no version".to_owned())?;
    if !knows(version) {
        return Err(Refusal::Version(version.to_owned()));
    }
    let root = document.root;
    if root.name != "QBXML" || !root.attributes.is_empty() || root.children.len() != 1 {
        return Err(Refusal::Schema("the root is not QBXML with one set".to_owned()));
    }
    let set = root.children.into_iter().next().ok_or_else(|| "no set".to_owned())?;
    message_set(set)
}

fn message_set(set: Node) -> Result<MessageSet, Refusal> {
    if set.name != "QBXMLMsgsRq" || !set.text.trim().is_empty() {
        return Err(Refusal::Schema("the set is not QBXMLMsgsRq".to_owned()));
    }
    attributes(&set, &["onError", "newMessageSetID", "oldMessageSetID", "responseData"])?;
    // `rollbackOnError` is in the schema, but QuickBooks does not support it.
    let stops = match set.attribute("onError") {
        Some("stopOnError") => true,
        Some("continueOnError") => false,
        other => return Err(Refusal::Schema(format!("onError cannot be {other:?}"))),
    };
    let bare = match set.attribute("responseData") {
        None | Some("includeAll") => false,
        Some("includeNone") => true,
        other => return Err(Refusal::Schema(format!("responseData cannot be {other:?}"))),
    };
    let id = |name: &str| set.attribute(name).filter(|id| !id.is_empty()).map(str::to_owned);
    let (new_id, old_id) = (id("newMessageSetID"), id("oldMessageSetID"));
    let requests = set.children.into_iter().map(request).collect::<Result<Vec<_>, Misfit>>()?;
    Ok(MessageSet { stops, new_id, old_id, bare, requests })
}

fn attributes(node: &Node, known: &[&str]) -> Result<(), Misfit> {
    match node.attributes.iter().find(|(name, _)| !known.contains(&name.as_str())) {
        Some((name, _)) => Err(format!("the attribute {name} is not known in {}", node.name)),
        None => Ok(()),
    }
}

fn request(node: Node) -> Result<Request, Misfit> {
    let shape = shape(&node.name).ok_or_else(|| format!("the request {} is not known", node.name))?;
    let known: &[&str] = match (shape.iterates, shape.counts) {
        (true, _) => &["requestID", "metaData", "iterator", "iteratorID"],
        (false, true) => &["requestID", "metaData"],
        (false, false) => &["requestID"],
    };
    attributes(&node, known)?;
    let iterator_id = node.attribute("iteratorID").map(str::to_owned);
    let iterate = match (node.attribute("iterator"), iterator_id) {
        (None, None) => None,
        (Some("Start"), None) => Some(Iterate::Start),
        (Some("Continue"), Some(id)) if super::types::guid(&id) => Some(Iterate::Continue(id)),
        (Some("Stop"), Some(id)) if super::types::guid(&id) => Some(Iterate::Stop(id)),
        (iterator, id) => return Err(format!("iterator {iterator:?} with the id {id:?}")),
    };
    let (counted, count_only) = match node.attribute("metaData") {
        None | Some("NoMetaData") => (false, false),
        Some("MetaDataOnly") => (true, true),
        Some("MetaDataAndResponseData") => (true, false),
        Some(other) => return Err(format!("metaData cannot be {other}")),
    };
    if !node.text.trim().is_empty() {
        return Err(format!("text in {}", node.name));
    }
    fits(&node, shape.parts)?;
    Ok(Request {
        shape,
        id: node.attribute("requestID").map(str::to_owned),
        iterate,
        counted,
        count_only,
        node,
    })
}
