//! A dry run: what an edit would do, without storing anything.

use std::collections::BTreeMap;

use crate::engine::EngineError;
use crate::engine::core::Core;
use crate::engine::mapping::{Edit, EditWhat, RuleEffect, Touched};
use crate::mapping::{apply, effect_words};
use crate::model::book::BookSettings;
use crate::model::guard::{Guard, Then};
use crate::model::ids::BookId;
use crate::model::rule::{Rule, RuleSet};
use crate::model::state::State;
use crate::store::Derived;

/// Documents that are derived for one answer, at most: the rest is said.
const MOST: u32 = 2_000;
/// Documents that are listed, at most.
const LISTED: usize = 300;

/// The rules of an older version in place of those now. What comes back was brought back by this person: they answer for
/// it as its author.
fn brought_back(old: RuleSet, now: &RuleSet, author: &str) -> RuleSet {
    let mut rules = RuleSet { version: now.version, last: now.last.max(now.highest()), ..old };
    for rule in rules.rules.iter_mut().filter(|r| !now.rules.contains(r)) {
        rule.author = author.into();
    }
    for guard in rules.guards.iter_mut().filter(|g| !now.guards.contains(g)) {
        guard.author = author.into();
        if let Then::Default(rule) = &mut guard.then {
            rule.author = author.into();
        }
    }
    rules
}

impl Core {
    /// The rules and settings that an edit would make, and the rules it was made from.
    pub(crate) async fn edited(
        &self,
        book: &BookId,
        edit: &Edit,
        author: &str,
    ) -> Result<(RuleSet, RuleSet, BookSettings), EngineError> {
        let now = self.store.rules(book.clone()).await?;
        if now.version != edit.expected {
            return Err(EngineError::Refused(self.changed_by(book, edit.expected).await?));
        }
        let settings = self.book(book).await?.settings;
        match &edit.what {
            EditWhat::Changes(changes) => {
                let (rules, settings) = apply(&now, &settings, changes, author)
                    .map_err(|e| EngineError::Refused(e.to_string()))?;
                Ok((now, rules, settings))
            }
            EditWhat::Back(0) => {
                let empty =
                    RuleSet { version: now.version, last: now.last.max(now.highest()), ..RuleSet::default() };
                Ok((now, empty, settings))
            }
            EditWhat::Back(version) => {
                let found = self.store.rule_versions(book.clone(), Some(version + 1), 1).await?;
                let Some(old) = found.into_iter().find(|v| v.version == *version) else {
                    return Err(EngineError::Refused(format!("there is no version {version} of the rules")));
                };
                let rules = brought_back(old.rules, &now, author);
                Ok((now, rules, settings))
            }
        }
    }

    /// Who made the rules newer than they were seen.
    pub(crate) async fn changed_by(&self, book: &BookId, expected: u32) -> Result<String, EngineError> {
        let newest = self.store.rule_versions(book.clone(), None, 1).await?;
        Ok(match newest.first() {
            Some(v) => format!(
                "{} changed the rules meanwhile (version {}; you saw {expected}). Nothing was saved. r reads them again.",
                v.by, v.version
            ),
            None => "The rules were changed meanwhile. Nothing was saved. r reads them again.".into(),
        })
    }

    /// What an edit would do to the documents that are not approved yet.
    pub async fn try_rules(
        &self,
        book: &BookId,
        edit: &Edit,
        author: &str,
    ) -> Result<RuleEffect, EngineError> {
        let (before, rules, settings) = self.edited(book, edit, author).await?;
        let mut effect = RuleEffect {
            version: before.version,
            rules: differences(&before, &rules),
            ..RuleEffect::default()
        };
        let totals = self.store.totals(Some(book.clone())).await?;
        let waits = |s: State| matches!(s, State::Stored | State::Blocked | State::Ready | State::Held);
        effect.pending = totals.iter().filter(|t| waits(t.state)).map(|t| t.count).sum();
        // another process may have read the ledger since
        self.forget_facts();
        let (Some(now), Some(mut then)) = (self.bench(book).await?, self.bench(book).await?) else {
            return Ok(effect);
        };
        then.rules = rules;
        then.book.settings = settings;
        let mut sums = BTreeMap::new();
        for id in self.store.to_derive(Some(book.clone()), true, MOST).await? {
            let card = self.store.card(id).await?;
            effect.tried += 1;
            // both sides are derived now, so that nothing but the edit shows
            let was = self.derive_on(&card, &now).await?;
            let is = self.derive_on(&card, &then).await?;
            let what = differs(&was, &is);
            if what.is_empty() && was.state == is.state {
                continue;
            }
            effect.changed += 1;
            effect.ready += u64::from(is.state == State::Ready && was.state != State::Ready);
            effect.unready += u64::from(was.state == State::Ready && is.state != State::Ready);
            let amount = card.row.currency.zip(card.row.minor);
            if let Some((c, m)) = amount {
                let sum: &mut i64 = sums.entry(c).or_default();
                *sum = sum.saturating_add(m);
            }
            if effect.touched.len() < LISTED {
                effect.touched.push(Touched {
                    id,
                    number: card.row.number.clone(),
                    payee: card.row.payee.clone(),
                    amount,
                    states: (was.state, is.state),
                    what,
                });
            }
        }
        // documents without an amount are not in the totals, and some came while this ran
        effect.pending = effect.pending.max(effect.tried);
        effect.sums = sums.into_iter().collect();
        Ok(effect)
    }
}

fn differs(was: &Derived, is: &Derived) -> Vec<String> {
    let mut out = effect_words(&was.set, &is.set);
    let key = |d: &Derived| d.findings.iter().map(|f| (f.code, f.value.clone())).collect::<Vec<_>>();
    let (old, new) = (key(was), key(is));
    for f in was.findings.iter().filter(|f| !new.contains(&(f.code, f.value.clone()))) {
        out.push(format!("mends: {}", brief(f)));
    }
    for f in is.findings.iter().filter(|f| !old.contains(&(f.code, f.value.clone()))) {
        out.push(format!("new: {}", brief(f)));
    }
    out
}

fn brief(f: &crate::model::Finding) -> String {
    if f.brief.is_empty() { f.code.label().to_string() } else { f.brief.clone() }
}

/// `− rule 12: class CC450 → 450 Sustainability`
pub fn differences(before: &RuleSet, after: &RuleSet) -> Vec<String> {
    let mut out = Vec::new();
    for r in before.rules.iter().filter(|r| !after.rules.contains(r)) {
        out.push(format!("− {}", rule_words(r)));
    }
    for r in after.rules.iter().filter(|r| !before.rules.contains(r)) {
        out.push(format!("+ {}", rule_words(r)));
    }
    for g in before.guards.iter().filter(|g| !after.guards.contains(g)) {
        out.push(format!("− {}", guard_words(g)));
    }
    for g in after.guards.iter().filter(|g| !before.guards.contains(g)) {
        out.push(format!("+ {}", guard_words(g)));
    }
    let order = |s: &RuleSet, o: &RuleSet| -> Vec<u32> {
        s.guards.iter().filter(|g| o.guards.contains(g)).map(|g| g.id).collect()
    };
    if order(before, after) != order(after, before) {
        let ids: Vec<String> = after.guards.iter().map(|g| g.id.to_string()).collect();
        out.push(format!("order of the rules about documents: {}", ids.join(", ")));
    }
    out
}

/// A rule in a line.
pub fn rule_words(r: &Rule) -> String {
    format!("rule {}: {} {} → {}", r.id, r.kind.name().replace('_', " "), r.condition(), r.gives)
}

/// A guard in a line.
pub fn guard_words(g: &Guard) -> String {
    let gives = g.default_rule().map(|r| format!(" {} → {}", r.kind.name(), r.gives)).unwrap_or_default();
    format!("rule {}: {}{gives} when {}", g.id, g.then.word(), g.condition())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::entry::Named;
    use crate::model::rule::{Gives, Key, RuleKind};

    #[test]
    fn who_brings_a_rule_back_is_its_author() {
        let rule = |id, code: &str| Rule {
            id,
            kind: RuleKind::Account,
            document: None,
            party: None,
            keys: [(Key::AccountCode, code.to_string())].into(),
            gives: Gives::Record(Named::new("58", "5010 Airfare")),
            author: "Maya Wells".into(),
            reason: None,
            billable: false,
        };
        let now = RuleSet { rules: vec![rule(1, "5010")], ..RuleSet::default() };
        let old = RuleSet { rules: vec![rule(1, "5010"), rule(2, "5020")], ..RuleSet::default() };
        let back = brought_back(old, &now, "Theo Okonkwo");
        let authors: Vec<&str> = back.rules.iter().map(|r| r.author.as_str()).collect();
        assert_eq!(authors, ["Maya Wells", "Theo Okonkwo"]);
    }
}
