//! Attachments (contract section 7.11).

use super::*;

const PDF: &[u8] = b"%PDF-1.4\r\n--B\x00\xff tail";

/// Name, file name, content type, further header lines, content.
type Piece<'a> = (&'a str, &'a str, &'a str, &'a str, &'a [u8]);

fn body(pieces: &[Piece<'_>]) -> Vec<u8> {
    let mut all = Vec::new();
    for (name, file, kind, more, content) in pieces {
        let head = format!(
            "--frontier\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\nContent-Type: {kind}\r\n{more}\r\n"
        );
        all.extend_from_slice(head.as_bytes());
        all.extend_from_slice(content);
        all.extend_from_slice(b"\r\n");
    }
    all.extend_from_slice(b"--frontier--\r\n");
    all
}

impl Desk {
    async fn upload(&self, pieces: &[Piece<'_>]) -> Got {
        let mut request = self.request("POST", "upload?minorversion=75", Body::from(body(pieces)));
        let kind = "multipart/form-data; boundary=frontier".parse().unwrap();
        request.headers_mut().insert("content-type", kind);
        self.send(request).await.unwrap()
    }

    async fn some_bill(&self, number: &str) -> String {
        self.post("bill", self.bill(number)).await.json()["Bill"]["Id"].as_str().unwrap().to_owned()
    }
}

fn metadata(bill: &str) -> String {
    json!({"AttachableRef": [{"EntityRef": {"type": "Bill", "value": bill}, "IncludeOnSend": false}],
           "FileName": "hotel.pdf", "ContentType": "application/pdf"})
    .to_string()
}

#[tokio::test]
async fn files_come_raw_or_in_base64_numbered_from_0_or_01() {
    let desk = Desk::new().await;
    let bill = desk.some_bill("A").await;
    let meta = metadata(&bill);
    let coded = STANDARD.encode(PDF);
    let got = desk
        .upload(&[
            ("file_metadata_01", "metadata.json", "application/json; charset=UTF-8", "", meta.as_bytes()),
            ("file_content_01", "hotel.pdf", "application/pdf", "", PDF),
            ("file_content_02", "unlinked.png", "image/png", "", b"\x89PNG"),
        ])
        .await;
    assert_eq!(got.status, 200, "{:?}", got.body);
    let answer = got.json();
    assert!(answer["time"].is_string());
    let one = &answer["AttachableResponse"][0]["Attachable"];
    assert_eq!((&one["FileName"], &one["ContentType"]), (&json!("hotel.pdf"), &json!("application/pdf")));
    assert_eq!((one["Size"].as_u64(), &one["SyncToken"]), (Some(PDF.len() as u64), &json!("0")));
    assert_eq!(one["AttachableRef"][0]["EntityRef"], json!({"type": "Bill", "value": bill}));
    let id = one["Id"].as_str().unwrap();
    assert_eq!(id.len(), 19, "ids of attachments have 19 digits");
    assert_eq!(one["FileAccessUri"], format!("/v3/company/{REALM}/download/{id}"));
    let unlinked = &answer["AttachableResponse"][1]["Attachable"];
    assert!(unlinked.get("AttachableRef").is_none() && unlinked["FileName"] == "unlinked.png");
    let got = desk
        .upload(&[
            ("file_metadata_0", "m", "application/json", "", meta.as_bytes()),
            (
                "file_content_0",
                "hotel.pdf",
                "application/pdf",
                "Content-Transfer-Encoding: base64\r\n",
                coded.as_bytes(),
            ),
        ])
        .await;
    assert_eq!(got.json()["AttachableResponse"][0]["Attachable"]["Size"], PDF.len());
    let statement = format!(
        "select * from Attachable where AttachableRef.EntityRef.Type='Bill' and AttachableRef.EntityRef.value='{bill}'"
    );
    let found = desk.rows(&statement, "Attachable").await;
    assert_eq!((found.len(), &found[0]["Id"], &found[0]["Size"]), (2, &one["Id"], &one["Size"]));
    assert_eq!(desk.count("Attachable"), 3, "ground truth has each of them");
    assert_eq!(desk.calls("upload"), 2);
}

#[tokio::test]
async fn each_file_fails_for_itself_in_a_200() {
    let desk = Desk::new().await;
    let bill = desk.some_bill("A").await;
    let meta = metadata(&bill);
    let unknown = metadata("99999");
    let cases: [(&str, Vec<Piece<'_>>, &str); 7] = [
        ("web page", vec![("file_content_1", "a.html", "text/html", "", b"<p>")], "6041"),
        ("photo", vec![("file_content_1", "a.heic", "image/heic", "", b"x")], "6041"),
        ("name and type differ", vec![("file_content_1", "a.pdf", "image/png", "", b"x")], "6041"),
        ("empty", vec![("file_content_1", "a.pdf", "application/pdf", "", b"")], "6041"),
        ("no content", vec![("file_metadata_1", "m", "application/json", "", meta.as_bytes())], "2020"),
        (
            "no such bill",
            vec![
                ("file_metadata_1", "m", "application/json", "", unknown.as_bytes()),
                ("file_content_1", "a.pdf", "application/pdf", "", b"x"),
            ],
            "2500",
        ),
        (
            "broken base64",
            vec![(
                "file_content_1",
                "a.pdf",
                "application/pdf",
                "Content-Transfer-Encoding: base64\r\n",
                b"!",
            )],
            "6041",
        ),
    ];
    for (what, pieces, wanted) in cases {
        let mut pieces = pieces;
        pieces.push(("file_content_7", "good.txt", "text/plain", "", b"good"));
        let got = desk.upload(&pieces).await;
        let answer = got.json();
        assert_eq!((got.status, code(&answer["AttachableResponse"][0])), (200, wanted), "{what}");
        assert_eq!(answer["AttachableResponse"][1]["Attachable"]["FileName"], "good.txt", "{what}");
    }
    assert_eq!(desk.upload(&[("picture", "a.pdf", "application/pdf", "", b"x")]).await.fault().1, "2010");
    let plain = desk.request("POST", "upload", Body::from("{}"));
    assert_eq!(desk.send(plain).await.unwrap().fault().1, "6041");
}

#[tokio::test]
async fn a_file_can_be_linked_in_a_second_step_and_fetched() {
    let desk = Desk::new().await;
    let bill = desk.some_bill("A").await;
    let got = desk.upload(&[("file_content_01", "hotel.pdf", "application/pdf", "", PDF)]).await;
    let made = got.json()["AttachableResponse"][0]["Attachable"].clone();
    let link = json!({"Id": made["Id"], "SyncToken": "0",
                      "AttachableRef": [{"EntityRef": {"type": "bill", "value": bill}}]});
    let linked = desk.post("attachable", link.clone()).await.json()["Attachable"].clone();
    assert_eq!((&linked["SyncToken"], &linked["FileName"]), (&json!("1"), &json!("hotel.pdf")));
    assert_eq!(linked["AttachableRef"][0]["EntityRef"]["type"], "Bill");
    assert_eq!(desk.post("attachable", link).await.fault().1, "5010");
    let id = made["Id"].as_str().unwrap();
    let address = desk.get(&format!("download/{id}")).await;
    assert_eq!(address.status, 200);
    let address = String::from_utf8(address.body.to_vec()).unwrap();
    let path = address.strip_prefix("http://qbo.test").unwrap().to_owned();
    let fetch = async |path: &str| desk.send(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(fetch(&path).await.body, PDF);
    assert_eq!(fetch(&path.replace("signature=", "signature=0")).await.status, 403);
    desk.company.set_clock("2026-11-04T14:45:00Z".parse().unwrap());
    assert_eq!(fetch(&path).await.status, 403, "the address is good for 15 minutes");
    assert_eq!(desk.get("download/1").await.fault().1, "610");
    for (body, code) in [
        (json!({"AttachableRef": []}), "2020"),
        (json!({"Note": "n", "AttachableRef": [{"EntityRef": {"type": "Account", "value": "1"}}]}), "6050"),
        (json!({"Note": "n".repeat(2001)}), "2050"),
        (json!({"Note": "n", "Colour": "blue"}), "2010"),
    ] {
        assert_eq!(desk.post("attachable", body.clone()).await.fault().1, code, "{body}");
    }
    assert_eq!(desk.post("attachable", json!({"Note": "n"})).await.status, 200);
    let gone = desk.post("attachable?operation=delete", json!({"Id": id, "SyncToken": "1"})).await;
    assert_eq!(gone.json()["Attachable"]["status"], "Deleted");
    assert_eq!(desk.get(&format!("download/{id}")).await.fault().1, "610");
}
