//! The ledger as it stands now, for one span (accounting.md, section 12): our records with their lines, what is gone,
//! balances and movements of the wanted accounts, and what is open on them.
//!
//! Calls: one batch (two where records were asked for that the span does not hold), one report for each six months,
//! and, for records that are gone, one call for changes and one by id for each that the changes do not tell.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};
use rust_decimal::Decimal;
use serde_json::Value;

use crate::model::entry::EntryKind;
use crate::model::ledger::AccountType;
use crate::model::money::Currency;
use crate::systems::{CallError, LedgerRecord, Movement, Reading, ReadingAsk};
use crate::transport::Method;

use super::cdc::Changed;
use super::query::{Entity, Query};
use super::report::{self, Asked, Unusable};
use super::wire_full::{changed_at, record};
use super::wire_lists::{account, id_of, is_deleted};
use super::{Client, company, entity_of};

/// Ids of one statement: the whole address stays well below 8 kB.
const IDS: usize = 100;
/// A report of more than six months may not come (Intuit's advice).
const MONTHS: i64 = 6;
/// Changes reach back 30 days (contract 3.2).
const GONE_REACH: SignedDuration = SignedDuration::from_hours(29 * 24);

/// Totals of the wanted accounts.
#[derive(Default)]
struct Totals {
    opening: BTreeMap<String, Decimal>,
    closing: BTreeMap<String, Decimal>,
    movements: Vec<Movement>,
}

impl Client {
    pub(super) async fn read_span(&self, ask: ReadingAsk) -> Result<Reading, CallError> {
        if ask.from > ask.to {
            return Err(CallError::Refused(format!("{} is after {}", ask.from, ask.to)));
        }
        let mut queries = vec![Query::single(Entity::Preferences)];
        queries.extend(Entity::POSTED.map(|e| Query::between(e, ask.from, ask.to)));
        let ids: Vec<&str> = ask.accounts.iter().map(String::as_str).collect();
        if !ids.is_empty() {
            queries.extend([Entity::Bill, Entity::VendorCredit].map(Query::open));
            queries.extend(ids.chunks(IDS).map(|c| Query::listed(Entity::Account, c)));
        }
        let asked: Vec<Entity> = queries.iter().map(|q| q.entity).collect();
        let mut reading = self.read_all(queries).await?;
        let read_at = reading.time.ok_or_else(|| CallError::Shape("time is missing".into()))?;
        // a balance that cannot be asked for: all of that kind, and the open ones are picked here
        for (n, entity) in asked.iter().enumerate().skip(5) {
            let refused = reading.lists.get(n).is_some_and(|l| l.not_queried);
            if refused && matches!(entity, Entity::Bill | Entity::VendorCredit) {
                let all = self.read_all(vec![Query::every(*entity)]).await?;
                if let (Some(slot), Some(rows)) = (reading.lists.get_mut(n), all.lists.into_iter().next()) {
                    *slot = rows;
                }
            }
        }
        let mut lists = asked.iter().zip(&reading.lists);
        let preferences = match lists.next().and_then(|(_, l)| l.rows.first()) {
            Some(row) => row.clone(),
            None => self.preferences().await?,
        };
        let home = company::home_currency(&preferences)?;
        let wanted: BTreeSet<(Entity, &str)> =
            ask.records.iter().map(|(k, id)| (entity_of(*k), id.as_str())).collect();
        let mut records: Vec<(Entity, LedgerRecord)> = Vec::new();
        for (entity, list) in lists.by_ref().take(4) {
            for row in &list.rows {
                let one = record(*entity, row, home)?;
                if one.marker.is_some() || wanted.contains(&(*entity, one.id.as_str())) {
                    records.push((*entity, one));
                }
            }
        }
        let (mut open_items, mut kinds) = (Vec::new(), BTreeMap::new());
        for (entity, list) in lists {
            for row in &list.rows {
                if *entity == Entity::Account {
                    if let Some(a) = account(row)? {
                        kinds.insert(a.id, a.kind);
                    }
                } else {
                    open_items.push(record(*entity, row, home)?);
                }
            }
        }
        if let Some(unknown) = ask.accounts.iter().find(|a| !kinds.contains_key(*a)) {
            return Err(CallError::Refused(format!("QuickBooks has no account with the id {unknown}")));
        }
        kinds.retain(|id, _| ask.accounts.contains(id));
        open_items.retain(|r| r.open.is_some_and(|o| !o.is_zero()) && on_wanted(r, &kinds));
        let gone = self.asked_by_id(&ask, &mut records, home, read_at).await?;
        let multicurrency = company::multicurrency(&preferences)?;
        let totals = self.totals(&ask, &kinds, home, multicurrency).await?;
        Ok(Reading {
            read_at,
            records: records.into_iter().map(|(_, r)| r).collect(),
            gone,
            opening: totals.opening,
            closing: totals.closing,
            movements: totals.movements,
            open_items,
        })
    }

    /// The preferences by a call of their own.
    pub(super) async fn preferences(&self) -> Result<Value, CallError> {
        let mut answer = self.read("request", Method::Get, "preferences", &[], None).await?;
        answer.body.remove("Preferences").ok_or_else(|| CallError::Shape("Preferences is missing".into()))
    }

    /// Adds the records that were asked for and that the span does not hold; gives those that are gone.
    async fn asked_by_id(
        &self,
        ask: &ReadingAsk,
        records: &mut Vec<(Entity, LedgerRecord)>,
        home: Currency,
        read_at: Timestamp,
    ) -> Result<Vec<(EntryKind, String, Option<Timestamp>)>, CallError> {
        let lacking = |records: &[(Entity, LedgerRecord)]| -> Vec<(EntryKind, String)> {
            let there =
                |k: EntryKind, id: &str| records.iter().any(|(e, r)| *e == entity_of(k) && r.id == id);
            let mut seen = BTreeSet::new();
            ask.records
                .iter()
                .filter(|(k, id)| !there(*k, id) && seen.insert((entity_of(*k), id.as_str())))
                .cloned()
                .collect()
        };
        let missing = lacking(records);
        if missing.is_empty() {
            return Ok(Vec::new());
        }
        let mut queries = Vec::new();
        for entity in Entity::POSTED {
            let ids: Vec<&str> =
                missing.iter().filter(|(k, _)| entity_of(*k) == entity).map(|(_, id)| id.as_str()).collect();
            queries.extend(ids.chunks(IDS).map(|c| Query::by_ids(entity, c)));
        }
        let asked: Vec<Entity> = queries.iter().map(|q| q.entity).collect();
        let found = self.read_all(queries).await?;
        for (entity, list) in asked.iter().zip(&found.lists) {
            for row in list.rows.iter().filter(|r| !is_deleted(r)) {
                records.push((*entity, record(*entity, row, home)?));
            }
        }
        let missing = lacking(records);
        if missing.is_empty() {
            return Ok(Vec::new());
        }
        let deleted = self.deletions(read_at).await?;
        let mut gone = Vec::new();
        for (kind, id) in missing {
            let entity = entity_of(kind);
            if let Some((_, _, at)) = deleted.iter().find(|(e, d, _)| *e == entity && *d == id) {
                gone.push((kind, id, *at));
                continue;
            }
            // queries lag behind writes, a call by id does not (contract 3.1)
            match self.by_id(entity, &id).await? {
                Some(row) => records.push((entity, record(entity, &row, home)?)),
                None => gone.push((kind, id, None)),
            }
        }
        Ok(gone)
    }

    /// What was deleted within the last 29 days; nothing where changes cannot be had.
    async fn deletions(
        &self,
        read_at: Timestamp,
    ) -> Result<Vec<(Entity, String, Option<Timestamp>)>, CallError> {
        let since = read_at.checked_sub(GONE_REACH).unwrap_or(Timestamp::MIN);
        let changed = match self.changes_since(&Entity::POSTED, since).await {
            Ok(changed) => changed,
            Err(CallError::Refused(why)) => {
                tracing::info!(why, "when records were deleted cannot be had");
                return Ok(Vec::new());
            }
            Err(e) => return Err(e),
        };
        let mut out = Vec::new();
        for entity in Entity::POSTED {
            for row in changed.rows(entity).iter().filter(|r| is_deleted(r)) {
                out.push((entity, id_of(entity, row)?, changed_at(row)));
            }
        }
        Ok(out)
    }

    /// The changes of these kinds since an instant, by one call.
    pub(super) async fn changes_since(
        &self,
        entities: &[Entity],
        since: Timestamp,
    ) -> Result<Changed, CallError> {
        let names: Vec<_> = entities.iter().map(|e| e.name()).collect();
        let (names, since) = (names.join(","), since.strftime("%Y-%m-%dT%H:%M:%SZ").to_string());
        let parameters = [("entities", names.as_str()), ("changedSince", since.as_str())];
        Changed::read(&self.read("request", Method::Get, "cdc", &parameters, None).await?)
    }

    /// Opening, closing and movements of the wanted accounts, piece by piece.
    async fn totals(
        &self,
        ask: &ReadingAsk,
        kinds: &BTreeMap<String, AccountType>,
        home: Currency,
        multicurrency: bool,
    ) -> Result<Totals, CallError> {
        let mut totals = Totals::default();
        if kinds.is_empty() {
            return Ok(totals);
        }
        // a stack: the earliest piece is its end
        let mut pieces = pieces(ask.from, ask.to);
        pieces.reverse();
        while let Some((from, to)) = pieces.pop() {
            let asked = Asked { from, to, home, accounts: kinds };
            let read = match self.ledger_report(&asked, multicurrency).await? {
                Ok(read) => read,
                Err(Unusable::Cut) if from < to => {
                    let days = from.until(to).map(|s| s.get_days()).unwrap_or_default();
                    let middle = from.checked_add((days / 2).days()).unwrap_or(from);
                    let next = middle.tomorrow().unwrap_or(to);
                    pieces.push((next, to));
                    pieces.push((from, middle));
                    continue;
                }
                Err(Unusable::Cut) => {
                    return Err(CallError::Shape(format!("GeneralLedger: cut even for the one day {from}")));
                }
                Err(Unusable::Shape(why)) => return Err(CallError::Shape(why)),
            };
            for (id, one) in read {
                let profit_and_loss = kinds.get(&id).is_some_and(|k| k.is_profit_and_loss());
                let moved = totals.closing.get(&id).is_some_and(|before| *before != one.opening);
                if moved && !profit_and_loss {
                    return Err(CallError::Shape(format!(
                        "GeneralLedger: account {id} changed while it was read; read again"
                    )));
                }
                totals.opening.entry(id.clone()).or_insert(one.opening);
                totals.closing.insert(id, one.closing);
                totals.movements.extend(one.movements);
            }
        }
        Ok(totals)
    }

    async fn ledger_report(
        &self,
        asked: &Asked<'_>,
        multicurrency: bool,
    ) -> Result<Result<BTreeMap<String, report::AccountLedger>, Unusable>, CallError> {
        let (from, to) = (asked.from.to_string(), asked.to.to_string());
        let accounts: Vec<&str> = asked.accounts.keys().map(String::as_str).collect();
        let accounts = accounts.join(",");
        let columns = if multicurrency {
            "tx_date,txn_type,doc_num,name,memo,subt_nat_amount,rbal_nat_amount,subt_nat_home_amount,rbal_nat_home_amount"
        } else {
            "tx_date,txn_type,doc_num,name,memo,subt_nat_amount,rbal_nat_amount"
        };
        let parameters = [
            ("start_date", from.as_str()),
            ("end_date", to.as_str()),
            ("accounting_method", "Accrual"),
            ("account", accounts.as_str()),
            ("columns", columns),
        ];
        let answer = self.read("report", Method::Get, "reports/GeneralLedger", &parameters, None).await?;
        Ok(report::read(&answer, asked))
    }
}

/// The span in pieces of six months at most.
fn pieces(from: Date, to: Date) -> Vec<(Date, Date)> {
    let mut out = Vec::new();
    let mut start = from;
    while start <= to {
        let next = start.checked_add(MONTHS.months()).unwrap_or(Date::MAX);
        let end = next.yesterday().unwrap_or(to).min(to);
        out.push((start, end));
        let Ok(after) = end.tomorrow() else { break };
        start = after;
    }
    out
}

/// A record on one of the wanted payable accounts. One that names no account is on the only one there is.
fn on_wanted(record: &LedgerRecord, kinds: &BTreeMap<String, AccountType>) -> bool {
    match &record.offset_account {
        Some(account) => kinds.contains_key(&account.id),
        None => kinds.values().filter(|k| **k == AccountType::AccountsPayable).count() == 1,
    }
}
