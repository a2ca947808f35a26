//! Bodies: small ones in memory; long ones, of a visit that is known, in a file of their own that has no name any more
//! when it is written (reliability.md, S13).

use std::fs::File;
use std::io::{self, BufReader, Seek as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Bytes, Incoming};
use tokio::io::AsyncWriteExt as _;
use zeroize::Zeroizing;

use crate::inbound::settings::Limits;
use crate::inbound::web_connector::soap::{self, Bad, Call, Operation};

/// What anybody may send, and what is held in memory.
pub const SMALL: usize = 256 * 1024;
/// What is still taken off the wire of a body that is not wanted, so that its sender can hear the answer.
const DRAINED: usize = 4 * 1024 * 1024;
/// How long a long body may take in all; each part of it is bounded by the deadline of bodies.
const LONGEST: Duration = Duration::from_mins(10);

/// A body that came whole.
pub enum Held {
    /// A small one.
    Memory(Zeroizing<Vec<u8>>),
    /// A long one, and how long it is.
    Spooled(Spool, usize),
}

/// Why a body was not taken.
pub enum Unread {
    /// It is longer than is taken of anybody.
    TooLarge,
    /// It is longer than is taken of somebody whose ticket is not known.
    Unknown(Operation),
    /// It did not come in time.
    Slow,
    /// It broke off.
    Broken,
    /// It could not be kept.
    Disk(io::Error),
}

/// A file for one body; it is gone when this is dropped.
pub struct Spool {
    file: File,
    /// Where it still has a name.
    path: Option<PathBuf>,
}

impl Drop for Spool {
    fn drop(&mut self) {
        if let Some(path) = &self.path
            && let Err(error) = std::fs::remove_file(path)
        {
            tracing::warn!(%error, "a spool file could not be removed");
        }
    }
}

impl Spool {
    fn make(folder: &Path) -> io::Result<Self> {
        let path = folder.join(format!("tieout-{:016x}{:016x}.spool", fastrand::u64(..), fastrand::u64(..)));
        let mut options = std::fs::OpenOptions::new();
        options.read(true).write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path)?;
        // without a name nobody else finds it, and nothing is left when this process dies
        let removed = cfg!(unix) && std::fs::remove_file(&path).is_ok();
        Ok(Self { file, path: (!removed).then_some(path) })
    }
}

impl Held {
    /// Reads the call. Blocks while it reads a file.
    pub fn call(self) -> Result<Call, Bad> {
        match self {
            Held::Memory(bytes) => soap::read(bytes.as_slice(), bytes.len()),
            Held::Spooled(mut spool, size) => {
                spool.file.rewind().map_err(|_| Bad("the request could not be read again"))?;
                soap::read(BufReader::with_capacity(64 * 1024, &spool.file), size)
            }
        }
    }
}

/// Reads a body. `known` says whether a ticket is or was ours: only then more than [`SMALL`] bytes are taken.
pub async fn read<K: Future<Output = bool>>(
    mut body: Incoming,
    limits: &Limits,
    folder: &Path,
    known: impl FnOnce(String) -> K,
) -> Result<Held, Unread> {
    if body.size_hint().lower() > limits.body_bytes as u64 {
        drain(&mut body, limits.body).await;
        return Err(Unread::TooLarge);
    }
    let mut held = Zeroizing::new(Vec::new());
    let beginning = async {
        while let Some(part) = next(&mut body).await? {
            held.extend_from_slice(&part);
            if held.len() > SMALL {
                return Ok(true);
            }
        }
        Ok(false)
    };
    let more = tokio::time::timeout(limits.body, beginning).await.unwrap_or(Err(Unread::Slow))?;
    if !more {
        return Ok(Held::Memory(held));
    }
    match soap::peek(&held) {
        Some((operation @ (Operation::SendRequest | Operation::ReceiveResponse), ticket)) => {
            if !known(ticket).await {
                drain(&mut body, limits.body).await;
                return Err(Unread::Unknown(operation));
            }
        }
        _ => {
            drain(&mut body, limits.body).await;
            return Err(Unread::TooLarge);
        }
    }
    tokio::time::timeout(LONGEST, spooled(body, &held, limits, folder)).await.unwrap_or(Err(Unread::Slow))
}

async fn spooled(mut body: Incoming, held: &[u8], limits: &Limits, folder: &Path) -> Result<Held, Unread> {
    let spool = Spool::make(folder).map_err(Unread::Disk)?;
    let mut writing = tokio::fs::File::from_std(spool.file.try_clone().map_err(Unread::Disk)?);
    let mut size = held.len();
    writing.write_all(held).await.map_err(Unread::Disk)?;
    loop {
        let part = tokio::time::timeout(limits.body, next(&mut body)).await.unwrap_or(Err(Unread::Slow))?;
        let Some(part) = part else { break };
        size += part.len();
        if size > limits.body_bytes {
            drain(&mut body, limits.body).await;
            return Err(Unread::TooLarge);
        }
        writing.write_all(&part).await.map_err(Unread::Disk)?;
    }
    writing.flush().await.map_err(Unread::Disk)?;
    Ok(Held::Spooled(spool, size))
}

async fn next(body: &mut Incoming) -> Result<Option<Bytes>, Unread> {
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Unread::Broken)?;
        if let Ok(data) = frame.into_data() {
            return Ok(Some(data));
        }
    }
    Ok(None)
}

async fn drain(body: &mut Incoming, patience: Duration) {
    let all = async {
        let mut seen = 0;
        while let Ok(Some(part)) = next(body).await {
            seen += part.len();
            if seen > DRAINED {
                break;
            }
        }
    };
    if tokio::time::timeout(patience, all).await.is_err() {
        tracing::debug!("a body that is not wanted came too slowly");
    }
}
