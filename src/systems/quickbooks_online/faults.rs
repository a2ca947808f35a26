//! Faults: their two spellings, their codes, what each means for us, and the sentence for people (contract 1.6 and 5).

use serde::Deserialize;
use serde_json::Value;

use crate::model::ledger::LedgerFacts;
use crate::systems::CallError;

use super::wire::text;

/// A fault of a whole answer or of one item.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Fault {
    #[serde(default, rename = "Error", alias = "error")]
    errors: Option<Vec<Problem>>,
    #[serde(default, rename = "type", alias = "Type", deserialize_with = "text")]
    kind: Option<String>,
}

/// One error of a fault.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Problem {
    #[serde(default, rename = "Message", alias = "message", deserialize_with = "text")]
    message: Option<String>,
    #[serde(default, rename = "Detail", alias = "detail", deserialize_with = "text")]
    detail: Option<String>,
    #[serde(default, deserialize_with = "text")]
    code: Option<String>,
}

/// What a fault means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Meaning {
    /// The record cannot be made as it is.
    Refused,
    /// The books are closed for its date.
    ClosedPeriod,
    /// The company is not to be worked with now: locked, maintenance, subscription, reset.
    CompanyPaused,
    /// A person has to sign in again, or the application may not.
    SignIn,
    /// The quota.
    Throttled,
    /// Something may have been written.
    InDoubt,
}

impl Problem {
    /// The code as a number: leading zeros and spelling aside, from the message where there is none.
    pub fn code(&self) -> Option<u32> {
        let from_message = || {
            let text = self.message.as_deref()?;
            let rest = text.split_once("errorCode=")?.1;
            rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
        };
        self.code.as_deref().and_then(|c| c.trim().parse().ok()).or_else(from_message)
    }

    fn says(&self, word: &str) -> bool {
        [&self.message, &self.detail].into_iter().flatten().any(|t| t.contains(word))
    }

    fn meaning(&self, kind: &str) -> Meaning {
        let system = kind.eq_ignore_ascii_case("SystemFault");
        let access = kind.to_ascii_lowercase().starts_with("authent")
            || kind.to_ascii_lowercase().starts_with("authori");
        match self.code() {
            Some(3001) => Meaning::Throttled,
            _ if self.says("ThrottleExceeded") => Meaning::Throttled,
            Some(100 | 110 | 120 | 3100 | 3200..=3202) => Meaning::SignIn,
            Some(130 | 140 | 150 | 6190 | 10200) => Meaning::CompanyPaused,
            // 600: the first call of this key still runs; 6140: somebody holds the number, perhaps we
            Some(600 | 6140 | 10000) => Meaning::InDoubt,
            _ if system => Meaning::InDoubt,
            Some(6200 | 6210) => Meaning::ClosedPeriod,
            Some(_) => Meaning::Refused,
            None if access => Meaning::SignIn,
            None if kind.eq_ignore_ascii_case("ValidationFault") => Meaning::Refused,
            None => Meaning::InDoubt,
        }
    }

    fn sentence(&self, facts: Option<&LedgerFacts>) -> String {
        let message = self.message.as_deref().unwrap_or_default().trim();
        let detail = self.detail.as_deref().unwrap_or_default().trim();
        let said = match (message.is_empty(), detail.is_empty()) {
            (_, true) => message.to_string(),
            (true, false) => detail.to_string(),
            (false, false) if detail.contains(message) => detail.to_string(),
            (false, false) => format!("{message}: {detail}"),
        };
        let said = if said.is_empty() { "no reason given".to_string() } else { said };
        let text = match self.code() {
            Some(2500) => missing_reference(detail, facts).unwrap_or(said),
            Some(610) => format!("something in use is inactive or gone in QuickBooks: {said}"),
            Some(2050) => format!("a text is longer than QuickBooks takes: {said}"),
            Some(2040) => format!("QuickBooks does not take a character of a text: {said}"),
            Some(2220) => format!("the currency is not set up in QuickBooks: {said}"),
            Some(2290) => format!(
                "QuickBooks does not take a negative amount on a line; withdraw the approval, so that the \
                 negative lines go into a vendor credit beside the bill: {said}"
            ),
            Some(5020) => format!("the signed-in user may not do this in QuickBooks: {said}"),
            Some(5030) => format!("this QuickBooks plan or company does not offer it: {said}"),
            Some(6140) => format!("the number is taken in QuickBooks: {said}"),
            Some(6190) => format!("the QuickBooks subscription has ended or the company is blocked: {said}"),
            Some(6200 | 6210) => format!("the books are closed for this date in QuickBooks: {said}"),
            Some(10200) => format!("the QuickBooks company was reset: {said}"),
            _ => said,
        };
        text.chars().take(600).collect()
    }
}

/// `Invalid Reference Id : Accounts element id 7 not found` names the thing instead of its id.
fn missing_reference(detail: &str, facts: Option<&LedgerFacts>) -> Option<String> {
    let (before, after) = detail.split_once(" element id ")?;
    let table = before.rsplit([' ', ':']).next()?;
    let id = after.split(|c: char| !c.is_ascii_alphanumeric()).next().filter(|i| !i.is_empty())?;
    let named = |list: Option<&[crate::model::ledger::DimensionValue]>| {
        list.and_then(|l| l.iter().find(|d| d.id == id)).map(|d| d.name.clone())
    };
    let (what, name) = match table.to_ascii_lowercase().as_str() {
        "accounts" | "account" => ("account", facts.and_then(|f| f.account(id)).map(|a| a.label())),
        "klasses" | "class" | "classes" => ("class", named(facts.map(|f| f.classes.as_slice()))),
        "depts" | "department" | "departments" => {
            ("location", named(facts.map(|f| f.departments.as_slice())))
        }
        "names" | "vendors" | "vendor" | "customers" | "customer" => {
            match facts.and_then(|f| f.vendor(id)).map(|v| v.name.clone()) {
                Some(name) => ("vendor", Some(name)),
                None => match named(facts.map(|f| f.customers.as_slice())) {
                    Some(name) => ("customer", Some(name)),
                    None => ("vendor or customer", None),
                },
            }
        }
        _ => return None,
    };
    Some(match name {
        Some(name) => format!("the {what} {name} is inactive or gone in QuickBooks"),
        None => format!("the {what} with the id {id} is inactive or gone in QuickBooks"),
    })
}

impl Fault {
    /// A fault from its JSON; null is none.
    pub fn from_value(value: &Value) -> Option<Self> {
        if value.is_null() { None } else { serde_json::from_value(value.clone()).ok() }
    }

    fn problems(&self) -> &[Problem] {
        self.errors.as_deref().unwrap_or_default()
    }

    /// The first code, as text that is kept.
    pub fn code(&self) -> String {
        self.problems().iter().find_map(Problem::code).map(|c| c.to_string()).unwrap_or_default()
    }

    /// One of its errors has this code.
    pub fn has(&self, codes: &[u32]) -> bool {
        self.problems().iter().filter_map(Problem::code).any(|c| codes.contains(&c))
    }

    /// Who holds a number that is taken: the words of `TxnType` and the id of `TxnId` (contract 5, code 6140).
    pub fn holder(&self) -> Option<(String, String)> {
        let details = self.problems().iter().filter(|p| p.code() == Some(6140));
        details.filter_map(|p| p.detail.as_deref()).find_map(|detail| {
            let (kind, rest) = detail.split_once("TxnType=")?.1.split_once("TxnId=")?;
            let kind = kind.trim().trim_end_matches("with").trim();
            let id: String = rest.trim_start().chars().take_while(char::is_ascii_digit).collect();
            (!id.is_empty()).then(|| (kind.to_string(), id))
        })
    }

    /// What it means: of several errors the most doubtful counts.
    pub fn meaning(&self) -> Meaning {
        let kind = self.kind.as_deref().unwrap_or_default();
        let worst = self.problems().iter().map(|p| p.meaning(kind)).max();
        worst.unwrap_or_else(|| Problem::default().meaning(kind))
    }

    /// The sentence for people.
    pub fn sentence(&self, facts: Option<&LedgerFacts>) -> String {
        let mut all: Vec<String> = Vec::new();
        for p in self.problems() {
            let s = p.sentence(facts);
            if !all.contains(&s) {
                all.push(s);
            }
        }
        if all.is_empty() { "QuickBooks gave no reason".into() } else { all.join("; ") }
    }

    /// Whether a refusal of the token may be mended by a fresh one (contract 1.6). Otherwise the sentence of what a
    /// person has to do.
    pub fn token_mends(&self) -> Result<(), String> {
        if self.problems().iter().any(|p| p.says("ApplicationAuthenticationFailed")) {
            return Err(
                "the application's keys do not fit this QuickBooks environment: development keys reach \
                        sandbox companies only, production keys real ones only"
                    .into(),
            );
        }
        if self.has(&[3201]) {
            return Err("QuickBooks has no consent for this company: sign in again and choose it".into());
        }
        if self.has(&[3202]) {
            return Err("QuickBooks saw no access token: sign in again".into());
        }
        if self.has(&[3100]) {
            return Err("the application is not allowed for this QuickBooks company".into());
        }
        if self.has(&[100, 110, 120]) {
            return Err(
                "the signed-in user lost access to the QuickBooks company: an administrator of it has to \
                        sign in again"
                    .into(),
            );
        }
        Ok(())
    }

    /// What it means for a call that reads.
    pub fn as_call_error(&self, retry_after: Option<u64>) -> CallError {
        let sentence = || {
            let code = self.code();
            let text = self.sentence(None);
            if code.is_empty() { text } else { format!("{text} (code {code})") }
        };
        match self.meaning() {
            Meaning::Throttled => CallError::Throttled(retry_after),
            Meaning::SignIn => CallError::Reauthorise(
                self.token_mends().err().unwrap_or_else(|| "sign in to QuickBooks again".into()),
            ),
            Meaning::CompanyPaused | Meaning::InDoubt => {
                CallError::Offline { reason: sentence(), timed_out: false }
            }
            Meaning::Refused | Meaning::ClosedPeriod => CallError::Refused(sentence()),
        }
    }
}
