//! The exchange over real HTTP/1.1, one per connection.
//!
//! One call is one request on the wire: no repeat, no redirect, no proxy from the environment. Clients are built when
//! they are first needed; the one for TLS reads the system's certificates on its own thread, so that no screen waits.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use reqwest::header::{HeaderName, HeaderValue};
use reqwest::{Client, ClientBuilder, Url};
use tokio::sync::OnceCell;

use crate::transport::allow::Allow;
use crate::transport::exchange::{Fut, Method, Net, NetError, Reply, Request};
use crate::transport::receive::Collecting;
use crate::transport::resolve::Guarded;

/// Time for name resolution, TCP and TLS together. Past it nothing of the request was sent.
const CONNECT: Duration = Duration::from_secs(10);

/// Idle connections are closed before servers close theirs: a request into a dying connection would be a doubt.
const IDLE: Duration = Duration::from_secs(15);

/// Headers that the exchange sets itself.
const OWN: [&str; 4] = ["content-length", "transfer-encoding", "host", "connection"];

/// The HTTP client of one connection.
pub struct HttpNet {
    allow: Arc<Allow>,
    plain: OnceCell<Client>,
    secure: OnceCell<Client>,
}

impl HttpNet {
    /// A client that calls only what `allow` lists. Nothing is built or connected yet.
    pub fn new(allow: Allow) -> Self {
        Self { allow: Arc::new(allow), plain: OnceCell::new(), secure: OnceCell::new() }
    }

    async fn client(&self, url: &Url) -> Result<&Client, NetError> {
        if url.scheme() == "http" {
            return self.plain.get_or_try_init(|| async { self.builder().build().map_err(unbuilt) }).await;
        }
        self.secure
            .get_or_try_init(|| async {
                let builder = self.secure_builder();
                let (answer, heard) = tokio::sync::oneshot::channel();
                std::thread::Builder::new()
                    .name("tieout-tls".into())
                    .spawn(move || drop(answer.send(builder.build())))
                    .map_err(|e| NetError::NotSent(format!("no thread for TLS: {e}")))?;
                match heard.await {
                    Ok(built) => built.map_err(unbuilt),
                    Err(_) => Err(NetError::NotSent("the TLS client could not be built".into())),
                }
            })
            .await
    }

    fn common(&self) -> ClientBuilder {
        Client::builder()
            .retry(reqwest::retry::never())
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .no_proxy()
            .http1_only()
            .connect_timeout(CONNECT)
            .pool_idle_timeout(IDLE)
            .dns_resolver(Guarded(self.allow.clone()))
            .user_agent(concat!("tieout/", env!("CARGO_PKG_VERSION")))
    }

    /// Plain HTTP on loopback trusts no certificate at all, so that it reads none.
    fn builder(&self) -> ClientBuilder {
        self.common().tls_certs_only([])
    }

    fn secure_builder(&self) -> ClientBuilder {
        self.common().https_only(true).tls_version_min(reqwest::tls::Version::TLS_1_2)
    }

    async fn once(&self, request: Request, started: &AtomicBool) -> Result<Reply, NetError> {
        let url = self.allow.check(&request.url).map_err(|r| NetError::NotSent(r.to_string()))?;
        let client = self.client(&url).await?;
        let mut building = client.request(method(request.method), url);
        for (name, value) in &request.headers {
            let (name, value) = header(name, value)?;
            building = building.header(name, value);
        }
        if request.body.is_empty() && matches!(request.method, Method::Post | Method::Put) {
            building = building.header(reqwest::header::CONTENT_LENGTH, 0);
        }
        let ready = building.body(request.body).build().map_err(unbuilt)?;
        started.store(true, Ordering::Relaxed);
        let mut response = client.execute(ready).await.map_err(failed)?;
        let status = response.status().as_u16();
        let headers: Vec<(String, String)> = response
            .headers()
            .iter()
            .map(|(n, v)| (n.as_str().to_owned(), String::from_utf8_lossy(v.as_bytes()).into_owned()))
            .collect();
        let mut body = Collecting::announced(response.content_length())?;
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            body.push(&chunk)?;
        }
        let mut reply = Reply { status, headers, body: Vec::new() };
        reply.body = body.finish(reply.header("content-type"))?;
        Ok(reply)
    }
}

impl Net for HttpNet {
    fn exchange(&self, request: Request) -> Fut<'_, Result<Reply, NetError>> {
        Box::pin(async move {
            let (limit, method) = (request.timeout, request.method);
            let target = without_query(&request.url).to_owned();
            let begun = tokio::time::Instant::now();
            let started = AtomicBool::new(false);
            let outcome = match tokio::time::timeout(limit, self.once(request, &started)).await {
                Ok(outcome) => outcome,
                Err(_) => Err(out_of_time(limit, started.load(Ordering::Relaxed))),
            };
            let millis = begun.elapsed().as_millis();
            match &outcome {
                Ok(reply) => tracing::debug!(?method, target, status = reply.status, millis, "exchange"),
                Err(error) => tracing::warn!(?method, target, %error, millis, "exchange failed"),
            }
            outcome
        })
    }
}

/// An address for the log: a query may hold secrets and search terms.
fn without_query(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or_default()
}

/// The whole exchange took longer than it may.
pub(crate) fn out_of_time(limit: Duration, started: bool) -> NetError {
    let reason = format!("no complete answer within {} s", limit.as_secs_f32());
    if started { NetError::MaybeSent { reason, timed_out: true } } else { NetError::NotSent(reason) }
}

fn method(method: Method) -> reqwest::Method {
    match method {
        Method::Get => reqwest::Method::GET,
        Method::Post => reqwest::Method::POST,
        Method::Put => reqwest::Method::PUT,
        Method::Delete => reqwest::Method::DELETE,
    }
}

fn header(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), NetError> {
    let unfit = || NetError::NotSent(format!("the header {name:?} cannot be sent"));
    let parsed = HeaderName::from_bytes(name.as_bytes()).map_err(|_| unfit())?;
    if OWN.contains(&parsed.as_str()) {
        return Err(unfit());
    }
    let mut value = HeaderValue::from_str(value).map_err(|_| unfit())?;
    value.set_sensitive(parsed == reqwest::header::AUTHORIZATION);
    Ok((parsed, value))
}

fn unbuilt(error: reqwest::Error) -> NetError {
    NetError::NotSent(reason(error))
}

/// Only what fails before the connection stands is provably unsent.
fn failed(error: reqwest::Error) -> NetError {
    if error.is_builder() || error.is_connect() || error.is_dns() {
        return NetError::NotSent(reason(error));
    }
    let timed_out = error.is_timeout();
    NetError::MaybeSent { reason: reason(error), timed_out }
}

/// The error with its causes, without the address: its query may hold secrets.
fn reason(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(inner) = cause {
        let next = inner.to_string();
        if !text.contains(&next) {
            text.push_str(": ");
            text.push_str(&next);
        }
        cause = inner.source();
    }
    text
}

#[cfg(test)]
#[path = "http_tests.rs"]
mod tests;
