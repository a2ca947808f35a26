//! The activity screen.

use super::*;

/// The actions.
pub const ACTIONS: &[Action] = &[];
