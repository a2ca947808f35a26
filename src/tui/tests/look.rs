//! Looks and keys: what a person sees of `keys.toml`, themes, the palette, the choosers and the mouse.

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use ratatui::style::{Color, Modifier};

use crate::engine::Progress;
use crate::store::Sort;
use crate::tui::app::{Level, Screen};
use crate::tui::effect::Effect;
use crate::tui::keys::{self, ActionId};
use crate::tui::layers::Layer;
use crate::tui::look::effect::{LookEffect, LookMsg, Why};
use crate::tui::msg::Msg;
use crate::tui::screens::queue::Tab;
use crate::tui::theme::{BUILT_IN, Depth, Library, Meaning, Theme};

use super::desk::Desk;
use super::snap;

fn last_line(desk: &Desk) -> String {
    desk.text().lines().last().unwrap().to_string()
}

fn shown(desk: &Desk) -> Vec<String> {
    desk.model.toasts.shown().map(|t| t.text.clone()).collect()
}

#[test]
fn saved_keys_are_in_force_everywhere_at_once() {
    let mut desk = Desk::open(120, 34);
    assert!(last_line(&desk).contains("a approve"));
    desk.send(Msg::LookRoom(LookMsg::KeysSaved));
    assert!(last_line(&desk).contains("Ctrl-o approve"), "{}", last_line(&desk));
    desk.press("a");
    assert!(desk.model.layers.is_empty(), "the old key does nothing");
    desk.press("ctrl-o");
    assert!(matches!(desk.model.layers.last(), Some(Layer::Approve(_))));
    desk.press("esc ?");
    assert!(desk.text().contains("Ctrl-o"), "{}", desk.text());
}

#[test]
fn sentences_name_the_keys_in_force() {
    let mut desk = Desk::open(120, 34);
    let read =
        keys::read("[queue]\npost = [\"f8\"]\n[global]\nmessages = []\n[running]\nstop_running = [\"x\"]\n");
    desk.send(Msg::LookRoom(LookMsg::Keys(Box::new(read))));
    assert_eq!(desk.model.key(ActionId::Post), "F8");
    assert_eq!(desk.model.key(ActionId::Messages), ":messages");
    desk.send(Msg::Progress(Progress {
        running: true,
        what: "Posting".into(),
        done: 1,
        of: 9,
        stopping: false,
    }));
    assert!(desk.text().contains("x stop"), "{}", desk.text());
}

#[test]
fn what_is_wrong_with_the_keys_is_told_with_its_line() {
    let mut desk = Desk::open(120, 34);
    let read = keys::read("[queue]\naprove = [\"b\"]\n");
    desk.send(Msg::LookRoom(LookMsg::Keys(Box::new(read))));
    let said = shown(&desk).join("\n");
    assert!(
        said.contains("keys.toml line 2, queue.aprove: there is no action \"aprove\"; did you mean"),
        "{said}"
    );
    assert!(desk.model.toasts.shown().all(|t| t.level == Level::Warning));
}

#[test]
fn a_theme_is_shown_while_the_cursor_moves_and_kept_only_when_asked() {
    let mut desk = Desk::open(80, 24);
    let dark = desk.model.look.theme.clone();
    desk.press(":");
    desk.type_text("theme");
    desk.press("enter");
    assert!(matches!(desk.model.layers.last(), Some(Layer::Chooser(_))), "{}", desk.text());
    snap("themes_80x24", &desk);
    desk.press("down");
    assert_eq!(desk.model.look.theme, Theme::built_in("tieout-light", Depth::True));
    desk.press("esc");
    assert_eq!((&desk.model.look.theme, desk.model.layers.len()), (&dark, 0));
    desk.press(":");
    desk.type_text("theme");
    desk.press("enter");
    desk.type_text("high");
    desk.press("enter");
    assert_eq!(desk.model.look.theme_name, "high-contrast");
    let kept = |d: &Desk| d.effects.iter().any(|e| matches!(e, Effect::LookRoom(LookEffect::Keep(_))));
    assert!(!kept(&desk));
    desk.press(":");
    desk.type_text("theme");
    desk.press("enter ctrl-s");
    assert!(kept(&desk) && shown(&desk).join("").contains("high-contrast is kept in /home/theo/config.toml"));
}

#[test]
fn a_broken_theme_file_keeps_the_last_good_one_and_says_where() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("mine.toml");
    let library = Library::of(dir.path());
    let mut desk = Desk::open(120, 34);
    let save = |desk: &mut Desk, text: &str, why| {
        std::fs::write(&file, text).unwrap();
        let loaded = Box::new(library.load("mine", Depth::True));
        desk.send(Msg::LookRoom(LookMsg::Theme("mine".into(), why, loaded)));
    };
    save(&mut desk, "inherits = \"tieout-dark\"\n[meanings]\nok = { fg = \"red\" }\n", Why::Chosen);
    let good = desk.model.look.theme.clone();
    assert_eq!(good.style(Meaning::Ok).fg, Some(Color::Red));
    save(
        &mut desk,
        "inherits = \"tieout-dark\"\n\n\n\n\n[meanings]\naccent = { fg = \"#12\" }\n",
        Why::Saved,
    );
    assert_eq!(desk.model.look.theme, good);
    let said = shown(&desk).join("\n");
    assert!(said.contains("themes/mine.toml line 7, meanings.accent: \"#12\" is no colour"), "{said}");
    save(&mut desk, "inherits = \"tieout-dark\"\n[meanings]\nok = { fg = \"blue\" }\n", Why::Saved);
    assert_eq!(desk.model.look.theme.style(Meaning::Ok).fg, Some(Color::Blue));
}

#[test]
fn the_palette_finds_documents_books_months_and_the_way_out() {
    let mut desk = Desk::open(120, 34);
    desk.press(":");
    snap("palette_120x34", &desk);
    desk.type_text("delmar");
    snap("palette_documents_120x34", &desk);
    desk.press("enter");
    assert_eq!(desk.model.screen, Screen::Document);
    assert_eq!(desk.model.here().unwrap().number, "DOI-7719");
    let mut desk = Desk::open(120, 34);
    desk.press(":");
    desk.type_text("ir-2026-071");
    desk.press("enter");
    assert_eq!(desk.model.here().unwrap().number, "IR-2026-071");
    desk.press(":");
    desk.type_text("tie-out 2026-08");
    desk.press("enter");
    assert_eq!(desk.model.screen, Screen::Tieout);
    assert!(desk.text().contains("2026-08"), "{}", desk.text());
    desk.press(":");
    desk.type_text("q");
    let effects = desk.press("enter");
    assert!(effects.iter().any(|e| matches!(e, Effect::Quit)));
}

#[test]
fn an_answer_for_an_older_text_is_dropped() {
    let mut desk = Desk::open(120, 34);
    desk.press(":");
    desk.type_text("raman");
    let Some(Layer::Finder(f)) = desk.model.layers.last() else { panic!() };
    assert!(!f.documents.is_empty() && !f.looking);
    let asked = desk.effects.iter().rev().find_map(|e| match e {
        Effect::LookRoom(LookEffect::Find { serial, .. }) => Some(*serial),
        _ => None,
    });
    desk.send(Msg::LookRoom(LookMsg::Found(asked.unwrap(), "ram".into(), Ok(vec![]))));
    let Some(Layer::Finder(f)) = desk.model.layers.last() else { panic!() };
    assert!(!f.documents.is_empty());
}

#[test]
fn the_books_are_chosen_with_their_counts() {
    let mut desk = Desk::open(80, 24);
    desk.press("B");
    snap("chooser_books_80x24", &desk);
    let text = desk.text();
    assert!(text.contains("live · 47 open"), "{text}");
}

#[test]
fn the_help_is_grouped_searched_and_says_what_the_signs_mean() {
    let mut desk = Desk::open(120, 34);
    desk.press("?");
    snap("help_120x34", &desk);
    desk.press("pgdn pgdn pgdn");
    snap("help_signs_120x34", &desk);
    let mut desk = Desk::open(120, 34);
    desk.press("?");
    desk.type_text("ambiguous");
    assert!(desk.text().contains("never sent again"), "{}", desk.text());
    // a sign is read, not done
    let before = desk.model.layers.len();
    desk.press("enter");
    assert_eq!(desk.model.layers.len(), before);
}

fn event(kind: MouseEventKind, x: u16, y: u16) -> Msg {
    Msg::Mouse(MouseEvent { kind, column: x, row: y, modifiers: KeyModifiers::NONE })
}

fn click(desk: &mut Desk, x: u16, y: u16) {
    desk.send(event(MouseEventKind::Down(MouseButton::Left), x, y));
}

/// Clicks on the first place where these words stand.
fn click_on(desk: &mut Desk, words: &str) {
    let text = desk.text();
    let (y, line) =
        text.lines().enumerate().find(|(_, l)| l.contains(words)).unwrap_or_else(|| panic!("{words}"));
    let x = line.trim_start_matches('"').split(words).next().unwrap().chars().count();
    click(desk, x as u16, y as u16);
}

#[test]
fn the_mouse_does_what_keys_do() {
    for (w, h) in [(120, 34), (80, 24)] {
        let mut desk = Desk::open(w, h);
        desk.model.look.mouse = true;
        click_on(&mut desk, "J7LD4P");
        assert_eq!(desk.model.queue.current().unwrap().number, "J7LD4P", "{w}");
        click_on(&mut desk, "DOI-7719");
        assert_eq!(desk.model.queue.current().unwrap().number, "DOI-7719", "{w}");
        desk.send(event(MouseEventKind::ScrollUp, 5, 12));
        assert_eq!(desk.model.queue.current().unwrap().number, "Q4A7RM", "{w}");
        click_on(&mut desk, "payee");
        assert_eq!(desk.model.queue.sort, Sort::Payee, "{w}");
        click_on(&mut desk, "payee   ");
        assert!(desk.model.queue.descending, "{w}");
        click_on(&mut desk, "Blocked 18");
        assert_eq!(desk.model.queue.tab, Tab::Of(crate::model::Group::Blocked), "{w}");
        // beside the list nothing happens
        let at = desk.model.queue.cursor.at;
        click(&mut desk, 3, h - 3);
        assert_eq!(desk.model.queue.cursor.at, at);
        click_on(&mut desk, "? more");
        assert!(matches!(desk.model.layers.last(), Some(Layer::Finder(_))));
        desk.press("esc");
        click_on(&mut desk, "4 Audit");
        assert_eq!(desk.model.screen, Screen::Audit);
        desk.model.say(Level::Error, "it went wrong");
        click_on(&mut desk, "it went wrong");
        assert_eq!(desk.model.toasts.shown().count(), 0);
    }
}

#[test]
fn short_words_and_figures_of_tabs_are_clicked_as_long_ones() {
    use crate::model::Group;
    let mut desk = Desk::open(80, 24);
    desk.model.look.mouse = true;
    // another tab asks for the totals anew
    let many = |desk: &mut Desk| {
        for t in desk.model.queue.totals.iter_mut().flatten() {
            t.count = t.count % 10_000 + 10_000;
        }
    };
    many(&mut desk);
    assert!(desk.text().contains("Blck") && desk.text().contains("Clsd"), "{}", desk.text());
    click_on(&mut desk, "Blck");
    assert_eq!(desk.model.queue.tab, Tab::Of(Group::Blocked));
    many(&mut desk);
    click_on(&mut desk, "Clsd");
    assert_eq!(desk.model.queue.tab, Tab::Of(Group::Closed));
    // the figure belongs to the word before it
    many(&mut desk);
    let line = desk.text().lines().nth(2).unwrap_or_default().to_string();
    let figure = line.find("Rdy ").unwrap() + "Rdy ".len() + 1;
    click(&mut desk, figure as u16, 2);
    assert_eq!(desk.model.queue.tab, Tab::Of(Group::Ready));
}

#[test]
fn two_clicks_open_and_no_click_decides() {
    let mut desk = Desk::open(120, 34);
    desk.model.look.mouse = true;
    click_on(&mut desk, "J7LD4P");
    click_on(&mut desk, "J7LD4P");
    assert_eq!(desk.model.screen, Screen::Document);
    desk.press("esc a");
    let before = desk.model.layers.len();
    for y in 0..34 {
        for x in (0..120).step_by(3) {
            click(&mut desk, x, y);
            click(&mut desk, x, y);
        }
    }
    assert_eq!(desk.model.layers.len(), before);
    assert!(!desk.effects.iter().any(Effect::is_dangerous));
    // switched off: nothing at all
    let mut desk = Desk::open(120, 34);
    click_on(&mut desk, "J7LD4P");
    assert_eq!(desk.model.queue.current().unwrap().number, "B4Q7TN");
}

#[test]
fn every_theme_keeps_the_cursor_in_reverse_and_states_in_words() {
    for (name, ..) in BUILT_IN {
        let mut desk = Desk::open(120, 34);
        desk.model.look.theme = Theme::built_in(name, Depth::True);
        let t = desk.screen();
        let buffer = t.backend().buffer();
        let y = (0..34).find(|y| buffer[(0, *y)].symbol() == ">").unwrap();
        for x in 0..120 {
            assert!(buffer[(x, y)].modifier.contains(Modifier::REVERSED), "{name}: column {x}");
        }
        // the text is the same in every theme: no state is told by colour alone
        assert_eq!(t.backend().to_string(), Desk::open(120, 34).text(), "{name}");
        let painted = desk.model.look.theme.style(Meaning::Text).bg.filter(|c| *c != Color::Reset);
        if let Some(bg) = painted {
            assert!(buffer.content().iter().all(|c| c.bg == bg), "{name}: a hole in the background");
        }
    }
}

#[test]
fn dialogs_and_messages_have_the_painted_background_too() {
    for keys in ["?", ":", "B", "a", "H", "M", "enter v", "F"] {
        let mut desk = Desk::open(80, 24);
        desk.model.look.theme = Theme::built_in("tieout-light", Depth::True);
        desk.press(keys);
        desk.model.say(Level::Warning, "look at it");
        desk.send(Msg::Progress(Progress { running: true, what: "Posting".into(), ..Progress::default() }));
        let bg = desk.model.look.theme.style(Meaning::Text).bg.unwrap();
        let t = desk.screen();
        let holes: Vec<_> = (0..24u16)
            .flat_map(|y| (0..80u16).map(move |x| (x, y)))
            .filter(|at| t.backend().buffer()[*at].bg != bg)
            .collect();
        assert!(holes.is_empty(), "{keys}: {holes:?}");
    }
}

#[test]
fn every_screen_and_dialog_is_ascii_where_it_has_to_be() {
    for keys in ["g f", "enter", "2", "3", "4", "5", "6", "?", ":", "B", "a", "M"] {
        let mut desk = Desk::open(120, 34);
        desk.model.look.ascii = true;
        desk.press(keys);
        desk.send(Msg::Progress(Progress {
            running: true,
            what: "Posting…".into(),
            done: 3,
            of: 9,
            stopping: true,
        }));
        let text = desk.text();
        let wrong: String = text.chars().filter(|c| !c.is_ascii()).collect();
        assert!(wrong.is_empty(), "{keys}: {wrong}\n{text}");
    }
}

#[test]
fn an_idle_console_never_wakes_and_running_work_turns_a_sign() {
    let mut desk = Desk::open(120, 34);
    assert_eq!(desk.model.next_wake(), None);
    let running = Progress { running: true, what: "Posting".into(), done: 8, of: 20, stopping: false };
    desk.send(Msg::Progress(running.clone()));
    let turn = desk.model.next_wake().unwrap();
    assert!(turn > desk.since && turn <= desk.since + std::time::Duration::from_millis(250));
    desk.model.look.reduced_motion = true;
    desk.since += std::time::Duration::from_secs(12);
    desk.send(Msg::Progress(Progress { done: 14, ..running.clone() }));
    assert!(desk.text().contains("working… 12 s Posting"), "{}", desk.text());
    assert!(desk.text().contains("14 of 20 · 1 a second · about 6 s left"), "{}", desk.text());
    desk.send(Msg::Progress(Progress { running: false, ..running }));
    assert_eq!((desk.model.next_wake(), desk.model.running_since), (None, None));
}

#[test]
fn the_second_line_is_that_of_the_plan() {
    let mut desk = Desk::open(120, 34);
    desk.model.read_at = Some("2026-11-04T14:28:00Z".parse().unwrap());
    let line = |d: &Desk| d.text().lines().nth(1).unwrap().trim_matches('"').to_string();
    let wide = line(&desk);
    assert!(wide.ends_with(" October closing · lock 2026-09-30 · read 2 min ago"), "{wide}");
    for w in 60..=200 {
        desk.send(Msg::Resize(w, 34));
        let (text, line) = (desk.text(), line(&desk));
        assert!(line.contains("2026-09-30") || w < 66, "{w}: {line}");
        let footer = text.lines().last().unwrap();
        assert!(footer.contains("? more"), "{w}: {footer}");
        assert!(!footer.contains('…'), "{w}: a hint is never cut: {footer}");
    }
}

#[test]
fn an_error_rings_where_it_was_wished_for() {
    let mut desk = Desk::open(80, 24);
    let bells =
        |d: &Desk| d.effects.iter().filter(|e| matches!(e, Effect::LookRoom(LookEffect::Bell))).count();
    desk.send(Msg::Facts(Err("disk".into())));
    assert_eq!(bells(&desk), 0);
    desk.model.look.bell = true;
    desk.press("esc");
    desk.send(Msg::Facts(Err("disk".into())));
    assert_eq!(bells(&desk), 1);
}
