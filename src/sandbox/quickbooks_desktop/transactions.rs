//! The transactions of a company file and what they do to balances.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::civil::Date;

/// What kind of transaction it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TxnKind {
    /// A bill.
    Bill,
    /// A vendor credit.
    VendorCredit,
    /// A purchase by card.
    CreditCardCharge,
    /// A refund to a card.
    CreditCardCredit,
    /// A check.
    Check,
    /// A journal entry.
    JournalEntry,
}

impl TxnKind {
    /// All kinds.
    pub const ALL: &[Self] = &[
        Self::Bill,
        Self::VendorCredit,
        Self::CreditCardCharge,
        Self::CreditCardCredit,
        Self::Check,
        Self::JournalEntry,
    ];

    /// As on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Bill => "Bill",
            Self::VendorCredit => "VendorCredit",
            Self::CreditCardCharge => "CreditCardCharge",
            Self::CreditCardCredit => "CreditCardCredit",
            Self::Check => "Check",
            Self::JournalEntry => "JournalEntry",
        }
    }

    /// As in messages.
    pub fn spoken(self) -> &'static str {
        match self {
            Self::Bill => "Bill",
            Self::VendorCredit => "Vendor Credit",
            Self::CreditCardCharge => "Credit Card Charge",
            Self::CreditCardCredit => "Credit Card Credit",
            Self::Check => "Check",
            Self::JournalEntry => "Journal Entry",
        }
    }

    /// The kind of a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|kind| kind.word() == word).copied()
    }
}

/// A line. In a journal entry it has a side, elsewhere the side of the kind.
#[derive(Debug, Clone, Default)]
pub struct Line {
    /// `TxnLineID`.
    pub id: String,
    /// The account.
    pub account: Option<usize>,
    /// Cents.
    pub amount: i64,
    /// The text.
    pub memo: String,
    /// The customer or job; in a journal entry any name.
    pub entity: Option<usize>,
    /// The class.
    pub class: Option<usize>,
    /// `BillableStatus`.
    pub billable: Option<String>,
    /// Whether it is a credit; journal entries only.
    pub credit: bool,
}

/// A payment, or something else that hangs together with a transaction.
#[derive(Debug, Clone)]
pub struct Link {
    /// `TxnID` of the other one.
    pub id: String,
    /// Its date.
    pub date: Date,
    /// Its number.
    pub number: String,
    /// Cents that it settles.
    pub amount: i64,
}

/// A transaction.
#[derive(Debug, Clone)]
pub struct Txn {
    /// Its kind.
    pub kind: TxnKind,
    /// `TxnID`.
    pub id: String,
    /// `TxnNumber`.
    pub number: u32,
    /// When it was made.
    pub created: Timestamp,
    /// When it was changed last.
    pub modified: Timestamp,
    /// `EditSequence`.
    pub edit: i64,
    /// `TxnDate`.
    pub date: Date,
    /// `DueDate` of a bill.
    pub due: Option<Date>,
    /// `RefNumber`; empty when it has none.
    pub ref_number: String,
    /// `Memo` of the header.
    pub memo: String,
    /// Vendor or payee.
    pub entity: Option<usize>,
    /// Payable, card or bank account; journal entries have none.
    pub account: Option<usize>,
    /// Terms of a bill.
    pub terms: Option<usize>,
    /// Currency, when it is not the home currency.
    pub currency: Option<usize>,
    /// `ExchangeRate` as sent.
    pub rate: Option<String>,
    /// `ExternalGUID`.
    pub guid: Option<String>,
    /// `VendorAddress` or `Address`, written already.
    pub address: String,
    /// `IsAdjustment` of a journal entry.
    pub adjustment: bool,
    /// Lines in order.
    pub lines: Vec<Line>,
    /// Payments.
    pub links: Vec<Link>,
    /// Whether it was deleted.
    pub gone: bool,
}

impl Txn {
    /// Sum of the lines in cents; of a journal entry the debits.
    pub fn total(&self) -> i64 {
        self.lines.iter().filter(|line| !line.credit).map(|line| line.amount).sum()
    }

    /// Cents that are not settled.
    pub fn open(&self) -> i64 {
        self.total() - self.links.iter().map(|link| link.amount).sum::<i64>()
    }

    /// Marks it as changed now.
    pub fn touch(&mut self, now: Timestamp) {
        self.modified = now;
        self.edit = now.as_second().max(self.edit + 1);
    }

    /// Whom it is about: the payee; of a journal entry the names of its lines.
    pub fn names(&self) -> impl Iterator<Item = usize> + '_ {
        let journal = self.kind == TxnKind::JournalEntry;
        let lines = self.lines.iter().filter(move |_| journal).filter_map(|line| line.entity);
        self.entity.into_iter().chain(lines)
    }

    /// What it does: account, name, cents as debit.
    pub fn effects(&self) -> Vec<(usize, Option<usize>, i64)> {
        let mut effects = Vec::with_capacity(self.lines.len() + 1);
        if self.kind == TxnKind::JournalEntry {
            for line in &self.lines {
                if let Some(account) = line.account {
                    effects.push((
                        account,
                        line.entity,
                        if line.credit { -line.amount } else { line.amount },
                    ));
                }
            }
            return effects;
        }
        let side = match self.kind {
            TxnKind::VendorCredit | TxnKind::CreditCardCredit => -1,
            _ => 1,
        };
        if let Some(account) = self.account {
            effects.push((account, self.entity, -side * self.total()));
        }
        effects.extend(
            self.lines.iter().filter_map(|line| Some((line.account?, line.entity, side * line.amount))),
        );
        effects
    }
}

/// A deleted transaction.
#[derive(Debug, Clone)]
pub struct Deleted {
    /// Its kind.
    pub kind: TxnKind,
    /// Its id.
    pub id: String,
    /// When it was made.
    pub created: Timestamp,
    /// When it was deleted.
    pub deleted: Timestamp,
    /// Its number.
    pub ref_number: String,
}

/// All transactions.
#[derive(Debug, Clone, Default)]
pub struct Txns {
    /// In the order of their making; deleted ones stay with their mark.
    pub all: Vec<Txn>,
    by_id: HashMap<String, usize>,
    by_number: HashMap<String, Vec<usize>>,
    /// What was deleted.
    pub deleted: Vec<Deleted>,
    ids: u32,
}

impl Txns {
    /// A new id; transactions and their lines share one count.
    pub fn new_id(&mut self, now: Timestamp) -> String {
        self.ids += 1;
        format!("{:X}-{}", self.ids, now.as_second())
    }

    /// Adds a transaction that has its id.
    pub fn push(&mut self, mut txn: Txn) -> usize {
        let at = self.all.len();
        txn.number = at as u32 + 1;
        self.by_id.insert(txn.id.clone(), at);
        self.index(&txn.ref_number, at);
        self.all.push(txn);
        at
    }

    fn index(&mut self, ref_number: &str, at: usize) {
        if !ref_number.is_empty() {
            self.by_number.entry(ref_number.to_lowercase()).or_default().push(at);
        }
    }

    /// Puts a changed transaction in its place.
    pub fn replace(&mut self, at: usize, txn: Txn) {
        let old = self.all[at].ref_number.to_lowercase();
        if old != txn.ref_number.to_lowercase() {
            if let Some(list) = self.by_number.get_mut(&old) {
                list.retain(|other| *other != at);
            }
            self.index(&txn.ref_number, at);
        }
        self.all[at] = txn;
    }

    /// The transaction of an id that was not deleted.
    pub fn by_id(&self, id: &str) -> Option<usize> {
        self.by_id.get(&id.to_uppercase()).copied().filter(|at| !self.all[*at].gone)
    }

    /// Transactions of a number, whatever its case, that were not deleted.
    pub fn by_number(&self, ref_number: &str) -> Vec<usize> {
        let found = self.by_number.get(&ref_number.to_lowercase()).map(Vec::as_slice).unwrap_or_default();
        found.iter().copied().filter(|at| !self.all[*at].gone).collect()
    }

    /// All that were not deleted.
    pub fn live(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.all.len()).filter(|at| !self.all[*at].gone)
    }
}
