//! The part of the audit trail that the root calls: actions, keys, answers, forms.

use std::path::Path;

use crossterm::event::KeyEvent;

use crate::engine::export::Format;
use crate::engine::inspect::UnderReference;
use crate::store::AuditRow;
use crate::tui::app::{Level, Model, Screen};
use crate::tui::effect::Effect;
use crate::tui::format::count;
use crate::tui::keys::ActionId;
use crate::tui::layers::{Answers, Field, Form, FormFor, Layer, Reader};
use crate::tui::msg::Said;
use crate::tui::text::clean;
use crate::tui::widgets::difference::Comparison;

use super::effect::{AuditEffect, AuditForm, AuditMsg};
use super::{Replay, detail, draw, filter};

/// Shows the trail of everything or of one subject, and asks where the chain stands.
pub fn enter(model: &mut Model, subject: Option<(String, String)>) -> Vec<Effect> {
    vec![model.audit.open(subject), Effect::AuditRoom(AuditEffect::Status)]
}

/// Somebody changed the store: who follows the newest sees it, and everybody sees where the chain stands.
pub fn changed(model: &mut Model) -> Vec<Effect> {
    let mut effects = vec![Effect::AuditRoom(AuditEffect::Status)];
    if model.audit.cursor.at == 0 && !model.audit.newer && model.audit.typing.is_none() {
        effects.push(model.audit.ask(false, false));
    }
    effects
}

/// A page of events.
pub fn page_arrived(model: &mut Model, generation: u64, answer: Said<Vec<AuditRow>>) -> Vec<Effect> {
    let count = model.audit.arrived(generation, answer);
    resized(model);
    count.into_iter().collect()
}

/// The list has another height.
pub fn resized(model: &mut Model) {
    let rows = draw::rows(model);
    model.audit.cursor.fit(model.audit.rows.len(), rows);
}

/// Does an action of this screen; none: it is not one.
pub fn act(model: &mut Model, id: ActionId) -> Option<Vec<Effect>> {
    if model.audit.replay.is_some()
        && let Some(effects) = act_on_replay(model, id)
    {
        return Some(effects);
    }
    Some(match id {
        ActionId::Open => {
            if let Some(r) = model.audit.current() {
                let reader = Reader::of(format!("Event {}", count(r.seq)), &detail::detail(r, &model.zone));
                model.layers.push(Layer::Reader(reader));
            }
            Vec::new()
        }
        ActionId::AuditDocument => go_to_subject(model),
        ActionId::AuditReplay => replay(model),
        ActionId::AuditVerify => {
            model.audit.verifying = Some((0, model.audit.chain.head));
            vec![Effect::AuditRoom(AuditEffect::Verify { keep: !model.look.read_only })]
        }
        ActionId::AuditFields => {
            model.layers.push(Layer::Form(Box::new(fields(model))));
            Vec::new()
        }
        ActionId::AuditExport => {
            model.layers.push(Layer::Form(Box::new(export(model))));
            Vec::new()
        }
        ActionId::AuditAnchors => {
            let reader = Reader::of("Anchors of the audit trail", &anchors(model));
            model.layers.push(Layer::Reader(reader));
            Vec::new()
        }
        ActionId::Refresh => {
            vec![model.audit.ask(false, false), Effect::AuditRoom(AuditEffect::Status)]
        }
        other => {
            let rows = draw::rows(model);
            return model.audit.act(other, rows);
        }
    })
}

fn act_on_replay(model: &mut Model, id: ActionId) -> Option<Vec<Effect>> {
    if matches!(id, ActionId::Back | ActionId::Open) {
        model.audit.replay = None;
        return Some(Vec::new());
    }
    let (w, rows) = (model.size.0, draw::replay_rows(model));
    let replay = model.audit.replay.as_mut()?;
    let Some(Ok((_, comparison))) = &mut replay.compared else { return None };
    let top = comparison.top;
    let to = match id {
        ActionId::Down => top + 1,
        ActionId::Up => top.saturating_sub(1),
        ActionId::PageDown => top + rows,
        ActionId::PageUp => top.saturating_sub(rows),
        ActionId::HalfDown => top + rows / 2,
        ActionId::HalfUp => top.saturating_sub(rows / 2),
        ActionId::Top => 0,
        ActionId::Bottom => usize::MAX,
        _ => return None,
    };
    comparison.scroll(to, w, rows);
    Some(Vec::new())
}

/// Whether an action of this screen is possible now; none: it is not one.
pub fn possible(model: &Model, id: ActionId) -> Option<Result<(), String>> {
    let here = || model.audit.current().ok_or_else(|| "there is no event here".to_string());
    Some(match id {
        ActionId::Open => here().map(|_| ()),
        ActionId::AuditDocument => here().and_then(|r| {
            let connection = model.connections.iter().any(|c| c.id.as_str() == r.subject);
            if connection || detail::document(r).is_some() {
                return Ok(());
            }
            Err("this event is about no document and no connection".into())
        }),
        ActionId::AuditReplay => here().and_then(|r| {
            let none = || "only a document can be derived again, and this event is about none".to_string();
            detail::document(r).map(|_| ()).ok_or_else(none)
        }),
        ActionId::AuditVerify if model.audit.verifying.is_some() => Err("it is being verified".into()),
        ActionId::AuditVerify | ActionId::AuditFields | ActionId::AuditAnchors => Ok(()),
        ActionId::AuditExport if model.audit.problem.is_some() => {
            Err("the filter cannot be read: mend it first".into())
        }
        ActionId::AuditExport => Ok(()),
        ActionId::Copy => here().map(|_| ()),
        _ => return None,
    })
}

/// A key for a field of this screen; none: no field has the focus.
pub fn key(model: &mut Model, key: KeyEvent) -> Option<Vec<Effect>> {
    model.audit.filter_key(key)
}

/// A paste for a field of this screen; none: no field has the focus.
pub fn paste(model: &mut Model, text: &str) -> Option<Vec<Effect>> {
    model.audit.filter_paste(text)
}

/// An answer.
pub fn arrive(model: &mut Model, msg: AuditMsg) -> Vec<Effect> {
    match msg {
        AuditMsg::Count(generation, answer) => model.audit.counted(generation, answer),
        AuditMsg::Status(Ok(chain)) => model.audit.chain = *chain,
        AuditMsg::Status(Err(why)) => {
            model.say(Level::Warning, format!("Where the chain stands cannot be read: {why}"));
        }
        AuditMsg::Verifying(done, of) => {
            if model.audit.verifying.is_some() {
                model.audit.verifying = Some((done, of));
            }
        }
        AuditMsg::Verified(answer) => {
            model.audit.verifying = None;
            match answer {
                Ok(check) => {
                    match &check.broken {
                        None => model.say(
                            Level::Info,
                            format!("The audit chain is whole: {} events were verified.", count(check.rows)),
                        ),
                        Some((seq, why)) => model.say(
                            Level::Error,
                            format!(
                                "The audit chain is broken at event {}: {}. What stands from there on proves \
                                 nothing. Keep a copy of the home as it is, and tell whoever audits the firm.",
                                count(*seq),
                                clean(why)
                            ),
                        ),
                    }
                    model.audit.chain.check = Some(check);
                }
                Err(why) => model.say(Level::Error, format!("The chain was not verified: {why}")),
            }
        }
        AuditMsg::Exported(Ok(done)) => {
            model.close_form();
            model.say(
                Level::Info,
                format!("{} events to {} · SHA-256 {}", count(done.events), done.to, done.sha256),
            );
        }
        AuditMsg::Exported(Err(why)) => model.refuse_form("path", why),
        AuditMsg::Replay(id, answer) => {
            if let Some(replay) = model.audit.replay.as_mut().filter(|r| r.id == id) {
                replay.compared = Some(answer.map(|c| {
                    let all = crate::mapping::beside(&c.frozen, &c.today);
                    let before = format!("as posted, with the mappings of version {}", c.was);
                    let after = format!("as version {} makes it today", c.version);
                    let comparison = Comparison::of(before, after, &all);
                    (c, comparison)
                }));
            }
        }
        AuditMsg::Looked(id, answer) => {
            if let Some(replay) = model.audit.replay.as_mut().filter(|r| r.id == id) {
                replay.looked = Some(answer);
            }
        }
    }
    Vec::new()
}

/// A form was filled in; it stays until it is closed ([`Model::close_form`]) or told what is wrong
/// ([`Model::refuse_form`]).
pub fn submit(model: &mut Model, form: AuditForm, answers: &Answers) -> Vec<Effect> {
    match form {
        AuditForm::Search => {
            let names = ["words", "who", "doc", "action", "conn", "from", "to"];
            let line: String = names.iter().map(|n| filter::written(n, answers.text(n))).collect();
            for name in ["from", "to"] {
                let one = filter::written(name, answers.text(name));
                if let Some(why) = filter::parse(&one, &model.zone, false).problem {
                    model.refuse_form(name, why);
                    return Vec::new();
                }
            }
            model.close_form();
            model.audit.seek(line.trim().to_string())
        }
        AuditForm::Export => {
            let path = answers.text("path").to_string();
            if Path::new(&path).is_dir_like() {
                model.refuse_form("path", "the name of a file, not of a folder");
                return Vec::new();
            }
            let format = if answers.text("format") == "json" { Format::Json } else { Format::Csv };
            if let Some(Layer::Form(form)) = model.layers.last_mut() {
                form.busy = Some("writing the file…".into());
            }
            let query = Box::new(model.audit.query(false));
            let mut filter = model.audit.chips.join(", ");
            if let Some((_, number)) = &model.audit.subject {
                filter = format!("trail of {number} {filter}");
            }
            vec![Effect::AuditRoom(AuditEffect::Export { query, path, format, filter })]
        }
    }
}

trait DirLike {
    fn is_dir_like(&self) -> bool;
}

impl DirLike for Path {
    /// Ends as the name of a folder does: no look at the disk.
    fn is_dir_like(&self) -> bool {
        let text = self.to_string_lossy();
        text.ends_with(['/', '\\']) || self.file_name().is_none()
    }
}

fn fields(model: &Model) -> Form {
    let line = &model.audit.search;
    let text = |name, label: &str, help: &str| {
        let value = if name == "words" { filter::free(line) } else { filter::field(line, name) };
        Field::text(name, label, &value).help(help)
    };
    let mut connections = vec![(String::new(), "all".to_string())];
    connections.extend(model.connections.iter().map(|c| (c.id.to_string(), clean(c.id.as_str()))));
    let fields = vec![
        text("words", "words", "anywhere: number, payee, person, what was done, what was said"),
        text("who", "person", "the person, policy or program that did it: Theo"),
        text("doc", "document", "the beginning of a document's number: CL-2217"),
        text("action", "action", "what was done: approved, posted, rules changed"),
        Field::choice("conn", "connection", connections, &filter::field(line, "conn")).help("← → chooses"),
        text("from", "from", "the first day, as 2026-10-01, or a month, as 2026-10"),
        text("to", "to", "the last day, as 2026-10-31, or a month, as 2026-10"),
    ];
    let lines = vec!["Every field that is filled in has to fit. Days are those of the book.".into()];
    Form::new(FormFor::Audit(AuditForm::Search), "Search the audit trail", lines, fields, "search")
}

fn export(model: &Model) -> Form {
    let day = model.now.at.map(|t| t.to_zoned(model.zone.clone()).date().to_string()).unwrap_or_default();
    let what = match (&model.audit.subject, model.audit.chips.is_empty()) {
        (Some((_, number)), _) => format!("The trail of {number}, oldest first."),
        (None, true) => "The whole trail, oldest first.".to_string(),
        (None, false) => format!("What the filter has ({}), oldest first.", model.audit.chips.join(", ")),
    };
    let fields = vec![
        Field::text("path", "file", &format!("audit-{day}.csv"))
            .help("a new file; a name without a folder stands where tieout was started")
            .needed(),
        Field::choice(
            "format",
            "as",
            vec![("csv".into(), "CSV, for spreadsheets".into()), ("json".into(), "JSON lines".into())],
            "csv",
        )
        .help("← → chooses"),
    ];
    let lines = vec![
        what,
        "The last line says how many events there are and what the lines above hash to. The export is an event \
         of the trail itself."
            .into(),
    ];
    Form::new(FormFor::Audit(AuditForm::Export), "Export the audit trail", lines, fields, "export")
}

fn anchors(model: &Model) -> String {
    let chain = &model.audit.chain;
    let mut out = vec![
        "An anchor is the number and the hash of an event, written to a file outside the database. Keep a copy of".to_string(),
        "that file elsewhere: it proves that the trail was neither cut nor rewritten up to that event.".to_string(),
        String::new(),
    ];
    if chain.anchors.is_empty() {
        out.push("No anchor was written yet. One is written after each run that changed something.".into());
    }
    for (seq, hash, to, at) in chain.anchors.iter().rev() {
        let when = crate::tui::format::minute(*at, &model.zone);
        let short: String = hash.chars().take(16).collect();
        out.push(format!("event {:>9}   {when}   {short}…   {to}", count(*seq)));
    }
    out.join("\n")
}

/// To the document or connection of the event.
fn go_to_subject(model: &mut Model) -> Vec<Effect> {
    let Some(r) = model.audit.current() else { return Vec::new() };
    if let Some(id) = detail::document(r) {
        return show_document(model, id);
    }
    if let Some(at) = model.connections.iter().position(|c| c.id.as_str() == r.subject) {
        model.connection_list.cursor.at = at;
        turn(model, Screen::Connections);
        return vec![Effect::Facts];
    }
    Vec::new()
}

/// Opens a document from another screen, which Esc goes back to.
pub fn show_document(model: &mut Model, id: crate::model::ids::DocumentId) -> Vec<Effect> {
    let effect = model.document.open(id, None);
    turn(model, Screen::Document);
    vec![effect]
}

fn turn(model: &mut Model, to: Screen) {
    model.trail.push(model.screen);
    model.screen = to;
    model.waiting = None;
}

fn replay(model: &mut Model) -> Vec<Effect> {
    let Some((id, number)) =
        model.audit.current().and_then(|r| Some((detail::document(r)?, detail::subject_words(r))))
    else {
        return Vec::new();
    };
    // asking the ledger leaves a request, and may take the engine for it
    let why = match (model.look.read_only, model.connection_list.closed()) {
        (true, _) => Some("this console is read-only"),
        (false, true) => Some("the vault is closed"),
        (false, false) => None,
    };
    let looked = why.map(|why| Err(why.to_string()));
    let mut effects = vec![Effect::AuditRoom(AuditEffect::Replay(id))];
    if looked.is_none() {
        effects.push(Effect::AuditRoom(AuditEffect::Look(id)));
    }
    model.audit.replay = Some(Box::new(Replay { id, number, compared: None, looked }));
    effects
}

/// What the ledger holds of a replayed document, and what can be done about it; true: something is wrong there.
pub fn verdict(replay: &Replay) -> (String, bool) {
    let looked = match &replay.looked {
        None => return ("the ledger is asked what it holds…".into(), false),
        Some(Err(why)) => return (format!("The ledger could not be asked: {}", clean(why)), true),
        Some(Ok(looked)) => looked,
    };
    let (mut ours, mut gone, mut other) = (Vec::new(), Vec::new(), Vec::new());
    for slot in &looked.slots {
        match &slot.there {
            UnderReference::Nothing => {}
            UnderReference::Ours { number, .. } => {
                ours.push(format!("{} {}", slot.kind.words(), clean(number)));
            }
            UnderReference::Gone { number } => gone.push(format!("{} {}", slot.kind.words(), clean(number))),
            UnderReference::Unknown { number, .. } => {
                other.push(format!(
                    "{} {} carries our mark and is not known here",
                    slot.kind.words(),
                    clean(number)
                ));
            }
            UnderReference::Different { why } => other.push(clean(why)),
        }
    }
    if !other.is_empty() {
        return (
            format!("In the ledger: {}. Open the document with o and decide there.", other.join("; ")),
            true,
        );
    }
    if !gone.is_empty() {
        let text = format!(
            "Gone from the ledger: {}. Nothing is created again by itself: o opens the document, and n there makes \
             it once more as a document of its own, which is approved like any other.",
            gone.join(", ")
        );
        return (text, true);
    }
    if ours.is_empty() {
        return ("The ledger holds nothing of it.".into(), false);
    }
    (format!("In the ledger: {}. Nothing is posted again.", ours.join(", ")), false)
}
