//! Decisions about documents: each opens the dialog that repeats the facts.

use crate::engine::{Ask, BatchPreview};
use crate::model::ids::DocumentId;
use crate::model::money::Currency;
use crate::model::state::State;
use crate::store::Act;
use crate::tui::effect::{Effect, PreviewFor, Target};
use crate::tui::format::{count, documents, money_of, sums_words};
use crate::tui::keys::{ActionId, Context};
use crate::tui::layers::{Approve, Confirm, Layer, Purpose, Reason};
use crate::tui::msg::Said;
use crate::tui::text::clean;

use super::{Chosen, Model, Screen, fix, sums};

pub fn targets(model: &Model, fits: impl Fn(State) -> bool) -> Vec<Target> {
    model.chosen().iter().filter(|c| fits(c.state)).map(Chosen::target).collect()
}

pub fn approve(model: &mut Model) -> Vec<Effect> {
    let chosen = model.chosen();
    let ids: Vec<DocumentId> = chosen.iter().map(|c| c.id).collect();
    let generation = model.next_question();
    let named = |c: &Chosen| {
        let amount = c.amount.map(|(m, cur)| money_of(m, cur)).unwrap_or_default();
        (c.id, [c.number.clone(), c.payee.clone(), amount])
    };
    let amounts = sums(chosen.iter().filter_map(|c| c.amount)).into_iter().map(|(c, m)| (m, c)).collect();
    model.layers.push(Layer::Approve(Box::new(Approve {
        generation,
        first: said_first(chosen.len() as u64, amounts, &chosen, State::Ready, model.home()),
        chosen: chosen.iter().map(named).collect(),
        deltas: fix::accepted_deltas(model, &ids),
        environment: model.environment.clone(),
        ..Approve::default()
    })));
    vec![Effect::Preview { generation, ids, purpose: PreviewFor::Approve }]
}

pub fn post(model: &mut Model) -> Vec<Effect> {
    let (n, amounts, ids) = model.to_post();
    let generation = model.next_question();
    let mut lines = vec![format!("{} → {} · {}", documents(n), model.ledger_title(), model.environment)];
    let blocked = if model.queue.marks.is_empty() { Vec::new() } else { model.chosen() };
    lines.push(said_first(n, amounts, &blocked, State::Approved, model.home()));
    if ids.is_empty() {
        let book = model.book.as_ref().map_or_else(|| "all books".into(), |b| clean(b.as_str()));
        let hidden = if model.queue.filtered() { ", also those that the filter hides" } else { "" };
        lines.push(format!("These are all approved documents of {book}{hidden}."));
    }
    lines.push(ADDING.into());
    if let Some(who) = model.caller_posted_to() {
        lines.push(format!(
            "{who} calls tieout: they go out with its next visit, by themselves, however late it comes."
        ));
    }
    lines.push(format!(
        "What is in the ledger is taken back only by a reversal. {} stops after what is on the wire.",
        model.look.keys.says(Context::Running, ActionId::StopRunning)
    ));
    let asked = ids.clone();
    model.queue.to_post.clone_from(&ids);
    model.layers.push(Layer::Confirm(Confirm {
        question: generation,
        title: "Post".into(),
        lines,
        yes: if n == 1 { "post it".into() } else { "post them".into() },
        effects: vec![Effect::Ask(Ask::Post { documents: ids, book: model.book.clone() })],
    }));
    vec![Effect::PostFigures { generation, book: model.book.clone(), ids: asked }]
}

/// `37 documents, 12,400.50 USD and 3,200.00 EUR; 2 are blocked`: what is meant, before any figure is added up.
pub fn said_first(
    n: u64,
    amounts: Vec<(i64, Currency)>,
    chosen: &[Chosen],
    fits: State,
    home: Option<Currency>,
) -> String {
    let amounts = sums_words(amounts.into_iter().map(|(m, c)| (c, m)), home);
    let mut text = documents(n);
    if let Some((last, first)) = amounts.split_last() {
        text.push_str(", ");
        text.push_str(&first.join(", "));
        text.push_str(if first.is_empty() { "" } else { " and " });
        text.push_str(last);
    }
    let mut others: std::collections::BTreeMap<State, u64> = std::collections::BTreeMap::new();
    for c in chosen.iter().filter(|c| c.state != fits) {
        *others.entry(c.state).or_default() += 1;
    }
    let others: Vec<String> = others
        .into_iter()
        .map(|(s, n)| {
            let is = if n == 1 { "is" } else { "are" };
            format!("{} {is} {}", count(n), s.name().replace('_', " "))
        })
        .collect();
    if !others.is_empty() {
        text.push_str(&format!("; {}", others.join(", ")));
    }
    text
}

const ADDING: &str = "ledger records   adding up…";

/// The figures of posting arrived: the company as the ledger names it and how many records will be written.
pub fn post_figures(model: &mut Model, generation: u64, answer: Said<Box<BatchPreview>>) {
    let (short, environment) = (model.ledger_title(), model.environment.clone());
    let dialog = model.layers.iter_mut().find_map(|l| match l {
        Layer::Confirm(c) if c.question == generation => Some(c),
        _ => None,
    });
    let Some(dialog) = dialog else { return };
    let records = match answer {
        Ok(p) => {
            model.queue.to_post = p.documents.iter().map(|(id, ..)| *id).collect();
            if let Some(head) = dialog.lines.first_mut().filter(|_| !p.ledger.is_empty()) {
                let tail = format!("→ {short} · {environment}");
                *head = head.replace(&tail, &format!("→ {} · {environment}", clean(&p.ledger)));
            }
            format!("ledger records   {}", count(p.records.iter().sum()))
        }
        Err(why) => format!("ledger records   cannot be counted: {}", clean(&why)),
    };
    for line in dialog.lines.iter_mut().filter(|l| *l == ADDING) {
        line.clone_from(&records);
    }
}

pub fn hold(model: &mut Model) -> Vec<Effect> {
    let held = targets(model, |s| s == State::Held);
    let chosen = model.chosen();
    // the cursor, or only held marks: release; else hold what can be held
    if !held.is_empty() && chosen.iter().all(|c| c.state == State::Held) {
        return vec![Effect::Act { targets: held, act: Act::Release }];
    }
    reason(
        model,
        "Hold",
        |s| s != State::Held && s != State::Posting && s.may_become(State::Held),
        Purpose::Hold,
    )
}

pub fn reason(
    model: &mut Model,
    title: &str,
    fits: impl Fn(State) -> bool,
    purpose: fn(Vec<Target>) -> Purpose,
) -> Vec<Effect> {
    let chosen: Vec<Chosen> = model.chosen().into_iter().filter(|c| fits(c.state)).collect();
    let lines = about(&chosen, model.home());
    let targets = chosen.iter().map(Chosen::target).collect();
    model.layers.push(Reason::layer(title, lines, purpose(targets)));
    Vec::new()
}

/// Which documents, and how much in each currency, `home` first.
pub fn about(chosen: &[Chosen], home: Option<Currency>) -> Vec<String> {
    let amounts = sums_words(sums(chosen.iter().filter_map(|c| c.amount)), home);
    let which = match chosen {
        [one] => one.number.clone(),
        many => {
            let names: Vec<&str> = many.iter().take(6).map(|c| c.number.as_str()).collect();
            let more = if many.len() > 6 { ", …" } else { "" };
            format!("{}: {}{more}", documents(many.len() as u64), names.join(", "))
        }
    };
    if amounts.is_empty() { vec![which] } else { vec![format!("{which} · {}", amounts.join(", "))] }
}

impl Model {
    /// What `p` would post: the approved ones among the marked, the document of the screen, or all approved ones of
    /// the book. How many, how much by currency, and which (empty: all).
    pub fn to_post(&self) -> (u64, Vec<(i64, Currency)>, Vec<DocumentId>) {
        let listed = |chosen: Vec<Chosen>| {
            let chosen: Vec<Chosen> = chosen.into_iter().filter(|c| c.state == State::Approved).collect();
            let amounts =
                sums(chosen.iter().filter_map(|c| c.amount)).into_iter().map(|(c, m)| (m, c)).collect();
            (chosen.len() as u64, amounts, chosen.iter().map(|c| c.id).collect())
        };
        if self.screen == Screen::Document || !self.queue.marks.is_empty() {
            return listed(self.chosen());
        }
        let approved = || self.queue.totals.iter().flatten().filter(|t| t.state == State::Approved);
        let n = approved().map(|t| t.count).sum();
        let amounts = sums(approved().filter_map(|t| Some((t.minor, t.currency?))));
        (n, amounts.into_iter().map(|(c, m)| (m, c)).collect(), Vec::new())
    }
}
