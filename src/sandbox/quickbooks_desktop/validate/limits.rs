//! Limits that the schema leaves to the program: lengths (contract, 7.7) and dates that no calendar has.

use jiff::civil::Date;

use super::Request;
use super::grammar::{Field, Part};
use super::types::Kind;
use crate::sandbox::quickbooks_desktop::texts::{self, Status};
use crate::sandbox::quickbooks_desktop::xml::Node;

/// Longest `requestID`.
const REQUEST_ID: usize = 50;

/// The first limit that a request breaks.
pub fn limits(request: &Request) -> Result<(), Status> {
    if request.id.as_ref().is_some_and(|id| id.chars().count() > REQUEST_ID) {
        return Err(Status::new(1060, "The requestID attribute is invalid or longer than 50 characters."));
    }
    inside(&request.node, request.shape.parts)
}

fn inside(node: &Node, parts: &[Part]) -> Result<(), Status> {
    for child in &node.children {
        let Some(field) = find(parts, &child.name) else { continue };
        match field.kind {
            Kind::Group(parts) => inside(child, parts)?,
            Kind::Text(most) if most > 0 && child.text.chars().count() > usize::from(most) => {
                return Err(texts::too_long(&child.text, field.name));
            }
            Kind::Date | Kind::Instant if !child.text.is_empty() => {
                let day = child.text.get(..10).and_then(|day| day.parse::<Date>().ok());
                if day.is_none() {
                    return Err(texts::bad_date(&child.text, field.name));
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// The field of a name, wherever in the table.
fn find<'a>(parts: &'a [Part], name: &str) -> Option<&'a Field> {
    for part in parts {
        let found = match part {
            Part::Field(field) if field.name == name => Some(field),
            Part::Field(_) => None,
            Part::Shared(parts) => find(parts, name),
            Part::OneOf { branches, .. } => branches.iter().find_map(|branch| find(branch, name)),
        };
        if found.is_some() {
            return found;
        }
    }
    None
}
