//! The part of the connections and books that the root calls: actions, keys, answers, forms.

use crossterm::event::KeyEvent;

use crate::engine::visit_look::calls_us;
use crate::engine::{Ask, Door, EventsAct};
use crate::store::ConnectionRow;
use crate::systems::registry;
use crate::tui::app::{Level, Model, Phase, Screen, system_title};
use crate::tui::effect::Effect;
use crate::tui::keys::ActionId;
use crate::tui::layers::wizard::{Setting, Wizard};
use crate::tui::layers::{Answers, Confirm, Field, Form, FormFor, Layer, Reader};
use crate::tui::text::clean;

use super::effect::{ConnectionEffect, ConnectionForm, ConnectionMsg};
use super::{Part, book_acts};

/// The connection under the cursor.
pub fn connection(model: &Model) -> Option<&ConnectionRow> {
    model.connections.get(model.connection_list.cursor.at)
}

/// Asks what is known beside the rows.
pub fn look(model: &mut Model) -> Effect {
    let generation = model.next_question();
    model.connection_list.asked = generation;
    Effect::ConnectionRoom(ConnectionEffect::Look { generation })
}

/// Books and connections came: cursors stay inside, and a new home begins here.
pub fn facts(model: &mut Model) {
    let rows = model.list_rows();
    model.connection_list.cursor.fit(model.connections.len(), rows);
    model.connection_list.book_cursor.fit(model.books.len(), rows);
    let can_pair = pairable(model).is_ok();
    for layer in &mut model.layers {
        if let Layer::Wizard(w) = layer {
            w.settled(can_pair);
        }
    }
    if !std::mem::replace(&mut model.connection_list.greeted, true)
        && model.books.is_empty()
        && model.screen == Screen::Queue
    {
        model.screen = Screen::Connections;
    }
}

/// Moves the cursor of the part that is shown.
pub fn moved(model: &mut Model, id: ActionId) {
    let rows = model.list_rows();
    match model.connection_list.part {
        Part::Connections => {
            let n = model.connections.len();
            model.connection_list.cursor.act(id, n, rows);
        }
        Part::Books => {
            let n = model.books.len();
            model.connection_list.book_cursor.act(id, n, rows);
        }
    }
}

fn setting(model: &Model) -> Setting {
    let list = &model.connection_list;
    let ways = list.ways();
    let taken = model.connections.iter().map(|c| (c.id.0.clone(), c.system.clone())).collect();
    let had_vault = ways.is_empty();
    Setting { ways, had_vault, taken, remote: list.remote, browser: list.browser, can_pair: false }
}

/// Opens the wizard for a new connection.
pub fn connect(model: &mut Model) -> Vec<Effect> {
    model.connection_list.part = Part::Connections;
    let serial = model.next_question();
    let wizard = Wizard::new(serial, setting(model));
    model.layers.push(Layer::Wizard(Box::new(wizard)));
    Vec::new()
}

fn again(model: &mut Model) -> Vec<Effect> {
    let Some(c) = connection(model) else { return Vec::new() };
    let (name, system) = (c.id.0.clone(), system_title(&c.system));
    let serial = model.next_question();
    let wizard = Wizard::again(serial, &name, system, setting(model));
    model.layers.push(Layer::Wizard(Box::new(wizard)));
    vec![Effect::ConnectionRoom(ConnectionEffect::Again { serial, name })]
}

/// Does an action of this screen; none: it is not one.
pub fn act(model: &mut Model, id: ActionId) -> Option<Vec<Effect>> {
    use ActionId::*;
    if let Some(effects) = book_acts::act(model, id) {
        return Some(effects);
    }
    Some(match id {
        NewConnection => connect(model),
        AccountsPart => {
            let list = &mut model.connection_list;
            list.part = if list.part == Part::Books { Part::Connections } else { Part::Books };
            Vec::new()
        }
        Unlock => unlock(model),
        TestConnection => connection(model)
            .map(|c| Effect::Ask(Ask::Test { connection: c.id.clone() }))
            .into_iter()
            .collect(),
        ConnectionEvents => {
            connection(model).map(|c| Effect::EventsText { connection: c.id.clone() }).into_iter().collect()
        }
        Subscribe => events(model, EventsAct::Subscribe),
        Repair => events(model, EventsAct::Repair),
        Reauthorise => again(model),
        WriteQwc => write_qwc(model),
        Disconnect => disconnect(model),
        RestConnection => rest(model),
        _ => return None,
    })
}

/// Asks where the file for the Web Connector is written.
fn write_qwc(model: &mut Model) -> Vec<Effect> {
    let Some(c) = connection(model) else { return Vec::new() };
    let lines = vec![
        "The file for the Web Connector is written again: the same identity and user name, at the address of \
         config.toml. It holds no password; the Web Connector keeps the one that it has."
            .into(),
    ];
    let fields = vec![
        Field::text("file", "File", &format!("{}.qwc", clean(c.id.as_str()))).needed(),
        Field::tick("replace", "Replace", false).help("Replace a file that is there already."),
    ];
    let purpose = FormFor::Connections(ConnectionForm::Qwc(c.id.clone()));
    let form = Form::new(purpose, "The .qwc file", lines, fields, "write it");
    model.layers.push(Layer::Form(Box::new(form)));
    Vec::new()
}

fn unlock(model: &mut Model) -> Vec<Effect> {
    let Some(Door::Locked { passphrase, why }) =
        model.connection_list.looked.as_ref().map(|l| l.door.clone())
    else {
        return Vec::new();
    };
    if !passphrase {
        return vec![Effect::ConnectionRoom(ConnectionEffect::Unlock { passphrase: None })];
    }
    let fields = vec![Field::secret("passphrase", "Passphrase").needed()];
    let purpose = FormFor::Connections(ConnectionForm::Unlock);
    let form = Form::new(purpose, "Unlock the vault", vec![clean(&why)], fields, "unlock");
    model.layers.push(Layer::Form(Box::new(form)));
    Vec::new()
}

/// Books on the connection under the cursor that rest, and that do not.
fn books_on(model: &Model) -> (Vec<String>, Vec<String>) {
    let Some(c) = connection(model) else { return (Vec::new(), Vec::new()) };
    let on = model.books.iter().filter(|b| b.source == c.id || b.ledger == c.id);
    let (resting, going): (Vec<_>, Vec<_>) = on.partition(|b| b.paused);
    let names = |all: Vec<&crate::model::book::Book>| all.iter().map(|b| clean(b.id.as_str())).collect();
    (names(resting), names(going))
}

fn rest(model: &mut Model) -> Vec<Effect> {
    let (paused, going) = books_on(model);
    let Some(c) = connection(model) else { return Vec::new() };
    let resting = !going.is_empty();
    let rested = resting_because(model, &c.id);
    let (all, rest): (Vec<String>, Vec<String>) =
        if resting { (going, paused) } else { paused.into_iter().partition(|name| rested.contains(name)) };
    let mut lines = vec![format!("{} · {}", clean(c.id.as_str()), system_title(&c.system))];
    lines.push(if resting {
        format!("These books rest: {}. Nothing is read, told or posted for them.", all.join(", "))
    } else {
        format!("These books go on: {}.", all.join(", "))
    });
    if !rest.is_empty() {
        lines.push(format!(
            "Paused already, each by itself or for another connection, and left so: {}.",
            rest.join(", ")
        ));
    }
    let (title, yes) = if resting { ("Pause", "pause them") } else { ("Go on", "let them go on") };
    let effects = vec![Effect::ConnectionRoom(ConnectionEffect::Rest { connection: c.id.clone(), resting })];
    let (title, yes) = (title.into(), yes.into());
    model.layers.push(Layer::Confirm(Confirm { question: 0, title, lines, yes, effects }));
    Vec::new()
}

/// Books that rest because this connection rests.
fn resting_because(model: &Model, id: &crate::model::ids::ConnectionId) -> Vec<String> {
    let look = model.connection_list.look_of(id);
    look.map_or_else(Vec::new, |l| l.rested.iter().map(|b| clean(b.as_str())).collect())
}

fn disconnect(model: &mut Model) -> Vec<Effect> {
    let (_, going) = books_on(model);
    let Some(c) = connection(model) else { return Vec::new() };
    let id = c.id.clone();
    let name = clean(c.id.as_str());
    let stops = if going.is_empty() {
        "No book uses it now.".into()
    } else {
        format!("These books rest then: {}.", going.join(", "))
    };
    let waiting = model.connection_list.look_of(&c.id).map_or(0, |l| l.waiting);
    let mut lines = vec![
        format!("{name} · {} · company {}", system_title(&c.system), clean(&c.company)),
        format!(
            "The system takes the sign-in back where it can, and the secrets of this connection are removed here. \
             The connection itself, its documents and the audit trail stay; {} signs in again later.",
            model.key(ActionId::Reauthorise)
        ),
        stops,
    ];
    if waiting > 0 {
        lines.push(format!("{waiting} documents wait for it and will go on waiting."));
    }
    lines.push(format!("Type {name} to disconnect it."));
    let fields = vec![Field::text("name", "Name", "").needed()];
    let purpose = FormFor::Connections(ConnectionForm::Disconnect(id));
    let form = Form::new(purpose, "Disconnect", lines, fields, "disconnect");
    model.layers.push(Layer::Form(Box::new(form)));
    Vec::new()
}

/// Asks before a system is told where to deliver.
fn events(model: &mut Model, what: EventsAct) -> Vec<Effect> {
    let Some(c) = connection(model) else { return Vec::new() };
    let (title, yes, words) = match what {
        EventsAct::Repair => (
            "Repair",
            "repair",
            "Subscriptions of ours that are missing or were changed are made again. Those of others stay.",
        ),
        _ => (
            "Subscribe",
            "subscribe",
            "The system is asked to deliver the events of its documents to the configured address, and the \
             subscriptions are kept so. Documents are found by polling all the same.",
        ),
    };
    let who = format!("{} · {} · {}", clean(c.id.as_str()), system_title(&c.system), clean(&c.company));
    let effects = vec![Effect::Ask(Ask::Events { connection: Some(c.id.clone()), what })];
    let lines = vec![who, words.into()];
    let (title, yes) = (title.into(), yes.into());
    model.layers.push(Layer::Confirm(Confirm { question: 0, title, lines, yes, effects }));
    Vec::new()
}

/// The keys that connect a system from the books.
fn there(model: &Model) -> String {
    format!("{}, then {}", model.key(ActionId::AccountsPart), model.key(ActionId::NewConnection))
}

/// Whether there is something to tie into a book.
pub fn pairable(model: &Model) -> Result<(), String> {
    let has = |fits: fn(&registry::Entry) -> bool| {
        model.connections.iter().any(|c| registry::named(&c.system).is_some_and(fits))
    };
    match (has(|e| e.source.is_some()), has(|e| e.push.is_some())) {
        (true, true) => Ok(()),
        (false, _) => Err(format!("SAP Concur is not connected yet: {}", there(model))),
        (true, false) => Err(format!("no ledger is connected yet: {}", there(model))),
    }
}

/// Whether an action that changes something is possible while the vault is closed.
pub fn while_closed(model: &Model, id: ActionId) -> Result<(), String> {
    let made = model.connection_list.ways().is_empty();
    match id {
        ActionId::NewConnection | ActionId::Connect if !made => Ok(()),
        _ if made => Err(format!(
            "the vault is locked, so nothing is done: {} shows the connections, {} unlocks it there",
            model.key(ActionId::ScreenConnections),
            model.key(ActionId::Unlock)
        )),
        _ => Err(format!(
            "nothing is connected yet: {} shows the connections, {} begins there",
            model.key(ActionId::ScreenConnections),
            model.key(ActionId::NewConnection)
        )),
    }
}

/// Whether an action of this screen is possible now; none: it is not one.
pub fn possible(model: &Model, id: ActionId) -> Option<Result<(), String>> {
    use ActionId::*;
    if let Some(answer) = book_acts::possible(model, id) {
        return Some(answer);
    }
    let new = model.key(NewConnection);
    let here = || connection(model).ok_or_else(|| format!("there is no connection yet: {new} makes one"));
    let with_events = |c: &ConnectionRow| match registry::named(&c.system).and_then(|e| e.subscriptions) {
        Some(_) => Ok(()),
        None => Err(format!("{} has no events to subscribe to here", system_title(&c.system))),
    };
    Some(match id {
        NewConnection | AccountsPart => Ok(()),
        Unlock => match model.connection_list.looked.as_ref().map(|l| &l.door) {
            Some(Door::Locked { .. }) => Ok(()),
            Some(Door::NotMade(_)) => {
                Err(format!("there is no vault yet: {new} makes it with the first connection"))
            }
            _ => Err("the vault is open".into()),
        },
        TestConnection | ConnectionEvents | Reauthorise | Disconnect => here().map(|_| ()),
        WriteQwc => here().and_then(|c| {
            let title = system_title(&c.system);
            if calls_us(c) {
                Ok(())
            } else {
                Err(format!("{title} has no .qwc file: it is called, and calls nobody"))
            }
        }),
        RestConnection => here().and_then(|_| match books_on(model) {
            (r, g) if r.is_empty() && g.is_empty() => Err("no book uses this connection".into()),
            (_, g)
                if g.is_empty()
                    && connection(model).is_some_and(|c| resting_because(model, &c.id).is_empty()) =>
            {
                let (part, key) = (model.key(AccountsPart), model.key(RestBook));
                Err(format!("its books were paused one by one: {part} shows them, {key} lets one go on"))
            }
            _ => Ok(()),
        }),
        Subscribe | Repair => here().and_then(with_events),
        _ => return None,
    })
}

/// A key for a field of this screen; none: no field has the focus.
pub fn key(_model: &mut Model, _key: KeyEvent) -> Option<Vec<Effect>> {
    None
}

/// A paste for a field of this screen; none: no field has the focus.
pub fn paste(_model: &mut Model, _text: &str) -> Option<Vec<Effect>> {
    None
}

/// The wizard of this number, while it is there.
fn wizard(model: &mut Model, serial: u64) -> Option<&mut Wizard> {
    model.layers.iter_mut().find_map(|l| match l {
        Layer::Wizard(w) if w.serial == serial => Some(&mut **w),
        _ => None,
    })
}

/// An answer.
pub fn arrive(model: &mut Model, msg: ConnectionMsg) -> Vec<Effect> {
    if model.phase == Phase::Opening {
        return Vec::new();
    }
    match msg {
        ConnectionMsg::Look(generation, looked) => {
            if generation == model.connection_list.asked {
                model.connection_list.unlooked = None;
                model.connection_list.looked = Some(looked);
            }
        }
        ConnectionMsg::Unlooked(generation, door, why) => {
            if generation == model.connection_list.asked {
                let looked = super::effect::Looked { door, connections: Vec::new(), books: Vec::new() };
                model.connection_list.looked = Some(Box::new(looked));
                model.connection_list.unlooked = Some(format!("cannot be read: {}", clean(&why)));
            }
        }
        ConnectionMsg::VaultMade(serial, made) => {
            if made.is_ok() {
                model.connection_list.opened();
            }
            if let Some(w) = wizard(model, serial) {
                w.vault_made(made);
            }
            return vec![look(model)];
        }
        ConnectionMsg::Unlocked(Ok(())) => {
            model.connection_list.opened();
            model.close_form();
            model.say(Level::Info, "The vault is open: the engine goes on.");
            return vec![look(model), Effect::Facts];
        }
        ConnectionMsg::Unlocked(Err(why)) => match model.layers.last() {
            Some(Layer::Form(_)) => model.refuse_form("passphrase", why),
            _ => model.say(Level::Error, why),
        },
        ConnectionMsg::Next(serial, title, next) => {
            return wizard(model, serial).map(|w| w.next(title, next)).unwrap_or_default();
        }
        ConnectionMsg::Proved(serial, proved) => {
            return wizard(model, serial).map(|w| w.proved(proved)).unwrap_or_default();
        }
        ConnectionMsg::Kept(serial, kept) => {
            if let Some(w) = wizard(model, serial) {
                w.kept(kept);
            }
            return vec![Effect::Facts, look(model)];
        }
        ConnectionMsg::Browsed(Ok(())) => model.say(Level::Info, "The page was handed to the browser."),
        ConnectionMsg::Browsed(Err(why)) => model.say(Level::Warning, format!("{why} y copies the address.")),
        ConnectionMsg::Done(Ok(text)) => {
            model.say(Level::Info, text);
            return vec![Effect::Facts, look(model)];
        }
        ConnectionMsg::Done(Err(why)) => {
            model.say(Level::Error, why);
            return vec![Effect::Facts];
        }
        ConnectionMsg::BookMade(book) => return book_acts::made(model, book),
        ConnectionMsg::Live(Ok(text)) => {
            model.close_form();
            model.say(Level::Info, text);
            return vec![Effect::Facts, look(model)];
        }
        ConnectionMsg::Live(Err(why)) => model.refuse_form("name", why),
        ConnectionMsg::Qwc(Ok(text)) => {
            model.close_form();
            model.say(Level::Info, text);
            return vec![Effect::Facts, look(model)];
        }
        ConnectionMsg::Qwc(Err(why)) => model.refuse_form("file", why),
        ConnectionMsg::Tried(question, tried) => book_acts::tried(model, question, tried),
        ConnectionMsg::Trial(Ok((title, body))) => {
            model.close_form();
            model.layers.push(Layer::Reader(Reader::of(clean(&title), &body)));
        }
        ConnectionMsg::Trial(Err(why)) => model.refuse_form("", why),
    }
    Vec::new()
}

/// A form was filled in; it stays until it is closed ([`Model::close_form`]) or told what is wrong
/// ([`Model::refuse_form`]).
pub fn submit(model: &mut Model, form: ConnectionForm, answers: &Answers) -> Vec<Effect> {
    super::submit::submit(model, form, answers)
}
