//! Deriving: document + rules + ledger facts + book settings become an entry set, findings, reasons and checks.
//!
//! This room is pure: no I/O, no clock, no wire format. The screen shows exactly what `derive` returns, approval
//! freezes exactly it, and posting sends exactly it (design.md, "The way of a document"; accounting.md, sections 1 to 7).
//!
//! Sides are always the accounting ones: a vendor credit has its cost on the credit side and its payable on the debit
//! side. What a wire format wants positive is the business of the system that sends it.

mod accounts;
mod checks;
mod compare;
mod corrections;
mod dates;
mod derive;
mod dimensions;
mod duplicates;
mod edit;
mod effect;
mod grouping;
mod guards;
mod home;
mod number;
mod party;
mod paying;
mod pieces;
mod proposals;
mod recheck;
mod rules;
mod scope;
mod slots;
mod suggest;
mod tax;
mod text;
mod trial;
mod vendors;
mod work;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::model::book::Book;
use crate::model::document::Document;
use crate::model::entry::EntrySet;
use crate::model::finding::Finding;
use crate::model::ids::DocumentId;
use crate::model::ledger::{LedgerFacts, Vendor};
use crate::model::money::Money;
use crate::model::rule::RuleSet;
use crate::model::state::State;

pub use compare::{FieldDifference, SetChange, SetDifference, SetPlace, beside, differences};
pub use corrections::{Correcting, correct, renamed};
pub use dates::original_date;
pub use derive::derive;
pub use duplicates::{RANGE, duplicate_keys, duplicate_questions, record_key};
pub use edit::{Change, Refused, apply, effect_words, key_name, key_named, rule_of};
pub use effect::{AccountEffect, EffectGroup, EffectKind, effect, effect_groups};
pub use guards::{hits, left_out};
pub use proposals::{ItemLists, VendorLists, item_proposals, vendor_proposals};
pub use recheck::recheck;
pub use suggest::{Likeness, like, suggest_party};
pub use text::{MEMO_WORDS, Memo, limits as text_limits, memo_of, unknown_words};
pub use trial::{Differs, Trial, TrialEntry, TrialVerdict, trial};

/// The two ends by their remote ids, of which references are made (reliability.md, 4.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// `concur`
    pub source_system: String,
    /// The company's UUID at the source.
    pub source_company: String,
    /// `quickbooks_online`
    pub target_system: String,
    /// The company's id at the target (realm).
    pub target_company: String,
}

/// Another document of the same business id, or of the same number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FamilyMember {
    /// Its id.
    pub id: DocumentId,
    /// Where it stands.
    pub state: State,
    /// Its number.
    pub number: String,
    /// The source's revision counter.
    pub revision_number: u32,
    /// It has the same business id; false: only the number is the same.
    pub same_family: bool,
}

/// A live document of another family that looks like ours in one respect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SameExpense {
    /// The other one's key that answered one of our [`duplicate_questions`].
    pub key: String,
    /// Number of the other document.
    pub other: String,
    /// Its id.
    pub other_id: DocumentId,
}

/// A vendor that was made from here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeVendor {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: String,
    /// Its tax form is on file.
    pub tax_form: bool,
}

/// A payee as it was seen at a posting: empty where something was not known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SeenVendor {
    /// Id of the ledger's record.
    pub vendor: String,
    /// Its name there.
    pub vendor_name: String,
    /// Name at the source.
    pub name: String,
    /// Where the source remits to.
    pub remit_to: String,
    /// Currency of the record.
    pub currency: String,
}

/// The payee as it is seen now.
pub fn seen(document: &Document, vendor: Option<&Vendor>) -> SeenVendor {
    let remit = document.fields.get("vendorRemitTo");
    SeenVendor {
        vendor: vendor.map(|v| v.id.clone()).unwrap_or_default(),
        vendor_name: vendor.map(|v| v.name.clone()).unwrap_or_default(),
        name: document.payee.name.clone(),
        remit_to: remit.map(|c| c.code.clone()).unwrap_or_default(),
        currency: vendor.and_then(|v| v.currency).map(|c| c.code().to_string()).unwrap_or_default(),
    }
}

/// What the store knows around a document; the engine gathers it, so that deriving stays pure.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// Other members of its family.
    pub family: Vec<FamilyMember>,
    /// Other documents, not ended and of other families, that answer its [`duplicate_questions`].
    pub same_expense: Vec<SameExpense>,
    /// Ledger records that intents of ours own, by [`record_key`]: never `maybe_in_ledger`.
    pub our_records: BTreeSet<String>,
    /// Cash advances that were issued through the store.
    pub known_advances: BTreeSet<String>,
    /// Vendors that were made from here, by their id at the ledger; who makes vendors fills it.
    pub made_vendors: BTreeMap<String, MadeVendor>,
    /// How the payee was seen when something was posted to it last ([`seen`]); none: nothing yet, or a report.
    pub last_posting: Option<SeenVendor>,
    /// References that other documents have taken in this ledger.
    pub used_references: BTreeSet<String>,
    /// Single-person mode: name and employee number of the only approver.
    pub acting: Option<(String, Option<String>)>,
}

/// All that decides an entry set.
#[derive(Debug, Clone, Copy)]
pub struct Inputs<'a> {
    /// The document's id in the store.
    pub id: DocumentId,
    /// The document.
    pub document: &'a Document,
    /// The book that owns it.
    pub book: &'a Book,
    /// The book's rules.
    pub rules: &'a RuleSet,
    /// The ledger's reference data.
    pub facts: &'a LedgerFacts,
    /// The two ends.
    pub identity: &'a Identity,
    /// What the store knows around it.
    pub around: &'a Surroundings,
    /// The present instant.
    pub now: Timestamp,
}

/// One thing that was verified, for the screen: a tick, or what is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// It is right.
    pub ok: bool,
    /// `period open`
    pub text: String,
}

/// What the list and the document's header show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// The ledger's vendor name where a vendor was found, else the source's name.
    pub payee: String,
    /// The number that people know.
    pub number: String,
    /// `bill + 2 card`, `adopt` or `nothing`.
    pub will_post: String,
    /// Cost centre codes in source order, each once: the field that fills the class.
    pub cost_centres: Vec<String>,
    /// Receipts that are there, and business expenses.
    pub receipts: (usize, usize),
    /// Who pays: `ledger`, `Concur`, `payroll`, `nobody`, or `not chosen (PMTSERV)`.
    pub who_pays: String,
    /// What Concur pays once it hears success, in document currency; never negative.
    pub concur_pays: Decimal,
    /// Who approved it in the source: the name that the ledger has under this code, else the code.
    pub approver: String,
}

/// The result of deriving a document.
#[derive(Debug, Clone, PartialEq)]
pub struct Derivation {
    /// What will be posted, as far as it can be derived.
    pub set: EntrySet,
    /// Every finding, blocking ones first.
    pub findings: Vec<Finding>,
    /// What was verified.
    pub checks: Vec<Check>,
    /// The date that decides the period; none when the source gives no date.
    pub posting_date: Option<Date>,
    /// The posting date before a rule moved it.
    pub original_date: Option<Date>,
    /// Σ signed gross of the business journals.
    pub approved: Money,
    /// `ready`, `blocked`, or `held` when only a closed period blocks.
    pub state: State,
    /// For list and header.
    pub summary: Summary,
}
