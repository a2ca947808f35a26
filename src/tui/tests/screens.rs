//! What stands on the screen: snapshots that are read like the plan's mock-ups.

use ratatui::style::{Color, Modifier};

use crate::engine::Progress;
use crate::model::entry::{EntryKind, LineRole};
use crate::model::state::State;
use crate::tui::effect::{CardFor, Effect};
use crate::tui::format::ShownRow;
use crate::tui::msg::Msg;
use crate::tui::theme::Theme;

use super::desk::Desk;
use super::{sample, snap};

#[test]
fn queue_at_every_size() {
    for (w, h) in [(120, 34), (80, 24), (200, 60), (60, 16), (40, 10), (141, 40), (100, 30)] {
        snap(&format!("queue_{w}x{h}"), &Desk::open(w, h));
    }
}

#[test]
fn before_the_store_is_open() {
    snap("opening_80x24", &Desk::closed(80, 24));
}

#[test]
fn queue_with_marks_and_groups() {
    let mut desk = Desk::open(120, 34);
    desk.press("space space");
    snap("queue_marked_120x34", &desk);
    desk.press("esc g f");
    snap("groups_120x34", &desk);
    let mut desk = Desk::open(80, 24);
    desk.press("g");
    snap("sequence_80x24", &desk);
    desk.press("f");
    snap("groups_80x24", &desk);
}

#[test]
fn views_filters_and_files() {
    let mut desk = Desk::open(80, 24);
    desk.press("V");
    snap("queue_views_80x24", &desk);
    desk.press("enter");
    snap("queue_view_80x24", &desk);
    let mut desk = Desk::open(120, 34);
    desk.press("/");
    desk.type_text("vendor:candor amount>4000");
    snap("queue_filter_typing_120x34", &desk);
    desk.press("enter");
    snap("queue_filter_120x34", &desk);
    desk.press("S");
    snap("queue_save_view_120x34", &desk);
    desk.press("esc e");
    snap("queue_export_120x34", &desk);
    let mut desk = Desk::open(60, 16);
    desk.press("/");
    desk.type_text("-vender:candor");
    snap("queue_filter_error_60x16", &desk);
}

#[test]
fn document_at_every_size() {
    for (w, h) in [(120, 34), (80, 24), (200, 60), (60, 16)] {
        let mut desk = Desk::open(w, h);
        desk.press("enter j j");
        snap(&format!("document_{w}x{h}"), &desk);
    }
    let mut desk = Desk::open(80, 24);
    desk.press("enter tab");
    snap("document_source_80x24", &desk);
}

#[test]
fn a_blocked_and_an_unreadable_document() {
    let mut desk = Desk::open(120, 34);
    desk.on("K8CN1X");
    desk.press("enter");
    snap("document_blocked_120x34", &desk);
    desk.press("esc");
    desk.on("B9VT2G");
    desk.press("enter");
    snap("document_unreadable_120x34", &desk);
    desk.press("esc");
    snap("queue_unreadable_120x34", &desk);
}

#[test]
fn approve_dialog() {
    let mut desk = Desk::open(120, 34);
    desk.press("a");
    snap("approve_120x34", &desk);
    desk.press("w");
    snap("approve_warnings_120x34", &desk);
    desk.press("esc l");
    snap("approve_list_120x34", &desk);
    let mut desk = Desk::open(80, 24);
    desk.type_total = true;
    desk.press("a");
    desk.type_text("21,6");
    snap("approve_type_total_80x24", &desk);
}

#[test]
fn post_dialog_and_an_event() {
    let mut desk = Desk::open(120, 34);
    let at = desk.model.queue.cursor.at;
    let mut row = desk.model.queue.rows[at].row.clone();
    row.state = State::Approved;
    desk.model.queue.rows[at] = ShownRow::of(row);
    desk.press("space p");
    snap("post_120x34", &desk);
    desk.press("esc 4 enter");
    snap("audit_event_120x34", &desk);
}

#[test]
fn what_is_posted_and_who_it_is_for() {
    let mut desk = Desk::open(120, 34);
    let row = sample::rows().into_iter().find(|r| r.number == "B4Q7TN").unwrap();
    let mut sheet = sample::sheet(&row);
    let intents = sample::posted(&sheet);
    sheet.card.intents = intents;
    let set = &mut sheet.card.derived.as_mut().unwrap().set;
    set.entries[0].kind = EntryKind::Journal;
    let lines = &mut set.entries[0].lines;
    lines[0].role = LineRole::Tax;
    lines[0].dimensions.customer = None;
    lines[1].dimensions.department = lines[1].dimensions.class.take();
    desk.press("enter");
    let generation = desk.effects.iter().rev().find_map(|e| match e {
        Effect::Card { generation, purpose: CardFor::Document, .. } => Some(*generation),
        _ => None,
    });
    desk.send(Msg::Card(generation.unwrap(), CardFor::Document, Ok(Box::new(sheet))));
    snap("document_posted_120x34", &desk);
}

#[test]
fn a_filter_says_what_it_knows() {
    let mut desk = Desk::open(80, 24);
    desk.press("/");
    desk.type_text("state:confirmed");
    desk.press("enter");
    let text = desk.text();
    assert!(text.contains("No document matches. Esc clears the filter."), "{text}");
    assert!(text.contains("The group Open has no document in this state."), "{text}");
    assert!(text.contains("[state:confirmed]"), "{text}");
    desk.press("/");
    desk.type_text(" vender:x");
    let text = desk.text();
    assert!(text.contains("vender: is not a field of the filter. Did you mean vendor: ?"), "{text}");
    assert!(text.contains("cannot be read"), "{text}");
}

#[test]
fn what_is_not_mapped_is_mended_from_the_mappings() {
    let mut desk = Desk::open(120, 34);
    desk.press("2 tab tab");
    desk.press("f");
    assert!(desk.text().contains("CC450"), "{}", desk.text());
    assert!(matches!(desk.model.layers.last(), Some(crate::tui::layers::Layer::Picker(_))));
    desk.press("esc G a");
    assert!(desk.model.layers.is_empty());
    assert!(desk.text().contains("only where something is not mapped"), "{}", desk.text());
}

#[test]
fn other_dialogs() {
    let mut desk = Desk::open(80, 24);
    desk.on("K8CN1X");
    desk.press("f");
    snap("picker_80x24", &desk);
    desk.press("esc x");
    snap("reject_80x24", &desk);
    desk.type_text("wrong cost centre");
    desk.press("enter");
    snap("reject_confirm_80x24", &desk);
    desk.press("esc");
    desk.on("CL-2217");
    desk.press("f");
    snap("decide_adopt_80x24", &desk);
    desk.press("esc");
    desk.on("FP-3390");
    desk.press("f");
    snap("decide_period_80x24", &desk);
}

#[test]
fn help_and_palette() {
    let mut desk = Desk::open(80, 24);
    desk.press("?");
    snap("help_80x24", &desk);
    desk.press("esc :");
    desk.type_text("appr");
    snap("palette_80x24", &desk);
}

#[test]
fn the_other_screens() {
    let mut desk = Desk::open(80, 24);
    for (key, name) in [("2", "mappings"), ("3", "connections")] {
        desk.press(key);
        snap(&format!("{name}_80x24"), &desk);
    }
}

#[test]
fn progress_and_messages() {
    let mut desk = Desk::open(80, 24);
    desk.send(Msg::Progress(Progress {
        what: "Posting to QuickBooks Online".into(),
        done: 12,
        of: 28,
        stopping: false,
        running: true,
    }));
    desk.send(Msg::Answered(Err("QuickBooks Online: cannot be reached".into())));
    desk.send(Msg::Copied(Ok("Copied 26 characters".into())));
    snap("progress_80x24", &desk);
}

#[test]
fn empty_states_teach() {
    let mut desk = Desk::open(80, 24);
    desk.press("/");
    desk.type_text("zzz");
    snap("filter_typing_80x24", &desk);
    desk.press("enter");
    snap("filter_empty_80x24", &desk);
    let mut desk = Desk::closed(80, 24);
    desk.empty = true;
    desk.send(Msg::Opened(sample::opened()));
    snap("queue_empty_80x24", &desk);
}

#[test]
fn mono_keeps_the_cursor_row_in_reverse_and_has_no_colour() {
    let mut desk = Desk::open(80, 24);
    desk.model.look.theme = Theme::mono();
    let t = desk.screen();
    let buffer = t.backend().buffer();
    let y = (0..24).find(|y| buffer[(0, *y)].symbol() == ">").unwrap();
    for x in 0..80 {
        assert!(buffer[(x, y)].modifier.contains(Modifier::REVERSED), "column {x}");
    }
    for cell in buffer.content() {
        assert!(cell.fg == Color::Reset && cell.bg == Color::Reset);
    }
    snap("queue_mono_80x24", &desk);
}

#[test]
fn ascii_has_nothing_but_ascii() {
    let mut desk = Desk::open(120, 34);
    desk.model.look.ascii = true;
    assert!(desk.text().lines().all(|l| l.trim_matches('"').is_ascii()));
    assert!(desk.text().contains("Lindqvist, Chloe"), "names keep their letters");
    snap("queue_ascii_120x34", &desk);
    desk.press("enter");
    snap("document_ascii_120x34", &desk);
}

#[test]
fn what_a_source_sent_commands_no_terminal() {
    let mut desk = Desk::open(80, 24);
    desk.press("enter d");
    let text = desk.text();
    assert!(!text.contains('\u{1b}'));
    assert!(text.contains("1290.15000000"), "amounts are shown as they came: {text}");
    snap("raw_80x24", &desk);
}

#[test]
fn nothing_panics_in_a_tiny_terminal() {
    for (w, h) in [(1, 1), (0, 0), (2, 1), (1, 50), (300, 1), (59, 16), (60, 15)] {
        let mut desk = Desk::open(120, 34);
        desk.press("enter a");
        desk.send(Msg::Resize(w, h));
        desk.screen();
    }
}
