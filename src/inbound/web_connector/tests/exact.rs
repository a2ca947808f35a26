//! Every operation, byte for byte.

use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use super::kit::{Rig, answer, envelope, exchange, head, post, sending};
use crate::engine::visit::{Admission, Step};

const BEGIN: &str = "<?xml version=\"1.0\" encoding=\"utf-8\"?><soap:Envelope \
                     xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body>";
const END: &str = "</soap:Body></soap:Envelope>";

fn wrapped(operation: &str, inside: &str) -> String {
    format!(
        "{BEGIN}<{operation}Response xmlns=\"http://developer.intuit.com/\">\
         <{operation}Result>{inside}</{operation}Result></{operation}Response>{END}"
    )
}

#[tokio::test]
async fn every_answer_is_exactly_what_the_description_says() {
    let rig = Rig::new().await;
    rig.script(|s| {
        s.admissions = [Ok(Admission::Nothing), Ok(Admission::Busy), Ok(Admission::Work(7))].into();
        s.steps = [
            Step::Ask(b"<?xml version=\"1.0\" encoding=\"utf-8\"?><QBXML a=\"&amp;\"/>".to_vec()),
            Step::Stop("tieout: it is <another> company file & nothing was written".into()),
        ]
        .into();
        s.percents = [Ok(40)].into();
        s.farewell = "tieout: 12 posted, 1 needs attention".into();
    });
    let version = concat!("tieout ", env!("CARGO_PKG_VERSION"));
    let none = "<strVersion>x</strVersion>";
    let user =
        format!("<strUserName>tieout-northwind</strUserName><strPassword>{}</strPassword>", rig.password);
    for (operation, inside, want) in [
        ("serverVersion", "", version),
        ("serverVersion", none, version),
        ("clientVersion", "<strVersion>2.3.0.207</strVersion>", ""),
        ("authenticate", &user, "<string></string><string>none</string>"),
        ("authenticate", &user, "<string></string><string>busy</string>"),
        (
            "authenticate",
            "<strUserName>tieout-northwind</strUserName><strPassword>wrong</strPassword>",
            "<string></string><string>nvu</string>",
        ),
        ("getInteractiveURL", "<wcTicket>x</wcTicket><sessionID>y</sessionID>", ""),
        ("interactiveRejected", "<wcTicket>x</wcTicket><reason>y</reason>", ""),
        ("interactiveDone", "<wcTicket>x</wcTicket>", ""),
    ] {
        let (status, body) = rig.call(operation, inside).await;
        assert_eq!((status, body), (200, wrapped(operation, want)), "{operation}");
    }
    let (status, body) = rig.call("authenticate", &user).await;
    let ticket = body[body.find("<string>").unwrap() + 8..body.find("</string>").unwrap()].to_string();
    assert_eq!(
        (status, body),
        (200, wrapped("authenticate", &format!("<string>{ticket}</string><string></string>")))
    );
    let with = |rest: &str| format!("<ticket>{ticket}</ticket>{rest}");
    let asked = "&lt;?xml version=\"1.0\" encoding=\"utf-8\"?&gt;&lt;QBXML a=\"&amp;amp;\"/&gt;";
    let stopped = "tieout: it is &lt;another&gt; company file &amp; nothing was written";
    let answered = "<response>&lt;QBXML/&gt;</response><hresult/><message></message>";
    for (operation, inside, want) in [
        ("sendRequestXML", sending(&ticket), asked),
        ("receiveResponseXML", with(answered), "40"),
        ("sendRequestXML", sending(&ticket), ""),
        ("getLastError", with(""), stopped),
        ("closeConnection", with(""), "tieout: 12 posted, 1 needs attention"),
        ("closeConnection", with(""), "tieout: 12 posted, 1 needs attention"),
        ("receiveResponseXML", with(answered), "-1"),
        ("connectionError", with("<hresult>0x80040414</hresult><message>m</message>"), "done"),
    ] {
        let (status, body) = rig.call(operation, &inside).await;
        assert_eq!((status, body), (200, wrapped(operation, want)), "{operation}");
    }
    rig.script(|s| {
        let greeting = &s.greetings[0];
        assert_eq!(greeting.answer, "<?xml version=\"1.0\" ?><QBXML/>");
        assert_eq!(greeting.company_file, "C:\\QB\\Northwind.qbw");
        assert_eq!((greeting.country.as_str(), greeting.version), ("US", (16, 0)));
        assert_eq!(s.brought[0].answer, b"<QBXML/>");
        assert_eq!(s.heard[0], "arrived 2.3.0.207");
    });
}

#[tokio::test]
async fn headers_are_what_the_web_connector_takes() {
    let rig = Rig::new().await;
    let body = envelope("serverVersion", "");
    let stream = TcpStream::connect(rig.at).await.unwrap();
    let (status, headers, body) = exchange(stream, &post("serverVersion", &body)).await;
    let headers = headers.to_ascii_lowercase();
    assert_eq!(status, 200);
    assert!(headers.contains("content-type: text/xml; charset=utf-8\r\n"), "{headers}");
    assert!(headers.contains(&format!("content-length: {}\r\n", body.len())), "{headers}");
    assert!(!headers.contains("transfer-encoding"), "{headers}");
}

#[tokio::test]
async fn a_connection_is_kept_and_an_expected_continue_is_said() {
    let rig = Rig::new().await;
    let mut stream = TcpStream::connect(rig.at).await.unwrap();
    for _ in 0..3 {
        let body = envelope("serverVersion", "");
        let head = format!("{}Expect: 100-continue\r\n\r\n", head("serverVersion", body.len()));
        stream.write_all(head.as_bytes()).await.unwrap();
        let (status, _, _) = answer(&mut stream).await;
        assert_eq!(status, 100, "the body is not sent before");
        stream.write_all(body.as_bytes()).await.unwrap();
        let (status, _, body) = answer(&mut stream).await;
        assert_eq!(status, 200);
        assert!(body.ends_with(END), "{body}");
    }
    drop(stream);
    assert!(rig.end().await.is_empty());
}

#[tokio::test]
async fn faults_say_whose_mistake_it_is_and_nothing_of_our_inside() {
    let rig = Rig::new().await;
    let fault = |code: &str, text: &str| {
        format!(
            "{BEGIN}<soap:Fault><faultcode>soap:{code}</faultcode><faultstring>{text}</faultstring>\
             <detail></detail></soap:Fault>{END}"
        )
    };
    let (status, body) = rig.call("deleteEverything", "").await;
    assert_eq!((status, body), (500, fault("Client", "an operation that is not known")));
    rig.script(|s| s.lookup_fails = true);
    let (status, body) = rig.call("authenticate", "<strUserName>x</strUserName>").await;
    assert_eq!((status, body), (500, fault("Server", "tieout cannot look up who calls: its log says more")));
    rig.script(|s| {
        s.lookup_fails = false;
        s.admissions = [Err(crate::engine::EngineError::Refused("/var/x".into()))].into();
    });
    let inside =
        format!("<strUserName>tieout-northwind</strUserName><strPassword>{}</strPassword>", rig.password);
    let (status, body) = rig.call("authenticate", &inside).await;
    let text = "tieout cannot find out whether there is work: its log says more";
    assert_eq!((status, body), (500, fault("Server", text)));
}

#[tokio::test]
async fn the_header_may_name_the_call_and_may_not_name_another() {
    let rig = Rig::new().await;
    let body = envelope("serverVersion", "");
    for (action, want) in [
        ("\"http://developer.intuit.com/serverVersion\"", 200),
        ("http://developer.intuit.com/serverVersion", 200),
        ("\"\"", 200),
        ("", 200),
        ("\"http://developer.intuit.com/authenticate\"", 500),
        ("nonsense", 500),
    ] {
        let length = body.len();
        let request = format!(
            "POST /qbwc HTTP/1.1\r\nHost: x\r\nSOAPAction: {action}\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        let (status, said) = rig.send(request.as_bytes()).await;
        assert_eq!(status, want, "{action}: {said}");
    }
    let without = format!("POST /qbwc HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    assert_eq!(rig.send(without.as_bytes()).await.0, 200);
}
