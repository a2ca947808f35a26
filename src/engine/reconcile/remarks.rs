//! What people say about a period and do after it was signed: comments on items, the lock date, exports.

use std::collections::BTreeMap;

use crate::engine::EngineError;
use crate::engine::books::edit_book;
use crate::engine::core::Core;
use crate::model::book::Book;
use crate::model::ids::BookId;
use crate::model::people::Actor;
use crate::store::{ItemComment, NewItemComment, SignOff};
use crate::tieout::{Period, ReconcilingItem};

/// Gives the items their comments: the newest of what was kept and what sign-offs in force carry. A comment that was
/// said of other figures does not count.
pub(super) fn apply(
    items: &mut [ReconcilingItem],
    signoffs: &[SignOff],
    kept: Vec<ItemComment>,
) -> BTreeMap<String, ItemComment> {
    let mut out: BTreeMap<String, ItemComment> = BTreeMap::new();
    let mut kept: BTreeMap<String, ItemComment> = kept.into_iter().map(|c| (c.item.clone(), c)).collect();
    for item in items {
        let figures = item.figures();
        let signed = signoffs.iter().rev().filter(|s| s.reopened.is_none()).find_map(|s| {
            let text = s.comments.get(&item.item)?;
            let (person, at) = (s.person.clone(), s.signed_at);
            Some(ItemComment {
                item: item.item.clone(),
                figures: figures.clone(),
                text: text.clone(),
                person,
                at,
            })
        });
        let mine = kept.remove(&item.item).filter(|c| c.figures == figures);
        let newest = match (mine, signed) {
            // what is signed was said before, most often: who said it first is named
            (Some(m), Some(s)) if m.text == s.text || m.at >= s.at => Some(m),
            (m, s) => s.or(m),
        };
        if let Some(c) = newest {
            item.comment.clone_from(&c.text);
            out.insert(item.item.clone(), c);
        }
    }
    out
}

/// Keeps a comment on an item.
///
/// # Errors
/// Refused without a text.
pub async fn comment(
    core: &Core,
    book: &BookId,
    period: Period,
    item: &ReconcilingItem,
    text: String,
    by: Actor,
) -> Result<ItemComment, EngineError> {
    let new = NewItemComment {
        book: book.clone(),
        period: period.to_string(),
        item: item.item.clone(),
        figures: item.figures(),
        text,
    };
    let kept = core.store.put_comment(new, by, core.now()).await?;
    core.touch();
    Ok(kept)
}

/// Moves the book's lock date to the end of a period that is signed and reviewed. Never backwards.
///
/// # Errors
/// Refused while the period is not signed by preparer and reviewer, and where the lock date is there already.
pub async fn move_lock(
    core: &Core,
    book: &BookId,
    period: Period,
    by: Actor,
) -> Result<jiff::civil::Date, EngineError> {
    let signoffs = core.store.signoffs(book.clone(), period.to_string()).await?;
    let by_role = |role: &str| signoffs.iter().any(|s| s.reopened.is_none() && s.role == role);
    if !by_role("preparer") || !by_role("reviewer") {
        return Err(EngineError::Refused(format!(
            "{period} is not signed and reviewed yet: that comes first"
        )));
    }
    let edit = |row: &mut Book| {
        if let Some(lock) = row.settings.lock_date.filter(|d| *d >= period.to) {
            return Err(EngineError::Refused(format!("{book} is closed through {lock} already")));
        }
        row.settings.lock_date = Some(period.to);
        Ok(())
    };
    edit_book(&*core.store, book, (by, core.now()), edit).await?;
    core.touch();
    Ok(period.to)
}

/// The tie-out was written to a folder: an audit event.
pub async fn exported(
    core: &Core,
    book: &BookId,
    period: Period,
    hash: String,
    to: String,
    by: Actor,
) -> Result<(), EngineError> {
    let fields = vec![("period".to_string(), period.to_string()), ("to".into(), to), ("report".into(), hash)];
    Ok(core.store.note("tieout_exported".into(), book.to_string(), fields, by, core.now()).await?)
}
