//! Spelling for ledgers that hold Latin-1 only (contract of QuickBooks Desktop, 4.2).
//!
//! Nothing is lost without being seen. Letters and accents that are put together stay (NFC). A word with a letter beyond
//! Latin-1 that has a plain spelling is spelled in plain letters as a whole: `Łódź` is `Lodz`, not `Lódz`. Typographic
//! signs become their typewriter ones. Whatever has no spelling (Chinese, Arabic, pictures) stands as its code points in
//! brackets, `[U+65E5 U+672C]`, by which a person can look it up. Characters without a shape (joiners, marks of
//! direction) go.

mod spelling;

use spelling::{letter, shapeless, sign, with_accent};

/// The last character of Latin-1.
const LAST: char = '\u{ff}';

/// A text as such a ledger holds it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spelled {
    /// The text: Latin-1 without control characters.
    pub text: String,
    /// It reads otherwise than what came.
    pub changed: bool,
    /// Code points in brackets stand in it.
    pub coded: bool,
}

/// A character with its accents put on, and whether one of them could not be held.
#[derive(Clone, Copy)]
struct Unit {
    c: char,
    beyond: bool,
}

/// Spells a text in Latin-1.
pub fn latin_1(text: &str) -> Spelled {
    let mut out = Spelled::default();
    let units = composed(text, &mut out.changed);
    let mut open = false;
    let mut rest = units.as_slice();
    while let Some(first) = rest.first() {
        let length = rest.iter().take_while(|u| u.c.is_alphabetic()).count().max(1);
        let (run, after) = rest.split_at(length);
        rest = after;
        let plain = first.c.is_alphabetic() && run.iter().any(|u| u.beyond && letter(u.c).is_some());
        for unit in run {
            put(*unit, plain, &mut out, &mut open);
        }
    }
    if open {
        out.text.push(']');
    }
    out
}

/// Letters without accents and in plain spelling, everything else as it is: for comparing names.
pub fn plain_letters(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for unit in composed(text, &mut false) {
        match letter(unit.c) {
            Some(spelled) => out.push_str(&spelled),
            None => match sign(unit.c) {
                Some(s) if unit.c > LAST => out.push_str(s),
                _ => out.push(unit.c),
            },
        }
    }
    out
}

/// Accents on their letters, characters without a shape gone.
fn composed(text: &str, changed: &mut bool) -> Vec<Unit> {
    let mut units: Vec<Unit> = Vec::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{300}'..='\u{36f}' => match units.last_mut() {
                Some(last) if last.c.is_alphabetic() => match with_accent(last.c, c) {
                    Some(whole) => last.c = whole,
                    None => (last.beyond, *changed) = (true, true),
                },
                _ => *changed = true,
            },
            c if shapeless(c) => *changed = true,
            c if c.is_control() => units.push(Unit { c: ' ', beyond: false }),
            c => units.push(Unit { c, beyond: c > LAST }),
        }
    }
    units
}

fn put(unit: Unit, plain: bool, out: &mut Spelled, open: &mut bool) {
    let spelled = match letter(unit.c) {
        Some(word) if plain || unit.beyond => Some(word),
        _ if unit.c <= LAST => Some(unit.c.to_string()),
        _ => sign(unit.c).map(str::to_string),
    };
    out.changed |= unit.c > LAST;
    match spelled {
        Some(word) => {
            if std::mem::take(open) {
                out.text.push(']');
            }
            out.changed |= plain && !unit.c.is_ascii();
            out.text.push_str(&word);
        }
        None => {
            out.coded = true;
            out.text.push_str(if *open { " " } else { "[" });
            *open = true;
            out.text.push_str(&format!("U+{:04X}", u32::from(unit.c)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelled(text: &str) -> (String, bool) {
        let s = latin_1(text);
        assert!(s.text.chars().all(|c| c <= LAST && !c.is_control()), "{text:?} -> {:?}", s.text);
        assert_eq!(s.coded, s.text.contains("[U+"), "{text:?}");
        (s.text, s.changed)
    }

    fn stays(text: &str) {
        assert_eq!(spelled(text), (text.to_string(), false));
    }

    fn becomes(text: &str, want: &str) {
        assert_eq!(spelled(text), (want.to_string(), true), "{text:?}");
    }

    #[test]
    fn what_such_a_ledger_holds_stays_as_it_is() {
        for text in ["", "plain", "Müller, Chloé · £12 ½ ×3 µm «æ»", "O'Brien & Søn <x> \"y\""] {
            stays(text);
        }
    }

    #[test]
    fn a_word_is_spelled_as_a_whole() {
        becomes("Research service Łódź edition", "Research service Lodz edition");
        // other words keep their accents
        becomes("Café Łódź", "Café Lodz");
        becomes("Œuvre Ĳssel ŉ Ǆ", "Oeuvre Ijssel 'n Dz");
        becomes("Nguyễn Thị Hạnh", "Nguyen Thi Hanh");
        becomes("ﬁnal oﬃce", "final office");
        becomes("ＡＢＣ－１２３", "ABC-123");
    }

    #[test]
    fn accents_that_were_apart_are_put_on() {
        assert_eq!(spelled("Cafe\u{301} Mu\u{308}ller"), ("Café Müller".into(), false));
        becomes("Z\u{301}o\u{301}łw", "Zolw");
        becomes("5\u{301}", "5");
    }

    #[test]
    fn greek_and_cyrillic_have_letters() {
        becomes("Гостиница «Москва», Щука", "Gostinitsa «Moskva», Shchuka");
        becomes("Αθήνα", "Athina");
        becomes("Съезд ЖК", "S\"ezd ZhK");
    }

    #[test]
    fn typewriter_signs() {
        becomes("“x” ‘y’ — – … € 5 • № 7 → ™", "\"x\" 'y' - - ... EUR 5 * No. 7 -> (TM)");
    }

    #[test]
    fn what_cannot_be_spelled_can_be_looked_up() {
        becomes("Tokyo 日本 hotel", "Tokyo [U+65E5 U+672C] hotel");
        becomes("👩\u{200d}🚀!", "[U+1F469 U+1F680]!");
        becomes("שלום", "[U+05E9 U+05DC U+05D5 U+05DD]");
        becomes("\u{fffd}\u{fffe}\u{e000}", "[U+FFFD U+FFFE U+E000]");
    }

    #[test]
    fn what_has_no_shape_goes_and_is_told() {
        becomes("gpj\u{202e}exe\u{200b}\u{feff}", "gpjexe");
    }

    #[test]
    fn every_character_there_is_ends_in_latin_1_and_is_told() {
        for c in (1..=u32::from(char::MAX)).filter_map(char::from_u32) {
            let text = format!("a{c}b");
            let (out, changed) = spelled(&text);
            let accent = ('\u{300}'..='\u{36f}').contains(&c);
            assert_eq!(
                changed,
                c > LAST && !(accent && out.chars().count() == 2 && !out.starts_with('a')),
                "{c:?} -> {out:?}"
            );
            assert!(out.len() > 1, "{c:?}");
        }
    }

    #[test]
    fn names_are_compared_by_their_letters() {
        assert_eq!(plain_letters("Müller, Łódź “A” 日本"), "Muller, Lodz \"A\" 日本");
    }
}
