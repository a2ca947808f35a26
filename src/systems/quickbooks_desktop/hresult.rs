//! The errors that QuickBooks raises in place of an answer: what each means for us, as data (contract 5.3), with what a
//! person does.

use crate::model::text::harmless;

/// Another company file is open: the caller may try with the open one, since who answers is checked before anything is
/// written.
pub const ANOTHER_FILE: u32 = 0x8004_040A;

/// What an HRESULT means for a request that was handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Nothing was carried out, and it never will be.
    NothingRan,
    /// Something may have been carried out.
    Unknown,
    /// QuickBooks was not reached; it may be tried later.
    Later,
    /// A person at that machine has to act first.
    Person,
}

/// A row of the table of contract 5.3.
pub struct Raised {
    /// `0x80040400`
    pub hresult: u32,
    /// What it means.
    pub trouble: Trouble,
    /// What happened, and what a person does.
    pub advice: &'static str,
}

const fn raised(hresult: u32, trouble: Trouble, advice: &'static str) -> Raised {
    Raised { hresult, trouble, advice }
}

/// The table of contract 5.3.
pub const HRESULTS: &[Raised] = &[
    raised(
        0x8004_0400,
        Trouble::NothingRan,
        "QuickBooks was not able to read the request and did nothing; tieout wrote it wrongly: please report it with the support bundle",
    ),
    raised(0x8004_0401, Trouble::Later, "QuickBooks was not reached; it is tried again"),
    raised(
        0x8004_0402,
        Trouble::Unknown,
        "QuickBooks failed unexpectedly: see qbsdklog.txt on that machine; it is tried again",
    ),
    raised(
        0x8004_0403,
        Trouble::Person,
        "QuickBooks was not able to open the company file: open it by hand on that machine and see what it says",
    ),
    raised(
        0x8004_0404,
        Trouble::Unknown,
        "this QuickBooks does not know qbXML 13.0: QuickBooks 2014 or later is needed",
    ),
    raised(
        0x8004_0406,
        Trouble::Person,
        "the company file was not found: open it in QuickBooks on that machine, or mend its path",
    ),
    raised(
        0x8004_0408,
        Trouble::Person,
        "QuickBooks was not able to start: start it by hand on that machine",
    ),
    raised(
        ANOTHER_FILE,
        Trouble::Person,
        "another company file is open in QuickBooks: open the right one on that machine",
    ),
    raised(
        0x8004_040D,
        Trouble::Unknown,
        "QuickBooks was restarted in the middle; tieout asks it what became of the request",
    ),
    raised(
        0x8004_0410,
        Trouble::Person,
        "the company file is open in another mode (single-user or multi-user): switch the mode in QuickBooks, or close it there",
    ),
    raised(
        0x8004_0414,
        Trouble::Person,
        "a window waits for an answer in QuickBooks: close that window on the machine",
    ),
    raised(
        0x8004_0416,
        Trouble::Person,
        "QuickBooks is not running: start it with the company file on that machine, or allow tieout to log in by itself",
    ),
    raised(
        0x8004_0417,
        Trouble::Person,
        "QuickBooks is running without a company file: open the company file on that machine",
    ),
    raised(
        0x8004_0418,
        Trouble::Person,
        "tieout was never allowed into this company file: the QuickBooks administrator opens it in single-user mode and answers the certificate question with yes",
    ),
    raised(
        0x8004_041A,
        Trouble::Person,
        "the permission of tieout was taken back in QuickBooks: allow it again (Edit, Preferences, Integrated Applications)",
    ),
    raised(
        0x8004_041D,
        Trouble::Person,
        "tieout may not log in while QuickBooks is closed: allow it there (Edit, Preferences, Integrated Applications), or leave the company file open",
    ),
    raised(
        0x8004_041F,
        Trouble::Person,
        "this edition of QuickBooks cannot be connected: Pro, Premier or Enterprise is needed",
    ),
    raised(
        0x8004_0420,
        Trouble::Person,
        "somebody refused tieout in QuickBooks: allow it there (Edit, Preferences, Integrated Applications)",
    ),
    raised(
        0x8004_0422,
        Trouble::Later,
        "another program holds QuickBooks in single-user mode; it is tried again",
    ),
    raised(0x8004_0424, Trouble::Later, "QuickBooks is still starting; it is tried again"),
    raised(
        0x8004_0438,
        Trouble::Person,
        "several QuickBooks run on that machine, or an old one hangs: end them and open the company file once",
    ),
    raised(
        0x8004_0154,
        Trouble::Person,
        "parts of QuickBooks are missing on that machine: install the Web Connector and QuickBooks again",
    ),
];

/// The number of an HRESULT: in either case, with or without `0x`, or as the negative number that some programs print.
pub fn number(hresult: &str) -> Option<u32> {
    let text = hresult.trim();
    if text.starts_with('-') {
        return text.parse::<i32>().ok().map(i32::cast_unsigned);
    }
    let text = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")).unwrap_or(text);
    u32::from_str_radix(text, 16).ok()
}

/// The row of an HRESULT.
pub fn known(hresult: &str) -> Option<&'static Raised> {
    let number = number(hresult)?;
    HRESULTS.iter().find(|r| r.hresult == number)
}

/// What happened and what a person does, for the connection's reason and the machine's status column.
pub fn advice(raised: &str, message: &str) -> String {
    let said = harmless(message.trim()).into_owned();
    let text = match (known(raised), said.is_empty()) {
        (Some(row), true) => row.advice.to_string(),
        (Some(row), false) => format!("{}. QuickBooks said: {said}", row.advice),
        (None, true) => format!("QuickBooks raised the error {}", harmless(raised.trim())),
        (None, false) => format!("QuickBooks raised the error {}: {said}", harmless(raised.trim())),
    };
    text.chars().take(600).collect()
}

/// Why QuickBooks could not be opened: what a person does, or what QuickBooks itself said.
pub fn not_opened(raised: &str, message: &str) -> String {
    if let Some(row) = known(raised) {
        return row.advice.to_string();
    }
    let message: String = harmless(message.trim()).chars().take(300).collect();
    let code: String = harmless(raised.trim()).chars().take(20).collect();
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
            assert_eq!(
                not_opened(spelled, "x"),
                "a window waits for an answer in QuickBooks: close that window on the machine",
                "{spelled}"
            );
        }
        assert_eq!(not_opened("0x8004ffff", "Odd\u{1b}."), "QuickBooks could not be opened: Odd␛.");
        assert_eq!(not_opened("weird", ""), "QuickBooks could not be opened (error weird)");
        assert_eq!(not_opened("", " "), "QuickBooks could not be opened, and did not say why");
    }
}
