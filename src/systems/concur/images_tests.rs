use serde_json::json;

use super::super::testing::{BASE, bytes, client, client_with, ok, says};
use super::*;
use crate::systems::Source as _;
use crate::transport::NetError;

const PDF: &[u8] = b"%PDF-1.7 made up";

fn xml_with(link: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="utf-8"?><Image xmlns="http://www.concursolutions.com/api/image/2011/02"><Id>RC-1</Id><Url>{}</Url></Image>"#,
        link.replace('&', "&amp;")
    )
}

fn receipt() -> ReceiptHandle {
    ReceiptHandle::Receipt("gWr$a/b".into())
}

#[tokio::test]
async fn a_link_is_followed_at_once_unescaped_and_without_the_token() {
    let link = "https://eu2.api.concursolutions.com/getImage?cid=a&val=F9B&x=1";
    let (concur, fake) = client(vec![says(200, &xml_with(link)), bytes(PDF)]);
    let paper = concur.receipt(receipt()).await.unwrap().unwrap();
    assert_eq!((paper.content_type.as_str(), paper.bytes.as_slice()), ("application/pdf", PDF));
    assert_eq!(paper.name, "receipt-gWr_a_b.pdf");
    let asked = fake.asked();
    assert_eq!(asked[0].path, "/api/image/v1.0/receipt/gWr%24a%2Fb");
    assert_eq!(asked[0].header("Accept"), Some("application/xml"));
    assert!(asked[0].header("Authorization").is_some());
    assert_eq!(asked[1].path, link, "another data centre, the & is one sign");
    assert_eq!(asked[1].header("Authorization"), None, "the token stays with the connection's own calls");
    assert_eq!(fake.kinds(), ["images", "images"]);
    assert_eq!(fake.reported().len(), 2);
}

#[tokio::test]
async fn reports_and_invoices_by_their_business_id() {
    for (handle, path, name) in [
        (ReceiptHandle::Report("A1".into()), "/api/image/v1.0/report/A1", "report-A1.png"),
        (ReceiptHandle::Invoice("9B".into()), "/api/image/v1.0/invoice/9B", "invoice-9B.png"),
    ] {
        let link = format!("{BASE}/img");
        let (concur, fake) = client(vec![says(200, &xml_with(&link)), bytes(b"\x89PNG\r\n\x1a\nxx")]);
        let paper = concur.receipt(handle).await.unwrap().unwrap();
        assert_eq!((paper.name.as_str(), paper.content_type.as_str()), (name, "image/png"));
        assert_eq!(fake.paths()[0], path);
    }
}

#[tokio::test]
async fn no_image_is_none() {
    for answer in [says(404, ""), says(200, "<Image><Id>1</Id><Url/></Image>")] {
        let (concur, _) = client(vec![answer]);
        assert_eq!(concur.receipt(receipt()).await.unwrap(), None);
    }
    let (concur, fake) = client(vec![]);
    assert_eq!(concur.receipt(ReceiptHandle::Receipt(" ".into())).await.unwrap(), None);
    assert!(fake.asked().is_empty());
}

#[tokio::test]
async fn a_link_that_leads_elsewhere_is_not_followed() {
    for link in [
        "https://images.example.test/x?token=secret",
        "http://us2.api.concursolutions.com/x",
        "https://us2.api.concursolutions.com:8443/x",
        "https://us2.api.concursolutions.com.evil.test/x",
        "https://169.254.169.254/latest/meta-data",
        "https://127.0.0.1/x",
        "https://user:pw@us2.api.concursolutions.com/x",
        "file:///etc/passwd",
        "/x",
    ] {
        let (concur, fake) = client(vec![says(200, &xml_with(link))]);
        let CallError::Refused(why) = concur.receipt(receipt()).await.unwrap_err() else { panic!("{link}") };
        assert!(why.contains("not followed"), "{why}");
        assert!(!why.contains("secret"), "{why}");
        assert_eq!(fake.asked().len(), 1, "{link}");
    }
}

#[tokio::test]
async fn redirects_and_links_that_ended_are_told() {
    let link = format!("{BASE}/img");
    for (status, text) in
        [(302, "redirect"), (403, "fifteen minutes"), (404, "fifteen minutes"), (410, "fifteen minutes")]
    {
        let (concur, fake) = client(vec![says(200, &xml_with(&link)), says(status, "")]);
        let why = concur.receipt(receipt()).await.unwrap_err().to_string();
        assert!(why.contains(text), "{status}: {why}");
        assert_eq!(fake.refreshed(), 0, "a link's refusal says nothing about the token");
    }
    let (concur, fake) = client(vec![says(200, &xml_with(&link)), says(429, "")]);
    assert_eq!(concur.receipt(receipt()).await.unwrap_err(), CallError::Throttled(None));
    assert_eq!(fake.reported(), [Heard::Fine, Heard::Throttled(None)]);
    let (concur, fake) = client(vec![says(200, &xml_with(&link)), says(503, "")]);
    assert!(matches!(concur.receipt(receipt()).await, Err(CallError::Offline { .. })));
    assert_eq!(fake.reported(), [Heard::Fine, Heard::Failed]);
}

#[tokio::test]
async fn the_first_bytes_say_what_it_is() {
    assert_eq!(kind_of(b"\xff\xd8\xff\xe0JFIF"), Some(("image/jpeg", "jpg")));
    for other in [&b""[..], b"GIF89a", b"<html>", b"\x89PNG", b" %PDF-", b"MZ", b"\xff\xd8"] {
        assert_eq!(kind_of(other), None, "{other:?}");
    }
    let link = format!("{BASE}/img");
    let (concur, _) = client(vec![says(200, &xml_with(&link)), bytes(b"<html>sign in</html>")]);
    let why = concur.receipt(receipt()).await.unwrap_err().to_string();
    assert!(why.contains("neither PDF"), "{why}");
}

#[tokio::test]
async fn what_is_too_large_is_refused_and_is_no_trouble_of_the_connection() {
    let link = format!("{BASE}/img");
    let mut large = PDF.to_vec();
    large.resize(MAX_BODY, b' ');
    let (concur, _) = client(vec![says(200, &xml_with(&link)), bytes(&large)]);
    assert!(concur.receipt(receipt()).await.unwrap().is_some(), "the cap itself fits");
    large.push(b' ');
    let cut =
        crate::transport::receive::Collecting::announced(Some(MAX_BODY as u64 + 1)).map(drop).unwrap_err();
    for answer in [bytes(&large), Err(cut)] {
        let (concur, fake) = client(vec![says(200, &xml_with(&link)), answer]);
        let why = concur.receipt(receipt()).await.unwrap_err().to_string();
        assert!(why.contains("16 MiB"), "{why}");
        assert_eq!(fake.reported(), [Heard::Fine, Heard::Fine]);
    }
    let lost = Err(NetError::MaybeSent { reason: "reset".into(), timed_out: true });
    let (concur, _) = client(vec![says(200, &xml_with(&link)), lost]);
    assert!(matches!(concur.receipt(receipt()).await, Err(CallError::Offline { timed_out: true, .. })));
}

#[tokio::test]
async fn hostile_or_other_answers_have_no_link() {
    for body in [
        "<!DOCTYPE x><Image><Url>https://x</Url></Image>",
        "<Image><Url>cut",
        "<Image><Url>&x;</Url></Image>",
    ] {
        let (concur, fake) = client(vec![says(200, body)]);
        assert!(matches!(concur.receipt(receipt()).await, Err(CallError::Shape(_))), "{body}");
        assert_eq!(fake.asked().len(), 1);
    }
    let (concur, _) = client(vec![says(500, "x")]);
    assert!(matches!(concur.receipt(receipt()).await, Err(CallError::Offline { .. })));
    let (concur, fake) = client(vec![says(400, ""), ok(&json!({}))]);
    assert_eq!(
        concur.receipt(receipt()).await.unwrap(),
        None,
        "a 400 is asked once more; no XML has no link"
    );
    assert_eq!(fake.asked().len(), 2);
}

#[tokio::test]
async fn beside_a_stand_in_its_other_data_centers_are_allowed() {
    let settings = json!({ "data_centers": ["https://twin.example.test"] });
    let (concur, _) =
        client_with(vec![says(200, &xml_with("https://twin.example.test/img")), bytes(PDF)], settings);
    assert!(concur.receipt(receipt()).await.unwrap().is_some());
}
