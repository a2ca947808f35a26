//! Text on a screen: made harmless, measured and cut by grapheme. Nothing remote is drawn without passing here.

use std::borrow::Cow;

use ratatui::buffer::CellWidth as _;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthChar as _;

use crate::model::text::harmless;

/// Marks that one letter may carry; no language needs more.
const MARKS: usize = 3;

/// Remote text, fit for a terminal: no control characters, no tricks of direction, and nothing of which terminals do not
/// agree how wide it is: flags are written with their two letters, drawn signs without their variants, and a letter keeps
/// three marks.
pub fn clean(text: &str) -> String {
    let text = harmless(text);
    if text.is_ascii() {
        return text.into_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut marks = 0;
    for c in text.chars() {
        let c = match c {
            // variants, key caps, tones of skin
            '\u{fe00}'..='\u{fe0f}' | '\u{20e3}' | '\u{1f3fb}'..='\u{1f3ff}' => continue,
            '\u{1f1e6}'..='\u{1f1ff}' => {
                char::from_u32(u32::from(c) - 0x1f1e6 + u32::from('A')).unwrap_or('?')
            }
            // what a broken encoding left: some terminals leave it out
            '\u{fffd}' => '␦',
            other => other,
        };
        marks = if c.width() == Some(0) { marks + 1 } else { 0 };
        if marks <= MARKS {
            out.push(c);
        }
    }
    out
}

/// Columns that the text takes: each grapheme stands in cells of its own, whatever letters would become in a row.
pub fn width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.graphemes(true).map(|g| usize::from(g.cell_width())).sum() }
}

/// At most `max` columns, cut between graphemes, with `…` at the end when something is missing.
pub fn cut(text: &str, max: usize) -> Cow<'_, str> {
    if width(text) <= max {
        return Cow::Borrowed(text);
    }
    if max == 0 {
        return Cow::Borrowed("");
    }
    let mut out = String::new();
    let mut used = 0;
    for g in text.graphemes(true) {
        let w = width(g);
        if used + w > max - 1 {
            break;
        }
        used += w;
        out.push_str(g);
    }
    out.push('…');
    Cow::Owned(out)
}

/// Exactly `w` columns, text on the left.
pub fn left(text: &str, w: usize) -> String {
    let mut s = cut(text, w).into_owned();
    let missing = w.saturating_sub(width(&s));
    s.extend(std::iter::repeat_n(' ', missing));
    s
}

/// At least `w` columns, text on the right and never cut: for amounts.
pub fn right(text: &str, w: usize) -> String {
    let missing = w.saturating_sub(width(text));
    let mut s = " ".repeat(missing);
    s.push_str(text);
    s
}

/// `left … right` in `w` columns: the right part stays whole, the left one is cut.
pub fn ends(l: &str, r: &str, w: usize) -> String {
    let r = cut(r, w);
    let room = w.saturating_sub(width(&r));
    let room = if r.is_empty() { room } else { room.saturating_sub(1) };
    let mut s = left(l, room);
    s.extend(std::iter::repeat_n(' ', w.saturating_sub(width(&s) + width(&r))));
    s.push_str(&r);
    s
}

/// Lines of at most `w` columns, broken between words where there are any.
pub fn wrap(text: &str, w: usize) -> Vec<String> {
    let w = w.max(1);
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split(' ') {
        let mut word = word;
        if !line.is_empty() && width(&line) + 1 + width(word) > w {
            lines.push(std::mem::take(&mut line));
        }
        while width(word) > w {
            let take = split_at(word, w);
            lines.push(word[..take].to_string());
            word = &word[take..];
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines
}

/// The byte index after at most `w` columns, and at least one grapheme.
fn split_at(text: &str, w: usize) -> usize {
    let mut used = 0;
    for (i, g) in text.grapheme_indices(true) {
        used += width(g);
        if used > w && i > 0 {
            return i;
        }
    }
    text.len()
}

/// What a paste leaves in a field of one line.
pub fn one_line(text: &str) -> String {
    clean(&text.replace(['\r', '\n', '\t'], " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_between_graphemes() {
        assert_eq!(cut("Delmar Office Interiors", 21), "Delmar Office Interi…");
        assert_eq!(cut("ab", 2), "ab");
        assert_eq!(cut("abc", 1), "…");
        assert_eq!(cut("abc", 0), "");
        // a wide character that would straddle the edge is left out whole
        assert_eq!(cut("日本語", 4), "日…");
        assert_eq!(width(&left("日本語", 4)), 4);
        // combining marks stay with their letter
        assert_eq!(cut("e\u{301}e\u{301}e\u{301}", 2), "e\u{301}…");
    }

    #[test]
    fn what_terminals_do_not_agree_about_is_written_plainly() {
        assert_eq!(clean("Müller 日本語 e\u{301}"), "Müller 日本語 e\u{301}");
        assert_eq!(
            clean("\u{1f1e9}\u{1f1ea} 1\u{fe0f}\u{20e3} \u{2764}\u{fe0f} 👍\u{1f3fd}"),
            "DE 1 \u{2764} 👍"
        );
        assert_eq!(clean(&format!("Z{}y", "\u{351}".repeat(40))), "Z\u{351}\u{351}\u{351}y");
        // lam and alef become one letter in a row of text, and stay two cells
        assert_eq!((width("\u{644}\u{627}"), width("日本"), width("abc")), (2, 4, 3));
        assert_eq!(width(&left("سلام", 6)), 6);
    }

    #[test]
    fn amounts_are_never_cut() {
        assert_eq!(right("1,290.15", 4), "1,290.15");
        assert_eq!(right("9.00", 8), "    9.00");
    }

    #[test]
    fn ends_keep_the_right_part() {
        assert_eq!(ends("left side", "right", 11), "left… right");
        assert_eq!(ends("l", "r", 5), "l   r");
        assert_eq!(ends("l", "right", 3), "ri…");
    }

    #[test]
    fn wrapping_loses_nothing() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("abcdefghij", 4), ["abcd", "efgh", "ij"]);
        assert_eq!(wrap("", 4), [""]);
    }
}
