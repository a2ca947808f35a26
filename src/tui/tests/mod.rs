//! Tests of the console: a fake engine answers from the figures of the plan.

mod accounts;
pub mod actions;
mod approve;
mod cases;
pub mod desk;
mod desktop;
mod document;
mod engine;
mod fuzz;
mod fuzz_input;
mod look;
mod look_office;
pub mod mappings;
pub mod office;
pub mod queue;
pub mod sample;
mod sample_set;
mod screens;
mod tieout;
mod tieout_desk;
mod trail;
mod window;
