//! The properties of each entity: which a request may carry, and which a query may filter and sort by (contract
//! sections 3.1 and 7).

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
    /// Every property that a request may carry at the top level.
    pub fn knows(self, property: &str) -> bool {
        COMMON.contains(&property) || self.properties().contains(&property)
    }

    fn properties(self) -> &'static [&'static str] {
        match self {
            Kind::Account => ACCOUNT,
            Kind::Vendor => VENDOR,
            Kind::Customer => CUSTOMER,
            Kind::Class => &["Name", "FullyQualifiedName", "SubClass", "ParentRef", "Active"],
            Kind::Department => {
                &["Name", "FullyQualifiedName", "SubDepartment", "ParentRef", "Active", "Address"]
            }
            Kind::Term => &[
                "Name",
                "Type",
                "DueDays",
                "DayOfMonthDue",
                "DueNextMonthDays",
                "DiscountPercent",
                "DiscountDays",
                "DiscountDayOfMonth",
                "Active",
            ],
            Kind::Bill => BILL,
            Kind::VendorCredit => VENDOR_CREDIT,
            Kind::JournalEntry => JOURNAL_ENTRY,
            Kind::Purchase => PURCHASE,
            Kind::BillPayment => BILL_PAYMENT,
            _ => &[],
        }
    }

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
            Kind::BillPayment => PAYMENT_FILTER,
            Kind::Attachable => &[],
        };
        COMMON_FILTER.iter().chain(own).copied().find(|(name, _)| name.eq_ignore_ascii_case(property))
    }
}

const COMMON: &[&str] = &["Id", "SyncToken", "MetaData", "domain", "sparse", "CustomField", "status"];

const ACCOUNT: &[&str] = &[
    "Name",
    "AcctNum",
    "FullyQualifiedName",
    "Description",
    "AccountType",
    "AccountSubType",
    "Classification",
    "Active",
    "SubAccount",
    "ParentRef",
    "CurrencyRef",
    "CurrentBalance",
    "CurrentBalanceWithSubAccounts",
    "TaxCodeRef",
    "AccountAlias",
    "TxnLocationType",
];
const VENDOR: &[&str] = &[
    "DisplayName",
    "Title",
    "GivenName",
    "MiddleName",
    "FamilyName",
    "Suffix",
    "CompanyName",
    "PrintOnCheckName",
    "PrimaryEmailAddr",
    "PrimaryPhone",
    "AlternatePhone",
    "Mobile",
    "Fax",
    "AcctNum",
    "BillAddr",
    "OtherAddr",
    "ShipAddr",
    "CurrencyRef",
    "TermRef",
    "Vendor1099",
    "TaxIdentifier",
    "Notes",
    "WebAddr",
    "Active",
    "Balance",
    "BillRate",
    "OtherContactInfo",
    "T4AEligible",
    "T5018Eligible",
    "GSTIN",
    "BusinessNumber",
    "CostRate",
    "HasTPAR",
    "TaxReportingBasis",
    "V4IDPseudonym",
    "VendorPaymentBankDetail",
    "Source",
];
const CUSTOMER: &[&str] = &[
    "DisplayName",
    "Title",
    "GivenName",
    "MiddleName",
    "FamilyName",
    "Suffix",
    "CompanyName",
    "PrintOnCheckName",
    "FullyQualifiedName",
    "PrimaryEmailAddr",
    "PrimaryPhone",
    "AlternatePhone",
    "Mobile",
    "Fax",
    "WebAddr",
    "BillAddr",
    "ShipAddr",
    "Job",
    "ParentRef",
    "Level",
    "IsProject",
    "BillWithParent",
    "Active",
    "CurrencyRef",
    "Balance",
    "BalanceWithJobs",
    "Notes",
    "Taxable",
    "SalesTermRef",
    "PaymentMethodRef",
    "DefaultTaxCodeRef",
    "PreferredDeliveryMethod",
    "ResaleNum",
    "ClientEntityId",
    "V4IDPseudonym",
    "Source",
];
const BILL: &[&str] = &[
    "VendorRef",
    "Line",
    "TxnDate",
    "DueDate",
    "DocNumber",
    "PrivateNote",
    "APAccountRef",
    "DepartmentRef",
    "SalesTermRef",
    "CurrencyRef",
    "ExchangeRate",
    "GlobalTaxCalculation",
    "TxnTaxDetail",
    "LinkedTxn",
    "TotalAmt",
    "Balance",
    "HomeBalance",
    "HomeTotalAmt",
    "RecurDataRef",
    "TransactionLocationType",
    "IncludeInAnnualTPAR",
    "VendorAddr",
    "TxnSource",
];
const VENDOR_CREDIT: &[&str] = &[
    "VendorRef",
    "Line",
    "TxnDate",
    "DocNumber",
    "PrivateNote",
    "APAccountRef",
    "DepartmentRef",
    "CurrencyRef",
    "ExchangeRate",
    "GlobalTaxCalculation",
    "TxnTaxDetail",
    "LinkedTxn",
    "TotalAmt",
    "Balance",
    "HomeTotalAmt",
    "HomeBalance",
    "RecurDataRef",
    "TransactionLocationType",
    "IncludeInAnnualTPAR",
    "VendorAddr",
    "TxnSource",
];
const JOURNAL_ENTRY: &[&str] = &[
    "Line",
    "TxnDate",
    "DocNumber",
    "PrivateNote",
    "CurrencyRef",
    "ExchangeRate",
    "Adjustment",
    "GlobalTaxCalculation",
    "TxnTaxDetail",
    "TotalAmt",
    "HomeTotalAmt",
    "RecurDataRef",
    "TransactionLocationType",
    "TxnSource",
];
const PURCHASE: &[&str] = &[
    "PaymentType",
    "AccountRef",
    "EntityRef",
    "Credit",
    "Line",
    "TxnDate",
    "DocNumber",
    "PrivateNote",
    "DepartmentRef",
    "CurrencyRef",
    "ExchangeRate",
    "GlobalTaxCalculation",
    "TxnTaxDetail",
    "PrintStatus",
    "TotalAmt",
    "HomeTotalAmt",
    "LinkedTxn",
    "PaymentMethodRef",
    "RemitToAddr",
    "RecurDataRef",
    "TransactionLocationType",
    "IncludeInAnnualTPAR",
    "TxnNum",
    "TxnSource",
    "PurchaseEx",
];

const BILL_PAYMENT: &[&str] = &[
    "VendorRef",
    "PayType",
    "CheckPayment",
    "CreditCardPayment",
    "TotalAmt",
    "Line",
    "TxnDate",
    "DocNumber",
    "PrivateNote",
    "APAccountRef",
    "DepartmentRef",
    "CurrencyRef",
    "ExchangeRate",
    "ProcessBillPayment",
    "TransactionLocationType",
    "PrintStatus",
    "TxnSource",
];

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
