use super::*;
use crate::systems::{CallError, Change, ItemRecord, Lists as _, Put, VendorRecord};

fn tan() -> VendorRecord {
    VendorRecord {
        code: "E1010".into(),
        name: "Iris Tan".into(),
        email: Some("iris.tan@example.test".into()),
        lines: vec!["1 Quay Street".into()],
        city: "Boston".into(),
        active: true,
        ..VendorRecord::default()
    }
}

fn vendor_ret(sequence: &str, name: &str, active: bool) -> String {
    format!(
        "<VendorRet><ListID>80000012-1</ListID><EditSequence>{sequence}</EditSequence><Name>{name}</Name><IsActive>{active}</IsActive><VendorAddress><Addr1>1 Quay Street</Addr1><City>Boston</City></VendorAddress><Email>iris.tan@example.test</Email><AccountNumber>E1010</AccountNumber></VendorRet>"
    )
}

fn id(asked: &str) -> String {
    asked
        .split("newMessageSetID=\"")
        .nth(1)
        .map(|r| r.split('"').next().unwrap().to_string())
        .unwrap_or_default()
}

fn name_in_use() -> (i32, &'static str, &'static str) {
    (3100, "Error", "The name \"Iris Tan\" of the list element is already in use.")
}

async fn put(
    change: Change<VendorRecord>,
    answers: impl Fn(usize, &str) -> Result<Reply, NetError> + Send + Sync + 'static,
) -> (Put, Vec<String>) {
    let (client, fake) = client(answers);
    let put = client.put_vendor(change, "proposal-17".into()).await.unwrap();
    (put, fake.asked())
}

#[tokio::test]
async fn a_vendor_is_made_once_however_often_it_is_tried() {
    let answer = |_, asked: &str| rs(&ok("VendorAddRs", &id(asked), &vendor_ret("1", "Iris Tan", true)));
    let (first, a) = put(Change::Create(tan()), answer).await;
    let (again, b) = put(Change::Create(tan()), answer).await;
    assert_eq!(first, Put::Done { id: "80000012-1".into() });
    assert_eq!(first, again);
    assert_eq!(a, b, "the same change is the same bytes");
    let key = id(&a[0]);
    assert!(
        key.len() <= 20 && key.bytes().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == b'-'),
        "{key}"
    );
    let (_, other) = put(Change::Create(VendorRecord { name: "Iris M. Tan".into(), ..tan() }), answer).await;
    assert_ne!(id(&other[0]), key, "another content is another id");
    // remembered only
    let recovered = |_, asked: &str| {
        rs(&ok("VendorAddRs", &id(asked), "<ErrorRecovery><ListID>80000012-1</ListID></ErrorRecovery>"))
    };
    assert_eq!(put(Change::Create(tan()), recovered).await.0, Put::Done { id: "80000012-1".into() });
}

#[tokio::test]
async fn a_name_in_use_is_looked_up_across_all_names() {
    let taken = |holder: &'static str| {
        move |n: usize, asked: &str| match n {
            0 => {
                let (code, severity, text) = name_in_use();
                rs(&status("VendorAddRs", &id(asked), code, severity, text))
            }
            _ => {
                assert!(
                    asked.contains("<EntityQueryRq requestID=\"name\"><FullName>Iris Tan</FullName>"),
                    "{asked}"
                );
                rs(&ok("EntityQueryRs", "name", holder))
            }
        }
    };
    let same = "<VendorRet><ListID>80000012-1</ListID><Name>Iris Tan</Name><IsActive>true</IsActive><AccountNumber>E1010</AccountNumber></VendorRet>";
    assert_eq!(put(Change::Create(tan()), taken(same)).await.0, Put::Done { id: "80000012-1".into() });
    for (holder, says) in [
        (
            "<CustomerRet><ListID>8-1</ListID><FullName>Iris Tan</FullName></CustomerRet>",
            "a customer of QuickBooks (8-1) is called \"Iris Tan\", and a vendor cannot have the same name: call it \"Iris Tan (E1010)\"",
        ),
        (
            "<EmployeeRet><ListID>8-2</ListID><Name>Iris Tan</Name></EmployeeRet>",
            "an employee of QuickBooks (8-2)",
        ),
        (
            "<OtherNameRet><ListID>8-3</ListID><Name>Iris Tan</Name></OtherNameRet>",
            "another name of QuickBooks (8-3)",
        ),
        (
            "<VendorRet><ListID>8-4</ListID><Name>Iris Tan</Name><IsActive>true</IsActive><AccountNumber>E9</AccountNumber></VendorRet>",
            "with another code",
        ),
        (
            "<VendorRet><ListID>8-5</ListID><Name>Iris Tan</Name><IsActive>false</IsActive><AccountNumber>E1010</AccountNumber></VendorRet>",
            "inactive",
        ),
        ("", "call it \"Iris Tan (E1010)\""),
    ] {
        let (put, _) = put(Change::Create(tan()), taken(holder)).await;
        let Put::Refused { code, message } = &put else { panic!("{put:?}") };
        assert!(code == "3100" && message.contains(says), "{message}");
    }
}

#[tokio::test]
async fn a_change_names_the_sequence_that_was_read_just_now_and_tries_once_more() {
    let renamed = VendorRecord { id: "80000012-1".into(), name: "Iris Tan-Lee".into(), ..tan() };
    let stale = "The provided edit sequence \"7\" is out-of-date.";
    let (done, asked) = put(Change::Update(renamed.clone()), move |n, asked| match n {
        0 => rs(&ok("VendorQueryRs", "vendor", &vendor_ret("7", "Iris Tan", true))),
        1 => rs(&status("VendorModRs", &id(asked), 3200, "Error", stale)),
        2 => rs(&ok("VendorQueryRs", "vendor", &vendor_ret("8", "Iris Tan", true))),
        _ => rs(&ok("VendorModRs", &id(asked), &vendor_ret("9", "Iris Tan-Lee", true))),
    })
    .await;
    assert_eq!(done, Put::Done { id: "80000012-1".into() });
    assert_eq!(asked.len(), 4);
    assert!(
        asked[1].contains("<EditSequence>7</EditSequence><Name>Iris Tan-Lee</Name></VendorMod>"),
        "{}",
        asked[1]
    );
    assert!(asked[3].contains("<EditSequence>8</EditSequence>") && id(&asked[1]) != id(&asked[3]));
    let (refused, asked) = put(Change::Update(renamed.clone()), move |_, asked| {
        if asked.contains("VendorQueryRq") {
            rs(&ok("VendorQueryRs", "vendor", &vendor_ret("7", "Iris Tan", true)))
        } else {
            rs(&status("VendorModRs", &id(asked), 3200, "Error", stale))
        }
    })
    .await;
    assert!(matches!(&refused, Put::Refused { code, .. } if code == "3200"), "{refused:?}");
    assert_eq!(asked.len(), 4, "once more, not for ever");
    // nothing left to do; and gone
    let (done, asked) = put(Change::SetActive(renamed.clone(), true), |_, _| {
        rs(&ok("VendorQueryRs", "vendor", &vendor_ret("7", "Iris Tan", true)))
    })
    .await;
    assert_eq!((done, asked.len()), (Put::Done { id: "80000012-1".into() }, 1));
    let (gone, _) = put(Change::SetActive(renamed, false), |_, _| {
        rs(&status("VendorQueryRs", "vendor", 500, "Warn", "could not be found"))
    })
    .await;
    assert!(matches!(gone, Put::Refused { code, .. } if code == "gone"));
}

#[tokio::test]
async fn a_write_whose_answer_is_lost_is_not_known() {
    type Case = (Result<Reply, NetError>, fn(&Put) -> bool);
    let lost = format!("<QBXML><QBXMLMsgsRs messageSetStatusCode=\"{}\" /></QBXML>", 9005);
    let cases: Vec<Case> = vec![
        (Err(NetError::NotSent("nobody came".into())), |p| matches!(p, Put::NotSent(_))),
        (Err(NetError::MaybeSent { reason: "lost".into(), timed_out: false }), |p| {
            matches!(p, Put::Unknown(_))
        }),
        (raises("80040402", "unexpected"), |p| matches!(p, Put::Unknown(_))),
        (raises("0x80040400", "parse"), |p| matches!(p, Put::Refused { .. })),
        (says("<QBXML>"), |p| matches!(p, Put::Unknown(_))),
        (says(&lost), |p| matches!(p, Put::Unknown(_))),
        (rs(""), |p| matches!(p, Put::Unknown(_))),
    ];
    for (answer, is) in cases {
        let (put, _) = put(Change::Create(tan()), move |_, _| answer.clone()).await;
        assert!(is(&put), "{put:?}");
    }
    // what cannot be written is not sent
    let (refused, asked) =
        put(Change::Create(VendorRecord { name: "A:B".into(), ..tan() }), |_, _| unreachable!()).await;
    assert!(matches!(refused, Put::Refused { .. }) && asked.is_empty());
    let foreign = VendorRecord { currency: Some(Currency::EUR), ..tan() };
    let (refused, _) = put(Change::Create(foreign), |_, _| {
        rs(&status(
            "CurrencyQueryRs",
            "currencies",
            3250,
            "Error",
            "This feature is not enabled or not available in this version of QuickBooks.",
        ))
    })
    .await;
    assert!(matches!(refused, Put::Refused { code, .. } if code == "no_currency"));
}

#[tokio::test]
async fn lists_are_read_in_full_and_not_written() {
    let (client, _) = client(|_, asked| {
        if asked.contains("VendorQueryRq") {
            page("VendorQueryRs", 0, &vendor_ret("7", "Iris Tan", false))
        } else if asked.contains("CustomerQueryRq") {
            page(
                "CustomerQueryRs",
                0,
                "<CustomerRet><ListID>2-1</ListID><FullName>Globex:Phase 2</FullName><ParentRef><ListID>1-1</ListID></ParentRef></CustomerRet>",
            )
        } else {
            rs(&ok(
                "AccountQueryRs",
                "items",
                "<AccountRet><ListID>1-1</ListID><FullName>Travel</FullName><AccountType>Expense</AccountType><AccountNumber>5000</AccountNumber></AccountRet><AccountRet><ListID>2-1</ListID><FullName>Orders</FullName><AccountType>NonPosting</AccountType></AccountRet>",
            ))
        }
    });
    let vendors = client.vendors().await.unwrap();
    assert_eq!(
        (vendors[0].version.as_str(), vendors[0].active, vendors[0].city.as_str()),
        ("7", false, "Boston")
    );
    let heads: Vec<_> = client.lists().await.unwrap().into_iter().map(|h| (h.id, h.read_only)).collect();
    assert_eq!(heads, [("class".into(), true), ("customer".into(), true), ("account".into(), true)]);
    let jobs = client.items("customer".into()).await.unwrap();
    assert_eq!((jobs[0].name.as_str(), jobs[0].parent.as_deref()), ("Globex:Phase 2", Some("1-1")));
    let accounts = client.items("account".into()).await.unwrap();
    assert_eq!((accounts.len(), accounts[0].code.as_str()), (1, "5000"));
    assert!(matches!(client.items("department".into()).await, Err(CallError::Refused(_))));
    let put = client.put_item(Change::Create(ItemRecord::default()), "k".into()).await.unwrap();
    assert!(matches!(put, Put::Refused { message, .. } if message.contains("make or change it there")));
}
