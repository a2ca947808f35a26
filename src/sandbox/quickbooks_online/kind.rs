//! The entities that the stand-in knows, and what they are (contract section 7).

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
    TaxAgency,
    Bill,
    VendorCredit,
    JournalEntry,
    Purchase,
    BillPayment,
    Attachable,
    ExchangeRate,
}

use Kind::{
    Account, Attachable, Bill, BillPayment, Class, CompanyCurrency, Customer, Department, Employee,
    ExchangeRate, JournalEntry, Purchase, TaxAgency, TaxCode, TaxRate, Term, Vendor, VendorCredit,
};

impl Kind {
    pub const ALL: [Self; 18] = [
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
        TaxAgency,
        Bill,
        VendorCredit,
        JournalEntry,
        Purchase,
        BillPayment,
        Attachable,
        ExchangeRate,
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
            TaxAgency => "TaxAgency",
            Bill => "Bill",
            VendorCredit => "VendorCredit",
            JournalEntry => "JournalEntry",
            Purchase => "Purchase",
            BillPayment => "BillPayment",
            Attachable => "Attachable",
            ExchangeRate => "ExchangeRate",
        }
    }

    /// By its name in any case.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name().eq_ignore_ascii_case(name))
    }

    /// A list whose rows are made inactive instead of deleted.
    pub fn is_list(self) -> bool {
        !self.is_transaction() && !matches!(self, Attachable | ExchangeRate)
    }

    /// A transaction with a date, a number and lines.
    pub fn is_transaction(self) -> bool {
        matches!(self, Bill | VendorCredit | JournalEntry | Purchase | BillPayment)
    }

    /// Whether the stand-in plays create and update of it.
    pub fn is_writable(self) -> bool {
        !matches!(self, TaxCode | TaxRate | TaxAgency | ExchangeRate)
    }

    /// Whether change data capture reports it (contract section 3.2).
    pub fn in_cdc(self) -> bool {
        !matches!(self, TaxCode | TaxRate | TaxAgency | ExchangeRate)
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
}
