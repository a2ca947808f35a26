//! Payloads of expense reports: the report's header, the employee, applied advances (contract section 2.6).

use jiff::SignedDuration;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::ids::Ids;
use super::people::{self, Employee, project};
use super::tables::{Document, Line};
use super::wire::{Style, coded, instant, midnight, object};
use super::{entry, facts};

pub(super) fn payload(ids: &Ids, document: &Document) -> Value {
    json!({
        "report": report(ids, document),
        "employee": document.employee().map(|e| employee(ids, e)),
        "expenseEntry": entry::entries(ids, document),
        "cashAdvanceApplication": advances(ids, document),
    })
}

/// The title of a report: the client's project or the first purpose, and the town of the hotel.
#[must_use]
pub fn report_name(document: &Document) -> String {
    let billed = document.lines.iter().find_map(|line| project(&line.project));
    let subject = match (billed, document.lines.first()) {
        (Some(p), _) => format!("{} {}", p.customer, p.name.to_lowercase()),
        (None, Some(line)) => line.text.clone(),
        (None, None) => document.number.clone(),
    };
    let town = document.lines.iter().find_map(place);
    match town {
        Some(town) if !subject.contains(town) => format!("{subject}, {town}"),
        _ => subject,
    }
}

/// The town of a hotel line such as `Hotel, Denver, 2 nights`.
pub(super) fn place(line: &Line) -> Option<&str> {
    let town = line.text.strip_prefix("Hotel, ")?.split(',').next()?.trim();
    town.starts_with(char::is_uppercase).then_some(town)
}

/// The `employee` object.
pub(super) fn employee(ids: &Ids, e: &Employee) -> Value {
    let country = match e.country() {
        "IE" => "Ireland",
        "GB" => "United Kingdom",
        "CA" => "Canada",
        _ => "United States",
    };
    let center = people::COST_CENTERS.iter().find(|(code, _)| *code == e.cost_center);
    let mut employee = object([
        ("employeeId", e.id.into()),
        ("employeeFirstName", e.first.into()),
        ("employeeLastName", e.last.into()),
        ("employeeMI", Value::Null),
        ("employeeUuid", ids.uuid("employee", e.id).into()),
        ("loginId", e.login().into()),
        ("emailAddress", e.login().into()),
        ("employeeReimbursementMethodCode", e.reimbursement.into()),
    ]);
    coded(&mut employee, "employeeOrgUnit1", e.country(), country);
    coded(&mut employee, "employeeOrgUnit2", e.location, e.location);
    coded(&mut employee, "employeeOrgUnit3", e.cost_center, center.map_or("", |(_, name)| name));
    coded(&mut employee, "employeeOrgUnit4", "", "");
    coded(&mut employee, "employeeCustom1", "", "");
    coded(&mut employee, "employeeCustom21", e.ledger_code, e.ledger_code);
    Value::Object(employee)
}

fn report(ids: &Ids, document: &Document) -> Value {
    let style = Style::of(document.ordinal());
    let submitted = facts::submitted_at(document);
    let created = submitted.checked_sub(SignedDuration::from_hours(30)).unwrap_or(submitted);
    let days = || document.lines.iter().map(|line| line.date);
    let owner = document.employee();
    let by_payroll = owner.is_some_and(|e| e.reimbursement == "ADPPAYR");
    let last = document.lines.last().map_or(document.date, |line| line.date);
    let country = owner.map_or("US", |e| e.country());
    let mut report = object([
        ("reportId", ids.business(document).into()),
        ("reportKey", ids.key("report", &document.number).into()),
        ("reportNumber", document.number.as_str().into()),
        ("reportName", report_name(document).into()),
        ("policyId", ids.hex("policy", "travel", 24).to_uppercase().into()),
        ("policyName", "Travel and expenses".into()),
        ("ledgerCode", owner.map(|e| e.ledger_code).into()),
        ("homeCountryCode", country.into()),
        ("employeeCurrencyAlphaCode", document.currency.as_str().into()),
        ("totalApprovedAmount", style.amount(document.approved)),
        ("isTest", if facts::is_test(document) { "Y" } else { "N" }.into()),
        ("revisionNumber", document.revision.to_string().into()),
        ("versionId", "4".into()),
        ("reportCreationDate", instant(created).into()),
        ("reportSubmitDate", instant(submitted).into()),
        ("reportPaymentProcessingDate", instant(document.processed).into()),
        ("reportUserDefinedDate", midnight(last).into()),
        ("reportStartDate", midnight(days().min().unwrap_or(last)).into()),
        ("reportEndDate", midnight(days().max().unwrap_or(last)).into()),
        ("payrollPayIndicator", if by_payroll { "Y" } else { "N" }.into()),
        ("payrollPaymentClearingAccountCode", Value::Null),
        ("cashAdvanceReturnsAmount", style.amount(Decimal::ZERO)),
        ("lastApproverId", owner.map(|e| facts::approver_of(e.id)).into()),
        ("requestId", json!([])),
    ]);
    coded(&mut report, "reportOrgUnit1", country, country);
    coded(&mut report, "reportOrgUnit2", "", "");
    coded(&mut report, "reportCustom1", "", "");
    coded(&mut report, "reportCustom2", "", "");
    Value::Object(report)
}

fn advances(ids: &Ids, document: &Document) -> Value {
    let style = Style::of(document.ordinal());
    facts::advance_applied(&document.id).map_or_else(
        || json!([]),
        |(advance, amount)| {
            json!([{
                "cashAdvanceId": ids.hex("advance", advance, 32),
                "cashAdvanceApplicationAmount": style.amount(amount),
                "cashAdvanceClearingAccountCode": "1250",
                "cashAdvanceTransactionType": 2,
            }])
        },
    )
}
