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

#[cfg(test)]
mod tests {
    use super::*;

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
