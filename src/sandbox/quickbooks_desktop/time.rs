//! Times as QuickBooks tells them: local, with an offset that is wrong while daylight saving lasts (contract, 4.1).

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};

/// The time zone of the machine and whether it makes the mistake.
#[derive(Debug, Clone)]
pub struct LocalTime {
    /// The zone.
    pub zone: TimeZone,
    /// Whether offsets are those of winter all the year.
    pub wrong: bool,
}

impl LocalTime {
    /// An instant as text.
    pub fn told(&self, at: Timestamp) -> String {
        let zoned = at.to_zoned(self.zone.clone());
        let offset = if self.wrong { self.winter(at) } else { zoned.offset() };
        let seconds = offset.seconds();
        let sign = if seconds < 0 { '-' } else { '+' };
        let minutes = seconds.unsigned_abs() / 60;
        format!(
            "{}{sign}{:02}:{:02}",
            zoned.datetime().strftime("%Y-%m-%dT%H:%M:%S"),
            minutes / 60,
            minutes % 60
        )
    }

    /// The local wall time of an instant, whole seconds.
    pub fn wall(&self, at: Timestamp) -> DateTime {
        let seconds = Timestamp::from_second(at.as_second()).unwrap_or(at);
        seconds.to_zoned(self.zone.clone()).datetime()
    }

    /// The local wall time that a request means. Without an offset it is local already; with the wrong offset that
    /// QuickBooks told, it is taken back as it was told.
    pub fn meant(&self, text: &str, end_of_day: bool) -> Option<DateTime> {
        if text.len() == 10 {
            let day: jiff::civil::Date = text.parse().ok()?;
            return Some(if end_of_day { day.at(23, 59, 59, 0) } else { day.at(0, 0, 0, 0) });
        }
        if text.len() <= 19 {
            return text.parse().ok();
        }
        let (wall, offset) = text.split_at(19);
        let wall: DateTime = wall.parse().ok()?;
        let sign = if offset.starts_with('-') { -1 } else { 1 };
        let (hours, minutes) = offset.get(1..)?.split_once(':')?;
        let seconds = sign * (hours.parse::<i32>().ok()? * 3600 + minutes.parse::<i32>().ok()? * 60);
        let at = wall.to_zoned(TimeZone::fixed(Offset::from_seconds(seconds).ok()?)).ok()?.timestamp();
        if self.wrong { Some(self.winter(at).to_datetime(at)) } else { Some(self.wall(at)) }
    }

    fn winter(&self, at: Timestamp) -> Offset {
        let info = self.zone.to_offset_info(at);
        if info.dst().is_dst() {
            Offset::from_seconds(info.offset().seconds() - 3600).unwrap_or_else(|_| info.offset())
        } else {
            info.offset()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_offset_is_wrong_in_summer_and_taken_back_as_told() {
        let mut local = LocalTime { zone: TimeZone::get("America/New_York").unwrap(), wrong: true };
        let summer: Timestamp = "2026-07-01T14:00:00Z".parse().unwrap();
        let winter: Timestamp = "2026-11-04T14:30:00Z".parse().unwrap();
        assert_eq!(local.told(summer), "2026-07-01T10:00:00-05:00");
        assert_eq!(local.told(winter), "2026-11-04T09:30:00-05:00");
        assert_eq!(local.meant(&local.told(summer), false), Some(local.wall(summer)));
        assert_eq!(local.meant("2026-07-01T10:00:00", false), Some(local.wall(summer)));
        local.wrong = false;
        assert_eq!(local.told(summer), "2026-07-01T10:00:00-04:00");
        assert_eq!(local.meant(&local.told(summer), false), Some(local.wall(summer)));
    }
}
