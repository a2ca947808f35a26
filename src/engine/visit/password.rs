//! The password of somebody who calls us: made here, typed once into the caller by a person, and compared with a salted
//! hash. It is random, so that a plain hash keeps it: nobody can try 2^125 of them.

use base64::Engine as _;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::model::canonical::hex;
use crate::vault::{SealError, random_text};

/// Digits without those that look like others.
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Digits of a password: five bits each.
const LENGTH: usize = 25;
/// Digits of a group.
const GROUP: usize = 5;
/// Bytes of a salt.
const SALT: usize = 16;

/// A password for a person to type, and what it is compared with.
pub struct Made {
    /// Five groups of five digits of base 32: 125 bits. Shown once, and kept nowhere.
    pub password: SecretString,
    /// `salt:hash`, for the vault ([`super::CALLER_PASSWORD`]).
    pub stored: SecretString,
}

/// Makes a password; fails when the system gives no randomness.
pub fn make() -> Result<Made, SealError> {
    let random = bytes(LENGTH)?;
    let mut digits = Zeroizing::new(String::with_capacity(LENGTH + LENGTH / GROUP));
    for (at, byte) in random.iter().enumerate() {
        if at > 0 && at % GROUP == 0 {
            digits.push('-');
        }
        digits.push(char::from(DIGITS[usize::from(byte % 32)]));
    }
    let password = SecretString::from(digits.as_str());
    let stored = stored(&password)?;
    Ok(Made { password, stored })
}

/// What a password is compared with: a fresh salt, and the hash. For passwords of [`make`] alone, which are random.
pub fn stored(password: &SecretString) -> Result<SecretString, SealError> {
    let salt = hex(&bytes(SALT)?);
    let hash = hex(&digest(&salt, &plain(password.expose_secret())));
    Ok(format!("{salt}:{hash}").into())
}

/// Whether a typed password is the one whose salt and hash are stored. Groups may be typed without dashes and in small
/// letters. The time it takes does not depend on what is stored, or on whether anything is.
pub fn fits(stored: Option<&SecretString>, typed: &SecretString) -> bool {
    let typed = typed.expose_secret();
    let nobody = ("00000000000000000000000000000000", [0; 32]);
    // nobody's is compared all the same
    let (salt, want) = stored.and_then(|s| parts(s.expose_secret())).unwrap_or(nobody);
    let exact = same(&digest(salt, typed), &want);
    let tidy = same(&digest(salt, &plain(typed)), &want);
    want != nobody.1 && (exact || tidy)
}

fn parts(stored: &str) -> Option<(&str, [u8; 32])> {
    let (salt, hash) = stored.split_once(':')?;
    let mut want = [0_u8; 32];
    if hash.len() != 64 || !hash.is_ascii() {
        return None;
    }
    for (at, byte) in want.iter_mut().enumerate() {
        *byte = u8::from_str_radix(hash.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some((salt, want))
}

/// As it was made, without what a person adds or leaves out.
fn plain(typed: &str) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::with_capacity(typed.len()));
    for c in typed.chars().filter(|c| !c.is_whitespace() && *c != '-') {
        out.push(match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        });
    }
    out
}

fn digest(salt: &str, password: &str) -> [u8; 32] {
    Sha256::new().chain_update(salt).chain_update(password).finalize().into()
}

/// Compares all bytes, whatever the first ones are.
fn same(a: &[u8; 32], b: &[u8; 32]) -> bool {
    let differ = a.iter().zip(b).fold(0_u8, |seen, (x, y)| std::hint::black_box(seen | (x ^ y)));
    std::hint::black_box(differ) == 0
}

/// So many random bytes.
pub(super) fn bytes(count: usize) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let text = random_text(count)?;
    let decoded = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text.expose_secret());
    // its own alphabet: it cannot fail
    Ok(Zeroizing::new(decoded.unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_has_125_bits_in_groups_and_fits_only_itself() {
        let (one, two) = (make().unwrap(), make().unwrap());
        let typed = one.password.expose_secret();
        assert_eq!(typed.len(), 29);
        assert!(typed.split('-').all(|g| g.len() == 5 && g.bytes().all(|b| DIGITS.contains(&b))), "{typed}");
        assert_ne!(typed, two.password.expose_secret());
        assert!(!one.stored.expose_secret().contains(&*plain(typed)));
        assert!(fits(Some(&one.stored), &one.password));
        assert!(!fits(Some(&one.stored), &two.password));
        let sloppy = format!(" {} ", typed.to_lowercase().replace('-', ""));
        assert!(fits(Some(&one.stored), &sloppy.into()));
    }

    #[test]
    fn what_is_not_stored_or_broken_fits_nothing() {
        let typed = SecretString::from("x");
        assert!(!fits(None, &typed));
        for stored in ["", ":", "salt", "salt:", "salt:zz", &format!("salt:{}", "0".repeat(64))] {
            assert!(!fits(Some(&stored.into()), &typed), "{stored}");
            assert!(!fits(Some(&stored.into()), &"".into()), "{stored}");
        }
        let known = format!("salt:{}", hex(&digest("salt", "my own password")));
        assert!(fits(Some(&known.into()), &"my own password".into()));
    }
}
