//! The test PKI of the event service: one authority, client certificates for the sender (good and bad ones), and a
//! server certificate for a receiver on this machine. Made anew at each start; nothing of it is of use elsewhere.

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use serde_json::{Map, Value, json};

/// The client certificates, by name.
pub(super) const CLIENTS: [&str; 5] = ["good", "expired", "wrong_name", "unknown_issuer", "wrong_usage"];
/// The name of the event service's sender.
const SENDER: &str = "webhook.api.concursolutions.com";

/// A certificate with its key, both PEM.
#[derive(Debug, Clone)]
pub(super) struct Pair {
    pub(super) certificate: String,
    pub(super) key: String,
}

impl Pair {
    fn json(&self) -> Value {
        json!({ "certificate": self.certificate, "key": self.key })
    }
}

/// The certificates of one stand-in.
#[derive(Debug, Clone)]
pub(super) struct Pki {
    /// The authority of sender and receiver, PEM.
    pub(super) ca: String,
    server: Pair,
    clients: Vec<(&'static str, Pair)>,
}

type Signer = Issuer<'static, KeyPair>;

impl Pki {
    /// Makes all certificates.
    pub(super) fn new() -> Result<Self, rcgen::Error> {
        let (ca, signer) = authority("Stand-in Event Root")?;
        let (_, stranger) = authority("Another Root")?;
        let sender = ExtendedKeyUsagePurpose::ClientAuth;
        let mut clients = Vec::new();
        for name in CLIENTS {
            let pair = match name {
                "expired" => leaf(&[SENDER], sender.clone(), 2021, &signer)?,
                "wrong_name" => leaf(&["webhook.example.test"], sender.clone(), 2099, &signer)?,
                "unknown_issuer" => leaf(&[SENDER], sender.clone(), 2099, &stranger)?,
                "wrong_usage" => leaf(&[SENDER], ExtendedKeyUsagePurpose::ServerAuth, 2099, &signer)?,
                _ => leaf(&[SENDER], sender.clone(), 2099, &signer)?,
            };
            clients.push((name, pair));
        }
        let here = ["127.0.0.1", "::1", "localhost"];
        let server = leaf(&here, ExtendedKeyUsagePurpose::ServerAuth, 2099, &signer)?;
        Ok(Self { ca, server, clients })
    }

    /// A client certificate by its name.
    pub(super) fn client(&self, name: &str) -> Option<&Pair> {
        self.clients.iter().find(|(known, _)| *known == name).map(|(_, pair)| pair)
    }

    /// `{"ca", "server": {"certificate", "key"}, "clients": {NAME: {"certificate", "key"}}}`, all PEM.
    pub(super) fn json(&self) -> Value {
        let clients: Map<String, Value> =
            self.clients.iter().map(|(name, pair)| ((*name).to_owned(), pair.json())).collect();
        json!({ "ca": self.ca, "server": self.server.json(), "clients": clients })
    }
}

fn authority(name: &str) -> Result<(String, Signer), rcgen::Error> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2099, 1, 1);
    let key = KeyPair::generate()?;
    let certificate = params.self_signed(&key)?.pem();
    Ok((certificate, Issuer::new(params, key)))
}

fn leaf(
    names: &[&str],
    usage: ExtendedKeyUsagePurpose,
    last_year: i32,
    signer: &Signer,
) -> Result<Pair, rcgen::Error> {
    let mut params = CertificateParams::new(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())?;
    params.distinguished_name.push(DnType::CommonName, names.first().copied().unwrap_or_default());
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![usage];
    params.use_authority_key_identifier_extension = true;
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(last_year, 1, 1);
    let key = KeyPair::generate()?;
    let certificate = params.signed_by(&key, signer)?.pem();
    Ok(Pair { certificate, key: key.serialize_pem() })
}
