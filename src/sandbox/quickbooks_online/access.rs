//! Keys, refresh tokens, access tokens and authorization codes of the one connection (contract section 1).

use std::collections::{HashMap, HashSet};
use std::fmt;

use jiff::{SignedDuration, Timestamp};

use super::switches::{Rotate, Switches};

/// An access token lives an hour.
const BEARER_LIFE: SignedDuration = SignedDuration::from_hours(1);
/// A code lives five minutes.
const CODE_LIFE: SignedDuration = SignedDuration::from_mins(5);
/// `x_refresh_token_expires_in`: 101 days.
pub const REFRESH_SECONDS: u64 = 8_726_400;
/// A refresh token dies when it is not used for that long.
const REFRESH_LIFE: SignedDuration = SignedDuration::from_secs(8_726_400);

/// What the token endpoint hands out.
pub struct Grant {
    /// Valid for an hour.
    pub access_token: String,
    /// The present refresh token.
    pub refresh_token: String,
}

#[derive(Clone)]
struct Refresh {
    value: String,
    issued: Timestamp,
    used: Timestamp,
}

#[derive(Clone)]
struct Code {
    redirect_uri: String,
    expires: Timestamp,
}

/// The state of the connection.
#[derive(Clone)]
pub struct Access {
    /// Made up.
    pub client_id: String,
    /// Made up.
    pub client_secret: String,
    era: u64,
    serial: u64,
    refresh: Option<Refresh>,
    last_refresh: String,
    old: HashMap<String, Timestamp>,
    bearers: HashMap<String, Timestamp>,
    codes: HashMap<String, Code>,
    used: HashSet<String>,
    rotate_next: bool,
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Access").field("connected", &self.refresh.is_some()).finish_non_exhaustive()
    }
}

impl Access {
    /// A connection that consent was given to at `now`.
    pub fn new(now: Timestamp) -> Self {
        let value = "AB11700000000000sandboxrefresh0".to_owned();
        Self {
            client_id: "ABsandboxclientid0000".to_owned(),
            client_secret: "sandboxclientsecret0000".to_owned(),
            era: 0,
            serial: 0,
            refresh: Some(Refresh { value: value.clone(), issued: now, used: now }),
            last_refresh: value,
            old: HashMap::new(),
            bearers: HashMap::new(),
            codes: HashMap::new(),
            used: HashSet::new(),
            rotate_next: false,
        }
    }

    /// How often the realm was set back.
    pub fn era(&self) -> u64 {
        self.era
    }

    /// Tokens handed out from now on differ from those of earlier eras.
    pub fn begin_era(&mut self, era: u64) {
        self.era = era;
    }

    /// The present or last refresh token.
    pub fn refresh_token(&self) -> &str {
        &self.last_refresh
    }

    /// A refresh; `None` is `invalid_grant`.
    pub fn refresh(&mut self, token: &str, now: Timestamp, switches: &Switches) -> Option<Grant> {
        let present = self.refresh.as_mut()?;
        if now.duration_since(present.used) > REFRESH_LIFE {
            self.revoke();
            return None;
        }
        if present.value != token {
            let since = self.old.get(token)?;
            if now.duration_since(*since) >= switches.old_refresh_valid_for {
                return None;
            }
        }
        present.used = now;
        let due = match switches.rotate_every {
            Rotate::Always => true,
            Rotate::Never => false,
            Rotate::After(age) => now.duration_since(present.issued) >= age,
        };
        if due || self.rotate_next {
            self.new_refresh(now);
        }
        Some(self.grant(now))
    }

    /// Exchanges a code, once, for the address that it was made for; `None` is `invalid_grant`.
    /// With `revokes` a second exchange of a code ends the connection that the first one made.
    pub fn exchange(
        &mut self,
        code: &str,
        redirect_uri: &str,
        now: Timestamp,
        revokes: bool,
    ) -> Option<Grant> {
        if revokes && self.used.contains(code) {
            self.revoke();
        }
        self.used.insert(code.to_owned());
        let code = self.codes.remove(code)?;
        if code.redirect_uri != redirect_uri || code.expires <= now {
            return None;
        }
        self.new_refresh(now);
        Some(self.grant(now))
    }

    /// A code for consent that was given.
    pub fn consent(&mut self, redirect_uri: &str, now: Timestamp) -> String {
        let code = self.next("AB11code");
        let expires = later(now, CODE_LIFE);
        self.codes.insert(code.clone(), Code { redirect_uri: redirect_uri.to_owned(), expires });
        code
    }

    /// Whether an access token is known and has not expired.
    pub fn accepts(&self, bearer: &str, now: Timestamp) -> bool {
        self.bearers.get(bearer).is_some_and(|expires| now < *expires)
    }

    /// Ends the connection if the token is one of it.
    pub fn revoke_token(&mut self, token: &str) -> bool {
        let known = self.bearers.contains_key(token)
            || self.refresh.as_ref().is_some_and(|refresh| refresh.value == token);
        if known {
            self.revoke();
        }
        known
    }

    /// Ends the connection.
    pub fn revoke(&mut self) {
        self.refresh = None;
        self.bearers.clear();
        self.old.clear();
    }

    /// Lets all access tokens expire.
    pub fn expire(&mut self) {
        self.bearers.clear();
    }

    /// Gives the refresh token a new value at the next refresh.
    pub fn rotate_next(&mut self) {
        self.rotate_next = true;
    }

    fn new_refresh(&mut self, now: Timestamp) {
        self.rotate_next = false;
        let value = self.next("AB117");
        self.last_refresh.clone_from(&value);
        if let Some(old) = self.refresh.replace(Refresh { value, issued: now, used: now }) {
            self.old.insert(old.value, now);
        }
    }

    fn grant(&mut self, now: Timestamp) -> Grant {
        let access_token = self.next("eyJ");
        self.bearers.retain(|_, expires| *expires > now);
        self.bearers.insert(access_token.clone(), later(now, BEARER_LIFE));
        Grant { access_token, refresh_token: self.last_refresh.clone() }
    }

    fn next(&mut self, prefix: &str) -> String {
        self.serial += 1;
        format!("{prefix}{:06}{:010}sandbox", self.era, self.serial)
    }
}

fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_add(by).unwrap_or(Timestamp::MAX)
}
