//! The mapping screen.

use super::*;

/// The actions.
pub const ACTIONS: &[Action] = &[];
