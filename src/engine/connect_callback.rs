//! Why the address that a consent leads back to cannot be used, and whether it leads where it should. What it holds is
//! read by the system's own sign-in.

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
    /// The system's sign-in does not take it: another state, no code, a refusal.
    #[error("{0}")]
    Said(String),
}

/// Whether `address` is the redirect address, with whatever query.
pub fn leads_to(address: &SecretString, redirect: &str) -> bool {
    let page =
        |text: &str| text.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/').to_owned();
    let text = address.expose_secret().trim();
    !redirect.is_empty() && text.contains('?') && page(text) == page(redirect)
}

/// Whether `address` carries this state, once.
pub fn carries(address: &SecretString, state: &SecretString) -> bool {
    let text = address.expose_secret();
    let query = text.split_once('?').map_or("", |(_, query)| query);
    let query = query.split('#').next().unwrap_or_default();
    let mut states = query.split('&').filter_map(|pair| pair.strip_prefix("state="));
    states.next() == Some(state.expose_secret()) && states.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_address_with_the_state_once_carries_it() {
        let has = |address: &str| carries(&address.into(), &"s-1".into());
        assert!(has("http://localhost:1/p?code=c&state=s-1#x") && has("http://localhost:1/p?state=s-1"));
        for other in
            ["", "?state=s", "?state=s-12", "?code=c", "?xstate=s-1", "?state=s-1&state=s-1", "state=s-1"]
        {
            assert!(!has(other), "{other}");
        }
    }

    #[test]
    fn only_the_redirect_address_leads_back() {
        let to = |address: &str| leads_to(&address.into(), "https://firm.example/qbo");
        assert!(to("  https://firm.example/qbo?code=c\n") && to("https://firm.example/qbo/?code=c#x"));
        for other in
            ["https://firm.example/qbo", "code", "https://other.example/qbo?c=1", "https://firm.example/?qbo"]
        {
            assert!(!to(other), "{other}");
        }
        assert!(!leads_to(&"?code=c".into(), ""));
    }
}
