//! Reading reference data for the first time.

use jiff::Timestamp;

use super::*;
use crate::model::ledger::Due;
use crate::systems::CallError;

pub fn now() -> Timestamp {
    "2026-11-02T10:00:00Z".parse().unwrap()
}

pub fn info() -> Value {
    json!({"Id": "1", "CompanyName": "Fernhill Quay Advisory, Inc.", "Country": "USA",
        "FiscalYearStartMonth": "January", "MetaData": {"CreateTime": "2019-03-04T09:00:00-08:00"},
        "NameValue": [{"Name": "OfferingSku", "Value": "QuickBooks Online Plus"}]})
}

pub fn preferences() -> Value {
    json!({"Id": "1", "CurrencyPrefs": {"MultiCurrencyEnabled": true, "HomeCurrency": {"value": "USD"}},
        "AccountingInfoPrefs": {"ClassTrackingPerTxnLine": true, "TrackDepartments": "true",
            "BookCloseDate": "2026-09-30", "DefaultAPAccount": null},
        "VendorAndPurchasesPrefs": {"BillableExpenseTracking": true}})
}

fn vendors() -> Value {
    json!([
        {"Id": "56", "DisplayName": "Okafor, Amara", "AcctNum": "E1001", "Active": true, "Balance": 1.5,
         "PrimaryEmailAddr": {"Address": "Amara.Okafor@Example.test"}, "CurrencyRef": {"value": "USD"},
         "TermRef": {"value": "3"}, "TaxIdentifier": "XXXXX1234", "Vendor1099": true,
         "VendorPaymentBankDetail": {"BankAccountNumber": "000123456789"}},
        {"Id": "57", "DisplayName": "Old Supplier (deleted)", "Active": false, "CurrencyRef": null}])
}

fn accounts() -> Value {
    json!([
        {"Id": "58", "Name": "Client Airfare", "AcctNum": "5010", "AccountType": "Expense", "Active": true},
        {"Id": "34", "Name": "Employee Payables EUR", "AcctNum": "2015", "AccountType": "Accounts Payable",
         "CurrencyRef": {"value": "EUR"}, "Active": true},
        {"Id": "90", "Name": "Old", "AccountType": "Other Asset", "Active": false},
        {"Id": "91", "Name": "Strange", "AccountType": "Non-Posting", "Active": true}])
}

fn bills() -> Value {
    json!([{"Id": "151", "DocNumber": "TO7F3A91C2K", "TxnDate": "2026-10-28", "TotalAmt": 184.2,
            "PrivateNote": "B4Q7TN — tieout:TO7F3A91C2K", "VendorRef": {"value": "56"},
            "CurrencyRef": {"value": "USD"}}])
}

fn journal() -> Value {
    json!([{"Id": "160", "TxnDate": "2026-10-30", "TotalAmt": 0, "Line": [
        {"Amount": 20.5, "JournalEntryLineDetail": {"PostingType": "Debit", "AccountRef": {"value": "58"}}},
        {"Amount": 9.5, "JournalEntryLineDetail": {"PostingType": "Debit", "AccountRef": {"value": "58"}}},
        {"Amount": 30, "JournalEntryLineDetail": {"PostingType": "Credit", "AccountRef": {"value": "33"},
            "Entity": {"Type": "Vendor", "EntityRef": {"value": "56"}}}}]}])
}

fn purchases() -> Value {
    json!([
        {"Id": "170", "PaymentType": "CreditCard", "TxnDate": "2026-10-29", "TotalAmt": "12.30",
         "EntityRef": {"value": "56", "type": "Vendor"}},
        {"Id": "171", "PaymentType": "CreditCard", "Credit": true, "TxnDate": "2026-10-29", "TotalAmt": 218,
         "EntityRef": {"value": "9", "type": "Employee"}},
        {"Id": "172", "PaymentType": "Check", "TxnDate": "2026-10-29", "TotalAmt": 5}])
}

fn terms() -> Value {
    json!([
        {"Id": "3", "Name": "Net 30", "Type": "STANDARD", "DueDays": 30, "Active": true},
        {"Id": "4", "Name": "15th (deleted)", "Type": "DATE_DRIVEN", "DayOfMonthDue": "15", "Active": false},
        {"Id": "5", "Name": "Due on receipt", "Type": "STANDARD", "DueDays": 0},
        {"Id": "6", "Name": "Strange", "Type": "DATE_DRIVEN", "DayOfMonthDue": 77}])
}

fn unknown_entity() -> Value {
    fault("4001", "ValidationFault", "Invalid query", "QueryValidationError: ExchangeRate")
}

/// The lists of the first batch, in the order that they are asked for.
pub fn lists() -> Vec<(&'static str, Value)> {
    vec![
        ("CompanyInfo", json!([info()])),
        ("Preferences", json!([preferences()])),
        (
            "CompanyCurrency",
            json!([{"Code": "EUR", "Name": "Euro", "Active": true},
                                   {"Code": "GBP", "Active": false}]),
        ),
        ("ExchangeRate", unknown_entity()),
        ("Account", accounts()),
        ("Vendor", vendors()),
        (
            "Class",
            json!([{"Id": "5000000000000142240", "Name": "200", "FullyQualifiedName": "Top:200", "Active": true}]),
        ),
        ("Department", json!([{"Id": "2", "Name": "Boston", "Active": true}])),
        (
            "Customer",
            json!([{"Id": "26", "DisplayName": "Core review", "FullyQualifiedName": "Aldgate Bank:Core review",
                             "IsProject": true, "Active": true}]),
        ),
        ("Employee", json!([{"Id": "70", "DisplayName": "Iris Tan", "Active": true}])),
        ("TaxCode", unknown_entity()),
        ("TaxRate", unknown_entity()),
        ("Bill", bills()),
        ("VendorCredit", json!([])),
        ("Purchase", purchases()),
        ("JournalEntry", journal()),
        ("Term", terms()),
    ]
}

pub fn rate(day: &str, rate: &str) -> Value {
    json!({"SourceCurrencyCode": "EUR", "TargetCurrencyCode": "USD", "Rate": serde_json::from_str::<Value>(rate).unwrap(),
           "AsOfDate": day})
}

pub async fn first_read() -> (LedgerFacts, Arc<Script>) {
    let script = Script::new(vec![
        ok(&batch_answer(&lists())),
        ok(&json!({"ExchangeRate": rate("2026-10-30", "1.0850"), "time": "t"})),
    ]);
    let facts = client(&script).facts(None, now()).await.unwrap();
    (facts, script)
}

#[tokio::test]
async fn everything_is_read_in_one_batch() {
    let (facts, script) = first_read().await;
    assert_eq!(script.calls(), 2);
    let queries = script.queries(0);
    assert_eq!(queries.len(), 17);
    for want in [
        "select * from CompanyInfo",
        "select * from Vendor where Active in (true, false) orderby Id startposition 1 maxresults 1000",
        "select * from Bill where TxnDate >= '2026-07-05' orderby Id startposition 1 maxresults 1000",
    ] {
        assert!(queries.iter().any(|q| q == want), "{want}");
    }
    assert!(
        script.url(1).ends_with("/exchangerate?minorversion=75&sourcecurrencycode=EUR&asofdate=2026-11-02")
    );
    let c = &facts.company;
    assert_eq!(
        (c.country.as_str(), c.multicurrency, c.classes, c.departments, c.billable),
        ("US", true, true, true, true)
    );
    assert_eq!(c.currencies, [Currency::USD, Currency::EUR]);
    assert_eq!(c.close_date.unwrap().to_string(), "2026-09-30");
    assert_eq!(c.fiscal_year_start, 1);
    let vendor = facts.vendor("56").unwrap();
    assert_eq!((vendor.code.as_str(), vendor.email.as_deref()), ("E1001", Some("amara.okafor@example.test")));
    assert_eq!((vendor.currency, vendor.term.as_deref()), (Some(Currency::USD), Some("3")));
    let term = facts.term_of(vendor).unwrap();
    assert_eq!(
        (term.name.as_str(), term.due("2026-10-10".parse().unwrap()).to_string()),
        ("Net 30", "2026-11-09".into())
    );
    let terms: Vec<_> = facts.terms.iter().map(|t| (t.id.as_str(), t.name.as_str(), t.due)).collect();
    assert_eq!(
        terms,
        [
            ("3", "Net 30", Due::Days(30)),
            ("4", "15th", Due::DayOfMonth(15)),
            ("5", "Due on receipt", Due::Days(0))
        ]
    );
    let old = facts.vendor("57").unwrap();
    assert_eq!((old.name.as_str(), old.active, old.currency), ("Old Supplier", false, None));
    assert_eq!(facts.account_numbered("2015").unwrap().kind, AccountType::AccountsPayable);
    assert_eq!(facts.account("90").unwrap().kind, AccountType::FixedAsset);
    assert!(facts.account("91").is_none());
    assert_eq!(facts.classes[0].name, "Top:200");
    assert_eq!(facts.customers[0].name, "Aldgate Bank:Core review");
    assert_eq!(facts.employees, ["Iris Tan"]);
    // the rate of the day that was asked for is that of the day before which it was set
    for day in ["2026-10-30", "2026-11-02"] {
        assert_eq!(facts.rate(Currency::EUR, day.parse().unwrap()), Some("1.0850".parse().unwrap()));
    }
    // the server's clock is behind ours: changes are asked for from its instant
    assert_eq!(facts.read_at.to_string(), "2026-11-02T09:00:00.214Z");
}

#[tokio::test]
async fn recent_records_are_told_by_kind_with_their_marker() {
    let (facts, _) = first_read().await;
    let shown: Vec<String> = facts
        .recent
        .iter()
        .map(|r| {
            let marker = r.marker.as_deref().unwrap_or("-");
            format!("{} {} {} {} {marker}", r.kind.name(), r.id, r.vendor.as_deref().unwrap_or("-"), r.amount)
        })
        .collect();
    assert_eq!(
        shown,
        [
            "bill 151 56 184.2 TO7F3A91C2K",
            "card_purchase 170 56 12.30 -",
            "card_refund 171 - 218 -",
            "journal 160 56 30.0 -",
        ]
    );
    assert_eq!(facts.recent_of("56").count(), 3);
}

#[tokio::test]
async fn bank_details_and_tax_identifiers_are_dropped() {
    let (facts, _) = first_read().await;
    let kept = serde_json::to_string(&facts).unwrap();
    for secret in ["000123456789", "XXXXX1234", "TaxIdentifier", "Bank"] {
        assert!(!kept.replace("Aldgate Bank", "").contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn tax_codes_are_read_with_their_purchase_rates_outside_the_us() {
    let mut first = lists();
    let mut canada = info();
    canada["Country"] = json!("CAN");
    first[0].1 = json!([canada]);
    let detail = |id: &str, order: u8| json!({"TaxRateRef": {"value": id}, "TaxTypeApplicable": "TaxOnAmount", "TaxOrder": order});
    first[10].1 = json!([
        {"Id": "4", "Name": "GST/PST", "Active": true, "TaxGroup": true,
         "PurchaseTaxRateList": {"TaxRateDetail": [detail("18", 1), detail("17", 0)]}},
        {"Id": "5", "Name": "Sales only", "SalesTaxRateList": {"TaxRateDetail": [detail("19", 0)]}}]);
    first[11].1 = json!([
        {"Id": "17", "Name": "GST", "RateValue": 5},
        {"Id": "18", "Name": "PST", "EffectiveTaxRate": [
            {"RateValue": 6, "EffectiveDate": "2010-01-01", "EndDate": "2020-01-01"},
            {"RateValue": 7, "EffectiveDate": "2020-01-01"}]}]);
    let script = Script::new(vec![
        ok(&batch_answer(&first)),
        ok(&json!({"ExchangeRate": rate("2026-11-02", "1.0861")})),
    ]);
    let facts = client(&script).facts(None, now()).await.unwrap();
    let group = facts.tax_code("4").unwrap();
    let rates: Vec<_> =
        group.purchase.iter().map(|r| (r.id.as_str(), r.percent.unwrap().to_string())).collect();
    assert_eq!(rates, [("17", "5".to_string()), ("18", "7".to_string())]);
    assert!(facts.tax_code("5").unwrap().purchase.is_empty());
}

#[tokio::test]
async fn one_class_a_record_and_customers_switched_off_are_told() {
    let mut first = lists();
    let mut p = preferences();
    p["AccountingInfoPrefs"] = json!({"ClassTrackingPerTxn": true});
    p["VendorAndPurchasesPrefs"]["TrackingByCustomer"] = json!(false);
    first[1].1 = json!([p]);
    let answers =
        || vec![ok(&batch_answer(&first)), ok(&json!({"ExchangeRate": rate("2026-11-02", "1.0861")}))];
    let script = Script::new(answers());
    let c = client(&script).facts(None, now()).await.unwrap().company;
    assert!(c.classes && c.class_per_record && !c.customers_on_lines && c.negative_lines);
    let script = Script::new(answers());
    let c = client_with(&script, json!({"negative_lines": false})).facts(None, now()).await.unwrap().company;
    assert!(!c.negative_lines);
}

#[tokio::test]
async fn long_lists_are_read_page_after_page_and_each_id_once() {
    let page = |from: usize, count: usize| -> Value {
        (from..from + count)
            .map(|n| json!({"Id": n.to_string(), "DisplayName": format!("V {n}"), "Active": true}))
            .collect::<Vec<_>>()
            .into()
    };
    let mut first = lists();
    first[5].1 = page(1, 1000);
    // the second page overlaps with the first, and nothing comes behind the third
    let more: Vec<(&str, Value)> = (0..8)
        .map(|n| match n {
            0 => ("Vendor", page(1000, 1000)),
            1 => ("Vendor", page(2000, 7)),
            _ => ("Vendor", json!([])),
        })
        .collect();
    let script = Script::new(vec![
        ok(&batch_answer(&first)),
        ok(&batch_answer(&more)),
        ok(&json!({"ExchangeRate": rate("2026-11-02", "1.0861")})),
    ]);
    let facts = client(&script).facts(None, now()).await.unwrap();
    assert_eq!(facts.vendors.len(), 2006);
    let second = script.queries(1);
    assert_eq!(second.len(), 8);
    assert!(second[0].ends_with("orderby Id startposition 1001 maxresults 1000"), "{}", second[0]);
    assert!(second[1].ends_with("startposition 2001 maxresults 1000"));
}

#[tokio::test]
async fn what_cannot_be_queried_is_got_and_what_is_not_offered_is_empty() {
    let mut first = lists();
    first[0].1 = fault("4002", "ValidationFault", "m", "d");
    first[1].1 = fault("4001", "ValidationFault", "m", "d");
    first[6].1 = fault("5030", "ValidationFault", "Feature Not Supported Error", "d");
    let script = Script::new(vec![
        ok(&batch_answer(&first)),
        ok(&json!({"CompanyInfo": info()})),
        ok(&json!({"Preferences": preferences()})),
        ok(&json!({"ExchangeRate": rate("2026-11-02", "1.0861")})),
    ]);
    let facts = client(&script).facts(None, now()).await.unwrap();
    assert!(script.url(1).contains("/companyinfo/4620816365000001?minorversion=75"));
    assert!(script.url(2).contains("/preferences?minorversion=75"));
    assert!(facts.classes.is_empty() && facts.company.multicurrency);
}

#[tokio::test]
async fn missing_preferences_mean_off() {
    let mut first = lists();
    first[1].1 = json!([{"CurrencyPrefs": {"HomeCurrency": {"value": "USD"}}}]);
    let script = Script::new(vec![ok(&batch_answer(&first))]);
    let facts = client(&script).facts(None, now()).await.unwrap();
    let c = &facts.company;
    assert!(!c.multicurrency && !c.classes && !c.departments && !c.billable && c.close_date.is_none());
    assert_eq!(c.currencies, [Currency::USD]);
    assert_eq!(script.calls(), 1);
}

#[tokio::test]
async fn rates_that_can_be_queried_are_read_inside_batches() {
    let mut first = lists();
    first[3].1 = json!([rate("2026-11-02", "1.0861"), {"SourceCurrencyCode": "GBP", "Rate": 0}]);
    let history: Vec<(&str, Value)> = (0..30)
        .map(|n| ("ExchangeRate", if n == 2 { json!([rate("2026-10-30", "1.0850")]) } else { json!([]) }))
        .collect();
    let script = Script::new(vec![ok(&batch_answer(&first)), ok(&batch_answer(&history))]);
    let facts = client(&script).facts(None, now()).await.unwrap();
    assert_eq!(script.queries(1)[2], "select * from ExchangeRate where AsOfDate = '2026-10-30'");
    assert_eq!(facts.rate(Currency::EUR, "2026-10-31".parse().unwrap()), Some("1.0850".parse().unwrap()));
    assert_eq!(facts.rate(Currency::EUR, "2026-11-02".parse().unwrap()), Some("1.0861".parse().unwrap()));
}

#[tokio::test]
async fn an_answer_that_broke_off_is_asked_again_in_parts() {
    let all = lists();
    let mut answers = vec![Err(NetError::MaybeSent { reason: "over 16 MiB".into(), timed_out: false })];
    answers.extend(all.chunks(all.len().div_ceil(4)).map(|part| ok(&batch_answer(part))));
    answers.push(ok(&json!({"ExchangeRate": rate("2026-11-02", "1.0861")})));
    let script = Script::new(answers);
    let facts = client(&script).facts(None, now()).await.unwrap();
    assert_eq!((facts.vendors.len(), script.calls()), (2, 6));
    // a time-out is not asked again
    let script = Script::new(vec![Err(NetError::MaybeSent { reason: "slow".into(), timed_out: true })]);
    let error = client(&script).facts(None, now()).await.unwrap_err();
    assert_eq!(error, CallError::Offline { reason: "slow".into(), timed_out: true });
}

#[tokio::test]
async fn an_answer_of_another_shape_names_the_field() {
    let mut first = lists();
    first[12].1 = json!([{"Id": "151", "TxnDate": "2026-10-28", "TotalAmt": {"x": 1}}]);
    let script = Script::new(vec![ok(&batch_answer(&first))]);
    match client(&script).facts(None, now()).await {
        Err(CallError::Shape(why)) => assert!(why.starts_with("Bill.TotalAmt"), "{why}"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_company_is_known_by_realm_and_birth() {
    let script = Script::new(vec![ok(&json!({"CompanyInfo": info(), "time": "t"}))]);
    let company = client(&script).company().await.unwrap();
    assert!(
        script.url(0).ends_with("/v3/company/4620816365000001/companyinfo/4620816365000001?minorversion=75")
    );
    assert_eq!((company.id.as_str(), company.name.as_str()), (REALM, "Fernhill Quay Advisory, Inc."));
    // another name and another offset, the same company
    let mut renamed = info();
    renamed["CompanyName"] = json!("Fernhill Quay LLC");
    renamed["MetaData"]["CreateTime"] = json!("2019-03-04T17:00:00Z");
    let script = Script::new(vec![ok(&json!({"CompanyInfo": renamed}))]);
    assert_eq!(client(&script).company().await.unwrap().fingerprint, company.fingerprint);
    let mut other = info();
    other["Id"] = json!("4620816365000002");
    let script = Script::new(vec![ok(&json!({"CompanyInfo": other}))]);
    assert!(matches!(client(&script).company().await, Err(CallError::WrongCompany(_))));
}
