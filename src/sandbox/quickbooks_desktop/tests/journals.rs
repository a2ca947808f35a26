//! Journal entries (contract, 7.5 and 8).

use super::Desk;

fn line(side: &str, account: &str, amount: &str, name: &str) -> String {
    let name = if name.is_empty() {
        String::new()
    } else {
        format!("<EntityRef><FullName>{name}</FullName></EntityRef>")
    };
    format!(
        "<Journal{side}Line><AccountRef><FullName>{account}</FullName></AccountRef><Amount>{amount}</Amount>\
         <Memo>tieout:TO7F3K2Q9D4</Memo>{name}</Journal{side}Line>"
    )
}

fn entry(lines: &[String]) -> String {
    format!(
        "<JournalEntryAddRq requestID=\"j\"><JournalEntryAdd><TxnDate>2026-10-30</TxnDate><RefNumber>TO7F3K2Q9D4</RefNumber>{}\
         </JournalEntryAdd></JournalEntryAddRq>",
        lines.concat()
    )
}

#[test]
fn an_entry_balances_and_keeps_its_lines() {
    let desk = Desk::new();
    let debit = line("Debit", "Travel:Airfare", "402.60", "Wachusett Mills:JOB-118");
    let credit = line("Credit", "Company-Paid Travel Clearing", "402.60", "");
    let answer = desk.ask(&entry(&[debit.clone(), credit]));
    assert_eq!(answer.code(), "0", "{}", answer.message());
    assert!(answer.ret().child("Memo").is_none());
    assert_eq!(answer.ret().child("JournalDebitLine").unwrap().value("Amount"), Some("402.60"));
    let short = entry(&[debit.clone(), line("Credit", "Company-Paid Travel Clearing", "402.59", "")]);
    let answer = desk.ask(&short);
    assert_eq!(answer.code(), "3180");
    assert!(
        answer.message().contains("saving a Journal Entry.  QuickBooks error message: "),
        "{}",
        answer.message()
    );
    let negative = entry(&[line("Debit", "Rent", "-1.00", ""), line("Credit", "Rent", "-1.00", "")]);
    assert_eq!(desk.ask(&negative).code(), "3180");
    assert!(desk.refused("<JournalEntryAddRq><JournalEntryAdd/></JournalEntryAddRq>"));
    let found = desk.ask("<JournalEntryQueryRq><RefNumber>to7f3k2q9d4</RefNumber></JournalEntryQueryRq>");
    assert!(found.ret().child("JournalDebitLine").is_none());
    assert!(
        desk.refused(
            "<JournalEntryQueryRq><IncludeLinkedTxns>true</IncludeLinkedTxns></JournalEntryQueryRq>"
        )
    );
    assert_eq!(desk.books.records().len(), 1);
}

#[test]
fn a_payable_needs_a_vendor_and_stands_alone() {
    let desk = Desk::new();
    let debit = line("Debit", "Rent", "10.00", "");
    let payable = |name: &str| entry(&[debit.clone(), line("Credit", "Accounts Payable", "10.00", name)]);
    assert_eq!(desk.ask(&payable("")).code(), "3180");
    assert_eq!(desk.ask(&payable("Wachusett Mills")).code(), "3180");
    assert_eq!(desk.ask(&payable("Lexham Tax Data Inc.")).code(), "0");
    let receivable = |name: &str| {
        entry(&[line("Debit", "Accounts Receivable", "10.00", name), line("Credit", "Rent", "10.00", "")])
    };
    assert_eq!(desk.ask(&receivable("Lexham Tax Data Inc.")).code(), "3180");
    assert_eq!(desk.ask(&receivable("Wachusett Mills:JOB-118")).code(), "0");
    let both = entry(&[
        line("Debit", "Employee Payables", "10.00", "Lexham Tax Data Inc."),
        line("Credit", "Accounts Payable", "10.00", "Lexham Tax Data Inc."),
    ]);
    assert_eq!(desk.ask(&both).code(), "3180");
    assert_eq!(
        desk.ask("<VendorQueryRq><FullName>Lexham Tax Data Inc.</FullName></VendorQueryRq>").value("Balance"),
        "10.00"
    );
}

#[test]
fn numbers_have_eleven_characters() {
    let desk = Desk::new();
    let lines = [line("Debit", "Rent", "1.00", ""), line("Credit", "Travel", "1.00", "")];
    assert_eq!(
        desk.ask(&entry(&lines).replace("<RefNumber>TO7F3K2Q9D4", "<RefNumber>TO7F3K2Q9D4X")).code(),
        "3070"
    );
    assert_eq!(desk.ask(&entry(&lines)).code(), "0");
    assert_eq!(
        desk.ask(&entry(&lines).replace(
            "</Memo></JournalDebitLine>",
            "</Memo><BillableStatus>Billable</BillableStatus></JournalDebitLine>"
        ))
        .code(),
        "3180"
    );
}
