//! Names as they are compared and created (contract 7.1): composed, trimmed, blanks collapsed, without what QuickBooks
//! forbids in them, and not longer than it takes.

/// Characters of a display name.
pub const DISPLAY: usize = 500;
/// Characters that every part of a name takes: class, department.
pub const PART: usize = 100;

/// Accents that follow their letter, with the letters and what they make together.
const ACCENTS: [(char, &str, &str); 8] = [
    ('\u{300}', "AEIOUaeiou", "ÀÈÌÒÙàèìòù"),
    ('\u{301}', "AEIOUYaeiouyCcNnSsZz", "ÁÉÍÓÚÝáéíóúýĆćŃńŚśŹź"),
    ('\u{302}', "AEIOUaeiou", "ÂÊÎÔÛâêîôû"),
    ('\u{303}', "ANOano", "ÃÑÕãñõ"),
    ('\u{308}', "AEIOUYaeiouy", "ÄËÏÖÜŸäëïöüÿ"),
    ('\u{30a}', "AaUu", "ÅåŮů"),
    ('\u{327}', "CcSs", "ÇçŞş"),
    ('\u{30c}', "CcEeRrSsZz", "ČčĚěŘřŠšŽž"),
];

/// `name` as it is sent: `:` becomes `-`, other controls and runs of blanks one blank, cut at `max` characters.
pub fn normal(name: &str, max: usize) -> String {
    let plain: String = composed(name)
        .chars()
        .map(|c| match c {
            ':' => '-',
            '"' => '\'',
            c if c.is_control() => ' ',
            c => c,
        })
        .collect();
    let joined = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    joined.chars().take(max).collect::<String>().trim_end().to_string()
}

/// Letters with the accents of the languages that firms write in, composed as ledgers keep them.
fn composed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let together = ACCENTS.iter().find(|(accent, ..)| *accent == c).and_then(|(_, letters, made)| {
            let last = out.chars().next_back()?;
            let at = letters.chars().position(|l| l == last)?;
            made.chars().nth(at)
        });
        match together {
            Some(made) => {
                out.pop();
                out.push(made);
            }
            None => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_composed_trimmed_and_without_what_is_forbidden() {
        for (name, want) in [
            ("  Ada\t Byron \n", "Ada Byron"),
            ("Mu\u{308}ller: Grace", "Müller- Grace"),
            ("O\u{301} \"Brien\"", "Ó 'Brien'"),
            ("x\u{301}", "x\u{301}"),
        ] {
            assert_eq!(normal(name, DISPLAY), want);
        }
        assert_eq!(normal(&"a ".repeat(80), PART).chars().count(), 99);
        for (_, letters, made) in ACCENTS {
            assert_eq!(letters.chars().count(), made.chars().count());
        }
    }
}
