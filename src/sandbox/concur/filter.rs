//! The filter of a subscription: a regular expression over the event type. Signs, `.`, `[…]`-free repetition by `*`,
//! `+`, `?`, anchors and alternatives without brackets are understood, which is what filters of event types use.

/// One piece of an alternative.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Piece {
    /// The sign, or any.
    sign: Option<char>,
    least: usize,
    most: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Alternative {
    pieces: Vec<Piece>,
    from_start: bool,
    to_end: bool,
}

/// A filter that can be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Filter {
    alternatives: Vec<Alternative>,
}

impl Filter {
    /// Reads an expression; `None` when it is none, or uses more than the stand-in understands.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut alternatives = Vec::new();
        let mut current = Alternative { pieces: Vec::new(), from_start: false, to_end: false };
        let mut signs = text.chars().peekable();
        while let Some(sign) = signs.next() {
            let piece = |sign| Piece { sign, least: 1, most: 1 };
            match sign {
                '|' => {
                    let next = Alternative { pieces: Vec::new(), from_start: false, to_end: false };
                    alternatives.push(std::mem::replace(&mut current, next));
                }
                '^' if current.pieces.is_empty() => current.from_start = true,
                '$' if signs.peek().is_none_or(|next| *next == '|') => current.to_end = true,
                '*' | '+' | '?' => {
                    let last =
                        current.pieces.last_mut().filter(|piece| (piece.least, piece.most) == (1, 1))?;
                    (last.least, last.most) = match sign {
                        '*' => (0, usize::MAX),
                        '+' => (1, usize::MAX),
                        _ => (0, 1),
                    };
                }
                '\\' => current.pieces.push(piece(Some(signs.next().filter(|c| !c.is_alphanumeric())?))),
                '.' => current.pieces.push(piece(None)),
                '(' | ')' | '[' | ']' | '{' | '}' | '^' | '$' => return None,
                other => current.pieces.push(piece(Some(other))),
            }
        }
        alternatives.push(current);
        Some(Self { alternatives })
    }

    /// Whether the expression occurs in the text.
    pub(super) fn fits(&self, text: &str) -> bool {
        let signs: Vec<char> = text.chars().collect();
        self.alternatives.iter().any(|one| {
            let last = if one.from_start { 0 } else { signs.len() };
            (0..=last).any(|at| rest(&one.pieces, signs.get(at..).unwrap_or_default(), one.to_end))
        })
    }
}

fn rest(pieces: &[Piece], signs: &[char], to_end: bool) -> bool {
    let Some((piece, later)) = pieces.split_first() else { return !to_end || signs.is_empty() };
    let taken = signs
        .iter()
        .take(piece.most)
        .take_while(|sign| piece.sign.is_none_or(|wanted| wanted == **sign))
        .count();
    (piece.least..=taken).rev().any(|n| rest(later, signs.get(n..).unwrap_or_default(), to_end))
}
