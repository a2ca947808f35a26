//! What the looks make of actions and answers.

use std::sync::Arc;

use crate::model::Mode;
use crate::model::book::Book;
use crate::store::Total;
use crate::tui::app::system_title;
use crate::tui::app::{Level, Model, Phase};
use crate::tui::effect::Effect;
use crate::tui::format::count;
use crate::tui::keys::{ActionId, Context, KeyMap, shown_key};
use crate::tui::layers::chooser::{Chooser, Row};
use crate::tui::layers::finder::{Found, Item, signs};
use crate::tui::layers::{Finder, Layer};
use crate::tui::screens::queue::Tab;
use crate::tui::settings::Problem;
use crate::tui::text::clean;
use crate::tui::theme::Loaded;

use super::effect::{LookEffect, LookMsg, Why};
use super::place::{Place, months};

/// Takes an answer.
pub fn arrive(model: &mut Model, msg: LookMsg) -> Vec<Effect> {
    match msg {
        LookMsg::KeysSaved => return vec![Effect::LookRoom(LookEffect::Keys)],
        LookMsg::ThemesSaved => {
            let name = model.look.theme_name.clone();
            return vec![Effect::LookRoom(LookEffect::Theme { name, why: Why::Saved })];
        }
        LookMsg::Keys(read) => keys(model, read.keys, &read.problems),
        LookMsg::Theme(name, why, loaded) => theme(model, name, why, *loaded),
        LookMsg::Themes(listed) => {
            let here = model.look.theme_name.clone();
            let rows = listed
                .into_iter()
                .map(|l| Row {
                    here: l.name == here,
                    title: clean(&l.name),
                    note: l.note,
                    place: Place::Theme(l.name),
                })
                .collect();
            model.layers.push(Layer::Chooser(Box::new(Chooser::new("Theme", rows).of_themes(here))));
        }
        LookMsg::Books(Ok(totals)) => counted(model, &totals),
        LookMsg::Books(Err(why)) => {
            model.say(Level::Warning, format!("The open documents of the books cannot be counted: {why}"));
        }
        LookMsg::Kept(name, Ok(path)) => {
            model.say(Level::Info, format!("The theme {} is kept in {}.", clean(&name), clean(&path)));
        }
        LookMsg::Kept(name, Err(why)) => {
            let name = clean(&name);
            model.say(Level::Warning, format!("{name} is shown now, but cannot be kept: {}.", clean(&why)));
        }
        LookMsg::Happened(Ok(said)) => model.say(Level::Info, clean(&said)),
        LookMsg::Happened(Err(why)) => model.say(Level::Warning, clean(&why)),
        LookMsg::Found(serial, typed, answer) => {
            for layer in &mut model.layers {
                if let Layer::Finder(f) = layer {
                    f.found(serial, &typed, answer);
                    break;
                }
            }
        }
    }
    Vec::new()
}

fn keys(model: &mut Model, keys: KeyMap, problems: &[Problem]) {
    let changed = *model.look.keys != keys;
    model.look.keys = Arc::new(keys);
    // an open help tells the keys that were
    model.layers.retain(|l| !matches!(l, Layer::Finder(_)));
    model.waiting = None;
    if problems.is_empty() && changed {
        model.say(Level::Info, "The keys of keys.toml are in force.");
    }
    tell(model, problems);
}

fn theme(model: &mut Model, name: String, why: Why, loaded: Loaded) {
    match (loaded.theme, why) {
        // the last good one stays until the file is whole
        (Some(_), Why::Saved) if !loaded.problems.is_empty() => {}
        (Some(theme), Why::Saved) => {
            if theme != model.look.theme {
                model.look.theme = theme;
                model.say(Level::Info, format!("The theme {} was read again.", clean(&name)));
            }
            return;
        }
        (Some(theme), Why::Preview) => {
            model.look.theme = theme;
            return;
        }
        (Some(theme), Why::Chosen) => {
            model.look.theme = theme;
            model.look.theme_name = name;
        }
        (None, _) => {}
    }
    tell(model, &loaded.problems);
}

/// Says the first problems; all of them when there are few.
fn tell(model: &mut Model, problems: &[Problem]) {
    for p in problems.iter().take(2) {
        model.say(Level::Warning, p.to_string());
    }
    if let Some(third) = problems.get(2) {
        let more = problems.len() - 3;
        let tail = if more > 0 { format!(" · and {more} more in {}", third.file) } else { String::new() };
        model.say(Level::Warning, format!("{third}{tail}"));
    }
}

/// The headings of the help: what one comes for first, what every program has last.
const GROUPS: [&str; 7] = ["Decide", "Choose", "Look", "Work", "Move", "Screens", "Program"];

/// Opens the help or the palette.
pub fn open_finder(model: &mut Model, fuzzy: bool) {
    let context = model.context();
    let running = model.working().map(|_| Context::Running);
    let contexts = running.into_iter().chain([context]);
    let mut items: Vec<Item> = contexts
        .flat_map(|c| model.look.keys.of(c))
        .map(|(a, keys)| Item {
            found: Found::Action(a.id),
            keys: keys.iter().map(|k| shown_key(k)).collect::<Vec<_>>().join(" · "),
            title: a.word.into(),
            text: a.help.into(),
            group: a.group,
            why_not: crate::tui::app::possible(model, a.id).err(),
        })
        .collect();
    if fuzzy {
        items.extend(places(model));
        // documents can be looked for once the store is open
        let serial = (model.phase == Phase::Open).then(|| model.next_question());
        let finder = Finder::palette(items, serial, model.book.clone());
        model.layers.push(Layer::Finder(Box::new(finder)));
    } else {
        // one heading for each group, whatever the order of the table
        let mut groups: Vec<&str> = GROUPS.to_vec();
        for i in &items {
            if !groups.contains(&i.group) {
                groups.push(i.group);
            }
        }
        items.sort_by_key(|i| groups.iter().position(|g| *g == i.group));
        items.extend(signs());
        let title = format!("Keys · {}", context.word());
        model.layers.push(Layer::Finder(Box::new(Finder::help(title, items))));
    }
}

/// Books, connections, months and themes for the palette.
fn places(model: &Model) -> Vec<Item> {
    let item = |keys: &str, title: String, text: String, place: Place| Item {
        found: Found::Place(place),
        keys: keys.into(),
        title,
        text,
        group: "Places",
        why_not: None,
    };
    let mut out = Vec::new();
    for b in &model.books {
        let text = format!("{} · {}", clean(&b.settings.company), mode(b));
        out.push(item("book", clean(b.id.as_str()), text, Place::Book(b.id.clone())));
    }
    for c in &model.connections {
        let title = clean(c.id.as_str());
        let text = crate::tui::app::system_title(&c.system);
        out.push(item("connection", title, text, Place::Connection(c.id.clone())));
    }
    if model.book.is_some() {
        for m in months(model) {
            let title = format!("tie-out {}", m.strftime("%Y-%m"));
            out.push(item("month", title, "The tie-out of this month.".into(), Place::Month(m)));
        }
    }
    for (at, (title, text)) in model.look.happenings.iter().enumerate() {
        let (title, text) = (clean(title), clean(text));
        let keys = model.environment.to_lowercase();
        out.push(item(&keys, title, text, Place::Happening(at)));
    }
    for (name, note, _) in crate::tui::theme::BUILT_IN {
        let title = format!("theme {name}");
        out.push(item("theme", title, (*note).into(), Place::Theme(name.into())));
    }
    out
}

/// Opens the chooser of books.
pub fn open_books(model: &mut Model) -> Vec<Effect> {
    let rows = model
        .books
        .iter()
        .map(|b| Row {
            here: model.book.as_ref() == Some(&b.id),
            title: clean(b.id.as_str()),
            note: note(model, b, None),
            place: Place::Book(b.id.clone()),
        })
        .collect();
    model.layers.push(Layer::Chooser(Box::new(Chooser::new("Book", rows))));
    vec![Effect::LookRoom(LookEffect::Books)]
}

/// `live`, `preview: posts nothing`, with `paused`.
fn mode(book: &Book) -> String {
    let word = match book.mode {
        Mode::Preview => "preview: posts nothing",
        Mode::Live => "live",
    };
    if book.paused { format!("{word}, paused") } else { word.into() }
}

/// What the chooser says of a book. `totals`: of all books, once they are counted.
fn note(model: &Model, book: &Book, totals: Option<&[Total]>) -> String {
    let ledger = model.connections.iter().find(|c| c.id == book.ledger).map(|c| c.system.as_str());
    let ledger = ledger.map(system_title).unwrap_or_default();
    let open = Tab::Open.states();
    let mine = |t: &&Total| t.book.as_ref() == Some(&book.id) && open.contains(&t.state);
    let waits = match totals {
        None => "…".into(),
        Some(all) => count(all.iter().filter(mine).map(|t| t.count).sum()),
    };
    format!("{} → {ledger} · {} · {waits} open", clean(&book.settings.company), mode(book))
}

/// Fills the counts into the chooser of books.
fn counted(model: &mut Model, totals: &[Total]) {
    let notes: Vec<(Place, String)> =
        model.books.iter().map(|b| (Place::Book(b.id.clone()), note(model, b, Some(totals)))).collect();
    for layer in &mut model.layers {
        let Layer::Chooser(chooser) = layer else { continue };
        for row in &mut chooser.rows {
            if let Some((_, note)) = notes.iter().find(|(place, _)| *place == row.place) {
                row.note.clone_from(note);
            }
        }
    }
}

/// Asks for the themes; the chooser opens with them.
pub fn choose_theme() -> Vec<Effect> {
    vec![Effect::LookRoom(LookEffect::Themes)]
}

/// The action that closes the program when `q` is typed into the palette.
pub const QUIT_WORDS: [&str; 5] = ["q", "q!", "qa", "quit", "exit"];

/// The action behind a word that other programs taught.
pub fn known_word(typed: &str) -> Option<ActionId> {
    QUIT_WORDS.contains(&typed.trim()).then_some(ActionId::Quit)
}
