//! What the actions of each screen do, by keys.

mod activity;
mod audit;
mod connections;
mod document;
mod mappings;
mod program;
mod queue;
mod tieout;

use super::actions::Case;

/// All of them.
pub fn all() -> impl Iterator<Item = &'static Case> {
    [
        queue::CASES,
        document::CASES,
        mappings::CASES,
        connections::CASES,
        audit::CASES,
        tieout::CASES,
        activity::CASES,
        program::CASES,
    ]
    .into_iter()
    .flatten()
}
