//! One exchange as it may be shown and kept: `show --request`, logs, error reports.

use std::fmt;

use super::{MARK, Redactor, fields};
use crate::transport::exchange::{Method, NetError, Reply, Request};

/// More of a body is not shown.
const SHOWN: usize = 64 * 1024;

/// A redacted exchange. Nothing in it is secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// `POST https://…`
    pub request_line: String,
    /// Headers sent.
    pub request_headers: Vec<(String, String)>,
    /// Body sent.
    pub request_body: String,
    /// Status received, or why there is none.
    pub outcome: Result<u16, String>,
    /// Headers received.
    pub reply_headers: Vec<(String, String)>,
    /// Body received.
    pub reply_body: String,
}

impl Recorded {
    /// The exchange of `request`, with everything secret masked.
    pub fn of(request: &Request, outcome: &Result<Reply, NetError>, redactor: &Redactor) -> Self {
        let method = match request.method {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Delete => "DELETE",
        };
        // An authorisation code is a secret in an address or a form, and an error's number everywhere else.
        let url = fields::mask_also(&redactor.redact(&request.url), &["code"]);
        let form = request
            .headers
            .iter()
            .any(|(n, v)| n.eq_ignore_ascii_case("content-type") && v.contains("x-www-form-urlencoded"));
        let also: &[&str] = if form { &["code"] } else { &[] };
        let (reply_headers, reply_body) = match outcome {
            Ok(reply) => (headers(&reply.headers, redactor), body(&reply.body, redactor, &[])),
            Err(_) => (Vec::new(), String::new()),
        };
        Self {
            request_line: format!("{method} {url}"),
            request_headers: headers(&request.headers, redactor),
            request_body: body(&request.body, redactor, also),
            outcome: outcome.as_ref().map(|reply| reply.status).map_err(|e| redactor.redact(&e.to_string())),
            reply_headers,
            reply_body,
        }
    }
}

fn headers(all: &[(String, String)], redactor: &Redactor) -> Vec<(String, String)> {
    let shown = |name: &str, value: &str| {
        if fields::is_secret(name) { MARK.to_owned() } else { redactor.redact(value) }
    };
    all.iter().map(|(name, value)| (name.clone(), shown(name, value))).collect()
}

/// Redacted before it is cut, so that no secret is cut in two.
fn body(bytes: &[u8], redactor: &Redactor, also: &[&str]) -> String {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return format!("({} bytes that are no text)", bytes.len());
    };
    let clean = fields::mask_also(&redactor.redact(text), also);
    if clean.len() <= SHOWN {
        return clean;
    }
    let cut = (0..=SHOWN).rev().find(|at| clean.is_char_boundary(*at)).unwrap_or(0);
    format!("{}\n({} of {} bytes shown)", clean.get(..cut).unwrap_or_default(), cut, clean.len())
}

impl fmt::Display for Recorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.request_line)?;
        for (name, value) in &self.request_headers {
            writeln!(f, "{name}: {value}")?;
        }
        if !self.request_body.is_empty() {
            writeln!(f, "\n{}", self.request_body)?;
        }
        match &self.outcome {
            Ok(status) => writeln!(f, "\n{status}")?,
            Err(reason) => writeln!(f, "\n{reason}")?,
        }
        for (name, value) in &self.reply_headers {
            writeln!(f, "{name}: {value}")?;
        }
        if !self.reply_body.is_empty() {
            writeln!(f, "\n{}", self.reply_body)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use secrecy::SecretString;

    use super::*;

    fn sign_in() -> (Request, Result<Reply, NetError>, Redactor) {
        let request = Request {
            method: Method::Post,
            url: "https://oauth.example/token?code=c0de-1&tenant=t1".into(),
            headers: vec![
                ("Authorization".into(), "Basic aWQ6c2VjcmV0".into()),
                ("Content-Type".into(), "application/x-www-form-urlencoded".into()),
            ],
            body: b"grant_type=authorization_code&code=c0de-1&client_secret=shh".to_vec(),
            timeout: Duration::from_secs(1),
        };
        let reply = Reply {
            status: 200,
            headers: vec![("set-cookie".into(), "sid=1".into()), ("intuit_tid".into(), "1-2".into())],
            body: br#"{"access_token":"at-1","expires_in":3600,"echo":"registered-value"}"#.to_vec(),
        };
        let redactor = Redactor::new();
        redactor.register("x", &SecretString::from("registered-value"));
        (request, Ok(reply), redactor)
    }

    #[test]
    fn a_sign_in_is_shown_without_its_secrets() {
        let (request, outcome, redactor) = sign_in();
        let text = Recorded::of(&request, &outcome, &redactor).to_string();
        let expected = "\
POST https://oauth.example/token?code=[redacted]&tenant=t1
Authorization: [redacted]
Content-Type: application/x-www-form-urlencoded

grant_type=authorization_code&code=[redacted]&client_secret=[redacted]

200
set-cookie: [redacted]
intuit_tid: 1-2

{\"access_token\":\"[redacted]\",\"expires_in\":3600,\"echo\":\"[redacted]\"}
";
        assert_eq!(text, expected);
    }

    #[test]
    fn failures_and_odd_bodies_are_shown_too() {
        let (mut request, _, redactor) = sign_in();
        request.body = vec![0xff; 5];
        let failure = Err(NetError::NotSent("registered-value refused".into()));
        let recorded = Recorded::of(&request, &failure, &redactor);
        assert_eq!(recorded.request_body, "(5 bytes that are no text)");
        assert_eq!(recorded.outcome, Err("not sent: [redacted] refused".into()));
        request.body = "é".repeat(SHOWN).into_bytes();
        let recorded = Recorded::of(&request, &failure, &redactor);
        assert!(recorded.request_body.ends_with("(65536 of 131072 bytes shown)"));
    }

    #[test]
    fn a_business_code_is_kept() {
        let (mut request, _, redactor) = sign_in();
        request.headers.clear();
        request.body = br#"{"code":"6240","SyncToken":"0"}"#.to_vec();
        let recorded = Recorded::of(&request, &Err(NetError::NotSent("x".into())), &redactor);
        assert_eq!(recorded.request_body, r#"{"code":"6240","SyncToken":"0"}"#);
    }
}
