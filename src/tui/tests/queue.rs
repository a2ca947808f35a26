//! The queue by keys: filters, views, undo, batches.

use std::time::Duration;

use crate::engine::{Ask, Progress};
use crate::model::filter::{Filter, Want};
use crate::model::money::from_minor;
use crate::model::state::State;
use crate::store::{Act, Row, SavedView, Sort};
use crate::tui::app::Level;
use crate::tui::effect::{Effect, Part, Target};
use crate::tui::format::ShownRow;
use crate::tui::layers::Layer;
use crate::tui::msg::{Msg, WindowPage};
use crate::tui::screens::queue::effect::{Exported, QueueEffect, QueueMsg};
use crate::tui::screens::queue::run::PART;

use super::desk::Desk;
use super::sample;

fn exported(rows: u64, file: &str) -> Exported {
    Exported { rows, file: file.into(), changed: false }
}

/// What the fake engine answers to the queue.
pub fn answer(effect: &QueueEffect) -> QueueMsg {
    match effect {
        QueueEffect::Views { .. } => QueueMsg::Views(Ok(vec![SavedView {
            name: "my \u{1b}[2Jown".into(),
            tab: "Ready".into(),
            filter: "ccy:EUR".into(),
            sort: Sort::Amount,
            descending: true,
        }])),
        QueueEffect::KeepView { view, .. } => QueueMsg::Kept(Ok(view.clone())),
        QueueEffect::DropView { name, .. } => QueueMsg::Dropped(Ok(name.clone())),
        QueueEffect::Export { path, .. } => QueueMsg::Exported(Ok(exported(17, path))),
        QueueEffect::ExportTable { rows, path } => {
            QueueMsg::Exported(Ok(exported(rows.len() as u64 - 1, path)))
        }
        QueueEffect::Outcome { ids } => {
            let rows = sample::rows().into_iter().filter(|r| ids.contains(&r.id));
            let stands = |mut r: Row| {
                r.state = match r.number.as_str() {
                    "FP-3402" => State::Failed,
                    "J7LD4P" => State::Approved,
                    _ => State::Confirmed,
                };
                r.reason = "account 6330 is inactive".into();
                r
            };
            QueueMsg::Outcome(Ok(rows.map(stands).collect()))
        }
    }
}

/// What a filter says of a row of the sample.
pub fn passes(filter: &Filter, r: &Row) -> bool {
    filter.terms.iter().all(|t| {
        let has = |field: &str, text: &str| field.to_lowercase().contains(text);
        let holds = match &t.want {
            Want::Text(w) => [&r.payee, &r.number, &r.finding_brief].iter().any(|f| has(f, w)),
            Want::Payee(w) => has(&r.payee, w),
            Want::Amount(compare, amount) => {
                r.minor.zip(r.currency).is_some_and(|(m, c)| compare.holds(&from_minor(m, c), amount))
            }
            Want::State(states) => states.contains(&r.state),
            Want::Kind(kinds) => kinds.contains(&r.kind),
            Want::Currency(c) => r.currency == Some(*c),
            Want::Finding(codes) => r.finding.is_some_and(|f| codes.contains(&f)),
            _ => false,
        };
        holds != t.not
    })
}

fn numbers(desk: &Desk) -> Vec<&str> {
    desk.model.queue.rows.iter().map(|r| r.number.as_str()).collect()
}

fn said(desk: &Desk, text: &str) -> bool {
    desk.model.toasts.shown().any(|t| t.text.contains(text))
}

#[test]
fn what_cannot_be_read_says_why_and_keeps_the_last_good_list() {
    let mut desk = Desk::open(120, 34);
    desk.press("/");
    desk.type_text("vendor:candor");
    assert_eq!(numbers(&desk), ["CL-2217", "CL2188"]);
    let before = desk.effects.len();
    // typed as one: a field that is half a word is looked for as text
    desk.send(Msg::Paste(" amount>".into()));
    assert_eq!(numbers(&desk), ["CL-2217", "CL2188"]);
    assert!(!desk.effects[before..].iter().any(|e| matches!(e, Effect::Window { .. })), "nothing is asked");
    assert!(desk.text().contains("amount> needs an amount behind it, such as amount>500."));
    desk.press("enter");
    assert!(desk.model.queue.typing.is_some(), "the field stays while it cannot be read");
    desk.type_text("4,000");
    assert_eq!(numbers(&desk), ["CL2188"]);
    desk.press("enter");
    let text = desk.text();
    assert!(text.contains("[vendor:candor] [amount>4,000] · Esc clears"), "{text}");
    assert!(text.contains("line 1 · 3 of 47"), "{text}");
    // hostile text is shown as it is read
    desk.press("/");
    desk.send(Msg::Paste(" \"\u{202e}x\u{1b}[2J\"".into()));
    desk.press("enter");
    assert!(!desk.text().contains('\u{1b}') && !desk.text().contains('\u{202e}'));
}

#[test]
fn typing_waits_and_counting_comes_after_the_rows() {
    let mut desk = Desk::open(120, 34);
    desk.press("/");
    let effects = desk.type_text("a");
    let at = |f: fn(&Effect) -> bool| effects.iter().position(f);
    let window = at(|e| matches!(e, Effect::Window { debounce: true, part: Part::Start(_), .. }));
    let count = at(|e| matches!(e, Effect::Count { .. }));
    assert!(window.unwrap() < count.unwrap());
}

#[test]
fn sorting_walks_through_the_columns_that_are_shown() {
    let walked = |w, h| {
        let mut desk = Desk::open(w, h);
        let mut seen = vec![desk.model.queue.sort];
        loop {
            desk.press(">");
            if desk.model.queue.sort == seen[0] {
                return seen;
            }
            seen.push(desk.model.queue.sort);
        }
    };
    use Sort::*;
    let narrow = [PostingDate, Kind, Payee, Number, Finding, Currency, Amount, State];
    assert_eq!(walked(80, 24), narrow);
    assert_eq!(
        walked(120, 34),
        [PostingDate, Kind, Payee, Number, WillPost, Finding, Currency, Amount, State]
    );
    assert_eq!(
        walked(200, 60),
        [
            PostingDate,
            Kind,
            Payee,
            Number,
            WillPost,
            Finding,
            CostCentres,
            Arrived,
            Approver,
            Currency,
            Amount,
            State
        ]
    );
    // a column that is no longer shown gives way
    let mut desk = Desk::open(200, 60);
    desk.model.queue.sort = Approver;
    desk.send(Msg::Resize(80, 24));
    desk.press(">");
    assert_eq!(desk.model.queue.sort, State);
}

#[test]
fn views_are_shown_kept_and_deleted() {
    let mut desk = Desk::open(120, 34);
    desk.press("V");
    assert!(desk.text().contains("my ␛[2Jown"), "{}", desk.text());
    desk.press("end enter");
    assert!(desk.model.layers.is_empty());
    assert_eq!(desk.model.queue.search, "ccy:EUR");
    assert!(desk.text().contains("view: my ␛[2Jown · sorted by amount ▼"), "{}", desk.text());
    // what is changed is no longer the view
    desk.press("s");
    assert!(!desk.text().contains("view:"));
    // one step back
    desk.press("u");
    assert_eq!((desk.model.queue.search.as_str(), desk.model.queue.sort), ("", Sort::PostingDate));
    desk.press("V d");
    assert!(desk.text().contains("built in"), "{}", desk.text());
    desk.press("end d");
    assert!(desk.text().contains("d again deletes it"), "{}", desk.text());
    desk.press("d esc");
    assert!(said(&desk, "is deleted"));
    // a name that is built in is not taken, an empty one neither
    desk.press("S enter");
    assert!(matches!(desk.model.layers.last(), Some(Layer::Form(_))));
    desk.type_text("Cash advances");
    desk.press("enter");
    assert!(desk.text().contains("this view is built in"), "{}", desk.text());
}

#[test]
fn undo_takes_back_marks_filters_and_holds() {
    let mut desk = Desk::open(120, 34);
    desk.press("ctrl-a");
    let all = desk.model.queue.marks.len();
    desk.press("esc");
    assert!(desk.model.queue.marks.is_empty());
    desk.press("u");
    assert_eq!(desk.model.queue.marks.len(), all);
    assert!(said(&desk, "17 documents marked again."));
    desk.press("u / r a m a n enter esc u");
    assert_eq!(desk.model.queue.search, "raman");
    assert_eq!(numbers(&desk), ["J7LD4P", "K8CN1X"]);
}

/// The answer to the last act: the versions after it, or a refusal.
fn acted(desk: &mut Desk, effects: &[Effect], answer: Result<&str, &str>) {
    let Some(Effect::Act { targets, act }) = effects.iter().find(|e| matches!(e, Effect::Act { .. })) else {
        panic!("{effects:?}")
    };
    let one = |t: &Target| match answer {
        Ok(state) => (Target { version: t.version + 1, ..t.clone() }, Ok(state.to_string())),
        Err(why) => (t.clone(), Err(why.to_string())),
    };
    desk.send(Msg::Acted(Some(act.clone()), targets.iter().map(one).collect()));
}

#[test]
fn only_what_was_done_is_taken_back_and_only_as_it_was_left() {
    // somebody else was first: there is nothing of ours to take back
    let mut desk = Desk::open(120, 34);
    let effects = desk.press("H w a i t enter");
    assert!(desk.press("u").is_empty(), "it is not done yet");
    acted(&mut desk, &effects, Err("it is held already: Joy waits for a receipt"));
    assert!(desk.press("u").is_empty());
    assert!(said(&desk, "there is nothing to undo"));
    // ours: from the version that it left, which the store refuses once somebody else changed it
    let mut desk = Desk::open(120, 34);
    let effects = desk.press("H w a i t enter");
    acted(&mut desk, &effects, Ok("held"));
    let mut other = desk.clone_of();
    let effects = desk.press("u");
    assert!(
        matches!(&effects[0], Effect::Act { act: Act::Release, targets } if targets[0].number == "B4Q7TN" && targets[0].version == 4),
        "{effects:?}"
    );
    assert!(!said(&desk, "is taken back"), "not before it is so");
    acted(&mut desk, &effects, Ok("ready"));
    assert!(said(&desk, "The hold of B4Q7TN is taken back."));
    // taking back is no step of its own
    desk.press("u");
    assert!(said(&desk, "there is nothing to undo"));
    let effects = other.press("u");
    acted(&mut other, &effects, Err("it changed meanwhile: version 5"));
    assert!(said(&other, "B4Q7TN: it changed meanwhile") && !said(&other, "is taken back"));
}

#[test]
fn an_approval_is_withdrawn_until_posting_begins() {
    let approve = || {
        let mut desk = Desk::open(120, 34);
        desk.press("a");
        let effects = desk.press("y");
        let Some(Effect::Approve(ones)) = effects.first() else { panic!("{effects:?}") };
        let done = ones.iter().map(|o| (o.id, Ok(()))).collect();
        desk.send(Msg::Approved(Ok(done)));
        desk
    };
    let mut desk = approve();
    assert!(desk.model.queue.summary.is_none(), "what is seen needs no summary");
    let effects = desk.press("u");
    assert!(matches!(&effects[0], Effect::Act { act: Act::Withdraw, targets } if targets[0].version == 4));
    acted(&mut desk, &effects, Ok("ready"));
    assert!(said(&desk, "The approval of B4Q7TN is withdrawn."));
    let mut desk = approve();
    let at = desk.model.queue.cursor.at;
    let mut row = desk.model.queue.rows[at].row.clone();
    row.state = State::Posting;
    desk.model.queue.rows[at] = ShownRow::of(row);
    assert!(desk.press("u").is_empty());
    assert!(said(&desk, "an approval can be withdrawn until posting begins"));
}

/// A desk with so many ready documents, all marked, on the approve dialog.
fn many(n: u128) -> Desk {
    let mut desk = Desk::open(120, 34);
    let template = desk.model.queue.current().unwrap().row.clone();
    let rows: Vec<Row> = (0..n)
        .map(|i| Row { id: sample::id(1_000 + i), number: format!("N{i}"), ..template.clone() })
        .collect();
    let effects = desk.press("ctrl-a");
    let Some(Effect::MarkAll { generation, .. }) = effects.first() else { panic!("{effects:?}") };
    desk.send(Msg::MarkedAll(*generation, Ok((rows, false))));
    desk
}

#[test]
fn many_are_approved_in_parts_with_a_pace_and_a_stop() {
    let n = PART * 2 + 7;
    let mut desk = many(n as u128);
    desk.press("a");
    let mut part = desk.press("y");
    let mut seen = 0;
    while let Some(Effect::Approve(ones)) = part.first() {
        assert!(ones.len() <= PART);
        seen += ones.len();
        let done = ones.iter().map(|o| (o.id, Ok(()))).collect();
        desk.since += Duration::from_secs(2);
        if seen == PART {
            assert!(desk.text().contains("Approving"), "{}", desk.text());
        }
        part = desk.send(Msg::Approved(Ok(done)));
        if seen == PART {
            let text = desk.text();
            assert!(text.contains("50 of 107 · 25 a second · about 3 s left"), "{text}");
        }
    }
    assert_eq!(seen, n);
    assert!(desk.model.working().is_none());
    let text = desk.text();
    assert!(text.contains("Approving ended"), "{text}");
    assert!(text.contains("approved 107 documents · 138,046.05 USD · p posts them"), "{text}");
    assert!(
        desk.press("u")
            .iter()
            .any(|e| matches!(e, Effect::Act { act: Act::Withdraw, targets } if targets.len() == n))
    );

    // stopped: what was not sent is left
    let mut desk = many(n as u128);
    desk.press("a");
    let effects = desk.press("y");
    let Some(Effect::Approve(ones)) = effects.first() else { panic!() };
    assert!(desk.press("s").is_empty(), "the holder is not asked: it does not approve");
    let mut done: Vec<_> = ones.iter().map(|o| (o.id, Ok(()))).collect();
    done[3].1 = Err("another person was first".into());
    let effects = desk.send(Msg::Approved(Ok(done)));
    assert!(!effects.iter().any(|e| matches!(e, Effect::Approve(_))));
    let text = desk.text();
    for words in [
        "Approving was stopped",
        "approved 49 documents",
        "refused  1 document",
        "N3: another person was first",
        "left     57 documents",
    ] {
        assert!(text.contains(words), "{words}\n{text}");
    }
    desk.press("esc");
    assert!(desk.model.queue.summary.is_none());
    assert!(!desk.model.queue.marks.is_empty(), "what was not approved stays marked");
}

#[test]
fn a_part_that_fails_ends_the_run_and_says_how_far_it_came() {
    let mut desk = many(PART as u128 + 5);
    desk.press("a");
    let effects = desk.press("y");
    let Some(Effect::Approve(ones)) = effects.first() else { panic!() };
    let done = ones.iter().map(|o| (o.id, Ok(()))).collect();
    desk.send(Msg::Approved(Ok(done)));
    let effects = desk.send(Msg::Approved(Err("the disk is full".into())));
    assert!(!effects.iter().any(|e| matches!(e, Effect::Approve(_))));
    assert!(said(&desk, "Only 50 documents were approved: the disk is full"));
    assert!(desk.model.queue.approving.is_none() && desk.model.working().is_none());
}

fn engine(done: u64, running: bool) -> Msg {
    let what = "Posting to QuickBooks Online".into();
    Msg::Progress(Progress { what, done, of: 3, stopping: false, running })
}

#[test]
fn an_approval_and_the_engine_run_beside_each_other_and_both_are_stopped() {
    let mut desk = many(PART as u128 * 3);
    desk.press("a");
    let effects = desk.press("y");
    let Some(Effect::Approve(ones)) = effects.first() else { panic!() };
    let done = |ones: &[crate::store::ApproveOne]| ones.iter().map(|o| (o.id, Ok(()))).collect();
    // another begins neither an approval nor a post meanwhile
    for (key, why) in [("a", "an approval is under way"), ("p", "nothing is approved")] {
        assert!(desk.press(key).is_empty() && desk.model.layers.is_empty());
        assert!(said(&desk, why), "{key}");
    }
    desk.send(engine(1, true));
    assert!(desk.text().contains("Approving · Posting to QuickBooks Online"), "{}", desk.text());
    assert!(desk.text().contains("0 of 150"), "{}", desk.text());
    // the engine comes to its end: the approval still runs, and can be stopped
    desk.send(engine(3, false));
    let mut other = desk.clone_of();
    assert!(desk.text().contains("0 of 150"), "{}", desk.text());
    assert!(desk.press("s").is_empty());
    let effects = desk.send(Msg::Approved(Ok(done(ones))));
    assert!(!effects.iter().any(|e| matches!(e, Effect::Approve(_))), "stopped");
    // both run: one key stops both
    other.send(engine(1, true));
    assert!(matches!(other.press("s").as_slice(), [Effect::Ask(Ask::Stop)]), "the holder hears of it");
    assert!(other.model.queue.approving.as_ref().is_some_and(|a| a.rest.is_empty()));
    let effects = other.send(Msg::Approved(Ok(done(ones))));
    assert!(!effects.iter().any(|e| matches!(e, Effect::Approve(_))), "stopped");
    assert!(other.model.progress.running, "the engine says itself when it ends");
}

#[test]
fn an_approval_leaves_a_posting_to_its_end() {
    let mut desk = Desk::open(120, 34);
    let ids = vec![sample::id(5), sample::id(7)];
    desk.model.queue.posting = Some(ids.clone());
    desk.model.queue.asked_holder = 1;
    desk.press("a");
    let effects = desk.press("y");
    let Some(Effect::Approve(ones)) = effects.first() else { panic!("{effects:?}") };
    desk.send(Msg::Approved(Ok(ones.iter().map(|o| (o.id, Ok(()))).collect())));
    // what is approved now waits for the end of the first posting
    let row = desk.model.queue.rows.iter_mut().find(|r| r.number == "B4Q7TN").unwrap();
    let mut approved = row.row.clone();
    approved.state = State::Approved;
    *row = ShownRow::of(approved);
    desk.on("B4Q7TN");
    desk.press("space");
    assert!(desk.press("p").is_empty() && desk.model.layers.is_empty());
    assert!(said(&desk, "a posting is under way"));
    let effects = desk.send(Msg::Answered(Ok("2 ledger records posted".into())));
    let outcome = |e: &Effect| matches!(e, Effect::QueueRoom(QueueEffect::Outcome { ids: of }) if *of == ids);
    assert!(effects.iter().any(outcome), "{effects:?}");
    assert!(desk.model.queue.posting.is_none());
}

#[test]
fn posting_ends_with_a_summary_that_stays_until_it_is_read() {
    let mut desk = Desk::open(120, 34);
    for number in ["B4Q7TN", "FP-3402", "J7LD4P"] {
        desk.on(number);
        let at = desk.model.queue.cursor.at;
        let mut row = desk.model.queue.rows[at].row.clone();
        row.state = State::Approved;
        desk.model.queue.rows[at] = ShownRow::of(row);
        desk.press("space");
    }
    desk.on("CL-2217");
    desk.press("space p");
    let text = desk.text();
    assert!(text.contains("3 documents, 1,168.90 USD; 1 is blocked"), "{text}");
    let effects = desk.press("y");
    assert!(matches!(&effects[0], Effect::Ask(Ask::Post { documents, .. }) if documents.len() == 3));
    let step = |done| Progress {
        what: "Posting to QuickBooks Online".into(),
        done,
        of: 3,
        stopping: false,
        running: true,
    };
    desk.send(Msg::Progress(step(0)));
    desk.since += Duration::from_secs(20);
    desk.send(Msg::Progress(step(1)));
    assert!(desk.text().contains("1 of 3 · 3 a minute · about 40 s left"), "{}", desk.text());
    // a stop is asked of the holder too: its answer is not the end of the post
    desk.press("s");
    desk.send(Msg::Answered(Ok("stopping".into())));
    assert!(desk.model.queue.summary.is_none());
    desk.send(Msg::Progress(Progress::default()));
    desk.send(Msg::Answered(Ok("1 posted".into())));
    let text = desk.text();
    for words in [
        "Posting ended",
        "posted   1 document · 1,290.15 USD",
        "refused  1 document · -240.00 USD",
        "FP-3402: account 6330 is inactive",
        "left     1 document · 118.75 USD · approved, p goes on",
        "Esc read",
    ] {
        assert!(text.contains(words), "{words}\n{text}");
    }
    desk.since += Duration::from_hours(1);
    desk.send(Msg::Tick);
    assert!(desk.text().contains("Posting ended"), "it stays");
    desk.press("esc");
    assert!(!desk.text().contains("Posting ended"));
}

#[test]
fn the_cursor_stays_on_its_document_whatever_comes() {
    let mut desk = Desk::open(120, 34);
    let effects = desk.press("r");
    let asked = effects.iter().find_map(|e| match e {
        Effect::Window { generation, part, .. } => Some((*generation, part.clone())),
        _ => None,
    });
    let (generation, _) = asked.unwrap();
    // the fake answered already: this is the next refresh, with rows above that are new
    let effects = desk.model.queue.refresh();
    let Some(Effect::Window { generation: next, part, .. }) = effects.first() else { panic!() };
    assert!(*next > generation);
    let template = sample::rows()[0].clone();
    let mut rows: Vec<Row> = (0..9)
        .map(|i| Row { id: sample::id(500 + i), number: format!("NEW{i}"), ..template.clone() })
        .collect();
    rows.extend(sample::rows());
    let page = WindowPage { part: part.clone(), rows, before: false, after: false, split: 0 };
    desk.send(Msg::Window(*next, Ok(page)));
    assert_eq!(desk.model.queue.current().unwrap().number, "B4Q7TN");
}

#[test]
fn the_batch_is_exported_from_the_dialog() {
    let mut desk = Desk::open(120, 34);
    desk.press("a p");
    assert!(desk.text().contains("e export to a file"), "{}", desk.text());
    desk.press("e enter");
    assert!(said(&desk, "rows written to tieout-batch-fq-us-2026-11-04.csv"), "{}", desk.text());
    assert!(matches!(desk.model.layers.last(), Some(Layer::Approve(_))), "the dialog is still there");
    let told = Exported { changed: true, ..exported(3, "list.csv") };
    desk.send(Msg::QueueRoom(QueueMsg::Exported(Ok(told))));
    assert!(said(&desk, "3 rows written to list.csv; the queue changed meanwhile"), "{}", desk.text());
    let mut desk = Desk::open(120, 34);
    desk.model.look.read_only = true;
    desk.press("e S");
    assert!(desk.model.layers.is_empty());
    assert!(desk.model.toasts.shown().any(|t| t.level == Level::Warning));
}
