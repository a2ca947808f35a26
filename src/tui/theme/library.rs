//! Themes by name: the user's folder first, then what is compiled in.

use std::path::{Path, PathBuf};

use super::Theme;
use super::colours::Depth;
use super::parse::{Raw, read, resolve};
use crate::tui::nearest::nearest;
use crate::tui::settings::Problem;

/// The built-in themes: name, one line for people, file.
pub const BUILT_IN: [(&str, &str, &str); 6] = [
    ("tieout-dark", "for dark terminals", include_str!("../../../themes/tieout-dark.toml")),
    (
        "tieout-light",
        "for light terminals; paints its background",
        include_str!("../../../themes/tieout-light.toml"),
    ),
    ("high-contrast", "7:1 and more, on black", include_str!("../../../themes/high-contrast.toml")),
    (
        "colour-blind",
        "blue and orange, no red beside green",
        include_str!("../../../themes/colour-blind.toml"),
    ),
    ("ansi16", "the sixteen colours of your terminal", include_str!("../../../themes/ansi16.toml")),
    ("mono", "no colours: bold, underline, reverse", include_str!("../../../themes/mono.toml")),
];

/// The longest file that is read.
const LONGEST: u64 = 256 * 1024;

/// Where themes come from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Library {
    /// The user's folder of themes.
    pub folder: Option<PathBuf>,
}

/// A theme that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its name.
    pub name: String,
    /// A line about it.
    pub note: String,
}

/// A theme, and what is wrong with its files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loaded {
    /// The theme; where details are wrong, their fall-back. None: there is no theme of this name.
    pub theme: Option<Theme>,
    /// What is wrong.
    pub problems: Vec<Problem>,
}

impl Library {
    /// Themes of a folder before the built-in ones.
    pub fn of(folder: &Path) -> Self {
        Self { folder: Some(folder.into()) }
    }

    /// The themes that can be chosen: the built-in ones, then the user's, by name.
    pub fn list(&self) -> Vec<Listed> {
        let mut own: Vec<String> = self
            .folder
            .iter()
            .filter_map(|f| std::fs::read_dir(f).ok())
            .flatten()
            .filter_map(|e| e.ok()?.file_name().to_str()?.strip_suffix(".toml").map(String::from))
            .filter(|n| is_name(n))
            .collect();
        own.sort();
        let mut all: Vec<Listed> = BUILT_IN
            .iter()
            .map(|(name, note, _)| Listed {
                name: (*name).into(),
                note: if own.iter().any(|o| o == name) { "your own file".into() } else { (*note).into() },
            })
            .collect();
        own.retain(|o| BUILT_IN.iter().all(|(n, ..)| n != o));
        all.extend(own.into_iter().map(|name| Listed { name, note: "your own file".into() }));
        all
    }

    /// A theme at a depth. Reads the user's folder; the built-in themes need no file.
    pub fn load(&self, name: &str, depth: Depth) -> Loaded {
        let mut files: Vec<Raw> = Vec::new();
        let mut problems = Vec::new();
        // a file of the user may begin with the built-in theme of its own name
        let mut seen: Vec<(String, bool)> = Vec::new();
        let mut next = Some(name.to_string());
        while let Some(wanted) = next.take() {
            let own_seen = seen.iter().any(|(n, own)| *n == wanted && *own);
            let found = self.find(&wanted, !own_seen, &mut problems);
            let Some((label, text, own)) = found.filter(|(.., own)| !seen.contains(&(wanted.clone(), *own)))
            else {
                let what = if seen.iter().any(|(n, _)| *n == wanted) {
                    let chain: Vec<_> =
                        seen.iter().map(|(n, _)| n.as_str()).chain([wanted.as_str()]).collect();
                    format!("a theme cannot begin with itself: {}", chain.join(" → "))
                } else {
                    self.missing(&wanted)
                };
                let (file, key) = match seen.last() {
                    Some((from, own)) => (label_of(from, *own), "inherits".into()),
                    None => ("theme".into(), String::new()),
                };
                problems.push(Problem { file, line: 0, key, what });
                break;
            };
            let raw = read(&label, &text);
            next.clone_from(&raw.inherits);
            seen.push((wanted, own));
            files.push(raw);
        }
        if files.is_empty() {
            return Loaded { theme: None, problems };
        }
        files.reverse();
        let (theme, more) = resolve(&files, depth);
        problems.extend(more);
        Loaded { theme: Some(theme), problems }
    }

    fn missing(&self, name: &str) -> String {
        let known: Vec<String> = self.list().into_iter().map(|l| l.name).collect();
        let hint = match nearest(name, known.iter()) {
            Some(near) => format!("did you mean {near:?}?"),
            None => format!("there are {}", known.join(", ")),
        };
        format!("there is no theme {name:?}; {hint}")
    }

    /// The file of a theme: label, text, and whether it is the user's.
    fn find(&self, name: &str, own_too: bool, problems: &mut Vec<Problem>) -> Option<(String, String, bool)> {
        if !is_name(name) {
            return None;
        }
        if let Some(folder) = self.folder.as_ref().filter(|_| own_too) {
            let path = folder.join(format!("{name}.toml"));
            let read = std::fs::metadata(&path).and_then(|m| {
                if m.len() > LONGEST {
                    return Err(std::io::Error::other("it is too long for a theme"));
                }
                std::fs::read_to_string(&path)
            });
            match read {
                Ok(text) => return Some((label_of(name, true), text, true)),
                Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
                Err(e) => problems.push(Problem {
                    file: label_of(name, true),
                    line: 0,
                    key: String::new(),
                    what: format!("it cannot be read: {e}"),
                }),
            }
        }
        let (_, _, text) = BUILT_IN.iter().find(|(n, ..)| *n == name)?;
        Some((label_of(name, false), (*text).to_string(), false))
    }
}

fn label_of(name: &str, own: bool) -> String {
    if own { format!("themes/{name}.toml") } else { format!("built-in theme {name}") }
}

/// A name is one part of a path, and nothing that leads elsewhere.
fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 64
        && !name.starts_with('.')
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ' '))
}
