//! The pure words of the trade. This room does no I/O, reads no clock and knows no system's wire format.

pub mod book;
pub mod canonical;
pub mod clock;
pub mod correction;
pub mod document;
pub mod entry;
pub mod filter;
pub mod finding;
pub mod guard;
pub mod ids;
pub mod intent;
pub mod latin;
pub mod ledger;
pub mod lists;
pub mod money;
pub mod people;
pub mod reference;
pub mod rule;
pub mod state;
pub mod system;
pub mod text;

pub use book::{Book, BookSettings, Mode};
pub use clock::Clock;
pub use correction::Correction;
pub use document::{Document, DocumentKind};
pub use entry::{Entry, EntryKind, EntrySet, Line, LineRole, Named, Side, Slot, TaxTotal};
pub use filter::{Filter, FilterError};
pub use finding::{Finding, FindingCode, Level};
pub use ids::{BookId, ConnectionId, DocumentId};
pub use ledger::LedgerFacts;
pub use money::{Currency, Money};
pub use people::Actor;
pub use reference::Reference;
pub use state::{Group, State};
