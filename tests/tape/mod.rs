//! A player for the part of the tape language that `demo.tape` uses, on the real binary.
//!
//! `Output FILE`, `Set NAME VALUE`, `Type "text"`, keys with counts (`Enter`, `Tab`, `Escape`, `Space`, `Backspace`,
//! arrows, `Ctrl+X`), `Hide`, `Show`, `Wait[+Screen|+Line][@time] /pattern/`, `Screenshot FILE`. A line that is anything
//! else is an error that names it: a tape is a test, and a test that is half understood proves nothing.
#![allow(dead_code, reason = "each test uses its part")]

mod mask;
mod parse;
mod pattern;
mod play;

pub use mask::mask;
pub use parse::parse;
pub use pattern::Pattern;
pub use play::play;

use std::time::Duration;

/// What a `Wait` looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Every row.
    Screen,
    /// The row of the terminal's cursor.
    Line,
}

/// One line of a tape.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Where a recorder puts the film; nothing is recorded here.
    Output(String),
    /// A setting: the player minds `Columns` and `Rows`.
    Set(String, String),
    /// Types a text.
    Type(String),
    /// Bytes of a key, and how often.
    Key(&'static str, u32),
    /// Control and a letter, and how often.
    Ctrl(char, u32),
    /// What follows is not filmed; it is played all the same.
    Hide,
    /// The film goes on.
    Show,
    /// Waits until the pattern is there.
    Wait(Scope, Option<Duration>, Pattern),
    /// A chapter: the screen is compared.
    Screenshot(String),
}

/// A command and the number of its line, from 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// From 1.
    pub number: usize,
    /// What it says.
    pub command: Command,
}
