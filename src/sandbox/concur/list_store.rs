//! Where lists and their items are kept (contract section 5.1).

use serde_json::{Value, json};

use crate::sandbox::firm::{COST_CENTERS, EMPLOYEES, Ids, PROJECTS};

/// Name of the list of cost centres.
pub(super) const CENTERS: &str = "Cost Centers";
/// Name of the list of projects.
pub(super) const JOBS: &str = "Projects";

/// One item of a list.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) id: String,
    /// Short codes from the first level down, joined by `-`.
    pub(super) code: String,
    pub(super) short: String,
    pub(super) value: String,
    /// Id of the item above.
    pub(super) parent: Option<String>,
    pub(super) level: usize,
    pub(super) deleted: bool,
}

/// A list with its items.
#[derive(Debug, Clone)]
pub(super) struct List {
    pub(super) id: String,
    pub(super) name: &'static str,
    pub(super) items: Vec<Item>,
}

/// All lists of the company.
pub(super) struct Lists {
    pub(super) all: Vec<List>,
    /// Items made by calls so far.
    made: u64,
}

/// Why an item cannot be written: the id of the error and a sentence.
pub(super) type Trouble = (&'static str, String);

impl Lists {
    pub(super) fn new(ids: &Ids) -> Self {
        let centers = COST_CENTERS.iter().map(|(code, value)| ((*code).to_owned(), (*value).to_owned()));
        // a hyphen is not allowed in a short code, so the jobs of the other books are not in the list
        let projects = PROJECTS
            .iter()
            .filter(|p| !p.code.contains('-'))
            .map(|p| (p.code.to_owned(), format!("{}:{}", p.customer, p.name)));
        let mut offices: Vec<(String, String)> = Vec::new();
        for e in &EMPLOYEES {
            if !offices.iter().any(|(code, _)| code == e.location) {
                offices.push((e.location.to_owned(), e.location.to_owned()));
            }
        }
        let list = |name: &'static str, rows: Vec<(String, String)>| List {
            id: ids.uuid("list", name),
            name,
            items: rows
                .into_iter()
                .map(|(short, value)| Item {
                    id: ids.uuid("list-item", &format!("{name}/{short}")),
                    code: short.clone(),
                    short,
                    value,
                    parent: None,
                    level: 1,
                    deleted: false,
                })
                .collect(),
        };
        Self {
            all: vec![
                list(CENTERS, centers.collect()),
                list(JOBS, projects.collect()),
                list("Offices", offices),
            ],
            made: 0,
        }
    }

    /// The list with this id.
    pub(super) fn list(&self, id: &str) -> Option<&List> {
        self.all.iter().find(|list| list.id == id)
    }

    fn list_mut(&mut self, id: &str) -> Result<&mut List, Trouble> {
        self.all
            .iter_mut()
            .find(|list| list.id == id)
            .ok_or_else(|| ("list.not.found", "The list was not found.".to_owned()))
    }

    /// The item with this id, and its list.
    pub(super) fn item(&self, id: &str) -> Option<(&List, &Item)> {
        self.all
            .iter()
            .find_map(|list| list.items.iter().find(|item| item.id == id && !item.deleted).map(|i| (list, i)))
    }

    /// Whether a list holds a live item with this code.
    pub(super) fn holds(&self, name: &str, code: &str) -> bool {
        self.all
            .iter()
            .any(|list| list.name == name && list.items.iter().any(|item| item.code == code && !item.deleted))
    }

    /// Makes an item under the parent with this id or code, or on the first level.
    pub(super) fn create(
        &mut self,
        ids: &Ids,
        list: &str,
        short: &str,
        value: &str,
        parent: Option<&str>,
    ) -> Result<Item, Trouble> {
        self.made += 1;
        let id = ids.uuid("made-list-item", &self.made.to_string());
        let list = self.list_mut(list)?;
        check(short, value)?;
        let above = match parent {
            None => None,
            Some(key) => {
                let found = list.items.iter().find(|item| item.id == key || item.code == key);
                let found = found
                    .ok_or_else(|| ("item.parent.not.found", "The parent item was not found.".to_owned()))?;
                if found.deleted {
                    return Err(("item.parent.deleted", "The parent item was deleted.".to_owned()));
                }
                Some(found.clone())
            }
        };
        let code = above.as_ref().map_or_else(|| short.to_owned(), |a| format!("{}-{short}", a.code));
        if list.items.iter().any(|item| item.code == code && !item.deleted) {
            return Err(("item.duplicate.code", format!("An item with the code {code} exists already.")));
        }
        let item = Item {
            id,
            code,
            short: short.to_owned(),
            value: value.to_owned(),
            level: above.as_ref().map_or(1, |a| a.level + 1),
            parent: above.map(|a| a.id),
            deleted: false,
        };
        list.items.push(item.clone());
        Ok(item)
    }

    /// Changes value and, when given, the short code of the item with this id or code.
    pub(super) fn update(
        &mut self,
        list: &str,
        key: &str,
        short: Option<&str>,
        value: Option<&str>,
    ) -> Result<Item, Trouble> {
        let list = self.list_mut(list)?;
        let place = list
            .items
            .iter()
            .position(|item| (item.id == key || item.code == key) && !item.deleted)
            .ok_or_else(|| ("item.not.found", "The list item was not found.".to_owned()))?;
        let mut item = list.items.get(place).cloned().ok_or_else(gone)?;
        let short = short.unwrap_or(&item.short).to_owned();
        let value = value.unwrap_or(&item.value).to_owned();
        check(&short, &value)?;
        let above = item.code.strip_suffix(&item.short).unwrap_or_default().to_owned();
        let code = format!("{above}{short}");
        if list.items.iter().any(|other| other.code == code && other.id != item.id && !other.deleted) {
            return Err(("item.duplicate.code", format!("An item with the code {code} exists already.")));
        }
        (item.short, item.value, item.code) = (short, value, code);
        let slot = list.items.get_mut(place).ok_or_else(gone)?;
        slot.clone_from(&item);
        Ok(item)
    }

    /// Deletes an item and what is under it.
    pub(super) fn delete(&mut self, list: &str, id: &str) -> Result<(), Trouble> {
        let list = self.list_mut(list)?;
        if !list.items.iter().any(|item| item.id == id && !item.deleted) {
            return Err(gone());
        }
        let mut doomed = vec![id.to_owned()];
        while let Some(one) = doomed.pop() {
            for item in &mut list.items {
                if item.parent.as_deref() == Some(one.as_str()) && !item.deleted {
                    doomed.push(item.id.clone());
                }
                if item.id == one {
                    item.deleted = true;
                }
            }
        }
        Ok(())
    }
}

fn gone() -> Trouble {
    ("item.not.found", "The list item was not found.".to_owned())
}

fn check(short: &str, value: &str) -> Result<(), Trouble> {
    let fail = |text: &str| Err(("item.invalid", text.to_owned()));
    if short.trim().is_empty() || value.trim().is_empty() {
        return fail("shortCode and value are required.");
    }
    if short.contains('-') {
        return fail("shortCode must not hold a hyphen.");
    }
    if short.chars().count() > 48 || value.chars().count() > 64 {
        return fail("shortCode has at most 48 signs, value at most 64.");
    }
    Ok(())
}

/// An item as the API writes it.
pub(super) fn written(list: &List, item: &Item) -> Value {
    let parent = |other: &&Item| other.parent.as_deref() == Some(item.id.as_str()) && !other.deleted;
    json!({
        "id": item.id, "code": item.code, "shortCode": item.short, "value": item.value,
        "parentId": item.parent, "level": item.level, "isDeleted": item.deleted,
        "lists": [{"id": list.id, "hasChildren": list.items.iter().any(|other| parent(&other))}],
    })
}
