//! What the two tables cannot say: facts of single documents, and reports that are not approved yet.

use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp, tz};
use rust_decimal::Decimal;

use super::people::{EMPLOYEES, Employee};
use super::tables::{Code, Document, Kind, Line, Parties, Payee};

/// An instant of UTC; the epoch for a day that does not exist.
pub(super) fn utc(day: Date, hour: i8, minute: i8) -> Timestamp {
    day.at(hour, minute, 0, 0)
        .to_zoned(tz::TimeZone::UTC)
        .map_or(Timestamp::UNIX_EPOCH, |zoned| zoned.timestamp())
}

/// When payment processing took the document: its posting date at 15:00Z. D51 was approved in the night after
/// 30 September in Boston; the invoice D50 is dated before the day on which its process ended.
pub(super) fn processed(id: &str, posting: Date) -> Timestamp {
    match id {
        "D50" => utc(date(2026, 10, 2), 15, 0),
        "D51" => utc(date(2026, 10, 1), 2, 41),
        _ => utc(posting, 15, 0),
    }
}

/// `revisionNumber`: D54 reopens D01.
pub(super) fn revision(id: &str) -> u32 {
    if id == "D54" { 2 } else { 1 }
}

/// When the employee handed it in: two days before.
#[must_use]
pub fn submitted_at(document: &Document) -> Timestamp {
    document.processed.checked_sub(SignedDuration::from_hours(48)).unwrap_or(document.processed)
}

/// Employee number of the last approver.
#[must_use]
pub fn approver_of(employee: &str) -> &'static str {
    match employee {
        "E1001" | "E1002" | "E1003" | "E1004" | "E1005" | "E1009" => "E1008",
        _ => "E1001",
    }
}

/// Whether the document belongs to a test user.
#[must_use]
pub fn is_test(document: &Document) -> bool {
    matches!(document.payee, Payee::Employee(e) if e.id == "E9999")
}

/// Advance of which a report uses up a part, issued before the books of this program began: id and amount.
pub(super) fn advance_applied(id: &str) -> Option<(&'static str, Decimal)> {
    match id {
        "D25" => Some(("CA-0109", Decimal::new(-50_000, 2))),
        "D26" => Some(("CA-0112", Decimal::new(-30_000, 2))),
        _ => None,
    }
}

/// Net amount and freight of an invoice whose parts are told apart.
pub(super) fn net_and_freight(id: &str) -> Option<(Decimal, Decimal)> {
    (id == "D31").then(|| (Decimal::new(286_000, 2), Decimal::new(14_000, 2)))
}

/// Purchase order of an invoice.
pub(super) fn purchase_order(id: &str) -> Option<&'static str> {
    (id == "D56").then_some("PO-1187")
}

/// Posting date that Concur sends with an invoice.
pub(super) fn sent_posting_date(document: &Document) -> Option<Date> {
    (document.id == "D50").then_some(document.date)
}

/// `payMethodType` of an invoice.
pub(super) fn pay_method(id: &str) -> &'static str {
    if id == "D38" { "ACH" } else { "CLIENT" }
}

/// The text that stands in for every `amountGross`, in the one document that is not well formed.
pub(super) fn broken_amount(id: &str) -> Option<&'static str> {
    (id == "D60").then_some("57,80")
}

/// `entryReceiptType`: `T` where tax is claimed back, `N` for a dinner without a receipt, `R` elsewhere.
pub(super) fn receipt_type(id: &str, expense_type: &str, reclaims: bool) -> &'static str {
    match (id, expense_type) {
        ("D33", "MEALS") => "N",
        ("D34", _) => "R",
        _ if reclaims => "T",
        _ => "R",
    }
}

/// A report that was handed in and is not approved: in the reports list only, never a financial document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubmittedReport {
    /// Number shown to people.
    pub number: &'static str,
    /// Title.
    pub name: &'static str,
    /// Whose it is.
    pub employee: &'static Employee,
    /// Claimed so far, in the employee's currency.
    pub claimed: Decimal,
    /// When it was handed in.
    pub submitted: Timestamp,
}

/// The five reports of `fq-us` that were submitted and not yet approved on 2026-10-31.
#[must_use]
pub fn submitted_reports() -> Vec<SubmittedReport> {
    let rows = [
        ("U7CM2A", "E1002", "Evanston workshop", 21_240, 28),
        ("V8DN3B", "E1003", "Technology fair", 48_815, 29),
        ("W9EP4C", "E1005", "Autumn prospects", 103_460, 29),
        ("X2FQ5D", "E1008", "Client dinners", 32_975, 30),
        ("Y3GR6E", "E1006", "Visit to Leipzig", 17_600, 30),
    ];
    rows.into_iter()
        .filter_map(|(number, id, name, cents, day)| {
            let employee = EMPLOYEES.iter().find(|e| e.id == id)?;
            let submitted = utc(date(2026, 10, day), 17, 20);
            Some(SubmittedReport { number, name, employee, claimed: Decimal::new(cents, 2), submitted })
        })
        .collect()
}

/// The controller's travel allowance, which payroll pays: listed by Concur, of no book.
pub(super) fn payroll_document() -> Option<Document> {
    let owner = EMPLOYEES.iter().find(|e| e.id == "E1009")?;
    let day = date(2026, 10, 30);
    let amount = Decimal::new(5_800, 2);
    let line = Line {
        date: date(2026, 10, 21),
        expense_type: "ALLOW".to_owned(),
        text: "Travel allowance, one day".to_owned(),
        account: String::new(),
        cost_center: "CC900".to_owned(),
        project: String::new(),
        parties: Parties::Pair("COMP", "EMPL"),
        gross: amount,
        tax: None,
        reclaim: None,
        code: Code::None,
    };
    Some(Document {
        id: "PR01".to_owned(),
        book: "fq-us".to_owned(),
        kind: Kind::Payroll,
        payee: Payee::Employee(owner),
        date: day,
        processed: processed("PR01", day),
        revision: 1,
        number: "PRQ9BK".to_owned(),
        currency: owner.currency.to_owned(),
        approved: amount,
        state: String::new(),
        situation: "travel allowance through payroll".to_owned(),
        lines: vec![line],
    })
}
