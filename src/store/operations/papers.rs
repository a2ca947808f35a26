//! Receipts with their own state, and payment state for the source (accounting.md, sections 14 and 15).

/// Receipts with their own state, and payment state for the source.
pub trait Papers: Send + Sync {}
