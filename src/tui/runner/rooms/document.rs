//! Doing what the document screen wants done.

use tokio::sync::mpsc;

use crate::engine::Office;
use crate::model::ids::ConnectionId;
use crate::tui::msg::Msg;
use crate::tui::runner::execute::said;
use crate::tui::screens::document::effect::{DocumentEffect, DocumentMsg, Extras};

/// Does it and tells what came of it; none: there is nothing to tell. What takes long may tell its steps through `send`.
pub async fn answer(
    office: &dyn Office,
    _send: &mpsc::Sender<Msg>,
    effect: DocumentEffect,
) -> Option<DocumentMsg> {
    Some(match effect {
        DocumentEffect::Extras { generation, id, book, ledger, approver, compare, links } => {
            let mut extras = Extras::default();
            if let (Some(number), Some(ledger)) = (approver, ledger) {
                extras.approver = name_of(office, ledger, &number).await;
            }
            if links {
                // a ledger without pages, or one that is not connected here, has none
                extras.links = office.links(id).await.unwrap_or_default();
            }
            if let Ok(rules) = office.store().rules(book).await {
                extras.overrides = rules.rules.into_iter().filter(|r| r.document == Some(id)).collect();
            }
            if compare {
                extras.compared = Some(said(office.compared(id).await).map(Box::new));
            }
            DocumentMsg::Extras(generation, Box::new(extras))
        }
        DocumentEffect::Look { id } => DocumentMsg::Looked(id, said(office.look(id).await).map(Box::new)),
        DocumentEffect::Compare { id } => {
            DocumentMsg::Compared(id, said(office.compared(id).await).map(Box::new))
        }
        DocumentEffect::Try { id, book, rule } => {
            let tried = said(office.tried(id, (*rule).clone()).await).map(Box::new);
            DocumentMsg::Tried(id, book, rule, tried)
        }
        DocumentEffect::Remove { book, rule } => {
            DocumentMsg::Removed(said(office.without_rule(book, rule).await))
        }
    })
}

/// The name of an employee by number, as the ledger's vendor record has it; none: the screen shows the number alone.
async fn name_of(office: &dyn Office, ledger: ConnectionId, number: &str) -> Option<String> {
    let facts = office.store().facts(ledger).await.ok()??.indexed();
    match facts.vendors_coded(number).as_slice() {
        [one] => Some(one.name.clone()),
        _ => None,
    }
}
