//! October of the sample firm after a day's work, written down by hand.

use jiff::civil::Date;

use crate::model::document::DocumentKind;
use crate::model::entry::{EntryKind, Named};
use crate::model::intent::IntentState;
use crate::model::money::Currency;
use crate::model::state::State;
use crate::tieout::*;

/// id | kind | number | party | date | currency | approved | state | finding | entries: kind, header account, amount
pub const DOCUMENTS: &str = "\
D01|R|Q4A7RM|Okafor, Amara|2026-10-07|USD|515.00|confirmed||bill 2010 515.00
D02|R|HX2K9T|Castellano, Ben|2026-10-07|USD|155.25|confirmed||bill 2010 155.25
D03|R|M7PV3C|Lindqvist, Chloé|2026-10-09|USD|832.45|confirmed||bill 2010 27.50;card_purchase 2110 486.20;card_purchase 2110 318.75
D04|R|9WZQ4B|Raman, Dev|2026-10-09|USD|104.00|confirmed||bill 2010 104.00
D05|I|HPT-2026-10|Hollis Property Trust|2026-10-01|USD|18500.00|confirmed||bill 2000 18500.00
D06|I|BW-88213|Brightwater Hosting|2026-10-12|USD|2340.00|confirmed||bill 2000 1404.00+936.00
D07|R|T3NB8L|Müller, Grace|2026-10-16|EUR|264.30|confirmed||bill 2015 264.30
D08|I|CL-2188|Candor Legal LLP|2026-10-14|USD|4750.00|confirmed||bill 2000 4750.00
D09|R|K5D2XW|Raman, Dev|2026-10-16|USD|794.90|confirmed||bill 2010 52.10;journal 2130 742.80
D10|I|KT-5531|Kestrel Travel Agency|2026-10-21|USD|760.80|confirmed||bill 2000 2130:742.80+18.00
D11|R|R8JC6Y|Haddad, Farid|2026-10-21|USD|-182.00|confirmed|negative_document|bill 2010 36.00;card_refund 2110 -218.00
D12|R|V6TS1H|Romero, Lucia|2026-10-23|USD|386.45|confirmed||journal 2140 386.45
D13|R|B4Q7TN|Okafor, Amara|2026-10-28|USD|1290.15|confirmed||bill 2010 127.75;card_purchase 2110 624.40;card_purchase 2110 538.00
D14|R|N2HF5R|Castellano, Ben|2026-10-26|USD|451.50|confirmed||bill 2010 451.50
D15|I|FP-3402|Foxglove Print Co.|2026-10-27|USD|-240.00|confirmed|negative_document|vendor_credit 2000 -240.00
D16|R|J7LD4P|Raman, Dev|2026-10-27|USD|118.75|confirmed||bill 2010 118.75
D17|R|X3GW8V|Haddad, Farid|2026-10-28|USD|1571.80|confirmed||card_purchase 2110 1150.00;card_purchase 2110 421.80
D18|R|5KRT9Z|Castellano, Ben|2026-10-29|USD|81.60|confirmed||bill 2010 96.60+-15.00
D19|R|W6BN3Q|Müller, Grace|2026-10-29|EUR|336.50|confirmed||bill 2015 336.50
D20|R|Z8PC1M|O'Brien, Sinéad|2026-10-30|EUR|206.50|confirmed||bill 2015 206.50
D21|R|4VHX7D|Romero, Lucia|2026-10-30|USD|585.55|confirmed||journal 2140 585.55
D22|R|G2SK6J|Haddad, Farid|2026-10-30|USD|667.20|confirmed||bill 2010 33.00;bill 2000 634.20
D23|R|Y5MQ8F|Raman, Dev|2026-10-30|USD|1392.40|confirmed||bill 2010 264.00;journal 2130 1128.40
D24|A|CA-0117|Lindqvist, Chloé|2026-10-22|USD|600.00|confirmed|cash_advance|bill 2010 1250:600.00
D25|R|L1FT4W|Raman, Dev|2026-10-30|USD|500.00|confirmed||journal 1250 500.00
D26|R|P9ZD2C|Lindqvist, Chloé|2026-10-30|USD|640.00|confirmed||bill 2010 640.00 less 1250:300.00
D27|R|T7XN5B|Okafor, Amara|2026-10-30|USD|700.00|confirmed||card_purchase 2110 700.00 less 1260:-300.00
D28|R|D3WK7H|Castellano, Ben|2026-10-30|USD|-84.00|confirmed|negative_document|vendor_credit 2010 -84.00
D29|R|H8RB4S|Haddad, Farid|2026-10-30|USD|0.00|confirmed|negative_document|journal 6530 120.00+-120.00
D30|I|IR-2026-071|Inkwell Research Ltd|2026-10-27|EUR|3200.00|confirmed||bill 2005 3200.00
D31|I|DOI-7719|Delmar Office Interiors|2026-10-28|USD|3178.75|confirmed||bill 2000 3178.75
D32|R|S6QJ9T|Lindqvist, Chloé|2026-11-02|USD|288.40|confirmed||bill 2010 288.40
D33|R|F4LV8Y|Castellano, Ben|2026-10-30|USD|140.40|confirmed|receipt_missing|bill 2010 140.40
D34|R|M2HC6K|Müller, Grace|2026-10-30|EUR|160.50|confirmed|tax_receipt_missing|bill 2015 160.50
D35|I|MT-3051|Mosaic Training Co.|2026-10-29|USD|26400.00|ready|over_limit|
D36|R|A7DX3Z|Okafor, Amara|2026-10-30|USD|279.31|confirmed|old_expense|bill 2010 279.31
D37|I|BW-88477|Brightwater Hosting|2026-10-30|USD|2340.00|confirmed|possible_duplicate|bill 2000 2340.00
D38|I|OC-771|Orchard Catering LLC|2026-10-30|USD|1245.00|confirmed|paid_by_concur|bill 2020 1245.00
D39|R|E5TW8R|Okafor, Amara|2026-10-30|USD|146.20|confirmed|maybe_in_ledger|adopted 2010 146.20
D40|R|K8CN1X|Raman, Dev|2026-10-29|USD|318.00|confirmed||bill 2010 318.00
D41|I|ES-90412|Estuary Staffing Inc.|2026-10-28|USD|5280.00|confirmed||bill 2000 5280.00
D42|R|U3VG7P|Haddad, Farid|2026-10-30|USD|264.90|confirmed||card_purchase 2110 264.90
D43|R|N6YL4D|Tan, Iris|2026-10-30|USD|203.15|blocked|party_unmapped|
D44|I|P9C-3321|PIER 9 COURIERS|2026-10-29|USD|327.50|blocked|party_unmapped|
D45|R|R1ZH5T|Castellano, Ben|2026-10-28|USD|76.25|blocked|account_inactive|
D46|R|W2FQ9M|Lindqvist, Chloé|2026-10-29|USD|110.00|blocked|account_missing|
D47|R|X7BD3J|O'Brien, Sinéad|2026-10-30|EUR|127.20|blocked|tax_unmapped|
D48|R|C5KP8V|Okafor, Amara|2026-10-29|USD|412.00|blocked|dimension_inactive|
D49|I|NA-00317|Nordlys Analytics GmbH|2026-10-28|EUR|2150.00|blocked|party_currency|
D50|I|FP-3390|Foxglove Print Co.|2026-09-30|USD|1086.00|held|period_closed|
D51|R|D8MS6K|Castellano, Ben|2026-09-30|USD|174.30|confirmed|date_moved|bill 2010 174.30
D52|I|CL-2217|Candor Legal LLP|2026-10-20|USD|3900.00|confirmed|maybe_in_ledger|adopted 2000 3900.00
D53|I|CL2188|Candor Legal LLP|2026-10-23|USD|4750.00|rejected|duplicate_invoice|
D54|R|Q4A7RM|Okafor, Amara|2026-10-27|USD|25.00|blocked|reopened_delta|
D55|R|TEST01|Traveler, Test|2026-10-26|USD|10.00|blocked|test_document|
D56|I|DOI-7802|Delmar Office Interiors|2026-10-30|USD|4420.00|blocked|purchase_order|
D57|R|J4XR7N|Lindqvist, Chloé|2026-10-30|USD|560.00|blocked|intercompany|
D58|R|Q9BK2L|Okonkwo, Theo|2026-10-30|USD|187.30|ready|own_document|
D59|R|S6QJ9T|Lindqvist, Chloé|2026-10-30|USD|312.00|recalled||
D60|R|B9VT2G|Raman, Dev|2026-10-30|USD|57.80|unreadable|unreadable|";

pub fn minor(text: &str) -> i64 {
    let (whole, cents) = text.split_once('.').unwrap_or((text, "00"));
    let sign = if whole.starts_with('-') { -1 } else { 1 };
    whole.parse::<i64>().unwrap() * 100 + sign * cents.parse::<i64>().unwrap()
}

pub fn day(text: &str) -> Date {
    text.parse().unwrap()
}

pub fn october() -> Period {
    Period::parse("2026-10").unwrap()
}

fn line(account: &str, minor: i64) -> RecordLine {
    RecordLine {
        account: Named::new(account, format!("{account} account")),
        minor,
        own: true,
        rounding: false,
        tax: false,
        offset: false,
        class: Some(Named::new("c1", "100 Strategy")),
        department: None,
        customer: None,
        party: None,
    }
}

/// `bill 2010 640.00 less 1250:300.00`
fn entry(text: &str, date: Date, currency: Currency, party: &str) -> (EntryKind, bool, Record) {
    let mut words = text.splitn(3, ' ');
    let (kind, account, rest) = (words.next().unwrap(), words.next().unwrap(), words.next().unwrap());
    let adopted = kind == "adopted";
    let kind: EntryKind = if adopted { EntryKind::Bill } else { kind.parse().unwrap() };
    let (own, less) = rest.split_once(" less ").map_or((rest, None), |(a, b)| (a, Some(b)));
    let mut lines: Vec<RecordLine> = own
        .split('+')
        .map(|part| match part.split_once(':') {
            Some((account, amount)) => line(account, minor(amount)),
            None => line("6000", minor(part)),
        })
        .collect();
    if let Some((account, amount)) = less.and_then(|l| l.split_once(':')) {
        lines.push(RecordLine { own: false, class: None, ..line(account, -minor(amount)) });
    }
    let sum: i64 = lines.iter().map(|l| l.minor).sum();
    let header = Named::new(account, format!("{account} account"));
    lines.push(RecordLine { own: false, offset: true, class: None, ..line(account, -sum) });
    let journal = kind == EntryKind::Journal;
    let record = Record {
        kind,
        id: String::new(),
        number: String::new(),
        date,
        party: (!journal).then(|| Named::new(party, party)),
        currency,
        rate: None,
        offset_account: (!journal).then_some(header),
        lines,
        marker: None,
        not_final: None,
        changed_at: None,
    };
    (kind, adopted, record)
}

/// All sixty, as the store holds them.
pub fn documents() -> Vec<PeriodDocument> {
    let mut next = 100;
    DOCUMENTS
        .lines()
        .map(|row| {
            let f: Vec<&str> = row.split('|').collect();
            let currency: Currency = f[5].parse().unwrap();
            let original = day(f[4]);
            let posting = if f[0] == "D51" { day("2026-10-01") } else { original };
            let slots = f[9].split(';').filter(|e| !e.is_empty()).enumerate().map(|(n, e)| {
                next += 1;
                let (kind, adopted, entry) = entry(e, posting, currency, f[3]);
                Slotted {
                    slot: format!("{n}"),
                    kind,
                    reference: format!("TO{next}"),
                    state: IntentState::Done,
                    adopted,
                    remote_id: next.to_string(),
                    number: format!("TO{next}"),
                    date: posting,
                    entry: Some(entry),
                }
            });
            let slots = slots.collect();
            PeriodDocument {
                id: f[0].into(),
                number: f[2].into(),
                kind: match f[1] {
                    "R" => DocumentKind::ExpenseReport,
                    "I" => DocumentKind::Invoice,
                    _ => DocumentKind::CashAdvance,
                },
                state: f[7].parse::<State>().unwrap(),
                source_id: f[0].into(),
                family: if f[2] == "Q4A7RM" || f[2] == "S6QJ9T" { f[2].into() } else { f[0].into() },
                party: f[3].into(),
                currency: Some(currency),
                minor: minor(f[6]),
                original,
                posting,
                finding: f[8].into(),
                brief: f[8].replace('_', " "),
                arrived: day("2026-11-04"),
                acknowledged: !matches!(f[0], "D55" | "D60"),
                slots,
                costs: if f[0] == "D32" {
                    let spent = Some(day("2026-10-28"));
                    vec![CostLine { account: "6020".into(), object: "300".into(), spent, minor: 28_840 }]
                } else {
                    Vec::new()
                },
            }
        })
        .collect()
}

/// The ledger as it stands: every record as frozen, the second line of D06 changed by hand.
pub fn held(documents: &[PeriodDocument]) -> Held {
    let mut held = Held::default();
    for d in documents {
        for s in d.slots.iter().filter(|s| s.state == IntentState::Done) {
            let mut r = s.entry.clone().unwrap();
            r.id.clone_from(&s.remote_id);
            r.number.clone_from(&s.number);
            r.marker = (!s.adopted).then(|| s.reference.clone());
            let home = r.currency == Currency::USD;
            for l in r.lines.iter().filter(|_| home) {
                held.movements.push(Movement {
                    account: l.account.id.clone(),
                    date: r.date,
                    word: r.kind.words().into(),
                    id: r.id.clone(),
                    number: r.number.clone(),
                    party: d.party.clone(),
                    minor: l.minor,
                });
            }
            if r.kind != EntryKind::Journal {
                r.lines.retain(|l| !l.offset);
            }
            for l in &mut r.lines {
                (l.own, l.offset) = (false, false);
            }
            if d.id == "D06" {
                r.lines[1].minor = 96_300;
            }
            held.records.push(r);
        }
    }
    for (account, date, number, minor) in [
        ("2010", "2026-10-05", "September bills", 164_025),
        ("2010", "2026-10-20", "D01, D02, D04", 77_425),
        ("2110", "2026-10-15", "statement", 390_218),
        ("2140", "2026-10-06", "September", 22_110),
        ("2140", "2026-10-28", "D12", 38_645),
        ("2150", "2026-10-30", "payroll", 6_400),
    ] {
        held.movements.push(Movement {
            account: account.into(),
            date: day(date),
            word: "Payment".into(),
            id: format!("p{number}"),
            number: number.into(),
            party: String::new(),
            minor,
        });
    }
    // bills paid by the day of reading are not open
    for d in documents.iter().filter(|d| !matches!(d.id.as_str(), "D01" | "D02" | "D04")) {
        for (s, e) in d.slots.iter().filter_map(|s| s.entry.as_ref().map(|e| (s, e))) {
            for l in e.lines.iter().filter(|l| l.offset && l.account.id == "2010") {
                held.open_items.push(OpenItem {
                    account: "2010".into(),
                    number: s.number.clone(),
                    party: d.party.clone(),
                    date: s.date,
                    minor: l.minor,
                });
            }
        }
    }
    held
}

/// What Concur lists.
pub fn listing(documents: &[PeriodDocument]) -> Vec<Listed> {
    let mut out: Vec<Listed> = Vec::new();
    for d in documents.iter().filter(|d| d.state != State::Recalled && d.kind != DocumentKind::CashAdvance) {
        if let Some(l) = out.iter_mut().find(|l| l.family == d.family) {
            l.minor += d.minor;
            continue;
        }
        out.push(Listed {
            kind: d.kind,
            family: d.family.clone(),
            number: d.number.clone(),
            owner: d.party.clone(),
            ledger: String::new(),
            currency: d.currency.unwrap(),
            minor: d.minor,
            processed: Some(if d.id == "D50" { day("2026-10-02") } else { d.original }),
            submitted: Some(d.original),
            approved: true,
            excluded: d.id == "D55",
        });
    }
    for (owner, minor, currency) in [
        ("Castellano", 21_240, Currency::USD),
        ("Lindqvist", 48_815, Currency::USD),
        ("Haddad", 103_460, Currency::USD),
        ("Romero", 32_975, Currency::USD),
        ("Müller", 17_600, Currency::EUR),
    ] {
        out.push(Listed {
            kind: DocumentKind::ExpenseReport,
            family: format!("open {owner}"),
            number: owner.into(),
            owner: owner.into(),
            ledger: String::new(),
            currency,
            minor,
            processed: None,
            submitted: Some(day("2026-10-30")),
            approved: false,
            excluded: false,
        });
    }
    out
}

/// The control accounts of section 7.
pub fn accounts() -> Vec<ControlInput> {
    use ControlRole::*;
    [
        ("1250", Advances, 80_000, 60_000),
        ("1260", DueFromEmployees, 0, 30_000),
        ("2010", EmployeePayable, -164_025, -310_641),
        ("2020", PaidBySource, 0, -124_500),
        ("2110", Card, -390_218, -458_605),
        ("2130", Clearing, 0, -112_840),
        ("2140", Clearing, -22_110, -58_555),
        ("2150", Clearing, -6_400, 0),
    ]
    .into_iter()
    .map(|(account, role, opening, closing)| ControlInput {
        account: Named::new(account, format!("{account} account")),
        role,
        opening: Some(opening),
        closing: Some(closing),
    })
    .collect()
}

/// Everything together.
pub fn inputs() -> Inputs {
    let documents = documents();
    Inputs {
        book: "fq-us".into(),
        period: october(),
        home: Currency::USD,
        today: day("2026-11-04"),
        arrived: documents.clone(),
        held: Ok(held(&documents)),
        listing: Ok((listing(&documents), vec![DocumentKind::CashAdvance])),
        accounts: accounts(),
        statements: vec![Statement {
            account: "2110".into(),
            date: day("2026-10-31"),
            minor: 496_170,
            by: "Maya Wells".into(),
        }],
        wanted: vec![DocumentKind::ExpenseReport, DocumentKind::Invoice, DocumentKind::CashAdvance],
        payroll: 1,
        equations: Vec::new(),
        breaks: Vec::new(),
        changed_at: "2026-11-04T16:30:00Z".parse().ok(),
        source_read: "2026-11-04T16:38:00Z".parse().ok(),
        ledger_read: "2026-11-04T16:39:00Z".parse().ok(),
        stale: None,
        documents,
    }
}
