//! The address that a consent comes back to: code, state, company. What it says is believed only for our own state.

use secrecy::{ExposeSecret, SecretString};

/// Why a consent cannot be used. No sentence repeats what the address held.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No consent was waited for.
    #[error("no consent is waited for: begin again")]
    NotAsked,
    /// More than ten minutes passed.
    #[error("the consent came after ten minutes: begin again")]
    TooLate,
    /// Not an address, or one of another page.
    #[error("this is not the address that the consent page leads to: copy the whole address bar")]
    NotOurs,
    /// Another state than ours: somebody else's consent, or an older one.
    #[error("this consent does not belong to this sign-in: begin again and use the page that opens then")]
    WrongState,
    /// The person said no, or the system refused; its word for it.
    #[error("the consent was not given ({0})")]
    Denied(String),
    /// A part is missing.
    #[error("the address holds no {0}: copy the whole address bar")]
    Missing(&'static str),
}

/// A consent that is ours. It does not print.
pub struct Callback {
    /// The authorisation code.
    pub code: SecretString,
    /// The company that consented.
    pub company: String,
}

impl Callback {
    /// Reads the address. `redirect`: where it has to lead; `state`: what it has to carry.
    pub fn read(address: &SecretString, redirect: &str, state: &SecretString) -> Result<Self, Refusal> {
        let text = address.expose_secret().trim();
        let (page, query) = text.split_once('?').ok_or(Refusal::NotOurs)?;
        if page.trim_end_matches('/') != redirect.split('?').next().unwrap_or_default().trim_end_matches('/')
        {
            return Err(Refusal::NotOurs);
        }
        let query = query.split('#').next().unwrap_or_default();
        let field = |name: &str| {
            let mut found = query.split('&').filter_map(|p| p.split_once('=')).filter(|(n, _)| *n == name);
            match (found.next(), found.next()) {
                (Some((_, value)), None) => decoded(value).filter(|v| !v.is_empty()),
                _ => None,
            }
        };
        let came = field("state").ok_or(Refusal::WrongState)?;
        if !same(came.as_bytes(), state.expose_secret().as_bytes()) {
            return Err(Refusal::WrongState);
        }
        if let Some(error) = field("error") {
            let word: String =
                error.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').take(40).collect();
            return Err(Refusal::Denied(word));
        }
        let code = field("code").filter(|c| c.len() <= 2048).ok_or(Refusal::Missing("code"))?;
        let company = field("realmId").or_else(|| field("realmid")).ok_or(Refusal::Missing("company"))?;
        if company.len() > 64 || !company.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
            return Err(Refusal::Missing("company"));
        }
        Ok(Self { code: code.into(), company })
    }
}

/// Equal, in a time that does not tell where they differ.
fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |d, (x, y)| d | (x ^ y)) == 0
}

/// Percent signs and pluses of a query.
fn decoded(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'%' => {
                let hex = std::str::from_utf8(bytes.get(at + 1..at + 3)?).ok()?;
                out.push(u8::from_str_radix(hex, 16).ok()?);
                at += 3;
            }
            b'+' => {
                out.push(b' ');
                at += 1;
            }
            other => {
                out.push(*other);
                at += 1;
            }
        }
    }
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BACK: &str = "https://firm.example/qbo";

    fn read(address: &str) -> Result<(String, String), Refusal> {
        Callback::read(&address.into(), BACK, &"st-ate".into())
            .map(|c| (c.code.expose_secret().to_string(), c.company))
    }

    #[test]
    fn code_and_company_are_read_for_our_state_alone() {
        let fine = read("  https://firm.example/qbo?code=AB%2B1&state=st-ate&realmId=4620816365000001#x\n");
        assert_eq!(fine, Ok(("AB+1".into(), "4620816365000001".into())));
        assert_eq!(
            read("https://firm.example/qbo/?state=st-ate&code=c&realmId=1"),
            Ok(("c".into(), "1".into()))
        );
        for (address, refusal) in [
            ("https://firm.example/qbo?code=c&state=other&realmId=1", Refusal::WrongState),
            ("https://firm.example/qbo?code=c&realmId=1", Refusal::WrongState),
            ("https://firm.example/qbo?code=c&state=st-ate&state=st-ate&realmId=1", Refusal::WrongState),
            ("https://other.example/qbo?code=c&state=st-ate&realmId=1", Refusal::NotOurs),
            ("code", Refusal::NotOurs),
            ("https://firm.example/qbo?code=c&state=st-ate", Refusal::Missing("company")),
            ("https://firm.example/qbo?state=st-ate&realmId=1", Refusal::Missing("code")),
            ("https://firm.example/qbo?code=%zz&state=st-ate&realmId=1", Refusal::Missing("code")),
            ("https://firm.example/qbo?code=c&state=st-ate&realmId=1/2", Refusal::Missing("company")),
            (
                "https://firm.example/qbo?error=access_denied&state=st-ate",
                Refusal::Denied("access_denied".into()),
            ),
        ] {
            assert_eq!(read(address), Err(refusal), "{address}");
        }
    }
}
