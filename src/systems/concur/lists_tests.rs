use serde_json::{Value, json};

use super::super::testing::{client, ok, says};
use super::*;
use crate::systems::Lists as _;
use crate::transport::{Heard, NetError, Reply};

fn item(id: &str, short: &str, parent: Value, below: bool) -> Value {
    json!({ "id": id, "code": format!("US-{short}"), "shortCode": short, "value": "Sales\u{2010}East", "parentId": parent,
            "level": 1, "isDeleted": false, "lists": [{ "id": "L/1", "hasChildren": below }, { "id": "L2", "hasChildren": true }] })
}

fn page(items: &[Value], number: u32, pages: u32) -> Result<Reply, NetError> {
    ok(
        &json!({ "content": items, "page": { "number": number, "totalPages": pages, "size": 100 }, "links": [] }),
    )
}

fn record_of(id: &str) -> ItemRecord {
    ItemRecord {
        id: id.into(),
        list: "L/1".into(),
        code: "US-100".into(),
        name: "Sales-East".into(),
        parent: None,
        active: true,
        version: String::new(),
    }
}

#[tokio::test]
async fn lists_by_page() {
    let list = |id: &str, removed: bool| {
        json!({ "id": id, "value": "Cost centre", "levelCount": 2, "isReadOnly": id == "L2", "isDeleted": removed,
                "category": { "id": "c", "type": "x" } })
    };
    let (concur, fake) = client(vec![
        page(&[list("L1", false), list("L2", false)], 1, 2),
        page(&[list("L2", false), list("L3", true)], 2, 2),
    ]);
    let all = concur.lists().await.unwrap();
    let found: Vec<_> = all.iter().map(|l| (l.id.as_str(), l.read_only)).collect();
    assert_eq!(found, [("L1", false), ("L2", true)]);
    assert_eq!(fake.paths(), ["/list/v4/lists?page=1", "/list/v4/lists?page=2"]);
}

#[tokio::test]
async fn items_level_by_level_removed_ones_too() {
    let mut removed = item("gone", "OLD", Value::Null, true);
    removed["isDeleted"] = json!(true);
    let (concur, fake) = client(vec![
        page(&[item("i1", "US~1100", Value::Null, true)], 1, 2),
        page(&[item("i2", "CC2", Value::Null, false)], 2, 2),
        page(&[removed, item("i1", "US~1100", Value::Null, true)], 1, 1),
        page(&[item("i3", "CC3", json!("i1"), false)], 1, 1),
        page(&[], 1, 0),
    ]);
    let all = concur.items("L/1".into()).await.unwrap();
    let found: Vec<_> = all.iter().map(|i| (i.id.as_str(), i.code.as_str(), i.active)).collect();
    assert_eq!(
        found,
        [("i1", "US-100", true), ("i2", "CC2", true), ("gone", "OLD", false), ("i3", "CC3", true)]
    );
    assert_eq!(
        (all[3].parent.as_deref(), all[3].list.as_str(), all[3].name.as_str()),
        (Some("i1"), "L/1", "Sales-East")
    );
    assert_eq!(
        fake.paths(),
        [
            "/list/v4/lists/L%2F1/children?page=1",
            "/list/v4/lists/L%2F1/children?page=2",
            "/list/v4/lists/L%2F1/children?isDeleted=true&page=1",
            "/list/v4/lists/L%2F1/items/i1/children?page=1",
            "/list/v4/lists/L%2F1/items/i1/children?isDeleted=true&page=1",
        ]
    );
}

#[tokio::test]
async fn without_totals_a_full_page_has_a_next_one() {
    let full: Vec<Value> = (0..ROWS).map(|n| item(&format!("i{n}"), "C", Value::Null, false)).collect();
    let (concur, fake) = client(vec![
        ok(&json!({ "content": full })),
        ok(&json!({ "content": [] })),
        ok(&json!({ "content": null, "page": { "totalPages": 0 } })),
    ]);
    assert_eq!(concur.items("L/1".into()).await.unwrap().len(), ROWS);
    assert_eq!(fake.asked().len(), 3);
    for other in [json!([]), json!({}), json!({ "message": "?" })] {
        let (concur, _) = client(vec![ok(&other)]);
        assert!(matches!(concur.items("L".into()).await, Err(CallError::Shape(_))), "no empty list: {other}");
    }
}

#[tokio::test]
async fn a_new_item_has_no_hyphen() {
    let (concur, fake) = client(vec![says(201, &item("new", "US~1100", json!("p"), false).to_string())]);
    let new = ItemRecord { id: String::new(), parent: Some("p".into()), ..record_of("") };
    assert_eq!(
        concur.put_item(Change::Create(new), "k".into()).await.unwrap(),
        Put::Done { id: "new".into() }
    );
    let asked = &fake.asked()[0];
    assert_eq!((asked.method, asked.path.as_str()), (Method::Post, "/list/v4/items"));
    assert_eq!(
        asked.json(),
        json!({ "listId": "L/1", "parentId": "p", "shortCode": "US~1100", "value": "Sales\u{2010}East" })
    );
    assert_eq!(fake.kinds(), ["lists_write"]);
}

#[tokio::test]
async fn a_changed_item_keeps_its_code() {
    let (concur, fake) = client(vec![ok(&item("i/1", "US~1100", Value::Null, false))]);
    assert_eq!(
        concur.put_item(Change::Update(record_of("i/1")), "k".into()).await.unwrap(),
        Put::Done { id: "i/1".into() }
    );
    let asked = &fake.asked()[0];
    assert_eq!((asked.method, asked.path.as_str()), (Method::Put, "/list/v4/items/i%2F1"));
    assert_eq!(asked.json(), json!({ "shortCode": "US~1100", "value": "Sales\u{2010}East" }));
}

#[tokio::test]
async fn a_code_that_is_taken_may_be_ours() {
    let taken =
        || says(400, r#"{"httpStatus":"400","error":{"id":"item.duplicate.code","message":"taken"}}"#);
    let new = || Change::Create(ItemRecord { id: String::new(), ..record_of("") });
    let refused = Put::Refused { code: "item.duplicate.code".into(), message: "taken".into() };
    let (concur, fake) = client(vec![taken(), page(&[item("i1", "US~1100", Value::Null, false)], 1, 1)]);
    assert_eq!(concur.put_item(new(), "k".into()).await.unwrap(), Put::Done { id: "i1".into() });
    assert_eq!(fake.paths()[1], "/list/v4/lists/L%2F1/children?shortCode=eq%3AUS~1100&page=1");
    let mut other = item("i1", "US~1100", Value::Null, false);
    other["value"] = json!("Marketing");
    for found in [vec![other], vec![item("i1", "US~1100", json!("p"), false)], vec![]] {
        let (concur, _) = client(vec![taken(), page(&found, 1, 1)]);
        assert_eq!(concur.put_item(new(), "k".into()).await.unwrap(), refused, "another item has the code");
    }
    let (concur, fake) = client(vec![taken()]);
    assert_eq!(concur.put_item(Change::Update(record_of("i1")), "k".into()).await.unwrap(), refused);
    assert_eq!(fake.asked().len(), 1);
}

#[tokio::test]
async fn a_throttle_that_names_zero_seconds_is_our_own_wait() {
    let throttled = says(429, r#"{"error":{"id":"security.rate.limit.reached","message":"slow down"}}"#)
        .map(|r| Reply { headers: vec![("retry-after".into(), "0".into())], ..r });
    let (concur, fake) = client(vec![throttled]);
    let got = concur.put_item(Change::Update(record_of("i1")), "k".into()).await;
    assert_eq!(got.unwrap_err(), CallError::Throttled(None), "not zero seconds");
    assert_eq!(fake.reported(), [Heard::Throttled(None)]);
}

#[tokio::test]
async fn what_became_of_a_write_that_failed() {
    let lost = NetError::MaybeSent { reason: "reset".into(), timed_out: false };
    let new = || Change::Create(ItemRecord { id: String::new(), ..record_of("") });
    for answer in [Err(lost), says(500, "x"), says(201, "{}"), says(201, "<html/>")] {
        let (concur, fake) = client(vec![answer]);
        assert!(matches!(concur.put_item(new(), "k".into()).await, Ok(Put::Unknown(_))));
        assert_eq!(fake.asked().len(), 1);
    }
    let (concur, _) = client(vec![says(404, r#"{"error":{"id":"list.not.found","message":"no list"}}"#)]);
    let got = concur.put_item(new(), "k".into()).await.unwrap();
    assert_eq!(got, Put::Refused { code: "list.not.found".into(), message: "no list".into() });
    let (concur, _) = client(vec![Err(NetError::NotSent("dns".into()))]);
    assert!(matches!(concur.put_item(new(), "k".into()).await, Ok(Put::NotSent(_))));
}

#[tokio::test]
async fn nothing_is_deleted_and_nothing_half_is_sent() {
    let (concur, fake) = client(vec![]);
    let with = |change: fn(&mut ItemRecord)| {
        let mut i = record_of("i1");
        change(&mut i);
        i
    };
    for change in [
        Change::SetActive(record_of("i1"), false),
        Change::SetActive(record_of("i1"), true),
        Change::Update(with(|i| i.id.clear())),
        Change::Update(with(|i| i.code = "a~b".into())),
        Change::Create(with(|i| i.list.clear())),
        Change::Create(with(|i| i.code.clear())),
        Change::Create(with(|i| i.name = " ".into())),
    ] {
        assert!(matches!(concur.put_item(change, "k".into()).await, Ok(Put::Refused { .. })));
    }
    assert!(fake.asked().is_empty());
}

#[tokio::test]
async fn a_code_that_was_made_here_comes_back_in_documents_as_the_ledger_has_it() {
    use crate::systems::concur::tests_read::{expense, with};
    let (concur, fake) = client(vec![ok(&json!({ "id": "i9" }))]);
    let put = concur.put_item(Change::Create(record_of("")), "key".into()).await.unwrap();
    assert!(matches!(put, Put::Done { .. }), "{put:?}");
    let made = fake.asked()[0].json();
    assert_eq!(made["shortCode"], "US~1100");
    // the allocation of a report names the item by the code that Concur has
    let at = "/expenseEntry/0/allocation/0/allocationCustom7Code";
    let doc = expense(&with(at, made["shortCode"].clone())).unwrap();
    assert_eq!(doc.expenses[0].allocations[0].fields["custom7"].code, record_of("").code);
    // and what people typed there stays as it is
    for theirs in ["US-100", "10~20"] {
        let doc = expense(&with(at, json!(theirs))).unwrap();
        assert_eq!(doc.expenses[0].allocations[0].fields["custom7"].code, theirs);
    }
}
