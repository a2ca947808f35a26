//! The envelopes of SOAP 1.1 as the Web Connector writes them, and its strict reading of answers (contract 1.1, 1.2).

use super::markup::tree;

/// Where the operations belong, with the trailing slash.
pub const SERVICE: &str = "http://developer.intuit.com/";
/// SOAP 1.1.
pub const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";
/// The type of a body, as the Web Connector writes it.
pub const CONTENT_TYPE: &str = "text/xml; charset=utf-8";

const HEAD: &str = concat!(
    r#"<?xml version="1.0" encoding="utf-8"?>"#,
    r#"<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" "#,
    r#"xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"><soap:Body>"#
);
const FOOT: &str = "</soap:Body></soap:Envelope>";

/// What an operation is answered with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A text.
    Text,
    /// Two to four texts.
    Texts,
    /// A whole number.
    Number,
}

/// An operation of the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operation {
    /// Version of the service.
    ServerVersion,
    /// Version of the Web Connector.
    ClientVersion,
    /// Sign-in.
    Authenticate,
    /// The next message set.
    SendRequest,
    /// What QuickBooks answered.
    ReceiveResponse,
    /// QuickBooks could not be opened.
    ConnectionError,
    /// What is wrong.
    GetLastError,
    /// The end.
    CloseConnection,
    /// Where a person goes on.
    InteractiveUrl,
    /// A person would not.
    InteractiveRejected,
}

impl Operation {
    /// Every operation that the Web Connector of these stand-ins calls.
    pub const ALL: [Self; 10] = [
        Self::ServerVersion,
        Self::ClientVersion,
        Self::Authenticate,
        Self::SendRequest,
        Self::ReceiveResponse,
        Self::ConnectionError,
        Self::GetLastError,
        Self::CloseConnection,
        Self::InteractiveUrl,
        Self::InteractiveRejected,
    ];

    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ServerVersion => "serverVersion",
            Self::ClientVersion => "clientVersion",
            Self::Authenticate => "authenticate",
            Self::SendRequest => "sendRequestXML",
            Self::ReceiveResponse => "receiveResponseXML",
            Self::ConnectionError => "connectionError",
            Self::GetLastError => "getLastError",
            Self::CloseConnection => "closeConnection",
            Self::InteractiveUrl => "getInteractiveURL",
            Self::InteractiveRejected => "interactiveRejected",
        }
    }

    /// The number under which the Web Connector logs that the call failed (contract, section 2, last paragraph).
    pub const fn failure(self) -> u16 {
        match self {
            Self::ClientVersion => 1036,
            Self::SendRequest => 1041,
            Self::ReceiveResponse => 1042,
            Self::GetLastError => 1043,
            _ => 1012,
        }
    }

    const fn shape(self) -> Shape {
        match self {
            Self::Authenticate => Shape::Texts,
            Self::ReceiveResponse => Shape::Number,
            _ => Shape::Text,
        }
    }
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// A text.
    Text(String),
    /// Several.
    Texts(Vec<String>),
    /// A whole number.
    Number(i64),
}

/// The whole body of a call. Parameters go out in the given order; an empty one as an empty element.
pub fn write(operation: Operation, parameters: &[(&str, &str)]) -> String {
    let name = operation.name();
    let mut out = String::with_capacity(512 + parameters.iter().map(|(_, v)| v.len() + 64).sum::<usize>());
    out.push_str(HEAD);
    if parameters.is_empty() {
        out.push_str(&format!("<{name} xmlns=\"{SERVICE}\" />"));
    } else {
        out.push_str(&format!("<{name} xmlns=\"{SERVICE}\">"));
        for (key, value) in parameters {
            if value.is_empty() {
                out.push_str(&format!("<{key} />"));
            } else {
                out.push_str(&format!("<{key}>"));
                escape(value, &mut out);
                out.push_str(&format!("</{key}>"));
            }
        }
        out.push_str(&format!("</{name}>"));
    }
    out.push_str(FOOT);
    out
}

/// Text of an element as .NET's writer escapes it: quotes stay as they are.
fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            _ => out.push(c),
        }
    }
}

/// What .NET says about a result that it looks for in vain.
const NOTHING: &str = "Object reference not set to an instance of an object.";

/// Reads an answer as strictly as the Web Connector's proxy does: status 200, `text/xml`, nothing before the
/// declaration, no white space between elements, each element in its namespace.
///
/// # Errors
/// The sentence that stands in the Web Connector's log.
pub fn read(operation: Operation, status: u16, content_type: &str, body: &[u8]) -> Result<Answer, String> {
    let kind = content_type.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("text/xml") {
        return Err(format!(
            "Client found response content type of '{content_type}', but expected 'text/xml'. The request failed \
             with HTTP status {status}."
        ));
    }
    let text =
        std::str::from_utf8(body).map_err(|_| "Invalid character in the given encoding.".to_owned())?;
    if !text.starts_with("<?xml") {
        return Err("There is an error in XML document (1, 1).".to_owned());
    }
    let root = tree(text)?;
    let soap_body = root
        .is(SOAP, "Envelope")
        .then(|| root.children.iter().find(|c| c.is(SOAP, "Body")))
        .flatten()
        .ok_or("Possible SOAP version mismatch: the envelope has no body.")?;
    if let Some(fault) = soap_body.children.iter().find(|c| c.is(SOAP, "Fault")) {
        // members of a fault have no namespace (SOAP 1.1, section 4.4)
        let said = |name: &str| fault.children.iter().find(|c| c.is("", name)).map(|c| c.text.clone());
        return Err(format!(
            "{} {}",
            said("faultcode").unwrap_or_default(),
            said("faultstring").unwrap_or_default()
        ));
    }
    if status != 200 {
        return Err(format!("The request failed with HTTP status {status}."));
    }
    let name = operation.name();
    let result = soap_body
        .children
        .iter()
        .find(|c| c.is(SERVICE, &format!("{name}Response")))
        .and_then(|r| r.children.iter().find(|c| c.is(SERVICE, &format!("{name}Result"))))
        .ok_or(NOTHING)?;
    match operation.shape() {
        Shape::Text if result.children.is_empty() => Ok(Answer::Text(result.text.clone())),
        Shape::Number if result.children.is_empty() => result
            .text
            .trim()
            .parse::<i32>()
            .map(|n| Answer::Number(n.into()))
            .map_err(|_| "Input string was not in a correct format.".to_owned()),
        Shape::Texts => {
            let texts: Vec<String> = result
                .children
                .iter()
                .filter(|c| c.is(SERVICE, "string") && c.children.is_empty())
                .map(|c| c.text.clone())
                .collect();
            if texts.len() == result.children.len() && (2..=4).contains(&texts.len()) {
                Ok(Answer::Texts(texts))
            } else {
                Err(NOTHING.to_owned())
            }
        }
        _ => Err("There is an error in XML document: an element stands where text is expected.".to_owned()),
    }
}
