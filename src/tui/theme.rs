//! Themes: meanings become styles. Widgets know meanings only; a theme that says little falls back until `text`.

use ratatui::style::{Color, Modifier, Style};

mod colours;
mod library;
mod parse;
#[cfg(test)]
mod tests;

pub use colours::Depth;
pub use library::{BUILT_IN, Library, Listed, Loaded};

/// What a piece of the screen means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Meaning {
    /// Plain text.
    Text,
    /// Less important.
    Muted,
    /// Headings, the present tab, keys.
    Accent,
    /// Titles of screens and dialogs.
    Title,
    /// The cursor row.
    Selection,
    /// A marked row.
    Marked,
    /// Fine.
    Ok,
    /// Look at it.
    Warn,
    /// Stops.
    Error,
    /// Irreversible.
    Danger,
    /// Rules and frames.
    Border,
    /// The part that has the keys.
    Focus,
    /// Waiting for the program or a system.
    Busy,
    /// Where it runs: DEMO, SANDBOX.
    Environment,
    /// A key in a hint.
    Key,
    /// What is not possible now.
    Disabled,
    /// A message that only informs.
    Info,
    /// Totals, and lines that close a column.
    Total,
    /// Money that comes in: credits, refunds.
    MoneyIn,
    /// Money that goes out.
    MoneyOut,
    /// The new side of a difference.
    Added,
    /// The old side of a difference.
    Removed,
    /// The filled part of a bar.
    Bar,
    /// What a search found.
    Match,
}

/// How many meanings there are.
const MEANINGS: usize = 24;

impl Meaning {
    /// All, with the name in theme files and the meaning that stands in; each after the one that stands in for it.
    pub const ALL: [(Meaning, &'static str, Option<Meaning>); MEANINGS] = [
        (Meaning::Text, "text", None),
        (Meaning::Muted, "muted", Some(Meaning::Text)),
        (Meaning::Accent, "accent", Some(Meaning::Text)),
        (Meaning::Title, "title", Some(Meaning::Accent)),
        (Meaning::Selection, "selection", Some(Meaning::Text)),
        (Meaning::Marked, "marked", Some(Meaning::Accent)),
        (Meaning::Ok, "ok", Some(Meaning::Text)),
        (Meaning::Warn, "warn", Some(Meaning::Accent)),
        (Meaning::Error, "error", Some(Meaning::Warn)),
        (Meaning::Danger, "danger", Some(Meaning::Error)),
        (Meaning::Border, "border", Some(Meaning::Muted)),
        (Meaning::Focus, "focus", Some(Meaning::Accent)),
        (Meaning::Busy, "busy", Some(Meaning::Muted)),
        (Meaning::Environment, "environment", Some(Meaning::Title)),
        (Meaning::Key, "key", Some(Meaning::Accent)),
        (Meaning::Disabled, "disabled", Some(Meaning::Muted)),
        (Meaning::Info, "info", Some(Meaning::Ok)),
        (Meaning::Total, "total", Some(Meaning::Title)),
        (Meaning::MoneyIn, "money-in", Some(Meaning::Ok)),
        (Meaning::MoneyOut, "money-out", Some(Meaning::Text)),
        (Meaning::Added, "added", Some(Meaning::Ok)),
        (Meaning::Removed, "removed", Some(Meaning::Error)),
        (Meaning::Bar, "bar", Some(Meaning::Accent)),
        (Meaning::Match, "match", Some(Meaning::Accent)),
    ];
}

/// A theme: one style for each meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Theme {
    styles: [Style; MEANINGS],
}

impl Theme {
    /// The style of a meaning.
    pub fn style(&self, meaning: Meaning) -> Style {
        self.styles.get(meaning as usize).copied().unwrap_or_default()
    }

    /// The built-in theme for dark terminals.
    pub fn dark(depth: Depth) -> Self {
        Self::built_in("tieout-dark", depth)
    }

    /// Without a colour: meaning is carried by attributes, words and signs (`NO_COLOR`).
    pub fn mono() -> Self {
        Self::built_in("mono", Depth::None)
    }

    /// A built-in theme by its name; another name gives one without colours.
    pub fn built_in(name: &str, depth: Depth) -> Self {
        Library::default().load(name, depth).theme.unwrap_or_else(Self::plain)
    }

    /// What is left when no file can be read: a test rules it out.
    fn plain() -> Self {
        let plain = Style::new().fg(Color::Reset).bg(Color::Reset);
        let mut styles = [plain; MEANINGS];
        if let Some(slot) = styles.get_mut(Meaning::Selection as usize) {
            *slot = plain.add_modifier(Modifier::REVERSED);
        }
        Self { styles }
    }
}
