//! Purchase tax outside of the United States (contract section 7.9): the mode of the header, the codes of the lines, tax
//! computed over the document, and a `TxnTaxDetail` that overrides it.
//!
//! An override is taken as it is, to the cent, when it has one line for each rate that the lines' codes name, its
//! `NetAmountTaxable` (where given) is the sum of those lines, and its `TotalTax` (where given) is the sum of its lines.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::books::Row;
use super::fault::ApiFault;
use super::kind::Kind;
use super::postings;
use super::refs;
use super::state::State;
use super::wire::{self, Object};

/// `AccountSubType` of the account that tax is posted to.
pub const ACCOUNT: &str = "GlobalTaxPayable";

/// How a document is taxed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// In the United States purchases are not taxed.
    UnitedStates,
    /// `NotApplicable`: no tax.
    NotApplicable,
    /// `TaxExcluded` or `TaxInclusive`: amounts of lines are net in both.
    Taxed,
}

/// Reads `GlobalTaxCalculation`. In the United States it must be left out, and `TxnTaxDetail` too.
pub fn mode(state: &State, body: &Object, required: bool, out: &mut Object) -> Result<Mode, ApiFault> {
    let mode = wire::text(body, "GlobalTaxCalculation")?;
    if state.is_us() {
        if mode.is_some() || !given(body).is_empty() {
            return Err(ApiFault::business(
                "Purchase tax is not available for a company in the United States.",
            ));
        }
        return Ok(Mode::UnitedStates);
    }
    let mode = match mode {
        Some(mode) => mode,
        None if required => return Err(ApiFault::missing("GlobalTaxCalculation")),
        None => return Ok(Mode::NotApplicable),
    };
    out.insert("GlobalTaxCalculation".to_owned(), json!(mode));
    match mode.as_str() {
        "TaxExcluded" | "TaxInclusive" => Ok(Mode::Taxed),
        "NotApplicable" if !given(body).is_empty() => {
            let detail = "TxnTaxDetail cannot be used when GlobalTaxCalculation is NotApplicable.";
            Err(ApiFault::of("6170", detail, "TxnTaxDetail"))
        }
        "NotApplicable" => Ok(Mode::NotApplicable),
        other => Err(ApiFault::of("2170", format!("Invalid Enumeration : {other}"), "GlobalTaxCalculation")),
    }
}

/// The tax code of a line: in the United States `TAX` or `NON` (6100), elsewhere one of the company's that is for
/// purchases (2500, 6160). Without one it is 6000 unless the document is not taxed.
pub fn code<'a>(state: &'a State, mode: Mode, detail: &Object) -> Result<Option<(Value, &'a Row)>, ApiFault> {
    let code = refs::id_of(detail, "TaxCodeRef")?;
    if mode == Mode::UnitedStates {
        let code = code.unwrap_or_else(|| "NON".to_owned());
        if code != "TAX" && code != "NON" {
            return Err(ApiFault::of("6100", format!("Invalid tax code {code} on a line"), "TaxCodeRef"));
        }
        let row = refs::active(state, Kind::TaxCode, &code)?;
        return Ok(Some((json!({"value": code}), row)));
    }
    let Some(code) = code else {
        if mode == Mode::NotApplicable {
            return Ok(None);
        }
        return Err(ApiFault::business("Make sure all your transactions have a VAT rate before you save."));
    };
    let row = refs::active(state, Kind::TaxCode, &code)?;
    if rates(row).is_empty() {
        let detail = format!("Invalid tax reference : tax code {code} cannot be used for purchases");
        return Err(ApiFault::of("6160", detail, "TaxCodeRef"));
    }
    Ok(Some((refs::to(row), row)))
}

/// The ids of the purchase rates of a code.
pub fn rates(code: &Row) -> Vec<String> {
    let list = code.value.get("PurchaseTaxRateList").and_then(|list| list.get("TaxRateDetail"));
    let rates = list.and_then(Value::as_array).into_iter().flatten();
    rates.filter_map(|rate| Some(rate.get("TaxRateRef")?.get("value")?.as_str()?.to_owned())).collect()
}

fn percent(state: &State, rate: &str) -> Decimal {
    let row = state.books.get(Kind::TaxRate, rate);
    row.and_then(|row| wire::decimal(row.value.get("RateValue")?)).unwrap_or_default()
}

/// Whether any rate of the code is above zero.
pub fn is_taxed(state: &State, code: &Row) -> bool {
    rates(code).iter().any(|rate| !percent(state, rate).is_zero())
}

/// Net amounts of a document by rate.
#[derive(Debug, Default)]
pub struct Nets(BTreeMap<String, Decimal>);

impl Nets {
    /// Notes a line.
    pub fn add(&mut self, code: &Row, net: Decimal) {
        for rate in rates(code) {
            *self.0.entry(rate).or_default() += net;
        }
    }
}

/// Writes `TxnTaxDetail`, computed or as the request overrides it, and returns the tax.
pub fn detail(
    state: &State,
    mode: Mode,
    body: &Object,
    nets: &Nets,
    out: &mut Object,
) -> Result<Decimal, ApiFault> {
    if mode != Mode::Taxed {
        return Ok(Decimal::ZERO);
    }
    let lines = match given(body) {
        [] => computed(state, nets),
        given => overridden(nets, given)?,
    };
    let total: Decimal = lines.iter().map(|(_, _, amount, _)| *amount).sum();
    let said = body.get("TxnTaxDetail").and_then(|detail| detail.get("TotalTax"));
    let said = said.filter(|_| !given(body).is_empty());
    if let Some(said) = said.map(|said| wire::amount(said, "TotalTax")).transpose()?
        && said != total
    {
        let detail = format!("The total tax {said} is not the sum {total} of the tax lines.");
        return Err(ApiFault::business(&detail));
    }
    let lines = lines.into_iter().map(|(rate, net, amount, by_percent)| {
        json!({"Amount": wire::money(amount), "DetailType": "TaxLineDetail", "TaxLineDetail": {
            "TaxRateRef": {"value": rate}, "PercentBased": by_percent,
            "TaxPercent": wire::number(percent(state, &rate)), "NetAmountTaxable": wire::money(net)}})
    });
    let lines: Vec<Value> = lines.collect();
    out.insert("TxnTaxDetail".to_owned(), json!({"TotalTax": wire::money(total), "TaxLine": lines}));
    Ok(total)
}

/// Rate, net, tax, and whether the tax was computed.
type TaxLine = (String, Decimal, Decimal, bool);

fn computed(state: &State, nets: &Nets) -> Vec<TaxLine> {
    let each = nets.0.iter().map(|(rate, net)| {
        (rate.clone(), *net, wire::cents(*net * percent(state, rate) / Decimal::ONE_HUNDRED), true)
    });
    each.collect()
}

fn overridden(nets: &Nets, given: &[Value]) -> Result<Vec<TaxLine>, ApiFault> {
    let mut lines: Vec<TaxLine> = Vec::new();
    for line in given {
        let amount = line.get("Amount").ok_or_else(|| ApiFault::missing("TaxLine.Amount"))?;
        let amount = wire::amount(amount, "TaxLine.Amount")?;
        let detail = line.get("TaxLineDetail").and_then(Value::as_object);
        let detail = detail.ok_or_else(|| ApiFault::missing("TaxLine.TaxLineDetail"))?;
        let rate = refs::id_of(detail, "TaxRateRef")?.ok_or_else(|| ApiFault::missing("TaxRateRef"))?;
        let wrong = |what: &str| {
            ApiFault::of("6160", format!("Invalid tax reference : tax rate {rate} {what}"), "TaxRateRef")
        };
        let net = *nets.0.get(&rate).ok_or_else(|| wrong("is of no line of this transaction"))?;
        if lines.iter().any(|(other, ..)| *other == rate) {
            return Err(wrong("has two tax lines"));
        }
        if let Some(said) = detail.get("NetAmountTaxable")
            && wire::amount(said, "NetAmountTaxable")? != net
        {
            let detail =
                format!("The taxable amount {said} is not the sum {net} of the lines of tax rate {rate}.");
            return Err(ApiFault::business(&detail));
        }
        if amount * net < Decimal::ZERO || amount.abs() > net.abs() {
            let detail =
                format!("The tax {amount} does not fit the taxable amount {net} of tax rate {rate}.");
            return Err(ApiFault::business(&detail));
        }
        let by_percent = detail.get("PercentBased").and_then(Value::as_bool).unwrap_or(false);
        lines.push((rate, net, amount, by_percent));
    }
    match nets.0.keys().find(|rate| !lines.iter().any(|(one, ..)| one == *rate)) {
        None => Ok(lines),
        Some(rate) => Err(ApiFault::business(&format!("There is no tax line for tax rate {rate}."))),
    }
}

/// The tax lines of a journal entry, where given, sum up to the tax of its lines, whichever way the entry runs.
pub fn agrees(body: &Object, tax: Decimal) -> Result<(), ApiFault> {
    let amounts = given(body).iter().map(|line| {
        let amount = line.get("Amount").ok_or_else(|| ApiFault::missing("TaxLine.Amount"))?;
        wire::amount(amount, "TaxLine.Amount")
    });
    let sum: Decimal = amounts.collect::<Result<Vec<_>, _>>()?.into_iter().sum();
    if given(body).is_empty() || sum.abs() == tax.abs() {
        return Ok(());
    }
    Err(ApiFault::business(&format!("The tax lines sum up to {sum}, the tax of the lines is {tax}.")))
}

/// The tax lines of a request.
fn given(body: &Object) -> &[Value] {
    let lines = body.get("TxnTaxDetail").and_then(|detail| detail.get("TaxLine"));
    lines.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// `TotalTax` of a document.
pub fn total(value: &Object) -> Decimal {
    let detail = value.get("TxnTaxDetail").and_then(Value::as_object);
    detail.and_then(|detail| wire::decimal(detail.get("TotalTax")?)).unwrap_or_default()
}

/// The account that tax is posted to.
pub fn account(state: &State) -> String {
    postings::subtyped(state, ACCOUNT).unwrap_or_default()
}
