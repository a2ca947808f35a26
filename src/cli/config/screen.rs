//! What this machine says about the console's screen, and keeping a theme without losing a comment.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::cli::config::{Config, ConfigError};
use crate::cli::platform;

/// Which signs are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Glyphs {
    /// ASCII where the locale is not UTF-8, and on the kernel's console.
    #[default]
    Auto,
    /// Lines and signs of Unicode.
    Unicode,
    /// ASCII only.
    Ascii,
}

/// Whether the mouse is listened to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mouse {
    /// On, but not over SSH.
    #[default]
    Auto,
    /// On.
    On,
    /// Off.
    Off,
}

/// The choice that leaves the theme to the terminal.
pub const AUTO: &str = "auto";

/// For `skip_serializing_if`: a value as it is without a word.
pub fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// The text of a settings file with another theme in it; everything else stays as it is written.
pub fn with_theme(text: &str, name: &str, path: &Path) -> Result<String, ConfigError> {
    let before = Config::parse(text, path)?;
    let line = format!("theme = {}", toml::Value::String(name.into()));
    let lines: Vec<&str> = text.lines().collect();
    // the keys of the top end where the first table begins
    let top = lines.iter().position(|l| l.trim_start().starts_with('[')).unwrap_or(lines.len());
    let is = |l: &str, lead: &str| {
        l.strip_prefix(lead)
            .and_then(|l| l.trim_start().strip_prefix("theme"))
            .is_some_and(|r| r.trim_start().starts_with('='))
    };
    let head = || lines.iter().take(top);
    let given = head().position(|l| is(l.trim_start(), "")).or_else(|| head().position(|l| is(l, "#")));
    let mut out: Vec<String> = lines.iter().map(ToString::to_string).collect();
    match given {
        Some(at) => {
            if let Some(slot) = out.get_mut(at) {
                *slot = line;
            }
        }
        // before the tables: behind one it would belong to it
        None => out.insert(0, line),
    }
    let text = out.join("\n") + "\n";
    // what was written has to say what was meant, and nothing else
    let after = Config::parse(&text, path)?;
    if after != (Config { theme: Some(name.into()), ..before }) {
        let message = "theme: the line cannot be found; write theme = \"…\" at the top by hand".into();
        return Err(ConfigError::Value { path: path.into(), message });
    }
    Ok(text)
}

/// Writes a theme's name into the settings; the answer is the file's path.
pub fn keep_theme(path: &Path, name: &str) -> Result<String, ConfigError> {
    let io = |error| ConfigError::Io { path: path.into(), error };
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(e) => return Err(io(e)),
    };
    let text = with_theme(&text, name, path)?;
    platform::replace_private(path, text.as_bytes()).map_err(io)?;
    Ok(path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::config::commented_default;

    fn kept(text: &str) -> String {
        with_theme(text, "mono", Path::new("config.toml")).unwrap()
    }

    #[test]
    fn a_theme_is_kept_and_every_other_line_stays() {
        assert_eq!(kept(""), "theme = \"mono\"\n");
        assert_eq!(kept("# mine\ntheme='x' # old\nbell = true\n"), "# mine\ntheme = \"mono\"\nbell = true\n");
        let tables = "[connections.q]\npace = \"50%\"\n";
        assert_eq!(kept(tables), format!("theme = \"mono\"\n{tables}"));
        let default = commented_default();
        let changed: Vec<_> = kept(&default)
            .lines()
            .zip(default.lines())
            .filter(|(a, b)| a != b)
            .map(|(a, _)| a.to_string())
            .collect();
        assert_eq!(changed, ["theme = \"mono\""]);
    }

    #[test]
    fn a_file_that_is_wrong_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("config.toml");
        std::fs::write(&path, "themes = 1\n").unwrap();
        assert!(keep_theme(&path, "mono").is_err());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "themes = 1\n");
        std::fs::write(&path, "bell = true\n").unwrap();
        keep_theme(&path, "high-contrast").unwrap();
        assert!(std::fs::read_to_string(&path).unwrap().contains("theme = \"high-contrast\"\nbell"));
    }
}
