//! The exchange over routers in this process: simulation and tests run the same clients without sockets.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request as HttpRequest, header};
use futures::StreamExt;
use tower::ServiceExt;

use crate::transport::allow::same_origin;
use crate::transport::exchange::{Fut, Method, Net, NetError, Reply, Request};
use crate::transport::http::out_of_time;
use crate::transport::receive::{Collecting, lost};
use crate::transport::ticks::Ticks;

/// Base addresses and who answers there.
#[derive(Clone, Default)]
pub struct RouterNet {
    hosts: Vec<(String, Router)>,
    ticks: Option<Arc<dyn Ticks>>,
}

impl RouterNet {
    /// Nobody answers yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// `router` answers for scheme, host and port of `base`. The first one that fits answers.
    pub fn with(mut self, base: impl Into<String>, router: Router) -> Self {
        self.hosts.push((base.into(), router));
        self
    }

    /// Time-outs follow this clock in place of the runtime's.
    pub fn with_ticks(mut self, ticks: Arc<dyn Ticks>) -> Self {
        self.ticks = Some(ticks);
        self
    }

    async fn alarm(&self, after: Duration) {
        match &self.ticks {
            Some(ticks) => ticks.sleep_until(ticks.now().saturating_add(after)).await,
            None => tokio::time::sleep(after).await,
        }
    }

    fn host(&self, url: &str) -> Option<Router> {
        self.hosts.iter().find(|(base, _)| same_origin(base, url)).map(|(_, router)| router.clone())
    }
}

impl Net for RouterNet {
    /// The answering side runs as a task of its own: as with a real server, a caller that gives up does not stop it.
    fn exchange(&self, request: Request) -> Fut<'_, Result<Reply, NetError>> {
        Box::pin(async move {
            let Some(router) = self.host(&request.url) else {
                return Err(NetError::NotSent("connection refused: nobody answers at this address".into()));
            };
            let limit = request.timeout;
            let ready = convert(request)?;
            let answering = tokio::spawn(answer(router, ready));
            tokio::select! {
                biased;
                answered = answering => answered.unwrap_or_else(|_| {
                    Err(lost("the connection was reset: the server's handler ended early"))
                }),
                () = self.alarm(limit) => Err(out_of_time(limit, true)),
            }
        })
    }
}

async fn answer(router: Router, request: HttpRequest<Body>) -> Result<Reply, NetError> {
    let response = match router.oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    };
    let (parts, body) = response.into_parts();
    let headers: Vec<(String, String)> = parts
        .headers
        .iter()
        .map(|(n, v)| (n.as_str().to_owned(), String::from_utf8_lossy(v.as_bytes()).into_owned()))
        .collect();
    let mut reply = Reply { status: parts.status.as_u16(), headers, body: Vec::new() };
    let announced = reply.header("content-length").and_then(|v| v.parse::<u64>().ok());
    let mut collected = Collecting::announced(announced)?;
    let mut received = 0_u64;
    let mut chunks = body.into_data_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|e| lost(format!("the answer broke off: {e}")))?;
        received = received.saturating_add(chunk.len() as u64);
        collected.push(&chunk)?;
    }
    if announced.is_some_and(|length| length != received) {
        return Err(lost("the answer broke off before its announced end"));
    }
    reply.body = collected.finish(reply.header("content-type"))?;
    Ok(reply)
}

fn convert(request: Request) -> Result<HttpRequest<Body>, NetError> {
    let unfit = |e: &dyn std::fmt::Display| NetError::NotSent(format!("the request cannot be built: {e}"));
    let method = match request.method {
        Method::Get => axum::http::Method::GET,
        Method::Post => axum::http::Method::POST,
        Method::Put => axum::http::Method::PUT,
        Method::Delete => axum::http::Method::DELETE,
    };
    let url = reqwest::Url::parse(&request.url).map_err(|e| unfit(&e))?;
    let target = match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    };
    let mut building = HttpRequest::builder()
        .method(method)
        .uri(target)
        .header(header::HOST, url.host_str().unwrap_or_default())
        .header(header::CONTENT_LENGTH, request.body.len());
    for (name, value) in &request.headers {
        building = building.header(name, value);
    }
    building.body(Body::from(request.body)).map_err(|e| unfit(&e))
}

#[cfg(test)]
mod tests {
    use axum::routing::{get, post};

    use super::*;
    use crate::transport::ticks::ManualTicks;

    fn ask(method: Method, url: &str, body: &str) -> Request {
        Request {
            method,
            url: url.into(),
            headers: vec![("x-note".into(), "n1".into())],
            body: body.into(),
            timeout: Duration::from_millis(200),
        }
    }

    fn net() -> RouterNet {
        let echo = |uri: axum::http::Uri, headers: axum::http::HeaderMap, body: String| async move {
            let note = headers.get("x-note").and_then(|v| v.to_str().ok()).unwrap_or("").to_owned();
            let length = headers.get("content-length").and_then(|v| v.to_str().ok()).unwrap_or("").to_owned();
            (axum::http::StatusCode::CREATED, [("X-Echo", "yes")], format!("{uri} {note} {length} {body}"))
        };
        let broken = || async {
            let parts: Vec<Result<&[u8], std::io::Error>> =
                vec![Ok(b"{\"half\":"), Err(std::io::Error::other("reset"))];
            Body::from_stream(futures::stream::iter(parts))
        };
        let huge = || async { vec![b' '; crate::transport::receive::MAX_BODY + 1] };
        let ends = |uri: axum::http::Uri| async move { assert_ne!(uri.path(), "/ends", "the handler ends") };
        let router = Router::new()
            .route("/echo", post(echo))
            .route("/broken", get(broken))
            .route("/huge", get(huge))
            .route("/ends", get(ends))
            .route("/never", get(std::future::pending::<()>));
        RouterNet::new().with("https://books.example/v3", router)
    }

    #[tokio::test]
    async fn a_request_reaches_its_router_whole() {
        let reply = net().exchange(ask(Method::Post, "https://books.example/echo?a=1", "hi")).await.unwrap();
        assert_eq!((reply.status, reply.header("x-echo")), (201, Some("yes")));
        assert_eq!(String::from_utf8(reply.body).unwrap(), "/echo?a=1 n1 2 hi");
    }

    #[tokio::test]
    async fn an_unknown_host_was_provably_not_called() {
        for url in
            ["https://other.example/echo", "http://books.example/echo", "https://books.example:444/echo"]
        {
            let heard = net().exchange(ask(Method::Post, url, "")).await;
            assert!(matches!(heard, Err(NetError::NotSent(_))), "{url}");
        }
    }

    #[tokio::test]
    async fn what_breaks_after_the_call_is_a_doubt() {
        for path in ["broken", "huge", "ends"] {
            let heard = net().exchange(ask(Method::Get, &format!("https://books.example/{path}"), "")).await;
            assert!(matches!(heard, Err(NetError::MaybeSent { timed_out: false, .. })), "{path}: {heard:?}");
        }
        let ticks = Arc::new(ManualTicks::new());
        let net = net().with_ticks(ticks.clone());
        let never = Request {
            timeout: Duration::from_secs(130),
            ..ask(Method::Get, "https://books.example/never", "")
        };
        let heard = ticks.drive(net.exchange(never)).await;
        assert_eq!(ticks.now(), Duration::from_secs(130));
        assert!(matches!(heard, Err(NetError::MaybeSent { timed_out: true, .. })), "{heard:?}");
    }
}
