//! The entry set: what one document becomes in the ledger (reliability.md, 2.1; accounting.md, section 1).

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::model::money::Currency;
use crate::model::reference::Reference;

/// The place of one entry within the set of a document.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Slot {
    /// What is owed to the employee or supplier.
    Bill,
    /// One card transaction (policy `card_account`).
    Card(String),
    /// All company-billed card spend (policies `clearing`, `issuer_bill`).
    CardProgramme,
    /// The issuer of individually billed cards.
    Issuer,
    /// Company-paid spend.
    CompanyPaid,
    /// A cash advance issued.
    Advance,
    /// The opposite of a posted entry.
    Reversal,
    /// The opposite of the posted entry of this slot, where a set of several is reversed.
    ReversalOf(String),
    /// A correction posted again.
    Repost(u32),
    /// A month-end accrual.
    Accrual(String),
    /// The lines of the other sign of that slot, where a ledger takes no negative lines: `split:bill` is the vendor
    /// credit beside the bill. The part with the sign of the total keeps the slot (and with it an invoice's number), so
    /// the name says whose other half it is and not which kind it became. One document has one at most for each slot.
    Split(String),
    /// A vendor to be made first.
    Vendor(String),
}

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Slot::Bill => "bill".into(),
            Slot::Card(t) => format!("card:{t}"),
            Slot::CardProgramme => "card".into(),
            Slot::Issuer => "issuer".into(),
            Slot::CompanyPaid => "company_paid".into(),
            Slot::Advance => "advance".into(),
            Slot::Reversal => "reversal".into(),
            Slot::ReversalOf(s) => format!("reversal:{s}"),
            Slot::Repost(n) => format!("repost:{n}"),
            Slot::Accrual(p) => format!("accrual:{p}"),
            Slot::Split(s) => format!("split:{s}"),
            Slot::Vendor(k) => format!("vendor:{k}"),
        };
        f.pad(&text)
    }
}

impl FromStr for Slot {
    type Err = String;
    fn from_str(s: &str) -> Result<Self, String> {
        let bad = || format!("there is no slot {s:?}");
        Ok(match s.split_once(':') {
            None => match s {
                "bill" => Slot::Bill,
                "card" => Slot::CardProgramme,
                "issuer" => Slot::Issuer,
                "company_paid" => Slot::CompanyPaid,
                "advance" => Slot::Advance,
                "reversal" => Slot::Reversal,
                _ => return Err(bad()),
            },
            Some(("card", t)) => Slot::Card(t.into()),
            Some(("reversal", s)) => Slot::ReversalOf(s.into()),
            Some(("repost", n)) => Slot::Repost(n.parse().map_err(|_| bad())?),
            Some(("accrual", p)) => Slot::Accrual(p.into()),
            Some(("split", s)) => Slot::Split(s.into()),
            Some(("vendor", k)) => Slot::Vendor(k.into()),
            Some(_) => return Err(bad()),
        })
    }
}

impl Serialize for Slot {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Slot {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}

/// What kind of record an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// Owed to a vendor.
    Bill,
    /// A vendor owes us.
    VendorCredit,
    /// A charge on a company card.
    CardPurchase,
    /// A refund to a company card.
    CardRefund,
    /// Debits and credits.
    Journal,
}

impl EntryKind {
    /// Every kind.
    pub const ALL: [EntryKind; 5] = [
        EntryKind::Bill,
        EntryKind::VendorCredit,
        EntryKind::CardPurchase,
        EntryKind::CardRefund,
        EntryKind::Journal,
    ];

    /// The name in tables and JSON.
    pub fn name(self) -> &'static str {
        match self {
            EntryKind::Bill => "bill",
            EntryKind::VendorCredit => "vendor_credit",
            EntryKind::CardPurchase => "card_purchase",
            EntryKind::CardRefund => "card_refund",
            EntryKind::Journal => "journal",
        }
    }

    /// In a sentence.
    pub fn words(self) -> &'static str {
        match self {
            EntryKind::Bill => "bill",
            EntryKind::VendorCredit => "vendor credit",
            EntryKind::CardPurchase => "card purchase",
            EntryKind::CardRefund => "card refund",
            EntryKind::Journal => "journal",
        }
    }

    /// For narrow columns.
    pub fn short(self) -> &'static str {
        match self {
            EntryKind::Bill => "bill",
            EntryKind::VendorCredit => "credit",
            EntryKind::CardPurchase => "card",
            EntryKind::CardRefund => "refund",
            EntryKind::Journal => "journal",
        }
    }
}

impl FromStr for EntryKind {
    type Err = String;
    fn from_str(s: &str) -> Result<Self, String> {
        EntryKind::ALL
            .into_iter()
            .find(|k| k.name() == s)
            .ok_or_else(|| format!("there is no entry kind {s:?}"))
    }
}

/// What a line is for (accounting.md, section 0).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineRole {
    /// Cost.
    Cost,
    /// Recoverable tax.
    Tax,
    /// What is owed.
    Payable,
    /// A card's liability.
    Card,
    /// A clearing account.
    Clearing,
    /// Employee advances.
    Advance,
    /// Due from employees.
    Receivable,
    /// Due from affiliates.
    Intercompany,
    /// Rounding differences.
    Rounding,
}

impl LineRole {
    /// Roles that stem from the document itself, as opposed to the offsetting side.
    pub fn name(self) -> &'static str {
        match self {
            LineRole::Cost => "cost",
            LineRole::Tax => "tax",
            LineRole::Payable => "payable",
            LineRole::Card => "card",
            LineRole::Clearing => "clearing",
            LineRole::Advance => "advance",
            LineRole::Receivable => "receivable",
            LineRole::Intercompany => "intercompany",
            LineRole::Rounding => "rounding",
        }
    }
}

/// Debit or credit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Left.
    Debit,
    /// Right.
    Credit,
}

impl Side {
    /// The other side.
    pub fn flipped(self) -> Self {
        match self {
            Side::Debit => Side::Credit,
            Side::Credit => Side::Debit,
        }
    }
}

/// A record of the ledger: its id there, and the name that people see. The name is outside the digest.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Named {
    /// The id at the ledger.
    pub id: String,
    /// What the screen shows: `5010 Client Airfare`, `Okafor, Amara`.
    pub name: String,
}

impl Named {
    /// A record.
    pub fn new(id: impl Into<String>, name: impl Into<String>) -> Self {
        Self { id: id.into(), name: name.into() }
    }
}

/// The analysis axes of one line.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dimensions {
    /// Class.
    pub class: Option<Named>,
    /// Department or location.
    pub department: Option<Named>,
    /// Customer or project.
    pub customer: Option<Named>,
}

/// Why something is as it is: which rule chose it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Why {
    /// `account`, `class`, `project`, `party`, `memo`, `rate`, `tax`, `date`.
    pub what: String,
    /// The sentence: `5010: Concur sent 5010, exact` or `rule 12: CC200 → 200 Operations`.
    pub because: String,
    /// The id of the mapping rule, if one decided.
    pub rule: Option<u32>,
}

/// Where in the document a line stems from: indexes of expense, allocation and journal line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineSource {
    /// Index of the expense.
    pub expense: usize,
    /// Index of the allocation within it.
    pub allocation: usize,
    /// Index of the journal line within it.
    pub journal: usize,
}

/// One debit or credit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// What it is for.
    pub role: LineRole,
    /// Which side.
    pub side: Side,
    /// The account.
    pub account: Named,
    /// Never negative; the side carries the direction.
    pub amount: Decimal,
    /// Analysis axes.
    pub dimensions: Dimensions,
    /// The customer is to be invoiced for it.
    pub billable: bool,
    /// The ledger's tax code, where a rule gives one.
    pub tax_code: Option<String>,
    /// Vendor or other name on a journal line (the one on a payable line); none elsewhere.
    #[serde(default)]
    pub party: Option<Named>,
    /// The text on the line.
    pub text: String,
    /// Where it stems from; none for the offsetting side.
    pub source: Option<LineSource>,
    /// Which rules chose account, dimensions and text.
    pub why: Vec<Why>,
}

impl Line {
    /// Debit positive, credit negative.
    pub fn signed(&self) -> Decimal {
        match self.side {
            Side::Debit => self.amount,
            Side::Credit => -self.amount,
        }
    }

    /// The offsetting line of the entry: not sent as a line of its own but as the record's header account.
    pub fn is_offset(&self) -> bool {
        self.source.is_none() && matches!(self.role, LineRole::Payable | LineRole::Card | LineRole::Clearing)
    }
}

/// The exact tax of one ledger tax code within an entry: what a ledger that computes tax is told to take instead of its
/// own figure (accounting.md, 2.2). Signed like its lines: debit positive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxTotal {
    /// The id of the ledger's tax code.
    pub code: String,
    /// Σ of the lines with this code, without the tax.
    pub net: Decimal,
    /// The tax that is claimed back.
    pub amount: Decimal,
}

/// One record to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its place in the set.
    pub slot: Slot,
    /// Its kind.
    pub kind: EntryKind,
    /// Posting date.
    pub date: Date,
    /// Due date (bills).
    pub due: Option<Date>,
    /// Currency of every amount.
    pub currency: Currency,
    /// Home units for one unit of the currency, where one is sent.
    pub rate: Option<Decimal>,
    /// Vendor of the record.
    pub party: Option<Named>,
    /// Payable, card or clearing account: the account of the offsetting line.
    pub offset_account: Option<Named>,
    /// Header location, where the ledger has it on the header only.
    pub location: Option<Named>,
    /// The visible number.
    pub number: String,
    /// Our key inside the record.
    pub reference: Reference,
    /// Header memo, with the marker at its end.
    pub memo: String,
    /// Debits and credits, the offsetting side last.
    pub lines: Vec<Line>,
    /// The exact tax for each ledger tax code on the lines; empty where no line has one.
    #[serde(default)]
    pub taxes: Vec<TaxTotal>,
    /// Why the party, the offset account, the date and the kind are as they are.
    pub why: Vec<Why>,
}

impl Entry {
    /// Σ debits, tax that the ledger posts by its codes included.
    pub fn debits(&self) -> Decimal {
        let lines = self.lines.iter().filter(|l| l.side == Side::Debit).map(|l| l.amount);
        lines.sum::<Decimal>() + self.taxes.iter().map(|t| t.amount.max(Decimal::ZERO)).sum::<Decimal>()
    }

    /// Σ credits, tax that the ledger takes back by its codes included.
    pub fn credits(&self) -> Decimal {
        let lines = self.lines.iter().filter(|l| l.side == Side::Credit).map(|l| l.amount);
        lines.sum::<Decimal>() - self.taxes.iter().map(|t| t.amount.min(Decimal::ZERO)).sum::<Decimal>()
    }

    /// Debits equal credits.
    pub fn balanced(&self) -> bool {
        self.debits() == self.credits()
    }

    /// The record's own total, as the ledger shows it: the offsetting amount, or Σ debits of a journal.
    pub fn total(&self) -> Decimal {
        let offset: Decimal = self.lines.iter().filter(|l| l.is_offset()).map(Line::signed).sum();
        if self.kind == EntryKind::Journal { self.debits() } else { offset.abs() }
    }
}

/// What one document becomes in one ledger.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntrySet {
    /// One entry for each slot, in a fixed order.
    pub entries: Vec<Entry>,
}

impl EntrySet {
    /// Every entry balances, and there is at least one.
    pub fn balanced(&self) -> bool {
        !self.entries.is_empty() && self.entries.iter().all(Entry::balanced)
    }

    /// Σ debits over all entries.
    pub fn debits(&self) -> Decimal {
        self.entries.iter().map(Entry::debits).sum()
    }

    /// Σ credits over all entries.
    pub fn credits(&self) -> Decimal {
        self.entries.iter().map(Entry::credits).sum()
    }

    /// `bill + 2 card`: how many ledger records of which kind.
    pub fn will_post(&self) -> String {
        let mut parts = Vec::new();
        for kind in EntryKind::ALL {
            match self.entries.iter().filter(|e| e.kind == kind).count() {
                0 => {}
                1 => parts.push(kind.short().to_string()),
                n => parts.push(format!("{n} {}", kind.short())),
            }
        }
        if parts.is_empty() { "nothing".into() } else { parts.join(" + ") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_round_trip() {
        for s in [
            "bill",
            "card:CT-9101",
            "card",
            "issuer",
            "company_paid",
            "advance",
            "reversal",
            "reversal:card:CT-9101",
            "repost:2",
            "accrual:2026-10",
            "vendor:E1010",
            "split:bill",
            "reversal:split:bill",
        ] {
            assert_eq!(s.parse::<Slot>().unwrap().to_string(), s);
        }
        assert!("cards".parse::<Slot>().is_err());
    }
}
