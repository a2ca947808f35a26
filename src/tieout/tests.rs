//! The tables of the sample firm from hand-built inputs.
mod data;
mod negative;
mod properties;
mod section9;
