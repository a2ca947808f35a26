//! The sample firm as data: people, suppliers, dimensions, and the documents of its five books.
//!
//! The tables are the two CSV files beside this module; everything that a tenant would send about a document is
//! derived from them here, so that the stand-in of SAP Concur holds no document of its own. All of it is invented.

mod advance;
mod arrival;
mod entry;
mod expense;
mod facts;
mod generate;
mod ids;
mod invoice;
mod people;
mod tables;
mod wire;

pub use arrival::{Happening, HappeningKind, schedule};
pub use expense::report_name;
pub use facts::{SubmittedReport, approver_of, is_test, submitted_at, submitted_reports};
pub use generate::{generate, generate_for};
pub use ids::{Ids, digest_hex};
pub use people::{
    BOOKS, Book, COST_CENTERS, EMPLOYEES, Employee, PROJECTS, Project, TAX_CODES, TaxCode, VENDORS, Vendor,
    VendorTerms, employee, vendor,
};
pub use tables::{Document, FirmError, Kind, Line, Parties, Payee, load};

use serde_json::Value;

/// Seed of every id of the firm.
const SEED: &str = "fernhill";

/// The sample firm: the documents of one book and the ids that follow from its seed.
#[derive(Debug, Clone)]
pub struct Firm {
    /// Documents in the order of their table.
    pub documents: Vec<Document>,
    /// What Concur lists beside them and no book takes: a travel allowance for payroll.
    pub out_of_scope: Vec<Document>,
    /// Makes every id; the same seed gives the same ids.
    pub ids: Ids,
}

impl Firm {
    /// The sixty documents of the book `fq-us`.
    ///
    /// # Errors
    /// When the tables built into the program cannot be read.
    pub fn sample() -> Result<Self, FirmError> {
        Self::of_book("fq-us")
    }

    /// The documents of one book of the firm, by its id such as `fq-tax`.
    ///
    /// # Errors
    /// When the tables built into the program cannot be read.
    pub fn of_book(book: &str) -> Result<Self, FirmError> {
        Self::of_books(&[book])
    }

    /// The documents of several books of the firm.
    ///
    /// # Errors
    /// When the tables built into the program cannot be read.
    pub fn of_books(books: &[&str]) -> Result<Self, FirmError> {
        let documents = load()?.into_iter().filter(|d| books.contains(&d.book.as_str())).collect();
        let out_of_scope = if books.contains(&"fq-us") {
            facts::payroll_document().into_iter().collect()
        } else {
            Vec::new()
        };
        Ok(Self { documents, out_of_scope, ids: Ids::new(SEED) })
    }

    /// A firm without documents, for load made by [`generate()`].
    #[must_use]
    pub fn empty() -> Self {
        Self { documents: Vec::new(), out_of_scope: Vec::new(), ids: Ids::new(SEED) }
    }

    /// A document by its id in the table, such as `D13`.
    #[must_use]
    pub fn document(&self, id: &str) -> Option<&Document> {
        self.documents.iter().find(|d| d.id == id)
    }

    /// The `document` object that the financial integration service sends (contract sections 2.6 to 2.8).
    #[must_use]
    pub fn payload(&self, document: &Document) -> Value {
        payload(&self.ids, document)
    }
}

/// The `document` object of one document (contract sections 2.6 to 2.8).
#[must_use]
pub fn payload(ids: &Ids, document: &Document) -> Value {
    match document.kind {
        Kind::Invoice => invoice::payload(ids, document),
        Kind::CashAdvance => advance::cash_advance(ids, document),
        Kind::Payroll => advance::payroll(ids, document),
        Kind::ExpenseReport | Kind::LedgerBill | Kind::LedgerExpense => expense::payload(ids, document),
    }
}

#[cfg(test)]
mod tests;
