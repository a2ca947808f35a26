//! Tests of the console: a fake engine answers from the figures of the plan.

mod actions;
mod desk;
mod fuzz;
mod sample;
mod screens;
mod window;
