//! A new data key: what opens afterwards, who is told, and what another process does meanwhile.

use super::*;
use crate::vault::keyring::tests::fail_next;
use crate::vault::unlock::tests::{Home, get, home, put};

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn change(add: &[Way], remove: &[Way]) -> Change {
    Change { add: add.to_vec(), remove: remove.to_vec() }
}

async fn rekey(home: &Home, change: Change) -> Result<Rekeyed, VaultError> {
    home.unlock().await.unwrap().rekey(&change, Actor::engine(), NOW).await
}

#[tokio::test]
async fn every_secret_is_sealed_again_and_the_old_key_opens_nothing() {
    let home = home("rekey-all");
    let vault = home.create(Way::KeyFile).await.unwrap();
    put(&vault, 0, "rt-1").await.unwrap();
    let (wraps, secrets) =
        (home.store.wraps.lock().unwrap().clone(), home.store.secrets.lock().unwrap().clone());
    let done = rekey(&home, Change::default()).await.unwrap();
    assert_eq!(done, Rekeyed { secrets: 1, ways: vec![Way::KeyFile], left: Vec::new() });
    assert_ne!(*home.store.wraps.lock().unwrap(), wraps);
    let now = home.store.secrets.lock().unwrap().clone();
    assert!(
        now.iter()
            .all(|(k, s)| s.ciphertext != secrets[k].ciphertext && s.generation > secrets[k].generation)
    );
    assert_eq!(get(&home.unlock().await.unwrap()).await, ("rt-1".into(), 2));
    // the old wrap with the new secrets: nothing opens
    *home.store.wraps.lock().unwrap() = wraps;
    let old = home.unlock().await.unwrap();
    assert!(old.get(&crate::vault::unlock::tests::qbo(), "refresh_token").await.is_err());
}

#[tokio::test]
async fn a_process_that_was_open_follows_and_never_writes_under_the_old_key() {
    let home = home("rekey-open");
    let open = home.create(Way::KeyFile).await.unwrap();
    put(&open, 0, "rt-1").await.unwrap();
    rekey(&home, Change::default()).await.unwrap();
    assert!(matches!(put(&open, 1, "rt-lost").await, Err(VaultError::Stale)));
    assert_eq!(get(&open).await, ("rt-1".into(), 2));
    assert_eq!(put(&open, 2, "rt-2").await.unwrap(), 3);
    assert_eq!(get(&home.unlock().await.unwrap()).await.0, "rt-2");
    rekey(&home, Change::default()).await.unwrap();
    assert_eq!(get(&open).await.0, "rt-2");
}

#[tokio::test]
async fn ways_come_and_go_and_the_last_one_stays() {
    let home = home("rekey-ways");
    let vault = home.create(Way::KeyFile).await.unwrap();
    put(&vault, 0, "rt-1").await.unwrap();
    let none = rekey(&home, change(&[], &[Way::KeyFile])).await;
    assert!(matches!(none, Err(VaultError::LastWay)));
    let none = rekey(&home, change(&[], &[Way::Keyring])).await;
    assert!(matches!(none, Err(VaultError::NotRecorded(Way::Keyring))));
    let both = rekey(&home, change(&[Way::Keyring], &[])).await.unwrap();
    assert_eq!(both.ways, [Way::Keyring, Way::KeyFile]);
    for way in both.ways {
        let said = rekey(&home, change(&[way], &[])).await.err().unwrap();
        assert!(matches!(said, VaultError::Again(w) if w == way), "{said}");
    }
    let one = rekey(&home, change(&[], &[Way::KeyFile])).await.unwrap();
    assert_eq!((one.ways, one.left), (vec![Way::Keyring], Vec::new()));
    assert!(!home.places.key_file.exists(), "its key is gone with it");
    let opened = home.unlock().await.unwrap();
    assert_eq!((opened.way(), get(&opened).await.0), (Way::Keyring, "rt-1".into()));
}

#[tokio::test]
async fn a_recorded_way_that_is_away_stops_it_until_it_is_dropped_by_name() {
    let home = home("rekey-away");
    home.create(Way::Keyring).await.unwrap();
    rekey(&home, change(&[Way::KeyFile], &[])).await.unwrap();
    let opened = home.unlock().await.unwrap();
    std::fs::remove_file(&home.places.key_file).unwrap();
    let said = opened.rekey(&Change::default(), Actor::engine(), NOW).await.err().unwrap();
    assert!(matches!(&said, VaultError::Recorded(s) if s.way == Way::KeyFile), "{said}");
    assert!(said.to_string().contains("--remove key-file"), "{said}");
    opened.rekey(&change(&[], &[Way::KeyFile]), Actor::engine(), NOW).await.unwrap();
    fail_next("rekey-away");
    assert!(home.unlock().await.is_err());
    assert_eq!(home.unlock().await.unwrap().way(), Way::Keyring);
}
