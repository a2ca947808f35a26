//! Tests of the console: a fake engine answers from the figures of the plan.

pub mod actions;
mod cases;
pub mod desk;
mod fuzz;
pub mod office;
pub mod sample;
mod sample_set;
mod screens;
mod tieout;
mod tieout_desk;
mod window;
