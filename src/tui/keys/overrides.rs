//! `keys.toml`: other keys for actions, by context and id. What is wrong is told by line and key; the rest loads.

use std::ops::Range;

use toml::Spanned;
use toml::de::DeValue;

use super::chord::{is_plain, parse_keys, shown_key};
use super::map::KeyMap;
use super::{Action, ActionId, Context, actions};
use crate::tui::nearest::nearest;
use crate::tui::settings::{Problem, Source, entries};

/// The section for every context in which an action works.
pub const EVERYWHERE: &str = "global";

/// What nobody may take away: the ways out, and the ways to find everything else.
const KEPT: &[ActionId] = &[ActionId::Quit, ActionId::Back, ActionId::Help, ActionId::Palette];

/// The default keys with what the file says over them.
#[derive(Debug, Clone, Default)]
pub struct Read {
    /// The key map.
    pub keys: KeyMap,
    /// What stops nothing, but was not taken.
    pub problems: Vec<Problem>,
}

/// One entry of the file in one context.
struct Override {
    context: Context,
    id: ActionId,
    keys: Vec<String>,
    at: Range<usize>,
    path: String,
    /// Written for this context: it wins over `[global]`.
    own: bool,
}

/// Reads the text of `keys.toml`.
pub fn read(text: &str) -> Read {
    let mut source = Source::new("keys.toml", text);
    let table = source.read();
    let mut wanted = Vec::new();
    for (section, at, value) in entries(table.get_ref()) {
        let context = Context::named(section);
        if context.is_none() && section != EVERYWHERE {
            let known = std::iter::once(EVERYWHERE).chain(Context::ALL.map(Context::name));
            let hint = match (nearest(section, known), named(section)) {
                (Some(near), _) => format!("did you mean [{near}]?"),
                (None, Some(a)) => format!("an action stands in a section: [{}] above it", home(a)),
                (None, None) => {
                    format!("sections are {EVERYWHERE}, {}", Context::ALL.map(Context::name).join(", "))
                }
            };
            source.say(&at, section, format!("there is no section {section:?}; {hint}"));
            continue;
        }
        let DeValue::Table(actions) = value.get_ref() else {
            source.say(&at, section, "a section is written [section], with the actions below it".into());
            continue;
        };
        for (name, at, value) in entries(actions) {
            let path = format!("{section}.{name}");
            if let Some((action, keys)) = entry(&mut source, context, name, &at, &path, value) {
                let contexts = Context::ALL.into_iter().filter(|c| context.is_none_or(|own| own == *c));
                for c in contexts.filter(|c| action.works_in(*c)) {
                    let keys = keys.clone();
                    let (at, path) = (at.clone(), path.clone());
                    wanted.push(Override {
                        context: c,
                        id: action.id,
                        keys,
                        at,
                        path,
                        own: context.is_some(),
                    });
                }
            }
        }
    }
    let keys = settle(&mut source, wanted);
    source.problems.sort_by_key(|p| p.line);
    source.problems.dedup();
    Read { keys, problems: source.problems }
}

fn named(name: &str) -> Option<&'static Action> {
    actions().find(|a| a.name == name)
}

/// The section an action belongs to.
fn home(a: &Action) -> &'static str {
    match a.contexts {
        [one] => one.name(),
        _ => EVERYWHERE,
    }
}

/// One line of the file.
fn entry(
    source: &mut Source<'_>,
    context: Option<Context>,
    name: &str,
    at: &Range<usize>,
    path: &str,
    value: &Spanned<DeValue<'_>>,
) -> Option<(&'static Action, Vec<String>)> {
    let Some(action) = named(name) else {
        let here = actions().filter(|a| context.is_none_or(|c| a.works_in(c))).map(|a| a.name);
        let hint = match nearest(name, here).or_else(|| nearest(name, actions().map(|a| a.name))) {
            Some(near) => format!("did you mean {near:?}?"),
            None => "`tieout keys` lists them".into(),
        };
        source.say(at, path, format!("there is no action {name:?}; {hint}"));
        return None;
    };
    if let Some(c) = context.filter(|c| !action.works_in(*c)) {
        let place = if action.contexts.is_empty() {
            format!("[{EVERYWHERE}]")
        } else {
            action.contexts.iter().map(|c| format!("[{}]", c.name())).collect::<Vec<_>>().join(" or ")
        };
        source.say(at, path, format!("{name:?} does not work in {}; write it under {place}", c.word()));
        return None;
    }
    let one;
    let list: &[Spanned<DeValue<'_>>] = match value.get_ref() {
        DeValue::Array(list) => list,
        DeValue::String(_) => {
            one = [value.clone()];
            &one
        }
        _ => {
            source.say(at, path, "keys are written [\"a\", \"ctrl-d\"], or [] for none".into());
            return None;
        }
    };
    let mut keys: Vec<String> = Vec::new();
    for key in list {
        let parsed = match key.get_ref() {
            DeValue::String(text) => parse_keys(text),
            _ => Err("a key is written in quotes: \"a\"".into()),
        };
        match parsed {
            Ok(k) if k.split(' ').any(|p| p == "ctrl-c") && action.id != ActionId::Stop => {
                source.say(
                    &key.span(),
                    path,
                    "Ctrl-c always stops what is running; choose another key".into(),
                );
            }
            Ok(k) if keys.contains(&k) => {}
            Ok(k) => keys.push(k),
            Err(why) => source.say(&key.span(), path, why),
        }
    }
    if keys.is_empty() && !list.is_empty() {
        // nothing of it could be read: the default stays
        return None;
    }
    if keys.is_empty() && KEPT.contains(&action.id) {
        source.say(
            at,
            path,
            format!("{name:?} needs a key: without it there is no way out; the default stays"),
        );
        return None;
    }
    if !keys.is_empty() && KEPT.contains(&action.id) && !keys.iter().any(|k| is_plain(k)) {
        let list: Vec<_> = keys.iter().map(|k| shown_key(k)).collect();
        let what =
            format!("not every terminal tells {}; {name:?} keeps its default beside it", list.join(", "));
        source.say(at, path, what);
        keys.extend(action.keys.iter().map(|k| (*k).to_string()));
    }
    Some((action, keys))
}

/// Applies what fits. A key that another action of the context has is not taken; of two lines of the file the later
/// one gives way.
fn settle(source: &mut Source<'_>, mut wanted: Vec<Override>) -> KeyMap {
    // what is written for a context wins over what is written for all
    wanted.sort_by_key(|o| (o.own, o.at.start));
    loop {
        let mut map = KeyMap::default();
        for o in &wanted {
            map.set(o.context, o.id, o.keys.clone());
        }
        let Some((context, (key, first, second))) =
            Context::ALL.into_iter().find_map(|c| map.clash(c).map(|x| (c, x)))
        else {
            return map;
        };
        // the line that gives way: the last one in force for either action
        let in_force = |id: ActionId| wanted.iter().rposition(|o| o.context == context && o.id == id);
        let (gives, other) = match (in_force(first), in_force(second)) {
            (Some(a), Some(b)) => {
                let start = |i: usize| wanted.get(i).map_or(0, |o| o.at.start);
                if start(a) > start(b) { (Some(a), second) } else { (Some(b), first) }
            }
            (Some(a), None) => (Some(a), second),
            (None, b) => (b, first),
        };
        let Some(o) = gives.and_then(|i| wanted.get_mut(i)) else {
            // two defaults: a test rules it out
            return map;
        };
        let other = super::action(other);
        let hides = |k: &String| {
            map.keys(context, other.id).iter().any(|k2| {
                k2 == k
                    || k2.strip_prefix(k.as_str()).is_some_and(|r| r.starts_with(' '))
                    || k.strip_prefix(k2.as_str()).is_some_and(|r| r.starts_with(' '))
            })
        };
        let what = format!(
            "{} is taken in {} by {:?} ({}); give that one another key, or choose one here; this key was not taken",
            shown_key(o.keys.iter().find(|k| hides(k)).unwrap_or(&key)),
            context.word(),
            other.name,
            other.help.trim_end_matches('.'),
        );
        let (at, path) = (o.at.clone(), o.path.clone());
        o.keys.retain(|k| !hides(k));
        let empty = o.keys.is_empty();
        source.say(&at, &path, what);
        if empty && let Some(i) = gives {
            // the default stays
            wanted.remove(i);
        }
    }
}
