//! What the mappings screen shows: rules with use and age, what they give today, what has no mapping and what is near.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use crate::engine::core::Core;
use crate::engine::mapping::csv::records;
use crate::engine::mapping::{Board, Given, LedgerWords, Method, Unmapped, near};
use crate::engine::{EngineError, candidates};
use crate::mapping::rule_of;
use crate::model::document::Document;
use crate::model::finding::{FindingCode, Mend};
use crate::model::guard::Guard;
use crate::model::ids::BookId;
use crate::model::ledger::LedgerFacts;
use crate::model::rule::{Gives, Key, Rule, RuleKind, RuleSet};
use crate::store::{FindingGroup, Query, RuleUse};

/// Values without a mapping that are looked at one by one.
const UNMAPPED: usize = 400;
/// Rules whose names are looked up in a document.
const NAMED: usize = 400;
/// Versions that are shown.
const VERSIONS: u32 = 60;

impl Core {
    /// The board of a book.
    pub async fn board(&self, id: &BookId) -> Result<Board, EngineError> {
        let book = self.book(id).await?;
        self.forget_facts();
        let facts = self.facts(&book.ledger).await?;
        let rules = self.store.rules(id.clone()).await?;
        let uses = self.store.rule_uses(id.clone()).await?;
        let groups = self.store.finding_groups(Some(id.clone())).await?;
        let mut board = Board {
            given: facts.as_deref().map(|f| given(&rules, f)).unwrap_or_default(),
            names: self.names(id, &rules, &uses).await?,
            methods: methods(&book.settings.who_pays, &groups),
            versions: self.store.rule_versions(id.clone(), None, VERSIONS).await?,
            unread_ledger: facts.is_none(),
            ledger: LedgerWords::of(&self.connection(&book.ledger).await?.system),
            rules,
            uses,
            ..Board::default()
        };
        let mapped = |g: &&FindingGroup| g.code.maps();
        board.more_unmapped = groups.iter().filter(mapped).count().saturating_sub(UNMAPPED) as u64;
        for g in groups.iter().filter(mapped).take(UNMAPPED) {
            let query = Query {
                book: Some(id.clone()),
                finding: Some((g.code, g.value.clone())),
                limit: 1,
                ..Query::default()
            };
            let Some(row) = self.store.page(query).await?.rows.into_iter().next() else { continue };
            let card = self.store.card(row.id).await?;
            let findings = card.derived.as_ref().map(|d| d.findings.clone()).unwrap_or_default();
            let Some(f) = findings.into_iter().find(|f| f.code == g.code && f.value == g.value) else {
                continue;
            };
            let mended = rule_of(&f.mend);
            let mendable = mended.is_some();
            let rule = mended.unwrap_or_else(|| nameless(g));
            let name = match self.source_document(&card).await? {
                Some(doc) => name_in(&doc, &rule).unwrap_or_default(),
                None => String::new(),
            };
            let near = match &facts {
                Some(facts) => {
                    let mut all = candidates::all(&f.mend, facts, &book);
                    if let (Mend::MapParty { .. }, Some(currency)) = (&f.mend, card.row.currency) {
                        // a vendor has one currency: one of another would block again
                        let other = |v: &crate::model::ledger::Vendor| {
                            v.currency.unwrap_or(facts.company.home_currency) != currency
                        };
                        all.retain(|c| facts.vendor(&c.record.id).is_none_or(|v| !other(v)));
                    }
                    near(&f.mend, &name, all)
                }
                None => Vec::new(),
            };
            board.unmapped.push(Unmapped {
                group: g.clone(),
                mend: f.mend,
                sentence: f.sentence,
                name,
                mendable,
                rule,
                near,
            });
        }
        board.unmapped.sort_by(|a, b| b.group.count.cmp(&a.group.count).then_with(|| a.name.cmp(&b.name)));
        Ok(board)
    }

    /// The source's name of the value that each rule asks for, from one of its documents.
    async fn names(
        &self,
        book: &BookId,
        rules: &RuleSet,
        uses: &[RuleUse],
    ) -> Result<Vec<(u32, String)>, EngineError> {
        let used: BTreeSet<u32> = uses.iter().filter(|u| u.documents > 0).map(|u| u.rule).collect();
        let mut out = Vec::new();
        let mut read: BTreeMap<crate::model::ids::DocumentId, Option<Document>> = BTreeMap::new();
        let asked = rules.rules.iter().filter(|r| r.document.is_none() && used.contains(&r.id));
        for rule in asked.take(NAMED) {
            let found = self.store.rule_documents(book.clone(), rule.id, 1).await?;
            let Some(row) = found.rows.first() else { continue };
            let document = match read.entry(row.id) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(place) => {
                    let card = self.store.card(row.id).await?;
                    place.insert(self.source_document(&card).await?)
                }
            };
            let name = document.as_ref().and_then(|d| name_in(d, rule));
            if let Some(name) = name {
                out.push((rule.id, name));
            }
        }
        Ok(out)
    }
}

/// Stands for what no rule mends: it asks for the value and is never saved.
fn nameless(g: &FindingGroup) -> Rule {
    Rule {
        id: 0,
        kind: RuleKind::Account,
        document: None,
        party: None,
        keys: [(Key::About, g.value.clone())].into(),
        gives: Gives::Nothing,
        author: String::new(),
        reason: None,
        billable: false,
    }
}

/// The name that a document has for the value that a rule asks for first.
fn name_in(doc: &Document, rule: &Rule) -> Option<String> {
    if rule.kind == RuleKind::Party || (rule.keys.is_empty() && rule.party.is_some()) {
        return Some(doc.payee.spoken_name.clone()).filter(|n| !n.is_empty());
    }
    let (key, code) = rule.keys.iter().next()?;
    let found = match key {
        Key::ExpenseType => doc.expenses.iter().find(|e| e.type_code == *code).map(|e| e.type_name.clone()),
        Key::AccountCode => {
            let line = doc.journals().find(|(.., j)| j.account_code == *code);
            line.map(|(_, _, _, e, ..)| e.type_name.clone())
        }
        Key::Field(_) => {
            let allocations = doc.expenses.iter().flat_map(|e| &e.allocations);
            let all = doc
                .fields
                .values()
                .chain(doc.expenses.iter().flat_map(|e| e.fields.values()))
                .chain(allocations.flat_map(|a| a.fields.values()));
            all.filter(|c| c.code == *code).map(|c| c.value.clone()).find(|v| !v.is_empty() && v != code)
        }
        Key::TaxCode | Key::ReclaimCode | Key::Country | Key::Authority => {
            let taxes = doc.expenses.iter().flat_map(|e| &e.allocations).flat_map(|a| &a.taxes);
            let mut taxes = taxes.filter(|t| match key {
                Key::TaxCode => t.code == *code,
                Key::ReclaimCode => t.reclaim_code == *code,
                Key::Country => t.country == *code,
                _ => t.authority == *code,
            });
            let said = |text: &&str| !text.is_empty() && !rule.keys.values().any(|v| v == text);
            taxes.next().map(|t| {
                [t.country.as_str(), t.authority.as_str()]
                    .into_iter()
                    .filter(said)
                    .collect::<Vec<_>>()
                    .join(" ")
            })
        }
        Key::About | Key::Line => None,
    };
    found.filter(|n| !n.is_empty())
}

/// What each rule gives, as the ledger has it today.
fn given(rules: &RuleSet, facts: &LedgerFacts) -> Vec<(u32, Given)> {
    let mut lists = BTreeMap::new();
    let of_guards = rules.guards.iter().filter_map(Guard::default_rule);
    let mut out = Vec::new();
    for rule in rules.rules.iter().chain(of_guards) {
        let (Gives::Record(named) | Gives::TaxCode(named)) = &rule.gives else { continue };
        let list = lists.entry(rule.kind).or_insert_with(|| {
            let all = records(rule.kind, facts);
            all.into_iter().map(|(n, active)| (n.id, (n.name, active))).collect::<BTreeMap<_, _>>()
        });
        let found = match list.get(&named.id) {
            Some((label, true)) => Given { label: label.clone(), trouble: "" },
            Some((label, false)) => Given { label: label.clone(), trouble: "inactive" },
            None => Given { label: named.name.clone(), trouble: "gone" },
        };
        out.push((rule.id, found));
    }
    out
}

fn methods(who: &BTreeMap<String, crate::model::book::WhoPays>, groups: &[FindingGroup]) -> Vec<Method> {
    let waiting = |code: &str| {
        groups.iter().find(|g| g.code == FindingCode::WhoPaysUnmapped && g.value == code).cloned()
    };
    let mut out: Vec<Method> = groups
        .iter()
        .filter(|g| g.code == FindingCode::WhoPaysUnmapped && !who.contains_key(&g.value))
        .map(|g| Method { code: g.value.clone(), who: None, waiting: Some(g.clone()) })
        .collect();
    out.extend(who.iter().map(|(code, who)| Method {
        code: code.clone(),
        who: Some(*who),
        waiting: waiting(code),
    }));
    out
}

/// A mend without anything that was suggested, for the records of a kind.
pub fn mend_of(rule: &Rule) -> Mend {
    use crate::model::rule::DimensionKind::{Class, Customer, Department};
    let first = rule.keys.iter().next();
    let code = first.map(|(_, v)| v.clone()).unwrap_or_default();
    let dimension = |dimension| {
        let field = match first {
            Some((Key::Field(f), _)) => f.clone(),
            _ => String::new(),
        };
        Mend::MapDimension { dimension, field, code: code.clone(), value: String::new() }
    };
    match rule.kind {
        RuleKind::Party => Mend::MapParty { code: rule.party.clone().unwrap_or_default(), suggestion: None },
        RuleKind::Class => dimension(Class),
        RuleKind::Department => dimension(Department),
        RuleKind::Customer => dimension(Customer),
        RuleKind::Tax => {
            let of = |k: Key| rule.keys.get(&k).cloned().unwrap_or_default();
            Mend::MapTax {
                country: of(Key::Country),
                code: of(Key::TaxCode),
                reclaim_code: of(Key::ReclaimCode),
            }
        }
        RuleKind::Account | RuleKind::PostingDate | RuleKind::Decision | RuleKind::Text => {
            let of = |k: Key| rule.keys.get(&k).cloned().unwrap_or_default();
            Mend::MapAccount { code: of(Key::AccountCode), expense_type: of(Key::ExpenseType) }
        }
    }
}
