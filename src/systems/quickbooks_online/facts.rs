//! Reference data: all of it in as few batches as possible, afterwards only what changed (contract 3.2, 3.3, 7.10).

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::model::ledger::{Account, Company, LedgerFacts, TaxCode, Term};
use crate::systems::CallError;
use crate::transport::Method;

use super::Client;
use super::cdc::{self, Changed};
use super::company::company;
use super::query::{Entity, Query};
use super::reads::Rows;
use super::wire_lists::{account, dimension, employee, term, vendor};
use super::wire_records::Transaction;
use super::wire_tax;

/// How far back recent records reach (reliability.md, 2.5).
pub const RECENT_DAYS: i64 = 120;
/// Change data capture looks back 30 days at most (contract 3.2); beyond this all is read again.
const CHANGES_REACH: SignedDuration = SignedDuration::from_hours(29 * 24);
/// Changes are asked for with this overlap, because queries and changes may lag behind writes (contract 3.1 and 3.2).
const OVERLAP: SignedDuration = SignedDuration::from_mins(5);
/// Transactions of which recent ones are kept.
pub const RECENT: [Entity; 4] = [Entity::Bill, Entity::VendorCredit, Entity::Purchase, Entity::JournalEntry];
/// Tax codes and their rates: no changes of them are told (contract 3.2), so they are read each time outside the US.
const TAX: [Entity; 2] = [Entity::TaxCode, Entity::TaxRate];
/// Lists of which inactive rows are read too.
const LISTS: [Entity; 6] =
    [Entity::Account, Entity::Vendor, Entity::Class, Entity::Department, Entity::Customer, Entity::Employee];

impl Client {
    /// The reference data; with what was read before, only what changed since.
    pub(super) async fn read_facts(
        &self,
        before: Option<LedgerFacts>,
        now: Timestamp,
    ) -> Result<LedgerFacts, CallError> {
        let refused = |b: &LedgerFacts| b.company.id == self.link.company && !b.company.negative_lines;
        if before.as_ref().is_some_and(refused) && self.link.settings.get("negative_lines").is_none() {
            // an earlier process was refused: that outlives it, until the connection's settings say otherwise
            self.learn_no_negative_lines();
        }
        let reach = |b: &LedgerFacts| {
            let age = now.duration_since(b.read_at);
            b.company.id == self.link.company && !age.is_negative() && age < CHANGES_REACH
        };
        if let Some(before) = before.filter(reach)
            && let Some(facts) = self.read_changes(before, now).await?
        {
            return Ok(facts);
        }
        self.read_everything(now).await
    }

    async fn read_everything(&self, now: Timestamp) -> Result<LedgerFacts, CallError> {
        let since = oldest_recent(now);
        let mut queries = vec![
            Query::single(Entity::CompanyInfo),
            Query::single(Entity::Preferences),
            Query::single(Entity::CompanyCurrency),
            Query::rates_of(today(now)),
        ];
        queries.extend(LISTS.map(Query::list));
        queries.extend(TAX.map(Query::optional));
        queries.extend(RECENT.map(|e| Query::since(e, since)));
        queries.push(Query::optional(Entity::Term));
        let asked: Vec<Entity> = queries.iter().map(|q| q.entity).collect();
        let reading = self.read_all(queries).await?;
        let found = |entity: Entity| {
            asked.iter().position(|e| *e == entity).and_then(|n| reading.lists.get(n)).unwrap_or(&EMPTY)
        };
        let company = self.company_of(&found).await?;
        let mut facts = LedgerFacts {
            accounts: accounts(&found(Entity::Account).rows)?,
            vendors: each(&found(Entity::Vendor).rows, vendor)?,
            classes: each(&found(Entity::Class).rows, |r| dimension(Entity::Class, r))?,
            departments: each(&found(Entity::Department).rows, |r| dimension(Entity::Department, r))?,
            customers: each(&found(Entity::Customer).rows, |r| dimension(Entity::Customer, r))?,
            employees: each(&found(Entity::Employee).rows, employee)?,
            tax_codes: Vec::new(),
            rates: Default::default(),
            terms: terms(&found(Entity::Term).rows)?,
            recent: Vec::new(),
            read_at: reading.time.map_or(now, |t| t.min(now)),
            index: Default::default(),
            company,
        };
        facts.tax_codes = tax_codes(&facts.company, &found)?;
        let home = facts.company.home_currency;
        for entity in RECENT {
            for row in &found(entity).rows {
                facts.recent.extend(Transaction::read(entity, row)?.recent(entity, home)?);
            }
        }
        self.read_rates(&mut facts, found(Entity::ExchangeRate), today(now), true).await?;
        Ok(facts.indexed())
    }

    /// What changed since `before` was read; none: too much changed, or the changes cannot be had, so all has to be
    /// read again.
    async fn read_changes(
        &self,
        before: LedgerFacts,
        now: Timestamp,
    ) -> Result<Option<LedgerFacts>, CallError> {
        let Ok(since) = before.read_at.checked_sub(OVERLAP) else { return Ok(None) };
        let entities = LISTS.iter().chain(&RECENT).chain(&[Entity::Term]);
        let entities: Vec<_> = entities.map(|e| e.name()).collect();
        let since = since.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        let parameters = [("entities", entities.join(",")), ("changedSince", since)];
        let parameters: Vec<_> = parameters.iter().map(|(n, v)| (*n, v.as_str())).collect();
        let answer = match self.read("request", Method::Get, "cdc", &parameters, None).await {
            Ok(answer) => answer,
            Err(CallError::Refused(why)) => {
                tracing::info!(why, "changes cannot be had; reading everything");
                return Ok(None);
            }
            Err(e) => return Err(e),
        };
        let changed = Changed::read(&answer)?;
        if changed.incomplete() {
            return Ok(None);
        }
        let mut queries = vec![
            Query::single(Entity::CompanyInfo),
            Query::single(Entity::Preferences),
            Query::single(Entity::CompanyCurrency),
        ];
        if super::rates::wanting(&before, today(now)) {
            queries.push(Query::rates_of(today(now)));
        }
        if before.company.country != "US" {
            queries.extend(TAX.map(Query::optional));
        }
        // names of employees are kept without ids, so a change among them reads them anew
        let employees = changed.touches(Entity::Employee);
        if employees {
            queries.push(Query::list(Entity::Employee));
        }
        // what an earlier version kept knows no terms, though its vendors name some
        let terms_missing = before.vendors.iter().any(|v| v.term.is_some() && before.term_of(v).is_none());
        if terms_missing {
            queries.push(Query::optional(Entity::Term));
        }
        let asked: Vec<Entity> = queries.iter().map(|q| q.entity).collect();
        let reading = self.read_all(queries).await?;
        let found = |entity: Entity| {
            asked.iter().position(|e| *e == entity).and_then(|n| reading.lists.get(n)).unwrap_or(&EMPTY)
        };
        let company = self.company_of(&found).await?;
        let tax_codes = tax_codes(&company, &found)?;
        let read_at = answer.time().map_or(now, |t| t.min(now));
        let mut facts = cdc::merge(before, &changed, company, oldest_recent(now), read_at)?;
        facts.tax_codes = tax_codes;
        if employees {
            facts.employees = each(&found(Entity::Employee).rows, employee)?;
        }
        if terms_missing {
            facts.terms = terms(&found(Entity::Term).rows)?;
        }
        self.read_rates(&mut facts, found(Entity::ExchangeRate), today(now), false).await?;
        Ok(Some(facts.indexed()))
    }

    /// The company, from the rows of a batch, or by calls of their own where it cannot be queried.
    async fn company_of<'a>(&self, found: &impl Fn(Entity) -> &'a Rows) -> Result<Company, CallError> {
        let mut info = found(Entity::CompanyInfo).rows.first().cloned();
        let mut preferences = found(Entity::Preferences).rows.first().cloned();
        if info.is_none() {
            let path = format!("companyinfo/{}", self.link.company);
            info = self.read("request", Method::Get, &path, &[], None).await?.body.remove("CompanyInfo");
        }
        if preferences.is_none() {
            preferences =
                self.read("request", Method::Get, "preferences", &[], None).await?.body.remove("Preferences");
        }
        let company = company(
            &self.link.company,
            &info.ok_or_else(|| CallError::Shape("CompanyInfo is missing".into()))?,
            &preferences.ok_or_else(|| CallError::Shape("Preferences is missing".into()))?,
            &found(Entity::CompanyCurrency).rows,
        )?;
        Ok(Company { negative_lines: self.takes_negative_lines(), ..company })
    }
}

static EMPTY: Rows = Rows { rows: Vec::new(), not_queried: false };

fn each<T>(rows: &[Value], read: impl Fn(&Value) -> Result<T, CallError>) -> Result<Vec<T>, CallError> {
    rows.iter().map(read).collect()
}

fn accounts(rows: &[Value]) -> Result<Vec<Account>, CallError> {
    Ok(each(rows, account)?.into_iter().flatten().collect())
}

fn terms(rows: &[Value]) -> Result<Vec<Term>, CallError> {
    Ok(each(rows, term)?.into_iter().flatten().collect())
}

/// The tax codes, where the ledger computes tax.
fn tax_codes<'a>(company: &Company, found: &impl Fn(Entity) -> &'a Rows) -> Result<Vec<TaxCode>, CallError> {
    let (codes, rates) = (found(Entity::TaxCode), found(Entity::TaxRate));
    if company.country == "US" || codes.not_queried {
        return Ok(Vec::new());
    }
    let rates = if rates.not_queried { Vec::new() } else { each(&rates.rows, wire_tax::rate)? };
    each(&codes.rows, |row| wire_tax::code(row, &rates))
}

/// The day by which rates and recent records are asked for; a day's difference to the company's zone does no harm.
fn today(now: Timestamp) -> Date {
    now.to_zoned(TimeZone::UTC).date()
}

fn oldest_recent(now: Timestamp) -> Date {
    let back = now.checked_sub(SignedDuration::from_hours(RECENT_DAYS * 24)).unwrap_or(Timestamp::MIN);
    today(back)
}
