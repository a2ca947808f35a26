//! The entries of an expense report with their allocations, journals, taxes and card facts (contract section 2.6).

use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::{Map, Value, json};

use super::expense::place;
use super::facts;
use super::ids::Ids;
use super::people::{self, TAX_CODES, project};
use super::tables::{Code, Document, Line, Parties};
use super::wire::{Style, coded, midnight, number, object};

/// The entries of a report, in the order of its lines.
pub(super) fn entries(ids: &Ids, document: &Document) -> Vec<Value> {
    document
        .lines
        .chunk_by(same_entry)
        .enumerate()
        .filter_map(|(at, lines)| Some(entry(ids, document, at, lines.first()?, lines)))
        .collect()
}

/// Consecutive lines of the same date, type, text and card transaction are allocations of one entry.
fn same_entry(a: &Line, b: &Line) -> bool {
    a.date == b.date && a.expense_type == b.expense_type && a.text == b.text && a.card() == b.card()
}

fn entry(ids: &Ids, document: &Document, at: usize, first: &Line, lines: &[Line]) -> Value {
    let style = Style::of(document.ordinal());
    let key = format!("{}/{at}", document.id);
    let gross = lines.iter().fold(Decimal::ZERO, |total, line| total + line.gross);
    let personal = first.parties == Parties::PersonalOnCard;
    let reclaims = lines.iter().any(|line| line.reclaim.is_some_and(|r| !r.is_zero()));
    let receipt = facts::receipt_type(&document.id, &first.expense_type, reclaims);
    let (spend, currency, rate) = spend(document, first, gross);
    let billable = project(&first.project).is_some_and(|p| p.billable);
    let owner = document.employee();
    let flag = |on: bool| Value::from(if on { "Y" } else { "N" });
    let mut entry = object([
        ("entryId", ids.hex("entry", &key, 32).to_uppercase().into()),
        ("legacyEntryId", ids.key("entry", &key).into()),
        ("entryUuid", ids.uuid("entry", &key).into()),
        ("expenseTypeCode", first.expense_type.as_str().into()),
        ("expenseTypeName", expense_type_name(&first.expense_type).into()),
        ("entryDate", midnight(first.date).into()),
        ("entryDescription", first.text.as_str().into()),
        ("reportEntryTransactionAmount", style.amount(spend)),
        ("entryCurrAlphaCode", currency.into()),
        ("entryExchangeRate", rate),
        ("entryExchangeRateDirection", "M".into()),
        ("entryApprovedAmount", style.amount(if personal { Decimal::ZERO } else { gross })),
        ("entryIsPersonal", flag(personal)),
        ("entryIsBillable", flag(billable)),
        ("entryReceiptType", receipt.into()),
        ("entryReceiptId", receipt_id(ids, first, &key, receipt)),
        ("entryElectronicReceiptId", Value::Null),
        ("entryVendorCode", Value::Null),
        ("entryVendorDescription", merchant(first).into()),
        ("entryLocationCityName", place(first).into()),
        ("entryLocationCountryCode", country(document, first).into()),
        ("reportEntryPatKey", payment_key(first).into()),
        ("reportEntryPaymentTypeCode", Value::Null),
        ("reportEntryPaymentTypeName", Value::Null),
        ("clearingAccountCode", Value::Null),
        ("liabilityAccountCode", Value::Null),
        ("offsetPayType", "N".into()),
        ("expensePayIndicator", flag(owner.is_some_and(|e| e.reimbursement == "CNQRPAY"))),
    ]);
    card_facts(&mut entry, ids, document, first, style);
    coded(&mut entry, "entryOrgUnit1", "", "");
    coded(&mut entry, "entryCustom1", "", "");
    let allocations: Vec<Value> = lines
        .iter()
        .zip(percentages(lines))
        .enumerate()
        .map(|(part, (line, percentage))| {
            allocation(ids, document, &format!("{key}/{part}"), line, percentage)
        })
        .collect();
    entry.insert("allocation".to_owned(), allocations.into());
    Value::Object(entry)
}

/// What was spent, in which currency, and the rate to the report's currency.
fn spend(document: &Document, line: &Line, gross: Decimal) -> (Decimal, String, Value) {
    match &line.code {
        Code::Spend { currency, amount } => {
            // the rate stands in the text, as Concur knows it: `GBP 212.40 at 1.31502`
            let rate = line.text.rsplit_once(" at ").map_or("1.00000000", |(_, rate)| rate);
            (*amount, currency.clone(), number(rate))
        }
        _ => (gross, document.currency.clone(), number("1.00000000")),
    }
}

/// One receipt for each card transaction and one for each cash entry; none without a receipt.
fn receipt_id(ids: &Ids, line: &Line, key: &str, receipt: &str) -> Value {
    if receipt == "N" {
        return Value::Null;
    }
    ids.hex("receipt", line.card().unwrap_or(key), 32).to_uppercase().into()
}

fn card_facts(entry: &mut Map<String, Value>, ids: &Ids, document: &Document, line: &Line, style: Style) {
    const NAMES: [&str; 11] = [
        "cardProgramTypeCode",
        "cardAccountID",
        "cardTransactionID",
        "cardTransactionAmount",
        "cardTransactionCurrency",
        "cardTransactionPostedAmount",
        "cardTransactionPostedCurrency",
        "cardBillingDate",
        "cardStatementPeriodStartDate",
        "cardStatementPeriodEndDate",
        "cardProcessorReferenceNumber",
    ];
    let values: [Value; 11] = line.card().map_or([const { Value::Null }; 11], |card| {
        let charge = document
            .lines
            .iter()
            .filter(|other| other.card() == Some(card))
            .fold(Decimal::ZERO, |total, other| total + other.gross);
        let owner = document.employee().map_or("", |e| e.id);
        let program = if payment_key(line) == "IBCP" { "INDV" } else { "CORP" };
        [
            program.into(),
            ids.hex("card", &format!("{program}/{owner}"), 16).to_uppercase().into(),
            card.into(),
            style.amount(charge),
            document.currency.as_str().into(),
            style.amount(charge),
            document.currency.as_str().into(),
            midnight(line.date.tomorrow().unwrap_or(line.date)).into(),
            midnight(line.date.first_of_month()).into(),
            midnight(line.date.last_of_month()).into(),
            format!("2469{:019}", ids.key("charge", card)).into(),
        ]
    });
    for (name, value) in NAMES.into_iter().zip(values) {
        entry.insert(name.to_owned(), value);
    }
}

/// `reportEntryPatKey`: how the line was paid.
fn payment_key(line: &Line) -> &'static str {
    match line.parties {
        Parties::PersonalOnCard => "CBCP",
        Parties::Pair(a, b) if [a, b].contains(&"CBCP") => "CBCP",
        Parties::Pair(a, b) if [a, b].contains(&"IBCP") => "IBCP",
        Parties::Pair(a, b) if [a, b].contains(&"COPD") => "COPD",
        Parties::Pair(..) | Parties::Invoice | Parties::Ledger => "CASH",
    }
}

fn country(document: &Document, line: &Line) -> &'static str {
    match &line.code {
        Code::Tax(tax, _) => tax_facts(tax).0,
        Code::Spend { currency, .. } if currency == "GBP" => "GB",
        _ => document.employee().map_or("US", |e| e.country()),
    }
}

/// Country, region and label of a tax code.
fn tax_facts(tax: &str) -> (&'static str, Option<&'static str>, &'static str) {
    TAX_CODES
        .iter()
        .find(|code| code.key.split('/').next() == Some(tax))
        .map_or(("US", None, "Tax"), |code| (code.country, code.region, code.label))
}

/// The merchant, made up from what was bought.
fn merchant(line: &Line) -> String {
    match (line.expense_type.as_str(), place(line)) {
        ("LODNG", Some(town)) => format!("Quayside Hotel {town}"),
        ("LODNG", None) => "Quayside Hotel".to_owned(),
        ("AIRFR", _) => "Meridian Air".to_owned(),
        ("TAXIX", _) => "City Cabs".to_owned(),
        ("PARKG", _) => "Central Parking".to_owned(),
        ("MEALS" | "ENTCL", _) => "The Copper Pan".to_owned(),
        ("MILES", _) => "Own car".to_owned(),
        (code, _) => expense_type_name(code).to_owned(),
    }
}

/// Concur's name of an expense type.
pub(super) fn expense_type_name(code: &str) -> &'static str {
    match code {
        "ADVNC" => "Cash advance",
        "AGFEE" => "Agency booking fee",
        "AIRFR" => "Airfare",
        "BOOKS" => "Books and periodicals",
        "CLEAN" => "Cleaning",
        "COURR" => "Courier",
        "CPAID" => "Company-paid travel",
        "ENTCL" => "Entertainment of clients",
        "EVENT" => "Marketing and events",
        "HOSTG" => "Hosting",
        "LABOR" => "Laboratory material",
        "LEGAL" => "Legal fees",
        "LODNG" => "Hotel",
        "MEALS" => "Meals",
        "MILES" => "Personal car mileage",
        "OFFIC" => "Office supplies",
        "PARKG" => "Parking",
        "PHONE" => "Telephone",
        "PRINT" => "Printing",
        "RENTX" => "Rent",
        "SOFTW" => "Software and subscriptions",
        "SUBCO" => "Subcontractors",
        "TAXIX" => "Taxi",
        "TRAIN" => "Training and rail",
        _ => "Other",
    }
}

/// Cost centre and project of an allocation.
pub(super) fn cost_objects(allocation: &mut Map<String, Value>, line: &Line) {
    let center = people::COST_CENTERS.iter().find(|(code, _)| *code == line.cost_center);
    coded(allocation, "allocationCustom1", &line.cost_center, center.map_or("", |(_, name)| name));
    let job = project(&line.project).map(|p| format!("{}:{}", p.customer, p.name)).unwrap_or_default();
    coded(allocation, "allocationCustom2", &line.project, &job);
    coded(allocation, "allocationCustom3", "", "");
}

/// The shares of the lines in per cent, two decimals. An even split has even shares, whatever the cents do.
pub(super) fn percentages(lines: &[Line]) -> Vec<Decimal> {
    let cent = Decimal::new(1, 2);
    let hundred = Decimal::ONE_HUNDRED;
    let total = lines.iter().fold(Decimal::ZERO, |total, line| total + line.gross);
    let even = hundred / Decimal::from(lines.len().max(1));
    let average = total / Decimal::from(lines.len().max(1));
    let is_even = lines.iter().all(|line| (line.gross - average).abs() <= cent);
    lines
        .iter()
        .map(|line| {
            let share = if is_even || total.is_zero() { even } else { line.gross * hundred / total };
            share.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero).normalize()
        })
        .collect()
}

fn allocation(ids: &Ids, document: &Document, key: &str, line: &Line, percentage: Decimal) -> Value {
    let style = Style::of(document.ordinal());
    let personal = line.parties == Parties::PersonalOnCard;
    let tax_guid = ids.hex("tax", key, 32).to_uppercase();
    let taxes = match (&line.code, line.tax) {
        (Code::Tax(tax, reclaim), Some(amount)) => {
            let (country, region, label) = tax_facts(tax);
            json!([{
                "taxGuid": tax_guid, "taxCode": tax, "taxReclaimCode": reclaim, "nonDomesticCode": null,
                "taxAuthorityLabel": label, "taxSource": "SYST", "amountTax": style.amount(amount),
                "amountReclaim": style.amount(line.reclaim.unwrap_or_default()),
                "locationCountryCode": country, "locationCountrySubCode": region,
            }])
        }
        _ => json!([]),
    };
    let guids = if line.tax.is_some() { json!([tax_guid]) } else { json!([]) };
    let row = |payer: &str, payee: &str, gross: Decimal| {
        let broken = facts::broken_amount(&document.id).map(Value::from);
        json!({
            "journalAccountCode": line.account, "journalPayer": payer, "journalPayee": payee,
            "amountGross": broken.unwrap_or_else(|| style.amount(gross)),
            "amountGrossCard": line.card().map(|_| style.amount(gross)),
            "amountNetOfTax": style.amount(gross - line.tax.unwrap_or_default()),
            "amountNetOfReclaim": style.amount(gross - line.reclaim.unwrap_or_default()),
            "accountingTransactionType": null,
            "taxGuid": guids,
            "cardTransactionReferenceNumber": line.card(),
        })
    };
    let journal = match line.parties {
        Parties::Pair(payer, payee) => vec![row(payer, payee, line.gross)],
        Parties::PersonalOnCard => vec![row("COMP", "CBCP", line.gross), row("EMPL", "COMP", -line.gross)],
        Parties::Invoice | Parties::Ledger => Vec::new(),
    };
    let id = Value::from(ids.hex("allocation", key, 32).to_uppercase());
    let mut allocation = object([
        ("allocationId", if personal { Value::Null } else { id }),
        ("allocationPercentage", if personal { Value::Null } else { style.amount(percentage) }),
        ("journal", journal.into()),
        ("tax", taxes),
    ]);
    cost_objects(&mut allocation, line);
    Value::Object(allocation)
}
