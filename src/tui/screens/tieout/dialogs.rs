//! The dialogs of the tie-out: each repeats the facts, and what cannot be taken back asks first.

use crate::engine::reconcile::Reconciled;
use crate::tieout::ReconcilingItem;
use crate::tui::app::{Level, Model};
use crate::tui::effect::Effect;
use crate::tui::format::{count, documents, minute, money_of};
use crate::tui::layers::{Confirm, Field, Form, FormFor, Layer};
use crate::tui::text::clean;

use super::effect::{TieoutEffect, TieoutForm};
use super::parts::Made;
use super::parts::signoff::{population, short_hash};

/// Book and month in words.
fn place(model: &Model) -> String {
    let book = model.book.as_ref().map(|b| clean(b.as_str())).unwrap_or_default();
    let month = model.tieout.period.map(|p| p.to_string()).unwrap_or_default();
    let company = model.current_book().map(|b| clean(&b.settings.company)).unwrap_or_default();
    format!("{month} of {book} · {company} → {}", model.ledger_title())
}

fn confirm(model: &mut Model, title: &str, lines: Vec<String>, yes: &str, effect: TieoutEffect) {
    model.layers.push(Layer::Confirm(Confirm {
        question: 0,
        title: title.into(),
        lines,
        yes: yes.into(),
        effects: vec![Effect::TieoutRoom(effect)],
    }));
}

fn form(
    model: &mut Model,
    purpose: TieoutForm,
    title: String,
    lines: Vec<String>,
    fields: Vec<Field>,
    done: &'static str,
) {
    let form = Form::new(FormFor::Tieout(purpose), title, lines, fields, done);
    model.layers.push(Layer::Form(Box::new(form)));
}

/// All that an item says.
pub fn facts_of(i: &ReconcilingItem) -> Vec<String> {
    let mut out = vec![format!("{} · {}", i.category.name(), clean(&i.number))];
    let amount = i.currency.map_or_else(|| "amount unknown".into(), |c| money_of(i.minor, c));
    out.push(format!("{} · {amount} between the sides · {} days", clean(&i.party), i.days));
    if !i.what.is_empty() {
        out.push(clean(&i.what));
    }
    if !i.field.is_empty() {
        let when = match i.when.parse::<jiff::Timestamp>() {
            _ if i.when.is_empty() => String::new(),
            Ok(at) => format!(", changed {}", at.strftime("%Y-%m-%d %H:%M UTC")),
            Err(_) => format!(", changed {}", clean(&i.when)),
        };
        out.push(format!("{}: {} → {}{when}", clean(&i.field), clean(&i.before), clean(&i.after)));
    }
    if !i.record.is_empty() {
        out.push(format!("in the ledger: {}", clean(&i.record)));
    }
    out
}

/// Asks for a comment on the item under the cursor.
pub fn comment(model: &mut Model) {
    let Some(item) = model.tieout.item().cloned() else { return };
    let mut lines = facts_of(&item);
    let said = model.tieout.shown().and_then(|d| d.comments.get(&item.item)).cloned();
    match &said {
        Some(c) => {
            let at = minute(c.at, &model.zone);
            lines.push(format!("{} said on {at}: {}", clean(&c.person), clean(&c.text)));
        }
        None => lines.push(
            "A comment takes it off the list of what needs action. It is kept with your name and the time, for these \
             figures alone: when they change, it counts no more."
                .into(),
        ),
    }
    let before = said.map(|c| clean(&c.text)).unwrap_or_default();
    let field = Field::text("comment", "Comment", &before)
        .needed()
        .help("What was found, and what is done about it.");
    let title = format!("Comment on {}", clean(&item.number));
    form(model, TieoutForm::Comment(Box::new(item)), title, lines, vec![field], "keep it");
}

/// Asks for the statement's figure of a card account.
pub fn statement(model: &mut Model, id: &str) {
    let Some(done) = model.tieout.shown() else { return };
    let Some(a) = done.report.controls.iter().find(|a| a.id == id) else { return };
    let (home, to) = (done.report.home, done.report.span.to);
    let balance = a.closing.map_or_else(|| "not read".into(), |m| money_of(m, home));
    let mut lines = vec![format!("{} stands at {balance} on {to}.", clean(&a.account))];
    lines.push(
        "What the statement has more is charges that nobody has reported yet; they stand on the accrual list.".into(),
    );
    let (id, name) = (a.id.clone(), clean(&a.account));
    let before = match (a.not_reported, a.closing) {
        (Some(more), Some(closing)) => crate::tui::format::amount(more - closing, home),
        _ => String::new(),
    };
    let help = format!("What it says is owed on {to}, in {home}, as printed: 4,961.70");
    let field = Field::text("amount", "Statement", &before).needed().help(help);
    let title = format!("Statement of {name}");
    form(model, TieoutForm::Statement(id, name), title, lines, vec![field], "keep it and read again");
}

/// Whether it may be signed in this role.
pub fn may_sign(model: &Model, done: &Reconciled, reviewer: bool) -> Result<(), String> {
    let in_force = |role: &str| done.signoffs.iter().find(|s| s.reopened.is_none() && s.role == role);
    let (first, second) = (in_force("preparer"), in_force("reviewer"));
    let me = model.actor.as_ref();
    match (reviewer, first, second) {
        (false, Some(s), _) => {
            return Err(format!("{} has signed it already; O reopens it with a reason", clean(&s.person)));
        }
        (true, _, Some(s)) => {
            return Err(format!("{} has reviewed it already; O reopens it with a reason", clean(&s.person)));
        }
        (true, None, None) => return Err("the preparer signs first: S".into()),
        (true, Some(s), None) => {
            let alone = me.is_some_and(|a| a.single_person);
            if me.is_some_and(|a| a.name == s.person) && !alone {
                return Err("you prepared it: another person reviews it".into());
            }
            if s.report_hash != done.hash {
                return Err(
                    "the figures changed since the preparer signed: O reopens it with a reason".into()
                );
            }
        }
        (false, None, _) => {}
    }
    if let Some(first) = done.forbids().first() {
        return Err(clean(first));
    }
    match done.report.open_items().count() {
        0 => Ok(()),
        1 => Err("1 item needs a comment or an action first: c on it".into()),
        n => Err(format!("{n} items need a comment or an action first: c on each")),
    }
}

/// Asks before it is signed.
pub fn sign(model: &mut Model, reviewer: bool) {
    let Some(done) = model.tieout.shown() else { return };
    let (Some(book), Some(period)) = (model.book.clone(), model.tieout.period) else { return };
    let role = if reviewer { "reviewer" } else { "preparer" };
    let alone = model.actor.as_ref().filter(|a| a.single_person);
    let name = model.actor.as_ref().map(|a| clean(&a.name)).unwrap_or_default();
    let made = Made {
        done,
        columns: 120,
        zone: &model.zone,
        page: 0,
        split: None,
        plan: None,
        single: alone.is_some(),
    };
    let items = done.report.bridge.items.len();
    let comments = done.comments.len();
    let read = done.report.checked.ledger_read.map(|t| minute(t, &model.zone)).unwrap_or_default();
    let mut lines = vec![
        place(model),
        format!("{name} signs as {role}."),
        format!("unexplained 0.00 ({}) · {}", clean(&done.report.checked.text), population(&made)),
        format!("{items} reconciling items, {comments} with a comment"),
        format!("ledger read {read} · report {}", short_hash(&done.hash)),
        "Both sides are read again first: if the figures are no longer these, nothing is signed. It can be taken back \
         only by reopening, with a reason that stays in the audit trail."
            .into(),
    ];
    if alone.is_some() {
        lines.push("You act alone: the report will say \"signed by one person\".".into());
    }
    let yes = format!("sign as {role}");
    let seen = done.hash.clone();
    confirm(model, "Sign off", lines, &yes, TieoutEffect::Sign { book, period, reviewer, seen });
}

/// Whether there is a signature to take back.
pub fn may_reopen(done: &Reconciled) -> Result<(), String> {
    if done.signoffs.iter().any(|s| s.reopened.is_none()) {
        return Ok(());
    }
    Err(format!("{} is not signed", done.report.period))
}

/// Asks for the reason of reopening.
pub fn reopen(model: &mut Model) {
    let Some(done) = model.tieout.shown() else { return };
    let mut lines = vec![place(model)];
    lines.push(clean(&done.signed.text));
    lines.extend(done.signed.changed.iter().take(6).map(|c| format!("changed: {}", clean(c))));
    let more = done.signed.changed.len().saturating_sub(6);
    if more > 0 {
        lines.push(format!("and {more} more changes"));
    }
    let field = Field::text("reason", "Reason", "").needed().help("Why the signatures are taken back.");
    form(model, TieoutForm::Reopen, "Reopen the month".into(), lines, vec![field], "go on");
}

/// The reason is there: the question.
pub fn reopen_for(model: &mut Model, reason: &str) {
    let (Some(book), Some(period)) = (model.book.clone(), model.tieout.period) else { return };
    let signatures =
        model.tieout.shown().map_or(0, |d| d.signoffs.iter().filter(|s| s.reopened.is_none()).count());
    let lines = vec![
        place(model),
        format!(
            "{} are taken back: {}",
            if signatures == 1 { "1 signature".into() } else { format!("{signatures} signatures") },
            clean(reason)
        ),
        "The comments stay. The lock date stays where it is.".into(),
    ];
    let effect = TieoutEffect::Reopen { book, period, reason: reason.to_string() };
    confirm(model, "Reopen the month", lines, "reopen it", effect);
}

/// Whether the lock date can move.
pub fn may_lock(done: &Reconciled) -> Result<(), String> {
    let by = |role: &str| done.signoffs.iter().any(|s| s.reopened.is_none() && s.role == role);
    if !by("preparer") || !by("reviewer") {
        return Err(format!("{} is not signed and reviewed yet", done.report.period));
    }
    match done.lock {
        (Some(d), to) if d >= to => Err(format!("the lock date is {d} already")),
        _ if !done.signed.changed.is_empty() => {
            Err("something changed since the signatures: look first".into())
        }
        _ => Ok(()),
    }
}

/// Asks before the lock date moves.
pub fn lock(model: &mut Model) {
    let Some(done) = model.tieout.shown() else { return };
    let (Some(book), Some(period)) = (model.book.clone(), model.tieout.period) else { return };
    let from = done.lock.0.map_or_else(|| "none".into(), |d| d.to_string());
    let lines = vec![
        place(model),
        format!("tieout's lock date moves from {from} to {}.", done.lock.1),
        format!(
            "Documents dated up to {} are held from now on until a person decides. The ledger's own closing date is not touched.",
            done.lock.1
        ),
    ];
    confirm(model, "Move the lock date", lines, "move it", TieoutEffect::Lock { book, period });
}

/// What the accrual journals would be: the question whether to make them.
pub fn accrue(model: &mut Model) {
    let (Some(book), Some(period)) = (model.book.clone(), model.tieout.period) else { return };
    let Some(plan) = &model.tieout.plan else { return };
    let plan = match plan {
        Ok(plan) => plan,
        Err(why) => {
            let why = format!("The accruals cannot be worked out: {why}");
            model.say(Level::Error, why);
            return;
        }
    };
    if plan.planned.is_empty() {
        let why = match plan.there.first() {
            Some((number, state)) => {
                format!("{number} is there already and is {}.", state.name().replace('_', " "))
            }
            None => "Nothing of this month can be accrued; the list says why.".into(),
        };
        model.say(Level::Info, why);
        return;
    }
    let mut lines = vec![place(model)];
    for (number, amount, n) in &plan.planned {
        lines.push(format!("{number}: {amount} of {}", documents(*n as u64)));
    }
    let last = period.to;
    let next = last.tomorrow().map_or_else(|_| "the next day".into(), |d| d.to_string());
    lines.push(format!("A journal on {last} and its reversal on {next}, for each currency."));
    if !plan.left_out.is_empty() {
        lines.push(format!(
            "{} amounts are left out; the list names them and why.",
            count(plan.left_out.len() as u64)
        ));
    }
    lines.push("They are made as documents that wait for approval. Nothing is posted by this.".into());
    confirm(model, "Accrual journals", lines, "make them", TieoutEffect::Accrue { book, period });
}

/// Asks where an export goes.
pub fn export(model: &mut Model, folder: &str) {
    if model.tieout.shown().is_none() {
        return;
    }
    if folder.is_empty() {
        model.say(Level::Warning, "Nothing can be written from here: `tieout reconcile --format` does it.");
        return;
    }
    let lines = vec![
        place(model),
        "A new folder is made inside: the report as it is shown, with a list of contents, who exported it and when, \
         totals and hashes."
            .into(),
    ];
    let fields = vec![
        Field::text("folder", "Folder", folder).needed().help("An existing folder of yours."),
        Field::tick("csv", "CSV, one file a part", true),
        Field::tick("json", "JSON", true),
        Field::tick("text", "Plain text", true),
    ];
    form(model, TieoutForm::Export, "Export the tie-out".into(), lines, fields, "write");
}
