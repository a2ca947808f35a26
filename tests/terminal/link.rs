//! What stands between a program and the eyes of a person: nothing, or a slow line.

use std::io::{Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

/// A line.
#[derive(Debug, Clone, Copy, Default)]
pub struct Link {
    /// What every byte takes, each way.
    pub delay: Duration,
    /// Bytes a second that the far end takes; the program's writes wait when it wants more.
    pub rate: Option<u32>,
}

/// Where keys go in.
pub enum Input {
    Near(Box<dyn Write + Send>),
    Far(Sender<(Instant, Vec<u8>)>, Duration),
}

impl Input {
    /// Sends bytes.
    pub fn send(&mut self, bytes: &[u8]) {
        match self {
            Input::Near(to) => {
                to.write_all(bytes).unwrap();
                to.flush().unwrap();
            }
            Input::Far(to, delay) => to.send((Instant::now() + *delay, bytes.to_vec())).unwrap(),
        }
    }
}

/// The line's own time: nothing is waited for here but the instant at which a byte arrives.
fn until(at: Instant) {
    while let Some(left) = at.checked_duration_since(Instant::now()).filter(|d| !d.is_zero()) {
        thread::park_timeout(left);
    }
}

impl Link {
    /// 150 ms each way, as much as one wants.
    pub const FAR: Link = Link { delay: Duration::from_millis(150), rate: None };

    /// The near end of the input.
    pub fn input(self, mut to: Box<dyn Write + Send>) -> Input {
        if self.delay.is_zero() {
            return Input::Near(to);
        }
        let (send, queue): (_, Receiver<(Instant, Vec<u8>)>) = channel();
        thread::spawn(move || {
            for (at, bytes) in queue {
                until(at);
                // the program may have ended
                if to.write_all(&bytes).and_then(|()| to.flush()).is_err() {
                    return;
                }
            }
        });
        Input::Far(send, self.delay)
    }

    /// Reads to the end. `written` is told at once, `shown` when the bytes arrive; none is the end.
    pub fn follow(
        self,
        mut from: Box<dyn Read + Send>,
        stalled: Arc<AtomicBool>,
        written: impl Fn(&[u8]) + Send + 'static,
        shown: impl Fn(Option<&[u8]>) + Send + 'static,
    ) {
        let (send, queue): (_, Receiver<(Instant, Vec<u8>)>) = channel();
        thread::spawn(move || {
            let mut buffer = vec![0; if self.rate.is_some() { 512 } else { 64 * 1024 }];
            loop {
                while stalled.load(Ordering::Acquire) {
                    thread::park_timeout(Duration::from_millis(5));
                }
                // the end of a pseudo-terminal is an error on Linux
                let n = from.read(&mut buffer).unwrap_or(0);
                if n == 0 {
                    return;
                }
                written(&buffer[..n]);
                if send.send((Instant::now() + self.delay, buffer[..n].to_vec())).is_err() {
                    return;
                }
                if let Some(rate) = self.rate {
                    until(Instant::now() + Duration::from_secs_f64(n as f64 / f64::from(rate)));
                }
            }
        });
        thread::spawn(move || {
            for (at, bytes) in queue {
                until(at);
                shown(Some(&bytes));
            }
            shown(None);
        });
    }
}
