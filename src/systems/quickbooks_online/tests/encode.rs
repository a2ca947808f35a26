//! The exact bytes of every kind of record, and what is refused before it is sent.

use super::*;
use crate::systems::quickbooks_online::{check::check, encode::encode};

fn text(entry: &Entry, facts: &LedgerFacts) -> String {
    String::from_utf8(encode(entry, &key(), facts).unwrap().bytes).unwrap()
}

#[test]
fn a_bill_has_every_line_but_the_offsetting_one() {
    let entry = bill();
    let prepared = encode(&entry, &key(), &facts()).unwrap();
    assert_eq!(prepared.item_key, "7F3A91C2K");
    assert_eq!(prepared.lookup, json!({"entity": "Bill", "doc_number": "TO7F3A91C2K"}));
    assert_eq!(
        text(&entry, &facts()),
        concat!(
            r#"{"bId":"7F3A91C2K","operation":"create","Bill":{"VendorRef":{"value":"56"},"APAccountRef":{"value":"33"},"#,
            r#""TxnDate":"2026-10-28","DueDate":"2026-11-04","DocNumber":"TO7F3A91C2K","#,
            r#""PrivateNote":"B4Q7TN Okafor, \"Rollout\" · tieout:TO7F3A91C2K","DepartmentRef":{"value":"2"},"#,
            r#""CurrencyRef":{"value":"USD"},"Line":[{"Amount":200.00,"Description":"Hotel, 2026-10-24","#,
            r#""DetailType":"AccountBasedExpenseLineDetail","AccountBasedExpenseLineDetail":{"AccountRef":{"value":"58"},"#,
            r#""ClassRef":{"value":"5000000000000142240"},"CustomerRef":{"value":"26"},"BillableStatus":"Billable"}},"#,
            r#"{"Amount":-15.80,"Description":"Advance","DetailType":"AccountBasedExpenseLineDetail","#,
            r#""AccountBasedExpenseLineDetail":{"AccountRef":{"value":"60"}}}]}}"#
        )
    );
    assert_eq!(check(&entry, &facts()), Vec::<String>::new());
}

#[test]
fn currency_and_rate_are_sent_only_where_they_are_known() {
    let mut single = facts();
    single.company.multicurrency = false;
    assert!(!text(&bill(), &single).contains("CurrencyRef"));
    let mut euro = bill();
    euro.currency = Currency::EUR;
    euro.rate = Some("1.08320000".parse().unwrap());
    assert!(text(&euro, &facts()).contains(r#""CurrencyRef":{"value":"EUR"},"ExchangeRate":1.0832,"#));
    assert!(encode(&euro, &key(), &single).unwrap_err().contains("EUR"));
    euro.rate = Some("1.08321234".parse().unwrap());
    assert!(encode(&euro, &key(), &facts()).unwrap_err().contains("7 decimals"));
    // a rate at home currency says nothing and is not sent
    let mut home = bill();
    home.rate = Some("1".parse().unwrap());
    assert!(!text(&home, &facts()).contains("ExchangeRate"));
}

#[test]
fn a_vendor_credit_turns_the_sides_round() {
    let mut entry = bill();
    entry.kind = EntryKind::VendorCredit;
    entry.location = None;
    entry.lines = vec![
        line(Side::Credit, "58", "60.00"),
        line(Side::Debit, "58", "10.5"),
        offset(Side::Debit, LineRole::Payable, "33", "49.50"),
    ];
    let v: Value = serde_json::from_str(&text(&entry, &facts())).unwrap();
    let credit = &v["VendorCredit"];
    assert_eq!(credit["Line"][0]["Amount"].to_string(), "60.00");
    assert_eq!(credit["Line"][1]["Amount"].to_string(), "-10.50");
    assert_eq!(credit["Line"].as_array().unwrap().len(), 2);
    assert!(credit.get("DueDate").is_none());
    assert_eq!(check(&entry, &facts()), Vec::<String>::new());
}

#[test]
fn a_card_purchase_and_its_refund() {
    let mut entry = bill();
    entry.kind = EntryKind::CardPurchase;
    entry.offset_account = Some(Named::new("41", "2110 Corporate Visa"));
    entry.location = None;
    entry.lines =
        vec![line(Side::Debit, "58", "412.30"), offset(Side::Credit, LineRole::Card, "41", "412.30")];
    assert_eq!(
        text(&entry, &facts()),
        concat!(
            r#"{"bId":"7F3A91C2K","operation":"create","Purchase":{"PaymentType":"CreditCard","AccountRef":{"value":"41"},"#,
            r#""EntityRef":{"value":"56","type":"Vendor"},"TxnDate":"2026-10-28","DocNumber":"TO7F3A91C2K","#,
            r#""PrivateNote":"B4Q7TN Okafor, \"Rollout\" · tieout:TO7F3A91C2K","CurrencyRef":{"value":"USD"},"#,
            r#""Line":[{"Amount":412.30,"Description":"Hotel, 2026-10-24","DetailType":"AccountBasedExpenseLineDetail","#,
            r#""AccountBasedExpenseLineDetail":{"AccountRef":{"value":"58"}}}]}}"#
        )
    );
    assert_eq!(check(&entry, &facts()), Vec::<String>::new());
    entry.kind = EntryKind::CardRefund;
    entry.party = None;
    entry.lines =
        vec![line(Side::Credit, "58", "412.30"), offset(Side::Debit, LineRole::Card, "41", "412.30")];
    let refund = text(&entry, &facts());
    assert!(refund.contains(r#""AccountRef":{"value":"41"},"Credit":true,"TxnDate""#), "{refund}");
    assert!(refund.contains(r#""Amount":412.30"#));
    assert_eq!(check(&entry, &facts()), Vec::<String>::new());
    entry.offset_account = None;
    assert!(encode(&entry, &key(), &facts()).is_err());
}

#[test]
fn a_journal_names_the_vendor_on_the_payable_line() {
    let mut entry = bill();
    entry.kind = EntryKind::Journal;
    let mut cost = line(Side::Debit, "58", "184.2");
    cost.dimensions.class = Some(Named::new("5000000000000142240", "200 Operations"));
    cost.dimensions.department = Some(Named::new("2", "Boston"));
    entry.lines = vec![cost, offset(Side::Credit, LineRole::Payable, "33", "184.20")];
    assert_eq!(
        text(&entry, &facts()),
        concat!(
            r#"{"bId":"7F3A91C2K","operation":"create","JournalEntry":{"TxnDate":"2026-10-28","DocNumber":"TO7F3A91C2K","#,
            r#""PrivateNote":"B4Q7TN Okafor, \"Rollout\" · tieout:TO7F3A91C2K","CurrencyRef":{"value":"USD"},"Line":["#,
            r#"{"Amount":184.20,"Description":"Hotel, 2026-10-24","DetailType":"JournalEntryLineDetail","JournalEntryLineDetail":"#,
            r#"{"PostingType":"Debit","AccountRef":{"value":"58"},"ClassRef":{"value":"5000000000000142240"},"DepartmentRef":{"value":"2"}}},"#,
            r#"{"Amount":184.20,"Description":"Okafor, Amara","DetailType":"JournalEntryLineDetail","JournalEntryLineDetail":"#,
            r#"{"PostingType":"Credit","AccountRef":{"value":"33"},"Entity":{"Type":"Vendor","EntityRef":{"value":"56"}}}}]}}"#
        )
    );
    assert_eq!(check(&entry, &facts()), Vec::<String>::new());
    entry.party = None;
    assert!(encode(&entry, &key(), &facts()).unwrap_err().contains("vendor"));
    assert!(check(&entry, &facts()).iter().any(|s| s.contains("needs a vendor")));
    entry.lines.push(offset(Side::Credit, LineRole::Payable, "33", "0.00"));
    assert!(check(&entry, &facts()).iter().any(|s| s.contains("one payable")));
}

#[test]
fn tax_is_said_outside_the_us_only() {
    let mut elsewhere = facts();
    elsewhere.company.country = "CA".into();
    let mut entry = bill();
    assert!(text(&entry, &elsewhere).contains(r#""GlobalTaxCalculation":"NotApplicable""#));
    entry.lines[0].tax_code = Some("4".into());
    // QuickBooks would add its own tax on top of what was approved
    assert!(encode(&entry, &key(), &elsewhere).unwrap_err().contains("tax code"));
    assert!(check(&entry, &elsewhere).iter().any(|s| s.contains("outside the US")));
    assert!(check(&entry, &facts()).iter().any(|s| s.contains("TAX or NON")));
    entry.lines[0].tax_code = Some("NON".into());
    assert_eq!(check(&entry, &facts()), Vec::<String>::new());
    let us = text(&entry, &facts());
    assert!(us.contains(r#""TaxCodeRef":{"value":"NON"}"#) && !us.contains("GlobalTaxCalculation"));
}

#[test]
fn amounts_are_exact_or_refused() {
    let mut entry = bill();
    entry.lines[0].amount = "200.005".parse().unwrap();
    assert!(encode(&entry, &key(), &facts()).is_err());
    entry.lines[0].amount = "90071992547409.93000000".parse().unwrap();
    assert!(text(&entry, &facts()).contains(r#""Amount":90071992547409.93,"#));
    entry.lines[0].amount = rust_decimal::Decimal::new(0, 8);
    assert!(text(&entry, &facts()).contains(r#""Amount":0.00,"#));
}

#[test]
fn what_the_ledger_cannot_hold_is_said_before_it_is_sent() {
    type Change = fn(&mut Entry, &mut LedgerFacts);
    let cases: [(&str, Change); 20] = [
        ("21", |e, _| e.number = "X".repeat(22)),
        ("the number is empty", |e, _| e.number = String::new()),
        ("marker", |e, _| e.memo = "typed by hand".into()),
        ("4000", |e, _| e.memo = format!("{}{}", "x".repeat(4000), e.memo)),
        ("Latin-1", |e, _| e.lines[0].text = "Łódź".into()),
        ("Latin-1", |e, _| e.memo = format!("🧳 {}", e.memo)),
        ("control character", |e, _| e.lines[0].text = "a\tb".into()),
        ("decimals", |e, _| e.lines[0].amount = "1.001".parse().unwrap()),
        ("debits and credits", |e, _| e.lines[0].amount = "1".parse().unwrap()),
        ("not in use", |e, _| e.currency = "GBP".parse().unwrap()),
        ("does not have the currency", |e, _| e.party = Some(Named::new("57", "Müller, Grace"))),
        ("no vendor Nobody", |e, _| e.party = Some(Named::new("99", "Nobody"))),
        ("the vendor is missing", |e, _| e.party = None),
        ("5010 Client Airfare is inactive", |_, f| f.accounts[0].active = false),
        ("is no accounts payable account", |e, _| e.offset_account = Some(Named::new("41", "2110"))),
        ("is in EUR", |e, _| e.lines[2].account = Named::new("34", "2015")),
        ("not on the account", |e, _| e.offset_account = Some(Named::new("34", "2015"))),
        ("classes are not switched on", |_, f| f.company.classes = false),
        ("the class Old is inactive", |e, _| e.lines[0].dimensions.class = Some(Named::new("7", "Old"))),
        ("billable expenses are not", |_, f| f.company.billable = false),
    ];
    for (n, (word, change)) in cases.iter().enumerate() {
        let (mut entry, mut facts) = (bill(), facts());
        change(&mut entry, &mut facts);
        let said = check(&entry, &facts.indexed());
        assert!(said.iter().any(|s| s.contains(word)), "case {n}: {word:?} not in {said:?}");
    }
}

#[test]
fn text_outside_latin_1_is_kept_elsewhere() {
    let mut elsewhere = facts();
    elsewhere.company.country = "CA".into();
    let mut entry = bill();
    entry.lines[0].text = "Łódź".into();
    assert_eq!(check(&entry, &elsewhere), Vec::<String>::new());
}

#[test]
fn the_key_has_to_be_the_entrys_own() {
    let other = ItemKey { reference: "TO7F3A91C2M".parse().unwrap(), generation: 1 };
    assert!(encode(&bill(), &other, &facts()).is_err());
}

#[test]
fn a_negative_bill_is_refused_here() {
    let mut entry = bill();
    entry.lines =
        vec![line(Side::Credit, "58", "10.00"), offset(Side::Debit, LineRole::Payable, "33", "10.00")];
    assert!(check(&entry, &facts()).iter().any(|s| s.contains("-10.00")));
}
