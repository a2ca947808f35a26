//! Reading expense reports: the sample of the contract end to end, each tolerance, each refusal.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::read::read;
use super::testing::SAMPLE;
use crate::model::document::{Document, DocumentKind, Party};
use crate::systems::Unread;

fn d(s: &str) -> Decimal {
    s.parse().unwrap()
}

pub fn sample() -> Value {
    serde_json::from_str(SAMPLE).unwrap()
}

pub fn expense(v: &Value) -> Result<Document, Unread> {
    read(DocumentKind::ExpenseReport, "fis-1", v.to_string().as_bytes())
}

/// The sample with one value replaced.
pub fn with(pointer: &str, value: Value) -> Value {
    let mut v = sample();
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    match v.pointer_mut(parent).unwrap() {
        Value::Object(map) => drop(map.insert(key.to_owned(), value)),
        Value::Array(items) => items[key.parse::<usize>().unwrap()] = value,
        _ => panic!("no parent"),
    }
    v
}

const JOURNAL: &str = "/expenseEntry/0/allocation/0/journal/0";

#[test]
fn the_sample_of_the_contract_from_end_to_end() {
    let doc = read(DocumentKind::ExpenseReport, "fis-1", SAMPLE.as_bytes()).unwrap();
    assert_eq!((doc.source_id.as_str(), doc.family.as_str()), ("fis-1", "A1B2C3D4E5F60718293A"));
    assert_eq!((doc.number.as_str(), doc.title.as_str()), ("7KQ2ZD", "Customer visit"));
    assert_eq!((doc.ledger_code.as_str(), doc.policy.as_str()), ("DEFAULT", "P1"));
    assert_eq!((doc.revision_number, doc.is_test, doc.payroll), (1, false, false));
    assert_eq!((doc.currency.code(), doc.stated_total), ("USD", Some(d("26.88"))));
    assert_eq!(doc.payee.code, "E1007");
    assert_eq!((doc.payee.name.as_str(), doc.payee.spoken_name.as_str()), ("Up, Made", "Made Up"));
    assert_eq!(doc.payee.email.as_deref(), Some("made.up@example.test"));
    assert_eq!(doc.pay_method, "APCHECK");
    assert_eq!(doc.submitted_at.unwrap().to_string(), "2026-09-01T16:02:11.05Z");
    assert_eq!(doc.processed_at.unwrap().to_string(), "2026-09-02T08:00:00.26Z");
    assert_eq!(doc.report_date.unwrap().to_string(), "2026-08-31");
    assert_eq!(doc.advance_returned, Decimal::ZERO);
    let field = |f: &str| (doc.fields[f].code.as_str(), doc.fields[f].value.as_str());
    assert_eq!(field("orgUnit1"), ("US", ""));
    assert_eq!(field("custom1"), ("PROJ7", ""));
    assert_eq!(field("employeeOrgUnit1"), ("US", "United States"));
    assert_eq!(field("employeeCustom21"), ("US-SALES", ""));
    assert_eq!(doc.fields.len(), 4);
    let e = &doc.expenses[0];
    assert_eq!(e.id, "00112233445566778899AABBCCDDEEFF");
    assert_eq!((e.type_code.as_str(), e.type_name.as_str()), ("TAXIX", "Taxi"));
    assert_eq!(e.date.unwrap().to_string(), "2026-08-30", "cut, not converted");
    assert_eq!(e.spend.unwrap().to_string(), "24.00 EUR");
    assert_eq!(e.rate.as_deref(), Some("1/0.89294902"));
    assert_eq!((e.merchant.as_str(), e.place.as_str()), ("Some Taxi", "DE"));
    assert_eq!((e.approved, e.personal, e.billable, e.offset), (Some(d("26.88")), false, false, false));
    assert_eq!((e.receipt_type.as_str(), e.receipt.as_deref()), ("R", Some("RC-1")));
    assert_eq!((e.payment_type.as_str(), e.clearing_account.as_deref()), ("CASH", Some("199999")));
    assert_eq!((&e.liability_account, &e.card), (&None, &None));
    let a = &e.allocations[0];
    assert_eq!((a.id.as_str(), a.percentage), ("CAFE", Some(d("100"))));
    assert_eq!((a.fields["custom1"].code.as_str(), a.fields["custom1"].value.as_str()), ("CC100", "Sales"));
    let j = &a.journals[0];
    assert_eq!((j.account_code.as_str(), &j.payer, &j.payee), ("474210", &Party::Comp, &Party::Empl));
    assert_eq!((j.gross, j.taxes.as_slice()), (d("26.88"), ["0011".to_owned()].as_slice()));
    let t = &a.taxes[0];
    assert_eq!((t.id.as_str(), t.code.as_str(), t.reclaim_code.as_str()), ("0011", "DE7", "R7"));
    assert_eq!((t.authority.as_str(), t.country.as_str()), ("VAT", "DE"));
    assert_eq!((t.amount, t.reclaim), (d("1.76"), d("1.76")));
}

#[test]
fn the_invariants_of_the_contract_hold_for_the_sample() {
    let doc = expense(&sample()).unwrap();
    let journals: Decimal = doc.journals().map(|(.., j)| j.gross).sum();
    assert_eq!(Some(journals), doc.expenses[0].approved, "1: journals are the approved amount");
    assert_eq!(
        doc.expenses.iter().filter_map(|e| e.approved).sum::<Decimal>(),
        doc.stated_total.unwrap(),
        "2"
    );
    let wire = sample();
    let net = wire.pointer(&format!("{JOURNAL}/amountNetOfReclaim")).unwrap().to_string();
    assert_eq!(doc.approved() - doc.reclaimed(), d(&net), "3: net of reclaim");
}

#[test]
fn numbers_may_be_text_or_have_eight_decimals() {
    for value in
        [json!("26.88"), json!(26.88), serde_json::from_str("26.88000000").unwrap(), json!(" 26.88 ")]
    {
        let doc = expense(&with(&format!("{JOURNAL}/amountGross"), value)).unwrap();
        assert_eq!(doc.approved(), d("26.88"));
    }
}

#[test]
fn an_amount_with_a_comma_is_unreadable_with_its_path() {
    let u = expense(&with(&format!("{JOURNAL}/amountGross"), json!("57,80"))).unwrap_err();
    assert_eq!(u.path, "expenseEntry[0].allocation[0].journal[0].amountGross");
    assert!(u.message.contains("57,80"), "{}", u.message);
    assert_eq!(u.number, "7KQ2ZD");
}

#[test]
fn every_refusal_has_its_path() {
    let amount = "expenseEntry[0].allocation[0].journal[0].amountGross";
    for (pointer, value, path) in [
        ("/report", Value::Null, "report"),
        ("/report", json!(""), "report"),
        ("/report", json!(5), "report"),
        ("/employee", Value::Null, "employee"),
        ("/report/reportId", json!(""), "report.reportId"),
        ("/report/employeeCurrencyAlphaCode", json!("ZZZ"), "report.employeeCurrencyAlphaCode"),
        ("/report/employeeCurrencyAlphaCode", Value::Null, "report.employeeCurrencyAlphaCode"),
        ("/report/isTest", json!("perhaps"), "report.isTest"),
        ("/report/revisionNumber", json!("1.5"), "report.revisionNumber"),
        ("/report/reportPaymentProcessingDate", json!("soon"), "report.reportPaymentProcessingDate"),
        ("/report/reportUserDefinedDate", json!("31/08/2026"), "report.reportUserDefinedDate"),
        ("/report/totalApprovedAmount", json!("1,00"), "report.totalApprovedAmount"),
        ("/expenseEntry", json!("x"), "expenseEntry"),
        ("/expenseEntry/0", json!(7), "expenseEntry[0]"),
        ("/expenseEntry/0/entryId", Value::Null, "expenseEntry[0].entryId"),
        ("/expenseEntry/0/entryCurrAlphaCode", json!("XQQ"), "expenseEntry[0].entryCurrAlphaCode"),
        ("/expenseEntry/0/entryDate", json!("2026-02-30"), "expenseEntry[0].entryDate"),
        ("/expenseEntry/0/allocation/0/journal/0/amountGross", Value::Null, amount),
        ("/expenseEntry/0/allocation/0/journal/0/amountGross", json!({ "a": 1 }), amount),
        ("/expenseEntry/0/allocation/0/journal/0", json!({}), amount),
        ("/expenseEntry/0/allocation/0/journal", json!(26.88), "expenseEntry[0].allocation[0].journal"),
        (
            "/expenseEntry/0/allocation/0/tax/0/amountReclaim",
            json!("x"),
            "expenseEntry[0].allocation[0].tax[0].amountReclaim",
        ),
        ("/cashAdvanceApplication", json!([{}]), "cashAdvanceApplication[0].cashAdvanceApplicationAmount"),
    ] {
        let u = expense(&with(pointer, value.clone())).unwrap_err();
        assert_eq!(u.path, path, "{pointer} = {value}: {}", u.message);
    }
}

#[test]
fn absent_null_and_empty_are_one() {
    let optional = [
        "/cashAdvanceApplication",
        "/employee/loginId",
        "/report/reportName",
        "/report/revisionNumber",
        "/report/totalApprovedAmount",
        "/report/reportUserDefinedDate",
        "/report/reportSubmitDate",
        "/report/cashAdvanceReturnsAmount",
        "/report/payrollPayIndicator",
        "/report/reportCustom1Code",
        "/expenseEntry/0/entryDate",
        "/expenseEntry/0/reportEntryTransactionAmount",
        "/expenseEntry/0/entryCurrAlphaCode",
        "/expenseEntry/0/entryIsPersonal",
        "/expenseEntry/0/entryReceiptId",
        "/expenseEntry/0/allocation/0/allocationPercentage",
        "/expenseEntry/0/allocation/0/tax",
        "/expenseEntry/0/allocation/0/journal/0/taxGuid",
        "/expenseEntry/0/allocation/0/journal/0/journalAccountCode",
    ];
    for pointer in optional {
        let null = expense(&with(pointer, Value::Null)).unwrap();
        assert_eq!(expense(&with(pointer, json!(""))).unwrap(), null, "{pointer}");
        let mut v = sample();
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        v.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(key).unwrap();
        assert_eq!(expense(&v).unwrap(), null, "{pointer}");
    }
}

#[test]
fn codes_are_trimmed_and_may_be_numbers() {
    let doc = expense(&with(&format!("{JOURNAL}/journalAccountCode"), json!(474_210))).unwrap();
    assert_eq!(doc.expenses[0].allocations[0].journals[0].account_code, "474210");
    let doc = expense(&with("/expenseEntry/0/expenseTypeCode", json!(" TAXI  "))).unwrap();
    assert_eq!(doc.expenses[0].type_code, "TAXI");
    let doc = expense(&with(&format!("{JOURNAL}/journalPayee"), json!("IBCP "))).unwrap();
    assert_eq!(doc.expenses[0].allocations[0].journals[0].payee, Party::Ibcp);
    let doc = expense(&with(&format!("{JOURNAL}/journalPayee"), json!("NEWP"))).unwrap();
    assert_eq!(doc.expenses[0].allocations[0].journals[0].payee, Party::Other("NEWP".into()));
    let doc = expense(&with(&format!("{JOURNAL}/taxGuid"), json!("0011"))).unwrap();
    assert_eq!(doc.expenses[0].allocations[0].journals[0].taxes, ["0011"]);
    let doc = expense(&with("/report/revisionNumber", json!(2))).unwrap();
    assert_eq!(doc.revision_number, 2);
}

#[test]
fn unknown_keys_are_ignored_whatever_they_hold() {
    let mut v = with("/report/somethingNew", json!({ "deep": [1, { "a": null }] }));
    v["report"]["reportCustom9Code"] = json!({ "not": "a code" });
    v["report"]["reportCustomXCode"] = json!("no number");
    v["report"]["reportOrgUnit6Value"] = json!(" only a text ");
    v["another"] = json!([1.5, true]);
    let doc = expense(&v).unwrap();
    assert!(!doc.fields.contains_key("custom9") && !doc.fields.contains_key("customX"));
    assert_eq!(
        (doc.fields["orgUnit6"].code.as_str(), doc.fields["orgUnit6"].value.as_str()),
        ("", "only a text")
    );
}

#[test]
fn the_personal_pair_has_no_percentage() {
    let mut v = with("/expenseEntry/0/entryIsPersonal", json!("Y"));
    v["expenseEntry"][0]["entryApprovedAmount"] = serde_json::from_str("0E-8").unwrap();
    let a = &mut v["expenseEntry"][0]["allocation"][0];
    a["allocationPercentage"] = Value::Null;
    a["journal"] = json!([
        { "journalAccountCode": "", "journalPayer": "COMP", "journalPayee": "CBCP", "amountGross": 300.0 },
        { "journalAccountCode": "", "journalPayer": "EMPL", "journalPayee": "COMP", "amountGross": -300.0 }]);
    let doc = expense(&v).unwrap();
    assert_eq!((doc.approved(), doc.personal()), (Decimal::ZERO, d("300")));
    assert_eq!(doc.journals().map(|(.., j)| j.gross).sum::<Decimal>(), Decimal::ZERO);
    assert_eq!(doc.expenses[0].allocations[0].percentage, None);
}

#[test]
fn card_facts_prefer_the_posted_amount() {
    let mut v = sample();
    let e = &mut v["expenseEntry"][0];
    e["cardTransactionID"] = json!("CT-9001");
    e["cardAccountID"] = json!("ACC");
    e["cardTransactionAmount"] = json!(900.0);
    e["cardTransactionCurrency"] = json!("EUR");
    let card = expense(&v).unwrap().expenses[0].card.clone().unwrap();
    assert_eq!((card.transaction.as_str(), card.programme.as_str()), ("CT-9001", "ACC"));
    assert_eq!(card.charge.unwrap().to_string(), "900.00 EUR");
    let e = &mut v["expenseEntry"][0];
    e["cardProgramTypeCode"] = json!("VISA ");
    e["cardTransactionPostedAmount"] = json!(1000.0);
    e["cardTransactionPostedCurrency"] = json!("USD");
    let card = expense(&v).unwrap().expenses[0].card.clone().unwrap();
    assert_eq!((card.programme.as_str(), card.charge.unwrap().to_string()), ("VISA", "1,000.00 USD".into()));
}

#[test]
fn spend_in_the_same_currency_is_not_foreign() {
    let doc = expense(&with("/expenseEntry/0/entryCurrAlphaCode", json!("USD"))).unwrap();
    assert_eq!((doc.expenses[0].spend, &doc.expenses[0].rate), (None, &None));
}

#[test]
fn advances_keep_their_sign() {
    let apps = json!([{ "cashAdvanceId": "CA1", "cashAdvanceApplicationAmount": -245.0, "cashAdvanceTransactionType": 2 },
                      { "cashAdvanceId": "CA1", "cashAdvanceApplicationAmount": "-85" }]);
    let mut v = with("/cashAdvanceApplication", apps);
    v["report"]["cashAdvanceReturnsAmount"] = json!(85);
    let doc = expense(&v).unwrap();
    assert_eq!(doc.advances.iter().map(|a| a.amount).collect::<Vec<_>>(), [d("-245"), d("-85")]);
    assert_eq!(doc.advance_returned, d("85"));
}

#[test]
fn a_name_may_be_half() {
    let doc = expense(&with("/employee/employeeFirstName", Value::Null)).unwrap();
    assert_eq!((doc.payee.name.as_str(), doc.payee.spoken_name.as_str()), ("Up", "Up"));
    let mut v = sample();
    v["employee"]["emailAddress"] = json!("Other@Example.test");
    assert_eq!(expense(&v).unwrap().payee.email.as_deref(), Some("other@example.test"));
}

#[test]
fn shares_that_do_not_make_a_hundred_keep_their_journals() {
    let mut v = sample();
    let share = v["expenseEntry"][0]["allocation"][0].clone();
    let thirds = ["8.96", "8.96", "8.96"].map(|gross| {
        let mut share = share.clone();
        share["allocationPercentage"] = json!(33.33);
        share["journal"][0]["amountGross"] = json!(gross);
        share
    });
    v["expenseEntry"][0]["allocation"] = json!(thirds);
    let doc = expense(&v).unwrap();
    assert_eq!(Some(doc.approved()), doc.stated_total, "4: amounts sum, percentages need not");
    assert_eq!(doc.expenses[0].allocations[0].percentage, Some(d("33.33")));
}

#[test]
fn an_allocation_may_hold_several_journals_and_several_taxes() {
    let mut v = sample();
    let a = &mut v["expenseEntry"][0]["allocation"][0];
    a["journal"] = json!([
        { "journalAccountCode": "7", "journalPayer": "COMP", "journalPayee": "EMPL", "amountGross": 21, "taxGuid": ["1", "2"] },
        { "journalAccountCode": "7", "journalPayer": "COMP", "journalPayee": "IBCP", "amountGross": 5.88, "taxGuid": [] }]);
    a["tax"] = json!([
        { "taxGuid": "1", "taxCode": null, "amountTax": 1.5, "amountReclaim": 0.0 },
        { "taxGuid": "2", "taxCode": "Q", "amountTax": 0.5, "amountReclaim": 0.5 }]);
    let doc = expense(&v).unwrap();
    let payees: Vec<&Party> = doc.journals().map(|(.., j)| &j.payee).collect();
    assert_eq!(payees, [&Party::Empl, &Party::Ibcp], "6: one account, two parties");
    assert_eq!(
        (doc.approved(), doc.reclaimed()),
        (d("26.88"), d("0.5")),
        "3: two authorities on one journal"
    );
}
