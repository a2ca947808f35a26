//! The key map: the keys of the table with what `keys.toml` says over them. Dispatch, footer, help, palette and the
//! hints inside sentences ask it, so that they cannot disagree.

use super::chord::{shown_key, without_shift};
use super::{Action, ActionId, Context, action, actions};

/// What a key means in a context after the keys that wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meant {
    /// This action.
    Action(ActionId),
    /// The beginning of a longer sequence.
    Begins,
    /// Nothing.
    Nothing,
}

/// The keys of every action in every context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyMap {
    contexts: Vec<Vec<(ActionId, Vec<String>)>>,
}

impl Default for KeyMap {
    /// The keys of the table.
    fn default() -> Self {
        let of = |context: Context| {
            let here = actions().filter(|a| a.works_in(context));
            here.map(|a| (a.id, a.keys.iter().map(|k| (*k).to_string()).collect())).collect()
        };
        Self { contexts: Context::ALL.into_iter().map(of).collect() }
    }
}

impl KeyMap {
    /// The actions that work in a context, with their keys, in the order of the table.
    pub fn of(&self, context: Context) -> impl Iterator<Item = (&'static Action, &[String])> {
        let here = self.contexts.get(context as usize).map_or(&[][..], Vec::as_slice);
        here.iter().map(|(id, keys)| (action(*id), keys.as_slice()))
    }

    /// The keys of an action in a context, most natural first; empty: none, or it does not work there.
    pub fn keys(&self, context: Context, id: ActionId) -> &[String] {
        let here = self.contexts.get(context as usize).map_or(&[][..], Vec::as_slice);
        here.iter().find(|(i, _)| *i == id).map_or(&[], |(_, keys)| keys.as_slice())
    }

    /// The first key of an action as the footer shows it; none: it has no key there.
    pub fn key(&self, context: Context, id: ActionId) -> Option<String> {
        self.keys(context, id).first().map(|k| shown_key(k))
    }

    /// The first key of an action for a sentence: in this context, else in one where it works, else by its name in the
    /// palette (`:post`).
    pub fn says(&self, context: Context, id: ActionId) -> String {
        let elsewhere = || Context::ALL.into_iter().find_map(|c| self.key(c, id));
        self.key(context, id).or_else(elsewhere).unwrap_or_else(|| format!(":{}", action(id).word))
    }

    /// A sentence with keys in it: `{key:fix} chooses a record` becomes `f chooses a record`, whatever the key is now.
    pub fn worded(&self, context: Context, text: &str) -> String {
        const MARK: &str = "{key:";
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once(MARK) {
            out.push_str(before);
            let named = after
                .split_once('}')
                .and_then(|(name, tail)| Some((super::actions().find(|a| a.name == name)?.id, tail)));
            match named {
                Some((id, tail)) => {
                    out.push_str(&self.says(context, id));
                    rest = tail;
                }
                None => {
                    out.push_str(MARK);
                    rest = after;
                }
            }
        }
        out.push_str(rest);
        out
    }

    /// Takes other keys for an action in a context where it works.
    pub(super) fn set(&mut self, context: Context, id: ActionId, keys: Vec<String>) {
        let here = self.contexts.get_mut(context as usize).into_iter().flatten();
        for (_, slot) in here.filter(|(i, _)| *i == id) {
            slot.clone_from(&keys);
        }
    }

    /// Looks a key up. `waiting` holds the keys of an unfinished sequence, joined by spaces.
    pub fn meant(&self, context: Context, waiting: Option<&str>, key: &str) -> Meant {
        let found = self.meant_exactly(context, waiting, key);
        match without_shift(key) {
            // not every terminal tells Shift: where nothing is bound to it, it changes nothing
            Some(plain) if found == Meant::Nothing => self.meant_exactly(context, waiting, &plain),
            _ => found,
        }
    }

    fn meant_exactly(&self, context: Context, waiting: Option<&str>, key: &str) -> Meant {
        let whole = waiting.map_or_else(|| key.to_string(), |w| format!("{w} {key}"));
        let mut begins = false;
        for (a, keys) in self.of(context) {
            for k in keys {
                if *k == whole {
                    return Meant::Action(a.id);
                }
                begins |= k.strip_prefix(whole.as_str()).is_some_and(|rest| rest.starts_with(' '));
            }
        }
        if begins { Meant::Begins } else { Meant::Nothing }
    }

    /// What may follow the keys that wait, as people read it: for the hint line.
    pub fn continuations(&self, context: Context, waiting: &str) -> Vec<(String, &'static str)> {
        self.of(context)
            .flat_map(|(a, keys)| keys.iter().map(move |k| (k, a.word)))
            .filter_map(|(k, word)| Some((shown_key(k.strip_prefix(waiting)?.strip_prefix(' ')?), word)))
            .collect()
    }

    /// Whether a key asks for more than every terminal tells: Ctrl-Enter and the like.
    pub fn needs_protocol(&self) -> bool {
        self.contexts.iter().flatten().flat_map(|(_, keys)| keys).any(|k| !super::chord::is_plain(k))
    }

    /// The first two actions of a context that share a key, or of which one hides the other's sequence: the key, its
    /// action, and the other action.
    pub(super) fn clash(&self, context: Context) -> Option<(String, ActionId, ActionId)> {
        let all: Vec<(&String, ActionId)> =
            self.of(context).flat_map(|(a, keys)| keys.iter().map(move |k| (k, a.id))).collect();
        for (i, (key, id)) in all.iter().enumerate() {
            for (other, other_id) in all.iter().skip(i + 1) {
                let hides = |a: &str, b: &str| b.strip_prefix(a).is_some_and(|r| r.starts_with(' '));
                if id != other_id && (key == other || hides(key, other) || hides(other, key)) {
                    return Some(((*key).clone(), *id, *other_id));
                }
            }
        }
        None
    }
}
