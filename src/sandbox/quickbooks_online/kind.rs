//! The entities that the stand-in knows: names, properties, and what a query may filter by (contract sections 3.1, 7).

/// An entity type of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    Account,
    Vendor,
    Customer,
    Employee,
    Class,
    Department,
    Term,
    CompanyCurrency,
    TaxCode,
    TaxRate,
    Bill,
    VendorCredit,
    JournalEntry,
    Purchase,
    BillPayment,
    Attachable,
}

use Kind::{
    Account, Attachable, Bill, BillPayment, Class, CompanyCurrency, Customer, Department, Employee,
    JournalEntry, Purchase, TaxCode, TaxRate, Term, Vendor, VendorCredit,
};

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
    pub const ALL: [Self; 16] = [
        Account,
        Vendor,
        Customer,
        Employee,
        Class,
        Department,
        Term,
        CompanyCurrency,
        TaxCode,
        TaxRate,
        Bill,
        VendorCredit,
        JournalEntry,
        Purchase,
        BillPayment,
        Attachable,
    ];

    /// The name in Pascal case, as answers wrap it.
    pub fn name(self) -> &'static str {
        match self {
            Account => "Account",
            Vendor => "Vendor",
            Customer => "Customer",
            Employee => "Employee",
            Class => "Class",
            Department => "Department",
            Term => "Term",
            CompanyCurrency => "CompanyCurrency",
            TaxCode => "TaxCode",
            TaxRate => "TaxRate",
            Bill => "Bill",
            VendorCredit => "VendorCredit",
            JournalEntry => "JournalEntry",
            Purchase => "Purchase",
            BillPayment => "BillPayment",
            Attachable => "Attachable",
        }
    }

    /// By its name in any case.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name().eq_ignore_ascii_case(name))
    }

    /// A list whose rows are made inactive instead of deleted.
    pub fn is_list(self) -> bool {
        !self.is_transaction() && self != Attachable
    }

    /// A transaction with a date, a number and lines.
    pub fn is_transaction(self) -> bool {
        matches!(self, Bill | VendorCredit | JournalEntry | Purchase | BillPayment)
    }

    /// Whether the stand-in plays create and update of it.
    pub fn is_writable(self) -> bool {
        !matches!(self, Employee | CompanyCurrency | TaxCode | TaxRate | BillPayment | Attachable)
    }

    /// Whether change data capture reports it (contract section 3.2).
    pub fn in_cdc(self) -> bool {
        !matches!(self, TaxCode | TaxRate)
    }

    /// The table that fault 2500 names.
    pub fn table(self) -> &'static str {
        match self {
            Account => "Accounts",
            Class => "Klasses",
            Department => "Depts",
            Vendor | Customer | Employee => "Names",
            Term => "Terms",
            TaxCode => "TaxCodes",
            _ => "Txns",
        }
    }

    /// Every property that a request may carry at the top level.
    pub fn knows(self, property: &str) -> bool {
        COMMON.contains(&property) || self.properties().contains(&property)
    }

    fn properties(self) -> &'static [&'static str] {
        match self {
            Account => ACCOUNT,
            Vendor => VENDOR,
            Customer => CUSTOMER,
            Class => &["Name", "FullyQualifiedName", "SubClass", "ParentRef", "Active"],
            Department => &["Name", "FullyQualifiedName", "SubDepartment", "ParentRef", "Active", "Address"],
            Term => &[
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
            Bill => BILL,
            VendorCredit => VENDOR_CREDIT,
            JournalEntry => JOURNAL_ENTRY,
            Purchase => PURCHASE,
            _ => &[],
        }
    }

    /// How a query may filter and sort by a property (any case); `None` is fault 4001.
    pub fn filter(self, property: &str) -> Option<(&'static str, Shape)> {
        let own: &'static [(&'static str, Shape)] = match self {
            Account => ACCOUNT_FILTER,
            Vendor | Customer | Employee => NAME_FILTER,
            Class | Department | Term | TaxCode | TaxRate => LIST_FILTER,
            CompanyCurrency => CURRENCY_FILTER,
            Bill => BILL_FILTER,
            VendorCredit => CREDIT_FILTER,
            JournalEntry => JOURNAL_FILTER,
            Purchase => PURCHASE_FILTER,
            BillPayment | Attachable => &[],
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
