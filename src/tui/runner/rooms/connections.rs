//! Doing what the connections and books wants done.

use tokio::sync::mpsc;

use crate::engine::books::{self, BookChange};
use crate::engine::connect_lead::Stuck;
use crate::engine::connect_look::book_looks;
use crate::engine::{EngineError, Office};
use crate::model::ids::{BookId, ConnectionId};
use crate::tui::msg::{Msg, Said};
use crate::tui::runner::browser;
use crate::tui::runner::execute::said;
use crate::tui::runner::trial;
use crate::tui::screens::connections::effect::{ConnectionEffect, ConnectionMsg, Looked};

fn stuck(e: EngineError) -> Stuck {
    Stuck { field: None, why: e.to_string(), next: None }
}

/// Does it and tells what came of it; none: there is nothing to tell. What takes long may tell its steps through `send`.
pub async fn answer(
    office: &dyn Office,
    _send: &mpsc::Sender<Msg>,
    effect: ConnectionEffect,
) -> Option<ConnectionMsg> {
    use ConnectionEffect as E;
    let accounts = office.accounts();
    Some(match effect {
        E::Look { generation } => match looked(office).await {
            Ok(looked) => ConnectionMsg::Look(generation, Box::new(looked)),
            Err(why) => ConnectionMsg::Unlooked(generation, office.door(), why.to_string()),
        },
        E::MakeVault { serial, way, passphrase } => {
            ConnectionMsg::VaultMade(serial, said(office.make_vault(way, passphrase).await))
        }
        E::Unlock { passphrase } => ConnectionMsg::Unlocked(said(office.unlock(passphrase).await)),
        E::Begin { serial, system, name } => match accounts {
            Err(e) => ConnectionMsg::Next(serial, None, Err(stuck(e))),
            Ok(accounts) => next(serial, accounts.lead(serial, &system, &name).await),
        },
        E::Again { serial, name } => match accounts {
            Err(e) => ConnectionMsg::Next(serial, None, Err(stuck(e))),
            Ok(accounts) => next(serial, accounts.lead_again(serial, &name).await),
        },
        E::Answer { serial, answers } => match accounts {
            Err(e) => ConnectionMsg::Next(serial, None, Err(stuck(e))),
            Ok(accounts) => ConnectionMsg::Next(serial, None, accounts.lead_answer(serial, answers).await),
        },
        E::Listen { serial } => {
            let heard = accounts.ok()?.lead_listen(serial).await?;
            ConnectionMsg::Next(serial, None, heard)
        }
        E::Return { serial, address } => match accounts {
            Err(e) => ConnectionMsg::Next(serial, None, Err(stuck(e))),
            Ok(accounts) => ConnectionMsg::Next(serial, None, accounts.lead_return(serial, &address).await),
        },
        E::Prove { serial } => match accounts {
            Err(e) => ConnectionMsg::Proved(serial, Err(stuck(e))),
            Ok(accounts) => ConnectionMsg::Proved(serial, accounts.lead_prove(serial).await),
        },
        E::Keep { serial } => match accounts {
            Err(e) => ConnectionMsg::Kept(serial, Err(stuck(e))),
            Ok(accounts) => ConnectionMsg::Kept(serial, accounts.lead_keep(serial).await),
        },
        E::Leave { serial } => {
            accounts.ok()?.lead_leave(serial).await;
            return None;
        }
        E::Qwc { connection, file, replace } => {
            let written = async {
                let written = accounts?.write_qwc(connection.as_str(), &file, replace).await;
                written.map_err(|e| EngineError::Refused(e.to_string()))
            };
            ConnectionMsg::Qwc(said(written.await).map(|(path, note)| {
                let note = note.map(|n| format!(" {n}.")).unwrap_or_default();
                format!("{} is written.{note}", path.display())
            }))
        }
        E::Browse { url } => ConnectionMsg::Browsed(browser::open(&url)),
        E::Disconnect { connection } => ConnectionMsg::Done(disconnect(office, &connection).await),
        E::Rest { connection, resting } => {
            ConnectionMsg::Done(said(books::rest(office, &connection, resting).await).map(|changed| {
                let names: Vec<&str> = changed.iter().map(BookId::as_str).collect();
                let what = if resting { "paused" } else { "going on" };
                if names.is_empty() {
                    "No book had to be changed.".into()
                } else {
                    format!("Now {what}: {}.", names.join(", "))
                }
            }))
        }
        E::NewBook { name, source, ledger, given } => {
            let made = async {
                let accounts = accounts?;
                let made = accounts.new_book(&name, source.as_str(), ledger.as_str(), &given).await;
                let book = made.map_err(|e| EngineError::Refused(e.to_string()))?;
                accounts.put_book(book.clone()).await?;
                Ok::<_, EngineError>(Box::new(book))
            };
            ConnectionMsg::BookMade(said(made.await))
        }
        E::Change { book, change } => {
            let live = matches!(change, BookChange::Live { .. });
            let became = became(&change);
            let done = said(books::change(office, &book, change).await).map(|b| format!("{} {became}", b.id));
            if live { ConnectionMsg::Live(done) } else { ConnectionMsg::Done(done) }
        }
        E::Policy { book, auto, limit } => ConnectionMsg::Done(
            said(books::set_policy(office, &book, auto, limit).await)
                .map(|p| format!("The policy of {book} is signed off as version {}.", p.version)),
        ),
        E::Try { question, book } => ConnectionMsg::Tried(question, said(office.try_settings(*book).await)),
        E::Trial { book, from, to } => {
            let title = format!("Trial of {book}, {from} to {to}");
            ConnectionMsg::Trial(trial::text(office, book, from, to).await.map(|body| (title, body)))
        }
    })
}

fn next(serial: u64, led: Result<(&'static str, crate::engine::connect_lead::Next), Stuck>) -> ConnectionMsg {
    match led {
        Ok((title, next)) => ConnectionMsg::Next(serial, Some(title), Ok(next)),
        Err(stuck) => ConnectionMsg::Next(serial, None, Err(stuck)),
    }
}

async fn looked(office: &dyn Office) -> Result<Looked, EngineError> {
    let connections = office.connection_looks().await?;
    let books = book_looks(&*office.store(), office.now()).await?;
    Ok(Looked { door: office.door(), connections, books })
}

fn became(change: &BookChange) -> String {
    match change {
        BookChange::Live { .. } => "is live: it acknowledges, and posts what is approved.".into(),
        BookChange::Preview => "is a preview again.".into(),
        BookChange::Pause => "is paused.".into(),
        BookChange::Resume => "goes on.".into(),
        BookChange::Lock(Some(day)) => format!("is closed through {day}."),
        BookChange::Lock(None) => "has no closed period.".into(),
        BookChange::Settings { .. } => {
            "is changed; its documents are derived again at the next reading.".into()
        }
    }
}

async fn disconnect(office: &dyn Office, connection: &ConnectionId) -> Said<String> {
    let done = said(said(office.accounts())?.disconnect(connection.as_str()).await)?;
    let revoked = match &done.revoked {
        Some(Ok(())) => "the system took its tokens back".to_string(),
        Some(Err(why)) => format!(
            "the system has not taken its tokens back ({why}): remove the application's access there by hand"
        ),
        None => {
            "this system has no call that takes tokens back: remove the application's access there by hand"
                .into()
        }
    };
    let books: Vec<&str> = done.paused.iter().map(BookId::as_str).collect();
    let books = if books.is_empty() { String::new() } else { format!(" Paused: {}.", books.join(", ")) };
    Ok(format!("{connection} is disconnected, {} secrets were removed here; {revoked}.{books}", done.secrets))
}
