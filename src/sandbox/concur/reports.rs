//! The reports list v3 (contract section 3.2): every report that was handed in by the stand-in's time, approved or
//! not, one row for each report id however many financial documents it has.

use std::collections::HashSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::civil::{Date, DateTime};
use jiff::{Timestamp, tz::TimeZone};
use rust_decimal::Decimal;
use serde_json::{Number, Value, json};

use super::call::{Call, Reply};
use super::record::{Record, Status};
use super::state::State;
use crate::sandbox::firm::{
    self, Document, Employee, HappeningKind, Kind, Parties, approver_of, submitted_at, submitted_reports,
};

/// Most reports of a page.
const MOST: usize = 100;

/// One report.
struct Report {
    id: String,
    name: String,
    owner: Option<&'static Employee>,
    currency: String,
    submitted: Timestamp,
    processing: Option<Timestamp>,
    modified: Timestamp,
    approval: &'static str,
    payment: &'static str,
    approved: Decimal,
    personal: Decimal,
    due_employee: Decimal,
    due_card: Decimal,
    is_test: bool,
}

/// `GET /api/v3.0/expense/reports`.
pub(super) fn list(state: &mut State, call: &Call) -> Result<Reply, Reply> {
    let limit = call.count("limit", 25, 1)?.min(MOST);
    let from = match call.query("offset") {
        None => 0,
        Some(text) => place(text).ok_or_else(|| Reply::refuse(400, "The offset is not valid."))?,
    };
    let all = reports(state);
    let mut chosen = Vec::new();
    for report in &all {
        if matches(report, call)? {
            chosen.push(report);
        }
    }
    let items: Vec<Value> = chosen.iter().skip(from).take(limit).map(|r| r.write(state)).collect();
    let next = from.saturating_add(limit);
    let next_page = (next < chosen.len()).then(|| {
        let base = state.url(state.switches.home);
        let user = call.query("user").unwrap_or("ALL");
        format!("{base}/api/v3.0/expense/reports?user={user}&limit={limit}&offset={}", offset(next))
    });
    Ok(Reply::ok(json!({ "Items": items, "NextPage": next_page })))
}

/// `GET /api/v3.0/expense/reports/{id}`: `user` must be the owner's login.
pub(super) fn single(state: &mut State, call: &Call) -> Result<Reply, Reply> {
    let missing = || Reply::refuse(404, "The report was not found.");
    let user = call.query("user").ok_or_else(missing)?;
    if user == "ALL" {
        return Err(Reply::refuse(400, "user=ALL is not supported for a single report."));
    }
    let report = reports(state)
        .into_iter()
        .find(|r| r.id == call.path("id") && r.login() == user)
        .ok_or_else(missing)?;
    Ok(Reply::ok(report.write(state)))
}

fn offset(at: usize) -> String {
    URL_SAFE_NO_PAD.encode(format!("reports:{at}"))
}

fn place(text: &str) -> Option<usize> {
    let decoded = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
    decoded.strip_prefix("reports:")?.parse().ok()
}

fn reports(state: &State) -> Vec<Report> {
    let mut seen = HashSet::new();
    let mut all: Vec<Report> = state
        .records
        .iter()
        .filter(|record| record.doc_type == "expense" && seen.insert(record.business.as_str()))
        .map(|record| of_family(&state.family(&record.business).collect::<Vec<_>>(), record))
        .collect();
    // approved or waiting for approval, and not yet in the list of financial documents
    for happening in &state.ahead {
        let HappeningKind::Ready(document) = &happening.kind else { continue };
        let id = state.ids.business(document);
        let waits = document.kind == Kind::ExpenseReport && submitted_at(document) <= state.now;
        if waits && !all.iter().any(|report| report.id == id) {
            all.push(of_document(id, document, state.now));
        }
    }
    for waiting in submitted_reports() {
        if waiting.submitted <= state.now {
            all.push(Report {
                id: state.ids.hex("report", waiting.number, 20).to_uppercase(),
                name: waiting.name.to_owned(),
                owner: Some(waiting.employee),
                currency: waiting.employee.currency.to_owned(),
                submitted: waiting.submitted,
                processing: None,
                modified: waiting.submitted,
                approval: "A_PEND",
                payment: "P_NOTP",
                approved: waiting.claimed,
                personal: Decimal::ZERO,
                due_employee: waiting.claimed,
                due_card: Decimal::ZERO,
                is_test: false,
            });
        }
    }
    all
}

/// A report with its financial documents: those taken back count only when all were.
fn of_family(members: &[&Record], first: &Record) -> Report {
    let live: Vec<&Record> = members.iter().copied().filter(|m| m.status != Status::Recalled).collect();
    let counted = if live.is_empty() { members } else { &live };
    let last = counted.last().copied().unwrap_or(first);
    let mut report = Report::of_record(last);
    for other in counted.iter().filter(|other| other.id != last.id) {
        let part = Report::of_record(other);
        report.approved += part.approved;
        report.personal += part.personal;
        report.due_employee += part.due_employee;
        report.due_card += part.due_card;
    }
    (report.approval, report.payment) = match &last.status {
        Status::Recalled => ("A_RESU", "P_NOTP"),
        Status::Ready | Status::Acknowledged | Status::Other(_) => ("A_APPR", "P_PROC"),
        Status::PostedSuccess | Status::PaymentReversed | Status::PaymentObsolete => ("A_APPR", "P_PAID"),
        Status::Paid => ("A_APPR", "P_PAYC"),
        Status::PostedFailure => ("A_APPR", "P_FAIL"),
    };
    if last.status == Status::Recalled {
        report.processing = None;
    }
    report
}

fn of_document(id: String, document: &Document, now: Timestamp) -> Report {
    let sum = |wanted: fn(Parties) -> bool| {
        document.lines.iter().filter(|l| wanted(l.parties)).fold(Decimal::ZERO, |total, l| total + l.gross)
    };
    let approved = document.processed <= now;
    Report {
        id,
        name: firm::report_name(document),
        owner: document.employee(),
        currency: document.currency.clone(),
        submitted: submitted_at(document),
        processing: approved.then_some(document.processed),
        modified: if approved { document.processed } else { submitted_at(document) },
        approval: if approved { "A_APPR" } else { "A_PEND" },
        payment: if approved { "P_PROC" } else { "P_NOTP" },
        approved: document.approved,
        personal: sum(|p| p == Parties::PersonalOnCard),
        due_employee: sum(|p| matches!(p, Parties::Pair("EMPL", _) | Parties::Pair(_, "EMPL"))),
        due_card: sum(|p| {
            p == Parties::PersonalOnCard
                || matches!(p, Parties::Pair("CBCP" | "IBCP", _) | Parties::Pair(_, "CBCP" | "IBCP"))
        }),
        is_test: firm::is_test(document),
    }
}

impl Report {
    fn of_record(record: &Record) -> Self {
        let mut report = match &record.source {
            Some(document) => of_document(record.business.clone(), document, Timestamp::MAX),
            None => Self::of_payload(record),
        };
        report.modified = report.modified.max(record.changed);
        report
    }

    /// A report of which only the payload is known.
    fn of_payload(record: &Record) -> Self {
        let text = |pointer: &str| record.document.pointer(pointer).and_then(Value::as_str);
        let at = |pointer: &str| text(pointer).and_then(|t| t.parse().ok());
        let amount = record.document.pointer("/report/totalApprovedAmount").map(|v| match v {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        });
        let approved =
            amount.and_then(|t| t.parse().or_else(|_| Decimal::from_scientific(&t)).ok()).unwrap_or_default();
        Self {
            id: record.business.clone(),
            name: text("/report/reportName").unwrap_or(&record.number).to_owned(),
            owner: text("/employee/employeeId").and_then(firm::employee),
            currency: text("/report/employeeCurrencyAlphaCode").unwrap_or("USD").to_owned(),
            submitted: at("/report/reportSubmitDate").unwrap_or(record.changed),
            processing: at("/report/reportPaymentProcessingDate").or(Some(record.changed)),
            modified: record.changed,
            approval: "A_APPR",
            payment: "P_PROC",
            approved,
            personal: Decimal::ZERO,
            due_employee: approved,
            due_card: Decimal::ZERO,
            is_test: text("/report/isTest") == Some("Y"),
        }
    }

    fn login(&self) -> String {
        self.owner.map(|e| e.login()).unwrap_or_default()
    }

    fn write(&self, state: &State) -> Value {
        let time = |at: Timestamp| at.strftime("%Y-%m-%dT%H:%M:%S").to_string();
        let number =
            |amount: Decimal| amount.to_string().parse::<Number>().map_or(Value::Null, Value::Number);
        let approver = self.owner.and_then(|e| firm::employee(approver_of(e.id))).map(|e| e.login());
        let base = state.url(state.switches.home);
        let country = self.owner.map(|e| e.country());
        let total = self.approved + self.personal;
        json!({
            "ID": self.id, "URI": format!("{base}/api/v3.0/expense/reports/{}", self.id), "Name": self.name,
            "Total": number(total), "CurrencyCode": self.currency, "Country": country,
            "CountrySubdivision": null, "CreateDate": time(self.submitted), "SubmitDate": time(self.submitted),
            "ProcessingPaymentDate": self.processing.map(time),
            "PaidDate": matches!(self.payment, "P_PAID" | "P_PAYC").then(|| time(self.modified)),
            "LastModifiedDate": time(self.modified), "UserDefinedDate": time(self.submitted),
            "OwnerLoginID": self.login(), "OwnerName": self.owner.map(|e| e.list_name()),
            "ApproverLoginID": approver, "ApprovalStatusCode": self.approval,
            "ApprovalStatusName": approval_name(self.approval), "PaymentStatusCode": self.payment,
            "PaymentStatusName": payment_name(self.payment), "PersonalAmount": number(self.personal),
            "AmountDueEmployee": number(self.due_employee), "AmountDueCompanyCard": number(self.due_card),
            "TotalClaimedAmount": number(self.approved), "TotalApprovedAmount": number(self.approved),
            "LedgerName": self.owner.map(|e| e.ledger_code), "PolicyID": state.ids.hex("policy", "travel", 24),
            "EverSentBack": false, "HasException": false, "ReceiptsReceived": false,
            "OrgUnit1": country.map(|c| json!({
                "Type": "ConnectedList", "Value": c, "Code": c, "ListItemID": state.ids.hex("org", c, 24),
            })),
            "Custom1": null,
        })
    }
}

fn approval_name(code: &str) -> &'static str {
    match code {
        "A_PEND" => "Submitted & Pending Approval",
        "A_RESU" => "Sent Back to Employee",
        _ => "Approved",
    }
}

fn payment_name(code: &str) -> &'static str {
    match code {
        "P_NOTP" => "Not Paid",
        "P_PAID" => "Sent for Payment",
        "P_PAYC" => "Payment Confirmed",
        "P_FAIL" => "Financial Posting Failed",
        _ => "Processing Payment",
    }
}

/// The filters that the stand-in knows; others change nothing.
fn matches(report: &Report, call: &Call) -> Result<bool, Reply> {
    let among = |name: &str, code: &str| {
        call.query(name).is_none_or(|wanted| wanted.split(',').any(|one| one.trim() == code))
    };
    let user = call.query("user").is_none_or(|user| user == "ALL" || user == report.login());
    let reimbursement = report.owner.map_or("", |e| e.reimbursement);
    let test =
        call.query("isTestUser").is_none_or(|flag| flag.eq_ignore_ascii_case("true") == report.is_test);
    let mut fits = user
        && test
        && among("approvalStatusCode", report.approval)
        && among("paymentStatusCode", report.payment)
        && among("currencyCode", &report.currency)
        && among("reimbursementMethod", reimbursement);
    let paid = matches!(report.payment, "P_PAID" | "P_PAYC").then_some(report.modified);
    for (name, at) in [
        ("createDate", Some(report.submitted)),
        ("submitDate", Some(report.submitted)),
        ("userDefinedDate", Some(report.submitted)),
        ("processingPaymentDate", report.processing),
        ("paidDate", paid),
        ("modifiedDate", Some(report.modified)),
    ] {
        if let Some(limit) = instant(call, &format!("{name}After"))? {
            fits = fits && at.is_some_and(|at| at > limit);
        }
        if let Some(limit) = instant(call, &format!("{name}Before"))? {
            fits = fits && at.is_some_and(|at| at < limit);
        }
    }
    Ok(fits)
}

/// `yyyy-MM-dd` or `yyyy-MM-ddTHH:mm:ss.SSS`, taken as UTC.
fn instant(call: &Call, name: &str) -> Result<Option<Timestamp>, Reply> {
    let Some(text) = call.query(name) else { return Ok(None) };
    let plain = text.trim_end_matches('Z');
    plain
        .parse::<DateTime>()
        .or_else(|_| plain.parse::<Date>().map(|day| day.at(0, 0, 0, 0)))
        .and_then(|at| at.to_zoned(TimeZone::UTC))
        .map(|zoned| Some(zoned.timestamp()))
        .map_err(|_| Reply::refuse(400, &format!("{name} is not a valid date.")))
}
