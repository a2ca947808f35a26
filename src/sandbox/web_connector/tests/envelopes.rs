//! What goes over the wire, to the byte, and what is not read.

use super::*;

#[test]
fn a_call_is_written_as_the_real_one_writes_it() {
    let body = write_call(
        Operation::SendRequest,
        &[
            ("ticket", "{6f1d}"),
            ("strHCPResponse", "<?xml version=\"1.0\" ?><QBXML>a & \"b\"</QBXML>"),
            ("strCompanyFileName", "C:\\QB\\Northwind.qbw"),
            ("qbXMLCountry", "US"),
            ("qbXMLMajorVers", "16"),
            ("qbXMLMinorVers", "0"),
        ],
    );
    let expected = "<?xml version=\"1.0\" encoding=\"utf-8\"?><soap:Envelope \
        xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\" \
        xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
        xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\"><soap:Body>\
        <sendRequestXML xmlns=\"http://developer.intuit.com/\"><ticket>{6f1d}</ticket>\
        <strHCPResponse>&lt;?xml version=\"1.0\" ?&gt;&lt;QBXML&gt;a &amp; \"b\"&lt;/QBXML&gt;</strHCPResponse>\
        <strCompanyFileName>C:\\QB\\Northwind.qbw</strCompanyFileName><qbXMLCountry>US</qbXMLCountry>\
        <qbXMLMajorVers>16</qbXMLMajorVers><qbXMLMinorVers>0</qbXMLMinorVers></sendRequestXML></soap:Body>\
        </soap:Envelope>";
    assert_eq!(body, expected);
    let bare = write_call(Operation::ServerVersion, &[]);
    assert!(bare.contains("<soap:Body><serverVersion xmlns=\"http://developer.intuit.com/\" /></soap:Body>"));
    let empty = write_call(Operation::GetLastError, &[("ticket", "")]);
    assert!(empty.contains("<ticket />"));
}

#[test]
fn the_headers_are_those_of_its_http_client() {
    let sent = Sent { url: String::new(), operation: Operation::Authenticate, body: String::new() };
    assert_eq!(
        sent.headers().map(|(name, value)| format!("{name}: {value}")),
        [
            "content-type: text/xml; charset=utf-8",
            "soapaction: \"http://developer.intuit.com/authenticate\"",
            "user-agent: Mozilla/4.0 (compatible; MSIE 6.0; MS Web Services Client Protocol 4.0.30319.42000)",
            "expect: 100-continue",
        ]
    );
}

const XML: &str = "text/xml; charset=utf-8";

#[test]
fn escaped_text_and_cdata_are_read() {
    let get = |body: String| read_answer(Operation::SendRequest, 200, XML, body.as_bytes()).unwrap();
    let set = "<?xml version=\"1.0\"?><QBXML>\u{e9} & </QBXML>";
    let escaped_set = escaped(set);
    assert_eq!(get(envelope_of(Operation::SendRequest, &escaped_set)), Answer::Text(set.into()));
    let cdata = format!("<![CDATA[{set}]]>");
    assert_eq!(get(envelope_of(Operation::SendRequest, &cdata)), Answer::Text(set.into()));
    assert_eq!(
        get(envelope_of(Operation::SendRequest, "&#233;&#x20AC;")),
        Answer::Text("\u{e9}\u{20ac}".into())
    );
    let empty = envelope_of(Operation::SendRequest, "")
        .replace("<sendRequestXMLResult></sendRequestXMLResult>", "<sendRequestXMLResult/>");
    assert_eq!(get(empty), Answer::Text(String::new()));
}

#[test]
fn an_answer_that_the_real_one_cannot_use_is_refused() {
    let fine = envelope_of(Operation::Authenticate, "<string>{T}</string><string></string>");
    let read =
        |status, kind: &str, body: &str| read_answer(Operation::Authenticate, status, kind, body.as_bytes());
    assert!(read(200, XML, &fine).is_ok());
    for (what, status, kind, body) in [
        ("another status", 201, XML, fine.clone()),
        ("another type", 200, "application/xml", fine.clone()),
        ("a blank before the declaration", 200, XML, format!("\n{fine}")),
        ("a byte order mark", 200, XML, format!("\u{feff}{fine}")),
        ("no declaration", 200, XML, fine.replace("<?xml version=\"1.0\" encoding=\"utf-8\"?>", "")),
        ("indentation", 200, XML, fine.replace("<soap:Body>", "\n  <soap:Body>")),
        ("another namespace of the service", 200, XML, fine.replace("intuit.com/\"", "intuit.com\"")),
        ("no namespace", 200, XML, fine.replace(" xmlns=\"http://developer.intuit.com/\"", "")),
        (
            "a result without namespace",
            200,
            XML,
            fine.replace("<authenticateResult>", "<authenticateResult xmlns=\"\">"),
        ),
        ("a string without namespace", 200, XML, fine.replace("<string>{T}", "<string xmlns=\"\">{T}")),
        ("another response", 200, XML, fine.replace("authenticateResponse", "authenticateReply")),
        ("no result", 200, XML, fine.replace("authenticateResult", "result")),
        ("one string", 200, XML, fine.replace("<string></string>", "")),
        (
            "SOAP 1.2",
            200,
            XML,
            fine.replace("schemas.xmlsoap.org/soap/envelope/", "www.w3.org/2003/05/soap-envelope"),
        ),
        ("half of it", 200, XML, fine[..fine.len() / 2].to_owned()),
        ("a document type", 200, XML, fine.replacen("?>", "?><!DOCTYPE a>", 1)),
        ("something after it", 200, XML, format!("{fine}<a/>")),
    ] {
        assert!(read(status, kind, &body).is_err(), "{what} was taken");
    }
    let nothing = read(200, XML, &fine.replace(" xmlns=\"http://developer.intuit.com/\"", ""));
    assert_eq!(nothing.unwrap_err(), "Object reference not set to an instance of an object.");
}

#[test]
fn qbxml_as_elements_and_numbers_that_are_none_are_refused() {
    let nested = envelope_of(Operation::SendRequest, "<QBXML/>");
    assert!(read_answer(Operation::SendRequest, 200, XML, nested.as_bytes()).is_err());
    let word = envelope_of(Operation::ReceiveResponse, "half");
    assert!(read_answer(Operation::ReceiveResponse, 200, XML, word.as_bytes()).is_err());
}

#[test]
fn a_fault_is_told_with_its_text() {
    let fault = "<?xml version=\"1.0\" encoding=\"utf-8\"?><soap:Envelope \
        xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body><soap:Fault>\
        <faultcode>soap:Server</faultcode><faultstring>the store is busy</faultstring></soap:Fault></soap:Body>\
        </soap:Envelope>";
    let said = read_answer(Operation::SendRequest, 500, XML, fault.as_bytes()).unwrap_err();
    assert_eq!(said, "soap:Server the store is busy");
}
