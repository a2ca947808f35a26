use super::*;
use crate::systems::{CallError, Seen};

fn bills(records: &str) -> Result<Reply, NetError> {
    rs(&ok("BillQueryRs", "look-bill-0", records))
}

async fn seen(answer: Result<Reply, NetError>, wanted: Wanted) -> Seen {
    let (client, _) = script(vec![answer]);
    let mut all = client.look_up(vec![wanted]).await.unwrap();
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].0, 7);
    all.remove(0).1
}

#[tokio::test]
async fn our_record_is_found_and_anything_else_is_shown() {
    let ours = bill_ret("1F6-1700000001");
    let found = Seen::Found { id: "1F6-1700000001".into(), number: "TO7F3K2Q9D4".into() };
    assert_eq!(seen(bills(&ours), wanted(bill())).await, found);
    let lower = ours.replace("<RefNumber>TO7F3K2Q9D4", "<RefNumber>to7f3k2q9d4");
    let found = Seen::Found { id: "1F6-1700000001".into(), number: "to7f3k2q9d4".into() };
    assert_eq!(seen(bills(&lower), wanted(bill())).await, found);
    for (what, records) in [
        ("its amount is 412.31", ours.replace("<AmountDue>412.30", "<AmountDue>412.31")),
        ("its date is 2026-10-06", ours.replace("<TxnDate>2026-10-05", "<TxnDate>2026-10-06")),
        (
            "its vendor is Somebody",
            ours.replace(
                "80000012-1600000001</ListID><FullName>Globex Inc.",
                "9-9</ListID><FullName>Somebody",
            ),
        ),
        ("its account is", ours.replace("80000021-1600000002", "80000099-1")),
        ("its lines have other accounts or amounts", ours.replace("80000033-1600000003", "80000034-1")),
        ("its lines have other classes", ours.replace("80000051-1", "80000052-1")),
        ("it has 0 lines", ours.replace("ExpenseLineRet", "Other")),
        ("carry our reference", ours.clone() + &bill_ret("1F7-1700000001")),
        // our number without our marker, whoever's it is
        ("has this number but not our marker", ours.replace("tieout:TO7F3K2Q9D4", "")),
        ("1F6-1700000001", ours.replace("tieout:TO7F3K2Q9D4", "tieout:TO000000000")),
    ] {
        let seen = seen(bills(&records), wanted(bill())).await;
        let Seen::Different { why, .. } = &seen else { panic!("{what}: {seen:?}") };
        assert!(why.contains(what) && why.contains("1F6-1700000001"), "{why}");
    }
    let Seen::Different { why, .. } =
        seen(bills(&ours.replace("<AmountDue>412.30", "<AmountDue>99.00")), wanted(bill())).await
    else {
        panic!()
    };
    assert!(why.contains("TO7F3K2Q9D4 of 2026-10-05 over 99.00 USD from Globex Inc."), "{why}");
}

#[tokio::test]
async fn absence_is_an_empty_answer_and_nothing_else() {
    let none = rs(&empty("BillQueryRs", "look-bill-0"));
    assert_eq!(seen(none, wanted(bill())).await, Seen::Absent);
    let partial = rs(&status(
        "BillQueryRs",
        "look-bill-0",
        500,
        "Warn",
        "The query request has not been fully completed. There was a required element (\"TO7F3K2Q9D4\") that could not be found in QuickBooks.",
    ));
    assert_eq!(seen(partial, wanted(bill())).await, Seen::Absent);
    for answer in [
        rs(""),
        says(""),
        rs(&status("BillQueryRs", "look-bill-0", 1010, "Error", "not available")),
        rs(&status("BillQueryRs", "look-bill-0", 3260, "Error", "no permission")),
        rs(&ok("BillQueryRs", "look-bill-0", "<BillRet><TxnID>1</TxnID></BillRet>")),
        raises("0x80040400", "QuickBooks found an error when parsing the provided XML text stream."),
        Err(NetError::NotSent("nobody came".into())),
        Err(NetError::MaybeSent { reason: "lost".into(), timed_out: true }),
    ] {
        let (client, _) = script(vec![answer.clone()]);
        assert!(client.look_up(vec![wanted(bill())]).await.is_err(), "{answer:?}");
    }
}

#[tokio::test]
async fn a_suppliers_number_of_another_vendor_is_nothing_to_us() {
    let invoice = Entry { number: "LX-5540".into(), ..bill() };
    let theirs = bill_ret("2A-1")
        .replace("<RefNumber>TO7F3K2Q9D4", "<RefNumber>lx-5540")
        .replace("tieout:TO7F3K2Q9D4", "typed by hand");
    let other = theirs.replace("80000012-1600000001", "80000013-1");
    assert_eq!(seen(bills(&other), wanted(invoice.clone())).await, Seen::Absent);
    let two = other + &theirs + &theirs.replace("2A-1", "2A-12");
    let Seen::Different { why, records } = seen(bills(&two), wanted(invoice)).await else { panic!() };
    for id in ["2A-1", "2A-12"] {
        let named = format!("bill lx-5540 of 2026-10-05 over 412.30 USD from Globex Inc. ({id})");
        assert!(why.contains(&named), "{why}");
    }
    let ids: Vec<&str> = records.iter().map(|r| r.id.as_str()).collect();
    assert_eq!(ids, ["2A-1", "2A-12"], "the other vendor's is not among them");
    assert_eq!(records[0].vendor.as_deref(), Some("80000012-1600000001"));
}

#[tokio::test]
async fn a_journal_carries_the_marker_on_its_lines() {
    let answer = |records: &str| rs(&ok("JournalEntryQueryRs", "look-journal-0", records));
    let ours = journal_ret("3B-1");
    assert!(matches!(seen(answer(&ours), wanted(journal())).await, Seen::Found { .. }));
    for (what, records) in [
        ("other names", ours.replace("80000061-1", "80000062-1")),
        (
            "other accounts or amounts",
            ours.replace("JournalDebitLine", "JournalX")
                .replace("JournalCreditLine", "JournalDebitLine")
                .replace("JournalX", "JournalCreditLine"),
        ),
        ("its amount is 402.61", ours.replace("402.60", "402.61")),
    ] {
        let seen = seen(answer(&records), wanted(journal())).await;
        let Seen::Different { why, .. } = &seen else { panic!("{what}: {seen:?}") };
        assert!(why.contains(what), "{why}");
    }
}

#[tokio::test]
async fn all_kinds_go_in_one_message_set_a_hundred_numbers_to_a_query() {
    let numbered = |n: usize, entry: &Entry| {
        let reference: Reference = format!("TO{n:09}").parse().unwrap();
        let entry = Entry { number: reference.to_string(), reference, ..entry.clone() };
        Wanted { handle: n as i64, ..wanted(entry) }
    };
    let mut all: Vec<Wanted> = (0..250).map(|n| numbered(n, &bill())).collect();
    all.extend((250..260).map(|n| numbered(n, &journal())));
    let (client, fake) = script(vec![rs(&format!(
        "{}{}{}{}",
        empty("BillQueryRs", "look-bill-0"),
        // out of order: matched by id
        empty("JournalEntryQueryRs", "look-journal-3"),
        empty("BillQueryRs", "look-bill-2"),
        empty("BillQueryRs", "look-bill-1"),
    ))]);
    let seen = client.look_up(all).await.unwrap();
    assert_eq!(seen.len(), 260);
    assert!(seen.iter().all(|(_, s)| *s == Seen::Absent));
    let asked = fake.asked();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].matches("<RefNumber>").count(), 260);
    assert_eq!(asked[0].matches("<BillQueryRq ").count(), 3);
    assert!(asked[0].contains("onError=\"continueOnError\"") && !asked[0].contains("MessageSetID"));
    assert_eq!(asked[0].matches("<IncludeLineItems>true</IncludeLineItems>").count(), 4);
    let (empty, fake) = script(Vec::new());
    assert_eq!(empty.look_up(Vec::new()).await, Ok(Vec::new()));
    assert!(fake.asked().is_empty());
}

#[test]
fn a_late_answer_is_believed_when_it_names_a_record() {
    let (client, _) = script(Vec::new());
    let late = |body: Result<Reply, NetError>| client.late(&[wanted(bill())], &body.unwrap().body);
    let recovered = "<ErrorRecovery><TxnID>1A2B-1</TxnID></ErrorRecovery>";
    for generation in ["001", "002"] {
        let id = format!("TO7F3K2Q9D4{generation}");
        let found = Seen::Found { id: "1A2B-1".into(), number: "TO7F3K2Q9D4".into() };
        assert_eq!(late(rs(&ok("BillAddRs", &id, &bill_ret("1A2B-1")))), [(7, found.clone())]);
        assert_eq!(late(rs(&ok("BillAddRs", &id, recovered))), [(7, found)]);
        let other = bill_ret("1A2B-1").replace("412.30", "1.00");
        assert!(matches!(late(rs(&ok("BillAddRs", &id, &other)))[0].1, Seen::Different { .. }));
        assert!(late(rs(&status("BillAddRs", &id, 3140, "Error", "invalid"))).is_empty());
        assert!(late(rs(&ok("BillAddRs", &id, ""))).is_empty());
    }
    assert!(late(rs(&ok("BillAddRs", "TO0000000000001", &bill_ret("1A2B-1")))).is_empty());
    assert!(late(rs(&ok("BillQueryRs", "page", &bill_ret("1A2B-1")))).is_empty());
    assert!(late(says("<QBXML>")).is_empty());
}

#[tokio::test]
async fn a_look_up_in_the_wrong_company_is_not_made() {
    let other = || hcp().replace(FILE_ID, "{00000000-0000-0000-0000-000000000000}");
    let (client, fake) = client(move |_, _| says(&other()));
    let other = hcp().replace(FILE_ID, "{00000000-0000-0000-0000-000000000000}");
    assert!(matches!(client.greeted(&greeting(&other)), Err(CallError::WrongCompany(_))));
    assert!(matches!(client.look_up(vec![wanted(bill())]).await, Err(CallError::WrongCompany(_))));
    assert!(fake.asked().iter().all(|a| !a.contains("BillQuery")));
}
