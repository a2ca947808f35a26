//! One company file that is open: its lists, its transactions, its memory of message sets.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::company::{CompanyFile, NameKind};
use super::lists::{ListKind, Lists};
use super::message_sets::Memory;
use super::texts::Status;
use super::time::LocalTime;
use super::transactions::{Txn, Txns};
use super::volume;

/// A `FileID` or another private field that an application keeps with the company.
#[derive(Debug, Clone)]
pub struct Stamp {
    /// `OwnerID`.
    pub owner: String,
    /// `DataExtName`.
    pub name: &'static str,
    /// `DataExtValue`.
    pub value: String,
}

/// An open company file.
#[derive(Debug, Clone)]
pub struct Books {
    /// Names and preferences.
    pub file: CompanyFile,
    /// The clock.
    pub now: Timestamp,
    /// The machine's local time.
    pub local: LocalTime,
    /// All lists.
    pub lists: Lists,
    /// All transactions.
    pub txns: Txns,
    /// Private fields of applications.
    pub stamps: Vec<Stamp>,
    /// Outcomes of message sets.
    pub memory: Memory,
    /// When it was restored from a backup last.
    pub restored: Option<Timestamp>,
    /// The code of a refusal because of the closing date: 3171 or 3180.
    pub closing_code: u32,
}

impl Books {
    /// Opens a company file. What breaks a rule of its own lists is left out.
    pub fn open(file: &CompanyFile, now: Timestamp) -> Self {
        let zone = TimeZone::get(&file.time_zone).unwrap_or(TimeZone::UTC);
        let mut books = Self {
            file: file.clone(),
            now,
            local: LocalTime { zone, wrong: true },
            lists: Lists::default(),
            txns: Txns::default(),
            stamps: Vec::new(),
            memory: Memory::default(),
            restored: None,
            closing_code: 3171,
        };
        // Lists are older than the demo: ids carry the time at which an element was made.
        let made = Timestamp::from_second(now.as_second() - 400 * 86_400).unwrap_or(now);
        books.fill(file, made);
        if let Some(plan) = file.volume {
            volume::fill(&mut books, plan);
        }
        books
    }

    fn fill(&mut self, file: &CompanyFile, made: Timestamp) {
        let home = (file.home_currency.clone(), file.home_currency.clone());
        for (code, name) in std::iter::once(&home).chain(&file.currencies) {
            self.seeded(ListKind::Currency, name, None, made, |element| {
                element.fields.insert("CurrencyCode", code.clone());
            });
        }
        for name in &file.terms {
            self.seeded(ListKind::Terms, name, None, made, |_| {});
        }
        for path in &file.classes {
            let (parent, name) = path.rsplit_once(':').map_or((None, path.as_str()), |(p, n)| (Some(p), n));
            let parent = parent.and_then(|parent| self.lists.by_name(&[ListKind::Class], parent));
            self.seeded(ListKind::Class, name, parent, made, |_| {});
        }
        for account in &file.accounts {
            let parent = account.parent.as_deref().and_then(|p| self.lists.by_name(&[ListKind::Account], p));
            let currency = self.currency(account.currency.as_deref());
            self.seeded(ListKind::Account, &account.name, parent, made, |element| {
                element.fields.insert("AccountType", account.kind.clone());
                if !account.number.is_empty() {
                    element.fields.insert("AccountNumber", account.number.clone());
                }
                element.links.extend(currency.map(|at| ("CurrencyRef", at)));
                element.active = account.active;
            });
        }
        for name in &file.names {
            let kind = match name.kind {
                NameKind::Vendor => ListKind::Vendor,
                NameKind::Customer => ListKind::Customer,
                NameKind::Employee => ListKind::Employee,
                NameKind::OtherName => ListKind::OtherName,
            };
            let parent = name.parent.as_deref().and_then(|p| self.lists.by_name(&[ListKind::Customer], p));
            let currency = self.currency(name.currency.as_deref());
            let terms = name.terms.as_deref().and_then(|terms| self.lists.by_name(&[ListKind::Terms], terms));
            self.seeded(kind, &name.name, parent, made, |element| {
                let fields =
                    [("AccountNumber", &name.code), ("Email", &name.email), ("VendorTaxIdent", &name.tax_id)];
                for (field, value) in fields {
                    element.fields.extend(value.clone().map(|value| (field, value)));
                }
                element.links.extend(terms.map(|at| ("TermsRef", at)));
                element.links.extend(currency.map(|at| ("CurrencyRef", at)));
                element.active = name.active;
            });
        }
    }

    fn seeded(
        &mut self,
        kind: ListKind,
        name: &str,
        parent: Option<usize>,
        made: Timestamp,
        set: impl FnOnce(&mut super::lists::Element),
    ) {
        if let Ok(at) = self.lists.add(kind, name, parent, made) {
            set(&mut self.lists.all[at]);
        }
    }

    /// Whether more than one currency is used.
    pub fn multicurrency(&self) -> bool {
        !self.file.currencies.is_empty()
    }

    /// The list element of an ISO currency; none for the home currency and without multi-currency.
    pub fn currency(&self, code: Option<&str>) -> Option<usize> {
        let code = code.unwrap_or(&self.file.home_currency);
        if !self.multicurrency() {
            return None;
        }
        self.lists.all.iter().position(|element| {
            element.kind == ListKind::Currency && element.field("CurrencyCode") == Some(code)
        })
    }

    /// Today on the machine.
    pub fn today(&self) -> Date {
        self.local.wall(self.now).date()
    }

    /// The type of an account.
    pub fn account_type(&self, at: usize) -> &str {
        self.lists.get(at).field("AccountType").unwrap_or("")
    }

    /// Adds a new transaction, its balances with it.
    pub fn enter(&mut self, mut txn: Txn) -> usize {
        txn.id = self.txns.new_id(self.now);
        for line in &mut txn.lines {
            line.id = self.txns.new_id(self.now);
        }
        self.post(&txn, 1);
        self.txns.push(txn)
    }

    /// Puts a changed transaction in the place of the old one.
    pub fn amend(&mut self, at: usize, mut txn: Txn) {
        for line in txn.lines.iter_mut().filter(|line| line.id.is_empty()) {
            line.id = self.txns.new_id(self.now);
        }
        txn.touch(self.now);
        let old = self.txns.all[at].clone();
        self.post(&old, -1);
        self.post(&txn, 1);
        self.txns.replace(at, txn);
    }

    /// Adds (1) or takes back (-1) what a transaction does to balances.
    pub fn post(&mut self, txn: &Txn, times: i64) {
        for (account, name, debit) in txn.effects() {
            self.lists.all[account].balance += times * debit;
            if let Some(name) = name.filter(|_| self.account_type(account) == "AccountsPayable") {
                self.lists.all[name].balance -= times * debit;
            }
        }
    }

    /// Refuses what is dated in the closed part of the books, or in the part that an accountant's copy has taken over.
    pub fn open_on(&self, date: Date, verb: &str, what: &str) -> Result<(), Status> {
        if self.file.closing_date.is_some_and(|closed| date <= closed) {
            return Err(super::texts::closed(verb, what, self.closing_code));
        }
        if self.file.dividing_date.is_some_and(|dividing| date <= dividing) {
            return Err(super::texts::not_saved(
                what,
                "The transaction is dated on or before the dividing date of the accountant's copy.",
            ));
        }
        Ok(())
    }
}
