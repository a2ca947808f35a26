//! Switches of odd shapes and of failures (contract sections 1.3, 4.2, 4.3, 5.1, 7 and 10).

use serde_json::Value;

use super::pki::CLIENTS;
use super::shape::{Dates, Decimals, Empty};
use super::switches::{NextPage, Switches, flag};
use super::token::SCOPES;

/// Switches of how answers look and of what fails.
pub(super) fn set(switches: &mut Switches, name: &str, value: &Value) -> Result<(), String> {
    let word = || value.as_str().unwrap_or_default();
    let times = || value.as_u64().ok_or_else(|| format!("{name} is a number of times"));
    let unknown = |words: &str| Err(format!("{name} is one of {words}"));
    match name {
        "access_minutes" => {
            switches.access_minutes = value
                .as_i64()
                .filter(|minutes| (1..=1440).contains(minutes))
                .ok_or("access_minutes is a number from 1 to 1440")?;
        }
        "scopes" => {
            switches.scopes = match value {
                Value::Null => SCOPES.to_owned(),
                Value::String(text) => text.clone(),
                _ => return Err("scopes is a text, or null for everything".to_owned()),
            }
        }
        "expires_in_number" => switches.expires_in_number = flag(name, value)?,
        "hide_refresh_expiry" => switches.hide_refresh_expiry = flag(name, value)?,
        "geolocation_with_path" => switches.geolocation_with_path = flag(name, value)?,
        "server_errors" => switches.server_errors = times()?,
        "empty_fields" => {
            switches.shape.empty = match word() {
                "sample" => Empty::Sample,
                "null" => Empty::Null,
                "blank" => Empty::Blank,
                "absent" => Empty::Absent,
                _ => return unknown("sample, null, blank, absent"),
            }
        }
        "decimals" => {
            switches.shape.decimals = match word() {
                "sample" => Decimals::Sample,
                "eight" => Decimals::Eight,
                "short" => Decimals::Short,
                _ => return unknown("sample, eight, short"),
            }
        }
        "invoice_dates" => {
            switches.shape.dates = match word() {
                "sample" => Dates::Sample,
                "american" => Dates::American,
                "iso" => Dates::Iso,
                _ => return unknown("sample, american, iso"),
            }
        }
        "padded_codes" => switches.shape.padded_codes = flag(name, value)?,
        "digit_payment_types" => switches.shape.digit_payment_types = flag(name, value)?,
        "digest_collection" => {
            switches.digest_items = match word() {
                "PaymentRequestDigest" => false,
                "Items" => true,
                _ => return unknown("PaymentRequestDigest, Items"),
            }
        }
        "digest_lag_seconds" => {
            switches.digest_lag_seconds = value
                .as_i64()
                .filter(|seconds| (0..=86_400).contains(seconds))
                .ok_or("digest_lag_seconds is a number from 0 to 86400")?;
        }
        "vendor_next_page" => {
            switches.next_page = match word() {
                "url" => NextPage::Url,
                "offset" => NextPage::Offset,
                "repeating" => NextPage::Repeating,
                _ => return unknown("url, offset, repeating"),
            }
        }
        "list_rate_limits" => switches.list_rate_limits = times()?,
        "list_timeouts" => switches.list_timeouts = times()?,
        "subscription_object" => switches.subscription_object = flag(name, value)?,
        "duplicate_events" => switches.duplicate_events = flag(name, value)?,
        "reorder_events" => switches.reorder_events = flag(name, value)?,
        "event_certificate" => {
            if !CLIENTS.contains(&word()) && word() != "none" {
                return Err(format!("event_certificate is none or one of {}", CLIENTS.join(", ")));
            }
            word().clone_into(&mut switches.event_certificate);
        }
        _ => return Err(format!("the Concur stand-in has no switch `{name}`")),
    }
    Ok(())
}
