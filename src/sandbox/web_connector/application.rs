//! An application as its `.qwc` file describes it, and the rules under which it is added (contract, section 2).

use std::time::Duration;

use reqwest::Url;

use super::markup::{Node, indented_tree};

/// Why an application is not added: the Web Connector's number, where it has one, and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotAdded {
    /// 1010 of `QBWC1010`.
    pub code: Option<u16>,
    /// What is wrong.
    pub text: String,
}

/// An application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Application {
    /// Its name.
    pub name: String,
    /// Where its service is.
    pub url: String,
    /// Its support page.
    pub support: String,
    /// The user.
    pub user: String,
    /// Whose private data: braces and upper-case digits, as written.
    pub owner_id: String,
    /// Which company file.
    pub file_id: String,
    /// How often it runs, in the Web Connector's own seconds; zero: when somebody presses the button.
    pub every: Duration,
    /// The company file is only read.
    pub read_only: bool,
}

fn not(code: u16, text: impl Into<String>) -> NotAdded {
    NotAdded { code: Some(code), text: text.into() }
}

fn plain(text: impl Into<String>) -> NotAdded {
    NotAdded { code: None, text: text.into() }
}

impl Application {
    /// Reads a `.qwc` file.
    ///
    /// # Errors
    /// The rule that it breaks.
    pub fn read(qwc: &str) -> Result<Self, NotAdded> {
        let root = indented_tree(qwc).map_err(|e| plain(format!("The file cannot be read. {e}")))?;
        if root.name != "QBWCXML" {
            return Err(plain("The file is no QBWCXML file"));
        }
        let need = |name: &str| match root.said(name) {
            text if text.is_empty() => Err(plain(format!("{name} is missing"))),
            text => Ok(text),
        };
        if !root.children.iter().any(|c| c.name == "AppID") {
            return Err(plain("AppID is missing"));
        }
        let (url, support) = (need("AppURL")?, need("AppSupport")?);
        addresses(&url, &support)?;
        need("AppDescription")?;
        let (owner_id, file_id) = (need("OwnerID")?, need("FileID")?);
        for (name, id) in [("OwnerID", &owner_id), ("FileID", &file_id)] {
            if !is_guid(id) {
                return Err(plain(format!("{name} {id} is no GUID in braces")));
            }
        }
        if need("QBType")? != "QBFS" {
            return Err(plain("QBType is not QBFS"));
        }
        if !["", "Document", "DocWrapped", "RPC"].contains(&root.said("Style").as_str()) {
            return Err(plain("Style is unknown"));
        }
        Ok(Self {
            name: need("AppName")?,
            url,
            support,
            user: need("UserName")?,
            owner_id,
            file_id,
            every: scheduler(&root)?,
            read_only: root.said("IsReadOnly") == "true",
        })
    }
}

/// No IP address, one host, and plain HTTP for `localhost` alone.
fn addresses(url: &str, support: &str) -> Result<(), NotAdded> {
    let read = |text: &str| Url::parse(text).map_err(|_| plain(format!("{text} is no address")));
    let (app, help) = (read(url)?, read(support)?);
    let is_ip = |u: &Url| {
        u.host_str().is_some_and(|h| h.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok())
    };
    if is_ip(&app) {
        return Err(not(1001, "AppURL must not be an IP address"));
    }
    if is_ip(&help) {
        return Err(not(1002, "AppSupport must not be an IP address"));
    }
    if app.host_str() != help.host_str() {
        return Err(not(1000, "AppURL and AppSupport must have the same host"));
    }
    let local = app.host_str() == Some("localhost");
    match app.scheme() {
        "https" => Ok(()),
        "http" if local => Ok(()),
        _ => Err(not(1010, "AppURL must be https, but for localhost")),
    }
}

/// The first of the two ways to say it wins.
fn scheduler(root: &Node) -> Result<Duration, NotAdded> {
    let Some(first) =
        root.children.iter().find(|c| c.name == "Scheduler").and_then(|s| s.children.first().cloned())
    else {
        return Ok(Duration::ZERO);
    };
    let number: u64 =
        first.text.trim().parse().map_err(|_| plain("the scheduler's interval is no number"))?;
    match first.name.as_str() {
        "RunEveryNMinutes" => Ok(Duration::from_secs(number.saturating_mul(60))),
        "RunEveryNSeconds" => Ok(Duration::from_secs(number)),
        other => Err(plain(format!("the scheduler does not know {other}"))),
    }
}

fn is_guid(text: &str) -> bool {
    let Some(inner) = text.strip_prefix('{').and_then(|t| t.strip_suffix('}')) else { return false };
    let groups: Vec<&str> = inner.split('-').collect();
    groups.iter().map(|g| g.len()).eq([8, 4, 4, 4, 12])
        && groups.iter().all(|g| g.bytes().all(|b| b.is_ascii_hexdigit()))
}
