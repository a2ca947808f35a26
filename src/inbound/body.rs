//! Reading a body within a size and a time.

use std::time::Duration;

use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Incoming};

/// What is still taken off the wire of a body that is too large, so that its sender can hear the answer.
const DRAINED: usize = 4 * 1024 * 1024;

/// What came.
pub enum Read {
    /// All of it.
    Whole(Vec<u8>),
    /// More than is taken.
    TooLarge,
    /// It did not end in time.
    Slow,
    /// It broke off, or is no HTTP.
    Broken,
}

/// Reads a body of at most `cap` bytes within `patience`. `keep`: what it holds is wanted; else it is only taken off the
/// wire.
pub async fn read(mut body: Incoming, cap: usize, patience: Duration, keep: bool) -> Read {
    let announced = body.size_hint().lower();
    if announced > (cap + DRAINED) as u64 {
        return Read::TooLarge;
    }
    let whole = async {
        let mut held = Vec::new();
        let mut seen = 0_usize;
        while let Some(frame) = body.frame().await {
            let Ok(frame) = frame else { return Read::Broken };
            let Ok(data) = frame.into_data() else { continue };
            seen += data.len();
            if seen <= cap && keep {
                held.extend_from_slice(&data);
            } else {
                held = Vec::new();
            }
            if seen > cap + DRAINED {
                break;
            }
        }
        if seen > cap { Read::TooLarge } else { Read::Whole(held) }
    };
    tokio::time::timeout(patience, whole).await.unwrap_or(Read::Slow)
}
