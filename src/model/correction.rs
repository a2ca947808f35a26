//! What a document of the kind `correction` is made of: written here, stored verbatim and frozen at approval like what a
//! source delivers (accounting.md, sections 3 and 9; reliability.md, 4.11).

use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::model::canonical::sha256_hex;
use crate::model::document::{Allocation, Document, DocumentKind, Expense, Journal, Party, Payee};
use crate::model::entry::{Dimensions, Entry, Named, Side};
use crate::model::ids::{BookId, DocumentId};
use crate::model::money::Currency;

/// The document that is corrected, as people know it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Origin {
    /// Its id here.
    pub document: DocumentId,
    /// Its kind.
    pub kind: DocumentKind,
    /// Its id at the source.
    pub source_id: String,
    /// Its business id.
    pub family: String,
    /// Its number.
    pub number: String,
    /// Its title.
    pub title: String,
    /// Code of the payee.
    pub payee_code: String,
    /// Name of the payee.
    pub payee: String,
    /// The payee is an employee: such a person never approves the correction.
    pub payee_is_employee: bool,
    /// Currency.
    pub currency: Currency,
    /// Approved amount.
    pub approved: Decimal,
}

/// A record of the ledger that is to be reversed, as it was posted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PostedEntry {
    /// The frozen entry.
    pub entry: Entry,
    /// Id at the ledger.
    pub remote_id: String,
    /// Number that people see there.
    pub number: String,
    /// It was paid or applied, wholly or in part: the opposite is a journal, since the record itself cannot be undone.
    pub settled: bool,
}

/// One line of an accrual: a cost that belongs to the period and is not in the ledger yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AccrualLine {
    /// Cost account.
    pub account: Named,
    /// Cost objects.
    pub dimensions: Dimensions,
    /// Debit positive.
    pub amount: Decimal,
    /// The documents it stems from, by number.
    pub text: String,
}

/// A correction. Each variant says all that its entries are made of; nothing of it changes afterwards.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "correction", rename_all = "snake_case")]
pub enum Correction {
    /// The opposite of what was posted.
    Reversal {
        /// Of which document.
        of: Origin,
        /// Its records.
        records: Vec<PostedEntry>,
        /// The day that a person chose; none: the original one while it is open.
        on: Option<Date>,
        /// 1, and one more after each that was turned down.
        attempt: u32,
        /// Why.
        reason: String,
    },
    /// The document once more, derived with the rules of today.
    Repost {
        /// Of which document.
        of: Origin,
        /// The how manieth.
        n: u32,
        /// Revision of the source bytes that are derived.
        revision: String,
        /// Why.
        reason: String,
    },
    /// Costs of a period that are not in the ledger at its end, and their reversal on the next day.
    Accrual {
        /// Book.
        book: BookId,
        /// `2026-10`
        period: String,
        /// Its last day.
        last: Date,
        /// Currency.
        currency: Currency,
        /// Liability account of accruals.
        account: Named,
        /// Costs.
        lines: Vec<AccrualLine>,
        /// 1, and one more after each that was turned down.
        attempt: u32,
    },
}

impl Correction {
    /// The bytes that are stored.
    pub fn bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(self)
    }

    /// From stored bytes.
    pub fn read(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(bytes)
    }

    /// The revision: a hash of the bytes, which never change.
    pub fn revision(&self) -> Result<String, serde_json::Error> {
        Ok(sha256_hex(&self.bytes()?))
    }

    /// `reversal`, `repost` or `accrual`.
    pub fn word(&self) -> &'static str {
        match self {
            Correction::Reversal { .. } => "reversal",
            Correction::Repost { .. } => "repost",
            Correction::Accrual { .. } => "accrual",
        }
    }

    /// The id that stands for the source's: a second one of the same sort for the same document is the same document.
    pub fn source_id(&self) -> String {
        match self {
            Correction::Reversal { of, attempt: 1, .. } => {
                format!("reversal:{}:{}", of.kind.name(), of.source_id)
            }
            Correction::Reversal { of, attempt, .. } => {
                format!("reversal:{}:{}:{attempt}", of.kind.name(), of.source_id)
            }
            Correction::Repost { of, n, .. } => format!("repost:{n}:{}:{}", of.kind.name(), of.source_id),
            Correction::Accrual { book, period, currency, attempt: 1, .. } => {
                format!("accrual:{book}:{period}:{currency}")
            }
            Correction::Accrual { book, period, currency, attempt, .. } => {
                format!("accrual:{book}:{period}:{currency}:{attempt}")
            }
        }
    }

    /// The document that is corrected; accruals have none.
    pub fn origin(&self) -> Option<&Origin> {
        match self {
            Correction::Reversal { of, .. } | Correction::Repost { of, .. } => Some(of),
            Correction::Accrual { .. } => None,
        }
    }

    /// The number that people know it by.
    pub fn number(&self) -> String {
        match self {
            Correction::Reversal { of, .. } => format!("{}-REV", of.number),
            Correction::Repost { of, n, .. } => format!("{}-RE{n}", of.number),
            Correction::Accrual { period, currency, .. } => format!("ACCR-{period}-{currency}"),
        }
    }

    /// What it is about, in a line.
    pub fn title(&self) -> String {
        match self {
            Correction::Reversal { of, reason, .. } => format!("reverses {}: {reason}", of.number),
            Correction::Repost { of, reason, .. } => format!("posts {} again: {reason}", of.number),
            Correction::Accrual { period, lines, .. } => {
                format!("accrual of {period}: {} lines", lines.len())
            }
        }
    }

    /// Currency of its amounts.
    pub fn currency(&self) -> Currency {
        match self {
            Correction::Reversal { of, .. } | Correction::Repost { of, .. } => of.currency,
            Correction::Accrual { currency, .. } => *currency,
        }
    }

    /// Its amount: the opposite of what was approved, the same again, or the costs accrued.
    pub fn amount(&self) -> Decimal {
        match self {
            Correction::Reversal { of, .. } => -of.approved,
            Correction::Repost { of, .. } => of.approved,
            Correction::Accrual { lines, .. } => lines.iter().map(|l| l.amount).sum(),
        }
    }

    /// As a document, for screens that show the source beside the entries.
    pub fn as_document(&self) -> Document {
        let payee = match self.origin() {
            Some(o) => Payee {
                employee: o.payee_is_employee,
                code: o.payee_code.clone(),
                name: o.payee.clone(),
                spoken_name: o.payee.clone(),
                email: None,
            },
            None => Payee {
                employee: false,
                code: String::new(),
                name: "accruals".into(),
                spoken_name: "accruals".into(),
                email: None,
            },
        };
        let mut doc = Document {
            kind: DocumentKind::Correction,
            source_id: self.source_id(),
            family: self.origin().map(|o| o.family.clone()).unwrap_or_default(),
            number: self.number(),
            title: self.title(),
            currency: self.currency(),
            payee,
            ..Document::blank(DocumentKind::Correction, self.currency())
        };
        doc.stated_total = Some(self.amount());
        doc.expenses = match self {
            Correction::Reversal { records, .. } => records
                .iter()
                .flat_map(|r| r.entry.lines.iter().filter(|l| !l.is_offset()).map(|l| (r.entry.date, l)))
                .map(|(date, l)| {
                    let amount = if l.side == Side::Debit { -l.amount } else { l.amount };
                    shown(Some(date), &l.text, &l.account, &l.dimensions, amount)
                })
                .collect(),
            Correction::Accrual { last, lines, .. } => lines
                .iter()
                .map(|l| shown(Some(*last), &l.text, &l.account, &l.dimensions, l.amount))
                .collect(),
            Correction::Repost { .. } => Vec::new(),
        };
        doc
    }
}

fn shown(date: Option<Date>, text: &str, account: &Named, d: &Dimensions, gross: Decimal) -> Expense {
    let coded = |n: &Named| crate::model::document::Coded { code: n.name.clone(), value: n.name.clone() };
    let mut fields = BTreeMap::new();
    for (name, value) in
        [("custom1", &d.class), ("custom2", &d.customer), ("employeeOrgUnit2", &d.department)]
    {
        if let Some(n) = value {
            fields.insert(name.to_string(), coded(n));
        }
    }
    let journal = Journal {
        account_code: account.name.clone(),
        payer: Party::Comp,
        payee: Party::Comp,
        gross,
        taxes: Vec::new(),
    };
    let allocation = Allocation {
        id: String::new(),
        percentage: None,
        fields,
        journals: vec![journal],
        taxes: Vec::new(),
    };
    Expense { date, description: text.into(), allocations: vec![allocation], ..Expense::blank() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_correction_survives_its_bytes_and_keeps_its_identity() {
        let accrual = Correction::Accrual {
            book: BookId::from("fq-us"),
            period: "2026-10".into(),
            last: jiff::civil::date(2026, 10, 31),
            currency: Currency::USD,
            account: Named::new("77", "2200 Accrued Expenses"),
            lines: vec![AccrualLine {
                account: Named::new("5", "6210 Software"),
                dimensions: Dimensions::default(),
                amount: Decimal::new(15_900, 2),
                text: "K8CN1X".into(),
            }],
            attempt: 1,
        };
        let read = Correction::read(&accrual.bytes().unwrap()).unwrap();
        assert_eq!(read, accrual);
        assert_eq!(read.source_id(), "accrual:fq-us:2026-10:USD");
        assert_eq!(read.number(), "ACCR-2026-10-USD");
        assert_eq!(read.as_document().approved(), Decimal::new(15_900, 2));
        assert!(Correction::read(b"{}").is_err());
    }
}
