//! Colours by the depth of the terminal.

use ratatui::style::Color;

/// How many colours the terminal shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Depth {
    /// 24 bits (`COLORTERM`).
    #[default]
    True,
    /// 256 (`TERM` ends in `-256color`).
    C256,
    /// The 16 names of every palette.
    C16,
}

/// `#rrggbb` or an ANSI name, at this depth. None: not a colour.
pub fn colour(text: &str, depth: Depth) -> Option<Color> {
    let Some(hex) = text.strip_prefix('#') else {
        return text.parse().ok();
    };
    if hex.len() != 6 || !hex.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let n = u32::from_str_radix(hex, 16).ok()?;
    let (r, g, b) = (((n >> 16) & 255) as u8, ((n >> 8) & 255) as u8, (n & 255) as u8);
    Some(match depth {
        Depth::True => Color::Rgb(r, g, b),
        Depth::C256 => Color::Indexed(16 + 36 * cube(r) + 6 * cube(g) + cube(b)),
        Depth::C16 => named(r, g, b),
    })
}

/// The nearest step of the 6 x 6 x 6 cube: 0, 95, 135, 175, 215, 255.
fn cube(v: u8) -> u8 {
    match v {
        0..=47 => 0,
        48..=114 => 1,
        115..=154 => 2,
        155..=194 => 3,
        195..=234 => 4,
        235..=255 => 5,
    }
}

/// The ANSI name by hue and brightness: safe in every user's palette.
fn named(r: u8, g: u8, b: u8) -> Color {
    let high = r.max(g).max(b);
    let low = r.min(g).min(b);
    if high - low < 40 {
        return match high {
            0..=63 => Color::Black,
            64..=139 => Color::DarkGray,
            140..=199 => Color::Gray,
            200..=255 => Color::Reset,
        };
    }
    let on = |v: u8| u16::from(v) * 4 > u16::from(high) * 3;
    match (on(r), on(g), on(b)) {
        (true, true, false) => Color::Yellow,
        (true, false, true) => Color::Magenta,
        (false, true, true) => Color::Cyan,
        (true, false, false) => Color::Red,
        (false, true, false) => Color::Green,
        (false, false, true) => Color::Blue,
        _ => Color::Reset,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_come_down_to_the_terminal() {
        assert_eq!(colour("#ff0000", Depth::True), Some(Color::Rgb(255, 0, 0)));
        assert_eq!(colour("#ff0000", Depth::C256), Some(Color::Indexed(196)));
        assert_eq!(colour("#ff5050", Depth::C16), Some(Color::Red));
        assert_eq!(colour("#d8dee9", Depth::C16), Some(Color::Reset));
        assert_eq!(colour("#12", Depth::True), None);
        assert_eq!(colour("cyan", Depth::C16), Some(Color::Cyan));
        assert_eq!(colour("#é12345", Depth::True), None);
    }
}
