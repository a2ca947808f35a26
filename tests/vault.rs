//! The vault by the real program: every way that needs no desktop, a new key, and a kill in the middle of it.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod vault_common;

use std::path::Path;

use vault_common::{Place, Systems, aside, connect_concur};

const WORDS: &str = "a passphrase of some length";
const KEY: &str = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVowMTIzNDU=";

async fn home(systems: &Systems, more: &[&str], fds: &[(u32, &Path)], place: &Place) {
    systems.settings(place, &[("concur", "concur")]);
    let connected = aside(|| connect_concur(place, systems, more, fds)).await.ok().json();
    assert_eq!(connected["connection"], "concur");
}

/// The vault opens and the sealed client secret and tokens are used: the access token is asked for again.
fn works(place: &Place, more: &[&str], fds: &[(u32, &Path)]) {
    let mut args = vec!["connections", "test", "concur"];
    args.extend(more);
    place.run(&args, fds).ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_way_opens_it_in_a_new_process_and_no_other_is_tried() {
    let systems = Systems::open().await;
    for way in ["key-file", "credential", "descriptor", "passphrase"] {
        let mut place = Place::new();
        let (words, key) = (place.file("words", WORDS), place.file("tieout-vault-key", KEY));
        let credentials = place.path().display().to_string();
        let (more, fds): (&[&str], &[(u32, &Path)]) = match way {
            "descriptor" => (&["--vault-key-fd", "7"], &[(7, &key)]),
            "passphrase" => (&["--passphrase-fd", "8"], &[(8, &words)]),
            _ => (&[], &[]),
        };
        if way == "credential" {
            place.env.push(("CREDENTIALS_DIRECTORY".into(), credentials));
        }
        let with = [&["--vault", way], more].concat();
        home(&systems, &with, fds, &place).await;
        aside(|| works(&place, more, fds)).await;
        // without what was handed over: exit code 4, what to do, and no other way
        place.env.clear();
        let key_file = place.home().join("vault.key");
        assert_eq!(key_file.exists(), way == "key-file");
        if way == "key-file" {
            std::fs::remove_file(&key_file).unwrap();
        }
        let said = aside(|| place.run(&["vault", "status"], &[])).await;
        assert_eq!(said.code, Some(4), "{way}: {said:?}");
        assert!(said.err.contains("To do:"), "{way}: {said:?}");
        assert!(!key_file.exists(), "{way}: nothing was made in its place");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_key_and_other_ways_and_what_is_refused() {
    let systems = Systems::open().await;
    let place = Place::new();
    home(&systems, &["--vault", "key-file"], &[], &place).await;
    let words = place.file("words", WORDS);
    aside(|| {
        let both = place.run(
            &["vault", "rekey", "--add", "passphrase", "--new-passphrase-fd", "8", "--json"],
            &[(8, &words)],
        );
        assert_eq!(both.ok().json()["ways"], serde_json::json!(["key_file", "passphrase"]));
        works(&place, &[], &[]);
        // the passphrase is not here: the new key cannot be wrapped for it, and nothing changes
        let away = place.run(&["vault", "rekey"], &[]);
        assert_eq!(away.code, Some(4), "{away:?}");
        assert!(away.err.contains("--remove passphrase"), "{away:?}");
        let one =
            place.run(&["vault", "rekey", "--remove", "key-file", "--passphrase-fd", "8"], &[(8, &words)]);
        assert!(one.ok().out.contains("opened by: passphrase"));
        assert!(!place.home().join("vault.key").exists());
        works(&place, &["--passphrase-fd", "8"], &[(8, &words)]);
        let wrong = place.file("wrong", "another passphrase altogether");
        let said = place.run(&["vault", "unlock", "--passphrase-fd", "8"], &[(8, &wrong)]);
        assert_eq!(said.code, Some(4), "{said:?}");
        assert!(
            said.err.contains("does not open this vault") && !said.err.contains("altogether"),
            "{said:?}"
        );
        let last =
            place.run(&["vault", "rekey", "--remove", "passphrase", "--passphrase-fd", "8"], &[(8, &words)]);
        assert_eq!(last.code, Some(2), "{last:?}");
        assert_eq!(place.run(&["audit", "verify", "--passphrase-fd", "8"], &[(8, &words)]).code, Some(0));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_recorded_way_that_is_away_is_said_beside_what_the_other_one_opened() {
    let systems = Systems::open().await;
    let place = Place::new();
    home(&systems, &["--vault", "key-file"], &[], &place).await;
    let words = place.file("words", WORDS);
    aside(|| {
        place
            .run(&["vault", "rekey", "--add", "passphrase", "--new-passphrase-fd", "8"], &[(8, &words)])
            .ok();
        std::fs::remove_file(place.home().join("vault.key")).unwrap();
        let list = place.run(&["connections", "--passphrase-fd", "8"], &[(8, &words)]).ok();
        assert!(
            list.err.contains("opened by the passphrase") && list.err.contains("there is no key file"),
            "{list:?}"
        );
        let status =
            place.run(&["vault", "status", "--json", "--passphrase-fd", "8"], &[(8, &words)]).ok().json();
        assert_eq!(status["opened_by"], "passphrase");
        assert_eq!(status["skipped"][0]["way"], "key_file");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_at_any_commit_of_a_rekey_leaves_a_vault_that_opens() {
    let systems = Systems::open().await;
    let place = Place::new();
    home(&systems, &["--vault", "key-file"], &[], &place).await;
    aside(|| {
        let mut kills = 0;
        for point in ["before_commit", "after_commit"] {
            for n in 1..20 {
                let at = format!("{point}:{n}");
                let ended = place.run(&["vault", "rekey", "--fail-at", &at], &[]);
                works(&place, &[], &[]);
                if ended.code == Some(0) {
                    break;
                }
                assert_eq!(ended.code, None, "{at}: ended by a signal: {ended:?}");
                kills += 1;
            }
        }
        assert!(kills >= 2, "no commit was struck");
        assert_eq!(place.run(&["audit", "verify"], &[]).code, Some(0));
    })
    .await;
}
