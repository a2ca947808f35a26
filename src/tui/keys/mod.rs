//! One registry of actions: dispatch, footer, help, palette and `tieout keys` come from the same table.

mod chord;
mod table;

pub use chord::key_name;
pub use table::{actions, hints};

/// Where an action works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Context {
    /// The queue.
    Queue,
    /// The queue, grouped by finding.
    Groups,
    /// One document.
    Document,
    /// The mapping rules.
    Mappings,
    /// The connections.
    Connections,
    /// The audit trail.
    Audit,
    /// The tie-out report.
    Tieout,
    /// What happened.
    Activity,
}

impl Context {
    /// All.
    pub const ALL: [Context; 8] = [
        Context::Queue,
        Context::Groups,
        Context::Document,
        Context::Mappings,
        Context::Connections,
        Context::Audit,
        Context::Tieout,
        Context::Activity,
    ];

    /// For people.
    pub fn word(self) -> &'static str {
        match self {
            Context::Queue => "queue",
            Context::Groups => "findings",
            Context::Document => "document",
            Context::Mappings => "mappings",
            Context::Connections => "connections",
            Context::Audit => "audit",
            Context::Tieout => "tie-out",
            Context::Activity => "activity",
        }
    }
}

/// How much an action can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Danger {
    /// Looks, moves, copies.
    None,
    /// Changes something that can be taken back.
    Changes,
    /// Leaves the program's control: asks in a dialog first.
    Irreversible,
}

macro_rules! ids {
    ($($id:ident),* $(,)?) => {
        /// What a person can do.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[allow(missing_docs)]
        pub enum ActionId { $($id,)* }
        impl ActionId {
            /// All, in the order of the table.
            pub const ALL: &'static [ActionId] = &[$(ActionId::$id,)*];
        }
    };
}

ids! {
    // move
    Down, Up, PageDown, PageUp, HalfDown, HalfUp, Top, Bottom, Open, Back, NextPart, PreviousPart, Left, Right, Filter,
    // queue
    Mark, Range, MarkAll, SortLeft, SortRight, SortTurn, Group,
    // document
    Approve, Withdraw, Post, Hold, Reject, Close, Fix, Adopt, Retry, Reverse, Repost, ApproveRest, Trail, Request, Raw, Copy,
    // mappings
    // connections
    TestConnection, ConnectionEvents, Subscribe, Repair,
    // audit
    // tieout
    TieoutOpen, PreviousPeriod, NextPeriod, TieoutCurrencyBefore, TieoutCurrencyNext, TieoutSplit, TieoutHome, TieoutComment, TieoutExport, TieoutAccrue, TieoutSign, TieoutReview, TieoutReopen, TieoutLock,
    // activity
    // program
    Fetch, Stop, Refresh, Redraw, ScreenQueue, ScreenMappings, ScreenConnections, ScreenAudit, ScreenTieout, ScreenActivity, LastScreen, NextBook, Palette, Help, Messages, Suspend, Quit,
}

/// One action.
#[derive(Debug, Clone, Copy)]
pub struct Action {
    /// Its id.
    pub id: ActionId,
    /// The id in `keys.toml` and in `tieout keys`.
    pub name: &'static str,
    /// One or two words, as the footer says it.
    pub word: &'static str,
    /// One sentence.
    pub help: &'static str,
    /// The heading of the help.
    pub group: &'static str,
    /// Where it works; empty: everywhere.
    pub contexts: &'static [Context],
    /// Keys, most natural first: `a`, `ctrl-d`, `g g`.
    pub keys: &'static [&'static str],
    /// What it can do.
    pub danger: Danger,
}

impl Action {
    /// Whether it works in a context.
    pub fn works_in(&self, context: Context) -> bool {
        self.contexts.is_empty() || self.contexts.contains(&context)
    }

    /// The first key, as the footer shows it.
    pub fn key(&self) -> &'static str {
        self.keys.first().copied().map_or("", shown_key)
    }
}

/// A key as people read it: `g g` stays, `space` becomes `Space`.
pub fn shown_key(key: &'static str) -> &'static str {
    match key {
        "enter" => "Enter",
        "esc" => "Esc",
        "space" => "Space",
        "tab" => "Tab",
        "backtab" => "Shift-Tab",
        "pgdn" => "PgDn",
        "pgup" => "PgUp",
        "home" => "Home",
        "end" => "End",
        "up" => "↑",
        "down" => "↓",
        "left" => "←",
        "right" => "→",
        "ctrl-a" => "Ctrl-a",
        "ctrl-c" => "Ctrl-c",
        "ctrl-d" => "Ctrl-d",
        "ctrl-l" => "Ctrl-l",
        "ctrl-p" => "Ctrl-p",
        "ctrl-r" => "Ctrl-r",
        "ctrl-u" => "Ctrl-u",
        "ctrl-z" => "Ctrl-z",
        other => other,
    }
}

/// The action of this id.
pub fn action(id: ActionId) -> &'static Action {
    // the table is complete: a test walks it
    actions().find(|a| a.id == id).unwrap_or(&table::UNKNOWN)
}

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

/// Looks a key up. `waiting` holds the keys of an unfinished sequence, joined by spaces.
pub fn meant(context: Context, waiting: Option<&str>, key: &str) -> Meant {
    let whole = waiting.map_or_else(|| key.to_string(), |w| format!("{w} {key}"));
    let mut begins = false;
    for a in actions().filter(|a| a.works_in(context)) {
        for k in a.keys {
            if *k == whole {
                return Meant::Action(a.id);
            }
            begins |= k.strip_prefix(whole.as_str()).is_some_and(|rest| rest.starts_with(' '));
        }
    }
    if begins { Meant::Begins } else { Meant::Nothing }
}

/// What may follow the keys that wait: for the hint line.
pub fn continuations(context: Context, waiting: &str) -> Vec<(&'static str, &'static str)> {
    actions()
        .filter(|a| a.works_in(context))
        .flat_map(|a| a.keys.iter().map(move |k| (*k, a.word)))
        .filter_map(|(k, word)| Some((k.strip_prefix(waiting)?.strip_prefix(' ')?, word)))
        .collect()
}

/// A line of the printed key map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyLine {
    /// Id.
    pub name: &'static str,
    /// Keys as people read them.
    pub keys: Vec<&'static str>,
    /// Where it works, `everywhere` or the screens.
    pub contexts: String,
    /// Heading.
    pub group: &'static str,
    /// Sentence.
    pub help: &'static str,
    /// Asks before it acts.
    pub asks: bool,
}

/// The default key map, for `tieout keys` and the README.
pub fn key_table() -> Vec<KeyLine> {
    actions()
        .map(|a| KeyLine {
            name: a.name,
            keys: a.keys.iter().map(|k| shown_key(k)).collect(),
            contexts: if a.contexts.is_empty() {
                "everywhere".into()
            } else {
                a.contexts.iter().map(|c| c.word()).collect::<Vec<_>>().join(", ")
            },
            group: a.group,
            help: a.help,
            asks: a.danger == Danger::Irreversible,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_complete_and_without_clashes() {
        let ids: Vec<_> = actions().map(|a| a.id).collect();
        assert_eq!(ids, ActionId::ALL);
        let mut names: Vec<_> = actions().map(|a| a.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), actions().count());
        for c in Context::ALL {
            let mut keys: Vec<_> =
                actions().filter(|a| a.works_in(c)).flat_map(|a| a.keys.iter().copied()).collect();
            let n = keys.len();
            keys.sort_unstable();
            keys.dedup();
            assert_eq!(keys.len(), n, "two actions share a key in {}", c.word());
            for k in &keys {
                let prefix = format!("{k} ");
                assert!(!keys.iter().any(|o| o.starts_with(&prefix)), "{k} hides a sequence in {}", c.word());
            }
        }
    }

    #[test]
    fn footers_name_at_most_six_actions_that_work_there() {
        for c in Context::ALL {
            assert!(hints(c).len() <= 6);
            for id in hints(c) {
                let a = action(*id);
                assert!(a.works_in(c) && !a.keys.is_empty(), "{} in {}", a.name, c.word());
            }
        }
    }

    #[test]
    fn sequences_wait_and_end() {
        assert_eq!(meant(Context::Queue, None, "g"), Meant::Begins);
        assert_eq!(meant(Context::Queue, Some("g"), "g"), Meant::Action(ActionId::Top));
        assert_eq!(meant(Context::Queue, Some("g"), "f"), Meant::Action(ActionId::Group));
        assert_eq!(meant(Context::Queue, Some("g"), "q"), Meant::Nothing);
        assert!(continuations(Context::Queue, "g").contains(&("f", "group findings")));
    }
}
