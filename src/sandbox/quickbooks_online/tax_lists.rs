//! Tax codes, rates and agencies of each region (contract section 7.9). All of it is made up but for the percentages.

use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::fault::ApiFault;
use super::kind::Kind;
use super::postings;
use super::state::State;
use super::tax;
use super::wire;
use super::write;

/// What a region has: agency, rates (id, name, hundredths of a per cent), codes (id, name, rates, for purchases).
struct Region {
    agency: &'static str,
    account: &'static str,
    rates: &'static [(&'static str, &'static str, i64)],
    codes: &'static [(&'static str, &'static str, &'static [&'static str], bool)],
}

const UK: Region = Region {
    agency: "HM Revenue & Customs",
    account: "VAT Control",
    rates: &[
        ("3", "20.0% S", 2000),
        ("17", "5.0% R", 500),
        ("9", "0.0% Z", 0),
        ("10", "Exempt", 0),
        ("4", "20.0% S (sales)", 2000),
    ],
    codes: &[
        ("6", "20.0% S", &["3"], true),
        ("7", "5.0% R", &["17"], true),
        ("8", "0.0% Z", &["9"], true),
        ("5", "Exempt", &["10"], true),
        ("12", "20.0% S sales only", &["4"], false),
    ],
};

const CA: Region = Region {
    agency: "Canada Revenue Agency",
    account: "GST/HST Payable",
    rates: &[
        ("20", "GST", 500),
        ("21", "PST BC", 700),
        ("22", "HST ON", 1300),
        ("23", "Exempt", 0),
        ("24", "HST ON (sales)", 1300),
    ],
    codes: &[
        ("6", "GST", &["20"], true),
        ("7", "GST/PST BC", &["20", "21"], true),
        ("8", "HST ON", &["22"], true),
        ("5", "Exempt", &["23"], true),
        ("12", "HST ON sales only", &["24"], false),
    ],
};

const AU: Region = Region {
    agency: "Australian Taxation Office",
    account: "GST Liabilities Payable",
    rates: &[("30", "GST", 1000), ("31", "GST free", 0), ("32", "GST (sales)", 1000)],
    codes: &[
        ("6", "GST on non-capital", &["30"], true),
        ("5", "GST free", &["31"], true),
        ("12", "GST on sales", &["32"], false),
    ],
};

/// Replaces the tax lists by those of the company's country: `TAX` and `NON` in the United States.
pub fn fill(state: &mut State) -> Result<(), ApiFault> {
    for kind in [Kind::TaxCode, Kind::TaxRate, Kind::TaxAgency] {
        state.books.clear(kind);
    }
    let region = match state.company.country.as_str() {
        "UK" => &UK,
        "CA" => &CA,
        "AU" => &AU,
        _ => {
            for (id, taxable) in [("TAX", true), ("NON", false)] {
                let code =
                    json!({"Id": id, "Name": id, "Active": true, "Taxable": taxable, "TaxGroup": true});
                put(state, Kind::TaxCode, code);
            }
            return Ok(());
        }
    };
    put(
        state,
        Kind::TaxAgency,
        json!({"Id": "1", "DisplayName": region.agency,
        "TaxTrackedOnPurchases": true, "TaxTrackedOnSales": true}),
    );
    for (id, name, hundredths) in region.rates {
        let value = wire::number(Decimal::new(*hundredths, 2).normalize());
        put(
            state,
            Kind::TaxRate,
            json!({
                "Id": id, "Name": name, "Description": name, "Active": true, "RateValue": value,
                "AgencyRef": {"value": "1"}, "SpecialTaxType": "NONE", "DisplayType": "ReadOnly",
                "EffectiveTaxRate": [{"RateValue": value, "EffectiveDate": "2011-01-04T00:00:00-08:00"}],
            }),
        );
    }
    for (id, name, rates, purchases) in region.codes {
        let list = rates.iter().enumerate().map(|(order, rate)| {
            json!({"TaxRateRef": {"value": rate}, "TaxTypeApplicable": "TaxOnAmount", "TaxOrder": order})
        });
        let list: Vec<Value> = list.collect();
        let none: &[Value] = &[];
        let (bought, sold) = if *purchases { (list.as_slice(), none) } else { (none, list.as_slice()) };
        put(
            state,
            Kind::TaxCode,
            json!({
                "Id": id, "Name": name, "Description": name, "Active": true, "Taxable": true, "TaxGroup": true,
                "PurchaseTaxRateList": {"TaxRateDetail": bought}, "SalesTaxRateList": {"TaxRateDetail": sold},
            }),
        );
    }
    if postings::subtyped(state, tax::ACCOUNT).is_none() {
        let account = Map::from_iter([
            ("Name".to_owned(), json!(region.account)),
            ("AccountType".to_owned(), json!("Other Current Liability")),
            ("AccountSubType".to_owned(), json!(tax::ACCOUNT)),
        ]);
        write::create(state, Kind::Account, &account)?;
    }
    Ok(())
}

fn put(state: &mut State, kind: Kind, value: Value) {
    let (now, zone) = (state.now, state.zone.clone());
    if let Value::Object(value) = value {
        state.books.insert(kind, value, now, &zone);
    }
}
