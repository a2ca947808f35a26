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
/// said of other figures does not count: one that was kept names its own, one of a sign-off those of the whole report.
pub(super) fn apply(
    items: &mut [ReconcilingItem],
    hash: &str,
    signoffs: &[SignOff],
    kept: Vec<ItemComment>,
) -> BTreeMap<String, ItemComment> {
    let mut out: BTreeMap<String, ItemComment> = BTreeMap::new();
    let mut kept: BTreeMap<String, ItemComment> = kept.into_iter().map(|c| (c.item.clone(), c)).collect();
    for item in items {
        let figures = item.figures();
        let of_these = |s: &&SignOff| s.reopened.is_none() && s.report_hash == hash;
        let signed = signoffs.iter().rev().filter(of_these).find_map(|s| {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn signed(hash: &str, item: &str) -> SignOff {
        SignOff {
            role: "preparer".into(),
            person: "Maya Wells".into(),
            single_person: false,
            signed_at: "2026-11-04T21:45:00Z".parse().unwrap(),
            documents_hash: String::new(),
            ledger_hash: String::new(),
            report_hash: hash.into(),
            documents: BTreeMap::new(),
            comments: [(item.to_string(), "known".to_string())].into(),
            audit_seq: 9,
            reopened: None,
        }
    }

    #[test]
    fn a_signed_comment_counts_for_the_figures_that_were_signed_alone() {
        let inputs = crate::tieout::tests::data::inputs();
        let mut items = crate::tieout::report(&inputs).bridge.items;
        items.truncate(1);
        let item = items[0].item.clone();
        let before = items[0].figures();
        let said = apply(&mut items.clone(), "aa", &[signed("aa", &item)], Vec::new());
        assert_eq!(said.get(&item).map(|c| c.text.as_str()), Some("known"));
        // the figures changed since
        items[0].minor += 1;
        let said = apply(&mut items, "bb", &[signed("aa", &item)], Vec::new());
        assert!(said.is_empty() && items[0].comment.is_empty(), "{said:?}");
        // neither does one that was kept for the figures before
        let kept = ItemComment {
            item: item.clone(),
            figures: before,
            text: "known".into(),
            person: "Maya Wells".into(),
            at: "2026-11-04T21:45:00Z".parse().unwrap(),
        };
        assert!(apply(&mut items, "bb", &[signed("aa", &item)], vec![kept.clone()]).is_empty());
        let kept = ItemComment { figures: items[0].figures(), ..kept };
        assert_eq!(apply(&mut items, "bb", &[signed("aa", &item)], vec![kept]).len(), 1);
    }
}
