//! The window over a queue that is larger than the screen: pages by key, the cursor on its document.

use crate::model::ids::DocumentId;
use crate::store::Row;
use crate::tui::app::update;
use crate::tui::effect::{Effect, Part};
use crate::tui::msg::{Msg, Now, WindowPage};

use super::desk::{Desk, key};
use super::sample;

/// A store of `n` rows that answers pages.
struct Big {
    rows: Vec<Row>,
    desk: Desk,
}

impl Big {
    fn new(n: usize) -> Self {
        let mut desk = Desk::open(80, 24);
        let model = sample::rows().remove(5);
        let rows = (0..n).map(|i| Row {
            id: sample::id(1000 + i as u128),
            number: format!("N{i}"),
            ..model.clone()
        });
        desk.model.queue.totals = None;
        desk.model.queue.cursor = crate::tui::screens::queue::Queue::default().cursor;
        desk.model.queue.rows.clear();
        let mut big = Self { rows: rows.collect(), desk };
        big.send(Msg::Changed);
        big
    }

    fn at(&self, id: DocumentId) -> usize {
        self.rows.partition_point(|r| r.id < id)
    }

    fn send(&mut self, msg: Msg) {
        let mut waiting = vec![msg];
        while let Some(msg) = waiting.pop() {
            for e in update(&mut self.desk.model, msg, Now::default()) {
                if let Effect::Window { generation, part, .. } = e {
                    waiting.push(Msg::Window(generation, Ok(self.page(part))));
                }
            }
        }
        assert!(self.desk.model.queue.rows.len() < 400, "the whole table is never held");
    }

    fn page(&self, part: Part) -> WindowPage {
        let n = self.rows.len();
        let (from, to, split) = match part {
            Part::Start(k) => (0, k as usize, 0),
            Part::End(k) => (n.saturating_sub(k as usize), n, 0),
            Part::After(id, k) => {
                let at = self.at(id) + 1;
                (at, at + k as usize, 0)
            }
            Part::Before(id, k) => (self.at(id).saturating_sub(k as usize), self.at(id), 0),
            Part::Around(id, b, a) => {
                let after = self.rows.partition_point(|r| r.id <= id);
                let from = after.saturating_sub(b as usize);
                (from, after + a as usize, after - from)
            }
        };
        let to = to.min(n);
        let from = from.min(to);
        WindowPage { part, rows: self.rows[from..to].to_vec(), before: from > 0, after: to < n, split }
    }

    fn press(&mut self, name: &str) {
        self.send(Msg::Key(key(name)));
    }

    fn number(&self) -> String {
        self.desk.model.queue.current().unwrap().number.clone()
    }
}

#[test]
fn scrolling_fetches_by_key_and_never_loses_the_place() {
    let mut big = Big::new(5000);
    for _ in 0..100 {
        big.press("pgdn");
    }
    let rows = big.desk.model.queue.shape.rows;
    assert_eq!(big.number(), format!("N{}", 100 * rows));
    assert_eq!(big.desk.model.queue.offset.unwrap() as usize + big.desk.model.queue.cursor.at, 100 * rows);
    for _ in 0..100 {
        big.press("pgup");
    }
    assert_eq!(big.number(), "N0");
    assert_eq!(big.desk.model.queue.offset, Some(0));
    assert!(!big.desk.model.queue.before);
}

#[test]
fn both_ends_are_one_key_away() {
    let mut big = Big::new(5000);
    big.press("G");
    assert_eq!(big.number(), "N4999");
    big.press("k");
    assert_eq!(big.number(), "N4998");
    big.press("home");
    assert_eq!(big.number(), "N0");
}

#[test]
fn a_change_elsewhere_leaves_the_cursor_on_its_document() {
    let mut big = Big::new(500);
    for _ in 0..10 {
        big.press("pgdn");
    }
    let here = big.number();
    let line = |b: &Big| b.desk.model.queue.cursor.at - b.desk.model.queue.cursor.top;
    let before = line(&big);
    // rows above it leave the list
    big.rows.drain(0..37);
    big.send(Msg::Changed);
    assert_eq!(big.number(), here);
    assert_eq!(line(&big), before);
    // the document itself leaves: the cursor stays on the line
    let at = big.rows.iter().position(|r| r.number == here).unwrap();
    big.rows.remove(at);
    big.send(Msg::Changed);
    assert_eq!(big.number(), big.rows[at].number);
    // the list becomes empty
    big.rows.clear();
    big.send(Msg::Changed);
    assert!(big.desk.model.queue.rows.is_empty());
}

#[test]
fn answers_to_older_questions_are_dropped() {
    let mut desk = Desk::open(80, 24);
    let page = WindowPage { part: Part::Start(10), rows: vec![], before: false, after: false, split: 0 };
    desk.send(Msg::Window(0, Ok(page)));
    assert_eq!(desk.model.queue.rows.len(), sample::rows().len());
}

#[test]
fn moves_past_the_rows_at_hand_are_made_when_the_rows_are_there() {
    let mut big = Big::new(47);
    // rows of one page only, and the next page is on its way
    let first = big.page(Part::Start(20));
    big.desk.model.queue.rows.truncate(20);
    assert_eq!(first.rows.len(), big.desk.model.queue.rows.len());
    big.desk.model.queue.after = true;
    let mut asked = Vec::new();
    let keys = std::iter::repeat_n("j", 180).chain(std::iter::repeat_n("k", 20));
    for name in keys {
        let effects = update(&mut big.desk.model, Msg::Key(key(name)), Now::default());
        asked.extend(effects.into_iter().filter_map(|e| match e {
            Effect::Window { generation, part, .. } => Some((generation, part)),
            _ => None,
        }));
    }
    assert_eq!(asked.len(), 1, "one page is asked for, however many keys came");
    let (generation, part) = asked.remove(0);
    let page = big.page(part);
    big.send(Msg::Window(generation, Ok(page)));
    assert_eq!(big.number(), "N26", "180 down ends at the last of 47, 20 up from there is the 27th");
    // a mark on the way belongs to the document where the cursor was going
    big.press("space");
    assert!(big.desk.model.queue.marks.contains_key(&sample::id(1000 + 26)));
    assert_eq!(big.number(), "N27");
}
