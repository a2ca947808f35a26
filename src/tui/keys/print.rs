//! The key map as a table, and as a commented `keys.toml`.

use super::map::KeyMap;
use super::overrides::EVERYWHERE;
use super::{Action, Context, Danger, actions, shown_key};

/// A line of the printed key map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyLine {
    /// Id.
    pub name: &'static str,
    /// Keys as people read them; none: unbound.
    pub keys: Vec<String>,
    /// Where it works, `everywhere` or the screens.
    pub contexts: String,
    /// Heading.
    pub group: &'static str,
    /// Sentence.
    pub help: &'static str,
    /// Asks before it acts.
    pub asks: bool,
}

/// The key map, for `tieout keys` and the README: a line for each action, more where its keys differ by screen.
pub fn key_table(map: &KeyMap) -> Vec<KeyLine> {
    let mut out = Vec::new();
    for a in actions() {
        let mut parts: Vec<(Vec<Context>, &[String])> = Vec::new();
        for c in Context::ALL.into_iter().filter(|c| a.works_in(*c)) {
            let keys = map.keys(c, a.id);
            match parts.iter_mut().find(|(_, k)| *k == keys) {
                Some((contexts, _)) => contexts.push(c),
                None => parts.push((vec![c], keys)),
            }
        }
        let whole = parts.len() == 1;
        for (contexts, keys) in parts {
            out.push(KeyLine {
                name: a.name,
                keys: keys.iter().map(|k| shown_key(k)).collect(),
                contexts: if a.contexts.is_empty() && whole {
                    "everywhere".into()
                } else {
                    contexts.iter().map(|c| c.word()).collect::<Vec<_>>().join(", ")
                },
                group: a.group,
                help: a.help,
                asks: a.danger == Danger::Irreversible,
            });
        }
    }
    out
}

/// A new `keys.toml`: every action with its default keys, explained and commented out.
pub fn commented_default() -> String {
    let mut out = String::from(
        "# Keys of the console. Take the # away from a line and write other keys; saving the file is enough.\n\
         # A key is a letter (a, A), a name (space, enter, esc, tab, backtab, backspace, insert, delete, home, end,\n\
         # pgup, pgdn, up, down, left, right, f1 to f12), with ctrl-, alt- or shift- before it, or several in a row\n\
         # (\"g g\"). [] takes every key of an action away; the palette still finds it.\n\
         # [global] speaks of every screen where an action works; a section of a screen wins over it there.\n",
    );
    let section = |out: &mut String, name: &str, actions: Vec<&'static Action>| {
        if actions.is_empty() {
            return;
        }
        out.push_str(&format!("\n[{name}]\n"));
        for a in actions {
            let place = if name == EVERYWHERE && !a.contexts.is_empty() {
                let words: Vec<_> = a.contexts.iter().map(|c| c.word()).collect();
                format!(" (in {})", words.join(", "))
            } else {
                String::new()
            };
            let keys: Vec<String> = a.keys.iter().map(|k| format!("{k:?}")).collect();
            out.push_str(&format!("# {}{place}\n#{} = [{}]\n", a.help, a.name, keys.join(", ")));
        }
    };
    section(&mut out, EVERYWHERE, actions().filter(|a| a.contexts.len() != 1).collect());
    for c in Context::ALL {
        section(&mut out, c.name(), actions().filter(|a| a.contexts == [c]).collect());
    }
    out
}
