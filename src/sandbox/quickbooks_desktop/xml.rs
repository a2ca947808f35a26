//! A small strict reader of XML, and the escaping that answers need.
//!
//! Whatever a schema-validating parser would refuse before it looks at names is refused here: ill-formed character
//! references, characters that XML does not know, document types, tags that do not match, text after the root.

/// An element with its attributes, its child elements and its text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Node {
    /// The name.
    pub name: String,
    /// Attributes in their order.
    pub attributes: Vec<(String, String)>,
    /// Child elements in their order.
    pub children: Vec<Node>,
    /// The text, references resolved. With child elements only blanks are allowed.
    pub text: String,
}

impl Node {
    /// The value of an attribute.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The first child of a name.
    pub fn child(&self, name: &str) -> Option<&Node> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The text of the first child of a name.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.child(name).map(|child| child.text.as_str())
    }

    /// All children of a name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Node> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The texts of all children of a name.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.all(name).map(|child| child.text.as_str())
    }
}

/// A document: what stands before the root, and the root.
#[derive(Debug)]
pub struct Document {
    /// Processing instructions before the root, the XML declaration among them: target and the rest.
    pub instructions: Vec<(String, String)>,
    /// Whether there is anything but blanks between the first two instructions.
    pub apart: bool,
    /// The root element.
    pub root: Node,
}

/// Depth at which a document is refused.
const DEEPEST: usize = 64;

/// Reads a document; nothing when it is not well-formed.
pub fn read(text: &str) -> Option<Document> {
    let mut reader = Reader { rest: text };
    let mut instructions = Vec::new();
    let mut apart = false;
    if !text.starts_with("<?xml") {
        return None;
    }
    loop {
        reader.blanks();
        if let Some(body) = reader.between("<?", "?>") {
            let (target, rest) = body.split_once(|c: char| c.is_ascii_whitespace()).unwrap_or((body, ""));
            instructions.push((target.to_owned(), rest.trim().to_owned()));
        } else if reader.between("<!--", "-->").is_some() {
            apart |= instructions.len() < 2;
        } else {
            break;
        }
    }
    let root = reader.element(0)?;
    loop {
        reader.blanks();
        if reader.rest.is_empty() {
            return Some(Document { instructions, apart, root });
        }
        reader.between("<!--", "-->")?;
    }
}

struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn blanks(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\r', '\n']);
    }

    fn eat(&mut self, token: &str) -> bool {
        self.rest.strip_prefix(token).is_some_and(|rest| {
            self.rest = rest;
            true
        })
    }

    fn between(&mut self, open: &str, close: &str) -> Option<&'a str> {
        let (body, rest) = self.rest.strip_prefix(open)?.split_once(close)?;
        self.rest = rest;
        Some(body)
    }

    fn name(&mut self) -> Option<&'a str> {
        let end = self
            .rest
            .find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':')))
            .unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        let first = name.chars().next()?;
        (first.is_alphabetic() || first == '_').then(|| {
            self.rest = rest;
            name
        })
    }

    fn element(&mut self, depth: usize) -> Option<Node> {
        if depth > DEEPEST || !self.eat("<") {
            return None;
        }
        let mut node = Node { name: self.name()?.to_owned(), ..Node::default() };
        loop {
            let before = self.rest.len();
            self.blanks();
            if self.eat("/>") {
                return Some(node);
            }
            if self.eat(">") {
                break;
            }
            if self.rest.len() == before {
                return None;
            }
            let (name, value) = self.attribute()?;
            if node.attribute(&name).is_some() {
                return None;
            }
            node.attributes.push((name, value));
        }
        self.content(&mut node, depth)?;
        Some(node)
    }

    fn attribute(&mut self) -> Option<(String, String)> {
        let name = self.name()?.to_owned();
        self.blanks();
        if !self.eat("=") {
            return None;
        }
        self.blanks();
        let quote = if self.rest.starts_with('"') { "\"" } else { "'" };
        let raw = self.between(quote, quote)?;
        if raw.contains('<') {
            return None;
        }
        Some((name, resolved(raw)?))
    }

    fn content(&mut self, node: &mut Node, depth: usize) -> Option<()> {
        loop {
            let end = self.rest.find('<')?;
            let (text, rest) = self.rest.split_at(end);
            if text.contains("]]>") {
                return None;
            }
            node.text.push_str(&resolved(text)?);
            self.rest = rest;
            if self.eat("</") {
                if self.name()? != node.name {
                    return None;
                }
                self.blanks();
                if !self.eat(">") {
                    return None;
                }
                let blank = node.text.trim_matches([' ', '\t', '\r', '\n']).is_empty();
                if !node.children.is_empty() {
                    if !blank {
                        return None;
                    }
                    node.text.clear();
                }
                return Some(());
            }
            if let Some(data) = self.between("<![CDATA[", "]]>") {
                if !data.chars().all(known) {
                    return None;
                }
                node.text.push_str(data);
            } else if self.rest.starts_with("<!--") {
                self.between("<!--", "-->")?;
            } else {
                node.children.push(self.element(depth + 1)?);
            }
        }
    }
}

/// Text with its references resolved; nothing when a reference is ill-formed or names what XML does not know.
fn resolved(raw: &str) -> Option<String> {
    if !raw.chars().all(known) {
        return None;
    }
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        let (name, after) = rest[at + 1..].split_once(';')?;
        out.push(match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            _ => {
                let number = name.strip_prefix('#')?;
                let (digits, radix) = number.strip_prefix('x').map_or((number, 10), |hex| (hex, 16));
                if !digits.chars().all(|c| c.is_digit(radix)) {
                    return None;
                }
                let code = u32::from_str_radix(digits, radix).ok()?;
                char::from_u32(code).filter(|c| known(*c))?
            }
        });
        rest = after;
    }
    out.push_str(rest);
    Some(out)
}

/// Whether XML 1.0 knows the character.
fn known(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

/// Text as it stands in an answer.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(inner: &str) -> Option<String> {
        read(&format!("<?xml version=\"1.0\"?><a>{inner}</a>")).map(|document| document.root.text)
    }

    #[test]
    fn references_are_resolved_or_refused() {
        assert_eq!(text("A&amp;B &#233;&#x41;&quot;"), Some("A&B éA\"".to_owned()));
        assert_eq!(text("<![CDATA[<b>]]>"), Some("<b>".to_owned()));
        for wrong in ["&#55357;", "&#0;", "&#1;", "&nbsp;", "&amp", "a & b", "&#+65;", "&#;", "&#xD83D;"] {
            assert_eq!(text(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_is_not_well_formed_is_refused() {
        for wrong in [
            "",
            "<a/>",
            " <?xml version=\"1.0\"?><a/>",
            "<?xml version=\"1.0\"?><a>",
            "<?xml version=\"1.0\"?><a></b>",
            "<?xml version=\"1.0\"?><a/><b/>",
            "<?xml version=\"1.0\"?><a/>tail",
            "<?xml version=\"1.0\"?><!DOCTYPE a><a/>",
            "<?xml version=\"1.0\"?><a x=\"1\" x=\"2\"/>",
            "<?xml version=\"1.0\"?><a x=1/>",
            "<?xml version=\"1.0\"?><a>text<b/></a>",
        ] {
            assert!(read(wrong).is_none(), "{wrong}");
        }
        let document =
            read("<?xml version=\"1.0\"?>\n<?qbxml version=\"13.0\"?>\n<a x='1'> <b/> <!-- c --></a>\n")
                .unwrap();
        assert_eq!(document.instructions[1], ("qbxml".to_owned(), "version=\"13.0\"".to_owned()));
        assert_eq!(document.root.attribute("x"), Some("1"));
        assert_eq!(document.root.children.len(), 1);
    }
}
