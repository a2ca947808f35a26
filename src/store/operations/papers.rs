//! Receipts with their own state, and payment state for the source (accounting.md, sections 14 and 15).

use jiff::Timestamp;

use crate::model::entry::EntryKind;
use crate::model::ids::{ConnectionId, DocumentId};
use crate::store::operations::Answer;
use crate::store::types::{NewPayment, NewReceipt, PaymentRow, ReceiptResult, ReceiptRow, StoreError, Told};

/// Receipts and payments. Nothing here moves a document.
pub trait Papers: Send + Sync {
    /// Documents that reached the ledger and whose receipts were not listed yet.
    fn receipts_to_plan(&self, limit: u32) -> Answer<'_, Vec<DocumentId>> {
        let _ = limit;
        no_papers()
    }
    /// Lists the receipts of a document, once.
    fn plan_receipts(&self, id: DocumentId, receipts: Vec<NewReceipt>, now: Timestamp) -> Answer<'_, ()> {
        let _ = (id, receipts, now);
        no_papers()
    }
    /// Receipts of a source's documents that are due.
    fn receipts_due(&self, source: ConnectionId, now: Timestamp, limit: u32) -> Answer<'_, Vec<ReceiptRow>> {
        let _ = (source, now, limit);
        no_papers()
    }
    /// An upload begins: durable before its first byte, so that a lost answer is looked up and not sent again.
    fn receipt_trying(&self, id: i64, now: Timestamp) -> Answer<'_, ()> {
        let _ = (id, now);
        no_papers()
    }
    /// What became of it.
    fn receipt_result(&self, id: i64, result: ReceiptResult, now: Timestamp) -> Answer<'_, ()> {
        let _ = (id, result, now);
        no_papers()
    }
    /// The receipts of a document.
    fn receipts(&self, id: DocumentId) -> Answer<'_, Vec<ReceiptRow>> {
        let _ = id;
        no_papers()
    }
    /// When the next receipt or payment falls due.
    fn papers_due(&self) -> Answer<'_, Option<Timestamp>> {
        no_papers()
    }
    /// The document that owns a record of a ledger.
    fn owner(
        &self,
        ledger: ConnectionId,
        kind: EntryKind,
        remote_id: String,
    ) -> Answer<'_, Option<DocumentId>> {
        let _ = (ledger, kind, remote_id);
        no_papers()
    }
    /// Until when payments of a ledger were read.
    fn payments_read_until(&self, ledger: ConnectionId) -> Answer<'_, Option<Timestamp>> {
        let _ = ledger;
        no_papers()
    }
    /// Keeps what was read, each payment of a document once, and until when it was read. Gives how many are new. A
    /// payment that was told and is void now is named in the answer.
    fn keep_payments(
        &self,
        ledger: ConnectionId,
        payments: Vec<NewPayment>,
        until: Timestamp,
        now: Timestamp,
    ) -> Answer<'_, (u64, Vec<DocumentId>)> {
        let _ = (ledger, payments, until, now);
        no_papers()
    }
    /// What is kept of one payment of a ledger: a deleted or voided one does not say any more what it paid.
    fn payments_under(&self, ledger: ConnectionId, payment: String) -> Answer<'_, Vec<PaymentRow>> {
        let _ = (ledger, payment);
        no_papers()
    }
    /// Payments that a source is to be told, of documents that it knows as posted.
    fn payments_due(&self, source: ConnectionId, now: Timestamp, limit: u32) -> Answer<'_, Vec<PaymentRow>> {
        let _ = (source, now, limit);
        no_papers()
    }
    /// A call that tells them begins.
    fn payments_telling(&self, ids: Vec<i64>, now: Timestamp) -> Answer<'_, ()> {
        let _ = (ids, now);
        no_papers()
    }
    /// The source's answers.
    fn payments_told(&self, results: Vec<(i64, Told)>, now: Timestamp) -> Answer<'_, ()> {
        let _ = (results, now);
        no_papers()
    }
    /// The payments of a document.
    fn payments_of(&self, id: DocumentId) -> Answer<'_, Vec<PaymentRow>> {
        let _ = id;
        no_papers()
    }
}

fn no_papers<'a, T: Send + 'a>() -> Answer<'a, T> {
    Box::pin(async { Err(StoreError::Unusable("this store keeps no receipts and payments".into())) })
}
