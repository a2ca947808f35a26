use super::Case;
use crate::tui::keys::ActionId;
use crate::tui::layers::Layer;
use crate::tui::tests::actions::warned;

pub const CASES: &[Case] = &[
    (ActionId::QueueViews, "V enter", |d| {
        d.model.queue.view_name() == Some("blocked over 1,000") && d.model.queue.search == "amount>1000"
    }),
    (ActionId::QueueSaveView, "/ r a m a n enter S m i n e enter", |d| {
        d.model.layers.is_empty() && d.model.queue.view_name() == Some("mine")
    }),
    (ActionId::QueueUndo, "space space u", |d| d.model.queue.marks.len() == 1),
    (ActionId::QueueUndo, "u", warned),
    (ActionId::QueueExport, "e", |d| matches!(d.model.layers.last(), Some(Layer::Form(_)))),
    (ActionId::QueueExport, "e enter", |d| {
        d.model.layers.is_empty()
            && d.model.toasts.shown().any(|t| t.text.contains("written to tieout-queue-fq-us-"))
    }),
];
