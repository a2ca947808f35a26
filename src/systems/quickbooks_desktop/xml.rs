//! qbXML as it comes: hostile input, read as a stream, one record at a time.
//!
//! Any DOCTYPE, and any processing instruction after the prolog, is refused; size, depth, attributes and namespace
//! declarations are limited (reliability.md, S13). Text around entity references is joined. The declared encoding is not
//! looked at: what comes is a decoded string (contract 1.2). Children are found by name, never by their place (contract 4).

use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};

/// Bytes of an answer (reliability.md, S13: the Web Connector's bodies).
const LARGEST: usize = 64 * 1024 * 1024;
/// Depth.
const DEEPEST: usize = 32;
/// Attributes of an element.
const ATTRIBUTES: usize = 64;
/// Namespace declarations of an element.
const NAMESPACES: usize = 16;
/// Elements of one record: the largest transaction has some ten thousand lines.
const ELEMENTS: usize = 500_000;

/// Why XML is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refused(&'static str);

/// A start tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// Local name.
    pub name: String,
    attributes: Vec<(String, String)>,
}

impl Tag {
    /// An attribute that is there and not empty.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(n, _)| n == name).map(|(_, v)| v.trim());
        found.filter(|v| !v.is_empty())
    }
}

/// An element with all that is in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Element {
    /// Local name.
    pub name: String,
    text: String,
    children: Vec<Element>,
}

impl Element {
    /// The first child of this name.
    pub fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|c| c.name == name)
    }

    /// The children of this name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.children.iter().filter(move |c| c.name == name)
    }

    /// All children.
    pub fn children(&self) -> &[Element] {
        &self.children
    }

    /// Its own text, without blanks around it.
    pub fn own_text(&self) -> &str {
        self.text.trim()
    }

    /// The text of a child; none where it is absent or empty.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.child(name).map(Element::own_text).filter(|t| !t.is_empty())
    }
}

/// What comes next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// An element begins.
    Open(Tag),
    /// The element that began last ends.
    Close,
    /// All was read.
    End,
}

/// A reader that goes through XML once.
pub struct Pull<'a> {
    reader: Reader<&'a [u8]>,
    depth: usize,
    rooted: bool,
    /// An empty tag was given as a start; its end is still to be given.
    closing: bool,
}

impl<'a> Pull<'a> {
    /// A reader of this text.
    ///
    /// # Errors
    /// It is too long.
    pub fn new(text: &'a str) -> Result<Self, Refused> {
        if text.len() > LARGEST {
            return Err(Refused("the XML is too long"));
        }
        let text = text.trim_start_matches('\u{feff}').trim_start();
        Ok(Self { reader: Reader::from_str(text), depth: 0, rooted: false, closing: false })
    }

    /// The next element that begins or ends; text between them is passed over.
    ///
    /// # Errors
    /// It is no XML, is cut off, or has what is refused.
    pub fn next(&mut self) -> Result<Step, Refused> {
        loop {
            match self.token()? {
                Token::Open(tag) => return Ok(Step::Open(tag)),
                Token::Close => return Ok(Step::Close),
                Token::End => return Ok(Step::End),
                Token::Text(_) => {}
            }
        }
    }

    /// The rest of the element whose start was just read.
    ///
    /// # Errors
    /// As [`Pull::next`].
    pub fn element(&mut self, tag: Tag) -> Result<Element, Refused> {
        let mut open = vec![Element { name: tag.name, ..Element::default() }];
        let mut count = 1_usize;
        loop {
            match self.token()? {
                Token::Open(tag) => {
                    count += 1;
                    if count > ELEMENTS {
                        return Err(Refused("a record of the XML is too long"));
                    }
                    open.push(Element { name: tag.name, ..Element::default() });
                }
                Token::Text(text) => {
                    if let Some(last) = open.last_mut() {
                        last.text.push_str(&text);
                    }
                }
                Token::Close => {
                    let Some(mut done) = open.pop() else { return Err(Refused("it is no XML")) };
                    if !done.children.is_empty() {
                        // blanks between children
                        done.text = String::new();
                    }
                    match open.last_mut() {
                        Some(parent) => parent.children.push(done),
                        None => return Ok(done),
                    }
                }
                Token::End => return Err(Refused("the XML is cut off")),
            }
        }
    }

    fn token(&mut self) -> Result<Token, Refused> {
        if self.closing {
            self.closing = false;
            self.depth -= 1;
            return Ok(Token::Close);
        }
        loop {
            match self.reader.read_event().map_err(|_| Refused("it is no XML"))? {
                Event::Start(e) => return Ok(Token::Open(self.opened(&e)?)),
                Event::Empty(e) => {
                    let tag = self.opened(&e)?;
                    self.closing = true;
                    return Ok(Token::Open(tag));
                }
                Event::End(_) => {
                    self.depth = self.depth.checked_sub(1).ok_or(Refused("it is no XML"))?;
                    return Ok(Token::Close);
                }
                Event::Text(t) if self.depth > 0 => return Ok(Token::Text(t.xml10_content().into_owned())),
                Event::Text(t) if t.trim().is_empty() => {}
                Event::CData(t) if self.depth > 0 => {
                    return Ok(Token::Text(t.xml10_content().into_owned()));
                }
                Event::GeneralRef(r) if self.depth > 0 => {
                    let named = match &*r {
                        "amp" => '&',
                        "lt" => '<',
                        "gt" => '>',
                        "quot" => '"',
                        "apos" => '\'',
                        _ => r
                            .resolve_char_ref()
                            .ok()
                            .flatten()
                            .ok_or(Refused("the XML names an unknown entity"))?,
                    };
                    return Ok(Token::Text(named.to_string()));
                }
                Event::Text(_) | Event::CData(_) | Event::GeneralRef(_) => {
                    return Err(Refused("the XML has text outside of its elements"));
                }
                Event::DocType(_) => return Err(Refused("the XML has a document type, which is refused")),
                Event::PI(_) if self.rooted => {
                    return Err(Refused("the XML has a processing instruction, which is refused"));
                }
                Event::Decl(_) if self.rooted => {
                    return Err(Refused("the XML has a second declaration, which is refused"));
                }
                Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
                Event::Eof if self.depth > 0 || !self.rooted => {
                    return Err(Refused(if self.rooted { "the XML is cut off" } else { "it is no XML" }));
                }
                Event::Eof => return Ok(Token::End),
            }
        }
    }

    fn opened(&mut self, element: &BytesStart<'_>) -> Result<Tag, Refused> {
        if self.depth == 0 && self.rooted {
            return Err(Refused("the XML has two roots"));
        }
        self.rooted = true;
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Refused("the XML nests too deep"));
        }
        let mut attributes = Vec::new();
        let mut namespaces = 0_usize;
        for attribute in element.attributes() {
            let attribute = attribute.map_err(|_| Refused("the XML has a broken attribute"))?;
            namespaces += usize::from(attribute.key.as_ref().starts_with("xmlns"));
            if attributes.len() >= ATTRIBUTES || namespaces > NAMESPACES {
                return Err(Refused("the XML has too many attributes"));
            }
            let value = attribute
                .normalized_value(XmlVersion::Explicit1_0)
                .map_err(|_| Refused("the XML has a broken attribute"))?;
            attributes.push((attribute.key.local_name().as_ref().to_string(), value.into_owned()));
        }
        Ok(Tag { name: element.local_name().as_ref().to_string(), attributes })
    }
}

enum Token {
    Open(Tag),
    Close,
    Text(String),
    End,
}

#[cfg(test)]
#[path = "xml_tests.rs"]
mod tests;
