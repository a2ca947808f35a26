//! Doing what the queue wants done.

use tokio::sync::mpsc;

use crate::engine::Office;
use crate::store::{Row, Store};
use crate::tui::msg::Msg;
use crate::tui::runner::execute::said;
use crate::tui::runner::export;
use crate::tui::screens::queue::effect::{QueueEffect, QueueMsg};

/// Does it and tells what came of it; none: there is nothing to tell. What takes long may tell its steps through `send`.
pub async fn answer(office: &dyn Office, _send: &mpsc::Sender<Msg>, effect: QueueEffect) -> Option<QueueMsg> {
    let store = office.store();
    Some(match effect {
        QueueEffect::Views { person } => QueueMsg::Views(said(store.views(person).await)),
        QueueEffect::KeepView { person, view } => {
            let kept = store.keep_view(person, view.clone(), office.now()).await;
            QueueMsg::Kept(said(kept.map(|()| view)))
        }
        QueueEffect::DropView { person, name } => {
            let dropped = store.drop_view(person, name.clone(), office.now()).await;
            QueueMsg::Dropped(said(dropped.map(|()| name)))
        }
        QueueEffect::Export { query, path, about } => {
            QueueMsg::Exported(said(export::queue(office, *query, &path, about).await))
        }
        QueueEffect::ExportTable { rows, path } => {
            QueueMsg::Exported(said(export::table(office, rows, &path).await))
        }
        QueueEffect::Outcome { ids } => QueueMsg::Outcome(said(outcome(&*store, ids).await)),
    })
}

async fn outcome(
    store: &dyn Store,
    ids: Vec<crate::model::DocumentId>,
) -> Result<Vec<Row>, crate::store::StoreError> {
    let mut rows = Vec::with_capacity(ids.len());
    for id in ids {
        rows.push(store.card(id).await?.row);
    }
    Ok(rows)
}
