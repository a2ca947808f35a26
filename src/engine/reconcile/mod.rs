//! The tie-out of a period: both sides are read now, compared, kept by their hashes, and signed (accounting.md,
//! section 12). It only reads the systems, so any process may do it, whoever holds the engine.

mod away;
pub(crate) mod gather;
mod plain;
mod remarks;

pub use remarks::{comment, exported, move_lock};

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::engine::EngineError;
use crate::engine::books::edit_book;
use crate::engine::core::Core;
use crate::model::book::Book;
use crate::model::ids::BookId;
use crate::model::money;
use crate::model::people::Actor;
use crate::store::{ItemComment, NewSignOff, PeriodReading, SignOff};
use crate::tieout::{Period, PeriodDocument, Report, Statement, report};

/// A tie-out with its sign-offs.
#[derive(Debug, Clone)]
pub struct Reconciled {
    /// The report, comments of the sign-off in force in its items.
    pub report: Report,
    /// SHA-256 over its figures.
    pub hash: String,
    /// Sign-offs of the period, reopened ones too.
    pub signoffs: Vec<SignOff>,
    /// What the sign-off is worth now.
    pub signed: Signed,
    /// The book's lock date, and where a sign-off can move it.
    pub lock: (Option<Date>, Date),
    /// The documents that were looked at, by id: those of the lines, and what stands around the period.
    pub population: BTreeMap<String, PeriodDocument>,
    /// Comments by item, with person and time, of those that count.
    pub comments: BTreeMap<String, ItemComment>,
    /// The last audit event that the reading saw.
    pub audit_seq: u64,
    /// The last run of control totals: its number, and when it ended.
    pub last_run: Option<(i64, Timestamp)>,
    documents: BTreeMap<String, String>,
}

#[cfg(test)]
impl Reconciled {
    /// What a reading of these would be, unsigned.
    pub(crate) fn of_inputs(inputs: &crate::tieout::Inputs) -> Self {
        let report = report(inputs);
        let documents = stands(inputs.period, &inputs.documents);
        let population = inputs.documents.iter().map(|d| (d.id.clone(), d.clone())).collect();
        Self {
            hash: report.hash(),
            signoffs: Vec::new(),
            signed: worth(&[], "", &report, &documents),
            lock: (None, inputs.period.to),
            population,
            comments: BTreeMap::new(),
            audit_seq: 1204,
            last_run: None,
            documents,
            report,
        }
    }
}

/// A step of reading both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadingStep {
    /// The source's own lists are read.
    Source,
    /// The ledger is read.
    Ledger {
        /// How many records of ours it is asked for.
        records: u64,
    },
    /// Both were read: they are compared.
    Comparing,
}

/// Hears the steps.
pub type Tell<'a> = &'a (dyn Fn(ReadingStep) + Send + Sync);

/// What a sign-off is worth now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Signed {
    /// `signed by Maya Wells, reviewed by Joy Lin`, `signed by one person`, `not signed`.
    pub text: String,
    /// Changed since: what, by document.
    pub changed: Vec<String>,
}

impl Reconciled {
    /// What a person has to do before it can be signed; empty when it may be.
    pub fn forbids(&self) -> Vec<String> {
        self.report.forbids()
    }
}

/// Reads both sides and compares them.
pub async fn reconcile(core: &Core, book: &BookId, period: Period) -> Result<Reconciled, EngineError> {
    reconcile_telling(core, book, period, true, &|_| {}).await
}

/// As [`reconcile`], telling each step. Where nothing may be changed, `keep` is false: that it was read is not kept.
pub async fn reconcile_telling(
    core: &Core,
    book: &BookId,
    period: Period,
    keep: bool,
    tell: Tell<'_>,
) -> Result<Reconciled, EngineError> {
    let book = core.book(book).await?;
    let inputs = gather::inputs_telling(core, &book, period, tell).await?;
    let mut report = report(&inputs);
    let hash = report.hash();
    if keep {
        let reading = PeriodReading {
            book: book.id.clone(),
            period: report.period.clone(),
            source_at: report.checked.source_read,
            ledger_at: report.checked.ledger_read,
            documents_hash: report.documents_hash.clone(),
            ledger_hash: report.ledger_hash.clone(),
            report_hash: hash.clone(),
            checked: report.checked.text.clone(),
        };
        core.store.put_reading(reading, core.now()).await?;
    }
    let signoffs = core.store.signoffs(book.id.clone(), report.period.clone()).await?;
    let kept = core.store.comments(book.id.clone(), report.period.clone()).await?;
    let comments = remarks::apply(&mut report.bridge.items, &hash, &signoffs, kept);
    let documents = stands(period, &inputs.documents);
    let signed = worth(&signoffs, &hash, &report, &documents);
    let lock = (book.settings.lock_date, period.to);
    let audit_seq = core.store.audit_head().await?.seq;
    let runs = core.store.runs(Timestamp::MIN, Timestamp::MAX, 1).await?;
    let last_run = runs.last().map(|r| (r.id, r.ended_at));
    let population = inputs.documents.into_iter().map(|d| (d.id.clone(), d)).collect();
    Ok(Reconciled {
        report,
        hash,
        signoffs,
        signed,
        lock,
        population,
        comments,
        audit_seq,
        last_run,
        documents,
    })
}

/// Each document of the period in a line that shows what changed.
fn stands(period: Period, documents: &[PeriodDocument]) -> BTreeMap<String, String> {
    let one = |d: &PeriodDocument| {
        let records: Vec<&str> =
            d.slots.iter().map(|s| s.number.as_str()).filter(|n| !n.is_empty()).collect();
        let amount = d
            .currency
            .map_or_else(String::new, |c| format!(" {} {c}", money::shown(money::from_minor(d.minor, c), c)));
        format!("{} {}{amount}, dated {} {}", d.number, d.state, d.posting, records.join(" "))
            .trim_end()
            .to_string()
    };
    documents.iter().filter(|d| d.concerns(period)).map(|d| (d.id.clone(), one(d))).collect()
}

fn worth(signoffs: &[SignOff], hash: &str, report: &Report, documents: &BTreeMap<String, String>) -> Signed {
    let of = |role: &str| signoffs.iter().find(|s| s.reopened.is_none() && s.role == role);
    let (prepared, reviewed) = (of("preparer"), of("reviewer"));
    let Some(first) = prepared else { return Signed { text: "not signed".into(), changed: Vec::new() } };
    let text = match reviewed {
        Some(r) if r.person == first.person => format!("signed by one person: {}", first.person),
        Some(r) => format!("signed by {}, reviewed by {}", first.person, r.person),
        None => format!("prepared by {}, not reviewed", first.person),
    };
    let mut changed = Vec::new();
    let last = reviewed.unwrap_or(first);
    if last.report_hash != hash {
        for (id, now) in documents {
            match last.documents.get(id) {
                None => changed.push(format!("new: {now}")),
                Some(was) if was != now => changed.push(format!("{was} → {now}")),
                Some(_) => {}
            }
        }
        let gone = last.documents.iter().filter(|(id, _)| !documents.contains_key(*id));
        changed.extend(gone.map(|(_, was)| format!("no longer of this period: {was}")));
        // a side that cannot be read now has not changed
        if report.checked.ok && last.ledger_hash != report.ledger_hash {
            changed.push("the ledger's records or movements".into());
        }
        if report.checked.ok && changed.is_empty() {
            changed.push("figures beside the documents: lists, statements or rules".into());
        }
    }
    let text = if changed.is_empty() { text } else { format!("{text}; changed since sign-off") };
    Signed { text, changed }
}

/// A sign-off as a person asks for it.
#[derive(Debug, Clone, Default)]
pub struct SignAsk {
    /// True: reviewer.
    pub reviewer: bool,
    /// Comments by item.
    pub comments: BTreeMap<String, String>,
    /// Move tieout's lock date to the period's end.
    pub lock: bool,
    /// Hash of the figures that the person read: others are not signed. None: whatever is read now.
    pub seen: Option<String>,
}

/// Reads both sides again and signs what they show. Refused with whatever forbids it, named, and where the figures are
/// other ones than the person read.
pub async fn sign(
    core: &Core,
    book: &BookId,
    period: Period,
    ask: SignAsk,
    by: Actor,
) -> Result<(Reconciled, u64), EngineError> {
    let mut done = reconcile(core, book, period).await?;
    let refuse = |why: String| Err(EngineError::Refused(why));
    if ask.seen.as_ref().is_some_and(|seen| *seen != done.hash) {
        return refuse(format!(
            "the figures of {period} changed since you read them: read both sides again and look first"
        ));
    }
    let forbids = done.forbids();
    if !forbids.is_empty() {
        return refuse(format!("{period} cannot be signed: {}", forbids.join("; ")));
    }
    if let Some(strange) =
        ask.comments.keys().find(|k| done.report.bridge.items.iter().all(|i| i.item != **k))
    {
        return refuse(format!(
            "there is no item {strange:?}; `tieout reconcile --period {period}` names them"
        ));
    }
    for item in &mut done.report.bridge.items {
        if let Some(text) = ask.comments.get(&item.item).filter(|t| !t.trim().is_empty()) {
            item.comment.clone_from(text);
        }
    }
    let open: Vec<&str> = done.report.open_items().map(|i| i.item.as_str()).collect();
    if !open.is_empty() {
        return refuse(format!(
            "{} items need a comment or an action before {period} is signed: {}. Give --comment ITEM=TEXT for each.",
            open.len(),
            open.join(", ")
        ));
    }
    let comments = done.report.bridge.items.iter().filter(|i| !i.comment.is_empty());
    let new = NewSignOff {
        book: book.clone(),
        period: done.report.period.clone(),
        reviewer: ask.reviewer,
        documents_hash: done.report.documents_hash.clone(),
        ledger_hash: done.report.ledger_hash.clone(),
        report_hash: done.hash.clone(),
        documents: done.documents.clone(),
        comments: comments.map(|i| (i.item.clone(), i.comment.clone())).collect(),
    };
    let seq = core.store.sign(new, by.clone(), core.now()).await?;
    if ask.lock {
        let edit = |row: &mut Book| {
            row.settings.lock_date = row.settings.lock_date.max(Some(period.to));
            Ok(())
        };
        let (_, row) = edit_book(&*core.store, book, (by, core.now()), edit).await?;
        done.lock.0 = row.settings.lock_date;
    }
    done.signoffs = core.store.signoffs(book.clone(), done.report.period.clone()).await?;
    done.signed = worth(&done.signoffs, &done.hash, &done.report, &done.documents);
    core.touch();
    Ok((done, seq))
}

/// Takes the sign-offs of a period back.
pub async fn reopen(
    core: &Core,
    book: &BookId,
    period: Period,
    reason: String,
    by: Actor,
) -> Result<u64, EngineError> {
    Ok(core.store.reopen(book.clone(), period.to_string(), reason, by, core.now()).await?)
}

/// Enters what a statement says is owed.
pub async fn statement(
    core: &Core,
    book: &BookId,
    account: String,
    date: Date,
    amount: Decimal,
    by: Actor,
) -> Result<(), EngineError> {
    let row = core.book(book).await?;
    let refuse = |why: String| EngineError::Refused(why);
    let minor = money::to_minor(amount, row.settings.home_currency).map_err(|e| refuse(e.to_string()))?;
    let known = gather::control_accounts(&row);
    let named = |a: &str| a == account || a.split_whitespace().next() == Some(account.as_str());
    if !known.iter().any(|(n, _)| n.id == account || named(&n.name)) {
        let names: Vec<&str> = known.iter().map(|(n, _)| n.name.as_str()).collect();
        return Err(refuse(format!(
            "{account} is no control account of {book}: there are {}",
            names.join(", ")
        )));
    }
    let statement = Statement { account, date, minor, by: by.name.clone() };
    Ok(core.store.put_statement(book.clone(), statement, by, core.now()).await?)
}

/// Instants of the first moment of a day and of the moment after the last one, in the book's zone.
pub(crate) fn instants(from: Date, to: Date, zone: &str) -> Result<(Timestamp, Timestamp), EngineError> {
    let zone = crate::model::clock::zone(zone).map_err(EngineError::Refused)?;
    let at = |d: Date| d.to_zoned(zone.clone()).map(|z| z.timestamp());
    let after = to.tomorrow().map_err(|e| EngineError::Refused(e.to_string()))?;
    let bad = |e: jiff::Error| EngineError::Refused(e.to_string());
    Ok((at(from).map_err(bad)?, at(after).map_err(bad)?))
}
