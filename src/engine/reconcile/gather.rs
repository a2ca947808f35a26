//! Both sides of a period from the store and the systems.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::engine::EngineError;
use crate::engine::core::Core;
use crate::engine::reconcile::{ReadingStep, away, instants, plain};
use crate::model::book::{Book, CardPolicy};
use crate::model::clock;
use crate::model::document::DocumentKind;
use crate::model::entry::{EntryKind, Named};
use crate::model::ids::{BookId, ConnectionId};
use crate::model::intent::IntentState;
use crate::model::state::State;
use crate::store::{ConnectionRow, Health, PeriodAsk, PeriodRow, Run, RunTotal};
use crate::systems::{ListAsk, ReadingAsk};
use crate::tieout::{
    ControlInput, ControlRole, Equation, Held, Inputs, Listed, Period, PeriodDocument, Stage, Totals,
    equations,
};

/// How many listed documents that the store does not know are asked for by id, to find the unreadable among them.
const MOST_ASKED: usize = 50;
/// Among so many last runs the last fetch of the source is looked for.
const RUNS_BACK: u32 = 200;

/// The control accounts of a book in home currency, by number, with what they are for.
pub fn control_accounts(book: &Book) -> Vec<(Named, ControlRole)> {
    let s = &book.settings;
    let (a, home) = (&s.accounts, s.home_currency);
    let mut out: Vec<(Named, ControlRole)> = Vec::new();
    let mut add = |account: Option<&Named>, role: ControlRole| {
        if let Some(n) = account.filter(|n| out.iter().all(|(o, _)| o.id != n.id)) {
            out.push((n.clone(), role));
        }
    };
    add(a.advances.as_ref(), ControlRole::Advances);
    add(a.due_from_employees.as_ref(), ControlRole::DueFromEmployees);
    add(a.employee_payable.get(&home), ControlRole::EmployeePayable);
    add(a.paid_by_concur.get(&home), ControlRole::PaidBySource);
    for p in s.card_programmes.values() {
        match p.policy {
            CardPolicy::CardAccount => add(Some(&p.account), ControlRole::Card),
            CardPolicy::Clearing => add(Some(&p.account), ControlRole::Clearing),
            // a payable to a supplier, explained by the ledger's own open items
            CardPolicy::IssuerBill => {}
        }
    }
    for clearing in [&a.company_paid_clearing, &a.expense_pay_clearing, &a.payroll_clearing] {
        add(clearing.as_ref(), ControlRole::Clearing);
    }
    out.sort_by(|x, y| x.0.name.cmp(&y.0.name));
    out
}

/// Everything that the report is made from.
pub async fn inputs(core: &Core, book: &Book, period: Period) -> Result<Inputs, EngineError> {
    inputs_telling(core, book, period, &|_| {}).await
}

/// As [`inputs`], telling each step.
pub async fn inputs_telling(
    core: &Core,
    book: &Book,
    period: Period,
    tell: super::Tell<'_>,
) -> Result<Inputs, EngineError> {
    let zone = clock::zone(&book.settings.time_zone).map_err(EngineError::Refused)?;
    let today = clock::date_in(core.now(), &zone);
    let source_row = core.connection(&book.source).await?;
    let ledger_row = core.connection(&book.ledger).await?;
    let (first, _) = instants(period.from, period.to, &book.settings.time_zone)?;
    let ask = PeriodAsk {
        book: book.id.clone(),
        ledger: book.ledger.clone(),
        from: period.from,
        to: period.to,
        arrived_from: first,
    };
    let source_at = core.now();
    tell(ReadingStep::Source);
    let mut listing = listing(core, &source_row, period, today, &zone).await;
    let before = core.store.period(ask.clone()).await?;
    let accounts = control_accounts(book);
    let ledger_at = core.now();
    tell(ReadingStep::Ledger { records: expected(&before, period) });
    let last = away::last(core, &ledger_row, period, &accounts, &before).await?;
    let (mut reading, ledger_at, stale) = match last {
        None => (reading(core, &ledger_row, period, &accounts, &before, book).await, ledger_at, None),
        Some(last) => {
            let home = book.settings.home_currency;
            (last.reading.and_then(|r| plain::held(r, home)), last.read_at.unwrap_or(ledger_at), last.stale)
        }
    };
    tell(ReadingStep::Comparing);
    // the store once more, so that what changed while the systems were read is seen
    let mut rows = core.store.period(ask).await?;
    let strangers = strangers(&reading, &rows);
    if !strangers.is_empty() {
        let owners = core.store.owners(book.ledger.clone(), strangers).await?;
        let other = |r: &PeriodRow| r.row.book.as_ref().is_some_and(|b| *b != book.id);
        let (others, mine): (Vec<PeriodRow>, Vec<PeriodRow>) = owners.into_iter().partition(other);
        rows.extend(mine);
        if let Ok((held, _)) = &mut reading {
            let theirs = others.iter().flat_map(|r| r.intents.iter().map(|i| (i.kind, i.remote_id.clone())));
            not_of(&theirs.collect(), held);
        }
    }
    if let Ok((listed, _)) = &mut listing {
        ours(core, book, &rows, listed).await?;
    }
    let changed_at = rows.iter().map(|r| r.row.changed_at).max();
    let mut documents = Vec::with_capacity(rows.len());
    for row in &rows {
        documents.push(document(core, &source_row, row, period, &zone).await?);
    }
    if let Ok((listed, _)) = &listing {
        unreadable(core, &source_row, &mut documents, listed).await;
    }
    let arrived = arrived(&rows, &documents, first);
    let (held, balances) = match reading {
        Ok((held, balances)) => (Ok(held), balances),
        Err(why) => (Err(why), BTreeMap::new()),
    };
    let accounts = accounts
        .into_iter()
        .map(|(account, role)| {
            let (opening, closing) = balances.get(&account.id).copied().unwrap_or((None, None));
            ControlInput { account, role, opening, closing }
        })
        .collect();
    let (payroll, mut equations) = last_run(core, book).await?;
    equations.extend(core.store.standing_equations(book.id.clone()).await?);
    let breaks = core.store.control_breaks(Some(book.id.clone()), true).await?;
    Ok(Inputs {
        book: book.id.to_string(),
        period,
        home: book.settings.home_currency,
        today,
        arrived,
        statements: core.store.statements(book.id.clone(), period.from, period.to).await?,
        accounts,
        wanted: book.settings.flows.keys().copied().collect(),
        payroll,
        equations,
        breaks: breaks.into_iter().map(|b| b.text).collect(),
        changed_at,
        source_read: listing.is_ok().then_some(source_at),
        ledger_read: held.is_ok().then_some(ledger_at),
        stale,
        listing,
        held,
        documents,
    })
}

type Lists = Result<(Vec<Listed>, Vec<DocumentKind>), String>;

async fn listing(core: &Core, row: &ConnectionRow, period: Period, today: Date, zone: &TimeZone) -> Lists {
    let source = core.wires.source(row).map_err(|e| e.to_string())?;
    // an invoice may carry a posting date of the month before its approval
    let later = period.to.saturating_add(jiff::Span::new().days(31)).min(today).max(period.to);
    if row.health == Health::WrongCompany {
        return Err(row.health_reason.clone());
    }
    // only a look: the health of the connection stays the engine's, with whatever pauses or forbids its calls
    let listing = source.listed(ListAsk { from: period.from, to: later }).await.map_err(|e| e.to_string())?;
    let mut out = Vec::with_capacity(listing.documents.len());
    for d in listing.documents {
        let minor = d.amount.minor().map_err(|e| format!("{}: {e}", d.title))?;
        let day = |t: Option<Timestamp>| t.map(|t| clock::date_in(t, zone));
        out.push(Listed {
            kind: d.kind,
            number: if d.number.is_empty() { d.title.clone() } else { d.number },
            family: d.family,
            owner: d.owner,
            ledger: d.ledger,
            currency: d.amount.currency,
            minor,
            processed: day(d.processed),
            submitted: day(d.submitted),
            approved: d.approved,
            excluded: d.excluded,
        });
    }
    Ok((out, listing.unlisted))
}

/// How many records of ours the ledger is asked for.
fn expected(rows: &[PeriodRow], period: Period) -> u64 {
    let intents = rows.iter().flat_map(|r| r.intents.iter());
    intents.filter(|i| i.state == IntentState::Done && period.has(i.date)).count() as u64
}

type Balances = BTreeMap<String, (Option<i64>, Option<i64>)>;

async fn reading(
    core: &Core,
    row: &ConnectionRow,
    period: Period,
    accounts: &[(Named, ControlRole)],
    rows: &[PeriodRow],
    book: &Book,
) -> Result<(Held, Balances), String> {
    let push = core.wires.push(row).map_err(|e| e.to_string())?;
    let ask = ReadingAsk {
        from: period.from,
        to: period.to,
        accounts: accounts.iter().map(|(n, _)| n.id.clone()).collect(),
        records: records(rows, period),
    };
    if row.health == Health::WrongCompany {
        return Err(row.health_reason.clone());
    }
    let reading = push.reading(ask).await.map_err(|e| e.to_string())?;
    plain::held(reading, book.settings.home_currency)
}

/// Records of ours that concern the period.
fn records(rows: &[PeriodRow], period: Period) -> Vec<(EntryKind, String)> {
    let concerns = |r: &PeriodRow, d: Date| period.has(d) || r.original.is_some_and(|o| period.has(o));
    let mut records: Vec<(EntryKind, String)> = Vec::new();
    for r in rows {
        let done = r.intents.iter().filter(|i| i.state == IntentState::Done && concerns(r, i.date));
        records.extend(done.map(|i| (i.kind, i.remote_id.clone())));
    }
    records
}

/// A reading that was asked for, with the records that are ours by now: what was posted since it was asked for is read
/// with it.
pub(crate) async fn records_of(
    core: &Core,
    row: &ConnectionRow,
    mut ask: ReadingAsk,
) -> Result<ReadingAsk, EngineError> {
    let period = Period { from: ask.from, to: ask.to };
    for book in core.store.books().await?.into_iter().filter(|b| b.ledger == row.id) {
        let (arrived_from, _) = instants(ask.from, ask.to, &book.settings.time_zone)?;
        let (from, to) = (ask.from, ask.to);
        let of = PeriodAsk { book: book.id, ledger: row.id.clone(), from, to, arrived_from };
        ask.records.extend(records(&core.store.period(of).await?, period));
    }
    ask.records.sort();
    ask.records.dedup();
    Ok(ask)
}

/// Marked records of the period that no document of it owns: somebody may have given them another date.
fn strangers(reading: &Result<(Held, Balances), String>, rows: &[PeriodRow]) -> Vec<(EntryKind, String)> {
    let Ok((held, _)) = reading else { return Vec::new() };
    let owned: BTreeSet<(EntryKind, &str)> =
        rows.iter().flat_map(|r| r.intents.iter().map(|i| (i.kind, i.remote_id.as_str()))).collect();
    let strange =
        held.records.iter().filter(|r| r.marker.is_some() && !owned.contains(&(r.kind, r.id.as_str())));
    strange.map(|r| (r.kind, r.id.clone())).collect()
}

/// Books may share a ledger: records of another book's documents are known, and none of this tie-out.
fn not_of(theirs: &BTreeSet<(EntryKind, String)>, held: &mut Held) {
    held.records.retain(|r| !theirs.contains(&(r.kind, r.id.clone())));
}

/// Books may share a source: leaves out what it lists for another book, by the list's own word for the ledger or by
/// where it is stored, and what is stored here for another period.
async fn ours(
    core: &Core,
    book: &Book,
    rows: &[PeriodRow],
    listed: &mut Vec<Listed>,
) -> Result<(), EngineError> {
    let here: BTreeSet<&str> =
        rows.iter().filter(|r| r.row.state != State::Recalled).map(|r| r.row.family.as_str()).collect();
    let books = core.store.books().await?;
    let codes: BTreeSet<&str> = books
        .iter()
        .filter(|b| b.id != book.id && b.source == book.source)
        .flat_map(|b| b.settings.ledger_codes.iter().map(String::as_str))
        .filter(|c| book.settings.ledger_codes.iter().all(|mine| mine != c))
        .collect();
    let asked: Vec<String> =
        listed.iter().filter(|l| !here.contains(l.family.as_str())).map(|l| l.family.clone()).collect();
    let stored = core.store.books_of_families(book.source.clone(), asked).await?;
    listed.retain(|l| here.contains(l.family.as_str()) || stays(l, &book.id, stored.get(&l.family), &codes));
    Ok(())
}

/// Whether what is listed, and not among the rows of the period, is this book's matter.
fn stays(l: &Listed, book: &BookId, stored: Option<&BTreeSet<BookId>>, codes: &BTreeSet<&str>) -> bool {
    match stored {
        // approved and stored here: for another period
        Some(books) if books.contains(book) => !l.approved,
        Some(_) => false,
        None => !codes.contains(l.ledger.as_str()),
    }
}

async fn document(
    core: &Core,
    source: &ConnectionRow,
    r: &PeriodRow,
    period: Period,
    zone: &TimeZone,
) -> Result<PeriodDocument, EngineError> {
    let mut d = plain::document(r, zone);
    // when it was spent counts for what is dated after the period; the bytes know it
    if d.original > period.to && !d.costs.is_empty() {
        let card = core.store.card(r.row.id).await?;
        let source = core.wires.source(source)?;
        if let Ok(read) = source.read(r.row.kind, &r.row.source_id, &card.bytes) {
            let date = |n: usize| read.expenses.get(n).and_then(|e| e.date);
            plain::spent(&mut d, &r.set, &date);
        }
    }
    Ok(d)
}

/// Documents that cannot be read have no business id here: those that the source lists and the store does not know are
/// asked for by theirs. What cannot be asked leaves them without an amount, which the report says.
async fn unreadable(core: &Core, row: &ConnectionRow, documents: &mut [PeriodDocument], listed: &[Listed]) {
    if !documents.iter().any(|d| d.state == State::Unreadable) {
        return;
    }
    let Ok(source) = core.wires.source(row) else { return };
    let known: BTreeSet<String> =
        documents.iter().filter(|d| !d.family.is_empty()).map(|d| d.family.clone()).collect();
    let unknown = listed.iter().filter(|l| l.approved && !known.contains(&l.family));
    for l in unknown.take(MOST_ASKED) {
        let Ok(Some(found)) = source.fetch(l.kind, l.family.clone()).await else { continue };
        let here = |d: &&mut PeriodDocument| d.state == State::Unreadable && d.source_id == found.source_id;
        if let Some(d) = documents.iter_mut().find(here) {
            d.family.clone_from(&l.family);
            (d.currency, d.minor) = (Some(l.currency), l.minor);
            if let Some(day) = l.processed {
                (d.original, d.posting) = (day, day);
            }
            if d.party.is_empty() {
                d.party.clone_from(&l.owner);
            }
        }
    }
}

fn arrived(rows: &[PeriodRow], documents: &[PeriodDocument], first: Timestamp) -> Vec<PeriodDocument> {
    let recent = rows.iter().zip(documents).filter(|(r, _)| r.row.arrived_at >= first);
    recent.map(|(_, d)| d.clone()).collect()
}

/// Payroll documents that the last fetch of this source saw, and the equation of that fetch.
async fn last_run(core: &Core, book: &Book) -> Result<(u64, Vec<Equation>), EngineError> {
    let runs = core.store.runs(Timestamp::MIN, Timestamp::MAX, RUNS_BACK).await?;
    Ok(last_fetch(&runs, &book.source))
}

/// Other passes, and those of other sources, say nothing of this one.
fn last_fetch(runs: &[Run], source: &ConnectionId) -> (u64, Vec<Equation>) {
    let kinds = [Stage::Listed, Stage::Known, Stage::Stored, Stage::OutOfScope];
    let own = |t: &&RunTotal| t.connection == *source && t.book.is_none() && kinds.contains(&t.stage);
    let of = |r: &&Run| r.totals.iter().any(|t| own(&t) && t.stage == Stage::Listed);
    let Some(fetched) = runs.iter().rev().filter(|r| r.pass == "fetch").find(of) else {
        return (0, Vec::new());
    };
    let mut seen = Totals::new();
    for t in fetched.totals.iter().filter(own) {
        let sum = seen.entry(t.stage).or_default();
        *sum = (sum.0 + t.count, sum.1 + t.minor);
    }
    let payroll = seen.get(&Stage::OutOfScope).map_or(0, |s| s.0);
    (u64::try_from(payroll).unwrap_or(0), equations(&seen).into_iter().take(1).collect())
}

#[cfg(test)]
#[path = "gather_tests.rs"]
mod tests;
