//! Who does something.

use serde::{Deserialize, Serialize};

/// The person or policy behind an act, as the audit trail keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// The person's name, or `policy clean v1`, or `tieout` for the program's own steps.
    pub name: String,
    /// The employee number on the person's record: an approver is never the payee (accounting.md, section 10).
    pub employee: Option<String>,
    /// How they came: `console`, `command`, `engine`, `policy`, with host, operating-system user and terminal.
    pub via: String,
    /// True in single-person mode: preparer and approver are not separated.
    pub single_person: bool,
}

impl Actor {
    /// The program itself.
    pub fn engine() -> Self {
        Self { name: "tieout".into(), employee: None, via: "engine".into(), single_person: false }
    }
}
