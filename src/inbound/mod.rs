//! Listeners: Concur's events over mutual TLS, and signed webhooks. A sender proves itself, what it sent is kept, then it
//! is answered, and only then the engine hears a hint to look. Nothing that an event says is believed.
//!
//! The order is fixed (reliability.md, S6 to S9 and I3): certificate or signature, durable insert, 2xx, hint. Our own
//! trouble is 503, so that the sender comes again; what was not proved is 401 or 403.
//!
//! The third listener is the SOAP service for the QuickBooks Web Connector, which has an order of its own.

mod accept;
mod answer;
mod body;
mod concur;
mod keys;
mod listener;
mod pki;
mod quickbooks;
mod refusals;
mod reload;
mod schemes;
mod settings;
mod web_connector;
mod writer;

pub use listener::{Bound, Inbound};
pub use schemes::{Said, Scheme, schemes};
pub use settings::{Clients, Limits, Port, Settings, SettingsError, Tls};
