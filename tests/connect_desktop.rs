//! `connect quickbooks-desktop` by the real program: nobody is called, the file and the password, what is shown later.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

#[allow(clippy::unused_async, reason = "what this file does not use stands beside what it does")]
mod vault_common;

use std::os::unix::fs::PermissionsExt as _;

use serde_json::json;
use vault_common::{Ended, Place};

fn listen(place: &Place, lines: &str) {
    std::fs::create_dir_all(place.home()).unwrap();
    std::fs::set_permissions(place.home(), std::fs::Permissions::from_mode(0o700)).unwrap();
    let config = place.home().join("config.toml");
    std::fs::write(&config, format!("[listen.web_connector]\n{lines}\n")).unwrap();
    std::fs::set_permissions(&config, std::fs::Permissions::from_mode(0o600)).unwrap();
}

fn connect(place: &Place, more: &[&str]) -> Ended {
    let base = ["connect", "quickbooks-desktop", "--name", "fq-tax", "--vault", "key-file"];
    place.run(&[&base[..], more].concat(), &[])
}

#[test]
fn what_is_missing_in_the_settings_is_said_line_by_line() {
    let place = Place::new();
    let said = connect(&place, &[]);
    assert_eq!(said.code, Some(1), "{said:?}");
    for part in ["[listen.web_connector]", "address = \"127.0.0.1:8077\"", "endpoint = \"https://"] {
        assert!(said.err.contains(part), "{part}: {said:?}");
    }
    listen(&place, "address = \"127.0.0.1:8077\"");
    let said = connect(&place, &[]);
    assert!(said.code == Some(2) && said.err.contains("give --company-name"), "{said:?}");
    assert_eq!(place.run(&["connections", "--json"], &[]).ok().json()["connections"], json!([]));
}

#[test]
fn the_file_the_password_and_what_is_shown_later() {
    let place = Place::new();
    listen(&place, "address = \"127.0.0.1:8077\"");
    let file = place.path().join("fq-tax.qwc");
    let path = file.to_str().unwrap();
    let given = ["--company-name", "Fernhill Quay Tax LLC", "--qwc", path];
    let made = connect(&place, &[&given[..], &["--json"]].concat()).ok().json();
    assert_eq!(made["user"], "tieout-fernhill-quay-tax-llc");
    assert_eq!(made["url"], "http://localhost:8077/qbwc");
    assert_eq!(made["steps"].as_array().unwrap().len(), 4);
    let password = made["password"].as_str().unwrap().to_string();
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let first = std::fs::read_to_string(&file).unwrap();
    assert!(first.contains(made["company"].as_str().unwrap()) && !first.contains(&password), "{first}");

    let one = &place.run(&["connections", "--json"], &[]).ok().json()["connections"][0];
    assert_eq!(
        (&one["health"], &one["reason"]),
        (&json!("offline"), &json!("waits for the first visit of the Web Connector"))
    );
    assert_eq!(one["visits"]["connected_as"], "Fernhill Quay Tax LLC");
    assert_eq!(one["visits"]["waiting"]["documents"], 0);
    let text = place.run(&["connections"], &[]).ok().out;
    assert!(text.contains("it has not come yet") && text.contains("Auto-Run"), "{text}");
    assert!(place.run(&["status"], &[]).ok().out.contains("it has not come yet"));
    let test = place.run(&["connections", "test", "fq-tax"], &[]).ok().out;
    assert!(test.contains("cannot be called") && test.contains("has not come yet"), "{test}");

    let again = place.path().join("again.qwc");
    let write = ["connections", "qwc", "fq-tax", again.to_str().unwrap()];
    place.run(&write, &[]).ok();
    assert_eq!(std::fs::read_to_string(&again).unwrap(), first);
    let twice = place.run(&write, &[]);
    assert!(twice.code == Some(2) && twice.err.contains("--replace"), "{twice:?}");
    place.run(&[&write[..], &["--replace"]].concat(), &[]).ok();

    let anew = place.run(&["connections", "reauthorise", "fq-tax"], &[]).ok().out;
    assert!(!anew.contains(&password) && anew.contains("password "), "{anew}");
    let one = &place.run(&["connections", "--json"], &[]).ok().json()["connections"][0];
    assert_eq!(one["company"], made["company"]);
    // the password is in no file of the home
    for entry in std::fs::read_dir(place.home()).unwrap().map(|e| e.unwrap().path()).filter(|p| p.is_file()) {
        let bytes = std::fs::read(&entry).unwrap();
        assert!(!bytes.windows(password.len()).any(|w| w == password.as_bytes()), "{}", entry.display());
    }
}
