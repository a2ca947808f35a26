//! Patterns of `Wait`: characters, `.`, `*`, `+`, `?`, `^`, `$` and `\` before a sign that is meant as itself. Groups,
//! classes and alternatives are refused by name.

/// How often a sign may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Times {
    Once,
    Maybe,
    Any,
    Some,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    Any,
    Exactly(char),
}

/// A pattern, looked for in one row at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    source: String,
    parts: Vec<(Sign, Times)>,
    from_start: bool,
    to_end: bool,
}

impl Pattern {
    /// Reads one; the error is a sentence.
    pub fn new(source: &str) -> Result<Self, String> {
        let mut chars: Vec<char> = source.chars().collect();
        let from_start = chars.first() == Some(&'^');
        if from_start {
            chars.remove(0);
        }
        let escaped_end = chars.len() >= 2 && chars[chars.len() - 2] == '\\';
        let to_end = chars.last() == Some(&'$') && !escaped_end;
        if to_end {
            chars.pop();
        }
        let mut parts: Vec<(Sign, Times)> = Vec::new();
        let mut chars = chars.into_iter();
        while let Some(c) = chars.next() {
            let times = match c {
                '*' => Times::Any,
                '+' => Times::Some,
                '?' => Times::Maybe,
                '.' => {
                    parts.push((Sign::Any, Times::Once));
                    continue;
                }
                '\\' => {
                    let Some(c) = chars.next() else { return Err("the pattern ends with \\".into()) };
                    if c.is_alphanumeric() {
                        return Err(format!("the player does not know \\{c}"));
                    }
                    parts.push((Sign::Exactly(c), Times::Once));
                    continue;
                }
                '[' | ']' | '(' | ')' | '{' | '}' | '|' | '^' | '$' => {
                    return Err(format!(
                        "the player does not know {c} in a pattern; \\{c} means the sign itself"
                    ));
                }
                c => {
                    parts.push((Sign::Exactly(c), Times::Once));
                    continue;
                }
            };
            match parts.last_mut() {
                Some((_, t @ Times::Once)) => *t = times,
                _ => return Err(format!("{c} has nothing before it to repeat")),
            }
        }
        Ok(Self { source: source.into(), parts, from_start, to_end })
    }

    /// Whether a row of the text holds it.
    pub fn is_in(&self, text: &str) -> bool {
        text.lines().any(|row| self.is_in_row(row))
    }

    fn is_in_row(&self, row: &str) -> bool {
        let row: Vec<char> = row.chars().collect();
        let starts = if self.from_start { 0..=0 } else { 0..=row.len() };
        starts.into_iter().any(|from| self.fits(&self.parts, &row[from..]))
    }

    fn fits(&self, parts: &[(Sign, Times)], rest: &[char]) -> bool {
        let Some(((sign, times), after)) = parts.split_first() else {
            return !self.to_end || rest.is_empty();
        };
        let one = rest.first().is_some_and(|c| match sign {
            Sign::Any => true,
            Sign::Exactly(wanted) => wanted == c,
        });
        let more = |parts: &[(Sign, Times)]| one && self.fits(parts, &rest[1..]);
        match times {
            Times::Once => more(after),
            Times::Maybe => more(after) || self.fits(after, rest),
            Times::Any => self.fits(after, rest) || more(parts),
            Times::Some => {
                let any: Vec<_> = std::iter::once((*sign, Times::Any)).chain(after.iter().copied()).collect();
                one && self.fits(&any, &rest[1..])
            }
        }
    }
}

impl std::fmt::Display for Pattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_found_in_a_row() {
        let text = "one row\n> ○ ready   2026-10-28 B4Q7TN 1,290.15\n\nlast";
        for (pattern, is) in [
            ("> . ready .*B4Q7TN", true),
            ("1,290\\.15$", true),
            ("^> ", true),
            ("^ready", false),
            ("row$", true),
            ("row.*last", false),
            ("rea?dy", true),
            ("read+y", true),
            ("reax+dy", false),
            ("1.290.15", true),
            ("B4Q7TN  ", false),
            ("", true),
            ("^$", true),
        ] {
            assert_eq!(Pattern::new(pattern).unwrap().is_in(text), is, "{pattern}");
        }
    }

    #[test]
    fn what_is_not_understood_is_said() {
        for (pattern, why) in [
            ("a|b", "does not know |"),
            ("[0-9]", "does not know ["),
            ("(a)", "does not know ("),
            ("*a", "nothing before it"),
            ("a**", "nothing before it"),
            ("\\d", "does not know \\d"),
            ("a\\", "ends with"),
        ] {
            let said = Pattern::new(pattern).unwrap_err();
            assert!(said.contains(why), "{pattern}: {said}");
        }
    }
}
