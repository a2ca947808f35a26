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

/// The screen as it is kept in `snapshots`.
fn snap(name: &str, desk: &desk::Desk) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, desk.screen().backend()));
}
