//! Queries (contract 6.3, 7.1, 7.4 to 7.6).

use super::Order;
use super::parts::Content::{
    self, Amount, Bool, Count, Date, DateTime, Group, Guid, Id, Reference, Text, Word,
};
use super::parts::{Part, any, maybe, one, some};

const ACTIVE: Part = maybe("ActiveStatus", Word(&["ActiveOnly", "InactiveOnly", "All"]));
const MATCH: Part = one("MatchCriterion", Word(&["StartsWith", "Contains", "EndsWith"]));
const RETURN: Part = any("IncludeRetElement", Text(50));
const OWNER: Part = any("OwnerID", Guid);
const MOST: Part = maybe("MaxReturned", Count);
const CURRENCY: Part =
    maybe("CurrencyFilter", Group(&[Part::Choice(&[&[some("ListID", Id)], &[some("FullName", Text(64))]])]));

/// What narrows every query of a list (`LF`).
const NARROWED: Part = Part::Run(&[
    MOST,
    ACTIVE,
    maybe("FromModifiedDate", DateTime),
    maybe("ToModifiedDate", DateTime),
    Part::Choice(&[
        &[maybe("NameFilter", Group(&[MATCH, one("Name", Text(209))]))],
        &[maybe("NameRangeFilter", Group(&[maybe("FromName", Text(209)), maybe("ToName", Text(209))]))],
    ]),
]);

/// The selector of a list without filters of its own.
const PLAIN: Part = Part::Choice(&[&[some("ListID", Id)], &[some("FullName", Text(209))], &[NARROWED]]);

const OPERATOR: Part =
    one("Operator", Word(&["LessThan", "LessThanEqual", "Equal", "GreaterThan", "GreaterThanEqual"]));
/// One of the ways to name some elements of a list.
const SOME_OF: &[Part] = &[Part::Choice(&[
    &[some("ListID", Id)],
    &[some("FullName", Text(209))],
    &[one("ListIDWithChildren", Id)],
    &[one("FullNameWithChildren", Text(209))],
])];

/// The selector of vendors and customers.
const PARTIES: Part = Part::Choice(&[
    &[some("ListID", Id)],
    &[some("FullName", Text(209))],
    &[
        NARROWED,
        maybe("TotalBalanceFilter", Group(&[OPERATOR, one("Amount", Amount)])),
        CURRENCY,
        maybe("ClassFilter", Group(SOME_OF)),
    ],
]);

const ACCOUNT_TYPES: &[&str] = &[
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

const MODIFIED: Part = one(
    "ModifiedDateRangeFilter",
    Group(&[maybe("FromModifiedDate", DateTime), maybe("ToModifiedDate", DateTime)]),
);
const DATED: Part = one("TxnDateRangeFilter", Group(&[maybe("FromTxnDate", Date), maybe("ToTxnDate", Date)]));
const NUMBERED: Part = Part::Choice(&[
    &[maybe("RefNumberFilter", Group(&[MATCH, one("RefNumber", Text(20))]))],
    &[maybe(
        "RefNumberRangeFilter",
        Group(&[maybe("FromRefNumber", Text(20)), maybe("ToRefNumber", Text(20))]),
    )],
]);

/// What narrows every query of transactions (`TF`).
const FILTERED: Part = Part::Run(&[
    MOST,
    Part::Choice(&[&[MODIFIED], &[DATED], &[]]),
    maybe("EntityFilter", Group(SOME_OF)),
    maybe("AccountFilter", Group(SOME_OF)),
    NUMBERED,
    CURRENCY,
]);

const BY_KEY: &[Part] = &[Part::Choice(&[
    &[some("TxnID", Id)],
    &[some("RefNumber", Text(20))],
    &[some("RefNumberCaseSensitive", Text(20))],
    &[FILTERED],
])];
const LINES: Part = maybe("IncludeLineItems", Bool);
const LINKED: Part = maybe("IncludeLinkedTxns", Bool);

/// Bills: with what is paid of them.
const BILLS: &[Part] = &[
    Part::Choice(&[
        &[some("TxnID", Id)],
        &[some("RefNumber", Text(20))],
        &[some("RefNumberCaseSensitive", Text(20))],
        &[FILTERED, maybe("PaidStatus", Word(&["All", "PaidOnly", "NotPaidOnly"]))],
    ]),
    LINES,
    LINKED,
    RETURN,
    OWNER,
];
const CREDITS: &[Part] = &[Part::Run(BY_KEY), LINES, LINKED, RETURN, OWNER];
/// Journals and card records: nothing is linked to them.
const UNLINKED: &[Part] = &[Part::Run(BY_KEY), LINES, RETURN, OWNER];

/// Kinds of transactions that can be deleted (contract 7.6).
const DELETED: Content = Word(&[
    "Bill",
    "VendorCredit",
    "CreditCardCharge",
    "CreditCardCredit",
    "Check",
    "JournalEntry",
    "BillPaymentCheck",
    "BillPaymentCreditCard",
]);
/// Kinds of transactions that a summary is asked for.
const TYPES: Content = Word(&[
    "All",
    "ARRefundCreditCard",
    "Bill",
    "BillPaymentCheck",
    "BillPaymentCreditCard",
    "Check",
    "CreditCardCharge",
    "CreditCardCredit",
    "Deposit",
    "JournalEntry",
    "SalesTaxPaymentCheck",
    "Transfer",
    "VendorCredit",
]);

const SUMMARIES: &[Part] = &[
    Part::Choice(&[
        &[some("TxnID", Id)],
        &[
            MOST,
            Part::Choice(&[
                &[some("RefNumber", Text(20))],
                &[some("RefNumberCaseSensitive", Text(20))],
                &[one("RefNumberFilter", Group(&[MATCH, one("RefNumber", Text(20))]))],
                &[one(
                    "RefNumberRangeFilter",
                    Group(&[maybe("FromRefNumber", Text(20)), maybe("ToRefNumber", Text(20))]),
                )],
                &[],
            ]),
            maybe(
                "TransactionModifiedDateRangeFilter",
                Group(&[maybe("FromModifiedDate", DateTime), maybe("ToModifiedDate", DateTime)]),
            ),
            maybe(
                "TransactionDateRangeFilter",
                Group(&[maybe("FromTxnDate", Date), maybe("ToTxnDate", Date)]),
            ),
            maybe(
                "TransactionEntityFilter",
                Group(&[Part::Choice(&[
                    &[one("EntityTypeFilter", Word(&["Customer", "Employee", "OtherName", "Vendor"]))],
                    SOME_OF,
                ])]),
            ),
            maybe(
                "TransactionAccountFilter",
                Group(&[Part::Choice(&[&[one("AccountTypeFilter", Word(ACCOUNT_TYPES))], SOME_OF])]),
            ),
            maybe("TransactionClassFilter", Group(SOME_OF)),
            maybe("TransactionTypeFilter", Group(&[some("TxnTypeFilter", TYPES)])),
            maybe("TransactionDetailLevelFilter", Word(&["All", "SummaryOnly", "AllExceptSummary"])),
            maybe("TransactionPostingStatusFilter", Word(&["Either", "NonPosting", "Posting"])),
            maybe("TransactionPaidStatusFilter", Word(&["Either", "Closed", "Open"])),
            CURRENCY,
        ],
    ]),
    RETURN,
];

const fn query(name: &'static str, pages: bool, parts: &'static [Part]) -> Order {
    Order { name, pages, parts }
}

/// All queries.
pub const QUERIES: &[Order] = &[
    query(
        "HostQueryRq",
        false,
        &[maybe("IncludeListMetaData", Group(&[one("IncludeMaxCapacity", Bool)])), RETURN],
    ),
    query("CompanyQueryRq", false, &[RETURN, OWNER]),
    query("CompanyActivityQueryRq", false, &[RETURN]),
    query("PreferencesQueryRq", false, &[RETURN]),
    query(
        "AccountQueryRq",
        false,
        &[
            Part::Choice(&[
                &[some("ListID", Id)],
                &[some("FullName", Text(159))],
                &[NARROWED, any("AccountType", Word(ACCOUNT_TYPES)), CURRENCY],
            ]),
            RETURN,
            OWNER,
        ],
    ),
    query("ClassQueryRq", false, &[PLAIN, RETURN]),
    query("EmployeeQueryRq", false, &[PLAIN, RETURN, OWNER]),
    query("CurrencyQueryRq", false, &[PLAIN, RETURN]),
    query("EntityQueryRq", true, &[PLAIN, RETURN]),
    query("VendorQueryRq", true, &[PARTIES, RETURN, OWNER]),
    query("CustomerQueryRq", true, &[PARTIES, RETURN, OWNER]),
    query("BillQueryRq", true, BILLS),
    query("VendorCreditQueryRq", true, CREDITS),
    query("JournalEntryQueryRq", true, UNLINKED),
    query("CreditCardChargeQueryRq", true, UNLINKED),
    query("CreditCardCreditQueryRq", true, UNLINKED),
    query("TransactionQueryRq", true, SUMMARIES),
    query(
        "TxnDeletedQueryRq",
        false,
        &[
            some("TxnDelType", DELETED),
            maybe(
                "DeletedDateRangeFilter",
                Group(&[maybe("FromDeletedDate", DateTime), maybe("ToDeletedDate", DateTime)]),
            ),
            RETURN,
        ],
    ),
    query(
        "BillToPayQueryRq",
        false,
        &[
            one("PayeeEntityRef", Reference(209)),
            maybe("APAccountRef", Reference(159)),
            maybe("DueDate", Date),
            CURRENCY,
            RETURN,
        ],
    ),
];
