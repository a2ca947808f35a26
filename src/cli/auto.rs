//! `tieout --auto`: the engine without a screen. Events stream while it runs; the summary comes last.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::sync::watch::Receiver as Watch;
use tokio_util::sync::CancellationToken;

use crate::cli::args::AutoArgs;
use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::exit::ExitCode;
use crate::cli::out::Out;
use crate::cli::signals::{Ending, Endings, Signals};
use crate::cli::summary;
use crate::engine::house::{OpenError, RunOptions, Summary};
use crate::engine::{Ask, Event, Progress};
use crate::transport::Fut;

/// How long `--auto --once` waits for another process to let go of the engine (interface.md, "One engine a store").
pub const PATIENCE: Duration = Duration::from_secs(10);

/// How long a run that was asked to end may finish what is on the wire: longer than any write may take.
const GRACE: Duration = Duration::from_secs(140);

/// And how long it may take to end once nothing is on the wire.
const FAREWELL: Duration = Duration::from_secs(5);

/// Runs it.
pub async fn run(ctx: &mut Context, args: AutoArgs) -> Result<ExitCode, CliError> {
    let mut books = Vec::with_capacity(args.books.len());
    for name in &args.books {
        books.push(ctx.book(name).await?.id);
    }
    let options = RunOptions { books, wait: args.wait.map(|w| w.0), attended: false };
    if args.once { once(ctx, options).await } else { until_told(ctx, options, &mut Signals::listen()?).await }
}

/// One run to its end, summed up: `--auto --once`, and the demo's.
pub async fn once(ctx: &mut Context, options: RunOptions) -> Result<ExitCode, CliError> {
    once_unless_told(ctx, options, &mut Signals::listen()?).await
}

/// One run to its end, or until it is told to stop.
pub async fn once_unless_told(
    ctx: &mut Context,
    options: RunOptions,
    endings: &mut dyn Endings,
) -> Result<ExitCode, CliError> {
    let (house, office) = (ctx.house.clone(), ctx.office.clone());
    let ask_stop = move || {
        let office = office.clone();
        // beside the run, which is the one that answers
        tokio::spawn(async move {
            if let Err(error) = office.ask(Ask::Stop).await {
                tracing::warn!(%error, "the run did not take the request to stop");
            }
        });
    };
    let events = ctx.office.events();
    let run = house.run_once(options, PATIENCE);
    let (ended, signal) = drive(ctx, events, run, endings, ask_stop).await?;
    finish(ctx, ended, signal).await
}

/// Until SIGTERM or Ctrl-C.
pub async fn until_told(
    ctx: &mut Context,
    options: RunOptions,
    endings: &mut dyn Endings,
) -> Result<ExitCode, CliError> {
    let house = ctx.house.clone();
    let stop = CancellationToken::new();
    let events = ctx.office.events();
    let run = house.run_until(options, stop.clone());
    let (ended, signal) = drive(ctx, events, run, endings, move || stop.cancel()).await?;
    finish(ctx, ended, signal).await
}

async fn finish(
    ctx: &mut Context,
    ended: Option<Summary>,
    signal: Option<Ending>,
) -> Result<ExitCode, CliError> {
    let code = match &ended {
        Some(done) => {
            let books = ctx.store.books().await?;
            summary::print(&mut ctx.out, done, &books)?;
            summary::code(done)
        }
        None => {
            ctx.out.note("Stopped before the run had ended: the next one goes on from what is stored.")?;
            ExitCode::Done
        }
    };
    Ok(match signal {
        Some(Ending::Terminated) => ExitCode::Done,
        Some(Ending::Interrupted) => ExitCode::Interrupted,
        None => code,
    })
}

/// Drives a run, prints its events, and hears signals. The first signal asks the run to end; it is left when nothing is
/// running any more, after the grace time, or at a second signal. Leaving is safe at any moment: what was on the wire is
/// looked up by the next run.
async fn drive(
    ctx: &mut Context,
    events: Receiver<Event>,
    mut run: Fut<'_, Result<Summary, OpenError>>,
    endings: &mut dyn Endings,
    stop: impl Fn(),
) -> Result<(Option<Summary>, Option<Ending>), CliError> {
    let mut events = Some(events);
    let mut progress = ctx.office.progress();
    let mut asked: Option<Ending> = None;
    let grace = tokio::time::sleep(GRACE);
    tokio::pin!(grace);
    let outcome = loop {
        tokio::select! {
            biased;
            heard = next_event(&mut events) => tell(&mut ctx.out, heard)?,
            signal = endings.next() => {
                if asked.is_some() {
                    break None;
                }
                asked = Some(signal);
                grace.as_mut().reset(tokio::time::Instant::now() + GRACE);
                stop();
            }
            done = &mut run => break Some(done),
            () = &mut grace, if asked.is_some() => break None,
            () = idle(&mut progress), if asked.is_some() => {
                // nothing is on the wire; what is left of the run is waiting, and its summary
                match tokio::time::timeout(FAREWELL, &mut run).await {
                    Ok(done) => break Some(done),
                    Err(_) => break None,
                }
            }
        }
    };
    if let Some(events) = events.as_mut() {
        loop {
            match events.try_recv() {
                Ok(event) => tell(&mut ctx.out, Heard::Event(event))?,
                Err(TryRecvError::Lagged(n)) => tell(&mut ctx.out, Heard::Missed(n))?,
                Err(TryRecvError::Empty | TryRecvError::Closed) => break,
            }
        }
    }
    let ended = outcome.transpose()?;
    Ok((ended, asked))
}

/// Until nothing is running.
async fn idle(progress: &mut Watch<Progress>) {
    // an engine that is gone runs nothing either
    drop(progress.wait_for(|p| !p.running).await);
}

enum Heard {
    Event(Event),
    Missed(u64),
}

async fn next_event(events: &mut Option<Receiver<Event>>) -> Heard {
    if let Some(receiver) = events {
        match receiver.recv().await {
            Ok(event) => return Heard::Event(event),
            Err(RecvError::Lagged(n)) => return Heard::Missed(n),
            Err(RecvError::Closed) => *events = None,
        }
    }
    std::future::pending().await
}

fn tell(out: &mut Out, heard: Heard) -> std::io::Result<()> {
    match heard {
        Heard::Event(event) if out.is_json() => out.json(&value(&event)),
        Heard::Event(event) => {
            let number = if event.number.is_empty() { String::new() } else { format!("{}: ", event.number) };
            out.note(&format!("{} {number}{}", event.time.strftime("%H:%M:%SZ"), event.text))
        }
        Heard::Missed(n) => out.note(&format!("{n} events went by too fast to be shown")),
    }
}

/// One event of the stream.
fn value(event: &Event) -> Value {
    json!({
        "time": event.time.to_string(),
        "event": event.event,
        "book": event.book,
        "document": event.document.map(|d| d.to_string()),
        "number": crate::cli::json::text(&event.number),
        "text": event.text,
    })
}
