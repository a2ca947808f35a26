//! Order tables of journal entries, deletions and queries over all transactions (contract, 7.5 and 7.6).

use super::grammar::Part::Shared;
use super::grammar::{Part, either, elsewhere, mixed_some, must, opt, perhaps, some};
use super::lists::ACCOUNT_TYPES;
use super::shared::{
    BY_LIST, BY_REF_NUMBER, BY_REF_RANGE, BY_TREE, ENTITY_REFERENCE, MODIFIED_RANGE, REFERENCE, TAIL_PLAIN,
    TREE_REFERENCE, TXN_DATE_RANGE,
};
use super::spending::BILLABLE;
use super::types::Kind::{Amount, Bool, Count, Date, Float, Group, Guid, Id, Instant, Text, Word};

const LINE: &[Part] = &[
    opt("TxnLineID", Id),
    opt("AccountRef", TREE_REFERENCE),
    opt("Amount", Amount),
    elsewhere("TaxAmount", Amount),
    opt("Memo", Text(4095)),
    opt("EntityRef", ENTITY_REFERENCE),
    opt("ClassRef", TREE_REFERENCE),
    elsewhere("ItemSalesTaxRef", REFERENCE),
    opt("BillableStatus", BILLABLE),
];
const ENTRY: &[Part] = &[
    opt("TxnDate", Date),
    opt("RefNumber", Text(11)),
    elsewhere("Memo", Text(4095)),
    opt("IsAdjustment", Bool),
    perhaps(&[
        &[must("IsHomeCurrencyAdjustment", Bool)],
        &[
            opt("IsAmountsEnteredInHomeCurrency", Bool),
            opt("CurrencyRef", REFERENCE),
            opt("ExchangeRate", Float),
        ],
    ]),
    opt("ExternalGUID", Guid),
    mixed_some(&[&[must("JournalDebitLine", Group(LINE))], &[must("JournalCreditLine", Group(LINE))]]),
];
/// `JournalEntryAddRq`.
pub const JOURNAL_ADD: &[Part] = &[must("JournalEntryAdd", Group(ENTRY)), Shared(TAIL_PLAIN)];

/// Types of transactions that can be deleted, as `TxnDelType` and `TxnVoidType` name them.
pub const DELETABLE: &[&str] = &[
    "ARRefundCreditCard",
    "Bill",
    "BillPaymentCheck",
    "BillPaymentCreditCard",
    "BuildAssembly",
    "Charge",
    "Check",
    "CreditCardCharge",
    "CreditCardCredit",
    "CreditMemo",
    "Deposit",
    "Estimate",
    "InventoryAdjustment",
    "Invoice",
    "ItemReceipt",
    "JournalEntry",
    "PayrollLiabilityAdjustment",
    "PurchaseOrder",
    "ReceivePayment",
    "SalesOrder",
    "SalesReceipt",
    "SalesTaxPaymentCheck",
    "TimeTracking",
    "Transfer",
    "VehicleMileage",
    "VendorCredit",
];
/// Types of list elements, as `ListDelType` names them.
const LISTS: &[&str] =
    &["Account", "Class", "Currency", "Customer", "Employee", "OtherName", "StandardTerms", "Vendor"];

/// `TxnDelRq`.
pub const TXN_DEL: &[Part] = &[must("TxnDelType", Word(DELETABLE)), must("TxnID", Id)];
/// `TxnVoidRq`.
pub const TXN_VOID: &[Part] = &[
    must(
        "TxnVoidType",
        Word(&["Bill", "Check", "CreditCardCharge", "CreditCardCredit", "JournalEntry", "VendorCredit"]),
    ),
    must("TxnID", Id),
];
const DELETED: &[Part] = &[opt("FromDeletedDate", Instant), opt("ToDeletedDate", Instant)];
/// `TxnDeletedQueryRq`.
pub const TXN_DELETED_QUERY: &[Part] =
    &[some("TxnDelType", Word(DELETABLE)), opt("DeletedDateRangeFilter", Group(DELETED)), Shared(TAIL_PLAIN)];
/// `ListDeletedQueryRq`.
pub const LIST_DELETED_QUERY: &[Part] =
    &[some("ListDelType", Word(LISTS)), opt("DeletedDateRangeFilter", Group(DELETED)), Shared(TAIL_PLAIN)];

/// `BillToPayQueryRq`.
pub const BILL_TO_PAY_QUERY: &[Part] = &[
    must("PayeeEntityRef", ENTITY_REFERENCE),
    opt("APAccountRef", TREE_REFERENCE),
    opt("DueDate", Date),
    opt("CurrencyFilter", BY_LIST),
    Shared(TAIL_PLAIN),
];

const ENTITY_TYPE: super::types::Kind = Word(&["Customer", "Employee", "OtherName", "Vendor"]);
const ENTITIES: &[Part] = &[either(&[
    &[must("EntityTypeFilter", ENTITY_TYPE)],
    &[some("ListID", Id)],
    &[some("FullName", Text(0))],
    &[must("ListIDWithChildren", Id)],
    &[must("FullNameWithChildren", Text(0))],
])];
const ACCOUNTS: &[Part] = &[either(&[
    &[must("AccountTypeFilter", Word(ACCOUNT_TYPES))],
    &[some("ListID", Id)],
    &[some("FullName", Text(0))],
    &[must("ListIDWithChildren", Id)],
    &[must("FullNameWithChildren", Text(0))],
])];
/// Values of `TxnTypeFilter`.
const TXN_TYPES: &[&str] = &[
    "All",
    "Bill",
    "BillPaymentCheck",
    "BillPaymentCreditCard",
    "Check",
    "CreditCardCharge",
    "CreditCardCredit",
    "CreditMemo",
    "Deposit",
    "Invoice",
    "JournalEntry",
    "ReceivePayment",
    "SalesReceipt",
    "Transfer",
    "VendorCredit",
];
const TYPES: &[Part] = &[some("TxnTypeFilter", Word(TXN_TYPES))];

/// `TransactionQueryRq`.
pub const TRANSACTION_QUERY: &[Part] = &[
    either(&[
        &[some("TxnID", Id)],
        &[
            opt("MaxReturned", Count),
            perhaps(&[
                &[some("RefNumber", Text(0))],
                &[some("RefNumberCaseSensitive", Text(0))],
                &[must("RefNumberFilter", BY_REF_NUMBER)],
                &[must("RefNumberRangeFilter", BY_REF_RANGE)],
            ]),
            opt("TransactionModifiedDateRangeFilter", MODIFIED_RANGE),
            opt("TransactionDateRangeFilter", TXN_DATE_RANGE),
            opt("TransactionEntityFilter", Group(ENTITIES)),
            opt("TransactionAccountFilter", Group(ACCOUNTS)),
            opt("TransactionItemFilter", BY_TREE),
            opt("TransactionClassFilter", BY_TREE),
            opt("TransactionTypeFilter", Group(TYPES)),
            opt("TransactionDetailLevelFilter", Word(&["All", "SummaryOnly", "AllExceptSummary"])),
            opt("TransactionPostingStatusFilter", Word(&["Either", "NonPosting", "Posting"])),
            opt("TransactionPaidStatusFilter", Word(&["Either", "Closed", "Open"])),
            opt("CurrencyFilter", BY_LIST),
        ],
    ]),
    Shared(TAIL_PLAIN),
];
