//! The spellings in which one secret can appear in text.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

/// Parts of a base64 text shorter than this are not searched for.
const SHORTEST_BASE64: usize = 8;

/// All spellings, the raw one first.
pub fn spellings(value: &str) -> Vec<Zeroizing<String>> {
    let mut all = vec![Zeroizing::new(value.to_owned())];
    let mut add = |text: String| {
        let text = Zeroizing::new(text);
        if !text.is_empty() && !all.contains(&text) {
            all.push(text);
        }
    };
    add(json(value));
    add(value.escape_debug().to_string());
    for keep in [b"-._~".as_slice(), b"-._*", b"-_.!~*'()"] {
        let upper = percent(value, keep);
        add(lower_escapes(&upper));
        add(upper.replace("%20", "+"));
        add(upper);
    }
    for lead in 0..3 {
        add(inside_base64(value, lead, &STANDARD_NO_PAD));
        add(inside_base64(value, lead, &URL_SAFE_NO_PAD));
    }
    all
}

/// As in a JSON string.
fn json(value: &str) -> String {
    let quoted = serde_json::Value::from(value).to_string();
    quoted.strip_prefix('"').and_then(|q| q.strip_suffix('"')).unwrap_or_default().to_owned()
}

/// URL-encoded: letters, digits and `keep` stay.
fn percent(value: &str, keep: &[u8]) -> String {
    let mut out = String::with_capacity(value.len() * 3);
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || keep.contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// `%2F` as `%2f`.
fn lower_escapes(text: &str) -> String {
    let mut escape = 0;
    text.chars()
        .map(|c| {
            if c == '%' {
                escape = 2;
                c
            } else if escape > 0 {
                escape -= 1;
                c.to_ascii_lowercase()
            } else {
                c
            }
        })
        .collect()
}

/// The characters that stand for `value` alone when `lead` bytes (modulo 3) come before it: those that share bits with
/// a neighbour are left out, so that it is found inside `id:secret` as well.
fn inside_base64(value: &str, lead: usize, engine: &impl Engine) -> String {
    let mut bytes = Zeroizing::new(vec![0; lead]);
    bytes.extend_from_slice(value.as_bytes());
    let text = Zeroizing::new(engine.encode(&*bytes));
    let from = (lead * 8).div_ceil(6);
    let to = bytes.len() * 8 / 6;
    let inner = text.get(from..to).unwrap_or_default();
    if inner.len() < SHORTEST_BASE64 { String::new() } else { inner.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_value_has_few_spellings_and_each_once() {
        let all = spellings("abcdefgh");
        let texts: Vec<&str> = all.iter().map(|s| s.as_str()).collect();
        assert_eq!(texts, ["abcdefgh", "YWJjZGVmZ2", "FiY2RlZmdo", "hYmNkZWZna"]);
    }

    #[test]
    fn escapes_follow_the_usual_encoders() {
        let all = spellings("a b*~\u{e9}'\n");
        for expected in
            ["a%20b%2A~%C3%A9%27%0A", "a+b*%7E%C3%A9%27%0A", "a%20b*~%C3%A9'%0A", "a b*~\u{e9}'\\n"]
        {
            assert!(all.iter().any(|s| s.as_str() == expected), "{expected}");
        }
    }
}
