//! Plays a tape against the real binary.

use std::path::Path;
use std::time::{Duration, Instant};

use super::{Command, Line, Scope};
use crate::terminal::Screen;

/// The least that a `Wait` waits: what is tested is order, not speed.
const PATIENCE: Duration = Duration::from_mins(1);
/// How long a screen may take to become the one that is expected. Messages leave by themselves within this.
const SETTLES: Duration = Duration::from_secs(20);

/// A chapter's screen.
pub struct Shot {
    /// The name without folder and ending.
    pub name: String,
    /// The line of the tape.
    pub line: usize,
    /// The text.
    pub text: String,
}

/// Plays it. The program of the first `Type` line must be a `tieout`: the binary under test stands in for it, with the
/// rest of the line as arguments, and starts at the `Enter` after it. Each `Screenshot` waits until `expected` says
/// that the screen is right, and is taken as it is when that never happens.
pub fn play(lines: &[Line], expected: impl Fn(&str, &str) -> bool) -> Result<Vec<Shot>, String> {
    let (mut columns, mut rows) = (80, 24);
    let mut typed = String::new();
    let mut screen: Option<Screen> = None;
    let mut shots = Vec::new();
    for Line { number, command } in lines {
        let fail = |why: String| format!("line {number}: {why}");
        let Some(s) = &mut screen else {
            match command {
                Command::Set(name, value) if name == "Columns" => columns = value.parse().unwrap_or(columns),
                Command::Set(name, value) if name == "Rows" => rows = value.parse().unwrap_or(rows),
                Command::Type(text) => typed.push_str(text),
                Command::Key("\r", 1) => screen = Some(start(&typed, columns, rows).map_err(fail)?),
                Command::Output(_) | Command::Set(..) | Command::Hide | Command::Show => {}
                other => return Err(fail(format!("{other:?} before the program was started"))),
            }
            continue;
        };
        match command {
            Command::Output(_) | Command::Hide | Command::Show => {}
            Command::Set(name, _) if matches!(name.as_str(), "Columns" | "Rows") => {
                return Err(fail("the size is set before the program is started".into()));
            }
            Command::Set(..) => {}
            Command::Type(text) => s.type_text(text),
            Command::Key(bytes, times) => (0..*times).for_each(|_| s.press(bytes)),
            Command::Ctrl(c, times) => {
                let byte = char::from(c.to_ascii_uppercase() as u8 & 0x1f).to_string();
                (0..*times).for_each(|_| s.press(&byte));
            }
            Command::Wait(scope, within, pattern) => {
                let within = within.unwrap_or(PATIENCE).max(PATIENCE);
                let there = s.within(within, |s| match scope {
                    Scope::Screen => pattern.is_in(&s.text()),
                    Scope::Line => pattern.is_in(&s.cursor_line()),
                });
                if !there {
                    return Err(fail(format!("/{pattern}/ did not come:\n{}", s.text())));
                }
            }
            Command::Screenshot(file) => {
                let name = Path::new(file).file_stem().unwrap_or_default().to_string_lossy().into_owned();
                let since = Instant::now();
                s.within(SETTLES, |s| expected(&name, &s.text()));
                println!("{name}: after {:.1?}", since.elapsed());
                shots.push(Shot { name, line: *number, text: s.text() });
            }
        }
    }
    let Some(screen) = screen else { return Err("the tape starts no program".into()) };
    let (status, _) = screen.end(PATIENCE);
    if status.success() { Ok(shots) } else { Err(format!("the program ended with {status:?}")) }
}

fn start(typed: &str, columns: u16, rows: u16) -> Result<Screen, String> {
    let mut words = typed.split_whitespace();
    let program = words.next().unwrap_or_default();
    if Path::new(program).file_name().is_none_or(|n| n != "tieout") {
        return Err(format!("the tape starts {program:?}, which is no tieout"));
    }
    let arguments: Vec<&str> = words.collect();
    Ok(Screen::start(&arguments, columns, rows, &[("COLORTERM", "truecolor")]))
}
