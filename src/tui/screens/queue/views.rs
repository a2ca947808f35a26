//! Views: a tab, a filter and a sort under a name. Some are built in, the others are kept for each person.

use crate::model::filter::Filter;
use crate::model::state::Group;
use crate::store::{SavedView, Sort};
use crate::tui::app::{Level, Model};
use crate::tui::effect::Effect;
use crate::tui::keys::ActionId;
use crate::tui::layers::{Answers, Field, Form, FormFor, Layer, Views};
use crate::tui::msg::Said;
use crate::tui::text::clean;

use super::effect::{QueueEffect, QueueForm};
use super::undo::Place;
use super::{Queue, Tab};

/// The longest name of a view, in characters.
const LONGEST: usize = 40;

/// The views that everybody has.
pub fn built_in() -> Vec<SavedView> {
    let view = |name: &str, tab: Tab, filter: &str, sort, descending| SavedView {
        name: name.into(),
        tab: tab.word().into(),
        filter: filter.into(),
        sort,
        descending,
    };
    vec![
        view("blocked over 1,000", Tab::Of(Group::Blocked), "amount>1000", Sort::Amount, true),
        view("largest first", Tab::Open, "", Sort::Amount, true),
        view("waits longest", Tab::Open, "", Sort::Arrived, false),
        view("credits and refunds", Tab::Open, "amount<0", Sort::Amount, false),
        view("cash advances", Tab::Open, "kind:adv", Sort::PostingDate, false),
        view("closed period", Tab::Open, "finding:period_closed", Sort::PostingDate, false),
    ]
}

/// The tab of this word; the first one for a word that an older version wrote.
fn tab_of(word: &str) -> Tab {
    Tab::ALL.into_iter().find(|t| t.word() == word).unwrap_or_default()
}

impl Queue {
    /// The name of the view that is on the screen, while nothing of it was changed.
    pub fn view_name(&self) -> Option<&str> {
        let v = self.view.as_ref()?;
        let same = tab_of(&v.tab) == self.tab
            && v.filter.trim() == self.search.trim()
            && v.sort == self.sort
            && v.descending == self.descending
            && self.finding.is_none();
        same.then_some(v.name.as_str())
    }
}

fn person(model: &Model) -> String {
    model.actor.as_ref().map(|a| a.name.clone()).unwrap_or_default()
}

/// Opens the list of views.
pub fn open(model: &mut Model) -> Vec<Effect> {
    model.layers.push(Layer::Views(Box::new(Views::new(built_in()))));
    vec![Effect::QueueRoom(QueueEffect::Views { person: person(model) })]
}

/// Asks for the name of the view that is on the screen.
pub fn ask_name(model: &mut Model) -> Vec<Effect> {
    let queue = &model.queue;
    let filter =
        if queue.search.trim().is_empty() { "no filter".into() } else { queue.search.trim().to_string() };
    let lines = vec![format!("{} · {} · {}", queue.tab.word(), filter, super::view::sorted(queue, true))];
    let name = queue.view_name().filter(|n| built_in().iter().all(|v| v.name != *n)).unwrap_or_default();
    let field = Field::text("name", "Name", name).needed().help("The same name replaces a view.");
    let form =
        Form::new(FormFor::Queue(QueueForm::SaveView), "Save this view", lines, vec![field], "save the view");
    model.layers.push(Layer::Form(Box::new(form)));
    Vec::new()
}

/// A name was given.
pub fn save(model: &mut Model, answers: &Answers) -> Vec<Effect> {
    let name = clean(answers.text("name"));
    if name.chars().count() > LONGEST {
        model.refuse_form("name", format!("a name has at most {LONGEST} characters"));
        return Vec::new();
    }
    if built_in().iter().any(|v| v.name.eq_ignore_ascii_case(&name)) {
        model.refuse_form("name", "this view is built in: choose another name");
        return Vec::new();
    }
    let queue = &model.queue;
    let view = SavedView {
        name,
        tab: queue.tab.word().into(),
        filter: queue.search.trim().into(),
        sort: queue.sort,
        descending: queue.descending,
    };
    vec![Effect::QueueRoom(QueueEffect::KeepView { person: person(model), view })]
}

/// The view was kept, or not.
pub fn kept(model: &mut Model, answer: Said<SavedView>) {
    match answer {
        Ok(view) => {
            model.close_form();
            model.say(
                Level::Info,
                format!(
                    "The view {} is kept. {} lists the views.",
                    view.name,
                    model.key(ActionId::QueueViews)
                ),
            );
            model.queue.view = Some(view);
        }
        Err(why) => model.refuse_form("", why),
    }
}

/// The kept views arrived.
pub fn arrived(model: &mut Model, answer: Said<Vec<SavedView>>) {
    let Some(Layer::Views(list)) = model.layers.iter_mut().find(|l| matches!(l, Layer::Views(_))) else {
        return;
    };
    match answer {
        Ok(mut kept) => {
            for v in &mut kept {
                v.name = clean(&v.name);
            }
            list.kept(kept);
        }
        Err(why) => list.error = Some(clean(&why)),
    }
}

/// Shows a view.
pub fn show(model: &mut Model, view: SavedView) -> Vec<Effect> {
    model.layers.pop();
    if let Err(why) = Filter::read(&view.filter) {
        model.say(Level::Error, format!("The view {} has a filter that cannot be read: {why}", view.name));
        return Vec::new();
    }
    model.queue.grouped = false;
    model.queue.remember_list();
    let place = Place {
        tab: tab_of(&view.tab),
        search: view.filter.clone(),
        finding: None,
        sort: view.sort,
        descending: view.descending,
    };
    model.queue.view = Some(view);
    model.queue.return_to(place)
}

/// Takes a view away.
pub fn drop(model: &mut Model, name: String) -> Vec<Effect> {
    vec![Effect::QueueRoom(QueueEffect::DropView { person: person(model), name })]
}

/// It is gone, or not.
pub fn dropped(model: &mut Model, answer: Said<String>) {
    match answer {
        Ok(name) => {
            if let Some(Layer::Views(list)) = model.layers.iter_mut().find(|l| matches!(l, Layer::Views(_))) {
                list.gone(&name);
            }
            if model.queue.view.as_ref().is_some_and(|v| v.name == name) {
                model.queue.view = None;
            }
            model.say(Level::Info, format!("The view {name} is deleted."));
        }
        Err(why) => model.say(Level::Error, format!("The view was not deleted: {why}")),
    }
}
