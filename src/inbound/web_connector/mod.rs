//! The service that the QuickBooks Web Connector calls (contract of QuickBooks Desktop, sections 1 and 2): SOAP 1.1 over
//! HTTPS, or over plain HTTP on this machine only. The engine answers what the calls ask ([`crate::engine::visit`]).

mod arrival;
mod envelope;
mod guard;
mod operations;
mod service;
mod soap;
mod spool;
mod tickets;
mod visited;
mod wsdl;

#[cfg(test)]
mod tests;

pub(crate) use service::{NAME, PATH, Service};
