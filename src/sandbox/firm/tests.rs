use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::Value;

use super::*;

fn dec(value: &Value) -> Decimal {
    let text = value.to_string();
    text.parse().or_else(|_| Decimal::from_scientific(&text)).unwrap()
}

fn sum(values: impl Iterator<Item = Decimal>) -> Decimal {
    values.fold(Decimal::ZERO, |a, b| a + b)
}

fn list<'a>(value: &'a Value, name: &str) -> &'a Vec<Value> {
    value[name].as_array().unwrap()
}

fn money(text: &str) -> Decimal {
    text.parse().unwrap()
}

#[test]
fn the_book_holds_sixty_documents_of_three_kinds() {
    let firm = Firm::sample().unwrap();
    let mut kinds: BTreeMap<Kind, u32> = BTreeMap::new();
    for document in &firm.documents {
        *kinds.entry(document.kind).or_default() += 1;
        assert!(!document.lines.is_empty(), "{}", document.id);
    }
    assert_eq!(
        kinds,
        BTreeMap::from([(Kind::ExpenseReport, 42), (Kind::Invoice, 17), (Kind::CashAdvance, 1)])
    );
    assert_eq!(load().unwrap().len(), 76);
}

#[test]
fn lines_add_up_to_what_was_approved() {
    for document in load().unwrap() {
        let business =
            document.lines.iter().filter(|l| l.parties != Parties::PersonalOnCard).map(|l| l.gross);
        assert_eq!(sum(business), document.approved, "{}", document.id);
    }
}

#[test]
fn the_states_of_the_first_look_have_their_totals() {
    let firm = Firm::sample().unwrap();
    let mut totals: BTreeMap<(&str, &str), (u32, Decimal)> = BTreeMap::new();
    for document in &firm.documents {
        let total = totals.entry((&document.state, &document.currency)).or_default();
        total.0 += 1;
        total.1 += document.approved;
    }
    let expected = [
        ("blocked", "USD", 15, "20803.00"),
        ("blocked", "EUR", 2, "2277.20"),
        ("ready", "USD", 23, "42334.11"),
        ("ready", "EUR", 4, "3903.50"),
        ("held", "USD", 2, "1260.30"),
        ("confirmed", "USD", 11, "28956.85"),
        ("confirmed", "EUR", 1, "264.30"),
        ("recalled", "USD", 1, "312.00"),
        ("unreadable", "USD", 1, "57.80"),
    ];
    let expected: BTreeMap<_, _> =
        expected.into_iter().map(|(s, c, n, amount)| ((s, c), (n, money(amount)))).collect();
    assert_eq!(totals, expected);
}

#[test]
fn october_has_the_completeness_figures() {
    let firm = Firm::sample().unwrap();
    let october = |d: &&Document| d.date.month() == 10 && d.id != "D59";
    let mut reports: BTreeMap<(&str, &str), Decimal> = BTreeMap::new();
    for d in firm.documents.iter().filter(october).filter(|d| d.kind == Kind::ExpenseReport) {
        *reports.entry((&d.currency, &d.number)).or_default() += d.approved;
    }
    let of = |currency: &str| {
        let found: Vec<Decimal> =
            reports.iter().filter(|((c, _), _)| *c == currency).map(|(_, amount)| *amount).collect();
        (found.len(), sum(found.into_iter()))
    };
    assert_eq!(of("USD"), (33, money("13311.31")));
    assert_eq!(of("EUR"), (5, money("1095.00")));
    let invoices = |currency: &str| {
        let found: Vec<Decimal> = firm
            .documents
            .iter()
            .filter(october)
            .filter(|d| d.kind == Kind::Invoice && d.currency == currency)
            .map(|d| d.approved)
            .collect();
        (found.len(), sum(found.into_iter()))
    };
    assert_eq!(invoices("USD"), (14, money("77952.05")));
    assert_eq!(invoices("EUR"), (2, money("5350.00")));
    let waiting = submitted_reports();
    let dollars = waiting.iter().filter(|r| r.employee.currency == "USD").map(|r| r.claimed);
    assert_eq!(sum(dollars), money("2064.90"));
    assert_eq!(waiting.len(), 5);
}

#[test]
fn reports_keep_the_invariants_of_the_contract() {
    let firm = Firm::sample().unwrap();
    for document in firm.documents.iter().filter(|d| d.kind == Kind::ExpenseReport && d.id != "D60") {
        let payload = firm.payload(document);
        let mut approved = Decimal::ZERO;
        for entry in list(&payload, "expenseEntry") {
            let mut journals = Decimal::ZERO;
            for allocation in list(entry, "allocation") {
                let taxes: BTreeMap<&str, &Value> =
                    list(allocation, "tax").iter().map(|t| (t["taxGuid"].as_str().unwrap(), t)).collect();
                for journal in list(allocation, "journal") {
                    let gross = dec(&journal["amountGross"]);
                    journals += gross;
                    let linked: Vec<&Value> =
                        list(journal, "taxGuid").iter().map(|g| taxes[g.as_str().unwrap()]).collect();
                    let of = |name: &str| sum(linked.iter().map(|t| dec(&t[name])));
                    assert_eq!(dec(&journal["amountNetOfTax"]), gross - of("amountTax"), "{}", document.id);
                    let net = dec(&journal["amountNetOfReclaim"]);
                    assert_eq!(net, gross - of("amountReclaim"), "{}", document.id);
                    // the sign and the parties say the same
                    if journal["journalPayer"] == "COMP" {
                        assert!(gross > Decimal::ZERO, "{}", document.id);
                    } else {
                        assert_eq!(journal["journalPayee"], "COMP");
                        assert!(gross < Decimal::ZERO, "{}", document.id);
                    }
                }
            }
            assert_eq!(journals, dec(&entry["entryApprovedAmount"]), "{}", document.id);
            approved += journals;
        }
        assert_eq!(approved, dec(&payload["report"]["totalApprovedAmount"]), "{}", document.id);
        assert_eq!(approved, document.approved, "{}", document.id);
    }
}

#[test]
fn invoices_add_up_by_net_freight_and_tax() {
    let firm = Firm::sample().unwrap();
    for document in firm.documents.iter().filter(|d| d.kind == Kind::Invoice) {
        let payload = firm.payload(document);
        let header = &payload["requestHeader"];
        let parts = ["amountNetInvoice", "amountShippingTotal", "amountTax"].map(|name| dec(&header[name]));
        assert_eq!(sum(parts.into_iter()), document.approved, "{}", document.id);
        let mut gross = Decimal::ZERO;
        for allocation in list(&payload, "lineItem").iter().flat_map(|item| list(item, "allocation")) {
            let journal = &allocation["journal"];
            let tax = journal["tax"].as_array().map_or(Decimal::ZERO, |t| dec(&t[0]["amountTax"]));
            let amount = dec(&journal["amountGross"]);
            assert_eq!(dec(&journal["amountNet"]) + dec(&journal["amountShipping"]) + tax, amount);
            gross += amount;
        }
        assert_eq!(gross, dec(&header["requestTotal"]), "{}", document.id);
    }
}

fn payload_of(id: &str) -> Value {
    let firm = Firm::sample().unwrap();
    firm.payload(firm.document(id).unwrap())
}

#[test]
fn special_documents_carry_their_special_facts() {
    let private = &payload_of("D27")["expenseEntry"][1];
    assert_eq!(private["entryIsPersonal"], "Y");
    assert!(private["allocation"][0]["allocationPercentage"].is_null());
    assert_eq!(private["entryApprovedAmount"].to_string(), "0e-8");
    let pair: Vec<String> = list(&private["allocation"][0], "journal")
        .iter()
        .map(|j| {
            format!("{}>{} {}", j["journalPayer"], j["journalPayee"], dec(&j["amountGross"]).normalize())
        })
        .collect();
    assert_eq!(pair, [r#""COMP">"CBCP" 300"#, r#""EMPL">"COMP" -300"#]);
    assert_eq!(dec(&private["cardTransactionPostedAmount"]), money("1000"));

    let advance = &payload_of("D25")["cashAdvanceApplication"][0];
    assert_eq!(dec(&advance["cashAdvanceApplicationAmount"]), money("-500"));
    let foreign = &payload_of("D36")["expenseEntry"][0];
    assert_eq!(foreign["entryCurrAlphaCode"], "GBP");
    assert_eq!(dec(&foreign["reportEntryTransactionAmount"]), money("212.40"));
    assert_eq!(foreign["entryExchangeRate"].to_string(), "1.31502");
    let broken = &payload_of("D60")["expenseEntry"][0]["allocation"][0]["journal"][0];
    assert_eq!(broken["amountGross"], "57,80");
    assert_eq!(payload_of("D54")["report"]["revisionNumber"], "2");
    assert_eq!(payload_of("D55")["report"]["isTest"], "Y");
    assert_eq!(payload_of("D51")["report"]["reportPaymentProcessingDate"], "2026-10-01T02:41:00.000Z");
    assert_eq!(payload_of("D13")["report"]["reportName"], "Merrow Health rollout, Denver");
    assert_eq!(payload_of("D46")["expenseEntry"][0]["allocation"][0]["journal"][0]["journalAccountCode"], "");
    assert_eq!(payload_of("D50")["requestHeader"]["postingDate"], "09/30/2026");
    assert_eq!(payload_of("D05")["requestHeader"]["invoiceDate"], "2026-10-01");
    assert_eq!(payload_of("D56")["requestHeader"]["poNumber"], "PO-1187");
    assert_eq!(payload_of("D38")["requestHeader"]["payMethodType"], "ACH");
    assert_eq!(payload_of("D24")["journalData"][0]["debitOrCredit"], "DR");
    let receipts: BTreeSet<String> =
        list(&payload_of("D13"), "expenseEntry").iter().map(|e| e["entryReceiptId"].to_string()).collect();
    assert_eq!(receipts.len(), 4);
    let shares: Vec<String> = list(&payload_of("D16")["expenseEntry"][0], "allocation")
        .iter()
        .map(|a| dec(&a["allocationPercentage"]).normalize().to_string())
        .collect();
    assert_eq!(shares, ["33.33", "33.33", "33.33"]);
}

#[test]
fn every_third_document_has_eight_decimals() {
    assert_eq!(payload_of("D03")["report"]["totalApprovedAmount"].to_string(), "832.45000000");
    assert_eq!(payload_of("D01")["report"]["totalApprovedAmount"].to_string(), "515.00");
    assert_eq!(payload_of("D29")["report"]["totalApprovedAmount"].to_string(), "0e-8");
}

#[test]
fn ids_are_unique_and_families_share_the_business_id() {
    let firm = Firm::sample().unwrap();
    let id = |name: &str| firm.ids.document(firm.document(name).unwrap());
    let business = |name: &str| firm.ids.business(firm.document(name).unwrap());
    let all: BTreeSet<String> = firm.documents.iter().map(|d| firm.ids.document(d)).collect();
    assert_eq!(all.len(), 60);
    assert!(all.iter().all(|i| i.len() == 32 && !i.contains(char::is_uppercase)));
    assert_eq!(business("D01"), business("D54"));
    assert_eq!(business("D32"), business("D59"));
    assert!(id("D59") < id("D32"));
    assert_eq!(business("D01").len(), 20);
    let families: BTreeSet<String> = firm.documents.iter().map(|d| firm.ids.business(d)).collect();
    assert_eq!(families.len(), 58);
}

#[test]
fn documents_come_when_the_story_says() {
    let firm = Firm::sample().unwrap();
    let all = schedule(&firm.documents);
    let last: Timestamp = "2026-11-04T14:00:00Z".parse().unwrap();
    assert_eq!(all.last().unwrap().at, last);
    assert!(all.is_sorted_by_key(|h| h.at));
    let first: Vec<Decimal> = all
        .iter()
        .filter_map(|h| match &h.kind {
            HappeningKind::Ready(d) if d.id == "D14" => Some(d.approved),
            _ => None,
        })
        .collect();
    assert_eq!(first, [money("461.50"), money("451.50")]);
    for happening in &all {
        if let HappeningKind::Ready(document) = &happening.kind {
            assert!(happening.at >= document.processed, "{}", document.id);
        }
    }
}

#[test]
fn made_up_reports_are_all_different_and_repeatable() {
    let now: Timestamp = "2026-11-04T14:30:00Z".parse().unwrap();
    let made = generate(2_000, 7, 0, now);
    assert_eq!(made.len(), 2_000);
    assert_eq!(made.iter().map(|d| &d.number).collect::<BTreeSet<_>>().len(), 2_000);
    assert_eq!(made.iter().map(|d| d.approved).collect::<BTreeSet<_>>().len(), 2_000);
    assert_eq!(generate(10, 7, 1_990, now), made[1_990..]);
    assert_ne!(generate(1, 8, 0, now)[0].number, made[0].number);
    assert!(made.iter().all(|d| d.lines.len() == 1 && d.approved < money("600")));
}

#[test]
fn due_dates_follow_the_terms() {
    let day = |text: &str| text.parse::<jiff::civil::Date>().unwrap();
    assert_eq!(invoice::due(day("2026-10-10"), VendorTerms::Net(30)), day("2026-11-09"));
    assert_eq!(invoice::due(day("2026-10-01"), VendorTerms::DayOfMonth(1)), day("2026-10-01"));
    assert_eq!(invoice::due(day("2026-12-20"), VendorTerms::DayOfMonth(15)), day("2027-01-15"));
}
