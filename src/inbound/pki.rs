//! Certificates: the files, the TLS configuration they make, the names of a client's certificate, and how long they last.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, CertificateRevocationListDer, PrivateKeyDer, UnixTime};
use rustls::server::{NoServerSessionStorage, WebPkiClientVerifier};
use rustls::time_provider::TimeProvider;
use rustls::{RootCertStore, ServerConfig};
use x509_parser::prelude::{FromDer as _, GeneralName, X509Certificate};

use crate::inbound::settings::{Clients, Tls};
use crate::model::Clock;
use crate::vault::private;

/// Why certificates cannot be used; the sentence names the file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct PkiError(String);

fn bad(path: &Path, why: impl fmt::Display) -> PkiError {
    PkiError(format!("{}: {why}", path.display()))
}

/// Certificates in use.
pub struct Loaded {
    /// What a handshake is made with.
    pub config: Arc<ServerConfig>,
    /// When our own certificate ends.
    pub until: Timestamp,
    /// When the last authority of the bundle ends.
    pub authority_until: Option<Timestamp>,
}

/// TLS measures certificates against the clock that the program was given.
struct TlsTime(Arc<dyn Clock>);

impl fmt::Debug for TlsTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TlsTime")
    }
}

impl TimeProvider for TlsTime {
    fn current_time(&self) -> Option<UnixTime> {
        let seconds = u64::try_from(self.0.now().as_second()).ok()?;
        Some(UnixTime::since_unix_epoch(std::time::Duration::from_secs(seconds)))
    }
}

/// Reads the files and checks that they fit each other and are in force.
pub fn load(tls: &Tls, clock: &Arc<dyn Clock>) -> Result<Loaded, PkiError> {
    let chain = certificates(&tls.certificate)?;
    let leaf = chain.first().ok_or_else(|| bad(&tls.certificate, "there is no certificate in it"))?;
    let (from, until) = validity(leaf).map_err(|e| bad(&tls.certificate, e))?;
    let now = clock.now();
    if until <= now {
        return Err(bad(&tls.certificate, format!("the certificate ended at {until}")));
    }
    if from > now {
        return Err(bad(&tls.certificate, format!("the certificate begins at {from}")));
    }
    let key = key(&tls.key)?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let time = Arc::new(TlsTime(clock.clone()));
    let builder = ServerConfig::builder_with_details(provider.clone(), time)
        .with_safe_default_protocol_versions()
        .map_err(|e| PkiError(e.to_string()))?;
    let (builder, authority_until) = match &tls.clients {
        None => (builder.with_no_client_auth(), None),
        Some(clients) => {
            let (verifier, until) = verifier(clients, &provider)?;
            (builder.with_client_cert_verifier(verifier), until)
        }
    };
    let mut config = builder
        .with_single_cert(chain, key)
        .map_err(|e| bad(&tls.certificate, format!("it does not go with {}: {e}", tls.key.display())))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    // every connection proves itself anew: a resumed one would outlive the authority that vouched for it
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    Ok(Loaded { config: Arc::new(config), until, authority_until })
}

type Verifier = Arc<dyn rustls::server::danger::ClientCertVerifier>;

/// Chain, dates and purpose of a client's certificate; its name is looked at after the handshake.
fn verifier(
    clients: &Clients,
    provider: &Arc<rustls::crypto::CryptoProvider>,
) -> Result<(Verifier, Option<Timestamp>), PkiError> {
    let mut roots = RootCertStore::empty();
    let mut last = None;
    for authority in certificates(&clients.authority)? {
        let (_, until) = validity(&authority).map_err(|e| bad(&clients.authority, e))?;
        last = last.max(Some(until));
        roots.add(authority).map_err(|e| bad(&clients.authority, e))?;
    }
    if roots.is_empty() {
        return Err(bad(&clients.authority, "there is no certificate in it"));
    }
    let mut builder = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone());
    if let Some(path) = &clients.revoked {
        let read = CertificateRevocationListDer::pem_file_iter(path).map_err(|e| bad(path, e))?;
        let lists = read.collect::<Result<Vec<_>, _>>().map_err(|e| bad(path, e))?;
        if lists.is_empty() {
            return Err(bad(path, "there is no list of revoked certificates in it"));
        }
        // what no list speaks of is not revoked: the lists that a person keeps need not cover every authority
        builder =
            builder.with_crls(lists).only_check_end_entity_revocation().allow_unknown_revocation_status();
    }
    let built = builder.build().map_err(|e| bad(&clients.authority, e))?;
    Ok((built, last))
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, PkiError> {
    let read = CertificateDer::pem_file_iter(path).map_err(|e| bad(path, e))?;
    read.collect::<Result<Vec<_>, _>>().map_err(|e| bad(path, e))
}

fn key(path: &Path) -> Result<PrivateKeyDer<'static>, PkiError> {
    if private::open_to_all(&std::fs::metadata(path).map_err(|e| bad(path, e))?) {
        return Err(bad(
            path,
            "everybody on this machine can reach this key: take the rights of others away (chmod o=)",
        ));
    }
    PrivateKeyDer::from_pem_file(path).map_err(|e| bad(path, e))
}

/// From when until when a certificate holds.
fn validity(der: &CertificateDer<'_>) -> Result<(Timestamp, Timestamp), String> {
    let (_, certificate) = X509Certificate::from_der(der.as_ref()).map_err(|e| e.to_string())?;
    let instant = |t: x509_parser::time::ASN1Time| {
        Timestamp::from_second(t.timestamp()).map_err(|e| format!("a date cannot be read: {e}"))
    };
    let held = certificate.validity();
    Ok((instant(held.not_before)?, instant(held.not_after)?))
}

/// The allowed name that a client's certificate has: a DNS name of its SAN, or its common name where it has no DNS name
/// in a SAN. Serial, key, issuer and the other parts of the subject are not looked at: they change (contract of Concur,
/// 7.4). A wildcard is no name of one sender.
pub fn allowed_name(leaf: &CertificateDer<'_>, allowed: &[String]) -> Option<String> {
    let (_, certificate) = X509Certificate::from_der(leaf.as_ref()).ok()?;
    let among = |name: &str| allowed.iter().find(|a| a.eq_ignore_ascii_case(name)).cloned();
    let san = certificate.subject_alternative_name().ok()?;
    let dns: Vec<&str> = san
        .into_iter()
        .flat_map(|s| s.value.general_names.iter())
        .filter_map(|n| if let GeneralName::DNSName(name) = n { Some(*name) } else { None })
        .collect();
    if !dns.is_empty() {
        return dns.into_iter().find_map(among);
    }
    let mut common = certificate.subject().iter_common_name().filter_map(|c| c.as_str().ok());
    match (common.next(), common.next()) {
        (Some(one), None) => among(one),
        _ => None,
    }
}
