//! The words in which the order tables are written, and how children are held against them.

use super::types::Kind;
use crate::sandbox::quickbooks_desktop::xml::Node;

/// One step of a sequence.
#[derive(Debug)]
pub enum Part {
    /// An element.
    Field(Field),
    /// One of several sequences; the first whose elements can begin here is taken. Several times with `many`.
    OneOf {
        /// The sequences.
        branches: &'static [&'static [Part]],
        /// Whether nothing may stand here.
        optional: bool,
        /// Whether the choice repeats.
        many: bool,
    },
    /// Steps that several tables share.
    Shared(&'static [Part]),
}

/// An element of a sequence.
#[derive(Debug)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// Its content.
    pub kind: Kind,
    /// How often at least.
    pub min: u8,
    /// How often at most; 0 for any number.
    pub max: u8,
    /// In the schema, but refused by the US edition (contract, 7.8).
    pub elsewhere: bool,
}

const fn field(name: &'static str, kind: Kind, min: u8, max: u8) -> Part {
    Part::Field(Field { name, kind, min, max, elsewhere: false })
}

/// Exactly once.
pub const fn must(name: &'static str, kind: Kind) -> Part {
    field(name, kind, 1, 1)
}

/// At most once: `X?`.
pub const fn opt(name: &'static str, kind: Kind) -> Part {
    field(name, kind, 0, 1)
}

/// Any number: `X*`.
pub const fn any(name: &'static str, kind: Kind) -> Part {
    field(name, kind, 0, 0)
}

/// At least once: `X+`.
pub const fn some(name: &'static str, kind: Kind) -> Part {
    field(name, kind, 1, 0)
}

/// Up to so many.
pub const fn upto(name: &'static str, kind: Kind, max: u8) -> Part {
    field(name, kind, 0, max)
}

/// At most once, and not in the US edition.
pub const fn elsewhere(name: &'static str, kind: Kind) -> Part {
    Part::Field(Field { name, kind, min: 0, max: 1, elsewhere: true })
}

/// `(a|b)?`
pub const fn perhaps(branches: &'static [&'static [Part]]) -> Part {
    Part::OneOf { branches, optional: true, many: false }
}

/// `(a|b)`
pub const fn either(branches: &'static [&'static [Part]]) -> Part {
    Part::OneOf { branches, optional: false, many: false }
}

/// `(a|b)*`
pub const fn mixed(branches: &'static [&'static [Part]]) -> Part {
    Part::OneOf { branches, optional: true, many: true }
}

/// `(a|b)+`
pub const fn mixed_some(branches: &'static [&'static [Part]]) -> Part {
    Part::OneOf { branches, optional: false, many: true }
}

/// Why children do not fit a table, for the log of tests. On the wire QuickBooks never says it.
pub type Misfit = String;

/// Holds all children of a node against a table.
pub fn fits(node: &Node, parts: &[Part]) -> Result<(), Misfit> {
    let at = steps(&node.children, 0, parts)?;
    match node.children.get(at) {
        None => Ok(()),
        Some(left) => Err(format!("{} cannot stand here in {}", left.name, node.name)),
    }
}

fn steps(children: &[Node], mut at: usize, parts: &[Part]) -> Result<usize, Misfit> {
    for part in parts {
        at = match part {
            Part::Field(field) => repeat(children, at, field)?,
            Part::Shared(parts) => steps(children, at, parts)?,
            Part::OneOf { branches, optional, many } => choice(children, at, branches, *optional, *many)?,
        };
    }
    Ok(at)
}

fn repeat(children: &[Node], mut at: usize, field: &Field) -> Result<usize, Misfit> {
    let mut found = 0_usize;
    while let Some(child) = children.get(at).filter(|child| child.name == field.name) {
        if field.max != 0 && found == usize::from(field.max) {
            return Err(format!("{} too often", field.name));
        }
        if field.elsewhere {
            return Err(format!("{} is not for the US edition", field.name));
        }
        field.kind.check(child)?;
        found += 1;
        at += 1;
    }
    if found < usize::from(field.min) { Err(format!("{} is missing", field.name)) } else { Ok(at) }
}

fn choice(
    children: &[Node],
    mut at: usize,
    branches: &[&[Part]],
    optional: bool,
    many: bool,
) -> Result<usize, Misfit> {
    let mut found = false;
    while let Some(branch) =
        children.get(at).and_then(|child| branches.iter().find(|branch| begins(branch, &child.name)))
    {
        let next = steps(children, at, branch)?;
        found = true;
        if next == at {
            break;
        }
        at = next;
        if !many {
            break;
        }
    }
    let empty = branches.iter().any(|branch| branch.iter().all(nullable));
    if found || optional || empty { Ok(at) } else { Err("none of several elements is there".to_owned()) }
}

/// Whether a sequence can begin with an element of the name.
fn begins(parts: &[Part], name: &str) -> bool {
    for part in parts {
        let here = match part {
            Part::Field(field) => field.name == name,
            Part::Shared(parts) => begins(parts, name),
            Part::OneOf { branches, .. } => branches.iter().any(|branch| begins(branch, name)),
        };
        if here {
            return true;
        }
        if !nullable(part) {
            return false;
        }
    }
    false
}

fn nullable(part: &Part) -> bool {
    match part {
        Part::Field(field) => field.min == 0,
        Part::Shared(parts) => parts.iter().all(nullable),
        Part::OneOf { branches, optional, .. } => {
            *optional || branches.iter().any(|branch| branch.iter().all(nullable))
        }
    }
}
