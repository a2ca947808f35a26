//! What is known of the document in the ledger and at its source: what a look saw and when, confirmation, links.

use jiff::tz::TimeZone;

use crate::engine::inspect::{Looked, UnderReference};
use crate::model::document::DocumentKind;
use crate::model::state::State;
use crate::store::{Acknowledged, OutboxKind};
use crate::tui::format::minute;
use crate::tui::msg::{Said, Sheet};
use crate::tui::text::clean;

use super::effect::Extras;
use super::entries::{EntryRow, RowKind, note};

/// A look at the ledger.
#[derive(Debug, Clone)]
pub enum Look {
    /// Asked, not answered yet.
    Asked,
    /// The answer.
    Done(Said<Box<Looked>>),
}

/// The lines below the entries.
pub fn rows(sheet: &Sheet, look: Option<&Look>, extras: &Extras, zone: &TimeZone) -> Vec<EntryRow> {
    let mut out = now(sheet, look, zone);
    out.extend(confirmation(sheet, zone));
    for (slot, address) in &extras.links {
        out.push(note(clean(&format!("{slot}: {address}"))));
    }
    out
}

fn good(text: String) -> EntryRow {
    EntryRow { text, kind: RowKind::Good, ..EntryRow::default() }
}

fn bad(text: String) -> EntryRow {
    EntryRow { text, kind: RowKind::Bad, ..EntryRow::default() }
}

/// `in the ledger now: nothing under these references ✓ 09:31`
fn now(sheet: &Sheet, look: Option<&Look>, zone: &TimeZone) -> Vec<EntryRow> {
    let lead = "in the ledger now: ";
    let looked = match look {
        None if !postable(sheet) => return Vec::new(),
        None => {
            return vec![note(format!("{lead}not looked up yet · {{key:look}} looks, and writes nothing"))];
        }
        Some(Look::Asked) => return vec![note(format!("{lead}looking it up…"))],
        Some(Look::Done(Err(why))) => return vec![bad(format!("! {lead}not known: {why}"))],
        Some(Look::Done(Ok(looked))) => looked,
    };
    let at = looked.at.to_zoned(zone.clone()).strftime("%H:%M").to_string();
    // every check of posting was made with it
    let pass = if looked.would_post() { " · checks pass" } else { "" };
    if looked.slots.is_empty() {
        return vec![note(format!("{lead}no reference to look for · {at}"))];
    }
    if looked.nothing() {
        return vec![good(format!("{lead}nothing under these references ✓ {at}{pass}"))];
    }
    let mut out = Vec::new();
    let ours = looked.slots.iter().filter(|s| matches!(s.there, UnderReference::Ours { .. })).count();
    if ours == looked.slots.len() {
        let words = if ours == 1 { "the record".into() } else { format!("the {ours} records") };
        return vec![good(format!("{lead}{words}, as recorded ✓ {at}"))];
    }
    for s in &looked.slots {
        let place = clean(&s.slot);
        out.push(match &s.there {
            UnderReference::Nothing => note(format!("{lead}{place}: nothing · {at}")),
            UnderReference::Ours { number, .. } => good(format!("{lead}{place}: {} ✓ {at}", clean(number))),
            UnderReference::Unknown { number, id } => bad(format!(
                "! {lead}{place}: {} (id {}) carries our mark and is not known here · {at}",
                clean(number),
                clean(id)
            )),
            UnderReference::Different { why } => bad(format!("! {lead}{place}: {} · {at}", clean(why))),
            UnderReference::Gone { number } => {
                bad(format!("! {lead}{place}: {} is gone · {at}", clean(number)))
            }
        });
    }
    out
}

/// Something could be looked for.
pub fn postable(sheet: &Sheet) -> bool {
    crate::tui::screens::queue::set_of(sheet).is_some()
}

/// What the source was told of it.
fn confirmation(sheet: &Sheet, zone: &TimeZone) -> Vec<EntryRow> {
    let card = &sheet.card;
    if card.row.kind == DocumentKind::Correction {
        return Vec::new();
    }
    let recorded =
        matches!(card.row.state, State::Posted | State::ConfirmFailed | State::Confirmed | State::Reversed);
    let mut out = Vec::new();
    if let Acknowledged::Refused(why) = &card.acknowledged {
        out.push(bad(format!("! Concur refused the acknowledgement: {}", clean(why))));
    }
    let told = card.outbox.iter().rev().find(|o| o.kind == OutboxKind::Confirm);
    let event = sheet.history.iter().find(|e| e.action == "confirmed");
    match (told, event) {
        _ if !recorded => {}
        (Some(o), _) if !o.done && !o.detail.is_empty() => {
            out.push(bad(format!("! Concur did not take the confirmation: {}", clean(&o.detail))));
        }
        (Some(o), None) if !o.done => out.push(note("Concur hears of it next".into())),
        (_, Some(e)) => out.push(good(format!("Concur knows it is recorded ✓ {}", minute(e.at, zone)))),
        (Some(_), None) => out.push(good("Concur knows it is recorded ✓".into())),
        (None, None) => {}
    }
    out
}
