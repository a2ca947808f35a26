//! The bridge: from what the source approved to what the ledger holds, by posting date before any move.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::model::document::DocumentKind;
use crate::model::money::Currency;
use crate::tieout::category::{Category, ReconcilingItem};
use crate::tieout::input::{Held, Period, PeriodDocument};

mod ledger;
mod source;

/// One cell block: count and amounts by kind, minor units.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amounts {
    /// Documents.
    pub n: i64,
    /// Expense reports.
    pub reports: i64,
    /// Invoices.
    pub invoices: i64,
    /// Cash advances.
    pub advances: i64,
    /// What belongs to no document: unknown records.
    pub other: i64,
}

impl Amounts {
    /// Over all kinds.
    pub fn total(&self) -> i64 {
        self.reports + self.invoices + self.advances + self.other
    }

    /// Adds an amount under its kind.
    pub fn add(&mut self, kind: Option<DocumentKind>, minor: i64) {
        match kind {
            Some(DocumentKind::ExpenseReport) => self.reports += minor,
            Some(DocumentKind::Invoice) => self.invoices += minor,
            Some(DocumentKind::CashAdvance) => self.advances += minor,
            _ => self.other += minor,
        }
    }

    fn plus(&mut self, o: &Amounts, sign: i64, n: i64) {
        self.n += n * o.n;
        self.reports += sign * o.reports;
        self.invoices += sign * o.invoices;
        self.advances += sign * o.advances;
        self.other += sign * o.other;
    }
}

/// A line of the bridge, in reading order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BridgeLine {
    /// Approved at the source, dated in the period.
    SourceApproved,
    /// Nobody's debt.
    NotOurs,
    /// Belongs to the old process.
    BeforeCutover,
    /// Outside what the book moves.
    OutOfScope,
    /// Turned down, or taken back.
    Rejected,
    /// Ready, not approved.
    Ready,
    /// Blocked.
    Blocked,
    /// Held.
    Held,
    /// Approved, not yet sent.
    Approved,
    /// Refused by the ledger.
    Failed,
    /// Outcome unknown.
    InDoubt,
    /// Cannot be read.
    Unreadable,
    /// From an earlier period, posted in this one.
    EarlierPeriod,
    /// Posted in a later period.
    LaterPeriod,
    /// Entries dated in another period than their document.
    DateSplit,
    /// Reversals and reposts made here: no source approved them.
    Corrections,
    /// What the ledger should hold.
    Expected,
    /// Made by tieout.
    Posted,
    /// Posted by hand, linked.
    Adopted,
    /// A linked record differs.
    AdoptedDifference,
    /// Edited in the ledger.
    EditedInLedger,
    /// Deleted in the ledger.
    DeletedInLedger,
    /// Carries our marker, not in the store.
    UnknownInLedger,
    /// Draft or pending there.
    NotFinal,
    /// Exchange differences.
    Fx,
    /// Cents of tax.
    TaxCent,
    /// Rounding lines.
    Rounding,
    /// What the ledger holds.
    LedgerNow,
    /// The rest.
    Unexplained,
}

use BridgeLine::*;

impl BridgeLine {
    /// Every line in reading order.
    pub const ALL: [BridgeLine; 29] = [
        SourceApproved,
        NotOurs,
        BeforeCutover,
        OutOfScope,
        Rejected,
        Ready,
        Blocked,
        Held,
        Approved,
        Failed,
        InDoubt,
        Unreadable,
        EarlierPeriod,
        LaterPeriod,
        DateSplit,
        Corrections,
        Expected,
        Posted,
        Adopted,
        AdoptedDifference,
        EditedInLedger,
        DeletedInLedger,
        UnknownInLedger,
        NotFinal,
        Fx,
        TaxCent,
        Rounding,
        LedgerNow,
        Unexplained,
    ];

    /// Shown even when nothing stands on it.
    pub fn always(self) -> bool {
        matches!(
            self,
            SourceApproved
                | Ready
                | Blocked
                | Held
                | EarlierPeriod
                | LaterPeriod
                | Expected
                | Posted
                | Adopted
                | LedgerNow
                | Unexplained
        )
    }

    /// `−`, `+`, `=` or nothing, before the words.
    pub fn sign(self) -> &'static str {
        match self {
            SourceApproved | Posted | Adopted | Unexplained => " ",
            Expected | LedgerNow => "=",
            EarlierPeriod | AdoptedDifference | EditedInLedger | DeletedInLedger | UnknownInLedger | Fx
            | TaxCent | Rounding | DateSplit | Corrections => "+",
            _ => "−",
        }
    }

    /// Between approved and expected: how its count enters.
    fn counts(self) -> i64 {
        match self {
            SourceApproved | EarlierPeriod => 1,
            NotOurs | BeforeCutover | OutOfScope | Rejected | Ready | Blocked | Held | Approved | Failed
            | InDoubt | Unreadable | LaterPeriod => -1,
            _ => 0,
        }
    }

    /// Between expected and the ledger.
    pub fn is_difference(self) -> bool {
        matches!(
            self,
            AdoptedDifference
                | EditedInLedger
                | DeletedInLedger
                | UnknownInLedger
                | NotFinal
                | Fx
                | TaxCent
                | Rounding
        )
    }

    /// The words of the line.
    pub fn words(self, period: Period) -> String {
        let month = period.month();
        match self {
            SourceApproved => format!("Concur: approved, dated in {month}"),
            NotOurs => "not ours".into(),
            BeforeCutover => "before cut-over".into(),
            OutOfScope => "out of scope".into(),
            Rejected => "rejected to Concur".into(),
            Ready => "waiting: ready, not approved".into(),
            Blocked => "waiting: blocked".into(),
            Held => "waiting: held".into(),
            Approved => "waiting: approved, not sent".into(),
            Failed => "waiting: refused by the ledger".into(),
            InDoubt => "in doubt".into(),
            Unreadable => "unreadable (amount from the reports list)".into(),
            EarlierPeriod => format!("earlier period, posted in {month}"),
            LaterPeriod => "posted in a later period".into(),
            DateSplit => "entries dated in another period".into(),
            Corrections => "corrections made here (reversals, reposts)".into(),
            Expected => "expected in the ledger".into(),
            Posted => "posted by tieout".into(),
            Adopted => "adopted (posted by hand, linked)".into(),
            AdoptedDifference => "adopted with a difference".into(),
            EditedInLedger => "edited in the ledger".into(),
            DeletedInLedger => "deleted in the ledger".into(),
            UnknownInLedger => "unknown in the ledger".into(),
            NotFinal => "not final in the ledger".into(),
            Fx => "exchange differences".into(),
            TaxCent => "cents of tax".into(),
            Rounding => "rounding lines".into(),
            LedgerNow => "in the ledger now".into(),
            Unexplained => "unexplained".into(),
        }
    }
}

/// A line with its figures by currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BridgeRow {
    /// Which.
    pub line: BridgeLine,
    /// Its words, without the sign.
    pub label: String,
    /// Figures, home currency first as in [`Bridge::currencies`].
    pub amounts: BTreeMap<Currency, Amounts>,
    /// Ids of its documents.
    pub documents: Vec<String>,
}

impl BridgeRow {
    /// Figures of a currency.
    pub fn of(&self, currency: Currency) -> Amounts {
        self.amounts.get(&currency).copied().unwrap_or_default()
    }
}

/// The bridge of a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bridge {
    /// Currencies, home first.
    pub currencies: Vec<Currency>,
    /// Lines in reading order; what never applies is left out.
    pub rows: Vec<BridgeRow>,
    /// What stands between the sides, most urgent first.
    pub items: Vec<ReconcilingItem>,
    /// Documents of earlier periods that are still open.
    pub earlier_open: Vec<ReconcilingItem>,
    /// The ledger side was there to be compared.
    pub compared: bool,
    /// Records of tieout's dated in the period, as the store has them, and as the ledger was found to hold them.
    pub records: (u64, u64),
}

impl Bridge {
    /// A line's figures in a currency.
    pub fn at(&self, line: BridgeLine, currency: Currency) -> Amounts {
        self.rows.iter().find(|r| r.line == line).map(|r| r.of(currency)).unwrap_or_default()
    }

    /// More items, each at its place.
    pub(crate) fn add(&mut self, items: Vec<ReconcilingItem>) {
        self.items.extend(items);
        order(&mut self.items);
    }

    /// Nothing is left, in any currency.
    pub fn explained(&self) -> bool {
        self.rows
            .iter()
            .filter(|r| r.line == Unexplained)
            .all(|r| r.amounts.values().all(|a| (a.reports, a.invoices, a.advances, a.other) == (0, 0, 0, 0)))
    }
}

/// Figures while they are summed.
pub(crate) struct Draft<'a> {
    period: Period,
    today: Date,
    cells: BTreeMap<(BridgeLine, Currency), Amounts>,
    documents: BTreeMap<BridgeLine, Vec<String>>,
    causes: BTreeMap<BridgeLine, Vec<String>>,
    items: Vec<ReconcilingItem>,
    records: (u64, u64),
    all: &'a [PeriodDocument],
}

impl Draft<'_> {
    fn put(&mut self, line: BridgeLine, currency: Currency, kind: Option<DocumentKind>, n: i64, minor: i64) {
        let cell = self.cells.entry((line, currency)).or_default();
        cell.n += n;
        cell.add(kind, minor);
    }

    fn name(&mut self, line: BridgeLine, document: &str) {
        let list = self.documents.entry(line).or_default();
        if list.last().is_none_or(|d| d != document) {
            list.push(document.into());
        }
    }

    /// An item; a second one of the same name gets a number.
    fn item(
        &mut self,
        category: Category,
        d: Option<&PeriodDocument>,
        number: &str,
        minor: i64,
    ) -> ReconcilingItem {
        let number = d.map_or(number, |d| d.number.as_str());
        let base = format!("{category}:{number}");
        let again =
            self.items.iter().filter(|i| i.item == base || i.item.starts_with(&format!("{base}#"))).count();
        let item = if again == 0 { base } else { format!("{base}#{}", again + 1) };
        ReconcilingItem {
            item,
            category,
            document: d.map(|d| d.id.clone()).unwrap_or_default(),
            number: number.into(),
            party: d.map(|d| d.party.clone()).unwrap_or_default(),
            record: String::new(),
            currency: d.and_then(|d| d.currency),
            minor,
            days: d.map_or(0, |d| days(d.original, self.today)),
            field: String::new(),
            before: String::new(),
            after: String::new(),
            when: String::new(),
            transposed: false,
            what: String::new(),
            needs_action: category.needs_action(),
            comment: String::new(),
        }
    }
}

fn days(from: Date, to: Date) -> i32 {
    to.since(from).map(|s| s.get_days()).unwrap_or(0)
}

/// Builds the bridge. Without the ledger's side the lower part is empty and nothing counts as compared.
pub fn bridge(
    period: Period,
    home: Currency,
    today: Date,
    documents: &[PeriodDocument],
    held: Option<&Held>,
) -> Bridge {
    let mut d = Draft {
        period,
        today,
        cells: BTreeMap::new(),
        documents: BTreeMap::new(),
        causes: BTreeMap::new(),
        items: Vec::new(),
        records: (0, 0),
        all: documents,
    };
    let mut earlier_open = Vec::new();
    for doc in documents {
        source::place(&mut d, doc, held, &mut earlier_open);
    }
    if let Some(held) = held {
        ledger::read(&mut d, held);
    }
    finish(d, home, held.is_some(), earlier_open)
}

fn finish(mut d: Draft<'_>, home: Currency, compared: bool, earlier_open: Vec<ReconcilingItem>) -> Bridge {
    let mut currencies: Vec<Currency> = d.cells.keys().map(|(_, c)| *c).filter(|c| *c != home).collect();
    currencies.sort_unstable();
    currencies.dedup();
    currencies.insert(0, home);
    for c in &currencies {
        let of = |line: BridgeLine| d.cells.get(&(line, *c)).copied().unwrap_or_default();
        let mut expected = Amounts::default();
        for line in BridgeLine::ALL.into_iter().take_while(|l| *l != Expected) {
            // the amounts carry their sign already; counts do not
            expected.plus(&of(line), 1, line.counts());
        }
        let mut rest = of(LedgerNow);
        rest.plus(&expected, -1, 0);
        for line in BridgeLine::ALL.into_iter().filter(|l| l.is_difference()) {
            rest.plus(&of(line), -1, 0);
        }
        rest.n = 0;
        d.cells.insert((Expected, *c), expected);
        if compared {
            d.cells.insert((Unexplained, *c), rest);
            let left = rest.total();
            let parts = [rest.reports, rest.invoices, rest.advances, rest.other];
            if parts.iter().any(|p| *p != 0) {
                let mut item = d.item(Category::Unexplained, None, c.code(), left);
                item.currency = Some(*c);
                item.what = "no category explains it: look at the documents of this currency".into();
                d.items.push(item);
            }
        }
    }
    let mut rows = Vec::new();
    for line in BridgeLine::ALL {
        let ledger = matches!(line, LedgerNow | Unexplained) || line.is_difference();
        let amounts: BTreeMap<Currency, Amounts> = currencies
            .iter()
            .filter_map(|c| d.cells.get(&(line, *c)).map(|a| (*c, *a)))
            .filter(|(_, a)| *a != Amounts::default())
            .collect();
        if (amounts.is_empty() && !line.always()) || (ledger && !compared) {
            continue;
        }
        let mut label = line.words(d.period);
        if let Some(causes) = d.causes.get(&line)
            && let Some(first) = causes.first()
            && !first.is_empty()
            && causes.iter().all(|c| c == first)
        {
            label = format!("{label}: {first}");
        }
        rows.push(BridgeRow {
            line,
            label,
            amounts,
            documents: d.documents.remove(&line).unwrap_or_default(),
        });
    }
    let mut items = d.items;
    order(&mut items);
    Bridge { currencies, rows, items, earlier_open, compared, records: d.records }
}

/// Most urgent first.
fn order(items: &mut [ReconcilingItem]) {
    items.sort_by(|a, b| {
        (b.needs_action, b.category.forbids_signing())
            .cmp(&(a.needs_action, a.category.forbids_signing()))
            .then(in_ledger(b.category).cmp(&in_ledger(a.category)))
            .then(b.minor.unsigned_abs().cmp(&a.minor.unsigned_abs()))
            .then(a.item.cmp(&b.item))
    });
}

/// Changed in the ledger itself: shown before what merely waits.
fn in_ledger(c: Category) -> bool {
    use Category::*;
    matches!(c, EditedInLedger | DeletedInLedger | AdoptedDifference | NotFinal)
}
