//! The tables against the contract's own text, in its notation: `?` optional, `*` repeats, `+` at least one, `(a|b)` one
//! of them, `[20]` characters. Typed from sections 6.3 and 7 without what the US edition refuses (7.8), not from the
//! tables.

use crate::systems::quickbooks_desktop::order::{Content, Part, Times, names, order, refused};

/// Groups that stand in several places.
const LF: &str = "MaxReturned? → ActiveStatus?(ActiveOnly|InactiveOnly|All) → FromModifiedDate? → ToModifiedDate? → \
    (NameFilter?(MatchCriterion(StartsWith|Contains|EndsWith) → Name[209])|NameRangeFilter?(FromName?[209] → ToName?[209]))";
const TF: &str = "MaxReturned? → (ModifiedDateRangeFilter(FromModifiedDate? → ToModifiedDate?)|\
    TxnDateRangeFilter(FromTxnDate? → ToTxnDate?)|) → EntityFilter?(SOME) → AccountFilter?(SOME) → \
    (RefNumberFilter?(MatchCriterion(StartsWith|Contains|EndsWith) → RefNumber[20])|\
    RefNumberRangeFilter?(FromRefNumber?[20] → ToRefNumber?[20])) → CF";
const SOME: &str = "(ListID+|FullName+[209]|ListIDWithChildren|FullNameWithChildren[209])";
const CF: &str = "CurrencyFilter?((ListID+|FullName+[64]))";
const TAIL: &str = "IncludeRetElement*[50] → OwnerID*";
const ADDRESS: &str = "Addr1?[41] → Addr2?[41] → Addr3?[41] → Addr4?[41] → Addr5?[41] → City?[31] → State?[21] → \
    PostalCode?[13] → Country?[31] → Note?[41]";
const BILLABLE: &str = "BillableStatus?(Billable|NotBillable|HasBeenBilled)";
const EXPENSE: &str = "ExpenseLineAdd*(AccountRef? → Amount? → Memo?[4095] → CustomerRef? → ClassRef? → BILLABLE → \
    SalesRepRef? → DataExt*(OwnerID → DataExtName[31] → DataExtValue[4095]))";
const TYPES: &str = "AccountsPayable|AccountsReceivable|Bank|CostOfGoodsSold|CreditCard|Equity|Expense|FixedAsset|Income|\
    LongTermLiability|NonPosting|OtherAsset|OtherCurrentAsset|OtherCurrentLiability|OtherExpense|OtherIncome";
const CARD: &str = "AccountRef → PayeeEntityRef? → TxnDate? → RefNumber?[11] → Memo?[4095] → ExchangeRate? → \
    ExternalGUID? → EXPENSE";
const JLINE: &str = "TxnLineID? → AccountRef? → Amount? → Memo?[4095] → EntityRef? → ClassRef? → BILLABLE";
const PERSON: &str = "IsActive? → ClassRef? → CompanyName?[41] → Salutation?[15] → FirstName?[25] → MiddleName?[5] → \
    LastName?[25] → JobTitle?[41] → VendorAddress?(ADDRESS) → ShipAddress?(ADDRESS) → Phone?[21] → AltPhone?[21] → \
    Fax?[21] → Email?[1023] → Cc?[1023] → Contact?[41] → AltContact?[41] → \
    AdditionalContactRef{0,8}(ContactName[40] → ContactValue[255]) → NameOnCheck?[41] → AccountNumber?[99] → \
    Notes?[4095] → VendorTypeRef? → TermsRef? → CreditLimit? → BillingRateRef?";

/// Request, whether it has an iterator, and its order.
const CONTRACT: &[(&str, bool, &str)] = &[
    ("HostQueryRq", false, "IncludeListMetaData?(IncludeMaxCapacity) → IncludeRetElement*[50]"),
    ("CompanyQueryRq", false, "TAIL"),
    ("CompanyActivityQueryRq", false, "IncludeRetElement*[50]"),
    ("PreferencesQueryRq", false, "IncludeRetElement*[50]"),
    ("AccountQueryRq", false, "(ListID+|FullName+[159]|LF → AccountType*(TYPES) → CF) → TAIL"),
    ("ClassQueryRq", false, "(ListID+|FullName+[209]|LF) → IncludeRetElement*[50]"),
    ("EmployeeQueryRq", false, "(ListID+|FullName+[209]|LF) → TAIL"),
    ("CurrencyQueryRq", false, "(ListID+|FullName+[209]|LF) → IncludeRetElement*[50]"),
    ("EntityQueryRq", true, "(ListID+|FullName+[209]|LF) → IncludeRetElement*[50]"),
    ("VendorQueryRq", true, "(ListID+|FullName+[209]|LF → BALANCE → CF → ClassFilter?(SOME)) → TAIL"),
    ("CustomerQueryRq", true, "(ListID+|FullName+[209]|LF → BALANCE → CF → ClassFilter?(SOME)) → TAIL"),
    (
        "BillQueryRq",
        true,
        "(TxnID+|RefNumber+[20]|RefNumberCaseSensitive+[20]|TF → PaidStatus?(All|PaidOnly|NotPaidOnly)) → \
         IncludeLineItems? → IncludeLinkedTxns? → TAIL",
    ),
    (
        "VendorCreditQueryRq",
        true,
        "(TxnID+|RefNumber+[20]|RefNumberCaseSensitive+[20]|TF) → IncludeLineItems? → IncludeLinkedTxns? → TAIL",
    ),
    (
        "JournalEntryQueryRq",
        true,
        "(TxnID+|RefNumber+[20]|RefNumberCaseSensitive+[20]|TF) → IncludeLineItems? → TAIL",
    ),
    (
        "CreditCardChargeQueryRq",
        true,
        "(TxnID+|RefNumber+[20]|RefNumberCaseSensitive+[20]|TF) → IncludeLineItems? → TAIL",
    ),
    (
        "CreditCardCreditQueryRq",
        true,
        "(TxnID+|RefNumber+[20]|RefNumberCaseSensitive+[20]|TF) → IncludeLineItems? → TAIL",
    ),
    ("BillToPayQueryRq", false, "PayeeEntityRef → APAccountRef? → DueDate? → CF → IncludeRetElement*[50]"),
    (
        "BillAddRq",
        false,
        "BillAdd(VendorRef → VendorAddress?(ADDRESS) → APAccountRef? → TxnDate? → DueDate? → RefNumber?[20] → TermsRef? → \
         Memo?[4095] → ExchangeRate? → ExternalGUID? → LinkToTxnID* → EXPENSE) → IncludeRetElement*[50]",
    ),
    (
        "VendorCreditAddRq",
        false,
        "VendorCreditAdd(VendorRef → APAccountRef? → TxnDate? → RefNumber?[20] → Memo?[4095] → ExchangeRate? → \
         ExternalGUID? → EXPENSE) → IncludeRetElement*[50]",
    ),
    ("CreditCardChargeAddRq", false, "CreditCardChargeAdd(CARD) → IncludeRetElement*[50]"),
    ("CreditCardCreditAddRq", false, "CreditCardCreditAdd(CARD) → IncludeRetElement*[50]"),
    (
        "JournalEntryAddRq",
        false,
        "JournalEntryAdd(TxnDate? → RefNumber?[11] → IsAdjustment? → (IsHomeCurrencyAdjustment|\
         IsAmountsEnteredInHomeCurrency? → CurrencyRef? → ExchangeRate?) → ExternalGUID? → \
         (JournalDebitLine+(JLINE)|JournalCreditLine+(JLINE))+) → IncludeRetElement*[50]",
    ),
    (
        "VendorAddRq",
        false,
        "VendorAdd(Name[41] → PERSON → ExternalGUID? → PrefillAccountRef{0,3} → CurrencyRef?) → IncludeRetElement*[50]",
    ),
    (
        "VendorModRq",
        false,
        "VendorMod(ListID → EditSequence[16] → Name?[41] → PERSON → PrefillAccountRef{0,3} → CurrencyRef?) → \
         IncludeRetElement*[50]",
    ),
];

fn expanded(text: &str) -> String {
    let mut text = text.to_string();
    for _ in 0..3 {
        for (word, meaning) in [
            ("LF", LF),
            ("TF", TF),
            ("SOME", SOME),
            ("CF", CF),
            ("TAIL", TAIL),
            ("ADDRESS", ADDRESS),
            ("EXPENSE", EXPENSE),
            ("BILLABLE", BILLABLE),
            ("TYPES", TYPES),
            ("CARD", CARD),
            ("JLINE", JLINE),
            ("PERSON", PERSON),
            (
                "BALANCE",
                "TotalBalanceFilter?(Operator(LessThan|LessThanEqual|Equal|GreaterThan|GreaterThanEqual) → Amount)",
            ),
        ] {
            text = text.replace(word, meaning);
        }
    }
    text
}

/// A table in the contract's notation.
fn shown(parts: &[Part]) -> String {
    let run = |parts: &[Part]| parts.iter().map(part).collect::<Vec<_>>().join(" → ");
    run(parts)
}

fn part(part: &Part) -> String {
    let either = |runs: Vec<String>| format!("({})", runs.join("|"));
    match part {
        Part::Run(run) => shown(run),
        Part::Choice(runs) => either(runs.iter().map(|r| shown(r)).collect()),
        Part::Mixed(parts) => format!("{}+", either(parts.iter().map(self::part).collect())),
        Part::Element(name, Times { least, most }, content) => {
            let times = match (least, *most) {
                (1, 1) => String::new(),
                (0, 1) => "?".into(),
                (0, usize::MAX) => "*".into(),
                (1, usize::MAX) => "+".into(),
                (least, most) => format!("{{{least},{most}}}"),
            };
            let content = match content {
                Content::Text(most) => format!("[{most}]"),
                Content::Word(words) => format!("({})", words.join("|")),
                Content::Group(parts) => format!("({})", shown(parts)),
                _ => String::new(),
            };
            format!("{name}{times}{content}")
        }
    }
}

#[test]
fn every_order_is_the_contracts() {
    for (name, pages, text) in CONTRACT {
        let order = order(name).unwrap_or_else(|| panic!("{name} is missing"));
        assert_eq!(shown(order.parts), expanded(text), "{name}");
        assert_eq!(order.pages, *pages, "{name}");
    }
}

/// The contract leaves some filters of these two open: names and order are its, what they hold is the schema's.
#[test]
fn summaries_and_deletions_keep_their_order() {
    let top = |name: &str| {
        let mut out = Vec::new();
        flat(order(name).unwrap().parts, &mut out);
        out
    };
    assert_eq!(
        top("TransactionQueryRq"),
        [
            "TxnID",
            "MaxReturned",
            "RefNumber",
            "RefNumberCaseSensitive",
            "RefNumberFilter",
            "RefNumberRangeFilter",
            "TransactionModifiedDateRangeFilter",
            "TransactionDateRangeFilter",
            "TransactionEntityFilter",
            "TransactionAccountFilter",
            "TransactionClassFilter",
            "TransactionTypeFilter",
            "TransactionDetailLevelFilter",
            "TransactionPostingStatusFilter",
            "TransactionPaidStatusFilter",
            "CurrencyFilter",
            "IncludeRetElement",
        ]
    );
    assert_eq!(top("TxnDeletedQueryRq"), ["TxnDelType", "DeletedDateRangeFilter", "IncludeRetElement"]);
    let listed: Vec<&str> = CONTRACT.iter().map(|c| c.0).collect();
    let others: Vec<&str> = names().filter(|n| !listed.contains(n)).collect();
    assert_eq!(
        others,
        ["TransactionQueryRq", "TxnDeletedQueryRq"],
        "every other request is in the table above"
    );
}

fn flat(parts: &[Part], out: &mut Vec<&'static str>) {
    for part in parts {
        match part {
            Part::Element(name, _, _) => out.push(name),
            Part::Run(run) => flat(run, out),
            Part::Choice(runs) => runs.iter().for_each(|r| flat(r, out)),
            Part::Mixed(parts) => flat(parts, out),
        }
    }
}

fn lengths(parts: &[Part], out: &mut Vec<(&'static str, usize)>) {
    for part in parts {
        match part {
            Part::Element(name, _, Content::Reference(most)) => out.push((name, *most)),
            Part::Element(_, _, Content::Group(parts)) => lengths(parts, out),
            Part::Element(..) => {}
            Part::Run(run) => lengths(run, out),
            Part::Choice(runs) => runs.iter().for_each(|r| lengths(r, out)),
            Part::Mixed(parts) => lengths(parts, out),
        }
    }
}

#[test]
fn full_names_have_the_lengths_of_their_lists() {
    let mut seen = 0;
    for name in names() {
        let mut found = Vec::new();
        lengths(order(name).unwrap().parts, &mut found);
        for (reference, most) in found {
            let want = match reference {
                "VendorRef" => 41,
                "CustomerRef" | "EntityRef" | "PayeeEntityRef" => 209,
                "AccountRef" | "APAccountRef" | "ClassRef" | "PrefillAccountRef" => 159,
                "TermsRef" => 31,
                _ => continue,
            };
            assert_eq!(most, want, "{name}/{reference}");
            seen += 1;
        }
    }
    assert!(seen > 20, "{seen}");
}

#[test]
fn nothing_that_the_us_edition_refuses_stands_in_a_table() {
    for name in
        ["IsTaxIncluded", "SalesTaxCodeRef", "TaxAmount", "ItemSalesTaxRef", "Mobile", "Pager", "Suffix"]
    {
        assert!(refused("BillAdd", name) && refused("VendorAdd", name), "{name}");
    }
    assert!(refused("JournalEntryAdd", "Memo") && !refused("BillAdd", "Memo"));
    assert!(!refused("JournalDebitLine", "Memo"));
    fn walk(parent: &str, parts: &[Part]) {
        for part in parts {
            match part {
                Part::Element(name, _, content) => {
                    assert!(!refused(parent, name), "{parent}/{name}");
                    if let Content::Group(parts) = content {
                        walk(name, parts);
                    }
                }
                Part::Run(run) => walk(parent, run),
                Part::Choice(runs) => runs.iter().for_each(|r| walk(parent, r)),
                Part::Mixed(parts) => walk(parent, parts),
            }
        }
    }
    names().for_each(|name| walk(name, order(name).unwrap().parts));
}
