//! Order tables of list queries and of vendors (contract, 7.1 and 7.3).

use super::grammar::Part::Shared;
use super::grammar::{Part, any, either, elsewhere, must, opt, some, upto};
use super::shared::{
    ADDRESS, BALANCE_FILTER, BY_LIST, BY_TREE, LIST_FILTER, REFERENCE, TAIL, TAIL_PLAIN, TERMS_REFERENCE,
    TREE_REFERENCE,
};
use super::types::Kind::{Amount, Bool, Date, Group, Guid, Id, Text, Word};

/// All values of `AccountType`.
pub const ACCOUNT_TYPES: &[&str] = &[
    "AccountsPayable",
    "AccountsReceivable",
    "Bank",
    "CostOfGoodsSold",
    "CreditCard",
    "Equity",
    "Expense",
    "FixedAsset",
    "Income",
    "LongTermLiability",
    "NonPosting",
    "OtherAsset",
    "OtherCurrentAsset",
    "OtherCurrentLiability",
    "OtherExpense",
    "OtherIncome",
];

const CAPACITY: &[Part] = &[must("IncludeMaxCapacity", Bool)];
/// `HostQueryRq`.
pub const HOST_QUERY: &[Part] = &[opt("IncludeListMetaData", Group(CAPACITY)), Shared(TAIL_PLAIN)];
/// `CompanyQueryRq`.
pub const COMPANY_QUERY: &[Part] = TAIL;
/// `CompanyActivityQueryRq` and `PreferencesQueryRq`.
pub const PLAIN_QUERY: &[Part] = TAIL_PLAIN;

const BY_ID: &[Part] = &[some("ListID", Id)];
const BY_NAME: &[Part] = &[some("FullName", Text(0))];
const PLAIN_SELECTOR: Part = either(&[BY_ID, BY_NAME, LIST_FILTER]);

/// `AccountQueryRq`.
pub const ACCOUNT_QUERY: &[Part] = &[
    either(&[
        BY_ID,
        BY_NAME,
        &[Shared(LIST_FILTER), any("AccountType", Word(ACCOUNT_TYPES)), opt("CurrencyFilter", BY_LIST)],
    ]),
    Shared(TAIL),
];
/// `ClassQueryRq`, `CurrencyQueryRq`, `EntityQueryRq` and the queries of terms: no owners.
pub const LIST_QUERY: &[Part] = &[PLAIN_SELECTOR, Shared(TAIL_PLAIN)];
/// `EmployeeQueryRq`, `OtherNameQueryRq`.
pub const EMPLOYEE_QUERY: &[Part] = &[PLAIN_SELECTOR, Shared(TAIL)];
/// `VendorQueryRq`, `CustomerQueryRq`.
pub const NAME_QUERY: &[Part] = &[
    either(&[
        BY_ID,
        BY_NAME,
        &[
            Shared(LIST_FILTER),
            opt("TotalBalanceFilter", BALANCE_FILTER),
            opt("CurrencyFilter", BY_LIST),
            opt("ClassFilter", BY_TREE),
        ],
    ]),
    Shared(TAIL),
];

const CONTACT_REF: &[Part] = &[must("ContactName", Text(40)), must("ContactValue", Text(255))];
const CONTACT_HEAD: &[Part] = &[
    opt("Salutation", Text(15)),
    opt("FirstName", Text(25)),
    opt("MiddleName", Text(5)),
    opt("LastName", Text(25)),
    opt("JobTitle", Text(41)),
    upto("AdditionalContactRef", Group(CONTACT_REF), 5),
];
const CONTACT_MOD: &[Part] = &[must("ListID", Id), must("EditSequence", Text(16)), Shared(CONTACT_HEAD)];
const NOTE: &[Part] = &[must("Note", Text(4095))];
const NOTE_MOD: &[Part] = &[must("NoteID", Text(0)), must("Note", Text(4095))];

/// Name to account-independent fields, the same in additions and modifications.
const PERSON: &[Part] = &[
    opt("CompanyName", Text(41)),
    opt("Salutation", Text(15)),
    opt("FirstName", Text(25)),
    opt("MiddleName", Text(5)),
    opt("LastName", Text(25)),
    elsewhere("Suffix", Text(10)),
    opt("JobTitle", Text(41)),
    opt("VendorAddress", ADDRESS),
    opt("ShipAddress", ADDRESS),
    opt("Phone", Text(21)),
    elsewhere("Mobile", Text(21)),
    elsewhere("Pager", Text(21)),
    opt("AltPhone", Text(21)),
    opt("Fax", Text(21)),
    opt("Email", Text(1023)),
    opt("Cc", Text(1023)),
    opt("Contact", Text(41)),
    opt("AltContact", Text(41)),
    upto("AdditionalContactRef", Group(CONTACT_REF), 8),
];
const CODES: &[Part] =
    &[opt("NameOnCheck", Text(41)), opt("AccountNumber", Text(99)), opt("Notes", Text(4095))];
const PAYING: &[Part] = &[
    opt("VendorTypeRef", REFERENCE),
    opt("TermsRef", TERMS_REFERENCE),
    opt("CreditLimit", Amount),
    opt("VendorTaxIdent", Text(15)),
    opt("IsVendorEligibleFor1099", Bool),
];
const ABROAD: &[Part] = &[
    elsewhere("SalesTaxCodeRef", REFERENCE),
    elsewhere("SalesTaxCountry", Text(0)),
    elsewhere("IsSalesTaxAgency", Bool),
    elsewhere("SalesTaxReturnRef", REFERENCE),
    elsewhere("TaxRegistrationNumber", Text(30)),
    elsewhere("ReportingPeriod", Text(0)),
    elsewhere("IsTaxTrackedOnPurchases", Bool),
    elsewhere("TaxOnPurchasesAccountRef", REFERENCE),
    elsewhere("IsTaxTrackedOnSales", Bool),
    elsewhere("TaxOnSalesAccountRef", REFERENCE),
    elsewhere("IsTaxOnTax", Bool),
];
const POSTING: &[Part] = &[upto("PrefillAccountRef", TREE_REFERENCE, 3), opt("CurrencyRef", REFERENCE)];

const VENDOR: &[Part] = &[
    must("Name", Text(41)),
    opt("IsActive", Bool),
    opt("ClassRef", TREE_REFERENCE),
    Shared(PERSON),
    any("Contacts", Group(CONTACT_HEAD)),
    Shared(CODES),
    any("AdditionalNotes", Group(NOTE)),
    Shared(PAYING),
    opt("OpenBalance", Amount),
    opt("OpenBalanceDate", Date),
    opt("BillingRateRef", REFERENCE),
    opt("ExternalGUID", Guid),
    Shared(ABROAD),
    Shared(POSTING),
];
const VENDOR_CHANGE: &[Part] = &[
    must("ListID", Id),
    must("EditSequence", Text(16)),
    opt("Name", Text(41)),
    opt("IsActive", Bool),
    opt("ClassRef", TREE_REFERENCE),
    Shared(PERSON),
    any("ContactsMod", Group(CONTACT_MOD)),
    Shared(CODES),
    any("AdditionalNotesMod", Group(NOTE_MOD)),
    Shared(PAYING),
    opt("BillingRateRef", REFERENCE),
    Shared(ABROAD),
    Shared(POSTING),
];
/// `VendorAddRq`.
pub const VENDOR_ADD: &[Part] = &[must("VendorAdd", Group(VENDOR)), Shared(TAIL_PLAIN)];
/// `VendorModRq`.
pub const VENDOR_MOD: &[Part] = &[must("VendorMod", Group(VENDOR_CHANGE)), Shared(TAIL_PLAIN)];
