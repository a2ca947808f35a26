//! Tax codes and tax rates as they are read (contract 7.9).

use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::Value;

use crate::model::ledger::{TaxCode, TaxRate};
use crate::systems::CallError;

use super::query::Entity;
use super::wire::{Ref, text, truth};
use super::wire_lists::{id_of, typed};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct CodeRow {
    #[serde(default, deserialize_with = "text")]
    name: Option<String>,
    #[serde(default, deserialize_with = "truth")]
    active: Option<bool>,
    purchase_tax_rate_list: Option<RateList>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RateList {
    tax_rate_detail: Option<Vec<RateDetail>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RateDetail {
    tax_rate_ref: Option<Ref>,
    #[serde(default, deserialize_with = "text")]
    tax_order: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RateRow {
    #[serde(default, deserialize_with = "text")]
    name: Option<String>,
    rate_value: Option<Decimal>,
    effective_tax_rate: Option<Vec<Effective>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Effective {
    rate_value: Option<Decimal>,
    #[serde(default, deserialize_with = "text")]
    effective_date: Option<String>,
    #[serde(default, deserialize_with = "text")]
    end_date: Option<String>,
}

/// A rate. Where the row has no value of its own, the newest that has not ended counts.
pub fn rate(row: &Value) -> Result<TaxRate, CallError> {
    let id = id_of(Entity::TaxRate, row)?;
    let r: RateRow = typed(Entity::TaxRate, row)?;
    let running = r.effective_tax_rate.unwrap_or_default().into_iter().filter(|e| e.end_date.is_none());
    let newest = running.max_by(|a, b| a.effective_date.cmp(&b.effective_date));
    Ok(TaxRate {
        name: r.name.unwrap_or_else(|| id.clone()),
        percent: r.rate_value.or(newest.and_then(|e| e.rate_value)),
        id,
    })
}

/// A tax code with those of `rates` that it computes on purchases, in their order.
pub fn code(row: &Value, rates: &[TaxRate]) -> Result<TaxCode, CallError> {
    let id = id_of(Entity::TaxCode, row)?;
    let r: CodeRow = typed(Entity::TaxCode, row)?;
    let mut details = r.purchase_tax_rate_list.and_then(|l| l.tax_rate_detail).unwrap_or_default();
    details.sort_by_key(|d| d.tax_order.as_deref().and_then(|o| o.parse::<u32>().ok()).unwrap_or_default());
    let of = |d: &RateDetail| {
        let id = Ref::id(d.tax_rate_ref.as_ref())?;
        let known = rates.iter().find(|r| r.id == id).cloned();
        Some(known.unwrap_or_else(|| TaxRate { id: id.into(), name: id.into(), percent: None }))
    };
    Ok(TaxCode {
        name: r.name.unwrap_or_else(|| id.clone()),
        active: r.active.unwrap_or(true),
        purchase: details.iter().filter_map(of).collect(),
        id,
    })
}
