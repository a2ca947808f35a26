//! Proposed changes of reference data in either system, with their outcomes (accounting.md, section 4).

/// Proposed changes of reference data in either system, with their outcomes.
pub trait Proposals: Send + Sync {}
