//! The answers to what the looks ask: files in memory, documents of the sample.

use crate::store::Row;
use crate::tui::keys;
use crate::tui::look::effect::{LookEffect, LookMsg};
use crate::tui::theme::{Depth, Library};

use super::sample;

pub fn answer(effect: &LookEffect) -> Option<LookMsg> {
    Some(match effect.clone() {
        LookEffect::Keys => LookMsg::Keys(Box::new(keys::read("[queue]\napprove = [\"ctrl-o\"]\n"))),
        LookEffect::Theme { name, why } => {
            let loaded = Library::default().load(&name, Depth::True);
            LookMsg::Theme(name, why, Box::new(loaded))
        }
        LookEffect::Themes => LookMsg::Themes(Library::default().list()),
        LookEffect::Keep(name) => LookMsg::Kept(name, Ok("/home/theo/config.toml".into())),
        LookEffect::Books => LookMsg::Books(Ok(sample::totals())),
        LookEffect::Find { serial, typed, .. } => {
            let has =
                |r: &Row| format!("{} {}", r.number, r.payee).to_lowercase().contains(&typed.to_lowercase());
            let rows = sample::rows().into_iter().filter(has).collect();
            LookMsg::Found(serial, typed, Ok(rows))
        }
        LookEffect::Happen(_) => LookMsg::Happened(Ok("It happened.".into())),
        LookEffect::Bell => return None,
    })
}
