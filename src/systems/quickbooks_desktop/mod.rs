//! QuickBooks Desktop: qbXML 13.0, carried by the QuickBooks Web Connector, which calls us (its contract).
//!
//! The exchange behind [`Link::net`] is a box that the Web Connector empties: a request goes out when it comes, and
//! without it a call is provably not sent. Who answers is told at the beginning of each visit ([`Push::greeted`]).

mod answer;
mod assemble;
mod belongs;
mod call;
mod check;
mod classify;
mod encode;
mod facts;
mod greeting;
pub mod hresult;
mod lists;
mod lists_put;
mod lookup;
mod order;
mod payments;
mod push;
#[allow(
    dead_code,
    reason = "the queries of the contract as a whole, checked by their tables; not all are made yet"
)]
mod queries;
mod read_back;
mod reading;
mod recent;
mod record;
#[cfg(test)]
mod sent_tests;
mod status;
mod target;
#[cfg(test)]
mod tests_read;
mod values;
mod vendors;
mod write;
mod xml;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::systems::{CallError, Link, Lists, Push};

/// The system's name.
pub const NAME: &str = crate::model::system::QUICKBOOKS_DESKTOP;
/// What tells our private data in a company file apart from other programs': fixed for ever (contract, section 2).
pub const OWNER_ID: &str = "{7C3D1E64-52B0-4E0A-9A55-0E2B6C1D94F3}";

/// Characters of the RefNumber of bills and vendor credits (contract 7.7).
const NUMBER_MAX: usize = 20;
/// Characters of the RefNumber of journals and card records (contract 7.7).
const SHORT_NUMBER_MAX: usize = 11;
/// Characters of a memo (contract 7.7).
const MEMO_MAX: usize = 4095;

/// What a visit told and what may be cleared.
#[derive(Default)]
struct Known {
    /// Who answers, as the last greeting told.
    told: Option<greeting::Told>,
    /// The currencies of the company, once they were read.
    currencies: Option<record::Currencies>,
    /// The last posting call whose outcomes are all recorded (contract 6.2, step 3).
    recorded: Option<String>,
}

/// The client of one company file.
struct Client {
    link: Link,
    known: Mutex<Known>,
}

/// A client of the company file that `link` names by its FileID.
pub fn connect(link: Link) -> Arc<dyn Push> {
    Arc::new(Client::new(link))
}

/// The reference data of the company file that `link` names, to be read in full and written.
pub fn connect_lists(link: Link) -> Arc<dyn Lists> {
    Arc::new(Client::new(link))
}

impl Client {
    fn new(link: Link) -> Self {
        Self { link, known: Mutex::default() }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the last greeting told. A client that no greeting reached (its process was told elsewhere, or its
    /// connection was changed meanwhile) asks for the same: another company is refused here, too.
    async fn told(&self) -> Result<greeting::Told, CallError> {
        if let Some(told) = self.known().told.clone() {
            return Ok(told);
        }
        let told = self.ask_who_answers().await?;
        self.known().told = Some(told.clone());
        Ok(told)
    }
}
