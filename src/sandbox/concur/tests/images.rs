//! Receipts, and quick expenses with their limit.

use std::collections::BTreeSet;

use super::*;

/// The path and query of the address in an image's XML.
async fn address(bench: &Bench, path: &str) -> (u16, String) {
    let (status, text) =
        bench.text(0, bench.request(&format!("/api/image/v1.0/{path}")).body(Body::empty()).unwrap()).await;
    let url = text.split("<Url>").nth(1).and_then(|rest| rest.split("</Url>").next()).unwrap_or_default();
    assert!(!url.contains('&') || url.contains("&amp;"));
    (status, url.replace("&amp;", "&").trim_start_matches("http://127.0.0.1:1").to_owned())
}

async fn download(bench: &Bench, path: &str) -> (u16, String, Vec<u8>) {
    let router = bench.concur.routers().remove(0).1;
    let response = router.oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
    let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
    let status = response.status().as_u16();
    (status, kind, axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec())
}

fn entries(bench: &Bench, number: &str) -> Vec<Value> {
    bench.truth(&bench.id(number))["document"]["expenseEntry"].as_array().unwrap().clone()
}

#[tokio::test]
async fn every_receipt_of_the_sample_is_there_and_the_dinner_has_none() {
    let bench = Bench::new(FIRST_LOOK).await;
    let (mut pictures, mut kinds) = (BTreeSet::new(), BTreeSet::new());
    for entry in entries(&bench, "B4Q7TN") {
        let id = entry["entryReceiptId"].as_str().unwrap();
        let (status, url) = address(&bench, &format!("receipt/{id}")).await;
        assert_eq!(status, 200);
        let (status, kind, bytes) = download(&bench, &url).await;
        assert_eq!(status, 200);
        let magic: &[u8] = if kind == "image/png" { b"\x89PNG\r\n\x1a\n" } else { b"%PDF-1.4" };
        assert!(bytes.starts_with(magic));
        assert_eq!(download(&bench, &url).await.2, bytes, "the same each time");
        pictures.insert(bytes);
        let (status, _) =
            address(&bench, &format!("expenseentry/{}", entry["entryId"].as_str().unwrap())).await;
        assert_eq!(status, 200);
    }
    assert_eq!(pictures.len(), 4);
    for record in bench.concur.records() {
        for entry in record["document"]["expenseEntry"].as_array().into_iter().flatten() {
            let Some(id) = entry["entryReceiptId"].as_str() else { continue };
            let (status, url) = address(&bench, &format!("receipt/{id}")).await;
            assert_eq!(status, 200);
            kinds.insert(download(&bench, &url).await.1);
        }
    }
    assert_eq!(kinds.len(), 2, "PDF and PNG both occur");
    let dinner = &entries(&bench, "F4LV8Y")[0];
    assert!(dinner["entryReceiptId"].is_null());
    assert_eq!(
        address(&bench, &format!("expenseentry/{}", dinner["entryId"].as_str().unwrap())).await.0,
        404
    );
    for path in ["receipt/none", "report/none", "invoice/none", "postcard/1"] {
        assert_eq!(address(&bench, path).await.0, 404, "{path}");
    }
    for path in
        [format!("report/{}", bench.business("B4Q7TN")), format!("invoice/{}", bench.business("CL-2188"))]
    {
        let (status, url) = address(&bench, &path).await;
        assert_eq!((status, download(&bench, &url).await.1.as_str()), (200, "application/pdf"));
    }
}

#[tokio::test]
async fn an_address_lives_for_a_quarter_of_an_hour_and_cannot_be_forged() {
    let bench = Bench::new(FIRST_LOOK).await;
    let id = entries(&bench, "B4Q7TN")[0]["entryReceiptId"].as_str().unwrap().to_owned();
    let (_, url) = address(&bench, &format!("receipt/{id}")).await;
    assert_eq!(download(&bench, &url.replace("expires=1", "expires=2")).await.0, 403);
    assert_eq!(download(&bench, &format!("/image-store/receipt/{id}")).await.0, 403);
    bench.concur.set_clock(at("2026-11-04T14:44:59Z"));
    assert_eq!(download(&bench, &url).await.0, 200);
    bench.concur.set_clock(at("2026-11-04T14:45:00Z"));
    assert_eq!(download(&bench, &url).await.0, 403);
}

#[tokio::test]
async fn images_are_uploaded_once() {
    let bench = Bench::new(FIRST_LOOK).await;
    let upload = async |path: &str, bytes: &[u8]| {
        let request = bench.request(&format!("/api/image/v1.0/{path}")).method("POST");
        bench.text(0, request.body(Body::from(bytes.to_vec())).unwrap()).await
    };
    let dinner = entries(&bench, "F4LV8Y")[0]["entryId"].as_str().unwrap().to_owned();
    let path = format!("expenseentry/{dinner}");
    assert_eq!(upload(&path, b"GIF89a").await.0, 400);
    assert_eq!(upload(&path, b"%PDF-1.7 napkin").await.0, 201);
    let (_, url) = address(&bench, &path).await;
    assert_eq!(download(&bench, &url).await.2, b"%PDF-1.7 napkin");
    assert_eq!(upload(&path, b"%PDF-1.7 other").await.0, 400);
    assert_eq!(upload("expenseentry/none", b"%PDF-1.7").await.0, 404);
    let (status, text) = upload("receipt", b"\xff\xd8\xff photo").await;
    assert_eq!(status, 201);
    let id = text.split("<Id>").nth(1).unwrap().split('<').next().unwrap();
    assert_eq!(address(&bench, &format!("receipt/{id}")).await.0, 200);
}

#[tokio::test]
async fn quick_expenses_land_available_and_are_limited() {
    let bench = Bench::new(FIRST_LOOK).await;
    let uuid = |id: &str| bench.concur.shared.state().ids.uuid("employee", id);
    let path = |id: &str| format!("/quickexpense/v4/users/{}/context/TRAVELER/quickexpenses", uuid(id));
    let body = json!({"expenseTypeId": "PRINT", "transactionAmount": {"value": 64.20, "currencyCode": "USD"},
        "transactionDate": "2026-10-27", "paymentTypeId": "CASHX", "comment": "Print samples ref-9"});
    let (status, made) = bench.post(&path("E4001"), &body).await;
    assert_eq!(status, 201);
    let uri = made["quickExpenseIdUri"].as_str().unwrap();
    assert!(uri.contains("internal.example"));
    let kept = bench.concur.more_records()["quickExpenses"][0].clone();
    assert_eq!(kept["id"], uri.rsplit('/').next().unwrap());
    assert_eq!((&kept["employeeId"], &kept["status"]), (&json!("E4001"), &json!("AVAILABLE")));
    assert_eq!(kept["expense"]["comment"], "Print samples ref-9");
    for (name, value) in [
        ("expenseTypeId", Value::Null),
        ("transactionDate", "27.10.2026".into()),
        ("transactionAmount", json!({"value": "64.20", "currencyCode": "USD"})),
        ("transactionAmount", json!({"value": 64.20})),
        ("paymentTypeId", "GOLD".into()),
    ] {
        let mut wrong = body.clone();
        wrong[name] = value;
        let (status, answer) = bench.post(&path("E1001"), &wrong).await;
        assert_eq!(status, 400, "{name}");
        assert!(answer["errorMessage"].is_string());
    }
    let picture = "--b\r\nContent-Disposition: form-data; name=\"quickExpenseRequest\"\r\n\r\n";
    let form = format!(
        "{picture}{body}\r\n--b\r\nContent-Disposition: form-data; name=\"fileContent\"; filename=\"r.pdf\"\r\n\
         Content-Type: application/pdf\r\n\r\n%PDF-1.4 x\r\n--b--\r\n"
    );
    let request = bench
        .request(&format!("{}/image", path("E4001")))
        .method("POST")
        .header("content-type", "multipart/form-data; boundary=b")
        .body(Body::from(form))
        .unwrap();
    assert_eq!(bench.send(0, request).await.0, 201);
    assert_eq!(bench.concur.more_records()["quickExpenses"][1]["image"]["media"], "application/pdf");
    for _ in 2..120 {
        assert_eq!(bench.post(&path("E4001"), &body).await.0, 201);
    }
    assert_eq!(bench.post(&path("E4001"), &body).await.0, 429);
    assert_eq!(bench.post(&path("E4001").replace("TRAVELER", "MANAGER"), &body).await.0, 403);
    assert_eq!(bench.post(&path("E1002"), &body).await.0, 201, "the limit is for each user");
    bench.concur.set_clock(at("2026-11-04T14:35:01Z"));
    assert_eq!(bench.post(&path("E4001"), &body).await.0, 201);
    assert_eq!(bench.post(&path("E4001").replace(&uuid("E4001"), "nobody"), &body).await.0, 404);
}
