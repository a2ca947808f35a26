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
    /// None (`NO_COLOR`): only bold, underline and reverse.
    None,
}

/// The red, green and blue of `#rrggbb`.
pub fn rgb(text: &str) -> Option<(u8, u8, u8)> {
    let hex = text.strip_prefix('#')?;
    if hex.len() != 6 || !hex.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let n = u32::from_str_radix(hex, 16).ok()?;
    Some((((n >> 16) & 255) as u8, ((n >> 8) & 255) as u8, (n & 255) as u8))
}

/// `#rrggbb`, an ANSI name or `default`, at this depth. `painted`: the theme paints its own background, so that the
/// terminal's own colour of text cannot stand in. None: not a colour.
pub fn colour(text: &str, depth: Depth, painted: bool) -> Option<Color> {
    let named_colour = || match text.to_ascii_lowercase().as_str() {
        "default" | "reset" => Some(Color::Reset),
        // a number would be an index of the terminal's palette: a theme says names or red, green and blue
        t if t.starts_with(|c: char| c.is_ascii_alphabetic()) => t.parse().ok(),
        _ => None,
    };
    let found = match rgb(text) {
        Some((r, g, b)) => match depth {
            Depth::True | Depth::None => Color::Rgb(r, g, b),
            Depth::C256 => indexed(r, g, b),
            Depth::C16 => named(r, g, b, painted),
        },
        None => named_colour()?,
    };
    Some(if depth == Depth::None { Color::Reset } else { found })
}

/// The nearest of the 256: a step of the cube or of the greys.
fn indexed(r: u8, g: u8, b: u8) -> Color {
    const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];
    let far = |a: u8, b: u8| u32::from(a.abs_diff(b)).pow(2);
    let step = |v: u8| {
        (0..6u8).min_by_key(|i| far(v, STEPS.get(usize::from(*i)).copied().unwrap_or(0))).unwrap_or(0)
    };
    let of = |i: u8| STEPS.get(usize::from(i)).copied().unwrap_or(0);
    let (x, y, z) = (step(r), step(g), step(b));
    let cube = far(r, of(x)) + far(g, of(y)) + far(b, of(z));
    let grey =
        (0..24u8).min_by_key(|i| far(r, 8 + 10 * i) + far(g, 8 + 10 * i) + far(b, 8 + 10 * i)).unwrap_or(0);
    let level = 8 + 10 * grey;
    let greys = far(r, level) + far(g, level) + far(b, level);
    if greys < cube { Color::Indexed(232 + grey) } else { Color::Indexed(16 + 36 * x + 6 * y + z) }
}

/// The ANSI name by hue and brightness: safe in every user's palette.
fn named(r: u8, g: u8, b: u8, painted: bool) -> Color {
    let high = r.max(g).max(b);
    let low = r.min(g).min(b);
    if high - low < 40 {
        return match high {
            0..=99 => Color::Black,
            100..=149 => Color::DarkGray,
            150..=199 => Color::Gray,
            200..=255 if painted => Color::White,
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
        _ if painted && high < 128 => Color::Black,
        _ if painted => Color::White,
        _ => Color::Reset,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_come_down_to_the_terminal() {
        let colour = |text, depth| colour(text, depth, false);
        assert_eq!(colour("#ff0000", Depth::True), Some(Color::Rgb(255, 0, 0)));
        assert_eq!(colour("#ff0000", Depth::C256), Some(Color::Indexed(196)));
        assert_eq!(colour("#808080", Depth::C256), Some(Color::Indexed(244)));
        assert_eq!(colour("#ff5050", Depth::C16), Some(Color::Red));
        assert_eq!(colour("#d8dee9", Depth::C16), Some(Color::Reset));
        assert_eq!(colour("#ff5050", Depth::None), Some(Color::Reset));
        for wrong in ["#12", "#é12345", "12", "", "sparkle", "rgb(1,2,3)"] {
            assert_eq!(colour(wrong, Depth::True), None, "{wrong}");
        }
        assert_eq!(colour("cyan", Depth::C16), Some(Color::Cyan));
        assert_eq!(colour("default", Depth::True), Some(Color::Reset));
    }
}
