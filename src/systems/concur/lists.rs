//! Lists such as cost centres and projects, and their items (contract of Concur, 5.1). Nothing is deleted: a deletion
//! takes all items below with it, and Concur has no other way to retire one.

use std::collections::{BTreeSet, VecDeque};

use serde::Deserialize;
use serde_json::json;

use super::Concur;
use super::call::{Call, encoded};
use super::codes::{escaped, from_concur};
use super::lenient::{Flag, Text, Whole};
use super::put::{Written, not_offered, unreadable};
use super::shapes::{Many, One};
use crate::systems::{CallError, Change, ItemRecord, ListHead, Put};
use crate::transport::Method;

/// Pages of one list: a list that is longer is broken.
const PAGES: u32 = 10_000;
/// Rows of a page: fixed.
const ROWS: usize = 100;
/// Levels of a list: more is broken (Concur has at most ten).
const LEVELS: usize = 20;

#[derive(Debug, Deserialize)]
#[serde(bound = "T: Deserialize<'de>")]
struct Page<T> {
    #[serde(default = "Option::default")]
    content: Option<Many<T>>,
    #[serde(default)]
    page: One<Totals>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Totals {
    total_pages: Whole,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct WireList {
    id: Text,
    value: Text,
    is_read_only: Flag,
    is_deleted: Flag,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct WireItem {
    id: Text,
    short_code: Text,
    value: Text,
    parent_id: Text,
    is_deleted: Flag,
    lists: Many<Membership>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Membership {
    id: Text,
    has_children: Flag,
}

impl Concur {
    pub(super) async fn read_lists(&self) -> Result<Vec<ListHead>, CallError> {
        let all: Vec<WireList> = self.numbered("/list/v4/lists", "").await?;
        let mut seen = BTreeSet::new();
        let alive = all.into_iter().filter(|l| !l.is_deleted.0 && !l.id.0.is_empty());
        Ok(alive
            .filter(|l| seen.insert(l.id.0.clone()))
            .map(|l| ListHead { id: l.id.0, name: l.value.0, read_only: l.is_read_only.0 })
            .collect())
    }

    /// All items of a list, level by level. Removed ones are in a list of their own at each level.
    pub(super) async fn read_items(&self, list: &str) -> Result<Vec<ItemRecord>, CallError> {
        let mut out = Vec::new();
        let mut seen = BTreeSet::new();
        let mut levels = VecDeque::from([(children_of(list, None), 1_usize)]);
        while let Some((path, level)) = levels.pop_front() {
            if level > LEVELS {
                return Err(CallError::Shape("the levels of a list do not end".into()));
            }
            for (filter, removed) in [("", false), ("isDeleted=true&", true)] {
                for item in self.numbered::<WireItem>(&path, filter).await? {
                    if item.id.0.is_empty() || !seen.insert(item.id.0.clone()) {
                        continue;
                    }
                    let below = item.lists.0.iter().any(|l| l.id.0 == list && l.has_children.0);
                    if below && !removed {
                        levels.push_back((children_of(list, Some(&item.id.0)), level + 1));
                    }
                    out.push(record(item, list));
                }
            }
        }
        Ok(out)
    }

    /// All pages of a list that counts its pages from 1.
    async fn numbered<T: serde::de::DeserializeOwned>(
        &self,
        path: &str,
        filter: &str,
    ) -> Result<Vec<T>, CallError> {
        let mut out = Vec::new();
        for number in 1..=PAGES {
            let reply = self.call(Call::get("lists", format!("{path}?{filter}page={number}"))).await?;
            let page: Page<T> =
                serde_json::from_slice(&reply.body).map_err(|e| CallError::Shape(format!("{path}: {e}")))?;
            if page.content.is_none() && page.page.0.is_none() {
                return Err(CallError::Shape(format!("{path}: neither content nor page")));
            }
            let content = page.content.unwrap_or_default().0;
            let rows = content.len();
            out.extend(content);
            let more = match page.page.0.and_then(|p| p.total_pages.0) {
                Some(pages) => number < pages,
                None => rows >= ROWS,
            };
            if rows == 0 || !more {
                return Ok(out);
            }
        }
        Err(CallError::Shape(format!("{path}: the list does not end")))
    }

    pub(super) async fn write_item(&self, change: Change<ItemRecord>) -> Result<Put, CallError> {
        let (item, is_new) = match change {
            Change::Create(item) => (item, true),
            Change::Update(item) => (item, false),
            Change::SetActive(_, active) => {
                return Ok(not_offered(if active {
                    "Concur has no way to bring a removed list item back; make it again under a new code"
                } else {
                    "Concur can only delete a list item, with all items below it, which tieout never does; remove it \
                     in Concur's list management"
                }));
            }
        };
        let lacks = [
            (&item.code, "a code"),
            (&item.name, "a name"),
            (if is_new { &item.list } else { &item.id }, "an id"),
        ];
        if let Some((_, what)) = lacks.iter().find(|(value, _)| value.trim().is_empty()) {
            return Ok(not_offered(format!("the list item lacks {what}")));
        }
        if !is_new && item.code.contains('~') {
            // an update repeats the code, and one that people made with this sign may not come back the same
            return Ok(not_offered("the code of this list item holds a ~; change the item in Concur"));
        }
        let mut body = json!({ "shortCode": escaped(item.code.trim()), "value": name_out(item.name.trim()) });
        let call = if is_new {
            if let Some(fields) = body.as_object_mut() {
                fields.insert("listId".into(), item.list.as_str().into());
                if let Some(parent) = &item.parent {
                    fields.insert("parentId".into(), parent.as_str().into());
                }
            }
            Call::send("lists_write", Method::Post, "/list/v4/items".into(), &body)
        } else {
            Call::send("lists_write", Method::Put, format!("/list/v4/items/{}", encoded(&item.id)), &body)
        };
        match self.write(call).await? {
            Written::Ended(Put::Refused { code, message }) if is_new && says_duplicate(&code, &message) => {
                self.there_already(&item, code, message).await
            }
            Written::Ended(put) => Ok(put),
            Written::Answered(reply) => Ok(match serde_json::from_slice::<WireItem>(&reply.body) {
                Ok(now) if !now.id.0.is_empty() => Put::Done { id: now.id.0 },
                Ok(_) if !is_new => Put::Done { id: item.id },
                Ok(_) => Put::Unknown("Concur's answer has no id of the new list item".into()),
                Err(e) => unreadable("a list item", &e),
            }),
        }
    }

    /// The code is taken. It may be ours, from an attempt whose answer was lost: then it is the same item.
    async fn there_already(
        &self,
        item: &ItemRecord,
        code: String,
        message: String,
    ) -> Result<Put, CallError> {
        let path = children_of(&item.list, item.parent.as_deref());
        let filter = format!("shortCode={}&", encoded(&format!("eq:{}", escaped(item.code.trim()))));
        let found: Vec<WireItem> = self.numbered(&path, &filter).await?;
        let same = found.into_iter().map(|w| record(w, &item.list)).find(|now| {
            now.active
                && now.code == item.code.trim()
                && now.name == item.name.trim()
                && now.parent == item.parent
        });
        Ok(same.map_or(Put::Refused { code, message }, |now| Put::Done { id: now.id }))
    }
}

fn says_duplicate(code: &str, message: &str) -> bool {
    let (code, message) = (code.to_ascii_lowercase(), message.to_ascii_lowercase());
    code == "409"
        || code.contains("duplicate")
        || message.contains("duplicate")
        || message.contains("already exist")
}

fn children_of(list: &str, item: Option<&str>) -> String {
    match item {
        None => format!("/list/v4/lists/{}/children", encoded(list)),
        Some(item) => format!("/list/v4/lists/{}/items/{}/children", encoded(list), encoded(item)),
    }
}

/// Hyphens are as dangerous in names: people see one that looks the same (U+2010).
fn name_out(name: &str) -> String {
    name.replace('-', "\u{2010}")
}

fn record(i: WireItem, list: &str) -> ItemRecord {
    ItemRecord {
        id: i.id.0,
        list: list.to_owned(),
        code: from_concur(&i.short_code.0),
        name: i.value.0.replace('\u{2010}', "-"),
        parent: i.parent_id.some(),
        active: !i.is_deleted.0,
        version: String::new(),
    }
}

#[cfg(test)]
#[path = "lists_tests.rs"]
mod tests;
