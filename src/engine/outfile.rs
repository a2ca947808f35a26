//! Files that leave the program: for their owner alone, whole and on the disk, or not there at all.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::vault::private;

/// A path as people write it: `~/` is the home directory.
pub fn path_of(text: &str) -> PathBuf {
    match (text.strip_prefix("~/"), std::env::home_dir()) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => PathBuf::from(text),
    }
}

/// Why a file was not written, as a sentence without its end.
pub fn why(e: &io::Error) -> String {
    match e.kind() {
        io::ErrorKind::AlreadyExists => "there is such a file already; give another name".into(),
        io::ErrorKind::NotFound => "there is no such folder".into(),
        io::ErrorKind::PermissionDenied => "it may not be written there".into(),
        _ => e.to_string(),
    }
}

/// A file that is being written. It is taken away again when it is dropped before [`OutFile::finish`]: half a list must
/// not be taken for a whole one.
#[derive(Debug)]
pub struct OutFile {
    file: Option<BufWriter<File>>,
    /// What is written to; empty when it is finished.
    fresh: PathBuf,
    path: PathBuf,
}

impl OutFile {
    /// A new file of 0600; one that is there already is an error.
    pub fn new(path: &Path) -> io::Result<Self> {
        let file = private::new_file(path)?;
        Ok(Self { file: Some(BufWriter::new(file)), fresh: path.into(), path: path.into() })
    }

    /// As [`OutFile::new`], or in the place of the file that is there: a person said so. That one stays as it is until
    /// the new one is whole.
    pub fn replacing(path: &Path) -> io::Result<Self> {
        if path.is_dir() {
            return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder"));
        }
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{:016x}.new", fastrand::u64(..)));
        let fresh = path.with_file_name(name);
        let file = private::new_file(&fresh)?;
        Ok(Self { file: Some(BufWriter::new(file)), fresh, path: path.into() })
    }

    /// What was written is on the disk and has its name.
    pub fn finish(mut self) -> io::Result<Finished> {
        let Some(file) = self.file.take() else { return Err(io::ErrorKind::BrokenPipe.into()) };
        file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        if self.fresh != self.path {
            std::fs::rename(&self.fresh, &self.path)?;
            self.fresh = PathBuf::new();
        }
        private::sync_parent(&self.path)?;
        self.fresh = PathBuf::new();
        Ok(Finished(std::mem::take(&mut self.path)))
    }
}

impl Write for OutFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.as_mut().ok_or(io::ErrorKind::BrokenPipe)?.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_mut().ok_or(io::ErrorKind::BrokenPipe)?.flush()
    }
}

impl Drop for OutFile {
    fn drop(&mut self) {
        if !self.fresh.as_os_str().is_empty() {
            taken_away(&self.fresh);
        }
    }
}

/// A file that is whole.
#[derive(Debug)]
#[must_use]
pub struct Finished(PathBuf);

impl Finished {
    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Takes it away again: what has to be noted beside it could not be.
    pub fn withdrawn(self) {
        taken_away(&self.0);
    }
}

fn taken_away(path: &Path) {
    if let Err(error) = std::fs::remove_file(path) {
        tracing::warn!(%error, path = %path.display(), "a file that is not whole could not be taken away");
    }
}

/// Writes a file at once.
pub fn write(path: &Path, bytes: &[u8], replace: bool) -> io::Result<Finished> {
    let mut file = if replace { OutFile::replacing(path)? } else { OutFile::new(path)? };
    file.write_all(bytes)?;
    file.finish()
}

/// Makes a folder of 0700; one that is there already is an error.
pub fn folder(path: &Path) -> io::Result<()> {
    private::new_folder(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(dir: &Path) -> Vec<String> {
        let mut all: Vec<String> = std::fs::read_dir(dir)
            .unwrap()
            .map(|e| e.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        all.sort();
        all
    }

    #[test]
    fn a_file_is_whole_or_not_there() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("list.csv");
        let mut half = OutFile::new(&path).unwrap();
        half.write_all(b"half").unwrap();
        assert!(path.exists());
        drop(half);
        assert!(names(dir.path()).is_empty());
        assert_eq!(write(&path, b"whole", false).unwrap().path(), path);
        assert_eq!(write(&path, b"other", false).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(std::fs::read(&path).unwrap(), b"whole");
    }

    #[test]
    fn what_is_replaced_stays_until_the_new_one_is_whole() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("list.csv");
        std::fs::write(&path, "mine").unwrap();
        let mut half = OutFile::replacing(&path).unwrap();
        half.write_all(b"half").unwrap();
        half.flush().unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"mine");
        drop(half);
        assert_eq!(
            (names(dir.path()), std::fs::read(&path).unwrap()),
            (vec!["list.csv".into()], b"mine".to_vec())
        );
        let done = write(&path, b"new", true).unwrap();
        assert_eq!(
            (names(dir.path()), std::fs::read(&path).unwrap()),
            (vec!["list.csv".into()], b"new".to_vec())
        );
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        done.withdrawn();
        assert!(names(dir.path()).is_empty());
        assert!(OutFile::replacing(dir.path()).is_err());
    }
}
