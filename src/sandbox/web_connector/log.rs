//! The Web Connector's log, as QWCLog.txt holds it.

use jiff::Timestamp;
use serde::Serialize;

/// Longest text of a line, characters.
const LONGEST: usize = 600;

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LogLine {
    /// When, on the business clock.
    pub at: Timestamp,
    /// 1012 of `QBWC1012`; none: no error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<u16>,
    /// The text; with its code in front where it has one.
    pub text: String,
}

impl LogLine {
    /// A line of the log; a long text is cut.
    pub fn new(at: Timestamp, code: Option<u16>, text: &str) -> Self {
        let head = code.map(|c| format!("QBWC{c}: ")).unwrap_or_default();
        let text = head.chars().chain(text.chars()).take(LONGEST).collect();
        Self { at, code, text }
    }
}
