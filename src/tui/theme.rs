//! Themes: meanings become styles. Widgets know meanings only; a theme that says little falls back until `text`.

use ratatui::style::{Color, Modifier, Style};

mod colours;
mod parse;

pub use colours::Depth;
pub use parse::ThemeProblem;

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
}

impl Meaning {
    /// All, with the name in theme files and the meaning that stands in.
    pub const ALL: [(Meaning, &'static str, Option<Meaning>); 14] = [
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
    ];
}

/// A theme: one style for each meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Theme {
    styles: [Style; 14],
}

impl Theme {
    /// The style of a meaning.
    pub fn style(&self, meaning: Meaning) -> Style {
        self.styles.get(meaning as usize).copied().unwrap_or_default()
    }

    /// The built-in theme for dark terminals.
    pub fn dark(depth: Depth) -> Self {
        let file = include_str!("../../themes/tieout-dark.toml");
        parse::parse(file, depth).map_or_else(|_| Self::mono(), |(theme, _)| theme)
    }

    /// Without a colour: meaning is carried by attributes, words and signs (`NO_COLOR`).
    pub fn mono() -> Self {
        let plain = Style::new().fg(Color::Reset).bg(Color::Reset);
        let of = |m: Modifier| plain.add_modifier(m);
        let mut styles = [plain; 14];
        for (meaning, ..) in Meaning::ALL {
            let style = match meaning {
                Meaning::Selection => of(Modifier::REVERSED),
                Meaning::Marked | Meaning::Accent | Meaning::Title | Meaning::Focus => of(Modifier::BOLD),
                Meaning::Environment | Meaning::Danger => of(Modifier::BOLD | Modifier::UNDERLINED),
                Meaning::Error => of(Modifier::BOLD),
                _ => plain,
            };
            if let Some(slot) = styles.get_mut(meaning as usize) {
                *slot = style;
            }
        }
        Self { styles }
    }

    /// A theme file. Problems within it are sentences; a file that is no TOML at all gives none.
    pub fn parse(text: &str, depth: Depth) -> Result<(Self, Vec<String>), ThemeProblem> {
        parse::parse(text, depth)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_the_table_is_that_of_the_enum() {
        for (i, (m, ..)) in Meaning::ALL.iter().enumerate() {
            assert_eq!(*m as usize, i);
        }
    }

    #[test]
    fn the_shipped_theme_is_without_problems_and_marks_the_cursor_by_reverse() {
        let (theme, problems) =
            Theme::parse(include_str!("../../themes/tieout-dark.toml"), Depth::True).unwrap();
        assert!(problems.is_empty(), "{problems:?}");
        assert!(theme.style(Meaning::Selection).add_modifier.contains(Modifier::REVERSED));
        assert_ne!(theme.style(Meaning::Error), theme.style(Meaning::Text));
    }

    #[test]
    fn a_broken_file_says_why_and_a_poor_one_falls_back() {
        assert!(Theme::parse("[meanings", Depth::True).is_err());
        let (t, problems) = Theme::parse(
            "[meanings]\ntext = { fg = \"#12\" }\naccent = { bold = true }\nsparkle = { bold = true }\n",
            Depth::True,
        )
        .unwrap();
        assert_eq!(problems.len(), 2, "{problems:?}");
        assert!(t.style(Meaning::Title).add_modifier.contains(Modifier::BOLD), "title falls back to accent");
    }

    #[test]
    fn mono_has_no_colour_at_all() {
        let t = Theme::mono();
        for (m, ..) in Meaning::ALL {
            let s = t.style(m);
            assert_eq!((s.fg, s.bg), (Some(Color::Reset), Some(Color::Reset)));
        }
        assert!(t.style(Meaning::Selection).add_modifier.contains(Modifier::REVERSED));
    }
}
