//! Message sets and queries.

use super::*;
use crate::systems::quickbooks_desktop::assemble::{clear_set, is_id, posting, reads, write_set};
use crate::systems::quickbooks_desktop::encode::encode;
use crate::systems::quickbooks_desktop::queries::{
    self as q, Active, Depth, List, Narrow, Summaries, Walk, Which,
};
use crate::systems::quickbooks_desktop::vendors::{VendorChange, vendor_add, vendor_mod};
use crate::systems::{Prepared, VendorRecord};

const OPEN: &str =
    r#"<?xml version="1.0" encoding="utf-8"?><?qbxml version="13.0"?><QBXML><QBXMLMsgsRq onError="#;

fn prepared() -> Prepared {
    encode(&bill(), &key(), &facts()).unwrap()
}

fn set(request_key: Option<&str>, recorded: Option<&str>) -> (String, String) {
    let call = posting(&[prepared()], &[key()], request_key, recorded);
    (call.request_key, String::from_utf8(call.bytes).unwrap())
}

#[test]
fn one_posting_is_a_set_under_reference_and_generation() {
    let bill = String::from_utf8(prepared().bytes).unwrap();
    let (id, text) = set(None, None);
    assert_eq!(id, "TO7F3A91C2K001");
    assert_eq!(
        text,
        format!(r#"{OPEN}"stopOnError" newMessageSetID="TO7F3A91C2K001">{bill}</QBXMLMsgsRq></QBXML>"#)
    );
    // what is recorded may be forgotten
    let (id, text) = set(None, Some("TO000000001002"));
    assert_eq!(id, "TO7F3A91C2K001");
    let ids = r#"newMessageSetID="TO7F3A91C2K001" oldMessageSetID="TO000000001002">"#;
    assert!(text.starts_with(&format!(r#"{OPEN}"stopOnError" {ids}"#)), "{text}");
    // never its own evidence, and nothing that is no id
    assert!(!set(None, Some("TO7F3A91C2K001")).1.contains("old"));
    assert!(!set(None, Some(r#"x" onError="continueOnError"#)).1.contains("continue"));
    // the same key again
    assert_eq!(set(Some("TO7F3A91C2K001"), None), set(None, None));
    assert_eq!(
        parsed(set(None, None).1.as_bytes()).at("QBXMLMsgsRq/BillAddRq/BillAdd").unwrap().names().len(),
        7
    );
}

#[test]
fn an_old_key_never_carries_another_content() {
    // QuickBooks refuses it as a whole: it holds no request
    let nothing = r#"<?xml version="1.0" encoding="utf-8"?><?qbxml version="13.0"?><QBXML></QBXML>"#;
    assert_eq!(set(Some("TO7F3A91C2K002"), None), ("TO7F3A91C2K002".into(), nothing.into()));
    let two = posting(&[prepared(), prepared()], &[key(), key()], None, None);
    assert_eq!(two.bytes, nothing.as_bytes());
    assert_eq!(posting(&[], &[], None, None).bytes, nothing.as_bytes());
    let third = ItemKey { generation: 3, ..key() };
    let item = encode(&bill(), &third, &facts()).unwrap();
    assert_eq!(item.item_key, "TO7F3A91C2K003");
    assert_eq!(posting(&[item], &[third], None, None).request_key, "TO7F3A91C2K003");
}

#[test]
fn ids_are_twenty_plain_characters() {
    assert!(is_id("TO7F3A91C2K001") && is_id("A-1") && is_id(&"A".repeat(20)));
    for bad in ["", "a", "A B", "É", "A_B", &"A".repeat(21)] {
        assert!(!is_id(bad), "{bad:?}");
    }
}

#[test]
fn clearing_names_the_old_set_alone_and_asks_nothing() {
    assert_eq!(
        clear_set("TO7F3A91C2K001").unwrap(),
        format!(r#"{OPEN}"stopOnError" oldMessageSetID="TO7F3A91C2K001"></QBXMLMsgsRq></QBXML>"#)
    );
    assert!(clear_set("").is_err() && clear_set("ClearAllMessageSets").is_err());
}

#[test]
fn reads_have_no_ids_and_go_on() {
    let requests = [q::host("0", false).unwrap(), q::preferences("1").unwrap()];
    assert_eq!(
        String::from_utf8(reads(&requests)).unwrap(),
        format!(
            r#"{OPEN}"continueOnError"><HostQueryRq requestID="0"></HostQueryRq><PreferencesQueryRq requestID="1"></PreferencesQueryRq></QBXMLMsgsRq></QBXML>"#
        )
    );
    let change = String::from_utf8(write_set(None, None, "<x/>").unwrap()).unwrap();
    assert_eq!(change, format!(r#"{OPEN}"stopOnError"><x/></QBXMLMsgsRq></QBXML>"#));
    let keyed = String::from_utf8(write_set(Some("V-1"), Some("V-0"), "<x/>").unwrap()).unwrap();
    assert!(keyed.contains(r#"newMessageSetID="V-1" oldMessageSetID="V-0">"#));
    assert!(write_set(Some("v 1"), None, "<x/>").is_err());
}

#[test]
fn a_list_is_read_in_pages_where_it_has_them() {
    let all = q::list(List::Account, "a", &Narrow::default(), Walk::Whole).unwrap();
    assert_eq!(all, r#"<AccountQueryRq requestID="a"><ActiveStatus>All</ActiveStatus></AccountQueryRq>"#);
    for list in [List::Account, List::Class, List::Employee, List::Currency] {
        let why = q::list(list, "a", &Narrow::default(), Walk::Start(100)).unwrap_err();
        assert!(why.contains("cannot be read in pages"), "{why}");
        assert!(q::list(list, "a", &Narrow::default(), Walk::Whole).is_ok());
    }
    let fields = ["ListID", "Name"];
    let narrow = Narrow {
        active: Active::Only,
        changed_since: Some("2026-07-01T09:30:00-05:00"),
        fields: &fields,
        ..Narrow::default()
    };
    let body = concat!(
        "<MaxReturned>500</MaxReturned><ActiveStatus>ActiveOnly</ActiveStatus>",
        "<FromModifiedDate>2026-07-01T09:30:00</FromModifiedDate><IncludeRetElement>ListID</IncludeRetElement>",
        "<IncludeRetElement>Name</IncludeRetElement></VendorQueryRq>",
    );
    let start = q::list(List::Vendor, "v", &narrow, Walk::Start(500)).unwrap();
    assert_eq!(start, format!(r#"<VendorQueryRq requestID="v" iterator="Start">{body}"#));
    // what narrows the first page narrows every page
    let id = "{10c05cdf-b25b-4a85-8aa0-8bce89e6e900}";
    let next = q::list(List::Vendor, "v", &narrow, Walk::Continue(500, id)).unwrap();
    assert_eq!(next, format!(r#"<VendorQueryRq requestID="v" iterator="Continue" iteratorID="{id}">{body}"#));
    assert!(q::list(List::Vendor, "v", &narrow, Walk::Continue(500, "x")).is_err());
    assert!(q::list(List::Vendor, "v", &narrow, Walk::Start(0)).is_err());
    let ids = [NORA.to_string()];
    let some = Narrow { ids: &ids, ..Narrow::default() };
    assert_eq!(
        q::list(List::Customer, "c", &some, Walk::Whole).unwrap(),
        format!(r#"<CustomerQueryRq requestID="c"><ListID>{NORA}</ListID></CustomerQueryRq>"#)
    );
    for list in [List::Entity, List::Vendor, List::Customer] {
        assert!(q::list(list, "a", &Narrow::default(), Walk::Start(1)).is_ok());
    }
}

#[test]
fn records_are_found_by_number_id_and_date() {
    let read = |kind, which, depth, walk| q::records(kind, "r", which, depth, walk);
    let whole = Depth { lines: true, linked: true };
    let numbers = ["TO7F3K2Q9D4".to_string()];
    // the look-up of the contract, 6.3
    assert_eq!(
        read(EntryKind::Bill, Which::Numbers(&numbers), Depth { lines: true, linked: false }, Walk::Whole)
            .unwrap(),
        r#"<BillQueryRq requestID="r"><RefNumber>TO7F3K2Q9D4</RefNumber><IncludeLineItems>true</IncludeLineItems></BillQueryRq>"#
    );
    for kind in EntryKind::ALL {
        let by_number = read(kind, Which::Numbers(&numbers), whole, Walk::Whole).unwrap();
        let linked = matches!(kind, EntryKind::Bill | EntryKind::VendorCredit);
        assert_eq!(by_number.contains("IncludeLinkedTxns"), linked, "{by_number}");
        let dated = Which::Dated(day("2026-10-01"), day("2026-10-31"));
        let page =
            read(kind, dated, whole, Walk::Continue(100, "{10c05cdf-b25b-4a85-8aa0-8bce89e6e900}")).unwrap();
        assert!(
            page.contains(concat!(
                "><MaxReturned>100</MaxReturned><TxnDateRangeFilter><FromTxnDate>2026-10-01</FromTxnDate>",
                "<ToTxnDate>2026-10-31</ToTxnDate></TxnDateRangeFilter><IncludeLineItems>true</IncludeLineItems>",
            )),
            "{page}"
        );
        let changed = Which::ChangedSince("2026-07-01T09:30:00-05:00");
        assert!(
            read(kind, changed, whole, Walk::Start(100))
                .unwrap()
                .contains("<FromModifiedDate>2026-07-01T09:30:00<")
        );
    }
    let hundred: Vec<String> = (0..100).map(|n| format!("TO{n:09}")).collect();
    assert!(read(EntryKind::Bill, Which::Numbers(&hundred), whole, Walk::Whole).is_ok());
    assert!(read(EntryKind::Bill, Which::Ids(&hundred), whole, Walk::Whole).is_ok());
    let more: Vec<String> = (0..101).map(|n| format!("TO{n:09}")).collect();
    assert!(
        read(EntryKind::Bill, Which::Numbers(&more), whole, Walk::Whole).unwrap_err().contains("at most 100")
    );
    assert!(read(EntryKind::Bill, Which::Ids(&[]), whole, Walk::Whole).unwrap_err().contains("needs one"));
    let open = q::open_bills("o", day("2026-10-01"), day("2026-10-31"), Walk::Start(100)).unwrap();
    assert!(open.contains("<PaidStatus>NotPaidOnly</PaidStatus><IncludeLinkedTxns>true</IncludeLinkedTxns>"));
}

#[test]
fn the_other_queries_hold_to_their_tables() {
    let accounts = [account_id("2000")];
    let ask = Summaries {
        dated: Some((day("2026-10-01"), day("2026-10-31"))),
        accounts: &accounts,
        types: &["Bill", "JournalEntry"],
        each_line: true,
        ..Summaries::default()
    };
    assert_eq!(
        q::transactions("t", &ask, Walk::Start(200)).unwrap(),
        concat!(
            r#"<TransactionQueryRq requestID="t" iterator="Start"><MaxReturned>200</MaxReturned>"#,
            "<TransactionDateRangeFilter><FromTxnDate>2026-10-01</FromTxnDate><ToTxnDate>2026-10-31</ToTxnDate>",
            "</TransactionDateRangeFilter><TransactionAccountFilter><ListID>80002000-1600000001</ListID>",
            "</TransactionAccountFilter><TransactionTypeFilter><TxnTypeFilter>Bill</TxnTypeFilter>",
            "<TxnTypeFilter>JournalEntry</TxnTypeFilter></TransactionTypeFilter>",
            "<TransactionDetailLevelFilter>All</TransactionDetailLevelFilter></TransactionQueryRq>",
        )
    );
    let numbers = ["LX-5540".to_string()];
    let entities = [LEXHAM.to_string()];
    let since = Some("2026-07-01T09:30:00-05:00");
    let ask =
        Summaries { numbers: &numbers, entities: &entities, changed_since: since, ..Summaries::default() };
    assert!(q::transactions("t", &ask, Walk::Whole).unwrap().contains("SummaryOnly"));
    assert!(q::transactions("t", &Summaries { types: &["Lunch"], ..ask }, Walk::Whole).is_err());
    assert_eq!(
        q::deleted("d", &["Bill", "JournalEntry"], since).unwrap(),
        concat!(
            r#"<TxnDeletedQueryRq requestID="d"><TxnDelType>Bill</TxnDelType><TxnDelType>JournalEntry</TxnDelType>"#,
            "<DeletedDateRangeFilter><FromDeletedDate>2026-07-01T09:30:00</FromDeletedDate>",
            "</DeletedDateRangeFilter></TxnDeletedQueryRq>",
        )
    );
    assert!(q::deleted("d", &[], None).is_err());
    for kind in EntryKind::ALL {
        assert!(q::deleted("d", &[q::word_of(kind)], None).is_ok());
    }
    assert!(q::host("h", true).unwrap().contains("<IncludeMaxCapacity>true<"));
    let owner = crate::systems::quickbooks_desktop::OWNER_ID;
    assert!(q::company("c", Some(owner)).unwrap().contains(&format!("<OwnerID>{owner}</OwnerID>")));
    assert!(q::company("c", Some("me")).is_err() && q::company("c", None).is_ok());
    assert!(q::company_activity("c").is_ok());
    assert!(q::bills_to_pay("b", LEXHAM, Some(&account_id("2000"))).unwrap().contains("<APAccountRef>"));
}

#[test]
fn vendors_are_made_and_changed_without_identifiers() {
    let record = VendorRecord {
        code: "E3001".into(),
        name: "Feld, Nora".into(),
        email: Some("nora.feld@fernhillquay.example".into()),
        lines: vec!["12 Main St".into()],
        city: "Worcester".into(),
        region: "MA".into(),
        postal_code: "01608".into(),
        country: "US".into(),
        ..VendorRecord::default()
    };
    assert_eq!(
        vendor_add("v", &record, None).unwrap(),
        concat!(
            r#"<VendorAddRq requestID="v"><VendorAdd><Name>Feld, Nora</Name><IsActive>true</IsActive>"#,
            "<VendorAddress><Addr1>12 Main St</Addr1><City>Worcester</City><State>MA</State>",
            "<PostalCode>01608</PostalCode><Country>US</Country></VendorAddress>",
            "<Email>nora.feld@fernhillquay.example</Email><AccountNumber>E3001</AccountNumber></VendorAdd></VendorAddRq>",
        )
    );
    let named =
        |name: &str| vendor_add("v", &VendorRecord { name: name.into(), ..VendorRecord::default() }, None);
    assert!(named(&"x".repeat(41)).is_ok());
    assert!(named(&"x".repeat(42)).unwrap_err().contains("at most 41"));
    assert!(named("A:B").unwrap_err().contains("colon") && named("Łódź").is_err() && named(" ").is_err());
    assert!(vendor_add("v", &record, Some("80000002-1600000001")).unwrap().contains("<CurrencyRef><ListID>"));
    let change = VendorChange {
        list_id: NORA,
        edit_sequence: "1600000001",
        name: Some("Feld-Ramirez, Nora"),
        active: Some(false),
        email: Some(""),
        account_number: Some("E3001"),
    };
    assert_eq!(
        vendor_mod("m", &change).unwrap(),
        concat!(
            r#"<VendorModRq requestID="m"><VendorMod><ListID>80000012-1600000001</ListID>"#,
            "<EditSequence>1600000001</EditSequence><Name>Feld-Ramirez, Nora</Name><IsActive>false</IsActive>",
            "<Email></Email><AccountNumber>E3001</AccountNumber></VendorMod></VendorModRq>",
        )
    );
}
