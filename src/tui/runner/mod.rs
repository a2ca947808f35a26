//! The runner: one loop over signals, answers, keys and frames. It sleeps when nothing happens.

mod browser;
mod events;
mod execute;
mod export;
mod flights;
mod look;
mod rooms;
mod sheet;
pub(super) mod tasks;
#[cfg(test)]
mod tests;
mod trial;
mod walk;

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

use crossterm::event::{Event as TerminalEvent, EventStream};
use futures::StreamExt as _;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::engine::Office;
use crate::tui::app::{Model, Phase, update};
use crate::tui::effect::Effect;
use crate::tui::look::Wardrobe;
use crate::tui::look::effect::LookEffect;
use crate::tui::msg::{Msg, Now};
use crate::tui::terminal::{CLIPBOARD, Guard};
use crate::tui::view::view;
use crate::tui::{Readers, RunError};

use tasks::Tasks;

const FRAME: Duration = Duration::from_millis(16);
/// SIGTSTP has this number on Linux; on the BSDs and macOS it is 18.
const TSTP: i32 = if cfg!(target_os = "linux") { 20 } else { 18 };

/// What the loop needs besides the model.
pub struct Runner {
    guard: Guard,
    tasks: Tasks,
    multiplexer: bool,
    started: Instant,
}

struct Signals {
    term: Signal,
    hup: Signal,
    int: Signal,
    stop: Signal,
    cont: Signal,
}

impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self {
            term: signal(SignalKind::terminate())?,
            hup: signal(SignalKind::hangup())?,
            int: signal(SignalKind::interrupt())?,
            stop: signal(SignalKind::from_raw(TSTP))?,
            cont: signal(SignalKind::from_raw(if cfg!(target_os = "linux") { 18 } else { 19 }))?,
        })
    }
}

impl Runner {
    /// A runner that has the terminal.
    pub fn new(guard: Guard, readers: Readers, multiplexer: bool, wardrobe: Wardrobe) -> Self {
        Self { guard, tasks: Tasks::new(readers, wardrobe), multiplexer, started: Instant::now() }
    }

    fn now(&self) -> Now {
        Now { at: self.tasks.now(), since: self.started.elapsed() }
    }

    /// Draws first, opens then, and goes on until the end.
    pub async fn run<E: Send + 'static>(
        &mut self,
        model: &mut Model,
        boot: impl Future<Output = Result<Arc<dyn Office>, E>> + Send + 'static,
    ) -> Result<(), RunError<E>> {
        self.draw(model)?;
        let mut boot = tokio::spawn(boot);
        // after the first frame; without a watch files are read at the next start
        let _saved = self.tasks.watch_files();
        let mut booting = true;
        let mut keys = EventStream::new();
        let mut signals = Signals::new()?;
        let panicked = Arc::clone(&self.guard.panicked);
        let drained = self.guard.pen.drained();
        let mut last_frame = Instant::now();
        let mut dirty = false;
        let minute = tokio::time::interval_at(
            tokio::time::Instant::now() + Duration::from_mins(1),
            Duration::from_mins(1),
        );
        tokio::pin!(minute);
        loop {
            // a frame that the terminal has not read yet is not followed by another one
            let free = self.guard.pen.is_free();
            if dirty && free && last_frame.elapsed() >= FRAME {
                self.draw(model)?;
                last_frame = Instant::now();
                dirty = false;
            }
            let frame_due = last_frame + FRAME;
            let wake = model.next_wake().map(|d| self.started + d);
            let msg = tokio::select! {
                biased;
                () = panicked.notified() => return Err(RunError::Panicked),
                _ = signals.term.recv() => Msg::Ending,
                _ = signals.hup.recv() => Msg::Ending,
                _ = signals.int.recv() => Msg::Ending,
                _ = signals.stop.recv() => {
                    self.suspend(model, &mut signals).await?;
                    dirty = true;
                    continue;
                }
                _ = signals.cont.recv() => {
                    // stopped and continued from outside, without a word before
                    self.guard.resume()?;
                    dirty = true;
                    continue;
                }
                opened = &mut boot, if booting => {
                    booting = false;
                    match opened {
                        Ok(Ok(office)) => self.tasks.opened(office),
                        Ok(Err(e)) => return Err(RunError::Boot(e)),
                        Err(e) => return Err(RunError::Terminal(io::Error::other(e))),
                    }
                }
                Some(msg) = self.tasks.receive.recv() => msg,
                event = keys.next() => match event {
                    Some(Ok(e)) => match of_terminal(e) {
                        Some(msg) => msg,
                        None => continue,
                    },
                    Some(Err(e)) => return Err(RunError::Terminal(e)),
                    // the terminal is gone
                    None => Msg::Ending,
                },
                () = at(frame_due), if dirty && free => continue,
                () = drained.notified(), if dirty && !free => continue,
                () = at(wake.unwrap_or(frame_due)), if wake.is_some() => Msg::Tick,
                _ = minute.tick(), if model.phase == Phase::Open => Msg::Tick,
            };
            let mut next = Some(msg);
            // everything that waits already is taken before a frame is considered
            while let Some(msg) = next.take() {
                let effects = update(model, msg, self.now());
                dirty = true;
                for effect in effects {
                    if self.execute(model, effect, &mut signals).await? {
                        return Ok(());
                    }
                }
                if last_frame.elapsed() > FRAME * 4 {
                    // a flood must not keep the screen from being drawn
                    break;
                }
                next = match self.tasks.receive.try_recv() {
                    Ok(msg) => Some(msg),
                    Err(_) => waiting_key(&mut keys).await,
                };
            }
        }
    }

    fn draw(&mut self, model: &mut Model) -> io::Result<()> {
        self.guard.draw(|frame| view(model, frame))?;
        Ok(())
    }

    /// Back to the shell, until `fg` continues us.
    async fn suspend(&mut self, model: &mut Model, signals: &mut Signals) -> io::Result<()> {
        if self.guard.suspend()? {
            // the stop may come a moment after the call: the terminal is taken again only once we were continued.
            // Where stopping has no effect (process 1 of a container), the wait ends by itself.
            let _continued = tokio::time::timeout(Duration::from_secs(1), signals.cont.recv()).await;
            self.guard.resume()?;
        } else {
            update(model, Msg::NoJobControl, self.now());
        }
        let (w, h) = crossterm::terminal::size()?;
        update(model, Msg::Resize(w, h), self.now());
        Ok(())
    }

    /// Does an effect; true: the end.
    async fn execute(
        &mut self,
        model: &mut Model,
        effect: Effect,
        signals: &mut Signals,
    ) -> io::Result<bool> {
        match effect {
            Effect::Quit => return Ok(true),
            Effect::Redraw => self.guard.redraw()?,
            Effect::Suspend => self.suspend(model, signals).await?,
            Effect::Copy(text) => {
                let said = if text.len() > CLIPBOARD {
                    Err(format!("{} bytes are too much for the clipboard of a terminal.", text.len()))
                } else {
                    self.guard.copy(&text, self.multiplexer)?;
                    let what: String = text.chars().take(30).collect();
                    let dots = if text.chars().count() > 30 { "…" } else { "" };
                    Ok(format!("Copied {} characters: {what}{dots}", text.chars().count()))
                };
                update(model, Msg::Copied(said), self.now());
            }
            Effect::LookRoom(LookEffect::Bell) => self.guard.bell()?,
            other => self.tasks.start(other, model.look.depth),
        }
        Ok(false)
    }
}

/// A key that is there already. The stream keeps the waker of the poll that found nothing, so this must poll with the
/// loop's own: another one would lose the next key.
async fn waiting_key(keys: &mut EventStream) -> Option<Msg> {
    let polled = std::future::poll_fn(|cx| Poll::Ready(keys.poll_next_unpin(cx))).await;
    match polled {
        Poll::Ready(Some(Ok(event))) => of_terminal(event),
        _ => None,
    }
}

async fn at(instant: Instant) {
    tokio::time::sleep_until(instant.into()).await;
}

fn of_terminal(event: TerminalEvent) -> Option<Msg> {
    match event {
        TerminalEvent::Key(k) => Some(Msg::Key(k)),
        TerminalEvent::Paste(text) => Some(Msg::Paste(text.into())),
        TerminalEvent::Resize(w, h) => Some(Msg::Resize(w, h)),
        TerminalEvent::Mouse(m) => Some(Msg::Mouse(m)),
        _ => None,
    }
}
