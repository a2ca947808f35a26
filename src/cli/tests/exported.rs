//! What an export of the audit trail leaves behind.

use std::sync::{Arc, Mutex};

use super::firm::cards;
use crate::cli::fake::Fake;
use crate::engine::export::{Format, export_to};
use crate::store::AuditQuery;

#[tokio::test]
async fn the_event_comes_after_the_file_and_without_it_there_is_no_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("audit.csv");
    let fake = Fake::new(cards());
    // what stands on the disk at the moment of the event
    let (seen, at) = (Arc::new(Mutex::new(Vec::new())), path.clone());
    let told = seen.clone();
    fake.on_note(move || {
        *told.lock().unwrap() = std::fs::read(&at).unwrap_or_default();
        true
    });
    let done = export_to(&fake, AuditQuery::default(), "", Format::Csv, &path).await.unwrap();
    let whole = std::fs::read(&path).unwrap();
    assert_eq!(done.events, 3);
    assert!(!whole.is_empty() && *seen.lock().unwrap() == whole);
    // the event cannot be kept: no file stays that nobody knows of
    let path = dir.path().join("again.csv");
    fake.on_note(|| false);
    assert!(export_to(&fake, AuditQuery::default(), "", Format::Csv, &path).await.is_err());
    assert!(!path.exists());
    // a file that was there before stays as it is
    std::fs::write(&path, "mine").unwrap();
    assert!(export_to(&fake, AuditQuery::default(), "", Format::Csv, &path).await.is_err());
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "mine");
}
