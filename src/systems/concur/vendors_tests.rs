use serde_json::{Value, json};

use super::super::testing::{client, ok, says};
use super::*;
use crate::model::money::Currency;
use crate::systems::Lists as _;
use crate::transport::{Heard, NetError};

fn vendor(code: &str, address: &str) -> Value {
    json!({ "VendorCode": code, "AddressCode": address, "VendorName": "Candor Legal LLP", "CurrencyCode": "USD",
            "CountryCode": "US", "Country": "United States", "Approved": "Y", "ContactEmail": "ap@candor.example",
            "Address1": "1 Main St", "Address2": null, "Address3": "", "City": "Boston", "State": "MA",
            "PostalCode": "02110", "PaymentTerms": 30, "StatusList": [] })
}

fn record_of(code: &str) -> VendorRecord {
    VendorRecord {
        id: format!("{code}|A1"),
        code: code.into(),
        address_code: "A1".into(),
        name: "Candor Legal LLP".into(),
        email: Some("ap@candor.example".into()),
        currency: Some(Currency::USD),
        country: "US".into(),
        lines: vec!["1 Main St".into()],
        terms_days: Some(30),
        active: true,
        ..VendorRecord::default()
    }
}

async fn put(answer: Value) -> Put {
    let (concur, _) = client(vec![ok(&answer)]);
    concur.put_vendor(Change::Create(record_of("V1")), "k".into()).await.unwrap()
}

#[tokio::test]
async fn all_vendors_of_repeating_pages_once() {
    let mut unapproved = vendor("V2", "A");
    unapproved["Approved"] = json!("N");
    let (concur, fake) = client(vec![
        ok(&json!({ "Vendor": [vendor("V1", "A"), vendor("V1", "B")], "TotalCount": 3, "NextPage": "1000" })),
        ok(
            &json!({ "Items": [vendor("V1", "A"), unapproved], "NextPage": "https://x/y?limit=1&offset=1000" }),
        ),
    ]);
    let all = concur.vendors().await.unwrap();
    let ids: Vec<_> = all.iter().map(|v| (v.id.as_str(), v.active)).collect();
    assert_eq!(ids, [("V1|A", true), ("V1|B", true), ("V2|A", false)]);
    let v = &all[0];
    assert_eq!((v.code.as_str(), v.address_code.as_str(), v.name.as_str()), ("V1", "A", "Candor Legal LLP"));
    assert_eq!(
        (v.email.as_deref(), v.currency, v.terms_days),
        (Some("ap@candor.example"), Some(Currency::USD), Some(30))
    );
    assert_eq!(
        (v.lines.as_slice(), v.city.as_str(), v.region.as_str()),
        (&["1 Main St".to_owned()][..], "Boston", "MA")
    );
    assert_eq!((v.country.as_str(), v.postal_code.as_str()), ("US", "02110"));
    assert_eq!(
        fake.paths(),
        ["/api/v3.1/invoice/vendors?limit=1000", "/api/v3.1/invoice/vendors?limit=1000&offset=1000"]
    );
}

#[tokio::test]
async fn bank_and_tax_leave_no_trace() {
    let mut secret = vendor("V1", "A");
    let fields = [
        "TaxID",
        "ProvincialTaxID",
        "TaxType",
        "AccountNumber",
        "PaymentMethodType",
        "VoucherNotes",
        "DiscountPercentage",
    ];
    for name in fields {
        secret[name] = json!("TRACE-1");
    }
    secret["VendorBankList"] =
        json!([{ "AccountNumber": "TRACE-1", "RoutingNumber": "TRACE-1", "BankName": "TRACE-1" }]);
    let (concur, _) = client(vec![ok(&json!({ "Vendor": [secret.clone()] }))]);
    let all = concur.vendors().await.unwrap();
    assert_eq!(all.len(), 1);
    assert!(!format!("{all:?}").contains("TRACE"));
    // the wire type itself holds nothing of it
    let wire: Wire = serde_json::from_value(secret.clone()).unwrap();
    assert!(!format!("{wire:?}").contains("TRACE"));
    // an answer to a write neither
    assert!(!format!("{:?}", put(json!({ "Vendor": [secret] })).await).contains("TRACE"));
    // and nothing of the kind is ever sent
    let sent = body(&record_of("V1")).unwrap().to_string().to_ascii_lowercase();
    for word in ["tax", "bank", "account", "paymentmethod", "routing", "approved"] {
        assert!(!sent.contains(word), "{word}: {sent}");
    }
}

#[tokio::test]
async fn a_new_vendor_and_a_changed_one() {
    let (concur, fake) = client(vec![
        ok(&json!({ "Vendor": [vendor("V1", "A1")] })),
        ok(&json!({ "Vendor": [vendor("v1", "a1")] })),
    ]);
    let done = concur
        .put_vendor(Change::Create(VendorRecord { id: String::new(), ..record_of("V1") }), "k".into())
        .await;
    assert_eq!(done.unwrap(), Put::Done { id: "V1|A1".into() });
    let done = concur.put_vendor(Change::Update(record_of("V1")), "k".into()).await.unwrap();
    assert_eq!(done, Put::Done { id: "v1|a1".into() }, "whatever its letters");
    let asked = fake.asked();
    assert_eq!((asked[0].method, asked[1].method), (Method::Post, Method::Put));
    assert_eq!(
        asked[0].json(),
        json!({ "Vendor": [{ "VendorCode": "V1", "AddressCode": "A1", "VendorName": "Candor Legal LLP",
                             "CountryCode": "US", "CurrencyCode": "USD", "Address1": "1 Main St",
                             "ContactEmail": "ap@candor.example", "PaymentTerms": "30" }] })
    );
    assert_eq!(fake.kinds(), ["vendors_write"; 2]);
}

#[tokio::test]
async fn a_200_is_read_row_by_row() {
    let with = |status: Value| {
        let mut v = vendor("V1", "A1");
        v["StatusList"] = status;
        json!({ "Vendor": [v] })
    };
    let warned = with(json!([{ "Code": 12, "Message": "name was cut", "Type": "WARNING" }]));
    assert_eq!(put(warned).await, Put::Done { id: "V1|A1".into() });
    let failed = with(json!([{ "Code": 12, "Message": "name was cut", "Type": "warning" },
                             { "Code": 901, "Message": "State is required", "RecordNumber": 1, "Type": "Error" }]));
    assert_eq!(put(failed).await, Put::Refused { code: "901".into(), message: "State is required".into() });
    let odd = with(json!([{ "Code": 1, "Message": "?", "Type": "" }]));
    assert!(matches!(put(odd).await, Put::Unknown(_)));
    assert!(
        matches!(put(json!({ "Vendor": [vendor("V9", "A1")] })).await, Put::Unknown(_)),
        "another vendor's row"
    );
    assert!(matches!(put(json!({ "Vendor": [] })).await, Put::Unknown(_)));
}

#[tokio::test]
async fn what_became_of_a_write_that_failed() {
    let lost = NetError::MaybeSent { reason: "reset".into(), timed_out: true };
    for (answer, unknown) in [
        (Err(lost), true),
        (says(500, "x"), true),
        (says(503, "x"), true),
        (says(302, ""), true),
        (says(200, "<html/>"), true),
        (Err(NetError::NotSent("dns".into())), false),
        (says(400, r#"{"Error":{"Message":"Bad country"}}"#), false),
    ] {
        let (concur, fake) = client(vec![answer]);
        let got = concur.put_vendor(Change::Create(record_of("V1")), "k".into()).await.unwrap();
        assert_eq!(matches!(got, Put::Unknown(_)), unknown, "{got:?}");
        assert!(unknown || matches!(got, Put::NotSent(_) | Put::Refused { .. }), "{got:?}");
        assert_eq!(fake.asked().len(), 1, "a write is never repeated here");
    }
    let (concur, fake) = client(vec![says(429, "")]);
    assert_eq!(
        concur.put_vendor(Change::Create(record_of("V1")), "k".into()).await,
        Err(CallError::Throttled(None))
    );
    assert_eq!(fake.reported(), [Heard::Throttled(None)]);
    let (concur, fake) = client(vec![says(401, ""), ok(&json!({ "Vendor": [vendor("V1", "A1")] }))]);
    assert!(matches!(
        concur.put_vendor(Change::Create(record_of("V1")), "k".into()).await,
        Ok(Put::Done { .. })
    ));
    assert_eq!(fake.refreshed(), 1, "a refused token means that nothing was done");
}

#[tokio::test]
async fn what_is_never_sent() {
    let without = |change: fn(&mut VendorRecord)| {
        let mut v = record_of("V1");
        change(&mut v);
        Change::Create(v)
    };
    let moved = VendorRecord { code: "V2".into(), ..record_of("V1") };
    let (concur, fake) = client(vec![]);
    for change in [
        Change::SetActive(record_of("V1"), false),
        Change::SetActive(record_of("V1"), true),
        Change::Update(moved),
        without(|v| v.code.clear()),
        without(|v| v.address_code.clear()),
        without(|v| v.country.clear()),
        without(|v| v.currency = None),
        without(|v| v.lines = vec!["x".into(); 4]),
    ] {
        let put = concur.put_vendor(change, "k".into()).await.unwrap();
        assert!(matches!(&put, Put::Refused { message, .. } if message.len() > 20), "{put:?}");
    }
    assert!(fake.asked().is_empty());
}
