//! Databases of generated documents: built once under the target folder, through the store's own operations, and kept.

#[path = "../common/kept.rs"]
mod kept;

use std::path::Path;
use std::time::Instant;

use jiff::{ToSpan as _, civil::Date};
pub use kept::{Done, now};
use kept::{at, mix};
use tieout::model::book::*;
use tieout::model::canonical::digest;
use tieout::model::document::DocumentKind;
use tieout::model::entry::*;
use tieout::model::finding::{Finding, FindingCode, Mend};
use tieout::model::ids::BookId;
use tieout::model::money::{Currency, from_minor};
use tieout::model::people::Actor;
use tieout::model::reference::{Reference, ReferenceParts};
use tieout::model::state::State;
use tieout::store::*;

/// The book of the generated documents.
pub const BOOK: &str = "load";
/// Rises when the rows that are generated, or the schema, change: older databases are then left alone.
const EDITION: u32 = 3;
/// Documents of one transaction.
const PAGE: u64 = 5_000;
/// Length of a payload.
const PAYLOAD: usize = 300;

/// The large size: 1,000,000, or `TIEOUT_BENCH_DOCUMENTS` where there is no room or time for it (7 kB a document).
#[allow(clippy::disallowed_methods, reason = "a benchmark is told its size by whoever runs it")]
pub fn large() -> u64 {
    let given = std::env::var("TIEOUT_BENCH_DOCUMENTS").ok().and_then(|n| n.parse().ok());
    given.unwrap_or(1_000_000)
}

/// The store with `n` documents; builds it when it is not there yet.
pub fn store(n: u64) -> Done<SqliteStore> {
    kept::store(&format!("queue-{n}-e{EDITION}"), |dir| {
        let began = Instant::now();
        build(dir, n)?;
        Ok(format!("{n} documents built in {:.1} s", began.elapsed().as_secs_f64()))
    })
}

fn build(dir: &Path, n: u64) -> Done<()> {
    let store = kept::open(dir)?;
    for (id, system) in [("concur", "concur"), ("qbo", "quickbooks_online")] {
        now(store.put_connection(connection(id, system)?, actor(), at(0)?))?;
    }
    now(store.put_book(book()?, actor(), at(0)?))?;
    now(store.raise_epoch("bench".into(), at(0)?))?;
    for (p, from) in (0..n).step_by(usize::try_from(PAGE)?).enumerate() {
        let documents = from..(from + PAGE).min(n);
        let second = at(u64::try_from(p)? * 10)?;
        let arrivals = documents.clone().map(arrival).collect();
        let arrived = now(store.arrive(arrivals, Vec::new(), second))?;
        let mut derived = Vec::with_capacity(arrived.len());
        for (i, a) in documents.zip(arrived) {
            let Arrived::New(id) = a else { return Err("a generated document was there before".into()) };
            derived.push((id, 1, derivation(i, n)?));
        }
        let stale = now(store.derived(derived, second))?;
        if !stale.is_empty() {
            return Err(format!("{} derivations were stale", stale.len()).into());
        }
    }
    Ok(())
}

/// The number of document `i`.
pub fn number(i: u64) -> String {
    format!("LD{i:07}")
}

fn currency(i: u64) -> Currency {
    if mix(i).is_multiple_of(5) { Currency::EUR } else { Currency::USD }
}

fn minor(i: u64) -> i64 {
    i64::try_from(mix(i) % 500_000).unwrap_or_default() + 100
}

fn payee(i: u64) -> String {
    format!("Payee {:03}, Some", mix(i) / 7 % 400)
}

fn arrival(i: u64) -> Arrival {
    let mut bytes = format!("{{\"report\":{{\"reportId\":\"{}\",\"note\":\"", number(i)).into_bytes();
    bytes.resize(PAYLOAD - 3, b'.');
    bytes.extend_from_slice(b"\"}}");
    Arrival {
        connection: "concur".into(),
        book: Some(BookId::from(BOOK)),
        kind: DocumentKind::ExpenseReport,
        source_id: format!("{:016x}", mix(i)),
        bytes,
        revision: format!("{:016x}", mix(i ^ 0xFFFF)),
        header: Ok(ArrivalHeader {
            family: format!("{:016X}", mix(i ^ 0xAAAA)),
            number: number(i),
            title: format!("Client visit {}", mix(i) / 3 % 900),
            payee_code: format!("E{:04}", mix(i) / 7 % 400),
            payee_is_employee: true,
            payee: payee(i),
            currency: currency(i),
            minor: minor(i),
            duplicate_keys: vec![],
            delta: false,
        }),
        source_status: "READY".into(),
    }
}

/// All of them are open (blocked, ready or held): the default view has every row of the table. A document arrives on the
/// day on which its source processed it, which is its posting date; one in ten strays by up to three weeks.
fn derivation(i: u64, n: u64) -> Done<Derived> {
    let strays = if (mix(i) / 19).is_multiple_of(10) { mix(i) / 11 % 21 } else { 0 };
    let days = i64::try_from(i.saturating_mul(1_095) / n.max(1) + strays)?;
    let date = Date::constant(2023, 11, 15).checked_add(days.days())?;
    let set = EntrySet { entries: vec![entry(i, date)] };
    let (state, findings) = match mix(i) / 13 % 10 {
        0 | 1 => (State::Blocked, vec![finding(FindingCode::CostObjectUnmapped, i)]),
        2 => (State::Held, vec![finding(FindingCode::PeriodClosed, i)]),
        _ => (State::Ready, vec![]),
    };
    Ok(Derived {
        revision: format!("{:016x}", mix(i ^ 0xFFFF)),
        rules_version: 1,
        digest: digest(&set, "quickbooks_online:load")?,
        will_post: set.will_post(),
        set,
        findings,
        checks: vec![(true, "debits equal credits".into())],
        state,
        posting_date: Some(date),
        original_date: Some(date),
        payee: payee(i),
        cost_centres: format!("CC{}", mix(i) / 17 % 900),
        receipts: (1, 1),
        who_pays: "ledger".into(),
        approver: "Romero, Lucia".into(),
        concur_pays: 0,
    })
}

fn finding(code: FindingCode, i: u64) -> Finding {
    let value = format!("CC{}", mix(i) / 17 % 900);
    Finding::new(code, &value, format!("{value} has none"), format!("{value} has no class."), Mend::Reject)
}

fn entry(i: u64, date: Date) -> Entry {
    let source_id = format!("{:016x}", mix(i));
    let reference = Reference::of(&ReferenceParts {
        source_system: "concur",
        source_company: "load",
        kind: "expense_report",
        source_id: &source_id,
        target_system: "quickbooks_online",
        target_company: "load",
        slot: &Slot::Bill,
        draw: 0,
    });
    let line = |side, role, id: &str, name: &str| Line {
        role,
        side,
        account: Named::new(id, name),
        amount: from_minor(minor(i), currency(i)),
        dimensions: Dimensions::default(),
        billable: false,
        tax_code: None,
        party: None,
        text: "Taxi".into(),
        source: None,
        why: vec![],
    };
    Entry {
        slot: Slot::Bill,
        kind: EntryKind::Bill,
        date,
        due: None,
        currency: currency(i),
        rate: None,
        party: Some(Named::new("56", payee(i))),
        offset_account: None,
        location: None,
        number: number(i),
        memo: reference.marker(),
        reference,
        taxes: vec![],
        lines: vec![
            line(Side::Debit, LineRole::Cost, "58", "5010 Client Airfare"),
            line(Side::Credit, LineRole::Payable, "61", "2010 Employee Payables"),
        ],
        why: vec![],
    }
}

fn actor() -> Actor {
    Actor { name: "Theo Okonkwo".into(), employee: None, via: "cli".into(), single_person: false }
}

fn connection(id: &str, system: &str) -> Done<ConnectionRow> {
    Ok(ConnectionRow {
        id: id.into(),
        system: system.into(),
        company: "load".into(),
        fingerprint: id.into(),
        system_id: "tieout".into(),
        settings: serde_json::json!({}),
        health: Health::Ok,
        health_reason: String::new(),
        health_since: at(0)?,
    })
}

fn book() -> Done<Book> {
    let settings = serde_json::json!({
        "company": "Load", "time_zone": "America/New_York", "home_currency": "USD", "ledger_codes": ["LOAD"],
        "flows": {}, "who_pays": {}, "card_programmes": {}, "individual_cards": null,
        "individual_cards_paid_by": "ledger", "accounts": serde_json::to_value(RoleAccounts::default())?,
        "dimensions": [], "employee_due_days": 7, "lock_date": null,
        "rate": serde_json::to_value(RatePolicy::LedgerDecides)?, "rate_table": {},
        "intercompany": serde_json::to_value(IntercompanyPolicy::Block)?, "personal_offset": false,
        "card_payee": null, "match_merchants": false, "opening_advances": [], "accept_unlisted_advances": false,
        "second_approver_above": null, "old_expense_days": 90, "memo": "{number}", "approvers": {},
        "fiscal_year_start": 1, "fiscal_year_named_by_end": false
    });
    Ok(Book {
        id: BookId::from(BOOK),
        source: "concur".into(),
        ledger: "qbo".into(),
        mode: Mode::Live,
        paused: false,
        settings: serde_json::from_value(settings)?,
    })
}
