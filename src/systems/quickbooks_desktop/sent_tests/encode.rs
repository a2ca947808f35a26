//! Entries as requests.

use super::*;
use crate::systems::quickbooks_desktop::check::check;
use crate::systems::quickbooks_desktop::encode::encode;

fn text_of(entry: &Entry) -> String {
    assert_eq!(check(entry, &facts()), Vec::<String>::new());
    String::from_utf8(encode(entry, &key(), &facts()).unwrap().bytes).unwrap()
}

#[test]
fn a_bill_is_these_bytes_for_ever() {
    let want = concat!(
        r#"<BillAddRq requestID="TO7F3A91C2K001"><BillAdd>"#,
        "<VendorRef><ListID>80000012-1600000001</ListID></VendorRef>",
        "<APAccountRef><ListID>80002000-1600000001</ListID></APAccountRef>",
        "<TxnDate>2026-10-27</TxnDate><DueDate>2026-11-03</DueDate><RefNumber>TO7F3A91C2K</RefNumber>",
        "<Memo>T1QW6C Feld, Worcester &#183; tieout:TO7F3A91C2K</Memo>",
        "<ExpenseLineAdd><AccountRef><ListID>80006020-1600000001</ListID></AccountRef><Amount>198.40</Amount>",
        "<Memo>2026-10-20 Hotel, Worcester</Memo><ClassRef><ListID>80000700-1600000001</ListID></ClassRef>",
        "</ExpenseLineAdd></BillAdd></BillAddRq>",
    );
    assert_eq!(text_of(&bill()), want);
    assert_eq!(text_of(&bill()), text_of(&bill()));
    // what people call things is no part of it
    let mut renamed = bill();
    renamed.party = Some(Named::new(NORA, "Feld-Ramirez, Nora"));
    renamed.lines[0].account.name = "6020 Hotels".into();
    assert_eq!(text_of(&renamed), want);
}

#[test]
fn prepared_says_how_it_is_found_again() {
    let prepared = |entry: &Entry| encode(entry, &key(), &facts()).unwrap();
    let of = |entry: &Entry| (prepared(entry).item_key, prepared(entry).lookup.to_string());
    let found = |request: &str| format!(r#"{{"ref_number":"TO7F3A91C2K","request":"{request}"}}"#);
    assert_eq!(of(&bill()), ("TO7F3A91C2K001".into(), found("BillQuery")));
    assert_eq!(of(&journal()).1, found("JournalEntryQuery"));
    let numbered = Entry { number: "LX-5540".into(), ..bill() };
    let want = r#"{"ref_number":"LX-5540","request":"BillQuery","vendor":"80000012-1600000001"}"#;
    assert_eq!(of(&numbered).1, want);
    let other = ItemKey { reference: "TO7F3A91C2M".parse().unwrap(), generation: 1 };
    assert!(encode(&bill(), &other, &facts()).unwrap_err().contains("is not that of"));
}

#[test]
fn d61_the_card_purchase() {
    let lines = vec![
        line("6010", Side::Debit, "243.10", "2026-10-20 Air fare BOS-PHL, CT-9301"),
        offset(LineRole::Card, "2110", Side::Credit, "243.10", ""),
    ];
    let party = Some(Named::new(LEXHAM, "Card merchants"));
    let text = text_of(&entry(EntryKind::CardPurchase, "2026-10-20", party, lines));
    let want = concat!(
        r#"<CreditCardChargeAddRq requestID="TO7F3A91C2K001"><CreditCardChargeAdd>"#,
        "<AccountRef><ListID>80002110-1600000001</ListID></AccountRef>",
        "<PayeeEntityRef><ListID>80000013-1600000001</ListID></PayeeEntityRef>",
        "<TxnDate>2026-10-20</TxnDate><RefNumber>TO7F3A91C2K</RefNumber>",
        "<Memo>T1QW6C Feld, Worcester &#183; tieout:TO7F3A91C2K</Memo>",
        "<ExpenseLineAdd><AccountRef><ListID>80006010-1600000001</ListID></AccountRef><Amount>243.10</Amount>",
        "<Memo>2026-10-20 Air fare BOS-PHL, CT-9301</Memo>",
        "<ClassRef><ListID>80000700-1600000001</ListID></ClassRef></ExpenseLineAdd>",
        "</CreditCardChargeAdd></CreditCardChargeAddRq>",
    );
    assert_eq!(text, want);
}

#[test]
fn d62_the_invoice_keeps_the_suppliers_number() {
    let lines = vec![
        line("6210", Side::Debit, "1480.00", "Research service Lodz edition"),
        offset(LineRole::Payable, "2000", Side::Credit, "1480.00", ""),
    ];
    let party = Some(Named::new(LEXHAM, "Lexham Tax Data Inc."));
    let due = Some(day("2026-11-24"));
    let bill = Entry { number: "LX-5540".into(), due, ..entry(EntryKind::Bill, "2026-10-29", party, lines) };
    let node = parsed(text_of(&bill).as_bytes());
    assert_eq!(node.get("BillAdd/RefNumber"), "LX-5540");
    assert_eq!(node.get("BillAdd/DueDate"), "2026-11-24");
    assert_eq!(node.get("BillAdd/ExpenseLineAdd/Memo"), "Research service Lodz edition");
    assert_eq!(node.get("BillAdd/ExpenseLineAdd/Amount"), "1480.00");
}

#[test]
fn d63_a_card_refund_has_positive_amounts() {
    let lines = vec![
        line("6530", Side::Credit, "95", "2026-10-28 Refund of course, CT-9302"),
        offset(LineRole::Card, "2110", Side::Debit, "95", ""),
    ];
    let text = text_of(&entry(EntryKind::CardRefund, "2026-10-28", None, lines));
    assert!(text.starts_with(r#"<CreditCardCreditAddRq requestID="TO7F3A91C2K001"><CreditCardCreditAdd>"#));
    assert!(text.contains("<Amount>95.00</Amount>") && !text.contains("Payee"), "{text}");
}

#[test]
fn d64_the_journal_has_its_marker_on_every_line() {
    let want = concat!(
        r#"<JournalEntryAddRq requestID="TO7F3A91C2K001"><JournalEntryAdd>"#,
        "<TxnDate>2026-10-30</TxnDate><RefNumber>TO7F3A91C2K</RefNumber>",
        "<JournalDebitLine><AccountRef><ListID>80006010-1600000001</ListID></AccountRef><Amount>402.60</Amount>",
        "<Memo>2026-10-26 Fare, direct bill &#183; tieout:TO7F3A91C2K</Memo>",
        "<EntityRef><ListID>80000118-1600000001</ListID></EntityRef>",
        "<ClassRef><ListID>80000700-1600000001</ListID></ClassRef><BillableStatus>Billable</BillableStatus>",
        "</JournalDebitLine>",
        "<JournalCreditLine><AccountRef><ListID>80002130-1600000001</ListID></AccountRef><Amount>402.60</Amount>",
        "<Memo>Z3KD8M Iverson, Paul &#183; tieout:TO7F3A91C2K</Memo></JournalCreditLine>",
        "</JournalEntryAdd></JournalEntryAddRq>",
    );
    assert_eq!(text_of(&journal()), want);
    let mut silent = journal();
    silent.lines[1].text = String::new();
    assert!(text_of(&silent).contains("<Memo>tieout:TO7F3A91C2K</Memo></JournalCreditLine>"));
}

#[test]
fn a_payable_line_of_a_journal_names_its_vendor() {
    let mut owed = offset(LineRole::Payable, "2000", Side::Credit, "10", "");
    owed.party = Some(nora());
    let entry = entry(
        EntryKind::Journal,
        "2026-10-30",
        Some(nora()),
        vec![line("6110", Side::Debit, "10", "Lunch"), owed.clone()],
    );
    let node = parsed(text_of(&entry).as_bytes());
    assert_eq!(node.get("JournalEntryAdd/JournalCreditLine/EntityRef/ListID"), NORA);
    assert_eq!(node.get("JournalEntryAdd/JournalDebitLine/EntityRef/ListID"), "");
    // the entry's own vendor where the line has none
    let without = Entry { lines: vec![entry.lines[0].clone(), Line { party: None, ..owed }], ..entry };
    let node = parsed(text_of(&without).as_bytes());
    assert_eq!(node.get("JournalEntryAdd/JournalCreditLine/EntityRef/ListID"), NORA);
}

#[test]
fn a_vendor_credit_has_no_due_date_and_its_sides_are_swapped() {
    let lines = vec![
        line("6020", Side::Credit, "120.00", "Refund"),
        line("6110", Side::Debit, "20.00", "Fee"),
        offset(LineRole::Payable, "2000", Side::Debit, "100.00", ""),
    ];
    let mut credit = entry(EntryKind::VendorCredit, "2026-10-30", Some(nora()), lines);
    credit.due = Some(day("2026-11-30"));
    let node = parsed(text_of(&credit).as_bytes());
    let record = node.at("VendorCreditAdd").unwrap();
    let amounts: Vec<&str> =
        record.children.iter().filter(|c| c.name == "ExpenseLineAdd").map(|l| l.get("Amount")).collect();
    assert_eq!(amounts, ["120.00", "-20.00"]);
    assert_eq!(
        record.names(),
        ["VendorRef", "APAccountRef", "TxnDate", "RefNumber", "Memo", "ExpenseLineAdd", "ExpenseLineAdd"]
    );
}

#[test]
fn a_line_with_a_customer_says_whether_it_is_billable() {
    let mut one = bill();
    one.lines[0].dimensions.customer = Some(Named::new(JOB, "Harbor Bakery:JOB-118"));
    assert!(text_of(&one).contains(concat!(
        "<CustomerRef><ListID>80000118-1600000001</ListID></CustomerRef>",
        "<ClassRef><ListID>80000700-1600000001</ListID></ClassRef><BillableStatus>NotBillable</BillableStatus>"
    )));
    one.lines[0].billable = true;
    assert!(text_of(&one).contains("<BillableStatus>Billable</BillableStatus>"));
    one.lines[0].dimensions.customer = None;
    assert_eq!(encode(&one, &key(), &facts()).unwrap_err(), "a billable line needs a customer");
}

#[test]
fn a_bill_in_another_currency_has_its_rate_and_no_currency() {
    let lines = vec![
        line("6020", Side::Debit, "100.00", "Hotel"),
        offset(LineRole::Payable, "2005", Side::Credit, "100.00", ""),
    ];
    let party = Some(Named::new(ADA, "Quill, Ada"));
    let mut foreign = entry(EntryKind::Bill, "2026-10-30", party, lines);
    (foreign.currency, foreign.rate) = (eur(), Some(d("1.08500")));
    let text = text_of(&foreign);
    assert!(text.contains("</Memo><ExchangeRate>1.085</ExchangeRate><ExpenseLineAdd>"), "{text}");
    assert!(!text.contains("Currency"));
    // at home there is none
    assert!(!text_of(&Entry { rate: Some(d("1")), ..bill() }).contains("ExchangeRate"));
}

#[test]
fn what_cannot_be_said_is_refused_and_never_bent() {
    let refused = |change: &dyn Fn(&mut Entry)| {
        let mut entry = bill();
        change(&mut entry);
        assert_ne!(check(&entry, &facts()), Vec::<String>::new(), "the check says it before");
        encode(&entry, &key(), &facts()).unwrap_err()
    };
    assert!(refused(&|e| e.lines[0].amount = d("1.005")).contains("more than two decimals"));
    assert!(refused(&|e| e.memo = format!("{}·{}", "x".repeat(4095), e.memo)).contains("at most 4095"));
    assert!(refused(&|e| e.number = "123456789012345678901".into()).contains("at most 20"));
    assert!(refused(&|e| e.lines[0].text = "Łódź".into()).contains("Latin-1 only"));
    assert!(refused(&|e| e.lines[0].text = "a\tb".into()).contains("control character"));
    assert!(refused(&|e| e.party = None).contains("vendor is missing"));
    assert!(refused(&|e| e.lines.truncate(0)).contains("there is no line"));
    let mut no_classes = facts();
    no_classes.company.classes = false;
    assert!(encode(&bill(), &key(), &no_classes).unwrap_err().contains("classes are not switched on"));
}

#[test]
fn markup_in_texts_is_only_text() {
    let mut one = bill();
    one.lines[0].text = "A&B <x/> ]]> \"q\" 'a' &#955; é £".into();
    let text = text_of(&one);
    assert!(text.contains("A&amp;B &lt;x/&gt; ]]&gt; &quot;q&quot; 'a' &amp;#955; &#233; &#163;"), "{text}");
    assert_eq!(parsed(text.as_bytes()).get("BillAdd/ExpenseLineAdd/Memo"), one.lines[0].text);
}
