//! One financial document as Concur holds it.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::shape::Shape;
use crate::sandbox::firm::Document;

/// Where a document stands (contract section 2.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Status {
    Ready,
    Acknowledged,
    PostedSuccess,
    PostedFailure,
    Recalled,
    /// Payment confirmed completely.
    Paid,
    /// A confirmed payment was taken back.
    PaymentReversed,
    /// A confirmed payment was declared obsolete.
    PaymentObsolete,
    /// One of the states that only the interface description names.
    Other(String),
}

impl Status {
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Ready => "READY",
            Self::Acknowledged => "ACKNOWLEDGED",
            Self::PostedSuccess => "POSTING_CONFIRMED_SUCCESS",
            Self::PostedFailure => "POSTING_CONFIRMED_FAILURE",
            Self::Recalled => "RECALLED",
            Self::Paid => "PAYMENT_CONFIRMED_SUCCESS",
            Self::PaymentReversed => "PAYMENT_CONFIRMED_REVERSED",
            Self::PaymentObsolete => "PAYMENT_CONFIRMED_OBSOLETE",
            Self::Other(name) => name,
        }
    }

    /// The status of a name; any other name is a status of the interface description.
    pub(super) fn of(name: &str) -> Self {
        [
            Self::Ready,
            Self::Acknowledged,
            Self::PostedSuccess,
            Self::PostedFailure,
            Self::Recalled,
            Self::Paid,
            Self::PaymentReversed,
            Self::PaymentObsolete,
        ]
        .into_iter()
        .find(|status| status.name() == name)
        .unwrap_or_else(|| Self::Other(name.to_owned()))
    }

    /// Whether the posting was confirmed as done.
    pub(super) fn posted(&self) -> bool {
        matches!(self, Self::PostedSuccess | Self::Paid | Self::PaymentReversed | Self::PaymentObsolete)
    }
}

/// A document of the financial integration service.
#[derive(Debug, Clone)]
pub(super) struct Record {
    /// FIS id, 32 hex digits.
    pub(super) id: String,
    pub(super) doc_type: &'static str,
    /// Business id: report, request or advance.
    pub(super) business: String,
    /// The number that people know it by.
    pub(super) number: String,
    pub(super) status: Status,
    /// The system that acknowledged it, if it named itself.
    pub(super) system: Option<String>,
    /// Accepted acknowledgements over its life.
    pub(super) acknowledgements: u64,
    /// The last accepted posting confirmation.
    pub(super) confirmation: Option<Value>,
    /// Accepted confirmations of success.
    pub(super) confirmations: u64,
    /// Accepted payment confirmations, in order.
    pub(super) payments: Vec<Value>,
    /// The payload.
    pub(super) document: Value,
    /// Where the payload comes from, when it was not given in full.
    pub(super) source: Option<Document>,
    /// Place in the order of arrival.
    pub(super) place: u64,
    pub(super) changed: Timestamp,
}

impl Record {
    /// The envelope in which the list sends it. `text` sends the payload as a string that holds JSON.
    pub(super) fn envelope(&self, company: &str, text: bool, shape: Shape) -> Value {
        let document = shape.of(&self.document);
        let document = if text { Value::String(document.to_string()) } else { document };
        json!({
            "id": self.id, "docType": self.doc_type, "companyId": "900001", "entityId": "p0000000fq01",
            "companyUuid": company, "erpSystemId": self.system.as_deref().unwrap_or_default(),
            "docStatus": self.status.name(), "document": document, "links": [],
        })
    }

    /// The ground truth.
    pub(super) fn truth(&self) -> Value {
        json!({
            "id": self.id, "docType": self.doc_type, "docStatus": self.status.name(), "systemId": self.system,
            "businessId": self.business, "document": self.document, "postingConfirmation": self.confirmation,
            "confirmations": self.confirmations, "acknowledgements": self.acknowledgements,
            "paymentConfirmations": self.payments,
        })
    }
}
