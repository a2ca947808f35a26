//! What is written to the terminal: frames in one piece each, by a thread of its own. A terminal that reads slowly, or
//! not at all, holds up neither keys nor signals, and nothing queues behind a frame that was not read yet.

use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

/// Begins a synchronised update.
pub const BEGIN: &[u8] = b"\x1b[?2026h";
/// Ends one.
pub const END: &[u8] = b"\x1b[?2026l";
/// The longest sequences that only place, show or hide the cursor.
const CURSOR: usize = 32;

#[derive(Default)]
struct Slot {
    pending: Vec<u8>,
    writing: bool,
    closed: bool,
    failed: Option<io::Error>,
}

#[derive(Default)]
struct Shared {
    slot: Mutex<Slot>,
    free: Condvar,
    drained: Arc<Notify>,
}

impl Shared {
    fn slot(&self) -> MutexGuard<'_, Slot> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where frames are written. Clones write to the same terminal.
#[derive(Clone)]
pub struct Pen {
    shared: Arc<Shared>,
}

impl Pen {
    /// Starts the thread that writes to `out`; it ends when [`Pen::close`] was called and everything was written.
    pub fn new(out: impl Write + Send + 'static) -> io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let theirs = shared.clone();
        std::thread::Builder::new().name("screen".into()).spawn(move || write(&theirs, out))?;
        Ok(Self { shared })
    }

    /// Whether everything was taken by the terminal: only then is a frame drawn.
    pub fn is_free(&self) -> bool {
        let slot = self.shared.slot();
        slot.pending.is_empty() && !slot.writing
    }

    /// Told whenever everything was taken.
    pub fn drained(&self) -> Arc<Notify> {
        self.shared.drained.clone()
    }

    /// Hands bytes over. Does not wait; the error is that of an earlier write.
    pub fn push(&self, bytes: &[u8]) -> io::Result<()> {
        let mut slot = self.shared.slot();
        if let Some(e) = slot.failed.take() {
            return Err(e);
        }
        slot.pending.extend_from_slice(bytes);
        self.shared.free.notify_all();
        Ok(())
    }

    /// Waits until everything was taken; false: it was not, within this time.
    pub fn drain(&self, within: Duration) -> bool {
        let busy = |slot: &mut Slot| !slot.pending.is_empty() || slot.writing;
        let waited = self.shared.free.wait_timeout_while(self.shared.slot(), within, busy);
        let (slot, _) = waited.unwrap_or_else(PoisonError::into_inner);
        slot.pending.is_empty() && !slot.writing
    }

    /// Nothing more will come.
    pub fn close(&self) {
        self.shared.slot().closed = true;
        self.shared.free.notify_all();
    }
}

fn write(shared: &Shared, mut out: impl Write) {
    let mut slot = shared.slot();
    loop {
        let idle = |slot: &mut Slot| slot.pending.is_empty() && !slot.closed;
        slot = shared.free.wait_while(slot, idle).unwrap_or_else(PoisonError::into_inner);
        if slot.pending.is_empty() {
            return;
        }
        let bytes = std::mem::take(&mut slot.pending);
        slot.writing = true;
        drop(slot);
        let written = out.write_all(&bytes).and_then(|()| out.flush());
        slot = shared.slot();
        slot.writing = false;
        if let Err(e) = written {
            slot.pending.clear();
            slot.failed = Some(e);
        }
        if slot.pending.is_empty() {
            shared.free.notify_all();
            shared.drained.notify_one();
        }
    }
}

/// Collects a frame, however often the library flushes on the way, and hands it over as one piece between the marks of a
/// synchronised update.
#[derive(Clone)]
pub struct Frames {
    pen: Pen,
    frame: Arc<Mutex<Vec<u8>>>,
    last: Arc<Mutex<Vec<u8>>>,
}

impl Frames {
    /// Frames for a pen.
    pub fn new(pen: Pen) -> Self {
        Self { pen, frame: Arc::default(), last: Arc::default() }
    }

    /// Hands over what was collected. A frame that changes nothing is none.
    pub fn commit(&self) -> io::Result<()> {
        let mut frame = self.frame.lock().unwrap_or_else(PoisonError::into_inner);
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        // the cursor is placed with every draw, also where it stands already
        let same_cursor =
            frame.len() <= CURSOR && frame.starts_with(b"\x1b[?25") && last.ends_with(frame.as_slice());
        if frame.is_empty() || same_cursor {
            frame.clear();
            return Ok(());
        }
        let mut piece = Vec::with_capacity(BEGIN.len() + frame.len() + END.len());
        piece.extend_from_slice(BEGIN);
        piece.extend_from_slice(&frame);
        piece.extend_from_slice(END);
        last.clear();
        last.extend_from_slice(frame.get(frame.len().saturating_sub(CURSOR)..).unwrap_or_default());
        frame.clear();
        self.pen.push(&piece)
    }
}

impl Write for Frames {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.frame.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    /// Nothing: a frame is whole when it is committed.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, Sender, channel};

    use super::*;

    const PATIENCE: Duration = Duration::from_mins(1);

    /// Tells each write, and waits until it may go on.
    struct Slow(Sender<Vec<u8>>, Receiver<()>);

    impl Write for Slow {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.send(bytes.to_vec()).map_err(io::Error::other)?;
            self.1.recv().map_err(io::Error::other)?;
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn slow() -> (Pen, Receiver<Vec<u8>>, Sender<()>) {
        let ((say, heard), (go, may)) = (channel(), channel());
        (Pen::new(Slow(say, may)).unwrap(), heard, go)
    }

    #[test]
    fn a_frame_is_one_write_between_marks_and_one_that_changes_nothing_is_none() {
        let (pen, heard, go) = slow();
        let mut frames = Frames::new(pen.clone());
        frames.commit().unwrap();
        for _ in 0..1000 {
            frames.write_all(b"cell").unwrap();
            frames.flush().unwrap();
        }
        frames.write_all(b"\x1b[?25h\x1b[3;4H").unwrap();
        frames.commit().unwrap();
        go.send(()).unwrap();
        assert!(pen.drain(PATIENCE));
        let frame = heard.recv().unwrap();
        assert!(frame.starts_with(BEGIN) && frame.ends_with(END) && frame.len() > 4000);
        // the cursor once more at its place
        frames.write_all(b"\x1b[?25h\x1b[3;4H").unwrap();
        frames.commit().unwrap();
        assert!(pen.is_free() && heard.try_recv().is_err());
        // and at another one
        frames.write_all(b"\x1b[?25h\x1b[5;4H").unwrap();
        frames.commit().unwrap();
        go.send(()).unwrap();
        assert!(heard.recv().unwrap().windows(6).any(|w| w == b"\x1b[5;4H"));
    }

    #[test]
    fn a_terminal_that_does_not_read_holds_nobody_up() {
        let (pen, heard, go) = slow();
        pen.push(b"one").unwrap();
        assert_eq!(heard.recv().unwrap(), b"one");
        // it is being written, and is not taken
        assert!(!pen.is_free() && !pen.drain(Duration::from_millis(1)));
        pen.push(b"two").unwrap();
        pen.push(b"three").unwrap();
        go.send(()).unwrap();
        go.send(()).unwrap();
        assert!(pen.drain(PATIENCE) && pen.is_free());
        assert_eq!(heard.recv().unwrap(), b"twothree");
    }

    #[test]
    fn a_terminal_that_is_gone_is_told_with_the_next_frame_and_the_thread_ends() {
        let (pen, heard, go) = slow();
        drop(go);
        pen.push(b"one").unwrap();
        assert!(pen.drain(PATIENCE));
        assert!(pen.push(b"two").is_err());
        pen.close();
        assert_eq!(heard.recv().unwrap(), b"one");
        // the writer is dropped with its thread
        assert!(heard.recv().is_err());
    }
}
