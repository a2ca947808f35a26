//! A receiver of events for the tests: HTTPS on this machine, a client certificate required.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};
use serde_json::Value;

/// What came: correlation header and event.
pub(super) type Came = Vec<(String, Value)>;

/// Listens until the test ends.
pub(super) struct Receiver {
    pub(super) url: String,
    came: Arc<(Mutex<Came>, Condvar)>,
    /// Statuses of the next answers; then 200.
    statuses: Arc<Mutex<Vec<u16>>>,
}

impl Receiver {
    /// With the certificates of the stand-in, as `GET /certificates` tells them.
    pub(super) fn new(certificates: &Value) -> Self {
        let pem =
            |pointer: &str| certificates.pointer(pointer).unwrap().as_str().unwrap().as_bytes().to_vec();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(&pem("/ca")).unwrap()).unwrap();
        let verifier =
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone()).build().unwrap();
        let own = CertificateDer::from_pem_slice(&pem("/server/certificate")).unwrap();
        let key = PrivateKeyDer::from_pem_slice(&pem("/server/key")).unwrap();
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_client_cert_verifier(verifier)
            .with_single_cert(vec![own], key)
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("https://{}/concur", listener.local_addr().unwrap());
        let (came, statuses) = (Arc::<(Mutex<Came>, Condvar)>::default(), Arc::new(Mutex::new(Vec::new())));
        let (seen, next, config) = (Arc::clone(&came), Arc::clone(&statuses), Arc::new(config));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(stream) = stream else { return };
                let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
                let mut stream = StreamOwned::new(connection, stream);
                // a failed handshake ends this connection only
                let Some(came) = read(&mut stream) else { continue };
                seen.0.lock().unwrap().push(came);
                seen.1.notify_all();
                let status = next.lock().unwrap().pop().unwrap_or(200);
                let answer = format!("HTTP/1.1 {status} X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
                let _ = stream.write_all(answer.as_bytes());
                stream.conn.send_close_notify();
                let _ = stream.flush();
            }
        });
        Self { url, came, statuses }
    }

    /// The statuses of the next answers, in order.
    pub(super) fn answer(&self, statuses: &[u16]) {
        *self.statuses.lock().unwrap() = statuses.iter().rev().copied().collect();
    }

    /// What came since the last call.
    pub(super) fn came(&self) -> Came {
        std::mem::take(&mut self.came.0.lock().unwrap())
    }

    /// Waits until so many came.
    pub(super) fn wait_for(&self, count: usize) -> Came {
        let came = self.came.0.lock().unwrap();
        let long = Duration::from_mins(2);
        let (mut came, timed) =
            self.came.1.wait_timeout_while(came, long, |came| came.len() < count).unwrap();
        assert!(!timed.timed_out(), "only {} of {count} came", came.len());
        std::mem::take(&mut came)
    }
}

fn read(stream: &mut StreamOwned<ServerConnection, std::net::TcpStream>) -> Option<(String, Value)> {
    let (mut bytes, mut part) = (Vec::new(), [0; 4096]);
    loop {
        let count = stream.read(&mut part).ok().filter(|count| *count > 0)?;
        bytes.extend_from_slice(&part[..count]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let header = |name: &str| {
            head.lines().find_map(|line| {
                let (known, value) = line.split_once(':')?;
                known.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
            })
        };
        if body.len() == header("content-length")?.parse::<usize>().ok()? {
            return Some((header("concur-correlationid")?, serde_json::from_str(body).ok()?));
        }
    }
}
