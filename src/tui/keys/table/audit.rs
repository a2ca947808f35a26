//! The audit trail.

use super::*;

/// The actions.
pub const ACTIONS: &[Action] = &[
    act!(
        AuditDocument,
        "audit_document",
        "document",
        "Look",
        &[Audit],
        NONE,
        ["o"],
        "Opens the document or connection that the event is about."
    ),
    act!(
        AuditReplay,
        "audit_replay",
        "replay",
        "Look",
        &[Audit],
        NONE,
        ["R"],
        "Derives the document of the event with the mappings of today and shows what differs; nothing is posted."
    ),
    act!(
        AuditFields,
        "audit_fields",
        "by field",
        "Choose",
        &[Audit],
        NONE,
        ["f"],
        "Searches field by field: person, document, action, connection, days."
    ),
    act!(
        AuditVerify,
        "audit_verify",
        "verify",
        "Work",
        &[Audit],
        NONE,
        ["V"],
        "Verifies the chain of the trail from its first event to its last."
    ),
    act!(
        AuditAnchors,
        "audit_anchors",
        "anchors",
        "Look",
        &[Audit],
        NONE,
        ["A"],
        "The anchors: what proves outside the database that the trail was not cut."
    ),
    act!(
        AuditExport,
        "audit_export",
        "export",
        "Work",
        &[Audit],
        Changes,
        ["X"],
        "Writes what is listed into a file, as CSV or JSON."
    ),
];
