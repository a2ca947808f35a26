//! Further plain expense reports, as many as are asked for, for measuring and for tests of many documents.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, tz};
use rust_decimal::Decimal;

use super::ids::digest_hex;
use super::people::EMPLOYEES;
use super::tables::{Code, Document, Kind, Line, Parties, Payee};

/// Report numbers are written in these 32 signs; none looks like another.
const SIGNS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
/// Different amounts before one comes again; a prime.
const AMOUNTS: u64 = 50_021;

/// Expense type, text, account, cost centre: spend that every rule of the sample book knows.
const SPEND: [(&str, &str, &str); 6] = [
    ("LODNG", "Hotel, Albany", "6020"),
    ("TAXIX", "Taxi", "6030"),
    ("MEALS", "Working lunch", "6110"),
    ("OFFIC", "Office supplies", "6310"),
    ("SOFTW", "Subscription", "6210"),
    ("COURR", "Courier", "6320"),
];
const CENTERS: [&str; 5] = ["CC100", "CC200", "CC300", "CC400", "CC800"];
/// Employees whom the ledger pays in US dollars.
const OWNERS: [&str; 5] = ["E1001", "E1002", "E1003", "E1004", "E1005"];
/// The book that they belong to.
const BOOK: &str = "fq-us";
/// The same of the book whose ledger is QuickBooks Desktop.
const TAX: (&str, [&str; 1], [&str; 2]) = ("fq-tax", ["CC700"], ["E3001", "E3002"]);

/// `count` plain reports of one entry, out of pocket, of the book `fq-us`: the ones at `from` and on in the endless
/// row of this seed, so that the same seed and places give the same documents. `now` is when they are approved.
///
/// Within one seed no two of the first 50,021 have the same amount, so that none looks like a duplicate, and no two of
/// the first 2^30 have the same number.
#[must_use]
pub fn generate(count: u64, seed: u64, from: u64, now: Timestamp) -> Vec<Document> {
    made(count, seed, from, now, &(BOOK, &CENTERS, &OWNERS))
}

/// [`generate`] for another book: `fq-us` or `fq-tax`. None: reports of that book are not made up.
#[must_use]
pub fn generate_for(book: &str, count: u64, seed: u64, from: u64, now: Timestamp) -> Option<Vec<Document>> {
    let of: Of<'_> = match book {
        BOOK => (BOOK, &CENTERS, &OWNERS),
        _ if book == TAX.0 => (TAX.0, &TAX.1, &TAX.2),
        _ => return None,
    };
    Some(made(count, seed, from, now, &of))
}

/// Book, cost centres, employees.
type Of<'a> = (&'static str, &'a [&'static str], &'a [&'static str]);

fn made(count: u64, seed: u64, from: u64, now: Timestamp, of: &Of<'_>) -> Vec<Document> {
    let text = seed.to_string();
    let offset = u64::from_str_radix(&digest_hex(&["generate", &text], 12), 16).unwrap_or(seed);
    (from..from.saturating_add(count)).filter_map(|at| report(seed, offset, at, now, of)).collect()
}

fn report(seed: u64, offset: u64, at: u64, now: Timestamp, of: &Of<'_>) -> Option<Document> {
    let draw =
        u64::from_str_radix(&digest_hex(&["draw", &seed.to_string(), &at.to_string()], 12), 16).ok()?;
    let owner = pick(of.2, draw).and_then(|id| EMPLOYEES.iter().find(|e| e.id == *id))?;
    let (expense_type, text, account) = *pick(&SPEND, draw / 8)?;
    let cost_center = *pick(of.1, draw / 64)?;
    let cents = 1_500 + (at.wrapping_mul(7_919).wrapping_add(offset)) % AMOUNTS;
    let gross = Decimal::new(i64::try_from(cents).ok()?, 2);
    let today = now.to_zoned(tz::TimeZone::UTC).date();
    let spent = days_before(today, 3 + i64::try_from(draw % 5).ok()?);
    let number = number(at, offset);
    let line = Line {
        date: spent,
        expense_type: expense_type.to_owned(),
        text: text.to_owned(),
        account: account.to_owned(),
        cost_center: cost_center.to_owned(),
        project: String::new(),
        parties: Parties::Pair("COMP", "EMPL"),
        gross,
        tax: None,
        reclaim: None,
        code: Code::None,
    };
    Some(Document {
        id: format!("G{seed}.{at}"),
        book: of.0.to_owned(),
        kind: Kind::ExpenseReport,
        payee: Payee::Employee(owner),
        date: today,
        processed: now,
        revision: 1,
        number,
        currency: owner.currency.to_owned(),
        approved: line.gross,
        state: String::new(),
        situation: "made up for load".to_owned(),
        lines: vec![line],
    })
}

fn pick<T>(from: &[T], draw: u64) -> Option<&T> {
    let at = draw % u64::try_from(from.len()).ok()?.max(1);
    from.get(usize::try_from(at).ok()?)
}

fn days_before(day: Date, days: i64) -> Date {
    day.checked_sub(SignedDuration::from_hours(24 * days)).unwrap_or(day)
}

/// Six signs; another place gives another number (multiplication by an odd number modulo 2^30 hits each value once).
fn number(at: u64, offset: u64) -> String {
    let mut value = at.wrapping_mul(387_420_489).wrapping_add(offset) % (1 << 30);
    let mut signs = [b'2'; 6];
    for sign in signs.iter_mut().rev() {
        if let Some(s) = SIGNS.get((value % 32) as usize) {
            *sign = *s;
        }
        value /= 32;
    }
    String::from_utf8_lossy(&signs).into_owned()
}
