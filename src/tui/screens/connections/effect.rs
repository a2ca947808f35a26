//! What the connections and books wants done, what comes back, and what its forms are for.

use jiff::civil::Date;
use rust_decimal::Decimal;
use secrecy::SecretString;
use serde_json::{Map, Value};

use crate::engine::books::BookChange;
use crate::engine::connect::{Connected, Field};
use crate::engine::connect_lead::{Next, Stuck};
use crate::engine::connect_look::{BookLook, ConnectionLook};
use crate::engine::{Door, Tried, VaultWay};
use crate::model::book::{AutoApproval, Book, BookSettings};
use crate::model::document::DocumentKind;
use crate::model::ids::{BookId, ConnectionId};
use crate::tui::msg::Said;

use super::super::RoomEffect;

/// Something to be done outside of `update`. What is secret in it does not print.
#[derive(Debug, Clone)]
pub enum ConnectionEffect {
    /// What is known of connections and books beside their rows.
    Look {
        /// Answers to older questions are dropped.
        generation: u64,
    },
    /// Makes the vault.
    MakeVault {
        /// Of which wizard.
        serial: u64,
        /// How it is opened.
        way: VaultWay,
        /// What was typed, for that way.
        passphrase: Option<SecretString>,
    },
    /// Tries to open a locked vault.
    Unlock {
        /// What was typed.
        passphrase: Option<SecretString>,
    },
    /// Begins to connect.
    Begin {
        /// Of which wizard.
        serial: u64,
        /// System.
        system: String,
        /// The connection's name.
        name: String,
    },
    /// Begins to sign in again.
    Again {
        /// Of which wizard.
        serial: u64,
        /// The connection's name.
        name: String,
    },
    /// Answers of a form.
    Answer {
        /// Of which wizard.
        serial: u64,
        /// By question.
        answers: Vec<(Field, SecretString)>,
    },
    /// Waits for the browser at the page of this machine.
    Listen {
        /// Of which wizard.
        serial: u64,
    },
    /// The address that the consent came back to.
    Return {
        /// Of which wizard.
        serial: u64,
        /// As it was pasted.
        address: SecretString,
    },
    /// Signs in and asks who answers.
    Prove {
        /// Of which wizard.
        serial: u64,
    },
    /// A person has seen whose company it is: stores it.
    Keep {
        /// Of which wizard.
        serial: u64,
    },
    /// Leaves the wizard.
    Leave {
        /// Which.
        serial: u64,
    },
    /// Opens a page in a browser.
    Browse {
        /// Its address.
        url: String,
    },
    /// Ends a connection. Only a dialog makes it.
    Disconnect {
        /// Which.
        connection: ConnectionId,
    },
    /// Lets the books of a connection rest, or go on.
    Rest {
        /// Which.
        connection: ConnectionId,
        /// Rest.
        resting: bool,
    },
    /// Writes the file for the caller of a connection again.
    Qwc {
        /// Which.
        connection: ConnectionId,
        /// Where.
        file: String,
        /// One that is there already is replaced.
        replace: bool,
    },
    /// Makes a book, as a preview.
    NewBook {
        /// Its name.
        name: String,
        /// Source.
        source: ConnectionId,
        /// Ledger.
        ledger: ConnectionId,
        /// Settings that were given.
        given: Map<String, Value>,
    },
    /// Changes a book. Going live is made by a dialog only.
    Change {
        /// Which.
        book: BookId,
        /// How.
        change: BookChange,
    },
    /// Sets the policy.
    Policy {
        /// Of which book.
        book: BookId,
        /// Who approves.
        auto: AutoApproval,
        /// Up to this amount of a document.
        limit: Option<Decimal>,
    },
    /// What other settings would make of the documents that wait.
    Try {
        /// Of which question.
        question: u64,
        /// The book as it would be.
        book: Box<Book>,
    },
    /// What the book would post beside what people posted by hand.
    Trial {
        /// Which.
        book: BookId,
        /// First day.
        from: Date,
        /// Last day.
        to: Date,
    },
}

/// What is known of connections and books beside their rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Looked {
    /// Whether the vault is open.
    pub door: Door,
    /// Connections.
    pub connections: Vec<ConnectionLook>,
    /// Books.
    pub books: Vec<BookLook>,
}

/// What came of it.
#[derive(Debug, Clone)]
pub enum ConnectionMsg {
    /// The looks.
    Look(u64, Box<Looked>),
    /// Whether the vault is open; what is known beside could not be read.
    Unlooked(u64, Door, String),
    /// The vault was made.
    VaultMade(u64, Said<()>),
    /// The vault was unlocked.
    Unlocked(Said<()>),
    /// What a wizard does next, with what people call the system where it is news.
    Next(u64, Option<&'static str>, Result<Next, Stuck>),
    /// Who answers.
    Proved(u64, Result<Connected, Stuck>),
    /// It is stored.
    Kept(u64, Result<Connected, Stuck>),
    /// A browser was opened.
    Browsed(Said<()>),
    /// A sentence for people about a connection or book that changed.
    Done(Said<String>),
    /// The file for a caller was written, or not.
    Qwc(Said<String>),
    /// A book was made.
    BookMade(Said<Box<Book>>),
    /// A book went live, or not.
    Live(Said<String>),
    /// What settings would make of the documents that wait.
    Tried(u64, Said<Tried>),
    /// The trial as lines: title, body.
    Trial(Said<(String, String)>),
}

/// What a form is for.
#[derive(Debug, Clone)]
pub enum ConnectionForm {
    /// A step of the wizard; it takes its answers itself.
    Wizard,
    /// The passphrase of a locked vault.
    Unlock,
    /// The name of the connection that ends.
    Disconnect(ConnectionId),
    /// Where the file for the caller of a connection is written.
    Qwc(ConnectionId),
    /// A new book.
    Pair,
    /// The ledger's name before the book goes live.
    Live(BookId),
    /// Settings of a book as they were seen.
    Settings(BookId, Box<BookSettings>),
    /// Which flow is looked at.
    FlowKind(BookId),
    /// A flow, with the settings as they were seen.
    Flow(BookId, DocumentKind, Box<BookSettings>),
    /// Who approves.
    Policy(BookId),
    /// The days of a trial.
    Trial(BookId),
}

impl ConnectionForm {
    /// The typed name is the question before something that cannot be taken back.
    pub fn asks(&self) -> bool {
        matches!(self, ConnectionForm::Disconnect(_) | ConnectionForm::Live(_))
    }
}

impl RoomEffect for ConnectionEffect {
    fn is_dangerous(&self) -> bool {
        matches!(
            self,
            ConnectionEffect::Disconnect { .. }
                | ConnectionEffect::Change { change: BookChange::Live { .. }, .. }
        )
    }

    fn changes(&self) -> bool {
        use ConnectionEffect::*;
        !matches!(
            self,
            Look { .. } | Unlock { .. } | Leave { .. } | Browse { .. } | Try { .. } | Trial { .. }
        )
    }

    fn slot(&self) -> Option<u8> {
        match self {
            ConnectionEffect::Look { .. } => Some(0),
            ConnectionEffect::Try { .. } => Some(1),
            ConnectionEffect::Trial { .. } => Some(2),
            // a sign-in is never cut: its outcome is used up by the call
            _ => None,
        }
    }
}

impl ConnectionEffect {
    /// What goes out while the vault is closed: opening it, looking, and what a wizard asks: the engine says there why
    /// it cannot be.
    pub fn needs_no_vault(&self) -> bool {
        use ConnectionEffect::*;
        !self.changes()
            || matches!(
                self,
                MakeVault { .. }
                    | Begin { .. }
                    | Again { .. }
                    | Answer { .. }
                    | Listen { .. }
                    | Return { .. }
                    | Prove { .. }
                    | Keep { .. }
            )
    }
}
