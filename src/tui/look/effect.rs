//! What the looks want done, and what comes back.

use crate::model::ids::BookId;
use crate::store::{Row, Total};
use crate::tui::keys::Read;
use crate::tui::msg::Said;
use crate::tui::screens::RoomEffect;
use crate::tui::theme::{Listed, Loaded};

/// Why a theme is loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// A file of it was saved.
    Saved,
    /// The cursor of the chooser is on it.
    Preview,
    /// It was chosen for this session.
    Chosen,
}

/// Something to be done outside of `update`.
#[derive(Debug, Clone)]
pub enum LookEffect {
    /// Reads `keys.toml`.
    Keys,
    /// Loads a theme.
    Theme {
        /// Its name.
        name: String,
        /// Why.
        why: Why,
    },
    /// Lists the themes for the chooser.
    Themes,
    /// Writes the theme's name into `config.toml`. Only the chooser makes it.
    Keep(String),
    /// Lets something happen in a made-up home, by its place in the list.
    Happen(usize),
    /// What is open in every book.
    Books,
    /// Rings the bell.
    Bell,
    /// Documents with these words, for the palette.
    Find {
        /// Which palette asks.
        serial: u64,
        /// The book on the screen comes first.
        book: Option<BookId>,
        /// What was typed.
        typed: String,
    },
}

/// What came of it.
#[derive(Debug, Clone)]
pub enum LookMsg {
    /// `keys.toml` was saved.
    KeysSaved,
    /// A file of the folder of themes was saved.
    ThemesSaved,
    /// The keys, and what was not taken.
    Keys(Box<Read>),
    /// A theme.
    Theme(String, Why, Box<Loaded>),
    /// The themes that can be chosen.
    Themes(Vec<Listed>),
    /// Where the theme's name was written.
    Kept(String, Said<String>),
    /// What was let happen.
    Happened(Result<String, String>),
    /// Totals over all books.
    Books(Said<Vec<Total>>),
    /// Documents for the palette.
    Found(u64, String, Said<Vec<Row>>),
}

impl LookEffect {
    /// Whether it reads the store; the others work before it is open.
    pub fn needs_store(&self) -> bool {
        matches!(self, LookEffect::Find { .. } | LookEffect::Books)
    }
}

impl RoomEffect for LookEffect {
    fn is_dangerous(&self) -> bool {
        false
    }
    fn changes(&self) -> bool {
        // a line of this machine's own settings: nothing of the books
        false
    }
    fn slot(&self) -> Option<u8> {
        match self {
            LookEffect::Keys => Some(0),
            LookEffect::Theme { .. } => Some(1),
            LookEffect::Themes => Some(2),
            LookEffect::Keep(_) | LookEffect::Happen(_) | LookEffect::Bell => None,
            LookEffect::Find { .. } => Some(3),
            LookEffect::Books => Some(4),
        }
    }
    fn debounce(&self) -> bool {
        matches!(self, LookEffect::Find { .. })
    }
}
