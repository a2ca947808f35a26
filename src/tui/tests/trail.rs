//! The audit screen: pages, search, chain, export and replay, with a trail of thousands behind it.

use crate::engine::export::Exported;
use crate::engine::inspect::{Compared, Looked, LookedSlot, UnderReference};
use crate::model::entry::EntryKind;
use crate::store::{AuditCheck, AuditQuery, AuditRow};
use crate::tui::app::{Level, Screen, update};
use crate::tui::effect::Effect;
use crate::tui::layers::Layer;
use crate::tui::msg::{Msg, Now};
use crate::tui::screens::audit::effect::{AuditEffect, AuditMsg, Chain};
use crate::tui::theme::Theme;

use super::desk::{Desk, key};
use super::{sample, snap};

/// Where the chain of the sample stands.
pub fn chain() -> Chain {
    Chain {
        head: 1204,
        check: Some(AuditCheck { at: "2026-11-04T14:28:00Z".parse().unwrap(), rows: 1204, broken: None }),
        anchors: vec![(1_190, "91c4".repeat(16), "/home/sam/tieout.anchors".into(), sample::now())],
    }
}

/// The answer to one effect of the room.
pub fn answer(effect: &AuditEffect) -> Option<Msg> {
    Some(Msg::AuditRoom(match effect {
        AuditEffect::Count { generation, .. } => AuditMsg::Count(*generation, Ok(1204)),
        AuditEffect::Status => AuditMsg::Status(Ok(Box::new(chain()))),
        AuditEffect::Verify { .. } => {
            AuditMsg::Verified(Ok(AuditCheck { at: sample::now(), rows: 1204, broken: None }))
        }
        AuditEffect::Export { path, .. } if path == "taken.csv" => {
            AuditMsg::Exported(Err("the file is there already".into()))
        }
        AuditEffect::Export { path, .. } => AuditMsg::Exported(Ok(Exported {
            events: 3,
            sha256: "07be".repeat(16),
            to: format!("/home/sam/{path}"),
        })),
        AuditEffect::Replay(id) => {
            let row = sample::rows().into_iter().find(|r| r.id == *id)?;
            let set = sample::sheet(&row).card.derived?.set;
            let mut today = set.clone();
            if let Some(line) = today.entries.first_mut().and_then(|e| e.lines.first_mut()) {
                line.account = crate::model::entry::Named::new("71", "5045 Client Entertainment");
            }
            AuditMsg::Replay(*id, Ok(Box::new(Compared { frozen: set, today, version: 9, was: 7 })))
        }
        AuditEffect::Look(id) => {
            let slot = |slot: &str, kind, there| LookedSlot {
                slot: slot.into(),
                kind,
                reference: "TO8KX2M4Q7R".into(),
                there,
            };
            let looked = Looked {
                at: sample::now(),
                slots: vec![
                    slot("bill", EntryKind::Bill, UnderReference::Gone { number: "1041".into() }),
                    slot(
                        "card:CT-9101",
                        EntryKind::CardPurchase,
                        UnderReference::Ours { id: "7".into(), number: "1042".into() },
                    ),
                ],
                findings: vec![],
                checks: vec![],
                refusals: vec![],
            };
            AuditMsg::Looked(*id, Ok(Box::new(looked)))
        }
    }))
}

fn last_query(desk: &Desk) -> (u64, AuditQuery) {
    desk.effects
        .iter()
        .rev()
        .find_map(|e| match e {
            Effect::Audit { generation, query, .. } => Some((*generation, query.clone())),
            _ => None,
        })
        .unwrap()
}

/// Events as a long trail has them.
fn event(seq: u64) -> AuditRow {
    let mut r = sample::audit().remove((seq % 3) as usize);
    r.seq = seq;
    r
}

/// Takes a message, with a trail of `n` events behind the screen instead of the sample's three.
fn long(desk: &mut Desk, n: u64, msg: Msg) -> Vec<Effect> {
    let now = Now { at: Some(sample::now()), since: desk.since };
    let mut waiting = vec![msg];
    let mut all = Vec::new();
    while let Some(msg) = waiting.pop() {
        for e in update(&mut desk.model, msg, now) {
            if let Effect::Audit { generation, query, .. } = &e {
                waiting.push(Msg::Audit(*generation, false, Ok(page_of(query, n))));
            }
            all.push(e);
        }
    }
    all
}

fn press(desk: &mut Desk, n: u64, keys: &str) {
    for k in keys.split(' ') {
        long(desk, n, Msg::Key(key(k)));
    }
}

fn page_of(q: &AuditQuery, n: u64) -> Vec<AuditRow> {
    let within = |s: &u64| q.before.is_none_or(|b| *s < b) && q.after.is_none_or(|a| *s > a);
    let mut seqs: Vec<u64> = if q.forward {
        (1..=n).filter(within).take(q.limit as usize).collect()
    } else {
        (1..=n).rev().filter(within).take(q.limit as usize).collect()
    };
    if q.forward {
        seqs.reverse();
    }
    seqs.into_iter().map(event).collect()
}

fn changed_event() -> AuditRow {
    let mut r = sample::audit().remove(0);
    r.seq = 1205;
    r.actor = "Theo Okonkwo".into();
    r.via = "console, sam@ledger-1, pts/3".into();
    r.action = "book_changed".into();
    r.subject = "fq-us".into();
    r.text = "book fq-us changed by Theo Okonkwo".into();
    r.fields = vec![
        ("before".into(), r#"{"mode":"preview","settings":{"lock_date":null,"poll_minutes":15,"memo":"{number}"}}"#.into()),
        ("after".into(), r#"{"mode":"live","settings":{"lock_date":"2026-09-30","poll_minutes":15,"memo":"{number} {payee}"}}"#.into()),
    ];
    r
}

fn with_change(desk: &mut Desk) {
    desk.press("4");
    let (generation, _) = last_query(desk);
    let mut rows = vec![changed_event()];
    rows.extend(sample::audit());
    desk.send(Msg::Audit(generation, false, Ok(rows)));
}

#[test]
fn the_trail_at_every_size() {
    for (w, h) in [(80, 24), (120, 34), (200, 60), (60, 16)] {
        let mut desk = Desk::open(w, h);
        with_change(&mut desk);
        snap(&format!("audit_{w}x{h}"), &desk);
    }
    let mut desk = Desk::open(80, 24);
    desk.model.look.theme = Theme::mono();
    with_change(&mut desk);
    snap("audit_mono_80x24", &desk);
}

#[test]
fn a_search_says_what_is_in_force_and_what_is_wrong_with_it() {
    let mut desk = Desk::open(120, 34);
    desk.press("4 /");
    desk.type_text("who:theo posted");
    snap("audit_typing_120x34", &desk);
    let (_, q) = last_query(&desk);
    assert_eq!((q.who, q.search), (vec!["theo".to_string()], vec!["posted".to_string()]));
    desk.type_text(" from:soon");
    desk.press("enter");
    snap("audit_problem_120x34", &desk);
    assert!(desk.text().contains("2026-10-31"), "{}", desk.text());
    let (generation, _) = last_query(&desk);
    desk.send(Msg::Audit(generation, false, Ok(vec![])));
    snap("audit_nothing_found_120x34", &desk);
    desk.press("esc");
    assert!(desk.model.audit.search.is_empty() && desk.model.audit.chips.is_empty());
    assert_eq!(desk.model.screen, Screen::Audit, "Esc leaves one thing");
}

#[test]
fn a_form_searches_field_by_field() {
    let mut desk = Desk::open(80, 24);
    desk.press("4 f");
    snap("audit_form_80x24", &desk);
    desk.type_text("posted");
    desk.press("tab");
    desk.type_text("Theo Okonkwo");
    desk.press("tab tab tab right tab");
    desk.type_text("2026-13");
    desk.press("tab enter");
    assert!(matches!(desk.model.layers.last(), Some(Layer::Form(_))), "the day is refused");
    assert!(desk.text().contains("no day"), "{}", desk.text());
    desk.press("home ctrl-k");
    desk.type_text("2026-10");
    desk.press("tab enter");
    assert!(desk.model.layers.is_empty());
    assert_eq!(desk.model.audit.search, "posted who:\"Theo Okonkwo\" conn:concur from:2026-10");
    let (_, q) = last_query(&desk);
    assert_eq!(q.from.unwrap().to_string(), "2026-10-01T04:00:00Z");
}

#[test]
fn a_window_moves_over_a_long_trail_and_never_holds_it() {
    let mut desk = Desk::open(120, 34);
    let n = 5_000;
    press(&mut desk, n, "4");
    assert_eq!(desk.model.audit.rows[0].seq, n);
    let whole = |d: &Desk| {
        let a = &d.model.audit;
        assert!(a.rows.len() <= 1_000, "{}", a.rows.len());
        assert!(a.rows.windows(2).all(|w| w[0].seq == w[1].seq + 1), "without gaps");
        a.current().unwrap().seq
    };
    let mut last = n;
    for _ in 0..150 {
        press(&mut desk, n, "pgdn");
        let seq = whole(&desk);
        assert!(seq < last);
        last = seq;
    }
    for _ in 0..120 {
        press(&mut desk, n, "pgup");
        let seq = whole(&desk);
        assert!(seq > last, "{seq} {last}");
        last = seq;
    }
    press(&mut desk, n, "G");
    assert_eq!(whole(&desk), 1);
    press(&mut desk, n, "k k");
    assert_eq!(whole(&desk), 3);
    press(&mut desk, n, "g g");
    assert_eq!(whole(&desk), n);
}

#[test]
fn events_that_arrive_do_not_move_whoever_reads() {
    let mut desk = Desk::open(120, 34);
    press(&mut desk, 300, "4 j j j");
    let on = desk.model.audit.current().unwrap().seq;
    assert_eq!(on, 297);
    let asked = long(&mut desk, 310, Msg::Changed);
    assert!(!asked.iter().any(|e| matches!(e, Effect::Audit { .. })), "only where the chain stands");
    press(&mut desk, 310, "r");
    assert_eq!(desk.model.audit.current().unwrap().seq, on);
    press(&mut desk, 310, "g g");
    long(&mut desk, 320, Msg::Changed);
    assert_eq!(desk.model.audit.current().unwrap().seq, 320, "whoever follows sees the newest");
}

#[test]
fn late_answers_and_errors() {
    let mut desk = Desk::open(80, 24);
    desk.press("4");
    let (old, _) = last_query(&desk);
    desk.press("/");
    desk.type_text("ab");
    desk.send(Msg::Audit(old, false, Ok(vec![event(7)])));
    assert!(desk.model.audit.rows.iter().all(|r| r.seq != 7), "an answer to an older question");
    let (generation, _) = last_query(&desk);
    desk.press("enter");
    let (generation2, _) = last_query(&desk);
    assert!(generation2 > generation);
    desk.send(Msg::Audit(generation2, false, Err("the disk is gone".into())));
    snap("audit_error_80x24", &desk);
}

#[test]
fn a_broken_chain_is_said_and_stays_said() {
    let mut desk = Desk::open(120, 34);
    desk.press("4");
    let broken = AuditCheck {
        at: sample::now(),
        rows: 871,
        broken: Some((872, "edited: its bytes do not give its hash".into())),
    };
    desk.model.audit.verifying = Some((0, 1204));
    desk.send(Msg::AuditRoom(AuditMsg::Verifying(800, 1204)));
    snap("audit_verifying_120x34", &desk);
    desk.send(Msg::AuditRoom(AuditMsg::Verified(Ok(broken))));
    assert!(desk.model.toasts.shown().any(|t| t.level == Level::Error));
    desk.press("esc");
    snap("audit_broken_120x34", &desk);
}

#[test]
fn an_export_says_what_it_will_write_and_keeps_the_form_when_it_cannot() {
    let mut desk = Desk::open(80, 24);
    desk.press("4 X");
    snap("audit_export_80x24", &desk);
    desk.press("home ctrl-k");
    desk.type_text("taken.csv");
    desk.press("enter enter");
    assert!(desk.text().contains("there already"), "{}", desk.text());
    desk.press("home ctrl-k");
    desk.type_text("new/");
    desk.press("enter enter");
    assert!(desk.text().contains("not of a folder"), "{}", desk.text());
    desk.press("home ctrl-k");
    desk.type_text("new.csv");
    desk.press("enter enter");
    assert!(desk.model.layers.is_empty());
    assert!(desk.text().contains("3 events to /home/sam/new.csv"), "{}", desk.text());
}

#[test]
fn a_replay_shows_today_beside_what_was_posted_and_creates_nothing() {
    for (w, h) in [(80, 24), (120, 34)] {
        let mut desk = Desk::open(w, h);
        desk.press("T R");
        snap(&format!("audit_replay_{w}x{h}"), &desk);
        assert!(desk.text().contains("Gone from the ledger: bill 1041"), "{}", desk.text());
        // only the question to the ledger leaves a request
        let question = |e: &Effect| matches!(e, Effect::AuditRoom(AuditEffect::Look(_)));
        assert!(!desk.effects.iter().any(|e| e.changes() && !question(e)), "nothing is changed");
        desk.press("o");
        assert_eq!(desk.model.screen, Screen::Document);
        desk.press("esc");
        assert!(desk.model.audit.replay.is_some(), "Esc comes back to it");
        desk.press("esc");
        assert!(desk.model.audit.replay.is_none() && desk.model.screen == Screen::Audit);
    }
}

#[test]
fn a_replay_asks_nobody_where_nothing_may_be_asked() {
    for (read_only, words) in [(true, "this console is read-only"), (false, "the vault is closed")] {
        let mut desk = Desk::open(120, 34);
        desk.press("4");
        desk.model.look.read_only = read_only;
        if !read_only {
            let door = crate::engine::Door::Locked { why: "locked".into(), passphrase: true };
            desk.model.connection_list.looked =
                Some(Box::new(crate::tui::screens::connections::effect::Looked {
                    door,
                    connections: vec![],
                    books: vec![],
                }));
        }
        let effects = desk.press("R");
        assert!(
            effects.iter().any(|e| matches!(e, Effect::AuditRoom(AuditEffect::Replay(_)))),
            "{effects:?}"
        );
        assert!(!effects.iter().any(Effect::changes), "{effects:?}");
        assert!(desk.text().contains(&format!("The ledger could not be asked: {words}")), "{}", desk.text());
    }
    // where it is asked, nothing cuts it in the middle
    for effect in [
        Effect::AuditRoom(AuditEffect::Look(sample::id(1))),
        Effect::DocumentRoom(crate::tui::screens::document::effect::DocumentEffect::Look {
            id: sample::id(1),
        }),
    ] {
        let (_, room) = effect.room().unwrap();
        assert!(room.changes() && room.slot().is_none(), "{effect:?}");
    }
}

#[test]
fn nothing_changes_in_a_console_that_only_reads() {
    let mut desk = Desk::open(120, 34);
    desk.model.look.read_only = true;
    desk.press("4 V");
    assert!(desk.effects.iter().any(|e| matches!(e, Effect::AuditRoom(AuditEffect::Verify { keep: false }))));
    desk.press("X");
    assert!(desk.model.layers.is_empty(), "an export leaves an event");
}

#[test]
fn hostile_events_command_no_terminal() {
    let mut desk = Desk::open(80, 24);
    desk.press("4");
    let (generation, _) = last_query(&desk);
    let mut r = event(9);
    r.actor = "\u{1b}[2J\u{202e}evil".into();
    r.action = "x\u{7}".into();
    r.subject = "日本語".repeat(40);
    r.text = "a".repeat(10_000);
    r.fields = vec![
        ("before".into(), "{\"\u{1b}\":\"\u{1b}]0;\"}".into()),
        ("after".into(), "👩‍👩‍👧e\u{301}\n\r\t".into()),
    ];
    desk.send(Msg::Audit(generation, false, Ok(vec![r])));
    for keys in ["", "enter", "esc"] {
        if !keys.is_empty() {
            desk.press(keys);
        }
        let text = desk.text();
        assert!(!text.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{text}");
    }
}
