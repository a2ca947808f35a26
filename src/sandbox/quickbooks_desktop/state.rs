//! The program as a whole: the file that is open, the session, the switches.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::books::{Books, Stamp};
use super::company::CompanyFile;
use super::iterators::Iterators;
use super::switches::Switches;
use super::texts::{self, Status};
use super::validate::Request;
use super::{Raised, Session, refs};

/// The file that is open and its iterators.
pub struct Open {
    /// The company file.
    pub books: Books,
    /// Iterators of the session.
    pub iterators: Iterators,
}

/// All of it.
pub struct State {
    seed: CompanyFile,
    start: Timestamp,
    /// The file that answers.
    pub open: Open,
    /// The other file: the own one while another company is open.
    pub aside: Option<Box<Books>>,
    /// The last backup.
    pub backup: Option<Box<Books>>,
    /// Switches.
    pub switches: Switches,
    session: Option<u64>,
    /// How many sessions there were.
    pub sessions: u64,
    /// Requests by kind.
    pub calls: BTreeMap<String, u64>,
    /// Why the last set was refused as unparsable; never told on the wire.
    pub refused: Option<String>,
}

impl State {
    /// Opens a company file.
    pub fn new(seed: CompanyFile, now: Timestamp) -> Self {
        let books = Books::open(&seed, now);
        Self {
            seed,
            start: now,
            open: Open { books, iterators: Iterators::default() },
            aside: None,
            backup: None,
            switches: Switches::default(),
            session: None,
            sessions: 0,
            calls: BTreeMap::new(),
            refused: None,
        }
    }

    /// Counts a call.
    pub fn count(&mut self, name: &str) {
        *self.calls.entry(name.to_owned()).or_default() += 1;
    }

    /// Whether a session is the one that is open.
    pub fn alive(&self, session: &Session) -> bool {
        self.session == Some(session.id)
    }

    /// BeginSession.
    pub fn begin(&mut self, application: &str) -> Result<Session, Raised> {
        self.count("BeginSession");
        self.end();
        if let Some(code) = self.switches.refusal() {
            return Err(texts::raise(&code));
        }
        self.sessions += 1;
        self.session = Some(self.sessions);
        Ok(Session { id: self.sessions, application: application.to_owned() })
    }

    /// The session ends, whoever has it.
    pub fn end(&mut self) {
        self.session = None;
        self.open.iterators = Iterators::default();
    }

    /// What a crash raises, when one is due. The session is dead then.
    pub fn crash(&mut self, before: bool) -> Option<Raised> {
        let plan = if before { &mut self.switches.crash_before } else { &mut self.switches.crash_after };
        plan.times = plan.times.checked_sub(1)?;
        let code = plan.hresult.clone();
        self.end();
        if code == "lost" {
            return Some(Raised { hresult: "", message: String::new() });
        }
        Some(texts::raise(&code))
    }

    /// The code when the outcome of a set is not kept.
    pub fn unstored(&mut self) -> Option<u32> {
        self.switches.not_stored = self.switches.not_stored.checked_sub(1)?;
        Some(9005)
    }

    /// Permissions, locks and other users, before a write.
    pub fn before_write(&mut self, request: &Request) -> Result<(), Status> {
        if let Some(code) = self.switches.permission {
            return Err(texts::forbidden(code));
        }
        let books = &mut self.open.books;
        if let Some(busy) = self.switches.busy.as_mut().filter(|busy| busy.times > 0) {
            let lists = &books.lists;
            let met = busy.name.as_ref().is_none_or(|name| {
                refs::named(books, &request.node)
                    .iter()
                    .any(|at| lists.get(*at).full_name.eq_ignore_ascii_case(name))
            });
            if met {
                busy.times -= 1;
                busy.met += 1;
                let which = busy.lock.unwrap_or(busy.met - 1);
                return Err(texts::locked(which, spoken(request.shape.name)));
            }
        }
        if request.shape.name.ends_with("Mod") && self.switches.user_edit > 0 {
            self.switches.user_edit -= 1;
            let node = request.node.children.first();
            let value = |name: &str| node.and_then(|node| node.value(name)).unwrap_or_default();
            let now = books.now;
            if let Some(at) = books.txns.by_id(value("TxnID")) {
                let mut txn = books.txns.all[at].clone();
                txn.memo = format!("{} (changed)", txn.memo).trim().to_owned();
                books.amend(at, txn);
            } else if let Some(at) = books.lists.by_id(value("ListID")) {
                books.lists.all[at].touch(now);
            }
        }
        Ok(())
    }

    /// The own company file, whichever is open.
    pub fn own(&self) -> &Books {
        self.aside.as_deref().unwrap_or(&self.open.books)
    }

    /// The own company file, to change it.
    pub fn own_mut(&mut self) -> &mut Books {
        match &mut self.aside {
            Some(own) => own,
            None => &mut self.open.books,
        }
    }

    /// Opens another company in place of the own one, or the own one again.
    pub fn other_company(&mut self, other: bool) {
        if other == self.aside.is_some() {
            return;
        }
        self.end();
        if let Some(own) = self.aside.take() {
            self.open.books = *own;
            return;
        }
        let mut file = self.seed.clone();
        file.name = "Blackstone Canal Trust".to_owned();
        file.legal_name = file.name.clone();
        file.path = "C:\\QuickBooks\\Blackstone Canal Trust.qbw".to_owned();
        file.volume = None;
        let stranger = Books::open(&file, self.open.books.now);
        self.aside = Some(Box::new(std::mem::replace(&mut self.open.books, stranger)));
    }

    /// Restores the last backup, or the start. Private fields stay: the file was paired before the backup was made.
    pub fn restore(&mut self) {
        self.end();
        let now = self.own().now;
        let stamps = self.own().stamps.clone();
        let wrong = self.own().local.wrong;
        let mut books = match &self.backup {
            Some(backup) => (**backup).clone(),
            None => Books::open(&self.seed, self.start),
        };
        books.now = now;
        books.stamps = stamps;
        books.local.wrong = wrong;
        books.restored = Some(now);
        *self.own_mut() = books;
    }

    /// Stamps a FileID into the own company file.
    pub fn stamp(&mut self, owner: &str, file_id: &str) -> Result<(), Raised> {
        let refusal = |message: &str| Raised { hresult: "QBWC1039", message: message.to_owned() };
        let guid = |text: &str| text != "0" && super::validate::types::guid(text);
        if !guid(owner) || !guid(file_id) {
            return Err(refusal("OwnerID and FileID must be GUIDs in braces."));
        }
        let books = &mut self.open.books;
        if books.stamps.iter().any(|stamp| stamp.owner.eq_ignore_ascii_case(owner)) {
            return Err(refusal("Unique OwnerID/FileID pair value required."));
        }
        books.stamps.push(Stamp { owner: owner.to_owned(), name: "FileID", value: file_id.to_owned() });
        Ok(())
    }

    /// Everything back to the start; private fields stay, for the application stays registered.
    pub fn reset(&mut self) {
        let stamps = self.own().stamps.clone();
        let now = self.own().now;
        let sessions = self.sessions;
        *self = Self::new(self.seed.clone(), self.start);
        self.sessions = sessions;
        self.open.books.stamps = stamps;
        self.open.books.now = now;
    }
}

fn spoken(request: &str) -> &str {
    match request.trim_end_matches("Add").trim_end_matches("Mod") {
        "VendorCredit" => "Vendor Credit",
        "CreditCardCharge" => "Credit Card Charge",
        "CreditCardCredit" => "Credit Card Credit",
        "JournalEntry" => "Journal Entry",
        "TxnDel" | "TxnVoid" => "Transaction",
        other => other,
    }
}
