//! What is asked when an account is connected, for any kind of screen.

use std::borrow::Cow;

use crate::engine::connect::DEFAULT_SYSTEM_ID;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    /// The company's id at the system.
    Company,
    /// The application's client id.
    ClientId,
    /// The application's client secret.
    ClientSecret,
    /// The company request token.
    RequestToken,
    /// The name that tieout carries at the source.
    SystemId,
    /// The registered redirect address, or `loopback`.
    Redirect,
    /// The name of the company of a ledger that calls us.
    CompanyName,
    /// The name under which its caller comes.
    User,
    /// How often it comes by itself, in minutes.
    Minutes,
    /// Where the file for its caller is written.
    File,
    /// Whether a file that is there already is replaced.
    Replace,
}

/// One question, for any kind of screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// What it is for.
    pub field: Field,
    /// A few words.
    pub label: &'static str,
    /// What to know before answering.
    pub help: Cow<'static, str>,
    /// The answer is not shown while it is typed.
    pub secret: bool,
    /// The answer when nothing is typed.
    pub default: Option<Cow<'static, str>>,
    /// The option of the command line that answers it.
    pub option: &'static str,
}

/// The question of a field, as it is put when nothing else is known.
pub(super) fn question(field: Field) -> Question {
    let (label, help, secret, default, option) = match field {
        Field::Company => (
            "Company id",
            "In Concur: Administration, Company, Authentication Admin, Company Request Token. It is a UUID. In \
             QuickBooks it is the realm id.",
            false,
            None,
            "--company",
        ),
        Field::ClientId => {
            ("Client id", "Of the application, from its developer page.", false, None, "--client-id")
        }
        Field::ClientSecret => (
            "Client secret",
            "Of the application. It is sealed in the vault and never shown again.",
            true,
            None,
            "--client-secret-fd",
        ),
        Field::RequestToken => (
            "Company request token",
            "From the same page of Concur. It is valid for 24 hours after it was made; it signs in once, and tieout \
             then keeps itself signed in for about six months.",
            true,
            None,
            "--request-token-fd",
        ),
        Field::SystemId => (
            "System id",
            "The name under which Concur records what tieout has taken. It is chosen here, once, and never changes.",
            false,
            Some(DEFAULT_SYSTEM_ID),
            "--system-id",
        ),
        Field::Redirect => (
            "Redirect address",
            "As registered with the application. Development keys may use `loopback`: a page of this machine. \
             Production keys need an https page of your own, whose address you copy back here.",
            false,
            Some("loopback"),
            "--redirect",
        ),
        Field::CompanyName => (
            "Company name",
            "As the file of QuickBooks Desktop has it. It stands in the file for the Web Connector and on the screens; \
             which company answers is told apart by an identity in its file, not by this name.",
            false,
            None,
            "--company-name",
        ),
        Field::User => (
            "User name",
            "Under this name the Web Connector comes: one for each company file.",
            false,
            None,
            "--user",
        ),
        Field::Minutes => (
            "Minutes between visits",
            "How often the Web Connector comes by itself while it runs; it can be changed there.",
            false,
            Some("5"),
            "--minutes",
        ),
        Field::File => (
            "File for the Web Connector",
            "The .qwc file is written there. It holds no password; copy it to the Windows machine.",
            false,
            None,
            "--qwc",
        ),
        Field::Replace => {
            ("Replace the file", "There is such a file already: yes or no.", false, Some("no"), "--replace")
        }
    };
    Question { field, label, help: help.into(), secret, default: default.map(Into::into), option }
}
