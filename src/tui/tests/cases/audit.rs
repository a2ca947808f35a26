use super::Case;
use crate::tui::app::Screen;
use crate::tui::effect::Effect;
use crate::tui::keys::ActionId;
use crate::tui::layers::Layer;
use crate::tui::screens::audit::effect::AuditEffect;
use crate::tui::tests::actions::asked;

pub const CASES: &[Case] = &[
    (ActionId::AuditDocument, "4 o", |d| d.model.screen == Screen::Document),
    (ActionId::AuditReplay, "4 R", |d| {
        d.model.audit.replay.is_some() && asked(d, |e| matches!(e, Effect::AuditRoom(AuditEffect::Look(_))))
    }),
    (ActionId::AuditFields, "4 f", |d| matches!(d.model.layers.last(), Some(Layer::Form(_)))),
    (ActionId::AuditVerify, "4 V", |d| {
        asked(d, |e| matches!(e, Effect::AuditRoom(AuditEffect::Verify { keep: true })))
    }),
    (ActionId::AuditAnchors, "4 A", |d| d.text().contains("event     1,190")),
    (ActionId::AuditExport, "4 X home ctrl-k a . c s v enter enter", |d| {
        asked(d, |e| matches!(e, Effect::AuditRoom(AuditEffect::Export { path, .. }) if path == "a.csv"))
    }),
];
