//! The switches of the contract's simulator section, and what a processor at Concur can do.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::Value;

use super::odd;
use super::record::Status;
use super::shape::Shape;
use super::state::State;
use super::token::SCOPES;

/// How the list of documents is wrapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PageStyle {
    /// Pages with links.
    Links,
    /// The older envelope, `fIDocuments`.
    Old,
}

/// How `document` is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Json,
    Text,
}

/// How a list of suppliers tells where it goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NextPage {
    /// A whole address.
    Url,
    /// The offset alone.
    Offset,
    /// A whole address, that of the page itself once the end is reached.
    Repeating,
}

/// Switches that stay as they are set.
#[derive(Debug, Clone)]
pub(super) struct Switches {
    /// A refresh gives another refresh token and ends the old one.
    pub(super) rotate_refresh_token: bool,
    /// Token code 134, and 503 elsewhere.
    pub(super) maintenance: bool,
    /// Data centre in which the company lives.
    pub(super) home: usize,
    pub(super) page_style: PageStyle,
    /// Overrides what the request asks for.
    pub(super) document_format: Option<Format>,
    /// How payloads are written.
    pub(super) shape: Shape,
    /// How long an access token lives, in minutes.
    pub(super) access_minutes: i64,
    /// What new tokens may do.
    pub(super) scopes: String,
    /// `expires_in` as a number.
    pub(super) expires_in_number: bool,
    /// Token answers without `refresh_expires_in`.
    pub(super) hide_refresh_expiry: bool,
    /// `geolocation` with the path of the token endpoint.
    pub(super) geolocation_with_path: bool,
    /// So many next confirmations of documents fail with code 199.
    pub(super) server_errors: u64,
    /// Digests come as `Items` with `PaymentRequestId`.
    pub(super) digest_items: bool,
    /// A new payment request is in the digests so many seconds later.
    pub(super) digest_lag_seconds: i64,
    pub(super) next_page: NextPage,
    /// So many next writes to lists answer 429.
    pub(super) list_rate_limits: u64,
    /// So many next records of a list's bulk call time out.
    pub(super) list_timeouts: u64,
    /// A single subscription comes as an object, not as an array.
    pub(super) subscription_object: bool,
    /// Each event is delivered twice.
    pub(super) duplicate_events: bool,
    /// Two waiting events change places.
    pub(super) reorder_events: bool,
    /// Which client certificate events are delivered with.
    pub(super) event_certificate: String,
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            rotate_refresh_token: false,
            maintenance: false,
            home: 0,
            page_style: PageStyle::Links,
            document_format: None,
            shape: Shape::default(),
            access_minutes: 60,
            scopes: SCOPES.to_owned(),
            expires_in_number: false,
            hide_refresh_expiry: false,
            geolocation_with_path: false,
            server_errors: 0,
            digest_items: false,
            digest_lag_seconds: 0,
            next_page: NextPage::Url,
            list_rate_limits: 0,
            list_timeouts: 0,
            subscription_object: false,
            duplicate_events: false,
            reorder_events: false,
            event_certificate: "good".to_owned(),
        }
    }
}

/// What a resubmitted report has more than before, when nothing is said: 18.00.
const MORE: Decimal = Decimal::from_parts(1_800, 0, 0, false, 2);

/// Sets a switch or lets a thing happen.
///
/// | switch | value |
/// |---|---|
/// | `rotate_refresh_token`, `maintenance` | a bool |
/// | `move_company` | true: to the other data centre; or the number of one |
/// | `page_style` | `links` or `old` |
/// | `document_format` | `json`, `text`, or null for what the request asks for |
/// | `recall` | FIS id or number of a document that is not posted |
/// | `resubmit`, `change` | FIS id or number, or `{"document", "more"}`; `change` recalls first |
/// | `set_status` | `{"document", "status"}`: any status name |
/// | `take` | `{"document", "system"}`: another system acknowledges it |
/// | `expire_token`, `revoke`, `issue_request_token` | true |
/// | `access_minutes` | how long new access tokens live |
/// | `scopes` | what new tokens may do, with blanks between; null for everything |
/// | `expires_in_number`, `hide_refresh_expiry`, `geolocation_with_path` | a bool: odd token answers |
/// | `server_errors` | so many next posting or payment confirmations answer 199 |
/// | `empty_fields` | `sample`, `null`, `blank` or `absent`: how payloads write what is not there |
/// | `decimals` | `sample`, `eight` or `short` |
/// | `invoice_dates` | `sample`, `american` or `iso` |
/// | `padded_codes`, `digit_payment_types` | a bool |
/// | `digest_collection` | `PaymentRequestDigest` or `Items` |
/// | `digest_lag_seconds` | after how long a new payment request is in the digests |
/// | `vendor_next_page` | `url`, `offset` or `repeating` |
/// | `list_rate_limits`, `list_timeouts` | so many next list writes answer 429, so many bulk records time out |
/// | `subscription_object` | a bool: one subscription as an object, not an array |
/// | `duplicate_events`, `reorder_events` | a bool |
/// | `event_certificate` | a certificate of `GET /certificates`, or `none` |
pub(super) fn switch(state: &mut State, name: &str, value: &Value) -> Result<(), String> {
    match name {
        "rotate_refresh_token" | "rotate" => state.switches.rotate_refresh_token = flag(name, value)?,
        "maintenance" => state.switches.maintenance = flag(name, value)?,
        "move_company" => state.switches.home = center(state, value)?,
        "page_style" => {
            state.switches.page_style = match value.as_str() {
                Some("links") => PageStyle::Links,
                Some("old" | "fIDocuments") => PageStyle::Old,
                _ => return Err("page_style is `links` or `old`".to_owned()),
            }
        }
        "document_format" => {
            state.switches.document_format = match value.as_str() {
                Some("json") => Some(Format::Json),
                Some("text") => Some(Format::Text),
                None if value.is_null() => None,
                _ => return Err("document_format is `json`, `text` or null".to_owned()),
            }
        }
        "recall" => recall(state, document(state, value)?)?,
        "resubmit" => {
            let (index, more) = (document(state, value)?, more(value)?);
            state.resubmit(index, more)?;
        }
        "change" => {
            let (index, more) = (document(state, value)?, more(value)?);
            if state.records.get(index).is_some_and(|record| record.source.is_none()) {
                return Err("a document given in full is changed by giving it again".to_owned());
            }
            recall(state, index)?;
            state.resubmit(index, more)?;
        }
        "set_status" => {
            let index = document(state, value)?;
            let status = value.get("status").and_then(Value::as_str).ok_or("`status` is missing")?;
            let now = state.now;
            state.set_status(index, Status::of(status), now);
        }
        "take" => take(state, value)?,
        "expire_token" => state.tokens.expire_access(),
        "revoke" => state.tokens.revoke(),
        "issue_request_token" => state.tokens.request_issued = state.now,
        _ => return odd::set(&mut state.switches, name, value),
    }
    Ok(())
}

pub(super) fn flag(name: &str, value: &Value) -> Result<bool, String> {
    value.as_bool().ok_or_else(|| format!("{name} is true or false"))
}

fn center(state: &State, value: &Value) -> Result<usize, String> {
    match value {
        Value::Bool(true) => Ok(1 - state.switches.home.min(1)),
        Value::Number(n) if matches!(n.as_u64(), Some(0 | 1)) => Ok(usize::from(n.as_u64() == Some(1))),
        Value::String(name) if name == "base" => Ok(0),
        Value::String(name) if name == "eu" => Ok(1),
        _ => Err("move_company is true, or 0 or 1 for a data centre".to_owned()),
    }
}

fn document(state: &State, value: &Value) -> Result<usize, String> {
    let name = value
        .as_str()
        .or_else(|| value.get("document").and_then(Value::as_str))
        .ok_or("name a document by its FIS id or its number")?;
    state.named(name).ok_or_else(|| format!("no document `{name}` has arrived"))
}

fn more(value: &Value) -> Result<Decimal, String> {
    match value.get("more") {
        None | Some(Value::Null) => Ok(MORE),
        Some(Value::String(text)) => text.parse().map_err(|_| format!("`{text}` is no amount")),
        Some(other) => other.to_string().parse().map_err(|_| format!("`{other}` is no amount")),
    }
}

fn recall(state: &mut State, index: usize) -> Result<(), String> {
    let now: Timestamp = state.now;
    if state.recall(index, now) {
        return Ok(());
    }
    let status = state.records.get(index).map_or("gone", |record| record.status.name());
    Err(format!("the document is {status} and cannot be recalled"))
}

fn take(state: &mut State, value: &Value) -> Result<(), String> {
    let index = document(state, value)?;
    let system = value.get("system").and_then(Value::as_str).unwrap_or("OTHER").to_owned();
    let now = state.now;
    let record = state.records.get_mut(index).ok_or("there is no such document")?;
    if record.status != Status::Ready {
        return Err(format!("{} is not READY", record.number));
    }
    record.system = Some(system);
    state.set_status(index, Status::Acknowledged, now);
    Ok(())
}
