//! A call, read from its envelope: leniently by local names (contract 1.2), strictly against what is hostile
//! (reliability.md, S13).

use std::io::BufRead;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// Depth.
const DEEPEST: usize = 32;
/// Attributes of an element.
const ATTRIBUTES: usize = 64;
/// Namespace declarations of an element.
const NAMESPACES: usize = 16;
/// Bytes of a parameter, but for those that carry qbXML.
const FIELD: usize = 64 * 1024;
/// Parameters of a call.
const FIELDS: usize = 16;
/// Bytes that are reserved for what carries qbXML; more is grown.
const RESERVED: usize = 64 * 1024 * 1024;

/// What can be called (contract 1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// `serverVersion`
    ServerVersion,
    /// `clientVersion`
    ClientVersion,
    /// `authenticate`
    Authenticate,
    /// `sendRequestXML`
    SendRequest,
    /// `receiveResponseXML`
    ReceiveResponse,
    /// `connectionError`
    ConnectionError,
    /// `getLastError`
    GetLastError,
    /// `closeConnection`
    CloseConnection,
    /// `getInteractiveURL`
    GetInteractiveUrl,
    /// `interactiveRejected`
    InteractiveRejected,
    /// `interactiveDone`
    InteractiveDone,
}

use Operation::*;

/// All of them, with their names on the wire.
const NAMES: [(Operation, &str); 11] = [
    (ServerVersion, "serverVersion"),
    (ClientVersion, "clientVersion"),
    (Authenticate, "authenticate"),
    (SendRequest, "sendRequestXML"),
    (ReceiveResponse, "receiveResponseXML"),
    (ConnectionError, "connectionError"),
    (GetLastError, "getLastError"),
    (CloseConnection, "closeConnection"),
    (GetInteractiveUrl, "getInteractiveURL"),
    (InteractiveRejected, "interactiveRejected"),
    (InteractiveDone, "interactiveDone"),
];

impl Operation {
    /// Its name on the wire.
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(o, _)| *o == self).map_or("", |(_, n)| n)
    }

    /// The one of this name.
    pub fn named(name: &str) -> Option<Self> {
        NAMES.iter().find(|(_, n)| *n == name).map(|(o, _)| *o)
    }
}

/// A call and its parameters.
#[derive(Debug)]
pub struct Call {
    /// What is called.
    pub operation: Operation,
    fields: Vec<(String, String)>,
}

impl Call {
    /// Takes a parameter out; absent and empty are the same.
    pub fn take(&mut self, name: &str) -> String {
        self.fields
            .iter_mut()
            .find(|(n, _)| n == name)
            .map(|(_, text)| std::mem::take(text))
            .unwrap_or_default()
    }
}

/// Why something is no call: words of ours, for the fault and for counting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bad(pub &'static str);

/// Reads a whole envelope of about `size` bytes.
pub fn read<R: BufRead>(source: R, size: usize) -> Result<Call, Bad> {
    Walk::new(size, false).walk(source)
}

/// Operation and ticket at the beginning of an envelope; none when they do not stand there.
pub fn peek(beginning: &[u8]) -> Option<(Operation, String)> {
    let mut call = Walk::new(0, true).walk(beginning).ok()?;
    let ticket = call.take("ticket");
    Some((call.operation, ticket))
}

struct Walk {
    size: usize,
    until_ticket: bool,
    depth: usize,
    begun: bool,
    over: bool,
    /// Inside of the header, which is not ours to understand.
    header: bool,
    body: bool,
    call: Option<Call>,
}

impl Walk {
    fn new(size: usize, until_ticket: bool) -> Self {
        Self {
            size,
            until_ticket,
            depth: 0,
            begun: false,
            over: false,
            header: false,
            body: false,
            call: None,
        }
    }

    fn walk<R: BufRead>(mut self, source: R) -> Result<Call, Bad> {
        let mut reader = Reader::from_reader(source);
        let mut buffer = Vec::new();
        loop {
            buffer.clear();
            match reader
                .read_event_into(&mut buffer)
                .map_err(|_| Bad("the request is not well-formed XML"))?
            {
                Event::Decl(_) if self.begun => return Err(Bad("an XML declaration in the wrong place")),
                Event::Decl(_) => self.begun = true,
                Event::DocType(_) => return Err(Bad("a document type, which is refused")),
                Event::PI(_) => return Err(Bad("a processing instruction, which is refused")),
                Event::Comment(_) => {}
                Event::Start(e) => self.open(&e)?,
                Event::Empty(e) => {
                    self.open(&e)?;
                    if self.close() {
                        break;
                    }
                }
                Event::End(_) => {
                    if self.close() {
                        break;
                    }
                }
                Event::Text(t) => self.text(&t.xml10_content())?,
                Event::CData(t) => self.text(&t.xml10_content())?,
                Event::GeneralRef(r) => {
                    let named = match &*r {
                        "amp" => '&',
                        "lt" => '<',
                        "gt" => '>',
                        "quot" => '"',
                        "apos" => '\'',
                        _ => r.resolve_char_ref().ok().flatten().ok_or(Bad("an entity that is not known"))?,
                    };
                    self.text(named.encode_utf8(&mut [0; 4]))?;
                }
                Event::Eof if self.over => break,
                Event::Eof => return Err(Bad("the request is cut off")),
            }
        }
        self.call.ok_or(Bad("the envelope holds no call"))
    }

    fn open(&mut self, e: &BytesStart<'_>) -> Result<(), Bad> {
        self.begun = true;
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Bad("the request nests too deep"));
        }
        within_limits(e)?;
        let name = e.local_name();
        let name: &str = name.as_ref();
        match self.depth {
            1 if self.over || name != "Envelope" => Err(Bad("the request is no SOAP envelope")),
            1 => Ok(()),
            2 if name == "Header" && !self.body => {
                self.header = true;
                Ok(())
            }
            2 if name == "Body" && !self.body => {
                self.body = true;
                Ok(())
            }
            2 => Err(Bad("the envelope holds more than a header and a body")),
            _ if self.header => Ok(()),
            _ => self.inside(name),
        }
    }

    fn inside(&mut self, name: &str) -> Result<(), Bad> {
        match (self.depth, &mut self.call) {
            (3, None) => {
                let operation = Operation::named(name).ok_or(Bad("an operation that is not known"))?;
                self.call = Some(Call { operation, fields: Vec::new() });
                Ok(())
            }
            (3, Some(_)) => Err(Bad("more than one call")),
            (4, Some(call)) => {
                if call.fields.len() == FIELDS || call.fields.iter().any(|(n, _)| n == name) {
                    return Err(Bad("a parameter that is given twice, or too many"));
                }
                let room = if carries_qbxml(name) { self.size.min(RESERVED) } else { 0 };
                call.fields.push((name.to_owned(), String::with_capacity(room)));
                Ok(())
            }
            _ => Err(Bad("a parameter that is no plain text")),
        }
    }

    fn text(&mut self, text: &str) -> Result<(), Bad> {
        if self.header {
            return Ok(());
        }
        if self.depth == 4
            && let Some((name, held)) = self.call.as_mut().and_then(|c| c.fields.last_mut())
        {
            if held.len() + text.len() > FIELD && !carries_qbxml(name) {
                return Err(Bad("a parameter that is too long"));
            }
            held.push_str(text);
            return Ok(());
        }
        let blank = text.chars().all(|c| c.is_ascii_whitespace() || c == '\u{feff}');
        if blank { Ok(()) } else { Err(Bad("text outside of a parameter")) }
    }

    /// Whether enough was read.
    fn close(&mut self) -> bool {
        self.depth = self.depth.saturating_sub(1);
        self.over = self.depth == 0;
        self.header &= self.depth > 1;
        let last = self.call.as_ref().and_then(|c| c.fields.last());
        self.until_ticket && self.depth == 3 && last.is_some_and(|(n, _)| n == "ticket")
    }
}

/// Which parameters carry qbXML, which can be long.
fn carries_qbxml(name: &str) -> bool {
    matches!(name, "response" | "strHCPResponse")
}

fn within_limits(element: &BytesStart<'_>) -> Result<(), Bad> {
    let (mut attributes, mut namespaces) = (0_usize, 0_usize);
    for attribute in element.attributes() {
        let attribute = attribute.map_err(|_| Bad("a broken attribute"))?;
        attributes += 1;
        namespaces += usize::from(attribute.key.as_ref().starts_with("xmlns"));
        if attributes > ATTRIBUTES || namespaces > NAMESPACES {
            return Err(Bad("too many attributes"));
        }
    }
    Ok(())
}
