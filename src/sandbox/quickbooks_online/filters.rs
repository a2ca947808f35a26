//! The properties that a query may filter and sort by (contract section 3.1).

use super::kind::Kind;

/// How a property compares in a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// `=` and `IN` alone.
    Id,
    /// Text, ignoring case.
    Text,
    /// `true` or `false`.
    Bool,
    /// A number.
    Number,
    /// `YYYY-MM-DD`.
    Date,
    /// An instant.
    Instant,
    /// The `value` of a reference.
    Reference,
}

impl Kind {
    /// How a query may filter and sort by a property (any case); `None` is fault 4001.
    pub fn filter(self, property: &str) -> Option<(&'static str, Shape)> {
        let own: &'static [(&'static str, Shape)] = match self {
            Kind::Account => ACCOUNT_FILTER,
            Kind::Vendor | Kind::Customer | Kind::Employee => NAME_FILTER,
            Kind::Class | Kind::Department | Kind::Term | Kind::TaxCode | Kind::TaxRate => LIST_FILTER,
            Kind::CompanyCurrency => CURRENCY_FILTER,
            Kind::Bill => BILL_FILTER,
            Kind::VendorCredit => CREDIT_FILTER,
            Kind::JournalEntry => JOURNAL_FILTER,
            Kind::Purchase => PURCHASE_FILTER,
            Kind::ExchangeRate => RATE_FILTER,
            Kind::TaxAgency => AGENCY_FILTER,
            Kind::BillPayment => PAYMENT_FILTER,
            Kind::Attachable => ATTACHABLE_FILTER,
        };
        COMMON_FILTER.iter().chain(own).copied().find(|(name, _)| name.eq_ignore_ascii_case(property))
    }
}

const COMMON_FILTER: &[(&str, Shape)] = &[
    ("Id", Shape::Id),
    ("MetaData.CreateTime", Shape::Instant),
    ("MetaData.LastUpdatedTime", Shape::Instant),
];
const ACCOUNT_FILTER: &[(&str, Shape)] = &[
    ("Name", Shape::Text),
    ("FullyQualifiedName", Shape::Text),
    ("AccountType", Shape::Text),
    ("AccountSubType", Shape::Text),
    ("Classification", Shape::Text),
    ("Active", Shape::Bool),
    ("SubAccount", Shape::Bool),
    ("ParentRef", Shape::Reference),
];
const NAME_FILTER: &[(&str, Shape)] = &[
    ("DisplayName", Shape::Text),
    ("FullyQualifiedName", Shape::Text),
    ("CompanyName", Shape::Text),
    ("GivenName", Shape::Text),
    ("MiddleName", Shape::Text),
    ("FamilyName", Shape::Text),
    ("PrintOnCheckName", Shape::Text),
    ("Active", Shape::Bool),
];
const LIST_FILTER: &[(&str, Shape)] =
    &[("Name", Shape::Text), ("FullyQualifiedName", Shape::Text), ("Active", Shape::Bool)];
const CURRENCY_FILTER: &[(&str, Shape)] =
    &[("Code", Shape::Text), ("Name", Shape::Text), ("Active", Shape::Bool)];
const BILL_FILTER: &[(&str, Shape)] = &[
    ("DocNumber", Shape::Text),
    ("TxnDate", Shape::Date),
    ("DueDate", Shape::Date),
    ("VendorRef", Shape::Reference),
    ("APAccountRef", Shape::Reference),
    ("SalesTermRef", Shape::Reference),
    ("TotalAmt", Shape::Number),
    ("Balance", Shape::Number),
];
const CREDIT_FILTER: &[(&str, Shape)] = &[
    ("DocNumber", Shape::Text),
    ("TxnDate", Shape::Date),
    ("VendorRef", Shape::Reference),
    ("APAccountRef", Shape::Reference),
    ("TotalAmt", Shape::Number),
    ("Balance", Shape::Number),
];
const JOURNAL_FILTER: &[(&str, Shape)] = &[("DocNumber", Shape::Text), ("TxnDate", Shape::Date)];
const PURCHASE_FILTER: &[(&str, Shape)] = &[
    ("DocNumber", Shape::Text),
    ("TxnDate", Shape::Date),
    ("PaymentType", Shape::Text),
    ("AccountRef", Shape::Reference),
    ("TotalAmt", Shape::Number),
];
const ATTACHABLE_FILTER: &[(&str, Shape)] = &[
    ("AttachableRef.EntityRef.Type", Shape::Text),
    ("AttachableRef.EntityRef.value", Shape::Text),
    ("FileName", Shape::Text),
    ("Note", Shape::Text),
];
const AGENCY_FILTER: &[(&str, Shape)] = &[("DisplayName", Shape::Text)];
const PAYMENT_FILTER: &[(&str, Shape)] = &[
    ("DocNumber", Shape::Text),
    ("TxnDate", Shape::Date),
    ("VendorRef", Shape::Reference),
    ("APAccountRef", Shape::Reference),
    ("PayType", Shape::Text),
    ("TotalAmt", Shape::Number),
];
const RATE_FILTER: &[(&str, Shape)] =
    &[("SourceCurrencyCode", Shape::Text), ("TargetCurrencyCode", Shape::Text), ("AsOfDate", Shape::Date)];
