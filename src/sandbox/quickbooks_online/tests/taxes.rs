//! Purchase tax outside of the United States (contract section 7.9).

use super::*;

const DETAIL: &str = "/Line/0/AccountBasedExpenseLineDetail";

impl Desk {
    /// A bill of one line of 153.20 with a tax code.
    fn taxed(&self, code: &str) -> Value {
        let bill = with(self.bill("T"), "/GlobalTaxCalculation", json!("TaxExcluded"));
        let bill = with(bill, "/Line", json!([self.line("6010", "153.20")]));
        with(bill, &format!("{DETAIL}/TaxCodeRef"), json!({"value": code}))
    }
}

fn tax_line(amount: &str, rate: &str, net: &str) -> Value {
    let exact = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    json!({"Amount": exact(amount), "DetailType": "TaxLineDetail", "TaxLineDetail": {
        "TaxRateRef": {"value": rate}, "PercentBased": false, "NetAmountTaxable": exact(net)}})
}

fn overriding(bill: Value, lines: Vec<Value>) -> Value {
    with(bill, "/TxnTaxDetail", json!({"TaxLine": lines}))
}

#[tokio::test]
async fn tax_is_computed_over_the_document() {
    let desk = Desk::new().await;
    for (region, code, total, taxes) in [
        ("UK", "6", "183.84", vec!["30.64"]),
        ("UK", "7", "160.86", vec!["7.66"]),
        ("UK", "5", "153.20", vec!["0.00"]),
        ("CA", "7", "171.58", vec!["7.66", "10.72"]),
        ("AU", "6", "168.52", vec!["15.32"]),
    ] {
        desk.switch("region", json!(region));
        let bill = with(desk.taxed(code), "/DocNumber", json!(format!("{region}{code}")));
        let got = desk.post("bill", bill).await;
        assert_eq!(got.status, 200, "{region} {code}: {:?}", got.body);
        let bill = got.json()["Bill"].clone();
        assert_eq!(
            (bill["TotalAmt"].to_string(), bill["Balance"].to_string()),
            (total.to_owned(), total.to_owned())
        );
        let lines = bill["TxnTaxDetail"]["TaxLine"].as_array().unwrap();
        assert_eq!(lines.iter().map(|one| one["Amount"].to_string()).collect::<Vec<_>>(), taxes);
    }
    // two lines of 0.11 at 5 % are taxed together: 0.01, not twice nothing or twice a cent
    desk.switch("region", json!("UK"));
    let line = with(
        json!({"l": desk.line("6010", "0.11")}),
        "/l/AccountBasedExpenseLineDetail/TaxCodeRef",
        json!({"value": "7"}),
    );
    let bill =
        with(with(desk.taxed("7"), "/Line", json!([line["l"], line["l"]])), "/DocNumber", json!("CENT"));
    assert_eq!(desk.post("bill", bill).await.json()["Bill"]["TxnTaxDetail"]["TotalTax"].to_string(), "0.01");
}

#[tokio::test]
async fn an_override_is_taken_to_the_cent() {
    let desk = Desk::new().await;
    desk.switch("region", json!("UK"));
    let good = tax_line("7.65", "17", "153.20");
    let got = desk.post("bill", overriding(desk.taxed("7"), vec![good.clone()])).await;
    assert_eq!(got.status, 200, "{:?}", got.body);
    let bill = got.json()["Bill"].clone();
    assert_eq!(
        (bill["TotalAmt"].to_string(), bill["TxnTaxDetail"]["TotalTax"].to_string()),
        ("160.85".to_owned(), "7.65".to_owned())
    );
    for (what, lines, code) in [
        ("another rate", vec![tax_line("30.64", "3", "153.20")], "6160"),
        ("an unknown rate", vec![tax_line("7.66", "99", "153.20")], "6160"),
        ("a rate twice", vec![good.clone(), good.clone()], "6160"),
        ("a net amount one cent off", vec![tax_line("7.66", "17", "153.21")], "6000"),
        ("more tax than net", vec![tax_line("200.00", "17", "153.20")], "6000"),
        ("the other sign", vec![tax_line("-7.66", "17", "153.20")], "6000"),
        ("no amount", vec![with(good.clone(), "/Amount", Value::Null)], "2020"),
        ("no rate", vec![with(good.clone(), "/TaxLineDetail/TaxRateRef", Value::Null)], "2020"),
    ] {
        let got = desk.post("bill", overriding(desk.taxed("7"), lines)).await;
        assert_eq!(got.fault(), (400, code.to_owned()), "{what}: {:?}", got.body);
    }
    let mut total = overriding(desk.taxed("7"), vec![good.clone()]);
    total["TxnTaxDetail"]["TotalTax"] = json!(7.66);
    assert_eq!(desk.post("bill", total).await.fault().1, "6000", "a total that is not the sum");
    let none = with(overriding(desk.taxed("7"), vec![good]), "/GlobalTaxCalculation", json!("NotApplicable"));
    assert_eq!(desk.post("bill", none).await.fault().1, "6170");
    // other lines in a sparse update are taxed anew
    let line = with(
        json!({"l": desk.line("6010", "100.00")}),
        "/l/AccountBasedExpenseLineDetail/TaxCodeRef",
        json!({"value": "7"}),
    );
    let edit = json!({"Id": bill["Id"], "SyncToken": "0", "sparse": true, "Line": [line["l"]]});
    assert_eq!(desk.post("bill", edit).await.json()["Bill"]["TotalAmt"].to_string(), "105.00");
}

#[tokio::test]
async fn a_group_code_needs_a_line_for_each_rate() {
    let desk = Desk::new().await;
    desk.switch("region", json!("CA"));
    let gst = tax_line("7.66", "20", "153.20");
    assert_eq!(desk.post("bill", overriding(desk.taxed("7"), vec![gst.clone()])).await.fault().1, "6000");
    let both = overriding(desk.taxed("7"), vec![gst, tax_line("10.73", "21", "153.20")]);
    assert_eq!(desk.post("bill", both).await.json()["Bill"]["TotalAmt"].to_string(), "171.59");
}

#[tokio::test]
async fn codes_must_be_there_and_for_purchases() {
    let desk = Desk::new().await;
    desk.switch("region", json!("UK"));
    assert_eq!(desk.post("bill", desk.taxed("12")).await.fault().1, "6160", "for sales alone");
    assert_eq!(desk.post("bill", desk.taxed("99")).await.fault().1, "2500");
    let bare = with(desk.taxed("6"), &format!("{DETAIL}/TaxCodeRef"), Value::Null);
    assert_eq!(desk.post("bill", bare.clone()).await.fault().1, "6000");
    assert_eq!(
        desk.post("bill", with(bare.clone(), "/GlobalTaxCalculation", json!("Net"))).await.fault().1,
        "2170"
    );
    let got = desk.post("bill", with(bare, "/GlobalTaxCalculation", json!("NotApplicable"))).await;
    assert_eq!(got.json()["Bill"]["TotalAmt"].to_string(), "153.20");
    let gross = with(desk.taxed("6"), "/GlobalTaxCalculation", json!("TaxInclusive"));
    let gross =
        with(with(gross, &format!("{DETAIL}/TaxInclusiveAmt"), json!(183.84)), "/DocNumber", json!("G"));
    let bill = desk.post("bill", gross).await.json()["Bill"].clone();
    assert_eq!(bill["TotalAmt"].to_string(), "183.84", "amounts of lines are net in both modes");
    assert_eq!(bill["Line"][0]["AccountBasedExpenseLineDetail"]["TaxInclusiveAmt"].to_string(), "183.84");
}

#[tokio::test]
async fn the_tax_lists_can_be_queried() {
    let desk = Desk::new().await;
    let ids = async |kind: &str| {
        let rows = desk.rows(&format!("select * from {kind}"), kind).await;
        rows.iter().map(|row| row["Id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(
        (ids("TaxCode").await, ids("TaxRate").await.len()),
        (vec!["TAX".to_owned(), "NON".to_owned()], 0)
    );
    desk.switch("region", json!("CA"));
    assert_eq!(
        (ids("TaxCode").await.len(), ids("TaxRate").await.len(), ids("TaxAgency").await.len()),
        (5, 5, 1)
    );
    let group = desk.rows("select * from TaxCode where Name = 'GST/PST BC'", "TaxCode").await.remove(0);
    let rates = group["PurchaseTaxRateList"]["TaxRateDetail"].as_array().unwrap().clone();
    assert_eq!(
        (rates.len(), &rates[1]["TaxRateRef"]["value"], &rates[1]["TaxOrder"]),
        (2, &json!("21"), &json!(1))
    );
    let rate = desk.get("taxrate/21").await.json()["TaxRate"].clone();
    assert_eq!((rate["RateValue"].to_string(), &rate["AgencyRef"]["value"]), ("7".to_owned(), &json!("1")));
    assert_eq!(rate["EffectiveTaxRate"][0]["RateValue"].to_string(), "7");
    assert_eq!(desk.get("cdc?entities=TaxRate&changedSince=2026-11-01").await.fault().1, "4002");
}
