//! The service that the QuickBooks Web Connector calls (contract of QuickBooks Desktop, sections 1 and 2): SOAP 1.1 over
//! HTTPS, or over plain HTTP on this machine only. The engine answers what the calls ask ([`crate::engine::visit`]).
