//! What is material of a document: the hash of the `document` object alone (contract of Concur, 2.2; reliability.md, 1).
//!
//! Keys are sorted, numbers are normalised as decimal text, absent = null = empty. Text stays text, also when it looks
//! like a number. Status, links and order of keys are not part of it.

use serde_json::Value;

use crate::model::canonical::sha256_hex;

/// The hash of what is material. Bytes that are no JSON count as they are.
pub fn material(bytes: &[u8]) -> String {
    match serde_json::from_slice::<Value>(bytes) {
        Ok(value) => {
            let mut out = Vec::with_capacity(bytes.len());
            write(&value, &mut out);
            sha256_hex(&out)
        }
        Err(_) => sha256_hex(&[b"unparsable:", bytes].concat()),
    }
}

fn write(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Null => out.push(b'~'),
        Value::Bool(b) => out.push(if *b { b't' } else { b'f' }),
        Value::Number(n) => {
            out.push(b'#');
            out.extend_from_slice(normal(&n.to_string()).as_bytes());
            out.push(b';');
        }
        Value::String(s) => text(s, out),
        Value::Array(items) => {
            out.push(b'[');
            for item in items {
                write(item, out);
            }
            out.push(b']');
        }
        Value::Object(map) => {
            let mut entries: Vec<_> = map.iter().filter(|(_, v)| !empty(v)).collect();
            entries.sort_by_key(|(k, _)| k.as_str());
            out.push(b'{');
            for (key, item) in entries {
                text(key, out);
                write(item, out);
            }
            out.push(b'}');
        }
    }
}

/// Text with its length in front, so that no two documents have the same bytes.
fn text(s: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(format!("\"{}:", s.len()).as_bytes());
    out.extend_from_slice(s.as_bytes());
}

fn empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(s) => s.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(map) => map.values().all(empty),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// `1.50`, `1.5` and `15E-1` are `15e-1`; every zero is `0`. An exponent out of reason leaves the text as it is.
fn normal(number: &str) -> String {
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |m| ("-", m));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let kept = digits.trim_start_matches('0').trim_end_matches('0');
    if kept.is_empty() {
        return "0".into();
    }
    let dropped = digits.len() - digits.trim_end_matches('0').len();
    let shift = i64::try_from(dropped).ok().zip(i64::try_from(fraction.len()).ok());
    let scale =
        exponent.parse::<i64>().ok().zip(shift).and_then(|(e, (d, f))| e.checked_add(d)?.checked_sub(f));
    match scale {
        Some(scale) => format!("{sign}{kept}e{scale}"),
        None => number.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(a: &str, b: &str) -> bool {
        material(a.as_bytes()) == material(b.as_bytes())
    }

    #[test]
    fn order_of_keys_and_blanks_are_no_revision() {
        assert!(same(r#"{"a":1,"b":{"c":2,"d":3}}"#, "{ \"b\": {\"d\":3, \"c\":2},\n\"a\":1 }"));
        assert!(!same(r#"{"a":1}"#, r#"{"b":1}"#));
        assert!(!same(r#"{"a":[1,2]}"#, r#"{"a":[2,1]}"#));
    }

    #[test]
    fn numbers_are_normalised_and_text_is_not() {
        for n in ["1.5", "1.500000", "15E-1", "0.15e1", "150e-2"] {
            assert!(same(&format!(r#"{{"a":{n}}}"#), r#"{"a":1.50}"#), "{n}");
        }
        for n in ["0E-8", "0.00000000", "-0", "0e99999999999999999999"] {
            assert!(same(&format!(r#"{{"a":{n}}}"#), r#"{"a":0}"#), "{n}");
        }
        assert!(same(r#"{"a":100}"#, r#"{"a":1e2}"#));
        assert!(!same(r#"{"a":1}"#, r#"{"a":-1}"#));
        assert!(!same(r#"{"a":1}"#, r#"{"a":10}"#));
        assert!(!same(r#"{"a":"1.50"}"#, r#"{"a":"1.5"}"#));
        assert!(!same(r#"{"a":"1"}"#, r#"{"a":1}"#));
        assert!(!same(r#"{"a":90071992547409.93}"#, r#"{"a":90071992547409.92}"#));
    }

    #[test]
    fn absent_null_and_empty_are_one() {
        for json in
            [r#"{"a":1,"b":null}"#, r#"{"a":1,"b":""}"#, r#"{"a":1,"b":[]}"#, r#"{"a":1,"b":{"c":null}}"#]
        {
            assert!(same(json, r#"{"a":1}"#), "{json}");
        }
        assert!(!same(r#"{"a":1,"b":0}"#, r#"{"a":1}"#), "zero is a value");
        assert!(!same(r#"{"a":[null,1]}"#, r#"{"a":[1]}"#), "a place in a list is a value");
    }

    #[test]
    fn two_values_do_not_run_together() {
        assert!(!same(r#"{"a":"b","c":"d"}"#, r#"{"a":"b\"1:c\"1:d"}"#));
        assert!(!same(r#"{"a":[1,2]}"#, r#"{"a":[12]}"#));
        assert!(!same(r#"{"a":[[1],[2]]}"#, r#"{"a":[[1,2]]}"#));
    }

    #[test]
    fn what_is_no_json_has_a_hash_too() {
        assert_ne!(material(b"{"), material(b"["));
        assert_eq!(material(b"{"), material(b"{"));
        let deep = "[".repeat(100_000);
        assert_eq!(material(deep.as_bytes()).len(), 64);
    }
}
