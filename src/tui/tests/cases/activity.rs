use super::Case;
use crate::tui::keys::ActionId;
use crate::tui::screens::activity::{LogLevel, Part};

pub const CASES: &[Case] = &[
    (ActionId::ActivityNext, "6 tab", |d| d.model.activity.part == Part::Events),
    (ActionId::ActivityBefore, "6 backtab", |d| d.model.activity.part == Part::Runs),
    (ActionId::LogLevel, "6 tab tab L", |d| d.model.activity.level == LogLevel::Debug),
    (ActionId::LogFollow, "6 tab tab f", |d| !d.model.activity.follow),
];
