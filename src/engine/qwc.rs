//! The `.qwc` file: what the QuickBooks Web Connector is given to know us (contract of QuickBooks Desktop, section 2).
//! It holds no secret: the password is typed into the Web Connector by hand.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use reqwest::Url;

use crate::model::text::harmless;

/// Characters of a description that the Web Connector shows whole.
const DESCRIPTION: usize = 80;

/// The page of the listener for people.
const SUPPORT: &str = "/support";

/// What a file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Qwc<'a> {
    /// The connection's name: it tells two companies apart in the list of the Web Connector.
    pub connection: &'a str,
    /// The company, as a person named it.
    pub company: &'a str,
    /// Where the Web Connector calls.
    pub url: &'a str,
    /// Under which name it comes.
    pub user: &'a str,
    /// Of tieout: the same in every file.
    pub owner_id: &'a str,
    /// Of the company file: the same for ever.
    pub file_id: &'a str,
    /// How often it comes by itself.
    pub minutes: u32,
}

/// Why a file cannot be made. Each sentence says what to do.
#[derive(Debug, thiserror::Error)]
pub enum QwcError {
    /// The address is none that the Web Connector takes.
    #[error("{0}")]
    Address(String),
    /// There is a file already.
    #[error("there is a file {0} already")]
    There(PathBuf),
    /// What is there is no file of ours to replace.
    #[error("{0} is no plain file: give another path")]
    NoFile(PathBuf),
    /// The folder is not there.
    #[error("there is no folder {0}: make it, or give another path")]
    NoFolder(PathBuf),
    /// The file system failed.
    #[error("{path} cannot be written: {source}")]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// The address, when the Web Connector takes it (its errors QBWC1001, QBWC1010).
pub fn address(text: &str) -> Result<Url, QwcError> {
    let bad = |why: String| Err(QwcError::Address(why));
    let Ok(url) = Url::parse(text.trim()) else {
        return bad(format!("{text:?} is no address: it is written https://tieout.example.com:8077/qbwc"));
    };
    if !matches!(url.scheme(), "https" | "http") || !url.has_host() {
        return bad(format!("{text:?} is no address: it begins with https://"));
    }
    let named = url.domain().map(str::to_ascii_lowercase);
    let Some(host) = named.filter(|h| !h.is_empty()) else {
        return bad(format!(
            "{text}: the Web Connector takes no IP address (QBWC1001). Give the name of this machine as its \
             certificate has it, or localhost when QuickBooks runs on this machine"
        ));
    };
    if url.scheme() == "http" && host != "localhost" {
        return bad(format!(
            "{text}: the Web Connector takes http for localhost alone (QBWC1010). Another machine needs https, with a \
             certificate that it trusts"
        ));
    }
    if !url.username().is_empty()
        || url.password().is_some()
        || url.query().is_some()
        || url.fragment().is_some()
    {
        return bad(format!("{text}: the address has a host and a path, and nothing else"));
    }
    Ok(url)
}

/// The host of a checked address.
pub fn host(url: &Url) -> String {
    match (url.host_str(), url.port()) {
        (Some(host), Some(port)) => format!("{host}:{port}"),
        (host, _) => host.unwrap_or_default().to_string(),
    }
}

impl Qwc<'_> {
    /// The bytes of the file.
    pub fn bytes(&self) -> Result<Vec<u8>, QwcError> {
        let url = address(self.url)?;
        let description: String =
            format!("Approved spend for {}", one_line(self.company)).chars().take(DESCRIPTION).collect();
        // the same host, and a page that answers: the Web Connector opens it when the file is added (QBWC1000, 1003)
        let support = Url::join(&url, SUPPORT).map_err(|e| QwcError::Address(e.to_string()))?;
        let elements = [
            ("AppName", format!("tieout {}", self.connection)),
            ("AppID", String::new()),
            ("AppURL", url.as_str().to_string()),
            ("AppDescription", description.trim_end().to_string()),
            ("AppSupport", support.to_string()),
            ("UserName", self.user.to_string()),
            ("OwnerID", self.owner_id.to_string()),
            ("FileID", self.file_id.to_string()),
            ("QBType", "QBFS".to_string()),
            ("Style", "Document".to_string()),
        ];
        let mut out = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n<QBWCXML>\r\n");
        for (name, text) in elements {
            out.push_str(&format!("  <{name}>{}</{name}>\r\n", escaped(&text)));
        }
        // with `true` QuickBooks would refuse every write (contract, section 2)
        out.push_str(&format!(
            "  <Scheduler><RunEveryNMinutes>{}</RunEveryNMinutes></Scheduler>\r\n  \
             <IsReadOnly>false</IsReadOnly>\r\n  \
             <PersonalDataPref>pdpNotNeeded</PersonalDataPref>\r\n  \
             <UnattendedModePref>umpOptional</UnattendedModePref>\r\n</QBWCXML>\r\n",
            self.minutes
        ));
        Ok(out.into_bytes())
    }
}

fn one_line(text: &str) -> String {
    harmless(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // XML 1.0 has no way to write them
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// Whether a file can be written there; nothing is written.
pub fn free(path: &Path, replace: bool) -> Result<(), QwcError> {
    let folder = folder(path);
    if !folder.is_dir() {
        return Err(QwcError::NoFolder(folder.into()));
    }
    match path.symlink_metadata() {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(source) => Err(QwcError::Io { path: path.into(), source }),
        Ok(found) if !found.is_file() => Err(QwcError::NoFile(path.into())),
        Ok(_) if !replace => Err(QwcError::There(path.into())),
        Ok(_) => Ok(()),
    }
}

/// Writes the file for its owner alone. One that is there already is replaced only when that was said, whole or not at
/// all.
pub fn write(path: &Path, bytes: &[u8], replace: bool) -> Result<(), QwcError> {
    free(path, replace)?;
    let io = |source| QwcError::Io { path: path.into(), source };
    if !replace || path.symlink_metadata().is_err() {
        return create(path, bytes).map_err(|e| match e.kind() {
            io::ErrorKind::AlreadyExists => QwcError::There(path.into()),
            _ => io(e),
        });
    }
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(format!(".{}.new", std::process::id()));
    let beside = path.with_file_name(name);
    create(&beside, bytes).map_err(io)?;
    std::fs::rename(&beside, path).map_err(|e| {
        // the first error is the one to tell
        std::fs::remove_file(&beside).ok();
        io(e)
    })
}

fn create(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

#[cfg(test)]
#[path = "qwc_tests.rs"]
mod tests;
