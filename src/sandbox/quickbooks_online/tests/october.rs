//! The general ledger report, and the October of the sample firm on it (demo-firm sections 7 and 9).

use std::collections::BTreeMap;
use std::str::FromStr;

use rust_decimal::Decimal;

use super::*;

const COLUMNS: &str = "tx_date,txn_type,doc_num,name,memo,subt_nat_amount,rbal_nat_amount";

fn amount(text: &Value) -> Decimal {
    Decimal::from_str(text.as_str().unwrap()).unwrap()
}

impl Desk {
    /// The report over October of some accounts, by number: opening, rows, closing.
    async fn ledger(&self, numbers: &[&str], columns: &str) -> Value {
        let ids: Vec<String> = numbers.iter().map(|number| self.id("Account", number)).collect();
        let got = self
            .get(&format!(
                "reports/GeneralLedger?start_date=2026-10-01&end_date=2026-10-31&account={}&columns={columns}&minorversion=75",
                ids.join(",")
            ))
            .await;
        assert_eq!(got.status, 200, "{:?}", got.body);
        got.json()
    }

    /// Opening, movements that are not ours, and closing of each account by number; debits positive.
    async fn control(&self, numbers: &[&str]) -> BTreeMap<String, [String; 3]> {
        let report = self.ledger(numbers, COLUMNS).await;
        let mut found = BTreeMap::new();
        for section in report["Rows"]["Row"].as_array().unwrap() {
            let id = section["Header"]["ColData"][0]["id"].as_str().unwrap();
            let number = numbers.iter().find(|number| self.id("Account", number) == id).unwrap();
            let side = if number.starts_with('1') { Decimal::ONE } else { -Decimal::ONE };
            let rows = section["Rows"]["Row"].as_array().unwrap();
            assert_eq!(rows[0]["ColData"][0]["value"], "Beginning Balance");
            let opening = amount(&rows[0]["ColData"][6]["value"]);
            let mut all = opening;
            let mut other = Decimal::ZERO;
            for row in &rows[1..] {
                let cells = &row["ColData"];
                all += amount(&cells[5]["value"]);
                assert_eq!(amount(&cells[6]["value"]), all, "the balance runs on");
                if !cells[4]["value"].as_str().unwrap().contains("tieout:") {
                    other += amount(&cells[5]["value"]);
                }
            }
            assert_eq!(amount(&section["Summary"]["ColData"][5]["value"]), all - opening);
            let shown = [opening, other, all].map(|sum| (side * sum).to_string());
            found.insert((*number).to_owned(), shown);
        }
        found
    }

    /// What the table says that tieout posts after the steps of section 9, D01, D02 and D04 aside, as one journal an
    /// account and side against 6010.
    async fn posts_october(&self) {
        for (number, side, amount) in [
            ("1250", "Debit", "600.00"),
            ("1250", "Credit", "800.00"),
            ("1260", "Debit", "300.00"),
            ("2010", "Debit", "84.00"),
            ("2010", "Credit", "3044.21"),
            ("2020", "Credit", "1245.00"),
            ("2110", "Debit", "218.00"),
            ("2110", "Credit", "4804.05"),
            ("2130", "Debit", "742.80"),
            ("2130", "Credit", "1871.20"),
            ("2140", "Credit", "972.00"),
        ] {
            let exact: Value = serde_json::from_str(amount).unwrap();
            let line = |number: &str, side: &str| {
                let mut line = json!({"Amount": exact, "Description": "tieout:X", "DetailType": "JournalEntryLineDetail",
                    "JournalEntryLineDetail": {"PostingType": side, "AccountRef": {"value": self.id("Account", number)}}});
                if number == "2010" || number == "2020" {
                    let vendor = self.id("Vendor", "Okafor, Amara");
                    line["JournalEntryLineDetail"]["Entity"] =
                        json!({"Type": "Vendor", "EntityRef": {"value": vendor}});
                }
                line
            };
            let other = if side == "Debit" { "Credit" } else { "Debit" };
            let body = json!({"TxnDate": "2026-10-30", "CurrencyRef": {"value": "USD"},
                              "Line": [line(number, side), line("6010", other)]});
            let got = self.post("journalentry", body).await;
            assert_eq!(got.status, 200, "{number}: {:?}", got.body);
        }
    }

    fn employee_bill(&self, number: &str, vendor: &str, amount: &str) -> Value {
        let bill = with(self.bill(number), "/VendorRef/value", json!(self.id("Vendor", vendor)));
        with(with(bill, "/Line", json!([self.line("6010", amount)])), "/TxnDate", json!("2026-10-09"))
    }
}

/// The numbers of the table, with what tieout itself posts left out.
const NUMBERS: [&str; 8] = ["1250", "1260", "2010", "2020", "2110", "2130", "2140", "2150"];

#[tokio::test]
async fn october_of_the_sample_firm_comes_out_as_in_its_table() {
    let desk = Desk::at("2026-10-09T16:05:00Z").await;
    for (number, vendor, amount) in [
        ("TO000000D01", "Okafor, Amara", "515.00"),
        ("TO000000D02", "Castellano, Ben", "155.25"),
        ("TO000000D04", "Raman, Dev", "104.00"),
    ] {
        let got = desk.post("bill", desk.employee_bill(number, vendor, amount)).await;
        assert_eq!(got.status, 200, "{:?}", got.body);
    }
    for day in ["2026-10-16T16:05:00Z", "2026-10-23T16:05:00Z", "2026-11-04T14:30:00Z"] {
        desk.company.set_clock(day.parse().unwrap());
    }
    let desk = Desk { token: desk.renewed().await, ..desk };
    let control = desk.control(&NUMBERS).await;
    let expected = [
        ("1250", "800.00", "0", "800.00"),
        ("2010", "-1640.25", "2268.30", "-146.20"),
        ("2110", "-3902.18", "3902.18", "0.00"),
        ("2140", "-221.10", "607.55", "386.45"),
        ("2150", "-64.00", "64.00", "0.00"),
    ];
    assert_eq!(control.len(), expected.len(), "accounts without data are left out: {control:?}");
    for (number, opening, other, closing) in expected {
        let exact = [opening, other, closing].map(|sum| Decimal::from_str(sum).unwrap());
        let found = control[number].each_ref().map(|sum| Decimal::from_str(sum).unwrap());
        assert_eq!(found, exact, "{number}");
    }
    desk.posts_october().await;
    let control = desk.control(&NUMBERS).await;
    for (number, closing) in [
        ("1250", "600.00"),
        ("1260", "300.00"),
        ("2010", "-3106.41"),
        ("2020", "-1245.00"),
        ("2110", "-4586.05"),
        ("2130", "-1128.40"),
        ("2140", "-585.55"),
        ("2150", "0.00"),
    ] {
        let found = Decimal::from_str(&control[number][2]).unwrap();
        assert_eq!(found, Decimal::from_str(closing).unwrap(), "{number} closes");
    }
    let paid = desk.rows("select * from Bill where DocNumber = 'TO000000D01'", "Bill").await.remove(0);
    assert_eq!(
        (paid["Balance"].to_string(), &paid["LinkedTxn"][0]["TxnType"]),
        ("0.00".to_owned(), &json!("BillPaymentCheck"))
    );
    assert_eq!(paid["MetaData"]["LastUpdatedTime"], "2026-10-20T11:00:00-04:00");
    assert!(desk.company.october_payments().unwrap().is_empty(), "all is paid already");
}

#[tokio::test]
async fn a_history_made_on_another_clock_pays_and_edits_when_asked() {
    let desk = Desk::new().await;
    let bill = desk.employee_bill("TO000000D02", "Castellano, Ben", "155.25");
    assert_eq!(desk.post("bill", bill).await.status, 200);
    let hosting = desk.employee_bill("TO000000D06", "Brightwater Hosting LLC", "1404.00");
    let hosting = with(hosting, "/APAccountRef/value", json!(desk.id("Account", "2000")));
    let hosting = with(hosting, "/Line", json!([desk.line("6220", "1404.00"), desk.line("6220", "936.00")]));
    assert_eq!(desk.post("bill", hosting).await.status, 200);
    desk.company.set_clock("2026-11-04T14:31:00Z".parse().unwrap());
    assert_eq!(
        desk.rows("select * from BillPayment where TxnDate = '2026-10-20'", "BillPayment").await.len(),
        0
    );
    assert_eq!(desk.company.october_payments().unwrap().len(), 1);
    assert_eq!(desk.company.october_payments().unwrap().len(), 0);
    assert_eq!(
        desk.rows("select * from BillPayment where TxnDate = '2026-10-20'", "BillPayment").await.len(),
        1
    );
    let edited = desk.company.october_edit().unwrap();
    let amounts = |of: &Value| (of["TotalAmt"].to_string(), of["Line"][1]["Amount"].to_string());
    assert_eq!(amounts(&edited[0]["Bill"]), ("2367.00".to_owned(), "963.00".to_owned()));
    assert_eq!(edited[0]["Bill"]["MetaData"]["LastUpdatedTime"], "2026-11-04T09:31:00-05:00");
    assert!(desk.company.october_edit().unwrap().is_empty());
}

#[tokio::test]
async fn the_diary_is_played_as_the_clock_passes() {
    let desk = Desk::at("2026-10-09T16:05:00Z").await;
    let numbers = || {
        let records = desk.company.records();
        let bills = records.iter().filter_map(|one| one["Bill"]["DocNumber"].as_str().map(str::to_owned));
        bills.filter(|number| !number.starts_with("SEP-")).collect::<Vec<_>>()
    };
    assert!(numbers().is_empty());
    desk.company.set_clock("2026-10-23T16:05:00Z".parse().unwrap());
    assert_eq!(numbers(), ["CL 2217"]);
    desk.company.set_clock("2026-11-04T14:30:00Z".parse().unwrap());
    assert_eq!(numbers(), ["CL 2217", "OKAFOR OCT"]);
    desk.company.reset();
    desk.company.set_clock("2026-10-09T16:05:00Z".parse().unwrap());
    assert!(numbers().is_empty());
}

#[tokio::test]
async fn the_report_has_the_public_shape() {
    let desk = Desk::new().await;
    let report = desk.ledger(&["2010"], COLUMNS).await;
    let header = &report["Header"];
    assert_eq!(
        (&header["ReportName"], &header["StartPeriod"], &header["EndPeriod"], &header["Currency"]),
        (&json!("GeneralLedger"), &json!("2026-10-01"), &json!("2026-10-31"), &json!("USD"))
    );
    assert_eq!(header["Option"], json!([{"Name": "NoReportData", "Value": "false"}]));
    let keys: Vec<&Value> =
        report["Columns"]["Column"].as_array().unwrap().iter().map(|c| &c["MetaData"][0]["Value"]).collect();
    assert_eq!(keys, COLUMNS.split(',').collect::<Vec<_>>());
    let section = &report["Rows"]["Row"][0];
    assert_eq!(section["type"], "Section");
    let id = desk.id("Account", "2010");
    assert_eq!(section["Header"]["ColData"][0], json!({"value": "2010 Employee Payables USD", "id": id}));
    let rows = section["Rows"]["Row"].as_array().unwrap();
    let bill = rows.iter().find(|row| row["ColData"][2]["value"] == "OKAFOR OCT").unwrap();
    let record = desk.rows("select * from Bill where DocNumber = 'OKAFOR OCT'", "Bill").await.remove(0);
    assert_eq!(bill["ColData"][1], json!({"value": "Bill", "id": record["Id"]}));
    assert_eq!(bill["ColData"][3]["id"], desk.id("Vendor", "Okafor, Amara"));
    assert_eq!(bill["ColData"][5]["value"], "146.20", "a credit to a liability is positive");
    let payment = rows.iter().find(|row| row["ColData"][2]["value"] == "CHQ-1002").unwrap();
    assert_eq!(payment["ColData"][1]["value"], "Bill Payment (Check)");
    assert_eq!(payment["ColData"][5]["value"], "-612.40");
    assert_eq!(section["Summary"]["ColData"][0]["value"], "Total for 2010 Employee Payables USD");
    // an account that never moved, and what is not known
    let none = desk.ledger(&["1350"], "tx_date,colour").await;
    assert_eq!(none["Header"]["Option"][0]["Value"], "true");
    assert_eq!((none["Rows"].clone(), none["Columns"]["Column"].as_array().unwrap().len()), (json!({}), 1));
    assert_eq!(desk.get("reports/GeneralLedger?start_date=yesterday").await.fault().1, "2060");
    assert_eq!(desk.get("reports/AgedPayables").await.fault().1, "500");
    assert_eq!(desk.calls("reports"), 4);
}

#[tokio::test]
async fn amounts_are_in_the_accounts_currency_and_at_home() {
    let desk = Desk::new().await;
    let bill = json!({"VendorRef": {"value": desk.id("Vendor", "Inkwell Research Ltd")}, "TxnDate": "2026-10-27",
        "DocNumber": "TO000000EUR", "CurrencyRef": {"value": "EUR"}, "Line": [desk.line("5100", "100.00")],
        "APAccountRef": {"value": desk.id("Account", "2005")}});
    assert_eq!(desk.post("bill", bill).await.status, 200);
    let columns = "txn_type,subt_nat_amount,subt_nat_home_amount,rbal_nat_home_amount";
    let cells = |report: &Value, row: usize| {
        let cells = report["Rows"]["Row"][0]["Rows"]["Row"][row]["ColData"].as_array().unwrap().clone();
        cells.iter().skip(1).map(|cell| cell["value"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(cells(&desk.ledger(&["2005"], columns).await, 1), ["100.00", "108.38", "108.38"]);
    assert_eq!(cells(&desk.ledger(&["5100"], columns).await, 0), ["108.38", "108.38", "108.38"]);
    desk.switch("report_amounts", json!("drop"));
    assert_eq!(cells(&desk.ledger(&["2005"], columns).await, 1), ["108.38", "108.38"]);
}

#[tokio::test]
async fn a_payment_at_another_rate_gains_or_loses() {
    let desk = Desk::new().await;
    let vendor = desk.id("Vendor", "Inkwell Research Ltd");
    let bill = json!({"VendorRef": {"value": vendor}, "TxnDate": "2026-10-27", "DocNumber": "EUR",
        "CurrencyRef": {"value": "EUR"}, "Line": [desk.line("5100", "100.00")]});
    let bill = desk.post("bill", bill).await.json()["Bill"]["Id"].clone();
    let payment = json!({"VendorRef": {"value": vendor}, "TxnDate": "2026-11-04", "CurrencyRef": {"value": "EUR"},
        "PayType": "Check", "CheckPayment": {"BankAccountRef": {"value": desk.id("Account", "1015")}}, "TotalAmt": 100,
        "Line": [{"Amount": 100, "LinkedTxn": [{"TxnId": bill, "TxnType": "Bill"}]}]});
    assert_eq!(desk.post("billpayment", payment).await.status, 200);
    let columns = "tx_date,subt_nat_home_amount,debt_home_amt,credit_home_amt,split_acc,account_name";
    let path = format!("reports/GeneralLedger?start_date=2026-10-01&end_date=2026-11-30&columns={columns}");
    let report = desk.get(&path).await.json();
    let moved = |name: &str| {
        let sections = report["Rows"]["Row"].as_array().unwrap();
        let section = sections.iter().find(|one| one["Header"]["ColData"][0]["value"] == name);
        section.unwrap_or_else(|| panic!("no {name}"))["Summary"]["ColData"][5]["value"].clone()
    };
    assert_eq!(moved("2005 Accounts Payable EUR"), "0.00", "the bill is relieved at its own rate of 1.0838");
    assert_eq!(moved("1015 Operating Bank EUR"), "-108.68", "the bank pays at 1.0868");
    assert_eq!(moved("6910 Exchange Gain or Loss"), "0.30");
    let debits_less_credits: Decimal = report["Rows"]["Row"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|one| one["Rows"]["Row"].as_array().unwrap())
        .map(|row| {
            let side = |at: usize| match row["ColData"][at]["value"].as_str().unwrap() {
                "" => Decimal::ZERO,
                text => Decimal::from_str(text).unwrap(),
            };
            side(3) - side(4)
        })
        .sum();
    assert_eq!(debits_less_credits, Decimal::ZERO, "the whole ledger balances");
}
