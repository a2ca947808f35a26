//! The order of elements of every qbXML 13.0 request that is sent, US edition (contract 6.3, 7 and 7.8).
//!
//! QuickBooks refuses a whole message set for one element out of place and does not say which (contract 0.4), so that
//! nothing is written that these tables do not hold.

mod parts;
mod queries;
mod records;

pub use parts::{Content, Part, Times, run_starts_with};

/// A request: the element that stands in the message set.
#[derive(Debug)]
pub struct Order {
    /// `BillAddRq`
    pub name: &'static str,
    /// It can be read in pages (contract 4.3).
    pub pages: bool,
    /// What it holds, in this order.
    pub parts: &'static [Part],
}

/// The order of a request by its name.
pub fn order(name: &str) -> Option<&'static Order> {
    queries::QUERIES.iter().chain(records::RECORDS).find(|o| o.name == name)
}

/// The names of all requests.
#[cfg(test)]
pub fn names() -> impl Iterator<Item = &'static str> {
    queries::QUERIES.iter().chain(records::RECORDS).map(|o| o.name)
}

/// Elements that stand in the schema and that Desktop's US edition refuses (contract 7.8), by the element that holds
/// them; an empty one: wherever it stands.
const REFUSED: &[(&str, &str)] = &[
    ("", "IsTaxIncluded"),
    ("", "SalesTaxCodeRef"),
    ("", "TaxAmount"),
    ("", "ItemSalesTaxRef"),
    ("JournalEntryAdd", "Memo"),
    ("", "Mobile"),
    ("", "Pager"),
    ("", "Suffix"),
    ("", "SalesTaxCountry"),
    ("", "IsSalesTaxAgency"),
    ("", "SalesTaxReturnRef"),
    ("", "TaxRegistrationNumber"),
    ("", "ReportingPeriod"),
    ("", "IsTaxTrackedOnPurchases"),
    ("", "TaxOnPurchasesAccountRef"),
    ("", "IsTaxTrackedOnSales"),
    ("", "TaxOnSalesAccountRef"),
    ("", "IsTaxOnTax"),
];

/// Whether the US edition refuses `name` within `parent`.
pub fn refused(parent: &str, name: &str) -> bool {
    REFUSED.iter().any(|(p, n)| *n == name && (p.is_empty() || *p == parent))
}
