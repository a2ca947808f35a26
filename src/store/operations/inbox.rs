//! Events that were delivered to us: durable before they are answered (reliability.md, I3).

/// Events that were delivered to us.
pub trait Inbox: Send + Sync {}
