//! Certificates that are read again when their files change. A bad new file keeps what was there, with an alarm; a
//! certificate of ours that has ended is no longer used.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

use crate::inbound::pki::{self, Loaded, PkiError};
use crate::inbound::settings::Tls;
use crate::model::Clock;
use crate::vault::private;

/// Days before the end at which a warning is due.
const WARN_DAYS: [i64; 5] = [30, 14, 7, 3, 1];

/// Which files they are, and as of when.
type Stamp = Vec<Option<private::Stamp>>;

struct Held {
    loaded: Arc<Loaded>,
    stamp: Stamp,
    /// Why the files could not be used at the last look: they are tried again at each.
    refused: Option<String>,
    warned: Option<i64>,
}

/// What a look at the certificates says.
pub enum Now {
    /// They can be used.
    Usable(Arc<Loaded>),
    /// Ours has ended: nothing is taken.
    Ended,
}

/// Something about the certificates that has to be told.
pub enum Tell {
    /// What is wrong, or will be.
    Alarm(String),
    /// New ones are in use.
    Renewed,
}

/// The certificates of one listener.
pub struct Keeper {
    tls: Tls,
    clock: Arc<dyn Clock>,
    held: Mutex<Held>,
}

impl Keeper {
    /// Reads them for the first time.
    pub fn open(tls: Tls, clock: Arc<dyn Clock>) -> Result<Self, PkiError> {
        let stamp = stamp(&tls);
        let loaded = Arc::new(pki::load(&tls, &clock)?);
        Ok(Self { tls, clock, held: Mutex::new(Held { loaded, stamp, refused: None, warned: None }) })
    }

    /// What is to be used now, and what about it has to be told. The files are only read when they
    /// changed, or could not be used.
    pub fn look(&self) -> (Now, Option<Tell>) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let mut say = None;
        let found = stamp(&self.tls);
        if found != held.stamp || held.refused.is_some() {
            held.stamp = found;
            match pki::load(&self.tls, &self.clock) {
                Ok(loaded) => {
                    held.loaded = Arc::new(loaded);
                    held.warned = None;
                    held.refused = None;
                    say = Some(Tell::Renewed);
                }
                Err(e) => {
                    let why = e.to_string();
                    if held.refused.as_ref() != Some(&why) {
                        say = Some(Tell::Alarm(format!(
                            "the new certificate cannot be used, the one that ends at {} stays in use: {why}",
                            held.loaded.until
                        )));
                    }
                    held.refused = Some(why);
                }
            }
        }
        let now = self.clock.now();
        if held.loaded.until <= now {
            let until = held.loaded.until;
            let once = held.warned != Some(0);
            held.warned = Some(0);
            let ended =
                format!("its certificate ended at {until}: nothing is taken until there is a new one");
            return (Now::Ended, once.then_some(Tell::Alarm(ended)).or(say));
        }
        let (what, end) = first_end(&held.loaded);
        if let Some(step) = step(end, now)
            && held.warned.is_none_or(|w| step < w)
        {
            held.warned = Some(step);
            let soon = format!("{what} ends at {end}: put a new one in its place");
            if !matches!(say, Some(Tell::Alarm(_))) {
                say = Some(Tell::Alarm(soon));
            }
        }
        (Now::Usable(held.loaded.clone()), say)
    }

    /// When our own certificate ends.
    pub fn until(&self) -> Timestamp {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).loaded.until
    }

    /// The names that a client may have; empty where clients show no certificate.
    pub fn names(&self) -> &[String] {
        self.tls.clients.as_ref().map_or(&[], |c| &c.names)
    }
}

fn first_end(loaded: &Loaded) -> (&'static str, Timestamp) {
    match loaded.authority_until {
        Some(authority) if authority < loaded.until => ("the last authority of its clients", authority),
        _ => ("its certificate", loaded.until),
    }
}

/// The smallest number of warning days that are left.
fn step(end: Timestamp, now: Timestamp) -> Option<i64> {
    let left = end.duration_since(now);
    WARN_DAYS.into_iter().filter(|d| left <= SignedDuration::from_hours(24 * d)).min()
}

fn stamp(tls: &Tls) -> Stamp {
    let mut files: Vec<&PathBuf> = vec![&tls.certificate, &tls.key];
    if let Some(clients) = &tls.clients {
        files.push(&clients.authority);
        files.extend(&clients.revoked);
    }
    files.into_iter().map(|f| std::fs::metadata(f).ok().map(|m| private::stamp(&m))).collect()
}
