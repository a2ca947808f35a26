//! Documents posted a second, from the source's list to its confirmation, against the in-process stand-ins over
//! loopback HTTP; and the calls and fsyncs that a document costs (reliability.md, section 12).
//!
//! `cargo bench --bench post`. Pace is off, so the time is what the program and its commits need; a real ledger's
//! published quota (40 batches a minute) allows 20 documents a second. Fsyncs are counted by `strace` in a run of its
//! own, where it is installed. Without cargo's `--bench` argument it runs small.

#[allow(clippy::unwrap_used, clippy::print_stdout, reason = "made for tests")]
#[path = "../tests/common/mod.rs"]
mod common;

use std::collections::BTreeMap;
use std::error::Error;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use common::{Made, states};
use tieout::model::book::AutoApproval;
use tieout::sandbox::stand_in::StandIn as _;

/// Documents of one batch at the ledger.
const BATCH: u64 = 30;
/// The argument of the run whose fsyncs are counted.
const COUNTED: &str = "--documents";

type Done<T> = Result<T, Box<dyn Error>>;

/// What one run cost.
struct Cost {
    took: Duration,
    ledger: u64,
    source: u64,
}

/// Fetches, derives, approves, posts and confirms `documents` documents of one entry.
async fn run(documents: u64) -> Done<Cost> {
    let made = Made::generated(documents, AutoApproval::Clean).await;
    let api = |calls: BTreeMap<String, u64>| calls.get("api").copied().unwrap_or(0);
    let calls = || (api(made.ledger_calls()), api(made.stage.concur.calls()));
    let before = calls();
    let began = Instant::now();
    made.once().await;
    let took = began.elapsed();
    let after = calls();
    let expected = if documents == 0 { BTreeMap::new() } else { states(&[("confirmed", documents)]) };
    if made.states().await != expected || made.marked().len() as u64 != documents {
        return Err(format!("not all of {documents} documents are in the ledger and confirmed").into());
    }
    Ok(Cost { took, ledger: after.0 - before.0, source: after.1 - before.1 })
}

/// Fsyncs of a process that makes a home and runs `documents` documents; none where they cannot be counted.
fn fsyncs(documents: u64) -> Done<Option<u64>> {
    let counts = tempfile::NamedTempFile::new()?;
    let mut command = Command::new("strace");
    command.args(["-f", "-c", "-e", "trace=fsync,fdatasync", "-o"]).arg(counts.path());
    command.arg(std::env::current_exe()?).args([COUNTED, &documents.to_string()]).stdout(Stdio::null());
    let Ok(status) = command.stderr(Stdio::null()).status() else { return Ok(None) };
    if !status.success() {
        return Ok(None);
    }
    // % time, seconds, usecs/call, calls, [errors,] syscall
    let mut sum = 0;
    for line in std::fs::read_to_string(counts.path())?.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        if matches!(words.last(), Some(&("fsync" | "fdatasync"))) {
            sum += words.get(3).ok_or("strace counted nothing")?.parse::<u64>()?;
        }
    }
    Ok(Some(sum))
}

#[allow(clippy::print_stdout, reason = "a benchmark prints")]
fn report(runtime: &tokio::runtime::Runtime, documents: u64, runs: usize) -> Done<()> {
    let mut costs = Vec::with_capacity(runs);
    for _ in 0..runs {
        costs.push(runtime.block_on(run(documents))?);
    }
    costs.sort_by_key(|c| c.took);
    let median = costs.get(runs / 2).ok_or("no runs")?;
    let each = |n: u64| n as f64 / documents as f64;
    println!("post: {documents} documents of one entry, fetched, derived, approved, posted and confirmed");
    println!(
        "documents a second   {:>8.0}   (median of {runs})",
        documents as f64 / median.took.as_secs_f64()
    );
    let least = documents.div_ceil(BATCH);
    println!(
        "ledger calls         {:>8}   {:.4} a document; {least} batches are the least",
        median.ledger,
        each(median.ledger)
    );
    println!("source calls         {:>8}   {:.4} a document", median.source, each(median.source));
    match (fsyncs(0)?, fsyncs(1)?, fsyncs(documents)?) {
        (Some(none), Some(one), Some(all)) => {
            let (one, all) = (one.saturating_sub(none), all.saturating_sub(none));
            println!("fsyncs               {all:>8}   {:.4} a document; one alone: {one}", each(all));
        }
        _ => println!("fsyncs               not counted: `strace` is not installed or may not trace"),
    }
    Ok(())
}

fn main() -> Done<()> {
    let args: Vec<String> = std::env::args().collect();
    let runtime = tokio::runtime::Runtime::new()?;
    if let Some(at) = args.iter().position(|a| a == COUNTED) {
        let documents = args.get(at + 1).ok_or("how many documents?")?.parse()?;
        return runtime.block_on(run(documents)).map(|_| ());
    }
    if args.iter().any(|a| a == "--bench") { report(&runtime, 2_000, 3) } else { report(&runtime, 60, 1) }
}
