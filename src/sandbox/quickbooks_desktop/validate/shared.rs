//! Pieces that many order tables have in common.

use super::grammar::{Part, any, either, must, opt, some};
use super::types::Kind::{self, Amount, Bool, Date, Float, Group, Guid, Id, Instant, Text, Word};

/// The two ways to name a list element.
const REF: &[Part] = &[opt("ListID", Id), opt("FullName", Text(0))];
/// A reference.
pub const REFERENCE: Kind = Group(REF);

const REF_VENDOR: &[Part] = &[opt("ListID", Id), opt("FullName", Text(41))];
/// A reference to a vendor, at most 41 characters.
pub const VENDOR_REFERENCE: Kind = Group(REF_VENDOR);
const REF_159: &[Part] = &[opt("ListID", Id), opt("FullName", Text(159))];
/// A reference to an account or a class, at most 159 characters.
pub const TREE_REFERENCE: Kind = Group(REF_159);
const REF_209: &[Part] = &[opt("ListID", Id), opt("FullName", Text(209))];
/// A reference to a customer, a job or any other name, at most 209 characters.
pub const ENTITY_REFERENCE: Kind = Group(REF_209);
const REF_31: &[Part] = &[opt("ListID", Id), opt("FullName", Text(31))];
/// A reference to terms.
pub const TERMS_REFERENCE: Kind = Group(REF_31);

const ADDRESS_PARTS: &[Part] = &[
    opt("Addr1", Text(41)),
    opt("Addr2", Text(41)),
    opt("Addr3", Text(41)),
    opt("Addr4", Text(41)),
    opt("Addr5", Text(41)),
    opt("City", Text(31)),
    opt("State", Text(21)),
    opt("PostalCode", Text(13)),
    opt("Country", Text(31)),
    opt("Note", Text(41)),
];
/// An address.
pub const ADDRESS: Kind = Group(ADDRESS_PARTS);

/// `MatchCriterion`.
pub const CRITERION: Kind = Word(&["StartsWith", "Contains", "EndsWith"]);

const NAME_FILTER: &[Part] = &[must("MatchCriterion", CRITERION), must("Name", Text(0))];
const NAME_RANGE: &[Part] = &[opt("FromName", Text(0)), opt("ToName", Text(0))];

/// `LF`, the list filter.
pub const LIST_FILTER: &[Part] = &[
    opt("MaxReturned", Kind::Count),
    opt("ActiveStatus", Word(&["ActiveOnly", "InactiveOnly", "All"])),
    opt("FromModifiedDate", Instant),
    opt("ToModifiedDate", Instant),
    super::grammar::perhaps(&[
        &[must("NameFilter", Group(NAME_FILTER))],
        &[must("NameRangeFilter", Group(NAME_RANGE))],
    ]),
];

const LISTED: &[Part] = &[either(&[&[some("ListID", Id)], &[some("FullName", Text(0))]])];
/// `ListID+ | FullName+` in a filter.
pub const BY_LIST: Kind = Group(LISTED);

const TREE: &[Part] = &[either(&[
    &[some("ListID", Id)],
    &[some("FullName", Text(0))],
    &[must("ListIDWithChildren", Id)],
    &[must("FullNameWithChildren", Text(0))],
])];
/// `ListID+ | FullName+ | ListIDWithChildren | FullNameWithChildren`.
pub const BY_TREE: Kind = Group(TREE);

const BALANCE: &[Part] = &[
    must("Operator", Word(&["LessThan", "LessThanEqual", "Equal", "GreaterThan", "GreaterThanEqual"])),
    must("Amount", Amount),
];
/// `TotalBalanceFilter`.
pub const BALANCE_FILTER: Kind = Group(BALANCE);

/// Tail of list queries: `IncludeRetElement* → OwnerID*`.
pub const TAIL: &[Part] = &[any("IncludeRetElement", Text(50)), any("OwnerID", Guid)];
/// Tail without owners.
pub const TAIL_PLAIN: &[Part] = &[any("IncludeRetElement", Text(50))];

const MODIFIED: &[Part] = &[opt("FromModifiedDate", Instant), opt("ToModifiedDate", Instant)];
const MACRO: Kind =
    Word(&["All", "Today", "ThisWeek", "ThisMonth", "ThisMonthToDate", "LastMonth", "ThisCalendarYear"]);
const TXN_DATES: &[Part] = &[super::grammar::perhaps(&[
    &[opt("FromTxnDate", Date), opt("ToTxnDate", Date)],
    &[must("DateMacro", MACRO)],
])];
/// `FromModifiedDate? → ToModifiedDate?`.
pub const MODIFIED_RANGE: Kind = Group(MODIFIED);
/// `(FromTxnDate? → ToTxnDate?) | DateMacro`.
pub const TXN_DATE_RANGE: Kind = Group(TXN_DATES);

const REF_NUMBER_FILTER: &[Part] = &[must("MatchCriterion", CRITERION), must("RefNumber", Text(0))];
const REF_NUMBER_RANGE: &[Part] = &[opt("FromRefNumber", Text(0)), opt("ToRefNumber", Text(0))];
/// `MatchCriterion → RefNumber`.
pub const BY_REF_NUMBER: Kind = Group(REF_NUMBER_FILTER);
/// `FromRefNumber? → ToRefNumber?`.
pub const BY_REF_RANGE: Kind = Group(REF_NUMBER_RANGE);

/// `TF`, the filter of transactions.
pub const TXN_FILTER: &[Part] = &[
    opt("MaxReturned", Kind::Count),
    super::grammar::perhaps(&[
        &[must("ModifiedDateRangeFilter", MODIFIED_RANGE)],
        &[must("TxnDateRangeFilter", TXN_DATE_RANGE)],
    ]),
    opt("EntityFilter", BY_TREE),
    opt("AccountFilter", BY_TREE),
    super::grammar::perhaps(&[
        &[must("RefNumberFilter", BY_REF_NUMBER)],
        &[must("RefNumberRangeFilter", BY_REF_RANGE)],
    ]),
    opt("CurrencyFilter", BY_LIST),
];

/// `ExchangeRate?`.
pub const RATE: Part = opt("ExchangeRate", Float);
/// `IsTaxIncluded? → SalesTaxCodeRef?`, which the US edition refuses.
pub const TAX_HEADER: &[Part] = &[
    super::grammar::elsewhere("IsTaxIncluded", Bool),
    super::grammar::elsewhere("SalesTaxCodeRef", REFERENCE),
];
