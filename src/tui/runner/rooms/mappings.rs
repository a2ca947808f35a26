//! Doing what the mapping screen wants done.

use tokio::sync::mpsc;

use crate::engine::Office;
use crate::tui::msg::Msg;
use crate::tui::screens::mappings::effect::{MappingEffect, MappingMsg};

/// Does it and tells what came of it; none: there is nothing to tell. What takes long may tell its steps through `send`.
pub async fn answer(
    _office: &dyn Office,
    _send: &mpsc::Sender<Msg>,
    effect: MappingEffect,
) -> Option<MappingMsg> {
    match effect {}
}
