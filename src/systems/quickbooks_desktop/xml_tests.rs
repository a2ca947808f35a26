use super::*;

fn whole(text: &str) -> Result<Element, Refused> {
    let mut pull = Pull::new(text)?;
    let Step::Open(tag) = pull.next()? else { return Err(Refused("nothing")) };
    let element = pull.element(tag)?;
    match pull.next()? {
        Step::End => Ok(element),
        _ => Err(Refused("more")),
    }
}

#[test]
fn text_around_entities_is_joined_and_children_are_found_by_name() {
    let read = whole(
        "\u{feff}<?xml version=\"1.0\" encoding=\"utf-16\"?>\n<?qbxml version=\"13.0\"?>\n<VendorRet>\n  <Sublevel>1</Sublevel>\n\
         <Name>A &amp; B &#233;&lt;x&gt; <![CDATA[& Co]]></Name><Memo/><Ref><FullName>East</FullName></Ref>\n</VendorRet>\n",
    )
    .unwrap();
    assert_eq!(read.text("Name"), Some("A & B é<x> & Co"));
    assert_eq!(read.text("Memo"), None);
    assert_eq!(read.text("Nothing"), None);
    assert_eq!(read.child("Ref").and_then(|r| r.text("FullName")), Some("East"));
    assert_eq!(read.own_text(), "");
    assert_eq!(read.children().len(), 4);
}

#[test]
fn what_is_hostile_is_refused() {
    let attributes = |name: &str, n: usize| {
        let list: Vec<String> = (0..n).map(|i| format!("{name}{i}=\"v\"")).collect();
        format!("<QBXML {}>x</QBXML>", list.join(" "))
    };
    let deep = |n: usize| format!("{}{}", "<e>".repeat(n), "</e>".repeat(n));
    for fine in [attributes("a", 64), attributes("xmlns:n", 16), deep(32), "<a b='1'/>".into()] {
        assert!(whole(&fine).is_ok(), "{fine}");
    }
    for bad in [
        "<!DOCTYPE x [<!ENTITY a \"b\">]><QBXML>&a;</QBXML>".to_owned(),
        "<?xml version=\"1.0\"?><!DOCTYPE x SYSTEM \"http://h/\"><QBXML/>".to_owned(),
        "<QBXML><?php x?></QBXML>".to_owned(),
        "<QBXML/><?php x?>".to_owned(),
        "<QBXML>&unknown;</QBXML>".to_owned(),
        "<QBXML>&#0;</QBXML>".to_owned(),
        "<QBXML><a>cut".to_owned(),
        "<QBXML><a></b></QBXML>".to_owned(),
        "<QBXML/><QBXML/>".to_owned(),
        "<QBXML/>text".to_owned(),
        "Warning: <QBXML/>".to_owned(),
        "<QBXML a=\"1\" a=\"2\"/>".to_owned(),
        "<QBXML a=\"&unknown;\"/>".to_owned(),
        String::new(),
        "no XML".to_owned(),
        deep(33),
        attributes("a", 65),
        attributes("xmlns:n", 17),
    ] {
        assert!(whole(&bad).is_err(), "{bad}");
    }
    assert!(Pull::new(&" ".repeat(LARGEST + 1)).is_err());
}

#[test]
fn attributes_are_read_with_their_entities() {
    let mut pull =
        Pull::new("<BillAddRs statusMessage=\"A &amp; B &lt;1&gt;\" requestID=\"\"></BillAddRs>").unwrap();
    let Step::Open(tag) = pull.next().unwrap() else { panic!("no tag") };
    assert_eq!(tag.attribute("statusMessage"), Some("A & B <1>"));
    assert_eq!(tag.attribute("requestID"), None);
}
