//! The exact bytes of every kind of record, and what is refused before it is sent.

use super::*;
use crate::model::entry::TaxTotal;
use crate::model::ledger::{TaxCode, TaxRate};
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
    assert!(check(&entry, &facts()).iter().any(|s| s.contains("TAX or NON")));
    entry.lines[0].tax_code = Some("NON".into());
    assert_eq!(check(&entry, &facts()), Vec::<String>::new());
    let us = text(&entry, &facts());
    assert!(us.contains(r#""TaxCodeRef":{"value":"NON"}"#) && !us.contains("GlobalTaxCalculation"));
}

/// A Canadian company with a plain code, a group code and one that is not for purchases.
fn canada() -> LedgerFacts {
    let rate = |id: &str, percent: &str| TaxRate {
        id: id.into(),
        name: id.into(),
        percent: Some(percent.parse().unwrap()),
    };
    let code = |id: &str, purchase: Vec<TaxRate>| TaxCode {
        id: id.into(),
        name: format!("code {id}"),
        active: true,
        purchase,
    };
    let mut facts = facts();
    facts.company.country = "CA".into();
    facts.tax_codes = vec![
        code("4", vec![rate("17", "5")]),
        code("6", vec![rate("17", "5"), rate("18", "7")]),
        code("7", vec![]),
    ];
    facts
}

/// 153.20 net with a reclaim of 7.66 on code 4, and 100.00 with 12.01 on the group code 6.
fn taxed_bill() -> Entry {
    let with = |mut l: Line, code: &str, role: LineRole| {
        l.tax_code = Some(code.into());
        l.role = role;
        l
    };
    let mut entry = bill();
    entry.lines = vec![
        with(line(Side::Debit, "58", "153.20"), "4", LineRole::Cost),
        with(line(Side::Debit, "58", "100.00"), "6", LineRole::Cost),
        with(line(Side::Debit, "60", "7.66"), "4", LineRole::Tax),
        with(line(Side::Debit, "60", "12.01"), "6", LineRole::Tax),
        offset(Side::Credit, LineRole::Payable, "33", "272.87"),
    ];
    let total = |code: &str, net: &str, amount: &str| TaxTotal {
        code: code.into(),
        net: net.parse().unwrap(),
        amount: amount.parse().unwrap(),
    };
    entry.taxes = vec![total("4", "153.20", "7.66"), total("6", "100.00", "12.01")];
    entry
}

#[test]
fn tax_goes_out_net_with_the_exact_tax_of_each_rate() {
    let entry = taxed_bill();
    assert_eq!(check(&entry, &canada()), Vec::<String>::new());
    let v: Value = serde_json::from_str(&text(&entry, &canada())).unwrap();
    let b = &v["Bill"];
    assert_eq!(b["GlobalTaxCalculation"], "TaxExcluded");
    let lines = b["Line"].as_array().unwrap();
    assert_eq!(lines.len(), 2, "tax is an override, not a line");
    assert_eq!(lines[0]["AccountBasedExpenseLineDetail"]["TaxCodeRef"]["value"], "4");
    let said: Vec<String> = b["TxnTaxDetail"]["TaxLine"]
        .as_array()
        .unwrap()
        .iter()
        .map(|l| {
            let d = &l["TaxLineDetail"];
            format!(
                "{} {} {} {}",
                d["TaxRateRef"]["value"], l["Amount"], d["NetAmountTaxable"], d["PercentBased"]
            )
        })
        .collect();
    // 7.66 and 5/12 of 12.01 on the one rate, the rest of it on the other: 19.67 in all
    assert_eq!(said, ["\"17\" 12.66 253.20 false", "\"18\" 7.01 100.00 false"]);
}

#[test]
fn tax_that_does_not_add_up_is_said() {
    type Change = fn(&mut Entry);
    let cases: [(&str, Change); 6] = [
        ("has no tax code", |e| e.lines[1].tax_code = None),
        ("no tax code 9", |e| e.lines[1].tax_code = Some("9".into())),
        ("not for purchases", |e| e.lines[1].tax_code = Some("7".into())),
        ("is missing", |e| {
            e.taxes.pop();
        }),
        ("add up to", |e| e.taxes[0].net = "1".parse().unwrap()),
        ("do not make up", |e| e.taxes[0].amount = "7.67".parse().unwrap()),
    ];
    for (n, (word, change)) in cases.iter().enumerate() {
        let mut entry = taxed_bill();
        change(&mut entry);
        let said = check(&entry, &canada());
        assert!(said.iter().any(|s| s.contains(word)), "case {n}: {word:?} not in {said:?}");
    }
    assert!(check(&taxed_bill(), &facts()).iter().any(|s| s.contains("tax belongs into cost")));
}

#[test]
fn a_credit_turns_its_tax_round_and_a_journal_says_it_on_the_line() {
    let mut credit = taxed_bill();
    credit.kind = EntryKind::VendorCredit;
    for l in &mut credit.lines {
        l.side = l.side.flipped();
    }
    for t in &mut credit.taxes {
        t.net = -t.net;
        t.amount = -t.amount;
    }
    assert_eq!(check(&credit, &canada()), Vec::<String>::new());
    let v: Value = serde_json::from_str(&text(&credit, &canada())).unwrap();
    assert_eq!(v["VendorCredit"]["TxnTaxDetail"]["TaxLine"][0]["Amount"].to_string(), "12.66");

    let mut journal = taxed_bill();
    journal.kind = EntryKind::Journal;
    assert_eq!(check(&journal, &canada()), Vec::<String>::new());
    let v: Value = serde_json::from_str(&text(&journal, &canada())).unwrap();
    let lines = v["JournalEntry"]["Line"].as_array().unwrap().clone();
    assert_eq!(lines.len(), 3);
    let detail = &lines[1]["JournalEntryLineDetail"];
    assert_eq!(
        (&detail["TaxApplicableOn"], detail["TaxAmount"].to_string()),
        (&json!("Purchase"), "12.01".into())
    );
    assert_eq!(lines[2]["JournalEntryLineDetail"].get("TaxAmount"), None);
}

#[test]
fn a_journal_line_has_the_name_that_it_asks_for() {
    let mut entry = bill();
    entry.kind = EntryKind::Journal;
    entry.party = None;
    let mut cost = line(Side::Debit, "58", "184.20");
    cost.dimensions.customer = Some(Named::new("26", "Aldgate Bank"));
    let mut owed = offset(Side::Credit, LineRole::Payable, "33", "184.20");
    owed.party = Some(Named::new("56", "Okafor, Amara"));
    entry.lines = vec![cost, owed];
    assert_eq!(check(&entry, &facts()), Vec::<String>::new());
    let v: Value = serde_json::from_str(&text(&entry, &facts())).unwrap();
    let entity = |n: usize| v["JournalEntry"]["Line"][n]["JournalEntryLineDetail"]["Entity"].clone();
    assert_eq!(entity(0), json!({"Type": "Customer", "EntityRef": {"value": "26"}}));
    assert_eq!(entity(1), json!({"Type": "Vendor", "EntityRef": {"value": "56"}}));
    entry.lines[1].party = Some(Named::new("99", "Nobody"));
    assert!(check(&entry, &facts()).iter().any(|s| s.contains("no vendor Nobody")));
}

#[test]
fn one_class_a_record_stands_on_every_line() {
    let mut header = facts();
    header.company.class_per_record = true;
    let mut entry = bill();
    let v: Value = serde_json::from_str(&text(&entry, &header)).unwrap();
    for line in v["Bill"]["Line"].as_array().unwrap() {
        assert_eq!(line["AccountBasedExpenseLineDetail"]["ClassRef"]["value"], "5000000000000142240");
    }
    entry.lines[1].dimensions.class = Some(Named::new("7", "Old"));
    assert!(check(&entry, &header).iter().any(|s| s.contains("one class for a whole record")));
}

#[test]
fn a_suppliers_number_is_looked_up_with_its_vendor_and_a_bill_always_has_a_due_date() {
    let mut entry = bill();
    entry.number = "IN-100".into();
    let prepared = encode(&entry, &key(), &facts()).unwrap();
    assert_eq!(prepared.lookup, json!({"entity": "Bill", "doc_number": "IN-100", "vendor": "56"}));
    assert!(text(&entry, &facts()).contains("tieout:TO7F3A91C2K"));
    entry.due = None;
    assert!(check(&entry, &facts()).iter().any(|s| s.contains("due date is missing")));
}

#[test]
fn negative_lines_are_told_where_the_company_refuses_them() {
    let mut strict = facts();
    strict.company.negative_lines = false;
    assert!(check(&bill(), &strict).iter().any(|s| s.contains("vendor credit beside the bill")));
    strict.company.customers_on_lines = false;
    assert!(check(&bill(), &strict).iter().any(|s| s.contains("customers on expense lines")));
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
