use super::Case;
use crate::model::rule::RuleKind;
use crate::tui::effect::Effect;
use crate::tui::keys::ActionId;
use crate::tui::layers::Layer;
use crate::tui::tests::actions::{asked, warned};

fn number(d: &crate::tui::tests::desk::Desk) -> String {
    d.model.document.chosen().map(|c| c.number).unwrap_or_default()
}

/// Beginning on B4Q7TN (ready) in the queue.
pub const CASES: &[Case] = &[
    (ActionId::Override, "enter o 2 enter r enter", |d| {
        asked(d, |e| {
            matches!(e, Effect::SetRule { rule, .. }
                if rule.kind == RuleKind::Class && rule.document.is_some() && rule.reason.as_deref() == Some("r"))
        })
    }),
    (
        ActionId::Receipts,
        "enter t",
        |d| matches!(d.model.layers.last(), Some(Layer::Reader(r)) if r.title == "Receipts of B4Q7TN"),
    ),
    (ActionId::Look, "enter L", |d| d.text().contains("nothing under these references ✓ 09:31")),
    (ActionId::Differences, "enter D", warned),
    (ActionId::NextDocument, "enter ]", |d| {
        number(d) == "X3GW8V" && d.model.queue.current().is_some_and(|r| r.number == "X3GW8V")
    }),
    (ActionId::PreviousDocument, "enter ] ] [", |d| number(d) == "X3GW8V"),
    (
        ActionId::Open,
        "enter j enter",
        |d| matches!(d.model.layers.last(), Some(Layer::Reader(r)) if r.title == "Line 2 of entry 1"),
    ),
    (ActionId::Trail, "enter T", |d| d.model.audit.subject.is_some()),
];
