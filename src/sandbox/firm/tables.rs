//! Reads the two tables of documents and lines into typed rows.

use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::facts;
use super::people::{Employee, Vendor, employee, vendor};

const DOCUMENTS: &str = include_str!("documents.csv");
const LINES: &str = include_str!("lines.csv");

/// The built-in tables contradict themselves.
#[derive(Debug, thiserror::Error)]
pub enum FirmError {
    /// A row is not of the table's shape.
    #[error("the table of {table} cannot be read: {source}")]
    Table {
        /// Which table.
        table: &'static str,
        /// What the reader says.
        source: csv::Error,
    },
    /// A cell holds something that the table does not allow.
    #[error("{row}: {what} `{value}` is unknown")]
    Cell {
        /// The document of the row.
        row: String,
        /// What the cell should hold.
        what: &'static str,
        /// What it holds.
        value: String,
    },
}

/// What kind of document it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// An employee's expense report.
    ExpenseReport,
    /// A supplier's invoice or credit memo.
    Invoice,
    /// A cash advance issued to an employee.
    CashAdvance,
    /// A travel allowance paid through payroll; out of scope of every book.
    Payroll,
    /// A bill that the ledger holds first.
    LedgerBill,
    /// An expense that the ledger holds first.
    LedgerExpense,
}

impl Kind {
    /// `docType` of the financial integration service, `None` for what starts in the ledger.
    #[must_use]
    pub const fn doc_type(self) -> Option<&'static str> {
        match self {
            Self::ExpenseReport => Some("expense"),
            Self::Invoice => Some("invoice"),
            Self::CashAdvance => Some("cashadvance"),
            Self::Payroll => Some("payroll"),
            Self::LedgerBill | Self::LedgerExpense => None,
        }
    }
}

/// Who is to be paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Payee {
    /// An employee.
    Employee(&'static Employee),
    /// A supplier.
    Vendor(&'static Vendor),
}

/// Who pays whom on a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parties {
    /// A journal line of a report: `journalPayer` and `journalPayee`.
    Pair(&'static str, &'static str),
    /// Private spend on a company card: `COMP>CBCP` and, negative, `EMPL>COMP`.
    PersonalOnCard,
    /// A line of an invoice.
    Invoice,
    /// A line of a document that the ledger holds first.
    Ledger,
}

/// One line of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// When the money was spent, or the invoice date.
    pub date: Date,
    /// Concur's expense type code.
    pub expense_type: String,
    /// Description.
    pub text: String,
    /// Account number, empty when Concur has none.
    pub account: String,
    /// Cost centre, may be empty.
    pub cost_center: String,
    /// Project, may be empty.
    pub project: String,
    /// Who pays whom.
    pub parties: Parties,
    /// Signed gross amount in the document's currency.
    pub gross: Decimal,
    /// Tax in it.
    pub tax: Option<Decimal>,
    /// Tax that is claimed back.
    pub reclaim: Option<Decimal>,
    /// What the last column says.
    pub code: Code,
}

/// The last column of the table of lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Code {
    /// Nothing.
    None,
    /// Tax code and reclaim code.
    Tax(String, String),
    /// A card transaction.
    Card(String),
    /// Spent in another currency.
    Spend {
        /// ISO 4217.
        currency: String,
        /// What was spent.
        amount: Decimal,
    },
}

impl Line {
    /// The card transaction that the line belongs to.
    #[must_use]
    pub fn card(&self) -> Option<&str> {
        match &self.code {
            Code::Card(id) => Some(id),
            _ => None,
        }
    }
}

/// One document of the firm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// `D01` and on; made-up documents have other ids.
    pub id: String,
    /// Book, such as `fq-us`.
    pub book: String,
    /// Kind.
    pub kind: Kind,
    /// Who is to be paid.
    pub payee: Payee,
    /// Posting date in the book's time zone.
    pub date: Date,
    /// `reportPaymentProcessingDate` of a report, `processCompleteDate` of an invoice.
    pub processed: Timestamp,
    /// `revisionNumber`; above 1 the document holds differences only.
    pub revision: u32,
    /// Report number, invoice number or number of the advance.
    pub number: String,
    /// ISO 4217.
    pub currency: String,
    /// What Concur approved; personal spend is not in it.
    pub approved: Decimal,
    /// What the first look of a new user shows, from the table; empty for made-up documents.
    pub state: String,
    /// What is special about it, for tests and people.
    pub situation: String,
    /// Its lines, in order.
    pub lines: Vec<Line>,
}

impl Document {
    /// The employee, when one is to be paid.
    #[must_use]
    pub const fn employee(&self) -> Option<&'static Employee> {
        match self.payee {
            Payee::Employee(e) => Some(e),
            Payee::Vendor(_) => None,
        }
    }

    /// The number in the document's id, 0 when it has none. Decides how amounts and dates are written.
    #[must_use]
    pub fn ordinal(&self) -> u64 {
        let digits: String = self.id.chars().filter(char::is_ascii_digit).collect();
        digits.parse().unwrap_or(0)
    }
}

#[derive(Deserialize)]
struct DocumentRow {
    id: String,
    book: String,
    kind: String,
    payee: String,
    date: Date,
    number: String,
    currency: String,
    #[serde(with = "rust_decimal::serde::str")]
    approved: Decimal,
    situation: String,
    state: String,
}

#[derive(Deserialize)]
struct LineRow {
    doc: String,
    date: String,
    expense_type: String,
    text: String,
    account: String,
    cost_center: String,
    project: String,
    parties: String,
    #[serde(with = "rust_decimal::serde::str")]
    gross: Decimal,
    #[serde(with = "rust_decimal::serde::str_option")]
    tax: Option<Decimal>,
    #[serde(with = "rust_decimal::serde::str_option")]
    reclaim: Option<Decimal>,
    code: String,
}

fn rows<T: serde::de::DeserializeOwned>(table: &'static str, text: &str) -> Result<Vec<T>, FirmError> {
    csv::Reader::from_reader(text.as_bytes())
        .into_deserialize()
        .collect::<Result<_, _>>()
        .map_err(|source| FirmError::Table { table, source })
}

/// Every document of every book, in the order of the table.
///
/// # Errors
/// When the tables built into the program cannot be read.
pub fn load() -> Result<Vec<Document>, FirmError> {
    let mut documents =
        rows("documents", DOCUMENTS)?.into_iter().map(document).collect::<Result<Vec<_>, _>>()?;
    for row in rows::<LineRow>("lines", LINES)? {
        let Some(owner) = documents.iter_mut().find(|d| d.id == row.doc) else {
            return Err(cell(&row.doc, "document", &row.doc));
        };
        owner.lines.push(line(row)?);
    }
    Ok(documents)
}

fn cell(row: &str, what: &'static str, value: &str) -> FirmError {
    FirmError::Cell { row: row.to_owned(), what, value: value.to_owned() }
}

fn document(row: DocumentRow) -> Result<Document, FirmError> {
    let kind = match row.kind.as_str() {
        "expense_report" => Kind::ExpenseReport,
        "invoice" => Kind::Invoice,
        "cash_advance" => Kind::CashAdvance,
        "ledger_bill" => Kind::LedgerBill,
        "ledger_expense" => Kind::LedgerExpense,
        other => return Err(cell(&row.id, "kind", other)),
    };
    let payee = employee(&row.payee)
        .map(Payee::Employee)
        .or_else(|| vendor(&row.payee).map(Payee::Vendor))
        .ok_or_else(|| cell(&row.id, "payee", &row.payee))?;
    Ok(Document {
        kind,
        payee,
        processed: facts::processed(&row.id, row.date),
        revision: facts::revision(&row.id),
        id: row.id,
        book: row.book,
        date: row.date,
        number: row.number,
        currency: row.currency,
        approved: row.approved,
        state: row.state,
        situation: row.situation,
        lines: Vec::new(),
    })
}

fn line(row: LineRow) -> Result<Line, FirmError> {
    let date = format!("2026-{}", row.date).parse().map_err(|_| cell(&row.doc, "date", &row.date))?;
    let parties = match row.parties.as_str() {
        "COMP>EMPL" => Parties::Pair("COMP", "EMPL"),
        "EMPL>COMP" => Parties::Pair("EMPL", "COMP"),
        "COMP>CBCP" => Parties::Pair("COMP", "CBCP"),
        "CBCP>COMP" => Parties::Pair("CBCP", "COMP"),
        "COMP>IBCP" => Parties::Pair("COMP", "IBCP"),
        "COMP>COPD" => Parties::Pair("COMP", "COPD"),
        "COMP>CBCP and EMPL>COMP" => Parties::PersonalOnCard,
        "invoice" => Parties::Invoice,
        "ledger" => Parties::Ledger,
        other => return Err(cell(&row.doc, "parties", other)),
    };
    let code = if row.code.is_empty() {
        Code::None
    } else if row.code.starts_with("CT-") {
        Code::Card(row.code)
    } else if let Some((tax, reclaim)) = row.code.split_once('/') {
        Code::Tax(tax.to_owned(), reclaim.to_owned())
    } else if let Some((currency, amount)) = row.code.split_once(' ') {
        let amount = amount.parse().map_err(|_| cell(&row.doc, "spend", amount))?;
        Code::Spend { currency: currency.to_owned(), amount }
    } else {
        return Err(cell(&row.doc, "code", &row.code));
    };
    Ok(Line {
        date,
        parties,
        code,
        expense_type: row.expense_type,
        text: row.text,
        account: row.account,
        cost_center: row.cost_center,
        project: row.project,
        gross: row.gross,
        tax: row.tax,
        reclaim: row.reclaim,
    })
}
