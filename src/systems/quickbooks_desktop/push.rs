//! The driving half: each call is a message set that the Web Connector takes along.

use jiff::Timestamp;

use crate::model::entry::EntryKind;
use crate::model::ledger::LedgerFacts;
use crate::model::text::harmless;
use crate::systems::{
    Answering, CallError, Change, Greeting, ItemRecord, LedgerPayment, ListHead, Lists, PreparedCall, Push,
    Put, Reading, ReadingAsk, RemoteCompany, Seen, SendError, System, VendorRecord, Wanted,
};
use crate::transport::{Fut, Reply};

use super::answer::Answer;
use super::call::{Query, not_read, raised};
use super::values::local_time;
use super::{Client, NAME, assemble, belongs, greeting, queries, read_back, status};

impl System for Client {
    fn name(&self) -> &'static str {
        NAME
    }

    fn company(&self) -> Fut<'_, Result<RemoteCompany, CallError>> {
        Box::pin(async move { Ok(self.told().await?.answering.company) })
    }
}

impl Push for Client {
    fn send(&self, call: PreparedCall) -> Fut<'_, Result<Reply, SendError>> {
        Box::pin(async move {
            let mut reply = self.carried(call.bytes.clone()).await?;
            read_back::lay_beside(&call.bytes, &mut reply);
            Ok(reply)
        })
    }

    fn look_up(&self, wanted: Vec<Wanted>) -> Fut<'_, Result<Vec<(i64, Seen)>, CallError>> {
        Box::pin(self.look_up_all(wanted))
    }

    fn facts(&self, before: Option<LedgerFacts>, now: Timestamp) -> Fut<'_, Result<LedgerFacts, CallError>> {
        Box::pin(self.read_facts(before, now))
    }

    fn greeted(&self, greeting: &Greeting) -> Result<Answering, CallError> {
        let told = greeting::read(&self.link, greeting);
        let mut known = self.known();
        // what the visit before told is no word of this one
        known.told = None;
        known.currencies = None;
        let told = told?;
        let answering = told.answering.clone();
        known.told = Some(told);
        Ok(answering)
    }

    fn recorded(&self, request_key: Option<String>) {
        self.known().recorded = request_key;
    }

    fn restored(&self) -> Fut<'_, Result<Option<String>, CallError>> {
        Box::pin(self.restored_last())
    }

    fn wind_up(&self) -> Fut<'_, Result<Option<String>, CallError>> {
        Box::pin(self.clear())
    }

    fn answers(&self, asked: &[u8], answer: &[u8]) -> bool {
        belongs::answers(asked, answer)
    }

    fn late(&self, wanted: &[Wanted], answer: &[u8]) -> Vec<(i64, Seen)> {
        self.told_late(wanted, answer)
    }

    /// QuickBooks Desktop has no addresses.
    fn deep_link(&self, _: EntryKind, _: &str) -> Option<String> {
        None
    }

    fn reading(&self, ask: ReadingAsk) -> Fut<'_, Result<Reading, CallError>> {
        Box::pin(self.read_span(ask))
    }

    fn payments(&self, since: Timestamp) -> Fut<'_, Result<Vec<LedgerPayment>, CallError>> {
        Box::pin(self.payments_since(since))
    }
}

impl Lists for Client {
    fn vendors(&self) -> Fut<'_, Result<Vec<VendorRecord>, CallError>> {
        Box::pin(self.all_vendors())
    }

    fn put_vendor(&self, change: Change<VendorRecord>, key: String) -> Fut<'_, Result<Put, CallError>> {
        Box::pin(self.change_vendor(change, key))
    }

    fn lists(&self) -> Fut<'_, Result<Vec<ListHead>, CallError>> {
        Box::pin(self.list_heads())
    }

    fn items(&self, list: String) -> Fut<'_, Result<Vec<ItemRecord>, CallError>> {
        Box::pin(self.list_items(list))
    }

    fn put_item(&self, _: Change<ItemRecord>, _: String) -> Fut<'_, Result<Put, CallError>> {
        Box::pin(async {
            Ok(Put::Refused {
                code: "read_only".into(),
                message: "tieout does not write the lists of QuickBooks Desktop: make or change it there, then read the lists again".into(),
            })
        })
    }
}

impl Client {
    /// `LastRestoreTime` of the company (contract 7.1): a copy that was put back has a later one.
    async fn restored_last(&self) -> Result<Option<String>, CallError> {
        let query = Query::new("activity", queries::company_activity("activity"))?;
        let mut told = None;
        self.ask(&[query], |_, activity| {
            told =
                activity.text("LastRestoreTime").map(str::trim).filter(|t| !t.is_empty()).map(String::from);
            Ok(())
        })
        .await?;
        match told {
            Some(at) if local_time(&at).is_err() => {
                Err(CallError::Shape(format!("LastRestoreTime is no instant: {:?}", harmless(&at))))
            }
            at => Ok(at),
        }
    }

    /// Clears what QuickBooks remembers of the last recorded call (contract 6.2, step 3), by a set that does nothing else.
    async fn clear(&self) -> Result<Option<String>, CallError> {
        let Some(key) = self.known().recorded.clone() else { return Ok(None) };
        let set = assemble::clear_set(&key).map_err(CallError::Refused)?;
        let reply = self.carried(set.into_bytes()).await.map_err(not_read)?;
        raised(&reply)?;
        let answer = Answer::read(&reply.body)?;
        // 600: it remembers nothing of it, which is what was asked for
        match answer.set.status {
            None | Some(0 | 600) => {
                let mut known = self.known();
                if known.recorded.as_ref() == Some(&key) {
                    known.recorded = None;
                }
                Ok(Some(key))
            }
            Some(code) => Err(CallError::Refused(format!(
                "{} (message set status {code})",
                status::sentence(code, "", None)
            ))),
        }
    }
}
