//! What a person has to see about the document, each with what mends it: findings, doubts, what changed since.

use crate::engine::inspect::{Looked, UnderReference};
use crate::mapping::SetDifference;
use crate::model::finding::{Finding, FindingCode, Mend};
use crate::model::intent::IntentState;
use crate::model::state::State;
use crate::tui::findings::about;
use crate::tui::msg::Sheet;
use crate::tui::text::clean;

use super::effect::Extras;
use super::is_frozen;
use super::ledger::Look;

/// What the key does.
#[derive(Debug, Clone, PartialEq)]
pub enum Mends {
    /// What mends a finding.
    Finding(Box<Finding>),
    /// Shows both sets side by side.
    Difference,
    /// Closes what cannot be read.
    Close,
    /// Does this.
    Act(crate::tui::keys::ActionId),
    /// Nothing but reading.
    Nothing,
}

/// One of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// It stops the document.
    pub blocks: bool,
    /// `cost_object_unmapped · blocks`
    pub head: String,
    /// Sentences.
    pub text: Vec<String>,
    /// The keys that mend it.
    pub keys: String,
    /// What `f` and Enter do.
    pub mends: Mends,
}

/// All of them, what stops first.
pub fn of(sheet: &Sheet, look: Option<&Look>, extras: &Extras, changed: &[SetDifference]) -> Vec<Item> {
    let looked = match look {
        Some(Look::Done(Ok(looked))) => Some(&**looked),
        _ => None,
    };
    let mut out = Vec::new();
    out.extend(unreadable(sheet));
    out.extend(stands(sheet));
    out.extend(looked.into_iter().flat_map(refusals));
    out.extend(findings(sheet, looked).iter().map(|f| finding(f, extras)));
    out.extend(difference(sheet, extras, changed));
    out.sort_by_key(|i| !i.blocks);
    out
}

/// The findings that count: those of the look, where there was one. What was approved keeps its warnings beside them.
pub fn findings(sheet: &Sheet, looked: Option<&Looked>) -> Vec<Finding> {
    let derived = sheet.card.derived.as_ref().map(|d| d.findings.as_slice()).unwrap_or_default();
    let Some(looked) = looked else { return derived.to_vec() };
    let mut out = looked.findings.clone();
    if sheet.card.approval.is_some() {
        for f in derived {
            if !out.iter().any(|o| o.code == f.code && o.value == f.value) {
                out.push(f.clone());
            }
        }
    }
    out
}

fn item(blocks: bool, head: String, text: Vec<String>, keys: &str, mends: Mends) -> Item {
    Item {
        blocks,
        head: clean(&head),
        text: text.iter().map(|t| clean(t)).collect(),
        keys: keys.into(),
        mends,
    }
}

fn unreadable(sheet: &Sheet) -> Option<Item> {
    let u = sheet.card.unreadable.as_ref()?;
    let keys = "{key:close} close with a note   {key:raw} what Concur sent";
    Some(item(true, format!("unreadable at {}", u.path), vec![u.message.clone()], keys, Mends::Close))
}

/// Why it stands where it stands, when that is no finding: a refusal, a doubt, a hold.
fn stands(sheet: &Sheet) -> Option<Item> {
    use crate::tui::keys::ActionId as A;
    let row = &sheet.card.row;
    let (keys, mends, blocks) = match row.state {
        State::Failed => {
            ("{key:retry} derive again   {key:reject} reject   {key:close} close", Mends::Act(A::Retry), true)
        }
        State::NeedsHuman => (
            "{key:approve_rest} approve the rest   {key:reverse} reverse   {key:close} close",
            Mends::Act(A::ApproveRest),
            true,
        ),
        State::Ambiguous => ("{key:retry} look it up now", Mends::Act(A::Retry), true),
        State::ConfirmFailed => ("{key:retry} tell Concur again", Mends::Act(A::Retry), true),
        State::Held => ("{key:hold} release", Mends::Act(A::Hold), false),
        State::Rejected | State::Closed | State::Recalled | State::Reversed => ("", Mends::Nothing, false),
        _ => return None,
    };
    let mut text: Vec<String> = Vec::new();
    let refused = |i: &&crate::store::Intent| i.state != IntentState::Done && !i.detail.is_empty();
    for i in sheet.card.intents.iter().filter(refused) {
        text.push(format!("{}: {}", i.slot, i.detail));
    }
    let done: Vec<String> = sheet
        .card
        .intents
        .iter()
        .filter(|i| i.state == IntentState::Done)
        .map(|i| {
            let number = if i.number.is_empty() { &i.remote_id } else { &i.number };
            format!("{} {number}", i.slot)
        })
        .collect();
    if blocks && !done.is_empty() && row.state != State::ConfirmFailed {
        text.push(format!("In the ledger already: {}.", done.join(", ")));
    }
    if row.reason.is_empty() && text.is_empty() {
        return None;
    }
    let state = row.state.name().replace('_', " ");
    let head = if row.reason.is_empty() { state } else { format!("{state}: {}", row.reason) };
    Some(item(blocks, head, text, keys, mends))
}

/// What a look saw that posting would stumble over.
fn refusals(looked: &Looked) -> Vec<Item> {
    let mut out = Vec::new();
    for why in &looked.refusals {
        let head = "the ledger cannot take it · blocks".to_string();
        out.push(item(
            true,
            head,
            vec![why.clone()],
            "{key:hold} hold   {key:reject} reject",
            Mends::Nothing,
        ));
    }
    for s in &looked.slots {
        let text = match &s.there {
            UnderReference::Unknown { number, id } => format!(
                "{}: the ledger holds {number} (id {id}) under our reference, and nothing here knows of it.",
                s.slot
            ),
            UnderReference::Different { why } => format!("{}: {why}.", s.slot),
            UnderReference::Gone { number } => {
                format!("{}: {number} is recorded here and is not in the ledger any more.", s.slot)
            }
            UnderReference::Nothing | UnderReference::Ours { .. } => continue,
        };
        let act = crate::tui::keys::ActionId::ScreenTieout;
        out.push(item(
            true,
            "in the ledger it is otherwise".into(),
            vec![text],
            "f the tie-out",
            Mends::Act(act),
        ));
    }
    out
}

fn finding(f: &Finding, extras: &Extras) -> Item {
    let word = if f.blocks() { "blocks" } else { "warns" };
    let about = about(f);
    // the sentence names what it is about; the head has room for one thing more
    let named = f.sentence.contains(&about) || about.is_empty();
    let about = if named { String::new() } else { format!(" · {about}") };
    let rule = extras.overrides.iter().find(|r| r.id.to_string() == f.value);
    let (keys, mends) = match (f.code, rule) {
        (FindingCode::OverrideUsed, _) => (
            "{key:fix} what was overridden, and take it back".to_string(),
            Mends::Act(crate::tui::keys::ActionId::Override),
        ),
        (FindingCode::DefaultUsed, _) => (
            "{key:fix} the rule among the mappings".into(),
            Mends::Act(crate::tui::keys::ActionId::ScreenMappings),
        ),
        (FindingCode::ChangedAfterPosting, _) => {
            ("{key:fix} what differs from today".into(), Mends::Difference)
        }
        _ => (keys(&f.mend), Mends::Finding(Box::new(f.clone()))),
    };
    let mut i = item(f.blocks(), format!("{} · {word}{about}", f.code), vec![f.sentence.clone()], "", mends);
    i.keys = keys;
    i
}

/// The keys that mend a finding, in a line below it.
fn keys(mend: &Mend) -> String {
    match mend {
        Mend::MapParty { .. } => "{key:fix} choose a vendor   {key:hold} hold   {key:reject} reject".into(),
        Mend::MapAccount { .. } => {
            "{key:fix} choose an account   {key:hold} hold   {key:reject} reject".into()
        }
        Mend::MapDimension { dimension, .. } => {
            format!("{{key:fix}} choose a {}   {{key:hold}} hold   {{key:reject}} reject", dimension.word())
        }
        other => crate::tui::app::mend_words(other).into(),
    }
}

/// What was approved stays what is posted; that the mappings say otherwise today is told, with what differs.
fn difference(sheet: &Sheet, extras: &Extras, changed: &[SetDifference]) -> Option<Item> {
    const MOST: usize = 3;
    if let (true, Some(Err(why))) = (is_frozen(sheet), &extras.compared) {
        let text = vec![why.clone()];
        return Some(item(
            false,
            "today's entries could not be derived".into(),
            text,
            "{key:refresh} reads again",
            Mends::Nothing,
        ));
    }
    if changed.is_empty() {
        return None;
    }
    let n = changed.len();
    let differ = if n == 1 { "1 place differs".to_string() } else { format!("{n} places differ") };
    let mut text: Vec<String> = changed.iter().take(MOST).map(SetDifference::words).collect();
    if n > MOST {
        text.push(format!("and {} more", n - MOST));
    }
    let keys = "{key:differences} both side by side   {key:withdraw} withdraw, to approve today's";
    let head = format!("mappings changed since approval · {differ}; what was approved is posted");
    Some(item(false, head, text, keys, Mends::Difference))
}
