//! A document as every source's reader delivers it: header, expenses, allocations, journal lines, payee, tax.
//!
//! The verbatim bytes stay in the store; this is their meaning. Amounts keep the source's decimals.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::model::money::{Currency, Money};

/// What a source system holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// An approved expense report.
    ExpenseReport,
    /// A supplier's invoice (Concur: payment request).
    Invoice,
    /// A cash advance that was issued.
    CashAdvance,
    /// A bill in a ledger that goes to Concur.
    LedgerBill,
    /// An invoice in a ledger that goes to Concur.
    LedgerInvoice,
    /// An expense in a ledger that goes to Concur.
    LedgerExpense,
    /// Made here: a reversal, a repost or an accrual (accounting.md, sections 3 and 9). No source knows it.
    Correction,
}

impl DocumentKind {
    /// Every kind.
    pub const ALL: [DocumentKind; 7] = [
        DocumentKind::ExpenseReport,
        DocumentKind::Invoice,
        DocumentKind::CashAdvance,
        DocumentKind::LedgerBill,
        DocumentKind::LedgerInvoice,
        DocumentKind::LedgerExpense,
        DocumentKind::Correction,
    ];

    /// The name in tables and JSON.
    pub fn name(self) -> &'static str {
        match self {
            DocumentKind::ExpenseReport => "expense_report",
            DocumentKind::Invoice => "invoice",
            DocumentKind::CashAdvance => "cash_advance",
            DocumentKind::LedgerBill => "ledger_bill",
            DocumentKind::LedgerInvoice => "ledger_invoice",
            DocumentKind::LedgerExpense => "ledger_expense",
            DocumentKind::Correction => "correction",
        }
    }

    /// Three letters for narrow columns.
    pub fn short(self) -> &'static str {
        match self {
            DocumentKind::ExpenseReport => "EXP",
            DocumentKind::Invoice => "INV",
            DocumentKind::CashAdvance => "ADV",
            DocumentKind::LedgerBill => "BIL",
            DocumentKind::LedgerInvoice => "LIN",
            DocumentKind::LedgerExpense => "LEX",
            DocumentKind::Correction => "COR",
        }
    }

    /// In a sentence.
    pub fn words(self) -> &'static str {
        match self {
            DocumentKind::ExpenseReport => "expense report",
            DocumentKind::Invoice => "invoice",
            DocumentKind::CashAdvance => "cash advance",
            DocumentKind::LedgerBill => "ledger bill",
            DocumentKind::LedgerInvoice => "ledger invoice",
            DocumentKind::LedgerExpense => "ledger expense",
            DocumentKind::Correction => "correction",
        }
    }
}

impl std::str::FromStr for DocumentKind {
    type Err = String;
    fn from_str(s: &str) -> Result<Self, String> {
        DocumentKind::ALL.into_iter().find(|k| k.name() == s).ok_or_else(|| format!("there is no kind {s:?}"))
    }
}

/// A party of a journal line (contract of Concur, 2.6).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Party {
    /// The company.
    Comp,
    /// The employee.
    Empl,
    /// Company paid: an agency or supplier invoices it.
    Copd,
    /// Company-billed card: the company owes the bank.
    Cbcp,
    /// Individually billed, company-paid card.
    Ibcp,
    /// Anything else: `parties_unknown`.
    Other(String),
}

impl Party {
    /// The code of an invoice's supplier: invoices have no parties on their journal lines, so the reader writes
    /// `COMP` and this one, as the sign rule of expenses wants it.
    pub const SUPPLIER: &'static str = "SUPP";

    /// From the source's code.
    pub fn of(code: &str) -> Self {
        match code {
            "COMP" => Party::Comp,
            "EMPL" => Party::Empl,
            "COPD" => Party::Copd,
            "CBCP" => Party::Cbcp,
            "IBCP" => Party::Ibcp,
            other => Party::Other(other.into()),
        }
    }

    /// The source's code.
    pub fn code(&self) -> &str {
        match self {
            Party::Comp => "COMP",
            Party::Empl => "EMPL",
            Party::Copd => "COPD",
            Party::Cbcp => "CBCP",
            Party::Ibcp => "IBCP",
            Party::Other(s) => s,
        }
    }
}

/// A coded value with the text that people see.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coded {
    /// The code; empty when the field is free text.
    pub code: String,
    /// The text.
    pub value: String,
}

/// Who is paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payee {
    /// True for an employee, false for a supplier.
    pub employee: bool,
    /// Employee number or vendor code.
    pub code: String,
    /// `Okafor, Amara` or the supplier's name.
    pub name: String,
    /// `Amara Okafor`: the other order, for matching; equal to `name` for suppliers.
    pub spoken_name: String,
    /// E-mail or login, lower case, when known.
    pub email: Option<String>,
}

/// One document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// Its kind.
    pub kind: DocumentKind,
    /// The id at the source (Concur: FIS id).
    pub source_id: String,
    /// The business id that ties revisions and resubmissions together (Concur: report, request or advance id).
    pub family: String,
    /// The number that people know: report number, invoice number.
    pub number: String,
    /// Report name, invoice title.
    pub title: String,
    /// Routes to a ledger.
    pub ledger_code: String,
    /// The source's policy id.
    pub policy: String,
    /// The source's own revision counter; above 1 = a delta after re-opening.
    pub revision_number: u32,
    /// A test user's document: never posted.
    pub is_test: bool,
    /// Currency of every amount.
    pub currency: Currency,
    /// What the source says it approved in total, if it says so.
    pub stated_total: Option<Decimal>,
    /// Who is paid.
    pub payee: Payee,
    /// `APCHECK`, `CNQRPAY`, `ADPPAYR`, `PMTSERV`, or empty; invoices: `CLIENT`, `ACH`, …
    pub pay_method: String,
    /// Payroll reimburses, whatever the method says.
    pub payroll: bool,
    /// Clearing account that the source names for payroll.
    pub payroll_clearing_account: Option<String>,
    /// Submitted.
    pub submitted_at: Option<Timestamp>,
    /// Final approval and processing: decides the posting date.
    pub processed_at: Option<Timestamp>,
    /// The date the employee gave the report.
    pub report_date: Option<Date>,
    /// Invoice date.
    pub invoice_date: Option<Date>,
    /// Due date that the source states.
    pub due_date: Option<Date>,
    /// Posting date that the source states (invoices).
    pub posting_date: Option<Date>,
    /// Employee number of the last approver.
    pub approver: Option<String>,
    /// Organisation units and customs of header and employee: `orgUnit2`, `employeeOrgUnit2`, `custom1` …
    pub fields: BTreeMap<String, Coded>,
    /// The expenses or invoice lines.
    pub expenses: Vec<Expense>,
    /// Cash advances applied; amounts as the source has them (negative).
    pub advances: Vec<AdvanceApplication>,
    /// Cash that was returned.
    pub advance_returned: Decimal,
    /// Purchase order on the header.
    pub purchase_order: Option<String>,
}

/// A cash advance applied to a report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AdvanceApplication {
    /// The advance's id.
    pub id: String,
    /// Negative.
    pub amount: Decimal,
}

/// Facts of a card charge. The amount is that of the whole charge and repeats on every entry: never summed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CardFacts {
    /// `cardTransactionID`
    pub transaction: String,
    /// `cardProgramTypeCode` or the account's id; empty when not sent.
    pub programme: String,
    /// The whole charge in the posted currency.
    pub charge: Option<Money>,
}

/// One expense of a report, or one line of an invoice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Expense {
    /// Stable key at the source.
    pub id: String,
    /// Expense type code, trimmed.
    pub type_code: String,
    /// Expense type name.
    pub type_name: String,
    /// Date of the spend.
    pub date: Option<Date>,
    /// What the employee wrote.
    pub description: String,
    /// Merchant.
    pub merchant: String,
    /// Place.
    pub place: String,
    /// Spend amount and currency, when it differs from the document's.
    pub spend: Option<Money>,
    /// The source's rate, as text; never used to compute.
    pub rate: Option<String>,
    /// Approved amount; zero when personal.
    pub approved: Option<Decimal>,
    /// Personal spend.
    pub personal: bool,
    /// The source says it is billable.
    pub billable: bool,
    /// `T` tax receipt, `R` receipt, `N` none.
    pub receipt_type: String,
    /// Handle of the receipt image.
    pub receipt: Option<String>,
    /// Payment type key (never decides alone).
    pub payment_type: String,
    /// Account of the offsetting side, kept in the source.
    pub clearing_account: Option<String>,
    /// Liability account, kept in the source.
    pub liability_account: Option<String>,
    /// The source has netted the employee's debt already.
    pub offset: bool,
    /// Card facts, for card spend.
    pub card: Option<CardFacts>,
    /// Customs of the entry: `orgUnit1` …, `custom1` …
    pub fields: BTreeMap<String, Coded>,
    /// Its allocations.
    pub allocations: Vec<Allocation>,
}

/// A share of an expense for one set of cost objects.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Allocation {
    /// Key at the source.
    pub id: String,
    /// Text only; amounts come from the journals.
    pub percentage: Option<Decimal>,
    /// `custom1` …: cost objects of the share.
    pub fields: BTreeMap<String, Coded>,
    /// The journal lines.
    pub journals: Vec<Journal>,
    /// The taxes, linked from the journal lines.
    pub taxes: Vec<Tax>,
}

/// One journal line: the authoritative figure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Journal {
    /// Account code; may be empty.
    pub account_code: String,
    /// Who pays.
    pub payer: Party,
    /// Who is paid.
    pub payee: Party,
    /// Signed.
    pub gross: Decimal,
    /// `taxGuid`s of the allocation's taxes.
    pub taxes: Vec<String>,
}

/// One tax of an allocation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tax {
    /// Key that journals refer to.
    pub id: String,
    /// Tax code.
    pub code: String,
    /// Reclaim code.
    pub reclaim_code: String,
    /// Authority's label.
    pub authority: String,
    /// Country.
    pub country: String,
    /// Tax.
    pub amount: Decimal,
    /// The part claimed back.
    pub reclaim: Decimal,
}

impl Expense {
    /// One without any content.
    pub fn blank() -> Self {
        Self {
            id: String::new(),
            type_code: String::new(),
            type_name: String::new(),
            date: None,
            description: String::new(),
            merchant: String::new(),
            place: String::new(),
            spend: None,
            rate: None,
            approved: None,
            personal: false,
            billable: false,
            receipt_type: String::new(),
            receipt: None,
            payment_type: String::new(),
            clearing_account: None,
            liability_account: None,
            offset: false,
            card: None,
            fields: BTreeMap::new(),
            allocations: Vec::new(),
        }
    }
}

impl Document {
    /// One without any content.
    pub fn blank(kind: DocumentKind, currency: Currency) -> Self {
        Self {
            kind,
            source_id: String::new(),
            family: String::new(),
            number: String::new(),
            title: String::new(),
            ledger_code: String::new(),
            policy: String::new(),
            revision_number: 1,
            is_test: false,
            currency,
            stated_total: None,
            payee: Payee {
                employee: false,
                code: String::new(),
                name: String::new(),
                spoken_name: String::new(),
                email: None,
            },
            pay_method: String::new(),
            payroll: false,
            payroll_clearing_account: None,
            submitted_at: None,
            processed_at: None,
            report_date: None,
            invoice_date: None,
            due_date: None,
            posting_date: None,
            approver: None,
            fields: BTreeMap::new(),
            expenses: Vec::new(),
            advances: Vec::new(),
            advance_returned: Decimal::ZERO,
            purchase_order: None,
        }
    }

    /// Every journal line with its expense and allocation, in source order.
    pub fn journals(&self) -> impl Iterator<Item = (usize, usize, usize, &Expense, &Allocation, &Journal)> {
        self.expenses.iter().enumerate().flat_map(|(i, e)| {
            e.allocations
                .iter()
                .enumerate()
                .flat_map(move |(k, a)| a.journals.iter().enumerate().map(move |(n, j)| (i, k, n, e, a, j)))
        })
    }

    /// What the source approved (accounting.md, section 0): the total of an invoice where the source states one, else Σ
    /// signed gross of the business journals.
    pub fn approved(&self) -> Decimal {
        match (self.kind, self.stated_total) {
            (DocumentKind::Invoice, Some(total)) => total,
            _ => self.journal_total(),
        }
    }

    /// Σ signed gross of the business journals.
    pub fn journal_total(&self) -> Decimal {
        self.journals().filter(|(_, _, _, e, _, _)| !e.personal).map(|(.., j)| j.gross).sum()
    }

    /// What is personal and not in the approved amount.
    pub fn personal(&self) -> Decimal {
        let mine = self.journals().filter(|(_, _, _, e, _, j)| e.personal && j.payer == Party::Comp);
        mine.map(|(.., j)| j.gross).sum()
    }

    /// Σ reclaimed tax.
    pub fn reclaimed(&self) -> Decimal {
        self.expenses.iter().flat_map(|e| &e.allocations).flat_map(|a| &a.taxes).map(|t| t.reclaim).sum()
    }

    /// A cost object by field name: allocation, then expense, then header (accounting.md, 1.1).
    pub fn cost_object<'a>(
        &'a self,
        expense: &'a Expense,
        allocation: &'a Allocation,
        field: &str,
    ) -> Option<&'a Coded> {
        [&allocation.fields, &expense.fields, &self.fields]
            .into_iter()
            .find_map(|f| f.get(field).filter(|c| !c.code.is_empty()))
    }
}
