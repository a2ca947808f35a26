//! Draws the activity screen: the engine, its connections, and the part below.

use jiff::Timestamp;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use crate::engine::visit_look;
use crate::model::state::State;
use crate::store::{ConnectionActivity, ConnectionRow, Health, Quota};
use crate::tui::app::{Model, system_title};
use crate::tui::format::{count, minute};
use crate::tui::keys::ActionId;
use crate::tui::text::{clean, cut, ends, left, right, width, wrap};
use crate::tui::theme::Meaning;
use crate::tui::widgets::{put, rule};

use super::{Alarm, Part, sign};

/// One line of the upper part.
struct Told {
    text: String,
    meaning: Meaning,
}

/// Height of the body in a terminal of this size.
fn body(model: &Model) -> u16 {
    model.size.1.saturating_sub(3)
}

/// Lines of the upper part at most: half of the body.
fn upper(model: &Model) -> Vec<Told> {
    let most = usize::from(body(model) / 2).max(3);
    let mut out = Vec::new();
    let w = usize::from(model.size.0);
    if let Some(why) = &model.activity.error {
        let again = model.key(ActionId::Refresh);
        let text = format!(" ! What the engine does cannot be read: {}. {again} reads again.", clean(why));
        return wrap(&text, w).into_iter().map(|text| Told { text, meaning: Meaning::Error }).collect();
    }
    if model.activity.state.is_none() {
        return vec![Told { text: " reading…".into(), meaning: Meaning::Busy }];
    }
    if model.connections.is_empty() {
        let text = format!(
            " There is no connection yet. {}, then {} connects SAP Concur or a ledger.",
            model.key(ActionId::ScreenConnections),
            model.key(ActionId::NewConnection)
        );
        return vec![Told { text, meaning: Meaning::Text }];
    }
    for (i, c) in model.connections.iter().enumerate() {
        let lines = connection(model, c, w);
        let left = model.connections.len() - i;
        if out.len() + lines.len() + usize::from(left > 1) > most && !out.is_empty() {
            let text = format!(
                " … and {left} more connections: {} shows them all",
                model.key(ActionId::ScreenConnections)
            );
            out.push(Told { text, meaning: Meaning::Muted });
            break;
        }
        out.extend(lines);
    }
    out
}

/// Rows of the list.
pub fn rows(model: &Model) -> usize {
    let above = 2 + upper(model).len() + usize::from(has_line(model));
    usize::from(body(model)).saturating_sub(above).max(1)
}

/// A line for the filter or for the heads.
fn has_line(model: &Model) -> bool {
    model.activity.typing.is_some() || !model.activity.search.is_empty()
}

/// Draws it.
pub fn draw(model: &Model, buf: &mut Buffer, area: Rect) {
    let theme = &model.look.theme;
    rule(buf, area, 0, &holder(model), "", theme);
    let told = upper(model);
    for (i, t) in told.iter().enumerate() {
        put(buf, area, 1 + i as u16, Line::styled(t.text.clone(), theme.style(t.meaning)));
    }
    let mut y = 1 + told.len() as u16;
    tabs(model, buf, Rect { y: area.y + y, height: area.height.saturating_sub(y).min(1), ..area });
    y += 1;
    if has_line(model) {
        let at = Rect { y: area.y + y, height: area.height.saturating_sub(y).min(1), ..area };
        match &model.activity.typing {
            Some(input) => {
                put(buf, at, 0, Line::styled("/", theme.style(Meaning::Focus)));
                let field = Rect { x: at.x + 1, width: at.width.saturating_sub(1), ..at };
                input.widget(theme.style(Meaning::Text)).render(field.intersection(buf.area), buf);
            }
            None => {
                let chip = format!(" [{}]", cut(&clean(&model.activity.search), 40));
                put(
                    buf,
                    at,
                    0,
                    Line::from(vec![
                        Span::styled(chip, theme.style(Meaning::Marked)),
                        Span::styled(
                            format!("  {} clears", model.key(ActionId::Back)),
                            theme.style(Meaning::Muted),
                        ),
                    ]),
                );
            }
        }
        y += 1;
    }
    list(model, buf, Rect { y: area.y + y, height: area.height.saturating_sub(y), ..area });
}

/// Who runs the engine.
fn holder(model: &Model) -> String {
    let Some(state) = &model.activity.state else { return "engine".into() };
    let Some((pid, own)) = state.holder else { return "engine · nobody runs it now".into() };
    let who = state.taken.as_ref().filter(|h| h.pid == pid);
    let mut out = if own {
        "engine · this console runs it".to_string()
    } else {
        format!("engine · process {pid} runs it")
    };
    if let Some(h) = who {
        if !own {
            out.push_str(&format!(" for {} ({})", clean(&h.person), clean(&h.via)));
        }
        out.push_str(&format!(" since {}", minute(h.since, &model.zone)));
    }
    out
}

fn clock(model: &Model, at: Timestamp) -> String {
    let now = model.now.at.unwrap_or(at);
    let (then, day) = (at.to_zoned(model.zone.clone()), now.to_zoned(model.zone.clone()).date());
    if then.date() == day {
        then.strftime("%H:%M").to_string()
    } else {
        then.strftime("%m-%d %H:%M").to_string()
    }
}

/// What is known of one connection: health and what runs; calls, quota and schedule; why it waits; the last error.
fn connection(model: &Model, c: &ConnectionRow, w: usize) -> Vec<Told> {
    let state = model.activity.state.as_deref();
    let running = state.and_then(|s| s.holder).map(|(pid, _)| pid);
    let row = state.and_then(|s| s.connections.iter().find(|a| a.connection == c.id));
    // what a process wrote that is gone says nothing of now
    let live = row.filter(|r| Some(r.pid) == running);
    let (mark, meaning) = match c.health {
        Health::Ok => ("✓", Meaning::Text),
        Health::Expiring | Health::Throttled | Health::Paused => ("!", Meaning::Warn),
        _ => ("!", Meaning::Error),
    };
    let health = c.health.name().replace('_', " ");
    let doing = match (running, live.and_then(|r| r.doing)) {
        (None, _) => "nobody works on it".to_string(),
        (_, Some((what, since))) => format!("… {} since {}", what.words(), clock(model, since)),
        (_, None) => "idle".into(),
    };
    let names = model.connections.iter().map(|c| width(c.id.as_str())).max().unwrap_or(0);
    let name = left(&clean(c.id.as_str()), names.clamp(8, if w >= 70 { 20 } else { 12 }));
    let system = if w >= 100 { left(&system_title(&c.system), 20) } else { String::new() };
    let head = format!(" {mark} {name} {system}{}", left(&health, 13));
    let calls_us = visit_look::calls_us(c);
    let next = live.and_then(|r| r.next).filter(|_| !calls_us);
    let next = next.map(|at| format!("next reading {}", clock(model, at)));
    let first = ends(&format!("{head} {doing}"), &next.unwrap_or_default(), w);
    let mut out = vec![Told { text: first, meaning }];
    let second = if calls_us {
        let there = model.key(ActionId::ScreenConnections);
        format!("its Web Connector calls tieout · {there} shows when it came and what waits for it")
    } else {
        facts(model, row)
    };
    out.push(Told { text: left(&format!("   {second}"), w), meaning: Meaning::Muted });
    if let Some((until, why)) = live.and_then(|r| r.waits.as_ref()) {
        let when = match until {
            Some(at) => format!("waits until {}", clock(model, *at)),
            None => "waits until a person acts".into(),
        };
        let text = format!("   = {when}: {}", clean(why));
        out.push(Told { text: left(&text, w), meaning: Meaning::Warn });
    }
    if let Some((at, why)) = row.and_then(|r| r.error.as_ref())
        && c.health != Health::Ok
    {
        let there = model.key(ActionId::ScreenConnections);
        let remedy = match c.health {
            Health::Reauthorise => {
                format!("{there}, then {} signs in again", model.key(ActionId::Reauthorise))
            }
            Health::WrongCompany => format!("{there}, then check what was connected"),
            _ => format!(
                "it is tried again by itself; {there}, then {} asks it now",
                model.key(ActionId::TestConnection)
            ),
        };
        let text = format!("   ! {} {}", clock(model, *at), clean(why));
        out.push(Told { text: ends(&text, &format!("· {remedy}"), w), meaning: Meaning::Error });
    }
    out
}

/// `34 calls this hour, 120 today`
fn calls(model: &Model, row: Option<&ConnectionActivity>) -> String {
    let Some(r) = row else { return "no call yet".into() };
    let now = model.now.at.unwrap_or(r.counted_at);
    let same = |f: &str| {
        let utc = jiff::tz::TimeZone::UTC;
        r.counted_at.to_zoned(utc.clone()).strftime(f).to_string()
            == now.to_zoned(utc).strftime(f).to_string()
    };
    let hour = if same("%F %H") { r.calls_hour } else { 0 };
    let day = if same("%F") { r.calls_day } else { 0 };
    format!("{} calls this hour, {} today", count(hour), count(day))
}

fn facts(model: &Model, row: Option<&ConnectionActivity>) -> String {
    let Some(r) = row else { return calls(model, row) };
    let quota = match &r.quota {
        Some(q) => gauge(model, q, r.counted_at),
        None => "no published limit".into(),
    };
    format!("{quota} · {}", calls(model, row))
}

/// `[====      ] 212 of 500 calls a minute`
fn gauge(model: &Model, q: &Quota, at: Timestamp) -> String {
    let now = model.now.at.unwrap_or(at);
    let past = now.duration_since(at).as_secs() >= i64::try_from(q.seconds).unwrap_or(i64::MAX);
    let used = if past { 0 } else { q.used };
    let filled = usize::try_from(u64::from(used.min(q.limit)) * 10 / u64::from(q.limit.max(1))).unwrap_or(0);
    let span = match q.seconds {
        1 => "a second".to_string(),
        60 => "a minute".into(),
        3_600 => "an hour".into(),
        86_400 => "a day".into(),
        s => format!("in {s} s"),
    };
    let bar = format!("[{}{}]", "=".repeat(filled), " ".repeat(10 - filled.min(10)));
    format!("{bar} {} of {} calls {span}", count(u64::from(used)), count(u64::from(q.limit)))
}

/// `── [Alarms 3]  Events 12  Log  Runs 14 ──`
fn tabs(model: &Model, buf: &mut Buffer, area: Rect) {
    let theme = &model.look.theme;
    let a = &model.activity;
    let mut spans = vec![Span::styled("── ", theme.style(Meaning::Border))];
    let mut used = 3;
    for part in Part::ALL {
        let n = match part {
            Part::Alarms => a.alarms.len(),
            Part::Events => a.events.len(),
            Part::Log => 0,
            Part::Runs => a.state.as_ref().map_or(0, |s| s.runs.len()),
        };
        let capped = part == Part::Runs && n >= 100 || part == Part::Events && a.dropped > 0;
        let figure = match n {
            0 => String::new(),
            n => format!(" {}{}", count(n as u64), if capped { "+" } else { "" }),
        };
        let text = format!("{}{figure}", part.word());
        let (text, meaning) = if part == a.part {
            (format!("[{text}]"), Meaning::Focus)
        } else {
            (format!(" {text} "), Meaning::Text)
        };
        used += width(&text) + 1;
        spans.push(Span::styled(text, theme.style(meaning)));
        spans.push(Span::raw(" "));
    }
    let right = match a.part {
        Part::Log => {
            let follow = if a.follow { " · follows" } else { "" };
            format!(" {}{follow} ──", a.level.says())
        }
        Part::Events => " of this session, newest first ──".into(),
        Part::Runs => " newest first ──".into(),
        Part::Alarms => " what needs a person ──".into(),
    };
    let fill = usize::from(area.width).saturating_sub(used + width(&right));
    spans.push(Span::styled("─".repeat(fill), theme.style(Meaning::Border)));
    spans.push(Span::styled(right, theme.style(Meaning::Border)));
    put(buf, area, 0, Line::from(spans));
}

fn list(model: &Model, buf: &mut Buffer, area: Rect) {
    let theme = &model.look.theme;
    let a = &model.activity;
    let w = usize::from(area.width);
    let cursor = a.cursor();
    let n = a.len();
    if n == 0 {
        for (i, l) in wrap(&empty(model), w.saturating_sub(4)).iter().enumerate() {
            put(buf, area, 1 + i as u16, Line::styled(format!("  {l}"), theme.style(Meaning::Text)));
        }
        return;
    }
    let rows = usize::from(area.height).max(1);
    let at = cursor.at.min(n - 1);
    let top = cursor.top.min(at).max((at + 1).saturating_sub(rows));
    let lines: Vec<(&str, Meaning, String)> = match a.part {
        Part::Alarms => a.alarms().into_iter().skip(top).take(rows).map(|x| alarm(x, w)).collect(),
        Part::Events => a
            .listed()
            .into_iter()
            .skip(top)
            .take(rows)
            .map(|e| {
                let (sign, meaning) = sign(e.event);
                let number =
                    if e.number.is_empty() { String::new() } else { format!("{} · ", clean(&e.number)) };
                (sign, meaning, format!("{}  {number}{}", minute(e.time, &model.zone), clean(&e.text)))
            })
            .collect(),
        Part::Log => a
            .log()
            .into_iter()
            .skip(top)
            .take(rows)
            .map(|l| {
                let when = l.at.map_or_else(String::new, |t| {
                    t.to_zoned(model.zone.clone()).strftime("%H:%M:%S").to_string()
                });
                (" ", l.level.meaning(), format!("{} {} {}", left(l.level.word(), 5), left(&when, 8), l.text))
            })
            .collect(),
        Part::Runs => a.runs().into_iter().skip(top).take(rows).map(|r| run(model, r)).collect(),
    };
    for (i, (sign, meaning, text)) in lines.into_iter().enumerate() {
        let here = top + i == at;
        let base = theme.style(if here { Meaning::Selection } else { Meaning::Text });
        let own = if here { base } else { theme.style(meaning) };
        let text = left(&format!(" {text}"), w.saturating_sub(2));
        let plain = a.part == Part::Log && !here;
        put(
            buf,
            area,
            i as u16,
            Line::from(vec![
                Span::styled(if here { ">" } else { " " }, base),
                Span::styled(sign.to_string(), own),
                Span::styled(text, if plain { own } else { base }),
            ]),
        );
    }
}

fn alarm(alarm: &Alarm, w: usize) -> (&'static str, Meaning, String) {
    match alarm {
        Alarm::Engine(text) => ("!", Meaning::Error, text.clone()),
        Alarm::Connection(_, name, why) => ("!", Meaning::Error, format!("{} {why}", left(name, 12))),
        Alarm::Break(b) => ("!", Meaning::Error, format!("{} {}", left("control", 12), clean(&b.text))),
        Alarm::Document(a) => {
            let number = left(&clean(&a.row.number), 12);
            let payee = if w >= 110 { format!("{} ", left(&clean(&a.row.payee), 20)) } else { String::new() };
            // what a system sent in a form that nobody knows is a matter of its fields, which says little by itself
            let unread = if a.row.state == State::Unreadable { "cannot be read: " } else { "" };
            (
                "!",
                Meaning::Warn,
                format!("{number} {payee}{unread}{} · {}", clean(&a.message), clean(&a.remedy)),
            )
        }
    }
}

fn run(model: &Model, r: &crate::store::Run) -> (&'static str, Meaning, String) {
    let broken = model.activity.state.iter().flat_map(|s| &s.breaks).filter(|b| b.run == r.id).count();
    let (sign, meaning) = if broken > 0 { ("!", Meaning::Error) } else { ("✓", Meaning::Ok) };
    let took = r.ended_at.duration_since(r.started_at).as_secs().max(0);
    let what = if r.pass == "fetch" { "reading" } else { "work" };
    let holds = match broken {
        0 => "they agree".to_string(),
        1 => "1 does not agree".into(),
        n => format!("{n} do not agree"),
    };
    let text = format!(
        "run {}  {}  {}  {} s  {} figures · {holds}",
        right(&r.id.to_string(), 5),
        minute(r.ended_at, &model.zone),
        left(what, 8),
        right(&took.to_string(), 4),
        right(&r.totals.len().to_string(), 3)
    );
    (sign, meaning, text)
}

fn empty(model: &Model) -> String {
    let key = |id| model.key(id);
    let a = &model.activity;
    if !a.search.is_empty() {
        return format!("Nothing here has these words. {} clears the filter.", key(ActionId::Back));
    }
    match a.part {
        Part::Alarms if a.state.is_none() => "reading…".into(),
        Part::Alarms if model.books.is_empty() => "Nothing needs a person now.".into(),
        Part::Alarms => format!(
            "Nothing needs a person now. {} shows the queue with what waits for approval.",
            key(ActionId::ScreenQueue)
        ),
        Part::Events => format!(
            "Nothing happened in this session yet. {} reads Concur now; {} is the audit trail of all sessions.",
            key(ActionId::Fetch),
            key(ActionId::ScreenAudit)
        ),
        Part::Log if a.lines.is_empty() => "This process has written nothing into its log yet.".into(),
        Part::Log => format!("No line is as serious as that. {} shows more levels.", key(ActionId::LogLevel)),
        Part::Runs => format!(
            "No run yet. After each reading and each pass of work its figures are kept here. {} reads Concur now.",
            key(ActionId::Fetch)
        ),
    }
}
