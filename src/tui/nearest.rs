//! The nearest of the known names, for messages about a name that is not known.

/// The known name that is most like `text`; none when none is near.
pub fn nearest<S: AsRef<str>>(text: &str, known: impl IntoIterator<Item = S>) -> Option<S> {
    let text: Vec<char> = text.to_lowercase().chars().take(64).collect();
    let best = known
        .into_iter()
        .map(|k| {
            let chars: Vec<char> = k.as_ref().to_lowercase().chars().collect();
            (distance(&text, &chars), chars.len(), k)
        })
        .min_by_key(|(d, ..)| *d)?;
    let (distance, len, name) = best;
    // one slip in a short word, two or three in a long one
    (distance <= (len.max(text.len()) / 2).clamp(1, 3) && distance < len).then_some(name)
}

/// Insertions, deletions, replacements, and neighbours that changed places.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = Vec::with_capacity(b.len() + 1);
        row.push(i + 1);
        for (j, y) in b.iter().enumerate() {
            let at = |r: &[usize], n: usize| r.get(n).copied().unwrap_or(usize::MAX / 2);
            let mut d = (at(&last, j) + usize::from(x != y)).min(at(&last, j + 1) + 1).min(at(&row, j) + 1);
            if i > 0 && j > 0 && a.get(i - 1) == Some(y) && b.get(j - 1) == Some(x) {
                d = d.min(at(&before, j - 1) + 1);
            }
            row.push(d);
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_of_the_finger_are_near() {
        let known = ["approve", "withdraw", "post", "queue", "document"];
        for (text, want) in [
            ("aprove", Some("approve")),
            ("Approev", Some("approve")),
            ("qeue", Some("queue")),
            ("pots", Some("post")),
            ("zzz", None),
            ("", None),
        ] {
            assert_eq!(nearest(text, known), want, "{text}");
        }
    }
}
