//! Locks on files that the kernel frees at any death of the holder: the engine's lease and the token refresh of a
//! connection (reliability.md, 4.9; section 11, OAuth).
//!
//! The file stays behind when the lock is gone: removing it would let two holders lock two files of one name.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::Path;
use std::time::Duration;

/// First pause between two attempts; it doubles up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_millis(200);

/// A held lock; dropping it frees it. Two in one process exclude each other as well.
#[must_use = "a lock that is dropped is free"]
pub struct FileLock {
    file: File,
}

impl FileLock {
    /// Takes the lock unless somebody holds it (`None`). The file is made when missing, for its owner alone; a symbolic
    /// link is refused. The holder's process id is written into it for display.
    pub fn try_acquire(path: &Path) -> io::Result<Option<Self>> {
        let file = open(path)?;
        match file.try_lock() {
            Ok(()) => Self::signed(file).map(Some),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// Takes the lock as soon as it is free, however long that takes. A thread of its own sleeps in the kernel
    /// meanwhile: nothing wakes up before the lock is free. When the future is dropped, the thread takes the lock once
    /// and frees it at once.
    pub async fn acquire(path: &Path) -> io::Result<Self> {
        if let Some(lock) = Self::try_acquire(path)? {
            return Ok(lock);
        }
        let file = open(path)?;
        let (send, taken) = tokio::sync::oneshot::channel();
        std::thread::Builder::new().name("stand-by".into()).spawn(move || {
            let locked = loop {
                match file.lock() {
                    Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                    other => break other,
                }
            };
            // nobody may be waiting any more: what comes back is dropped, and with it the lock
            drop(send.send(locked.and_then(|()| Self::signed(file))));
        })?;
        taken.await.map_err(io::Error::other)?
    }

    /// A file that is locked, with our process id in it.
    fn signed(mut file: File) -> io::Result<Self> {
        file.set_len(0)?;
        file.rewind()?;
        writeln!(file, "{}", std::process::id())?;
        Ok(Self { file })
    }

    /// Takes the lock as soon as it is free, at most `within` from now (`None` past it).
    pub async fn acquire_within(path: &Path, within: Duration) -> io::Result<Option<Self>> {
        let attempts = async {
            let mut pause = FIRST_PAUSE;
            loop {
                if let Some(lock) = Self::try_acquire(path)? {
                    return Ok(Some(lock));
                }
                tokio::time::sleep(pause).await;
                pause = pause.saturating_mul(2).min(LONGEST_PAUSE);
            }
        };
        tokio::time::timeout(within, attempts).await.unwrap_or(Ok(None))
    }

    /// The process id that the last holder wrote; for display only, the holder may be gone.
    pub fn holder(path: &Path) -> Option<u32> {
        let mut text = String::new();
        File::open(path).ok()?.take(32).read_to_string(&mut text).ok()?;
        text.trim().parse().ok()
    }
}

impl Drop for FileLock {
    fn drop(&mut self) {
        // Closing the file frees the lock as well, so a failure here loses nothing.
        drop(self.file.unlock());
    }
}

fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
        options.custom_flags(rustix::fs::OFlags::NOFOLLOW.bits().cast_signed());
    }
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_waits_has_it_as_soon_as_it_is_free_and_who_gave_up_holds_nobody_up() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("engine.lock");
        let first = FileLock::try_acquire(&path).unwrap().unwrap();
        // this one gives up
        assert!(tokio::time::timeout(Duration::from_millis(20), FileLock::acquire(&path)).await.is_err());
        let theirs = path.clone();
        let second = tokio::spawn(async move { FileLock::acquire(&theirs).await });
        tokio::task::yield_now().await;
        assert!(!second.is_finished());
        drop(first);
        let second = tokio::time::timeout(Duration::from_mins(1), second).await.unwrap().unwrap().unwrap();
        assert!(FileLock::try_acquire(&path).unwrap().is_none());
        drop(second);
        assert!(FileLock::acquire_within(&path, Duration::from_mins(1)).await.unwrap().is_some());
    }

    #[test]
    fn one_holds_it_and_a_dropped_lock_is_free() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("engine.lock");
        let first = FileLock::try_acquire(&path).unwrap().unwrap();
        assert!(FileLock::try_acquire(&path).unwrap().is_none());
        assert_eq!(FileLock::holder(&path), Some(std::process::id()));
        drop(first);
        assert!(FileLock::try_acquire(&path).unwrap().is_some());
        assert!(path.exists());
    }

    #[tokio::test]
    async fn waiting_ends_with_the_lock_or_with_the_time() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("refresh.lock");
        let first = FileLock::try_acquire(&path).unwrap().unwrap();
        let within = Duration::from_millis(40);
        assert!(FileLock::acquire_within(&path, within).await.unwrap().is_none());
        let waiting = FileLock::acquire_within(&path, Duration::from_secs(20));
        let freeing = async {
            tokio::task::yield_now().await;
            drop(first);
        };
        let (taken, ()) = tokio::join!(waiting, freeing);
        assert!(taken.unwrap().is_some());
    }

    #[cfg(unix)]
    #[test]
    fn the_file_is_its_owners_and_no_link() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("engine.lock");
        let held = FileLock::try_acquire(&path).unwrap();
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        drop(held);
        let link = dir.path().join("link.lock");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        assert!(FileLock::try_acquire(&link).is_err());
        assert!(FileLock::try_acquire(&dir.path().join("missing/engine.lock")).is_err());
    }
}
