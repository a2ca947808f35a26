//! Adoption: a document is linked to a record that is already in the ledger, after verification (reliability.md, 2.5);
//! and replay: deriving again and comparing (4.11).

use std::sync::Arc;

use crate::engine::EngineError;
use crate::engine::core::Core;
use crate::mapping;
use crate::model::entry::EntrySet;
use crate::model::ids::DocumentId;
use crate::model::money::Money;
use crate::model::people::Actor;
use crate::model::state::State;
use crate::store::{Act, AdoptedRecord};

/// Links a document of one entry to a record of the ledger, by its number or id. Same kind, party, amount and currency,
/// or nothing happens and the sentence says what differs.
pub async fn adopt(core: &Arc<Core>, id: DocumentId, record: &str, by: Actor) -> Result<State, EngineError> {
    let card = core.store.card(id).await?;
    let refuse = |why: String| Err(EngineError::Refused(why));
    let Some(book) = &card.row.book else { return refuse("no book owns this document".into()) };
    let book = core.book(book).await?;
    // what was approved is what may have been sent
    let approved = card.approval.as_ref().map(|a| &a.set);
    let Some(set) = approved.or(card.derived.as_ref().map(|d| &d.set)) else {
        return refuse("this document has not been derived yet".into());
    };
    let [entry] = set.entries.as_slice() else {
        return refuse(format!(
            "{} becomes {} ledger records; only a document of one record can be adopted in one step.",
            card.row.number,
            set.entries.len()
        ));
    };
    let Some(facts) = core.facts(&book.ledger).await? else {
        return refuse("the ledger has not been read yet".into());
    };
    let mut found = facts.recent.iter().filter(|r| r.number == record || r.id == record);
    let Some(r) = found.next() else {
        return refuse(format!(
            "The ledger has no recent record {record}. Read it again (it may be newer), or check the number."
        ));
    };
    if let Some(second) = found.next() {
        return refuse(format!("{record} names two records, ids {} and {}: give the id.", r.id, second.id));
    }
    let mut differs = Vec::new();
    if r.kind != entry.kind {
        differs.push(format!("it is a {}, not a {}", r.kind.words(), entry.kind.words()));
    }
    if r.vendor.as_deref() != entry.party.as_ref().map(|p| p.id.as_str()) {
        differs.push("its vendor is another one".to_string());
    }
    if r.amount != entry.total() || r.currency != entry.currency {
        differs.push(format!(
            "its amount is {}, not {}",
            Money::new(r.amount, r.currency),
            Money::new(entry.total(), entry.currency)
        ));
    }
    if core.store.ours(book.ledger.clone()).await?.contains(&format!("{}:{}", r.kind.name(), r.id)) {
        differs.push("it belongs to another document already".to_string());
    }
    if !differs.is_empty() {
        return refuse(format!(
            "{record} cannot be adopted for {}: {}.",
            card.row.number,
            differs.join("; ")
        ));
    }
    let records = vec![AdoptedRecord {
        slot: entry.slot.clone(),
        kind: r.kind,
        remote_id: r.id.clone(),
        number: if r.number.is_empty() { r.id.clone() } else { r.number.clone() },
        date: r.date,
    }];
    Ok(core.store.act(id, card.row.version, Act::Adopt { records }, by, core.now()).await?)
}

/// Derives a document again with today's rules and says what differs. Unless `dry`, a document before approval takes the
/// new derivation. Nothing is ever created for a slot that has a record.
pub async fn replay(core: &Arc<Core>, id: DocumentId, dry: bool) -> Result<String, EngineError> {
    let card = core.store.card(id).await?;
    if card.bytes.is_empty() {
        return Err(EngineError::Refused("the payload of this document was purged".into()));
    }
    let again = core.derive_one(&card).await?;
    let before = card.approval.as_ref().map(|a| &a.set).or(card.derived.as_ref().map(|d| &d.set));
    let lines = compare(before, &again.set);
    let posted: Vec<String> = card
        .intents
        .iter()
        .filter(|i| !i.remote_id.is_empty())
        .map(|i| format!("{} is in the ledger as {} {}: kept", i.slot, i.kind.words(), i.number))
        .collect();
    let open = matches!(card.row.state, State::Blocked | State::Ready | State::Held);
    let mut text = if lines.is_empty() { vec!["The same entries as before.".to_string()] } else { lines };
    text.extend(posted);
    if !dry && open {
        core.store.derived(vec![(id, card.row.version, again)], core.now()).await?;
        core.touch();
        let state = core.store.card(id).await?.row.state;
        text.push(format!("Derived again: {state}."));
    } else if !dry {
        text.push(format!("The document is {}: nothing was changed.", card.row.state));
    }
    Ok(text.join("\n"))
}

fn compare(before: Option<&EntrySet>, after: &EntrySet) -> Vec<String> {
    let Some(before) = before else { return vec!["There were no entries before.".into()] };
    mapping::differences(before, after).iter().map(mapping::SetDifference::words).collect()
}
