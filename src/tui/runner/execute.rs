//! Doing effects: each a task that sends one message back. Questions of one kind replace each other.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{broadcast, mpsc};
use tokio::task::JoinHandle;

use crate::engine::Office;
use crate::model::ids::{BookId, DocumentId};
use crate::model::state::State;
use crate::store::{Act, Page, Query, Row, Store, StoreError};
use crate::tui::Readers;
use crate::tui::effect::{CardFor, Correcting, Effect, Part, PreviewFor, Target};
use crate::tui::msg::{Facts, Msg, Said, WindowPage};

use super::events;
use super::flights::{Flight, Flights};
use super::look;
use super::rooms;
use super::sheet::sheet;
use super::walk::Walk;

/// Kinds of questions of which only the latest matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Slot {
    Facts,
    Window,
    Count,
    Totals,
    Groups,
    CardPane,
    CardDocument,
    CardFix,
    PreviewPane,
    PreviewApprove,
    PostFigures,
    MarkAll,
    Candidates,
    Audit,
    Rules,
    Text,
    Room(u8, u8),
}

/// The slot of an effect; none for what must be done in any case.
pub fn slot_of(effect: &Effect) -> Option<Slot> {
    Some(match effect {
        Effect::Facts => Slot::Facts,
        Effect::Window { .. } => Slot::Window,
        Effect::Count { .. } => Slot::Count,
        Effect::Totals { .. } => Slot::Totals,
        Effect::Groups { .. } => Slot::Groups,
        Effect::Card { purpose: CardFor::Pane, .. } => Slot::CardPane,
        Effect::Card { purpose: CardFor::Document, .. } => Slot::CardDocument,
        Effect::Card { .. } | Effect::FixGroup { .. } => Slot::CardFix,
        Effect::Preview { purpose: PreviewFor::Pane, .. } => Slot::PreviewPane,
        Effect::Preview { purpose: PreviewFor::Approve, .. } => Slot::PreviewApprove,
        Effect::PostFigures { .. } | Effect::Preview { purpose: PreviewFor::Post, .. } => Slot::PostFigures,
        Effect::MarkAll { .. } => Slot::MarkAll,
        Effect::Candidates { .. } => Slot::Candidates,
        Effect::Audit { .. } => Slot::Audit,
        Effect::Rules { .. } => Slot::Rules,
        Effect::RequestText { .. } | Effect::EventsText { .. } => Slot::Text,
        other => {
            let (room, effect) = other.room()?;
            Slot::Room(room, effect.slot()?)
        }
    })
}

/// Typing settles for this long before a question goes out.
const DEBOUNCE: Duration = Duration::from_millis(80);
/// The most that Ctrl-a marks.
const MARK_ALL: usize = 10_000;
/// A list that changes while it is read is read so often, at most.
const RESTLESS: u32 = 3;

/// Starts an effect.
pub fn spawn(
    office: Arc<dyn Office>,
    readers: Readers,
    effect: Effect,
    send: mpsc::Sender<Msg>,
    flight: Flight,
) -> JoinHandle<()> {
    tokio::spawn(async move {
        // counted until the answer is in the queue
        let _flight = flight;
        let debounce = match &effect {
            Effect::Window { debounce, .. }
            | Effect::Candidates { debounce, .. }
            | Effect::Audit { debounce, .. } => *debounce,
            other => other.room().is_some_and(|(_, e)| e.debounce()),
        };
        if debounce {
            tokio::time::sleep(DEBOUNCE).await;
        }
        if let Some(msg) = answer(&*office, &readers, &send, effect).await {
            // the console may have ended meanwhile
            let _ended = send.send(msg).await;
        }
    })
}

/// An answer for the screen: an error becomes its sentence.
pub fn said<T, E: std::fmt::Display>(result: Result<T, E>) -> Said<T> {
    result.map_err(|e| crate::tui::text::clean(&e.to_string()))
}

async fn answer(
    office: &dyn Office,
    readers: &Readers,
    send: &mpsc::Sender<Msg>,
    effect: Effect,
) -> Option<Msg> {
    let store = office.store();
    let read = readers.source.as_ref();
    Some(match effect {
        Effect::Facts => Msg::Facts(said(facts(&*store).await)),
        Effect::Window { generation, query, part, .. } => {
            Msg::Window(generation, said(window(&*store, *query, part).await))
        }
        Effect::Count { generation, query } => Msg::Count(generation, said(store.count(*query).await)),
        Effect::Totals { generation, book } => Msg::Totals(generation, said(store.totals(book).await)),
        Effect::Groups { generation, book } => {
            Msg::Groups(generation, said(store.finding_groups(book).await))
        }
        Effect::Card { generation, id, purpose } => {
            Msg::Card(generation, purpose, said(sheet(&*store, read, id).await).map(Box::new))
        }
        Effect::FixGroup { generation, book, code, value } => {
            let query = Query { book, finding: Some((code, value.clone())), limit: 1, ..Query::default() };
            let found = async {
                let row = store.page(query).await?.rows.into_iter().next();
                let row =
                    row.ok_or_else(|| StoreError::Missing("document with this finding any more".into()))?;
                sheet(&*store, read, row.id).await
            };
            Msg::Card(generation, CardFor::Fix(code, value), said(found.await).map(Box::new))
        }
        Effect::Preview { generation, ids, purpose } => {
            Msg::Preview(generation, purpose, said(office.preview(ids).await).map(Box::new))
        }
        Effect::PostFigures { generation, book, ids } => {
            let figures = async {
                let ids = if ids.is_empty() { approved(&*store, book).await? } else { ids };
                office.preview(ids).await.map_err(|e| e.to_string())
            };
            Msg::Preview(generation, PreviewFor::Post, figures.await.map(Box::new))
        }
        Effect::MarkAll { generation, query } => Msg::MarkedAll(generation, said(all(&*store, *query).await)),
        Effect::Approve(ones) => Msg::Approved(
            said(office.approve(ones).await)
                .map(|results| results.into_iter().map(|(id, r)| (id, said(r))).collect()),
        ),
        Effect::Act { targets, act } => {
            let mut answers = Vec::with_capacity(targets.len());
            for mut t in targets {
                let state = said(office.act(t.id, t.version, act.clone()).await);
                if state.is_ok() {
                    t.version = version_after(&*store, &t, &act).await;
                }
                answers.push((t, state.map(|s| s.name().to_string())));
            }
            Msg::Acted(Some(act), answers)
        }
        Effect::Adopt { target, record } => {
            let state = said(office.adopt(target.id, record).await);
            Msg::Acted(None, vec![(target, state.map(|s| s.name().to_string()))])
        }
        Effect::SetRule { book, rule } => Msg::RuleSet(said(office.set_rule(book, *rule).await)),
        Effect::Candidates { serial, book, mend, typed, .. } => {
            let answer = said(office.candidates(book, *mend, typed.clone()).await);
            Msg::Candidates(serial, typed, answer)
        }
        Effect::RequestText { target } => {
            let title = format!("The request that posting {} would send", target.number);
            Msg::Text(title, said(office.request_text(target.id).await))
        }
        Effect::Correct { target, what, reason } => {
            let made = async {
                let id = match what {
                    Correcting::Reversal => office.reverse(target.id, None, reason).await,
                    Correcting::Repost => office.repost(target.id, reason).await,
                };
                let id = id.map_err(|e| e.to_string())?;
                let row = store.card(id).await.map_err(|e| e.to_string())?.row;
                Ok::<_, String>((id, row.number))
            };
            Msg::Corrected(target.id, said(made.await))
        }
        Effect::ApproveRest { target, note } => {
            let state = said(office.approve_rest(target.id, note).await);
            Msg::Acted(None, vec![(target, state.map(|s| s.name().to_string()))])
        }
        Effect::EventsText { connection } => {
            let title = format!("Events of {connection}");
            Msg::Text(title, said(events::text(&*store, connection).await))
        }
        Effect::Ask(ask) => Msg::Answered(said(office.ask(ask).await)),
        Effect::Audit { generation, query, more, .. } => {
            Msg::Audit(generation, more, said(store.audit(query).await))
        }
        Effect::Rules { generation, book } => Msg::Rules(generation, said(store.rules(book).await)),
        Effect::MappingRoom(e) => Msg::MappingRoom(rooms::mappings::answer(office, send, e).await?),
        Effect::ConnectionRoom(e) => Msg::ConnectionRoom(rooms::connections::answer(office, send, e).await?),
        Effect::AuditRoom(e) => Msg::AuditRoom(rooms::audit::answer(office, send, e).await?),
        Effect::TieoutRoom(e) => Msg::TieoutRoom(rooms::tieout::answer(office, readers, send, e).await?),
        Effect::ActivityRoom(e) => Msg::ActivityRoom(rooms::activity::answer(office, send, e).await?),
        Effect::QueueRoom(e) => Msg::QueueRoom(rooms::queue::answer(office, send, e).await?),
        Effect::DocumentRoom(e) => Msg::DocumentRoom(rooms::document::answer(office, send, e).await?),
        Effect::LookRoom(e) => Msg::LookRoom(look::answer(office, e).await?),
        Effect::Copy(_) | Effect::Suspend | Effect::Redraw | Effect::Quit => return None,
    })
}

/// The version that a document has since an act. A hold raises the one that was seen by one, so that what others do
/// meanwhile is not taken for it; 0 where it is not known.
async fn version_after(store: &dyn Store, target: &Target, act: &Act) -> u64 {
    if matches!(act, Act::Hold { .. }) && target.version != 0 {
        return target.version + 1;
    }
    store.card(target.id).await.map_or(0, |c| c.row.version)
}

async fn facts(store: &dyn Store) -> Result<Facts, StoreError> {
    Ok(Facts { books: store.books().await?, connections: store.connections().await? })
}

async fn window(store: &dyn Store, query: Query, part: Part) -> Result<WindowPage, StoreError> {
    let ask = |from: Option<DocumentId>, backwards: bool, limit: u32| {
        store.page(Query { from, backwards, limit, ..query.clone() })
    };
    let page = |part: Part, page: Page, before: bool, after: bool| WindowPage {
        part,
        rows: page.rows,
        before,
        after,
        split: 0,
    };
    Ok(match part {
        Part::Start(n) => {
            let p = ask(None, false, n).await?;
            let after = p.more;
            page(part, p, false, after)
        }
        Part::End(n) => {
            let p = ask(None, true, n).await?;
            let before = p.more;
            page(part, p, before, false)
        }
        Part::After(id, n) => {
            let p = ask(Some(id), false, n).await?;
            let after = p.more;
            page(part, p, false, after)
        }
        Part::Before(id, n) => {
            let p = ask(Some(id), true, n).await?;
            let before = p.more;
            page(part, p, before, false)
        }
        Part::Around(id, before, after) => {
            // the row itself may have left the list: it comes back with the rows before the first one after it
            let forward = ask(Some(id), false, after).await?;
            let from = forward.rows.first().map(|r| r.id);
            let back = ask(from, true, before).await?;
            let split = back.rows.len();
            let (more_before, more_after) = (back.more, forward.more);
            let mut rows = back.rows;
            rows.extend(forward.rows);
            WindowPage { part, rows, before: more_before, after: more_after, split }
        }
    })
}

/// All rows of a query, as many as may be marked: read again where the store changed meanwhile, a few times.
async fn all(store: &dyn Store, query: Query) -> Result<(Vec<Row>, bool), StoreError> {
    let mut again = RESTLESS;
    loop {
        let mut walk = Walk::begin(store, query.clone()).await?;
        let mut rows: Vec<Row> = Vec::new();
        while rows.len() < MARK_ALL
            && let Some(page) = walk.next().await?
        {
            rows.extend(page);
        }
        let capped = rows.len() >= MARK_ALL && walk.next().await?.is_some_and(|more| !more.is_empty());
        again -= 1;
        if again == 0 || !walk.changed().await? {
            return Ok((rows, capped));
        }
    }
}

/// Every approved document of a book.
async fn approved(store: &dyn Store, book: Option<BookId>) -> Result<Vec<DocumentId>, String> {
    let query = Query { book, states: vec![State::Approved], ..Query::default() };
    match said(all(store, query).await)? {
        (_, true) => Err(format!("there are more than {MARK_ALL} approved documents")),
        (rows, false) => Ok(rows.into_iter().map(|r| r.id).collect()),
    }
}

/// Tasks that pass on what the office tells: changes, progress, events.
pub fn watch(office: &Arc<dyn Office>, send: &mpsc::Sender<Msg>, flights: &Flights) -> Vec<JoinHandle<()>> {
    let mut changed = office.changed();
    let flights = flights.clone();
    flights.tell(*changed.borrow_and_update());
    let mut progress = office.progress();
    let mut events = office.events();
    let (a, b, c) = (send.clone(), send.clone(), send.clone());
    vec![
        tokio::spawn(async move {
            while changed.changed().await.is_ok() {
                let number = *changed.borrow_and_update();
                if a.send(Msg::Changed).await.is_err() {
                    return;
                }
                flights.tell(number);
                // a flood of changes is read at most ten times a second
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }),
        tokio::spawn(async move {
            while progress.changed().await.is_ok() {
                let now = progress.borrow_and_update().clone();
                if b.send(Msg::Progress(now)).await.is_err() {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(33)).await;
            }
        }),
        tokio::spawn(async move {
            loop {
                match events.recv().await {
                    Ok(e) => {
                        if c.send(Msg::Event(Box::new(e))).await.is_err() {
                            return;
                        }
                    }
                    Err(broadcast::error::RecvError::Lagged(n)) => {
                        if c.send(Msg::Missed(n)).await.is_err() {
                            return;
                        }
                    }
                    Err(broadcast::error::RecvError::Closed) => return,
                }
            }
        }),
    ]
}
