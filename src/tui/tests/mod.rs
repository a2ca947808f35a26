//! Tests of the console: a fake engine answers from the figures of the plan.

mod actions;
mod cases;
pub mod desk;
mod engine;
mod fuzz;
pub mod office;
pub mod sample;
mod sample_set;
mod screens;
mod trail;
mod window;
