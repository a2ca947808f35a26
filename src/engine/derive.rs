//! Deriving: the stored bytes, today's rules and the ledger's reference data become an entry set and findings.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use crate::engine::core::Core;
use crate::engine::{EngineError, What};
use crate::mapping::{self, FamilyMember, Identity, Inputs, SameExpense, SeenVendor, Surroundings};
use crate::model::book::Book;
use crate::model::canonical;
use crate::model::document::Document;
use crate::model::document::DocumentKind;
use crate::model::finding::{Finding, FindingCode, Mend};
use crate::model::ids::{BookId, DocumentId};
use crate::model::money;
use crate::model::rule::RuleSet;
use crate::model::state::State;
use crate::model::{EntrySet, LedgerFacts};
use crate::store::{Card, ConnectionRow, Derived};

/// Documents of one transaction.
const CHUNK: usize = 200;

/// What deriving a book's documents needs, read once for many.
pub struct Bench {
    /// The book.
    pub book: Book,
    /// Its rules.
    pub rules: RuleSet,
    /// The ledger's reference data.
    pub facts: Arc<LedgerFacts>,
    /// Remote ids for references.
    pub identity: Identity,
    /// Ledger records that our intents own.
    pub ours: BTreeSet<String>,
    /// Vendors that were made here, by id.
    pub made_vendors: BTreeMap<String, mapping::MadeVendor>,
    /// The only approver, in single-person mode.
    pub acting: Option<(String, Option<String>)>,
    /// The source connection, whose reader gives the bytes their meaning.
    pub source: ConnectionRow,
}

impl Bench {
    /// `system:company` of the ledger, inside every digest.
    pub fn ledger_identity(&self) -> String {
        format!("{}:{}", self.identity.target_system, self.identity.target_company)
    }
}

impl Core {
    /// Reads what deriving a book needs; `None` while the ledger was never read.
    pub async fn bench(&self, book: &BookId) -> Result<Option<Bench>, EngineError> {
        let book = self.book(book).await?;
        let Some(facts) = self.facts(&book.ledger).await? else { return Ok(None) };
        let source = self.connection(&book.source).await?;
        let target = self.connection(&book.ledger).await?;
        let identity = Identity {
            source_system: source.system.clone(),
            source_company: source.company.clone(),
            target_system: target.system.clone(),
            target_company: target.company.clone(),
        };
        let rules = self.store.rules(book.id.clone()).await?;
        let ours = self.store.ours(book.ledger.clone()).await?;
        let made = self.store.made_vendors(book.ledger.clone()).await?;
        let made_vendors = made
            .into_iter()
            .map(|v| (v.id, mapping::MadeVendor { at: v.made_at, by: v.made_by, tax_form: false }))
            .collect();
        let acting = self.store.instance().await?.single_person;
        Ok(Some(Bench { book, rules, facts, identity, ours, made_vendors, acting, source }))
    }

    /// Derives what was stored and not derived yet, or everything of a book that is not approved. Answers those that
    /// changed; what comes out the same is not written again.
    pub async fn derive_due(&self, book: Option<&BookId>, all: bool) -> Result<Vec<DocumentId>, EngineError> {
        let mut changed = Vec::new();
        let mut benches: HashMap<BookId, Option<Bench>> = HashMap::new();
        let mut seen: BTreeSet<DocumentId> = BTreeSet::new();
        let mut again: BTreeSet<DocumentId> = BTreeSet::new();
        loop {
            // what is marked is always written: that takes the mark off, and nothing marked can be approved
            let marked: BTreeSet<DocumentId> =
                self.store.to_derive(book.cloned(), false, 100_000).await?.into_iter().collect();
            let due = self.store.to_derive(book.cloned(), all, 100_000).await?;
            let ids: Vec<DocumentId> = due.into_iter().filter(|id| seen.insert(*id)).collect();
            if ids.is_empty() {
                break;
            }
            for chunk in ids.chunks(CHUNK) {
                let mut results = Vec::with_capacity(chunk.len());
                let mut as_before = BTreeSet::new();
                for id in chunk {
                    let card = self.store.card(*id).await?;
                    let new = self.derive_card(&card, &mut benches).await?;
                    if same(&card, &new) {
                        if !marked.contains(id) {
                            continue;
                        }
                        as_before.insert(*id);
                    }
                    results.push((*id, card.row.version, new));
                }
                if results.is_empty() {
                    continue;
                }
                let written: Vec<DocumentId> = results.iter().map(|(id, ..)| *id).collect();
                // changed by somebody else meanwhile: due again, with what it is then
                let stale = self.store.derived(results, self.now()).await?;
                // once: what stays stale is due again at the next pass
                seen.retain(|id| !stale.contains(id) || !again.insert(*id));
                let told = |id: &DocumentId| !stale.contains(id) && !as_before.contains(id);
                changed.extend(written.into_iter().filter(told));
            }
            if all && ids.iter().all(|id| seen.contains(id)) {
                break;
            }
        }
        if !changed.is_empty() {
            self.tell(
                What::Derived,
                book,
                None,
                match changed.len() {
                    1 => "1 document derived".to_string(),
                    n => format!("{n} documents derived"),
                },
            );
        }
        Ok(changed)
    }

    /// Derives one document as it stands, without a change.
    pub async fn derive_one(&self, card: &Card) -> Result<Derived, EngineError> {
        self.derive_card(card, &mut HashMap::new()).await
    }

    pub(super) async fn derive_card(
        &self,
        card: &Card,
        benches: &mut HashMap<BookId, Option<Bench>>,
    ) -> Result<Derived, EngineError> {
        let Some(book) = &card.row.book else { return Ok(no_book(card)) };
        if !benches.contains_key(book) {
            benches.insert(book.clone(), self.bench(book).await?);
        }
        let Some(Some(bench)) = benches.get(book) else {
            return Ok(blocked(
                card,
                0,
                Finding::new(
                    FindingCode::FlowMissing,
                    "",
                    "ledger not read yet",
                    "The ledger of this book has not been read yet, so nothing can be mapped. Read it, then this goes on by itself.",
                    Mend::InLedger,
                ),
            ));
        };
        self.derive_on(card, bench).await
    }

    /// Derives one document with these rules and facts, without a change.
    pub(crate) async fn derive_on(&self, card: &Card, bench: &Bench) -> Result<Derived, EngineError> {
        if card.row.kind == DocumentKind::Correction {
            return self.derive_correction(card, bench).await;
        }
        let source = self.wires.source(&bench.source)?;
        let document = match source.read(card.row.kind, &card.row.source_id, &card.bytes) {
            Ok(d) => d,
            Err(u) => {
                let sentence = format!("The payload cannot be read at {}: {}", u.path, u.message);
                return Ok(blocked(
                    card,
                    0,
                    Finding::new(FindingCode::Unreadable, "", u.path, sentence, Mend::Reject),
                ));
            }
        };
        self.derive_document(card, &document, bench).await
    }

    async fn derive_document(
        &self,
        card: &Card,
        document: &Document,
        bench: &Bench,
    ) -> Result<Derived, EngineError> {
        let derivation = self.derivation(card, document, bench).await?;
        Ok(derived(card, bench, derivation))
    }

    /// What the rules of today make of a document, with what the store knows around it.
    pub(crate) async fn derivation(
        &self,
        card: &Card,
        document: &Document,
        bench: &Bench,
    ) -> Result<mapping::Derivation, EngineError> {
        let keys = mapping::duplicate_questions(document);
        let around = self.store.around(card.row.id, Vec::new(), keys).await?;
        let mut family = Vec::with_capacity(around.family.len());
        for (id, state, number) in around.family {
            let revision_number = self.read_again(id, bench).await?.map_or(1, |(_, d)| d.revision_number);
            family.push(FamilyMember { id, state, number, revision_number, same_family: true });
        }
        let last_posting = match around.last_posted {
            Some(id) => self.seen_at(id, bench).await?,
            None => None,
        };
        let mut surroundings = Surroundings {
            family,
            same_expense: around
                .same_expense
                .into_iter()
                .map(|(key, other_id, other)| SameExpense { key, other, other_id })
                .collect(),
            our_records: bench.ours.clone(),
            known_advances: around.known_advances.into_iter().collect(),
            made_vendors: bench.made_vendors.clone(),
            last_posting,
            used_references: BTreeSet::new(),
            acting: bench.acting.clone(),
        };
        let derivation = self.judge(card, document, bench, &surroundings);
        let references = references(&derivation.set);
        let used = self.store.around(card.row.id, references, Vec::new()).await?.used_references;
        let derivation = if used.is_empty() {
            derivation
        } else {
            // eleven characters can clash once in a long life: draw again
            surroundings.used_references = used.into_iter().collect();
            self.judge(card, document, bench, &surroundings)
        };
        Ok(derivation)
    }

    /// Another document of the store, read again; none where it cannot be read.
    async fn read_again(
        &self,
        id: DocumentId,
        bench: &Bench,
    ) -> Result<Option<(Card, Document)>, EngineError> {
        let card = self.store.card(id).await?;
        let source = self.wires.source(&bench.source)?;
        let document = source.read(card.row.kind, &card.row.source_id, &card.bytes).ok();
        Ok(document.map(|d| (card, d)))
    }

    /// The payee of a posted document, as the approved entry and the source named it.
    async fn seen_at(&self, id: DocumentId, bench: &Bench) -> Result<Option<SeenVendor>, EngineError> {
        let Some((card, document)) = self.read_again(id, bench).await? else { return Ok(None) };
        let party = card.approval.and_then(|a| a.set.entries.into_iter().find_map(|e| e.party));
        let currency = document.currency.code().to_string();
        Ok(party.map(|p| SeenVendor {
            vendor: p.id,
            vendor_name: p.name,
            currency,
            ..mapping::seen(&document, None)
        }))
    }

    fn judge(
        &self,
        card: &Card,
        document: &Document,
        bench: &Bench,
        around: &Surroundings,
    ) -> mapping::Derivation {
        mapping::derive(&Inputs {
            id: card.row.id,
            document,
            book: &bench.book,
            rules: &bench.rules,
            facts: &bench.facts,
            identity: &bench.identity,
            around,
            now: self.now(),
        })
    }
}

/// Nothing that a person would see or that would be posted differs.
fn same(card: &Card, new: &Derived) -> bool {
    // what the check right before posting holds goes on by itself once it is ready again
    let held = card.row.state == State::Held && !(new.state == State::Ready && card.approval.is_some());
    let stands = card.row.state == new.state || held;
    stands
        && card
            .derived
            .as_ref()
            .is_some_and(|old| Derived { rules_version: old.rules_version, ..new.clone() } == *old)
}

fn small(n: usize) -> u16 {
    u16::try_from(n).unwrap_or(u16::MAX)
}

pub(crate) fn references(set: &EntrySet) -> Vec<String> {
    set.entries.iter().map(|e| e.reference.to_string()).collect()
}

pub(crate) fn derived(card: &Card, bench: &Bench, d: mapping::Derivation) -> Derived {
    let mut findings = d.findings;
    let mut state = d.state;
    let digest = match canonical::digest(&d.set, &bench.ledger_identity()) {
        Ok(digest) if !d.set.entries.is_empty() => digest,
        Ok(_) => String::new(),
        Err(e) => {
            let sentence = format!("An amount cannot be posted exactly: {e}.");
            findings.push(Finding::new(FindingCode::TotalMismatch, "", "not exact", sentence, Mend::Reject));
            state = State::Blocked;
            String::new()
        }
    };
    Derived {
        revision: card.revision.clone(),
        rules_version: bench.rules.version,
        digest,
        findings,
        checks: d.checks.into_iter().map(|c| (c.ok, c.text)).collect(),
        state,
        posting_date: d.posting_date,
        original_date: d.original_date,
        payee: d.summary.payee,
        will_post: d.summary.will_post,
        cost_centres: d.summary.cost_centres.join(" "),
        receipts: (small(d.summary.receipts.0), small(d.summary.receipts.1)),
        who_pays: d.summary.who_pays,
        concur_pays: money::to_minor(d.summary.concur_pays, d.approved.currency).unwrap_or(0),
        approver: d.summary.approver,
        set: d.set,
    }
}

fn no_book(card: &Card) -> Derived {
    blocked(
        card,
        0,
        Finding::new(
            FindingCode::NoBook,
            "",
            "no book takes it",
            "No book takes documents with this ledger code. It is not acknowledged; name its code in a book, and it is fetched again.",
            Mend::BookPolicy,
        ),
    )
}

pub(crate) fn blocked(card: &Card, rules_version: u32, finding: Finding) -> Derived {
    Derived {
        revision: card.revision.clone(),
        rules_version,
        set: EntrySet::default(),
        digest: String::new(),
        findings: vec![finding],
        checks: Vec::new(),
        state: State::Blocked,
        posting_date: card.row.posting_date,
        original_date: card.row.posting_date,
        payee: card.row.payee.clone(),
        will_post: "nothing".into(),
        cost_centres: String::new(),
        receipts: (0, 0),
        who_pays: String::new(),
        concur_pays: 0,
        approver: String::new(),
    }
}
