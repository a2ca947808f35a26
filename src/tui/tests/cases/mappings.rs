use crate::engine::mapping::EditWhat;
use crate::mapping::Change;
use crate::tui::effect::Effect;
use crate::tui::keys::ActionId;
use crate::tui::layers::Layer;
use crate::tui::screens::mappings::Part;
use crate::tui::screens::mappings::effect::MappingEffect;
use crate::tui::tests::actions::{asked, warned};

use super::Case;

fn tries(e: &Effect, holds: fn(&EditWhat) -> bool) -> bool {
    matches!(e, Effect::MappingRoom(MappingEffect::Try { edit, .. }) if holds(&edit.what))
}

fn change(e: &Effect, holds: fn(&Change) -> bool) -> bool {
    matches!(e, Effect::MappingRoom(MappingEffect::Try { edit, .. })
        if matches!(&edit.what, EditWhat::Changes(list) if holds(&list[0])))
}

/// Beginning in the queue; the screen opens in the part Vendors, where E1010 has no vendor.
pub const CASES: &[Case] = &[
    (ActionId::NextPart, "2 tab tab", |d| d.model.mappings.part == Part::Dimensions),
    (ActionId::PreviousPart, "2 backtab", |d| d.model.mappings.part == Part::Lists),
    (ActionId::Open, "2 j enter", |d| d.text().contains("documents of rule 32")),
    (ActionId::Open, "2 j enter enter", |d| d.model.screen == crate::tui::app::Screen::Document),
    (ActionId::Back, "2 j enter esc", |d| d.model.mappings.documents.is_none()),
    (ActionId::Fix, "2 f", |d| matches!(d.model.layers.last(), Some(Layer::Picker(_)))),
    (ActionId::Filter, "2 tab tab / 4 5 0 enter", |d| d.model.mappings.lines.len() == 1),
    (ActionId::Suggest, "2 tab tab s", |d| d.model.mappings.suggesting && d.model.mappings.lines.len() == 1),
    (ActionId::Accept, "2 tab tab a", |d| {
        asked(d, |e| change(e, |c| matches!(c, Change::Set { replaces: None, .. })))
    }),
    (ActionId::Accept, "2 a", warned),
    (ActionId::AcceptAll, "2 tab tab A enter", |d| {
        asked(d, |e| tries(e, |w| matches!(w, EditWhat::Changes(list) if list.len() == 1)))
    }),
    (ActionId::AddRule, "2 n", |d| matches!(d.model.layers.last(), Some(Layer::Form(_)))),
    (ActionId::EditRule, "2 j e", |d| matches!(d.model.layers.last(), Some(Layer::Form(_)))),
    (ActionId::RemoveRule, "2 j x", |d| asked(d, |e| change(e, |c| *c == Change::Remove(32)))),
    (ActionId::RuleUp, "2 backtab backtab backtab j K", |d| {
        asked(d, |e| change(e, |c| *c == Change::MoveGuard { id: 37, up: true }))
    }),
    (ActionId::RuleDown, "2 backtab backtab backtab J", |d| {
        asked(d, |e| change(e, |c| *c == Change::MoveGuard { id: 36, up: false }))
    }),
    (ActionId::UndoRules, "2 u", |d| asked(d, |e| tries(e, |w| *w == EditWhat::Back(6)))),
    (ActionId::BackTo, "2 backtab backtab j v", |d| asked(d, |e| tries(e, |w| *w == EditWhat::Back(6)))),
    (ActionId::ImportRules, "2 I", |d| matches!(d.model.layers.last(), Some(Layer::Form(_)))),
    (ActionId::ExportRules, "2 E enter enter", |d| {
        asked(
            d,
            |e| matches!(e, Effect::MappingRoom(MappingEffect::Export { path, .. }) if path == "mappings-fq-us.csv"),
        )
    }),
    (ActionId::CompareLists, "2 backtab C", |d| {
        asked(d, |e| matches!(e, Effect::MappingRoom(MappingEffect::Compare { .. })))
    }),
    (ActionId::CompareLists, "2 C", warned),
];
