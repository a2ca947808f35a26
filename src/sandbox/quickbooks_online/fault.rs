//! Faults of the Accounting API, contract section 5: codes, texts and the two envelopes.

use axum::http::StatusCode;
use jiff::Timestamp;
use serde_json::{Value, json};

/// One fault. Its texts are those of the contract where it has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiFault {
    /// The HTTP status when it is the answer to a call of its own.
    pub status: StatusCode,
    /// `ValidationFault`, `SystemFault`, `SERVICE`, …
    pub kind: &'static str,
    /// The code, digits.
    pub code: &'static str,
    /// The short text.
    pub message: String,
    /// The long text.
    pub detail: String,
    /// The property it is about, or empty.
    pub element: String,
}

impl ApiFault {
    /// A validation fault by its code.
    pub fn of(code: &'static str, detail: impl Into<String>, element: &str) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            kind: "ValidationFault",
            code,
            message: message(code).to_owned(),
            detail: detail.into(),
            element: element.to_owned(),
        }
    }

    /// 2010: a property that does not exist, or has the wrong type.
    pub fn unsupported(property: &str) -> Self {
        Self::of("2010", format!("Property Name:{property} specified is unsupported or invalid"), property)
    }

    /// 2020: something required is missing.
    pub fn missing(property: &str) -> Self {
        Self::of("2020", format!("Required parameter {property} is missing in the request"), property)
    }

    /// 2050: too short or too long.
    pub fn length(property: &str, min: usize, max: usize, supplied: usize) -> Self {
        Self::of("2050", format!("Min:{min} Max:{max} supported. Supplied length:{supplied}"), property)
    }

    /// 2500: a reference to something that is not there or is not active.
    pub fn reference(table: &str, id: &str) -> Self {
        Self::of("2500", format!("Invalid Reference Id : {table} element id {id} not found"), "")
    }

    /// 610: the object itself is not there.
    pub fn not_found() -> Self {
        let detail = "Object Not Found : Something you're trying to use has been made inactive. Check the fields \
                      with accounts, customers, items, vendors or employees.";
        Self::of("610", detail, "")
    }

    /// 6000: a rule of the trade, told in the detail alone.
    pub fn business(detail: &str) -> Self {
        Self::of("6000", format!("Business Validation Error: {detail}"), "")
    }

    /// 5030: the plan or the settings do not have the feature.
    pub fn feature(detail: &str, element: &str) -> Self {
        Self::of("5030", format!("Feature Not Supported Error : {detail}"), element)
    }

    /// 3001 in the form that is asked for.
    pub fn throttled(status: StatusCode) -> Self {
        Self {
            status,
            kind: "SERVICE",
            code: "3001",
            message: format!("message=ThrottleExceeded; errorCode=003001; statusCode={}", status.as_u16()),
            detail: "You have exceeded the request limit of this company. Please try again later.".to_owned(),
            element: String::new(),
        }
    }

    /// The object under `Fault`.
    pub fn value(&self) -> Value {
        let mut error = json!({"Message": self.message, "Detail": self.detail, "code": self.code});
        if let Some(error) = error.as_object_mut()
            && !self.element.is_empty()
        {
            error.insert("element".to_owned(), json!(self.element));
        }
        json!({"Error": [error], "type": self.kind})
    }
}

/// The 401 of the API, contract section 1.6, in its lower-case or upper-case form.
pub fn unauthorized(code: &'static str, name: &str, detail: &str, upper: bool, now: Timestamp) -> Value {
    let message = format!("message={name}; errorCode=00{code}; statusCode=401");
    if upper {
        return json!({"Fault": {
            "Error": [{"Message": message, "Detail": detail, "code": code}], "type": "AUTHENTICATION"}});
    }
    json!({
        "warnings": null, "intuitObject": null,
        "fault": {"error": [{"message": message, "detail": detail, "code": code, "element": null}],
                  "type": "AUTHENTICATION"},
        "report": null, "queryResponse": null, "batchItemResponse": [], "attachableResponse": [],
        "syncErrorResponse": null, "requestId": null, "time": now.as_millisecond(), "status": null,
        "cdcresponse": []
    })
}

fn message(code: &str) -> &'static str {
    match code {
        "500" => "Unsupported Operation",
        "600" => "Duplicate Request Id",
        "610" => "Object Not Found",
        "620" => "Transaction cannot be linked",
        "800" => "Object cannot be deleted because something depends on it",
        "1040" => "Batch size exceeded",
        "2000" => "Invalid object",
        "2010" => "Request has invalid or unsupported property",
        "2020" => "Required param missing, need to supply the required value for the API",
        "2030" => "Invalid Id",
        "2040" => "Invalid String. The string contains unsupported characters",
        "2050" => "String length is either shorter or longer than supported by specification",
        "2060" => "Invalid Date",
        "2090" => "Invalid Number",
        "2130" => "Invalid request id",
        "2170" => "Invalid Enumeration",
        "2210" => "Invalid Email Address format",
        "2220" => "Invalid Currency",
        "2250" => "Transaction needs at least one line",
        "2260" => "Journal line needs a PostingType",
        "2270" => "Journal line needs TaxApplicableOn",
        "2280" => "Journal line needs TaxAmount",
        "2290" => "Negative amount is not supported on a line",
        "2300" => "Debits and credits are not equal",
        "2500" => "Invalid Reference Id",
        "4000" => "Error parsing query",
        "4001" => "Invalid query",
        "4002" => "Query is not supported",
        "5010" => "Stale Object Error",
        "5030" => "Feature Not Supported Error",
        "6041" => "Invalid attachment",
        "6050" => "Attachments are not supported for this entity",
        "6100" => "Invalid tax code on a line: must be TAX or NON",
        "6140" => "Duplicate Document Number Error",
        "6160" => "Invalid tax reference",
        "6170" => "Tax detail cannot be used without tax",
        "6190" => "Subscription period has ended or canceled or there was a billing problem",
        "6210" => "Account Period Closed, Cannot Update Through Services API",
        "6240" => "Duplicate Name Exists Error",
        "6310" => "A billable line needs a customer",
        "6430" => "Invalid account type used",
        "6440" => "Account or item is missing",
        _ => "A business validation error has occurred while processing your request",
    }
}
