//! One request as a handler sees it, and its answer.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::response::Response;
use serde_json::{Value, json};

/// Names and values of a query or a form, in order.
pub(super) type Pairs = Vec<(String, String)>;

/// A request, read completely.
#[derive(Default)]
pub(super) struct Call {
    /// Data centre that was called.
    pub(super) center: usize,
    /// Parameters of the path.
    pub(super) path: Pairs,
    /// Decoded query.
    pub(super) query: Pairs,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Call {
    /// A parameter of the query, when it is not empty.
    pub(super) fn query(&self, name: &str) -> Option<&str> {
        find(&self.query, name)
    }

    /// A parameter of the path.
    pub(super) fn path(&self, name: &str) -> &str {
        find(&self.path, name).unwrap_or_default()
    }

    /// A header's text; names match without regard to case.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body as JSON.
    pub(super) fn json(&self) -> Result<Value, Reply> {
        serde_json::from_slice(&self.body)
            .map_err(|_| Reply::refuse(400, "The request body is not valid JSON."))
    }

    /// A number of the query within limits; the default when it is absent.
    pub(super) fn count(&self, name: &str, default: usize, least: usize) -> Result<usize, Reply> {
        match self.query(name) {
            None => Ok(default),
            Some(text) => match text.parse::<usize>() {
                Ok(number) if number >= least => Ok(number),
                _ => Err(Reply::refuse(400, &format!("Invalid value for parameter {name}."))),
            },
        }
    }
}

/// The first non-empty value of a name.
pub(super) fn find<'a>(pairs: &'a Pairs, name: &str) -> Option<&'a str> {
    pairs.iter().find(|(n, v)| n == name && !v.is_empty()).map(|(_, v)| v.as_str())
}

/// Decodes `a=b&c=d`; `None` when it is no such text.
pub(super) fn decode_form(text: &str) -> Option<Pairs> {
    let uri: Uri = format!("/?{text}").parse().ok()?;
    axum::extract::Query::<Pairs>::try_from_uri(&uri).ok().map(|query| query.0)
}

/// An answer before it is written.
#[derive(Debug)]
pub(super) enum Reply {
    /// A JSON body.
    Json(u16, Value),
    /// No body.
    Empty(u16),
    /// An error that each family of APIs writes in its own way.
    Refused(u16, String),
    /// An error with an id, where the family of APIs has ids; elsewhere as [`Reply::Refused`].
    Known(u16, &'static str, String),
    /// A body that is not JSON, with its media type.
    Bytes(u16, &'static str, Vec<u8>),
    /// Another answer with one more header.
    With(&'static str, String, Box<Reply>),
}

impl Reply {
    pub(super) fn ok(body: Value) -> Self {
        Self::Json(200, body)
    }

    pub(super) fn refuse(status: u16, message: &str) -> Self {
        Self::Refused(status, message.to_owned())
    }

    pub(super) fn with(self, header: &'static str, value: impl Into<String>) -> Self {
        Self::With(header, value.into(), Box::new(self))
    }
}

/// How a family of APIs writes its errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ErrorForm {
    /// `{"message": …}`.
    Message,
    /// `{"Error": {…}}`, or XML when that was asked for.
    Legacy,
    /// `{"timestamp", "httpStatus", "error": {…}}`.
    Lists,
    /// `{"timestamp", "httpStatus", "errorMessage", …}`.
    Expense,
    /// SCIM.
    Scim,
}

/// Writes an answer in the form of its API. `now` is the stand-in's time.
pub(super) fn write(reply: Reply, form: ErrorForm, accept: &str, now: &str, correlation: &str) -> Response {
    let mut headers: Vec<(&'static str, String)> = Vec::new();
    let mut reply = reply;
    while let Reply::With(name, value, inner) = reply {
        headers.push((name, value));
        reply = *inner;
    }
    let (status, kind, body) = match reply {
        Reply::Json(status, body) => (status, JSON, exact(&body).into_bytes()),
        Reply::Empty(status) => (status, JSON, Vec::new()),
        Reply::Bytes(status, kind, bytes) => (status, kind, bytes),
        Reply::Refused(status, message) => {
            refusal(status, "request.refused", &message, form, accept, now, correlation)
        }
        Reply::Known(status, id, message) => refusal(status, id, &message, form, accept, now, correlation),
        // taken apart above
        Reply::With(..) => (500, JSON, Vec::new()),
    };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() =
        axum::http::StatusCode::from_u16(status).unwrap_or(axum::http::StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.push(("concur-correlationid", correlation.to_owned()));
    for (name, value) in headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

const JSON: &str = "application/json";

/// An error in the form of its API: status, media type, body.
fn refusal(
    status: u16,
    id: &str,
    message: &str,
    form: ErrorForm,
    accept: &str,
    now: &str,
    correlation: &str,
) -> (u16, &'static str, Vec<u8>) {
    let body = match form {
        ErrorForm::Legacy if accept.contains("xml") => {
            let text = escape(message);
            let text = format!(
                "<Error><Message>{text}</Message><Server-Time>{now}</Server-Time><Id>{correlation}</Id></Error>"
            );
            return (status, "application/xml", text.into_bytes());
        }
        ErrorForm::Legacy => json!({"Error": {"Message": message, "Server-Time": now, "Id": correlation}}),
        ErrorForm::Message => json!({ "message": message }),
        ErrorForm::Lists => json!({
            "timestamp": now, "httpStatus": status.to_string(), "error": {"id": id, "message": message},
            "validationErrors": [], "path": "/list/v4",
        }),
        ErrorForm::Expense => json!({
            "timestamp": now, "httpStatus": status.to_string(), "errorMessage": message, "errorId": id,
            "validationErrors": [], "customResponseData": null, "path": "/quickexpense/v4",
        }),
        ErrorForm::Scim => json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
            "status": status.to_string(), "detail": message,
        }),
    };
    (status, JSON, body.to_string().into_bytes())
}

/// The text of a body. JSON values write the exponent in small letters; Concur writes a zero as `0E-8`.
fn exact(body: &Value) -> String {
    body.to_string().replace(":0e-8", ":0E-8")
}

/// Text inside XML.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
