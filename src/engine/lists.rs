//! Reference data in both directions: the lists of the two systems are compared, the differences shown as proposals,
//! and made only when a person says so (accounting.md, section 4).

use std::collections::{BTreeMap, BTreeSet};

use crate::engine::core::Core;
use crate::engine::{EngineError, What};
use crate::mapping::{ItemLists, VendorLists, item_proposals, vendor_proposals};
use crate::model::book::{Book, Leads, ListPair};
use crate::model::canonical::sha256_hex;
use crate::model::document::DocumentKind;
use crate::model::entry::Named;
use crate::model::finding::FindingCode;
use crate::model::ids::{BookId, ConnectionId};
use crate::model::ledger::{LedgerFacts, normal_name};
use crate::model::lists::{
    End, ItemRecord, Proposal, ProposedAction, ProposedRecord, SeenRecord, VendorRecord,
};
use crate::model::people::Actor;
use crate::model::rule::{DimensionKind, Gives, Key, Rule, RuleKind};
use crate::model::state::State;
use crate::store::{ConnectionRow, ProposalRow, ProposalStep, Query};
use crate::systems::{Change, Lists, Put};

/// What became of applied proposals: key, and the record's id or why not.
pub type Applied = Vec<(String, Result<String, String>)>;

/// What documents under way use: they keep what they name from being taken out of use.
#[derive(Debug, Default)]
struct Busy {
    codes: BTreeSet<String>,
    ids: BTreeSet<String>,
    /// Payees without a vendor: employees that wait for one.
    waiting: BTreeMap<String, VendorRecord>,
}

impl Core {
    /// Compares the lists of a book's two systems as its policy says, and keeps what differs as proposals. Gives how many
    /// there are, and how many are new.
    pub async fn compare_lists(&self, book: &BookId) -> Result<(usize, u64), EngineError> {
        let book = self.book(book).await?;
        let policy = &book.settings.reference;
        if policy.vendors == Leads::Nobody && !policy.employees && policy.lists.is_empty() {
            return Err(EngineError::Refused(format!(
                "The book {} compares no lists: say in its settings (reference) which system leads.",
                book.id
            )));
        }
        let source_row = self.connection(&book.source).await?;
        let ledger_row = self.connection(&book.ledger).await?;
        self.must_be_here(&ledger_row).await?;
        let changed = self.read_ledger(&ledger_row).await?;
        let Some(facts) = self.facts(&book.ledger).await? else {
            return Err(EngineError::Refused("the ledger has not been read yet".into()));
        };
        let source = self.wires.lists(&source_row)?;
        let ledger = self.wires.lists(&ledger_row)?;
        let seen = self.store.seen_records(book.id.clone()).await?;
        let busy = self.busy(&book).await?;
        let mut proposals: Vec<Proposal> = Vec::new();
        let mut now_seen: Vec<SeenRecord> = Vec::new();
        if policy.vendors != Leads::Nobody || policy.employees {
            let theirs = self.heard(&ledger_row, ledger.vendors().await).await?;
            now_seen.extend(theirs.iter().map(|v| seen_vendor(End::Ledger, v)));
            if policy.vendors != Leads::Nobody {
                let ours = self.heard(&source_row, source.vendors().await).await?;
                now_seen.extend(ours.iter().map(|v| seen_vendor(End::Source, v)));
                let open = self.open_vendors(&book, &ledger_row, &facts).await?;
                let mut all_busy = busy.codes.clone();
                all_busy.extend(busy.ids.iter().cloned());
                all_busy.extend(open);
                let (lead, follow, end) = match policy.vendors {
                    Leads::Source => (&ours, &theirs, End::Ledger),
                    _ => (&theirs, &ours, End::Source),
                };
                // employees' vendor records are apart from suppliers: they never go to the source
                let employees = self.employees(&book).await?;
                let lead: Vec<VendorRecord> = lead
                    .iter()
                    .filter(|v| !v.code.is_empty() && !employees.contains(&v.code))
                    .cloned()
                    .collect();
                proposals.extend(vendor_proposals(&VendorLists {
                    lead: &lead,
                    follow,
                    taken: if end == End::Ledger { taken(&facts) } else { BTreeMap::new() },
                    busy: all_busy,
                    seen: &seen,
                    end: Some(end),
                }));
            }
            if policy.employees {
                let lead: Vec<VendorRecord> = busy.waiting.values().cloned().collect();
                proposals.extend(vendor_proposals(&VendorLists {
                    lead: &lead,
                    follow: &theirs,
                    taken: taken(&facts),
                    seen: &[],
                    end: Some(End::Ledger),
                    ..VendorLists::default()
                }));
            }
        }
        for pair in &policy.lists {
            let found = self.pair(
                &book,
                pair,
                (&source_row, source.as_ref()),
                (&ledger_row, ledger.as_ref()),
                &seen,
                &busy,
            );
            let (more, saw) = found.await?;
            proposals.extend(more);
            now_seen.extend(saw);
        }
        still_open(&mut now_seen, &seen, &proposals);
        let n = proposals.len();
        let new = self.store.keep_proposals(book.id.clone(), proposals, now_seen, self.now()).await?;
        if changed {
            // nobody else will see that the ledger changed: this reading was the one that found it
            self.derive_books_of(&book.ledger).await?;
        }
        self.tell(
            What::Derived,
            Some(&book.id),
            None,
            format!("lists compared: {n} proposals, {new} of them new"),
        );
        self.touch();
        Ok((n, new))
    }

    async fn pair(
        &self,
        book: &Book,
        pair: &ListPair,
        source: (&ConnectionRow, &dyn Lists),
        ledger: (&ConnectionRow, &dyn Lists),
        seen: &[SeenRecord],
        busy: &Busy,
    ) -> Result<(Vec<Proposal>, Vec<SeenRecord>), EngineError> {
        let list = ledger_list(pair.dimension);
        let ours = self.heard(source.0, source.1.items(pair.list.clone()).await).await?;
        let theirs = self.heard(ledger.0, ledger.1.items(list.into()).await).await?;
        let mut saw: Vec<SeenRecord> = ours.iter().map(|i| seen_item(End::Source, i)).collect();
        saw.extend(theirs.iter().map(|i| seen_item(End::Ledger, i)));
        if pair.leads == Leads::Nobody {
            return Ok((Vec::new(), saw));
        }
        let field = book.settings.dimensions.iter().find(|d| d.dimension == pair.dimension);
        let Some(field) = field.map(|d| d.field.clone()) else {
            return Err(EngineError::Refused(format!(
                "The book {} does not say which field holds the {}.",
                book.id,
                pair.dimension.word()
            )));
        };
        let rules = self.store.rules(book.id.clone()).await?;
        let key = Key::Field(field.clone());
        let mut mapped = BTreeMap::new();
        for r in rules.rules.iter().filter(|r| r.kind == pair.dimension.rule_kind() && r.document.is_none()) {
            if let Some(code) = r.keys.get(&key) {
                let id = match &r.gives {
                    Gives::Record(n) => n.id.clone(),
                    // mapped to nothing, or to another company: on purpose
                    _ => String::new(),
                };
                mapped.insert(code.clone(), id);
            }
        }
        let (lead, follow, end, to) = match pair.leads {
            Leads::Source => (&ours, &theirs, End::Ledger, list.to_string()),
            _ => (&theirs, &ours, End::Source, pair.list.clone()),
        };
        let mut all_busy = busy.codes.clone();
        all_busy.extend(busy.ids.iter().cloned());
        let proposals = item_proposals(&ItemLists {
            lead,
            follow,
            list: to,
            field,
            mapped,
            busy: all_busy,
            seen,
            end: Some(end),
        });
        Ok((proposals, saw))
    }

    /// Derives what waits in every book of a ledger.
    pub(crate) async fn derive_books_of(&self, ledger: &ConnectionId) -> Result<(), EngineError> {
        for book in self.store.books().await?.into_iter().filter(|b| b.ledger == *ledger) {
            self.derive_due(Some(&book.id), true).await?;
        }
        Ok(())
    }

    /// Codes of the employees who were ever paid by documents of the book.
    async fn employees(&self, book: &Book) -> Result<BTreeSet<String>, EngineError> {
        let mut out = BTreeSet::new();
        let mut query = Query { book: Some(book.id.clone()), limit: 500, ..Query::default() };
        loop {
            let page = self.store.page(query.clone()).await?;
            let paid = page
                .rows
                .iter()
                .filter(|r| matches!(r.kind, DocumentKind::ExpenseReport | DocumentKind::CashAdvance));
            out.extend(paid.map(|r| r.payee_code.clone()));
            match page.rows.last().filter(|_| page.more) {
                Some(last) => query.from = Some(last.id),
                None => return Ok(out),
            }
        }
    }

    /// Documents under way: what they use, and who waits for a vendor.
    async fn busy(&self, book: &Book) -> Result<Busy, EngineError> {
        use State::*;
        let mut out = Busy::default();
        let states = vec![Blocked, Ready, Held, Approved, Posting, Ambiguous, Failed, NeedsHuman];
        let mut query = Query { book: Some(book.id.clone()), states, limit: 500, ..Query::default() };
        loop {
            let page = self.store.page(query.clone()).await?;
            for row in &page.rows {
                out.codes.insert(row.payee_code.clone());
                out.codes.extend(row.cost_centres.split_whitespace().map(str::to_string));
                let Some(derived) = self.store.card(row.id).await?.derived else { continue };
                for e in &derived.set.entries {
                    out.ids.extend(e.party.iter().map(|p| p.id.clone()));
                    for l in &e.lines {
                        let d = &l.dimensions;
                        out.ids.extend(
                            [&d.class, &d.department, &d.customer]
                                .into_iter()
                                .flatten()
                                .map(|n| n.id.clone()),
                        );
                    }
                }
                let unknown = derived.findings.iter().any(|f| f.code == FindingCode::PartyUnmapped);
                if unknown && row.kind != DocumentKind::Invoice && !row.payee_code.is_empty() {
                    let name = spoken(&row.payee);
                    out.waiting.entry(row.payee_code.clone()).or_insert_with(|| VendorRecord {
                        code: row.payee_code.clone(),
                        name,
                        currency: row.currency,
                        active: true,
                        ..VendorRecord::default()
                    });
                }
            }
            match page.rows.last().filter(|_| page.more) {
                Some(last) => query.from = Some(last.id),
                None => break,
            }
        }
        out.ids.remove("");
        out.codes.remove("");
        Ok(out)
    }

    /// Vendors with open items in the ledger: they are not taken out of use.
    async fn open_vendors(
        &self,
        book: &Book,
        row: &ConnectionRow,
        facts: &LedgerFacts,
    ) -> Result<BTreeSet<String>, EngineError> {
        let a = &book.settings.accounts;
        let payables =
            a.employee_payable.values().chain(a.supplier_payable.values()).chain(a.paid_by_concur.values());
        let today = self.now().to_zoned(jiff::tz::TimeZone::UTC).date();
        let ask = crate::systems::ReadingAsk {
            from: today,
            to: today,
            accounts: payables.map(|n| n.id.clone()).collect(),
            records: Vec::new(),
        };
        let reading = self.heard(row, self.wires.push(row)?.reading(ask).await).await?;
        let mut out = BTreeSet::new();
        for r in reading.open_items {
            if let Some(p) = r.party {
                out.extend(facts.vendor(&p.id).map(|v| v.code.clone()).filter(|c| !c.is_empty()));
                out.insert(p.id);
            }
        }
        Ok(out)
    }

    /// Makes what was proposed, one by one, each durable before its call. `by` is the person who said so.
    pub async fn apply_proposals(
        &self,
        ids: Vec<i64>,
        book: &BookId,
        by: Actor,
    ) -> Result<Applied, EngineError> {
        let book = self.book(book).await?;
        let rows = self.store.proposals(book.id.clone(), false).await?;
        let mut out = Applied::new();
        let (mut wrote_ledger, mut maps_source) = (false, false);
        for id in ids {
            let Some(row) = rows.iter().find(|r| r.id == id) else {
                out.push((format!("proposal {id}"), Err("there is no such open proposal".into())));
                continue;
            };
            let answer = self.apply_one(&book, row, &by).await?;
            wrote_ledger |= answer.is_ok() && row.proposal.end == End::Ledger;
            if let (Ok(_), End::Source, Some(maps)) = (&answer, row.proposal.end, &row.proposal.maps) {
                maps_source |= self.map_source(&book, row, maps, &by).await?;
            }
            out.push((row.proposal.key(), answer));
        }
        if wrote_ledger {
            let ledger = self.connection(&book.ledger).await?;
            self.read_ledger(&ledger).await?;
            for (row, (_, answer)) in
                rows.iter().filter(|r| out.iter().any(|(k, _)| *k == r.proposal.key())).zip(&out)
            {
                if let (Ok(id), Some(maps)) = (answer, &row.proposal.maps) {
                    self.map_new(&book, row, maps, id, &by).await?;
                }
            }
        }
        if wrote_ledger || maps_source {
            self.derive_books_of(&book.ledger).await?;
        }
        self.touch();
        Ok(out)
    }

    async fn apply_one(
        &self,
        book: &Book,
        row: &ProposalRow,
        by: &Actor,
    ) -> Result<Result<String, String>, EngineError> {
        let connection = match row.proposal.end {
            End::Source => self.connection(&book.source).await?,
            End::Ledger => self.connection(&book.ledger).await?,
        };
        // one that calls us is asked only while it is here: nothing was begun
        if let Some(why) = self.away(&connection).await? {
            return Ok(Err(why));
        }
        let step = |s| self.store.proposal_step(row.id, s, by.clone(), self.now());
        let connection = match row.proposal.end {
            End::Source => self.connection(&book.source).await?,
            End::Ledger => self.connection(&book.ledger).await?,
        };
        if let Some(why) = self.away(&connection).await? {
            return Ok(Err(why));
        }
        if let Err(e) = step(ProposalStep::Trying).await {
            return match e {
                crate::store::StoreError::Refused(why) => Ok(Err(why)),
                e => Err(e.into()),
            };
        }
        let lists = self.wires.lists(&connection)?;
        // the same change has the same key, whatever process tries it
        let key = sha256_hex(format!("{}:{}:{}", book.id, row.id, row.proposal.key()).as_bytes());
        let active = row.proposal.action == ProposedAction::Activate;
        let answer = match (&row.proposal.record, row.proposal.action) {
            (ProposedRecord::Vendor(v), a) => lists.put_vendor(change(v, a, active), key).await,
            (ProposedRecord::Item(i), a) => lists.put_item(change(i, a, active), key).await,
        };
        Ok(match answer {
            Ok(Put::Done { id }) => {
                step(ProposalStep::Done(id.clone())).await?;
                Ok(id)
            }
            Ok(Put::Refused { code, message }) => {
                let why = format!("{message} ({code})");
                step(ProposalStep::Refused(why.clone())).await?;
                Err(why)
            }
            Ok(Put::NotSent(why)) => {
                step(ProposalStep::Open(why.clone())).await?;
                Err(why)
            }
            Ok(Put::Unknown(why)) => {
                let why = format!("{why}; compare again: what is there will show");
                step(ProposalStep::Open(why.clone())).await?;
                Err(why)
            }
            Err(e) => {
                let why = e.to_string();
                step(ProposalStep::Open(why.clone())).await?;
                // the connection's health says it too; the other proposals say for themselves
                match self.heard::<()>(&connection, Err(e)).await {
                    Err(EngineError::Store(e)) => return Err(e.into()),
                    _ => Err(why),
                }
            }
        })
    }

    /// The code that led to the new item is mapped to it, by the person who made it.
    async fn map_new(
        &self,
        book: &Book,
        row: &ProposalRow,
        maps: &(String, String),
        id: &str,
        by: &Actor,
    ) -> Result<(), EngineError> {
        let kind = match row.proposal.list.as_str() {
            "class" => RuleKind::Class,
            "department" => RuleKind::Department,
            "customer" => RuleKind::Customer,
            _ => return Ok(()),
        };
        let ProposedRecord::Item(item) = &row.proposal.record else { return Ok(()) };
        self.map(book, kind, maps, Named::new(id, &item.name), by).await
    }

    /// The new code of the source is mapped to the item of the ledger that it was made from. False where that one cannot
    /// be told by its name alone: then a person maps it.
    async fn map_source(
        &self,
        book: &Book,
        row: &ProposalRow,
        maps: &(String, String),
        by: &Actor,
    ) -> Result<bool, EngineError> {
        let pair = book.settings.reference.lists.iter().find(|p| p.list == row.proposal.list);
        let (Some(pair), Some(facts)) = (pair, self.facts(&book.ledger).await?) else { return Ok(false) };
        let list = facts.dimension_list(pair.dimension);
        let mut named = list.iter().filter(|d| d.active && d.name == row.proposal.subject);
        let (Some(one), None) = (named.next(), named.next()) else { return Ok(false) };
        self.map(book, pair.dimension.rule_kind(), maps, Named::new(&one.id, &one.name), by).await?;
        Ok(true)
    }

    async fn map(
        &self,
        book: &Book,
        kind: RuleKind,
        maps: &(String, String),
        to: Named,
        by: &Actor,
    ) -> Result<(), EngineError> {
        let mut rules = self.store.rules(book.id.clone()).await?;
        let expected = rules.version;
        rules.set(Rule {
            id: 0,
            kind,
            document: None,
            party: None,
            keys: BTreeMap::from([(Key::Field(maps.0.clone()), maps.1.clone())]),
            gives: Gives::Record(to),
            author: by.name.clone(),
            reason: None,
            billable: false,
        });
        self.store.put_rules(book.id.clone(), expected, rules, by.clone(), self.now()).await?;
        Ok(())
    }
}

fn change<T: Clone>(record: &T, action: ProposedAction, active: bool) -> Change<T> {
    match action {
        ProposedAction::Create => Change::Create(record.clone()),
        ProposedAction::Rename => Change::Update(record.clone()),
        ProposedAction::Activate | ProposedAction::Inactivate => Change::SetActive(record.clone(), active),
    }
}

/// What was renamed or taken out of use stays as it was seen until the other end follows or a person says no: the next
/// comparison has to come to the same proposal.
fn still_open(now: &mut [SeenRecord], before: &[SeenRecord], proposals: &[Proposal]) {
    for s in now {
        let about = |p: &Proposal| {
            p.action != ProposedAction::Create
                && p.end == s.end.other()
                && (p.list == "vendor") == (s.list == "vendor")
                && (p.subject == s.code || p.subject == s.name)
        };
        let was = before.iter().find(|b| b.end == s.end && b.list == s.list && b.id == s.id);
        if let Some(was) = was.filter(|_| proposals.iter().any(about)) {
            s.clone_from(was);
        }
    }
}

fn ledger_list(dimension: DimensionKind) -> &'static str {
    match dimension {
        DimensionKind::Class => "class",
        DimensionKind::Department => "department",
        DimensionKind::Customer => "customer",
    }
}

/// Names that vendors cannot have in the ledger, and whose they are.
fn taken(facts: &LedgerFacts) -> BTreeMap<String, String> {
    let customers = facts.customers.iter().map(|c| (normal_name(&c.name), "customer".to_string()));
    let employees = facts.employees.iter().map(|n| (normal_name(n), "employee".to_string()));
    customers.chain(employees).collect()
}

fn seen_vendor(end: End, v: &VendorRecord) -> SeenRecord {
    SeenRecord {
        end,
        list: "vendor".into(),
        id: v.id.clone(),
        code: v.code.clone(),
        name: v.name.clone(),
        active: v.active,
    }
}

fn seen_item(end: End, i: &ItemRecord) -> SeenRecord {
    SeenRecord {
        end,
        list: i.list.clone(),
        id: i.id.clone(),
        code: i.code.clone(),
        name: i.name.clone(),
        active: i.active,
    }
}

/// `Tan, Iris` as `Iris Tan`.
fn spoken(name: &str) -> String {
    match name.split_once(',') {
        Some((last, first)) => format!("{} {}", first.trim(), last.trim()),
        None => name.to_string(),
    }
}
