//! A book: one Concur connection tied to one ledger connection, with what the firm decided for it.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::model::document::DocumentKind;
use crate::model::entry::Named;
use crate::model::ids::{BookId, ConnectionId};
use crate::model::money::Currency;
use crate::model::rule::DimensionKind;

/// Whether a book acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Fetches, derives and shows; neither acknowledges nor posts.
    Preview,
    /// Acknowledges and posts.
    Live,
}

impl Mode {
    /// The name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Mode::Preview => "preview",
            Mode::Live => "live",
        }
    }
}

/// A book.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Book {
    /// Its name.
    pub id: BookId,
    /// The Concur connection.
    pub source: ConnectionId,
    /// The ledger connection.
    pub ledger: ConnectionId,
    /// Preview or live.
    pub mode: Mode,
    /// Paused by a person.
    pub paused: bool,
    /// What the firm decided.
    pub settings: BookSettings,
}

/// Who moves the money afterwards (accounting.md, section 0).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhoPays {
    /// Our payment run.
    Ledger,
    /// Concur's Expense Pay.
    Concur,
    /// Payroll.
    Payroll,
    /// Paid already, or billed by somebody else.
    Nobody,
}

impl WhoPays {
    /// In a sentence.
    pub fn word(self) -> &'static str {
        match self {
            WhoPays::Ledger => "ledger",
            WhoPays::Concur => "Concur",
            WhoPays::Payroll => "payroll",
            WhoPays::Nobody => "nobody",
        }
    }
}

/// How a card programme is posted (accounting.md, 1.2). There is no default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CardPolicy {
    /// One card purchase for each card transaction on the card's liability account.
    CardAccount,
    /// One journal for each document against a card clearing account.
    Clearing,
    /// One bill for each document to the issuer.
    IssuerBill,
}

impl CardPolicy {
    /// The name in settings and *why*.
    pub fn name(self) -> &'static str {
        match self {
            CardPolicy::CardAccount => "card_account",
            CardPolicy::Clearing => "clearing",
            CardPolicy::IssuerBill => "issuer_bill",
        }
    }
}

/// A card programme of the book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardProgramme {
    /// Its policy.
    pub policy: CardPolicy,
    /// Card account, clearing account, or payable account of the issuer's bill.
    pub account: Named,
    /// The issuer's vendor (policy `issuer_bill`, individually billed cards).
    pub issuer: Option<Named>,
}

/// Which date a flow posts by (accounting.md, section 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DatePolicy {
    /// Final approval in the book's zone.
    Approval,
    /// Submission.
    Submit,
    /// The report's own date.
    ReportDate,
    /// The last expense.
    LastExpense,
    /// The day on which the entries are derived; an approval fixes it.
    PostingDay,
    /// The invoice's own date (invoices).
    InvoiceDate,
}

/// What a flow does with a document whose period is closed (accounting.md, section 3). Rejecting is a person's act only.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClosedPeriod {
    /// It waits until a person decides, or the period is open again.
    #[default]
    Wait,
    /// It takes the next open day when that is not more than so many days after its own date.
    NextOpenDay {
        /// Days from the original date to the next open day, at most.
        days: u16,
    },
}

/// How the lines of one entry are put together, always inside one document (accounting.md, section 1).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grouping {
    /// One line for each journal line of the source.
    #[default]
    DocumentLine,
    /// Lines of one expense with the same account, dimensions and tax become one.
    Expense,
    /// Lines of one day with the same account, dimensions and tax become one.
    Day,
}

/// Which date a card purchase has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CardDate {
    /// That of its expense: equals the bank's line.
    #[default]
    Expense,
    /// That of its document.
    Document,
}

/// What a purchase order on an invoice means (accounting.md, 1.5).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderPolicy {
    /// The order may be open in the ledger: blocks.
    #[default]
    Block,
    /// Orders live in Concur only: posted by account.
    ByAccount,
}

/// Which rate goes with a foreign document (accounting.md, 2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RatePolicy {
    /// None sent; home amounts are shown as "about".
    LedgerDecides,
    /// Read from the ledger for the posting date and sent.
    Ledger,
    /// Entered by month and sent: `2026-10` -> currency -> rate.
    Table,
}

/// What to do with a cost object of another book.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IntercompanyPolicy {
    /// Blocks.
    Block,
    /// Debits "due from affiliates".
    DueFrom,
}

/// A flow: what the book moves and by which recipe.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flow {
    /// [`Flow::BILL`] or [`Flow::JOURNAL`].
    pub recipe: String,
    /// Its date policy.
    pub date: DatePolicy,
    /// Documents dated before belong to the old process.
    pub cut_over: Option<Date>,
    /// What happens when the period of a document is closed.
    #[serde(default)]
    pub closed: ClosedPeriod,
    /// How lines are put together.
    #[serde(default)]
    pub grouping: Grouping,
    /// The date of card purchases.
    #[serde(default)]
    pub card_date: CardDate,
    /// What a purchase order means.
    #[serde(default)]
    pub orders: OrderPolicy,
    /// Recipe `journal`: a liability account that carries what is owed, without a vendor. None: the payable account,
    /// with its vendor.
    #[serde(default)]
    pub liability: Option<Named>,
    /// Header memo; none: the book's.
    #[serde(default)]
    pub memo: Option<String>,
}

impl Flow {
    /// Debts as bills, cards as purchases, the rest as journals.
    pub const BILL: &'static str = "bill";
    /// Everything as journal entries, for books that post to the general ledger.
    pub const JOURNAL: &'static str = "journal";

    /// A flow that differs from others in recipe and date alone.
    pub fn new(recipe: &str, date: DatePolicy) -> Self {
        Self {
            recipe: recipe.into(),
            date,
            cut_over: None,
            closed: ClosedPeriod::Wait,
            grouping: Grouping::DocumentLine,
            card_date: CardDate::Expense,
            orders: OrderPolicy::Block,
            liability: None,
            memo: None,
        }
    }
}

/// A cash advance that was open at cut-over (accounting.md, section 13).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "OpeningForm")]
pub struct OpeningAdvance {
    /// Its id at the source.
    pub id: String,
    /// The employee who has it; empty: not said.
    pub employee: String,
    /// What was open; none: not said.
    pub amount: Option<Decimal>,
    /// Its currency; none: not said.
    pub currency: Option<Currency>,
}

/// Older settings hold the id alone.
#[derive(Deserialize)]
#[serde(untagged)]
enum OpeningForm {
    Id(String),
    Whole {
        id: String,
        #[serde(default)]
        employee: String,
        #[serde(default)]
        amount: Option<Decimal>,
        #[serde(default)]
        currency: Option<Currency>,
    },
}

impl From<OpeningForm> for OpeningAdvance {
    fn from(form: OpeningForm) -> Self {
        match form {
            OpeningForm::Id(id) => Self { id, employee: String::new(), amount: None, currency: None },
            OpeningForm::Whole { id, employee, amount, currency } => Self { id, employee, amount, currency },
        }
    }
}

/// What a book says about supplier invoices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct InvoiceSettings {
    /// The ledger wants the number of a bill once in the whole company, not once for each vendor.
    pub unique_numbers: bool,
    /// Vendors for whose invoices the firm owes tax by itself (reverse charge, use tax).
    pub self_assessed: Vec<Named>,
}

impl Default for InvoiceSettings {
    fn default() -> Self {
        Self { unique_numbers: true, self_assessed: Vec::new() }
    }
}

/// Whether the ledger forces lines in home currency, and what may be left over (accounting.md, 2.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct HomeLines {
    /// Foreign documents are posted in home currency, line by line.
    pub forced: bool,
    /// The most that the rounding line may hold, in home currency, a document.
    pub rounding_limit: Decimal,
}

impl Default for HomeLines {
    fn default() -> Self {
        Self { forced: false, rounding_limit: Decimal::new(5, 2) }
    }
}

/// The accounts of the book by role. An account that is not named blocks the document that needs it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleAccounts {
    /// Payable to employees, by currency.
    pub employee_payable: BTreeMap<Currency, Named>,
    /// Payable to suppliers and card issuers, by currency.
    pub supplier_payable: BTreeMap<Currency, Named>,
    /// Payable that Concur pays.
    pub paid_by_concur: BTreeMap<Currency, Named>,
    /// Reimbursement by Concur.
    pub expense_pay_clearing: Option<Named>,
    /// Reimbursement by payroll.
    pub payroll_clearing: Option<Named>,
    /// Company-paid spend until the agency's invoice.
    pub company_paid_clearing: Option<Named>,
    /// Employee advances.
    pub advances: Option<Named>,
    /// Cash that was returned.
    pub advance_returns: Option<Named>,
    /// Due from employees (an asset, never accounts receivable).
    pub due_from_employees: Option<Named>,
    /// Due from affiliates.
    pub due_from_affiliates: Option<Named>,
    /// Rounding differences.
    pub rounding: Option<Named>,
    /// Accrued expenses (a liability): the other side of accrual journals.
    #[serde(default)]
    pub accrued: Option<Named>,
    /// Asset and clearing accounts that cost lines may use, by name.
    pub also_allowed: Vec<Named>,
}

/// A dimension of the book and the source's field that fills it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DimensionSetting {
    /// Which axis.
    pub dimension: DimensionKind,
    /// The source's field: `custom1` (allocation, expense, header in that order), `employeeOrgUnit2`.
    pub field: String,
    /// Required on profit-and-loss lines.
    pub required: bool,
    /// The field in which invoices carry the same codes, where it is another one: `orgUnit2`. Rules name `field`.
    #[serde(default)]
    pub invoice_field: Option<String>,
}

/// What becomes of receipts (accounting.md, section 15).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReceiptPolicy {
    /// They stay at the source.
    #[default]
    Off,
    /// Each is attached to its record once that is in the ledger; nothing waits for it.
    Attach,
}

/// Which system leads a list; the other one follows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Leads {
    /// Nothing is compared.
    #[default]
    Nobody,
    /// The source leads: what is missing in the ledger is proposed there.
    Source,
    /// The ledger leads.
    Ledger,
}

/// A list of the source and the dimension of the ledger that belongs to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListPair {
    /// Dimension.
    pub dimension: DimensionKind,
    /// The list's id at the source.
    pub list: String,
    /// Which leads.
    pub leads: Leads,
}

/// Reference data in both directions (accounting.md, section 4). Off until the firm decides.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferencePolicy {
    /// Suppliers.
    #[serde(default)]
    pub vendors: Leads,
    /// Vendor records of employees whose documents wait for one.
    #[serde(default)]
    pub employees: bool,
    /// Lists of cost objects.
    #[serde(default)]
    pub lists: Vec<ListPair>,
}

/// What the firm decided for a book: changed only by commands that leave audit events.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BookSettings {
    /// The company's name, for headers.
    pub company: String,
    /// IANA time zone: instants become dates in it.
    pub time_zone: String,
    /// Home currency.
    pub home_currency: Currency,
    /// `ledgerCode`s of the source that belong to this book.
    pub ledger_codes: Vec<String>,
    /// Flows by kind. A kind without a flow is `flow_missing`.
    pub flows: BTreeMap<DocumentKind, Flow>,
    /// Who pays, by reimbursement method. No default.
    pub who_pays: BTreeMap<String, WhoPays>,
    /// Card programmes by the source's code; `*` is the only one of a firm that has one.
    pub card_programmes: BTreeMap<String, CardProgramme>,
    /// Programme of individually billed cards: account and issuer.
    pub individual_cards: Option<CardProgramme>,
    /// Who pays the issuer of individually billed cards.
    pub individual_cards_paid_by: WhoPays,
    /// Accounts by role.
    pub accounts: RoleAccounts,
    /// Dimensions.
    pub dimensions: Vec<DimensionSetting>,
    /// Days from the posting date of an employee bill to its due date.
    pub employee_due_days: u16,
    /// tieout's own lock date: last closed day.
    pub lock_date: Option<Date>,
    /// Rate policy.
    pub rate: RatePolicy,
    /// Rates by month (`2026-10`) and currency, for [`RatePolicy::Table`].
    pub rate_table: BTreeMap<String, BTreeMap<Currency, Decimal>>,
    /// Intercompany policy.
    pub intercompany: IntercompanyPolicy,
    /// Set personal spend off against the employee's bill.
    pub personal_offset: bool,
    /// Fallback payee of card purchases.
    pub card_payee: Option<Named>,
    /// Merchants are matched to existing vendors by exact name.
    pub match_merchants: bool,
    /// Advances that were open at cut-over. Applications of others need an issue document in the store.
    pub opening_advances: Vec<OpeningAdvance>,
    /// Accept every advance of the time before cut-over (until the opening list is entered).
    pub accept_unlisted_advances: bool,
    /// Above this amount in home currency a second approver is needed.
    pub second_approver_above: Option<Decimal>,
    /// Expenses older than this many days at the posting date warn.
    pub old_expense_days: u16,
    /// Memo template for the header: `{number} {name}, {title}`.
    pub memo: String,
    /// Employee numbers of the people who approve in this book, by name.
    pub approvers: BTreeMap<String, Option<String>>,
    /// First month of the fiscal year, 1 to 12.
    pub fiscal_year_start: i8,
    /// The fiscal year is named after the calendar year in which it ends.
    pub fiscal_year_named_by_end: bool,
    /// Supplier invoices.
    #[serde(default)]
    pub invoices: InvoiceSettings,
    /// Lines in home currency.
    #[serde(default)]
    pub home_lines: HomeLines,
    /// Receipts.
    #[serde(default)]
    pub receipts: ReceiptPolicy,
    /// Reference data in both directions.
    #[serde(default)]
    pub reference: ReferencePolicy,
    /// The source is told when the ledger paid a document. Off by default.
    #[serde(default)]
    pub payments_to_source: bool,
    /// How often the source is read when nothing asks for it, in minutes: 1 to 1440.
    #[serde(default = "poll_minutes", deserialize_with = "minutes_of_a_day")]
    pub poll_minutes: u16,
}

/// Every ten minutes (contract of Concur, section 9).
fn poll_minutes() -> u16 {
    10
}

fn minutes_of_a_day<'de, D: serde::Deserializer<'de>>(d: D) -> Result<u16, D::Error> {
    let minutes = u16::deserialize(d)?;
    if (1..=1440).contains(&minutes) {
        return Ok(minutes);
    }
    Err(serde::de::Error::custom(format!("poll_minutes is {minutes}: say how many minutes, 1 to 1440")))
}

impl BookSettings {
    /// The fiscal year that a date belongs to, in the ledger's own naming (accounting.md, section 3).
    pub fn fiscal_year(&self, date: Date) -> i16 {
        let started = date.month() >= self.fiscal_year_start;
        let start_year = if started { date.year() } else { date.year() - 1 };
        if self.fiscal_year_named_by_end && self.fiscal_year_start > 1 { start_year + 1 } else { start_year }
    }
}

/// When a book approves without a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// Rises with each change.
    pub version: u32,
    /// `off` or `clean` = no finding at all, warnings included.
    pub auto: AutoApproval,
    /// Who signed it off.
    pub signed_off_by: String,
    /// Limit per document in home currency.
    pub limit: Option<Decimal>,
}

/// Automatic approval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AutoApproval {
    /// A person approves everything.
    Off,
    /// Documents without any finding are approved.
    Clean,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Schedule {
        #[serde(default = "poll_minutes", deserialize_with = "minutes_of_a_day")]
        poll_minutes: u16,
    }

    #[test]
    fn a_schedule_is_minutes_of_a_day_and_ten_where_nothing_is_said() {
        let read = |text: &str| serde_json::from_str::<Schedule>(text).map(|s| s.poll_minutes);
        assert_eq!(read("{}").unwrap(), 10);
        for (text, minutes) in [("{\"poll_minutes\":1}", 1), ("{\"poll_minutes\":1440}", 1440)] {
            assert_eq!(read(text).unwrap(), minutes);
        }
        for text in ["{\"poll_minutes\":0}", "{\"poll_minutes\":1441}"] {
            assert!(read(text).unwrap_err().to_string().contains("1 to 1440"));
        }
    }
}
