//! Every order table: a full request of each kind passes, and no two neighbours can change places.

use super::Desk;
use crate::sandbox::quickbooks_desktop::validate::grammar::{Field, Part};
use crate::sandbox::quickbooks_desktop::validate::types::Kind;
use crate::sandbox::quickbooks_desktop::validate::{SHAPES, Shape, read};
use crate::sandbox::quickbooks_desktop::xml::{Node, escaped};

/// A node for each step; of choices the branch of the variant.
fn full(parts: &[Part], variant: usize, out: &mut Vec<Node>) {
    for part in parts {
        match part {
            Part::Field(field) if field.elsewhere => {}
            Part::Field(field) => out.push(sample(field, variant)),
            Part::Shared(parts) => full(parts, variant, out),
            Part::OneOf { branches, .. } => full(branches[variant.min(branches.len() - 1)], variant, out),
        }
    }
}

fn sample(field: &Field, variant: usize) -> Node {
    let mut node = Node { name: field.name.to_owned(), ..Node::default() };
    let text = match field.kind {
        Kind::Text(_) => "x",
        Kind::Id => "80000001-1700000000",
        Kind::Count => "5",
        Kind::Amount => "12.30",
        Kind::Float => "1.25",
        Kind::Date => "2026-10-29",
        Kind::Instant => "2026-10-29T10:00:00",
        Kind::Bool => "true",
        Kind::Guid => "{A4C1D9F0-1B2C-4D3E-8F90-123456789ABC}",
        Kind::Word(words) => words[0],
        Kind::Group(parts) => {
            full(parts, variant, &mut node.children);
            ""
        }
    };
    node.text = text.to_owned();
    node
}

fn written(node: &Node) -> String {
    let inner: String = node.children.iter().map(written).collect();
    format!("<{0}>{1}{inner}</{0}>", node.name, escaped(&node.text))
}

fn taken(node: &Node) -> bool {
    let text = Desk::text("onError=\"stopOnError\"", &written(node));
    read(&text, |_| true, false).is_ok()
}

fn request(shape: &Shape, variant: usize) -> Node {
    let mut node = Node { name: format!("{}Rq", shape.name), ..Node::default() };
    full(shape.parts, variant, &mut node.children);
    node
}

/// Calls with every version of the node in which two neighbours of different names changed places, at any depth.
fn swapped(node: &Node, root: &dyn Fn(Node) -> Node, tell: &mut dyn FnMut(&str, &str, &str, Node)) {
    for at in 1..node.children.len() {
        let (one, other) = (&node.children[at - 1], &node.children[at]);
        if one.name != other.name {
            let mut changed = node.clone();
            changed.children.swap(at - 1, at);
            tell(&node.name, &one.name, &other.name, root(changed));
        }
    }
    for (at, child) in node.children.iter().enumerate() {
        let here = |inner: Node| {
            let mut changed = node.clone();
            changed.children[at] = inner;
            root(changed)
        };
        swapped(child, &here, tell);
    }
}

#[test]
fn no_two_neighbours_can_change_places() {
    let mut pairs = 0;
    for shape in SHAPES {
        for variant in 0..5 {
            let node = request(shape, variant);
            assert!(taken(&node), "{} {}", shape.name, written(&node));
            swapped(&node, &|node| node, &mut |holder, one, other, changed| {
                pairs += 1;
                assert!(!taken(&changed), "{}: {other} before {one} in {holder}", shape.name);
            });
        }
    }
    assert!(pairs > 2000, "{pairs}");
}

#[test]
fn nothing_unknown_and_nothing_missing_passes() {
    let mut seen = 0;
    for shape in SHAPES {
        let node = request(shape, 0);
        let mut strange = node.clone();
        strange.children.insert(0, Node { name: "Strange".to_owned(), ..Node::default() });
        assert!(!taken(&strange), "{}", shape.name);
        // What must be there is what one can take away and be refused.
        for (at, part) in shape.parts.iter().enumerate() {
            if let Part::Field(field) = part
                && field.min > 0
            {
                let mut less = node.clone();
                less.children.retain(|child| child.name != field.name);
                assert!(!taken(&less), "{} without {} ({at})", shape.name, field.name);
                seen += 1;
            }
        }
    }
    assert!(seen > 12, "{seen}");
}

#[test]
fn what_the_us_edition_does_not_know_is_refused() {
    fn elsewhere(parts: &'static [Part], path: &mut Vec<&'static str>, out: &mut Vec<Vec<&'static str>>) {
        for part in parts {
            match part {
                Part::Field(field) => {
                    path.push(field.name);
                    if field.elsewhere {
                        out.push(path.clone());
                    } else if let Kind::Group(parts) = field.kind {
                        elsewhere(parts, path, out);
                    }
                    path.pop();
                }
                Part::Shared(parts) => elsewhere(parts, path, out),
                Part::OneOf { branches, .. } => branches.iter().for_each(|parts| elsewhere(parts, path, out)),
            }
        }
    }
    let bill = SHAPES.iter().find(|shape| shape.name == "BillAdd").unwrap();
    let mut paths = Vec::new();
    elsewhere(bill.parts, &mut Vec::new(), &mut paths);
    let last: Vec<&str> = paths.iter().map(|path| *path.last().unwrap()).collect();
    assert_eq!(last, ["IsTaxIncluded", "SalesTaxCodeRef", "TaxAmount", "SalesTaxCodeRef"]);
    let desk = Desk::new();
    for (request, field) in [
        ("BillAdd", "<VendorRef/><IsTaxIncluded>true</IsTaxIncluded>"),
        ("VendorAdd", "<Name>A</Name><Suffix>Jr</Suffix>"),
        ("VendorAdd", "<Name>A</Name><Phone>1</Phone><Mobile>2</Mobile>"),
        ("JournalEntryAdd", "<Memo>m</Memo><JournalDebitLine/>"),
        ("JournalEntryAdd", "<JournalDebitLine><TaxAmount>1.00</TaxAmount></JournalDebitLine>"),
    ] {
        assert!(
            desk.refused(&format!("<{request}Rq><{request}>{field}</{request}></{request}Rq>")),
            "{field}"
        );
    }
}
