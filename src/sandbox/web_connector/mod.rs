//! The QuickBooks Web Connector of the stand-ins: the program on the customer's PC that calls a SOAP service, takes each
//! message set to QuickBooks and brings the answer back (contract of QuickBooks Desktop, sections 1 and 2).
//!
//! [`Caller::update`] is one update as it runs when somebody presses the button: `serverVersion`, `clientVersion`,
//! `authenticate`, the rounds with QuickBooks, `closeConnection`. It needs neither a schedule nor sockets: both
//! QuickBooks ([`Desktop`]) and the way to the service ([`Wire`]) are handed in, so that tests drive it step by step.
//! [`Schedule`] lets it run by itself. What goes wrong is armed as a [`Mishap`] or stands in the fault plan.

mod application;
mod caller;
mod desktop;
mod envelope;
mod log;
mod markup;
mod mishap;
mod schedule;
mod stand_in;
mod visit;
mod wire;

pub use application::{Application, NotAdded};
pub use caller::{Caller, Tempo};
pub use desktop::{Desktop, Greeting, Raised};
pub use envelope::{Answer, Operation, read as read_answer, write as write_call};
pub use log::LogLine;
pub use mishap::{Mishap, Side};
pub use schedule::Schedule;
pub use stand_in::{Enrolment, NAME, QuickBooksDesktop};
pub use visit::{End, Report, Visit};
pub use wire::{Got, Http, Sent, Wire};

#[cfg(test)]
mod tests;
