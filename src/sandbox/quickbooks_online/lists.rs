//! Accounts, classes, locations and terms, and what all lists share (contract sections 7.7, 7.8).

use serde_json::{Map, json};

use super::books::Row;
use super::fault::ApiFault;
use super::header::currency_name;
use super::kind::Kind;
use super::refs;
use super::state::State;
use super::wire::{self, Object};

/// What the name of an inactive entity ends with.
pub const GONE: &str = " (deleted)";

/// The name that must be unique in the space of its type; an inactive entity keeps its slot.
pub fn unique_name(kind: Kind, value: &Object) -> Option<String> {
    let key = match kind {
        Kind::Vendor | Kind::Customer | Kind::Employee => "DisplayName",
        Kind::Account | Kind::Class | Kind::Department => "FullyQualifiedName",
        Kind::Term => "Name",
        Kind::CompanyCurrency => "Code",
        _ => return None,
    };
    Some(bare(value.get(key)?.as_str()?).to_owned())
}

/// A class or location out of a request.
pub fn dimension(state: &State, kind: Kind, body: &Object, old: Option<&Row>) -> Result<Object, ApiFault> {
    let tracked =
        if kind == Kind::Class { state.company.class_tracking } else { state.company.location_tracking };
    if !tracked {
        return Err(ApiFault::feature(&format!("{} tracking is not turned on", kind.name()), ""));
    }
    let mut out = Map::new();
    let name = list_name(body, 100, &[':', '\t', '\n'])?;
    let parent = parent(state, kind, body, old)?;
    let active = active(body, old, &mut out)?;
    qualified(state, kind, &name, active, parent, old, &mut out)?;
    let sub = if kind == Kind::Class { "SubClass" } else { "SubDepartment" };
    out.insert(sub.to_owned(), json!(parent.is_some()));
    Ok(out)
}

/// An account out of a request.
pub fn account(state: &State, body: &Object, old: Option<&Row>) -> Result<Object, ApiFault> {
    let mut out = Map::new();
    let name = list_name(body, 100, &[':', '"', '\t', '\n'])?;
    let kind = wire::text(body, "AccountType")?.ok_or_else(|| ApiFault::missing("AccountType"))?;
    let Some((_, class, default)) = ACCOUNT_TYPES.iter().find(|(known, _, _)| *known == kind) else {
        return Err(ApiFault::of("2170", format!("Invalid Enumeration : {kind}"), "AccountType"));
    };
    let most = if matches!(state.company.country.as_str(), "AU" | "CA") { 20 } else { 7 };
    if let Some(number) = wire::text_within(body, "AcctNum", 0, most)? {
        out.insert("AcctNum".to_owned(), json!(number));
    }
    if let Some(text) = wire::text_within(body, "Description", 0, 4000)? {
        out.insert("Description".to_owned(), json!(text));
    }
    let currency = match old {
        Some(old) => refs::currency_of(state, old).to_owned(),
        None => refs::id_of(body, "CurrencyRef")?.unwrap_or_else(|| state.company.home_currency.clone()),
    };
    known_currency(state, &currency)?;
    let parent = parent(state, Kind::Account, body, old)?;
    let active = active(body, old, &mut out)?;
    qualified(state, Kind::Account, &name, active, parent, old, &mut out)?;
    let subtype = wire::text(body, "AccountSubType")?.unwrap_or_else(|| (*default).to_owned());
    out.insert("AccountType".to_owned(), json!(kind));
    out.insert("AccountSubType".to_owned(), json!(subtype));
    out.insert("Classification".to_owned(), json!(class));
    out.insert("SubAccount".to_owned(), json!(parent.is_some()));
    out.insert("CurrencyRef".to_owned(), json!({"value": currency}));
    Ok(out)
}

/// A payment term out of a request.
pub fn term(state: &State, body: &Object, old: Option<&Row>) -> Result<Object, ApiFault> {
    let mut out = Map::new();
    let name = list_name(body, 31, &[':', '\t', '\n'])?;
    free_name(state, Kind::Term, &name, old)?;
    let active = active(body, old, &mut out)?;
    let shown = if active { name } else { format!("{name}{GONE}") };
    out.insert("Name".to_owned(), json!(shown));
    let whole = |key: &str, most: i64| match body.get(key) {
        None => Ok(None),
        Some(value) => match value.as_i64().filter(|number| (0..=most).contains(number)) {
            Some(number) => Ok(Some(number)),
            None => Err(ApiFault::of("2090", format!("Invalid Number : {value}"), key)),
        },
    };
    let (days, day) = (whole("DueDays", 999)?, whole("DayOfMonthDue", 31)?);
    let (kind, key, number) = match (days, day) {
        (Some(days), None) => ("STANDARD", "DueDays", days),
        (None, Some(day)) => ("DATE_DRIVEN", "DayOfMonthDue", day),
        _ => return Err(ApiFault::missing("DueDays")),
    };
    out.insert("Type".to_owned(), json!(kind));
    out.insert(key.to_owned(), json!(number));
    Ok(out)
}

/// A currency in use out of a request. Its code cannot be changed later.
pub fn currency(state: &State, body: &Object, old: Option<&Row>) -> Result<Object, ApiFault> {
    if !state.company.multicurrency {
        return Err(ApiFault::business("Multicurrency is not turned on for this company."));
    }
    let mut out = Map::new();
    let code = wire::text(body, "Code")?.ok_or_else(|| ApiFault::missing("Code"))?.to_uppercase();
    let known = code.chars().count() == 3 && code.chars().all(|c| c.is_ascii_alphabetic());
    if !known || code == state.company.home_currency || old.is_some_and(|old| old.text("Code") != code) {
        return Err(ApiFault::of("2220", format!("Invalid Currency : {code}"), "Code"));
    }
    free_name(state, Kind::CompanyCurrency, &code, old)?;
    active(body, old, &mut out)?;
    let name = wire::text_within(body, "Name", 0, 100)?.unwrap_or_else(|| currency_name(&code).to_owned());
    out.insert("Code".to_owned(), json!(code));
    out.insert("Name".to_owned(), json!(name));
    Ok(out)
}

/// A currency that is in use: 2220, or 6000 when there is the home currency alone.
pub fn known_currency(state: &State, code: &str) -> Result<(), ApiFault> {
    let company = &state.company;
    if code == company.home_currency {
        return Ok(());
    }
    if !company.multicurrency {
        return Err(ApiFault::business("Multicurrency is not turned on for this company."));
    }
    if company.currencies.iter().any(|(known, _)| known == code) {
        return Ok(());
    }
    Err(ApiFault::of("2220", format!("Invalid Currency : {code}"), "CurrencyRef"))
}

fn list_name(body: &Object, most: usize, forbidden: &[char]) -> Result<String, ApiFault> {
    let name = wire::text(body, "Name")?.ok_or_else(|| ApiFault::missing("Name"))?;
    let name = bare(name.trim()).to_owned();
    let length = name.chars().count();
    if length == 0 || length > most {
        return Err(ApiFault::length("Name", 1, most, length));
    }
    if name.contains(forbidden) {
        return Err(ApiFault::of("2040", format!("Invalid String : {name:?}"), "Name"));
    }
    Ok(name)
}

/// `Active`; what is not said stays as it was.
pub fn active(body: &Object, old: Option<&Row>, out: &mut Object) -> Result<bool, ApiFault> {
    let active = wire::boolean(body, "Active")?.unwrap_or_else(|| old.is_none_or(Row::is_active));
    out.insert("Active".to_owned(), json!(active));
    Ok(active)
}

/// The entity above, at most five levels deep.
pub fn parent<'a>(
    state: &'a State,
    kind: Kind,
    body: &Object,
    old: Option<&Row>,
) -> Result<Option<&'a Row>, ApiFault> {
    let parent = refs::optional(state, body, "ParentRef", kind)?;
    if let (Some(parent), Some(old)) = (parent, old)
        && parent.id == old.id
    {
        return Err(ApiFault::business("Something cannot be its own parent."));
    }
    if parent.is_some_and(|row| row.text("FullyQualifiedName").matches(':').count() >= 4) {
        return Err(ApiFault::business("There can be five levels at most."));
    }
    Ok(parent)
}

fn qualified(
    state: &State,
    kind: Kind,
    name: &str,
    active: bool,
    parent: Option<&Row>,
    old: Option<&Row>,
    out: &mut Object,
) -> Result<(), ApiFault> {
    let full = |name: &str| {
        parent.map_or_else(|| name.to_owned(), |row| format!("{}:{name}", row.text("FullyQualifiedName")))
    };
    free_name(state, kind, &full(name), old)?;
    let shown = if active { name.to_owned() } else { format!("{name}{GONE}") };
    out.insert("FullyQualifiedName".to_owned(), json!(full(&shown)));
    out.insert("Name".to_owned(), json!(shown));
    if let Some(parent) = parent {
        out.insert("ParentRef".to_owned(), json!({"value": parent.id}));
    }
    Ok(())
}

/// 6240 when another entity of the space has the name.
pub fn free_name(state: &State, kind: Kind, name: &str, old: Option<&Row>) -> Result<(), ApiFault> {
    match state.books.named(kind, name) {
        Some(holder) if old.is_none_or(|old| *holder != (kind, old.id.clone())) => Err(ApiFault::of(
            "6240",
            format!(
                "The name supplied already exists. : Another {} is already using this name. Please use a different \
                 name. Id={}",
                holder.0.name().to_lowercase(),
                holder.1
            ),
            "",
        )),
        _ => Ok(()),
    }
}

/// The name without the suffix of an inactive entity.
pub fn bare(name: &str) -> &str {
    name.strip_suffix(GONE).unwrap_or(name)
}

/// Account type, classification and the sub-type that is taken where none is given.
const ACCOUNT_TYPES: &[(&str, &str, &str)] = &[
    ("Bank", "Asset", "Checking"),
    ("Accounts Receivable", "Asset", "AccountsReceivable"),
    ("Other Current Asset", "Asset", "OtherCurrentAssets"),
    ("Fixed Asset", "Asset", "OtherFixedAssets"),
    ("Other Asset", "Asset", "OtherLongTermAssets"),
    ("Accounts Payable", "Liability", "AccountsPayable"),
    ("Credit Card", "Liability", "CreditCard"),
    ("Other Current Liability", "Liability", "OtherCurrentLiabilities"),
    ("Long Term Liability", "Liability", "OtherLongTermLiabilities"),
    ("Equity", "Equity", "OpeningBalanceEquity"),
    ("Income", "Revenue", "ServiceFeeIncome"),
    ("Cost of Goods Sold", "Expense", "OtherCostsOfServiceCOS"),
    ("Expense", "Expense", "OtherMiscellaneousServiceCost"),
    ("Other Income", "Revenue", "OtherMiscellaneousIncome"),
    ("Other Expense", "Expense", "OtherMiscellaneousExpense"),
];
