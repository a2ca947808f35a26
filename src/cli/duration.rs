//! Durations as people write them: `130s`, `200ms`, `5m`, `1m30s`, `2h`.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A duration in whole milliseconds that reads and prints as people write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Humane(pub Duration);

const UNITS: [(&str, u64); 4] = [("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

impl FromStr for Humane {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bad = || format!("{text:?} is not a duration: write for instance 130s, 200ms, 5m or 1m30s");
        let mut rest = text.trim();
        let mut total: u64 = 0;
        let mut smallest = u64::MAX;
        while !rest.is_empty() {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let (number, after) = rest.split_at(digits);
            let letters = after.bytes().take_while(u8::is_ascii_alphabetic).count();
            let (unit, next) = after.split_at(letters);
            let each = UNITS.iter().find(|(u, _)| *u == unit).map(|(_, ms)| *ms).ok_or_else(bad)?;
            // larger units first, each once: `1m30s`, not `30s1m`
            if each >= smallest {
                return Err(bad());
            }
            smallest = each;
            let part = number.parse::<u64>().ok().and_then(|n| n.checked_mul(each)).ok_or_else(bad)?;
            total = total.checked_add(part).ok_or_else(bad)?;
            rest = next;
        }
        if smallest == u64::MAX {
            return Err(bad());
        }
        Ok(Self(Duration::from_millis(total)))
    }
}

impl fmt::Display for Humane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut left = u64::try_from(self.0.as_millis()).unwrap_or(u64::MAX);
        if left == 0 {
            return f.pad("0s");
        }
        let mut out = String::new();
        for (unit, each) in UNITS {
            if left >= each {
                out.push_str(&format!("{}{unit}", left / each));
                left %= each;
            }
        }
        f.pad(&out)
    }
}

impl Serialize for Humane {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Humane {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_write_durations() {
        for (text, ms, printed) in [
            ("130s", 130_000, "2m10s"),
            ("200ms", 200, "200ms"),
            ("5m", 300_000, "5m"),
            ("1m30s", 90_000, "1m30s"),
            ("2h", 7_200_000, "2h"),
            ("0s", 0, "0s"),
            ("1s500ms", 1_500, "1s500ms"),
        ] {
            let d: Humane = text.parse().unwrap();
            assert_eq!(d.0, Duration::from_millis(ms), "{text}");
            assert_eq!(d.to_string(), printed);
            assert_eq!(printed.parse::<Humane>(), Ok(d));
        }
    }

    #[test]
    fn what_is_no_duration_is_refused() {
        for text in ["", "130", "s", "1.5s", "-1s", "5 m", "5x", "30s1m", "1s1s", "99999999999999999h"] {
            assert!(text.parse::<Humane>().is_err(), "{text:?}");
        }
    }
}
