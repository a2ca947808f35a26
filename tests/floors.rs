//! A room knows only what is below it: the imports are read, and a floor that knows a higher one fails.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test or benchmark fails by panicking and reports by printing"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// What each room may import.
fn allowed() -> BTreeMap<&'static str, &'static [&'static str]> {
    BTreeMap::from([
        ("model", &["model"][..]),
        ("mapping", &["mapping", "model"]),
        ("audit", &["audit", "model"]),
        ("tieout", &["tieout", "model"]),
        ("store", &["store", "audit", "mapping", "tieout", "model"]),
        ("vault", &["vault", "store", "model"]),
        ("transport", &["transport", "vault", "store", "model"]),
        ("systems", &["systems", "transport", "model"]),
        ("engine", &["engine", "systems", "transport", "vault", "store", "audit", "mapping", "model"]),
        (
            "inbound",
            &["inbound", "engine", "systems", "transport", "vault", "store", "audit", "mapping", "model"],
        ),
        ("tui", &["tui", "inbound", "engine", "systems", "transport", "store", "audit", "mapping", "model"]),
        (
            "engine",
            &["engine", "systems", "transport", "vault", "store", "audit", "mapping", "tieout", "model"],
        ),
        ("tui", &["tui", "engine", "systems", "transport", "store", "audit", "mapping", "tieout", "model"]),
        (
            "cli",
            &[
                "cli",
                "tui",
                "inbound",
                "engine",
                "systems",
                "transport",
                "vault",
                "store",
                "audit",
                "mapping",
                "tieout",
                "model",
                "sandbox",
            ],
        ),
        ("sandbox", &["sandbox", "model"]),
    ])
}

fn files(dir: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") {
            out.push(path);
        }
    }
}

/// Rooms named after `crate::`, in comments too: prose about a room is written as its plain name.
fn rooms(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("crate::") {
        let rest = &text[at + 7..];
        if let Some(group) = rest.strip_prefix('{') {
            let group = group.split('}').next().unwrap_or_default();
            found.extend(
                group.split(',').map(|g| g.trim().split("::").next().unwrap_or_default().to_string()),
            );
        } else {
            found.push(
                rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default().to_string(),
            );
        }
    }
    found
}

#[test]
fn no_floor_knows_a_higher_one() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    let mut seen = 0;
    for (room, may) in allowed() {
        let mut list = Vec::new();
        files(&src.join(room), &mut list);
        assert!(!list.is_empty(), "the room {room} is empty");
        for path in list {
            let text = fs::read_to_string(&path).unwrap();
            for other in rooms(&text) {
                seen += 1;
                if allowed().contains_key(other.as_str()) && !may.contains(&other.as_str()) {
                    wrong.push(format!(
                        "{}: {room} knows {other}",
                        path.strip_prefix(&src).unwrap().display()
                    ));
                }
            }
        }
    }
    assert!(seen > 100, "the test reads no imports any more");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn systems_know_nothing_of_each_other() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/systems");
    let names = ["concur", "quickbooks_online"];
    for name in names {
        let mut list = Vec::new();
        files(&src.join(name), &mut list);
        for path in list {
            let text = fs::read_to_string(&path).unwrap();
            for other in names.iter().filter(|n| **n != name) {
                assert!(!text.contains(&format!("systems::{other}")), "{} knows {other}", path.display());
            }
        }
    }
}

#[test]
fn the_pure_rooms_do_no_input_or_output() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for room in ["model", "mapping", "audit", "tieout"] {
        let mut list = Vec::new();
        files(&src.join(room), &mut list);
        for path in list {
            let text = fs::read_to_string(&path).unwrap();
            for word in [
                "std::fs",
                "std::net",
                "tokio",
                "reqwest",
                "rusqlite",
                "Timestamp::now",
                "SystemTime",
                "f64",
                "f32",
            ] {
                assert!(!text.contains(word), "{} uses {word}", path.display());
            }
        }
    }
}
