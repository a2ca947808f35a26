//! Answers before they become HTTP: JSON, raw bytes, or none at all.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, HeaderName};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use serde_json::Value;

use super::super::faults::aborted;

/// One answer.
#[derive(Debug, Clone)]
pub enum Reply {
    /// JSON with a status.
    Json(StatusCode, Value),
    /// Anything else: status, content type, body.
    Raw(StatusCode, &'static str, Vec<u8>),
    /// A redirect to an address.
    Redirect(String),
    /// The connection ends without an answer.
    None,
}

impl Reply {
    /// The HTTP response, with further headers. Names and values that cannot be sent are left out.
    pub fn into_response(self, headers: &[(&'static str, String)]) -> Response {
        let mut response = match self {
            Self::None => return aborted(),
            Self::Json(status, value) => {
                let mut response = Response::new(Body::from(value.to_string()));
                *response.status_mut() = status;
                response
                    .headers_mut()
                    .insert(CONTENT_TYPE, HeaderValue::from_static("application/json;charset=UTF-8"));
                response
            }
            Self::Raw(status, kind, bytes) => {
                let mut response = Response::new(Body::from(bytes));
                *response.status_mut() = status;
                response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
                response
            }
            Self::Redirect(to) => {
                let mut response = Response::new(Body::empty());
                *response.status_mut() = StatusCode::FOUND;
                if let Ok(to) = HeaderValue::from_str(&to) {
                    response.headers_mut().insert(axum::http::header::LOCATION, to);
                }
                response
            }
        };
        for (name, value) in headers {
            if let Ok(value) = HeaderValue::from_str(value) {
                response.headers_mut().insert(HeaderName::from_static(name), value);
            }
        }
        response
    }
}
