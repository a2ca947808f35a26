//! Doing what the audit trail wants done.

use std::path::Path;

use tokio::sync::mpsc;

use crate::engine::Office;
use crate::engine::export::export_to;
use crate::store::{AuditCheck, StoreError};
use crate::tui::msg::Msg;
use crate::tui::runner::execute::said;
use crate::tui::screens::audit::effect::{AuditEffect, AuditMsg, Chain};

/// Does it and tells what came of it; none: there is nothing to tell. What takes long may tell its steps through `send`.
pub async fn answer(office: &dyn Office, send: &mpsc::Sender<Msg>, effect: AuditEffect) -> Option<AuditMsg> {
    let store = office.store();
    Some(match effect {
        AuditEffect::Count { generation, query } => {
            AuditMsg::Count(generation, said(store.audit_count(*query).await))
        }
        AuditEffect::Status => AuditMsg::Status(said(chain(office).await).map(Box::new)),
        AuditEffect::Verify { keep } => AuditMsg::Verified(said(verify(office, send, keep).await)),
        AuditEffect::Export { query, path, format, filter } => {
            let done = export_to(office, *query, &filter, format, Path::new(&path)).await;
            AuditMsg::Exported(said(done))
        }
        AuditEffect::Replay(id) => AuditMsg::Replay(id, said(office.compared(id).await).map(Box::new)),
        AuditEffect::Look(id) => AuditMsg::Looked(id, said(office.look(id).await).map(Box::new)),
    })
}

async fn chain(office: &dyn Office) -> Result<Chain, StoreError> {
    let store = office.store();
    Ok(Chain {
        head: store.audit_head().await?.seq,
        check: store.audit_check().await?,
        anchors: store.anchors().await?,
    })
}

async fn verify(office: &dyn Office, send: &mpsc::Sender<Msg>, keep: bool) -> Result<AuditCheck, StoreError> {
    let store = office.store();
    let steps = send.clone();
    let told = move |done, of| {
        // a full queue misses a step of the bar, and nothing else
        drop(steps.try_send(Msg::AuditRoom(AuditMsg::Verifying(done, of))));
    };
    let (rows, broken) = match store.verify_audit_told(Box::new(told)).await? {
        Ok(rows) => (rows, None),
        Err((seq, why)) => (seq.saturating_sub(1), Some((seq, why))),
    };
    let check = AuditCheck { at: office.now(), rows, broken };
    if keep {
        store.keep_audit_check(check.clone()).await?;
    }
    Ok(check)
}
