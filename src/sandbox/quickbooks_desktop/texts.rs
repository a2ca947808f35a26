//! Statuses of answers and their words (contract, 5.1 and 5.2), and HRESULTs (5.3).

use super::Raised;

/// How grave a status is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// Fine, or nothing found.
    Info,
    /// Something of the answer is missing.
    Warn,
    /// Nothing happened.
    Error,
}

impl Severity {
    /// As on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Info => "Info",
            Self::Warn => "Warn",
            Self::Error => "Error",
        }
    }
}

/// The status of one answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// `statusCode`.
    pub code: u32,
    /// `statusMessage`.
    pub message: String,
}

impl Status {
    /// A status with a text.
    pub fn new(code: u32, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    /// 0.
    pub fn ok() -> Self {
        Self::new(0, "Status OK")
    }

    /// 1, a query that matched nothing.
    pub fn nothing() -> Self {
        Self::new(1, "A query request did not find a matching object in QuickBooks")
    }

    /// The severity by the ranges of the contract, 5.1.
    pub fn severity(&self) -> Severity {
        match self.code {
            0..=499 => Severity::Info,
            500..=999 => Severity::Warn,
            _ => Severity::Error,
        }
    }

    /// Whether the request was carried out, perhaps with a warning.
    pub fn fine(&self) -> bool {
        self.severity() != Severity::Error
    }
}

const NO_RECORD: &str =
    "QuickBooks error message: Invalid argument.  The specified record does not exist in the list.";

/// 500: objects named in a query are not there.
pub fn incomplete(named: &str) -> Status {
    Status::new(
        500,
        format!(
            "The query request has not been fully completed. There was a required element (\"{named}\") that could \
             not be found in QuickBooks."
        ),
    )
}

/// 3000: an id that no object can have.
pub fn bad_id(id: &str, field: &str) -> Status {
    Status::new(3000, format!("The given object ID \"{id}\" in the field \"{field}\" is invalid."))
}

/// 3020: a date that no calendar has.
pub fn bad_date(text: &str, field: &str) -> Status {
    Status::new(
        3020,
        format!("There was an error when converting the date value \"{text}\" in the field \"{field}\"."),
    )
}

/// 3070: a text longer than its field.
pub fn too_long(text: &str, field: &str) -> Status {
    Status::new(3070, format!("The string \"{text}\" in the field \"{field}\" is too long."))
}

/// 3100: the name is taken.
pub fn name_taken(name: &str) -> Status {
    Status::new(3100, format!("The name \"{name}\" of the list element is already in use."))
}

/// 3120: the object of the request is not there.
pub fn not_found(named: &str) -> Status {
    Status::new(3120, format!("Object \"{named}\" specified in the request cannot be found.  {NO_RECORD}"))
}

/// 3140: a reference leads nowhere.
pub fn bad_reference(what: &str, named: &str, place: &str) -> Status {
    Status::new(
        3140,
        format!(
            "There is an invalid reference to QuickBooks {what} \"{named}\" in the {place}.  {NO_RECORD}"
        ),
    )
}

/// 3150: something that QuickBooks needs is missing.
pub fn missing(field: &str) -> Status {
    Status::new(3150, format!("There is a missing element: \"{field}\"."))
}

/// 3171, for deletions 3161, or 3180 by switch: dated in the closed part of the books.
pub fn closed(verb: &str, what: &str, code: u32) -> Status {
    let words = format!(
        "An attempt was made to {verb} a {what} with a date that is on or before the closing date of the company."
    );
    match (verb, code) {
        ("delete", _) => Status::new(3161, words),
        (_, 3180) => not_saved(what, &words),
        _ => Status::new(3171, words),
    }
}

/// 3180: QuickBooks would not save it.
pub fn not_saved(what: &str, why: &str) -> Status {
    Status::new(3180, format!("There was an error when saving a {what}.  QuickBooks error message: {why}"))
}

/// 3200: somebody changed the record since it was read.
pub fn stale(sequence: &str) -> Status {
    Status::new(3200, format!("The provided edit sequence \"{sequence}\" is out-of-date."))
}

/// 3231: an earlier request of the set failed.
pub fn not_processed() -> Status {
    Status::new(3231, "The request has not been processed.")
}

/// 3250: the feature is off.
pub fn feature_off() -> Status {
    Status::new(3250, "This feature is not enabled or not available in this version of QuickBooks.")
}

/// 3350: the iterator is unknown to this session.
pub fn bad_iterator(id: &str) -> Status {
    Status::new(3350, format!("The iterator \"{id}\" is invalid."))
}

/// The message set is not what the schema allows; nothing was carried out.
pub fn unparsable() -> Raised {
    Raised {
        hresult: "0x80040400",
        message: "QuickBooks found an error when parsing the provided XML text stream.".to_owned(),
    }
}

/// HRESULTs of the contract, 5.3, with a sentence each.
const HRESULTS: &[(&str, &str)] = &[
    ("0x80040400", "QuickBooks found an error when parsing the provided XML text stream."),
    ("0x80040401", "Could not access QuickBooks."),
    ("0x80040402", "Unexpected error. Check the qbsdklog.txt file for possible, additional information."),
    ("0x80040403", "Could not open the specified QuickBooks company data file."),
    ("0x80040404", "The version of qbXML that was requested is not supported or is unknown."),
    ("0x80040406", "The QuickBooks company data file could not be found."),
    ("0x80040408", "Could not start QuickBooks."),
    (
        "0x8004040A",
        "A QuickBooks company data file is already open and it is different from the one requested.",
    ),
    ("0x8004040D", "The session ticket is invalid."),
    (
        "0x80040410",
        "The QuickBooks company data file is currently open in a mode other than the one specified.",
    ),
    (
        "0x80040414",
        "A modal dialog box is showing in the QuickBooks user interface. Your application cannot access \
      QuickBooks until the user dismisses the dialog box.",
    ),
    (
        "0x80040416",
        "If QuickBooks is not running, a call to BeginSession must include the name of the company file.",
    ),
    (
        "0x80040417",
        "If the QuickBooks company data file is not open, a call to BeginSession must include its name.",
    ),
    (
        "0x80040418",
        "This application has not accessed this QuickBooks company data file before. The administrator \
      must grant access first.",
    ),
    ("0x8004041A", "This application does not have permission to access this QuickBooks company data file."),
    (
        "0x8004041D",
        "This application is not allowed to log into this QuickBooks company data file automatically.",
    ),
    ("0x8004041F", "This edition of QuickBooks cannot be used by other applications."),
    ("0x80040420", "The QuickBooks user has denied access."),
    (
        "0x80040422",
        "This application requires Single User file access mode and there is already another application \
      sharing data with this QuickBooks company data file.",
    ),
    ("0x80040424", "QuickBooks did not finish its initialization. Please try again later."),
    ("0x80040438", "More than one instance of QuickBooks is running, or an old one has not ended."),
    ("0x80040154", "The QuickBooks components are not registered on this machine."),
];

/// The error with a code of the contract, or nothing when the contract does not know it.
pub fn raised(code: &str) -> Option<Raised> {
    HRESULTS
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(code))
        .map(|(hresult, message)| Raised { hresult, message: (*message).to_owned() })
}

/// The error with a code that the contract is known to have.
pub fn raise(code: &str) -> Raised {
    raised(code).unwrap_or_else(unparsable)
}

/// Locks that pass (contract, 5.1): code and words behind "QuickBooks error message".
pub const LOCKS: &[(u32, &str)] = &[
    (3180, "The list element is in use."),
    (3170, "This list has been modified by another user."),
    (3175, "The transaction could not be locked. It is in use by another user."),
    (3176, "QuickBooks internals could not be locked."),
    (3180, "QuickBooks failed to acquire the lock."),
];

/// The status of a lock.
pub fn locked(which: usize, what: &str) -> Status {
    let (code, words) = LOCKS[which % LOCKS.len()];
    Status::new(code, format!("There was an error when saving a {what}.  QuickBooks error message: {words}"))
}

/// The status of a permission that is not there.
pub fn forbidden(code: u32) -> Status {
    Status::new(
        code,
        match code {
            3260 => "Insufficient permission level to perform this action.",
            3261 => "The integrated application has no permission to access this data.",
            _ => "The integrated application is registered as read-only.",
        },
    )
}
