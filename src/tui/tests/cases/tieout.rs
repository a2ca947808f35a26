use crate::tui::app::Screen;
use crate::tui::effect::Effect;
use crate::tui::keys::ActionId;
use crate::tui::layers::Layer;
use crate::tui::screens::tieout::Part;
use crate::tui::screens::tieout::effect::TieoutEffect;
use crate::tui::tests::actions::{asked, warned};

use super::Case;

/// The last of these effects that was made.
fn made(d: &crate::tui::tests::desk::Desk, f: fn(&TieoutEffect) -> bool) -> bool {
    d.effects.iter().any(|e| matches!(e, Effect::TieoutRoom(t) if f(t)))
}

pub const CASES: &[Case] = &[
    (ActionId::TieoutOpen, "5 enter", |d| {
        made(d, |e| matches!(e, TieoutEffect::Read { period, .. } if period.to_string() == "2026-10"))
            && d.text().contains("edited_in_ledger")
    }),
    // the cursor is on the first item: Enter opens its document
    (ActionId::TieoutOpen, "5 enter enter", |d| d.model.screen == Screen::Document),
    // on a line of the bridge: its documents; Enter opens one, Esc comes back to the list and the line
    (ActionId::TieoutOpen, "5 enter g g enter enter esc", |d| {
        d.model.screen == Screen::Tieout && d.model.tieout.list.is_some()
    }),
    (ActionId::Back, "5 enter g g enter esc", |d| {
        d.model.screen == Screen::Tieout && d.model.tieout.list.is_none()
    }),
    (ActionId::Refresh, "5 enter r", |d| {
        d.effects.iter().filter(|e| matches!(e, Effect::TieoutRoom(TieoutEffect::Read { .. }))).count() == 2
    }),
    (ActionId::PreviousPeriod, "5 left", |d| d.text().contains("Tie-out › 2026-09")),
    (ActionId::NextPeriod, "5 right", |d| d.text().contains("Tie-out › 2026-11")),
    (ActionId::NextPart, "5 enter tab", |d| d.model.tieout.part == Part::Completeness),
    (ActionId::PreviousPart, "5 enter backtab", |d| d.model.tieout.part == Part::SignOff),
    (ActionId::TieoutCurrencyBefore, "5 enter <", warned),
    (ActionId::TieoutCurrencyNext, "5 enter >", warned),
    (ActionId::TieoutSplit, "5 enter t", |d| d.text().contains("EUR reports")),
    (ActionId::TieoutHome, "5 enter H", warned),
    (ActionId::TieoutComment, "5 enter c o k enter", |d| {
        made(d, |e| {
            matches!(e, TieoutEffect::Comment { item, text, .. }
            if item.item == "edited_in_ledger:BW-88213" && text == "ok")
        }) && d.text().contains("13 need action")
    }),
    (ActionId::TieoutExport, "5 enter e enter enter enter enter", |d| {
        made(d, |e| {
            matches!(e, TieoutEffect::Export { ask, .. }
            if ask.folder == "/home/theo/closing" && ask.csv && ask.json && ask.text)
        }) && d.text().contains("Written to /home/theo/closing/tieout-fq-us-2026-10")
    }),
    (ActionId::TieoutAccrue, "5 enter A", |d| {
        matches!(d.model.layers.last(), Some(Layer::Confirm(_))) && !asked(d, Effect::is_dangerous)
    }),
    (ActionId::TieoutAccrue, "5 enter A y", |d| made(d, |e| matches!(e, TieoutEffect::Accrue { .. }))),
    // nothing is signed while items are open, and nothing is reviewed, reopened or locked before it is signed
    (ActionId::TieoutSign, "5 enter S", warned),
    (ActionId::TieoutReview, "5 enter R", warned),
    (ActionId::TieoutReopen, "5 enter O", warned),
    (ActionId::TieoutLock, "5 enter L", warned),
];
