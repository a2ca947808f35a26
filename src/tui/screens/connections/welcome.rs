//! A new home: what tieout does, and the four steps until there is something to see.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use crate::engine::Door;
use crate::systems::registry;
use crate::tui::app::{Model, Phase, Screen};
use crate::tui::keys::{ActionId, Context};
use crate::tui::text::wrap;
use crate::tui::theme::Meaning;
use crate::tui::widgets::{put, rule};

const WHAT: &str = "tieout brings approved spend from SAP Concur into your ledger: expense reports, invoices and cash \
                    advances become bills, card charges and journals that you see before they are written.";
const WHEN: &str = "Nothing is posted until you have connected both systems, looked at the preview, taken the book live by \
                    typing the ledger's name, and approved the documents.";

/// The steps of a new home, each with whether it is done.
pub fn steps(model: &Model) -> [(&'static str, bool); 4] {
    let has = |fits: fn(&registry::Entry) -> bool| {
        model.connections.iter().any(|c| registry::named(&c.system).is_some_and(fits))
    };
    let vault = !matches!(model.connection_list.looked.as_ref().map(|l| &l.door), Some(Door::NotMade(_)));
    let source = has(|e| e.source.is_some());
    let ledger = has(|e| e.push.is_some());
    [
        ("Choose how the secrets are kept", vault),
        ("Connect SAP Concur", source),
        ("Connect the ledger", ledger),
        ("Tie the two into a book", !model.books.is_empty()),
    ]
}

/// The step that is next, from 1; none: all are done.
pub fn next(model: &Model) -> Option<usize> {
    steps(model).iter().position(|(_, done)| !done).map(|i| i + 1)
}

/// Whether a screen has nothing to show yet and points here.
pub fn points(model: &Model, screen: Screen) -> bool {
    model.phase == Phase::Open
        && model.queue.loaded
        && model.books.is_empty()
        && !matches!(screen, Screen::Connections | Screen::Audit | Screen::Activity)
}

/// What an empty screen says.
pub fn pointer(model: &Model, buf: &mut Buffer, area: Rect) {
    let theme = &model.look.theme;
    let w = usize::from(area.width).saturating_sub(4);
    rule(buf, area, 0, "nothing to show yet", "", theme);
    let step = match next(model) {
        Some(n) => format!("Set-up, part {n} of 4: {}.", steps(model)[n - 1].0),
        None => String::new(),
    };
    let text = [
        "There is no book yet, so there are no documents.".to_string(),
        step,
        format!(
            "{} opens the connections: the set-up goes on there. {} leaves; `tieout demo` shows a sample firm.",
            model.key(ActionId::ScreenConnections),
            model.key(ActionId::Quit)
        ),
    ];
    let mut y = 2;
    for t in text {
        for l in wrap(&t, w) {
            put(buf, area, y, Line::styled(format!("  {l}"), theme.style(Meaning::Text)));
            y += 1;
        }
        y += 1;
    }
}

/// Draws the welcome; says how many lines it took.
pub fn draw(model: &Model, buf: &mut Buffer, area: Rect) -> u16 {
    let theme = &model.look.theme;
    let w = usize::from(area.width).saturating_sub(4).min(96);
    let at = next(model);
    let right = at.map(|n| format!("set-up, part {n} of 4")).unwrap_or_default();
    rule(buf, area, 0, "welcome to tieout", &right, theme);
    let mut y = 1;
    let mut say = |text: &str, meaning, y: &mut u16| {
        for l in wrap(text, w) {
            put(buf, area, *y, Line::styled(format!("  {l}"), theme.style(meaning)));
            *y += 1;
        }
    };
    if model.connections.is_empty() {
        y += 1;
        say(WHAT, Meaning::Text, &mut y);
        y += 1;
        say(WHEN, Meaning::Text, &mut y);
        y += 1;
    }
    for (i, (step, done)) in steps(model).iter().enumerate() {
        let here = at == Some(i + 1);
        let sign = if *done {
            "✓"
        } else if here {
            ">"
        } else {
            "○"
        };
        let meaning = if *done {
            Meaning::Ok
        } else if here {
            Meaning::Focus
        } else {
            Meaning::Muted
        };
        say(&format!("{sign} {}. {step}", i + 1), meaning, &mut y);
    }
    y += 1;
    let new = model.key(ActionId::NewConnection);
    let what = match at {
        Some(1) if model.look.read_only => {
            "This console is read-only: start tieout without --read-only.".into()
        }
        Some(1) => format!("{new} begins: it asks how the secrets are kept, and goes on to SAP Concur."),
        Some(2) => format!("{new} connects SAP Concur."),
        Some(3) => format!("{new} connects the ledger."),
        Some(4) => format!(
            "{} shows the books; {} there ties Concur and the ledger into a book.",
            model.key(ActionId::AccountsPart),
            model.look.keys.says(Context::Books, ActionId::PairBook)
        ),
        _ => String::new(),
    };
    say(&what, Meaning::Accent, &mut y);
    if model.connections.is_empty() {
        let text = format!(
            "To look around first: {} leaves, and `tieout demo` shows a sample firm.",
            model.key(ActionId::Quit)
        );
        say(&text, Meaning::Muted, &mut y);
    }
    y + 1
}
