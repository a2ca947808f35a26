//! Why QuickBooks could not be opened, as a person can act on it (contract 5.3).

use crate::model::text::harmless;

/// Another company file is open: the caller may try with the open one, since who answers is checked before anything is
/// written.
pub const ANOTHER_FILE: u32 = 0x8004_040A;

/// What to do, by number.
const WORDS: [(u32, &str); 21] = [
    (0x8004_0401, "QuickBooks could not be reached: the next update tries again"),
    (
        0x8004_0402,
        "QuickBooks raised an unexpected error: restart QuickBooks, and look into qbsdklog.txt if it stays",
    ),
    (0x8004_0403, "QuickBooks could not open the company file: open it by hand once, and see what it says"),
    (0x8004_0406, "QuickBooks does not find the company file: open the right one in QuickBooks"),
    (0x8004_0408, "QuickBooks could not be started: start it by hand and open the company file"),
    (ANOTHER_FILE, "another company file is open in QuickBooks: open the right one"),
    (0x8004_040D, "QuickBooks was restarted meanwhile: the next update tries again"),
    (0x8004_0410, "the company file is open in another mode: switch between single-user and multi-user mode"),
    (0x8004_0414, "a dialog is open in QuickBooks: close it"),
    (0x8004_0416, "QuickBooks is not running: start it and open the company file"),
    (0x8004_0417, "QuickBooks runs without a company file: open the company file"),
    (
        0x8004_0418,
        "tieout was not allowed to use this company file yet: sign in as QuickBooks Admin in single-user mode, and \
         answer the question about tieout with yes, always",
    ),
    (
        0x8004_041A,
        "the permission for tieout was taken away: give it back in QuickBooks under Preferences, Integrated Applications",
    ),
    (
        0x8004_041D,
        "QuickBooks does not let tieout sign in by itself: allow it under Preferences, Integrated Applications",
    ),
    (0x8004_041F, "this edition of QuickBooks does not work with other programs"),
    (
        0x8004_0420,
        "somebody answered no when QuickBooks asked about tieout: run the update again and answer yes",
    ),
    (0x8004_0422, "another program uses the company file alone: the next update tries again"),
    (0x8004_0424, "QuickBooks is still starting: the next update tries again"),
    (0x8004_0438, "QuickBooks runs several times: close all of them, end QBW.EXE, and start it once"),
    (0x8004_0154, "the Web Connector does not find QuickBooks: install both on the same machine again"),
    (
        0x8004_0404,
        "QuickBooks is too old for the version of qbXML that tieout writes (13.0): update QuickBooks",
    ),
];

/// The number behind `0x80040414`, `80040414` or `-2147220460`.
pub fn number(hresult: &str) -> Option<u32> {
    let text = hresult.trim();
    if text.starts_with('-') {
        return text.parse::<i32>().ok().map(i32::cast_unsigned);
    }
    let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")).unwrap_or(text);
    u32::from_str_radix(digits, 16).ok()
}

/// The sentence for a number, or what QuickBooks itself said.
pub fn sentence(hresult: &str, message: &str) -> String {
    if let Some((_, words)) = number(hresult).and_then(|n| WORDS.iter().find(|(w, _)| *w == n)) {
        return (*words).to_string();
    }
    let message: String = harmless(message.trim()).chars().take(300).collect();
    let code: String = harmless(hresult.trim()).chars().take(20).collect();
    match (message.is_empty(), code.is_empty()) {
        (false, _) => format!("QuickBooks could not be opened: {message}"),
        (true, false) => format!("QuickBooks could not be opened (error {code})"),
        (true, true) => "QuickBooks could not be opened, and did not say why".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_known_in_any_spelling() {
        for spelled in ["0x80040414", "80040414", " 0X80040414 ", "-2147220460"] {
            assert_eq!(sentence(spelled, "x"), "a dialog is open in QuickBooks: close it", "{spelled}");
        }
        assert_eq!(sentence("0x8004ffff", "Odd\u{1b}."), "QuickBooks could not be opened: Odd␛.");
        assert_eq!(sentence("weird", ""), "QuickBooks could not be opened (error weird)");
        assert_eq!(sentence("", " "), "QuickBooks could not be opened, and did not say why");
    }
}
