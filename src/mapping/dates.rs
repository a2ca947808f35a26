//! Posting date, period and rate (accounting.md, sections 2.3 and 3).

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;

use crate::mapping::Inputs;
use crate::mapping::rules::{Asked, best, told};
use crate::mapping::work::{Work, short_date, why};
use crate::model::book::{Book, CardDate, ClosedPeriod, DatePolicy, RatePolicy};
use crate::model::clock;
use crate::model::document::{Document, DocumentKind};
use crate::model::entry::{EntrySet, Why};
use crate::model::finding::{FindingCode, Mend};
use crate::model::ledger::LedgerFacts;
use crate::model::money::Currency;
use crate::model::rule::{Gives, RuleKind};

/// The dates of one document.
pub(super) struct Dates {
    /// By the flow's policy; none when the source does not give it.
    pub original: Option<Date>,
    /// After a rule for this document.
    pub posting: Option<Date>,
    /// What entries are dated by: the posting date, or today where there is none (that blocks).
    pub used: Date,
    /// The last closed day.
    pub lock: Option<Date>,
    /// Today in the book's zone.
    pub today: Date,
    /// Why it is this date.
    pub why: Why,
}

impl Dates {
    /// The date of a card purchase: its expense's, unless the book wants the document's, or that period is closed and
    /// the document was moved, or the flow takes the next open day.
    pub fn of_card(&self, w: &mut Work<'_>, expense: Option<Date>) -> Date {
        let flow = w.settings().flows.get(&w.doc().kind);
        let Some(d) = expense.filter(|_| flow.is_none_or(|f| f.card_date == CardDate::Expense)) else {
            return self.used;
        };
        if self.moved() && self.lock.is_some_and(|l| d <= l) {
            return self.used.max(d);
        }
        match flow.and_then(|f| next_open(f.closed, self.lock, d)) {
            Some(open) => {
                moved(w, d, open, "the flow's policy");
                open
            }
            None => d,
        }
    }

    pub fn moved(&self) -> bool {
        self.posting != self.original
    }
}

/// The next open day for a date in a closed period, where the flow takes it so far back.
fn next_open(policy: ClosedPeriod, lock: Option<Date>, date: Date) -> Option<Date> {
    let ClosedPeriod::NextOpenDay { days } = policy else { return None };
    let open = lock.filter(|l| date <= *l)?.tomorrow().ok()?;
    (days_between(date, open) <= i32::from(days)).then_some(open)
}

fn moved(w: &mut Work<'_>, from: Date, to: Date, by: &str) {
    let sentence = format!("Posted on {to} in place of {from}, by {by}.");
    // the value tells the dates of several records apart; the document's own has none
    let value = if by.starts_with("rule") { String::new() } else { from.to_string() };
    w.add(FindingCode::DateMoved, &value, format!("for {}", short_date(from)), sentence, Mend::Accept);
}

/// The date that the flow's policy gives, before anything moves it: what cut-over is judged by.
pub fn original_date(document: &Document, book: &Book, now: Timestamp) -> Option<Date> {
    let zone = book_zone(book).ok()?;
    let policy = book.settings.flows.get(&document.kind).map_or(DatePolicy::Approval, |f| f.date);
    by_policy(document, policy, &zone, clock::date_in(now, &zone)).0
}

/// The last closed day: the later of the ledger's own and tieout's own.
pub(super) fn lock_date(book: &Book, facts: &LedgerFacts) -> Option<Date> {
    book.settings.lock_date.max(facts.company.close_date)
}

/// The book's zone; UTC when it does not exist, which [`judge`] reports.
pub(super) fn book_zone(book: &Book) -> Result<TimeZone, String> {
    clock::zone(&book.settings.time_zone)
}

/// The posting date by policy, without rules.
fn by_policy(
    doc: &Document,
    policy: DatePolicy,
    zone: &TimeZone,
    today: Date,
) -> (Option<Date>, &'static str) {
    let in_zone = |at: Option<jiff::Timestamp>| at.map(|t| clock::date_in(t, zone));
    match (doc.kind, policy) {
        (DocumentKind::Invoice | DocumentKind::CashAdvance, _) if doc.posting_date.is_some() => {
            (doc.posting_date, "posting date of the source")
        }
        (DocumentKind::CashAdvance, _) => (in_zone(doc.processed_at).or(doc.report_date), "day of issue"),
        (_, DatePolicy::PostingDay) => (Some(today), "the day of posting, fixed at approval"),
        (_, DatePolicy::InvoiceDate) => (doc.invoice_date, "invoice date"),
        (_, DatePolicy::Approval) => (in_zone(doc.processed_at), "day of final approval"),
        (_, DatePolicy::Submit) => (in_zone(doc.submitted_at), "day of submission"),
        (_, DatePolicy::ReportDate) => (doc.report_date, "the report's own date"),
        (_, DatePolicy::LastExpense) => {
            (doc.expenses.iter().filter_map(|e| e.date).max(), "day of the last expense")
        }
    }
}

/// The dates of the document. A kind without a flow is dated as by final approval, so that the list can show it.
pub(super) fn dates<'a>(w: &mut Work<'a>) -> Dates {
    let i: &'a Inputs<'a> = w.i;
    let zone = match book_zone(i.book) {
        Ok(z) => z,
        Err(e) => {
            w.add(
                FindingCode::Unreadable,
                "time zone",
                "no time zone",
                format!("The book's zone: {e}."),
                Mend::BookPolicy,
            );
            TimeZone::UTC
        }
    };
    let today = clock::date_in(i.now, &zone);
    let flow = i.book.settings.flows.get(&i.document.kind);
    let policy = flow.map_or(DatePolicy::Approval, |f| f.date);
    let (original, how) = by_policy(i.document, policy, &zone, today);
    let lock = lock_date(i.book, i.facts);
    let Some(first) = original else {
        let source = w.source();
        let sentence = format!("{source} gave no {how}, which the flow's date policy needs.");
        w.add(FindingCode::Unreadable, "posting date", "no posting date", sentence, Mend::Reject);
        let reason = why("date", format!("none: no {how} in the source"), None);
        return Dates { original: None, posting: None, used: today, lock, today, why: reason };
    };
    let rule = best(i, RuleKind::PostingDate, Asked::default(), |r| r.document.is_some());
    let (posting, reason) = match rule.map(|r| (r, &r.gives)) {
        Some((r, Gives::Date(d))) if *d > first => {
            moved(w, first, *d, &format!("rule {} of {}", r.id, r.author));
            (*d, why("date", format!("{} in place of {first}", told(r)), Some(r.id)))
        }
        Some((r, Gives::Date(d))) if *d < first => {
            // never earlier than the original
            (
                first,
                why("date", format!("{first}: {how}; rule {} asks for {d}, which is earlier", r.id), None),
            )
        }
        _ => match flow.and_then(|f| next_open(f.closed, lock, first)) {
            Some(open) => {
                moved(w, first, open, "the flow's policy");
                (open, why("date", format!("{open} in place of {first}: next open day, by the flow"), None))
            }
            None => (first, why("date", format!("{first}: {how}, {}", i.book.settings.time_zone), None)),
        },
    };
    Dates { original, posting: Some(posting), used: posting, lock, today, why: reason }
}

/// Findings about dates: closed period, future, prior fiscal year, old expenses.
pub(super) fn judge(w: &mut Work<'_>, dates: &Dates, set: &EntrySet) {
    let mut all: Vec<Date> = dates.posting.into_iter().chain(set.entries.iter().map(|e| e.date)).collect();
    all.sort_unstable();
    all.dedup();
    let closed: Vec<Date> = all.iter().copied().filter(|d| dates.lock.is_some_and(|l| *d <= l)).collect();
    if let (Some(lock), Some(first)) = (dates.lock, closed.first()) {
        let list = closed.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        w.add(
            FindingCode::PeriodClosed,
            &lock.to_string(),
            format!("closed through {}", short_date(lock)),
            format!("The books are closed through {lock}; dated {list}."),
            Mend::Period { next_open: lock.tomorrow().unwrap_or(*first) },
        );
    }
    if let Some(d) = all.last().filter(|d| **d > dates.today) {
        let sentence = format!("Dated {d}, which is after today, {}.", dates.today);
        w.add(FindingCode::FutureDate, "", format!("future: {}", short_date(*d)), sentence, Mend::Accept);
    }
    let year = w.settings().fiscal_year(dates.today);
    if let Some(d) = all.first().filter(|d| w.settings().fiscal_year(**d) < year) {
        let of = w.settings().fiscal_year(*d);
        let sentence = format!("{d} belongs to fiscal year {of}; it is {year} now.");
        w.add(FindingCode::PriorYear, "", format!("fiscal year {of}"), sentence, Mend::Accept);
    }
    old_expenses(w, dates);
}

fn old_expenses(w: &mut Work<'_>, dates: &Dates) {
    let limit = i32::from(w.settings().old_expense_days);
    let ages = w.doc().expenses.iter().filter_map(|e| Some((e, days_between(e.date?, dates.used))));
    if let Some((e, days)) = ages.max_by_key(|(_, days)| *days).filter(|(_, days)| *days > limit) {
        let what = if e.description.is_empty() { &e.type_name } else { &e.description };
        let sentence =
            format!("{what} was spent {days} days before the posting date; the book warns after {limit}.");
        w.add(FindingCode::OldExpense, "", format!("expense {days} days old"), sentence, Mend::Accept);
    }
}

/// Days from `a` to `b`; negative when `b` is earlier.
pub(super) fn days_between(a: Date, b: Date) -> i32 {
    a.until(b).map_or(i32::MAX, |s| s.get_days())
}

/// The rate that goes with an entry of `date`, and why.
pub(super) fn rate(w: &mut Work<'_>, date: Date) -> (Option<Decimal>, Why) {
    let currency = w.currency();
    if w.posting_currency() == w.facts().company.home_currency {
        return (None, why("rate", "none: home currency", None));
    }
    let policy = w.settings().rate;
    if policy == RatePolicy::LedgerDecides {
        return (None, why("rate", "none: the ledger decides", None));
    }
    match known_rate(w, currency, date) {
        Some(r) if policy == RatePolicy::Table => {
            (Some(r), why("rate", format!("{r}: the book's table, {}", month(date)), None))
        }
        Some(r) => (Some(r), why("rate", format!("{r}: read from the ledger for {date}"), None)),
        None => {
            let (place, mend) = match policy {
                RatePolicy::Table => (format!("the book's table for {}", month(date)), Mend::BookPolicy),
                _ => (format!("{} for {date}", w.ledger()), Mend::InLedger),
            };
            let sentence = format!("There is no rate of {currency} in {place}.");
            w.add(
                FindingCode::CurrencyNotEnabled,
                currency.code(),
                format!("no rate {currency}"),
                sentence,
                mend,
            );
            (None, why("rate", format!("none: no rate in {place}"), None))
        }
    }
}

/// Home units for one unit of `currency` on `date`, by the book's source; limits use it too.
pub(super) fn known_rate(w: &Work<'_>, currency: Currency, date: Date) -> Option<Decimal> {
    if currency == w.facts().company.home_currency {
        return Some(Decimal::ONE);
    }
    match w.settings().rate {
        RatePolicy::Table => {
            w.settings().rate_table.get(&month(date)).and_then(|m| m.get(&currency)).copied()
        }
        RatePolicy::Ledger | RatePolicy::LedgerDecides => w.facts().rate(currency, date),
    }
}

fn month(d: Date) -> String {
    format!("{:04}-{:02}", d.year(), d.month())
}
