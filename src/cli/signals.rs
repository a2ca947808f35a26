//! The two ways to ask a headless run to end: SIGTERM from the service manager, Ctrl-C from a person.

use std::io;

use crate::transport::Fut;

/// Who asked for the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// SIGTERM: exit code 0.
    Terminated,
    /// Ctrl-C: exit code 130.
    Interrupted,
}

/// Where the wish to end comes from: signals in life, a script in tests.
pub trait Endings: Send {
    /// The next one.
    fn next(&mut self) -> Fut<'_, Ending>;
}

/// Listens for both; keep it for as long as they are to be heard.
pub struct Signals {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
}

impl Signals {
    /// Starts to listen; from here on neither ends the process by itself.
    pub fn listen() -> io::Result<Self> {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            Ok(Self {
                terminate: signal(SignalKind::terminate())?,
                interrupt: signal(SignalKind::interrupt())?,
            })
        }
        #[cfg(not(unix))]
        Ok(Self {})
    }
}

impl Endings for Signals {
    fn next(&mut self) -> Fut<'_, Ending> {
        #[cfg(unix)]
        return Box::pin(async {
            tokio::select! {
                _ = self.terminate.recv() => Ending::Terminated,
                _ = self.interrupt.recv() => Ending::Interrupted,
            }
        });
        #[cfg(not(unix))]
        Box::pin(async {
            match tokio::signal::ctrl_c().await {
                Ok(()) => Ending::Interrupted,
                // cannot be heard: the platform's own handling stays
                Err(_) => std::future::pending().await,
            }
        })
    }
}
