//! Wrong passwords: after five within a minute from one peer, or for one user, nothing is compared for a minute.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::model::ids::ConnectionId;

/// Wrong passwords that are compared.
const WRONG: usize = 5;
/// Within this time; and how long nothing is compared then.
const WINDOW: Duration = Duration::from_mins(1);
/// Peers that are told apart; further ones count as one.
const PEERS: usize = 1024;

/// Who is counted. Users that do not exist are counted by their peers alone.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Who {
    Peer(IpAddr),
    User(ConnectionId),
}

#[derive(Default)]
struct Wrong {
    at: Vec<Instant>,
    shut_until: Option<Instant>,
}

/// Counts wrong passwords.
#[derive(Default)]
pub struct Guard(Mutex<HashMap<Who, Wrong>>);

impl Guard {
    /// Whether a password of this peer, for this user, is compared now.
    pub fn open(&self, peer: IpAddr, user: Option<&ConnectionId>, now: Instant) -> bool {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let shut = |who: &Who| held.get(who).and_then(|w| w.shut_until).is_some_and(|until| now < until);
        let (known, rest) = (Who::Peer(peer), Who::Peer(OTHERS));
        let by_peer = if held.contains_key(&known) { shut(&known) } else { shut(&rest) };
        !by_peer && !user.is_some_and(|u| shut(&Who::User(u.clone())))
    }

    /// A wrong password came.
    pub fn wrong(&self, peer: IpAddr, user: Option<&ConnectionId>, now: Instant) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.retain(|_, w| {
            w.at.retain(|t| now.duration_since(*t) < WINDOW);
            w.shut_until = w.shut_until.filter(|until| now < *until);
            !w.at.is_empty() || w.shut_until.is_some()
        });
        let known = Who::Peer(peer);
        let full = held.len() >= PEERS && !held.contains_key(&known);
        let peer = if full { Who::Peer(OTHERS) } else { known };
        for who in [Some(peer), user.cloned().map(Who::User)].into_iter().flatten() {
            let wrong = held.entry(who).or_default();
            wrong.at.push(now);
            if wrong.at.len() >= WRONG {
                wrong.shut_until = Some(now + WINDOW);
                wrong.at.clear();
            }
        }
    }
}

/// Stands for peers that are too many to be told apart.
const OTHERS: IpAddr = IpAddr::V6(Ipv6Addr::UNSPECIFIED);

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(n: u32) -> IpAddr {
        IpAddr::from(n.to_be_bytes())
    }

    #[test]
    fn five_wrong_ones_within_a_minute_shut_the_door_for_a_minute() {
        let (guard, start) = (Guard::default(), Instant::now());
        let at = |s: u64| start + Duration::from_secs(s);
        for n in 0..5 {
            assert!(guard.open(peer(1), None, at(n)));
            guard.wrong(peer(1), None, at(n));
        }
        assert!(!guard.open(peer(1), None, at(5)));
        assert!(guard.open(peer(2), None, at(5)));
        assert!(!guard.open(peer(1), None, at(63)));
        assert!(guard.open(peer(1), None, at(64)));
        for n in 0..10 {
            guard.wrong(peer(3), None, at(100 + 20 * n));
            assert!(guard.open(peer(3), None, at(100 + 20 * n)), "never five within a minute");
        }
    }

    #[test]
    fn one_user_is_guarded_against_many_peers() {
        let (guard, now) = (Guard::default(), Instant::now());
        let user = ConnectionId::from("qbd-us");
        for n in 0..5 {
            assert!(guard.open(peer(n), Some(&user), now));
            guard.wrong(peer(n), Some(&user), now);
        }
        assert!(!guard.open(peer(9), Some(&user), now));
        assert!(guard.open(peer(9), None, now));
    }

    #[test]
    fn memory_is_bounded() {
        let (guard, now) = (Guard::default(), Instant::now());
        for n in 0..5000 {
            guard.wrong(peer(n), None, now);
        }
        assert!(guard.0.lock().unwrap().len() <= PEERS + 1);
        assert!(!guard.open(peer(9999), None, now), "too many peers at once count as one");
    }
}
