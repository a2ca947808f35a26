//! The text of one element of a small XML answer.
//!
//! XML is hostile input: any DOCTYPE or processing instruction after the prolog is refused, and size, depth, attributes
//! and namespace declarations are limited (reliability.md, S13). Text around entity references is joined.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// Bytes of an answer.
const LARGEST: usize = 8 * 1024 * 1024;
/// Depth.
const DEEPEST: usize = 32;
/// Attributes of an element.
const ATTRIBUTES: usize = 64;
/// Namespace declarations of an element.
const NAMESPACES: usize = 16;

/// The text of the first element of this name, whatever its namespace and case. None: there is no such element, or it
/// has no text.
pub fn text_of(body: &[u8], name: &str) -> Result<Option<String>, &'static str> {
    if body.len() > LARGEST {
        return Err("the XML is too long");
    }
    let body = String::from_utf8_lossy(body);
    let mut reader = Reader::from_str(&body);
    let (mut depth, mut inside, mut text) = (0_usize, false, String::new());
    loop {
        match reader.read_event().map_err(|_| "it is no XML")? {
            Event::Start(e) => {
                depth += 1;
                if depth > DEEPEST {
                    return Err("the XML nests too deep");
                }
                within_limits(&e)?;
                inside = inside || e.local_name().as_ref().eq_ignore_ascii_case(name);
            }
            Event::Empty(e) => {
                within_limits(&e)?;
                if !inside && e.local_name().as_ref().eq_ignore_ascii_case(name) {
                    return Ok(None);
                }
            }
            Event::End(e) => {
                depth = depth.saturating_sub(1);
                if inside && e.local_name().as_ref().eq_ignore_ascii_case(name) {
                    return Ok(Some(text.trim().to_owned()).filter(|t| !t.is_empty()));
                }
            }
            Event::Text(t) if inside => text.push_str(&t.xml10_content()),
            Event::CData(t) if inside => text.push_str(&t.xml10_content()),
            Event::GeneralRef(r) if inside => {
                let named = match &*r {
                    "amp" => '&',
                    "lt" => '<',
                    "gt" => '>',
                    "quot" => '"',
                    "apos" => '\'',
                    _ => r.resolve_char_ref().ok().flatten().ok_or("the XML names an unknown entity")?,
                };
                text.push(named);
            }
            Event::DocType(_) => return Err("the XML has a document type, which is refused"),
            Event::PI(_) => return Err("the XML has a processing instruction, which is refused"),
            Event::Eof if depth > 0 => return Err("the XML is cut off"),
            Event::Eof => return Ok(None),
            _ => {}
        }
    }
}

fn within_limits(element: &BytesStart<'_>) -> Result<(), &'static str> {
    let (mut attributes, mut namespaces) = (0_usize, 0_usize);
    for attribute in element.attributes() {
        let attribute = attribute.map_err(|_| "the XML has a broken attribute")?;
        attributes += 1;
        namespaces += usize::from(attribute.key.as_ref().starts_with("xmlns"));
        if attributes > ATTRIBUTES || namespaces > NAMESPACES {
            return Err("the XML has too many attributes");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_around_entities_is_joined() {
        let body = br#"<?xml version="1.0"?><i:Image xmlns:i="urn:x"><i:Id>1</i:Id><i:Url>https://h/g?a=1&amp;b=2&#38;c=&lt;</i:Url></i:Image>"#;
        assert_eq!(text_of(body, "Url").unwrap().as_deref(), Some("https://h/g?a=1&b=2&c=<"));
        assert_eq!(
            text_of(b"<Image><Url><![CDATA[https://h/?a&b]]></Url></Image>", "url").unwrap().as_deref(),
            Some("https://h/?a&b")
        );
        for none in ["<Image><Url/></Image>", "<Image><Url> </Url></Image>", "<Image/>", ""] {
            assert_eq!(text_of(none.as_bytes(), "Url").unwrap(), None, "{none}");
        }
    }

    #[test]
    fn what_is_hostile_is_refused() {
        let many = |name: &str, n: usize| {
            let list: Vec<String> = (0..n).map(|i| format!("{name}{i}=\"v\"")).collect();
            format!("<Image {}><Url>x</Url></Image>", list.join(" "))
        };
        assert!(
            text_of(many("a", 64).as_bytes(), "Url").is_ok()
                && text_of(many("xmlns:n", 16).as_bytes(), "Url").is_ok()
        );
        for bad in [
            "<!DOCTYPE x [<!ENTITY a \"b\">]><Image><Url>&a;</Url></Image>".to_owned(),
            "<Image><?php x?><Url>x</Url></Image>".to_owned(),
            "<Image><Url>&unknown;</Url></Image>".to_owned(),
            "<Image><Url>cut".to_owned(),
            format!("{}<Url>x</Url>", "<e>".repeat(40)),
            many("a", 65),
            many("xmlns:n", 17),
            "<Image a=1 a=2><Url>x</Url></Image>".to_owned(),
        ] {
            assert!(text_of(bad.as_bytes(), "Url").is_err(), "{bad}");
        }
        assert!(text_of(&vec![b' '; LARGEST + 1], "Url").is_err());
    }
}
