//! What one derivation gathers on its way: findings, and the rules that decided.

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::mapping::Inputs;
use crate::model::book::BookSettings;
use crate::model::document::Document;
use crate::model::entry::{Named, Why};
use crate::model::finding::{Finding, FindingCode, Mend};
use crate::model::ledger::{Account, AccountType, LedgerFacts};
use crate::model::money::Currency;
use crate::model::rule::Rule;
use crate::model::system;

pub(super) struct Work<'a> {
    pub i: &'a Inputs<'a>,
    pub findings: Vec<Finding>,
    /// Rules that decided something, each once, in order of use.
    pub won: Vec<&'a Rule>,
}

impl<'a> Work<'a> {
    pub fn new(i: &'a Inputs<'a>) -> Self {
        Self { i, findings: Vec::new(), won: Vec::new() }
    }

    pub fn doc(&self) -> &'a Document {
        self.i.document
    }

    pub fn settings(&self) -> &'a BookSettings {
        &self.i.book.settings
    }

    pub fn facts(&self) -> &'a LedgerFacts {
        self.i.facts
    }

    pub fn currency(&self) -> Currency {
        self.i.document.currency
    }

    /// The currency of the records: home where the ledger forces it, else the document's.
    pub fn posting_currency(&self) -> Currency {
        if self.settings().home_lines.forced { self.facts().company.home_currency } else { self.currency() }
    }

    /// Adds a finding; one of the same code about the same value is the same finding.
    pub fn add(
        &mut self,
        code: FindingCode,
        value: &str,
        brief: impl Into<String>,
        sentence: impl Into<String>,
        mend: Mend,
    ) {
        if !self.findings.iter().any(|f| f.code == code && f.value == value) {
            self.findings.push(Finding::new(code, value, brief, sentence, mend));
        }
    }

    pub fn has(&self, code: FindingCode) -> bool {
        self.findings.iter().any(|f| f.code == code)
    }

    /// Remembers that a rule decided.
    pub fn take(&mut self, rule: &'a Rule) {
        if !self.won.iter().any(|r| r.id == rule.id) {
            self.won.push(rule);
        }
    }

    /// The source in a sentence.
    pub fn source(&self) -> &str {
        match self.i.identity.source_system.as_str() {
            system::CONCUR => "Concur",
            other => other,
        }
    }

    /// The ledger in a sentence.
    pub fn ledger(&self) -> &str {
        match self.i.identity.target_system.as_str() {
            system::QUICKBOOKS_ONLINE => system::ONLINE_TITLE,
            system::QUICKBOOKS_DESKTOP => system::DESKTOP_TITLE,
            "freshbooks" => "FreshBooks",
            "zoho_books" => "Zoho Books",
            "acumatica" => "Acumatica",
            other => other,
        }
    }

    /// An account that the book names for a role. Not named: blocks, and the entry shows what is missing.
    pub fn role_account(&mut self, named: Option<&Named>, role: &str, allowed: &[AccountType]) -> Named {
        let Some(named) = named else {
            self.add(
                FindingCode::PayableUnmapped,
                role,
                format!("no account: {role}"),
                format!("The book names no account for {role}; name it, then derive again."),
                Mend::BookPolicy,
            );
            return unknown(role);
        };
        match self.facts().account(&named.id) {
            None => self.add(
                FindingCode::AccountUnmapped,
                &named.name,
                format!("{} is gone", named.name),
                format!(
                    "The book names {} for {role}, but {} has no such account.",
                    named.name,
                    self.ledger()
                ),
                Mend::BookPolicy,
            ),
            Some(a) => {
                self.account_usable(a, role, allowed);
                return a.named();
            }
        }
        named.clone()
    }

    fn account_usable(&mut self, a: &Account, role: &str, allowed: &[AccountType]) {
        if !a.active {
            let sentence = format!("{}, named for {role}, is inactive in {}.", a.label(), self.ledger());
            self.add(
                FindingCode::AccountInactive,
                &a.number,
                format!("{} is inactive", a.number),
                sentence,
                Mend::InLedger,
            );
        }
        if !allowed.contains(&a.kind) {
            self.add(
                FindingCode::AccountType,
                &a.number,
                format!("{} is {}", a.number, a.kind.words()),
                format!("{} is of type {} and cannot serve as {role}.", a.label(), a.kind.words()),
                Mend::BookPolicy,
            );
        }
    }
}

/// What the screen shows where a record is missing: the entry still balances, and cannot be approved.
pub(super) fn unknown(what: &str) -> Named {
    Named::new("", format!("? {what}"))
}

/// A reason.
pub(super) fn why(what: &str, because: impl Into<String>, rule: Option<u32>) -> Why {
    Why { what: what.into(), because: because.into(), rule }
}

/// `09-30`, for narrow places.
pub(super) fn short_date(d: Date) -> String {
    format!("{:02}-{:02}", d.month(), d.day())
}

/// The same amount with the currency's decimals where the source had fewer, or wrote zeros after them.
pub(super) fn tidy(amount: Decimal, currency: Currency) -> Decimal {
    let mut a = amount.normalize();
    if a.scale() < currency.exponent() {
        a.rescale(currency.exponent());
    }
    a
}
