//! A client of QuickBooks Desktop that never calls: the pure half is what is looked at.

use std::sync::Arc;
use std::time::Duration;

use tieout::systems::{Link, Push, registry};
use tieout::transport::{
    Bearer, Fut, Heard, Net, NetError, Pace, PaceError, Reply, Request, TokenError, Tokens,
};

use super::firm::FILE;

/// Nothing is called here.
struct Nowhere;

impl Net for Nowhere {
    fn exchange(&self, _: Request) -> Fut<'_, Result<Reply, NetError>> {
        panic!("a call")
    }
}

impl Tokens for Nowhere {
    fn bearer(&self) -> Fut<'_, Result<Bearer, TokenError>> {
        panic!("a token")
    }
    fn after_refusal(&self, _: &Bearer) -> Fut<'_, Result<Bearer, TokenError>> {
        panic!("a token")
    }
    fn base_url(&self) -> String {
        String::new()
    }
}

impl Pace for Nowhere {
    fn acquire(&self, _: &'static str) -> Fut<'_, Result<(), PaceError>> {
        panic!("a call")
    }
    fn report(&self, _: &'static str, _: Heard) {}
}

pub fn client() -> Arc<dyn Push> {
    let connect = registry::named("quickbooks_desktop").unwrap().push.unwrap();
    connect(Link {
        net: Arc::new(Nowhere),
        tokens: Arc::new(Nowhere),
        pace: Arc::new(Nowhere),
        company: FILE.into(),
        system_id: String::new(),
        request_timeout: Duration::from_mins(1),
        settings: serde_json::json!({}),
    })
}
