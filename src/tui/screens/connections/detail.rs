//! All that is known of one connection, as lines.

use jiff::{SignedDuration, Timestamp};

use crate::engine::connect_look::{ConnectionLook, Quota};
use crate::engine::visit_look::{self, Tone, VisitLook};
use crate::store::{ConnectionRow, Health};
use crate::tui::app::Model;
use crate::tui::format::{ago, count, documents, minute};
use crate::tui::keys::ActionId;
use crate::tui::text::clean;
use crate::tui::theme::Meaning;

use super::{fact_lines, health_meaning, health_words};

/// Sign-ins are warned of from here on: 30 and 7 days.
const AHEAD: SignedDuration = SignedDuration::from_hours(30 * 24);
const SOON: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The lines; what is most urgent comes first.
pub fn lines(model: &Model, c: &ConnectionRow, w: usize) -> Vec<(String, Meaning)> {
    let look = model.connection_list.look_of(&c.id);
    let zone = &model.zone;
    if visit_look::calls_us(c) {
        return visited(model, c, look, w);
    }
    let mut out = Vec::new();
    let mut say = |label: &str, value: String, meaning| out.extend(fact_lines(label, &value, meaning, w));
    let since = format!("{} since {}", health_words(c.health), minute(c.health_since, zone));
    say("health", since, health_meaning(c.health));
    if !c.health_reason.is_empty() {
        let meaning = if c.health == Health::Expiring { Meaning::Warn } else { Meaning::Text };
        say("why", clean(&c.health_reason), meaning);
    }
    if let Some(todo) = remedy(model, c.health) {
        say("to do", todo, Meaning::Accent);
    }
    let sign_in = look.and_then(|l| l.sign_in.as_ref());
    let name = sign_in.map(|s| clean(&s.company_name)).filter(|n| !n.is_empty());
    let company = match name {
        Some(name) => format!("{name} · {}", clean(&c.company)),
        None => format!("{} · its name is told at the next sign-in", clean(&c.company)),
    };
    say("company", company, Meaning::Text);
    if c.fingerprint != c.company && !c.fingerprint.is_empty() {
        say("identity", clean(&c.fingerprint), Meaning::Muted);
    }
    let region =
        sign_in.map(|s| clean(&s.region)).or_else(|| region(c)).unwrap_or_else(|| "not known yet".into());
    say("reached at", format!("{region} · tieout is known there as {}", clean(&c.system_id)), Meaning::Text);
    let scopes = match sign_in {
        None => "not known yet: told at the next sign-in".into(),
        Some(s) if s.scopes.is_empty() => "the system does not say".into(),
        Some(s) => clean(&s.scopes.join(" ")),
    };
    say("rights", scopes, Meaning::Text);
    let (text, meaning) = lifetimes(model, look);
    say("signed in", text, meaning);
    let Some(look) = look else {
        let why = model.connection_list.unlooked.clone();
        say("more", why.unwrap_or_else(|| "being read…".into()), Meaning::Muted);
        return out;
    };
    let (text, meaning) = quota(look.quota.as_ref());
    say("calls", text, meaning);
    let contact = match (look.answered_at, model.now.at) {
        (Some(at), Some(now)) => format!("answered {} ({})", ago(at, now), minute(at, zone)),
        _ => "no answer was noted yet".into(),
    };
    let next = match look.next_read {
        Some(at) if model.now.at.is_some_and(|now| at <= now) => "is read next: now due".into(),
        Some(at) => format!("is read next at {}", minute(at, zone)),
        None => "no book reads it by a schedule, or it was not read yet".into(),
    };
    say("contact", format!("{contact} · {next}"), Meaning::Text);
    let events = model.key(ActionId::ConnectionEvents);
    let events = match look.subscriptions {
        None => format!("found by asking regularly; {events} shows what is told by itself"),
        Some((n, of)) => format!("{n} of {of} subscriptions in place · {events} shows them"),
    };
    say("events", events, Meaning::Text);
    if look.waiting > 0 {
        say("waiting", format!("{} wait for it", documents(look.waiting)), Meaning::Warn);
    }
    out
}

/// A ledger that calls us: its visits in place of a sign-in.
fn visited(
    model: &Model,
    c: &ConnectionRow,
    look: Option<&ConnectionLook>,
    w: usize,
) -> Vec<(String, Meaning)> {
    let zone = &model.zone;
    let mut out = Vec::new();
    let mut say = |label: &str, value: String, meaning| out.extend(fact_lines(label, &value, meaning, w));
    let since = format!("{} since {}", health_words(c.health), minute(c.health_since, zone));
    say("health", since, health_meaning(c.health));
    let nothing = VisitLook::default();
    let visit = look.and_then(|l| l.visit.as_ref());
    let trouble = visit.is_some_and(|v| v.note.trouble == c.health_reason);
    if !c.health_reason.is_empty() && !trouble {
        say("why", clean(&c.health_reason), Meaning::Text);
    }
    let told = visit_look::facts(c, visit.unwrap_or(&nothing), model.now.at.unwrap_or_default(), &|at| {
        minute(at, zone)
    });
    let meaning = |tone| match tone {
        Tone::Plain => Meaning::Text,
        Tone::Quiet => Meaning::Muted,
        Tone::Warn => Meaning::Warn,
        Tone::Bad => Meaning::Error,
    };
    let mut told = told.into_iter().peekable();
    while let Some((label, value, tone)) = told.next_if(|(_, _, tone)| *tone == Tone::Bad) {
        say(label, clean(&value), meaning(tone));
    }
    if let Some(todo) = visit_look::to_do(c, visit.unwrap_or(&nothing)) {
        say("to do", clean(&todo), Meaning::Accent);
    }
    if look.is_none() {
        let why = model.connection_list.unlooked.clone();
        say("more", why.unwrap_or_else(|| "being read…".into()), Meaning::Muted);
        return out;
    }
    for (label, value, tone) in told {
        say(label, clean(&value), meaning(tone));
    }
    let (again, file) = (model.key(ActionId::Reauthorise), model.key(ActionId::WriteQwc));
    say("keys", format!("{again} makes a new password · {file} writes the .qwc file again"), Meaning::Muted);
    out
}

fn region(c: &ConnectionRow) -> Option<String> {
    let url = c.settings.get("region")?.as_str()?;
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    Some(clean(rest.split('/').next().unwrap_or_default()))
}

fn remedy(model: &Model, h: Health) -> Option<String> {
    let key = |id| model.key(id);
    let (sign_in, test) = (key(ActionId::Reauthorise), key(ActionId::TestConnection));
    match h {
        Health::Reauthorise => Some(format!("{sign_in} signs in again.")),
        Health::WrongCompany => Some(format!(
            "Another company answers. {sign_in} signs in with the right one; for the other make a connection of its \
             own with {}.",
            key(ActionId::NewConnection)
        )),
        Health::Paused => {
            Some(format!("{test} asks who answers; {} lets its books go on.", key(ActionId::RestConnection)))
        }
        Health::Expiring => Some(format!("{sign_in} signs in again before that day.")),
        Health::Throttled => Some("Nothing: it goes on by itself when the system allows more calls.".into()),
        Health::Offline | Health::BreakerOpen => {
            Some(format!("Nothing: it is tried again by itself. {test} asks now. What waits is not lost."))
        }
        Health::Ok => None,
    }
}

fn lifetimes(model: &Model, look: Option<&ConnectionLook>) -> (String, Meaning) {
    let zone = &model.zone;
    let by = look.and_then(|l| l.sign_in.as_ref()).map(|s| {
        format!(
            "by {} on {} · ",
            clean(&s.signed_in_by),
            minute(s.signed_in_at, zone).get(..10).unwrap_or_default()
        )
    });
    let by = by.unwrap_or_default();
    let Some((access, ends)) = look.and_then(|l| l.lifetimes) else {
        return (format!("{by}its tokens cannot be looked at here, or there are none"), Meaning::Muted);
    };
    let now = model.now.at.unwrap_or(Timestamp::UNIX_EPOCH);
    let left = ends.duration_since(now);
    let days = left.as_hours() / 24;
    let again = model.key(ActionId::Reauthorise);
    let (meaning, note) = if left <= SignedDuration::ZERO {
        (Meaning::Error, format!(" · it has ended: {again} signs in again"))
    } else if left <= SOON {
        (Meaning::Error, format!(" · ! this week: {again} signs in again"))
    } else if left <= AHEAD {
        (Meaning::Warn, format!(" · ! less than 30 days: {again} signs in again"))
    } else {
        (Meaning::Text, String::new())
    };
    let day = minute(ends, zone);
    let day = day.get(..10).unwrap_or_default();
    let access = minute(access, zone);
    let text = format!(
        "{by}until {day}, {days} days left{note} · until then it is renewed by itself, next before {access}"
    );
    (text, meaning)
}

/// The gauge has a text: what it means is never told by its length alone.
fn quota(quota: Option<&Quota>) -> (String, Meaning) {
    let Some(q) = quota else {
        return ("not known here: this console has made no call there yet".into(), Meaning::Muted);
    };
    let mut parts = Vec::new();
    let mut meaning = Meaning::Text;
    match q.per_minute {
        Some(of) => {
            let used = q.last_minute.min(of);
            let filled = (u64::from(used) * 20).div_ceil(u64::from(of.max(1))) as usize;
            let gauge = format!("[{}{}]", "=".repeat(filled), " ".repeat(20 - filled.min(20)));
            parts.push(format!(
                "{gauge} {} of {} in the last minute",
                count(q.last_minute.into()),
                count(of.into())
            ));
        }
        None => parts.push(format!("{} in the last minute, no limit known", count(q.last_minute.into()))),
    }
    if let Some(wait) = q.throttled_for {
        meaning = Meaning::Warn;
        parts.push(format!("asked to wait {} s", wait.as_secs().max(1)));
    }
    if q.learned_percent < 100 {
        meaning = Meaning::Warn;
        parts.push(format!("slowed down to {} %", q.learned_percent));
    }
    if q.breaker_open {
        meaning = Meaning::Error;
        parts.push("too many failed: only probes go out".into());
    }
    parts.push(format!("{} under way, {} since tieout started", q.in_flight, count(q.calls)));
    (parts.join(" · "), meaning)
}
