use serde_json::json;

use super::super::testing::{client, ok};

#[tokio::test]
async fn vendors_of_repeating_pages_are_kept_once_and_without_their_bank() {
    let vendor = |code: &str, address: &str| {
        json!({ "VendorCode": code, "AddressCode": address, "VendorName": "Candor Legal LLP", "CurrencyCode": "USD",
                "CountryCode": "US", "Approved": "Y", "TaxID": "12-345", "AccountNumber": "999",
                "VendorBankList": [{ "BankAccountNumber": "1" }], "StatusList": [] })
    };
    let (concur, fake) = client(vec![
        ok(&json!({ "Vendor": [vendor("V1", "A"), vendor("V1", "B")], "TotalCount": 3, "NextPage": "1000" })),
        ok(
            &json!({ "Vendor": [vendor("V1", "A"), vendor("V2", "A")], "NextPage": "https://x/y?limit=1&offset=1000" }),
        ),
    ]);
    let vendors = concur.vendors().await.unwrap();
    let keys: Vec<_> = vendors.iter().map(|v| (v.code.as_str(), v.address.as_str())).collect();
    assert_eq!(keys, [("V1", "A"), ("V1", "B"), ("V2", "A")]);
    assert!(vendors[0].approved);
    assert!(!format!("{vendors:?}").contains("345") && !format!("{vendors:?}").contains("999"));
    assert_eq!(fake.paths()[1], "/api/v3.1/invoice/vendors?limit=1000&offset=1000");
}

#[tokio::test]
async fn items_of_a_list_by_page() {
    let item = |id: &str| {
        json!({ "id": id, "code": "US-CC100", "shortCode": "CC100", "value": "Sales", "parentId": "p", "level": 2,
                "isDeleted": false, "lists": [{ "id": "L/1", "hasChildren": true }, { "id": "L2" }] })
    };
    let page = |id: &str| {
        ok(&json!({ "content": [item(id)], "page": { "number": 1, "totalPages": 2 }, "links": [] }))
    };
    let (concur, fake) = client(vec![page("i1"), page("i2"), ok(&json!({ "content": [] }))]);
    let items = concur.list_items("L/1", None).await.unwrap();
    assert_eq!(items.iter().map(|i| i.id.as_str()).collect::<Vec<_>>(), ["i1", "i2"]);
    assert_eq!((items[0].short_code.as_str(), items[0].value.as_str()), ("CC100", "Sales"));
    assert!(items[0].has_children && !items[0].deleted);
    assert_eq!(items[0].parent.as_deref(), Some("p"));
    assert!(concur.list_items("L/1", Some("i1")).await.unwrap().is_empty());
    assert_eq!(
        fake.paths(),
        [
            "/list/v4/lists/L%2F1/children?page=1",
            "/list/v4/lists/L%2F1/children?page=2",
            "/list/v4/lists/L%2F1/items/i1/children?page=1"
        ]
    );
}
