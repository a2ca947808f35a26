//! Deletions, voids and queries over all transactions (contract, 7.6).

use serde_json::json;

use super::{Desk, bill};

fn id(answer: &super::Rs) -> String {
    answer.value("TxnID").to_owned()
}

#[test]
fn deleted_transactions_are_found_by_their_own_query() {
    let desk = Desk::new();
    let bill = id(&desk.bill("B1"));
    let delete = |kind: &str, id: &str| {
        desk.ask(&format!("<TxnDelRq><TxnDelType>{kind}</TxnDelType><TxnID>{id}</TxnID></TxnDelRq>"))
    };
    assert_eq!(delete("VendorCredit", &bill).code(), "3120");
    assert_eq!(delete("Bill", "nonsense").code(), "3000");
    let gone = delete("Bill", &bill);
    assert_eq!(gone.code(), "0");
    let names: Vec<&str> = gone.0.children.iter().map(|child| child.name.as_str()).collect();
    assert_eq!(names, ["TxnDelType", "TxnID", "TimeDeleted", "RefNumber"]);
    assert_eq!(delete("Bill", &bill).code(), "3120");
    assert!(desk.books.records().is_empty());
    let query = |from: &str| {
        desk.ask(&format!(
            "<TxnDeletedQueryRq><TxnDelType>Bill</TxnDelType><TxnDelType>Check</TxnDelType><DeletedDateRangeFilter>\
             <FromDeletedDate>{from}</FromDeletedDate></DeletedDateRangeFilter></TxnDeletedQueryRq>"
        ))
    };
    assert_eq!(query("2026-11-04").names("TxnID"), [bill.as_str()]);
    assert_eq!(query("2026-11-05").code(), "1");
    assert_eq!(
        desk.ask("<ListDeletedQueryRq><ListDelType>Vendor</ListDelType></ListDeletedQueryRq>").code(),
        "1"
    );
    assert_eq!(
        desk.ask("<VendorQueryRq><FullName>Lexham Tax Data Inc.</FullName></VendorQueryRq>").value("Balance"),
        "0.00"
    );
}

#[test]
fn a_paid_bill_is_not_deleted_and_a_void_leaves_a_zero() {
    let desk = Desk::new();
    let (one, two) = (id(&desk.bill("B1")), id(&desk.bill("B2")));
    desk.set("pay", json!({"RefNumber": "B1"}));
    assert_eq!(
        desk.ask(&format!("<TxnDelRq><TxnDelType>Bill</TxnDelType><TxnID>{one}</TxnID></TxnDelRq>")).code(),
        "3160"
    );
    let void =
        desk.ask(&format!("<TxnVoidRq><TxnVoidType>Bill</TxnVoidType><TxnID>{two}</TxnID></TxnVoidRq>"));
    let names: Vec<&str> = void.0.children.iter().map(|child| child.name.as_str()).collect();
    assert_eq!(names, ["TxnVoidType", "TxnID", "TimeCreated", "TimeModified", "RefNumber"]);
    let left = desk.ask("<BillQueryRq><RefNumber>B2</RefNumber></BillQueryRq>");
    assert_eq!((left.value("AmountDue"), left.value("Memo")), ("0.00", "VOID: tieout:B2"));
}

#[test]
fn bills_to_pay_are_the_open_ones() {
    let desk = Desk::new();
    desk.bill("B1");
    desk.bill("B2");
    desk.set("pay", json!({"RefNumber": "B1"}));
    let open = desk.ask("<BillToPayQueryRq><PayeeEntityRef><FullName>Lexham Tax Data Inc.</FullName></PayeeEntityRef></BillToPayQueryRq>");
    let bill = open.ret().child("BillToPay").unwrap();
    assert_eq!((bill.value("RefNumber"), bill.value("AmountDue")), (Some("B2"), Some("100.00")));
    assert_eq!(open.0.children.len(), 1);
    let nobody = desk.ask(
        "<BillToPayQueryRq><PayeeEntityRef><FullName>Nobody</FullName></PayeeEntityRef></BillToPayQueryRq>",
    );
    assert_eq!(nobody.code(), "3140");
}

#[test]
fn one_query_looks_over_all_types() {
    let desk = Desk::new();
    desk.bill("TO7F3K2Q9D4");
    let entry = "<JournalEntryAddRq><JournalEntryAdd><TxnDate>2026-10-30</TxnDate><RefNumber>TO7F3K2Q9D4</RefNumber>\
        <JournalDebitLine><AccountRef><FullName>Rent</FullName></AccountRef><Amount>5.00</Amount></JournalDebitLine>\
        <JournalCreditLine><AccountRef><FullName>Accounts Payable</FullName></AccountRef><Amount>5.00</Amount><EntityRef>\
        <FullName>Card merchants</FullName></EntityRef></JournalCreditLine></JournalEntryAdd></JournalEntryAddRq>";
    assert_eq!(desk.ask(entry).code(), "0");
    let rows = |filter: &str| -> Vec<(String, String)> {
        let answer = desk.ask(&format!("<TransactionQueryRq>{filter}</TransactionQueryRq>"));
        answer
            .0
            .children
            .iter()
            .map(|row| (row.value("TxnType").unwrap().to_owned(), row.value("Amount").unwrap().to_owned()))
            .collect()
    };
    let row = |kind: &str, amount: &str| (kind.to_owned(), amount.to_owned());
    let summary = "<TransactionDetailLevelFilter>SummaryOnly</TransactionDetailLevelFilter>";
    let number = "<RefNumber>to7f3k2q9d4</RefNumber>";
    assert_eq!(rows(&format!("{number}{summary}")), [row("Bill", "100.00"), row("JournalEntry", "5.00")]);
    let kinds = "<TransactionTypeFilter><TxnTypeFilter>JournalEntry</TxnTypeFilter></TransactionTypeFilter>";
    assert_eq!(rows(&format!("{number}{kinds}{summary}")), [row("JournalEntry", "5.00")]);
    let lines = "<TransactionDetailLevelFilter>AllExceptSummary</TransactionDetailLevelFilter>";
    assert_eq!(
        rows(&format!("{number}{kinds}{lines}")),
        [row("JournalEntry", "5.00"), row("JournalEntry", "-5.00")]
    );
    assert_eq!(rows(number).len(), 5);
    let vendor =
        "<TransactionEntityFilter><FullName>Lexham Tax Data Inc.</FullName></TransactionEntityFilter>";
    assert_eq!(rows(&format!("{number}{vendor}{summary}")), [row("Bill", "100.00")]);
    let rent = "<TransactionAccountFilter><FullName>Rent</FullName></TransactionAccountFilter>";
    assert_eq!(rows(&format!("{rent}{summary}")), [row("JournalEntry", "5.00")]);
    let dated = "<TransactionDateRangeFilter><ToTxnDate>2026-10-29</ToTxnDate></TransactionDateRangeFilter>";
    assert_eq!(rows(&format!("{dated}{summary}")), [row("Bill", "100.00")]);
    let open = "<TransactionPaidStatusFilter>Open</TransactionPaidStatusFilter>";
    assert_eq!(rows(&format!("{summary}{open}")), [row("Bill", "100.00")]);
    assert!(desk.refused(&format!("<TransactionQueryRq>{summary}{number}</TransactionQueryRq>")));
}

#[test]
fn items_are_not_sold_here() {
    let desk = Desk::new();
    let item = "</ExpenseLineAdd><ItemLineAdd><ItemRef><FullName>Widget</FullName></ItemRef></ItemLineAdd></BillAdd>";
    let answer = desk.ask(&bill("B1", "2026-10-29", "1.00").replace("</ExpenseLineAdd></BillAdd>", item));
    assert_eq!(answer.code(), "3140");
    assert!(answer.message().contains("QuickBooks Item \"Widget\""), "{}", answer.message());
    let rep = "<SalesRepRef><FullName>AB</FullName></SalesRepRef></ExpenseLineAdd>";
    assert_eq!(desk.ask(&bill("B1", "2026-10-29", "1.00").replace("</ExpenseLineAdd>", rep)).code(), "3140");
    let order = "<LinkToTxnID>1F6-1700000001</LinkToTxnID><ExpenseLineAdd>";
    assert_eq!(desk.ask(&bill("B1", "2026-10-29", "1.00").replace("<ExpenseLineAdd>", order)).code(), "3120");
    let vendor = "<VendorAddRq><VendorAdd><Name>A</Name><VendorTypeRef><FullName>T</FullName></VendorTypeRef></VendorAdd></VendorAddRq>";
    assert_eq!(desk.ask(vendor).code(), "3140");
}

#[test]
fn an_accountants_copy_holds_the_days_before_it() {
    let desk = Desk::new();
    desk.set("dividing_date", json!("2026-10-15"));
    assert!(desk.books.hcp().contains("<DividingDate>2026-10-15</DividingDate>"));
    assert_eq!(desk.ask(&bill("B1", "2026-10-15", "1.00")).code(), "3180");
    assert_eq!(desk.ask(&bill("B1", "2026-10-16", "1.00")).code(), "0");
}
