//! Connecting, signing in again and disconnecting by the real program against the stand-ins.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod vault_common;

use serde_json::json;
use tieout::sandbox::stand_in::StandIn as _;
use vault_common::{Ended, Place, QBO, Systems, aside, connect_concur, connect_ledger, get};

fn connections(place: &Place) -> serde_json::Value {
    place.run(&["connections", "--json"], &[]).ok().json()["connections"].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_terminal_the_option_that_would_have_answered_is_named() {
    let (place, systems) = (Place::new(), Systems::open().await);
    systems.settings(&place, &[("concur", "concur")]);
    let secret = place.file("secret", "s3cret-of-the-app");
    aside(|| {
        let mut args = vec!["connect", "concur", "--vault", "key-file"];
        for (option, more) in [
            ("--client-id", &["--client-id", "i"][..]),
            ("--client-secret-fd", &["--client-secret-fd", "3"]),
            ("--company", &["--company", "c"]),
            ("--request-token-fd", &[]),
        ] {
            let said = place.run(&args, &[(3, &secret)]);
            assert_eq!(said.code, Some(2), "{said:?}");
            assert!(said.err.contains(&format!("give {option}")), "{option}: {said:?}");
            args.extend(more);
        }
        assert_eq!(connections(&place), json!([]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concur_moves_waits_and_asks_as_its_codes_say() {
    let (place, systems) = (Place::new(), Systems::open().await);
    systems.settings(&place, &[("concur", "concur")]);
    let concur = &systems.0.concur;
    aside(|| {
        // 134: not now, and nothing is stored
        concur.switch("maintenance", &json!(true)).unwrap();
        let later = connect_concur(&place, &systems, &["--vault", "key-file"], &[]);
        assert_eq!(later.code, Some(1), "{later:?}");
        assert!(later.err.contains("maintenance") && later.err.contains("try again later"), "{later:?}");
        assert_eq!(connections(&place), json!([]));
        concur.switch("maintenance", &json!(false)).unwrap();
        // 16: the company lives elsewhere, and is followed
        concur.switch("move_company", &json!(true)).unwrap();
        let moved = connect_concur(&place, &systems, &["--system-id", "TIEOUT-9"], &[]).ok().json();
        assert!(!systems.of("concur", "base_url").ends_with(moved["region"].as_str().unwrap()), "{moved}");
        assert!(moved["scopes"].as_array().unwrap().iter().any(|s| s == "FISVC"), "{moved}");
        assert!(moved["sign_in_until"].as_str() > moved["access_until"].as_str(), "{moved}");
        place.run(&["connections", "test", "concur"], &[]).ok();
        // another company, at sign-in again
        let other = place.run(&["connections", "reauthorise", "concur", "--company", "another"], &[]);
        assert_eq!(other.code, Some(1), "{other:?}");
        assert!(other.err.contains("nothing was changed"), "{other:?}");
        // a second one of the same name
        let twice = connect_concur(&place, &systems, &[], &[]);
        assert!(twice.code == Some(2) && twice.err.contains("reauthorise"), "{twice:?}");
    })
    .await;
}

/// Consents by the loopback page; `edit` changes where the browser is led.
fn by_loopback(place: &Place, systems: &Systems, args: &[&str], edit: impl Fn(String) -> String) -> Ended {
    let secret = place.file("ledger-secret", &systems.of(QBO, "client_secret"));
    let id = systems.of(QBO, "client_id");
    let given = ["--client-id", &id, "--client-secret-fd", "3", "--redirect", "loopback", "--json"];
    let mut child = place.start(&[args, &given].concat(), &[(3, &secret)]);
    let page = place.hear(&mut child, "http://");
    place.hear(&mut child, "Waiting");
    let (_, back) = get(&page);
    let back = edit(back.unwrap());
    let (status, _) = get(&back.replace("http://localhost:", "http://127.0.0.1:"));
    assert!(status.contains("200"), "{status}");
    place.end(child)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn quickbooks_by_the_loopback_page_then_a_book_then_the_end() {
    let (place, systems) = (Place::new(), Systems::open().await);
    systems.settings(&place, &[("concur", "concur"), ("qbo", QBO)]);
    aside(|| {
        let connect = ["connect", "quickbooks-online", "--name", "qbo"];
        connect_concur(&place, &systems, &["--vault", "key-file"], &[]).ok();
        let realm = systems.of(QBO, "realm_id");
        // whatever else calls the page ends nothing
        let elsewhere = |back: String| {
            let forged = back.replace("state=", "state=x").replace("http://localhost:", "http://127.0.0.1:");
            let (status, _) = get(&forged);
            assert!(status.contains("404"), "{status}");
            back.replace(&realm, "9999999999999999")
        };
        let wrong = by_loopback(&place, &systems, &connect, elsewhere);
        assert_eq!(wrong.code, Some(1), "{wrong:?}");
        assert_eq!(connections(&place).as_array().unwrap().len(), 1, "nothing was stored");
        let done = by_loopback(&place, &systems, &connect, |back| back).ok().json();
        assert_eq!((&done["company"], &done["connection"]), (&json!(realm), &json!("qbo")));
        place.run(&["connections", "test", "qbo"], &[]).ok();
        // again, for another company: refused before anything is stored
        let other = by_loopback(&place, &systems, &["connections", "reauthorise", "qbo"], elsewhere);
        assert!(other.code == Some(1) && other.err.contains("nothing was changed"), "{other:?}");
        place.run(&["connections", "test", "qbo"], &[]).ok();
        books(&place);
        let end = place.run(&["connections", "disconnect", "qbo", "--json"], &[]).ok().json();
        assert_eq!(end["tokens"]["taken_back"], true, "{end}");
        assert_eq!(end["books_paused"], json!(["fq"]));
        assert!(end["secrets_removed"].as_u64() >= Some(2), "{end}");
        let test = place.run(&["connections", "test", "qbo"], &[]);
        assert_ne!(test.code, Some(0), "{test:?}");
        // signed in again, by a token from elsewhere this time
        assert_ne!(connect_ledger(&place, &systems, &["connections", "reauthorise", "qbo"]).code, Some(0));
        by_loopback(&place, &systems, &["connections", "reauthorise", "qbo"], |back| back).ok();
        place.run(&["connections", "test", "qbo"], &[]).ok();
        assert_eq!(place.run(&["audit", "verify"], &[]).code, Some(0));
    })
    .await;
}

fn books(place: &Place) {
    let add = ["books", "add", "fq", "--source", "concur", "--ledger", "qbo", "--json"];
    let asked = place.run(&add, &[]);
    assert!(asked.code == Some(2) && asked.err.contains("--time-zone"), "{asked:?}");
    let made = place.run(&[&add[..], &["--time-zone", "America/New_York"]].concat(), &[]).ok().json();
    assert_eq!((&made["mode"], &made["home_currency"]), (&json!("preview"), &json!("USD")));
    let settings = place.run(&["books", "edit", "fq"], &[]).ok().out;
    assert!(settings.contains("time_zone = \"America/New_York\""), "{settings}");
    let file = place.file("fq.toml", "employee_due_days = 14\n");
    let edit = ["books", "edit", "fq", "--file", file.to_str().unwrap()];
    let shown = place.run(&edit, &[]);
    assert!(shown.code == Some(2) && shown.out.contains("employee_due_days"), "{shown:?}");
    place.run(&[&edit[..], &["--yes"]].concat(), &[]).ok();
    let again = place.run(&edit, &[]).ok();
    assert!(again.out.contains("Nothing differs"), "{again:?}");
}
