//! Requests that write (contract 7.3 to 7.6).

use super::Order;
use super::parts::Content::{self, Amount, Bool, Date, Group, Guid, Id, Number, Reference, Text, Word};
use super::parts::{Part, any, maybe, one, some, up_to};

const MEMO: Content = Text(4095);
const ADDRESS: Content = Group(&[
    maybe("Addr1", Text(41)),
    maybe("Addr2", Text(41)),
    maybe("Addr3", Text(41)),
    maybe("Addr4", Text(41)),
    maybe("Addr5", Text(41)),
    maybe("City", Text(31)),
    maybe("State", Text(21)),
    maybe("PostalCode", Text(13)),
    maybe("Country", Text(31)),
    maybe("Note", Text(41)),
]);
const BILLABLE: Part = maybe("BillableStatus", Word(&["Billable", "NotBillable", "HasBeenBilled"]));
const RETURN: Part = any("IncludeRetElement", Text(50));
const EXTRA: Part =
    any("DataExt", Group(&[one("OwnerID", Guid), one("DataExtName", Text(31)), one("DataExtValue", MEMO)]));

const EXPENSE_LINE: Part = any(
    "ExpenseLineAdd",
    Group(&[
        maybe("AccountRef", Reference(159)),
        maybe("Amount", Amount),
        maybe("Memo", MEMO),
        maybe("CustomerRef", Reference(209)),
        maybe("ClassRef", Reference(159)),
        BILLABLE,
        maybe("SalesRepRef", Reference(5)),
        EXTRA,
    ]),
);

const BILL: &[Part] = &[
    one("VendorRef", Reference(41)),
    maybe("VendorAddress", ADDRESS),
    maybe("APAccountRef", Reference(159)),
    maybe("TxnDate", Date),
    maybe("DueDate", Date),
    maybe("RefNumber", Text(20)),
    maybe("TermsRef", Reference(31)),
    maybe("Memo", MEMO),
    maybe("ExchangeRate", Number),
    maybe("ExternalGUID", Guid),
    any("LinkToTxnID", Id),
    EXPENSE_LINE,
];

const CREDIT: &[Part] = &[
    one("VendorRef", Reference(41)),
    maybe("APAccountRef", Reference(159)),
    maybe("TxnDate", Date),
    maybe("RefNumber", Text(20)),
    maybe("Memo", MEMO),
    maybe("ExchangeRate", Number),
    maybe("ExternalGUID", Guid),
    EXPENSE_LINE,
];

/// Charges and refunds of a card.
const CARD: &[Part] = &[
    one("AccountRef", Reference(159)),
    maybe("PayeeEntityRef", Reference(209)),
    maybe("TxnDate", Date),
    maybe("RefNumber", Text(11)),
    maybe("Memo", MEMO),
    maybe("ExchangeRate", Number),
    maybe("ExternalGUID", Guid),
    EXPENSE_LINE,
];

const JOURNAL_LINE: Content = Group(&[
    maybe("TxnLineID", Id),
    maybe("AccountRef", Reference(159)),
    maybe("Amount", Amount),
    maybe("Memo", MEMO),
    maybe("EntityRef", Reference(209)),
    maybe("ClassRef", Reference(159)),
    BILLABLE,
]);

const JOURNAL: &[Part] = &[
    maybe("TxnDate", Date),
    maybe("RefNumber", Text(11)),
    maybe("IsAdjustment", Bool),
    Part::Choice(&[
        &[one("IsHomeCurrencyAdjustment", Bool)],
        &[
            maybe("IsAmountsEnteredInHomeCurrency", Bool),
            maybe("CurrencyRef", Reference(64)),
            maybe("ExchangeRate", Number),
        ],
    ]),
    maybe("ExternalGUID", Guid),
    Part::Mixed(&[some("JournalDebitLine", JOURNAL_LINE), some("JournalCreditLine", JOURNAL_LINE)]),
];

/// What a vendor has from its class to what it owes nobody: the same when it is made and when it is changed.
const PERSON: Part = Part::Run(&[
    maybe("IsActive", Bool),
    maybe("ClassRef", Reference(159)),
    maybe("CompanyName", Text(41)),
    maybe("Salutation", Text(15)),
    maybe("FirstName", Text(25)),
    maybe("MiddleName", Text(5)),
    maybe("LastName", Text(25)),
    maybe("JobTitle", Text(41)),
    maybe("VendorAddress", ADDRESS),
    maybe("ShipAddress", ADDRESS),
    maybe("Phone", Text(21)),
    maybe("AltPhone", Text(21)),
    maybe("Fax", Text(21)),
    maybe("Email", Text(1023)),
    maybe("Cc", Text(1023)),
    maybe("Contact", Text(41)),
    maybe("AltContact", Text(41)),
    up_to("AdditionalContactRef", 8, Group(&[one("ContactName", Text(40)), one("ContactValue", Text(255))])),
]);
// tax identifiers and the 1099 flag have no place here: they are never written (accounting.md, 4.4 and 4.5)
const TERMS: Part = Part::Run(&[
    maybe("VendorTypeRef", Reference(159)),
    maybe("TermsRef", Reference(31)),
    maybe("CreditLimit", Amount),
]);
const NAME_ON_CHECK: Part = maybe("NameOnCheck", Text(41));
const ACCOUNT_NUMBER: Part = maybe("AccountNumber", Text(99));
const NOTES: Part = maybe("Notes", Text(4095));
const BILLING_RATE: Part = maybe("BillingRateRef", Reference(31));
const PREFILLED: Part = up_to("PrefillAccountRef", 3, Reference(159));
const CURRENCY: Part = maybe("CurrencyRef", Reference(64));

const VENDOR: &[Part] = &[
    one("Name", Text(41)),
    PERSON,
    NAME_ON_CHECK,
    ACCOUNT_NUMBER,
    NOTES,
    TERMS,
    BILLING_RATE,
    maybe("ExternalGUID", Guid),
    PREFILLED,
    CURRENCY,
];

const VENDOR_CHANGE: &[Part] = &[
    one("ListID", Id),
    one("EditSequence", Text(16)),
    maybe("Name", Text(41)),
    PERSON,
    NAME_ON_CHECK,
    ACCOUNT_NUMBER,
    NOTES,
    TERMS,
    BILLING_RATE,
    PREFILLED,
    CURRENCY,
];

const fn add(name: &'static str, parts: &'static [Part]) -> Order {
    Order { name, pages: false, parts }
}

/// All requests that write.
pub const RECORDS: &[Order] = &[
    add("BillAddRq", &[one("BillAdd", Group(BILL)), RETURN]),
    add("VendorCreditAddRq", &[one("VendorCreditAdd", Group(CREDIT)), RETURN]),
    add("CreditCardChargeAddRq", &[one("CreditCardChargeAdd", Group(CARD)), RETURN]),
    add("CreditCardCreditAddRq", &[one("CreditCardCreditAdd", Group(CARD)), RETURN]),
    add("JournalEntryAddRq", &[one("JournalEntryAdd", Group(JOURNAL)), RETURN]),
    add("VendorAddRq", &[one("VendorAdd", Group(VENDOR)), RETURN]),
    add("VendorModRq", &[one("VendorMod", Group(VENDOR_CHANGE)), RETURN]),
];
