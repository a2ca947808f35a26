//! The audit trail.

use super::*;

/// The actions.
pub const ACTIONS: &[Action] = &[];
