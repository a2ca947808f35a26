//! The whole tie-out of one period, and what may be said of it.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::model::canonical::sha256_hex;
use crate::model::document::DocumentKind;
use crate::model::money::Currency;
use crate::model::state::State;
use crate::tieout::accruals::{Accrual, accruals};
use crate::tieout::bridge::{Bridge, bridge};
use crate::tieout::category::{Category, ReconcilingItem};
use crate::tieout::completeness::{Completeness, completeness};
use crate::tieout::controls::{ControlAccount, Explanation, controls};
use crate::tieout::cuts::{Cut, by_cost_centre, by_party};
use crate::tieout::equations::Equation;
use crate::tieout::input::{ControlInput, ControlRole, Held, Listed, Period, PeriodDocument, Statement};

/// All that a report is made from.
#[derive(Debug, Clone)]
pub struct Inputs {
    /// Book.
    pub book: String,
    /// Period.
    pub period: Period,
    /// Home currency.
    pub home: Currency,
    /// Today, in the book's zone.
    pub today: Date,
    /// Documents that the period concerns.
    pub documents: Vec<PeriodDocument>,
    /// Documents by arrival, for the completeness table.
    pub arrived: Vec<PeriodDocument>,
    /// The ledger's side, or why it was not read.
    pub held: Result<Held, String>,
    /// The source's lists with the kinds it has none for, or why they were not read.
    pub listing: Result<(Vec<Listed>, Vec<DocumentKind>), String>,
    /// Control accounts.
    pub accounts: Vec<ControlInput>,
    /// Kinds that the book moves: their lists have to be read, where the source has such a list at all.
    pub wanted: Vec<DocumentKind>,
    /// Statement figures.
    pub statements: Vec<Statement>,
    /// Payroll documents that the last fetch saw.
    pub payroll: u64,
    /// Equations of the last run.
    pub equations: Vec<Equation>,
    /// Open control breaks, in words.
    pub breaks: Vec<String>,
    /// Last change of a document of the book in the store.
    pub changed_at: Option<Timestamp>,
    /// When the source was read.
    pub source_read: Option<Timestamp>,
    /// When the ledger was read.
    pub ledger_read: Option<Timestamp>,
    /// The ledger cannot be read now and its figures are of then: `06:10: QuickBooks last came 3 h ago`.
    pub stale: Option<String>,
}

/// Whether "unexplained 0.00" may be printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    /// Both sides were read completely after the last change.
    pub ok: bool,
    /// `checked line by line`, or `not checked: …`.
    pub text: String,
    /// When the source was read.
    pub source_read: Option<Timestamp>,
    /// When the ledger was read.
    pub ledger_read: Option<Timestamp>,
}

/// The report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Book.
    pub book: String,
    /// `2026-10`
    pub period: String,
    /// Period.
    pub span: Period,
    /// Home currency.
    pub home: Currency,
    /// Its last day is over, in the book's zone.
    pub ended: bool,
    /// How it was checked.
    pub checked: Checked,
    /// The bridge with its items.
    pub bridge: Bridge,
    /// Completeness.
    pub completeness: Completeness,
    /// Control accounts.
    pub controls: Vec<ControlAccount>,
    /// By account and class.
    pub by_cost_centre: Vec<Cut>,
    /// By party.
    pub by_party: Vec<Cut>,
    /// The accrual list.
    pub accruals: Vec<Accrual>,
    /// Equations of the last run.
    pub equations: Vec<Equation>,
    /// Open control breaks.
    pub breaks: Vec<String>,
    /// Hash of the documents that it was made from, with their state.
    pub documents_hash: String,
    /// Hash of the ledger's side.
    pub ledger_hash: String,
}

impl Report {
    /// Binds a sign-off to the figures of the period: without when they were read, and without what moves by itself
    /// afterwards (documents of other periods, what is submitted or open today).
    pub fn hash(&self) -> String {
        let mut bare = self.clone();
        bare.checked = Checked { ok: true, text: String::new(), source_read: None, ledger_read: None };
        bare.ended = true;
        // comments are made on the figures, and days pass: neither changes them
        for item in &mut bare.bridge.items {
            item.comment.clear();
            item.days = 0;
        }
        // documents of other periods, and the lists as of today
        bare.bridge.earlier_open.clear();
        bare.completeness.arrivals.clear();
        bare.completeness.notes.clear();
        bare.completeness.apart.clear();
        bare.accruals.retain(|a| !matches!(a.part.as_str(), "submitted" | "spent_before"));
        // open items are those of today: a payment of the next month closes them
        for a in bare.controls.iter_mut().filter(|a| a.role == ControlRole::EmployeePayable) {
            a.explained = Explanation { ok: true, text: String::new(), items: Vec::new() };
        }
        // they forbid a signature by themselves
        bare.breaks.clear();
        bare.equations.clear();
        sha256_hex(serde_json::to_string(&bare).unwrap_or_default().as_bytes())
    }

    /// What forbids a sign-off, in sentences.
    pub fn forbids(&self) -> Vec<String> {
        let mut out = Vec::new();
        if !self.ended {
            out.push(format!("{} is not over: it can be signed after {}", self.period, self.span.to));
        }
        out.extend(self.troubles());
        out
    }

    /// What of it needs a person, whether the period is over or not.
    pub fn troubles(&self) -> Vec<String> {
        let mut out = Vec::new();
        if !self.checked.ok {
            out.push(self.checked.text.clone());
        }
        let of = |c: Category| self.bridge.items.iter().filter(move |i| i.category == c).count();
        for (c, what) in [
            (Category::Unexplained, "amounts are unexplained"),
            (Category::InDoubt, "documents are in doubt"),
            (Category::UnknownInLedger, "records in the ledger carry our marker and are not in the store"),
        ] {
            match of(c) {
                0 => {}
                n => out.push(format!("{n} {what}")),
            }
        }
        if !self.breaks.is_empty() {
            out.push(format!("{} control breaks are open: {}", self.breaks.len(), self.breaks.join("; ")));
        }
        out
    }

    /// Items that need a comment or an action.
    pub fn open_items(&self) -> impl Iterator<Item = &ReconcilingItem> {
        self.bridge.items.iter().filter(|i| i.needs_action && i.comment.is_empty())
    }
}

/// The tie-out of a period.
pub fn report(i: &Inputs) -> Report {
    let held = i.held.as_ref().ok();
    let listing = i.listing.as_ref().ok();
    let mut bridge = bridge(i.period, i.home, i.today, &i.documents, held);
    let completeness = completeness(
        i.period,
        &i.documents,
        &i.arrived,
        listing.map(|(l, u)| (l.as_slice(), u.as_slice())),
        i.payroll,
    );
    bridge.add(missing(&completeness, i.today));
    let none = Held::default();
    let h = held.unwrap_or(&none);
    let controls =
        controls(i.period, i.home, &i.accounts, &i.documents, &h.movements, &h.open_items, &i.statements);
    let accruals = accruals(i.period, i.home, &i.documents, listing.map(|(l, _)| l.as_slice()), &controls);
    Report {
        book: i.book.clone(),
        period: i.period.to_string(),
        span: i.period,
        home: i.home,
        ended: i.today > i.period.to,
        checked: checked(i, bridge.explained()),
        by_cost_centre: by_cost_centre(i.period, &i.documents, h),
        by_party: by_party(i.period, &i.documents, h),
        bridge,
        completeness,
        controls,
        accruals,
        equations: i.equations.clone(),
        breaks: i.breaks.clone(),
        documents_hash: documents_hash(i.period, &i.documents),
        ledger_hash: held.map(ledger_hash).unwrap_or_default(),
    }
}

/// What the source's lists and the store do not agree on, each as an item that needs an action or a comment.
fn missing(c: &Completeness, today: Date) -> Vec<ReconcilingItem> {
    let mut out: Vec<ReconcilingItem> = Vec::with_capacity(c.gaps.len());
    for g in &c.gaps {
        let category = Category::Missing;
        let again = out.iter().filter(|i| i.number == g.number).count();
        let base = format!("{category}:{}", g.number);
        out.push(ReconcilingItem {
            item: if again == 0 { base } else { format!("{base}#{}", again + 1) },
            category,
            document: g.document.clone(),
            number: g.number.clone(),
            party: g.party.clone(),
            record: String::new(),
            currency: g.currency,
            minor: g.minor,
            days: today.since(g.day).map(|s| s.get_days()).unwrap_or(0),
            field: String::new(),
            before: String::new(),
            after: String::new(),
            when: String::new(),
            transposed: false,
            what: g.what.clone(),
            needs_action: category.needs_action(),
            comment: String::new(),
        });
    }
    out
}

/// Kinds of the book whose list the source has and did not give. Cash advances have no list anywhere.
fn unread(i: &Inputs) -> Vec<String> {
    let Ok((_, unlisted)) = &i.listing else { return Vec::new() };
    let here = |k: DocumentKind| {
        let of = |d: &&PeriodDocument| d.kind == k && d.concerns(i.period) && d.state != State::Recalled;
        i.wanted.contains(&k) || i.documents.iter().any(|d| of(&d))
    };
    let kinds = unlisted.iter().filter(|k| **k != DocumentKind::CashAdvance && here(**k));
    kinds.map(|k| format!("{}s", k.words())).collect()
}

fn checked(i: &Inputs, explained: bool) -> Checked {
    if let (Ok(_), Some(since)) = (&i.held, &i.stale) {
        let text = format!("not checked since {since}");
        return Checked { ok: false, text, source_read: i.source_read, ledger_read: i.ledger_read };
    }
    let why = if let Err(why) = &i.held {
        Some(format!("the ledger was not read ({why})"))
    } else if let Err(why) = &i.listing {
        Some(format!("Concur's lists were not read ({why})"))
    } else if let lists @ [_, ..] = unread(i).as_slice() {
        Some(format!("Concur gave no list of {}; look at the connection's rights", lists.join(" and ")))
    } else {
        let before = |read: Option<Timestamp>| match (read, i.changed_at) {
            (Some(r), Some(c)) => r < c,
            (None, _) => true,
            _ => false,
        };
        if before(i.source_read) || before(i.ledger_read) {
            Some("a document changed after the two sides were read; run it again".to_string())
        } else {
            None
        }
    };
    let text = match &why {
        Some(why) => format!("not checked: {why}"),
        None if explained => "checked line by line".into(),
        None => "not explained".into(),
    };
    Checked { ok: why.is_none(), text, source_read: i.source_read, ledger_read: i.ledger_read }
}

fn documents_hash(period: Period, documents: &[PeriodDocument]) -> String {
    let mut lines: Vec<String> = documents
        .iter()
        .filter(|d| d.concerns(period))
        .map(|d| {
            let slots: Vec<String> = d
                .slots
                .iter()
                .map(|s| format!("{} {} {} {}", s.slot, s.state.name(), s.remote_id, s.date))
                .collect();
            format!("{} {} {} {} {} {}", d.id, d.state, d.minor, d.original, d.posting, slots.join(","))
        })
        .collect();
    lines.sort_unstable();
    sha256_hex(lines.join("\n").as_bytes())
}

fn ledger_hash(held: &Held) -> String {
    let mut records: Vec<String> = held
        .records
        .iter()
        .map(|r| {
            let mut r = r.clone();
            r.changed_at = None;
            serde_json::to_string(&r).unwrap_or_default()
        })
        .collect();
    records.sort_unstable();
    let mut movements: Vec<String> = held
        .movements
        .iter()
        .map(|m| format!("{} {} {} {} {} {}", m.account, m.date, m.word, m.id, m.number, m.minor))
        .collect();
    movements.sort_unstable();
    records.extend(movements);
    sha256_hex(records.join("\n").as_bytes())
}
