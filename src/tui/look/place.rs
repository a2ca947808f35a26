//! Places that the palette and the choosers lead to.

use jiff::ToSpan as _;
use jiff::civil::Date;

use crate::model::ids::{BookId, ConnectionId, DocumentId};
use crate::tui::app::{Model, Screen};
use crate::tui::effect::Effect;

use super::effect::{LookEffect, Why};

/// Where Enter goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A document, and its book where it is known.
    Document(DocumentId, Option<BookId>),
    /// A book.
    Book(BookId),
    /// A connection.
    Connection(ConnectionId),
    /// The tie-out of the month that begins here.
    Month(Date),
    /// A theme, for this session.
    Theme(String),
    /// A theme, kept in `config.toml`.
    KeptTheme(String),
    /// Something that happens in a made-up home, by its place in the list.
    Happening(usize),
}

/// Goes there.
pub fn go(model: &mut Model, place: Place) -> Vec<Effect> {
    match place {
        Place::Document(id, book) => {
            let mut effects = Vec::new();
            if let Some(book) = book.filter(|b| model.book.as_ref() != Some(b)) {
                effects.extend(model.choose_book(book));
            }
            effects.push(model.document.open(id, None));
            effects.extend(model.go(Screen::Document));
            effects
        }
        Place::Book(book) => {
            if model.book.as_ref() == Some(&book) {
                return Vec::new();
            }
            // a document of the book before is not of this one
            let mut effects = model.choose_book(book);
            if model.screen == Screen::Document {
                effects.extend(model.go(Screen::Queue));
            }
            effects
        }
        Place::Connection(id) => {
            if let Some(at) = model.connections.iter().position(|c| c.id == id) {
                model.connection_list.cursor.at = at;
            }
            model.go(Screen::Connections)
        }
        Place::Month(first) => {
            if let Some(shown) = model.tieout.month(model.now, &model.zone) {
                let months = |d: Date| i32::from(d.year()) * 12 + i32::from(d.month());
                let by = months(first) - months(shown.from);
                if by != 0 {
                    let (now, zone) = (model.now, model.zone.clone());
                    model.tieout.turn(by, now, &zone);
                }
            }
            model.go(Screen::Tieout)
        }
        Place::Theme(name) => vec![Effect::LookRoom(LookEffect::Theme { name, why: Why::Chosen })],
        Place::KeptTheme(name) => vec![
            Effect::LookRoom(LookEffect::Theme { name: name.clone(), why: Why::Chosen }),
            Effect::LookRoom(LookEffect::Keep(name)),
        ],
        Place::Happening(at) => vec![Effect::LookRoom(LookEffect::Happen(at))],
    }
}

/// The months that can be tied out from here: this one and the two years before it, newest first.
pub fn months(model: &Model) -> Vec<Date> {
    let Some(at) = model.now.at else { return Vec::new() };
    let first = at.to_zoned(model.zone.clone()).date().first_of_month();
    (0..25).filter_map(|n: i32| first.checked_sub(n.months()).ok()).collect()
}
