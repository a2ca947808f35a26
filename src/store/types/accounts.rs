//! What is known of a connection beside its row.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::model::ids::ConnectionId;

/// What the last sign-in told. No secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInNote {
    /// The connection.
    pub connection: ConnectionId,
    /// The company's name; empty: it was not told.
    pub company_name: String,
    /// The host at which the company is reached.
    pub region: String,
    /// What was granted; empty: the system does not say.
    pub scopes: Vec<String>,
    /// Who signed in.
    pub signed_in_by: String,
    /// When.
    pub signed_in_at: Timestamp,
    /// The sign-in ended then unless it was prolonged since.
    pub sign_in_until: Timestamp,
}

/// What is known of a connection beside its row: the last sign-in, and when the system answered last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountNote {
    /// The connection.
    pub connection: ConnectionId,
    /// The last sign-in; none: it is older than these notes.
    pub sign_in: Option<SignInNote>,
    /// The last answer, to the minute; none: not known.
    pub answered_at: Option<Timestamp>,
}
