//! Digests, payment requests and payments of invoices.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::*;

const DIGESTS: &str = "/api/v3.0/invoice/paymentrequestdigests";
const REQUEST: &str = "/api/v3.0/invoice/paymentrequest";
const BULK: &str = "/invoice/payment-confirmation/v4/payments/bulkUpdate";

async fn digests(bench: &Bench, filter: &str) -> Vec<Value> {
    let (mut found, mut offset) = (Vec::new(), String::new());
    loop {
        let (status, answer) = bench.get(&format!("{DIGESTS}?limit=5{filter}{offset}")).await;
        assert_eq!(status, 200, "{answer}");
        found.extend(answer["PaymentRequestDigest"].as_array().unwrap().iter().cloned());
        match answer["NextPage"].as_str() {
            Some(next) => offset = format!("&offset={}", next.rsplit_once("offset=").unwrap().1),
            None => return found,
        }
    }
}

fn total(found: &[Value], currency: &str) -> (usize, Decimal) {
    let amounts: Vec<Decimal> = found
        .iter()
        .filter(|one| one["CurrencyCode"] == currency)
        .map(|one| one["Total"].to_string().parse().unwrap())
        .collect();
    (amounts.len(), amounts.iter().sum())
}

#[tokio::test]
async fn the_digests_have_the_completeness_figures_of_october() {
    let bench = Bench::new(FIRST_LOOK).await;
    let october = "&userDefinedDateAfter=2026-09-30&userDefinedDateBefore=2026-11-01";
    let found = digests(&bench, october).await;
    assert_eq!(total(&found, "USD"), (14, "77952.05".parse().unwrap()));
    assert_eq!(total(&found, "EUR"), (2, "5350.00".parse().unwrap()));
    assert!(found.iter().all(|one| one["ApprovalStatusCode"] == "A_APPR"));
    let everything = digests(&bench, "").await;
    assert_eq!(everything.len(), 17);
    let ids: BTreeSet<&str> = everything.iter().map(|one| one["ID"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 17);
    let september = digests(&bench, "&vendorInvoiceNumber=fp-3390").await;
    assert_eq!(september[0]["UserDefinedDate"], "2026-09-30 00:00:00.0");
    assert_eq!(september[0]["Total"].to_string(), "1086.00");
    assert_eq!(september[0]["VendorName"], "Foxglove Print Co.");
    assert_eq!(bench.get(&format!("{DIGESTS}?createDateAfter=10/01/2026")).await.0, 400);
    assert_eq!(digests(&bench, "&payMethodType=ACH").await.len(), 1);
    // each digest is a financial document of the same amount
    for one in &everything {
        let documents = EXPENSES.replace("expense", "invoice");
        let id = one["ID"].as_str().unwrap();
        let (_, page) = bench.get(&format!("{documents}?docId={id}&ignoreDocumentStatus=yes")).await;
        let header = &page["content"][0]["document"]["requestHeader"];
        let amount = |value: &Value| {
            let text = value.to_string();
            text.parse::<Decimal>().unwrap()
        };
        assert_eq!(amount(&header["requestTotal"]), amount(&one["Total"]), "{id}");
    }
    bench.set("digest_collection", json!("Items"));
    let (_, answer) = bench.get(DIGESTS).await;
    assert!(answer["Items"][0]["PaymentRequestId"].is_string() && answer["Items"][0]["URI"].is_string());
    assert!(answer.get("PaymentRequestDigest").is_none() && answer["Items"][0].get("ID").is_none());
}

fn bill() -> Value {
    json!({
        "Name": "Broadband", "InvoiceNumber": "ILL-77", "InvoiceDate": "2026-10-26", "PaymentDueDate": "2026-11-25",
        "CountryCode": "US", "InvoiceAmount": "1150.00", "LedgerCode": "FQSTU",
        "VendorRemitToIdentifier": {"VendorCode": "V4002", "AddressCode": "V4002-1"},
        "Custom01": "CC600", "Description": "Illustrations ref-1",
        "LineItems": [{"Description": "Illustrations", "ExpenseTypeCode": "SUBCO", "Quantity": "1",
            "UnitPrice": "1150.00", "TotalPrice": "1150.00",
            "Allocations": [{"Percentage": "33.33", "Custom1": "CC600"}, {"Percentage": "66.67", "Custom1": "CC100"}]}],
    })
}

#[tokio::test]
async fn a_bill_becomes_an_unassigned_payment_request() {
    let bench = Bench::new(FIRST_LOOK).await;
    bench.set("digest_lag_seconds", json!(60));
    let (status, made) = bench.post(REQUEST, &bill()).await;
    assert_eq!(status, 200, "{made}");
    let id = made["ID"].as_str().unwrap();
    assert_eq!(id.len(), 20);
    assert_eq!(digests(&bench, "&vendorInvoiceNumber=ILL-77").await.len(), 0);
    bench.concur.set_clock(at("2026-11-04T14:32:00Z"));
    let found = digests(&bench, "&vendorInvoiceNumber=ILL-77").await;
    assert_eq!((found.len(), &found[0]["ID"]), (1, &json!(id)));
    assert_eq!(found[0]["ApprovalStatusCode"], "A_NOTF");
    let (_, read) = bench.get(&format!("{REQUEST}/{id}")).await;
    assert_eq!(read["Description"], "Illustrations ref-1");
    assert_eq!((&read["InvoiceAmount"], &read["Custom1"]), (&json!("1150.00"), &json!("CC600")));
    assert_eq!((&read["ApprovalStatus"], &read["CurrencyCode"]), (&json!("Unassigned"), &json!("USD")));
    assert_eq!(read["VendorRemitAddress"]["VendorCode"], "V4002");
    assert_eq!(read["IsPaymentRequestDuplicate"], "false");
    // nothing keeps the second one away
    let (_, again) = bench.post(REQUEST, &bill()).await;
    let second = again["ID"].as_str().unwrap();
    assert_ne!(second, id);
    assert_eq!(bench.get(&format!("{REQUEST}/{second}")).await.1["IsPaymentRequestDuplicate"], "true");
    let line = read["LineItems"][0]["LineItemID"].as_str().unwrap();
    let change = json!({"RequestID": id, "Name": "Broadband, October",
        "LineItems": [{"Action": "UPDATE", "LineItemID": line, "Description": "Pictures"},
            {"Action": "INSERT", "Description": "Rounding", "TotalPrice": "0.00"}]});
    assert_eq!(bench.call("PUT", REQUEST, &change).await.0, 200);
    let (_, changed) = bench.get(&format!("{REQUEST}/{id}")).await;
    assert_eq!(
        (&changed["Name"], changed["LineItems"].as_array().unwrap().len()),
        (&json!("Broadband, October"), 2)
    );
    assert_eq!(changed["LineItems"][0]["Description"], "Pictures");
    let approved = json!({"RequestID": bench.business("CL-2188"), "Name": "x"});
    assert_eq!(bench.call("PUT", REQUEST, &approved).await.0, 400);
    assert_eq!(bench.call("PUT", REQUEST, &json!({"RequestID": "0"})).await.0, 404);
    assert_eq!(bench.get(&format!("{REQUEST}/0")).await.0, 404);
    // it is no financial document
    assert_eq!(bench.concur.more_records()["paymentRequests"].as_array().unwrap().len(), 2);
    let documents = EXPENSES.replace("expense", "invoice");
    let (_, page) = bench.get(&format!("{documents}?docId={id}&ignoreDocumentStatus=yes")).await;
    assert_eq!(page["page"]["totalElements"], 0);
}

#[tokio::test]
async fn what_a_payment_request_lacks_is_refused() {
    let bench = Bench::new(FIRST_LOOK).await;
    let twin = json!({"Vendor": [{"VendorCode": "V4002", "AddressCode": "V4002-2", "CountryCode": "US",
        "CurrencyCode": "USD", "VendorName": "Ada Quill Illustration"}]});
    let (_, made) = bench.post("/api/v3.1/invoice/vendors", &twin).await;
    assert_eq!(made["Vendor"][0]["StatusList"], json!([]));
    for (name, value) in [
        ("Name", Value::Null),
        ("InvoiceAmount", "".into()),
        ("InvoiceAmount", json!(1150.0)),
        ("InvoiceAmount", "1.150,00".into()),
        ("CountryCode", Value::Null),
        ("LedgerCode", Value::Null),
        ("LedgerCode", "NONE".into()),
        ("InvoiceDate", "10/26/2026".into()),
        ("VendorRemitToIdentifier", Value::Null),
        ("VendorRemitToIdentifier", json!({"VendorCode": "V9999", "AddressCode": "V9999-1"})),
        // two addresses match
        ("VendorRemitToIdentifier", json!({"VendorCode": "V4002"})),
        ("EmployeeLoginId", "nobody@fernhillquay.example".into()),
        ("Custom01", "600 Studio".into()),
    ] {
        let mut body = bill();
        body[name] = value.clone();
        assert_eq!(bench.post(REQUEST, &body).await.0, 400, "{name} {value}");
    }
    let mut uneven = bill();
    uneven["LineItems"][0]["Allocations"][0]["Percentage"] = "33.32".into();
    assert_eq!(bench.post(REQUEST, &uneven).await.0, 400);
    assert_eq!(bench.concur.more_records()["paymentRequests"], json!([]));
    let mut named = bill();
    named["VendorRemitToIdentifier"] =
        json!({"Name": "Larch Telecom Inc.", "Address1": "1 Harbour Road", "PostalCode": "02110"});
    named["EmployeeId"] = "E1009".into();
    let (status, made) = bench.post(REQUEST, &named).await;
    assert_eq!(status, 200, "{made}");
    let (_, read) = bench.get(&format!("{REQUEST}/{}", made["ID"].as_str().unwrap())).await;
    assert_eq!(read["OwnerLoginID"], "theo.okonkwo@fernhillquay.example");
}

fn paid(id: &str) -> Value {
    json!({"requestId": id, "paymentStatus": "PAID", "paymentStatusDate": "2026-11-04",
        "paymentMethodType": "CHECK", "checkNumbers": ["5519"]})
}

#[tokio::test]
async fn payments_of_invoices_answer_200_207_and_400() {
    let bench = Bench::new(FIRST_LOOK).await;
    let id = bench.business("CL-2188");
    let documents = EXPENSES.replace("expense", "invoice");
    let (status, answer) = bench.post(BULK, &json!([paid(&id)])).await;
    assert_eq!((status, &answer["failureCount"]), (400, &json!(1)));
    let why = answer["failedPayments"][0]["errorMessage"].as_str().unwrap();
    assert!(why.contains("Extracted"), "{why}");
    for number in ["CL-2188", "BW-88213"] {
        let fis = bench.id(number);
        let body = json!({"ids": [fis], "systemId": "TIEOUT"});
        bench.post(&format!("{documents}/acknowledgements"), &body).await;
        let body = json!({"systemId": "TIEOUT", "postingConfirmations": [success(&fis)]});
        let (_, told) = bench.post(&format!("{documents}/postingconfirmations"), &body).await;
        assert_eq!(told[0]["code"], 0);
    }
    let extracted = digests(&bench, "&paymentStatus=P_EXTR&extractedDateAfter=2026-11-03").await;
    assert_eq!(extracted.len(), 2);
    let mut wrong = paid(&id);
    wrong["invoiceAmount"] = json!(4750.01);
    assert_eq!(bench.post(BULK, &json!([wrong])).await.0, 400);
    let (status, answer) = bench.post(BULK, &json!([paid(&id), paid("none")])).await;
    assert_eq!(
        (status, answer["successCount"].as_u64(), answer["failureCount"].as_u64()),
        (207, Some(1), Some(1))
    );
    assert_eq!(answer["successfulPayments"][0]["requestId"], id.as_str());
    let by_number = json!([{"vendorCode": "V2002", "invoiceNumber": "BW-88213", "paymentStatusDate": "2026-11-04",
        "paymentAmount": 2340.00}]);
    assert_eq!(bench.post(BULK, &by_number).await.0, 200);
    let (_, read) = bench.get(&format!("{REQUEST}/{id}")).await;
    assert_eq!((&read["PaymentStatus"], &read["CheckNumber"]), (&json!("Paid"), &json!("5519")));
    assert_eq!(digests(&bench, "&paidDateAfter=2026-11-03").await.len(), 2);
    let mut void = paid(&id);
    void["paymentStatus"] = "VOID".into();
    assert_eq!(bench.post(BULK, &json!([void])).await.0, 200);
    assert_eq!(bench.get(&format!("{REQUEST}/{id}")).await.1["PaymentStatus"], "Voided");
    assert_eq!(bench.post(BULK, &json!({})).await.0, 400);
}
