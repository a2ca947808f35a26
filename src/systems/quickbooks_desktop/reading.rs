//! The ledger as it stands now, for one span (accounting.md, section 12): our records with their lines, what is gone,
//! and what is open on the wanted payable accounts.
//!
//! Balances and movements are left empty: the grammar that we hold has no report, says neither the fields nor the signs
//! of `TransactionQuery`'s rows, nor whether an account's balance counts what is dated later. The tie-out then says that
//! control accounts were not checked, instead of printing a guess.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;

use crate::model::entry::EntryKind;
use crate::systems::{CallError, LedgerRecord, Reading, ReadingAsk};

use super::Client;
use super::call::{PAGE, PAGE_WITH_LINES, Query};
use super::facts::{asked, need};
use super::queries::{self, Depth, KEYS_MAX, List, Narrow, Walk, Which, word_of};
use super::record::{Currencies, instant, kind_of, record};
use super::status::{self, Class};
use super::xml::Element;

/// Queries of one message set: a thousand records with their lines.
const QUERIES: usize = 10;
/// Bills older than this are not looked at for what is open: QuickBooks began later.
const LONG_AGO: Date = Date::constant(1990, 1, 1);
/// Bills may be dated ahead.
const FAR_AHEAD: Date = Date::constant(2200, 12, 31);

impl Client {
    pub(super) async fn read_span(&self, ask: ReadingAsk) -> Result<Reading, CallError> {
        if ask.from > ask.to {
            return Err(CallError::Refused(format!("{} is after {}", ask.from, ask.to)));
        }
        let currencies = self.currencies().await?;
        let wanted: BTreeSet<&str> = ask.records.iter().map(|(_, id)| id.as_str()).collect();
        let mut records: Vec<LedgerRecord> = Vec::new();
        for kind in EntryKind::ALL {
            let depth = Depth { lines: true, linked: true };
            let which = Which::Dated(ask.from, ask.to);
            let read = |e: &Element| {
                let one = record(kind, e, &currencies, true)?;
                Ok(Some(one).filter(|r| r.marker.is_some() || wanted.contains(r.id.as_str())))
            };
            let page = |walk: Walk<'_>| queries::records(kind, "page", which, depth, walk);
            records.extend(self.pages(page, PAGE_WITH_LINES, read).await?);
        }
        let missing = self.by_id(&ask, &mut records, &currencies).await?;
        let gone = self.gone(missing).await?;
        let open_items = self.open_items(&ask.accounts, &currencies).await?;
        self.tell_customers(&mut records).await?;
        Ok(Reading {
            read_at: read_at(&records, &open_items),
            records,
            gone,
            opening: BTreeMap::new(),
            closing: BTreeMap::new(),
            movements: Vec::new(),
            open_items,
        })
    }

    /// Adds the records that were asked for and that the span does not hold; gives those that were not found.
    async fn by_id(
        &self,
        ask: &ReadingAsk,
        records: &mut Vec<LedgerRecord>,
        currencies: &Currencies,
    ) -> Result<Vec<(EntryKind, String)>, CallError> {
        let mut missing: BTreeMap<EntryKind, Vec<String>> = BTreeMap::new();
        let there: BTreeSet<(EntryKind, String)> = records.iter().map(|r| (r.kind, r.id.clone())).collect();
        for (kind, id) in &ask.records {
            let list = missing.entry(*kind).or_default();
            if !there.contains(&(*kind, id.clone())) && !list.contains(id) {
                list.push(id.clone());
            }
        }
        // a stack of ids that go into one query; a chunk that QuickBooks refuses as a whole is halved
        let mut chunks: Vec<(EntryKind, Vec<String>)> = Vec::new();
        for (kind, list) in &missing {
            chunks.extend(list.chunks(KEYS_MAX).map(|c| (*kind, c.to_vec())));
        }
        let mut not_found = Vec::new();
        while !chunks.is_empty() {
            let now = chunks.split_off(chunks.len().saturating_sub(QUERIES));
            let mut queries = Vec::new();
            for (n, (kind, ids)) in now.iter().enumerate() {
                let id = format!("ids-{n}");
                let depth = Depth { lines: true, linked: true };
                let xml = queries::records(*kind, &id, Which::Ids(ids), depth, Walk::Whole);
                queries.push(Query::new(&id, xml)?.or(&[Class::Partial, Class::Permanent, Class::Stale]));
            }
            let mut found: Vec<LedgerRecord> = Vec::new();
            let heads = self
                .ask(&queries, |at, e| {
                    if let Some((kind, _)) = now.get(at).filter(|(k, _)| kind_of(&e.name) == Some(*k)) {
                        found.push(record(*kind, &e, currencies, true)?);
                    }
                    Ok(())
                })
                .await?;
            for ((kind, ids), head) in now.into_iter().zip(&heads) {
                let class = head.status.map(|c| status::class(c, &head.message));
                if matches!(class, Some(Class::Permanent | Class::Stale)) {
                    match ids.split_at_checked(ids.len() / 2) {
                        Some((first, second)) if ids.len() > 1 => {
                            chunks.push((kind, first.to_vec()));
                            chunks.push((kind, second.to_vec()));
                        }
                        _ => not_found.extend(ids.into_iter().map(|id| (kind, id))),
                    }
                    continue;
                }
                let there: BTreeSet<&str> =
                    found.iter().filter(|r| r.kind == kind).map(|r| r.id.as_str()).collect();
                not_found
                    .extend(ids.into_iter().filter(|i| !there.contains(i.as_str())).map(|id| (kind, id)));
            }
            records.append(&mut found);
        }
        Ok(not_found)
    }

    /// When what is missing was deleted, where QuickBooks still tells (about 90 days, contract 7.6).
    async fn gone(
        &self,
        missing: Vec<(EntryKind, String)>,
    ) -> Result<Vec<(EntryKind, String, Option<Timestamp>)>, CallError> {
        if missing.is_empty() {
            return Ok(Vec::new());
        }
        let kinds: BTreeSet<&str> = missing.iter().map(|(k, _)| word_of(*k)).collect();
        let kinds: Vec<&str> = kinds.into_iter().collect();
        let query = Query::new("deleted", queries::deleted("deleted", &kinds, None))?;
        let mut deleted: BTreeMap<(String, String), Option<Timestamp>> = BTreeMap::new();
        let wanted: BTreeSet<&str> = missing.iter().map(|(_, id)| id.as_str()).collect();
        self.ask(&[query], |_, e| {
            let id = need(&e, "TxnID")?;
            if wanted.contains(id) {
                let kind = e.text("TxnDelType").unwrap_or_default();
                deleted.insert((kind.into(), id.into()), e.text("TimeDeleted").and_then(instant));
            }
            Ok(())
        })
        .await?;
        Ok(missing
            .into_iter()
            .map(|(kind, id)| {
                let at = deleted.get(&(word_of(kind).to_string(), id.clone())).copied().flatten();
                (kind, id, at)
            })
            .collect())
    }

    /// Bills and credits that are open on the wanted accounts.
    async fn open_items(
        &self,
        accounts: &[String],
        currencies: &Currencies,
    ) -> Result<Vec<LedgerRecord>, CallError> {
        if accounts.is_empty() {
            return Ok(Vec::new());
        }
        let open = |kind: EntryKind, e: &Element| {
            let one = record(kind, e, currencies, true)?;
            let on = one.offset_account.as_ref().is_some_and(|a| accounts.contains(&a.id));
            Ok(Some(one).filter(|r| on && r.open.is_some_and(|o| !o.is_zero())))
        };
        let bills = |walk: Walk<'_>| queries::open_bills("page", LONG_AGO, FAR_AHEAD, walk);
        let mut out = self.pages(bills, PAGE, |e| open(EntryKind::Bill, e)).await?;
        // credits cannot be asked for by what is open of them (contract 7.5)
        let which = Which::Dated(LONG_AGO, FAR_AHEAD);
        let depth = Depth { lines: false, linked: true };
        let credits = |walk: Walk<'_>| queries::records(EntryKind::VendorCredit, "page", which, depth, walk);
        out.extend(self.pages(credits, PAGE, |e| open(EntryKind::VendorCredit, e)).await?);
        Ok(out)
    }

    /// A journal's line names a vendor or a customer without saying which: those that are customers are told apart by
    /// one query for each 100 names.
    async fn tell_customers(&self, records: &mut [LedgerRecord]) -> Result<(), CallError> {
        let journals = |r: &&LedgerRecord| r.kind == EntryKind::Journal;
        let names: BTreeSet<String> = records
            .iter()
            .filter(journals)
            .flat_map(|r| r.lines.iter().filter_map(|l| l.party.as_ref()))
            .map(|n| n.id.clone())
            .collect();
        if names.is_empty() {
            return Ok(());
        }
        let names: Vec<String> = names.into_iter().collect();
        let mut customers: BTreeSet<String> = BTreeSet::new();
        for ids in names.chunks(KEYS_MAX) {
            let narrow = Narrow { ids, ..asked(&["ListID"]) };
            let xml = queries::list(List::Customer, "customers", &narrow, Walk::Whole);
            // none of them is one: the query as a whole finds nothing
            let query = Query::new("customers", xml)?.or(&[Class::Partial, Class::Stale, Class::Permanent]);
            self.ask(&[query], |_, e| {
                customers.insert(need(&e, "ListID")?.into());
                Ok(())
            })
            .await?;
        }
        for record in records.iter_mut().filter(|r| r.kind == EntryKind::Journal) {
            for line in &mut record.lines {
                if line.party.as_ref().is_some_and(|p| customers.contains(&p.id)) {
                    line.customer = line.party.take();
                }
            }
            record.party = record.lines.iter().find_map(|l| l.party.clone());
        }
        Ok(())
    }
}

/// QuickBooks tells no time with its answers: the newest change that was seen is the instant up to which the reading is
/// surely complete.
fn read_at(records: &[LedgerRecord], open: &[LedgerRecord]) -> Timestamp {
    records.iter().chain(open).map(|r| r.changed_at).max().unwrap_or(Timestamp::UNIX_EPOCH)
}
