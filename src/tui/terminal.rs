//! The terminal: taken and given back in one guard, written in one piece a frame, left usable whatever happens.

mod pen;

use std::fs::File;
use std::io::{self, IsTerminal};
use std::os::fd::AsFd;
use std::panic::PanicHookInfo;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::terminal::{EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode};
use crossterm::{cursor, queue};
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Rect;
use ratatui::{Frame, Terminal};
use rustix::process::{Signal, getpgrp, getsid, kill_current_process_group};
use tokio::sync::Notify;

use pen::END;
pub use pen::{Frames, Pen};

/// The most that is put into the clipboard in one go: terminals drop more.
pub const CLIPBOARD: usize = 74_000;

/// How long the terminal may take to read what is written last, before it is left as it is.
const FAREWELL: Duration = Duration::from_secs(1);

/// The terminal type of the console.
pub type Console = Terminal<CrosstermBackend<Frames>>;

type Hook = dyn Fn(&PanicHookInfo<'_>) + Send + Sync;

/// Has the terminal; gives it back when dropped, also on a panic, before the panic is printed.
pub struct Guard {
    terminal: Console,
    frames: Frames,
    /// What writes; see [`Pen::is_free`].
    pub pen: Pen,
    /// Told when any part of the program panics: the terminal was given back, the console has to end.
    pub panicked: Arc<Notify>,
    modes: Modes,
    before: Arc<Hook>,
}

/// Whether the console can be shown at all.
pub fn is_terminal() -> bool {
    io::stdout().is_terminal() && io::stdin().is_terminal()
}

/// What the terminal is asked for beyond a screen and keys; taken back in the same order on every way out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Modes {
    /// Clicks and the wheel; motion is never asked for, so that a moving mouse wakes nobody.
    pub mouse: bool,
    /// The window's title says `tieout`.
    pub title: bool,
    /// Keys such as Ctrl-Enter, by the kitty protocol.
    pub protocol: bool,
}

/// Clicks and wheel with coordinates beyond 223 (1000, 1006).
const MOUSE_ON: &[u8] = b"\x1b[?1000h\x1b[?1006h";
const MOUSE_OFF: &[u8] = b"\x1b[?1006l\x1b[?1000l";
/// The title before is kept by the terminal and comes back.
const TITLE_ON: &[u8] = b"\x1b[22;2t\x1b]2;tieout\x07";
const TITLE_OFF: &[u8] = b"\x1b[23;2t";
const PROTOCOL_ON: &[u8] = b"\x1b[>1u";
const PROTOCOL_OFF: &[u8] = b"\x1b[<1u";

impl Modes {
    fn on(self, bytes: &mut Vec<u8>) {
        for (wanted, on) in [(self.title, TITLE_ON), (self.protocol, PROTOCOL_ON), (self.mouse, MOUSE_ON)] {
            bytes.extend_from_slice(if wanted { on } else { b"" });
        }
    }

    fn off(self, bytes: &mut Vec<u8>) {
        for (wanted, off) in [(self.mouse, MOUSE_OFF), (self.protocol, PROTOCOL_OFF), (self.title, TITLE_OFF)]
        {
            bytes.extend_from_slice(if wanted { off } else { b"" });
        }
    }
}

fn enter(pen: &Pen, modes: Modes) -> io::Result<()> {
    enable_raw_mode()?;
    let mut bytes = Vec::new();
    queue!(bytes, EnterAlternateScreen, EnableBracketedPaste, cursor::Hide)?;
    modes.on(&mut bytes);
    pen.push(&bytes)
}

/// Waits a moment for a terminal that does not read, and no longer.
fn leave(pen: &Pen, modes: Modes) -> io::Result<()> {
    let mut bytes = Vec::new();
    bytes.extend_from_slice(END);
    modes.off(&mut bytes);
    queue!(bytes, DisableBracketedPaste, LeaveAlternateScreen, cursor::Show)?;
    let written = pen.push(&bytes);
    pen.drain(FAREWELL);
    disable_raw_mode()?;
    written
}

impl Guard {
    /// Takes the terminal.
    pub fn take(modes: Modes) -> io::Result<Self> {
        // crossterm's own handling of NO_COLOR loses the reverse of the cursor row: the theme does it instead
        crossterm::style::force_color_output(true);
        let pen = Pen::new(File::from(io::stdout().as_fd().try_clone_to_owned()?))?;
        let for_hook = pen.clone();
        enter(&pen, modes)?;
        let before: Arc<Hook> = Arc::from(std::panic::take_hook());
        let then = Arc::clone(&before);
        let panicked = Arc::new(Notify::new());
        let tell = Arc::clone(&panicked);
        std::panic::set_hook(Box::new(move |info| {
            // the terminal first, so that the message can be read; a failure here has nowhere to go
            let _left = leave(&for_hook, modes);
            then(info);
            tell.notify_one();
        }));
        let frames = Frames::new(pen.clone());
        match Terminal::new(CrosstermBackend::new(frames.clone())) {
            Ok(terminal) => Ok(Self { terminal, frames, pen, panicked, modes, before }),
            Err(e) => {
                leave(&pen, modes)?;
                Err(e)
            }
        }
    }

    /// Draws a frame: what changed is handed over in one piece.
    pub fn draw(&mut self, view: impl FnOnce(&mut Frame<'_>)) -> io::Result<()> {
        self.terminal.draw(view)?;
        self.frames.commit()
    }

    /// Everything is drawn again with the next frame. `Terminal::clear` would ask the terminal for its cursor and read
    /// the answer away from the keys; a resize to the same size clears without asking.
    pub fn redraw(&mut self) -> io::Result<()> {
        let size = self.terminal.size()?;
        self.terminal.resize(Rect::new(0, 0, size.width, size.height))
    }

    /// Gives the terminal back and stops the whole group, as the terminal itself does it: `cargo run` waits in it too.
    /// The stop takes effect while this returns: wait for SIGCONT before [`Guard::resume`]. False: nothing was done,
    /// there is no shell that could continue us.
    pub fn suspend(&mut self) -> io::Result<bool> {
        // the leader's group of a session has no job control: stopping would be for ever
        if getsid(None)? == getpgrp() {
            return Ok(false);
        }
        leave(&self.pen, self.modes)?;
        kill_current_process_group(Signal::STOP)?;
        Ok(true)
    }

    /// Takes the terminal again and draws everything with the next frame.
    pub fn resume(&mut self) -> io::Result<()> {
        enter(&self.pen, self.modes)?;
        self.redraw()
    }

    /// Rings the bell.
    pub fn bell(&mut self) -> io::Result<()> {
        self.pen.push(b"\x07")
    }

    /// Puts a text into the clipboard of the terminal (OSC 52), through tmux when it is there.
    pub fn copy(&mut self, text: &str, multiplexer: bool) -> io::Result<()> {
        self.pen.push(&clipboard(text, multiplexer))
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        // nothing could be told about a failure here: the terminal is gone
        let _gone = leave(&self.pen, self.modes);
        self.pen.close();
        if !std::thread::panicking() {
            let before = Arc::clone(&self.before);
            std::panic::set_hook(Box::new(move |info| before(info)));
        }
    }
}

/// The bytes that set the clipboard.
pub fn clipboard(text: &str, multiplexer: bool) -> Vec<u8> {
    let coded = base64::engine::general_purpose::STANDARD.encode(text);
    let plain = format!("\x1b]52;c;{coded}\x07");
    if multiplexer {
        format!("\x1bPtmux;{}\x1b\\", plain.replace('\x1b', "\x1b\x1b")).into_bytes()
    } else {
        plain.into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_asked_for_is_taken_back_and_nothing_else_is_sent() {
        let (mut on, mut off) = (Vec::new(), Vec::new());
        Modes::default().on(&mut on);
        Modes::default().off(&mut off);
        assert!(on.is_empty() && off.is_empty());
        let all = Modes { mouse: true, title: true, protocol: true };
        all.on(&mut on);
        all.off(&mut off);
        let (on, off) = (String::from_utf8(on).unwrap(), String::from_utf8(off).unwrap());
        for n in ["1000", "1006"] {
            assert!(on.contains(&format!("[?{n}h")) && off.contains(&format!("[?{n}l")), "{n}");
        }
        assert!(!on.contains("1003") && on.contains("[>1u") && off.contains("[<1u"));
        assert!(on.contains("]2;tieout\x07") && off.contains("[23;2t"));
    }

    #[test]
    fn the_clipboard_is_wrapped_for_tmux() {
        assert_eq!(clipboard("ab", false), b"\x1b]52;c;YWI=\x07");
        assert_eq!(clipboard("ab", true), b"\x1bPtmux;\x1b\x1b]52;c;YWI=\x07\x1b\\");
    }
}
