//! Masks the values of fields whose names say that they are secret: in JSON (also escaped inside a JSON log line), in
//! forms and queries, in headers, in XML elements, in `name=value` and `name: value`.

use super::MARK;

/// Names without `_` and `-`, in lower case.
const SECRET_NAMES: [&str; 25] = [
    "accesstoken",
    "apikey",
    "assertion",
    "authorization",
    "bearertoken",
    "clientassertion",
    "clientsecret",
    "codeverifier",
    "cookie",
    "credential",
    "credentials",
    "idtoken",
    "passphrase",
    "passwd",
    "password",
    "privatekey",
    "proxyauthorization",
    "pwd",
    "refreshtoken",
    "requesttoken",
    "secret",
    "setcookie",
    "strpassword",
    "token",
    "xapikey",
];

/// Their unquoted value ends with the line, not with a space.
const WHOLE_LINE: [&str; 4] = ["authorization", "cookie", "proxyauthorization", "setcookie"];

/// Whether a header or field of this name is secret.
pub fn is_secret(name: &str) -> bool {
    SECRET_NAMES.contains(&normal(name).as_str())
}

fn normal(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '_' | '-')).map(|c| c.to_ascii_lowercase()).collect()
}

/// `text` with [`MARK`] for every secret field's value.
pub fn mask(text: &str) -> String {
    mask_also(text, &[])
}

/// The same, with more names (normalised) that are secret in this text.
pub fn mask_also(text: &str, more: &[&str]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(is_word) {
        let (before, at_word) = rest.split_at(start);
        out.push_str(before);
        let end = at_word.find(|c| !is_word(c)).unwrap_or(at_word.len());
        let (word, after) = at_word.split_at(end);
        out.push_str(word);
        let name = normal(word);
        let in_tag = before.ends_with('<');
        let value = if SECRET_NAMES.contains(&name.as_str()) || more.contains(&name.as_str()) {
            field_value(after, &name, in_tag)
        } else if matches!(name.as_str(), "bearer" | "basic") {
            credential(after)
        } else {
            None
        };
        rest = after;
        if let Some((lead, length)) = value {
            let (lead, tail) = after.split_at_checked(lead).unwrap_or((after, ""));
            let (secret, tail) = tail.split_at_checked(length).unwrap_or((tail, ""));
            out.push_str(lead);
            out.push_str(if secret.is_empty() { "" } else { MARK });
            rest = tail;
        }
    }
    out.push_str(rest);
    out
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-')
}

/// What follows a secret name: (bytes before the value, bytes of the value).
fn field_value(after: &str, name: &str, in_tag: bool) -> Option<(usize, usize)> {
    if in_tag && let Some(content) = after.strip_prefix('>') {
        return Some((1, content.find('<').unwrap_or(content.len())));
    }
    let closed = [r#"\""#, "\"", "'"].iter().find_map(|q| after.strip_prefix(q)).unwrap_or(after);
    let delimited = closed.trim_start_matches(' ');
    let given = delimited.strip_prefix([':', '='])?.trim_start_matches([' ', '\t']);
    let given = given.strip_prefix("Some(").unwrap_or(given);
    // What is inside an object or a list is judged by its own names.
    if given.starts_with(MARK) || (delimited.starts_with(':') && given.starts_with(['{', '['])) {
        return None;
    }
    for quote in [r#"\""#, "\"", "'"] {
        if let Some(quoted) = given.strip_prefix(quote) {
            let lead = after.len() - quoted.len();
            return (!quoted.starts_with(MARK)).then(|| (lead, quoted_length(quoted, quote)));
        }
    }
    let ends: &[char] = if WHOLE_LINE.contains(&name) {
        &['\r', '\n', '"', '\\']
    } else {
        &[' ', '\t', '\r', '\n', '&', ',', ';', '}', ')', ']', '"', '\'', '<', '\\']
    };
    Some((after.len() - given.len(), given.find(ends).unwrap_or(given.len())))
}

/// Up to the closing quote; quotes that are escaped once more belong to the value. Inside a JSON string every backslash
/// is written twice.
fn quoted_length(text: &str, quote: &str) -> usize {
    let written = quote.len();
    let mut from = 0;
    while let Some(at) = text.get(from..).and_then(|rest| rest.find(quote)).map(|at| from + at) {
        let before = text.get(..at).unwrap_or_default();
        let backslashes = before.len() - before.trim_end_matches('\\').len();
        if (backslashes / written).is_multiple_of(2) {
            return at;
        }
        from = at + quote.len();
    }
    text.len()
}

/// `Bearer x`, `Basic x` without a header's name before it. Words of ordinary sentences are neither long nor mixed.
fn credential(after: &str) -> Option<(usize, usize)> {
    let given = after.strip_prefix(' ')?;
    let belongs = |c: char| c.is_ascii_alphanumeric() || "-._~+/=%".contains(c);
    let length = given.find(|c| !belongs(c)).unwrap_or(given.len());
    let token = given.get(..length)?;
    let mixed = token.len() >= 8 && token.chars().any(|c| c.is_ascii_digit() || c == '=');
    (mixed || token.len() >= 24).then_some((1, length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secret_fields_are_masked_wherever_they_stand() {
        for (text, expected) in [
            (r#"{"access_token":"abc","n":1}"#, r#"{"access_token":"[redacted]","n":1}"#),
            (r#"{"refreshToken" : "a\"b","n":1}"#, r#"{"refreshToken" : "[redacted]","n":1}"#),
            (r#"{"m":"{\"password\":\"abc\",\"n\":1}"}"#, r#"{"m":"{\"password\":\"[redacted]\",\"n\":1}"}"#),
            (r#"{"token":null,"n":1}"#, r#"{"token":[redacted],"n":1}"#),
            (r#"{"token":{"password":"x"}}"#, r#"{"token":{"password":"[redacted]"}}"#),
            ("grant=x&client_secret=a%2Fb&n=1", "grant=x&client_secret=[redacted]&n=1"),
            ("GET /x?token=abc HTTP/1.1", "GET /x?token=[redacted] HTTP/1.1"),
            ("Authorization: Basic YTpi, more\nNext: 1", "Authorization: [redacted]\nNext: 1"),
            ("authorization=\"Bearer x y\" n=1", "authorization=\"[redacted]\" n=1"),
            ("Set-Cookie: a=b; Path=/\r\nX: 1", "Set-Cookie: [redacted]\r\nX: 1"),
            ("<strPassword>a b</strPassword><n>1</n>", "<strPassword>[redacted]</strPassword><n>1</n>"),
            ("Keys { password: Some(\"abc\"), n: 1 }", "Keys { password: Some(\"[redacted]\"), n: 1 }"),
            ("sent Bearer eyJhbGciOi.J9 and left", "sent Bearer [redacted] and left"),
            ("password=", "password="),
            ("password={a}b&n=1", "password=[redacted]}b&n=1"),
            ("password=é", "password=[redacted]"),
            (r#"{"password":"never closed"#, r#"{"password":"[redacted]"#),
        ] {
            assert_eq!(mask(text), expected);
        }
    }

    proptest::proptest! {
        #[test]
        fn no_value_of_a_json_field_survives(secret in ".{0,20}", after in ".{0,20}") {
            let inner = |value: &str| serde_json::json!({"a": 1, "password": value, "z": after}).to_string();
            let outer = |value: &str| serde_json::json!({"m": inner(value), "z": 1}).to_string();
            let shown = if secret.is_empty() { "" } else { MARK };
            proptest::prop_assert_eq!(mask(&inner(&secret)), mask(&inner(shown)));
            proptest::prop_assert_eq!(mask(&outer(&secret)), mask(&outer(shown)));
        }

        #[test]
        fn any_text_can_be_masked(text in r#"(token|password|Bearer |<secret>|[:= "'\\\\,&é]|.){0,12}"#) {
            let once = mask(&text);
            proptest::prop_assert!(once.len() <= text.len() + MARK.len() * text.len());
        }
    }

    #[test]
    fn business_words_are_left_alone() {
        for text in [
            r#"{"SyncToken":"0","token_type":"bearer","code":"6240"}"#,
            "Basic accounting and bearer authentication",
            "the password of the connection, the token, the secret",
            "tokens: 12, cookies: 3",
            "",
        ] {
            assert_eq!(mask(text), text);
        }
    }

    #[test]
    fn more_names_can_be_secret_in_one_text() {
        let text = "grant_type=authorization_code&code=AB12&state=x";
        assert_eq!(mask(text), text);
        let expected = "grant_type=authorization_code&code=[redacted]&state=x";
        assert_eq!(mask_also(text, &["code"]), expected);
    }

    #[test]
    fn names_of_headers_are_known_in_any_case() {
        assert!(is_secret("Authorization") && is_secret("X-Api-Key") && is_secret("SET-COOKIE"));
        assert!(!is_secret("Content-Type") && !is_secret("intuit_tid"));
    }
}
