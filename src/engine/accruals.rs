//! Accrual journals: what the accrual list of a period holds as approved and not in the ledger, or as spent in the period
//! and dated after it, becomes one correction for each currency: a journal on the last day and its reversal on the first
//! day after it (accounting.md, section 3). It is approved and posted like any document; nothing posts by itself.
//!
//! Only cost is accrued: tax that is claimed back belongs to the period of its document, and an advance is not spent.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::engine::EngineError;
use crate::engine::core::Core;
use crate::engine::corrections::new_correction;
use crate::engine::reconcile::gather;
use crate::model::book::Book;
use crate::model::clock;
use crate::model::correction::{AccrualLine, Correction};
use crate::model::document::DocumentKind;
use crate::model::entry::{Dimensions, Entry, EntrySet, Line, LineRole, Named};
use crate::model::ids::{BookId, DocumentId};
use crate::model::intent::IntentState;
use crate::model::ledger::LedgerFacts;
use crate::model::money::{self, Currency, Money};
use crate::model::people::Actor;
use crate::model::rule::DimensionKind;
use crate::model::state::State;
use crate::store::Card;
use crate::tieout::{Period, PeriodDocument, not_posted, spent_before};

/// How many numbers of documents the text of a line names.
const NAMED: usize = 12;

/// What became of the accrual list of a period.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Accrued {
    /// The corrections made, one for each currency.
    pub made: Vec<AccrualMade>,
    /// What would be made, where only the plan was asked for: number, Σ of its costs, how many documents.
    pub planned: Vec<(String, Money, usize)>,
    /// Currencies whose accrual of the period is there already: its number and state.
    pub there: Vec<(String, State)>,
    /// What is on the list and in no journal, by document.
    pub left_out: Vec<LeftOut>,
}

/// A correction that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccrualMade {
    /// Its document.
    pub document: DocumentId,
    /// Its number.
    pub number: String,
    /// Σ of its costs.
    pub amount: Money,
    /// How many documents are in it.
    pub documents: usize,
}

/// A part of a document that is not accrued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// The document's number.
    pub number: String,
    /// How much.
    pub amount: Money,
    /// Why, and so what a person does first.
    pub why: String,
}

/// Account, class, customer, department.
type Key = (Named, Option<Named>, Option<Named>, Option<Named>);

#[derive(Default)]
struct Sums {
    lines: BTreeMap<Key, (Decimal, BTreeSet<String>)>,
    documents: BTreeSet<String>,
}

impl Core {
    /// Makes the accrual journals of a period. Reads both systems, as the tie-out does, so that the list is today's.
    ///
    /// # Errors
    /// Refused while the period is not over, where the book names no account for accrued expenses, where every currency has its accrual already, and
    /// where there is nothing to accrue.
    pub async fn accrue(&self, book: &BookId, period: Period, by: Actor) -> Result<Accrued, EngineError> {
        let out = self.accruals_of(book, period, Some(&by)).await?;
        if out.made.is_empty() {
            return Err(EngineError::Refused(nothing(&out, period)));
        }
        self.derive_due(Some(book), false).await?;
        self.touch();
        Ok(out)
    }

    /// What [`Core::accrue`] would make. Nothing is kept.
    ///
    /// # Errors
    /// Refused while the period is not over, and where the book names no account for accrued expenses.
    pub async fn accrual_plan(&self, book: &BookId, period: Period) -> Result<Accrued, EngineError> {
        self.accruals_of(book, period, None).await
    }

    /// Without a person nothing is made.
    async fn accruals_of(
        &self,
        book: &BookId,
        period: Period,
        by: Option<&Actor>,
    ) -> Result<Accrued, EngineError> {
        let book = self.book(book).await?;
        let Some(account) = book.settings.accounts.accrued.clone() else {
            return Err(EngineError::Refused(format!(
                "{} names no account for accrued expenses: set accounts.accrued with `tieout books edit {} --file`",
                book.id, book.id
            )));
        };
        let zone = clock::zone(&book.settings.time_zone).map_err(EngineError::Refused)?;
        if clock::date_in(self.now(), &zone) <= period.to {
            return Err(EngineError::Refused(format!(
                "{period} is not over: its accruals are made after {}",
                period.to
            )));
        }
        let inputs = gather::inputs(self, &book, period).await?;
        let mut sums: BTreeMap<Currency, Sums> = BTreeMap::new();
        let mut out = Accrued::default();
        for d in &inputs.documents {
            let (minor, spent_by) = match (not_posted(period, d), spent_before(period, d)) {
                (Some(minor), _) => (minor, None),
                (None, Some(minor)) => (minor, Some(period.to)),
                (None, None) => continue,
            };
            self.add(&book, d, minor, spent_by, &mut sums, &mut out.left_out).await?;
        }
        for (currency, sums) in sums {
            self.accrual(&book, period, &account, currency, sums, by, &mut out).await?;
        }
        Ok(out)
    }

    /// The costs of one document; what is left of its amount on the list is named.
    async fn add(
        &self,
        book: &Book,
        d: &PeriodDocument,
        minor: i64,
        spent_by: Option<Date>,
        sums: &mut BTreeMap<Currency, Sums>,
        left_out: &mut Vec<LeftOut>,
    ) -> Result<(), EngineError> {
        let Some(currency) = d.currency else { return Ok(()) };
        let id = d.id.parse().map_err(|e| EngineError::Refused(format!("{}: {e}", d.number)))?;
        let card = self.store.card(id).await?;
        let Some(facts) = self.facts(&book.ledger).await? else {
            return Err(EngineError::Refused("the ledger has not been read yet".into()));
        };
        let inside = match spent_by {
            Some(day) => Some((day, self.dates(book, &card).await?)),
            None => None,
        };
        let mut taken = Decimal::ZERO;
        let mut why: BTreeSet<&str> = BTreeSet::new();
        // what is dated after the period belongs to it all the same, whether it was posted since or not
        let entries = if spent_by.is_some() { all(&card) } else { waiting(&card) };
        for (entry, line) in entries.iter().copied().flat_map(|e| e.lines.iter().map(move |l| (e, l))) {
            let day = |l: &Line, dates: &[Option<Date>]| {
                l.source.and_then(|s| dates.get(s.expense).copied().flatten())
            };
            if inside.as_ref().is_some_and(|(last, dates)| day(line, dates).is_none_or(|d| d > *last)) {
                continue;
            }
            match accrues(line, &facts) {
                Ok(false) => {}
                Err(because) => drop(why.insert(because)),
                Ok(true) => {
                    let sum = sums.entry(entry.currency).or_default();
                    let (amount, numbers) = sum.lines.entry(key(entry, line, &facts)).or_default();
                    *amount += line.signed();
                    numbers.insert(d.number.clone());
                    sum.documents.insert(d.id.clone());
                    // lines in home currency say nothing of the document's own currency
                    taken += if entry.currency == currency { line.signed() } else { Decimal::ZERO };
                }
            }
        }
        let rest = money::from_minor(minor, currency) - taken;
        let converted = entries.iter().any(|e| e.currency != currency);
        if !rest.is_zero() && !converted {
            let why =
                if why.is_empty() { not_derived(d) } else { why.into_iter().collect::<Vec<_>>().join("; ") };
            left_out.push(LeftOut { number: d.number.clone(), amount: Money::new(rest, currency), why });
        }
        Ok(())
    }

    /// The day of each expense, out of the bytes.
    async fn dates(&self, book: &Book, card: &Card) -> Result<Vec<Option<Date>>, EngineError> {
        let source = self.wires.source(&self.connection(&book.source).await?)?;
        let read = source.read(card.row.kind, &card.row.source_id, &card.bytes).map_err(|u| {
            EngineError::Refused(format!(
                "{} cannot be read any more at {}: {}",
                card.row.number, u.path, u.message
            ))
        })?;
        Ok(read.expenses.iter().map(|e| e.date).collect())
    }

    /// One currency's correction, once for each period and book: a second one only after the first was turned down.
    async fn accrual(
        &self,
        book: &Book,
        period: Period,
        account: &Named,
        currency: Currency,
        sums: Sums,
        by: Option<&Actor>,
        out: &mut Accrued,
    ) -> Result<(), EngineError> {
        let lines: Vec<AccrualLine> =
            sums.lines.into_iter().filter(|(_, (amount, _))| !amount.is_zero()).map(line).collect();
        if lines.is_empty() {
            return Ok(());
        }
        let mut correction = Correction::Accrual {
            book: book.id.clone(),
            period: period.to_string(),
            last: period.to,
            currency,
            account: account.clone(),
            lines,
            attempt: 1,
        };
        let number = correction.number();
        let earlier = self.store.find(number.clone()).await?;
        let mine = |r: &&crate::store::Row| {
            r.kind == DocumentKind::Correction && r.number == number && r.book.as_ref() == Some(&book.id)
        };
        let earlier: Vec<_> = earlier.iter().filter(mine).collect();
        if let Some(open) = earlier.iter().find(|r| !matches!(r.state, State::Rejected | State::Closed)) {
            out.there.push((number, open.state));
            return Ok(());
        }
        if let Correction::Accrual { attempt, .. } = &mut correction {
            *attempt = u32::try_from(earlier.len()).unwrap_or(u32::MAX - 1) + 1;
        }
        let amount = Money::new(correction.amount(), currency);
        let Some(by) = by else {
            out.planned.push((number, amount, sums.documents.len()));
            return Ok(());
        };
        let new = new_correction(&correction, book.source.clone(), book.id.clone(), None, false)?;
        let document = self.store.correct(new, by.clone(), self.now()).await?;
        out.made.push(AccrualMade { document, number, amount, documents: sums.documents.len() });
        Ok(())
    }
}

/// The entries of a document, as approved where they are.
fn all(card: &Card) -> Vec<&Entry> {
    let set: Option<&EntrySet> = match (&card.approval, &card.derived) {
        (Some(a), _) => Some(&a.set),
        (None, d) => d.as_ref().map(|d| &d.set),
    };
    set.map(|s| s.entries.iter().collect()).unwrap_or_default()
}

/// Those that are not in the ledger.
fn waiting(card: &Card) -> Vec<&Entry> {
    let done = |e: &Entry| card.intents.iter().any(|i| i.slot == e.slot && i.state == IntentState::Done);
    all(card).into_iter().filter(|e| !done(e)).collect()
}

/// Whether a line is a cost that can be accrued; an error says why a line of the document's amount is not.
fn accrues(line: &Line, facts: &LedgerFacts) -> Result<bool, &'static str> {
    match line.role {
        LineRole::Cost if line.account.id.is_empty() => Err("the account is not known yet: map it first"),
        LineRole::Cost if facts.account(&line.account.id).is_none_or(|a| !a.active) => {
            Err("the account is inactive in the ledger: choose another one first")
        }
        LineRole::Cost => Ok(true),
        LineRole::Tax => Err("tax that is claimed back is no cost"),
        LineRole::Advance if line.source.is_some() => Err("an advance is not spent"),
        LineRole::Clearing if line.source.is_some() => {
            Err("it stands on a clearing account, which is no cost")
        }
        LineRole::Intercompany => Err("it is another company's cost"),
        _ => Ok(false),
    }
}

/// Where a cost belongs. The location of a bill stands in its header; on a journal each line has its own. A cost object
/// that is not mapped yet, or inactive, is left away: the cost itself is known.
fn key(entry: &Entry, line: &Line, facts: &LedgerFacts) -> Key {
    let usable = |kind, n: &Named| facts.dimension(kind, &n.id).is_some_and(|d| d.active);
    let known = |kind, n: &Option<Named>| n.clone().filter(|n| usable(kind, n));
    let d = &line.dimensions;
    let department = known(DimensionKind::Department, &d.department)
        .or_else(|| known(DimensionKind::Department, &entry.location));
    (
        line.account.clone(),
        known(DimensionKind::Class, &d.class),
        known(DimensionKind::Customer, &d.customer),
        department,
    )
}

fn line(
    ((account, class, customer, department), (amount, numbers)): (Key, (Decimal, BTreeSet<String>)),
) -> AccrualLine {
    let mut text = numbers.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    if numbers.len() > NAMED {
        text.push_str(&format!(" and {} more", numbers.len() - NAMED));
    }
    let dimensions = Dimensions { class, department, customer };
    AccrualLine { account, dimensions, amount, text }
}

fn not_derived(d: &PeriodDocument) -> String {
    match d.state {
        State::Unreadable => "it cannot be read, so its costs are not known".into(),
        _ if d.costs.is_empty() => "its costs are not known yet".into(),
        _ => "part of it is not on a cost account, or in the ledger already".into(),
    }
}

fn nothing(out: &Accrued, period: Period) -> String {
    if let Some((number, state)) = out.there.first() {
        return format!("the accrual of {period} is there already: {number} is {state}");
    }
    if out.left_out.is_empty() {
        return format!("nothing of {period} is to be accrued");
    }
    let named: Vec<String> =
        out.left_out.iter().map(|l| format!("{} {}: {}", l.number, l.amount, l.why)).collect();
    format!("nothing of {period} can be accrued: {}", named.join("; "))
}
