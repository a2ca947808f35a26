//! Cash advances: issued, and applied from the opening list.

use super::documents::*;
use super::firm::*;
use crate::model::book::{DatePolicy, Flow, OpeningAdvance};
use crate::model::document::{AdvanceApplication, Document, DocumentKind};
use crate::model::entry::{LineRole, Slot};
use crate::model::money::Currency;

fn office() -> Firm {
    let mut firm = firm();
    firm.book.settings.flows.insert(DocumentKind::CashAdvance, Flow::new(Flow::BILL, DatePolicy::Approval));
    firm
}

fn advance(account: &str) -> Document {
    let mut e = expense("CA", account, ("COMP", "EMPL"), "600.00");
    e.type_code = String::new();
    let mut doc = report("E1003", vec![e]);
    doc.kind = DocumentKind::CashAdvance;
    doc.number = "CA-0117".into();
    doc.processed_at = Some("2026-10-22T15:00:00Z".parse().unwrap());
    doc
}

#[test]
fn an_advance_is_an_asset_and_a_debt_to_the_employee() {
    let firm = office();
    let got = firm.derive(&advance("1250"));
    assert_eq!((shown(&got), codes(&got)), (vec!["bill 2010 600.00".into()], vec!["cash_advance"]));
    let entry = &got.set.entries[0];
    assert_eq!((&entry.slot, entry.lines[0].role), (&Slot::Advance, LineRole::Advance));
    assert!(entry.lines[0].dimensions.class.is_none());
    assert_eq!(
        (entry.date.to_string(), entry.due.unwrap().to_string()),
        ("2026-10-22".into(), "2026-10-29".into())
    );
    assert_eq!(got.approved.amount, d("600.00"));
    // an account that applications do not credit
    let got = firm.derive(&advance("1260"));
    assert!(codes(&got).contains(&"account_type"), "{:?}", codes(&got));
}

#[test]
fn what_concur_or_payroll_pays_is_a_journal() {
    let firm = office();
    for (method, expected, payroll) in
        [("CNQRPAY", "journal 2140 600.00", false), ("APCHECK", "journal 2150 600.00", true)]
    {
        let mut doc = advance("1250");
        doc.pay_method = method.into();
        doc.payroll = payroll;
        let got = firm.derive(&doc);
        assert_eq!((shown(&got), codes(&got)), (vec![expected.to_string()], vec!["cash_advance"]));
    }
    let mut doc = advance("1250");
    doc.pay_method = "PMTSERV".into();
    assert_eq!(codes(&firm.derive(&doc)), ["who_pays_unmapped", "cash_advance"]);
}

#[test]
fn the_opening_list_names_employee_currency_and_amount() {
    let mut firm = office();
    let mut doc = report("E1001", vec![expense("1", "6030", ("COMP", "EMPL"), "100")]);
    doc.advances = vec![AdvanceApplication { id: "CA-9".into(), amount: d("-40") }];
    let open = |employee: &str, amount: &str, currency: Currency| OpeningAdvance {
        id: "CA-9".into(),
        employee: employee.into(),
        amount: Some(d(amount)),
        currency: Some(currency),
    };
    let mut listed = |o: OpeningAdvance| {
        firm.book.settings.opening_advances = vec![o];
        codes(&firm.derive(&doc))
    };
    assert!(listed(open("E1001", "40", Currency::USD)).is_empty());
    assert_eq!(listed(open("E1002", "40", Currency::USD)), ["advance_unknown"]);
    assert_eq!(listed(open("E1001", "40", Currency::EUR)), ["advance_unknown"]);
    assert_eq!(listed(open("E1001", "39.99", Currency::USD)), ["advance_exceeds"]);
}

#[test]
fn older_settings_with_bare_ids_are_read() {
    let book = firm().book.settings;
    let mut json = serde_json::to_value(&book).unwrap();
    json["opening_advances"] =
        serde_json::json!(["CA-1", { "id": "CA-2", "employee": "E1", "amount": "12.50", "currency": "USD" }]);
    for added in ["invoices", "home_lines"] {
        json.as_object_mut().unwrap().remove(added);
    }
    let flow = json["flows"]["expense_report"].as_object_mut().unwrap();
    flow.retain(|k, _| ["recipe", "date", "cut_over"].contains(&k.as_str()));
    let text = json.to_string();
    let read: crate::model::BookSettings = serde_json::from_str(&text).unwrap();
    assert_eq!(read.flows, book.flows);
    assert_eq!(read.opening_advances[0].id, "CA-1");
    assert_eq!(read.opening_advances[1].amount, Some(d("12.50")));
    let again: crate::model::BookSettings =
        serde_json::from_str(&serde_json::to_string(&read).unwrap()).unwrap();
    assert_eq!(again, read);
}
