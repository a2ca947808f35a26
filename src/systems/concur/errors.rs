//! The sentence in an error body: JSON of any of Concur's shapes, or XML where a legacy address answers in it.

use serde_json::Value;

use super::xml;
use crate::model::text::harmless;

/// Characters of a sentence.
const LONGEST: usize = 300;
/// Bytes of an error body that are looked at.
const LARGEST: usize = 64 * 1024;

/// What the body says, harmless and short; a word of ours when it says nothing.
pub fn sentence(body: &[u8]) -> String {
    let body = body.get(..LARGEST).unwrap_or(body);
    let found = json(body).or_else(|| xml::text_of(body, "Message").ok().flatten());
    match found.as_deref().map(str::trim) {
        Some(text) if !text.is_empty() => short(text),
        _ => "no reason given".into(),
    }
}

/// A remote text, harmless and not too long.
pub fn short(text: &str) -> String {
    let clean = harmless(text.trim());
    let mut out: String = clean.chars().take(LONGEST).collect();
    if out.len() < clean.len() {
        out.push('…');
    }
    out
}

fn json(body: &[u8]) -> Option<String> {
    let value: Value = serde_json::from_slice(body).ok()?;
    let paths = [
        "/Error/Message",
        "/error/message",
        "/error_description",
        "/errorMessage",
        "/Message",
        "/message",
        "/detail",
        "/errors/0/errorMessage",
        "/error",
    ];
    paths.iter().find_map(|p| value.pointer(p)?.as_str().filter(|s| !s.trim().is_empty()).map(str::to_owned))
}

/// The id of an error, where the body has one (lists, 5.1; reports, 3.3).
pub fn id(body: &[u8]) -> Option<String> {
    let value: Value = serde_json::from_slice(body.get(..LARGEST).unwrap_or(body)).ok()?;
    let found =
        ["/error/id", "/errorId", "/errors/0/errorCode"].iter().find_map(|p| value.pointer(p)?.as_str());
    found.map(str::trim).filter(|s| !s.is_empty()).map(short)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_of_json() {
        for body in [
            r#"{"Error":{"Message":"Bad date","Server-Time":"x","Id":"1"}}"#,
            r#"{"Message":"Bad date"}"#,
            r#"{"message":"Bad date","fiReturnCode":1}"#,
            r#"{"error":{"id":"x","message":"Bad date"}}"#,
            r#"{"error":"invalid","error_description":"Bad date"}"#,
            r#"{"schemas":[],"detail":"Bad date"}"#,
            r#"{"message":"","errorMessage":"Bad date"}"#,
        ] {
            assert_eq!(sentence(body.as_bytes()), "Bad date", "{body}");
        }
    }

    #[test]
    fn xml_of_a_legacy_address() {
        let body = r#"<?xml version="1.0"?><Error xmlns="http://x"><Message>A &amp; B &lt;&#33;&gt;</Message><Id>1</Id></Error>"#;
        assert_eq!(sentence(body.as_bytes()), "A & B <!>");
        assert_eq!(sentence(b"<e><Message><![CDATA[A & B]]></Message></e>"), "A & B");
    }

    #[test]
    fn hostile_xml_is_refused() {
        for body in [
            "<!DOCTYPE x [<!ENTITY a \"b\">]><e><Message>&a;</Message></e>".to_owned(),
            "<e><?php x?><Message>m</Message></e>".to_owned(),
            format!("{}<Message>m</Message>", "<e>".repeat(40)),
            "<e><Message>&unknown;</Message></e>".to_owned(),
            "<e><Message>cut".to_owned(),
        ] {
            assert_eq!(sentence(body.as_bytes()), "no reason given", "{body}");
        }
    }

    #[test]
    fn what_is_empty_or_long_or_hostile() {
        assert_eq!(sentence(b""), "no reason given");
        assert_eq!(sentence(b"{}"), "no reason given");
        let long = format!(r#"{{"message":"{}"}}"#, "x".repeat(5000));
        assert_eq!(sentence(long.as_bytes()).chars().count(), LONGEST + 1);
        assert!(!sentence(br#"{"message":"a\u001b[31mb"}"#).contains('\u{1b}'));
    }
}
