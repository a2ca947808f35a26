//! Codes of list items as Concur may hold them (contract of Concur, 5.1): hyphens join the codes of the levels there, so
//! none may be inside a code.
//!
//! `~` is written `~0` and `-` is written `~1`; all else stays as it is. The way back is exact. What people made in
//! Concur and does not follow this (`~` before anything else) is left as it is when it is read.

/// A ledger's code as Concur's short code.
pub fn escaped(code: &str) -> String {
    code.replace('~', "~0").replace('-', "~1")
}

/// Concur's short code as the ledger's code.
pub fn unescaped(short_code: &str) -> String {
    let mut out = String::with_capacity(short_code.len());
    let mut rest = short_code;
    while let Some((before, after)) = rest.split_once('~') {
        out.push_str(before);
        let (sign, skip) = match after.as_bytes().first() {
            Some(b'0') => ('~', 1),
            Some(b'1') => ('-', 1),
            _ => ('~', 0),
        };
        out.push(sign);
        rest = after.get(skip..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// A code out of Concur as the ledger has it, in lists and in documents alike: only one that [`escaped`] can have made is
/// turned back, which is one without a hyphen in which every `~` stands before `0` or `1`. Whatever else holds a `~` was
/// typed in Concur and stays as it is. A code that people typed there as `a~1b` cannot be told from `a-b`.
pub fn from_concur(code: &str) -> String {
    let plain = unescaped(code);
    if escaped(&plain) == code { plain } else { code.to_owned() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn codes_of_a_ledger() {
        for (code, short) in
            [("US-100", "US~1100"), ("CC100", "CC100"), ("a~b-~1", "a~0b~1~01"), ("", ""), ("--", "~1~1")]
        {
            assert_eq!(escaped(code), short);
            assert_eq!(unescaped(short), code);
        }
        for (as_it_is, read) in [("a~", "a~"), ("~x", "~x"), ("~~1", "~-")] {
            assert_eq!(unescaped(as_it_is), read);
        }
    }

    #[test]
    fn only_what_could_have_been_escaped_is_turned_back() {
        for (short, code) in [("US~1100", "US-100"), ("CC100", "CC100"), ("a~0b", "a~b"), ("", "")] {
            assert_eq!(from_concur(short), code);
        }
        for theirs in ["US-100", "US-1~100", "~x", "a~", "~~1", "10~20"] {
            assert_eq!(from_concur(theirs), theirs);
        }
    }

    proptest! {
        #[test]
        fn any_code_comes_back_and_holds_no_hyphen(code in "[~0-9A-Za-zäß /_.-]{0,24}|.{0,24}") {
            let short = escaped(&code);
            prop_assert!(!short.contains('-'));
            prop_assert_eq!(unescaped(&short), code.clone());
            prop_assert_eq!(from_concur(&short), code);
        }

        #[test]
        fn two_codes_never_become_one(a in "[~01-]{0,6}", b in "[~01-]{0,6}") {
            prop_assert_eq!(escaped(&a) == escaped(&b), a == b);
        }
    }
}
