//! Order tables of bills, vendor credits, card charges and checks (contract, 7.4 and 7.6).

use super::grammar::Part::Shared;
use super::grammar::{Part, any, either, elsewhere, mixed, must, opt, some};
use super::shared::{
    ADDRESS, ENTITY_REFERENCE, RATE, REFERENCE, TAIL, TAIL_PLAIN, TAX_HEADER, TERMS_REFERENCE,
    TREE_REFERENCE, TXN_FILTER, VENDOR_REFERENCE,
};
use super::types::Kind::{Amount, Bool, Date, Group, Guid, Id, Text, Word};

/// `BillableStatus`.
pub const BILLABLE: super::types::Kind = Word(&["Billable", "NotBillable", "HasBeenBilled"]);

const DATA_EXT: &[Part] =
    &[must("OwnerID", Guid), must("DataExtName", Text(31)), must("DataExtValue", Text(0))];
const LINE: &[Part] = &[
    opt("AccountRef", TREE_REFERENCE),
    opt("Amount", Amount),
    elsewhere("TaxAmount", Amount),
    opt("Memo", Text(4095)),
    opt("CustomerRef", ENTITY_REFERENCE),
    opt("ClassRef", TREE_REFERENCE),
    elsewhere("SalesTaxCodeRef", REFERENCE),
    opt("BillableStatus", BILLABLE),
    opt("SalesRepRef", REFERENCE),
];
const LINE_ADD: &[Part] = &[Shared(LINE), any("DataExt", Group(DATA_EXT))];
const LINE_MOD: &[Part] = &[must("TxnLineID", Id), Shared(LINE)];
const ITEM: &[Part] = &[
    opt("ItemRef", REFERENCE),
    opt("Desc", Text(4095)),
    opt("Quantity", super::types::Kind::Float),
    opt("Cost", super::types::Kind::Float),
    opt("Amount", Amount),
    opt("CustomerRef", ENTITY_REFERENCE),
    opt("ClassRef", TREE_REFERENCE),
    opt("BillableStatus", BILLABLE),
];
const ITEM_MOD: &[Part] = &[must("TxnLineID", Id), Shared(ITEM)];
const ITEM_GROUP: &[Part] = &[must("ItemGroupRef", REFERENCE), opt("Quantity", super::types::Kind::Float)];
const ITEM_GROUP_MOD: &[Part] = &[must("TxnLineID", Id), Shared(ITEM_GROUP)];
/// `ExpenseLineAdd* → (ItemLineAdd | ItemGroupLineAdd)*`.
const LINES: &[Part] = &[
    any("ExpenseLineAdd", Group(LINE_ADD)),
    mixed(&[&[must("ItemLineAdd", Group(ITEM))], &[must("ItemGroupLineAdd", Group(ITEM_GROUP))]]),
];

const BILL: &[Part] = &[
    must("VendorRef", VENDOR_REFERENCE),
    opt("VendorAddress", ADDRESS),
    opt("APAccountRef", TREE_REFERENCE),
    opt("TxnDate", Date),
    opt("DueDate", Date),
    opt("RefNumber", Text(20)),
    opt("TermsRef", TERMS_REFERENCE),
    opt("Memo", Text(4095)),
    Shared(TAX_HEADER),
    RATE,
    opt("ExternalGUID", Guid),
    any("LinkToTxnID", Id),
    Shared(LINES),
];
/// `BillAddRq`.
pub const BILL_ADD: &[Part] = &[must("BillAdd", Group(BILL)), Shared(TAIL_PLAIN)];

const BILL_CHANGE: &[Part] = &[
    must("TxnID", Id),
    must("EditSequence", Text(16)),
    opt("VendorRef", VENDOR_REFERENCE),
    opt("VendorAddress", ADDRESS),
    opt("APAccountRef", TREE_REFERENCE),
    opt("TxnDate", Date),
    opt("DueDate", Date),
    opt("RefNumber", Text(20)),
    opt("TermsRef", TERMS_REFERENCE),
    opt("Memo", Text(4095)),
    Shared(TAX_HEADER),
    RATE,
    opt("ClearExpenseLines", Bool),
    any("ExpenseLineMod", Group(LINE_MOD)),
    opt("ClearItemLines", Bool),
    mixed(&[&[must("ItemLineMod", Group(ITEM_MOD))], &[must("ItemGroupLineMod", Group(ITEM_GROUP_MOD))]]),
];
/// `BillModRq`.
pub const BILL_MOD: &[Part] = &[must("BillMod", Group(BILL_CHANGE)), Shared(TAIL_PLAIN)];

const CREDIT: &[Part] = &[
    must("VendorRef", VENDOR_REFERENCE),
    opt("APAccountRef", TREE_REFERENCE),
    opt("TxnDate", Date),
    opt("RefNumber", Text(20)),
    opt("Memo", Text(4095)),
    Shared(TAX_HEADER),
    RATE,
    opt("ExternalGUID", Guid),
    Shared(LINES),
];
/// `VendorCreditAddRq`.
pub const VENDOR_CREDIT_ADD: &[Part] = &[must("VendorCreditAdd", Group(CREDIT)), Shared(TAIL_PLAIN)];

const CARD: &[Part] = &[
    must("AccountRef", TREE_REFERENCE),
    opt("PayeeEntityRef", ENTITY_REFERENCE),
    opt("TxnDate", Date),
    opt("RefNumber", Text(11)),
    opt("Memo", Text(4095)),
    Shared(TAX_HEADER),
    RATE,
    opt("ExternalGUID", Guid),
    Shared(LINES),
];
/// `CreditCardChargeAddRq`.
pub const CARD_CHARGE_ADD: &[Part] = &[must("CreditCardChargeAdd", Group(CARD)), Shared(TAIL_PLAIN)];
/// `CreditCardCreditAddRq`.
pub const CARD_CREDIT_ADD: &[Part] = &[must("CreditCardCreditAdd", Group(CARD)), Shared(TAIL_PLAIN)];

const CHECK: &[Part] = &[
    must("AccountRef", TREE_REFERENCE),
    opt("PayeeEntityRef", ENTITY_REFERENCE),
    opt("RefNumber", Text(11)),
    opt("TxnDate", Date),
    opt("Memo", Text(4095)),
    opt("Address", ADDRESS),
    opt("IsToBePrinted", Bool),
    Shared(TAX_HEADER),
    RATE,
    opt("ExternalGUID", Guid),
    Shared(LINES),
];
/// `CheckAddRq`.
pub const CHECK_ADD: &[Part] = &[must("CheckAdd", Group(CHECK)), Shared(TAIL_PLAIN)];

const BY_ID: &[Part] = &[some("TxnID", Id)];
const BY_NUMBER: &[Part] = &[some("RefNumber", Text(0))];
const BY_EXACT_NUMBER: &[Part] = &[some("RefNumberCaseSensitive", Text(0))];
const SELECTOR: Part = either(&[BY_ID, BY_NUMBER, BY_EXACT_NUMBER, TXN_FILTER]);

/// `BillQueryRq`.
pub const BILL_QUERY: &[Part] = &[
    either(&[
        BY_ID,
        BY_NUMBER,
        BY_EXACT_NUMBER,
        &[Shared(TXN_FILTER), opt("PaidStatus", Word(&["All", "PaidOnly", "NotPaidOnly"]))],
    ]),
    opt("IncludeLineItems", Bool),
    opt("IncludeLinkedTxns", Bool),
    Shared(TAIL),
];
/// `VendorCreditQueryRq` and `CheckQueryRq`.
pub const LINKED_QUERY: &[Part] =
    &[SELECTOR, opt("IncludeLineItems", Bool), opt("IncludeLinkedTxns", Bool), Shared(TAIL)];
/// `JournalEntryQueryRq`, `CreditCardChargeQueryRq` and `CreditCardCreditQueryRq`.
pub const UNLINKED_QUERY: &[Part] = &[SELECTOR, opt("IncludeLineItems", Bool), Shared(TAIL)];
