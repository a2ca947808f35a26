//! Covers what differs from run to run, column for column, so that two runs have the same text.

/// The text with times of day as `hh:mm`, numbers of the ledger as `TO#########`, numbers of events and attachments as `#`,
/// and without the age of what was read and the counts of calls.
pub fn mask(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        out.push_str(numbers(&times(&ids(&age(&counted(line))))).trim_end());
        out.push('\n');
    }
    out
}

/// `· read 2 min ago` stands at the right edge: what is before it moves with its width.
fn age(line: &str) -> String {
    match line.split_once(" · read ") {
        Some((before, _)) => {
            let words: Vec<&str> = before.split_whitespace().collect();
            format!("{} · read …", words.join(" "))
        }
        None => line.to_string(),
    }
}

/// How many calls there were, and how long ago the last one was answered.
fn counted(line: &str) -> String {
    for head in [" calls        ", " contact      "] {
        if line.starts_with(head) {
            return format!("{head}…");
        }
    }
    line.to_string()
}

/// Documents are posted side by side: which event and which record of the ledger comes first differs.
fn ids(line: &str) -> String {
    let chars: Vec<char> = line.chars().collect();
    let before_day = |end: usize| chars.get(end..).is_some_and(|r| r.starts_with(&[' ', ' ', '2', '0']));
    let mut out = String::new();
    let mut at = 0;
    while let Some(c) = chars.get(at) {
        let digits = chars.get(at..).unwrap_or_default().iter().take_while(|c| c.is_ascii_digit()).count();
        if digits == 0 {
            out.push(*c);
            at += 1;
            continue;
        }
        let end = at + digits;
        let in_row = before_day(end) && out.chars().all(|c| c == ' ' || c == '>');
        if in_row || out.ends_with("event ") || out.ends_with("attachment: ") {
            out.push_str(&"#".repeat(digits));
        } else {
            out.extend(chars.get(at..end).unwrap_or_default());
        }
        at = end;
    }
    out
}

fn times(line: &str) -> String {
    let mut chars: Vec<char> = line.chars().collect();
    let digit = |c: Option<&char>| c.is_some_and(char::is_ascii_digit);
    let mut i = 0;
    while i + 4 < chars.len() {
        let pair = |at: usize| digit(chars.get(at)) && digit(chars.get(at + 1));
        let free = i == 0 || !digit(chars.get(i - 1));
        if free && pair(i) && chars[i + 2] == ':' && pair(i + 3) && !digit(chars.get(i + 5)) {
            let seconds = chars.get(i + 5) == Some(&':') && pair(i + 6);
            for (k, c) in "hh:mm:ss".chars().enumerate().take(if seconds { 8 } else { 5 }) {
                chars[i + k] = c;
            }
        }
        i += 1;
    }
    chars.into_iter().collect()
}

fn numbers(line: &str) -> String {
    let chars: Vec<char> = line.chars().collect();
    let mut out = String::new();
    let mut word = String::new();
    for c in chars.into_iter().chain(['\0']) {
        if c.is_ascii_alphanumeric() {
            word.push(c);
            continue;
        }
        let is_number = word.len() == 11
            && word.starts_with("TO")
            && word.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
        out.push_str(if is_number { "TO#########" } else { &word });
        word.clear();
        if c != '\0' {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_from_run_to_run_is_covered() {
        for (line, masked) in [
            ("Wed 2026-11-04 09:30", "Wed 2026-11-04 hh:mm"),
            ("09:30:01 and 123:45 and 1:30", "hh:mm:ss and 123:45 and 1:30"),
            ("bill TO4X7K2M9QZ posted", "bill TO######### posted"),
            ("TOTAL 21,609.71 TOgether12", "TOTAL 21,609.71 TOgether12"),
            ("6 Activity     lock 2026-09-30 · read 2 min ago", "6 Activity lock 2026-09-30 · read …"),
            ("plain   ", "plain"),
            (">      296  2026-11-04 09:30 tieout", ">      ###  2026-11-04 hh:mm tieout"),
            ("── event 296 · anchored to event 1283", "── event ### · anchored to event ####"),
            (" attachment: 5000000000000142265", " attachment: ###################"),
            ("> ready 26  2026-10-28 1,290.15", "> ready 26  2026-10-28 1,290.15"),
            (" calls        4 in the last minute", " calls        …"),
        ] {
            assert_eq!(mask(line), format!("{masked}\n"));
        }
    }
}
