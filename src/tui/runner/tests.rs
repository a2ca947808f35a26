//! Effects against an office in memory: each question sends one answer.

use std::sync::Arc;

use tokio::sync::mpsc;

use crate::engine::{Ask, Office, Progress};
use crate::store::{ApproveOne, Query, Row};
use crate::tui::app::{Model, update};
use crate::tui::effect::{Effect, Part};
use crate::tui::msg::{Msg, Now, Opened, WindowPage};
use crate::tui::screens::queue::effect::{QueueEffect, QueueMsg};
use crate::tui::tests::desk::Desk;
use crate::tui::tests::office::FakeOffice;
use crate::tui::tests::sample;

use super::execute::{self, Slot, slot_of};
use super::flights::Flights;

fn many(n: u32) -> Vec<Row> {
    let model = sample::rows().remove(5);
    (0..n).map(|i| Row { id: sample::id(u128::from(i)), number: format!("N{i}"), ..model.clone() }).collect()
}

async fn ask(office: &Arc<dyn Office>, effect: Effect) -> Msg {
    let (send, mut receive) = mpsc::channel(4);
    let flight = Flights::default().begin();
    execute::spawn(office.clone(), crate::tui::Readers::default(), effect, send, flight).await.unwrap();
    receive.recv().await.unwrap()
}

fn office(rows: Vec<Row>) -> Arc<dyn Office> {
    Arc::new(FakeOffice::with(rows))
}

async fn window(office: &Arc<dyn Office>, part: Part) -> WindowPage {
    let query = Box::new(Query::default());
    match ask(office, Effect::Window { generation: 7, query, part, debounce: false }).await {
        Msg::Window(7, Ok(page)) => page,
        other => panic!("{other:?}"),
    }
}

fn ends(p: &WindowPage) -> (String, String, bool, bool) {
    let n = |r: Option<&Row>| r.map_or(String::new(), |r| r.number.clone());
    (n(p.rows.first()), n(p.rows.last()), p.before, p.after)
}

#[tokio::test]
async fn parts_of_the_queue_come_by_key() {
    let office = office(many(100));
    let cases = [
        (Part::Start(10), ("N0", "N9", false, true)),
        (Part::End(10), ("N90", "N99", true, false)),
        (Part::After(sample::id(49), 10), ("N50", "N59", false, true)),
        (Part::After(sample::id(95), 10), ("N96", "N99", false, false)),
        (Part::Before(sample::id(50), 10), ("N40", "N49", true, false)),
        (Part::Before(sample::id(5), 10), ("N0", "N4", false, false)),
        (Part::Around(sample::id(50), 10, 20), ("N41", "N70", true, true)),
        (Part::Around(sample::id(99), 10, 20), ("N90", "N99", true, false)),
    ];
    for (part, (first, last, before, after)) in cases {
        let page = window(&office, part.clone()).await;
        assert_eq!(ends(&page), (first.into(), last.into(), before, after), "{part:?}");
    }
}

#[tokio::test]
async fn a_row_that_left_the_list_is_still_a_place() {
    let mut rows = many(100);
    rows.remove(50);
    let office = office(rows);
    let page = window(&office, Part::Around(sample::id(50), 10, 20)).await;
    assert_eq!(ends(&page), ("N40".into(), "N70".into(), true, true));
    assert_eq!(page.rows[page.split].number, "N51");
}

#[tokio::test]
async fn marking_all_reads_page_after_page() {
    let office = office(many(1234));
    let answer = ask(&office, Effect::MarkAll { generation: 1, query: Box::new(Query::default()) }).await;
    assert!(matches!(answer, Msg::MarkedAll(1, Ok((rows, false))) if rows.len() == 1234));
}

#[tokio::test]
async fn what_comes_twice_is_taken_once_and_a_list_that_moved_says_so() {
    let fake = FakeOffice::with(many(1234));
    fake.store.restless.store(true, std::sync::atomic::Ordering::SeqCst);
    let office: Arc<dyn Office> = Arc::new(fake);
    let query = Box::new(Query::default());
    let answer = ask(&office, Effect::MarkAll { generation: 1, query: query.clone() }).await;
    assert!(matches!(answer, Msg::MarkedAll(1, Ok((rows, false))) if rows.len() == 1234));
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("list.csv").display().to_string();
    let export = QueueEffect::Export { query, path: path.clone(), about: "Open".into() };
    match ask(&office, Effect::QueueRoom(export)).await {
        Msg::QueueRoom(QueueMsg::Exported(Ok(done))) => assert!(done.rows == 1234 && done.changed),
        other => panic!("{other:?}"),
    }
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.lines().last().unwrap().contains("the queue changed while this was written"));
    // head, rows, a total, and that line
    assert_eq!(text.lines().count(), 1 + 1234 + 1 + 1);
}

#[tokio::test]
async fn errors_are_clean_sentences() {
    let office = office(vec![]);
    let target = crate::tui::effect::Target { id: sample::id(1), version: 0, number: "B4".into() };
    match ask(&office, Effect::Adopt { target, record: "1".into() }).await {
        Msg::Acted(None, answers) => {
            let said: Vec<_> = answers.into_iter().map(|(t, said)| (t.number, said)).collect();
            assert_eq!(said, [("B4".to_string(), Err("not in this ␛[2Jtest".to_string()))]);
        }
        other => panic!("{other:?}"),
    }
}

/// Lets the model and the office talk until nothing is asked any more.
async fn settle(model: &mut Model, office: &Arc<dyn Office>, msg: Msg) {
    let mut waiting = vec![msg];
    while let Some(msg) = waiting.pop() {
        for effect in update(model, msg, Now { at: Some(office.now()), ..Now::default() }) {
            if !matches!(effect, Effect::Quit | Effect::Suspend | Effect::Redraw | Effect::Copy(_)) {
                waiting.push(ask(office, effect).await);
            }
        }
    }
}

#[tokio::test]
async fn the_console_comes_up_against_an_office_and_approves() {
    let office = office(sample::rows());
    let mut desk = Desk::closed(80, 24);
    let opened = Opened { environment: office.environment(), actor: office.actor() };
    settle(&mut desk.model, &office, Msg::Opened(opened)).await;
    for k in ["j", "j", "j", "a", "y"] {
        settle(&mut desk.model, &office, Msg::Key(crate::tui::tests::desk::key(k))).await;
    }
    assert!(desk.text().contains("1 document approved. p posts."), "{}", desk.text());
}

#[tokio::test]
async fn what_the_office_tells_is_passed_on() {
    let fake = FakeOffice::with(vec![]);
    let (changed, progress) = (fake.changed.clone(), fake.progress.clone());
    let office: Arc<dyn Office> = Arc::new(fake);
    let (send, mut receive) = mpsc::channel(8);
    let watchers = execute::watch(&office, &send, &Flights::default());
    changed.send_replace(1);
    assert!(matches!(receive.recv().await, Some(Msg::Changed)));
    progress.send_replace(Progress { done: 3, running: true, ..Progress::default() });
    assert!(matches!(receive.recv().await, Some(Msg::Progress(p)) if p.done == 3));
    for w in watchers {
        w.abort();
    }
}

#[test]
fn only_questions_replace_each_other() {
    assert_eq!(slot_of(&Effect::Facts), Some(Slot::Facts));
    let one = ApproveOne { id: sample::id(1), version: 1, digest: String::new(), as_delta: false };
    for effect in [Effect::Approve(vec![one]), Effect::Ask(Ask::Stop), Effect::Quit] {
        assert_eq!(slot_of(&effect), None, "{effect:?} must not be cut");
    }
}
