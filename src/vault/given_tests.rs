//! What is handed over, and what is refused.

use std::os::fd::AsRawFd as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use super::*;

const KEY: &str = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVowMTIzNDU=\n";

fn chmod(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

struct Folder(tempfile::TempDir);

impl Folder {
    fn with(text: &str) -> (Self, PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(CREDENTIAL);
        fs::write(&path, text).unwrap();
        chmod(&path, 0o400);
        chmod(dir.path(), 0o700);
        (Self(dir), path)
    }
}

fn refused(path: &Path) -> String {
    credential(Some(path)).err().unwrap()
}

#[test]
fn a_credential_is_read_when_nobody_else_could() {
    let (folder, path) = Folder::with(KEY);
    assert_eq!(credential(Some(&path)).unwrap().bytes(), b"ABCDEFGHIJKLMNOPQRSTUVWXYZ012345");
    chmod(&path, 0o444);
    assert!(refused(&path).contains("others could read"));
    chmod(&path, 0o420);
    assert!(refused(&path).contains("0420"));
    chmod(&path, 0o400);
    chmod(folder.0.path(), 0o777);
    assert!(refused(&path).contains("others could read or change it"));
    chmod(folder.0.path(), 0o700);
    assert!(credential(Some(&path)).is_ok());
}

#[test]
fn links_other_kinds_and_other_content_are_refused() {
    let (folder, path) = Folder::with(KEY);
    let link = folder.0.path().join("link");
    symlink(&path, &link).unwrap();
    assert!(refused(&link).contains("is a link"));
    assert!(refused(folder.0.path()).contains("of another kind"));
    assert!(refused(&folder.0.path().join("none")).contains("there is no credential"));
    assert!(refused(Path::new("tieout-vault-key")).contains("no absolute path"));
    assert!(credential(None).err().unwrap().contains("handed over no credentials"));
    let (_folder, other) = Folder::with("not a key");
    let said = refused(&other);
    assert!(said.contains("does not hold a key") && !said.contains("not a key"), "{said}");
}

#[test]
fn a_descriptor_is_read_by_its_number() {
    let (_folder, path) = Folder::with(KEY);
    let file = File::open(&path).unwrap();
    assert_eq!(descriptor(Some(file.as_raw_fd())).unwrap().bytes()[..3], *b"ABC");
    assert_eq!(read_descriptor(file.as_raw_fd()).unwrap().expose_secret(), KEY.trim_end());
    assert!(descriptor(None).err().unwrap().contains("no descriptor"));
    for number in [1, 2, -1] {
        assert!(descriptor(Some(number)).err().unwrap().contains("not for reading"), "{number}");
    }
    assert!(descriptor(Some(9_999)).err().unwrap().contains("cannot be read"));
}

#[test]
fn what_is_handed_over_does_not_print() {
    let given = Given { passphrase: Passphrase::Descriptor(7), ..Given::default() };
    assert_eq!(format!("{given:?}"), "Given { credential: None, descriptor: None, .. }");
}
