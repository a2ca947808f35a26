//! Queries of transactions (contract, 7.4).

use serde_json::json;

use super::{Desk, bill};

fn three(desk: &Desk) {
    for (number, date, amount) in
        [("LX-1", "2026-10-05", "10.00"), ("LX-2", "2026-10-20", "20.00"), ("QQ-3", "2026-11-02", "30.00")]
    {
        assert_eq!(desk.ask(&bill(number, date, amount)).code(), "0");
    }
}

#[test]
fn filters_narrow() {
    let desk = Desk::new();
    three(&desk);
    let found = |filter: &str| -> Vec<String> {
        desk.ask(&format!("<BillQueryRq>{filter}</BillQueryRq>"))
            .names("RefNumber")
            .into_iter()
            .map(str::to_owned)
            .collect()
    };
    for (filter, numbers) in [
        ("<MaxReturned>2</MaxReturned>", vec!["LX-1", "LX-2"]),
        (
            "<TxnDateRangeFilter><FromTxnDate>2026-10-06</FromTxnDate><ToTxnDate>2026-10-20</ToTxnDate></TxnDateRangeFilter>",
            vec!["LX-2"],
        ),
        ("<TxnDateRangeFilter><DateMacro>ThisMonth</DateMacro></TxnDateRangeFilter>", vec!["QQ-3"]),
        ("<TxnDateRangeFilter><DateMacro>LastMonth</DateMacro></TxnDateRangeFilter>", vec!["LX-1", "LX-2"]),
        (
            "<ModifiedDateRangeFilter><FromModifiedDate>2026-11-04T09:30:00</FromModifiedDate></ModifiedDateRangeFilter>",
            vec!["LX-1", "LX-2", "QQ-3"],
        ),
        (
            "<ModifiedDateRangeFilter><FromModifiedDate>2026-11-04T09:30:01</FromModifiedDate></ModifiedDateRangeFilter>",
            vec![],
        ),
        ("<EntityFilter><FullName>Card merchants</FullName></EntityFilter>", vec![]),
        (
            "<EntityFilter><FullName>Lexham Tax Data Inc.</FullName></EntityFilter><RefNumberRangeFilter><FromRefNumber>lx-2</FromRefNumber><ToRefNumber>lx-2</ToRefNumber></RefNumberRangeFilter>",
            vec!["LX-2"],
        ),
        (
            "<AccountFilter><FullName>Accounts Payable</FullName></AccountFilter>",
            vec!["LX-1", "LX-2", "QQ-3"],
        ),
        ("<AccountFilter><FullNameWithChildren>Travel</FullNameWithChildren></AccountFilter>", vec![]),
        (
            "<RefNumberFilter><MatchCriterion>StartsWith</MatchCriterion><RefNumber>lx</RefNumber></RefNumberFilter>",
            vec!["LX-1", "LX-2"],
        ),
        ("<PaidStatus>PaidOnly</PaidStatus>", vec![]),
        (
            "<RefNumber>QQ-3</RefNumber><RefNumber>LX-1</RefNumber><RefNumber>nothing</RefNumber>",
            vec!["LX-1", "QQ-3"],
        ),
    ] {
        assert_eq!(found(filter), numbers, "{filter}");
    }
    assert!(desk.refused("<BillQueryRq><RefNumber>LX-1</RefNumber><EntityFilter><FullName>x</FullName></EntityFilter></BillQueryRq>"));
    assert!(desk.refused("<BillQueryRq><TxnDateRangeFilter/><ModifiedDateRangeFilter/></BillQueryRq>"));
    assert_eq!(
        desk.ask("<BillQueryRq><EntityFilter><FullName>Nobody</FullName></EntityFilter></BillQueryRq>")
            .code(),
        "3120"
    );
}

#[test]
fn lines_come_only_when_they_are_asked_for() {
    let desk = Desk::new();
    three(&desk);
    let lines = |tail: &str| {
        let answer = desk.ask(&format!("<BillQueryRq><RefNumber>LX-1</RefNumber>{tail}</BillQueryRq>"));
        answer.ret().child("ExpenseLineRet").is_some()
    };
    assert!(!lines(""));
    assert!(!lines("<IncludeLineItems>false</IncludeLineItems>"));
    assert!(lines("<IncludeLineItems>true</IncludeLineItems>"));
    assert!(lines(
        "<IncludeLineItems>1</IncludeLineItems><IncludeRetElement>ExpenseLineRet</IncludeRetElement>"
    ));
}

#[test]
fn ids_and_numbers_that_are_not_there() {
    let desk = Desk::new();
    three(&desk);
    let known = desk.books.records()[0]["TxnID"].as_str().unwrap().to_owned();
    let by_id =
        |id: &str| desk.ask(&format!("<BillQueryRq><TxnID>{known}</TxnID><TxnID>{id}</TxnID></BillQueryRq>"));
    let answer = by_id("FFFF-1700000000");
    assert_eq!((answer.code(), answer.names("RefNumber").len()), ("500", 1));
    assert_eq!(by_id("nonsense").code(), "3000");
    assert_eq!(desk.ask("<BillQueryRq><RefNumber>none</RefNumber></BillQueryRq>").code(), "1");
    desk.set("missing_numbers", json!(500));
    let answer =
        desk.ask("<BillQueryRq><RefNumber>none</RefNumber><RefNumber>LX-1</RefNumber></BillQueryRq>");
    assert_eq!((answer.code(), answer.names("RefNumber").len()), ("500", 1));
    let other = format!("<VendorCreditQueryRq><TxnID>{known}</TxnID></VendorCreditQueryRq>");
    assert_eq!(desk.ask(&other).code(), "500");
}

#[test]
fn a_hundred_numbers_fit_in_one_query() {
    let desk = Desk::new();
    three(&desk);
    let numbers: Vec<String> = (0..100).map(|n| format!("<RefNumber>LX-{n}</RefNumber>")).collect();
    let numbers = numbers.concat();
    let answer =
        desk.ask(&format!("<BillQueryRq>{numbers}<IncludeLineItems>true</IncludeLineItems></BillQueryRq>"));
    assert_eq!(answer.names("RefNumber"), ["LX-1", "LX-2"]);
}
