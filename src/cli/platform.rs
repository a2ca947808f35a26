//! The one place that knows what this operating system offers to keep files private (reliability.md, S3 and S5).

use std::io;
use std::path::Path;

/// Folders are for their owner alone.
#[cfg(unix)]
const FOLDER: u32 = 0o700;
/// And so are files.
#[cfg(unix)]
const FILE: u32 = 0o600;

/// What every process does first: new files are private, and no memory image with secrets is ever written.
pub fn harden() {
    #[cfg(unix)]
    {
        rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
    }
    // what cannot be turned off here stays as it is; nothing depends on it, and it is said
    if let Err(error) = crate::vault::hardening::harden() {
        tracing::warn!(%error, "core dumps and attaching could not be turned off");
    }
}

/// Makes `path` a folder of 0700 (with the folders above it, as the system makes them). An existing one must be ours
/// and no symbolic link; wider rights are taken away.
pub fn private_folder(path: &Path) -> io::Result<()> {
    match path.symlink_metadata() {
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            if let Some(above) = path.parent() {
                std::fs::create_dir_all(above)?;
            }
            match crate::vault::private::new_folder(path) {
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
                other => other?,
            }
        }
        Err(e) => return Err(e),
        Ok(_) => {}
    }
    let found = path.symlink_metadata()?;
    if !found.is_dir() {
        return Err(refused("is not a folder (symbolic links are refused)"));
    }
    tighten(path, &found, true)
}

/// Checks a file that is there already: ours, no symbolic link, 0600. Absent is fine.
pub fn private_file(path: &Path) -> io::Result<()> {
    match path.symlink_metadata() {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(e) => Err(e),
        Ok(found) if !found.is_file() => Err(refused("is not a file (symbolic links are refused)")),
        Ok(found) => tighten(path, &found, false),
    }
}

/// Writes a new file of 0600; one that is there already is an error.
pub fn create_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    use io::Write;
    let mut file = open_new(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// A new file of 0600, open for writing; one that is there already is an error.
pub fn open_new(path: &Path) -> io::Result<std::fs::File> {
    crate::vault::private::new_file(path)
}

/// Replaces a file by one of 0600 in one step: a reader sees the old bytes or the new ones.
pub fn replace_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    private_file(path)?;
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(format!(".{}", std::process::id()));
    let beside = path.with_file_name(name);
    create_private(&beside, bytes)?;
    std::fs::rename(&beside, path)
}

#[cfg(unix)]
fn tighten(path: &Path, found: &std::fs::Metadata, folder: bool) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let me = rustix::process::geteuid().as_raw();
    if found.uid() != me {
        return Err(refused("belongs to another user"));
    }
    let want = if folder { FOLDER } else { FILE };
    if found.mode() & 0o777 & !want != 0 {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(want))?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn tighten(_: &Path, _: &std::fs::Metadata, _: bool) -> io::Result<()> {
    Ok(())
}

fn refused(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::PermissionDenied, why)
}

/// Time since the machine started, sleep included: two processes of one boot agree on it, and setting the machine's
/// clock does not move it.
pub fn since_boot() -> std::time::Duration {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    let id = rustix::time::ClockId::Boottime;
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    let id = rustix::time::ClockId::Monotonic;
    let now = rustix::time::clock_gettime(id);
    std::time::Duration::new(
        u64::try_from(now.tv_sec).unwrap_or(0),
        u32::try_from(now.tv_nsec).unwrap_or(0).min(999_999_999),
    )
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn mode(path: &Path) -> u32 {
        path.metadata().unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn folders_and_files_are_private_and_wide_ones_become_so() {
        let dir = tempfile::tempdir().unwrap();
        let home = dir.path().join("a/b");
        private_folder(&home).unwrap();
        assert_eq!(mode(&home), 0o700);
        std::fs::set_permissions(&home, std::fs::Permissions::from_mode(0o755)).unwrap();
        private_folder(&home).unwrap();
        assert_eq!(mode(&home), 0o700);

        let file = home.join("config.toml");
        create_private(&file, b"x").unwrap();
        assert_eq!(mode(&file), 0o600);
        assert!(create_private(&file, b"y").is_err());
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
        private_file(&file).unwrap();
        assert_eq!(mode(&file), 0o600);
        replace_private(&file, b"z").unwrap();
        assert_eq!((std::fs::read(&file).unwrap().as_slice(), mode(&file)), (&b"z"[..], 0o600));
    }

    #[test]
    fn links_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        let (real, link) = (dir.path().join("real"), dir.path().join("link"));
        private_folder(&real).unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        assert!(private_folder(&link).is_err());
        assert!(private_file(&link).is_err());
        private_file(&dir.path().join("absent")).unwrap();
    }
}
