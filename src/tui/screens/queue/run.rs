//! A batch under way: approving in parts, posting, how fast it goes, and what came of it. All of it follows from
//! messages; nothing ticks.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::engine::{Ask, Progress};
use crate::model::ids::DocumentId;
use crate::model::state::State;
use crate::store::{ApproveOne, Row};
use crate::tui::app::{Chosen, Level, Model, sums};
use crate::tui::effect::{Effect, Target};
use crate::tui::format::{count, documents, sums_words};
use crate::tui::keys::ActionId;
use crate::tui::msg::Said;
use crate::tui::text::clean;
use crate::tui::theme::Meaning;

use super::effect::QueueEffect;
use super::undo::Undo;

/// Documents of one approval: one transaction each part, and a stop between two of them.
pub const PART: usize = 50;

/// How fast it goes, smoothed.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Pace {
    at: Duration,
    done: u64,
    per_second: Option<f64>,
}

impl Pace {
    /// From here on.
    pub fn from(at: Duration) -> Self {
        Self { at, ..Self::default() }
    }

    /// So many are done now.
    pub fn take(&mut self, done: u64, now: Duration) {
        if done < self.done {
            // another run began
            *self = Self { done, ..Self::from(now) };
            return;
        }
        let seconds = now.saturating_sub(self.at).as_secs_f64();
        if done == self.done || seconds <= 0.0 {
            return;
        }
        let rate = (done - self.done) as f64 / seconds;
        self.per_second = Some(self.per_second.map_or(rate, |old| old * 0.7 + rate * 0.3));
        self.at = now;
        self.done = done;
    }

    /// `12 a second · about 20 s left`; empty until something is done.
    pub fn words(&self, of: u64) -> String {
        let Some(rate) = self.per_second.filter(|r| *r > 0.0) else { return String::new() };
        let speed = if rate >= 1.0 {
            format!("{} a second", count(rate.round() as u64))
        } else {
            format!("{} a minute", count((rate * 60.0).round().max(1.0) as u64))
        };
        let left = of.saturating_sub(self.done);
        if left == 0 {
            return speed;
        }
        let seconds = (left as f64 / rate).ceil() as u64;
        let time = match seconds {
            0..=90 => format!("{seconds} s"),
            91..=5400 => format!("{} min", seconds.div_ceil(60)),
            _ => format!("{} h", seconds.div_ceil(3600)),
        };
        format!("{speed} · about {time} left")
    }
}

/// An approval under way. It is this console's own: the engine may work beside it.
#[derive(Debug, Clone)]
pub struct Approving {
    /// What the person chose.
    pub chosen: BTreeMap<DocumentId, Chosen>,
    /// The versions that were seen.
    versions: BTreeMap<DocumentId, u64>,
    /// What waits for the next part.
    pub rest: Vec<ApproveOne>,
    /// Done.
    pub done: Vec<DocumentId>,
    /// Refused, with the reason.
    pub refused: Vec<(DocumentId, String)>,
    /// How many were asked for.
    pub of: u64,
    /// A person wants it to stop.
    pub stopping: bool,
    /// How fast it goes.
    pub pace: Pace,
    /// The next part leaves now.
    next: bool,
}

impl Approving {
    fn settled(&self) -> u64 {
        (self.done.len() + self.refused.len()) as u64
    }

    /// It goes out in parts, and can be stopped between two of them.
    fn in_parts(&self) -> bool {
        self.of > PART as u64
    }
}

impl Model {
    /// What runs, and how fast: an approval in parts, else what the engine does; both in one line when both do.
    pub fn working(&self) -> Option<(Progress, Pace)> {
        let engine = self.progress.running.then_some(&self.progress);
        let Some(a) = self.queue.approving.as_ref().filter(|a| a.in_parts()) else {
            return engine.map(|p| (p.clone(), self.queue.pace));
        };
        let what = engine.map_or_else(|| "Approving".to_string(), |p| format!("Approving · {}", p.what));
        let stopping = a.stopping && engine.is_none_or(|p| p.stopping);
        Some((Progress { what, done: a.settled(), of: a.of, stopping, running: true }, a.pace))
    }
}

/// What came of a batch; it stays until it is read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// `Posting ended`
    pub title: String,
    /// Lines.
    pub lines: Vec<(String, Meaning)>,
}

/// Why nothing can be approved now.
pub fn approving_waits(model: &Model) -> Result<(), String> {
    match &model.queue.approving {
        Some(_) => Err("an approval is under way: wait for its end, or stop it".into()),
        None => Ok(()),
    }
}

/// Why nothing can be posted now.
pub fn posting_waits(model: &Model) -> Result<(), String> {
    approving_waits(model)?;
    match &model.queue.posting {
        Some(_) => Err("a posting is under way: wait for its end, or stop it".into()),
        None => Ok(()),
    }
}

/// Looks at what is about to be done: a large approval goes out in parts, a post is followed to its end, and what can
/// be undone is remembered. What would take the place of a batch under way does not leave.
pub fn watch(model: &mut Model, effects: &mut Vec<Effect>) {
    let all = std::mem::take(effects);
    effects.extend(all.into_iter().filter_map(|e| watched(model, e)));
    model.queue.undoing = None;
}

fn watched(model: &mut Model, mut effect: Effect) -> Option<Effect> {
    match &mut effect {
        Effect::Approve(ones) => match &mut model.queue.approving {
            None => begin_approving(model, ones),
            Some(a) if a.next => a.next = false,
            Some(_) => {
                model.say(
                    Level::Warning,
                    "Nothing was approved: an approval is under way. Do it again after it.",
                );
                return None;
            }
        },
        Effect::Ask(Ask::Stop) => {
            if let Some(a) = model.queue.approving.as_mut().filter(|a| a.in_parts()) {
                a.rest.clear();
                a.stopping = true;
                if !model.progress.running {
                    // the holder does not approve
                    return None;
                }
            }
            model.queue.asked_holder += 1;
        }
        Effect::Ask(Ask::Post { documents, .. }) => {
            if let Err(why) = posting_waits(model) {
                model.say(Level::Warning, format!("Nothing was posted: {why}."));
                return None;
            }
            let ids = if documents.is_empty() { model.queue.to_post.clone() } else { documents.clone() };
            model.queue.asked_holder += 1;
            model.queue.posting = Some(ids);
            model.queue.summary = None;
            model.queue.pace = Pace::from(model.now.since);
        }
        Effect::Ask(_) => model.queue.asked_holder += 1,
        Effect::Act { targets, act } => Undo::leaves(&mut model.queue, targets, act),
        _ => {}
    }
    Some(effect)
}

fn begin_approving(model: &mut Model, ones: &mut Vec<ApproveOne>) {
    let chosen: BTreeMap<_, _> = model.chosen().into_iter().map(|c| (c.id, c)).collect();
    let of = ones.len() as u64;
    let versions = ones.iter().map(|o| (o.id, o.version)).collect();
    let rest = if ones.len() > PART { ones.split_off(PART) } else { Vec::new() };
    model.queue.summary = None;
    model.queue.approving = Some(Approving {
        chosen,
        versions,
        rest,
        done: Vec::new(),
        refused: Vec::new(),
        of,
        stopping: false,
        pace: Pace::from(model.now.since),
        next: false,
    });
}

/// A part was approved: the next one goes out, or this was all.
pub fn approved(model: &mut Model, answer: Said<Vec<(DocumentId, Result<(), String>)>>) -> Vec<Effect> {
    let Some(mut a) = model.queue.approving.take() else {
        return crate::tui::app::changed(model);
    };
    let failed = match answer {
        Ok(results) => {
            for (id, result) in results {
                match result {
                    Ok(()) => a.done.push(id),
                    Err(why) => a.refused.push((id, why)),
                }
            }
            None
        }
        Err(why) => Some(why),
    };
    if failed.is_none() && !a.rest.is_empty() {
        let later = a.rest.split_off(PART.min(a.rest.len()));
        let next = Effect::Approve(std::mem::replace(&mut a.rest, later));
        a.pace.take(a.settled(), model.now.since);
        a.next = true;
        model.queue.approving = Some(a);
        return vec![next];
    }
    // a stop that came too late stopped nothing
    let stopped = a.stopping && a.settled() < a.of;
    let after = |id: &DocumentId| {
        // an approval raises the version that was seen by one
        let version = a.versions.get(id)? + 1;
        Some(Target { version, ..a.chosen.get(id)?.target() })
    };
    let targets = a.done.iter().filter_map(after).collect();
    Undo::approved(&mut model.queue, targets);
    tell_approved(model, &a.chosen, &a.done, &a.refused, failed, stopped);
    let mut effects = crate::tui::app::changed(model);
    effects.extend(model.queue.unmark(&a.done));
    effects
}

fn tell_approved(
    model: &mut Model,
    chosen: &BTreeMap<DocumentId, Chosen>,
    done: &[DocumentId],
    refused: &[(DocumentId, String)],
    failed: Option<String>,
    stopping: bool,
) {
    if let Some(why) = failed {
        let first = if done.is_empty() {
            "Nothing".to_string()
        } else {
            format!("Only {}", documents(done.len() as u64))
        };
        let was = if done.len() == 1 || done.is_empty() { "was" } else { "were" };
        model.say(Level::Error, format!("{first} {was} approved: {why}"));
        return;
    }
    let whole = refused.is_empty() && !stopping;
    if !done.is_empty() {
        let post = model.key(ActionId::Post);
        model.say(Level::Info, format!("{} approved. {post} posts.", documents(done.len() as u64)));
    }
    if chosen.len() < 2 || (whole && chosen.len() <= PART) {
        if let Some((_, first)) = refused.first() {
            model.say(Level::Error, format!("{} not approved: {first}", documents(refused.len() as u64)));
        }
        return;
    }
    let of = |ids: &mut dyn Iterator<Item = &DocumentId>| -> String {
        let amounts = ids.filter_map(|id| chosen.get(id)).filter_map(|c| c.amount);
        sums_words(sums(amounts), model.home()).join(", ")
    };
    let settled: BTreeSet<&DocumentId> = done.iter().chain(refused.iter().map(|(id, _)| id)).collect();
    let left: Vec<&DocumentId> = chosen.keys().filter(|id| !settled.contains(id)).collect();
    let mut lines = vec![line(
        "approved",
        done.len(),
        &of(&mut done.iter()),
        &format!("{} posts them", model.key(ActionId::Post)),
        Meaning::Ok,
    )];
    if !refused.is_empty() {
        let sum = of(&mut refused.iter().map(|(id, _)| id));
        lines.push(line("refused", refused.len(), &sum, "", Meaning::Error));
        for (id, why) in refused.iter().take(3) {
            let number = chosen.get(id).map_or_else(|| id.to_string(), |c| c.number.clone());
            lines.push((format!("   {number}: {}", clean(why)), Meaning::Error));
        }
    }
    if !left.is_empty() {
        let sum = of(&mut left.iter().copied());
        let why = if stopping { "stopped by you, or left out" } else { "left out" };
        lines.push(line("left", left.len(), &sum, why, Meaning::Warn));
    }
    let title = if stopping { "Approving was stopped" } else { "Approving ended" };
    model.queue.summary = Some(Summary { title: title.into(), lines });
}

fn line(word: &str, n: usize, sums: &str, note: &str, meaning: Meaning) -> (String, Meaning) {
    let mut text = format!("{word:<9}{}", documents(n as u64));
    for part in [sums, note].iter().filter(|p| !p.is_empty()) {
        text.push_str(" · ");
        text.push_str(part);
    }
    (text, meaning)
}

/// Progress of the engine's work.
pub fn progress(model: &mut Model, p: Progress) {
    if p.running {
        if !model.progress.running {
            model.queue.pace = Pace::from(model.now.since);
        }
        model.queue.pace.take(p.done, model.now.since);
    }
    model.progress = p;
}

/// The holder answered. When nothing else was asked of it, a post has come to its end.
pub fn answered(model: &mut Model) -> Option<Effect> {
    model.queue.asked_holder = model.queue.asked_holder.saturating_sub(1);
    if model.queue.asked_holder > 0 {
        return None;
    }
    let ids = model.queue.posting.take()?;
    (ids.len() > 1).then(|| Effect::QueueRoom(QueueEffect::Outcome { ids }))
}

/// How the posted documents stand.
pub fn outcome(model: &mut Model, answer: Said<Vec<Row>>) {
    let rows = match answer {
        Ok(rows) => rows,
        Err(why) => return model.say(Level::Error, format!("What was posted cannot be read: {why}")),
    };
    use State::{Approved, ConfirmFailed, Confirmed, Failed, NeedsHuman, Posted};
    let home = model.home();
    let part = |fits: &dyn Fn(State) -> bool| {
        let of: Vec<&Row> = rows.iter().filter(|r| fits(r.state)).collect();
        let amounts = of.iter().filter_map(|r| r.minor.zip(r.currency));
        let sums = sums_words(sums(amounts), home).join(", ");
        (of.len(), sums)
    };
    let in_ledger = |s| matches!(s, Posted | ConfirmFailed | Confirmed);
    let refused = |s| matches!(s, Failed | NeedsHuman);
    let (n, text) = part(&in_ledger);
    let mut lines = vec![line("posted", n, &text, "", Meaning::Ok)];
    let (n, text) = part(&refused);
    if n > 0 {
        lines.push(line("refused", n, &text, "", Meaning::Error));
        for r in rows.iter().filter(|r| refused(r.state)).take(3) {
            lines.push((format!("   {}: {}", clean(&r.number), clean(&r.reason)), Meaning::Error));
        }
    }
    let (n, text) = part(&|s| !in_ledger(s) && !refused(s));
    if n > 0 {
        let waits = rows.iter().all(|r| in_ledger(r.state) || refused(r.state) || r.state == Approved);
        let post = model.key(ActionId::Post);
        let away = rows.iter().filter(|r| r.state == Approved).find_map(|r| model.waits_for(r));
        let why = if let (true, Some(away)) = (waits, away) {
            away
        } else if waits {
            format!("approved, {post} goes on")
        } else {
            "they wait: see their finding".into()
        };
        lines.push(line("left", n, &text, &why, Meaning::Warn));
    }
    model.queue.summary = Some(Summary { title: "Posting ended".into(), lines });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pace_is_smoothed_and_says_how_long() {
        let s = Duration::from_secs;
        let mut p = Pace::from(s(10));
        assert_eq!(p.words(100), "");
        p.take(10, s(11));
        assert_eq!(p.words(100), "10 a second · about 9 s left");
        // one slow part does not turn everything over
        p.take(11, s(12));
        assert_eq!(p.words(100), "7 a second · about 13 s left");
        p.take(11, s(13));
        assert_eq!(p.words(11), "7 a second");
        let mut p = Pace::from(s(0));
        p.take(1, s(10));
        assert_eq!(p.words(31), "6 a minute · about 5 min left");
        p.take(0, s(20));
        assert_eq!(p.words(31), "", "another run");
    }
}
