//! Bills, vendor credits, card charges, checks and the rules that turn into errors (contract, 7.4, 7.6, 8).

use serde_json::json;

use super::{Desk, bill};
use crate::sandbox::quickbooks_desktop::company::{Account, Name, NameKind};
use crate::sandbox::quickbooks_desktop::fq_tax;

/// The example of the contract, 7.4, with the names of the sample firm.
#[test]
fn the_example_of_the_contract_passes() {
    let desk = Desk::new();
    let id = |query: &str, name: &str| {
        desk.ask(&format!("<{query}Rq><FullName>{name}</FullName></{query}Rq>")).value("ListID").to_owned()
    };
    let request = format!(
        "<BillAddRq requestID=\"op-5512\"><BillAdd><VendorRef><ListID>{}</ListID></VendorRef><APAccountRef><ListID>{}</ListID>\
         </APAccountRef><TxnDate>2026-10-05</TxnDate><DueDate>2026-11-04</DueDate><RefNumber>TO7F3K2Q9D4</RefNumber>\
         <Memo>Q1 trip tieout:TO7F3K2Q9D4</Memo><ExpenseLineAdd><AccountRef><ListID>{}</ListID></AccountRef>\
         <Amount>412.30</Amount><Memo>Flight BOS-SFO</Memo><CustomerRef><FullName>Wachusett Mills:JOB-118</FullName>\
         </CustomerRef><ClassRef><FullName>700</FullName></ClassRef><BillableStatus>NotBillable</BillableStatus>\
         </ExpenseLineAdd></BillAdd></BillAddRq>",
        id("VendorQuery", "Feld, Nora (E3001)"),
        id("AccountQuery", "Employee Payables"),
        id("AccountQuery", "Travel:Airfare")
    );
    let answer = desk.ask(&request);
    assert_eq!((answer.code(), answer.message()), ("0", "Status OK"));
    assert_eq!(answer.0.attribute("requestID"), Some("op-5512"));
    assert_eq!(answer.value("RefNumber"), "TO7F3K2Q9D4");
    assert_eq!((answer.value("AmountDue"), answer.value("IsPaid")), ("412.30", "false"));
    assert_eq!(answer.value("TxnNumber"), "1");
    let line = answer.ret().child("ExpenseLineRet").unwrap();
    assert_eq!(line.child("CustomerRef").unwrap().value("FullName"), Some("Wachusett Mills:JOB-118"));
    assert_eq!(line.child("AccountRef").unwrap().value("FullName"), Some("Travel:Airfare"));
    let (hex, unix) = answer.value("TxnID").split_once('-').unwrap();
    assert!(u64::from_str_radix(hex, 16).is_ok() && unix == "1793802600", "{hex}-{unix}");
    let order: Vec<&str> = answer.ret().children.iter().map(|child| child.name.as_str()).collect();
    assert_eq!(
        order[..8],
        [
            "TxnID",
            "TimeCreated",
            "TimeModified",
            "EditSequence",
            "TxnNumber",
            "VendorRef",
            "APAccountRef",
            "TxnDate"
        ]
    );
    assert_eq!(desk.books.records()[0]["ExpenseLineRet"][0]["Amount"], "412.30");
    // What is owed to a vendor shows in its balance and in the payable's.
    assert_eq!(
        desk.ask("<VendorQueryRq><FullName>Feld, Nora (E3001)</FullName></VendorQueryRq>").value("Balance"),
        "412.30"
    );
    let owed = desk.ask("<AccountQueryRq><FullName>Employee Payables</FullName></AccountQueryRq>");
    assert_eq!((owed.value("Balance"), owed.value("AccountNumber")), ("412.30", "2010"));
    assert_eq!(
        desk.ask("<AccountQueryRq><FullName>Travel</FullName></AccountQueryRq>").value("TotalBalance"),
        "412.30"
    );
}

#[test]
fn numbers_may_repeat_and_are_found_whatever_their_case() {
    let desk = Desk::new();
    for number in ["LX-1", "lx-1", "LX-2"] {
        assert_eq!(desk.bill(number).code(), "0");
    }
    let found = desk.ask("<BillQueryRq><RefNumber>Lx-1</RefNumber></BillQueryRq>");
    assert_eq!(found.names("RefNumber"), ["LX-1", "lx-1"]);
    let exact = desk.ask("<BillQueryRq><RefNumberCaseSensitive>lx-1</RefNumberCaseSensitive></BillQueryRq>");
    assert_eq!(exact.names("RefNumber"), ["lx-1"]);
}

#[test]
fn references_that_lead_nowhere_are_3140() {
    let desk = Desk::new();
    let with = |from: &str, to: &str| desk.ask(&bill("B1", "2026-10-29", "1.00").replacen(from, to, 1));
    let vendor = with("Lexham Tax Data Inc.", "Nobody");
    assert_eq!(vendor.code(), "3140");
    assert_eq!(
        vendor.message(),
        "There is an invalid reference to QuickBooks Vendor \"Nobody\" in the Bill.  QuickBooks error message: Invalid \
         argument.  The specified record does not exist in the list."
    );
    // An employee is no vendor; a sub-account has its whole path; an inactive account cannot be used.
    for (from, to) in [
        ("Lexham Tax Data Inc.", "Feld, Nora"),
        ("Software and Subscriptions", "Airfare"),
        ("Software and Subscriptions", "Books and Periodicals"),
        ("<FullName>700</FullName>", "<FullName>701</FullName>"),
    ] {
        assert_eq!(with(from, to).code(), "3140", "{to}");
    }
    assert_eq!(with("<FullName>Lexham Tax Data Inc.</FullName>", "<ListID>abc</ListID>").code(), "3000");
    assert_eq!(
        with("<FullName>Lexham Tax Data Inc.</FullName>", "<ListID>80000001-1</ListID>").code(),
        "3140"
    );
    desk.set("inactivate", json!({"list": "Vendor", "name": "Lexham Tax Data Inc."}));
    assert_eq!(desk.bill("B1").code(), "3140");
    desk.set("activate", json!({"list": "Vendor", "name": "Lexham Tax Data Inc."}));
    desk.set("rename", json!({"list": "Account", "from": "Travel", "to": "Trips"}));
    assert_eq!(desk.bill("B1").code(), "0");
    let moved = desk.ask("<AccountQueryRq><FullName>Trips:Airfare</FullName></AccountQueryRq>");
    assert_eq!(moved.value("AccountNumber"), "6010");
    assert_eq!(desk.books.records().len(), 1);
}

#[test]
fn accounts_must_be_of_the_right_type() {
    let desk = Desk::new();
    let with = |from: &str, to: &str| desk.ask(&bill("B1", "2026-10-29", "1.00").replacen(from, to, 1));
    for (from, to) in [
        ("<FullName>Accounts Payable<", "<FullName>Operating Bank<"),
        ("Software and Subscriptions", "Accounts Receivable"),
        ("Software and Subscriptions", "Employee Payables"),
    ] {
        let answer = with(from, to);
        assert_eq!(answer.code(), "3180", "{to}");
        assert!(
            answer
                .message()
                .starts_with("There was an error when saving a Bill.  QuickBooks error message: ")
        );
    }
    let charge = |kind: &str, account: &str, amount: &str| {
        desk.ask(&format!(
            "<{kind}AddRq><{kind}Add><AccountRef><FullName>{account}</FullName></AccountRef><PayeeEntityRef>\
             <FullName>Card merchants</FullName></PayeeEntityRef>{}<ExpenseLineAdd><AccountRef>\
             <FullName>Travel:Airfare</FullName></AccountRef><Amount>{amount}</Amount></ExpenseLineAdd></{kind}Add></{kind}AddRq>",
            if kind == "Check" {
                "<RefNumber>TO7F3K2Q9D4</RefNumber><TxnDate>2026-10-20</TxnDate>"
            } else {
                "<TxnDate>2026-10-20</TxnDate><RefNumber>TO7F3K2Q9D4</RefNumber>"
            }
        ))
    };
    assert_eq!(charge("CreditCardCharge", "Operating Bank", "243.10").code(), "3180");
    assert_eq!(charge("Check", "Corporate Visa", "243.10").code(), "3180");
    assert_eq!(charge("CreditCardCharge", "Corporate Visa", "-1.00").code(), "3180");
    assert_eq!(charge("CreditCardCharge", "Corporate Visa", "243.10").value("Amount"), "243.10");
    assert_eq!(charge("CreditCardCredit", "Corporate Visa", "95.00").code(), "0");
    assert_eq!(charge("Check", "Operating Bank", "31.75").code(), "0");
    let visa = desk.ask("<AccountQueryRq><FullName>Corporate Visa</FullName></AccountQueryRq>");
    assert_eq!(visa.value("Balance"), "148.10");
    assert_eq!(
        desk.ask("<CreditCardChargeQueryRq><RefNumber>to7f3k2q9d4</RefNumber></CreditCardChargeQueryRq>")
            .names("RefNumber")
            .len(),
        1
    );
    assert_eq!(
        desk.ask("<CheckQueryRq><IncludeLineItems>true</IncludeLineItems></CheckQueryRq>").code(),
        "0"
    );
}

#[test]
fn a_bill_is_never_negative_but_its_lines_may_be() {
    let desk = Desk::new();
    let line = "<ExpenseLineAdd><AccountRef><FullName>Rent</FullName></AccountRef><Amount>-40.00</Amount></ExpenseLineAdd></BillAdd>";
    let two = |amount: &str| desk.ask(&bill("B1", "2026-10-29", amount).replace("</BillAdd>", line));
    assert_eq!(two("39.99").code(), "3180");
    assert_eq!(two("100.00").value("AmountDue"), "60.00");
    let credit = desk.ask(
        "<VendorCreditAddRq><VendorCreditAdd><VendorRef><FullName>Lexham Tax Data Inc.</FullName></VendorRef>\
         <TxnDate>2026-10-30</TxnDate><RefNumber>C1</RefNumber><ExpenseLineAdd><AccountRef><FullName>Rent</FullName>\
         </AccountRef><Amount>10.00</Amount></ExpenseLineAdd></VendorCreditAdd></VendorCreditAddRq>",
    );
    assert_eq!(
        (credit.code(), credit.value("CreditAmount"), credit.value("OpenAmount")),
        ("0", "10.00", "10.00")
    );
    assert_eq!(credit.ret().child("APAccountRef").unwrap().value("FullName"), Some("Accounts Payable"));
    assert_eq!(
        desk.ask("<VendorQueryRq><FullName>Lexham Tax Data Inc.</FullName></VendorQueryRq>").value("Balance"),
        "50.00"
    );
}

#[test]
fn the_closing_date_closes_additions_changes_and_deletions() {
    let desk = Desk::new();
    let answer = desk.ask(&bill("B1", "2026-09-30", "1.00"));
    assert_eq!(answer.code(), "3171");
    assert!(
        answer.message().contains("on or before the closing date of the company"),
        "{}",
        answer.message()
    );
    assert_eq!(desk.ask(&bill("B1", "2026-10-01", "1.00")).code(), "0");
    let id = desk.books.records()[0]["TxnID"].as_str().unwrap().to_owned();
    desk.set("closing_date", json!("2026-10-31"));
    assert!(desk.books.hcp().contains("<ClosingDate>2026-10-31</ClosingDate>"));
    let delete = format!("<TxnDelRq><TxnDelType>Bill</TxnDelType><TxnID>{id}</TxnID></TxnDelRq>");
    assert_eq!(desk.ask(&delete).code(), "3161");
    desk.set("closing_code", json!(3180));
    let answer = desk.ask(&bill("B2", "2026-10-31", "1.00"));
    assert_eq!(answer.code(), "3180");
    assert!(
        answer.message().contains("on or before the closing date of the company"),
        "{}",
        answer.message()
    );
    desk.set("closing_date", json!(null));
    assert!(!desk.books.hcp().contains("ClosingDate"));
    assert_eq!(desk.ask(&delete).code(), "0");
}

#[test]
fn classes_and_billable_lines_need_what_they_need() {
    let desk = Desk::new();
    let billable = |line: &str| {
        desk.ask(
            &bill("B1", "2026-10-29", "1.00").replace("<ClassRef><FullName>700</FullName></ClassRef>", line),
        )
    };
    let status = "<BillableStatus>Billable</BillableStatus>";
    assert_eq!(billable(status).code(), "3180");
    let customer = "<CustomerRef><FullName>Wachusett Mills:JOB-118</FullName></CustomerRef>";
    assert_eq!(billable(&format!("{customer}{status}")).code(), "0");
    desk.set("class_tracking", json!(false));
    let off = desk.bill("B2");
    assert_eq!(off.code(), "3250");
    assert_eq!(off.message(), "This feature is not enabled or not available in this version of QuickBooks.");
    assert_eq!(billable("").code(), "0");
    assert!(desk.books.hcp().contains("<IsUsingClassTracking>false</IsUsingClassTracking>"));
}

#[test]
fn the_vendor_decides_the_currency() {
    let mut file = fq_tax::company();
    file.currencies = vec![("EUR".to_owned(), "Euro".to_owned())];
    file.accounts.push(Account {
        number: "2005".to_owned(),
        name: "Accounts Payable EUR".to_owned(),
        parent: None,
        kind: "AccountsPayable".to_owned(),
        currency: Some("EUR".to_owned()),
        active: true,
    });
    file.names.push(Name { currency: Some("EUR".to_owned()), ..Name::new(NameKind::Vendor, "Inkwell") });
    let desk = Desk::of(file);
    let inkwell = bill("B1", "2026-10-29", "100.00").replacen("Lexham Tax Data Inc.", "Inkwell", 1);
    assert_eq!(desk.ask(&inkwell).code(), "3180");
    let right = inkwell.replace("<FullName>Accounts Payable<", "<FullName>Accounts Payable EUR<");
    let right = right.replace("<ExpenseLineAdd>", "<ExchangeRate>1.085</ExchangeRate><ExpenseLineAdd>");
    let answer = desk.ask(&right);
    assert_eq!(answer.code(), "0", "{}", answer.message());
    assert_eq!(answer.ret().child("CurrencyRef").unwrap().value("FullName"), Some("Euro"));
    assert_eq!(answer.value("AmountDueInHomeCurrency"), "108.50");
    assert_eq!(desk.ask("<CurrencyQueryRq/>").names("CurrencyCode"), ["USD", "EUR"]);
    // With one currency there is no rate, no currency list and no currency in answers.
    let plain = Desk::new();
    let rate = bill("B1", "2026-10-29", "1.00")
        .replace("<ExpenseLineAdd>", "<ExchangeRate>1</ExchangeRate><ExpenseLineAdd>");
    assert_eq!(plain.ask(&rate).code(), "3250");
    assert_eq!(plain.ask("<CurrencyQueryRq/>").code(), "3250");
    assert!(plain.bill("B1").ret().child("CurrencyRef").is_none());
}

#[test]
fn a_bill_is_changed_line_by_line() {
    let desk = Desk::new();
    let added = desk.bill("B1");
    let (id, edit) = (added.value("TxnID").to_owned(), added.value("EditSequence").to_owned());
    let line = added.ret().child("ExpenseLineRet").unwrap().value("TxnLineID").unwrap().to_owned();
    let change = |edit: &str, inner: &str| {
        desk.ask(&format!(
            "<BillModRq><BillMod><TxnID>{id}</TxnID><EditSequence>{edit}</EditSequence>{inner}</BillMod></BillModRq>"
        ))
    };
    let stale = change("1", "<Memo>x</Memo>");
    assert_eq!((stale.code(), stale.message()), ("3200", "The provided edit sequence \"1\" is out-of-date."));
    let memo = change(&edit, "<Memo>New memo</Memo>");
    assert_eq!((memo.value("Memo"), memo.value("AmountDue")), ("New memo", "100.00"));
    let next = memo.value("EditSequence").to_owned();
    assert_ne!(next, edit);
    assert_eq!(change(&edit, "<Memo>x</Memo>").code(), "3200");
    let more = format!(
        "<ExpenseLineMod><TxnLineID>{line}</TxnLineID></ExpenseLineMod><ExpenseLineMod><TxnLineID>-1</TxnLineID><AccountRef>\
         <FullName>Rent</FullName></AccountRef><Amount>5.00</Amount></ExpenseLineMod>"
    );
    let two = change(&next, &more);
    assert_eq!(two.value("AmountDue"), "105.00");
    let ids: Vec<&str> = two.ret().all("ExpenseLineRet").filter_map(|line| line.value("TxnLineID")).collect();
    assert_eq!((ids.len(), ids[0]), (2, line.as_str()));
    let second = format!("<ExpenseLineMod><TxnLineID>{}</TxnLineID></ExpenseLineMod>", ids[1]);
    let one = change(two.value("EditSequence"), &second);
    assert_eq!(one.value("AmountDue"), "5.00");
    assert_eq!(
        desk.ask("<VendorQueryRq><FullName>Lexham Tax Data Inc.</FullName></VendorQueryRq>").value("Balance"),
        "5.00"
    );
    desk.set("user_edit", json!(1));
    let current = one.value("EditSequence").to_owned();
    assert_eq!(change(&current, "<Memo>mine</Memo>").code(), "3200");
    let now = desk.ask("<BillQueryRq><RefNumber>B1</RefNumber></BillQueryRq>");
    assert_eq!(change(now.value("EditSequence"), "<Memo>mine</Memo>").code(), "0");
}
