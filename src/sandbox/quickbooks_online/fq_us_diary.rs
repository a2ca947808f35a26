//! What the bookkeeper of Fernhill Quay Advisory does beside the reports and invoices of Concur: opening balances of
//! 2026-10-01 and the October movements on the control accounts (sample firm, section 7).
//!
//! | on | what | 1250 | 2010 | 2110 | 2140 | 2150 |
//! |---|---|--:|--:|--:|--:|--:|
//! | 09-30 | opening journal | 800.00 | | -3,902.18 | -221.10 | -64.00 |
//! | 09-22 to 09-25 | three employee bills of September | | -1,640.25 | | | |
//! | 10-05 | funding drawn for September | | | | 221.10 | |
//! | 10-06 | the September bills paid | | 1,640.25 | | | |
//! | 10-15 | card statement and payroll | | | 3,902.18 | | 64.00 |
//! | 10-19 | bill `CL 2217` typed by hand (on 2000) | | | | | |
//! | 10-20 | bills of D01, D02, D04 paid, where they are there | | 774.25 | | | |
//! | 10-27 | funding drawn for D12 | | | | 386.45 | |
//! | 10-28 | a line of D06's bill retyped, where it is there (on 2000) | | | | | |
//! | 10-29 | bill `OKAFOR OCT` typed by hand | | -146.20 | | | |

use jiff::Timestamp;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::company::{Deed, Event, Transaction};
use super::wire;

/// The bank that pays.
const BANK: &str = "1010";

/// Everything, in the order of instants.
pub fn events() -> Vec<Event> {
    let mut all = Vec::new();
    let mut put = |month: i8, day: i8, deed: &dyn Fn(Date) -> Deed| {
        let on = date(2026, month, day);
        all.push(Event { at: at(on), deed: deed(on) });
    };
    for (number, day, vendor, account, class, cents) in SEPTEMBER {
        put(9, *day, &|on| {
            bill(number, on, vendor, "2010", (account, class, cents_of(*cents), "September expenses"))
        });
    }
    put(9, 30, &|on| journal("FQ-OPENING", on, "Opening balances", OPENING));
    put(10, 5, &|on| {
        journal("FQ-DRAW-09", on, "Expense Pay funding for September", &[("2140", 22_110), ("1020", -22_110)])
    });
    for (number, _, vendor, _, _, cents) in SEPTEMBER {
        put(10, 6, &|on| pay(&number.replace("SEP", "CHQ"), on, vendor, *cents));
    }
    put(10, 15, &|on| {
        journal("FQ-VISA-10", on, "Corporate Visa, statement paid", &[("2110", 390_218), (BANK, -390_218)])
    });
    put(10, 15, &|on| {
        journal("FQ-PAYROLL-10", on, "October payroll, reimbursements", &[("2150", 6_400), (BANK, -6_400)])
    });
    put(10, 19, &|on| {
        let line = ("6510", "900 Administration", cents_of(390_000), "Contract review");
        bill("CL 2217", on, "Candor Legal LLP", "2000", line)
    });
    for (number, vendor, cents) in OCTOBER {
        put(10, 20, &|on| pay(number, on, vendor, *cents));
    }
    put(10, 27, &|on| {
        journal("FQ-DRAW-10", on, "Expense Pay funding for V6TS1H", &[("2140", 38_645), ("1020", -38_645)])
    });
    put(10, 28, &|_| Deed::Retype {
        vendor: "Brightwater Hosting LLC".to_owned(),
        total: cents_of(234_000),
        from: cents_of(93_600),
        to: cents_of(96_300),
    });
    put(10, 29, &|on| {
        let line = ("6110", "100 Strategy", cents_of(14_620), "October expenses");
        bill("OKAFOR OCT", on, "Okafor, Amara", "2010", line)
    });
    all
}

/// Number, day, vendor, account, class and cents of the bills of September, together 1,640.25.
const SEPTEMBER: &[(&str, i8, &str, &str, &str, i64)] = &[
    ("SEP-1002", 22, "Castellano, Ben", "6030", "200 Operations", 61_240),
    ("SEP-1003", 24, "Lindqvist, Chloé", "6020", "300 Technology", 54_010),
    ("SEP-1005", 25, "Haddad, Farid", "6020", "800 Business Development", 48_775),
];

/// Number of the payment, vendor and cents of D01, D02 and D04, together 774.25.
const OCTOBER: &[(&str, &str, i64)] = &[
    ("CHQ-1101", "Okafor, Amara", 51_500),
    ("CHQ-1102", "Castellano, Ben", 15_525),
    ("CHQ-1104", "Raman, Dev", 10_400),
];

/// Accounts and cents of the opening journal, debits positive. 2010 opens with the bills of September.
const OPENING: &[(&str, i64)] = &[
    (BANK, 25_000_000),
    ("1020", 500_000),
    ("1250", 80_000),
    ("2110", -390_218),
    ("2140", -22_110),
    ("2150", -6_400),
    ("3900", -25_161_272),
];

fn cents_of(cents: i64) -> Decimal {
    Decimal::new(cents, 2)
}

/// Eleven in the morning in Boston.
fn at(on: Date) -> Timestamp {
    let zone = TimeZone::get("America/New_York").unwrap_or(TimeZone::UTC);
    on.at(11, 0, 0, 0).to_zoned(zone).map_or(Timestamp::UNIX_EPOCH, |zoned| zoned.timestamp())
}

fn pay(number: &str, on: Date, vendor: &str, cents: i64) -> Deed {
    let (vendor, number, from) = (vendor.to_owned(), number.to_owned(), BANK.to_owned());
    Deed::Pay { vendor, amount: cents_of(cents), on, from, number }
}

fn journal(number: &str, on: Date, note: &str, lines: &[(&str, i64)]) -> Deed {
    let lines = lines.iter().map(|(account, cents)| {
        json!({"Amount": wire::money(cents_of(*cents).abs()), "Description": note,
               "DetailType": "JournalEntryLineDetail", "JournalEntryLineDetail": {
                   "PostingType": if *cents < 0 { "Credit" } else { "Debit" },
                   "AccountRef": {"name": account}}})
    });
    let lines: Vec<Value> = lines.collect();
    Deed::Enter(Transaction {
        kind: "JournalEntry".to_owned(),
        body: json!({"DocNumber": number, "TxnDate": on.to_string(), "PrivateNote": note,
                     "CurrencyRef": {"value": "USD"}, "Line": lines}),
    })
}

/// A bill typed by hand, with one line: account, class, amount, text.
fn bill(number: &str, on: Date, vendor: &str, payable: &str, line: (&str, &str, Decimal, &str)) -> Deed {
    let (account, class, amount, text) = line;
    Deed::Enter(Transaction {
        kind: "Bill".to_owned(),
        body: json!({
            "DocNumber": number, "TxnDate": on.to_string(), "VendorRef": {"name": vendor},
            "APAccountRef": {"name": payable}, "CurrencyRef": {"value": "USD"},
            "DepartmentRef": {"name": "Boston"},
            "Line": [{
                "Amount": wire::money(amount), "Description": text,
                "DetailType": "AccountBasedExpenseLineDetail",
                "AccountBasedExpenseLineDetail": {"AccountRef": {"name": account}, "ClassRef": {"name": class}},
            }],
        }),
    })
}
