use super::*;
use crate::systems::{Reading, ReadingAsk};

fn ask(accounts: &[&str], records: &[(EntryKind, &str)]) -> ReadingAsk {
    ReadingAsk {
        from: "2026-10-01".parse().unwrap(),
        to: "2026-10-31".parse().unwrap(),
        accounts: accounts.iter().map(|a| (*a).to_string()).collect(),
        records: records.iter().map(|(k, id)| (*k, (*id).to_string())).collect(),
    }
}

/// Answers by the kind of the request; what is not scripted is empty.
fn answering(
    rows: Vec<(&'static str, &'static str, String)>,
) -> impl Fn(usize, &str) -> Result<Reply, NetError> + Send + Sync {
    move |_, asked: &str| {
        let mut out = String::new();
        for part in asked.split('<').filter(|p| p.contains("QueryRq ")) {
            let name = part.split("Rq ").next().unwrap();
            let id = part.split("requestID=\"").nth(1).unwrap().split('"').next().unwrap();
            let row = rows.iter().find(|(query, has, _)| *query == name && asked.contains(has));
            out += &match row {
                Some((_, _, records)) if id == "page" => format!(
                    r#"<{name}Rs requestID="page" statusCode="0" statusSeverity="Info" statusMessage="Status OK" iteratorRemainingCount="0">{records}</{name}Rs>"#
                ),
                Some((_, _, records)) => ok(&format!("{name}Rs"), id, records),
                None => empty(&format!("{name}Rs"), id),
            };
        }
        rs(&out)
    }
}

async fn read(ask: ReadingAsk, rows: Vec<(&'static str, &'static str, String)>) -> (Reading, Vec<String>) {
    let (client, fake) = client(answering(rows));
    (client.reading(ask).await.unwrap(), fake.asked())
}

#[tokio::test]
async fn marked_records_of_the_span_and_those_asked_for_are_there_with_their_lines() {
    let foreign = bill_ret("5-1").replace("tieout:TO7F3K2Q9D4", "by hand");
    let rows = vec![
        ("BillQuery", "TxnDateRangeFilter", bill_ret("1-1") + &foreign + &foreign.replace("5-1", "6-1")),
        ("JournalEntryQuery", "TxnDateRangeFilter", journal_ret("2-1")),
        ("CustomerQuery", "", "<CustomerRet><ListID>80000061-1</ListID></CustomerRet>".into()),
    ];
    let (reading, asked) = read(ask(&[], &[(EntryKind::Bill, "6-1")]), rows).await;
    let ids: Vec<&str> = reading.records.iter().map(|r| r.id.as_str()).collect();
    assert_eq!(ids, ["1-1", "6-1", "2-1"]);
    let bill = &reading.records[0];
    assert_eq!((bill.marker.as_deref(), bill.total.to_string().as_str()), (Some("TO7F3K2Q9D4"), "412.30"));
    assert_eq!(bill.lines[0].class.as_ref().unwrap().name, "East");
    assert_eq!(bill.changed_at.to_string(), "2026-10-06T15:11:12Z");
    assert_eq!(bill.open, Some(d("412.30")));
    let journal = &reading.records[2];
    assert_eq!(
        (journal.lines[0].customer.as_ref().unwrap().id.as_str(), journal.party.as_ref()),
        ("80000061-1", None)
    );
    assert_eq!(journal.memo, "Flight BOS-SFO · tieout:TO7F3K2Q9D4");
    // figures for which the contract gives no sound way are not made up
    assert!(reading.opening.is_empty() && reading.closing.is_empty() && reading.movements.is_empty());
    assert_eq!(asked.len(), 6, "five kinds and the names of the journal");
    assert!(asked[0].contains("<FromTxnDate>2026-10-01</FromTxnDate><ToTxnDate>2026-10-31</ToTxnDate>"));
}

#[tokio::test]
async fn what_is_gone_is_told_with_its_instant_where_quickbooks_knows() {
    let rows = vec![
        ("BillQuery", "<TxnID>", bill_ret("1-1").replace("2026-10-05", "2026-08-05")),
        (
            "TxnDeletedQuery",
            "",
            "<TxnDeletedRet><TxnDelType>JournalEntry</TxnDelType><TxnID>2-1</TxnID><TimeCreated>2026-10-02T10:00:00-05:00</TimeCreated><TimeDeleted>2026-10-20T10:00:00-05:00</TimeDeleted></TxnDeletedRet><TxnDeletedRet><TxnDelType>Bill</TxnDelType><TxnID>2-1</TxnID></TxnDeletedRet>".into(),
        ),
    ];
    let asked_for = [
        (EntryKind::Bill, "1-1"),
        (EntryKind::Bill, "3-1"),
        (EntryKind::Journal, "2-1"),
        (EntryKind::Bill, "3-1"),
    ];
    let (reading, asked) = read(ask(&[], &asked_for), rows).await;
    assert_eq!(reading.records.len(), 1);
    let at = "2026-10-20T15:00:00Z".parse().ok();
    assert_eq!(
        reading.gone,
        [(EntryKind::Bill, "3-1".to_string(), None), (EntryKind::Journal, "2-1".to_string(), at)]
    );
    assert_eq!(asked.len(), 7, "five kinds, one set of ids, one of deletions");
}

#[tokio::test]
async fn an_id_that_spoils_its_query_is_found_by_halving() {
    let (client, _) = client(|_, asked: &str| {
        if !asked.contains("<TxnID>") {
            return answering(Vec::new())(0, asked);
        }
        let mut out = String::new();
        for request in asked.split("<BillQueryRq ").skip(1) {
            let id = request.split('"').nth(1).unwrap();
            if request.contains("<TxnID>bogus</TxnID>") {
                out += &status(
                    "BillQueryRs",
                    id,
                    3000,
                    "Error",
                    "The given object ID \"bogus\" in the field \"TxnID\" is invalid.",
                );
                continue;
            }
            let there: String = ["1-1", "2-1", "3-1", "4-1"]
                .iter()
                .filter(|i| request.contains(&format!("<TxnID>{i}</TxnID>")))
                .map(|i| bill_ret(i))
                .collect();
            out += &ok("BillQueryRs", id, &there);
        }
        if asked.contains("TxnDeletedQueryRq") {
            out += &empty("TxnDeletedQueryRs", "deleted");
        }
        rs(&out)
    });
    let ids: Vec<_> = ["1-1", "2-1", "bogus", "3-1", "4-1"].map(|i| (EntryKind::Bill, i)).to_vec();
    let reading = client.reading(ask(&[], &ids)).await.unwrap();
    let mut found: Vec<&str> = reading.records.iter().map(|r| r.id.as_str()).collect();
    found.sort_unstable();
    assert_eq!(found, ["1-1", "2-1", "3-1", "4-1"]);
    assert_eq!(reading.gone, [(EntryKind::Bill, "bogus".to_string(), None)]);
}

#[tokio::test]
async fn open_items_are_what_no_payment_covers() {
    let paid = |amount: &str| {
        format!(
            "<LinkedTxn><TxnID>9-1</TxnID><TxnType>BillPaymentCheck</TxnType><TxnDate>2026-11-01</TxnDate><LinkType>AMTTYPE</LinkType><Amount>{amount}</Amount></LinkedTxn><ExpenseLineRet>"
        )
    };
    let part = bill_ret("1-1").replace("<ExpenseLineRet>", &paid("-400.00"));
    let elsewhere = bill_ret("2-1").replace("80000021-1600000002", "80000099-1");
    let credit = bill_ret("3-1").replace("BillRet", "VendorCreditRet").replace("AmountDue", "CreditAmount");
    let used = credit.replace("3-1", "4-1").replace("<ExpenseLineRet>", &paid("412.30"));
    let rows = vec![
        ("BillQuery", "NotPaidOnly", part + &elsewhere),
        ("VendorCreditQuery", "1990-01-01", credit + &used),
    ];
    let (reading, _) = read(ask(&["80000021-1600000002"], &[]), rows).await;
    let open: Vec<_> =
        reading.open_items.iter().map(|r| (r.id.as_str(), r.open.unwrap().to_string())).collect();
    assert_eq!(open, [("1-1", "12.30".into()), ("3-1", "412.30".into())]);
}

/// 50,000 bills, of which every thousandth is ours: a page at a time, and only ours are kept.
#[tokio::test]
async fn fifty_thousand_bills_are_read_in_pages_and_not_kept() {
    const EACH: usize = 100;
    let (client, fake) = client(|n, asked| {
        if !asked.contains("<BillQueryRq ") {
            return answering(Vec::new())(n, asked);
        }
        assert!(asked.contains("<MaxReturned>100</MaxReturned>"));
        let rows: String = (n * EACH..(n + 1) * EACH)
            .map(|i| {
                let row = bill_ret(&format!("{i:X}-1"));
                if i % 1000 == 0 { row } else { row.replace("tieout:TO7F3K2Q9D4", "by hand") }
            })
            .collect();
        let answer = page("BillQueryRs", (50_000 - (n + 1) * EACH) as u64, &rows);
        assert!(answer.as_ref().unwrap().body.len() < 256 * 1024, "an answer is bounded by its page");
        answer
    });
    let reading = client.reading(ask(&[], &[])).await.unwrap();
    assert_eq!(reading.records.len(), 50);
    assert_eq!(fake.asked().iter().filter(|a| a.contains("<BillQueryRq ")).count(), 500);
    assert!(format!("{:?}", reading.records).len() < 50 * 4096, "what is kept is bounded by what is ours");
}
