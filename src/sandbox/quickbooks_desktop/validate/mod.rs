//! What the schema of qbXML 13.0 allows: every request with its order table.
//!
//! The tables are typed from the contract, section 7, apart from the client that writes the requests. A set that does
//! not fit is refused as a whole; nobody is told where it went wrong (contract, 0.4).

mod envelope;
pub mod grammar;
mod limits;
pub mod lists;
pub mod others;
mod shared;
pub mod spending;
pub mod types;

pub use envelope::{Iterate, MessageSet, Refusal, Request, read};
pub use limits::limits;

use grammar::Part;

/// One kind of request.
#[derive(Debug)]
pub struct Shape {
    /// The name without `Rq`.
    pub name: &'static str,
    /// Its order table.
    pub parts: &'static [Part],
    /// Whether it knows iterators.
    pub iterates: bool,
    /// Whether it knows `metaData`.
    pub counts: bool,
    /// Whether it changes the company file.
    pub writes: bool,
}

const fn ask(name: &'static str, parts: &'static [Part]) -> Shape {
    Shape { name, parts, iterates: false, counts: true, writes: false }
}

const fn pages(name: &'static str, parts: &'static [Part]) -> Shape {
    Shape { name, parts, iterates: true, counts: true, writes: false }
}

const fn about(name: &'static str, parts: &'static [Part]) -> Shape {
    Shape { name, parts, iterates: false, counts: false, writes: false }
}

const fn write(name: &'static str, parts: &'static [Part]) -> Shape {
    Shape { name, parts, iterates: false, counts: false, writes: true }
}

/// All requests that this QuickBooks knows.
pub const SHAPES: &[Shape] = &[
    about("HostQuery", lists::HOST_QUERY),
    about("CompanyQuery", lists::COMPANY_QUERY),
    about("CompanyActivityQuery", lists::PLAIN_QUERY),
    about("PreferencesQuery", lists::PLAIN_QUERY),
    ask("AccountQuery", lists::ACCOUNT_QUERY),
    ask("ClassQuery", lists::LIST_QUERY),
    ask("CurrencyQuery", lists::LIST_QUERY),
    ask("TermsQuery", lists::LIST_QUERY),
    ask("StandardTermsQuery", lists::LIST_QUERY),
    ask("EmployeeQuery", lists::EMPLOYEE_QUERY),
    ask("OtherNameQuery", lists::EMPLOYEE_QUERY),
    pages("EntityQuery", lists::LIST_QUERY),
    pages("VendorQuery", lists::NAME_QUERY),
    pages("CustomerQuery", lists::NAME_QUERY),
    write("VendorAdd", lists::VENDOR_ADD),
    write("VendorMod", lists::VENDOR_MOD),
    pages("BillQuery", spending::BILL_QUERY),
    pages("VendorCreditQuery", spending::LINKED_QUERY),
    pages("CheckQuery", spending::LINKED_QUERY),
    pages("CreditCardChargeQuery", spending::UNLINKED_QUERY),
    pages("CreditCardCreditQuery", spending::UNLINKED_QUERY),
    pages("JournalEntryQuery", spending::UNLINKED_QUERY),
    write("BillAdd", spending::BILL_ADD),
    write("BillMod", spending::BILL_MOD),
    write("VendorCreditAdd", spending::VENDOR_CREDIT_ADD),
    write("CreditCardChargeAdd", spending::CARD_CHARGE_ADD),
    write("CreditCardCreditAdd", spending::CARD_CREDIT_ADD),
    write("CheckAdd", spending::CHECK_ADD),
    write("JournalEntryAdd", others::JOURNAL_ADD),
    write("TxnDel", others::TXN_DEL),
    write("TxnVoid", others::TXN_VOID),
    ask("TxnDeletedQuery", others::TXN_DELETED_QUERY),
    ask("ListDeletedQuery", others::LIST_DELETED_QUERY),
    ask("BillToPayQuery", others::BILL_TO_PAY_QUERY),
    pages("TransactionQuery", others::TRANSACTION_QUERY),
];

/// The shape of a request element (with `Rq`).
pub fn shape(element: &str) -> Option<&'static Shape> {
    let name = element.strip_suffix("Rq")?;
    SHAPES.iter().find(|shape| shape.name == name)
}
