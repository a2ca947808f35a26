//! Every action of the registry has a case: keys in a state, and what they ask for or change.

use crate::engine::{Ask, EventsAct, Progress};
use crate::model::rule::{Gives, RuleKind};
use crate::model::state::State;
use crate::store::{Act, Sort};
use crate::tui::app::{Level, Screen};
use crate::tui::effect::{Correcting, Effect, Part};
use crate::tui::keys::ActionId;
use crate::tui::layers::Layer;
use crate::tui::msg::Msg;
use crate::tui::screens::queue::Tab;

use super::cases;
use super::desk::Desk;
use super::sample;

/// An action, the keys, and what holds afterwards.
pub type Case = (ActionId, &'static str, fn(&Desk) -> bool);

fn number(d: &Desk) -> &str {
    d.model.queue.current().map_or("", |r| r.number.as_str())
}

pub fn asked(d: &Desk, f: fn(&Effect) -> bool) -> bool {
    d.effects.iter().any(f)
}

pub fn warned(d: &Desk) -> bool {
    d.model.toasts.shown().any(|t| t.level == Level::Warning)
}

/// Beginning on B4Q7TN (ready) in the queue.
const CASES: &[Case] = &[
    (ActionId::Down, "j", |d| number(d) == "X3GW8V"),
    (ActionId::Up, "k", |d| number(d) == "Q4A7RM"),
    (ActionId::PageDown, "pgdn", |d| number(d) == "B9VT2G"),
    (ActionId::PageUp, "pgup", |d| number(d) == "FP-3390"),
    (ActionId::HalfDown, "ctrl-d", |d| number(d) == "B9VT2G"),
    (ActionId::HalfUp, "ctrl-u", |d| number(d) == "CL2188"),
    (ActionId::Top, "g g", |d| number(d) == "FP-3390"),
    (ActionId::Bottom, "G", |d| number(d) == "B9VT2G"),
    (ActionId::Open, "enter", |d| d.model.screen == Screen::Document && d.model.document.sheet.is_some()),
    (ActionId::Back, "enter esc", |d| d.model.screen == Screen::Queue && number(d) == "B4Q7TN"),
    (ActionId::NextPart, "tab", |d| d.model.queue.tab == Tab::Of(crate::model::Group::Blocked)),
    (ActionId::PreviousPart, "backtab", |d| d.model.queue.tab == Tab::Of(crate::model::Group::Closed)),
    (ActionId::Left, "tab left", |d| d.model.queue.tab == Tab::Open),
    (ActionId::Right, "right", |d| d.model.queue.tab != Tab::Open),
    (ActionId::Mark, "space", |d| d.model.queue.marks.len() == 1 && number(d) == "X3GW8V"),
    (ActionId::Range, "v j j v", |d| d.model.queue.marks.len() == 3),
    (ActionId::MarkAll, "ctrl-a", |d| d.model.queue.marks.len() == sample::rows().len()),
    (ActionId::Filter, "/ r a m a n enter", |d| {
        d.model.queue.rows.len() == 2 && d.model.queue.typing.is_none()
    }),
    (ActionId::SortLeft, "<", |d| d.model.queue.sort == Sort::State),
    (ActionId::SortRight, ">", |d| d.model.queue.sort == Sort::Kind),
    (ActionId::SortTurn, "s", |d| d.model.queue.descending),
    (ActionId::Group, "g f", |d| d.model.queue.grouped && d.model.queue.groups.is_some()),
    (ActionId::Approve, "a y", |d| {
        asked(d, |e| matches!(e, Effect::Approve(o) if o.len() == 1 && o[0].version == 3))
    }),
    (ActionId::Withdraw, "w", warned),
    (ActionId::Post, "p", warned),
    (ActionId::Hold, "H w a i t enter", |d| {
        asked(d, |e| matches!(e, Effect::Act { act: Act::Hold { reason }, .. } if reason == "wait"))
    }),
    (ActionId::Reject, "x n o enter y", |d| {
        asked(
            d,
            |e| matches!(e, Effect::Act { act: Act::Reject { reason }, targets } if reason == "no" && targets[0].version == 3),
        )
    }),
    (ActionId::Close, "c o l d enter y", |d| {
        asked(d, |e| matches!(e, Effect::Act { act: Act::Close { note }, .. } if note == "old"))
    }),
    (ActionId::Fix, "f", warned),
    (ActionId::Adopt, "A 1 4 5 enter y", |d| {
        asked(d, |e| matches!(e, Effect::Adopt { record, .. } if record == "145"))
    }),
    (ActionId::Retry, "R", warned),
    (ActionId::Reverse, "enter u", warned),
    (ActionId::Repost, "enter n", warned),
    (ActionId::ApproveRest, "enter e", warned),
    (ActionId::Fetch, "F", |d| asked(d, |e| matches!(e, Effect::Ask(Ask::Fetch { .. })))),
    (ActionId::Stop, "ctrl-c", |d| {
        d.model.toasts.shown().count() == 1 && !asked(d, |e| matches!(e, Effect::Ask(_)))
    }),
    (ActionId::Trail, "T", |d| d.model.screen == Screen::Audit && d.model.audit.subject.is_some()),
    (ActionId::Request, "enter v", |d| matches!(d.model.layers.last(), Some(Layer::Reader(_)))),
    (
        ActionId::Raw,
        "enter d",
        |d| matches!(d.model.layers.last(), Some(Layer::Reader(r)) if r.lines.len() > 2),
    ),
    (ActionId::Copy, "y", |d| asked(d, |e| matches!(e, Effect::Copy(t) if *t == sample::id(11).to_string()))),
    (ActionId::Refresh, "r", |d| d.effects.iter().filter(|e| matches!(e, Effect::Totals { .. })).count() > 1),
    (ActionId::Redraw, "ctrl-l", |d| asked(d, |e| matches!(e, Effect::Redraw))),
    (ActionId::ScreenQueue, "3 1", |d| d.model.screen == Screen::Queue),
    (ActionId::ScreenMappings, "2", |d| d.model.screen == Screen::Mappings && d.model.mappings.len() == 3),
    (ActionId::ScreenConnections, "3", |d| d.model.screen == Screen::Connections),
    (ActionId::ScreenAudit, "4", |d| d.model.screen == Screen::Audit && d.model.audit.rows.len() == 3),
    (ActionId::ScreenTieout, "5", |d| d.model.screen == Screen::Tieout),
    (ActionId::ScreenActivity, "6", |d| d.model.screen == Screen::Activity),
    (ActionId::LastScreen, "3 -", |d| d.model.screen == Screen::Queue),
    (ActionId::NextBook, "b", warned),
    (ActionId::TestConnection, "3 j T", |d| {
        asked(d, |e| matches!(e, Effect::Ask(Ask::Test { connection }) if connection.as_str() == "qbo-us"))
    }),
    (ActionId::ConnectionEvents, "3 e", |d| {
        asked(d, |e| matches!(e, Effect::EventsText { connection } if connection.as_str() == "concur"))
    }),
    (ActionId::Subscribe, "3 S y", |d| {
        asked(d, |e| {
            matches!(e, Effect::Ask(Ask::Events { what: EventsAct::Subscribe, connection: Some(_) }))
        })
    }),
    (ActionId::Repair, "3 E y", |d| {
        asked(d, |e| matches!(e, Effect::Ask(Ask::Events { what: EventsAct::Repair, .. })))
    }),
    (ActionId::Palette, ": c o n n e c enter", |d| d.model.screen == Screen::Connections),
    (ActionId::Help, "?", |d| matches!(d.model.layers.last(), Some(Layer::Finder(f)) if !f.fuzzy)),
    (ActionId::Messages, "M", |d| matches!(d.model.layers.last(), Some(Layer::Reader(_)))),
    (ActionId::Suspend, "ctrl-z", |d| asked(d, |e| matches!(e, Effect::Suspend))),
    (ActionId::Quit, "q", |d| asked(d, |e| matches!(e, Effect::Quit))),
];

#[test]
fn every_action_of_the_registry_does_what_it_says() {
    let all = || CASES.iter().chain(cases::all());
    for id in ActionId::ALL {
        assert!(all().any(|(c, ..)| c == id), "{id:?} has no case");
    }
    for (id, keys, holds) in all() {
        let mut desk = Desk::open(120, 34);
        desk.press(keys);
        assert!(holds(&desk), "{id:?} by {keys}\n{}", desk.text());
    }
}

fn with_state(state: State) -> Desk {
    let mut desk = Desk::open(120, 34);
    let mut row = desk.model.queue.current().unwrap().row.clone();
    row.state = state;
    row.version = 4;
    let at = desk.model.queue.cursor.at;
    desk.model.queue.rows[at] = crate::tui::format::ShownRow::of(row);
    desk.effects.clear();
    desk
}

#[test]
fn approved_documents_are_withdrawn_and_posted_after_a_question() {
    let mut desk = with_state(State::Approved);
    let effects = desk.press("w");
    assert!(matches!(&effects[0], Effect::Act { act: Act::Withdraw, targets } if targets[0].version == 4));
    desk.press("space");
    let before = desk.effects.len();
    desk.press("p");
    assert!(desk.text().contains("1 document → QuickBooks Online · Fernhill Quay Advisory, Inc. · DEMO"));
    assert!(desk.text().contains("ledger records   33"));
    assert!(desk.text().contains("1,290.15 USD"));
    // neither Enter nor a paste posts
    desk.press("enter enter");
    desk.send(Msg::Paste("y\ny".into()));
    assert!(!desk.effects[before..].iter().any(|e| e.is_dangerous()));
    let effects = desk.press("y");
    assert!(matches!(&effects[0], Effect::Ask(Ask::Post { documents, .. }) if documents.len() == 1));
}

#[test]
fn held_documents_are_released_and_failed_ones_tried_again() {
    let mut desk = with_state(State::Held);
    assert!(matches!(&desk.press("H")[0], Effect::Act { act: Act::Release, .. }));
    let mut desk = with_state(State::Failed);
    assert!(matches!(&desk.press("R")[0], Effect::Ask(Ask::Retry { .. })));
}

/// B4Q7TN on its screen, approved once, with what became of its records.
fn recorded(state: State, done: usize) -> Desk {
    let mut desk = Desk::open(120, 34);
    desk.press("enter");
    let row = desk.model.queue.current().unwrap().row.clone();
    let mut sheet = sample::sheet(&row);
    sheet.card.row.state = state;
    let set = sheet.card.derived.as_ref().unwrap().set.clone();
    sheet.card.approval = Some(super::sample_set::approval(set));
    let mut intents = sample::posted(&sheet);
    intents.truncate(done);
    sheet.card.intents = intents;
    desk.model.document.sheet = Some(Box::new(sheet));
    desk.effects.clear();
    desk
}

#[test]
fn what_is_in_the_ledger_is_reversed_for_a_reason_and_the_reversal_opens() {
    let mut desk = recorded(State::Confirmed, 3);
    assert!(desk.press("u enter").is_empty(), "a reversal needs a reason");
    desk.type_text("twice");
    let effects = desk.press("enter");
    let Some(Effect::Correct { target, what: Correcting::Reversal, reason }) = effects.first() else {
        panic!("{effects:?}")
    };
    assert_eq!((target.number.as_str(), reason.as_str()), ("B4Q7TN", "twice"));
    let (of, made) = (target.id, sample::id(77));
    // a dialog was opened meanwhile: the reversal does not come between
    desk.press("?");
    let effects = desk.send(Msg::Corrected(of, Ok((made, "B4Q7TN-REV".into()))));
    assert!(!effects.iter().any(|e| matches!(e, Effect::Card { id, .. } if *id == made)));
    desk.press("esc");
    let effects = desk.send(Msg::Corrected(of, Ok((made, "B4Q7TN-REV".into()))));
    assert!(effects.iter().any(|e| matches!(e, Effect::Card { id, .. } if *id == made)));
    assert!(desk.model.toasts.shown().any(|t| t.text.contains("B4Q7TN-REV is made")));
}

#[test]
fn only_a_half_posted_set_has_a_rest_and_approving_it_asks_twice() {
    for (state, done) in [(State::Confirmed, 3), (State::NeedsHuman, 0), (State::NeedsHuman, 3)] {
        let mut desk = recorded(state, done);
        desk.press("e");
        assert!(warned(&desk) && desk.model.layers.is_empty(), "{state} {done}");
    }
    let mut desk = recorded(State::NeedsHuman, 1);
    desk.press("e o k enter");
    assert!(desk.text().contains("In the ledger already"), "{}", desk.text());
    assert!(desk.press("enter").is_empty());
    assert!(matches!(&desk.press("y")[0], Effect::ApproveRest { note, .. } if note == "ok"));
}

#[test]
fn a_ledger_without_events_is_not_subscribed_to() {
    let mut desk = Desk::open(120, 34);
    desk.press("3 j S");
    assert!(warned(&desk) && desk.model.layers.is_empty());
}

#[test]
fn a_running_post_is_stopped_by_a_key_and_quitting_asks() {
    let mut desk = Desk::open(80, 24);
    desk.send(Msg::Progress(Progress {
        what: "Posting".into(),
        done: 1,
        of: 3,
        stopping: false,
        running: true,
    }));
    for key in ["s", "ctrl-c"] {
        assert!(matches!(desk.press(key)[0], Effect::Ask(Ask::Stop)));
    }
    assert!(desk.press("q").is_empty());
    assert!(matches!(desk.press("y")[0], Effect::Quit));
}

#[test]
fn a_batch_above_the_limit_needs_its_total() {
    let mut desk = Desk::open(120, 34);
    desk.type_total = true;
    desk.press("a");
    assert!(desk.press("y enter").is_empty());
    desk.type_text("21,609.72");
    assert!(desk.press("enter").is_empty());
    assert!(desk.text().contains("That is not the USD total"));
    desk.press("backspace 1");
    assert!(matches!(&desk.press("enter")[0], Effect::Approve(_)));
}

#[test]
fn the_dialog_names_what_is_left_out_and_shows_warnings() {
    let mut desk = Desk::open(120, 34);
    desk.press("a");
    let text = desk.text();
    assert!(text.contains("Left out: Q9BK2L (you are the payee), MT-3051 (second approver: Joy Lin)"));
    assert!(text.contains("2 carry warnings you have not read: w shows them"));
    assert!(desk.press("enter").is_empty(), "Enter alone does nothing");
    desk.press("w");
    assert!(desk.text().contains("cash advance"));
    desk.press("esc");
    assert!(!desk.text().contains("you have not read"));
    desk.press("esc");
    assert!(desk.model.layers.is_empty());
}

#[test]
fn a_mapping_is_mended_in_place_for_all() {
    let mut desk = Desk::open(120, 34);
    desk.on("K8CN1X");
    desk.press("f");
    assert!(desk.text().contains("Affects 3 documents, 5,862.90 USD"));
    desk.type_text("sust");
    let effects = desk.press("enter");
    let Effect::SetRule { book, rule } = &effects[0] else { panic!("{effects:?}") };
    assert_eq!(book.as_str(), "fq-us");
    assert_eq!(rule.kind, RuleKind::Class);
    assert_eq!(rule.condition(), "CC450");
    assert!(matches!(&rule.gives, Gives::Record(n) if n.id == "4"));
    assert_eq!(rule.author, "Theo Okonkwo");
    assert_eq!(number(&desk), "K8CN1X", "the cursor stays where it was");
    // from the group view, the same
    desk.press("g f f");
    assert!(matches!(desk.model.layers.last(), Some(Layer::Picker(_))));
    // and the cost object may have no class on purpose
    desk.press("down down down enter");
    assert!(asked(&desk, |e| matches!(e, Effect::SetRule { rule, .. } if rule.gives == Gives::Nothing)));
}

#[test]
fn decisions_about_one_document_need_a_reason() {
    let mut desk = Desk::open(120, 34);
    desk.on("FP-3390");
    desk.press("f 2");
    desk.type_text("agreed with Joy Lin");
    desk.press("enter");
    assert!(asked(&desk, |e| matches!(e, Effect::SetRule { rule, .. }
        if rule.kind == RuleKind::PostingDate && rule.reason.as_deref() == Some("agreed with Joy Lin")
            && rule.document.is_some() && matches!(rule.gives, Gives::Date(_)))));
    let mut desk = Desk::open(120, 34);
    desk.on("CL-2217");
    desk.press("f 1");
    assert!(!asked(&desk, Effect::is_dangerous));
    desk.press("y");
    assert!(asked(&desk, |e| matches!(e, Effect::Adopt { record, .. } if record == "145")));
    let mut desk = Desk::open(120, 34);
    desk.on("CL-2217");
    desk.press("f 2 o k enter");
    assert!(asked(&desk, |e| matches!(e, Effect::SetRule { rule, .. }
        if rule.keys.values().any(|v| v == "maybe_in_ledger:145"))));
}

#[test]
fn reading_only_changes_nothing() {
    let mut desk = Desk::open(120, 34);
    desk.model.look.read_only = true;
    assert!(desk.text().contains("READ-ONLY"));
    for keys in ["a y", "H o k enter", "x n o enter y", "F", "p y"] {
        desk.press(keys);
        desk.model.layers.clear();
    }
    assert!(!asked(&desk, Effect::changes));
}

#[test]
fn while_the_store_opens_keys_work_and_nothing_is_asked() {
    let mut desk = Desk::closed(80, 24);
    assert!(desk.press("j a p enter F").is_empty());
    assert!(matches!(desk.press("q")[0], Effect::Quit));
}

#[test]
fn a_filter_is_live_and_leaves_with_esc() {
    let mut desk = Desk::open(120, 34);
    desk.press("/");
    let effects = desk.type_text("raman");
    assert!(effects.iter().any(|e| matches!(e, Effect::Window { debounce: true, .. })));
    assert_eq!(desk.model.queue.rows.len(), 2);
    desk.press("esc");
    assert_eq!(desk.model.queue.rows.len(), sample::rows().len());
    assert!(matches!(
        desk.effects.iter().rfind(|e| matches!(e, Effect::Window { .. })),
        Some(Effect::Window { part: Part::Start(_), .. })
    ));
}

#[test]
fn keys_inside_sentences_are_the_keys_of_the_table() {
    use crate::tui::keys::{ActionId, Context, KeyMap, actions};
    fn read(dir: &std::path::Path, into: &mut Vec<String>) {
        for entry in std::fs::read_dir(dir).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                read(&path, into);
            } else if path.extension().is_some_and(|e| e == "rs") {
                into.push(std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    let mut files = Vec::new();
    read(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tui/screens"), &mut files);
    let mut seen = 0;
    for text in &files {
        for after in text.split("{key:").skip(1) {
            let name = after.split('}').next().unwrap_or_default();
            assert!(actions().any(|a| a.name == name), "no action is called {name}");
            seen += 1;
        }
    }
    assert!(seen > 20, "{seen} keys were found in sentences");
    let keys = KeyMap::default();
    assert_eq!(
        keys.worded(Context::Document, "{key:fix} mends, {key:none} stays"),
        "f mends, {key:none} stays"
    );
    assert_eq!(keys.says(Context::Document, ActionId::Fix), "f");
}
