//! Doing what the mapping screen wants done.

use tokio::sync::mpsc;

use crate::engine::mapping::csv;
use crate::engine::{Office, outfile};
use crate::model::ids::BookId;
use crate::store::ProposalStep;
use crate::tui::msg::Msg;
use crate::tui::runner::execute::said;
use crate::tui::runner::export::note;
use crate::tui::screens::mappings::effect::{MappingEffect, MappingMsg};

/// Documents of a rule that are listed, at most.
const DOCUMENTS: u32 = 500;

/// Does it and tells what came of it; none: there is nothing to tell. What takes long may tell its steps through `send`.
pub async fn answer(
    office: &dyn Office,
    send: &mpsc::Sender<Msg>,
    effect: MappingEffect,
) -> Option<MappingMsg> {
    let store = office.store();
    Some(match effect {
        MappingEffect::Board { generation, book } => {
            MappingMsg::Board(generation, said(office.board(book).await).map(Box::new))
        }
        MappingEffect::Try { book, edit, guard } => {
            // the console may have ended meanwhile
            let _ended = send.send(Msg::MappingRoom(MappingMsg::Trying)).await;
            let tried = async {
                let past = match guard {
                    Some(guard) => Some(office.past_hits(book.clone(), *guard).await?),
                    None => None,
                };
                Ok::<_, crate::engine::EngineError>((
                    office.try_rules(book.clone(), (*edit).clone()).await?,
                    past,
                ))
            };
            let tried = said(tried.await).map(Box::new);
            MappingMsg::Tried(book, edit, tried)
        }
        MappingEffect::Save { book, edit } => {
            let saved = said(office.put_rules(book, (*edit).clone()).await);
            MappingMsg::Saved(edit, saved)
        }
        MappingEffect::Documents { generation, book, rule } => {
            MappingMsg::Documents(generation, said(store.rule_documents(book, rule, DOCUMENTS).await))
        }
        MappingEffect::Hits { book, guard } => {
            let hits = said(office.past_hits(book, (*guard).clone()).await);
            MappingMsg::Hits(guard, hits)
        }
        MappingEffect::Sample { book, kind } => {
            MappingMsg::Sample(said(office.memo_sample(book, kind).await).map(|s| s.map(Box::new)))
        }
        MappingEffect::Plan { book, path, remove } => {
            let planned = async {
                let bytes = read(&path).await?;
                said(office.plan_import(book, bytes).await)
            };
            MappingMsg::Planned(remove, planned.await.map(Box::new))
        }
        MappingEffect::Export { book, path, replace } => {
            MappingMsg::Exported(export(office, book, &path, replace).await)
        }
        MappingEffect::Proposals { generation, book } => {
            MappingMsg::Proposals(generation, said(store.proposals(book, false).await))
        }
        MappingEffect::Compare { book } => {
            let compared = said(office.compare_lists(book).await);
            MappingMsg::Listed(compared.map(|(all, new)| format!("{all} proposals, {new} of them new.")))
        }
        MappingEffect::Apply { book, id } => {
            let done = said(office.apply_proposals(book, vec![id]).await);
            MappingMsg::Listed(done.and_then(|list| match list.into_iter().next() {
                Some((_, Ok(record))) => Ok(format!("Done: record {record}.")),
                Some((_, Err(why))) => said::<String, _>(Err(why)),
                None => Err("The proposal is not there any more.".into()),
            }))
        }
        MappingEffect::Decline { id } => {
            let step = ProposalStep::Dismissed("declined on the mappings screen".into());
            MappingMsg::Listed(
                said(office.proposal_step(id, step).await)
                    .map(|()| "Declined. It comes again only when it changes.".into()),
            )
        }
    })
}

async fn read(path: &str) -> Result<Vec<u8>, String> {
    let at = outfile::path_of(path);
    let told = |e: std::io::Error| crate::tui::text::clean(&format!("{path} cannot be read: {e}"));
    let size = tokio::fs::metadata(&at).await.map_err(told)?;
    if !size.is_file() {
        return Err(crate::tui::text::clean(&format!("{path} is no file")));
    }
    if size.len() > csv::MOST_BYTES as u64 {
        return Err(crate::tui::text::clean(&format!("{path} is larger than 5 MB: it is no list of rules")));
    }
    tokio::fs::read(&at).await.map_err(told)
}

async fn export(office: &dyn Office, book: BookId, path: &str, replace: bool) -> Result<String, String> {
    let rules = said(office.store().rules(book.clone()).await)?;
    let text = csv::export(&rules)?;
    let at = outfile::path_of(path);
    let file = outfile::write(&at, text.as_bytes(), replace).map_err(|e| {
        let why = match e.kind() {
            std::io::ErrorKind::AlreadyExists => {
                format!("{path} is there already: tick replace, or name another")
            }
            _ => format!("{path} cannot be written: {}", outfile::why(&e)),
        };
        crate::tui::text::clean(&why)
    })?;
    let about = format!("rules of {book}, version {}", rules.version);
    let n = (rules.rules.len() + rules.guards.len()) as u64;
    let name = said(note(office, "mappings", about, n, file).await)?;
    Ok(crate::tui::text::clean(&format!("Version {} of the rules is in {name}", rules.version)))
}
