use crate::engine::{Ask, Progress};
use crate::tui::effect::Effect;
use crate::tui::keys::ActionId;
use crate::tui::layers::Layer;
use crate::tui::msg::Msg;

use super::Case;
use crate::tui::tests::actions::{asked, warned};
use crate::tui::tests::desk::Desk;

pub const CASES: &[Case] = &[
    // nothing runs: the key is the queue's own
    (ActionId::StopRunning, "s", |d| d.model.queue.descending && !warned(d) && stops(d)),
    (
        ActionId::ChooseBook,
        "B",
        |d| matches!(d.model.layers.last(), Some(Layer::Chooser(c)) if c.title == "Book"),
    ),
    (
        ActionId::ChooseTheme,
        ": t h e m e enter",
        |d| matches!(d.model.layers.last(), Some(Layer::Chooser(c)) if c.title == "Theme"),
    ),
];

/// The same key while something runs.
fn stops(d: &Desk) -> bool {
    let mut running = Desk::open(120, 34);
    running.send(Msg::Progress(Progress { running: true, what: "posting".into(), ..Progress::default() }));
    running.press("s");
    !asked(d, |e| matches!(e, Effect::Ask(Ask::Stop)))
        && asked(&running, |e| matches!(e, Effect::Ask(Ask::Stop)))
}
