//! The switches of contract section 12: how the stand-in behaves where the real system varies or is not documented.

use axum::http::StatusCode;
use jiff::SignedDuration;
use serde_json::Value;

use super::state::State;
use super::tax_lists;

/// When the refresh token gets a new value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rotate {
    /// At the first refresh after this time.
    After(SignedDuration),
    /// At every refresh.
    Always,
    /// Never.
    Never,
}

/// How a call fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fail {
    /// The connection ends without an answer.
    Drop,
    /// An answer with this status.
    Status(StatusCode),
}

/// What a throttled call is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThrottleForm {
    /// HTTP 429.
    Status429,
    /// The older HTTP 403.
    Status403,
    /// 200 with fault 3001 in the items of a batch beyond the limit; other calls get 429.
    Items,
}

/// The limit on calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Throttle {
    /// Calls a minute of the stand-in's clock; items a minute in the form `item`.
    pub per_minute: usize,
    /// The answer.
    pub form: ThrottleForm,
    /// `Retry-After` in seconds, where sent.
    pub retry_after: Option<u64>,
}

/// How every API answer is spoilt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Corrupt {
    /// 502 with an HTML body.
    Html,
    /// 200 with half of the JSON.
    Truncated,
    /// 200 with nothing.
    Empty,
}

/// All switches that do not belong to the company itself.
#[derive(Debug, Clone)]
pub struct Switches {
    pub old_refresh_valid_for: SignedDuration,
    pub rotate_every: Rotate,
    pub concurrent_refresh_revokes: bool,
    pub grant_description: bool,
    pub authorize_denies: bool,
    pub code_reuse_revokes: bool,
    pub fault_401_upper: bool,
    pub throttle: Option<Throttle>,
    pub commit_then_fail: Option<Fail>,
    pub fail_before_commit: Option<Fail>,
    /// `None` is endless.
    pub requestid_memory: Option<SignedDuration>,
    pub requestid_whole_call: bool,
    pub requestid_waits: bool,
    pub requestid_keeps_errors: bool,
    pub duplicate_bill_number: bool,
    pub negative_lines: bool,
    pub query_lag: SignedDuration,
    pub maxresults_cap: bool,
    pub fault_with_200: bool,
    pub code_as_number: bool,
    pub extra_fields: bool,
    pub tracking_off_ignored: bool,
    pub subscription_ended: bool,
    pub report_drops_natural: bool,
    pub corrupt: Option<Corrupt>,
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            old_refresh_valid_for: SignedDuration::from_hours(24),
            rotate_every: Rotate::After(SignedDuration::from_hours(24)),
            concurrent_refresh_revokes: false,
            grant_description: true,
            authorize_denies: false,
            code_reuse_revokes: false,
            fault_401_upper: false,
            throttle: None,
            commit_then_fail: None,
            fail_before_commit: None,
            requestid_memory: Some(SignedDuration::from_mins(10)),
            requestid_whole_call: false,
            requestid_waits: false,
            requestid_keeps_errors: false,
            duplicate_bill_number: false,
            negative_lines: true,
            query_lag: SignedDuration::ZERO,
            maxresults_cap: false,
            fault_with_200: false,
            code_as_number: false,
            extra_fields: true,
            tracking_off_ignored: false,
            subscription_ended: false,
            report_drops_natural: false,
            corrupt: None,
        }
    }
}

/// Sets one switch. Values are those of the contract's table, as text, number or truth value; `throttle` also takes
/// `{"per_minute": n, "form": "429"|"403"|"item", "retry_after": seconds}`. Besides the table there are
/// `requestid_errors` (`forget`/`remember`), `authorize` (`consent`/`deny`), `code_reuse` (`refuse`/`revoke`), `tracking_off` (`5030`/`ignore`),
/// `report_amounts` (`answer`/`drop`).
pub fn set(state: &mut State, name: &str, value: &Value) -> Result<(), String> {
    let word = match value {
        Value::String(text) => text.trim().to_lowercase(),
        Value::Null => "off".to_owned(),
        other => other.to_string(),
    };
    let word = word.as_str();
    let refuse = || format!("switch {name} does not take {value}");
    let pick = |no: &[&str], yes: &[&str]| match (no.contains(&word), yes.contains(&word)) {
        (true, _) => Ok(false),
        (_, true) => Ok(true),
        _ => Err(refuse()),
    };
    let on_off = || pick(&["off", "false"], &["on", "true"]);
    let switches = &mut state.switches;
    match name {
        "old_refresh_valid_for" => switches.old_refresh_valid_for = duration(word).ok_or_else(refuse)?,
        "rotate_every" => {
            switches.rotate_every = match word {
                "never" => Rotate::Never,
                "every refresh" | "every_refresh" | "always" => Rotate::Always,
                _ => Rotate::After(duration(word).ok_or_else(refuse)?),
            }
        }
        "concurrent_refresh" => {
            switches.concurrent_refresh_revokes = pick(
                &["invalid_grant", "second gets invalid_grant"],
                &["revoke", "additionally revoke the first"],
            )?;
        }
        "bare_invalid_grant" => {
            let bare = pick(
                &["off", "false", "with", "with error_description"],
                &["on", "true", "without", "without error_description"],
            )?;
            switches.grant_description = !bare;
        }
        "authorize" => switches.authorize_denies = pick(&["consent"], &["deny"])?,
        "code_reuse" => switches.code_reuse_revokes = pick(&["refuse"], &["revoke"])?,
        "fault_401_case" => switches.fault_401_upper = pick(&["lower"], &["upper"])?,
        "throttle" => switches.throttle = throttle(value).ok_or_else(refuse)?,
        "commit_then_fail" => switches.commit_then_fail = fail(word).ok_or_else(refuse)?,
        "fail_before_commit" => switches.fail_before_commit = fail(word).ok_or_else(refuse)?,
        "requestid_memory" => {
            switches.requestid_memory =
                if word == "endless" { None } else { Some(duration(word).ok_or_else(refuse)?) };
        }
        "requestid_scope" => {
            switches.requestid_whole_call =
                pick(&["item", "per requestid + bid"], &["call", "per whole call"])?;
        }
        "requestid_in_flight" => switches.requestid_waits = pick(&["600"], &["wait"])?,
        "requestid_errors" => switches.requestid_keeps_errors = pick(&["forget"], &["remember"])?,
        "bill_dup_docnumber" => switches.duplicate_bill_number = pick(&["error"], &["accept"])?,
        "negative_bill_lines" => switches.negative_lines = pick(&["2290"], &["accept"])?,
        "query_lag" => switches.query_lag = duration(word).ok_or_else(refuse)?,
        "maxresults_over" => switches.maxresults_cap = pick(&["error"], &["cap"])?,
        "fault_with_200" => switches.fault_with_200 = on_off()?,
        "code_as_number" => switches.code_as_number = on_off()?,
        "extra_fields" => switches.extra_fields = on_off()?,
        "tracking_off" => switches.tracking_off_ignored = pick(&["5030"], &["ignore"])?,
        "subscription" => switches.subscription_ended = pick(&["active", "ok"], &["ended", "expired"])?,
        "report_amounts" => switches.report_drops_natural = pick(&["answer"], &["drop"])?,
        "corrupt" => {
            switches.corrupt = match word {
                "off" => None,
                "html" | "html 502 body" | "html_502" => Some(Corrupt::Html),
                "truncated" | "truncated json" | "truncated_json" => Some(Corrupt::Truncated),
                "empty" | "empty 200" | "empty_200" => Some(Corrupt::Empty),
                _ => return Err(refuse()),
            }
        }
        "region" => {
            let region = word.to_uppercase();
            if !["US", "CA", "UK", "AU"].contains(&region.as_str()) {
                return Err(refuse());
            }
            state.company.country = region;
            tax_lists::fill(state).map_err(|fault| fault.detail)?;
        }
        "multicurrency" => state.company.multicurrency = on_off()?,
        "class_tracking" => state.company.class_tracking = on_off()?,
        "location_tracking" => state.company.location_tracking = on_off()?,
        "book_close_date" => {
            state.company.book_close_date =
                if word == "off" { None } else { Some(word.parse().map_err(|_| refuse())?) };
        }
        _ => return Err(format!("there is no switch {name}")),
    }
    Ok(())
}

/// `24h`, `10 min`, `5 s`, or a bare number of seconds.
fn duration(word: &str) -> Option<SignedDuration> {
    let word = word.replace(' ', "");
    let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let number: i64 = digits.parse().ok()?;
    let seconds = match word.get(digits.len()..)? {
        "h" => number.checked_mul(3600)?,
        "min" | "m" => number.checked_mul(60)?,
        "s" | "" => number,
        _ => return None,
    };
    (seconds >= 0).then(|| SignedDuration::from_secs(seconds))
}

#[allow(clippy::option_option)]
fn fail(word: &str) -> Option<Option<Fail>> {
    Some(match word {
        "off" => None,
        "drop" | "drop connection" | "drop_connection" => Some(Fail::Drop),
        "500" => Some(Fail::Status(StatusCode::INTERNAL_SERVER_ERROR)),
        "504" => Some(Fail::Status(StatusCode::GATEWAY_TIMEOUT)),
        "429" => Some(Fail::Status(StatusCode::TOO_MANY_REQUESTS)),
        _ => return None,
    })
}

#[allow(clippy::option_option)]
fn throttle(value: &Value) -> Option<Option<Throttle>> {
    let plain = |per_minute: u64| {
        Some(Some(Throttle {
            per_minute: usize::try_from(per_minute).ok()?,
            form: ThrottleForm::Status429,
            retry_after: None,
        }))
    };
    match value {
        Value::Null => Some(None),
        Value::String(word) if word == "off" => Some(None),
        Value::Number(number) => plain(number.as_u64()?),
        Value::Object(object) => {
            let form = match object.get("form") {
                None => ThrottleForm::Status429,
                Some(form) => match form.as_str().map(str::to_owned).unwrap_or(form.to_string()).as_str() {
                    "429" => ThrottleForm::Status429,
                    "403" => ThrottleForm::Status403,
                    "item" => ThrottleForm::Items,
                    _ => return None,
                },
            };
            let retry_after = match object.get("retry_after") {
                None | Some(Value::Null) => None,
                Some(seconds) => Some(seconds.as_u64()?),
            };
            let per_minute = usize::try_from(object.get("per_minute")?.as_u64()?).ok()?;
            Some(Some(Throttle { per_minute, form, retry_after }))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_and_throttles_are_read() {
        assert_eq!(duration("24h"), Some(SignedDuration::from_hours(24)));
        assert_eq!(duration("10 min"), Some(SignedDuration::from_mins(10)));
        assert_eq!(duration("0"), Some(SignedDuration::ZERO));
        assert_eq!(duration("soon"), None);
        assert_eq!(duration("-5s"), None);
        let form = serde_json::json!({"per_minute": 3, "form": "403", "retry_after": 7});
        let expected = Throttle { per_minute: 3, form: ThrottleForm::Status403, retry_after: Some(7) };
        assert_eq!(throttle(&form), Some(Some(expected)));
        assert_eq!(throttle(&serde_json::json!({"form": "429"})), None);
    }
}
