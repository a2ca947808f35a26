//! Reversals, reposts and accruals: entries beside those that deriving gives (accounting.md, sections 3 and 9).

/// Reversals, reposts and accruals.
pub trait Corrections: Send + Sync {}
