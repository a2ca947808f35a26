//! Throw-away certificates, a listener over a store of its own, and a client that writes what it is told, byte by byte.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, DnType, ExtendedKeyUsagePurpose,
    IsCa, Issuer, KeyPair, KeyUsagePurpose, SerialNumber,
};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use secrecy::SecretString;
use tieout::engine::EngineError;
use tieout::engine::core::Core;
use tieout::engine::hints::Listener as _;
use tieout::engine::wiring::{Connector, Tuning, Wires};
use tieout::inbound::{Clients, Inbound, Limits, Port, Settings, Tls};
use tieout::model::clock::ManualClock;
use tieout::model::{Actor, ConnectionId};
use tieout::store::sqlite::{Executor, Options, SqliteStore};
use tieout::store::{ConnectionRow, Health, KeptDelivery, Refusal, Store};
use tieout::systems::{Push, Source};
use tieout::transport::Fut;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio_rustls::TlsConnector;
use tokio_util::sync::CancellationToken;

/// Nothing here takes that long; what does hangs.
pub const PATIENCE: Duration = Duration::from_mins(1);
pub const NAME: &str = "webhook.api.concursolutions.com";
pub const COMPANY: &str = "11111111-2222-4333-8444-555555555555";
pub const REALM: &str = "4620816365000001";
pub const TOKEN: &str = "made-up-verifier-token";

pub fn start() -> Timestamp {
    "2026-11-04T14:30:00Z".parse().unwrap()
}

/// An authority.
pub struct Authority {
    pub issuer: Issuer<'static, KeyPair>,
    pub pem: String,
}

impl Authority {
    pub fn new(name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Self { issuer: Issuer::new(params, key), pem }
    }

    /// A certificate and its key, both PEM.
    pub fn leaf(&self, with: impl FnOnce(&mut CertificateParams)) -> Pair {
        let mut params = CertificateParams::new(vec![NAME.to_string()]).unwrap();
        params.extended_key_usages =
            vec![ExtendedKeyUsagePurpose::ClientAuth, ExtendedKeyUsagePurpose::ServerAuth];
        params.not_before = day(2026, 1, 1);
        params.not_after = day(2027, 6, 30);
        with(&mut params);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap().pem();
        Pair { certificate, key: key.serialize_pem() }
    }

    /// A list of revoked certificates.
    pub fn revoke(&self, serial: u64) -> String {
        let params = CertificateRevocationListParams {
            this_update: day(2026, 1, 1),
            next_update: day(2027, 1, 1),
            crl_number: SerialNumber::from(1_u64),
            issuing_distribution_point: None,
            revoked_certs: vec![rcgen::RevokedCertParams {
                serial_number: SerialNumber::from(serial),
                revocation_time: day(2026, 2, 1),
                reason_code: None,
                invalidity_date: None,
            }],
            key_identifier_method: rcgen::KeyIdMethod::Sha256,
        };
        params.signed_by(&self.issuer).unwrap().pem().unwrap()
    }
}

pub use rcgen::date_time_ymd as day;

#[derive(Clone)]
pub struct Pair {
    pub certificate: String,
    pub key: String,
}

impl Pair {
    /// Writes both; the key out of reach of others.
    pub fn write(&self, dir: &Path, name: &str) -> (PathBuf, PathBuf) {
        let (certificate, key) = (dir.join(format!("{name}.pem")), dir.join(format!("{name}.key")));
        private(&key, &self.key);
        std::fs::write(&certificate, &self.certificate).unwrap();
        (certificate, key)
    }
}

/// Replaces a file by a new one, as whoever renews certificates does.
pub fn private(path: &Path, text: &str) {
    let new = path.with_extension("new");
    std::fs::write(&new, text).unwrap();
    std::fs::set_permissions(&new, std::fs::Permissions::from_mode(0o600)).unwrap();
    std::fs::rename(&new, path).unwrap();
}

/// Clients of nothing: only the vault's secrets.
#[derive(Default)]
pub struct Secrets(pub Mutex<HashMap<(String, &'static str), String>>);

impl Connector for Secrets {
    fn source(&self, row: &ConnectionRow) -> Result<Arc<dyn Source>, EngineError> {
        Err(EngineError::Refused(format!("{} is not reached here", row.id)))
    }
    fn push(&self, row: &ConnectionRow) -> Result<Arc<dyn Push>, EngineError> {
        Err(EngineError::Refused(format!("{} is not reached here", row.id)))
    }
    fn secret(
        &self,
        id: &ConnectionId,
        field: &'static str,
    ) -> Fut<'_, Result<Option<SecretString>, EngineError>> {
        let found = self.0.lock().unwrap().get(&(id.0.clone(), field)).cloned();
        Box::pin(async move { Ok(found.map(SecretString::from)) })
    }
    fn tuning(&self, _: &ConnectionId) -> Tuning {
        Tuning::default()
    }
}

pub fn connection(id: &str, system: &str, company: &str) -> ConnectionRow {
    ConnectionRow {
        id: id.into(),
        system: system.into(),
        company: company.into(),
        fingerprint: format!("{system}/{company}"),
        system_id: "tieout".into(),
        settings: serde_json::json!({ "client_id": "app" }),
        health: Health::Ok,
        health_reason: String::new(),
        health_since: start(),
    }
}

/// Both listeners over a store of their own.
pub struct Rig {
    pub dir: tempfile::TempDir,
    pub core: Arc<Core>,
    pub clock: Arc<ManualClock>,
    pub authority: Authority,
    pub client: Pair,
    pub events: SocketAddr,
    pub webhooks: SocketAddr,
    pub database: PathBuf,
    stop: CancellationToken,
    task: tokio::task::JoinHandle<()>,
}

impl Rig {
    pub async fn new() -> Self {
        Self::with(Limits::default(), |_| {}).await
    }

    pub async fn limited(limits: Limits) -> Self {
        Self::with(limits, |_| {}).await
    }

    pub async fn with(limits: Limits, change: impl FnOnce(&mut Clients)) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let authority = Authority::new("Events Test Authority");
        let client = authority.leaf(|p| p.serial_number = Some(SerialNumber::from(77_u64)));
        let server = authority.leaf(|p| p.subject_alt_names = server_names());
        let (certificate, key) = server.write(dir.path(), "server");
        let file = dir.path().join("authority.pem");
        std::fs::write(&file, &authority.pem).unwrap();
        let mut clients = Clients { authority: file, names: vec![NAME.into()], revoked: None };
        change(&mut clients);
        let local: SocketAddr = "127.0.0.1:0".parse().unwrap();
        let settings = Settings {
            events: Some(Port {
                address: local,
                tls: Some(Tls { certificate, key, clients: Some(clients) }),
                endpoint: None,
                limits: limits.clone(),
            }),
            webhooks: Some(Port { address: local, tls: None, endpoint: None, limits }),
            ..Settings::default()
        };
        let clock = Arc::new(ManualClock::new(start()));
        let database = dir.path().join("store").join("tieout.db");
        let options = Options { executor: Executor::Thread, instance_kind: "demo", now: start() };
        let store: Arc<dyn Store> = Arc::new(SqliteStore::open(&database, options).unwrap());
        for row in
            [connection("concur-us", "concur", COMPANY), connection("qbo-us", "quickbooks_online", REALM)]
        {
            store.put_connection(row, Actor::engine(), start()).await.unwrap();
        }
        let secrets = Secrets::default();
        let keys = [("webhook_verifier_token", TOKEN), ("webhook_verifier_token_previous", "the-one-before")];
        for (field, token) in keys {
            secrets.0.lock().unwrap().insert(("qbo-us".into(), field), token.into());
        }
        let core = Core::new(store, clock.clone(), Wires::new(Arc::new(secrets)));
        let inbound = Inbound::new(settings).unwrap();
        let mut bound = inbound.bound();
        let stop = CancellationToken::new();
        let task = tokio::spawn({
            let (core, stop) = (core.clone(), stop.clone());
            async move { inbound.listen(core, stop).await }
        });
        let both = bound.wait_for(|b| b.events.is_some() && b.webhooks.is_some());
        let at = *tokio::time::timeout(PATIENCE, both).await.unwrap().unwrap();
        Self {
            dir,
            core,
            clock,
            authority,
            client,
            events: at.events.unwrap(),
            webhooks: at.webhooks.unwrap(),
            database,
            stop,
            task,
        }
    }

    /// Ends the listeners; what was turned away is counted then.
    pub async fn end(self) -> (Vec<KeptDelivery>, Vec<Refusal>) {
        let kept = self.kept().await;
        self.stop.cancel();
        tokio::time::timeout(PATIENCE, self.task).await.unwrap().unwrap();
        (kept, self.core.store.refusals().await.unwrap())
    }

    pub async fn kept(&self) -> Vec<KeptDelivery> {
        self.core.store.deliveries(1000).await.unwrap()
    }

    /// A client with this certificate, or none.
    pub fn tls(&self, pair: Option<&Pair>) -> TlsConnector {
        connector(&self.authority.pem, pair)
    }

    /// Sends bytes over TLS with the right certificate and hears the answer.
    pub async fn event(&self, request: &[u8]) -> Heard {
        tls(self.events, &self.tls(Some(&self.client)), request).await
    }

    /// Sends bytes over plain HTTP and hears the answer.
    pub async fn webhook(&self, request: &[u8]) -> Heard {
        plain(self.webhooks, request).await
    }
}

pub fn server_names() -> Vec<rcgen::SanType> {
    vec![rcgen::SanType::DnsName("events.test".try_into().unwrap())]
}

pub fn connector(authority: &str, pair: Option<&Pair>) -> TlsConnector {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(authority.as_bytes()).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots);
    let config = match pair {
        None => builder.with_no_client_auth(),
        Some(pair) => {
            let chain = vec![CertificateDer::from_pem_slice(pair.certificate.as_bytes()).unwrap()];
            let key = PrivateKeyDer::from_pem_slice(pair.key.as_bytes()).unwrap();
            builder.with_client_auth_cert(chain, key).unwrap()
        }
    };
    TlsConnector::from(Arc::new(config))
}

/// What a client hears.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// A status, with the whole answer.
    Status(u16, String),
    /// The connection ended without an answer.
    Closed,
}

impl Heard {
    pub fn status(&self) -> Option<u16> {
        match self {
            Heard::Status(status, _) => Some(*status),
            Heard::Closed => None,
        }
    }
}

pub async fn shake(
    at: SocketAddr,
    connector: &TlsConnector,
) -> std::io::Result<tokio_rustls::client::TlsStream<TcpStream>> {
    let stream = TcpStream::connect(at).await?;
    connector.connect(ServerName::try_from("events.test").unwrap(), stream).await
}

pub async fn tls(at: SocketAddr, connector: &TlsConnector, request: &[u8]) -> Heard {
    match shake(at, connector).await {
        Ok(stream) => talk(stream, request, false).await,
        Err(_) => Heard::Closed,
    }
}

pub async fn plain(at: SocketAddr, request: &[u8]) -> Heard {
    match TcpStream::connect(at).await {
        Ok(stream) => talk(stream, request, false).await,
        Err(_) => Heard::Closed,
    }
}

/// From another address of this machine.
pub async fn plain_from(from: &str, at: SocketAddr) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(format!("{from}:0").parse().unwrap())?;
    socket.connect(at).await
}

/// Writes and reads to the end. A client that is cut off while it writes still reads what was said to it.
pub async fn talk<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    request: &[u8],
    half_close: bool,
) -> Heard {
    let talking = async {
        let wrote = stream.write_all(request).await;
        let flushed = stream.flush().await;
        drop((wrote, flushed));
        if half_close {
            drop(stream.shutdown().await);
        }
        let mut answer = Vec::new();
        let mut chunk = [0_u8; 4096];
        while let Ok(n) = stream.read(&mut chunk).await {
            if n == 0 {
                break;
            }
            answer.extend_from_slice(&chunk[..n]);
        }
        answer
    };
    let answer = tokio::time::timeout(PATIENCE, talking).await.expect("the listener lets a client hang");
    let text = String::from_utf8_lossy(&answer).into_owned();
    match text.strip_prefix("HTTP/1.").and_then(|t| t.get(2..5)).and_then(|s| s.parse().ok()) {
        Some(status) => Heard::Status(status, text),
        None => Heard::Closed,
    }
}

/// A request.
pub fn request(line: &str, headers: &[&str], body: &[u8]) -> Vec<u8> {
    let mut out = format!("{line}\r\nHost: events.test\r\n").into_bytes();
    for header in headers {
        out.extend_from_slice(format!("{header}\r\n").as_bytes());
    }
    out.extend_from_slice(b"\r\n");
    out.extend_from_slice(body);
    out
}

/// A delivery with its length.
pub fn post(path: &str, headers: &[&str], body: &[u8]) -> Vec<u8> {
    let length = format!("Content-Length: {}", body.len());
    let all: Vec<&str> =
        headers.iter().copied().chain([length.as_str(), "Content-Type: application/json"]).collect();
    request(&format!("POST {path} HTTP/1.1"), &all, body)
}

pub fn event(id: &str, company: &str) -> Vec<u8> {
    format!(
        r#"{{"id":"{id}","eventType":"expense.readyForIntegration","topic":"public.concur.financialintegration","timeStamp":"2026-11-04T14:29:12.570+0000","data":null,"facts":{{"companyId":"{company}","documentId":"A1B2"}}}}"#
    )
    .into_bytes()
}

pub fn sign(token: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(token.as_bytes()).unwrap();
    mac.update(body);
    base64::engine::general_purpose::STANDARD.encode(mac.finalize().into_bytes())
}

/// A webhook, signed.
pub fn signed(token: &str, body: &[u8]) -> Vec<u8> {
    post("/quickbooks-online", &[&format!("intuit-signature: {}", sign(token, body))], body)
}

pub fn notification(realms: &[&str]) -> Vec<u8> {
    let list: Vec<String> = realms
        .iter()
        .map(|r| {
            format!(
                r#"{{"realmId":"{r}","dataChangeEvent":{{"entities":[{{"name":"Vendor","id":"56","operation":"Update","lastUpdated":"2026-11-04T14:05:11Z"}}]}}}}"#
            )
        })
        .collect();
    format!(r#"{{"eventNotifications":[{}]}}"#, list.join(",")).into_bytes()
}
