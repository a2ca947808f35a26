//! What the service asks of the engine, as a trait: the tests script the answers.

use std::sync::Arc;
use std::time::Duration;

use crate::engine::EngineError;
use crate::engine::core::Core;
use crate::engine::visit::{Admission, Brought, Caller, Step};
use crate::store::ConnectionRow;
use crate::systems::Greeting;
use crate::transport::Fut;

/// See [`crate::engine::visit`]: the same questions under the same names.
pub trait Visited: Send + Sync + 'static {
    /// Who may come under this user name.
    fn caller<'a>(&'a self, user: &'a str) -> Fut<'a, Result<Option<Caller>, EngineError>>;
    /// Somebody came whose password was right.
    fn arrived<'a>(
        &'a self,
        row: &'a ConnectionRow,
        connector: &'a str,
    ) -> Fut<'a, Result<Admission, EngineError>>;
    /// The path of the company file that was served last; empty: not known.
    fn company_file<'a>(&'a self, row: &'a ConnectionRow) -> Fut<'a, Result<String, EngineError>>;
    /// Who answers; the work begins.
    fn greeted<'a>(&'a self, row: &'a ConnectionRow, visit: u64, greeting: Greeting) -> Fut<'a, Step>;
    /// The next message set.
    fn next_step<'a>(&'a self, row: &'a ConnectionRow, visit: u64, within: Duration) -> Fut<'a, Step>;
    /// An answer; none: it is another set's, and what is out is still out.
    fn brought<'a>(
        &'a self,
        row: &'a ConnectionRow,
        visit: u64,
        brought: Brought,
        within: Duration,
    ) -> Fut<'a, Result<Option<u8>, String>>;
    /// Whose ticket this is; none: it is not ours.
    fn whose<'a>(&'a self, ticket: &'a str) -> Fut<'a, Result<Option<ConnectionRow>, EngineError>>;
    /// An answer without an open visit of a connection.
    fn brought_late<'a>(
        &'a self,
        row: &'a ConnectionRow,
        brought: Brought,
    ) -> Fut<'a, Result<(), EngineError>>;
    /// QuickBooks could not be opened.
    fn could_not_open<'a>(&'a self, row: &'a ConnectionRow, visit: u64, why: String) -> Fut<'a, ()>;
    /// The visit is over.
    fn left<'a>(&'a self, row: &'a ConnectionRow, visit: u64, why: &'a str) -> Fut<'a, String>;
    /// Why a visit ended early.
    fn why_stopped(&self, row: &ConnectionRow, visit: u64) -> Option<String>;
}

impl Visited for Arc<Core> {
    fn caller<'a>(&'a self, user: &'a str) -> Fut<'a, Result<Option<Caller>, EngineError>> {
        Box::pin(Core::caller(self, user))
    }

    fn arrived<'a>(
        &'a self,
        row: &'a ConnectionRow,
        connector: &'a str,
    ) -> Fut<'a, Result<Admission, EngineError>> {
        Box::pin(Core::arrived(self, row, connector))
    }

    fn company_file<'a>(&'a self, row: &'a ConnectionRow) -> Fut<'a, Result<String, EngineError>> {
        Box::pin(Core::company_file(self, row))
    }

    fn greeted<'a>(&'a self, row: &'a ConnectionRow, visit: u64, greeting: Greeting) -> Fut<'a, Step> {
        Box::pin(Core::greeted(self, row, visit, greeting))
    }

    fn next_step<'a>(&'a self, row: &'a ConnectionRow, visit: u64, within: Duration) -> Fut<'a, Step> {
        Box::pin(Core::next_step(self, row, visit, within))
    }

    fn brought<'a>(
        &'a self,
        row: &'a ConnectionRow,
        visit: u64,
        brought: Brought,
        within: Duration,
    ) -> Fut<'a, Result<Option<u8>, String>> {
        Box::pin(Core::brought(self, row, visit, brought, within))
    }

    fn whose<'a>(&'a self, ticket: &'a str) -> Fut<'a, Result<Option<ConnectionRow>, EngineError>> {
        Box::pin(Core::whose(self, ticket))
    }

    fn brought_late<'a>(
        &'a self,
        row: &'a ConnectionRow,
        brought: Brought,
    ) -> Fut<'a, Result<(), EngineError>> {
        Box::pin(Core::brought_late(self, row, brought))
    }

    fn could_not_open<'a>(&'a self, row: &'a ConnectionRow, visit: u64, why: String) -> Fut<'a, ()> {
        Box::pin(Core::could_not_open(self, row, visit, why))
    }

    fn left<'a>(&'a self, row: &'a ConnectionRow, visit: u64, why: &'a str) -> Fut<'a, String> {
        Box::pin(Core::left(self, row, visit, why))
    }

    fn why_stopped(&self, row: &ConnectionRow, visit: u64) -> Option<String> {
        Core::why_stopped(self, row, visit)
    }
}
