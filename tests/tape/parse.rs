//! Reads a tape. Every line that is wrong is told, with its number.

use std::time::Duration;

use super::{Command, Line, Pattern, Scope};

/// Settings that recorders know; what the player does not need is passed over, what nobody knows is an error.
const SETTINGS: [&str; 12] = [
    "Columns",
    "Rows",
    "TypingSpeed",
    "Theme",
    "Shell",
    "FontSize",
    "FontFamily",
    "Width",
    "Height",
    "Padding",
    "Framerate",
    "CursorBlink",
];

const KEYS: [(&str, &str); 14] = [
    ("Enter", "\r"),
    ("Escape", "\x1b"),
    ("Tab", "\t"),
    ("Space", " "),
    ("Backspace", "\x7f"),
    ("Delete", "\x1b[3~"),
    ("Up", "\x1b[A"),
    ("Down", "\x1b[B"),
    ("Right", "\x1b[C"),
    ("Left", "\x1b[D"),
    ("Home", "\x1b[H"),
    ("End", "\x1b[F"),
    ("PageUp", "\x1b[5~"),
    ("PageDown", "\x1b[6~"),
];

/// The commands of a tape, or a sentence for each line that is wrong.
pub fn parse(text: &str) -> Result<Vec<Line>, Vec<String>> {
    let (mut lines, mut wrong) = (Vec::new(), Vec::new());
    for (i, line) in text.lines().enumerate() {
        let number = i + 1;
        match command(line.trim()) {
            Ok(Some(command)) => lines.push(Line { number, command }),
            Ok(None) => {}
            Err(why) => wrong.push(format!("line {number}: {why}: {}", line.trim())),
        }
    }
    if wrong.is_empty() { Ok(lines) } else { Err(wrong) }
}

fn command(line: &str) -> Result<Option<Command>, String> {
    if line.is_empty() || line.starts_with('#') {
        return Ok(None);
    }
    let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let rest = rest.trim();
    let (word, at) = match word.split_once('@') {
        Some((word, at)) => (word, Some(time(at)?)),
        None => (word, None),
    };
    if let Some((_, bytes)) = KEYS.iter().find(|(name, _)| *name == word) {
        return Ok(Some(Command::Key(bytes, count(rest)?)));
    }
    if let Some(letter) = word.strip_prefix("Ctrl+") {
        let mut chars = letter.chars();
        return match (chars.next(), chars.next()) {
            (Some(c), None) if c.is_ascii_alphabetic() => Ok(Some(Command::Ctrl(c, count(rest)?))),
            _ => Err("Ctrl+ and one letter is meant".into()),
        };
    }
    let alone = |command| if rest.is_empty() { Ok(command) } else { Err("nothing may follow".to_string()) };
    Ok(Some(match word {
        "Output" => Command::Output(one(rest)?),
        "Set" => {
            let (name, value) =
                rest.split_once(char::is_whitespace).ok_or("a name and a value are missing")?;
            if !SETTINGS.contains(&name) {
                return Err(format!("there is no setting {name}"));
            }
            let value = one(value.trim())?;
            if matches!(name, "Columns" | "Rows") && value.parse::<u16>().is_err() {
                return Err("a number is missing".into());
            }
            Command::Set(name.into(), value)
        }
        "Type" => Command::Type(quoted(rest)?),
        "Hide" => alone(Command::Hide)?,
        "Show" => alone(Command::Show)?,
        "Screenshot" => Command::Screenshot(one(rest)?),
        "Wait" | "Wait+Screen" | "Wait+Line" => {
            let scope = if word == "Wait+Screen" { Scope::Screen } else { Scope::Line };
            let pattern = rest.strip_prefix('/').and_then(|r| r.strip_suffix('/'));
            let pattern = pattern.ok_or("a /pattern/ is missing")?;
            Command::Wait(scope, at, Pattern::new(pattern)?)
        }
        "Sleep" => return Err("a tape waits for words, never for time".into()),
        _ => return Err("the player does not know this".into()),
    }))
}

fn one(rest: &str) -> Result<String, String> {
    if rest.starts_with(['"', '\'', '`']) {
        return quoted(rest);
    }
    match rest.split_whitespace().collect::<Vec<_>>().as_slice() {
        [value] => Ok((*value).to_string()),
        [] => Err("a value is missing".into()),
        _ => Err("more than one value".into()),
    }
}

fn quoted(rest: &str) -> Result<String, String> {
    let mut chars = rest.chars();
    let quote = chars.next().filter(|c| "\"'`".contains(*c)).ok_or("a text in quotes is missing")?;
    let inside = chars.as_str();
    match inside.strip_suffix(quote) {
        Some(text) if !text.contains(quote) => Ok(text.to_string()),
        _ => Err("the quotes do not match".into()),
    }
}

fn count(rest: &str) -> Result<u32, String> {
    if rest.is_empty() {
        return Ok(1);
    }
    rest.parse().ok().filter(|n| *n > 0).ok_or_else(|| "how often is a whole number from 1".to_string())
}

fn time(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(char::is_alphabetic);
    let n: u64 = digits.parse().map_err(|_| "a time is a whole number and ms, s or m".to_string())?;
    match &text[digits.len()..] {
        "ms" => Ok(Duration::from_millis(n)),
        "s" | "" => Ok(Duration::from_secs(n)),
        "m" => Ok(Duration::from_mins(n)),
        _ => Err("a time is a whole number and ms, s or m".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_is_read() {
        let tape = "# a story\n\nOutput demo.gif\nSet Columns 120\nSet Theme \"tieout-dark\"\nHide\nType \"a 'b'\"\n\
                    Enter\nDown 3\nBackspace@10ms 2\nCtrl+d\nShow\nWait /> $/\nWait+Screen@2m /a .*b/\n\
                    Screenshot one.png";
        let lines = parse(tape).unwrap();
        let pattern = |p: &str| Pattern::new(p).unwrap();
        let commands: Vec<Command> = lines.iter().map(|l| l.command.clone()).collect();
        assert_eq!(
            commands,
            [
                Command::Output("demo.gif".into()),
                Command::Set("Columns".into(), "120".into()),
                Command::Set("Theme".into(), "tieout-dark".into()),
                Command::Hide,
                Command::Type("a 'b'".into()),
                Command::Key("\r", 1),
                Command::Key("\x1b[B", 3),
                Command::Key("\x7f", 2),
                Command::Ctrl('d', 1),
                Command::Show,
                Command::Wait(Scope::Line, None, pattern("> $")),
                Command::Wait(Scope::Screen, Some(Duration::from_mins(2)), pattern("a .*b")),
                Command::Screenshot("one.png".into()),
            ]
        );
        assert_eq!((lines[0].number, lines[4].number), (3, 7));
    }

    #[test]
    fn every_wrong_line_is_told_with_its_number() {
        let cases = [
            ("Sleep 1s", "waits for words"),
            ("Typ \"a\"", "does not know this"),
            ("Source other.tape", "does not know this"),
            ("Type a", "in quotes"),
            ("Type \"a", "do not match"),
            ("Type \"a\" \"b\"", "do not match"),
            ("Down 0", "how often"),
            ("Down x", "how often"),
            ("Ctrl+", "one letter"),
            ("Ctrl+Left", "one letter"),
            ("Set Colums 120", "no setting Colums"),
            ("Set Columns wide", "a number"),
            ("Set Columns", "missing"),
            ("Wait", "a /pattern/"),
            ("Wait+Scren /a/", "does not know this"),
            ("Wait+Screen /a|b/", "does not know |"),
            ("Wait+Screen@soon /a/", "a time is"),
            ("Screenshot", "a value is missing"),
            ("Hide now", "nothing may follow"),
        ];
        let tape = cases.map(|(line, _)| line).join("\n");
        let wrong = parse(&tape).unwrap_err();
        assert_eq!(wrong.len(), cases.len(), "{wrong:#?}");
        for (i, ((line, why), said)) in cases.iter().zip(&wrong).enumerate() {
            assert!(said.starts_with(&format!("line {}: ", i + 1)) && said.contains(why), "{line}: {said}");
        }
    }
}
