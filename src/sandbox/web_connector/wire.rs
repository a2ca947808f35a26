//! The way to the service.

use std::time::Duration;

use futures::future::BoxFuture;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};

use super::envelope::{self, Operation, SERVICE};

/// Longest wait for an answer: that of a .NET SOAP client (contract 1.4).
const PATIENCE: Duration = Duration::from_secs(100);

/// A call.
#[derive(Debug, Clone)]
pub struct Sent {
    /// Where to.
    pub url: String,
    /// Which.
    pub operation: Operation,
    /// The envelope.
    pub body: String,
}

impl Sent {
    /// Its headers (contract 1.2).
    pub fn headers(&self) -> [(&'static str, String); 4] {
        [
            ("content-type", envelope::CONTENT_TYPE.to_owned()),
            ("soapaction", format!("\"{SERVICE}{}\"", self.operation.name())),
            (
                "user-agent",
                "Mozilla/4.0 (compatible; MSIE 6.0; MS Web Services Client Protocol 4.0.30319.42000)"
                    .to_owned(),
            ),
            ("expect", "100-continue".to_owned()),
        ]
    }
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Got {
    /// The status.
    pub status: u16,
    /// `Content-Type`
    pub content_type: String,
    /// The body.
    pub body: Vec<u8>,
}

/// Carries calls. Errors are sentences of the kind that stand in the Web Connector's log.
pub trait Wire: Send + Sync {
    /// A call.
    fn post(&self, sent: Sent) -> BoxFuture<'_, Result<Got, String>>;

    /// Fetches a page and tells its status.
    fn get(&self, url: String) -> BoxFuture<'_, Result<u16, String>>;
}

/// HTTP.
pub struct Http {
    client: reqwest::Client,
}

impl Http {
    /// Trusts what the system trusts, and the authorities in this PEM bundle. `localhost` is this machine's first
    /// address, whatever its names say.
    ///
    /// # Errors
    /// A sentence.
    pub fn new(authorities: Option<&str>) -> Result<Self, String> {
        let mut builder = reqwest::Client::builder()
            .timeout(PATIENCE)
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .resolve("localhost", ([127, 0, 0, 1], 0).into());
        if let Some(pem) = authorities {
            let found = reqwest::Certificate::from_pem_bundle(pem.as_bytes())
                .map_err(|e| format!("the certificates cannot be read: {e}"))?;
            builder = found.into_iter().fold(builder, reqwest::ClientBuilder::add_root_certificate);
        }
        let client = builder.build().map_err(|e| format!("no client can be made: {e}"))?;
        Ok(Self { client })
    }
}

fn told(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        "The operation has timed out".to_owned()
    } else if error.is_connect() {
        "Unable to connect to the remote server".to_owned()
    } else {
        "The underlying connection was closed: An unexpected error occurred on a receive.".to_owned()
    }
}

impl Wire for Http {
    fn post(&self, sent: Sent) -> BoxFuture<'_, Result<Got, String>> {
        Box::pin(async move {
            let mut headers = HeaderMap::new();
            for (name, value) in sent.headers() {
                let value = HeaderValue::try_from(value).map_err(|e| e.to_string())?;
                headers.insert(HeaderName::from_static(name), value);
            }
            let request = self.client.post(&sent.url).headers(headers).body(sent.body);
            let response = request.send().await.map_err(|e| told(&e))?;
            let status = response.status().as_u16();
            let kind = response.headers().get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
            let content_type = kind.to_owned();
            let body = response.bytes().await.map_err(|e| told(&e))?.to_vec();
            Ok(Got { status, content_type, body })
        })
    }

    fn get(&self, url: String) -> BoxFuture<'_, Result<u16, String>> {
        Box::pin(async move {
            let response = self.client.get(&url).send().await.map_err(|e| told(&e))?;
            Ok(response.status().as_u16())
        })
    }
}
