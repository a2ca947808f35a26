//! Receipts and payments, each sent to the connection that does it.

use jiff::Timestamp;

use crate::model::EntryKind;
use crate::model::ids::{ConnectionId, DocumentId};
use crate::store::operations::{Answer, Papers};
use crate::store::sqlite::SqliteStore;
use crate::store::sqlite::{papers, payments};
use crate::store::types::*;

impl Papers for SqliteStore {
    fn receipts_to_plan(&self, limit: u32) -> Answer<'_, Vec<DocumentId>> {
        self.look(move |c| papers::to_plan(c, limit))
    }

    fn plan_receipts(&self, id: DocumentId, receipts: Vec<NewReceipt>, now: Timestamp) -> Answer<'_, ()> {
        self.write(now, None, move |tx| papers::plan(tx, id, &receipts))
    }

    fn receipts_due(&self, source: ConnectionId, now: Timestamp, limit: u32) -> Answer<'_, Vec<ReceiptRow>> {
        self.look(move |c| papers::due(c, &source, now, limit))
    }

    fn receipt_trying(&self, id: i64, now: Timestamp) -> Answer<'_, ()> {
        self.write(now, None, move |tx| papers::trying(tx, id))
    }

    fn receipt_result(&self, id: i64, result: ReceiptResult, now: Timestamp) -> Answer<'_, ()> {
        self.write(now, None, move |tx| papers::result(tx, id, &result))
    }

    fn receipts(&self, id: DocumentId) -> Answer<'_, Vec<ReceiptRow>> {
        self.read(move |c| papers::of(c, id))
    }

    fn papers_due(&self) -> Answer<'_, Option<Timestamp>> {
        self.look(papers::next_due)
    }

    fn owner(
        &self,
        ledger: ConnectionId,
        kind: EntryKind,
        remote_id: String,
    ) -> Answer<'_, Option<DocumentId>> {
        self.look(move |c| payments::owner(c, &ledger, kind, &remote_id))
    }

    fn payments_read_until(&self, ledger: ConnectionId) -> Answer<'_, Option<Timestamp>> {
        self.look(move |c| payments::read_until(c, &ledger))
    }

    fn keep_payments(
        &self,
        ledger: ConnectionId,
        payments: Vec<NewPayment>,
        until: Timestamp,
        now: Timestamp,
    ) -> Answer<'_, (u64, Vec<DocumentId>)> {
        self.write(now, None, move |tx| payments::keep(tx, &ledger, &payments, until))
    }

    fn payments_due(&self, source: ConnectionId, now: Timestamp, limit: u32) -> Answer<'_, Vec<PaymentRow>> {
        self.look(move |c| payments::due(c, &source, now, limit))
    }

    fn payments_under(&self, ledger: ConnectionId, payment: String) -> Answer<'_, Vec<PaymentRow>> {
        self.read(move |c| payments::under(c, &ledger, &payment))
    }

    fn payments_telling(&self, ids: Vec<i64>, now: Timestamp) -> Answer<'_, ()> {
        self.write(now, None, move |tx| payments::telling(tx, &ids))
    }

    fn payments_told(&self, results: Vec<(i64, Told)>, now: Timestamp) -> Answer<'_, ()> {
        self.write(now, None, move |tx| payments::told(tx, &results))
    }

    fn payments_of(&self, id: DocumentId) -> Answer<'_, Vec<PaymentRow>> {
        self.read(move |c| payments::of(c, id))
    }
}
