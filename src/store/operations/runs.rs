//! Control totals of runs, readings and sign-offs of periods (accounting.md, sections 11 and 12).

/// Control totals of runs, readings and sign-offs of periods.
pub trait Runs: Send + Sync {}
