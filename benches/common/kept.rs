//! Stores of generated rows: built once under the target folder and kept.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use futures::FutureExt as _;
use jiff::Timestamp;
use tieout::store::operations::Answer;
use tieout::store::{Executor, Options, SqliteStore};

pub type Done<T> = Result<T, Box<dyn Error>>;

/// The answer of a store that works on this thread.
pub fn now<T>(answer: Answer<'_, T>) -> Done<T> {
    Ok(answer.now_or_never().ok_or("the store did not answer at once")??)
}

/// The store of this name; `build` fills its folder when it is not whole yet, and says what it did.
#[allow(clippy::print_stdout, reason = "a benchmark prints")]
pub fn store(name: &str, build: impl FnOnce(&Path) -> Done<String>) -> Done<SqliteStore> {
    let dir = folder().join(name);
    let finished = dir.join("finished");
    if !finished.exists() {
        if dir.exists() {
            fs::remove_dir_all(&dir)?;
        }
        let built = build(&dir)?;
        fs::write(&finished, format!("{built}\n"))?;
        println!("{built}: {}", dir.display());
    }
    open(&dir)
}

fn folder() -> PathBuf {
    let temporary = Path::new(env!("CARGO_TARGET_TMPDIR"));
    temporary.parent().unwrap_or(temporary).join("bench-data")
}

pub fn open(dir: &Path) -> Done<SqliteStore> {
    // on this thread: the hop to another one would add the same to both sides of the ratio
    let options = Options { executor: Executor::Inline, instance_kind: "sandbox", now: at(0)? };
    Ok(SqliteStore::open(dir.join("tieout.db"), options)?)
}

pub fn at(second: u64) -> Done<Timestamp> {
    Ok(Timestamp::from_second(1_700_000_000 + i64::try_from(second)?)?)
}

/// Spreads `i` over all 64 bits: the same row is the same in every database of its edition.
pub fn mix(i: u64) -> u64 {
    let x = i.wrapping_add(0x9E37_79B9_7F4A_7C15).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}
