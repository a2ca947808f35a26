//! Connecting a ledger that calls us: QuickBooks Desktop. There is nothing to sign in to: tieout makes a password and a
//! file for the Web Connector, and a person takes both to the Windows machine. Nothing is called.

use std::path::PathBuf;

use base64::Engine as _;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value, json};

use crate::engine::EngineError;
use crate::engine::connect::{Accounts, ConnectError, Connected};
use crate::engine::connect_ask::{Field, Question, question};
use crate::engine::connect_sign_in::hide;
use crate::engine::qwc::{self, Qwc, QwcError};
use crate::engine::visit::{CALLER_PASSWORD, password};
use crate::model::canonical::hex;
use crate::model::ids::ConnectionId;
use crate::store::{ConnectionRow, Health};
use crate::systems::quickbooks_desktop::OWNER_ID;
use crate::systems::registry;

/// Minutes between two visits that a person may choose.
const MINUTES: std::ops::RangeInclusive<u32> = 1..=1440;
/// The longest name of a company that QuickBooks has (contract, section 3).
const COMPANY: usize = 59;
/// The longest user name.
const USER: usize = 60;

/// The reason of a connection that nobody came to yet.
pub const FIRST_VISIT: &str = "waits for the first visit of the Web Connector";
/// The reason of a connection whose password was made anew.
pub const NEW_PASSWORD: &str = "waits for the Web Connector to come with its new password";

/// A password that is shown once. It does not print, and it is kept nowhere.
#[derive(Clone)]
pub struct ShownOnce(SecretString);

impl ShownOnce {
    /// To be shown, once.
    pub fn of(password: SecretString) -> Self {
        Self(password)
    }

    /// The password, for the screen.
    pub fn text(&self) -> &str {
        self.0.expose_secret()
    }
}

impl std::fmt::Debug for ShownOnce {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[redacted]")
    }
}

impl PartialEq for ShownOnce {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}

impl Eq for ShownOnce {}

/// What is taken to the other machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handed {
    /// The name under which the Web Connector comes.
    pub user: String,
    /// Where it calls.
    pub url: String,
    /// How often, in minutes.
    pub minutes: u32,
    /// The file for it; none: none is written now.
    pub file: Option<PathBuf>,
    /// The password; none: it is not made yet.
    pub password: Option<ShownOnce>,
    /// What is done there, in order.
    pub steps: Vec<String>,
}

/// The steps on the Windows machine, for a new connection.
pub fn steps(company: &str, file: &str) -> Vec<String> {
    vec![
        format!(
            "On the Windows machine open {company} in QuickBooks, as Admin and in single-user mode (File, Switch to \
             Single-user Mode)."
        ),
        format!(
            "Copy {file} there and double-click it, or choose Add an application in the QuickBooks Web Connector. \
             tieout has to run meanwhile: the Web Connector opens its address."
        ),
        "When QuickBooks asks, allow access always, even if QuickBooks is not running, and choose the user that it \
         logs in as."
            .into(),
        "In the Web Connector type the password, let it be saved, and tick Auto-Run.".into(),
    ]
}

/// The steps after a new password.
fn steps_again() -> Vec<String> {
    vec!["In the Web Connector on the Windows machine type the new password over the old one, and let it be saved."
        .into()]
}

/// What is missing in `config.toml` so that a Web Connector can come.
pub fn listen_first() -> String {
    "QuickBooks Desktop cannot be called: its Web Connector calls tieout, and nothing listens for it here yet. Add \
     this to config.toml and begin again.\n\
     \n\
     QuickBooks on this machine:\n\
     \x20 [listen.web_connector]\n\
     \x20 address = \"127.0.0.1:8077\"\n\
     \n\
     QuickBooks on another machine, which has to reach this one over HTTPS with a certificate that Windows trusts:\n\
     \x20 [listen.web_connector]\n\
     \x20 address = \"0.0.0.0:8077\"\n\
     \x20 endpoint = \"https://NAME-OF-THIS-MACHINE:8077\"\n\
     \x20 certificate = \"/path/to/certificate-chain.pem\"\n\
     \x20 key = \"/path/to/key.pem\""
        .into()
}

/// What a person answers in place of a sign-in.
pub(super) struct Visitor {
    again: bool,
    /// Where the Web Connector calls.
    url: String,
    file_id: String,
    company_name: Option<String>,
    user: Option<String>,
    minutes: Option<u32>,
    file: Option<PathBuf>,
    replace: Option<bool>,
    /// User names of the other connections.
    taken: Vec<String>,
    connection: ConnectionId,
}

impl Visitor {
    /// For a new connection. Refused before anything is asked when the Web Connector could not come.
    pub(super) async fn new(accounts: &Accounts, row: &ConnectionRow) -> Result<Self, ConnectError> {
        let url = accounts.address().ok_or_else(|| ConnectError::Refused(listen_first()))?;
        let url = checked(&url)?;
        Ok(Self {
            again: false,
            url,
            file_id: guid()?,
            company_name: None,
            user: None,
            minutes: None,
            file: None,
            replace: None,
            taken: users(accounts, &row.id).await?,
            connection: row.id.clone(),
        })
    }

    /// For a new password of a connection that is there: all the rest stays.
    pub(super) fn again(accounts: &Accounts, row: &ConnectionRow) -> Result<Self, ConnectError> {
        let known = Known::of(row);
        // where nothing listens right now the address stays as it is
        let url = accounts.address().map_or(Ok(known.url.clone()), |url| checked(&url))?;
        Ok(Self {
            again: true,
            url,
            file_id: row.company.clone(),
            company_name: Some(known.company_name),
            user: Some(known.user),
            minutes: Some(known.minutes),
            file: None,
            replace: None,
            taken: Vec::new(),
            connection: row.id.clone(),
        })
    }

    /// Whether a file that is there already is replaced.
    pub(super) fn replaces(&self) -> bool {
        self.replace == Some(true)
    }

    /// What is still asked. The name of the company comes first: the defaults of the rest follow from it.
    pub(super) fn questions(&self) -> Vec<Question> {
        if self.again {
            return Vec::new();
        }
        let Some(company) = &self.company_name else { return vec![question(Field::CompanyName)] };
        let mut open = Vec::new();
        if self.user.is_none() {
            let default = self.default_user(company);
            open.push(Question { default: Some(default.into()), ..question(Field::User) });
        }
        if self.minutes.is_none() {
            open.push(question(Field::Minutes));
        }
        match &self.file {
            None => {
                let default = format!("{}.qwc", self.connection);
                open.push(Question { default: Some(default.into()), ..question(Field::File) });
            }
            Some(file) if self.replace.is_none() && qwc::free(file, true).is_ok() && file.exists() => {
                let help = format!(
                    "{} is there already: yes replaces it, no asks for another path.",
                    file.display()
                );
                open.push(Question { help: help.into(), ..question(Field::Replace) });
            }
            Some(_) => {}
        }
        open
    }

    /// `tieout-northwind-traders`, or the first such name that no other connection has.
    fn default_user(&self, company: &str) -> String {
        let slug = slug(company);
        let plain =
            if slug.is_empty() { format!("tieout-{}", self.connection) } else { format!("tieout-{slug}") };
        let free = |name: &String| !self.taken.iter().any(|t| t.eq_ignore_ascii_case(name));
        if free(&plain) {
            return plain;
        }
        // one more than are taken: one of them is free
        (2..=self.taken.len() + 2).map(|n| format!("{plain}-{n}")).find(free).unwrap_or(plain)
    }

    /// Answers one question.
    pub(super) fn answer(&mut self, field: Field, text: &str) -> Result<(), ConnectError> {
        let bad = |why: String| Err(ConnectError::Answer(why));
        if self.again {
            return bad(format!(
                "{} stays as it is: a new password is made, and nothing else changes",
                question(field).label
            ));
        }
        match field {
            Field::CompanyName => {
                if text.chars().count() > COMPANY {
                    return bad(format!("a company's name in QuickBooks has {COMPANY} characters at most"));
                }
                self.company_name = Some(text.to_string());
            }
            Field::User => {
                let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
                if text.len() > USER || !text.chars().all(fits) {
                    return bad(format!("a user name has letters, digits, - _ and . only, {USER} at most"));
                }
                if self.taken.iter().any(|t| t.eq_ignore_ascii_case(text)) {
                    return bad(format!(
                        "{text} is the user name of another connection: each company file has one of its own"
                    ));
                }
                self.user = Some(text.to_string());
            }
            Field::Minutes => match text.parse::<u32>() {
                Ok(minutes) if MINUTES.contains(&minutes) => self.minutes = Some(minutes),
                _ => return bad(format!("{text:?} is no number of minutes: 1 to {}", MINUTES.end())),
            },
            Field::File => {
                let path = whole(text)?;
                match qwc::free(&path, false) {
                    Ok(()) | Err(QwcError::There(_)) => self.file = Some(path),
                    Err(e) => return bad(e.to_string()),
                }
            }
            Field::Replace => match text.to_ascii_lowercase().as_str() {
                "yes" | "y" => self.replace = Some(true),
                "no" | "n" => {
                    self.file = None;
                    self.replace = None;
                }
                _ => return bad(format!("{text:?}: write yes or no")),
            },
            other => {
                return bad(format!(
                    "{} is not asked for a system that calls tieout: its Web Connector signs in here",
                    question(other).option
                ));
            }
        }
        Ok(())
    }

    /// The connection as it will be, and what a person is shown before it is kept. Nothing is called or stored.
    pub(super) async fn prove(
        &self,
        accounts: &Accounts,
        row: &ConnectionRow,
    ) -> Result<(ConnectionRow, Connected), ConnectError> {
        let open = || ConnectError::Answer("a question is still open".into());
        let company_name = self.company_name.clone().ok_or_else(open)?;
        let user = self.user.clone().ok_or_else(open)?;
        let minutes = self.minutes.ok_or_else(open)?;
        if users(accounts, &row.id).await?.iter().any(|t| t.eq_ignore_ascii_case(&user)) {
            return Err(ConnectError::Refused(format!(
                "{user} became the user name of another connection meanwhile: begin again"
            )));
        }
        if let Some(file) = &self.file {
            qwc::free(file, self.replaces()).map_err(|e| ConnectError::Answer(e.to_string()))?;
        }
        let now = accounts.clock.now();
        let mut settings = row.settings.as_object().cloned().unwrap_or_default();
        let mut notes = Vec::new();
        if self.again && Known::of(row).url != self.url {
            notes.push(rewrite(&row.id));
        }
        let known = Known { user, company_name, url: self.url.clone(), minutes };
        known.put(&mut settings, &self.file_id);
        let row = ConnectionRow {
            company: self.file_id.clone(),
            fingerprint: self.file_id.clone(),
            system_id: if row.system_id.is_empty() {
                crate::engine::connect::DEFAULT_SYSTEM_ID.into()
            } else {
                row.system_id.clone()
            },
            settings: settings.into(),
            health: Health::Offline,
            health_reason: if self.again { NEW_PASSWORD.into() } else { FIRST_VISIT.into() },
            health_since: now,
            ..row.clone()
        };
        let connected = connected(&row, &known, self.file.clone(), self.again, notes);
        Ok((row, connected))
    }
}

/// What to do when the address is another one than that of the file on the Windows machine.
fn rewrite(id: &ConnectionId) -> String {
    format!(
        "the address is another one than before: write the file again with `tieout connections qwc {id} FILE` and \
         add it to the Web Connector once more"
    )
}

fn connected(
    row: &ConnectionRow,
    known: &Known,
    file: Option<PathBuf>,
    again: bool,
    notes: Vec<String>,
) -> Connected {
    let shown = file.as_ref().map_or_else(|| format!("{}.qwc", row.id), |f| f.display().to_string());
    let steps = if again { steps_again() } else { steps(&known.company_name, &shown) };
    Connected {
        connection: row.id.clone(),
        system: registry::named(&row.system).map_or("", |e| e.title).into(),
        company_name: Some(known.company_name.clone()),
        company: row.company.clone(),
        region: qwc::address(&known.url).map(|u| qwc::host(&u)).unwrap_or_default(),
        scopes: Vec::new(),
        access_until: None,
        sign_in_until: None,
        notes,
        handed: Some(Box::new(Handed {
            user: known.user.clone(),
            url: known.url.clone(),
            minutes: known.minutes,
            file,
            password: None,
            steps,
        })),
    }
}

impl Accounts {
    /// Stores the connection and what its password is compared with, and writes the file. What went wrong with the file
    /// is a note: the connection stands, and the file can be written again.
    pub(super) async fn keep_visitor(
        &self,
        row: ConnectionRow,
        mut connected: Connected,
        replace: bool,
    ) -> Result<Connected, ConnectError> {
        let failed = |e: &dyn std::fmt::Display| ConnectError::Engine(EngineError::Vault(e.to_string()));
        let password::Made { password, stored } = password::make().map_err(|e| failed(&e))?;
        hide(&row.id, "web_connector_password", &password);
        hide(&row.id, "web_connector_hash", &stored);
        self.store.put_connection(row.clone(), self.actor.clone(), self.clock.now()).await?;
        self.put(&row.id, CALLER_PASSWORD, &stored).await?;
        let Some(handed) = &mut connected.handed else { return Ok(connected) };
        if let Some(file) = handed.file.clone()
            && let Err(e) = file_of(&row).and_then(|bytes| qwc::write(&file, &bytes, replace))
        {
            handed.file = None;
            connected.notes.push(format!(
                "the connection is made, and its file is not written ({e}): write it with `tieout connections qwc {} \
                 FILE`",
                row.id
            ));
        }
        handed.password = Some(ShownOnce::of(password));
        Ok(connected)
    }

    /// Writes the file of a connection again: the same FileID, OwnerID and user name, at the address that is configured
    /// now. Gives where it was written, and what to do when the address changed.
    pub async fn write_qwc(
        &self,
        name: &str,
        path: &str,
        replace: bool,
    ) -> Result<(PathBuf, Option<String>), ConnectError> {
        let id = ConnectionId::from(name);
        let mut row = self.row(&id).await?.ok_or_else(|| {
            ConnectError::Answer(format!("there is no connection {name:?}: see `tieout connections`"))
        })?;
        let entry = crate::engine::life::entry(&row)?;
        if !entry.calls_us() {
            return Err(ConnectError::Answer(format!(
                "{id} is {}: a .qwc file is for QuickBooks Desktop alone",
                entry.title
            )));
        }
        let path = whole(path)?;
        let mut known = Known::of(&row);
        let before = known.url.clone();
        if let Some(url) = self.address() {
            known.url = checked(&url)?;
        }
        let mut settings = row.settings.as_object().cloned().unwrap_or_default();
        known.put(&mut settings, &row.company);
        row.settings = settings.into();
        let written = file_of(&row).and_then(|bytes| qwc::write(&path, &bytes, replace));
        written.map_err(|e| match e {
            QwcError::There(_) | QwcError::NoFile(_) | QwcError::NoFolder(_) => {
                ConnectError::Answer(e.to_string())
            }
            other => ConnectError::Refused(other.to_string()),
        })?;
        let moved = before != known.url;
        if moved {
            self.store.put_connection(row.clone(), self.actor.clone(), self.clock.now()).await?;
        }
        let note =
            "the address is another one than before: remove tieout from the Web Connector and add this file";
        Ok((path, moved.then(|| note.to_string())))
    }
}

/// What the settings of a connection say about its caller.
struct Known {
    user: String,
    company_name: String,
    url: String,
    minutes: u32,
}

impl Known {
    fn of(row: &ConnectionRow) -> Self {
        let text = |key: &str| row.settings.get(key).and_then(Value::as_str).unwrap_or_default().to_string();
        let minutes = row.settings.get("minutes").and_then(Value::as_u64).and_then(|m| u32::try_from(m).ok());
        Self {
            user: text("user"),
            company_name: text("company_name"),
            url: text("url"),
            minutes: minutes.unwrap_or(5),
        }
    }

    fn put(&self, settings: &mut Map<String, Value>, file_id: &str) {
        for (key, value) in [
            ("user", json!(self.user)),
            ("company_name", json!(self.company_name)),
            ("owner_id", json!(OWNER_ID)),
            ("file_id", json!(file_id)),
            ("url", json!(self.url)),
            ("minutes", json!(self.minutes)),
        ] {
            settings.insert(key.into(), value);
        }
    }
}

fn file_of(row: &ConnectionRow) -> Result<Vec<u8>, QwcError> {
    let known = Known::of(row);
    Qwc {
        connection: row.id.as_str(),
        company: &known.company_name,
        url: &known.url,
        user: &known.user,
        owner_id: OWNER_ID,
        file_id: &row.company,
        minutes: known.minutes,
    }
    .bytes()
}

fn checked(url: &str) -> Result<String, ConnectError> {
    let refused = |e: QwcError| {
        ConnectError::Refused(format!("{e}. It is `endpoint` under [listen.web_connector] of config.toml"))
    };
    Ok(qwc::address(url).map_err(refused)?.to_string())
}

/// A path as a person typed it, from the root on: what is shown is where the file stands.
fn whole(text: &str) -> Result<PathBuf, ConnectError> {
    if text.starts_with('~') {
        return Err(ConnectError::Answer(format!("{text}: write the whole path, it begins at /")));
    }
    std::path::absolute(text).map_err(|e| ConnectError::Answer(format!("{text}: {e}")))
}

/// User names of all connections but one.
async fn users(accounts: &Accounts, but: &ConnectionId) -> Result<Vec<String>, ConnectError> {
    let rows = accounts.store.connections().await?;
    let others = rows.into_iter().filter(|r| r.id != *but && crate::engine::visit::calls_us(r));
    Ok(others.map(|r| Known::of(&r).user).collect())
}

/// `Northwind Traders, Inc.` as `northwind-traders-inc`
fn slug(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            out.push(c.to_ascii_lowercase());
        } else if !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
    }
    out.truncate(USER - "tieout-".len() - 4);
    out.trim_end_matches('-').to_string()
}

/// A random GUID, upper case, with braces.
fn guid() -> Result<String, ConnectError> {
    let failed = |why: String| ConnectError::Engine(EngineError::Vault(why));
    let text = crate::vault::random_text(16).map_err(|e| failed(e.to_string()))?;
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(text.expose_secret())
        .map_err(|e| failed(e.to_string()))?;
    let mut bytes = <[u8; 16]>::try_from(bytes.as_slice()).map_err(|e| failed(e.to_string()))?;
    // version 4, variant 1 (RFC 9562)
    bytes[6] = (bytes[6] & 0x0F) | 0x40;
    bytes[8] = (bytes[8] & 0x3F) | 0x80;
    let hex = hex(&bytes).to_uppercase();
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    Ok(format!("{{{}-{}-{}-{}-{}}}", part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)))
}

#[cfg(test)]
#[path = "connect_desktop_tests.rs"]
mod tests;
