//! Reading invoices and cash advances.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::SUPPLIER;
use super::read::read;
use crate::model::document::{Document, DocumentKind, Party};
use crate::systems::Unread;

fn d(s: &str) -> Decimal {
    s.parse().unwrap()
}

pub fn invoice() -> Value {
    json!({
        "requestHeader": {
            "requestId": "D0C0FFEE00000000AAAA", "reqKey": 88, "vendorInvoiceNumber": "DOI-7719",
            "requestTitle": "Chairs", "externalPolicyId": "INV", "revisionNumber": "1", "isTest": "N",
            "invoiceDate": "10/28/2026", "netPaymentTermDays": 30, "submitDate": "2026-10-28",
            "processCompleteDate": "2026-10-29T15:00:00.000Z", "currencyAlphaCode": "USD", "requestTotal": 3178.75,
            "amountNetInvoice": 2860.0, "amountShippingTotal": 140.0, "amountTax": 178.75,
            "ledgerCode": "DEFAULT", "clearingAccountCode": "", "payMethodType": "CLIENT",
            "requestOrgUnit1Code": "US", "requestCustom3Value": "free" },
        "ownerEmployee": { "employeeId": "E1002", "employeeFirstName": "Ben", "employeeLastName": "Ode",
            "employeeOrgUnit2Code": "BOS" },
        "vendor": { "vendorCode": "V2006", "vendorName": "Delmar Office Interiors", "vendorRemitToAddressCode": "A1" },
        "lineItem": [{
            "lineItemSequenceOrder": 1, "lineItemDescription": "Chair", "lineItemQuantity": "4",
            "expenseTypeCode": "OFFIC  ", "expenseTypeName": "Office", "lineItemCustom2Code": "L2",
            "allocation": [{
                "allocationKey": 501, "allocationPercentage": 100, "allocationAccountCode": "6400",
                "allocationCustom1Code": "CC100",
                "journal": { "accountCode": 6410, "amountNet": 2860.0, "amountShipping": 140.0, "amountGross": 3178.75,
                    "tax": [{ "amountTax": 178.75, "taxCode": "MA", "taxField": "TAX1" }] } }] }]
    })
}

pub fn advance() -> Value {
    json!({
        "employeeData": { "employeeId": "E1003", "employeeFirstName": "Chloé", "employeeLastName": "Lindqvist",
            "employeeOrgUnit2Code": "BOS" },
        "cashAdvanceData": { "cashAdvanceId": "CA0000000000000000000000000000FF", "name": "CA-0117",
            "purpose": "Fair in Lyon", "requestAmount": 600.0, "currencyAlphaCode": "USD",
            "employeeCurrencyAlphaCode": "USD", "exchangeRate": 1, "requestDate": "2026-10-20T00:00:00.000Z",
            "issuedDate": "2026-10-22T00:00:00.000Z", "transactionType": "1", "paymentMethod": "0",
            "expensePayIndicator": "N", "isTest": "N" },
        "journalData": [{ "accountCode": "1250", "amount": 600.0, "debitOrCredit": "DR", "payer": "COMP",
            "payee": "EMPL", "paymentCode": "" }]
    })
}

fn set(mut v: Value, pointer: &str, value: Value) -> Value {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    v.pointer_mut(parent).unwrap().as_object_mut().unwrap().insert(key.to_owned(), value);
    v
}

fn invoice_with(pointer: &str, value: Value) -> Result<Document, Unread> {
    read(DocumentKind::Invoice, "fis-2", set(invoice(), pointer, value).to_string().as_bytes())
}

fn advance_with(pointer: &str, value: Value) -> Result<Document, Unread> {
    read(DocumentKind::CashAdvance, "fis-3", set(advance(), pointer, value).to_string().as_bytes())
}

const JOURNAL: &str = "/lineItem/0/allocation/0/journal";

#[test]
fn an_invoice_from_end_to_end() {
    let doc = read(DocumentKind::Invoice, "fis-2", invoice().to_string().as_bytes()).unwrap();
    assert_eq!((doc.family.as_str(), doc.number.as_str()), ("D0C0FFEE00000000AAAA", "DOI-7719"));
    assert_eq!(
        (doc.title.as_str(), doc.policy.as_str(), doc.pay_method.as_str()),
        ("Chairs", "INV", "CLIENT")
    );
    assert_eq!((doc.currency.code(), doc.stated_total), ("USD", Some(d("3178.75"))));
    assert_eq!((doc.payee.employee, doc.payee.code.as_str()), (false, "V2006"));
    assert_eq!(doc.payee.name, "Delmar Office Interiors");
    assert_eq!(doc.payee.name, doc.payee.spoken_name);
    assert_eq!(doc.invoice_date.unwrap().to_string(), "2026-10-28", "month first");
    assert_eq!(doc.due_date.unwrap().to_string(), "2026-11-27", "invoice date and the terms");
    assert_eq!(doc.submitted_at.unwrap().to_string(), "2026-10-28T12:00:00Z");
    assert_eq!(doc.processed_at.unwrap().to_string(), "2026-10-29T15:00:00Z");
    assert_eq!((doc.posting_date, &doc.purchase_order), (None, &None));
    let field = |f: &str| (doc.fields[f].code.as_str(), doc.fields[f].value.as_str());
    assert_eq!((field("orgUnit1"), field("custom3")), (("US", ""), ("", "free")));
    assert_eq!((field("vendorRemitTo"), field("owner")), (("A1", ""), ("E1002", "Ode, Ben")));
    assert_eq!(field("employeeOrgUnit2"), ("BOS", ""));
    let e = &doc.expenses[0];
    assert_eq!((e.id.as_str(), e.type_code.as_str(), e.description.as_str()), ("1", "OFFIC", "Chair"));
    assert_eq!((e.approved, e.fields["custom2"].code.as_str()), (Some(d("3178.75")), "L2"));
    let a = &e.allocations[0];
    assert_eq!((a.id.as_str(), a.fields["custom1"].code.as_str()), ("501", "CC100"));
    let j = &a.journals[0];
    assert_eq!((j.account_code.as_str(), j.gross), ("6410", d("3178.75")));
    assert_eq!((&j.payer, &j.payee), (&Party::Comp, &Party::Other(SUPPLIER.into())));
    assert_eq!(j.taxes, [a.taxes[0].id.clone()]);
    assert_eq!((a.taxes[0].code.as_str(), a.taxes[0].authority.as_str()), ("MA", "TAX1"));
    assert_eq!((a.taxes[0].amount, a.taxes[0].reclaim), (d("178.75"), Decimal::ZERO));
    assert_eq!(Some(doc.approved()), doc.stated_total);
}

#[test]
fn both_forms_of_invoice_dates() {
    for (pointer, value, want) in [
        ("/requestHeader/paymentDueDate", "2026-12-01", "2026-12-01"),
        ("/requestHeader/paymentDueDate", "12/01/2026", "2026-12-01"),
    ] {
        assert_eq!(invoice_with(pointer, json!(value)).unwrap().due_date.unwrap().to_string(), want);
    }
    let doc = invoice_with("/requestHeader/postingDate", json!("09/30/2026")).unwrap();
    assert_eq!(doc.posting_date.unwrap().to_string(), "2026-09-30");
    let u = invoice_with("/requestHeader/invoiceDate", json!("28/10/2026")).unwrap_err();
    assert_eq!((u.path.as_str(), u.number.as_str()), ("requestHeader.invoiceDate", "DOI-7719"));
}

#[test]
fn a_credit_memo_swaps_the_parties() {
    let journal = json!({ "accountCode": "6410", "amountNet": -240.0, "amountShipping": null, "amountGross": -240.0, "tax": null });
    let doc = invoice_with(JOURNAL, journal).unwrap();
    let j = &doc.expenses[0].allocations[0].journals[0];
    assert_eq!((&j.payer, &j.payee, j.gross), (&Party::Other(SUPPLIER.into()), &Party::Comp, d("-240")));
}

#[test]
fn the_journal_may_be_one_object_or_a_list() {
    let one = json!({ "accountCode": "", "amountGross": 10 });
    let doc = invoice_with(JOURNAL, json!([one, { "accountCode": "7", "amountGross": 5 }])).unwrap();
    let codes: Vec<&str> = doc.journals().map(|(.., j)| j.account_code.as_str()).collect();
    assert_eq!(codes, ["6400", "7"], "the allocation's account where the journal has none");
    let same = invoice_with(JOURNAL, json!([invoice().pointer(JOURNAL).unwrap()])).unwrap();
    assert_eq!(same, read(DocumentKind::Invoice, "fis-2", invoice().to_string().as_bytes()).unwrap());
}

#[test]
fn net_freight_and_tax_are_the_gross_amount() {
    let u = invoice_with(&format!("{JOURNAL}/amountShipping"), json!(139)).unwrap_err();
    assert_eq!(u.path, "lineItem[0].allocation[0].journal.amountGross");
    assert!(u.message.contains("3177.75") && u.message.contains("3178.75"), "{}", u.message);
    assert!(invoice_with(&format!("{JOURNAL}/amountNet"), Value::Null).is_ok(), "nothing to compare with");
}

#[test]
fn a_purchase_order_of_header_or_line() {
    let header = invoice_with("/requestHeader/poNumber", json!("PO-1187")).unwrap();
    assert_eq!(header.purchase_order.as_deref(), Some("PO-1187"));
    let line = invoice_with("/lineItem/0/lineItemPurchaseOrderNumber", json!("PO-9")).unwrap();
    assert_eq!(line.purchase_order.as_deref(), Some("PO-9"));
    let several = invoice_with("/requestHeader/multiplePurchaseOrder", json!("Y")).unwrap();
    assert_eq!(several.purchase_order.as_deref(), Some("several"));
}

#[test]
fn what_an_invoice_must_have() {
    for (pointer, path) in [
        ("/requestHeader", "requestHeader"),
        ("/vendor", "vendor"),
        ("/requestHeader/requestId", "requestHeader.requestId"),
        ("/requestHeader/currencyAlphaCode", "requestHeader.currencyAlphaCode"),
        ("/lineItem/0/allocation/0/journal/amountGross", "lineItem[0].allocation[0].journal.amountGross"),
    ] {
        assert_eq!(invoice_with(pointer, Value::Null).unwrap_err().path, path);
    }
}

#[test]
fn an_advance_from_end_to_end() {
    let doc = read(DocumentKind::CashAdvance, "fis-3", advance().to_string().as_bytes()).unwrap();
    assert_eq!((doc.family.as_str(), doc.number.as_str()), ("CA0000000000000000000000000000FF", "CA-0117"));
    assert_eq!((doc.title.as_str(), doc.pay_method.as_str()), ("Fair in Lyon", "APCHECK"));
    assert_eq!((doc.currency.code(), doc.stated_total), ("USD", Some(d("600"))));
    assert_eq!((doc.payee.code.as_str(), doc.payee.name.as_str()), ("E1003", "Lindqvist, Chloé"));
    assert_eq!(
        doc.processed_at.unwrap().to_string(),
        "2026-10-22T12:00:00Z",
        "the same day in every book's zone"
    );
    let j = &doc.expenses[0].allocations[0].journals[0];
    assert_eq!((&j.payer, &j.payee, j.gross), (&Party::Comp, &Party::Empl, d("600")));
    assert_eq!((j.account_code.as_str(), doc.approved()), ("1250", d("600")));
    assert_eq!(doc.expenses[0].date.unwrap().to_string(), "2026-10-22");
}

#[test]
fn who_pays_an_advance() {
    let method = |pointer: &str, v: Value| advance_with(pointer, v).unwrap().pay_method;
    assert_eq!(method("/cashAdvanceData/paymentMethod", json!(1)), "CNQRPAY");
    assert_eq!(method("/cashAdvanceData/expensePayIndicator", json!("Y")), "CNQRPAY");
    assert_eq!(method("/employeeData/employeeReimbursementMethodCode", json!("ADPPAYR")), "ADPPAYR");
    assert_eq!(method("/cashAdvanceData/paymentMethod", Value::Null), "");
}

#[test]
fn an_advance_in_another_currency_keeps_both() {
    let doc = advance_with("/cashAdvanceData/currencyAlphaCode", json!("EUR")).unwrap();
    assert_eq!((doc.currency.code(), doc.stated_total), ("USD", None));
    assert_eq!(doc.expenses[0].spend.unwrap().to_string(), "600.00 EUR");
    let doc = advance_with("/cashAdvanceData/employeeCurrencyAlphaCode", json!("")).unwrap();
    assert_eq!(doc.currency.code(), "USD", "the advance's own where the person's is not sent");
}

#[test]
fn what_is_no_issue_of_an_advance() {
    for (pointer, value, path) in [
        ("/cashAdvanceData/transactionType", json!("2"), "cashAdvanceData.transactionType"),
        ("/cashAdvanceData/transactionType", json!(3), "cashAdvanceData.transactionType"),
        ("/cashAdvanceData", Value::Null, "cashAdvanceData"),
        ("/employeeData", Value::Null, "employeeData"),
        ("/cashAdvanceData/cashAdvanceId", json!(""), "cashAdvanceData.cashAdvanceId"),
        (
            "/cashAdvanceData/employeeCurrencyAlphaCode",
            json!("ZZZ"),
            "cashAdvanceData.employeeCurrencyAlphaCode",
        ),
        ("/journalData", json!([{ "amount": 1, "debitOrCredit": "CR" }]), "journalData[0].debitOrCredit"),
        ("/journalData", json!([{ "amount": "1,0", "debitOrCredit": "DR" }]), "journalData[0].amount"),
        ("/journalData", json!([{ "debitOrCredit": "DR" }]), "journalData[0].amount"),
    ] {
        assert_eq!(advance_with(pointer, value).unwrap_err().path, path);
    }
}
