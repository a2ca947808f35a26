//! Tickets that prove themselves: random, and sealed with what the connection's password is compared with. A ticket of
//! ours is recognised after a restart, and as the one of its connection; nobody else can make one.

use std::fmt::Write as _;

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::Sha256;

use crate::model::canonical::hex;
use crate::model::ids::ConnectionId;
use crate::vault::SealError;

use super::password::bytes;

/// Bytes of chance.
const CHANCE: usize = 16;
/// Characters of `{GUID}`.
const GUID: usize = 38;
/// Bytes of the seal: half of an HMAC-SHA-256.
const SEAL: usize = 16;
/// Bytes of a ticket.
const LENGTH: usize = GUID + 1 + 2 * SEAL;

/// A new ticket of a connection: `{GUID}` of 128 random bits, a dash, and its seal. `stored`: what the password of that
/// connection is compared with. Fails when the system gives no randomness.
pub fn make(stored: &SecretString, of: &ConnectionId) -> Result<String, SealError> {
    let mut out = String::with_capacity(LENGTH);
    out.push('{');
    for (at, byte) in bytes(CHANCE)?.iter().enumerate() {
        if [4, 6, 8, 10].contains(&at) {
            out.push('-');
        }
        write!(out, "{byte:02x}").unwrap_or_default();
    }
    out.push('}');
    let seal = sealing(stored, of, &out).map(|m| hex(&m.finalize().into_bytes()[..SEAL])).unwrap_or_default();
    out.push('-');
    out.push_str(&seal);
    Ok(out)
}

/// Whether a text has the form of a ticket.
pub fn looks_like_one(ticket: &str) -> bool {
    parts(ticket).is_some()
}

/// Whether a ticket was made for this connection, under the password that it has now. Its seal is compared in constant
/// time.
pub fn is_of(ticket: &str, stored: &SecretString, of: &ConnectionId) -> bool {
    let Some((guid, seal)) = parts(ticket) else { return false };
    sealing(stored, of, guid).is_some_and(|m| m.verify_truncated_left(&seal).is_ok())
}

fn parts(ticket: &str) -> Option<(&str, [u8; SEAL])> {
    if ticket.len() != LENGTH || !ticket.is_ascii() {
        return None;
    }
    let (guid, rest) = ticket.split_at_checked(GUID)?;
    let digits = rest.strip_prefix('-')?;
    let framed = guid.starts_with('{') && guid.ends_with('}');
    // one spelling alone: what is not as it was made is not ours
    let plain = digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if !framed || !plain {
        return None;
    }
    let mut seal = [0_u8; SEAL];
    for (at, byte) in seal.iter_mut().enumerate() {
        *byte = u8::from_str_radix(digits.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some((guid, seal))
}

/// None without a key: nothing can be sealed with what is empty.
fn sealing(stored: &SecretString, of: &ConnectionId, guid: &str) -> Option<Hmac<Sha256>> {
    let key = stored.expose_secret().as_bytes();
    if key.is_empty() {
        return None;
    }
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    mac.update(b"tieout ticket\0");
    mac.update(of.as_str().as_bytes());
    mac.update(b"\0");
    mac.update(guid.as_bytes());
    Some(mac)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::visit::password;

    #[test]
    fn a_ticket_is_of_its_connection_and_its_password_alone() {
        let (one, two) = (password::make().unwrap().stored, password::make().unwrap().stored);
        let (us, uk) = (ConnectionId::from("qbd-us"), ConnectionId::from("qbd-uk"));
        let ticket = make(&one, &us).unwrap();
        assert_eq!(ticket.len(), LENGTH);
        assert!(is_of(&ticket, &one, &us));
        assert!(!is_of(&ticket, &two, &us) && !is_of(&ticket, &one, &uk) && !is_of(&ticket, &"".into(), &us));
        assert_ne!(ticket, make(&one, &us).unwrap());
    }

    #[test]
    fn what_was_changed_or_guessed_is_none() {
        let (stored, us) = (password::make().unwrap().stored, ConnectionId::from("qbd-us"));
        let ticket = make(&stored, &us).unwrap();
        for at in 0..ticket.len() {
            let mut other = ticket.clone().into_bytes();
            other[at] = if other[at] == b'0' { b'1' } else { b'0' };
            assert!(!is_of(&String::from_utf8(other).unwrap(), &stored, &us), "{at}");
        }
        let guid = &ticket[..GUID];
        let zeros = "0".repeat(2 * SEAL);
        for guessed in ["", guid, &format!("{guid}-"), &format!("{guid}-{zeros}"), &format!("{ticket}0")] {
            assert!(!is_of(guessed, &stored, &us), "{guessed}");
        }
        assert!(!is_of(&ticket.to_uppercase(), &stored, &us));
        // without a password there is no seal, and nothing that could be guessed
        assert!(!is_of(&make(&"".into(), &us).unwrap(), &"".into(), &us));
    }
}
