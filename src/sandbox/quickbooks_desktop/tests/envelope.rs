//! Processing lines, attributes, data formats, lengths (contract, 4 and 7.7).

use serde_json::json;

use super::{Desk, bill};

const QUERY: &str = "<VendorQueryRq requestID=\"1\"><MaxReturned>1</MaxReturned></VendorQueryRq>";

#[test]
fn both_processing_lines_are_needed() {
    let desk = Desk::new();
    let good = Desk::text("onError=\"stopOnError\"", QUERY);
    assert!(desk.books.process(&desk.session, &good).is_ok());
    let wrong = [
        good.replace("<?qbxml version=\"13.0\"?>\n", ""),
        good.replace("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n", ""),
        good.replace("\n<?qbxml", "\n<!-- between --><?qbxml"),
        good.replace("<?qbxml version=\"13.0\"?>", "<?qbposxml version=\"13.0\"?>"),
        format!("\n{good}"),
        good.replace("QBXML>", "qbXML>"),
        good.replace("<QBXML>", "<QBXML xmlns=\"urn:x\">"),
        good.replace("<QBXML>", "<!DOCTYPE QBXML><QBXML>"),
        good.replace("</QBXML>", "<QBXMLMsgsRq onError=\"stopOnError\"/></QBXML>"),
        good.replace("onError=\"stopOnError\"", ""),
        good.replace("stopOnError", "rollbackOnError"),
        good.replace("onError=", "session=\"x\" onError="),
        good.replace("requestID=\"1\"", "requestid=\"1\""),
        good.replace("VendorQuery", "VendorList"),
        good.replace("<MaxReturned>1", "<MaxReturned x=\"1\">1"),
        good.replace("<MaxReturned>1<", "<MaxReturned>some<"),
    ];
    for text in wrong {
        let raised = desk.books.process(&desk.session, &text).unwrap_err();
        assert_eq!(raised.hresult, "0x80040400", "{text}");
    }
    let unknown = good.replace("13.0", "99.0");
    assert_eq!(desk.books.process(&desk.session, &unknown).unwrap_err().hresult, "0x80040404");
    desk.set("supports", json!(["12.0"]));
    assert_eq!(desk.books.process(&desk.session, &good).unwrap_err().hresult, "0x80040404");
    assert_eq!(desk.books.version(), (12, 0));
    assert!(!desk.books.hcp().contains("13.0"));
}

#[test]
fn one_fault_refuses_the_whole_set() {
    let desk = Desk::new();
    let second = bill("B2", "2026-10-29", "1.5");
    assert!(desk.refused(&format!("{}{second}", bill("B1", "2026-10-29", "1.50"))));
    assert!(desk.books.records().is_empty());
}

#[test]
fn formats_are_exact() {
    let desk = Desk::new();
    for (right, wrong) in
        [("100.00", "100.0"), ("100.00", ".50"), ("100.00", "1,000.00"), ("2026-10-29", "10/29/2026")]
    {
        let good = bill("B", "2026-10-29", "100.00");
        assert!(desk.refused(&good.replacen(right, wrong, 1)), "{wrong}");
    }
    assert!(desk.refused(
        "<BillQueryRq><ModifiedDateRangeFilter><FromModifiedDate>2026-10-29T10:00:00Z</FromModifiedDate>\
                          </ModifiedDateRangeFilter></BillQueryRq>"
    ));
    assert!(
        desk.refused(
            "<VendorQueryRq><OwnerID>A4C1D9F0-1B2C-4D3E-8F90-123456789ABC</OwnerID></VendorQueryRq>"
        )
    );
    assert!(desk.refused("<BillQueryRq><IncludeLineItems>yes</IncludeLineItems></BillQueryRq>"));
    assert!(desk.refused(&format!("<VendorQueryRq><ListID>{}</ListID></VendorQueryRq>", "8".repeat(37))));
    // A date that fits the pattern and no calendar is for the program to refuse.
    assert_eq!(desk.ask(&bill("B", "2026-02-30", "1.00")).code(), "3020");
}

#[test]
fn lengths_are_limits_of_one_request() {
    let desk = Desk::new();
    let long = "9".repeat(21);
    let answers = desk.answers(&format!(
        "{}{}",
        bill(&long, "2026-10-29", "1.00"),
        bill(&long[1..], "2026-10-29", "1.00")
    ));
    assert_eq!((answers[0].code(), answers[1].code()), ("3070", "0"));
    assert!(
        answers[0].message().ends_with("in the field \"RefNumber\" is too long."),
        "{}",
        answers[0].message()
    );
    let name = |length: usize| {
        format!("<VendorAddRq><VendorAdd><Name>{}</Name></VendorAdd></VendorAddRq>", "é".repeat(length))
    };
    assert_eq!(desk.ask(&name(42)).code(), "3070");
    assert_eq!(desk.ask(&name(41)).code(), "0");
    for (kind, number) in [("CreditCardCharge", 12), ("Check", 12)] {
        let request = format!(
            "<{kind}AddRq><{kind}Add><AccountRef><FullName>Corporate Visa</FullName></AccountRef><RefNumber>{}</RefNumber>\
             </{kind}Add></{kind}AddRq>",
            "1".repeat(number)
        );
        assert_eq!(desk.ask(&request).code(), "3070", "{kind}");
    }
    let id = |length: usize| QUERY.replace("\"1\"", &format!("\"{}\"", "r".repeat(length)));
    assert_eq!(desk.ask(&id(50)).code(), "0");
    assert_eq!(desk.ask(&id(51)).code(), "1060");
}

#[test]
fn text_outside_latin_is_lost_or_kills_the_set() {
    let desk = Desk::new();
    let with = |memo: &str| bill("B1", "2026-10-29", "1.00").replace("tieout:B1", memo);
    assert!(desk.refused(&with("Łódź")));
    assert!(desk.refused(&with("&#55357;")));
    assert!(desk.refused(&with("&#2;")));
    let answer = desk.ask(&with("&#321;&#243;d&#378; &amp; M\u{FC}ller &#8211; &lt;x&gt;"));
    assert_eq!(answer.value("Memo"), "?ód? & Müller ? <x>");
    desk.set("raw_text", json!("lost"));
    assert_eq!(desk.ask(&with("Łódź")).value("Memo"), "?ód?");
}

#[test]
fn a_failure_stops_what_comes_after_it() {
    let desk = Desk::new();
    let set = format!(
        "{}{}{}",
        bill("B1", "2026-10-29", "1.00"),
        bill("B2", "2026-09-30", "1.00"),
        bill("B3", "2026-10-29", "1.00")
    );
    let codes = |attributes: &str| -> Vec<String> {
        let whole = desk.whole(&Desk::text(attributes, &set));
        whole.children.iter().map(|rs| rs.attribute("statusCode").unwrap().to_owned()).collect()
    };
    assert_eq!(codes("onError=\"stopOnError\""), ["0", "3171", "3231"]);
    assert_eq!(desk.books.records().len(), 1);
    assert_eq!(codes("onError=\"continueOnError\""), ["0", "3171", "0"]);
    assert_eq!(desk.books.records().len(), 3);
    let bare = desk.whole(&Desk::text("onError=\"stopOnError\" responseData=\"includeNone\"", &set));
    assert!(bare.children[0].children.is_empty());
    assert_eq!(bare.children[2].attribute("statusMessage"), Some("The request has not been processed."));
    assert_eq!(bare.children[2].attribute("requestID"), Some("B3"));
}
