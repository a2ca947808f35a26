//! Points around commits and sends at which a test ends the process as `kill -9` would (reliability.md, section 10).
//!
//! `before_commit` and `after_commit` count every commit of the process, whatever it writes; the others name what is
//! committed or sent.
//!
//! Compiled under `debug_assertions` only; a release has nothing to arm.

macro_rules! points {
    ($($variant:ident $name:literal;)*) => {
        /// Where the process can be made to end.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[allow(missing_docs)]
        pub enum FailPoint { $($variant,)* }

        impl FailPoint {
            /// Every point.
            pub const ALL: &'static [FailPoint] = &[$(FailPoint::$variant,)*];

            /// The name for `--fail-at`.
            pub fn name(self) -> &'static str {
                match self { $(FailPoint::$variant => $name,)* }
            }
        }
    };
}

points! {
    BeforeCommit "before_commit";
    AfterCommit "after_commit";
    BeforeArriveCommit "before_arrive_commit";
    AfterArriveCommit "after_arrive_commit";
    BeforeDerivedCommit "before_derived_commit";
    AfterDerivedCommit "after_derived_commit";
    BeforeApproveCommit "before_approve_commit";
    AfterApproveCommit "after_approve_commit";
    BeforePlanCommit "before_plan_commit";
    AfterPlanCommit "after_plan_commit";
    BeforeRecordCommit "before_record_commit";
    AfterRecordCommit "after_record_commit";
    BeforeLookedUpCommit "before_looked_up_commit";
    AfterLookedUpCommit "after_looked_up_commit";
    BeforeToldCommit "before_told_commit";
    AfterToldCommit "after_told_commit";
    BeforeSend "before_send";
    AfterSend "after_send";
    BeforeConfirmSend "before_confirm_send";
    AfterConfirmSend "after_confirm_send";
    BeforeAckSend "before_ack_send";
    AfterAckSend "after_ack_send";
    BeforeLookupSend "before_lookup_send";
    AfterLookupSend "after_lookup_send";
    BeforeHandOut "before_hand_out";
    AfterHandOut "after_hand_out";
    BeforeRecordVisit "before_record_visit";
    AfterRecordVisit "after_record_visit";
}

impl std::str::FromStr for FailPoint {
    type Err = String;
    fn from_str(s: &str) -> Result<Self, String> {
        FailPoint::ALL
            .iter()
            .copied()
            .find(|p| p.name() == s)
            .ok_or_else(|| format!("there is no fail point {s:?}"))
    }
}

/// `NAME` or `NAME:N` (the Nth time, from 1).
pub fn parse(text: &str) -> Result<(FailPoint, u64), String> {
    let (name, n) = text.split_once(':').unwrap_or((text, "1"));
    let n = n.parse().ok().filter(|n| *n > 0).ok_or_else(|| format!("{n:?} is no count"))?;
    Ok((name.parse()?, n))
}

#[cfg(debug_assertions)]
mod armed {
    use std::sync::Mutex;

    use super::FailPoint;

    static ARMED: Mutex<Option<(FailPoint, u64)>> = Mutex::new(None);

    /// Arms one point; the process aborts at its Nth hit.
    pub fn arm(text: &str) -> Result<(), String> {
        let armed = super::parse(text)?;
        *ARMED.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(armed);
        Ok(())
    }

    /// The point is reached.
    pub fn hit(point: FailPoint) {
        let mut armed = ARMED.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some((at, left)) = armed.as_mut()
            && *at == point
        {
            *left -= 1;
            if *left == 0 {
                std::process::abort();
            }
        }
    }
}

#[cfg(debug_assertions)]
pub use armed::{arm, hit};

/// Nothing, in a release.
#[cfg(not(debug_assertions))]
#[inline]
pub fn hit(_: FailPoint) {}

/// Refused, in a release.
#[cfg(not(debug_assertions))]
pub fn arm(_: &str) -> Result<(), String> {
    Err("fail points exist in debug builds only".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_counts() {
        for p in FailPoint::ALL {
            assert_eq!(parse(p.name()), Ok((*p, 1)));
        }
        assert_eq!(parse("before_send:7"), Ok((FailPoint::BeforeSend, 7)));
        assert!(parse("before_send:0").is_err());
        assert!(parse("nowhere").is_err());
    }
}
