//! How the console looks and which keys it has: themes, `keys.toml`, and what the palette finds. Files are read by the
//! runner and arrive as messages; what is wrong in them never ends anything.

pub mod effect;
pub mod place;
pub mod room;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use crate::tui::keys::KeyMap;
use crate::tui::theme::{Depth, Library, Theme};

/// How the console looks and what it may do.
#[derive(Debug, Clone)]
pub struct Look {
    /// The theme.
    pub theme: Theme,
    /// Its name.
    pub theme_name: String,
    /// How many colours the terminal shows.
    pub depth: Depth,
    /// Signs and frames in ASCII.
    pub ascii: bool,
    /// Nothing is changed.
    pub read_only: bool,
    /// The keys in force.
    pub keys: Arc<KeyMap>,
    /// Nothing spins; running work says how long it runs.
    pub reduced_motion: bool,
    /// The mouse is listened to.
    pub mouse: bool,
    /// An error rings the terminal's bell.
    pub bell: bool,
    /// What the palette lets happen in a made-up home: title and sentence, in the order of [`Wardrobe::happenings`].
    pub happenings: Vec<(String, String)>,
}

impl Default for Look {
    fn default() -> Self {
        Self {
            theme: Theme::dark(Depth::True),
            theme_name: "tieout-dark".into(),
            depth: Depth::True,
            ascii: false,
            read_only: false,
            keys: Arc::default(),
            reduced_motion: false,
            mouse: false,
            bell: false,
            happenings: Vec::new(),
        }
    }
}

/// Something that a person can let happen in a made-up home, as the palette lists it.
#[derive(Clone)]
pub struct Happening {
    /// A few words.
    pub title: String,
    /// A sentence.
    pub text: String,
    /// Lets it happen; the answer is what is told. Errors are sentences.
    pub run: Arc<dyn Fn() -> Result<String, String> + Send + Sync>,
}

/// Writes the name of a theme into `config.toml`; the answer says where. Errors are sentences.
pub type KeepTheme = Arc<dyn Fn(&str) -> Result<String, String> + Send + Sync>;

/// Where looks and keys come from, for the runner.
#[derive(Clone, Default)]
pub struct Wardrobe {
    /// Themes.
    pub library: Library,
    /// `keys.toml`; none: the defaults stay.
    pub keys_file: Option<PathBuf>,
    /// Keeps a theme; none: there is no `config.toml` to keep it in.
    pub keep: Option<KeepTheme>,
    /// What a person can let happen; empty in real homes.
    pub happenings: Vec<Happening>,
}

impl fmt::Debug for Wardrobe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wardrobe")
            .field("library", &self.library)
            .field("keys_file", &self.keys_file)
            .field("keeps", &self.keep.is_some())
            .field("happenings", &self.happenings.len())
            .finish()
    }
}
