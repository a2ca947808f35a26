//! What is asked, what is refused, what is stored, and that the password is nowhere but on the screen.

use std::collections::HashMap;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;

use super::*;
use crate::engine::clock::ScenarioClock;
use crate::engine::connect::{Connect, Step};
use crate::engine::host;
use crate::engine::house::{House, Opening, Paths};
use crate::model::people::Actor;
use crate::vault::{Given, Way};

struct Home {
    accounts: Arc<Accounts>,
    house: Arc<dyn House>,
    dir: tempfile::TempDir,
}

const URL: &str = "https://books.example.com:8077/qbwc";

async fn home() -> Home {
    let dir = tempfile::tempdir().unwrap();
    std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
    let clock = Arc::new(ScenarioClock::new("2026-11-04T14:30:00Z".parse().unwrap()));
    let opening = Opening {
        paths: Paths {
            database: dir.path().join("tieout.db"),
            engine_lock: dir.path().join("engine.lock"),
            key_file: dir.path().join("vault.key"),
            locks: dir.path().into(),
        },
        tunings: HashMap::new(),
        clock,
        actor: Actor::engine(),
        environment: String::new(),
    };
    let house = host::open_or_create(opening, Way::KeyFile, Given::default()).await.unwrap();
    let accounts = house.office().accounts().unwrap();
    accounts.reached_at(Some(URL.into()));
    Home { accounts, house, dir }
}

impl Home {
    fn path(&self, name: &str) -> String {
        self.dir.path().join(name).display().to_string()
    }

    async fn asked(&self, name: &str, company: &str) -> Connect {
        let mut connect = self.accounts.begin("quickbooks-desktop", name).await.unwrap();
        say(&mut connect, Field::CompanyName, company);
        connect
    }

    async fn made(&self, name: &str, company: &str) -> Connected {
        let mut connect = self.asked(name, company).await;
        for question in connect.questions() {
            let text = match question.field {
                Field::File => self.path(&format!("{name}.qwc")),
                _ => question.default.unwrap().into_owned(),
            };
            say(&mut connect, question.field, &text);
        }
        assert_eq!(connect.step().unwrap(), Step::Ready);
        connect.finish().await.unwrap()
    }

    async fn row(&self, name: &str) -> ConnectionRow {
        let rows = self.house.office().store().connections().await.unwrap();
        rows.into_iter().find(|r| r.id.as_str() == name).unwrap()
    }

    async fn stored(&self, name: &str) -> SecretString {
        let vault = self.house.vault().unwrap();
        vault.get(&name.into(), CALLER_PASSWORD).await.unwrap().unwrap().0
    }
}

fn say(connect: &mut Connect, field: Field, text: &str) {
    connect.answer(field, &text.to_string().into()).unwrap();
}

fn fields(connect: &Connect) -> Vec<Field> {
    connect.questions().iter().map(|q| q.field).collect()
}

#[tokio::test]
async fn nothing_is_asked_until_a_web_connector_could_come() {
    let home = home().await;
    home.accounts.reached_at(None);
    let said = home.accounts.begin("quickbooks-desktop", "fq-tax").await.err().unwrap().to_string();
    assert!(
        said.contains("[listen.web_connector]") && said.contains("address = \"127.0.0.1:8077\""),
        "{said}"
    );
    for (url, why) in
        [("https://192.0.2.7:8077/qbwc", "QBWC1001"), ("http://books.example.com/qbwc", "QBWC1010")]
    {
        home.accounts.reached_at(Some(url.into()));
        let said = home.accounts.begin("quickbooks-desktop", "fq-tax").await.err().unwrap().to_string();
        assert!(said.contains(why) && said.contains("config.toml"), "{said}");
    }
    assert!(home.house.office().store().connections().await.unwrap().is_empty());
}

#[tokio::test]
async fn the_company_comes_first_and_the_rest_has_defaults_that_follow() {
    let home = home().await;
    let mut connect = home.accounts.begin("quickbooks-desktop", "fq-tax").await.unwrap();
    assert!(!connect.consents());
    assert_eq!(fields(&connect), [Field::CompanyName]);
    say(&mut connect, Field::CompanyName, "Northwind Traders, Inc.");
    assert_eq!(fields(&connect), [Field::User, Field::Minutes, Field::File]);
    let defaults: Vec<_> = connect.questions().into_iter().map(|q| q.default.unwrap().into_owned()).collect();
    assert_eq!(defaults, ["tieout-northwind-traders-inc", "5", "fq-tax.qwc"]);
    for (field, text) in [
        (Field::User, "a b"),
        (Field::User, "käse"),
        (Field::Minutes, "0"),
        (Field::Minutes, "often"),
        (Field::Minutes, "1441"),
        (Field::File, "~/x.qwc"),
        (Field::File, "/no/such/folder/x.qwc"),
        (Field::CompanyName, &"n".repeat(60)),
        (Field::ClientId, "x"),
    ] {
        let said = connect.answer(field, &text.to_string().into());
        assert!(matches!(said, Err(ConnectError::Answer(_))), "{field:?} {text}: {said:?}");
    }
}

#[tokio::test]
async fn what_is_made_is_stored_and_the_password_is_not() {
    let home = home().await;
    let made = home.made("fq-tax", "Fernhill Quay Tax LLC").await;
    let row = home.row("fq-tax").await;
    assert_eq!((row.health, row.health_reason.as_str()), (Health::Offline, FIRST_VISIT));
    assert_eq!(row.company, row.fingerprint);
    let id = &row.company;
    assert!(id.len() == 38 && id.starts_with('{') && id.ends_with('}') && *id == id.to_uppercase(), "{id}");
    assert_eq!(
        row.settings,
        json!({
            "user": "tieout-fernhill-quay-tax-llc", "company_name": "Fernhill Quay Tax LLC", "owner_id": OWNER_ID,
            "file_id": id, "url": URL, "minutes": 5,
        })
    );
    let handed = made.handed.unwrap();
    assert_eq!(handed.steps.len(), 4);
    let password = handed.password.unwrap();
    assert!(password::fits(Some(&home.stored("fq-tax").await), &password.text().to_string().into()));
    let file = handed.file.unwrap();
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let written = std::fs::read_to_string(&file).unwrap();
    assert!(
        written.contains(id.as_str()) && written.contains(OWNER_ID) && written.contains(URL),
        "{written}"
    );
    assert!(!format!("{password:?}{row:?}").contains(password.text()));
    for entry in std::fs::read_dir(home.dir.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        let found = bytes.windows(password.text().len()).any(|w| w == password.text().as_bytes());
        assert!(!found, "the password stands in a file");
    }
}

#[tokio::test]
async fn two_companies_have_two_names_and_two_identities() {
    let home = home().await;
    home.made("fq-tax", "Fernhill Quay").await;
    let mut connect = home.asked("fq-two", "Fernhill Quay").await;
    let user = connect.questions().into_iter().find(|q| q.field == Field::User).unwrap();
    assert_eq!(user.default.as_deref(), Some("tieout-fernhill-quay-2"));
    let said = connect.answer(Field::User, &"TIEOUT-fernhill-quay".into()).unwrap_err().to_string();
    assert!(said.contains("another connection"), "{said}");
    home.made("fq-two", "Fernhill Quay").await;
    assert_ne!(home.row("fq-tax").await.company, home.row("fq-two").await.company);
}

#[tokio::test]
async fn a_file_that_is_there_is_replaced_only_when_a_person_says_so() {
    let home = home().await;
    let path = home.path("there.qwc");
    std::fs::write(&path, "mine").unwrap();
    let mut connect = home.asked("fq-tax", "Fernhill Quay").await;
    for (field, text) in [(Field::User, "u"), (Field::Minutes, "15"), (Field::File, path.as_str())] {
        say(&mut connect, field, text);
    }
    assert_eq!(fields(&connect), [Field::Replace]);
    assert!(connect.answer(Field::Replace, &"perhaps".into()).is_err());
    say(&mut connect, Field::Replace, "no");
    assert_eq!(fields(&connect), [Field::File], "another path is asked for");
    say(&mut connect, Field::File, &path);
    say(&mut connect, Field::Replace, "yes");
    connect.finish().await.unwrap();
    assert!(std::fs::read_to_string(&path).unwrap().contains("<RunEveryNMinutes>15<"));
}

#[tokio::test]
async fn a_new_password_keeps_the_identity_and_asks_nothing() {
    let home = home().await;
    let first = home.made("fq-tax", "Fernhill Quay").await.handed.unwrap().password.unwrap();
    let before = home.row("fq-tax").await;
    let connect = home.accounts.again("fq-tax").await.unwrap();
    assert!(connect.questions().is_empty());
    let again = connect.finish().await.unwrap().handed.unwrap();
    let (after, password) = (home.row("fq-tax").await, again.password.unwrap());
    assert_ne!(first.text(), password.text());
    assert_eq!((&before.company, &before.settings), (&after.company, &after.settings));
    assert_eq!((after.health, after.health_reason.as_str()), (Health::Offline, NEW_PASSWORD));
    let stored = home.stored("fq-tax").await;
    assert!(password::fits(Some(&stored), &password.text().to_string().into()));
    assert!(!password::fits(Some(&stored), &first.text().to_string().into()));
    // at another address the file on the other machine is an old one
    home.accounts.reached_at(Some("https://new.example.com/qbwc".into()));
    let moved = home.accounts.again("fq-tax").await.unwrap().finish().await.unwrap();
    assert!(moved.notes[0].contains("tieout connections qwc fq-tax FILE"), "{:?}", moved.notes);
    // ended, and begun again: the same identity
    home.accounts.disconnect("fq-tax").await.unwrap();
    assert!(home.row("fq-tax").await.health_reason.contains("make a new password"));
    home.accounts.again("fq-tax").await.unwrap().finish().await.unwrap();
    assert_eq!(home.row("fq-tax").await.company, after.company);
}

#[tokio::test]
async fn the_file_is_written_again_with_the_same_identity_at_the_address_of_now() {
    let home = home().await;
    home.made("fq-tax", "Fernhill Quay").await;
    let first = std::fs::read_to_string(home.path("fq-tax.qwc")).unwrap();
    let (path, note) = home.accounts.write_qwc("fq-tax", &home.path("again.qwc"), false).await.unwrap();
    assert_eq!((std::fs::read_to_string(&path).unwrap(), note), (first.clone(), None));
    let said = home.accounts.write_qwc("fq-tax", &home.path("again.qwc"), false).await.unwrap_err();
    assert!(matches!(said, ConnectError::Answer(_)), "{said}");
    let moved = "https://new.example.com/qbwc";
    home.accounts.reached_at(Some(moved.into()));
    let (path, note) = home.accounts.write_qwc("fq-tax", &home.path("again.qwc"), true).await.unwrap();
    assert!(note.unwrap().contains("another one than before"));
    let then = first.replace("https://books.example.com:8077/", "https://new.example.com/");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), then);
    assert_eq!(home.row("fq-tax").await.settings["url"], moved);
}

#[tokio::test]
async fn a_file_that_cannot_be_written_leaves_a_connection_and_says_how_to_write_it() {
    let home = home().await;
    let mut connect = home.asked("fq-tax", "Fernhill Quay").await;
    let folder = home.dir.path().join("usb");
    std::fs::create_dir(&folder).unwrap();
    let file = folder.join("x.qwc").display().to_string();
    for (field, text) in [(Field::User, "u"), (Field::Minutes, "5"), (Field::File, file.as_str())] {
        say(&mut connect, field, text);
    }
    let proved = connect.prove().await.unwrap();
    std::fs::remove_dir(&folder).unwrap();
    let made = connect.keep(proved).await.unwrap();
    assert!(made.notes[0].contains("tieout connections qwc fq-tax FILE"), "{:?}", made.notes);
    assert!(made.handed.unwrap().password.is_some());
    assert_eq!(home.row("fq-tax").await.health, Health::Offline);
}
