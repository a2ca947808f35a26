//! Other ways to say the same, and an ordinary SOAP client.

use std::process::Command;

use super::kit::{Rig, USER, post};
use crate::engine::visit::Step;

#[tokio::test]
async fn calls_are_read_by_their_local_names() {
    let rig = Rig::new().await;
    rig.script(|s| s.steps = [Step::Ask("one".into())].into());
    let password = rig.password.clone();
    // as the style RPC writes it: prefixes, parameters in no namespace, types at the elements; a header; CDATA
    let body = format!(
        "\u{feff}<SOAP-ENV:Envelope xmlns:SOAP-ENV=\"http://schemas.xmlsoap.org/soap/envelope/\" \
         xmlns:q1=\"http://developer.intuit.com/\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\n  \
         <!-- by hand --><SOAP-ENV:Header><x:Trace xmlns:x=\"urn:x\"><x:a>text</x:a></x:Trace></SOAP-ENV:Header>\n  \
         <SOAP-ENV:Body SOAP-ENV:encodingStyle=\"http://schemas.xmlsoap.org/soap/encoding/\">\r\n<q1:authenticate>\
         <strUserName xsi:type=\"xsd:string\">tie&#x6F;ut-<![CDATA[north]]>wind</strUserName>\
         <strPassword>{password}</strPassword></q1:authenticate></SOAP-ENV:Body></SOAP-ENV:Envelope>\n"
    );
    let (status, said) = rig.send(&post("authenticate", &body)).await;
    assert_eq!(status, 200, "{said}");
    let ticket = said[said.find("<string>").unwrap() + 8..said.find("</string>").unwrap()].to_string();
    assert_eq!(ticket.len(), 71, "{said}");
    rig.send_request(&ticket).await;
    let body = format!(
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><m:receiveResponseXML \
         xmlns:m=\"http://developer.intuit.com/\"><m:message/><m:response><![CDATA[<QBXML>A &amp; B</QBXML>]]>\
         </m:response><m:ticket> {ticket}\n</m:ticket></m:receiveResponseXML></s:Body></s:Envelope>"
    );
    let (status, said) = rig.send(&post("receiveResponseXML", &body)).await;
    assert!(status == 200 && said.contains(">100<"), "{said}");
    rig.script(|s| {
        assert_eq!(s.brought[0].answer, b"<QBXML>A &amp; B</QBXML>");
        assert!(s.brought[0].hresult.is_empty());
    });
}

#[tokio::test]
async fn text_around_entities_is_joined() {
    let rig = Rig::new().await;
    rig.script(|s| s.steps = [Step::Ask("one".into())].into());
    let ticket = rig.ticket().await;
    rig.send_request(&ticket).await;
    rig.receive(&ticket, "&lt;Name&gt;A &amp;amp; B &#8364;&#x1F4B6; \u{e9}&lt;/Name&gt;").await;
    rig.script(|s| assert_eq!(s.brought[0].answer, "<Name>A &amp; B €💶 é</Name>".as_bytes()));
}

const CLIENT: &str = r#"
import sys, zeep
from zeep.transports import Transport
address, user, password = sys.argv[1], sys.argv[2], sys.stdin.read()
client = zeep.Client(address + "?wsdl", transport=Transport(timeout=60))
s = client.service
assert sorted(client.wsdl.services["QBWebConnectorSvc"].ports["QBWebConnectorSvcSoap"].binding._operations) == sorted(
    ["serverVersion", "clientVersion", "authenticate", "sendRequestXML", "receiveResponseXML", "connectionError",
     "getLastError", "closeConnection"])
assert s.serverVersion().startswith("tieout "), s.serverVersion()
assert s.clientVersion("2.3.0.207") in ("", None)
assert s.authenticate(user, "wrong")[1] == "nvu"
ticket, word = s.authenticate(user, password)
assert len(ticket) == 71 and word in ("", None), (ticket, word)
asked = s.sendRequestXML(ticket, "<QBXML/>", "C:\\QB\\x.qbw", "US", 16, 0)
assert asked == '<?xml version="1.0"?><QBXML a="&amp;"/>', asked
percent = s.receiveResponseXML(ticket, "<QBXML>&amp;</QBXML>", "", "")
assert percent == 55, percent
assert s.sendRequestXML(ticket, "", "", "US", 16, 0) in ("", None)
assert s.getLastError(ticket) == "tieout: everything is done"
assert s.connectionError(ticket, "0x80040414", "x") == "done"
assert s.closeConnection(ticket) == "tieout: the update has ended"
print("ok")
"#;

#[tokio::test(flavor = "multi_thread")]
async fn an_ordinary_soap_client_reads_the_description_and_calls_everything() {
    let has = Command::new("python3").args(["-c", "import zeep"]).output();
    if !has.is_ok_and(|o| o.status.success()) {
        eprintln!("skipped: python3 with zeep is not installed");
        return;
    }
    let rig = Rig::new().await;
    rig.script(|s| {
        s.steps = [Step::Ask(b"<?xml version=\"1.0\"?><QBXML a=\"&amp;\"/>".to_vec())].into();
        s.percents = [Ok(55)].into();
    });
    let (address, password) = (format!("http://localhost:{}/qbwc", rig.at.port()), rig.password.clone());
    let out = tokio::task::spawn_blocking(move || {
        use std::io::Write as _;
        let mut child = Command::new("python3")
            .args(["-c", CLIENT, &address, USER])
            .env("NO_PROXY", "localhost,127.0.0.1")
            .env("no_proxy", "localhost,127.0.0.1")
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(password.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    })
    .await
    .unwrap();
    let (said, wrong) = (String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    assert!(out.status.success() && said.trim() == "ok", "{said}{wrong}");
    rig.script(|s| assert_eq!(s.brought[0].answer, b"<QBXML>&amp;</QBXML>"));
}
