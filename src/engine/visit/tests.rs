//! Visits driven by hand.
