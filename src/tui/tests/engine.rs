//! The activity screen: the engine, its connections, alarms, events, log and runs.

use crate::engine::{Event, What};
use crate::model::money::Currency;
use crate::store::{
    Attention, ConnectionActivity, ControlBreak, Doing, EngineHolder, Health, Quota, Run, RunTotal,
};
use crate::tieout::Stage;
use crate::transport::log::LogLine;
use crate::tui::app::Screen;
use crate::tui::effect::Effect;
use crate::tui::layers::Layer;
use crate::tui::msg::Msg;
use crate::tui::screens::activity::effect::{ActivityEffect, ActivityMsg, EngineState};
use crate::tui::screens::activity::{LogLevel, Part};
use crate::tui::theme::Theme;

use super::desk::Desk;
use super::{sample, snap};

fn ago(seconds: i64) -> jiff::Timestamp {
    sample::now() - jiff::SignedDuration::from_secs(seconds)
}

/// What the engine of the sample does.
pub fn state() -> EngineState {
    let mut qbo = ConnectionActivity::new("qbo-us".into(), 4711, sample::now());
    qbo.doing = Some((Doing::Post, ago(130)));
    (qbo.calls_hour, qbo.calls_day) = (34, 1_120);
    qbo.quota = Some(Quota { used: 212, limit: 500, seconds: 60 });
    qbo.next = Some(ago(-900));
    let mut concur = ConnectionActivity::new("concur".into(), 4711, sample::now());
    (concur.calls_hour, concur.calls_day) = (3, 41);
    concur.next = Some(ago(-900));
    let document = sample::rows().into_iter().find(|r| r.number == "CL-2217").unwrap();
    let total = |stage, count, minor| RunTotal {
        book: Some("fq-us".into()),
        connection: "concur".into(),
        kind: None,
        currency: Some(Currency::USD),
        stage,
        count,
        minor,
    };
    let run = |id, pass: &str, seconds| Run {
        id,
        pass: pass.into(),
        started_at: ago(seconds + 4),
        ended_at: ago(seconds),
        totals: vec![total(Stage::Stored, 47, 6_439_741), total(Stage::Approved, 2, 126_030)],
    };
    EngineState {
        holder: Some((4711, true)),
        taken: Some(EngineHolder {
            pid: 4711,
            person: "Sam Ortiz".into(),
            via: "console, sam@ledger-1".into(),
            since: ago(1_800),
        }),
        connections: vec![concur, qbo],
        attention: vec![Attention {
            row: document,
            code: "maybe_in_ledger".into(),
            message: "CL 2217 is in the ledger already.".into(),
            remedy: "Adopt it, or say that it is another one.".into(),
        }],
        breaks: vec![ControlBreak {
            id: 3,
            run: 14,
            book: Some("fq-us".into()),
            text: "fq-us USD: approved 1,260.30 is not sent 0.00 plus waiting 1,200.00".into(),
            opened_at: ago(700),
            closed: None,
        }],
        runs: vec![run(15, "post", 120), run(14, "fetch", 700)],
    }
}

fn lines() -> Vec<LogLine> {
    let line = |n, level: &str, text: &str| LogLine {
        n,
        json: format!(
            r#"{{"timestamp":"2026-11-04T14:29:0{n}Z","level":"{level}","fields":{{"message":"{text}","book":"fq-us"}},"target":"tieout"}}"#
        ),
    };
    vec![
        line(1, "INFO", "engine taken"),
        line(2, "DEBUG", "page read"),
        line(3, "WARN", "slow answer"),
        line(4, "ERROR", "the ledger cannot be reached"),
        line(5, "INFO", "47 documents derived"),
    ]
}

/// The answer to one effect of the room. Nothing is written into the log while a test waits for it.
pub fn answer(effect: &ActivityEffect) -> Option<Msg> {
    match effect {
        ActivityEffect::State => Some(Msg::ActivityRoom(ActivityMsg::State(Ok(Box::new(state()))))),
        ActivityEffect::Log { wait: true, .. } => None,
        ActivityEffect::Log { after, .. } => {
            Some(Msg::ActivityRoom(ActivityMsg::Log(lines().into_iter().filter(|l| l.n > *after).collect())))
        }
    }
}

fn event(desk: &mut Desk, number: &str) {
    let document = sample::rows().into_iter().find(|r| r.number == number).map(|r| r.id);
    desk.send(Msg::Event(Box::new(Event {
        time: sample::now(),
        event: What::Posted,
        book: None,
        document,
        number: number.into(),
        text: "in the ledger as bill 1041 and 2 card purchases".into(),
    })));
}

#[test]
fn the_engine_at_every_size() {
    for (w, h) in [(80, 24), (120, 34), (200, 60), (60, 16)] {
        let mut desk = Desk::open(w, h);
        desk.press("6");
        snap(&format!("activity_{w}x{h}"), &desk);
    }
    let mut desk = Desk::open(80, 24);
    desk.model.look.theme = Theme::mono();
    desk.press("6");
    snap("activity_mono_80x24", &desk);
}

#[test]
fn every_part_and_its_empty_state() {
    let mut desk = Desk::open(80, 24);
    desk.press("6 tab");
    snap("activity_events_empty_80x24", &desk);
    event(&mut desk, "B4Q7TN");
    snap("activity_events_80x24", &desk);
    desk.press("tab");
    snap("activity_log_80x24", &desk);
    desk.press("tab");
    snap("activity_runs_80x24", &desk);
    desk.press("j enter");
    snap("activity_run_80x24", &desk);
}

#[test]
fn another_process_and_trouble() {
    let mut desk = Desk::open(120, 34);
    desk.press("6");
    let mut s = state();
    s.holder = Some((4711, false));
    s.connections[1].doing = None;
    s.connections[1].waits = Some((Some(ago(-200)), "the system asked to wait".into()));
    s.connections[1].error =
        Some((ago(60), "QuickBooks Online cannot be reached: the connection was reset".into()));
    desk.model.connections[1].health = Health::Offline;
    desk.model.connections[1].health_reason =
        "QuickBooks Online cannot be reached: the connection was reset".into();
    desk.send(Msg::ActivityRoom(ActivityMsg::State(Ok(Box::new(s.clone())))));
    snap("activity_trouble_120x34", &desk);
    // what a process wrote that was killed says nothing of now
    s.holder = None;
    s.connections[1].doing = Some((Doing::Post, ago(60)));
    desk.send(Msg::ActivityRoom(ActivityMsg::State(Ok(Box::new(s)))));
    assert!(!desk.text().contains("posting since"), "{}", desk.text());
    assert!(desk.text().contains("Nobody runs the engine"), "{}", desk.text());
    desk.send(Msg::ActivityRoom(ActivityMsg::State(Err("the disk is gone".into()))));
    snap("activity_error_120x34", &desk);
}

#[test]
fn an_alarm_leads_to_what_it_concerns() {
    let mut desk = Desk::open(120, 34);
    desk.model.connections[1].health = Health::Reauthorise;
    desk.press("6");
    desk.press("g g enter");
    assert_eq!((desk.model.screen, desk.model.connection_list.cursor.at), (Screen::Connections, 1));
    desk.press("esc j enter");
    assert!(matches!(desk.model.layers.last(), Some(Layer::Reader(r)) if r.title.contains("Control break")));
    desk.press("esc j enter");
    assert_eq!(desk.model.screen, Screen::Document);
    desk.press("esc");
    assert_eq!(desk.model.screen, Screen::Activity);
    event(&mut desk, "B4Q7TN");
    desk.press("tab enter");
    assert_eq!(desk.model.screen, Screen::Document);
}

#[test]
fn the_log_follows_and_is_filtered() {
    let mut desk = Desk::open(120, 34);
    desk.press("6 tab tab");
    let out = |d: &Desk| {
        d.effects
            .iter()
            .filter(|e| matches!(e, Effect::ActivityRoom(ActivityEffect::Log { wait: true, .. })))
            .count()
    };
    assert_eq!(out(&desk), 1, "one question waits for the next line");
    assert_eq!(desk.model.activity.cursor().at, 3, "on the newest of the four that are grave enough");
    let more = LogLine { n: 6, json: r#"{"level":"INFO","fields":{"message":"one more"}}"#.into() };
    desk.send(Msg::ActivityRoom(ActivityMsg::Log(vec![more.clone()])));
    assert_eq!((out(&desk), desk.model.activity.cursor().at), (2, 4), "it follows and asks again");
    desk.press("k k");
    assert!(!desk.model.activity.follow);
    desk.send(Msg::ActivityRoom(ActivityMsg::Log(vec![LogLine { n: 7, ..more.clone() }, more])));
    assert_eq!(desk.model.activity.cursor().at, 2, "whoever reads keeps their place");
    assert_eq!(desk.model.activity.lines.len(), 7, "a line comes once");
    desk.press("L L L");
    assert_eq!(desk.model.activity.level, LogLevel::Warn);
    assert_eq!(desk.model.activity.log().len(), 2);
    desk.press("/");
    desk.type_text("reached");
    desk.press("enter");
    assert_eq!(desk.model.activity.log().len(), 1);
    desk.press("enter");
    assert!(matches!(desk.model.layers.last(), Some(Layer::Reader(_))));
    desk.press("esc esc");
    assert_eq!((desk.model.activity.log().len(), desk.model.screen), (2, Screen::Activity));
    let asked = out(&desk);
    desk.press("1");
    desk.send(Msg::ActivityRoom(ActivityMsg::Log(vec![LogLine { n: 9, json: "{}".into() }])));
    assert_eq!(out(&desk), asked, "nobody waits for lines that nobody sees");
}

#[test]
fn hostile_lines_command_no_terminal() {
    let mut desk = Desk::open(80, 24);
    desk.press("6 tab tab");
    let json =
        format!("{{\"level\":\"ERROR\",\"fields\":{{\"message\":\"\\u001b[2J{}\"}}}}", "日".repeat(5_000));
    desk.send(Msg::ActivityRoom(ActivityMsg::Log(vec![LogLine { n: 90, json }])));
    desk.press("G enter");
    assert!(!desk.text().contains('\u{1b}'));
    assert_eq!(desk.model.activity.part, Part::Log);
}
