//! The driving half: each call is a message set that the Web Connector takes along.

use std::sync::PoisonError;

use jiff::Timestamp;

use crate::model::entry::EntryKind;
use crate::model::ledger::LedgerFacts;
use crate::systems::{
    CallError, Change, ItemRecord, ListHead, Lists, PreparedCall, Push, Put, RemoteCompany, Seen, SendError,
    System, VendorRecord, Wanted,
};
use crate::transport::{Fut, Method, Reply, Request};

use super::{Client, NAME};

fn refused<'a, T: Send + 'a>() -> Fut<'a, Result<T, CallError>> {
    Box::pin(async { Err(CallError::Refused("QuickBooks Desktop is not read yet".into())) })
}

impl System for Client {
    fn name(&self) -> &'static str {
        NAME
    }

    fn company(&self) -> Fut<'_, Result<RemoteCompany, CallError>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).answering.clone();
        Box::pin(async move {
            known
                .map(|a| a.company)
                .ok_or(CallError::Offline { reason: "QuickBooks has not come yet".into(), timed_out: false })
        })
    }
}

impl Push for Client {
    fn send(&self, call: PreparedCall) -> Fut<'_, Result<Reply, SendError>> {
        let request = Request {
            method: Method::Post,
            url: String::new(),
            headers: Vec::new(),
            body: call.bytes,
            timeout: self.link.request_timeout,
        };
        Box::pin(async move { Ok(self.link.net.exchange(request).await?) })
    }

    fn look_up(&self, _: Vec<Wanted>) -> Fut<'_, Result<Vec<(i64, Seen)>, CallError>> {
        refused()
    }

    fn facts(&self, _: Option<LedgerFacts>, _: Timestamp) -> Fut<'_, Result<LedgerFacts, CallError>> {
        refused()
    }

    fn recorded(&self, request_key: Option<String>) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).recorded = request_key;
    }

    fn deep_link(&self, _: EntryKind, _: &str) -> Option<String> {
        None
    }
}

impl Lists for Client {
    fn vendors(&self) -> Fut<'_, Result<Vec<VendorRecord>, CallError>> {
        refused()
    }

    fn put_vendor(&self, _: Change<VendorRecord>, _: String) -> Fut<'_, Result<Put, CallError>> {
        refused()
    }

    fn lists(&self) -> Fut<'_, Result<Vec<ListHead>, CallError>> {
        refused()
    }

    fn items(&self, _: String) -> Fut<'_, Result<Vec<ItemRecord>, CallError>> {
        refused()
    }

    fn put_item(&self, _: Change<ItemRecord>, _: String) -> Fut<'_, Result<Put, CallError>> {
        refused()
    }
}
