//! What is in the bytes that a console writes.

/// Frames: each stands between the marks of a synchronised update.
pub fn frames(raw: &[u8]) -> usize {
    raw.windows(8).filter(|w| *w == b"\x1b[?2026h").count()
}

/// The sequences that choose a colour; the default colours are none.
pub fn colours(raw: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(raw);
    let mut found = Vec::new();
    for part in text.split("\x1b[").skip(1) {
        let Some(end) = part.find(|c: char| c.is_ascii_alphabetic()) else { continue };
        let (numbers, rest) = part.split_at(end);
        if !rest.starts_with('m') {
            continue;
        }
        let is_colour = |n: &str| {
            let n: u32 = n.parse().unwrap_or(0);
            matches!(n, 30..=38 | 40..=48 | 58 | 90..=97 | 100..=107)
        };
        if numbers.split([';', ':']).any(is_colour) {
            found.push(numbers.to_string());
        }
    }
    found
}

/// Everything in the bytes that a console has no business to write: control characters beside its own sequences, strings
/// for the terminal (OSC, DCS, APC), C1, marks that turn the direction of text or are invisible, and broken UTF-8.
pub fn strange(raw: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    let text = match std::str::from_utf8(raw) {
        Ok(text) => text.to_string(),
        Err(e) => {
            found.push(format!("broken UTF-8 after {} bytes", e.valid_up_to()));
            String::from_utf8_lossy(raw).into_owned()
        }
    };
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\x1b' => {
                let mut sequence = String::new();
                if rest.next_if_eq(&'[').is_none() {
                    found.push(format!("ESC {:?}", rest.peek()));
                    continue;
                }
                while let Some(c) = rest.next_if(|c| !c.is_ascii_alphabetic()) {
                    sequence.push(c);
                }
                let end = rest.next().unwrap_or('\0');
                // places, colours, erasing, modes, the shape of the cursor: what ratatui and the guard write
                let own = matches!(end, 'm' | 'H' | 'J' | 'K' | 'h' | 'l' | 'A' | 'B' | 'C' | 'D')
                    && sequence.chars().all(|c| c.is_ascii_digit() || matches!(c, ';' | ':' | '?'));
                if !own {
                    found.push(format!("ESC[{sequence}{end}"));
                }
            }
            '\r' | '\n' => {}
            c if c.is_control() => found.push(format!("{c:?}")),
            '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{61c}'
            | '\u{ad}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}' => found.push(format!("{c:?}")),
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_strange_is_seen() {
        assert_eq!(
            strange("\x1b[?2026h\x1b[1;1H\x1b[0;38;2;1;2;3mDelmar é ○ 株\x1b[?2026l".as_bytes()),
            [""; 0]
        );
        for bad in [
            "\x1b]52;c;QQ==\x07",
            "\x1b]0;title\x1b\\",
            "\x1bP",
            "\x1b[6n",
            "\x07",
            "\x08",
            "\u{9b}31m",
            "\u{202e}",
            "\u{200b}",
            "\u{feff}",
            "\x1b[>1u",
        ] {
            assert!(!strange(bad.as_bytes()).is_empty(), "{bad:?}");
        }
        assert!(!strange(b"\xff").is_empty());
    }

    #[test]
    fn colours_and_frames_are_counted() {
        assert_eq!(colours(b"\x1b[0;1;7m\x1b[39;49m\x1b[4m").len(), 0);
        assert_eq!(colours(b"\x1b[31m\x1b[38;5;9m\x1b[0;107m").len(), 3);
        assert_eq!(frames(b"\x1b[?2026ha\x1b[?2026l\x1b[?2026hb\x1b[?2026l"), 2);
    }
}
