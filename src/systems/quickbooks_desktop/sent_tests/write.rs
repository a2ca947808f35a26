//! The writer: order, formats, escapes.

use super::parsed;
use crate::systems::quickbooks_desktop::order::Content;
use crate::systems::quickbooks_desktop::values::{fits, local_time};
use crate::systems::quickbooks_desktop::write::{
    Body, Element, PROLOGUE, group, reference, request, text, written,
};

/// The example of the contract, section 7.4.
const EXAMPLE: &str = concat!(
    r#"<BillAddRq requestID="op-5512"><BillAdd><VendorRef><ListID>80000012-1600000001</ListID></VendorRef>"#,
    "<APAccountRef><ListID>80000021-1600000002</ListID></APAccountRef><TxnDate>2024-03-05</TxnDate>",
    "<DueDate>2024-04-04</DueDate><RefNumber>TO7F3K2Q9D4</RefNumber><Memo>Q1 trip tieout:TO7F3K2Q9D4</Memo>",
    "<ExpenseLineAdd><AccountRef><ListID>80000033-1600000003</ListID></AccountRef><Amount>412.30</Amount>",
    "<Memo>Flight BOS-SFO</Memo><CustomerRef><FullName>Globex:Phase 2</FullName></CustomerRef>",
    "<ClassRef><FullName>East</FullName></ClassRef><BillableStatus>NotBillable</BillableStatus></ExpenseLineAdd>",
    "</BillAdd></BillAddRq>",
);

fn example() -> Element {
    let named = |name, full: &str| group(name, vec![text("FullName", full)]);
    let line = group(
        "ExpenseLineAdd",
        vec![
            reference("AccountRef", "80000033-1600000003"),
            text("Amount", "412.30"),
            text("Memo", "Flight BOS-SFO"),
            named("CustomerRef", "Globex:Phase 2"),
            named("ClassRef", "East"),
            text("BillableStatus", "NotBillable"),
        ],
    );
    let bill = group(
        "BillAdd",
        vec![
            reference("VendorRef", "80000012-1600000001"),
            reference("APAccountRef", "80000021-1600000002"),
            text("TxnDate", "2024-03-05"),
            text("DueDate", "2024-04-04"),
            text("RefNumber", "TO7F3K2Q9D4"),
            text("Memo", "Q1 trip tieout:TO7F3K2Q9D4"),
            line,
        ],
    );
    request("BillAddRq", "op-5512", vec![bill])
}

fn children(element: &mut Element) -> &mut Vec<Element> {
    match &mut element.body {
        Body::Children(children) => children,
        Body::Text(_) => panic!("{} holds text", element.name),
    }
}

/// The example with its bill's elements changed.
fn with(change: impl FnOnce(&mut Vec<Element>)) -> Result<String, String> {
    let mut bill = example();
    change(children(&mut children(&mut bill)[0]));
    written(&bill)
}

/// The example with its line's elements changed.
fn with_line(change: impl FnOnce(&mut Vec<Element>)) -> Result<String, String> {
    with(|bill| change(children(bill.last_mut().unwrap())))
}

#[test]
fn the_example_of_the_contract_byte_by_byte() {
    assert_eq!(written(&example()).unwrap(), EXAMPLE);
    assert_eq!(PROLOGUE, r#"<?xml version="1.0" encoding="utf-8"?><?qbxml version="13.0"?>"#);
    assert_eq!(
        parsed(EXAMPLE.as_bytes()).get("BillAdd/ExpenseLineAdd/CustomerRef/FullName"),
        "Globex:Phase 2"
    );
}

#[test]
fn any_two_neighbours_that_change_places_are_refused() {
    for n in 0..6 {
        let why = with(|bill| bill.swap(n, n + 1)).unwrap_err();
        assert!(why.contains("missing") || why.contains("out of its place"), "{n}: {why}");
    }
    for n in 0..5 {
        let why = with_line(|line| line.swap(n, n + 1)).unwrap_err();
        assert!(why.contains("out of its place"), "{n}: {why}");
    }
}

#[test]
fn elements_that_do_not_belong_are_refused() {
    let last = |element: Element| with(|bill| bill.push(element)).unwrap_err();
    assert_eq!(last(text("Colour", "red")), "BillAdd holds no Colour");
    assert_eq!(
        last(text("TxnDate", "2024-03-05")),
        "BillAdd/TxnDate is out of its place, or stands more often than it may"
    );
    assert_eq!(last(group("CurrencyRef", vec![text("ListID", "1-2")])), "BillAdd holds no CurrencyRef");
    let us = "is not held by QuickBooks Desktop in the US";
    assert_eq!(last(text("IsTaxIncluded", "true")), format!("BillAdd/IsTaxIncluded {us}"));
    let line = |element: Element| with_line(|line| line.insert(2, element)).unwrap_err();
    assert_eq!(line(text("TaxAmount", "1.00")), format!("ExpenseLineAdd/TaxAmount {us}"));
    assert_eq!(line(reference("SalesTaxCodeRef", "1-2")), format!("ExpenseLineAdd/SalesTaxCodeRef {us}"));
    let journal = |memo: bool| {
        let line = |name| group(name, vec![reference("AccountRef", "1-2"), text("Amount", "1.00")]);
        let mut parts = vec![text("TxnDate", "2024-03-05"), text("RefNumber", "TO7F3K2Q9D4")];
        parts.extend(memo.then(|| text("Memo", "x")));
        parts.extend([line("JournalCreditLine"), line("JournalDebitLine"), line("JournalCreditLine")]);
        written(&request("JournalEntryAddRq", "1", vec![group("JournalEntryAdd", parts)]))
    };
    assert!(journal(false).is_ok());
    assert_eq!(journal(true).unwrap_err(), format!("JournalEntryAdd/Memo {us}"));
    assert!(with(|bill| drop(bill.remove(0))).unwrap_err().contains("VendorRef is missing"));
    let none =
        request("JournalEntryAddRq", "1", vec![group("JournalEntryAdd", vec![text("RefNumber", "1")])]);
    assert_eq!(written(&none).unwrap_err(), "JournalEntryAdd/a line is missing");
    assert!(
        written(&request("InvoiceAddRq", "1", vec![])).unwrap_err().contains("no request that tieout makes")
    );
    let both = group("VendorRef", vec![text("ListID", "1-2"), text("FullName", "x")]);
    assert!(with(|bill| bill[0] = both).unwrap_err().contains("exactly one of"));
    assert!(with(|bill| bill[0] = text("VendorRef", "x")).unwrap_err().contains("holds elements"));
    assert!(with(|bill| bill[2] = group("TxnDate", vec![])).unwrap_err().contains("holds text"));
    assert!(with(|bill| bill[6] = group("ExpenseLineAdd", vec![])).unwrap_err().contains("is empty"));
    let marked = Element { attributes: vec![("x", "1".into())], ..text("TxnDate", "2024-03-05") };
    assert!(with(|bill| bill[2] = marked).unwrap_err().contains("no attribute x"));
}

#[test]
fn attributes_are_those_of_the_contract() {
    let mut one = example();
    one.attributes = vec![("requestID", "x".repeat(51))];
    assert!(written(&one).unwrap_err().contains("cannot be a requestID"));
    one.attributes = vec![("requestID", "a b".into())];
    assert!(written(&one).unwrap_err().contains("cannot be a requestID"));
    one.attributes = vec![];
    assert!(written(&one).unwrap_err().contains("no requestID"));
    one.attributes = vec![("requestID", "1".into()), ("defMacro", "x".into())];
    assert!(written(&one).unwrap_err().contains("no attribute defMacro"));
    one.attributes = vec![("requestID", "1".into()), ("iterator", "Start".into())];
    assert!(written(&one).unwrap_err().contains("cannot be read in pages"));
}

#[test]
fn formats_are_exact() {
    let table: &[(Content, &[&str], &[&str])] = &[
        (
            Content::Amount,
            &["0.00", "412.30", "-1.00", "+1.00", "1234567890123.99"],
            &["", ".50", "1.5", "1", "1,000.00", "1.000", "12345678901234.00", "1.0a", " 1.00", "--1.00"],
        ),
        (Content::Number, &["1", "1.085", "-0.5"], &["", "1.", ".5", "1e5", "1,0"]),
        (Content::Count, &["1", "100"], &["", "0", "-1", "1.0", "1234567890"]),
        (
            Content::Date,
            &["2024-02-29", "2026-10-27"],
            &["2023-02-29", "2026-1-1", "20261027", "27.10.2026", ""],
        ),
        (
            Content::DateTime,
            &["2026-10-27", "2026-10-27T14:30", "2026-10-27T14:30:00", "2026-10-27T14:30:00-05:00"],
            &[
                "2026-10-27T14:30:00Z",
                "2026-10-27T14:30:00.5",
                "2026-10-27T14:30-05:00",
                "2026-10-27 14:30:00",
                "2026-10-27T24:00:00",
                "2026-13-27T14:30:00",
                "2026-10-27T",
                "2026-10-27T14:30:00-5:00",
            ],
        ),
        (Content::Bool, &["true", "false"], &["", "1", "True", "yes"]),
        (
            Content::Guid,
            &["0", "{A4C1D9F0-1B2C-4D3E-8F90-123456789abc}"],
            &["", "A4C1D9F0-1B2C-4D3E-8F90-123456789ABC", "{A4C1D9F0-1B2C-4D3E-8F90-12345678}", "{x}"],
        ),
        (
            Content::Id,
            &["80000042-1600000001", "1F6-1700000001", "-1"],
            &["", "a b", "1234567890123456789012345678901234567"],
        ),
        (Content::Word(&["All", "ActiveOnly"]), &["All"], &["all", "", "Some"]),
        (Content::Text(3), &["", "abc", "äöü"], &["abcd", "Ł", "a\n", "a\u{0}", "\u{85}", "€"]),
    ];
    for (content, good, bad) in table {
        for v in *good {
            assert_eq!(fits(v, content), Ok(()), "{v:?} as {content:?}");
        }
        for v in *bad {
            assert!(fits(v, content).is_err(), "{v:?} as {content:?}");
        }
    }
}

#[test]
fn an_instant_goes_back_without_its_offset() {
    let of = |t: &str| local_time(t).unwrap();
    assert_eq!(of("2026-07-01T09:30:00-05:00"), "2026-07-01T09:30:00");
    assert_eq!(of("2026-07-01T09:30:00+01:00"), "2026-07-01T09:30:00");
    assert_eq!(of("2026-07-01T09:30:00"), "2026-07-01T09:30:00");
    assert_eq!(of("2026-07-01"), "2026-07-01");
    for bad in ["", "yesterday", "2026-07-01T", "2026-07-01T9:30:00-05:00"] {
        assert!(local_time(bad).is_err(), "{bad:?}");
    }
}

#[test]
fn characters_go_out_as_references_of_their_code_points() {
    let out = with(|bill| bill[5] = text("Memo", "é £ \u{a0}ÿ & < > \" ' ~")).unwrap();
    assert!(out.contains("<Memo>&#233; &#163; &#160;&#255; &amp; &lt; &gt; &quot; ' ~</Memo>"), "{out}");
    assert!(out.is_ascii());
    for hostile in ["日本", "🚀", "\u{202e}x", "a\u{0}", "a\u{1b}[2J", "a\r\nb", "\u{fffe}"] {
        let why = with(|bill| bill[5] = text("Memo", hostile)).unwrap_err();
        assert!(why.starts_with("BillAdd/Memo: "), "{hostile:?}: {why}");
    }
}
