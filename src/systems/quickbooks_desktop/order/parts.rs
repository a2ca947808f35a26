//! What the tables are made of: elements with how often they stand and what they hold.

/// How often an element stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// At least.
    pub least: usize,
    /// At most.
    pub most: usize,
}

/// What an element holds (contract 4.1).
#[derive(Debug, Clone, Copy)]
pub enum Content {
    /// Text of so many characters at most (contract 7.7).
    Text(usize),
    /// `412.30`: an amount with exactly two decimals.
    Amount,
    /// A number with or without decimals.
    Number,
    /// A whole number above zero.
    Count,
    /// `2026-10-27`
    Date,
    /// `2026-10-27T14:30:00` or with an offset; never `Z`, never fractions.
    DateTime,
    /// `true` or `false`.
    Bool,
    /// `{8-4-4-4-12}` or `0`.
    Guid,
    /// The id of a list element, transaction or line: at most 36 characters.
    Id,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A reference: exactly one of `ListID` and `FullName`, which has so many characters at most.
    Reference(usize),
    /// Elements.
    Group(&'static [Part]),
}

/// A place in the order.
#[derive(Debug, Clone, Copy)]
pub enum Part {
    /// An element.
    Element(&'static str, Times, Content),
    /// One of these runs; none where one of them may be empty.
    Choice(&'static [&'static [Part]]),
    /// These in any order, one at least.
    Mixed(&'static [Part]),
    /// A run that several requests share.
    Run(&'static [Part]),
}

/// Exactly once.
pub(super) const fn one(name: &'static str, content: Content) -> Part {
    Part::Element(name, Times { least: 1, most: 1 }, content)
}

/// Once or not at all.
pub(super) const fn maybe(name: &'static str, content: Content) -> Part {
    Part::Element(name, Times { least: 0, most: 1 }, content)
}

/// Any number of times.
pub(super) const fn any(name: &'static str, content: Content) -> Part {
    Part::Element(name, Times { least: 0, most: usize::MAX }, content)
}

/// At least once.
pub(super) const fn some(name: &'static str, content: Content) -> Part {
    Part::Element(name, Times { least: 1, most: usize::MAX }, content)
}

/// Up to so many times.
pub(super) const fn up_to(name: &'static str, most: usize, content: Content) -> Part {
    Part::Element(name, Times { least: 0, most }, content)
}

impl Part {
    /// Whether it may be left out.
    pub fn may_be_absent(&self) -> bool {
        match self {
            Part::Element(_, times, _) => times.least == 0,
            Part::Choice(runs) => runs.iter().any(|run| run.iter().all(Part::may_be_absent)),
            Part::Mixed(_) => false,
            Part::Run(run) => run.iter().all(Part::may_be_absent),
        }
    }

    /// Whether an element of this name can be its first one.
    pub fn starts_with(&self, name: &str) -> bool {
        match self {
            Part::Element(own, _, _) => *own == name,
            Part::Choice(runs) => runs.iter().any(|run| run_starts_with(run, name)),
            Part::Mixed(parts) => parts.iter().any(|p| p.starts_with(name)),
            Part::Run(run) => run_starts_with(run, name),
        }
    }

    /// Whether an element of this name stands anywhere in it, not looking into groups.
    pub fn knows(&self, name: &str) -> bool {
        match self {
            Part::Element(own, _, _) => *own == name,
            Part::Choice(runs) => runs.iter().any(|run| run.iter().any(|p| p.knows(name))),
            Part::Mixed(parts) | Part::Run(parts) => parts.iter().any(|p| p.knows(name)),
        }
    }
}

/// Whether an element of this name can be the first one of a run.
pub fn run_starts_with(run: &[Part], name: &str) -> bool {
    for part in run {
        if part.starts_with(name) {
            return true;
        }
        if !part.may_be_absent() {
            return false;
        }
    }
    false
}
