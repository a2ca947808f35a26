//! Dialogs: a stack above the screen. Keys go to the top one first; drawing goes from the bottom to the top.

pub mod approve;
pub mod chooser;
pub mod comparing;
pub mod confirm;
pub mod decide;
pub mod finder;
pub mod form;
pub mod picker;
pub mod reader;
pub mod reason;
pub mod views;
pub mod wizard;

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::tui::effect::Effect;
use crate::tui::keys::ActionId;
use crate::tui::look::place::Place;
use crate::tui::theme::Theme;

pub use approve::Approve;
pub use chooser::Chooser;
pub use comparing::Comparing;
pub use confirm::Confirm;
pub use decide::{Choice, Decide};
pub use finder::Finder;
pub use form::{Answers, Field, Form, FormFor};
pub use picker::Picker;
pub use reader::Reader;
pub use reason::{Purpose, Reason};
pub use views::Views;
pub use wizard::Wizard;

/// A dialog.
#[derive(Debug, Clone)]
pub enum Layer {
    /// Approve.
    Approve(Box<Approve>),
    /// Yes or no.
    Confirm(Confirm),
    /// A reason or note.
    Reason(Box<Reason>),
    /// Choose a record.
    Picker(Box<Picker>),
    /// Choose what happens.
    Decide(Box<Decide>),
    /// Something to read.
    Reader(Reader),
    /// Two entry sets side by side.
    Comparing(Box<Comparing>),
    /// Help or palette.
    Finder(Box<Finder>),
    /// Choose a book or a theme.
    Chooser(Box<Chooser>),
    /// Several fields.
    Form(Box<Form>),
    /// The views of the queue.
    Views(Box<Views>),
    /// Of the mapping screen.
    Mapping(Box<crate::tui::screens::mappings::dialog::Dialog>),
    /// A sign-in, step by step.
    Wizard(Box<Wizard>),
}

/// What a dialog made of a key.
#[derive(Debug, Clone)]
pub enum Out {
    /// It stays.
    Stay,
    /// It stays, and something is done.
    Run(Vec<Effect>),
    /// It goes.
    Close,
    /// It goes, and something is done.
    CloseAndRun(Vec<Effect>),
    /// Another one takes its place.
    Replace(Box<Layer>),
    /// Another one takes its place, and something is done.
    ReplaceAndRun(Box<Layer>, Vec<Effect>),
    /// It goes, and this action is done.
    Act(ActionId),
    /// It goes, and this place is shown.
    Go(Place),
    /// It stays, and the room that asked takes the answers.
    Submit(FormFor, Answers),
}

impl Layer {
    /// A key for the top dialog.
    pub fn key(&mut self, key: KeyEvent) -> Out {
        match self {
            Layer::Approve(l) => l.key(key),
            Layer::Confirm(l) => l.key(key),
            Layer::Reason(l) => l.key(key),
            Layer::Picker(l) => l.key(key),
            Layer::Decide(l) => l.key(key),
            Layer::Reader(l) => l.key(key),
            Layer::Comparing(l) => l.key(key),
            Layer::Finder(l) => l.key(key),
            Layer::Chooser(l) => l.key(key),
            Layer::Form(l) => l.key(key),
            Layer::Views(l) => l.key(key),
            Layer::Mapping(l) => l.key(key),
            Layer::Wizard(l) => l.key(key),
        }
    }

    /// A paste: only fields take it, as text.
    pub fn paste(&mut self, text: &str) -> Out {
        match self {
            Layer::Approve(l) => l.paste(text),
            Layer::Reason(l) => l.paste(text),
            Layer::Picker(l) => l.paste(text),
            Layer::Finder(l) => l.paste(text),
            Layer::Chooser(l) => l.paste(text),
            Layer::Form(l) => l.paste(text),
            Layer::Wizard(l) => l.paste(text),
            Layer::Mapping(l) => l.paste(text),
            Layer::Confirm(_)
            | Layer::Decide(_)
            | Layer::Reader(_)
            | Layer::Comparing(_)
            | Layer::Views(_) => Out::Stay,
        }
    }

    /// Draws it over the area.
    pub fn draw(&self, buf: &mut Buffer, area: Rect, theme: &Theme) {
        match self {
            Layer::Approve(l) => l.draw(buf, area, theme),
            Layer::Confirm(l) => l.draw(buf, area, theme),
            Layer::Reason(l) => l.draw(buf, area, theme),
            Layer::Picker(l) => l.draw(buf, area, theme),
            Layer::Decide(l) => l.draw(buf, area, theme),
            Layer::Reader(l) => l.draw(buf, area, theme),
            Layer::Comparing(l) => l.draw(buf, area, theme),
            Layer::Finder(l) => l.draw(buf, area, theme),
            Layer::Chooser(l) => l.draw(buf, area, theme),
            Layer::Form(l) => l.draw(buf, area, theme),
            Layer::Views(l) => l.draw(buf, area, theme),
            Layer::Mapping(l) => l.draw(buf, area, theme),
            Layer::Wizard(l) => l.draw(buf, area, theme),
        }
    }

    /// A dialog after which something may leave the program's control.
    pub fn asks(&self) -> bool {
        match self {
            Layer::Approve(_) | Layer::Confirm(_) => true,
            // a name is typed before a connection ends or a book goes live
            Layer::Form(f) => matches!(&f.purpose, FormFor::Connections(f) if f.asks()),
            _ => false,
        }
    }
}
