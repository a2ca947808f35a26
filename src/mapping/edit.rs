//! Changes of rules, before they are saved: what they make of a set of rules, what is refused, and what they do to one
//! document's entries.

use std::collections::BTreeMap;

use crate::model::book::{BookSettings, WhoPays};
use crate::model::document::DocumentKind;
use crate::model::entry::{Entry, EntrySet, Line, Named};
use crate::model::finding::Mend;
use crate::model::guard::{Guard, Then};
use crate::model::rule::{Gives, Key, Rule, RuleKind, RuleSet};

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A rule is added, or takes the place of another one. It gets a number of its own.
    Set {
        /// The rule.
        rule: Box<Rule>,
        /// The rule whose place it takes.
        replaces: Option<u32>,
    },
    /// A rule goes.
    Remove(u32),
    /// A rule about whole documents is added at the end, or takes the place of another one.
    Guard {
        /// The guard.
        guard: Box<Guard>,
        /// The guard whose place it takes.
        replaces: Option<u32>,
    },
    /// A guard goes.
    RemoveGuard(u32),
    /// A guard goes one place up or down.
    MoveGuard {
        /// Which.
        id: u32,
        /// Up.
        up: bool,
    },
    /// The memo template of a kind of document, or of the book; an empty one means the standard one.
    Memo {
        /// The kind; none: the book's.
        kind: Option<DocumentKind>,
        /// What it was when it was read.
        before: String,
        /// What it shall be.
        after: String,
    },
    /// Who pays what is owed by a reimbursement method.
    WhoPays {
        /// The method.
        method: String,
        /// Who it was when it was read.
        before: Option<WhoPays>,
        /// Who it shall be; none: not chosen.
        after: Option<WhoPays>,
    },
}

/// Why a change cannot be made, for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The rule is not there.
    #[error("rule {0} is not there any more: somebody removed or changed it. r reads the rules again")]
    Gone(u32),
    /// Another rule of the same rank could decide about the same line.
    #[error(
        "rule {id} ({condition} → {gives}) has the same rank for the same key. Change or remove that one, or name one more condition here"
    )]
    Clash {
        /// Its number.
        id: u32,
        /// What it asks for.
        condition: String,
        /// What it gives.
        gives: String,
    },
    /// The same rule is there.
    #[error("rule {0} says just that already")]
    Same(u32),
    /// A rule for everything.
    #[error("{0}")]
    Everything(&'static str),
    /// Somebody else changed it.
    #[error("{0} was changed by somebody else meanwhile: r reads it again")]
    Changed(String),
    /// It cannot be meant.
    #[error("{0}")]
    Wrong(String),
}

/// What the changes make of rules and settings. The rules keep their version; who saves raises it.
pub fn apply(
    rules: &RuleSet,
    settings: &BookSettings,
    changes: &[Change],
    author: &str,
) -> Result<(RuleSet, BookSettings), Refused> {
    let (mut rules, mut settings) = (rules.clone(), settings.clone());
    for change in changes {
        one(&mut rules, &mut settings, change, author)?;
    }
    Ok((rules, settings))
}

fn one(set: &mut RuleSet, settings: &mut BookSettings, change: &Change, author: &str) -> Result<(), Refused> {
    match change {
        Change::Set { rule, replaces } => put(set, rule, *replaces, author),
        Change::Remove(id) => {
            let at = set.rules.iter().position(|r| r.id == *id).ok_or(Refused::Gone(*id))?;
            set.last = set.last.max(set.highest());
            set.rules.remove(at);
            Ok(())
        }
        Change::Guard { guard, replaces } => put_guard(set, guard, *replaces, author),
        Change::RemoveGuard(id) => {
            let at = guard_at(set, *id)?;
            set.last = set.last.max(set.highest());
            set.guards.remove(at);
            Ok(())
        }
        Change::MoveGuard { id, up } => {
            let at = guard_at(set, *id)?;
            let to = if *up { at.checked_sub(1) } else { Some(at + 1).filter(|t| *t < set.guards.len()) };
            let Some(to) = to else {
                let end = if *up { "first" } else { "last" };
                return Err(Refused::Wrong(format!("rule {id} is the {end} one already")));
            };
            set.guards.swap(at, to);
            Ok(())
        }
        Change::Memo { kind, before, after } => memo(settings, *kind, before, after),
        Change::WhoPays { method, before, after } => {
            if settings.who_pays.get(method).copied() != *before {
                return Err(Refused::Changed(format!("who pays {method}")));
            }
            match after {
                Some(who) => settings.who_pays.insert(method.clone(), *who),
                None => settings.who_pays.remove(method),
            };
            Ok(())
        }
    }
}

fn put(set: &mut RuleSet, rule: &Rule, replaces: Option<u32>, author: &str) -> Result<(), Refused> {
    let mut rule = rule.clone();
    if rule.document.is_none() {
        let nothing = rule.keys.is_empty() && rule.party.is_none();
        match rule.kind {
            RuleKind::Account if rule.keys.is_empty() => {
                return Err(Refused::Everything(
                    "there is no catch-all account: name an account code or an expense type",
                ));
            }
            RuleKind::Party if rule.party.is_none() => {
                return Err(Refused::Everything("name the employee number or vendor code that it is for"));
            }
            RuleKind::Tax if nothing => return Err(Refused::Everything("name the tax code that it is for")),
            _ => {}
        }
    }
    if let Some((k, _)) = rule.keys.iter().find(|(k, v)| v.trim().is_empty() && **k != Key::TaxCode) {
        return Err(Refused::Wrong(format!("{} has no value", key_name(k))));
    }
    let next = set.next_number();
    let place = match replaces {
        Some(id) => {
            let at = set.rules.iter().position(|r| r.id == id).ok_or(Refused::Gone(id))?;
            let old = set.rules.remove(at);
            let same = Rule { id: 0, author: String::new(), ..old.clone() }
                == Rule { id: 0, author: String::new(), ..rule.clone() };
            if same {
                return Err(Refused::Same(id));
            }
            at
        }
        None => set.rules.len(),
    };
    rule.id = next;
    rule.author = author.into();
    if let Some(other) = set.same(&rule) {
        return Err(if other.gives == rule.gives { Refused::Same(other.id) } else { clash(other) });
    }
    if let Some(other) = set.clash(&rule) {
        return Err(clash(other));
    }
    set.rules.insert(place, rule);
    Ok(())
}

fn clash(other: &Rule) -> Refused {
    Refused::Clash { id: other.id, condition: other.condition(), gives: other.gives.to_string() }
}

fn guard_at(set: &RuleSet, id: u32) -> Result<usize, Refused> {
    set.guards.iter().position(|g| g.id == id).ok_or(Refused::Gone(id))
}

fn put_guard(set: &mut RuleSet, guard: &Guard, replaces: Option<u32>, author: &str) -> Result<(), Refused> {
    if guard.conditions.is_empty() {
        return Err(Refused::Everything("a rule without a condition would hit every document"));
    }
    if let Then::Default(rule) = &guard.then
        && !matches!(rule.kind, RuleKind::Class | RuleKind::Department | RuleKind::Customer)
    {
        return Err(Refused::Everything(
            "a default is a class, a location or a project: never an account or a vendor",
        ));
    }
    let mut guard = guard.clone();
    let next = set.next_number();
    guard.id = next;
    guard.author = author.into();
    if let Then::Default(rule) = &mut guard.then {
        rule.id = next;
        rule.author = author.into();
        rule.keys.clear();
        rule.party = None;
        rule.document = None;
        rule.reason =
            Some(guard.conditions.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and "));
    }
    let alike = |g: &&Guard| {
        Some(g.id) != replaces && g.conditions == guard.conditions && g.then.word() == guard.then.word()
    };
    if let Some(other) = set.guards.iter().find(alike) {
        return Err(Refused::Same(other.id));
    }
    match replaces {
        Some(id) => {
            let at = guard_at(set, id)?;
            if let Some(place) = set.guards.get_mut(at) {
                *place = guard;
            }
        }
        None => set.guards.push(guard),
    }
    Ok(())
}

fn memo(
    settings: &mut BookSettings,
    kind: Option<DocumentKind>,
    before: &str,
    after: &str,
) -> Result<(), Refused> {
    let changed = || Refused::Changed("the memo template".into());
    let Some(kind) = kind else {
        if settings.memo != before {
            return Err(changed());
        }
        settings.memo = after.trim().to_string();
        return Ok(());
    };
    let Some(flow) = settings.flows.get_mut(&kind) else {
        return Err(Refused::Wrong(format!("the book has no flow for this kind: {}", kind.words())));
    };
    if flow.memo.as_deref().unwrap_or_default() != before {
        return Err(changed());
    }
    flow.memo = Some(after.trim().to_string()).filter(|m| !m.is_empty());
    Ok(())
}

/// The name of a key in forms and CSV.
pub fn key_name(key: &Key) -> &str {
    match key {
        Key::AccountCode => "account_code",
        Key::ExpenseType => "expense_type",
        Key::TaxCode => "tax_code",
        Key::ReclaimCode => "reclaim_code",
        Key::Country => "country",
        Key::Authority => "authority",
        Key::Field(f) => f,
        Key::About => "about",
        Key::Line => "line",
    }
}

/// The key of a name.
pub fn key_named(name: &str) -> Key {
    match name {
        "account_code" => Key::AccountCode,
        "expense_type" => Key::ExpenseType,
        "tax_code" => Key::TaxCode,
        "reclaim_code" => Key::ReclaimCode,
        "country" => Key::Country,
        "authority" => Key::Authority,
        "about" => Key::About,
        "line" => Key::Line,
        field => Key::Field(field.into()),
    }
}

/// The rule that would mend a finding, but for what it gives.
pub fn rule_of(mend: &Mend) -> Option<Rule> {
    let (kind, party, keys): (_, _, Vec<(Key, String)>) = match mend {
        Mend::MapParty { code, .. } => (RuleKind::Party, Some(code.clone()), Vec::new()),
        Mend::MapAccount { code, expense_type } if code.is_empty() => {
            (RuleKind::Account, None, vec![(Key::ExpenseType, expense_type.clone())])
        }
        Mend::MapAccount { code, .. } => (RuleKind::Account, None, vec![(Key::AccountCode, code.clone())]),
        Mend::MapDimension { dimension, field, code, .. } => {
            (dimension.rule_kind(), None, vec![(Key::Field(field.clone()), code.clone())])
        }
        Mend::MapTax { country, code, reclaim_code } => {
            let all = [(Key::Country, country), (Key::TaxCode, code), (Key::ReclaimCode, reclaim_code)];
            let keys = all.into_iter().filter(|(_, v)| !v.is_empty()).map(|(k, v)| (k, v.clone())).collect();
            (RuleKind::Tax, None, keys)
        }
        _ => return None,
    };
    Some(Rule {
        id: 0,
        kind,
        document: None,
        party,
        keys: keys.into_iter().collect::<BTreeMap<_, _>>(),
        gives: Gives::Nothing,
        author: String::new(),
        reason: None,
        billable: false,
    })
}

/// What differs between two entry sets of one document, in words: `account 6210 Dues → 6300 Fees`.
pub fn effect_words(before: &EntrySet, after: &EntrySet) -> Vec<String> {
    let mut out = Vec::new();
    let mut say = |text: String| {
        if !out.contains(&text) {
            out.push(text);
        }
    };
    let (was, is) = (before.will_post(), after.will_post());
    if was != is {
        say(format!("posts {} → {}", none(&was), none(&is)));
    }
    let lines = |s: &EntrySet| -> Vec<Line> { s.entries.iter().flat_map(|e| e.lines.clone()).collect() };
    let (old, new) = (lines(before), lines(after));
    if old.len() == new.len() {
        for (o, n) in old.iter().zip(&new) {
            for (what, a, b) in fields(o, n) {
                if a != b {
                    say(format!("{what} {a} → {b}"));
                }
            }
        }
    } else {
        say(format!("{} lines → {}", old.len(), new.len()));
    }
    for (o, n) in before.entries.iter().zip(&after.entries) {
        for (what, a, b) in heads(o, n) {
            if a != b {
                say(format!("{what} {a} → {b}"));
            }
        }
    }
    out
}

fn none(text: &str) -> &str {
    if text.is_empty() { "nothing" } else { text }
}

fn shown(named: Option<&Named>) -> String {
    named.map_or_else(|| "none".into(), |n| n.name.clone())
}

fn fields(o: &Line, n: &Line) -> [(&'static str, String, String); 6] {
    let (a, b) = (&o.dimensions, &n.dimensions);
    [
        ("account", o.account.name.clone(), n.account.name.clone()),
        ("class", shown(a.class.as_ref()), shown(b.class.as_ref())),
        ("location", shown(a.department.as_ref()), shown(b.department.as_ref())),
        ("project", shown(a.customer.as_ref()), shown(b.customer.as_ref())),
        ("tax code", o.tax_code.clone().unwrap_or_default(), n.tax_code.clone().unwrap_or_default()),
        ("amount", o.amount.to_string(), n.amount.to_string()),
    ]
}

fn unmarked(memo: &str) -> String {
    memo.rsplit_once(" · tieout:").map_or(memo, |(head, _)| head).to_string()
}

fn heads(o: &Entry, n: &Entry) -> [(&'static str, String, String); 5] {
    [
        ("vendor", shown(o.party.as_ref()), shown(n.party.as_ref())),
        ("location", shown(o.location.as_ref()), shown(n.location.as_ref())),
        ("date", o.date.to_string(), n.date.to_string()),
        ("kind", o.kind.words().into(), n.kind.words().into()),
        // the marker at its end is never what changes
        ("memo", unmarked(&o.memo), unmarked(&n.memo)),
    ]
}
