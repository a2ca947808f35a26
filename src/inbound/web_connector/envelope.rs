//! What is answered, byte for byte (contract 1.1 and 1.2): compact, every result in the namespace, qbXML as escaped text.

use crate::inbound::web_connector::soap::Operation;

/// The namespace of the service, with its slash.
pub const NAMESPACE: &str = "http://developer.intuit.com/";

const BEGIN: &str = r#"<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>"#;
const END: &str = "</soap:Body></soap:Envelope>";

/// The result of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// `string`
    Text(String),
    /// `ArrayOfString`
    Texts(Vec<String>),
    /// `int`
    Number(i32),
}

/// Whose mistake it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// The caller's.
    Client,
    /// Ours.
    Server,
}

/// A fault: a sentence without our internals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Whose mistake it is.
    pub whose: Whose,
    /// What is wrong.
    pub text: String,
}

/// The envelope of a result.
pub fn answer(operation: Operation, outcome: &Outcome) -> String {
    let name = operation.name();
    let size = match outcome {
        Outcome::Text(t) => t.len() + t.len() / 4,
        Outcome::Texts(_) | Outcome::Number(_) => 256,
    };
    let mut out = String::with_capacity(BEGIN.len() + END.len() + 256 + size);
    out.push_str(BEGIN);
    out.push_str(&format!(r#"<{name}Response xmlns="{NAMESPACE}"><{name}Result>"#));
    match outcome {
        Outcome::Text(text) => escape(text, &mut out),
        Outcome::Texts(texts) => {
            for text in texts {
                out.push_str("<string>");
                escape(text, &mut out);
                out.push_str("</string>");
            }
        }
        Outcome::Number(number) => out.push_str(&number.to_string()),
    }
    out.push_str(&format!("</{name}Result></{name}Response>"));
    out.push_str(END);
    out
}

/// The envelope of a fault (SOAP 1.1).
pub fn fault(fault: &Fault) -> String {
    let code = match fault.whose {
        Whose::Client => "soap:Client",
        Whose::Server => "soap:Server",
    };
    let mut out = format!("{BEGIN}<soap:Fault><faultcode>{code}</faultcode><faultstring>");
    escape(&fault.text, &mut out);
    out.push_str("</faultstring><detail></detail></soap:Fault>");
    out.push_str(END);
    out
}

/// Text as XML holds it. What XML cannot hold at all is shown as a replacement character.
fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\r' => out.push_str("&#13;"),
            '\t' | '\n' => out.push(c),
            c if c.is_control() && c < ' ' => out.push('\u{fffd}'),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
}
