//! What an approval would do, before it is given: the figures of the dialog (screens.md, section 4), and the exact
//! request that posting would send.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::engine::core::Core;
use crate::engine::{BatchPreview, EngineError, PreviewLine};
use crate::mapping;
use crate::model::FindingCode;
use crate::model::entry::{EntrySet, Side};
use crate::model::finding::Level;
use crate::model::ids::DocumentId;
use crate::model::money::{self, Currency};
use crate::model::state::State;
use crate::store::Card;
use crate::systems::{ItemKey, Prepared, Push};

/// The figures of approving (or, for approved ones, of posting) these documents.
pub async fn batch(core: &Arc<Core>, ids: Vec<DocumentId>) -> Result<BatchPreview, EngineError> {
    let mut out = BatchPreview::default();
    let mut fit: Vec<(Card, EntrySet)> = Vec::new();
    let acting = core.store.instance().await?.single_person;
    for id in ids {
        let card = core.store.card(id).await?;
        let second =
            if over_limit(&card) { second_approvers(core, &card, acting.as_ref()).await? } else { None };
        match left_out(&card, acting.as_ref(), second) {
            Some(why) => out.left_out.push((card.row.number.clone(), why)),
            None => {
                let set = card
                    .approval
                    .as_ref()
                    .map(|a| a.set.clone())
                    .or(card.derived.as_ref().map(|d| d.set.clone()));
                let digest = card.derived.as_ref().map(|d| d.digest.clone()).unwrap_or_default();
                out.documents.push((id, card.row.version, digest));
                for f in
                    card.derived.iter().flat_map(|d| &d.findings).filter(|f| f.code.level() == Level::Warns)
                {
                    out.warnings.push((card.row.number.clone(), f.sentence.clone()));
                }
                fit.push((card, set.unwrap_or_default()));
            }
        }
    }
    let Some(book) = fit.iter().find_map(|(c, _)| c.row.book.clone()) else { return Ok(out) };
    let book = core.book(&book).await?;
    let home = book.settings.home_currency;
    let used: BTreeSet<Currency> = fit.iter().filter_map(|(c, _)| c.row.currency).collect();
    out.currencies = std::iter::once(home).chain(used.into_iter().filter(|c| *c != home)).collect();
    let at: BTreeMap<Currency, usize> = out.currencies.iter().enumerate().map(|(i, c)| (*c, i)).collect();
    let n = out.currencies.len();
    (out.counts, out.totals, out.records) = (vec![0; n], vec![0; n], vec![0; n]);
    for (card, set) in &fit {
        let Some(i) = card.row.currency.and_then(|c| at.get(&c)) else { continue };
        add(&mut out.counts, *i, 1);
        add(&mut out.records, *i, set.entries.len() as u64);
        if let Some(t) = out.totals.get_mut(*i) {
            *t += card.row.minor.unwrap_or(0);
        }
    }
    let sets: Vec<&EntrySet> = fit.iter().map(|(_, s)| s).collect();
    for group in mapping::effect_groups(&sets, &book.settings) {
        let (side, shown) = group.shown();
        let side = if side == Side::Debit { "debit" } else { "credit" };
        let words = group.words();
        let mut amounts = vec![0; n];
        for (currency, amount) in &shown {
            let minor =
                money::to_minor(*amount, *currency).map_err(|e| EngineError::Refused(e.to_string()))?;
            if let Some(slot) = at.get(currency).and_then(|i| amounts.get_mut(*i)) {
                *slot += minor;
            }
        }
        out.lines.push(PreviewLine { side, words, amounts });
    }
    // debits first, each in the order of the groups
    out.lines.sort_by_key(|l| l.side != "debit");
    for (currency, accounts) in mapping::effect(&sets) {
        let Some(i) = at.get(&currency) else { continue };
        for a in accounts {
            let exact = |d| money::to_minor(d, currency).map_err(|e| EngineError::Refused(e.to_string()));
            out.effect.push((*i, a.account.name.clone(), exact(a.debit)?, exact(a.credit)?));
        }
    }
    // in the order of the currencies: the home currency first
    out.effect.sort_by_key(|(i, ..)| *i);
    let ledger = core.connection(&book.ledger).await?;
    let title = crate::systems::registry::named(&ledger.system).map_or(ledger.system.as_str(), |e| e.title);
    let company = core
        .facts(&book.ledger)
        .await?
        .map_or_else(|| book.settings.company.clone(), |f| f.company.name.clone());
    out.ledger = format!("{title} · {company}");
    let total = out.totals.first().copied().unwrap_or(0);
    let limit = book.settings.second_approver_above.and_then(|l| money::to_minor(l, home).ok());
    out.type_total = limit.is_some_and(|l| total.abs() > l);
    Ok(out)
}

fn add(list: &mut [u64], at: usize, by: u64) {
    if let Some(n) = list.get_mut(at) {
        *n += by;
    }
}

/// Why a document cannot be approved now, in a few words; `None`: it can.
fn left_out(
    card: &Card,
    acting: Option<&(String, Option<String>)>,
    second: Option<String>,
) -> Option<String> {
    match card.row.state {
        State::Approved => return None,
        State::Ready => {}
        other => return Some(format!("{other}{}", brief(card))),
    }
    if card.derived.is_none() {
        return Some("not derived yet".into());
    }
    if over_limit(card) {
        let needed = || "above the limit: a second approver is needed".into();
        return Some(second.map_or_else(needed, |names| format!("second approver: {names}")));
    }
    let mine = acting.and_then(|(_, number)| number.as_ref()).is_some_and(|n| *n == card.row.payee_code);
    mine.then(|| "you are the payee".to_string())
}

fn over_limit(card: &Card) -> bool {
    let mut findings = card.derived.iter().flat_map(|d| &d.findings);
    card.row.state == State::Ready && findings.any(|f| f.code == FindingCode::OverLimit)
}

/// Who of the book's approvers may be the second one.
async fn second_approvers(
    core: &Arc<Core>,
    card: &Card,
    acting: Option<&(String, Option<String>)>,
) -> Result<Option<String>, EngineError> {
    let Some(book) = &card.row.book else { return Ok(None) };
    let book = core.book(book).await?;
    let me = acting.map(|(name, _)| name.as_str());
    let others =
        book.settings.approvers.iter().filter(|(name, number)| {
            Some(name.as_str()) != me && number.as_ref() != Some(&card.row.payee_code)
        });
    let names: Vec<&str> = others.map(|(name, _)| name.as_str()).collect();
    Ok(if names.is_empty() { None } else { Some(names.join(" or ")) })
}

fn brief(card: &Card) -> String {
    if card.row.finding_brief.is_empty() { String::new() } else { format!(": {}", card.row.finding_brief) }
}

/// The exact request that posting this document would send, laid out for people. Nothing is sent and nothing changes.
pub async fn request_text(core: &Arc<Core>, id: DocumentId) -> Result<String, EngineError> {
    let card = core.store.card(id).await?;
    let refuse = |why: &str| EngineError::Refused(why.to_string());
    let book = card.row.book.clone().ok_or_else(|| refuse("no book owns this document"))?;
    let book = core.book(&book).await?;
    let row = core.connection(&book.ledger).await?;
    let push: Arc<dyn Push> = core.wires.push(&row)?;
    let facts = core.facts(&row.id).await?.ok_or_else(|| refuse("the ledger has not been read yet"))?;
    let set = card
        .approval
        .as_ref()
        .map(|a| &a.set)
        .or(card.derived.as_ref().map(|d| &d.set))
        .filter(|s| !s.entries.is_empty())
        .ok_or_else(|| refuse("nothing would be posted for this document"))?;
    let mut items: Vec<Prepared> = Vec::new();
    let mut keys = Vec::new();
    for entry in &set.entries {
        let generation = card.intents.iter().find(|i| i.slot == entry.slot).map_or(1, |i| i.generation);
        let key = ItemKey { reference: entry.reference.clone(), generation };
        items.push(push.encode(entry, &key, &facts).map_err(EngineError::Refused)?);
        keys.push(key);
    }
    let calls_us = crate::engine::visit::calls_us(&row);
    // a ledger that takes one posting a call gets as many calls as there are entries
    let most = push.limits().batch.max(1);
    let calls = items.chunks(most).zip(keys.chunks(most)).map(|(items, keys)| {
        let call = push.assemble(items, keys, None);
        let head = if calls_us {
            format!("message set {} to company file {}", call.request_key, row.company)
        } else {
            format!("POST batch to company {} · requestid {}", row.company, call.request_key)
        };
        format!("{head}\n{}", laid_out(&call.bytes))
    });
    Ok(calls.collect::<Vec<_>>().join("\n\n"))
}

/// JSON with its indents, XML with a line for each element: what is between two of them is never text, because text has
/// its signs escaped.
fn laid_out(bytes: &[u8]) -> String {
    serde_json::from_slice::<serde_json::Value>(bytes)
        .and_then(|v| serde_json::to_string_pretty(&v))
        .unwrap_or_else(|_| String::from_utf8_lossy(bytes).replace("><", ">\n<"))
}

#[cfg(test)]
mod tests {
    use super::laid_out;

    #[test]
    fn a_request_is_laid_out_for_people() {
        assert_eq!(laid_out(br#"{"a":[1]}"#), "{\n  \"a\": [\n    1\n  ]\n}");
        let xml = "<Bill><Memo>a &gt;&lt; b</Memo><Amount>1.00</Amount></Bill>";
        assert_eq!(
            laid_out(xml.as_bytes()),
            "<Bill>\n<Memo>a &gt;&lt; b</Memo>\n<Amount>1.00</Amount>\n</Bill>"
        );
    }
}
