//! Reading a source: all pages are stored, then acknowledged in chunks, then scanned again until nothing new comes.
//!
//! Recalls of what is acknowledged already are not polled for (reliability.md, 2.4 and F35). Concur's list holds documents
//! in status READY only, so that what was acknowledged is never in it again; the status of another one is told by
//! `docId` with `ignoreDocumentStatus`, which is honoured for one document a call (contract of Concur, 2.1). There is no
//! list of recalled documents, and the lists of reports and invoice requests speak of business ids and payment states, not
//! of documents, and know no cash advances. Asking before each posting would cost a call a document for something that the
//! contract does not offer after an acknowledgement: a processor recalls before it (2.2). What happens all the same is
//! noticed without a call of its own: code 102 answers the acknowledgement (`recalled`), a resubmitted report arrives as
//! a new document of the same family, beside which the older one is not approved (reliability.md, 2.2), and code 112
//! answers the confirmation (`confirm_failed`, with reversal or closing as the choices).

use std::collections::HashMap;

use crate::engine::core::Core;
use crate::engine::route::{self, Ours};
use crate::engine::totals::Scan;
use crate::engine::{EngineError, What};
use crate::mapping;
use crate::model::DocumentKind;
use crate::model::book::Book;
use crate::model::canonical::sha256_hex;
use crate::model::document::Document;
use crate::model::finding::FindingCode;
use crate::model::guard::Guard;
use crate::model::ids::{BookId, ConnectionId, DocumentId};
use crate::model::money;
use crate::model::rule::{Key, Rule, RuleKind};
use crate::store::failpoint::{self, FailPoint};
use crate::store::{Arrival, ArrivalHeader, Arrived, ConnectionRow, Unreadable};
use crate::systems::{CallError, Incoming, Source};
use crate::tieout::Stage;

/// A scan that goes on for ever is a fault of the source.
const MOST_SCANS: u32 = 200;
/// How often a list is counted again that holds another number of documents than it says.
const MOST_RECOUNTS: u32 = 2;

/// What a fetch brought.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Fetched {
    /// New documents.
    pub new: u64,
    /// New revisions.
    pub revised: u64,
    /// Delivered again without a change.
    pub known: u64,
    /// Of them unreadable.
    pub unreadable: u64,
    /// Kinds that have no flow at all (payroll): counted, not stored.
    pub out_of_scope: u64,
}

impl Core {
    /// Reads one source connection until a scan brings nothing new. Unreadable, unrouted and test documents are stored
    /// once, counted at each poll and never acknowledged.
    pub async fn fetch(&self, row: &ConnectionRow) -> Result<Fetched, EngineError> {
        let source = self.wires.source(row)?;
        if row.health == crate::store::Health::WrongCompany {
            // nothing is read or acknowledged before the right company answers
            let company = self.heard(row, source.company().await).await?;
            self.is_company(row, &company.id).await?;
        }
        let books = self.store.books().await?;
        let mut sum = Fetched::default();
        let mut scans = Vec::new();
        let mut again = MOST_RECOUNTS;
        for _ in 0..MOST_SCANS {
            let (scan, counts) = self.scan(row, source.as_ref(), &books).await?;
            let complete = counts.complete();
            scans.push(counts);
            sum.new += scan.new;
            sum.revised += scan.revised;
            sum.known = scan.known;
            sum.unreadable += scan.unreadable;
            sum.out_of_scope = scan.out_of_scope;
            self.acknowledge(row).await?;
            if scan.new + scan.revised == 0 {
                // documents come and go while they are listed: counted again before it is called a break
                if complete || again == 0 {
                    break;
                }
                again -= 1;
            }
        }
        self.ledgering.keep(&row.id, &scans);
        let owned: Vec<&BookId> = books.iter().filter(|b| b.source == row.id).map(|b| &b.id).collect();
        let text = format!(
            "{}: {} new, {} changed, {} known, {} unreadable",
            row.id, sum.new, sum.revised, sum.known, sum.unreadable
        );
        self.tell(What::Fetched, owned.first().copied(), None, text);
        Ok(sum)
    }

    async fn scan(
        &self,
        row: &ConnectionRow,
        source: &dyn Source,
        books: &[Book],
    ) -> Result<(Fetched, Scan), EngineError> {
        let mut sum = Fetched::default();
        let mut counts = Scan::default();
        let mut cursor = None;
        let mut guards = HashMap::new();
        for b in books {
            guards.insert(b.id.clone(), self.store.rules(b.id.clone()).await?.guards);
        }
        loop {
            let page = self.heard(row, source.changes(cursor.clone()).await).await?;
            let mut arrivals = Vec::new();
            let mut acknowledge = Vec::new();
            let list = match page.items.first().map(|i| &i.kind) {
                Some(Ok(kind)) => kind.name().to_string(),
                Some(Err(word)) => word.clone(),
                None => cursor.clone().unwrap_or_default(),
            };
            counts.page(list, page.listed, page.items.len() as u64);
            for item in page.items {
                if let Some(other) = item.company.as_ref().filter(|c| !c.eq_ignore_ascii_case(&row.company)) {
                    let why = format!("{} lists documents of company {other}, not {}", row.id, row.company);
                    self.heard::<()>(row, Err(CallError::WrongCompany(why))).await?;
                }
                let Ok(kind) = item.kind else {
                    sum.out_of_scope += 1;
                    counts.count(None, None, Stage::OutOfScope);
                    continue;
                };
                let (arrival, ours) = arrival(&row.id, source, books, kind, item, self.now());
                let ours = match ours {
                    Ours::Yes if left_out(&guards, source, &arrival) => {
                        self.taken_over(&arrival, FindingCode::OutOfScope).await?
                    }
                    Ours::Yes => true,
                    Ours::No => false,
                    Ours::OldProcess => self.taken_over(&arrival, FindingCode::BeforeCutover).await?,
                };
                sum.unreadable += u64::from(arrival.header.is_err());
                arrivals.push(arrival);
                acknowledge.push(ours);
            }
            if !arrivals.is_empty() {
                self.keep(arrivals, acknowledge, &mut sum, &mut counts).await?;
            }
            match page.next {
                // a source that names the same page again would never end
                Some(next) if Some(&next) != cursor.as_ref() => cursor = Some(next),
                _ => return Ok((sum, counts)),
            }
        }
    }

    /// A document of the time before cut-over, or one that a rule leaves out, that a person took over by decision.
    async fn taken_over(&self, arrival: &Arrival, about: FindingCode) -> Result<bool, EngineError> {
        let (Some(book), Ok(_)) = (&arrival.book, &arrival.header) else { return Ok(false) };
        let rules = self.store.rules(book.clone()).await?.rules;
        let decided = |r: &&Rule| {
            r.kind == RuleKind::Decision && r.keys.get(&Key::About).is_some_and(|a| a == about.name())
        };
        let of: Vec<DocumentId> = rules.iter().filter(decided).filter_map(|r| r.document).collect();
        if of.is_empty() {
            return Ok(false);
        }
        let (from, id) = (arrival.connection.clone(), arrival.source_id.clone());
        let found = self.store.document_of(from, arrival.kind, id).await?;
        Ok(found.is_some_and(|id| of.contains(&id)))
    }

    async fn keep(
        &self,
        arrivals: Vec<Arrival>,
        acknowledge: Vec<bool>,
        sum: &mut Fetched,
        counts: &mut Scan,
    ) -> Result<(), EngineError> {
        let now = self.now();
        let money = |a: &Arrival| a.header.as_ref().ok().map(|h| (h.currency, h.minor));
        let heads: Vec<_> = arrivals.iter().map(|a| (a.kind, money(a))).collect();
        let arrived = self.store.arrive(arrivals, acknowledge, now).await?;
        for ((kind, money), arrived) in heads.into_iter().zip(arrived) {
            let known = matches!(arrived, Arrived::Known(_));
            counts.count(Some(kind), money, if known { Stage::Known } else { Stage::Stored });
            if money.is_none() {
                counts.count(Some(kind), None, Stage::Unreadable);
            }
            match arrived {
                Arrived::New(_) => sum.new += 1,
                Arrived::Revised(_) => sum.revised += 1,
                Arrived::RevisedLater(id) => {
                    sum.revised += 1;
                    let text = "a newer revision came after posting began: compare it with the ledger, nothing is sent again";
                    self.tell(What::Alarm, None, Some((id, "")), text.into());
                }
                Arrived::Known(_) => sum.known += 1,
            }
        }
        Ok(())
    }

    /// Sends the acknowledgements that are due, in chunks by kind.
    pub async fn acknowledge(&self, row: &ConnectionRow) -> Result<u64, EngineError> {
        let source = self.wires.source(row)?;
        let mut sent = 0;
        loop {
            let chunk = source.acknowledge_chunk().max(1);
            let due = self
                .store
                .outbox(
                    row.id.clone(),
                    crate::store::OutboxKind::Acknowledge,
                    self.now(),
                    u32::try_from(chunk).unwrap_or(100),
                )
                .await?;
            let Some(kind) = due.first().map(|r| r.document_kind) else { return Ok(sent) };
            let rows: Vec<_> = due.into_iter().filter(|r| r.document_kind == kind).collect();
            let ids = rows.iter().map(|r| r.source_id.clone()).collect();
            self.store.telling(rows.iter().map(|r| r.id).collect(), self.now()).await?;
            failpoint::hit(FailPoint::BeforeAckSend);
            let answer = source.acknowledge(kind, ids).await;
            failpoint::hit(FailPoint::AfterAckSend);
            let heard = self.heard_of_source(row, answer, &rows).await?;
            sent += rows.len() as u64;
            self.store.told(heard, self.now()).await?;
        }
    }
}

fn arrival(
    from: &ConnectionId,
    source: &dyn Source,
    books: &[Book],
    kind: DocumentKind,
    item: Incoming,
    now: jiff::Timestamp,
) -> (Arrival, Ours) {
    let read = source.read(kind, &item.source_id, &item.bytes);
    let (header, book, ours, revision) = match read {
        Ok(document) => {
            let book = route::book_of(books, from, &document);
            let ours = route::ours(book, &document, now);
            match header(&document) {
                Ok(h) => (Ok(h), book.map(|b| b.id.clone()), ours, source.material(kind, &item.bytes)),
                Err(u) => (Err(u), book.map(|b| b.id.clone()), Ours::No, sha256_hex(&item.bytes)),
            }
        }
        Err(u) => {
            // where not even its ledger can be read: the connection's only book, else nobody's
            let mut of_source = books.iter().filter(|b| b.source == *from);
            let only = of_source.next().filter(|_| of_source.next().is_none());
            let only = route::book_of_code(books, from, &u.ledger_code).or(only);
            let unread = Unreadable { path: u.path, message: u.message, number: u.number };
            (Err(unread), only.map(|b| b.id.clone()), Ours::No, sha256_hex(&item.bytes))
        }
    };
    let arrival = Arrival {
        connection: from.clone(),
        book,
        kind,
        source_id: item.source_id,
        bytes: item.bytes,
        revision,
        header,
        source_status: item.status,
    };
    (arrival, ours)
}

fn header(d: &Document) -> Result<ArrivalHeader, Unreadable> {
    let approved = d.approved();
    let minor = money::to_minor(approved, d.currency).map_err(|e| Unreadable {
        path: "amountGross".into(),
        message: e.to_string(),
        number: d.number.clone(),
    })?;
    Ok(ArrivalHeader {
        family: d.family.clone(),
        number: d.number.clone(),
        title: d.title.clone(),
        payee_code: d.payee.code.clone(),
        payee_is_employee: d.payee.employee,
        payee: d.payee.name.clone(),
        currency: d.currency,
        minor,
        duplicate_keys: mapping::duplicate_keys(d),
        delta: d.revision_number > 1,
    })
}

/// A rule leaves the document out: what is not ours is not acknowledged (accounting.md, section 7).
fn left_out(guards: &HashMap<BookId, Vec<Guard>>, source: &dyn Source, arrival: &Arrival) -> bool {
    let of_book = arrival.book.as_ref().and_then(|b| guards.get(b)).filter(|g| !g.is_empty());
    let Some(guards) = of_book else { return false };
    let read = source.read(arrival.kind, &arrival.source_id, &arrival.bytes);
    read.is_ok_and(|d| mapping::left_out(guards, &d).is_some())
}
