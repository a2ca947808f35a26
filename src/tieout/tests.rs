//! The tables of the sample firm from hand-built inputs.
pub(crate) mod data;
mod negative;
mod properties;
mod section9;
