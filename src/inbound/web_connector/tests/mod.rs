//! The service over real sockets, with an engine that answers by a script.

mod bodies;
mod exact;
mod kit;
mod manners;
mod strangers;
mod visits;
