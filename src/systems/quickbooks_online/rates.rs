//! Exchange rates (contract 7.10): queried inside a batch where the company's API takes that, else by one call for each
//! currency and day.

use jiff::ToSpan;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::Value;

use crate::model::ledger::LedgerFacts;
use crate::model::money::Currency;
use crate::systems::CallError;
use crate::transport::Method;

use super::query::{Entity, Query};
use super::reads::Rows;
use super::wire::text;
use super::wire_lists::typed;
use super::{BATCH_MAX, Client};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RateRow {
    #[serde(default, deserialize_with = "text")]
    source_currency_code: Option<String>,
    #[serde(default, deserialize_with = "text")]
    target_currency_code: Option<String>,
    rate: Option<Decimal>,
    #[serde(default, deserialize_with = "text")]
    as_of_date: Option<String>,
}

/// Whether today's rate of a foreign currency in use is not known yet.
pub fn wanting(facts: &LedgerFacts, today: Date) -> bool {
    foreign(facts).into_iter().any(|c| !known(facts, c, today))
}

fn foreign(facts: &LedgerFacts) -> Vec<Currency> {
    let company = &facts.company;
    let list = company.currencies.iter().copied().filter(|c| *c != company.home_currency);
    if company.multicurrency { list.collect() } else { Vec::new() }
}

fn known(facts: &LedgerFacts, currency: Currency, day: Date) -> bool {
    facts.rates.get(&currency).is_some_and(|m| m.contains_key(&day))
}

/// Puts a row into the table: for the day that was asked for, and for the day that the rate says it is of.
fn put(facts: &mut LedgerFacts, row: &Value, asked: Date) -> Result<(), CallError> {
    let r: RateRow = typed(Entity::ExchangeRate, row)?;
    let code = r.source_currency_code.unwrap_or_default();
    let Ok(currency) = code.parse::<Currency>() else { return Ok(()) };
    let home = facts.company.home_currency;
    let other_target = r.target_currency_code.is_some_and(|t| t != home.code());
    let Some(rate) = r.rate.filter(|r| *r > Decimal::ZERO) else { return Ok(()) };
    if currency == home || other_target {
        return Ok(());
    }
    let of = r.as_of_date.as_deref().and_then(crate::model::clock::calendar_date);
    let days = facts.rates.entry(currency).or_default();
    days.insert(asked, rate);
    if let Some(of) = of.filter(|d| *d <= asked) {
        days.insert(of, rate);
    }
    Ok(())
}

impl Client {
    /// Adds today's rates of the currencies in use. `queried` is what the batch said about them; with `history` and
    /// where they can be queried the days before are read too, in one more batch.
    pub(super) async fn read_rates(
        &self,
        facts: &mut LedgerFacts,
        queried: &Rows,
        today: Date,
        history: bool,
    ) -> Result<(), CallError> {
        for row in &queried.rows {
            put(facts, row, today)?;
        }
        let wanted = foreign(facts);
        if wanted.is_empty() {
            return Ok(());
        }
        if !queried.not_queried && !queried.rows.is_empty() && history {
            let days: Vec<Date> = (1..=BATCH_MAX)
                .filter_map(|n| today.checked_sub(i64::try_from(n).ok()?.days()).ok())
                .collect();
            let reading = self.read_all(days.iter().map(|d| Query::rates_of(*d)).collect()).await?;
            for (day, found) in days.iter().zip(&reading.lists) {
                for row in &found.rows {
                    put(facts, row, *day)?;
                }
            }
        }
        let back = i64::try_from(self.setting("rate_days").unwrap_or(1)).unwrap_or(1).clamp(1, 120);
        for currency in wanted {
            for n in 0..back {
                let Ok(day) = today.checked_sub(n.days()) else { break };
                if !known(facts, currency, day) {
                    self.read_rate(facts, currency, day).await?;
                }
            }
        }
        Ok(())
    }

    async fn read_rate(
        &self,
        facts: &mut LedgerFacts,
        currency: Currency,
        day: Date,
    ) -> Result<(), CallError> {
        let date = day.to_string();
        let parameters = [("sourcecurrencycode", currency.code()), ("asofdate", date.as_str())];
        match self.read("request", Method::Get, "exchangerate", &parameters, None).await {
            Ok(answer) => match answer.body.get("ExchangeRate") {
                Some(row) => put(facts, row, day),
                None => Err(CallError::Shape("ExchangeRate is missing".into())),
            },
            Err(CallError::Refused(why)) => {
                tracing::warn!(%currency, why, "QuickBooks has no exchange rate");
                Ok(())
            }
            Err(e) => Err(e),
        }
    }
}
