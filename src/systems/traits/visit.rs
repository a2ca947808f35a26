//! Ledgers that call us: what they tell when they come, and how their doubts are settled.

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use secrecy::SecretString;

use crate::systems::{ClientKeys, Grant, RemoteCompany, SignIn, SignedIn};
use crate::transport::{Method, NetError, Reply, Request};

/// How a doubt is settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// Two complete look-ups, far enough from the sending and from each other, prove absence (reliability.md, 4.4).
    TwoLookUps,
    /// One complete look-up, then the byte-identical call under its old key: the ledger answers what became of it, or
    /// carries it out now (QuickBooks Desktop: contract 6.2).
    Replay,
}

/// What a caller brings when it comes (QuickBooks Desktop: the first `sendRequestXML`, contract 3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Greeting {
    /// Host, company and preferences as the ledger answered them (`strHCPResponse`).
    pub answer: String,
    /// Path of the company file.
    pub company_file: String,
    /// `US`
    pub country: String,
    /// The newest version of the ledger's language.
    pub version: (u32, u32),
}

/// Who answers, as a greeting tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answering {
    /// The company.
    pub company: RemoteCompany,
    /// `QuickBooks Enterprise Solutions 24.0`
    pub product: String,
    /// The newest version of its language.
    pub language: String,
    /// `SingleUser` or `MultiUser`.
    pub file_mode: String,
    /// Books are closed through this day.
    pub close_date: Option<Date>,
    /// Why nothing can be done with it although it is the right company: a sentence with what to do.
    pub unusable: Option<String>,
}

/// The sign-in of a system that calls us: there is none, and no request of it can leave.
pub struct CallsUs;

impl CallsUs {
    fn nowhere() -> Request {
        let (url, timeout) = (String::new(), Duration::ZERO);
        Request { method: Method::Post, url, headers: Vec::new(), body: Vec::new(), timeout }
    }
}

impl SignIn for CallsUs {
    fn refresh(&self, _: &ClientKeys, _: &SecretString) -> Request {
        Self::nowhere()
    }

    fn first(&self, _: &ClientKeys, _: &Grant) -> Request {
        Self::nowhere()
    }

    fn read(&self, _: Result<Reply, NetError>, _: Timestamp) -> SignedIn {
        SignedIn::Reauthorise("this system calls tieout: there is nothing to sign in to".into())
    }
}
