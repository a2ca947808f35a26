//! The tie-out of October, to the last cent (demo-firm.md, sections 7 and 9).

use super::data::{inputs, minor};
use crate::model::money::Currency;
use crate::tieout::BridgeLine::*;
use crate::tieout::*;

/// line | n | reports | invoices | advances | n EUR | total EUR
pub const TABLE: &[(BridgeLine, i64, &str, &str, &str, i64, &str)] = &[
    (SourceApproved, 49, "13311.31", "77952.05", "600.00", 7, "6445.00"),
    (NotOurs, 1, "-10.00", "0.00", "0.00", 0, "0.00"),
    (Rejected, 1, "0.00", "-4750.00", "0.00", 0, "0.00"),
    (Ready, 2, "-187.30", "-26400.00", "0.00", 0, "0.00"),
    (Blocked, 8, "-1386.40", "-4747.50", "0.00", 2, "-2277.20"),
    (Held, 0, "0.00", "0.00", "0.00", 0, "0.00"),
    (Unreadable, 1, "-57.80", "0.00", "0.00", 0, "0.00"),
    (EarlierPeriod, 1, "174.30", "0.00", "0.00", 0, "0.00"),
    (LaterPeriod, 0, "0.00", "0.00", "0.00", 0, "0.00"),
    (Expected, 37, "11844.11", "42054.55", "600.00", 5, "4167.80"),
    (Posted, 35, "11697.91", "38154.55", "600.00", 5, "4167.80"),
    (Adopted, 2, "146.20", "3900.00", "0.00", 0, "0.00"),
    (EditedInLedger, 1, "0.00", "27.00", "0.00", 0, "0.00"),
    (LedgerNow, 37, "11844.11", "42081.55", "600.00", 5, "4167.80"),
    (Unexplained, 0, "0.00", "0.00", "0.00", 0, "0.00"),
];

#[test]
fn the_bridge_of_october_comes_out_with_nothing_unexplained() {
    let r = report(&inputs());
    let lines: Vec<BridgeLine> = r.bridge.rows.iter().map(|x| x.line).collect();
    let mut want: Vec<BridgeLine> = TABLE.iter().map(|t| t.0).collect();
    want.sort_unstable();
    assert_eq!(lines, want);
    for (line, n, reports, invoices, advances, n_eur, eur) in TABLE {
        let usd = r.bridge.at(*line, Currency::USD);
        let got = (usd.n, usd.reports, usd.invoices, usd.advances, usd.other);
        assert_eq!(got, (*n, minor(reports), minor(invoices), minor(advances), 0), "{line:?} USD");
        let e = r.bridge.at(*line, Currency::EUR);
        assert_eq!((e.n, e.total()), (*n_eur, minor(eur)), "{line:?} EUR");
    }
    assert!(r.bridge.explained() && r.checked.ok, "{}", r.checked.text);
    assert_eq!(r.checked.text, "checked line by line");
    assert_eq!(r.forbids(), Vec::<String>::new());
    let of = |l: BridgeLine| r.bridge.rows.iter().find(|x| x.line == l).unwrap().label.clone();
    assert_eq!(of(NotOurs), "not ours: test document");
    assert_eq!(of(Rejected), "rejected to Concur: duplicate");
}

#[test]
fn seventeen_items_stand_between_the_sides_and_fourteen_need_action() {
    let r = report(&inputs());
    assert_eq!(r.bridge.items.len(), 17);
    assert_eq!(r.open_items().count(), 14);
    let first = &r.bridge.items[0];
    assert_eq!(
        (first.category, first.number.as_str(), first.minor),
        (Category::EditedInLedger, "BW-88213", 2_700)
    );
    assert!(first.transposed && first.days == 23);
    assert_eq!(
        (first.field.as_str(), first.before.as_str(), first.after.as_str()),
        ("line 2 amount", "936.00", "963.00")
    );
    let earlier = &r.bridge.earlier_open;
    assert_eq!(
        earlier.iter().map(|i| (i.number.as_str(), i.minor)).collect::<Vec<_>>(),
        [("FP-3390", 108_600)]
    );
    // 50 documents dated in October are 49 records, those adopted not among them
    assert_eq!(r.bridge.records, (49, 49));
}

#[test]
fn control_accounts_close_and_are_explained() {
    let r = report(&inputs());
    let want = [
        ("1250", 80_000, 60_000, -80_000, 0, 60_000, "CA-0117 of Lindqvist, Chloé 600.00"),
        ("1260", 0, 30_000, 0, 0, 30_000, "T7XN5B of Okafor, Amara 300.00"),
        ("2010", -164_025, 8_400, -381_846, 226_830, -310_641, "open items"),
        ("2020", 0, 0, -124_500, 0, -124_500, "OC-771 1,245.00"),
        ("2110", -390_218, 21_800, -480_405, 390_218, -458_605, "statement +375.65"),
        ("2130", 0, 74_280, -187_120, 0, -112_840, "Y5MQ8F 1,128.40"),
        ("2140", -22_110, 0, -97_200, 60_755, -58_555, "4VHX7D 585.55"),
        ("2150", -6_400, 0, 0, 6_400, 0, "nothing open"),
    ];
    for (row, (id, opening, debits, credits, others, closing, text)) in r.controls.iter().zip(want) {
        let got = (row.opening, row.debits, row.credits, row.others, row.closing);
        assert_eq!(got, (Some(opening), debits, credits, others, Some(closing)), "{id}");
        assert!(row.explained.ok && row.adds_up, "{id}: {}", row.explained.text);
        assert_eq!(row.explained.text, text, "{id}");
    }
    assert_eq!(r.controls.len(), 8);
}

#[test]
fn the_accrual_list_has_its_four_parts() {
    let r = report(&inputs());
    let sums: Vec<(&str, Vec<_>)> = r
        .accruals
        .iter()
        .map(|a| (a.part.as_str(), a.sums.iter().map(|(c, s)| (c.code(), s.0, s.1)).collect()))
        .collect();
    assert_eq!(
        sums,
        [
            ("approved_not_posted", vec![("EUR", 2, 227_720), ("USD", 11, 3_277_900)]),
            ("spent_before", vec![("USD", 1, 28_840)]),
            ("submitted", vec![("EUR", 1, 17_600), ("USD", 4, 206_490)]),
            ("card_not_reported", vec![("USD", 1, 37_565)]),
        ]
    );
}

#[test]
fn the_store_holds_what_concur_lists() {
    let r = report(&inputs());
    let row = |n: usize| &r.completeness.rows[n];
    let of = |m: &std::collections::BTreeMap<Currency, (u64, i64)>, c| m.get(&c).copied().unwrap_or((0, 0));
    assert_eq!((row(0).listed, row(0).stored), (Some(38), 39));
    assert_eq!(of(&row(0).listed_by, Currency::USD), (33, 1_331_131));
    assert_eq!(of(&row(0).listed_by, Currency::EUR), (5, 109_500));
    assert_eq!((row(1).listed, row(1).stored), (Some(16), 16));
    assert_eq!(of(&row(1).listed_by, Currency::USD), (14, 7_795_205));
    assert_eq!(of(&row(1).listed_by, Currency::EUR), (2, 535_000));
    assert_eq!((row(2).listed, row(2).stored), (None, 1));
    assert!(r.completeness.agrees(), "{:?}", r.completeness.rows);
    assert!(r.completeness.notes.iter().any(|n| n == "38 reports are 39 documents: Q4A7RM was reopened."));
    assert!(
        r.completeness.notes.iter().any(|n| n == "B9VT2G is unreadable: its 57.80 is taken from the list.")
    );
    let days = &r.completeness.arrivals;
    let usd = days.iter().find(|d| d.currency == Currency::USD).unwrap();
    assert_eq!((usd.adopted, usd.rejected, usd.recalled), ((2, 404_620), (1, 475_000), (1, 31_200)));
    assert_eq!(usd.open, (13, 3_381_720));
    assert_eq!((usd.stored, usd.acknowledged), ((53, 9_366_626), 51));
}
